"""Learning the agents on the unchanged pages: by chat, build and test, as a user would."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, cast

from pydantic import JsonValue

from podium.server.workspace import Workspace
from podium.state.document import JsonObject
from podium.state.program import (
    AssertArgs,
    AssertStep,
    ClickStep,
    Condition,
    EachArgs,
    EachStep,
    ExtractStep,
    OpenStep,
    Program,
    Step,
    TargetArgs,
    WhereArgs,
    WhereStep,
)
from podium.state.questions import Question
from podium.state.spec import AgentSpec
from podium.tools.browser import PodiumBrowser
from podium.tools.building.acts.signs import success_signs
from podium.tools.grounding.describe import describe
from podium.tools.page import Page, StepPolicy
from tests.mutations.flows import Flow, RowAct
from tests.mutations.sites.base import BundledSite, Look
from tests.mutations.sites.portal import Portal

ORIGIN: Final = "{site}"
"""Stands for the site's origin in what is kept, so that any port serves it."""
_MAX_QUESTIONS = 8
_ANSWER_S = 0.3
"""A script's request is answered within this on loopback."""


@dataclass(frozen=True, slots=True)
class Learnt:
    """An agent as it was learnt, its site's origin taken out."""

    spec: JsonObject
    program: JsonObject

    def at(self, origin: str) -> tuple[AgentSpec, Program]:
        """Return spec and program for a site at that origin."""
        text = json.dumps([self.spec, self.program]).replace(ORIGIN, origin)
        spec, program = json.loads(text)
        return AgentSpec.model_validate(spec), Program.model_validate(program)


async def learn(flow: Flow, site: BundledSite, ws: Workspace, browser: PodiumBrowser) -> Learnt:
    """Build the flow's agent by chat; a control in a row is described on the page that has it."""
    site.wear(Look())
    if isinstance(site, Portal):
        user, password = site.credential
        await asyncio.to_thread(
            ws.podium.vault.put, name="portal", origin=site.url, user=user, password=password
        )
    view = await ws.chat(flow.goal.replace("{url}", site.url), approve_all=True)
    for _ in range(_MAX_QUESTIONS):
        if view["status"] != "waiting":
            break
        view = await ws.answer(str(view["thread_id"]), _choices(view["question"], flow.answers))
    agents = view["agents"]
    if view["status"] != "done" or not isinstance(agents, list) or not agents:
        raise AssertionError(f"{flow.name} could not be learnt: {view['reply']} {view['question']}")
    version = ws.podium.stores.agents.version(str(agents[-1]))
    program = version.program
    if flow.act is not None:
        page = await browser.session(f"learn-{flow.name}", origins=(site.url,))
        program = await _with_row_act(program, flow.act, page, site)
        await browser.release(f"learn-{flow.name}")
    kept = json.dumps([version.spec.to_json(), program.to_json()]).replace(site.url, ORIGIN)
    spec, steps = cast("list[JsonObject]", json.loads(kept))
    return Learnt(spec, steps)


def _choices(question: JsonValue, known: Mapping[str, str]) -> JsonObject:
    """Return an answer that fits whatever is asked: what the flow says, approval, first choices, any text."""
    answer: JsonObject = {}
    for item in Question.model_validate(question).fields:
        if item.name == "decision":
            answer[item.name] = "approve"
        elif item.type == "choices":
            answer[item.name] = list(item.choices[:1])
        elif item.choices:
            start = known.get(item.name, "")
            answer[item.name] = next(one for one in item.choices if one.startswith(start))
        else:
            answer[item.name] = "anything"
    return answer


async def _with_row_act(program: Program, act: RowAct, page: Page, site: BundledSite) -> Program:
    """Return the program with the row's control pressed instead of the rows stored.

    The chat cannot ask for it yet, so its step is compiled here from what build uses: `describe`, the requests that the
    press sends, and the signs of success.
    """
    opened = next(step for step in program.steps if isinstance(step, OpenStep))
    extract = next(step for step in program.steps if isinstance(step, ExtractStep))
    key = extract.args.list.key[0]
    template = "{item." + key + "}"
    await page.begin(StepPolicy(effect="write"))
    await page.goto(opened.args.url)
    await page.settle()
    before = await page.snapshot()
    row = next(
        record
        for collection in before.collections
        for record in collection.records
        if any(node.name == act.label and node.ref in record.nodes for node in before.nodes)
    )
    node = next(one for one in before.nodes if one.ref in row.nodes and one.name == act.label)
    target = describe(node, before, phrase=f"{act.label} button", row_key=template)
    await page.click(node.ref)
    await page.settle()
    await asyncio.sleep(_ANSWER_S)
    await page.settle()
    after = await page.snapshot()
    sent = tuple(
        dict.fromkeys(
            request.signature for request in page.traffic().sent if request.method != "GET"
        )
    )
    click = ClickStep(
        id="act",
        title=f"{act.label} {act.key}",
        effect="write",
        args=TargetArgs(target=target),
        expect=success_signs(before, after),
        signatures=sent,
    )
    where = WhereStep(
        id="only",
        title=f"Only {act.key}",
        args=WhereArgs(
            rows=extract.id, conditions=(Condition(column=key, cmp="=", value=act.key),)
        ),
    )
    there = AssertStep(
        id="there",
        title=f"{act.key} is in the list",
        args=AssertArgs(rows="only", at_least=1),
    )
    each = EachStep(id="each", title="Each", args=EachArgs(rows="only", steps=(click,)))
    site.wear(Look())
    steps: tuple[Step, ...] = tuple(step for step in program.steps if step.op != "store")
    return Program(steps=(*steps, where, there, each))

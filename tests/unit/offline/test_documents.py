"""An agent's document: nothing is lost on the way out and in, and what is wrong is named with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from podium.state.document import JsonObject
from podium.state.errors import InvalidAnswer
from podium.state.plan import PlannedAgent
from podium.state.spec import AgentSpec, as_plan
from podium.state.triggers import Schedule
from podium.tools.documents import read, render
from podium.tools.offline.planner import OfflinePlanner
from podium.tools.planner import WorkspaceView
from tests.builders import NOON

PLANNER, VIEW = OfflinePlanner(), WorkspaceView(now=NOON, timezone="Europe/Berlin")
SAID = [
    line.removeprefix("# ").replace("\\n", "\n")
    for line in (Path(__file__).parent / "requests.txt").read_text(encoding="utf-8").splitlines()
    if line.startswith("# ")
]
INVOICES = "every weekday at 8 log into https://portal.example, download all unpaid invoices over 100 EUR as CSV, and store them"


async def specs_of(goal: str) -> list[AgentSpec]:
    found: list[AgentSpec] = []
    for request in (await PLANNER.understand(goal, workspace=VIEW)).requests:
        if request.verb != "create":
            continue
        answers: JsonObject = {"url": "https://shop.example", "credentials": {"stored": "site"}}
        try:
            plan = await PLANNER.plan(request, goal=goal, answers=answers, workspace=VIEW)
        except InvalidAnswer:
            continue  # it wants an answer that a person gives
        # A request that nothing could be read of is shown with no steps, and is never approved.
        found += [
            AgentSpec.model_validate(agent.model_dump()) for agent in plan.agents if agent.steps
        ]
    return found


def planned(spec: AgentSpec) -> PlannedAgent:
    return as_plan(spec, plan_id="").agents[0]


async def test_every_planned_agent_comes_back_as_it_was() -> None:
    specs = [spec for goal in SAID for spec in await specs_of(goal)]

    assert len(specs) > 100
    for spec in specs:
        assert read(render(spec, note="it"), spec, now=NOON) == planned(spec)


async def test_policies_and_edited_words_of_a_schedule_are_kept() -> None:
    (spec,) = await specs_of(INVOICES)
    strict = Schedule(cron="0 8 * * 1-5", words="every weekday at 8", timezone="Europe/Berlin", missed="skip", pause_after=2)  # fmt: skip
    spec = spec.model_copy(update={"schedule": strict})
    text = render(spec, note="it")

    later = read(text.replace("every weekday at 8", "every Monday at 9"), spec, now=NOON)

    assert read(text, spec, now=NOON).schedule == strict
    assert later.schedule is not None
    assert later.schedule.cron == "0 9 * * 1"
    assert (later.schedule.missed, later.schedule.pause_after) == ("skip", 2)


async def test_an_edit_changes_just_what_it_says() -> None:
    (spec,) = await specs_of(INVOICES)
    text = render(spec, note="it")

    edited = read(text.replace("- unpaid", "- overdue"), spec, now=NOON)

    rules = [rule.phrase for step in edited.steps for rule in step.rules]
    assert any("overdue" in phrase for phrase in rules)
    assert [step.id for step in edited.steps] == [step.id for step in spec.steps]


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("do: filter", "do: fliter", "do: Input should be"),
        ("purpose:", "porpoise:", "'porpoise' is not known"),
        ("rules:\n", "rules:\n  nobody: [x]\n", "there is no step 'nobody'"),
        ("when: every weekday at 08:00", "when: now and then", "no rule can say now and then"),
        ("store_as:", "stored_as:", "'stored_as' is not known"),
        ("  do: sign_in", "  do: sign_in\n  effect: read", "an edit cannot change that"),
        ("agent: ", "agent: x", "rename it with"),
        ("sites:", "sites: [", "expected"),
    ],
)
async def test_what_is_wrong_is_named_with_its_line(old: str, new: str, problem: str) -> None:
    (spec,) = await specs_of(INVOICES)
    text = render(spec, note="it").replace(old, new, 1)
    line = next(n for n, one in enumerate(text.splitlines(), 1) if new.split("\n")[-2 if new.endswith("\n") else -1] in one)  # fmt: skip

    with pytest.raises(InvalidAnswer, match=problem) as refused:
        read(text, spec, now=NOON)

    said = int(refused.value.message.split(":")[0].removeprefix("Line "))
    assert abs(said - line) <= (1 if "[" in new and "sites" in new else 0)

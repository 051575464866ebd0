"""How well requests are read: precision and recall of verbs, slots, and what is asked before a browser opens.

Questions are counted by driving the real orchestrator with the offline planner: what it asks before the
review of the plan is what a person would be asked.
"""
# pyright: reportUnknownMemberType=false

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import cast

from langgraph.checkpoint.memory import InMemorySaver
from langgraph.types import Command
from pydantic import JsonValue

from podium.graphs.orchestrator.graph import build_orchestrator
from podium.graphs.orchestrator.ports import ActResult, OrchestratorServices
from podium.graphs.orchestrator.rules import clarify_question
from podium.state.document import JsonObject
from podium.state.plan import Request, Understanding
from podium.state.questions import Question
from podium.tools.offline import OfflinePlanner
from podium.tools.planner import WorkspaceView
from tests.doubles import FakeChildren, FakeWorkspace, ScriptedBuilder
from tests.fakes import CountingIds
from tests.unit.offline.labels import Case, load, slot_matches, understand

SETS = (
    "requests.txt",
    "held_out.txt",
    "held_out_2.txt",
    "held_out_3.txt",
    "held_out_4.txt",
    "held_out_5.txt",
    "held_out_6.txt",
    "held_out_7.txt",
    "held_out_8.txt",
    "held_out_9.txt",
    "held_out_10.txt",
    "held_out_11.txt",
    "held_out_12.txt",
    "held_out_13.txt",
    "held_out_14.txt",
    "gaps.txt",
)
SURE = 0.5
"""As the orchestrator: below this nothing is started."""
_MAX_ROUNDS = 5

_ANSWERS: dict[str, JsonValue] = {
    "url": "https://answered.example",
    "credentials": {"stored": "answered"},
    "schedule": "by hand",
    "day": "2026-04-06",
    "values": "name: Anna; date: 2026-12-01",
}
"""Answers by field; any other text field is answered with a word."""


@dataclass(slots=True, kw_only=True)
class Asked:
    """What was asked for one request."""

    fields: list[str] = field(default_factory=list[str])
    rounds: int = 0
    widest: int = 0


@dataclass(slots=True, kw_only=True)
class Score:
    """Sums over all cases."""

    cases: int = 0
    right: Counter[str] = field(default_factory=Counter[str])
    read: Counter[str] = field(default_factory=Counter[str])
    wanted: Counter[str] = field(default_factory=Counter[str])
    slots: int = 0
    slots_right: int = 0
    gaps: int = 0
    gaps_asked: int = 0
    questions: int = 0
    needless: int = 0
    rounds_max: int = 0
    questions_max: int = 0
    misread: list[str] = field(default_factory=list[str])
    """Texts whose verb or agents are wrong though the reading is sure enough to act."""

    def document(self) -> JsonObject:
        """Return the figures."""
        verbs: dict[str, JsonValue] = {
            verb: {
                "precision": _share(self.right[verb], self.read[verb]),
                "recall": _share(self.right[verb], self.wanted[verb]),
                "cases": self.wanted[verb],
            }
            for verb in sorted(set(self.wanted) | set(self.read))
        }
        return {
            "cases": self.cases,
            "verbs": verbs,
            "slots": _share(self.slots_right, self.slots),
            "gaps_asked": _share(self.gaps_asked, self.gaps),
            "needless": _share(self.needless, self.questions) if self.questions else 0.0,
            "rounds_max": self.rounds_max,
            "questions_max": self.questions_max,
            "misread": len(self.misread),
        }


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 1.0


def measure(names: Iterable[str] = SETS) -> Score:
    """Return the score of the offline planner on those label files."""
    score = Score()
    for name in names:
        for case in load(name):
            _add(score, case)
    return score


def _add(score: Score, case: Case) -> None:
    reading = understand(case.text, case.workspace)
    score.cases += 1
    acts = reading.confidence >= SURE
    read = [request.verb for request in reading.requests] if acts else ["none"]
    wanted = ["none"] if case.low else [expected.verb for expected in case.requests]
    score.read.update(read)
    score.wanted.update(wanted)
    score.right.update(Counter[str](read) & Counter[str](wanted))
    if acts and _wrong_act(case, reading, wanted):
        score.misread.append(case.text)
    _slots(score, case, reading, same=list(read) == wanted)
    _questions(score, case)


def _wrong_act(case: Case, reading: Understanding, wanted: Sequence[str]) -> bool:
    read = [request.verb for request in reading.requests]
    if read != list(wanted):
        return read != ["none"]
    return any(
        not slot_matches(request, "agents", expected.slots["agents"]) and not request.missing
        for expected, request in zip(case.requests, reading.requests, strict=True)
        if "agents" in expected.slots
    )


def _slots(score: Score, case: Case, reading: Understanding, *, same: bool) -> None:
    for index, expected in enumerate(case.requests):
        for slot, value in expected.slots.items():
            if slot in {"low", "missing"}:
                continue
            score.slots += 1
            if same and slot_matches(reading.requests[index], slot, value):
                score.slots_right += 1


def _questions(score: Score, case: Case) -> None:
    needed = Counter(
        name.strip()
        for expected in case.requests
        for name in expected.slots.get("missing", "").split(",")
        if name.strip() and "low" not in expected.slots
    )
    asked = ask(case.text, case.workspace)
    said = Counter(asked.fields)
    score.gaps += needed.total()
    score.gaps_asked += (needed & said).total()
    score.questions += said.total()
    score.needless += (said - needed).total()
    score.rounds_max = max(score.rounds_max, asked.rounds)
    score.questions_max = max(score.questions_max, asked.widest)


@dataclass
class _Workspace(FakeWorkspace):
    """A labelled workspace; a verb that lacks a fact asks for it, as every door must."""

    seen: WorkspaceView = field(default_factory=WorkspaceView)

    async def view(self, thread_id: str = "") -> WorkspaceView:
        return self.seen

    async def act(self, request: Request, *, question_id: str, answers: JsonObject) -> ActResult:
        question = clarify_question(request, answers, question_id=question_id)
        return ActResult(reply="done") if question is None else ActResult(question=question)


def ask(text: str, workspace: WorkspaceView) -> Asked:
    """Return what a person is asked between their request and the review of its plan."""
    return asyncio.run(_drive(text, workspace))


async def _drive(text: str, workspace: WorkspaceView) -> Asked:
    builder = ScriptedBuilder()
    here = _Workspace(seen=workspace)
    services = OrchestratorServices(
        planner=OfflinePlanner(CountingIds()),
        builder=builder,
        workspace=here,
        children=FakeChildren(),
    )
    graph = build_orchestrator(services).compile(checkpointer=InMemorySaver())
    asked = Asked()
    value: object = {"goal": text}
    while asked.rounds <= _MAX_ROUNDS:
        state = await graph.ainvoke(
            cast("None", value),  # any of LangGraph's inputs; the overloads want one of them
            {"configurable": {"thread_id": "t"}, "recursion_limit": 60},
        )
        assert not builder.built, "a page was opened before the plan was reviewed"
        waiting = state.get("__interrupt__")
        if not waiting:
            break
        question = Question.model_validate(
            {name: part for name, part in waiting[0].value.items() if name in Question.model_fields}
        )
        if question.kind == "review":
            # The next request of the same text may still lack something.
            value = Command(resume={waiting[0].id: {"decision": "reject"}})
            continue
        asked.rounds += 1
        asked.widest = max(asked.widest, len(question.fields))
        asked.fields += [spec.name for spec in question.fields]
        # A door stores the credential before it answers with its name.
        kept = [("answered", spec.origin) for spec in question.fields if spec.type == "secret"]
        here.seen = replace(here.seen, secrets=(*here.seen.secrets, *kept))
        value = Command(resume={waiting[0].id: _answers(question)})
    return asked


def _answers(question: Question) -> JsonObject:
    return {
        spec.name: spec.choices[0] if spec.choices else _ANSWERS.get(spec.name, "answered")
        for spec in question.fields
    }

"""A build that takes too long asks, keeps what it has, and goes on or stops as it is told."""
# pyright: reportUnknownMemberType=false

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import pytest

from podium.server.build_limit import LimitedBuilder
from podium.state.clock import SystemClock
from podium.state.plan import PlannedAgent, PlannedStep
from podium.state.program import Step
from podium.tools.builder import BuildResult, Draft
from tests.doubles import ScriptedBuilder
from tests.fakes import FakeClock
from tests.graphs.talk import Conversation, at

PLANNED = PlannedStep(id="read", op="extract", title="Read the boats")
AGENT = PlannedAgent(name="boats", goal="", origins=("https://boats.example",), steps=(PLANNED,))


@dataclass
class SlowBuilder(ScriptedBuilder):
    """Takes a scripted time on its clock for each step; a step that `hangs` never ends by itself."""

    clock: FakeClock = field(default_factory=FakeClock)
    takes_s: float = 0.0
    hangs: int = 0

    async def build_step(
        self, planned: PlannedStep, agent: PlannedAgent, draft: Draft
    ) -> BuildResult:
        self.clock.advance(seconds=self.takes_s)
        if self.hangs:
            self.hangs -= 1
            await asyncio.Event().wait()
        return await super().build_step(planned, agent, draft)

    async def keep_step(
        self, planned: PlannedStep, agent: PlannedAgent, draft: Draft, steps: tuple[Step, ...]
    ) -> BuildResult:
        self.clock.advance(seconds=self.takes_s)
        return await super().keep_step(planned, agent, draft, steps)


async def _built(limited: LimitedBuilder, draft: Draft) -> BuildResult:
    return await limited.build_step(PLANNED, AGENT, draft)


async def test_steps_use_the_build_s_time_up_together_and_then_it_asks() -> None:
    slow = SlowBuilder(takes_s=40)
    limited = LimitedBuilder(slow, slow.clock, 100)
    draft = Draft(build_id="b", agent="boats")
    for _ in range(3):
        result = await _built(limited, draft)
        assert result.question is None
        draft = result.draft

    asked = await _built(limited, draft)

    assert asked.question is not None
    assert asked.question.title == "The build of boats has taken 2 minutes. Go on?"
    assert "the 3 steps compiled before it are kept" in asked.question.text
    assert "PODIUM_BUILD_TIMEOUT_S=100" in asked.question.text
    assert asked.draft.steps == draft.steps


@pytest.mark.parametrize(("said", "error"), [("go on", ""), ("stop", "cancelled")])
async def test_a_step_that_hangs_is_left_and_begins_again_or_ends_as_answered(
    said: str, error: str
) -> None:
    slow = SlowBuilder(hangs=1)
    limited = LimitedBuilder(slow, SystemClock(), 0.05)
    asked = await _built(limited, Draft(build_id="b", agent="boats"))
    assert asked.question is not None
    answered = asked.draft.model_copy(update={"answers": {asked.question.id: {"time": said}}})
    if said == "go on":
        limited = LimitedBuilder(slow, SystemClock(), 60)

    result = await _built(limited, answered)

    assert result.error_code == error
    assert len(result.draft.steps) == (1 if said == "go on" else 0)


async def test_without_a_limit_a_build_may_take_any_time() -> None:
    slow = SlowBuilder(takes_s=1e6)
    limited = LimitedBuilder(slow, slow.clock, 0)

    first = await _built(limited, Draft(build_id="b", agent="boats"))
    second = await _built(limited, first.draft)

    assert second.question is None


async def test_in_a_conversation_a_build_out_of_time_goes_on_where_it_was() -> None:
    slow = SlowBuilder()
    talk = Conversation()
    limited = LimitedBuilder(slow, slow.clock, 100)
    from podium.graphs.orchestrator.graph import build_orchestrator  # noqa: PLC0415  only here
    from podium.graphs.orchestrator.ports import OrchestratorServices  # noqa: PLC0415

    services = OrchestratorServices(
        planner=talk.planner, builder=limited, workspace=talk.workspace, children=talk.children
    )
    talk.graph = build_orchestrator(services).compile(checkpointer=talk.saver)
    await talk.say()
    slow.takes_s = 150
    await talk.answer({"decision": "approve"})
    asked = await talk.asks()
    built = list(slow.built)

    slow.takes_s = 0
    state = await talk.answer({"time": "go on"})

    assert "Go on?" in asked
    assert slow.built[: len(built)] == built
    assert len(slow.built) > len(built)
    assert at(state.get("trial"), "mode") == "test"

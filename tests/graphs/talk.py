"""Talks to a compiled graph as a door does: says something, reads where it stopped, answers."""
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from dataclasses import dataclass, field
from typing import cast

from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.types import Command, StateSnapshot
from pydantic import JsonValue

from podium.graphs.agent.graph import build_agent, recursion_limit
from podium.graphs.agent.nodes import AgentServices
from podium.graphs.orchestrator.graph import RECURSION_LIMIT, build_orchestrator
from podium.graphs.orchestrator.ports import OrchestratorServices
from podium.state.document import JsonObject
from podium.state.program import Program
from podium.state.runs import Outcome
from tests.doubles import (
    FakeChildren,
    FakeWorkspace,
    ScriptedBuilder,
    ScriptedPlanner,
    ScriptedRunner,
)


def at(value: JsonValue, *path: str) -> JsonValue:
    """Return the part of a JSON object under those keys."""
    for key in path:
        assert isinstance(value, dict), f"{key!r} has no object around it"
        value = value[key]
    return value


@dataclass
class Conversation:
    """The orchestrator on doubles, on one thread."""

    planner: ScriptedPlanner = field(default_factory=ScriptedPlanner)
    builder: ScriptedBuilder = field(default_factory=ScriptedBuilder)
    workspace: FakeWorkspace = field(default_factory=FakeWorkspace)
    children: FakeChildren = field(default_factory=FakeChildren)
    saver: BaseCheckpointSaver[str] = field(default_factory=InMemorySaver)
    thread_id: str = "chat_1"

    def __post_init__(self) -> None:
        services = OrchestratorServices(
            planner=self.planner,
            builder=self.builder,
            workspace=self.workspace,
            children=self.children,
        )
        self.graph = build_orchestrator(services).compile(checkpointer=self.saver)

    async def say(self, goal: str = "do it", **start: JsonValue) -> JsonObject:
        """Start the thread with a goal; return its state at the next stop."""
        return await self._go({"goal": goal, **start})

    async def answer(self, value: JsonValue) -> JsonObject:
        """Answer the open question; return the state at the next stop."""
        # By id, as the driver does: a bare object would be taken for a map of ids.
        waiting = (await self.snapshot()).interrupts
        return await self._go(Command(resume={waiting[0].id: value}))

    async def go_on(self) -> JsonObject:
        """Go on where a killed process stopped."""
        return await self._go(None)

    async def _go(self, value: object) -> JsonObject:
        await self.graph.ainvoke(
            cast("None", value),  # any of LangGraph's inputs; the overloads want one of them
            {"configurable": {"thread_id": self.thread_id}, "recursion_limit": RECURSION_LIMIT},
            durability="sync",
        )
        return (await self.snapshot()).values

    async def snapshot(self) -> StateSnapshot:
        """Return where the thread stands."""
        return await self.graph.aget_state({"configurable": {"thread_id": self.thread_id}})

    async def question(self) -> JsonObject | None:
        """Return what the thread waits for."""
        interrupts = (await self.snapshot()).interrupts
        return interrupts[0].value if interrupts else None

    async def asks(self) -> str:
        """Return the title of what the thread waits for; empty when it waits for nothing."""
        question = await self.question()
        return str(question["title"]) if question else ""


class FakeLedger:
    """Opens and closes run records in memory; judges by the error alone."""

    def __init__(self, *, mode: str = "live") -> None:
        self.begun: list[str] = []
        self.finished: list[JsonObject] = []
        self._mode = mode

    async def begin(self, *, thread_id: str, asked: JsonObject) -> JsonObject:
        """Return the run's identity."""
        self.begun.append(thread_id)
        return {
            "run_id": "run_1",
            "agent": "prices",
            "version": 1,
            "mode": self._mode,
            "inputs": asked["inputs"],
            "origins": [],
            "release_writes": asked["release_writes"],
        }

    async def finish(
        self, run: JsonObject, *, outputs: JsonObject, error: JsonObject | None
    ) -> JsonObject:
        """Return the closed run."""
        outcome: Outcome = "fail" if error else "success"
        result: JsonObject = {**run, "outputs": outputs, "error": error, "outcome": outcome}
        self.finished.append(result)
        return result


@dataclass
class AgentRun:
    """An agent's graph on doubles, on one thread."""

    program: Program
    runner: ScriptedRunner = field(default_factory=ScriptedRunner)
    ledger: FakeLedger = field(default_factory=FakeLedger)
    saver: BaseCheckpointSaver[str] = field(default_factory=InMemorySaver)
    thread_id: str = "run_1"

    def __post_init__(self) -> None:
        services = AgentServices(runner=self.runner, ledger=self.ledger)
        self.graph = build_agent(self.program, services).compile(checkpointer=self.saver)

    async def start(self, **start: JsonValue) -> JsonObject:
        """Run to the next stop and return the state there."""
        return await self._go(start)

    async def answer(self, value: JsonValue) -> JsonObject:
        """Answer the open question; return the state at the next stop."""
        # By id, as the driver does: a bare object would be taken for a map of ids.
        waiting = (await self.snapshot()).interrupts
        return await self._go(Command(resume={waiting[0].id: value}))

    async def go_on(self) -> JsonObject:
        """Go on where a killed process stopped."""
        return await self._go(None)

    async def _go(self, value: object) -> JsonObject:
        await self.graph.ainvoke(
            cast("None", value),  # any of LangGraph's inputs; the overloads want one of them
            {
                "configurable": {"thread_id": self.thread_id},
                "recursion_limit": recursion_limit(self.program),
            },
            durability="sync",
        )
        return (await self.snapshot()).values

    async def snapshot(self) -> StateSnapshot:
        """Return where the thread stands."""
        return await self.graph.aget_state({"configurable": {"thread_id": self.thread_id}})

    async def question(self) -> JsonObject | None:
        """Return what the thread waits for."""
        interrupts = (await self.snapshot()).interrupts
        return interrupts[0].value if interrupts else None

"""Executes segments: one stretch of a thread's graph between two stops, whoever queued it."""
# pyright: reportUnknownMemberType=false

from __future__ import annotations

import asyncio
import contextvars
import logging
import sys
from collections import defaultdict
from collections.abc import AsyncGenerator, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Protocol, cast

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.errors import GraphDrained
from langgraph.graph.state import CompiledStateGraph
from langgraph.runtime import RunControl
from langgraph.types import Command, StateSnapshot

from podium.graphs.agent.graph import build_agent, node_names, recursion_limit
from podium.graphs.agent.nodes import AgentServices
from podium.graphs.agent.state import AgentInput, AgentState
from podium.graphs.orchestrator.graph import (
    RECURSION_LIMIT,
    OrchestratorBuilder,
    build_orchestrator,
)
from podium.graphs.orchestrator.ports import OrchestratorServices
from podium.graphs.orchestrator.state import OrchestratorInput, OrchestratorState
from podium.server.checkpoints import Checkpoints
from podium.server.events import EventLog
from podium.server.ledger import Ledger
from podium.state.clock import Clock
from podium.state.document import JsonObject
from podium.state.engine import Segment
from podium.state.errors import (
    Conflict,
    LeaseLost,
    NotFound,
    PodiumError,
    TimeExceeded,
    Unavailable,
)
from podium.state.firings import Wake
from podium.state.ids import IdFactory
from podium.state.questions import OpenQuestion, Question
from podium.state.runs import Run, RunError
from podium.state.stores import Stores, Thread, Turn, Version
from podium.tools.builder import Draft
from podium.tools.runner import RunContext, StepRunner

OrchestratorGraph = CompiledStateGraph[
    OrchestratorState, None, OrchestratorInput, OrchestratorState
]
AgentGraph = CompiledStateGraph[AgentState, None, AgentInput, AgentState]
_log = logging.getLogger("podium")

_NOTHING_LEFT = object()
_OVER = frozenset({"done", "failed"})
_PARKED_S = 1800.0
"""How long a page stays open while a person is asked; after that re-entry brings it back."""
AGAIN = "#"
"""Marks a question that is asked a second time: `ID#2`."""


class _Graph(Protocol):
    """The part of a compiled graph that driving uses, whatever its channels are."""

    checkpointer: object

    def copy(self, *, update: dict[str, object]) -> _Graph:
        """Return the graph with those attributes changed."""
        ...

    async def ainvoke(
        self, value: object, config: RunnableConfig, *, durability: str, control: RunControl
    ) -> object:
        """Run to the next stop."""
        ...

    async def aget_state(self, config: RunnableConfig) -> StateSnapshot:
        """Return where the thread stands."""
        ...


class Drained(PodiumError):
    """The process is told to stop: the thread stands at a node's end, and another one may go on with it."""

    code = "drained"


_STOPPED = (asyncio.CancelledError, Drained, LeaseLost, Unavailable)
"""What ends a segment without ending its thread: this process goes on later, or another one does."""


@dataclass(frozen=True, slots=True)
class DriverServices:
    """What executing segments needs."""

    stores: Stores
    runner: StepRunner
    log: EventLog
    clock: Clock
    ids: IdFactory
    checkpoints: Checkpoints
    timezone: str
    """Decides which day a run is of."""


class Driver:
    """Drives threads of the orchestrator and of agents in this process."""

    def __init__(self, services: DriverServices) -> None:
        self._services = services
        self._agents: dict[tuple[str, int], AgentGraph] = {}
        self._orchestrator: OrchestratorGraph | None = None
        self._orchestrator_services: OrchestratorServices | None = None
        self._started: dict[str, float] = {}
        self._controls: set[RunControl] = set()
        self._draining = False
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        """One segment of a thread at a time: the next may come while a cancelled one still ends."""
        self._parked: dict[str, float] = {}
        """Runs whose page stays open here while a person is asked -> since when."""

    def bind(self, services: OrchestratorServices) -> None:
        """Give the orchestrator its ports; they need this driver for child runs."""
        self._orchestrator_services = services

    # -- Graphs --------------------------------------------------------------------------------

    async def orchestrator(self) -> OrchestratorGraph:
        """Return the compiled orchestrator with the workspace's checkpoints."""
        if self._orchestrator is None:
            self._orchestrator = self.orchestrator_builder().compile(
                checkpointer=await self._services.checkpoints.saver()
            )
        return self._orchestrator

    def orchestrator_builder(self) -> OrchestratorBuilder:
        """Return the orchestrator uncompiled, for a server that brings its own checkpoints."""
        assert self._orchestrator_services is not None, "bind() comes first"
        return build_orchestrator(self._orchestrator_services)

    def agent_services(self, version: Version) -> AgentServices:
        """Return the ports that a version's graph is bound to."""
        services = self._services
        ledger = Ledger(
            version=version,
            stores=services.stores,
            runner=services.runner,
            log=services.log,
            clock=services.clock,
            ids=services.ids,
            timezone=services.timezone,
            active_ms=self._active_ms,
        )
        return AgentServices(runner=services.runner, ledger=ledger)

    async def agent(self, version: Version) -> AgentGraph:
        """Return the compiled graph of one version of an agent."""
        key = (version.agent_id, version.version)
        if key not in self._agents:
            builder = build_agent(version.program, self.agent_services(version))
            self._agents[key] = builder.compile(
                checkpointer=await self._services.checkpoints.saver()
            )
        return self._agents[key]

    # -- Segments ------------------------------------------------------------------------------

    async def drive(self, segment: Segment) -> None:
        """Execute the segment to its next stop and record where the thread stands.

        A segment that is not the thread's present one is stale and does nothing.

        Raises:
            Drained: If the process is to stop; what was done is kept.
            LeaseLost: If another process has taken the thread over.
            Unavailable: If the database cannot be used just now; driving again goes on.
        """
        async with self._turns[segment.thread_id]:
            thread = await self._thread(segment.thread_id)
            if thread.data.get("segment") != segment.segment_id or thread.status in _OVER:
                return
            if self._draining:
                raise Drained(f"Thread {thread.thread_id!r} was not begun")
            self._parked.pop(thread.thread_id, None)
            async with self._reported(thread, segment):
                if segment.kind == "chat":
                    await self._drive_chat(thread, segment)
                else:
                    await self._drive_run(thread, segment)

    def drain(self) -> None:
        """Let every thread stop at its next node boundary."""
        self._draining = True
        for control in self._controls:
            control.request_drain("the process is to stop")

    async def tidy(self) -> None:
        """Close pages that wait here for an answer which another process has got, or for too long."""
        for thread_id, since in list(self._parked.items()):
            thread = await self._thread(thread_id)
            waited_s = self._services.clock.monotonic_s() - since
            if self._turns[thread_id].locked() or (
                thread.status == "waiting" and waited_s < _PARKED_S
            ):
                continue
            self._parked.pop(thread_id, None)
            await self._services.runner.abandon(thread_id)
        for thread_id in [key for key, lock in self._turns.items() if not lock.locked()]:
            del self._turns[thread_id]

    async def _thread(self, thread_id: str) -> Thread:
        return await asyncio.to_thread(self._services.stores.threads.get, thread_id)

    async def drive_apart(self, segment: Segment) -> None:
        """Drive from inside a node of another graph, so that nothing of its configuration is inherited."""
        task = asyncio.create_task(self.drive(segment), context=contextvars.Context())
        await task

    async def _drive_chat(self, thread: Thread, segment: Segment) -> None:
        graph = await self._taken(_plain(await self.orchestrator()), thread)
        config = _config(segment, limit=RECURSION_LIMIT)
        if segment.payload.get("cancel"):
            await self._drop_work(await graph.aget_state(config))
            await self._keep(
                thread, "done", {**thread.data, "reply": "Cancelled.", "question": None}
            )
            await self._services.log.say(thread.thread_id, "thread.cancelled", {})
            return
        given = thread.data.get("input")
        snapshot = await self._advance(
            graph, config, segment, start=given if isinstance(given, dict) else {}
        )
        values: JsonObject = snapshot.values
        question = _question(snapshot)
        replies = values.get("replies")
        data: JsonObject = {
            **thread.data,
            "reply": "\n".join(str(item) for item in replies) if isinstance(replies, list) else "",
            "question": question.to_json() if question else None,
            "plan": values.get("plan"),
            "understanding": values.get("understanding"),
            "agents": values.get("agents", []),
            "runs": values.get("runs", []),
            "requests": values.get("requests", []),
            "undo": values.get("undo", []),
        }
        status = "waiting" if question else str(values.get("status") or "done")
        if question:  # first, so that who sees the thread wait finds what it waits for
            data["asked"] = await self._ask(thread.thread_id, question)
        await asyncio.to_thread(self._said, thread.thread_id, str(data["reply"]), question)
        if not question:
            await self._services.checkpoints.trim(thread.thread_id)
        await self._keep(thread, status, data)
        await self._services.log.say(thread.thread_id, f"thread.{status}", {"reply": data["reply"]})

    def _said(self, thread_id: str, reply: str, question: Question | None) -> None:
        said = dict.fromkeys((question.title, question.text)) if question else {reply: None}
        text = "\n".join(said).strip()
        conversation = self._services.stores.conversation
        last = conversation.turns(thread_id, limit=1)
        if text and not (last and last[-1].role == "podium" and last[-1].text == text):
            at = self._services.clock.now()
            conversation.add(Turn(thread_id=thread_id, role="podium", text=text, at=at))

    async def _drive_run(self, thread: Thread, segment: Segment) -> None:
        stores = self._services.stores
        run = await asyncio.to_thread(stores.runs.get, segment.thread_id)
        version = await asyncio.to_thread(stores.agents.version, run.agent, run.version)
        if run.status == "finished":
            await self._services.runner.finish(_run_context(run, version))
            await self._keep(thread, "done", {**thread.data, "question": None})
            return
        graph = await self._taken(_plain(await self.agent(version)), thread)
        config = _config(segment, limit=recursion_limit(version.program))
        await self._check_pinned(graph, config, version)
        if run.status != "running":
            await asyncio.to_thread(stores.runs.replace, run.move("running", question=None))
        start = thread.data.get("input")
        snapshot = await self._within_limit(
            version.spec.limits.run_timeout_s - run.duration_ms / 1000,
            self._advance(graph, config, segment, start=start if isinstance(start, dict) else {}),
        )
        question = _question(snapshot)
        run = await asyncio.to_thread(stores.runs.get, run.run_id)
        if question is None:
            await self._keep(thread, "done", {**thread.data, "question": None})
            return
        run = run.move("waiting", question=question)
        worked = {"duration_ms": await asyncio.to_thread(self._active_ms, run.thread_id)}
        await asyncio.to_thread(stores.runs.replace, run.model_copy(update=worked))
        data: JsonObject = {**thread.data, "question": question.to_json()}
        if run.mode == "live":
            data["asked"] = await self._ask(thread.thread_id, question, run=run)
        if question.timer:
            await self._services.runner.abandon(run.run_id)
        else:
            self._parked[run.run_id] = self._services.clock.monotonic_s()
        await self._keep(thread, "waiting", data)
        kind = "run.parked" if question.timer else "question.asked"
        await self._services.log.say(run.run_id, kind, {"title": question.title})

    async def _drop_work(self, snapshot: StateSnapshot) -> None:
        """Give back what cancelled work holds: the build's session, and its test run's."""
        values: JsonObject = snapshot.values
        draft, saved = values.get("draft"), values.get("saved")
        if isinstance(draft, dict) and self._orchestrator_services is not None:
            await self._orchestrator_services.builder.finish(Draft.model_validate(draft))
        if isinstance(saved, dict):
            await self._drop_trial(str(saved.get("run_id")))

    async def _drop_trial(self, run_id: str) -> None:
        stores = self._services.stores
        try:
            run = stores.runs.get(run_id)
        except NotFound:
            return
        if run.status == "finished":
            return
        now = self._services.clock.now()
        moved = run.move("finished", outcome="cancelled", question=None, finished_at=now)
        stores.runs.replace(moved)
        version = stores.agents.version(run.agent, run.version)
        await self._services.runner.finish(_run_context(run, version))

    async def _advance(
        self, graph: _Graph, config: RunnableConfig, segment: Segment, *, start: JsonObject
    ) -> StateSnapshot:
        value = await _input(graph, config, segment, start=start)
        if value is not _NOTHING_LEFT:
            await self._invoke(graph, value, config)
        return await graph.aget_state({"configurable": config.get("configurable", {})})

    async def _invoke(self, graph: _Graph, value: object, config: RunnableConfig) -> None:
        control = RunControl()
        self._controls.add(control)
        try:
            await graph.ainvoke(value, config, durability="sync", control=control)
        except GraphDrained as error:
            raise Drained(str(error)) from error
        finally:
            self._controls.discard(control)

    async def _taken(self, graph: _Graph, thread: Thread) -> _Graph:
        """Return the graph with a saver of its own for the thread; who executed it before cannot write any more."""
        saver = await self._services.checkpoints.take(thread.thread_id)
        return graph.copy(update={"checkpointer": saver})

    async def _within_limit(
        self, limit_s: float, work: Coroutine[object, object, StateSnapshot]
    ) -> StateSnapshot:
        """Do the work within the run's time; waiting for a person does not count.

        Raises:
            TimeExceeded: If it takes longer.
        """
        timer = asyncio.timeout(max(limit_s, 0))
        try:
            async with timer:
                return await work
        except TimeoutError as error:
            if not timer.expired():
                raise
            raise TimeExceeded(
                "The run took longer than its time limit",
                hint="Raise `limits.run_timeout_s` of the agent, or see which step hangs.",
            ) from error

    async def _check_pinned(self, graph: _Graph, config: RunnableConfig, version: Version) -> None:
        snapshot = await graph.aget_state({"configurable": config.get("configurable", {})})
        pending = {task.name for task in snapshot.tasks} - {"__start__"}
        lost = pending - node_names(version.program)
        if lost:
            raise Conflict(
                f"The run waits in step {min(lost)!r}, which version {version.version} of "
                f"{version.spec.name!r} does not have",
                hint="Start a new run.",
            )

    @asynccontextmanager
    async def _reported(self, thread: Thread, segment: Segment) -> AsyncGenerator[None]:
        """Record a segment that ends by an error: a run must never hang in `running`."""
        self._started[thread.thread_id] = self._services.clock.monotonic_s()
        await self._keep(thread, "running", thread.data)
        ended = False
        try:
            yield
            ended = True
        finally:
            error = sys.exception()
            if isinstance(error, _STOPPED):
                await self._services.runner.abandon(thread.thread_id)
            elif not ended and error is not None:
                await self._failed(thread, error)
            self._started.pop(thread.thread_id, None)

    async def _failed(self, thread: Thread, error: BaseException) -> None:
        stores = self._services.stores
        problem = _problem(error)
        kept = await self._thread(thread.thread_id)
        reply = f"{problem.message}. {problem.hint}" if problem.hint else problem.message
        data: JsonObject = {**kept.data, "reply": reply, "error": problem.to_json()}
        if (
            thread.data.get("kind") == "run"
        ):  # first: a thread that has failed is not looked at again
            run = await asyncio.to_thread(stores.runs.get, thread.thread_id)
            if run.status != "finished":
                now = self._services.clock.now()
                ended = run.move("finished", outcome="fail", error=problem, finished_at=now)
                await asyncio.to_thread(stores.runs.replace, ended)
            await self._services.runner.abandon(thread.thread_id)
        await self._keep(kept, "failed", data)
        await self._services.log.say(
            thread.thread_id, "thread.failed", {"message": problem.message}
        )

    async def _ask(self, thread_id: str, question: Question, *, run: Run | None = None) -> str:
        opened = OpenQuestion(
            question=await asyncio.to_thread(self._fresh, question),
            thread_id=thread_id,
            run_id=run.run_id if run else "",
            agent=run.agent if run else "",
            asked_at=self._services.clock.now(),
        )
        await asyncio.to_thread(self._services.stores.questions.ask, opened)
        asked = opened.question
        if asked.expires_at is not None and asked.default is not None:
            # Nobody holds a worker until then: the scheduler takes the default when the time has come.
            wake = Wake(thread_id=thread_id, due_at=asked.expires_at, question_id=asked.id)
            await asyncio.to_thread(self._services.stores.firings.wake_at, wake)
        return asked.id

    def _fresh(self, question: Question) -> Question:
        """Return the question under an id that is not closed yet: the same may be asked again."""
        number, asked = 1, question
        while self._closed(asked.id):
            number += 1
            asked = question.model_copy(update={"id": f"{question.id}{AGAIN}{number}"})
        return asked

    def _closed(self, question_id: str) -> bool:
        questions = self._services.stores.questions
        try:
            kept = questions.get(question_id)
        except NotFound:
            return False
        return all(
            item.question.id != question_id for item in questions.open(thread_id=kept.thread_id)
        )

    async def _keep(self, thread: Thread, status: str, data: JsonObject) -> None:
        now = self._services.clock.now()
        changed = thread.model_copy(update={"status": status, "data": data, "updated_at": now})
        segment = str(thread.data.get("segment", ""))
        threads = self._services.stores.threads
        if not await asyncio.to_thread(threads.replace, changed, segment=segment):
            raise LeaseLost(f"Thread {thread.thread_id!r} goes on in another segment")

    def _active_ms(self, thread_id: str) -> int:
        run = self._services.stores.runs.of_thread(thread_id)
        before = run.duration_ms if run else 0
        started = self._started.get(thread_id)
        if started is None:
            return before
        return before + int((self._services.clock.monotonic_s() - started) * 1000)


def _problem(error: BaseException) -> RunError:
    if isinstance(error, PodiumError):
        return RunError(code=error.code, message=error.message, hint=error.hint)
    _log.error("segment.failed", exc_info=error)
    return RunError(
        code="internal",
        message=f"{type(error).__name__}: {error}",
        hint="This is a defect of Podium; what was done so far is kept.",
    )


def _plain(graph: OrchestratorGraph | AgentGraph) -> _Graph:
    # LangGraph's overloads tie the input to the channels; driving hands over what was stored as JSON.
    return cast("_Graph", graph)


def _run_context(run: Run, version: Version) -> RunContext:
    return RunContext(
        run_id=run.run_id,
        agent=run.agent,
        version=run.version,
        mode=run.mode,
        program=version.program,
        origins=version.spec.origins,
    )


def _config(segment: Segment, *, limit: int) -> RunnableConfig:
    turn = str(segment.payload.get("turn") or segment.segment_id)
    return {
        "configurable": {"thread_id": segment.thread_id},
        "metadata": {"run_id": turn},
        "recursion_limit": limit,
    }


async def _input(
    graph: _Graph, config: RunnableConfig, segment: Segment, *, start: JsonObject
) -> object:
    """Return what to invoke the graph with: the input, the answer not yet taken in, None to go on, or nothing."""
    if "input" in segment.payload:
        return segment.payload["input"]
    snapshot = await graph.aget_state({"configurable": config.get("configurable", {})})
    if not snapshot.created_at:
        return start
    if "question_id" in segment.payload:
        wanted = str(segment.payload["question_id"]).split(AGAIN)[0]
        ours = [item for item in snapshot.interrupts if item.value.get("id") == wanted]
        if ours and not await _resume_stored(graph, config):
            return Command(resume={ours[0].id: segment.payload["answer"]})
    return None if snapshot.tasks else _NOTHING_LEFT


async def _resume_stored(graph: _Graph, config: RunnableConfig) -> bool:
    """Return whether an answer was already taken in by a segment that was killed (facts: engine §6.1)."""
    saver = graph.checkpointer
    if not isinstance(saver, BaseCheckpointSaver):
        return False
    kept = await cast("BaseCheckpointSaver[str]", saver).aget_tuple(
        {"configurable": config.get("configurable", {})}
    )
    return kept is not None and any(write[1] == "__resume__" for write in kept.pending_writes or [])


def _question(snapshot: StateSnapshot) -> Question | None:
    if not snapshot.interrupts:
        return None
    value = snapshot.interrupts[0].value
    known = set(Question.model_fields)
    return Question.model_validate({name: part for name, part in value.items() if name in known})

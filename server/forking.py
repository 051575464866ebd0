"""Time travel: a run's thread is copied as it stood before a step, and goes on from there as a run of its own."""
# pyright: reportUnknownMemberType=false

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import sqlalchemy as sa
from langchain_core.runnables import RunnableConfig
from langgraph.types import StateSnapshot
from pydantic import JsonValue

from podium.graphs.agent.graph import node_names
from podium.server.children import RunThreads
from podium.server.driver import AgentGraph, Driver
from podium.server.ledger import events_of
from podium.state.clock import Clock
from podium.state.document import JsonObject
from podium.state.errors import Conflict, NotFound, UserError
from podium.state.events import Event
from podium.state.runs import Run
from podium.state.sql import SqlStores
from podium.state.stores import Version


@dataclass(frozen=True, slots=True)
class Copy:
    """What a fork starts with: its checkpoint and staged rows are kept, and no run has them yet."""

    of: Run
    run_id: str
    version: Version
    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class Forks:
    """Copies threads of runs."""

    stores: SqlStores
    threads: RunThreads
    driver: Driver
    clock: Clock

    async def copy(self, run: Run, *, run_id: str, step: str, repeat_writes: bool) -> Copy:
        """Keep a thread that stands where the run's one stood before the step; `open` makes it a run.

        What the original wrote is not written again, unless `repeat_writes` asks for it.

        Raises:
            UserError: If the program has no such step.
            Conflict: If the run never came to it, or its checkpoints are gone.
        """
        version = await asyncio.to_thread(self.stores.agents.version, run.agent, run.version)
        if step not in node_names(version.program):
            raise UserError(
                f"{run.agent!r} version {run.version} has no step {step!r}",
                hint=f"`podium runs show {run.run_id}` lists them.",
            )
        graph = await self.driver.agent(version)
        before = await _before(graph, run, step)
        kept: JsonValue = before.values.get("run")
        identity: JsonObject = kept if isinstance(kept, dict) else {}
        values: JsonObject = {
            **before.values,
            "question": None,
            "answer": None,
            "error": None,
            "run": {
                **identity,
                "run_id": run_id,
                "origin_run": _origin(identity, run),
                "repeat_writes": repeat_writes,
            },
        }
        await graph.aupdate_state(
            {"configurable": {"thread_id": run_id}}, values, as_node=await _entry(graph, before)
        )
        events = await asyncio.to_thread(self._handed_on, run, run_id, before)
        return Copy(of=run, run_id=run_id, version=version, events=events)

    def open(self, copy: Copy, connection: sa.Connection) -> Run:
        """Keep the queued run of the copy, in the caller's transaction.

        Last, and with the segment that goes on: a run that stood there without its checkpoint would be started at
        its first step by whoever sweeps, and write again what its original wrote.
        """
        forked = self.threads.open(
            run_id=copy.run_id,
            version=copy.version,
            inputs=copy.of.inputs,
            mode=copy.of.mode,
            trigger="fork",
            connection=connection,
        )
        for event in copy.events:
            self.stores.events.append(event, connection=connection)
        return forked

    def _handed_on(self, run: Run, run_id: str, before: StateSnapshot) -> tuple[Event, ...]:
        """Copy the staged rows of finished steps, and return their records as events of the fork."""
        finished: JsonValue = before.values.get("done")
        done = [str(one) for one in finished] if isinstance(finished, list) else []
        for step_id in done:
            rows = self.stores.staging.rows(run.run_id, step_id)
            if rows:
                self.stores.staging.put(run_id, step_id, rows)
        origin: JsonObject = {"run": run.run_id, "before": list(before.next)}
        events = [self._event(run_id, "run.forked", origin)]
        for event in events_of(self.stores, run.run_id):
            record = event.data.get("record")
            if event.kind == "step.finished" and isinstance(record, dict) and record["id"] in done:
                events.append(self._event(run_id, event.kind, event.data))
        return tuple(events)

    def _event(self, run_id: str, kind: str, data: JsonObject) -> Event:
        return Event(thread_id=run_id, kind=kind, at=self.clock.now(), data=data)


def _origin(identity: JsonObject, run: Run) -> str:
    """Return the first run of a line of forks: its writes count for all of them."""
    return str(identity.get("origin_run") or run.run_id)


async def _before(graph: AgentGraph, run: Run, step: str) -> StateSnapshot:
    """Return the first checkpoint after which the step was the next one."""
    config: RunnableConfig = {"configurable": {"thread_id": run.thread_id}}
    found: StateSnapshot | None = None
    async for snapshot in graph.aget_state_history(config):  # newest first
        if snapshot.next == (step,):
            found = snapshot
    if found is None:
        raise Conflict(
            f"Run {run.run_id!r} never came to {step!r}, or its checkpoints were pruned",
            hint="Fork from an earlier step, or start a new run.",
        )
    return found


async def _entry(graph: AgentGraph, before: StateSnapshot) -> str:
    """Return the node whose end led to the checkpoint: its routes lead to the step again.

    Raises:
        NotFound: If the checkpoint before it is gone.
    """
    if before.parent_config is None:
        raise NotFound("The run's first checkpoints are gone")
    parent = await graph.aget_state(before.parent_config)
    return parent.next[0]

"""Time travel: a run's thread is copied as it stood before a step, and goes on from there as a run of its own."""
# pyright: reportUnknownMemberType=false

from __future__ import annotations

import asyncio
from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True)
class Forks:
    """Copies threads of runs."""

    stores: SqlStores
    threads: RunThreads
    driver: Driver
    clock: Clock

    async def fork(self, run: Run, *, run_id: str, step: str, repeat_writes: bool) -> Run:
        """Keep a queued run that stands where that one stood before the step.

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
        forked = await asyncio.to_thread(
            self.threads.open,
            run_id=run_id,
            version=version,
            inputs=run.inputs,
            mode=run.mode,
            trigger="fork",
        )
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
        await asyncio.to_thread(self._copy, run, run_id, before)
        return forked

    def _copy(self, run: Run, run_id: str, before: StateSnapshot) -> None:
        """Copy what steps hand on outside of the checkpoint: staged rows, and the records of finished steps."""
        finished: JsonValue = before.values.get("done")
        done = [str(one) for one in finished] if isinstance(finished, list) else []
        for step_id in done:
            rows = self.stores.staging.rows(run.run_id, step_id)
            if rows:
                self.stores.staging.put(run_id, step_id, rows)
        origin: JsonObject = {"run": run.run_id, "before": list(before.next)}
        self._say(run_id, "run.forked", origin)
        for event in events_of(self.stores, run.run_id):
            record = event.data.get("record")
            if event.kind == "step.finished" and isinstance(record, dict) and record["id"] in done:
                self._say(run_id, event.kind, event.data)

    def _say(self, run_id: str, kind: str, data: JsonObject) -> None:
        event = Event(thread_id=run_id, kind=kind, at=self.clock.now(), data=data)
        self.stores.events.append(event)


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

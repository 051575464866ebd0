"""The runs of a chain as one: started, followed to their stop, ended and done again together."""

from __future__ import annotations

import asyncio
import re
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

from pydantic import JsonValue

from podium.server.changes import AGAIN, Changes
from podium.server.scheduler import Scheduler, is_free
from podium.state.clock import Clock
from podium.state.document import JsonObject
from podium.state.effects import may_send, write_key
from podium.state.errors import Conflict, UserError
from podium.state.firings import Firing, Wake
from podium.state.runs import Run
from podium.state.stores import EffectStore, Stores
from podium.state.write_keys import WRITES, same_writes

_LOOK_S = 0.1
_TURN_S = 5.0
"""So long one run is awaited before the others are looked at again: it may have been opened by one who died."""
_TRY = re.compile(rf"(.+){AGAIN}(\d+)")


class Runs(Protocol):
    """What the service does with runs."""

    @property
    def stores(self) -> Stores:
        """The records."""
        ...

    @property
    def clock(self) -> Clock:
        """The time."""
        ...

    async def open_run(
        self,
        name: str,
        inputs: JsonObject,
        version: int | None,
        *,
        trigger: str,
        run_id: str | None = None,
        parent: str = "",
        origin_run: str = "",
    ) -> Run:
        """Keep a run without starting it."""
        ...

    async def begin_run(self, run_id: str) -> None:
        """Queue the first segment of an opened run."""
        ...

    async def cancel_run(self, run_id: str) -> Run:
        """End a run."""
        ...

    async def settle(self, thread_id: str, *, timeout_s: float | None = None) -> bool:
        """Return when the thread has stopped."""
        ...

    async def wake(self, wake: Wake) -> None:
        """Take the default answer of a question."""
        ...


def scheduler(podium: Runs) -> Scheduler:
    """Return the scheduler that starts runs of this workspace."""

    async def open_run(firing: Firing) -> Run:
        return await podium.open_run(
            firing.agent,
            firing.inputs,
            None,
            trigger=firing.cause,
            run_id=firing.run_id,
            parent=firing.parent,
        )

    return Scheduler(
        stores=podium.stores,
        clock=podium.clock,
        open_run=open_run,
        begin_run=podium.begin_run,
        cancel_run=podium.cancel_run,
        wake=podium.wake,
    )


def family(stores: Stores, run_id: str) -> tuple[Run, ...]:
    """Return all runs that follow that one, by whatever detour, those before their followers."""
    found: list[Run] = []
    waiting = [run_id]
    while waiting:
        for run in stores.runs.following(waiting.pop(0)):
            found.append(run)
            waiting.append(run.run_id)
    return tuple(found)


def chain_view(stores: Stores, run: Run) -> JsonObject:
    """Return a run with the runs that follow it, and what could not be started."""
    children: list[JsonValue] = [
        {
            "run_id": item.run_id,
            "parent": item.parent,
            "agent": item.agent,
            "status": item.status,
            "outcome": item.outcome,
        }
        for item in family(stores, run.run_id)
    ]
    held: list[JsonValue] = [
        {"run_id": item.run_id, "agent": item.agent, "status": item.status, "note": item.note}
        for item in stores.firings.following(run.run_id)
        if item.status != "begun"
    ]
    return {**run.to_json(), "children": children, "not_started": held}


@dataclass(frozen=True, slots=True)
class Following:
    """What is done with the followers of a run."""

    podium: Runs

    async def settle(self, run_id: str) -> tuple[Run, ...]:
        """Start what follows from the run, here if nobody else does, and return it all when it has stopped."""
        stores = self.podium.stores
        starter = scheduler(self.podium)
        while True:
            await self._take_up()
            waiting = await asyncio.to_thread(self._waiting, run_id)
            await starter.start(waiting)
            runs = await asyncio.to_thread(family, stores, run_id)
            busy = [run for run in runs if run.status in {"queued", "running"}]
            for run in busy:
                await self.podium.settle(run.run_id, timeout_s=_TURN_S)
            if not busy and not waiting:
                return runs
            if not busy:
                await asyncio.sleep(_LOOK_S)  # another process starts them at this moment

    async def end(self, run_id: str) -> tuple[Run, ...]:
        """End all that follows from the run and is not finished; return the runs that were ended."""
        await self._take_up()
        ended: list[Run] = []
        while True:
            waiting = await asyncio.to_thread(self._waiting, run_id)
            now = self.podium.clock.now()
            for firing in waiting:
                if is_free(firing, now=now):
                    await asyncio.to_thread(
                        self.podium.stores.firings.settle, firing, "skipped", note="cancelled"
                    )
            runs = await asyncio.to_thread(family, self.podium.stores, run_id)
            busy = [run for run in runs if run.status != "finished"]
            for run in busy:
                with suppress(Conflict):  # it has finished meanwhile: there is nothing to end
                    ended.append(await self.podium.cancel_run(run.run_id))
            if not waiting and not busy:
                return tuple(ended)
            if any(not is_free(firing, now=now) for firing in waiting):
                await asyncio.sleep(_LOOK_S)

    async def again(self, run_id: str) -> tuple[Run, ...]:
        """Do what failed or was ended after that run once more, and nothing that succeeded; return the new runs.

        What a person stopped by an answer stays stopped. A further try is a run of its own that counts as the first
        one in the journal: what that one wrote is not written again, and what is in doubt is asked. An agent that was
        built anew meanwhile does it as it is now, unless an earlier try may have written what its steps would not know
        again: then the version that wrote goes on.

        Raises:
            UserError: If what could not be started cannot be started now either.
        """
        await self._take_up()
        begun = [await self._start(firing) for firing in self._failed(run_id)]
        for last in self._last_tries(run_id):
            if last.status != "finished":
                continue
            if last.outcome in {"fail", "cancelled"} and not _stopped(last):
                begun.append(await self._retry(last))
            else:
                begun += await self.again(last.run_id)
        return tuple(begun)

    def _failed(self, run_id: str) -> list[Firing]:
        opened = {run.run_id for run in self.podium.stores.runs.following(run_id)}
        return [
            item
            for item in self.podium.stores.firings.following(run_id)
            if item.status in {"failed", "skipped"} and item.run_id not in opened
        ]

    async def _start(self, firing: Firing) -> Run:
        spec = self.podium.stores.agents.version(firing.agent).spec
        if firing.status == "failed" and spec.inputs and not firing.inputs:
            raise UserError(
                f"{firing.agent!r} could not be started: {firing.note}",
                hint="Chain them anew; the next run gives what is needed.",
            )
        run = await scheduler(self.podium).open_run(firing)
        await self.podium.begin_run(run.run_id)
        return run

    def _last_tries(self, run_id: str) -> list[Run]:
        tries: dict[str, Run] = {}
        for run in self.podium.stores.runs.following(run_id):
            slot, number = try_of(run.run_id)
            if slot not in tries or number > try_of(tries[slot].run_id)[1]:
                tries[slot] = run
        return list(tries.values())

    async def _retry(self, last: Run) -> Run:
        # The id says which try it is: asked for twice at once it is one run.
        slot, number = try_of(last.run_id)
        run = await self.podium.open_run(
            last.agent,
            last.inputs,
            await asyncio.to_thread(self._version_of_retry, last),
            trigger="chain",
            run_id=f"{slot}{AGAIN}{number + 1}",
            parent=last.parent,
            origin_run=slot,
        )
        await self.podium.begin_run(run.run_id)
        return run

    def _version_of_retry(self, last: Run) -> int | None:
        """Return the version that a further try is bound to; none where it is the one in use."""
        stores = self.podium.stores
        before = stores.agents.version(last.agent, last.version)
        if same_writes(before.program, stores.agents.version(last.agent).program):
            return None
        slot, _ = try_of(last.run_id)
        tries = [run for run in stores.runs.following(last.parent) if try_of(run.run_id)[0] == slot]
        return (
            last.version if any(_may_have_written(stores.effects, run) for run in tries) else None
        )

    async def _take_up(self) -> None:
        changes = Changes(self.podium.stores, self.podium.clock)
        await asyncio.to_thread(changes.take_up)

    def _waiting(self, run_id: str) -> tuple[Firing, ...]:
        stores = self.podium.stores
        runs = (run_id, *(run.run_id for run in family(stores, run_id)))
        return tuple(
            firing
            for one in runs
            for firing in stores.firings.following(one)
            if firing.status in {"pending", "claimed"}
        )


def _stopped(run: Run) -> bool:
    """Return whether a person ended the run by the answer to its question, such as `stop` for a write in doubt."""
    return run.error is not None and run.error.code == "cancelled"


def _may_have_written(effects: EffectStore, run: Run) -> bool:
    """Return whether the run has sent a write, or may have when it was ended from outside of its steps."""
    slot, _ = try_of(run.run_id)
    begun = [record for record in run.steps if record.effect in WRITES]
    ended_by_a_step = run.error is not None and bool(run.error.step)
    return not ended_by_a_step or any(
        record.item or may_send(effects.get(write_key(run.agent, record.id, slot))) != "send"
        for record in begun
    )


def try_of(run_id: str) -> tuple[str, int]:
    """Return the id of a chained run's first try, and which try this one is."""
    found = _TRY.fullmatch(run_id)
    return (found[1], int(found[2])) if found else (run_id, 1)

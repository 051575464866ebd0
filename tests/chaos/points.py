"""The points at which a process can be killed: wrapped around the ports, so that the product knows none of them."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import CoroutineType
from typing import Any, ParamSpec, TypeVar

from langgraph.checkpoint.base import BaseCheckpointSaver
from pydantic import JsonValue

from podium.server.checkpoints import Checkpoints
from podium.state.document import JsonObject
from podium.state.effects import EffectRecord
from podium.state.program import Step
from podium.state.sql.effects import SqlEffects
from podium.tools.runner import Progress, RunContext, StepResult, StepRunner

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True, slots=True, kw_only=True)
class Strike:
    """When something is killed: the `number`-th time that the process comes to a point whose name begins with `at`."""

    number: int
    at: str
    victim: str = "process"
    """process | chromium"""
    patience: int = 40
    """After so many points of any name it strikes at the next one: what is left of the work may never come to its own."""


@dataclass
class Faults:
    """Counts the points of this process and strikes at the chosen ones, one after the other."""

    strikes: tuple[Strike, ...]
    note: Path
    """Where each point is put down before the blow, a line each."""
    browsers: Path
    """The folder of the browser's profiles."""
    _struck: int = 0
    _hits: int = 0
    _passed: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def hit(self, point: str) -> None:
        """Come to a point."""
        with self._lock:
            if self._struck >= len(self.strikes):
                return
            strike = self.strikes[self._struck]
            self._passed += 1
            self._hits += point.startswith(strike.at)
            if self._hits < strike.number and self._passed <= strike.patience:
                return
            pids = browsers_of(self.browsers, owner=os.getpid())
            if strike.victim == "chromium" and not pids:
                return  # none is up: the next time it comes to a point
            self._struck, self._hits, self._passed = self._struck + 1, 0, 0
            with self.note.open("a", encoding="ascii") as note:
                note.write(f"{point} {strike.victim}\n")
            if strike.victim == "process":
                os.kill(os.getpid(), signal.SIGKILL)
            for pid in pids:
                os.kill(pid, signal.SIGKILL)


def browsers_of(folder: Path, *, owner: int | None = None) -> tuple[int, ...]:
    """Return the Chromium processes started for that owner, or those whose owner is dead."""
    found: list[int] = []
    for profile in folder.glob("podium-chromium-*"):
        try:
            its_owner = int((profile / "owner.pid").read_text(encoding="ascii"))
            pid = int((profile / "chromium.pid").read_text(encoding="ascii"))
        except (OSError, ValueError):
            continue
        wanted = its_owner == owner if owner is not None else not _lives(its_owner)
        if wanted and _lives(pid):
            found.append(pid)
    return tuple(found)


def _lives(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    return state.rpartition(")")[2].split()[0] != "Z"


class FaultyEffects(SqlEffects):
    """The effect journal with a point before and after each record."""

    def __init__(self, inner: SqlEffects, faults: Faults) -> None:
        self._inner = inner
        self._faults = faults

    def get(self, effect_key: str) -> EffectRecord | None:
        return self._inner.get(effect_key)

    def put(self, record: EffectRecord) -> None:
        self._faults.hit(f"effect.{record.status}.before")
        self._inner.put(record)
        self._faults.hit(f"effect.{record.status}.after")


class FaultyRunner:
    """A step runner with a point at each boundary of a step."""

    def __init__(self, inner: StepRunner, faults: Faults) -> None:
        self._inner = inner
        self._faults = faults

    async def run_step(
        self,
        step: Step,
        context: RunContext,
        progress: Progress,
        *,
        item: dict[str, JsonValue] | None = None,
        answer: JsonObject | None = None,
    ) -> StepResult:
        self._faults.hit("step.before")
        result = await self._inner.run_step(step, context, progress, item=item, answer=answer)
        self._faults.hit("step.after")
        return result

    def items(self, step_id: str, context: RunContext) -> int:
        return self._inner.items(step_id, context)

    def item(self, step_id: str, index: int, context: RunContext) -> dict[str, JsonValue]:
        return self._inner.item(step_id, index, context)

    async def finish(self, context: RunContext) -> None:
        self._faults.hit("finish.before")
        await self._inner.finish(context)
        self._faults.hit("finish.after")

    async def abandon(self, run_id: str) -> None:
        await self._inner.abandon(run_id)


class FaultyCheckpoints:
    """Checkpoints with a point before and after every call that writes."""

    def __init__(self, inner: Checkpoints, faults: Faults) -> None:
        self._inner = inner
        self._faults = faults
        self._wrapped: set[int] = set()

    async def saver(self) -> BaseCheckpointSaver[str]:
        return await self._inner.saver()

    async def take(self, thread_id: str) -> BaseCheckpointSaver[str]:
        self._faults.hit("checkpoint.take.before")
        saver = await self._inner.take(thread_id)
        self._faults.hit("checkpoint.take.after")
        if id(saver) not in self._wrapped:
            self._wrapped.add(id(saver))
            saver.aput = self._pointed(saver.aput, "checkpoint.put")
            saver.aput_writes = self._pointed(saver.aput_writes, "checkpoint.writes")
        return saver

    def _pointed(
        self, call: Callable[P, CoroutineType[Any, Any, R]], name: str
    ) -> Callable[P, CoroutineType[Any, Any, R]]:
        async def pointed(*args: P.args, **kwargs: P.kwargs) -> R:
            self._faults.hit(f"{name}.before")
            result = await call(*args, **kwargs)
            self._faults.hit(f"{name}.after")
            return result

        return pointed

    async def forget(self, thread_ids: Sequence[str]) -> None:
        await self._inner.forget(thread_ids)

    async def trim(self, thread_id: str) -> None:
        self._faults.hit("checkpoint.trim.before")
        await self._inner.trim(thread_id)
        self._faults.hit("checkpoint.trim.after")

    async def close(self) -> None:
        await self._inner.close()

"""The right to execute among several processes on one PostgreSQL: everybody has it who keeps saying so."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from podium.state.errors import PodiumError
from podium.state.sql.workers import SqlWorkers, Worker

LISTENING = frozenset({"serve", "worker", "studio"})
"""Roles that work off the queue; others execute only what they submit."""

_BEATS_PER_LEASE = 5
_FENCED_AFTER = 0.7
"""Share of the lease after which a worker that cannot renew it stops by itself, before anybody may take over."""

_log = logging.getLogger("podium.fleet")


class Fleet:
    """The place of this process among the workers; a thread of its own renews the lease, whatever the loop does."""

    def __init__(
        self,
        workers: SqlWorkers,
        *,
        executor_id: str,
        lease_s: float,
        on_lost: Callable[[], None] = lambda: None,
    ) -> None:
        self.executor_id = executor_id
        self.on_lost = on_lost
        """Called from the thread when the lease could not be renewed: others may take this process's runs."""
        self._workers = workers
        self._lease_s = lease_s
        self._me: Worker | None = None
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._renewed = 0.0
        self._lost = False

    @property
    def held(self) -> bool:
        """Whether this process may execute."""
        return self._me is not None

    def take(self, role: str) -> bool:
        """Return whether this process may execute now; beside workers, one that only submits may not."""
        if self._me is not None:
            return True
        if role not in LISTENING and self.listening():
            return False
        self._me = Worker(
            executor_id=self.executor_id,
            role=role,
            place=_place(),
            pid=os.getpid(),
            born=_born(os.getpid()),
        )
        self._workers.beat(self._me)
        self._renewed = time.monotonic()
        self._thread = threading.Thread(
            target=self._keep_renewing, name="podium-lease", daemon=True
        )
        self._thread.start()
        return True

    def listening(self) -> bool:
        """Return whether a living worker works off the queue."""
        return any(worker.role in LISTENING for worker in self._living())

    def abandoned(self) -> bool:
        """Return whether nobody executes."""
        return self._me is None and not self._living()

    def alive(self) -> frozenset[str]:
        """Return the ids of the processes that may be executing."""
        return frozenset(worker.executor_id for worker in self._living())

    def holder(self) -> str:
        """Return who executes, for messages."""
        known = [f"{worker.role} (process {worker.pid})" for worker in self._living()]
        return ", ".join(known) or "nobody"

    def release(self) -> None:
        """Stop executing: what this process still holds may be taken at once."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        self._stop = threading.Event()
        if self._me is not None:
            self._me = None
            try:
                self._workers.forget(self.executor_id)
            except PodiumError as error:
                _log.warning(
                    "fleet.not_signed_off %s", error.message
                )  # the lease runs out by itself
        self._workers.close()

    def _living(self) -> tuple[Worker, ...]:
        here = _place()
        found = self._workers.beating(within=timedelta(seconds=self._lease_s))
        return tuple(worker for worker in found if not _is_gone(worker, here))

    def _keep_renewing(self) -> None:
        me = self._me
        assert me is not None, "take() starts this"
        while not self._stop.wait(self._lease_s / _BEATS_PER_LEASE):
            self._check_lease()  # first: a process that was frozen learns it before it claims to be alive
            try:
                self._workers.beat(me)
            except PodiumError as error:
                _log.warning("fleet.not_renewed %s", error.message)
            else:
                self._renewed, self._lost = time.monotonic(), False
            self._check_lease()

    def _check_lease(self) -> None:
        if self._lost or time.monotonic() - self._renewed < self._lease_s * _FENCED_AFTER:
            return
        self._lost = True
        _log.warning("fleet.lease_lost")
        self.on_lost()


def _place() -> str:
    """Return the machine and its process table, empty where neither can be known for sure."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        return f"{boot} {Path('/proc/self/ns/pid').readlink()}"
    except OSError:
        return ""


def _born(pid: int) -> str:
    """Return when the process started, in the system's ticks."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    return text.rpartition(")")[2].split()[19]


def _is_gone(worker: Worker, here: str) -> bool:
    """Return whether the worker's process is certainly no more: only a process of this place can be looked up."""
    return bool(here) and worker.place == here and _born(worker.pid) != worker.born

"""The lock on a data folder: the right to execute, not to read or write."""

from __future__ import annotations

import json
import os
from pathlib import Path

from filelock import FileLock, Timeout


class ExecutionLock:
    """Held by the one process of a data folder that executes segments; freed by the system when it dies."""

    def __init__(self, home: Path, *, executor_id: str) -> None:
        self.executor_id = executor_id
        # One state for all threads: the engine asks from a pool of them.
        self._lock = FileLock(home / "execute.lock", thread_local=False)
        self._holder = home / "execute.json"

    @property
    def held(self) -> bool:
        """Whether this process holds it."""
        return self._lock.is_locked

    def take(self, role: str) -> bool:
        """Return whether this process holds the lock now; `role` tells others who it is."""
        if self._lock.is_locked:
            return True
        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            return False
        self._holder.write_text(json.dumps({"pid": os.getpid(), "role": role}), encoding="utf-8")
        return True

    def listening(self) -> bool:
        """Return whether another process works off the queue, or executes its own segment and then lets go."""
        return not self.held and not self._free()

    def abandoned(self) -> bool:
        """Return whether nobody executes: the lock is free and was not ours."""
        return not self.held and self._free()

    def alive(self) -> frozenset[str]:
        """Return the ids of the processes that may be executing: with the lock, this one alone."""
        return frozenset({self.executor_id}) if self.held else frozenset()

    def _free(self) -> bool:
        if not self.take("run"):
            return False
        self.release()
        return True

    def holder(self) -> str:
        """Return who holds it, for messages: `serve (process 4711)`."""
        try:
            value = json.loads(self._holder.read_text(encoding="utf-8"))
            return f"{value['role']} (process {value['pid']})"
        except (OSError, ValueError, KeyError):
            return "another process"

    def release(self) -> None:
        """Give the right to execute back."""
        if self._lock.is_locked:
            self._holder.unlink(missing_ok=True)
            self._lock.release()

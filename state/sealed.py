"""Sealed storage of browser sessions between the processes that go on with a run: already encrypted, by run."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Protocol


class SealedStore(Protocol):
    """Keeps one sealed document for each run. Adapters: `SealedFolder`, `podium.state.sql.sealed`."""

    def put(self, run_id: str, sealed: bytes) -> None:
        """Keep it, replacing the one before."""
        ...

    def get(self, run_id: str) -> bytes | None:
        """Return it."""
        ...

    def drop(self, run_id: str) -> None:
        """Forget it."""
        ...


class SealedFolder:
    """The `SealedStore` in a private folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, run_id: str, sealed: bytes) -> None:
        """Keep it, replacing the one before."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = self._path(run_id)
        draft = path.with_suffix(".new")
        draft.touch(mode=0o600)
        draft.write_bytes(sealed)
        draft.replace(path)

    def get(self, run_id: str) -> bytes | None:
        """Return it."""
        try:
            return self._path(run_id).read_bytes()
        except FileNotFoundError:
            return None

    def drop(self, run_id: str) -> None:
        """Forget it."""
        self._path(run_id).unlink(missing_ok=True)

    def _path(self, run_id: str) -> Path:
        return self._folder / f"{hashlib.sha256(run_id.encode()).hexdigest()[:32]}.sealed"

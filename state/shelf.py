"""The port of a shelf: files by their content and by name, where several machines reach them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol


class Shelf(Protocol):
    """Keeps the bytes of files; a name stands for one content for good. Adapter: `podium.state.sql.shelf`."""

    def put(self, sha256: str, chunks: Iterable[bytes]) -> None:
        """Keep the content, unless it is there already."""
        ...

    def holds(self, sha256: str) -> bool:
        """Return whether the content is there."""
        ...

    def chunks(self, sha256: str) -> Iterable[bytes]:
        """Return the content piece by piece; nothing when it is not there."""
        ...

    def name(self, path: str, sha256: str) -> bool:
        """Give the content the name; false when the name stands for another one."""
        ...

    def named(self, path: str) -> str | None:
        """Return the content that the name stands for."""
        ...

    def forget(self, paths: Sequence[str]) -> None:
        """Drop the names, and contents that have no other."""
        ...

"""The index of the workspace in memory."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from podium.state.runs import Run
from podium.state.search import Entry, EntryKind
from podium.state.stores import Turn


class MemorySearch:
    """The `SearchStore` in memory."""

    def __init__(
        self, runs: Callable[[], Sequence[Run]], turns: Callable[[], Sequence[Turn]]
    ) -> None:
        self._runs = runs
        self._turns = turns
        self._entries: dict[tuple[EntryKind, str], Entry] = {}

    def unindexed_runs(self, *, limit: int = 100) -> tuple[Run, ...]:
        """Return finished live runs without an entry, oldest first."""
        found = [
            run
            for run in self._runs()
            if run.status == "finished"
            and run.mode == "live"
            and ("run", run.run_id) not in self._entries
        ]
        return tuple(sorted(found, key=lambda run: (run.created_at, run.run_id))[:limit])

    def unindexed_turns(self, *, limit: int = 500) -> tuple[Turn, ...]:
        """Return what was said and has no entry, oldest first."""
        found = [turn for turn in self._turns() if ("turn", str(turn.seq)) not in self._entries]
        return tuple(sorted(found, key=lambda turn: turn.seq)[:limit])

    def entries(self, kind: EntryKind) -> dict[str, datetime]:
        """Return ref -> moment of all entries of a kind."""
        return {ref: item.at for (of, ref), item in self._entries.items() if of == kind}

    def put(self, entries: Sequence[Entry]) -> None:
        """Keep the entries, replacing those of the same kind and ref."""
        self._entries |= {(item.kind, item.ref): item for item in entries}

    def find(self, words: Sequence[str], *, agent: str = "", limit: int = 50) -> tuple[Entry, ...]:
        """Return entries in which every word begins some word, newest first."""
        found = [
            item
            for item in self._entries.values()
            if (not agent or item.agent == agent) and _holds(item.folded.split(), words)
        ]
        return tuple(sorted(found, key=lambda item: item.at, reverse=True)[:limit]) if words else ()

    def renamed(self, old: str, new: str) -> None:
        """Let entries about the agent name it anew."""
        for key, item in self._entries.items():
            if item.agent == old:
                self._entries[key] = item.model_copy(update={"agent": new})


def _holds(there: Sequence[str], words: Sequence[str]) -> bool:
    return all(any(one.startswith(word) for one in there) for word in words)

"""Forgetting what is old: by `podium prune`, and by itself where runs are executed."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta

from podium.server.checkpoints import Checkpoints
from podium.server.engine import DbosEngine
from podium.server.searching import Index
from podium.state.artifacts import FolderArtifacts
from podium.state.clock import Clock
from podium.state.document import Document
from podium.state.sql.retention import OldThread, SqlRetention


class Pruned(Document):
    """What was forgotten."""

    threads: int = 0
    """Conversations and runs, with their checkpoints, events and staged rows."""
    segments: int = 0
    """Rows of the run engine."""
    files: int = 0
    """Screenshots and page dumps."""


@dataclass(frozen=True, slots=True)
class Retention:
    """Prunes one workspace. Run records, datasets, kept files, the effect journal and decisions are never pruned."""

    records: SqlRetention
    checkpoints: Checkpoints
    engine: DbosEngine
    clock: Clock
    artifacts: FolderArtifacts
    index: Index

    async def prune(self, *, days: float) -> Pruned:
        """Forget threads that ended more than so many days ago."""
        before = self.clock.now() - timedelta(days=days)
        total = Pruned()
        # Rows of old runs are found in their datasets after their threads are gone.
        await asyncio.to_thread(self.index.catch_up)
        while found := await asyncio.to_thread(self.records.old, before):
            ids = [one.thread_id for one in found]
            segments = [segment for one in found for segment in one.segments]
            # The thread's row goes last: who dies in between leaves what the next one finds again.
            await self.checkpoints.forget(ids)
            if segments:
                await self.engine.forget(segments)
            files = await asyncio.to_thread(self._remove, found)
            await asyncio.to_thread(self.records.drop, ids, before)
            total = Pruned(
                threads=total.threads + len(ids),
                segments=total.segments + len(segments),
                files=total.files + files,
            )
        return total

    def _remove(self, found: tuple[OldThread, ...]) -> int:
        paths = [path for one in found for path in one.evidence]
        self.artifacts.forget_evidence(paths)
        return len(paths)

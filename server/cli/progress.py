"""Follows a thread until it stops, telling what happens as it happens."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from podium.server.cli.output import note
from podium.server.service import Podium
from podium.state.document import JsonObject
from podium.state.events import Event

_POLL_S = 0.3
_MARKS = {"done": "✓", "skipped": "-", "held": "◦", "failed": "✗", "waiting": "?"}


@dataclass(slots=True)
class Follower:
    """Tells the events of a thread, and of the runs its work starts, on stderr."""

    podium: Podium
    thread_id: str
    quiet: bool = False
    seq: int = 0
    told: set[str] = field(default_factory=set[str])

    async def until_stopped(self) -> None:
        """Return when the thread is done, failed or waiting."""
        self.seq = await asyncio.to_thread(self._newest)
        work = asyncio.create_task(self.podium.settle(self.thread_id))
        try:
            while not work.done():
                await asyncio.wait({work}, timeout=_POLL_S)
                await self._tell()
            await work
        finally:
            work.cancel()
        await self._tell()

    def _newest(self) -> int:
        thread = self.podium.stores.threads.get(self.thread_id)
        kept = thread.data.get("told")
        return kept if isinstance(kept, int) else 0

    async def _tell(self) -> None:
        events = await asyncio.to_thread(self.podium.stores.events.after, self.seq)
        for event in events:
            self.seq = event.seq
            if not self.quiet and self._mine(event):
                line = _line(event)
                if line:
                    note(line)

    def _mine(self, event: Event) -> bool:
        return event.thread_id == self.thread_id or event.thread_id.startswith(
            f"run_{self.thread_id}"
        )


def _line(event: Event) -> str:
    match event.kind:
        case "build.started":
            return f"  building: {event.data.get('title')}"
        case "build.finished" if event.data.get("error"):
            return f"  ✗ {event.data.get('title')}: {event.data.get('error')}"
        case "step.finished":
            return _step_line(event.data)
        case "run.finished":
            return f"  run {event.thread_id}: {event.data.get('outcome')}"
        case _:
            return ""


def _step_line(data: JsonObject) -> str:
    record = data.get("record")
    if not isinstance(record, dict):
        return ""
    mark = _MARKS.get(str(record.get("status")), " ")
    item = f" [{record['item']}]" if record.get("item") else ""
    problem = f": {record['message']}" if record.get("status") == "failed" else ""
    return f"  {mark} {record.get('title')}{item}{problem} ({record.get('ms')} ms)"

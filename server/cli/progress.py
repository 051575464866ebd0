"""Follows a thread until it stops, telling what happens as it happens."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from podium.server.cli.output import note
from podium.server.service import Podium
from podium.state.document import JsonObject
from podium.state.events import Event

_POLL_S = 0.3
_MARKS = {"done": "✓", "skipped": "-", "held": "◦", "failed": "✗", "waiting": "?"}


@dataclass(slots=True)
class Follower:
    """Tells the events of a thread, and of the test runs of its builds, on stderr."""

    podium: Podium
    quiet: bool = False
    seq: int = -1
    """The last event told; made before the work is queued, so that nothing is missed or told twice."""

    def __post_init__(self) -> None:
        self.seq = self.podium.stores.events.newest()

    async def until_stopped(self, thread_id: str) -> None:
        """Return when the thread is done, failed or waiting."""
        work = asyncio.create_task(self.podium.settle(thread_id))
        try:
            while not work.done():
                await asyncio.wait({work}, timeout=_POLL_S)
                await self._tell(thread_id)
            await work
        finally:
            work.cancel()
        await self._tell(thread_id)

    async def _tell(self, thread_id: str) -> None:
        events = await asyncio.to_thread(self.podium.stores.events.after, self.seq)
        for event in events:
            self.seq = event.seq
            mine = event.thread_id == thread_id or event.thread_id.startswith(f"run_{thread_id}")
            line = _line(event) if mine and not self.quiet else ""
            if line:
                note(line)


def _line(event: Event) -> str:
    match event.kind:
        case "build.started":
            what = "keeping" if event.data.get("kept") else "building"
            return f"  {what}: {event.data.get('title')}"
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

"""Runs and moments in the words of an answer: what every account of the workspace is written with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

from pydantic import JsonValue

from podium.state.clock import Clock
from podium.state.plan import Request
from podium.state.runs import Run
from podium.state.stores import DatasetStore, Stores
from podium.state.triggers import zone
from podium.tools.offline.history import Window, read_window

RUNS = 500
"""Most runs that an answer looks at."""
BAD = frozenset({"fail", "partial"})


class Seen(NamedTuple):
    """Runs of a time, and what is to be said when there may be more of that time."""

    runs: list[Run]
    unseen: list[str]


@dataclass(frozen=True, slots=True)
class Recounting:
    """Reads run records and writes them as lines that cite them."""

    stores: Stores
    datasets: DatasetStore
    clock: Clock
    timezone: str

    def at(self, moment: datetime) -> str:
        """Return the moment in the workspace's zone."""
        return f"{moment.astimezone(zone(self.timezone)):%Y-%m-%d %H:%M}"

    def live(self, name: str, limit: int) -> tuple[Run, ...]:
        """Return the agent's last runs but tests, newest first."""
        found = self.stores.runs.list(agent=name, limit=limit * 3)
        return tuple(run for run in found if run.mode == "live")[:limit]

    def inside(self, name: str, window: Window) -> Seen:
        """Return the agent's runs of that time but tests, newest first, of the last ones that an answer looks at."""
        found = self.stores.runs.list(agent=name, limit=RUNS * 3)
        live = [run for run in found if run.mode == "live"]
        more, looked_at = len(live) > RUNS, live[:RUNS]
        oldest = looked_at[-1] if more else found[-1] if found else None
        unseen: list[str] = []
        if oldest is not None and (more or len(found) == RUNS * 3):
            unseen = self.unseen(window, len(looked_at), oldest.created_at)
        return Seen([run for run in looked_at if window.holds(run.created_at)], unseen)

    def unseen(self, window: Window, count: int, since: datetime) -> list[str]:
        """Return what is to be said when only so many runs were looked at, and the time may begin before them."""
        if window.since and since < window.since:
            return []
        return [f"Only the last {count} runs were looked at, since {self.at(since)}."]

    def line(self, run: Run) -> str:
        """Return one run in one line: when, which, how it ended and why."""
        return f"{self.at(run.created_at)} {ended(run)}"

    def window(self, request: Request) -> Window:
        """Return the part of the past that a question is about."""
        window = read_window(request.text, now=self.clock.now(), timezone=self.timezone)
        since, outcome = request.arguments.get("since"), request.arguments.get("outcome")
        if isinstance(since, str):
            window = window.starting(datetime.fromisoformat(since).replace(tzinfo=UTC))
        if outcome in BAD:
            window = window.only_failed()
        return window

    def period(self, window: Window) -> str:
        """Return the window in words."""
        if window.since is None:
            return "so far"
        until = f" until {self.at(window.until)}" if window.until else ""
        return f"since {self.at(window.since)}{until}"


def ended(run: Run) -> str:
    """Return which run it was, how it ended and why."""
    step = ""
    if run.error is not None and run.error.step:
        record = next((item for item in run.steps if item.id == run.error.step), None)
        step = f" at step {record.title if record else run.error.step!r}"
    problem = f"{step}: {run.error.message} [{run.error.code}]" if run.error else ""
    return f"{run.agent} {told(run)}{problem}"


def told(run: Run) -> str:
    """Return the run's id and how it ended."""
    return f"{run.run_id}: {run.outcome or run.status}"


def rows_in(output: JsonValue) -> int | None:
    """Return how many rows a step's output counts."""
    rows = output.get("rows") if isinstance(output, dict) else None
    return rows if isinstance(rows, int) else None

"""Fakes of the ports that nothing in the product needs: a clock that stands still, ids that count."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count


class FakeClock:
    """A clock that moves only when it is told to, or by a fixed step after each reading."""

    def __init__(self, start: datetime = datetime(2026, 11, 2, 8, tzinfo=UTC)) -> None:
        self.moment = start
        self.step = timedelta(0)

    def now(self) -> datetime:
        """Return the moment, then move by the step."""
        moment = self.moment
        self.moment += self.step
        return moment

    def monotonic_s(self) -> float:
        """Return the moment in seconds."""
        return self.moment.timestamp()

    def advance(self, **duration: float) -> None:
        """Move on, as `timedelta` takes it."""
        self.moment += timedelta(**duration)


class CountingIds:
    """Ids that count from 1, sortable as text."""

    def __init__(self) -> None:
        self._numbers = count(1)

    def new(self, prefix: str) -> str:
        """Return the next id."""
        return f"{prefix}_{next(self._numbers):06d}"

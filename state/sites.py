"""How often runs may go to one site: a place in its queue for each run, whoever executes it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteRates:
    """Runs per minute that may begin at a site; a site is an origin."""

    per_minute: float = 0.0
    """For sites without a rate of their own; 0: as many as come."""
    of_origin: Mapping[str, float] = field(default_factory=dict[str, float])

    def rate(self, origin: str) -> float:
        """Return the site's rate; 0: no limit."""
        return self.of_origin.get(origin, self.per_minute)

    def limited(self, origins: Sequence[str]) -> tuple[str, ...]:
        """Return those that have a limit, each once."""
        return tuple(sorted({origin for origin in origins if self.rate(origin) > 0}))


def burst(rate: float) -> int:
    """Return how many runs may begin at once: a minute's worth, at least one."""
    return max(int(rate), 1)


def window(rate: float) -> timedelta:
    """Return in which time no more than `burst` runs begin."""
    return timedelta(minutes=burst(rate) / rate)


def next_place(before: Sequence[datetime], rate: float, *, now: datetime) -> datetime:
    """Return when the next run may begin, given when those before it did or will, in any order."""
    places = sorted(before, reverse=True)
    most = burst(rate)
    return now if len(places) < most else max(now, places[most - 1] + window(rate))


class SiteStore(Protocol):
    """The places of runs in the queues of sites."""

    def take(
        self, run_id: str, origins: Sequence[str], rates: SiteRates, *, now: datetime
    ) -> datetime:
        """Return when the run may go to those sites: its place, given once however often it is asked for."""
        ...

    def give_back(self, run_id: str, *, now: datetime) -> None:
        """Let others have the run's places that have not come yet."""
        ...

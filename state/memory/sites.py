"""The queues of sites in memory."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from threading import Lock

from podium.state.sites import SiteRates, next_place


class MemorySites:
    """The `SiteStore` in memory."""

    def __init__(self) -> None:
        self._places: dict[tuple[str, str], datetime] = {}
        self._lock = Lock()

    def take(
        self, run_id: str, origins: Sequence[str], rates: SiteRates, *, now: datetime
    ) -> datetime:
        """Return when the run may go to those sites: its place, given once however often it is asked for."""
        with self._lock:
            limited = rates.limited(origins)
            mine = [at for (_, run), at in self._places.items() if run == run_id]
            if mine or not limited:
                return max(mine, default=now)
            at = max(
                next_place(
                    [place for (site, _), place in self._places.items() if site == origin],
                    rates.rate(origin),
                    now=now,
                )
                for origin in limited
            )
            self._places |= {(origin, run_id): at for origin in limited}
            return at

    def give_back(self, run_id: str, *, now: datetime) -> None:
        """Let others have the run's places that have not come yet."""
        with self._lock:
            self._places = {
                (site, run): at
                for (site, run), at in self._places.items()
                if run != run_id or at <= now
            }

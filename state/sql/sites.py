"""The queues of sites in SQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from podium.state.sites import SiteRates, burst, next_place, window
from podium.state.sql.engine import take_turns, writing
from podium.state.sql.tables import site_places as places


class SqlSites:
    """The `SiteStore` on SQL."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def take(
        self, run_id: str, origins: Sequence[str], rates: SiteRates, *, now: datetime
    ) -> datetime:
        """Return when the run may go to those sites: its place, given once however often it is asked for."""
        limited = rates.limited(origins)
        with writing(self._engine) as conn:
            for origin in limited:  # in one order, so that two runs never wait for each other
                take_turns(conn, f"site.{origin}")
            mine = sa.select(sa.func.max(places.c.at)).where(places.c.run_id == run_id)
            kept = conn.execute(mine).scalar()
            if kept is not None or not limited:
                return kept or now
            at = max(_next(conn, origin, rates.rate(origin), now=now) for origin in limited)
            given = [{"origin": origin, "run_id": run_id, "at": at} for origin in limited]
            conn.execute(places.insert(), given)
            return at

    def give_back(self, run_id: str, *, now: datetime) -> None:
        """Let others have the run's places that have not come yet."""
        with writing(self._engine) as conn:
            conn.execute(places.delete().where(places.c.run_id == run_id, places.c.at > now))


def _next(conn: sa.Connection, origin: str, rate: float, *, now: datetime) -> datetime:
    newest = (
        sa.select(places.c.at)
        .where(places.c.origin == origin, places.c.at > now - window(rate))
        .order_by(places.c.at.desc())
        .limit(burst(rate))
    )
    return next_place(conn.execute(newest).scalars().all(), rate, now=now)

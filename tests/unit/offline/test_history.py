"""A time in a question about the past lies in the past."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from podium.tools.offline.history import read_window

MONDAY = datetime(2026, 11, 30, 20, tzinfo=UTC)


@pytest.mark.parametrize(
    ("said", "since", "until"),
    [
        ("on Saturday", "2026-11-28", "2026-11-29"),
        ("on Monday", "2026-11-30", "2026-12-01"),
        ("in December", "2025-12-01", "2026-01-01"),
        ("in November", "2026-11-01", "2026-12-01"),
        ("on 3 December", "2025-12-03", "2025-12-04"),
    ],
)
def test_a_day_that_is_still_to_come_is_the_one_before(said: str, since: str, until: str) -> None:
    window = read_window(f"what failed {said}?", now=MONDAY, timezone="UTC")

    assert (window.since, window.until) == (_day(since), _day(until))


def test_this_morning_ends_at_noon_and_last_night_in_the_morning() -> None:
    morning = read_window("what failed this morning?", now=MONDAY, timezone="UTC")
    night = read_window("what ran last night?", now=MONDAY, timezone="UTC")

    assert not morning.holds(datetime(2026, 11, 30, 18, tzinfo=UTC))
    assert morning.holds(datetime(2026, 11, 30, 7, tzinfo=UTC))
    assert night.holds(datetime(2026, 11, 30, 2, tzinfo=UTC))
    assert not night.holds(datetime(2026, 11, 30, 12, tzinfo=UTC))


def _day(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)

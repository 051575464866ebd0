from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from podium.state.errors import UserError
from podium.state.triggers import Schedule, check_cron, next_fires, zone

BERLIN = ZoneInfo("Europe/Berlin")
SPRING = datetime(2027, 3, 28, tzinfo=BERLIN)
AUTUMN = datetime(2027, 10, 31, tzinfo=BERLIN)

fields = st.tuples(
    st.sampled_from(["0", "30", "*/20", "5,55"]),
    st.sampled_from(["*", "2", "0", "1-3", "*/6"]),
    st.sampled_from(["*", "1", "31"]),
    st.sampled_from(["*", "2", "3,10"]),
    st.sampled_from(["*", "1-5", "0"]),
).filter(lambda parts: not (parts[2] == "31" and parts[3] == "2"))
zones = st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"])
moments = st.integers(0, 2 * 365 * 24 * 60).map(
    lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


@settings(deadline=None)
@given(fields, zones, moments)
def test_firings_are_later_than_after_and_in_order(
    parts: tuple[str, ...], timezone: str, after: datetime
) -> None:
    schedule = Schedule(cron=" ".join(parts), timezone=timezone)

    found = [moment.astimezone(UTC) for moment in next_fires(schedule, after=after, count=4)]

    assert all(earlier < later for earlier, later in pairwise([after, *found]))


@settings(deadline=None)
@given(zones, moments, st.integers(0, 59), st.integers(0, 23))
def test_a_daily_job_fires_once_a_day_whatever_the_clocks_do(
    timezone: str, after: datetime, minute: int, hour: int
) -> None:
    schedule = Schedule(cron=f"{minute} {hour} * * *", timezone=timezone)

    found = next_fires(schedule, after=after, count=8)

    days = [moment.date() for moment in found]
    assert all(later - earlier == timedelta(days=1) for earlier, later in pairwise(days))


@given(moments, st.integers(1, 3))
def test_going_on_from_a_firing_finds_the_next_one(after: datetime, skipped: int) -> None:
    schedule = Schedule(cron="30 2 * * *", timezone="Europe/Berlin")
    straight = next_fires(schedule, after=after, count=skipped + 2)

    assert next_fires(schedule, after=straight[skipped - 1], count=2) == straight[skipped:]


def test_a_job_in_the_hour_that_is_missing_fires_right_after_it() -> None:
    schedule = Schedule(cron="30 2 * * *", timezone="Europe/Berlin")

    first, second = next_fires(schedule, after=SPRING, count=2)

    assert first.isoformat() == "2027-03-28T03:00:00+02:00"
    assert second.isoformat() == "2027-03-29T02:30:00+02:00"


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        ("2027-10-31T00:10:00+00:00", "2027-10-31T02:30:00+02:00"),
        ("2027-10-31T00:40:00+00:00", "2027-11-01T02:30:00+01:00"),
        ("2027-10-31T01:10:00+00:00", "2027-11-01T02:30:00+01:00"),
        ("2027-10-31T01:40:00+00:00", "2027-11-01T02:30:00+01:00"),
    ],
)
def test_a_job_in_the_hour_that_comes_twice_fires_once(after: str, expected: str) -> None:
    schedule = Schedule(cron="30 2 * * *", timezone="Europe/Berlin")

    (found,) = next_fires(schedule, after=datetime.fromisoformat(after), count=1)

    assert found.isoformat() == expected


def test_the_day_of_the_autumn_change_has_one_firing() -> None:
    schedule = Schedule(cron="30 2 * * *", timezone="Europe/Berlin")

    found = next_fires(schedule, after=AUTUMN, count=3)

    assert [moment.day for moment in found] == [31, 1, 2]


@pytest.mark.parametrize(
    "expression", ["", "every day", "@daily", "* * * *", "61 * * * *", "0 8 * * 1-9", "0 0 30 2 *"]
)
def test_what_is_no_schedule_says_how_one_looks(expression: str) -> None:
    with pytest.raises(UserError, match="is not a schedule") as caught:
        check_cron(expression)

    assert "0 8 * * 1-5" in caught.value.hint


@pytest.mark.parametrize("name", ["", "Berlin", "Europe", "../etc/passwd", "/etc/localtime"])
def test_what_is_no_time_zone_is_refused(name: str) -> None:
    with pytest.raises(UserError, match="is not a time zone"):
        zone(name)
    with pytest.raises(UserError, match="is not a time zone"):
        Schedule(cron="0 8 * * *", timezone=name)


def test_a_schedule_is_checked_when_it_is_made() -> None:
    with pytest.raises(UserError, match="is not a schedule"):
        Schedule(cron="0 25 * * *")

"""Days named relative to a run's day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podium.state.days import WEEKDAYS, day_of
from podium.state.errors import Fatal
from podium.state.templates import Scope, render

MONDAY = date(2026, 11, 30)


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("today", "2026-11-30"),
        ("today-7", "2026-11-23"),
        ("today-6m", "2026-05-30"),
        ("today-9m", "2026-02-28"),
        ("today+1m", "2026-12-30"),
        ("week", "2026-11-30"),
        ("week-1", "2026-11-23"),
        ("week_end-1", "2026-11-29"),
        ("month-1", "2026-10-01"),
        ("month_end-1", "2026-10-31"),
        ("month_end+3", "2027-02-28"),
        ("quarter", "2026-10-01"),
        ("quarter_end+1", "2027-03-31"),
        ("year_end", "2026-12-31"),
        ("monday", "2026-12-07"),
        ("monday-1", "2026-11-23"),
        ("friday", "2026-12-04"),
        ("friday-1", "2026-11-27"),
        ("sunday-2", "2026-11-22"),
    ],
)
def test_a_name_means_a_day_of_the_calendar(name: str, day: str) -> None:
    assert day_of(name, MONDAY).isoformat() == day


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)), st.integers(-60, 60))
def test_periods_follow_each_other_without_gap(today: date, by: int) -> None:
    for unit in ("week", "month", "quarter", "year"):
        after = day_of(f"{unit}{by + 1:+d}", today)
        assert day_of(f"{unit}_end{by:+d}", today) == after - timedelta(days=1)


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)), st.sampled_from(WEEKDAYS))
def test_the_next_and_the_last_weekday_lie_around_today(today: date, name: str) -> None:
    ahead, behind = day_of(name, today), day_of(f"{name}-1", today)
    assert behind < today < ahead
    assert ahead.weekday() == behind.weekday() == WEEKDAYS.index(name)
    assert (ahead - behind).days in {7, 14}


@pytest.mark.parametrize(
    "name", ["tomorrow", "today-", "week_start", "today+999999", "today-99999"]
)
def test_what_names_no_day_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=r"names no day|calendar"):
        day_of(name, date(100, 1, 1))


def test_a_text_takes_the_day_of_its_run() -> None:
    assert render("since {date.week-1}", Scope(today=MONDAY)) == "since 2026-11-23"
    with pytest.raises(Fatal, match="there is no run"):
        render("{date.today}", Scope())
    with pytest.raises(Fatal, match=r"date\.soon"):
        render("{date.soon}", Scope(today=MONDAY))

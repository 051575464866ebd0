from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from podium.state.recurrence import Days, Part, Rule, Unit
from podium.state.triggers import Schedule, check_cron, next_fires
from podium.tools.offline.recurrence import cron_of, wall, words_of
from podium.tools.offline.recurrence_reader import parse_recurrence, read_recurrences
from podium.tools.offline.schedules import hear_schedule
from tests.unit.offline.schedule_words import (
    DEVELOPED,
    HELD_OUT,
    HELD_OUT_2,
    HELD_OUT_3,
    measured,
    phrases,
)

NOW = datetime(2026, 11, 30, 10, tzinfo=ZoneInfo("Europe/Berlin"))

SAID = {
    "every weekday at 8": "0 8 * * 1-5",
    "every weekday at 8am": "0 8 * * 1-5",
    "each Monday 7:30": "30 7 * * 1",
    "every Monday at 9": "0 9 * * 1",
    "daily at 6 pm": "0 18 * * *",
    "hourly": "0 * * * *",
    "every hour": "0 * * * *",
    "hourly except weekends": "0 * * * 1-5",
    "hourly except on Sundays": "0 * * * 1-6",
    "every 15 minutes": "*/15 * * * *",
    "every 15 minutes between 9 and 17": "*/15 9-16 * * *",
    "every 30 mins from 8am to 6pm on weekdays": "*/30 8-17 * * 1-5",
    "every half hour": "*/30 * * * *",
    "every 2 hours": "0 */2 * * *",
    "every two hours on weekdays": "0 */2 * * 1-5",
    "every hour between 9 and 17": "0 9-17 * * *",
    "twice a day": "0 8,20 * * *",
    "twice a day at 8 and 16": "0 8,16 * * *",
    "twice daily": "0 8,20 * * *",
    "once a week on Tuesday at noon": "0 12 * * 2",
    "on the first Monday of the month at noon": "0 12 * * 1#1",
    "every first Monday of the month at noon": "0 12 * * 1#1",
    "the last Friday of each month at 17:00": "0 17 * * 5L",
    "monthly on the 1st": "0 8 1 * *",
    "on the 1st of every month at 6:15": "15 6 1 * *",
    "on the 1st and 15th of each month at 9": "0 9 1,15 * *",
    "every month on the 3rd at 10:00": "0 10 3 * *",
    "quarterly": "0 8 1 1,4,7,10 *",
    "Tuesdays and Thursdays at 18:15": "15 18 * * 2,4",
    "on Tuesdays and Thursdays at 18:15": "15 18 * * 2,4",
    "every Tuesday and Thursday at 6:15pm": "15 18 * * 2,4",
    "Mon, Wed, Fri at 9": "0 9 * * 1,3,5",
    "Monday to Friday at 7": "0 7 * * 1-5",
    "Mon-Fri 7:45": "45 7 * * 1-5",
    "nightly": "0 2 * * *",
    "every night at 11:30pm": "30 23 * * *",
    "every day at midnight": "0 0 * * *",
    "at midnight every day": "0 0 * * *",
    "at the end of the month": "0 8 L * *",
    "on the last day of every month at 18:00": "0 18 L * *",
    "every morning": "0 8 * * *",
    "every morning at 6": "0 6 * * *",
    "every evening at 6": "0 18 * * *",
    "each day at 8 o'clock in the evening": "0 20 * * *",
    "every weekend at 10": "0 10 * * 0,6",
    "at 8 every weekday": "0 8 * * 1-5",
    "every day except Sunday at 5": "0 5 * * 1-6",
    "weekdays at half past seven": "30 7 * * 1-5",
    "every day at 8:00 and 17:00": "0 8,17 * * *",
    "weekly": "0 8 * * 1",
    "every Friday afternoon": "0 15 * * 5",
    "every January 1st": "0 8 1 1 *",
    "yearly on 1 March at 9": "0 9 1 3 *",
    "every working day at 07:05": "5 7 * * 1-5",
    "7 days a week at 4am": "0 4 * * *",
    "every 3 months": "0 8 1 1,4,7,10 *",
    "on the first and third Monday of the month at 9": "0 9 * * 1#1,1#3",
    "on the 15th and the last day of the month at 9": "0 9 15,L * *",
    "every hour from 22 to 6": "0 0-6,22,23 * * *",
    "every 24 hours": "0 8 * * *",
    "0 8 * * 1-5": "0 8 * * 1-5",
    "*/5 * * * *": "*/5 * * * *",
}

UNSAYABLE = {
    "biweekly": "twice a week or every two weeks",
    "twice a week": "without the days",
    "every weekday at 9 until December": "an end that is not clear",
    "every day at sunset": "sunset",
    "every day at 9 except public holidays": "which days these are",
    "every second Friday": "every 2 weeks",
    "every 30 seconds": "30 seconds",
    "every day at 8 and on Sundays at 10": "two times for the same days",
    "on Friday at 9": "once, or every Friday",
    "every 2 hours at 9:30": "an interval together with a time of day",
    "on the 30th of February": "30th of february",
}


@pytest.mark.parametrize(("said", "cron"), SAID.items(), ids=list(SAID))
def test_a_rule_in_words_becomes_its_cron_expression(said: str, cron: str) -> None:
    reading = parse_recurrence(said)

    assert reading is not None
    assert (reading.cron, reading.problem) == (cron, "")


@pytest.mark.parametrize(("said", "why"), UNSAYABLE.items(), ids=list(UNSAYABLE))
def test_what_is_no_exact_rule_is_a_problem_and_never_approximated(said: str, why: str) -> None:
    reading = parse_recurrence(said, now=NOW)

    assert reading is not None
    assert why in reading.problem
    assert (reading.rule, reading.cron) == (None, "")


def test_what_counts_from_now_waits_until_it_is_known_when_that_is() -> None:
    (reading,) = read_recurrences("get the prices every other Tuesday at 9")

    assert (reading.needs_now, reading.rule, reading.problem) == (True, None, "")
    found = reading.at(NOW, "Europe/Berlin")
    assert found.words == "every other week on Tuesdays at 09:00, counted from 2026-12-01"
    assert (found.start, found.end) == (reading.start, reading.end)


def test_a_moment_is_read_in_the_zone_it_names() -> None:
    late = datetime(2026, 11, 30, 23, 30, tzinfo=ZoneInfo("UTC"))

    reading = parse_recurrence("tomorrow at 9 Tokyo time", now=late, timezone="UTC")

    assert reading is not None
    assert reading.words == "once on 2026-12-02 at 09:00", "it is December there already"


def test_the_labelled_phrases_are_read_as_people_mean_them() -> None:
    wrong = [verdict for verdict in measured(DEVELOPED) if not verdict.right]

    assert wrong == []
    assert len(phrases(DEVELOPED)) >= 130


@pytest.mark.parametrize(
    "path", [HELD_OUT, HELD_OUT_2, HELD_OUT_3], ids=["first", "second", "third"]
)
def test_phrases_that_were_held_out_are_read_too(path: Path) -> None:
    wrong = [verdict for verdict in measured(path) if not verdict.right]

    assert wrong == []
    assert len(phrases(path)) >= 60


@pytest.mark.parametrize(
    ("said", "zone"),
    [
        ("every day at 8 Berlin time", "Europe/Berlin"),
        ("every day at 8 UTC", "UTC"),
        ("every Monday at 9am EST", "America/New_York"),
        ("daily at 7 (Europe/Paris)", "Europe/Paris"),
        ("every weekday at 6pm London time", "Europe/London"),
        ("every day at 6 Pacific time", "America/Los_Angeles"),
        ("daily at 5:00 Tokyo time", "Asia/Tokyo"),
        ("every day at 8 UTC+2", "Etc/GMT-2"),
    ],
)
def test_a_time_zone_is_read_with_its_rule(said: str, zone: str) -> None:
    reading = parse_recurrence(said)

    assert reading is not None
    assert reading.timezone == zone


@pytest.mark.parametrize(
    "said",
    [
        "download the daily report",
        "get our monthly statements",
        "open the weekly overview page",
        "read every new invoice",
        "invoices from last month",
        "each product with a price over 15",
        "the first result",
        "collect 5 items",
        "on 2026-12-01 at 10:30",
    ],
)
def test_adjectives_and_dates_are_no_rhythm(said: str) -> None:
    assert read_recurrences(said) == []


def test_a_missing_time_of_day_is_assumed_and_said() -> None:
    reading = parse_recurrence("every Monday")

    assert reading is not None
    assert "08:00" in reading.assumed


def _sorted(low: int, high: int, most: int, least: int = 0) -> st.SearchStrategy[tuple[int, ...]]:
    return st.sets(st.integers(low, high), min_size=least, max_size=most).map(
        lambda numbers: tuple(sorted(numbers))
    )


def _from_both_ends(numbers: set[int]) -> tuple[int, ...]:
    return tuple(sorted(numbers, key=lambda number: (number < 0, abs(number))))


_TIMES = st.one_of(
    st.sets(st.integers(0, 24 * 60 - 1), min_size=1, max_size=5).map(
        lambda minutes: tuple(wall(minute) for minute in sorted(minutes))
    ),
    st.tuples(st.integers(0, 600), st.sampled_from([1, 5, 7, 10, 15, 20, 30, 45, 60, 90, 120, 180]), st.integers(2, 40)).map(
        lambda grid: tuple(wall(minute) for minute in range(grid[0], 24 * 60, grid[1]))[: grid[2]]
    ),
    st.sampled_from([5, 15, 30, 60, 120, 480]).map(
        lambda step: tuple(wall(minute) for minute in range(0, 24 * 60, step))
    ),
)  # fmt: skip
_MONTHS = _sorted(1, 12, 3)
_WEEKDAYS = _sorted(0, 6, 6)
_NTH = st.sets(st.sampled_from([1, 2, 3, 4, 5, -1, -2]), min_size=1, max_size=2).map(
    _from_both_ends
)
_MONTH_DAYS = st.sets(st.integers(1, 28) | st.integers(-5, -1), min_size=1, max_size=3).map(
    _from_both_ends
)
_WORKDAYS = st.sets(st.sampled_from([1, 2, 3, 10, -1, -2]), min_size=1, max_size=2).map(
    _from_both_ends
)
_DAYS = st.one_of(
    st.builds(Days, weekdays=_WEEKDAYS, months=_MONTHS),
    st.builds(Days, weekdays=_sorted(0, 6, 2, 1), nth=_NTH, months=_MONTHS),
    st.builds(Days, month_days=_MONTH_DAYS, months=_MONTHS),
    st.builds(Days, month_days=_MONTH_DAYS, weekdays=_sorted(0, 6, 2, 1), months=_MONTHS),
    st.builds(Days, workdays=_WORKDAYS, months=_MONTHS),
)
_DATES = st.dates(datetime(2026, 12, 1).date(), datetime(2029, 12, 31).date()).map(str)  # noqa: DTZ001  only days


def _counted(unit: Unit, days: Days) -> st.SearchStrategy[Days]:
    def counted(every: int, anchor: str) -> Days:
        return days.model_copy(update={"every": every, "unit": unit, "anchor": anchor})

    return st.builds(
        counted,
        st.integers(2, 9) if unit != "month" else st.sampled_from([5, 7, 9]),
        _DATES,
    )


_RHYTHMS = st.one_of(
    _counted("day", Days()),
    _WEEKDAYS.filter(bool).flatmap(lambda days: _counted("week", Days(weekdays=days))),
    _MONTH_DAYS.flatmap(lambda days: _counted("month", Days(month_days=days))),
    _MONTH_DAYS.flatmap(lambda days: _counted("year", Days(month_days=days, months=(3,)))),
)
_BUT_NOT = st.lists(
    st.one_of(
        st.builds(Days, dates=_DATES.map(lambda day: (day,))),
        st.builds(Days, month_days=_MONTH_DAYS),
        st.builds(Days, weekdays=_sorted(0, 6, 1, 1), nth=_NTH),
        st.builds(Days, month_days=st.integers(1, 28).map(lambda day: (day,)), months=st.integers(1, 12).map(lambda month: (month,))),
    ),
    max_size=2,
).map(tuple)  # fmt: skip
_PARTS = st.one_of(
    st.builds(Part, times=_TIMES, days=_DAYS | _RHYTHMS, but_not=_BUT_NOT),
    st.builds(Part, times=_TIMES.filter(lambda times: len(times) < 3), days=_DATES.map(lambda day: Days(dates=(day,)))),
    st.builds(
        Part,
        every_minutes=st.sampled_from([7, 50, 420, 2160, 100]),
        origin=_DATES.map(lambda day: f"{day}T06:00"),
        days=_WEEKDAYS.map(lambda days: Days(weekdays=days)),
    ),
)  # fmt: skip
_RULES = st.builds(
    Rule,
    parts=_PARTS.map(lambda part: (part,)),
    start=st.just("") | st.just("2026-12-05"),
    end=st.just("") | st.just("2028-01-31"),
)


@settings(max_examples=150, deadline=None)
@given(rule=_RULES)
def test_words_of_a_rule_read_back_as_the_same_rule(rule: Rule) -> None:
    reading = parse_recurrence(words_of(rule), now=NOW)

    assert reading is not None, words_of(rule)
    assert reading.problem in {"", "a moment that is past"}, words_of(rule)
    if not reading.problem:
        assert reading.rule == rule, words_of(rule)
        assert reading.words == words_of(rule)


@settings(max_examples=80, deadline=None)
@given(first=_PARTS, second=_PARTS)
def test_two_parts_of_a_rule_read_back_too(first: Part, second: Part) -> None:
    if (first.days, first.but_not) == (
        second.days,
        second.but_not,
    ) or first.days.every != second.days.every:
        return
    if first.days.every > 1 and (first.days.unit, first.days.anchor) != (
        second.days.unit,
        second.days.anchor,
    ):
        return
    if first.every_minutes or second.every_minutes or first.days.dates or second.days.dates:
        return
    rule = Rule(parts=(first, second))

    reading = parse_recurrence(words_of(rule), now=NOW)

    assert reading is not None, words_of(rule)
    assert reading.rule == rule, words_of(rule)


@settings(max_examples=80, deadline=None)
@given(rule=_RULES)
def test_a_cron_expression_says_exactly_what_the_rule_says(rule: Rule) -> None:
    cron = cron_of(rule)
    if not cron:
        return
    check_cron(cron)
    # Without clock changes: what cron calls every hour is real time, what a rule calls 2:00 is the wall clock.
    by_cron = next_fires(Schedule(cron=cron), after=NOW, count=8)
    by_rule = next_fires(Schedule(rule=rule), after=NOW, count=8)

    assert by_cron == by_rule


@given(st.text(max_size=120))
@example("\u0130 every day")
def test_any_text_can_be_looked_through_for_rules(text: str) -> None:
    for reading in read_recurrences(text):
        assert 0 <= reading.start < reading.end <= len(text)


@given(
    st.lists(
        st.sampled_from(
            ["every", "each", "day", "other", "second", "2", "3", "weeks", "month", "on", "at", "the", "of", "last", "first", "Monday", "Fridays", "weekdays", "except", "and", ",", "9", "9am", "17:30", "between", "from", "to", "until", "tomorrow", "next", "in", "December", "24", "1st", "15th", "hours", "minutes", "twice", "once", "a", "half", "past", "for", "starting", "counted", "quarter", "noon"]
        ),
        max_size=10,
    )
)  # fmt: skip
@settings(max_examples=150, deadline=None)
def test_no_string_of_its_own_words_upsets_the_reader(said: list[str]) -> None:
    reading = parse_recurrence(" ".join(said), now=NOW, timezone="Europe/Berlin")

    if reading is not None and reading.rule is not None:
        next_fires(Schedule(rule=reading.rule), after=NOW, count=1)
        again = parse_recurrence(reading.words, now=NOW, timezone="Europe/Berlin")
        assert again is not None, reading.words
        assert again.rule == reading.rule, reading.words


@pytest.mark.parametrize("said", ["by hand", "None", "on demand."])
def test_by_hand_is_no_schedule(said: str) -> None:
    assert hear_schedule(said, timezone="UTC", now=NOW).schedule is None

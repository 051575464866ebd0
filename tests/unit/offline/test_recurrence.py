from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from podium.state.triggers import check_cron
from podium.tools.offline.recurrence import LAST_DAY, LAST_WORKDAY, Recurrence, Unsayable
from podium.tools.offline.recurrence_reader import parse_recurrence, read_recurrences

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
    "every 24 hours": "0 8 * * *",
    "0 8 * * 1-5": "0 8 * * 1-5",
    "*/5 * * * *": "*/5 * * * *",
}

UNSAYABLE = [
    "every 45 minutes",
    "every 7 hours",
    "every other week",
    "every other Monday at 9",
    "every two weeks",
    "biweekly",
    "fortnightly",
    "every 3 days",
    "every day at 8:30 and 17:00",
    "twice a week",
    "every day starting next Monday",
    "every weekday at 9 until December",
    "every 10 minutes between 9:30 and 17:00",
]


@pytest.mark.parametrize(("said", "cron"), SAID.items(), ids=list(SAID))
def test_a_rule_in_words_becomes_its_cron_expression(said: str, cron: str) -> None:
    reading = parse_recurrence(said)

    assert reading is not None
    assert (reading.cron, reading.problem) == (cron, "")


@pytest.mark.parametrize("said", UNSAYABLE)
def test_what_cron_cannot_say_is_a_problem_and_never_approximated(said: str) -> None:
    reading = parse_recurrence(said)

    assert reading is not None
    assert reading.problem
    assert reading.cron == ""


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


_TIMES = st.lists(
    st.tuples(st.integers(0, 23), st.integers(0, 59)), min_size=1, max_size=3, unique=True
).map(lambda times: tuple(sorted(times)))
_DAYS = st.sets(st.integers(0, 6), max_size=6).map(lambda days: tuple(sorted(days)))
_MONTHS = st.sets(st.integers(1, 12), max_size=3).map(lambda months: tuple(sorted(months)))
_TIMED = st.one_of(
    st.builds(Recurrence, times=_TIMES, weekdays=_DAYS, months=_MONTHS),
    st.builds(
        Recurrence,
        times=_TIMES,
        weekdays=st.integers(0, 6).map(lambda day: (day,)),
        nth=st.sampled_from([1, 2, 3, 4, -1]),
        months=_MONTHS,
    ),
    st.builds(
        Recurrence,
        times=_TIMES,
        days=st.one_of(
            st.sets(st.integers(1, 31), min_size=1, max_size=3).map(
                lambda days: tuple(sorted(days))
            ),
            st.sampled_from([(LAST_DAY,), (LAST_WORKDAY,)]),
        ),
        months=_MONTHS,
    ),
)
_HOURS = st.tuples(st.integers(0, 23), st.integers(0, 23)).filter(lambda ends: ends[0] < ends[1])
_STEPPED = st.one_of(
    st.builds(
        Recurrence,
        every_minutes=st.sampled_from([1, 5, 10, 15, 20, 30]),
        hours=st.none() | _HOURS,
        weekdays=_DAYS,
    ),
    st.builds(
        Recurrence,
        every_hours=st.sampled_from([1, 2, 3, 4, 6, 8, 12]),
        minute=st.integers(0, 59),
        hours=st.none() | _HOURS,
        weekdays=_DAYS,
    ),
)


@given(rule=st.one_of(_TIMED, _STEPPED))
def test_words_of_a_rule_read_back_as_the_same_rule(rule: Recurrence) -> None:
    try:
        cron = rule.cron()
    except Unsayable:
        assume(False)
        return
    check_cron(cron)

    reading = parse_recurrence(rule.words())

    assert reading is not None, rule.words()
    assert reading.recurrence == rule, rule.words()
    assert reading.cron == cron


@given(st.text(max_size=120))
def test_any_text_can_be_looked_through_for_rules(text: str) -> None:
    for reading in read_recurrences(text):
        assert 0 <= reading.start < reading.end <= len(text.lower())

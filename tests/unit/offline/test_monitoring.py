"""What is waited for becomes a step that looks again and again for the rows that the request then reads."""

from __future__ import annotations

import pytest

from podium.state.plan import PlannedStep
from tests.unit.offline.labels import understand

MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0


def steps_of(said: str) -> tuple[PlannedStep, ...]:
    read = understand(said)
    assert read.unexplained == ()
    return read.requests[0].steps


@pytest.mark.parametrize(
    ("said", "every_s", "within_s", "values"),
    [
        (
            "check https://depot.example/parcels every 20 minutes until the state of parcel PX-99 is Collected, then download its receipt",
            20 * MINUTE, 7 * DAY, {"PX-99", "Collected"},
        ),
        (
            "open https://mill.example/jobs, wait until job 17 is done (look every 5 minutes, up to an hour), then save it",
            5 * MINUTE, HOUR, {17, "done"},
        ),
        (
            "please poll https://bank.example/transfers once an hour until transfer T-9001 is booked, give up after 2 days, and email kim@bank.example",
            HOUR, 2 * DAY, {"T-9001", "booked"},
        ),
        (
            "keep an eye on https://shop.example/prices until the price of the kettle drops below 20 euros, then tell me",
            10 * MINUTE, 7 * DAY, {20},
        ),
        (
            "every 15 minutes check the price of the kettle at https://shop.example/prices until it falls to 20 euros, then email me",
            15 * MINUTE, 7 * DAY, {20},
        ),
        (
            "https://ci.example/builds: wait till build 812 has passed, for at most 3 hours, then save its log",
            10 * MINUTE, 3 * HOUR, {"812", "passed"},
        ),
        (
            "watch https://gym.example/slots until there is a free slot and email me at ada@gym.example",
            10 * MINUTE, 7 * DAY, {"free"},
        ),
    ],
)  # fmt: skip
def test_what_is_waited_for_are_the_rows_that_are_read_then(
    said: str, every_s: float, within_s: float, values: set[object]
) -> None:
    steps = steps_of(said)

    at = [step.op for step in steps].index("wait")
    assert (steps[at].every_s, steps[at].within_s) == (every_s, within_s)
    assert [step.op for step in steps[at + 1 : at + 3]] == ["extract", "filter"]
    rules = steps[at + 2].rules
    told = {
        str(rule.value if rule.value is not None else rule.phrase).split()[-1] for rule in rules
    }
    assert told == {str(value) for value in values}


def test_what_was_not_said_of_the_looks_is_told() -> None:
    read = understand("open https://depot.example and wait until parcel PX-99 is collected")

    assert read.requests[0].arguments["notes"] == [
        "Waiting: a look every 10 minutes, for 7 days at most is assumed"
    ]


def test_a_schedule_stays_beside_the_wait() -> None:
    read = understand(
        "every weekday at 9 open https://hr.example/sheets, wait until sheet 12 is approved, and download it"
    )

    schedule = read.requests[0].schedule
    assert schedule is not None
    assert schedule.cron == "0 9 * * 1-5"
    assert "wait" in {step.op for step in read.requests[0].steps}


@pytest.mark.parametrize(
    "said",
    [
        "collect all jobs from https://jobs.example every day until Friday",
        "open https://jobs.example, wait until the page has loaded, then collect all jobs",
        "open https://jobs.example, wait for the page to be ready and collect all jobs",
    ],
)
def test_an_end_of_a_schedule_and_a_page_that_loads_are_no_waits(said: str) -> None:
    assert "wait" not in {step.op for step in steps_of(said)}


def test_what_no_row_tells_is_not_waited_for_and_that_is_told() -> None:
    read = understand("open https://portal.example, wait for it to be approved, then download the report")  # fmt: skip

    assert any("approved" in span for span in read.unexplained)
    assert "wait" not in {step.op for step in read.requests[0].steps}

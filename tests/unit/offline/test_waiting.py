"""What no planned step does yet is told as such, and is not read as something else."""

from __future__ import annotations

import pytest

from tests.unit.offline.labels import understand

REPORT = "open https://jobs.example, {wish} then download the report"
INVOICES = "collect all invoices from https://ledger.example{wish}"


@pytest.mark.parametrize(
    "wish",
    [
        "wait until the status is Done, check every 10 minutes, at most 2 days,",
        "wait till the job has finished (every 5 minutes, up to an hour),",
        "keep checking until it says Ready for no longer than 3 days,",
        "hold on until the export is complete,",
    ],
)
def test_waiting_for_something_is_told_as_not_read_and_becomes_no_condition(wish: str) -> None:
    read = understand(REPORT.format(wish=wish))

    plain = understand(REPORT.format(wish=""))
    assert [step.op for step in read.requests[0].steps] == [
        step.op for step in plain.requests[0].steps
    ]
    assert read.requests[0].schedule is None
    assert any(span.casefold().startswith(wish.split()[0]) for span in read.unexplained)
    assert read.confidence < plain.confidence


def test_an_address_within_what_is_waited_for_stays_the_site() -> None:
    read = understand(
        "wait until the form at https://f.example/form is open, then fill it with name Ann"
    )

    assert read.requests[0].site == "https://f.example/form"
    assert any("is open" in span for span in read.unexplained)


@pytest.mark.parametrize(
    "wish",
    [
        " and tell me by e-mail when it fails",
        ", and let ops@ledger.example know if anything goes wrong",
        ", and notify us whenever the run breaks",
    ],
)
def test_being_told_of_a_failure_is_no_list_of_failures(wish: str) -> None:
    read = understand(INVOICES.format(wish=wish))

    assert [step.thing for step in read.requests[0].steps if step.op == "reach"] == ["invoices"]
    assert any("when it fails" in span or "goes wrong" in span or "breaks" in span for span in read.unexplained)  # fmt: skip


@pytest.mark.parametrize(
    "said",
    [
        "open https://jobs.example, wait until the page has loaded, then collect all jobs",
        "tell me when a new job appears on https://jobs.example",
        "collect all jobs from https://jobs.example every day until Friday",
    ],
)
def test_what_is_done_already_is_not_set_aside(said: str) -> None:
    assert understand(said).unexplained == ()

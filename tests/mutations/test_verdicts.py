"""What counts as a refusal of falsified pages: only what says so."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from podium.state.runs import Outcome, Run, RunError
from tests.builders import a_question
from tests.mutations.lab import Seen, verdict_of
from tests.mutations.mutators import Case, all_cases


def a_case(kind: str) -> Case:
    return next(case for case in all_cases() if case.mutator.kind == kind and case.flow.columns)


def ended(outcome: Outcome, code: str = "") -> Run:
    return Run(
        run_id="run_1",
        thread_id="run_1",
        agent="case",
        version=1,
        status="finished",
        outcome=outcome,
        created_at=datetime(2026, 11, 30, tzinfo=UTC),
        error=RunError(code=code, message="") if code else None,
    )


def verdict(seen: Seen, kind: str = "changing") -> str:
    return verdict_of(a_case(kind), seen, Seen(ended("success")), wrong=0)


@pytest.mark.parametrize("code", ["meaning_changed", "not_found_on_page", "expectation"])
def test_an_error_that_names_what_changed_is_a_refusal(code: str) -> None:
    assert verdict(Seen(ended("fail", code))) == "refused"


@pytest.mark.parametrize("code", ["timeout", "internal", "browser_gone", "unreachable", ""])
def test_any_other_failure_on_falsified_pages_has_failed(code: str) -> None:
    assert verdict(Seen(ended("fail", code))) == "failed"


def test_a_run_that_was_stopped_has_failed() -> None:
    assert verdict(Seen(ended("cancelled"))) == "failed"


def test_a_question_is_a_refusal() -> None:
    waits = ended("fail").model_copy(
        update={"status": "waiting", "outcome": None, "question": a_question().question}
    )

    assert verdict(Seen(waits)) == "refused"


def test_who_keeps_rows_of_falsified_pages_has_not_refused() -> None:
    rows = (("PO-2041", "140.42"),)

    assert verdict(Seen(ended("partial"), rows)) == "failed"
    assert verdict(Seen(ended("fail", "meaning_changed"), rows)) == "failed"
    assert verdict(Seen(ended("success"), rows)) == "silently_wrong"


def test_on_redesigned_pages_a_refusal_is_a_failure() -> None:
    assert verdict(Seen(ended("fail", "meaning_changed")), "preserving") == "failed"

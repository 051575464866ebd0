from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from podium.state.document import JsonObject
from podium.state.errors import Conflict
from podium.state.runs import Outcome, RunMode, RunStatus, StepRecord, StepStatus, judge
from tests.builders import a_record, a_run

STATUSES: tuple[RunStatus, ...] = ("queued", "running", "waiting", "finished")
NONE: JsonObject = {"none": True}
PROOF: JsonObject = {"proof": "ticket 42 in the list"}


class RunLife(RuleBasedStateMachine):
    """Whatever is tried, a finished run stays as it is, and no run starts out of nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.run = a_run()
        self.finished = self.run
        self.path: list[RunStatus] = ["queued"]

    @rule(status=st.sampled_from(STATUSES), outcome=st.sampled_from(["success", "fail"]))
    def move(self, status: RunStatus, outcome: Outcome) -> None:
        try:
            self.run = self.run.move(status, outcome=outcome)
        except Conflict:
            assert status == self.path[-1] or self.path[-1] in {"finished", "queued", "waiting"}
            return
        if self.path[-1] != "finished":
            self.finished = self.run
        self.path.append(status)

    @invariant()
    def nothing_follows_the_end(self) -> None:
        assert "finished" not in self.path[:-1]
        if self.path[-1] == "finished":
            assert self.run == self.finished

    @invariant()
    def only_a_running_run_waits(self) -> None:
        for before, after in zip(self.path, self.path[1:], strict=False):
            assert before != after
            assert after != "waiting" or before == "running"


RunLife.TestCase.settings = settings(max_examples=40, stateful_step_count=20, deadline=None)
TestRunLife = RunLife.TestCase


@pytest.mark.parametrize("status", STATUSES)
def test_a_finished_run_cannot_become_anything(status: RunStatus) -> None:
    with pytest.raises(Conflict, match=f"is finished; it cannot become {status}"):
        a_run(status="finished").move(status)


def test_moving_changes_a_copy() -> None:
    run = a_run()

    moved = run.move("running", healed=2)

    assert (run.status, run.healed) == ("queued", 0)
    assert (moved.status, moved.healed) == ("running", 2)


@pytest.mark.parametrize(
    ("records", "outcome"),
    [
        # Nothing proves nothing.
        ((), "unverified"),
        ((a_record(evidence={}),), "unverified"),
        ((a_record(evidence={"rows": 0, "url": ""}),), "unverified"),
        ((a_record(status="skipped"),), "unverified"),
        ((a_record(), a_record("b", "waiting")), "unverified"),
        # Reads.
        ((a_record(),), "success"),
        ((a_record(), a_record("b", evidence={})), "success"),
        ((a_record(), a_record("b", "skipped")), "success"),
        ((a_record("b", "failed"), a_record("b")), "success"),
        ((a_record("b"), a_record("b", "failed")), "fail"),
        # A sign-in needs some evidence, a write its proof.
        ((a_record(), a_record("s", effect="sign_in", evidence={})), "unverified"),
        ((a_record(), a_record("s", effect="sign_in")), "success"),
        ((a_record(), a_record("w", effect="write")), "unverified"),
        ((a_record(), a_record("w", effect="write", evidence=PROOF)), "success"),
        ((a_record(), a_record("w", effect="irreversible", evidence={"proof": ""})), "unverified"),
        (
            (a_record(), a_record("w", "held", effect="write", evidence={"request": "POST /"})),
            "unverified",
        ),
        # A write of an earlier run is not sent again; whether it arrived may be known or not.
        ((a_record(), a_record("w", "skipped", effect="write", evidence=PROOF)), "success"),
        ((a_record("w", "skipped", effect="write", evidence=PROOF),), "success"),
        (
            (a_record(), a_record("w", "skipped", effect="write", evidence={"journal": "sent"})),
            "unverified",
        ),
        # Files that rows may lack: none at all is no proof that there is none.
        (
            (
                a_record(),
                a_record("d", item="1"),
                a_record("d", "skipped", item="2", evidence=NONE),
            ),
            "success",
        ),
        ((a_record(), a_record("d", "skipped", item="1", evidence=NONE)), "unverified"),
        # What ended the run, and what it survived.
        ((a_record(), a_record("b", "failed")), "fail"),
        ((a_record("b", "failed"),), "fail"),
        ((a_record("b", "failed"), a_record("c")), "partial"),
        ((a_record("b", "failed"), a_record("c", "skipped")), "fail"),
        ((a_record("b", "failed"), a_record("w", effect="write")), "partial"),
        # Rows.
        ((a_record(), a_record("d", item="1"), a_record("d", "failed", item="2")), "partial"),
        ((a_record(), a_record("d", "failed", item="1"), a_record("d", item="2")), "partial"),
        ((a_record(), a_record("d", "failed", item="1")), "fail"),
        ((a_record(), a_record("c", item="1"), a_record("d", "failed", item="1")), "fail"),
        (
            (a_record(), a_record("d", item="1"), a_record("d", "failed", item="2"), a_record("z")),
            "partial",
        ),
        (
            (
                a_record(),
                a_record("d", item="1"),
                a_record("d", "failed", item="2"),
                a_record("z", "failed"),
            ),
            "fail",
        ),
    ],
)
def test_the_outcome_is_what_the_records_prove(
    records: tuple[StepRecord, ...], outcome: Outcome
) -> None:
    assert judge(records) == outcome


def test_a_rehearsal_proves_that_the_write_would_have_been_sent() -> None:
    held = a_record("w", "held", effect="write", evidence={"request": "POST /tickets"})
    nothing_seen = a_record("w", "held", effect="write", evidence={})

    assert judge((a_record(), held), mode="test") == "success"
    assert judge((a_record(), nothing_seen), mode="test") == "unverified"
    assert judge((a_record(), held), mode="live") == "unverified"


records = st.lists(
    st.builds(
        a_record,
        st.sampled_from("abc"),
        st.sampled_from(["done", "skipped", "held", "failed", "waiting"]),
        effect=st.sampled_from(["read", "sign_in", "write", "irreversible"]),
        item=st.sampled_from(["", "1", "2"]),
        evidence=st.sampled_from([{}, {"url": "/"}, {"proof": "seen"}, {"request": "POST /"}]),
    ),
    max_size=6,
).map(tuple)


@given(records, st.sampled_from(["build", "test", "live"]))
def test_success_always_has_evidence(drawn: tuple[StepRecord, ...], mode: RunMode) -> None:
    if judge(drawn, mode=mode) != "success":
        return

    latest = {(record.id, record.item): record for record in drawn}.values()
    statuses: set[StepStatus] = {record.status for record in latest}
    assert statuses <= {"done", "skipped", "held"}
    assert any(record.evidence for record in latest if record.status != "held")
    for record in latest:
        if record.status != "held" and record.effect in {"write", "irreversible"}:
            assert record.evidence.get("proof")
        if record.status == "held":
            assert mode != "live"


@given(records)
def test_a_failure_is_never_called_success_or_unverified(drawn: tuple[StepRecord, ...]) -> None:
    latest = {(record.id, record.item): record for record in drawn}.values()

    failed = any(record.status == "failed" for record in latest)

    assert (judge(drawn) in {"fail", "partial"}) == failed

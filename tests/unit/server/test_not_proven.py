from __future__ import annotations

import pytest

from podium.server.cli.listings import show_run
from podium.state.runs import StepRecord
from tests.builders import a_run


@pytest.mark.parametrize(("proof", "told"), [(False, True), (True, False)])
def test_an_unverified_run_says_what_was_not_proven_and_what_to_do(
    capsys: pytest.CaptureFixture[str], *, proof: bool, told: bool
) -> None:
    sent = StepRecord(
        id="send",
        title="Send it",
        op="click",
        effect="write",
        status="done",
        evidence={"proof": True} if proof else {},
        message="look at the outbox",
    )
    run = a_run().model_copy(update={"outcome": "unverified", "steps": (sent,)})

    show_run(run, {})

    assert ("Not proven: Send it: look at the outbox." in capsys.readouterr().out) is told

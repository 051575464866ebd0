"""Why did it fail: each class of failure, with its step, time, what was seen and one next act."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from podium.server.troubleshooting import Diagnosis
from podium.state.failures import CLASSES, class_of
from podium.state.runs import RunError, StepRecord
from podium.state.stores import RunStore
from tests.builders import a_run
from tests.server.harness import deploy, opened

SCENES = [
    ("sign_in_failed", "credential", "wrong user or password", "podium secret set NAME --origin"),
    ("unreachable", "site_down", "connection refused", "podium run prices"),
    ("http_status", "site_down", "429 Too Many Requests", "podium run prices"),
    ("not_found_on_page", "page_changed", "no table 'Prices'", 'podium chat "repair the prices agent"'),
    ("meaning_changed", "meaning_changed", "'Delete' stands where 'Archive' was", "podium runs show run_1"),
    ("expectation", "page_changed", "0 rows", 'podium chat "repair the prices agent"'),
    ("input_refused", "input", "the date is no date", "podium runs show run_1"),
    ("timeout", "slow", "no list within 30 s", "podium run prices"),
    ("time_limit", "slow", "The run took longer than its time limit", "podium run prices"),
    ("too_large", "data", "a file of 3 GB", "podium runs show run_1"),
    ("blocked_origin", "policy", "https://ads.example is not in the plan", "podium runs show run_1"),
    ("setup", "browser", "no Chromium was found", "podium doctor"),
    ("unavailable", "workspace", "the disk is full", "podium run prices"),
    ("limit", "model", "the budget of tokens is used up", "podium run prices"),
    ("internal", "defect", "KeyError: 'x'", "podium run prices"),
]  # fmt: skip


def test_every_class_has_a_scene() -> None:
    assert {kind for _, kind, _, _ in SCENES} == set(CLASSES)


@pytest.mark.parametrize(("code", "kind", "seen", "following"), SCENES, ids=[s[0] for s in SCENES])
async def test_the_answer_names_class_run_step_time_what_was_seen_and_one_next_act(
    code: str, kind: str, seen: str, following: str, tmp_path: Path
) -> None:
    async with opened(tmp_path, serve=False) as podium:
        deploy(podium)
        now = podium.clock.now()
        _failed(podium.stores.runs, "run_0", now - timedelta(days=3), "timeout", "an older reason")
        _failed(podium.stores.runs, "run_1", now - timedelta(minutes=5), code, seen)

        text = podium.desk.troubleshooting.view("prices")["text"]

    assert isinstance(text, str)
    assert class_of(code) == kind
    for wanted in (f"Class {kind}:", "run_1 at ", "'Do two' (two)", f"[{code}]", f"Seen: {seen}"):
        assert wanted in text
    acts = [line for line in text.splitlines() if line.startswith("Next: ")]
    assert len(acts) == 1
    assert acts[0].startswith(f"Next: {following}")
    assert "an older reason" not in text


async def test_the_failure_of_a_time_is_told_and_no_other(tmp_path: Path) -> None:
    async with opened(tmp_path, serve=False) as podium:
        deploy(podium)
        now = podium.clock.now()
        _failed(podium.stores.runs, "run_0", now - timedelta(days=3), "timeout", "slow then")
        _failed(podium.stores.runs, "run_1", now - timedelta(minutes=5), "unreachable", "down now")

        def long_ago(moment: datetime) -> bool:
            return moment < now - timedelta(days=1)

        older = podium.desk.troubleshooting.diagnose("prices", inside=long_ago)
        never = podium.desk.troubleshooting.diagnose("prices", inside=lambda _: False)

    assert isinstance(older, Diagnosis)
    assert (older.run_id, older.kind) == ("run_0", "slow")
    assert str(never).startswith(
        "No run of prices failed in that time (0 ran). The last that did: run_1 at "
    )


def _failed(store: RunStore, run_id: str, at: datetime, code: str, seen: str) -> None:
    run = a_run(run_id, agent="prices", created_at=at)
    store.create(run)
    record = StepRecord(
        id="two", title="Do two", op="open", effect="read", status="failed", message=seen
    )
    error = RunError(code=code, message=seen, step="two")
    ended = run.move("running").move(
        "finished", outcome="fail", finished_at=at, steps=(record,), error=error
    )
    store.replace(ended)

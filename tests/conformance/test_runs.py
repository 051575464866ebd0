from __future__ import annotations

from datetime import timedelta

import pytest

from podium.state.errors import Conflict, NotFound
from podium.state.runs import ArtifactRef, RunError
from podium.state.stores import Stores
from tests.builders import NOON, a_question, a_record, a_run


def test_creating_a_run_twice_keeps_the_first(stores: Stores) -> None:
    stores.runs.create(a_run(agent="first"))

    again = stores.runs.create(a_run(agent="second"))

    assert again.agent == "first"
    assert stores.runs.get("run_1") == again


def test_a_run_comes_back_with_everything_in_it(stores: Stores) -> None:
    run = a_run().move(
        "running",
        question=a_question().question,
        inputs={"day": "2026-11-02", "n": [1, 2.5, None, True]},
        steps=(a_record(item="INV-1"),),
        artifacts=(ArtifactRef(name="a.csv", path="/tmp/a.csv", sha256="0" * 64, bytes=3),),
        error=RunError(code="timeout", message="too slow"),
        finished_at=NOON,
    )

    stores.runs.create(run)

    assert stores.runs.get("run_1") == run


def test_a_changed_run_replaces_the_kept_one(stores: Stores) -> None:
    run = stores.runs.create(a_run())

    stores.runs.replace(run.move("running"))

    assert stores.runs.get("run_1").status == "running"


def test_a_finished_run_stays_finished(stores: Stores) -> None:
    finished = a_run().move("finished", outcome="success")
    stores.runs.create(finished)

    with pytest.raises(Conflict, match="is finished"):
        stores.runs.replace(a_run(status="running"))
    with pytest.raises(Conflict, match="is finished"):
        stores.runs.replace(finished.model_copy(update={"outcome": "fail"}))

    assert stores.runs.get("run_1") == finished


def test_finishing_a_run_again_in_the_same_way_changes_nothing(stores: Stores) -> None:
    finished = stores.runs.create(a_run().move("finished", outcome="success"))

    assert stores.runs.replace(finished) == finished


def test_an_unknown_run_is_not_found(stores: Stores) -> None:
    with pytest.raises(NotFound, match="'run_9'"):
        stores.runs.get("run_9")
    with pytest.raises(NotFound, match="'run_9'"):
        stores.runs.replace(a_run("run_9"))


def test_runs_are_listed_newest_first_without_tests_and_builds(stores: Stores) -> None:
    for number, mode in enumerate(("live", "test", "live", "build")):
        stores.runs.create(
            a_run(f"run_{number}", mode=mode, created_at=NOON + timedelta(minutes=number))
        )
    stores.runs.create(a_run("other", agent="other", created_at=NOON - timedelta(days=1)))

    assert [run.run_id for run in stores.runs.list()] == ["run_2", "run_0", "other"]
    assert [run.run_id for run in stores.runs.list(limit=1)] == ["run_2"]
    assert [run.run_id for run in stores.runs.list(agent="prices")] == [
        "run_3",
        "run_2",
        "run_1",
        "run_0",
    ]


def test_the_run_of_a_thread_is_found(stores: Stores) -> None:
    stores.runs.create(a_run("run_1", thread_id="thread_a"))
    stores.runs.create(a_run("run_2", thread_id="thread_b"))

    found = stores.runs.of_thread("thread_b")

    assert found is not None
    assert found.run_id == "run_2"
    assert stores.runs.of_thread("thread_c") is None

"""The right to execute belongs to the process, whichever of its threads asks."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from podium.server.lock import ExecutionLock


def test_what_one_thread_took_is_held_and_released_by_every_other(tmp_path: Path) -> None:
    lock = ExecutionLock(tmp_path, executor_id="a")
    with ThreadPoolExecutor() as pool:
        taken = [pool.submit(lock.take, "run").result() for _ in range(3)]
        seen = pool.submit(lambda: lock.held).result()

    assert taken == [True, True, True]
    assert seen
    assert lock.held
    lock.release()
    assert ExecutionLock(tmp_path, executor_id="b").take("run")


def test_of_two_locks_on_a_folder_one_is_held(tmp_path: Path) -> None:
    first = ExecutionLock(tmp_path, executor_id="a")
    second = ExecutionLock(tmp_path, executor_id="b")

    assert first.take("serve")
    assert not second.take("run")
    assert second.listening()
    assert not second.abandoned()

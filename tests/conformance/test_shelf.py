"""Files of machines that share a database and no folder."""

from __future__ import annotations

import hashlib
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from podium.state.artifacts import FolderArtifacts
from podium.state.errors import NotFound
from podium.state.runs import ArtifactRef
from podium.state.sql.retention import SqlRetention
from podium.state.sql.sealed import SqlSealed
from podium.state.sql.shelf import SqlShelf
from tests.conformance.conftest import Machines

ROW = {"agent": "inv", "item": "INV-1", "step_id": "download"}


def keep(
    artifacts: FolderArtifacts, folder: Path, data: bytes, *, name: str = "a.csv"
) -> ArtifactRef:
    source = folder / hashlib.sha256(data).hexdigest()[:8]
    source.write_bytes(data)
    return artifacts.keep(source, agent="inv", name=name, run_id="run_1", item="INV-1")


def test_a_file_kept_on_one_machine_is_at_hand_on_another(
    machines: Machines, tmp_path: Path
) -> None:
    one, other = machines.machine("one"), machines.machine("other")
    keep(one, tmp_path, b"a,b\n")

    (listed,) = other.list(agent="inv")

    assert listed.path == str(tmp_path / "other" / "files" / "inv" / "a.csv")
    assert other.at_hand(listed).read_bytes() == b"a,b\n"


def test_a_row_s_file_is_not_fetched_from_the_site_again(
    machines: Machines, tmp_path: Path
) -> None:
    one, other = machines.machine("one"), machines.machine("other")
    one.link(keep(one, tmp_path, b"a,b\n"), **ROW, row_hash="h1")

    found = other.find(**ROW)

    assert found is not None
    assert Path(found.path).read_bytes() == b"a,b\n"
    assert keep(other, tmp_path, b"a,b\n").known


def test_different_files_of_one_name_get_numbers_across_machines(
    machines: Machines, tmp_path: Path
) -> None:
    both = [machines.machine("one"), machines.machine("other")]

    def keep_one(number: int) -> ArtifactRef:
        return keep(both[number % 2], tmp_path, b"%d" % number)

    with ThreadPoolExecutor(2) as pool:
        refs = list(pool.map(keep_one, range(6)))

    assert len({ref.name for ref in refs}) == 6
    for artifacts in both:
        assert sorted(artifacts.at_hand(ref).read_bytes() for ref in artifacts.list()) == [
            b"%d" % number for number in range(6)
        ]


def test_what_was_kept_before_there_was_a_shelf_keeps_its_name_and_bytes(
    machines: Machines, tmp_path: Path
) -> None:
    old = keep(machines.machine("one", shelved=False), tmp_path, b"first")
    one, other = machines.machine("one"), machines.machine("other")

    refs = [keep(one, tmp_path, b"second"), keep(other, tmp_path, b"third")]

    assert one.at_hand(old).read_bytes() == b"first"
    assert [one.at_hand(ref).read_bytes() for ref in one.list()] == [b"third", b"second", b"first"]
    assert [ref.name for ref in refs] == ["a (2).csv", "a (3).csv"]
    assert keep(one, tmp_path, b"first").path == old.path


def test_a_file_whose_bytes_are_others_now_is_not_at_hand(
    machines: Machines, tmp_path: Path
) -> None:
    one = machines.machine("one")
    ref = keep(one, tmp_path, b"a,b\n")
    Path(ref.path).write_bytes(b"edited")

    with pytest.raises(NotFound, match="changed"):
        one.at_hand(ref)

    assert Path(ref.path).read_bytes() == b"edited"


def test_a_copy_that_somebody_edited_on_one_machine_is_not_what_the_others_get(
    machines: Machines, tmp_path: Path
) -> None:
    one, other = machines.machine("one"), machines.machine("other")
    ref = keep(one, tmp_path, b"a,b\n")
    Path(ref.path).write_bytes(b"edited")

    (listed,) = other.list()

    assert other.at_hand(listed).read_bytes() == b"a,b\n"


def test_a_large_file_is_never_in_memory_as_a_whole(machines: Machines, tmp_path: Path) -> None:
    one, other = machines.machine("one"), machines.machine("other")
    source = tmp_path / "large"
    with source.open("wb") as file:
        for number in range(24):
            file.write(bytes([number]) * (1 << 20))
    tracemalloc.start()
    try:
        ref = one.keep(source, agent="inv", name="large.bin", run_id="run_1")
        fetched = other.at_hand(other.list()[0])
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert hashlib.sha256(fetched.read_bytes()).hexdigest() == ref.sha256
    assert peak < 16 << 20


def test_a_picture_is_seen_from_every_machine_until_it_is_forgotten(
    machines: Machines, tmp_path: Path
) -> None:
    one, other = machines.machine("one"), machines.machine("other")
    shot = one.evidence(b"png", kind="png", run_id="run_1")
    twin = one.evidence(b"png", kind="png", run_id="run_2")
    assert other.evidence_path(shot).read_bytes() == b"png"

    place = one.evidence_path(shot).relative_to(tmp_path / "one").as_posix()
    for artifacts in (one, other):
        artifacts.forget_evidence([place])

    with pytest.raises(NotFound):
        machines.machine("third").evidence_path(shot)
    assert machines.machine("third").evidence_path(twin).read_bytes() == b"png"


def test_any_number_of_names_is_forgotten(machines: Machines) -> None:
    machines.machine("one")
    shelf = SqlShelf(machines.engines[-1])
    paths = [f"evidence/run_1/{number}.png" for number in range(250)]
    for number, path in enumerate(paths):
        shelf.put(str(number), [b"png"])
        shelf.name(path, str(number))

    shelf.forget(paths)

    assert not any(shelf.holds(str(number)) for number in range(250))


def test_a_session_that_nothing_finished_goes_with_its_thread(machines: Machines) -> None:
    machines.machine("one")
    engine = machines.engines[-1]
    sealed, before = SqlSealed(engine), machines.clock.now()
    for run_id in ("run_old", "run_new"):
        sealed.put(run_id, b"sealed")

    SqlRetention(engine).drop(["run_old"], before)

    assert (sealed.get("run_old"), sealed.get("run_new")) == (None, b"sealed")

from __future__ import annotations

import errno
import hashlib
import os
import stat
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from podium.state.artifacts import ArtifactIndex, FolderArtifacts
from podium.state.errors import NotFound, NotPermitted, SetupError, UserError
from podium.state.runs import ArtifactRef

ROW = {"agent": "inv", "item": "INV-1", "step_id": "download"}


@pytest.fixture
def drop(tmp_path: Path) -> Path:
    folder = tmp_path / "drop"
    folder.mkdir()
    return folder


def keep(
    artifacts: FolderArtifacts,
    drop: Path,
    data: bytes = b"a,b\n",
    *,
    name: str = "a.csv",
    agent: str = "inv",
    item: str = "",
) -> ArtifactRef:
    source = drop / "arrived"
    source.write_bytes(data)
    return artifacts.keep(source, agent=agent, name=name, run_id="run_1", item=item)


def keep_for_row(artifacts: FolderArtifacts, drop: Path) -> ArtifactRef:
    ref = keep(artifacts, drop, item="INV-1")
    artifacts.link(ref, **ROW, row_hash="h1")
    return ref


def test_a_file_is_moved_in_under_a_name_people_can_read(
    artifacts: FolderArtifacts, drop: Path, tmp_path: Path
) -> None:
    ref = keep(artifacts, drop, item="INV-1")

    assert ref.path == str(tmp_path / "data" / "files" / "inv" / "a.csv")
    assert Path(ref.path).read_bytes() == b"a,b\n"
    assert ref.sha256 == hashlib.sha256(b"a,b\n").hexdigest()
    assert (ref.name, ref.bytes, ref.known, ref.item) == ("a.csv", 4, False, "INV-1")
    assert list(drop.iterdir()) == []
    assert list((tmp_path / "data" / "incoming").iterdir()) == []


def test_nobody_else_may_read_what_is_kept(
    artifacts: FolderArtifacts, drop: Path, tmp_path: Path
) -> None:
    keep(artifacts, drop)
    artifacts.evidence(b"png", kind="png", run_id="run_1")

    modes = {
        stat.S_IMODE(path.stat().st_mode): path.is_dir() for path in (tmp_path / "data").rglob("*")
    }

    assert modes == {0o700: True, 0o600: False}
    assert stat.S_IMODE((tmp_path / "data").stat().st_mode) == 0o700


def test_the_same_file_is_kept_once(artifacts: FolderArtifacts, drop: Path) -> None:
    first = keep(artifacts, drop)

    second = keep(artifacts, drop)

    assert second.known
    assert (second.path, second.sha256) == (first.path, first.sha256)
    assert len(list(Path(first.path).parent.iterdir())) == 1
    assert len(artifacts.list()) == 1


def test_a_different_file_of_the_same_name_gets_a_number(
    artifacts: FolderArtifacts, drop: Path
) -> None:
    names = [keep(artifacts, drop, data).name for data in (b"1", b"2", b"3", b"2")]

    assert names == ["a.csv", "a (2).csv", "a (3).csv", "a (2).csv"]
    assert [Path(ref.path).read_bytes() for ref in artifacts.list()] == [b"3", b"2", b"1"]


def test_agents_do_not_share_files(artifacts: FolderArtifacts, drop: Path) -> None:
    one = keep(artifacts, drop, agent="one")
    two = keep(artifacts, drop, agent="two")
    Path(one.path).write_bytes(b"edited")

    assert not two.known
    assert Path(two.path).read_bytes() == b"a,b\n"
    assert [ref.name for ref in artifacts.list(agent="one")] == ["a.csv"]


def test_a_row_s_file_is_found_while_it_is_intact(artifacts: FolderArtifacts, drop: Path) -> None:
    ref = keep_for_row(artifacts, drop)

    found = artifacts.find(**ROW)

    assert found is not None
    assert (found.path, found.sha256, found.known, found.item) == (
        ref.path,
        ref.sha256,
        True,
        "INV-1",
    )
    assert artifacts.row_hash(**ROW) == "h1"
    assert artifacts.find(agent="inv", item="INV-2", step_id="download") is None
    assert artifacts.row_hash(agent="inv", item="INV-2", step_id="download") == ""


def test_a_row_that_changed_gets_its_new_hash_and_file(
    artifacts: FolderArtifacts, drop: Path
) -> None:
    keep_for_row(artifacts, drop)
    newer = keep(artifacts, drop, b"new", item="INV-1")

    artifacts.link(newer, **ROW, row_hash="h2")

    assert artifacts.row_hash(**ROW) == "h2"
    found = artifacts.find(**ROW)
    assert found is not None
    assert found.name == "a (2).csv"


def test_a_removed_file_comes_back_from_its_spare_copy(
    artifacts: FolderArtifacts, drop: Path
) -> None:
    ref = keep_for_row(artifacts, drop)
    Path(ref.path).unlink()

    assert artifacts.find(**ROW) is not None

    assert Path(ref.path).read_bytes() == b"a,b\n"


def test_a_changed_file_is_not_taken_for_the_kept_one(
    artifacts: FolderArtifacts, drop: Path
) -> None:
    ref = keep_for_row(artifacts, drop)
    Path(ref.path).write_bytes(b"edited by hand")

    assert artifacts.find(**ROW) is None

    again = keep(artifacts, drop, item="INV-1")
    assert (again.name, again.known) == ("a (2).csv", False)
    assert Path(ref.path).read_bytes() == b"edited by hand"
    artifacts.link(again, **ROW, row_hash="h1")
    assert artifacts.find(**ROW) is not None


def test_a_file_that_is_lost_with_its_spare_copy_is_not_found(
    artifacts: FolderArtifacts, drop: Path, tmp_path: Path
) -> None:
    ref = keep_for_row(artifacts, drop)
    Path(ref.path).unlink()
    for blob in (tmp_path / "data" / "blobs").rglob("*"):
        if blob.is_file():
            blob.write_bytes(b"damaged")

    assert artifacts.find(**ROW) is None

    again = keep(artifacts, drop, item="INV-1")
    assert Path(again.path).read_bytes() == b"a,b\n"


def test_only_a_file_of_the_store_can_belong_to_a_row(artifacts: FolderArtifacts) -> None:
    stranger = ArtifactRef(name="passwd", path="/etc/passwd", sha256="", bytes=0)

    with pytest.raises(UserError, match="is not kept in the data folder"):
        artifacts.link(stranger, **ROW, row_hash="")


@pytest.mark.parametrize(
    "name",
    [
        "../../escape.csv",
        "..\\..\\escape.csv",
        "/etc/cron.d/x",
        "C:\\Windows\\x.csv",
        "..%2f..%2Fescape.bin",
        "a\0b.csv",
        "a\r\nSet-Cookie: x",
        "x" * 300 + ".csv",
        "ü" * 300,
        "invoice\u202efdp.exe",
        "con",
        "NUL.csv",
        ".bashrc",
        "..",
        ".",
        "",
        "   ",
        "~",
        "-rf",
        "\ud800.csv",
        "a/" * 200,
    ],
)
def test_whatever_a_site_calls_a_file_it_stays_inside_and_is_not_lost(
    artifacts: FolderArtifacts, drop: Path, tmp_path: Path, name: str
) -> None:
    ref = keep(artifacts, drop, name=name)

    path = Path(ref.path)
    assert path.parent == tmp_path / "data" / "files" / "inv"
    assert path.read_bytes() == b"a,b\n"
    assert not path.name.startswith((".", "-"))
    assert path.name.isprintable()
    outside = {entry.name for entry in tmp_path.iterdir()}
    assert outside <= {"data", "drop", "podium.db", "podium.db-wal", "podium.db-shm"}


def test_a_hostile_agent_name_stays_inside_too(
    artifacts: FolderArtifacts, drop: Path, tmp_path: Path
) -> None:
    ref = keep(artifacts, drop, agent="../../elsewhere")

    assert ref.path == str(tmp_path / "data" / "files" / "elsewhere" / "a.csv")


def test_a_linked_folder_is_not_followed(
    artifacts: FolderArtifacts, drop: Path, tmp_path: Path
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "files").symlink_to(outside)

    with pytest.raises(NotPermitted, match="is a link or a file"):
        keep(artifacts, drop)

    assert list(outside.iterdir()) == []
    assert (drop / "arrived").exists()


def test_a_linked_name_is_not_followed(
    artifacts: FolderArtifacts, drop: Path, tmp_path: Path
) -> None:
    victim = tmp_path / "victim"
    victim.write_bytes(b"untouched")
    folder = tmp_path / "data" / "files" / "inv"
    folder.mkdir(parents=True)
    (folder / "a.csv").symlink_to(victim)

    ref = keep(artifacts, drop)

    assert ref.name == "a (2).csv"
    assert victim.read_bytes() == b"untouched"


def test_only_a_plain_file_is_kept(artifacts: FolderArtifacts, drop: Path) -> None:
    (drop / "link").symlink_to("/etc/passwd")
    os.mkfifo(drop / "pipe")

    for name in ("link", "pipe"):
        with pytest.raises(NotPermitted):
            artifacts.keep(drop / name, agent="inv", name="x", run_id="run_1")
    with pytest.raises(NotFound):
        artifacts.keep(drop / "missing", agent="inv", name="x", run_id="run_1")

    assert artifacts.list() == ()


def test_two_that_keep_the_same_name_at_once_lose_nothing(
    artifacts: FolderArtifacts, drop: Path
) -> None:
    def keep_one(number: int) -> ArtifactRef:
        source = drop / str(number)
        source.write_bytes(b"%d" % (number % 4))
        return artifacts.keep(source, agent="inv", name="a.csv", run_id="run_1")

    with ThreadPoolExecutor(8) as pool:
        refs = list(pool.map(keep_one, range(24)))

    assert len({ref.path for ref in refs}) == 4
    for number, ref in enumerate(refs):
        assert Path(ref.path).read_bytes() == b"%d" % (number % 4)


def test_where_files_have_no_second_names_the_spare_is_a_copy(
    artifacts: FolderArtifacts, drop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(errno.EPERM, "no links here")

    monkeypatch.setattr(os, "link", refuse)
    ref = keep_for_row(artifacts, drop)
    assert keep(artifacts, drop, b"2").name == "a (2).csv"
    Path(ref.path).unlink()

    assert artifacts.find(**ROW) is not None
    assert Path(ref.path).read_bytes() == b"a,b\n"


@pytest.mark.parametrize("make", [os.mkdir, os.mkfifo])
def test_a_folder_or_pipe_in_place_of_a_kept_file_is_not_taken_for_it(
    artifacts: FolderArtifacts, drop: Path, make: Callable[[str], None]
) -> None:
    ref = keep_for_row(artifacts, drop)
    Path(ref.path).unlink()
    make(ref.path)

    assert artifacts.find(**ROW) is None


def test_a_source_that_cannot_be_read_says_so(
    artifacts: FolderArtifacts, drop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.open

    def deny(path: str | Path, *rest: int, **named: int) -> int:
        if Path(path).name == "arrived":
            raise PermissionError(errno.EACCES, "Permission denied")
        return real(path, *rest, **named)

    (drop / "arrived").write_bytes(b"x")
    monkeypatch.setattr(os, "open", deny)

    with pytest.raises(SetupError, match="Permission denied"):
        artifacts.keep(drop / "arrived", agent="inv", name="x", run_id="run_1")


def test_a_folder_that_may_not_be_entered_says_so(
    artifacts: FolderArtifacts, drop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.open

    def deny(path: str | Path, *rest: int, **named: int) -> int:
        if str(path) == "files":
            raise PermissionError(errno.EACCES, "Permission denied")
        return real(path, *rest, **named)

    (drop / "arrived").write_bytes(b"x")
    monkeypatch.setattr(os, "open", deny)

    with pytest.raises(SetupError, match="Permission denied"):
        artifacts.keep(drop / "arrived", agent="inv", name="x", run_id="run_1")


def test_evidence_is_found_by_its_id(artifacts: FolderArtifacts) -> None:
    first = artifacts.evidence(b"one", kind="png", run_id="run_1")
    second = artifacts.evidence(b"two", kind="json", run_id="../run_2")

    assert artifacts.evidence_path(first).read_bytes() == b"one"
    assert artifacts.evidence_path(first).suffix == ".png"
    assert artifacts.evidence_path(second).read_bytes() == b"two"


@pytest.mark.parametrize("evidence_id", ["", "ev_9", "../../podium.db", "ev/1", "x" * 100])
def test_evidence_that_is_not_there_is_not_found(
    artifacts: FolderArtifacts, evidence_id: str
) -> None:
    with pytest.raises(NotFound):
        artifacts.evidence_path(evidence_id)


def test_evidence_whose_file_is_gone_is_not_found(artifacts: FolderArtifacts) -> None:
    evidence_id = artifacts.evidence(b"one", kind="png", run_id="run_1")
    artifacts.evidence_path(evidence_id).unlink()

    with pytest.raises(NotFound):
        artifacts.evidence_path(evidence_id)


def test_evidence_of_another_kind_is_refused(artifacts: FolderArtifacts) -> None:
    with pytest.raises(UserError, match="'exe' is no kind of evidence"):
        artifacts.evidence(b"MZ", kind="exe", run_id="run_1")


def test_a_folder_that_cannot_be_used_says_so(
    artifacts: FolderArtifacts, drop: Path, tmp_path: Path
) -> None:
    (tmp_path / "data").write_text("in the way", encoding="utf-8")

    with pytest.raises(SetupError, match="cannot be used"):
        keep(artifacts, drop)


def test_the_index_knows_what_lies_at_a_path(
    artifacts: FolderArtifacts, index: ArtifactIndex, drop: Path
) -> None:
    keep(artifacts, drop, b"one")
    ref = keep(artifacts, drop, b"two")

    found = index.at("files/inv/a (2).csv")

    assert found is not None
    assert found.sha256 == ref.sha256
    assert index.at("files/inv/b.csv") is None

"""Results that add up over calls are those of the present code."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.chaos import __main__ as chaos
from tests.kept import ROOT, fingerprint, kept_folder
from tests.mutations import __main__ as mutations
from tests.schedules import arithmetic

SOURCES = ("code", "lock.txt")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "a.py").write_text("one", encoding="utf-8")
    (tmp_path / "lock.txt").write_text("1.0", encoding="utf-8")
    return tmp_path


def noted(root: Path, *, fresh: bool = False) -> Path:
    return kept_folder(".kept", "main", sources=SOURCES, fresh=fresh, root=root) / "note"


def test_a_later_call_with_the_same_code_finds_the_results(root: Path) -> None:
    noted(root).touch()

    assert noted(root).exists()


@pytest.mark.parametrize("changed", ["code/a.py", "code/data.toml", "lock.txt"])
def test_results_of_other_code_are_not_counted(root: Path, changed: str) -> None:
    noted(root).touch()

    (root / changed).write_text("two", encoding="utf-8")

    assert not noted(root).exists()


def test_a_renamed_file_is_other_code(root: Path) -> None:
    before = fingerprint(SOURCES, root=root)

    (root / "code" / "a.py").rename(root / "code" / "b.py")

    assert fingerprint(SOURCES, root=root) != before


def test_compiled_files_do_not_count(root: Path) -> None:
    before = fingerprint(SOURCES, root=root)

    (root / "code" / "__pycache__").mkdir()
    (root / "code" / "__pycache__" / "a.pyc").touch()

    assert fingerprint(SOURCES, root=root) == before


def test_what_is_begun_afresh_starts_empty(root: Path) -> None:
    noted(root).touch()

    assert not noted(root, fresh=True).exists()


def test_every_source_of_a_suite_is_there() -> None:
    sources = {*mutations.SOURCES, *chaos.SOURCES, *arithmetic.SOURCES}

    assert [one for one in sources if not (ROOT / one).exists()] == []

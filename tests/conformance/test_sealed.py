"""The port `SealedStore`: what goes on with a run in another process, already encrypted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from podium.state.sealed import SealedFolder, SealedStore
from podium.state.sql import open_engine
from podium.state.sql.sealed import SqlSealed


@pytest.fixture
def sealed(url: str, tmp_path: Path) -> Iterator[SealedStore]:
    if not url:
        yield SealedFolder(tmp_path / "sessions")
        return
    engine = open_engine(url)
    yield SqlSealed(engine)
    engine.dispose()


def test_the_last_one_counts_until_it_is_dropped(sealed: SealedStore) -> None:
    sealed.put("run_1", b"\x00one")
    sealed.put("run_2", b"other")
    sealed.put("run_1", b"\x00two")
    assert sealed.get("run_1") == b"\x00two"

    sealed.drop("run_1")
    sealed.drop("run_1")

    assert sealed.get("run_1") is None
    assert sealed.get("run_2") == b"other"

"""One suite per port, over every adapter."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from podium.state.artifacts import ArtifactIndex, FolderArtifacts
from podium.state.datasets import SqliteDatasets
from podium.state.memory import MemoryArtifactIndex, MemoryDatasets, memory_stores, memory_vault
from podium.state.sql import open_engine, open_stores
from podium.state.sql.artifacts import SqlArtifactIndex
from podium.state.sql.migrations import upgrade
from podium.state.sql.secrets import open_vault
from podium.state.stores import DatasetStore, Stores, Vault
from tests.fakes import CountingIds, FakeClock


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Migrate one database for all: it takes longer than a test."""
    path = tmp_path_factory.mktemp("migrated") / "podium.db"
    engine = open_engine(f"sqlite:///{path}")
    upgrade(engine)
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    return path


@pytest.fixture
def url(migrated: Path, tmp_path: Path) -> str:
    shutil.copy(migrated, tmp_path / "podium.db")
    return f"sqlite:///{tmp_path}/podium.db"


@pytest.fixture(params=["sqlite", "memory"])
def stores(request: pytest.FixtureRequest, url: str, clock: FakeClock) -> Iterator[Stores]:
    if request.param == "memory":
        yield memory_stores(CountingIds(), clock)
        return
    opened = open_stores(url, CountingIds(), clock)
    yield opened
    opened.close()


@pytest.fixture(params=["sqlite", "memory"])
def vault(request: pytest.FixtureRequest, url: str, clock: FakeClock) -> Iterator[Vault]:
    if request.param == "memory":
        yield memory_vault(clock)
        return
    engine = open_engine(url)
    yield open_vault(engine, b"k" * 32, clock)
    engine.dispose()


@pytest.fixture(params=["sqlite", "memory"])
def datasets(request: pytest.FixtureRequest, tmp_path: Path) -> DatasetStore:
    if request.param == "memory":
        return MemoryDatasets()
    return SqliteDatasets(tmp_path / "data.db")


@pytest.fixture(params=["sqlite", "memory"])
def index(request: pytest.FixtureRequest, url: str) -> Iterator[ArtifactIndex]:
    if request.param == "memory":
        yield MemoryArtifactIndex()
        return
    engine = open_engine(url)
    yield SqlArtifactIndex(engine)
    engine.dispose()


@pytest.fixture
def artifacts(tmp_path: Path, index: ArtifactIndex, clock: FakeClock) -> FolderArtifacts:
    return FolderArtifacts(tmp_path / "data", index, ids=CountingIds(), clock=clock)

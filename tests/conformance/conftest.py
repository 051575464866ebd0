"""One suite per port, over every adapter.

PostgreSQL takes part when `PODIUM_TEST_POSTGRES` names a server: every test gets a schema of its own.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import pytest
import sqlalchemy as sa

from podium.state.artifacts import ArtifactIndex, FolderArtifacts
from podium.state.datasets import SqliteDatasets
from podium.state.memory import MemoryArtifactIndex, MemoryDatasets, memory_stores, memory_vault
from podium.state.sql import open_engine, open_stores
from podium.state.sql.artifacts import SqlArtifactIndex
from podium.state.sql.migrations import upgrade
from podium.state.sql.secrets import open_vault
from podium.state.stores import DatasetStore, Stores, Vault
from tests.fakes import CountingIds, FakeClock

POSTGRES = os.environ.get("PODIUM_TEST_POSTGRES", "")
ADAPTERS = ["sqlite", "memory", *(["postgresql"] if POSTGRES else [])]


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


@pytest.fixture(params=ADAPTERS)
def url(request: pytest.FixtureRequest, migrated: Path, tmp_path: Path) -> Iterator[str]:
    """Yield the URL of a database with the schema, or nothing for the memory."""
    match request.param:
        case "sqlite":
            shutil.copy(migrated, tmp_path / "podium.db")
            yield f"sqlite:///{tmp_path}/podium.db"
        case "postgresql":
            with _schema(f"test_{os.getpid()}") as url:
                yield url
        case _:
            yield ""


@contextmanager
def _schema(name: str) -> Generator[str]:
    server = open_engine(POSTGRES)
    with server.begin() as connection:
        connection.execute(sa.text(f"DROP SCHEMA IF EXISTS {name} CASCADE"))
        connection.execute(sa.schema.CreateSchema(name))
    url = f"{POSTGRES}?options={quote(f'-csearch_path={name}')}"
    engine = open_engine(url)
    upgrade(engine)
    engine.dispose()
    yield url
    with server.begin() as connection:
        connection.execute(sa.schema.DropSchema(name, cascade=True))
    server.dispose()


@pytest.fixture
def stores(url: str, clock: FakeClock) -> Iterator[Stores]:
    if not url:
        yield memory_stores(CountingIds(), clock)
        return
    opened = open_stores(url, CountingIds(), clock)
    yield opened
    opened.close()


@pytest.fixture
def vault(url: str, clock: FakeClock) -> Iterator[Vault]:
    if not url:
        yield memory_vault(clock)
        return
    engine = open_engine(url)
    yield open_vault(engine, b"k" * 32, clock)
    engine.dispose()


@pytest.fixture
def index(url: str) -> Iterator[ArtifactIndex]:
    if not url:
        yield MemoryArtifactIndex()
        return
    engine = open_engine(url)
    yield SqlArtifactIndex(engine)
    engine.dispose()


@pytest.fixture
def artifacts(tmp_path: Path, index: ArtifactIndex, clock: FakeClock) -> FolderArtifacts:
    return FolderArtifacts(tmp_path / "data", index, ids=CountingIds(), clock=clock)


@pytest.fixture(params=["sqlite", "memory"])
def datasets(request: pytest.FixtureRequest, tmp_path: Path) -> DatasetStore:
    if request.param == "memory":
        return MemoryDatasets()
    return SqliteDatasets(tmp_path / "data.db")

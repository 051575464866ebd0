"""One suite per port, over every adapter: the memory, SQLite and PostgreSQL."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa

from podium.state.artifacts import ArtifactIndex, FolderArtifacts
from podium.state.datasets import SqliteDatasets
from podium.state.memory import MemoryArtifactIndex, MemoryDatasets, memory_stores, memory_vault
from podium.state.sql import open_engine, open_stores
from podium.state.sql.artifacts import SqlArtifactIndex
from podium.state.sql.datasets import SqlDatasets
from podium.state.sql.migrations import upgrade
from podium.state.sql.secrets import open_vault
from podium.state.sql.shelf import SqlShelf
from podium.state.sql.tables import metadata
from podium.state.stores import DatasetStore, Stores, Vault
from tests.fakes import CountingIds, FakeClock
from tests.postgres import PostgresServer

ADAPTERS = ["sqlite", "memory", "postgresql"]
_DATABASE = "conformance"


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
            server: PostgresServer = request.getfixturevalue("postgres")
            yield _emptied(server)
        case _:
            yield ""


def _emptied(server: PostgresServer) -> str:
    """Return a database with the schema and no rows: migrating one for each test takes longer than the test."""
    url = server.url(_DATABASE)
    with psycopg.connect(server.url()) as connection:
        found = connection.execute("SELECT FROM pg_database WHERE datname = %s", (_DATABASE,))
        fresh = found.fetchone() is None
    engine = open_engine(server.create(_DATABASE) if fresh else url)
    if fresh:
        upgrade(engine)
    names = ", ".join(f'"{table.name}"' for table in metadata.sorted_tables)
    with engine.begin() as connection:
        connection.execute(sa.text(f"TRUNCATE {names} RESTART IDENTITY CASCADE"))
    engine.dispose()
    return url


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


@dataclass
class Machines:
    """Machines that share the database, and no folder."""

    url: str
    folder: Path
    clock: FakeClock
    ids: CountingIds = field(default_factory=CountingIds)
    engines: list[sa.Engine] = field(default_factory=list[sa.Engine])

    def machine(self, name: str, *, shelved: bool = True) -> FolderArtifacts:
        """Return the files as that machine has them, on the database's shelf or in its folder alone."""
        engine = open_engine(self.url)
        self.engines.append(engine)
        return FolderArtifacts(
            self.folder / name,
            SqlArtifactIndex(engine),
            ids=self.ids,
            clock=self.clock,
            shelf=SqlShelf(engine) if shelved else None,
        )


@pytest.fixture
def machines(
    request: pytest.FixtureRequest, tmp_path: Path, clock: FakeClock
) -> Iterator[Machines]:
    found = Machines(_emptied(request.getfixturevalue("postgres")), tmp_path, clock)
    yield found
    for engine in found.engines:
        engine.dispose()


@pytest.fixture(params=ADAPTERS)
def datasets(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[DatasetStore]:
    match request.param:
        case "memory":
            yield MemoryDatasets()
        case "sqlite":
            yield SqliteDatasets(tmp_path / "data.db")
        case _:
            engine = open_engine(_emptied(request.getfixturevalue("postgres")))
            yield SqlDatasets(engine)
            engine.dispose()

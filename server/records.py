"""What lies in the data folder: cheap to open, nothing runs."""

from __future__ import annotations

from dataclasses import dataclass

from podium.server.fleet import Fleet
from podium.server.lock import ExecutionLock
from podium.server.roster import Roster
from podium.server.settings import Settings
from podium.state.artifacts import FolderArtifacts
from podium.state.clock import Clock, SystemClock
from podium.state.datasets import SqliteDatasets
from podium.state.errors import SetupError
from podium.state.ids import TimeIds
from podium.state.sealed import SealedFolder
from podium.state.sql import SqlStores, open_stores
from podium.state.sql.artifacts import SqlArtifactIndex
from podium.state.sql.datasets import SqlDatasets
from podium.state.sql.sealed import SqlSealed
from podium.state.sql.secrets import SqlSecrets
from podium.state.sql.shelf import SqlShelf
from podium.state.sql.workers import SqlWorkers
from podium.state.vault import SealedVault, load_key


@dataclass(frozen=True, slots=True)
class Records:
    """The stores of one data folder."""

    settings: Settings
    stores: SqlStores
    vault: SealedVault
    datasets: SqliteDatasets | SqlDatasets
    artifacts: FolderArtifacts
    sealed: SealedFolder | SqlSealed
    clock: Clock
    ids: TimeIds

    @property
    def roster(self) -> Roster:
        """What can be done to the agents."""
        return Roster(self.stores, self.clock)

    def abandoned(self) -> bool:
        """Return whether nobody executes in this workspace."""
        if self.settings.shared:
            workers = SqlWorkers(self.stores.engine)
            return Fleet(workers, executor_id="", lease_s=self.settings.lease_s).abandoned()
        return ExecutionLock(self.settings.home, executor_id="").abandoned()

    def close(self) -> None:
        """Close the database connections."""
        self.stores.close()


def open_records(settings: Settings, *, clock: Clock | None = None) -> Records:
    """Return the data folder's records, making the folder on first use.

    Raises:
        SetupError: If the folder or database cannot be used.
    """
    home, inside = settings.home, settings.data == "database"
    if inside and not settings.shared:
        raise SetupError(
            "PODIUM_DATA=database needs PostgreSQL",
            hint="Set PODIUM_DATABASE_URL too, or leave datasets and files in the data folder.",
        )
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    clock, ids = clock or SystemClock(), TimeIds()
    stores = open_stores(settings.control_url, ids, clock)
    master = settings.master_key.get_secret_value() if settings.master_key else None
    key = load_key(master_key=master, key_file=home / "vault.key")
    return Records(
        settings=settings,
        stores=stores,
        vault=SealedVault(SqlSecrets(stores.engine), key, clock=clock),
        datasets=SqlDatasets(stores.engine) if inside else SqliteDatasets(home / "data.db"),
        artifacts=FolderArtifacts(
            home,
            SqlArtifactIndex(stores.engine),
            ids=ids,
            clock=clock,
            shelf=SqlShelf(stores.engine) if inside else None,
        ),
        sealed=SqlSealed(stores.engine) if inside else SealedFolder(home / "sessions"),
        clock=clock,
        ids=ids,
    )

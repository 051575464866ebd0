"""Datasets, vault and the index of files in memory."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from podium.state.artifacts import FileLink, KeptFile
from podium.state.clock import Clock
from podium.state.errors import Conflict, NotFound
from podium.state.export import export_rows
from podium.state.rows import check_case, clean_row, dataset_name, row_key
from podium.state.stores import Row, Stored
from podium.state.vault import SealedSecret, SealedVault


class _Dataset:
    def __init__(self, key: tuple[str, ...]) -> None:
        self.key = key
        self.columns: dict[str, None] = {}
        self.rows: dict[str, Row] = {}

    def filled(self) -> tuple[Row, ...]:
        return tuple({name: row.get(name) for name in self.columns} for row in self.rows.values())


class MemoryDatasets:
    """The `DatasetStore` in memory."""

    def __init__(self) -> None:
        self._datasets: dict[str, _Dataset] = {}

    def upsert(self, dataset: str, rows: Sequence[Row], *, key: tuple[str, ...]) -> Stored:
        """Add rows, or replace those with the same key. Raises: UserError; Conflict on another key."""
        name = dataset_name(dataset)
        cleaned = {row_key(row, key): row for row in map(clean_row, rows)}
        kept = self._datasets.setdefault(name, _Dataset(key))
        if kept.key != key:
            self._rekey(name, kept, key)
        columns = {**kept.columns, **{column: None for row in cleaned.values() for column in row}}
        check_case(dict.fromkeys(columns, "json"))
        kept.columns = columns
        stored = Stored(added=0, changed=0, unchanged=0)
        for row_id, row in cleaned.items():
            before = kept.rows.get(row_id)
            if before is None:
                stored = replace(stored, added=stored.added + 1)
            elif any(before.get(column) != value for column, value in row.items()):
                stored = replace(stored, changed=stored.changed + 1)
            else:
                stored = replace(stored, unchanged=stored.unchanged + 1)
            kept.rows[row_id] = {**(before or {}), **row}
        return stored

    def rows(self, dataset: str, *, limit: int | None = None) -> tuple[Row, ...]:
        """Return rows in the order they were first added. Raises: NotFound."""
        return self._known(dataset).filled()[:limit]

    def list(self) -> tuple[tuple[str, int], ...]:
        """Return (dataset, number of rows), by name."""
        return tuple((name, len(kept.rows)) for name, kept in sorted(self._datasets.items()))

    def export(self, dataset: str, *, path: Path) -> Path:
        """Write the dataset as CSV or JSON. Raises: NotFound; UserError on another suffix."""
        kept = self._known(dataset)
        return export_rows(kept.filled(), list(kept.columns), path)

    def _known(self, dataset: str) -> _Dataset:
        name = dataset_name(dataset)
        if name not in self._datasets:
            raise NotFound(f"There is no dataset {dataset!r}")
        return self._datasets[name]

    def _rekey(self, name: str, kept: _Dataset, key: tuple[str, ...]) -> None:
        rows = {row_key(dict.fromkeys(key) | row, key): row for row in kept.filled()}
        if len(rows) != len(kept.rows):
            raise Conflict(f"The dataset {name!r} is keyed otherwise; its rows would fall together")
        kept.key, kept.rows = key, rows


class MemorySecrets:
    """The `SecretRows` in memory."""

    def __init__(self) -> None:
        self._secrets: dict[str, SealedSecret] = {}

    def put(self, secret: SealedSecret) -> None:
        """Keep it, replacing the one of that name."""
        self._secrets[secret.name] = secret

    def get(self, name: str) -> SealedSecret | None:
        """Return the one of that name."""
        return self._secrets.get(name)

    def list(self) -> tuple[SealedSecret, ...]:
        """Return all, by name."""
        return tuple(self._secrets[name] for name in sorted(self._secrets))

    def used(self, name: str, at: datetime) -> None:
        """Remember the moment of its last use."""
        self._secrets[name] = self._secrets[name].model_copy(update={"last_used_at": at})

    def delete(self, name: str) -> bool:
        """Forget it and return whether it was there."""
        return self._secrets.pop(name, None) is not None


def memory_vault(clock: Clock) -> SealedVault:
    """Return a vault in memory with a key nobody knows."""
    return SealedVault(MemorySecrets(), secrets.token_bytes(32), clock=clock)


class MemoryArtifactIndex:
    """The `ArtifactIndex` in memory; the files themselves need a folder."""

    def __init__(self) -> None:
        self._files: dict[tuple[str, str, str], KeptFile] = {}
        self._links: dict[tuple[str, str, str], FileLink] = {}
        self._evidence: dict[str, str] = {}

    def add(self, file: KeptFile) -> None:
        """Keep the entry, replacing the one of the same agent, asked name and content."""
        key = (file.agent, file.asked_name, file.sha256)
        self._files.pop(key, None)
        self._files[key] = file

    def find(self, *, agent: str, asked_name: str, sha256: str) -> KeptFile | None:
        """Return the entry of that content under that name."""
        return self._files.get((agent, asked_name, sha256))

    def at(self, path: str) -> KeptFile | None:
        """Return the newest entry of that path, relative to the data folder."""
        return next((file for file in reversed(self._files.values()) if file.path == path), None)

    def list(self, *, agent: str | None = None) -> tuple[KeptFile, ...]:
        """Return entries, newest first."""
        return tuple(file for file in reversed(self._files.values()) if agent in {None, file.agent})

    def link(self, link: FileLink) -> None:
        """Keep the link, replacing the one of that row."""
        self._links[link.agent, link.step_id, link.item] = link

    def linked(self, *, agent: str, step_id: str, item: str) -> FileLink | None:
        """Return the link of that row."""
        return self._links.get((agent, step_id, item))

    def add_evidence(self, evidence_id: str, *, run_id: str, path: str, at: datetime) -> None:
        """Remember where a screenshot or dump lies."""
        self._evidence[evidence_id] = path

    def evidence(self, evidence_id: str) -> str | None:
        """Return where it lies, relative to the data folder."""
        return self._evidence.get(evidence_id)

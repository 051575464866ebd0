"""The index of kept files in SQL."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from podium.state.artifacts import FileLink, KeptFile
from podium.state.sql.engine import insert_once, reading, upsert, writing
from podium.state.sql.tables import artifact_links, artifacts, evidence

_IDENTITY = ("agent", "asked_name", "sha256")


class SqlArtifactIndex:
    """The `ArtifactIndex` on SQL."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def add(self, file: KeptFile) -> None:
        """Keep the entry, replacing the one of the same agent, asked name and content."""
        with writing(self._engine) as conn:
            upsert(conn, artifacts, [file.model_dump()], key=_IDENTITY)

    def find(self, *, agent: str, asked_name: str, sha256: str) -> KeptFile | None:
        """Return the entry of that content under that name."""
        query = sa.select(artifacts).where(_same(agent, asked_name, sha256))
        with reading(self._engine) as conn:
            row = conn.execute(query).mappings().first()
        return None if row is None else _kept(row)

    def at(self, path: str) -> KeptFile | None:
        """Return the newest entry of that path, relative to the data folder."""
        query = sa.select(artifacts).where(artifacts.c.path == path)
        with reading(self._engine) as conn:
            row = conn.execute(query.order_by(artifacts.c.seq.desc())).mappings().first()
        return None if row is None else _kept(row)

    def list(self, *, agent: str | None = None) -> tuple[KeptFile, ...]:
        """Return entries, newest first."""
        query = sa.select(artifacts).order_by(artifacts.c.created_at.desc(), artifacts.c.seq.desc())
        if agent is not None:
            query = query.where(artifacts.c.agent == agent)
        with reading(self._engine) as conn:
            return tuple(_kept(row) for row in conn.execute(query).mappings())

    def link(self, link: FileLink) -> None:
        """Keep the link, replacing the one of that row."""
        with writing(self._engine) as conn:
            upsert(conn, artifact_links, [link.model_dump()])

    def linked(self, *, agent: str, step_id: str, item: str) -> FileLink | None:
        """Return the link of that row."""
        query = sa.select(artifact_links).where(
            artifact_links.c.agent == agent,
            artifact_links.c.step_id == step_id,
            artifact_links.c.item == item,
        )
        with reading(self._engine) as conn:
            row = conn.execute(query).mappings().first()
        return None if row is None else FileLink.model_validate(dict(row))

    def add_evidence(self, evidence_id: str, *, run_id: str, path: str, at: datetime) -> None:
        """Remember where a screenshot or dump lies."""
        values = {"evidence_id": evidence_id, "run_id": run_id, "path": path, "created_at": at}
        with writing(self._engine) as conn:
            insert_once(conn, evidence, values)

    def evidence(self, evidence_id: str) -> str | None:
        """Return where it lies, relative to the data folder."""
        query = sa.select(evidence.c.path).where(evidence.c.evidence_id == evidence_id)
        with reading(self._engine) as conn:
            return conn.execute(query).scalar()


def _same(agent: str, asked_name: str, sha256: str) -> sa.ColumnElement[bool]:
    return sa.and_(
        artifacts.c.agent == agent,
        artifacts.c.asked_name == asked_name,
        artifacts.c.sha256 == sha256,
    )


def _kept(row: sa.RowMapping) -> KeptFile:
    return KeptFile.model_validate({name: row[name] for name in row if name != "seq"})

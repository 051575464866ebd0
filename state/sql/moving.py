"""What follows an agent when it is renamed, put away and brought back: rows in the other tables."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa

from podium.state.sql.tables import (
    UtcDateTime,
    agents,
    artifact_links,
    artifacts,
    deleted_agents,
    destinations,
    effects,
    firings,
    memory,
    messages,
    run_changes,
    runs,
    schedules,
    search,
    triggers,
    versions,
)

_BY_NAME = (
    runs, run_changes, memory, artifacts, artifact_links, schedules, firings, triggers, destinations, messages, search,
)  # fmt: skip
"""Tables that name the agent in a column `agent`."""
_WITH_AGENT = (versions,)
"""Tables whose rows are put away with the agent, by its id."""
_WITH_NAME = (schedules, triggers, memory, artifact_links)
"""Tables whose rows are put away with the agent, by its name: the next agent of that name starts without them."""


def rename_everywhere(conn: sa.Connection, agent_id: str, *, old: str, new: str) -> None:
    """Let everything that names the agent name it anew, in the caller's transaction."""
    for table in _BY_NAME:
        conn.execute(table.update().where(table.c.agent == old).values(agent=new))
    for table in (runs, triggers, destinations):
        _documents(conn, table, table.c.agent == new, {"agent": new})
    _rename_predecessor(conn, old, new)
    for row in conn.execute(_of(versions, agent_id)).mappings().all():
        changed = {**row["spec"], "name": new}
        conn.execute(
            versions.update()
            .where(versions.c.agent_id == agent_id, versions.c.version == row["version"])
            .values(spec=changed)
        )
    _rename_effects(conn, old, new)


def _documents(
    conn: sa.Connection,
    table: sa.Table,
    where: sa.ColumnElement[bool],
    changes: Mapping[str, object],
) -> None:
    (key,) = table.primary_key.columns
    for row in conn.execute(sa.select(key, table.c.document).where(where)).all():
        conn.execute(table.update().where(key == row[0]).values(document={**row[1], **changes}))


def _rename_predecessor(conn: sa.Connection, old: str, new: str) -> None:
    query = sa.select(triggers.c.trigger_id, triggers.c.document).where(triggers.c.after == old)
    for trigger_id, document in conn.execute(query).all():
        changed = {**document, "chain": {**document["chain"], "after": new}}
        conn.execute(
            triggers.update()
            .where(triggers.c.trigger_id == trigger_id)
            .values(after=new, document=changed)
        )


def _rename_effects(conn: sa.Connection, old: str, new: str) -> None:
    # A write that was done under the old name must count as done under the new one.
    prefix = f"{old}:"
    mine = sa.func.substr(effects.c.effect_key, 1, len(prefix)) == prefix
    query = sa.select(effects.c.seq, effects.c.effect_key, effects.c.document).where(mine)
    for seq, key, document in conn.execute(query).all():
        renamed = f"{new}:{key[len(prefix) :]}"
        conn.execute(
            effects.update()
            .where(effects.c.seq == seq)
            .values(effect_key=renamed, document={**document, "effect_key": renamed})
        )


def put_away(conn: sa.Connection, agent_id: str, name: str, *, at: datetime) -> None:
    """Move the agent's rows into one document, in the caller's transaction."""
    document: dict[str, list[dict[str, object]]] = {}
    rows = {agents: _of(agents, agent_id)}
    rows |= {table: _of(table, agent_id) for table in _WITH_AGENT}
    rows |= {table: sa.select(table).where(table.c.agent == name) for table in _WITH_NAME}
    for table, query in rows.items():
        found = conn.execute(query).mappings().all()
        document[table.name] = [_plain(row) for row in found]
    conn.execute(
        deleted_agents.insert().values(
            agent_id=agent_id,
            name=name,
            deleted_at=at,
            versions=len(document[versions.name]),
            document=document,
        )
    )
    for table in _WITH_NAME:
        conn.execute(table.delete().where(table.c.agent == name))
    for table in (*_WITH_AGENT, agents):
        conn.execute(table.delete().where(table.c.agent_id == agent_id))


def bring_back(conn: sa.Connection, agent_id: str, *, name: str) -> None:
    """Move the agent's rows back to where they were, under that name, in the caller's transaction."""
    mine = deleted_agents.c.agent_id == agent_id
    document = conn.execute(sa.select(deleted_agents.c.document).where(mine)).scalar_one()
    for table in (agents, *_WITH_AGENT, *_WITH_NAME):
        rows = [_typed(table, row) for row in document.get(table.name, [])]
        for row in rows:
            row |= {column: name for column in ("name", "agent") if column in row}
            if table is versions:
                row["spec"] = {**document_of(row["spec"]), "name": name}
            if table is triggers:
                row["document"] = {**document_of(row["document"]), "agent": name}
        if rows:
            conn.execute(table.insert(), rows)
    conn.execute(deleted_agents.delete().where(mine))


def document_of(value: object) -> dict[str, object]:
    """Return a JSON column's object."""
    return value if isinstance(value, dict) else {}  # pyright: ignore[reportUnknownVariableType]  JSON


def _of(table: sa.Table, agent_id: str) -> sa.Select[tuple[object, ...]]:
    return sa.select(table).where(table.c.agent_id == agent_id)


def _plain(row: sa.RowMapping) -> dict[str, object]:
    return {name: _as_json(value) for name, value in row.items()}


def _as_json(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    return value.hex() if isinstance(value, bytes) else value


def _typed(table: sa.Table, row: Mapping[str, object]) -> dict[str, object]:
    return {name: _as_kept(table.c[name], value) for name, value in row.items() if name in table.c}


def _as_kept(column: sa.Column[object], value: object) -> object:
    if value is None:
        return None
    if isinstance(column.type, UtcDateTime):
        return datetime.fromisoformat(str(value))
    return bytes.fromhex(str(value)) if isinstance(column.type, sa.LargeBinary) else value

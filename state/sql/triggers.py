"""Webhooks and chains in SQL."""

from __future__ import annotations

import sqlalchemy as sa

from podium.state.errors import Conflict, NotFound
from podium.state.firings import Firing
from podium.state.sql.engine import insert_once, reading, take_turns, writing
from podium.state.sql.firings import firing_values
from podium.state.sql.tables import firings, received
from podium.state.sql.tables import triggers as rows
from podium.state.triggers import Chain, Trigger, TriggerKind, refuse_second


class SqlTriggers:
    """The `TriggerStore` on SQL."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def add(self, trigger: Trigger, *, sealed: bytes = b"") -> None:
        """Keep a trigger with its sealed keys.

        Raises:
            Conflict: When the id is taken, or a chain is there that starts the agent for the same run and rows.
        """
        values = {"trigger_id": trigger.trigger_id, **_columns(trigger), "sealed": sealed}
        with writing(self._engine) as conn:
            if trigger.chain is not None:
                take_turns(conn, f"chains.{trigger.agent}")
                query = sa.select(rows.c.document).where(
                    rows.c.agent == trigger.agent, rows.c.after == trigger.chain.after
                )
                found = conn.execute(query).scalars()
                refuse_second(trigger, (Trigger.model_validate(value) for value in found))
            if not insert_once(conn, rows, values):
                raise Conflict(f"There is a trigger {trigger.trigger_id!r} already")

    def get(self, trigger_id: str) -> Trigger:
        """Return the trigger.

        Raises:
            NotFound: When there is none.
        """
        with reading(self._engine) as conn:
            return _trigger(conn, trigger_id)

    def sealed(self, trigger_id: str) -> bytes:
        """Return its sealed keys.

        Raises:
            NotFound: When there is no such trigger.
        """
        query = sa.select(rows.c.sealed).where(rows.c.trigger_id == trigger_id)
        with reading(self._engine) as conn:
            found = conn.execute(query).scalar()
        if found is None:
            raise _unknown(trigger_id)
        return bytes(found)

    def set_sealed(self, trigger_id: str, sealed: bytes) -> None:
        """Replace its sealed keys.

        Raises:
            NotFound: When there is no such trigger.
        """
        with writing(self._engine) as conn:
            _change(conn, trigger_id, sealed=sealed)

    def list(
        self, *, agent: str | None = None, kind: TriggerKind | None = None
    ) -> tuple[Trigger, ...]:
        """Return triggers, oldest first; with `agent` those that start it."""
        wanted = [
            *([] if agent is None else [rows.c.agent == agent]),
            *([] if kind is None else [rows.c.kind == kind]),
        ]
        return self._triggers(sa.and_(sa.true(), *wanted))

    def after(self, agent: str) -> tuple[Trigger, ...]:
        """Return the enabled chains that follow that agent."""
        return self._triggers(sa.and_(rows.c.after == agent, rows.c.enabled.is_(True)))

    def enable(self, trigger_id: str, *, enabled: bool) -> Trigger:
        """Switch it on or off.

        Raises:
            NotFound: When there is no such trigger.
        """
        with writing(self._engine) as conn:
            changed = _trigger(conn, trigger_id).model_copy(update={"enabled": enabled})
            _change(conn, trigger_id, **_columns(changed))
            return changed

    def rewire(self, trigger_id: str, chain: Chain) -> Trigger:
        """Let the chain be another one, switched on, under its id.

        Raises:
            NotFound: When there is no such trigger.
        """
        with writing(self._engine) as conn:
            kept = _trigger(conn, trigger_id)
            changed = kept.model_copy(update={"chain": chain, "enabled": True})
            _change(conn, trigger_id, **_columns(changed))
            return changed

    def delete(self, trigger_id: str) -> None:
        """Forget the trigger.

        Raises:
            NotFound: When there is none.
        """
        with writing(self._engine) as conn:
            gone = conn.execute(rows.delete().where(rows.c.trigger_id == trigger_id))
            if gone.rowcount != 1:
                raise _unknown(trigger_id)
            conn.execute(received.delete().where(received.c.trigger_id == trigger_id))

    def receive(self, trigger_id: str, message_id: str, firing: Firing) -> bool:
        """Keep a webhook's message id and what it fires, all or nothing; false when the id came before."""
        came = {"trigger_id": trigger_id, "message_id": message_id, "at": firing.created_at}
        with writing(self._engine) as conn:
            if not insert_once(conn, received, came):
                return False
            insert_once(conn, firings, firing_values(firing))
            return True

    def _triggers(self, condition: sa.ColumnElement[bool]) -> tuple[Trigger, ...]:
        query = (
            sa.select(rows.c.document)
            .where(condition)
            .order_by(rows.c.created_at, rows.c.trigger_id)
        )
        with reading(self._engine) as conn:
            return tuple(Trigger.model_validate(value) for value in conn.execute(query).scalars())


def _columns(trigger: Trigger) -> dict[str, object]:
    return {
        "agent": trigger.agent,
        "kind": trigger.kind,
        "after": trigger.chain.after if trigger.chain else "",
        "enabled": trigger.enabled,
        "document": trigger.to_json(),
        "created_at": trigger.created_at,
    }


def _trigger(conn: sa.Connection, trigger_id: str) -> Trigger:
    query = sa.select(rows.c.document).where(rows.c.trigger_id == trigger_id)
    found = conn.execute(query).scalar()
    if found is None:
        raise _unknown(trigger_id)
    return Trigger.model_validate(found)


def _change(conn: sa.Connection, trigger_id: str, **changes: object) -> None:
    changed = conn.execute(rows.update().where(rows.c.trigger_id == trigger_id).values(**changes))
    if changed.rowcount != 1:
        raise _unknown(trigger_id)


def _unknown(trigger_id: str) -> NotFound:
    return NotFound(f"There is no trigger {trigger_id!r}", hint="`podium triggers` shows them.")

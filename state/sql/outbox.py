"""Destinations and the messages to them in SQL."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from podium.state.errors import NotFound
from podium.state.outbox import Destination, Message
from podium.state.sql.engine import insert_once, reading, upsert, writing
from podium.state.sql.tables import destinations
from podium.state.sql.tables import messages as rows


class SqlOutbox:
    """The `OutboxStore` on SQL."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def add_destination(self, destination: Destination, *, sealed: bytes) -> None:
        """Keep a destination with its sealed address and keys, replacing the one of that id."""
        values = {
            "destination_id": destination.destination_id,
            "agent": destination.agent,
            "document": destination.to_json(),
            "sealed": sealed,
            "created_at": destination.created_at,
        }
        with writing(self._engine) as conn:
            upsert(conn, destinations, [values])

    def destination(self, destination_id: str) -> Destination:
        """Return the destination.

        Raises:
            NotFound: When there is none.
        """
        query = sa.select(destinations.c.document)
        return Destination.model_validate(self._one(query, destination_id))

    def sealed(self, destination_id: str) -> bytes:
        """Return its sealed address and keys.

        Raises:
            NotFound: When there is no such destination.
        """
        found = self._one(sa.select(destinations.c.sealed), destination_id)
        assert isinstance(found, bytes), "the column holds bytes"
        return found

    def destinations(self, *, agent: str | None = None) -> tuple[Destination, ...]:
        """Return the destinations, oldest first; with `agent` those of that agent and of all agents."""
        wanted = sa.true() if agent is None else destinations.c.agent.in_(("", agent))
        query = (
            sa.select(destinations.c.document)
            .where(wanted)
            .order_by(destinations.c.created_at, destinations.c.destination_id)
        )
        with reading(self._engine) as conn:
            return tuple(
                Destination.model_validate(value) for value in conn.execute(query).scalars()
            )

    def delete_destination(self, destination_id: str) -> None:
        """Forget the destination; its messages stay as the log.

        Raises:
            NotFound: When there is none.
        """
        with writing(self._engine) as conn:
            gone = conn.execute(
                destinations.delete().where(destinations.c.destination_id == destination_id)
            )
            if gone.rowcount != 1:
                raise _unknown(destination_id)

    def put(self, message: Message) -> bool:
        """Keep the message; false when it is known already."""
        with writing(self._engine) as conn:
            return insert_once(conn, rows, message.model_dump())

    def message(self, message_id: str) -> Message:
        """Return the message.

        Raises:
            NotFound: When there is none.
        """
        found = self._messages(sa.select(rows).where(rows.c.message_id == message_id))
        if not found:
            raise NotFound(
                f"There is no message {message_id!r}", hint="`podium deliveries` shows them."
            )
        return found[0]

    def due(self, now: datetime, *, limit: int = 50) -> tuple[Message, ...]:
        """Return pending messages whose next attempt is due, the longest waiting first."""
        return self._messages(
            sa.select(rows)
            .where(rows.c.status == "pending", rows.c.next_at <= now)
            .order_by(rows.c.next_at, rows.c.message_id)
            .limit(limit)
        )

    def take(self, message: Message, *, until: datetime) -> Message | None:
        """Hold the message as it was seen until that moment; only one caller gets it."""
        held = message.model_copy(update={"next_at": until})
        return held if self.keep(held, seen=message) else None

    def keep(self, message: Message, *, seen: Message) -> bool:
        """Keep the changed message; false when it is no longer as it was seen."""
        with writing(self._engine) as conn:
            changed = conn.execute(
                rows.update()
                .where(
                    rows.c.message_id == seen.message_id,
                    rows.c.status == seen.status,
                    rows.c.attempts == seen.attempts,
                    rows.c.next_at == seen.next_at,
                )
                .values(**message.model_dump(exclude={"message_id"}))
            )
            return changed.rowcount == 1

    def messages(
        self, *, agent: str | None = None, destination_id: str | None = None, limit: int = 50
    ) -> tuple[Message, ...]:
        """Return messages, newest first."""
        wanted = [
            *([] if agent is None else [rows.c.agent == agent]),
            *([] if destination_id is None else [rows.c.destination_id == destination_id]),
        ]
        return self._messages(
            sa.select(rows)
            .where(sa.true(), *wanted)
            .order_by(rows.c.created_at.desc(), rows.c.message_id.desc())
            .limit(limit)
        )

    def _messages(self, query: sa.Select[tuple[object, ...]]) -> tuple[Message, ...]:
        with reading(self._engine) as conn:
            return tuple(
                Message.model_validate(dict(row)) for row in conn.execute(query).mappings()
            )

    def _one(self, query: sa.Select[tuple[object]], destination_id: str) -> object:
        with reading(self._engine) as conn:
            found = conn.execute(
                query.where(destinations.c.destination_id == destination_id)
            ).scalar()
        if found is None:
            raise _unknown(destination_id)
        return found


def _unknown(destination_id: str) -> NotFound:
    return NotFound(
        f"There is no destination {destination_id!r}", hint="`podium destinations` shows them."
    )

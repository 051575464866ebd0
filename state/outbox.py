"""What goes out: messages to webhooks and to people, kept until they are delivered."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal, Protocol

from pydantic import Field

from podium.state.document import Document, JsonObject

MessageStatus = Literal["pending", "delivered", "given_up"]
RunEvent = Literal["run.started", "run.waiting", "run.completed", "run.failed"]

RUN_EVENTS: tuple[RunEvent, ...] = ("run.started", "run.waiting", "run.completed", "run.failed")

_BACK_OFF_S = (5, 30, 120, 600, 1800, 3600, 7200, 14400, 28800, 28800)
"""Waits between attempts: a little over a day in all."""


class Destination(Document):
    """Where messages go. The address may hold a token, so it is kept sealed; `shown` is what lists show."""

    destination_id: str
    kind: Literal["webhook", "people"]
    """Another program's address, or a service that tells people."""
    agent: str = ""
    """Empty: all agents."""
    events: tuple[str, ...] = RUN_EVENTS
    name: str = ""
    """What a program's `notify` step calls it."""
    shown: str = ""
    enabled: bool = True
    created_at: datetime


class Message(Document):
    """One thing to deliver, at least once, to one destination."""

    message_id: str
    """Stays the same over all attempts, so that the receiver can tell a repetition."""
    destination_id: str
    event: str
    agent: str = ""
    run_id: str = ""
    body: JsonObject
    status: MessageStatus = "pending"
    attempts: int = Field(default=0, ge=0)
    next_at: datetime
    error: str = ""
    """Why the last attempt failed."""
    created_at: datetime
    delivered_at: datetime | None = None

    def after_failure(self, error: str, *, now: datetime, final: bool = False) -> Message:
        """Return the message with its next attempt, or given up."""
        attempts = self.attempts + 1
        over = final or attempts > len(_BACK_OFF_S)
        wait = timedelta(seconds=0 if over else _BACK_OFF_S[attempts - 1])
        return self.model_copy(
            update={
                "attempts": attempts,
                "status": "given_up" if over else "pending",
                "next_at": now + wait,
                "error": error[:500],
            }
        )

    def after_delivery(self, *, now: datetime) -> Message:
        """Return the message as delivered."""
        changes = {
            "attempts": self.attempts + 1, "status": "delivered", "delivered_at": now, "error": "",
        }  # fmt: skip
        return self.model_copy(update=changes)


class OutboxStore(Protocol):
    """Destinations, and the messages to them."""

    def add_destination(self, destination: Destination, *, sealed: bytes) -> None:
        """Keep a destination with its sealed address and keys, replacing the one of that id."""
        ...

    def destination(self, destination_id: str) -> Destination:
        """Return the destination. Raises: NotFound."""
        ...

    def sealed(self, destination_id: str) -> bytes:
        """Return its sealed address and keys. Raises: NotFound."""
        ...

    def destinations(self, *, agent: str | None = None) -> tuple[Destination, ...]:
        """Return the destinations, oldest first; with `agent` those of that agent and of all agents."""
        ...

    def delete_destination(self, destination_id: str) -> None:
        """Forget the destination; its messages stay as the log. Raises: NotFound."""
        ...

    def put(self, message: Message) -> bool:
        """Keep the message; false when it is known already."""
        ...

    def message(self, message_id: str) -> Message:
        """Return the message. Raises: NotFound."""
        ...

    def due(self, now: datetime, *, limit: int = 50) -> tuple[Message, ...]:
        """Return pending messages whose next attempt is due, the longest waiting first."""
        ...

    def take(self, message: Message, *, until: datetime) -> Message | None:
        """Hold the message as it was seen until that moment; only one caller gets it."""
        ...

    def keep(self, message: Message, *, seen: Message) -> bool:
        """Keep the changed message; false when it is no longer as it was seen."""
        ...

    def messages(
        self, *, agent: str | None = None, destination_id: str | None = None, limit: int = 50
    ) -> tuple[Message, ...]:
        """Return messages, newest first."""
        ...

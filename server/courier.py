"""Delivers messages about runs: at least once, signed, with growing waits for about a day, then given up and kept in the log."""

from __future__ import annotations

import asyncio
import json
import logging
from dataclasses import dataclass
from datetime import timedelta

from pydantic import JsonValue

from podium.server.hooks import Hooks
from podium.state.errors import NotFound, PodiumError
from podium.state.outbox import Message
from podium.tools.notify import Notifier, is_for_people
from podium.tools.webhooks import Sender, sign
from podium.tools.webhooks.sending import Delivery

POLL_S = 1.0
HELD_S = 60
"""So long a message is held for one attempt; who dies with it leaves it to the next."""
_AT_ONCE = 8

_log = logging.getLogger("podium.courier")


@dataclass(frozen=True, slots=True)
class Courier:
    """Any number of couriers may work on one outbox: of those that see a message one takes it."""

    hooks: Hooks
    sender: Sender
    notifier: Notifier

    async def run(self, stopping: asyncio.Event, *, poll_s: float = POLL_S) -> None:
        """Deliver until told to stop."""
        while not stopping.is_set():
            try:
                await self.deliver()
            except PodiumError as error:
                _log.warning("courier.failed %s", error.message)
            try:
                await asyncio.wait_for(stopping.wait(), timeout=poll_s)
            except TimeoutError:
                continue

    async def deliver(self) -> int:
        """Try what is due now, some at a time, and return how many were delivered."""
        outbox, now = self.hooks.stores.outbox, self.hooks.clock.now()
        due = await asyncio.to_thread(outbox.due, now, limit=50)
        delivered = 0
        for start in range(0, len(due), _AT_ONCE):
            batch = due[start : start + _AT_ONCE]
            delivered += sum(await asyncio.gather(*(self._try(message) for message in batch)))
        return delivered

    async def _try(self, message: Message) -> bool:
        outbox, clock = self.hooks.stores.outbox, self.hooks.clock
        held = await asyncio.to_thread(
            outbox.take, message, until=clock.now() + timedelta(seconds=HELD_S)
        )
        if held is None:
            return False
        try:
            url, secret = await asyncio.to_thread(self.hooks.address, message.destination_id)
        except NotFound:
            gone = held.after_failure("the destination was deleted", now=clock.now(), final=True)
            await asyncio.to_thread(outbox.keep, gone, seen=held)
            return False
        result = await self._sent(message, url, secret)
        now = clock.now()
        after = (
            held.after_delivery(now=now)
            if result.delivered
            else held.after_failure(result.error, now=now, final=result.final)
        )
        await asyncio.to_thread(outbox.keep, after, seen=held)
        return result.delivered

    async def _sent(self, message: Message, url: str, secret: str) -> Delivery:
        if is_for_people(url):
            title, text = in_words(message)
            return await self.notifier.tell(url, title=title, text=text)
        body = json.dumps(message.body, separators=(",", ":")).encode()
        at = self.hooks.clock.now()
        headers = {
            "webhook-id": message.message_id,
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": sign(secret, message_id=message.message_id, at=at, body=body),
        }
        return await self.sender.send(url, headers=headers, body=body)


def in_words(message: Message) -> tuple[str, str]:
    """Return title and text of a message as people read it."""
    data = message.body.get("data")
    told = data if isinstance(data, dict) else {}
    if message.event == "step.notify":
        return str(told.get("title") or message.agent), str(told.get("text") or "")
    happened = {
        "run.started": "started",
        "run.waiting": "waits for an answer",
        "run.completed": "completed",
        "run.failed": "failed",
    }.get(message.event, message.event)
    said = (
        ("Outcome", told.get("outcome")),
        ("Question", told.get("question")),
        ("Error", _reason(told.get("error"))),
        ("Run", message.run_id),
    )
    return f"{message.agent} {happened}", "\n".join(
        f"{name}: {text}" for name, text in said if text
    )


def _reason(error: JsonValue) -> str:
    return str(error.get("message") or "") if isinstance(error, dict) else str(error or "")

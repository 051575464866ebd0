"""The effect journal's records: writes that were intended, sent and proven, and what a resume may do."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from podium.state.document import Document, JsonObject
from podium.state.errors import Conflict

EffectStatus = Literal["intended", "sent", "answered", "done", "held"]


class Sighting(Document):
    """What one look for a write's traces showed."""

    count: int | None = None
    """How many there are; null: they could not be counted."""
    complete: bool = False
    """All there is was looked at, and the place is the right one: what was not seen is not there."""
    empty: bool = False
    """The page said that there is nothing at all, instead of showing a list."""


NOT_SEEN = Sighting()


class EffectRecord(Document):
    """One write of one step, keyed so that it happens once."""

    effect_key: str
    """Agent, step, and the item's key or the run: the identity of the write."""
    run_id: str
    step_id: str
    status: EffectStatus
    request: JsonObject
    """Method, URL path, field names (never secret values)."""
    at: datetime
    evidence: JsonObject | None = None
    attempt: str = ""
    """Who is at it: one execution of the step. Only that one may send what it intended."""
    over: str = ""
    """The attempt whose unknown outcome was settled (by a probe or a person) before this one was intended."""


def write_key(agent: str, step_id: str, whose: str) -> str:
    """Return the identity of a write: `whose` is the row's key, outside of loops the run it counts for."""
    return f"{agent}:{step_id}:{whose}"


def before_of(record: EffectRecord | None) -> Sighting:
    """Return what the write's probe found before it was sent first, as the journal has it."""
    kept = (record.evidence or {}).get("before") if record is not None else None
    return Sighting.model_validate(kept) if isinstance(kept, dict) else NOT_SEEN


def may_send(record: EffectRecord | None) -> Literal["send", "done", "probe"]:
    """Return what a run may do about a write: do it, count it as done, or look first whether it happened."""
    if record is None or record.status in {"intended", "held"}:
        return "send"
    if record.status == "done":
        return "done"
    return "probe"


def check_next(before: EffectRecord | None, after: EffectRecord) -> None:
    """Accept the record as the next one of its write.

    Of two that are at one write only the one that intended it last may send it; a request that was sent is
    intended again only by the same attempt, or over an outcome that was settled. Nothing undoes `done`.

    Raises:
        Conflict: When the write is done already, or another attempt is at it.
    """
    if before is None or after.status == "done":
        return
    if before.status == "done":
        raise Conflict(f"The write {after.effect_key!r} is done; it cannot become {after.status}")
    if before.attempt == after.attempt:
        return
    was_sent = before.status in {"sent", "answered"}
    begins = after.status == "intended"
    if not begins or (was_sent and (not after.over or after.over != before.attempt)):
        raise Conflict(
            f"Another execution is at the write {after.effect_key!r}; it is {before.status}",
            hint="Wait until that one has ended, then try again.",
        )

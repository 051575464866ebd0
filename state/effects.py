"""The effect journal's records: writes that were intended, sent and proven, and what a resume may do."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from podium.state.document import Document, JsonObject
from podium.state.errors import Conflict

EffectStatus = Literal["intended", "sent", "answered", "done", "held"]


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


def may_send(record: EffectRecord | None) -> Literal["send", "done", "probe"]:
    """Return what a run may do about a write: do it, count it as done, or look first whether it happened."""
    if record is None or record.status in {"intended", "held"}:
        return "send"
    if record.status == "done":
        return "done"
    return "probe"


def check_next(before: EffectRecord | None, after: EffectRecord) -> None:
    """Accept the record as the next one of its write.

    A probe may turn `sent` back into `intended`; nothing turns `done` into anything else.

    Raises:
        Conflict: When the write is done already.
    """
    if before is not None and before.status == "done" and after.status != "done":
        raise Conflict(f"The write {after.effect_key!r} is done; it cannot become {after.status}")

"""Events: frozen facts in order, as doors show them."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from podium.state.document import Document, JsonObject


class Event(Document):
    """Something that happened on a thread. `seq` orders the events of the workspace."""

    seq: int = 0
    """Given by the store."""
    thread_id: str
    kind: str
    """Past tense: `plan.proposed`, `step.finished`, `question.asked`, `run.finished` ..."""
    at: datetime
    data: JsonObject = Field(default_factory=dict)

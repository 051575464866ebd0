"""Suggestions: what the records say could be better, with their proof. Pure documents."""

from __future__ import annotations

import hashlib
from typing import Literal

from pydantic import Field

from podium.state.document import Document, JsonObject

SuggestionKind = Literal[
    "split", "dedicate", "coordinate", "fewer_ticks", "faster_step", "rebuild", "compile", "stagger"
]
"""What is proposed:

- `split`: an agent of unrelated parts becomes several
- `dedicate`: what is asked by hand again and again becomes an agent or a schedule of its own
- `coordinate`: an agent whose inputs another one's rows fit starts after it
- `fewer_ticks`: a schedule leaves out the ticks that never find anything
- `faster_step`: a step stops doing what the run does not need
- `rebuild`: a step that is healed in run after run is built anew
- `compile`: an open-ended step that always does the same becomes plain steps
- `stagger`: agents that get in each other's way on one site start apart
"""

Decision = Literal["accepted", "dismissed", "never"]


class PromisedEffect(Document):
    """What accepting changes, as replaying the recorded runs through the change shows."""

    metric: str
    """`browser_s_per_week`, `run_s`, `model_calls_per_run`, `manual_starts_per_week`,
    `overlap_s_per_week`, `outputs_per_week`, `longest_run_s`."""
    before: float
    after: float
    low: float | None = None
    """What is saved at least, nine times in ten; none where the recorded runs tell it exactly."""
    high: float | None = None
    """What is saved at most, nine times in ten."""
    note: str = ""
    """What it costs: a change that is found later, an agent more."""

    @property
    def saved(self) -> float:
        """The difference that is promised, without its sign."""
        return abs(self.before - self.after)


class Suggestion(Document):
    """One proposal. It is made again, under the same id, as long as the evidence stands."""

    suggestion_id: str
    kind: SuggestionKind
    agents: tuple[str, ...]
    title: str
    """What to do, in one line."""
    text: str
    """Why: what the runs show."""
    runs: tuple[str, ...]
    """Ids of the runs, or threads, it rests on."""
    effect: PromisedEffect
    change: JsonObject = Field(default_factory=dict)
    """What is changed: `{"schedule": {agent: cron}}`, `{"step": id, "set": {argument: value}}`,
    `{"chain": [first, second], "inputs": {input: column}}`, `{"parts": [[step ids], ...]}`,
    `{"build": step id}`, `{"goal": text}`."""


def suggestion_id(kind: SuggestionKind, agents: tuple[str, ...], subject: str = "") -> str:
    """Return the id under which this very proposal is known, today and next week."""
    text = "\x00".join((kind, *agents, subject))
    return f"sug_{hashlib.sha256(text.encode()).hexdigest()[:12]}"

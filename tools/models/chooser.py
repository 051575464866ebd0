"""The chooser that asks a model which of several elements is meant, when the scores do not say."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from pydantic import BaseModel, ConfigDict, model_validator

from podium.state.errors import LimitExceeded, ModelMistake, SetupError, StepError
from podium.tools.chooser import Candidate, Choice, Chooser
from podium.tools.grounding.words import contradicts
from podium.tools.models.leniency import plain_key
from podium.tools.models.structured import Ask, StructuredModel, Unusable
from podium.tools.models.text import flat, prompt, without_queries

MOST_CANDIDATES = 40
_INDEX_NAMES = ("index", "choice", "candidate", "answer", "number", "id", "selected")
_LONGEST_SUMMARY, _LONGEST_PHRASE, _LONGEST_PAGE = 200, 300, 200


class SaidChoice(BaseModel):
    """Which candidate is meant."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    index: int | None
    reason: str = ""

    @model_validator(mode="before")
    @classmethod
    def _as_meant(cls, value: object) -> object:
        """Read `{"choice": "#2"}` and a bare `2` for what they say; `"none"` chooses nothing."""
        if isinstance(value, int | str):
            value = {"index": value}
        if not isinstance(value, Mapping):
            return value
        fields = {
            plain_key(name): part for name, part in cast("Mapping[str, object]", value).items()
        }
        told = next((name for name in _INDEX_NAMES if name in fields), "")
        if not told:
            return fields
        named = fields[told]
        if isinstance(named, str):
            number = re.search(r"-?\d+", named)
            named = int(number[0]) if number is not None else None
        return {**fields, "index": named}


@dataclass(frozen=True, slots=True)
class ModelChooser:
    """Implements `Chooser`: the scores first, then a model; without either, a person is asked.

    A model that cannot be asked chooses nothing: a build goes on with a question to the person.
    """

    rules: Chooser
    model: StructuredModel

    async def choose(self, phrase: str, candidates: Sequence[Candidate], *, page: str) -> Choice:
        """Return the candidate the phrase means, or none with the reason."""
        scored = await self.rules.choose(phrase, candidates, page=page)
        if scored.ref is not None or not candidates:
            return scored
        # Sorting is stable: equal scores stay in the page's order.
        shown = sorted(candidates, key=lambda candidate: -candidate.score)[:MOST_CANDIDATES]
        with self.model.meter.scope() as tally:
            try:
                said = await self.model.ask(
                    _ask(phrase, shown, page),
                    SaidChoice,
                    lambda said: _checked(said, phrase, shown),
                )
            except (ModelMistake, LimitExceeded, SetupError, StepError) as error:
                reason = f"{scored.reason}. The model did not decide: {error.message}"
                return Choice(ref=None, reason=reason, model_calls=tally.calls)
        ref = None if said.index is None else shown[said.index - 1].ref
        reason = flat(said.reason, limit=200) or "The model gave no reason"
        return Choice(ref=ref, reason=reason, model_calls=tally.calls)


def _ask(phrase: str, shown: Sequence[Candidate], page: str) -> Ask:
    """Return the question; what the page says is flattened, cut and without address queries."""
    return Ask(
        purpose="choose",
        instructions=prompt("choose"),
        facts={
            "wanted": flat(phrase, limit=_LONGEST_PHRASE),
            "page": flat(without_queries(page), limit=_LONGEST_PAGE),
            "candidates": [
                {
                    "index": place,
                    "is": flat(without_queries(candidate.summary), limit=_LONGEST_SUMMARY),
                }
                for place, candidate in enumerate(shown, start=1)
            ],
        },
    )


def _checked(said: SaidChoice, phrase: str, shown: Sequence[Candidate]) -> SaidChoice:
    """Return the answer when it names a candidate that does not say the opposite of the phrase, or none.

    Raises:
        Unusable: If it does not.
    """
    if said.index is None:
        return said
    if not 1 <= said.index <= len(shown):
        raise Unusable(f"`index` {said.index} is none of 1 to {len(shown)}; use null for none")
    summary = shown[said.index - 1].summary
    if contradicts(phrase, summary):
        raise Unusable(
            f"Candidate {said.index} says something else than {phrase!r}; use null for none"
        )
    return said

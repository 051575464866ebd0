"""The chooser without a model: it decides only what the scores have already decided."""

from __future__ import annotations

from collections.abc import Sequence

from podium.tools.chooser import Candidate, Choice

GOOD = 0.75
"""A candidate below this is no answer, however far ahead it is."""
LEAD = 0.15
"""The distance to the runner-up that counts as clear."""


class OfflineChooser:
    """Takes the best candidate when it is good and clearly ahead, else none."""

    async def choose(self, phrase: str, candidates: Sequence[Candidate], *, page: str) -> Choice:
        """Return the clear winner, or no one with the reason; `page` plays no part in it."""
        ranked = sorted(candidates, key=lambda candidate: (-candidate.score, candidate.ref))
        if not ranked:
            return Choice(ref=None, reason=f"Nothing on the page looks like {phrase!r}")
        best = ranked[0]
        if best.score < GOOD:
            return Choice(
                ref=None, reason=f"The best candidate for {phrase!r} is weak: {best.summary}"
            )
        runner_up = ranked[1] if len(ranked) > 1 else None
        if runner_up is not None and best.score - runner_up.score < LEAD:
            return Choice(
                ref=None,
                reason=f"{best.summary!r} and {runner_up.summary!r} fit {phrase!r} almost equally",
            )
        return Choice(ref=best.ref, reason=f"{best.summary!r} leads clearly for {phrase!r}")

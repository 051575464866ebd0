"""Coverage: what no rule explained, and how far a reading can be trusted because of it."""

from __future__ import annotations

from collections.abc import Sequence

from podium.state.plan import Request
from podium.tools.offline.lexicon import words
from podium.tools.offline.tokens import Token

ACT_ABOVE = 0.5
"""Below this nothing is done; the reply says what was understood and what not."""

_NEGATIONS = frozenset({"not", "never", "without", "except"})


def says_something(token: Token) -> bool:
    """Tell whether something has to explain the token: no punctuation, no filler."""
    if token.kind == "punct":
        return False
    if token.kind == "content":
        return token.entity is not None and token.entity.label == "hostile"
    if token.low in _NEGATIONS:
        return True  # what it turns into its opposite must not be read without it
    return not (token.is_word and token.low in words("words", "fillers"))


def unexplained_spans(text: str, tokens: Sequence[Token], used: set[int]) -> tuple[str, ...]:
    """Return the spans that no rule explained, as written; neighbours are joined."""
    spans: list[tuple[int, int]] = []
    joinable = False
    for token in tokens:
        open_word = token.start not in used and says_something(token)
        if open_word and joinable and spans:
            spans[-1] = (spans[-1][0], token.end)
        elif open_word:
            spans.append((token.start, token.end))
        if open_word:
            joinable = True
        elif token.start in used or token.kind == "punct":
            joinable = False
    return tuple(text[start:end] for start, end in spans)


def confidence_of(
    tokens: Sequence[Token], used: set[int], requests: Sequence[Request], *, unread: int = 0
) -> float:
    """Return 0 to 1: each unexplained word costs, more so in a short request."""
    if not requests:
        return 0.0
    content = [token for token in tokens if says_something(token)]
    lost = sum(
        1.0 if token.kind != "content" else 3.0 for token in content if token.start not in used
    )
    lost += 2.0 * unread
    if not content:
        return 0.3
    share = lost / len(content)
    confidence: float = max(0.0, 1.0 - 1.6 * share) * 0.88**lost
    effects = {effect for request in requests for effect in request.effects}
    if lost and "irreversible" in effects:
        confidence *= 0.7
    if unread and any(set(request.effects) & {"write", "irreversible"} for request in requests):
        # Half of a write is worse than none.
        confidence = min(confidence, 0.4)
    return round(confidence, 2)

"""The language a page speaks: what its words say, else what it declares."""

from __future__ import annotations

from podium.tools.grounding.words import lexicon, stem, tokens
from podium.tools.page import Snapshot

_LEAST = 4.0
"""So many telling words decide against what the page declares."""
_LEAD = 1.5
"""By how much more than the next language's: short words are shared by many."""


def language_of(snapshot: Snapshot) -> str:
    """Return the page's language as `en` or `de`; empty when nothing tells."""
    texts = [*snapshot.headings, snapshot.title]
    for node in snapshot.nodes:
        texts += [node.name, node.label]
    for collection in snapshot.collections:
        texts += collection.headers
    words = {stem(word) for text in texts for word in tokens(text) if not word.isdigit()}
    spoken = lexicon().spoken
    heard: dict[str, float] = dict.fromkeys(spoken, 0.0)
    for word in words:
        knowing = [language for language, known in spoken.items() if word in known]
        for language in knowing:
            heard[language] += 1.0 / len(knowing) ** 2
    ranked = sorted(heard.items(), key=lambda item: -item[1])
    declared = snapshot.language
    if ranked[0][1] < (_LEAST if declared else 1.0):
        return declared
    return ranked[0][0] if ranked[0][1] >= _LEAD * ranked[1][1] else declared

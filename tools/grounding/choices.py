"""One choice of several, whatever makes it: the radio group that stands where a list of options was."""

from __future__ import annotations

import re

from podium.state.target import Target
from podium.tools.grounding.language import language_of
from podium.tools.grounding.meaning import around, change
from podium.tools.grounding.phrases import usable
from podium.tools.grounding.renaming import names_of
from podium.tools.grounding.words import fold
from podium.tools.page import Node, Snapshot

_BETWEEN = re.compile(r"\s*(?:[,;+&]|\b(?:and|und|et|oraz|og|och)\b)\s*", re.IGNORECASE)


def parts_of(value: str) -> tuple[str, ...]:
    """Return the several values that one says: `GPS and child seat`."""
    return tuple(part for part in _BETWEEN.split(value.strip()) if part)


def radio_for(target: Target, value: str, snapshot: Snapshot) -> Node | None:
    """Return the radio button of that value in the one group whose legend says the same as the target's name."""
    place = around(
        filter(None, (target.heading, target.page)),
        languages=(target.language, language_of(snapshot)),
    )
    found = [
        node
        for node in snapshot.nodes
        if node.role == "radio"
        and usable(node)
        and fold(node.label or node.name) == fold(value)
        and any(
            change(name, legend, place) == "same"
            for name in names_of(target)
            for legend in node.anchors[:1]
        )
    ]
    return found[0] if len(found) == 1 else None

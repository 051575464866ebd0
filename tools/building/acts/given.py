"""The values the build is done with, and texts that name them."""

from __future__ import annotations

import re
from collections.abc import Mapping

from podium.state.target import Target
from podium.tools.building.work import Work
from podium.tools.grounding.words import fold


def inputs_of(work: Work) -> dict[str, str]:
    """Return the inputs' examples: what the build is done with."""
    return {
        name: example
        for name, example in work.examples().items()
        if isinstance(example, str) and example.strip()
    }


def by_example(text: str, given: Mapping[str, str]) -> str:
    """Return the text with the inputs it names as their examples."""
    for name, value in given.items():
        text = text.replace(f"{{inputs.{name}}}", value)
    return text


def for_any(target: Target, given: Mapping[str, str]) -> Target:
    """Return the target for any value of the inputs it is named by: what describes just this one is left out."""

    def general(text: str) -> str:
        for name, value in given.items():
            if text == value or (len(value) >= 3 and value in text):
                text = text.replace(value, f"{{inputs.{name}}}")
        return text

    return target.model_copy(
        update={
            "name": general(target.name),
            "text": general(target.text),
            "label": general(target.label),
            "attributes": {},
            "anchors": (),
            "position": (0.0, 0.0),
            "ordinal": 0,
        }
    )


def slug(text: str) -> str:
    """Return the text as the name of a field or step."""
    return re.sub(r"[^a-z0-9]+", "_", fold(text)).strip("_")[:40] or "field"

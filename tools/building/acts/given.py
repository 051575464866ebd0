"""The values the build is done with, and texts that name them."""

from __future__ import annotations

import re
from collections.abc import Mapping

from podium.state.target import Target
from podium.state.templates import names_in
from podium.tools.building.work import Work
from podium.tools.grounding.describe import describe
from podium.tools.grounding.words import fold
from podium.tools.page import Node, Snapshot


def inputs_of(work: Work) -> dict[str, str]:
    """Return the inputs' examples: what the build is done with."""
    return {
        name: str(example)
        for name, example in work.examples().items()
        if isinstance(example, str | int | float)
        and not isinstance(example, bool)
        and str(example).strip()
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


def aimed(work: Work, node: Node, snapshot: Snapshot, *, phrase: str) -> Target:
    """Return the description of a control on the way of one record: what names that record is its key, of any record."""
    target = describe(node, snapshot, phrase=phrase)
    names = names_in(work.planned.key)
    if not names:
        return target
    key = by_example(work.planned.key, inputs_of(work))
    whole = re.compile(rf"(?<!\w){re.escape(key)}(?!\w)")

    def of_any(text: str) -> str:
        return whole.sub(lambda _: work.planned.key, text)

    return target.model_copy(
        update={
            "name": of_any(target.name),
            "text": of_any(target.text),
            "label": of_any(target.label),
            "heading": of_any(target.heading),
            "page": of_any(target.page),
            "anchors": tuple(of_any(text) for text in target.anchors),
        }
    )


def slug(text: str) -> str:
    """Return the text as the name of a field or step."""
    return re.sub(r"[^a-z0-9]+", "_", fold(text)).strip("_")[:40] or "field"

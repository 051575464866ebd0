"""Taking an element's durable description at build time."""

from __future__ import annotations

import re

from podium.state.target import Target
from podium.tools.grounding.language import language_of
from podium.tools.grounding.roles import family_of
from podium.tools.grounding.standing import settings_of_form
from podium.tools.grounding.words import fold
from podium.tools.page import Node, Snapshot

_STABLE = (
    "id",
    "name",
    "data-testid",
    "data-test",
    "data-qa",
    "aria-label",
    "title",
    "autocomplete",
    "href",
)
_GENERATED = re.compile(
    r"[:«»]|\d{3,}|[0-9a-f]{8}-|^(?:ember|mui|radix|headlessui|react|yui|ext|gen|j_id|ctl\d)",
    re.IGNORECASE,
)


def describe(node: Node, snapshot: Snapshot, *, phrase: str = "", row_key: str = "") -> Target:
    """Return the independent descriptions of the element; `row_key` is the template of its row's key.

    Inside a row nothing that names this very row is kept: its key does that.
    """
    form = next((form for form in snapshot.forms if form.ref == node.form), None)
    equals = [
        other
        for other in snapshot.nodes
        if other.role == node.role and fold(other.name) == fold(node.name)
    ]
    return Target(
        phrase=phrase,
        role=node.role,
        name=node.name,
        tag=node.tag,
        input_type=node.input_type,
        label=node.label,
        placeholder=node.placeholder,
        text=node.text if fold(node.text) != fold(node.name) else "",
        attributes=_attributes(node, in_row=bool(row_key)),
        heading=node.heading,
        region=node.region,
        form=form.signature if form else "",
        row_key=row_key,
        column=node.column,
        anchors=() if row_key else node.anchors,
        frame=node.frame,
        shadow=node.shadow,
        position=position(node, extent(snapshot)),
        page=snapshot.title,
        language=language_of(snapshot),
        settings=settings_of_form(form, snapshot) if family_of(node) == "action" else None,
        ordinal=0
        if row_key
        else next((i for i, other in enumerate(equals) if other.ref == node.ref), 0),
    )


def _attributes(node: Node, *, in_row: bool) -> dict[str, str]:
    kept = {name: node.attributes[name] for name in _STABLE if node.attributes.get(name)}
    if "id" in kept and _GENERATED.search(kept["id"]):
        del kept["id"]
    if in_row:
        # Ids and addresses of a row's controls name the row; the next run's row has others.
        for name in ("id", "href", "data-testid", "name"):
            if re.search(r"\d", kept.get(name, "")):
                del kept[name]
    return kept


def extent(snapshot: Snapshot) -> tuple[float, float]:
    """Return how wide and high the page's elements reach."""
    return (
        max((node.box[0] + node.box[2] for node in snapshot.nodes), default=0.0),
        max((node.box[1] + node.box[3] for node in snapshot.nodes), default=0.0),
    )


def position(node: Node, size: tuple[float, float]) -> tuple[float, float]:
    """Return the centre of the element in parts of the page's extent."""
    (x, y, w, h), (width, height) = node.box, size
    return (
        round((x + w / 2) / width, 3) if width else 0.0,
        round((y + h / 2) / height, 3) if height else 0.0,
    )

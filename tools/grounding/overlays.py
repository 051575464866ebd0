"""Consent banners and notices that cover a page: which control closes them without agreeing to more than needed."""

from __future__ import annotations

from podium.tools.grounding.words import concepts_in, fold
from podium.tools.page import Node, Snapshot

_WORDS = frozenset({"cookie", "cookies", "consent", "privacy", "datenschutz", "einwilligung"})
_CLOSING = ("reject_all", "close", "cancel", "decline", "accept_all", "accept", "confirm")
"""Best first: nothing granted before everything granted."""
_GRANTING = _CLOSING.index("accept_all")
"""From here on a click agrees to something: only to cookies, or to a notice that offers nothing else."""
_SIGNS = frozenset({"x", "×"})  # noqa: RUF001  the sign that pages use


def closer(snapshot: Snapshot) -> Node | None:
    """Return the control that closes a notice over the page; None when there is none, or the dialog asks for something.

    A dialog with fields belongs to the page's work and is left alone.
    """
    candidates = [
        (rank, node)
        for node in snapshot.nodes
        if node.role in {"button", "link"}
        and node.visible
        and _over_page(node, snapshot)
        and (rank := _rank(node)) is not None
        and (rank < _GRANTING or _about_consent(node) or _alone(node, snapshot))
    ]
    inputs = any(
        node.region == "dialog"
        and node.role in {"textbox", "combobox", "checkbox", "radio"}
        and not _about_consent(node)
        for node in snapshot.nodes
    )
    if inputs or not candidates:
        return None
    return min(candidates, key=lambda pair: pair[0])[1]


def _over_page(node: Node, snapshot: Snapshot) -> bool:
    return (node.region == "dialog" and snapshot.dialog) or _about_consent(node)


def _alone(node: Node, snapshot: Snapshot) -> bool:
    return not any(
        other.region == "dialog"
        and other.role in {"button", "link"}
        and other.ref != node.ref
        and other.visible
        for other in snapshot.nodes
    )


def _about_consent(node: Node) -> bool:
    around = f"{node.path} {node.heading} {' '.join(node.anchors)}".replace("-", " ").replace(
        ".", " "
    )
    return bool(_WORDS & set(fold(around).split()))


def _rank(node: Node) -> int | None:
    if fold(node.name) in {"", *_SIGNS} and "close" in fold(str(node.attributes)):
        return _CLOSING.index("close")
    if node.name.strip().casefold() in _SIGNS:
        return _CLOSING.index("close")
    said = concepts_in(node.name)
    if len(node.name.split()) > 4:
        return None
    return next((rank for rank, concept in enumerate(_CLOSING) if concept in said), None)

"""Banners and overlays that stand between us and the page, and the least committing way to dismiss them."""

from __future__ import annotations

from podium.tools.building import vocabulary as say
from podium.tools.page import Node, Snapshot


def dismissal(snapshot: Snapshot) -> Node | None:
    """Return the control that closes a banner or overlay: reject before close before accept. None: nothing to dismiss."""
    if not any(node.covered for node in snapshot.nodes if node.visible):
        return None  # what covers nothing that can be acted on is left alone
    buttons = [node for node in snapshot.nodes if node.visible and node.role in {"button", "link"}]
    inside = [node for node in buttons if node.region == "dialog"]
    banner = [node for node in buttons if _in_banner(node)] or _consent_pair(buttons)
    if not banner and _asks_for_input(snapshot):
        return None  # a dialog with fields is part of the application, not in its way
    candidates = banner or inside
    for fits in (_rejects, _closes, _accepts):
        for node in candidates:
            if fits(node):
                return node
    return None


def _label(node: Node) -> str:
    return node.name or node.text or node.attributes.get("title", "")


def _rejects(node: Node) -> bool:
    return say.equals(_label(node), say.REJECT_OVERLAY) or (
        say.starts(_label(node), say.REJECT_OVERLAY) and len(_label(node)) < 40
    )


def _closes(node: Node) -> bool:
    return _label(node).strip() in say.CLOSE_GLYPHS or say.equals(_label(node), say.CLOSE)


def _accepts(node: Node) -> bool:
    return node.role == "button" and say.starts(_label(node), say.ACCEPT_OVERLAY)


def _in_banner(node: Node) -> bool:
    said = " ".join(
        (
            node.heading,
            *node.anchors,
            node.attributes.get("class", ""),
            node.attributes.get("id", ""),
            _label(node),
            node.path[-160:],
        )
    )
    if node.region in {"navigation", "footer", "header"} or node.row:
        return False
    speaks = say.has(said, "cookie|cookies|consent|gdpr|datenschutz")
    return speaks and (_rejects(node) or _closes(node) or _accepts(node))


def _consent_pair(buttons: list[Node]) -> list[Node]:
    """Return buttons side by side of which one grants all and another refuses: a consent banner without the word."""
    for place, node in enumerate(buttons):
        near = buttons[max(place - 2, 0) : place + 3]
        if say.equals(node.name, say.ACCEPT_OVERLAY) and any(_rejects(other) for other in near):
            return near
    return []


def _asks_for_input(snapshot: Snapshot) -> bool:
    return any(
        node.region == "dialog"
        and node.role in {"textbox", "combobox", "checkbox", "radio"}
        and node.input_type != "email"
        for node in snapshot.nodes
        if node.visible
    )

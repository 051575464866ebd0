"""What may have to be opened first: the menu, tab or fold that a redesign put a control behind."""

from __future__ import annotations

import re

from podium.state.target import Target
from podium.tools.grounding.phrases import Scored
from podium.tools.grounding.words import concepts_in, fold, similarity
from podium.tools.page import Node, Record, Snapshot

_OPENING = frozenset({"menu", "expand", "show", "open", "create", "options", "more", "load_more"})
"""What an opener may say of itself. `New` opens a form as often as it makes something; requests are held meanwhile."""
_SIGNS = frozenset({"⋮", "⋯", "…", "☰", "≡", "+", "▾", "▼", "▸", "▶", "..."})
_HARMLESS = frozenset({"menu", "menuitem", "tab", "button", "treeitem", "link", "combobox"})
_NEVER = frozenset(
    {
        "delete", "delete_all", "archive", "cancel", "submit", "save", "send", "sign_out", "sign_in", "pay", "buy", "approve",
        "reject", "decline", "accept", "confirm", "discard", "reset", "publish", "unpublish", "restore", "refund", "apply",
        "next", "previous", "close", "search", "download", "upload", "export", "import", "print", "accept_all", "reject_all",
    }
)  # fmt: skip
_LEAST = 0.3


def openers(target: Target, snapshot: Snapshot, *, row: Record | None = None) -> tuple[Scored, ...]:
    """Return the controls that may uncover the target, likeliest first; none that is named like an act.

    A row's control is only sought behind what stands in that row.
    """
    found = [
        Scored(node, round(score, 3), why)
        for node in snapshot.nodes
        if (_may_open(node) or steps_on(target, node, snapshot))
        and (row is None or node.ref in row.nodes or (bool(node.row) and node.row == row.ref))
        and (row is not None or not node.row or not target.row_key)
        and (score := (rated := _rate(target, node))[0]) >= _LEAST
        and (why := rated[1])
    ]
    return tuple(sorted(found, key=lambda item: -item.score))


def _may_open(node: Node) -> bool:
    """Return whether a click on it stays on the page and is no act by its name."""
    if not node.visible or not node.enabled or node.expanded is True:
        return False
    if node.attributes.get("aria-selected") == "true":
        return False
    if node.tag != "summary" and node.role not in _HARMLESS:
        return False
    told = node.expanded is not None or bool(node.attributes.get("aria-haspopup"))
    if node.form and not told and node.input_type in {"submit", "image", "reset"}:
        return False
    href = node.attributes.get("href", "")
    if href and "#" not in href and not href.startswith("javascript:"):
        return False
    return not concepts_in(_said(node)) & _NEVER


def steps_on(target: Target, node: Node, snapshot: Snapshot) -> bool:
    """Return whether the control goes on to the next part of the form that the target belongs to, sending nothing.

    The next part may be a page of its own: a form that is only looked up (`get`) carries what was given to it there.
    """
    if not target.form or node.role != "button" or not node.visible or not node.enabled:
        return False
    if "next" not in concepts_in(_said(node)):
        return False
    form = next((one for one in snapshot.forms if one.ref == node.form), None)
    if form is None:
        return False
    if node.input_type == "button":
        same = form.signature.split(" [")[0] == target.form.split(" [")[0]
        return same or _is_part(form.signature, target.form)
    return form.method == "get" and _is_part(form.signature, target.form)


def _is_part(part: str, whole: str) -> bool:
    """Return whether all fields of the form, and at least one, are fields of the whole one."""
    mine, all_of = (
        {field.strip() for field in text.partition(" [")[2].rstrip("]").split(",")} - {""}
        for text in (part, whole)
    )
    return bool(mine) and mine < all_of


def _rate(target: Target, node: Node) -> tuple[float, str]:
    """Return how likely the control leads to the target, and why."""
    said = _said(node)
    score, why = 0.0, ""
    if node.tag == "summary" or node.expanded is False:
        score, why = 0.5, "it is folded"
    elif node.attributes.get("aria-haspopup"):
        score, why = 0.5, "it has a menu"
    elif node.role == "tab":
        score, why = 0.45, "it is a tab"
    elif said.strip() in _SIGNS:
        score, why = 0.4, f"it says {said!r}"
    elif node.role == "button" and concepts_in(said) & (_OPENING | {"next"}):
        score, why = 0.35, f"it says {said!r}"
    likeness = max(
        (
            similarity(wanted, _bare(said))
            for wanted in (target.heading, target.phrase, target.name)
            if wanted and said
        ),
        default=0.0,
    )
    if likeness >= 0.6 and (score or node.role in {"tab", "button"}):
        return min(
            1.0, score + 0.4 * likeness + (0.1 if not score else 0.0)
        ), f"it is called {said!r}"
    if target.region == "navigation" and score and concepts_in(said) & {"menu"}:
        return score + 0.3, f"it says {said!r}"
    return score, why


def _said(node: Node) -> str:
    return node.name or node.text or node.attributes.get("title", "")


def _bare(text: str) -> str:
    return re.sub(r"^[+\s]+", "", fold(text))

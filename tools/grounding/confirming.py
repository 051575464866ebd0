"""The page's own question whether an act is meant: which button of it says yes."""

from __future__ import annotations

from typing import Final

from podium.state.target import Target
from podium.tools.grounding.meaning import around, change
from podium.tools.grounding.words import concepts_in, contradicts, fold
from podium.tools.page import Node, Snapshot

_FIELDS = frozenset({"textbox", "searchbox", "combobox", "listbox", "checkbox", "radio", "switch", "spinbutton"})  # fmt: skip
_BACK = frozenset({"cancel", "close", "decline", "previous", "discard", "reject", "reject_all"})
_BACK_WORDS = frozenset({"no", "nein", "non", "nao", "nej", "nie"})
_ON = frozenset({"confirm", "accept", "next"})
_SAYS_NO: Final = frozenset({"x", "×"})  # noqa: RUF001  the sign that pages use


def confirming(target: Target, before: Snapshot, after: Snapshot) -> Node | None:
    """Return the button by which a dialog that the act has opened goes on with it; None where that is not plain.

    The dialog asks for nothing but yes or no: one button goes on, in words for yes or in those of the act itself, every
    other one leads back, and nothing in it says the opposite of the act or speaks of all things.
    """
    known = {node.ref for node in before.nodes}
    shown = [
        node
        for node in after.nodes
        if node.region == "dialog" and node.visible and node.ref not in known
    ]
    if any(node.role in _FIELDS for node in shown):
        return None
    buttons = [node for node in shown if node.role in {"button", "link"}]
    forward = [node for node in buttons if not _leads_back(node)]
    if len(forward) != 1 or len(forward) == len(buttons):
        return None
    said = [node.name or node.text for node in shown if not _leads_back(node)]
    name = target.name or target.label or target.text
    if any(contradicts(name, text) for text in said):
        return None
    return forward[0] if _goes_on(target, forward[0].name) else None


def _leads_back(node: Node) -> bool:
    words = fold(node.name).split()
    if not words or words[0] in _SAYS_NO or words[0] in _BACK_WORDS:
        return True
    return bool(concepts_in(node.name) & _BACK)


def _goes_on(target: Target, said: str) -> bool:
    if concepts_in(said) & _ON:
        return True
    place = around(filter(None, (target.heading, target.page, target.phrase)), act=True)
    return change(target.name or target.label or target.text, said, place) in {"same", "close"}

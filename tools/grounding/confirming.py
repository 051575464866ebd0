"""The page's own question whether an act is meant: which button of it says yes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from podium.state.target import Target
from podium.tools.grounding.meaning import around, change
from podium.tools.grounding.words import concepts_in, contradicts, fold, lexicon, stem
from podium.tools.page import Node, Snapshot

_FIELDS = frozenset({"textbox", "searchbox", "combobox", "listbox", "checkbox", "radio", "switch", "spinbutton"})  # fmt: skip
_BACK = frozenset({"cancel", "close", "decline", "previous", "discard", "reject", "reject_all"})
_BACK_WORDS = frozenset({"no", "nein", "non", "nao", "nej", "nie"})
_ON = frozenset({"confirm", "accept", "next"})
_GRAVE = frozenset(
    {
        "delete", "delete_all", "archive", "cancel", "discard", "refund", "withdraw", "reject", "decline", "block", "publish",
        "unpublish", "restore", "pay", "buy", "withdrawal", "postpone", "escalate", "uninstall", "unsubscribe", "disconnect",
    }
)  # fmt: skip
_SAYS_NO: Final = frozenset({"x", "×"})  # noqa: RUF001  the sign that pages use

_NUMBER: Final = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Confirmation:
    """The page's question whether the act is meant."""

    button: Node
    """Says yes."""
    back: Node
    """Says no."""
    said: str
    """What the page says since the act."""


def confirming(target: Target, before: Snapshot, after: Snapshot) -> Confirmation | None:
    """Return the question of a dialog that the act has opened; None where it is not plain that it asks about this act.

    The dialog asks for nothing but yes or no: one button goes on, in words for yes or in those of the act itself, every
    other one leads back, and nothing that the page says since the act says the opposite of it, speaks of all things or
    names a number that neither the act nor its row has.
    """
    shown = _opened(before, after)
    if any(node.role in _FIELDS for node in shown):
        return None
    buttons = [node for node in shown if node.role in {"button", "link"}]
    forward = [node for node in buttons if not _leads_back(node)]
    if len(forward) != 1 or len(forward) == len(buttons):
        return None
    if not _was_read(shown, after):
        return None
    lines = [rest for line in _fresh_lines(before, after) if (rest := _without(line, buttons))]
    said = [node.name or node.text for node in shown if not _leads_back(node)]
    name = target.name or target.label or target.text
    if any(contradicts(name, text) for text in (*said, *lines)):
        return None
    if any(_reaches_further(target, before, text) for text in (*said, *lines)):
        return None
    if any(_of_another_act(target, text) for text in (*said, *lines)):
        return None
    asked = [node.name for node in shown if node.role == "heading"] + _fresh_lines(before, after)
    if not _goes_on(target, forward[0].name) or any(_asks_other(target, text) for text in asked):
        return None
    back = next(node for node in buttons if _leads_back(node))
    return Confirmation(forward[0], back, " ".join(lines) or forward[0].name)


def asked_since(before: Snapshot, after: Snapshot) -> str:
    """Return what a dialog says that came since; '' when there is none."""
    shown = _opened(before, after)
    lines = _fresh_lines(before, after) or [node.name for node in shown if node.name]
    return " ".join(lines) if any(node.role == "button" for node in shown) else ""


def _opened(before: Snapshot, after: Snapshot) -> list[Node]:
    """Return what stands in a dialog that was not open before, also in a form of it."""
    known = {node.ref for node in before.nodes if node.visible}
    inside = {ref for form in after.forms if form.in_dialog for ref in form.nodes}
    return [
        node
        for node in after.nodes
        if (node.region == "dialog" or node.ref in inside)
        and node.visible
        and node.ref not in known
    ]


def _was_read(shown: Sequence[Node], after: Snapshot) -> bool:
    """Return whether the page's text holds what the dialog says: of a long page it may have been cut off."""
    text = fold(after.text)
    headings = [fold(node.name) for node in shown if node.role == "heading"]
    buttons = [fold(node.text) for node in shown if node.role == "button" and node.text]
    return all(one in text for one in headings) and any(one in text for one in buttons or [""])


def _fresh_lines(before: Snapshot, after: Snapshot) -> list[str]:
    known = {fold(line) for line in before.text.splitlines()}
    return [line.strip() for line in after.text.splitlines() if fold(line) not in known]


def _without(line: str, buttons: Sequence[Node]) -> str:
    """Return the line without the words of buttons, which often stand in one."""
    rest = f" {fold(line)} "
    for name in sorted((fold(node.name) for node in buttons), key=len, reverse=True):
        rest = rest.replace(f" {name} ", "  ") if name else rest
    return line if rest.split() == fold(line).split() else " ".join(rest.split())


def _reaches_further(target: Target, before: Snapshot, said: str) -> bool:
    """Return whether the text speaks of all things, or names a number that neither the act nor its row has."""
    mine = [
        target.name,
        target.label,
        target.text,
        target.heading,
        target.phrase,
        target.row_key,
        *target.anchors,
    ]
    # Where `Check in` is meant, `will be checked in` speaks of no more than that.
    words = {stem(word) for text in mine for word in fold(text).split()}
    if any(stem(word) not in words for word in {*fold(said).split()} & lexicon().quantifiers):
        return True
    known = set(_NUMBER.findall(" ".join((*mine, *before.headings, *_row(target, before)))))
    return bool(set(_NUMBER.findall(said)) - known)


def _of_another_act(target: Target, said: str) -> bool:
    """Return whether the text names an act with consequences that is not the target's: `Cancel this booking?`."""
    meant = " ".join(filter(None, (target.name, target.label, target.text, target.phrase)))
    return bool((concepts_in(said) & _GRAVE) - concepts_in(meant))


_SURE: Final = frozenset(
    [
        "are",
        "you",
        "sure",
        "certain",
        "really",
        "do",
        "want",
        "wish",
        "go",
        "ahead",
        "yes",
        "confirm",
        "please",
        "continue",
        "proceed",
        "this",
        "that",
        "it",
        "is",
        "ok",
        "okay",
        "sind",
        "sie",
        "sicher",
        "wirklich",
        "mochten",
        "fortfahren",
        "das",
        "etes",
        "vous",
        "sur",
        "certain",
        "voulez",
        "continuer",
        "esta",
        "seguro",
        "segura",
        "desea",
        "continuar",
        "czy",
        "na",
        "pewno",
        "jeste",
        "kontynuowac",
    ]
)
"""Words of a question that asks no more than whether."""
_ALIKE: Final = 4
"""So many first letters make two forms of one word."""


def _asks_other(target: Target, said: str) -> bool:
    """Return whether a question of the page names none of the act's words, such as `Charge the customer?` after `Mark returned`."""
    if not said.rstrip().endswith("?"):
        return False
    names = " ".join((target.name, target.label, target.text, target.phrase, *target.aliases))
    words = {*fold(said).split()} - _SURE - lexicon().stop
    act = {*fold(names).split()} - lexicon().stop
    alike = any(word[:_ALIKE] == mine[:_ALIKE] for word in words for mine in act)
    return bool(words) and not alike and not concepts_in(said) & concepts_in(names)


def _row(target: Target, before: Snapshot) -> list[str]:
    """Return what stands in the row of the act."""
    key = fold(target.row_key)
    records = [record for one in before.collections for record in one.records] if key else []
    texts = ([value.text for value in record.values] for record in records)
    fitting = [one for one in texts if any(fold(text) == key for text in one)]
    return fitting[0] if fitting else []


def _leads_back(node: Node) -> bool:
    words = fold(node.name).split()
    if not words or words[0] in _SAYS_NO | _BACK_WORDS | lexicon().negations:
        return True
    return bool(concepts_in(node.name) & _BACK)


def _goes_on(target: Target, said: str) -> bool:
    if concepts_in(said) & _ON:
        return True
    place = around(filter(None, (target.heading, target.page, target.phrase)), act=True)
    return change(target.name or target.label or target.text, said, place) in {"same", "close"}

"""The page's own question whether an act is meant: which button of it says yes."""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
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

_GRAVE_WORDS: Final = re.compile(
    r"\b(?:charg(?:e|es|ed|ing)|(?:will|shall|to|and|then|we) (?:invoice|bill)|invoiced|invoicing|billed|transfer(?:s|red|ring)?"
    r"|lock(?:s|ed|ing)?|belastet|abgebucht|gesperrt|uberwiesen)\b"
)
"""Words of acts with consequences that are no concept, or one that also names a thing."""
_PASSIVE: Final = re.compile(r"(?:\b(?:will|shall) be|\bis)$")
_RELATIVE: Final = frozenset(
    {"that", "which", "who", "whose", "those", "what", "whatever", "where"}
)
_BEHIND: Final = frozenset({"as", "in", "out", "off", "on", "at", "by", "now", "and"})
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
    if not _goes_on(target, forward[0].name) or any(
        _asks_other(target, before, text) for text in asked
    ):
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
    """Return the line; '' for one that holds nothing but the words of buttons, which often stand in one."""
    rest = f" {fold(line)} "
    for name in sorted((fold(node.name) for node in buttons), key=len, reverse=True):
        rest = rest.replace(f" {name} ", "  ") if name else rest
    return line if rest.split() else ""


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
    words = {word for text in mine for word in fold(text).split()}
    if any(_widens(sentence, words) for sentence in _sentences(said)):
        return True
    known = set(_NUMBER.findall(" ".join((*mine, *before.headings, *_row(target, before)))))
    return bool(set(_NUMBER.findall(said)) - known)


def _widens(sentence: str, mine: Set[str]) -> bool:
    """Return whether the sentence speaks of all things or of chosen ones, which the act's own words do not.

    Where `Check in` is meant, `will be checked in` speaks of no more than that; `the checked passengers` does.
    """
    words = fold(sentence).split()
    stems = {stem(word) for word in mine}
    passive = not _RELATIVE & {*words}
    for place, word in enumerate(words):
        if word not in lexicon().quantifiers or word in mine:
            continue
        behind = words[place + 1] if place + 1 < len(words) else ""
        said_of = " ".join(words[max(0, place - 2) : place])
        predicate = passive and _PASSIVE.search(said_of) and behind in {"", *mine, *_BEHIND}
        if stem(word) not in stems or not predicate:
            return True
    return False


def _sentences(text: str) -> list[str]:
    return [part for part in re.split(r"(?<=[.?!])\s+|\n", text.strip()) if part]


def _of_another_act(target: Target, said: str) -> bool:
    """Return whether the text names an act with consequences that is not the target's: `Cancel this booking?`."""
    meant = " ".join(filter(None, (target.name, target.label, target.text, target.phrase)))
    grave = {
        stem(word) for found in _GRAVE_WORDS.findall(fold(said)) for word in found.split()[-1:]
    }
    if grave - {stem(word) for word in fold(meant).split()}:
        return True
    return bool((concepts_in(said) & _GRAVE) - concepts_in(meant))


_SURE: Final = frozenset(
    [
        "are", "you", "sure", "certain", "really", "do", "want", "wish", "go", "ahead", "yes", "confirm", "please", "continue", "proceed", "this", "that", "it", "is", "ok", "okay",
        "sind", "sie", "sicher", "wirklich", "mochten", "fortfahren", "das", "etes", "vous", "sur", "voulez", "continuer", "esta", "seguro", "segura", "desea", "continuar", "czy", "na", "pewno", "jeste", "kontynuowac",
    ]
)  # fmt: skip
"""Words of a question that asks no more than whether."""
_ALIKE, _ALIKE_SHARE = 4, 0.6
"""So many first letters, and so much of the longer one, make two forms of one word."""


def _asks_other(target: Target, before: Snapshot, said: str) -> bool:
    """Return whether a question of the page asks more than the act, such as `Charge the customer?` after `Mark returned`."""
    return any(
        _is_of_other(target, before, sentence)
        for sentence in _sentences(said)
        if sentence.endswith("?")
    )


def _is_of_other(target: Target, before: Snapshot, question: str) -> bool:
    """Return whether the question lacks the act's first word and says something new, or says more new than known."""
    words = _telling(question)
    if not words:
        return False
    act = _telling(target.name or target.label or target.text)
    names = (target.name, target.label, target.text, target.phrase, *target.aliases)
    place = (target.heading, target.page, target.row_key, *target.anchors, *before.headings)
    known = _telling(" ".join((*names, *place, *_row(target, before))))
    new = [word for word in words if not any(_alike(word, one) for one in known)]
    if not any(_alike(word, mine) for word in words for mine in _telling(" ".join(names))):
        return not concepts_in(question) & concepts_in(" ".join(names))
    led = any(_alike(word, mine) for word in words for mine in act[:1])
    return (bool(new) and not led) or len(new) > len(words) - len(new)


def _telling(text: str) -> list[str]:
    """Return the words that say what is done to what; numbers are compared by themselves."""
    words = dict.fromkeys(fold(text).split())
    return [word for word in words if word not in _SURE | lexicon().stop and not word.isdigit()]


def _alike(word: str, other: str) -> bool:
    if stem(word) == stem(other) or concepts_in(word) & concepts_in(other):
        return True
    shared = next(
        (at for at, pair in enumerate(zip(word, other, strict=False)) if pair[0] != pair[1]),
        min(len(word), len(other)),
    )
    return shared >= max(_ALIKE, _ALIKE_SHARE * max(len(word), len(other)))


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

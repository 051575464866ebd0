"""What a part of a dictated form means among the controls that the form has: `hours a week 12`, `Ann Lee as contact`.

A part is told by its own words: a control's name before or after the value, an option, a box, or a kind of value that
one free control alone takes. Whatever stays open after that is asked, never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from podium.tools.building import vocabulary as say
from podium.tools.building.forms import (
    best_option,
    control_score,
    group_label,
    group_name,
    is_number_field,
    label_of,
)
from podium.tools.building.wanted import content_words
from podium.tools.grounding.words import contradicts, fold, stem
from podium.tools.page import Node

_GLUE: Final = re.compile(
    r"^(?:(?:is|are|:|=|at\s+least|at\s+most|about|of|on|at|from|to|as|by|in|via|the|an?)\s+)+(?=\S)",
    re.IGNORECASE,
)
_TAIL: Final = re.compile(
    r"\s+(?:as|is|are|for|of|in|on|per|an?|the|as\s+the|as\s+an?)$", re.IGNORECASE
)
_AGREES: Final = re.compile(
    r"^(?:(?:please|tick|check|accept|agree(?:\s+to|\s+with)?|i\s+agree(?:\s+to)?|i\s+accept|consent\s+to|with|yes\s+to|want|wants|wanted|i\s+have|has|have|need|needs|i\s+would\s+like|would\s+like|the|a|an|my|their|it\s+is|include|including)\s+)+(?=\S)"
    r"|\s+(?:(?:is|are|was|were|have\s+been|has\s+been)\s+)?(?:agreed|accepted|ticked|checked|confirmed|read|yes|on|needed|wanted|required|please|too|as\s+well|included)$",
    re.IGNORECASE,
)
_DENIES: Final = re.compile(
    r"^(?:no|not|without|untick|uncheck|don't\s+want|does\s+not\s+want|do\s+not\s+want|not\s+any)\s+(?:(?:a|an|any|the)\s+)?(?=\S)|\s+(?:no|off|not\s+needed|unticked)$",
    re.IGNORECASE,
)
_DAY: Final = re.compile(r"(?:\{date\.[\w+-]+\}|\d{4}-\d\d-\d\d)")
_TIME: Final = re.compile(r"\d{1,2}:\d\d")
_MAIL: Final = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_PHONE: Final = re.compile(r"\+?[\d][\d ()/.-]{4,}\d")
_NAME: Final = re.compile(
    r"(?:(?:Mr|Mrs|Ms|Dr|Miss)\.?\s+)?[A-Z\u00c0-\u017f][\w'-]+(?:\s+(?:(?:de|van|von|da|di|del|la|le|der)\s+)*[A-Z\u00c0-\u017f][\w'-]+)+"
)
_CALLED_NAME: Final = (
    "name|full name|your name|visitor name|contact|nome|nombre|nom|imie i nazwisko|naam|navn|namn"
)
_FIRST: Final = "first name|given name|forename|vorname|prenom"
_LAST: Final = "last name|surname|family name|nachname|nom de famille"
_APART: Final = re.compile(
    r"\s+(?:and|&|on|at|for|in|with|from|by|to|about|heard\s+from)\s+", re.IGNORECASE
)
_SPELLED: Final[dict[str, str]] = {
    "one": "1", "two": "2", "three": "3", "four": "4", "five": "5",
    "six": "6", "seven": "7", "eight": "8", "nine": "9", "ten": "10",
}  # fmt: skip
_CALLED: Final = 0.6
_SURE: Final = 0.9


@dataclass(frozen=True, slots=True, kw_only=True)
class Meant:
    """A control, what goes into it, and how sure that is."""

    node: Node
    value: str
    sure: float


def meant(part: str, controls: Sequence[Node], *, deep: bool = True) -> tuple[Meant, ...]:
    """Return what the part puts into which of the free controls; nothing when that is not clear."""
    readings = [
        one
        for reader in (_by_label, _by_option, _by_box, _by_kind)
        if (one := reader(part, controls)) is not None
    ]
    best = max(readings, key=lambda one: one.sure, default=None)
    if best is not None:
        return (best,)
    names = _full_name(part, controls)
    if names:
        return names
    return _in_pieces(part, controls) if deep else ()


def _in_pieces(part: str, controls: Sequence[Node]) -> tuple[Meant, ...]:
    """Return what each piece of `visits Okafor on 2027-01-03` means; nothing unless every piece is clear."""
    pieces = [piece for piece in _APART.split(part) if piece.strip()]
    if len(pieces) < 2:
        return ()
    found: list[Meant] = []
    for piece in pieces:
        free = [
            node
            for node in controls
            if all(node.ref != one.node.ref for one in found) or node.role == "checkbox"
        ]
        inner = meant(piece, free, deep=False)
        if not inner:
            return ()
        found += inner
    return tuple(found)


def _splits(part: str) -> Iterator[tuple[str, str]]:
    """Return how the part may be a control's name and its value, the longest names first."""
    words = part.split()
    for count in range(len(words) - 1, 0, -1):
        yield " ".join(words[:count]), _GLUE.sub("", " ".join(words[count:]))
        yield _TAIL.sub("", " ".join(words[-count:])), _TAIL.sub("", " ".join(words[:-count]))


def _by_label(part: str, controls: Sequence[Node]) -> Meant | None:
    found: list[tuple[float, int, Meant]] = []
    for label, value in _splits(part):
        label = _GLUE.sub("", label)
        if not content_words(label) or not value:
            continue
        for node in _one_each(controls):
            score = control_score(label, node, controls)
            told = _as_taken(value, node, controls) if score >= _CALLED else None
            if told is not None:
                length = len(content_words(label))
                found.append((score, length, Meant(node=node, value=told, sure=score)))
    if not found:
        return None
    found.sort(key=lambda one: (round(one[0], 2), one[1]), reverse=True)
    top = found[0]
    rivals = [one for one in found if one[0] >= top[0] - 0.05 and one[2].node.ref != top[2].node.ref and one[1] >= top[1]]  # fmt: skip
    return None if rivals else top[2]


def _one_each(controls: Sequence[Node]) -> list[Node]:
    """Return the controls that hold a value, of a group of radio buttons one."""
    seen: set[str] = set()
    found: list[Node] = []
    for node in controls:
        if node.role in {"checkbox", "switch"}:
            continue
        if node.role == "radio":
            if group_name(node) in seen:
                continue
            seen.add(group_name(node))
        found.append(node)
    return found


def _as_taken(value: str, node: Node, controls: Sequence[Node]) -> str | None:
    """Return the value as the control takes it; None where it cannot."""
    value = value.strip().strip("\"'\u201c\u201d")
    value = _SPELLED.get(value.lower(), value)
    if node.role == "radio":
        options = _options_of(node, controls)
        return value if best_option(value, options, about=group_label(node, controls))[0] else None
    if node.options:
        return value
    if node.input_type in {"date", "datetime-local", "month"}:
        return value if _DAY.fullmatch(value) else None
    if node.input_type == "time":
        return value if _TIME.search(value) else None
    if node.input_type == "email":
        return value if _MAIL.fullmatch(value) else None
    if is_number_field(node):
        return value if re.match(r"[-+]?\d", value) else None
    return value


def takes(node: Node, value: str, controls: Sequence[Node]) -> bool:
    """Return whether the control has room for a value of this kind."""
    return _as_taken(value, node, controls) is not None


def _options_of(node: Node, controls: Sequence[Node]) -> list[str]:
    if node.role != "radio":
        return list(node.options)
    return [
        label_of(one)
        for one in controls
        if one.role == "radio" and group_name(one) == group_name(node)
    ]


def _by_option(part: str, controls: Sequence[Node]) -> Meant | None:
    """Return the one list that offers what the part says: as its whole, or by a word that only one option has."""
    part = _GLUE.sub("", part)
    said = {stem(word) for word in content_words(part)}
    found: list[Meant] = []
    for node in _one_each(controls):
        options = _options_of(node, controls)
        if not options:
            continue
        option, _ = best_option(part, options, about=_asked_of(node, controls))
        sure = _SURE
        if option is None:
            about = {stem(word) for word in content_words(_asked_of(node, controls))}
            telling = [
                (one, {stem(word) for word in content_words(one)} - about) for one in options
            ]
            held = [one for one, words in telling if words and words <= said]
            named = [
                one
                for one, words in telling
                if any(
                    word[:1].isupper() and stem(fold(word)) in words and len(word) > 3
                    for word in part.split()
                )
            ]
            option = held[0] if len(held) == 1 else named[0] if len(named) == 1 else None
            sure = 0.7
        if option is not None and not contradicts(part, option):
            found.append(Meant(node=node, value=option, sure=sure))
    found.sort(key=lambda one: one.sure, reverse=True)
    if len(found) > 1 and found[0].sure == found[1].sure:
        return None
    return found[0] if found else None


def _asked_of(node: Node, controls: Sequence[Node]) -> str:
    return group_label(node, controls) if node.role == "radio" else label_of(node)


def _by_box(part: str, controls: Sequence[Node]) -> Meant | None:
    """Return the one box whose words hold all that the part says of it: `house rules accepted`, `no newsletter`."""
    denied = _DENIES.search(part) is not None
    about = part
    for _ in range(3):
        about = _AGREES.sub("", _DENIES.sub("", about)).strip()
    said = {stem(word) for word in content_words(about)}
    if not said:
        return None
    boxes = [node for node in controls if node.role in {"checkbox", "switch"}]
    found = [box for box in boxes if said <= {stem(word) for word in content_words(label_of(box))}]
    # An answer of `Yes` and `No` is a box that is drawn as two.
    for node in _one_each(controls):
        options = [fold(one) for one in _options_of(node, controls)]
        asked = {stem(word) for word in content_words(_asked_of(node, controls))}
        if {"yes", "no"} <= {*options} and said <= asked:
            found.append(node)
    if len(found) != 1:
        return None
    return Meant(node=found[0], value="no" if denied else "yes", sure=0.85)


def _by_kind(part: str, controls: Sequence[Node]) -> Meant | None:
    """Return the one free control that takes a value of this kind."""
    said = _GLUE.sub("", part.strip()).strip()
    kinds: tuple[tuple[re.Pattern[str], frozenset[str], str], ...] = (
        (_MAIL, frozenset({"email"}), "e mail|email|mail"),
        (_DAY, frozenset({"date"}), "date|day|datum|data|fecha"),
        (_TIME, frozenset({"time"}), "time|uhrzeit|hora|heure"),
        (_PHONE, frozenset({"tel"}), "phone|telephone|mobile|telefon|handy"),
    )
    for pattern, types, called in kinds:
        if pattern.fullmatch(said):
            fits = [one for one in controls if one.input_type in types] or [
                one for one in controls if one.role == "textbox" and say.has(label_of(one), called)
            ]
            return Meant(node=fits[0], value=said, sure=0.8) if len(fits) == 1 else None
    return None


def _full_name(part: str, controls: Sequence[Node]) -> tuple[Meant, ...]:
    """Return where a person's name goes: the one field for names, else the fields for its two parts."""
    if not _NAME.fullmatch(part.strip()):
        return ()
    texts = [node for node in controls if node.role == "textbox" and node.tag != "textarea"]
    first = [node for node in texts if say.has(label_of(node), _FIRST)]
    last = [node for node in texts if say.has(label_of(node), _LAST)]
    if len(first) == len(last) == 1:
        *given, family = re.sub(r"^(?:Mr|Mrs|Ms|Dr|Miss)\.?\s+", "", part.strip()).split()
        if not given:
            return ()
        return (
            Meant(node=first[0], value=" ".join(given), sure=0.8),
            Meant(node=last[0], value=family, sure=0.8),
        )
    whole = [node for node in texts if say.has(label_of(node), _CALLED_NAME)]
    return (Meant(node=whole[0], value=part.strip(), sure=0.8),) if len(whole) == 1 else ()

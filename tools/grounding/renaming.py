"""Whether an element that is called otherwise than it was may be taken for what was learnt.

Attributes, form, request and place tell the same control, not the same meaning: a label that became another word may stand on
a control that stayed as it is. So they count only where the words are known to say the same or less, or where the page speaks
another language now.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final
from urllib.parse import urlsplit

from podium.state.target import Target
from podium.tools.grounding.meaning import Around, Change, around, change, least
from podium.tools.grounding.roles import family, family_of, spoken_roles
from podium.tools.grounding.words import fold
from podium.tools.page import Node

IDENTITY: Final = ("data-testid", "data-test", "data-qa", "id", "name", "autocomplete")
_SHARING: Final = frozenset({"radio", "checkbox", "switch"})
"""Controls of which several are sent under one name."""


def names_of(target: Target) -> tuple[str, ...]:
    """Return the names under which the element was known, accessible name and label first."""
    return tuple(
        dict.fromkeys(name for name in (target.name, target.label, *target.aliases) if name)
    )


def identity(target: Target, node: Node) -> float:
    """Return the share of stable attributes, those both have, that are equal.

    Under what name a field is sent says more than its id, which many frameworks draw by lot; not where several may share the name.
    """
    shared = [key for key in IDENTITY if key in target.attributes and node.attributes.get(key)]
    if {"name", "id"} <= {*shared} and _name_is_its_own(target, node):
        shared.remove("id")
    if not shared:
        return 0.0
    return sum(target.attributes[key] == node.attributes[key] for key in shared) / len(shared)


def _name_is_its_own(target: Target, node: Node) -> bool:
    """Return whether both are sent under one name that nothing marks as shared, and the ids are not made of it (`qty-7`, `qty-9`)."""
    name = target.attributes["name"]
    if name != node.attributes["name"] or family_of(node) == "action" or "[" in name:
        return False
    if node.row or target.row_key or node.role in _SHARING or node.input_type in _SHARING:
        return False
    return not any(fold(name) in fold(one.attributes["id"]) for one in (target, node))


def same_control(target: Target, node: Node) -> bool:
    """Return whether the page's own attributes say that it is the control that was learnt."""
    href = target.attributes.get("href", "")
    return identity(target, node) >= 0.99 or bool(href and href == node.attributes.get("href"))


def renamed(target: Target, node: Node, *, language: str, things: str = "") -> Change:
    """Return what became of the element's name; `same` for one that shows no words, as icons and bare fields do.

    `language` is the present page's; `things` is what the list calls its rows, where the element stands in one.
    """
    known = names_of(target) or tuple(filter(None, (target.text, target.placeholder)))
    shown = tuple(dict.fromkeys(filter(None, (node.name, node.label))))
    shown = shown or tuple(filter(None, (node.text, node.placeholder)))
    if not known or not any(re.search(r"\w", text) for text in shown):
        return "same"
    place = _place(
        (target.heading, target.page, things, target.phrase, target.form),
        (target.language, language),
        act=family(target.role, tag=target.tag, input_type=target.input_type) == "action",
        in_row=bool(target.row_key),
    )
    return least(change(name, text, place) for name in known for text in shown)


@lru_cache(maxsize=1024)
def _place(
    said: tuple[str, str, str, str, str], languages: tuple[str, str], *, act: bool, in_row: bool
) -> Around:
    heading, page, things, phrase, form = said
    action = re.match(r"\S+ (\S*)", form)
    path = re.split(r"[/_.*-]+", urlsplit(action[1]).path) if action else []
    texts = [heading, page, things, spoken_roles(phrase)[0], *path]
    return around(
        filter(None, texts),
        act=act,
        one=in_row,
        commits=act and bool(form) and not in_row,
        languages=languages,
    )


def permitted(
    target: Target, node: Node, *, language: str, request_known: bool, things: str = ""
) -> bool:
    """Return whether the element may be acted on as what was learnt, with no more than its page to tell.

    `request_known` says that whatever a press sends is compared with the request that was learnt.
    """
    became = renamed(target, node, language=language, things=things)
    if became == "same":
        return True
    pressed = request_known and family_of(node) == "action"
    if became == "close":
        return pressed or same_control(target, node)
    if became == "other":
        return False
    purpose = target.attributes.get("autocomplete", "")
    if _says_purpose(purpose) and purpose == node.attributes.get("autocomplete"):
        return True
    translated = around((), languages=(target.language, language)).translated
    return translated and (pressed or same_control(target, node))


def _says_purpose(autocomplete: str) -> bool:
    """Return whether the attribute names what belongs into the field, in HTML's own words."""
    return fold(autocomplete) not in {"", "on", "off", "new password", "nope", "none"}

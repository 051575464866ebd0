"""Families of roles: what an element can be used for, whatever its tag."""

from __future__ import annotations

import re
from typing import Literal

from podium.tools.page import Node

Family = Literal["text", "choice", "toggle", "action", "file", "static"]

_FAMILIES: dict[str, Family] = {
    "textbox": "text",
    "searchbox": "text",
    "spinbutton": "text",
    "slider": "text",
    "combobox": "choice",
    "listbox": "choice",
    "checkbox": "toggle",
    "radio": "toggle",
    "switch": "toggle",
    "menuitemcheckbox": "toggle",
    "menuitemradio": "toggle",
    "button": "action",
    "link": "action",
    "menuitem": "action",
    "tab": "action",
    "option": "action",
    "treeitem": "action",
    "gridcell": "action",
}
_TEXT_TYPES = frozenset(
    {
        "",
        "text",
        "email",
        "password",
        "search",
        "tel",
        "url",
        "number",
        "date",
        "datetime-local",
        "month",
        "time",
        "week",
    }
)
_SPOKEN: dict[str, frozenset[str]] = {
    "button": frozenset({"button", "link", "menuitem", "tab"}),
    "link": frozenset({"link", "menuitem", "tab", "button"}),
    "tab": frozenset({"tab", "link", "button"}),
    "menu": frozenset({"link", "menuitem", "button", "tab"}),
    "field": frozenset({"textbox", "searchbox", "spinbutton", "combobox", "listbox"}),
    "box": frozenset({"textbox", "searchbox", "combobox", "checkbox"}),
    "input": frozenset({"textbox", "searchbox", "spinbutton", "combobox"}),
    "checkbox": frozenset({"checkbox", "switch"}),
    "dropdown": frozenset({"combobox", "listbox"}),
}
INTERACTIVE = frozenset(_FAMILIES)


def family(role: str, *, tag: str = "", input_type: str = "") -> Family:
    """Return what elements of that role are used for."""
    if input_type == "file":
        return "file"
    if role in _FAMILIES:
        return _FAMILIES[role]
    if tag == "textarea" or (tag == "input" and input_type in _TEXT_TYPES):
        return "text"
    if tag == "select":
        return "choice"
    if tag in {"button", "a", "summary"}:
        return "action"
    return "static"


def family_of(node: Node) -> Family:
    """Return what the element is used for."""
    return family(node.role, tag=node.tag, input_type=node.input_type)


def compatible(a: Family, b: Family) -> bool:
    """Return whether one may stand for the other after a redesign: text fields become comboboxes."""
    return a == b or {a, b} == {"text", "choice"}


def spoken_roles(phrase: str) -> tuple[str, frozenset[str]]:
    """Return the phrase without words such as `button`, and the roles that those words allow."""
    roles: frozenset[str] = frozenset()
    kept: list[str] = []
    words = phrase.split()
    for index, word in enumerate(words):
        bare = re.sub(r"\W", "", word).casefold()
        if bare in _SPOKEN and len(words) > 1 and (index > 0 or index < len(words) - 1):
            roles |= _SPOKEN[bare]
        else:
            kept.append(word)
    return (" ".join(kept), roles) if kept else (phrase, frozenset())

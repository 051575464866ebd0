"""What a page stands at without anybody's doing: the choices of a form, the filter of a list, the account that is open.

A preset that changed sends something else by the same button; a list that is filtered holds less under the same heads.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final

from podium.tools.grounding.meaning import change
from podium.tools.grounding.values import currency_of
from podium.tools.grounding.words import concepts_in, fold, lexicon
from podium.tools.page import Form, Node, Snapshot

ACCOUNT: Final = "account"
FILTER: Final = "filter"
ENVIRONMENT: Final = "what the page is for"
"""Only where it says that it is for tests, demonstrations or training."""
_BETWEEN: Final = " / "
WHOSE: Final = "the page"
"""The line of a header that names the page's owner without a label."""
_CHOICES = frozenset({"combobox", "listbox", "radio", "checkbox", "switch"})
_PAIR = re.compile(r"^([^:]{2,40}):\s+(\S.{0,80})$")
_ACTING = re.compile(
    r"^(?:acting (?:for|as)|on behalf of|viewing as|working (?:for|in)|im auftrag von|angemeldet für|pour le compte de|en nombre de)\s+(\S.{0,80})$",
    re.IGNORECASE,
)
_OWNERS = frozenset({"account", "customer", "company"})
_OWNER_WORDS = frozenset(
    {"workspace", "tenant", "branch", "team", "mandant", "mandantin", "verein", "filiale", "compte", "cuenta"}
)  # fmt: skip
_FILTERED = re.compile(
    r"^(?:active |current |aktive[r]? )?(?:filters?|filtered(?: by)?|gefiltert(?: nach)?|filtre|filtro)\s*:?\s+(\S.{1,80})$"
    r"|^(?:\w+ )?filt\w+(?: \w+)?\s*:\s*(\S.{1,80})$"
    r"|^(?:showing|shown|displaying|anzeige|angezeigt)\s*:?\s+(.{2,60}?\bonly|nur\s.{2,60})\b",
    re.IGNORECASE,
)
_SHOWING = re.compile(
    r"^(?:showing|shown|displaying|viewing|anzeige|angezeigt)\s*:\s*(\S.{1,60})$", re.IGNORECASE
)
_ONLY = re.compile(
    r"\bonly\b|^(?:nur|solo|sólo|seulement|uniquement|tylko)\b|^hid(?:e|den)\b", re.IGNORECASE
)
_NOT_LIVE = re.compile(
    r"^\W*(?:(?:this is|you are (?:in|on|using)|dies ist|sie sind (?:in|auf)|attention|achtung|warning|caution)\W+)?(?:an?\s+|the\s+|eine?[mnr]?\s+)?"
    r"(?:(?:test|testing|staging|sandbox|demo|demonstration|training|uat|qa|pre-?prod\w*|non-?prod\w*|entwicklungs|schulungs|vorschau)(?:[ -]?(?:system|environment|mode|instance|site|server|data|"
    r"version|account|database|umgebung|modus|daten|copy|area|company|shop|store|tenant|use|purposes?))?(?=\W*$|\s*[-\u2013\u2014:.,!|(])|environnement de (?:test|d[ée]mo\w*|formation)|entorno de pruebas|ambiente di (?:test|prova)|[śs]rodowisko testowe)",
    re.IGNORECASE,
)
_VARIES = re.compile(
    r"\d|^(?:jan|feb|mar|mär|apr|may|mai|jun|jul|aug|sep|oct|okt|nov|dec|dez|mon|die|tue|mit|wed|don|thu|fre|fri|sam|sat|son|sun)\w*$|today|heute|aujourd|now",
    re.IGNORECASE,
)
"""Choices that move by themselves: days, months, numbers of rows."""
_MOVES = re.compile(
    r"\b(?:week|kw|woche|semaine|semana|day|tag|today|heute|version|v\d|build|online|offline|hello|hi|hallo|welcome|willkommen|new|last|letzte|page|seite|top|first|next)\b"
    r"|\b(?:jan|feb|mar|mär|apr|may|mai|jun|jul|aug|sep|oct|okt|nov|dec|dez)\w{0,6}\b|\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b",
    re.IGNORECASE,
)
"""Parts of a header that move by themselves, or greet."""
_NAME_WORDS, _NUMBERED = 5, 3
_PRESSED = frozenset({"link", "button", "tab", "menuitem"})
_CURRENCY: Final = "currency of "
_CENTS = re.compile(r"\d[.,]\d\d$")
_HOME = {
    "de": "EUR",
    "fr": "EUR",
    "es": "EUR",
    "it": "EUR",
    "nl": "EUR",
    "fi": "EUR",
    "pl": "PLN",
    "cs": "CZK",
    "sv": "SEK",
    "da": "DKK",
}
"""What amounts without a currency are in, as a rule, by the page's language."""
_ORDERING = frozenset({"sort", "ascending", "descending", "language"})


def settings_of_form(form: Form | None, snapshot: Snapshot) -> dict[str, str]:
    """Return what the form's choices stand at, and whose account is open."""
    members = frozenset(form.nodes if form else ())
    chosen = _choices(node for node in snapshot.nodes if node.ref in members)
    return {**_account(snapshot), **_not_live(snapshot), **chosen}


def settings_of_list(snapshot: Snapshot) -> dict[str, str]:
    """Return what the page's filters stand at, and whose account is open."""
    sending = {ref for form in snapshot.forms if form.method == "post" for ref in form.nodes}
    chosen = _choices(
        node for node in snapshot.nodes if node.ref not in sending and not node.row and node.visible
    )
    return {**_account(snapshot), **_not_live(snapshot), **_filtered(snapshot), **chosen}


def wanted_box(form: Form | None, snapshot: Snapshot) -> str:
    """Return the label of a box that the form wants to be ticked, such as a consent, and that is not; '' when there is none."""
    members = frozenset(form.nodes if form else ())
    return next(
        (
            node.label or node.name
            for node in snapshot.nodes
            if node.ref in members and node.role == "checkbox" and node.required and node.visible
            if node.checked is False and node.enabled
        ),
        "",
    )


def offered_choices(snapshot: Snapshot) -> dict[str, frozenset[str]]:
    """Return what may be chosen, folded, by the folded label of the choice."""
    found: dict[str, frozenset[str]] = {}
    for node in snapshot.nodes:
        radio = node.role == "radio"
        name = fold(node.attributes.get("name", "") if radio else node.label or node.name)
        options = [node.label or node.name] if radio else node.options
        found[name] = found.get(name, frozenset()) | {fold(option) for option in options}
    return found


def currencies(
    columns: Iterable[tuple[str, str, Sequence[str]]], *, language: str
) -> dict[str, str]:
    """Return the currency of each column of money, given by name, header and texts, where all its amounts have the same.

    Without a sign it is that of the page's language: a sign that is only added says nothing new.
    """
    found: dict[str, str] = {}
    for name, header, texts in columns:
        amounts = [text for text in texts if re.search(r"\d", text)]
        told = {currency_of(text) or currency_of(header) for text in amounts}
        one = next(iter(told)) if len(told) == 1 else None
        bare = one == "" and not any(_CENTS.search(text.strip()) for text in amounts)
        if one is not None and not bare and (one or language in _HOME):
            found[_CURRENCY + name] = one or _HOME[language]
    return found


def changed_settings(
    then: Mapping[str, str] | None,
    now: Mapping[str, str],
    *,
    given: Collection[str],
    translated: bool,
    offered: Mapping[str, Collection[str]] | None = None,
    sends: bool = False,
) -> dict[str, tuple[str, str]]:
    """Return what stands otherwise than it did, as it was and as it is; `given` are names of what the program sets itself.

    What is gone or new says nothing, but for a filter that is said now (it leaves rows out), a page that is live no more or
    once more, and a box that is new and ticked where the form `sends`. `offered` tells two choices with like words apart:
    where what was chosen can be chosen still, what stands there is another.
    """
    if then is None:
        return {}
    shown = {fold(name): (name, value) for name, value in now.items()}
    set_here = {fold(name) for name in given}
    found: dict[str, tuple[str, str]] = {}
    for name, was in then.items():
        label, value = shown.get(fold(name), (name, was))
        kept = name == ACCOUNT or name.startswith(_CURRENCY)
        if fold(name) in set_here or (translated and not kept):
            continue
        chosen_else = fold(was) in (offered or {}).get(fold(label), ()) and fold(was) != fold(value)
        more = name == ENVIRONMENT and was.count(_BETWEEN) != value.count(_BETWEEN)
        if not (chosen_else or more) and change(was, value) == "same":
            continue
        if name != WHOSE or _same_slot(was, value):
            found[label] = (was, value)
    if FILTER in now and FILTER not in then and FILTER not in set_here:
        found[FILTER] = ("", now[FILTER])
    if (ENVIRONMENT in now) != (ENVIRONMENT in then):
        found[ENVIRONMENT] = (then.get(ENVIRONMENT, ""), now.get(ENVIRONMENT, ""))
    found |= {} if translated else _newly_ticked(then, now, set_here, sends=sends)
    return found


def _newly_ticked(
    then: Mapping[str, str], now: Mapping[str, str], given: Collection[str], *, sends: bool
) -> dict[str, tuple[str, str]]:
    """Return the ticked boxes that are more than those that were: one may only be called otherwise."""
    names = {fold(name) for name in then}
    new = [name for name, value in now.items() if value == "on" and fold(name) not in names]
    told = [name for name in new if fold(name) not in given and (sends or _ONLY.search(name))]
    shown = {fold(name) for name in now}
    gone = [name for name, value in then.items() if value == "on" and fold(name) not in shown]
    return {name: ("", "on") for name in told} if len(new) > len(gone) else {}


def _choices(nodes: Iterable[Node]) -> dict[str, str]:
    """Return each choice by its label and what it stands at; choices of the same name tell nothing apart."""
    found: dict[str, str] = {}
    twice: set[str] = set()
    for node in nodes:
        if node.role not in _CHOICES or not node.enabled:
            continue
        name = node.attributes.get("name", "") if node.role == "radio" else node.label or node.name
        if node.role == "radio" and not node.checked:
            continue
        value = _stands_at(node)
        if not name or not value or _varies(value) or concepts_in(name) & _ORDERING:
            continue
        if name in found:
            twice.add(name)
        found[name] = value
    return {name: value for name, value in found.items() if name not in twice}


def _varies(value: str) -> bool:
    """Return whether a choice moves by itself; `Bay 2` is the name of one thing."""
    return bool(_VARIES.search(value)) and not (" " in value.strip() and _is_name(value))


def _stands_at(node: Node) -> str:
    if node.role == "radio":
        return node.label or node.name
    if node.role in {"checkbox", "switch"}:
        return "" if node.checked is None else "on" if node.checked else "off"
    return node.value


def _account(snapshot: Snapshot) -> dict[str, str]:
    """Return whose things the page shows, by what its header says: the account, the ward, the store, the page's own name."""
    found: dict[str, str] = {}
    # Names of links stand side by side on one line, too.
    pressed = {
        word for node in snapshot.nodes if node.role in _PRESSED for word in fold(node.name).split()
    }
    for line in snapshot.banner:
        acting = _ACTING.match(line)
        pair = _PAIR.match(line)
        if acting:
            found.setdefault(ACCOUNT, acting[1])
        elif pair and _names_owner(pair[1]):
            if not _VARIES.search(pair[2]):
                found.setdefault(ACCOUNT, pair[2])
        elif pair and _is_name(pair[2]) and not _MOVES.search(pair[1]):
            found.setdefault(pair[1], pair[2])
        elif (
            not pair
            and len(line.split()) > 1
            and _is_name(line)
            and not {*fold(line).split()} <= pressed
        ):
            found.setdefault(WHOSE, line)
    return found


def _is_name(text: str) -> bool:
    """Return whether the text reads as a name: words in capitals, perhaps with a number behind (`Maple 2`), no sentence."""
    words = text.split()
    if not words or len(words) > _NAME_WORDS or re.search(r"[.!?:]$", text):
        return False
    if not words[0][:1].isupper() or _MOVES.search(text):
        return False
    numbers = [word for word in words if re.search(r"\d", word)]
    return not numbers or (
        len(words) > 1 and numbers == words[-1:] and len(numbers[0]) <= _NUMBERED
    )


def _same_slot(was: str, now: str) -> bool:
    """Return whether two lines of a header name two of a kind: `Town of Lakewood`, `Town of Redfield`."""
    mine, theirs = fold(was).split(), fold(now).split()
    return bool(set(mine) & set(theirs)) and len(mine) == len(theirs)


def _names_owner(label: str) -> bool:
    return bool(concepts_in(label) & _OWNERS or set(fold(label).split()) & _OWNER_WORDS)


def _filtered(snapshot: Snapshot) -> dict[str, str]:
    for line in snapshot.text.splitlines():
        said = _FILTERED.match(" ".join(line.split())) or _showing(line)
        if said and not re.search(r"\d", line):
            return {FILTER: next(part for part in said.groups() if part)}
    pressed = (
        node.name
        for node in snapshot.nodes
        if node.checked and node.role == "button" and not node.row
    )
    held = next((name for name in pressed if _ONLY.search(name)), None)
    return {FILTER: held} if held else {}


def _showing(line: str) -> re.Match[str] | None:
    said = _SHOWING.match(" ".join(line.split()))
    return said if said and not {*fold(said[1]).split()[:1]} & lexicon().quantifiers else None


def _not_live(snapshot: Snapshot) -> dict[str, str]:
    lines = (*snapshot.above, *snapshot.banner, *snapshot.messages)
    told = {line for line in lines if _NOT_LIVE.match(line) and not _is_pressed(line, snapshot)}
    return {ENVIRONMENT: _BETWEEN.join(sorted(told))} if told else {}


def _is_pressed(line: str, snapshot: Snapshot) -> bool:
    """Return whether the line holds nothing but names of links and buttons, such as `Training` of a menu."""
    rest = f" {fold(line)} "
    names = {fold(node.name) for node in snapshot.nodes if node.role in _PRESSED}
    for name in sorted(names - {""}, key=len, reverse=True):
        rest = rest.replace(f" {name} ", "  ")
    return not rest.split()

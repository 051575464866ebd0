"""Whether a page is the wanted thing's page: by its heading and title, and by what it holds."""

from __future__ import annotations

from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from podium.tools.building import vocabulary as say
from podium.tools.building.files import files_called, page_files
from podium.tools.building.forms import FormChoice, choose_form, groups, map_control
from podium.tools.building.lists import ListFit, empty_list, fits, is_rich
from podium.tools.building.spoken import meant
from podium.tools.building.wanted import (
    Wanted,
    along,
    counts,
    in_other_year,
    in_place,
    stems,
    title_parts,
    url_words,
)
from podium.tools.grounding.words import fold
from podium.tools.page import Collection, Snapshot

STRONG = 0.78
"""Enough to stop exploring."""
PLAUSIBLE = 0.4
"""Enough to be taken when nothing better was found."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """How sure it is that the page is the wanted one."""

    score: float
    name: float
    """How well heading, title and address name the thing."""
    content: float
    """How well what stands on the page fits what later steps need."""
    why: str = ""


def judge_arrival(
    snapshot: Snapshot, wanted: Wanted, *, called: str = "", clicked: bool = False
) -> Arrival:
    """Return how well the page proves to be the wanted thing's page.

    `called` is the link or control that led here: a tab's panel has no other name, a page mostly has.
    """
    name = max(
        name_of_page(snapshot, wanted),
        _name_without_qualifier(snapshot, wanted),
        (0.9 if clicked else 0.7) * _called_so(called, wanted, clicked=clicked),
    )
    wanted = _here(wanted, snapshot.url)
    match wanted.kind:
        case "form":
            content, why = _form_content(snapshot, wanted)
            if wanted.values:
                unnamed = wanted.thing in {"", "form"}  # nothing that a page may be called
                weight = 0.0 if unnamed else 0.35
                score = weight * name + (1 - weight) * content + _is_new(snapshot) * 0.1
            else:
                score = 0.5 * name + 0.5 * content
        case _ if wanted.files and not wanted.rows and not wanted.per_row:
            content, why = _file_content(snapshot, wanted)
            score = max(0.35 * name + 0.65 * content, 0.45 * name)
        case "page" if not wanted.rows and not wanted.files:
            content, why = (1.0 if name else 0.0), "named so"
            score = name
        case _:
            content, why = _list_content(snapshot, wanted)
            if wanted.form and not wanted.rows:
                content, why = max((content, why), _form_content(snapshot, wanted))
            score = 0.55 * name + 0.45 * content
            if wanted.fields and content < (0.75 if len(wanted.fields) > 1 else 0.6):
                score = min(score, 0.7)  # a page called so, without what is wanted of it
            files = page_files(snapshot, wanted.file_type) if wanted.file_type else ()
            if wanted.files and wanted.file_type and not any(link.node.visible for link in files):
                score = min(score, STRONG - 0.01)  # its rows may lead to the files, as folders do
            elif any(in_place(rule, snapshot.url) for rule in wanted.rules):
                score = min(1.0, score + 0.15)
            if any(in_other_year(rule, snapshot.url) for rule in wanted.rules):
                score = min(score, 0.5)
    return Arrival(score=score, name=name, content=content, why=why)


def _called_so(called: str, wanted: Wanted, *, clicked: bool) -> float:
    """Return how well what led here names the thing; `reports` is no name for `reports/2026`, whose address tells itself."""
    if not wanted.path:
        return wanted.likeness(called)
    return float(clicked and called.strip().strip("/").casefold() == wanted.path[-1])


def _here(wanted: Wanted, url: str) -> Wanted:
    """Return what is wanted of this page: a condition that its very place meets needs no column."""
    asked = {rule.column for rule in wanted.rules if not in_place(rule, url)}
    met = {rule.column for rule in wanted.rules if rule.column not in asked}
    return replace(wanted, fields=tuple(name for name in wanted.fields if name not in met))


def name_of_page(snapshot: Snapshot, wanted: Wanted) -> float:
    """Return how well the page's own names (headings, title, address) say the thing."""
    if wanted.path:
        return _along(snapshot, wanted.path)
    scores = [0.0]
    own = [heading for heading in snapshot.headings if fold(heading) not in leading_on(snapshot)]
    scores += [wanted.likeness(heading) for heading in own[:2]]
    scores += [0.85 * wanted.likeness(heading) for heading in own[2:6]]
    scores += [0.95 * wanted.likeness(part) for part in title_parts(snapshot.title)]
    words = url_words(snapshot.url)
    scores += [
        weight * wanted.likeness(word) for weight, word in zip((0.8, 0.6), words, strict=False)
    ]
    current = [
        node.name or node.text
        for node in snapshot.nodes
        if node.attributes.get("aria-current") in {"page", "true"}
        or node.attributes.get("aria-selected") == "true"
    ]
    scores += [0.85 * wanted.likeness(text) for text in current]
    scores += [0.75 * _named_by_head(collection, wanted) for collection in snapshot.collections]
    if wanted.files:
        scores.append(0.8 * bool(files_called(snapshot.nodes, wanted.thing)))
    return max(scores)


def _along(snapshot: Snapshot, path: tuple[str, ...]) -> float:
    """Return how far the page lies on the way to folders within folders: `reports/` is half of `reports/2026`."""
    names = (snapshot.url, *snapshot.headings[:3], *title_parts(snapshot.title))
    whole = max(along(path, name) for name in names)
    last = any(name.strip().strip("/").casefold() == path[-1] for name in snapshot.headings[:2])
    return 1.0 if whole == 1.0 else max(0.75 if last else 0.0, 0.4 * whole)


def _name_without_qualifier(snapshot: Snapshot, wanted: Wanted) -> float:
    """Return how well the page names the thing itself, when its rows carry what qualifies it: `vinyl` of `vinyl albums`."""
    if wanted.qualified is None or not wanted.rows:
        return 0.0
    qualifier, thing = wanted.qualified
    name = 0.95 * name_of_page(snapshot, replace(wanted, thing=thing, aliases=()))
    if name < STRONG:
        return 0.0
    shown = (value for fit in fits(snapshot, wanted) for row in fit.rows for value in row.values())
    carried = any(
        isinstance(value, str) and stems((value,)) == stems((qualifier,)) for value in shown
    )
    return name if carried else 0.0


def _named_by_head(collection: Collection, wanted: Wanted) -> float:
    """Return how well the head of the first column names the thing: a table of instruments begins with `Instrument`."""
    telling = [head for head in collection.headers if any(map(str.isalpha, head))]
    if not telling or not collection.records or counts(telling[0]):
        return 0.0
    return wanted.likeness(telling[0])


def leading_on(snapshot: Snapshot) -> frozenset[str]:
    """Return the names of links to other pages: a heading that says the same names that page, not this one."""
    here = urlsplit(snapshot.url).path.rstrip("/")
    return frozenset(
        fold(node.name)
        for node in snapshot.nodes
        if node.role == "link"
        and node.region not in {"navigation", "header", "footer"}
        and node.attributes.get("href", "").startswith("http")
        and urlsplit(node.attributes["href"]).path.rstrip("/") != here
    )


def _list_content(snapshot: Snapshot, wanted: Wanted) -> tuple[float, str]:
    found = fits(snapshot, wanted)
    if not found and (empty := empty_list(snapshot, wanted)) is not None:
        return 0.5, f"{empty.summary}, empty today"
    if not found:
        return 0.0, "no list"
    best = found[0]
    if best.score < 0.2:
        return 0.1, "no list that fits"
    return _quality(best, wanted), best.summary


def _quality(fit: ListFit, wanted: Wanted) -> float:
    quality = 0.7 if len(fit.collection.records) > 1 else 0.5
    if wanted.fields:
        quality = 0.35 + 0.65 * fit.coverage if fit.coverage else 0.25
    quality += 0.15 * fit.heading
    if fit.collection.region in {"navigation", "header", "footer"} and not is_rich(fit.collection):
        quality *= 0.3
    if fit.collection.kind == "record":
        quality *= 0.6
    return min(quality, 1.0)


def _file_content(snapshot: Snapshot, wanted: Wanted) -> tuple[float, str]:
    found = page_files(snapshot, wanted.file_type, wanted.thing)
    if not found:
        return 0.0, "no file"
    named = max(wanted.likeness(link.node.name or link.node.text) for link in found[:5])
    return 0.7 + 0.3 * named, f"a file behind {found[0].node.name!r}"


def _is_new(snapshot: Snapshot) -> bool:
    """Return whether the page calls itself the place where something is made."""
    names = (*snapshot.headings[:2], *title_parts(snapshot.title)[:1])
    return any(say.starts(name, say.CREATE) for name in names)


def _of_a_record(snapshot: Snapshot, choice: FormChoice) -> bool:
    """Return whether the form changes a record that is there: its address names one, and it is filled or called so."""
    path = urlsplit(snapshot.url)
    segments = [part for part in f"{path.path}/{path.fragment}".split("/") if part]
    if not any(any(map(str.isdigit, part)) for part in segments):
        return False
    said = " ".join((*segments, *snapshot.headings[:2], snapshot.title))
    filled = [
        node
        for node in choice.controls
        if node.role == "textbox" and node.value.strip() and node.input_type != "search"
    ]
    return say.has(said.replace("-", " ").replace("_", " "), say.EDIT) or len(filled) > 1


def _with_spoken(choice: FormChoice, wanted: Wanted) -> float:
    """Return the share of what is said that the form has a place for, parts that only the form can take apart included."""
    loose = [field for field, value in wanted.values.items() if fold(value) == "yes"]
    placed = [
        field
        for field in loose
        if map_control(field, choice.controls).node is None and meant(field, choice.controls)
    ]
    return min(1.0, choice.coverage + len(placed) / len(wanted.values))


def _only_form(snapshot: Snapshot, choice: FormChoice) -> bool:
    """Return whether the page has no other form in its content: those around it search, or send news."""
    others = [
        controls
        for ref, controls in groups(snapshot).items()
        if ref != choice.ref and sum(node.visible for node in controls) > 1
    ]
    return not others and sum(node.visible for node in choice.controls) > 1


def _form_content(snapshot: Snapshot, wanted: Wanted) -> tuple[float, str]:
    choice = choose_form(snapshot, wanted.values, wanted.thing)
    if choice is None:
        return 0.0, "no form"
    if _of_a_record(snapshot, choice):
        return 0.0, "the form of a record that is there already"
    if wanted.values:
        coverage = _with_spoken(choice, wanted)
        if coverage and _only_form(snapshot, choice):
            coverage = max(coverage, 0.5)  # the others may be on its next page
        return coverage, f"a form with {coverage:.0%} of the fields"
    return (0.8 if len(choice.controls) >= 2 else 0.4), "a form"

"""Choosing the collection of a page that holds the wanted records."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from urllib.parse import urlsplit

from podium.state.program import Column, ListSpec
from podium.tools.building.fields import FieldMatch, Row, map_field, type_by_name
from podium.tools.building.wanted import Wanted, content_words, counts, shorter_names
from podium.tools.grounding.columns import is_identifier
from podium.tools.grounding.lists import describe_list, match_list, read_rows, told
from podium.tools.grounding.words import fold, stem, tokens
from podium.tools.page import Collection, Snapshot

_SIDE_REGIONS = frozenset({"navigation", "header", "footer"})
_LEAD = 0.07


@dataclass(frozen=True, slots=True, kw_only=True)
class ListFit:
    """How well a collection fits what is wanted."""

    collection: Collection
    spec: ListSpec
    rows: tuple[Row, ...]
    score: float
    coverage: float
    """Share of the wanted fields that it has."""
    heading: float
    """How well its heading names the thing."""

    @property
    def summary(self) -> str:
        """What a person would call it."""
        names = [column.header or column.name for column in self.spec.columns][:6]
        count = len(self.collection.records)
        title = self.collection.heading or self.collection.kind
        return f"{title}: {count} record{'s' * (count != 1)} with {', '.join(names)}"


def fits(snapshot: Snapshot, wanted: Wanted) -> tuple[ListFit, ...]:
    """Return the page's collections as they fit, best first."""
    found = [
        fit
        for collection in snapshot.collections
        if collection.records
        and not _stood_before(collection, wanted)
        and (fit := _fit(collection, snapshot, wanted)) is not None
    ]
    found.sort(key=lambda fit: fit.score, reverse=True)
    # Two panes that show the same records are one list.
    said = [told(fit.collection) for fit in found]
    return tuple(fit for place, fit in enumerate(found) if said[place] not in said[:place])


def mark(collection: Collection) -> str:
    """Return what tells this list with these records again."""
    return hashlib.sha256(repr(told(collection)).encode()).hexdigest()[:16]


def _stood_before(collection: Collection, wanted: Wanted) -> bool:
    """Return whether the list was there before the search, and says nothing of what was searched for."""
    if not wanted.shown_before or mark(collection) not in wanted.shown_before:
        return False
    return not _saying(collection, wanted.query)


def empty_list(snapshot: Snapshot, wanted: Wanted) -> ListFit | None:
    """Return the table that is plainly meant and has no rows today: its heads tell its columns.

    Only where no list with rows is called like the thing.
    """
    found: list[ListFit] = []
    for collection in snapshot.collections:
        heads = [head for head in collection.headers if head]
        if collection.records or len(heads) < 2 or collection.region in _SIDE_REGIONS:
            continue
        spec = describe_list(collection, snapshot)
        columns = tuple(
            column.model_copy(update={"type": type_by_name(column.header)})
            for column in spec.columns
        )
        key = tuple(c.name for c in columns if is_identifier(c.header, c.name))[:1]
        spec = spec.model_copy(
            update={"columns": columns, "key": key or tuple(c.name for c in columns[:1])}
        )
        heading = max(wanted.likeness(collection.heading), 0.8 * wanted.likeness(heads[0]))
        coverage = _coverage(wanted, columns, ())
        score = 0.3 + 0.4 * heading + 0.4 * coverage
        found.append(
            ListFit(
                collection=collection,
                spec=spec,
                rows=(),
                score=score,
                coverage=coverage,
                heading=heading,
            )
        )
    found.sort(key=lambda fit: fit.score, reverse=True)
    best = found[0] if found else None
    if best is None or (len(found) > 1 and best.score - found[1].score < _LEAD):
        return None
    filled = next(iter(fits(snapshot, wanted)), None)
    if filled is not None and filled.score >= 0.12:
        names_it = (
            best.heading >= 0.75 and filled.heading < 0.5 and filled.coverage <= best.coverage
        )
        return best if names_it else None
    return best


def clear_list(found: tuple[ListFit, ...]) -> ListFit | None:
    """Return the best collection when nothing else fits as well."""
    best = next(iter(found), None)
    if best is None or best.score < 0.2:
        return None
    if any(best.score - fit.score < _LEAD for fit in found[1:]):
        return None
    return best


def rows_shown(collection: Collection, snapshot: Snapshot, spec: ListSpec) -> tuple[Row, ...]:
    """Return the records that are on the page now, as typed rows."""
    match = match_list(spec, snapshot)
    if match.kind != "found" or match.collection is None:
        return ()
    return tuple(read_rows(spec, collection, match.mapping))


def _fit(collection: Collection, snapshot: Snapshot, wanted: Wanted) -> ListFit | None:
    spec = describe_list(collection, snapshot)
    if not spec.columns:
        return None
    rows = rows_shown(collection, snapshot, spec)
    coverage = _coverage(wanted, spec.columns, rows)
    heading = wanted.likeness(collection.heading) if collection.heading else 0.0
    if collection.headers and not counts(collection.headers[0]):
        heading = max(heading, 0.8 * wanted.likeness(collection.headers[0]))
    score = {"table": 0.24, "cards": 0.22, "list": 0.12, "record": 0.02}[collection.kind]
    score += min(len(collection.records), 10) * 0.015
    score += 0.25 * heading
    if wanted.fields:
        score += 0.45 * coverage
    width = sum(len(record.values) for record in collection.records) / len(collection.records)
    score += min(width, 4) * 0.025 - (0.1 if width < 1.5 else 0)
    if collection.region in _SIDE_REGIONS:
        score -= 0.1 if is_rich(collection) else 0.45
    elif collection.region == "main":
        score += 0.06
    score += 0.15 * _rules_fit(collection, wanted)
    if wanted.query:
        score += 0.3 * _saying(collection, wanted.query) - 0.1
    if _is_filled_in(collection, snapshot):
        score -= 0.35
    if wanted.files:
        score += 0.15 * file_share(collection, wanted.file_type)
    return ListFit(
        collection=collection, spec=spec, rows=rows, score=score, coverage=coverage, heading=heading
    )


def is_rich(collection: Collection) -> bool:
    """Return whether the records say more than a name each: a message list beside its reading pane is no menu."""
    width = sum(len(record.values) for record in collection.records) / len(collection.records)
    return width >= 2 and len(collection.records) >= 3


def _is_filled_in(collection: Collection, snapshot: Snapshot) -> bool:
    """Return whether most records hold fields to fill in: then it is a form laid out as a table."""
    controls = {
        node.ref
        for node in snapshot.nodes
        if node.role in {"textbox", "combobox", "listbox", "spinbutton", "radio"}
    }
    having = sum(bool(controls & set(record.nodes)) for record in collection.records)
    return having * 2 > len(collection.records)


def _coverage(wanted: Wanted, columns: tuple[Column, ...], rows: tuple[Row, ...]) -> float:
    fields = wanted.fields
    if not fields:
        return 0.0
    matches = [_match(field, wanted, columns, rows) for field in fields]
    return sum(1.0 if m.column else 0.8 if m.rivals else 0.0 for m in matches) / len(fields)


def _match(
    field: str, wanted: Wanted, columns: tuple[Column, ...], rows: tuple[Row, ...]
) -> FieldMatch:
    names = (field, *shorter_names(field, wanted.thing))
    matches = [map_field(name, columns, rows) for name in names]
    return next((match for match in matches if match.column is not None), matches[0])


def _rules_fit(collection: Collection, wanted: Wanted) -> float:
    if not wanted.rules:
        return 0.0
    texts = {fold(value.text) for record in collection.records for value in record.values}
    hits = 0
    for rule in wanted.rules:
        words = {fold(rule.phrase), fold(str(rule.value or ""))} - {""}
        hits += bool(words & texts)
    return hits / len(wanted.rules)


def _saying(collection: Collection, query: str) -> float:
    """Return the share of records that say a word of what was searched for."""
    words = {stem(word) for word in content_words(query)}
    saying = sum(
        any(words & {stem(word) for word in tokens(value.text)} for value in record.values)
        for record in collection.records
    )
    return saying / len(collection.records)


def file_share(collection: Collection, file_type: str) -> float:
    """Return the share of records that link to a file, of that type when one is named."""
    ending = f".{file_type.lower().lstrip('.')}" if file_type else ""

    def is_file(href: str, text: str) -> bool:
        path = urlsplit(href).path.lower()
        last = path.rsplit("/", 1)[-1]
        named = text.lower().strip()
        if ending:
            return last.endswith(ending) or named.endswith(ending) or named == ending[1:]
        return "." in last and not last.endswith((".html", ".htm", ".php", ".aspx", ".jsp"))

    having = sum(
        any(value.href and is_file(value.href, value.text) for value in record.values)
        for record in collection.records
    )
    return having / len(collection.records) if collection.records else 0.0

"""Lists: describing them at build time, finding them again, reading typed rows.

Money stands as a plain number under the column's name, its currency (ISO code, or the sign when several currencies share
it) under `<name>_currency`; the second is left out when neither cells nor header tell one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import Literal

from pydantic import JsonValue

from podium.state.program import Column, ListSpec
from podium.tools.grounding.columns import (
    Seen,
    Slot,
    are_telling,
    is_identifier,
    sample_overlap,
    sample_share,
    seen_columns,
    value_sample,
)
from podium.tools.grounding.language import language_of
from podium.tools.grounding.meaning import Around, around, change, rescoped
from podium.tools.grounding.standing import currencies, settings_of_list
from podium.tools.grounding.values import Format, currency_of, infer, is_nothing, parse, vote
from podium.tools.grounding.words import (
    concepts_in,
    content_words,
    contradicts,
    fold,
    other_quantity,
    similarity,
)
from podium.tools.page import Collection, Record, Snapshot

__all__ = [
    "Cell",
    "ListMatch",
    "Row",
    "Slot",
    "describe_list",
    "find_record",
    "match_list",
    "read_cells",
    "read_rows",
    "row_key",
    "told",
    "type_rows",
]

Row = dict[str, JsonValue]

_MAPPED = 0.5
"""Least likeness of a column to the described one."""
_RENAMED = 0.96
"""The most that a column under other words comes to."""
_KNOWN, _FOREIGN = 0.6, 0.2
"""Part of the remembered values from which on they are the column's, and up to which they are another's."""
_LEAD = 0.08
"""By how much a list must beat the next one: two tables that differ only in their heading still do."""
_DATE_RANK = 6
_KEY_LENGTH = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class ListMatch:
    """What looking for a list came to. `collection` is set exactly when it was found, `doubts` when it is `unsure`."""

    kind: Literal["found", "ambiguous", "missing", "refused", "unsure"]
    collection: Collection | None = None
    mapping: Mapping[str, Slot] = field(default_factory=dict[str, Slot])
    """Column name -> where its value stands; columns the page no longer has are absent."""
    score: float = 0.0
    runner_up: float = 0.0
    why: str = ""
    moved: bool = False
    """Something differs from the description: a header, the order, the layout."""
    doubts: Mapping[str, str] = field(default_factory=dict[str, str])
    """Needed column -> the header that stands where it was, and that is not known to say the same."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A value as the page writes it."""

    text: str
    href: str = ""
    datetime: str = ""


# -- Describing -----------------------------------------------------------------------------------


def describe_list(collection: Collection, snapshot: Snapshot) -> ListSpec:
    """Return the list's durable description: named and typed columns, key, place. Pagination is the caller's."""
    seen = _without_buttons(seen_columns(collection), collection, snapshot)
    return ListSpec(
        kind=collection.kind,
        heading=collection.heading,
        columns=tuple(
            Column(
                name=column.name,
                header=column.header,
                type=column.type,
                path=column.slot.path,
                ordinal=column.ordinal,
                shape=column.shape,
                sample=value_sample(column.texts),
            )
            for column in seen
        ),
        key=_key(seen),
        path=collection.path,
        frame=collection.frame,
        page=snapshot.title,
        language=language_of(snapshot),
        settings=settings_of_list(snapshot)
        | currencies(
            ((one.name, one.header, one.texts) for one in seen if one.type in {"money", "number"}),
            language=language_of(snapshot),
        ),
    )


def _without_buttons(
    columns: Sequence[Seen], collection: Collection, snapshot: Snapshot
) -> tuple[Seen, ...]:
    """Leave out texts that only repeat what a button of each card says, such as `Add to cart`."""
    by_ref = {node.ref: node for node in snapshot.nodes}
    buttons = {
        fold(by_ref[ref].name)
        for record in collection.records
        for ref in record.nodes
        if ref in by_ref and by_ref[ref].role == "button"
    }
    return tuple(
        column
        for column in columns
        if column.header
        or any(column.hrefs)
        or not {fold(text) for text in column.texts if text} <= buttons
    )


def _key(columns: Sequence[Seen]) -> tuple[str, ...]:
    """Return the columns that tell rows apart: an identity by name before a name before anything unique.

    A date alone is the last resort: many rows may come to share it, and some pages write it as `yesterday`.
    """
    ranked = sorted(
        (rank, column.ordinal, column.name)
        for column in columns
        if (rank := _key_rank(column)) is not None and _unique([column])
    )
    if ranked and ranked[0][0] < _DATE_RANK:
        return (ranked[0][2],)
    useful = [
        column
        for column in columns
        if column.type not in {"money", "boolean"} and all(column.texts)
    ]
    steady = [column for column in useful if column.type not in {"date", "link"}]
    for group in (combinations(steady, 2), combinations(useful, 2)):
        for pair in group:
            if _unique(pair):
                return tuple(column.name for column in pair)
    return (ranked[0][2],) if ranked else ()


def _key_rank(column: Seen) -> int | None:
    if column.type in {"money", "boolean"} or not column.stands:
        return None
    words = column.header or column.name.replace("_", " ")
    said = concepts_in(words)
    counting = [str(number) for number in range(1, len(column.texts) + 1)]
    if column.type == "number" and list(column.texts) == counting and "identifier" not in said:
        # A mere position in the list, different tomorrow.
        return _DATE_RANK + 1 if len(column.texts) > 1 else None
    if is_identifier(column.header, "" if _unnamed(column) else column.name):
        return 0
    if said & {"name", "title", "full_name", "file", "subject", "product"}:
        return 1
    if any(column.hrefs) and column.type == "text":
        return 2
    return {"text": 3, "link": 4, "number": 5, "date": _DATE_RANK}.get(column.type)


def _unnamed(column: Seen) -> bool:
    """Return whether the column is called after its type alone: a `number` that nothing labels identifies nothing."""
    return not column.header and re.fullmatch(r"number(_\d+)?", column.name) is not None


def _unique(columns: Sequence[Seen]) -> bool:
    rows = list(
        zip(
            *(column.hrefs if column.type == "link" else column.texts for column in columns),
            strict=True,
        )
    )
    return all(all(cells) for cells in rows) and len(
        {tuple(map(fold, cells)) for cells in rows}
    ) == len(rows)


# -- Finding again --------------------------------------------------------------------------------


def match_list(
    spec: ListSpec, snapshot: Snapshot, *, wanted: frozenset[str] = frozenset()
) -> ListMatch:
    """Find the described list on the page.

    Order of columns, further columns, renamed classes and a change between table and cards do not matter. A list where one
    of the `wanted` columns (none: all) is gone and its opposite or neighbour in meaning stands there is refused; one where a
    needed column is called by a word that is not known to say the same is `unsure`, whatever values stand in it.
    """
    place = _place(spec, snapshot)
    matches = sorted(
        (
            _match(spec, collection, wanted, place)
            for collection in snapshot.collections
            if (collection.kind == "record") == (spec.kind == "record")
        ),
        key=lambda match: (match.kind != "missing", match.score),
        reverse=True,
    )
    if not matches or matches[0].kind == "missing":
        why = matches[0].why if matches else "the page shows no list"
        return ListMatch(kind="missing", why=why, score=matches[0].score if matches else 0.0)
    under = _in_place(spec, matches)
    best = under or matches[0]
    second = next(
        (
            one.score
            for one in matches
            if one.collection and one is not best and not _twins(one, best)
        ),
        0.0,
    )
    moved = best.collection is not None and _of_other_things(spec, best.collection, snapshot)
    if best.collection is not None and moved:
        why = f"{spec.heading!r} was its heading, {best.collection.heading!r} is"
        return ListMatch(kind="refused", score=best.score, why=why)
    if best.kind == "refused" or under is not None or best.score - second >= _LEAD:
        best = _sure(_with_heading(best, spec, snapshot, place))
        return replace(best, runner_up=second)
    return ListMatch(
        kind="ambiguous",
        score=best.score,
        runner_up=second,
        why="several lists fit the description",
    )


def _twins(one: ListMatch, other: ListMatch) -> bool:
    """Return whether two lists show the same records, as the two panes of a file manager do: either is as good."""
    if one.collection is None or other.collection is None:
        return False
    return told(one.collection) == told(other.collection)


def told(collection: Collection) -> tuple[tuple[str, ...], ...]:
    """Return what the records of the collection say."""
    return tuple(tuple(value.text for value in one.values) for one in collection.records)


def _with_heading(match: ListMatch, spec: ListSpec, snapshot: Snapshot, place: Around) -> ListMatch:
    """Return the match with its heading among the doubts where that got or lost a word that nobody knows.

    Another heading altogether may be a redesign's: then the columns tell. `Vacant plots` for `Plots` is of other things.
    """
    shown = {fold(text) for text in (*snapshot.headings, snapshot.title)}
    now = match.collection.heading if match.collection else ""
    if not now or not spec.heading or fold(spec.heading) in shown or place.translated:
        return match
    shared = {*content_words(spec.heading)} & {*content_words(now)}
    if not shared or change(spec.heading, now, place) != "unknown":
        return match
    return replace(match, doubts={HEADING: now, **match.doubts})


HEADING = ""
"""The list's heading among its doubtful columns."""


def _sure(match: ListMatch) -> ListMatch:
    """Return the match, without its collection where a column is in doubt."""
    if not match.doubts:
        return match
    name, header = next(iter(match.doubts.items()))
    why = f"where {name or 'its heading'!r} was, the list has {header!r}, and nothing known says that this means the same"
    return replace(match, kind="unsure", collection=None, mapping={}, why=why)


def _place(spec: ListSpec, snapshot: Snapshot) -> Around:
    # What tells the rows apart names them: of parts, `Name` may become `Part name`.
    keys = [column.header for column in spec.columns if column.name in spec.key]
    texts = filter(None, (spec.heading, spec.page, *keys))
    return around(texts, languages=(spec.language, language_of(snapshot)))


def _of_other_things(spec: ListSpec, collection: Collection, snapshot: Snapshot) -> bool:
    """Return whether the list stands under a heading of other things, such as drafts, and its own is gone."""
    shown = {fold(text) for text in (*snapshot.headings, snapshot.title)}
    return fold(spec.heading) not in shown and rescoped(spec.heading, collection.heading)


def _in_place(spec: ListSpec, matches: Sequence[ListMatch]) -> ListMatch | None:
    """Return the one fitting list under the described heading, or of those the one in the described place.

    A teaser of three random books has the columns of the catalogue, but not its heading.
    """
    if not spec.heading or matches[0].kind != "found":
        return None
    under = [
        match
        for match in matches
        if match.collection is not None
        and similarity(spec.heading, match.collection.heading) >= 0.99
    ]
    if len(under) > 1:
        under = [
            match for match in under if match.collection and match.collection.path == spec.path
        ]
    return under[0] if len(under) == 1 else None


def _match(
    spec: ListSpec, collection: Collection, wanted: frozenset[str], place: Around
) -> ListMatch:
    seen = seen_columns(collection)
    pairs = _pair(spec.columns, seen, place)
    swapped = [
        (column, other)
        for column in spec.columns
        if column.name not in pairs
        and (not wanted or column.name in wanted)
        and (other := _opposite(column, seen, pairs, place)) is not None
    ]
    needed = [column for column in spec.columns if not wanted or column.name in wanted]
    swapped += _crossed(needed, seen, pairs)
    swapped += _exchanged(needed, spec.columns, pairs)
    swapped += _of_another_kind(needed, pairs)
    weights = {column.name: _weight(column, spec) for column in spec.columns}
    by_columns = sum(weights[name] * score for name, (_, score) in pairs.items()) / (
        sum(weights.values()) or 1
    )
    path = _path_likeness(spec.path, collection.path)
    score = (
        0.75 * by_columns
        + 0.1 * _heading_likeness(spec.heading, collection.heading)
        + 0.05 * (spec.kind == collection.kind)
        + 0.1 * path
    )
    lost = [name for name in spec.key if name not in pairs and (not wanted or name in wanted)]
    mapping = {name: column.slot for name, (column, _) in pairs.items()}
    moved = any(likeness < 0.99 for _, likeness in pairs.values()) or len(pairs) < len(spec.columns)
    if swapped and score >= 0.45:
        column, other = swapped[0]
        return ListMatch(
            kind="refused",
            score=score,
            why=f"where {column.header or column.name!r} was, the list has {other.header or other.name!r}",
        )
    if score < 0.5 or lost or not pairs:
        gone = f"the list lacks {lost[0]!r}" if lost else "no list has these columns"
        return ListMatch(kind="missing", score=score, why=gone)
    return ListMatch(
        kind="found",
        collection=collection,
        mapping=mapping,
        score=score,
        why="columns agree" if not moved else "columns agree in part",
        moved=moved,
        doubts={
            column.name: pairs[column.name][0].header
            for column in spec.columns
            if column.name in pairs
            and (not wanted or column.name in wanted)
            and _doubtful(column, pairs[column.name][0], place)
        },
    )


def _doubtful(column: Column, seen: Seen, place: Around) -> bool:
    """Return whether the header is not known to say what it said. Values tell the same column, not what it is called for."""
    if not column.header or not seen.header:
        return False
    became = change(column.header, seen.header, place)
    known = sample_overlap(column.sample, seen.texts) >= _KNOWN
    alike = known or (column.type == seen.type and column.shape == seen.shape)
    if became == "unknown":
        return not (place.translated and alike)
    return became == "close" and not alike


def _of_another_kind(
    columns: Sequence[Column], pairs: Mapping[str, tuple[Seen, float]]
) -> list[tuple[Column, Seen]]:
    """Return the columns of numbers, money or dates under whose header no value is one any more."""
    return [
        (column, pairs[column.name][0])
        for column in columns
        if column.name in pairs
        and column.type in {"number", "money", "date"}
        and not _any_of_kind(column, pairs[column.name][0])
    ]


_ENOUGH = 3
"""So few values may all be exceptions, such as `n/a`."""


def _any_of_kind(column: Column, seen: Seen) -> bool:
    filled = [text for text in seen.texts if not is_nothing(text)]
    kinds = {"number", "money"} if column.type in {"number", "money"} else {"date"}
    if seen.type in kinds:
        return True  # `5 minutes ago` is a date by what stands behind it
    return len(filled) < _ENOUGH or any(infer([text]) in kinds for text in filled)


def _crossed(
    columns: Sequence[Column], seen: Sequence[Seen], pairs: Mapping[str, tuple[Seen, float]]
) -> list[tuple[Column, Seen]]:
    """Return the columns whose remembered values stand under another header of the kind now, with that one."""
    found: list[tuple[Column, Seen]] = []
    for column in columns:
        if column.name not in pairs:
            continue
        mine = pairs[column.name][0]
        if sample_overlap(column.sample, mine.texts) > _FOREIGN:
            continue
        other = next(
            (
                one
                for one in seen
                if one is not mine
                and one.type in {mine.type, column.type}
                and sample_overlap(column.sample, one.texts) >= _KNOWN
            ),
            None,
        )
        if other is not None:
            found.append((column, other))
    return found


def _exchanged(
    needed: Sequence[Column],
    columns: Sequence[Column],
    pairs: Mapping[str, tuple[Seen, float]],
) -> list[tuple[Column, Seen]]:
    """Return the columns of few values, such as `paid` and `open`, that stand under another described header now.

    Few values stand in many columns (`yes`, `no`), so that the other one must also have lost its own.
    """
    paired = [(column, pairs[column.name][0]) for column in columns if column.name in pairs]
    return [
        (column, now)
        for column in needed
        if column.name in pairs and _strange(column, pairs[column.name][0])
        for other, now in paired
        if other is not column
        and sample_share(column.sample, now.texts) >= _KNOWN
        and _strange(other, now)
        and are_telling(column.sample, other.sample)
        and len({*map(fold, now.texts), *map(fold, pairs[column.name][0].texts)}) > 2
    ]


def _strange(column: Column, seen: Seen) -> bool:
    """Return whether hardly any value is a remembered one; of a column without such, whether they look otherwise."""
    if not column.sample:
        return (column.type, column.shape) != (seen.type, seen.shape)
    held = max(sample_overlap(column.sample, seen.texts), sample_share(column.sample, seen.texts))
    return held <= _FOREIGN


def _weight(column: Column, spec: ListSpec) -> float:
    """Return how much a column tells about which list it is; unlabelled parts of cards come and go."""
    if column.name in spec.key:
        return 3.0
    return 1.0 if column.header else 0.4


def _pair(
    columns: Sequence[Column], seen: Sequence[Seen], place: Around
) -> dict[str, tuple[Seen, float]]:
    """Return the best one-to-one assignment of columns, likeliest pair first."""
    scored = sorted(
        (
            (likeness, -abs(column.ordinal - other.ordinal), index, at)
            for index, column in enumerate(columns)
            for at, other in enumerate(seen)
            if (likeness := _likeness(column, other, place)) >= _MAPPED
        ),
        reverse=True,
    )
    pairs: dict[str, tuple[Seen, float]] = {}
    used: set[int] = set()
    for likeness, _, index, at in scored:
        name = columns[index].name
        if name not in pairs and at not in used:
            pairs[name] = (seen[at], likeness)
            used.add(at)
    if place.translated and pairs:
        pairs |= _left_in_place(columns, seen, pairs, place)
    return pairs


def _left_in_place(
    columns: Sequence[Column],
    seen: Sequence[Seen],
    pairs: Mapping[str, tuple[Seen, float]],
    place: Around,
) -> dict[str, tuple[Seen, float]]:
    """Return the columns of a translated list whose words nobody knows, by where they stand and what their values are."""
    used = {id(other) for other, _ in pairs.values()}
    return {
        column.name: (other, _MAPPED)
        for column in columns
        for other in seen
        if column.name not in pairs
        and id(other) not in used
        and bool(column.header) == bool(other.header)
        and (column.ordinal, column.type) == (other.ordinal, other.type)
        and not _excluded(column, other, column.header, other.header, place)
    }


def _likeness(column: Column, seen: Seen, place: Around) -> float:
    """Return how surely the shown column is the described one, 0 to 1."""
    words, theirs = _words(column.header, column.name), _words(seen.header, seen.name)
    if _excluded(column, seen, words, theirs, place):
        return 0.0
    types = _type_likeness(column, seen)
    if types == 0.0:
        return 0.0
    shapes = 1.0 if column.shape == seen.shape else 0.5
    if column.header and seen.header:
        said = {"same": 0.95, "close": 0.8}.get(change(column.header, seen.header, place), 0.0)
        named = max(similarity(column.header, seen.header), said)
    elif column.header or seen.header:
        named = 0.95 * similarity(words, theirs)
    else:
        named = max(_path_likeness(column.path, seen.slot.path), 0.9 * (column.name == seen.name))
    known = sample_overlap(column.sample, seen.texts) >= _KNOWN
    if known and named < 0.6:
        # Another word, the same values: a translation or a synonym that no list of words has.
        return 0.75
    if named >= 0.6:
        likeness = min(0.75 * named + 0.15 * types + 0.1 * shapes, 1.0)
        # Of `Part number` and `Part name`, the one where the values of `Part` stand; never before the very header.
        return max(likeness, min(likeness + 0.1, _RENAMED)) if known else likeness
    if _telling(column.shape) and column.shape == seen.shape:
        return 0.6
    return 0.5 * named


def _words(header: str, name: str) -> str:
    return header or re.sub(r"_\d+$", "", name).replace("_", " ")


def _excluded(column: Column, seen: Seen, words: str, theirs: str, place: Around) -> bool:
    if contradicts(words, theirs) or other_quantity(words, theirs):
        return True
    if column.header and seen.header and change(words, theirs, place) == "other":
        return True
    mine, shown = currency_of(column.header), currency_of(seen.header)
    return bool(mine and shown and mine != shown)


def _telling(shape: str) -> bool:
    """Return whether a shape identifies a column by itself: a constant prefix and a number, such as `inv-9`."""
    letters = re.sub(r"[^a-z]", "", shape)
    return "9" in shape and len(letters) >= 2 and "aa" not in shape and letters != "a"


def _type_likeness(column: Column, seen: Seen) -> float:
    if not any(seen.texts) and not any(seen.hrefs):
        return 0.6
    if column.type == seen.type:
        return 1.0
    if {column.type, seen.type} <= {"number", "money"}:
        return 0.7
    if "text" in {column.type, seen.type}:
        return 0.4
    return 0.0


def _opposite(
    column: Column,
    seen: Sequence[Seen],
    pairs: Mapping[str, tuple[Seen, float]],
    place: Around,
) -> Seen | None:
    """Return a column of the page that contradicts the lost one and belongs to no other described column."""
    used = {id(other) for other, _ in pairs.values()}
    words = _words(column.header, column.name)
    for other in seen:
        if id(other) in used or not (column.header or other.header):
            continue
        theirs = _words(other.header, other.name)
        if _excluded(column, other, words, theirs, place) and _type_likeness(column, other) >= 0.4:
            return other
        if similarity(words, theirs) >= 0.9 and _type_likeness(column, other) == 0.0:
            return other
    return None


def _heading_likeness(a: str, b: str) -> float:
    if not a or not b:
        return 1.0 if a == b else 0.5
    return similarity(a, b)


def _path_likeness(a: str, b: str) -> float:
    if not a or not b:
        return 1.0 if a == b else 0.4
    if a == b:
        return 1.0
    mine, theirs = (re.sub(r"[.#:\[][^>/\s]*", "", path) for path in (a, b))
    if mine == theirs:
        return 0.8
    ends = [re.split(r"[>/\s]+", path.strip())[-2:] for path in (mine, theirs)]
    return 0.5 if ends[0] == ends[1] else 0.0


# -- Reading --------------------------------------------------------------------------------------


def read_cells(
    spec: ListSpec, collection: Collection, mapping: Mapping[str, Slot]
) -> tuple[dict[str, Cell], ...]:
    """Return what the records say, untyped: pages of one list are typed together."""
    names = [column.name for column in spec.columns if column.name in mapping]
    rows: list[dict[str, Cell]] = []
    for record in collection.records:
        found = {name: mapping[name].find(record) for name in names}
        rows.append(
            {
                name: Cell(" ".join(value.text.split()), value.href, value.datetime)
                if value
                else Cell("")
                for name, value in found.items()
            }
        )
    return tuple(rows)


def type_rows(
    spec: ListSpec, cells: Sequence[Mapping[str, Cell]], *, links: bool = False
) -> tuple[Row, ...]:
    """Return typed rows; with `links`, the addresses behind values as the hidden column `_href`."""
    present = [column for column in spec.columns if any(column.name in row for row in cells)]
    dollars = any(
        currency_of(row[column.name].text) in {"USD", "$"}
        for column in present
        if column.type == "money"
        for row in cells[:20]
        if column.name in row
    )
    styles = {
        column.name: vote(
            [row[column.name].text for row in cells if column.name in row],
            header=column.header,
            dollars=dollars,
        )
        for column in present
    }
    return tuple(_row(present, row, styles, links=links) for row in cells)


def _row(
    columns: Sequence[Column],
    cells: Mapping[str, Cell],
    styles: Mapping[str, Format],
    *,
    links: bool,
) -> Row:
    row: Row = {}
    for column in columns:
        cell, style = cells.get(column.name, Cell("")), styles[column.name]
        row[column.name] = _typed(column, cell, style)
        if column.type == "money":
            currency = currency_of(cell.text) or style.currency
            if currency and row[column.name] is not None:
                row[f"{column.name}_currency"] = currency
    if links:
        row["_href"] = {name: cell.href for name, cell in cells.items() if cell.href}
    return row


def _typed(column: Column, cell: Cell, style: Format) -> JsonValue:
    if column.type == "link":
        return cell.href or cell.text
    if column.type == "date" and cell.datetime:
        read = parse(cell.datetime, "date")
        if read != cell.datetime or re.match(r"\d{4}-\d{2}-\d{2}", cell.datetime):
            return read
    return parse(cell.text, column.type, style=style)


def read_rows(
    spec: ListSpec, collection: Collection, mapping: Mapping[str, Slot]
) -> tuple[Row, ...]:
    """Return typed rows. Money is a number, with its currency in `<name>_currency` when the page tells one."""
    return type_rows(spec, read_cells(spec, collection, mapping))


def row_key(spec: ListSpec, row: Mapping[str, JsonValue]) -> str:
    """Return the row's identity as text: its key columns joined by ` | `, or all columns when the list has no key."""
    names = spec.key or tuple(name for name in row if not name.startswith("_"))
    return " | ".join(_plain(row.get(name)) for name in names)[:_KEY_LENGTH]


def _plain(value: JsonValue) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def find_record(
    spec: ListSpec, collection: Collection, mapping: Mapping[str, Slot], key: str
) -> Record | None:
    """Return the one record with that key; None when there is none or more than one."""
    wanted = key.casefold().strip()
    if not wanted:
        return None
    rows = read_rows(spec, collection, mapping)
    found = [
        record
        for record, row in zip(collection.records, rows, strict=True)
        if row_key(spec, row).casefold().strip() == wanted
    ]
    return found[0] if len(found) == 1 else None

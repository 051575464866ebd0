"""What only each row's own page says: which of its links leads there, and which label of its records is wanted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from pydantic import JsonValue

from podium.state.document import JsonObject
from podium.state.program import Column, ColumnType, ListSpec
from podium.tools.building import vocabulary as say
from podium.tools.building.fields import Row, low_cardinality, map_fields, title_column
from podium.tools.building.files import extension
from podium.tools.building.links import may_follow, page_address
from podium.tools.building.lists import rows_shown
from podium.tools.building.wanted import Wanted
from podium.tools.grounding.columns import slug
from podium.tools.grounding.lists import describe_list
from podium.tools.page import Collection, Node, Record, Snapshot

SHOWS = "view|show|details|detail|open|more|read more|info|profile|anzeigen|ansehen|mehr|voir|ver|vedi|bekijk"
_BESIDE = frozenset({"navigation", "header", "footer"})
"""Where a site says something of itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One record of the list as it is shown now, with its row; addresses behind its values are in `_href`."""

    record: Record
    row: Row
    snapshot: Snapshot

    @property
    def nodes(self) -> tuple[Node, ...]:
        """The links and controls in it."""
        inside = set(self.record.nodes)
        return tuple(node for node in self.snapshot.nodes if node.ref in inside)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A key-value record of a row's own page that has wanted fields."""

    spec: ListSpec
    collection: Collection
    fields: Mapping[str, Column]
    row: Row


def find_fields(
    snapshot: Snapshot, fields: Sequence[str], *, before: Snapshot | None = None
) -> Found | None:
    """Return the record of the page that clearly has most of the fields; one that stood there before does not count."""
    known = {said(one) for one in before.collections} if before is not None else set[object]()
    best: Found | None = None
    for collection in snapshot.collections:
        if collection.kind != "record" or collection.region in _BESIDE or said(collection) in known:
            continue
        spec = describe_list(collection, snapshot)
        rows = rows_shown(collection, snapshot, spec) or ({},)
        matches = map_fields(fields, spec.columns, rows)
        found = {
            name: m.column
            for name, m in matches.items()
            if m.column is not None and m.score >= 0.55
        }
        if found and (best is None or len(found) > len(best.fields)):
            best = Found(spec=spec, collection=collection, fields=found, row=rows[0])
    return best


def said(collection: Collection) -> object:
    """Return what the collection says, to know it again."""
    return tuple(value.text for record in collection.records for value in record.values)


def page_links(
    samples: Sequence[Sample],
    columns: Sequence[Column],
    key: Sequence[str],
    *,
    origins: tuple[str, ...],
) -> tuple[str, ...]:
    """Return the names under which the rows keep a link that may be their own page, likeliest first."""
    named = [_links(sample, origins) for sample in samples]
    counts = Counter(name for links in named for name in links)
    least = min(len(samples), 2)
    distinct = {
        name
        for name, count in counts.items()
        if count >= least and len({links[name] for links in named if name in links}) == count
    }
    title = title_column(columns, [sample.row for sample in samples])
    telling = [*key, *([title.name] if title is not None else [])]

    def rank(name: str) -> tuple[int, int]:
        shows = say.has(name.replace("_", " "), SHOWS)
        return (0 if name in telling else 1 if shows else 2, list(counts).index(name))

    return tuple(sorted(distinct, key=rank))


def _links(sample: Sample, origins: tuple[str, ...]) -> dict[str, str]:
    """Return the row's links to pages, as a run will know them: by the name of the link, or by its column."""
    anyone = Wanted(thing="")
    nodes = [
        node
        for node in sample.nodes
        if node.attributes.get("href")
        and may_follow(node, anyone, by_address=True)
        and not say.starts(node.name, say.WRITE)
    ]
    allowed = {node.attributes["href"] for node in nodes}
    links = {
        slug(node.name): node.attributes["href"]
        for node in nodes
        if node.name and len(node.name) <= 30
    }
    own = sample.row.get("_href")
    if isinstance(own, dict):
        links |= {name: str(href) for name, href in own.items() if str(href) in allowed}
    base = sample.snapshot.url
    return {
        name: href
        for name, href in links.items()
        if name and not extension(href) and page_address(href, base=base, origins=origins)
    }


def shared_spec(
    found: Sequence[Found], fields: Mapping[str, Column], taken: Sequence[str]
) -> tuple[ListSpec, dict[str, Column]]:
    """Return what the pages of several rows have in common, and the wanted fields by the names they get in the rows."""
    first = found[0]
    headers = [{column.header: column for column in one.spec.columns} for one in found]
    wanted = {column.header for column in fields.values()}
    names: dict[str, str] = {}
    for field, column in fields.items():
        name = slug(field) or column.name
        names[column.header] = name if name not in taken else f"{name}_of_its_page"
    everywhere = [
        column
        for one in headers
        for header, column in one.items()
        if header in wanted or all(header in other for other in headers)
    ]
    columns: dict[str, Column] = {}
    for column in everywhere:
        kinds: list[ColumnType] = [
            other[column.header].type for other in headers if column.header in other
        ]
        shapes = {other[column.header].shape for other in headers if column.header in other}
        columns.setdefault(
            column.header,
            column.model_copy(
                update={
                    "name": names.get(column.header, column.name),
                    "type": _common(tuple(kinds)),
                    "shape": shapes.pop() if len(shapes) == 1 and len(found) > 1 else "",
                    "sample": (),
                }
            ),
        )
    spec = first.spec.model_copy(
        update={"columns": tuple(columns.values()), "key": (), "heading": ""}
    )
    return spec, {field: columns[column.header] for field, column in fields.items()}


def _common(kinds: Sequence[ColumnType]) -> ColumnType:
    said = set(kinds)
    if len(said) == 1:
        return next(iter(said))
    return "money" if said == {"money", "number"} else "text"


def joined_fact(
    fact: JsonObject, step_id: str, columns: Sequence[Column], rows: Sequence[Row] = ()
) -> JsonObject:
    """Return what the build knows of the list once its rows have the columns of their own pages too."""
    old = cast("list[JsonValue]", fact.get("columns") or [])
    take = cast("list[JsonValue]", fact.get("take") or [])
    kinds = cast("dict[str, JsonValue]", fact.get("values") or {})
    more: dict[str, JsonValue] = {
        name: cast("list[JsonValue]", values)
        for name, values in low_cardinality(columns, rows).items()
    }
    return {
        **fact,
        "step": step_id,
        "columns": [*old, *(column.to_json() for column in columns)],
        "take": [*take, *(column.name for column in columns)] if take else [],
        "values": {**kinds, **more},
    }

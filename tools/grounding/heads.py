"""Grids of plain blocks: rows of as many cells each, whose first row is the heads, become tables."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from podium.tools.grounding.values import infer, is_nothing
from podium.tools.grounding.words import concepts_in, fold
from podium.tools.page import Collection, Record, Value

_TYPED = frozenset({"number", "money", "date"})
_LEAST = 3
"""Columns and records of a grid: fewer say nothing of its heads."""
_SAMPLE = 40
"""Records that are looked at."""


def with_heads(collections: Sequence[Collection]) -> tuple[Collection, ...]:
    """Return the collections, where a row of heads is known as such: the first of its rows, or a list just before them."""
    found: list[Collection] = []
    used: set[str] = set()
    for one in collections:
        if one.kind not in {"cards", "list"} or one.headers or not _uniform(one.records):
            found.append(one)
            continue
        heads = _first_row(one)
        if heads:
            found.append(_as_table(one, heads, one.records[1:]))
            continue
        apart = next((other for other in collections if _are_heads(other, one)), None)
        if apart is None:
            found.append(one)
            continue
        used.add(apart.ref)
        found.append(
            _as_table(one, [record.values[0].text for record in apart.records], one.records)
        )
    return tuple(one for one in found if one.ref not in used)


def _uniform(records: Sequence[Record]) -> bool:
    """Return whether every record has as many unlabelled values, in the same places."""
    if len(records) < _LEAST or len(records[0].values) < _LEAST:
        return False
    paths = [value.path for value in records[0].values]
    return all(
        [value.path for value in record.values] == paths
        and not any(value.header for value in record.values)
        for record in records
    )


def _first_row(grid: Collection) -> list[str]:
    first = grid.records[0]
    if any(value.href for value in first.values):
        return []
    texts = [value.text for value in first.values]
    return texts if _head(texts, grid.records[1:]) else []


def _are_heads(heads: Collection, grid: Collection) -> bool:
    """Return whether the list stands inside the grid and has one plain text for each of its columns."""
    inside = heads.kind == "list" and heads.frame == grid.frame
    if not inside or not heads.path.startswith(f"{grid.path}>"):
        return False
    # The last column of heads may be that of the buttons, which has no values.
    width = len(grid.records[0].values)
    texts = [record.values[0].text for record in heads.records if len(record.values) == 1]
    return len(texts) == len(heads.records) == width and _head(texts, grid.records)


def _head(texts: Sequence[str], records: Sequence[Record]) -> bool:
    """Return whether the texts head the records' columns: words over values of kinds, or words that name columns."""
    if not all(re.search(r"[^\W\d_]", text) and len(text) <= 40 for text in texts):
        return False
    columns = [[record.values[at].text for record in records[:_SAMPLE]] for at in range(len(texts))]
    said = [fold(text) for text in texts]
    if len(set(said)) < len(said) or any(
        word in {fold(text) for text in column} for word, column in zip(said, columns, strict=True)
    ):
        return False
    typed = [
        at
        for at, column in enumerate(columns)
        if infer([text for text in column if not is_nothing(text)]) in _TYPED
    ]
    if any(infer([texts[at]]) in _TYPED for at in typed):
        return False
    known = sum(bool(concepts_in(text)) for text in texts)
    return len(typed) > 1 or (bool(typed) and 3 * known >= 2 * len(texts))


def _as_table(grid: Collection, heads: Sequence[str], records: Sequence[Record]) -> Collection:
    return replace(
        grid,
        kind="table",
        headers=tuple(heads),
        records=tuple(
            replace(
                record,
                values=tuple(_cell(value, at, heads) for at, value in enumerate(record.values)),
            )
            for record in records
        ),
    )


def _cell(value: Value, at: int, heads: Sequence[str]) -> Value:
    return replace(value, path=f"td[{at}]", header=heads[at])

"""Rows of datasets, without any database: names, keys, and what a column can hold."""

from __future__ import annotations

import json
import math
import re
import unicodedata
from collections.abc import Mapping
from typing import Literal

from pydantic import JsonValue

from podium.state.errors import UserError
from podium.state.stores import Row

ColumnKind = Literal["empty", "text", "integer", "real", "boolean", "mixed", "json"]
"""What a column has held so far. `mixed` keeps texts and numbers as they are, `json` anything."""

_SCALARS: frozenset[ColumnKind] = frozenset({"text", "integer", "real", "mixed"})


def dataset_name(words: str) -> str:
    """Return the table name for what a person calls a dataset: `Unpaid Invoices` is `unpaid_invoices`.

    Raises:
        UserError: If nothing is left of it, or the name is taken by the machinery.
    """
    folded = unicodedata.normalize("NFKC", words).casefold()
    name = re.sub(r"\W+", "_", folded).strip("_")[:60].rstrip("_")
    if not name or name.startswith("sqlite") or re.search(r"_fts(_|$)", name):
        raise UserError(
            f"{words!r} cannot be the name of a dataset", hint="Use a few letters or digits."
        )
    return name


def row_key(row: Row, key: tuple[str, ...]) -> str:
    """Return what tells the row apart: its key columns, or all columns where there is no key or one is empty.

    Raises:
        UserError: If the row lacks a key column altogether.
    """
    for name in key:
        if name not in row:
            raise UserError(
                f"A row has no column {name!r}, which the dataset is keyed by",
                hint=f"Its columns: {', '.join(row)}.",
            )
    values = [row[name] for name in key]
    # Rows without a key value are different rows, not one: none may overwrite another.
    if not values or any(value is None or value == "" for value in values):
        whole = {name: _plain(row[name]) for name in sorted(row) if row[name] is not None}
        return json.dumps(whole, ensure_ascii=True)
    return json.dumps([_plain(value) for value in values], ensure_ascii=True)


def clean_row(row: Mapping[str, JsonValue]) -> Row:
    """Return the row as a dataset can hold it.

    Raises:
        UserError: If a column's name cannot be used.
    """
    folded = [name.casefold() for name in row]
    for name in row:
        if not name or name.startswith("_") or "\0" in name or folded.count(name.casefold()) > 1:
            raise UserError(
                f"{name!r} cannot be the name of a column",
                hint="Names must not start with `_`, nor differ in case only.",
            )
    return {_writable(name): _storable(value) for name, value in row.items()}


def _storable(value: JsonValue) -> JsonValue:
    match value:
        case str():
            return _writable(value)
        case float() if not math.isfinite(value):
            return None
        case int() if abs(value) >= 2**63:
            return str(value)
        case list():
            return [_storable(item) for item in value]
        case dict():
            return {_writable(name): _storable(item) for name, item in value.items()}
        case _:
            return value


def _writable(text: str) -> str:
    # A page may hold half a surrogate pair, which no encoding can write.
    return text.encode("utf-8", "replace").decode("utf-8")


def _plain(value: JsonValue) -> JsonValue:
    # 12 and 12.0 are one key; a column of numbers may hold either.
    return int(value) if isinstance(value, float) and value.is_integer() else value


def check_case(columns: Mapping[str, ColumnKind]) -> None:
    """Refuse columns that differ in case only, which a table cannot hold.

    Raises:
        UserError: Naming the second of them.
    """
    folded: dict[str, str] = {}
    for name in columns:
        other = folded.setdefault(name.casefold(), name)
        if other != name:
            raise UserError(
                f"{name!r} cannot be the name of a column: the dataset has {other!r}",
                hint="Names must not differ in case only.",
            )


def kind_of(value: JsonValue) -> ColumnKind:
    """Return the kind of column that holds the value unchanged."""
    match value:
        case None:
            return "empty"
        case bool():
            return "boolean"
        case str():
            return "text"
        case int():
            return "integer"
        case float():
            return "real"
        case _:
            return "json"


def joined(one: ColumnKind, other: ColumnKind) -> ColumnKind:
    """Return the kind of column that holds the values of both unchanged."""
    if one == other or other == "empty":
        return one
    if one == "empty":
        return other
    if {one, other} == {"integer", "real"}:
        return "real"
    return "mixed" if one in _SCALARS and other in _SCALARS else "json"

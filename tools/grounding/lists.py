"""Lists: describing them at build time, finding them again, reading typed rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from pydantic import JsonValue

from podium.state.program import ListSpec
from podium.tools.page import Collection, Record, Snapshot

Row = dict[str, JsonValue]


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """Where a column's value stands inside each record of a collection that is shown now."""

    index: int | None = None
    """Position in the record, for tables."""
    header: str = ""
    """Label before the value, for cards and records."""
    path: str = ""
    nth: int = 0
    """Which of the record's values with that path."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListMatch:
    """What looking for a list came to. `collection` is set exactly when it was found."""

    kind: Literal["found", "ambiguous", "missing", "refused"]
    collection: Collection | None = None
    mapping: Mapping[str, Slot] = field(default_factory=dict[str, Slot])
    """Column name -> where its value stands."""
    score: float = 0.0
    runner_up: float = 0.0
    why: str = ""


def describe_list(collection: Collection, snapshot: Snapshot) -> ListSpec:
    """Return the list's durable description: named and typed columns, key, place. Pagination is the caller's."""
    raise NotImplementedError


def match_list(spec: ListSpec, snapshot: Snapshot) -> ListMatch:
    """Find the described list on the page; a column whose meaning was swapped is refused."""
    raise NotImplementedError


def read_rows(
    spec: ListSpec, collection: Collection, mapping: Mapping[str, Slot]
) -> tuple[Row, ...]:
    """Return typed rows. Money is a number, with its currency in `<name>_currency` when the page tells one."""
    raise NotImplementedError


def row_key(spec: ListSpec, row: Mapping[str, JsonValue]) -> str:
    """Return the row's identity as text: its key columns joined by ` | `, or all columns when the list has no key."""
    raise NotImplementedError


def find_record(
    spec: ListSpec, collection: Collection, mapping: Mapping[str, Slot], key: str
) -> Record | None:
    """Return the one record with that key; None when there is none or more than one."""
    raise NotImplementedError

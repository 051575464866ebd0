"""Typed values from page texts: numbers, money, dates, booleans; and comparing them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from pydantic import JsonValue

from podium.state.program import ColumnType, Comparison


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """How one column writes its values, by a vote over all its cells."""

    date_order: Literal["YMD", "DMY", "MDY"] = "DMY"
    decimal: Literal[".", ","] = "."
    currency: str = ""
    """ISO code (or the symbol when it is ambiguous) that every cell shares or the header names."""


def vote(texts: Sequence[str], *, header: str = "") -> Format:
    """Return how the column writes dates and numbers."""
    raise NotImplementedError


def infer(values: Sequence[str], *, header: str = "") -> ColumnType:
    """Return the type that nearly all non-empty texts share, else `text`."""
    raise NotImplementedError


def parse(text: str, type: ColumnType, *, style: Format | None = None) -> JsonValue:
    """Return the typed value: money and numbers as numbers, dates as ISO; the text itself when it cannot be read as that."""
    raise NotImplementedError


def currency_of(text: str) -> str:
    """Return the ISO code of the currency the text names, or ''."""
    raise NotImplementedError


def compare(left: JsonValue, cmp: Comparison, right: JsonValue) -> bool:
    """Return whether `left cmp right`: numbers as numbers, dates as dates, texts with case folded."""
    raise NotImplementedError

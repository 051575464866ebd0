"""Identifiers: sortable by time, with a prefix that says what they name."""

from __future__ import annotations

import base64
from typing import Protocol

import uuid_utils


class IdFactory(Protocol):
    """Makes identifiers that nobody else has."""

    def new(self, prefix: str) -> str:
        """Return a new id such as `run_0198c2...`."""
        ...


class TimeIds:
    """The time in milliseconds and 32 random bits, as 16 letters and digits: later ids sort after earlier ones.

    Short enough to be copied from a listing; two of the same millisecond collide once in four thousand million.
    """

    def new(self, prefix: str) -> str:
        """Return a new id such as `run_068q2k9v3m1a7c0d`."""
        made = uuid_utils.uuid7().bytes
        return f"{prefix}_{base64.b32hexencode(made[:6] + made[-4:]).decode().lower()}"

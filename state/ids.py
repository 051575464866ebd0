"""Identifiers: sortable by time, with a prefix that says what they name."""

from __future__ import annotations

import base64
import threading
from typing import Protocol

import uuid_utils


class IdFactory(Protocol):
    """Makes identifiers that nobody else has."""

    def new(self, prefix: str) -> str:
        """Return a new id such as `run_0198c2...`."""
        ...


class TimeIds:
    """The time in milliseconds and 32 random bits, as 16 letters and digits: later ids sort after earlier ones.

    Short enough to be copied from a listing. Two processes collide when they make one in the same millisecond with
    the same random part: once in four thousand million.
    """

    def __init__(self) -> None:
        self._last = 0
        self._lock = threading.Lock()

    def new(self, prefix: str) -> str:
        """Return a new id such as `run_068q2k9v3m1a7c0d`."""
        made = uuid_utils.uuid7().bytes
        with self._lock:
            # Within one millisecond the random part would not sort.
            self._last = max(int.from_bytes(made[:6] + made[-4:]), self._last + 1)
            number = self._last
        return f"{prefix}_{base64.b32hexencode(number.to_bytes(10)).decode().lower()}"

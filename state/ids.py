"""Identifiers: sortable by time, with a prefix that says what they name."""

from __future__ import annotations

from typing import Protocol

import uuid_utils


class IdFactory(Protocol):
    """Makes identifiers that nobody else has."""

    def new(self, prefix: str) -> str:
        """Return a new id such as `run_0198c2...`."""
        ...


class TimeIds:
    """UUIDv7 behind a prefix: later ids sort after earlier ones."""

    def new(self, prefix: str) -> str:
        """Return a new id such as `run_0198c2...`."""
        return f"{prefix}_{uuid_utils.uuid7().hex}"

"""Secrets that were typed into pages: taken out of every text that leaves the browser layer."""

from __future__ import annotations

import base64
import html
import json
from collections.abc import Iterator
from urllib.parse import quote, quote_plus

from pydantic import JsonValue

MASK = "•••"
_SHORTEST = 3
"""Shorter values would mask ordinary words."""


class Masker:
    """Knows the secret values of one session, in the spellings pages echo them in."""

    def __init__(self) -> None:
        self._values: list[str] = []
        self._spellings: tuple[str, ...] = ()

    @property
    def values(self) -> tuple[str, ...]:
        """The literal values, for painting over pictures."""
        return tuple(self._values)

    def add(self, value: str) -> None:
        """Mask that value from now on."""
        if len(value) >= _SHORTEST and value not in self._values:
            self._values.append(value)
            spellings = {spelling for known in self._values for spelling in spellings_of(known)}
            # The longest first: a spelling may contain another.
            self._spellings = tuple(sorted(spellings, key=len, reverse=True))

    def text(self, value: str) -> str:
        """Return the text without secrets."""
        for spelling in self._spellings:
            if spelling in value:
                value = value.replace(spelling, MASK)
        return value

    def json(self, value: JsonValue) -> JsonValue:
        """Return the JSON value without secrets in any of its strings."""
        if not self._spellings:
            return value
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, list):
            return [self.json(item) for item in value]
        if isinstance(value, dict):
            return {key: self.json(item) for key, item in value.items()}
        return value


def spellings_of(value: str) -> Iterator[str]:
    """Yield the forms in which a page, an address or a body may repeat a value."""
    yield value
    for changed in (value.upper(), value.lower(), value[::-1]):
        if len(value) >= 6:
            yield changed
    for encoded in (
        quote(value),
        quote(value, safe=""),
        quote_plus(value),
        html.escape(value),
        json.dumps(value)[1:-1],
    ):
        yield encoded
        yield encoded.lower() if "%" in encoded else encoded
    raw = value.encode()
    if len(raw) >= 6:
        yield raw.hex()
        for shift in range(3):
            # Base64 of a text that contains it: the middle characters are the same, whatever stands around.
            core = base64.b64encode(b"\0" * shift + raw).decode()
            start = (shift * 8 + 5) // 6 if shift else 0
            body = core.rstrip("=")[
                start : len(core.rstrip("=")) - (1 if len(raw) % 3 or shift else 0)
            ]
            if len(body) >= 6:
                yield body
                yield body.replace("+", "-").replace("/", "_")

"""Text on its way to a model: prompts in files, foreign text flattened and cut, secrets masked."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable
from functools import cache
from importlib.resources import files

from pydantic import JsonValue

from podium.state.document import JsonObject

Redactor = Callable[[str], str]
"""Returns the text without secret values."""

_HIDDEN = {"Cc", "Cf", "Co", "Cs", "Cn"}
"""Controls, zero-width and tag characters, private use: what a reader does not see must not reach a model."""
_ADDRESS_TAIL = re.compile(r"(https?://[^\s?#]*)[?#]\S*", re.IGNORECASE)


@cache
def prompt(name: str) -> str:
    """Return the prompt of that name."""
    return (
        files("podium.tools.models")
        .joinpath("prompts", f"{name}.md")
        .read_text(encoding="utf-8")
        .strip()
    )


def flat(text: str, *, limit: int) -> str:
    """Return foreign text as one visible line of at most `limit` characters."""
    seen = "".join(
        " " if character.isspace() else character
        for character in text
        if character.isspace() or unicodedata.category(character) not in _HIDDEN
    )
    line = " ".join(seen.split())
    return line if len(line) <= limit else f"{line[: limit - 1].rstrip()}…"


def without_queries(text: str) -> str:
    """Return the text with every address cut before its query and fragment, where tokens and personal data stand."""
    return _ADDRESS_TAIL.sub(r"\1", text)


def as_message(facts: JsonObject, *, redact: Redactor) -> str:
    """Return the facts as one JSON document, every string masked: quoting keeps data from posing as instruction."""
    return json.dumps(_masked(facts, redact), ensure_ascii=False, indent=1)


def _masked(value: JsonValue, redact: Redactor) -> JsonValue:
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, dict):
        return {key: _masked(item, redact) for key, item in value.items()}
    return [_masked(item, redact) for item in value] if isinstance(value, list) else value

"""Substitution by name only: `{inputs.x}`, `{steps.id.field}`, `{item.column}`, `{date.week}`, `{secrets.NAME}`. No expressions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from pydantic import JsonValue

from podium.state.days import day_of
from podium.state.errors import Fatal

_NAME = re.compile(r"\{(inputs|steps|item|date|secrets)\.([A-Za-z0-9_.+\-]+)\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """The named values a step's texts may refer to. Secrets are absent: they enter at the last moment."""

    inputs: Mapping[str, JsonValue] = field(default_factory=dict[str, JsonValue])
    steps: Mapping[str, JsonValue] = field(default_factory=dict[str, JsonValue])
    """Step id -> its outputs, an object."""
    item: Mapping[str, JsonValue] = field(default_factory=dict[str, JsonValue])
    """The present row inside `each`."""
    today: date | None = None
    """The day of the run, on which `{date.today-7}` and its like depend."""


def names_in(text: str) -> tuple[tuple[str, str], ...]:
    """Return the (space, name) pairs that the text refers to."""
    return tuple((found[1], found[2]) for found in _NAME.finditer(text))


def on_day(text: str, today: date) -> str:
    """Return the text with the days that it names relative to `today`; other references stay as they are.

    Raises:
        Fatal: If a reference names no day.
    """

    def day(found: re.Match[str]) -> str:
        return _day(found[2], today) if found[1] == "date" else found[0]

    return _NAME.sub(day, text)


def render(text: str, scope: Scope) -> str:
    """Return the text with every reference replaced by its value.

    Raises:
        Fatal: If a reference names nothing, or names a secret (those never enter a text).
    """
    return _NAME.sub(lambda found: _text(_look_up(found[1], found[2], scope)), text)


def _look_up(space: str, name: str, scope: Scope) -> JsonValue:
    if space == "secrets":
        raise Fatal(f"Secret {name!r} may only be typed by a sign_in step", code="secret_in_text")
    if space == "date":
        return _day(name, scope.today)
    spaces: dict[str, Mapping[str, JsonValue]] = {
        "inputs": scope.inputs,
        "item": scope.item,
        "steps": scope.steps,
    }
    value: JsonValue = dict(spaces[space])
    for part in name.split("."):
        if not isinstance(value, dict) or part not in value:
            raise Fatal(f"Nothing is called {space}.{name!s} here", code="unknown_name")
        value = value[part]
    return value


def _day(name: str, today: date | None) -> str:
    if today is None:
        raise Fatal(f"{{date.{name}}} has no meaning here: there is no run", code="unknown_name")
    try:
        return day_of(name, today).isoformat()
    except ValueError as error:
        raise Fatal(f"Nothing is called date.{name} here", code="unknown_name") from error


def _text(value: JsonValue) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)

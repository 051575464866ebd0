"""JSON from outside, read strictly: what two readers could take differently is refused."""

from __future__ import annotations

import json

from pydantic import JsonValue

from podium.state.document import JsonObject

_LEVELS = 64


def read_json(data: bytes) -> JsonValue:
    """Return the JSON value.

    Raises:
        ValueError: If it is none, has a member twice, holds NaN or Infinity, or is nested too deep.
    """
    try:
        text = data.decode("utf-8")
        value: JsonValue = json.loads(text, object_pairs_hook=_members, parse_constant=_no_constant)
    except RecursionError as error:
        raise ValueError("nested too deep") from error
    if _depth(value) > _LEVELS:
        raise ValueError("nested too deep")
    return value


def _members(pairs: list[tuple[str, JsonValue]]) -> JsonObject:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a member is there twice")
    return members


def _no_constant(name: str) -> JsonValue:
    raise ValueError(f"{name} is not JSON")


def _depth(value: JsonValue) -> int:
    deepest, waiting = 0, [(value, 1)]
    while waiting:
        item, depth = waiting.pop()
        deepest = max(deepest, depth)
        if isinstance(item, dict):
            waiting += [(part, depth + 1) for part in item.values()]
        elif isinstance(item, list):
            waiting += [(part, depth + 1) for part in item]
    return deepest

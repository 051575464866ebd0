"""JSON schemas in the strict form that structured output demands: every field required, nothing else allowed."""

from __future__ import annotations

from pydantic import BaseModel, JsonValue

from podium.state.document import JsonObject

_NOT_ALLOWED = {"default", "title", "maxLength", "minLength", "maxItems", "minItems"} | {
    "maximum",
    "minimum",
    "pattern",
    "format",
}
"""Keywords that strict servers refuse; our own check of the answer enforces them."""


def strict_schema(shape: type[BaseModel]) -> JsonObject:
    """Return the schema of the shape as `response_format` and tools take it."""
    return _strict_object(shape.model_json_schema())


def _strict_object(schema: JsonObject) -> JsonObject:
    strict: JsonObject = {}
    for key, value in schema.items():
        if key in _NOT_ALLOWED:
            continue
        # Below these two stand names of ours, not keywords.
        if key in {"properties", "$defs"} and isinstance(value, dict):
            strict[key] = {name: _strict(item) for name, item in value.items()}
        else:
            strict[key] = _strict(value)
    properties = strict.get("properties")
    if isinstance(properties, dict):
        strict |= {"required": list(properties), "additionalProperties": False}
    return strict


def _strict(value: JsonValue) -> JsonValue:
    if isinstance(value, dict):
        return _strict_object(value)
    if isinstance(value, list):
        return [_strict(item) for item in value]
    return value

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pydantic import BaseModel, JsonValue

from podium.state.document import JsonObject
from podium.tools.models.chooser import SaidChoice
from podium.tools.models.forms import SaidPlan, SaidUnderstanding
from podium.tools.models.schema import strict_schema

SHAPES = (SaidUnderstanding, SaidPlan, SaidChoice)


def objects(value: JsonValue) -> Iterator[JsonObject]:
    if isinstance(value, dict):
        if value.get("type") == "object":
            yield value
        for item in value.values():
            yield from objects(item)
    if isinstance(value, list):
        for item in value:
            yield from objects(item)


@pytest.mark.parametrize("shape", SHAPES)
def test_every_object_names_all_its_fields_and_allows_no_other(shape: type[BaseModel]) -> None:
    found = list(objects(strict_schema(shape)))
    assert found
    for schema in found:
        properties = schema.get("properties")
        assert isinstance(properties, dict), schema
        assert schema["required"] == list(properties)
        assert schema["additionalProperties"] is False


@pytest.mark.parametrize("shape", SHAPES)
def test_no_keyword_is_used_that_strict_servers_refuse(shape: type[BaseModel]) -> None:
    for schema in objects(strict_schema(shape)):
        assert not {"default", "maxLength", "maxItems", "title"} & set(schema)


class Nested(BaseModel):
    default: str = "a field of this name is kept"


def test_a_field_that_is_called_like_a_keyword_stays() -> None:
    properties = strict_schema(Nested)["properties"]
    assert isinstance(properties, dict)
    assert list(properties) == ["default"]

"""The common shape of Podium's documents: frozen, closed, plain JSON in and out."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, JsonValue

JsonObject = dict[str, JsonValue]


class Document(BaseModel):
    """A frozen record that refuses unknown fields and dumps to plain JSON."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    def to_json(self) -> JsonObject:
        """Return the record as plain JSON values."""
        return self.model_dump(mode="json", by_alias=True)

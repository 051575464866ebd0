"""Questions to a person and the rules their answers must satisfy."""

from __future__ import annotations

import math
from datetime import datetime
from typing import Literal

from pydantic import Field, JsonValue

from podium.state.document import Document, JsonObject
from podium.state.errors import InvalidAnswer

QuestionKind = Literal["choice", "text", "secret", "review", "approval", "takeover"]


class FieldSpec(Document):
    """One field of an answer."""

    name: str
    title: str
    type: Literal["text", "number", "boolean", "choice", "choices", "secret"] = "text"
    choices: tuple[str, ...] = ()
    default: JsonValue = None
    required: bool = True
    origin: str = ""
    """For `secret`: the origin the credential is bound to."""


class Question(Document):
    """What Podium asks; every door shows it and takes its answer."""

    id: str
    kind: QuestionKind
    title: str
    text: str = ""
    fields: tuple[FieldSpec, ...] = ()
    evidence: tuple[str, ...] = ()
    """Ids of screenshots and excerpts."""
    subject: str = ""
    """For `review` and `approval`: hash of exactly what would be approved."""
    expires_at: datetime | None = None
    timer: bool = False
    """It only waits for its end, which takes the default: nobody is told, an answer merely hastens or ends it."""

    @property
    def default(self) -> JsonObject | None:
        """The answer taken for "decide for me", when every required field has a default."""
        if any(field.required and field.default is None for field in self.fields):
            return None
        return {field.name: field.default for field in self.fields}

    def json_schema(self) -> JsonObject:
        """Return the JSON schema of the answer."""
        properties: dict[str, JsonValue] = {
            field.name: _field_schema(field) for field in self.fields
        }
        return {
            "type": "object",
            "properties": properties,
            "required": [field.name for field in self.fields if field.required],
            "additionalProperties": False,
        }

    def check(self, answer: JsonObject) -> JsonObject:
        """Return the answer with defaults filled in.

        For `review` and `approval` the answer holds `decision` (approve | reject | edit) and, for
        edit, what the fields allow. A `secret` field takes `{"stored": NAME}` only.

        Raises:
            InvalidAnswer: If a field is missing, unknown or of the wrong type; the question stays open.
        """
        known = {field.name: field for field in self.fields}
        unknown = sorted(set(answer) - set(known))
        if unknown:
            raise InvalidAnswer(
                f"The question {self.title!r} has no field {unknown[0]!r}",
                hint=f"Its fields: {', '.join(known) or 'none'}.",
            )
        # An approval is said in full; what is only chosen may be said by its number or its beginning.
        exact = self.kind in {"review", "approval"}
        return {
            name: _check_field(field, answer.get(name), exact=exact)
            for name, field in known.items()
        }


def _field_schema(field: FieldSpec) -> JsonValue:
    schema: dict[str, JsonValue] = {"title": field.title}
    match field.type:
        case "text":
            schema["type"] = "string"
        case "number":
            schema["type"] = "number"
        case "boolean":
            schema["type"] = "boolean"
        case "choice":
            schema |= {"type": "string", "enum": list(field.choices)}
        case "choices":
            schema |= {"type": "array", "items": {"enum": list(field.choices)}, "minItems": 1}
        case "secret":
            schema |= {
                "type": "object",
                "properties": {"stored": {"type": "string"}},
                "required": ["stored"],
                "x-podium-secret": field.origin,
            }
    if field.default is not None:
        schema["default"] = field.default
    return schema


def _check_field(field: FieldSpec, value: JsonValue, *, exact: bool) -> JsonValue:
    if _is_blank(value):
        if field.default is not None or not field.required:
            return field.default
        raise InvalidAnswer(
            f"The answer lacks {field.name!r} ({field.title})", hint=_allowed(field)
        )
    checked = _read(field, value, exact=exact)
    if checked is None:
        raise InvalidAnswer(f"{field.name!r} does not fit ({field.title})", hint=_allowed(field))
    return checked


def _is_blank(value: JsonValue) -> bool:
    return value is None or value == [] or (isinstance(value, str) and not value.strip())


def _read(field: FieldSpec, value: JsonValue, *, exact: bool) -> JsonValue:
    """Return the value in the field's type, or none when it does not fit."""
    match field.type:
        case "text":
            return value if isinstance(value, str) else None
        case "number":
            return _number(value)
        case "boolean":
            return _boolean(value)
        case "choice":
            return _one_of(field, value, exact=exact) if isinstance(value, str) else None
        case "choices":
            return [_one_of(field, item, exact=exact) for item in _listed(field, value)] or None
        case "secret":
            name = value.get("stored") if isinstance(value, dict) else None
            return {"stored": name} if isinstance(name, str) and name else None


def _number(value: JsonValue) -> JsonValue:
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value if math.isfinite(value) else None


def _boolean(value: JsonValue) -> JsonValue:
    if isinstance(value, str):
        return {"true": True, "yes": True, "false": False, "no": False}.get(value.strip().lower())
    return value if isinstance(value, bool) else None


def _listed(field: FieldSpec, value: JsonValue) -> list[str]:
    if isinstance(value, list):
        return [str(item).strip() for item in value]
    text = str(value).strip()
    # A choice may hold a comma itself.
    if text.casefold() in {choice.casefold() for choice in field.choices}:
        return [text]
    return [part.strip() for part in text.split(",") if part.strip()]


def _one_of(field: FieldSpec, value: str, *, exact: bool) -> str:
    said = value.strip().casefold()
    for choice in field.choices:
        if choice.casefold() == said:
            return choice
    found = () if exact else _meant(field.choices, said)
    if len(found) == 1:
        return found[0]
    if found:
        raise InvalidAnswer(
            f"{value!r} may be {' or '.join(found)} for {field.name!r}", hint=_allowed(field)
        )
    raise InvalidAnswer(f"{value!r} is not a choice for {field.name!r}", hint=_allowed(field))


def _meant(choices: tuple[str, ...], said: str) -> tuple[str, ...]:
    """Return the choices that are called so before their samples; else those that begin so; else the one of that number."""
    called = tuple(one for one in choices if one.casefold().split(" (")[0] == said)
    begun = called or tuple(one for one in choices if one.casefold().startswith(said))
    if begun or not said.isdecimal():
        return begun
    return choices[int(said) - 1 : int(said)] if int(said) else ()


def _allowed(field: FieldSpec) -> str:
    if field.type in {"choice", "choices"}:
        return f"Choose from: {' | '.join(field.choices)}."
    if field.type == "secret":
        return "Store it with `podium secret set` and answer with its name; a value never travels in an answer."
    return f"It is a {field.type}."


class OpenQuestion(Document):
    """A question in the inbox, with where it waits."""

    question: Question
    thread_id: str
    """The thread that is answered: of the work or of the run."""
    run_id: str = ""
    agent: str = ""
    asked_at: datetime
    answer: JsonObject | None = Field(default=None)

"""The forms a model's answers must have. What of an answer is taken over is decided in `reading`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal, cast

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from podium.state.plan import PlanOp, Verb
from podium.state.program import Comparison, Effect

MAX_REQUESTS, MAX_STEPS = 10, 40

Scalar = str | float | bool | None


class _Said(BaseModel):
    """Part of an answer. Null stands for "not said"; what was not asked for is not looked at."""

    model_config = ConfigDict(frozen=True, extra="ignore", str_strip_whitespace=True)

    @model_validator(mode="before")
    @classmethod
    def _null_is_not_said(cls, value: object) -> object:
        if not isinstance(value, Mapping):
            return value
        fields = cast("Mapping[str, object]", value)  # JSON objects have string keys
        return {name: item for name, item in fields.items() if item is not None}


Text = Annotated[str, Field(max_length=500)]


class SaidValue(_Said):
    """A name with a value: of a field to be filled in, or of an argument."""

    name: Text
    value: Annotated[str, Field(max_length=5_000)]


def _pairs(value: object) -> object:
    """Read `{"Subject": "x"}` like `[{"name": "Subject", "value": "x"}]`: many models prefer the first."""
    if isinstance(value, Mapping):
        fields = cast("Mapping[str, object]", value)  # JSON objects have string keys
        return [{"name": name, "value": item} for name, item in fields.items()]
    return value


Values = Annotated[tuple[SaidValue, ...], BeforeValidator(_pairs)]


class SaidRule(_Said):
    """A condition on records."""

    phrase: Text
    column: Text = ""
    cmp: Comparison = "="
    value: Scalar = None


class SaidStep(_Said):
    """One step, in the user's words."""

    id: Text = ""
    op: PlanOp
    title: Text
    effect: Effect = "read"
    url: Text = ""
    secret: Text = ""
    thing: Text = ""
    kind: Literal["", "list", "form", "page", "files"] = ""
    fields: tuple[Text, ...] = ()
    key: Text = ""
    limit: int | None = None
    rules: tuple[SaidRule, ...] = ()
    which: Literal["", "first", "last", "newest", "oldest", "highest", "lowest"] = ""
    count: int = 1
    file_type: Text = ""
    per_row: bool = False
    values: Values = ()
    store_as: Literal["", "table", "files", "both"] = ""
    dataset: Text = ""


class SaidSchedule(_Said):
    """When an agent runs."""

    cron: Text
    timezone: Text = ""
    words: Text = ""


class SaidInput(_Said):
    """A value that changes from run to run."""

    name: Text
    type: Literal["text", "number", "date", "file"] = "text"
    default: Scalar = None
    description: Text = ""


class SaidMissing(_Said):
    """A further fact to ask for."""

    field: Text
    question: Text
    choices: tuple[Text, ...] = ()


class SaidRequest(_Said):
    """One thing asked for."""

    verb: Verb
    text: Text = ""
    agents: tuple[Text, ...] = ()
    site: Text = ""
    schedule: SaidSchedule | None = None
    inputs: tuple[SaidInput, ...] = ()
    outputs: tuple[Text, ...] = ()
    steps: Annotated[tuple[SaidStep, ...], Field(max_length=MAX_STEPS)] = ()
    missing: tuple[SaidMissing, ...] = ()
    arguments: Values = ()


class SaidUnderstanding(_Said):
    """The whole reading."""

    requests: Annotated[tuple[SaidRequest, ...], Field(max_length=MAX_REQUESTS)]
    confidence: Annotated[float, Field(ge=0, le=1)]
    unexplained: tuple[Text, ...] = ()
    reply: Annotated[str, Field(max_length=2_000)] = ""


class SaidAgent(_Said):
    """One agent of a changed outline."""

    name: Text
    goal: Text = ""
    inputs: tuple[SaidInput, ...] = ()
    schedule: SaidSchedule | None = None
    steps: Annotated[tuple[SaidStep, ...], Field(max_length=MAX_STEPS)]


class SaidPlan(_Said):
    """A changed outline, or why there is none."""

    agents: tuple[SaidAgent, ...] = ()
    problem: Text = ""

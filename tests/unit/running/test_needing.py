"""Which columns of a list are needed: what is kept, or what rows are chosen and acted on by."""

from __future__ import annotations

from podium.state.program import (
    ClickStep,
    Column,
    Condition,
    EachArgs,
    EachStep,
    ExtractArgs,
    ExtractStep,
    ListSpec,
    StoreArgs,
    StoreStep,
    TargetArgs,
    WhereArgs,
    WhereStep,
)
from podium.state.target import Target
from podium.tools.running.needing import wanted_columns

SPEC = ListSpec(
    kind="table",
    columns=tuple(
        Column(name=name, header=name.title()) for name in ("id", "owner", "state", "fee")
    ),
    key=("id",),
)
READ = ExtractStep(id="read", title="Read", args=ExtractArgs(list=SPEC))
WHERE = WhereStep(
    id="only",
    title="Only",
    args=WhereArgs(rows="read", conditions=(Condition(column="state", cmp="=", value="open"),)),
)
PRESS = ClickStep(
    id="press", title="Press", args=TargetArgs(target=Target(name="Go", row_key="{item.id}"))
)
EACH = EachStep(id="each", title="Each", args=EachArgs(rows="only", steps=(PRESS,)))
STORE = StoreStep(id="store", title="Store", args=StoreArgs(rows="only", dataset="d", key=("id",)))
ALL = frozenset({"id", "owner", "state", "fee"})


def test_rows_that_are_only_acted_on_need_their_key_and_what_chooses_them() -> None:
    assert wanted_columns(READ, (READ, WHERE, EACH)) == {"id", "state"}


def test_rows_that_are_kept_need_all_columns() -> None:
    assert wanted_columns(READ, (READ, WHERE, STORE)) == ALL
    assert wanted_columns(READ, (READ, WHERE, EACH, STORE)) == ALL


def test_rows_that_nothing_uses_are_the_result() -> None:
    assert wanted_columns(READ, (READ,)) == ALL
    assert wanted_columns(READ, (READ, WHERE)) == ALL


def test_rows_that_another_step_quotes_need_all_columns() -> None:
    quoting = PRESS.model_copy(update={"id": "tell", "title": "{steps.only.first.owner}"})

    assert wanted_columns(READ, (READ, WHERE, EACH, quoting)) == ALL


def test_what_the_step_keeps_is_what_it_needs() -> None:
    kept = READ.model_copy(update={"args": READ.args.model_copy(update={"take": ("fee",)})})

    assert wanted_columns(kept, (kept, WHERE, EACH)) == {"id", "fee"}

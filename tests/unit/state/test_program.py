from __future__ import annotations

import json

import pytest
from hypothesis import given, settings

from podium.state.document import JsonObject
from podium.state.errors import InvalidProgram
from podium.state.program import (
    ExtractArgs,
    ExtractStep,
    ListSpec,
    PickArgs,
    PickStep,
    Program,
    Step,
    WhereArgs,
    WhereStep,
    check_program,
    origin_list,
    parse_program,
    parse_step,
    walk,
)
from tests.unit.state.strategies import programs


def step(**changes: object) -> JsonObject:
    plain: JsonObject = {"id": "a", "title": "A", "op": "open", "args": {"url": "/"}}
    plain.update(changes)  # pyright: ignore[reportArgumentType, reportCallIssue]  plain JSON
    return plain


def problems_of(*steps: JsonObject, version: int = 1) -> str:
    with pytest.raises(InvalidProgram) as caught:
        parse_program({"schema_version": version, "steps": list(steps)})
    return "\n".join(caught.value.problems)


@settings(max_examples=40, deadline=None)
@given(programs())
def test_a_program_survives_being_written_and_read(program: Program) -> None:
    written = json.dumps(program.to_json())

    assert parse_program(json.loads(written)) == program


@settings(max_examples=40, deadline=None)
@given(programs())
def test_every_step_survives_being_written_and_read_alone(program: Program) -> None:
    for one in walk(program.steps):
        assert parse_step(json.loads(json.dumps(one.to_json()))) == one


@settings(max_examples=40, deadline=None)
@given(programs())
def test_walking_meets_every_step_once_containers_first(program: Program) -> None:
    ids = [one.id for one in walk(program.steps)]

    assert len(ids) == len(set(ids))
    assert [one.id for one in program.steps] == [name for name in ids if _is_top(program, name)]


def _is_top(program: Program, name: str) -> bool:
    return any(one.id == name for one in program.steps)


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"op": "evaluate"}, "evaluate"),
        ({"op": "open", "args": {"url": "/", "script": "x"}}, "Extra inputs"),
        ({"args": {}}, "Field required"),
        ({"effect": "harmless"}, "effect"),
        ({"on_error": "retry"}, "on_error"),
        ({"id": "a b"}, "may hold letters"),
        ({"id": ""}, "may hold letters"),
        ({"id": "é"}, "may hold letters"),
        ({"id": "finish"}, "every agent has"),
        ({"effect": "write", "retries": 1}, "may not be retried"),
        ({"effect": "sign_in"}, "cannot have effect sign_in"),
        ({"op": "where", "args": {"rows": "b", "conditions": []}}, "no earlier step makes"),
        ({"op": "where", "args": {"rows": "a", "conditions": []}}, "no earlier step makes"),
        ({"effect": "write", "probe": step(id="p"), "id": ""}, "may hold letters"),
        ({"effect": "write", "probe": {"op": "nothing"}}, "probe of step 'a'"),
        ({"effect": "write", "probe": step(effect="write")}, "it may only read"),
        ({"expect": [{"kind": "javascript"}]}, "javascript"),
    ],
)
def test_a_step_that_breaks_a_rule_is_named(changes: dict[str, object], problem: str) -> None:
    assert problem in problems_of(step(**changes))


def test_all_broken_rules_are_named_together() -> None:
    found = problems_of(step(id="a b"), step(id="a b"), step(id="c", effect="write", retries=1))

    assert len(found.splitlines()) == 4


def test_an_id_inside_a_loop_may_not_be_used_again() -> None:
    rows = step(id="rows", op="extract", args={"list": {"kind": "table", "columns": []}})
    loop = step(id="loop", op="each", args={"rows": "rows", "steps": [step(id="rows")]})

    assert "'rows' is used twice" in problems_of(rows, loop)


def test_a_program_of_another_schema_is_refused() -> None:
    assert "schema_version 2 is not 1" in problems_of(step(), version=2)


def test_a_step_that_is_none_says_which() -> None:
    with pytest.raises(InvalidProgram, match="'s7'"):
        parse_step({"id": "s7", "op": "exec", "title": ""})


def test_a_program_nested_beyond_reason_is_refused() -> None:
    inner = step()
    for depth in range(3000):
        inner = step(id=f"w{depth}", op="when", args={"rows": "a", "steps": [inner]})

    with pytest.raises(InvalidProgram):
        parse_program({"steps": [step(), inner]})


def test_what_is_not_a_program_at_all_is_refused() -> None:
    wrong: tuple[JsonObject, ...] = (
        {},
        {"steps": "x"},
        {"steps": [1]},
        {"steps": [], "code": "x"},
    )
    for value in wrong:
        with pytest.raises(InvalidProgram):
            parse_program(value)


def test_the_list_behind_filtered_rows_is_found() -> None:
    table = ExtractStep(id="t", title="", args=ExtractArgs(list=ListSpec(kind="table", columns=())))
    unpaid = WhereStep(id="w", title="", args=WhereArgs(rows="t", conditions=()))
    newest = PickStep(id="p", title="", args=PickArgs(rows="w"))
    program = Program(steps=(table, unpaid, newest))
    check_program(program)

    found: list[Step | None] = [origin_list(program, name) for name in ("p", "t", "nothing")]

    assert found == [table, table, None]

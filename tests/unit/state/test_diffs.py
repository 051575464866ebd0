"""What differs between versions, and which compiled steps stay valid after a change of the plan."""

from __future__ import annotations

from podium.state.diffs import (
    diff_words,
    parts_of,
    plan_diff,
    program_diff,
    spec_diff,
    still_valid,
)
from podium.state.plan import MatchRule, PlannedStep, PlanOp
from podium.state.program import (
    Condition,
    DownloadArgs,
    DownloadStep,
    EachArgs,
    EachStep,
    ExtractArgs,
    ExtractStep,
    ListSpec,
    OpenArgs,
    OpenStep,
    Program,
    Step,
    StoreArgs,
    StoreStep,
    WaitArgs,
    WaitStep,
    WhereArgs,
    WhereStep,
)
from podium.state.triggers import Schedule
from tests.builders import a_spec


def planned(op: PlanOp, step_id: str = "", **more: object) -> PlannedStep:
    return PlannedStep.model_validate(
        {"id": step_id or op, "op": op, "title": f"Do {step_id or op}", **more}
    )


def where(value: str, rows: str = "extract") -> WhereStep:
    condition = Condition(column="status", cmp="=", value=value)
    args = WhereArgs(rows=rows, conditions=(condition,))
    return WhereStep(id="filter", title="Keep", args=args)


def compiled() -> tuple[Step, ...]:
    fetch = DownloadStep(id="download-file", title="Fetch", args=DownloadArgs(url="{item.link}"))
    return (
        OpenStep(id="open", title="Open", args=OpenArgs(url="https://shop.test/")),
        OpenStep(id="banner", title="Banner", args=OpenArgs(url="https://shop.test/x")),
        OpenStep(id="reach", title="Reach", args=OpenArgs(url="https://shop.test/list")),
        ExtractStep(
            id="extract",
            title="Read",
            args=ExtractArgs(list=ListSpec(kind="table", columns=())),
        ),
        where("Open"),
        EachStep(id="download", title="Each", args=EachArgs(rows="filter", steps=(fetch,))),
        StoreStep(
            id="store",
            title="Store",
            args=StoreArgs(rows="filter", dataset="d", files="download-file"),
        ),
    )


PLAN = (
    planned("open"),
    planned("reach", thing="invoices"),
    planned("extract", thing="invoices"),
    planned("filter", rules=(MatchRule(phrase="unpaid"),)),
    planned("download", per_row=True),
    planned("store"),
)
PROGRAM = Program(steps=compiled())


def valid(*after: PlannedStep, redo: tuple[str, ...] = ()) -> list[str]:
    return list(still_valid(PLAN, after, PROGRAM, redo=redo))


def without(step_id: str) -> tuple[PlannedStep, ...]:
    return tuple(step for step in PLAN if step.id != step_id)


def changed(step_id: str, **fields: object) -> tuple[PlannedStep, ...]:
    return tuple(step.model_copy(update=fields) if step.id == step_id else step for step in PLAN)


# -- Validity --------------------------------------------------------------------------------------


def test_a_step_on_the_way_goes_with_the_planned_step_it_precedes() -> None:
    parts = parts_of(PLAN, PROGRAM)

    assert [step.id for step in parts["reach"]] == ["banner", "reach"]


def test_nothing_changed_means_everything_stays() -> None:
    assert valid(*PLAN) == ["open", "reach", "extract", "filter", "download", "store"]


def test_another_rule_is_explored_without_the_pages_around_it() -> None:
    after = changed("filter", rules=(MatchRule(phrase="overdue"),))

    assert valid(*after) == ["open", "reach", "extract", "download"]


def test_what_is_waited_for_is_explored_anew_with_the_rows_that_it_waits_for() -> None:
    steps = compiled()
    look = WaitArgs(until=steps[3].to_json(), every_s=600)
    waits = WaitStep(id="wait", title="Wait", args=look)
    program = Program(steps=(*steps[:3], waits, *steps[3:]))
    plan = (*PLAN[:2], planned("wait", every_s=600, within_s=3600), *PLAN[2:])
    rule = changed("filter", rules=(MatchRule(phrase="overdue"),))
    after = (*rule[:2], plan[2], *rule[2:])

    assert "wait" in still_valid(plan, plan, program)
    assert "wait" not in still_valid(plan, after, program)


def test_another_place_is_explored_with_all_that_stands_on_it() -> None:
    assert valid(*changed("reach", thing="orders")) == ["open"]


def test_another_title_changes_nothing() -> None:
    assert len(valid(*changed("reach", title="Go to the invoices"))) == 6


def test_files_are_fetched_anew_when_a_filter_is_put_before_them() -> None:
    new = planned("pick", which="newest")

    assert "download" not in valid(*PLAN[:4], new, *PLAN[4:])


def test_what_needs_the_files_of_a_dropped_step_is_built_anew() -> None:
    assert valid(*without("download")) == ["open", "reach", "extract", "filter"]


def test_what_was_moved_on_the_page_is_explored_again() -> None:
    order = (PLAN[1], PLAN[0], *PLAN[2:])

    assert "reach" not in valid(*order)
    assert "extract" not in valid(*order)


def test_a_step_that_failed_is_explored_though_nothing_changed() -> None:
    assert valid(*PLAN, redo=("reach",)) == ["open"]


# -- Words -----------------------------------------------------------------------------------------


def test_a_plan_is_compared_step_by_step() -> None:
    after = (PLAN[0], PLAN[2], PLAN[1], planned("notify"))

    found = {(item.kind, item.name) for item in plan_diff(PLAN[:4], after)}

    moved = {item for item in found if item[0] == "moved"}
    assert len(moved) == 1
    assert found - moved == {
        ("removed", "Do filter"),
        ("added", "Do notify"),
    }


def test_a_program_says_what_is_the_same_and_what_is_new() -> None:
    steps = tuple(where("Paid") if step.id == "filter" else step for step in compiled())

    diff = program_diff(PROGRAM, Program(steps=steps))

    assert diff.rebuilt == ("filter",)
    assert "download-file" in diff.kept
    assert [(item.kind, item.detail) for item in diff.changes] == [
        ("changed", "args.conditions.0.value: Open → Paid")
    ]


def test_a_loop_is_the_same_while_a_step_inside_it_differs() -> None:
    other = DownloadStep(id="download-file", title="Fetch", args=DownloadArgs(url="{item.pdf}"))
    loop = EachStep(id="download", title="Each", args=EachArgs(rows="filter", steps=(other,)))
    steps = tuple(loop if step.id == "download" else step for step in compiled())

    assert program_diff(PROGRAM, Program(steps=steps)).rebuilt == ("download-file",)


def test_a_spec_is_compared_field_by_field() -> None:
    before = a_spec()
    after = before.model_copy(
        update={"goal": "Other", "schedule": Schedule(cron="0 8 * * *", words="every day at 8")}
    )

    lines = diff_words(
        program_diff(PROGRAM, PROGRAM).model_copy(update={"changes": spec_diff(before, after)})
    )

    assert "~ spec: goal (Collect the prices → Other)" in lines
    assert "+ spec: schedule (every day at 8)" in lines

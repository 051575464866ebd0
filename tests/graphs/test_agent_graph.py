"""The child graph on doubles: steps, loops, questions, crashes."""
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from pathlib import Path

import pytest
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
from pydantic import JsonValue

from podium.graphs.agent.drawing import draw
from podium.graphs.agent.graph import node_names
from podium.server.checkpoints import SqliteCheckpoints
from podium.state.document import JsonObject
from podium.state.program import Program, Step
from podium.state.questions import FieldSpec
from podium.tools.runner import Progress, RunContext, StepResult
from tests.doubles import Killed, Rows, ScriptedRunner, a_choice, a_list, a_step, each, when
from tests.graphs.talk import AgentRun, at

THREE = Program(steps=(a_step("one"), a_step("two"), a_step("three")))


def rows(count: int) -> Rows:
    return {"list": [{"n": number} for number in range(count)]}


async def test_every_step_runs_once_in_order() -> None:
    run = AgentRun(THREE)

    state = await run.start(inputs={"month": "May"})

    assert run.runner.done == ["one", "two", "three"]
    assert state["done"] == ["one", "two", "three"]
    assert run.runner.contexts[0].inputs == {"month": "May"}
    assert run.ledger.finished[0]["outcome"] == "success"


async def test_a_step_knows_what_is_done_and_where_it_may_be_entered_again() -> None:
    run = AgentRun(THREE)

    await run.start()

    assert run.runner.progress[2].done == ("one", "two")
    assert run.runner.progress[2].safe_url == "https://shop.test/two"


async def test_a_failed_step_ends_the_run() -> None:
    run = AgentRun(THREE, ScriptedRunner(fails={"two": [None]}))

    state = await run.start()

    assert run.runner.done == ["one"]
    assert state["error"] == {"code": "expectation", "message": "Do two went wrong", "step": "two"}
    assert run.ledger.finished[0]["outcome"] == "fail"


async def test_a_failed_step_that_may_be_skipped_does_not_end_the_run() -> None:
    program = Program(steps=(a_step("one"), a_step("two", on_error="skip"), a_step("three")))
    run = AgentRun(program, ScriptedRunner(fails={"two": [None]}))

    state = await run.start()

    assert run.runner.done == ["one", "three"]
    assert not state["error"]


async def test_a_loop_walks_every_row() -> None:
    program = Program(steps=(a_list(), each("loop", a_step("get"), a_step("keep")), a_step("end")))
    run = AgentRun(program, ScriptedRunner(rows=rows(3)))

    await run.start()

    assert run.runner.done == [
        "list", "get:0", "keep:0", "get:1", "keep:1", "get:2", "keep:2", "end",
    ]  # fmt: skip


async def test_a_loop_over_nothing_is_done_at_once() -> None:
    program = Program(steps=(a_list(), each("loop", a_step("get")), a_step("end")))
    run = AgentRun(program)

    state = await run.start()

    assert run.runner.done == ["list", "end"]
    assert state["done"] == ["list", "loop", "end"]


async def test_a_loop_ends_at_its_limit() -> None:
    program = Program(steps=(a_list(), each("loop", a_step("get"), limit=2)))
    run = AgentRun(program, ScriptedRunner(rows=rows(5)))

    await run.start()

    assert run.runner.done == ["list", "get:0", "get:1"]


async def test_a_row_that_may_be_skipped_gives_up_its_other_steps_only() -> None:
    program = Program(
        steps=(a_list(), each("loop", a_step("get", on_error="skip"), a_step("keep")))
    )
    run = AgentRun(program, ScriptedRunner(rows=rows(3), fails={"get": [1]}))

    state = await run.start()

    assert run.runner.done == ["list", "get:0", "keep:0", "get:2", "keep:2"]
    assert not state["error"]


async def test_a_row_that_may_not_be_skipped_ends_the_run() -> None:
    program = Program(steps=(a_list(), each("loop", a_step("get")), a_step("end")))
    run = AgentRun(program, ScriptedRunner(rows=rows(3), fails={"get": [1]}))

    state = await run.start()

    assert run.runner.done == ["list", "get:0"]
    assert state["error"]


@pytest.mark.parametrize(("count", "done"), [(0, ["list", "end"]), (2, ["list", "tell", "end"])])
async def test_a_branch_is_taken_when_there_are_rows(count: int, done: list[str]) -> None:
    program = Program(steps=(a_list(), when("any", a_step("tell")), a_step("end")))
    run = AgentRun(program, ScriptedRunner(rows=rows(count)))

    await run.start()

    assert run.runner.done == done


async def test_a_branch_inside_a_loop_comes_back_to_the_loop() -> None:
    program = Program(
        steps=(a_list(), each("loop", when("any", a_step("tell")), a_step("get")), a_step("end"))
    )
    run = AgentRun(program, ScriptedRunner(rows=rows(2)))

    await run.start()

    assert run.runner.done == ["list", "tell:0", "get:0", "tell:1", "get:1", "end"]


async def test_a_loop_inside_a_loop_starts_anew_for_each_row() -> None:
    program = Program(
        steps=(
            a_list("outer"),
            a_list("inner"),
            each("days", each("hours", a_step("get"), rows="inner"), rows="outer"),
        )
    )
    runner = ScriptedRunner(rows={"outer": [{"n": "a"}, {"n": "b"}], "inner": [{"n": 1}, {"n": 2}]})
    await AgentRun(program, runner).start()

    assert runner.done == ["outer", "inner", "get:1", "get:2", "get:1", "get:2"]


# -- Questions -------------------------------------------------------------------------------------


async def test_a_step_that_asks_waits_and_goes_on_with_the_answer() -> None:
    run = AgentRun(THREE, ScriptedRunner(asks={"two": a_choice()}))

    await run.start()
    question = await run.question()
    state = await run.answer({"status": "open"})

    assert question is not None
    assert question["title"] == "Which are unpaid?"
    assert run.runner.done == ["one", "two", "three"]
    assert at(state, "outputs", "two") == {"status": "Open"}


async def test_the_question_carries_the_schema_of_its_answer() -> None:
    run = AgentRun(THREE, ScriptedRunner(asks={"two": a_choice()}))

    await run.start()
    question = await run.question()

    assert question is not None
    assert at(question, "schema", "properties", "status", "enum") == ["Open", "Paid"]


@pytest.mark.parametrize("wrong", [{"status": "Green"}, {"color": "Open"}, {}, 7, "", ["x"]])
async def test_a_wrong_answer_is_asked_again_and_says_why(wrong: JsonValue) -> None:
    run = AgentRun(THREE, ScriptedRunner(asks={"two": a_choice()}))
    await run.start()

    await run.answer(wrong)
    again = await run.question()
    await run.answer("Paid")

    assert again is not None
    assert str(again["text"]).startswith("! ")
    assert run.runner.done == ["one", "two", "three"]


async def test_a_step_in_a_loop_asks_for_each_row_anew() -> None:
    program = Program(steps=(a_list(), each("loop", a_step("get")), a_step("end")))
    run = AgentRun(program, ScriptedRunner(rows=rows(2), asks={"get": a_choice()}))

    await run.start()
    await run.answer("Open")
    assert await run.question() is not None
    await run.answer("Paid")

    assert run.runner.done == ["list", "get:0", "get:1", "end"]


class AsksTwice(ScriptedRunner):
    """Its step `two` needs a status and then an owner."""

    async def run_step(
        self,
        step: Step,
        context: RunContext,
        progress: Progress,
        *,
        item: dict[str, JsonValue] | None = None,
        answer: JsonObject | None = None,
    ) -> StepResult:
        owner = a_choice("q.owner").model_copy(
            update={
                "fields": (
                    FieldSpec(name="owner", title="Owner", type="choice", choices=("Ada", "Bo")),
                )
            }
        )
        self.asks = {"two": a_choice()} if "status" not in (answer or {}) else {"two": owner}
        complete = {"status", "owner"} <= set(answer or {})
        given = answer if step.id != "two" or complete else None
        return await super().run_step(step, context, progress, item=item, answer=given)


async def test_what_was_answered_first_still_holds_when_a_step_asks_again() -> None:
    run = AgentRun(THREE, AsksTwice())

    await run.start()
    await run.answer({"status": "Open"})
    question = await run.question()
    state = await run.answer({"owner": "Bo"})

    assert question is not None
    assert at(question, "schema", "properties", "owner", "enum") == ["Ada", "Bo"]
    assert at(state, "outputs", "two") == {"status": "Open", "owner": "Bo"}
    outputs = at(state, "outputs")
    assert isinstance(outputs, dict)
    assert "three" not in outputs, "no answer is handed on to the next step"


# -- Crashes ---------------------------------------------------------------------------------------


async def test_after_a_crash_no_finished_step_runs_again(tmp_path: Path) -> None:
    path = str(tmp_path / "checkpoints.db")
    first = ScriptedRunner(raises={"three": [Killed()]})
    async with AsyncSqliteSaver.from_conn_string(path) as saver:
        with pytest.raises(Killed):
            await AgentRun(THREE, first, saver=saver).start()

    async with AsyncSqliteSaver.from_conn_string(path) as saver:
        second = AgentRun(THREE, saver=saver)
        await second.go_on()

    assert first.done == ["one", "two"]
    assert second.runner.done == ["three"]
    assert second.runner.progress[0].done == ("one", "two")
    assert second.ledger.begun == []


async def test_after_a_crash_in_a_loop_the_same_row_goes_on(tmp_path: Path) -> None:
    path = str(tmp_path / "checkpoints.db")
    program = Program(steps=(a_list(), each("loop", a_step("get"), a_step("keep"))))
    staged = rows(3)
    first = ScriptedRunner(rows=staged, raises={"keep:1": [Killed()]})
    async with AsyncSqliteSaver.from_conn_string(path) as saver:
        with pytest.raises(Killed):
            await AgentRun(program, first, saver=saver).start()
    async with AsyncSqliteSaver.from_conn_string(path) as saver:
        second = AgentRun(program, ScriptedRunner(rows=staged), saver=saver)
        await second.go_on()

    assert first.done == ["list", "get:0", "keep:0", "get:1"]
    assert second.runner.done == ["keep:1", "get:2", "keep:2"]


async def test_a_question_is_answered_from_another_process(tmp_path: Path) -> None:
    path = str(tmp_path / "checkpoints.db")
    async with AsyncSqliteSaver.from_conn_string(path) as saver:
        await AgentRun(THREE, ScriptedRunner(asks={"two": a_choice()}), saver=saver).start()

    async with AsyncSqliteSaver.from_conn_string(path) as saver:
        second = AgentRun(THREE, ScriptedRunner(asks={"two": a_choice()}), saver=saver)
        state = await second.answer({"status": "Paid"})

    assert second.runner.done == ["two", "three"]
    assert at(state, "result", "outcome") == "success"


async def test_a_long_loop_keeps_its_checkpoints_small(tmp_path: Path) -> None:
    path = tmp_path / "checkpoints.db"
    program = Program(steps=(a_list(), each("loop", a_step("get")), a_step("end")))
    wide: Rows = {"list": [{"n": number, "text": "x" * 2000} for number in range(500)]}
    checkpoints = SqliteCheckpoints(path)
    saver = await checkpoints.saver()
    run = AgentRun(program, ScriptedRunner(rows=wide), saver=saver)

    await run.start()
    last = await saver.aget_tuple({"configurable": {"thread_id": "run_1"}})
    await checkpoints.close()

    assert len(run.runner.done) == 502
    assert last is not None
    assert len(str(last.checkpoint["channel_values"])) < 4_000
    assert path.stat().st_size < 12_000_000


async def test_a_second_run_on_a_thread_starts_clean() -> None:
    run = AgentRun(THREE)

    await run.start()
    await run.start()

    assert run.runner.done == ["one", "two", "three"] * 2
    assert run.runner.progress[3].done == ()


# -- Drawing ---------------------------------------------------------------------------------------


def test_the_graph_has_one_named_node_per_step_and_one_for_each_stop() -> None:
    program = Program(steps=(a_list(), each("loop", a_step("get")), when("any", a_step("tell"))))

    drawing = draw(program)

    assert set(drawing.nodes) - {"__start__", "__end__"} == set(node_names(program))
    assert {"list", "loop", "get", "any", "tell", "ask_get"} <= set(drawing.nodes)

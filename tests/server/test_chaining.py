"""Chains: wired by what names and types say, asked where they do not, durable, and one thing to look at and to end."""

from __future__ import annotations

from datetime import timedelta

import pytest
from pydantic import JsonValue

from podium.server.changes import Changes
from podium.server.following import Following, chain_view, scheduler
from podium.server.scheduler import STALE_S
from podium.server.service import Podium
from podium.state.document import JsonObject
from podium.state.errors import Conflict, UserError
from podium.state.plan import InputSpec
from podium.state.program import Column, ColumnType, ExtractArgs, ExtractStep, ListSpec, Program
from podium.state.runs import Run
from podium.state.triggers import Chain
from tests.builders import a_spec
from tests.doubles import Killed, a_request, a_step
from tests.fakes import FakeClock
from tests.server.harness import Doubles, client_of, deploy
from tests.server.test_verbs import ask, reply

pytestmark = pytest.mark.asyncio(loop_scope="module")


def reader(**columns: ColumnType) -> Program:
    """Return a program that reads a list with those columns."""
    listed = ListSpec(
        kind="table",
        columns=tuple(
            Column(name=name, header=name.title(), type=kind) for name, kind in columns.items()
        ),
    )
    step = ExtractStep(id="list", title="Read the list", args=ExtractArgs(list=listed))
    return Program(steps=(a_step("start"), step))


def pair(podium: Podium, *inputs: InputSpec, columns: dict[str, ColumnType] | None = None) -> None:
    """Keep an agent that yields rows and one that takes inputs."""
    deploy(podium, program=reader(**(columns or {"sku": "text", "price": "money"})))
    spec = a_spec("report").model_copy(update={"inputs": inputs})
    deploy(podium, "report", spec=spec, program=Program(steps=(a_step("tell"),)))


SKU = InputSpec(name="sku")
WIRE = a_request("chain", agents=("prices", "report"))


async def finished(podium: Podium, run_id: str, rows: list[dict[str, JsonValue]]) -> Run:
    """Let the first agent run and find those rows."""
    await podium.open_run("prices", {}, None, trigger="manual", run_id=run_id)
    podium.stores.staging.put(run_id, "list", rows)
    await podium.begin_run(run_id)
    await podium.settle(run_id)
    return podium.stores.runs.get(run_id)


def three(podium: Podium) -> list[dict[str, JsonValue]]:
    podium.desk.chaining.hooks.add_chain(
        "report", Chain(after="prices", inputs={"sku": "{row.sku}"}, each="list")
    )
    return [{"sku": name} for name in ("a", "b", "c")]


# -- Wiring ----------------------------------------------------------------------------------------


async def test_a_clear_mapping_is_proposed_and_kept_only_when_approved(
    podium: Podium, doubles: Doubles
) -> None:
    pair(podium, SKU)

    asked = await ask(podium, doubles, WIRE)
    before = podium.stores.triggers.list()
    done = await reply(podium, asked, {"decision": "approve", "limit": 7})

    assert "sku ← sku (text)" in str(asked["question"])
    assert "at most 20 runs" in str(asked["question"])
    assert before == ()
    (trigger,) = podium.stores.triggers.list()
    assert trigger.chain == Chain(after="prices", inputs={"sku": "{row.sku}"}, each="list", limit=7)
    assert trigger.trigger_id in str(done["reply"])


async def test_a_chain_said_again_with_another_limit_takes_the_place_of_the_first(
    podium: Podium, doubles: Doubles
) -> None:
    pair(podium, SKU)
    asked = await ask(podium, doubles, WIRE)
    await reply(podium, asked, {"decision": "approve", "limit": 2})
    (first,) = podium.stores.triggers.list()
    wider = WIRE.model_copy(update={"text": "otherwise said", "arguments": {"limit": 4}})

    again = await ask(podium, doubles, wider)
    await reply(podium, again, {"decision": "approve"})
    same = await ask(podium, doubles, wider)
    await finished(podium, "run_1", [{"sku": str(number)} for number in range(9)])
    runs = await Following(podium).settle("run_1")

    assert "instead of" in str(again["question"])
    assert "at most 2 runs" in str(again["question"])
    (trigger,) = podium.stores.triggers.list()
    assert trigger.trigger_id == first.trigger_id
    assert (same["question"], same["reply"]) == (None, "report follows prices just so already.")
    assert [run.inputs["sku"] for run in runs] == ["0", "1", "2", "3"]


async def test_by_http_a_second_chain_for_the_same_rows_is_refused(podium: Podium) -> None:
    pair(podium, SKU)
    body = {"agent": "report", "kind": "chain", "after": "prices"}

    async with client_of(podium) as http:
        made = (await http.post("/api/v1/triggers", json=body)).json()
        again = await http.post("/api/v1/triggers", json={**body, "limit": 3})

    assert again.status_code == 409
    assert made["trigger_id"] in again.text
    assert len(podium.stores.triggers.list()) == 1


async def test_what_was_shown_can_be_approved_otherwise(podium: Podium, doubles: Doubles) -> None:
    pair(podium, SKU, columns={"sku": "text", "name": "text"})

    asked = await ask(podium, doubles, WIRE)
    await reply(podium, asked, {"decision": "approve", "sku": "name"})

    (trigger,) = podium.stores.triggers.list()
    assert trigger.chain is not None
    assert trigger.chain.inputs == {"sku": "{row.name}"}


@pytest.mark.parametrize(
    ("wanted", "columns", "why"),
    [
        (InputSpec(name="day"), {"sku": "text", "seen": "date"}, "no column is called like"),
        (InputSpec(name="price", type="date"), {"price": "money", "due": "date"}, "wants date"),
    ],
)
async def test_what_is_unclear_is_asked_once_and_never_guessed(
    podium: Podium,
    doubles: Doubles,
    wanted: InputSpec,
    columns: dict[str, ColumnType],
    why: str,
) -> None:
    pair(podium, wanted, columns=columns)

    asked = await ask(podium, doubles, WIRE)
    chosen = list(columns)[-1]
    approval = await reply(podium, asked, {wanted.name: chosen})
    await reply(podium, approval, {"decision": "approve"})

    assert why in str(asked["question"])
    (trigger,) = podium.stores.triggers.list()
    assert trigger.chain is not None
    assert trigger.chain.inputs == {wanted.name: f"{{row.{chosen}}}"}


async def test_what_fits_nowhere_is_said_and_nothing_kept(podium: Podium, doubles: Doubles) -> None:
    pair(podium, InputSpec(name="day", type="date"), columns={"sku": "text"})

    done = await ask(podium, doubles, WIRE)

    assert done["status"] == "failed"
    assert "nothing fits it: there is sku (text)" in str(done["reply"])


async def test_a_circle_is_refused_before_anything_is_asked(
    podium: Podium, doubles: Doubles
) -> None:
    pair(podium)
    podium.desk.chaining.hooks.add_chain("report", Chain(after="prices"))

    done = await ask(podium, doubles, a_request("chain", agents=("report", "prices")))

    assert "would start each other without end" in str(done["reply"])


async def test_a_chain_is_checked_against_both_schemas_at_every_door(podium: Podium) -> None:
    pair(podium, InputSpec(name="day", type="date"), SKU)
    hooks = podium.desk.chaining.hooks

    wrong: tuple[tuple[JsonObject, str], ...] = (
        ({"day": "{row.price}", "sku": "x"}, "wants date"),
        ({"day": "{row.gone}", "sku": "x"}, "no column 'gone'"),
        ({"day": "{outputs.gone.rows}", "sku": "x"}, "no output 'gone'"),
    )
    for inputs, problem in wrong:
        with pytest.raises(UserError, match=problem):
            hooks.add_chain("report", Chain(after="prices", inputs=inputs, each="list"))
    with pytest.raises(UserError, match="no step 'gone'"):
        hooks.add_chain(
            "report", Chain(after="prices", inputs={"day": "x", "sku": "y"}, each="gone")
        )


async def test_by_http_what_leaves_no_doubt_is_filled_in(podium: Podium) -> None:
    pair(podium, SKU)
    body = {"agent": "report", "kind": "chain", "after": "prices"}

    async with client_of(podium) as http:
        made = (await http.post("/api/v1/triggers", json=body)).json()

    assert made["chain"]["inputs"] == {"sku": "{row.sku}"}
    assert made["chain"]["each"] == "list"


# -- Running ---------------------------------------------------------------------------------------


async def test_each_row_starts_one_run_that_knows_what_it_follows(podium: Podium) -> None:
    pair(podium, SKU)
    run = await finished(podium, "run_1", three(podium))

    runs = await Following(podium).settle("run_1")
    again = await Following(podium).settle("run_1")

    assert [item.inputs["sku"] for item in runs] == ["a", "b", "c"]
    assert {item.parent for item in runs} == {"run_1"}
    assert again == runs
    view = chain_view(podium.stores, run)
    children = view["children"]
    assert isinstance(children, list)
    assert len(children) == 3


async def test_rows_beyond_the_limit_are_left_out_and_said(podium: Podium) -> None:
    pair(podium, SKU)
    chain = Chain(after="prices", inputs={"sku": "{row.sku}"}, each="list", limit=2)
    podium.desk.chaining.hooks.add_chain("report", chain)
    await finished(podium, "run_1", [{"sku": str(number)} for number in range(5)])

    runs = await Following(podium).settle("run_1")

    assert [item.inputs["sku"] for item in runs] == ["0", "1"]
    told = [e.data for e in podium.stores.events.after(0) if e.kind == "trigger.limited"]
    assert [(item["rows"], item["limit"]) for item in told] == [(5, 2)]


async def test_what_several_look_at_at_once_is_told_once(podium: Podium) -> None:
    pair(podium, SKU)
    chain = Chain(after="prices", inputs={"sku": "{row.sku}"}, each="list", limit=2)
    podium.desk.chaining.hooks.add_chain("report", chain)
    await finished(podium, "run_1", [{"sku": "a"}, {"other": "b"}, {"sku": "c"}])
    seen = [one for one in podium.stores.firings.changes() if one.status == "finished"]
    changes = Changes(podium.stores, podium.clock)

    taken = [changes._take(seen[0]) for _ in range(3)]  # pyright: ignore[reportPrivateUsage]  each a worker

    assert taken == [True, False, False]
    told = [e.kind for e in podium.stores.events.after(0) if e.kind.startswith("trigger.")]
    assert sorted(told) == ["trigger.failed", "trigger.limited"]
    assert len(podium.stores.firings.following("run_1")) == 2


async def test_a_chain_goes_on_at_the_run_that_failed_and_repeats_none_that_succeeded(
    podium: Podium, doubles: Doubles
) -> None:
    pair(podium, SKU)
    rows = three(podium)
    doubles.runner.raises["tell"] = [UserError("The site is away")]
    await finished(podium, "run_1", rows)
    first = await Following(podium).settle("run_1")

    await podium.resume_run("run_1")
    runs = await Following(podium).settle("run_1")

    assert sorted(str(run.outcome) for run in first) == ["fail", "success", "success"]
    done = {str(run.inputs["sku"]): run for run in runs if run.outcome == "success"}
    assert (len(runs), sorted(done)) == (4, ["a", "b", "c"])
    with pytest.raises(Conflict):
        await podium.resume_run("run_1")


async def test_followers_of_a_further_try_are_done_again_each_for_itself(
    podium: Podium, doubles: Doubles
) -> None:
    pair(podium, SKU)
    rows = three(podium)
    deploy(podium, "mail", program=Program(steps=(a_step("send"),)))
    podium.desk.chaining.hooks.add_chain("mail", Chain(after="report"))
    doubles.runner.raises["tell"] = [UserError("The site is away") for _ in rows]
    doubles.runner.raises["send"] = [UserError("No connection") for _ in rows]
    await finished(podium, "run_1", rows)
    await Following(podium).settle("run_1")
    await podium.resume_run("run_1")
    second = await Following(podium).settle("run_1")

    await podium.resume_run("run_1")
    third = await Following(podium).settle("run_1")

    def ended(runs: tuple[Run, ...]) -> list[str]:
        return [str(run.outcome) for run in runs if run.agent == "mail"]

    assert ended(second) == ["fail"] * 3
    assert sorted(ended(third)) == ["fail"] * 3 + ["success"] * 3
    good = [run for run in third if run.agent == "mail" and run.outcome == "success"]
    assert len({run.parent for run in good}) == 3
    with pytest.raises(Conflict):
        await podium.resume_run("run_1")


async def test_rows_of_a_further_try_are_done_again_each_for_itself(
    podium: Podium, doubles: Doubles
) -> None:
    pair(podium, SKU)
    deploy(podium, "first", program=Program(steps=(a_step("go"),)))
    podium.desk.chaining.hooks.add_chain("prices", Chain(after="first"))
    rows = three(podium)
    doubles.runner.raises["start"] = [UserError("The site is away")]
    doubles.runner.raises["tell"] = [UserError("No connection") for _ in rows]
    await podium.open_run("first", {}, None, trigger="manual", run_id="run_0")
    await podium.begin_run("run_0")
    await podium.settle("run_0")
    (failed,) = await Following(podium).settle("run_0")
    podium.stores.staging.put(f"{failed.run_id}~2", "list", rows)
    await podium.resume_run("run_0")
    await Following(podium).settle("run_0")

    await podium.resume_run("run_0")
    runs = await Following(podium).settle("run_0")

    done = [run.inputs["sku"] for run in runs if run.agent == "report" and run.outcome == "success"]
    assert sorted(map(str, done)) == ["a", "b", "c"]
    assert len([run for run in runs if run.agent == "report"]) == 6


async def test_ending_a_finished_run_ends_what_follows_it(podium: Podium, doubles: Doubles) -> None:
    pair(podium, SKU)
    rows = three(podium)
    await finished(podium, "run_1", rows)
    doubles.runner.pause_s = 30.0
    firings = Following(podium)
    await firings._take_up()  # pyright: ignore[reportPrivateUsage]  what the scheduler does
    one, *_ = podium.stores.firings.following("run_1")
    await podium.open_run(
        "report", one.inputs, None, trigger="chain", run_id=one.run_id, parent="run_1"
    )
    await podium.begin_run(one.run_id)

    await podium.cancel_run("run_1")
    doubles.runner.pause_s = 0.0

    assert [run.outcome for run in podium.stores.runs.following("run_1")] == ["cancelled"]
    assert await Following(podium).settle("run_1") == podium.stores.runs.following("run_1")


class Dying:
    """The service, whose process ends before the second run is begun."""

    def __init__(self, podium: Podium) -> None:
        self.stores, self.clock, self.settle = podium.stores, podium.clock, podium.settle
        self.open_run, self.cancel_run, self.wake = (
            podium.open_run,
            podium.cancel_run,
            podium.wake,
        )
        self._begin = podium.begin_run
        self._opened = 0

    async def begin_run(self, run_id: str) -> None:
        self._opened += 1
        if self._opened == 2:
            raise Killed
        await self._begin(run_id)


class Later:
    """The service a minute later, when who claimed a firing and did nothing since is taken to be dead."""

    def __init__(self, podium: Podium) -> None:
        self.stores, self.settle, self.wake = podium.stores, podium.settle, podium.wake
        self.open_run, self.begin_run = podium.open_run, podium.begin_run
        self.clock = FakeClock(podium.clock.now() + timedelta(seconds=STALE_S + 1))
        self._cancel = podium.cancel_run

    async def cancel_run(self, run_id: str) -> Run:
        return await self._cancel(run_id)


class TooLate(Later):
    """The service, where a run finishes by itself between the look at it and its end."""

    async def cancel_run(self, run_id: str) -> Run:
        await self.settle(run_id)
        return await super().cancel_run(run_id)


async def half_started(podium: Podium) -> None:
    """Leave three firings: one begun, one claimed by a process that died with its run opened, one pending."""
    pair(podium, SKU)
    await finished(podium, "run_1", three(podium))
    with pytest.raises(Killed):
        await Following(Dying(podium)).settle("run_1")
    held = [firing.status for firing in podium.stores.firings.following("run_1")]
    assert sorted(held) == ["begun", "claimed", "pending"]


async def test_who_dies_between_children_loses_none_and_doubles_none(podium: Podium) -> None:
    await half_started(podium)

    runs = await Following(Later(podium)).settle("run_1")

    assert sorted(str(run.inputs["sku"]) for run in runs) == ["a", "b", "c"]
    assert {run.outcome for run in runs} == {"success"}


async def test_what_a_dead_process_had_claimed_is_ended_like_the_rest(podium: Podium) -> None:
    await half_started(podium)

    await Following(Later(podium)).end("run_1")

    runs = podium.stores.runs.following("run_1")
    assert {run.status for run in runs} == {"finished"}
    assert len(runs) == 2
    left = [firing.status for firing in podium.stores.firings.following("run_1")]
    assert sorted(left) == ["begun", "skipped", "skipped"]


async def test_a_follower_that_finishes_just_before_its_end_is_no_failure(podium: Podium) -> None:
    pair(podium, SKU)
    await finished(podium, "run_1", three(podium))
    late = TooLate(podium)
    following = Following(late)
    await following._take_up()  # pyright: ignore[reportPrivateUsage]  what the scheduler does
    await scheduler(late).start(podium.stores.firings.following("run_1"))

    ended = await following.end("run_1")

    assert ended == ()
    outcomes = [run.outcome for run in podium.stores.runs.following("run_1")]
    assert outcomes == ["success"] * 3


async def test_who_deletes_an_agent_that_others_follow_is_told(
    podium: Podium, doubles: Doubles
) -> None:
    pair(podium)
    podium.desk.chaining.hooks.add_chain("report", Chain(after="prices"))

    asked = await ask(podium, doubles, a_request("delete", agents=("prices",)))
    done = await reply(podium, asked, {"decision": "delete"})
    deploy(podium, "prices")  # another agent of that name
    stranger = podium.stores.triggers.after("prices")

    assert "report starts after prices: that ends with it" in str(asked["question"])
    assert "No longer: report starts after prices" in str(done["reply"])
    assert stranger == ()


async def test_a_restored_agent_is_followed_again(podium: Podium, doubles: Doubles) -> None:
    pair(podium)
    podium.desk.chaining.hooks.add_chain("report", Chain(after="prices"))
    podium.desk.roster.delete("prices")

    podium.desk.roster.restore("prices")
    renamed = await ask(
        podium, doubles, a_request("rename", agents=("prices",), arguments={"name": "offers"})
    )

    assert "report starts after offers, as before" in str(renamed["reply"])


async def test_a_chain_is_taken_off_by_chat(podium: Podium, doubles: Doubles) -> None:
    pair(podium)
    podium.desk.chaining.hooks.add_chain("report", Chain(after="prices"))
    off: JsonObject = {"remove": True}

    done = await ask(
        podium, doubles, a_request("chain", agents=("prices", "report"), arguments=off)
    )

    assert "not started after prices any more" in str(done["reply"])
    assert podium.stores.triggers.list() == ()

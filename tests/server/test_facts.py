"""Single facts about agents are right and cite the records they rest on."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from podium.server.facts import Facts
from podium.server.recounting import RUNS
from podium.state.document import JsonObject
from podium.state.memory import memory_stores
from podium.state.memory.data import MemoryDatasets
from podium.state.plan import Request
from podium.state.program import ClickStep, Program, StoreArgs, StoreStep, TargetArgs
from podium.state.runs import Outcome, RunError
from podium.state.target import Target
from podium.state.triggers import Chain, Trigger
from tests.builders import a_record, a_run, a_spec
from tests.doubles import a_step
from tests.fakes import CountingIds, FakeClock


class World:
    """Three agents with runs, on records in memory."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.stores = memory_stores(CountingIds(), self.clock)
        self.facts = Facts(self.stores, MemoryDatasets(), self.clock, "UTC")
        store = StoreStep(id="keep", title="Keep them", args=StoreArgs(rows="one", dataset="pots"))
        self.agent("pots", Program(steps=(a_step("one"), store)))
        send = ClickStep(
            id="send",
            title="Send the order",
            effect="write",
            args=TargetArgs(target=Target(role="button", name="Send")),
        )
        self.agent("orders", Program(steps=(a_step("one"), send)))
        self.agent("quiet", Program(steps=(a_step("one"),)))

    def agent(self, name: str, program: Program) -> None:
        self.stores.agents.create(
            name=name, spec=a_spec(name), program=program, reason="built", author="you"
        )
        self.stores.agents.activate(name, 1)

    def run(
        self, run_id: str, ago: timedelta, *, outcome: Outcome = "success", seconds: int = 10,
        rows: int = 0, agent: str = "pots",
    ) -> datetime:  # fmt: skip
        at = self.clock.moment - ago
        outputs: JsonObject = {"one": {"rows": rows + 5}, "keep": {"rows": rows}}
        self.stores.runs.create(
            a_run(run_id, agent=agent, created_at=at, status="running").move(
                "finished",
                outcome=outcome,
                finished_at=at,
                duration_ms=seconds * 1000,
                steps=(a_record("one"), a_record("keep").model_copy(update={"op": "store"})),
                outputs=outputs,
                error=RunError(code="timeout", message="too slow") if outcome == "fail" else None,
            )
        )
        return at

    def ask(self, what: str, text: str, agent: str = "pots") -> str:
        request = Request(verb="inspect", text=text, agents=(agent,), arguments={"what": what})
        return self.facts.of_one(agent, what, request)

    def which(self, text: str, **arguments: str) -> tuple[str, tuple[str, ...]]:
        request = Request(verb="inspect", text=text, arguments={**arguments})
        return (
            self.facts.idle(request) if arguments["what"] == "idle" else self.facts.effects(request)
        )


@pytest.fixture
def world() -> World:
    return World()


def test_the_usual_duration_is_the_median_of_good_runs(world: World) -> None:
    for number, seconds in enumerate((12, 30, 14)):
        world.run(f"run_{number}", timedelta(days=number + 1), seconds=seconds)
    world.run("run_bad", timedelta(hours=1), outcome="fail", seconds=300)

    told = world.ask("duration", "how long does pots take?")

    assert "usually takes 14 s (median of 3 good runs" in told
    assert "from 12 s (run_0) to 30 s (run_1)" in told
    assert "300" not in told


def test_rows_are_counted_where_they_are_stored_and_in_the_time_that_was_said(world: World) -> None:
    world.run("run_today", timedelta(minutes=1), rows=9)
    world.run("run_a", timedelta(days=1), rows=2)
    world.run("run_b", timedelta(days=1, minutes=5), rows=3)

    yesterday = world.ask("counts", "how many rows did pots bring yesterday?")
    last = world.ask("counts", "how many rows did pots bring?")

    assert yesterday.startswith("pots brought 5 rows in 2 runs")
    assert "run_a" in yesterday
    assert "run_today" not in yesterday
    assert last.startswith("pots brought 9 rows in its last good run (run_today)")


def test_the_last_success_is_not_the_last_run(world: World) -> None:
    world.run("run_good", timedelta(days=2))
    world.run("run_bad", timedelta(days=1), outcome="fail")

    assert "run_good" in world.ask("last", "when did pots last succeed?")
    assert "run_bad" in world.ask("last", "how did pots go?")
    assert "too slow" in world.ask("tries", "how often did pots fail?")


def test_who_uses_an_output_is_who_starts_after_it(world: World) -> None:
    chain = Chain(after="pots", inputs={"name": "{row.glaze}"}, each="keep", limit=7)
    world.stores.triggers.add(
        Trigger(trigger_id="trg_1", agent="orders", kind="chain", chain=chain, created_at=world.clock.moment)
    )  # fmt: skip

    used, unused = world.ask("users", "who uses pots?"), world.ask("users", "?", "quiet")
    sources = world.ask("sources", "what goes into orders?", "orders")

    assert "orders starts after pots ends as success, once for each row (at most 7)" in used
    assert "trg_1" in used
    assert "Nothing uses the output of quiet" in unused
    assert "name = {row.glaze}" in sources


def test_who_writes_on_a_site_is_told_apart_from_who_fills_a_table(world: World) -> None:
    told, names = world.which("which agents write?", what="effects", act="write")
    shop, of_shop = world.which("which work on the shop?", what="effects", act="use", words="shop")
    nobody, none = world.which("who writes to the crm?", what="effects", act="write", words="crm")

    assert set(names) == {"orders", "pots"}
    assert "orders: on its site, step 'Send the order' (write)" in told
    assert "pots: own table pots" in told
    assert set(of_shop) == {"orders", "pots", "quiet"}
    assert "https://shop.test" in shop
    assert (nobody, none) == ("No agent writes 'crm'.", ())


def test_the_idle_are_those_that_did_not_run_in_the_time(world: World) -> None:
    world.run("run_new", timedelta(hours=2))
    world.run("run_old", timedelta(days=9), agent="orders")

    told, names = world.which("has anything not run for a while?", what="idle")

    assert names == ("orders", "quiet")
    assert "run_old" in told
    assert "quiet (deployed): never ran, no schedule" in told


def test_who_changed_it_last_is_the_author_of_the_newest_version(world: World) -> None:
    version = world.stores.agents.version("pots")
    world.stores.agents.add_version(
        "pots", base=1, spec=version.spec, program=version.program, reason="also the size", author="Ada"
    )  # fmt: skip

    told = world.ask("authors", "who changed pots last?")

    assert told.startswith("pots was last changed by Ada")
    assert "version 1 (active): built, by you" in told


def test_the_store_step_of_an_unstarted_table_says_so(world: World) -> None:
    assert "table pots: nothing stored yet" in world.ask("destination", "where does pots put it?")
    assert "stores nothing" in world.ask("destination", "?", "quiet")


def test_a_total_of_more_runs_than_are_looked_at_says_so() -> None:
    world = World()
    for number in range(RUNS + 1):
        world.run(f"run_{number}", timedelta(minutes=RUNS + 1 - number), rows=1)

    whole = world.ask("tries", "how often did pots run?")
    part = world.ask("tries", "how often did pots run in the last 5 hours?")

    assert f"Only the last {RUNS} runs were looked at" in whole
    assert "Only the last" not in part


def test_what_is_one_is_said_as_one() -> None:
    world = World()
    world.run("run_1", timedelta(hours=1), rows=1)

    assert "ran 1 time " in world.ask("tries", "how often did pots run?")
    assert "brought 1 row in" in world.ask("counts", "how many rows did pots bring?")
    assert world.which("which agents write?", what="effects", act="write")[0].startswith(
        "2 agents write"
    )

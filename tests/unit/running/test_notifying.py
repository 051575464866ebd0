"""`notify`: one message for each destination, kept once, and none while a run is tried out."""

from __future__ import annotations

import pytest

from podium.state.outbox import Destination
from podium.state.program import NotifyArgs, NotifyStep
from podium.tools.running.rows import Row
from tests.unit.running.harness import Bench


def telling(**args: str) -> NotifyStep:
    given = {"text": "Prices of {inputs.shop}", **args}
    return NotifyStep(id="tell", title="Tell me", args=NotifyArgs.model_validate(given))


@pytest.fixture
def team(bench: Bench) -> Bench:
    bench.inputs = {"shop": "Acme"}
    for name, kind in (("me", "people"), ("team", "people"), ("other-program", "webhook")):
        destination = Destination.model_validate(
            {
                "destination_id": f"d_{name}",
                "kind": kind,
                "name": name,
                "created_at": bench.clock.now(),
            }
        )
        bench.stores.outbox.add_destination(destination, sealed=b"-")
    return bench


def told(bench: Bench) -> dict[str, object]:
    messages = bench.stores.outbox.messages()
    return {
        item.destination_id: data["text"] if isinstance(data := item.body["data"], dict) else None
        for item in messages
    }


async def test_everybody_is_told_and_programs_are_not(team: Bench) -> None:
    await team.do(telling())

    assert told(team) == {"d_me": "Prices of Acme", "d_team": "Prices of Acme"}


async def test_a_step_that_runs_again_after_a_crash_says_it_once(team: Bench) -> None:
    await team.do(telling(to="Me"))
    team.restart()
    await team.do(telling(to="Me"))

    assert len(team.stores.outbox.messages()) == 1


async def test_a_run_that_is_tried_out_tells_nobody(team: Bench) -> None:
    team.mode = "test"

    result = await team.do(telling())

    assert (result.record.status, told(team)) == ("held", {})


async def test_rows_are_told_and_without_any_nobody_is(team: Bench) -> None:
    rows: list[Row] = [{"name": f"Item {n}", "price": n, "_key": str(n)} for n in range(22)]
    team.stores.staging.put(team.run_id, "none", [])
    team.stores.staging.put(team.run_id, "read", rows)

    nothing = await team.do(telling(rows="none", to="me"))
    await team.do(telling(rows="read", to="me"))

    assert nothing.record.status == "skipped"
    lines = str(told(team)["d_me"]).splitlines()
    assert lines[:2] == ["Prices of Acme", "name: Item 0, price: 0"]
    assert lines[-1] == "and 2 more"


async def test_without_anybody_to_tell_the_step_fails(bench: Bench, team: Bench) -> None:
    assert (await team.do(telling(to="nobody"))).error_code == "no_destination"


async def test_a_further_try_says_again_only_what_is_new(team: Bench) -> None:
    await team.do(telling(to="Me"))
    team.origin_run, team.run_id = "run_1", "run_1#2"
    await team.do(telling(to="Me"))
    assert len(team.stores.outbox.messages()) == 1

    team.inputs = {"shop": "Other"}
    for _ in range(2):
        await team.do(telling(to="Me"))

    assert sorted(said(team)) == ["Prices of Acme", "Prices of Other"]


async def test_a_fork_that_shall_write_again_tells_again(team: Bench) -> None:
    await team.do(telling(to="Me"))
    team.origin_run, team.run_id, team.repeat_writes = "run_1", "run_2", True

    await team.do(telling(to="Me"))

    assert said(team) == ["Prices of Acme", "Prices of Acme"]


def said(bench: Bench) -> list[str]:
    bodies = [item.body["data"] for item in bench.stores.outbox.messages()]
    return [str(data["text"]) for data in bodies if isinstance(data, dict)]

"""Suggestions over real stores: made, decided on, carried out."""

from __future__ import annotations

import random
from collections.abc import AsyncGenerator, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from podium.server.service import Podium
from podium.server.suggesting import Suggestions, shown
from podium.state.errors import NotFound
from podium.state.program import DownloadStep, EachStep, walk
from podium.state.spec import AgentSpec
from podium.state.sql import SqlStores, open_stores
from podium.state.triggers import Schedule
from tests.fakes import CountingIds, FakeClock
from tests.server.harness import Doubles, client_of, opened
from tests.unit.suggestions.scenarios import Planter, fetched_again, useless_ticks
from tests.unit.suggestions.world import HISTORY, START, World


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(START + HISTORY)


@pytest.fixture
def stores(tmp_path: Path, clock: FakeClock) -> Iterator[SqlStores]:
    opened = open_stores(f"sqlite:///{tmp_path / 'control.db'}", CountingIds(), clock)
    yield opened
    opened.close()


def planted(stores: SqlStores, planter: Planter, *, now: datetime = START + HISTORY) -> str:
    """Keep an agent with four weeks of runs before `now`; return its name."""
    later = now - (START + HISTORY)
    rng = random.Random(3)
    agent = planter(rng, "planted").agents[0]
    spec = AgentSpec(name=agent.name, goal="It collects", origins=agent.origins)
    stores.agents.create(name=agent.name, spec=spec, program=agent.program, reason="", author="you")
    stores.agents.activate(agent.name, 1)
    stores.schedules.set(agent.name, Schedule(cron=agent.cron), next_at=START)
    for run in World([agent], rng).live(START + timedelta(days=14), START + HISTORY):
        ended = run.finished_at + later if run.finished_at else None
        moved = {"created_at": run.created_at + later, "finished_at": ended}
        stores.runs.create(run.model_copy(update=moved))
    return agent.name


def test_an_accepted_schedule_is_kept_and_not_suggested_again(
    stores: SqlStores, clock: FakeClock
) -> None:
    name = planted(stores, useless_ticks)
    before = stores.schedules.get(name)
    assert before is not None
    careful = before.model_copy(update={"overlap": "queue", "cap": 3, "exclusive": True})
    stores.schedules.set(name, careful, next_at=START)
    desk = Suggestions(stores, clock)
    (suggestion,) = desk.open()

    reply = desk.accept(suggestion)

    kept = stores.schedules.get(name)
    assert kept is not None
    assert kept.policies == careful.policies
    told = stores.events.after(0, thread_id=stores.agents.get(name).agent_id)
    assert [event.kind for event in told] == ["agent.scheduled"]
    assert {name: kept.cron} == suggestion.change["schedule"]
    assert kept.cron in reply
    assert desk.open() == ()


def test_an_accepted_step_becomes_a_version_with_its_reason(
    stores: SqlStores, clock: FakeClock
) -> None:
    name = planted(stores, fetched_again)
    desk = Suggestions(stores, clock)

    desk.accept(desk.find("1"))

    version = stores.agents.version(name)
    (loop,) = [step for step in version.program.steps if isinstance(step, EachStep)]
    (fetch,) = [step for step in walk(loop.args.steps) if isinstance(step, DownloadStep)]
    assert version.version == 2
    assert "suggestion accepted" in version.reason
    assert fetch.args.skip_known


def test_what_was_dismissed_stays_away_and_never_silences_its_kind(
    stores: SqlStores, clock: FakeClock
) -> None:
    planted(stores, useless_ticks)
    desk = Suggestions(stores, clock)
    suggestion = desk.find("1")

    desk.decide(suggestion, "dismissed")

    assert desk.open() == ()
    desk.decide(suggestion, "never")
    assert desk.decisions()["fewer_ticks"] == "never"
    with pytest.raises(NotFound):
        desk.find("1")


def test_a_proposal_shows_its_proof(stores: SqlStores, clock: FakeClock) -> None:
    planted(stores, useless_ticks)

    text = shown(Suggestions(stores, clock).open())

    assert "found nothing" in text
    assert "browser s per week" in text
    assert "run_" in text


def test_what_the_records_prove_is_noted_once_and_a_day_apart(
    stores: SqlStores, clock: FakeClock
) -> None:
    planted(stores, useless_ticks)
    desk = Suggestions(stores, clock)

    first = desk.announce()
    again = desk.announce()
    clock.advance(days=2)
    later = desk.announce()

    assert [one.kind for one in first] == ["fewer_ticks"]
    assert again == later == ()
    assert desk.waiting() == 1
    desk.decide(first[0], "dismissed")
    assert desk.waiting() == 0


@pytest.fixture
async def workspace(tmp_path: Path) -> AsyncGenerator[Podium]:
    async with opened(tmp_path, Doubles()) as podium:
        yield podium


async def test_over_http_proposals_are_listed_with_their_proof_and_carried_out(
    workspace: Podium,
) -> None:
    # Whole weeks before now, so that the hours of the finds are the same.
    name = planted(workspace.stores, useless_ticks, now=_whole_weeks(workspace))
    async with client_of(workspace) as http:
        (told,) = (await http.get("/api/v1/suggestions")).json()
        others = (await http.get("/api/v1/suggestions", params={"agent": "nobody"})).json()
        which = f"/api/v1/suggestions/{told['suggestion_id']}"
        wrong = await http.post(which, json={"decision": "perhaps"})
        done = (await http.post(which, json={"decision": "accept"})).json()
        again = await http.post(which, json={"decision": "accept"})
        left = (await http.get("/api/v1/suggestions")).json()

    kept = workspace.stores.schedules.get(name)
    assert others == []
    assert told["runs"]
    assert told["effect"]["before"] > told["effect"]["after"]
    assert wrong.status_code == 422
    assert (done["decision"], done["thread"]) == ("accepted", None)
    assert kept is not None
    assert kept.cron in done["reply"]
    assert again.status_code == 404
    assert left == []


@pytest.mark.parametrize(("decision", "kept"), [("dismiss", "dismissed"), ("never", "never")])
async def test_over_http_a_proposal_is_put_aside(
    workspace: Podium, decision: str, kept: str
) -> None:
    planted(workspace.stores, useless_ticks, now=_whole_weeks(workspace))
    async with client_of(workspace) as http:
        (told,) = (await http.get("/api/v1/suggestions")).json()
        which = f"/api/v1/suggestions/{told['suggestion_id']}"
        answer = (await http.post(which, json={"decision": decision})).json()
        left = (await http.get("/api/v1/suggestions")).json()

    decided = Suggestions(workspace.stores, workspace.clock).decisions()
    assert answer["decision"] == kept
    assert left == []
    assert kept in decided.values()


def _whole_weeks(podium: Podium) -> datetime:
    begun = START + HISTORY
    return begun + (podium.clock.now() - begun) // timedelta(weeks=1) * timedelta(weeks=1)

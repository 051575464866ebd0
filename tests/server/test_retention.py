"""Forgetting what is old: what goes, and what never does."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from podium.server.roster import Roster
from podium.server.service import Podium
from podium.server.suggesting import Suggestions
from podium.state.effects import EffectRecord
from podium.state.events import Event
from podium.state.runs import Run
from podium.state.stores import Turn
from podium.state.suggestions import PromisedEffect, Suggestion
from tests.builders import NOON
from tests.doubles import a_choice
from tests.fakes import FakeClock
from tests.server.harness import Doubles, deploy, opened

A_SUGGESTION = Suggestion(
    suggestion_id="s1",
    kind="fewer_ticks",
    agents=("prices",),
    title="Run less often",
    text="Nothing was found.",
    runs=("run_1",),
    effect=PromisedEffect(metric="browser_s_per_week", before=2, after=1),
)


async def ended(podium: Podium, days_ago: float) -> Run:
    """Run `prices` and let it have ended so long ago."""
    run = await podium.start_run("prices", {}, None)
    await podium.settle(run.thread_id)
    thread = podium.stores.threads.get(run.thread_id)
    then = thread.updated_at - timedelta(days=days_ago)
    podium.stores.threads.put(thread.model_copy(update={"updated_at": then}))
    return run


async def checkpoints_of(podium: Podium, run: Run) -> int:
    """Return how many checkpoints the run has."""
    graph = await podium.driver.agent(podium.stores.agents.version("prices"))
    config = {"configurable": {"thread_id": run.thread_id}}
    return len([one async for one in graph.aget_state_history(config)])  # type: ignore[arg-type]


async def test_what_ended_long_ago_is_forgotten_and_its_record_stays(tmp_path: Path) -> None:
    async with opened(tmp_path) as podium:
        deploy(podium)
        old, new = await ended(podium, 40), await ended(podium, 1)
        picture = podium.artifacts.evidence(b"png", kind="png", run_id=old.run_id)
        shown = podium.artifacts.evidence_path(picture)
        effect = EffectRecord(
            effect_key="prices:two:1",
            run_id=old.run_id,
            step_id="two",
            status="done",
            request={},
            at=podium.clock.now(),
        )
        podium.stores.effects.put(effect)

        pruned = await podium.retention.prune(days=30)

        assert (pruned.threads, pruned.files) == (1, 1)
        assert pruned.segments >= 1
        assert not shown.exists()
        assert podium.stores.events.after(0, thread_id=old.run_id) == ()
        assert await checkpoints_of(podium, old) == 0
        assert podium.stores.runs.get(old.run_id).outcome == "success"
        assert podium.stores.effects.get("prices:two:1") == effect
        assert podium.stores.events.after(0, thread_id=new.run_id) != ()
        assert await checkpoints_of(podium, new) > 0
        assert (await podium.retention.prune(days=30)).threads == 0


async def test_what_waits_for_a_person_is_never_forgotten(tmp_path: Path) -> None:
    doubles = Doubles()
    doubles.runner.asks = {"two": a_choice()}
    async with opened(tmp_path, doubles) as podium:
        deploy(podium)
        run = await ended(podium, 400)

        assert (await podium.retention.prune(days=0)).threads == 0
        await podium.answer(run.thread_id, {"status": "Open"})
        await podium.settle(run.thread_id)

        assert podium.stores.runs.get(run.run_id).outcome == "success"


async def test_decisions_on_suggestions_and_the_history_of_agents_outlive_what_is_old(
    tmp_path: Path,
) -> None:
    async with opened(tmp_path) as podium:
        deploy(podium)
        stores, long_ago = podium.stores, podium.clock.now() - timedelta(days=90)
        Suggestions(stores, FakeClock(long_ago)).decide(A_SUGGESTION, "never")
        Roster(stores, FakeClock(long_ago)).pause("prices")
        stores.events.append(Event(thread_id="nobody", kind="schedule.fired", at=long_ago))
        podium.desk.roster.resume("prices")
        await ended(podium, 40)

        await podium.retention.prune(days=30)

        assert Suggestions(stores, podium.clock).decisions() == {A_SUGGESTION.kind: "never"}
        agent_id = stores.agents.get("prices").agent_id
        history = [event.kind for event in stores.events.after(0, thread_id=agent_id)]
        assert history == ["agent.paused", "agent.resumed"]
        assert stores.events.after(0, thread_id="nobody") == ()


async def test_what_was_said_in_a_forgotten_thread_is_forgotten_with_it(tmp_path: Path) -> None:
    async with opened(tmp_path) as podium:
        deploy(podium)
        old, new = await ended(podium, 40), await ended(podium, 1)
        for run in (old, new):
            turn = Turn(thread_id=run.thread_id, role="user", text="hello", at=NOON)
            podium.stores.conversation.add(turn)

        await podium.retention.prune(days=30)

        assert podium.stores.conversation.turns(old.thread_id) == ()
        assert len(podium.stores.conversation.turns(new.thread_id)) == 1

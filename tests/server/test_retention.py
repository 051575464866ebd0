"""Forgetting what is old: what goes, and what never does."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from podium.server.service import Podium
from podium.state.effects import EffectRecord
from podium.state.runs import Run
from tests.doubles import a_choice
from tests.server.harness import Doubles, deploy, opened


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

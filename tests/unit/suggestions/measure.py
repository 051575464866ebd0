"""Generated workspaces with planted defects: what is found, what is said beside it, whether promises hold.

The promised effect is compared with what happens in the following weeks, which the world simulates after the
change was made to it.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from statistics import mean

from podium.state.document import JsonObject
from podium.state.runs import Run
from podium.state.suggestions import Suggestion
from podium.tools.suggestions import AgentFacts, Facts, suggest
from tests.unit.suggestions.scenarios import DEFECTS, HEALTHY, Scene
from tests.unit.suggestions.world import HISTORY, START, World, WorldAgent, changed

NOW = START + HISTORY


@dataclass(slots=True, kw_only=True)
class Score:
    """Sums over all workspaces."""

    cases: int = 0
    planted: int = 0
    found: int = 0
    said: int = 0
    promises: int = 0
    outside: int = 0
    """Promises that did not come true: outside the interval where one is promised, else off by more than 10 %."""
    errors: list[float] = field(default_factory=list[float])
    wrong: list[str] = field(default_factory=list[str])
    missed: list[str] = field(default_factory=list[str])
    worst: dict[str, float] = field(default_factory=dict[str, float])

    def document(self) -> JsonObject:
        """Return the figures."""
        return {
            "cases": self.cases,
            "planted": self.planted,
            "precision": round(self.found / self.said, 4) if self.said else 1.0,
            "recall": round(self.found / self.planted, 4) if self.planted else 1.0,
            "effect_error": round(mean(self.errors), 4) if self.errors else 0.0,
            "outside_promise": round(self.outside / self.promises, 4) if self.promises else 0.0,
            "effect_error_max": round(max(self.errors, default=0.0), 4),
        }


def measure(workspaces: int = 60, seed: int = 7) -> Score:
    """Return the score over that many generated workspaces."""
    score = Score()
    for number in range(workspaces):
        _workspace(score, random.Random(seed * 1000 + number))
    return score


def _workspace(score: Score, rng: random.Random) -> None:
    planters = [*rng.sample(DEFECTS, rng.randint(1, 3)), *rng.sample(HEALTHY, rng.randint(2, 4))]
    scenes = [
        planter(rng, f"{planter.__name__.replace('_', '-')}-{i}")
        for i, planter in enumerate(planters)
    ]
    world = World([agent for scene in scenes for agent in scene.agents], rng)
    runs = world.live(START, NOW)
    facts = facts_of(world, scenes, runs)
    said = suggest(facts)
    score.cases += 1
    wanted = {(scene.kind, scene.about) for scene in scenes if scene.kind}
    score.planted += len(wanted)
    score.said += len(said)
    seen = {(suggestion.kind, suggestion.agents) for suggestion in said}
    score.missed += [f"{kind} {about}" for kind, about in wanted - seen]
    for suggestion in said:
        if (suggestion.kind, suggestion.agents) not in wanted:
            score.wrong.append(f"{suggestion.kind} {suggestion.agents}: {suggestion.text}")
            continue
        score.found += 1
        if suggestion.effect.metric == "manual_requests_per_week":
            # That nobody asks for what an agent does by itself is no finding of this world.
            continue
        saved = _saved(suggestion, world)
        error = abs(suggestion.effect.saved - saved) / saved if saved else 1.0
        score.errors.append(error)
        score.outside += not _holds(suggestion, saved, error)
        score.promises += 1
        score.worst[suggestion.kind] = max(error, score.worst.get(suggestion.kind, 0.0))


def facts_of(world: World, scenes: Sequence[Scene], runs: Sequence[Run]) -> Facts:
    """Return what the rules see of a world."""
    return Facts(
        agents=tuple(
            AgentFacts(
                name=agent.name,
                program=agent.program,
                origins=agent.origins,
                inputs=agent.inputs,
                schedule=agent.schedule,
            )
            for agent in world.agents
        ),
        runs=tuple(runs),
        asked=tuple(asked for scene in scenes for asked in scene.asked),
        now=NOW,
    )


# -- What then happens -----------------------------------------------------------------------------


def _holds(suggestion: Suggestion, saved: float, error: float) -> bool:
    low, high = suggestion.effect.low, suggestion.effect.high
    return error <= 0.1 if low is None or high is None else low <= saved <= high


def _saved(suggestion: Suggestion, world: World) -> float:
    """Return the saving that the following weeks show."""
    after = _after(suggestion, world)
    runs = after.live(NOW, NOW + HISTORY)
    actual = _metric(suggestion, runs, [agent.name for agent in after.agents])
    return abs(suggestion.effect.before - actual)


def _after(suggestion: Suggestion, world: World) -> World:
    agents: list[WorldAgent] = []
    for agent in deepcopy_agents(world.agents):
        if agent.name not in suggestion.agents:
            agents.append(agent)
        elif suggestion.kind == "split":
            agents += _split(agent)
        else:
            agents.append(
                _mended(changed(agent, suggestion.change), suggestion.change.get("build"))
            )
    return World(agents, random.Random(world.rng.random()))


def deepcopy_agents(agents: Sequence[WorldAgent]) -> list[WorldAgent]:
    """Return copies, so that a change does not reach the world it was proposed in."""
    return [replace(agent, steps=deepcopy(agent.steps)) for agent in agents]


def _split(agent: WorldAgent) -> list[WorldAgent]:
    parts = sorted({step.part for step in agent.steps})
    return [
        replace(
            agent,
            name=f"{agent.name}-{part}",
            steps=[step for step in agent.steps if step.part == part],
        )
        for part in parts
    ]


def _mended(agent: WorldAgent, step_id: object) -> WorldAgent:
    for step in agent.steps:
        if step.id == step_id:
            step.moved_at, step.calls = None, 0
    return agent


def _metric(suggestion: Suggestion, runs: Sequence[Run], names: Sequence[str]) -> float:
    mine = [run for run in runs if run.agent.startswith(suggestion.agents)]
    weeks = HISTORY / timedelta(days=7)
    match suggestion.effect.metric:
        case "browser_s_per_week":
            return sum(run.duration_ms for run in mine) / 1000 / weeks
        case "run_s":
            good = [run for run in mine if run.outcome == "success"]
            return sum(run.duration_ms for run in good) / 1000 / max(1, len(good))
        case "model_calls_per_run":
            return sum(run.model_calls for run in mine) / max(1, len(mine))
        case "longest_run_s":
            return _longest(mine)
        case "outputs_per_week":
            stored = sum(record.op == "store" for run in mine for record in run.steps)
            return stored / weeks
        case "manual_starts_per_week":
            last = [run for run in runs if run.agent == suggestion.agents[-1]]
            return sum(run.trigger == "cli" for run in last) / weeks
        case "overlap_s_per_week":
            return _both(runs, *suggestion.agents) / weeks
        case metric:
            raise ValueError(f"no metric {metric!r}")


def _longest(runs: Sequence[Run]) -> float:
    by_start: dict[datetime, float] = {}
    for run in runs:
        by_start[run.created_at] = max(by_start.get(run.created_at, 0.0), run.duration_ms / 1000)
    return mean(by_start.values()) if by_start else 0.0


def _both(runs: Sequence[Run], first: str, second: str) -> float:
    """Return the seconds in which both run, counted on a clock rather than run against run."""
    edges: list[tuple[datetime, str, int]] = []
    for run in runs:
        if run.agent in {first, second} and run.finished_at:
            edges += [(run.created_at, run.agent, 1), (run.finished_at, run.agent, -1)]
    active = {first: 0, second: 0}
    total, last = 0.0, NOW
    for at, agent, step in sorted(edges, key=lambda edge: (edge[0], edge[2])):
        if active[first] and active[second]:
            total += (at - last).total_seconds()
        active[agent] += step
        last = at
    return total

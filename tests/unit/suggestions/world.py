"""A little world of sites, agents and people that produces run records; it knows nothing of the rules.

Sites publish, pages move, people start agents by hand. A world is simulated for some weeks; a change is
made to the world itself, and it is simulated on: what then happens is measured on the records it makes.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from pydantic import JsonValue

from podium.state.document import JsonObject
from podium.state.plan import InputSpec
from podium.state.program import Program, parse_program
from podium.state.recurrence import Rule
from podium.state.runs import Outcome, Run, RunError, StepRecord
from podium.state.triggers import Schedule, fires

START = datetime(2026, 9, 7, tzinfo=UTC)
HISTORY = timedelta(days=28)


@dataclass(slots=True)
class WorldStep:
    """One step as the world does it."""

    id: str
    op: str
    mean_ms: float
    spread: float = 0.08
    fails: float = 0.0
    """Chance to fail."""
    part: int = 0
    calls: int = 0
    """Model calls each time."""
    actions: Sequence[str] = ()
    wanders: bool = False
    """An open-ended step that does something else each time."""
    moved_at: datetime | None = None
    """When the page moved under it; from then on it is healed, which takes longer."""
    moved_for: timedelta = timedelta(days=365)
    heal_ms: float = 0.0
    files: int = 0
    """Files it fetches one by one."""
    fresh: int = 0
    """How many of them are new each time."""
    pages: int = 0
    page_rows: int = 10


@dataclass(slots=True)
class WorldAgent:
    """An agent with its site, its habits and its people."""

    name: str
    site: str
    steps: list[WorldStep]
    program: Program
    cron: str = ""
    rule: Rule | None = None
    publishes: Callable[[random.Random, datetime], list[datetime]] | None = None
    """When on a day its site publishes something."""
    started_by: (
        Callable[[random.Random, datetime, list[Run]], list[tuple[datetime, JsonObject]]] | None
    ) = None
    """When on a day people start it by hand, with which inputs, given what ran that day."""
    inputs: tuple[InputSpec, ...] = ()
    after: str = ""
    """The agent whose end starts it."""
    origins: tuple[str, ...] = ()
    skip_known: bool = False
    limit: int | None = None
    since: datetime = START
    contended_with: str = ""
    """An agent on the same site that slows it down while both run."""
    notifies: bool = False
    keys: int = 0

    @property
    def schedule(self) -> Schedule | None:
        return Schedule(cron=self.cron, rule=self.rule) if self.cron or self.rule else None


@dataclass(slots=True)
class World:
    """All agents of a workspace and their random source."""

    agents: list[WorldAgent]
    rng: random.Random
    serial: int = 0
    waiting: dict[str, list[datetime]] = field(default_factory=dict[str, list[datetime]])
    """Published and not yet found, for each agent."""

    def live(self, start: datetime, end: datetime) -> list[Run]:
        """Return the runs of a stretch of days."""
        runs: list[Run] = []
        day = start
        while day < end:
            today: list[Run] = []
            for agent in self.agents:
                today += self._day(agent, day, today)
            runs += today
            day += timedelta(days=1)
        return runs

    def _day(self, agent: WorldAgent, day: datetime, today: list[Run]) -> Iterator[Run]:
        if day < agent.since:
            return
        if agent.publishes is not None:
            self.waiting.setdefault(agent.name, []).extend(agent.publishes(self.rng, day))
        for at, trigger, inputs in sorted(self._starts(agent, day, today), key=lambda one: one[0]):
            yield self._run(agent, at, trigger, inputs, today)

    def _starts(
        self, agent: WorldAgent, day: datetime, today: list[Run]
    ) -> list[tuple[datetime, str, JsonObject]]:
        starts: list[tuple[datetime, str, JsonObject]] = []
        if agent.schedule is not None:
            for at in fires(agent.schedule, after=day - timedelta(seconds=1)):
                if at >= day + timedelta(days=1):
                    break
                starts.append((at, "schedule", {}))
        if agent.after:
            starts += [
                (run.finished_at, "chain", {})
                for run in today
                if run.agent == agent.after and run.outcome == "success" and run.finished_at
            ]
        elif agent.started_by is not None:
            automatic = [at for at, _, _ in starts]
            for at, inputs in agent.started_by(self.rng, day, today):
                # Nobody starts by hand what has just run by itself.
                if not any(timedelta() <= at - other < timedelta(hours=3) for other in automatic):
                    starts.append((at, "cli", inputs))
        return starts

    def _run(
        self, agent: WorldAgent, at: datetime, trigger: str, inputs: JsonObject, today: list[Run]
    ) -> Run:
        self.serial += 1
        run_id = f"run_{self.serial}"
        records: list[StepRecord] = []
        calls = healed = 0
        outcome: Outcome = "success"
        error: RunError | None = None
        found = [moment for moment in self.waiting.get(agent.name, []) if moment <= at]
        if found:
            self.waiting[agent.name] = [one for one in self.waiting[agent.name] if one > at]
        rows: list[JsonValue] = []
        for step in agent.steps:
            made = list(self._step(agent, step, at, len(found)))
            records += made
            calls += step.calls
            healed += sum(1 for record in made if (record.rung or 1) > 1)
            if made[-1].status == "failed":
                outcome, error = "fail", RunError(code="expectation", message="It went wrong")
                break
            if step.op == "store":
                agent.keys += 1
                rows = [
                    {"number": f"{agent.name}-{agent.keys}", "amount": self.rng.randint(5, 900)}
                ]
        ms = sum(record.ms for record in records) + int(abs(self.rng.gauss(400, 60)))
        if agent.contended_with and self._contended(agent, at, ms, today):
            ms = int(ms * 1.3)
        outputs: JsonObject = {"store": {"sample": rows, "count": len(rows)}} if rows else {}
        return Run(
            run_id=run_id,
            thread_id=f"thread_{run_id}",
            agent=agent.name,
            version=1,
            status="finished",
            outcome=outcome,
            inputs=inputs,
            trigger=trigger,
            model_calls=calls,
            healed=healed,
            created_at=at,
            finished_at=at + timedelta(milliseconds=ms),
            duration_ms=ms,
            steps=tuple(records),
            outputs=outputs,
            error=error,
        )

    @staticmethod
    def _contended(agent: WorldAgent, at: datetime, ms: int, today: list[Run]) -> bool:
        end = at + timedelta(milliseconds=ms)
        return any(
            run.agent == agent.contended_with
            and run.created_at < end
            and at < (run.finished_at or run.created_at)
            for run in today
        )

    def _step(
        self, agent: WorldAgent, step: WorldStep, at: datetime, found: int
    ) -> Iterator[StepRecord]:
        base = StepRecord(
            id=step.id, title=step.id.replace("_", " "), op=step.op, effect="read", status="done"
        )
        ms = self._ms(step.mean_ms, step.spread)
        if step.fails and self.rng.random() < step.fails:
            yield base.model_copy(update={"status": "failed", "ms": ms})
            return
        if step.files:
            known = step.files - step.fresh
            for index in range(step.files):
                kept = index < known
                cost = self._ms(25, 0.2) if kept and agent.skip_known else ms
                yield base.model_copy(
                    update={
                        "item": f"row{index}",
                        "ms": cost,
                        "evidence": {"known": kept, "proof": True},
                    }
                )
                ms = self._ms(step.mean_ms, step.spread)
            return
        rung = 1 if step.op in {"click", "extract", "fill"} else None
        moved = step.moved_at is not None and step.moved_at <= at < step.moved_at + step.moved_for
        if moved:
            rung, ms = 3, ms + self._ms(step.heal_ms, 0.1)
        evidence: JsonObject = {"url": "/"}
        if step.pages:
            pages = step.pages
            if agent.limit is not None:
                pages = max(1, -(-agent.limit // step.page_rows))
            evidence = {"pages": pages, "rows": pages * step.page_rows}
            ms = sum(self._ms(step.mean_ms, step.spread) for _ in range(pages))
        if step.op == "store":
            evidence = {
                "added": found,
                "changed": 0,
                "unchanged": 8,
                "rows": 8 + found,
                "proof": True,
            }
            ms += 220 * found
        if step.op == "task":
            did = list(step.actions)
            if step.wanders:
                self.rng.shuffle(did)
                did = did[: self.rng.randint(2, len(did))]
            evidence = {"actions": list[JsonValue](did), "model_calls": step.calls}
        yield base.model_copy(update={"ms": ms, "rung": rung, "evidence": evidence})

    def _ms(self, mean: float, spread: float) -> int:
        return max(1, int(self.rng.gauss(mean, mean * spread)))


# -- Programs --------------------------------------------------------------------------------------

_LIST: JsonObject = {
    "list": {
        "kind": "table",
        "columns": [{"name": "number", "header": "Number"}],
        "key": ["number"],
    }
}


def program(*steps: JsonObject) -> Program:
    """Return the checked program of those steps; what a step lacks is filled in."""
    return parse_program({"steps": [{"title": str(step["id"]), **step} for step in steps]})


def opening(step_id: str, site: str) -> JsonObject:
    return {"id": step_id, "op": "open", "args": {"url": f"{site}/"}}


def reading(step_id: str) -> JsonObject:
    return {"id": step_id, "op": "extract", "args": dict(_LIST)}


def storing(step_id: str, rows: str) -> JsonObject:
    return {
        "id": step_id,
        "op": "store",
        "args": {"rows": rows, "dataset": rows, "key": ["number"]},
    }


def plain(site: str) -> Program:
    """Return open, read, store."""
    return program(opening("open", site), reading("read"), storing("store", "read"))


def plain_steps(rng: random.Random) -> list[WorldStep]:
    """Return how the steps of `plain` go."""
    return [
        WorldStep("open", "open", rng.uniform(700, 1800)),
        WorldStep("read", "extract", rng.uniform(1500, 5000)),
        WorldStep("store", "store", 60),
    ]


def changed(agent: WorldAgent, change: JsonObject) -> WorldAgent:
    """Return the agent as the world has it after a change was made."""
    schedule = change.get("schedule")
    if isinstance(schedule, dict) and agent.name in schedule:
        return replace(agent, cron=str(schedule[agent.name]))
    setting = change.get("set")
    if isinstance(setting, dict):
        limit = setting.get("limit")
        return replace(
            agent,
            skip_known=bool(setting.get("skip_known", agent.skip_known)),
            limit=limit if isinstance(limit, int) else agent.limit,
        )
    chain = change.get("chain")
    if isinstance(chain, list) and chain[-1] == agent.name:
        return replace(agent, after=str(chain[0]))
    return agent

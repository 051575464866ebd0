"""Run records: opened by the first node of a run, judged and closed by its last."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from pydantic import JsonValue

from podium.server.events import EventLog, Told, told_by
from podium.state.clock import Clock
from podium.state.document import JsonObject
from podium.state.errors import Conflict, NotFound, UserError
from podium.state.events import Event
from podium.state.ids import IdFactory
from podium.state.plan import InputSpec
from podium.state.program import EachStep, Program, Step, WhenStep, parse_step
from podium.state.runs import Outcome, Run, RunError, RunMode, judge
from podium.state.spec import AgentSpec
from podium.state.stores import Stores, Version
from podium.state.templates import names_in, on_day
from podium.tools.offline.dates import said_day
from podium.tools.runner import RunContext, StepRunner

_PAGE = 500
_DAY = re.compile(r"\{date\.[^}]+\}|\d{4}-\d\d-\d\d")
_ANY_DAY = date(2024, 1, 1)


def resolve_inputs(spec: AgentSpec, given: JsonObject) -> JsonObject:
    """Return the run's inputs: what was given over the defaults.

    Raises:
        UserError: If an input is unknown, missing, or not of its type.
    """
    known = {item.name: item for item in spec.inputs}
    unknown = sorted(set(given) - set(known))
    if unknown:
        raise UserError(
            f"{spec.name!r} has no input {unknown[0]!r}",
            hint=f"Its inputs: {', '.join(known) or 'none'}.",
        )
    values: JsonObject = {}
    for name, item in known.items():
        value = given.get(name, item.default)
        if value is None:
            raise UserError(
                f"{spec.name!r} needs the input {name!r}", hint=f"Give --input {name}=VALUE."
            )
        if item.type == "number":
            value = _number(name, value)
        if _holds_date(item) and name in given:
            _check_date(name, value)
        values[name] = value
    return values


def _on_day(spec: AgentSpec, inputs: JsonObject, today: date) -> JsonObject:
    """Return the inputs with the days that defaults, or words for a date, name relative to the run's."""
    moving = {item.name: item.default for item in spec.inputs if isinstance(item.default, str)}
    dates = {item.name for item in spec.inputs if _holds_date(item) or _is_called_date(item)}
    found: JsonObject = {}
    for name, value in inputs.items():
        if not isinstance(value, str):
            found[name] = value
        elif value == moving.get(name):
            found[name] = on_day(value, today)
        else:
            words = name in dates and any(map(str.isalpha, value))
            found[name] = (said_day(value, today) if words else "") or value
    return found


def _holds_date(item: InputSpec) -> bool:
    """Return whether the input takes a day: by its type, or by the day that is its default."""
    default = item.default if isinstance(item.default, str) else ""
    return item.type == "date" or bool(_DAY.fullmatch(default.strip()))


def _is_called_date(item: InputSpec) -> bool:
    return "date" in re.findall(
        r"[a-z]+", f"{item.name} {item.description}".lower().replace("_", " ")
    )


def _check_date(name: str, value: JsonValue) -> None:
    """Refuse words that say no day; what is written in digits is left to the page. Raises: UserError."""
    if not isinstance(value, str) or not value.strip() or any(map(str.isdigit, value)):
        return
    if not names_in(value) and not said_day(value, _ANY_DAY):
        raise UserError(
            f"Input {name!r} must be a date, not {value!r}",
            hint=f"Give --input {name}=2027-03-31, or a day such as `tomorrow`, `next friday`, `5 December`.",
        )


def _number(name: str, value: JsonValue) -> JsonValue:
    """Return the number as it was written: a form gets `0047` and `45.80`, not what arithmetic makes of them."""
    if not isinstance(value, str):
        return value
    try:
        float(value)
    except ValueError as error:
        raise UserError(f"Input {name!r} must be a number, not {value!r}") from error
    return value.strip()


@dataclass(frozen=True, slots=True)
class Ledger:
    """Opens and closes the runs of one version of one agent."""

    version: Version
    stores: Stores
    runner: StepRunner
    log: EventLog
    clock: Clock
    ids: IdFactory
    timezone: str
    active_ms: Callable[[str], int]
    """Milliseconds that the run's segments have worked so far, the present one included."""

    async def begin(self, *, thread_id: str, asked: JsonObject) -> JsonObject:
        """Return the run's identity, creating its record unless it exists."""
        return await asyncio.to_thread(self._begin, thread_id, asked)

    def _begin(self, thread_id: str, asked: JsonObject) -> JsonObject:
        spec = self.version.spec
        run = self._kept(str(asked.get("run_id") or ""), thread_id)
        if run is None:
            given = asked.get("inputs")
            mode: RunMode = "test" if asked.get("mode") == "test" else "live"
            run = self.stores.runs.create(
                Run(
                    run_id=str(asked.get("run_id") or "") or self.ids.new("run"),
                    thread_id=thread_id,
                    agent=spec.name,
                    version=self.version.version,
                    mode=mode,
                    inputs=resolve_inputs(spec, given if isinstance(given, dict) else {}),
                    trigger=str(asked.get("trigger") or "manual"),
                    created_at=self.clock.now(),
                )
            )
        if run.status != "running":
            run = self.stores.runs.replace(run.move("running"))
        today = run.created_at.astimezone(ZoneInfo(self.timezone)).date()
        return {
            "run_id": run.run_id,
            "agent": run.agent,
            "version": run.version,
            "mode": run.mode,
            "inputs": _on_day(spec, run.inputs, today),
            "origins": list(spec.origins),
            "release_writes": asked.get("release_writes") is True,
            "origin_run": str(asked.get("origin_run") or ""),
            "today": today.isoformat(),
        }

    def _kept(self, run_id: str, thread_id: str) -> Run | None:
        if run_id:
            try:
                return self.stores.runs.get(run_id)
            except NotFound:
                return None
        run = self.stores.runs.of_thread(thread_id)
        return run if run is not None and run.status != "finished" else None

    async def finish(
        self, run: JsonObject, *, outputs: JsonObject, error: JsonObject | None
    ) -> JsonObject:
        """Judge the run by its step records, close its record and its session, return it."""
        context = self._context(run)
        await self.runner.finish(context)
        finished = await asyncio.to_thread(self._finish, context, outputs, error)
        await self.log.say(
            finished.run_id,
            "run.finished",
            {"outcome": finished.outcome, "agent": finished.agent, "version": finished.version},
        )
        return finished.to_json()

    def _finish(self, context: RunContext, outputs: JsonObject, error: JsonObject | None) -> Run:
        run = self.stores.runs.get(context.run_id)
        if run.status == "finished":
            return run
        told = told_by(events_of(self.stores, run.run_id))
        outcome: Outcome = judge(told.records, mode=run.mode)
        if error is not None:
            outcome = "fail"
        active_ms = self.active_ms(run.thread_id)
        closed = run.move(
            "finished",
            outcome=outcome,
            question=None,
            steps=told.records,
            artifacts=told.artifacts,
            outputs=outputs,
            model_calls=told.model_calls,
            healed=len({*told.inserted, *(str(step.get("id")) for step in told.healed)}),
            duration_ms=active_ms,
            overhead_ms=max(active_ms - told.browser_ms, 0),
            finished_at=self.clock.now(),
            error=RunError.model_validate(error) if error else None,
        )
        closed = self.stores.runs.replace(closed)
        if outcome == "success" and run.mode == "live":
            self._keep_heals(told)
        return closed

    def _keep_heals(self, told: Told) -> None:
        """Write what healed back as a new version, unless somebody made one meanwhile."""
        healed = {step.id: step for step in map(parse_step, told.healed)}
        inserted = {before: parse_step(step) for before, step in told.inserted.items()}
        if not healed and not inserted:
            return
        program = Program(
            steps=rewritten(self.version.program.steps, healed=healed, inserted=inserted)
        )
        try:
            kept = self.stores.agents.add_version(
                self.version.spec.name,
                base=self.version.version,
                spec=self.version.spec,
                program=program,
                reason=heal_reason(told, healed=healed, inserted=inserted),
                author="podium",
            )
        except (Conflict, NotFound):
            return
        self.stores.agents.activate(self.version.spec.name, kept.version)

    def _context(self, run: JsonObject) -> RunContext:
        version = run.get("version")
        return RunContext(
            run_id=str(run["run_id"]),
            agent=str(run["agent"]),
            version=version if isinstance(version, int) else 0,
            mode="test" if run.get("mode") == "test" else "live",
            program=self.version.program,
            origins=self.version.spec.origins,
        )


def events_of(stores: Stores, thread_id: str) -> tuple[Event, ...]:
    """Return all events of a thread, in order."""
    found: list[Event] = []
    seq = 0
    while page := stores.events.after(seq, thread_id=thread_id, limit=_PAGE):
        found += page
        seq = page[-1].seq
    return tuple(found)


def heal_reason(told: Told, *, healed: dict[str, Step], inserted: dict[str, Step]) -> str:
    """Return what was healed and how, in words for `podium versions`."""
    why = {record.id: str(record.evidence.get("why", "")) for record in told.records}
    parts = [
        f"{step.title} ({why[step.id]})" if why.get(step.id) else step.title
        for step in healed.values()
    ]
    if inserted:
        titles = ", ".join(dict.fromkeys(step.title for step in inserted.values()))
        parts.append(f"opened first: {titles}")
    return f"healed: {'; '.join(parts)}"[:500]


def rewritten(
    steps: tuple[Step, ...], *, healed: dict[str, Step], inserted: dict[str, Step]
) -> tuple[Step, ...]:
    """Return the steps with the healed ones in their places and the inserted ones before those they unblock."""
    found: list[Step] = []
    for step in steps:
        if step.id in inserted:
            found.append(inserted[step.id])
        found.append(_replace(healed.get(step.id, step), healed=healed, inserted=inserted))
    return tuple(found)


def _replace(step: Step, *, healed: dict[str, Step], inserted: dict[str, Step]) -> Step:
    if isinstance(step, EachStep):
        inner = rewritten(step.args.steps, healed=healed, inserted=inserted)
        each = step.args.model_copy(update={"steps": inner})
        return step.model_copy(update={"args": each})
    if isinstance(step, WhenStep):
        inner = rewritten(step.args.steps, healed=healed, inserted=inserted)
        when = step.args.model_copy(update={"steps": inner})
        return step.model_copy(update={"args": when})
    return step

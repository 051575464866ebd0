"""The verbs that change or run agents which exist, as the chat asks for them. What is unclear becomes a question."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from pydantic import JsonValue

from podium.graphs.orchestrator.ports import ActResult
from podium.server.roster import Roster
from podium.server.views import agent_document
from podium.state.diffs import diff_words
from podium.state.document import JsonObject
from podium.state.errors import NotFound, UserError
from podium.state.plan import Missing, Request, Verb
from podium.state.questions import FieldSpec, Question
from podium.state.runs import Run
from podium.state.stores import DatasetStore, Stores
from podium.state.triggers import Schedule

StartRun = Callable[[str, JsonObject, int | None], Awaitable[Run]]
"""(agent, inputs, version) -> the queued run."""

_ONE_AGENT = frozenset({"rename", "rollback", "compare"})


@dataclass(frozen=True, slots=True)
class Verbs:
    """Carries out one request on named agents."""

    roster: Roster
    stores: Stores
    datasets: DatasetStore
    start_run: StartRun
    folder: Path
    """Where exported files go."""
    timezone: str

    async def carry_out(
        self, request: Request, names: tuple[str, ...], answers: JsonObject
    ) -> ActResult:
        """Do what the request says to those agents, or return what must be answered first."""
        asked = _still_missing(request, answers)
        if asked:
            return ActResult(question=_question(request, names, asked))
        if request.verb in _ONE_AGENT and len(names) > 1:
            return ActResult(question=which_agent(request, names))
        match request.verb:
            case "run":
                return await self._run(names, request)
            case "delete":
                return await asyncio.to_thread(self._delete, names, request, answers)
            case _:
                return await asyncio.to_thread(self._at_once, names, request, answers)

    def _at_once(self, names: tuple[str, ...], request: Request, answers: JsonObject) -> ActResult:
        match request.verb:
            case "pause" | "resume":
                return self._set_state(names, request.verb)
            case "rename":
                return self._rename(names[0], request, answers)
            case "schedule":
                return self._schedule(names, request, answers)
            case "unschedule":
                return self._unschedule(names)
            case "rollback":
                return self._roll_back(names[0], request)
            case "compare":
                return self._compare(names[0], request)
            case "export":
                return self._export(names, request)
            case _:
                raise UserError(
                    f"I cannot {request.verb} {', '.join(names)}", hint="Say it in other words."
                )

    # -- Runs --------------------------------------------------------------------------------------

    async def _run(self, names: tuple[str, ...], request: Request) -> ActResult:
        given = request.arguments.get("inputs")
        inputs = given if isinstance(given, dict) else {}
        version = _number(request.arguments.get("version"))
        started: list[Run] = []
        refused: list[str] = []
        for name in names:
            try:
                started.append(await self.start_run(name, inputs, version))
            except UserError as error:
                refused.append(f"{error.message}. {error.hint}".strip())
        lines = [f"Started {run.run_id} of {run.agent} version {run.version}." for run in started]
        if request.arguments.get("explain"):
            # It ends after this turn: the reason is told when it is asked for.
            lines += [f"If it fails, `why did {run.agent} fail?` tells why." for run in started]
        return ActResult(
            reply="\n".join([*lines, *refused]),
            runs=tuple(run.run_id for run in started),
            agents=names,
            failed=bool(refused),
        )

    # -- Names and life ----------------------------------------------------------------------------

    def _delete(self, names: tuple[str, ...], request: Request, answers: JsonObject) -> ActResult:
        decision = answers.get("decision")
        if decision is None:
            field = FieldSpec(
                name="decision", title="Delete?", type="choice", choices=("delete", "keep")
            )
            chained = [line for name in names for line in self.roster.chained_with(name)]
            stops = f"{'; '.join(chained)}: that ends with it. " if chained else ""
            question = Question(
                id="delete",
                kind="choice",
                title=f"Delete {', '.join(names)}?",
                text=f"{stops}Runs, tables and files stay, and the agent can be brought back: "
                + ", ".join(f"podium agents restore {name}" for name in names),
                fields=(field,),
            )
            return ActResult(question=question)
        if decision != "delete":
            return ActResult(reply=f"Kept {', '.join(names)}.", agents=names)
        stopped: list[str] = []
        for name in names:
            stopped += [line for line in self.roster.chained_with(name) if line.endswith(name)]
            self.roster.delete(name)
        back = " and ".join(f"`podium agents restore {name}`" for name in names)
        ends = f" No longer: {'; '.join(stopped)}." if stopped else ""
        undo = _asking("resume", names, {"deleted": True})
        reply = f"Deleted {', '.join(names)}. {back} brings it back.{ends}"
        return ActResult(reply=reply, undo=(undo,))

    def restore(self, names: tuple[str, ...]) -> ActResult:
        """Bring deleted agents back. Raises: NotFound, Conflict."""
        back = tuple(self.roster.restore(name).name for name in names)
        return ActResult(
            reply=f"{', '.join(back)} is back, as it was.",
            agents=back,
            undo=(_asking("delete", back),),
        )

    def _rename(self, name: str, request: Request, answers: JsonObject) -> ActResult:
        new = slug(str(request.arguments.get("name") or answers.get("name") or ""))
        renamed = self.roster.rename(name, new)
        still = "".join(f" {line}, as before." for line in self.roster.chained_with(renamed.name))
        return ActResult(
            reply=f"{name} is called {renamed.name} now.{still}",
            agents=(renamed.name,),
            undo=(_asking("rename", (renamed.name,), {"name": name}),),
        )

    def _set_state(self, names: tuple[str, ...], verb: str) -> ActResult:
        wanted = "paused" if verb == "pause" else "deployed"
        moved = tuple(n for n in names if self.stores.agents.get(n).state != wanted)
        for name in names:
            if verb == "pause":
                self.roster.pause(name)
            else:
                self.roster.resume(name)
        done = "Paused" if verb == "pause" else "Resumed"
        undo = (_asking("resume" if verb == "pause" else "pause", moved),) if moved else ()
        return ActResult(reply=f"{done} {', '.join(names)}.", agents=names, undo=undo)

    # -- Schedules ---------------------------------------------------------------------------------

    def _schedule(self, names: tuple[str, ...], request: Request, answers: JsonObject) -> ActResult:
        schedule = request.schedule or self._said_schedule(answers)
        if schedule is None:
            return self._unschedule(names)
        lines: list[str] = []
        undo = self._schedules_back(names)
        for name in names:
            fires = self.roster.schedule(name, self.roster.policies_kept(name, schedule))
            words = schedule.words or schedule.cron
            following = f"; next: {fires[0]}" if fires else ""
            lines.append(f"{name} runs {words} ({schedule.timezone}){following}.")
        return ActResult(reply="\n".join(lines), agents=names, undo=undo)

    def _schedules_back(self, names: tuple[str, ...]) -> tuple[Request, ...]:
        """Return what gives the agents the schedules they have now."""
        kept = {name: self.stores.schedules.get(name) for name in names}
        return tuple(
            _asking("unschedule", (name,))
            if before is None
            else _asking("schedule", (name,)).model_copy(update={"schedule": before})
            for name, before in kept.items()
        )

    def _said_schedule(self, answers: JsonObject) -> Schedule | None:
        from podium.tools.offline.schedules import read_schedule

        said = str(answers.get("schedule") or "")
        if re.fullmatch(
            r"(?:by hand|manually|never|when asked|on demand)\.?", said.strip(), re.IGNORECASE
        ):
            return None
        found = read_schedule(said, timezone=self.timezone, now=self.roster.clock.now())
        if found is None:
            raise UserError(
                f"{said!r} is no schedule",
                hint="Say it like `every weekday at 8`, or give a cron expression.",
            )
        return found

    def _unschedule(self, names: tuple[str, ...]) -> ActResult:
        had = tuple(name for name in names if self.stores.schedules.get(name) is not None)
        undo = self._schedules_back(had)
        for name in names:
            self.roster.unschedule(name)
        verb = "runs" if len(names) == 1 else "run"
        reply = f"{', '.join(names)} {verb} only when asked now."
        return ActResult(reply=reply, agents=names, undo=undo)

    # -- Versions ----------------------------------------------------------------------------------

    def _roll_back(self, name: str, request: Request) -> ActResult:
        kept, before = self.roster.roll_back(name, _number(request.arguments.get("version")))
        reply = (
            f"{name} is back at version {kept.version} ({kept.reason}); it was at {before}. "
            f"`podium agents rollback {name} --to {before}` takes that back."
        )
        undo = _asking("rollback", (name,), {"version": before})
        return ActResult(reply=reply, agents=(name,), undo=(undo,))

    def _compare(self, name: str, request: Request) -> ActResult:
        if "runs" in request.arguments:
            return ActResult(reply=self._compared_runs(name, request), agents=(name,))
        numbers = request.arguments.get("versions")
        wanted = [n for n in numbers if isinstance(n, int)] if isinstance(numbers, list) else []
        first = wanted[0] if wanted else None
        second = wanted[1] if len(wanted) > 1 else None
        before, after, diff = self.roster.compare(name, first, second)
        made = self.stores.agents.version(name, after)
        lines = diff_words(diff) if diff.changes else ["They are the same."]
        head = (
            f"{name} version {before} → {after} "
            f"({made.reason}, by {made.author}, {made.created_at:%Y-%m-%d %H:%M} UTC)"
        )
        return ActResult(reply="\n".join([head, *lines]), agents=(name,))

    def _compared_runs(self, name: str, request: Request) -> str:
        asked = request.arguments.get("runs")
        runs = [run for run in self.stores.runs.list(agent=name, limit=200) if run.mode == "live"]
        if isinstance(asked, list):
            ids = {str(item) for item in asked}
            chosen = [run for run in runs if run.run_id in ids] or runs[:2]
        else:
            chosen = runs[: _number(request.arguments.get("count")) or 2]
        if len(chosen) < 2:
            raise UserError(f"{name!r} has fewer than two runs to compare")
        return "\n".join(_run_line(run) for run in reversed(chosen))

    # -- Documents ---------------------------------------------------------------------------------

    def _export(self, names: tuple[str, ...], request: Request) -> ActResult:
        lines = [self._exported(name, request) for name in names]
        return ActResult(reply="\n".join(lines), agents=names)

    def _exported(self, name: str, request: Request) -> str:
        if request.arguments.get("what") == "dataset":
            return self._exported_data(name, request)
        path = self._target(request, f"{name}.json")
        document = agent_document(self.stores.agents.version(name))
        path.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        return f"{name} is written to {path}; `podium agents import` reads it."

    def _exported_data(self, name: str, request: Request) -> str:
        tables = datasets_of(self.stores, name)
        known = {dataset for dataset, _ in self.datasets.list()}
        kept = [dataset for dataset in tables if dataset in known]
        if not kept:
            raise NotFound(f"{name!r} has stored no rows yet", hint=f"`podium run {name}` first.")
        ending = "json" if request.arguments.get("format") == "json" else "csv"
        paths = [
            self.datasets.export(kept_name, path=self._target(request, f"{kept_name}.{ending}"))
            for kept_name in kept
        ]
        return f"The rows of {name} are written to {', '.join(str(path) for path in paths)}."

    def _target(self, request: Request, default: str) -> Path:
        """Return where a file goes: in our folder, under its last name only; words never choose a folder."""
        said = Path(str(request.arguments.get("file") or default)).name
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return self.folder / (said or default)

    def import_(self, request: Request, answers: JsonObject) -> ActResult:
        """Add the agent of an exported file that lies in our folder, as a draft.

        Raises:
            UserError: If there is no such file, or it is no agent.
            Conflict: If the name is taken.
        """
        said = str(request.arguments.get("file") or answers.get("file") or "")
        if not said:
            field = FieldSpec(name="file", title="File")
            return ActResult(
                question=Question(
                    id="file", kind="text", title="From which file shall it come?", fields=(field,)
                )
            )
        path = self.folder / Path(said).name
        try:
            document: JsonValue = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise UserError(
                f"{path.name!r} cannot be read from {self.folder}: {error}",
                hint="Chat reads that folder only; `podium agents import FILE` takes any file.",
            ) from error
        agent = self.roster.import_(document, source=path.name)
        return ActResult(
            reply=f"{agent.name} is imported as a draft. `podium agents resume {agent.name}` deploys it.",
            agents=(agent.name,),
        )


def _asking(verb: Verb, names: tuple[str, ...], arguments: JsonObject | None = None) -> Request:
    """Return a request as a person could make it."""
    return Request(
        verb=verb, text=f"{verb} {', '.join(names)}", agents=names, arguments=arguments or {}
    )


# -- Questions ---------------------------------------------------------------------------------------


def which_agent(request: Request, choices: tuple[str, ...]) -> Question:
    """Return the question for the agent that is meant."""
    said = next((item.question for item in request.missing if item.field == "agent"), "")
    return Question(
        id="agent",
        kind="choice",
        title=said or f"Which agent do you want to {request.verb}?",
        fields=(FieldSpec(name="agent", title="Agent", type="choice", choices=choices),),
    )


def _still_missing(request: Request, answers: JsonObject) -> tuple[Missing, ...]:
    return tuple(
        item
        for item in request.missing
        if item.field not in answers and item.field != "agent" and item.kind != "secret"
    )


def _question(request: Request, names: tuple[str, ...], asked: tuple[Missing, ...]) -> Question:
    fields = tuple(
        FieldSpec(
            name=item.field,
            title=item.question,
            type="choice" if item.kind == "choice" else "text",
            choices=item.choices,
            default=item.default,
        )
        for item in asked
    )
    title = asked[0].question if len(asked) == 1 else f"To {request.verb} {', '.join(names)}"
    return Question(
        id="-".join(item.field for item in asked), kind="text", title=title, fields=fields
    )


# -- Shared ------------------------------------------------------------------------------------------


def slug(text: str) -> str:
    """Return the text as an agent's name."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:63]


def datasets_of(stores: Stores, name: str) -> tuple[str, ...]:
    """Return the datasets that the agent's active version stores into."""
    from podium.state.program import StoreStep, walk

    steps = walk(stores.agents.version(name).program.steps)
    return tuple(dict.fromkeys(step.args.dataset for step in steps if isinstance(step, StoreStep)))


def _number(value: JsonValue) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _run_line(run: Run) -> str:
    rows = {
        step: output.get("rows")
        for step, output in run.outputs.items()
        if isinstance(output, dict) and isinstance(output.get("rows"), int)
    }
    counted = ", ".join(f"{step} {count} rows" for step, count in rows.items())
    files = f", {len(run.artifacts)} files" if run.artifacts else ""
    problem = f": {run.error.message} [{run.error.code}]" if run.error else ""
    return (
        f"{run.run_id} ({run.created_at:%Y-%m-%d %H:%M} UTC, version {run.version}): "
        f"{run.outcome or run.status} in {run.duration_ms / 1000:.1f} s"
        f"{f', {counted}' if counted else ''}{files}{problem}"
    )

"""The workspace as the orchestrator sees it: what there is, saving, deploying, and the verbs."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from pydantic import JsonValue

from podium.graphs.orchestrator.ports import ActResult
from podium.state.clock import Clock
from podium.state.document import JsonObject
from podium.state.errors import Conflict, NotFound, UserError
from podium.state.plan import Request
from podium.state.program import Program
from podium.state.questions import FieldSpec, Question
from podium.state.runs import Run
from podium.state.spec import AgentSpec
from podium.state.stores import Agent, Stores, Vault, Version
from podium.state.triggers import Schedule, next_fires
from podium.tools.planner import AgentBrief, WorkspaceView

StartRun = Callable[[str, JsonObject, int | None], Awaitable[Run]]
"""(agent, inputs, version) -> the queued run."""


def workspace_view(stores: Stores, vault: Vault, *, now: datetime, timezone: str) -> WorkspaceView:
    """Return what a planner may know of the workspace."""
    agents = stores.agents.list()
    newest = max(agents, key=lambda agent: agent.updated_at, default=None)
    return WorkspaceView(
        agents=tuple(_brief(stores, agent) for agent in agents),
        secrets=tuple((secret.name, secret.origin) for secret in vault.list()),
        timezone=timezone,
        now=now,
        last_agent=newest.name if newest else "",
    )


def _brief(stores: Stores, agent: Agent) -> AgentBrief:
    spec = stores.agents.version(agent.name).spec
    runs = stores.runs.list(agent=agent.name, limit=1)
    return AgentBrief(
        name=agent.name,
        goal=spec.goal,
        state=agent.state,
        site=spec.origins[0] if spec.origins else "",
        outputs=spec.outputs,
        last_outcome=(runs[0].outcome or runs[0].status) if runs else "",
    )


@dataclass(frozen=True, slots=True)
class Desk:
    """Reads and changes the workspace's records."""

    stores: Stores
    vault: Vault
    clock: Clock
    timezone: str
    start_run: StartRun

    async def view(self) -> WorkspaceView:
        """Return names and facts of the workspace."""
        return await asyncio.to_thread(
            workspace_view,
            self.stores,
            self.vault,
            now=self.clock.now(),
            timezone=self.timezone,
        )

    # -- Building --------------------------------------------------------------------------------

    async def save(self, spec: AgentSpec, program: Program, *, reason: str) -> JsonObject:
        """Keep a draft agent or its next version and return `{agent, version}`."""
        version = await asyncio.to_thread(self._save, spec, program, reason)
        return {"agent": version.spec.name, "version": version.version}

    def _save(self, spec: AgentSpec, program: Program, reason: str) -> Version:
        agents = self.stores.agents
        try:
            agents.get(spec.name)
        except NotFound:
            agents.create(name=spec.name, spec=spec, program=program, reason=reason, author="you")
            return agents.versions(spec.name)[-1]
        newest = agents.versions(spec.name)[-1]
        if newest.program == program and newest.spec == spec:
            return newest
        return agents.add_version(
            spec.name,
            base=newest.version,
            spec=spec,
            program=program,
            reason=reason,
            author="you",
        )

    async def deploy(self, agent: str, version: int) -> JsonObject:
        """Make the version active with its schedule and return `{agent, version, next_fires}`."""
        return await asyncio.to_thread(self._deploy, agent, version)

    def _deploy(self, agent: str, version: int) -> JsonObject:
        self.stores.agents.activate(agent, version)
        schedule = self.stores.agents.version(agent, version).spec.schedule
        fires: list[JsonValue] = []
        if schedule is not None:
            fires = self.keep_schedule(agent, schedule)
        return {"agent": agent, "version": version, "next_fires": fires}

    def keep_schedule(self, agent: str, schedule: Schedule) -> list[JsonValue]:
        """Keep the agent's schedule and return its next firings as ISO times.

        Raises:
            NotFound: If there is no such agent.
        """
        self.stores.agents.get(agent)
        fires = next_fires(schedule, after=self.clock.now())
        self.stores.schedules.set(agent, schedule, next_at=fires[0] if fires else None)
        return [fire.isoformat() for fire in fires]

    # -- Verbs -----------------------------------------------------------------------------------

    async def act(
        self, request: Request, *, question_id: str, answer: JsonObject | None
    ) -> ActResult:
        """Carry out a verb other than `create`, or return the question it needs answered first."""
        if request.verb == "inspect" and not request.agents:
            return ActResult(reply=await asyncio.to_thread(self._overview))
        names = self._named(request, answer)
        if isinstance(names, Question):
            return ActResult(question=names.model_copy(update={"id": question_id}))
        match request.verb:
            case "run":
                return await self._run(names, request)
            case "delete":
                return await self._delete(names, question_id, answer)
            case "pause" | "resume":
                return await asyncio.to_thread(self._set_state, names, request.verb)
            case "schedule" | "unschedule":
                return await asyncio.to_thread(self._schedule, names, request)
            case "inspect":
                text = "\n\n".join([await asyncio.to_thread(self.describe, name) for name in names])
                return ActResult(reply=text)
            case _:
                return ActResult(
                    reply=f"I understood that you want to {request.verb} {', '.join(names)}, "
                    "but that is not built into the conversation yet.",
                    failed=True,
                )

    def _named(self, request: Request, answer: JsonObject | None) -> tuple[str, ...] | Question:
        chosen = (answer or {}).get("agent")
        if isinstance(chosen, str):
            return (chosen,)
        known = tuple(agent.name for agent in self.stores.agents.list())
        missing = [name for name in request.agents if name not in known]
        if missing:
            raise NotFound(
                f"There is no agent {missing[0]!r}",
                hint=f"The workspace has: {', '.join(known) or 'none yet'}.",
            )
        if request.agents:
            return request.agents
        if not known:
            raise NotFound("The workspace has no agents yet", hint="Ask me to build one.")
        return Question(
            id="",
            kind="choice",
            title=f"Which agent do you want to {request.verb}?",
            fields=(FieldSpec(name="agent", title="Agent", type="choice", choices=known),),
        )

    async def _run(self, names: tuple[str, ...], request: Request) -> ActResult:
        given = request.arguments.get("inputs")
        inputs = given if isinstance(given, dict) else {}
        runs = [await self.start_run(name, inputs, None) for name in names]
        ids = tuple(run.run_id for run in runs)
        return ActResult(reply=f"Started {', '.join(ids)}.", runs=ids, agents=names)

    async def _delete(
        self, names: tuple[str, ...], question_id: str, answer: JsonObject | None
    ) -> ActResult:
        if (answer or {}).get("decision") is None:
            question = Question(
                id=f"{question_id}.delete",
                kind="choice",
                title=f"Delete {', '.join(names)}? Runs, tables and files stay.",
                fields=(
                    FieldSpec(
                        name="decision", title="Delete?", type="choice", choices=("delete", "keep")
                    ),
                ),
            )
            return ActResult(question=question)
        if (answer or {}).get("decision") != "delete":
            return ActResult(reply=f"Kept {', '.join(names)}.")
        for name in names:
            await asyncio.to_thread(self.stores.schedules.delete, name)
            await asyncio.to_thread(self.stores.agents.delete, name)
        return ActResult(reply=f"Deleted {', '.join(names)}.")

    def _set_state(self, names: tuple[str, ...], verb: str) -> ActResult:
        for name in names:
            agent = self.stores.agents.get(name)
            if agent.state == "draft":
                raise Conflict(f"{name!r} is a draft and was never deployed")
            self.stores.agents.set_state(name, "paused" if verb == "pause" else "deployed")
        done = "Paused" if verb == "pause" else "Resumed"
        return ActResult(reply=f"{done} {', '.join(names)}.", agents=names)

    def _schedule(self, names: tuple[str, ...], request: Request) -> ActResult:
        if request.verb == "unschedule":
            for name in names:
                self.stores.schedules.delete(name)
            return ActResult(reply=f"{', '.join(names)} runs only when asked now.", agents=names)
        if request.schedule is None:
            raise UserError(
                "I did not understand when it should run",
                hint="Say it like `every weekday at 8`, or give a cron expression.",
            )
        lines: list[str] = []
        for name in names:
            fires = self.keep_schedule(name, request.schedule)
            words = request.schedule.words or request.schedule.cron
            lines.append(f"{name} runs {words} ({request.schedule.timezone}); next: {fires[0]}.")
        return ActResult(reply="\n".join(lines), agents=names)

    # -- Reading ---------------------------------------------------------------------------------

    def _overview(self) -> str:
        agents = self.stores.agents.list()
        if not agents:
            return "The workspace has no agents yet."
        return "\n".join(self._line(agent) for agent in agents)

    def _line(self, agent: Agent) -> str:
        runs = self.stores.runs.list(agent=agent.name, limit=1)
        last = (
            f"last run {runs[0].run_id}: {runs[0].outcome or runs[0].status}"
            if runs
            else "never ran"
        )
        schedule = self.stores.schedules.get(agent.name)
        when = f", {schedule.words or schedule.cron} ({schedule.timezone})" if schedule else ""
        return f"{agent.name} ({agent.state}, version {agent.active_version}{when}): {last}"

    def describe(self, name: str) -> str:
        """Return what one agent is, does and did, with run ids.

        Raises:
            NotFound: If there is no such agent.
        """
        agent = self.stores.agents.get(name)
        version = self.stores.agents.version(name)
        lines = [self._line(agent), f"Goal: {version.spec.goal}"]
        lines += [
            f"  {number}. {step.title}" for number, step in enumerate(version.program.steps, 1)
        ]
        for run in self.stores.runs.list(agent=name, limit=5):
            problem = f": {run.error.message}" if run.error else ""
            lines.append(
                f"{run.created_at:%Y-%m-%d %H:%M} {run.run_id} {run.outcome or run.status}{problem}"
            )
        return "\n".join(lines)

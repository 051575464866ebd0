"""The workspace as the orchestrator sees it: what there is, saving, deploying, and the verbs."""

from __future__ import annotations

import asyncio
import json
import re
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from pydantic import JsonValue

from podium.graphs.orchestrator.ports import ActResult, Basis, BasisAgent
from podium.server.chaining import Chaining
from podium.server.reshaping import merge, split
from podium.server.roster import Roster
from podium.server.searching import Searching
from podium.server.suggesting import Suggestions
from podium.server.telling import Telling
from podium.server.troubleshooting import Diagnosis, Troubleshooting
from podium.server.verbs import Verbs, which_agent
from podium.state.clock import Clock
from podium.state.document import JsonObject
from podium.state.errors import Conflict, NotFound, UserError
from podium.state.plan import Request
from podium.state.program import Program
from podium.state.questions import FieldSpec, Question
from podium.state.spec import AgentSpec, as_plan
from podium.state.stores import Agent, Stores, Thread, Vault, Version
from podium.tools.planner import AgentBrief, WorkspaceView, once_called
from podium.tools.renaming import free_names, own_tables, renamed_program, renamed_spec

_REPAIR: Final = re.compile(
    r"\b(?:fix|repair|heal|mend|rebuild|sort\s+(?:it\s+)?out)\b", re.IGNORECASE
)
_NOTHING: Final = Request(verb="none", text="")
"""Stands for a turn that led to nothing."""
_RECENT_THREADS: Final = 30
"""Conversations looked at for the agent that was talked about last."""
_JUST_NOW: Final = timedelta(hours=1)
"""So long an agent that was changed is what `it` means in a conversation that named none."""
_RECENT_RUNS: Final = 20
"""Runs of each agent looked at for what failed of late."""


def workspace_view(
    stores: Stores, vault: Vault, *, now: datetime, timezone: str, thread_id: str = ""
) -> WorkspaceView:
    """Return what a planner may know of the workspace, and what `it` means in that thread."""
    agents = stores.agents.list()
    own = _own(stores, thread_id)
    before = _last_turns(stores, own)
    deleted = tuple(agent.name for agent in stores.agents.deleted())
    briefs = tuple(_brief(stores, agent) for agent in agents)
    had = once_called({brief.name: brief.former for brief in briefs}, deleted=deleted)
    known = {old: names[0] for old, names in had.items() if len(names) == 1}
    known |= {agent.name: agent.name for agent in agents}
    talked = (tuple(known[name] for name in _names(turn) if name in known) for turn in before)
    lately = tuple(dict.fromkeys(next((names for names in talked if names), ())))
    newest = max(agents, key=lambda agent: agent.updated_at, default=None)
    if newest is not None and now - newest.updated_at > _JUST_NOW and len(agents) > 1:
        newest = None  # changed long ago, and nobody spoke of it: `it` may mean any of them
    last = _corrected(own, before)
    return WorkspaceView(
        agents=briefs,
        secrets=tuple((secret.name, secret.origin) for secret in vault.list()),
        timezone=timezone,
        now=now,
        last_agent=lately[-1] if lately else newest.name if newest else "",
        lately=lately,
        last_requests=_requests(last.get("requests")),
        undo=_requests(last.get("undo")),
        deleted=deleted,
    )


def _last_turns(stores: Stores, own: Thread | None) -> list[JsonObject]:
    """Return the last turns of conversations, that of this thread first, then the latest."""
    others = [
        thread
        for thread in stores.threads.list(kind="chat", limit=_RECENT_THREADS)
        if own is None or thread.thread_id != own.thread_id
    ]
    others.sort(key=lambda thread: -thread.updated_at.timestamp())
    turns = (_turn(thread) for thread in ([own] if own is not None else []) + others)
    return [turn for turn in turns if turn.get("requests") or turn.get("agents")]


def _turn(thread: Thread) -> JsonObject:
    """Return what the thread's last turn was; while one is read, what the thread keeps of the turn before."""
    data = thread.data
    before = data if "requests" in data or "agents" in data else data.get("before")
    return before if isinstance(before, dict) else {}


def _own(stores: Stores, thread_id: str) -> Thread | None:
    with suppress(NotFound):
        return stores.threads.get(thread_id) if thread_id else None
    return None


def _corrected(own: Thread | None, turns: list[JsonObject]) -> JsonObject:
    """Return the turn that `undo that` and `no, I meant X` are about.

    That of this thread once it has had one, whatever came of it. In a new thread, as each sentence on the command line
    begins one, it is the latest of all.
    """
    spoken = _turn(own) if own is not None else {}
    if not isinstance(spoken.get("requests"), list):
        return turns[0] if turns else {}
    return spoken if spoken["requests"] else {"requests": [_NOTHING.to_json()]}


def _unchaining(
    request: Request, names: tuple[str, ...], made: ActResult, answers: JsonObject
) -> tuple[Request, ...]:
    """Return what takes a chain back that was made just now."""
    done = made.question is None and not made.failed and answers.get("decision") != "reject"
    if not done or request.arguments.get("remove") or len(names) < 2:
        return ()
    arguments: JsonObject = {"order": [*names], "remove": True}
    text = f"stop starting {names[-1]} after {names[0]}"
    return (Request(verb="chain", text=text, agents=names, arguments=arguments),)


def _names(turn: JsonObject) -> list[str]:
    named = turn.get("agents")
    return [str(name) for name in named] if isinstance(named, list) else []


def _requests(value: JsonValue) -> tuple[Request, ...]:
    return tuple(Request.model_validate(item) for item in value) if isinstance(value, list) else ()


def _brief(stores: Stores, agent: Agent) -> AgentBrief:
    spec = stores.agents.version(agent.name).spec
    runs = stores.runs.list(agent=agent.name, limit=_RECENT_RUNS)
    return AgentBrief(
        name=agent.name,
        goal=spec.goal,
        state=agent.state,
        site=spec.origins[0] if spec.origins else "",
        outputs=spec.outputs,
        last_outcome=(runs[0].outcome or runs[0].status) if runs else "",
        schedule=stores.schedules.get(agent.name),
        former=former_names(stores, agent),
        failed_at=tuple(run.created_at for run in runs if run.outcome in {"fail", "partial"}),
    )


def _content(version: Version) -> tuple[AgentSpec, Program]:
    return version.spec, version.program


def former_names(stores: Stores, agent: Agent) -> tuple[str, ...]:
    """Return the names that the agent had, the latest first."""
    events = stores.events.after(0, thread_id=agent.agent_id)
    names = [str(event.data.get("from")) for event in events if event.kind == "agent.renamed"]
    return tuple(dict.fromkeys(name for name in reversed(names) if name != agent.name))


@dataclass(frozen=True, slots=True)
class Desk:
    """Reads and changes the workspace's records."""

    stores: Stores
    vault: Vault
    clock: Clock
    timezone: str
    roster: Roster
    verbs: Verbs
    telling: Telling
    troubleshooting: Troubleshooting
    chaining: Chaining

    async def view(self, thread_id: str = "") -> WorkspaceView:
        """Return names and facts of the workspace, and what `it` means in that thread."""
        return await asyncio.to_thread(
            workspace_view,
            self.stores,
            self.vault,
            now=self.clock.now(),
            timezone=self.timezone,
            thread_id=thread_id,
        )

    async def covering(self, request: Request) -> str:
        """Return the deployed agent that does what is asked already; empty when there is none, or several do."""
        return await asyncio.to_thread(self._covering, request)

    def _covering(self, request: Request) -> str:
        from podium.tools.covering import covers

        found = [
            agent.name
            for agent in self.stores.agents.list()
            if agent.state == "deployed"
            and covers(self.stores.agents.version(agent.name).spec, request)
        ]
        return found[0] if len(found) == 1 else ""

    # -- Building --------------------------------------------------------------------------------

    async def save(
        self, spec: AgentSpec, program: Program, *, reason: str, base: int | None = None
    ) -> JsonObject:
        """Keep a new draft agent, or the next version on top of `base`, and return `{agent, version, tables}`.

        Raises:
            Conflict: If the newest version is not `base`: somebody else changed the agent meanwhile.
        """
        if base is None:
            return await asyncio.to_thread(self._create, spec, program, reason)
        version = await asyncio.to_thread(self._save, spec, program, reason, base)
        return {"agent": version.spec.name, "version": version.version, "tables": {}}

    def _create(self, spec: AgentSpec, program: Program, reason: str) -> JsonObject:
        """Keep a new agent under its name, else under the next that is free: another one may have got it since the plan.

        That a name is free is known by taking it; what a killed process kept under one is found again.
        """
        agents = self.stores.agents
        tables: dict[str, str] = {}
        for name in free_names(spec.name):
            if name != spec.name:
                kept = {one for agent in agents.list() for one in self._outputs(agent.name)}
                tables = own_tables(spec, name, kept)
            own, steps = renamed_spec(spec, name, tables), renamed_program(program, tables)
            try:
                agents.create(name=name, spec=own, program=steps, reason=reason, author="you")
            except Conflict:
                if _content(agents.versions(name)[-1]) != (own, steps):
                    continue
            version = agents.versions(name)[-1].version
            return {"agent": name, "version": version, "tables": {**tables}}
        raise AssertionError("names do not end")

    def _outputs(self, agent: str) -> tuple[str, ...]:
        return self.stores.agents.version(agent).spec.outputs

    def _save(self, spec: AgentSpec, program: Program, reason: str, base: int) -> Version:
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
            base=base,
            spec=spec,
            program=program,
            reason=reason,
            author="you",
        )

    async def deploy(self, agent: str, version: int) -> JsonObject:
        """Make the version active with its schedule and return `{agent, version, next_fires}`."""
        return await asyncio.to_thread(self._deploy, agent, version)

    def _deploy(self, agent: str, version: int) -> JsonObject:
        paused = self.stores.agents.get(agent).state == "paused"
        self.stores.agents.activate(agent, version)
        if paused:
            self.stores.agents.set_state(agent, "paused")
        schedule = self.stores.agents.version(agent, version).spec.schedule
        fires: list[JsonValue] = []
        if schedule is not None:
            kept = self.roster.policies_kept(agent, schedule)
            fires = self.roster.keep_schedule(agent, kept)
        elif self.stores.schedules.get(agent) is not None:
            self.roster.unschedule(agent)
        return {"agent": agent, "version": version, "next_fires": fires}

    async def retire(self, agents: tuple[str, ...], *, delete: bool) -> None:
        """Pause agents whose work others do now, or delete them; one that is gone already is left out."""
        known = {agent.name for agent in await asyncio.to_thread(self.stores.agents.list)}
        present = tuple(name for name in agents if name in known)
        await asyncio.to_thread(self.roster.retire, present, delete=delete)

    def basis(
        self, name: str, *, plan_id: str, change: str, reason: str, redo: tuple[str, ...] = ()
    ) -> Basis:
        """Return what a change of the agent starts from: its active version, with the schedule it has now.

        Raises:
            NotFound: If there is no such agent.
            Conflict: If nothing tells what it was built from.
        """
        version = self.stores.agents.version(name)
        if not version.spec.steps:
            raise Conflict(
                f"{name!r} was not built from a plan, so its steps cannot be changed in words",
                hint=f"`podium agents export {name}`, edit the document, import it under another name.",
            )
        schedule = self.stores.schedules.get(name)
        spec = version.spec.model_copy(update={"schedule": schedule})
        newest = self.stores.agents.versions(name)[-1].version
        agent = BasisAgent(
            name=name, version=version.version, newest=newest, spec=spec, program=version.program
        )
        plan = as_plan(spec, plan_id=plan_id)
        return Basis(agents=(agent,), plan=plan, change=change, reason=reason, redo=redo)

    def document(self, name: str) -> str:
        """Return the agent as one document that people edit.

        Raises:
            NotFound: If there is no such agent.
            Conflict: If it was not built from a plan.
        """
        from podium.tools.documents import render

        agent = self.stores.agents.get(name)
        basis = self.basis(agent.name, plan_id="", change="", reason="")
        note = (
            f"{agent.name}, version {agent.active_version}, {agent.state}. Change it, then: "
            f"podium agents edit {agent.name} --file FILE"
        )
        return render(basis.agents[0].spec, note=note)

    def edited(self, name: str, text: str) -> Request:
        """Return the change that an edited document asks for.

        Raises:
            NotFound: If there is no such agent.
            Conflict: If it was not built from a plan.
            InvalidAnswer: Naming the line that is wrong.
        """
        from podium.tools.documents import read

        agent = self.stores.agents.get(name)
        spec = self.basis(agent.name, plan_id="", change="", reason="").agents[0].spec
        planned = read(text, spec, now=self.clock.now())
        change = json.dumps({"goal": planned.goal, "agents": [planned.to_json()]})
        return Request(
            verb="modify",
            text=f"edit the document of {agent.name}",
            agents=(agent.name,),
            arguments={"change": change},
        )

    # -- Verbs -----------------------------------------------------------------------------------

    async def act(self, request: Request, *, question_id: str, answers: JsonObject) -> ActResult:
        """Carry out a verb on agents that exist, or return the question it needs answered first.

        Raises:
            UserError: If it cannot be carried out as it stands.
        """
        result = await self._act(request, answers, question_id)
        if result.question is None:
            return result
        asked = result.question.model_copy(update={"id": f"{question_id}.{result.question.id}"})
        return ActResult(question=asked)

    async def _act(self, request: Request, answers: JsonObject, question_id: str) -> ActResult:
        match request.verb:
            case "suggest":
                return await self._suggest(request, answers, question_id)
            case "import":
                return await asyncio.to_thread(self.verbs.import_, request, answers)
            case "resume" if request.arguments.get("deleted"):
                return await asyncio.to_thread(self.verbs.restore, request.agents)
            case "chain":
                names = await asyncio.to_thread(self._there, request.agents)
                made = await asyncio.to_thread(self.chaining.act, request, names, answers)
                return replace(made, undo=_unchaining(request, names, made, answers))
            case _:
                return await self._act_on_agents(request, answers, question_id)

    async def _suggest(self, request: Request, answers: JsonObject, question_id: str) -> ActResult:
        """Tell what the records suggest, or do what is accepted: splitting and chaining by their own plan and approval."""
        desk = Suggestions(self.stores, self.clock, self.timezone)
        accepted = request.arguments.get("decision") == "accepted"
        wanted = await asyncio.to_thread(desk.asked_for, request) if accepted else None
        if wanted is None:
            return ActResult(reply=await asyncio.to_thread(desk.answer, request))
        result = await self._act(wanted, answers, question_id)
        if result.question is None and not result.failed and answers.get("decision") != "reject":
            await asyncio.to_thread(desk.answer, request)
        return result

    async def _act_on_agents(
        self, request: Request, answers: JsonObject, question_id: str
    ) -> ActResult:
        if request.verb == "inspect" and request.arguments.get("what") == "search":
            return await asyncio.to_thread(self._search, request)
        if request.verb == "inspect" and not request.agents and not request.missing:
            return await asyncio.to_thread(self.telling.workspace, request)
        if request.verb == "troubleshoot" and not request.agents:
            request = request.model_copy(update={"agents": self._spelled(request.text)})
            if "agent" not in answers and self._about_none(request):
                # About no agent in particular: what failed, each with its reason.
                return await asyncio.to_thread(self.telling.failures, request)
        names = await asyncio.to_thread(self.named, request, answers)
        if isinstance(names, Question):
            return ActResult(question=names)
        if request.verb == "inspect":
            return await asyncio.to_thread(self.telling.agents, names, request)
        if request.verb == "troubleshoot":
            return await asyncio.to_thread(self._troubleshoot, names, request, answers, question_id)
        if request.verb == "modify":
            return await asyncio.to_thread(self._modify, names, request, question_id)
        if request.verb in {"split", "merge"}:
            return await asyncio.to_thread(self._reshape, names, request, answers, question_id)
        return await self.verbs.carry_out(request, names, answers)

    def _about_none(self, request: Request) -> bool:
        unclear = next((item for item in request.missing if item.field == "agent"), None)
        of_all = unclear is None or len(unclear.choices) == len(self.stores.agents.list())
        return not request.agents and of_all

    def _spelled(self, text: str) -> tuple[str, ...]:
        """Return the agents whose names stand in the text as they are: a plain word may be a name here."""
        names = (agent.name for agent in self.stores.agents.list())
        return tuple(
            name
            for name in names
            if re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", text, re.IGNORECASE)
        )

    def _search(self, request: Request) -> ActResult:
        searching = Searching(self.stores, self.telling.at)
        told, agents = searching.answer(str(request.arguments.get("words") or ""), request.text)
        return ActResult(reply=told, agents=agents)

    def _modify(self, names: tuple[str, ...], request: Request, question_id: str) -> ActResult:
        if len(names) != 1:
            return ActResult(question=which_agent(request, names))
        change = str(request.arguments.get("change") or request.text)
        shown = "edited document" if change.lstrip().startswith("{") else change
        basis = self.basis(names[0], plan_id=question_id, change=change, reason=shown[:200])
        return ActResult(basis=basis, agents=names)

    def _reshape(
        self, names: tuple[str, ...], request: Request, answers: JsonObject, question_id: str
    ) -> ActResult:
        """Outline what one agent is split into, or several are merged to."""
        plan_id = f"{question_id}.{request.verb}"
        bases = [self.basis(name, plan_id=plan_id, change="", reason="") for name in names]
        old = tuple(basis.agents[0] for basis in bases)
        taken = {agent.name for agent in self.stores.agents.list()}
        if request.verb == "merge":
            if len(old) < 2:
                raise UserError("Merging takes two agents", hint="Name both of them.")
            return merge(old, request, answers, plan_id=plan_id, taken=taken)
        if len(old) != 1:
            return ActResult(question=which_agent(request, names))
        return ActResult(basis=split(old[0], request, plan_id=plan_id, taken=taken), agents=names)

    def _troubleshoot(
        self, names: tuple[str, ...], request: Request, answers: JsonObject, question_id: str
    ) -> ActResult:
        """Tell why; where exploring again may help, offer it, and do it when it is agreed or was asked for."""
        wish = request.arguments.get("run")
        window = self.telling.window(request)
        inside = window.holds if window.said else None
        run_id = wish if isinstance(wish, str) else ""
        found = [
            (name, self.troubleshooting.diagnose(name, run_id=run_id, inside=inside))
            for name in names
        ]
        text = "\n\n".join(item if isinstance(item, str) else item.text for _, item in found)
        repairs = [
            (name, item) for name, item in found if isinstance(item, Diagnosis) and item.redo
        ]
        if len(repairs) != 1 or answers.get("repair") == "leave":
            told = text if answers.get("repair") is None else f"{', '.join(names)} stays as it is."
            return ActResult(reply=told, agents=names)
        name, diagnosis = repairs[0]
        if answers.get("repair") is None and not _REPAIR.search(request.text):
            field = FieldSpec(
                name="repair", title="Try it?", type="choice", choices=("try", "leave")
            )
            question = Question(
                id="repair",
                kind="choice",
                title=f"Shall I explore {', '.join(diagnosis.redo)} of {name} again?",
                text=text,
                fields=(field,),
            )
            return ActResult(question=question)
        basis = self.basis(
            name,
            plan_id=f"{question_id}.repair",
            change="",
            reason=f"repaired after {diagnosis.run_id}",
            redo=diagnosis.redo,
        )
        return ActResult(reply=text, basis=basis, agents=names)

    def named(self, request: Request, answers: JsonObject) -> tuple[str, ...] | Question:
        """Return the agents that the request is about, or the question which one is meant.

        Raises:
            NotFound: If it names one that is not there, or there is none at all.
        """
        known = tuple(agent.name for agent in self.stores.agents.list())
        chosen = answers.get("agent")
        wanted = self._there((chosen,) if isinstance(chosen, str) else request.agents)
        if wanted:
            return wanted
        if not known:
            raise NotFound("The workspace has no agents yet", hint="Ask me to build one.")
        unclear = next((item for item in request.missing if item.field == "agent"), None)
        choices = tuple(name for name in unclear.choices if name in known) if unclear else ()
        return which_agent(request, choices or known)

    def _there(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """Return the names when there are such agents. Raises: NotFound."""
        agents = self.stores.agents.list()
        known = tuple(agent.name for agent in agents)
        missing = [name for name in names if name not in known]
        if missing:
            # It may have been renamed by what was asked before in the same sentence.
            former = {agent.name: former_names(self.stores, agent) for agent in agents}
            deleted = tuple(agent.name for agent in self.stores.agents.deleted())
            had = once_called(former, deleted=deleted)
            several = next((name for name in missing if len(had.get(name, ())) > 1), "")
            if several:
                raise NotFound(
                    f"Several agents were called {several!r}: {', '.join(had[several])}",
                    hint="Say the name that the one you mean has now.",
                )
            names = tuple(dict.fromkeys(had.get(n, (n,))[0] if n in missing else n for n in names))
            missing = [name for name in names if name not in known]
        if missing:
            raise NotFound(
                f"There is no agent {missing[0]!r}",
                hint=f"The workspace has: {', '.join(known) or 'none yet'}.",
            )
        return names

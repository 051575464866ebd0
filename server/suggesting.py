"""Suggestions over the workspace's records: made, shown, decided on, carried out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from pydantic import JsonValue

from podium.server.roster import Roster
from podium.state.clock import Clock
from podium.state.document import JsonObject
from podium.state.errors import NotFound, UserError
from podium.state.events import Event
from podium.state.plan import Request
from podium.state.program import parse_program
from podium.state.stores import Agent, Stores
from podium.state.suggestions import Decision, Suggestion
from podium.state.triggers import Schedule
from podium.tools.suggestions import AgentFacts, Asked, Facts, suggest

THREAD = "suggestions"
"""Thread of the event log that holds what was decided."""
_LOOK_EVERY = timedelta(days=1)
_RUNS_LOOKED_AT = 3000
_THREADS_LOOKED_AT = 300


@dataclass(frozen=True, slots=True)
class Suggestions:
    """Computes proposals from the records; decisions are facts in the event log."""

    stores: Stores
    clock: Clock
    timezone: str = "UTC"

    def open(self, *, agent: str = "") -> tuple[Suggestion, ...]:
        """Return what the records prove and nobody decided on yet, those about one agent if named."""
        found = suggest(self._facts(), decisions=self.decisions())
        return tuple(one for one in found if not agent or agent in one.agents)

    def decisions(self) -> dict[str, Decision]:
        """Return what was decided, by suggestion id; by kind for `never`."""
        decided: dict[str, Decision] = {}
        seq = 0
        while events := self.stores.events.after(seq, thread_id=THREAD):
            seq = events[-1].seq
            for event in events:
                if event.kind == "suggestion.decided":
                    # Written by `decide` below, which checks it.
                    decided[str(event.data["about"])] = cast("Decision", event.data["decision"])
        return decided

    def announce(self) -> tuple[Suggestion, ...]:
        """Note what the evidence proves by now and nobody was told of; look once a day at most."""
        looked, told = self._announced()
        now = self.clock.now()
        if looked is not None and now - looked < _LOOK_EVERY:
            return ()
        new = tuple(one for one in self.open() if one.suggestion_id not in told)
        for one in new:
            data: JsonObject = {"about": one.suggestion_id, "title": one.title}
            self._note("suggestion.made", data)
        self._note("suggestions.looked", {"made": len(new)})
        return new

    def _note(self, kind: str, data: JsonObject) -> None:
        self.stores.events.append(
            Event(thread_id=THREAD, kind=kind, at=self.clock.now(), data=data)
        )

    def _announced(self) -> tuple[datetime | None, set[str]]:
        looked: datetime | None = None
        told: set[str] = set()
        seq = 0
        while events := self.stores.events.after(seq, thread_id=THREAD):
            seq = events[-1].seq
            for event in events:
                if event.kind == "suggestions.looked":
                    looked = event.at
                elif event.kind == "suggestion.made":
                    told.add(str(event.data["about"]))
        return looked, told

    def waiting(self) -> int:
        """Return how many proposals were noted and not decided on; cheap, nothing is computed."""
        _, told = self._announced()
        return len(told - set(self.decisions()))

    def find(self, which: str) -> Suggestion:
        """Return the open suggestion of that id, or of that number in the list.

        Raises:
            NotFound: If there is none.
        """
        found = self.open()
        if which.isdigit() and 1 <= int(which) <= len(found):
            return found[int(which) - 1]
        for suggestion in found:
            if suggestion.suggestion_id == which:
                return suggestion
        raise NotFound(
            f"There is no suggestion {which!r}",
            hint="`podium suggest` lists those that are open.",
        )

    def asked_for(self, request: Request) -> Request | None:
        """Return the request that an accepted proposal comes to, where one verb does it; none where `accept` does.

        Raises:
            NotFound: If there is no such proposal.
        """
        suggestion = self.find(str(request.arguments.get("which", "")))
        return as_request(suggestion)

    def answer(self, request: Request) -> str:
        """Return what a request in chat gets: the open proposals, or what came of a decision on one.

        Raises:
            NotFound: If it decides on one that there is not.
        """
        which = str(request.arguments.get("which", ""))
        match request.arguments.get("decision"):
            case "accepted":
                return self.accept(self.find(which))
            case ("dismissed" | "never") as decision:
                suggestion = self.find(which)
                self.decide(suggestion, decision)
                return put_aside(suggestion, decision)
            case _:
                agent = request.agents[0] if len(request.agents) == 1 else ""
                return shown(self.open(agent=agent))

    def decide(self, suggestion: Suggestion, decision: Decision) -> None:
        """Keep a decision: a proposal that was decided on is not made again; `never` silences its kind."""
        about = suggestion.kind if decision == "never" else suggestion.suggestion_id
        self._note(
            "suggestion.decided",
            {"about": about, "decision": decision, "title": suggestion.title},
        )

    def accept(self, suggestion: Suggestion) -> str:
        """Carry the change out, or say the request that does, and keep the decision.

        Raises:
            UserError: If an agent of it is gone or has changed since.
        """
        schedule, step = suggestion.change.get("schedule"), suggestion.change.get("step")
        if isinstance(schedule, dict):
            done = "\n".join(self._schedule(name, str(cron)) for name, cron in schedule.items())
        elif isinstance(step, str):
            done = self._set(suggestion, step)
        else:
            done = f"To have it done, say: {request_of(suggestion)}"
        self.decide(suggestion, "accepted")
        return done

    def _schedule(self, agent: str, cron: str) -> str:
        before = self.stores.schedules.get(agent)
        zone = before.timezone if before is not None else self.timezone
        roster = Roster(self.stores, self.clock)
        rule = roster.policies_kept(agent, Schedule(cron=cron, timezone=zone))
        fires = roster.schedule(agent, rule)
        return f"{agent} runs at `{cron}` ({zone}) now; next: {fires[0]}."

    def _set(self, suggestion: Suggestion, step_id: str) -> str:
        name = suggestion.agents[0]
        active = self.stores.agents.version(name)
        setting = suggestion.change.get("set")
        document = active.program.to_json()
        if not isinstance(setting, dict) or not _put(document.get("steps"), step_id, setting):
            raise UserError(f"{name} has no step {step_id!r} any more")
        program = parse_program(document)
        newest = self.stores.agents.versions(name)[-1].version
        version = self.stores.agents.add_version(
            name,
            base=newest,
            spec=active.spec,
            program=program,
            reason=f"suggestion accepted: {suggestion.title}",
            author="you",
        )
        self.stores.agents.activate(name, version.version)
        return f"{name} has version {version.version}: {suggestion.title}."

    # -- Facts -----------------------------------------------------------------------------------

    def _facts(self) -> Facts:
        agents = self.stores.agents.list()
        runs = tuple(
            run
            for agent in agents
            for run in self.stores.runs.list(agent=agent.name, limit=_RUNS_LOOKED_AT)
        )
        return Facts(
            agents=tuple(self._agent(agent) for agent in agents),
            runs=runs,
            asked=tuple(self._asked()),
            now=self.clock.now(),
        )

    def _agent(self, agent: Agent) -> AgentFacts:
        version = self.stores.agents.version(agent.name)
        return AgentFacts(
            name=agent.name,
            program=version.program,
            state=agent.state,
            origins=version.spec.origins,
            inputs=version.spec.inputs,
            schedule=self.stores.schedules.get(agent.name),
            version=version.version,
        )

    def _asked(self) -> list[Asked]:
        """Return requests that were planned and for which no agent was kept."""
        return [
            Asked(text=thread.title, at=thread.created_at, thread_id=thread.thread_id)
            for thread in self.stores.threads.list(limit=_THREADS_LOOKED_AT)
            if thread.data.get("plan") and not thread.data.get("agents")
        ]


def _put(steps: JsonValue, step_id: str, setting: JsonObject) -> bool:
    """Set arguments of a step, also of one inside a loop; tell whether it was found."""
    for step in steps if isinstance(steps, list) else []:
        arguments = step.get("args") if isinstance(step, dict) else None
        if not isinstance(step, dict) or not isinstance(arguments, dict):
            continue
        if step.get("id") == step_id:
            arguments.update(setting)
            return True
        if _put(arguments.get("steps"), step_id, setting):
            return True
    return False


def deciding(suggestion: Suggestion, decision: Decision) -> Request:
    """Return the request that decides on a proposal: what was carried out by then is kept as accepted."""
    said = request_of(suggestion)
    arguments: JsonObject = {"decision": decision, "which": suggestion.suggestion_id}
    return Request(verb="suggest", text=said, arguments=arguments)


def as_request(suggestion: Suggestion) -> Request | None:
    """Return the request that carries a proposal out; none where a setting is all that changes."""
    said = request_of(suggestion)
    match suggestion.kind:
        case "split":
            arguments: JsonObject = {"change": said}
            return Request(
                verb="split", text=said, agents=suggestion.agents[:1], arguments=arguments
            )
        case "coordinate":
            return Request(verb="chain", text=said, agents=suggestion.agents)
        case _:
            return None


def request_of(suggestion: Suggestion) -> str:
    """Return the sentence that asks for the change in chat."""
    match suggestion.kind:
        case "split":
            return (
                f"split {suggestion.agents[0]} into {_parts(suggestion)} agents, one for each site"
            )
        case "coordinate":
            return f"run {suggestion.agents[1]} after {suggestion.agents[0]}"
        case "dedicate":
            return str(suggestion.change.get("goal") or suggestion.title)
        case _:
            return f"change {suggestion.agents[0]}: {suggestion.title}"


def _parts(suggestion: Suggestion) -> int:
    parts = suggestion.change.get("parts")
    return len(parts) if isinstance(parts, list) else 2


def put_aside(suggestion: Suggestion, decision: Decision) -> str:
    """Return what a person is told after putting a proposal aside."""
    if decision == "never":
        return f"Nothing of the kind {suggestion.kind!r} is suggested any more."
    return f"Put aside: {suggestion.title}."


def shown(suggestions: tuple[Suggestion, ...]) -> str:
    """Return the proposals as a person reads them, each with its proof; what to say when there are none."""
    if not suggestions:
        return "The records prove nothing that should be changed."
    blocks: list[str] = []
    for number, one in enumerate(suggestions, 1):
        effect = one.effect
        unit = effect.metric.replace("_", " ")
        between = (
            f"saves {effect.low:g} to {effect.high:g}, 9 times in 10"
            if effect.low is not None
            else ""
        )
        noted = "; ".join(part for part in (between, effect.note) if part)
        note = f" ({noted})" if noted else ""
        runs = ", ".join(one.runs[:5]) + (
            f" and {len(one.runs) - 5} more" if len(one.runs) > 5 else ""
        )
        blocks.append(
            f"{number}. {one.title} [{one.suggestion_id}]\n"
            f"   {one.text}\n"
            f"   Effect: {unit} {effect.before:g} -> {effect.after:g}{note}. Rests on: {runs}."
        )
    blocks.append("Say `accept suggestion 1`, `dismiss suggestion 1` or `never suggest 1 again`.")
    return "\n".join(blocks)

"""What can be done to the agents of a workspace by name: the same for the chat, the command line and HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pydantic import JsonValue, ValidationError

from podium.server.searching import Index
from podium.server.timetable import with_policies
from podium.state.clock import Clock
from podium.state.diffs import VersionDiff, version_diff
from podium.state.document import JsonObject
from podium.state.errors import Conflict, InvalidProgram, UserError
from podium.state.events import Event
from podium.state.program import parse_program
from podium.state.spec import AgentSpec, check_agent_name
from podium.state.stores import Agent, Stores, Version
from podium.state.triggers import Schedule, first_fire, next_fires, zone

if TYPE_CHECKING:
    from podium.tools.offline.schedules import ScheduleSaid

_TESTS = 50
"""Newest runs looked at for a test of a build, which does not count as live."""


@dataclass(frozen=True, slots=True)
class Roster:
    """Changes agents and says what changed; every change is an event `agent.*`."""

    stores: Stores
    clock: Clock

    # -- Names and life ----------------------------------------------------------------------------

    def rename(self, name: str, new: str) -> Agent:
        """Give the agent another name; runs, schedule, memory and files follow.

        Raises:
            NotFound: If there is no such agent.
            UserError: If it cannot be a name.
            Conflict: If it is taken, or a run of the agent is under way.
        """
        agent = self.stores.agents.get(name)
        self._refuse_busy(agent, "renamed")
        renamed = self.stores.agents.rename(agent.name, new)
        self._tell(renamed, "renamed", {"from": agent.name})
        return renamed

    def delete(self, name: str) -> Agent:
        """Put the agent away: it can be restored; its runs, tables and files stay.

        Raises:
            NotFound: If there is no such agent.
            Conflict: If a run of it is under way.
        """
        agent = self.stores.agents.get(name)
        self._refuse_busy(agent, "deleted")
        Index(self.stores).catch_up()  # its rows are found by its program, which goes
        # Another agent may get the name: it must not start what followed this one.
        for trigger in self.stores.triggers.after(agent.name):
            self.stores.triggers.enable(trigger.trigger_id, enabled=False)
        self.stores.agents.delete(agent.name)
        self._tell(agent, "deleted")
        return agent

    def chained_with(self, name: str) -> tuple[str, ...]:
        """Return what is to be told of an agent whose name or life changes: which others follow it, or it follows."""
        follow = [item.agent for item in self.stores.triggers.after(name)]
        led = [
            item.chain.after
            for item in self.stores.triggers.list(agent=name, kind="chain")
            if item.chain is not None
        ]
        return (
            *(f"{other} starts after {name}" for other in dict.fromkeys(follow)),
            *(f"{name} starts after {other}" for other in dict.fromkeys(led)),
        )

    def restore(self, name: str, *, new: str = "") -> Agent:
        """Bring a deleted agent back, with its versions and schedule, in the state it had.

        Raises:
            NotFound: If none of that name was deleted.
            Conflict: If the name is taken.
        """
        agent = self.stores.agents.restore(name, new=new)
        for trigger in self.stores.triggers.list(kind="chain"):
            if trigger.chain is not None and trigger.chain.after == agent.name:
                self.stores.triggers.enable(trigger.trigger_id, enabled=True)
        schedule = self.stores.schedules.get(agent.name)
        if schedule is not None:
            # What it missed while it was away is not made up for.
            self.keep_schedule(agent.name, schedule)
        self._tell(agent, "restored")
        return agent

    def retire(self, names: tuple[str, ...], *, delete: bool) -> None:
        """Pause agents, or delete them; all are looked at before the first one changes.

        Raises:
            NotFound: If there is no such agent.
            Conflict: If one cannot be; those that were changed before it was found out are named.
        """
        for agent in [self.stores.agents.get(name) for name in names]:
            if delete:
                self._refuse_busy(agent, "deleted")
            else:
                _refuse_draft(agent)
        changed: list[str] = []
        for name in names:
            try:
                (self.delete if delete else self.pause)(name)
            except UserError as error:
                how = "deleted" if delete else "paused"
                so_far = f"; {' and '.join(changed)} {how} before it" if changed else ""
                raise Conflict(f"{error.message}{so_far}", hint=error.hint) from error
            changed.append(name)

    def pause(self, name: str) -> Agent:
        """Let no schedule or person run the agent until it is resumed.

        Raises:
            NotFound: If there is no such agent.
            Conflict: If it was never deployed.
        """
        agent = self.stores.agents.get(name)
        _refuse_draft(agent)
        changed = self.stores.agents.set_state(agent.name, "paused")
        self._tell(changed, "paused")
        return changed

    def resume(self, name: str) -> Agent:
        """Deploy the agent's active version (again).

        Raises:
            NotFound: If there is no such agent.
        """
        agent = self.stores.agents.get(name)
        changed = self.stores.agents.activate(agent.name, agent.active_version)
        self._tell(changed, "resumed")
        return changed

    def _refuse_busy(self, agent: Agent, verb: str) -> None:
        live = self.stores.runs.unfinished(agent=agent.name)
        tests = self.stores.runs.list(agent=agent.name, limit=_TESTS)
        busy = next((run for run in (*live, *tests) if run.status != "finished"), None)
        if busy is not None:
            raise Conflict(
                f"{agent.name!r} cannot be {verb} while its run {busy.run_id} is {busy.status}",
                hint=f"Wait for it, or end it: podium runs cancel {busy.run_id}.",
            )

    # -- Schedules ---------------------------------------------------------------------------------

    def keep_schedule(self, agent: str, schedule: Schedule) -> list[JsonValue]:
        """Keep the agent's schedule as it is given and return its next firings as ISO times.

        Raises:
            NotFound: If there is no such agent.
        """
        kept = self.stores.agents.get(agent)
        fires = next_fires(schedule, after=self.clock.now())
        self.stores.schedules.set(kept.name, schedule, next_at=fires[0] if fires else None)
        return [fire.isoformat() for fire in fires]

    def policies_kept(self, agent: str, schedule: Schedule) -> Schedule:
        """Return the new schedule with the policies of the one before, where it has none of its own."""
        before = self.stores.schedules.get(self.stores.agents.get(agent).name)
        if before is None or schedule.policies != Schedule(cron="* * * * *").policies:
            return schedule
        return schedule.model_copy(update=before.policies)

    def schedule(self, name: str, schedule: Schedule) -> list[JsonValue]:
        """Let the agent run by itself and return the next firings.

        Raises:
            NotFound: If there is no such agent.
            UserError: If the schedule never comes.
        """
        first_fire(schedule, after=self.clock.now())
        fires = self.keep_schedule(name, schedule)
        self._tell(
            self.stores.agents.get(name),
            "scheduled",
            {"schedule": schedule.words or schedule.cron, "timezone": schedule.timezone},
        )
        return fires

    def schedule_in_words(
        self,
        name: str,
        when: str,
        *,
        timezone: str,
        policies: Mapping[str, str | int | bool | None],
    ) -> ScheduleSaid:
        """Let the agent run when words or a cron expression say, and return what was kept; nothing is for `by hand`.

        Policies that are not given stay what they were.

        Raises:
            NotFound: If there is no such agent.
            UserError: If the words, the zone or a policy cannot be understood, or it never comes.
        """
        from podium.tools.offline.schedules import hear_schedule

        zone(timezone)
        heard = hear_schedule(when, timezone=timezone, now=self.clock.now())
        if heard.schedule is None:
            return heard
        chosen = with_policies(self.policies_kept(name, heard.schedule), policies)
        self.schedule(name, chosen)
        return replace(heard, schedule=chosen)

    def unschedule(self, name: str) -> bool:
        """Let the agent run only when asked; return whether it had a schedule.

        Raises:
            NotFound: If there is no such agent.
        """
        agent = self.stores.agents.get(name)
        had = self.stores.schedules.get(agent.name) is not None
        self.stores.schedules.delete(agent.name)
        if had:
            self._tell(agent, "unscheduled")
        return had

    # -- Versions ----------------------------------------------------------------------------------

    def roll_back(self, name: str, version: int | None = None) -> tuple[Version, int]:
        """Make an earlier version the active one, by default the one before; return it and the one it replaces.

        Runs under way end with the version they began with.

        Raises:
            NotFound: If there is no such agent or version.
            Conflict: If the agent was never deployed, or that version is the active one.
        """
        agent = self.stores.agents.get(name)
        if agent.state == "draft":
            raise Conflict(f"{agent.name!r} is a draft: no version of it is active yet")
        wanted = version if version is not None else self._before(agent)
        if wanted == agent.active_version:
            raise Conflict(f"Version {wanted} of {agent.name!r} is the active one already")
        kept = self.stores.agents.version(agent.name, wanted)
        self.stores.agents.activate(agent.name, wanted)
        if agent.state == "paused":
            self.stores.agents.set_state(agent.name, "paused")
        self._tell(agent, "rolled_back", {"version": wanted, "from": agent.active_version})
        return kept, agent.active_version

    def _before(self, agent: Agent) -> int:
        earlier = [
            item.version
            for item in self.stores.agents.versions(agent.name)
            if item.version < agent.active_version
        ]
        if not earlier:
            raise Conflict(f"{agent.name!r} has no version before {agent.active_version}")
        return earlier[-1]

    def compare(
        self, name: str, first: int | None = None, second: int | None = None
    ) -> tuple[int, int, VersionDiff]:
        """Return two version numbers and what differs; by default the active one and the one before.

        Raises:
            NotFound: If there is no such agent or version.
            Conflict: If the agent has one version only.
        """
        agent = self.stores.agents.get(name)
        numbers = [item.version for item in self.stores.agents.versions(agent.name)]
        if first is None and second is None and len(numbers) < 2:
            raise Conflict(f"{agent.name!r} has one version only")
        later = second if second is not None else self._partner(agent, numbers, first)
        earlier = first if first is not None else max(n for n in numbers if n != later)
        before, after = sorted((earlier, later))
        one, other = (self.stores.agents.version(agent.name, n) for n in (before, after))
        return before, after, version_diff((one.spec, one.program), (other.spec, other.program))

    def _partner(self, agent: Agent, numbers: list[int], first: int | None) -> int:
        if first is not None and first == agent.active_version:
            return max((n for n in numbers if n != first), default=first)
        return agent.active_version if first is not None else numbers[-1]

    # -- Documents ---------------------------------------------------------------------------------

    def import_(self, document: JsonValue, *, source: str) -> Agent:
        """Add an agent from an exported document, as a draft.

        Raises:
            UserError: If it is not such a document.
            InvalidProgram: If its spec or program breaks a rule.
            Conflict: If the name is taken.
        """
        if not isinstance(document, dict) or "podium_agent" not in document:
            raise UserError(
                f"{source} is no agent document", hint="Make one with `podium agents export`."
            )
        if document["podium_agent"] != 1:
            raise InvalidProgram(f"podium_agent {document['podium_agent']!r} is not known; 1 is")
        try:
            spec = AgentSpec.model_validate(document.get("spec"))
        except ValidationError as error:
            raise InvalidProgram(
                f"The spec in {source} is not valid",
                problems=tuple(f"{item['loc']}: {item['msg']}" for item in error.errors()),
            ) from error
        check_agent_name(spec.name)
        body = document.get("program")
        program = parse_program(body if isinstance(body, dict) else {})
        agent = self.stores.agents.create(
            name=spec.name,
            spec=spec,
            program=program,
            reason=f"imported from {source}",
            author="you",
        )
        self._tell(agent, "imported", {"source": source})
        return agent

    def _tell(self, agent: Agent, what: str, data: JsonObject | None = None) -> None:
        self.stores.events.append(
            Event(
                thread_id=agent.agent_id,
                kind=f"agent.{what}",
                at=self.clock.now(),
                data={"agent": agent.name, **(data or {})},
            )
        )


def _refuse_draft(agent: Agent) -> None:
    if agent.state == "draft":
        raise Conflict(
            f"{agent.name!r} is a draft and was never deployed",
            hint=f"`podium agents resume {agent.name}` deploys it.",
        )

"""The control plane's stores in memory."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from podium.state.clock import Clock
from podium.state.document import JsonObject
from podium.state.effects import EffectRecord, check_next
from podium.state.errors import Conflict, NotFound
from podium.state.events import Event
from podium.state.ids import IdFactory
from podium.state.memory.search import MemorySearch
from podium.state.memory.sites import MemorySites
from podium.state.memory.starting import (
    MemoryFirings,
    MemoryOutbox,
    MemorySchedules,
    MemoryTriggers,
)
from podium.state.program import Program
from podium.state.questions import OpenQuestion
from podium.state.runs import Run
from podium.state.spec import AgentSpec, AgentState, check_agent_name
from podium.state.stores import (
    Agent,
    DeletedAgent,
    Row,
    ScheduleRow,
    Stores,
    Thread,
    Turn,
    Version,
)
from podium.state.triggers import Trigger


class _Follower(Protocol):
    def renamed(self, old: str, new: str) -> None: ...


class MemoryAgents:
    """The `AgentStore` in memory."""

    def __init__(self, schedules: MemorySchedules, *, ids: IdFactory, clock: Clock) -> None:
        self._agents: dict[str, Agent] = {}
        self._versions: dict[str, list[Version]] = {}
        self._deleted: list[tuple[Agent, list[Version], ScheduleRow | None, datetime]] = []
        self._schedules = schedules
        self.memory = MemoryMemory()
        self.triggers: MemoryTriggers | None = None
        self._put_away_triggers: dict[str, tuple[tuple[Trigger, bytes], ...]] = {}
        self.followers: tuple[_Follower, ...] = ()
        """Stores that name agents and are told of a new name."""
        self._ids = ids
        self._clock = clock

    def create(
        self, *, name: str, spec: AgentSpec, program: Program, reason: str, author: str
    ) -> Agent:
        """Keep a new draft agent with version 1. Raises: Conflict when the name is taken."""
        if check_agent_name(name) in self._agents:
            raise Conflict(f"An agent called {name!r} exists already")
        now = self._clock.now()
        agent = Agent(
            agent_id=self._ids.new("agent"),
            name=name,
            state="draft",
            active_version=1,
            created_at=now,
            updated_at=now,
        )
        self._agents[name] = agent
        self._versions[name] = []
        self._append(agent, spec, program, reason, author)
        self._schedules.states[name] = "draft"
        return agent

    def get(self, name: str) -> Agent:
        """Return the agent of that name or id. Raises: NotFound."""
        for agent in self._agents.values():
            if name in {agent.name, agent.agent_id}:
                return agent
        raise NotFound(f"There is no agent {name!r}")

    def list(self) -> tuple[Agent, ...]:
        """Return all agents, by name."""
        return tuple(self._agents[name] for name in sorted(self._agents))

    def add_version(
        self, name: str, *, base: int, spec: AgentSpec, program: Program, reason: str, author: str
    ) -> Version:
        """Keep a further version on top of `base`. Raises: Conflict when `base` is not the newest."""
        agent = self.get(name)
        newest = len(self._versions[agent.name])
        if newest != base:
            raise Conflict(
                f"Agent {agent.name!r} is at version {newest}; the change was made to {base}"
            )
        self._change(agent)
        return self._append(agent, spec, program, reason, author)

    def version(self, name: str, version: int | None = None) -> Version:
        """Return that version, or the active one. Raises: NotFound."""
        agent = self.get(name)
        wanted = agent.active_version if version is None else version
        for kept in self._versions[agent.name]:
            if kept.version == wanted:
                return kept
        raise NotFound(f"Agent {agent.name!r} has no version {wanted}")

    def versions(self, name: str) -> tuple[Version, ...]:
        """Return all versions, oldest first. Raises: NotFound."""
        return tuple(self._versions[self.get(name).name])

    def activate(self, name: str, version: int) -> Agent:
        """Make that version the active one and the agent `deployed`. Raises: NotFound."""
        self.version(name, version)
        return self._change(self.get(name), active_version=version, state="deployed")

    def set_state(self, name: str, state: AgentState) -> Agent:
        """Deploy or pause. Raises: NotFound."""
        return self._change(self.get(name), state=state)

    def rename(self, name: str, new: str) -> Agent:
        """Give the agent another name. Raises: NotFound; UserError; Conflict when it is taken."""
        agent = self.get(name)
        if agent.name == check_agent_name(new):
            return agent
        if new in self._agents:
            raise Conflict(f"An agent called {new!r} exists already")
        self._agents[new] = self._agents.pop(agent.name).model_copy(update={"name": new})
        self._versions[new] = [
            version.model_copy(update={"spec": version.spec.model_copy(update={"name": new})})
            for version in self._versions.pop(agent.name)
        ]
        self._schedules.states.pop(agent.name)
        for follower in (self._schedules, *self.followers):
            follower.renamed(agent.name, new)
        return self._change(self._agents[new])

    def delete(self, name: str) -> None:
        """Put the agent away; its runs, datasets and files stay. Raises: NotFound."""
        agent = self.get(name)
        del self._agents[agent.name]
        self._schedules.states.pop(agent.name)
        row = self._schedules.take(agent.name)
        kept = self._versions.pop(agent.name)
        self.memory.put_away(agent.name, agent.agent_id)
        self._put_away_triggers[agent.agent_id] = (
            self.triggers.take(agent.name) if self.triggers else ()
        )
        self._deleted.insert(0, (agent, kept, row, self._clock.now()))

    def deleted(self) -> tuple[DeletedAgent, ...]:
        """Return the agents that were put away, the latest first."""
        return tuple(
            DeletedAgent(
                agent_id=agent.agent_id, name=agent.name, deleted_at=at, versions=len(kept)
            )
            for agent, kept, _, at in self._deleted
        )

    def restore(self, name: str, *, new: str = "") -> Agent:
        """Bring back the agent last put away under that name. Raises: NotFound; UserError; Conflict."""
        found = next((e for e in self._deleted if name in {e[0].name, e[0].agent_id}), None)
        if found is None:
            raise NotFound(f"No agent {name!r} was deleted")
        agent, kept, row, _ = found
        wanted = check_agent_name(new) if new else agent.name
        if wanted in self._agents:
            raise Conflict(f"An agent called {wanted!r} exists already")
        self._deleted.remove(found)
        self._versions[wanted] = [
            version.model_copy(update={"spec": version.spec.model_copy(update={"name": wanted})})
            for version in kept
        ]
        if row is not None:
            self._schedules.set(wanted, row.schedule, next_at=row.next_at)
        self.memory.bring_back(agent.agent_id, wanted)
        for trigger, sealed in self._put_away_triggers.pop(agent.agent_id, ()):
            if self.triggers is not None:
                self.triggers.add(trigger.model_copy(update={"agent": wanted}), sealed=sealed)
        return self._change(agent.model_copy(update={"name": wanted}))

    def _append(
        self, agent: Agent, spec: AgentSpec, program: Program, reason: str, author: str
    ) -> Version:
        kept = self._versions[agent.name]
        version = Version(
            agent_id=agent.agent_id,
            version=len(kept) + 1,
            spec=spec,
            program=program,
            reason=reason,
            author=author,
            created_at=self._clock.now(),
        )
        kept.append(version)
        return version

    def _change(self, agent: Agent, **changes: object) -> Agent:
        changed = agent.model_copy(update={**changes, "updated_at": self._clock.now()})
        self._agents[agent.name] = changed
        self._schedules.states[agent.name] = changed.state
        return changed


class MemoryRuns:
    """The `RunStore` in memory."""

    def __init__(self, tell: Callable[[Run], None]) -> None:
        self._runs: dict[str, Run] = {}
        self._tell = tell

    def create(self, run: Run) -> Run:
        """Keep a new run; creating the same id twice returns the kept one."""
        if run.run_id not in self._runs:
            self._runs[run.run_id] = run
            self._tell(run)
        return self._runs[run.run_id]

    def get(self, run_id: str) -> Run:
        """Return the run. Raises: NotFound."""
        if run_id not in self._runs:
            raise NotFound(f"There is no run {run_id!r}")
        return self._runs[run_id]

    def replace(self, run: Run) -> Run:
        """Keep the changed run. Raises: NotFound; Conflict when the kept one is finished."""
        kept = self.get(run.run_id)
        if kept.status == "finished" and kept != run:
            raise Conflict(f"Run {run.run_id!r} is finished; it cannot become {run.status}")
        self._runs[run.run_id] = run
        if kept.status != run.status:
            self._tell(run)
        return run

    def list(self, *, agent: str | None = None, limit: int = 50) -> tuple[Run, ...]:
        """Return runs, newest first, without test and build runs unless the agent is named."""
        wanted = [
            run
            for run in self._newest_first()
            if (run.mode == "live" if agent is None else run.agent == agent)
        ]
        return tuple(wanted[:limit])

    def all(self) -> tuple[Run, ...]:
        """Return every run."""
        return tuple(self._runs.values())

    def following(self, run_id: str) -> tuple[Run, ...]:
        """Return the runs that follow that one in a chain, oldest first."""
        found = [run for run in self._runs.values() if run.parent == run_id]
        return tuple(sorted(found, key=lambda run: (run.created_at, run.run_id)))

    def of_thread(self, thread_id: str) -> Run | None:
        """Return the run that lives on the thread."""
        return next((run for run in self._newest_first() if run.thread_id == thread_id), None)

    def unfinished(self, *, agent: str | None = None) -> tuple[Run, ...]:
        """Return live runs that are queued, under way or waiting, oldest first."""
        return tuple(
            run
            for run in reversed(self._newest_first())
            if run.mode == "live"
            and run.status != "finished"
            and (agent is None or run.agent == agent)
        )

    def renamed(self, old: str, new: str) -> None:
        """Let the runs of an agent name it anew."""
        for run in self._runs.values():
            if run.agent == old:
                self._runs[run.run_id] = run.model_copy(update={"agent": new})

    def _newest_first(self) -> Sequence[Run]:
        return sorted(
            self._runs.values(), key=lambda run: (run.created_at, run.run_id), reverse=True
        )


class MemoryQuestions:
    """The `QuestionStore` in memory."""

    def __init__(self) -> None:
        self._questions: dict[str, OpenQuestion] = {}
        self._open: set[str] = set()
        self._lock = threading.Lock()

    def ask(self, question: OpenQuestion) -> None:
        """Keep an open question; asking the same id again changes nothing."""
        with self._lock:
            if question.question.id not in self._questions:
                self._questions[question.question.id] = question
                self._open.add(question.question.id)

    def open(self, *, thread_id: str | None = None) -> tuple[OpenQuestion, ...]:
        """Return unanswered questions, oldest first."""
        found = [
            self._questions[question_id]
            for question_id in self._open
            if thread_id in {None, self._questions[question_id].thread_id}
        ]
        return tuple(sorted(found, key=lambda kept: (kept.asked_at, kept.question.id)))

    def get(self, question_id: str) -> OpenQuestion:
        """Return a question, answered or not. Raises: NotFound."""
        if question_id not in self._questions:
            raise NotFound(f"There is no question {question_id!r}")
        return self._questions[question_id]

    def answer(self, question_id: str, answer: JsonObject) -> OpenQuestion:
        """Keep the answer. Raises: NotFound; Conflict when it is already answered."""
        with self._lock:
            kept = self.get(question_id)
            if question_id not in self._open:
                raise Conflict(
                    f"The question {kept.question.title!r} is answered or no longer asked"
                )
            self._open.remove(question_id)
            self._questions[question_id] = kept.model_copy(update={"answer": answer})
            return self._questions[question_id]

    def withdraw(self, thread_id: str) -> None:
        """Close the thread's open questions without an answer."""
        with self._lock:
            self._open -= {kept.question.id for kept in self.open(thread_id=thread_id)}


class MemoryEvents:
    """The `EventStore` in memory."""

    def __init__(self) -> None:
        self._events: list[Event] = []
        self._lock = threading.Lock()

    def append(self, event: Event) -> Event:
        """Keep the event and return it with its `seq`."""
        with self._lock:
            kept = event.model_copy(update={"seq": len(self._events) + 1})
            self._events.append(kept)
            return kept

    def after(
        self, seq: int, *, thread_id: str | None = None, limit: int = 500
    ) -> tuple[Event, ...]:
        """Return events with a larger `seq`, in order."""
        found = [
            event
            for event in self._events
            if event.seq > seq and thread_id in {None, event.thread_id}
        ]
        return tuple(found[:limit])

    def newest(self) -> int:
        """Return the largest `seq`; 0 when nothing happened yet."""
        return len(self._events)


class MemoryEffects:
    """The `EffectStore` in memory."""

    def __init__(self) -> None:
        self._records: dict[str, EffectRecord] = {}

    def get(self, effect_key: str) -> EffectRecord | None:
        """Return the newest record of that write."""
        return self._records.get(effect_key)

    def put(self, record: EffectRecord) -> None:
        """Keep the record. Raises: Conflict when the write is done."""
        check_next(self.get(record.effect_key), record)
        self._records[record.effect_key] = record

    def renamed(self, old: str, new: str) -> None:
        """Let the writes of an agent count under its new name."""
        for key in [key for key in self._records if key.startswith(f"{old}:")]:
            renamed = f"{new}:{key.removeprefix(f'{old}:')}"
            self._records[renamed] = self._records.pop(key).model_copy(
                update={"effect_key": renamed}
            )


class MemoryThreads:
    """The `ThreadStore` in memory."""

    def __init__(self) -> None:
        self._threads: dict[str, Thread] = {}

    def put(self, thread: Thread) -> None:
        """Keep the thread, replacing the one before."""
        self._threads[thread.thread_id] = thread

    def replace(self, thread: Thread, *, segment: str) -> bool:
        """Keep the changed thread if that is its present segment."""
        kept = self.get(thread.thread_id)
        if kept.data.get("segment", "") != segment:
            return False
        self.put(thread)
        return True

    def get(self, thread_id: str) -> Thread:
        """Return the thread. Raises: NotFound."""
        if thread_id not in self._threads:
            raise NotFound(f"There is no thread {thread_id!r}")
        return self._threads[thread_id]

    def list(self, *, kind: str = "", limit: int = 50) -> tuple[Thread, ...]:
        """Return threads, newest first; with `kind` those of that kind (`chat`, `run`)."""
        newest = sorted(
            (t for t in self._threads.values() if not kind or t.data.get("kind") == kind),
            key=lambda thread: (thread.created_at, thread.thread_id),
            reverse=True,
        )
        return tuple(newest[:limit])

    def unfinished(self) -> tuple[Thread, ...]:
        """Return all threads that are queued or running, oldest first."""
        found = (
            thread for thread in self._threads.values() if thread.status in {"queued", "running"}
        )
        return tuple(sorted(found, key=lambda thread: (thread.created_at, thread.thread_id)))


class MemoryStaging:
    """The `StagingStore` in memory."""

    def __init__(self) -> None:
        self._rows: dict[tuple[str, str], tuple[Row, ...]] = {}

    def put(self, run_id: str, step_id: str, rows: Sequence[Row]) -> None:
        """Keep the rows of the step, replacing those before."""
        self._rows[run_id, step_id] = tuple(dict(row) for row in rows)

    def rows(self, run_id: str, step_id: str) -> tuple[Row, ...]:
        """Return the rows of the step, in order; empty when there are none."""
        return tuple(dict(row) for row in self._rows.get((run_id, step_id), ()))

    def drop(self, run_id: str) -> None:
        """Forget the rows of the run."""
        for key in [key for key in self._rows if key[0] == run_id]:
            del self._rows[key]


class MemoryMemory:
    """The `MemoryStore` in memory."""

    def __init__(self) -> None:
        self._seen: dict[tuple[str, str], dict[str, Row]] = {}

    def seen(self, agent: str, step_id: str) -> Mapping[str, Row]:
        """Return row key -> row as last remembered."""
        return dict(self._seen.get((agent, step_id), {}))

    def remember(self, agent: str, step_id: str, rows: Mapping[str, Row]) -> None:
        """Add to what was seen."""
        self._seen.setdefault((agent, step_id), {}).update(
            {key: dict(row) for key, row in rows.items()}
        )

    def put_away(self, agent: str, agent_id: str) -> None:
        """Keep what a deleted agent has seen under its id."""
        self.renamed(agent, agent_id)

    def bring_back(self, agent_id: str, agent: str) -> None:
        """Give a restored agent what it had seen."""
        self.renamed(agent_id, agent)

    def renamed(self, old: str, new: str) -> None:
        """Let what an agent has seen follow its new name."""
        for agent, step_id in [key for key in self._seen if key[0] == old]:
            self._seen[new, step_id] = self._seen.pop((agent, step_id))


class MemoryConversation:
    """The `ConversationStore` in memory."""

    def __init__(self) -> None:
        self._turns: list[Turn] = []
        self._lock = threading.Lock()

    def add(self, turn: Turn) -> Turn:
        """Keep what was said and return it with its `seq`."""
        with self._lock:
            kept = turn.model_copy(update={"seq": len(self._turns) + 1})
            self._turns.append(kept)
            return kept

    def turns(self, thread_id: str, *, limit: int = 50) -> tuple[Turn, ...]:
        """Return the thread's last turns, oldest first."""
        found = [turn for turn in self._turns if turn.thread_id == thread_id]
        return tuple(found[-limit:])

    def waiting(self, thread_id: str) -> Turn | None:
        """Return the thread's first queued turn."""
        return next((t for t in self._turns if t.thread_id == thread_id and t.queued), None)

    def take(self, turn: Turn) -> bool:
        """Mark a queued turn as taken up; false when somebody took it before."""
        with self._lock:
            kept = self._turns[turn.seq - 1]
            self._turns[turn.seq - 1] = kept.model_copy(update={"queued": False})
            return kept.queued

    def all(self) -> tuple[Turn, ...]:
        """Return everything that was said."""
        return tuple(self._turns)

    def queued(self) -> tuple[str, ...]:
        """Return the threads that have queued turns."""
        return tuple(dict.fromkeys(turn.thread_id for turn in self._turns if turn.queued))


def memory_stores(ids: IdFactory, clock: Clock) -> Stores:
    """Return the control plane's stores in memory; they end with the process."""
    schedules = MemorySchedules()
    outbox = MemoryOutbox()
    firings = MemoryFirings(schedules, outbox)
    triggers = MemoryTriggers(firings)
    runs, effects, memory = MemoryRuns(firings.tell), MemoryEffects(), MemoryMemory()
    agents = MemoryAgents(schedules, ids=ids, clock=clock)
    agents.memory, agents.triggers = memory, triggers
    conversation = MemoryConversation()
    search = MemorySearch(runs.all, conversation.all)
    agents.followers = (runs, effects, memory, triggers, search)
    return Stores(
        agents=agents,
        runs=runs,
        questions=MemoryQuestions(),
        events=MemoryEvents(),
        effects=effects,
        schedules=schedules,
        threads=MemoryThreads(),
        staging=MemoryStaging(),
        memory=memory,
        firings=firings,
        triggers=triggers,
        outbox=outbox,
        conversation=conversation,
        search=search,
        sites=MemorySites(),
    )

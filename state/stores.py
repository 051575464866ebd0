"""Ports of the durable stores. Adapters: `podium.state.sql`, `podium.state.datasets`, `podium.state.artifacts`, `podium.state.vault`.

All calls are synchronous and short; async callers use a thread.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal, Protocol

from pydantic import Field, JsonValue

from podium.state.document import Document, JsonObject
from podium.state.effects import EffectRecord
from podium.state.events import Event
from podium.state.firings import Firing, FiringStore
from podium.state.outbox import OutboxStore
from podium.state.program import Program
from podium.state.questions import OpenQuestion
from podium.state.runs import ArtifactRef, Run
from podium.state.search import Entry, EntryKind
from podium.state.sites import SiteStore
from podium.state.spec import AgentSpec, AgentState
from podium.state.triggers import Chain, Schedule, Trigger, TriggerKind

Row = dict[str, JsonValue]


class Agent(Document):
    """A deployed spec with its active version."""

    agent_id: str
    name: str
    state: AgentState
    active_version: int
    created_at: datetime
    updated_at: datetime


class Version(Document):
    """One immutable version of an agent."""

    agent_id: str
    version: int
    spec: AgentSpec
    program: Program
    reason: str
    author: str
    created_at: datetime


class AgentStore(Protocol):
    """Agents and their versions."""

    def create(
        self, *, name: str, spec: AgentSpec, program: Program, reason: str, author: str
    ) -> Agent:
        """Keep a new draft agent with version 1. Raises: Conflict when the name is taken."""
        ...

    def get(self, name: str) -> Agent:
        """Return the agent of that name or id. Raises: NotFound."""
        ...

    def list(self) -> tuple[Agent, ...]:
        """Return all agents, by name."""
        ...

    def add_version(
        self, name: str, *, base: int, spec: AgentSpec, program: Program, reason: str, author: str
    ) -> Version:
        """Keep a further version on top of `base`. Raises: Conflict when `base` is not the newest."""
        ...

    def version(self, name: str, version: int | None = None) -> Version:
        """Return that version, or the active one. Raises: NotFound."""
        ...

    def versions(self, name: str) -> tuple[Version, ...]:
        """Return all versions, oldest first. Raises: NotFound."""
        ...

    def activate(self, name: str, version: int) -> Agent:
        """Make that version the active one and the agent `deployed`. Raises: NotFound."""
        ...

    def set_state(self, name: str, state: AgentState) -> Agent:
        """Deploy or pause. Raises: NotFound."""
        ...

    def rename(self, name: str, new: str) -> Agent:
        """Give the agent another name; runs, schedule, memory, files and journalled writes follow.

        Raises: NotFound; UserError when it cannot be a name; Conflict when it is taken.
        """
        ...

    def delete(self, name: str) -> None:
        """Put the agent away; its runs, datasets and files stay. Raises: NotFound."""
        ...

    def deleted(self) -> tuple[DeletedAgent, ...]:
        """Return the agents that were put away, the latest first."""
        ...

    def restore(self, name: str, *, new: str = "") -> Agent:
        """Bring back the agent that was last put away under that name (or id), under `new` if given.

        It comes back with its versions and schedule, in the state it had. Raises: NotFound; Conflict when the
        name is taken.
        """
        ...


class DeletedAgent(Document):
    """An agent that was put away and can be brought back."""

    agent_id: str
    name: str
    deleted_at: datetime
    versions: int


class RunStore(Protocol):
    """Run records."""

    def create(self, run: Run) -> Run:
        """Keep a new run; creating the same id twice returns the kept one."""
        ...

    def get(self, run_id: str) -> Run:
        """Return the run. Raises: NotFound."""
        ...

    def replace(self, run: Run) -> Run:
        """Keep the changed run. Raises: Conflict when the kept one is finished."""
        ...

    def list(self, *, agent: str | None = None, limit: int = 50) -> tuple[Run, ...]:
        """Return runs, newest first, without test and build runs unless the agent is named."""
        ...

    def following(self, run_id: str) -> tuple[Run, ...]:
        """Return the runs that follow that one in a chain, oldest first."""
        ...

    def of_thread(self, thread_id: str) -> Run | None:
        """Return the run that lives on the thread."""
        ...

    def unfinished(self, *, agent: str | None = None) -> tuple[Run, ...]:
        """Return live runs that are queued, under way or waiting, oldest first."""
        ...


class QuestionStore(Protocol):
    """The inbox."""

    def ask(self, question: OpenQuestion) -> None:
        """Keep an open question; asking the same id again changes nothing."""
        ...

    def open(self, *, thread_id: str | None = None) -> tuple[OpenQuestion, ...]:
        """Return unanswered questions, oldest first."""
        ...

    def get(self, question_id: str) -> OpenQuestion:
        """Return a question, answered or not. Raises: NotFound."""
        ...

    def answer(self, question_id: str, answer: JsonObject) -> OpenQuestion:
        """Keep the answer. Raises: NotFound; Conflict when it is already answered."""
        ...

    def withdraw(self, thread_id: str) -> None:
        """Close the thread's open questions without an answer."""
        ...


class EventStore(Protocol):
    """The event log."""

    def append(self, event: Event) -> Event:
        """Keep the event and return it with its `seq`."""
        ...

    def after(
        self, seq: int, *, thread_id: str | None = None, limit: int = 500
    ) -> tuple[Event, ...]:
        """Return events with a larger `seq`, in order."""
        ...

    def newest(self) -> int:
        """Return the largest `seq`; 0 when nothing happened yet."""
        ...


class EffectStore(Protocol):
    """The effect journal (`synchronous=FULL`)."""

    def get(self, effect_key: str) -> EffectRecord | None:
        """Return the newest record of that write."""
        ...

    def put(self, record: EffectRecord) -> None:
        """Keep the record durably before returning."""
        ...


class ScheduleStore(Protocol):
    """Schedules of agents."""

    def set(self, agent: str, schedule: Schedule, *, next_at: datetime | None) -> None:
        """Keep the agent's schedule, replacing the one before; it is not paused and has no failures."""
        ...

    def get(self, agent: str) -> Schedule | None:
        """Return the agent's schedule."""
        ...

    def row(self, agent: str) -> ScheduleRow:
        """Return the agent's schedule with where it stands. Raises: NotFound."""
        ...

    def list(self) -> tuple[ScheduleRow, ...]:
        """Return all schedules, by agent."""
        ...

    def due(self, now: datetime, *, limit: int = 500) -> tuple[ScheduleRow, ...]:
        """Return schedules whose next firing is not later than `now`, of deployed agents; none that is paused."""
        ...

    def passed(self, now: datetime, *, limit: int = 500) -> tuple[ScheduleRow, ...]:
        """Return those that would be due if they or their agents were not paused."""
        ...

    def claim(
        self,
        agent: str,
        *,
        fired: datetime,
        next_at: datetime | None,
        firings: Sequence[Firing] = (),
    ) -> bool:
        """Move the schedule on from `fired` and keep what fires, all or nothing; only one caller gets true."""
        ...

    def pause(self, agent: str, *, note: str) -> bool:
        """Stop the schedule; false when it was stopped already. Raises: NotFound."""
        ...

    def resume(self, agent: str, *, next_at: datetime | None) -> None:
        """Let it go on from there, with no failures counted. Raises: NotFound."""
        ...

    def delete(self, agent: str) -> None:
        """Forget the agent's schedule."""
        ...


class ScheduleRow(Document):
    """A schedule with its agent and where it stands."""

    agent: str
    schedule: Schedule
    next_at: datetime | None
    paused: bool = False
    """The schedule is paused, or its agent is."""
    stopped: bool = False
    """The schedule itself is paused."""
    note: str = ""
    """Why it is."""
    failures: int = 0
    """Failed runs in a row."""


class TriggerStore(Protocol):
    """Webhooks and chains that start agents."""

    def add(self, trigger: Trigger, *, sealed: bytes = b"") -> None:
        """Keep a trigger with its sealed keys. Raises: Conflict when the id is taken, or a chain is there already."""
        ...

    def get(self, trigger_id: str) -> Trigger:
        """Return the trigger. Raises: NotFound."""
        ...

    def sealed(self, trigger_id: str) -> bytes:
        """Return its sealed keys. Raises: NotFound."""
        ...

    def set_sealed(self, trigger_id: str, sealed: bytes) -> None:
        """Replace its sealed keys. Raises: NotFound."""
        ...

    def list(
        self, *, agent: str | None = None, kind: TriggerKind | None = None
    ) -> tuple[Trigger, ...]:
        """Return triggers, oldest first; with `agent` those that start it."""
        ...

    def after(self, agent: str) -> tuple[Trigger, ...]:
        """Return the enabled chains that follow that agent."""
        ...

    def enable(self, trigger_id: str, *, enabled: bool) -> Trigger:
        """Switch it on or off. Raises: NotFound."""
        ...

    def rewire(self, trigger_id: str, chain: Chain) -> Trigger:
        """Let the chain be another one, switched on, under its id. Raises: NotFound."""
        ...

    def delete(self, trigger_id: str) -> None:
        """Forget the trigger. Raises: NotFound."""
        ...

    def receive(self, trigger_id: str, message_id: str, firing: Firing) -> bool:
        """Keep a webhook's message id and what it fires, all or nothing; false when the id came before."""
        ...


class Thread(Document):
    """A work thread of the orchestrator."""

    thread_id: str
    title: str
    status: str
    """done | waiting | queued | running | failed"""
    created_at: datetime
    updated_at: datetime
    data: JsonObject
    """What doors show: reply, question id, plan, agents, runs."""


class ThreadStore(Protocol):
    """Work threads."""

    def put(self, thread: Thread) -> None:
        """Keep the thread, replacing the one before."""
        ...

    def replace(self, thread: Thread, *, segment: str) -> bool:
        """Keep the changed thread if that is its present segment; of two segments the later one owns it."""
        ...

    def get(self, thread_id: str) -> Thread:
        """Return the thread. Raises: NotFound."""
        ...

    def list(self, *, kind: str = "", limit: int = 50) -> tuple[Thread, ...]:
        """Return threads, newest first; with `kind` those of that kind (`chat`, `run`)."""
        ...

    def unfinished(self) -> tuple[Thread, ...]:
        """Return all threads that are queued or running, oldest first."""
        ...


class Turn(Document):
    """One thing said in a work thread."""

    seq: int = 0
    """Its place in the order of all that was said; given by the store."""
    thread_id: str
    role: Literal["user", "podium"]
    text: str
    at: datetime
    queued: bool = False
    """Said while the thread was busy, and not taken up yet."""
    data: JsonObject = Field(default_factory=dict)
    """Of a user: how it was said (approvals and answers given beforehand)."""


class ConversationStore(Protocol):
    """What was said, apart from the checkpoints: they hold the last few turns only."""

    def add(self, turn: Turn) -> Turn:
        """Keep what was said and return it with its `seq`."""
        ...

    def turns(self, thread_id: str, *, limit: int = 50) -> tuple[Turn, ...]:
        """Return the thread's last turns, oldest first."""
        ...

    def waiting(self, thread_id: str) -> Turn | None:
        """Return the thread's first queued turn."""
        ...

    def take(self, turn: Turn) -> bool:
        """Mark a queued turn as taken up; false when somebody took it before."""
        ...

    def queued(self) -> tuple[str, ...]:
        """Return the threads that have queued turns."""
        ...


class SearchStore(Protocol):
    """An index beside the records: it can always be made again from them."""

    def unindexed_runs(self, *, limit: int = 100) -> tuple[Run, ...]:
        """Return finished live runs without an entry, oldest first."""
        ...

    def unindexed_turns(self, *, limit: int = 500) -> tuple[Turn, ...]:
        """Return what was said and has no entry, oldest first."""
        ...

    def entries(self, kind: EntryKind) -> dict[str, datetime]:
        """Return ref -> moment of all entries of a kind."""
        ...

    def put(self, entries: Sequence[Entry]) -> None:
        """Keep the entries, replacing those of the same kind and ref, all or nothing."""
        ...

    def find(self, words: Sequence[str], *, agent: str = "", limit: int = 50) -> tuple[Entry, ...]:
        """Return entries in which every word begins some word, newest first."""
        ...


class StagingStore(Protocol):
    """Rows between the steps of a run: too many for a checkpoint."""

    def put(self, run_id: str, step_id: str, rows: Sequence[Row]) -> None:
        """Keep the rows of the step, replacing those before."""
        ...

    def rows(self, run_id: str, step_id: str) -> tuple[Row, ...]:
        """Return the rows of the step, in order; empty when there are none."""
        ...

    def drop(self, run_id: str) -> None:
        """Forget the rows of the run."""
        ...


class MemoryStore(Protocol):
    """What an agent has seen in earlier runs, by row key."""

    def seen(self, agent: str, step_id: str) -> Mapping[str, Row]:
        """Return row key -> row as last remembered."""
        ...

    def remember(self, agent: str, step_id: str, rows: Mapping[str, Row]) -> None:
        """Add to what was seen."""
        ...


@dataclass(frozen=True, slots=True)
class Stores:
    """The control plane's stores on one database."""

    agents: AgentStore
    runs: RunStore
    questions: QuestionStore
    events: EventStore
    effects: EffectStore
    schedules: ScheduleStore
    threads: ThreadStore
    staging: StagingStore
    memory: MemoryStore
    firings: FiringStore
    triggers: TriggerStore
    outbox: OutboxStore
    conversation: ConversationStore
    search: SearchStore
    sites: SiteStore


class StoredSecret(Document):
    """A credential as listings show it: never its values."""

    name: str
    origin: str
    user: str
    has_totp: bool
    created_at: datetime
    last_used_at: datetime | None = None


@dataclass(frozen=True, slots=True, repr=False)
class Credential:
    """A credential with its values. Lives only while it is typed; has no useful repr."""

    name: str
    origin: str
    user: str
    password: str
    totp_seed: str = ""


class Vault(Protocol):
    """Secrets encrypted at rest."""

    def put(
        self, *, name: str, origin: str, user: str, password: str, totp_seed: str = ""
    ) -> StoredSecret:
        """Keep a credential, replacing the one of that name."""
        ...

    def list(self) -> tuple[StoredSecret, ...]:
        """Return what is kept, without values."""
        ...

    def for_origin(self, origin: str) -> StoredSecret | None:
        """Return the credential bound to exactly that origin, the newest first."""
        ...

    def open(self, name: str, *, origin: str) -> Credential:
        """Return the values for use on `origin`. Raises: NotFound; NotPermitted when bound to another origin."""
        ...

    def delete(self, name: str) -> None:
        """Forget it. Raises: NotFound."""
        ...

    def seal(self, name: str, data: bytes) -> bytes:
        """Return the bytes encrypted under a name, for session storage at rest."""
        ...

    def unseal(self, name: str, data: bytes) -> bytes:
        """Return the bytes that `seal` encrypted. Raises: NotPermitted when they do not belong to that name."""
        ...


@dataclass(frozen=True, slots=True)
class Stored:
    """How an upsert changed a dataset."""

    added: int
    changed: int
    unchanged: int


class DatasetStore(Protocol):
    """The tables agents fill."""

    def upsert(self, dataset: str, rows: Sequence[Row], *, key: tuple[str, ...]) -> Stored:
        """Add rows, or replace those with the same key."""
        ...

    def rows(self, dataset: str, *, limit: int | None = None) -> tuple[Row, ...]:
        """Return rows in the order they were first added. Raises: NotFound."""
        ...

    def list(self) -> tuple[tuple[str, int], ...]:
        """Return (dataset, number of rows)."""
        ...

    def export(self, dataset: str, *, path: Path) -> Path:
        """Write the dataset as CSV or JSON, by the path's suffix. Raises: NotFound; UserError on another suffix."""
        ...


class ArtifactStore(Protocol):
    """Files by content hash, with names people can read."""

    def keep(
        self, source: Path, *, agent: str, name: str, run_id: str, item: str = ""
    ) -> ArtifactRef:
        """Move the file in; the same content under the same name is kept once (`known`)."""
        ...

    def find(self, *, agent: str, item: str, step_id: str) -> ArtifactRef | None:
        """Return the file kept for that row, if its bytes are still there and intact."""
        ...

    def link(self, ref: ArtifactRef, *, agent: str, item: str, step_id: str, row_hash: str) -> None:
        """Remember that the file belongs to the row as it is now."""
        ...

    def row_hash(self, *, agent: str, item: str, step_id: str) -> str:
        """Return the hash of the row when its file was kept; empty when there is none."""
        ...

    def list(self, *, agent: str | None = None) -> tuple[ArtifactRef, ...]:
        """Return kept files, newest first."""
        ...

    def evidence(self, data: bytes, *, kind: str, run_id: str) -> str:
        """Keep a screenshot (`png`, `jpg`) or dump (`html`, `json`) of a run and return its id."""
        ...

    def evidence_path(self, evidence_id: str) -> Path:
        """Return where it lies. Raises: NotFound."""
        ...

    def at_hand(self, ref: ArtifactRef) -> Path:
        """Return where the file's bytes lie on this machine, fetched when they were kept on another one. Raises: NotFound."""
        ...

"""What the orchestrator needs beside a planner and a builder; adapters live in `podium.server`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from podium.state.document import Document, JsonObject
from podium.state.plan import Plan, Request
from podium.state.program import Program
from podium.state.questions import Question
from podium.state.spec import AgentSpec
from podium.tools.builder import Builder
from podium.tools.planner import Planner, WorkspaceView


class BasisAgent(Document):
    """An agent as it is before a change."""

    name: str
    version: int
    """The active version, which the change starts from."""
    newest: int
    """The newest version; the change is refused when another one is made meanwhile."""
    spec: AgentSpec
    program: Program


class Basis(Document):
    """What a change starts from, and what is wanted of it."""

    agents: tuple[BasisAgent, ...]
    plan: Plan
    """What there is, as a plan; for split and merge what it shall become."""
    change: str = ""
    """The change in words, or as a plan document; empty when the plan itself says it."""
    reason: str = ""
    """Why there will be a new version, as versions show it."""
    redo: tuple[str, ...] = ()
    """Planned steps that are explored again although nothing about them changed."""
    retire: tuple[str, ...] = ()
    """Agents that others replace: what becomes of them is asked once the new ones are deployed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ActResult:
    """What carrying out a verb came to."""

    reply: str = ""
    runs: tuple[str, ...] = ()
    agents: tuple[str, ...] = ()
    question: Question | None = None
    basis: Basis | None = None
    """The verb changes what agents do: the plan is reworked, reviewed, built and tested."""
    failed: bool = False
    undo: tuple[Request, ...] = ()
    """What takes it back: requests as a person could make them."""


class Workspace(Protocol):
    """Everything the chat can see and change."""

    async def view(self, thread_id: str = "") -> WorkspaceView:
        """Return names and facts of the workspace, and what `it` means in that thread."""
        ...

    async def covering(self, request: Request) -> str:
        """Return the deployed agent that does what is asked already; empty when there is none, or it is not sure."""
        ...

    async def save(
        self, spec: AgentSpec, program: Program, *, reason: str, base: int | None = None
    ) -> JsonObject:
        """Keep a new draft agent, or the next version on top of `base`, and return `{agent, version, tables}`.

        A new agent whose name was taken meanwhile gets the next free one, and `tables` (old -> new) of its own where
        another agent fills them. Saving the same program for the same agent again returns what is kept. Raises: Conflict when the newest
        version is not `base`.
        """
        ...

    async def deploy(self, agent: str, version: int) -> JsonObject:
        """Make the version active with its schedule and return `{agent, version, next_fires}`.

        An agent that is paused stays paused.
        """
        ...

    async def retire(self, agents: tuple[str, ...], *, delete: bool) -> None:
        """Pause agents whose work others do now, or delete them so that they can be restored.

        Raises: UserError when one of them cannot be, such as while its run is under way.
        """
        ...

    async def act(self, request: Request, *, question_id: str, answers: JsonObject) -> ActResult:
        """Carry out a verb other than `create`, or return the question it needs answered first.

        `answers` holds all that was answered for this request so far, by field name.
        """
        ...


class ChildRuns(Protocol):
    """Runs of agents as threads of their own."""

    async def test(
        self, *, run_id: str, agent: str, version: int, release_writes: bool
    ) -> JsonObject:
        """Run that version with real data, writes held; return the run as doors show it.

        Calling again with the id of a run that ended or waits returns it as it is.
        """
        ...

    async def answer(self, run_id: str, answer: JsonObject) -> JsonObject:
        """Answer what the run waits for and return it when it stops again."""
        ...


@dataclass(frozen=True, slots=True)
class OrchestratorServices:
    """The live ports the orchestrator is bound to."""

    planner: Planner
    builder: Builder
    workspace: Workspace
    children: ChildRuns

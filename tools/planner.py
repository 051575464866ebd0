"""The port that reads requests and outlines agents. Offline: `podium.tools.offline`; model: `podium.tools.models`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from pydantic import JsonValue

from podium.state.document import JsonObject
from podium.state.plan import Plan, Request, Understanding
from podium.state.triggers import Schedule

CORRECTS: Final = "corrects"
"""Argument of a request that takes the place of what is under way, rather than standing beside it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkspaceView:
    """What a planner may know of the workspace: names and facts, no values of secrets, no page text."""

    agents: tuple[AgentBrief, ...] = ()
    secrets: tuple[tuple[str, str], ...] = ()
    """(name, origin) of stored credentials."""
    timezone: str = "UTC"
    now: datetime | None = None
    last_agent: str = ""
    """What `it` refers to on this thread."""
    lately: tuple[str, ...] = ()
    """The agents of this thread's last turn, in the order they were talked about."""
    last_requests: tuple[Request, ...] = ()
    """What this thread's last turn asked for; in a thread that has had none, the latest turn of all."""
    undo: tuple[Request, ...] = ()
    """What takes back what that turn did."""
    deleted: tuple[str, ...] = ()
    """Names of agents that can be restored, the latest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentBrief:
    """An agent as a reference may name it."""

    name: str
    goal: str
    state: str
    site: str = ""
    outputs: tuple[str, ...] = ()
    last_outcome: str = ""
    schedule: Schedule | None = None
    former: tuple[str, ...] = ()
    """Names it had."""
    failed_at: tuple[datetime, ...] = ()
    """When runs of late failed."""


def once_called(
    former: Mapping[str, Sequence[str]], *, deleted: Sequence[str]
) -> dict[str, tuple[str, ...]]:
    """Return who had each name that no agent has now, by the names that agents had.

    A name that an agent had when it was deleted stands for that one too: nobody can tell which is meant.
    """
    had: dict[str, tuple[str, ...]] = {}
    for name, before in former.items():
        for old in before:
            if old not in former:
                had[old] = (*had.get(old, ()), name)
    return {
        old: (*names, f"{old} (deleted)") if old in deleted else names for old, names in had.items()
    }


class Planner(Protocol):
    """Reads a goal, computes what is missing, outlines agents."""

    async def understand(self, goal: str, *, workspace: WorkspaceView) -> Understanding:
        """Return the requests in the goal. Deterministic for the offline planner; starts nothing.

        Raises:
            ModelMistake: If a model's output stayed unusable after two repairs.
            LimitExceeded: If the model budget is used up.
        """
        ...

    async def plan(
        self,
        request: Request,
        *,
        goal: str,
        answers: Mapping[str, JsonValue],
        workspace: WorkspaceView,
    ) -> Plan:
        """Return the plan for a `create` request whose missing fields are answered.

        Answers are keyed by field name; credentials come as `{"stored": NAME}`.

        Raises:
            InvalidAnswer: If an answer cannot be used (a URL that is none, a bad schedule); `field` is named.
        """
        ...

    async def revise(
        self, plan: Plan, change: JsonObject | str, *, workspace: WorkspaceView
    ) -> Plan:
        """Return the next revision of the plan, changed by words or by an edited plan document.

        Raises:
            InvalidAnswer: If the change cannot be understood or breaks the plan.
        """
        ...

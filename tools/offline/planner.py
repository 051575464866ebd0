"""The planner without a model: reads requests by grammar, says plainly what it does not understand."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from pydantic import JsonValue

from podium.state.document import JsonObject
from podium.state.errors import InvalidAnswer
from podium.state.ids import IdFactory, TimeIds
from podium.state.plan import Plan, Request, Understanding
from podium.tools.offline.changes import change_readings
from podium.tools.offline.outline import outline
from podium.tools.offline.reading import read_goal
from podium.tools.offline.revise import revise_plan
from podium.tools.planner import WorkspaceView


class OfflinePlanner:
    """Implements `Planner` with deterministic rules; no model, no network."""

    def __init__(self, ids: IdFactory | None = None) -> None:
        self._ids = ids or TimeIds()

    async def understand(self, goal: str, *, workspace: WorkspaceView) -> Understanding:
        """Return the requests in the goal; starts nothing, and a pasted secret is not in it."""
        return read_goal(goal, workspace=workspace, now=_now(workspace))

    async def plan(
        self,
        request: Request,
        *,
        goal: str,
        answers: Mapping[str, JsonValue],
        workspace: WorkspaceView,
    ) -> Plan:
        """Return the plan for a `create` request whose missing fields are answered.

        Raises:
            InvalidAnswer: If an answer cannot be used; its field is named.
        """
        return outline(request, goal=goal, answers=answers, workspace=workspace, ids=self._ids)

    async def revise(
        self, plan: Plan, change: JsonObject | str, *, workspace: WorkspaceView
    ) -> Plan:
        """Return the next revision of the plan.

        Raises:
            InvalidAnswer: If the change cannot be understood or breaks the plan.
        """
        if isinstance(change, dict):
            return revise_plan(plan, change, workspace=workspace, now=_now(workspace))
        refused: InvalidAnswer | None = None
        for reading in change_readings(change, tuple(agent.name for agent in plan.agents)):
            try:
                return revise_plan(plan, reading, workspace=workspace, now=_now(workspace))
            except InvalidAnswer as error:
                refused = refused or error
        assert refused is not None, "the change as it was said is the last reading"
        raise refused


def _now(workspace: WorkspaceView) -> datetime:
    # Without a clock, relative dates are read against a fixed day rather than the machine's.
    return workspace.now or datetime(2026, 1, 1, tzinfo=UTC)

"""Changes to a plan that was shown: by words, or by an edited document."""

from __future__ import annotations

from datetime import datetime

from podium.state.document import JsonObject
from podium.state.errors import InvalidAnswer
from podium.state.plan import Plan
from podium.tools.planner import WorkspaceView


def revise_plan(
    plan: Plan, change: JsonObject | str, *, workspace: WorkspaceView, now: datetime
) -> Plan:
    """Return the next revision of the plan.

    Raises:
        InvalidAnswer: If the change cannot be understood or breaks the plan.
    """
    raise InvalidAnswer("Changes by words are not there yet")

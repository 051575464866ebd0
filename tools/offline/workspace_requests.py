"""Requests about agents that exist: run, pause, rename, compare and the like."""

from __future__ import annotations

from podium.state.plan import Request
from podium.tools.offline.clauses import Clause
from podium.tools.planner import WorkspaceView


class WorkspaceReader:
    """Reads the clauses that are about agents of the workspace."""

    def __init__(self, text: str, workspace: WorkspaceView, clauses: list[Clause]) -> None:
        self._text = text
        self._workspace = workspace
        self._clauses = clauses

    def read(self, clause: Clause, position: int) -> tuple[Request | None, set[int]] | None:
        """Return the request of a clause and the tokens it explains; none when it is not about agents."""
        return None

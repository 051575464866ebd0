"""What is decided and what came of it is told once."""

from __future__ import annotations

from podium.graphs.orchestrator.rules import told
from podium.graphs.orchestrator.state import OrchestratorState


def test_a_note_that_the_outcome_says_too_is_told_once() -> None:
    state: OrchestratorState = {
        "goal": "",
        "replies": ["before"],
        "notes": ["kept the key", "kept the key", "read 2 rows"],
    }

    replies = told(state, "read 2 rows", "deployed")

    assert replies == ["before", "kept the key", "read 2 rows", "deployed"]

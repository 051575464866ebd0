"""Questions about agents are read as a whole, in any of their forms; what is more than a question is not one."""

from __future__ import annotations

import pytest

from podium.tools.offline.question_reader import read_questions
from podium.tools.planner import AgentBrief, WorkspaceView


def _agent(name: str, goal: str) -> AgentBrief:
    return AgentBrief(name=name, goal=goal, state="deployed", site="https://kiln.test")


WORKSPACE = WorkspaceView(
    agents=(
        _agent("glaze-orders", "read the glaze orders"),
        _agent("kiln-log", "read the log of the kiln"),
        _agent("studio-report", "send the report"),
    ),
    last_agent="kiln-log",
    lately=("kiln-log", "studio-report"),
)


@pytest.mark.parametrize(
    ("text", "what", "agents"),
    [
        ("how long does the kiln log usually take?", "duration", ("kiln-log",)),
        ("how long does it take", "duration", ("kiln-log",)),
        ("and what's the average duration of glaze-orders?", "duration", ("glaze-orders",)),
        ("how many rows did the glaze orders bring yesterday?", "counts", ("glaze-orders",)),
        ("how many orders has the glaze orders agent found this week", "counts", ("glaze-orders",)),
        ("roughly how much time does the kiln log need?", "duration", ("kiln-log",)),
        ("how many orders came in from the glaze orders last week?", "counts", ("glaze-orders",)),
        ("what did we get out of the glaze orders on Saturday?", "counts", ("glaze-orders",)),
        ("when was the kiln log last okay?", "last", ("kiln-log",)),
        ("which agent is the slowest?", "ranking", ()),
        ("is any of it broken right now?", "standing", ()),
        ("did anything break this week, and what was the reason?", "failures", ()),
        ("how often did the kiln log fail last month?", "tries", ("kiln-log",)),
        ("when did the kiln log last go well?", "last", ("kiln-log",)),
        ("how did both go?", "last", ("kiln-log", "studio-report")),
        ("who uses what the glaze orders agent brings in?", "users", ("glaze-orders",)),
        ("what depends on the kiln log?", "users", ("kiln-log",)),
        ("what happens if I delete glaze-orders?", "users", ("glaze-orders",)),
        ("what goes into the studio report?", "sources", ("studio-report",)),
        ("where does the studio report get its data from?", "sources", ("studio-report",)),
        ("where does the kiln log put its files?", "destination", ("kiln-log",)),
        ("who changed the kiln log last, and when?", "authors", ("kiln-log",)),
        ("how often does the kiln log run?", "schedule", ("kiln-log",)),
        ("what is the studio report for?", "purpose", ("studio-report",)),
        ("what have I got running here?", "list", ()),
        ("how is everything doing today?", "standing", ()),
        ("is everything ok?", "standing", ()),
        ("which agents write to the kiln?", "effects", ()),
        ("which of them talk to the kiln?", "effects", ()),
        ("has anything not run for a while?", "idle", ()),
    ],
)
def test_a_question_about_agents_is_read(text: str, what: str, agents: tuple[str, ...]) -> None:
    reading = read_questions(text, WORKSPACE)

    assert reading is not None
    (request,) = reading.requests
    assert (request.verb, request.arguments["what"], request.agents) == ("inspect", what, agents)


def test_two_questions_in_one_sentence_are_two_requests() -> None:
    reading = read_questions(
        "how long does the kiln log take and when does it run next?", WORKSPACE
    )

    assert reading is not None
    assert [item.arguments["what"] for item in reading.requests] == ["duration", "schedule"]
    assert {item.agents for item in reading.requests} == {("kiln-log",)}


@pytest.mark.parametrize(
    "text",
    [
        "pause the kiln log",
        "how long does the kiln log take on Mars?",
        "find out how many orders https://kiln.test has and store them",
        "which agents write poems?and delete glaze-orders",
        "run the kiln log and tell me how long it takes",
        "what is the capital of Peru?",
    ],
)
def test_what_is_more_than_a_question_about_agents_is_left_to_the_grammar(text: str) -> None:
    assert read_questions(text, WORKSPACE) is None

"""A turn about the turn before is read from what that turn asked for, and from what takes it back."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from podium.state.plan import Request, Verb
from podium.state.triggers import Schedule
from podium.tools.offline.reading import read_goal
from podium.tools.planner import AgentBrief, WorkspaceView

NOW = datetime(2026, 11, 4, 15, tzinfo=UTC)
MORNING = datetime(2026, 11, 4, 8, tzinfo=UTC)
DAILY = Schedule(cron="0 8 * * *", timezone="UTC", words="every day at 08:00")


def _agent(name: str, goal: str, **facts: object) -> AgentBrief:
    return replace(AgentBrief(name=name, goal=goal, state="deployed"), **facts)


def _asked(verb: Verb, *names: str, **arguments: str) -> Request:
    return Request(verb=verb, text=verb, agents=names, arguments={**arguments})


WORKSPACE = WorkspaceView(
    agents=(
        _agent("glaze-orders", "read the glaze orders", former=("pot-orders",)),
        _agent("kiln-log", "read the kiln's log", failed_at=(MORNING,), last_outcome="success"),
        _agent("studio-report", "send the report", last_outcome="fail"),
    ),
    last_agent="kiln-log",
    lately=("kiln-log",),
    now=NOW,
)
PAUSED = replace(
    WORKSPACE, last_requests=(_asked("pause", "kiln-log"),), undo=(_asked("resume", "kiln-log"),)
)


def _read(text: str, workspace: WorkspaceView) -> list[tuple[str, tuple[str, ...]]]:
    return [(r.verb, r.agents) for r in read_goal(text, workspace=workspace, now=NOW).requests]


@pytest.mark.parametrize(
    "text",
    ["undo that", "no, undo it please", "actually leave it on", "that was a mistake", "take that back", "scratch that", "no, wait, don't", "put it back as it was"],
)  # fmt: skip
def test_what_was_done_is_taken_back(text: str) -> None:
    assert _read(text, PAUSED) == [("resume", ("kiln-log",))]


_BACK = {
    "pause": _asked("resume", "kiln-log"),
    "resume": _asked("pause", "kiln-log"),
    "schedule": _asked("unschedule", "kiln-log"),
    "delete": _asked("resume", "kiln-log").model_copy(update={"arguments": {"deleted": True}}),
    "rename": _asked("rename", "kiln-log", name="oven-log"),
    "rollback": _asked("rollback", "kiln-log", version="3"),
}


def _after(verb: Verb) -> WorkspaceView:
    return replace(WORKSPACE, last_requests=(_asked(verb, "kiln-log"),), undo=(_BACK[verb],))


@pytest.mark.parametrize(
    ("verb", "text"),
    [
        ("pause", "leave it running"),
        ("pause", "no, keep it on please"),
        ("resume", "actually leave it off"),
        ("schedule", "leave it off"),
        ("delete", "oh, keep it"),
        ("delete", "leave it there"),
        ("rename", "leave it as it was"),
        ("rollback", "keep it the way it was before"),
    ],
)
def test_words_for_how_it_stood_take_the_last_turn_back(verb: Verb, text: str) -> None:
    back = _BACK[verb]

    assert _read(text, _after(verb)) == [(back.verb, back.agents)]


@pytest.mark.parametrize(
    ("verb", "text"),
    [
        ("rename", "keep it"),
        ("rename", "leave it"),
        ("rename", "leave it running"),
        ("rollback", "let it be"),
        ("rollback", "keep it as it is"),
        ("pause", "ok, leave it off"),
        ("pause", "leave it alone"),
        ("resume", "keep it running"),
        ("delete", "leave it"),
        ("schedule", "keep it on"),
    ],
)
def test_words_of_consent_take_nothing_back(verb: Verb, text: str) -> None:
    reading = read_goal(text, workspace=_after(verb), now=NOW)

    assert [request.verb for request in reading.requests] == ["none"]
    assert "stays as it is" in reading.reply


@pytest.mark.parametrize(
    "text",
    ["no, I meant the glaze orders", "hmm no, the glaze orders", "not the kiln log, the glaze orders", "sorry, the glaze orders instead", "not that one, the glaze orders", "I meant glaze-orders, not kiln-log", "oops, wrong one, I meant the glaze orders agent"],
)  # fmt: skip
def test_a_correction_takes_back_and_does_it_to_the_one_that_was_meant(text: str) -> None:
    assert _read(text, PAUSED) == [("resume", ("kiln-log",)), ("pause", ("glaze-orders",))]


@pytest.mark.parametrize("text", ["the same for the glaze orders", "and the glaze orders too", "glaze-orders as well"])  # fmt: skip
def test_the_same_for_another_agent_takes_nothing_back(text: str) -> None:
    assert _read(text, PAUSED) == [("pause", ("glaze-orders",))]


def test_a_schedule_that_was_replaced_comes_back_whole() -> None:
    before = _asked("schedule", "kiln-log").model_copy(update={"schedule": DAILY})
    moved = replace(WORKSPACE, last_requests=(_asked("schedule", "kiln-log"),), undo=(before,))

    (request,) = read_goal("undo that", workspace=moved, now=NOW).requests

    assert request.schedule == DAILY


def test_nothing_is_rolled_back_after_a_turn_that_only_looked() -> None:
    looked = replace(WORKSPACE, last_requests=(_asked("inspect", "kiln-log"),))

    reading = read_goal("undo that", workspace=looked, now=NOW)

    assert [request.verb for request in reading.requests] == ["none"]
    assert "nothing that I could take back" in reading.reply


def test_again_with_another_value_replaces_the_one_input() -> None:
    run = Request(
        verb="run", text="run", agents=("kiln-log",), arguments={"inputs": {"limit": "5"}}
    )
    ran = replace(WORKSPACE, last_requests=(run,))

    (again,) = read_goal("the same again with 10", workspace=ran, now=NOW).requests

    assert (again.verb, again.arguments["inputs"]) == ("run", {"limit": "10"})


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("pause the klin log", [("pause", ("kiln-log",))]),
        ("run the pot orders agent", [("run", ("glaze-orders",))]),
        ("put everything on hold", [("pause", ("glaze-orders", "kiln-log", "studio-report"))]),
        ("delete the agent that failed this morning", [("delete", ("kiln-log",))]),
        ("carry on with the kiln log", [("resume", ("kiln-log",))]),
        ("before you delete the kiln log, save a copy of it", [("export", ("kiln-log",)), ("delete", ("kiln-log",))]),
        ("drop the kiln log, but keep a backup first", [("export", ("kiln-log",)), ("delete", ("kiln-log",))]),
        ("from now on call the kiln log furnace", [("rename", ("kiln-log",))]),
        ("pause the kiln log and start the studio report", [("pause", ("kiln-log",)), ("run", ("studio-report",))]),
    ],
)  # fmt: skip
def test_agents_are_found_by_loose_references(
    text: str, read: list[tuple[str, tuple[str, ...]]]
) -> None:
    assert _read(text, WORKSPACE) == read


@pytest.mark.parametrize("text", ["split the big one in two", "pause the ghost and run the kiln log"])  # fmt: skip
def test_a_reference_that_nobody_can_resolve_is_asked(text: str) -> None:
    first = read_goal(text, workspace=WORKSPACE, now=NOW).requests[0]

    assert first.agents == ()
    assert [item.field for item in first.missing] == ["agent"]


def test_an_ordinal_counts_the_agents_of_the_last_turn() -> None:
    two = replace(WORKSPACE, lately=("studio-report", "glaze-orders"), last_agent="glaze-orders")

    assert _read("run the first one", two) == [("run", ("studio-report",))]
    assert _read("what did the second one find?", two) == [("inspect", ("glaze-orders",))]


@pytest.mark.parametrize("text", ["stop the kiln log if it is still running", "run the kiln log unless it ran today"])  # fmt: skip
def test_a_condition_that_is_not_read_keeps_the_act_from_being_done(text: str) -> None:
    assert read_goal(text, workspace=WORKSPACE, now=NOW).confidence < 0.5


def test_a_failure_that_shall_be_explained_is_part_of_the_run() -> None:
    for text in (
        "run the kiln log and tell me why if it breaks",
        "run the kiln log and if it fails tell me why",
    ):
        reading = read_goal(text, workspace=WORKSPACE, now=NOW)
        assert [(r.verb, r.arguments.get("explain")) for r in reading.requests] == [("run", True)]
        assert reading.confidence == 1.0


def test_a_former_name_is_that_of_one_agent_alone() -> None:
    twice = replace(
        WORKSPACE,
        agents=(*WORKSPACE.agents, _agent("urn-orders", "read urns", former=("pot-orders",))),
    )
    taken = replace(WORKSPACE, deleted=("pot-orders",))

    for workspace in (twice, taken):
        assert ("run", ("glaze-orders",)) not in _read("run pot-orders", workspace)
    assert _read("run pot-orders", WORKSPACE) == [("run", ("glaze-orders",))]

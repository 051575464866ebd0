"""`the other one`: the agent that was not talked about last, or a question."""

from __future__ import annotations

import pytest

from podium.state.plan import Request
from podium.tools.planner import AgentBrief, WorkspaceView
from tests.unit.offline.labels import NOW, understand

_NAMES = ("stock-watch", "tender-list", "mail-digest", "rate-table")


def _workspace(count: int, *, lately: tuple[str, ...] = ()) -> WorkspaceView:
    agents = tuple(
        AgentBrief(name=name, goal=name.replace("-", " "), state="active")
        for name in _NAMES[:count]
    )
    return WorkspaceView(
        now=NOW, agents=agents, last_agent=(lately or ("stock-watch",))[-1], lately=lately
    )


def _read(text: str, workspace: WorkspaceView) -> tuple[Request, ...]:
    return understand(text, workspace).requests


@pytest.mark.parametrize(
    "text",
    ["pause the other one", "halt the other", "suspend the other agent", "pause another one"],
)
def test_of_two_the_other_one_is_that_not_talked_about_last(text: str) -> None:
    (request,) = _read(text, _workspace(2))

    assert (request.verb, request.agents, request.missing) == ("pause", ("tender-list",), ())


def test_of_several_the_other_one_is_asked_for() -> None:
    (request,) = _read("pause the other one", _workspace(3))

    assert request.agents == ()
    assert [(item.field, item.choices) for item in request.missing] == [
        ("agent", ("tender-list", "mail-digest"))
    ]


def test_of_two_that_were_just_named_the_other_one_is_the_first() -> None:
    requests = _read("run tender-list, pause mail-digest and delete the other one", _workspace(4))

    assert [(request.verb, request.agents) for request in requests] == [
        ("run", ("tender-list",)),
        ("pause", ("mail-digest",)),
        ("delete", ("tender-list",)),
    ]


def test_of_the_two_of_the_last_turn_the_other_one_is_the_first() -> None:
    (request,) = _read("resume the other one", _workspace(4, lately=("rate-table", "mail-digest")))

    assert request.agents == ("rate-table",)


def test_the_others_are_all_but_the_one_talked_about() -> None:
    (request,) = _read("pause the others", _workspace(4))

    assert request.agents == ("tender-list", "mail-digest", "rate-table")


def test_another_one_that_shall_be_made_is_no_agent_that_exists() -> None:
    assert all(request.agents != ("tender-list",) for request in _read("make another one", _workspace(2)))  # fmt: skip

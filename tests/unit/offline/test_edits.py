"""Edits of a plan in words: what comes of each, of several in one sentence, and of what nobody can read."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from podium.state.errors import InvalidAnswer
from podium.state.plan import Plan, PlannedAgent
from podium.tools.offline import OfflinePlanner
from podium.tools.planner import WorkspaceView

NOW = datetime(2026, 11, 22, 11, 0, tzinfo=UTC)
ORIGIN = "https://harbour.example"
WORKSPACE = WorkspaceView(
    now=NOW, timezone="UTC", secrets=(("day", ORIGIN), ("night", ORIGIN), ("other", "https://b.example"))
)  # fmt: skip
GOAL = f"save the name, length and owner of all boats on {ORIGIN}/boats every day at 6"
SIGNED = f"log into {ORIGIN} with the credential day and save the name and length of all boats"


async def _planned(goal: str) -> Plan:
    planner = OfflinePlanner()
    read = await planner.understand(goal, workspace=WORKSPACE)
    return await planner.plan(read.requests[0], goal=goal, answers={}, workspace=WORKSPACE)


async def _edited(change: str, *, goal: str = GOAL) -> PlannedAgent:
    plan = await _planned(goal)
    return (await OfflinePlanner().revise(plan, change, workspace=WORKSPACE)).agents[0]


def _said(agent: PlannedAgent) -> dict[str, object]:
    """Return what the changes of this table are about."""
    rules = [(r.cmp, r.value, r.phrase) for step in agent.steps for r in step.rules]
    listed = next(step for step in agent.steps if step.op == "extract")
    kept = next(step for step in agent.steps if step.op == "store")
    picked = [(step.which, step.count) for step in agent.steps if step.op == "pick"]
    cron = agent.schedule.cron if agent.schedule else ""
    return {"name": agent.name, "cron": cron, "fields": listed.fields, "table": kept.dataset, "rules": rules, "picked": picked}  # fmt: skip


TEN = (">", 10, "longer than 10 metres")


@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        ("only the boats longer than 10 metres", {"rules": [TEN]}),
        ("also save the home harbour", {"fields": ("name", "length", "owner", "home harbour")}),
        ("add the berth number and the engine column", {"fields": ("name", "length", "owner", "berth number", "engine")}),
        ("without the owner column", {"fields": ("name", "length")}),
        ("leave the owners out, please", {"fields": ("name", "length")}),
        ("store it in the table fleet instead", {"table": "fleet"}),
        ("put them into the big_boats table", {"table": "big_boats"}),
        ("just the first twenty", {"picked": [("first", 20)]}),
        ("sort by length, longest first, top 20", {"picked": [("highest", 20)]}),
        ("run it at 7 instead", {"cron": "0 7 * * *"}),
        ("skip the sold ones", {"rules": [("!=", None, "not sold")]}),
        ("make it weekly and skip the sold ones", {"cron": "0 6 * * 1", "rules": [("!=", None, "not sold")]}),
        ("drop the owner, call it x-watch, weekly", {"fields": ("name", "length"), "name": "x-watch", "cron": "0 6 * * 1"}),
    ],
)  # fmt: skip
async def test_an_edit_changes_what_it_says_and_nothing_else(
    change: str, wanted: dict[str, object]
) -> None:
    before = _said((await _planned(GOAL)).agents[0])

    after = _said(await _edited(change))

    assert after == {**before, **wanted}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("sort them by length, longest first", "no order of its own"),
        ("paint it blue and call it y-watch", "'paint it blue' is not understood. Nothing"),
        ("also keep the sold ones", "'also keep the sold ones' is not understood"),
        ("use the login nobody", "Which login? Stored for https://harbour.example: day, night"),
        ("drop the last condition", "has no condition"),
    ],
)
async def test_an_edit_that_cannot_be_made_is_said_by_its_words_and_changes_nothing(
    change: str, told: str
) -> None:
    with pytest.raises(InvalidAnswer, match=told.replace("?", r"\?")):
        await _edited(change)


async def test_conditions_go_one_by_one() -> None:
    planner, plan = OfflinePlanner(), await _planned(GOAL)
    for change in ("only the boats longer than 10 metres", "skip the sold ones"):
        plan = await planner.revise(plan, change, workspace=WORKSPACE)
    both = _said(plan.agents[0])["rules"]
    plan = await planner.revise(plan, "drop the last condition", workspace=WORKSPACE)
    one = _said(plan.agents[0])["rules"]
    plan = await planner.revise(plan, "remove the condition", workspace=WORKSPACE)

    assert (both, one) == ([TEN, ("!=", None, "not sold")], [TEN])
    assert all(step.op != "filter" for step in plan.agents[0].steps)


async def test_the_other_login_is_the_other_one_of_the_same_site() -> None:
    agent = await _edited("use the other login", goal=SIGNED)

    assert agent.secrets == ("night",)
    assert {step.secret for step in agent.steps if step.op == "sign_in"} == {"night"}

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from podium.state.plan import PlannedStep
from podium.tools.offline import OfflinePlanner
from podium.tools.planner import WorkspaceView


async def planned(text: str) -> tuple[list[PlannedStep], dict[str, object]]:
    planner, view = OfflinePlanner(), WorkspaceView(now=datetime(2026, 11, 30, tzinfo=UTC))
    request = (await planner.understand(text, workspace=view)).requests[0]
    agent = (await planner.plan(request, goal=text, answers={}, workspace=view)).agents[0]
    return list(agent.steps), {f"{{inputs.{one.name}}}": one.default for one in agent.inputs}


@pytest.mark.parametrize(
    ("text", "key", "values"),
    [
        ("at http://x.test/o set the status of order 118 to shipped", 118, {"status": "shipped"}),
        (
            "at http://x.test/c change the phone number of customer Lind to 040 555 12",
            "Lind",
            {"phone number": "040 555 12"},
        ),
        ("update tenant Ann Lee's city to Turku at http://x.test/t", "Ann Lee", {"city": "Turku"}),
        ("rename the folder Drafts to Old drafts at http://x.test/f", "Drafts", {"name": "Old drafts"}),
        ("at http://x.test/l give loan 12 two more days", 12, {"days": 2}),
    ],
)  # fmt: skip
async def test_a_value_of_one_record_is_filled_into_its_form_and_saved(
    text: str, key: object, values: dict[str, object]
) -> None:
    steps, given = await planned(text)

    fill, submit = steps[-2:]
    assert [step.op for step in steps] == ["open", "reach", "fill", "submit"]
    assert {field: given[value] for field, value in fill.values.items()} == values
    assert given[fill.key] == given[submit.key] == key
    assert (fill.effect, submit.effect) == ("read", "write")


@pytest.mark.parametrize(
    ("text", "press", "effect"),
    [
        ("approve request 31 at http://x.test/r", "approve", "write"),
        ("open http://x.test/i and mark invoice 7 as paid", "mark as paid", "write"),
        ("cancel booking B-77 on http://x.test/b", "cancel", "irreversible"),
    ],
)
async def test_an_act_on_one_record_presses_its_control(text: str, press: str, effect: str) -> None:
    steps, given = await planned(text)

    assert (steps[-1].op, steps[-1].thing, steps[-1].effect) == ("click", press, effect)
    assert steps[-1].key in given


@pytest.mark.parametrize(
    "text",
    [
        "mark all unread messages at http://x.test/m as read",
        "book room 12 at http://x.test/b on Friday",
        "set up a monitor of http://x.test/p",
    ],
)
async def test_several_records_or_new_ones_are_no_change_of_one(text: str) -> None:
    steps, _ = await planned(text)

    assert not any(step.key for step in steps)

"""What an agent does already is known again in other words, and nothing else is."""

from __future__ import annotations

import pytest

from podium.state.document import JsonObject
from podium.state.spec import AgentSpec
from podium.tools.covering import covers
from podium.tools.offline.planner import OfflinePlanner
from podium.tools.planner import WorkspaceView
from tests.builders import NOON

PLANNER, VIEW = OfflinePlanner(), WorkspaceView(now=NOON)
INVOICES = "log into https://portal.example, download all unpaid invoices as CSV, and store them"
PRICES = "collect the prices of all products in the catalogue at https://shop.example into a table keyed by SKU"


async def spec_of(goal: str) -> AgentSpec:
    (request,) = (await PLANNER.understand(goal, workspace=VIEW)).requests
    answers: JsonObject = {"credentials": {"stored": "portal"}}
    plan = await PLANNER.plan(request, goal=goal, answers=answers, workspace=VIEW)
    (agent,) = plan.agents
    return AgentSpec(name=agent.name, goal=goal, origins=agent.origins, steps=agent.steps, inputs=agent.inputs)  # fmt: skip


async def covered(goal: str, asked: str) -> bool:
    (request,) = (await PLANNER.understand(asked, workspace=VIEW)).requests
    return covers(await spec_of(goal), request)


@pytest.mark.parametrize(
    ("goal", "asked"),
    [
        (INVOICES, INVOICES),
        (INVOICES, "each Monday at 8 log in to portal.example and download the unpaid invoices as CSV"),
        (PRICES, "collect product prices from the catalogue of https://shop.example"),
        (PRICES, "every day at 9 collect the prices of all products in the catalogue at https://shop.example"),
    ],
)  # fmt: skip
async def test_the_same_in_other_words_is_covered(goal: str, asked: str) -> None:
    assert await covered(goal, asked)


@pytest.mark.parametrize(
    ("goal", "asked"),
    [
        (INVOICES, "download all overdue invoices as CSV from https://portal.example after login"),
        (INVOICES, "download all invoices from https://portal.example after login"),
        (INVOICES, "log into https://other.example, download all unpaid invoices as CSV"),
        (INVOICES, "download all unpaid orders as CSV from https://portal.example after login"),
        (INVOICES, "download the newest unpaid invoice as CSV from https://portal.example after login"),
        (INVOICES, "log into https://portal.example, download all unpaid invoices as PDF"),
        (PRICES, "collect the prices and stock of all products in the catalogue at https://shop.example"),
        (PRICES, "watch the prices of all products at https://shop.example and tell me when one changes"),
        (PRICES, "collect all products under 10 EUR in the catalogue at https://shop.example"),
    ],
)  # fmt: skip
async def test_another_condition_object_site_or_amount_is_not_covered(
    goal: str, asked: str
) -> None:
    assert not await covered(goal, asked)


FORM = 'fill in the parcel form at https://depot.example/send with name "Ada" and weight 3 and submit it'


async def test_the_same_form_with_other_values_is_another_run_and_no_other_agent() -> None:
    assert await covered(FORM, FORM.replace("Ada", "Bo"))
    assert not await covered(FORM, FORM.replace("depot.example", "post.example"))
    assert not await covered(FORM, FORM.replace("depot.example/send", "depot.example/return"))


async def test_the_same_form_with_other_values_on_a_schedule_is_another_agent() -> None:
    assert await covered(FORM, f"every Monday at 8 {FORM}")
    assert not await covered(FORM, f"every Monday at 8 {FORM.replace('Ada', 'Bo')}")

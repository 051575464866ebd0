from __future__ import annotations

from datetime import UTC, datetime

import pytest

from podium.tools.offline import OfflinePlanner
from podium.tools.offline.form_lists import listed_items
from podium.tools.planner import WorkspaceView


def parts(text: str) -> dict[str, str]:
    return {item.label: text[slice(*item.value_span)] or "yes" for item in listed_items(text, ())}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "log a felled tree: species ash, diameter 40 cm, reason: dieback",
            {"species": "ash", "diameter": "40 cm", "reason": "dieback"},
        ),
        (
            "report a fault: pump in cellar 3 is leaking, urgent",
            {"description": "pump in cellar 3 is leaking", "urgent": "yes"},
        ),
        (
            "add a new tenant \u2013 Ole Marsh, flat 12, junior \u2013 today",
            {"name": "Ole Marsh", "flat": "12", "junior": "yes", "date": "today"},
        ),
        (
            "record a loan. Borrower: Ida Holm. Return date: 12 December.",
            {"Borrower": "Ida Holm", "Return date": "12 December"},
        ),
        ("file a complaint: missing luggage, 2 bags", {"description": "missing luggage", "bags": "2"}),
        ("book a visit with reason checkup and notes none, then submit it", {"reason": "checkup", "notes": "none"}),
    ],
)  # fmt: skip
def test_what_follows_a_thing_that_is_made_are_its_fields_with_their_values(
    text: str, expected: dict[str, str]
) -> None:
    assert parts(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "make a list of all books with title, price and rating",
        "report a summary of all orders, grouped by month",
        "create an agent: log in, download all invoices",
        "set up a monitor: every hour check the page, and tell me when a new post appears",
        "record the price, the stock and the name of every product",
    ],
)
def test_a_request_that_reads_lists_nothing_for_a_form(text: str) -> None:
    assert parts(text) == {}


async def filled(text: str) -> dict[str, object]:
    planner, view = OfflinePlanner(), WorkspaceView(now=datetime(2026, 11, 30, tzinfo=UTC))
    request = (await planner.understand(text, workspace=view)).requests[0]
    plan = await planner.plan(request, goal=text, answers={}, workspace=view)
    defaults = {f"{{inputs.{one.name}}}": one.default for one in plan.agents[0].inputs}
    return {
        field: defaults.get(value, value)
        for step in plan.agents[0].steps
        for field, value in step.values.items()
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "at http://x.test/p register a parcel for Mr Ode in flat 14, carrier DHL",
            {"name": "Mr Ode", "flat": 14, "carrier": "DHL"},
        ),
        (
            "book a court for two on 3 December at 7pm under the name Pell at http://x.test/b",
            {"people": 2, "date": "2026-12-03", "time": "19:00", "name": "Pell"},
        ),
        (
            "at http://x.test/l apply for leave from 14 to 18 December, deputy Oskar",
            {"start date": "2026-12-14", "end date": "2026-12-18", "deputy": "Oskar"},
        ),
        (
            "add 12 bags of cement to the delivery note at http://x.test/d",
            {"quantity": 12, "product": "cement"},
        ),
        (
            "add a new supplier Nordwind GmbH at http://x.test/s (payment terms 30 days)",
            {"name": "Nordwind GmbH", "payment terms": "30 days"},
        ),
    ],
)
async def test_a_form_is_read_in_ordinary_words(text: str, expected: dict[str, object]) -> None:
    assert await filled(text) == expected

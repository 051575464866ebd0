"""What a request puts in quotes, and codes that it says without, reach the plan as they are written."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from podium.tools.offline.planner import OfflinePlanner
from podium.tools.planner import WorkspaceView

WORKSPACE = WorkspaceView(now=datetime(2026, 11, 30, tzinfo=UTC), timezone="UTC")


async def inputs_of(goal: str) -> dict[str, str]:
    planner = OfflinePlanner()
    understanding = await planner.understand(goal, workspace=WORKSPACE)
    (request,) = understanding.requests
    plan = await planner.plan(request, goal=goal, answers={}, workspace=WORKSPACE)
    return {one.name: str(one.default) for one in plan.agents[0].inputs}


def filling(note: str) -> str:
    quoted = note.replace('"', '\\"')
    return f'fill in the form at http://site.test/q: note "{quoted}", city Oslo and send it'


NOTES = [
    "007", "1.50", "1,234.50", 'a "b" c', '5"', "one\ntwo", "Zoë Ünal", "日本語", "every day at 8",
    "download all invoices", "yes", "a@b.test", "{x}", "x & y; z", "A. B. Cole.", "O'Hara", "C:\\temp", "50%", "a" * 3000,
]  # fmt: skip


@pytest.mark.parametrize("note", NOTES)
async def test_a_quoted_value_is_given_as_it_is_written(note: str) -> None:
    assert await inputs_of(filling(note)) == {"note": note, "city": "Oslo"}


@settings(deadline=None, max_examples=40)
@given(words=st.lists(st.text("abZéß07.,;'&", min_size=1, max_size=6), min_size=1, max_size=4))
async def test_no_mark_of_a_quoted_value_is_lost(words: list[str]) -> None:
    note = " ".join(words)

    assert await inputs_of(filling(note)) == {"note": note, "city": "Oslo"}


@pytest.mark.parametrize(
    ("said", "name", "value"),
    [
        ("reference 00417", "reference", "00417"),
        ("reference 12345678901234567890", "reference", "12345678901234567890"),
        ("phone (030) 12 34 56", "phone", "(030) 12 34 56"),
        ("iban DE89 3704 0044 0532 0130 00", "iban", "DE89 3704 0044 0532 0130 00"),
        ("last name Vos", "last_name", "Vos"),
        ("name J. B.", "name", "J. B."),
        ("breakfast no", "breakfast", "no"),
        ("payment date 31 March 2027", "payment_date", "2027-03-31"),
    ],
)
async def test_a_code_keeps_every_sign(said: str, name: str, value: str) -> None:
    found = await inputs_of(f"fill in the form at http://site.test/q: city Oslo, {said}")

    assert found == {"city": "Oslo", name: value}

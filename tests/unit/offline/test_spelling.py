"""A slip of the typing hand is read as what was meant, and told; a word of the site's own stays."""

from __future__ import annotations

import pytest

from podium.tools.offline.spelling import respelled
from tests.unit.offline.labels import understand

SITE = "https://boats.example/all"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("plese colect teh prices of all boats from", "please collect the prices of all boats from"),
        ("downlaod all invoices from", "download all invoices from"),
        ("could yuo plaese extarct the boats from", "could you please extract the boats from"),
        ("Colect name and price of all boats from", "Collect name and price of all boats from"),
    ],
)  # fmt: skip
def test_a_slip_is_read_as_what_was_meant_and_told(typed: str, meant: str) -> None:
    slipped = understand(f"{typed} {SITE}").requests[0]
    spelled = understand(f"{meant} {SITE}").requests[0]

    assert slipped.steps == spelled.steps
    assert slipped.agents == spelled.agents
    told = slipped.arguments["notes"]
    assert isinstance(told, list)
    assert all("is read as" in str(note) for note in told)
    assert len(told) == sum(a != b for a, b in zip(typed.split(), meant.split(), strict=True))


@pytest.mark.parametrize(
    "goal",
    [
        f"resort prices from {SITE}",
        f"wines from {SITE}",
        f"collect the namo of all boats from {SITE}",
        f'search for "teh hobbit" on {SITE}',
        "colect.example",
    ],
)
def test_a_word_that_may_be_meant_is_left_as_it_is(goal: str) -> None:
    request = understand(goal).requests[0]

    assert "is read as" not in str(request.arguments.get("notes", ""))


def test_what_is_no_plain_word_is_never_respelled() -> None:
    said = respelled("plese open it", lambda text: ())

    assert said.text == "please open it"
    assert said.notes == ("'plese' is read as 'please'",)
    assert respelled("open it, please", lambda text: ()).notes == ()

"""What counts as a page's word that there is none of something."""

from __future__ import annotations

import pytest

from podium.tools.grounding.emptiness import says_none
from tests.unit.building.pages import a_field, a_page


@pytest.mark.parametrize(
    "line",
    [
        "No alerts.", "There are no open alerts", "You have no alerts right now", "0 alerts", "Nothing found", "No data",
        "Your inbox is empty", "Keine Einträge vorhanden", "Es gibt keine Alerts", "Aucun résultat", "No hay datos", "Nessun risultato",
    ],
)  # fmt: skip
def test_a_short_line_says_it(line: str) -> None:
    page = a_page(text=f"Overview\n{line}\nImprint")

    assert says_none(page, ("Alerts",)) == line


@pytest.mark.parametrize(
    "line",
    [
        "No. of alerts: 4", "No", "No smoking", "Alerts", "12 alerts", "Not all alerts are shown", "No refunds after 14 days",
        "No alerts are lost while the server restarts, as each of them is kept on the disk until somebody has read it",
    ],
)  # fmt: skip
def test_other_lines_do_not(line: str) -> None:
    assert says_none(a_page(text=line), ("Alerts",)) == ""


def test_a_page_that_asks_for_a_password_speaks_of_something_else() -> None:
    page = a_page(a_field("Password", kind="password"), text="No account yet? Register")

    assert says_none(page, ("Accounts",)) == ""
    assert says_none(a_page(text="No account yet"), ("Accounts",)) != ""

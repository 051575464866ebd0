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
        "No alerts could be found", "No alerts yet. You can create your first one here.", "No alerts have been raised yet", "No matching alerts found",
        "There are no alerts that match your search", "No data available in table", "No alerts to display", "No alerts for this week", "Sorry, no results!",
        "No alerts - create one", "Keine Alerts gefunden", "Aucune donnée n'a été trouvée", "0 results \u00b7 page 1", "No records were found for 'x'",
        "No alerts (0)", "No alerts assigned to you", "No alerts awaiting approval", "There are no remaining alerts",
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
        "No alerts could be loaded", "No alerts. An error occurred", "No data connection", "No connection to the alerts service", "No alerts permission",
        "0 alerts selected", "No alert may be read twice", "Nothing to show: the connection failed", "No connection to alerts", "0 of 12 alerts",
        "Keine Alerts konnten geladen werden", "No data could be fetched from the server", "No alerts were sent", "No entries can be changed here",
        "No alerts are shown while offline", "There are no alerts in this list as the service is down", "No alerts: service unavailable",
    ],
)  # fmt: skip
def test_other_lines_do_not(line: str) -> None:
    assert says_none(a_page(text=line), ("Alerts",)) == ""


@pytest.mark.parametrize("line", ["No errors", "No failed jobs", "No connections found"])
def test_a_list_of_failures_may_be_empty(line: str) -> None:
    assert says_none(a_page(text=line), ("Errors", "Failed jobs", "Connections")) == line


def test_a_page_that_asks_for_a_password_speaks_of_something_else() -> None:
    page = a_page(a_field("Password", kind="password"), text="No account yet? Register")

    assert says_none(page, ("Accounts",)) == ""
    assert says_none(a_page(text="No account yet"), ("Accounts",)) != ""

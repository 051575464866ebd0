from __future__ import annotations

import pytest

from podium.tools.models.grounds import addresses_in, grounds_of
from podium.tools.planner import AgentBrief, WorkspaceView

SHOP = WorkspaceView(
    agents=(AgentBrief(name="prices", goal="g", state="deployed", site="https://shop.test"),),
    secrets=(("erp", "https://erp.test"),),
    timezone="Europe/Berlin",
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("open http://127.0.0.1:8000/a?b=1.", ("http://127.0.0.1:8000/a?b=1",)),
        ("go to portal.example.com/x, then", ("https://portal.example.com/x",)),
        ("at localhost:8080 (see www.example.org)", ("http://localhost:8080", "https://www.example.org")),
        ("mail bob@example.com the report.csv", ()),
        ("https://me:[secret]@shop.example.com/a", ("https://shop.example.com/a",)),
        ("https://me:pw@shop.example.com/a", ("https://shop.example.com/a",)),
        ("it costs 3.50 on 1.2.2026", ()),
    ],
)  # fmt: skip
def test_addresses_are_found_and_nothing_else_is(text: str, found: tuple[str, ...]) -> None:
    assert addresses_in(text) == found


def test_an_address_of_the_request_may_be_named_in_any_spelling() -> None:
    grounds = grounds_of("look at example.com/list/", WorkspaceView())
    assert grounds.address("http://EXAMPLE.com/list") == "https://example.com/list/"
    assert grounds.address("example.com") == "https://example.com"


@pytest.mark.parametrize(
    "said",
    ["https://example.com/other", "https://example.com.evil.test", "https://evil.test", "evil", "https://example.com:8443/list", "https://sub.example.com"],
)  # fmt: skip
def test_an_address_that_nobody_named_is_not_known(said: str) -> None:
    assert grounds_of("look at https://example.com/list", WorkspaceView()).address(said) is None


def test_sites_of_the_workspace_are_known() -> None:
    grounds = grounds_of("the shop again", SHOP)
    assert grounds.address("https://shop.test/") == "https://shop.test"
    assert grounds.address("erp.test") == "https://erp.test"


def test_a_credential_belongs_to_its_site() -> None:
    grounds = grounds_of("x", SHOP)
    assert grounds.secret_of("erp", "https://erp.test")
    assert grounds.secret_of("erp", "")
    assert not grounds.secret_of("erp", "https://shop.test")
    assert not grounds.secret_of("admin", "")


def test_copied_words_may_differ_in_case_spaces_and_quotes() -> None:
    grounds = grounds_of("subject “Broken  Scanner” please", WorkspaceView())
    assert grounds.copied('subject "broken scanner"')
    assert not grounds.copied("broken printer")


def test_a_template_stands_only_for_declared_inputs() -> None:
    grounds = grounds_of("order number, as given", WorkspaceView())
    assert grounds.copied("order {inputs.number}", inputs=["number"])
    assert not grounds.copied("order {inputs.other}", inputs=["number"])
    assert not grounds.copied("{secrets.erp}", inputs=["number"])


@pytest.mark.parametrize(
    ("name", "allowed"),
    [("Europe/Berlin", True), ("Europe/London", True), ("Asia/Tokyo", False), ("Nowhere/X", False)],
)
def test_a_time_zone_is_the_workspaces_or_named(name: str, allowed: bool) -> None:
    assert grounds_of("every day at 8 London time", SHOP).may_use_zone(name) is allowed

"""Names of columns as a person says them and as the list does."""

from __future__ import annotations

import pytest

from podium.tools.building.lists import fits
from podium.tools.building.wanted import Wanted, shorter_names
from tests.unit.building.pages import a_page, a_table


@pytest.mark.parametrize(
    ("field", "thing", "shorter"),
    [
        ("order number", "orders", ("number", "order")),
        ("number", "orders", ()),
        ("order", "orders", ()),
        ("loan date", "overdue loans", ("date",)),
        ("shelf mark", "books", ()),
    ],
)
def test_a_list_need_not_repeat_what_it_is_a_list_of(
    field: str, thing: str, shorter: tuple[str, ...]
) -> None:
    assert shorter_names(field, thing) == shorter


def test_a_list_that_calls_the_order_number_number_has_all_that_is_wanted_of_it() -> None:
    wanted = Wanted(thing="orders", rows=True, fields=("order number", "total"))
    listing = a_table(["Number", "Total"], [["ORD-1", "12.50"], ["ORD-2", "99.00"]])

    [fit] = fits(a_page(headings=("Orders",), collections=(listing,)), wanted)

    assert fit.coverage == 1.0

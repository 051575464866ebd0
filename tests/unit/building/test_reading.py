"""Names of columns as a person says them and as the list does."""

from __future__ import annotations

import pytest

from podium.tools.building.acts.reading import without_thing


@pytest.mark.parametrize(
    ("field", "thing", "short"),
    [
        ("order number", "orders", "number"),
        ("number", "orders", ""),
        ("order", "orders", ""),
        ("loan date", "overdue loans", "date"),
        ("shelf mark", "books", ""),
    ],
)
def test_a_list_need_not_repeat_what_it_is_a_list_of(field: str, thing: str, short: str) -> None:
    assert without_thing(field, thing) == short

"""Names of columns as a person says them and as the list does."""

from __future__ import annotations

import pytest

from podium.tools.building.acts.reading import shorter_names


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

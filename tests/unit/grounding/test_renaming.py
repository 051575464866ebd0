"""What attributes say of a control and what they do not."""

from __future__ import annotations

import pytest

from podium.state.target import Target
from podium.tools.grounding.renaming import identity
from podium.tools.page import Node


@pytest.mark.parametrize(
    ("role", "name", "was", "now", "same"),
    [
        ("textbox", "email", ":r5:", ":r9:", True),
        ("textbox", "email", "email", "email", True),
        ("radio", "size", "s1", "s2", False),
        ("checkbox", "size", "s1", "s2", False),
        ("textbox", "qty[]", "a7", "a9", False),
        ("textbox", "qty", "qty-7", "qty-9", False),
    ],
)
def test_another_id_counts_where_several_may_share_the_name(
    role: str, name: str, was: str, now: str, *, same: bool
) -> None:
    target = Target(role=role, attributes={"name": name, "id": was})
    node = Node(ref="a", tag="input", role=role, attributes={"name": name, "id": now})

    assert (identity(target, node) == 1.0) is same


def test_another_id_counts_in_a_row() -> None:
    target = Target(role="textbox", row_key="7", attributes={"name": "qty", "id": "a7"})
    node = Node(
        ref="a", tag="input", role="textbox", row="r9", attributes={"name": "qty", "id": "a9"}
    )

    assert identity(target, node) < 0.99

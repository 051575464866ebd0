"""The radio group that stands where a list of options was."""

from __future__ import annotations

import pytest

from podium.state.target import Target
from podium.tools.grounding.choices import radio_for
from podium.tools.page import Node, Snapshot

SHIFT = Target(role="combobox", label="Shift", name="Shift")


def an_option(ref: str, name: str, legend: str) -> Node:
    return Node(ref=ref, tag="input", role="radio", name=name, label=name, anchors=(legend,))


def found(value: str, *options: Node) -> str:
    page = Snapshot(
        url="http://site.test/", title="", headings=(), messages=(), text="", nodes=options, forms=(), collections=()
    )  # fmt: skip
    node = radio_for(SHIFT, value, page)
    return node.ref if node else ""


def test_the_option_of_the_group_of_the_same_name_is_it() -> None:
    assert found("Late", an_option("a", "Early", "Shift"), an_option("b", "late", "Shift")) == "b"


@pytest.mark.parametrize("legend", ["Ward", "Shift in return", ""])
def test_an_option_of_another_group_is_not(legend: str) -> None:
    assert found("Late", an_option("a", "Late", legend)) == ""


def test_of_two_such_options_none_is() -> None:
    assert found("Late", an_option("a", "Late", "Shift"), an_option("b", "Late", "Shift")) == ""


def test_another_value_is_not_taken_for_it() -> None:
    assert found("Late", an_option("a", "Later", "Shift")) == ""

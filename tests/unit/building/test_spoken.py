"""Parts of a dictated form, put where their own words belong."""

from __future__ import annotations

import pytest

from podium.tools.building.spoken import meant
from podium.tools.page import Node


def control(ref: str, label: str, **more: object) -> Node:
    fields = {
        "ref": ref,
        "tag": "input",
        "role": "textbox",
        "name": label,
        "label": label,
        "visible": True,
    }
    return Node(**{**fields, **more})  # type: ignore[arg-type]


FORM = (
    control("name", "Your name"),
    control("mail", "E-mail", input_type="email"),
    control("hours", "Hours per week", role="spinbutton", input_type="number"),
    control("start", "Start", input_type="date"),
    control("area", "Area", tag="select", role="combobox", options=("Choose", "Kitchen", "Garden")),
    control("terms", "I accept the terms and conditions", role="checkbox", input_type="checkbox"),
    control("news", "Newsletter", role="switch", tag="button"),
)


@pytest.mark.parametrize(
    ("part", "places"),
    [
        ("hours a week 12", [("hours", "12")]),
        ("12 hours a week", [("hours", "12")]),
        ("Ann Lee", [("name", "Ann Lee")]),
        ("ann@lee.test", [("mail", "ann@lee.test")]),
        ("garden", [("area", "Garden")]),
        ("the terms are accepted", [("terms", "yes")]),
        ("no newsletter", [("news", "no")]),
        ("Ann Lee on 2027-01-03", [("name", "Ann Lee"), ("start", "2027-01-03")]),
        ("broken window", []),
    ],
)
def test_a_part_goes_where_its_words_belong_or_nowhere(
    part: str, places: list[tuple[str, str]]
) -> None:
    assert [(one.node.ref, one.value) for one in meant(part, FORM)] == places

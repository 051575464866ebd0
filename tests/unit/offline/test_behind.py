"""A condition right behind another, without a word that joins them, is a condition of its own."""

from __future__ import annotations

import pytest

from tests.unit.offline.labels import understand


@pytest.mark.parametrize(
    ("said", "rules"),
    [
        ("that have no agent cheaper than 35", [("agent", "=", ""), ("price", "<", 35)]),
        ("that have a keeper priced 35 or more", [("keeper", "!=", ""), ("price", ">=", 35)]),
        ("with a rating higher than 4", [("rating", ">", 4)]),
        ("neither sunk nor rotten not in category Racing", [("", "!=", None), ("", "!=", None), ("category", "!=", "Racing")]),
        ("that aren't on loan lacking a keeper", [("", "!=", None), ("keeper", "=", "")]),
        ("that were returned of branch North", [("", "=", None), ("branch", "=", "North")]),
        ("last serviced more than 30 days ago", [("date", "<", "{date.today-30}")]),
        ("but not the rotten ones that have no keeper", [("", "!=", None), ("keeper", "=", "")]),
    ],
)  # fmt: skip
def test_each_condition_is_read_for_itself(said: str, rules: list[object]) -> None:
    request = understand(f"collect all vessels {said} from https://boats.example/all").requests[0]

    read = [(rule.column, rule.cmp, rule.value) for step in request.steps for rule in step.rules]

    assert read == rules
    assert {step.thing for step in request.steps if step.op == "extract"} == {"vessels"}

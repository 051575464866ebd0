"""A pick that is left out, and what is left of a pick: nothing is planned rather than the opposite."""

from __future__ import annotations

import pytest

from tests.unit.offline.labels import understand


@pytest.mark.parametrize(
    ("said", "named"),
    [
        ("delete all backups but the latest at https://b.example/backups", "but the latest"),
        ("at https://b.example/backups keep the latest three and delete the rest", "delete the rest"),
        ("remove all versions except for the last two at https://b.example/versions", "except for the last two"),
        ("archive every report at https://r.example/reports apart from the most recent one", "apart from the most recent one"),
        ("save all reports at https://r.example/reports except the first", "except the first"),
        ("approve the first five requests at https://hr.example/requests and reject the others", "reject the others"),
        ("approve requests under 100 euros at https://hr.example/requests and reject everything else", "reject everything else"),
    ],
)  # fmt: skip
def test_nothing_is_planned_of_what_would_be_read_as_its_opposite(said: str, named: str) -> None:
    read = understand(said)

    assert [(request.verb, request.steps) for request in read.requests] == [("create", ())]
    assert read.requests[0].site.startswith("https://")
    assert read.unexplained == (named,)
    assert named in read.reply


@pytest.mark.parametrize(
    "said",
    [
        "fill the form at https://f.example/form with name Ann, leave the rest empty and submit it",
        "collect all boats at https://b.example/boats but only the newest three",
        "collect all boats at https://b.example/boats every day except the first Monday of the month",
        "collect all boats at https://b.example/boats but not the ones from Oslo",
    ],
)
def test_other_ends_of_a_sentence_are_planned(said: str) -> None:
    assert understand(said).requests[0].steps

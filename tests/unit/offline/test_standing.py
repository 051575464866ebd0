"""Questions how things stand are heard; jobs and answers that sound alike are not taken for them."""

from __future__ import annotations

import pytest

from podium.tools.offline.standing import read_standing


@pytest.mark.parametrize(
    "text",
    [
        "continue",
        "Go on.",
        "please carry on with it",
        "what is going on?",
        "What\u2019s happening right now?",
        "what are you waiting for?",
        "is anything running at the moment?",
        "which questions wait for me?",
        "where were we?",
    ],
)
def test_how_things_stand_is_asked_in_many_ways(text: str) -> None:
    reading = read_standing(text)

    assert reading is not None
    assert reading.requests[0].arguments == {"what": "standing"}


@pytest.mark.parametrize(
    "text", ["did any build fail?", "which requests failed today?", "show me the abandoned builds"]
)
def test_builds_that_failed_are_asked_for(text: str) -> None:
    reading = read_standing(text)

    assert reading is not None
    assert reading.requests[0].arguments["outcome"] == "fail"


@pytest.mark.parametrize(
    "text",
    [
        "continue reading https://a.test and save the titles",
        "resume prices",
        "go on https://a.test and list the prices",
        "what is running on https://status.test?",
        "status",
        "collect what is open at https://a.test",
    ],
)
def test_a_job_or_a_word_is_no_such_question(text: str) -> None:
    assert read_standing(text) is None

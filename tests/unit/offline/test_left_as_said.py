"""Wordings that look like an order, a list or talk about passwords, and are none."""

from __future__ import annotations

import time

import pytest

from podium.tools.offline.courtesy import without_courtesy
from podium.tools.offline.pasted import find_secrets
from podium.tools.offline.rewording import reworded
from tests.unit.offline.labels import understand

SITE = "https://boats.example/all"


@pytest.mark.parametrize(
    "goal",
    [
        f"check order form at {SITE}: status",
        f"monitor contact form at {SITE}: phone number changes",
        f"verify signup form at {SITE}: works",
    ],
)
def test_a_form_that_is_looked_at_is_not_sent(goal: str) -> None:
    steps = [step.op for request in understand(goal).requests for step in request.steps]

    assert not {"fill", "submit"} & set(steps)


@pytest.mark.parametrize(
    "goal",
    [
        f"purge old logs at {SITE}",
        f"wipe old drafts at {SITE}",
        f"purge all drafts out of {SITE}",
        f"evict the tenants out of {SITE}",
    ],
)
def test_a_verb_that_nothing_knows_is_not_read_as_a_list(goal: str) -> None:
    reading = understand(goal)

    assert reading.confidence < 0.5 or reading.unexplained


@pytest.mark.parametrize(
    "text",
    ["my password: good", "password: okay", "password=Working", "the password is fine"],
)
def test_a_password_that_is_a_common_word_is_cut_out(text: str) -> None:
    assert len(find_secrets(text)[1]) == 1


def test_a_question_whether_a_password_works_is_left_alone() -> None:
    assert find_secrets("is the stored password still good?")[1] == ()
    assert find_secrets("is my password ok?")[1] == ()


@pytest.mark.parametrize("blanks", [" " * 800, "\n" * 5000, " \n" * 2000])
def test_long_runs_of_blanks_are_read_fast(blanks: str) -> None:
    begun = time.process_time()
    reworded(without_courtesy(f"list boats at {SITE}.{blanks}ok thanks"))

    assert time.process_time() - begun < 1


@pytest.mark.parametrize(
    ("goal", "which", "by"),
    [
        (f"list the first 5 boats at {SITE} with name, latest arrival first", "highest", "arrival"),
        (f"list the first 5 boats at {SITE}, soonest departure first", "lowest", "departure"),
        (f"list 5 boats at {SITE}, highest price first", "highest", "price"),
        (f"list 5 boats at {SITE}, cheapest berth first", "lowest", "berth"),
        (f"list the first 5 boats at {SITE}, oldest age first", "highest", "age"),
    ],
)
def test_a_superlative_before_its_column_says_which_are_picked(
    goal: str, which: str, by: str
) -> None:
    (request,) = understand(goal).requests

    picks = [(step.which, step.fields, step.count) for step in request.steps if step.op == "pick"]
    assert picks == [(which, (by,), 5)]


def test_the_best_price_is_not_guessed() -> None:
    assert understand(f"list the first 5 boats at {SITE}, best price first").unexplained

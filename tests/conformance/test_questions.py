from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from podium.state.errors import Conflict, NotFound
from podium.state.stores import Stores
from tests.builders import NOON, a_question


def test_open_questions_come_oldest_first(stores: Stores) -> None:
    for name, minutes in (("q_late", 5), ("q_early", 1)):
        stores.questions.ask(a_question(name, asked_at=NOON + timedelta(minutes=minutes)))
    stores.questions.ask(a_question("q_other", thread_id="thread_2"))

    assert [kept.question.id for kept in stores.questions.open()] == [
        "q_other",
        "q_early",
        "q_late",
    ]
    assert [kept.question.id for kept in stores.questions.open(thread_id="thread_1")] == [
        "q_early",
        "q_late",
    ]


def test_an_answered_question_is_kept_with_its_answer(stores: Stores) -> None:
    stores.questions.ask(a_question())

    answered = stores.questions.answer("q_1", {"url": "https://shop.test"})

    assert answered.answer == {"url": "https://shop.test"}
    assert stores.questions.get("q_1") == answered
    assert stores.questions.open() == ()


def test_asking_again_changes_nothing_not_even_an_answer(stores: Stores) -> None:
    stores.questions.ask(a_question())
    stores.questions.answer("q_1", {"url": "a"})

    stores.questions.ask(a_question(thread_id="elsewhere"))

    assert stores.questions.open() == ()
    assert stores.questions.get("q_1").answer == {"url": "a"}
    assert stores.questions.get("q_1").thread_id == "thread_1"


def test_a_question_is_answered_once(stores: Stores) -> None:
    stores.questions.ask(a_question())
    stores.questions.answer("q_1", {"url": "a"})

    with pytest.raises(Conflict, match="'Which site\\?' is answered"):
        stores.questions.answer("q_1", {"url": "b"})

    assert stores.questions.get("q_1").answer == {"url": "a"}


def test_of_many_answers_at_once_one_wins(stores: Stores) -> None:
    stores.questions.ask(a_question())

    def answer(number: int) -> int | None:
        try:
            stores.questions.answer("q_1", {"url": str(number)})
        except Conflict:
            return None
        return number

    with ThreadPoolExecutor(8) as pool:
        winners = [number for number in pool.map(answer, range(16)) if number is not None]

    assert len(winners) == 1
    assert stores.questions.get("q_1").answer == {"url": str(winners[0])}


def test_a_withdrawn_question_cannot_be_answered(stores: Stores) -> None:
    stores.questions.ask(a_question())
    stores.questions.ask(a_question("q_2", thread_id="thread_2"))

    stores.questions.withdraw("thread_1")

    assert [kept.question.id for kept in stores.questions.open()] == ["q_2"]
    assert stores.questions.get("q_1").answer is None
    with pytest.raises(Conflict):
        stores.questions.answer("q_1", {"url": "a"})


def test_an_unknown_question_is_not_found(stores: Stores) -> None:
    with pytest.raises(NotFound):
        stores.questions.get("q_9")
    with pytest.raises(NotFound):
        stores.questions.answer("q_9", {})

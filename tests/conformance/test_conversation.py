from __future__ import annotations

from podium.state.stores import Stores, Turn
from tests.builders import NOON


def said(text: str, *, thread_id: str = "chat_1", queued: bool = False) -> Turn:
    return Turn(thread_id=thread_id, role="user", text=text, at=NOON, queued=queued)


def test_what_was_said_comes_back_in_order(stores: Stores) -> None:
    for text in ("one", "two", "three"):
        stores.conversation.add(said(text))
    stores.conversation.add(said("elsewhere", thread_id="chat_2"))

    turns = stores.conversation.turns("chat_1", limit=2)

    assert [turn.text for turn in turns] == ["two", "three"]
    assert turns[0].seq < turns[1].seq
    assert turns[0].at == NOON


def test_queued_turns_are_taken_once_and_in_order(stores: Stores) -> None:
    stores.conversation.add(said("said already"))
    first = stores.conversation.add(said("first", queued=True))
    stores.conversation.add(said("second", queued=True))

    taken: list[str] = []
    while turn := stores.conversation.waiting("chat_1"):
        taken.append(turn.text)
        assert stores.conversation.take(turn)

    assert taken == ["first", "second"]
    assert not stores.conversation.take(first), "it was taken before"
    assert [turn.queued for turn in stores.conversation.turns("chat_1")] == [False] * 3


def test_threads_with_queued_turns_are_found(stores: Stores) -> None:
    later = stores.conversation.add(said("later", thread_id="chat_2", queued=True))
    stores.conversation.add(said("now"))

    assert stores.conversation.queued() == ("chat_2",)
    stores.conversation.take(later)
    assert stores.conversation.queued() == ()

"""One workspace through forty turns; `make transcript` restarts before every one of them."""

from __future__ import annotations

import random
from pathlib import Path
from typing import get_args

from podium.state.plan import Verb
from tests.transcript.ordinary import CONVERSATION, seed
from tests.transcript.play import play
from tests.transcript.turns import TURNS


def test_the_turns_are_forty_and_hold_every_verb() -> None:
    verbs = set(get_args(Verb))

    assert len(TURNS) >= 40
    assert {turn.verb for turn in TURNS} == verbs


async def test_every_answer_is_right_and_cites_through_restarts(tmp_path: Path) -> None:
    restarts = random.Random(7).sample(range(1, len(TURNS)), 3)

    played = await play(tmp_path, restart_before=restarts)

    assert played.wrong == []
    assert (played.turns, played.restarts) == (len(TURNS), 3)


async def test_a_conversation_as_people_talk_is_understood_in_one_thread(tmp_path: Path) -> None:
    restarts = random.Random(8).sample(range(1, len(CONVERSATION)), 3)

    played = await play(tmp_path, restart_before=restarts, turns=CONVERSATION, begin=seed)

    assert played.wrong == []
    assert (played.turns, played.restarts) == (len(CONVERSATION), 3)

"""What people ordinarily say to a workspace of five agents; `make transcript` plays every scene."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.transcript.talk import FIRST, SECOND, THIRD, Said, heard

SHORT = [
    *[scene for scene in FIRST if len(scene) in {1, 3, 4}][::4],
    SECOND[1],
    SECOND[4],
    SECOND[10],
    THIRD[11],
]
"""Each scene takes seconds: a few of them here."""


def test_the_talk_has_a_hundred_and_twenty_nine_turns() -> None:
    assert [sum(map(len, scenes)) for scenes in (FIRST, SECOND, THIRD)] == [60, 30, 39]


@pytest.mark.parametrize("scene", SHORT, ids=[scene[0].say[:40] for scene in SHORT])
async def test_what_is_said_comes_to_what_it_means(scene: tuple[Said, ...], tmp_path: Path) -> None:
    assert [wrong for turn in await heard(tmp_path, scene) for wrong in turn] == []

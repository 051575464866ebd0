"""What people ordinarily say to a workspace of five agents; `make transcript` plays every scene."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.transcript.talk import FIRST, SECOND, Said, heard

SHORT = [
    *[scene for scene in FIRST if len(scene) in {1, 3, 4}][::4],
    SECOND[1],
    SECOND[4],
    SECOND[10],
]
"""Each scene takes seconds: a few of them here."""


def test_the_talk_has_ninety_turns() -> None:
    assert [sum(map(len, scenes)) for scenes in (FIRST, SECOND)] == [60, 30]


@pytest.mark.parametrize("scene", SHORT, ids=[scene[0].say[:40] for scene in SHORT])
async def test_what_is_said_comes_to_what_it_means(scene: tuple[Said, ...], tmp_path: Path) -> None:
    assert [wrong for turn in await heard(tmp_path, scene) for wrong in turn] == []

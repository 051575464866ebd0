"""Jobs of one request that are done at times of their own: `every morning A, and every Friday B`."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from podium.tools.offline.frames import Frame
from podium.tools.offline.lexicon import among

_WORKS = among("take download watch search fill add submit sign_in")
_ARRIVES = among("open sign_in")


def timed_parts(frames: Sequence[Frame]) -> list[list[Frame]]:
    """Return the frames of each job that has a schedule of its own; one part when the request is one job.

    A job of its own says what is worked on: "and send them every Friday" is a second time for the first.
    """
    timed = [index for index, frame in enumerate(frames) if _is_job(frame)]
    if len({_rule(frames[index]) for index in timed}) < 2:
        return [list(frames)]
    starts = [0, *(_start(frames, before, index) for before, index in itertools.pairwise(timed))]  # fmt: skip
    parts = [list(frames[a:b]) for a, b in zip(starts, [*starts[1:], len(frames)], strict=True)]
    lead = [frame for frame in frames[: timed[0]] if frame.act in _ARRIVES]
    # "Log in to X. Every morning do A, and every Friday B": both begin there.
    return [
        part if position == 0 or any(frame.sites for frame in part) else [*lead, *part]
        for position, part in enumerate(parts)
    ]


def _is_job(frame: Frame) -> bool:
    said = [thing for thing in frame.things if thing.words and not thing.pronoun]
    return (
        frame.act in _WORKS
        and any(reading.sayable for reading in frame.schedules)
        and (bool(frame.sites) or not frame.pronoun)
        and not frame.clause.negated
        and bool(said or frame.fields or frame.sites)
    )


def _rule(frame: Frame) -> str:
    return " and ".join(reading.words for reading in frame.schedules)


def _start(frames: Sequence[Frame], before: int, index: int) -> int:
    """Return where the part begins whose schedule stands at `index`: where its own site is gone to, when that is said first."""
    known = {site for frame in frames[: before + 1] for site in frame.sites}
    for at in range(before + 1, index):
        if frames[at].act in _ARRIVES and set(frames[at].sites) - known:
            return at
    return index

"""Walks schedules from firing to firing, as the scheduler does, and compares with the oracle."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice, pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

from pydantic import JsonValue

from podium.state.triggers import Schedule, fires
from podium.tools.offline.schedules import read_schedule
from tests.kept import LOCK, kept_folder
from tests.schedules.oracle import CASES, EPOCH, SINCE, ZONES, Case, expected
from tests.unit.offline.schedule_words import (
    DEVELOPED,
    FIRST_SCORES,
    HELD_OUT,
    HELD_OUT_2,
    HELD_OUT_3,
    measured,
)

SOURCES = ("state", "tools/offline", "tests/schedules", LOCK)
"""What a walk depends on; the clock changes and the words are measured at every call."""
_AT_ONCE = 200
"""Firings taken from one start before the walk starts anew from the last one."""
_BUDGET_S = 540.0


@dataclass(frozen=True, slots=True)
class Tally:
    """How a walk differs from what was expected."""

    fired: int
    missed: int
    double: int
    wrong: int
    """Fired when nothing should."""


def walk(case: Case, zone: str, years: int) -> Tally:
    """Return how the rule's firings compare."""
    schedule = _schedule(case, zone)
    end = SINCE.timestamp() / 60 + years * 365 * 1440
    got: list[int] = []
    after = SINCE
    while True:
        batch = list(islice(fires(schedule, after=after), _AT_ONCE if case.minute else 1))
        if not batch:
            break
        got += [int((moment.astimezone(UTC) - EPOCH).total_seconds()) // 60 for moment in batch]
        if got[-1] > end:
            break
        after = batch[-1].astimezone(UTC)
    got = [minute for minute in got if minute <= end]
    wanted = set(expected(case, zone, years))
    return Tally(
        fired=len(got),
        missed=len(wanted - set(got)),
        double=len(got) - len(set(got)) + sum(later < earlier for earlier, later in pairwise(got)),
        wrong=len(set(got) - wanted),
    )


def _schedule(case: Case, zone: str) -> Schedule:
    said = datetime(2026, 12, 1, tzinfo=ZoneInfo(zone))
    schedule = read_schedule(case.said, timezone=zone, now=said)
    assert schedule is not None, case.said
    return schedule


def measure(*, years: int = 10, kept: Path | None = None) -> dict[str, JsonValue]:
    """Walk every case in every zone; what an earlier call did, and wrote to `kept`, is not done again."""
    done: dict[str, list[int]] = {}
    if kept is not None and kept.exists():
        done = json.loads(kept.read_text(encoding="utf-8"))
    started = time.monotonic()
    for case in CASES:
        for zone in ZONES:
            key = f"{years} {zone} {case.said}"
            if key in done or time.monotonic() - started > _BUDGET_S:
                continue
            tally = walk(case, zone, years)
            done[key] = [tally.fired, tally.missed, tally.double, tally.wrong]
            sys.stderr.write(f"{len(done)}/{len(CASES) * len(ZONES)} {key}: {tally}\n")
            if kept is not None:
                kept.write_text(json.dumps(done), encoding="utf-8")
    mine = {key: value for key, value in done.items() if key.startswith(f"{years} ")}
    return {
        "years": years,
        "expressions": len(CASES),
        "zones": len(ZONES),
        "walks": len(mine),
        "complete": len(mine) == len(CASES) * len(ZONES),
        "fired": sum(value[0] for value in mine.values()),
        "missed": sum(value[1] for value in mine.values()),
        "double": sum(value[2] for value in mine.values()),
        "wrong": sum(value[3] for value in mine.values()),
        "failing": [key for key, value in mine.items() if any(value[1:])],
        "clock_changes": _clock_changes(),
        "words": {
            path.name: _words(path) for path in (DEVELOPED, HELD_OUT, HELD_OUT_2, HELD_OUT_3)
        },
    }


def _clock_changes() -> JsonValue:
    """Return how often a daily job in the hour of the change fires on the days of both changes."""
    found: dict[str, JsonValue] = {}
    for zone, said, days in (
        ("Europe/Berlin", "every day at 2:30", ("2027-03-28", "2027-10-31")),
        ("America/New_York", "every day at 2:30", ("2027-03-14", "2027-11-07")),
        ("America/New_York", "every day at 1:30", ("2027-03-14", "2027-11-07")),
        ("Australia/Lord_Howe", "every day at 2:15", ("2027-10-03", "2027-04-04")),
        ("America/Santiago", "every day at 0:30", ("2027-09-05", "2027-04-03")),
    ):
        schedule = read_schedule(said, timezone=zone, now=SINCE)
        assert schedule is not None
        moments = list(islice(fires(schedule, after=SINCE), 400))
        found[f"{zone} {said}"] = [
            sum(moment.date().isoformat() == day for moment in moments) for day in days
        ]
    return found


def _words(path: Path) -> JsonValue:
    verdicts = measured(path)
    right = sum(verdict.right for verdict in verdicts)
    wrong: list[JsonValue] = [verdict.phrase.said for verdict in verdicts if not verdict.right]
    score: dict[str, JsonValue] = {"phrases": len(verdicts), "right": right, "wrong": wrong}
    if path.name in FIRST_SCORES:
        score["right_at_first_sight"] = FIRST_SCORES[path.name][0]
    return score


def main(arguments: list[str], say: Callable[[str], None]) -> int:
    """Print the figures, as one document with `--json`."""
    folder = kept_folder(".schedules", "main", sources=SOURCES, fresh="--fresh" in arguments)
    document = measure(kept=folder / "walks.json")
    if "--json" in arguments:
        say(json.dumps(document))
    else:
        for name, value in document.items():
            say(f"{name:14} {value}")
        if not document["complete"]:
            say("Not all walks are done yet: call it again.")
    good = document["complete"] and not document["failing"]
    return 0 if good else 1

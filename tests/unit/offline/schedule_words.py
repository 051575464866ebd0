"""How many of the labelled phrases mean to the reader what they mean to people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from podium.state.errors import UserError
from podium.state.triggers import Schedule, next_fires
from podium.tools.offline.schedules import read_schedule

HERE = Path(__file__).parent
DEVELOPED = HERE / "schedule_phrases.txt"
HELD_OUT = HERE / "schedule_phrases_held_out.txt"
HELD_OUT_2 = HERE / "schedule_phrases_held_out_2.txt"
HELD_OUT_3 = HERE / "schedule_phrases_held_out_3.txt"
FIRST_SCORES = {HELD_OUT.name: (65, 71), HELD_OUT_2.name: (73, 81), HELD_OUT_3.name: (51, 60)}
"""What came out before anything was changed because of them."""
ZONE = "Europe/Berlin"
NOW = datetime(2026, 11, 30, 10, tzinfo=ZoneInfo(ZONE))
_COMPARED = 60


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase with its label."""

    said: str
    means: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of a phrase."""

    phrase: Phrase
    right: bool
    got: str


def phrases(path: Path) -> list[Phrase]:
    """Return the labelled phrases of a file."""
    found: list[Phrase] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            said, _, means = line.partition(" => ")
            found.append(Phrase(said.strip(), means.strip()))
    return found


def judge(phrase: Phrase) -> Verdict:
    """Return whether the phrase is read as labelled."""
    try:
        schedule = read_schedule(phrase.said, timezone=ZONE, now=NOW)
    except UserError as error:
        return Verdict(phrase, phrase.means == "ask", error.message)
    if schedule is None:
        return Verdict(phrase, False, "by hand")
    got = schedule.cron or schedule.words
    if phrase.means == "ask":
        return Verdict(phrase, False, got)
    if phrase.means.startswith("fires:"):
        return Verdict(phrase, _fires_as(schedule, phrase.means), _local(schedule, 6))
    wanted = Schedule(cron=phrase.means, timezone=ZONE)
    same = next_fires(schedule, after=NOW, count=_COMPARED) == next_fires(
        wanted, after=NOW, count=_COMPARED
    )
    return Verdict(phrase, same, got)


def _fires_as(schedule: Schedule, label: str) -> bool:
    listed = label.removeprefix("fires:").strip()
    ends = listed.endswith("end")
    wanted = [part.strip() for part in listed.removesuffix("end").split(",")]
    got = _local(schedule, len(wanted) + 1).split(", ")
    return got[: len(wanted)] == wanted and (not ends or len(got) == len(wanted))


def _local(schedule: Schedule, count: int) -> str:
    found = next_fires(schedule, after=NOW, count=count)
    return ", ".join(f"{moment:%Y-%m-%dT%H:%M}" for moment in found)


def measured(path: Path) -> list[Verdict]:
    """Return a verdict on every phrase of a file."""
    return [judge(phrase) for phrase in phrases(path)]

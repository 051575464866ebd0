"""A schedule out of words or a cron expression: what doors and answers give."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from podium.state.errors import InvalidAnswer, UserError
from podium.state.triggers import Schedule, check_cron
from podium.tools.offline.recurrence_reader import RecurrenceReading, parse_recurrence

_BY_HAND = frozenset(
    {"by hand", "none", "never", "no", "no schedule", "manually", "manual", "once", "on demand"}
)
_CRON = re.compile(
    r"[\d*,/#LW-]+(?:\s+(?:[\d*,/#LW-]+|[A-Za-z]{3}(?:[-,][A-Za-z]{3})*)){4}|[\d*,/#LW-]*[*/,][\d*,/#LW-]*(?:\s+[\d*,/#LW-]+)*"
)
"""Five fields, or what can only be meant for them."""
_NICKNAMES = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
}


@dataclass(frozen=True, slots=True)
class ScheduleSaid:
    """A schedule, none for `by hand`, and what was assumed to get it."""

    schedule: Schedule | None
    assumed: str = ""


def read_schedule(text: str, *, timezone: str, now: datetime | None) -> Schedule | None:
    """Return the schedule that words or a cron expression say; none for `by hand`. Raises as `hear_schedule`."""
    return hear_schedule(text, timezone=timezone, now=now).schedule


def hear_schedule(text: str, *, timezone: str, now: datetime | None) -> ScheduleSaid:
    """Return the schedule that words or a cron expression say, with what was assumed.

    Raises:
        InvalidAnswer: If they say no exact rule.
    """
    said = " ".join(text.split())
    if said.lower().strip(".!") in _BY_HAND:
        return ScheduleSaid(None)
    cron = _NICKNAMES.get(said.lower(), said)
    if _CRON.fullmatch(cron):
        try:
            check_cron(cron)
        except UserError as error:
            raise InvalidAnswer(f"schedule: {error.message}", hint=error.hint) from error
        return ScheduleSaid(Schedule(cron=cron, timezone=timezone, words=said))
    reading = parse_recurrence(said, now=now, timezone=timezone)
    if reading is None:
        raise InvalidAnswer(
            f"schedule: {text!r} is not a rule I can read",
            hint="Say one such as `every weekday at 8`, a cron expression, or `by hand`.",
        )
    if not reading.sayable:
        raise InvalidAnswer(
            f"schedule: no rule can say {reading.problem}",
            hint=f"For instance: {reading.proposal or 'every day at 8'}.",
        )
    return ScheduleSaid(schedule_of(reading, timezone=timezone, now=now), reading.assumed)


def schedule_of(reading: RecurrenceReading, *, timezone: str, now: datetime | None) -> Schedule:
    """Return the schedule of what was read.

    Raises:
        InvalidAnswer: If it is no exact rule after all.
    """
    found = reading.at(now, timezone)
    zone = found.timezone or timezone
    if found.cron:
        return Schedule(cron=found.cron, timezone=zone, words=found.words)
    if found.rule is None:
        raise InvalidAnswer(
            f"schedule: no rule can say {found.problem or found.text!r}",
            hint=f"For instance: {found.proposal or 'every day at 8'}.",
        )
    return Schedule(rule=found.rule, timezone=zone, words=found.words)

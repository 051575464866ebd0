"""Schedules: what they say and when they fire. Reading them from words is the planner's business."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cronsim import CronSim, CronSimError
from pydantic import field_validator

from podium.state.document import Document
from podium.state.errors import UserError


class Schedule(Document):
    """A rule that says when an agent runs."""

    cron: str
    """Five fields: minute hour day month weekday."""
    timezone: str = "UTC"
    words: str = ""
    """The rule as a person says it."""

    @field_validator("cron")
    @classmethod
    def _five_fields(cls, value: str) -> str:
        check_cron(value)
        return value

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        zone(value)
        return value


def check_cron(expression: str) -> None:
    """Accept a five-field cron expression.

    Raises:
        UserError: If it is not one.
    """
    if len(expression.split()) != 5:
        raise UserError(
            f"{expression!r} is not a schedule",
            hint="Give five fields: minute hour day month weekday, such as `0 8 * * 1-5`.",
        )
    try:
        CronSim(expression, datetime(2026, 1, 1))  # noqa: DTZ001  only the syntax is checked
    except CronSimError as error:
        raise UserError(
            f"{expression!r} is not a schedule: {error}",
            hint="Give five fields: minute hour day month weekday, such as `0 8 * * 1-5`.",
        ) from error


def zone(name: str) -> ZoneInfo:
    """Return the IANA time zone of that name.

    Raises:
        UserError: If there is none.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise UserError(
            f"{name!r} is not a time zone", hint="Use an IANA name such as Europe/Berlin."
        ) from error


def fires(schedule: Schedule, *, after: datetime) -> Iterator[datetime]:
    """Yield the firings strictly later than `after`, in the schedule's zone; a daily job fires once on both DST changes."""
    local = after.astimezone(zone(schedule.timezone))
    for moment in CronSim(schedule.cron, local):
        # In the hour that comes twice the iterator looks back into the first one; and two moments
        # of one zone compare by their wall clocks.
        if moment.astimezone(UTC) > after:
            yield moment


def next_fires(schedule: Schedule, *, after: datetime, count: int = 5) -> tuple[datetime, ...]:
    """Return the next `count` firings strictly later than `after`."""
    return tuple(islice(fires(schedule, after=after), count))

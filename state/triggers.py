"""What starts an agent: schedules and when they fire, webhooks, other agents. Reading schedules from words is the planner's business."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from itertools import islice, takewhile
from typing import Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cronsim import CronSim, CronSimError
from pydantic import Field, JsonValue, field_validator, model_validator

from podium.state.document import Document, JsonObject
from podium.state.errors import Conflict, UserError
from podium.state.recurrence import Rule
from podium.state.runs import Outcome, Run

Missed = Literal["skip", "latest", "all"]
Overlap = Literal["skip", "queue", "cancel_previous"]
TriggerKind = Literal["webhook", "chain"]

_CHANGE_MINUTES = 180
"""So long after a change of the clocks each minute is looked at by itself."""
FAN_OUT = 20
"""Runs that are started for the rows of one run, unless the chain says otherwise."""
_PLACE = re.compile(r"\{(outputs|row)\.([A-Za-z0-9_.-]+)\}")


class Schedule(Document):
    """A rule that says when an agent runs, and what to do when it could not."""

    cron: str = ""
    """Five fields: minute hour day month weekday. Empty when only `rule` can say it."""
    timezone: str = "UTC"
    words: str = ""
    """The rule as a person says it."""
    rule: Rule | None = None
    """What five fields cannot say."""
    missed: Missed = "latest"
    """After downtime: start nothing, one run for all, or one for each up to `cap`."""
    overlap: Overlap = "skip"
    """While the run before is unfinished: leave the firing out, let it wait, or cancel that run."""
    cap: int = Field(default=10, ge=1, le=1000)
    """Most firings that are made up for (`missed=all`) or wait (`overlap=queue`)."""
    exclusive: bool = False
    """Wait while a run of another agent uses one of the same credentials."""
    pause_after: int = Field(default=5, ge=0, le=1000)
    """Consecutive failed runs after which the schedule pauses and asks; 0: never."""

    @field_validator("cron")
    @classmethod
    def _five_fields(cls, value: str) -> str:
        if value:
            check_cron(value)
        return value

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        zone(value)
        return value

    @model_validator(mode="after")
    def _one_rule(self) -> Self:
        if bool(self.cron) == (self.rule is not None):
            raise UserError("A schedule has either a cron expression or a rule")
        return self

    @property
    def policies(self) -> dict[str, object]:
        """What to do when it could not run: everything but the rule itself."""
        names = ("missed", "overlap", "cap", "exclusive", "pause_after")
        return {name: getattr(self, name) for name in names}

    @property
    def shown(self) -> str:
        """The rule for a person, whatever it was made from."""
        return self.words or self.cron


class Chain(Document):
    """Starts an agent when another one has finished."""

    after: str
    """The agent that is waited for."""
    outcomes: tuple[Outcome, ...] = ("success",)
    inputs: JsonObject = Field(default_factory=dict)
    """Input name -> a value, in which `{outputs.NAME}` stands for an output of the run before, `{row.COLUMN}` for its present row."""
    each: str = ""
    """Step of the run before for each of whose rows one run starts; empty: one run in all."""
    limit: int = Field(default=FAN_OUT, ge=1, le=1000)
    """For `each`: most runs that one run before starts; further rows are left out, and that is said."""


def starts_alike(one: Chain, other: Chain) -> bool:
    """Return whether two chains of one agent would start it twice for the same run and rows."""
    same = (one.after, one.each) == (other.after, other.each)
    return same and bool(set(one.outcomes) & set(other.outcomes))


class Trigger(Document):
    """What else than a schedule starts an agent."""

    trigger_id: str
    agent: str
    kind: TriggerKind
    chain: Chain | None = None
    """For `chain`."""
    enabled: bool = True
    created_at: datetime

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if (self.kind == "chain") != (self.chain is not None):
            raise UserError("A chain names the agent it follows; nothing else does")
        return self


def refuse_second(trigger: Trigger, there: Iterable[Trigger]) -> None:
    """Refuse a chain when there is one that starts the agent for the same run and rows.

    Raises:
        Conflict: Naming it.
    """
    for item in there:
        mine, other = trigger.chain, item.chain
        if mine and other and item.agent == trigger.agent and starts_alike(mine, other):
            raise Conflict(
                f"{trigger.agent!r} follows {mine.after!r} already, by the chain {item.trigger_id}",
                hint=f"To have another one instead: `podium triggers delete {item.trigger_id}` first.",
            )


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
    if schedule.rule is not None:
        yield from schedule.rule.fires(zone(schedule.timezone), after=after)
        return
    where = zone(schedule.timezone)
    by_real_time = any(field.startswith("*") for field in schedule.cron.split()[:2])
    before = after.astimezone(UTC)
    for moment in CronSim(schedule.cron, after.astimezone(where)):
        # In the hour that comes twice the iterator looks back into the first one; and two moments
        # of one zone compare by their wall clocks.
        there = moment.astimezone(UTC)
        if there <= before:
            continue
        if by_real_time:
            yield from _leapt_over(schedule.cron, where, before, there)
        yield moment
        before = there


def _leapt_over(
    cron: str, where: ZoneInfo, before: datetime, until: datetime
) -> Iterator[datetime]:
    """Yield what lies between: the iterator leaps by whole hours, and clocks may change by half of one."""
    for change in _changes(where, before, until):
        for minutes in range(_CHANGE_MINUTES):
            moment = change + timedelta(minutes=minutes)
            if before < moment < until and shows(cron, moment.astimezone(where)):
                yield moment.astimezone(where)


def _changes(where: ZoneInfo, before: datetime, until: datetime) -> Iterator[datetime]:
    """Yield the minutes at which the zone's offset changes, between two moments."""
    low, step = before, timedelta(days=14)
    while low < until:
        high = min(low + step, until)
        if low.astimezone(where).utcoffset() != high.astimezone(where).utcoffset():
            yield _change(where, low, high)
        low = high


def _change(where: ZoneInfo, low: datetime, high: datetime) -> datetime:
    offset = low.astimezone(where).utcoffset()
    low, high = low.replace(second=0, microsecond=0), high.replace(second=0, microsecond=0)
    while high - low > timedelta(minutes=1):
        middle = low + (high - low) // timedelta(minutes=2) * timedelta(minutes=1)
        if middle.astimezone(where).utcoffset() == offset:
            low = middle
        else:
            high = middle
    return high


def shows(cron: str, local: datetime) -> bool:
    """Return whether the wall clock shows a minute that the expression names."""
    wall = local.replace(tzinfo=None)
    return next(CronSim(cron, wall - timedelta(minutes=1)), None) == wall


def next_fires(schedule: Schedule, *, after: datetime, count: int = 5) -> tuple[datetime, ...]:
    """Return the next `count` firings strictly later than `after`."""
    return tuple(islice(fires(schedule, after=after), count))


def next_fire(schedule: Schedule, *, after: datetime) -> datetime | None:
    """Return the first firing strictly later than `after`; none when the rule has come to its end."""
    return next(fires(schedule, after=after), None)


def recent_fires(
    schedule: Schedule, *, since: datetime, until: datetime, most: int
) -> tuple[datetime, ...]:
    """Return the last firings from `since` to `until`, both included, at most so many, oldest first.

    Looks back step by step, because after a year of downtime there may be half a million.
    """
    back = timedelta(hours=1)
    while True:
        start = max(since - timedelta(microseconds=1), until - back)
        found = deque(takewhile(lambda moment: moment <= until, fires(schedule, after=start)), most)
        if len(found) == most or start < since:
            return tuple(found)
        back *= 4


def first_fire(schedule: Schedule, *, after: datetime) -> datetime:
    """Return the first firing of a schedule that is about to be kept.

    Raises:
        UserError: If it never fires: its days are over, or no such day exists.
    """
    found = next_fire(schedule, after=after)
    if found is None:
        raise UserError(
            f"{schedule.shown!r} never comes", hint="Its day is past, or there is no such day."
        )
    return found


def places_in(value: JsonValue) -> tuple[tuple[str, str], ...]:
    """Return what a chained value takes from the run before: (`outputs` or `row`, path)."""
    found = _PLACE.finditer(value) if isinstance(value, str) else ()
    return tuple((match[1], match[2]) for match in found)


def chained_inputs(chain: Chain, run: Run, row: JsonObject | None = None) -> JsonObject:
    """Return the inputs that the finished run, and one of its rows, give to the next agent.

    Raises:
        UserError: If an output or a column that is asked for is not there.
    """
    sources = {"outputs": run.outputs, "row": row or {}}
    return {name: _filled(value, sources) for name, value in chain.inputs.items()}


def _filled(value: JsonValue, sources: Mapping[str, JsonObject]) -> JsonValue:
    if not isinstance(value, str):
        return value
    whole = _PLACE.fullmatch(value)
    if whole is not None:
        return _found(whole, sources)
    return _PLACE.sub(lambda match: str(_found(match, sources)), value)


def _found(place: re.Match[str], sources: Mapping[str, JsonObject]) -> JsonValue:
    if place[1] == "row":
        # A column's name may hold a dot.
        if place[2] not in sources["row"]:
            raise UserError(f"The row has no column {place[2]!r}")
        return sources["row"][place[2]]
    return _output(place[2], sources["outputs"])


def _output(path: str, outputs: JsonObject) -> JsonValue:
    value: JsonValue = dict(outputs)
    for name in path.split("."):
        if isinstance(value, dict) and name in value:
            value = value[name]
        elif isinstance(value, list) and name.isdigit() and int(name) < len(value):
            value = value[int(name)]
        else:
            raise UserError(f"The run before has no output {path!r}")
    return value

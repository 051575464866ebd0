"""When agents run: ticks that never find anything, and agents in each other's way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from podium.state.runs import Run
from podium.state.suggestions import PromisedEffect, Suggestion, suggestion_id
from podium.state.triggers import Schedule, fires, shows, zone
from podium.tools.suggestions.facts import (
    AgentFacts,
    Facts,
    duration_s,
    ended_at,
    found_something,
    middle,
)

_LEAST_TICKS = 24
_LEAST_FINDS = 3
_USELESS = 0.6
"""Share of ticks without a find from which a schedule is looked at."""
_CAUGHT = 0.9
"""Share of the finds that the remaining ticks must catch in time."""
_FEWER = 0.5
"""At most this share of the ticks may remain, or nothing is said."""


# -- Ticks that find nothing -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Tick:
    run: Run
    local: datetime
    useful: bool


def fewer_ticks(facts: Facts) -> Iterator[Suggestion]:
    """Propose schedules without the hours and weekdays at which nothing is ever found."""
    for agent in facts.agents:
        if agent.schedule is None or not agent.schedule.cron or agent.state != "deployed":
            continue
        ticks = list(_ticks(facts, agent.schedule, agent.name))
        useful = [tick for tick in ticks if tick.useful]
        if len(ticks) < _LEAST_TICKS or len(useful) < _LEAST_FINDS:
            continue
        if 1 - len(useful) / len(ticks) < _USELESS:
            continue
        cron = _narrower(agent.schedule.cron, useful)
        if cron is None or cron == agent.schedule.cron:
            continue
        suggestion = _fewer(facts, agent, ticks, cron)
        if suggestion is not None:
            yield suggestion


def _ticks(facts: Facts, schedule: Schedule, agent: str) -> Iterator[_Tick]:
    place = zone(schedule.timezone)
    for run in facts.of(agent):
        useful = found_something(run)
        if run.trigger == "schedule" and run.outcome == "success" and useful is not None:
            yield _Tick(run, _fired(schedule, run.created_at).astimezone(place), useful)


_LATE = timedelta(minutes=15)
"""A run begins this long after its firing at most; a longer wait says that it is another one's."""


def _fired(schedule: Schedule, created_at: datetime) -> datetime:
    """Return the firing that a run belongs to: runs begin some seconds after it, more when others are busy."""
    fired = created_at
    for moment in fires(schedule, after=created_at - _LATE):
        if moment > created_at:
            break
        fired = moment
    return fired


def _narrower(cron: str, useful: Sequence[_Tick]) -> str | None:
    """Return the cron rule that keeps the hours, minutes and weekdays of the finds."""
    minute, hour, day, month, weekday = cron.split()
    if day != "*" or month != "*":
        return None
    hours = _most(Counter(tick.local.hour for tick in useful))
    days = _most(Counter(tick.local.isoweekday() % 7 for tick in useful))
    minutes = _most(Counter(tick.local.minute for tick in useful))
    if not _is_single(minute) and len(minutes) <= 2:
        minute = _listed(minutes)
    if len(hours) <= 12:
        hour = _listed(hours)
    if len(days) <= 5 and not _counts_weeks(weekday):
        weekday = _listed(days)
    return f"{minute} {hour} {day} {month} {weekday}"


def _most(counts: Counter[int]) -> list[int]:
    """Return the fewest values that hold nearly all finds."""
    total, kept, seen = counts.total(), list[int](), 0
    for value, count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])):
        if seen >= 0.95 * total:
            break
        kept.append(value)
        seen += count
    return sorted(kept)


def _is_single(field: str) -> bool:
    return field.isdigit()


def _counts_weeks(weekday: str) -> bool:
    """Whether the field says which one of the month, as `5L` and `1#2` do: no list of weekdays can."""
    return "L" in weekday.upper() or "#" in weekday


def _listed(values: Sequence[int]) -> str:
    """Write 1,2,3,4,5 as 1-5."""
    if len(values) > 2 and list(values) == list(range(values[0], values[-1] + 1)):
        return f"{values[0]}-{values[-1]}"
    return ",".join(str(value) for value in values)


def _fewer(facts: Facts, agent: AgentFacts, ticks: list[_Tick], cron: str) -> Suggestion | None:
    kept = [tick for tick in ticks if shows(cron, tick.local.replace(second=0, microsecond=0))]
    useful = [tick for tick in ticks if tick.useful]
    late = [tick for tick in useful if tick not in kept]
    if not kept or len(kept) > _FEWER * len(ticks) or len(late) > (1 - _CAUGHT) * len(useful):
        return None
    weeks = facts.weeks([tick.run for tick in ticks])
    before = sum(duration_s(tick.run) for tick in ticks) / weeks
    after = _replayed(ticks, kept) / weeks
    useless = len(ticks) - len(useful)
    delay = max((_wait(tick, kept) for tick in late), default=timedelta())
    later = f"; {len(late)} finds would come up to {_hours(delay)} later" if late else ""
    return Suggestion(
        suggestion_id=suggestion_id("fewer_ticks", (agent.name,)),
        kind="fewer_ticks",
        agents=(agent.name,),
        title=f"Let {agent.name} run at `{cron}` instead of `{agent.schedule.cron if agent.schedule else ''}`",
        text=f"{useless} of {len(ticks)} scheduled runs found nothing; the finds came at {_when(useful)}.",
        runs=tuple(tick.run.run_id for tick in useful[-10:]),
        effect=PromisedEffect(
            metric="browser_s_per_week",
            before=round(before, 1),
            after=round(after, 1),
            note=f"{len(kept)} instead of {len(ticks)} runs in {weeks:.1f} weeks{later}",
        ),
        change={"schedule": {agent.name: cron}},
    )


def _replayed(ticks: Sequence[_Tick], kept: Sequence[_Tick]) -> float:
    """Return the browser time of the recorded ticks under the new rule: a find left out is made by the next one kept."""
    idle = middle([duration_s(tick.run) for tick in ticks if not tick.useful])
    total = sum(duration_s(tick.run) for tick in kept)
    moved = [tick for tick in ticks if tick.useful and tick not in kept]
    return total + sum(max(0.0, duration_s(tick.run) - idle) for tick in moved)


def _wait(tick: _Tick, kept: Sequence[_Tick]) -> timedelta:
    later = [other.local - tick.local for other in kept if other.local > tick.local]
    return min(later, default=timedelta(days=7))


def _hours(delay: timedelta) -> str:
    return f"{delay / timedelta(hours=1):.0f} hours"


def _when(useful: Sequence[_Tick]) -> str:
    hours = sorted({tick.local.hour for tick in useful})
    return ", ".join(f"{hour:02d}h" for hour in hours[:6]) + (" ..." if len(hours) > 6 else "")


# -- Agents in each other's way --------------------------------------------------------------------

_LEAST_MEETINGS = 5
_MEETING_SHARE = 0.5
_SLOWED = 1.15
"""Runs that meet must be this much slower than those that do not, or nobody is in the way."""


def stagger(facts: Facts) -> Iterator[Suggestion]:
    """Propose another minute for an agent that always meets a second one on the same site."""
    planned = [agent for agent in facts.agents if agent.schedule and agent.state == "deployed"]
    for position, first in enumerate(planned):
        for second in planned[position + 1 :]:
            if set(first.origins) & set(second.origins):
                suggestion = _apart(facts, first, second)
                if suggestion is not None:
                    yield suggestion


def _apart(facts: Facts, first: AgentFacts, second: AgentFacts) -> Suggestion | None:
    if second.schedule is None or not second.schedule.cron:
        return None
    ours, theirs = _scheduled(facts, first.name), _scheduled(facts, second.name)
    met = [run for run in theirs if any(_overlap(run, other) > 0 for other in ours)]
    if len(met) < _LEAST_MEETINGS or len(met) < _MEETING_SHARE * len(theirs):
        return None
    if not _in_the_way(ours, theirs) and not _in_the_way(theirs, ours):
        return None
    reach = sorted(duration_s(run) for run in ours)[int(0.95 * (len(ours) - 1))]
    for minutes in range(5, 60, 5):
        if minutes * 60 < reach * 1.25:
            continue
        cron = _shifted(second.schedule.cron, minutes)
        if cron is None:
            return None
        after = sum(_total(ours, theirs, timedelta(minutes=minutes)))
        before = sum(_total(ours, theirs, timedelta()))
        if after <= 0.05 * before:
            return _stagger(facts, first, second, cron, met, before, after)
    return None


def _scheduled(facts: Facts, agent: str) -> list[Run]:
    return [run for run in facts.of(agent) if run.trigger == "schedule"]


def _overlap(run: Run, other: Run, shift: timedelta = timedelta()) -> float:
    start = max(run.created_at + shift, other.created_at)
    end = min(ended_at(run) + shift, ended_at(other))
    return max(0.0, (end - start).total_seconds())


def _total(ours: Sequence[Run], theirs: Sequence[Run], shift: timedelta) -> Iterable[float]:
    return (_overlap(run, other, shift) for run in theirs for other in ours)


def _in_the_way(others: Sequence[Run], runs: Sequence[Run]) -> bool:
    """Whether runs that meet another are slower, or fail more often, than those that do not."""
    met = [run for run in runs if any(_overlap(run, other) > 0 for other in others)]
    alone = [run for run in runs if run not in met]
    failed = sum(run.outcome == "fail" for run in met)
    if failed >= 3 and failed > 2 * sum(run.outcome == "fail" for run in alone):
        return True
    slow, plain = middle([duration_s(run) for run in met]), middle([duration_s(r) for r in alone])
    if len(alone) >= 3:
        return slow > _SLOWED * plain
    # They always meet: nothing to compare with, but whole runs side by side on one site are enough.
    return middle([max(_overlap(run, other) for other in others) for run in met]) > 0.5 * slow


def _shifted(cron: str, minutes: int) -> str | None:
    minute, hour, *rest = cron.split()
    if not minute.isdigit():
        return None
    moved = int(minute) + minutes
    if moved >= 60:
        if hour != "*":
            hours = _hours_of(hour)
            if hours[-1] == 23:
                return None
            hour = _listed([one + 1 for one in hours])
        moved -= 60
    return " ".join((str(moved), hour, *rest))


def _hours_of(field: str) -> list[int]:
    moments = (datetime(2026, 1, 1, hour, tzinfo=UTC) for hour in range(24))
    return [moment.hour for moment in moments if shows(f"0 {field} * * *", moment)]


def _stagger(
    facts: Facts,
    first: AgentFacts,
    second: AgentFacts,
    cron: str,
    met: Sequence[Run],
    before: float,
    after: float,
) -> Suggestion:
    weeks = facts.weeks(met)
    site = min(set(first.origins) & set(second.origins))
    return Suggestion(
        suggestion_id=suggestion_id("stagger", (first.name, second.name)),
        kind="stagger",
        agents=(first.name, second.name),
        title=f"Let {second.name} start at `{cron}`, after {first.name} is done",
        text=f"{len(met)} runs of {second.name} ran on {site} at the same time as {first.name}.",
        runs=tuple(run.run_id for run in met[-10:]),
        effect=PromisedEffect(
            metric="overlap_s_per_week",
            before=round(before / weeks, 1),
            after=round(after / weeks, 1),
        ),
        change={"schedule": {second.name: cron}},
    )

"""Which agents there should be: too much in one, one missing, two that belong together."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from statistics import pstdev

from pydantic import JsonValue

from podium.state.origins import origin_of
from podium.state.program import EachStep, OpenStep, Program, Step, WhenStep, rows_of, walk
from podium.state.runs import Run
from podium.state.suggestions import PromisedEffect, Suggestion, suggestion_id
from podium.state.triggers import Schedule, fires
from podium.tools.suggestions.chances import share_between
from podium.tools.suggestions.facts import (
    AgentFacts,
    Asked,
    Facts,
    by_hand,
    duration_s,
    ended_at,
    middle,
)

# -- Split -----------------------------------------------------------------------------------------

_LEAST_RUNS = 6
_LOST_RUNS = 4
_LOST_SHARE = 0.15
_TOO_LONG_S = 240.0
_RESULTS = frozenset({"store", "download", "submit", "notify"})


def split(facts: Facts) -> Iterator[Suggestion]:
    """Propose an agent for each of several parts that share neither site nor rows."""
    for agent in facts.agents:
        parts = _parts(agent.program)
        runs = [run for run in facts.of(agent.name) if run.outcome != "cancelled" and run.steps]
        if len(parts) < 2 or len(runs) < _LEAST_RUNS or agent.state != "deployed":
            continue
        suggestion = _lost(facts, agent, parts, runs) or _too_long(agent, parts, runs)
        if suggestion is not None:
            yield suggestion


def _parts(program: Program) -> list[tuple[Step, ...]]:
    """Return the stretches of a program, each on one site and with a result of its own, that share no rows."""
    stretches: list[list[Step]] = []
    site = ""
    for step in program.steps:
        here = origin_of(step.args.url) if isinstance(step, OpenStep) else ""
        if not stretches or (here and here != site):
            stretches.append([])
            site = here or site
        stretches[-1].append(step)
    if any(
        _shares(first, second) for first in stretches for second in stretches if first is not second
    ):
        return []
    return [tuple(stretch) for stretch in stretches if all(map(_has_result, stretches))]


def _shares(first: Sequence[Step], second: Sequence[Step]) -> bool:
    made = {step.id for step in walk(tuple(first))}
    used = {rows_of(step) for step in walk(tuple(second))}
    texts = " ".join(step.model_dump_json() for step in second)
    return bool(made & used) or any(f"{{steps.{name}." in texts for name in made)


def _has_result(stretch: Sequence[Step]) -> bool:
    return any(
        step.op in _RESULTS or step.effect in {"write", "irreversible"}
        for step in walk(tuple(stretch))
    )


def _ids(part: Sequence[Step]) -> list[str]:
    return [step.id for step in part]


def _finished(run: Run, part: Sequence[Step]) -> bool | None:
    """Return whether the run did the part; none when it never got there."""
    wanted = {step.id for step in part if not isinstance(step, EachStep | WhenStep)}
    records = [record for record in run.steps if record.id in wanted]
    if not records:
        return None
    if any(record.status == "failed" for record in records):
        return False
    return wanted <= {record.id for record in records}


def _gain(part: Sequence[bool | None]) -> tuple[float, float]:
    """Return how often a part will be done more by itself: how often it was not reached, and how well it then goes, are seen in few runs."""
    tried = [one for one in part if one is not None]
    missed = share_between(len(part) - len(tried), len(part))
    good = share_between(sum(tried), len(tried))
    if len(tried) == len(part):
        return 0.0, 0.0
    return missed[0] * good[0] * len(part), missed[1] * good[1] * len(part)


def _lost(
    facts: Facts, agent: AgentFacts, parts: Sequence[Sequence[Step]], runs: Sequence[Run]
) -> Suggestion | None:
    """Judge a failure in one part that keeps the others from being done."""
    done = [[_finished(run, part) for run in runs] for part in parts]
    lost = [run for index, run in enumerate(runs) if any(one[index] is None for one in done)]
    if len(lost) < _LOST_RUNS or len(lost) < _LOST_SHARE * len(runs):
        return None
    before = sum(sum(one is True for one in part) for part in done)
    after = 0.0
    for part in done:
        tried = [one for one in part if one is not None]
        rate = sum(tried) / len(tried) if tried else 0.0
        after += sum(tried) + rate * (len(part) - len(tried))
    weeks = facts.weeks(runs)
    bounds = [_gain(part) for part in done]
    effect = PromisedEffect(
        metric="outputs_per_week",
        before=round(before / weeks, 2),
        after=round(after / weeks, 2),
        low=round(sum(low for low, _ in bounds) / weeks, 2),
        high=round(sum(high for _, high in bounds) / weeks, 2),
        note=f"{len(parts)} agents instead of one",
    )
    text = (
        f"In {len(lost)} of {len(runs)} runs one part failed and the parts after it were not done."
    )
    return _split(agent, parts, lost, text, effect)


def _too_long(
    agent: AgentFacts, parts: Sequence[Sequence[Step]], runs: Sequence[Run]
) -> Suggestion | None:
    good = [run for run in runs if run.outcome in {"success", "partial", "unverified"}]
    usual = middle([duration_s(run) for run in good])
    if len(good) < _LEAST_RUNS or usual < _TOO_LONG_S:
        return None
    spans = [[_span_s(run, part) for run in good] for part in parts]
    longest = [max(part[index] for part in spans) for index in range(len(good))]
    after = sum(longest) / len(longest)
    before = sum(map(duration_s, good)) / len(good)
    if after > 0.75 * before:
        return None
    effect = PromisedEffect(
        metric="longest_run_s",
        before=round(before, 1),
        after=round(after, 1),
        note=f"{len(parts)} agents instead of one",
    )
    text = f"A run takes {usual:.0f} s; its {len(parts)} parts share neither site nor rows."
    return _split(agent, parts, good, text, effect)


def _span_s(run: Run, part: Sequence[Step]) -> float:
    """Return the part's time, with its share of what the run took beside its steps."""
    ids = {step.id for step in walk(tuple(part))}
    total = sum(record.ms for record in run.steps)
    own = sum(record.ms for record in run.steps if record.id in ids)
    return duration_s(run) * own / total if total else 0.0


def _split(
    agent: AgentFacts,
    parts: Sequence[Sequence[Step]],
    runs: Sequence[Run],
    text: str,
    effect: PromisedEffect,
) -> Suggestion:
    listed: list[JsonValue] = [list[JsonValue](_ids(part)) for part in parts]
    return Suggestion(
        suggestion_id=suggestion_id("split", (agent.name,)),
        kind="split",
        agents=(agent.name,),
        title=f"Split {agent.name} into {len(parts)} agents, one for each site",
        text=text,
        runs=tuple(run.run_id for run in runs[-10:]),
        effect=effect,
        change={"parts": listed},
    )


# -- Coordinate ------------------------------------------------------------------------------------

_AFTER = timedelta(minutes=90)
_LEAST_STARTS = 4
_STARTS_SHARE = 0.7


def coordinate(facts: Facts) -> Iterator[Suggestion]:
    """Propose a chain where people start an agent with what another one has just found."""
    for second in facts.agents:
        starts = [run for run in facts.of(second.name) if by_hand(run)]
        if len(starts) < _LEAST_STARTS:
            continue
        for first in facts.agents:
            if first.name != second.name:
                yield from _chain(facts, first, second, starts)


def _chain(
    facts: Facts, first: AgentFacts, second: AgentFacts, starts: Sequence[Run]
) -> Iterator[Suggestion]:
    ends = [run for run in facts.of(first.name) if run.outcome == "success"]
    pairs = [(_just_before(ends, run), run) for run in starts]
    matched = [(source, run) for source, run in pairs if source is not None]
    if len(matched) < _LEAST_STARTS or len(matched) < _STARTS_SHARE * len(starts):
        return
    # Following once an hour's agent is chance: most of the first one's runs must be followed.
    if len({source.run_id for source, _ in matched}) < 0.5 * len(ends):
        return
    mapping = _mapping(second, matched)
    if mapping is None or not (mapping or _follows(matched)):
        return
    weeks = facts.weeks([*starts, *ends])
    unmatched = len(starts) - len(matched)
    wait = middle(
        [(run.created_at - ended_at(source)).total_seconds() / 60 for source, run in matched]
    )
    fits = ", ".join(f"{column} gives {name}" for name, column in mapping.items())
    extra = len(ends) - len({source.run_id for source, _ in matched})
    yield Suggestion(
        suggestion_id=suggestion_id("coordinate", (first.name, second.name)),
        kind="coordinate",
        agents=(first.name, second.name),
        title=f"Start {second.name} whenever {first.name} is done",
        text=f"{len(matched)} of {len(starts)} times {second.name} was started by hand about {wait:.0f} minutes after {first.name} was done{f'; {fits}' if fits else ''}.",
        runs=tuple(run.run_id for pair in matched[-5:] for run in pair),
        effect=PromisedEffect(
            metric="manual_starts_per_week",
            before=round(len(starts) / weeks, 2),
            after=round(unmatched / weeks, 2),
            note=f"{extra} runs of {second.name} more in {weeks:.1f} weeks" if extra else "",
        ),
        change={"chain": [first.name, second.name], "inputs": dict[str, JsonValue](mapping)},
    )


def _just_before(ends: Sequence[Run], start: Run) -> Run | None:
    ready = [run for run in ends if timedelta() <= start.created_at - ended_at(run) <= _AFTER]
    return max(ready, key=ended_at, default=None)


def _follows(pairs: Sequence[tuple[Run, Run]]) -> bool:
    """Whether starts move with the ends before them; two fixed times of day follow each other by chance."""
    times = [run.created_at.hour * 60.0 + run.created_at.minute for _, run in pairs]
    waits = [(run.created_at - ended_at(source)).total_seconds() / 60 for source, run in pairs]
    return pstdev(times) > 60 and pstdev(waits) < 0.5 * pstdev(times)


def _mapping(second: AgentFacts, pairs: Sequence[tuple[Run, Run]]) -> dict[str, str] | None:
    """Return for each input the column whose values were given for it; none when one fits nowhere."""
    mapping: dict[str, str] = {}
    given = {name for _, run in pairs for name in run.inputs}
    for name in sorted({spec.name for spec in second.inputs} & given):
        seen = Counter(
            column
            for source, run in pairs
            for column in _columns_with(source, run.inputs.get(name))
        )
        column, count = next(iter(seen.most_common(1)), ("", 0))
        if count < 0.8 * len(pairs):
            return None
        mapping[name] = column
    return mapping


def _columns_with(source: Run, value: JsonValue) -> set[str]:
    """Return the columns of the rows a run stored that hold the value."""
    found: set[str] = set()
    for output in source.outputs.values():
        sample = output.get("sample") if isinstance(output, dict) else None
        for row in sample if isinstance(sample, list) else []:
            if isinstance(row, dict):
                found |= {name for name, cell in row.items() if value is not None and cell == value}
    return found


# -- Dedicate --------------------------------------------------------------------------------------

_LEAST_ASKED = 3
_EARLY = timedelta(minutes=120)
"""A scheduled run up to this long before the usual hand-made start takes its place."""


def dedicate(facts: Facts) -> Iterator[Suggestion]:
    """Propose a schedule for what is started by hand at the same times, an agent for what is asked again and again."""
    for agent in facts.agents:
        if agent.schedule is None and agent.state == "deployed":
            yield from _habit(facts, agent)
    yield from _asked_again(facts)


def _habit(facts: Facts, agent: AgentFacts) -> Iterator[Suggestion]:
    starts = [run for run in facts.of(agent.name) if by_hand(run)]
    same = _same_inputs(starts)
    if len(same) < _LEAST_STARTS or len(same) < _STARTS_SHARE * len(starts):
        return
    cron = _usual_time([run.created_at for run in same], weeks=facts.weeks(same))
    if cron is None:
        return
    weeks = facts.weeks(starts)
    replaced = _replaced(same, cron, until=facts.now)
    if replaced < 0.8 * len(same):
        return
    firings = sum(1 for _ in _between(cron, same[0].created_at, facts.now))
    least, most = share_between(replaced, firings)
    if firings > 1.35 * replaced:
        # More runs that nobody wanted than starts saved.
        return
    yield Suggestion(
        suggestion_id=suggestion_id("dedicate", (agent.name,)),
        kind="dedicate",
        agents=(agent.name,),
        title=f"Let {agent.name} run by itself at `{cron}`",
        text=f"It was started by hand {len(same)} times at about the same time with the same inputs.",
        runs=tuple(run.run_id for run in same[-10:]),
        effect=PromisedEffect(
            metric="manual_starts_per_week",
            before=round(len(starts) / weeks, 2),
            after=round((len(starts) - replaced) / weeks, 2),
            low=round(least * firings / weeks, 2),
            high=round(max(most * firings, len(same)) / weeks, 2),
        ),
        change={"schedule": {agent.name: cron}},
    )


def _same_inputs(starts: Sequence[Run]) -> list[Run]:
    kinds: dict[str, list[Run]] = {}
    for run in starts:
        kinds.setdefault(repr(sorted(run.inputs.items(), key=str)), []).append(run)
    return max(kinds.values(), key=len, default=list[Run]())


def _usual_time(times: Sequence[datetime], *, weeks: float) -> str | None:
    """Return the cron rule of starts that come on the same weekdays within an hour or so."""
    minutes = sorted(at.hour * 60 + at.minute for at in times)
    # The earliest usual start: the result should be there when it is wanted.
    early = minutes[len(minutes) // 10]
    close = sum(0 <= minute - early <= 75 for minute in minutes)
    if close < 0.85 * len(minutes):
        return None
    days = Counter(at.isoweekday() % 7 for at in times)
    usual = sorted(day for day, count in days.items() if count >= 0.5 * max(1.0, weeks))
    if not usual:
        return None
    # The fewer the starts, the likelier the next one comes before all of them: by about what lies between two.
    spread = max(minute for minute in minutes if minute - early <= 75) - early
    ahead = max(0, (early - round(2 * spread / max(1, len(minutes) - 1))) // 15 * 15)
    weekday = "*" if len(usual) == 7 else ",".join(map(str, usual))
    weekday = "1-5" if usual == [1, 2, 3, 4, 5] else weekday
    return f"{ahead % 60} {ahead // 60} * * {weekday}"


def _between(cron: str, first: datetime, until: datetime) -> Iterator[datetime]:
    for moment in fires(Schedule(cron=cron), after=first - _EARLY):
        if moment > until:
            return
        yield moment


def _replaced(starts: Sequence[Run], cron: str, *, until: datetime) -> int:
    """Return how many recorded starts a firing shortly before would have made needless."""
    free = list(_between(cron, starts[0].created_at, until))
    count = 0
    for run in starts:
        near = [at for at in free if timedelta() <= run.created_at - at <= _EARLY]
        if near:
            free.remove(near[-1])
            count += 1
    return count


def _asked_again(facts: Facts) -> Iterator[Suggestion]:
    groups: list[list[Asked]] = []
    since = facts.now - facts.window
    for asked in sorted(facts.asked, key=lambda one: one.at):
        if asked.at < since:
            continue
        group = next((group for group in groups if _alike(group[0].text, asked.text)), None)
        if group is None:
            groups.append([asked])
        else:
            group.append(asked)
    for group in groups:
        if len(group) < _LEAST_ASKED:
            continue
        weeks = max((facts.now - group[0].at) / timedelta(days=7), 0.5)
        goal = group[-1].text
        yield Suggestion(
            suggestion_id=suggestion_id("dedicate", (), " ".join(sorted(_said(goal)))),
            kind="dedicate",
            agents=(),
            title=f"Keep an agent for {goal!r}",
            text=f"It was asked for {len(group)} times in {weeks:.1f} weeks.",
            runs=tuple(asked.thread_id for asked in group[-10:]),
            effect=PromisedEffect(
                metric="manual_requests_per_week",
                before=round(len(group) / weeks, 2),
                after=0.0,
            ),
            change={"goal": goal},
        )


_LITTLE = frozenset(
    ["a", "an", "the", "my", "our", "your", "me", "us", "please", "of", "for", "from", "to", "in", "on", "at", "and", "as", "it", "all", "again", "now", "today", "with", "can", "could", "you", "get", "this", "that"]
)  # fmt: skip


def _said(text: str) -> set[str]:
    """Return the words that say what is wanted; dates, numbers and small words say nothing."""
    found = re.findall(r"[^\W\d_]+(?:[.:/-]+[^\W\d_]+)*", text.lower())
    return {word.rstrip("s") for word in found if word not in _LITTLE}


def _alike(first: str, second: str) -> bool:
    one, other = _said(first), _said(second)
    return bool(one and other) and len(one & other) >= 0.75 * len(one | other)

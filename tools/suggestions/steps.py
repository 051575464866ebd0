"""What single steps cost: work nobody needs, repeated heals, open-ended steps that always do the same."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence

from podium.state.document import JsonObject
from podium.state.program import DownloadStep, ExtractStep, PickStep, Step, rows_of, walk
from podium.state.runs import Run, StepRecord
from podium.state.suggestions import PromisedEffect, Suggestion, suggestion_id
from podium.tools.suggestions.facts import (
    AgentFacts,
    Facts,
    duration_s,
    records_of,
    step_ms,
)

_LEAST_RUNS = 5
_SHARE = 0.3
"""A step must cost this share of its runs to be worth a word."""
_LEAST_S = 3.0


def _good(facts: Facts, agent: AgentFacts) -> list[Run]:
    return [run for run in facts.of(agent.name) if run.outcome in {"success", "partial"}]


def _mean_s(runs: Sequence[Run]) -> float:
    return sum(map(duration_s, runs)) / len(runs) if runs else 0.0


# -- Slow steps ------------------------------------------------------------------------------------


def faster_step(facts: Facts) -> Iterator[Suggestion]:
    """Propose to stop fetching known files again, and reading pages whose rows are thrown away."""
    for agent in facts.agents:
        runs = _good(facts, agent)
        if len(runs) < _LEAST_RUNS or agent.state != "deployed":
            continue
        for step in walk(agent.program.steps):
            if isinstance(step, DownloadStep) and not step.args.skip_known:
                yield from _known_again(agent, runs, step)
            if isinstance(step, ExtractStep) and step.args.limit is None:
                yield from _read_in_vain(agent, runs, step)


def _known_again(agent: AgentFacts, runs: list[Run], step: DownloadStep) -> Iterator[Suggestion]:
    records = records_of(runs, step.id)
    told = [(run, record) for run, record in records if "known" in record.evidence]
    known = [(run, record) for run, record in told if record.evidence["known"] is True]
    if len(told) < _LEAST_RUNS or len(known) < 0.7 * len(told):
        return
    saved_ms = {run.run_id: 0 for run in runs}
    for run, record in known:
        saved_ms[run.run_id] += record.ms
    yield from _saving(
        agent,
        runs,
        step,
        [saved_ms[run.run_id] / 1000 for run in runs],
        title=f"Let {agent.name} keep the files it has instead of fetching them again",
        text=f"{len(known)} of {len(told)} downloads of {step.title!r} brought a file that was kept already.",
        setting={"skip_known": True},
    )


def _read_in_vain(agent: AgentFacts, runs: list[Run], step: ExtractStep) -> Iterator[Suggestion]:
    """Read only as many rows as the pick that follows keeps, where page order decides."""
    users = [other for other in walk(agent.program.steps) if rows_of(other) == step.id]
    pick = users[0] if len(users) == 1 else None
    if not isinstance(pick, PickStep) or pick.args.which != "first":
        return
    saved: list[float] = []
    for run in runs:
        record = next((record for record in run.steps if record.id == step.id), None)
        saved.append(_saved_pages_s(record, pick.args.count) if record is not None else 0.0)
    pages = [
        record.evidence["pages"]
        for _, record in records_of(runs, step.id)
        if "pages" in record.evidence
    ]
    yield from _saving(
        agent,
        runs,
        step,
        saved,
        title=f"Let {agent.name} stop reading after {pick.args.count} rows",
        text=f"{step.title!r} reads up to {max((int(str(page)) for page in pages), default=1)} pages, and {pick.title!r} keeps {pick.args.count} rows.",
        setting={"limit": pick.args.count},
    )


def _saved_pages_s(record: StepRecord, count: int) -> float:
    pages, rows = record.evidence.get("pages"), record.evidence.get("rows")
    if not isinstance(pages, int) or not isinstance(rows, int) or pages < 2 or rows < 1:
        return 0.0
    needed = max(1, math.ceil(count / math.ceil(rows / pages)))
    return max(0, pages - needed) / pages * record.ms / 1000


def _saving(
    agent: AgentFacts,
    runs: Sequence[Run],
    step: Step,
    saved_s: Sequence[float],
    *,
    title: str,
    text: str,
    setting: JsonObject,
) -> Iterator[Suggestion]:
    before = _mean_s(runs)
    after = sum(duration_s(run) - saved for run, saved in zip(runs, saved_s, strict=True)) / len(
        runs
    )
    if before - after < max(_LEAST_S, _SHARE * before):
        return
    yield Suggestion(
        suggestion_id=suggestion_id("faster_step", (agent.name,), step.id),
        kind="faster_step",
        agents=(agent.name,),
        title=title,
        text=text,
        runs=tuple(run.run_id for run in runs[-10:]),
        effect=PromisedEffect(metric="run_s", before=round(before, 2), after=round(after, 2)),
        change={"step": step.id, "set": setting},
    )


# -- Heals -----------------------------------------------------------------------------------------

_HEALED_RUNS = 4


def rebuild(facts: Facts) -> Iterator[Suggestion]:
    """Propose to build a step anew that run after run finds by another rung than the recorded one."""
    for agent in facts.agents:
        runs = _good(facts, agent)
        if agent.state != "deployed":
            continue
        for step in walk(agent.program.steps):
            healed = _healed_lately(runs, step.id)
            if len(healed) >= _HEALED_RUNS:
                yield from _rebuild(agent, runs, healed, step)


def _healed_lately(runs: Sequence[Run], step_id: str) -> list[Run]:
    """Return the newest runs, without a gap, in which the step was healed."""
    found: list[Run] = []
    for run in reversed(runs):
        rungs = [record.rung for record in run.steps if record.id == step_id and record.rung]
        if not rungs:
            continue
        if max(rungs) < 2:
            break
        found.append(run)
    return found[::-1]


def _rebuild(
    agent: AgentFacts, runs: Sequence[Run], healed: Sequence[Run], step: Step
) -> Iterator[Suggestion]:
    plain = [
        step_ms(run, step.id)
        for run in runs
        if run not in healed and any(r.id == step.id and r.rung == 1 for r in run.steps)
    ]
    before = _mean_s(healed)
    # Without a run from before the page moved, nothing tells what it would cost: only heals are promised.
    if len(plain) >= 3:
        usual = sum(plain) / len(plain)
        after = sum(duration_s(run) - (step_ms(run, step.id) - usual) / 1000 for run in healed)
        effect = PromisedEffect(
            metric="run_s", before=round(before, 2), after=round(after / len(healed), 2)
        )
        if effect.before - effect.after < 1.0:
            return
    else:
        each = sum(run.healed or 1 for run in healed) / len(healed)
        effect = PromisedEffect(metric="heals_per_run", before=round(each, 2), after=0.0)
    yield Suggestion(
        suggestion_id=suggestion_id("rebuild", (agent.name,), step.id),
        kind="rebuild",
        agents=(agent.name,),
        title=f"Build {step.title!r} of {agent.name} anew",
        text=f"The last {len(healed)} runs had to heal {step.title!r}: the page is not as it was recorded.",
        runs=tuple(run.run_id for run in healed[-10:]),
        effect=effect,
        change={"build": step.id},
    )


# -- Open-ended steps ------------------------------------------------------------------------------

_SAME_RUNS = 4


def compile_task(facts: Facts) -> Iterator[Suggestion]:
    """Propose plain steps for an open-ended one that did the same in every recorded run."""
    for agent in facts.agents:
        runs = _good(facts, agent)
        ids = {record.id for run in runs for record in run.steps if record.op == "task"}
        for step_id in sorted(ids):
            records = records_of(runs, step_id)
            did = {
                json.dumps(record.evidence.get("actions"), sort_keys=True) for _, record in records
            }
            if (
                len(records) < _SAME_RUNS
                or len(did) != 1
                or not records[0][1].evidence.get("actions")
            ):
                continue
            yield from _compiled(agent, records)


def _compiled(agent: AgentFacts, records: Sequence[tuple[Run, StepRecord]]) -> Iterator[Suggestion]:
    calls = [_calls(run, record) for run, record in records]
    before = sum(run.model_calls for run, _ in records) / len(records)
    if not sum(calls):
        return
    title = records[0][1].title
    yield Suggestion(
        suggestion_id=suggestion_id("compile", (agent.name,), records[0][1].id),
        kind="compile",
        agents=(agent.name,),
        title=f"Make plain steps of {title!r} in {agent.name}",
        text=f"{title!r} did the same {len(records)} times in a row, each time with a model.",
        runs=tuple(run.run_id for run, _ in records[-10:]),
        effect=PromisedEffect(
            metric="model_calls_per_run",
            before=round(before, 2),
            after=round(before - sum(calls) / len(calls), 2),
        ),
        change={"build": records[0][1].id},
    )


def _calls(run: Run, record: StepRecord) -> int:
    told = record.evidence.get("model_calls")
    if isinstance(told, int):
        return told
    alone = sum(other.op == "task" for other in run.steps) == 1
    return run.model_calls if alone else 0  # of several, nobody knows whose calls they were

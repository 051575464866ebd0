"""Single facts about agents: how long, how many, how often, from where, for whom, by whom. Each cites its records."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from urllib.parse import urlsplit

from podium.server.recounting import BAD, RUNS, Recounting, rows_in, told
from podium.server.verbs import datasets_of
from podium.state.plan import Request
from podium.state.program import StoreStep, walk
from podium.state.runs import Run
from podium.state.stores import Agent
from podium.state.triggers import Trigger
from podium.tools.offline.history import Window

_USUAL = 20
"""Good runs that tell how long an agent takes, when no time is said."""
_SHOWN = 10
_IDLE = timedelta(days=7)
"""`for a while`, when no time is said."""
_SUCCEED = re.compile(r"\b(?:succe\w+|good|well|work(?:ed)?|complete\w*)\b", re.IGNORECASE)
_FAIL = re.compile(r"\b(?:fail\w*|broke\w*|break|crash\w*|bad)\b", re.IGNORECASE)
_GOOD = frozenset({"success", "partial"})
_WRITES = frozenset({"write", "irreversible"})


@dataclass(frozen=True, slots=True)
class Facts(Recounting):
    """Answers one question about one agent, or which agents do something."""

    def knows(self, what: str) -> bool:
        """Return whether this is a question answered here."""
        return what in _OF_ONE or what in {"effects", "idle", "ranking"}

    def of_one(self, name: str, what: str, request: Request) -> str:
        """Return the answer about one agent."""
        window = self.window(request)
        match what:
            case "duration":
                return self._duration(name, window)
            case "counts":
                return self._counts(name, window)
            case "tries":
                return self._tries(name, window)
            case "last":
                return self._last(name, window, request.text)
            case "users":
                return self._users(name)
            case "sources":
                return self._sources(name)
            case "destination":
                return self._destination(name)
            case "authors":
                return self._authors(name)
            case _:
                return self._purpose(name)

    # -- Runs --------------------------------------------------------------------------------------

    def _duration(self, name: str, window: Window) -> str:
        seen = self.inside(name, window)
        good = [run for run in seen.runs if run.outcome in _GOOD]
        if not window.said:
            good = good[:_USUAL]
        unseen = "".join(f" {line}" for line in seen.unseen if window.said)
        if not good:
            return f"{name} has no good run {self.period(window)}, so nothing tells how long it takes.{unseen}"
        by_time = sorted(good, key=_seconds)
        low, high, last = by_time[0], by_time[-1], good[0]
        if len(good) == 1:
            return f"{name} took {_span(_seconds(last))} in its one good run ({last.run_id}, {self.at(last.created_at)}).{unseen}"
        usual = median(_seconds(run) for run in good)
        return (
            f"{name} usually takes {_span(usual)} (median of {len(good)} good runs since {self.at(good[-1].created_at)}): "
            f"from {_span(_seconds(low))} ({low.run_id}) to {_span(_seconds(high))} ({high.run_id}); "
            f"the last one took {_span(_seconds(last))} ({last.run_id}, {self.at(last.created_at)}).{unseen}"
        )

    def _counts(self, name: str, window: Window) -> str:
        seen = self.inside(name, window)
        runs = [run for run in seen.runs if run.status == "finished"]
        unseen = seen.unseen if window.said else []
        if not runs:
            return f"{name} did not run {self.period(window)}, so it brought nothing." + "".join(
                f" {line}" for line in unseen
            )
        chosen = runs if window.said else [run for run in runs if run.outcome not in BAD][:1]
        if not chosen:
            return f"No run of {name} went well {self.period(window)}; the last one: {self.line(runs[0])}"
        counted = [(run, _rows_of(run)) for run in chosen]
        lines = [f"  {self.line(run)}, {_brought(run, rows)}" for run, rows in counted[:_SHOWN]]
        if len(counted) > _SHOWN:
            lines.append(f"  and {len(counted) - _SHOWN} runs more")
        read = [rows for _, rows in counted if rows is not None]
        files = sum(len(run.artifacts) for run in chosen)
        total = _amounts(sum(read) if read else None, files)
        when = self.period(window) if window.said else f"in its last good run ({chosen[0].run_id})"
        again = " Rows read again are counted again." if len(chosen) > 1 else ""
        runs_said = f" in {_many(len(chosen), 'run')}" if window.said else ""
        return "\n".join([f"{name} brought {total}{runs_said} {when}.{again}", *lines, *unseen])

    def _tries(self, name: str, window: Window) -> str:
        runs, unseen = self.inside(name, window)
        if not runs:
            return f"{name} did not run {self.period(window)}." + "".join(
                f" {line}" for line in unseen
            )
        bad = [run for run in runs if run.outcome in BAD]
        good = sum(run.outcome == "success" for run in runs)
        first = f"{name} ran {_many(len(runs), 'time')} {self.period(window)}: {good} went well, {len(bad)} failed or did part of it."
        return "\n".join([first, *(f"  {self.line(run)}" for run in bad[:_SHOWN]), *unseen])

    def _last(self, name: str, window: Window, text: str) -> str:
        runs, unseen = self.inside(name, window)
        more = "".join(f" {line}" for line in unseen)
        when_asked = re.search(r"\bwhen\b|\blast\b", text, re.IGNORECASE) is not None
        wanted = runs
        if when_asked and _FAIL.search(text):
            wanted = [run for run in runs if run.outcome in BAD]
        elif when_asked and _SUCCEED.search(text):
            wanted = [run for run in runs if run.outcome == "success"]
        if not runs:
            return f"{name} did not run {self.period(window)}.{more}"
        if not wanted:
            return f"None of {_many(len(runs), 'run')} of {name} did {self.period(window)}; the last one: {self.line(runs[0])}{more and '.' + more}"
        run = wanted[0]
        return f"{self.line(run)}, {_brought(run, _rows_of(run))}, in {_span(_seconds(run))}."

    # -- What hangs together -------------------------------------------------------------------------

    def _users(self, name: str) -> str:
        lines = [self._chained(trigger) for trigger in self.stores.triggers.after(name)]
        own = set(datasets_of(self.stores, name))
        for agent in self.stores.agents.list():
            shared = own & set(datasets_of(self.stores, agent.name))
            if agent.name != name and shared:
                lines.append(
                    f"  {agent.name} stores into the same table {', '.join(sorted(shared))}"
                )
        kept = ", ".join(sorted(own))
        where = f" Its rows are kept in table {kept}." if kept else ""
        if not lines:
            return f"Nothing uses the output of {name}: no agent starts after it.{where}"
        return "\n".join([f"What uses the output of {name}:{where}", *lines])

    def _sources(self, name: str) -> str:
        lines = [
            self._chained(trigger)
            for trigger in self.stores.triggers.list(agent=name, kind="chain")
        ]
        version = self.stores.agents.version(name)
        lines += [
            f"  a webhook starts it ({item.trigger_id}{'' if item.enabled else ', off'})"
            for item in self.stores.triggers.list(agent=name)
            if item.kind != "chain"
        ]
        lines += [f"  it reads {origin}" for origin in version.spec.origins]
        lines += [
            f"  input {item.name}"
            + (f", by default {item.default}" if item.default is not None else "")
            for item in version.spec.inputs
        ]
        return "\n".join([f"What goes into {name} (version {version.version}):", *lines])

    def _chained(self, trigger: Trigger) -> str:
        chain = trigger.chain
        if chain is None:
            return ""
        each = f", once for each row (at most {chain.limit})" if chain.each else ""
        off = "" if trigger.enabled else ", off at present"
        gets = "; ".join(f"{name} = {value}" for name, value in chain.inputs.items())
        given = f": {gets}" if gets else ""
        outcomes = " or ".join(chain.outcomes)
        return f"  {trigger.agent} starts after {chain.after} ends as {outcomes}{each}{given} ({trigger.trigger_id}{off})"

    def _destination(self, name: str) -> str:
        known = dict(self.datasets.list())
        tables = datasets_of(self.stores, name)
        lines = [
            f"  table {table}: {known[table]} rows → say `export the rows of {name}` for a CSV file"
            if table in known
            else f"  table {table}: nothing stored yet"
            for table in tables
        ]
        filed = next((run for run in self.live(name, RUNS) if run.artifacts), None)
        if filed is not None:
            lines.append(
                f"  files, {len(filed.artifacts)} of {filed.run_id} ({self.at(filed.created_at)}):"
            )
            lines += [f"    {file.name}: {file.path}" for file in filed.artifacts[:_SHOWN]]
        sites = self._writes(name)
        lines += [f"  on its site: {title}" for title in sites]
        return (
            "\n".join([f"{name} puts what it does here:", *lines])
            if lines
            else f"{name} stores nothing: it neither fills a table nor keeps files."
        )

    def _authors(self, name: str) -> str:
        agent = self.stores.agents.get(name)
        versions = self.stores.agents.versions(name)
        newest = versions[-1]
        lines = [
            f"  version {item.version}{' (active)' if item.version == agent.active_version else ''}: "
            f"{item.reason}, by {item.author}, {self.at(item.created_at)}"
            for item in reversed(versions[-_SHOWN:])
        ]
        first = f"{name} was last changed by {newest.author} at {self.at(newest.created_at)}: {newest.reason} (version {newest.version})."
        return "\n".join([first, *lines])

    def _purpose(self, name: str) -> str:
        agent = self.stores.agents.get(name)
        version = self.stores.agents.version(name)
        steps = [step.title for step in version.program.steps]
        shown = "; ".join(steps[:8]) + (f"; and {len(steps) - 8} more" if len(steps) > 8 else "")
        schedule = self.stores.schedules.get(name)
        when = f"{schedule.shown} ({schedule.timezone})" if schedule else "only when asked"
        return "\n".join(
            [
                f"{name} ({agent.state}, version {version.version}): {version.spec.goal}",
                f"  does: {shown}",
                f"  sites: {', '.join(version.spec.origins) or 'none'}; runs {when}",
            ]
        )

    # -- Which agents --------------------------------------------------------------------------------

    def effects(self, request: Request) -> tuple[str, tuple[str, ...]]:
        """Return which agents write, or work on what was said, with the steps that do."""
        said = str(request.arguments.get("words") or "")
        writes = request.arguments.get("act") == "write"
        found: dict[str, list[str]] = {}
        for agent in self.stores.agents.list():
            touched = self._touched(agent, said)
            lines = self._writes(agent.name) if writes else []
            if said and not touched:
                continue
            if writes:
                stored = [
                    f"own table {table}"
                    for table in datasets_of(self.stores, agent.name)
                    if not said or _names(said, table)
                ]
                lines = [*(f"on its site, step {line}" for line in lines), *stored]
            else:
                lines = touched
            if lines:
                found[agent.name] = lines
        about = f" {said!r}" if said else ""
        does = "writes" if writes else "works on"
        if not found:
            return f"No agent {does}{about or ' anything'}.", ()
        shown = [f"  {name}: {'; '.join(lines)}" for name, lines in found.items()]
        on_site = [
            name for name, lines in found.items() if any(x.startswith("on its") for x in lines)
        ]
        none = "" if not writes or on_site else " None of them changes anything on a site."
        head = (
            f"{_many(len(found), 'agent')} {'writes' if len(found) == 1 else 'write'}{about and ' to' + about}:{none}"
            if writes
            else f"{_many(len(found), 'agent')} {'works' if len(found) == 1 else 'work'} on{about}:"
        )
        return "\n".join([head, *shown]), tuple(found)

    def _writes(self, name: str) -> list[str]:
        version = self.stores.agents.version(name)
        return [
            f"{step.title!r} ({step.effect})"
            for step in walk(version.program.steps)
            if step.effect in _WRITES and not isinstance(step, StoreStep)
        ]

    def _touched(self, agent: Agent, said: str) -> list[str]:
        """Return in what of the agent the words are found: sites, tables, steps."""
        version = self.stores.agents.version(agent.name)
        sites = [origin for origin in version.spec.origins if _names(said, urlsplit(origin).netloc)]
        tables = [
            f"table {name}" for name in datasets_of(self.stores, agent.name) if _names(said, name)
        ]
        if sites or tables:
            return [*sites, *tables]
        return [
            f"step {step.title!r}"
            for step in walk(version.program.steps)
            if said and _names(said, step.title)
        ][:3]

    def ranking(self, request: Request) -> tuple[str, tuple[str, ...]]:
        """Return how long each agent usually takes, those that take longest first."""
        window = self.window(request)
        timed: list[tuple[float, str, str]] = []
        for agent in self.stores.agents.list():
            good = [r for r in self.inside(agent.name, window).runs if r.outcome in _GOOD][:_USUAL]
            if good:
                usual = median(_seconds(run) for run in good)
                cited = f"{len(good)} good runs, {good[-1].run_id} to {good[0].run_id}"
                timed.append(
                    (usual, agent.name, f"  {agent.name}: {_span(usual)} (median of {cited})")
                )
        if not timed:
            return f"No agent has a good run {self.period(window)}.", ()
        timed.sort(key=lambda item: -item[0])
        lines = [line for _, _, line in timed]
        return "\n".join(["From the longest run to the shortest:", *lines]), tuple(
            n for _, n, _ in timed
        )

    def idle(self, request: Request) -> tuple[str, tuple[str, ...]]:
        """Return the agents that did not run in that time, the longest idle first."""
        window = self.window(request)
        since = window.since or self.clock.now() - _IDLE
        never = re.search(r"\bnever\b", request.text, re.IGNORECASE) is not None
        found: list[tuple[datetime, str, str]] = []
        for agent in self.stores.agents.list():
            runs = self.live(agent.name, 1)
            last = runs[0].created_at if runs else agent.updated_at
            if runs and (never or last >= since):
                continue
            schedule = self.stores.schedules.get(agent.name)
            when = f", though it has a schedule ({schedule.shown})" if schedule else ", no schedule"
            what = f"last run {told(runs[0])} at {self.at(last)}" if runs else "never ran"
            found.append((last, agent.name, f"  {agent.name} ({agent.state}): {what}{when}"))
        period = "ever" if never else f"since {self.at(since)}"
        if not found:
            return f"Every agent ran {period}.", ()
        found.sort()
        lines = [line for _, _, line in found]
        return "\n".join([f"{_many(len(found), 'agent')} did not run {period}:", *lines]), tuple(
            name for _, name, _ in found
        )


_OF_ONE = frozenset(
    {"duration", "counts", "tries", "last", "users", "sources", "destination", "authors", "purpose"}
)


def _seconds(run: Run) -> float:
    """Return how long the run worked: waiting for a person does not count."""
    return run.duration_ms / 1000


def _span(seconds: float) -> str:
    if seconds < 10:
        return f"{seconds:.1f} s"
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s"


def _rows_of(run: Run) -> int | None:
    """Return how many rows the run brought: what it stored, else what it read last."""
    stored = {record.id for record in run.steps if record.op == "store"}
    counted = {step: rows_in(output) for step, output in run.outputs.items()}
    kept = [rows for step, rows in counted.items() if rows is not None and step in stored]
    if kept:
        return sum(kept)
    read = [rows for rows in counted.values() if rows is not None]
    return read[-1] if read else None


def _brought(run: Run, rows: int | None) -> str:
    return _amounts(rows, len(run.artifacts))


def _amounts(rows: int | None, files: int) -> str:
    parts = [] if rows is None else [_many(rows, "row")]
    parts += [_many(files, "file")] if files else []
    return " and ".join(parts) or "no rows"


def _many(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def _names(said: str, name: str) -> bool:
    """Return whether all words that were said stand in a name."""
    wanted = re.findall(r"[a-z0-9]+", said.lower())
    have = set(re.findall(r"[a-z0-9]+", name.lower()))
    return bool(wanted) and all(
        word in have or word.rstrip("s") in have or f"{word}s" in have for word in wanted
    )

"""Answers about the workspace. Each names what it rests on: run ids, steps, times, versions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from podium.graphs.orchestrator.ports import ActResult
from podium.server.facts import Facts
from podium.server.recounting import BAD, RUNS, Recounting, rows_in, told
from podium.server.suggesting import Suggestions
from podium.server.verbs import datasets_of
from podium.state.document import JsonObject
from podium.state.events import Event
from podium.state.plan import Request
from podium.state.questions import Question
from podium.state.runs import Run
from podium.state.stores import Agent, Thread
from podium.state.triggers import next_fires
from podium.tools.offline.history import Window

_SHOWN = 20
_EVENTS = 500
_JUST_NOW_S = 5.0
_LEFT_S = 24 * 3600.0
"""After that a question that nobody answers counts as left."""


@dataclass(frozen=True, slots=True)
class Telling(Recounting):
    """Reads records and says what they show."""

    # -- The workspace -----------------------------------------------------------------------------

    def workspace(self, request: Request) -> ActResult:
        """Answer a question about no agent in particular."""
        what = str(request.arguments.get("what") or "")
        facts = self._facts()
        which = {"effects": facts.effects, "idle": facts.idle, "ranking": facts.ranking}.get(what)
        if which is not None:
            reply, names = which(request)
            return ActResult(reply=reply, agents=names)
        if what == "failures":
            return self.failures(request)
        if what == "list":
            return ActResult(reply=self.overview())
        window = self.window(request)
        if window.changes:
            return ActResult(reply=self._changes(window, None))
        if what == "standing":
            return ActResult(reply=self._standing())
        if window.failed or window.said or request.arguments.get("what") == "runs":
            return self._history(window, None)
        if request.arguments.get("what") == "schedule":
            return ActResult(reply=self._schedules())
        return ActResult(reply=self.overview())

    def _facts(self) -> Facts:
        return Facts(self.stores, self.datasets, self.clock, self.timezone)

    def _standing(self) -> str:
        """Return what waits, what went wrong last, and how every agent stands."""
        agents = self.stores.agents.list()
        last = [runs[0] for agent in agents if (runs := self.live(agent.name, 1))]
        bad = [run for run in last if run.outcome in BAD]
        if agents and not bad:
            good = f"No agent's last run failed ({len(last)} of {len(agents)} agents ran)."
        else:
            good = f"{len(bad)} of {len(agents)} agents failed in their last run: " + ", ".join(
                f"{run.agent} ({run.run_id})" for run in bad
            )
        first = [good] if agents else []
        return "\n".join([*first, *self.open_ends(), self.overview(questions=False)])

    def open_ends(self) -> list[str]:
        """Return what waits for a person and what is under way, each with what to type."""
        return [*self._questions(), *self._under_way()] or ["Nothing waits for you."]

    def _questions(self) -> list[str]:
        return [
            f"Waits for you: {item.question.title} → podium answer {item.thread_id}"
            for item in self.stores.questions.open()
            if not item.question.timer
        ]

    def _under_way(self) -> list[str]:
        """Return what works, or would if its process were not gone; what was begun this moment asks itself."""
        lines: list[str] = []
        for thread in self.stores.threads.unfinished():
            age_s = (self.clock.now() - thread.updated_at).total_seconds()
            if thread.data.get("mode") == "test" or age_s < _JUST_NOW_S:
                continue
            how = "runs resume" if thread.data.get("kind") == "run" else "resume"
            lines.append(
                f"Under way or cut short since {self.at(thread.updated_at)}: {thread.title[:80]!r} "
                f"→ podium {how} {thread.thread_id}"
            )
        return lines

    def failures(self, request: Request) -> ActResult:
        """Return what failed in the time that was said, each run with its reason."""
        return self._history(self.window(request).only_failed(), None)

    def overview(self, *, questions: bool = True) -> str:
        """Return one line for each agent, and how many questions wait unless that was said."""
        agents = self.stores.agents.list()
        if not agents:
            return "The workspace has no agents yet."
        lines = [self.agent_line(agent) for agent in agents]
        waiting = [item for item in self.stores.questions.open() if not item.question.timer]
        if waiting and questions:
            lines.append(f"{len(waiting)} questions wait: podium inbox")
        suggestions = Suggestions(self.stores, self.clock, self.timezone)
        suggestions.announce()
        proposals = suggestions.waiting()
        if proposals:
            lines.append(f"{proposals} suggestions from the run records: podium suggest")
        return "\n".join(lines)

    def agent_line(self, agent: Agent) -> str:
        """Return one agent in one line: state, version, schedule, last run."""
        runs = self.live(agent.name, 1)
        last = f"last run {told(runs[0])}" if runs else "never ran"
        schedule = self.stores.schedules.get(agent.name)
        when = f", {schedule.words or schedule.cron} ({schedule.timezone})" if schedule else ""
        return f"{agent.name} ({agent.state}, version {agent.active_version}{when}): {last}"

    def _schedules(self) -> str:
        rows = self.stores.schedules.list()
        if not rows:
            return "No agent runs by itself."
        return "\n".join(self._schedule_line(row.agent) for row in rows)

    def _schedule_line(self, name: str) -> str:
        schedule = self.stores.schedules.get(name)
        if schedule is None:
            return f"{name} runs only when asked."
        agent = self.stores.agents.get(name)
        fires = next_fires(schedule, after=self.clock.now(), count=1)
        following = f"; next: {self.at(fires[0])}" if fires else ""
        paused = " (paused: nothing fires)" if agent.state == "paused" else ""
        words = schedule.words or schedule.cron
        return f"{name} runs {words} ({schedule.timezone}){following}{paused}."

    # -- Agents ------------------------------------------------------------------------------------

    def agents(self, names: tuple[str, ...], request: Request) -> ActResult:
        """Answer a question about those agents."""
        what = str(request.arguments.get("what") or "")
        facts = self._facts()
        if facts.knows(what):
            told_each = [facts.of_one(name, what, request) for name in names]
            return ActResult(reply="\n\n".join(told_each), agents=names)
        window = self.window(request)
        if window.changes:
            return ActResult(reply=self._changes(window, names), agents=names)
        if window.failed or window.said:
            return self._history(window, names)
        parts = [self._about(name, request) for name in names]
        return ActResult(reply="\n\n".join(parts), agents=names)

    def _about(self, name: str, request: Request) -> str:
        match request.arguments.get("what"):
            case "schedule":
                return self._schedule_line(name)
            case "versions":
                return self._versions(name)
            case "outputs":
                return self._outputs(name)
            case "runs":
                return self._run_lines(name)
            case _:
                return self.describe(name)

    def describe(self, name: str) -> str:
        """Return what one agent is, does and did, with run ids.

        Raises:
            NotFound: If there is no such agent.
        """
        agent = self.stores.agents.get(name)
        version = self.stores.agents.version(name)
        lines = [self.agent_line(agent), f"Goal: {version.spec.goal}"]
        lines += [
            f"  {number}. {step.title}" for number, step in enumerate(version.program.steps, 1)
        ]
        lines += [self.line(run) for run in self.live(name, 5)]
        return "\n".join(lines)

    def _run_lines(self, name: str) -> str:
        runs = self.live(name, _SHOWN)
        if not runs:
            return f"{name} never ran."
        return "\n".join([f"The last runs of {name}:", *map(self.line, runs)])

    def _versions(self, name: str) -> str:
        active = self.stores.agents.get(name).active_version
        return "\n".join(
            f"{name} version {item.version}{' (active)' if item.version == active else ''}: "
            f"{item.reason}, by {item.author}, {self.at(item.created_at)}"
            for item in self.stores.agents.versions(name)
        )

    def _outputs(self, name: str) -> str:
        good = [run for run in self.live(name, RUNS) if run.outcome in {"success", "partial"}]
        known = dict(self.datasets.list())
        lines = [
            f"Table {table}: {known[table]} rows."
            for table in datasets_of(self.stores, name)
            if table in known
        ]
        for table in [table for table in datasets_of(self.stores, name) if table in known][:1]:
            lines += [
                "  "
                + ", ".join(f"{key} {value}" for key, value in row.items() if value is not None)
                for row in self.datasets.rows(table, limit=5)
            ]
        if not good:
            return "\n".join([f"{name} has no run that yielded anything yet.", *lines])
        run = good[0]
        lines.insert(0, f"The last good run of {name}: {self.line(run)}")
        for step, output in run.outputs.items():
            rows = output.get("rows") if isinstance(output, dict) else None
            if isinstance(rows, int):
                lines.append(f"  {step}: {rows} rows")
        lines += [f"  file {file.name} ({file.bytes:,} bytes)" for file in run.artifacts[:10]]
        return "\n".join(lines)

    # -- History -----------------------------------------------------------------------------------

    def _history(self, window: Window, names: tuple[str, ...] | None) -> ActResult:
        """Return the runs of that time, those that failed with their reasons."""
        live = self.stores.runs.list(limit=RUNS)
        unseen = self._unseen(window, live)
        runs = [
            run
            for run in live
            if (names is None or run.agent in names) and window.holds(run.created_at)
        ]
        chosen = [run for run in runs if run.outcome in BAD] if window.failed else runs
        builds = self._failed_builds(window) if window.failed and names is None else []
        what = "failed" if window.failed else "ran"
        period = self.period(window)
        about = f" of {', '.join(names)}" if names else ""
        if not chosen:
            good = sum(run.outcome == "success" for run in runs)
            more = f" {len(runs)} runs, {good} of them good." if runs else ""
            nothing = "No run" if builds else "Nothing"
            reply = f"{nothing}{about} {what} {period}.{more}"
            return ActResult(reply="\n".join([reply, *unseen, *builds]), agents=names or ())
        lines = [f"{len(chosen)} of {len(runs)} runs{about} {what} {period}:"]
        lines += [self.line(run) for run in chosen[:_SHOWN]]
        if len(chosen) > _SHOWN:
            lines.append(f"and {len(chosen) - _SHOWN} more: podium runs list --limit {len(chosen)}")
        lines += [*unseen, *builds]
        if window.failed:
            failed = dict.fromkeys(run.agent for run in chosen)
            lines += [f"Why, and what helps: podium why {name}" for name in list(failed)[:5]]
        agents = tuple(dict.fromkeys(run.agent for run in chosen))  # as told: `the second one`
        known = {agent.name for agent in self.stores.agents.list()}
        return ActResult(
            reply="\n".join(lines), agents=tuple(name for name in agents if name in known)
        )

    def _failed_builds(self, window: Window) -> list[str]:
        """Return the requests of that time that came to no agent: failed, stopped, or left with a failure."""
        lines: list[str] = []
        for thread in self.stores.threads.list(limit=RUNS):
            if thread.data.get("kind") != "chat" or not window.holds(thread.updated_at):
                continue
            why = self._why_no_agent(thread)
            if why:
                lines.append(f"{self.at(thread.updated_at)} {thread.title[:80]!r}: {why}")
        if not lines:
            return []
        more = [f"and {len(lines) - _SHOWN} more: podium threads"] if len(lines) > _SHOWN else []
        return [f"{len(lines)} builds failed or were left:", *lines[:_SHOWN], *more]

    def _why_no_agent(self, thread: Thread) -> str:
        question = thread.data.get("question")
        if thread.status == "waiting" and isinstance(question, dict):
            asked = Question.model_validate(question)
            left = (self.clock.now() - thread.updated_at).total_seconds() > _LEFT_S
            if any(item.name == "action" for item in asked.fields):
                return f"{asked.title} {asked.text} → podium answer {thread.thread_id}"
            return (
                f"waits since then: {asked.title} → podium answer {thread.thread_id}"
                if left
                else ""
            )
        if thread.status == "failed" and thread.data.get("plan"):
            reply = str(thread.data.get("reply") or "").strip().splitlines()
            return reply[-1] if reply else "it failed"
        return ""

    def _unseen(self, window: Window, runs: tuple[Run, ...]) -> list[str]:
        """Return what is to be said when there may be runs of that time beyond those that were looked at."""
        if len(runs) < RUNS:
            return []
        return self.unseen(window, len(runs), runs[-1].created_at)

    def _changes(self, window: Window, names: tuple[str, ...] | None) -> str:
        """Return what was changed and what came of it in that time: versions, states, runs, values."""
        live = self.stores.runs.list(limit=RUNS)
        lines = self._agent_changes(window, names) + self._run_changes(window, names, live)
        about = f" of {', '.join(names)}" if names else ""
        first = f"What changed{about} {self.period(window)}:"
        if not lines:
            first = f"Nothing{about} changed {self.period(window)}."
        return "\n".join([first, *lines, *self._unseen(window, live)])

    def _agent_changes(self, window: Window, names: tuple[str, ...] | None) -> list[str]:
        told: list[tuple[datetime, str]] = []
        for agent in self.stores.agents.list():
            if names is not None and agent.name not in names:
                continue
            told += [
                (
                    item.created_at,
                    f"{agent.name} version {item.version}: {item.reason}, by {item.author}",
                )
                for item in self.stores.agents.versions(agent.name)
                if window.holds(item.created_at)
            ]
        for event in self._events(window):
            about = str(event.data.get("agent"))
            if event.kind.startswith("agent.") and (names is None or about in names):
                told.append((event.at, _event_words(event)))
        return [f"{self.at(at)} {text}" for at, text in sorted(told)]

    def _events(self, window: Window) -> list[Event]:
        """Return the events of that time, from the newest back."""
        found: list[Event] = []
        seq = self.stores.events.newest()
        while seq > 0:
            start = max(seq - _EVENTS, 0)
            page = [e for e in self.stores.events.after(start, limit=_EVENTS) if e.seq <= seq]
            found += [event for event in page if window.holds(event.at)]
            if page and page[0].at < (window.since or page[0].at):
                break
            seq = start
        return found

    def _run_changes(
        self, window: Window, names: tuple[str, ...] | None, live: tuple[Run, ...]
    ) -> list[str]:
        runs = [run for run in live if run.status == "finished"]
        lines: list[str] = []
        for name in sorted({run.agent for run in runs}):
            if names is not None and name not in names:
                continue
            own = [run for run in runs if run.agent == name]
            inside = [run for run in own if window.holds(run.created_at)]
            before = [run for run in own if window.since and run.created_at < window.since]
            if not inside:
                continue
            lines.append(self._run_change(name, before[0] if before else None, inside))
        return lines

    def _run_change(self, name: str, before: Run | None, inside: list[Run]) -> str:
        last = inside[0]
        bad = [run.run_id for run in inside if run.outcome in BAD]
        text = f"{name}: {len(inside)} runs, the last {told(last)} at {self.at(last.created_at)}"
        if bad:
            text += f"; failed: {', '.join(bad)}"
        if before is not None:
            text += f"; before that {told(before)}"
            moved = _moved_counts(before, last)
            if moved:
                text += f"; {moved}"
        return text


def _moved_counts(before: Run, after: Run) -> str:
    moved: list[str] = []
    for step, output in after.outputs.items():
        was, now = rows_in(before.outputs.get(step)), rows_in(output)
        if was is not None and now is not None and was != now:
            moved.append(f"{step} {was} → {now} rows")
    if before.version != after.version:
        moved.append(f"version {before.version} → {after.version}")
    return ", ".join(moved)


def _event_words(event: Event) -> str:
    what = event.kind.removeprefix("agent.").replace("_", " ")
    more = {name: value for name, value in event.data.items() if name != "agent"}
    return f"{event.data.get('agent')} was {what}{_plain(more)}"


def _plain(values: JsonObject) -> str:
    if not values:
        return ""
    return " (" + ", ".join(f"{name} {value}" for name, value in values.items()) + ")"

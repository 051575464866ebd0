"""Commands that read or change records: nothing runs, so nothing heavy is imported."""

from __future__ import annotations

import difflib
import json
import textwrap
from collections.abc import Generator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from pydantic import JsonValue

from podium.server.cli.output import DONE, emit, say, table
from podium.server.following import chain_view
from podium.server.records import Records, open_records
from podium.server.searching import Searching, search_result
from podium.server.settings import Settings
from podium.server.views import (
    agent_document,
    agent_view,
    diff_view,
    run_view,
    version_view,
)
from podium.state.diffs import diff_words
from podium.state.document import JsonObject
from podium.state.errors import Conflict, UserError
from podium.state.runs import Run
from podium.state.spec import AgentState
from podium.state.stores import Version

_GOAL = 100
"""Characters of a goal in a list."""


@contextmanager
def records() -> Generator[Records]:
    """Yield the data folder's records."""
    opened = open_records(Settings())
    try:
        yield opened
    finally:
        opened.close()


# -- Agents ----------------------------------------------------------------------------------------


def agents(*, as_json: bool) -> int:
    """List the agents."""
    with records() as kept:
        found = [agent_view(kept.stores, agent) for agent in kept.stores.agents.list()]
    if as_json:
        emit(found)
        return DONE
    table(
        ("agent", "state", "version", "last run", "goal"),
        [
            (
                str(view["name"]),
                str(view["state"]),
                str(view["version"]),
                str(view["last_outcome"] or "-"),
                _cut(str(view["goal"])),
            )
            for view in found
        ],
        empty='No agents yet. Say what you want: podium chat "..."',
    )
    return DONE


def _cut(goal: str) -> str:
    """Return the goal in one line; one that is long ends after a whole word."""
    return textwrap.shorten(goal, _GOAL, placeholder=" …")


def agent(name: str, *, as_json: bool) -> int:
    """Show one agent."""
    with records() as kept:
        found = kept.stores.agents.get(name)
        view = agent_view(kept.stores, found)
        program = kept.stores.agents.version(name).program
        runs = kept.stores.runs.list(agent=name, limit=5)
    if as_json:
        emit({**view, "program": program.to_json(), "runs": [run_view(item) for item in runs]})
        return DONE
    say(f"{name}  {view['state']}, version {view['version']}")
    say(f"Goal: {view['goal']}")
    say(f"Sites: {', '.join(str(item) for item in _list(view['origins']))}")
    if view["secrets"]:
        say(f"Secrets: {', '.join(str(item) for item in _list(view['secrets']))}")
    for number, step in enumerate(program.steps, 1):
        say(f"  {number}. {step.title}  [{step.effect}]")
    _runs_table(runs)
    return DONE


def export(name: str, file: Path | None) -> int:
    """Write the agent as one JSON document."""
    with records() as kept:
        version = kept.stores.agents.version(name)
    document = agent_document(version)
    if file is None:
        emit(document)
        return DONE
    file.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    say(f"Wrote {file}")
    return DONE


def import_(file: Path, *, as_json: bool) -> int:
    """Add an agent from an exported document, as a draft.

    Raises:
        UserError: If the file is not such a document.
    """
    try:
        document: JsonValue = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UserError(f"{str(file)!r} is no agent document: {error}") from error
    with records() as kept:
        agent = kept.roster.import_(document, source=file.name)
        view = agent_view(kept.stores, agent)
    text = f"{agent.name} is imported as a draft. `podium agents resume {agent.name}` deploys it."
    _report(view, text, as_json=as_json)
    return DONE


def delete(name: str, *, sure: bool, as_json: bool) -> int:
    """Delete an agent.

    Raises:
        Conflict: If it was not confirmed, or a run of it is under way.
    """
    with records() as kept:
        kept.stores.agents.get(name)
        if not sure:
            raise Conflict(f"Deleting {name!r} needs to be confirmed", hint="Add --yes.")
        agent = kept.roster.delete(name)
    text = (
        f"Deleted {agent.name}; its runs, tables and files stay. "
        f"`podium agents restore {agent.name}` brings it back."
    )
    _report({"deleted": agent.name}, text, as_json=as_json)
    return DONE


def deleted(*, as_json: bool) -> int:
    """List the agents that can be brought back."""
    with records() as kept:
        found = kept.stores.agents.deleted()
    if as_json:
        emit([item.to_json() for item in found])
        return DONE
    table(
        ("agent", "id", "versions", "deleted"),
        [(item.name, item.agent_id, str(item.versions), when(item.deleted_at)) for item in found],
        empty="No agent was deleted.",
    )
    return DONE


def restore(name: str, new: str, *, as_json: bool) -> int:
    """Bring a deleted agent back."""
    with records() as kept:
        agent = kept.roster.restore(name, new=new)
        view = agent_view(kept.stores, agent)
    _report(view, f"{agent.name} is back, {agent.state}.", as_json=as_json)
    return DONE


def rename(name: str, new: str, *, as_json: bool) -> int:
    """Give an agent another name."""
    with records() as kept:
        agent = kept.roster.rename(name, new)
        view = agent_view(kept.stores, agent)
        still = "".join(f" {line}, as before." for line in kept.roster.chained_with(agent.name))
    _report(view, f"{name} is called {agent.name} now.{still}", as_json=as_json)
    return DONE


def rollback(name: str, version: int | None, *, as_json: bool) -> int:
    """Make an earlier version the active one."""
    with records() as kept:
        active, before = kept.roster.roll_back(name, version)
        view = agent_view(kept.stores, kept.stores.agents.get(name))
    text = f"{name} is back at version {active.version} ({active.reason}); it was at {before}."
    _report(view, text, as_json=as_json)
    return DONE


def set_state(name: str, state: AgentState, *, as_json: bool) -> int:
    """Pause or deploy an agent."""
    with records() as kept:
        agent = kept.roster.pause(name) if state == "paused" else kept.roster.resume(name)
        view = agent_view(kept.stores, agent)
    _report(view, f"{agent.name} is {state}.", as_json=as_json)
    return DONE


def why(name: str, run_id: str, *, as_json: bool) -> int:
    """Say why an agent's run failed."""
    from podium.server.troubleshooting import Troubleshooting

    with records() as kept:
        view = Troubleshooting(kept.stores, kept.vault, when, kept.artifacts).view(
            name, run_id=run_id
        )
    _report(view, str(view["text"]), as_json=as_json)
    return DONE


def versions(name: str, *, as_json: bool) -> int:
    """List an agent's versions."""
    with records() as kept:
        active = kept.stores.agents.get(name).active_version
        found = kept.stores.agents.versions(name)
    if as_json:
        emit([version_view(item, active=active) for item in found])
        return DONE
    table(
        ("version", "active", "made", "by", "reason"),
        [
            (
                str(item.version),
                "yes" if item.version == active else "",
                when(item.created_at),
                item.author,
                item.reason,
            )
            for item in found
        ],
        empty="No versions.",
    )
    return DONE


def diff(name: str, v1: int | None, v2: int | None, *, as_json: bool) -> int:
    """Show what changed between two versions, by default the newest and the one before it."""
    with records() as kept:
        before, after, found = kept.roster.compare(name, v1, v2)
        first, second = (v1 or before, v2 or after)
        texts = [
            _document_text(kept.stores.agents.version(name, number)) for number in (first, second)
        ]
    lines = list(
        difflib.unified_diff(
            texts[0], texts[1], f"{name} version {first}", f"{name} version {second}", lineterm=""
        )
    )
    _report(
        {**diff_view(name, before, after, found), "from": first, "to": second, "diff": list(lines)},
        "\n".join(diff_words(found)) if found.changes else "No difference.",
        as_json=as_json,
    )
    return DONE


def _document_text(version: Version) -> list[str]:
    document = {"spec": version.spec.to_json(), "program": version.program.to_json()}
    return json.dumps(document, indent=2, ensure_ascii=False, sort_keys=True).splitlines()


# -- Runs ----------------------------------------------------------------------------


def runs(agent: str | None, limit: int, *, as_json: bool) -> int:
    """List runs, newest first."""
    with records() as kept:
        if agent is not None:
            kept.stores.agents.get(agent)
        found = kept.stores.runs.list(agent=agent, limit=limit)
    if as_json:
        emit([run_view(item) for item in found])
    else:
        _runs_table(found)
    return DONE


def _runs_table(found: tuple[Run, ...]) -> None:
    table(
        ("run", "agent", "version", "kind", "outcome", "started", "seconds", "model calls"),
        [
            (
                item.run_id,
                item.agent,
                str(item.version),
                item.mode,
                item.outcome or item.status,
                when(item.created_at),
                f"{item.duration_ms / 1000:.1f}",
                str(item.model_calls),
            )
            for item in found
        ],
        empty="No runs yet.",
    )


def run(run_id: str, *, as_json: bool) -> int:
    """Show one run."""
    with records() as kept:
        found = kept.stores.runs.get(run_id)
        view = chain_view(kept.stores, found)
    if as_json:
        emit(view)
    else:
        show_run(found, view)
    return DONE


def show_run(run: Run, view: JsonObject) -> None:
    """Print a run for people: outcome, steps with their evidence, files, and the runs that follow it."""
    state = run.outcome or run.status
    say(
        f"{run.agent} version {run.version}: {state}  "
        f"({run.duration_ms / 1000:.1f} s, {run.model_calls} model calls, {run.healed} healed, "
        f"overhead {run.overhead_ms} ms)"
    )
    table(
        ("step", "title", "status", "rung", "ms", "seen"),
        [
            (
                f"{record.id} {record.item}".strip(),
                record.title,
                record.status,
                str(record.rung or ""),
                str(record.ms),
                record.message or _seen(record.evidence),
            )
            for record in run.steps[:40]
        ],
        empty="No steps yet.",
    )
    if len(run.steps) > 40:
        say(f"and {len(run.steps) - 40} more steps: podium runs show {run.run_id} --json")
    for file in run.artifacts[:20]:
        known = "  (already kept)" if file.known else ""
        say(f"  {file.path}  {file.bytes:,} bytes{known}")
    if len(run.artifacts) > 20:
        say(f"  and {len(run.artifacts) - 20} more files")
    if run.error:
        say(f"Failed at {run.error.step or 'start'}: {run.error.message} [{run.error.code}]")
    for line in _not_proven(run):
        say(line)
    for line in _chain_lines(view):
        say(line)
    if run.question:
        say(f"Waits: {run.question.title}\nAnswer with: podium answer {run.thread_id}")


def _chain_lines(view: JsonObject) -> list[str]:
    lines = [f"Follows {view['parent']}"] if view.get("parent") else []
    children, held = view.get("children"), view.get("not_started")
    for item in children if isinstance(children, list) else []:
        if isinstance(item, dict):
            state = item["outcome"] or item["status"]
            lines.append(f"  → {item['run_id']} {item['agent']}: {state} (after {item['parent']})")
    for item in held if isinstance(held, list) else []:
        if isinstance(item, dict):
            note = f": {item['note']}" if item["note"] else ""
            lines.append(
                f"  → {item['run_id']} {item['agent']}: not started, {item['status']}{note}"
            )
    return lines


def _seen(evidence: JsonObject) -> str:
    parts = [f"{name} {value}" for name, value in evidence.items() if isinstance(value, int | str)]
    return ", ".join(parts)[:60]


def _not_proven(run: Run) -> list[str]:
    """Return what an unverified run did without a proof, and what to do about each."""
    if run.outcome != "unverified":
        return []
    return [
        f"Not proven: {record.title}: {record.message or 'look at the site whether it is there'}."
        for record in run.steps
        if record.effect in {"write", "irreversible"} and not record.evidence.get("proof")
    ][:5]


# -- Shared ----------------------------------------------------------------------------------------


def _report(value: JsonObject, text: str, *, as_json: bool) -> None:
    if as_json:
        emit(value)
    else:
        say(text)


def when(moment: datetime) -> str:
    """Return the moment as people here write it."""
    return moment.astimezone().strftime("%Y-%m-%d %H:%M")


def _list(value: JsonValue) -> list[JsonValue]:
    return value if isinstance(value, list) else []


def search(words: str, agent: str, limit: int, *, as_json: bool) -> int:
    """List what holds the words, newest first."""
    with records() as kept:
        hits = Searching(kept.stores, when).find(words, agent=agent, limit=limit)
        views = Searching(kept.stores, when).view(words, agent=agent, limit=limit)
    if as_json:
        emit(search_result(words, views))
        return DONE
    table(
        ("what", "agent", "run", "step", "when", "text"),
        [
            (
                hit.kind,
                f"{hit.agent} (deleted)" if view["deleted"] else hit.agent,
                hit.run_id or hit.thread_id,
                hit.step,
                when(hit.at),
                f"{hit.title}: {' '.join(hit.text.split())[:80]}",
            )
            for hit, view in zip(hits, views, strict=True)
        ],
        empty=f"Nothing in the workspace holds {words!r}.",
    )
    return DONE

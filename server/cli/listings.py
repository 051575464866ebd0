"""Commands that read or change records: nothing runs, so nothing heavy is imported."""

from __future__ import annotations

import difflib
import json
from collections.abc import Generator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from pydantic import JsonValue, ValidationError

from podium.server.cli.output import DONE, emit, say, table
from podium.server.records import Records, open_records
from podium.server.settings import Settings
from podium.server.views import agent_document, agent_view, question_view, run_view, version_view
from podium.state.document import JsonObject
from podium.state.errors import Conflict, InvalidProgram, UserError
from podium.state.program import parse_program
from podium.state.runs import Run
from podium.state.spec import AgentSpec, AgentState, check_agent_name
from podium.state.stores import Version
from podium.state.triggers import next_fires


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
                str(view["goal"])[:70],
            )
            for view in found
        ],
        empty='No agents yet. Say what you want: podium chat "..."',
    )
    return DONE


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
    if not isinstance(document, dict) or document.get("podium_agent") != 1:
        raise UserError(f"{str(file)!r} is no agent document", hint="Make one with agents export.")
    try:
        spec = AgentSpec.model_validate(document.get("spec"))
    except ValidationError as error:
        raise InvalidProgram(f"The spec in {str(file)!r} is not valid: {error}") from error
    check_agent_name(spec.name)
    body = document.get("program")
    program = parse_program(body if isinstance(body, dict) else {})
    with records() as kept:
        agent = kept.stores.agents.create(
            name=spec.name,
            spec=spec,
            program=program,
            reason=f"imported from {file.name}",
            author="you",
        )
        view = agent_view(kept.stores, agent)
    if as_json:
        emit(view)
    else:
        say(f"{agent.name} is imported as a draft. `podium agents resume {agent.name}` deploys it.")
    return DONE


def delete(name: str, *, sure: bool, as_json: bool) -> int:
    """Delete an agent.

    Raises:
        Conflict: If it was not confirmed.
    """
    with records() as kept:
        kept.stores.agents.get(name)
        if not sure:
            raise Conflict(f"Deleting {name!r} needs to be confirmed", hint="Add --yes.")
        kept.stores.schedules.delete(name)
        kept.stores.agents.delete(name)
    _report({"deleted": name}, f"Deleted {name}; its runs, tables and files stay.", as_json=as_json)
    return DONE


def set_state(name: str, state: AgentState, *, as_json: bool) -> int:
    """Pause or deploy an agent."""
    with records() as kept:
        agent = kept.stores.agents.get(name)
        if state == "deployed" and agent.state == "draft":
            kept.stores.agents.activate(name, agent.active_version)
        else:
            kept.stores.agents.set_state(name, state)
        view = agent_view(kept.stores, kept.stores.agents.get(name))
    _report(view, f"{name} is {state}.", as_json=as_json)
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
                _when(item.created_at),
                item.author,
                item.reason,
            )
            for item in found
        ],
        empty="No versions.",
    )
    return DONE


def diff(name: str, v1: int, v2: int, *, as_json: bool) -> int:
    """Show what changed between two versions."""
    with records() as kept:
        texts = [_document_text(kept.stores.agents.version(name, number)) for number in (v1, v2)]
    lines = list(
        difflib.unified_diff(
            texts[0], texts[1], f"{name} version {v1}", f"{name} version {v2}", lineterm=""
        )
    )
    _report(
        {"agent": name, "from": v1, "to": v2, "diff": list(lines)},
        "\n".join(lines) or "No difference.",
        as_json=as_json,
    )
    return DONE


def _document_text(version: Version) -> list[str]:
    document = {"spec": version.spec.to_json(), "program": version.program.to_json()}
    return json.dumps(document, indent=2, ensure_ascii=False, sort_keys=True).splitlines()


# -- Runs and questions ----------------------------------------------------------------------------


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
                _when(item.created_at),
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
    if as_json:
        emit(run_view(found))
    else:
        show_run(found)
    return DONE


def show_run(run: Run) -> None:
    """Print a run for people: outcome, steps with their evidence, files."""
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
    if run.question:
        say(f"Waits: {run.question.title}\nAnswer with: podium answer {run.thread_id}")


def _seen(evidence: JsonObject) -> str:
    parts = [f"{name} {value}" for name, value in evidence.items() if isinstance(value, int | str)]
    return ", ".join(parts)[:60]


def inbox(*, as_json: bool) -> int:
    """List the questions that wait."""
    with records() as kept:
        found = kept.stores.questions.open()
    if as_json:
        emit([question_view(item) for item in found])
        return DONE
    table(
        ("thread", "kind", "question", "fields", "asked"),
        [
            (
                item.thread_id,
                item.question.kind,
                item.question.title,
                ", ".join(field.name for field in item.question.fields),
                _when(item.asked_at),
            )
            for item in found
        ],
        empty="Nothing waits for you.",
    )
    return DONE


# -- Shared ----------------------------------------------------------------------------------------


def fires_text(kept: Records, agent: str) -> list[str]:
    """Return the next five firings of the agent's schedule, as local times."""
    schedule = kept.stores.schedules.get(agent)
    if schedule is None:
        return []
    return [fire.isoformat() for fire in next_fires(schedule, after=kept.clock.now())]


def _report(value: JsonObject, text: str, *, as_json: bool) -> None:
    if as_json:
        emit(value)
    else:
        say(text)


def _when(moment: datetime) -> str:
    return moment.astimezone().strftime("%Y-%m-%d %H:%M")


def _list(value: JsonValue) -> list[JsonValue]:
    return value if isinstance(value, list) else []

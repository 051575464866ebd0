"""What doors show of records: one shape for the command line, HTTP and Python."""

from __future__ import annotations

from datetime import datetime

from pydantic import JsonValue

from podium.state.diffs import VersionDiff
from podium.state.document import JsonObject
from podium.state.firings import Firing
from podium.state.plan import Request, Understanding
from podium.state.questions import OpenQuestion
from podium.state.runs import Run
from podium.state.stores import Agent, ScheduleRow, Stores, Version
from podium.state.triggers import next_fires


def agent_view(stores: Stores, agent: Agent) -> JsonObject:
    """Return an agent with its last run."""
    version = stores.agents.version(agent.name)
    runs = stores.runs.list(agent=agent.name, limit=1)
    schedule = stores.schedules.get(agent.name)
    return {
        "name": agent.name,
        "agent_id": agent.agent_id,
        "state": agent.state,
        "version": agent.active_version,
        "goal": version.spec.goal,
        "origins": list(version.spec.origins),
        "secrets": list(version.spec.secrets),
        "inputs": [item.to_json() for item in version.spec.inputs],
        "schedule": schedule.to_json() if schedule else None,
        "last_run": runs[0].run_id if runs else None,
        "last_outcome": (runs[0].outcome or runs[0].status) if runs else None,
    }


def version_view(version: Version, *, active: int) -> JsonObject:
    """Return a version without its program."""
    return {
        "version": version.version,
        "active": version.version == active,
        "created_at": version.created_at.isoformat(),
        "author": version.author,
        "reason": version.reason,
        "steps": len(version.program.steps),
    }


def diff_view(name: str, before: int, after: int, diff: VersionDiff) -> JsonObject:
    """Return what differs between two versions, and which compiled steps are the same in both."""
    return {
        "agent": name,
        "from": before,
        "to": after,
        "changes": [item.to_json() for item in diff.changes],
        "kept": list(diff.kept),
        "rebuilt": list(diff.rebuilt),
    }


def agent_document(version: Version) -> JsonObject:
    """Return the agent as one document that can be imported elsewhere."""
    return {
        "podium_agent": 1,
        "spec": version.spec.to_json(),
        "program": version.program.to_json(),
    }


def run_view(run: Run) -> JsonObject:
    """Return a run in the shape of design §11."""
    return run.to_json()


def question_view(item: OpenQuestion) -> JsonObject:
    """Return an open question with where it waits."""
    return {
        "thread_id": item.thread_id,
        "run_id": item.run_id or None,
        "agent": item.agent or None,
        "asked_at": item.asked_at.isoformat(),
        "question": item.question.to_json(),
        "schema": item.question.json_schema(),
    }


def schedule_view(row: ScheduleRow, *, now: datetime) -> JsonObject:
    """Return a schedule with its next firings; while it or its agent is paused there are none."""
    idle = row.paused or row.stopped
    fires: list[JsonValue] = (
        [] if idle else [fire.isoformat() for fire in next_fires(row.schedule, after=now)]
    )
    return {
        "agent": row.agent,
        "schedule": row.schedule.to_json(),
        "words": row.schedule.shown,
        "paused": row.paused,
        "stopped": row.stopped,
        "note": row.note,
        "failures": row.failures,
        "next_at": row.next_at.isoformat() if row.next_at and not idle else None,
        "next_fires": fires,
    }


def firing_view(firing: Firing) -> JsonObject:
    """Return one occasion on which an agent shall run or did."""
    return firing.to_json()


def understanding_view(reading: Understanding) -> JsonObject:
    """Return a reading in the shape of design §11."""
    return {
        "requests": [request_view(item) for item in reading.requests],
        "confidence": reading.confidence,
        "unexplained": list(reading.unexplained),
        "reply": reading.reply,
    }


def request_view(request: Request) -> JsonObject:
    """Return one request of a reading."""
    schedule = request.schedule
    return {
        "verb": request.verb,
        "agents": list(request.agents),
        "site": request.site,
        "schedule": schedule.to_json() if schedule else None,
        "inputs": [item.to_json() for item in request.inputs],
        "outputs": list(request.outputs),
        "effects": list(request.effects),
        "steps": [step.to_json() for step in request.steps],
        "missing": [item.field for item in request.missing],
        "arguments": request.arguments,
    }

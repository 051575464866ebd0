"""The channels of an agent's graph. Plain JSON; each key has one writer, named beside it."""

from __future__ import annotations

from typing import Annotated, TypedDict

from podium.state.document import JsonObject


def merge(left: JsonObject, right: JsonObject | None) -> JsonObject:
    """Join two objects; the right one wins. None empties: a new run on an old thread starts clean."""
    return {} if right is None else {**left, **right}


def extend(left: list[str], right: list[str] | None) -> list[str]:
    """Append what is not there yet, so that a node that ran twice counts once. None empties."""
    return [] if right is None else left + [item for item in right if item not in left]


class AgentInput(TypedDict, total=False):
    """What starts a run. Studio may leave all of it out."""

    run_id: str
    inputs: JsonObject
    mode: str
    """live | test"""
    trigger: str
    release_writes: bool
    origin_run: str
    """The first try of this run: what it wrote is written."""


class AgentState(AgentInput, total=False):
    """What a run's checkpoint holds. Rows are staged, step records are events; neither is here."""

    run: JsonObject  # begin: identity of the run
    outputs: Annotated[JsonObject, merge]  # step nodes: step id -> small outputs
    done: Annotated[list[str], extend]  # step nodes: finished top-level steps
    safe_url: str  # step nodes
    safe_page: JsonObject | None  # step nodes, with `safe_url`: what its page is known by
    cursors: Annotated[JsonObject, merge]  # loop heads: step id -> index of the present row
    question: JsonObject | None  # step nodes ask, ask nodes clear
    answer: JsonObject | None  # ask nodes give, step nodes take
    skipped: bool  # step nodes: the present loop item is given up
    error: JsonObject | None  # step nodes: the run is over
    result: JsonObject  # finish: the run as doors show it


class AgentUpdate(TypedDict, total=False):
    """What a node of the agent graph may change."""

    run: JsonObject
    outputs: JsonObject | None
    done: list[str] | None
    safe_url: str
    safe_page: JsonObject | None
    cursors: JsonObject | None
    question: JsonObject | None
    answer: JsonObject | None
    skipped: bool
    error: JsonObject | None
    result: JsonObject

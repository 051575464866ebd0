"""A new agent whose name, or whose table, another one got meanwhile."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import cast

from pydantic import JsonValue

from podium.state.plan import PlannedAgent, PlannedStep
from podium.state.program import Program
from podium.state.spec import AgentSpec

_LONGEST = 63
"""Characters of an agent's name."""


def free_names(name: str) -> Iterator[str]:
    """Yield the name, then the name with numbers, without end."""
    yield name
    number = 2
    while True:
        end = f"-{number}"
        yield f"{name[: _LONGEST - len(end)]}{end}"
        number += 1


def is_shared(step: PlannedStep, goal: str, kept: Collection[str]) -> bool:
    """Return whether the step fills a table of another agent that the goal does not name."""
    if step.op != "store" or not step.dataset or f"table: {step.dataset}" not in kept:
        return False
    words = step.dataset.replace("_", "[ _-]")
    named = rf"\b(?:table|dataset|sheet|spreadsheet)\s+(?:called\s+|named\s+)?[\"'\u201c]?{words}\b"
    return re.search(named, goal, re.IGNORECASE) is None


def table_of(name: str) -> str:
    """Return the name of the table that only this agent fills."""
    return name.replace("-", "_")


def own_tables(spec: AgentSpec, name: str, kept: Collection[str]) -> dict[str, str]:
    """Return table -> the table that the agent fills instead under its new name; tables that the goal names stay.

    `kept` are the outputs of the agents there are.
    """
    return {step.dataset: table_of(name) for step in spec.steps if is_shared(step, spec.goal, kept)}


def renamed_spec(spec: AgentSpec, name: str, tables: Mapping[str, str]) -> AgentSpec:
    """Return the specification under its new name, with its tables."""
    steps = tuple(in_tables(step, tables) for step in spec.steps)
    outputs = _outputs(spec.outputs, tables)
    return spec.model_copy(update={"name": name, "steps": steps, "outputs": outputs})


def renamed_plan(agent: PlannedAgent, name: str, tables: Mapping[str, str]) -> PlannedAgent:
    """Return the planned agent under its new name, with its tables."""
    steps = tuple(in_tables(step, tables) for step in agent.steps)
    outputs = _outputs(agent.outputs, tables)
    return agent.model_copy(update={"name": name, "steps": steps, "outputs": outputs})


def renamed_program(program: Program, tables: Mapping[str, str]) -> Program:
    """Return the program with its rows kept in the other tables, also inside its loops."""
    return Program.model_validate(_stored(program.to_json(), tables)) if tables else program


def _outputs(outputs: tuple[str, ...], tables: Mapping[str, str]) -> tuple[str, ...]:
    said = {f"table: {old}": f"table: {new}" for old, new in tables.items()}
    return tuple(said.get(one, one) for one in outputs)


def in_tables(step: PlannedStep, tables: Mapping[str, str]) -> PlannedStep:
    """Return the step with its rows in the other table."""
    if step.op != "store" or step.dataset not in tables:
        return step
    table = tables[step.dataset]
    title = step.title.replace(repr(step.dataset), repr(table))
    return step.model_copy(update={"dataset": table, "title": title})


def _stored(value: JsonValue, tables: Mapping[str, str]) -> JsonValue:
    if isinstance(value, list):
        return [_stored(item, tables) for item in value]
    if not isinstance(value, dict):
        return value
    found = {key: _stored(item, tables) for key, item in value.items()}
    if found.get("op") == "store":
        args = cast("dict[str, JsonValue]", found["args"])
        dataset = str(args["dataset"])
        found["args"] = {**args, "dataset": tables.get(dataset, dataset)}
        title = str(found.get("title", ""))
        found["title"] = title.replace(repr(dataset), repr(tables.get(dataset, dataset)))
    return found

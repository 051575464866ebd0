"""The spec: what the user confirmed about one agent."""

from __future__ import annotations

import re
from typing import Literal

from podium.state.document import Document
from podium.state.errors import UserError
from podium.state.plan import InputSpec, Plan, PlannedAgent, PlannedStep
from podium.state.triggers import Schedule

AgentState = Literal["draft", "deployed", "paused"]

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")


class Limits(Document):
    """Bounds of one run."""

    run_timeout_s: float = 3600.0
    step_timeout_s: float = 60.0
    max_rows: int = 10_000


class AgentSpec(Document):
    """What the user confirmed: the goal and everything the agent may touch."""

    name: str
    goal: str
    origins: tuple[str, ...]
    secrets: tuple[str, ...] = ()
    inputs: tuple[InputSpec, ...] = ()
    outputs: tuple[str, ...] = ()
    schedule: Schedule | None = None
    steps: tuple[PlannedStep, ...] = ()
    """The approved outline the program was built from."""
    limits: Limits = Limits()


def as_plan(spec: AgentSpec, *, plan_id: str) -> Plan:
    """Return what the agent does as a plan, so that it can be changed as one."""
    agent = PlannedAgent(
        name=spec.name,
        goal=spec.goal,
        origins=spec.origins,
        secrets=spec.secrets,
        inputs=spec.inputs,
        outputs=spec.outputs,
        schedule=spec.schedule,
        steps=spec.steps,
    )
    return Plan(plan_id=plan_id, goal=spec.goal, agents=(agent,))


def check_agent_name(name: str) -> str:
    """Return the name when it may be used.

    Raises:
        UserError: If it may not.
    """
    if not _NAME.fullmatch(name):
        raise UserError(
            f"{name!r} cannot be the name of an agent",
            hint="Use lower-case letters, digits and `-`, at most 63 characters.",
        )
    return name

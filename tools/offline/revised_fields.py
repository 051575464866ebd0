"""Fields added to or taken from what a plan reads."""

from __future__ import annotations

from collections.abc import Sequence

from podium.state.errors import InvalidAnswer
from podium.state.plan import PlannedAgent, PlannedStep
from podium.tools.offline.lexicon import singular, words


def add_fields(
    agent: PlannedAgent, names: Sequence[str], *, told: bool = False
) -> PlannedAgent | None:
    """Return the agent reading these fields too, or none when they are no field names; `told`: they are said to be."""
    known = words("nouns", "columns") | words("nouns", "fields")
    if not names or any(len(name.split()) > 3 for name in names):
        return None
    if not any(name in known or name.split()[-1] in known for name in names) and not told:
        return None
    at = next((index for index, step in enumerate(agent.steps) if step.op == "extract"), None)
    if at is None:
        return None
    step = agent.steps[at]
    if not step.fields:
        # Nothing was singled out, so everything is read already.
        return agent
    fields = (*step.fields, *(name for name in names if name not in step.fields))
    return _replaced(agent, at, fields)


def drop_fields(agent: PlannedAgent, names: Sequence[str]) -> PlannedAgent | None:
    """Return the agent without these fields, or none when it does not read them.

    Raises:
        InvalidAnswer: If nothing would be left to read, or the key would go.
    """
    at = next((index for index, step in enumerate(agent.steps) if step.op == "extract"), None)
    if at is None:
        return None
    step = agent.steps[at]
    lowered = {singular(name.lower()) for name in names}
    if not lowered <= {singular(name.lower()) for name in step.fields}:
        return None
    if singular(step.key.lower()) in lowered:
        raise InvalidAnswer(
            f"{step.key!r} is the key; without it rows cannot be told apart",
            hint="Choose another key first.",
        )
    fields = tuple(name for name in step.fields if singular(name.lower()) not in lowered)
    if not fields:
        raise InvalidAnswer(
            "Nothing would be left to read", hint="Name the fields you want instead."
        )
    return _replaced(agent, at, fields)


def _replaced(agent: PlannedAgent, at: int, fields: tuple[str, ...]) -> PlannedAgent:
    steps: list[PlannedStep] = list(agent.steps)
    thing = steps[at].thing
    implied = tuple(name for name in steps[at].implied if name in fields)
    steps[at] = steps[at].model_copy(
        update={
            "fields": fields,
            "implied": implied,
            "title": f"Read {', '.join(fields)} of the {thing}",
        }
    )
    return agent.model_copy(update={"steps": tuple(steps)})

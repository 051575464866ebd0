"""One document per agent that people read and edit: purpose, inputs, workflow, rules, data, schedule. YAML, nothing lost."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TypeVar

import yaml
from pydantic import JsonValue, TypeAdapter, ValidationError

from podium.state.document import Document, JsonObject
from podium.state.errors import InvalidAnswer, UserError
from podium.state.plan import InputSpec, MatchRule, PlannedAgent, PlannedStep
from podium.state.program import Effect
from podium.state.spec import AgentSpec
from podium.state.triggers import Schedule
from podium.tools.offline.schedules import hear_schedule

_DATA = ("store_as", "dataset", "key")
"""What of a storing step stands under `data`."""
_EFFECTS: dict[str, Effect] = {"sign_in": "sign_in", "submit": "write"}
_KEYS = ("agent", "purpose", "sites", "secrets", "inputs", "outputs", "schedule", "data", "rules", "workflow")  # fmt: skip
_JSON: TypeAdapter[JsonObject] = TypeAdapter(JsonObject)
_T = TypeVar("_T", bound=Document)


def render(spec: AgentSpec, *, note: str) -> str:
    """Return the agent as a document; `note` is its first line, a comment."""
    steps = [_step(step) for step in spec.steps]
    body: JsonObject = {
        "agent": spec.name,
        "purpose": spec.goal,
        "sites": list(spec.origins),
        "secrets": list(spec.secrets),
        "inputs": {item.name: _short(item, leave=("name",)) for item in spec.inputs},
        "outputs": list(spec.outputs),
        "schedule": _when(spec.schedule),
        "data": {
            step.id: {name: value for name, value in _short(step).items() if name in _DATA}
            for step in spec.steps
            if step.op == "store"
        },
        "rules": {step.id: [_rule(rule) for rule in step.rules] for step in spec.steps if step.rules},
        "workflow": list[JsonValue](steps),
    }  # fmt: skip
    parts = [
        yaml.safe_dump({key: body[key]}, sort_keys=False, allow_unicode=True, width=110)
        for key in _KEYS
        if body[key] or key in {"agent", "purpose", "sites", "schedule", "workflow"}
    ]
    return "\n".join([f"# {note}\n", *parts])


def _step(step: PlannedStep) -> JsonObject:
    moved = {"rules", *(_DATA if step.op == "store" else ())}
    kept = _short(step, leave=("id", "op", "title", *moved))
    if step.effect == _EFFECTS.get(step.op, "read"):
        kept.pop("effect", None)
    return {"id": step.id, "do": step.op, "title": step.title, **kept}


def _short(item: PlannedStep | InputSpec, *, leave: tuple[str, ...] = ()) -> JsonObject:
    dumped = _JSON.validate_python(item.model_dump(mode="json", exclude_defaults=True))
    return {name: value for name, value in dumped.items() if name not in leave}


def _rule(rule: MatchRule) -> JsonValue:
    dumped = _JSON.validate_python(rule.model_dump(mode="json", exclude_defaults=True))
    return rule.phrase if dumped == {"phrase": rule.phrase} else dumped


def _when(schedule: Schedule | None) -> JsonValue:
    if schedule is None:
        return "by hand"
    policies = {
        name: value
        for name, value in schedule.policies.items()
        if value != Schedule(cron="* * * * *").policies[name]
    }
    return _JSON.validate_python(
        {"when": schedule.shown, "timezone": schedule.timezone, **policies}
    )


# -- Reading -----------------------------------------------------------------------------------------


class Wrong(Exception):
    """Something in the document that cannot be; the line is found by its path."""

    def __init__(self, path: tuple[str | int, ...], message: str) -> None:
        super().__init__(message)
        self.path = path
        self.message = message


def read(text: str, spec: AgentSpec, *, now: datetime) -> PlannedAgent:
    """Return what the edited document says the agent shall be.

    Raises:
        InvalidAnswer: Naming the line that cannot be read, is not known, or breaks a rule.
    """
    body, lines = _parsed(text)
    try:
        return _agent(body, spec, now=now)
    except Wrong as wrong:
        raise InvalidAnswer(
            f"Line {_line(lines, wrong.path)}: {wrong.message}", field="change",
            hint=f"`podium agents show {spec.name} --document` shows it as it is.",
        ) from wrong  # fmt: skip


def _parsed(text: str) -> tuple[JsonObject, dict[tuple[str | int, ...], int]]:
    lines: dict[tuple[str | int, ...], int] = {(): 1}
    try:
        loader = yaml.SafeLoader(text)
        node: yaml.Node | None = loader.get_single_node()
        value: object = yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise InvalidAnswer(f"Line {line}: {error.problem or error}", field="change") from error
    except yaml.YAMLError as error:
        raise InvalidAnswer(f"The document is no YAML: {error}", field="change") from error
    if node is not None:
        _note_lines(node, (), lines)
    try:
        return _JSON.validate_python(value), lines
    except ValidationError as error:
        place = tuple(part for part in error.errors()[0]["loc"] if part in _parts(lines))
        raise InvalidAnswer(
            f"Line {_line(lines, place)}: write texts that look like dates in quotes, and the document as `name: value`",
            field="change",
        ) from error


def _parts(lines: Mapping[tuple[str | int, ...], int]) -> set[str | int]:
    return {part for path in lines for part in path}


def _note_lines(
    node: yaml.Node, path: tuple[str | int, ...], lines: dict[tuple[str | int, ...], int]
) -> None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            name = str(key.value)
            if (*path, name) in lines:
                raise InvalidAnswer(
                    f"Line {key.start_mark.line + 1}: {name!r} stands twice", field="change"
                )
            lines[(*path, name)] = key.start_mark.line + 1
            _note_lines(value, (*path, name), lines)
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            lines[(*path, index)] = value.start_mark.line + 1
            _note_lines(value, (*path, index), lines)


def _line(lines: Mapping[tuple[str | int, ...], int], path: tuple[str | int, ...]) -> int:
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path, 1)


def _agent(body: JsonObject, spec: AgentSpec, *, now: datetime) -> PlannedAgent:
    for key in body:
        if key not in _KEYS:
            raise Wrong((key,), f"{key!r} is not known; there is: {', '.join(_KEYS)}")
    if body.get("agent") != spec.name:
        raise Wrong(("agent",), f"this is the document of {spec.name!r}; rename it with `podium agents rename`")  # fmt: skip
    steps = _steps(body, spec)
    inputs = [
        _valid(InputSpec, {"name": name, **_object(value, ("inputs", name))}, ("inputs", name))
        for name, value in _object(body.get("inputs") or {}, ("inputs",)).items()
    ]
    document: JsonObject = {
        "name": spec.name,
        "goal": body.get("purpose"),
        "origins": body.get("sites") or [],
        "secrets": body.get("secrets") or [],
        "outputs": body.get("outputs") or [],
        "steps": [],
    }
    names = {"goal": "purpose", "origins": "sites"}
    agent = _valid(PlannedAgent, document, (), names=names)
    return agent.model_copy(
        update={
            "inputs": tuple(inputs),
            "schedule": _schedule(body.get("schedule"), spec.schedule, now=now),
            "steps": steps,
        }
    )


def _steps(body: JsonObject, spec: AgentSpec) -> tuple[PlannedStep, ...]:
    listed = body.get("workflow")
    if not isinstance(listed, list) or not listed:
        raise Wrong(("workflow",), "an agent needs at least one step")
    rules = _object(body.get("rules") or {}, ("rules",))
    data = _object(body.get("data") or {}, ("data",))
    found: list[PlannedStep] = []
    for index, item in enumerate(listed):
        place = ("workflow", index)
        step = _object(item, place)
        name = str(step.get("id") or "")
        if not name or any(name == other.id for other in found):
            raise Wrong((*place, "id"), "every step needs an `id` of its own")
        moved = next((key for key in ("op", "rules") if key in step), None)
        if moved is not None:
            raise Wrong((*place, moved), f"write {'`do`' if moved == 'op' else '`rules`, apart from the workflow'}")  # fmt: skip
        op = str(step.pop("do", ""))
        kept = _object(data.pop(name, {}), ("data", name))
        wrong = next((key for key in kept if key not in _DATA), None)
        if wrong is not None:
            raise Wrong(("data", name, wrong), f"{wrong!r} is not known; there is: {', '.join(_DATA)}")  # fmt: skip
        said = rules.pop(name, [])
        listed_rules = said if isinstance(said, list) else [said]
        document: JsonObject = {
            "effect": _EFFECTS.get(op, "read"),
            **step,
            **kept,
            "op": op,
            "rules": [{"phrase": one} if isinstance(one, str) else one for one in listed_rules],
        }
        made = _valid(
            PlannedStep, document, place, names={"op": "do"},
            elsewhere={"rules": ("rules", name), **{key: ("data", name, key) for key in _DATA}},
        )  # fmt: skip
        _check_effect(made, spec, place)
        found.append(made)
    for part, left in (("rules", rules), ("data", data)):
        for name in left:
            raise Wrong((part, name), f"there is no step {name!r}")
    return tuple(found)


def _check_effect(step: PlannedStep, spec: AgentSpec, place: tuple[str | int, ...]) -> None:
    """Refuse a document that calls a write a reading."""
    old = next((item for item in spec.steps if item.id == step.id and item.op == step.op), None)
    if old is not None and old.effect != step.effect:
        raise Wrong((*place, "effect"), f"what {step.id!r} does to the site is {old.effect}; an edit cannot change that")  # fmt: skip
    if old is None and step.op == "submit" and step.effect not in {"write", "irreversible"}:
        raise Wrong((*place, "effect"), "sending a form is a write")


def _schedule(value: JsonValue, kept: Schedule | None, *, now: datetime) -> Schedule | None:
    said: JsonObject = {"when": value} if isinstance(value, str | None) else {}
    if not said:
        said = _object(value, ("schedule",))
    policies = {name: said[name] for name in Schedule(cron="* * * * *").policies if name in said}
    unknown = next((key for key in said if key not in {"when", "timezone", *policies}), None)
    if unknown is not None:
        raise Wrong(("schedule", unknown), f"{unknown!r} is not known")
    when = str(said.get("when") or "by hand")
    timezone = str(said.get("timezone") or (kept.timezone if kept else "UTC"))
    try:
        if kept is not None and (when, timezone) == (kept.shown, kept.timezone):
            base: Schedule | None = kept
        else:
            base = hear_schedule(when, timezone=timezone, now=now).schedule
        if base is None:
            return None
        plain = Schedule(cron="* * * * *").policies
        return Schedule.model_validate({**base.to_json(), **plain, **policies})
    except ValidationError as error:
        first = error.errors()[0]
        raise Wrong(("schedule", str(first["loc"][0]) if first["loc"] else "when"), first["msg"]) from error  # fmt: skip
    except UserError as error:
        raise Wrong(("schedule", "when"), f"{error.message} {error.hint}".strip()) from error


def _object(value: JsonValue, path: tuple[str | int, ...]) -> JsonObject:
    if not isinstance(value, dict):
        raise Wrong(path, "there must be `name: value` lines")
    return dict(value)


def _valid(
    kind: type[_T],
    document: JsonObject,
    path: tuple[str | int, ...],
    *,
    names: Mapping[str, str] | None = None,
    elsewhere: Mapping[str, tuple[str | int, ...]] | None = None,
) -> _T:
    try:
        return kind.model_validate(document)
    except ValidationError as error:
        first = error.errors()[0]
        head = str(first["loc"][0]) if first["loc"] else ""
        name = (names or {}).get(head, head)
        found = (elsewhere or {}).get(head) or (*path, name)
        raise Wrong((*found, *first["loc"][1:]), f"{name}: {first['msg']}") from error

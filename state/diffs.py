"""What differs between two versions of an agent: plan, spec and program, and which compiled steps stay valid. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Literal

from pydantic import JsonValue

from podium.state.document import Document, JsonObject
from podium.state.plan import PlannedStep, waited_for
from podium.state.program import Program, Step, StoreStep, rows_of, walk
from podium.state.spec import AgentSpec

Part = Literal["plan", "spec", "program"]
Kind = Literal["added", "removed", "changed", "moved"]

_ABSENT: JsonValue = None
_SHOWN = 80
_POSITION_OPS = frozenset(
    {"open", "sign_in", "reach", "search", "fill", "choose", "click", "submit", "download"}
)
"""Planned steps that leave the page elsewhere: a step after a changed one stands on other ground."""
_MAKES_ROWS = frozenset({"extract", "search"})


class Difference(Document):
    """One thing that differs, in words."""

    part: Part
    kind: Kind
    name: str
    """The step's title, or the field's name."""
    detail: str = ""
    """What it was and what it is."""


class VersionDiff(Document):
    """What differs between two versions of an agent."""

    changes: tuple[Difference, ...] = ()
    kept: tuple[str, ...] = ()
    """Ids of compiled steps that are the same in both."""
    rebuilt: tuple[str, ...] = ()
    """Ids of compiled steps of the later version that are new or differ."""


def spec_diff(before: AgentSpec, after: AgentSpec) -> tuple[Difference, ...]:
    """Return what differs in the spec, the plan's steps apart."""
    found: list[Difference] = []
    old, new = before.to_json(), after.to_json()
    for name in new:
        if name == "steps" or old.get(name) == new[name]:
            continue
        for path, was, now in _leaves(old.get(name), new[name], name):
            found.append(
                Difference(part="spec", kind=_kind(was, now), name=path, detail=_told(was, now))
            )
    return tuple(found)


def plan_diff(
    before: Sequence[PlannedStep], after: Sequence[PlannedStep]
) -> tuple[Difference, ...]:
    """Return what differs between two outlines; a step is the same by its id."""
    old, new = {step.id: step for step in before}, {step.id: step for step in after}
    found = [
        Difference(part="plan", kind="removed", name=step.title)
        for step in before
        if step.id not in new
    ]
    order_before = [step.id for step in before if step.id in new]
    order_after = [step.id for step in after if step.id in old]
    moved = _moved(order_before, order_after)
    for step in after:
        kept = old.get(step.id)
        if kept is None:
            found.append(Difference(part="plan", kind="added", name=step.title))
        elif not same_step(kept, step):
            detail = "; ".join(
                f"{path}: {_told(was, now)}"
                for path, was, now in _leaves(meaning(kept), meaning(step), "")
            )
            found.append(Difference(part="plan", kind="changed", name=step.title, detail=detail))
        elif step.id in moved:
            found.append(Difference(part="plan", kind="moved", name=step.title))
    return tuple(found)


def program_diff(before: Program, after: Program) -> VersionDiff:
    """Return what differs between two programs, and which steps are the same in both."""
    old = {step.id: step for step in walk(before.steps)}
    new = {step.id: step for step in walk(after.steps)}
    changes = [
        Difference(part="program", kind="removed", name=step.title, detail=step.id)
        for step in old.values()
        if step.id not in new
    ]
    kept: list[str] = []
    rebuilt: list[str] = []
    for step in new.values():
        was = old.get(step.id)
        if was is not None and _own(was) == _own(step):
            kept.append(step.id)
            continue
        rebuilt.append(step.id)
        if was is None:
            changes.append(
                Difference(part="program", kind="added", name=step.title, detail=step.id)
            )
            continue
        detail = "; ".join(
            f"{path}: {_told(one, other)}"
            for path, one, other in _leaves(_own(was), _own(step), "")
        )
        changes.append(
            Difference(part="program", kind="changed", name=step.title, detail=detail[:400])
        )
    return VersionDiff(changes=tuple(changes), kept=tuple(kept), rebuilt=tuple(rebuilt))


def version_diff(
    before: tuple[AgentSpec, Program], after: tuple[AgentSpec, Program]
) -> VersionDiff:
    """Return what differs between two versions, given as spec and program."""
    program = program_diff(before[1], after[1])
    changes = (
        *plan_diff(before[0].steps, after[0].steps),
        *spec_diff(before[0], after[0]),
        *program.changes,
    )
    return program.model_copy(update={"changes": changes})


def diff_words(diff: VersionDiff, *, compiled: bool = True) -> list[str]:
    """Return the differences as lines for people."""
    marks = {"added": "+", "removed": "-", "changed": "~", "moved": ">"}
    shown = [item for item in diff.changes if compiled or item.part != "program"]
    lines = [
        f"{marks[item.kind]} {item.part}: {item.name}{f' ({item.detail})' if item.detail else ''}"
        for item in shown
    ]
    if diff.kept:
        lines.append(f"  {len(diff.kept)} compiled steps stay valid: {', '.join(diff.kept)}")
    if diff.rebuilt:
        lines.append(f"  {len(diff.rebuilt)} are new or differ: {', '.join(diff.rebuilt)}")
    return lines


# -- Which compiled steps stay valid -----------------------------------------------------------------


def parts_of(planned: Sequence[PlannedStep], program: Program) -> dict[str, tuple[Step, ...]]:
    """Return planned step id -> the compiled top-level steps that were made for it.

    A compiled step has the id of its planned step, or that id and a suffix after `-`. A step that belongs to none
    (a banner that was dismissed on the way, a sign-in wall) goes with the planned step that it precedes.
    """
    ids = sorted((step.id for step in planned), key=len, reverse=True)
    parts: dict[str, list[Step]] = {step.id: [] for step in planned}
    waiting: list[Step] = []
    last = ""
    for step in program.steps:
        owner = next(
            (name for name in ids if step.id == name or step.id.startswith(f"{name}-")), ""
        )
        if not owner:
            waiting.append(step)
            continue
        parts[owner] += [*waiting, step]
        waiting, last = [], owner
    if waiting and last:
        parts[last] += waiting
    return {name: tuple(steps) for name, steps in parts.items()}


def still_valid(
    before: Sequence[PlannedStep],
    after: Sequence[PlannedStep],
    program: Program,
    *,
    redo: Collection[str] = (),
) -> dict[str, tuple[Step, ...]]:
    """Return planned step id -> compiled steps, of the steps that need not be explored again.

    A step stays valid when it is unchanged and so is what it stands on: a step on a page needs every step that
    moved the page before it, a step on rows the steps that made its rows. What was compiled must also find the
    rows it names among the kept steps. Steps of `redo` count as changed.
    """
    parts = parts_of(before, program)
    old = {step.id: step for step in before}
    old_ground, new_ground = _grounds(before), _grounds(after)
    valid: dict[str, tuple[Step, ...]] = {}
    unchanged = {
        step.id
        for step in after
        if step.id in old and same_step(old[step.id], step) and step.id not in redo
    }
    # All that changed counts from the start: a wait stands on steps behind it.
    fresh = {step.id for step in after} - unchanged
    for step in after:
        steps = parts.get(step.id, ())
        grounded = step.id in unchanged and old_ground[step.id] == new_ground[step.id]
        if grounded and not new_ground[step.id].needs & fresh and (steps or step.op == "filter"):
            valid[step.id] = steps
        else:
            fresh.add(step.id)
    return _closed(valid, [step.id for step in after])


class _Ground(Document):
    """What a planned step stands on."""

    needs: frozenset[str]
    """Steps that must be as they were."""
    rows: str = ""
    """The step whose rows it uses; that one may be built anew, it keeps its id."""


def _grounds(steps: Sequence[PlannedStep]) -> dict[str, _Ground]:
    position: list[str] = []
    rows: list[str] = []
    grounds: dict[str, _Ground] = {}
    for step in steps:
        if step.op in {"filter", "pick", "new_since", "changed"}:
            grounds[step.id] = _Ground(needs=frozenset(rows))
            rows.append(step.id)
        elif step.op in {"store", "notify"}:
            grounds[step.id] = _Ground(needs=frozenset([*rows, *position[-1:]]))
        else:
            if step.op == "open":
                position = []  # an address leads there from anywhere
            on_rows = step.op == "download" or step.per_row
            maker = rows[:1] if on_rows else []
            # A look holds what the steps behind it read and keep.
            looked = waited_for(steps, step) if step.op == "wait" else ()
            behind = [one.id for one in looked if one is not None]
            grounds[step.id] = _Ground(
                needs=frozenset([*position, *maker, *behind]),
                rows=rows[-1] if on_rows and rows else "",
            )
            if step.op in _MAKES_ROWS:
                rows = [step.id]
            if step.op in _POSITION_OPS - {"download"}:
                position.append(step.id)
    return grounds


def _closed(
    valid: dict[str, tuple[Step, ...]], order: Sequence[str]
) -> dict[str, tuple[Step, ...]]:
    """Leave out steps whose rows no kept step before them makes; a rebuilt step keeps its id, so its rows do exist."""
    made: set[str] = set(order)
    kept: dict[str, tuple[Step, ...]] = {}
    for name in order:
        steps = valid.get(name)
        if steps is None:
            continue
        made |= {step.id for step in walk(steps)}
        needed = {rows for step in walk(steps) if (rows := rows_of(step)) is not None}
        needed |= {
            step.args.files
            for step in walk(steps)
            if isinstance(step, StoreStep) and step.args.files
        }
        if needed <= made:
            kept[name] = steps
    return kept


def same_step(one: PlannedStep, other: PlannedStep) -> bool:
    """Return whether two planned steps mean the same, however they are titled."""
    return meaning(one) == meaning(other)


def meaning(step: PlannedStep) -> JsonObject:
    """Return what a planned step does, without how it is called and what it is expected to cost."""
    value = step.to_json()
    for name in ("id", "title", "post", "estimate"):
        value.pop(name, None)
    return value


# -- Shared ------------------------------------------------------------------------------------------


def _own(step: Step) -> JsonObject:
    """Return the step without its inner steps, which are compared by themselves."""
    value = step.to_json()
    args = value.get("args")
    if isinstance(args, dict) and "steps" in args and isinstance(args["steps"], list):
        value["args"] = {**args, "steps": [_id_of(item) for item in args["steps"]]}
    return value


def _id_of(value: JsonValue) -> JsonValue:
    return value.get("id") if isinstance(value, dict) else value


def _leaves(
    before: JsonValue, after: JsonValue, path: str
) -> Iterator[tuple[str, JsonValue, JsonValue]]:
    if before == after:
        return
    if isinstance(before, dict) and isinstance(after, dict):
        for name in dict.fromkeys([*before, *after]):
            yield from _leaves(
                before.get(name, _ABSENT), after.get(name, _ABSENT), f"{path}.{name}".lstrip(".")
            )
        return
    if isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for place, pair in enumerate(zip(before, after, strict=True)):
            yield from _leaves(*pair, f"{path}.{place}".lstrip("."))
        return
    yield path, before, after


def _moved(before: Sequence[str], after: Sequence[str]) -> set[str]:
    """Return what is not in the longest run of steps that kept their order."""
    lengths: list[tuple[int, tuple[str, ...]]] = []
    place = {name: index for index, name in enumerate(before)}
    for index, name in enumerate(after):
        best: tuple[int, tuple[str, ...]] = (0, ())
        for earlier in range(index):
            if place[after[earlier]] < place[name] and lengths[earlier][0] > best[0]:
                best = lengths[earlier]
        lengths.append((best[0] + 1, (*best[1], name)))
    stayed = max(lengths, default=(0, ()))[1]
    return set(after) - set(stayed)


def _kind(was: JsonValue, now: JsonValue) -> Kind:
    if was in (None, [], ""):
        return "added"
    return "removed" if now in (None, [], "") else "changed"


def _told(was: JsonValue, now: JsonValue) -> str:
    if was in (None, [], ""):
        return _short(now)
    return f"was {_short(was)}" if now in (None, [], "") else f"{_short(was)} → {_short(now)}"


def _short(value: JsonValue) -> str:
    if isinstance(value, dict):
        # An element's description: its name is what a person knows it by.
        named = [
            str(value[name]) for name in ("name", "words", "phrase", "column") if value.get(name)
        ]
        text = named[0] if named else str(value)
    elif isinstance(value, list):
        text = ", ".join(_short(item) for item in value)
    else:
        text = str(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"

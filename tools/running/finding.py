"""Waiting until the page shows what a step needs: rung 1 at once, the fuzzy rungs only on a page at rest."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from podium.state.errors import Fatal, Refused, StepError
from podium.state.questions import FieldSpec, Question
from podium.state.target import Target
from podium.tools.chooser import Candidate
from podium.tools.grounding.describe import describe
from podium.tools.grounding.ladder import Grounding, ground
from podium.tools.grounding.overlays import agrees, closer, granted_boxes
from podium.tools.grounding.phrases import Scored
from podium.tools.page import SAFE_METHODS, Node, Record, Snapshot, StepPolicy
from podium.tools.running.following import follow_row, hover_row
from podium.tools.running.opening import uncover
from podium.tools.running.renames import agree, agreed, also_renamed, summary, told
from podium.tools.running.task import Task

_STEADY_S = 0.25
"""A fuzzy hit must be the same after this long: pages still moving show other elements first."""


class Asked(Exception):
    """A person must decide; `question` says what."""

    def __init__(self, question: Question) -> None:
        super().__init__(question.title)
        self.question = question


@dataclass(frozen=True, slots=True)
class Found:
    """A grounded element with the snapshot it was found in."""

    node: Node
    snapshot: Snapshot
    grounding: Grounding


async def find(
    task: Task,
    target: Target,
    *,
    row: Record | None = None,
    strict: bool | None = None,
    timeout_s: float | None = None,
    seen: Snapshot | None = None,
) -> Found:
    """Wait for the target and return it; `seen` is how the page looked a moment ago, to look at first.

    Raises:
        Refused: If something stands in its place that means something else.
        Fatal: If it does not appear (`not_found_on_page`), or several fit and nobody may be asked (`ambiguous`).
        Asked: If a person must choose between candidates.
    """
    page, patience = task.live_page, task.services.patience
    strict = task.writes if strict is None else strict
    clock = task.services.clock
    started = clock.monotonic_s()
    limit = patience.target_s if timeout_s is None else timeout_s
    tried = Tried()
    while True:
        snapshot, seen = seen or await page.snapshot(), None
        waited = clock.monotonic_s() - started
        settled = waited >= min(patience.fuzzy_s, limit)
        grounding = ground(
            target,
            snapshot,
            row=row,
            settled=settled,
            strict=strict,
            careful=task.careful,
            request_known=bool(task.step.signatures),
            revealed=tried.revealed,
        )
        covered = grounding.node is not None and grounding.node.covered
        if (covered or (settled and grounding.node is None)) and not tried.dismissed:
            tried.dismissed = await dismiss_overlay(task, snapshot)
            if tried.dismissed:
                continue
        if grounding.node is not None and (
            grounding.rung == 1 or await _steady(task, target, grounding, row, tried.revealed)
        ):
            return _keep(task, target, Found(grounding.node, snapshot, grounding))
        if waited >= _uncover_s(task, limit) and grounding.kind == "missing":
            nearer = await _come_near(task, target, snapshot, tried, row=row, strict=strict)
            if nearer is not None:
                target, row = nearer
                continue
        if waited >= limit:
            return await _undecided(task, target, grounding, snapshot)
        if waited == 0.0 or not settled:
            await page.settle(timeout_s=max(0.1, min(patience.fuzzy_s, limit) - waited))
        await page.pause(patience.poll_s)


@dataclass(slots=True)
class Tried:
    """What was done to the page, once each, to get at the target."""

    dismissed: bool = False
    hovered: bool = False
    uncovered: bool = False
    revealed: frozenset[str] = frozenset()
    """What the row's own menu or fold has shown, wherever it stands."""


async def _come_near(
    task: Task,
    target: Target,
    snapshot: Snapshot,
    tried: Tried,
    *,
    row: Record | None,
    strict: bool,
) -> tuple[Target, Record | None] | None:
    """Bring a target that is not shown into view by reads alone; return what to look for then, None when nothing helped.

    The pointer on its row first, then what may cover it, at last the row's own page; each once.
    """
    if target.row_key and not tried.hovered:
        tried.hovered = True
        if await hover_row(task, target, snapshot, row=row):
            return target, row
    if tried.uncovered:
        return None
    tried.uncovered = True
    revealed = await uncover(task, target, snapshot, row=row, strict=strict)
    if revealed is not None:
        tried.revealed = revealed
        return target, None if target.row_key else row
    own = await follow_row(task, target, snapshot, row=row, strict=strict)
    return None if own is None else (own, None)


def _uncover_s(task: Task, limit: float) -> float:
    """Return how long a target may be missing before what may cover it is opened; never where the step only waits."""
    return min(2 * task.services.patience.fuzzy_s, limit)


async def _steady(
    task: Task,
    target: Target,
    grounding: Grounding,
    row: Record | None,
    revealed: frozenset[str],
) -> bool:
    await task.live_page.pause(min(_STEADY_S, task.services.patience.fuzzy_s))
    snapshot = await task.live_page.snapshot()
    again = ground(
        target,
        snapshot,
        row=row,
        settled=True,
        strict=task.writes,
        careful=task.careful,
        request_known=bool(task.step.signatures),
        revealed=revealed,
    )
    return (
        again.node is not None
        and grounding.node is not None
        and again.node.ref == grounding.node.ref
    )


def _keep(task: Task, target: Target, found: Found) -> Found:
    task.grounding = found.grounding
    task.acted_on = (target, found.snapshot)
    if found.grounding.rung > 1:
        task.heals.append((target, redescribed(target, found.node, found.snapshot)))
    return found


_VARIANTS = 2
"""Earlier descriptions that are kept."""


def redescribed(target: Target, node: Node, snapshot: Snapshot) -> Target:
    """Return the target as the element is described now, with its earlier names and descriptions kept."""
    now = describe(node, snapshot, phrase=target.phrase, row_key=target.row_key)
    names = dict.fromkeys(
        name for name in (target.name, *target.aliases) if name and name != now.name
    )
    before = target.model_copy(update={"earlier": ()})
    earlier = (before, *target.earlier)[:_VARIANTS]
    return now.model_copy(update={"aliases": tuple(names), "earlier": earlier})


async def dismiss_overlay(task: Task, snapshot: Snapshot) -> bool:
    """Close a consent banner or notice that covers the page, layer by layer; return whether there was one.

    Whatever the step is, this sends nothing: a notice may be a question whose yes is the step's own write once more. After
    a write was sent, or anything was held, what the page shows is left as it is.

    Raises:
        Refused: If what says yes to a notice would have sent something.
    """
    page, tried = task.live_page, list[Node]()
    before = page.traffic()
    if before.held or (task.writes and any(one.method not in SAFE_METHODS for one in before.sent)):
        return False
    policy = page.policy
    try:
        while len(tried) < _LAYERS:
            node = closer(snapshot, tried=[one.ref for one in tried])
            if node is None:
                break
            if not tried:
                await page.begin(StepPolicy(effect="read", hold_writes=True, trying=True))
            for box in granted_boxes(snapshot, node):
                await page.set_checked(box.ref, checked=False)
            await page.click(node.ref)
            tried.append(node)
            await page.settle(timeout_s=task.services.patience.fuzzy_s)
            if page.traffic().held and agrees(snapshot, node):
                raise Refused(
                    f"A notice stands over the page, and {node.name!r} of it would have sent something: nothing was sent",
                    code="would_write",
                )
            snapshot = await page.snapshot()
    finally:
        if tried:
            await page.begin(policy)
    if tried:
        task.evidence["dismissed"] = tried[-1].name
    return bool(tried)


_LAYERS = 3
"""Clicks that a banner may take: settings, a choice, and one to spare."""


async def _undecided(task: Task, target: Target, grounding: Grounding, snapshot: Snapshot) -> Found:
    """Let the chooser decide, then a person, else fail with what is known."""
    task.grounding = grounding
    called = target.phrase or target.name or target.label or target.role
    if grounding.kind == "refused":
        raise Refused(
            f"The page changed its meaning: {grounding.why}",
            hint="Look at the page, then change or rebuild the agent if this is right.",
        )
    renamed = also_renamed(task, grounding, snapshot)
    chosen = _answered(task, called, grounding, renamed) or agreed(task, grounding)
    by_person = chosen is not None
    if chosen is None and grounding.candidates and not task.careful:
        choice = await task.services.chooser.choose(
            called,
            [
                Candidate(ref=item.node.ref, summary=summary(item), score=item.score)
                for item in grounding.candidates
            ],
            page=f"{snapshot.title} {snapshot.url}",
        )
        task.model_calls += choice.model_calls
        chosen = next((item for item in grounding.candidates if item.node.ref == choice.ref), None)
    if chosen is not None:
        decided = Grounding(
            kind="found",
            node=chosen.node,
            rung=5 if by_person else 4,
            score=chosen.score,
            runner_up=grounding.runner_up,
            why="a person said so" if by_person else "chosen among candidates",
            candidates=grounding.candidates,
        )
        return _keep(task, target, Found(chosen.node, snapshot, decided))
    if grounding.kind in {"ambiguous", "unsure"} and grounding.candidates:
        raise Asked(_question(task, called, grounding, renamed))
    raise _missing(called, grounding)


def _missing(called: str, grounding: Grounding) -> StepError:
    code = "ambiguous" if grounding.kind == "ambiguous" else "not_found_on_page"
    return Fatal(f"The page does not show {called!r}: {grounding.why}", code=code)


NONE_OF_THESE = "none of these"
ALL_OF_THEM = "yes, this and the others"


def _answered(
    task: Task, called: str, grounding: Grounding, renamed: dict[str, str]
) -> Scored | None:
    """Return the candidate that a person chose. Raises: Refused, if it was none of them."""
    answer = task.answer or {}
    wanted = answer.get("element")
    if wanted == ALL_OF_THEM and renamed and answer.get("others") == told(task, renamed):
        agree(task, renamed)
        return grounding.candidates[0]
    if wanted == NONE_OF_THESE:
        raise Refused(
            f"The page does not show {called!r} any more, by the answer to its question: {grounding.why}",
            hint="Change or rebuild the agent for the page as it is now.",
        )
    return next((item for item in grounding.candidates if summary(item) == wanted), None)


def _question(task: Task, called: str, grounding: Grounding, renamed: dict[str, str]) -> Question:
    choices = tuple(dict.fromkeys(summary(item) for item in grounding.candidates))
    others = told(task, renamed)
    unsure = grounding.kind == "unsure"
    return Question(
        id=question_id(task, "element"),
        kind="choice",
        title=f"Is this still {called!r}?" if unsure else f"Which one is {called!r}?",
        text=(
            f"For {task.step.title!r}: {grounding.why}. Nothing was done with it yet."
            + (f" Others of the form are called otherwise too: {others}." if others else "")
            if unsure
            else f"Several elements fit: {grounding.why}."
        ),
        fields=(
            FieldSpec(
                name="element",
                title="Element",
                type="choice",
                choices=(*((ALL_OF_THEM,) if others else ()), *choices, NONE_OF_THESE),
            ),
            *(
                (
                    FieldSpec(
                        name="others",
                        title="The others",
                        type="choice",
                        choices=(others,),
                        default=others,
                    ),
                )
                if others
                else ()
            ),
        ),
    )


def question_id(task: Task, about: str) -> str:
    """Return the id of a question: the same for the same stop, so that asking twice asks once."""
    told = "\n".join(
        (
            task.context.run_id,
            task.step.id,
            task.item_key,
            about,
            str(sorted((task.answer or {}).items())),
        )
    )
    return f"q_{hashlib.sha256(told.encode()).hexdigest()[:24]}"

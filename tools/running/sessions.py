"""The run's browser session: opening it, sealing its storage at rest, coming back to a position by reads only.

Storage is sealed before the checkpoint that says the step is done. A process that dies in between leaves storage that
is ahead of the run, so what was sealed before it is kept beside it: a resumed run has the one that fits its checkpoint.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable

from pydantic import ValidationError

from podium.state.document import Document, JsonObject
from podium.state.errors import Fatal, NotPermitted, StepError
from podium.state.program import PageLike, Step
from podium.state.questions import FieldSpec, Question
from podium.tools.grounding.fingerprint import page_matches
from podium.tools.page import StepPolicy
from podium.tools.runner import Progress
from podium.tools.running.finding import Asked, question_id
from podium.tools.running.going import go
from podium.tools.running.signing_in import could_sign_in, opens_session
from podium.tools.running.task import Services, Task
from podium.tools.running.timing import TimedPage

_POSITION = frozenset(
    {"open", "click", "fill", "select", "check", "press", "hover", "wait", "drag", "scroll"}
    | {"switch_tab", "dialog"}
)
"""Ops that a replay may repeat: they bring the page back and produce nothing."""


class _Sealed(Document):
    """A session's storage as it was right after a step."""

    step: str = ""
    """The top-level step; none inside of loops and branches, whose steps the checkpoint does not list."""
    url: str = ""
    page: JsonObject | None = None
    """Where the step ended, and what its page is known by; none of a sign-in that was answered and not judged yet."""
    storage: JsonObject


class _History(Document):
    """What is sealed for a run: the newest last, before it the one that fits the checkpoint it was sealed after."""

    kept: tuple[_Sealed, ...] = ()

    def fitting(self, progress: Progress) -> _Sealed | None:
        """Return the newest of the steps that the checkpoint knows to be done."""
        done = {"", *progress.done}
        return next((one for one in reversed(self.kept) if one.step in done), None)

    def ahead(self, task: Task) -> _Sealed | None:
        """Return the session that the pending sign-in opened before its process died."""
        newest = self.kept[-1] if self.kept else None
        if newest is None or task.step.op != "sign_in" or newest.step != task.step.id:
            return None
        return newest if newest.step not in task.progress.done else None


class Sessions:
    """Live pages of this process and the sealed storage of all."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._sealed: dict[str, _History] = {}
        """Run id -> what is sealed, to write only changes."""

    def live(self, run_id: str) -> bool:
        """Return whether the run has its page in this process."""
        return self._services.browser.has(run_id)

    async def page(self, task: Task) -> TimedPage:
        """Return the run's page, opened and with its storage restored when this process has none."""
        run_id = task.context.run_id
        if self.live(run_id):
            return await self._opened(task, None)
        history = await self._unsealed(run_id)
        self._sealed[run_id] = history
        return await self._opened(task, history.ahead(task) or history.fitting(task.progress))

    async def _opened(self, task: Task, sealed: _Sealed | None) -> TimedPage:
        context, clock = task.context, self._services.clock
        started = clock.monotonic_s()
        opened = await self._services.browser.session(context.run_id, origins=context.origins)
        # Starting Chromium is the browser's time too.
        page = TimedPage(opened, clock, spent_s=clock.monotonic_s() - started)
        if sealed is not None:
            await page.restore(sealed.storage)
        return page

    async def is_inside(self, task: Task) -> bool:
        """Return whether the pending sign-in was done before its process died.

        Its session shows where it ended, or a way out of it where the form was. Where it does not, the page is opened anew with the storage that fits the checkpoint.
        """
        run_id = task.context.run_id
        history = self._sealed.get(run_id, _History())
        ahead = history.ahead(task)
        if ahead is None:
            return False
        await task.live_page.begin(StepPolicy())
        try:
            if await _shows_session(task, ahead):
                return True
        except StepError as error:
            if error.code == "browser_gone":
                raise
        await self._services.browser.release(run_id)
        self._sealed[run_id] = _History(kept=history.kept[:-1])
        task.page = await self._opened(task, history.fitting(task.progress))
        return False

    async def seal(self, task: Task) -> None:
        """Keep cookies and storage encrypted, when they changed or a session was opened with them."""
        run_id, step = task.context.run_id, task.step
        history = self._sealed.get(run_id, _History())
        storage = await task.live_page.storage()
        changed = not history.kept or history.kept[-1].storage != storage
        if not changed and step.op != "sign_in":
            return
        top = any(one.id == step.id for one in task.context.program.steps)
        now = _Sealed(
            step=step.id if top else "", url=task.safe_url, page=task.safe_page, storage=storage
        )
        before = history.fitting(task.progress)
        history = _History(kept=(now,) if before is None else (before, now))
        await asyncio.to_thread(self._write, run_id, history)
        self._sealed[run_id] = history

    def _write(self, run_id: str, history: _History) -> None:
        data = json.dumps(history.to_json()).encode()
        self._services.sealed.put(run_id, self._services.vault.seal(_name(run_id), data))

    async def _unsealed(self, run_id: str) -> _History:
        sealed = await asyncio.to_thread(self._services.sealed.get, run_id)
        if sealed is None:
            return _History()
        try:
            return _History.model_validate_json(self._services.vault.unseal(_name(run_id), sealed))
        except (NotPermitted, ValidationError):
            # Another key, another format or a damaged file: the run signs in again, which is always possible.
            return _History()

    async def leave(self, run_id: str) -> None:
        """Close the run's page here; its sealed storage stays for whoever goes on."""
        await self._services.browser.release(run_id)
        self._sealed.pop(run_id, None)

    async def drop(self, run_id: str) -> None:
        """Close the run's page and forget its storage."""
        await self._services.browser.release(run_id)
        self._sealed.pop(run_id, None)
        await asyncio.to_thread(self._services.sealed.drop, run_id)


def _name(run_id: str) -> str:
    return f"session:{run_id}"


def position_steps(
    steps: tuple[Step, ...], done: tuple[str, ...], *, from_start: bool
) -> tuple[Step, ...]:
    """Return the finished steps that bring back the position: reads after the last safe point, in order.

    Without a safe point to start from everything since the start, sign-in included. Never a write: what lies before the
    last write is not repeated.
    """
    by_id = {step.id: step for step in steps}
    finished = [by_id[step_id] for step_id in done if step_id in by_id]
    if from_start:
        return tuple(step for step in finished if step.op == "sign_in" or _repeatable(step))
    after: list[Step] = []
    for step in finished:
        if is_safe(step) or step.effect in {"write", "irreversible"}:
            after.clear()
        elif _repeatable(step):
            after.append(step)
    return tuple(after)


def is_safe(step: Step) -> bool:
    """Return whether the step's end can be entered again by its address."""
    return step.safe_point or step.op == "open"


def _repeatable(step: Step) -> bool:
    return step.op in _POSITION and step.effect == "read"


Perform = Callable[[Task], Awaitable[None]]
_LOOK_AGAIN, _STOP = "look again", "stop"


async def reenter(
    task: Task, perform: Perform, sign_in_again: Callable[[Task], Awaitable[bool]]
) -> None:
    """Bring a fresh session to where the run stood: the last safe point, then reads.

    Where the safe point's address shows another page than the run saw there, the whole way is replayed from its start.

    Raises:
        Asked: If that does not lead back either: nothing is acted on then.
        Fatal: If a person ended the run over it (`cancelled`).
        StepError: If the way is not there any more.
    """
    context, progress = task.context, task.progress
    if not progress.done:
        return
    if (task.answer or {}).get("position") == _STOP:
        raise Fatal("Stopped: the page where the run stood is another one now", code="cancelled")
    page = task.live_page
    if progress.safe_url:
        await page.begin(StepPolicy())
        await go(task, progress.safe_url)
        if await sign_in_again(task):
            await page.begin(StepPolicy())
            await go(task, progress.safe_url)
    if progress.safe_url and not await _shows(task, progress.safe_page):
        if await could_sign_in(task):
            task.evidence["reentered"] = (
                "at the sign-in, which looks for its form or session itself"
            )
            return
        await _replay_all(task, perform)
        task.evidence["reentered"] = "by replay: the page at the safe point was another one"
        return
    done = progress.done
    steps = position_steps(context.program.steps, done, from_start=not progress.safe_url)
    for step in steps:
        await _replay(task, step, perform)
    task.evidence["reentered"] = progress.safe_url or "by replay"


async def _shows_session(task: Task, sealed: _Sealed) -> bool:
    if sealed.page is None:
        return await opens_session(task)
    await go(task, sealed.url)
    return await _shows(task, sealed.page)


async def _shows(task: Task, recorded: JsonObject | None) -> bool:
    """Return whether the page comes to be the recorded one."""
    if recorded is None:
        return True
    wanted = PageLike.model_validate(recorded)
    page, patience, clock = task.live_page, task.services.patience, task.services.clock
    started = clock.monotonic_s()
    while not page_matches(wanted, await page.snapshot()):
        waited = clock.monotonic_s() - started
        if waited >= patience.expect_s or (
            waited >= patience.fuzzy_s and await could_sign_in(task)
        ):
            return False
        await page.pause(patience.poll_s)
    return True


async def _replay(task: Task, step: Step, perform: Perform) -> Task:
    context, progress, page = task.context, task.progress, task.live_page
    replay = Task(services=task.services, step=step, context=context, progress=progress, page=page)
    await page.begin(StepPolicy(effect=step.effect, signatures=frozenset(step.signatures)))
    await perform(replay)
    return replay


async def _replay_all(task: Task, perform: Perform) -> None:
    """Replay the position from the start; the safe point's page must be reached by that. Raises: Asked."""
    program, done = task.context.program, task.progress.done
    steps = position_steps(program.steps, done, from_start=True)
    last_safe = next((step.id for step in reversed(steps) if is_safe(step)), "")
    arrived = False
    try:
        for step in steps:
            replay = await _replay(task, step, perform)
            if step.id == last_safe:
                proven = "held" in replay.evidence and "page_changed" not in replay.evidence
                arrived = proven or await _shows(task, task.progress.safe_page)
    except StepError as error:
        if error.code == "browser_gone":
            raise
        task.evidence["replay"] = error.message
        arrived = False
    if not arrived and not await could_sign_in(task):
        raise Asked(await _lost(task))


async def _lost(task: Task) -> Question:
    recorded = PageLike.model_validate(task.progress.safe_page)
    shown = await task.live_page.snapshot()
    return Question(
        id=question_id(task, "position"),
        kind="choice",
        title=f"The page where the run stood before {task.step.title!r} is another one now",
        text=(
            f"{task.progress.safe_url} showed {recorded.heading or ', '.join(recorded.labels[:5])!r} and shows "
            f"{(shown.headings or (shown.title,))[0]!r} now; the steps that led there do not lead back. "
            "Nothing was done there. look again: when the site shows it again. stop: end the run."
        ),
        fields=(
            FieldSpec(
                name="position",
                title="What now?",
                type="choice",
                choices=(_LOOK_AGAIN, _STOP),
                default=_STOP,
            ),
        ),
    )

"""The adapter of the `StepRunner` port: one step, from session to record."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import assert_never

from pydantic import JsonValue

from podium.state.clock import Clock
from podium.state.document import JsonObject
from podium.state.errors import (
    Fatal,
    LeaseLost,
    PodiumError,
    Refused,
    Retryable,
    StepError,
    Unavailable,
)
from podium.state.program import (
    AskHumanStep,
    AssertStep,
    ChangedStep,
    CheckStep,
    ClickStep,
    DialogStep,
    DownloadStep,
    DragStep,
    EachStep,
    ExtractStep,
    FillStep,
    HoverStep,
    JoinStep,
    NewSinceStep,
    NotifyStep,
    OpenStep,
    PickStep,
    PressStep,
    ScrollStep,
    SelectStep,
    SignInStep,
    Step,
    StoreStep,
    SwitchTabStep,
    UploadStep,
    WaitStep,
    WhenStep,
    WhereStep,
    walk,
)
from podium.state.questions import FieldSpec, Question
from podium.state.runs import StepRecord
from podium.state.sealed import SealedStore
from podium.state.sites import SiteRates
from podium.state.stores import ArtifactStore, DatasetStore, Row, Stores, Vault
from podium.state.target import Target
from podium.tools.chooser import Chooser
from podium.tools.grounding.ladder import ground
from podium.tools.page import SAFE_METHODS, Browser, Snapshot, Traffic
from podium.tools.runner import Progress, RunContext, StepResult
from podium.tools.running.acting import run_act
from podium.tools.running.approving import still_approved
from podium.tools.running.expecting import judge_page
from podium.tools.running.extracting import run_extract
from podium.tools.running.filing import run_download
from podium.tools.running.finding import Asked, question_id
from podium.tools.running.notifying import run_notify
from podium.tools.running.outcomes import objection_on
from podium.tools.running.rows import (
    remember_used,
    run_assert,
    run_join,
    run_memory,
    run_pick,
    run_store,
    run_where,
    staged,
)
from podium.tools.running.sessions import Sessions, is_safe, reenter
from podium.tools.running.signing_in import run_sign_in, sign_in_again
from podium.tools.running.task import Patience, Services, Task
from podium.tools.running.turns import Turns
from podium.tools.running.watching import watch
from podium.tools.running.writing import guarded, mark_done, policy_of, prove_probe, seek_proof

_PAGE_OPS = frozenset(
    {
        "open",
        "sign_in",
        "click",
        "hover",
        "fill",
        "select",
        "check",
        "press",
        "drag",
        "scroll",
        "switch_tab",
        "dialog",
        "upload",
        "wait",
        "download",
        "extract",
    }
)
_REVIVALS = 4
"""How often one execution of a step survives the death of the browser."""
_REVIVAL_PAUSE_S = 0.3
"""Grows each time: the runs that shared the browser all find it gone, and one of them starts the next."""
_LOST = frozenset({"not_found_on_page", "http_status"})
"""Failures that an expired session may explain."""


class LocalStepRunner:
    """Executes steps on the live pages of this process."""

    def __init__(
        self,
        *,
        browser: Browser,
        stores: Stores,
        artifacts: ArtifactStore,
        datasets: DatasetStore,
        vault: Vault,
        chooser: Chooser,
        clock: Clock,
        sealed: SealedStore,
        patience: Patience | None = None,
        rates: SiteRates | None = None,
    ) -> None:
        self._services = Services(
            browser=browser,
            stores=stores,
            artifacts=artifacts,
            datasets=datasets,
            vault=vault,
            chooser=chooser,
            clock=clock,
            sealed=sealed,
            patience=patience or Patience(),
        )
        self._sessions = Sessions(self._services)
        self._turns = Turns(stores.sites, rates or SiteRates(), clock)
        self._rows: dict[tuple[str, str], tuple[Row, ...]] = {}
        """Rows a loop walks: read once, not once an item."""

    # -- The port ------------------------------------------------------------------------------

    async def run_step(
        self,
        step: Step,
        context: RunContext,
        progress: Progress,
        *,
        item: dict[str, JsonValue] | None = None,
        answer: JsonObject | None = None,
    ) -> StepResult:
        """Execute the step and judge its expectations.

        A failure of the step is a result with a failed record, not an exception; bugs raise. When the run has no live
        session in this process, one is opened, re-entered at the last safe point, and the position replayed by reads only.
        """
        clock = self._services.clock
        started = clock.monotonic_s()
        self._rows.pop((context.run_id, step.id), None)
        tries = step.retries + 1 if step.effect == "read" else 1
        revivals = _REVIVALS
        while True:
            task = Task(
                services=self._services,
                step=step,
                context=context,
                progress=progress,
                item=item,
                answer=answer,
            )
            tries -= 1
            error_code = ""
            try:
                await self._execute(task)
            except Asked as asked:
                task.status = "waiting"
                task.message = asked.question.title
                task.question = await self._illustrated(task, asked.question)
            except (Unavailable, LeaseLost):
                raise  # says nothing about the step
            except Retryable as error:
                if error.code == "browser_gone" and revivals > 0:
                    # As after a kill of our own: a fresh session, re-entered; a write first looks at its journal.
                    revivals -= 1
                    tries += 1
                    await self._sessions.leave(context.run_id)
                    await asyncio.sleep(_REVIVAL_PAUSE_S * (_REVIVALS - revivals))
                    continue
                if tries > 0:
                    continue
                error_code = await self._failed(task, error)
            except PodiumError as error:
                error_code = await self._failed(task, error)
            return self._result(task, error_code=error_code, took_s=clock.monotonic_s() - started)

    def items(self, step_id: str, context: RunContext) -> int:
        """Return how many rows the named step staged, for loops."""
        return len(self._staged(step_id, context))

    def item(self, step_id: str, index: int, context: RunContext) -> dict[str, JsonValue]:
        """Return one staged row. Raises: IndexError."""
        return self._staged(step_id, context)[index]

    def _staged(self, step_id: str, context: RunContext) -> tuple[Row, ...]:
        place = (context.run_id, step_id)
        if place not in self._rows:
            self._rows[place] = self._services.stores.staging.rows(*place)
        return self._rows[place]

    async def finish(self, context: RunContext) -> None:
        """Release the run's session and staged rows."""
        await self._turns.give_back(context)
        await self._sessions.drop(context.run_id)
        self._rows = {
            place: rows for place, rows in self._rows.items() if place[0] != context.run_id
        }
        if (
            context.mode != "live"
        ):  # a live run's rows stay until it is pruned: a fork walks them again
            await asyncio.to_thread(self._services.stores.staging.drop, context.run_id)

    async def abandon(self, run_id: str) -> None:
        """Close the run's page in this process; what another process needs to go on stays."""
        self._turns.leave(run_id)
        await self._sessions.leave(run_id)
        self._rows = {place: rows for place, rows in self._rows.items() if place[0] != run_id}

    # -- One execution ---------------------------------------------------------------------------

    async def _execute(self, task: Task) -> None:
        """Bring the page to the step's place, do it, prove it."""
        task.answer = await self._turns.check(task) if task.step.op in _PAGE_OPS else task.answer
        if task.step.on_error == "ask" and (task.answer or {}).get("next") == "stop":
            raise Fatal("Stopped by the answer to its question", code="cancelled")
        if task.step.op not in _PAGE_OPS:
            await self._work(task)
        elif not await self._not_needed(task):
            try:
                await self._on_page(task)
            except StepError as error:
                if error.code not in _LOST or _has_sent(task) or not await self._renewed(task):
                    raise
                await self._on_page(task)
            finally:
                if task.step.op != "dialog":  # prepared for this step's question, or for none
                    await task.live_page.answer_dialogs(None)
        if task.status == "done":
            remember_used(task)

    async def _not_needed(self, task: Task) -> bool:
        """Open the page; return whether an inserted step's guard says that it may be skipped."""
        fresh = not self._sessions.live(task.context.run_id)
        task.page = await self._sessions.page(task)
        if fresh:
            await self._enter(task)
        task.keep_session = partial(self._sessions.seal, task)
        return task.step.guard is not None and await _guard_holds(task, task.step.guard)

    async def _enter(self, task: Task) -> None:
        """Come back to where the run stood; where that fails the session is left, or the next try would act wherever it is."""
        try:
            task.inside = await self._sessions.is_inside(task)
            if not task.inside:
                await reenter(task, _reposition, sign_in_again)
        except (Asked, PodiumError):
            task.picture = True
            await self._picture(task)
            await self._sessions.leave(task.context.run_id)
            task.page = None
            raise

    async def _on_page(self, task: Task) -> None:
        page, seen = task.live_page, None
        if task.writes:
            await guarded(task, _perform, come_back=_come_back)
            if task.status == "done":
                _refuse_held(task, page.traffic())
                seen = await judge_page(task)
                await seek_proof(task)
                await mark_done(task)
                await prove_probe(task, _perform)
            await self._picture(task)
        else:
            await page.begin(policy_of(task))
            await _perform(task)
            _refuse_held(task, page.traffic())
            if task.step.op != "extract":
                seen = await judge_page(task)
        await _check_documents(task, page.traffic())
        if task.status == "done":
            await self._keep_position(task, seen)

    async def _keep_position(self, task: Task, seen: Snapshot | None) -> None:
        """Remember where the run can be entered again, and seal the session's storage."""
        step, page = task.step, task.live_page
        if is_safe(step) and task.item is None:
            task.keep_place(seen or await page.snapshot())
        if step.op == "sign_in" or is_safe(step) or task.writes:
            await self._sessions.seal(task)

    async def _renewed(self, task: Task) -> bool:
        """Sign in again when the session has expired, and go back to where the step stands."""
        if not await sign_in_again(task):
            return False
        # The page is a fresh one: what was filled into the old one is gone with it.
        await reenter(task, _reposition, sign_in_again)
        return True

    async def _work(self, task: Task) -> None:
        """Do a step that needs no page."""
        step = task.step
        match step:
            case WhereStep():
                run_where(task, step)
            case PickStep():
                run_pick(task, step)
            case NewSinceStep() | ChangedStep():
                run_memory(task, step)
            case AssertStep():
                run_assert(task, step)
            case JoinStep():
                run_join(task, step)
            case StoreStep():
                await asyncio.to_thread(run_store, task, step)
            case NotifyStep():
                await asyncio.to_thread(run_notify, task, step)
            case AskHumanStep():
                _ask(task, step)
            case EachStep() | WhenStep():
                task.rows = len(staged(task, step.args.rows))
                task.outputs["count"] = task.rows
            case _:
                raise Fatal(f"{step.op!r} is no step without a page")

    # -- Results ---------------------------------------------------------------------------------

    async def _failed(self, task: Task, error: PodiumError) -> str:
        """Note the failure with its picture; `skip` lets the run go on, `ask` stops it."""
        task.message = error.message
        task.status = "failed"
        task.evidence["error"] = error.code
        if error.hint:
            task.evidence["hint"] = error.hint
        task.picture = True
        await self._picture(task)
        if task.step.on_error == "skip" and not isinstance(error, Refused):
            # Stays visible as failed: an item that was left out is no success.
            task.evidence["skipped"] = True
        if task.step.on_error == "ask" and "next" not in (task.answer or {}):
            task.status = "waiting"
            task.question = _what_now(task, error)
        return error.code

    async def _illustrated(self, task: Task, question: Question) -> Question:
        """Return the question with a picture of the page it is about, when it is about one and somebody is shown it."""
        if question.timer:
            return question
        task.picture = True
        await self._picture(task)
        shot = task.evidence.get("screenshot")
        return (
            question.model_copy(update={"evidence": (shot,)}) if isinstance(shot, str) else question
        )

    async def _picture(self, task: Task) -> None:
        """Keep a screenshot where somebody may want to see it: failures and writes."""
        if task.page is None or not (task.picture or task.writes) or "screenshot" in task.evidence:
            return
        try:
            data = await task.page.screenshot()
        except StepError:
            # The page is gone, often the very reason of the failure.
            return
        task.evidence["screenshot"] = await asyncio.to_thread(
            self._services.artifacts.evidence, data, kind="png", run_id=task.context.run_id
        )

    def _result(self, task: Task, *, error_code: str, took_s: float) -> StepResult:
        grounding = task.grounding
        if grounding is not None:
            task.evidence |= {"why": grounding.why, "runner_up": round(grounding.runner_up, 3)}
        record = StepRecord(
            id=task.step.id,
            title=task.step.title,
            op=task.step.op,
            effect=task.step.effect,
            status=task.status,
            item=task.item_key,
            rung=grounding.rung or None if grounding else None,
            score=round(grounding.score, 3) if grounding else None,
            ms=round(took_s * 1000),
            evidence=task.evidence,
            message=task.message,
        )
        return StepResult(
            record=record,
            outputs=task.outputs,
            artifacts=tuple(task.artifacts),
            question=task.question,
            safe_url=task.safe_url,
            safe_page=task.safe_page,
            healed=healed_step(task) if task.status == "done" else None,
            inserted=inserted_step(task) if task.status == "done" else None,
            error_code=error_code,
            model_calls=task.model_calls,
            browser_ms=round((task.page.spent_s if task.page else 0.0) * 1000),
        )


# -- Pieces without a runner -----------------------------------------------------------------------


async def _perform(task: Task) -> None:
    """Do a page step under the policy in force."""
    step = task.step
    match step:
        case SignInStep():
            await run_sign_in(task, step)
        case ExtractStep():
            await run_extract(task, step)
        case DownloadStep():
            await run_download(task, step)
        case (
            OpenStep()
            | ClickStep()
            | HoverStep()
            | FillStep()
            | SelectStep()
            | CheckStep()
            | PressStep()
            | DragStep()
            | ScrollStep()
            | SwitchTabStep()
            | DialogStep()
            | UploadStep()
        ):
            await run_act(task, step)
        case WaitStep():
            await (watch(task, step, _perform) if step.args.every_s else run_act(task, step))
        case (
            WhereStep()
            | PickStep()
            | NewSinceStep()
            | ChangedStep()
            | AssertStep()
            | JoinStep()
            | StoreStep()
            | NotifyStep()
            | AskHumanStep()
            | EachStep()
            | WhenStep()
        ):
            raise Fatal(f"{step.op!r} is no page step")
        case _:
            assert_never(step)


async def _guard_holds(task: Task, guard: Target) -> bool:
    """Return whether an inserted step may be left out: its target's step finds it already, or there is nothing to open.

    Whatever comes first decides; where neither shows in time, the step that follows says what is missing.
    """
    page, patience, clock = task.live_page, task.services.patience, task.services.clock
    rendered, started = task.render_target(guard), clock.monotonic_s()
    opener = getattr(task.step.args, "target", None)
    needed = task.render_target(opener) if isinstance(opener, Target) else None
    task.status = "skipped"
    while True:
        snapshot = await page.snapshot()
        waited = clock.monotonic_s() - started
        if ground(rendered, snapshot, settled=waited >= patience.fuzzy_s).node is not None:
            task.message = "not needed: the next step already finds its target"
            return True
        if needed is not None and ground(needed, snapshot, settled=False).node is not None:
            task.status = "done"
            return False
        if waited >= patience.target_s or needed is None:
            task.message = "there is nothing to open"
            return True
        await page.settle(timeout_s=patience.fuzzy_s)
        await page.pause(patience.poll_s)


async def _reposition(task: Task) -> None:
    """Repeat a finished read to come back to its place; its expectations prove the way."""
    await _perform(task)
    await judge_page(task)


async def _come_back(task: Task) -> None:
    await reenter(task, _reposition, sign_in_again)


def _has_sent(task: Task) -> bool:
    """Return whether a step that writes has sent anything: then another try could do it twice."""
    sent = task.live_page.traffic().sent
    return task.writes and any(one.method not in SAFE_METHODS for one in sent)


def _refuse_held(task: Task, traffic: Traffic) -> None:
    """Refuse a read step whose action would have written. Raises: Refused."""
    if traffic.held and not task.writes and task.step.effect != "sign_in":
        request = traffic.held[-1]
        task.evidence["request"] = {"method": request.method, "signature": request.signature}
        raise Refused(
            f"{task.step.title!r} would have sent {request.method} {request.signature.split(' ', 1)[-1]}, which a reading step may not",
            code="would_write",
            hint="If it only reads, approve this request for the step.",
        )


async def _check_documents(task: Task, traffic: Traffic) -> None:
    """Note what was blocked; fail when the page the step ended on is an error page. Raises: Fatal."""
    if traffic.blocked:
        task.evidence["blocked"] = list(dict.fromkeys(traffic.blocked))
    if traffic.dialogs:
        task.evidence["dialogs"] = list(traffic.dialogs)
    if traffic.documents and traffic.documents[-1][1] >= 400 and not task.evidence.get("held"):
        url, status = traffic.documents[-1]
        said = objection_on(await task.live_page.snapshot())
        raise Fatal(f"{url} answered {status}{f': {said}' if said else ''}", code="http_status")


def _ask(task: Task, step: AskHumanStep) -> None:
    """Stop for a person, or take the answer. Raises: Asked."""
    name = step.args.field
    if task.answer is None or name not in task.answer:
        raise Asked(
            Question(
                id=question_id(task, name),
                kind="text",
                title=task.render(step.args.question),
                fields=(FieldSpec(name=name, title=step.title),),
            )
        )
    task.outputs[name] = task.answer[name]
    task.evidence["proof"] = True


def _what_now(task: Task, error: PodiumError) -> Question:
    return Question(
        id=question_id(task, "failed"),
        kind="choice",
        title=f"{task.step.title!r} failed: {error.message}",
        text=error.hint,
        fields=(
            FieldSpec(
                name="next",
                title="What now?",
                type="choice",
                choices=("try again", "stop"),
                default="try again",
            ),
        ),
    )


def inserted_step(task: Task) -> JsonObject | None:
    """Return the step that uncovered this one's target, once this one's own proof held."""
    known = {step.id for step in walk(task.context.program.steps)}
    if task.inserted is None or not _proven(task) or task.inserted.id in known:
        return None
    return task.inserted.to_json()


def _proven(task: Task) -> bool:
    evidence = task.evidence
    return bool(
        evidence.get("held") or evidence.get("value_held") or evidence.get("signed_in") or task.file
    )


def healed_step(task: Task) -> JsonObject | None:
    """Return the step with its healed targets as they are described now, once the step's own proof held."""
    if task.relisted is not None and isinstance(task.step, ExtractStep):
        args = task.step.args.model_copy(update={"list": task.relisted})
        proven = _proven(task) or bool(task.evidence.get("proof"))
        return task.step.model_copy(update={"args": args}).to_json() if proven else None
    if not task.heals or not _proven(task):
        return None
    before = task.step.to_json()
    after: JsonObject = {
        name: _with_heals(value, task.heals) if name == "args" else value
        for name, value in before.items()
    }
    return still_approved(task, after) if after != before else None


def _with_heals(value: JsonValue, heals: list[tuple[Target, Target]]) -> JsonValue:
    """Return the value with each target that was healed replaced; its row key stays the template it was."""
    if isinstance(value, list):
        return [_with_heals(one, heals) for one in value]
    if not isinstance(value, dict):
        return value
    for old, new in heals:
        if {**value, "row_key": ""} == {**old.to_json(), "row_key": ""}:
            return {**new.to_json(), "row_key": value["row_key"]}
    return {name: _with_heals(one, heals) for name, one in value.items()}

"""Writes under the effect journal: intended, sent, answered, done; never twice, never lost.

A write is keyed by agent, step and the row's key, across runs; outside of loops by the run, or the one it was forked
from.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Sequence
from typing import Literal

from podium.state.document import JsonObject
from podium.state.effects import (
    EffectRecord,
    EffectStatus,
    Sighting,
    before_of,
    may_send,
    write_key,
)
from podium.state.errors import Fatal, Refused
from podium.state.program import (
    ExtractStep,
    FillStep,
    SelectStep,
    Step,
    leaves_form,
    since_last,
    steps_before,
)
from podium.state.questions import FieldSpec, Question
from podium.tools.grounding.confirming import Confirmation, asked_since, confirming
from podium.tools.page import SAFE_METHODS, RequestInfo, Snapshot, StepPolicy, Traffic
from podium.tools.running.approving import require_approval
from podium.tools.running.expecting import PAGE_KINDS
from podium.tools.running.finding import Asked, question_id
from podium.tools.running.outcomes import (
    asks_to_confirm,
    complaint_in,
    complaint_line,
    failure_in,
    fresh_messages,
    missing_hint,
    objection_on,
    proofs_of,
    same_form,
)
from podium.tools.running.probing import (
    has_rival,
    is_proven,
    judge,
    look_for,
    probe_of,
    prove,
)
from podium.tools.running.task import Task, row_hash

_TIMED_OUT = 408
_INPUT_REFUSED = frozenset({400, 409, 413, 415, 422})
"""What a site answers when it understood the request and does not want its values."""
_PROOF_S = 4.0
_DECLINED = re.compile(r"(confirm|prompt): ")

Perform = Callable[[Task], Awaitable[None]]


def effect_key(task: Task) -> str:
    """Return the identity of the step's write."""
    key = task.item_key
    if len(key) > 120:
        key = row_hash({"key": key})
    context = task.context
    again = f"@{context.run_id}" if context.repeat_writes else ""
    whose = key or context.origin_run or context.run_id
    return write_key(context.agent, task.step.id, f"{whose}{again}")


def holds_writes(task: Task) -> bool:
    """Return whether the step's write is only rehearsed: build and test, unless the plan released it."""
    if task.context.mode == "live":
        return False
    return not (task.context.release_writes and task.step.effect == "write")


def policy_of(task: Task) -> StepPolicy:
    """Return what the requests of the step may do; a write commits `sent` before its request leaves."""
    step = task.step

    async def before_send(request: RequestInfo) -> None:
        await _put(task, "sent", _told(request))

    return StepPolicy(
        effect=step.effect,
        hold_writes=holds_writes(task),
        signatures=frozenset(step.signatures),
        before_send=before_send if task.writes else None,
    )


async def guarded(task: Task, perform: Perform, *, come_back: Perform) -> None:
    """Do the step's write unless the journal says it is done; ask when nobody knows.

    A probe may have led the page away: `come_back` restores the position before the write is sent after all.
    What the probe finds before the first sending is kept: the same values may have been written before.

    Raises:
        Asked: If a request was sent without a known answer and no probe can tell; or if the step cannot be undone and
            nobody approved exactly its effect.
        StepError: As `perform`.
    """
    key = effect_key(task)
    record = await asyncio.to_thread(task.services.stores.effects.get, key)
    move: Literal["send", "done", "probe"] = may_send(record)
    if move == "probe":
        assert record is not None
        move = await _settle_doubt(task, record, perform)
        if move == "send" and task.step.probe is not None:
            await come_back(task)
    if move == "done":
        kept = await asyncio.to_thread(task.services.stores.effects.get, key)
        task.status = "skipped"
        task.message = "already done, not repeated"
        task.evidence |= (kept.evidence if kept else None) or {}
        task.evidence["journal"] = "done"
        return
    if task.step.effect == "irreversible" and not holds_writes(task):
        await require_approval(task)
    settled = record is not None and record.status in {"sent", "answered"}
    task.over = record.attempt if record is not None and settled else ""
    task.before = await _before(task, record if settled else None, perform)
    await _put(task, "intended", {})
    if not holds_writes(task) and not any(isinstance(one, PAGE_KINDS) for one in task.step.expect):
        task.unsent = await task.live_page.snapshot()
    await task.live_page.begin(policy_of(task))
    await perform(task)
    await _await_answer(task)
    await _conclude(task, task.live_page.traffic())


async def _await_answer(task: Task) -> None:
    """Wait until the site answered what the step sent: a page that scripts draw looks quiet before that.

    A step that is known to send something and has not yet is given the same time: its script may still be at work.
    """
    page, clock, patience = task.live_page, task.services.clock, task.services.patience
    started, waited, confirmed = clock.monotonic_s(), False, False
    while clock.monotonic_s() - started < patience.expect_s:
        traffic = page.traffic()
        sent = [one for one in traffic.sent if one.method not in SAFE_METHODS]
        answered = {signature for signature, _ in traffic.answered}
        if traffic.held or (sent and all(one.signature in answered for one in sent)):
            break
        if not sent and not _sends(task.step):
            break
        if not sent and waited and not confirmed:
            confirmed = await _confirm(task)
        waited = True
        await page.pause(patience.poll_s)
    if waited:
        await page.settle(timeout_s=patience.fuzzy_s)


async def _confirm(task: Task) -> bool:
    """Say yes where the page itself asks whether the act is meant; what it then sends is compared as ever.

    What cannot be undone was approved without these words: a person hears them first.

    Raises:
        Asked: If nobody said yes to what the page says.
    """
    if task.acted_on is None:
        return False
    target, before = task.acted_on
    after = await task.live_page.snapshot()
    found = confirming(target, before, after)
    if found is None:
        task.page_asks = asked_since(before, after)
        return False
    if task.step.effect == "irreversible" and not holds_writes(task):
        await _require_yes(task, found)
    await task.live_page.click(found.button.ref)
    task.evidence["confirmed"] = found.button.name
    return True


_YES, _NO = "yes, go on", "no, stop"


async def _require_yes(task: Task, found: Confirmation) -> None:
    """Let the page's question pass when a person said yes to just these words; else lead it back. Raises: Asked, Fatal."""
    answer = task.answer or {}
    if answer.get("page_says") == found.said and answer.get("confirms") == _YES:
        return
    await task.live_page.begin(StepPolicy(hold_writes=True))
    await task.live_page.click(found.back.ref)
    if answer.get("page_says") == found.said:
        raise Fatal(f"{task.step.title!r} was not confirmed; nothing was sent", code="cancelled")
    raise Asked(
        Question(
            id=question_id(task, found.said),
            kind="choice",
            title=f"The page asks before {task.step.title!r}: {found.said[:300]}",
            text=f"It cannot be undone. Yes presses {found.button.name!r}. Nothing was sent yet.",
            fields=(
                FieldSpec(name="confirms", title="Go on?", type="choice", choices=(_YES, _NO)),
                FieldSpec(
                    name="page_says",
                    title="What the page says",
                    type="choice",
                    choices=(found.said,),
                    default=found.said,
                ),
            ),
        )
    )


def _sends(step: Step) -> bool:
    """Return whether the step was seen to send a request other than a navigation."""
    return any(signature.partition(" ")[0] not in SAFE_METHODS for signature in step.signatures)


async def _settle_doubt(
    task: Task, record: EffectRecord, perform: Perform
) -> Literal["send", "done"]:
    """Decide about a write that was sent, without a known outcome."""
    match (task.answer or {}).get(_doubt_field(record)):
        case "send it again":
            return "send"
        case "it arrived":
            await _put(task, "done", record.request, evidence={"proof": "person"})
            return "done"
        case "stop":
            raise Fatal(
                f"Stopped: {task.step.title!r} was sent before, nobody knows whether it arrived",
                code="cancelled",
            )
        case _:
            pass
    look = probe_of(task.step)
    if look is not None:
        found = await _look_until_settled(task, look, record, perform)
        if found == "done":
            await _put(task, "done", record.request, evidence={"proof": "probe"})
            return "done"
        if found == "absent" and record.status == "sent":
            return "send"
        # Neither found nor surely absent; or the site answered that it took it, and shows no trace.
    raise Asked(_doubt(task, record))


async def _look_until_settled(
    task: Task, look: Step, record: EffectRecord, perform: Perform
) -> Literal["done", "absent", "unknown"]:
    """Return what the probe says; while the request may still be on its way, look again and again."""
    clock, patience = task.services.clock, task.services.patience
    age_s = max((clock.now() - record.at).total_seconds(), 0.0)
    deadline = clock.monotonic_s() + patience.in_flight_s - age_s
    proven = await is_proven(task)
    while True:
        seen = await look_for(task, look, perform)
        verdict = judge(look, record, seen, proven=proven)
        if verdict == "done":
            rival = await asyncio.to_thread(has_rival, task, look, record)
            return "unknown" if rival else "done"
        if record.status != "sent" or verdict == "unknown" or clock.monotonic_s() > deadline:
            return verdict
        await asyncio.sleep(patience.probe_s)


async def _before(task: Task, record: EffectRecord | None, perform: Perform) -> Sighting:
    """Return what the probe finds before the write is sent first; a text that is looked for is new by its own words."""
    look = probe_of(task.step)
    if record is not None:
        return before_of(record)
    if not isinstance(look, ExtractStep) or holds_writes(task):
        return Sighting()
    return await look_for(task, look, perform, beside=True)


async def prove_probe(task: Task, perform: Perform) -> None:
    """After the write: learn whether the step's probe finds what it wrote."""
    if task.status == "done" and not holds_writes(task):
        await prove(task, perform, task.before)


def _doubt_field(record: EffectRecord) -> str:
    """Return the field that answers the doubt about this sending.

    Answers outlive a kill: what a person said of an earlier sending must not count for one that followed from it. Nor is it
    the field of an approval: of a step that cannot be undone both are asked.
    """
    return f"arrived_{record.attempt[:6]}" if record.over else "arrived"


def _doubt(task: Task, record: EffectRecord) -> Question:
    """Return the question about a write in doubt. No answer of it is an approval: a yes could mean either."""
    about = f" for {task.item_key!r}" if task.item_key else ""
    known = (
        "its answer is not known" if record.status == "sent" else "the site shows no trace of it"
    )
    return Question(
        id=question_id(task, _doubt_field(record)),
        kind="choice",
        title=f"{task.step.title!r}{about} was sent once. Did it arrive?",
        text=(
            f"The request was sent at {record.at:%Y-%m-%d %H:%M} UTC and {known}. Look at the site, then choose. "
            "it arrived: count it as done and go on. send it again: send it a second time. "
            "stop: end the run and send nothing; taken when nothing is said."
        ),
        fields=(
            FieldSpec(
                name=_doubt_field(record),
                title="Did it arrive, or shall it be sent again?",
                type="choice",
                choices=("it arrived", "send it again", "stop"),
                default="stop",
            ),
        ),
        subject=record.effect_key,
    )


async def _conclude(task: Task, traffic: Traffic) -> None:
    """Put down what became of the requests."""
    if traffic.held and not holds_writes(task):
        await _refuse_other(task, traffic)
    elif traffic.held:
        held = _told(traffic.held[-1])
        task.status = "held"
        task.message = "rehearsed: the request was held, nothing was sent"
        task.evidence["request"] = held
        await _put(task, "held", held)
        return
    writes = [request for request in traffic.sent if request.method not in SAFE_METHODS]
    if not writes:
        declined = declined_question(traffic)
        if declined:
            task.evidence["question"] = declined
            raise Fatal(
                f"The page asked {declined!r}, which was declined: nothing was sent",
                code="declined",
                hint="Build the step again: accepting the question becomes a part of it.",
            )
        if _sends(task.step):
            if task.page_asks:
                raise Refused(
                    f"The page asks what it did not ask when {task.step.title!r} was learnt: {task.page_asks[:300]!r}. Nothing was sent"
                )
            # What the page says is no proof without the request that was seen when the step was learnt.
            raise Fatal(f"{task.step.title!r} sent no request", code="not_sent")
        return
    request = _told(writes[-1])
    statuses = [
        status for signature, status in traffic.answered if signature == writes[-1].signature
    ]
    task.evidence["request"] = request
    if statuses and (statuses[-1] >= 500 or statuses[-1] == _TIMED_OUT):
        # It broke while it worked on the request: the journal keeps the doubt.
        raise Fatal(
            f"The site answered status {statuses[-1]}; whether it did the write is not known",
            code="http_status",
        )
    if statuses and statuses[-1] >= 400:
        # The site answered that it did not do it: that is no doubt, the write may be tried again.
        await _put(task, "intended", request)
        raise await _refusal(task, statuses[-1])
    if statuses:
        await _put(task, "answered", request)


def declined_question(traffic: Traffic) -> str:
    """Return the last question of the page (`confirm`, `prompt`) that was answered with no; '' when there was none."""
    asked = [one.split(": ", 1)[1] for one in traffic.dialogs if _DECLINED.match(one)]
    return asked[-1] if asked else ""


async def _refusal(task: Task, status: int) -> Fatal:
    """Return the failure that a status of 400 to 499 stands for, with what the page says of it."""
    await task.live_page.settle(timeout_s=task.services.patience.fuzzy_s)
    page = await task.live_page.snapshot()
    said = " ".join(fresh_messages(task.unsent, page)) or (
        complaint_line(task.unsent, page) if task.unsent is not None else ""
    )
    said = said or objection_on(page)  # a further try is answered with what the page said before
    quoted = f": {said[:300]}" if said else ""
    if status not in _INPUT_REFUSED:
        return Fatal(
            f"The site refused the request with status {status}{quoted}", code="http_status"
        )
    return Fatal(
        f"The site refused what was sent (status {status}){quoted}",
        code="input_refused",
        hint=missing_hint(task.unsent, said),
    )


async def seek_proof(task: Task) -> None:
    """After a write of which nothing was learnt to be expected: look for what proves that it was taken.

    Raises:
        Fatal: If the page shows the form again and objects (`input_refused`).
    """
    before, page = task.unsent, task.live_page
    if task.status != "done" or before is None or not _was_taken(task, page.traffic()):
        return
    patience, clock = task.services.patience, task.services.clock
    started, values = clock.monotonic_s(), _written_values(task)
    while True:
        after = await page.snapshot()
        documents = page.traffic().documents
        complaint = complaint_in(before, after, values)
        if complaint and same_form(before, after):
            raise Fatal(
                f"The site did not take it: {complaint}",
                code="input_refused",
                hint=missing_hint(before, complaint),
            )
        found = proofs_of(before, after, values, moved=bool(documents) or before.url != after.url)
        if found:
            task.evidence["held"] = list(found)
            return
        if clock.monotonic_s() - started >= min(_PROOF_S, patience.expect_s):
            task.message = _what_to_do(before, after, values)
            return
        await page.pause(patience.poll_s)


def _what_to_do(before: Snapshot, after: Snapshot, values: Sequence[str]) -> str:
    button = asks_to_confirm(before, after)
    if button:
        return f"sent, but the page asks to go on with {button!r}: add that to the agent (`then click {button!r}`), or do it by hand"
    failed = failure_in(before, after, values)
    if failed:
        return f"sent and answered, but {after.url} says: {failed[:200]}"
    return f"sent and answered, but {after.url} shows no sign that it arrived: look there whether it did"


def _was_taken(task: Task, traffic: Traffic) -> bool:
    """Return whether the step's request was answered without an error."""
    sent = {one.signature for one in traffic.sent if one.method not in SAFE_METHODS}
    statuses = [status for signature, status in traffic.answered if signature in sent]
    return "request" in task.evidence and bool(statuses) and statuses[-1] < 400


def _written_values(task: Task) -> list[str]:
    """Return what the steps before this one put into the page since it was opened."""
    before = steps_before(task.context.program, task.step.id)
    return [
        task.render(step.args.value)
        for step in since_last(before, leaves_form)
        if isinstance(step, FillStep | SelectStep)
    ]


async def _refuse_other(task: Task, traffic: Traffic) -> None:
    """Refuse a write whose request is not the one that was learnt; an extra one beside it is left out.

    Raises:
        Refused: If the write itself was held.
    """
    held = traffic.held[-1]
    task.evidence["left_out"] = _told(held)
    if any(one.method not in SAFE_METHODS for one in traffic.sent):
        return
    learnt = ", ".join(one.split(" ", 1)[-1] for one in task.step.signatures)
    raise Refused(
        f"{task.step.title!r} would send {held.method} {held.signature.split(' ', 1)[-1]} instead of {learnt}; it was not sent",
        hint="Look at the page; if this is right, build the step again.",
    )


async def mark_done(task: Task) -> None:
    """After the expectations held: the write is done, with its proof."""
    if task.status != "done":
        return
    held = task.evidence.get("held")
    if held:
        task.evidence["proof"] = True
    await _put(task, "done", _request(task), evidence={"proof": True, "held": held} if held else {})


def _request(task: Task) -> JsonObject:
    request = task.evidence.get("request")
    return request if isinstance(request, dict) else {}


def _told(request: RequestInfo) -> JsonObject:
    return {
        "method": request.method,
        "path": request.signature.split(" ", 1)[-1],
        "fields": list(request.fields),
    }


async def _put(
    task: Task,
    status: EffectStatus,
    request: JsonObject,
    *,
    evidence: JsonObject | None = None,
) -> None:
    before: JsonObject = {} if task.before.count is None else {"before": task.before.to_json()}
    record = EffectRecord(
        effect_key=effect_key(task),
        run_id=task.context.run_id,
        step_id=task.step.id,
        status=status,
        request=request,
        at=task.services.clock.now(),
        evidence={**before, **(evidence or {})} or None,
        attempt=task.attempt,
        over=task.over,
    )
    await asyncio.to_thread(task.services.stores.effects.put, record)

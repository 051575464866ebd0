"""Signing in with a credential of the vault: guarded, on its origin only, at most two submits in a run.

One more only by a person's word, where the answer to the last one was never seen.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal

from podium.state.effects import EffectRecord
from podium.state.errors import Fatal, NotFound, Retryable
from podium.state.origins import origin_of
from podium.state.program import SignInStep, walk
from podium.state.questions import FieldSpec, Question
from podium.state.stores import Credential
from podium.state.target import Target
from podium.tools.grounding.ladder import ground
from podium.tools.grounding.phrases import usable
from podium.tools.grounding.words import concepts_in, fold
from podium.tools.page import Node, Snapshot, StepPolicy
from podium.tools.running.finding import Asked, Found, dismiss_overlay, find, question_id
from podium.tools.running.going import go
from podium.tools.running.outcomes import (
    complaint_in,
    complaint_line,
    says_credential,
    says_refused,
)
from podium.tools.running.task import Task

MAX_SUBMITS = 2
"""Real sites lock accounts."""
_ONCE_MORE = "sign in once more"
_ANSWER_S = 12.0
_LITTLE = 60
"""Words on a page that is there to say one thing."""
_STAYS_S = 0.3
"""A session that shows must still show after this."""


def password_field(snapshot: Snapshot) -> Node | None:
    """Return the first password field a person could use."""
    return next(
        (node for node in snapshot.nodes if node.input_type == "password" and usable(node)), None
    )


async def run_sign_in(task: Task, step: SignInStep) -> None:
    """Sign in, unless the session already is.

    Raises:
        NotFound: If the vault has no such credential.
        NotPermitted: If it is bound to another origin than the page's.
        Fatal: If the site refuses it twice (`sign_in_failed`), or the form is not there.
        Asked: After a first refusal, for another credential.
    """
    args = step.args
    if task.inside:
        _count_as_done(task, await task.live_page.snapshot())
        return
    url = task.render(args.url) if args.url else ""
    if url and not await _shows_form(task):
        await go(task, url)
    snapshot = await _await_form(task, step)
    if not _form_is_there(step, snapshot):
        if _signed_in(snapshot):
            _count_as_done(task, snapshot)
            return
        raise Fatal(
            "The page shows neither a sign-in form nor a signed-in session",
            code="not_found_on_page",
        )
    spent = submits(task)
    stored = _stored(task)
    if spent >= MAX_SUBMITS:
        _check_permitted(task, spent, origin_of(snapshot.url))
    if spent and stored is None and _was_refused(task):
        # A resumed run that was refused before: submitting the same credential again could lock the account.
        raise Asked(_ask(task, "The site refused the sign-in before.", origin_of(snapshot.url)))
    credential = task.services.vault.open(stored or args.secret, origin=origin_of(snapshot.url))
    submitted = await _fill_and_submit(task, step, credential, snapshot)
    await _judge(task, step, credential, submitted)


def _count_as_done(task: Task, snapshot: Snapshot) -> None:
    task.evidence |= {"signed_in": True, "already": True, "proof": True}
    task.keep_place(snapshot)


async def could_sign_in(task: Task) -> bool:
    """Return whether the pending step is a sign-in that may go on from this page, known or not.

    Its own form is there, or a session is after this run has submitted it: a process died before that was recorded.
    """
    step = task.step
    if not isinstance(step, SignInStep):
        return False
    snapshot = await task.live_page.snapshot()
    if _form_is_there(step, snapshot):
        return True
    return _signed_in(snapshot) and await asyncio.to_thread(submits, task) > 0


async def opens_session(task: Task) -> bool:
    """Return whether the pending sign-in's address shows a session, with a way out of it, instead of the form."""
    step = task.step
    assert isinstance(step, SignInStep), f"step {step.id!r} signs in nowhere"
    url = task.render(step.args.url) or task.progress.safe_url
    if not url:
        return False
    await go(task, url)
    snapshot = await _await_form(task, step)
    return not _form_is_there(step, snapshot) and _leaves(snapshot)


async def _shows_form(task: Task) -> bool:
    page = task.live_page
    return (await page.url()).startswith("http") and password_field(
        await page.snapshot()
    ) is not None


async def _await_form(task: Task, step: SignInStep) -> Snapshot:
    """Return the page once it shows the form or a session, or the time is up."""
    page, patience, clock = task.live_page, task.services.patience, task.services.clock
    started = clock.monotonic_s()
    dismissed = False
    while True:
        snapshot = await page.snapshot()
        waited = clock.monotonic_s() - started
        if _form_is_there(step, snapshot):
            return snapshot
        if waited >= patience.fuzzy_s:
            if _signed_in(snapshot) or waited >= patience.target_s:
                return snapshot
            if not dismissed:
                dismissed = await dismiss_overlay(task, snapshot)
        await page.settle(timeout_s=patience.fuzzy_s)
        await page.pause(patience.poll_s)


def _form_is_there(step: SignInStep, snapshot: Snapshot) -> bool:
    if password_field(snapshot) is not None:
        return True
    user = step.args.user
    return bool(step.args.advance and user and ground(user, snapshot, settled=False).node)


def _signed_in(snapshot: Snapshot) -> bool:
    """Return whether the page looks like a session: a way out, or content without any way in."""
    if _leaves(snapshot):
        return True
    ways_in = (
        node
        for node in snapshot.nodes
        if node.role in {"link", "button", "menuitem"} and "sign_in" in concepts_in(node.name)
    )
    return (
        snapshot.url.startswith("http") and len(snapshot.nodes) > 3 and next(ways_in, None) is None
    )


def _leaves(snapshot: Snapshot) -> bool:
    """Return whether the page shows a way out of a session."""
    return any(
        "sign_out" in concepts_in(node.name)
        for node in snapshot.nodes
        if node.role in {"link", "button", "menuitem"} and node.name
    )


def _stored(task: Task) -> str | None:
    """Return the name of the credential that answers the question."""
    answer = (task.answer or {}).get("credentials")
    name = answer.get("stored") if isinstance(answer, dict) else None
    return name if isinstance(name, str) else None


@dataclass(frozen=True, slots=True)
class _Submitted:
    """The page as it was before the submit, and how many documents and answers the step had until then."""

    before: Snapshot
    documents: int
    answers: int


async def _fill_and_submit(
    task: Task, step: SignInStep, credential: Credential, form: Snapshot
) -> _Submitted:
    """Fill the form and submit it."""
    page, args = task.live_page, step.args
    shown: Snapshot | None = form
    if args.user is not None and credential.user:
        user = await _on(task, args.user, shown, lambda ref: page.fill(ref, credential.user))
        shown = user.snapshot
    if args.advance is not None:
        shown = await page.snapshot()
        if password_field(shown) is None:
            await _on(task, args.advance, shown, page.click)
            shown = None
    password = await _on(
        task,
        args.password,
        shown,
        lambda ref: page.fill_secret(ref, credential.password, origin=credential.origin),
    )

    async def submit(ref: str) -> None:
        # Counted before it happens: a process that dies in between has spent one.
        _note(task, spent + 1, "sent")
        await page.click(ref)

    spent, traffic = submits(task), page.traffic()
    loaded, answers = len(traffic.documents), len(traffic.answered)
    if args.submit is not None:
        await _on(task, args.submit, password.snapshot, submit)
    else:
        _note(task, spent + 1, "sent")
        await page.press("Enter", ref=password.node.ref)
    return _Submitted(password.snapshot, loaded, answers)


async def _on(
    task: Task, target: Target, seen: Snapshot | None, act: Callable[[str], Awaitable[None]]
) -> Found:
    """Act on the element as it was seen a moment ago; when the page has redrawn it since, as it is now."""
    found = await find(task, target, strict=False, seen=seen)
    try:
        await act(found.node.ref)
    except Retryable as error:
        if error.code != "stale":  # nothing was done to an element that is gone
            raise
        found = await find(task, target, strict=False)
        await act(found.node.ref)
    return found


def _journal_key(task: Task, number: int) -> str:
    return f"{task.context.agent}:sign_in:{task.context.run_id}:{number}"


def _check_permitted(task: Task, spent: int, origin: str) -> None:
    """Let one more submit pass than a run has, when a person permitted just that one.

    Raises:
        Asked: If nobody knows what the site said to the last one: its process died. A permission is for one submit.
        Fatal: If the site answered it (`sign_in_failed`), or the answer was no (`cancelled`).
    """
    if _submitted(task)[-1].status != "sent":
        raise Fatal(
            "The sign-in was already submitted twice in this run",
            code="sign_in_failed",
            hint="Check the credential, then begin anew: more tries could lock the account.",
        )
    answer = task.answer or {}
    if answer.get("submitted") != str(spent):
        raise Asked(_may_i(task, spent, origin))
    if answer.get("sign_in") != _ONCE_MORE:
        raise Fatal("Signing in once more was not wanted", code="cancelled")


def _may_i(task: Task, spent: int, origin: str) -> Question:
    return Question(
        id=question_id(task, f"submitted-{spent}"),
        kind="choice",
        title=f"Shall {origin} be signed in to once more?",
        text=(
            f"The sign-in was submitted {spent} times; the process ended before the site's last answer was seen. "
            "Some sites lock an account after a few tries."
        ),
        fields=(
            FieldSpec(
                name="sign_in",
                title="What now?",
                type="choice",
                choices=(_ONCE_MORE, "stop"),
                default="stop",
            ),
            FieldSpec(
                name="submitted",
                title="Submitted",
                type="choice",
                choices=(str(spent),),
                default=str(spent),
            ),
        ),
    )


def _submitted(task: Task) -> list[EffectRecord]:
    """Return the run's submits of a password so far, in any process."""
    found: list[EffectRecord] = []
    while record := task.services.stores.effects.get(_journal_key(task, len(found) + 1)):
        found.append(record)
    return found


def submits(task: Task) -> int:
    """Return how often this run has submitted a password, in any process."""
    return len(_submitted(task))


def _was_refused(task: Task) -> bool:
    """Return whether the site is known to have refused the last one; of one whose process died nothing is known."""
    return any(record.status == "answered" for record in _submitted(task)[-1:])


def _note(task: Task, number: int, status: Literal["sent", "answered", "done"]) -> None:
    """Put down a submit: `answered` is one that the site refused."""
    task.services.stores.effects.put(
        EffectRecord(
            effect_key=_journal_key(task, number),
            run_id=task.context.run_id,
            step_id=task.step.id,
            status=status,
            request={},
            at=task.services.clock.now(),
        )
    )


async def _judge(
    task: Task, step: SignInStep, credential: Credential, submitted: _Submitted
) -> None:
    """Wait for the site's answer.

    It let us in when the password field is gone, something new is there, and both stay so: forms also vanish while their
    request is under way.
    """
    page, patience, clock = task.live_page, task.services.patience, task.services.clock
    started = clock.monotonic_s()
    await _keep_answer(task, submitted)
    limit = min(_ANSWER_S, patience.expect_s * 1.2)
    code_sent = False
    inside = 0
    while True:
        rests = await page.settle(timeout_s=3.0)
        snapshot = await page.snapshot()
        code = _code_field(snapshot)
        waited = clock.monotonic_s() - started
        if code is not None and not code_sent and password_field(snapshot) is None:
            await _send_code(task, code, snapshot, credential)
            code_sent = True
        inside = inside + 1 if code is None and _is_new(step, snapshot, submitted.before) else 0
        # A page that was loaded anew and rests is the answer; one that only redrew itself must stay so.
        if inside > 1 or (inside and rests and _came_anew(task, submitted, snapshot)):
            _note(task, submits(task), "done")
            task.evidence |= {"signed_in": True, "proof": True}
            task.keep_place(snapshot)
            return
        complaint = _complaint(snapshot, submitted.before)
        if waited >= limit or (
            waited > 1.0 and complaint and _is_outside(step, snapshot, submitted.before)
        ):
            await _refused(task, step, complaint or "nothing; its form stayed.", credential)
        await page.pause(_STAYS_S if inside and patience.poll_s else patience.poll_s)


async def _keep_answer(task: Task, submitted: _Submitted) -> None:
    """Seal what the site answered with at once: to judge it takes longer, and a process may die over it."""
    page, patience, clock = task.live_page, task.services.patience, task.services.clock
    if task.keep_session is None:
        return
    started = clock.monotonic_s()
    while clock.monotonic_s() - started < patience.fuzzy_s:
        traffic = page.traffic()
        if (
            len(traffic.documents) > submitted.documents
            or len(traffic.answered) > submitted.answers
        ):
            await task.keep_session()
            return
        await page.pause(patience.poll_s)


def _came_anew(task: Task, submitted: _Submitted, snapshot: Snapshot) -> bool:
    """Return whether the page is a document that the submit brought."""
    documents = task.live_page.traffic().documents[submitted.documents :]
    if not documents or documents[-1][1] >= 400:
        return False
    return documents[-1][0].split("#")[0] == snapshot.url.split("#")[0]


def _is_new(step: SignInStep, snapshot: Snapshot, before: Snapshot) -> bool:
    """Return whether the form is gone and the page shows something that it did not before."""
    if _form_is_there(step, snapshot) or not snapshot.nodes or _turned_down(snapshot, before):
        return False
    known = {node.name for node in before.nodes}
    moved = snapshot.url.split("?")[0] != before.url.split("?")[0]
    user = step.args.user
    if not moved and user is not None and ground(user, snapshot, settled=False).node is not None:
        # The password may only have been made readable.
        return False
    return moved or any(node.name and node.name not in known for node in snapshot.nodes)


def _is_outside(step: SignInStep, snapshot: Snapshot, before: Snapshot) -> bool:
    """Return whether the page still wants a sign-in, or says that this one was refused."""
    return _form_is_there(step, snapshot) or _turned_down(snapshot, before)


def _turned_down(snapshot: Snapshot, before: Snapshot) -> bool:
    """Return whether a page without the form says that it let nobody in: an objection, and no way out of a session."""
    if _leaves(snapshot):
        return False
    little = len(snapshot.text.split()) <= _LITTLE and not any(
        len(item.records) > 1 for item in snapshot.collections
    )
    told = complaint_in(before, snapshot)
    if told:
        return little or says_credential(told)
    return little and says_credential(complaint_line(before, snapshot))


async def _refused(task: Task, step: SignInStep, message: str, credential: Credential) -> None:
    task.evidence["site_says"] = message
    _note(task, submits(task), "answered")
    if submits(task) >= MAX_SUBMITS:
        raise Fatal(
            f"The site refused the sign-in: {message}",
            code="sign_in_failed",
            hint=f"Check the credential {step.args.secret!r}; it was submitted twice and is not tried again here, so that the account is not locked. Begin anew once it is right.",
        )
    raise Asked(_ask(task, message, credential.origin))


def _ask(task: Task, message: str, origin: str) -> Question:
    return Question(
        id=question_id(task, "credentials"),
        kind="secret",
        title=f"Signing in at {origin} failed",
        text=f"The site says: {message} Store the right credential and answer with its name. It is tried once more.",
        fields=(
            FieldSpec(
                name="credentials", title=f"Credential for {origin}", type="secret", origin=origin
            ),
        ),
    )


def _complaint(snapshot: Snapshot, before: Snapshot | None = None) -> str:
    """Return what the page tells its user about the failure."""
    told = complaint_in(before, snapshot) or " ".join(
        text for text in dict.fromkeys(snapshot.messages) if fold(text)
    )
    if told:
        return told[:300]
    for line in snapshot.text.splitlines():
        if len(line) <= 200 and says_refused(line):
            return " ".join(line.split())
    return ""


def _code_field(snapshot: Snapshot) -> Node | None:
    for node in snapshot.nodes:
        if (
            node.role not in {"textbox", "spinbutton"}
            or not usable(node)
            or node.input_type == "password"
        ):
            continue
        words = f"{node.name} {node.label} {node.placeholder} {node.attributes.get('name', '')}"
        if node.attributes.get("autocomplete") == "one-time-code" or "one_time_code" in concepts_in(
            words
        ):
            return node
    return None


async def _send_code(task: Task, field: Node, snapshot: Snapshot, credential: Credential) -> None:
    """Answer a one-time code question from the credential's seed. Raises: Fatal when it has none."""
    if not credential.totp_seed:
        raise Fatal(
            "The site asks for a one-time code",
            code="sign_in_failed",
            hint=f"Store the seed with `podium secret set {credential.name} --totp`.",
        )
    import pyotp

    code = pyotp.TOTP(credential.totp_seed).at(task.services.clock.now())
    page = task.live_page
    await page.fill_secret(field.ref, code, origin=credential.origin)
    buttons = [
        node
        for node in snapshot.nodes
        if node.role == "button"
        and node.form == field.form
        and node.form
        and node.input_type in {"submit", ""}
        and node.visible
    ]
    if len(buttons) == 1:
        await page.click(buttons[0].ref)
    else:
        await page.press("Enter", ref=field.ref)


async def sign_in_again(task: Task) -> bool:
    """Sign in where a session has expired; return whether the page asked for it.

    Only with a sign-in step of the program that was done before, within the run's budget of submits.
    """
    step = next(
        (
            one
            for one in walk(task.context.program.steps)
            if isinstance(one, SignInStep) and one.id in task.progress.done
        ),
        None,
    )
    if step is None or step.id == task.step.id:
        return False
    snapshot = await task.live_page.snapshot()
    if password_field(snapshot) is None or _signed_in(snapshot):
        return False
    again = Task(
        services=task.services,
        step=step,
        context=task.context,
        progress=task.progress,
        page=task.page,
        answer=task.answer,
    )
    await task.live_page.begin(StepPolicy(effect="sign_in", signatures=frozenset(step.signatures)))
    try:
        await run_sign_in(again, step)
    except NotFound as error:
        raise Fatal(error.message, code="sign_in_failed", hint=error.hint) from error
    task.evidence["signed_in_again"] = True
    return True

"""`sign_in`: finding the form, signing in once, and asking again when the site refuses."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from podium.state.errors import Fatal, NotFound, NotPermitted, StepError
from podium.state.plan import PlannedStep
from podium.state.program import ClickStep, Gone, Shown, SignInArgs, SignInStep, TargetArgs
from podium.state.questions import FieldSpec
from podium.state.target import Target
from podium.tools.building import vocabulary as say
from podium.tools.building.acts.opening import settled
from podium.tools.building.links import is_stable
from podium.tools.building.signin import (
    SignInForm,
    find_form,
    signed_in,
    ways_to_form,
)
from podium.tools.building.wanted import url_words
from podium.tools.building.work import Work
from podium.tools.grounding.describe import describe
from podium.tools.page import Node, Snapshot, StepPolicy


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    form: SignInForm
    snapshot: Snapshot
    url: str = ""
    opener: Target | None = None
    """What is clicked to show the form, when no address leads there."""


async def build_sign_in(work: Work) -> None:
    """Sign in with the planned credential and keep how."""
    snapshot = await work.clear_view(await settled(work))
    if signed_in(snapshot) and find_form(snapshot) is None:
        work.notes.append("The session is already signed in.")
        return
    found = await _find(work, snapshot)
    if found is None:
        return
    origin = _origin(found.snapshot.url)
    secret = await _secret(work, origin)
    step = await _compile(work, found, secret, origin)
    if found.opener is not None:
        await _open_form(work, found.opener)
    await _submit(work, step)


async def pass_wall(work: Work) -> bool:
    """Sign in when the page asks for it and the plan has no step for that; return whether it did."""
    if knows_sign_in(work):
        return False
    snapshot = await settled(work)
    if not is_wall(snapshot):
        return False
    origin = _origin(snapshot.url)
    planned = PlannedStep(
        id=f"{work.planned.id}-sign-in",
        op="sign_in",
        title=f"Sign in to {urlsplit(origin).netloc}",
        effect="sign_in",
        url=snapshot.url,
    )
    inner = work.inner(planned)
    await build_sign_in(inner)
    work.notes.append(
        "The site asks to sign in, which the plan did not say; a step for it was added."
    )
    return True


def knows_sign_in(work: Work) -> bool:
    """Return whether the plan, or what was compiled so far, signs in."""
    if any(step.op == "sign_in" for step in work.agent.steps):
        return True
    return any(isinstance(step, SignInStep) for step in (*work.draft.steps, *work.steps))


def is_wall(snapshot: Snapshot) -> bool:
    """Return whether the page is there to sign in, not one that has a sign-in box among other things."""
    form = find_form(snapshot)
    if form is None:
        return False
    if any(
        len(item.records) > 1 and item.region not in {"navigation", "header", "footer"}
        for item in snapshot.collections
    ):
        return False
    names = " ".join((*snapshot.headings[:2], snapshot.title, *url_words(snapshot.url)))
    others = [node for node in snapshot.nodes if node.role == "link" and node.visible]
    return say.has(names, say.SIGN_IN) or len(others) <= 8


async def _find(work: Work, snapshot: Snapshot) -> _Found | None:
    await work.read_only()
    here = find_form(snapshot)
    if here is not None and not here.first_half:
        return await _with_address(work, here, snapshot)
    elsewhere = await _follow(work, snapshot)
    if elsewhere is not None:
        return elsewhere
    if here is not None:
        await _return_to(work, snapshot.url)
        snapshot = await settled(work)
        again = find_form(snapshot)
        return await _with_address(work, again, snapshot) if again is not None else None
    return await _ask_where(work)


async def _follow(work: Work, snapshot: Snapshot) -> _Found | None:
    """Try the page's own ways to the form, then those of the site's first page."""
    if find_form(snapshot) is not None:
        return None
    for start in dict.fromkeys((snapshot.url, work.planned.url, f"{_origin(snapshot.url)}/")):
        if not start:
            continue
        try:
            if (await work.page.url()) != start:
                await work.page.goto(start)
            page = await settled(work)
        except (StepError, NotPermitted):
            continue
        form = find_form(page)
        if form is not None:
            return await _with_address(work, form, page)
        for way in ways_to_form(page)[:3]:
            found = await _try_way(work, way, page, start)
            if found is not None:
                return found
    return None


async def _try_way(work: Work, way: Node, page: Snapshot, start: str) -> _Found | None:
    href = way.attributes.get("href", "")
    try:
        if href.startswith("http") and not href.endswith("#"):
            await work.page.goto(href)
            shown = await settled(work)
            form = find_form(shown)
            if form is not None:
                return await _with_address(work, form, shown)
        await _return_to(work, start)
        again = await settled(work)
        node = next((node for node in ways_to_form(again) if node.name == way.name), None)
        if node is None or not node.visible:
            return None
        opener = describe(node, again, phrase=f"{node.name} link")
        await work.page.click(node.ref)
        shown = await settled(work)
    except (StepError, NotPermitted):
        return None
    form = find_form(shown)
    if form is None:
        return None
    if shown.url != start and is_stable(shown.url):
        return await _with_address(work, form, shown)
    return _Found(form=form, snapshot=shown, opener=opener)


async def _with_address(work: Work, form: SignInForm, snapshot: Snapshot) -> _Found:
    url = snapshot.url if is_stable(snapshot.url) else snapshot.url.split("?", 1)[0]
    return _Found(form=form, snapshot=snapshot, url=url)


async def _ask_where(work: Work) -> _Found | None:
    answer = await work.ask(
        "form",
        kind="text",
        title=f"No sign-in form was found on {work.planned.url or await work.page.url()}",
        text="Name the address of the sign-in page, or answer `none` when the site needs no sign-in.",
        fields=[FieldSpec(name="address", title="Address of the sign-in page", type="text")],
    )
    address = str(answer.get("address", "")).strip()
    if address.casefold() in {"none", "no", "-"}:
        work.notes.append("The site needs no sign-in.")
        return None
    await work.page.goto(address)
    snapshot = await settled(work)
    form = find_form(snapshot)
    if form is None:
        raise Fatal(
            f"{address} shows no sign-in form either",
            code="not_found_on_page",
            hint="Open it in a browser and check that it asks for a password.",
        )
    return await _with_address(work, form, snapshot)


async def _secret(work: Work, origin: str) -> str:
    """Return the credential's name: the one answered last, the planned one, else the one kept for the origin."""
    for given in (work.runner_answer(_step_id(work)), work.answer("credentials")):
        stored = given.get("credentials") if given is not None else None
        if isinstance(stored, dict) and isinstance(stored.get("stored"), str):
            return str(stored["stored"])
    known = {secret.name for secret in work.services.vault.list()}
    if work.planned.secret in known:
        return work.planned.secret
    kept = work.services.vault.for_origin(origin)
    if kept is not None:
        return kept.name
    await work.ask(
        "credentials",
        kind="secret",
        title=f"Which credential signs in on {origin}?",
        fields=[
            FieldSpec(
                name="credentials",
                title=f"User and password for {origin}",
                type="secret",
                origin=origin,
            )
        ],
    )
    return ""


def _step_id(work: Work) -> str:
    return work.step_id()


async def _compile(work: Work, found: _Found, secret: str, origin: str) -> SignInStep:
    form, snapshot = found.form, found.snapshot
    user = describe(form.user, snapshot, phrase="user name") if form.user is not None else None
    advance: Target | None = None
    if form.first_half:
        advance = (
            describe(form.submit, snapshot, phrase="next button")
            if form.submit is not None
            else None
        )
        form, snapshot = await _second_half(work, found, secret, origin)
    if form.password is None:
        raise Fatal("The sign-in asks for no password", code="not_found_on_page")
    args = SignInArgs(
        secret=secret,
        user=user,
        password=describe(form.password, snapshot, phrase="password"),
        submit=describe(form.submit, snapshot, phrase="sign-in button")
        if form.submit is not None
        else None,
        advance=advance,
        url=found.url,
    )
    return SignInStep(
        id=work.step_id(),
        title=work.planned.title or f"Sign in to {urlsplit(origin).netloc}",
        args=args,
    )


async def _second_half(
    work: Work, found: _Found, secret: str, origin: str
) -> tuple[SignInForm, Snapshot]:
    """Give the user name alone, as two-step forms want it, and return the form that then asks for the password."""
    form = found.form
    if form.user is None:
        raise Fatal("The sign-in form has no field for the user", code="not_found_on_page")
    try:
        credential = work.services.vault.open(secret, origin=origin)
    except (NotFound, NotPermitted) as error:
        raise Fatal(error.message, code="sign_in_failed", hint=error.hint) from error
    await work.page.begin(StepPolicy(effect="sign_in", hold_writes=True))
    await work.page.fill(form.user.ref, credential.user)
    if form.submit is not None:
        await work.page.click(form.submit.ref)
    else:
        await work.page.press("Enter", ref=form.user.ref)
    for _ in range(12):
        snapshot = await work.look()
        after = find_form(snapshot)
        if after is not None and not after.first_half:
            await _return_to(work, found.url or found.snapshot.url)
            return after, snapshot
        await work.pause(0.5)
    raise Fatal(
        "After the user name no password was asked for",
        code="sign_in_failed",
        hint="The site may use a one-time code or another sign-in service; that is not built yet.",
    )


async def _open_form(work: Work, opener: Target) -> None:
    await work.replay()
    step = ClickStep(
        id=work.step_id("form"),
        title=f"Open the sign-in form ({opener.name})",
        args=TargetArgs(target=opener),
        on_error="skip",
    )
    await work.perform(step)


async def _submit(work: Work, step: SignInStep) -> None:
    """Sign in through the runner, which submits at most twice in a build and asks after a refusal."""
    result = await work.try_out(step)
    snapshot = await settled(work)
    work.keep(_with_proof(step, snapshot), result)
    work.facts["url"] = snapshot.url
    work.facts["sign_in_url"] = step.args.url


def _with_proof(step: SignInStep, snapshot: Snapshot) -> SignInStep:
    """Return the step with what proves it: the password is gone, and a way to sign out is there when it is visible."""
    out = next(
        (
            node
            for node in snapshot.nodes
            if node.visible
            and node.role in {"link", "button", "menuitem"}
            and say.has(node.name or node.text, say.SIGN_OUT)
        ),
        None,
    )
    gone = Gone(target=step.args.password)
    if out is None:
        return step.model_copy(update={"expect": (gone,)})
    return step.model_copy(update={"expect": (gone, Shown(target=describe(out, snapshot)))})


async def _return_to(work: Work, url: str) -> None:
    await work.read_only()
    await work.page.goto(url)


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"

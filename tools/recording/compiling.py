"""From what a person did to the steps of a program. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import PurePath
from urllib.parse import urlsplit

from podium.state.plan import InputSpec
from podium.state.program import (
    RESERVED_IDS,
    CheckArgs,
    CheckStep,
    ClickStep,
    DownloadArgs,
    DownloadStep,
    Effect,
    Expectation,
    FileKept,
    FillArgs,
    FillStep,
    OpenArgs,
    OpenStep,
    PressArgs,
    PressStep,
    Program,
    SelectStep,
    SignInArgs,
    SignInStep,
    Step,
    TargetArgs,
    UploadArgs,
    UploadStep,
    UrlLike,
)
from podium.state.target import Target
from podium.tools.grounding.columns import slug
from podium.tools.grounding.fingerprint import url_pattern
from podium.tools.recording.actions import Action


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """A recorded program and what it needs that was not kept."""

    program: Program
    inputs: tuple[InputSpec, ...] = ()
    secrets: tuple[str, ...] = ()
    """Names of credentials that must be stored before it runs."""
    left_out: tuple[str, ...] = ()
    """What was shown and could not become a step, in a person's words."""


@dataclass(slots=True)
class _Draft:
    steps: list[Step] = field(default_factory=list[Step])
    inputs: dict[str, InputSpec] = field(default_factory=dict[str, InputSpec])
    secrets: list[str] = field(default_factory=list[str])
    left_out: list[str] = field(default_factory=list[str])

    def id(self, words: str) -> str:
        """Return an id made of the words that no step has yet."""
        base = re.sub(r"[^a-z0-9]+", "-", words.casefold()).strip("-")[:40] or "step"
        used = {step.id for step in self.steps} | RESERVED_IDS
        number, chosen = 1, base
        while chosen in used:
            number += 1
            chosen = f"{base}-{number}"
        return chosen

    def input(self, name: str, *, default: str = "", file: bool = False) -> str:
        """Return the template of an input of that name, made new."""
        base, number = slug(name) or "value", 1
        chosen = base
        while chosen in self.inputs:
            number += 1
            chosen = f"{base}_{number}"
        self.inputs[chosen] = InputSpec(
            name=chosen,
            type="file" if file else "text",
            default=default or None,
            description=name,
        )
        return f"{{inputs.{chosen}}}"


def compile_actions(actions: Sequence[Action]) -> Recorded:
    """Return the program that does what the person showed.

    A password makes the fields around it one sign-in with a credential of the vault. Texts that were typed become inputs,
    with what was typed as their default.
    """
    draft = _Draft()
    left = list(actions)
    while left:
        taken = _sign_in(draft, left) or _plain(draft, left[0])
        del left[:taken]
    return Recorded(
        program=Program(steps=tuple(draft.steps)),
        inputs=tuple(draft.inputs.values()),
        secrets=tuple(dict.fromkeys(draft.secrets)),
        left_out=tuple(draft.left_out),
    )


# -- Signing in ------------------------------------------------------------------------------------


def _sign_in(draft: _Draft, left: Sequence[Action]) -> int:
    """Take a sign-in from the front: user, maybe a button between, password, and what submits. Return how many actions."""
    at = 0
    user = advance = None
    if left[0].kind == "fill":
        user, at = left[0], 1
        if at < len(left) and left[at].kind in {"click", "press"} and not left[at].file:
            advance, at = left[at], at + 1
    if at >= len(left) or not (left[at].kind == "secret" and left[at].password):
        return 0
    password, at = left[at], at + 1
    while at < len(left) and left[at].kind == "check":
        at += 1  # `keep me signed in` is nobody's business here
    submit = left[at] if at < len(left) and left[at].kind in {"click", "press"} else None
    assert password.target is not None
    origin = urlsplit(password.url)
    secret = re.sub(r"[^a-z0-9]+", "-", origin.netloc.casefold()).strip("-") or "site"
    draft.secrets.append(secret)
    draft.steps.append(
        SignInStep(
            id=draft.id("sign-in"),
            title=f"Sign in at {origin.netloc}",
            args=SignInArgs(
                secret=secret,
                user=user.target if user else None,
                password=password.target,
                submit=submit.target if submit and submit.kind == "click" else None,
                advance=advance.target if advance and advance.kind == "click" else None,
                url=_plain_url((user or password).url),
            ),
        )
    )
    return at + (1 if submit else 0)


def _plain_url(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}{parts.path}"


# -- One action, one step ----------------------------------------------------------------------------


def _plain(draft: _Draft, action: Action) -> int:
    target = action.target
    if action.kind == "open":
        title = f"Open {urlsplit(action.url).netloc}{urlsplit(action.url).path}"
        draft.steps.append(
            OpenStep(id=draft.id("open"), title=title, args=OpenArgs(url=action.url))
        )
    elif target is None:
        draft.left_out.append(f"{action.kind} on something that has no name on {action.url}")
    elif action.kind == "secret":
        draft.left_out.append(f"the secret that was typed into {_called(target)!r}")
    elif action.kind == "click":
        draft.steps.append(_click(draft, action, target))
    else:
        draft.steps.append(_given(draft, action, target))
    return 1


def _click(draft: _Draft, action: Action, target: Target) -> Step:
    called = _called(target)
    if action.file:
        return DownloadStep(
            id=draft.id(f"download {called}"),
            title=f"Download {called}",
            args=DownloadArgs(target=target),
            expect=(FileKept(extension=PurePath(action.file).suffix.casefold()),),
        )
    return ClickStep(
        id=draft.id(called),
        title=f"Click {called}",
        args=TargetArgs(target=target),
        effect=_effect(action),
        signatures=action.requests,
        expect=_proof(action),
    )


def _given(draft: _Draft, action: Action, target: Target) -> Step:
    called, effect = _called(target), _effect(action)
    held = {"effect": effect, "signatures": action.requests, "expect": _proof(action)}
    match action.kind:
        case "select":
            value = draft.input(called, default=action.value)
            args = FillArgs(target=target, value=value)
            return SelectStep(id=draft.id(called), title=f"Choose {called}", args=args).model_copy(
                update=held
            )
        case "check":
            word = "Tick" if action.checked else "Untick"
            box = CheckArgs(target=target, checked=action.checked)
            return CheckStep(id=draft.id(called), title=f"{word} {called}", args=box).model_copy(
                update=held
            )
        case "press":
            key = PressArgs(key=action.value, target=target)
            title = f"Press {action.value} in {called}"
            return PressStep(
                id=draft.id(f"press {action.value}"), title=title, args=key
            ).model_copy(update=held)
        case "upload":
            file = draft.input(called, file=True)
            args_ = UploadArgs(target=target, artifact=file)
            return UploadStep(id=draft.id(called), title=f"Give a file to {called}", args=args_)
        case _:
            value = draft.input(called, default=action.value)
            return FillStep(
                id=draft.id(called),
                title=f"Fill in {called}",
                args=FillArgs(target=target, value=value),
            )


def _effect(action: Action) -> Effect:
    return "write" if action.requests else "read"


def _proof(action: Action) -> tuple[Expectation, ...]:
    if not action.led_to:
        return ()
    return (UrlLike(pattern=urlsplit(url_pattern(action.led_to)).path),)


def _called(target: Target) -> str:
    return target.name or target.label or target.placeholder or target.text or target.role or "it"

"""The page steps that find one element and act on it, and opening an address."""

from __future__ import annotations

import asyncio
from pathlib import Path

from podium.state.errors import Fatal, Retryable
from podium.state.program import (
    CheckStep,
    ClickStep,
    DialogStep,
    DragStep,
    FillStep,
    HoverStep,
    OpenStep,
    PressStep,
    ScrollStep,
    SelectStep,
    SwitchTabStep,
    UploadStep,
    WaitStep,
)
from podium.state.target import Target
from podium.tools.grounding.choices import radio_for
from podium.tools.grounding.fingerprint import url_matches
from podium.tools.grounding.words import fold
from podium.tools.page import DialogAnswer, Record
from podium.tools.running.amounts import without_unit
from podium.tools.running.finding import Found, dismiss_overlay, find
from podium.tools.running.going import go
from podium.tools.running.reaching import reach_row
from podium.tools.running.standing import check_form
from podium.tools.running.task import Task

ActStep = (
    ClickStep
    | HoverStep
    | FillStep
    | SelectStep
    | CheckStep
    | PressStep
    | DragStep
    | ScrollStep
    | SwitchTabStep
    | DialogStep
    | UploadStep
    | WaitStep
    | OpenStep
)

_TRIES = 3
"""Looks at a page that re-renders under the pointer."""
_AGAIN = frozenset({"stale", "not_ready", "covered"})
"""Nothing was done yet when these are raised."""


async def run_act(task: Task, step: ActStep) -> None:
    """Do what the step says to the element it means.

    Raises:
        StepError: If the element does not come, or does not take it.
    """
    if isinstance(step, OpenStep):
        url = task.render(step.args.url)
        await go(task, url)
        return
    for attempt in range(1, _TRIES + 1):
        try:
            await _once(task, step)
        except Retryable as error:
            if error.code not in _AGAIN or attempt == _TRIES:
                raise
            if error.code == "covered":
                await dismiss_overlay(task, await task.live_page.snapshot())
            await task.live_page.settle(timeout_s=2.0)
        else:
            return


async def _once(task: Task, step: ActStep) -> None:
    page = task.live_page
    match step:
        case ClickStep():
            await page.click((await locate(task, step.args.target)).node.ref)
        case HoverStep():
            await page.hover((await locate(task, step.args.target)).node.ref)
        case DragStep():
            goal = await locate(task, step.args.to)
            source = await locate(task, step.args.target)
            await page.drag(source.node.ref, goal.node.ref)
        case PressStep():
            ref = (await locate(task, step.args.target)).node.ref if step.args.target else None
            await page.press(step.args.key, ref=ref)
        case FillStep() | SelectStep() | CheckStep() | UploadStep():
            try:
                await _give(task, step)
            except Fatal as error:
                if error.code != "value":
                    raise
                raise _refused(task, step, error) from error
        case _:
            await _go_on(task, step)


def _refused(
    task: Task, step: FillStep | SelectStep | CheckStep | UploadStep, error: Fatal
) -> Fatal:
    """Return the error with the control's name, as the page calls it, and the value it does not take."""
    target = step.args.target
    name = target.label or target.name or target.placeholder or target.phrase
    shown = "the value"
    if isinstance(step, FillStep | SelectStep) and "{secrets." not in step.args.value:
        shown = repr(task.render(step.args.value))
    return Fatal(
        f"{name!r} does not keep {shown}: {error.message}",
        code="value",
        hint=error.hint
        or f"Give {name!r} a value of the kind it takes, in the request or as an input of the run.",
    )


async def _give(task: Task, step: FillStep | SelectStep | CheckStep | UploadStep) -> None:
    """Give a control its value; it holds it afterwards, or the call fails."""
    page = task.live_page
    match step:
        case FillStep():
            value = task.render(step.args.value)
            if step.args.unit:
                value = without_unit(value, step.args.unit)
            await page.fill((await locate(task, step.args.target)).node.ref, value)
        case SelectStep():
            await _select(task, step)
        case CheckStep():
            found = await locate(task, step.args.target)
            await page.set_checked(found.node.ref, checked=step.args.checked)
        case UploadStep():
            path = await asyncio.to_thread(_file, task, step.args.artifact)
            await page.upload((await locate(task, step.args.target)).node.ref, path)
    task.evidence["value_held"] = True


async def _select(task: Task, step: SelectStep) -> None:
    """Choose the option in the list, or in the radio group of the same name that stands there now."""
    page, value = task.live_page, task.render(step.args.value)
    try:
        found = await locate(task, step.args.target)
    except Fatal as error:
        if error.code != "not_found_on_page":
            raise
        target = task.render_target(step.args.target)
        option = radio_for(target, value, await page.snapshot())
        if option is None:
            raise
        await page.set_checked(option.ref, checked=True)
        task.evidence["chosen_as"] = "radio"
    else:
        await page.select(found.node.ref, value)


async def _go_on(
    task: Task, step: WaitStep | OpenStep | ScrollStep | SwitchTabStep | DialogStep
) -> None:
    """Do what concerns the page as a whole."""
    page = task.live_page
    match step:
        case WaitStep():
            if step.args.target is not None:
                target = task.render_target(step.args.target)
                await find(task, target, strict=False, timeout_s=step.args.timeout_s)
        case OpenStep():
            await go(task, task.render(step.args.url))
        case ScrollStep():
            await _scroll(task, step)
        case SwitchTabStep():
            await _switch_tab(task, step)
        case DialogStep():
            args = step.args
            message, text = task.render(args.message), task.render(args.text)
            await page.answer_dialogs(DialogAnswer(accept=args.accept, text=text, message=message))


async def _scroll(task: Task, step: ScrollStep) -> None:
    target = step.args.target
    ref = (await locate(task, target)).node.ref if target is not None else None
    to = "end" if ref is None and step.args.to == "view" else step.args.to
    await task.live_page.scroll(ref, to=to)


async def _switch_tab(task: Task, step: SwitchTabStep) -> None:
    """Go on in the tab that fits, once it is there. Raises: Fatal (`not_found_on_page`)."""
    page, args = task.live_page, step.args
    url, title = task.render(args.url), fold(task.render(args.title))
    clock, patience = task.services.clock, task.services.patience
    started = clock.monotonic_s()
    while True:
        tabs = await page.tabs()
        if url or title:
            fitting = [
                tab
                for tab in tabs
                if (not url or url_matches(url, tab.url)) and title in fold(tab.title)
            ]
        else:
            fitting = [tab for tab in tabs if not tab.active]
        if fitting:
            await page.switch_tab(fitting[-1].id, close=args.close)
            return
        if clock.monotonic_s() - started >= patience.target_s:
            shown = ", ".join(repr(tab.title or tab.url) for tab in tabs)
            raise Fatal(f"No tab fits; open are {shown}", code="not_found_on_page")
        await page.pause(patience.poll_s)


async def locate(task: Task, target: Target) -> Found:
    """Return the element, on the page of the list that has its row when it belongs to one.

    Of a step that writes, whatever it does to the element: what its form holds is compared with what was learnt.

    Raises:
        StepError: As `find` and `reach_row`.
        Asked: As `check_form`.
    """
    rendered = task.render_target(target)
    record: Record | None = None
    if target.row_key and task.item is not None:
        listed = task.list_step()
        if listed is not None:
            record, _ = await reach_row(task, listed, task.item_key)
    found = await find(task, rendered, row=record)
    if task.writes:
        check_form(task, target, found.node, found.snapshot)
    return found


def _file(task: Task, template: str) -> Path:
    """Return the file that the template names: an artifact of the workspace by name, or an input's path."""
    said = task.render(template)
    for ref in task.services.artifacts.list():
        if ref.name == said:
            return task.services.artifacts.at_hand(ref)
    path = Path(said).expanduser()
    if template.strip().startswith("{inputs.") and path.is_file():
        return path
    raise Fatal(f"There is no file {said!r} to upload", code="unknown_name")

"""The page steps that find one element and act on it, and opening an address."""

from __future__ import annotations

import asyncio
from pathlib import Path

from podium.state.errors import Fatal, Retryable
from podium.state.program import (
    CheckStep,
    ClickStep,
    FillStep,
    HoverStep,
    OpenStep,
    PressStep,
    SelectStep,
    UploadStep,
    WaitStep,
)
from podium.state.target import Target
from podium.tools.page import Record
from podium.tools.running.finding import Found, dismiss_overlay, find
from podium.tools.running.listing import reach_row
from podium.tools.running.task import Task

ActStep = (
    ClickStep
    | HoverStep
    | FillStep
    | SelectStep
    | CheckStep
    | PressStep
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
        await task.live_page.goto(url)
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
        case FillStep():
            value = task.render(step.args.value)
            await page.fill((await locate(task, step.args.target)).node.ref, value)
            _held(task)
        case SelectStep():
            value = task.render(step.args.value)
            await page.select((await locate(task, step.args.target)).node.ref, value)
            _held(task)
        case CheckStep():
            found = await locate(task, step.args.target)
            await page.set_checked(found.node.ref, checked=step.args.checked)
            _held(task)
        case PressStep():
            ref = (await locate(task, step.args.target)).node.ref if step.args.target else None
            await page.press(step.args.key, ref=ref)
        case UploadStep():
            path = await asyncio.to_thread(_file, task, step.args.artifact)
            await page.upload((await locate(task, step.args.target)).node.ref, path)
            _held(task)
        case WaitStep():
            target = task.render_target(step.args.target)
            await find(task, target, strict=False, timeout_s=step.args.timeout_s)
        case OpenStep():
            await page.goto(task.render(step.args.url))


async def locate(task: Task, target: Target) -> Found:
    """Return the element, on the page of the list that has its row when it belongs to one.

    Raises:
        StepError: As `find` and `reach_row`.
    """
    rendered = task.render_target(target)
    record: Record | None = None
    if target.row_key and task.item is not None:
        listed = task.list_step()
        if listed is not None:
            record, _ = await reach_row(task, listed, task.item_key)
    return await find(task, rendered, row=record)


def _held(task: Task) -> None:
    # The page's own promise: the control holds the value afterwards, or the call fails.
    task.evidence["value_held"] = True


def _file(task: Task, template: str) -> Path:
    """Return the file that the template names: an artifact of the workspace by name, or an input's path."""
    said = task.render(template)
    for ref in task.services.artifacts.list():
        if ref.name == said:
            return Path(ref.path)
    path = Path(said).expanduser()
    if template.strip().startswith("{inputs.") and path.is_file():
        return path
    raise Fatal(f"There is no file {said!r} to upload", code="unknown_name")

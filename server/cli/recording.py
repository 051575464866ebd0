"""`record`."""

from __future__ import annotations

import asyncio
import signal
import sys
from contextlib import suppress
from dataclasses import dataclass

from podium.server.cli.listings import records
from podium.server.cli.output import DONE, emit, note, say
from podium.server.composition import open_browser
from podium.server.recording import Showing, check_free, keep, shown, visible, watch
from podium.server.settings import Settings
from podium.tools.recording import Action, Recorded


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordOptions:
    """How `podium record` was called."""

    name: str = ""
    deploy: bool = False
    headless: bool = False
    as_json: bool = False


def record(showing: Showing, options: RecordOptions) -> int:
    """Watch a person, print the steps, keep them under the name if there is one.

    Raises:
        UserError: If the address or the name may not be used, or nothing was shown.
        Conflict: If the name is taken.
        SetupError: If no browser can be shown.
    """
    with records() as kept:
        if options.name:
            check_free(kept, options.name)  # before a person shows everything in vain
        recorded = asyncio.run(_watched(kept.settings, showing, options))
        if options.name:
            keep(kept, options.name, showing, recorded, deploy=options.deploy)
    if options.as_json:
        emit(shown(recorded, agent=options.name))
    else:
        say(_told(recorded, options))
    return DONE


async def _watched(settings: Settings, showing: Showing, options: RecordOptions) -> Recorded:
    browser = open_browser(visible(settings, headless=options.headless))
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, ended.set)
    with suppress(OSError, ValueError, PermissionError):  # stdin may be a file or closed
        loop.add_reader(sys.stdin.fileno(), ended.set)

    def ready(address: str) -> None:
        where = f" (DevTools: {address})" if options.headless else ""
        note(
            f"Show the steps in the browser{where}; press Enter here, or close its window, to end."
        )

    try:
        return await watch(browser, showing, done=ended.wait(), told=_say, ready=ready)
    finally:
        await browser.close()


def _say(action: Action) -> None:
    target = action.target
    called = (target.name or target.label or target.role) if target else action.url
    note(f"  {action.kind} {called}")


def _told(recorded: Recorded, options: RecordOptions) -> str:
    lines = [
        f"{number}. {step.title}" + (f" ({step.effect})" if step.effect != "read" else "")
        for number, step in enumerate(recorded.program.steps, start=1)
    ]
    lines += [f"Not kept: {what}." for what in recorded.left_out]
    lines += [
        f"Store the credential: podium secret set {name} --origin ..." for name in recorded.secrets
    ]
    if options.name:
        state = "deployed" if options.deploy else "kept as a draft"
        lines.append(f"Agent {options.name!r} is {state}.")
    return "\n".join(lines)

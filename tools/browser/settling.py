"""Waiting until a page is at rest: document loaded, requests answered, nothing being drawn. No fixed sleeps."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import Literal

from podium.state.errors import Retryable
from podium.tools.browser.tabs import Frame, Tabs
from podium.tools.browser.wire import DevToolsError, flag, number, text

State = Literal["rest", "spinner", "timer", "redrawn", "replaced"]

_QUIET_MS = 80
"""How long nothing may have changed after the last change by a script; a page that no script changed is at rest at once."""
_PATIENCE_S: dict[State, float] = {"spinner": 6.0, "timer": 2.5, "redrawn": 2.0}
"""How long each sign of work is believed while nothing is loaded: some pages spin, tick or redraw for ever."""


@dataclass(frozen=True, slots=True)
class _Look:
    state: State
    origin: str = ""


async def settle(tabs: Tabs, *, timeout_s: float) -> bool:
    """Return when the active tab is at rest or the time is up, and which of the two.

    Raises:
        Retryable: If the browser or the page's process is gone (`browser_gone`).
    """
    deadline = time.monotonic() + timeout_s
    spent: dict[State, float] = {}
    while (now := time.monotonic()) < deadline:
        if tabs.loading() or tabs.waiting():
            await tabs.activity.changed(0.25)
            continue
        finished = tabs.activity.finished
        look = await _look(tabs, deadline)
        if (
            look.state == "rest"
            and not tabs.loading()
            and not tabs.waiting()
            and tabs.activity.finished == finished
        ):
            return True
        if look.state in _PATIENCE_S and not tabs.loading():
            await tabs.activity.changed(0.05)
            spent[look.state] = spent.get(look.state, 0.0) + time.monotonic() - now
            if spent[look.state] > _PATIENCE_S[look.state]:
                if look.state == "timer":
                    tabs.ticking.add(look.origin)
                return False
    return False


async def _look(tabs: Tabs, deadline: float) -> _Look:
    """Look at the tab's own document and at those of its frames that live in other processes."""
    looks = await asyncio.gather(*(_look_at(tabs, frame, deadline) for frame in tabs.roots()))
    return next((look for look in looks if look.state != "rest"), looks[0])


async def _look_at(tabs: Tabs, frame: Frame, deadline: float) -> _Look:
    left_s = max(0.05, min(1.0, deadline - time.monotonic()))
    try:
        seen = await tabs.call(frame, "quiet", _QUIET_MS, left_s * 1000, timeout_s=left_s + 5)
        origin = text(seen, "origin")
        if not flag(seen, "quiet"):
            return _Look("redrawn" if text(seen, "ready") == "complete" else "replaced")
        if flag(seen, "busy"):
            return _Look("spinner")
        if number(seen, "timers") and origin not in tabs.ticking:
            return _Look("timer", origin)
    except DevToolsError:
        return _Look("replaced")
    except Retryable as error:
        if error.code == "timeout":
            return _Look("spinner")  # its script keeps the page's thread
        raise
    return _Look("rest")

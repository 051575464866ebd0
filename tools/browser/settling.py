"""Waiting until a page is at rest: document loaded, requests answered, nothing being drawn. No fixed sleeps."""

from __future__ import annotations

import asyncio
import time

from podium.state.errors import Retryable
from podium.tools.browser.tabs import Frame, Tabs
from podium.tools.browser.wire import DevToolsError, flag, text

_QUIET_MS = 120
_RESTLESS_S = 2.0
"""Clocks, tickers and animations never rest: that long a page may keep redrawing while nothing is loaded."""
_BUSY_S = 6.0
"""That long a spinner or `Loading...` is believed."""


async def settle(tabs: Tabs, *, timeout_s: float) -> None:
    """Return when the active tab is at rest or the time is up.

    Raises:
        Retryable: If the browser or the page's process is gone (`browser_gone`).
    """
    start = time.monotonic()
    deadline = start + timeout_s
    while time.monotonic() < deadline:
        if tabs.loading() or tabs.waiting():
            await _change(tabs, 0.25)
            continue
        finished = tabs.finished
        state = await _rest(tabs, deadline)
        if tabs.loading() or tabs.waiting() or tabs.finished != finished:
            continue
        now = time.monotonic()
        if state == "rest" or (state == "busy" and now - start > _BUSY_S):
            return
        if state == "restless" and now - start > _RESTLESS_S:
            return
        await _change(tabs, 0.1)


async def _rest(tabs: Tabs, deadline: float) -> str:
    """Return `rest`, `busy` (a spinner turns), `restless` (it is being redrawn) or `gone` (replaced meanwhile)."""
    left_s = max(0.05, min(1.0, deadline - time.monotonic()))
    try:
        session = await tabs.session()
        frame = Frame(session.target, session.id, "", "", "", "")
        state = await tabs.call(frame, "quiet", _QUIET_MS, left_s * 1000, timeout_s=left_s + 5)
    except DevToolsError:
        return "gone"
    except Retryable as error:
        if error.code == "timeout":
            return "busy"  # its script keeps the page's thread
        raise
    if flag(state, "quiet"):
        return "busy" if flag(state, "busy") else "rest"
    return "restless" if text(state, "ready") == "complete" else "gone"


async def _change(tabs: Tabs, at_most_s: float) -> None:
    try:
        async with asyncio.timeout(at_most_s):
            await tabs.changed()
    except TimeoutError:
        return

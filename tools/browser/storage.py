"""What a session keeps at its sites: cookies, local and session storage, taken and put back."""

from __future__ import annotations

import json
from collections.abc import Iterable

from pydantic import JsonValue

from podium.state.document import JsonObject
from podium.state.errors import NotPermitted, Retryable
from podium.tools.browser.hold import RunGuard
from podium.tools.browser.origins import origin_of
from podium.tools.browser.settling import settle
from podium.tools.browser.tabs import Frame, Tabs
from podium.tools.browser.wire import DevToolsError, Wire, dig, mapping, objects, text

_COOKIE_FIELDS = (
    "name",
    "value",
    "domain",
    "path",
    "secure",
    "httpOnly",
    "sameSite",
    "expires",
    "priority",
    "partitionKey",
)
# With an icon of its own: Chromium asks the site for /favicon.ico wherever a document names none.
_STAND_IN = "<!doctype html><meta charset=utf-8><title>Podium</title><link rel=icon href='data:,'>"


class SiteStorage:
    """Cookies belong to the browser context and can be read at any time; the rest only where a page of the site is open."""

    def __init__(self, wire: Wire, tabs: Tabs, guard: RunGuard) -> None:
        self._wire = wire
        self._tabs = tabs
        self._guard = guard
        self._seen: dict[str, JsonObject] = {}

    async def remember(self, frames: Iterable[Frame], *, leaving_for: str = "") -> None:
        """Keep the local and session storage of the open documents; skipped when only their own site is opened next."""
        known: set[str] = set()
        for frame in frames:
            if not frame.url.startswith(("http://", "https://")):
                continue
            try:
                origin = str(origin_of(frame.url))
            except NotPermitted:
                continue
            if origin in known or (leaving_for and origin == leaving_for):
                continue
            known.add(origin)
            try:
                value = await self._tabs.call(frame, "storage", timeout_s=5)
            except (DevToolsError, Retryable):
                continue  # that document is gone; what it held was kept the last time
            if isinstance(value, dict):
                self._seen[origin] = {
                    "local": mapping(value, "local"),
                    "session": mapping(value, "session"),
                }

    async def dump(self) -> JsonObject:
        """Return cookies and everything remembered."""
        answer = await self._wire.send("Storage.getCookies")
        cookies: list[JsonValue] = [
            {key: cookie[key] for key in _COOKIE_FIELDS if key in cookie}
            for cookie in objects(answer, "cookies")
        ]
        origins: JsonObject = {
            origin: kept
            for origin, kept in sorted(self._seen.items())
            if kept["local"] or kept["session"]
        }
        return {"cookies": cookies, "origins": origins}

    async def restore(self, storage: JsonObject) -> None:
        """Put cookies and storage back; the sites are not asked for anything."""
        cookies: list[JsonValue] = [_settable(cookie) for cookie in objects(storage, "cookies")]
        if cookies:
            await self._wire.send("Storage.setCookies", {"cookies": cookies})
        origins = mapping(storage, "origins")
        session = (await self._tabs.session()).id
        for origin, kept in origins.items():
            if not self._guard.permits(origin_of(origin)):
                continue
            address = f"{origin}/.podium-restore"
            # Storage can only be written by a document of its origin: one of ours stands in for the site's.
            self._guard.stand_ins[address] = _STAND_IN
            try:
                await self._wire.send("Page.navigate", {"url": address}, session)
                await settle(self._tabs, timeout_s=5)
                await self._write(session, mapping(kept))
                self._seen[origin] = mapping(kept)
            finally:
                self._guard.stand_ins.pop(address, None)
        if origins:
            await self._wire.send("Page.navigate", {"url": "about:blank"}, session)
            await settle(self._tabs, timeout_s=5)
            await self._wire.send("Page.resetNavigationHistory", {}, session)

    async def _write(self, session: str, kept: JsonObject) -> None:
        script = (
            "((kept) => { for (const [store, name] of [[localStorage, 'local'], [sessionStorage, 'session']])"
            " for (const [key, value] of Object.entries(kept[name] || {})) store.setItem(key, value); })"
            f"({json.dumps(kept)})"
        )
        answer = await self._wire.send(
            "Runtime.evaluate", {"expression": script, "returnByValue": True}, session
        )
        if dig(answer, "exceptionDetails") is not None:
            raise Retryable("The session's storage could not be put back", code="not_ready")


def _settable(cookie: JsonObject) -> JsonValue:
    kept = {key: cookie[key] for key in _COOKIE_FIELDS if key in cookie}
    expires = kept.get("expires")
    if isinstance(expires, int | float) and expires <= 0:
        kept.pop("expires")  # -1: until the session ends
    if not text(kept, "sameSite"):
        kept.pop("sameSite", None)
    return kept

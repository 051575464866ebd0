"""A tab's history: where it stands, and going back."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from podium.state.document import JsonObject
from podium.state.errors import Retryable
from podium.tools.browser.wire import DevToolsError, Wire, number, objects, text

_TRIES = 8
_PAUSE_S = 0.25
"""A tab that changes its document has no active page for some moments; under load for a second."""


class History:
    """The entries of the active tab."""

    def __init__(self, wire: Wire, session: Callable[[], Awaitable[str]]) -> None:
        self._wire = wire
        self._session = session

    async def stands_at(self, url: str) -> bool:
        """Return whether that address is open in the tab. Raises: Retryable."""
        entries, index = await self._entries()
        return 0 <= index < len(entries) and text(entries[index], "url") == url

    async def previous(self) -> int | None:
        """Return the entry before the present one, None when there is none. Raises: Retryable."""
        entries, index = await self._entries()
        return int(number(entries[index - 1], "id")) if 0 < index <= len(entries) else None

    async def show(self, entry: int) -> None:
        """Begin to load that entry. Raises: Retryable."""
        await self._ask("Page.navigateToHistoryEntry", {"entryId": entry})

    async def _entries(self) -> tuple[list[JsonObject], int]:
        answer = await self._ask("Page.getNavigationHistory", {})
        return objects(answer, "entries"), int(number(answer, "currentIndex"))

    async def _ask(self, method: str, params: JsonObject) -> JsonObject:
        said = ""
        for attempt in range(_TRIES):
            await asyncio.sleep(_PAUSE_S if attempt else 0)
            try:
                return await self._wire.send(method, params, await self._session())
            except DevToolsError as error:
                said = error.detail
                if not error.context_gone:
                    break
        raise Retryable(f"The tab's history cannot be used: {said[:200]}", code="browser_gone")

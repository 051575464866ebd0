"""Files that a session's pages hand out: one folder per run, safe names, told by Chromium's own events."""

from __future__ import annotations

import asyncio
import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from podium.state.document import JsonObject
from podium.tools.browser.wire import Wire, number, text

_RESERVED = re.compile(r"(?i)^(con|prn|aux|nul|com\d|lpt\d)(\..*)?$")
_LONGEST = 150


def safe_name(name: str, *, fallback: str = "download") -> str:
    """Return a plain file name: no folders, controls, direction marks, leading dots or reserved words."""
    for _ in range(3):
        name = unquote(name)
    name = re.split(r"[/\\]", name)[-1]
    name = "".join(
        char for char in unicodedata.normalize("NFC", name) if unicodedata.category(char)[0] != "C"
    )
    name = re.sub(r'[<>:"|?*]', "_", name).strip(" .")
    if not name or _RESERVED.match(name):
        name = f"{fallback}-{name}" if name else fallback
    stem, dot, ending = name.rpartition(".")
    if dot and len(ending) <= 12:
        return f"{stem[: _LONGEST - len(ending) - 1]}.{ending}"
    return name[:_LONGEST]


def name_from_url(url: str) -> str:
    """Return the last part of an address's path as a safe name."""
    return safe_name(urlsplit(url).path.rsplit("/", 1)[-1])


@dataclass(slots=True)
class Arrival:
    """A download that Chromium announced."""

    guid: str
    url: str
    name: str
    frame: str
    state: str = "inProgress"
    received: int = 0


class Downloads:
    """Follows the downloads of one context; Chromium announces those of all contexts to everybody."""

    def __init__(self, wire: Wire, folder: Path, *, max_bytes: int) -> None:
        self._wire = wire
        self.folder = folder
        self._max_bytes = max_bytes
        self._arrivals: dict[str, Arrival] = {}
        self._changed = asyncio.Event()
        wire.on("Browser.downloadWillBegin", self._begins)
        wire.on("Browser.downloadProgress", self._progress)

    async def enable(self) -> None:
        """Let files through, into this run's folder, under names of Chromium's choice."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        await self._wire.send(
            "Browser.setDownloadBehavior",
            {"behavior": "allowAndName", "downloadPath": str(self.folder), "eventsEnabled": True},
        )

    def _begins(self, params: JsonObject, session: str) -> None:
        guid = text(params, "guid")
        name = text(params, "suggestedFilename")
        self._arrivals[guid] = Arrival(guid, text(params, "url"), name, text(params, "frameId"))
        self._changed.set()

    def _progress(self, params: JsonObject, session: str) -> None:
        arrival = self._arrivals.get(text(params, "guid"))
        if arrival is not None:
            arrival.state = text(params, "state")
            arrival.received = int(number(params, "receivedBytes"))
            self._changed.set()

    def mark(self) -> frozenset[str]:
        """Return what has been announced so far."""
        return frozenset(self._arrivals)

    def since(self, mark: frozenset[str], frames: frozenset[str]) -> list[Arrival]:
        """Return the downloads of those frames, or in this run's folder, announced since."""
        return [
            arrival
            for guid, arrival in self._arrivals.items()
            if guid not in mark and (arrival.frame in frames or self.path(arrival).exists())
        ]

    def path(self, arrival: Arrival) -> Path:
        """Return where Chromium puts the file."""
        return self.folder / arrival.guid

    def too_big(self, arrival: Arrival) -> bool:
        """Return whether it is more than a run may fetch."""
        return arrival.received > self._max_bytes

    async def cancel(self, arrival: Arrival) -> None:
        """Stop it and remove what has come."""
        await self._wire.send("Browser.cancelDownload", {"guid": arrival.guid})
        self.path(arrival).unlink(missing_ok=True)

    async def changed(self, timeout_s: float) -> None:
        """Wait for the next event, at most that long."""
        self._changed.clear()
        try:
            async with asyncio.timeout(timeout_s):
                await self._changed.wait()
        except TimeoutError:
            return

"""Fetching one address as the session's browser would: its cookies, its proxy, its TLS."""

from __future__ import annotations

import asyncio
import base64
import re
import time
from dataclasses import dataclass
from email.message import Message
from pathlib import Path
from urllib.parse import unquote

from podium.state.document import JsonObject
from podium.state.errors import Fatal, Retryable
from podium.tools.browser.downloads import name_from_url, safe_name
from podium.tools.browser.tabs import Tabs
from podium.tools.browser.wire import DevToolsError, Wire, flag, mapping, number, text

_PIECE_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file and what its site calls it."""

    path: Path
    name: str
    url: str


async def fetch_file(
    wire: Wire, tabs: Tabs, url: str, folder: Path, *, timeout_s: float, max_bytes: int
) -> Fetched:
    """Fetch an address by GET into the folder.

    Raises:
        Retryable: If it does not arrive (`download`, `timeout`).
        Fatal: If the site refuses it or it is too large (`http_status`, `download`).
    """
    session = await tabs.session()
    deadline = time.monotonic() + timeout_s
    params: JsonObject = {
        "frameId": session.target,
        "url": url,
        "options": {"disableCache": False, "includeCredentials": True},
    }
    try:
        answer = await wire.send(
            "Network.loadNetworkResource", params, session.id, timeout_s=timeout_s
        )
    except DevToolsError as error:
        raise Retryable(
            f"{url!r} could not be fetched: {error.detail[:200]}", code="download"
        ) from error
    resource = mapping(answer, "resource")
    status = int(number(resource, "httpStatusCode"))
    stream = text(resource, "stream")
    if not flag(resource, "success") or not stream:
        if status >= 400:
            code = Retryable if status in {408, 425, 429, 502, 503, 504} else Fatal
            raise code(f"{url!r} answered with status {status}", code="http_status")
        reason = text(resource, "netErrorName").removeprefix("net::")
        raise Retryable(f"{url!r} did not arrive ({reason or status})", code="download")
    path = folder / f"fetched-{time.monotonic_ns():x}"
    try:
        await _drain(wire, session.id, stream, path, deadline, max_bytes)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    headers = {
        key.lower(): value
        for key, value in mapping(resource, "headers").items()
        if isinstance(value, str)
    }
    return Fetched(path, file_name(headers.get("content-disposition", ""), url), url)


async def _drain(
    wire: Wire, session: str, stream: str, path: Path, deadline: float, max_bytes: int
) -> None:
    size = 0
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with path.open("wb") as out:
        while True:
            left_s = deadline - time.monotonic()
            if left_s <= 0:
                raise Retryable("The file did not arrive in time", code="timeout")
            piece = await wire.send(
                "IO.read", {"handle": stream, "size": _PIECE_BYTES}, session, timeout_s=left_s
            )
            body = text(piece, "data")
            raw = base64.b64decode(body) if flag(piece, "base64Encoded") else body.encode()
            size += len(raw)
            if size > max_bytes:
                raise Fatal("The file is larger than a run may fetch", code="download")
            await asyncio.to_thread(out.write, raw)
            if flag(piece, "eof"):
                break
    await wire.send("IO.close", {"handle": stream}, session)


def file_name(disposition: str, url: str) -> str:
    """Return the name a `Content-Disposition` header gives, else the address's last part."""
    extended = re.search(r"(?i)filename\*\s*=\s*([\w-]+)'[^']*'([^;\s]+)", disposition)
    if extended:
        return safe_name(unquote(extended[2], encoding=extended[1], errors="replace"))
    message = Message()
    message["content-disposition"] = disposition or "inline"
    return safe_name(message.get_filename() or "") if message.get_filename() else name_from_url(url)

"""`agents show --document`, `agents edit`: one document per agent."""

from __future__ import annotations

import asyncio
from pathlib import Path

from podium.server.bootstrap import open_podium
from podium.server.cli.output import DONE, emit, say
from podium.server.cli.progress import Follower
from podium.server.cli.talking import follow
from podium.server.settings import Settings
from podium.state.errors import UserError


def document(name: str, *, as_json: bool) -> int:
    """Print the agent's document."""

    async def work() -> str:
        async with open_podium(Settings()) as podium:
            return await asyncio.to_thread(podium.desk.document, name)

    text = asyncio.run(work())
    if as_json:
        emit({"agent": name, "document": text})
    else:
        say(text.rstrip("\n"))
    return DONE


def edit(name: str, file: Path, *, yes: bool, as_json: bool) -> int:
    """Apply an edited document as a change and return the exit code.

    Raises:
        UserError: If the file cannot be read, or a line of it is wrong.
    """
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"{str(file)!r} cannot be read: {error}") from error

    async def work() -> int:
        async with open_podium(Settings()) as podium:
            request = await asyncio.to_thread(podium.desk.edited, name, text)
            follower = Follower(podium, quiet=as_json)
            segment = await podium.request(request, approve_all=yes)
            return await follow(follower, segment.thread_id, as_json=as_json)

    return asyncio.run(work())

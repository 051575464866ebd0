"""A Chromium that dies while it is connected to has gone away, like any other."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from podium.state.errors import Retryable
from podium.tools.browser.engine import open_client, open_scope, prepare_environment
from podium.tools.browser.wire import Wire


@pytest.mark.parametrize("scoped", [False, True])
async def test_a_chromium_that_dies_while_it_is_connected_to_has_gone_away(
    tmp_path: Path, *, scoped: bool
) -> None:
    prepare_environment(tmp_path)

    async def die(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    async with await asyncio.start_server(die, "127.0.0.1", 0) as server:
        address = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/devtools"
        with pytest.raises(Retryable) as caught:
            await (open_scope(address, "c1", Wire()) if scoped else open_client(address, Wire()))

    assert caught.value.code == "browser_gone"

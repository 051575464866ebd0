"""One workspace on doubles for all tests of a module, emptied before each of them."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import httpx
import pytest
import pytest_asyncio

from podium.server.service import Podium
from tests.server.harness import Doubles, client_of, opened, start_afresh


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def workspace(
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncGenerator[tuple[Podium, Doubles]]:
    doubles = Doubles()
    async with opened(tmp_path_factory.mktemp("home"), doubles) as podium:
        yield podium, doubles


@pytest.fixture
def podium(workspace: tuple[Podium, Doubles]) -> Podium:
    start_afresh(*workspace)
    return workspace[0]


@pytest.fixture
def doubles(workspace: tuple[Podium, Doubles]) -> Doubles:
    return workspace[1]


@pytest_asyncio.fixture(loop_scope="module")
async def http(podium: Podium) -> AsyncGenerator[httpx.AsyncClient]:
    async with client_of(podium) as client:
        yield client

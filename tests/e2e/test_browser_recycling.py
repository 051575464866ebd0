"""Chromium is recycled by age and by memory, never under a session, and what dead processes left is reaped."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import psutil
import pytest

from podium.tools.browser import BrowserSettings, PodiumBrowser
from podium.tools.browser.chromium import Chromium, bury_leftovers
from podium.tools.browser.page import BrowserPage
from podium.tools.page import StepPolicy
from tests.sites import Site

pytestmark = [pytest.mark.browser, pytest.mark.e2e]


@asynccontextmanager
async def a_browser(
    folder: Path, *, max_age_s: float = 3600.0, max_memory_mb: float = 100_000.0
) -> AsyncGenerator[PodiumBrowser]:
    browser = PodiumBrowser(
        BrowserSettings(
            no_sandbox=os.geteuid() == 0,
            folder=folder,
            max_age_s=max_age_s,
            max_memory_mb=max_memory_mb,
        )
    )
    try:
        yield browser
    finally:
        await browser.close()


async def shows(page: BrowserPage, site: Site) -> str:
    await page.begin(StepPolicy(effect="read"))
    await page.goto(site.url)
    await page.settle()
    return (await page.snapshot()).text


async def test_a_young_and_small_chromium_is_kept_warm_between_runs(tmp_path: Path) -> None:
    async with a_browser(tmp_path) as browser:
        first = (await browser.session("one", origins=())).room.chromium
        await browser.release("one")

        assert (await browser.session("two", origins=())).room.chromium is first


async def test_an_old_one_takes_no_new_run_and_ends_with_its_last_one(tmp_path: Path) -> None:
    site = Site({"/": "<p>Still here</p>"})
    async with a_browser(tmp_path, max_age_s=0.0) as browser:
        working = await browser.session("working", origins=(site.url,))
        fresh = await browser.session("fresh", origins=(site.url,))
        old = working.room.chromium

        assert fresh.room.chromium is not old
        assert "Still here" in await shows(working, site)
        assert "Still here" in await shows(fresh, site)

        third = await browser.session("third", origins=(site.url,))
        assert third.room.chromium is fresh.room.chromium, "there are never more than two"

        await browser.release("working")
        await browser.settled()
        assert not psutil.pid_exists(old.pid)
        assert not old.profile.exists()
        assert "Still here" in await shows(fresh, site)
    site.close()


async def test_one_that_has_grown_is_replaced_when_the_next_run_comes(tmp_path: Path) -> None:
    async with a_browser(tmp_path, max_memory_mb=1.0) as browser:
        grown = (await browser.session("one", origins=())).room.chromium
        assert grown.memory_mb() > 1.0
        await browser.release("one")
        await browser.settled()

        after = (await browser.session("two", origins=())).room.chromium

        assert after is not grown
        assert not psutil.pid_exists(grown.pid)


async def test_what_other_runs_hold_is_not_counted_as_its_growth(tmp_path: Path) -> None:
    async with a_browser(tmp_path, max_memory_mb=1.0) as browser:
        chromium = (await browser.session("one", origins=())).room.chromium
        await browser.session("at work", origins=())
        await browser.release("one")
        await browser.settled()

        assert (await browser.session("two", origins=())).room.chromium is chromium


async def test_its_memory_is_counted_without_the_threads_of_the_loop(tmp_path: Path) -> None:
    keeper = await asyncio.create_subprocess_exec("sleep", "60")
    chromium = Chromium(keeper=keeper, profile=tmp_path, address="", pid=keeper.pid)
    await asyncio.get_running_loop().shutdown_default_executor()

    held_mb = await chromium.measured_mb()
    keeper.kill()
    await keeper.wait()

    assert held_mb > 0


async def test_of_a_process_that_died_only_its_own_chromium_is_reaped(tmp_path: Path) -> None:
    async with a_browser(tmp_path) as browser:
        alive = (await browser.session("one", origins=())).room.chromium
        left = tmp_path / "podium-chromium-left"
        left.mkdir()
        (left / "owner.pid").write_text(str(_a_dead_number()), encoding="ascii")
        (left / "chromium.pid").write_text(str(alive.pid), encoding="ascii")
        socket = tmp_path / "socket-of-the-dead"
        socket.mkdir()
        (socket / "SingletonSocket").touch()
        (left / "SingletonSocket").symlink_to(socket / "SingletonSocket")

        assert bury_leftovers(tmp_path) == 1

        assert not left.exists()
        assert not socket.exists()
        assert alive.alive, "a number that is another process's by now is left alone"
        assert alive.profile.exists()


def _a_dead_number() -> int:
    return next(number for number in range(4_000_000, 1, -1) if not psutil.pid_exists(number))

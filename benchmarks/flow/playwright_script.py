"""The flow as somebody writes it by hand with Playwright: roles, labels, its own waiting."""

from __future__ import annotations

import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import Browser, async_playwright

from benchmarks.flow.site import Flow
from podium.tools.browser.chromium import find_chromium
from podium.tools.browser.settings import BrowserSettings


@asynccontextmanager
async def open_browser() -> AsyncGenerator[Browser]:
    """Yield the system's Chromium, driven by Playwright."""
    executable = find_chromium(BrowserSettings())
    async with async_playwright() as library:
        browser = await library.chromium.launch(
            executable_path=executable,
            chromium_sandbox=os.geteuid() != 0,
            args=["--disable-gpu"],  # as Podium starts it
        )
        yield browser
        await browser.close()


async def run(browser: Browser, flow: Flow, folder: Path) -> None:
    """Do the flow once in a context of its own. Raises: AssertionError when the file is not right."""
    context = await browser.new_context()
    page = await context.new_page()
    await page.goto(flow.sign_in_url)
    form = page.locator("form", has=page.locator("input[type=password]"))
    await form.locator("input[autocomplete=username]").fill(flow.user)
    await form.locator("input[type=password]").fill(flow.password)
    await form.get_by_role("button").click()
    await page.get_by_role("link", name=flow.menu, exact=True).click()
    await page.get_by_role("heading", name=flow.heading, exact=True).wait_for()
    cells = [
        await row.locator("td").all_inner_texts() for row in await page.locator("tbody tr").all()
    ]
    assert any(flow.number in row for row in cells), cells
    row = page.get_by_role("row").filter(has_text=flow.number)
    async with page.expect_download() as waiting:
        await row.get_by_role("link", name=flow.csv).click()
    download = await waiting.value
    target = folder / download.suggested_filename
    await download.save_as(target)
    assert target.stat().st_size > 0
    await page.get_by_role("button", name=flow.sign_out).click()
    await page.wait_for_url(f"**{flow.sign_in}")
    await context.close()

"""The flow in raw CDP: the floor that any driver of Chromium stands on. Knows the page's markup and nothing else."""

# Its libraries carry no types that hold under strict checking.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import tempfile
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from cdp_use.client import CDPClient

from benchmarks.flow.site import Flow
from podium.tools.browser.chromium import find_chromium
from podium.tools.browser.settings import BrowserSettings


@asynccontextmanager
async def open_chromium() -> AsyncGenerator[str]:
    """Yield the DevTools address of a Chromium of its own."""
    executable = find_chromium(BrowserSettings())
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
        process = subprocess.Popen(
            [executable, "--headless=new", "--remote-debugging-port=0", *sandbox, "--disable-gpu",
             "--no-first-run", "--disable-dev-shm-usage", f"--user-data-dir={profile}", "about:blank"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        port = Path(profile) / "DevToolsActivePort"
        while not port.exists() or len(port.read_text().split()) < 2:
            await asyncio.sleep(0.02)
        number, path = port.read_text().split()
        try:
            yield f"ws://127.0.0.1:{number}{path}"
        finally:
            process.kill()
            process.wait()


class _Tab:
    def __init__(self, client: CDPClient, session: str) -> None:
        self._client = client
        self._session = session

    async def send(self, method: str, **params: object) -> dict[str, object]:
        return await self._client.send_raw(method, params, self._session)

    async def value(self, expression: str) -> object:
        answer = await self.send("Runtime.evaluate", expression=expression, returnByValue=True)
        result = answer["result"]
        assert isinstance(result, dict)
        return result.get("value")

    async def until(self, expression: str) -> object:
        """Poll until the expression is true, through navigations."""
        while True:
            try:
                value = await self.value(expression)
            except RuntimeError:
                value = None
            if value:
                return value
            await asyncio.sleep(0.01)

    async def click(self, expression: str) -> None:
        box = await self.until(
            f"(()=>{{const e={expression};if(!e||document.readyState!=='complete')return null;"
            "e.scrollIntoView({block:'center',behavior:'instant'});"
            "const b=e.getBoundingClientRect();return [b.x+b.width/2,b.y+b.height/2]})()"
        )
        assert isinstance(box, list)
        for kind in ("mouseMoved", "mousePressed", "mouseReleased"):
            button = {} if kind == "mouseMoved" else {"button": "left", "clickCount": 1}
            await self.send("Input.dispatchMouseEvent", type=kind, x=box[0], y=box[1], **button)

    async def fill(self, selector: str, text: str) -> None:
        await self.until(
            f"(()=>{{const e=document.querySelector({selector!r});e?.focus();return !!e}})()"
        )
        await self.send("Input.insertText", text=text)


async def run(address: str, flow: Flow, folder: Path) -> None:
    """Do the flow once in a context of its own. Raises: AssertionError when the file is not right."""
    client = CDPClient(address)
    await client.start()
    arrived = asyncio.Event()

    def progress(event: object, session: str | None) -> None:
        if isinstance(event, dict) and event.get("state") == "completed":
            arrived.set()

    client.register.Browser.downloadProgress(progress)
    context = (await client.send_raw("Target.createBrowserContext", {}))["browserContextId"]
    await client.send_raw(
        "Browser.setDownloadBehavior",
        {"behavior": "allow", "downloadPath": str(folder), "browserContextId": context, "eventsEnabled": True},
    )  # fmt: skip
    target = await client.send_raw(
        "Target.createTarget", {"url": flow.sign_in_url, "browserContextId": context}
    )
    attached = await client.send_raw(
        "Target.attachToTarget", {"targetId": target["targetId"], "flatten": True}
    )
    tab = _Tab(client, attached["sessionId"])
    await tab.until("document.readyState === 'complete' && location.protocol !== 'about:'")
    await tab.fill("input[autocomplete=username]", flow.user)
    await tab.fill("input[type=password]", flow.password)
    await tab.click("document.querySelector('form button[type=submit]')")
    named = "[...document.querySelectorAll({0})].find(e=>e.textContent.trim()==={1})"
    await tab.click(named.format("'a'", json.dumps(flow.menu)))
    rows = "[...document.querySelectorAll('tbody tr')]"
    cells = await tab.until(
        f"document.readyState==='complete'&&(r=>r.length?r:null)({rows}.map(r=>[...r.cells].map(c=>c.innerText)))"
    )
    assert isinstance(cells, list)
    row = f"{rows}.find(r=>r.innerText.includes({json.dumps(flow.number)}))"
    await tab.click(
        f"[...{row}.querySelectorAll('a')].find(a=>a.textContent.trim()==={json.dumps(flow.csv)})"
    )
    await arrived.wait()
    assert any(file.stat().st_size for file in folder.iterdir())
    await tab.click(named.format("'button'", json.dumps(flow.sign_out)))
    await tab.until(f"location.pathname === {json.dumps(flow.sign_in)}")
    await client.send_raw("Target.disposeBrowserContext", {"browserContextId": context})
    await client.stop()

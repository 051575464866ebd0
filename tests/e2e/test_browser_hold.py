"""Writes are held wherever in the browser they start; reads go through."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncGenerator

import pytest
import pytest_asyncio

from podium.state.errors import Conflict
from podium.tools.browser import BrowserSettings, PodiumBrowser
from podium.tools.page import Node, RequestInfo, Snapshot, StepPolicy
from tests.sites import Reply, Request, serving

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

BUILD_WRITE = StepPolicy(effect="write", hold_writes=True)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[PodiumBrowser]:
    folder = tmp_path_factory.mktemp("browser")
    opened = PodiumBrowser(BrowserSettings(no_sandbox=os.geteuid() == 0, folder=folder))
    yield opened
    await opened.close()


@pytest_asyncio.fixture(loop_scope="module")
async def browser(shared: PodiumBrowser) -> AsyncGenerator[PodiumBrowser]:
    yield shared
    for run in ("run_1", "run_2"):
        await shared.release(run)


def button(snapshot: Snapshot, name: str) -> Node:
    return next(
        node for node in snapshot.nodes if node.name == name and node.role in {"button", "link"}
    )


WAYS = {
    "form": "<form method=post action=/w><input name=a value=1><button>Go</button></form>",
    "new tab": "<form method=post action=/w target=_blank><input name=a value=1><button>Go</button></form>",
    "fetch": "<button onclick=\"fetch('/w',{method:'POST',body:'a=1'})\">Go</button>",
    "delete": "<button onclick=\"fetch('/w',{method:'DELETE'})\">Go</button>",
    "xhr": "<button onclick=\"x=new XMLHttpRequest();x.open('PUT','/w');x.send('1')\">Go</button>",
    "beacon": "<button onclick=\"navigator.sendBeacon('/w','a=1')\">Go</button>",
    "keepalive": "<button onclick=\"fetch('/w',{method:'POST',keepalive:true,body:'a'})\">Go</button>",
    "worker": "<button onclick=\"new Worker('/worker.js')\">Go</button>",
    "later": "<button onclick=\"setTimeout(()=>fetch('/w',{method:'POST'}),80)\">Go</button>",
    "script's submit": "<form id=f method=post action=/w><input name=a></form><button onclick='f.submit()'>Go</button>",
    "popup": "<button onclick=\"window.open('about:blank','x').fetch('/w',{method:'POST',body:'a'})\">Go</button>",
    "blob worker": "<button onclick=\"new Worker(window.URL.createObjectURL(new Blob([`fetch('${location.origin}/w',{method:'POST'})`])))\">Go</button>",
    "shared worker": "<button onclick=\"new SharedWorker('/worker.js')\">Go</button>",
    "frame": '<iframe srcdoc="<form method=post action=/w target=_top><button>Go</button></form>"></iframe>',
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("policy", [StepPolicy(), BUILD_WRITE], ids=["read", "held write"])
async def test_a_write_is_held_however_it_is_sent(
    browser: PodiumBrowser, way: str, policy: StepPolicy
) -> None:
    site_pages = {
        "/": f"<h1>P</h1>{WAYS[way]}",
        "/w": "written",
        "/worker.js": "fetch('/w',{method:'POST'})",
    }
    with serving(site_pages) as site:
        page = await browser.session("run_1", origins=(site.url,))
        await page.begin(policy)
        await page.goto(site.url)
        await page.click(button(await page.snapshot(), "Go").ref)
        await page.settle()
        # What a reading step's page reports by beacon is telemetry; a writing step's beacon may be its write.
        muted = way == "beacon" and policy.effect == "read"
        stopped: tuple[RequestInfo, ...] = ()
        async with asyncio.timeout(15):
            while not stopped:  # a worker starts when it starts: no page tells
                await asyncio.sleep(0.02)
                stopped = page.traffic().muted if muted else page.traffic().held
        assert [request.method for request in site.arrived(path="/w")] == []
        assert [request.signature.split(" ")[1] for request in stopped] == [f"{site.url}/w"]


@pytest.mark.parametrize(
    "sends",
    ["navigator.sendBeacon('/w','a=1')", "fetch('/w',{method:'POST',keepalive:true,body:'a=1'})"],
    ids=["beacon", "keepalive"],
)
async def test_what_a_page_saves_when_it_is_left_is_not_sent_by_a_reading_step(
    browser: PodiumBrowser, sends: str
) -> None:
    start = f"<a href=/next>Go</a><script>addEventListener('pagehide',()=>{sends})</script>"
    after = "<h1>Next</h1><script>fetch('/rows',{method:'POST'})</script>"
    with serving({"/": start, "/next": after, "/w": "written", "/rows": "[]"}) as site:
        page = await browser.session("run_1", origins=(site.url,))
        await page.begin(StepPolicy())
        await page.goto(site.url)
        await page.click(button(await page.snapshot(), "Go").ref)
        await page.settle()

        assert [len(site.arrived(path=path)) for path in ("/w", "/rows")] == [0, 1]
        assert page.traffic().held == ()
        assert [one.method for one in page.traffic().muted] == ["POST"]


async def test_a_service_worker_s_write_is_held(browser: PodiumBrowser) -> None:
    start = """<button onclick="navigator.serviceWorker.ready.then(r=>r.active.postMessage(1))">Go</button>
    <script>navigator.serviceWorker.register('/sw.js')</script>"""
    script = "self.onmessage=()=>fetch('/w',{method:'POST'});self.onactivate=e=>e.waitUntil(clients.claim())"
    with serving({"/": start, "/sw.js": script}) as site:
        page = await browser.session("run_1", origins=(site.url,))
        await page.goto(site.url)
        await page.begin(StepPolicy())
        await page.click(button(await page.snapshot(), "Go").ref)
        await page.settle()
        assert site.arrived("POST") == []
        assert len(page.traffic().held) == 1


async def test_a_foreign_frame_s_write_is_held(browser: PodiumBrowser) -> None:
    with (
        serving(
            {"/": "<button onclick=\"fetch('/w',{method:'POST'})\">Go</button>"}, host="127.0.0.2"
        ) as inner,
        serving({"/": f"<h1>Outer</h1><iframe src={inner.url}></iframe>"}) as outer,
    ):
        page = await browser.session("run_1", origins=(outer.url, inner.url))
        await page.begin(StepPolicy())
        await page.goto(outer.url)
        await page.click(button(await page.snapshot(), "Go").ref)
        await page.settle()
        assert inner.arrived("POST") == []
        assert len(page.traffic().held) == 1


async def test_a_released_write_is_journalled_before_it_is_sent(browser: PodiumBrowser) -> None:
    with serving(
        {
            "/": WAYS["form"],
            "/w": Reply(status=303, headers={"Location": "/done"}),
            "/done": "<h1>Done</h1>",
        }
    ) as site:
        seen: list[tuple[str, int]] = []

        async def before_send(request: RequestInfo) -> None:
            seen.append((request.signature, len(site.arrived("POST"))))

        page = await browser.session("run_1", origins=(site.url,))
        await page.goto(site.url)
        form = await page.snapshot()
        await page.begin(StepPolicy(effect="write", before_send=before_send))
        await page.click(button(form, "Go").ref)
        assert seen == [(f"POST {site.url}/w", 0)]
        assert len(site.arrived("POST")) == 1
        assert (f"POST {site.url}/w", 303) in page.traffic().answered
        assert page.traffic().documents == ((f"{site.url}/done", 200),)
        assert page.traffic().sent[0].fields == ("a",)


@pytest.mark.parametrize("way", ["form", "fetch", "xhr"])
async def test_a_site_that_hangs_up_on_a_write_gets_it_once(
    browser: PodiumBrowser, way: str
) -> None:
    """Over a kept connection Chromium sends a request again that got no answer, whatever its method."""

    async def sending(_: RequestInfo) -> None: ...

    def hang_up(_: Request) -> str:
        raise ConnectionResetError

    with serving({"/": WAYS[way], "/w": hang_up}) as site:
        page = await browser.session("run_1", origins=(site.url,))
        for _ in range(2):
            await page.goto(site.url)
        await page.begin(StepPolicy(effect="write", before_send=sending))
        await page.click(button(await page.snapshot(), "Go").ref)
        await page.settle()
        await asyncio.sleep(0.5)  # for the one that must not come
        assert len(site.arrived(path="/w")) == 1


async def test_what_cannot_be_journalled_is_not_sent(browser: PodiumBrowser) -> None:
    async def before_send(request: RequestInfo) -> None:
        raise Conflict("another worker has the run")

    with serving({"/": WAYS["form"], "/w": "written"}) as site:
        page = await browser.session("run_1", origins=(site.url,))
        await page.goto(site.url)
        form = await page.snapshot()
        await page.begin(StepPolicy(effect="write", before_send=before_send))
        with pytest.raises(Conflict):
            await page.click(button(form, "Go").ref)
        assert site.arrived("POST") == []


async def test_a_page_may_read_by_post_while_it_loads(browser: PodiumBrowser) -> None:
    start = "<p id=o></p><script>fetch('/rpc',{method:'POST',body:'{}'}).then(r=>r.text()).then(t=>o.textContent=t)</script>"
    with serving({"/": start, "/rpc": "42 rows", "/menu": "<a href=/>Rows</a>"}) as site:
        page = await browser.session("run_1", origins=(site.url,))
        await page.begin(StepPolicy())
        await page.goto(f"{site.url}/menu")
        await page.click(button(await page.snapshot(), "Rows").ref)
        assert "42 rows" in (await page.snapshot()).text
        assert page.traffic().held == ()


async def test_a_click_may_read_by_graphql_and_not_mutate(browser: PodiumBrowser) -> None:
    start = """<p id=o></p><script>const q=s=>fetch('/graphql',{method:'POST',headers:{'Content-Type':'application/json'},
    body:JSON.stringify({query:s})}).then(r=>r.text()).then(t=>o.textContent=t)</script>
    <button onclick="q('query Rows { rows }')">List</button><button onclick="q('mutation Drop { drop }')">Drop</button>"""
    with serving({"/": start, "/graphql": "answer"}) as site:
        page = await browser.session("run_1", origins=(site.url,))
        await page.begin(StepPolicy())
        await page.goto(site.url)
        await page.click(button(await page.snapshot(), "List").ref)
        await page.click(button(await page.snapshot(), "Drop").ref)
        assert len(site.arrived("POST")) == 1
        assert [request.signature for request in page.traffic().held] == [
            f"POST {site.url}/graphql#mutation Drop"
        ]


async def test_an_approved_signature_passes_a_read_step(browser: PodiumBrowser) -> None:
    with serving(
        {
            "/": "<form method=post action=/find/7><input name=q><button>Go</button></form>",
            "/find/7": "<h1>Found</h1>",
        }
    ) as site:
        page = await browser.session("run_1", origins=(site.url,))
        await page.begin(StepPolicy(signatures=frozenset({f"POST {site.url}/find/*"})))
        await page.goto(site.url)
        await page.click(button(await page.snapshot(), "Go").ref)
        assert (await page.snapshot()).headings == ("Found",)


async def test_a_deleting_link_is_held_in_a_write_step(browser: PodiumBrowser) -> None:
    with serving({"/": "<a href=/delete?id=3>Delete</a>", "/delete": "gone"}) as site:
        page = await browser.session("run_1", origins=(site.url,))
        await page.goto(site.url)
        await page.begin(BUILD_WRITE)
        await page.click(button(await page.snapshot(), "Delete").ref)
        assert site.arrived(path="/delete") == []
        assert page.traffic().held[0].signature == f"GET {site.url}/delete?id=*"
        assert await page.url() == f"{site.url}/"

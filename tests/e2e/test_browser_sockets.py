"""What pages send over WebSockets is held and journalled like any other request."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager

import pytest
import pytest_asyncio
from websockets.asyncio.server import ServerConnection, serve
from websockets.http11 import Request as Handshake
from websockets.http11 import Response

from podium.state.errors import Conflict
from podium.tools.browser import BrowserSettings, PodiumBrowser
from podium.tools.page import Page, RequestInfo, StepPolicy

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

PAGE = """<h1>Desk</h1><p id=said>Ready</p><script>
const socket = new WebSocket(`ws://${location.host}/live`);
socket.onopen = () => socket.send(JSON.stringify({type: 'hello', page: 'desk'}));
socket.onmessage = ({data}) => { said.textContent = data; };
const tell = (type, more) => socket.send(JSON.stringify({type, ...more}));
</script>
<button onclick="tell('place_order', {item: 7})">Order</button>
<button onclick="tell('list_rows', {})">List</button>
<button onclick="tell('ping', {})">Wake</button>
<button onclick="tell('leave', {team: 5})">Leave</button>
<button onclick="socket.send('5')">Five</button>
<button onclick="tell('delete_order', {item: 7})">Delete</button>
<button onclick="tell('place_order', {item: 1}); tell('place_order', {item: 2}); socket.send(new Uint8Array([1, 2]))">Many</button>"""


class Desk:
    """A site that speaks by WebSocket; remembers what came."""

    def __init__(self) -> None:
        self.heard: list[str | bytes] = []
        self.url = ""

    def names(self) -> list[str]:
        return [str(one).split('"')[3] for one in self.heard if isinstance(one, str)]


@asynccontextmanager
async def desk() -> AsyncGenerator[Desk]:
    site = Desk()

    async def talk(connection: ServerConnection) -> None:
        async for message in connection:
            site.heard.append(message)
            await connection.send(f"heard {len(site.heard)}")

    def page(connection: ServerConnection, request: Handshake) -> Response | None:
        if request.headers.get("Upgrade"):
            return None
        answer = connection.respond(200, PAGE)
        del answer.headers["Content-Type"]
        answer.headers["Content-Type"] = "text/html"
        return answer

    async with serve(talk, "127.0.0.1", 0, process_request=page) as server:
        site.url = f"http://127.0.0.1:{next(iter(server.sockets)).getsockname()[1]}"
        yield site


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[PodiumBrowser]:
    folder = tmp_path_factory.mktemp("browser")
    opened = PodiumBrowser(BrowserSettings(no_sandbox=os.geteuid() == 0, folder=folder))
    yield opened
    await opened.close()


@pytest_asyncio.fixture(loop_scope="module")
async def browser(shared: PodiumBrowser) -> AsyncGenerator[PodiumBrowser]:
    yield shared
    await shared.release("run_1")


async def opened(browser: PodiumBrowser, site: Desk) -> Page:
    """Return the page once its socket has said hello by itself."""
    page = await browser.session("run_1", origins=(site.url,))
    await page.begin(StepPolicy())
    await page.goto(site.url)
    await until(lambda: site.names() == ["hello"])
    return page


async def until(holds: Callable[[], object]) -> None:
    async with asyncio.timeout(15):
        while not holds():  # noqa: ASYNC110  neither site nor browser tells
            await asyncio.sleep(0.02)


async def press(page: Page, name: str) -> None:
    snapshot = await page.snapshot()
    await page.click(next(node.ref for node in snapshot.nodes if node.name == name))
    await page.settle()


async def test_what_a_page_says_by_itself_passes_and_is_no_write(browser: PodiumBrowser) -> None:
    async with desk() as site:
        page = await opened(browser, site)

        assert page.traffic().held == ()


@pytest.mark.parametrize(
    "policy", [StepPolicy(), StepPolicy(effect="write", hold_writes=True)], ids=["read", "held"]
)
async def test_a_message_that_a_click_causes_is_held(
    browser: PodiumBrowser, policy: StepPolicy
) -> None:
    async with desk() as site:
        page = await opened(browser, site)
        await page.begin(policy)

        await press(page, "Order")

        await until(lambda: page.traffic().held)
        socket = site.url.replace("http", "ws")
        assert [one.signature for one in page.traffic().held] == [f"SEND {socket}/live#place_order"]
        assert page.traffic().held[0].fields == ("type", "item")
        assert site.names() == ["hello"]


@pytest.mark.parametrize("name", ["List", "Wake"])
async def test_a_message_that_reads_or_keeps_alive_passes(
    browser: PodiumBrowser, name: str
) -> None:
    async with desk() as site:
        page = await opened(browser, site)
        await page.begin(StepPolicy())

        await press(page, name)

        await until(lambda: len(site.heard) == 2)
        assert page.traffic().held == ()


@pytest.mark.parametrize("name", ["Leave", "Five"])
async def test_a_word_of_listening_or_a_bare_number_is_no_pulse_after_a_click(
    browser: PodiumBrowser, name: str
) -> None:
    async with desk() as site:
        page = await opened(browser, site)
        await page.begin(StepPolicy(effect="write", hold_writes=True))

        await press(page, name)

        await until(lambda: page.traffic().held)
        assert site.names() == ["hello"]
        assert len(site.heard) == 1


async def test_a_released_message_is_journalled_before_it_is_sent(browser: PodiumBrowser) -> None:
    async with desk() as site:
        page = await opened(browser, site)
        seen: list[tuple[str, int]] = []

        async def before_send(request: RequestInfo) -> None:
            seen.append((request.signature.rpartition("#")[2], len(site.heard)))

        await page.begin(StepPolicy(effect="write", before_send=before_send))
        await press(page, "Order")

        await until(lambda: page.traffic().answered)
        assert seen == [("place_order", 1)]
        assert site.names() == ["hello", "place_order"]
        assert [one.method for one in page.traffic().sent] == ["SEND"]


async def test_messages_keep_their_order(browser: PodiumBrowser) -> None:
    async with desk() as site:
        page = await opened(browser, site)
        waits = iter((0.2, 0.0, 0.0))

        async def slowly(_: RequestInfo) -> None:
            await asyncio.sleep(next(waits))

        await page.begin(StepPolicy(effect="write", before_send=slowly))
        await press(page, "Many")

        await until(lambda: len(site.heard) == 4)
        assert site.heard[1:] == [
            '{"type":"place_order","item":1}',
            '{"type":"place_order","item":2}',
            b"\x01\x02",
        ]


async def test_a_write_sends_only_the_message_it_was_learnt_with(browser: PodiumBrowser) -> None:
    async with desk() as site:
        page = await opened(browser, site)
        socket = site.url.replace("http", "ws")
        learnt = frozenset({f"SEND {socket}/live#place_order"})
        await page.begin(StepPolicy(effect="write", signatures=learnt))

        await press(page, "Delete")
        await until(lambda: page.traffic().held)
        await press(page, "Order")

        await until(lambda: len(site.heard) == 2)
        assert site.names() == ["hello", "place_order"]


async def test_what_cannot_be_journalled_is_not_sent(browser: PodiumBrowser) -> None:
    async with desk() as site:
        page = await opened(browser, site)

        async def refuse(_: RequestInfo) -> None:
            raise Conflict("another worker has the run")

        await page.begin(StepPolicy(effect="write", before_send=refuse))
        with pytest.raises(Conflict):
            await press(page, "Order")

        assert site.names() == ["hello"]

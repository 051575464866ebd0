"""Files reach the run however a site hands them out; sessions can be put away and taken up again."""

from __future__ import annotations

import io
import os
from collections.abc import AsyncGenerator
from urllib.parse import quote

import pytest
import pytest_asyncio
from PIL import Image

from podium.state.errors import Fatal, NotPermitted, Retryable
from podium.tools.browser import BrowserSettings, PodiumBrowser
from podium.tools.page import Page, StepPolicy
from tests.sites import Reply, Request, Site, serve

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[PodiumBrowser]:
    folder = tmp_path_factory.mktemp("browser")
    opened = PodiumBrowser(BrowserSettings(no_sandbox=os.geteuid() == 0, folder=folder))
    yield opened
    await opened.close()


@pytest_asyncio.fixture(loop_scope="module")
async def site(browser: PodiumBrowser) -> AsyncGenerator[Site]:
    served = serve({})
    yield served
    await browser.release("run_1")
    served.close()


async def opened(browser: PodiumBrowser, site: Site, html: str) -> Page:
    site.pages["/"] = html
    page = await browser.session("run_1", origins=(site.url,))
    await page.begin(StepPolicy())
    await page.goto(site.url)
    return page


async def ref_of(page: Page, name: str) -> str:
    return next(
        node.ref
        for node in (await page.snapshot()).nodes
        if node.name == name and node.role in {"link", "button"}
    )


ATTACHED = Reply(
    body="a;b\n",
    type="text/csv",
    headers={"Content-Disposition": 'attachment; filename="rows.csv"'},
)
WAYS = {
    "attachment": ("<a href=/rows>File</a>", "rows.csv", b"a;b\n"),
    "attachment in a new tab": ("<a href=/rows target=_blank>File</a>", "rows.csv", b"a;b\n"),
    "download attribute": ("<a href=/plain.txt download=notes.txt>File</a>", "notes.txt", b"plain"),
    "text shown as a page": ("<a href=/plain.txt>File</a>", "plain.txt", b"plain"),
    "text shown in a new tab": ("<a href=/plain.txt target=_blank>File</a>", "plain.txt", b"plain"),
    "PDF": ("<a href=/doc.pdf>File</a>", "doc.pdf", PDF),
    "PDF in a new tab": ("<a href=/doc.pdf target=_blank>File</a>", "doc.pdf", PDF),
    "PDF in a window": ("<button onclick=\"window.open('/doc.pdf')\">File</button>", "doc.pdf", PDF),
    "blob": ("<button onclick=\"a=document.createElement('a');a.href=window.URL.createObjectURL(new Blob(['blobbed']));a.download='b.txt';a.click()\">File</button>", "b.txt", b"blobbed"),
    "data": ("<a download=d.txt href='data:text/plain,hello'>File</a>", "d.txt", b"hello"),
    "late": ("<button onclick=\"fetch('/wait').then(()=>location='/rows')\">File</button>", "rows.csv", b"a;b\n"),
    "page that starts it": ("<a href=/interim>File</a>", "rows.csv", b"a;b\n"),
    "redirect": ("<a href=/moved>File</a>", "rows.csv", b"a;b\n"),
    "form": ("<form action=/rows><button>File</button></form>", "rows.csv", b"a;b\n"),
}  # fmt: skip


@pytest.mark.parametrize("way", WAYS)
async def test_a_file_arrives_however_it_is_handed_out(
    browser: PodiumBrowser, site: Site, way: str
) -> None:
    html, name, body = WAYS[way]
    site.pages |= {
        "/rows": ATTACHED,
        "/plain.txt": "plain",
        "/doc.pdf": PDF,
        "/wait": Reply(delay_s=0.7),
        "/moved": Reply(status=302, headers={"Location": "/rows"}),
        "/interim": "<p>Your download starts shortly</p><script>setTimeout(()=>location='/rows',400)</script>",
    }
    page = await opened(browser, site, f"<h1>Files</h1>{html}")
    file = await page.download(await ref_of(page, "File"), timeout_s=20)
    assert (file.name, file.path.read_bytes(), file.bytes) == (name, body, len(body))
    if way != "page that starts it":
        assert (await page.snapshot()).headings == ("Files",)


async def test_a_click_that_brings_no_file_says_so(browser: PodiumBrowser, site: Site) -> None:
    page = await opened(browser, site, "<button>File</button>")
    with pytest.raises(Retryable) as failure:
        await page.download(await ref_of(page, "File"), timeout_s=1)
    assert failure.value.code == "download"


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/x.txt",
        "..%2f..%2fx.txt",
        ".bashrc",
        "a\u202egpj.exe",
        "x" * 300 + ".csv",
        "con.txt",
    ],
)
async def test_names_are_made_safe(browser: PodiumBrowser, site: Site, name: str) -> None:
    site.pages["/f"] = Reply(
        body="1",
        headers={"Content-Disposition": "attachment; filename*=UTF-8''" + quote(name)},
    )
    page = await opened(browser, site, "<a href=/f>File</a>")
    file = await page.download(await ref_of(page, "File"))
    assert "/" not in file.name
    assert not file.name.startswith(".")
    assert len(file.name) <= 150
    assert "\u202e" not in file.name


async def test_an_address_is_fetched_with_the_session_s_cookies(
    browser: PodiumBrowser, site: Site
) -> None:
    def mine(request: Request) -> Reply:
        if request.cookies.get("sid") != "7":
            return Reply(status=403, body="no")
        return Reply(
            body="x" * 3_000_000,
            type="text/csv",
            headers={"Content-Disposition": "attachment; filename=big.csv"},
        )

    site.pages["/big"] = mine
    page = await opened(browser, site, "<script>document.cookie='sid=7'</script>")
    file = await page.fetch(f"{site.url}/big")
    assert (file.name, file.bytes) == ("big.csv", 3_000_000)
    with pytest.raises(Fatal) as failure:
        await page.fetch(f"{site.url}/gone")
    assert failure.value.code == "http_status"
    with pytest.raises(NotPermitted):
        await page.fetch("http://127.0.0.9/x")


async def test_a_session_is_taken_up_where_it_was_left(browser: PodiumBrowser, site: Site) -> None:
    script = "document.cookie='sid=7';localStorage.setItem('token','L');sessionStorage.setItem('tab','S')"
    # An icon in the page itself: one that Chromium asks for late would count as a request of the restoring.
    page = await opened(browser, site, f"<link rel=icon href='data:,'><script>{script}</script>")
    kept = await page.storage()
    await browser.release("run_1")
    site.pages["/after"] = (
        "<p id=o></p><script>o.textContent=[document.cookie,localStorage.token,sessionStorage.tab].join()</script>"
    )
    page = await browser.session("run_1", origins=(site.url,))
    before = len(site.requests)
    await page.restore(kept)
    assert len(site.requests) == before
    await page.goto(f"{site.url}/after")
    assert (await page.snapshot()).text == "sid=7,L,S"
    await page.goto(f"{site.url}/after?again")
    assert (await page.snapshot()).text == "sid=7,L,S"


async def test_pictures_do_not_show_secrets(browser: PodiumBrowser, site: Site) -> None:
    html = "<body style='margin:0;background:#fff'><input type=password style='position:absolute;left:0;top:0;width:200px;height:50px;background:#0f0;border:0'>"
    page = await opened(browser, site, html)
    field = next(node for node in (await page.snapshot()).nodes if node.input_type == "password")
    await page.fill_secret(field.ref, "hunter22", origin=site.url)
    picture = await page.screenshot()
    pixels = Image.open(io.BytesIO(picture)).convert("RGB")
    assert pixels.getpixel((100, 25)) == (0x33, 0x33, 0x33)
    assert pixels.getpixel((600, 300)) == (255, 255, 255)

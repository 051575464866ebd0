from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncGenerator

import pytest
import pytest_asyncio

from podium.state.errors import Fatal, NotPermitted, Refused, Retryable
from podium.tools.browser import BrowserSettings, PodiumBrowser
from podium.tools.page import Node, Page, Snapshot, StepPolicy
from tests.sites import Reply, Request, Site, serving

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


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


def named(snapshot: Snapshot, name: str) -> Node:
    return next(node for node in snapshot.nodes if node.name == name and node.role != "heading")


SIGN_IN = """<title>Members</title><h1>Sign in</h1><form method=post action=/session>
<label>User name <input name=u></label><label>Password <input type=password name=p></label><button>Sign in</button></form>"""
ROWS = """<h1>Reports</h1><table><thead><tr><th>No</th><th>File</th></tr></thead><tbody>
<tr><td>A-1</td><td><a href=/a-1.csv>CSV of A-1</a></td></tr><tr><td>A-2</td><td><a href=/a-2.csv>CSV of A-2</a></td></tr></tbody></table>
<label>Year <select name=y><option value=24>2024<option value=25>2025</select></label>"""


def session_of(request: Request) -> Reply:
    if request.form == {"u": "ada", "p": "pass word+1"}:
        return Reply(
            status=303, headers={"Location": "/reports", "Set-Cookie": "sid=1; Path=/; HttpOnly"}
        )
    return Reply(body="<p role=alert>Wrong password</p>", status=200)


def members_only(request: Request) -> Reply:
    if request.cookies.get("sid") != "1":
        return Reply(status=303, headers={"Location": "/"})
    return Reply(body=ROWS)


def csv(request: Request) -> Reply:
    name = request.path.strip("/")
    return Reply(
        body=f"no\n{name}\n", headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


async def test_a_person_s_way_from_sign_in_to_file_works(browser: PodiumBrowser) -> None:
    with serving(
        {"/": SIGN_IN, "/session": session_of, "/reports": members_only, "/a-2.csv": csv}
    ) as site:
        page = await browser.session("run_1", origins=(site.url,))
        await page.goto(site.url)
        form = await page.snapshot()
        await page.fill(named(form, "User name").ref, "ada")
        await page.fill_secret(named(form, "Password").ref, "pass word+1", origin=site.url)
        await page.begin(StepPolicy(effect="sign_in"))
        await page.click(named(form, "Sign in").ref)

        reports = await page.snapshot()
        assert await page.url() == f"{site.url}/reports"
        assert reports.collections[0].headers == ("No", "File")
        assert [record.values[0].text for record in reports.collections[0].records] == [
            "A-1",
            "A-2",
        ]
        file = await page.download(named(reports, "CSV of A-2").ref)
        assert (file.name, file.path.read_bytes()) == ("a-2.csv", b"no\na-2.csv\n")
        await page.select(named(reports, "Year").ref, "2025")
        assert named(await page.snapshot(), "Year").value == "2025"


async def test_sessions_of_two_runs_share_nothing(browser: PodiumBrowser) -> None:
    with serving(
        {
            "/": Reply(body="<h1>Hi</h1>", headers={"Set-Cookie": "who=me; Path=/"}),
            "/b": "<h1>B</h1>",
        }
    ) as site:
        one = await browser.session("run_1", origins=(site.url,))
        other = await browser.session("run_2", origins=(site.url,))
        await one.goto(site.url)
        await other.goto(f"{site.url}/b")
        assert site.arrived(path="/b")[0].cookies == {}
        assert (await one.snapshot()).headings == ("Hi",)


async def test_a_secret_is_not_typed_into_another_origin_and_not_repeated(
    browser: PodiumBrowser,
) -> None:
    echo = "<h1>Hello</h1><input type=password name=p><p id=o></p><script>document.querySelector('input').oninput=e=>o.textContent='you typed '+e.target.value</script>"
    with serving({"/": echo}) as site:
        page = await browser.session("run_1", origins=(site.url,))
        await page.goto(site.url)
        field = next(
            node for node in (await page.snapshot()).nodes if node.input_type == "password"
        )
        with pytest.raises(Refused):
            await page.fill_secret(field.ref, "hunter22", origin="https://elsewhere.test")
        await page.fill_secret(field.ref, "hunter22", origin=site.url)
        assert "hunter22" not in (await page.snapshot()).text
        assert "you typed" in (await page.snapshot()).text


async def test_only_the_plan_s_origins_are_reached(browser: PodiumBrowser) -> None:
    with serving({"/": "<h1>Evil</h1>"}) as evil, serving({}) as site:
        site.pages["/"] = (
            f"<h1>Good</h1><img src={evil.url}/x.png><script>fetch('{evil.url}/f').catch(()=>0)</script><a href={evil.url}/>Away</a>"
        )
        site.pages["/away"] = Reply(status=302, headers={"Location": evil.url})
        page = await browser.session("run_1", origins=(site.url,))
        await page.begin(StepPolicy())
        await page.goto(site.url)
        with pytest.raises(NotPermitted):
            await page.goto(evil.url)
        with pytest.raises(NotPermitted):
            await page.goto(f"{site.url}/away")
        await page.goto(site.url)
        await page.click(named(await page.snapshot(), "Away").ref)
        assert evil.requests == []
        assert evil.url in page.traffic().blocked


async def test_a_site_that_does_not_answer_is_worth_another_try(browser: PodiumBrowser) -> None:
    site = Site({})
    site.close()
    page = await browser.session("run_1", origins=(site.url,))
    with pytest.raises(Retryable) as failure:
        await page.goto(site.url)
    assert failure.value.code == "unreachable"


async def test_a_site_s_own_password_prompt_is_answered_once(browser: PodiumBrowser) -> None:
    def guarded(request: Request) -> Reply:
        if request.headers.get("authorization") == "Basic YWRhOnBhc3M=":
            return Reply(body="<h1>In</h1>")
        return Reply(
            status=401, body="<h1>Who?</h1>", headers={"WWW-Authenticate": 'Basic realm="x"'}
        )

    with serving({"/": guarded, "/again": guarded}) as site:
        page = await browser.session("run_1", origins=(site.url,))
        for answer in ("", "wrong"):
            if answer:
                await page.authenticate("ada", answer, origin=site.url)
            with pytest.raises(Fatal) as failure:
                await page.goto(site.url)
            assert "401" in failure.value.message
        await page.authenticate("ada", "pass", origin=site.url)
        await page.goto(site.url)
        await page.goto(f"{site.url}/again")
        assert (await page.snapshot()).headings == ("In",)


async def test_browser_use_s_own_session_looks_at_its_run_s_tab(browser: PodiumBrowser) -> None:
    with serving({"/": "<h1>One</h1>", "/two": "<h1>Two</h1>"}) as site:
        first = await browser.session("run_1", origins=(site.url,))
        second = await browser.session("run_2", origins=(site.url,))
        await first.goto(site.url)
        await second.goto(f"{site.url}/two")
        session = await second.room.browser_use()
        assert await session.get_current_page_url() == f"{site.url}/two"


async def until_start(page: Page) -> None:
    for _ in range(200):
        if (await page.snapshot()).headings == ("Start",):
            return
        await asyncio.sleep(0.02)


async def test_a_tab_that_closes_under_its_reader_is_left_for_the_one_before(
    browser: PodiumBrowser,
) -> None:
    popup = "<h1>Brief</h1><script>setTimeout(()=>window.close(),60)</script>"
    start = "<h1>Start</h1><button onclick=\"window.open('/popup')\">Open</button>"
    with serving({"/": start, "/popup": popup}) as site:
        page = await browser.session("run_1", origins=(site.url,))
        await page.goto(site.url)
        for _ in range(3):
            await page.click(named(await page.snapshot(), "Open").ref)
            async with asyncio.timeout(10):
                await until_start(page)


async def test_the_script_of_ours_starts_with_each_document_and_needs_no_second_start(
    browser: PodiumBrowser,
) -> None:
    # What fails at a document's start is started again after its load, which costs each page twice the time.
    with serving({"/": "<h1>One</h1><script>document.title = 'One'</script>"}) as site:
        page = await browser.session("run_1", origins=(site.url,))
        failures: list[str] = []
        wire = page.room.wire
        wire.on("Runtime.exceptionThrown", lambda event, _session: failures.append(str(event)))
        await wire.send("Runtime.enable", {}, (await page.room.tabs.session()).id)

        await page.goto(site.url)
        await page.snapshot()

        assert failures == []

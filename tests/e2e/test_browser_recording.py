"""A person shows the steps once, by trusted input; they become a program that does the same again."""

from __future__ import annotations

import asyncio
import json
import os
import re
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
import pytest_asyncio
from cdp_use.client import CDPClient

from podium.state.document import JsonObject
from podium.state.program import parse_program
from podium.tools.browser import BrowserSettings, PodiumBrowser
from podium.tools.browser.recording import Recording
from podium.tools.recording import Recorded, compile_actions
from tests.e2e.bench import Bench
from tests.e2e.cli import PODIUM, Cli, at, items
from tests.e2e.person import Person, person_at
from tests.sites import Reply, Request, Site, serving

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[PodiumBrowser]:
    folder = tmp_path_factory.mktemp("browser")
    opened = PodiumBrowser(BrowserSettings(no_sandbox=os.geteuid() == 0, folder=folder))
    yield opened
    await opened.close()


# -- a small site with a sign-in, a form and a file ----------------------------------------------------

LOGIN = """<h1>Members</h1><form method=post action=/in><label>User <input name=u></label><label>Password <input type=password name=p></label>
<label><input type=checkbox name=r> Remember me</label><button id=go>Sign in</button></form>"""
HOME = """<h1>Home</h1><nav><a id=orders href=/new>New order</a> <a id=file href=/rows.csv>Price list</a></nav>"""
ORDER = """<h1>New order</h1><form method=post action=/orders><label>Article <input id=a name=a></label>
<label>Size <select id=s name=s><option>Small<option>Large</select></label><label><input id=x type=checkbox name=x> Express</label>
<label>Access token <input id=t name=t></label><button id=send>Send order</button></form>"""


def members(page: str) -> object:
    def answer(request: Request) -> Reply:
        if request.cookies.get("sid") != "1":
            return Reply(status=303, headers={"Location": "/"})
        return Reply(body=page)

    return answer


def enter(request: Request) -> Reply:
    if (request.form.get("u"), request.form.get("p")) != ("ada", "right horse"):
        return Reply(status=303, headers={"Location": "/"})
    return Reply(status=303, headers={"Location": "/home", "Set-Cookie": "sid=1; Path=/"})


@pytest.fixture
def site() -> object:
    rows = Reply(
        body="a;b\n",
        type="text/csv",
        headers={"Content-Disposition": "attachment; filename=rows.csv"},
    )
    pages = {
        "/": LOGIN,
        "/in": enter,
        "/home": members(HOME),
        "/new": members(ORDER),
        "/orders": "<h1>Thank you</h1><p role=status>Order 7 was created</p>",
        "/rows.csv": rows,
    }
    with serving(pages) as served:  # pyright: ignore[reportArgumentType]
        yield served


async def shown(browser: PodiumBrowser, site: Site) -> Recorded:
    """Let a person sign in, fetch a file and send an order while somebody watches."""
    page = await browser.session("shown", origins=(site.url,))
    recording = Recording(page.room)
    await recording.start()
    recording.opened(site.url)
    await page.room.wire.send(
        "Page.navigate", {"url": site.url}, (await page.room.tabs.session()).id
    )
    person = person_at(page)
    await person.click("[name=u]")
    await person.type("ada")
    await person.click("[name=p]")
    await person.type("right horse")
    await person.click("[name=r]")
    await person.click("#go")
    await person.sees("Home")
    await person.click("#file")
    await asyncio.sleep(0.5)
    await person.click("#orders")
    await person.click("#a")
    await person.type("Bolt M8")
    await person.click("#x")
    await person.click("#t")
    await person.type("AbCd1234EfGh5678IjKl")
    await person.click("#send")
    await person.sees("Order 7")
    recorded = compile_actions(await recording.stop())
    await browser.release("shown")
    return recorded


async def test_what_was_shown_once_is_a_program_from_its_very_first_action(
    browser: PodiumBrowser, site: Site
) -> None:
    recorded = await shown(browser, site)
    ops = [step.op for step in recorded.program.steps]
    assert ops == ["open", "sign_in", "download", "click", "fill", "check", "click"]
    assert [step.effect for step in recorded.program.steps][-1] == "write"
    assert [(one.name, one.default) for one in recorded.inputs] == [("article", "Bolt M8")]
    assert recorded.left_out == ("the secret that was typed into 'Access token'",)


async def test_no_secret_that_was_typed_is_kept(browser: PodiumBrowser, site: Site) -> None:
    recorded = await shown(browser, site)
    kept = f"{recorded!r}{recorded.program.to_json()}"
    assert "right horse" not in kept
    assert "AbCd1234" not in kept


async def test_a_secret_shown_in_a_plain_field_does_not_come_along_with_the_page(
    browser: PodiumBrowser, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    called = Recording._called  # pyright: ignore[reportPrivateUsage]

    def heard(self: Recording, params: JsonObject, session: str) -> None:
        told.append(str(params))
        called(self, params, session)

    monkeypatch.setattr(Recording, "_called", heard)
    html = "<input aria-label='Access token' value=plain-word><input aria-label=Article value=Bolt><button id=b>Go</button>"
    with serving({"/": html}) as site:
        page = await browser.session("shown", origins=(site.url,))
        recording = Recording(page.room)
        await recording.start()
        await page.goto(site.url)
        await person_at(page).click("#b")
        await asyncio.sleep(0.3)
        await recording.stop()
        await browser.release("shown")

    assert any("Bolt" in one for one in told)
    assert not any("plain-word" in one for one in told)


async def test_a_recorded_program_does_it_again_with_other_values(
    browser: PodiumBrowser, site: Site, tmp_path: Path
) -> None:
    recorded = await shown(browser, site)
    program = parse_program(recorded.program.to_json())
    bench = Bench(browser, site, tmp_path)
    for name in recorded.secrets:
        bench.vault.put(name=name, origin=site.url, user="ada", password="right horse")
    before = len(site.arrived("POST", path="/orders"))
    results = await bench.run(*program.steps, inputs={"article": "Nut M6"})
    assert [result.record.status for result in results] == ["done"] * 7, results[-1].record
    sent = site.arrived("POST", path="/orders")
    assert len(sent) == before + 1
    assert (sent[-1].form["a"], sent[-1].form.get("x")) == ("Nut M6", "on")


async def test_what_scripts_do_is_nobody_s_demonstration(browser: PodiumBrowser) -> None:
    html = "<button id=b>Real</button><button id=f>Fake</button><script>setTimeout(()=>f.click(),50)</script>"
    with serving({"/": html}) as site:
        page = await browser.session("shown", origins=(site.url,))
        recording = Recording(page.room)
        await recording.start()
        await page.goto(site.url)
        await asyncio.sleep(0.2)
        await person_at(page).click("#b")
        actions = await recording.stop()
        await browser.release("shown")
    assert [(one.kind, one.target.name if one.target else "") for one in actions] == [
        ("click", "Real")
    ]


async def test_frames_new_tabs_and_shadow_roots_are_watched_too(browser: PodiumBrowser) -> None:
    """Recorders of peers have captured nothing at all; a click in a frame or a new tab is as good as any."""
    inner = "<button id=i>Inside</button>"
    shadow = """<x-s></x-s><script>customElements.define('x-s',class extends HTMLElement{connectedCallback(){
    this.attachShadow({mode:'open'}).innerHTML='<button style="position:absolute;left:300px;top:300px">Shade</button>'}})</script>"""
    start = f"<h1>Start</h1><a id=n href=/tab target=_blank>Tab</a><iframe name=box src=/inner style='position:absolute;left:10px;top:100px'></iframe>{shadow}"
    pages = {"/": start, "/inner": inner, "/tab": "<h1>Tab</h1><button id=t>There</button>"}
    with serving(pages) as site:
        page = await browser.session("shown", origins=(site.url,))
        recording = Recording(page.room)
        await recording.start()
        await page.goto(site.url)
        person = person_at(page)
        await person.at(40, 125)
        await person.at(310, 310)
        await person.click("#n")
        await person.sees("Tab")
        await person.click("#t")
        actions = await recording.stop()
        await browser.release("shown")
    told = [(one.target.name, one.target.frame) for one in actions if one.target]
    assert told == [("Inside", ("box",)), ("Shade", ()), ("Tab", ()), ("There", ())]


async def announced(stream: asyncio.StreamReader) -> str:
    """Return the line that says where the browser is."""
    while line := (await stream.readline()).decode():
        if "ws://" in line:
            return line
    return ""


async def test_the_command_line_records_a_person_and_keeps_an_agent(
    site: Site, tmp_path: Path
) -> None:
    cli = Cli(tmp_path)
    process = await asyncio.create_subprocess_exec(
        PODIUM, "record", site.url, "--headless", "--name", "orders", "--deploy", "--json",
        env=cli.environment, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stderr is not None
    async with asyncio.timeout(60):
        told = await announced(process.stderr)
    address = re.search(r"ws://[^);\s]+", told)
    assert address is not None, told
    client = CDPClient(address.group())
    await client.start()
    targets = (await client.send_raw("Target.getTargets"))["targetInfos"]
    tab = next(one["targetId"] for one in targets if one["url"].startswith(site.url))
    attached = await client.send_raw("Target.attachToTarget", {"targetId": tab, "flatten": True})

    async def send(method: str, params: JsonObject) -> JsonObject:
        return await client.send_raw(method, params, attached["sessionId"])

    person = Person(send)
    await person.click("[name=u]")
    await person.type("ada")
    await person.click("[name=p]")
    await person.type("right horse")
    await person.press("Enter")
    await person.sees("Home")
    await person.click("#file")
    await asyncio.sleep(0.5)
    await client.send_raw("Target.closeTarget", {"targetId": tab})
    output, errors = await asyncio.wait_for(process.communicate(), 60)
    await client.stop()
    assert process.returncode == 0, errors.decode()
    shown = json.loads(output)
    assert [at(step, "op") for step in items(shown, "steps")] == ["open", "sign_in", "download"]
    assert "right horse" not in output.decode() + errors.decode()
    agents = await asyncio.to_thread(cli, "agents", "list")
    assert [at(one, "name") for one in items(agents)] == ["orders"]

"""Acting on elements of many makes, on pages that move, cover, replace and open other pages."""

from __future__ import annotations

import os
from collections.abc import AsyncGenerator
from contextlib import suppress
from pathlib import Path

import pytest
import pytest_asyncio

from podium.state.errors import Fatal, NotPermitted, Retryable
from podium.tools.browser import BrowserSettings, PodiumBrowser
from podium.tools.browser.page import BrowserPage
from podium.tools.browser.wire import DevToolsError
from podium.tools.page import Node, Page, Snapshot, StepPolicy
from tests.sites import Answer, Reply, serve

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[PodiumBrowser]:
    folder = tmp_path_factory.mktemp("browser")
    opened = PodiumBrowser(BrowserSettings(no_sandbox=os.geteuid() == 0, folder=folder))
    yield opened
    await opened.close()


class Stage:
    """A site and a session that is on its first page."""

    def __init__(self, browser: PodiumBrowser) -> None:
        self.browser = browser
        self.site = serve({})
        self.other = serve({}, host="127.0.0.2")
        self.page: Page | None = None

    async def show(self, html: str, **pages: Answer) -> Page:
        self.site.pages |= {"/": html, **{f"/{name}": page for name, page in pages.items()}}
        self.page = await self.browser.session("run_1", origins=(self.site.url, self.other.url))
        await self.page.begin(StepPolicy(effect="write"))
        await self.page.goto(self.site.url)
        return self.page

    async def close(self) -> None:
        await self.browser.release("run_1")
        self.site.close()
        self.other.close()


@pytest_asyncio.fixture(loop_scope="module")
async def stage(browser: PodiumBrowser) -> AsyncGenerator[Stage]:
    made = Stage(browser)
    yield made
    await made.close()


def find(snapshot: Snapshot, name: str, role: str = "") -> Node:
    found = [
        one
        for one in snapshot.nodes
        if one.name == name and role in ("", one.role) and one.role != "heading"
    ]
    assert found, [(one.role, one.name) for one in snapshot.nodes]
    return found[0]


SAY = "document.querySelector('#o').textContent="
OUT = "<output id=o></output>"


async def said(page: Page) -> str:
    return "|".join((await page.snapshot()).messages)


async def test_elements_in_frames_and_shadow_roots_are_found_and_clicked(stage: Stage) -> None:
    stage.other.pages["/"] = f"<button onclick=\"{SAY}'foreign'\">Foreign</button>{OUT}"
    page = await stage.show(
        f"""<h1>Top</h1><div style=height:300px></div><iframe name=inner src=/inner></iframe>
        <iframe title=Ads src={stage.other.url}></iframe><x-box></x-box>{OUT}
        <script>customElements.define('x-box',class extends HTMLElement{{constructor(){{super();
        this.attachShadow({{mode:'open'}}).innerHTML='<button>Deep</button>';
        this.shadowRoot.querySelector('button').onclick=()=>{SAY}'deep'}}}})</script>""",
        inner=f"<p>Inside</p><button onclick=\"{SAY}'inner'\">Inner</button>{OUT}",
    )
    snapshot = await page.snapshot()
    assert (find(snapshot, "Inner").frame, find(snapshot, "Foreign").frame) == (
        ("inner",),
        ("Ads",),
    )
    assert find(snapshot, "Deep").shadow == ("x-box",)
    for name in ("Inner", "Foreign", "Deep"):
        await page.click(find(await page.snapshot(), name).ref)
        assert name.lower() in await said(page)


async def test_a_frameset_of_the_nineties_is_read_and_used(stage: Stage) -> None:
    page = await stage.show(
        "<frameset cols=20%,80%><frame name=menu src=/menu><frame name=body src=/body></frameset>",
        menu="<a href=/list target=body>List</a>", body="<p>Welcome</p>", list="<h1>Rows</h1>",
    )  # fmt: skip
    await page.click(find(await page.snapshot(), "List").ref)
    snapshot = await page.snapshot()
    assert (snapshot.headings, snapshot.frames) == (("Rows",), ("menu", "body"))


async def test_a_button_that_comes_late_moves_or_is_disabled_is_waited_for(stage: Stage) -> None:
    page = await stage.show(
        f"""<button id=b disabled onclick="{SAY}'done'">Go</button>{OUT}<script>
        setTimeout(()=>{{b.disabled=false;b.style.marginLeft='200px'}},1500)</script>"""
    )
    await page.click(find(await page.snapshot(), "Go").ref)
    assert await said(page) == "done"


async def test_what_an_overlay_covers_is_not_clicked(stage: Stage) -> None:
    page = await stage.show(
        f"""<button onclick="{SAY}'clicked'">Go</button>{OUT}
        <div id=banner style='position:fixed;inset:0;background:#fff'>We use cookies <button onclick=banner.remove()>Accept</button></div>"""
    )
    snapshot = await page.snapshot()
    assert (snapshot.dialog, find(snapshot, "Go").covered, find(snapshot, "Accept").covered) == (
        True,
        True,
        False,
    )
    with pytest.raises(Retryable) as refusal:
        await page.click(find(snapshot, "Go").ref, timeout_s=0.3)
    assert refusal.value.code == "covered"
    await page.click(find(snapshot, "Accept").ref)
    await page.click(find(snapshot, "Go").ref)
    assert await said(page) == "clicked"


async def test_an_element_of_a_page_that_is_gone_is_stale(stage: Stage) -> None:
    page = await stage.show("<button onclick=\"this.outerHTML='<button>Go</button>'\">Go</button>")
    button = find(await page.snapshot(), "Go")
    await page.click(button.ref)
    with pytest.raises(Retryable) as refusal:
        await page.click(button.ref, timeout_s=0.3)
    assert refusal.value.code == "stale"


async def test_late_content_is_there_when_the_page_has_settled(stage: Stage) -> None:
    def slow(delay_s: float) -> Answer:
        return lambda request: Reply(body="<li>row</li>", delay_s=delay_s)

    page = await stage.show(
        """<ul id=l></ul><button onclick="setTimeout(()=>fetch('/more').then(r=>r.text()).then(t=>l.innerHTML+=t),300)">More</button>
        <script>fetch('/rows').then(r=>r.text()).then(t=>setTimeout(()=>l.innerHTML=t,200))</script>""",
        rows=slow(1.2), more=slow(0.6),
    )  # fmt: skip
    assert (await page.snapshot()).text.count("row") == 1
    await page.click(find(await page.snapshot(), "More").ref)
    assert (await page.snapshot()).text.count("row") == 2


async def test_a_clock_and_a_long_poll_do_not_hold_the_page_up_for_ever(stage: Stage) -> None:
    page = await stage.show(
        """<h1>Live</h1><p id=c>0</p><script>setInterval(()=>c.textContent++,40);
        (function tick(){setTimeout(tick,300)})()</script>"""
    )
    await page.settle(timeout_s=5)
    assert (await page.snapshot()).headings == ("Live",)


async def test_a_new_tab_becomes_the_page_and_its_end_leads_back(stage: Stage) -> None:
    page = await stage.show(
        "<h1>First</h1><a href=/second target=_blank>Open</a>",
        second="<h1>Second</h1><button onclick=window.close()>Close</button>",
    )
    await page.click(find(await page.snapshot(), "Open").ref)
    assert (await page.snapshot()).headings == ("Second",)
    await page.click(find(await page.snapshot(), "Close").ref)
    assert (await page.snapshot()).headings == ("First",)


async def test_questions_are_answered_with_no_and_reported(stage: Stage) -> None:
    page = await stage.show(
        f"<button onclick=\"{SAY}confirm('Archive everything?')\">Go</button>{OUT}"
    )
    await page.click(find(await page.snapshot(), "Go").ref)
    assert await said(page) == "false"
    assert page.traffic().dialogs == ("confirm: Archive everything?",)


FIELDS = {
    "text": ("<input value=old>", "new", "new"),
    "emptied": ("<input value=old>", "", ""),
    "textarea": ("<textarea>old</textarea>", "two\nlines", "two\nlines"),
    "date": ("<input type=date>", "2024-05-06", "2024-05-06"),
    "colour": ("<input type=color>", "#336699", "#336699"),
    "range": ("<input type=range min=0 max=10>", "7", "7"),
    "number": ("<input type=number>", "12.5", "12.5"),
    "tracked": ("<input oninput=\"this.dataset.seen=this.value\" onchange=\"document.title=this.value\">", "abc", "abc"),
    "masked": ("<input onkeypress=\"event.preventDefault();if(/\\d/.test(event.key)){this.value+=event.key;if(this.value.length==3)this.value+='-'}\" oninput=\"if(!/^[\\d-]*$/.test(this.value)||/\\d{4}/.test(this.value))this.value=''\">", "555123", "555-123"),
    "editable": ("<div contenteditable role=textbox>old</div>", "new text", "new text"),
}  # fmt: skip


@pytest.mark.parametrize("kind", FIELDS)
async def test_a_field_holds_what_was_filled_in(stage: Stage, kind: str) -> None:
    field, text, held = FIELDS[kind]
    page = await stage.show(
        f"<label>Field {field}</label>"
        if "div" not in field
        else field.replace("<div", "<div aria-label=Field")
    )
    await page.fill(find(await page.snapshot(), "Field").ref, text)
    assert find(await page.snapshot(), "Field").value == held


async def test_a_field_that_refuses_a_value_says_so(stage: Stage) -> None:
    page = await stage.show(
        "<label>Age <input maxlength=3></label><label>Day <input type=date></label>"
    )
    snapshot = await page.snapshot()
    for name, text in (("Age", "12345"), ("Day", "tomorrow")):
        with pytest.raises(Fatal) as refusal:
            await page.fill(find(snapshot, name).ref, text)
        assert refusal.value.code == "value"


COMBO = """<div role=combobox aria-label=City aria-expanded=false aria-controls=l tabindex=0 onclick="l.hidden=!l.hidden">none</div>
<ul id=l role=listbox hidden><li role=option onclick="pick(this)">Rome</li><li role=option onclick="pick(this)">Oslo</li></ul>
<script>pick=o=>{document.querySelector('[role=combobox]').textContent=o.textContent;l.hidden=true}</script>"""
TYPED = """<label for=i>City</label><input id=i role=combobox aria-controls=l oninput="setTimeout(()=>{l.innerHTML=['Rome','Oslo'].filter(c=>c.startsWith(i.value)).map(c=>`<li role=option>${c}</li>`).join('');},150)">
<ul id=l role=listbox onclick="i.value=event.target.textContent;l.innerHTML=''"></ul>"""


async def test_options_are_chosen_in_lists_of_three_makes(stage: Stage) -> None:
    page = await stage.show(
        "<label>City <select><option value=r>Rome</option><option value=o>Oslo</option></select></label>"
    )
    await page.select(find(await page.snapshot(), "City").ref, "Oslo")
    assert find(await page.snapshot(), "City").value == "Oslo"
    await page.select(find(await page.snapshot(), "City").ref, "r")
    assert find(await page.snapshot(), "City").value == "Rome"
    with pytest.raises(Fatal) as refusal:
        await page.select(find(await page.snapshot(), "City").ref, "Bonn")
    assert refusal.value.code == "no_option"

    page = await stage.show(COMBO)
    await page.select(find(await page.snapshot(), "City").ref, "Oslo")
    assert "Oslo" in (await page.snapshot()).text
    page = await stage.show(TYPED)
    await page.select(find(await page.snapshot(), "City").ref, "Oslo")
    assert find(await page.snapshot(), "City").value == "Oslo"


async def test_boxes_and_switches_reach_the_wanted_state(stage: Stage) -> None:
    page = await stage.show(
        """<label><input type=checkbox style='opacity:0;position:absolute'> Hidden box</label><label><input type=radio name=r> Radio</label>
        <button role=switch aria-checked=false onclick="this.ariaChecked=this.ariaChecked!='true'">Switch</button>"""
    )
    for name in ("Hidden box", "Radio", "Switch"):
        await page.set_checked(find(await page.snapshot(), name).ref, checked=True)
        await page.set_checked(find(await page.snapshot(), name).ref, checked=True)
        assert find(await page.snapshot(), name).checked is True


async def test_a_menu_that_opens_on_hover_can_be_used(stage: Stage) -> None:
    page = await stage.show(
        "<style>#m{display:none}#w:hover #m{display:block}</style><div id=w><a href=#>Menu</a><div id=m><a href=/next>Next</a></div></div>",
        next="<h1>Next</h1>",
    )
    await page.hover(find(await page.snapshot(), "Menu").ref)
    await page.click(find(await page.snapshot(), "Next").ref)
    assert (await page.snapshot()).headings == ("Next",)


async def test_enter_submits_and_escape_closes(stage: Stage) -> None:
    page = await stage.show(
        "<form action=/found><input name=q aria-label=Query></form>", found="<h1>Found</h1>"
    )
    field = find(await page.snapshot(), "Query")
    await page.fill(field.ref, "x y")
    await page.press("Enter", ref=field.ref)
    assert await page.url() == f"{stage.site.url}/found?q=x+y"
    await page.back()
    assert await page.url() == f"{stage.site.url}/"
    page = await stage.show(
        "<dialog id=d open>Box</dialog><script>d.close();d.showModal()</script>"
    )
    assert (await page.snapshot()).dialog
    await page.press("Escape")
    assert not (await page.snapshot()).dialog


async def test_a_file_is_uploaded(stage: Stage, tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("hello", encoding="utf-8")
    page = await stage.show(
        "<form method=post enctype=multipart/form-data action=/up><label>File <input type=file name=f></label><button>Send</button></form>",
        up="<h1>Sent</h1>",
    )
    await page.upload(find(await page.snapshot(), "File").ref, tmp_path / "note.txt")
    await page.click(find(await page.snapshot(), "Send").ref)
    assert b"hello" in stage.site.arrived("POST", "/up")[0].body
    posts = [one for one in page.traffic().sent if one.method == "POST"]
    assert [one.fields for one in posts] == [("f",)]


async def test_scrolling_to_the_end_loads_more(stage: Stage) -> None:
    page = await stage.show(
        """<div id=l style='height:400px;overflow:auto'><div style='height:900px'>rows</div></div><script>
        l.onscroll=()=>{if(!l.more){l.more=1;fetch('/more').then(r=>r.text()).then(t=>l.innerHTML+=t)}}</script>""",
        more="<p>more rows</p>",
    )
    await page.scroll_end()
    assert "more rows" in (await page.snapshot()).text


async def test_a_crashed_page_is_gone_and_the_run_gets_a_fresh_one(stage: Stage) -> None:
    page = await stage.show("<h1>Fine</h1>", crash="<h1>Other</h1>")
    with pytest.raises(NotPermitted):
        await page.goto("chrome://crash")
    await crash(page)
    assert not stage.browser.has("run_1")
    with pytest.raises(Retryable) as failure:
        await page.snapshot()
    assert failure.value.code == "browser_gone"
    fresh = await stage.show("<h1>Again</h1>")
    assert (await fresh.snapshot()).headings == ("Again",)


async def crash(page: Page) -> None:
    assert isinstance(page, BrowserPage)
    with suppress(Retryable, DevToolsError):
        session = await page._tabs.session()  # pyright: ignore[reportPrivateUsage]
        await page._wire.send("Page.crash", {}, session.id, timeout_s=2)  # pyright: ignore[reportPrivateUsage]

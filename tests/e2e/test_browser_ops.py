"""Every op of a program on pages made to be hard for it, by the step runner and a real Chromium."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import AsyncGenerator, Mapping
from pathlib import Path

import pytest
import pytest_asyncio
from pydantic import JsonValue

from podium.state.program import Step, StepAdapter
from podium.tools.browser import BrowserSettings, PodiumBrowser
from podium.tools.grounding.describe import describe
from podium.tools.grounding.lists import describe_list
from podium.tools.page import StepPolicy
from podium.tools.runner import StepResult
from tests.e2e.bench import Bench
from tests.sites import Answer, Reply, Request, Site, serving

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[PodiumBrowser]:
    folder = tmp_path_factory.mktemp("browser")
    opened = PodiumBrowser(BrowserSettings(no_sandbox=os.geteuid() == 0, folder=folder))
    yield opened
    await opened.close()


class Stage:
    """A site, and programs run on it; the site says what really happened."""

    def __init__(self, bench: Bench, site: Site) -> None:
        self.bench = bench
        self.site = site

    async def run(self, html: Answer, *steps: Mapping[str, object]) -> list[StepResult]:
        """Serve the page, open it and do the steps."""
        self.site.pages["/"] = html
        opened: dict[str, object] = {"op": "open", "args": {"url": self.site.url}}
        return await self.bench.run(*(step(n, one) for n, one in enumerate((opened, *steps))))

    def told(self) -> list[str]:
        """Return what pages reported by `tell(...)`, in order."""
        return [request.query["said"] for request in self.site.arrived(path="/told")]


def step(number: int, given: Mapping[str, object]) -> Step:
    return StepAdapter.validate_python({"id": f"s{number}", "title": f"Step {number}", **given})


def on(op: str, name: str, role: str = "button", **args: JsonValue) -> dict[str, object]:
    return {"op": op, "args": {"target": {"role": role, "name": name}, **args}}


def statuses(results: list[StepResult]) -> list[str]:
    return [result.record.status for result in results]


TELL = "<script>window.tell=s=>fetch('/told?said='+encodeURIComponent(s))</script>"


@pytest_asyncio.fixture(loop_scope="module")
async def stage(browser: PodiumBrowser, tmp_path: Path) -> AsyncGenerator[Stage]:
    with serving({"/told": "ok"}) as site:
        yield Stage(Bench(browser, site, tmp_path), site)


# -- drag, scroll, tabs, questions -----------------------------------------------------------------

NATIVE_DRAG = (
    TELL
    + """<ul><li draggable=true role=listitem aria-label=Apple id=a>Apple</li></ul><div role=group aria-label=Basket id=b class=dropzone
 style="width:200px;height:80px;border:1px solid">Basket</div><script>
a.ondragstart=e=>e.dataTransfer.setData('text/plain','apple');b.ondragover=e=>e.preventDefault();
b.ondrop=e=>{e.preventDefault();tell('dropped '+e.dataTransfer.getData('text/plain'))}</script>"""
)
POINTER_DRAG = (
    TELL
    + """<button id=a style="position:absolute;left:20px;top:20px">Card</button><div role=button aria-label=Done id=b
 style="position:absolute;left:400px;top:200px;width:150px;height:80px;background:#eee">Done</div><script>
let on=false;a.onpointerdown=e=>{on=true;a.setPointerCapture(e.pointerId)};
a.onpointermove=e=>{if(on){a.style.left=e.pageX-10+'px';a.style.top=e.pageY-10+'px'}};
a.onpointerup=e=>{on=false;const r=b.getBoundingClientRect();tell(e.clientX>r.left&&e.clientX<r.right&&e.clientY>r.top&&e.clientY<r.bottom?'inside':'outside')}
</script>"""
)


@pytest.mark.parametrize(
    ("html", "source", "goal", "said"),
    [
        (NATIVE_DRAG, {"name": "Apple"}, {"name": "Basket"}, "dropped apple"),
        (POINTER_DRAG, {"role": "button", "name": "Card"}, {"name": "Done"}, "inside"),
    ],
    ids=["native", "pointer"],
)
async def test_an_element_is_dragged_onto_another(
    stage: Stage, html: str, source: dict[str, JsonValue], goal: dict[str, JsonValue], said: str
) -> None:
    results = await stage.run(html, {"op": "drag", "args": {"target": source, "to": goal}})
    assert statuses(results) == ["done", "done"], results[-1].record.message
    assert stage.told() == [said]


async def test_scrolling_brings_what_is_below_and_what_it_loads(stage: Stage) -> None:
    html = (
        TELL
        + """<h1>Feed</h1><div style=height:3000px></div><div id=end></div><script>new IntersectionObserver(e=>{if(e[0].isIntersecting){
    end.innerHTML='<button onclick="tell(1)">Last</button>'}}).observe(end)</script>"""
    )
    results = await stage.run(html, {"op": "scroll", "args": {"to": "end"}}, on("click", "Last"))
    assert statuses(results) == ["done"] * 3, results[-1].record.message
    assert stage.told() == ["1"]


async def test_a_program_goes_to_another_tab_and_back(stage: Stage) -> None:
    stage.site.pages["/help"] = (
        f"<title>Help</title>{TELL}<button onclick=\"tell('help')\">Read</button>"
    )
    html = f"""<title>Desk</title>{TELL}<a href=/help target=_blank>Help</a><button onclick="tell('desk')">Work</button>"""
    results = await stage.run(
        html,
        on("click", "Help", "link"),
        on("click", "Read"),
        {"op": "switch_tab", "args": {"title": "Desk"}},
        on("click", "Work"),
        {"op": "switch_tab", "args": {"url": "/help", "close": True}},
        on("click", "Read"),
    )
    assert statuses(results) == ["done"] * 7, results[-1].record.message
    assert stage.told() == ["help", "desk", "help"]


ASKS = (
    TELL
    + """<button onclick="tell(confirm('Really send it?')?'sent':'kept')">Send</button>
<button onclick="tell(prompt('Your name?')||'nobody')">Name</button>"""
)


async def test_a_question_is_declined_unless_the_program_answers_that_very_one(
    stage: Stage,
) -> None:
    results = await stage.run(
        ASKS,
        on("click", "Send"),
        {"op": "dialog", "args": {"accept": True, "message": "delete"}},
        on("click", "Send"),
        {"op": "dialog", "args": {"accept": True, "message": "send it"}},
        on("click", "Send"),
        on("click", "Send"),
        {"op": "dialog", "args": {"accept": True, "text": "Ada"}},
        on("click", "Name"),
    )
    assert statuses(results) == ["done"] * 9, results[-1].record.message
    assert stage.told() == ["kept", "kept", "sent", "kept", "Ada"]
    assert results[5].record.evidence["dialogs"] == ["confirm (accepted): Really send it?"]


async def test_a_page_that_does_not_want_to_be_left_is_left(stage: Stage) -> None:
    stage.site.pages["/away"] = "<h1>Away</h1>"
    html = """<script>addEventListener('beforeunload',e=>{e.preventDefault();e.returnValue='stay'})</script><label>Note <input></label>"""
    results = await stage.run(
        html,
        on("fill", "Note", "textbox", value="x"),
        {
            "op": "open",
            "args": {"url": f"{stage.site.url}/away"},
            "expect": [{"kind": "text", "text": "Away"}],
        },
    )
    assert statuses(results) == ["done"] * 3, results[-1].record.message


# -- controls --------------------------------------------------------------------------------------

CALENDAR = (
    TELL
    + """<label>From <input id=d readonly class=date-input></label><div id=c hidden class=calendar></div><script>
let at=new Date(2026,10,1);const names='January February March April May June July August September October November December'.split(' ');
const draw=()=>{let s='<button id=p aria-label="Previous month">&lt;</button><span class=title>'+names[at.getMonth()]+' '+at.getFullYear()+
'</span><button id=n aria-label="Next month">&gt;</button><table><tr>';const first=new Date(at);first.setDate(1-first.getDay());
for(let i=0;i<42;i++){const x=new Date(first);x.setDate(first.getDate()+i);const other=x.getMonth()!==at.getMonth();
s+='<td class="'+(other?'other-month':'')+'">'+x.getDate()+'</td>';if(i%7===6)s+='</tr><tr>'}c.innerHTML=s+'</table>';
p.onclick=()=>{at.setMonth(at.getMonth()-1);draw()};n.onclick=()=>{at.setMonth(at.getMonth()+1);draw()};
for(const t of c.querySelectorAll('td'))t.onclick=()=>{if(t.className)return;d.value=at.getFullYear()+'/'+(at.getMonth()+1)+'/'+t.textContent;c.hidden=true}};
d.onclick=()=>{c.hidden=false;draw()}</script><button onclick=tell(d.value)>Save</button>"""
)


@pytest.mark.parametrize(
    ("day", "said"), [("2026-11-03", "2026/11/3"), ("2027-02-28", "2027/2/28"), ("2026-08-30", "2026/8/30")]
)  # fmt: skip
async def test_a_day_is_picked_in_a_calendar_that_takes_no_typing(
    stage: Stage, day: str, said: str
) -> None:
    results = await stage.run(
        CALENDAR, on("fill", "From", "textbox", value=day), on("click", "Save")
    )
    assert statuses(results) == ["done"] * 3, results[-1].record.message
    assert stage.told() == [said]


FIELDS: dict[str, tuple[str, str, str]] = {
    "placeholder of another notation": ("<label>When <input placeholder=DD.MM.YYYY ></label>", "2026-11-03", "03.11.2026"),
    "native date": ("<label>When <input type=date ></label>", "2026-11-03", "2026-11-03"),
    "mask": ("<label>When <input oninput=\"let v=this.value.replace(/\\D/g,'').slice(0,8);this.value=v.replace(/(\\d{4})(\\d)/,'$1 $2')\" ></label>", "12345678", "1234 5678"),
    "rich text": ("<div contenteditable role=textbox aria-label=When></div>", "two words", "two words"),
}  # fmt: skip


@pytest.mark.parametrize("kind", FIELDS)
async def test_a_field_takes_the_value_in_its_own_way(stage: Stage, kind: str) -> None:
    html, value, said = FIELDS[kind]
    save = "<button onclick=\"tell((document.querySelector('input')||{}).value||document.querySelector('div').innerText)\">Save</button>"
    fill: dict[str, object] = {"op": "fill", "args": {"target": {"label": "When"}, "value": value}}
    if "role=textbox" in html:
        fill = on("fill", "When", "textbox", value=value)
    results = await stage.run(TELL + html + save, fill, on("click", "Save"))
    assert statuses(results) == ["done"] * 3, results[-1].record.message
    assert stage.told() == [said]


SHADOW = """class Box extends HTMLElement{{constructor(){{super();this.root=this.attachShadow({{mode:'closed'}})}}
connectedCallback(){{this.root.innerHTML={html!r}}}}};customElements.define('x-{name}',Box)"""
INNER = "<label>Name <input id=i></label><button onclick=\"tell(this.getRootNode().querySelector('input').value)\">Save</button>"


@pytest.mark.parametrize("nested", [False, True], ids=["closed", "closed in closed"])
async def test_controls_in_closed_shadow_roots_are_used(stage: Stage, *, nested: bool) -> None:
    scripts = SHADOW.format(html=INNER, name="inner")
    if nested:
        outer = SHADOW.replace("class Box", "class Outer").replace(",Box)", ",Outer)")
        scripts += ";" + outer.format(html="<p>Outer</p><x-inner></x-inner>", name="outer")
    tag = "x-outer" if nested else "x-inner"
    html = f"{TELL}<script>{scripts}</script><{tag}></{tag}>"
    results = await stage.run(html, on("fill", "Name", "textbox", value="Ada"), on("click", "Save"))
    assert statuses(results) == ["done"] * 3, results[-1].record.message
    assert stage.told() == ["Ada"]


# -- sessions --------------------------------------------------------------------------------------


def basic(request: Request) -> Reply:
    token = base64.b64encode(b"ada:right horse").decode()
    if request.headers.get("authorization") != f"Basic {token}":
        return Reply(status=401, body="no", headers={"WWW-Authenticate": 'Basic realm="x"'})
    return Reply(body="<h1>Inside</h1>")


async def test_a_page_behind_http_authentication_is_opened_with_the_stored_credential(
    stage: Stage,
) -> None:
    results = await stage.run(basic)
    assert statuses(results) == ["done"], results[-1].record.message
    assert results[0].record.evidence["authenticated"] == "shop"


async def test_a_wrong_credential_is_sent_once(stage: Stage) -> None:
    def closed(_: Request) -> Reply:
        return Reply(status=401, body="no", headers={"WWW-Authenticate": 'Basic realm="x"'})

    results = await stage.run(closed)
    assert results[0].error_code == "sign_in_failed"
    tried = [one for one in stage.site.arrived(path="/") if "authorization" in one.headers]
    assert len(tried) == 1


# -- lists -----------------------------------------------------------------------------------------

VIRTUAL = """<h1>Parts</h1><div id=box style="height:300px;overflow:auto;width:500px"><div id=space style="position:relative;height:6000px"></div></div>
<script>const draw=()=>{const from=Math.max(0,Math.floor(box.scrollTop/30)-2);space.innerHTML='<table style="position:absolute;top:'+from*30+'px"><thead><tr><th>Number</th><th>Price</th></tr></thead><tbody>'+
[...Array(16).keys()].map(i=>from+i).filter(i=>i<200).map(i=>'<tr style="height:30px"><td>P-'+i+'</td><td>'+i+'.50</td></tr>').join('')+'</tbody></table>'};box.onscroll=draw;draw()</script>"""
ENDLESS = """<h1>Parts</h1><table><thead><tr><th>Number</th><th>Price</th></tr></thead><tbody id=b></tbody></table><script>
let n=0,busy=false;const more=()=>{if(busy||n>=45)return;busy=true;fetch('/rows?from='+n).then(r=>r.json()).then(rows=>{
for(const i of rows)b.insertAdjacentHTML('beforeend','<tr style="height:60px"><td>P-'+i+'</td><td>'+i+'.50</td></tr>');n+=rows.length;busy=false;if(document.body.scrollHeight<=innerHeight)more()})};
addEventListener('scroll',()=>{if(scrollY+innerHeight>document.body.scrollHeight-50)more()});more()</script>"""
MORE = ENDLESS.replace(
    "addEventListener('scroll',()=>{if(scrollY+innerHeight>document.body.scrollHeight-50)more()});",
    "document.body.insertAdjacentHTML('beforeend','<button id=m>Load more</button>');m.onclick=()=>{more();if(n>=30)m.remove()};",
).replace("if(document.body.scrollHeight<=innerHeight)more()", "")


def rows(request: Request) -> Reply:
    start = int(request.query["from"])
    found = list(range(start, min(start + 15, 45)))
    return Reply(body=json.dumps(found), type="application/json", delay_s=0.15)


@pytest.mark.parametrize(
    ("html", "count", "pagination"),
    [
        (VIRTUAL, 200, {"kind": "scroll"}),
        (ENDLESS, 45, {"kind": "scroll"}),
        (MORE, 45, {"kind": "load_more", "control": {"role": "button", "name": "Load more"}}),
    ],
    ids=["virtual list", "infinite scroll", "load more"],
)
async def test_a_list_that_comes_in_parts_is_read_whole(
    stage: Stage, html: str, count: int, pagination: dict[str, JsonValue]
) -> None:
    stage.site.pages |= {"/rows": rows, "/": html}
    page = await stage.bench.browser.session("learn", origins=(stage.site.url,))
    await page.begin(StepPolicy())
    await page.goto(stage.site.url)
    shown = await page.snapshot()
    spec = describe_list(shown.collections[0], shown).to_json() | {"pagination": pagination}
    await stage.bench.browser.release("learn")
    results = await stage.run(html, {"op": "extract", "args": {"list": spec}})
    assert statuses(results) == ["done"] * 2, results[-1].record.message
    assert results[-1].outputs["count"] == count


# -- what replays of peers are known for -------------------------------------------------------------

RECORDS = (
    TELL
    + """<h1 id=h>Record 1</h1><button id=b onclick="tell('sent '+h.textContent)">Send</button><button onclick="
fetch('/slow').then(()=>{h.textContent='Record 2';b.outerHTML=b.outerHTML})">Show 2</button>"""
)


async def test_a_replay_does_not_run_ahead_of_the_page(stage: Stage) -> None:
    """The old record, with the same button, stays until the new one's data has come."""
    stage.site.pages["/slow"] = Reply(body="ok", delay_s=1.5)
    results = await stage.run(RECORDS, on("click", "Show 2"), on("click", "Send"))
    assert statuses(results) == ["done"] * 3, results[-1].record.message
    assert stage.told() == ["sent Record 2"]


async def test_a_match_is_not_lost_by_names_that_a_build_tool_makes(stage: Stage) -> None:
    made = iter(range(1, 9))

    def hashed(_: Request) -> str:
        n = next(made) * 7919
        return (
            f"{TELL}<div class=css-{n:x}><div class=_{n}x><button id=r-{n} class='btn_{n:x} css-{n}' onclick=tell('saved')>Save</button>"
            f"<button id=r-{n + 1} class='btn_{n:x} css-{n}' onclick=tell('gone')>Delete</button></div></div>"
        )

    stage.site.pages["/"] = hashed
    page = await stage.bench.browser.session("learn", origins=(stage.site.url,))
    await page.begin(StepPolicy())
    await page.goto(stage.site.url)
    shown = await page.snapshot()
    target = describe(next(node for node in shown.nodes if node.name == "Save"), shown).to_json()
    await stage.bench.browser.release("learn")
    click: dict[str, object] = {"op": "click", "args": {"target": target}}
    for _ in range(2):
        results = await stage.run(hashed, click)
        assert statuses(results) == ["done"] * 2, results[-1].record.message
        assert results[-1].record.rung == 1
    assert stage.told() == ["saved", "saved"]

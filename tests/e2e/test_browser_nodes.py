"""What elements are called, where they stand and what they belong to."""

from __future__ import annotations

import os
from collections.abc import AsyncGenerator

import pytest
import pytest_asyncio

from podium.tools.browser import BrowserSettings, PodiumBrowser
from podium.tools.page import Node, Page, Snapshot, StepPolicy
from tests.sites import Site, serve

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[tuple[Site, Page]]:
    folder = tmp_path_factory.mktemp("browser")
    browser = PodiumBrowser(BrowserSettings(no_sandbox=os.geteuid() == 0, folder=folder))
    site = serve({})
    page = await browser.session("run_1", origins=(site.url,))
    await page.begin(StepPolicy())
    yield site, page
    await browser.close()
    site.close()


async def shown(shared: tuple[Site, Page], html: str) -> Snapshot:
    site, page = shared
    site.pages["/"] = html
    await page.goto(site.url)
    return await page.snapshot()


def the(snapshot: Snapshot, role: str) -> Node:
    found = [node for node in snapshot.nodes if node.role == role]
    assert len(found) == 1, [(node.role, node.name) for node in snapshot.nodes]
    return found[0]


NAMES = {
    "text": ("<button> Save <b>all</b> </button>", "button", "Save all"),
    "aria-label": ("<button aria-label='Close box'>x</button>", "button", "Close box"),
    "aria-labelledby": ("<i id=a>First</i> <i id=b>name</i><input aria-labelledby='a b'>", "textbox", "First name"),
    "label for": ("<label for=x>E-mail</label><p><input type=email id=x></p>", "textbox", "E-mail"),
    "label around": ("<label>Nick <input></label>", "textbox", "Nick"),
    "placeholder": ("<input placeholder='Type here'>", "textbox", "Type here"),
    "title": ("<a href=/ title=Home></a>", "link", "Home"),
    "picture": ("<a href=/><img alt=Logo></a>", "link", "Logo"),
    "hidden parts": ("<button>Go <span hidden>never</span><span aria-hidden=true>→</span></button>", "button", "Go"),
    "svg": ("<button><svg><title>Delete</title></svg></button>", "button", "Delete"),
    "icon class": ("<button><i class='fa fa-trash-can'></i></button>", "button", "trash can"),
    "value": ("<input type=submit value='Sign in'>", "button", "Sign in"),
    "submit without value": ("<input type=submit>", "button", "Submit"),
    "div with a handler": ("<div onclick=1>Press me</div>", "button", "Press me"),
    "span that looks clickable": ("<span style=cursor:pointer>Tap</span>", "button", "Tap"),
    "line before": ("<form>Your city: <input></form>", "textbox", "Your city"),
    "cell before": ("<table><tr><td><b>Age</b></td><td><input></td></tr></table>", "textbox", "Age"),
    "text after": ("<form><input type=checkbox> I agree</form>", "checkbox", "I agree"),
    "role": ("<div role=switch aria-checked=true tabindex=0>Wifi</div>", "switch", "Wifi"),
    "search": ("<input type=search aria-label=Find>", "searchbox", "Find"),
    "list": ("<label>Size <select><option>S<option>M</select></label>", "combobox", "Size"),
}  # fmt: skip


@pytest.mark.parametrize("make", NAMES)
async def test_elements_are_called_what_people_call_them(
    shared: tuple[Site, Page], make: str
) -> None:
    html, role, name = NAMES[make]
    assert the(await shown(shared, html), role).name == name


async def test_a_control_knows_its_form_heading_row_and_column(shared: tuple[Site, Page]) -> None:
    html = """<h1>Orders</h1><table><thead><tr><th>No<th>Action</tr></thead><tr><td>7<td><button>Cancel</button></tr></table>
    <h2>New</h2><form action=/orders method=post><label>Amount <input required></label><button>Place</button></form>"""
    snapshot = await shown(shared, html)
    cancel, place = (node for node in snapshot.nodes if node.role == "button")
    table = snapshot.collections[0]
    assert (cancel.row, cancel.column, cancel.heading, cancel.region) == (
        table.records[0].ref,
        "Action",
        "Orders",
        "table",
    )
    assert table.records[0].nodes == (cancel.ref,)
    assert (place.form, place.heading, place.region) == (snapshot.forms[0].ref, "New", "form")
    assert snapshot.forms[0].signature == f"post {shared[0].url}/orders [amount]"
    assert the(snapshot, "textbox").required
    assert "Amount" in place.anchors


async def test_controls_without_a_form_element_act_as_one(shared: tuple[Site, Page]) -> None:
    html = "<div><div><label for=a>Name</label><input id=a></div><div><label for=b>Key</label><input id=b type=password></div><button>Enter</button></div>"
    form = (await shown(shared, html)).forms[0]
    assert (form.method, form.has_password, len(form.nodes)) == ("", True, 3)
    assert form.signature == "script  [key, name]"


async def test_what_is_hidden_disabled_or_checked_says_so(shared: tuple[Site, Page]) -> None:
    html = """<button style=display:none>A</button><button disabled>B</button><fieldset disabled><button>C</button></fieldset>
    <button aria-expanded=false>D</button><input type=checkbox checked aria-label=E>"""
    nodes = {node.name: node for node in (await shown(shared, html)).nodes}
    assert [nodes[name].visible for name in "ABCDE"] == [False, True, True, True, True]
    assert [nodes[name].enabled for name in "ABCDE"] == [True, False, False, True, True]
    assert (nodes["D"].expanded, nodes["E"].checked, nodes["A"].checked) == (False, True, None)


async def test_messages_are_told_apart_from_the_text(shared: tuple[Site, Page]) -> None:
    html = "<h1>X</h1><div role=alert>Wrong password</div><p class='flash success'>Saved</p><div class=error hidden>Never</div><p>Plain</p>"
    assert (await shown(shared, html)).messages == ("Wrong password", "Saved")


async def test_values_of_passwords_are_never_read(shared: tuple[Site, Page]) -> None:
    snapshot = await shown(
        shared,
        "<input type=password value=hunter22 aria-label=Key><input value=open aria-label=Name>",
    )
    assert [(node.name, node.value) for node in snapshot.nodes] == [("Key", ""), ("Name", "open")]


async def test_a_page_cannot_reach_what_we_put_into_it(shared: tuple[Site, Page]) -> None:
    html = """<p id=o></p><button>Go</button><script>
    Array.prototype.map=()=>['lies'];JSON.stringify=()=>'lies';Element.prototype.getAttribute=()=>'lies';
    document.getElementById=()=>null;o.textContent=typeof podium</script>"""
    snapshot = await shown(shared, html)
    assert (snapshot.text, the(snapshot, "button").name) == ("undefined\nGo", "Go")


async def test_refs_stay_while_the_element_stays(shared: tuple[Site, Page]) -> None:
    before = the(await shown(shared, "<button>Go</button>"), "button")
    again = the(await shared[1].snapshot(), "button")
    after = the(await shown(shared, "<button>Go</button>"), "button")
    assert before.ref == again.ref != after.ref


async def test_what_only_the_page_marks_as_required_is_required(
    shared: tuple[Site, Page],
) -> None:
    body = """<style>.drawn::after { content: " *" }</style><form action=/orders method=post>
    <label><input type=checkbox name=terms> I accept the terms and conditions *</label>
    <label><input type=checkbox name=news> Send me news</label>
    <label for=a>Amount <span aria-hidden=true>*</span></label><input id=a name=amount>
    <label for=b class=drawn>Reason</label><input id=b name=reason>
    <div class="form-group required"><label for=c>Place</label><select id=c name=place><option value="">-<option>Turku</select></div>
    <p>* City <input name=city></p>
    <div class=field-group><label for=d>Remark</label><input id=d name=remark></div>
    <label>Level <select name=level><option>2* hotel<option>3*</select></label>
    <fieldset><legend>Extras *</legend><label><input type=checkbox name=gps> GPS</label><label><input type=checkbox name=seat> Seat</label></fieldset>
    <fieldset class=x><legend>Other</legend><label><input type=checkbox name=other> Other</label></fieldset>
    <div role=radiogroup aria-required=true><label><input type=radio name=pay value=a> Card</label></div>
    <button>Order</button></form>"""
    snapshot = await shown(shared, body)

    required = [node.attributes["name"] for node in snapshot.nodes if node.required]
    assert required == ["terms", "amount", "reason", "place", "city", "gps", "seat", "pay"]


async def test_fields_of_components_are_fields_of_the_form_around_them(
    shared: tuple[Site, Page],
) -> None:
    snapshot = await shown(
        shared,
        """<form action=/send method=post><div><t-field label=Title></t-field></div><div><t-field label=Reason></t-field>
        <label>Place <select><option>Here</select></label><button>Send</button></div></form><script>
        customElements.define('t-field', class extends HTMLElement { connectedCallback() { this.attachShadow({mode: 'open'}).innerHTML = '<label>' + this.getAttribute('label') + ' <input></label>'; } })</script>""",
    )

    assert [form.signature for form in snapshot.forms] == [
        f"post {snapshot.url}send [place, reason, title]"
    ]


async def test_the_uppermost_bar_is_the_pages_head_where_there_is_no_header(
    shared: tuple[Site, Page],
) -> None:
    snapshot = await shown(
        shared,
        """<div>Sandbox: nothing here is live</div><nav class=navbar><a href=/>Desk</a> <span>Terminal: Bergen</span> <a href=/b>Bookings</a></nav>
        <main><h1>Bookings</h1><nav><a href=/1>Part 1</a></nav></main>""",
    )

    assert snapshot.banner == ("Desk", "Terminal: Bergen", "Bookings")
    assert snapshot.above == ("Sandbox: nothing here is live",)

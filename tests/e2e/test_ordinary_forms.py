"""Forms of many makes, built and run: what the request says is what the site gets, once, and other inputs come as they are."""

from __future__ import annotations

import json
import os
from collections.abc import AsyncGenerator
from typing import cast

import pytest
import pytest_asyncio

from podium.server.settings import Settings
from podium.server.workspace import Workspace, open_workspace
from podium.state.document import JsonObject
from tests.e2e.cli import at, items
from tests.sites import Reply, Request, Site, serve

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.timeout(300),
]

DRAWN = """<!doctype html><html lang=en><title>Book a stay</title><h1>Book a stay</h1><div id=app>
<p>Adults <button type=button class=n data-d=-1>-</button> <span id=ad>2</span> <button type=button class=n data-d=1>+</button></p>
<p>Rooms <button type=button class=n data-d=-1>-</button> <span id=ro>1</span> <button type=button class=n data-d=1>+</button></p>
<p><span id=vl>Side</span> <span role=radiogroup aria-labelledby=vl><button type=button role=radio aria-checked=false>Garden</button><button type=button role=radio aria-checked=false>Sea</button></span></p>
<p><span id=bl>Board</span> <span role=radiogroup aria-labelledby=bl><button type=button role=radio aria-checked=false>Breakfast</button><button type=button role=radio aria-checked=false>Dinner</button></span></p>
<p><label for=wi>Wishes</label> <span id=chips></span><input id=wi placeholder="Type and press Enter"></p>
<p><label>Guest name <input id=gn></label></p><button type=button id=go>Book stay</button></div>
<script>const wishes=[];document.querySelectorAll('.n').forEach(b=>b.onclick=()=>{const s=b.parentElement.querySelector('span');s.textContent=Math.max(1,Math.min(6,+s.textContent + +b.dataset.d))});
document.querySelectorAll('[role=radio]').forEach(b=>b.onclick=()=>b.parentElement.querySelectorAll('button').forEach(o=>o.setAttribute('aria-checked',o===b)));
wi.onkeydown=e=>{if(e.key==='Enter'&&wi.value){wishes.push(wi.value);chips.textContent=wishes.join('; ');wi.value=''}};
const on=i=>document.querySelectorAll('[role=radiogroup]')[i].querySelector('[aria-checked=true]')?.textContent;
go.onclick=()=>fetch('/stay/book',{method:'POST',body:JSON.stringify({adults:+ad.textContent,rooms:+ro.textContent,side:on(0),board:on(1),wishes,name:gn.value})}).then(()=>{app.innerHTML='<h2>Booking confirmed</h2>'})</script>"""

NATIVE = f"""<!doctype html><html lang=en><title>New payment</title><h1>New payment</h1><form method=post action=/pay/send>
<p><label>Beneficiary <input name=who required></label></p><p><label>IBAN <input name=iban id=ib></label></p>
<p><label>Reference <input name=ref></label></p><p><label>E-mail <input name=mail></label></p><p><label>Repeat e-mail <input name=again></label></p>
<fieldset><legend>Payment date</legend><select name=d aria-label=Day>{"".join(f"<option>{n}" for n in range(1, 32))}</select>
<select name=m aria-label=Month>{"".join(f"<option value={n}>{name}" for n, name in enumerate(["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"], 1))}</select>
<select name=y aria-label=Year><option>2026<option>2027</select></fieldset>
<button type=button>Add another payment</button> <button>Send payment</button></form>
<script>ib.oninput=()=>ib.value=ib.value.replace(/\\s/g,'').replace(/(.{{4}})(?=.)/g,'$1 ')</script>"""


class Desk:
    """A site with forms that keeps what it gets."""

    def __init__(self) -> None:
        self.got: list[JsonObject] = []
        self.site: Site = serve(
            {"/stay": DRAWN, "/pay": NATIVE, "/stay/book": self._book, "/pay/send": self._pay}
        )

    def _book(self, request: Request) -> str:
        self.got.append(cast("JsonObject", json.loads(request.body)))
        return "ok"

    def _pay(self, request: Request) -> Reply | str:
        self.got.append({**request.form})
        return "<title>Thank you</title><h1>Thank you</h1><p>Your payment was received."


Made = tuple[Desk, Workspace]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def made(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Made]:
    desk = Desk()
    home = tmp_path_factory.mktemp("home")
    settings = Settings(home=home, chromium_no_sandbox=os.geteuid() == 0)
    async with open_workspace(settings=settings) as workspace:
        yield desk, workspace
    desk.site.close()


async def got(made: Made, request: str, **others: str) -> tuple[list[JsonObject], list[JsonObject]]:
    """Build what the request asks for without a question; return what the site got of that, and of a run with other inputs."""
    desk, workspace = made
    desk.got.clear()
    view = await workspace.chat(request.format(url=desk.site.url), approve_all=True)
    assert at(view, "status") == "done", view.get("question") or view.get("reply")
    built, desk.got = desk.got, []
    run = await workspace.run(str(items(view, "agents")[0]), others)
    assert run.error is None, run.error
    return built, desk.got


async def test_numbers_that_buttons_count_drawn_choices_and_entered_words_are_given_as_said(
    made: Made,
) -> None:
    built, ran = await got(
        made,
        'open {url}/stay and fill in adults 4, rooms 2, side Sea, board Breakfast, wishes "cot, late arrival", guest name Ann Lee and book the stay',
        adults="1",
        guest_name="Bo Ek",
    )

    said = {"adults": 4, "rooms": 2, "side": "Sea", "board": "Breakfast"}
    assert built in ([], [{**said, "wishes": ["cot", "late arrival"], "name": "Ann Lee"}])
    assert ran == [{**said, "adults": 1, "wishes": ["cot", "late arrival"], "name": "Bo Ek"}]


async def test_a_date_in_three_lists_a_grouped_account_and_a_repeated_address_are_given_as_said(
    made: Made,
) -> None:
    built, ran = await got(
        made,
        "fill in the form at {url}/pay: beneficiary Kiosk 24, IBAN NL91ABNA0417164300, reference 00417, e-mail ann@lee.test, payment date 31 March 2027 and send it",
        payment_date="2026-12-05",
    )

    fixed = {
        "who": "Kiosk 24", "iban": "NL91 ABNA 0417 1643 00", "ref": "00417", "mail": "ann@lee.test", "again": "ann@lee.test",
    }  # fmt: skip
    assert built in ([], [{**fixed, "d": "31", "m": "3", "y": "2027"}])
    assert ran == [{**fixed, "d": "5", "m": "12", "y": "2026"}]

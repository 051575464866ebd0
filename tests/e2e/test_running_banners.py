"""Consent banners and notices of many makes over a page: got out of the way, agreeing to no more than is needed."""

from __future__ import annotations

import os
from collections.abc import AsyncGenerator, Generator
from pathlib import Path

import pytest

from podium.state.program import ClickStep, OpenArgs, OpenStep, TargetArgs, TextShown
from podium.tools.browser import BrowserSettings, PodiumBrowser
from podium.tools.grounding.describe import describe
from podium.tools.page import StepPolicy
from tests.e2e.bench import Bench, node
from tests.sites import Request, Site

pytestmark = [pytest.mark.browser, pytest.mark.e2e]

_COVER = "position:fixed;inset:0;background:#fffe;z-index:9;padding:60px"
_SCRIPT = """<script>
const gone = () => { for (const one of document.querySelectorAll('.over')) one.remove(); };
const say = (what) => { fetch('/consent?to=' + what); gone(); };
addEventListener('message', (event) => say(event.data));
</script>"""


def _over(inner: str, attributes: str = "") -> str:
    return f'<div class=over style="{_COVER}" {attributes}>{inner}</div>'


def _button(text: str, what: str) -> str:
    return f'<button type=button onclick="say(&quot;{what}&quot;)">{text}</button>'


_LAYERS = _over(
    "<div id=one><h2>We value your privacy</h2><p>We and our partners use cookies.</p>"
    + _button("Accept all", "everything")
    + '<button type=button onclick="one.hidden=true;two.hidden=false">Cookie settings</button></div>'
    "<div id=two hidden><h2>Cookie settings</h2><label><input type=checkbox checked disabled> Necessary</label>"
    "<label><input type=checkbox checked id=stats> Statistics</label><label><input type=checkbox id=ads> Marketing</label>"
    + _button("Accept all", "everything")
    + "<button type=button onclick=\"say(stats.checked || ads.checked ? 'some' : 'nothing')\">Save selection</button></div>",
    "class='over cmp'",
)
_FRAMED = (
    "<script>document.write(`<h2>Cookies</h2><button onclick=\"parent.postMessage('everything','*')\">Accept all</button> "
    "<button onclick=\"parent.postMessage('nothing','*')\">Reject all</button>`)<\\/script>"
)

BANNERS = {
    "two buttons": (_over("<p>We use cookies.</p>" + _button("Accept all", "everything") + _button("Reject all", "nothing")), "nothing"),
    "two layers": (_LAYERS, "nothing"),
    "a frame": (_over("<iframe name=consent style='width:400px;height:200px' srcdoc='" + _FRAMED.replace("'", "&#39;").replace("<\\/", "</") + "'></iframe>", "id=cookie-consent"), "nothing"),
    "a component": ("<x-consent class=over></x-consent><script>customElements.define('x-consent', class extends HTMLElement { connectedCallback() { const r = this.attachShadow({mode: 'open'}); r.innerHTML = `<div style=\"" + _COVER + "\"><p>This site uses cookies</p><button>Allow all</button><button>Only necessary</button></div>`; const [a, b] = r.querySelectorAll('button'); a.onclick = () => say('everything'); b.onclick = () => say('nothing'); } })</script>", "nothing"),
    "German": (_over("<p>Wir verwenden Cookies.</p>" + _button("Alle akzeptieren", "everything") + _button("Nur notwendige Cookies", "nothing")), "nothing"),
    "French": (_over("<p>Nous utilisons des cookies.</p>" + _button("Accepter et fermer", "everything") + _button("Continuer sans accepter", "nothing"), "role=dialog aria-modal=true"), "nothing"),
    "without accepting": (_over("<p>We and our 214 partners store cookies on your device.</p>" + _button("Accept and continue", "everything") + _button("Continue without accepting", "nothing"), "role=dialog"), "nothing"),
    "only OK": (_over("<p>This site uses cookies.</p>" + _button("OK", "notice"), "class='over cookie-notice'"), "notice"),
    "a newsletter": (_over("<h2>Stay informed</h2><input type=email placeholder='E-mail'>" + _button("Subscribe", "newsletter") + "<button type=button aria-label=Close onclick=gone()>×</button>", "role=dialog aria-modal=true"), ""),  # noqa: RUF001
}  # fmt: skip
"""By make: the page over the page, and what may be agreed to."""


class Covered:
    """A page with a link under something else."""

    def __init__(self) -> None:
        self.over = ""
        self.agreed: list[str] = []

    def respond(self, request: Request) -> str:
        match request.path:
            case "/consent":
                self.agreed.append(request.query["to"])
                return ""
            case "/there":
                return "<title>There</title><h1>Arrived</h1>"
            case _:
                return f"<title>Here</title><h1>Here</h1><p><a href=/there>Go there</a></p>{_SCRIPT}{self.over}"


@pytest.fixture
def covered() -> Covered:
    return Covered()


@pytest.fixture
def site(covered: Covered) -> Generator[Site]:
    running = Site({}, fallback=covered.respond)
    yield running
    running.close()


@pytest.fixture
async def bench(tmp_path: Path, site: Site) -> AsyncGenerator[Bench]:
    browser = PodiumBrowser(BrowserSettings(no_sandbox=os.geteuid() == 0, folder=tmp_path))
    yield Bench(browser, site, tmp_path)
    await browser.close()


async def steps_of(bench: Bench) -> tuple[OpenStep, ClickStep]:
    page = await bench.browser.session("learn", origins=(bench.site.url,))
    await page.begin(StepPolicy())
    await page.goto(f"{bench.site.url}/")
    here = await page.snapshot()
    await bench.browser.release("learn")
    return (
        OpenStep(id="open", title="Open it", args=OpenArgs(url=f"{bench.site.url}/")),
        ClickStep(
            id="go",
            title="Go there",
            args=TargetArgs(target=describe(node(here, "Go there"), here)),
            expect=(TextShown(text="Arrived"),),
        ),
    )


async def test_banners_are_dismissed_with_as_little_consent_as_they_offer(
    bench: Bench, covered: Covered
) -> None:
    steps = await steps_of(bench)
    came: dict[str, tuple[str, str]] = {}
    for name, (over, _) in BANNERS.items():
        covered.over, covered.agreed = over, []
        last = (await bench.run(*steps))[-1].record
        came[name] = (last.status, " ".join(covered.agreed))

    assert came == {name: ("done", least) for name, (_, least) in BANNERS.items()}


async def test_a_dialog_that_asks_for_something_is_not_dismissed(
    bench: Bench, covered: Covered
) -> None:
    steps = await steps_of(bench)
    fields = "<h2>Choose a branch</h2><label>Branch <input></label>" + _button(
        "Cancel", "cancelled"
    )
    covered.over = _over(fields, "role=dialog aria-modal=true")

    last = (await bench.run(*steps))[-1].record

    assert last.status == "failed"
    assert covered.agreed == []

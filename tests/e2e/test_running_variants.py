"""A program learnt on one page runs on its relatives: renamed, reordered, delayed, covered; and refuses its opposites."""

from __future__ import annotations

import os
from collections.abc import AsyncGenerator, Generator
from pathlib import Path

import pytest

from podium.state.program import (
    ClickStep,
    Condition,
    DownloadArgs,
    DownloadStep,
    EachArgs,
    EachStep,
    ExtractArgs,
    ExtractStep,
    FileKept,
    FillArgs,
    FillStep,
    OpenArgs,
    OpenStep,
    Pagination,
    Program,
    RowCount,
    SignInArgs,
    SignInStep,
    Step,
    TargetArgs,
    TextShown,
    UrlLike,
    WhereArgs,
    WhereStep,
)
from podium.state.runs import judge
from podium.tools.browser import BrowserSettings, PodiumBrowser
from podium.tools.grounding.describe import describe
from podium.tools.grounding.lists import describe_list
from podium.tools.page import StepPolicy
from podium.tools.runner import Progress, RunContext
from tests.e2e.bench import Bench, node
from tests.sites import Answer, Reply, Request, Site, serving

pytestmark = pytest.mark.browser

INVOICES = [
    (f"R-{n}", f"2026-0{n}-11", f"{n * 100}.50", ("Paid", "Open")[n % 2]) for n in range(1, 8)
]


class Shop:
    """The pages of a small site, with the ways they may change."""

    def __init__(self) -> None:
        self.words = {
            "login": "Sign in",
            "list": "Invoices",
            "number": "Number",
            "amount": "Amount",
            "next": "Next",
            "send": "Send",
        }
        self.prefix = "a"
        self.order = [0, 1, 2, 3, 4]
        self.cards = False
        self.per_page = 3
        self.delay_ms = 0
        self.overlay = False
        self.tickets: list[dict[str, str]] = []

    def body(self, html: str) -> str:
        if self.overlay:
            html += """<div id=cookie-banner role=dialog aria-label="Cookie consent" style="position:fixed;inset:0;background:#fff9;z-index:9">
            <p>We use cookies</p><button onclick="this.parentNode.remove()">Accept all</button></div>"""
        if not self.delay_ms:
            return html
        return f"""<div id=root></div><script>setTimeout(() => {{document.getElementById('root').innerHTML = {html!r};
        }}, {self.delay_ms})</script>"""

    def nav(self) -> str:
        return f"<nav><a href=/list class={self.prefix}-1>{self.words['list']}</a> <a href=/ticket>New ticket</a> <a href=/out>Log out</a></nav>"

    def login(self, _: Request) -> str:
        p = self.prefix
        return self.body(
            f"<h1>Welcome</h1><form method=post action=/login><label for={p}u>User name</label><input id={p}u name={p}user>"
            f"<label for={p}p>Password</label><input id={p}p type=password name={p}pw>"
            f"<button id={p}go>{self.words['login']}</button></form>"
        )

    def enter(self, request: Request) -> Reply:
        if request.form.get(f"{self.prefix}pw") != "right horse":
            return Reply(body="<p role=alert>Wrong password</p>" + self.login(request))
        return Reply(status=303, headers={"Location": "/home", "Set-Cookie": "sid=1; Path=/"})

    def home(self, request: Request) -> str | Reply:
        if request.cookies.get("sid") != "1":
            return Reply(status=303, headers={"Location": "/login"})
        return self.body(self.nav() + "<h1>Home</h1><p>Hello</p>")

    def list(self, request: Request) -> str | Reply:
        if request.cookies.get("sid") != "1":
            return Reply(status=303, headers={"Location": "/login"})
        page = int(request.query.get("page", "1"))
        rows = INVOICES[(page - 1) * self.per_page : page * self.per_page]
        more = (
            f"<a href=/list?page={page + 1}>{self.words['next']}</a>"
            if page * self.per_page < len(INVOICES)
            else ""
        )
        shown = self._cards(rows) if self.cards else self._table(rows)
        return self.body(f"{self.nav()}<h1>{self.words['list']}</h1>{shown}<p>{more}</p>")

    def _cells(self, row: tuple[str, ...]) -> list[str]:
        return [
            row[0],
            row[1],
            f"€{row[2]}",
            row[3],
            f"<a href=/csv/{row[0]} class={self.prefix}-dl>CSV</a>",
        ]

    def _table(self, rows: list[tuple[str, str, str, str]]) -> str:
        heads = [self.words["number"], "Date", self.words["amount"], "Status", "File"]
        head = "".join(f"<th>{heads[i]}</th>" for i in self.order)
        body = "".join(
            "<tr>"
            + "".join(f"<td class={self.prefix}{i}>{self._cells(row)[i]}</td>" for i in self.order)
            + "</tr>"
            for row in rows
        )
        return f"<table class={self.prefix}t><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"

    def _cards(self, rows: list[tuple[str, str, str, str]]) -> str:
        heads = [self.words["number"], "Date", self.words["amount"], "Status", "File"]
        return "".join(
            "<article>"
            + "".join(
                f"<div><b>{head}:</b> <span>{cell}</span></div>"
                for head, cell in zip(heads, self._cells(row), strict=True)
            )
            + "</article>"
            for row in rows
        )

    def csv(self, request: Request) -> Reply:
        name = request.path.rsplit("/", 1)[-1]
        return Reply(
            body=f"invoice,{name}\n",
            type="text/csv",
            headers={"Content-Disposition": f'attachment; filename="{name}.csv"'},
        )

    def ticket(self, _: Request) -> str:
        p = self.prefix
        return self.body(
            f"{self.nav()}<h1>New ticket</h1><form method=post action=/tickets><label>Subject <input name={p}s></label>"
            f"<label>Message <textarea name={p}m></textarea></label><button>{self.words['send']}</button></form>"
        )

    def tickets_(self, request: Request) -> str:
        self.tickets.append(request.form)
        return f"<h1>Thank you</h1><p role=status>Ticket {len(self.tickets)} was created</p>"

    def session(self, request: Request) -> str | Reply:
        return self.enter(request) if request.method == "POST" else self.login(request)

    def serve(self) -> dict[str, Answer]:
        files: dict[str, Answer] = {f"/csv/{row[0]}": self.csv for row in INVOICES}
        return {
            "/login": self.session,
            "/home": self.home,
            "/list": self.list,
            "/ticket": self.ticket,
            "/tickets": self.tickets_,
            **files,
        }


@pytest.fixture(scope="module")
def shop_site() -> Generator[tuple[Shop, Site]]:
    shop = Shop()
    with serving(shop.serve()) as site:
        yield shop, site


@pytest.fixture
async def bench(tmp_path: Path, shop_site: tuple[Shop, Site]) -> AsyncGenerator[Bench]:
    browser = PodiumBrowser(BrowserSettings(no_sandbox=os.geteuid() == 0, folder=tmp_path))
    yield Bench(browser, shop_site[1], tmp_path)
    await browser.close()


async def learn(bench: Bench) -> tuple[tuple[Step, ...], tuple[Step, ...]]:
    """Describe the pages as they are now: a reading program and a writing one."""
    page = await bench.browser.session("learn", origins=(bench.site.url,))
    url = bench.site.url
    await page.begin(StepPolicy(effect="sign_in"))
    await page.goto(f"{url}/login")
    login = await page.snapshot()
    sign_in = SignInStep(
        id="sign_in",
        title="Sign in",
        args=SignInArgs(
            secret="shop",
            user=describe(node(login, "User name"), login),
            password=describe(node(login, "Password"), login),
            submit=describe(node(login, "Sign in"), login, phrase="Sign in button"),
            url=f"{url}/login",
        ),
        expect=(UrlLike(pattern="/home"),),
    )
    await page.fill(node(login, "User name").ref, "ada")
    await page.fill_secret(node(login, "Password").ref, "right horse", origin=url)
    await page.click(node(login, "Sign in").ref)
    home = await page.snapshot()
    reach = ClickStep(
        id="reach",
        title="Open Invoices",
        args=TargetArgs(target=describe(node(home, "Invoices"), home, phrase="invoices")),
        expect=(UrlLike(pattern="/list"),),
        safe_point=True,
    )
    await page.click(node(home, "Invoices").ref)
    shown = await page.snapshot()
    table = max(shown.collections, key=lambda one: len(one.headers))
    spec = describe_list(table, shown).model_copy(
        update={"pagination": Pagination(kind="next", control=describe(node(shown, "Next"), shown))}
    )
    extract = ExtractStep(
        id="rows",
        title="Read the invoices",
        args=ExtractArgs(list=spec, url=f"{url}/list"),
        expect=(RowCount(),),
    )
    where = WhereStep(
        id="open",
        title="Only open ones",
        args=WhereArgs(
            rows="rows", conditions=(Condition(column="status", cmp="=", value="open"),)
        ),
    )
    csv = describe(node(shown, "CSV"), shown, row_key="{item.number}")
    file = DownloadStep(
        id="file",
        title="Download the CSV",
        args=DownloadArgs(target=csv),
        expect=(FileKept(extension=".csv"),),
    )
    each = EachStep(id="each", title="Each", args=EachArgs(rows="open", steps=(file,)))
    await page.goto(f"{url}/ticket")
    form = await page.snapshot()
    write: tuple[Step, ...] = (
        OpenStep(id="form", title="Open the form", args=OpenArgs(url=f"{url}/ticket")),
        FillStep(
            id="subject",
            title="Subject",
            args=FillArgs(target=describe(node(form, "Subject"), form), value="Pump"),
        ),
        FillStep(
            id="message",
            title="Message",
            args=FillArgs(target=describe(node(form, "Message"), form), value="It leaks"),
        ),
        ClickStep(
            id="send",
            title="Send the ticket",
            effect="write",
            args=TargetArgs(target=describe(node(form, "Send"), form)),
            expect=(TextShown(text="Ticket # was created"),),
        ),
    )
    await bench.browser.release("learn")
    return (sign_in, reach, extract, where, each), write


VARIANTS: dict[str, dict[str, object]] = {
    "unchanged": {},
    "ids, names and classes renamed": {"prefix": "zz9"},
    "columns reordered": {"order": [4, 2, 0, 3, 1]},
    "words changed": {
        "words": {
            "login": "Log in",
            "list": "Bills",
            "number": "No.",
            "amount": "Sum",
            "next": "Next page",
            "send": "Send",
        }
    },
    "rendered late": {"delay_ms": 700},
    "covered by a consent banner": {"overlay": True},
    # Pages of two or more: the snapshot takes a lone card for no list.
    "table became cards": {"cards": True, "per_page": 4},
}


async def test_a_learnt_program_runs_on_the_relatives_of_its_pages(
    bench: Bench, shop_site: tuple[Shop, Site]
) -> None:
    shop, _ = shop_site
    read, write = await learn(bench)
    original = dict(shop.__dict__)
    for name, changes in VARIANTS.items():
        tickets: list[dict[str, str]] = []
        shop.__dict__.update({**original, "tickets": tickets, **changes})

        results = await bench.run(*read)
        told = [
            (result.record.id, result.record.status, result.record.message) for result in results
        ]
        assert judge(tuple(result.record for result in results)) == "success", (name, told)
        files = sorted(ref.name for result in results for ref in result.artifacts)
        assert files == ["R-1.csv", "R-3.csv", "R-5.csv", "R-7.csv"], name
        assert sum(result.model_calls for result in results) == 0

        sent = await bench.run(*write)
        assert judge(tuple(result.record for result in sent)) == "success", (
            name,
            [r.record.message for r in sent],
        )
        assert [sorted(ticket.values()) for ticket in shop.tickets] == [["It leaks", "Pump"]], name
    shop.__dict__.update(original)


async def test_pages_that_mean_something_else_are_refused(
    bench: Bench, shop_site: tuple[Shop, Site]
) -> None:
    shop, _ = shop_site
    read, write = await learn(bench)
    original = dict(shop.__dict__)

    shop.__dict__.update(original | {"words": {**shop.words, "amount": "Tax"}})
    results = await bench.run(*read)
    assert results[-1].error_code == "meaning_changed"

    shop.__dict__.update(original | {"tickets": [], "words": {**shop.words, "send": "Discard"}})
    sent = await bench.run(*write)
    assert sent[-1].error_code == "meaning_changed"
    assert shop.tickets == []
    shop.__dict__.update(original)


async def test_another_process_goes_on_in_the_same_session_without_signing_in(
    bench: Bench, shop_site: tuple[Shop, Site]
) -> None:
    shop, site = shop_site
    (sign_in, reach, extract, *_), _ = await learn(bench)
    assert isinstance(extract, ExtractStep)
    assert extract.args.list.pagination is not None
    control = extract.args.list.pagination.control
    assert control is not None
    shop.per_page = 3
    click = ClickStep(
        id="more",
        title="Next page",
        args=TargetArgs(target=control),
        expect=(UrlLike(pattern="/list"),),
    )
    steps = (sign_in, reach, extract, click)
    context = RunContext(
        run_id="killed",
        agent="shop",
        version=1,
        mode="live",
        program=Program(steps=steps),
        origins=(site.url,),
    )
    await bench.runner.run_step(sign_in, context, Progress())
    there = await bench.runner.run_step(reach, context, Progress(done=("sign_in",)))
    await bench.browser.release("killed")
    posts = sum(request.method == "POST" for request in site.requests)
    fresh = PodiumBrowser(BrowserSettings(no_sandbox=os.geteuid() == 0, folder=bench.folder))
    other = bench.runner_on(fresh)
    progress = Progress(done=("sign_in", "reach"), safe_url=there.safe_url)

    result = await other.run_step(click, context, progress)
    await fresh.close()

    assert result.record.status == "done", result.record.message
    assert result.record.evidence["reentered"] == f"{site.url}/list"
    assert sum(request.method == "POST" for request in site.requests) == posts

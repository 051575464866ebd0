"""The whole loop on small pages of many makes: what was asked for is what is kept, and two runs agree."""

from __future__ import annotations

import os
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
import pytest_asyncio

from podium.server.settings import Settings
from podium.server.workspace import Workspace, open_workspace
from podium.state.document import JsonObject
from tests.e2e.cli import at, items
from tests.sites import Answer, Request, Site, serve

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.timeout(300),
]

Made = tuple[Site, Workspace]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def made(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Made]:
    site = serve({})
    home = tmp_path_factory.mktemp("home")
    settings = Settings(home=home, chromium_no_sandbox=os.geteuid() == 0)
    async with open_workspace(settings=settings) as workspace:
        yield site, workspace
    site.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What an agent that was built without a question has kept after two runs."""

    rows: list[JsonObject]
    reply: str
    files: tuple[str, ...]
    """Names of the files that the first run kept."""

    def column(self, name: str) -> list[object]:
        return [row.get(name) for row in self.rows]


async def kept(made: Made, path: str, page: Answer, request: str) -> Kept:
    """Build what the request asks for on the page, run it twice, and return its only table."""
    site, workspace = made
    site.pages[path] = page
    before = {name for name, _ in workspace.podium.datasets.list()}

    view = await workspace.chat(request.format(url=site.url + path), approve_all=True)

    assert at(view, "status") == "done", view.get("question") or view.get("reply")
    name = str(items(view, "agents")[0])
    runs = [await workspace.run(name) for _ in range(2)]
    assert [(run.outcome, run.model_calls) for run in runs] == [("success", 0)] * 2
    (dataset,) = {name for name, _ in workspace.podium.datasets.list()} - before
    rows = [dict(row) for row in workspace.podium.datasets.rows(dataset)]
    files = tuple(file.name for file in runs[0].artifacts)
    return Kept(rows=rows, reply=str(view.get("reply")), files=files)


def table(head: str, *rows: str, title: str = "") -> str:
    """Return a page with a table; cells are divided by bars."""
    lines = "".join("<tr>" + "".join(f"<td>{c}" for c in row.split("|")) + "</tr>" for row in rows)
    heads = "".join(f"<th>{name}" for name in head.split("|"))
    return f"<title>{title}</title><h1>{title}</h1><table><tr>{heads}</tr>{lines}</table>"


async def test_a_word_before_the_list_s_name_that_is_a_value_of_its_rows_narrows_them(
    made: Made,
) -> None:
    page = table("Nr|Ship|Berth", "1|Ada|moored", "2|Bea|at sea", "3|Cleo|moored", title="Ships")
    found = await kept(made, "/ships", page, "collect the moored ships at {url} into a table")
    assert found.column("ship") == ["Ada", "Cleo"]
    assert "Berth = moored: 2 of 3 rows today" in found.reply


async def test_a_kind_that_the_list_s_rows_name_narrows_them(made: Made) -> None:
    page = table("Name|Species", "Tom|goat", "Rex|sheep", "Kit|goat", title="Animals")
    found = await kept(made, "/animals", page, "make a table of the goats at {url} keyed by name")
    assert found.column("name") == ["Tom", "Kit"]


async def test_a_page_that_is_called_like_the_list_is_read_as_a_whole(made: Made) -> None:
    page = table("No|Kind", "1|order", "2|refund", "3|order", title="Orders")
    found = await kept(made, "/orders", page, "collect all orders from {url} keyed by no")
    assert found.column("no") == [1, 2, 3]


async def test_a_word_that_nothing_on_the_page_explains_is_told(made: Made) -> None:
    page = table("Nr|Name", "1|Ada", "2|Bea", title="Members")
    found = await kept(made, "/members", page, "collect the team members at {url} in a table")
    assert len(found.rows) == 2
    assert "Nothing on the page says 'team'" in found.reply


@pytest.mark.parametrize(
    ("asked", "names"), [("that are done", ["Rake", "Saw"]), ("that are not done", ["Dig"])]
)
async def test_a_tick_is_a_state_of_its_row(made: Made, asked: str, names: list[str]) -> None:
    def box(state: str) -> str:
        return f"<input type=checkbox disabled {state}>"

    rows = (f"Rake|{box('checked')}", f"Dig|{box('')}", f"Saw|{box('checked')}")
    page = table("Task|Done", *rows, title="Tasks")
    request = f"get all tasks {asked} from {{url}} into a table keyed by task"
    found = await kept(made, f"/tasks-{len(names)}", page, request)
    assert found.column("task") == names


async def test_parts_of_cards_that_nothing_labels_are_told_by_how_they_are_written(
    made: Made,
) -> None:
    cards = "".join(
        f"<div><div><span>Walk {n}</span></div><div>{n * 10} min</div><p>{n} / 5</p></div>"
        for n in range(1, 6)
    )
    page = f"<h1>Walks</h1><div>{cards}</div>"
    request = "save name, duration and rating of every walk on {url} in a table"
    found = await kept(made, "/walks", page, request)
    assert found.rows[0]["duration"] == "10 min"
    assert found.rows[0]["rating"] == "1 / 5"


async def test_the_one_part_that_is_left_is_the_one_field_that_is_left(made: Made) -> None:
    def answer(_: Request) -> str:
        posts = "".join(f"<article><h3>Post {n}</h3><small>{who}</small></article>"
                        for n, who in enumerate(("ada", "bea", "cleo", "dora")))  # fmt: skip
        return f"<h1>Posts</h1>{posts}"

    request = "collect title and writer of all posts on {url} in a table"
    found = await kept(made, "/posts", answer, request)
    assert found.column("writer") == ["ada", "bea", "cleo", "dora"]


async def test_two_agents_that_read_the_same_thing_keep_a_table_each(made: Made) -> None:
    page = table("Name|Colour", "Ash|red", "Elm|blue", "Fir|red", title="Barges")
    red = await kept(made, "/barges", page, "collect the red barges from {url} keyed by name")
    blue = await kept(made, "/barges", page, "collect the blue barges from {url} keyed by name")
    assert (red.column("name"), blue.column("name")) == (["Ash", "Fir"], ["Elm"])


async def test_a_period_said_relative_to_today_is_kept_so(made: Made) -> None:
    today = date.today()  # noqa: DTZ011  the page's own day
    days = [today - timedelta(days=back) for back in (1, 5, 40)]
    rows = [f"L-{n}|{day.isoformat()}" for n, day in enumerate(days)]
    page = table("Loan|Lent on", *rows, title="Loans")
    request = "collect the loans lent in the last 7 days from {url} keyed by loan"
    found = await kept(made, "/loans", page, request)
    assert found.column("loan") == ["L-0", "L-1"]
    assert "moves with the day of the run" in found.reply


async def test_the_list_at_the_given_address_is_meant_whatever_it_is_called(made: Made) -> None:
    site, _ = made
    rows = [f"<a href=/piece/{n}>Oak {n}</a>|{n * 100}" for n in range(1, 6)]
    for number in range(1, 6):
        site.pages[f"/piece/{number}"] = f"<h1>Oak {number}</h1><p>A piece of oak.</p>"
    page = table("Name|Price", *rows, title="Wood")
    request = "collect the pieces cheaper than 250 from {url} into a table keyed by name"
    found = await kept(made, "/wood", page, request)
    assert found.column("name") == ["Oak 1", "Oak 2"]


async def test_what_a_named_page_says_is_read_by_its_labels(made: Made) -> None:
    page = "<h1>Elm Junction</h1><dl><dt>Address<dd>4 Rail St<dt>Opened<dd>1892<dt>Phone<dd>01 555</dl>"
    found = await kept(made, "/elm", page, "from {url} save the address and the phone")
    assert found.rows == [{"address": "4 Rail St", "phone": "01 555"}]


DRAWN_IN_VIEW = """<title>Buoys</title><h1>Buoys</h1><sea-list></sea-list><script>
customElements.define("sea-list", class extends HTMLElement {
  connectedCallback() {
    const box = this.attachShadow({ mode: "open" });
    box.innerHTML = `<div id=pane style="height:240px;overflow:auto;overflow-anchor:none"><table><thead><tr><th>Buoy<th>Light</thead>
      <tbody id=above></tbody><tbody id=rows></tbody><tbody id=below></tbody></table></div>`;
    const part = (id) => box.getElementById(id);
    const gap = (id, rows) => (part(id).innerHTML = rows ? `<tr style="height:${rows * 24}px">` : "");
    const draw = () => {
      const from = Math.max(0, Math.floor(part("pane").scrollTop / 24) - 6);
      const to = Math.min(84, from + 28);
      gap("above", from); gap("below", 84 - to);
      part("rows").innerHTML = Array.from({ length: to - from }, (_, at) => from + at + 1)
        .map((n) => `<tr style="height:24px"><td>N ${n}<td>${n % 3 ? "lit" : "dark"}`).join("");
    };
    part("pane").addEventListener("scroll", draw);
    draw();
  }
});
</script>"""


async def test_a_list_within_a_component_that_draws_only_the_rows_in_view_is_read_to_its_end(
    made: Made,
) -> None:
    found = await kept(
        made, "/buoys", DRAWN_IN_VIEW, "collect the dark buoys at {url} into a table keyed by buoy"
    )
    assert found.column("buoy") == [f"N {n}" for n in range(3, 85, 3)]


COLUMNS_IN_VIEW = """<title>Moorings</title><h1>Moorings</h1>
<style>[role=grid]{width:300px} #pane{overflow:auto} [role=row]{display:flex;position:relative;height:24px;width:900px}
[role=row]>*{position:absolute;width:100px}</style>
<div role=grid aria-colcount=9><div id=pane></div></div><script>
const heads = ["Berth", "Boat", "Owner", "Length", "Beam", "Draught", "Flag", "Rate", "Due"];
const pane = document.getElementById("pane");
const draw = () => {
  const seen = heads.map((head, at) => at).filter((at) => (at + 1) * 100 > pane.scrollLeft && at * 100 < pane.scrollLeft + pane.clientWidth);
  const cell = (role, text, at) => `<div role=${role} aria-colindex=${at + 1} style="left:${at * 100}px">${text}</div>`;
  const line = (role, said) => `<div role=row>${seen.map((at) => cell(role, said(at), at)).join("")}</div>`;
  pane.innerHTML = line("columnheader", (at) => heads[at])
    + [1, 2, 3, 4].map((n) => line("gridcell", (at) => (at === 8 ? (n % 2 ? "open" : "paid") : `${heads[at].slice(0, 2)}-${n}`))).join("");
};
pane.addEventListener("scroll", draw);
new ResizeObserver(draw).observe(pane);
</script>"""


async def test_a_grid_that_draws_only_the_columns_in_view_is_read_whole(made: Made) -> None:
    wanted = "collect the open moorings at {url} with berth, owner and rate into a table"
    found = await kept(made, "/moorings", COLUMNS_IN_VIEW, wanted)
    assert found.rows == [
        {"berth": "Be-1", "owner": "Ow-1", "rate": "Ra-1"},
        {"berth": "Be-3", "owner": "Ow-3", "rate": "Ra-3"},
    ]


async def test_a_download_that_is_called_like_the_list_is_the_file_of_the_list(made: Made) -> None:
    page = table("Pump", "P1<td>ok", "P2<td>worn", title="Pumps") + (
        "<a href='data:text/csv,Pump%0AP1' download='pumps.csv'>Download pumps</a>"
    )
    found = await kept(made, "/pumps", page, "download the pumps from {url}")
    assert found.files == ("pumps.csv",)

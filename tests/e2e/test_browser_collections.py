"""What counts as a list of records, and what its values are called, on pages of many makes."""

from __future__ import annotations

import os
from collections.abc import AsyncGenerator

import pytest
import pytest_asyncio

from podium.tools.browser import BrowserSettings, PodiumBrowser
from podium.tools.page import Collection, Page, Record, Snapshot, StepPolicy
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


def texts(record: Record) -> list[str]:
    return [value.text for value in record.values]


def pairs(record: Record) -> dict[str, str]:
    return {value.header: value.text for value in record.values}


def only(snapshot: Snapshot) -> Collection:
    assert len(snapshot.collections) == 1, snapshot.collections
    return snapshot.collections[0]


def items(count: int, template: str) -> str:
    return "".join(template.replace("#", str(number)) for number in range(1, count + 1))


NINETIES = """<table width=100%><tr><td width=150><a href=/a>Home</a><br><a href=/b>Orders</a></td>
<td><font size=5><b>Orders</b></font><table border=1><tr bgcolor=silver><td><b>No</b><td><b>Customer</b><td><b>Total</b></tr>
<tr><td>1<td>Ann<td>5</tr><tr><td>2<td>Bob<td>6</tr></table></td></tr></table>"""
NINETIES_PICKED = """<table border=1><tr><td><input type=checkbox aria-label="Select all"><td><b>No</b><td><b>Customer</b><td><b>Total</b><td><b>&nbsp;</b></tr>
<tr><td><input type=checkbox><td>1<td>Ann<td>5<td>Order</tr><tr><td><input type=checkbox><td>2<td>Bob<td>6<td>Order</tr></table>"""
SPANS = """<table><thead><tr><th rowspan=2>Name<th colspan=2>Address</tr><tr><th>City<th>Zip</tr></thead>
<tr><td rowspan=2>Ann<td>Rome<td>1</tr><tr><td>Oslo<td>2</tr><tr><td>Bob<td colspan=2>unknown</tr></table>"""
CELLS_OF_TABLES = """<table><tr><td>Menu<td><table><tr><th>Instrument<th>Fee</tr>
<tr><td>Flute<td><table><tr><td>&euro;<td>120,00</table></tr><tr><td>Oboe<td><table><tr><td>&euro;<td>90,00</table></tr></table></table>"""
HEADS_APART = """<div><table><tr><th>Train<th>Leaves</tr></table></div><div style="height:90px;overflow:auto">
<table><tr><td>IC 1<td>08:00</tr><tr><td>RE 2<td>08:12</tr></table></div>"""
TABLES = {
    "heads in a table of their own": (HEADS_APART, ("Train", "Leaves"), ["IC 1", "08:00"]),
    "values laid out by little tables": (CELLS_OF_TABLES, ("Instrument", "Fee"), ["Flute", "€ 120,00"]),
    "head of th": ("<table><tr><th>No<th>Name</tr><tr><td>1<td>Ann</tr><tr><td>2<td>Bob</tr></table>", ("No", "Name"), ["1", "Ann"]),
    "bold head, layout table around": (NINETIES, ("No", "Customer", "Total"), ["1", "Ann", "5"]),
    "bold head, boxes to pick rows": (NINETIES_PICKED, ("", "No", "Customer", "Total", ""), ["", "1", "Ann", "5", "Order"]),
    "no head": ("<table>" + items(3, "<tr><td>a#<td>b#<td>c#</tr>") + "</table>", ("", "", ""), ["a1", "b1", "c1"]),
    "spans": (SPANS, ("Name", "City", "Zip"), ["Ann", "Rome", "1"]),
    "one row": ("<table><thead><tr><th>No<th>Name</tr></thead><tr><td>1<td>Ann</tr></table>", ("No", "Name"), ["1", "Ann"]),
    "aria": (
        "<div role=table><div role=row><b role=columnheader>No</b><b role=columnheader>Name</b></div>"
        + items(2, "<div role=row><i role=cell>#</i><i role=cell>N#</i></div>") + "</div>",
        ("No", "Name"), ["1", "N1"],
    ),
    "divs with a head": (
        "<div><div class='r head'><div>No</div><div>Name</div></div>" + items(3, "<div class=r><div>#</div><div>N#</div></div>") + "</div>",
        ("No", "Name"), ["1", "N1"],
    ),
    "head in a container of its own": (
        "<div class=t><div class=thead><div><div>No</div><div>Name</div></div></div><div class=tbody>"
        + items(2, "<div class=tr><div>#</div><div>N#</div></div>") + "</div></div>",
        ("No", "Name"), ["1", "N1"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("make", TABLES)
async def test_tables_of_many_makes_have_heads_and_rows(
    shared: tuple[Site, Page], make: str
) -> None:
    html, headers, first = TABLES[make]
    snapshot = await shown(shared, html)
    tables = [one for one in snapshot.collections if one.kind == "table"]
    assert [(table.headers, texts(table.records[0])) for table in tables] == [(headers, first)]
    assert all(one.region == "navigation" for one in snapshot.collections if one.kind != "table")


async def test_cells_that_span_rows_are_said_again(shared: tuple[Site, Page]) -> None:
    records = only(await shown(shared, SPANS)).records
    assert [texts(record) for record in records] == [
        ["Ann", "Rome", "1"],
        ["Ann", "Oslo", "2"],
        ["Bob", "unknown", "unknown"],
    ]


async def test_an_empty_table_is_known_by_its_head(shared: tuple[Site, Page]) -> None:
    table = only(
        await shown(
            shared,
            "<table><thead><tr><th>No<th>Name</tr></thead><tr><td colspan=2>No data</tr></table>",
        )
    )
    assert (table.headers, table.records) == (("No", "Name"), ())


async def test_a_form_laid_out_by_a_table_is_a_form(shared: tuple[Site, Page]) -> None:
    html = "<form method=post action=/in><table><tr><td>User:<td><input></tr><tr><td>Password:<td><input type=password></tr><tr><td><td><input type=submit value='Log in'></tr></table></form>"
    snapshot = await shown(shared, html)
    assert snapshot.collections == ()
    assert [node.label for node in snapshot.nodes if node.role == "textbox"] == ["User", "Password"]
    assert snapshot.forms[0].has_password
    assert snapshot.forms[0].signature.endswith("/in [password, user]")


RECORDS = {
    "table": "<table><tr><th>Owner<td>Ann</tr><tr><th>State<td>open</tr></table>",
    "colons": "<table><tr><td>Owner:<td>Ann</tr><tr><td>State:<td>open</tr></table>",
    "dl": "<dl><dt>Owner<dd>Ann<dt>State<dd>open</dl>",
    "divs": "<div><div><span class=label>Owner:</span> <span>Ann</span></div><div><span class=label>State:</span> <span>open</span></div></div>",
    "lines": "<ul><li>Owner: Ann</li><li>State: open</li></ul>",
    "strong": "<div><p><strong>Owner</strong> <span>Ann</span></p><p><strong>State</strong> <span>open</span></p></div>",
}  # fmt: skip


@pytest.mark.parametrize("make", RECORDS)
async def test_labels_and_values_are_one_record(shared: tuple[Site, Page], make: str) -> None:
    record = only(await shown(shared, f"<h1>Ticket</h1>{RECORDS[make]}"))
    assert (record.kind, record.heading) == ("record", "Ticket")
    assert pairs(record.records[0]) == {"Owner": "Ann", "State": "open"}


CARD = """<div class='card css-9a8b#c'><img src=x alt='pic #'><h3><a href=/p/#>Product #</a></h3><span class='price_x8Yz1'>$#.99</span>
<p>Stock: #0</p><ul><li>tag a</li><li>tag b</li></ul><time datetime=2024-01-0#>Jan #</time><button>Add to cart</button></div>"""


async def test_cards_have_values_labels_and_machine_readable_times(
    shared: tuple[Site, Page],
) -> None:
    html = f"<nav><ul>{items(3, '<li><a href=/#>Menu #</a>')}</ul></nav><main><h1>Shop</h1><div class=css-1x2y3z>{items(4, CARD)}</div></main>"
    snapshot = await shown(shared, html)
    cards = next(one for one in snapshot.collections if one.kind == "cards")
    assert [one.region for one in snapshot.collections] == ["navigation", "main"]
    assert texts(cards.records[1]) == [
        "pic 2",
        "Product 2",
        "$2.99",
        "20",
        "tag a",
        "tag b",
        "Jan 2",
    ]
    assert pairs(cards.records[1])["Stock"] == "20"
    assert cards.records[1].values[-1].datetime == "2024-01-02"
    assert cards.records[1].values[1].href.endswith("/p/2")
    assert cards.records[1].values[2].path == ">span.price"
    names = {node.ref: node.name for node in snapshot.nodes}
    assert [names[ref] for ref in cards.records[1].nodes] == ["pic 2", "Product 2", "Add to cart"]


async def test_value_paths_do_not_depend_on_generated_class_names(
    shared: tuple[Site, Page],
) -> None:
    html = f"<main><h1>Shop</h1><div>{items(4, CARD)}</div></main>"
    before = only(await shown(shared, html))
    after = only(
        await shown(
            shared, html.replace("css-9a8b", "css-7q1w").replace("price_x8Yz1", "price_Q2w3E")
        )
    )
    assert [value.path for value in before.records[0].values] == [
        value.path for value in after.records[0].values
    ]


async def test_labels_repeated_in_every_card_are_labels(shared: tuple[Site, Page]) -> None:
    card = "<div><div><span>Name</span><b>N#</b></div><div><span>City</span><b>C#</b></div></div>"
    cards = only(await shown(shared, f"<h1>People</h1><div>{items(4, card)}</div>"))
    assert pairs(cards.records[2]) == {"Name": "N3", "City": "C3"}


async def test_lists_in_sections_are_not_swallowed_by_the_sections(
    shared: tuple[Site, Page],
) -> None:
    inner = items(5, "<li><a href=/#>Item #</a> <span># EUR</span></li>")
    snapshot = await shown(
        shared,
        "".join(f"<section><h2>Group {name}</h2><ul>{inner}</ul></section>" for name in "ABC"),
    )
    assert [(one.heading, len(one.records)) for one in snapshot.collections] == [
        ("Group A", 5),
        ("Group B", 5),
        ("Group C", 5),
    ]


async def test_a_single_result_is_still_a_list(shared: tuple[Site, Page]) -> None:
    found = only(
        await shown(
            shared,
            "<h1>Found</h1><p>1 result</p><div class=results><div class=item><h3><a href=/1>Only</a></h3><span class=price>$5</span></div></div>",
        )
    )
    assert (texts(found.records[0]), found.total) == (["Only", "$5"], 1)


async def test_directory_listings_are_lists(shared: tuple[Site, Page]) -> None:
    pre = "<h1>Index of /</h1><pre><a href='../'>../</a>\n<a href=a.txt>a.txt</a>      01-Jan-2024 10:00     120\n<a href=b.txt>b.txt</a>      02-Jan-2024 10:00      99\n</pre>"
    assert [texts(record) for record in only(await shown(shared, pre)).records] == [
        ["a.txt", "01-Jan-2024 10:00", "120"],
        ["b.txt", "02-Jan-2024 10:00", "99"],
    ]
    plain = only(
        await shown(
            shared, f"<h1>Directory listing</h1><ul>{items(3, '<li><a href=f#>f#</a></li>')}</ul>"
        )
    )
    assert (plain.region, [texts(record) for record in plain.records]) == (
        "",
        [["f1"], ["f2"], ["f3"]],
    )


@pytest.mark.parametrize(
    ("words", "total"),
    [("Showing 1 to 3 of 64 entries", 64), ("1-3 of 1,234", 1234), ("17 results", 17), ("Total: 9", 9), ("Welcome", None)],
)  # fmt: skip
async def test_the_page_s_own_count_is_read(
    shared: tuple[Site, Page], words: str, total: int | None
) -> None:
    html = f"<h1>R</h1><p>{words}</p><table><tr><th>A<th>B</tr>{items(3, '<tr><td>#<td>x</tr>')}</table>"
    assert only(await shown(shared, html)).total == total


@pytest.mark.parametrize(
    "html",
    [
        "<main><h1>About</h1><p>One paragraph of text.</p><p>Another one.</p><p>A third <a href=/c>contact</a>.</p></main>",
        "<h1>X</h1><div><button>A</button><button>B</button><button>C</button></div>",
        "<h1>X</h1><form><label><input type=radio> One</label><label><input type=radio> Two</label><label><input type=radio> Three</label></form>",
    ],
)
async def test_prose_buttons_and_choices_are_no_lists(shared: tuple[Site, Page], html: str) -> None:
    assert (await shown(shared, html)).collections == ()


async def test_a_long_table_is_cut_and_read_quickly(shared: tuple[Site, Page]) -> None:
    table = only(
        await shown(
            shared, f"<table><tr><th>A<th>B</tr>{items(2300, '<tr><td>#<td>x</tr>')}</table>"
        )
    )
    assert len(table.records) == 2000


async def test_search_results_written_as_terms_and_descriptions_are_a_list(
    shared: tuple[Site, Page],
) -> None:
    results = items(
        3, "<dt><a href=/t/#>Broken scale #</a></dt><dd>Bay #</dd><dd>By <b>Ann</b></dd>"
    )
    footer = "<div id=footer><p>Powered by <a href=/x>Engine</a> 1.6</p><p>Made by <a href=/y>Us</a> too</p></div>"
    snapshot = await shown(shared, f"<h1>Results</h1><dl id=results>{results}</dl>{footer}")
    found = [one for one in snapshot.collections if one.region != "footer"]

    assert [texts(record)[:2] for record in found[0].records] == [
        ["Broken scale 1", "Bay 1"],
        ["Broken scale 2", "Bay 2"],
        ["Broken scale 3", "Bay 3"],
    ]
    assert len(found) == 1
    assert found[0].records[0].values[0].href.endswith("/t/1")


async def test_terms_that_are_labels_stay_one_record(shared: tuple[Site, Page]) -> None:
    found = only(
        await shown(shared, "<h1>Ann</h1><dl><dt>City<dd>Rome<dt>Phone<dd><a href=tel:1>1</a></dl>")
    )

    assert (found.kind, pairs(found.records[0])) == ("record", {"City": "Rome", "Phone": "1"})


async def test_letters_that_an_icon_font_draws_are_no_text(shared: tuple[Site, Page]) -> None:
    icon = (
        "<i class='q-icon material-icons' style='font-family:\"Material Icons\"'>arrow_upward</i>"
    )
    rows = items(3, "<tr><td>T-#<td>Saw #</tr>")
    snapshot = await shown(
        shared,
        f"<table><thead><tr><th>Code{icon}<th>Name{icon}</tr></thead>{rows}</table><button>{icon}</button>",
    )

    assert snapshot.collections[0].headers == ("Code", "Name")
    assert [node.name for node in snapshot.nodes if node.tag == "button"] == ["arrow upward"]


async def test_the_head_of_a_fold_out_section_is_a_control(shared: tuple[Site, Page]) -> None:
    snapshot = await shown(
        shared,
        "<h1>Help</h1><h3 role=tab tabindex=0 aria-selected=false>Section 14</h3><h3 onclick='1'>Prices</h3><h3>Plain</h3>",
    )
    roles = {node.name: node.role for node in snapshot.nodes}

    assert (roles["Section 14"], roles["Plain"]) == ("tab", "heading")
    assert roles["Prices"] == "button"
    assert "Section 14" in snapshot.headings


async def test_choices_that_are_data_do_not_tell_one_form_from_another(
    shared: tuple[Site, Page],
) -> None:
    def form(*choices: str) -> str:
        radios = "".join(f"<label><input type=radio name=c>{choice}</label>" for choice in choices)
        return f"<form method=post action=/vote><label>Name <input></label>{radios}<button>Vote</button></form>"

    first = await shown(shared, form("Ann", "Bob"))
    second = await shown(shared, form("Cleo", "Dan", "Eve"))

    assert first.forms[0].signature == second.forms[0].signature
    assert "name" in first.forms[0].signature


@pytest.mark.parametrize(
    "up", ["..", "../", "Parent Directory", "[To Parent Directory]", "Up one level"]
)
async def test_the_way_back_up_is_no_entry_of_a_folder(shared: tuple[Site, Page], up: str) -> None:
    rows = items(3, "<tr><td><a href=/f/#>f#.pdf</a><td># kB</tr>")
    found = only(
        await shown(
            shared,
            f"<table><thead><tr><th>Name<th>Size</tr></thead><tr><td><a href=/>{up}</a><td>-</tr>{rows}</table>",
        )
    )

    assert [texts(record)[0] for record in found.records] == ["f1.pdf", "f2.pdf", "f3.pdf"]


async def test_lines_of_a_bold_word_and_a_text_are_records_unless_they_describe_one_thing(
    shared: tuple[Site, Page],
) -> None:
    singers = only(
        await shown(
            shared,
            "<h1>Choir</h1><ul><li><b>Ann</b> <i>alto</i></li><li><b>Bob</b> <i>bass</i></li>"
            "<li><b>Cid</b> <i>bass</i></li><li><b>Dan</b> <i>bass</i></li></ul>",
        )
    )
    assert [texts(record) for record in singers.records][:2] == [["Ann", "alto"], ["Bob", "bass"]]
    engine = only(
        await shown(
            shared,
            "<h1>Engine</h1><ul><li><b>Weight</b><span>12 kg</span></li><li><b>Colour</b><span>red</span></li><li><b>Maker</b><span>Ames</span></li></ul>",
        )
    )
    assert pairs(engine.records[0]) == {"Weight": "12 kg", "Colour": "red", "Maker": "Ames"}


async def test_an_amount_that_is_struck_through_is_not_the_present_one(
    shared: tuple[Site, Page],
) -> None:
    cards = only(
        await shown(
            shared,
            "<div>"
            + items(
                3,
                "<div class=p><h2>Lamp #</h2><p class=price><del>€ 90.00</del> <span>€ 3#.00</span></p></div>",
            )
            + "</div>",
        )
    )
    assert texts(cards.records[0]) == ["Lamp 1", "€ 31.00"]
    table = only(
        await shown(
            shared,
            "<table><tr><th>Item<th>Price</tr>"
            + items(2, "<tr><td>Lamp<td><s>€ 90.00</s> € 3#.00</tr>")
            + "</table>",
        )
    )
    assert texts(table.records[0]) == ["Lamp", "€ 31.00"]
    done = only(
        await shown(
            shared,
            "<table><tr><th>Task<th>Day</tr>"
            + items(2, "<tr><td><s>Task #</s><td>#</tr>")
            + "</table>",
        )
    )
    assert texts(done.records[0]) == ["Task 1", "1"]


def _sums(head: str, rows: str, last: str) -> str:
    return f"<table><tr>{head}</tr>{rows}{last}</table>"


SUM_HEAD = "<th>No<th>Boat<th>Hours"
SUM_ROWS = "<tr><td>K-1<td>Kayak<td>4</tr><tr><td>K-2<td>Canoe<td>9,5</tr>"
TOTAL_LINES = {
    "cells joined": "<tr><td colspan=2>Total<td>20</tr>",
    "cells empty": "<tr><td>Grand total:<td><td>20</tr>",
    "bold": "<tr><td><b>Summe</b><td>2<td>20</tr>",
    "adding up": "<tr><td>Total<td>2<td>13,50</tr>",
}


@pytest.mark.parametrize("make", TOTAL_LINES)
async def test_a_line_of_totals_is_no_record(shared: tuple[Site, Page], make: str) -> None:
    table = only(await shown(shared, _sums(SUM_HEAD, SUM_ROWS, TOTAL_LINES[make])))
    assert [texts(record)[0] for record in table.records] == ["K-1", "K-2"]


async def test_a_record_that_is_called_total_stays_one(shared: tuple[Site, Page]) -> None:
    stations = "<tr><td>Shell<td>Main St<td>1.79</tr><tr><td>Aral<td>Mill Rd<td>1.81</tr>"
    last = "<tr><td>Total<td>Dock Rd<td>1.75</tr>"
    table = only(await shown(shared, _sums("<th>Brand<th>Street<th>Price", stations, last)))
    assert [texts(record)[0] for record in table.records] == ["Shell", "Aral", "Total"]


async def test_records_written_in_one_line_have_their_parts(shared: tuple[Site, Page]) -> None:
    lines = "<div class=h><a href=/b/#>Title #</a> by Ann <code>CL-#</code></div>"
    records = only(await shown(shared, f"<h1>Hits</h1>{items(3, lines)}")).records
    assert [texts(record) for record in records][:2] == [
        ["Title 1", "by Ann", "CL-1"],
        ["Title 2", "by Ann", "CL-2"],
    ]
    assert [bool(value.href) for value in records[0].values] == [True, False, False]


async def test_folds_below_one_another_are_read_though_they_are_closed(
    shared: tuple[Site, Page],
) -> None:
    folds = items(3, "<details><summary>Question #?</summary><p>Answer <b>#</b>.</p></details>")
    cards = only(await shown(shared, f"<h1>FAQ</h1>{folds}"))

    assert texts(cards.records[1]) == ["Question 2?", "Answer 2."]
    one = await shown(shared, "<h1>A</h1><details><summary>More</summary><p>Text</p></details>")
    assert one.collections == ()


@pytest.mark.parametrize(
    "lines",
    [
        "<div class=meta><span>Job #</span> <span>Ann</span></div><div class=sums><span>€ #.00</span> <em>Ready</em></div>",
        "<div><span>Job #</span> <span>Ann</span></div><div><span>€ #.00</span> <em>Ready</em></div>",
    ],
)
async def test_the_lines_of_a_card_are_no_records(shared: tuple[Site, Page], lines: str) -> None:
    cards = items(4, f"<div class=card><h3>Bike #</h3>{lines}<button>Details</button></div>")
    found = only(await shown(shared, f"<h1>Jobs</h1><div>{cards}</div>"))
    assert [texts(record)[:2] for record in found.records][:2] == [
        ["Bike 1", "Job 1"],
        ["Bike 2", "Job 2"],
    ]


async def test_a_head_that_spans_more_than_there_is_names_one_column(
    shared: tuple[Site, Page],
) -> None:
    html = "<table><thead><tr><th>No<th>Owner<th colspan=100>Created</tr></thead>" + items(
        4, "<tr><td>#<td>Ann<td>3 May</tr>"
    )

    table = only(await shown(shared, html))

    assert table.headers == ("No", "Owner", "Created")
    assert texts(table.records[0]) == ["1", "Ann", "3 May"]


@pytest.mark.parametrize("tag", ["span class=sub", "span", "small", "b"])
async def test_what_has_a_label_and_an_element_of_its_own_is_no_part_of_the_title(
    shared: tuple[Site, Page], tag: str
) -> None:
    html = items(
        3,
        f"<li><a href='#/m/#'><span class=title>Offer # <{tag}>To: ada@x.example</{tag.split()[0]}></span> <span class=when>2026-05-0#</span></a></li>",
    )

    mails = only(await shown(shared, f"<ul>{html}</ul>"))

    assert pairs(mails.records[1])["To"] == "ada@x.example"
    assert "Offer 2" in texts(mails.records[1])


SLOTTED = """<h1>Loans</h1><div class=grid><b-card></b-card></div><script>
customElements.define('b-card', class extends HTMLElement { connectedCallback() { if (!this.shadowRoot) this.attachShadow({mode: 'open'}).innerHTML = '<article><header><slot name=head></slot></header><div><slot></slot></div></article>'; } });
document.querySelector('.grid').innerHTML = [['Tides', 'Ada', '4'], ['Moss', 'Ben', '7'], ['Bees', 'Cleo', '9']].map(([title, who, due]) => `<b-card><h3 slot=head>${title}</h3><div><span>Borrower</span> <span>${who}</span></div><div><span>Days</span> <span>${due}</span></div></b-card>`).join('')</script>"""


async def test_what_fills_the_slots_of_a_component_is_read_piece_by_piece(
    shared: tuple[Site, Page],
) -> None:
    cards = only(await shown(shared, SLOTTED))

    assert [pairs(record) for record in cards.records] == [
        {"": "Tides", "Borrower": "Ada", "Days": "4"},
        {"": "Moss", "Borrower": "Ben", "Days": "7"},
        {"": "Bees", "Borrower": "Cleo", "Days": "9"},
    ]

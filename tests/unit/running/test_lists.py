from __future__ import annotations

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
    MemoryArgs,
    NewSinceStep,
    OpenArgs,
    OpenStep,
    Pagination,
    PickArgs,
    PickStep,
    RowCount,
    StoreArgs,
    StoreStep,
    TargetArgs,
    WhereArgs,
    WhereStep,
    parse_step,
)
from podium.state.runs import ArtifactRef, RunMode
from podium.tools.grounding.lists import describe_list
from podium.tools.scripted import Cell, Screen, ScriptedSite, Visit
from tests.unit.running.harness import ORIGIN, Bench, target

HEADERS = ("Number", "Due", "Amount", "Status", "File")
OPEN = OpenStep(id="open", title="Open the list", args=OpenArgs(url=f"{ORIGIN}/list"))


def rows(first: int, last: int) -> list[tuple[str | Cell, ...]]:
    states = ("Paid", "Open", "Overdue")
    return [
        (f"INV-{n}", f"2026-03-{n:02d}", f"€{n}.50", states[n % 3], Cell("CSV", f"/files/{n}.csv"))
        for n in range(first, last + 1)
    ]


def text_of(file: ArtifactRef) -> str:
    return Path(file.path).read_text(encoding="utf-8")


def list_page(visit: Visit, *, count: int = 7, size: int = 3, total: bool = True) -> Screen:
    page = int(visit.query.get("page", "1"))
    last = min(page * size, count)
    screen = Screen("Invoices").table(
        HEADERS, rows((page - 1) * size + 1, last), total=count if total else None
    )
    if page > 1:
        screen.link("Previous", f"/list?page={page - 1}")
    if last < count:
        screen.link("Next", f"/list?page={page + 1}")
    return screen


def first_page() -> Screen:
    return list_page(Visit({}, "", {}))


def extract(*, paged: bool = True, **changes: object) -> ExtractStep:
    snapshot = first_page().snapshot(f"{ORIGIN}/list", {})
    spec = describe_list(snapshot.collections[0], snapshot)
    if paged:
        spec = spec.model_copy(
            update={"pagination": Pagination(kind="next", control=target(first_page(), "Next"))}
        )
    args = ExtractArgs(list=spec).model_copy(update=changes)
    return ExtractStep(
        id="rows", title="Read the invoices", args=args, expect=(RowCount(at_least=1),)
    )


def download(**changes: object) -> DownloadStep:
    args = DownloadArgs(target=target(first_page(), "CSV", row_key="{item.number}")).model_copy(
        update=changes
    )
    return DownloadStep(
        id="file", title="Download the CSV", args=args, expect=(FileKept(extension=".csv"),)
    )


def staged(bench: Bench, step_id: str) -> list[object]:
    return [row["number"] for row in bench.stores.staging.rows(bench.run_id, step_id)]


async def test_all_pages_are_read_once_and_typed(bench: Bench, site: ScriptedSite) -> None:
    site.pages = {"/list": list_page}

    result = (await bench.run(OPEN, extract()))[-1]

    assert result.record.status == "done"
    assert result.outputs["count"] == 7
    assert result.outputs["pages"] == 3
    row = bench.runner.item("rows", 6, bench.context)
    assert (row["number"], row["due"], row["amount"], row["_page"]) == (
        "INV-7",
        "2026-03-07",
        7.5,
        2,
    )
    assert row["_href"] == {"csv": f"{ORIGIN}/files/7.csv", "file": f"{ORIGIN}/files/7.csv"}


async def test_rows_that_were_on_one_page_are_read_from_several(
    bench: Bench, site: ScriptedSite
) -> None:
    whole = Screen("Invoices").table(HEADERS, rows(1, 7)).snapshot(f"{ORIGIN}/list", {})
    step = extract(paged=False, list=describe_list(whole.collections[0], whole))
    site.pages = {"/list": lambda visit: list_page(visit, total=False)}

    await bench.run(OPEN, step)

    assert staged(bench, "rows") == [f"INV-{n}" for n in range(1, 8)]


async def test_a_row_that_moved_to_the_next_page_brings_none_of_its_rows(
    bench: Bench, site: ScriptedSite
) -> None:
    whole = Screen("Invoices").table(HEADERS, rows(1, 4)).snapshot(f"{ORIGIN}/list", {})
    step = extract(paged=False, list=describe_list(whole.collections[0], whole))
    site.pages = {"/list": lambda visit: list_page(visit, total=False)}

    await bench.run(OPEN, step)

    assert staged(bench, "rows") == ["INV-1", "INV-2", "INV-3"]


async def test_further_pages_of_rows_that_nobody_has_learnt_are_left(
    bench: Bench, site: ScriptedSite
) -> None:
    whole = Screen("Invoices").table(HEADERS, rows(50, 53)).snapshot(f"{ORIGIN}/list", {})
    step = extract(paged=False, list=describe_list(whole.collections[0], whole))
    site.pages = {"/list": lambda visit: list_page(visit, total=False)}

    await bench.run(OPEN, step)

    assert staged(bench, "rows") == ["INV-1", "INV-2", "INV-3"]


async def test_reading_stops_at_the_limit_without_turning_further_pages(
    bench: Bench, site: ScriptedSite
) -> None:
    site.pages = {"/list": list_page}

    await bench.run(OPEN, extract(limit=3))

    assert staged(bench, "rows") == ["INV-1", "INV-2", "INV-3"]
    assert site.fetched == ["/list"]


async def test_a_list_that_shows_its_last_page_again_ends(bench: Bench, site: ScriptedSite) -> None:
    def looping(visit: Visit) -> Screen:
        page = min(int(visit.query.get("page", "1")), 2)
        return (
            Screen("Invoices")
            .table(HEADERS, rows(page * 3 - 2, page * 3))
            .link("Next", f"/list?page={page + 1}")
        )

    site.pages = {"/list": looping}

    assert (await bench.run(OPEN, extract()))[-1].outputs["count"] == 6


async def test_numbers_in_place_of_next_still_lead_through_the_pages(
    bench: Bench, site: ScriptedSite
) -> None:
    def numbered(visit: Visit) -> Screen:
        page = int(visit.query.get("page", "1"))
        screen = Screen("Invoices").table(HEADERS, rows(page * 3 - 2, min(page * 3, 7)), total=7)
        for number in (1, 2, 3):
            screen.link(str(number), f"/list?page={number}")
        return screen

    site.pages = {"/list": numbered}

    assert (await bench.run(OPEN, extract()))[-1].outputs["count"] == 7


async def test_a_card_alone_on_the_last_page_is_the_last_of_the_list(
    bench: Bench, site: ScriptedSite
) -> None:
    def cards(visit: Visit) -> Screen:
        page = int(visit.query.get("page", "1"))
        shown = rows(page * 3 - 2, min(page * 3, 7))
        screen = Screen("Invoices").table(
            HEADERS, shown, kind="cards" if len(shown) > 1 else "record"
        )
        return screen.link("Next", f"/list?page={page + 1}") if page < 3 else screen

    site.pages = {"/list": cards}

    assert (await bench.run(OPEN, extract()))[-1].outputs["count"] == 7


async def test_load_more_adds_rows_without_doubles(bench: Bench, site: ScriptedSite) -> None:
    def grown(shown: int) -> Screen:
        screen = Screen("Invoices").table(HEADERS, rows(1, shown), total=7)
        return (
            screen.button("Load more", do=lambda: grown(min(shown + 3, 7))) if shown < 7 else screen
        )

    site.pages = {"/list": lambda _: grown(3)}
    step = extract(paged=False)
    more = Pagination(kind="load_more", control=target(grown(3), "Load more"))
    step = extract(list=step.args.list.model_copy(update={"pagination": more}))

    assert (await bench.run(OPEN, step))[-1].outputs["count"] == 7


async def test_half_a_list_is_no_success(bench: Bench, site: ScriptedSite) -> None:
    site.pages = {"/list": list_page}

    result = (await bench.run(OPEN, extract(paged=False)))[-1]

    assert (result.record.status, result.error_code) == ("failed", "expectation")
    assert (
        "the page says" in result.record.message or "7 rows, 3 were read" in result.record.message
    )


async def test_a_page_without_the_list_is_a_failure_not_the_end(
    bench: Bench, site: ScriptedSite
) -> None:
    site.pages = {
        "/list": lambda visit: (
            Screen("Maintenance")
            if visit.query.get("page") == "2"
            else list_page(visit, total=False)
        )
    }

    result = (await bench.run(OPEN, extract()))[-1]

    assert (result.record.status, result.error_code) == ("failed", "not_found_on_page")


async def test_a_sum_that_looks_like_a_count_fails_nothing(
    bench: Bench, site: ScriptedSite
) -> None:
    site.pages = {"/list": lambda _: Screen("Invoices").table(HEADERS, rows(1, 3), total=1234)}

    result = (await bench.run(OPEN, extract()))[-1]

    assert result.record.status == "done"
    assert "the page says 1234 rows, 3 were read" in result.record.message


async def test_an_empty_list_is_a_failure_unless_the_program_allows_it(
    bench: Bench, site: ScriptedSite
) -> None:
    site.pages = {"/list": lambda _: Screen("Invoices").table(HEADERS, [])}
    allowed = extract().model_copy(update={"expect": (RowCount(at_least=0),)})

    assert (await bench.run(OPEN, extract()))[-1].record.status == "failed"
    assert (await bench.run(OPEN, allowed))[-1].record.status == "done"


async def test_an_empty_list_is_a_result_where_the_page_says_so(
    bench: Bench, site: ScriptedSite
) -> None:
    site.pages = {"/list": lambda _: Screen("Invoices").table(HEADERS, []).text("No invoices yet.")}

    record = (await bench.run(OPEN, extract()))[-1].record

    assert (record.status, record.evidence["empty"]) == ("done", "No invoices yet.")
    site.pages = {"/list": lambda _: Screen("Invoices").table(HEADERS, []).text("No refunds.")}
    assert (await bench.run(OPEN, extract()))[-1].record.status == "failed"


async def test_a_list_that_is_gone_and_said_to_be_empty_is_a_result_too(
    bench: Bench, site: ScriptedSite
) -> None:
    site.pages = {"/list": lambda _: Screen("Invoices").text("There are no invoices.")}

    assert (await bench.run(OPEN, extract()))[-1].record.status == "done"
    other = Screen("Invoices").table(("Customer", "Since"), [("Ann", "May"), ("Bob", "June")])
    site.pages = {"/list": lambda _: other.text("No new invoices.")}
    assert (await bench.run(OPEN, extract()))[-1].record.status == "failed"
    site.pages = {"/list": lambda _: Screen("Not here").text("There is no such page.")}
    assert (await bench.run(OPEN, extract()))[-1].record.status == "failed"


async def test_a_column_that_turned_into_its_neighbour_is_refused(
    bench: Bench, site: ScriptedSite
) -> None:
    headers = tuple("Tax" if header == "Amount" else header for header in HEADERS)
    site.pages = {"/list": lambda _: Screen("Invoices").table(headers, rows(1, 3))}

    assert (await bench.run(OPEN, extract()))[-1].error_code == "meaning_changed"


async def test_rows_are_filtered_and_picked_by_type(bench: Bench, site: ScriptedSite) -> None:
    site.pages = {"/list": list_page}
    bench.inputs = {"least": "4"}
    where = WhereStep(
        id="due",
        title="Unpaid over 4",
        args=WhereArgs(
            rows="rows",
            conditions=(
                Condition(column="status", cmp="in", value=["open", "Overdue"]),
                Condition(column="amount", cmp=">", value="{inputs.least}"),
            ),
        ),
    )
    newest = PickStep(
        id="newest", title="Newest", args=PickArgs(rows="due", which="highest", column="due")
    )

    results = await bench.run(OPEN, extract(), where, newest)

    assert staged(bench, "due") == ["INV-4", "INV-5", "INV-7"]
    assert staged(bench, "newest") == ["INV-7"]
    assert isinstance(first := results[-1].outputs["first"], dict)
    assert first["number"] == "INV-7"


async def test_a_filter_on_a_column_that_is_not_there_fails(
    bench: Bench, site: ScriptedSite
) -> None:
    site.pages = {"/list": list_page}
    where = WhereStep(
        id="x",
        title="X",
        args=WhereArgs(rows="rows", conditions=(Condition(column="nope", cmp="=", value=1),)),
    )

    assert (await bench.run(OPEN, extract(), where))[-1].error_code == "unknown_name"


async def test_storing_twice_adds_no_doubles(bench: Bench, site: ScriptedSite) -> None:
    site.pages = {"/list": list_page}
    store = StoreStep(
        id="store", title="Store", args=StoreArgs(rows="rows", dataset="invoices", key=("number",))
    )

    first = (await bench.run(OPEN, extract(), store))[-1]
    await bench.next_run()
    second = (await bench.run(OPEN, extract(), store))[-1]

    assert (first.outputs["added"], second.outputs["added"], second.outputs["unchanged"]) == (
        7,
        0,
        7,
    )
    assert not any(name.startswith("_") for name in bench.datasets.rows("invoices")[0])


async def test_rows_are_kept_as_a_file_too_and_the_same_rows_are_the_same_file(
    bench: Bench, site: ScriptedSite
) -> None:
    site.pages = {"/list": list_page}
    args = StoreArgs(rows="rows", dataset="invoices", key=("number",), export="csv")
    store = StoreStep(id="store", title="Store", args=args)

    first = (await bench.run(OPEN, extract(), store))[-1]
    await bench.next_run()
    second = (await bench.run(OPEN, extract(), store))[-1]

    [file] = first.artifacts
    lines = text_of(file).splitlines()
    assert file.name == "invoices.csv"
    assert lines[0].startswith("number,")
    assert len(lines) == 8
    assert [again.known for again in second.artifacts] == [True]


async def test_a_test_run_only_rehearses_storing(bench: Bench, site: ScriptedSite) -> None:
    site.pages = {"/list": list_page}
    bench.mode = "test"
    store = StoreStep(
        id="store", title="Store", args=StoreArgs(rows="rows", dataset="invoices", key=("number",))
    )

    result = (await bench.run(OPEN, extract(), store))[-1]

    assert result.record.evidence["rehearsed"] is True
    assert bench.datasets.list() == ()


# -- Files


def each(*steps: DownloadStep | ClickStep, source: str = "rows") -> EachStep:
    return EachStep(id="each", title="For each row", args=EachArgs(rows=source, steps=steps))


def with_files(site: ScriptedSite) -> None:
    site.pages = {"/list": list_page}
    site.files = {f"/files/{n}.csv": f"invoice;{n}\n".encode() for n in range(1, 8)}


async def test_each_row_brings_its_own_file(bench: Bench, site: ScriptedSite) -> None:
    with_files(site)

    results = await bench.run(OPEN, extract(), each(download()))

    files = [result.artifacts[0] for result in results[2:]]
    assert [file.name for file in files] == [f"INV-{n}-{n}.csv" for n in range(1, 8)]
    assert [file.item for file in files] == [f"INV-{n}" for n in range(1, 8)]
    assert not any(file.known for file in files)


async def test_a_cell_without_text_has_nothing_unless_a_button_stands_in_it(
    bench: Bench, site: ScriptedSite
) -> None:
    files = (Cell("CSV", "/files/1.csv"), Cell("", button="/list"), Cell("-"))
    shown = [(*row[:4], file) for row, file in zip(rows(1, 3), files, strict=True)]
    site.pages = {"/list": lambda _: Screen("Invoices").table(HEADERS, shown)}
    site.files = {"/files/1.csv": b"a;b"}
    step = download(target=None, url="{item._href.file}")

    results = await bench.run(OPEN, extract(paged=False), each(step))

    kept, pressed, none = (result.record for result in results[2:])
    assert (kept.status, none.status, none.evidence["none"]) == ("done", "skipped", True)
    assert (pressed.status, results[3].error_code) == ("failed", "download"), "it brings no file"


async def test_files_of_unchanged_rows_are_not_fetched_again(
    bench: Bench, site: ScriptedSite
) -> None:
    with_files(site)
    await bench.run(OPEN, extract(), each(download()))
    await bench.next_run()
    site.fetched.clear()

    results = await bench.run(OPEN, extract(), each(download()))

    assert all(result.artifacts[0].known for result in results[2:])
    assert not any(path.startswith("/files") for path in site.fetched)


async def test_the_file_of_a_changed_row_is_fetched_again(bench: Bench, site: ScriptedSite) -> None:
    with_files(site)
    await bench.run(OPEN, extract(), each(download()))
    await bench.next_run()
    site.fetched.clear()
    changed = [(*row[:3], "Cancelled", row[4]) if row[0] == "INV-2" else row for row in rows(1, 3)]
    site.pages["/list"] = lambda _: Screen("Invoices").table(HEADERS, changed)

    await bench.run(OPEN, extract(), each(download()))

    assert [path for path in site.fetched if path.startswith("/files")] == ["/files/2.csv"]


async def test_files_of_a_test_run_leave_the_first_real_run_its_work(
    bench: Bench, site: ScriptedSite
) -> None:
    with_files(site)
    bench.mode = "test"
    await bench.run(OPEN, extract(), each(download()))
    await bench.next_run()
    bench.mode = "live"
    site.fetched.clear()

    await bench.run(OPEN, extract(), each(download()))

    assert sum(path.startswith("/files") for path in site.fetched) == 7


async def test_a_file_of_another_kind_is_a_failure(bench: Bench, site: ScriptedSite) -> None:
    with_files(site)
    pdf = download().model_copy(update={"expect": (FileKept(extension=".pdf"),)})

    results = await bench.run(OPEN, extract(), each(pdf))

    assert {result.error_code for result in results[2:]} == {"download"}


async def test_a_row_on_another_page_is_reached_by_paging(bench: Bench, site: ScriptedSite) -> None:
    def detail(visit: Visit) -> Screen:
        return Screen(f"Invoice {visit.url}")

    def linked(visit: Visit) -> Screen:
        page = int(visit.query.get("page", "1"))
        cells = [
            (*row[:4], Cell("Details", f"/invoice/{row[0]}"))
            for row in rows(page * 3 - 2, min(page * 3, 7))
        ]
        screen = Screen("Invoices").table(HEADERS, cells)
        return screen.link("Next", f"/list?page={page + 1}") if page < 3 else screen

    site.pages = {"/list": linked}
    site.pages |= {f"/invoice/INV-{number}": detail for number in range(1, 8)}
    first = linked(Visit({}, "", {}))
    snapshot = first.snapshot(f"{ORIGIN}/list", {})
    spec = describe_list(snapshot.collections[0], snapshot)
    spec = spec.model_copy(
        update={"pagination": Pagination(kind="next", control=target(first, "Next"))}
    )
    read = ExtractStep(id="rows", title="Read", args=ExtractArgs(list=spec, url=f"{ORIGIN}/list"))
    click = ClickStep(
        id="go",
        title="Open it",
        args=TargetArgs(target=target(first, "Details", row_key="{item.number}")),
    )

    results = await bench.run(OPEN, read, each(click))

    assert [result.record.status for result in results] == ["done"] * 9
    opened = [path for path in site.fetched if path.startswith("/invoice/")]
    assert opened == [f"/invoice/INV-{n}" for n in range(1, 8)]


# -- Memory


NEW = NewSinceStep(id="new", title="New ones", args=MemoryArgs(rows="rows"))
STORE = StoreStep(
    id="store", title="Store", args=StoreArgs(rows="new", dataset="new_ones", key=("number",))
)


async def test_only_new_rows_are_kept_once_their_use_is_done(
    bench: Bench, site: ScriptedSite
) -> None:
    site.pages = {"/list": lambda visit: list_page(visit, count=3)}
    await bench.run(OPEN, extract(), NEW, STORE)
    await bench.next_run()
    site.pages = {"/list": lambda visit: list_page(visit, count=5)}

    await bench.run(OPEN, extract(), NEW, STORE)

    assert staged(bench, "new") == ["INV-4", "INV-5"]


async def test_what_a_killed_run_did_not_use_is_new_again(bench: Bench, site: ScriptedSite) -> None:
    with_files(site)
    loop = each(download(), source="new")
    bench.steps = (OPEN, extract(), NEW, loop)
    for step in (OPEN, extract(), NEW):
        await bench.do(step)
    await bench.do(download(), item=bench.runner.item("new", 0, bench.context))
    await bench.next_run()
    bench.restart()

    for step in (OPEN, extract(), NEW):
        await bench.do(step)

    assert staged(bench, "new") == [f"INV-{n}" for n in range(2, 8)]


async def test_a_failed_item_is_new_again(bench: Bench, site: ScriptedSite) -> None:
    with_files(site)
    del site.files["/files/3.csv"]
    await bench.run(OPEN, extract(), NEW, each(download(), source="new"))
    await bench.next_run()

    await bench.run(OPEN, extract(), NEW)

    assert staged(bench, "new") == ["INV-3"]


async def test_test_runs_learn_nothing(bench: Bench, site: ScriptedSite) -> None:
    site.pages = {"/list": list_page}
    mode: RunMode = "test"
    bench.mode = mode
    await bench.run(OPEN, extract(), NEW, STORE)
    bench.mode = "live"
    await bench.next_run()

    await bench.run(OPEN, extract(), NEW)

    assert len(staged(bench, "new")) == 7


def people(header: str) -> Screen:
    return Screen("Visits").table(
        ("Visit no.", header, "Room"),
        [(f"AP-{n}", name, str(n)) for n, name in enumerate(("Osei", "Petrov", "Quill"), 710)],
    )


async def test_a_column_that_is_called_by_another_word_is_asked_about_and_yes_is_kept(
    bench: Bench, site: ScriptedSite
) -> None:
    site.pages["/list"] = lambda _: people("Zuständig")
    snapshot = people("Doctor").snapshot(f"{ORIGIN}/list", {})
    spec = describe_list(snapshot.collections[0], snapshot)
    step = ExtractStep(id="rows", title="Read the visits", args=ExtractArgs(list=spec))

    asked = (await bench.run(OPEN, step))[-1]

    assert asked.record.status == "waiting"
    assert asked.question is not None
    assert "'Doctor' -> 'Zuständig'" in asked.question.title
    about = asked.question.fields[1].default
    assert not bench.stores.staging.rows(bench.run_id, "rows")

    refused = await bench.do(step, answer={"columns": "no, something else", "about": about})
    answered = await bench.do(step, answer={"columns": "yes, the same", "about": about})

    assert (refused.record.status, refused.error_code) == ("failed", "meaning_changed")
    assert answered.record.status == "done"
    assert [row["doctor"] for row in bench.stores.staging.rows(bench.run_id, "rows")] == [
        "Osei",
        "Petrov",
        "Quill",
    ]
    assert answered.healed is not None

    again = await bench.do(parse_step(answered.healed))

    assert (again.record.status, again.record.rung) == ("done", 1)


async def test_an_answer_about_other_columns_is_no_answer(bench: Bench, site: ScriptedSite) -> None:
    site.pages["/list"] = lambda _: people("Zuständig")
    snapshot = people("Doctor").snapshot(f"{ORIGIN}/list", {})
    spec = describe_list(snapshot.collections[0], snapshot)
    step = ExtractStep(id="rows", title="Read the visits", args=ExtractArgs(list=spec))
    await bench.run(OPEN)

    asked = await bench.do(
        step, answer={"columns": "yes, the same", "about": "doctor is called 'Praxis'"}
    )

    assert asked.record.status == "waiting"


@pytest.mark.parametrize(("content", "direct"), [(b"a;b", True), (b"<!doctype html><p>a", None)])
async def test_a_link_that_is_called_a_file_is_fetched_by_its_address_unless_that_is_a_page(
    bench: Bench, site: ScriptedSite, content: bytes, direct: bool | None
) -> None:
    shown = Screen("Files").link("figures.csv", "/files/figures.csv")
    site.pages = {"/list": lambda _: shown}
    site.files = {"/files/figures.csv": content}
    link = target(Screen("Files").link("figures.csv", "/files/figures.csv"), "figures.csv")
    step = DownloadStep(id="file", title="Download it", args=DownloadArgs(target=link))

    result = (await bench.run(OPEN, step))[-1]

    assert result.record.evidence.get("direct") is direct

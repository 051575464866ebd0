"""A change of one record: in its row, by its own form, or by a control of its page, built and run on scripted sites."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from podium.state.errors import Fatal
from podium.state.plan import InputSpec, PlannedAgent, PlannedStep
from podium.state.runs import judge
from podium.tools.builder import Draft
from podium.tools.building import SiteBuilder
from podium.tools.building.acts.records import row_of
from podium.tools.scripted import Cell, Screen, ScriptedSite, Visit
from tests.unit.building.pages import a_page
from tests.unit.running.harness import ORIGIN, Bench

OPEN = PlannedStep(id="open", op="open", title="Open", url=f"{ORIGIN}/people")
FILL = PlannedStep(
    id="fill", op="fill", title="Fill", thing="customer form", key="{inputs.customer}",
    values={"phone": "{inputs.phone}"},
)  # fmt: skip
SAVE = PlannedStep(
    id="save", op="submit", title="Save", thing="customer form", key="{inputs.customer}", effect="write",
)  # fmt: skip
BLOCK = PlannedStep(
    id="block", op="click", title="Block", thing="block", key="{inputs.customer}", effect="write"
)
PEOPLE = {"1": "Lind", "2": "Lindqvist", "3": "Aalto"}


def people(*, edit_in_row: bool) -> ScriptedSite:
    site = ScriptedSite()

    def listing(_: Visit) -> Screen:
        rows = [
            (Cell(name, f"/people/{number}"), Cell("Edit", f"/people/{number}/edit"))
            if edit_in_row
            else (Cell(name, f"/people/{number}"), "")
            for number, name in PEOPLE.items()
        ]
        return Screen("Customers").table(("Name", "Way"), rows)

    def page(number: str) -> Screen:
        return Screen(PEOPLE[number]).link("Edit", f"/people/{number}/edit")

    def form(number: str) -> Screen:
        fields = (("Name", "text"), ("Phone", "text"))
        return Screen(f"Edit {PEOPLE[number]}").form(f"/save/{number}", fields, submit="Save")

    def saved(_: Visit) -> Screen:
        return Screen("Customers").message("Changes saved")

    site.pages = {"/people": listing}
    for number in PEOPLE:
        site.pages[f"/people/{number}"] = lambda _, n=number: page(n)
        site.pages[f"/people/{number}/edit"] = lambda _, n=number: form(n)
        site.posts[f"/save/{number}"] = saved
    return site


async def build(
    site: ScriptedSite, folder: Path, *steps: PlannedStep, who: str
) -> tuple[Draft, Bench]:
    bench = Bench(folder, site)
    builder = SiteBuilder(
        browser=bench.browser,
        runner=bench.runner,
        chooser=bench.chooser,
        vault=bench.vault,
        artifacts=bench.artifacts,
    )
    inputs = (InputSpec(name="customer", default=who), InputSpec(name="phone", default="040 1"))
    agent = PlannedAgent(name="a", goal="Change", origins=(ORIGIN,), steps=steps, inputs=inputs)
    draft = Draft(build_id="build_1", agent="a", origins=(ORIGIN,))
    for planned in steps:
        result = await builder.build_step(planned, agent, draft)
        assert not result.error, result.error
        assert result.question is None
        draft = result.draft
    return draft, bench


@pytest.mark.parametrize("edit_in_row", [True, False])
async def test_the_form_of_just_the_named_record_is_changed_also_of_another_one_later(
    tmp_path: Path, edit_in_row: bool
) -> None:
    site = people(edit_in_row=edit_in_row)

    draft, bench = await build(site, tmp_path, OPEN, FILL, SAVE, who="Lind")
    rehearsed = list(site.received)
    bench.run_id, bench.mode = "run_live", "live"
    bench.inputs = {"customer": "Aalto", "phone": "040 9"}
    results = await bench.run(*draft.steps)

    assert rehearsed == []
    assert judge(tuple(result.record for result in results)) == "success"
    assert [path for path, _ in site.received] == ["/save/3"]
    assert dict(site.received)["/save/3"]["phone"] == "040 9"


@pytest.mark.parametrize(("number", "kept"), [("7", ["/save/7"]), ("17", [])])
async def test_a_record_is_opened_by_its_own_link_and_its_page_must_say_whose_it_is(
    tmp_path: Path, number: str, kept: list[str]
) -> None:
    site, fields = ScriptedSite(), (("Status", "text"),)
    orders = [
        (Cell("Lind AB", "/firms/1"), "7", Cell("View", "/orders/7")),
        (Cell("Berg 177 AB", "/firms/2"), "17", Cell("View", "/show/b")),
    ]
    site.pages = {
        "/people": lambda _: Screen("Orders").table(("Customer", "Order", "Way"), orders),
        "/orders/7": lambda _: Screen("Order 7").form("/save/7", fields, submit="Save"),
        "/firms/1": lambda _: Screen("Lind AB").form("/firm/1", fields, submit="Save"),
        "/firms/2": lambda _: Screen("Berg").form("/firm/2", fields, submit="Save"),
        "/show/b": lambda _: Screen("Order 17").form("/save/17", fields, submit="Save"),
    }
    site.posts = {
        path: lambda _: Screen("Orders").message("Changes saved")
        for path in ("/save/7", "/save/17", "/firm/1", "/firm/2")
    }
    fill = FILL.model_copy(update={"thing": "order form", "values": {"status": "{inputs.phone}"}})
    save = SAVE.model_copy(update={"thing": "order form"})

    if not kept:
        with pytest.raises(AssertionError, match="Neither the row of '17' nor its page"):
            await build(site, tmp_path, OPEN, fill, save, who=number)
        return
    draft, bench = await build(site, tmp_path, OPEN, fill, save, who=number)
    bench.run_id, bench.mode = "run_live", "live"
    bench.inputs = {"customer": number, "phone": "shipped"}
    await bench.run(*draft.steps)

    assert [path for path, _ in site.received] == kept


async def test_the_page_behind_a_rows_only_link_is_left_alone_when_it_is_anothers(
    tmp_path: Path,
) -> None:
    site, fields = ScriptedSite(), (("Status", "text"),)
    site.pages = {
        "/people": lambda _: Screen("Orders").table(
            ("Customer", "Order"),
            [(Cell("Lind AB", "/firms/1"), "118"), (Cell("Berg", "/firms/2"), "7")],
        ),
        "/firms/1": lambda _: (
            Screen("Lind AB")
            .table(("Order", "Sum"), [("118", "4"), ("119", "5")])
            .form("/firm/1", fields, submit="Save")
        ),
    }
    fill = FILL.model_copy(update={"thing": "order form", "values": {"status": "{inputs.phone}"}})

    with pytest.raises(AssertionError, match="does not say that it is about '118'"):
        await build(site, tmp_path, OPEN, fill, who="118")


async def test_each_choice_of_a_row_that_sends_at_once_is_a_write_of_its_own_in_order(
    tmp_path: Path,
) -> None:
    site = ScriptedSite()
    stands = {"status": "open", "priority": "low"}

    def listing(_: Visit) -> Screen:
        status = Cell(stands["status"], button="/status", options=("open", "shipped"))
        priority = Cell(stands["priority"], button="/priority", options=("low", "high"))
        rows = [("7", "Berg", "", ""), ("118", "Lind", status, priority)]
        return Screen("Orders").table(("Order", "Customer", "Status", "Priority"), rows)

    def kept(name: str) -> Callable[[Visit], Screen]:
        def keep(visit: Visit) -> Screen:
            stands[name] = visit.fields["to"]
            return listing(visit).message("Changes saved")

        return keep

    site.pages = {"/people": listing}
    site.posts = {"/status": kept("status"), "/priority": kept("priority")}
    values = {"status": "shipped", "priority": "high"}
    fill = FILL.model_copy(update={"thing": "order form", "values": values})
    save = SAVE.model_copy(update={"thing": "order form"})

    draft, bench = await build(site, tmp_path, OPEN, fill, save, who="118")
    bench.run_id, bench.mode = "run_live", "live"
    bench.inputs = {"customer": "118", "phone": ""}
    await bench.run(*draft.steps)

    assert site.received == [("/status", {"to": "shipped"}), ("/priority", {"to": "high"})]


async def test_an_act_on_every_row_is_refused_and_clicks_none(tmp_path: Path) -> None:
    site = people(edit_in_row=True)
    bench = Bench(tmp_path, site)
    builder = SiteBuilder(
        browser=bench.browser,
        runner=bench.runner,
        chooser=bench.chooser,
        vault=bench.vault,
        artifacts=bench.artifacts,
    )
    each = PlannedStep(id="edit", op="click", title="Edit each of them", thing="Edit", per_row=True)
    agent = PlannedAgent(name="a", goal="Edit all", origins=(ORIGIN,), steps=(OPEN, each))
    draft = Draft(build_id="build_1", agent="a", origins=(ORIGIN,))
    opened = await builder.build_step(OPEN, agent, draft)

    result = await builder.build_step(each, agent, opened.draft)

    assert "'Edit each of them' acts on every row" in result.error
    assert site.received == []


def test_a_row_is_found_by_its_whole_key_and_two_of_them_are_refused() -> None:
    screen = Screen("Orders").table(
        ("Order", "Who"), [("Order 18", "Lind"), ("Order 118", "Berg"), ("Order 7", "Lind")]
    )
    page = screen.snapshot(f"{ORIGIN}/orders", {})

    found = row_of("18", page, "order")

    assert found is not None
    assert found.values[0].text == "Order 18"
    assert row_of("11", page, "order") is None
    with pytest.raises(Fatal, match="2 rows of 'Lind'"):
        row_of("Lind", page, "order")
    assert row_of("18", a_page()) is None

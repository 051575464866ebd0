"""What a redesign put behind something is opened by reads alone and kept as a guarded step."""

from __future__ import annotations

from collections.abc import Callable

from podium.state.program import (
    ClickStep,
    OpenArgs,
    OpenStep,
    Step,
    TargetArgs,
    TextShown,
    UrlLike,
    parse_step,
)
from podium.tools.page import Node
from podium.tools.scripted import Screen, ScriptedSite
from tests.unit.running.harness import ORIGIN, Bench, target

HOME = OpenStep(id="home", title="Open the site", args=OpenArgs(url=f"{ORIGIN}/"))


def plain() -> Screen:
    return Screen("Home").link("Invoices", "/invoices", region="navigation").button("Refresh")


def menu(screen: Screen, *, do: Callable[[], Screen] | None = None, post: str = "") -> Screen:
    node = screen.node(
        Node(
            ref="",
            tag="button",
            role="button",
            name="Menu",
            text="Menu",
            attributes={"aria-haspopup": "menu"},
        )
    )
    if do is not None:
        screen.clicks[node.ref] = do
    if post:
        screen.posts[node.ref] = post
    return screen


def behind_menu() -> Screen:
    return menu(Screen("Home"), do=lambda: menu(plain()))


def follow() -> ClickStep:
    return ClickStep(
        id="follow",
        title="Open Invoices",
        args=TargetArgs(target=target(plain(), "Invoices", phrase="Invoices")),
        expect=(UrlLike(pattern="/invoices"),),
    )


def pages(site: ScriptedSite, home: Screen) -> None:
    site.pages = {"/": lambda _: home, "/invoices": lambda _: Screen("Invoices")}


async def inserted(bench: Bench, site: ScriptedSite) -> Step:
    pages(site, behind_menu())
    result = (await bench.run(HOME, follow()))[-1]
    assert result.record.status == "done", result.record.message
    assert result.record.evidence["opened"] == "Menu"
    assert result.inserted is not None
    return parse_step(result.inserted)


async def test_a_menu_is_opened_and_kept_as_a_step_of_its_own(
    bench: Bench, site: ScriptedSite
) -> None:
    step = await inserted(bench, site)

    assert (step.op, step.effect, step.title) == ("click", "read", "Open Menu")
    assert step.guard is not None
    assert step.guard.name == "Invoices"


async def test_the_kept_step_works_on_the_new_page_and_is_skipped_on_the_old(
    bench: Bench, site: ScriptedSite
) -> None:
    step = await inserted(bench, site)

    await bench.next_run()
    again = [result.record for result in await bench.run(HOME, step, follow())]
    pages(site, plain())
    await bench.next_run()
    back = [result.record for result in await bench.run(HOME, step, follow())]

    assert [record.status for record in again] == ["done", "done", "done"]
    assert again[-1].rung == 1
    assert [record.status for record in back] == ["done", "skipped", "done"]


async def test_what_would_send_something_is_no_opener(bench: Bench, site: ScriptedSite) -> None:
    pages(site, menu(Screen("Home"), post="/menu-opened"))

    result = (await bench.run(HOME, follow()))[-1]

    assert result.error_code == "not_found_on_page"
    assert site.received == []


async def test_a_write_with_another_request_behind_its_button_is_not_sent(
    bench: Bench, site: ScriptedSite
) -> None:
    learnt = Screen("Order").button("Archive", post="/orders/7/archive")
    step = ClickStep(
        id="archive",
        title="Archive the order",
        effect="write",
        args=TargetArgs(target=target(learnt, "Archive")),
        expect=(TextShown(text="Done"),),
        signatures=(f"POST {ORIGIN}/orders/*/archive",),
    )
    site.pages = {"/": lambda _: Screen("Order").button("Archive", post="/orders/7/delete")}

    result = (await bench.run(HOME, step))[-1]

    assert result.error_code == "meaning_changed"
    assert site.received == []

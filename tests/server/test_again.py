"""A chain done again on a site that counts what it receives: nothing that was written is written twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from podium.server.following import Following
from podium.server.service import Podium
from podium.state.document import JsonObject
from podium.state.errors import Conflict
from podium.state.program import ClickStep, OpenArgs, OpenStep, Program, TargetArgs, TextShown
from podium.state.runs import Run
from podium.state.triggers import Chain
from podium.tools.scripted import Screen, ScriptedSite
from tests.builders import a_spec
from tests.server.harness import deploy
from tests.server.test_starting import on_site
from tests.unit.running.harness import target


def form() -> Screen:
    return Screen("New order").form("/orders", (("Subject", "text"),), submit="Order")


class Shop:
    """Takes orders; its receipts may be away, and its answers get lost."""

    def __init__(self) -> None:
        self.receipts = False
        self.answers = True
        self.site = ScriptedSite()
        self.site.pages = {
            "/": lambda _: form(),
            "/start": lambda _: Screen("Start").text("Ready"),
            "/receipt": self._receipt,
        }
        self.site.posts = {"/orders": self._order}

    def _receipt(self, _: object) -> Screen:
        return Screen("Receipt").text("Receipt 17" if self.receipts else "Come back later")

    def closed(self, _: object) -> Screen:
        return Screen("Closed").text("Come back tomorrow")

    def _order(self, _: object) -> Screen:
        done = Screen("Done").text("Order 17 taken")
        if not self.answers:
            done.status = 503
        return done

    @property
    def orders(self) -> int:
        return len(self.site.received)

    def program(self) -> Program:
        order = ClickStep(
            id="order",
            title="Order",
            effect="write",
            args=TargetArgs(target=target(form(), "Order")),
            expect=(TextShown(text="Order # taken"),),
        )
        receipt = OpenStep(
            id="receipt",
            title="Open the receipt",
            args=OpenArgs(url=f"{self.site.origin}/receipt"),
            expect=(TextShown(text="Receipt 17"),),
        )
        opened = OpenStep(id="open", title="Open", args=OpenArgs(url=f"{self.site.origin}/"))
        return Program(steps=(opened, order, receipt))

    async def chained(self, podium: Podium) -> None:
        """Let the agent that orders follow another one, which runs."""
        start = OpenStep(
            id="start",
            title="Start",
            args=OpenArgs(url=f"{self.site.origin}/start"),
            expect=(TextShown(text="Ready"),),
        )
        for name, program in (("prices", Program(steps=(start,))), ("buyer", self.program())):
            spec = a_spec(name).model_copy(update={"origins": (self.site.origin,)})
            deploy(podium, name, spec=spec, program=program)
        podium.desk.chaining.hooks.add_chain("buyer", Chain(after="prices"))
        await podium.open_run("prices", {}, None, trigger="manual", run_id="run_1")
        await podium.begin_run("run_1")
        await podium.settle("run_1")


async def again(podium: Podium) -> Run:
    """Go on with the chain and return the newest try of its follower."""
    await podium.resume_run("run_1")
    return (await Following(podium).settle("run_1"))[-1]


async def answered(podium: Podium, run: Run, answer: JsonObject) -> Run:
    await podium.answer(run.thread_id, answer)
    await podium.settle(run.thread_id)
    return podium.stores.runs.get(run.run_id)


async def test_a_further_try_repeats_no_write_that_the_first_one_did(tmp_path: Path) -> None:
    shop = Shop()
    async with on_site(tmp_path, shop.site) as podium:
        await shop.chained(podium)
        (first,) = await Following(podium).settle("run_1")
        second = await again(podium)
        shop.receipts = True
        third = await again(podium)
        kept = podium.stores.effects.get(f"buyer:order:{first.run_id}")

    assert [run.outcome for run in (first, second, third)] == ["fail", "fail", "success"]
    assert [run.run_id.removeprefix(first.run_id) for run in (second, third)] == ["~2", "~3"]
    assert shop.orders == 1
    assert kept is not None
    assert kept.status == "done"
    assert [(record.id, record.status) for record in third.steps] == [
        ("open", "done"),
        ("order", "skipped"),
        ("receipt", "done"),
    ]


async def test_a_further_try_asks_about_a_write_in_doubt_and_stop_stays_stop(
    tmp_path: Path,
) -> None:
    shop = Shop()
    shop.answers, shop.receipts = False, True
    async with on_site(tmp_path, shop.site) as podium:
        await shop.chained(podium)
        (first,) = await Following(podium).settle("run_1")
        second = await again(podium)
        stopped = await answered(podium, second, {"arrived": "stop"})
        with pytest.raises(Conflict, match="nothing after it is left to do"):
            await podium.resume_run("run_1")

    assert (first.outcome, second.status, stopped.outcome) == ("fail", "waiting", "fail")
    assert second.question is not None
    assert "Did it arrive" in second.question.title
    assert shop.orders == 1


async def test_a_write_in_doubt_that_arrived_lets_the_further_try_go_on(tmp_path: Path) -> None:
    shop = Shop()
    shop.answers, shop.receipts = False, True
    async with on_site(tmp_path, shop.site) as podium:
        await shop.chained(podium)
        await Following(podium).settle("run_1")
        done = await answered(podium, await again(podium), {"arrived": "it arrived"})

    assert done.outcome == "success"
    assert shop.orders == 1


def built_anew(podium: Podium, shop: Shop, *, order_id: str) -> None:
    """Keep a further version that looks for another receipt; its order is a step of that name."""
    start, order, receipt = shop.program().steps
    other = receipt.model_copy(update={"expect": (TextShown(text="Receipt 18"),)})
    program = Program(steps=(start, order.model_copy(update={"id": order_id}), other))
    kept = podium.stores.agents.version("buyer")
    version = podium.stores.agents.add_version(
        "buyer", base=kept.version, spec=kept.spec, program=program, reason="edited", author="you"
    )
    podium.stores.agents.activate("buyer", version.version)


@pytest.mark.parametrize(("order_id", "version"), [("order", 2), ("place_order", 1)])
async def test_an_agent_built_anew_repeats_no_write_of_the_first_try(
    tmp_path: Path, order_id: str, version: int
) -> None:
    """The new version goes on where the journal knows its writes; else the one that wrote does."""
    shop = Shop()
    async with on_site(tmp_path, shop.site) as podium:
        await shop.chained(podium)
        await Following(podium).settle("run_1")
        built_anew(podium, shop, order_id=order_id)
        second = await again(podium)

    assert shop.orders == 1
    assert second.version == version
    assert [record.status for record in second.steps] == ["done", "skipped", "failed"]


async def test_a_first_try_that_wrote_nothing_is_done_again_as_the_agent_is_now(
    tmp_path: Path,
) -> None:
    shop = Shop()
    shop.receipts = True
    pages = shop.site.pages
    shop.site.pages = {"/": shop.closed, "/start": pages["/start"]}
    async with on_site(tmp_path, shop.site) as podium:
        await shop.chained(podium)
        await Following(podium).settle("run_1")
        shop.site.pages = pages
        built_anew(podium, shop, order_id="place_order")
        second = await again(podium)

    assert (second.version, shop.orders) == (2, 1)

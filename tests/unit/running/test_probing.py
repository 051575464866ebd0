"""What a compiled probe says about a write whose answer never came: done, surely absent, or nothing."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from podium.state.document import JsonObject
from podium.state.effects import EffectRecord, EffectStatus, Sighting
from podium.state.program import (
    ClickStep,
    Condition,
    ExtractArgs,
    ExtractStep,
    OpenArgs,
    OpenStep,
    RowCount,
    TargetArgs,
    TextShown,
)
from podium.tools.grounding.lists import describe_list
from podium.tools.runner import StepResult
from podium.tools.scripted import Screen, ScriptedSite, Visit
from tests.builders import a_run
from tests.unit.running.harness import ORIGIN, Bench, target

OPEN = OpenStep(id="open", title="Open", args=OpenArgs(url=f"{ORIGIN}/new"))


@dataclass
class Stock:
    """A site with a form and the list of what it was given."""

    site: ScriptedSite
    kept: list[tuple[str, str]] = field(default_factory=lambda: [("Bolts", "A1"), ("Nuts", "A2")])
    page: str = "list"

    def __post_init__(self) -> None:
        self.site.pages = {"/new": self.form, "/stock": self.stock, "/login": self.login}
        self.site.posts = {"/stock": self.keep}

    def form(self, _: Visit | None = None) -> Screen:
        return Screen("Add").form("/stock", (("Item", "text"), ("Shelf", "text")), submit="Add")

    def stock(self, _: Visit | None = None) -> Screen | str:
        match self.page:
            case "expired":
                return "/login"
            case "broken":
                return Screen("Sorry", status=500)
            case "halved":
                return self.listed().link("Next", "/stock?page=2", region="main")
            case "changed":
                return Screen("Stock").table(("Code", "Weight"), [("7", "9 kg"), ("8", "9 kg")])
            case _:
                return self.listed()

    def listed(self) -> Screen:
        return Screen("Stock").table(("Item", "Shelf"), self.kept)

    def login(self, _: Visit) -> Screen:
        return Screen("Sign in").form("/in", (("Password", "password"),), submit="In")

    def keep(self, _: Visit) -> Screen:
        self.kept.append(("Washers", "B4"))
        return Screen("Thanks").text("It was added")

    def step(self, *, proven: bool = True) -> ClickStep:
        snapshot = self.listed().snapshot(f"{ORIGIN}/stock", {})
        probe = ExtractStep(
            id="look",
            title="Look",
            args=ExtractArgs(
                list=describe_list(snapshot.collections[0], snapshot),
                url=f"{ORIGIN}/stock",
                conditions=(Condition(column="item", cmp="=", value="{inputs.item}"),),
            ),
            expect=(RowCount(at_least=0),),
        )
        return ClickStep(
            id="add",
            title="Add it",
            effect="write",
            args=TargetArgs(target=target(self.form(), "Add")),
            expect=(TextShown(text="It was added"),),
            probe=probe.to_json(),
            probe_proven=proven,
        )


@pytest.fixture
def stock(bench: Bench, site: ScriptedSite) -> Stock:
    bench.inputs = {"item": "Washers"}
    return Stock(site)


async def in_doubt(bench: Bench, *, before: int | None = 0, status: EffectStatus = "sent") -> None:
    """Leave a write that was sent and never answered, as a process that died then."""
    await bench.run(OPEN)
    seen: JsonObject = (
        {} if before is None else {"before": Sighting(count=before, complete=True).to_json()}
    )
    bench.stores.effects.put(
        EffectRecord(
            effect_key=f"tester:add:{bench.run_id}",
            run_id=bench.run_id,
            step_id="add",
            status=status,
            request={},
            at=bench.clock.now(),
            evidence=seen,
            attempt="the one that died",
        )
    )
    bench.restart()


def settled(result: StepResult) -> str:
    """Return what became of it: found, sent again, or asked."""
    if result.question is not None:
        return "asked"
    return "found" if result.record.status == "skipped" else "sent again"


async def test_what_is_there_now_and_was_not_before_is_done(bench: Bench, stock: Stock) -> None:
    await in_doubt(bench)
    stock.kept.append(("Washers", "B4"))

    assert settled(await bench.do(stock.step())) == "found"
    assert stock.site.received == []


async def test_an_older_record_with_the_same_values_is_not_this_one(
    bench: Bench, stock: Stock
) -> None:
    stock.kept.append(("Washers", "B4"))
    await in_doubt(bench, before=1)

    assert settled(await bench.do(stock.step())) == "sent again"
    assert len(stock.site.received) == 1


async def test_what_was_there_before_is_noted_before_the_write_is_sent(
    bench: Bench, stock: Stock
) -> None:
    stock.kept.append(("Washers", "B4"))
    seen: list[object] = []

    def receive(visit: Visit) -> Screen:
        record = bench.stores.effects.get(f"tester:add:{bench.run_id}")
        seen.append(record and (record.status, record.evidence))
        return stock.keep(visit)

    stock.site.posts = {"/stock": receive}

    await bench.run(OPEN, stock.step())

    assert seen == [("sent", {"before": {"count": 1, "complete": True, "empty": False}})]


@pytest.mark.parametrize("page", ["expired", "broken", "halved", "changed"])
async def test_a_look_that_proves_nothing_asks(bench: Bench, stock: Stock, page: str) -> None:
    await in_doubt(bench)
    stock.page = page

    assert settled(await bench.do(stock.step())) == "asked"
    assert stock.site.received == []


async def test_a_probe_that_never_found_anything_does_not_let_a_write_be_repeated(
    bench: Bench, stock: Stock
) -> None:
    await in_doubt(bench)

    assert settled(await bench.do(stock.step(proven=False))) == "asked"


async def test_a_run_proves_the_probe_for_later_ones(bench: Bench, stock: Stock) -> None:
    step = stock.step(proven=False)
    first = (await bench.run(OPEN, step))[-1]
    await bench.next_run()
    await in_doubt(bench, before=1)

    assert first.record.evidence["probe"] == "found it"
    assert settled(await bench.do(step)) == "sent again"


async def test_without_a_look_before_a_record_says_nothing(bench: Bench, stock: Stock) -> None:
    stock.kept.append(("Washers", "B4"))
    await in_doubt(bench, before=None)

    assert settled(await bench.do(stock.step())) == "asked"


@pytest.mark.parametrize(("item", "outcome"), [("Washers", "asked"), ("Screws", "found")])
async def test_another_run_with_the_same_values_may_have_written_it(
    bench: Bench, stock: Stock, item: str, outcome: str
) -> None:
    await in_doubt(bench)
    stock.kept.append(("Washers", "B4"))
    rival = a_run("run_9", agent="tester").model_copy(update={"inputs": {"item": item}})
    bench.stores.runs.create(rival)

    assert settled(await bench.do(stock.step())) == outcome


async def test_an_address_that_leads_elsewhere_is_no_proof_of_absence(
    bench: Bench, stock: Stock
) -> None:
    look = OpenStep(
        id="look",
        title="Look",
        args=OpenArgs(url=f"{ORIGIN}/stock"),
        expect=(TextShown(text="Washers"),),
    )
    step = stock.step().model_copy(update={"probe": look.to_json()})
    await in_doubt(bench)
    stock.page = "expired"

    assert settled(await bench.do(step)) == "asked"

"""Steps that cannot be undone: what the plan's approval named goes through, anything else asks for itself."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pydantic import JsonValue

from podium.state.document import JsonObject
from podium.state.program import (
    CheckArgs,
    CheckStep,
    ClickStep,
    Column,
    Condition,
    EachArgs,
    EachStep,
    ExtractArgs,
    ExtractStep,
    FillArgs,
    FillStep,
    ListSpec,
    NotifyArgs,
    NotifyStep,
    OpenArgs,
    OpenStep,
    Program,
    Step,
    TargetArgs,
    TextShown,
    WhereArgs,
    WhereStep,
)
from podium.state.target import Target
from podium.state.templates import Scope
from podium.tools.runner import StepResult
from podium.tools.running.approving import effect_of, hash_of, with_approvals
from podium.tools.scripted import Screen, ScriptedSite, Visit
from tests.unit.running.harness import ORIGIN, Bench, target

PLANNED: dict[str, JsonValue] = {"amount": "10", "day": "Monday"}


def form(button: str = "Pay") -> Screen:
    return Screen("Transfer").form("/pay", (("Amount", "text"),), submit=button)


def program(*, amount: str = "{inputs.amount}") -> tuple[Step, ...]:
    """Return what a build compiles for a payment that was planned with the inputs `PLANNED`."""
    steps: tuple[Step, ...] = (
        OpenStep(id="open", title="Open", args=OpenArgs(url=f"{ORIGIN}/")),
        FillStep(id="fill", title="Fill in", args=FillArgs(target=target(form(), "Amount"), value=amount)),
        ClickStep(
            id="pay",
            title="Pay",
            effect="irreversible",
            args=TargetArgs(target=target(form(), "Pay")),
            expect=(TextShown(text="Paid"),),
            signatures=(f"POST {ORIGIN}/pay",),
        ),
    )  # fmt: skip
    return with_approvals(steps, Program(steps=steps), Scope(inputs=PLANNED))


def served_again(site: ScriptedSite) -> None:
    site.pages = {"/": lambda _: form()}
    site.posts = {"/pay": lambda _: Screen("Done").text("Paid")}


@pytest.fixture(autouse=True)
def served(site: ScriptedSite) -> None:
    served_again(site)


async def paid(
    bench: Bench, *, amount: str = "10", steps: tuple[Step, ...] | None = None
) -> StepResult:
    bench.inputs = {**PLANNED, "amount": amount}
    return (await bench.run(*(steps or program())))[-1]


async def answered(bench: Bench, answer: JsonObject) -> StepResult:
    """Run the last step again with the answer."""
    return await bench.runner.run_step(
        bench.steps[-1], bench.context, bench.progress, answer=answer
    )


async def test_what_the_plan_named_is_done_without_a_question(
    bench: Bench, site: ScriptedSite
) -> None:
    assert (await paid(bench)).record.status == "done"
    assert len(site.received) == 1


async def test_another_value_asks_first_and_says_what_it_would_do(
    bench: Bench, site: ScriptedSite
) -> None:
    result = await paid(bench, amount="1000")

    assert result.question is not None
    assert (result.question.kind, result.question.default) == ("approval", None)
    assert "Amount: 1000" in result.question.text
    assert f"POST {ORIGIN}/pay" in result.question.text
    assert site.received == []


async def test_an_input_that_the_effect_does_not_use_asks_nothing(bench: Bench) -> None:
    bench.inputs = {"amount": "10", "day": "Friday"}

    assert (await bench.run(*program()))[-1].record.status == "done"


async def test_an_approval_lets_exactly_that_effect_through_once(
    bench: Bench, site: ScriptedSite
) -> None:
    await paid(bench, amount="1000")

    result = await answered(bench, {"decision": "approve"})

    assert result.record.status == "done"
    assert len(site.received) == 1


async def test_a_refusal_ends_the_run_and_sends_nothing(bench: Bench, site: ScriptedSite) -> None:
    await paid(bench, amount="1000")

    result = await answered(bench, {"decision": "reject"})

    assert (result.record.status, result.error_code) == ("failed", "cancelled")
    assert site.received == []


async def test_an_approval_of_one_effect_is_none_of_another(
    bench: Bench, site: ScriptedSite
) -> None:
    first = await paid(bench, amount="1000")
    bench.inputs = {**PLANNED, "amount": "2000"}

    second = await answered(bench, {"decision": "approve"})

    assert first.question is not None
    assert second.question is not None
    assert second.question.subject != first.question.subject
    assert site.received == []


def asking(said: str) -> Screen:
    """Return a page whose button only asks; its dialog sends."""
    dialog = Screen("Transfer").button("Pay").text(said)
    dialog.button("Continue", post="/pay", region="dialog")
    dialog.button("Back", do=lambda: asking(said), region="dialog")
    return Screen("Transfer").button("Pay", do=lambda: dialog)


async def test_what_the_page_itself_asks_before_it_cannot_be_undone_is_read_by_a_person(
    bench: Bench, site: ScriptedSite
) -> None:
    site.pages = {"/": lambda _: asking("The receiver is abroad.")}
    click = program()[-1].model_copy(
        update={"args": TargetArgs(target=target(asking(""), "Pay")), "approved": ""}
    )
    await bench.run(program()[0], click)
    first = await answered(bench, {"decision": "approve"})

    assert first.question is not None
    assert site.received == []
    said: JsonObject = {"page_says": "The receiver is abroad."}
    refused = await answered(bench, {"decision": "approve", **said, "confirms": "no, stop"})
    assert (refused.error_code, site.received) == ("cancelled", [])

    result = await answered(bench, {"decision": "approve", **said, "confirms": "yes, go on"})

    assert result.record.status == "done"
    assert len(site.received) == 1


async def test_an_approval_survives_a_restart_before_the_sending(
    bench: Bench, site: ScriptedSite
) -> None:
    await paid(bench, amount="1000")
    site.pages = {"/": lambda _: Screen("Transfer").text("Closed for the night")}
    await bench.do(bench.steps[0])
    await answered(bench, {"decision": "approve"})
    assert site.received == []

    bench.restart()
    served_again(site)
    result = await paid(bench, amount="1000")

    assert result.record.status == "done"
    assert len(site.received) == 1


@pytest.mark.parametrize("lost", ["amount", "approved"])
async def test_what_the_plan_could_not_name_is_asked_about(
    bench: Bench, site: ScriptedSite, lost: str
) -> None:
    steps = program(amount="{inputs.unknown}") if lost == "amount" else program()
    bench.inputs = {**PLANNED, "unknown": "5"}
    if lost == "approved":
        steps = (*steps[:-1], steps[-1].model_copy(update={"approved": ""}))

    result = (await bench.run(*steps))[-1]

    assert result.question is not None
    assert "differs" not in result.question.text
    assert site.received == []


async def test_another_target_or_request_is_another_effect(bench: Bench) -> None:
    pay = program()[-1]
    elsewhere = pay.model_copy(update={"signatures": (f"POST {ORIGIN}/pay-now",)})
    renamed = pay.model_copy(update={"args": TargetArgs(target=target(form("Pay all"), "Pay all"))})

    for changed in (elsewhere, renamed):
        steps = (*program()[:-1], changed)
        assert with_approvals(steps, Program(steps=steps), Scope(inputs=PLANNED))[-1] != changed


async def test_a_rehearsal_asks_nothing(bench: Bench, site: ScriptedSite) -> None:
    bench.mode = "test"

    assert (await paid(bench, amount="1000")).record.status == "held"
    assert site.received == []


CUSTOMERS = ("ACME", "Beta")


def form_page(_: Visit) -> Screen:
    return form()


def customers() -> Screen:
    screen = Screen("Customers")
    for name in CUSTOMERS:
        screen.link(name, f"/{name}")
    return screen


def plans() -> Screen:
    kinds = tuple((name, "radio") for name in CUSTOMERS)
    return Screen("Transfer").form("/pay", kinds, submit="Pay")


def list_page() -> Screen:
    rows = [[name, "10"] for name in CUSTOMERS]
    return Screen("Customers").table(("Customer", "Owed"), rows).button("Pay", post="/pay")


def opened() -> Step:
    return OpenStep(id="open", title="Open", args=OpenArgs(url=f"{ORIGIN}/"))


def pay(on: Screen, *, row_key: str = "") -> Step:
    return ClickStep(
        id="pay",
        title="Pay",
        effect="irreversible",
        args=TargetArgs(target=target(on, "Pay", row_key=row_key)),
        expect=(TextShown(text="Paid"),),
        signatures=(f"POST {ORIGIN}/pay",),
    )


def for_any(screen: Screen) -> Target:
    """Return the control called by the input, as the build compiles one that was named by its example."""
    described = target(screen, "ACME")
    return Target(role=described.role, tag=described.tag, name="{inputs.customer}")


def by_click(site: ScriptedSite) -> tuple[Step, ...]:
    site.pages = {"/": lambda _: customers()}
    site.pages |= dict.fromkeys((f"/{name}" for name in CUSTOMERS), form_page)
    click = ClickStep(id="go", title="Go", args=TargetArgs(target=for_any(customers())))
    return opened(), click, pay(form())


def by_click_on_the_page_before(site: ScriptedSite) -> tuple[Step, ...]:
    steps = by_click(site)
    again = OpenStep(id="again", title="Open", args=OpenArgs(url=f"{ORIGIN}/ACME"))
    return *steps[:-1], again, steps[-1]


def by_radio(site: ScriptedSite) -> tuple[Step, ...]:
    site.pages = {"/": lambda _: plans()}
    check = CheckStep(id="pick", title="Pick", args=CheckArgs(target=for_any(plans())))
    return opened(), check, pay(plans())


def by_where(site: ScriptedSite) -> tuple[Step, ...]:
    site.pages = {"/": lambda _: list_page()}
    columns = (Column(name="customer", header="Customer"), Column(name="owed", header="Owed"))
    spec = ListSpec(kind="table", columns=columns, key=("customer",))
    chosen = Condition(column="customer", cmp="=", value="{inputs.customer}")
    return (
        opened(),
        ExtractStep(id="rows", title="Read", args=ExtractArgs(list=spec)),
        WhereStep(id="due", title="Due", args=WhereArgs(rows="rows", conditions=(chosen,))),
        EachStep(
            id="each", title="Each", args=EachArgs(rows="due", steps=(pay(list_page()),))
        ),
    )  # fmt: skip


@pytest.mark.parametrize("way", [by_click, by_click_on_the_page_before, by_radio, by_where])
@pytest.mark.parametrize("customer", CUSTOMERS)
async def test_who_is_chosen_by_a_click_a_radio_or_the_rows_is_part_of_what_was_approved(
    bench: Bench,
    site: ScriptedSite,
    way: Callable[[ScriptedSite], tuple[Step, ...]],
    customer: str,
) -> None:
    steps = way(site)
    steps = with_approvals(steps, Program(steps=steps), Scope(inputs={"customer": "ACME"}))
    bench.inputs = {"customer": customer}

    result = (await bench.run(*steps))[-1]

    if customer == "ACME":
        assert (result.record.status, len(site.received)) == ("done", 1)
    else:
        assert result.question is not None
        assert result.question.kind == "approval"
        assert "customer: Beta" in result.question.text
        assert site.received == []


def test_other_conditions_of_a_loop_are_another_effect(site: ScriptedSite) -> None:
    steps = by_where(site)
    scope = Scope(inputs={"customer": "ACME"})
    all_rows = WhereStep(id="due", title="Due", args=WhereArgs(rows="rows", conditions=()))
    hashes = {
        hash_of(effect_of(pay(list_page()), Program(steps=changed), scope))
        for changed in (steps, (*steps[:2], all_rows, steps[3]))
    }

    assert len(hashes) == 2


def test_what_a_step_tells_on_the_way_to_another_page_asks_nothing() -> None:
    told = NotifyArgs(text="There are {steps.rows.count}")
    steps = (opened(), NotifyStep(id="tell", title="Tell", args=told), *program())
    found = [Scope(inputs=PLANNED, steps={"rows": {"count": count}}) for count in (1, 2)]

    hashes = {hash_of(effect_of(steps[-1], Program(steps=steps), scope)) for scope in found}

    assert len(hashes) == 1

"""Steps that cannot be undone: what the plan's approval named goes through, anything else asks for itself."""

from __future__ import annotations

import pytest
from pydantic import JsonValue

from podium.state.document import JsonObject
from podium.state.program import (
    ClickStep,
    FillArgs,
    FillStep,
    OpenArgs,
    OpenStep,
    Program,
    Step,
    TargetArgs,
    TextShown,
)
from podium.state.templates import Scope
from podium.tools.runner import StepResult
from podium.tools.running.approving import with_approvals
from podium.tools.scripted import Screen, ScriptedSite
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


@pytest.fixture(autouse=True)
def served(site: ScriptedSite) -> None:
    site.pages = {"/": lambda _: form()}
    site.posts = {"/pay": lambda _: Screen("Done").text("Paid")}


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


async def test_an_approval_survives_a_restart_before_the_sending(
    bench: Bench, site: ScriptedSite
) -> None:
    await paid(bench, amount="1000")
    site.posts = {}
    await answered(bench, {"decision": "approve"})
    bench.restart()
    question = (await paid(bench, amount="1000")).question

    assert question is None or question.kind != "approval"


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

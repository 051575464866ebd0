"""Several controls of a form that are called otherwise are one question."""

from __future__ import annotations

import pytest

from podium.state.document import JsonObject
from podium.state.program import FillArgs, FillStep, OpenArgs, OpenStep
from podium.tools.running.finding import ALL_OF_THEM
from podium.tools.scripted import Screen, ScriptedSite
from tests.unit.running.harness import ORIGIN, Bench, target

HOME = OpenStep(id="home", title="Open the site", args=OpenArgs(url=f"{ORIGIN}/"))


def a_form(*labels: str) -> Screen:
    fields = tuple((label, "text") for label in labels)
    return Screen("Expense").form("/expenses", fields, submit="Save expense")


OLD = a_form("Payee", "Occasion")


def fill(name: str) -> FillStep:
    where = target(OLD, name, phrase=name)
    return FillStep(
        id=f"fill-{name}", title=f"Fill {name}", args=FillArgs(target=where, value="Elm")
    )


STEPS = (HOME, fill("Payee"), fill("Occasion"))


async def test_one_yes_is_for_all_and_the_next_step_does_not_ask(
    bench: Bench, site: ScriptedSite
) -> None:
    site.pages = {"/": lambda _: a_form("Stakeholder", "Happening")}
    asked = (await bench.run(*STEPS))[-1]
    assert asked.question is not None
    element, others = asked.question.fields

    assert element.choices[0] == ALL_OF_THEM
    assert "'Occasion'" in others.choices[0]
    answer: JsonObject = {"element": ALL_OF_THEM, "others": others.choices[0]}
    first = await bench.do(STEPS[1], answer=answer)
    second = await bench.do(STEPS[2])

    assert (first.record.status, first.record.rung) == ("done", 5)
    assert (second.record.status, second.record.rung) == ("done", 5)


@pytest.mark.parametrize("later", ["Venue", "Happening"])
async def test_a_yes_counts_for_what_was_shown_alone(
    bench: Bench, site: ScriptedSite, later: str
) -> None:
    site.pages = {"/": lambda _: a_form("Stakeholder", "Happening")}
    asked = (await bench.run(*STEPS))[-1]
    assert asked.question is not None
    others = asked.question.fields[1].choices[0]

    site.pages = {"/": lambda _: a_form("Stakeholder", later)}
    await bench.do(HOME)
    again = await bench.do(STEPS[1], answer={"element": ALL_OF_THEM, "others": others})

    assert again.record.status == ("done" if later == "Happening" else "waiting")


async def test_one_renamed_control_is_asked_about_alone(bench: Bench, site: ScriptedSite) -> None:
    site.pages = {"/": lambda _: a_form("Stakeholder", "Occasion")}

    asked = (await bench.run(*STEPS))[-1]

    assert asked.question is not None
    assert [one.name for one in asked.question.fields] == ["element"]

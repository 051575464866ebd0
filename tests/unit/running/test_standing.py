"""What a form holds without the program's doing is compared before anything is sent, whatever the step does to send it."""

from __future__ import annotations

import pytest

from podium.state.program import (
    ClickStep,
    FillArgs,
    OpenArgs,
    OpenStep,
    PressArgs,
    PressStep,
    SelectStep,
    Step,
    TargetArgs,
)
from podium.state.target import Target
from podium.tools.running.standing import AS_IT_STANDS
from podium.tools.scripted import Screen, ScriptedSite
from tests.unit.running.harness import ORIGIN, Bench, target

OPEN = OpenStep(id="open", title="Open", args=OpenArgs(url=f"{ORIGIN}/"))
FIELDS = (("Recipient", "select"), ("State", "select"), ("Note", "text"))
OPTIONS = {"Recipient": ("Ann", "Bob"), "State": ("open", "done")}


def form(recipient: str) -> Screen:
    preset = {"Recipient": recipient, "State": "open"}
    return Screen("Send").form("/send", FIELDS, submit="Send", options=OPTIONS, preset=preset)


def learnt(name: str) -> Target:
    """Return the control as it was learnt when the form was addressed to Ann."""
    found = target(form("Ann"), name)
    return found.model_copy(update={"settings": {"Recipient": "Ann", "State": "open"}})


def served(site: ScriptedSite, recipient: str) -> None:
    site.pages = {"/": lambda _: form(recipient)}
    site.posts = {"/send": lambda _: Screen("Sent").message("Sent")}


CLICK = ClickStep(
    id="send", title="Send it", effect="write", args=TargetArgs(target=learnt("Send"))
)
PRESS = PressStep(
    id="send", title="Send it", effect="write", args=PressArgs(key="Enter", target=learnt("Note"))
)
CHOOSE = SelectStep(
    id="send", title="Send it", effect="write", args=FillArgs(target=learnt("State"), value="done")
)


@pytest.mark.parametrize("step", [CLICK, PRESS, CHOOSE])
async def test_a_preset_that_changed_is_asked_about_before_any_kind_of_step_sends_it(
    bench: Bench, site: ScriptedSite, step: Step
) -> None:
    served(site, "Bob")

    *_, asked = await bench.run(OPEN, step)

    assert asked.question is not None
    assert "'Recipient' was 'Ann', is 'Bob'" in asked.question.title
    assert site.received == []


async def test_a_choice_made_in_another_form_of_that_name_does_not_answer_for_this_one(
    bench: Bench, site: ScriptedSite
) -> None:
    served(site, "Bob")
    own = SelectStep(
        id="own",
        title="To Bob",
        args=FillArgs(target=target(form("Ann"), "Recipient"), value="Bob"),
    )
    again = OPEN.model_copy(update={"id": "again"})

    *_, asked = await bench.run(OPEN, own, again, CLICK)
    assert asked.question is not None
    bench.run_id = "run_2"
    *_, sent = await bench.run(OPEN, own, CLICK)

    assert sent.question is None
    assert [fields["recipient"] for _, fields in site.received] == ["Bob"]


async def test_a_yes_is_kept_with_a_button_that_is_called_by_an_input(
    bench: Bench, site: ScriptedSite
) -> None:
    served(site, "Bob")
    bench.inputs = {"act": "Send"}
    named = learnt("Send").model_copy(update={"name": "{inputs.act}", "text": "{inputs.act}"})
    step = CLICK.model_copy(update={"args": TargetArgs(target=named)})
    *_, asked = await bench.run(OPEN, step)
    assert asked.question is not None

    answer = asked.question.check({"stands": AS_IT_STANDS})
    done = await bench.do(step, answer=answer)

    assert done.healed is not None
    args = done.healed["args"]
    assert isinstance(args, dict)
    assert args["target"]["settings"] == {"Recipient": "Bob", "State": "open"}  # type: ignore[index, call-overload]

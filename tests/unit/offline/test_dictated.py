"""Forms that are dictated: parts that only the form can take apart go into the plan as they were said."""

from __future__ import annotations

import pytest

from podium.state.plan import Understanding
from tests.unit.offline.labels import understand

AT = "https://club.example/join"


def values_of(read: Understanding) -> dict[str, str]:
    request = read.requests[0]
    given = {f"{{inputs.{spec.name}}}": str(spec.default) for spec in request.inputs}
    return {
        name: given.get(value, value)
        for step in request.steps
        for name, value in step.values.items()
    }


@pytest.mark.parametrize(
    ("text", "values"),
    [
        (
            f"name Ann Lee, mobile 555, area Garden, tick the terms - put that into the volunteer form at {AT} and sign up",
            {"name": "Ann Lee", "mobile": "555", "area": "Garden", "tick the terms": "yes"},
        ),
        (
            f"apply at {AT}: Ada Poe, ada@poe.net, 12 hours a week, I agree to the privacy policy",
            {"Ada Poe": "yes", "ada@poe.net": "yes", "12 hours a week": "yes", "I agree to the privacy policy": "yes"},
        ),
        (
            f"join the club at {AT} as Rae Finn, born 2 May 1999, student, no newsletter",
            {"Rae Finn": "yes", "born": "1999-05-02", "student": "yes", "no newsletter": "yes"},
        ),
    ],
)  # fmt: skip
def test_parts_of_a_dictated_form_are_kept_as_said(text: str, values: dict[str, str]) -> None:
    read = understand(text)

    assert values_of(read) == values
    assert [step.op for step in read.requests[0].steps] == ["open", "reach", "fill", "submit"]
    assert read.unexplained == ()


@pytest.mark.parametrize(
    "text",
    [
        f"fill the order form at {AT}: customer Ode, Pears, quantity 10; Plums, quantity 5 and send it",
        f"fill the order form at {AT}: customer Ode, gift wrap please, but do not send it",
        f"join the club at {AT} as Rae Finn, glad to help, if the fee is below 20 EUR",
    ],
)
def test_groups_that_repeat_conditions_and_forms_that_are_not_sent_are_not_dictated(
    text: str,
) -> None:
    read = understand(text)

    assert not any(
        value == "yes" and len(name.split()) > 1
        for request in read.requests
        for step in request.steps
        for name, value in step.values.items()
    )


@pytest.mark.parametrize(
    ("said", "sent"),
    [
        (f"fill the visit form at {AT} with Ann Lee as contact, twice a week please, area Garden, tick the terms", False),
        (f"Ann Lee, hours a week 12, area Garden, tick the terms - put that into the visit form at {AT}", False),
        (f"Ann Lee, hours a week 12, area Garden, tick the terms - put that into the visit form at {AT} and send it", True),
        (f"register Ann Lee at {AT}, hours a week 12, area Garden, tick the terms", True),
    ],
)  # fmt: skip
def test_a_form_that_is_only_to_be_filled_in_is_not_sent(said: str, sent: bool) -> None:
    request = understand(said).requests[0]

    assert ("submit" in {step.op for step in request.steps}) is sent
    assert ("write" in request.effects) is sent

"""What a person did becomes the steps that do it."""

from __future__ import annotations

from podium.state.program import FillStep, SelectStep, SignInStep, UrlLike, check_program
from podium.state.target import Target
from podium.tools.recording import Action, compile_actions

SITE = "http://shop.test"


def field(name: str) -> Target:
    return Target(role="textbox", name=name)


def button(name: str) -> Target:
    return Target(role="button", name=name)


OPEN = Action(kind="open", url=f"{SITE}/login")
USER = Action(kind="fill", url=f"{SITE}/login?next=1", target=field("User"), value="ada")
PASSWORD = Action(kind="secret", url=f"{SITE}/login", target=field("Password"), password=True)
GO = Action(kind="click", url=f"{SITE}/login", target=button("Sign in"), requests=("POST x",))
ENTER = Action(kind="press", url=f"{SITE}/login", target=field("Password"), value="Enter")


def test_user_password_and_button_are_one_sign_in() -> None:
    recorded = compile_actions([OPEN, USER, PASSWORD, GO])
    sign_in = recorded.program.steps[1]
    assert isinstance(sign_in, SignInStep)
    assert sign_in.args.user == USER.target
    assert sign_in.args.submit == GO.target
    assert sign_in.args.url == f"{SITE}/login"
    assert (len(recorded.program.steps), recorded.secrets, recorded.inputs) == (
        2,
        ("shop-test",),
        (),
    )


def test_enter_in_the_password_field_submits_without_a_button() -> None:
    sign_in = compile_actions([OPEN, USER, PASSWORD, ENTER]).program.steps[1]
    assert isinstance(sign_in, SignInStep)
    assert sign_in.args.submit is None


def test_a_button_between_user_and_password_leads_from_one_to_the_other() -> None:
    onward = Action(kind="click", url=f"{SITE}/login", target=button("Continue"))
    sign_in = compile_actions([OPEN, USER, onward, PASSWORD, GO]).program.steps[1]
    assert isinstance(sign_in, SignInStep)
    assert sign_in.args.advance == onward.target


def test_typed_texts_and_choices_become_inputs_with_what_was_shown_as_default() -> None:
    text = Action(kind="fill", url=SITE, target=field("Article"), value="Bolt")
    again = Action(kind="fill", url=SITE, target=field("Article"), value="Nut")
    size = Action(kind="select", url=SITE, target=Target(role="combobox", name="Size"), value="L")
    recorded = compile_actions([text, again, size])
    first, second, third = recorded.program.steps
    assert isinstance(first, FillStep)
    assert isinstance(third, SelectStep)
    assert (first.args.value, third.args.value) == ("{inputs.article}", "{inputs.size}")
    assert first.id != second.id
    assert [(one.name, one.default) for one in recorded.inputs] == [
        ("article", "Bolt"),
        ("article_2", "Nut"),
        ("size", "L"),
    ]
    check_program(recorded.program)


def test_what_sent_something_is_a_write_with_its_request_and_its_proof() -> None:
    send = Action(
        kind="click",
        url=f"{SITE}/new",
        target=button("Send"),
        requests=("POST http://shop.test/orders",),
        led_to=f"{SITE}/orders/1047",
    )
    step = compile_actions([send]).program.steps[0]
    assert (step.effect, step.signatures) == ("write", send.requests)
    assert step.expect == (UrlLike(pattern="/orders/*"),)


def test_a_secret_outside_a_sign_in_is_left_out_and_said() -> None:
    secret = Action(kind="secret", url=SITE, target=field("API key"))
    recorded = compile_actions([OPEN, secret])
    assert len(recorded.program.steps) == 1
    assert recorded.left_out == ("the secret that was typed into 'API key'",)

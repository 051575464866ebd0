from __future__ import annotations

from dataclasses import replace

import pyotp
import pytest

from podium.state.document import JsonObject
from podium.state.program import (
    ClickStep,
    OpenArgs,
    OpenStep,
    SignInArgs,
    SignInStep,
    TargetArgs,
    UrlLike,
)
from podium.tools.scripted import Screen, ScriptedSite, Visit
from tests.deaths import Death, Died, MortalEffects
from tests.unit.running.harness import ORIGIN, Bench, target

STORED: JsonObject = {"credentials": {"stored": "site"}}


def form() -> Screen:
    return Screen("Sign in").form(
        "/login", (("Username", "text"), ("Password", "password")), submit="Sign in"
    )


def inside() -> Screen:
    return (
        Screen("Dashboard")
        .link("Invoices", "/invoices", region="navigation")
        .link("Log out", "/logout", region="navigation")
    )


@pytest.fixture(autouse=True)
def portal(site: ScriptedSite) -> None:
    def enter(visit: Visit) -> Screen | str:
        if visit.fields.get("password") != "right":
            return form().message("Wrong user name or password")
        visit.session["user"] = visit.fields["username"]
        return "/"

    def behind(screen: Screen, visit: Visit) -> Screen | str:
        return screen if visit.session.get("user") else "/login"

    site.pages = {
        "/": lambda visit: behind(inside(), visit),
        "/invoices": lambda visit: behind(Screen("Invoices").link("Log out", "/logout"), visit),
        "/login": lambda _: form(),
    }
    site.posts = {"/login": enter}


def sign_in(secret: str = "site") -> SignInStep:
    return SignInStep(
        id="sign_in",
        title="Sign in",
        args=SignInArgs(
            secret=secret,
            user=target(form(), "Username"),
            password=target(form(), "Password"),
            submit=target(form(), "Sign in"),
            url=f"{ORIGIN}/login",
        ),
        expect=(UrlLike(pattern="/"),),
    )


def keep(bench: Bench, password: str = "right", *, origin: str = ORIGIN) -> None:
    bench.vault.put(name="site", origin=origin, user="ada", password=password)


async def test_a_credential_of_the_vault_opens_the_session(
    bench: Bench, site: ScriptedSite
) -> None:
    keep(bench)

    result = (await bench.run(sign_in()))[-1]

    assert result.record.status == "done"
    assert result.safe_url == f"{ORIGIN}/"
    assert site.received == [("/login", {"username": "ada", "password": "right"})]
    assert "right" not in result.record.model_dump_json()


async def test_an_open_session_is_not_signed_in_again(bench: Bench, site: ScriptedSite) -> None:
    keep(bench)
    site.pages["/login"] = lambda visit: "/" if visit.session.get("user") else form()
    await bench.run(sign_in())

    again = await bench.do(sign_in())

    assert again.record.evidence["already"] is True
    assert len(site.received) == 1


async def test_a_refusal_is_asked_about_in_the_sites_words(bench: Bench) -> None:
    keep(bench, "wrong")

    result = (await bench.run(sign_in()))[-1]

    assert result.record.status == "waiting"
    assert result.question is not None
    assert result.question.kind == "secret"
    assert result.question.fields[0].name == "credentials"
    assert "Wrong user name or password" in result.question.text


async def test_the_right_credential_after_a_refusal_goes_on(bench: Bench) -> None:
    keep(bench, "wrong")
    await bench.run(sign_in())
    keep(bench, "right")

    assert (await bench.do(sign_in(), answer=STORED)).record.status == "done"


async def test_no_run_ever_submits_three_times(bench: Bench, site: ScriptedSite) -> None:
    keep(bench, "wrong")
    await bench.run(sign_in())
    second = await bench.do(sign_in(), answer=STORED)
    bench.restart()
    third = await bench.do(sign_in(), answer=STORED)

    assert (second.error_code, third.error_code) == ("sign_in_failed", "sign_in_failed")
    assert len(site.received) == 2


async def test_a_killed_run_does_not_repeat_a_refused_credential(
    bench: Bench, site: ScriptedSite
) -> None:
    keep(bench, "wrong")
    await bench.run(sign_in())
    bench.restart()

    result = await bench.do(sign_in())

    assert result.question is not None
    assert len(site.received) == 1


async def test_after_two_submits_whose_answers_nobody_saw_each_further_one_is_asked_about(
    bench: Bench, site: ScriptedSite
) -> None:
    keep(bench)
    stores, step = bench.stores, sign_in()
    answers: list[JsonObject | None] = [
        None,
        None,
        {"sign_in": "sign in once more", "submitted": "2"},
    ]
    for answer in answers:  # each process dies when the site has answered
        bench.stores = replace(
            stores, effects=MortalEffects(stores.effects, Death(name="before sign_in done"))
        )
        bench.restart()
        with pytest.raises(Died):
            await bench.do(step, answer=answer)
    bench.stores = stores
    bench.restart()

    asked = await bench.do(step, answer=answers[-1])
    assert asked.question is not None
    assert asked.question.default == {"sign_in": "stop", "submitted": "3"}
    assert len(site.received) == 3

    stopped = await bench.do(step, answer={"sign_in": "stop", "submitted": "3"})
    assert stopped.error_code == "cancelled"
    done = await bench.do(step, answer={"sign_in": "sign in once more", "submitted": "3"})
    assert done.record.status == "done"
    assert len(site.received) == 4


async def test_a_credential_of_another_origin_is_not_typed(
    bench: Bench, site: ScriptedSite
) -> None:
    keep(bench, origin="https://other.test")

    result = (await bench.run(sign_in()))[-1]

    assert result.error_code == "not_permitted"
    assert site.received == []


async def test_a_missing_credential_says_so(bench: Bench) -> None:
    assert (await bench.run(sign_in("nobody")))[-1].error_code == "not_found"


async def test_a_form_in_two_steps_is_advanced(bench: Bench, site: ScriptedSite) -> None:
    keep(bench)

    def user_page() -> Screen:
        return Screen("Who are you").form(
            "/who", (("Username", "text"),), submit="Continue", method="get"
        )

    def password_page() -> Screen:
        return Screen("Password").form("/login", (("Password", "password"),), submit="Sign in")

    def enter(visit: Visit) -> Screen | str:
        visit.session["user"] = "ada"
        return "/"

    site.pages |= {"/login": lambda _: user_page(), "/who": lambda _: password_page()}
    site.posts = {"/login": enter}
    step = SignInStep(
        id="sign_in",
        title="Sign in",
        args=SignInArgs(
            secret="site",
            user=target(user_page(), "Username"),
            advance=target(user_page(), "Continue"),
            password=target(password_page(), "Password"),
            submit=target(password_page(), "Sign in"),
            url=f"{ORIGIN}/login",
        ),
    )

    assert (await bench.run(step))[-1].record.status == "done"


@pytest.mark.parametrize("seeded", [True, False])
async def test_a_one_time_code_comes_from_the_seed(
    bench: Bench, site: ScriptedSite, *, seeded: bool
) -> None:
    seed = "JBSWY3DPEHPK3PXP"
    bench.vault.put(
        name="site", origin=ORIGIN, user="ada", password="right", totp_seed=seed if seeded else ""
    )

    def code_page() -> Screen:
        return Screen("Confirm").form("/code", (("Verification code", "text"),), submit="Verify")

    def check(visit: Visit) -> Screen | str:
        if visit.fields["verification_code"] != pyotp.TOTP(seed).at(bench.clock.now()):
            return code_page().message("Wrong code")
        visit.session["user"] = "ada"
        return "/"

    site.posts = {"/login": lambda _: code_page(), "/code": check}

    result = (await bench.run(sign_in()))[-1]

    assert result.record.status == ("done" if seeded else "failed")
    assert result.error_code == ("" if seeded else "sign_in_failed")


async def test_the_session_survives_the_process_sealed(bench: Bench, site: ScriptedSite) -> None:
    keep(bench)
    opened = OpenStep(
        id="open",
        title="Invoices",
        args=OpenArgs(url=f"{ORIGIN}/invoices"),
        expect=(UrlLike(pattern="/invoices"),),
    )
    await bench.run(sign_in())
    bench.restart()

    result = await bench.do(opened)

    assert result.record.status == "done"
    assert len(site.received) == 1
    kept = list((bench.folder / "sessions").iterdir())
    assert len(kept) == 1
    assert b"ada" not in kept[0].read_bytes()


async def test_a_finished_run_leaves_no_session_behind(bench: Bench) -> None:
    keep(bench)
    await bench.run(sign_in())

    await bench.runner.finish(bench.context)

    assert list((bench.folder / "sessions").iterdir()) == []
    assert not bench.browser.has("run_1")


async def test_an_expired_session_is_renewed_and_the_step_goes_on(
    bench: Bench, site: ScriptedSite
) -> None:
    keep(bench)
    alive = True

    def home(visit: Visit) -> Screen | str:
        nonlocal alive
        if not alive:
            visit.session.clear()
            alive = True
        return inside() if visit.session.get("user") else "/login"

    site.pages["/"] = home
    click = ClickStep(
        id="go",
        title="Invoices",
        args=TargetArgs(target=target(inside(), "Invoices")),
        expect=(UrlLike(pattern="/invoices"),),
    )
    bench.steps = (sign_in(), click)
    await bench.do(sign_in())
    alive = False
    page = await bench.browser.session("run_1", origins=(ORIGIN,))
    await page.goto(f"{ORIGIN}/")

    result = await bench.do(click)

    assert result.record.status == "done"
    assert result.record.evidence["signed_in_again"] is True
    assert len(site.received) == 2


async def test_a_renamed_submit_button_is_healed_by_the_session_it_opened(
    bench: Bench, site: ScriptedSite
) -> None:
    keep(bench)
    renamed = Screen("Sign in").form(
        "/login", (("Username", "text"), ("Password", "password")), submit="Log in"
    )
    site.pages["/login"] = lambda _: renamed

    healed = (await bench.run(sign_in()))[-1].healed

    assert healed is not None
    submit = SignInStep.model_validate(healed).args.submit
    assert submit is not None
    assert (submit.name, submit.aliases) == ("Log in", ("Sign in",))


@pytest.mark.parametrize(
    "answer",
    [
        Screen("Sign in").message("These details do not match our records.").link("Back", "/login"),
        Screen("Anmelden").text("Benutzer oder Passwort falsch").link("Zur Anmeldung", "/login"),
    ],
    ids=["a message", "a line in another language"],
)
async def test_a_page_without_the_form_that_says_it_let_nobody_in_is_a_refusal(
    bench: Bench, site: ScriptedSite, answer: Screen
) -> None:
    keep(bench, "wrong")
    site.posts = {"/login": lambda _: answer}

    asked = (await bench.run(sign_in()))[-1]
    keep(bench, "wrong too")
    second = await bench.do(sign_in(), answer=STORED)

    assert asked.question is not None
    assert asked.question.kind == "secret"
    assert second.error_code == "sign_in_failed"
    assert len(site.received) == 2


async def test_a_page_of_a_session_may_speak_of_what_failed(
    bench: Bench, site: ScriptedSite
) -> None:
    keep(bench)
    site.pages["/"] = lambda _: inside().message("2 exports failed last night")

    assert (await bench.run(sign_in()))[-1].record.status == "done"

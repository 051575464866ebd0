"""Sessions on a real browser: a one-time code, and one that ends in the middle of a form."""

from __future__ import annotations

import os
from collections.abc import AsyncGenerator, Generator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pyotp
import pytest

from podium.state.program import (
    ClickStep,
    FillArgs,
    FillStep,
    OpenArgs,
    OpenStep,
    Program,
    SignInArgs,
    SignInStep,
    Step,
    TargetArgs,
    TextShown,
)
from podium.tools.browser import BrowserSettings, PodiumBrowser
from podium.tools.grounding.describe import describe
from podium.tools.page import StepPolicy
from podium.tools.runner import Progress, RunContext, StepResult
from tests.deaths import Death, Died, MortalEffects, MortalSealed
from tests.e2e.bench import Bench, node
from tests.sites import Reply, Request, Site

pytestmark = [pytest.mark.browser, pytest.mark.e2e]

SEED = "JBSWY3DPEHPK3PXP"
_LOGIN = (
    "<title>Sign in</title><h1>Sign in</h1><form method=post action=/login><label>User name <input name=user></label>"
    "<label>Password <input type=password name=password></label><button>Sign in</button></form>"
)
_CODE = (
    "<title>Confirm</title><h1>Confirm it is you</h1><form method=post action=/code><label>Verification code "
    "<input name=code autocomplete=one-time-code></label><button>Verify</button></form>"
)
_FORM = (
    "<title>Ticket</title><nav><a href=/>Home</a> <a href=/out>Sign out</a></nav><h1>New ticket</h1>"
    "<form method=post action=/tickets><label>Subject <input name=subject></label><label>Message <input name=message></label>"
    "<button>Send ticket</button></form>"
)
_HOME = "<title>Home</title><nav><a href=/ticket>New ticket</a> <a href=/out>Sign out</a></nav><h1>Welcome</h1>"


@dataclass
class Desk:
    """A site with sessions that may be ended, and with a second factor where `code` is set."""

    code: bool = False
    sessions: set[str] = field(default_factory=set[str])
    half: set[str] = field(default_factory=set[str])
    tickets: list[dict[str, str]] = field(default_factory=list[dict[str, str]])
    logins: int = 0

    def respond(self, request: Request) -> str | Reply:
        mine = request.cookies.get("sid", "")
        match request.path, request.method:
            case "/login", "POST":
                return self._login(request)
            case "/code", "POST":
                if mine not in self.half or not pyotp.TOTP(SEED).verify(
                    request.form["code"], valid_window=1
                ):
                    return _CODE + "<p role=alert>Wrong code</p>"
                self.sessions.add(mine)
                return _to("/")
            case "/login", _:
                return _to("/") if mine in self.sessions else _LOGIN
            case _ if mine not in self.sessions:
                return _to("/login")
            case "/tickets", "POST":
                self.tickets.append(request.form)
                return "<title>Sent</title><p role=status>Ticket was created</p>"
            case "/ticket", _:
                return _FORM
            case _:
                return _HOME

    def _login(self, request: Request) -> str | Reply:
        self.logins += 1
        if request.form.get("password") != "right horse":
            return _LOGIN + "<p role=alert>Wrong password</p>"
        sid = f"s{self.logins}"
        (self.half if self.code else self.sessions).add(sid)
        headers = {"Set-Cookie": f"sid={sid}; Path=/"}
        return Reply(body=_CODE, headers=headers) if self.code else _to("/", headers)


def _to(where: str, headers: dict[str, str] | None = None) -> Reply:
    return Reply(status=303, headers={"Location": where, **(headers or {})})


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def site(desk: Desk) -> Generator[Site]:
    running = Site({}, fallback=desk.respond)
    yield running
    running.close()


@pytest.fixture
async def bench(tmp_path: Path, site: Site) -> AsyncGenerator[Bench]:
    browser = PodiumBrowser(BrowserSettings(no_sandbox=os.geteuid() == 0, folder=tmp_path))
    yield Bench(browser, site, tmp_path)
    await browser.close()


async def learn(bench: Bench, desk: Desk) -> tuple[Step, ...]:
    """Describe the pages as they are now: sign in, open the form, fill it, send it."""
    page = await bench.browser.session("learn", origins=(bench.site.url,))
    url = bench.site.url
    await page.begin(StepPolicy(effect="sign_in"))
    await page.goto(f"{url}/login")
    login = await page.snapshot()
    sign_in = SignInStep(
        id="sign_in",
        title="Sign in",
        args=SignInArgs(
            secret="shop",
            user=describe(node(login, "User name"), login),
            password=describe(node(login, "Password"), login),
            submit=describe(node(login, "Sign in"), login),
            url=f"{url}/login",
        ),
    )
    coded, desk.code = desk.code, False
    await page.fill(node(login, "User name").ref, "ada")
    await page.fill_secret(node(login, "Password").ref, "right horse", origin=url)
    await page.click(node(login, "Sign in").ref)
    await page.settle()
    await page.goto(f"{url}/ticket")
    form = await page.snapshot()
    desk.code = coded
    await bench.browser.release("learn")
    fills = tuple(
        FillStep(
            id=name.lower(),
            title=name,
            args=FillArgs(target=describe(node(form, name), form), value=f"The {name.lower()}"),
        )
        for name in ("Subject", "Message")
    )
    send = ClickStep(
        id="send",
        title="Send the ticket",
        effect="write",
        args=TargetArgs(target=describe(node(form, "Send ticket"), form)),
        expect=(TextShown(text="Ticket was created"),),
    )
    opened = OpenStep(id="form", title="Open the form", args=OpenArgs(url=f"{url}/ticket"))
    return (sign_in, opened, *fills, send)


async def test_a_one_time_code_is_typed_from_the_seed(bench: Bench, desk: Desk) -> None:
    desk.code = True
    steps = await learn(bench, desk)
    bench.vault.put(
        name="shop", origin=bench.site.url, user="ada", password="right horse", totp_seed=SEED
    )

    results = await bench.run(*steps)

    assert [one.record.status for one in results] == ["done"] * 5, results[-1].record.message
    assert desk.tickets == [{"subject": "The subject", "message": "The message"}]


async def test_without_the_seed_the_run_says_what_is_missing(bench: Bench, desk: Desk) -> None:
    desk.code = True
    steps = await learn(bench, desk)

    result = (await bench.run(*steps))[-1]

    assert result.error_code == "sign_in_failed"
    assert "--totp" in str(result.record.evidence["hint"])
    assert desk.tickets == []


@pytest.mark.parametrize("ends_before", ["subject", "message", "send"])
async def test_a_session_that_ends_in_the_middle_of_a_form_loses_nothing_of_it(
    bench: Bench, desk: Desk, ends_before: str
) -> None:
    steps = await learn(bench, desk)
    context = RunContext(
        run_id="run_1", agent="desk", version=1, mode="live", program=Program(steps=steps), origins=(bench.site.url,)
    )  # fmt: skip
    progress, last, before = Progress(), None, desk.logins
    for step in steps:
        if step.id == ends_before:
            desk.sessions.clear()
            page = await bench.browser.session("run_1", origins=(bench.site.url,))
            await page.goto(f"{bench.site.url}/ticket")  # as pages do that watch their session
        last = await bench.runner.run_step(step, context, progress)
        assert last.record.status == "done", (step.id, last.record.message)
        if step.id == ends_before:
            assert last.record.evidence["signed_in_again"] is True
        progress = _after(progress, step, last)
    await bench.runner.finish(context)

    assert desk.tickets == [{"subject": "The subject", "message": "The message"}]
    assert desk.logins == before + 2


@pytest.mark.parametrize("point", ["before sealing", "before sign_in done", "checkpoint"])
async def test_a_process_that_dies_at_the_sign_in_leaves_nothing_to_ask(
    bench: Bench, desk: Desk, point: str
) -> None:
    learnt = await learn(bench, desk)
    steps = (OpenStep(id="open", title="Open", args=OpenArgs(url=bench.site.url)), *learnt)
    context = RunContext(
        run_id="run_1", agent="desk", version=1, mode="live", program=Program(steps=steps), origins=(bench.site.url,)
    )  # fmt: skip
    progress, before = Progress(), desk.logins
    kept, sealed = bench.stores, bench.sealed
    for step in steps:
        if step.id == "sign_in":
            death = Death(name=point)
            bench.stores = replace(kept, effects=MortalEffects(kept.effects, death))
            bench.sealed = MortalSealed(sealed, death)
            bench.runner = bench.runner_on(bench.browser)
            await bench.browser.release("run_1")
            with pytest.raises(Died):
                await _until_checkpoint(bench, step, context, progress, death)
            await bench.browser.release("run_1")
            bench.stores, bench.sealed = kept, sealed
            bench.runner = bench.runner_on(bench.browser)
        result = await bench.runner.run_step(step, context, progress)
        assert result.record.status == "done", (step.id, result.record.message)
        progress = _after(progress, step, result)
    await bench.runner.finish(context)

    assert desk.tickets == [{"subject": "The subject", "message": "The message"}]
    assert desk.logins == before + (2 if point == "before sealing" else 1)


async def _until_checkpoint(
    bench: Bench, step: Step, context: RunContext, progress: Progress, death: Death
) -> None:
    await bench.runner.run_step(step, context, progress)
    death.pass_by("checkpoint")


def _after(progress: Progress, step: Step, result: StepResult) -> Progress:
    return Progress(
        outputs={**progress.outputs, step.id: dict(result.outputs)},
        done=(*progress.done, step.id),
        safe_url=result.safe_url or progress.safe_url,
        safe_page=result.safe_page or progress.safe_page,
    )

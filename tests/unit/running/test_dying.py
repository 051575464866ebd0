"""A process that dies between what a step kept and the checkpoint that says so: the run goes on by itself, wherever it was."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from podium.state.program import (
    ClickStep,
    FillArgs,
    FillStep,
    Gone,
    OpenArgs,
    OpenStep,
    SignInArgs,
    SignInStep,
    TargetArgs,
    TextShown,
)
from podium.tools.scripted import Screen, ScriptedSite, Visit
from tests.deaths import Death, Died, MortalEffects, MortalSealed
from tests.unit.running.harness import ORIGIN, Bench, target


def login() -> Screen:
    return Screen("Sign in").form(
        "/login", (("Username", "text"), ("Password", "password")), submit="Sign in"
    )


def home() -> Screen:
    return Screen("Dashboard").link("New ticket", "/new").link("Sign out", "/out")


def ticket() -> Screen:
    return (
        Screen("New ticket").link("Sign out", "/out").form("/tickets", (("Subject", "text"),), submit="Send")
    )  # fmt: skip


@dataclass
class Desk:
    """A site whose sign-in gives a new session, or turns the one that the visitor had into an inner one."""

    upgrades: bool
    inner: set[str] = field(default_factory=set[str])
    visitors: int = 0
    logins: int = 0
    tickets: list[str] = field(default_factory=list[str])

    def install(self, site: ScriptedSite) -> None:
        site.pages = {
            "/": self._guarded(home),
            "/new": self._guarded(ticket),
            "/login": lambda visit: "/" if self._in(visit) else login(),
        }
        site.posts = {"/login": self._enter, "/tickets": self._take}

    def _in(self, visit: Visit) -> bool:
        if "sid" not in visit.session:
            self.visitors += 1
            visit.session["sid"] = f"visitor-{self.visitors}"
        return visit.session["sid"] in self.inner

    def _guarded(self, page: Callable[[], Screen]) -> Callable[[Visit], Screen | str]:
        return lambda visit: page() if self._in(visit) else "/login"

    def _enter(self, visit: Visit) -> Screen | str:
        self.logins += 1
        if not self.upgrades:
            visit.session["sid"] = f"inner-{self.logins}"
        self._in(visit)
        self.inner.add(str(visit.session["sid"]))
        return "/"

    def _take(self, visit: Visit) -> Screen | str:
        self.tickets.append(visit.fields["subject"])
        return Screen("Thanks").text("Ticket was sent").link("Sign out", "/out")


PROGRAM = (
    OpenStep(id="open", title="Open", args=OpenArgs(url=f"{ORIGIN}/")),
    SignInStep(
        id="sign_in",
        title="Sign in",
        args=SignInArgs(
            secret="site",
            user=target(login(), "Username"),
            password=target(login(), "Password"),
            submit=target(login(), "Sign in"),
            url=f"{ORIGIN}/login",
        ),
        expect=(Gone(target=target(login(), "Password")),),
    ),
    OpenStep(id="form", title="Form", args=OpenArgs(url=f"{ORIGIN}/new")),
    FillStep(
        id="subject", title="Subject", args=FillArgs(target=target(ticket(), "Subject"), value="Pump")
    ),
    ClickStep(
        id="send",
        title="Send",
        effect="write",
        args=TargetArgs(target=target(ticket(), "Send")),
        expect=(TextShown(text="Ticket was sent"),),
    ),
    OpenStep(id="home", title="Home", args=OpenArgs(url=f"{ORIGIN}/")),
)  # fmt: skip


async def goes_through(bench: Bench, desk: Desk, at: int) -> Death:
    """Run the program with a death at that point; fails where a question is asked or a step does not end well."""
    bench.vault.put(name="site", origin=ORIGIN, user="ada", password="right")
    desk.install(bench.site)
    death = Death(at)
    bench.stores = replace(bench.stores, effects=MortalEffects(bench.stores.effects, death))
    bench.sealed = MortalSealed(bench.sealed, death)
    bench.restart()
    bench.steps = PROGRAM
    while len(bench.progress.done) < len(PROGRAM):
        step, before = PROGRAM[len(bench.progress.done)], bench.progress
        try:
            result = await bench.do(step)
            death.pass_by(f"before the checkpoint of {step.id}")
        except Died:
            bench.progress = before
            bench.restart()
            continue
        assert result.record.status in {"done", "skipped"}, (
            death.points[at],
            result.record.message,
        )
    return death


@pytest.mark.parametrize("upgrades", [False, True])
async def test_nobody_is_asked_and_nothing_is_sent_twice_wherever_a_process_dies(
    tmp_path: Path, upgrades: bool
) -> None:
    whole = await goes_through(Bench(tmp_path / "whole", ScriptedSite()), Desk(upgrades), -1)
    points = list(whole.points)
    assert "after sealing" in points

    in_doubt = range(points.index("after send sent"), points.index("before send done") + 1)
    for at in sorted({*range(len(points))} - {*in_doubt}):  # there only a probe can tell
        desk, point = Desk(upgrades), points[at]
        died = await goes_through(Bench(tmp_path / str(at), ScriptedSite()), desk, at)

        assert died.points[at] == point
        assert desk.tickets == ["Pump"], point
        assert desk.logins <= 2, point
        if at > points.index("after sign_in done") + 1:  # its session was sealed
            assert desk.logins == 1, point

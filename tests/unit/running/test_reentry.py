"""A run that goes on in another process acts only where it stood: the page at its safe point is known again, or it is not touched."""

from __future__ import annotations

from podium.state.document import JsonObject
from podium.state.program import ClickStep, FillArgs, FillStep, OpenArgs, OpenStep, TargetArgs
from podium.tools.runner import StepResult
from podium.tools.scripted import Screen, ScriptedSite, Visit
from tests.unit.running.harness import ORIGIN, Bench, target


def form(heading: str = "New ticket") -> Screen:
    return Screen(heading).form("/tickets", (("Subject", "text"),), submit="Submit")


def other_page(_: Visit) -> Screen:
    """Show a page with the same button, which means something else."""
    return (
        Screen("Close my account")
        .link("Reasons", "/reasons")
        .link("Refunds", "/refunds")
        .link("Keep it", "/keep")
        .form("/tickets", (("Subject", "text"),), submit="Submit")
    )


OPEN = OpenStep(id="open", title="Open", args=OpenArgs(url=f"{ORIGIN}/new"))
SUBJECT = FillStep(
    id="subject", title="Fill in", args=FillArgs(target=target(form(), "Subject"), value="Pump")
)
SUBMIT = ClickStep(
    id="submit", title="Submit", effect="write", args=TargetArgs(target=target(form(), "Submit"))
)


async def stopped_before_the_write(bench: Bench, site: ScriptedSite) -> None:
    """Fill the form, and go on in another process."""
    site.pages = {"/new": lambda _: form()}
    site.posts = {"/tickets": lambda _: Screen("Done").text("Ticket 17 created")}
    await bench.run(OPEN, SUBJECT)
    bench.steps = (OPEN, SUBJECT, SUBMIT)
    bench.restart()


async def goes_on(bench: Bench, answer: JsonObject | None = None) -> StepResult:
    return await bench.runner.run_step(SUBMIT, bench.context, bench.progress, answer=answer)


async def test_a_safe_point_that_is_the_same_is_gone_on_from(
    bench: Bench, site: ScriptedSite
) -> None:
    await stopped_before_the_write(bench, site)

    result = await goes_on(bench)

    assert result.record.evidence["reentered"] == f"{ORIGIN}/new"
    assert site.received == [("/tickets", {"subject": "Pump"})]


async def test_another_page_at_the_safe_point_is_not_acted_on_and_asked_about(
    bench: Bench, site: ScriptedSite
) -> None:
    await stopped_before_the_write(bench, site)
    site.pages = {"/new": other_page}

    result = await goes_on(bench)

    assert result.question is not None
    assert result.question.default == {"position": "stop"}
    assert "New ticket" in result.question.text
    assert "Close my account" in result.question.text
    assert site.received == []


async def test_looking_again_acts_only_when_the_page_is_back(
    bench: Bench, site: ScriptedSite
) -> None:
    await stopped_before_the_write(bench, site)
    site.pages = {"/new": other_page}
    await goes_on(bench)

    still = await goes_on(bench, {"position": "look again"})
    site.pages = {"/new": lambda _: form()}
    back = await goes_on(bench, {"position": "look again"})

    assert still.question is not None
    assert back.record.status == "done"
    assert site.received == [("/tickets", {"subject": "Pump"})]


async def test_stopping_ends_the_run_and_sends_nothing(bench: Bench, site: ScriptedSite) -> None:
    await stopped_before_the_write(bench, site)
    site.pages = {"/new": other_page}
    await goes_on(bench)

    result = await goes_on(bench, {"position": "stop"})

    assert (result.record.status, result.error_code) == ("failed", "cancelled")
    assert site.received == []


async def test_a_position_that_its_address_alone_does_not_bring_back_is_replayed(
    bench: Bench, site: ScriptedSite
) -> None:
    """The form is shown to whoever came from the start page in this session."""

    def start(visit: Visit) -> Screen:
        visit.session["came"] = True
        return Screen("Start").link("Write a ticket", "/new")

    def new(visit: Visit) -> Screen:
        return form() if visit.session.get("came") else other_page(visit)

    site.pages = {"/": start, "/new": new}
    site.posts = {"/tickets": lambda _: Screen("Done").text("Ticket 17 created")}
    first = OpenStep(id="start", title="Open", args=OpenArgs(url=f"{ORIGIN}/"))
    on = ClickStep(
        id="on",
        title="Go on",
        safe_point=True,
        args=TargetArgs(target=target(start(Visit({}, "", {})), "Write a ticket")),
    )
    await bench.run(first, on, SUBJECT)
    bench.steps = (first, on, SUBJECT, SUBMIT)
    bench.restart()
    for kept in (bench.folder / "sessions").iterdir():
        kept.unlink()  # cookies that ended with the browser

    result = await goes_on(bench)

    assert str(result.record.evidence["reentered"]).startswith("by replay")
    assert site.received == [("/tickets", {"subject": "Pump"})]

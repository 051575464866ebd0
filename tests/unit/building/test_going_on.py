"""Forms of several pages and questions before a write, built on scripted sites."""

from __future__ import annotations

from pathlib import Path

import pytest

from podium.state.plan import PlannedAgent, PlannedStep
from podium.state.program import FillStep
from podium.state.questions import Question
from podium.state.runs import judge
from podium.tools.builder import Draft
from podium.tools.building import SiteBuilder
from podium.tools.page import Node
from podium.tools.scripted import Screen, ScriptedSite, Visit
from tests.unit.running.harness import ORIGIN, Bench

OPEN = PlannedStep(id="open", op="open", title="Open", url=f"{ORIGIN}/desk")
FILL = PlannedStep(
    id="fill", op="fill", title="Fill", thing="desk", values={"Desk": "Window 4", "Remark": "Quiet"}
)
SEND = PlannedStep(id="send", op="submit", title="Submit", thing="desk", effect="write")
AGREE = PlannedStep(
    id="agree", op="click", title="Confirm", thing="Confirm booking", effect="write"
)


def desk(*, pages: int = 1) -> ScriptedSite:
    """Return a site whose form goes on to a page to check, over two pages of fields when asked to."""
    first = (("Desk", "text"),) if pages == 2 else (("Desk", "text"), ("Remark", "text"))

    def check(_: Visit) -> Screen:
        return Screen("Check it").text("Window 4").form("/final", (), submit="Confirm booking")

    def second(_: Visit) -> Screen:
        return Screen("More").form("/check", (("Remark", "text"),), submit="Continue")

    site = ScriptedSite()
    site.pages = {"/desk": lambda _: Screen("Book").form("/first", first, submit="Continue")}
    site.posts = {
        "/first": second if pages == 2 else check,
        "/check": check,
        "/final": lambda _: Screen("Thank you").message("Your desk is booked."),
    }
    return site


async def build(
    site: ScriptedSite,
    folder: Path,
    *steps: PlannedStep,
    answers: dict[str, str] | None = None,
    released: bool = False,
) -> tuple[Draft, Bench, list[Question]]:
    bench = Bench(folder, site)
    builder = SiteBuilder(
        browser=bench.browser,
        runner=bench.runner,
        chooser=bench.chooser,
        vault=bench.vault,
        artifacts=bench.artifacts,
    )
    agent = PlannedAgent(name="booker", goal="Book a desk", origins=(ORIGIN,), steps=steps)
    draft = Draft(build_id="build_1", agent="booker", origins=(ORIGIN,), release_writes=released)
    asked: list[Question] = []
    for planned in steps:
        result = await builder.build_step(planned, agent, draft)
        while result.question is not None:
            asked.append(result.question)
            fields = {one.name: (answers or {})[one.name] for one in result.question.fields}
            known = {**draft.answers, result.question.id: dict(fields)}
            draft = draft.model_copy(update={"answers": known})
            result = await builder.build_step(planned, agent, draft)
        assert not result.error, result.error
        draft = result.draft
    return draft, bench, asked


def paths(site: ScriptedSite) -> list[str]:
    return [path for path, _ in site.received]


async def test_a_page_to_check_that_the_request_names_is_reached_and_only_its_button_writes(
    tmp_path: Path,
) -> None:
    site = desk()

    draft, bench, asked = await build(site, tmp_path, OPEN, FILL, SEND, AGREE)
    rehearsed = paths(site)
    bench.run_id, bench.mode = "run_live", "live"
    results = await bench.run(*draft.steps)

    assert asked == []
    assert rehearsed == ["/first"]
    assert [step.title for step in draft.steps if step.effect == "write"] == ["Confirm"]
    assert paths(site)[1:] == ["/first", "/final"]
    assert judge(tuple(result.record for result in results)) == "success"


async def test_whether_a_page_to_check_follows_is_asked_where_nobody_said_it(
    tmp_path: Path,
) -> None:
    follows = {"next": "go on, a page to check follows"}
    site, plain = desk(), desk()

    draft, _, asked = await build(site, tmp_path / "a", OPEN, FILL, SEND, answers=follows)
    last, _, _ = await build(
        plain, tmp_path / "b", OPEN, FILL, SEND, answers={"next": "this sends it"}
    )

    assert len(asked) == 1
    assert paths(site) == ["/first"]
    assert draft.steps[-1].signatures == (f"POST {ORIGIN}/final",)
    assert paths(plain) == []
    assert last.steps[-1].signatures == (f"POST {ORIGIN}/first",)


async def test_fields_of_later_pages_are_filled_there(tmp_path: Path) -> None:
    follows = {"next": "go on, a page to check follows"}
    site = desk(pages=2)

    draft, _, _ = await build(site, tmp_path, OPEN, FILL, SEND, AGREE, answers=follows)

    assert dict(site.received)["/check"] == {"remark": "Quiet"}
    assert paths(site) == ["/first", "/check"]
    assert draft.steps[-1].effect == "write"


async def test_a_question_before_a_write_is_declined_unread_then_part_of_the_write(
    tmp_path: Path,
) -> None:
    site = ScriptedSite()
    site.pages = {
        "/desk": lambda _: Screen("Desk 4").button(
            "Close desk", post="/close", asks="Close it for good?"
        )
    }
    site.posts = {"/close": lambda _: Screen("Desk 4").message("The desk was closed successfully.")}
    press = PlannedStep(id="shut", op="click", title="Close", thing="Close desk", effect="write")

    draft, bench, _ = await build(site, tmp_path, OPEN, press)
    rehearsed = paths(site)
    bench.run_id = "run_live"
    results = await bench.run(*draft.steps)

    assert rehearsed == []
    assert any("Close it for good?" in step.title for step in draft.steps)
    assert paths(site) == ["/close"]
    assert judge(tuple(result.record for result in results)) == "success"


async def test_a_question_that_nobody_knew_is_declined_and_named(tmp_path: Path) -> None:
    site = ScriptedSite()
    question = ["Close it for good?"]
    site.pages = {
        "/desk": lambda _: Screen("Desk 4").button("Close desk", post="/close", asks=question[0])
    }
    site.posts = {"/close": lambda _: Screen("Desk 4").message("The desk was closed.")}
    press = PlannedStep(id="shut", op="click", title="Close", thing="Close desk", effect="write")
    draft, bench, _ = await build(site, tmp_path, OPEN, press)

    question[0] = "Delete the whole floor?"
    bench.run_id = "run_live"
    result = (await bench.run(*draft.steps))[-1]

    assert result.error_code == "declined"
    assert "Delete the whole floor?" in result.record.message
    assert paths(site) == []


async def test_boxes_that_a_later_page_of_the_form_shows_are_left_for_it(tmp_path: Path) -> None:
    def later(*, shown: bool) -> Node:
        return Node(
            ref="", tag="input", role="checkbox", name="Quiet room", label="Quiet room",
            input_type="checkbox", form="f1", visible=shown, checked=False,
        )  # fmt: skip

    def second() -> Screen:
        screen = Screen("More")
        screen.node(later(shown=True))
        return screen.form("/final", (), submit="Book")

    def first(_: Visit) -> Screen:
        screen = Screen("Book").form("/final", (("Desk", "text"),), submit="Book it")
        screen.node(later(shown=False))
        return screen.button("Next", do=second, region="form")

    site = ScriptedSite()
    site.pages = {"/desk": first}
    fill = FILL.model_copy(update={"values": {"Desk": "Window 4", "Quiet room": "yes"}})

    draft, _, asked = await build(site, tmp_path, OPEN, fill)

    assert asked == []
    assert [step.op for step in draft.steps] == ["open", "fill", "click", "check"]


async def test_what_cannot_be_undone_runs_unasked_with_the_values_it_was_built_with_only(
    tmp_path: Path,
) -> None:
    site = ScriptedSite()
    site.pages = {
        "/desk": lambda _: Screen("Pay").form(
            "/pay", (("Amount", "text"),), submit="Submit payment"
        )
    }
    site.posts = {"/pay": lambda _: Screen("Thank you").message("Your payment was taken.")}
    fill = PlannedStep(id="fill", op="fill", title="Fill", thing="payment", values={"Amount": "10"})
    pay = SEND.model_copy(update={"effect": "irreversible", "thing": "payment"})
    draft, bench, _ = await build(site, tmp_path, OPEN, fill, pay)
    bench.mode, bench.run_id = "live", "run_1"
    as_planned = (await bench.run(*draft.steps))[-1]
    filled = draft.steps[-2]
    assert isinstance(filled, FillStep)
    other = filled.model_copy(update={"args": filled.args.model_copy(update={"value": "1000"})})
    bench.run_id = "run_2"
    changed = (await bench.run(*draft.steps[:-2], other, draft.steps[-1]))[-1]

    assert as_planned.record.status == "done"
    assert changed.question is not None
    assert changed.question.kind == "approval"
    assert [fields["amount"] for _, fields in site.received] == ["10"]


def telling() -> ScriptedSite:
    """Return a site whose form tells it whatever is typed, as pages do that their server draws."""
    fields = (("Desk", "text"), ("Remark", "text"))

    def form(_: Visit) -> Screen:
        screen = Screen("Book").form("/final", fields, submit="Book desk")
        screen.tells = "/event"
        return screen

    site = ScriptedSite()
    site.pages = {"/desk": form}
    site.posts = {"/final": lambda _: Screen("Thank you").message("Your desk is booked.")}
    return site


async def test_what_a_form_tells_while_it_is_filled_in_is_held_and_asked_about_once(
    tmp_path: Path,
) -> None:
    site = telling()
    only_typed = {"typing": "only what is being typed, let it pass"}

    draft, bench, asked = await build(site, tmp_path, OPEN, FILL, SEND, answers=only_typed)
    rehearsed = paths(site)
    bench.run_id, bench.mode = "run_live", "live"
    results = await bench.run(*draft.steps)

    assert [question.title for question in asked] == [
        "Does this form save while it is being filled in?"
    ]
    assert set(rehearsed) == {"/event"}
    assert paths(site)[-1] == "/final"
    assert all(result.record.status == "done" for result in results)


async def test_a_form_that_saves_while_it_is_filled_in_is_not_built(tmp_path: Path) -> None:
    site, folder = telling(), tmp_path

    with pytest.raises(AssertionError, match="may not"):
        await build(site, folder, OPEN, FILL, SEND, answers={"typing": "it saves already, stop"})

    assert paths(site) == []


async def test_a_release_of_the_write_is_none_of_what_is_sent_while_it_is_typed(
    tmp_path: Path,
) -> None:
    site = telling()
    stop = {"typing": "it saves already, stop"}

    with pytest.raises(AssertionError, match="may not"):
        await build(site, tmp_path, OPEN, FILL, SEND, answers=stop, released=True)

    assert paths(site) == []


def expenses() -> ScriptedSite:
    site = ScriptedSite()
    fields = (("Amount (EUR)", "text"), ("Load (kg)", "text"))
    site.pages = {"/desk": lambda _: Screen("Book").form("/final", fields, submit="Book desk")}
    site.posts = {"/final": lambda _: Screen("Thank you").message("Your desk is booked.")}
    return site


async def test_a_unit_that_the_label_names_is_not_typed_and_another_one_is_asked_about(
    tmp_path: Path,
) -> None:
    site = expenses()
    fill = FILL.model_copy(update={"values": {"Amount": "45.80 euros", "Load": "2 t"}})

    draft, _, asked = await build(
        site, tmp_path, OPEN, fill, SEND, answers={"load": "2000 kg"}, released=True
    )
    other = fill.model_copy(update={"values": {"Amount": "45 dollars", "Load": "1500 kg"}})
    again, _, also = await build(
        expenses(), tmp_path / "b", OPEN, other, SEND, answers={"amount": "41"}, released=True
    )

    assert [question.title for question in asked] == [
        "'Load (kg)' is given in kg, and the request says '2 t'"
    ]
    assert site.received == [("/final", {"amount_(eur)": "45.80", "load_(kg)": "2000"})]
    assert [len(also), len(again.steps)] == [1, len(draft.steps)]
    assert "given in EUR" in also[0].title

from __future__ import annotations

import json

from podium.state.program import (
    AskArgs,
    AskHumanStep,
    ClickStep,
    FillArgs,
    FillStep,
    OpenArgs,
    OpenStep,
    SelectStep,
    Shown,
    TargetArgs,
    TextShown,
    UrlLike,
    WaitArgs,
    WaitStep,
    parse_step,
)
from podium.tools.scripted import Screen, ScriptedSite
from tests.unit.running.harness import ORIGIN, Bench, target

HOME = OpenStep(id="home", title="Open the site", args=OpenArgs(url=f"{ORIGIN}/"))


def home() -> Screen:
    screen = Screen("Home").link("Invoices", "/invoices", region="navigation").button("Refresh")
    return screen.form(
        "/find",
        (("Search", "search"), ("Kind", "select")),
        submit="Find",
        method="get",
        options={"Kind": ("All", "Paid")},
    )


def click(name: str, *, screen: Screen | None = None, **fields: object) -> ClickStep:
    step = ClickStep(
        id="click",
        title=f"Click {name}",
        args=TargetArgs(target=target(screen or home(), name, phrase=name)),
    )
    return step.model_copy(update=fields)


async def test_a_link_is_followed_and_the_address_proves_it(
    bench: Bench, site: ScriptedSite
) -> None:
    site.pages = {"/": lambda _: home(), "/invoices": lambda _: Screen("Invoices")}

    results = await bench.run(
        HOME, click("Invoices", expect=(UrlLike(pattern="/invoices"), TextShown(text="Invoices")))
    )

    record = results[-1].record
    assert (record.status, record.rung) == ("done", 1)
    assert record.evidence["held"] == [
        {"kind": "url", "pattern": "/invoices"},
        {"kind": "text", "text": "Invoices"},
    ]
    assert "screenshot" not in record.evidence
    assert results[0].safe_url == f"{ORIGIN}/"


async def test_an_expectation_that_does_not_hold_fails_with_a_picture(
    bench: Bench, site: ScriptedSite
) -> None:
    site.pages = {
        "/": lambda _: home(),
        "/invoices": lambda _: Screen("Gone").message("Under maintenance"),
    }

    result = (await bench.run(HOME, click("Invoices", expect=(TextShown(text="# invoices"),))))[-1]

    assert (result.record.status, result.error_code) == ("failed", "expectation")
    assert "Under maintenance" in str(result.record.evidence["hint"])
    assert bench.artifacts.evidence_path(str(result.record.evidence["screenshot"])).exists()


async def test_a_heal_is_handed_back_only_when_the_expectations_held(
    bench: Bench, site: ScriptedSite
) -> None:
    renamed = Screen("Home").link("Bills", "/invoices", region="navigation")
    site.pages = {"/": lambda _: renamed, "/invoices": lambda _: Screen("Invoices")}

    proven = (await bench.run(HOME, click("Invoices", expect=(UrlLike(pattern="/invoices"),))))[-1]
    unproven = (await bench.run(HOME, click("Invoices")))[-1]

    assert (proven.record.status, proven.record.rung) == ("done", 2)
    assert proven.healed is not None
    healed = ClickStep.model_validate(proven.healed)
    assert (healed.args.target.name, healed.args.target.aliases) == ("Bills", ("Invoices",))
    assert unproven.healed is None


async def test_a_healed_step_finds_both_the_new_page_and_the_old_at_once(
    bench: Bench, site: ScriptedSite
) -> None:
    site.pages = {
        "/": lambda _: Screen("Home").link("Bills", "/invoices", region="navigation"),
        "/invoices": lambda _: Screen("Invoices"),
    }
    healed = (await bench.run(HOME, click("Invoices", expect=(UrlLike(pattern="/invoices"),))))[
        -1
    ].healed
    assert healed is not None
    step = ClickStep.model_validate(healed)

    on_new = (await bench.run(HOME, step))[-1]
    site.pages["/"] = lambda _: home()
    on_old = (await bench.run(HOME, step))[-1]

    assert (on_new.record.rung, on_old.record.rung) == (1, 1)


async def test_the_opposite_in_its_place_is_refused_and_not_clicked(
    bench: Bench, site: ScriptedSite
) -> None:
    before = Screen("Home").button("Enable", id="switch")
    site.pages = {
        "/": lambda _: Screen("Home").button("Disable", id="switch", do=lambda: Screen("Off"))
    }

    result = (await bench.run(HOME, click("Enable", screen=before)))[-1]

    assert (result.record.status, result.error_code) == ("failed", "meaning_changed")
    assert (await (await bench.browser.session("run_1", origins=())).snapshot()).title == "Home"


async def test_equal_candidates_become_a_question_and_the_answer_decides(
    bench: Bench, site: ScriptedSite
) -> None:
    one = Screen("Home", heading="Top").button("Report", do=lambda: Screen("One"))
    two = Screen("Home", heading="Left").button("Report", do=lambda: Screen("Left report"))
    two.heading("Right").button("Report", do=lambda: Screen("Right report"))
    site.pages = {"/": lambda _: two}
    step = click("Report", screen=one)
    step = step.model_copy(
        update={
            "args": TargetArgs(
                target=step.args.target.model_copy(update={"position": (0.0, 0.0), "ordinal": 5})
            )
        }
    )

    asked = (await bench.run(HOME, step))[-1]
    assert asked.question is not None
    choice = next(text for text in asked.question.fields[0].choices if "Right" in text)
    answered = await bench.do(step, answer={"element": choice})

    assert asked.record.status == "waiting"
    assert (answered.record.status, answered.record.rung) == ("done", 5)
    assert (
        await (await bench.browser.session("run_1", origins=())).snapshot()
    ).title == "Right report"


async def test_a_chooser_may_decide_for_a_read_but_never_for_a_write(
    bench: Bench, site: ScriptedSite
) -> None:
    site.pages = {"/": lambda _: Screen("Home").button("Kvartal", do=lambda: Screen("Report"))}
    bench.chooser.words = "Kvartal"
    step = click("Report", screen=Screen("Home").button("Report", do=lambda: None))

    read = (await bench.run(HOME, step))[-1]
    write = (await bench.run(HOME, step.model_copy(update={"effect": "write"})))[-1]

    assert (read.record.status, read.record.rung, read.model_calls) == ("done", 4, 1)
    assert (write.record.status, write.model_calls) == ("waiting", 0)


async def test_values_come_from_inputs_and_are_chosen_by_label(
    bench: Bench, site: ScriptedSite
) -> None:
    site.pages = {
        "/": lambda _: home(),
        "/find": lambda visit: Screen(f"{visit.query['search']} in {visit.query['kind']}"),
    }
    bench.inputs = {"word": "pumps"}
    fill = FillStep(
        id="fill",
        title="Search",
        args=FillArgs(target=target(home(), "Search"), value="{inputs.word}"),
    )
    pick = SelectStep(
        id="pick", title="Kind", args=FillArgs(target=target(home(), "Kind"), value="paid")
    )

    results = await bench.run(
        HOME, fill, pick, click("Find", expect=(TextShown(text="pumps in Paid"),))
    )

    assert [result.record.status for result in results] == ["done"] * 4


async def test_an_unknown_name_in_a_text_is_a_failure_not_an_empty_value(
    bench: Bench, site: ScriptedSite
) -> None:
    site.pages = {"/": lambda _: home()}
    fill = FillStep(
        id="fill",
        title="Search",
        args=FillArgs(target=target(home(), "Search"), value="{inputs.nothing}"),
    )

    assert (await bench.run(HOME, fill))[-1].error_code == "unknown_name"


async def test_a_reading_step_that_would_write_is_refused(bench: Bench, site: ScriptedSite) -> None:
    site.pages = {"/": lambda _: Screen("Home").button("Refresh", post="/purge")}

    result = (await bench.run(HOME, click("Refresh")))[-1]

    assert (result.record.status, result.error_code) == ("failed", "would_write")
    assert site.received == []


async def test_an_address_outside_the_plan_is_not_opened(bench: Bench) -> None:
    elsewhere = OpenStep(id="open", title="Open", args=OpenArgs(url="https://evil.test/"))

    assert (await bench.run(elsewhere))[-1].error_code == "not_permitted"


async def test_waiting_for_what_never_comes_fails_in_time(bench: Bench, site: ScriptedSite) -> None:
    site.pages = {"/": lambda _: Screen("Empty")}
    wait = WaitStep(
        id="wait", title="Wait", args=WaitArgs(target=target(home(), "Refresh"), timeout_s=0.2)
    )

    assert (await bench.run(HOME, wait))[-1].error_code == "not_found_on_page"


async def test_an_inserted_step_is_skipped_when_it_is_not_needed(
    bench: Bench, site: ScriptedSite
) -> None:
    site.pages = {"/": lambda _: home()}
    inserted = click("Refresh", guard=target(home(), "Invoices"))

    assert (await bench.run(HOME, inserted))[-1].record.status == "skipped"


async def test_a_step_that_asks_stops_until_it_is_answered(bench: Bench) -> None:
    step = AskHumanStep(
        id="ask", title="Month", args=AskArgs(question="Which month?", field="month")
    )

    asked = await bench.do(step)
    answered = await bench.do(step, answer={"month": "May"})

    assert asked.question is not None
    assert asked.record.status == "waiting"
    assert answered.outputs == {"month": "May"}


async def test_a_new_process_comes_back_by_the_safe_point_and_reads_only(
    bench: Bench, site: ScriptedSite
) -> None:
    site.pages = {
        "/": lambda _: home(),
        "/find": lambda visit: Screen(f"Found {visit.query['search']}"),
    }
    fill = FillStep(
        id="fill", title="Search", args=FillArgs(target=target(home(), "Search"), value="pumps")
    )
    await bench.run(HOME, fill, click("Find"))
    bench.progress = type(bench.progress)(done=("home", "fill"), safe_url=f"{ORIGIN}/")
    bench.restart()

    result = await bench.do(click("Find", expect=(TextShown(text="Found pumps"),)))

    assert result.record.status == "done"
    assert result.record.evidence["reentered"] == f"{ORIGIN}/"


async def test_browser_time_is_known_apart_from_the_rest(bench: Bench, site: ScriptedSite) -> None:
    site.pages = {"/": lambda _: home()}

    result = (await bench.run(HOME))[-1]

    assert 0 < result.browser_ms <= result.record.ms


async def test_a_shown_target_is_an_expectation(bench: Bench, site: ScriptedSite) -> None:
    site.pages = {"/": lambda _: home()}

    result = (
        await bench.run(
            HOME.model_copy(update={"expect": (Shown(target=target(home(), "Invoices")),)})
        )
    )[-1]

    assert result.record.status == "done"


async def test_a_field_that_is_called_by_another_word_is_asked_about_and_yes_is_kept(
    bench: Bench, site: ScriptedSite
) -> None:
    def form(label: str) -> Screen:
        return Screen("Expense").form("/expenses", ((label, "text"),), submit="Save expense")

    site.pages = {"/": lambda _: form("Stakeholder")}
    where = target(form("Payee"), "Payee", phrase="payee")
    step = FillStep(id="fill", title="Fill Payee", args=FillArgs(target=where, value="Elm Cafe"))

    asked = (await bench.run(HOME, step))[-1]

    assert asked.record.status == "waiting"
    assert asked.question is not None
    assert "'Stakeholder'" in asked.question.text
    assert asked.question.evidence == (asked.record.evidence["screenshot"],)

    refused = await bench.do(step, answer={"element": "none of these"})
    answered = await bench.do(step, answer={"element": asked.question.fields[0].choices[0]})

    assert (refused.record.status, refused.error_code) == ("failed", "meaning_changed")
    assert (answered.record.status, answered.record.rung) == ("done", 5)
    assert answered.healed is not None
    assert "Stakeholder" in json.dumps(answered.healed)

    again = await bench.do(parse_step(answered.healed))

    assert (again.record.status, again.record.rung) == ("done", 1)

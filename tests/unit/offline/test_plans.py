from __future__ import annotations

import asyncio
from collections.abc import Mapping

import pytest
from pydantic import JsonValue

from podium.state.document import JsonObject
from podium.state.errors import InvalidAnswer
from podium.state.plan import Plan
from podium.tools.offline import OfflinePlanner
from tests.unit.offline.labels import WORKSPACE, understand

PLANNER = OfflinePlanner()
INVOICES = "log into https://ledger.example, download all unpaid invoices as CSV, and store them every Monday at 9"
PRODUCTS = "every weekday at 8 collect the name and price of all products in the catalogue at https://shop.example into a table, keyed by SKU"
TICKET = 'fill the ticket form at https://help.example with subject "Printer broken" and text "It does not print", and submit it'


def a_plan(goal: str, answers: Mapping[str, JsonValue] | None = None) -> Plan:
    request = understand(goal).requests[0]
    return asyncio.run(PLANNER.plan(request, goal=goal, answers=answers or {}, workspace=WORKSPACE))


def revised(plan: Plan, change: JsonObject | str) -> Plan:
    return asyncio.run(PLANNER.revise(plan, change, workspace=WORKSPACE))


def ops(plan: Plan) -> list[str]:
    return [step.op for step in plan.agents[0].steps]


def test_a_plan_names_origins_secret_schedule_and_steps() -> None:
    agent = a_plan(INVOICES).agents[0]

    assert agent.origins == ("https://ledger.example",)
    assert agent.secrets == ("ledger",)
    assert agent.schedule is not None
    assert agent.schedule.cron == "0 9 * * 1"
    assert [step.secret for step in agent.steps if step.op == "sign_in"] == ["ledger"]


def test_the_new_agent_gets_a_name_that_no_agent_has() -> None:
    assert a_plan(INVOICES).agents[0].name == "unpaid-invoices-2"


def test_values_of_a_form_become_inputs_with_defaults() -> None:
    agent = a_plan(TICKET).agents[0]

    assert {spec.name: spec.default for spec in agent.inputs} == {
        "subject": "Printer broken",
        "text": "It does not print",
    }
    fill = next(step for step in agent.steps if step.op == "fill")
    assert fill.values == {"subject": "{inputs.subject}", "text": "{inputs.text}"}
    assert agent.steps[-1].effect == "write"


def test_an_answered_address_gets_its_scheme_and_its_stored_credential() -> None:
    agent = a_plan(
        "log into the portal, download all unpaid invoices as CSV", {"url": "ledger.example"}
    ).agents[0]

    assert agent.steps[0].url == "https://ledger.example"
    assert agent.secrets == ("ledger",)


def test_an_answered_credential_is_used_by_name() -> None:
    agent = a_plan(
        "sign in at https://other.example and list all orders", {"credentials": {"stored": "staff"}}
    ).agents[0]

    assert agent.secrets == ("staff",)


@pytest.mark.parametrize(
    ("goal", "answers", "field"),
    [
        ("list all orders of the shop", {"url": "not a url"}, "url"),
        ("list all orders of the shop", {}, "address"),
        ("sign in at https://o.example and list all orders", {}, "credentials"),
        ("sign in at https://o.example and list all orders", {"credentials": "pw"}, "credentials"),
        (
            "sign in at https://o.example and list all orders",
            {"credentials": {"stored": "nobody"}},
            "credentials",
        ),
        ("twice a week list all orders at https://o.example", {"schedule": "soon"}, "schedule"),
        ("twice a week list all orders at https://o.example", {"schedule": "biweekly"}, "schedule"),
        ("fill the contact form at https://a.example with my name and submit it", {}, "name"),
    ],
)
def test_an_answer_that_cannot_be_used_is_refused_by_name(
    goal: str, answers: dict[str, JsonValue], field: str
) -> None:
    with pytest.raises(InvalidAnswer, match=field):
        a_plan(goal, answers)


def test_a_schedule_that_is_not_clear_is_answered_by_one_that_is() -> None:
    plan = a_plan(
        "twice a week list all orders at https://o.example", {"schedule": "every Monday at 6"}
    )

    assert plan.agents[0].schedule is not None
    assert plan.agents[0].schedule.cron == "0 6 * * 1"


def test_by_hand_answers_a_schedule() -> None:
    plan = a_plan("tomorrow at 6 list all orders at https://o.example", {"schedule": "by hand"})

    assert plan.agents[0].schedule is None


def test_unrelated_sites_become_agents_of_their_own() -> None:
    plan = a_plan("collect the prices from https://a.example and from https://b.example")

    assert [agent.origins for agent in plan.agents] == [
        ("https://a.example",),
        ("https://b.example",),
    ]
    assert len({agent.name for agent in plan.agents}) == 2


def test_unrelated_lists_of_a_site_become_agents_of_their_own_that_each_sign_in() -> None:
    plan = a_plan(
        "log into https://ledger.example, download all unpaid invoices as PDF, then collect name and price of all products in the catalogue"
    )

    assert [[step.op for step in agent.steps][:2] for agent in plan.agents] == [
        ["open", "sign_in"],
        ["open", "sign_in"],
    ]


def test_every_change_is_the_next_revision() -> None:
    plan = a_plan(INVOICES)

    assert revised(plan, "every Friday instead").revision == 2
    assert revised(plan, "every Friday instead").plan_id == plan.plan_id


def test_another_day_keeps_the_time() -> None:
    schedule = revised(a_plan(INVOICES), "every Friday instead").agents[0].schedule

    assert schedule is not None
    assert schedule.cron == "0 9 * * 5"


def test_another_time_keeps_the_day() -> None:
    schedule = revised(a_plan(INVOICES), "run it at 6pm").agents[0].schedule

    assert schedule is not None
    assert schedule.cron == "0 18 * * 1"


def test_a_schedule_can_be_dropped() -> None:
    assert revised(a_plan(INVOICES), "no schedule please").agents[0].schedule is None


def test_a_step_is_dropped_by_number_and_by_what_it_does() -> None:
    plan = a_plan(INVOICES)

    assert ops(revised(plan, "drop step 5")) == [op for op in ops(plan) if op != "filter"]
    assert revised(plan, "drop the filter step").agents == revised(plan, "drop step 5").agents


def test_conditions_are_added_in_words() -> None:
    plan = revised(a_plan(INVOICES), "only overdue ones over 100 EUR")

    rules = next(step.rules for step in plan.agents[0].steps if step.op == "filter")
    assert [rule.phrase for rule in rules] == ["unpaid", "overdue", "over 100 EUR"]


def test_ignoring_adds_the_opposite_condition() -> None:
    plan = revised(a_plan(INVOICES), "ignore cancelled ones")

    rules = next(step.rules for step in plan.agents[0].steps if step.op == "filter")
    assert (rules[-1].phrase, rules[-1].cmp) == ("not cancelled", "!=")


def test_fields_are_added_and_dropped() -> None:
    plan = a_plan(PRODUCTS)

    more = revised(plan, "also keep the due date and the rating")
    less = revised(plan, "drop the price")

    assert more.agents[0].steps[2].fields == ("SKU", "name", "price", "due date", "rating")
    assert less.agents[0].steps[2].fields == ("SKU", "name")


def test_several_changes_in_one_sentence_are_all_made() -> None:
    plan = revised(a_plan(PRODUCTS), "also collect the description, and every Friday instead")

    assert "description" in plan.agents[0].steps[2].fields
    assert plan.agents[0].schedule is not None
    assert plan.agents[0].schedule.cron == "0 8 * * 5"


def test_an_agent_is_renamed() -> None:
    assert revised(a_plan(INVOICES), "rename it to Monthly Bills").agents[0].name == "monthly-bills"


def test_a_value_is_changed() -> None:
    plan = revised(a_plan(TICKET), 'change the subject to "Screen dead"')

    assert plan.agents[0].inputs[0].default == "Screen dead"


def test_a_form_can_be_left_unsent() -> None:
    plan = revised(a_plan(TICKET), "don't submit it")

    assert ops(plan) == ["open", "reach", "fill"]


def test_the_format_is_changed() -> None:
    plan = revised(a_plan(INVOICES), "as PDF instead")

    assert next(step.file_type for step in plan.agents[0].steps if step.op == "download") == "pdf"


@pytest.mark.parametrize(
    "change",
    [
        "foo bar baz",
        "make it faster and prettier",
        "drop step 99",
        "drop step 1",
        "twice a week",
        "swap steps 4 and 5",
        "do the download first",
        "rename it to product-prices",
        "use https://other.example instead",
        "only the good ones and do something else entirely",
        "",
    ],
)
def test_a_change_that_cannot_be_made_is_refused_and_says_so(change: str) -> None:
    with pytest.raises(InvalidAnswer):
        revised(a_plan(INVOICES), change)


def test_an_edited_document_replaces_the_plan() -> None:
    plan = a_plan(INVOICES)
    agent = plan.agents[0].model_copy(update={"name": "bills"})

    edited = revised(plan, {"agents": [agent.to_json()]})

    assert edited.agents[0].name == "bills"
    assert edited.revision == 2


@pytest.mark.parametrize(
    "document",
    [
        {"bogus": 1},
        {"agents": []},
        {"agents": "none"},
    ],
)
def test_an_edited_document_that_breaks_the_plan_is_refused(document: JsonObject) -> None:
    with pytest.raises(InvalidAnswer):
        revised(a_plan(INVOICES), document)


def test_an_edited_document_cannot_add_an_unnamed_origin() -> None:
    plan = a_plan(INVOICES)
    agent = plan.agents[0].to_json()
    steps = agent["steps"]
    assert isinstance(steps, list)
    assert isinstance(steps[0], dict)
    steps[0]["url"] = "https://evil.example"

    with pytest.raises(InvalidAnswer, match="evil"):
        revised(plan, {"agents": [agent]})


@pytest.mark.parametrize(
    ("text", "agents"),
    [
        (
            "every morning at 8 collect the prices at https://shop.example/products and every Friday at 9 download the invoices from https://bill.example",
            {
                "prices": ("0 8 * * *", ("https://shop.example",)),
                "invoices": ("0 9 * * 5", ("https://bill.example",)),
            },
        ),
        (
            "list the lots at https://sale.example every hour, then go to https://port.example and collect the ships there on the 1st of each month at 6",
            {
                "lots": ("0 * * * *", ("https://sale.example",)),
                "ships": ("0 6 1 * *", ("https://port.example",)),
            },
        ),
        (
            "Every day at 8 collect the fares from https://ferry.example. Every Friday at 9 collect the timetable from the same site.",
            {
                "fares": ("0 8 * * *", ("https://ferry.example",)),
                "timetable": ("0 9 * * 5", ("https://ferry.example",)),
            },
        ),
    ],
)
def test_jobs_with_schedules_of_their_own_are_agents_of_one_plan(
    text: str, agents: dict[str, tuple[str, tuple[str, ...]]]
) -> None:
    plan = a_plan(text)

    assert {
        agent.name: (agent.schedule.cron if agent.schedule else "", agent.origins)
        for agent in plan.agents
    } == agents
    ids = [step.id for agent in plan.agents for step in agent.steps]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize(
    "text",
    [
        "every Monday at 8 and every Friday at 17 download the invoices from https://bill.example",
        "make a weekly list of the lots at https://sale.example and run it every Monday at 7",
        "collect the lots at https://sale.example every hour and mail them every Friday",
    ],
)
def test_two_times_of_one_job_make_no_second_agent(text: str) -> None:
    (request,) = understand(text).requests

    assert len(request.agents) == 1
    assert "parts" not in request.arguments

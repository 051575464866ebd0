"""The port `Planner`, over the rules and over a model that speaks through a scripted server."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest
from pydantic import JsonValue

from podium.state.document import JsonObject
from podium.state.errors import InvalidAnswer
from podium.state.origins import origin_of
from podium.state.plan import Plan, Request, Understanding
from podium.tools.models.planner import ModelPlanner
from podium.tools.offline import OfflinePlanner, find_secrets
from podium.tools.planner import AgentBrief, Planner, WorkspaceView
from podium.tools.scripted_server import ReceivedRequest, Reply, ScriptedServer, says
from tests.unit.models.kit import a_model, a_reading, a_step

INVOICES = (
    "log into the portal at https://portal.example/start and download all unpaid invoices as CSV"
)
PRICES = "every weekday at 8 collect the prices of all products at http://127.0.0.1:8000/catalogue into a table, keyed by SKU"
NO_SITE = "log into the portal, download all unpaid invoices as CSV, and store them"
FORM = 'fill the ticket form at https://desk.example with subject "Broken scanner" and submit it'
RUN = "run invoices now"
HELLO = "good morning"
PASTED = "log in to https://portal.example/start as anna with password Zx9!kk-q2 and download all invoices"

_LIST = [
    a_step("reach", thing="invoices", kind="list"),
    a_step("extract", thing="invoices"),
    a_step("download", thing="invoices", file_type="csv", per_row=True),
    a_step("store", store_as="files"),
]
_START = "https://portal.example/start"
READINGS: dict[str, JsonObject] = {
    INVOICES: a_reading(a_step("open", url=_START), a_step("sign_in", url=_START), *_LIST),
    PASTED: a_reading(a_step("open", url=_START), a_step("sign_in", url=_START), *_LIST),
    NO_SITE: a_reading(a_step("open"), a_step("sign_in"), *_LIST),
    PRICES: a_reading(
        a_step("open", url="http://127.0.0.1:8000/catalogue"),
        a_step("extract", thing="products", fields=["SKU", "price"], key="SKU"),
        a_step("store", store_as="table", dataset="prices", key="SKU"),
        schedule={"cron": "0 8 * * 1-5", "timezone": "", "words": "every weekday at 8"},
    ),
    FORM: a_reading(
        a_step("open", url="https://desk.example"),
        a_step("reach", thing="ticket form", kind="form"),
        a_step("fill", values={"subject": "Broken scanner"}),
        a_step("submit", thing="ticket form"),
    ),
    RUN: a_reading(verb="run", agents=["invoices"]),
    HELLO: {"requests": [], "confidence": 0.9, "reply": "Good morning!"},
}
WORKSPACE = WorkspaceView(
    agents=(AgentBrief(name="invoices", goal=INVOICES, state="deployed"),), timezone="Europe/Berlin"
)


class UnsureRules(OfflinePlanner):
    """The rules, never sure of a reading: everything is left to the model."""

    async def understand(self, goal: str, *, workspace: WorkspaceView) -> Understanding:
        return Understanding(requests=(), confidence=0.0, unexplained=(goal,))


def scripted_model(request: ReceivedRequest) -> Reply | None:
    goal = request.facts.get("request")
    for text, reading in READINGS.items():
        if find_secrets(text)[0] == goal:
            return says(reading)
    return says({"agents": [], "problem": "it is not clear what is to change"})


@pytest.fixture(params=["rules", "model"])
def planner(request: pytest.FixtureRequest) -> Iterator[Planner]:
    if request.param == "rules":
        yield OfflinePlanner()
        return
    with ScriptedServer(rule=scripted_model) as server:
        model = a_model(server, redact=lambda text: find_secrets(text)[0])
        yield ModelPlanner(UnsureRules(), model)


async def read_one(planner: Planner, goal: str) -> Request:
    read = await planner.understand(goal, workspace=WORKSPACE)
    (request,) = read.requests
    return request


async def plan_for(planner: Planner, goal: str, answers: Mapping[str, JsonValue]) -> Plan:
    request = await read_one(planner, goal)
    return await planner.plan(request, goal=goal, answers=answers, workspace=WORKSPACE)


@pytest.mark.parametrize("goal", READINGS)
async def test_a_reading_is_plain_json_with_a_confidence(planner: Planner, goal: str) -> None:
    read = await planner.understand(goal, workspace=WORKSPACE)
    assert 0 <= read.confidence <= 1
    assert Understanding.model_validate(read.to_json()) == read


@pytest.mark.parametrize("goal", [INVOICES, PRICES, FORM])
async def test_a_job_is_a_new_agent_with_steps_on_the_named_site(
    planner: Planner, goal: str
) -> None:
    request = await read_one(planner, goal)
    assert request.verb == "create"
    assert request.site in goal
    assert {origin_of(step.url) for step in request.steps if step.url} == {origin_of(request.site)}
    assert request.steps[0].op == "open"
    assert len({step.id for step in request.steps}) == len(request.steps)
    assert len(request.agents) == 1
    assert request.agents[0] not in {agent.name for agent in WORKSPACE.agents}


async def test_a_time_becomes_a_schedule_in_the_users_zone(planner: Planner) -> None:
    schedule = (await read_one(planner, PRICES)).schedule
    assert schedule is not None
    assert (schedule.cron, schedule.timezone) == ("0 8 * * 1-5", "Europe/Berlin")


async def test_a_job_without_a_time_has_no_schedule(planner: Planner) -> None:
    assert (await read_one(planner, INVOICES)).schedule is None


async def test_what_is_missing_is_named_with_a_question(planner: Planner) -> None:
    missing = {item.field: item for item in (await read_one(planner, NO_SITE)).missing}
    assert {"url", "credentials"} <= set(missing)
    assert missing["credentials"].kind == "secret"
    assert all(item.question.strip() for item in missing.values())


async def test_what_is_said_is_not_asked_for(planner: Planner) -> None:
    assert "url" not in {item.field for item in (await read_one(planner, INVOICES)).missing}


async def test_sending_a_form_is_a_write(planner: Planner) -> None:
    request = await read_one(planner, FORM)
    submit = next(step for step in request.steps if step.op == "submit")
    assert submit.effect in {"write", "irreversible"}
    assert submit.effect in request.effects


async def test_an_agent_of_the_workspace_is_named_exactly(planner: Planner) -> None:
    request = await read_one(planner, RUN)
    assert (request.verb, request.agents) == ("run", ("invoices",))


async def test_what_is_no_request_is_answered_and_starts_nothing(planner: Planner) -> None:
    read = await planner.understand(HELLO, workspace=WORKSPACE)
    assert read.reply
    assert [request for request in read.requests if request.verb != "none"] == []


async def test_a_pasted_password_is_in_no_reading_and_no_plan(planner: Planner) -> None:
    request = await read_one(planner, PASTED)
    answers: JsonObject = {"credentials": {"stored": "portal"}}
    goal = find_secrets(PASTED)[0]
    plan = await planner.plan(request, goal=goal, answers=answers, workspace=WORKSPACE)
    assert "Zx9!kk-q2" not in f"{request.to_json()}{plan.to_json()}"


async def test_a_plan_opens_the_named_sites_and_no_other(planner: Planner) -> None:
    plan = await plan_for(planner, INVOICES, {"credentials": {"stored": "portal"}})
    (agent,) = plan.agents
    assert agent.origins == ("https://portal.example",)
    assert agent.secrets == ("portal",)
    assert [step.secret for step in agent.steps if step.op == "sign_in"] == ["portal"]
    assert (plan.revision, plan.goal) == (1, INVOICES)


async def test_answers_fill_what_the_request_lacked(planner: Planner) -> None:
    answers: JsonObject = {"url": "https://other.example", "credentials": {"stored": "other"}}
    (agent,) = (await plan_for(planner, NO_SITE, answers)).agents
    assert agent.origins == ("https://other.example",)
    assert agent.secrets == ("other",)


async def test_an_answer_that_cannot_be_used_is_named(planner: Planner) -> None:
    with pytest.raises(InvalidAnswer) as caught:
        await plan_for(planner, NO_SITE, {"url": "no address", "credentials": {"stored": "x"}})
    assert "no address" in caught.value.message


async def test_a_credential_never_comes_as_text(planner: Planner) -> None:
    with pytest.raises(InvalidAnswer):
        await plan_for(planner, INVOICES, {"credentials": "hunter2"})


async def test_an_edited_plan_is_the_next_revision(planner: Planner) -> None:
    plan = await plan_for(planner, PRICES, {})
    edited = plan.to_json()
    agents = edited["agents"]
    assert isinstance(agents, list)
    assert isinstance(agents[0], dict)
    agents[0]["name"] = "toner-prices"

    found = await planner.revise(plan, edited, workspace=WORKSPACE)

    assert (found.plan_id, found.revision) == (plan.plan_id, plan.revision + 1)
    assert found.agents[0].name == "toner-prices"


@pytest.mark.parametrize("change", ["gribbly the wombat sideways", {"agents": "none"}])
async def test_a_change_that_cannot_be_understood_leaves_the_plan(
    planner: Planner, change: str | JsonObject
) -> None:
    plan = await plan_for(planner, PRICES, {})
    with pytest.raises(InvalidAnswer):
        await planner.revise(plan, change, workspace=WORKSPACE)

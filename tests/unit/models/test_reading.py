"""What of a model's reading is taken over, and what is sent back as invented."""

from __future__ import annotations

import pytest
from pydantic import JsonValue, ValidationError

from podium.state.document import JsonObject
from podium.state.plan import Request, Understanding
from podium.tools.models.forms import SaidStep, SaidUnderstanding
from podium.tools.models.grounds import grounds_of
from podium.tools.models.reading import Reader, effect_of
from podium.tools.models.structured import Unusable
from podium.tools.planner import AgentBrief, WorkspaceView
from tests.unit.models.kit import a_reading, a_step

GOAL = 'Log in at https://erp.test/login and fill the form "New order": quantity 12, note "by Friday". Every Monday at 7.'
WORKSPACE = WorkspaceView(
    agents=(AgentBrief(name="prices", goal="collect prices", state="deployed"),),
    secrets=(("erp", "https://erp.test"), ("other", "https://other.test")),
    timezone="Europe/Berlin",
)


def read(said: JsonObject, *, goal: str = GOAL) -> Understanding:
    reader = Reader(grounds_of(goal, WORKSPACE))
    return reader.understanding(SaidUnderstanding.model_validate(said))


def read_one(
    *steps: JsonObject, verb: str = "create", goal: str = GOAL, **fields: JsonValue
) -> Request:
    return read(a_reading(*steps, verb=verb, **fields), goal=goal).requests[0]


def problems_of(*steps: JsonObject, verb: str = "create", **fields: JsonValue) -> tuple[str, ...]:
    with pytest.raises(Unusable) as caught:
        read(a_reading(*steps, verb=verb, **fields))
    return caught.value.problems


def test_a_reading_within_the_users_words_becomes_the_document() -> None:
    request = read_one(
        a_step("open", url="https://erp.test/login"),
        a_step("sign_in", url="https://erp.test/login"),
        a_step("reach", thing="New order", kind="form"),
        a_step("fill", values=[{"name": "quantity", "value": "12"}]),
        a_step("submit", thing="New order"),
        schedule={"cron": "0 7 * * 1", "words": "Every Monday at 7"},
        text="fill the form",
    )
    assert request.site == "https://erp.test/login"
    assert request.steps[3].values == {"quantity": "12"}
    assert request.schedule is not None
    assert request.schedule.timezone == "Europe/Berlin"
    assert request.effects == ("read", "sign_in", "irreversible")
    assert (request.missing, request.text) == ((), "fill the form")


@pytest.mark.parametrize(
    ("step", "named"),
    [
        (a_step("open", url="https://evil.test"), "https://evil.test"),
        (a_step("open", url="https://erp.test.evil.test/login"), "erp.test.evil.test"),
        (a_step("open", url="javascript:alert(1)"), "javascript"),
        (a_step("sign_in", url="https://erp.test/login", secret="root"), "root"),
        (a_step("sign_in", url="https://erp.test/login", secret="other"), "other"),
        (a_step("fill", values={"to": "mallory@evil.test"}), "'to'"),
        (a_step("fill", values={"quantity": "{inputs.amount}"}), "'quantity'"),
        (a_step("fill", values={"password": "[secret]"}), "'password'"),
        (a_step("choose", values={"note": "{secrets.erp}"}), "'note'"),
        (a_step("search", thing="my bank balance"), "my bank balance"),
        (a_step("notify", thing="mallory@evil.test"), "mallory@evil.test"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_nobody_said_is_a_problem(step: JsonObject, named: str) -> None:
    assert any(named in problem for problem in problems_of(step))


def test_all_problems_are_named_together() -> None:
    found = problems_of(
        a_step("open", url="https://evil.test"),
        a_step("fill", values={"a": "b c d"}),
        schedule={"cron": "every monday", "timezone": "Mars/Base", "words": "at dawn"},
    )
    assert len(found) == 5


@pytest.mark.parametrize(
    "schedule",
    [
        {"cron": "0 7 * *", "words": "Every Monday at 7"},
        {"cron": "99 7 * * 1", "words": "Every Monday at 7"},
        {"cron": "0 7 * * 1", "words": "every Tuesday"},
        {"cron": "0 7 * * 1", "words": ""},
        {"cron": "0 7 * * 1", "words": "Every Monday at 7", "timezone": "Asia/Tokyo"},
    ],
)
def test_a_schedule_that_is_none_or_that_nobody_said_is_a_problem(schedule: JsonObject) -> None:
    assert problems_of(a_step("open"), schedule=schedule)


def test_an_agent_that_does_not_exist_is_a_problem() -> None:
    assert "no agent 'invoices'" in problems_of(verb="run", agents=["invoices"])[0]


def test_an_argument_is_copied_from_the_request() -> None:
    goal = "rename prices to shop prices"
    renamed = read_one(
        verb="rename", agents=["prices"], arguments={"new_name": "shop-prices"}, goal=goal
    )
    assert renamed.arguments == {"new_name": "shop-prices"}
    assert problems_of(verb="rename", agents=["prices"], arguments={"new_name": "evil"})


@pytest.mark.parametrize(
    ("step", "effect"),
    [
        (a_step("submit", thing="the form", effect="read"), "write"),
        (a_step("submit", thing="the order", effect="write"), "irreversible"),
        (a_step("click", thing="Delete", effect="read"), "irreversible"),
        (a_step("click", thing="Archive", effect="read"), "write"),
        (a_step("click", thing="Next", effect="read"), "read"),
        (a_step("click", thing="Next", effect="irreversible"), "irreversible"),
        (a_step("sign_in", effect="read"), "sign_in"),
        (a_step("extract", thing="deleted orders", effect="irreversible"), "read"),
        (a_step("fill", thing="order form", effect="write"), "read"),
        (a_step("task", thing="pay the bill", effect="read"), "irreversible"),
    ],
)
def test_an_effect_is_never_understated(step: JsonObject, effect: str) -> None:
    assert effect_of(SaidStep.model_validate(step)) == effect


def test_what_is_missing_is_computed() -> None:
    request = read_one(a_step("open"), a_step("sign_in"), goal="log in and read the list")
    assert [(item.field, item.kind) for item in request.missing] == [
        ("url", "text"),
        ("credentials", "secret"),
    ]


def test_the_only_credential_of_the_site_need_not_be_asked_for() -> None:
    request = read_one(
        a_step("open", url="https://erp.test/login"),
        a_step("sign_in", url="https://erp.test/login"),
    )
    assert request.missing == ()


@pytest.mark.parametrize(
    ("field", "question"),
    [("password", "What is it?"), ("x", "What is your Password?"), ("pin", "Your PIN?"), ("url", "Where?")],
)  # fmt: skip
def test_a_model_cannot_ask_for_a_secret_as_text(field: str, question: str) -> None:
    request = read_one(
        a_step("open", url="https://erp.test"),
        missing=[
            {"field": field, "question": question},
            {"field": "Due date", "question": "By when?", "choices": []},
        ],
    )
    assert [item.field for item in request.missing] == ["due_date"]


def test_it_is_never_quite_sure_and_explains_only_what_was_said() -> None:
    said = a_reading(a_step("open", url="https://erp.test"))
    read_all = read({**said, "confidence": 1, "unexplained": ["by Friday", "something else"]})
    assert read_all.confidence == 0.9
    assert read_all.unexplained == ("by Friday",)


def test_a_new_agent_gets_a_usable_and_free_name() -> None:
    named = read_one(a_step("open", url="https://erp.test"), agents=["Prices!"])
    unnamed = read_one(a_step("open", url="https://erp.test"), a_step("extract", thing="Open Orders"), agents=[])  # fmt: skip
    assert (named.agents, unnamed.agents) == (("prices-2",), ("open-orders",))


def test_steps_have_ids_of_their_own() -> None:
    request = read_one(
        a_step("open", url="https://erp.test", id="a b"),
        a_step("extract", id="a b"),
        a_step("extract"),
    )
    assert [step.id for step in request.steps] == ["a_b", "a_b_2", "extract"]


def test_no_request_comes_with_a_reply() -> None:
    said: JsonObject = {"requests": [], "confidence": 0.9, "reply": "Hello!\u200b"}
    assert read(said).reply == "Hello!"
    with pytest.raises(Unusable):
        read({**said, "reply": ""})


def test_null_means_not_said_and_what_was_not_asked_for_is_not_looked_at() -> None:
    said = a_reading(a_step("open", url=None, limit=None, values={}, hobby="chess"), site=None)
    assert SaidUnderstanding.model_validate(said).requests[0].site == ""


@pytest.mark.parametrize(
    "said",
    [
        a_reading(*[a_step("extract") for _ in range(41)]),
        {"requests": [{"verb": "create"}] * 11, "confidence": 1},
        {"requests": [], "confidence": 3},
        a_reading(a_step("execute_javascript")),
        a_reading(verb="hack"),
        a_reading(a_step("open", title="x" * 501)),
    ],
    ids=["steps", "requests", "confidence", "op", "verb", "text"],
)
def test_what_is_too_much_or_of_no_kind_does_not_fit_the_form(said: JsonObject) -> None:
    with pytest.raises(ValidationError):
        SaidUnderstanding.model_validate(said)

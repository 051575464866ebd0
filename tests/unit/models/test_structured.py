"""One question to a model server that answers, errs, fails, refuses or lies."""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import replace

import pytest
from pydantic import BaseModel

from podium.state.document import JsonObject
from podium.state.errors import Fatal, LimitExceeded, ModelMistake, Retryable, SetupError
from podium.tools.models.structured import Ask, StructuredModel, Unusable
from podium.tools.scripted_server import (
    Answer,
    Fault,
    ReceivedRequest,
    Reply,
    ScriptedServer,
    busy,
    cuts_body,
    fails,
    hangs_up,
    huge,
    not_json,
    refuses,
    says,
    stays_silent,
    truncated,
    wrong_wire,
)
from tests.unit.models.kit import KEY, QUICK, a_meter, a_model


class City(BaseModel):
    name: str
    people: int


ASK = Ask(purpose="test", instructions="Name a city.", facts={"country": "Norway"})
OSLO: JsonObject = {"name": "Oslo", "people": 700_000}


async def ask(model: StructuredModel) -> City:
    def check(city: City) -> City:
        if city.people < 0:
            raise Unusable("people: nobody lives there")
        return city

    return await model.ask(ASK, City, check)


async def test_a_good_answer_is_one_call_with_its_numbers() -> None:
    meter = a_meter()
    with ScriptedServer(says(OSLO, usage=(120, 15))) as server:
        city = await ask(a_model(server, meter=meter))
        (request,) = server.requests

    assert city.name == "Oslo"
    assert request.wants == "json_schema"
    assert request.headers["authorization"] == f"Bearer {KEY}"
    call = meter.calls[0]
    assert (call.purpose, call.model) == ("test", "gpt-4o-mini")
    assert (call.usage.input_tokens, call.usage.output_tokens) == (120, 15)


async def test_numbers_that_the_server_does_not_tell_are_estimated() -> None:
    meter = a_meter()
    with ScriptedServer(Answer(content=OSLO, tells_usage=False)) as server:
        await ask(a_model(server, meter=meter))

    assert meter.calls[0].usage.estimated
    assert meter.calls[0].usage.total_tokens > 10


@pytest.mark.parametrize(
    "bad",
    [
        says({"name": "Oslo"}),
        says({"name": "Oslo", "people": "many"}),
        says({"name": "Oslo", "people": -1}),
        says({"answer": "another schema"}),
        says('{"name": "Oslo", "peo'),
        says("Oslo, I think."),
        says(""),
        says([1, 2]),
        says("[" * 50_000),
        truncated('{"name": "Os'),
        says("x" * 100_000),
    ],
    ids=[
        "field lacks",
        "wrong type",
        "check fails",
        "wrong schema",
        "garbage",
        "prose",
        "empty",
        "list",
        "deep",
        "cut off",
        "long",
    ],
)
async def test_an_unusable_answer_is_mended_with_the_problem_named(bad: Reply) -> None:
    with ScriptedServer(bad, says(OSLO)) as server:
        city = await ask(a_model(server))
        first, second = server.requests

    assert city.people == 700_000
    assert second.messages[: len(first.messages)] == first.messages
    mend = str(second.messages[-1]["content"])
    assert "could not be used" in mend
    assert "\n- " in mend


async def test_after_two_repairs_it_is_the_models_mistake() -> None:
    meter = a_meter()
    bad = says({"name": "Oslo", "people": "many"})
    with (
        ScriptedServer(bad, bad, bad, says(OSLO)) as server,
        pytest.raises(ModelMistake, match=r"3 attempts: people: .*integer"),
    ):
        await ask(a_model(server, meter=meter))

    assert len(meter.calls) == 3


async def test_the_conversation_does_not_grow_with_the_repairs() -> None:
    with ScriptedServer(says("no"), says("x" * 50_000), says(OSLO)) as server:
        await ask(a_model(server))
        sizes = [len(request.text) for request in server.requests]

    assert len(server.requests[2].messages) == 4
    assert sizes[2] < sizes[0] + 8_000


@pytest.mark.parametrize(
    "declined",
    [refuses("I will not."), Answer(content="", finish_reason="content_filter")],
    ids=["refusal", "filter"],
)
async def test_a_model_that_declines_is_not_asked_again(declined: Reply) -> None:
    with ScriptedServer(declined) as server:
        with pytest.raises(ModelMistake):
            await ask(a_model(server))
        assert len(server.requests) == 1


@pytest.mark.parametrize(
    "fault",
    [busy(), busy(retry_after_s=0.01), fails(500), fails(502), fails(529), hangs_up(), cuts_body(), not_json(), wrong_wire()],
    ids=["429", "429 with time", "500", "502", "529", "hangs up", "cut body", "html", "other format"],
)  # fmt: skip
async def test_a_passing_failure_is_tried_again(fault: Fault) -> None:
    meter = a_meter()
    with ScriptedServer(fault, says(OSLO)) as server:
        city = await ask(a_model(server, meter=meter))

    assert city.name == "Oslo"
    assert [bool(call.error) for call in meter.calls] == [True, False]


async def test_a_lasting_failure_ends_after_the_allowed_attempts() -> None:
    with ScriptedServer(rule=lambda _: fails(503)) as server:
        with pytest.raises(Retryable, match="HTTP 503"):
            await ask(a_model(server))
        assert len(server.requests) == QUICK.attempts


async def test_the_servers_waiting_time_is_kept() -> None:
    with ScriptedServer(busy(retry_after_s=0.3), says(OSLO)) as server:
        started = time.monotonic()
        await ask(a_model(server))

    assert time.monotonic() - started >= 0.3


async def test_a_server_that_wants_too_much_patience_is_given_up() -> None:
    with ScriptedServer(busy(retry_after_s=3_600)) as server:
        with pytest.raises(Retryable, match="busy"):
            await ask(a_model(server))
        assert len(server.requests) == 1


async def test_a_server_that_does_not_answer_is_given_up_in_time() -> None:
    patience = replace(QUICK, timeout_s=0.2, attempts=2)
    meter = a_meter()
    with (
        ScriptedServer(rule=lambda _: stays_silent(30)) as server,
        pytest.raises(Retryable) as caught,
    ):
        await ask(a_model(server, patience=patience, meter=meter))

    assert caught.value.code == "timeout"
    # The server may have worked on it, and bill it.
    assert all(call.usage.estimated and call.usage.input_tokens for call in meter.calls)


async def test_an_answer_without_end_is_not_read() -> None:
    with ScriptedServer(huge()) as server:
        with pytest.raises(ModelMistake, match="larger than"):
            await ask(a_model(server))
        assert len(server.requests) == 1


@pytest.mark.parametrize("status", [401, 404])
async def test_a_wrong_setting_is_said_at_once(status: int) -> None:
    with ScriptedServer(fails(status)) as server:
        with pytest.raises(SetupError) as caught:
            await ask(a_model(server))
        assert len(server.requests) == 1
    assert caught.value.hint


async def test_nobody_at_the_address_is_said() -> None:
    with ScriptedServer() as server:
        model = a_model(server)
    with pytest.raises(Retryable) as caught:
        await ask(model)
    assert (caught.value.code, bool(caught.value.hint)) == ("unreachable", True)


async def test_a_server_without_schemas_is_asked_by_tool_and_then_in_words() -> None:
    def old_server(request: ReceivedRequest) -> Reply:
        if request.wants == "json_schema":
            return fails(400, "response_format json_schema is not supported")
        if request.wants == "tool":
            return fails(400, "tools are not supported")
        return says(f"Sure:\n```json\n{json.dumps(OSLO)}\n```")

    with ScriptedServer(rule=old_server) as server:
        model = a_model(server)
        first, second = await ask(model), await ask(model)
        wanted = [request.wants for request in server.requests]

    assert (first.name, second.name) == ("Oslo", "Oslo")
    assert wanted == ["json_schema", "tool", "text", "text"]
    assert '"people"' in server.requests[-1].text


async def test_an_answer_by_tool_is_checked_like_any_other() -> None:
    def by_tool(request: ReceivedRequest) -> Reply:
        if request.wants == "json_schema":
            return fails(400, "response_format is not supported")
        return says('{"name": "Oslo", "peo') if len(server.requests) < 3 else says(OSLO)

    with ScriptedServer(rule=by_tool) as server:
        assert (await ask(a_model(server))).name == "Oslo"
        assert [r.wants for r in server.requests] == ["json_schema", "tool", "tool"]


async def test_another_mistake_of_ours_is_not_asked_again() -> None:
    with ScriptedServer(fails(400, "context length exceeded")) as server:
        with pytest.raises(Fatal, match="context length"):
            await ask(a_model(server))
        assert len(server.requests) == 1


async def test_the_call_that_could_pass_the_budget_is_not_sent() -> None:
    meter = a_meter(budget_tokens=900)
    with ScriptedServer(says("no", usage=(300, 300)), says(OSLO)) as server:
        with meter.scope(), pytest.raises(LimitExceeded):
            await ask(a_model(server, meter=meter))
        assert len(server.requests) == 1


async def test_what_the_redactor_masks_never_leaves() -> None:
    secret = "hunter2-Zz!"
    asked = Ask(purpose="test", instructions="Name a city.", facts={"said": f"my pin {secret}"})

    def masked(text: str) -> str:
        return text.replace(secret, "[secret]")

    with ScriptedServer(says(f"{secret} {{"), says(OSLO)) as server:
        await a_model(server, redact=masked).ask(asked, City, lambda city: city)
        sent = json.dumps([request.body for request in server.requests])

    assert len(server.requests) == 2
    assert secret not in sent


async def test_the_environment_adds_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    with ScriptedServer(says(OSLO)) as server, ScriptedServer() as spy:
        for name in ("OPENAI_BASE_URL", "OPENAI_API_BASE", "LANGSMITH_ENDPOINT", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "OPENAI_PROXY", "LANGSMITH_GATEWAY_URL"):  # fmt: skip
            monkeypatch.setenv(name, spy.base_url)
        monkeypatch.setenv("LANGSMITH_TRACING", "true")
        monkeypatch.setenv("LANGSMITH_API_KEY", "ls-key")
        monkeypatch.setenv("OPENAI_API_KEY", "sk-from-environment")
        monkeypatch.setenv("OPENAI_ORG_ID", "org-from-environment")
        await ask(a_model(server))
        (request,) = server.requests
        assert spy.requests == ()

    assert "from-environment" not in json.dumps(request.headers)
    assert not [name for name in request.headers if name.startswith(("x-", "openai-"))]


async def test_a_cancelled_question_is_counted_and_frees_its_budget() -> None:
    meter = a_meter(budget_tokens=1_500)
    with ScriptedServer(stays_silent(30), says(OSLO)) as server, meter.scope() as tally:
        model = a_model(server, meter=meter)
        task = asyncio.create_task(ask(model))
        await asyncio.to_thread(server.wait_for, 1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert tally.purse.reserved_tokens == 0
        assert (await ask(model)).name == "Oslo"

    assert [call.error for call in meter.calls] == ["cancelled", ""]

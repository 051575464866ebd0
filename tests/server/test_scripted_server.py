"""The scripted model server speaks the wire format to any client: plain HTTP, the vendor's own, LangChain's."""

from __future__ import annotations

import json
import time
from typing import Literal, get_args

import httpx
import pytest
from langchain_openai import ChatOpenAI
from openai import AsyncOpenAI
from openai.types.chat import ChatCompletionMessageParam, ChatCompletionToolParam
from pydantic import BaseModel, SecretStr

from podium.state.document import JsonObject
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

HELLO: JsonObject = {"model": "m", "messages": [{"role": "user", "content": "hello"}]}


def post(server: ScriptedServer, body: JsonObject = HELLO, **headers: str) -> httpx.Response:
    return httpx.post(f"{server.base_url}/chat/completions", json=body, headers=headers, timeout=5)


def test_scripted_answers_come_in_order_and_requests_are_recorded() -> None:
    with ScriptedServer(says("one"), says({"two": 2})) as server:
        texts = [
            post(server, Authorization="Bearer k").json()["choices"][0]["message"]["content"]
            for _ in range(2)
        ]
        first = server.requests[0]

    assert texts == ["one", '{"two": 2}']
    assert (first.path, first.text, first.headers["authorization"]) == (
        "/v1/chat/completions",
        "hello",
        "Bearer k",
    )


def test_an_answer_has_the_fields_of_the_wire_format() -> None:
    with ScriptedServer(says("hi", usage=(11, 3))) as server:
        body = post(server).json()

    assert body["object"] == "chat.completion"
    assert body["model"] == "m"
    assert body["choices"] == [
        {
            "index": 0,
            "finish_reason": "stop",
            "message": {"role": "assistant", "content": "hi", "refusal": None},
        }
    ]
    assert body["usage"] == {"prompt_tokens": 11, "completion_tokens": 3, "total_tokens": 14}


def test_a_rule_answers_by_what_was_asked() -> None:
    def echo(request: ReceivedRequest) -> Reply | None:
        return says(request.text.upper()) if "hello" in request.text else None

    with ScriptedServer(says("script first"), rule=echo) as server:
        assert "script first" in post(server).text
        assert "HELLO" in post(server).text
        other = post(server, {**HELLO, "messages": [{"role": "user", "content": "bye"}]})
    assert (other.status_code, "Nothing is scripted" in other.text) == (400, True)


def test_the_document_in_the_first_message_can_be_asked_for() -> None:
    content = [{"type": "text", "text": json.dumps({"wanted": "x"})}]
    with ScriptedServer(says("ok")) as server:
        post(server, {"model": "m", "messages": [{"role": "user", "content": content}]})  # pyright: ignore[reportArgumentType]  JSON by use
        assert server.requests[0].facts == {"wanted": "x"}


@pytest.mark.parametrize(
    ("fault", "status"),
    [(busy(), 429), (fails(), 500), (fails(503), 503), (fails(401, "bad key", code="invalid_api_key"), 401)],
)  # fmt: skip
def test_a_fault_is_an_error_document_with_its_status(fault: Fault, status: int) -> None:
    with ScriptedServer(fault) as server:
        answer = post(server)
    assert answer.status_code == status
    assert answer.json()["error"]["code"] == fault.code


def test_a_busy_server_says_how_long_to_wait() -> None:
    with ScriptedServer(busy(retry_after_s=2)) as server:
        assert post(server).headers["retry-after"] == "2"


@pytest.mark.parametrize("fault", [hangs_up(), cuts_body(), stays_silent(0.05)])
def test_a_broken_connection_is_one(fault: Fault) -> None:
    with ScriptedServer(fault) as server, pytest.raises(httpx.RemoteProtocolError):
        post(server)


def test_silence_lasts_as_long_as_told_but_not_longer_than_the_server() -> None:
    with ScriptedServer(stays_silent(60)) as server, pytest.raises(httpx.ReadTimeout):
        httpx.post(f"{server.base_url}/chat/completions", json=HELLO, timeout=0.2)

    started = time.monotonic()
    with ScriptedServer(Answer(content="late", delay_s=0.2)) as server:
        assert "late" in post(server).text
    assert time.monotonic() - started >= 0.2


@pytest.mark.parametrize(
    ("reply", "kind"), [(not_json(), "text/html"), (wrong_wire(), "application/json")]
)
def test_what_is_no_completion_looks_like_success_otherwise(reply: Reply, kind: str) -> None:
    with ScriptedServer(reply) as server:
        answer = post(server)
    assert (answer.status_code, answer.headers["content-type"]) == (200, kind)
    assert "choices" not in answer.text


def test_refusals_cut_answers_and_huge_ones_can_be_had() -> None:
    with ScriptedServer(refuses("no"), truncated('{"a'), huge(50_000)) as server:
        refused, cut, long = (post(server).json()["choices"][0] for _ in range(3))
    assert (refused["message"]["content"], refused["message"]["refusal"]) == (None, "no")
    assert (cut["message"]["content"], cut["finish_reason"]) == ('{"a', "length")
    assert len(long["message"]["content"]) == 50_000


def test_other_paths_and_bodies_are_refused_and_models_are_listed() -> None:
    with ScriptedServer() as server:
        root = server.base_url.removesuffix("/v1")
        assert httpx.get(f"{root}/v1/models").json()["data"][0]["id"] == "scripted"
        assert httpx.get(f"{root}/").status_code == 404
        assert httpx.post(f"{root}/v1/embeddings", json={}).status_code == 404
        assert httpx.post(f"{root}/v1/chat/completions", content=b"{").status_code == 400
        assert server.requests == ()


def test_it_listens_on_loopback_only_and_ends_with_its_block() -> None:
    with ScriptedServer() as server:
        url = server.base_url
        assert url.startswith("http://127.0.0.1:")
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{url}/models")


# -- Other clients ---------------------------------------------------------------------------------


async def test_the_vendors_client_reads_answers_tools_and_streams() -> None:
    messages: list[ChatCompletionMessageParam] = [{"role": "user", "content": "hello"}]
    tool: ChatCompletionToolParam = {"type": "function", "function": {"name": "lookup"}}
    with ScriptedServer(says("hi"), says({"q": "x"}), says("stream me")) as server:
        async with AsyncOpenAI(base_url=server.base_url, api_key="k", max_retries=0) as client:
            create = client.chat.completions.create
            plain = await create(model="m", messages=messages)
            called = await create(model="m", messages=messages, tools=[tool])
            stream = await create(
                model="m", messages=messages, stream=True, stream_options={"include_usage": True}
            )
            chunks = [chunk async for chunk in stream]

    assert plain.choices[0].message.content == "hi"
    (call,) = called.choices[0].message.tool_calls or []
    assert call.type == "function"
    assert (call.function.name, json.loads(call.function.arguments)) == ("lookup", {"q": "x"})
    parts = [chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices]
    assert "".join(parts) == "stream me"
    assert chunks[-1].usage is not None


class City(BaseModel):
    name: str


Method = Literal["json_schema", "function_calling", "json_mode"]


@pytest.mark.parametrize("method", get_args(Method))
async def test_langchain_reads_structured_output_by_every_method(method: Method) -> None:
    with ScriptedServer(says({"name": "Oslo"})) as server:
        chat = ChatOpenAI(model="m", base_url=server.base_url, api_key=SecretStr("k"), max_retries=0)  # fmt: skip
        structured = chat.with_structured_output(City, method=method)  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]  its own type is open
        assert await structured.ainvoke("a city as json") == City(name="Oslo")
        wanted = server.requests[0].wants

    assert wanted == {"function_calling": "tool", "json_mode": "json_object"}.get(method, method)

"""Failures of the client library are ours by the time they leave the adapter."""

from __future__ import annotations

import inspect

import httpx
import openai
import pytest

from podium.state.errors import (
    Fatal,
    ModelMistake,
    PodiumError,
    Retryable,
    SetupError,
)
from podium.tools.models.wire import (
    AnswerTooLarge,
    PlainTransport,
    checked_base_url,
    refuses_format,
    translate,
    wanted_wait_s,
)

REQUEST = httpx.Request("POST", "http://127.0.0.1/v1/chat/completions")


def status_error(
    status: int, message: str = "no", *, code: str | None = None, retry_after: str = ""
) -> openai.APIStatusError:
    headers = {"retry-after": retry_after} if retry_after else {}
    response = httpx.Response(status, request=REQUEST, headers=headers)
    kind = {400: openai.BadRequestError, 422: openai.UnprocessableEntityError}
    body = {"message": message, "code": code}
    failure = kind.get(status, openai.APIStatusError)
    return failure(message, response=response, body=body)  # pyright: ignore[reportArgumentType]  typed for httpx2, takes httpx too


def timed_out() -> openai.APITimeoutError:
    return openai.APITimeoutError(REQUEST)  # pyright: ignore[reportArgumentType]  as above


def not_connected(cause: Exception | None = None) -> openai.APIConnectionError:
    error = openai.APIConnectionError(request=REQUEST)  # pyright: ignore[reportArgumentType]  as above
    error.__cause__ = cause
    return error


def foreign_errors() -> list[type[Exception]]:
    found = [value for _, value in inspect.getmembers(openai, inspect.isclass)]
    return [value for value in found if issubclass(value, openai.OpenAIError)]


@pytest.mark.parametrize("kind", foreign_errors(), ids=lambda kind: kind.__name__)
def test_no_failure_of_the_client_library_is_forgotten(kind: type[Exception]) -> None:
    error = kind.__new__(kind)
    if isinstance(error, openai.APIStatusError):
        error = status_error(500)
    assert isinstance(translate(error), PodiumError)


@pytest.mark.parametrize(
    ("status", "kind", "code"),
    [
        (401, SetupError, "setup"),
        (403, SetupError, "setup"),
        (404, SetupError, "setup"),
        (307, SetupError, "setup"),
        (408, Retryable, "busy"),
        (429, Retryable, "busy"),
        (500, Retryable, "server_error"),
        (529, Retryable, "server_error"),
        (400, Fatal, "model_refused_request"),
        (422, Fatal, "model_refused_request"),
    ],
)
def test_a_status_says_who_can_do_something(
    status: int, kind: type[PodiumError], code: str
) -> None:
    found = translate(status_error(status))
    assert (type(found), found.code) == (kind, code)


def test_an_exhausted_account_is_not_tried_again() -> None:
    assert isinstance(translate(status_error(429, code="insufficient_quota")), SetupError)


def test_a_key_in_the_servers_words_is_not_repeated() -> None:
    found = translate(status_error(400, "Incorrect key sk-abc123DEF456 given"))
    assert "sk-abc123DEF456" not in found.message
    assert "[key]" in found.message


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (TimeoutError(), "timeout"),
        (timed_out(), "timeout"),
        (not_connected(httpx.ReadTimeout("slow")), "timeout"),
        (not_connected(), "unreachable"),
        (httpx.ReadError("reset"), "unreachable"),
        (KeyError("choices"), "bad_answer"),
        (ValueError("no JSON"), "bad_answer"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_may_pass_is_worth_trying_again(error: Exception, code: str) -> None:
    found = translate(error)
    assert isinstance(found, Retryable)
    assert found.code == code


def test_an_answer_that_was_too_large_is_the_models_mistake() -> None:
    assert isinstance(translate(not_connected(AnswerTooLarge("too much"))), ModelMistake)


@pytest.mark.parametrize(
    ("said", "wait_s"), [("2", 2.0), ("0.5", 0.5), ("", None), ("soon", None), ("-1", None)]
)
def test_the_servers_waiting_time_is_read(said: str, wait_s: float | None) -> None:
    assert wanted_wait_s(status_error(429, retry_after=said)) == wait_s


def test_a_refused_form_of_asking_is_told_from_other_mistakes() -> None:
    assert refuses_format(status_error(400, "response_format is not supported"))
    assert not refuses_format(status_error(400, "context length exceeded"))
    assert not refuses_format(status_error(500, "json_schema"))


@pytest.mark.parametrize(
    "url", ["ftp://a.test", "nonsense", "http://me:pw@a.test/v1", "https://a.test/v1?key=1"]
)
def test_an_address_that_is_none_or_holds_credentials_is_refused(url: str) -> None:
    with pytest.raises(SetupError):
        checked_base_url(url)


def test_without_an_address_it_is_openais_own() -> None:
    assert checked_base_url(" ") == "https://api.openai.com/v1"


async def test_only_the_headers_of_the_wire_format_are_sent() -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json={})

    transport = PlainTransport(httpx.MockTransport(answer))
    async with httpx.AsyncClient(transport=transport) as client:
        await client.post(
            "http://a.test/v1",
            json={},
            headers={"Authorization": "Bearer k", "X-Stainless-OS": "Linux", "Cookie": "a=b"},
        )

    assert set(seen[0].headers) == {
        "accept",
        "accept-encoding",
        "authorization",
        "connection",
        "content-length",
        "content-type",
        "host",
        "user-agent",
    }
    assert seen[0].headers["user-agent"] == "podium"


async def test_reading_stops_at_the_limit() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, content=b"x" * 5_000)

    transport = PlainTransport(httpx.MockTransport(answer), limit_bytes=1_000)
    async with httpx.AsyncClient(transport=transport) as client:
        with pytest.raises(AnswerTooLarge):
            await client.get("http://a.test/")

"""The HTTP client of a model server: what leaves the machine, how much may come back, and what its failures mean.

`langchain-openai` and `openai` read the environment, send facts about the machine, retry unseen, follow redirects and read
answers of any size. None of that happens here.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from functools import cache
from ssl import SSLContext
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import httpx

from podium.state.errors import Fatal, ModelMistake, PodiumError, Retryable, SetupError, UserError
from podium.state.origins import origin_of

if TYPE_CHECKING:
    from langchain_core.language_models.chat_models import BaseChatModel
    from openai import OpenAIError

OPENAI_URL = "https://api.openai.com/v1"
MAX_ANSWER_BYTES = 2_000_000
LONGEST_WAIT_S = 30.0
"""A server may ask for more patience; then the call is given up instead."""

_SENT_HEADERS = frozenset(
    {"accept", "authorization", "connection", "content-length", "content-type", "host"}
)


class AnswerTooLarge(httpx.TransportError):
    """The model server sent more than any answer needs; the rest was not read."""


class _CutBody(httpx.AsyncByteStream):
    def __init__(self, inner: httpx.AsyncByteStream, limit_bytes: int) -> None:
        self._inner, self._left = inner, limit_bytes

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._inner:
            self._left -= len(chunk)
            if self._left < 0:
                raise AnswerTooLarge("The answer passed the limit")
            yield chunk

    async def aclose(self) -> None:
        await self._inner.aclose()


class PlainTransport(httpx.AsyncBaseTransport):
    """Sends only the headers that the wire format needs, and stops reading an answer that is too large."""

    def __init__(
        self, inner: httpx.AsyncBaseTransport, *, limit_bytes: int = MAX_ANSWER_BYTES
    ) -> None:
        self._inner, self._limit_bytes = inner, limit_bytes

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Pass the request on without what nobody asked to send.

        Raises:
            AnswerTooLarge: While the answer is read, if it is.
        """
        headers = {k: v for k, v in request.headers.items() if k.lower() in _SENT_HEADERS}
        # A copy: the client reads its own marks from the request that it built.
        plain = httpx.Request(
            request.method,
            request.url,
            # Compressed, a small answer can become a huge one.
            headers={**headers, "Accept-Encoding": "identity", "User-Agent": "podium"},
            stream=request.stream,
            extensions=request.extensions,
        )
        response = await self._inner.handle_async_request(plain)
        if not isinstance(response.stream, httpx.AsyncByteStream):
            return response
        return httpx.Response(
            response.status_code,
            headers=response.headers,
            stream=_CutBody(response.stream, self._limit_bytes),
            extensions=response.extensions,
        )

    async def aclose(self) -> None:
        """Close the connections."""
        await self._inner.aclose()


def checked_base_url(base_url: str) -> str:
    """Return the address of the model server, OpenAI's own when none is given.

    Raises:
        SetupError: If it is no http(s) address, or sends the key in clear text over a network.
    """
    url = base_url.strip().rstrip("/") or OPENAI_URL
    hint = "Set OPENAI_BASE_URL to something like http://127.0.0.1:11434/v1."
    try:
        origin_of(url)
    except UserError as error:
        raise SetupError(f"{url!r} is not the address of a model server", hint=hint) from error
    if urlsplit(url).username is not None or urlsplit(url).query:
        raise SetupError("The address of the model server holds credentials or a query", hint=hint)
    return url


def open_chat(
    model: str, *, base_url: str, api_key: str, timeout_s: float, max_output_tokens: int
) -> BaseChatModel:
    """Return the chat model at the address, set up from these arguments alone.

    Raises:
        SetupError: If the address is none.
    """
    from langchain_openai import ChatOpenAI
    from pydantic import SecretStr

    url = checked_base_url(base_url)
    # A kept connection belongs to the event loop that opened it, and there are several.
    connections = httpx.Limits(max_keepalive_connections=0)
    transport = PlainTransport(
        httpx.AsyncHTTPTransport(verify=_tls(), trust_env=False, limits=connections)
    )
    limits = httpx.Timeout(timeout_s, connect=min(timeout_s, 10.0))
    return ChatOpenAI(
        model=model,
        base_url=url,
        # Local servers want none; the client insists on some.
        api_key=SecretStr(api_key or "none"),
        temperature=0 if _takes_temperature(model) else None,
        max_completion_tokens=max_output_tokens,
        timeout=limits,
        # Retries are ours, so that the meter sees every request.
        max_retries=0,
        streaming=False,
        cache=False,
        use_responses_api=False,
        openai_proxy="",
        http_async_client=httpx.AsyncClient(
            transport=transport, timeout=limits, trust_env=False, follow_redirects=False
        ),
        # Never used; given so that none is made from the environment.
        http_client=httpx.Client(verify=_tls(), trust_env=False),
    )


@cache
def _tls() -> SSLContext:
    """Return the one context of this process: reading the certificates takes longer than a request."""
    return httpx.create_ssl_context(trust_env=False)


def _takes_temperature(model: str) -> bool:
    """Return whether the model accepts one: OpenAI's reasoning models refuse the parameter."""
    return re.match(r"(?:o\d|gpt-5)", model.rsplit("/", 1)[-1]) is None


# -- Failures --------------------------------------------------------------------------------------


def translate(error: Exception) -> PodiumError:
    """Return what a failure of the model server means for us, with what to do about it."""
    import openai

    if isinstance(error, openai.APIStatusError):
        return _from_status(error)
    if isinstance(error, openai.LengthFinishReasonError):
        return ModelMistake("The model's answer was cut off at the token limit")
    if isinstance(error, openai.ContentFilterFinishReasonError):
        return ModelMistake("The model server's content filter kept the answer back")
    if isinstance(error, TimeoutError | openai.APITimeoutError) or _caused_by(
        error, httpx.TimeoutException
    ):
        return Retryable("The model server did not answer in time", code="timeout")
    if _caused_by(error, AnswerTooLarge):
        return ModelMistake(
            f"The model's answer was larger than {MAX_ANSWER_BYTES} bytes and was not read"
        )
    if isinstance(error, openai.APIConnectionError | httpx.TransportError):
        return Retryable(
            "The model server cannot be reached",
            code="unreachable",
            hint="Check OPENAI_BASE_URL and that the server runs; PODIUM_MODEL=offline works without one.",
        )
    if isinstance(error, openai.OpenAIError) and not isinstance(error, openai.APIError):
        return SetupError(f"The model client cannot be used: {_said(error)}")
    return Retryable(
        f"The model server's answer is not in the wire format ({type(error).__name__})",
        code="bad_answer",
        hint="OPENAI_BASE_URL must lead to an OpenAI-compatible server, mostly with /v1 at its end.",
    )


def _from_status(error: OpenAIError) -> PodiumError:
    import openai

    if not isinstance(error, openai.APIStatusError):
        raise TypeError(type(error).__name__)
    status, said = error.status_code, _said(error)
    match status:
        case 401 | 403:
            return SetupError(
                f"The model server refuses the key (HTTP {status})", hint="Check OPENAI_API_KEY."
            )
        case 404:
            return SetupError(
                f"The model server does not know the model or the path (HTTP 404: {said})",
                hint="Check PODIUM_MODEL and OPENAI_BASE_URL.",
            )
        case 429 if error.code == "insufficient_quota":
            return SetupError(
                "The account at the model server has no quota left", hint="Check its billing."
            )
        case 408 | 409 | 425 | 429:
            return Retryable(f"The model server is busy (HTTP {status})", code="busy")
        case _ if status >= 500:
            return Retryable(f"The model server failed (HTTP {status})", code="server_error")
        case _ if status < 400:
            return SetupError(
                f"The model server redirects elsewhere (HTTP {status}); nothing was sent there",
                hint="Set OPENAI_BASE_URL to the final address.",
            )
        case _:
            return Fatal(
                f"The model server refused the request (HTTP {status}: {said})",
                code="model_refused_request",
            )


def wanted_wait_s(error: BaseException) -> float | None:
    """Return how long the server asked us to wait, when it said so in seconds."""
    response = getattr(error, "response", None)
    if not isinstance(response, httpx.Response):
        return None
    said = response.headers.get("retry-after", "")
    return float(said) if re.fullmatch(r"\d{1,6}(\.\d+)?", said) else None


def refuses_format(error: BaseException) -> bool:
    """Return whether the server turned a request down for the way we asked for structure."""
    import openai

    if not isinstance(error, openai.BadRequestError | openai.UnprocessableEntityError):
        return False
    said = str(error).casefold()
    return any(
        word in said
        for word in ("response_format", "json_schema", "tool_choice", "tools", "schema", "grammar")
    )


def _caused_by(error: BaseException | None, kind: type[BaseException]) -> bool:
    seen = 0
    while error is not None and seen < 10:
        if isinstance(error, kind):
            return True
        error, seen = error.__cause__ or error.__context__, seen + 1
    return False


def _said(error: Exception) -> str:
    """Return the server's own words: one line, short, without anything that looks like a key."""
    text = " ".join(str(getattr(error, "message", error)).split())[:200]
    return re.sub(r"\b(?:sk|key|pk)-[\w*.-]{4,}", "[key]", text)

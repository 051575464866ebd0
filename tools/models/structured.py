"""Asking a chat model for one checked document: metered, retried, repaired at most twice."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NoReturn, TypeVar

import httpx
from pydantic import BaseModel, ValidationError

from podium.state.document import JsonObject
from podium.state.errors import Fatal, ModelMistake, PodiumError, Retryable
from podium.tools.models.leniency import documents_in
from podium.tools.models.meter import Meter, Usage
from podium.tools.models.schema import strict_schema
from podium.tools.models.text import Redactor, as_message, flat, prompt
from podium.tools.models.wire import LONGEST_WAIT_S, refuses_format, translate, wanted_wait_s

if TYPE_CHECKING:
    from langchain_core.language_models import LanguageModelInput
    from langchain_core.language_models.chat_models import BaseChatModel
    from langchain_core.messages import AIMessage, BaseMessage
    from langchain_core.runnables import Runnable

Shape = TypeVar("Shape", bound=BaseModel)
Result = TypeVar("Result")
Method = Literal["json_schema", "tool", "plain"]

MAX_REPAIRS = 2
_METHODS: tuple[Method, ...] = ("json_schema", "tool", "plain")
_LONGEST_ANSWER = 60_000
"""Characters of an answer that is looked at; no plan is longer."""
_SHOWN_AGAIN = 6_000
"""Characters of an unusable answer that the model sees again."""
_TOOL = "answer"


class Unusable(Exception):
    """The answer has the right shape and still cannot be used; the problems go back to the model."""

    def __init__(self, *problems: str) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


class _FormatRefused(Fatal):
    """The server does not know this way of asking for structure."""

    code = "format_refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How often and how long a failing model server is tried again."""

    attempts: int = 4
    wait_initial_s: float = 0.5
    wait_max_s: float = 8.0
    jitter_s: float = 0.5
    timeout_s: float = 60.0
    """For one request, from the first byte sent to the last one read."""
    total_s: float = 150.0
    """After this no further attempt is begun."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What is asked: instructions of ours, and facts that are data."""

    purpose: str
    instructions: str
    facts: JsonObject


@dataclass(frozen=True, slots=True)
class _Reply:
    text: str
    problem: str = ""


@dataclass(slots=True, kw_only=True)
class StructuredModel:
    """One chat model that answers with checked documents."""

    name: str
    open_chat: Callable[[], BaseChatModel]
    """Called once, on the first question, in a thread: the libraries behind it take seconds to load."""
    meter: Meter
    redact: Redactor
    patience: Patience = field(default_factory=Patience)
    max_output_tokens: int = 4_000
    _chat: BaseChatModel | None = None
    _method: Method = "json_schema"

    async def ask(self, ask: Ask, shape: type[Shape], check: Callable[[Shape], Result]) -> Result:
        """Return what `check` makes of the model's answer; `check` raises `Unusable` to have it mended.

        Raises:
            ModelMistake: If the answer is still unusable after two repairs, or the model declines to answer.
            LimitExceeded: If the next request could pass the budget; it is not made then.
            Retryable: If the server stays busy, broken or out of reach.
            SetupError: If the address, the key or the model's name is wrong.
            Fatal: If the server turns the request down.
        """
        chat = await self._opened()
        from langchain_core.messages import AIMessage, HumanMessage, SystemMessage

        question: list[BaseMessage] = [
            SystemMessage(ask.instructions),
            HumanMessage(as_message(ask.facts, redact=self.redact)),
        ]
        messages = question
        problems: tuple[str, ...] = ()
        for _ in range(1 + MAX_REPAIRS):
            reply = await self._reply(chat, ask.purpose, messages, shape)
            try:
                return check(_parse(reply, shape))
            except Unusable as error:
                problems = tuple(self.redact(flat(item, limit=300)) for item in error.problems)
            mend = "\n".join([prompt("repair"), *(f"- {problem}" for problem in problems)])
            shown = self.redact(reply.text[:_SHOWN_AGAIN]) or "(nothing)"
            # Only the last attempt is shown: the conversation does not grow with the repairs.
            messages = [*question, AIMessage(shown), HumanMessage(mend)]
        raise ModelMistake(
            f"The model {self.name!r} gave no usable answer in {1 + MAX_REPAIRS} attempts: {'; '.join(problems)}",
            hint="Say it in other words, or use a stronger model.",
        )

    async def _opened(self) -> BaseChatModel:
        if self._chat is None:
            self._chat = await asyncio.to_thread(self.open_chat)
        return self._chat

    # -- One question ----------------------------------------------------------------------------

    async def _reply(
        self,
        chat: BaseChatModel,
        purpose: str,
        messages: list[BaseMessage],
        shape: type[BaseModel],
    ) -> _Reply:
        """Return the answer, asked for in the best way that the server knows."""
        while True:
            try:
                runnable, sent = _prepared(chat, self._method, messages, shape)
                return await self._patiently(runnable, purpose, sent)
            except _FormatRefused:
                if self._method == _METHODS[-1]:
                    raise
                self._method = _METHODS[_METHODS.index(self._method) + 1]

    async def _patiently(
        self,
        runnable: Runnable[LanguageModelInput, AIMessage],
        purpose: str,
        sent: list[BaseMessage],
    ) -> _Reply:
        import stamina
        from stamina.instrumentation import set_on_retry_hooks

        # The meter records every attempt; the default hook would print, and stdout belongs to the command.
        set_on_retry_hooks(())
        patience = self.patience
        async for attempt in stamina.retry_context(
            on=_next_wait,
            attempts=patience.attempts,
            timeout=patience.total_s,
            wait_initial=patience.wait_initial_s,
            wait_max=patience.wait_max_s,
            wait_jitter=patience.jitter_s,
        ):
            with attempt:
                return await self._once(runnable, purpose, sent)
        raise AssertionError("the last attempt returns or raises")  # pragma: no cover

    async def _once(
        self,
        runnable: Runnable[LanguageModelInput, AIMessage],
        purpose: str,
        sent: list[BaseMessage],
    ) -> _Reply:
        from langsmith import tracing_context  # pyright: ignore[reportUnknownVariableType]  its keyword arguments are open

        expected = _tokens_in(sent)
        reserve = expected + self.max_output_tokens
        with self.meter.call(purpose=purpose, model=self.name, reserve_tokens=reserve) as call:
            try:
                # Neither a tracer from the environment nor the callbacks of a surrounding graph see the prompt.
                async with asyncio.timeout(self.patience.timeout_s):
                    with tracing_context(enabled=False):
                        message = await runnable.ainvoke(sent, config={"callbacks": []})
            except _foreign() as error:
                if _was_cut_off(error):
                    call.used(_usage_of_cut(error, expected, self.max_output_tokens))
                    return _Reply("", _CUT_OFF)
                failure = _ours(error)
                if failure.code in {"timeout", "bad_answer"}:
                    # The server may have worked, and may bill, without our getting to know.
                    call.used(Usage(input_tokens=expected, estimated=True))
                raise failure from error
            reply = _read(message)
            call.used(_usage_of(message, reply, expected))
            return reply


_CUT_OFF = "The answer was cut off at the token limit; answer with fewer words"


# -- Asking ----------------------------------------------------------------------------------------


def _prepared(
    chat: BaseChatModel, method: Method, messages: list[BaseMessage], shape: type[BaseModel]
) -> tuple[Runnable[LanguageModelInput, AIMessage], list[BaseMessage]]:
    """Return what to call and with which messages, so that the answer has the shape."""
    from langchain_core.messages import SystemMessage

    schema = strict_schema(shape)
    match method:
        case "json_schema":
            wanted = {"name": _TOOL, "schema": schema, "strict": True}
            bound = chat.bind(response_format={"type": "json_schema", "json_schema": wanted})
            return bound, messages
        case "tool":
            tool = {
                "name": _TOOL,
                "description": "Give the answer.",
                "parameters": schema,
                "strict": True,
            }
            return chat.bind_tools(
                [{"type": "function", "function": tool}], tool_choice=_TOOL
            ), messages
        case "plain":
            form = f"{prompt('plain')}\n{json.dumps(schema)}"
            return chat, [messages[0], SystemMessage(form), *messages[1:]]


def _next_wait(error: Exception) -> bool | float:
    """Return whether and when to try again: as the server asks, else with growing pauses."""
    if not isinstance(error, Retryable):
        return False
    wanted = wanted_wait_s(error.__cause__) if error.__cause__ else None
    if wanted is None:
        return True
    return wanted if wanted <= LONGEST_WAIT_S else False


def _foreign() -> tuple[type[Exception], ...]:
    """Return what the libraries raise, also for an answer that is not in the wire format at all."""
    from langchain_core.exceptions import LangChainException
    from openai import OpenAIError

    wrong_format = (ValueError, KeyError, TypeError, AttributeError, IndexError)
    return (OpenAIError, LangChainException, httpx.HTTPError, TimeoutError, *wrong_format)


def _ours(error: Exception) -> PodiumError:
    failure = translate(error)
    if refuses_format(error):
        return _FormatRefused(failure.message, hint=failure.hint)
    return failure


def _was_cut_off(error: Exception) -> bool:
    from openai import LengthFinishReasonError

    return isinstance(error, LengthFinishReasonError)


# -- Reading ---------------------------------------------------------------------------------------


def _read(message: AIMessage) -> _Reply:
    """Return the text of the answer.

    Raises:
        ModelMistake: If the model declines; asking again would not change its mind.
    """
    declined = message.additional_kwargs.get("refusal")
    if declined:
        _decline(str(declined))
    reason = message.response_metadata.get("finish_reason")
    if reason == "content_filter":
        _decline("its content filter kept the answer back")
    if message.tool_calls:
        text = json.dumps(message.tool_calls[0]["args"])
    elif message.invalid_tool_calls:
        text = message.invalid_tool_calls[0]["args"] or ""
    else:
        text = message.text
    return _Reply(text, _CUT_OFF if reason == "length" else "")


def _decline(why: str) -> NoReturn:
    raise ModelMistake(
        f"The model declined to answer: {flat(why, limit=200)}",
        hint="Say it in other words, or use another model.",
    )


def _parse(reply: _Reply, shape: type[Shape]) -> Shape:
    """Return the document in the answer.

    Raises:
        Unusable: If there is none, or it does not fit the shape.
    """
    if reply.problem:
        raise Unusable(reply.problem)
    text = reply.text.strip()
    if not text:
        raise Unusable("The answer was empty")
    if len(text) > _LONGEST_ANSWER:
        raise Unusable(f"The answer was longer than {_LONGEST_ANSWER} characters")
    failure: ValidationError | None = None
    for document in documents_in(text):
        try:
            return shape.model_validate(document)
        except ValidationError as error:
            # The longest document is the answer; a shorter one may be it where the longest is an example.
            failure = failure or error
    if failure is None:
        raise Unusable("The answer is not JSON: give one object, and nothing around it")
    found = [_problem(item["loc"], item["msg"]) for item in failure.errors()[:8]]
    raise Unusable(*found) from failure


def _problem(place: Sequence[int | str], said: str) -> str:
    return f"{'.'.join(str(part) for part in place) or 'answer'}: {said}"


# -- Counting --------------------------------------------------------------------------------------


def _tokens_in(messages: Sequence[BaseMessage]) -> int:
    return sum(_tokens(message.text) + 8 for message in messages)


def _tokens(text: str) -> int:
    """Return a cautious guess; a real count would need a vocabulary that is fetched from the network."""
    return len(text.encode()) // 3 + 1


def _usage_of(message: AIMessage, reply: _Reply, expected: int) -> Usage:
    told = message.usage_metadata
    if told is None:
        return Usage(input_tokens=expected, output_tokens=_tokens(reply.text), estimated=True)
    details = told.get("input_token_details")
    return Usage(
        input_tokens=told["input_tokens"],
        output_tokens=told["output_tokens"],
        cached_tokens=(details.get("cache_read") or 0) if details else 0,
    )


def _usage_of_cut(error: Exception, expected: int, limit: int) -> Usage:
    from openai import LengthFinishReasonError

    told = error.completion.usage if isinstance(error, LengthFinishReasonError) else None
    if told is None:
        return Usage(input_tokens=expected, output_tokens=limit, estimated=True)
    return Usage(input_tokens=told.prompt_tokens, output_tokens=told.completion_tokens)

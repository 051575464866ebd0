"""The channels of a work thread. Plain JSON; each key has one writer, named beside it."""

from __future__ import annotations

from typing import Annotated, TypedDict

from langchain_core.messages import BaseMessage

from podium.state.document import JsonObject

KEPT_MESSAGES = 20
"""Messages that a checkpoint holds."""


def add_messages(
    left: list[JsonObject], right: list[JsonObject] | list[BaseMessage] | JsonObject | str
) -> list[JsonObject]:
    """Append messages as plain objects, whatever shape a chat page sends them in; the last ones are kept.

    Every checkpoint holds them all, so that they must not grow with the conversation: what was said earlier stands
    in the workspace's records.
    """
    new = right if isinstance(right, list) else [right]
    return [*left, *(_plain(message) for message in new)][-KEPT_MESSAGES:]


def _plain(message: JsonObject | BaseMessage | str) -> JsonObject:
    if isinstance(message, str):
        return {"type": "human", "content": message}
    if isinstance(message, BaseMessage):
        return {"type": message.type, "content": str(message.text)}
    role = str(message.get("type") or message.get("role") or "human")
    names = {"user": "human", "assistant": "ai"}
    plain: JsonObject = {"type": names.get(role, role), "content": text_of(message.get("content"))}
    if isinstance(message.get("id"), str):
        plain["id"] = message["id"]
    return plain


def text_of(content: object) -> str:
    """Return the text of a message's content, a string or a list of blocks."""
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        blocks: list[object] = content  # pyright: ignore[reportUnknownVariableType]  any client's blocks
        return " ".join(str(block.get("text", "")) for block in blocks if isinstance(block, dict))  # pyright: ignore[reportUnknownArgumentType, reportUnknownMemberType]
    return ""


class OrchestratorInput(TypedDict, total=False):
    """What starts or continues a work thread."""

    goal: str
    messages: Annotated[list[JsonObject], add_messages]
    """A chat page's way to say the goal: the last human message."""
    approve_all: bool
    """Plans, tests and deployment are approved beforehand (`--yes`)."""
    given: JsonObject
    """Answers given beforehand, by field name."""
    request: JsonObject | None
    """A request that a door read itself, such as an edited document; nothing is read in the goal then."""


class OrchestratorState(OrchestratorInput, total=False):
    """What a work thread's checkpoint holds."""

    understanding: JsonObject  # understand
    requests: list[JsonObject]  # understand: those that are carried out, in order
    current: int  # understand starts, respond moves on
    answers: JsonObject  # clarify: facts of the present request, by field name
    plan: JsonObject | None  # plan, revise
    edits: list[str]  # revise: what the reviewer said of the plan, as far as it was carried out
    agent_index: int  # plan starts, deploy moves on
    step_index: int  # build
    basis: JsonObject | None  # act: the version that is changed, {agents, change, redo}
    draft: JsonObject | None  # build
    notes: list[str]  # build: what was decided for the agent under way; deploy shows and tells them
    released: bool  # build: the review released the reversible writes
    saved: JsonObject | None  # save: {agent, version}
    trial: JsonObject | None  # test: the test run as doors show it
    attempts: int  # diagnose
    question: JsonObject | None  # any node that asks; ask and review clear it
    asked: JsonObject  # any node that asks: {node, id}, where the answer goes
    answer: JsonObject | None  # ask and review give, the asking node takes
    failure: JsonObject | None  # build and test: {stage, code, message, step}
    tried: JsonObject | None  # diagnose: the failure before, which building again did not mend
    agents: list[str]  # deploy: names of what was deployed
    runs: list[str]  # test and act: ids of runs started
    replies: list[str]  # every node that has something to tell
    undo: list[JsonObject]  # act: requests that take back what was done, the last one first
    status: str  # respond: done | failed


class OrchestratorUpdate(TypedDict, total=False):
    """What a node of the orchestrator may change."""

    messages: list[JsonObject]
    goal: str
    understanding: JsonObject
    requests: list[JsonObject]
    current: int
    answers: JsonObject
    plan: JsonObject | None
    edits: list[str]
    agent_index: int
    step_index: int
    basis: JsonObject | None
    draft: JsonObject | None
    notes: list[str]
    released: bool
    saved: JsonObject | None
    trial: JsonObject | None
    attempts: int
    question: JsonObject | None
    asked: JsonObject
    answer: JsonObject | None
    failure: JsonObject | None
    tried: JsonObject | None
    agents: list[str]
    runs: list[str]
    replies: list[str]
    undo: list[JsonObject]
    status: str
    approve_all: bool
    given: JsonObject
    request: JsonObject | None

"""How a question becomes an interrupt and an answer becomes a state update. Pure."""

from __future__ import annotations

from pydantic import JsonValue

from podium.state.document import JsonObject
from podium.state.errors import InvalidAnswer
from podium.state.questions import Question


def interrupt_payload(question: Question) -> JsonObject:
    """Return what an interrupt carries: the question, its answer's schema, and a HITL request for approvals.

    The HITL part follows LangChain's `HITLRequest` (`action_requests`, `review_configs`), so that existing
    chat pages draw plan reviews and approvals.
    """
    payload: JsonObject = {**question.to_json(), "schema": question.json_schema()}
    if question.kind in {"review", "approval"}:
        arguments: JsonObject = {"text": question.text, "subject": question.subject}
        decisions: list[JsonValue] = ["approve", "reject"]
        if question.kind == "review":
            decisions.insert(1, "edit")
        payload["action_requests"] = [
            {"name": question.kind, "args": arguments, "description": question.title}
        ]
        payload["review_configs"] = [{"action_name": question.kind, "allowed_decisions": decisions}]
    return payload


def read_answer(question: Question, value: JsonValue) -> JsonObject:
    """Return the checked answer in the question's own fields, from any of the shapes doors send.

    Accepted: an object of fields; a HITL answer (`{"decisions": [{"type": "approve"}]}` or the list in it);
    a bare value when the question has exactly one required field.

    Raises:
        InvalidAnswer: If it does not fit; the question stays open.
    """
    decision = _hitl_decision(value)
    if decision is not None:
        return question.check(decision)
    if isinstance(value, dict):
        return question.check(value)
    required = [field.name for field in question.fields if field.required]
    if len(required) == 1:
        return question.check({required[0]: value})
    raise InvalidAnswer(
        f"The answer to {question.title!r} must be an object",
        hint=f"Its fields: {', '.join(field.name for field in question.fields)}.",
    )


def _hitl_decision(value: JsonValue) -> JsonObject | None:
    decisions = value.get("decisions") if isinstance(value, dict) else value
    if not isinstance(decisions, list) or not decisions:
        return None
    first = decisions[0]
    if not isinstance(first, dict) or not isinstance(first.get("type"), str):
        return None
    answer: JsonObject = {"decision": first["type"]}
    edited = first.get("edited_action")
    arguments = edited.get("args") if isinstance(edited, dict) else None
    if isinstance(arguments, dict):
        answer["change"] = str(arguments.get("change", ""))
    elif isinstance(first.get("message"), str):
        answer["change"] = first["message"]
    return {name: part for name, part in answer.items() if part != ""}


def merge_question(question: Question, problem: str) -> Question:
    """Return the question with what was wrong with the last answer put before its text."""
    text = question.text.split("\n\n", 1)[-1] if question.text.startswith("! ") else question.text
    return question.model_copy(update={"text": f"! {problem}\n\n{text}"})

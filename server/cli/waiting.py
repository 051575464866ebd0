"""`inbox` and `threads`: what waits for a person, and what was cut short."""

from __future__ import annotations

from podium.server.cli.listings import records, when
from podium.server.cli.output import DONE, emit, say, table
from podium.server.records import Records
from podium.server.views import question_view
from podium.state.document import JsonObject
from podium.state.questions import FieldSpec
from podium.state.stores import Thread

_SHOWN_CHOICES = 6


def inbox(*, as_json: bool) -> int:
    """List the questions that wait, and for people what was cut short."""
    with records() as kept:
        found = [item for item in kept.stores.questions.open() if not item.question.timer]
        lost = _interrupted(kept)
    if as_json:
        emit([question_view(item) for item in found])
        return DONE
    table(
        ("thread", "kind", "question", "answers", "asked"),
        [
            (
                item.thread_id,
                item.question.kind,
                item.question.title,
                "; ".join(_answers(field) for field in item.question.fields),
                when(item.asked_at),
            )
            for item in found
        ],
        empty="Nothing waits for you.",
    )
    if lost:
        say("\nCut short, nobody works on it:")
    for thread in lost:
        how = "runs resume" if thread.data.get("kind") == "run" else "resume"
        say(f"  podium {how} {thread.thread_id}    {thread.title[:60]}")
    return DONE


def threads(limit: int, *, as_json: bool) -> int:
    """List conversations, newest first; those that were cut short are `interrupted`."""
    with records() as kept:
        found = [
            thread
            for thread in kept.stores.threads.list(limit=limit * 4)
            if thread.data.get("kind") == "chat"
        ][:limit]
        lost = {thread.thread_id for thread in _interrupted(kept)}
    views: list[JsonObject] = [
        {
            "thread_id": thread.thread_id,
            "title": thread.title,
            "status": "interrupted" if thread.thread_id in lost else thread.status,
            "updated_at": thread.updated_at.isoformat(),
        }
        for thread in found
    ]
    if as_json:
        emit(list(views))
        return DONE
    rows = [
        (str(view["thread_id"]), str(view["status"]), when(thread.updated_at), thread.title[:60])
        for thread, view in zip(found, views, strict=True)
    ]
    table(("thread", "status", "last change", "what was said"), rows, empty="Nothing was said yet.")
    if any(view["status"] == "interrupted" for view in views):
        say("\nWhat is interrupted goes on with: podium resume THREAD")
    return DONE


def _interrupted(kept: Records) -> list[Thread]:
    """Return the threads that are under way though nobody executes anything; a build drives its test runs itself."""
    busy = [
        thread for thread in kept.stores.threads.unfinished() if thread.data.get("mode") != "test"
    ]
    return busy if busy and kept.abandoned() else []


def _answers(field: FieldSpec) -> str:
    """Return the field with what it may be answered with."""
    shown = field.choices[:_SHOWN_CHOICES]
    more = f" | {len(field.choices) - len(shown)} more" if len(field.choices) > len(shown) else ""
    return f"{field.name}: {' | '.join(shown)}{more}" if shown else field.name

"""`notify`: what shall be told is kept in the outbox, once for a run's step, and delivered from there."""

from __future__ import annotations

import json

from pydantic import JsonValue

from podium.state.document import JsonObject
from podium.state.errors import Fatal, NotFound
from podium.state.outbox import Destination, Message, OutboxStore
from podium.state.program import NotifyStep
from podium.state.stores import Row
from podium.tools.running.rows import staged
from podium.tools.running.task import Task, row_hash, visible

_MOST_ROWS = 20


def run_notify(task: Task, step: NotifyStep) -> None:
    """Keep one message for each destination; a run that is tried out only says what it would tell.

    Raises:
        Fatal: If nobody is there to be told (`no_destination`).
    """
    rows = staged(task, step.args.rows) if step.args.rows else ()
    if step.args.rows and not rows:
        task.status = "skipped"
        task.message = "no rows: nobody is told"
        return
    told = _destinations(task, step)
    if not told:
        wanted = f"is called {step.args.to!r}" if step.args.to else "tells people"
        raise Fatal(
            f"No destination {wanted}",
            code="no_destination",
            hint="Add one by `podium destinations add`, its address from a prompt.",
        )
    title = task.render(step.args.title or step.title)
    text = "\n".join((task.render(step.args.text), *_lines(rows)))
    task.evidence |= {"told": [item.name or item.shown for item in told], "title": title}
    if task.context.mode != "live":
        task.status = "held"
        task.message = "rehearsed: nobody was told"
        return
    outbox = task.services.stores.outbox
    for destination in told:
        message = _untold(outbox, _message(task, destination, title, text))
        if message is not None:
            outbox.put(message)
    task.evidence["proof"] = True


def _destinations(task: Task, step: NotifyStep) -> tuple[Destination, ...]:
    known = task.services.stores.outbox.destinations(agent=task.context.agent)
    return tuple(
        item
        for item in known
        if item.enabled
        and (
            item.name.casefold() == step.args.to.casefold()
            if step.args.to
            else item.kind == "people"
        )
    )


def _lines(rows: tuple[Row, ...]) -> tuple[str, ...]:
    shown = tuple(
        ", ".join(f"{name}: {_text(value)}" for name, value in visible(row).items())
        for row in rows[:_MOST_ROWS]
    )
    more = len(rows) - len(shown)
    return (*shown, f"and {more} more") if more > 0 else shown


def _text(value: JsonValue) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _message(task: Task, destination: Destination, title: str, text: str) -> Message:
    context, now = task.context, task.services.clock.now()
    again = row_hash({"key": task.item_key})[:12] if task.item_key else ""
    body: JsonObject = {
        "type": "step.notify",
        "timestamp": now.isoformat(),
        "data": {
            "agent": context.agent, "run_id": context.run_id, "title": title, "text": text,
        },
    }  # fmt: skip
    return Message(
        # A step that runs again says it once: after a crash, and in a further try or a fork of the run.
        message_id=f"msg_{destination.destination_id}_{_root(task)}_{task.step.id}{again}",
        destination_id=destination.destination_id,
        event="step.notify",
        agent=context.agent,
        run_id=context.run_id,
        body=body,
        next_at=now,
        created_at=now,
    )


def _root(task: Task) -> str:
    context = task.context
    return context.run_id if context.repeat_writes else context.origin_run or context.run_id


def _untold(outbox: OutboxStore, message: Message) -> Message | None:
    """Return what is to be said: nothing when the run, or the one that it does again, said this; what is new has its own id."""
    try:
        kept = outbox.message(message.message_id)
    except NotFound:
        return message
    if kept.run_id == message.run_id or _said(kept) == _said(message):
        return None
    title, text = _said(message)
    told = row_hash({"title": title, "text": text})[:12]
    return message.model_copy(update={"message_id": f"{message.message_id}_{told}"})


def _said(message: Message) -> tuple[JsonValue, JsonValue]:
    data = message.body.get("data")
    return (data.get("title"), data.get("text")) if isinstance(data, dict) else (None, None)

"""`chat`, `answer`, `understand`."""

from __future__ import annotations

import asyncio
import shlex
import sys
from contextlib import suppress
from getpass import getpass
from pathlib import Path

from podium.server.bootstrap import open_podium
from podium.server.cli.listings import records
from podium.server.cli.output import DONE, FAILED, OUTCOMES, WAITING, emit, note, say
from podium.server.cli.progress import Follower
from podium.server.desk import workspace_view
from podium.server.service import Podium, plan_text
from podium.server.settings import Settings
from podium.server.views import understanding_view
from podium.state.document import JsonObject
from podium.state.errors import Conflict, InvalidAnswer, NotFound, UserError
from podium.state.plan import Understanding
from podium.state.questions import FieldSpec, Question
from podium.state.stores import ArtifactStore

_LINE = 60
"""Choices longer than that are listed with numbers."""
_CODES = {"done": DONE, "failed": FAILED, "waiting": WAITING, "queued": DONE}


def chat(
    text: str, thread_id: str | None, *, approve_all: bool, given: JsonObject, as_json: bool
) -> int:
    """Take one turn and return the exit code."""
    return asyncio.run(_chat(text, thread_id, approve_all, given, as_json))


async def _chat(
    text: str, thread_id: str | None, approve_all: bool, given: JsonObject, as_json: bool
) -> int:
    async with open_podium(Settings()) as podium:
        follower = Follower(podium, quiet=as_json)
        segment = await podium.chat(text, thread_id=thread_id, approve_all=approve_all, given=given)
        if not segment.segment_id and not await podium.interrupted(segment.thread_id):
            return _queued(podium.queued_view(segment), as_json=as_json)
        note(_where(segment.thread_id))
        return await follow(follower, segment.thread_id, as_json=as_json)


def _where(thread_id: str) -> str:
    return f"thread {thread_id} (if this is cut short: podium resume {thread_id})"


def resume(thread_id: str, *, as_json: bool) -> int:
    """Follow a thread that is under way, and go on with it when its process is gone; return the exit code."""
    return asyncio.run(_resume(thread_id, as_json))


async def _resume(thread_id: str, as_json: bool) -> int:
    async with open_podium(Settings()) as podium:
        thread = podium.stores.threads.get(thread_id)
        if thread.data.get("kind") == "run":
            raise Conflict(
                f"{thread_id!r} is a run", hint=f"`podium runs resume {thread_id}` goes on with it."
            )
        if thread.status not in {"queued", "running"}:
            waits = thread.status == "waiting"
            raise Conflict(
                f"Thread {thread_id!r} is {thread.status}; there is nothing to resume",
                hint=f"`podium answer {thread_id}` answers what it asks."
                if waits
                else f'`podium chat --thread {thread_id} "..."` says more in it.',
            )
        gone = await podium.interrupted(thread_id)
        note(f"{thread_id}: {'its process is gone; going on' if gone else 'at work; following it'}")
        return await follow(Follower(podium, quiet=as_json), thread_id, as_json=as_json)


def _queued(view: JsonObject, *, as_json: bool) -> int:
    if as_json:
        emit(view)
    else:
        say(str(view["reply"]))
    return DONE


def decision(values: JsonObject, *, approve: bool, reject: bool, edit: Path | None) -> JsonObject:
    """Return the answer that the options stand for.

    Raises:
        UserError: If they contradict each other, or the file cannot be read.
    """
    if sum((approve, reject, edit is not None)) > 1:
        raise UserError("--approve, --reject and --edit exclude each other")
    if approve:
        return {"decision": "approve", **values}
    if reject:
        return {"decision": "reject", **values}
    if edit is not None:
        try:
            change = edit.read_text(encoding="utf-8")
        except OSError as error:
            raise UserError(f"{str(edit)!r} cannot be read: {error.strerror}") from error
        return {"decision": "edit", "change": change, **values}
    return values


def answer(thread_id: str, values: JsonObject, *, as_json: bool) -> int:
    """Answer a thread and return the exit code."""
    return asyncio.run(_answer(thread_id, values, as_json))


async def _answer(thread_id: str, values: JsonObject, as_json: bool) -> int:
    async with open_podium(Settings()) as podium:
        question = podium.waiting_question(thread_id).question
        refuse_verdict(question, values)
        filled = fill_in(podium, question, values, interactive=sys.stdin.isatty() and not as_json)
        follower = Follower(podium, quiet=as_json)
        await podium.answer(thread_id, filled)
        return await follow(follower, thread_id, as_json=as_json)


def refuse_verdict(question: Question, values: JsonObject) -> None:
    """Refuse `--approve` and its like where the question has other answers: a yes would only be guessed at.

    Raises:
        InvalidAnswer: If the verdict is none of the question's choices; the question stays open.
    """
    verdict = values.get("decision")
    if question.kind in {"review", "approval"} or verdict not in {"approve", "reject", "edit"}:
        return
    fields = [field for field in question.fields if field.required or field.choices]
    if any(field.name == "decision" and verdict in field.choices for field in fields):
        return
    said = " or ".join(_spelled(field) for field in fields)
    raise InvalidAnswer(
        f"--{verdict} says nothing about {question.title!r}: it is no approval",
        field="decision",
        hint=f"Answer with {said}.",
    )


def _spelled(field: FieldSpec) -> str:
    """Return the options that answer the field, ready to be typed."""
    if not field.choices:
        return f"--answer {field.name}=VALUE"
    return " or ".join(
        f"--answer {shlex.quote(f'{field.name}={choice}')}" for choice in field.choices
    )


def fill_in(
    podium: Podium, question: Question, values: JsonObject, *, interactive: bool
) -> JsonObject:
    """Return the answer with credentials by name: stored ones, or typed at the prompt and stored.

    Raises:
        InvalidAnswer: If a credential's value was given as an answer, or none is stored.
    """
    filled = dict(values)
    for field in question.fields:
        if field.type == "secret":
            filled[field.name] = {"stored": _credential(podium, field, values, interactive)}
        elif field.name not in filled and field.required and interactive:
            filled[field.name] = _ask_person(field)
    return filled


def _credential(podium: Podium, field: FieldSpec, values: JsonObject, interactive: bool) -> str:
    stored = {secret.name for secret in podium.vault.list()}
    given = values.get(field.name)
    if isinstance(given, str):
        if given in stored:
            return given
        raise InvalidAnswer(
            f"{field.name!r} takes the name of a stored credential, never a value",
            field=field.name,
            hint=f"`podium secret set NAME --origin {field.origin or 'URL'} --user USER`, then --answer {field.name}=NAME.",
        )
    if interactive:
        sys.stderr.write(f"{field.title}\n")
        user = input("User: ")
        password = getpass("Password: ")
        name = _name_for(field.origin)
        podium.vault.put(name=name, origin=field.origin, user=user, password=password)
        return name
    known = podium.vault.for_origin(field.origin) if field.origin else None
    if known is not None:
        return known.name
    raise InvalidAnswer(
        f"No credential is stored for {field.origin or 'that site'}",
        field=field.name,
        hint=f"`podium secret set NAME --origin {field.origin or 'URL'} --user USER` (password on stdin), then answer again.",
    )


def _name_for(origin: str) -> str:
    host = origin.split("://")[-1]
    return "".join(char if char.isalnum() else "-" for char in host).strip("-") or "site"


def _ask_person(field: FieldSpec) -> str:
    choices = f" ({' / '.join(field.choices)})" if field.choices else ""
    default = f" [{field.default}]" if field.default is not None else ""
    return input(f"{field.title}{choices}{default}: ")


async def follow(follower: Follower, thread_id: str, *, as_json: bool) -> int:
    """Follow a work thread, and the runs it starts, to their stop; show it and return the exit code."""
    podium = follower.podium
    await follower.until_stopped(thread_id)
    view = podium.chat_view(thread_id)
    for run_id in _texts(view["runs"]):
        if podium.stores.runs.get(run_id).mode == "live":
            await follower.until_stopped(run_id)
    if as_json:
        emit(view)
    else:
        show(view, podium.artifacts)
    run = podium.run_of(thread_id)
    if run is not None and run.status == "finished":
        return OUTCOMES.get(str(run.outcome), FAILED)
    return _CODES.get(str(view["status"]), FAILED)


def show(view: JsonObject, artifacts: ArtifactStore) -> None:
    """Print a thread for people: plan, question with its pictures and fields, how to answer."""
    question = view.get("question")
    if view.get("reply") and not isinstance(question, dict):
        say(str(view["reply"]))
    if not isinstance(question, dict):
        return
    asked = Question.model_validate(question)
    say(f"{asked.title}\n")
    if asked.text != asked.title:
        say(asked.text or plan_text(view))
    for shot in asked.evidence:
        with suppress(NotFound):
            say(f"Picture: {artifacts.evidence_path(shot)}")
    say("")
    for field in asked.fields:
        numbered = sum(map(len, field.choices)) > _LINE and asked.kind not in {"review", "approval"}
        choices = f" ({' | '.join(field.choices)})" if field.choices and not numbered else ""
        optional = "" if field.required and field.default is None else ", optional"
        say(f"  {field.name}: {field.title}{choices}{optional}")
        if numbered:
            for number, choice in enumerate(field.choices, 1):
                say(f"    {number}. {choice}")
    how = "--approve" if asked.kind in {"review", "approval"} else _how(asked)
    say(f"\nAnswer with: podium answer {view['thread_id']} {how}")


def _how(asked: Question) -> str:
    """Return the options that answer the question; with its choices where one field decides."""
    only = asked.fields[0] if len(asked.fields) == 1 else None
    if only is None or not only.choices:
        return " ".join(f"--answer {field.name}=..." for field in asked.fields if field.required)
    if len(only.choices) <= 4 and only.type == "choice" and sum(map(len, only.choices)) <= _LINE:
        return _spelled(only)
    several = ",NUMBER" if only.type == "choices" else ""
    return f"--answer {only.name}=NUMBER{several} (or the words it begins with)"


def understand(text: str, *, as_json: bool) -> int:
    """Show the reading of a request and return the exit code."""
    reading = asyncio.run(_read(text))
    if as_json:
        emit(understanding_view(reading))
        return DONE
    for request in reading.requests:
        say(f"{request.verb} {' '.join(request.agents)} {request.site}".rstrip())
        if request.schedule:
            words = request.schedule.words or request.schedule.cron
            exact = f"{request.schedule.cron}, " if request.schedule.cron else ""
            say(f"  when: {words} ({exact}{request.schedule.timezone})")
        for number, step in enumerate(request.steps, 1):
            say(f"  {number}. {step.title}")
        for item in request.missing:
            say(f"  missing {item.field}: {item.question}")
    if any(span not in reading.reply for span in reading.unexplained):
        say(f"not understood: {', '.join(repr(span) for span in reading.unexplained)}")
    if reading.reply:
        say(reading.reply)
    say(f"confidence {reading.confidence:.2f}")
    return DONE


async def _read(text: str) -> Understanding:
    from podium.server.minds import open_planner

    settings = Settings()
    with records() as kept:
        view = workspace_view(
            kept.stores, kept.vault, now=kept.clock.now(), timezone=settings.timezone
        )
    return await open_planner(settings).understand(text, workspace=view)


def _texts(value: object) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else []  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]  JSON

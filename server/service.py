"""The one service behind every door: chat, answers, runs, agents, schedules."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from pydantic import JsonValue

from podium.graphs.orchestrator.cards import plan_card
from podium.graphs.questions import read_answer
from podium.server.children import RunThreads
from podium.server.desk import Desk
from podium.server.driver import AGAIN, Drained, Driver
from podium.server.engine import DbosEngine
from podium.server.following import Following
from podium.server.forking import Forks
from podium.server.ledger import resolve_inputs
from podium.server.pasting import how_to_store, put_away, refuse_secrets, take_out
from podium.server.recounting import ended
from podium.server.replies import classify, closes, only_goes_on
from podium.server.retention import Retention
from podium.server.suggesting import Suggestions
from podium.server.timetable import Timetable, is_schedule_thread
from podium.state.clock import Clock
from podium.state.document import JsonObject
from podium.state.engine import Segment
from podium.state.errors import (
    Conflict,
    InvalidAnswer,
    LeaseLost,
    NotFound,
    PodiumError,
    Unavailable,
    UserError,
)
from podium.state.events import Event
from podium.state.firings import Wake
from podium.state.ids import IdFactory
from podium.state.plan import Plan, Request, Understanding
from podium.state.questions import OpenQuestion, Question
from podium.state.runs import Run
from podium.state.sql import SqlStores
from podium.state.stores import ArtifactStore, DatasetStore, Thread, Turn, Vault, Version
from podium.tools.planner import Planner

_WAIT_S = 0.5
_BUSY = frozenset({"queued", "running"})
_SWEEP_S = 1.0
_PRUNE_S = 3600.0
_GRACE_S = 10.0
_FIRST_PAUSE_S = 0.5
_LAST_PAUSE_S = 10.0

_log = logging.getLogger("podium.service")


@dataclass(frozen=True, slots=True)
class Podium:
    """What a person can do with a workspace. Doors translate to and from it and decide nothing."""

    stores: SqlStores
    vault: Vault
    datasets: DatasetStore
    artifacts: ArtifactStore
    planner: Planner
    desk: Desk
    threads: RunThreads
    engine: DbosEngine
    driver: Driver
    clock: Clock
    ids: IdFactory
    home: Path
    retention: Retention
    retention_days: float

    # -- Conversation ----------------------------------------------------------------------------

    async def understand(self, text: str) -> Understanding:
        """Return what the planner reads in a request, starting nothing."""
        return await self.planner.understand(text, workspace=await self.desk.view())

    async def chat(
        self,
        text: str,
        *,
        thread_id: str | None = None,
        approve_all: bool = False,
        given: JsonObject | None = None,
    ) -> Segment:
        """Queue one turn: a new work thread, a further goal on one that is done, or words for one that waits.

        Words for a waiting thread are its answer, a change of its plan, its end, or a request of their own,
        which gets a thread of its own while the question stays open. Words for a thread that works are kept until
        it stops; the segment returned has no id then (`queued_view` shows it). Secrets in the text never go further.

        Raises:
            UserError: If the text is empty.
            NotFound: If the thread does not exist.
            InvalidAnswer: If the words answer the open question, but not as it needs.
        """
        if not text.strip():
            raise UserError("There is nothing to do in an empty message", hint="Say what you want.")
        refuse_secrets(given or {})
        cleaned = take_out(text)
        text = cleaned.text
        notices: tuple[str, ...] = ()
        if cleaned.found:
            reading = await self.understand(text)
            notices = await asyncio.to_thread(put_away, cleaned, reading, self.vault)
        how: JsonObject = {"approve_all": approve_all, "given": given or {}}
        words = self._words(text, thread_id, {**how, "notices": list(notices)})
        if thread_id is not None:
            thread = await asyncio.to_thread(self.stores.threads.get, thread_id)
            if thread.status in _BUSY:
                payload: JsonObject = {"notices": list(notices), "kept": not only_goes_on(text)}
                if payload["kept"]:
                    await self._queue(words)
                return Segment(segment_id="", kind="chat", thread_id=thread_id, payload=payload)
        return await self._say(words)

    async def _say(self, words: Turn) -> Segment:
        """Hand words to their thread, which does not work: as what they mean there, or as its next goal."""
        if words.thread_id:
            thread = await asyncio.to_thread(self.stores.threads.get, words.thread_id)
            if thread.status == "waiting":
                segment = await self._reply(words)
                if segment is not None:
                    return segment
                return await self._new_goal(await asyncio.to_thread(self._beside, words), None)
        return await self._new_goal(words, words.thread_id or None)

    def _beside(self, words: Turn) -> Turn:
        """Return words that are no answer, with the notice that the question of their thread stays open."""
        opened = self.stores.questions.open(thread_id=words.thread_id)
        if not opened or closes(words.text):
            return words
        title = opened[-1].question.title.rstrip(".")
        notice = f"Still open in {words.thread_id}: {title}"
        return words.model_copy(
            update={"data": {**words.data, "notices": [*notices_of(words), notice]}}
        )

    async def request(
        self,
        request: Request,
        *,
        approve_all: bool = False,
        given: JsonObject | None = None,
    ) -> Segment:
        """Queue a work thread for a request that a door read itself, such as an edited document."""
        refuse_secrets(given or {})
        how: JsonObject = {"approve_all": approve_all, "given": given or {}}
        return await self._new_goal(self._words(request.text, None, how), None, request=request)

    def _words(self, text: str, thread_id: str | None, how: JsonObject) -> Turn:
        """Return what a person says, not kept yet."""
        return Turn(
            thread_id=thread_id or "", role="user", text=text, at=self.clock.now(), data=how
        )

    async def _new_goal(
        self, words: Turn, thread_id: str | None, *, request: Request | None = None
    ) -> Segment:
        start: JsonObject = {
            "goal": words.text,
            "messages": [{"type": "human", "content": words.text}],
            "approve_all": words.data.get("approve_all") is True,
            "given": words.data.get("given") or {},
            "request": request.to_json() if request else None,
        }
        queued = await self.engine.queues()

        def record() -> Segment:
            with self.stores.transaction() as connection:  # words that are kept are acted on
                thread = self._chat_thread(thread_id, words.text, start, connection)
                payload: JsonObject = {"input": start}
                return self._record(
                    thread.thread_id, payload, connection, queued=queued, words=words
                )

        segment = await asyncio.to_thread(record)
        if not queued:
            await self.engine.start(segment)
        return segment

    async def _queue(self, words: Turn) -> None:
        def keep() -> None:
            with self.stores.transaction() as connection:
                kept = words.model_copy(update={"queued": True})
                self.stores.conversation.add(kept, connection=connection)
                self._tell(words.thread_id, notices_of(words), connection)

        await asyncio.to_thread(keep)
        # It may have stopped between the two looks; who takes the turn up is decided by the store.
        await self.take_up(words.thread_id)

    def _stand(self, words: Turn, thread_id: str, connection: sa.Connection) -> None:
        """Let the words stand in the thread's conversation: those that were queued are taken up, once.

        Raises:
            Conflict: If somebody took them up before.
        """
        conversation, notices = self.stores.conversation, notices_of(words)
        if words.queued and not conversation.take(words, connection=connection):
            raise Conflict(f"What was queued for {words.thread_id!r} was taken up already")
        if not words.queued or words.thread_id != thread_id:
            said = Turn(thread_id=thread_id, role="user", text=words.text, at=words.at)
            conversation.add(said, connection=connection)
            self._tell(thread_id, notices, connection)
        if notices:
            thread = self.stores.threads.get(thread_id, connection=connection)
            data = {**thread.data, "notices": list(notices)}
            self.stores.threads.put(thread.model_copy(update={"data": data}), connection=connection)

    def _tell(self, thread_id: str, texts: Sequence[str], connection: sa.Connection) -> None:
        """Say something in the thread's conversation."""
        for text in texts:
            turn = Turn(thread_id=thread_id, role="podium", text=text, at=self.clock.now())
            self.stores.conversation.add(turn, connection=connection)

    async def take_up(self, thread_id: str) -> bool:
        """Say what was queued for the thread, when it has stopped; false when there is nothing to say."""
        thread = await asyncio.to_thread(self.stores.threads.get, thread_id)
        if thread.status in _BUSY:
            return False
        turn = await asyncio.to_thread(self.stores.conversation.waiting, thread_id)
        if turn is None:
            return False
        try:
            await self._say(turn)
        except UserError as error:
            # Nobody waits for a queued turn: what was wrong with it stands in the conversation.
            reply = f"{error.message}. {error.hint}".strip()
            await asyncio.to_thread(self._give_up, turn, reply)
        return True

    def _give_up(self, turn: Turn, reply: str) -> None:
        """Say why a queued turn leads to nothing, unless it waits still: the thread works again meanwhile."""
        with self.stores.transaction() as connection:
            thread = self.stores.threads.get(turn.thread_id, connection=connection)
            if thread.status not in _BUSY and self.stores.conversation.take(
                turn, connection=connection
            ):
                self._tell(turn.thread_id, (reply,), connection)

    async def _reply(self, words: Turn) -> Segment | None:
        """Do what the words mean for the waiting thread; None when they are a request of their own."""
        thread_id, text = words.thread_id, words.text
        opened = await asyncio.to_thread(self.waiting_question, thread_id)
        view = await self.desk.view()
        reading = await self.planner.understand(text, workspace=view)
        reply = classify(opened.question, text, reading=reading, secrets=view.secrets)
        match reply.kind:
            case "side":
                return None
            case "instead":
                # What is corrected may be what was said beside this question, which stays open then.
                if await asyncio.to_thread(self._spoke_last, thread_id):
                    await self.cancel_thread(thread_id)
                return None
            case "cancel":
                return await self.cancel_thread(thread_id, words=words)
            case _:
                return await self.answer(thread_id, reply.answer, words=words)

    def _spoke_last(self, thread_id: str) -> bool:
        own = self.stores.threads.get(thread_id)
        others = self.stores.threads.list(kind="chat", limit=30)
        return all(own.updated_at >= thread.updated_at for thread in others)

    def _chat_thread(
        self, thread_id: str | None, text: str, start: JsonObject, connection: sa.Connection
    ) -> Thread:
        now = self.clock.now()
        data: JsonObject = {"kind": "chat", "input": start}
        if thread_id is None:
            thread = Thread(
                thread_id=self.ids.new("chat"),
                title=text[:120],
                status="queued",
                created_at=now,
                updated_at=now,
                data=data,
            )
        else:
            kept = self.stores.threads.get(thread_id, connection=connection)
            if kept.status not in {"done", "failed"}:
                raise Conflict(
                    f"Thread {thread_id!r} is {kept.status}",
                    hint=f"Answer it with `podium answer {thread_id}`, or start a new thread.",
                )
            # What the turn before was about is what `it` and `undo that` mean in this one.
            data["before"] = {name: kept.data.get(name) for name in ("agents", "requests", "undo")}
            thread = kept.model_copy(update={"status": "queued", "data": data, "updated_at": now})
        self.stores.threads.put(thread, connection=connection)
        return thread

    async def answer(
        self, thread_id: str, answer: JsonValue, *, words: Turn | None = None
    ) -> Segment:
        """Answer what the thread waits for and queue its going on; `words` are those that say the answer.

        Accepted are the question's fields, HITL decisions, and a bare value for a question with one field. With
        `question_id`, `subject` or `revision` beside the fields, the answer holds for exactly what was shown.

        Raises:
            NotFound: If the thread does not exist.
            Conflict: If it waits for nothing, or somebody answered first.
            InvalidAnswer: If the answer does not fit; the question stays open.
        """
        await self._hand_on(thread_id)
        opened = await asyncio.to_thread(self.waiting_question, thread_id)
        checked = read_answer(opened.question, for_what_is_shown(opened.question, answer))
        if is_schedule_thread(opened.thread_id):
            await asyncio.to_thread(Timetable(self.stores, self.clock).answer, opened, checked)
            await asyncio.to_thread(self._keep_words, words, thread_id)
            return await asyncio.to_thread(self._present_segment, thread_id)
        refuse_secrets(checked)
        await asyncio.to_thread(self._check_credentials, opened.question, checked)
        question_id = opened.question.id
        payload: JsonObject = {"question_id": question_id, "answer": checked}
        queued = await self.engine.queues()

        def record() -> Segment:
            with self.stores.transaction() as connection:  # an answer that was taken is acted on
                self.stores.questions.answer(question_id, checked, connection=connection)
                return self._record(thread_id, payload, connection, queued=queued, words=words)

        segment = await asyncio.to_thread(record)
        if not queued:
            await self.engine.start(segment)
        return segment

    async def wake(self, wake: Wake) -> None:
        """Take the default answer of a question whose time has come; one that is answered already stays so."""
        opened = await asyncio.to_thread(self.stores.questions.open, thread_id=wake.thread_id)
        if not opened or opened[-1].question.id != wake.question_id:
            return
        default = opened[-1].question.default
        if default is not None:
            with suppress(Conflict):
                await self.answer(wake.thread_id, default)

    async def _hand_on(self, thread_id: str) -> None:
        """Go on with an answer that was kept by a process which died before it could hand it on.

        Raises:
            NotFound: If the thread does not exist.
            Conflict: If there was one: the question is answered.
        """
        thread = await asyncio.to_thread(self.stores.threads.get, thread_id)
        kept = await asyncio.to_thread(self._kept_answer, thread)
        if kept is not None:
            await self._submit(thread_id, kept)
            raise Conflict(f"Thread {thread_id!r} was answered already; it goes on now")

    def _kept_answer(self, thread: Thread) -> JsonObject | None:
        asked = thread.data.get("asked")
        if thread.status != "waiting" or not isinstance(asked, str):
            return None
        answer = self.stores.questions.get(asked).answer
        return None if answer is None else {"question_id": asked, "answer": answer}

    def _check_credentials(self, question: Question, answer: JsonObject) -> None:
        stored = {secret.name: secret.origin for secret in self.vault.list()}
        for item in question.fields:
            value = answer.get(item.name)
            if item.type != "secret" or not isinstance(value, dict):
                continue
            name = str(value.get("stored"))
            if stored.get(name) != (item.origin or stored.get(name, "")):
                raise InvalidAnswer(
                    f"No credential {name!r} is stored for {item.origin or 'that site'}",
                    field=item.name,
                    hint=f"Store it with {how_to_store(item.origin)}, then answer with its name.",
                )

    def _keep_words(self, words: Turn | None, thread_id: str) -> None:
        if words is not None:
            with self.stores.transaction() as connection:
                self._stand(words, thread_id, connection)

    async def cancel_thread(self, thread_id: str, *, words: Turn | None = None) -> Segment:
        """End the work of a thread, whatever it does; its open question is withdrawn.

        Raises:
            NotFound: If there is none.
            Conflict: If it is done already.
        """
        thread = await asyncio.to_thread(self.stores.threads.get, thread_id)
        if thread.status in {"done", "failed"}:
            raise Conflict(f"Thread {thread_id!r} is {thread.status}; there is nothing to cancel")
        if thread.data.get("kind") == "run":
            await self.cancel_run(thread_id, words=words)
            return await asyncio.to_thread(self._present_segment, thread_id)
        await self._stop(thread)
        return await self._submit(thread_id, {"cancel": True}, words=words)

    async def _stop(self, thread: Thread) -> None:
        if thread.status in {"queued", "running"} and thread.data.get("segment"):
            await self.engine.cancel(str(thread.data["segment"]))

    def _present_segment(self, thread_id: str) -> Segment:
        thread = self.stores.threads.get(thread_id)
        return Segment(
            segment_id=str(thread.data.get("segment")), kind="run", thread_id=thread_id, payload={}
        )

    def waiting_question(self, thread_id: str) -> OpenQuestion:
        """Return the question the thread waits with.

        Raises:
            NotFound: If the thread does not exist.
            Conflict: If it waits for nothing.
        """
        thread = self.stores.threads.get(thread_id)
        opened = self.stores.questions.open(thread_id=thread_id)
        if not opened:
            busy = thread.status in _BUSY
            raise Conflict(
                f"Thread {thread_id!r} waits for no answer; it is {thread.status}",
                hint=f"`podium resume {thread_id}` follows it, and goes on with it if its process is gone."
                if busy
                else "See `podium inbox` for what waits.",
            )
        return opened[-1]

    def chat_view(self, thread_id: str) -> JsonObject:
        """Return the thread as every door shows it (design §11).

        Raises:
            NotFound: If there is none.
        """
        thread = self.stores.threads.get(thread_id)
        status = "queued" if thread.status == "running" else thread.status
        plan = thread.data.get("plan")
        notices = thread.data.get("notices")
        said = [str(item) for item in notices] if isinstance(notices, list) else []
        run = self.run_of(thread_id)
        of_run = ended(run) if run is not None and run.status == "finished" else ""
        reply = "\n".join([*said, str(thread.data.get("reply") or of_run)]).strip()
        return {
            "thread_id": thread_id,
            "status": status,
            "reply": reply,
            "question": thread.data.get("question"),
            "plan": plan,
            "agents": thread.data.get("agents") or ([run.agent] if run is not None else []),
            "runs": thread.data.get("runs") or ([run.run_id] if run is not None else []),
        }

    def run_of(self, thread_id: str) -> Run | None:
        """Return the run whose own thread it is; None where it is a conversation's."""
        try:
            return self.stores.runs.get(thread_id)
        except NotFound:
            return None

    def queued_view(self, segment: Segment) -> JsonObject:
        """Return the thread as doors show it to someone whose words wait until it stops."""
        notices = segment.payload.get("notices")
        said = [str(item) for item in notices] if isinstance(notices, list) else []
        busy = f"{segment.thread_id} is busy"
        busy += "; this is said as soon as it stops." if segment.payload.get("kept") else "."
        busy += f" `podium resume {segment.thread_id}` follows it, and goes on with it if its process is gone."
        view = self.chat_view(segment.thread_id)
        return {**view, "status": "queued", "reply": "\n".join([*said, busy])}

    # -- Runs ------------------------------------------------------------------------------------

    async def start_run(
        self,
        name: str,
        inputs: JsonObject,
        version: int | None,
        *,
        trigger: str = "manual",
        dedupe_key: str = "",
    ) -> Run:
        """Queue a run of the agent's active version, or of the one given.

        With a `dedupe_key` the agent runs once for it, however often that is asked for: the same run is returned.

        Raises:
            NotFound: If the agent or version does not exist.
            Conflict: If the agent was never deployed, or is paused; or if the key was used with other inputs.
            UserError: If an input is unknown, missing or not of its type.
        """
        new_id = self.ids.new("run")
        queued = await self.engine.queues()

        def record() -> tuple[Run, Segment | None]:
            kept = self._deployed(name, version)
            run_id = _run_for(kept.agent_id, dedupe_key) if dedupe_key else new_id
            with self.stores.transaction() as connection:  # the run and its start: both or none
                run = self.threads.open(
                    run_id=run_id,
                    version=kept,
                    inputs=inputs,
                    mode="live",
                    trigger=trigger,
                    connection=connection,
                )
                thread = self.stores.threads.get(run_id, connection=connection)
                if thread.data.get("segment"):
                    _check_same(run, resolve_inputs(kept.spec, inputs), dedupe_key)
                    return run, None
                payload: JsonObject = {"input": thread.data.get("input")}
                return run, self._record(run_id, payload, connection, queued=queued)

        run, segment = await asyncio.to_thread(record)
        if segment is not None and not queued:
            await self.engine.start(segment)
        return run

    async def run_now(self, name: str) -> Run:
        """Queue a run of a scheduled agent because a person asked: its schedule counts neither it nor its failure.

        Raises:
            NotFound: If there is no such agent, or it has no schedule.
            Conflict: If it was never deployed, or is paused.
            UserError: If it cannot run without inputs.
        """
        agent = await asyncio.to_thread(self.stores.agents.get, name)
        await asyncio.to_thread(self.stores.schedules.row, agent.name)
        return await self.start_run(agent.name, {}, None)

    async def open_run(
        self,
        name: str,
        inputs: JsonObject,
        version: int | None,
        *,
        trigger: str,
        run_id: str | None = None,
        parent: str = "",
        origin_run: str = "",
    ) -> Run:
        """Keep a run without starting it; the same id twice is the same run. Raises as `start_run`.

        What `origin_run` wrote counts as written by this one.
        """
        chosen = run_id or self.ids.new("run")

        def open_it() -> Run:
            kept = self._deployed(name, version)
            return self.threads.open(
                run_id=chosen,
                version=kept,
                inputs=inputs,
                mode="live",
                trigger=trigger,
                parent=parent,
                origin_run=origin_run,
            )

        return await asyncio.to_thread(open_it)

    async def begin_run(self, run_id: str) -> None:
        """Queue the first segment of an opened run; a second time, by whomever, it does nothing."""
        start = await asyncio.to_thread(self._run_input, run_id)
        with suppress(Conflict):
            await self._submit(run_id, {"input": start}, after="")

    def _deployed(self, name: str, version: int | None) -> Version:
        agent = self.stores.agents.get(name)
        if agent.state != "deployed":
            how = "`podium agents resume`" if agent.state == "paused" else "finishing its build"
            raise Conflict(f"{name!r} is {agent.state}", hint=f"Deploy it by {how}.")
        return self.stores.agents.version(name, version)

    def _run_input(self, run_id: str) -> JsonObject:
        start = self.stores.threads.get(run_id).data.get("input")
        return start if isinstance(start, dict) else {}

    async def resume_run(self, run_id: str) -> Run:
        """Go on with a run that stopped without an end, or with its chain: what failed after it is done again.

        Raises:
            NotFound: If there is none.
            Conflict: If it is finished and nothing failed after it, or it waits for an answer.
        """
        run = await asyncio.to_thread(self.stores.runs.get, run_id)
        if run.status == "finished":
            if await Following(self).again(run_id):
                return run
            raise Conflict(
                f"Run {run_id!r} is finished ({run.outcome}), and nothing after it is left to do",
                hint="Start a new run; `podium runs fork` goes on before a step of one that was stopped.",
            )
        if run.status == "waiting":
            raise Conflict(
                f"Run {run_id!r} waits for an answer", hint=f"`podium answer {run.thread_id}`."
            )
        await self._submit(run.thread_id, {})
        return run

    async def fork_run(self, run_id: str, step: str, *, repeat_writes: bool = False) -> Run:
        """Run again from a step on, on a copy of the run's thread.

        What the original wrote is not written again, unless `repeat_writes` asks for it.

        Raises:
            NotFound: If there is no such run.
            UserError: If its program has no such step.
            Conflict: If the run never came to it, or its checkpoints are gone.
        """
        run = await asyncio.to_thread(self.stores.runs.get, run_id)
        forks = Forks(self.stores, self.threads, self.driver, self.clock)
        copy = await forks.copy(
            run, run_id=self.ids.new("run"), step=step, repeat_writes=repeat_writes
        )
        queued = await self.engine.queues()

        def record() -> tuple[Run, Segment]:
            with self.stores.transaction() as connection:  # the run and its going on: both or none
                forked = forks.open(copy, connection)
                return forked, self._record(forked.thread_id, {}, connection, queued=queued)

        forked, segment = await asyncio.to_thread(record)
        if not queued:
            await self.engine.start(segment)
        return forked

    async def cancel_run(self, run_id: str, *, words: Turn | None = None) -> Run:
        """End a run that is queued, under way or waiting; of one that is finished, what follows it.

        Raises:
            NotFound: If there is none.
            Conflict: If it is finished, and so is all that follows it.
        """
        run = await asyncio.to_thread(self.stores.runs.get, run_id)
        if run.status == "finished" and await Following(self).end(run_id):
            return run
        moved = run.move(
            "finished", outcome="cancelled", question=None, finished_at=self.clock.now()
        )
        thread = await asyncio.to_thread(self.stores.threads.get, run.thread_id)
        await asyncio.to_thread(self.stores.runs.replace, moved)
        await self._stop(thread)
        # A last segment, executed where the run was: it gives back the run's browser session.
        await self._submit(run.thread_id, {"cancel": True}, words=words)
        return moved

    # -- Segments --------------------------------------------------------------------------------

    async def _submit(
        self,
        thread_id: str,
        payload: JsonObject,
        *,
        after: str | None = None,
        words: Turn | None = None,
    ) -> Segment:
        queued = await self.engine.queues()

        def record() -> Segment:
            with self.stores.transaction() as connection:
                return self._record(
                    thread_id, payload, connection, queued=queued, after=after, words=words
                )

        segment = await asyncio.to_thread(record)
        if not queued:
            await self.engine.start(segment)
        return segment

    def _record(
        self,
        thread_id: str,
        payload: JsonObject,
        connection: sa.Connection,
        *,
        queued: bool,
        after: str | None = None,
        words: Turn | None = None,
    ) -> Segment:
        """Make the thread's next segment, and queue it in the same transaction: what is recorded is executed.

        So are the words that led to it kept: none is lost, and none is said twice.
        """
        if payload.get("cancel"):
            self.stores.questions.withdraw(thread_id, connection=connection)
        segment = self.threads.next_segment(thread_id, payload, after=after, connection=connection)
        if queued:
            self.engine.enqueue(segment, connection=connection)
        event = Event(
            thread_id=thread_id,
            kind="segment.queued",
            at=self.clock.now(),
            data={"segment": segment.segment_id},
        )
        self.stores.events.append(event, connection=connection)
        if words is not None:
            self._stand(words, thread_id, connection)
        return segment

    async def interrupted(self, thread_id: str) -> bool:
        """Return whether the thread is under way and nobody works on it: its process is gone.

        Raises:
            NotFound: If there is no such thread.
        """
        thread = await asyncio.to_thread(self.stores.threads.get, thread_id)
        return thread.status in _BUSY and await self.engine.abandoned()

    async def settle(self, thread_id: str, *, timeout_s: float | None = None) -> bool:
        """Return true when the thread has stopped: done, failed or waiting.

        When the process that executed it is gone, this one goes on with it.
        """
        deadline = None if timeout_s is None else self.clock.monotonic_s() + timeout_s
        while True:
            thread = await asyncio.to_thread(self.stores.threads.get, thread_id)
            if thread.status not in _BUSY:
                # Another task may take up what was queued between the two looks: then the thread works again.
                if await self.take_up(thread_id) or await self._works(thread_id):
                    continue
                return True
            if deadline is not None and self.clock.monotonic_s() >= deadline:
                return False
            segment_id = str(thread.data.get("segment"))
            ended = await self.engine.wait(segment_id, timeout_s=_WAIT_S)
            if not ended and await self.engine.abandoned():
                await self._take_over(thread)

    async def _works(self, thread_id: str) -> bool:
        return (await asyncio.to_thread(self.stores.threads.get, thread_id)).status in _BUSY

    # -- Executing -------------------------------------------------------------------------------

    async def execute(self, segment: Segment) -> None:
        """Drive the segment to its stop; while the database is away wait for it, and go on."""
        pause_s = _FIRST_PAUSE_S
        while True:
            try:
                await self.driver.drive(segment)
            except Unavailable as error:
                _log.warning("segment.waits thread=%s %s", segment.thread_id, error.message)
                await asyncio.sleep(pause_s)
                pause_s = min(pause_s * 2, _LAST_PAUSE_S)
            except Drained:
                await self._go_on_elsewhere(segment)
                return
            except LeaseLost as error:
                _log.warning("segment.lost thread=%s %s", segment.thread_id, error.message)
                return
            else:
                return

    async def _go_on_elsewhere(self, segment: Segment) -> None:
        """Queue the going on of a thread that stands at a node's end: this process is told to stop."""
        thread = await asyncio.to_thread(self.stores.threads.get, segment.thread_id)
        payload = going_on(thread)

        def record() -> None:
            with self.stores.transaction() as connection:
                self._record(
                    segment.thread_id,
                    payload,
                    connection,
                    queued=True,
                    after=segment.segment_id,
                )

        with suppress(Conflict):  # somebody took it over already
            await asyncio.to_thread(record)

    async def _take_over(self, thread: Thread) -> bool:
        """Go on with a thread whose process is gone; false when another one does, or it went on by itself."""
        present = str(thread.data.get("segment") or "")
        if present:
            await self.engine.cancel(present)
        try:
            await self._submit(thread.thread_id, going_on(thread), after=present)
        except Conflict:
            return False
        return True

    async def recover(self) -> int:
        """Go on with all that a dead process left; return how many threads. Called once, at the start."""
        handed_on = await self._take_up_all()
        for thread in await asyncio.to_thread(self.stores.threads.list, limit=1000):
            kept = await asyncio.to_thread(self._kept_answer, thread)
            if kept is not None:
                await self._submit(thread.thread_id, kept)
                handed_on += 1
        return handed_on + await self.sweep(grace_s=0)

    async def _take_up_all(self) -> int:
        threads = await asyncio.to_thread(self.stores.conversation.queued)
        return sum([await self.take_up(thread_id) for thread_id in threads])

    async def sweep(self, *, grace_s: float = _GRACE_S) -> int:
        """Take over threads whose segment nobody executes any more; return how many.

        A test run is driven by the build's own thread. What was recorded within `grace_s` may still be on its way.
        """
        threads = await asyncio.to_thread(self.stores.threads.unfinished)
        segments = {str(thread.data.get("segment") or "") for thread in threads} - {""}
        standings = await self.engine.standings(segments)
        lost = 0
        for thread in threads:
            segment = str(thread.data.get("segment") or "")
            if thread.data.get("mode") == "test" or standings.get(segment, "lost") != "lost":
                continue
            # Read again: it may have ended between the two looks.
            again = await asyncio.to_thread(self.stores.threads.get, thread.thread_id)
            age_s = (self.clock.now() - again.updated_at).total_seconds()
            if again != thread or age_s < grace_s:
                continue
            lost += await self._take_over(thread)
        return lost

    async def keep_going(self, stopping: asyncio.Event) -> None:
        """Sweep, tidy, now and then prune, and look what the runs since then suggest, until told to stop."""
        prune_at = look_at = self.clock.monotonic_s() + _PRUNE_S / 60
        while not stopping.is_set():
            try:
                await self.sweep()
                await self._take_up_all()
                await self.driver.tidy()
                if self.clock.monotonic_s() > look_at:
                    look_at = self.clock.monotonic_s() + _PRUNE_S
                    await asyncio.to_thread(self._suggestions().announce)
                if self.retention_days and self.clock.monotonic_s() > prune_at:
                    prune_at = self.clock.monotonic_s() + _PRUNE_S
                    await self.retention.prune(days=self.retention_days)
            except PodiumError as error:
                # Such as a database that restarts: the next look finds the same.
                _log.warning("sweep.failed %s", error.message)
            with suppress(TimeoutError):
                await asyncio.wait_for(stopping.wait(), timeout=_SWEEP_S)

    def _suggestions(self) -> Suggestions:
        return Suggestions(self.stores, self.clock, self.desk.timezone)


def for_what_is_shown(question: Question, answer: JsonValue) -> JsonValue:
    """Return the answer without what it says it is for.

    Raises:
        Conflict: If it is for something else than what is asked now: the plan was changed meanwhile.
    """
    if not isinstance(answer, dict):
        return answer
    shown = {
        "question_id": question.id.split(AGAIN)[0],
        "subject": question.subject,
        "revision": question.id.split(AGAIN)[0].rpartition(".")[2],
    }
    fields = {field.name for field in question.fields}
    for name, value in shown.items():
        said = None if name in fields else answer.get(name)
        if said is not None and str(said).split(AGAIN)[0] != value:
            raise Conflict(
                f"The answer is for {name} {said!r}; what is asked now has {value!r}",
                hint="Look at what is shown now, and answer that.",
            )
    return {name: value for name, value in answer.items() if name in fields or name not in shown}


def notices_of(words: Turn) -> tuple[str, ...]:
    """Return what is to be told about secrets that were taken out of the words."""
    notices = words.data.get("notices")
    return tuple(str(item) for item in notices) if isinstance(notices, list) else ()


def plan_text(view: JsonObject) -> str:
    """Return the plan of a chat view as text, empty when it has none."""
    plan = view.get("plan")
    return plan_card(Plan.model_validate(plan)) if isinstance(plan, dict) else ""


def going_on(thread: Thread) -> JsonObject:
    """Return the payload that goes on where a dead process stopped: the same again, marked as the same turn.

    The mark keeps an input from being applied twice: LangGraph ignores one whose `run_id` its last
    checkpoint has (facts: engine §4.1), and applies it when the process died before the first.
    """
    payload = thread.data.get("payload")
    if not isinstance(payload, dict):
        return {}
    if "input" not in payload:
        return payload
    return {**payload, "turn": payload.get("turn") or thread.data.get("segment")}


def _run_for(agent_id: str, dedupe_key: str) -> str:
    """Return the id of the one run that the agent makes for the key."""
    told = f"{agent_id}\n{dedupe_key}".encode()
    return f"run_{hashlib.sha256(told).hexdigest()[:24]}"


def _check_same(run: Run, inputs: JsonObject, dedupe_key: str) -> None:
    """Refuse a key that stands for something else. Raises: Conflict."""
    if run.inputs != inputs:
        raise Conflict(
            f"The key {dedupe_key!r} was used for run {run.run_id!r} with other inputs",
            hint="Take another key for another run.",
        )

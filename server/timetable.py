"""What a person can do to a schedule, and what it does by itself when its runs keep failing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import JsonValue, ValidationError

from podium.state.clock import Clock
from podium.state.document import JsonObject
from podium.state.errors import Conflict, NotFound, UserError
from podium.state.events import Event
from podium.state.questions import FieldSpec, OpenQuestion, Question
from podium.state.stores import ScheduleRow, Stores, Thread
from podium.state.triggers import Schedule, next_fire

RESUME, KEEP, DROP = "resume", "keep paused", "run only when asked"


_THREAD = "schedule_"


def schedule_thread(agent_id: str) -> str:
    """Return the thread on which an agent's schedule asks and tells; by its id, which no renaming changes."""
    return f"{_THREAD}{agent_id}"


def is_schedule_thread(thread_id: str) -> bool:
    """Return whether a schedule asks and tells there."""
    return thread_id.startswith(_THREAD)


@dataclass(frozen=True, slots=True)
class Timetable:
    """Pauses, resumes and skips schedules; every change is an event on the schedule's thread."""

    stores: Stores
    clock: Clock

    def pause(self, agent: str, *, note: str = "paused by you") -> ScheduleRow:
        """Stop the schedule until it is resumed.

        Raises:
            NotFound: If the agent has no schedule.
        """
        if self.stores.schedules.pause(agent, note=note):
            self.tell(agent, "schedule.paused", {"reason": note})
        return self.stores.schedules.row(agent)

    def resume(self, agent: str) -> ScheduleRow:
        """Let the schedule go on with its next time; what passed meanwhile is not made up for.

        Raises:
            NotFound: If the agent has no schedule.
        """
        self._go_on(agent)
        self._close_question(self._thread(agent))
        return self.stores.schedules.row(agent)

    def _go_on(self, agent: str) -> None:
        row = self.stores.schedules.row(agent)
        following = next_fire(row.schedule, after=self.clock.now())
        self.stores.schedules.resume(agent, next_at=following)
        self.tell(agent, "schedule.resumed", {})

    def skip(self, agent: str) -> ScheduleRow:
        """Leave the next time out.

        Raises:
            NotFound: If the agent has no schedule.
            Conflict: If it has no next time, or fires at this moment.
        """
        row = self.stores.schedules.row(agent)
        if row.next_at is None:
            raise Conflict(f"The schedule of {agent!r} has no next time to skip")
        following = next_fire(row.schedule, after=max(row.next_at, self.clock.now()))
        if not self.stores.schedules.claim(agent, fired=row.next_at, next_at=following):
            raise Conflict(f"The schedule of {agent!r} fires at this moment", hint="Try again.")
        skipped: JsonObject = {"due_at": row.next_at.isoformat(), "reason": "skipped by you"}
        self.tell(agent, "schedule.skipped", skipped)
        return self.stores.schedules.row(agent)

    # -- Failures ----------------------------------------------------------------------------------

    def paused_by_failures(self, row: ScheduleRow) -> bool:
        """Pause the schedule and ask when its runs failed too often in a row; return whether it is paused."""
        limit = row.schedule.pause_after
        if not limit or row.failures < limit:
            return False
        note = f"paused after {row.failures} failed runs in a row"
        # The question first: who dies in between leaves one that the next finds, and a schedule not paused yet.
        self._ask(row, note)
        if self.stores.schedules.pause(row.agent, note=note):
            self.tell(row.agent, "schedule.paused", {"reason": note, "failures": row.failures})
        return True

    def answer(self, opened: OpenQuestion, answer: JsonObject) -> None:
        """Do what was answered to the question of a paused schedule.

        First done, then kept: who dies in between leaves a question that can be answered again.

        Raises:
            NotFound: If the agent or its schedule is gone.
            Conflict: If somebody answered first.
        """
        asked = self.stores.questions.open(thread_id=opened.thread_id)
        if opened.question.id in {item.question.id for item in asked}:
            agent = self.stores.agents.get(opened.thread_id.removeprefix(_THREAD)).name
            reply = self._do(agent, answer)
            self.stores.questions.answer(opened.question.id, answer)
            self._close_question(opened.thread_id, reply=reply)
        else:
            raise Conflict(
                f"The question {opened.question.title!r} is answered or no longer asked",
                hint="`podium inbox` shows what is open.",
            )

    def _do(self, agent: str, answer: JsonObject) -> str:
        match answer.get("decision"):
            case "resume":
                self._go_on(agent)
                return f"{agent} goes on by its schedule."
            case "run only when asked":
                self.stores.schedules.delete(agent)
                return f"{agent} runs only when asked now."
            case _:
                return f"The schedule of {agent} stays paused."

    def _ask(self, row: ScheduleRow, note: str) -> None:
        agent, now = row.agent, self.clock.now()
        thread_id = self._thread(agent)
        if self.stores.questions.open(thread_id=thread_id):
            return
        last = next(iter(self.stores.runs.list(agent=agent, limit=1)), None)
        why = last.error.message if last is not None and last.error is not None else ""
        question = Question(
            id=f"q_{thread_id}_{now:%Y%m%dT%H%M%S}",
            kind="choice",
            title=f"{agent} failed {row.failures} times in a row. Shall its schedule go on?",
            text=f"The schedule is {note}. The last error: {why or 'none was recorded'}",
            fields=(
                FieldSpec(
                    name="decision", title="Schedule", type="choice", choices=(RESUME, KEEP, DROP)
                ),
            ),
        )
        data: JsonObject = {
            "kind": "schedule", "agent": agent, "question": question.to_json(), "asked": question.id,
        }  # fmt: skip
        self._keep(thread_id, f"The schedule of {agent}", "waiting", data)
        opened = OpenQuestion(question=question, thread_id=thread_id, agent=agent, asked_at=now)
        self.stores.questions.ask(opened)

    def _close_question(self, thread_id: str, *, reply: str = "") -> None:
        self.stores.questions.withdraw(thread_id)
        try:
            thread = self.stores.threads.get(thread_id)
        except NotFound:
            return
        data = {**thread.data, "question": None, "asked": None, "reply": reply}
        self._keep(thread_id, thread.title, "done", data)

    def _keep(self, thread_id: str, title: str, status: str, data: dict[str, JsonValue]) -> None:
        now = self.clock.now()
        try:
            created = self.stores.threads.get(thread_id).created_at
        except NotFound:
            created = now
        self.stores.threads.put(
            Thread(
                thread_id=thread_id,
                title=title,
                status=status,
                created_at=created,
                updated_at=now,
                data=data,
            )
        )

    def _thread(self, agent: str) -> str:
        try:
            return schedule_thread(self.stores.agents.get(agent).agent_id)
        except NotFound:  # deleted since: what is told of it stands under its name
            return schedule_thread(agent)

    def tell(self, agent: str, kind: str, data: JsonObject) -> None:
        """Write an event on the schedule's thread."""
        event = Event(
            thread_id=self._thread(agent),
            kind=kind,
            at=self.clock.now(),
            data={"agent": agent, **data},
        )
        self.stores.events.append(event)


def with_policies(kept: Schedule, given: Mapping[str, str | int | bool | None]) -> Schedule:
    """Return the schedule with the policies that were given.

    Raises:
        UserError: If one is not known.
    """
    changes = {name: value for name, value in given.items() if value is not None}
    try:
        return Schedule.model_validate({**kept.to_json(), **changes})
    except ValidationError as error:
        first = error.errors()[0]
        raise UserError(
            f"{first['loc'][0]}: {first['msg']}",
            hint="See `podium schedule --help` for the policies.",
        ) from error

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


def schedule_thread(agent: str) -> str:
    """Return the thread on which an agent's schedule asks and tells."""
    return f"schedule_{agent}"


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
        row = self.stores.schedules.row(agent)
        following = next_fire(row.schedule, after=self.clock.now())
        self.stores.schedules.resume(agent, next_at=following)
        self._close_question(agent)
        self.tell(agent, "schedule.resumed", {})
        return self.stores.schedules.row(agent)

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

        Raises:
            NotFound: If the schedule is gone.
            Conflict: If somebody answered first.
        """
        agent = opened.agent
        self.stores.questions.answer(opened.question.id, answer)
        match answer.get("decision"):
            case "resume":
                self.resume(agent)
                reply = f"{agent} goes on by its schedule."
            case "run only when asked":
                self.stores.schedules.delete(agent)
                reply = f"{agent} runs only when asked now."
            case _:
                reply = f"The schedule of {agent} stays paused."
        self._close_question(agent, reply=reply)

    def _ask(self, row: ScheduleRow, note: str) -> None:
        agent, now = row.agent, self.clock.now()
        thread_id = schedule_thread(agent)
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

    def _close_question(self, agent: str, *, reply: str = "") -> None:
        thread_id = schedule_thread(agent)
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

    def tell(self, agent: str, kind: str, data: JsonObject) -> None:
        """Write an event on the schedule's thread."""
        event = Event(
            thread_id=schedule_thread(agent),
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

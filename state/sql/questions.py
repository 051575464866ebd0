"""The inbox in SQL."""

from __future__ import annotations

import sqlalchemy as sa

from podium.state.clock import Clock
from podium.state.document import JsonObject
from podium.state.errors import Conflict, NotFound
from podium.state.questions import OpenQuestion
from podium.state.sql.engine import insert_once, reading, writing
from podium.state.sql.tables import questions


class SqlQuestions:
    """The `QuestionStore` on SQL."""

    def __init__(self, engine: sa.Engine, *, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    def ask(self, question: OpenQuestion, *, connection: sa.Connection | None = None) -> None:
        """Keep an open question; asking the same id again changes nothing."""
        values = {
            "question_id": question.question.id,
            "thread_id": question.thread_id,
            "asked_at": question.asked_at,
            "document": question.to_json(),
            "answer": question.answer,
        }
        with writing(self._engine, connection) as conn:
            insert_once(conn, questions, values)

    def open(self, *, thread_id: str | None = None) -> tuple[OpenQuestion, ...]:
        """Return unanswered questions, oldest first."""
        query = sa.select(questions.c.document, questions.c.answer).where(
            questions.c.closed_at.is_(None)
        )
        if thread_id is not None:
            query = query.where(questions.c.thread_id == thread_id)
        query = query.order_by(questions.c.asked_at, questions.c.question_id)
        with reading(self._engine) as conn:
            return tuple(_question(row.document, row.answer) for row in conn.execute(query))

    def get(self, question_id: str) -> OpenQuestion:
        """Return a question, answered or not.

        Raises:
            NotFound: When there is none.
        """
        with reading(self._engine) as conn:
            return _get(conn, question_id)

    def answer(
        self, question_id: str, answer: JsonObject, *, connection: sa.Connection | None = None
    ) -> OpenQuestion:
        """Keep the answer; of two callers one wins.

        Raises:
            NotFound: When there is no such question.
            Conflict: When it is already answered, or was withdrawn.
        """
        with writing(self._engine, connection) as conn:
            kept = _get(conn, question_id)
            changed = conn.execute(
                questions.update()
                .where(questions.c.question_id == question_id, questions.c.closed_at.is_(None))
                .values(answer=answer, closed_at=self._clock.now())
            )
            if changed.rowcount != 1:
                raise Conflict(
                    f"The question {kept.question.title!r} is answered or no longer asked",
                    hint="`podium inbox` shows what is open.",
                )
        return kept.model_copy(update={"answer": answer})

    def withdraw(self, thread_id: str, *, connection: sa.Connection | None = None) -> None:
        """Close the thread's open questions without an answer."""
        with writing(self._engine, connection) as conn:
            conn.execute(
                questions.update()
                .where(questions.c.thread_id == thread_id, questions.c.closed_at.is_(None))
                .values(closed_at=self._clock.now())
            )


def _get(conn: sa.Connection, question_id: str) -> OpenQuestion:
    query = sa.select(questions.c.document, questions.c.answer).where(
        questions.c.question_id == question_id
    )
    row = conn.execute(query).first()
    if row is None:
        raise NotFound(
            f"There is no question {question_id!r}", hint="`podium inbox` shows what is open."
        )
    return _question(row.document, row.answer)


def _question(document: JsonObject, answer: JsonObject | None) -> OpenQuestion:
    return OpenQuestion.model_validate({**document, "answer": answer})

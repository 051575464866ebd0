"""Opening the control plane: engines, migration, and every store on them."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass

import sqlalchemy as sa

from podium.state.clock import Clock
from podium.state.ids import IdFactory
from podium.state.sql.agents import SqlAgents
from podium.state.sql.conversation import SqlConversation
from podium.state.sql.effects import SqlEffects
from podium.state.sql.engine import close_engine, open_engine, writing
from podium.state.sql.events import SqlEvents
from podium.state.sql.firings import SqlFirings
from podium.state.sql.migrations import upgrade
from podium.state.sql.outbox import SqlOutbox
from podium.state.sql.questions import SqlQuestions
from podium.state.sql.rows import SqlMemory, SqlStaging
from podium.state.sql.runs import SqlRuns
from podium.state.sql.schedules import SqlSchedules
from podium.state.sql.search import SqlSearch
from podium.state.sql.sites import SqlSites
from podium.state.sql.threads import SqlThreads
from podium.state.sql.triggers import SqlTriggers
from podium.state.stores import Stores


@dataclass(frozen=True, slots=True)
class SqlStores(Stores):
    """The stores on one database, with what the run engine needs to share its transactions.

    Writing methods take an optional `connection`: inside `with stores.transaction() as connection:`
    a run row and its enqueue become one transaction.
    """

    agents: SqlAgents
    runs: SqlRuns
    questions: SqlQuestions
    events: SqlEvents
    effects: SqlEffects
    schedules: SqlSchedules
    threads: SqlThreads
    staging: SqlStaging
    memory: SqlMemory
    firings: SqlFirings
    triggers: SqlTriggers
    outbox: SqlOutbox
    conversation: SqlConversation
    search: SqlSearch
    sites: SqlSites
    engine: sa.Engine
    journal_engine: sa.Engine

    @contextmanager
    def transaction(self) -> Generator[sa.Connection]:
        """Yield a connection that commits at the end and rolls back when the block raises.

        Raises:
            SetupError: If the database cannot be used.
        """
        with writing(self.engine) as connection:
            yield connection

    def close(self) -> None:
        """Close all connections. The stores open new ones when they are used again."""
        close_engine(self.engine)
        close_engine(self.journal_engine)


def open_stores(url: str, ids: IdFactory, clock: Clock) -> SqlStores:
    """Return the stores on that database, brought to the present schema.

    Raises:
        UserError: If the URL names no database we know.
        SetupError: If the database cannot be used, or a newer Podium wrote it.
    """
    engine = open_engine(url)
    upgrade(engine)
    # Only the journal pays for a sync per commit: a lost event or run row is found again from the
    # checkpoint, a lost "sent" would repeat a write.
    journal = open_engine(url, synchronous="FULL")
    return SqlStores(
        agents=SqlAgents(engine, ids=ids, clock=clock),
        runs=SqlRuns(engine),
        questions=SqlQuestions(engine, clock=clock),
        events=SqlEvents(engine),
        effects=SqlEffects(journal),
        schedules=SqlSchedules(engine),
        threads=SqlThreads(engine),
        staging=SqlStaging(engine),
        memory=SqlMemory(engine),
        firings=SqlFirings(engine),
        triggers=SqlTriggers(engine),
        outbox=SqlOutbox(engine),
        conversation=SqlConversation(engine),
        search=SqlSearch(engine),
        sites=SqlSites(engine),
        engine=engine,
        journal_engine=journal,
    )

from __future__ import annotations

import os
import signal
import sqlite3
import stat
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from filelock import FileLock
from sqlalchemy import event, exc
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateTable

from podium.state import sqlite_files
from podium.state.errors import Conflict, NotFound, SetupError, Unavailable, UserError
from podium.state.sql import SqlStores, open_engine, open_stores
from podium.state.sql import engine as engine_module
from podium.state.sql.engine import close_engine, writing
from podium.state.sql.migrations import (
    HEAD,
    alembic_config,
    migrations_connection,
    revision,
    upgrade,
)
from podium.state.sql.tables import UtcDateTime, metadata
from tests.builders import NOON, a_program, a_question, a_run, a_spec, a_thread, an_effect, an_event
from tests.fakes import CountingIds, FakeClock


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/home/podium.db"


@pytest.fixture
def stores(url: str) -> Iterator[SqlStores]:
    stores = open_stores(url, CountingIds(), FakeClock())
    yield stores
    stores.close()


# -- Opening ---------------------------------------------------------------------------------------


def test_the_database_is_its_owner_s_alone(stores: SqlStores, tmp_path: Path) -> None:
    stores.threads.put(a_thread())

    assert stat.S_IMODE((tmp_path / "home").stat().st_mode) == 0o700
    for path in (tmp_path / "home").iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("url", ["", "nonsense", "mysql://x/y", "sqlite://", "sqlite:///:memory:"])
def test_a_url_that_names_no_database_we_know_is_refused(url: str) -> None:
    with pytest.raises(UserError) as caught:
        open_engine(url)

    assert "sqlite:///FILE" in caught.value.hint


def test_a_postgresql_url_is_opened_with_its_driver() -> None:
    engine = open_engine("postgresql://ann@db.test/podium")

    assert engine.url.drivername == "postgresql+psycopg"


def test_what_a_url_says_of_the_session_is_kept_beside_our_own() -> None:
    engine = open_engine("postgresql://ada@db.example/podium?options=-csearch_path%3Dpodium")
    given: list[str] = []

    def no_server(_dialect: object, _record: object, _args: object, params: dict[str, str]) -> None:
        given.append(params["options"])
        raise ConnectionRefusedError

    event.listen(engine, "do_connect", no_server)
    with pytest.raises(ConnectionRefusedError):
        engine.connect()

    assert given[0].startswith("-csearch_path=podium -c idle_in_transaction_session_timeout=")


def test_a_bug_of_ours_is_not_called_a_broken_database(stores: SqlStores) -> None:
    with pytest.raises(exc.IntegrityError), stores.transaction() as connection:
        connection.exec_driver_sql("INSERT INTO podium_threads (thread_id) VALUES ('t')")


def test_a_url_s_password_is_not_in_the_message() -> None:
    with pytest.raises(UserError) as caught:
        open_engine("mysql://ann:hunter2@db.test/x")

    assert "hunter2" not in f"{caught.value} {caught.value.hint}"


def test_a_place_that_cannot_hold_a_database_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")

    with pytest.raises(SetupError, match="cannot be created"):
        open_engine(f"sqlite:///{tmp_path}/file/podium.db")


def test_a_file_that_is_no_database_says_so(tmp_path: Path) -> None:
    (tmp_path / "podium.db").write_bytes(b"not a database, but long enough to look like one" * 50)

    with pytest.raises(SetupError, match="cannot be used"):
        open_stores(f"sqlite:///{tmp_path}/podium.db", CountingIds(), FakeClock())


def test_only_the_journal_pays_for_a_sync_per_commit(stores: SqlStores) -> None:
    def pragma(engine: sa.Engine, name: str) -> object:
        with engine.connect() as connection:
            return connection.exec_driver_sql(f"PRAGMA {name}").scalar()

    assert pragma(stores.engine, "synchronous") == 1
    assert pragma(stores.journal_engine, "synchronous") == 2
    for engine in (stores.engine, stores.journal_engine):
        assert pragma(engine, "journal_mode") == "wal"
        assert pragma(engine, "busy_timeout") == 30000
        assert pragma(engine, "foreign_keys") == 1


# -- Migrations ------------------------------------------------------------------------------------


def ours(name: str | None, kind: str, _parents: object) -> bool:
    """Leave out the virtual table of the index, and the tables that SQLite keeps for it."""
    return kind != "table" or not str(name).startswith("podium_search_fts")


def test_the_migrations_lead_to_the_tables_as_they_are(url: str) -> None:
    engine = open_engine(url)
    upgrade(engine)
    with engine.connect() as connection:
        script = ScriptDirectory.from_config(alembic_config(connection))
        context = MigrationContext.configure(
            connection,
            opts={
                "version_table": "podium_schema",
                "compare_type": True,
                "include_name": ours,
            },
        )

        assert script.get_heads() == [HEAD]
        assert compare_metadata(context, metadata) == []
    engine.dispose()


def test_migrations_can_be_taken_back(url: str) -> None:
    engine = open_engine(url)
    upgrade(engine)
    with migrations_connection(engine) as connection:
        command.downgrade(alembic_config(connection), "base")
    with engine.connect() as connection:
        assert sa.inspect(connection).get_table_names() == ["podium_schema"]

    upgrade(engine)

    assert revision(engine) == HEAD
    engine.dispose()


def test_a_database_that_somebody_prepares_for_ever_is_reported(
    url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    engine = open_engine(url)
    monkeypatch.setattr(sqlite_files, "_LOCK_TIMEOUT_S", 0.01)

    with (
        FileLock(tmp_path / "home" / "podium.db.lock"),
        pytest.raises(SetupError, match="Another process has been preparing"),
    ):
        upgrade(engine)
    engine.dispose()


def test_an_existing_database_file_is_opened_by_sqlite_alone(
    stores: SqlStores, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Closing any other descriptor of it would drop the locks of this process."""
    opened: list[str] = []
    real = os.open

    def watch(path: str | Path, *rest: int, **named: int) -> int:
        opened.append(str(path))
        return real(path, *rest, **named)

    monkeypatch.setattr(os, "open", watch)
    again = open_stores(url, CountingIds(), FakeClock())
    again.runs.create(a_run())
    again.close()

    assert [path for path in opened if path.endswith("podium.db")] == []
    assert stores.runs.get("run_1") == a_run()


def test_upgrading_again_changes_nothing(url: str) -> None:
    engine = open_engine(url)
    assert revision(engine) is None

    upgrade(engine)
    upgrade(engine)

    assert revision(engine) == HEAD
    engine.dispose()


def test_many_that_open_a_new_database_at_once_all_can(url: str) -> None:
    def open_and_write(number: int) -> str:
        stores = open_stores(url, CountingIds(), FakeClock())
        run = stores.runs.create(a_run(f"run_{number}"))
        stores.close()
        return run.run_id

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(open_and_write, range(4)))) == 4


def test_a_database_of_a_newer_podium_is_left_alone(url: str) -> None:
    engine = open_engine(url)
    upgrade(engine)
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE podium_schema SET version_num = '9999'")

    with pytest.raises(SetupError, match="this Podium does not know") as caught:
        upgrade(engine)

    assert "newer Podium" in caught.value.hint
    assert revision(engine) == "9999"
    engine.dispose()


def test_tables_of_the_run_engine_in_the_same_file_stay(url: str) -> None:
    engine = open_engine(url)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE workflow_status (x)")

    upgrade(engine)

    with engine.connect() as connection:
        assert sa.inspect(connection).has_table("workflow_status")
    engine.dispose()


def test_every_table_can_be_made_on_postgresql_too() -> None:
    for table in metadata.sorted_tables:
        text = str(CreateTable(table).compile(dialect=postgresql.dialect()))
        assert table.name.startswith("podium_")
        assert "DATETIME" not in text
        if table.name == "podium_events":
            assert "seq BIGSERIAL" in text
            assert "data JSONB" in text
            assert "TIMESTAMP WITH TIME ZONE" in text


# -- Values ----------------------------------------------------------------------------------------


def test_a_moment_of_any_zone_comes_back_in_utc(stores: SqlStores) -> None:
    tokyo = timezone(timedelta(hours=9))
    moment = datetime(2026, 11, 2, 21, 0, 0, 123456, tzinfo=tokyo)

    stores.threads.put(a_thread(created_at=moment))

    kept = stores.threads.get("thread_1").created_at
    assert kept == moment
    assert kept.tzinfo is UTC


def test_a_naive_moment_is_refused(stores: SqlStores) -> None:
    naive = NOON.replace(tzinfo=None)

    with pytest.raises(exc.StatementError, match="has no time zone"):
        stores.threads.put(a_thread(created_at=naive))


def test_on_postgresql_moments_keep_their_zone() -> None:
    kind = UtcDateTime()
    tokyo = NOON.astimezone(timezone(timedelta(hours=9)))

    bound = kind.process_bind_param(tokyo, postgresql.dialect())
    read = kind.process_result_value(tokyo, postgresql.dialect())

    assert (bound, read) == (NOON, NOON)
    assert bound is not None
    assert bound.tzinfo is UTC


# -- Transactions ----------------------------------------------------------------------------------


def test_rows_written_in_one_transaction_appear_together(stores: SqlStores) -> None:
    with stores.transaction() as connection:
        stores.runs.create(a_run(), connection=connection)
        stores.threads.put(a_thread(), connection=connection)
        stores.events.append(an_event(), connection=connection)
        with pytest.raises(NotFound):
            stores.runs.get("run_1")

    assert stores.runs.get("run_1") == a_run()
    assert stores.threads.list() == (a_thread(),)


def test_a_transaction_that_fails_leaves_nothing(stores: SqlStores) -> None:
    stores.agents.create(name="prices", spec=a_spec(), program=a_program(), reason="", author="me")
    stores.questions.ask(a_question())

    def write_everything_and_fail() -> None:
        with stores.transaction() as connection:
            stores.runs.create(a_run(), connection=connection)
            stores.threads.put(a_thread(), connection=connection)
            stores.questions.answer("q_1", {"url": "a"}, connection=connection)
            stores.agents.activate("prices", 1, connection=connection)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_everything_and_fail()

    assert stores.runs.list() == ()
    assert stores.threads.list() == ()
    assert len(stores.questions.open()) == 1
    assert stores.agents.get("prices").state == "draft"


def test_of_many_that_add_a_version_to_one_base_one_wins(stores: SqlStores) -> None:
    stores.agents.create(name="prices", spec=a_spec(), program=a_program(), reason="", author="me")

    def add(number: int) -> bool:
        try:
            stores.agents.add_version(
                "prices", base=1, spec=a_spec(), program=a_program(), reason=str(number), author=""
            )
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(add, range(16))).count(True) == 1
    assert len(stores.agents.versions("prices")) == 2


def test_a_database_that_stays_locked_is_reported_not_waited_for_without_end(
    url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(engine_module, "_BUSY_TIMEOUT_MS", 20)
    stores = open_stores(url, CountingIds(), FakeClock())
    blocker = sqlite3.connect(tmp_path / "home" / "podium.db", isolation_level=None)
    blocker.execute("BEGIN EXCLUSIVE")

    with pytest.raises(SetupError, match="locked"):
        stores.runs.create(a_run())
    blocker.execute("ROLLBACK")
    blocker.close()

    assert stores.runs.create(a_run()).run_id == "run_1"
    stores.close()


def test_a_full_disk_is_reported_loses_nothing_and_goes_on_when_there_is_room(url: str) -> None:
    stores = open_stores(url, CountingIds(), FakeClock())
    engine = stores.journal_engine
    stores.effects.put(an_effect(key="first"))
    room = ["PRAGMA max_page_count = 1"]  # SQLite takes the present size for it: not a page more

    def limit(connection: sqlite3.Connection, _record: object, _proxy: object) -> None:
        connection.execute(room[0]).close()

    event.listen(engine, "checkout", limit)
    kept = ["first"]

    def fill() -> None:
        for number in range(2000):
            stores.effects.put(an_effect(key=f"effect-{number}"))
            kept.append(f"effect-{number}")

    with pytest.raises(Unavailable, match="full"):
        fill()

    full = [stores.effects.get(key) for key in kept]
    room[0] = "PRAGMA max_page_count = 1000000"
    stores.effects.put(an_effect(key="last"))

    assert all(full)
    assert stores.effects.get(f"effect-{len(kept) - 1}") is None, "the one that did not fit"
    assert stores.effects.get("last") is not None
    stores.close()


# -- Crashes ---------------------------------------------------------------------------------------


def test_a_record_of_the_journal_survives_kill_9_right_after_put(
    url: str, stores: SqlStores
) -> None:
    script = textwrap.dedent(
        """
        import os, signal, sys
        from tests.builders import a_run, an_effect
        from tests.fakes import CountingIds, FakeClock
        from podium.state.sql import open_stores

        stores = open_stores(sys.argv[1], CountingIds(), FakeClock())
        stores.runs.create(a_run())
        stores.effects.put(an_effect("intended"))
        stores.effects.put(an_effect("sent"))
        os.kill(os.getpid(), signal.SIGKILL)
        """
    )
    root = Path(__file__).resolve().parents[3]

    ended = subprocess.run(
        [sys.executable, "-c", script, url],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root)},
        check=False,
        timeout=60,
    )

    assert ended.returncode == -signal.SIGKILL
    assert stores.effects.get("prices/submit/42") == an_effect("sent")
    assert stores.runs.get("run_1") == a_run()
    with stores.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"


@pytest.mark.parametrize("failing_call", range(1, 9))
def test_wherever_the_database_fails_the_journal_never_forgets_what_was_sent(
    stores: SqlStores, failing_call: int
) -> None:
    """The n-th statement fails, as on a full disk; what `put` returned for stays, nothing else appears."""
    calls = 0

    def fail(*_: object) -> None:
        nonlocal calls
        calls += 1
        if calls == failing_call:
            raise sqlite3.OperationalError("database or disk is full")

    event.listen(stores.journal_engine, "before_cursor_execute", fail)
    returned: list[str] = []
    try:
        for status in ("intended", "sent", "done"):
            stores.effects.put(an_effect(status))
            returned.append(status)
    except (SetupError, sqlite3.OperationalError):
        pass
    finally:
        event.remove(stores.journal_engine, "before_cursor_execute", fail)

    kept = stores.effects.get("prices/submit/42")
    assert (kept.status if kept else None) == (returned[-1] if returned else None)


def test_two_processes_that_write_at_once_lose_nothing(url: str, stores: SqlStores) -> None:
    script = textwrap.dedent(
        """
        import sys
        from tests.builders import a_run, an_event
        from tests.fakes import CountingIds, FakeClock
        from podium.state.sql import open_stores

        stores = open_stores(sys.argv[1], CountingIds(), FakeClock())
        for number in range(15):
            stores.events.append(an_event(sys.argv[2]))
            stores.memory.remember("prices", "list", {f"{sys.argv[2]}{number}": {"n": number}})
        """
    )
    root = Path(__file__).resolve().parents[3]
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", script, url, name],
            cwd=root,
            env={**os.environ, "PYTHONPATH": str(root)},
        )
        for name in ("a", "b")
    ]

    assert [writer.wait(timeout=60) for writer in writers] == [0, 0]

    events = stores.events.after(0)
    assert sorted(event.kind for event in events) == ["a"] * 15 + ["b"] * 15
    assert [event.seq for event in events] == sorted({event.seq for event in events})
    assert len(stores.memory.seen("prices", "list")) == 30


def test_a_caller_s_connection_is_left_open(stores: SqlStores) -> None:
    with stores.engine.connect() as connection:
        with writing(stores.engine, connection) as same:
            assert same is connection
        assert not connection.closed


@pytest.mark.parametrize("times", [1, 2])
def test_a_connection_given_back_after_closing_is_closed(url: str, times: int) -> None:
    engine = open_engine(url)
    straggler = engine.connect()
    for _ in range(times):
        close_engine(engine)
    later = engine.connect()
    held = [one.connection.dbapi_connection for one in (straggler, later)]

    straggler.close()
    later.close()

    for connection in held:
        assert isinstance(connection, sqlite3.Connection)
        with pytest.raises(sqlite3.ProgrammingError, match="closed"):
            connection.execute("SELECT 1")

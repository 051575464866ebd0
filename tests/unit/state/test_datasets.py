from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
import textwrap
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import JsonValue

from podium.state import datasets as datasets_module
from podium.state.datasets import SqliteDatasets
from podium.state.errors import NotFound, SetupError
from podium.state.memory import MemoryDatasets
from podium.state.rows import ColumnKind, joined, kind_of
from podium.state.stores import Row

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def datasets(tmp_path: Path) -> SqliteDatasets:
    return SqliteDatasets(tmp_path / "home" / "data.db")


def test_the_file_is_its_owner_s_alone(datasets: SqliteDatasets, tmp_path: Path) -> None:
    datasets.upsert("prices", [{"n": 1}], key=("n",))

    assert stat.S_IMODE((tmp_path / "home").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "home" / "data.db").stat().st_mode) == 0o600


def test_any_tool_can_read_the_tables(datasets: SqliteDatasets, tmp_path: Path) -> None:
    datasets.upsert("Prices", [{"sku": "A", "price": 1.5, "n": 2}], key=("sku",))

    conn = sqlite3.connect(tmp_path / "home" / "data.db")
    columns = {row[1]: row[2] for row in conn.execute("PRAGMA table_info(prices)")}
    rows = conn.execute("SELECT sku, price, n FROM prices").fetchall()
    conn.close()

    assert rows == [("A", 1.5, 2)]
    assert (columns["sku"], columns["price"], columns["n"]) == ("TEXT", "REAL", "INTEGER")


def test_threads_that_upsert_the_same_rows_make_no_duplicates(datasets: SqliteDatasets) -> None:
    def upsert(number: int) -> int:
        rows: list[Row] = [{"sku": str(sku), "by": number} for sku in range(20)]
        return datasets.upsert("prices", rows, key=("sku",)).added

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(upsert, range(16))) == 20

    assert len(datasets.rows("prices")) == 20
    assert len({str(row["by"]) for row in datasets.rows("prices")}) == 1


def test_processes_that_upsert_the_same_rows_make_no_duplicates(
    datasets: SqliteDatasets, tmp_path: Path
) -> None:
    script = textwrap.dedent(
        """
        import sys
        from pathlib import Path
        from podium.state.datasets import SqliteDatasets

        datasets = SqliteDatasets(Path(sys.argv[1]))
        for number in range(20):
            datasets.upsert("prices", [{"sku": str(number), sys.argv[2]: True}], key=("sku",))
        """
    )
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", script, str(tmp_path / "home" / "data.db"), name],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        for name in ("a", "b")
    ]

    assert [writer.wait(timeout=60) for writer in writers] == [0, 0]

    rows = datasets.rows("prices")
    assert len(rows) == 20
    assert all(row["a"] is True and row["b"] is True for row in rows)


def test_rows_are_found_by_their_words(datasets: SqliteDatasets) -> None:
    rows: list[Row] = [
        {"sku": "A-1", "name": "Red garden chair", "price": 10},
        {"sku": "B-2", "name": "Garden table", "price": 20},
    ]
    datasets.upsert("Catalogue", rows, key=("sku",))

    assert datasets.search("catalogue", "garden chair") == (rows[0],)
    assert len(datasets.search("catalogue", "GARDEN")) == 2
    assert datasets.search("catalogue", "B-2") == (rows[1],)
    assert datasets.search("catalogue", 'x" OR name:*') == ()
    assert datasets.search("catalogue", "  ") == ()
    assert len(datasets.search("catalogue", "garden", limit=1)) == 1


def test_the_index_follows_later_changes(datasets: SqliteDatasets) -> None:
    datasets.upsert("catalogue", [{"sku": "A", "name": "chair"}], key=("sku",))
    assert len(datasets.search("catalogue", "chair")) == 1

    datasets.upsert("catalogue", [{"sku": "A", "name": "table"}], key=("sku",))
    datasets.upsert("catalogue", [{"sku": "B", "name": "lamp", "colour": "green"}], key=("sku",))
    datasets.upsert("catalogue", [{"sku": 7, "name": "sofa"}], key=("sku",))

    assert datasets.search("catalogue", "chair") == ()
    for word in ("table", "lamp", "green", "sofa"):
        assert len(datasets.search("catalogue", word)) == 1


def test_a_dataset_without_texts_has_nothing_to_find(datasets: SqliteDatasets) -> None:
    datasets.upsert("empty", [], key=())

    assert datasets.search("empty", "x") == ()
    with pytest.raises(NotFound):
        datasets.search("unknown", "x")


def test_rows_keyed_anew_may_swap_their_keys(datasets: SqliteDatasets) -> None:
    datasets.upsert("swap", [{"a": "1", "b": "2"}, {"a": "2", "b": "1"}], key=("a",))

    stored = datasets.upsert("swap", [{"a": "9", "b": "1"}], key=("b",))

    assert (stored.added, stored.changed) == (0, 1)
    assert datasets.rows("swap") == ({"a": "1", "b": "2"}, {"a": "9", "b": "1"})


def test_a_file_that_cannot_be_used_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    (tmp_path / "data.db").write_bytes(b"not a database" * 100)

    with pytest.raises(SetupError, match="cannot be created"):
        SqliteDatasets(tmp_path / "file" / "data.db").list()
    with pytest.raises(SetupError, match="cannot be used"):
        SqliteDatasets(tmp_path / "data.db").list()


def test_a_file_that_stays_locked_is_reported(
    datasets: SqliteDatasets, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    datasets.upsert("prices", [{"n": 1}], key=("n",))
    monkeypatch.setattr(datasets_module, "_TIMEOUT_S", 0.02)
    blocker = sqlite3.connect(tmp_path / "home" / "data.db", isolation_level=None)
    blocker.execute("BEGIN IMMEDIATE")

    with pytest.raises(SetupError, match="locked"):
        datasets.upsert("prices", [{"n": 2}], key=("n",))
    blocker.close()

    assert datasets.rows("prices") == ({"n": 1},)


KINDS: tuple[ColumnKind, ...] = ("empty", "text", "integer", "real", "boolean", "mixed", "json")


@given(st.sampled_from(KINDS), st.sampled_from(KINDS), st.sampled_from(KINDS))
def test_joining_kinds_of_columns_does_not_depend_on_the_order(
    one: ColumnKind, two: ColumnKind, three: ColumnKind
) -> None:
    assert joined(one, two) == joined(two, one)
    assert joined(one, one) == one
    # Real is wider than integer but narrower than mixed, in any order.
    assert joined(joined(one, two), three) == joined(one, joined(two, three))


scalars: st.SearchStrategy[JsonValue] = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(width=32), st.text(max_size=4)
)
lists: st.SearchStrategy[JsonValue] = st.lists(scalars, max_size=2).map(list[JsonValue])
values = st.one_of(scalars, lists)


@st.composite
def row_batches(draw: st.DrawFn) -> list[list[Row]]:
    names = st.lists(st.sampled_from("ab"), unique=True)
    keys = st.sampled_from(["1", "2", 1, None])
    return [
        [
            {"k": draw(keys), **{name: draw(values) for name in draw(names)}}
            for _ in range(draw(st.integers(0, 4)))
        ]
        for _ in range(draw(st.integers(0, 4)))
    ]


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(row_batches(), st.sampled_from([("k",), ()]))
def test_the_file_and_the_memory_agree_on_any_rows(
    tmp_path_factory: pytest.TempPathFactory, batches: list[list[Row]], key: tuple[str, ...]
) -> None:
    file = SqliteDatasets(tmp_path_factory.mktemp("any") / "data.db")
    memory = MemoryDatasets()

    for batch in batches:
        assert file.upsert("any", batch, key=key) == memory.upsert("any", batch, key=key)
        assert file.rows("any") == memory.rows("any")


def test_a_value_knows_its_kind() -> None:
    some: tuple[JsonValue, ...] = (None, True, 1, 1.5, "x", [1], {})

    assert [kind_of(value) for value in some] == [
        "empty",
        "boolean",
        "integer",
        "real",
        "text",
        "json",
        "json",
    ]

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from podium.state.errors import Conflict, NotFound, SetupError, UserError
from podium.state.stores import DatasetStore, Row, Stored


def test_a_second_run_adds_no_duplicates(datasets: DatasetStore) -> None:
    rows: list[Row] = [{"sku": "A", "price": 1.5}, {"sku": "B", "price": 2.5}]

    assert datasets.upsert("prices", rows, key=("sku",)) == Stored(2, 0, 0)
    assert datasets.upsert("prices", rows, key=("sku",)) == Stored(0, 0, 2)
    assert datasets.rows("prices") == tuple(rows)


def test_a_changed_row_replaces_the_kept_one_in_its_place(datasets: DatasetStore) -> None:
    datasets.upsert("prices", [{"sku": "A", "price": 1}, {"sku": "B", "price": 2}], key=("sku",))

    stored = datasets.upsert(
        "prices", [{"sku": "C", "price": 3}, {"sku": "A", "price": 9}], key=("sku",)
    )

    assert stored == Stored(1, 1, 0)
    assert [row["sku"] for row in datasets.rows("prices")] == ["A", "B", "C"]
    assert datasets.rows("prices", limit=1) == ({"sku": "A", "price": 9},)


def test_rows_may_be_told_apart_by_several_columns(datasets: DatasetStore) -> None:
    rows: list[Row] = [{"shop": "x", "sku": 1}, {"shop": "y", "sku": 1}, {"shop": "x", "sku": 1}]

    assert datasets.upsert("prices", rows, key=("shop", "sku")).added == 2


def test_without_a_key_rows_are_told_apart_by_all_columns(datasets: DatasetStore) -> None:
    rows: list[Row] = [{"a": 1, "b": None}, {"a": 1}, {"a": 2}]

    assert datasets.upsert("log", rows, key=()) == Stored(2, 0, 0)
    assert datasets.upsert("log", [{"a": 2}, {"a": 3}], key=()) == Stored(1, 0, 1)


def test_rows_whose_key_is_empty_do_not_overwrite_each_other(datasets: DatasetStore) -> None:
    rows: list[Row] = [{"sku": "", "n": 1}, {"sku": None, "n": 2}, {"sku": "", "n": 3}]

    assert datasets.upsert("prices", rows, key=("sku",)).added == 3


def test_a_row_without_its_key_column_is_refused_and_nothing_is_kept(
    datasets: DatasetStore,
) -> None:
    with pytest.raises(UserError, match="no column 'sku'"):
        datasets.upsert("prices", [{"sku": "A"}, {"price": 1}], key=("sku",))

    with pytest.raises(NotFound):
        datasets.rows("prices")


def test_values_come_back_in_their_types(datasets: DatasetStore) -> None:
    row: Row = {
        "text": "007",
        "whole": 7,
        "real": 7.25,
        "yes": True,
        "none": None,
        "list": [1, {"a": None}],
        "umlaut": "Übergrößen 💶",
    }

    datasets.upsert("types", [row], key=("text",))

    (kept,) = datasets.rows("types")
    assert kept == row
    assert [type(value) for value in kept.values()] == [type(value) for value in row.values()]


@pytest.mark.parametrize(
    "values",
    [
        (None, 12),
        (12, 12.5),
        (12.5, "on request"),
        ("007", 7),
        (7, "007"),
        (True, 3),
        ("a", ["a"]),
        (1, True, "x", None, {"k": 1}),
    ],
)
def test_a_column_whose_values_change_their_type_loses_none(
    datasets: DatasetStore, values: tuple[object, ...]
) -> None:
    for number, value in enumerate(values):
        row: Row = {"n": number, "value": value}  # pyright: ignore[reportAssignmentType]  plain JSON
        datasets.upsert("mixed", [row], key=("n",))

    assert [row["value"] for row in datasets.rows("mixed")] == list(values)


def test_columns_that_come_later_are_empty_in_older_rows(datasets: DatasetStore) -> None:
    datasets.upsert("prices", [{"sku": "A"}], key=("sku",))

    datasets.upsert("prices", [{"sku": "B", "price": 2}], key=("sku",))

    assert datasets.rows("prices") == ({"sku": "A", "price": None}, {"sku": "B", "price": 2})


def test_columns_that_a_row_does_not_have_stay_as_they_are(datasets: DatasetStore) -> None:
    datasets.upsert("prices", [{"sku": "A", "price": 1, "note": "x"}], key=("sku",))

    assert datasets.upsert("prices", [{"sku": "A", "price": 2}], key=("sku",)).changed == 1

    assert datasets.rows("prices") == ({"sku": "A", "price": 2, "note": "x"},)


def test_numbers_that_no_table_can_hold_are_kept_as_far_as_possible(datasets: DatasetStore) -> None:
    row: Row = {"id": 10**25, "rate": float("nan")}

    datasets.upsert("odd", [row], key=("id",))

    assert datasets.rows("odd") == ({"id": str(10**25), "rate": None},)
    assert datasets.upsert("odd", [row], key=("id",)).unchanged == 1


def test_a_dataset_that_got_no_rows_exists_and_is_empty(datasets: DatasetStore) -> None:
    assert datasets.upsert("prices", [], key=("sku",)) == Stored(0, 0, 0)

    assert datasets.rows("prices") == ()
    assert datasets.list() == (("prices", 0),)


def test_a_dataset_answers_to_the_words_it_was_named_with(datasets: DatasetStore) -> None:
    datasets.upsert("Unpaid  Invoices!", [{"n": 1}], key=("n",))
    datasets.upsert("Rechnungen für März", [{"n": 1}, {"n": 2}], key=("n",))

    assert datasets.rows("unpaid_invoices") == ({"n": 1},)
    assert datasets.list() == (("rechnungen_für_märz", 2), ("unpaid_invoices", 1))


@pytest.mark.parametrize(
    "name", ["", "  ", "!?", "sqlite_master", "x_fts", "x fts data", "../..", "_"]
)
def test_a_name_that_cannot_be_a_dataset_s_is_refused(datasets: DatasetStore, name: str) -> None:
    with pytest.raises(UserError, match="cannot be the name of a dataset"):
        datasets.upsert(name, [{"n": 1}], key=("n",))


@pytest.mark.parametrize("name", ["", "_id", "_key", "a\0b"])
def test_a_name_that_cannot_be_a_column_s_is_refused(datasets: DatasetStore, name: str) -> None:
    with pytest.raises(UserError, match="cannot be the name of a column"):
        datasets.upsert("prices", [{name: 1}], key=())


def test_columns_may_not_differ_in_case_only(datasets: DatasetStore) -> None:
    with pytest.raises(UserError, match="cannot be the name of a column"):
        datasets.upsert("prices", [{"Price": 1, "price": 2}], key=())
    datasets.upsert("prices", [{"Price": 1}], key=())
    with pytest.raises(UserError, match="the dataset has 'Price'"):
        datasets.upsert("prices", [{"price": 1}], key=())


def test_hostile_names_and_values_are_only_data(datasets: DatasetStore) -> None:
    row: Row = {'a"; DROP TABLE x; --': "'); DROP TABLE x; --", "b [c]": "\0", "select": "{x}"}

    datasets.upsert('x"; --', [row], key=("select",))

    assert datasets.rows("x") == (row,)


def test_a_key_can_be_declared_later_if_no_rows_fall_together(datasets: DatasetStore) -> None:
    datasets.upsert("prices", [{"sku": "A", "n": 1}, {"sku": "B", "n": 1}], key=())

    assert datasets.upsert("prices", [{"sku": "A", "n": 2}], key=("sku",)) == Stored(0, 1, 0)


def test_a_key_under_which_rows_would_fall_together_is_refused(datasets: DatasetStore) -> None:
    rows: list[Row] = [{"sku": "A", "n": 1}, {"sku": "B", "n": 1}]
    datasets.upsert("prices", rows, key=("sku",))

    with pytest.raises(Conflict, match="fall together"):
        datasets.upsert("prices", [{"sku": "C", "n": 1}], key=("n",))

    assert datasets.rows("prices") == tuple(rows)


def test_an_unknown_dataset_is_not_found(datasets: DatasetStore, tmp_path: Path) -> None:
    assert datasets.list() == ()
    with pytest.raises(NotFound, match="'prices'"):
        datasets.rows("prices")
    with pytest.raises(NotFound, match="'prices'"):
        datasets.export("prices", path=tmp_path / "prices.csv")


def test_a_csv_file_holds_every_row_under_its_header(
    datasets: DatasetStore, tmp_path: Path
) -> None:
    datasets.upsert(
        "prices", [{"sku": "A", "n": 1.5}, {"sku": 'B "x", y', "ok": True}], key=("sku",)
    )

    path = datasets.export("prices", path=tmp_path / "out" / "prices.csv")

    with path.open(encoding="utf-8", newline="") as file:
        assert list(csv.reader(file)) == [
            ["sku", "n", "ok"],
            ["A", "1.5", ""],
            ['B "x", y', "", "true"],
        ]


def test_a_csv_file_holds_no_formulas(datasets: DatasetStore, tmp_path: Path) -> None:
    texts = ["=1+1", "+cmd", "-x", "@SUM(A1)", "\t=1", "plain", "-12.50", "+49 170 1234", "-5 %"]
    rows: list[Row] = [{"n": number, "=name": text} for number, text in enumerate(texts)]
    datasets.upsert("prices", rows, key=("n",))

    path = datasets.export("prices", path=tmp_path / "prices.csv")

    with path.open(encoding="utf-8", newline="") as file:
        header, *lines = list(csv.reader(file))
    assert header == ["n", "'=name"]
    assert [line[1] for line in lines] == [
        "'=1+1",
        "'+cmd",
        "'-x",
        "'@SUM(A1)",
        "'\t=1",
        "plain",
        "-12.50",
        "+49 170 1234",
        "-5 %",
    ]


def test_a_json_file_holds_the_rows_as_they_are(datasets: DatasetStore, tmp_path: Path) -> None:
    rows: list[Row] = [{"sku": "=A", "tags": ["ü"], "n": None}]
    datasets.upsert("prices", rows, key=("sku",))

    path = datasets.export("prices", path=tmp_path / "prices.JSON")

    assert json.loads(path.read_text(encoding="utf-8")) == rows


def test_half_a_surrogate_pair_does_not_stop_an_export(
    datasets: DatasetStore, tmp_path: Path
) -> None:
    datasets.upsert("odd", [{"text": "a\ud83d", "list": ["b\ud83d"]}], key=())

    for name in ("odd.csv", "odd.json"):
        assert "a" in datasets.export("odd", path=tmp_path / name).read_text(encoding="utf-8")


def test_an_export_leaves_nothing_behind_when_it_fails(
    datasets: DatasetStore, tmp_path: Path
) -> None:
    datasets.upsert("prices", [{"n": 1}], key=("n",))
    (tmp_path / "prices.csv").mkdir()

    with pytest.raises(SetupError, match="cannot be written"):
        datasets.export("prices", path=tmp_path / "prices.csv")
    with pytest.raises(UserError, match=r"to '\.xlsx'"):
        datasets.export("prices", path=tmp_path / "prices.xlsx")

    assert [path.name for path in tmp_path.glob("*price*")] == ["prices.csv"]

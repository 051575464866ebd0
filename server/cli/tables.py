"""`datasets list|show|export`."""

from __future__ import annotations

from pathlib import Path

from podium.server.cli.listings import records
from podium.server.cli.output import DONE, emit, say, table


def listing(*, as_json: bool) -> int:
    """List the tables."""
    with records() as kept:
        found = kept.datasets.list()
    if as_json:
        emit([{"dataset": name, "rows": count} for name, count in found])
        return DONE
    rows = [(name, str(count)) for name, count in found]
    table(("table", "rows"), rows, empty="No tables yet; an agent that stores rows makes one.")
    return DONE


def show(name: str, limit: int, *, as_json: bool) -> int:
    """Show a table's first rows."""
    with records() as kept:
        rows = kept.datasets.rows(name, limit=limit)
    if as_json:
        emit(list(rows))
        return DONE
    columns = tuple(dict.fromkeys(column for row in rows for column in row))
    cells = [
        tuple("" if row.get(column) is None else str(row[column]) for column in columns)
        for row in rows
    ]
    table(columns, cells, empty="The table is empty.")
    return DONE


def export(name: str, file: Path, *, as_json: bool) -> int:
    """Write a table to a file."""
    with records() as kept:
        written = kept.datasets.export(name, path=file)
    if as_json:
        emit({"dataset": name, "file": str(written)})
    else:
        say(f"Wrote {written}")
    return DONE

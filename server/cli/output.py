"""What commands print: one JSON document, or text for people. Progress and problems go to stderr. What they ask in secret."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from getpass import getpass

from pydantic import JsonValue
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table

from podium.state.document import JsonObject
from podium.state.errors import InvalidProgram, PodiumError, UserError

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)

DONE, FAILED, USAGE, WAITING, PARTIAL, UNVERIFIED = 0, 1, 2, 3, 4, 5
OUTCOMES = {
    "success": DONE,
    "fail": FAILED,
    "cancelled": FAILED,
    "partial": PARTIAL,
    "unverified": UNVERIFIED,
}
"""Exit codes of a run by how it ended."""

_SHORT = 20
"""Cells wide: a column of values up to that is not wrapped."""
_WRAPPED = 24
"""Cells that a wrapped column needs at least to be read."""
_FEWEST = 3
"""Columns that are shown however narrow it is."""


def emit(value: JsonValue | Sequence[JsonValue]) -> None:
    """Print one JSON document on stdout."""
    sys.stdout.write(json.dumps(value, indent=2, ensure_ascii=False) + "\n")


def say(text: str) -> None:
    """Print plain text on stdout; nothing in it is markup."""
    out.print(text, markup=False)


def note(text: str) -> None:
    """Print progress on stderr."""
    err.print(text, markup=False, style="dim")


def hidden(prompt: str) -> str:
    """Return what a person types unseen at a terminal, else the next line of stdin."""
    if sys.stdin.isatty():
        return getpass(prompt)
    return sys.stdin.readline().rstrip("\r\n")


def report_error(error: PodiumError, *, as_json: bool) -> int:
    """Print an error of ours and return the exit code it stands for."""
    problems = error.problems if isinstance(error, InvalidProgram) else ()
    if as_json:
        value: JsonObject = {"code": error.code, "message": error.message, "hint": error.hint}
        if problems:
            value["problems"] = list(problems)
        emit({"error": value})
    err.print(f"Error: {error.message}", style="red", markup=False)
    for problem in problems:
        err.print(f"  {problem}", markup=False)
    if error.hint:
        err.print(error.hint, markup=False)
    return USAGE if isinstance(error, UserError) else FAILED


def table(columns: Sequence[str], rows: Sequence[Sequence[str]], *, empty: str) -> None:
    """Print rows as a table for people: as wide as it is into a pipe, and what a terminal has room for on one.

    Where there is too little room, columns of short values are left out from the right, and said to be.
    """
    if not rows:
        say(empty)
        return
    natural = [max(map(_width, column)) for column in zip(columns, *rows, strict=True)]
    full = sum(natural) + len(natural) - 1
    fixed = not out.is_terminal and "COLUMNS" not in os.environ
    room = full if fixed else out.width
    shown = _fitting(natural, room)
    grid = Table(box=None, header_style="bold", pad_edge=False, padding=(0, 1, 0, 0))
    for number in shown:
        # The first column names the thing: people copy it, so it is never cut. Short values are not broken.
        short = number == 0 or natural[number] <= _SHORT
        grid.add_column(columns[number], no_wrap=short, overflow="fold")
    for row in rows:
        grid.add_row(*(row[number] for number in shown))
    # A console prints nothing wider than itself.
    wide = Console(file=out.file, width=room, highlight=False) if fixed else out
    wide.print(grid, markup=False, soft_wrap=False)
    left_out = [columns[number] for number in range(len(columns)) if number not in shown]
    if left_out:
        note(f"Left out for want of room: {', '.join(left_out)} (a wider window, or --json)")


def _width(cell: str) -> int:
    return max(map(cell_len, cell.splitlines() or [""]))


def _fitting(natural: Sequence[int], room: int) -> list[int]:
    """Return the columns for which there is room, when long ones are wrapped."""
    least = [
        width if number == 0 or width <= _SHORT else _WRAPPED
        for number, width in enumerate(natural)
    ]
    shown = list(range(len(natural)))
    while sum(least[number] + 1 for number in shown) > room + 1:
        short = [number for number in shown[1:] if natural[number] <= _SHORT]
        if len(shown) <= _FEWEST or not short:
            break
        shown.remove(short[-1])
    return shown


def parse_pairs(pairs: Sequence[str], *, option: str) -> JsonObject:
    """Return `name=value` pairs as an object.

    Raises:
        UserError: If one has no `=`.
    """
    values: JsonObject = {}
    for pair in pairs:
        name, separator, value = pair.partition("=")
        if not separator or not name.strip():
            raise UserError(
                f"{option} {pair!r} is not NAME=VALUE", hint=f"Write {option} NAME=VALUE."
            )
        values[name.strip()] = value
    return values

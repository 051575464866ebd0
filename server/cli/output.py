"""What commands print: one JSON document, or text for people. Progress and problems go to stderr. What they ask in secret."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from getpass import getpass

from pydantic import JsonValue
from rich.console import Console
from rich.table import Table

from podium.state.document import JsonObject
from podium.state.errors import InvalidProgram, PodiumError, UserError

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)

DONE, FAILED, USAGE, WAITING, PARTIAL, UNVERIFIED = 0, 1, 2, 3, 4, 5


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
    """Print rows as a table for people."""
    if not rows:
        say(empty)
        return
    grid = Table(box=None, header_style="bold", pad_edge=False)
    for number, column in enumerate(columns):
        # The first column names the thing: people copy it, so it is never cut.
        grid.add_column(column, no_wrap=number == 0, overflow="fold")
    for row in rows:
        grid.add_row(*row)
    out.print(grid, markup=False, soft_wrap=False)


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

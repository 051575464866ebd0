"""Writing rows as CSV or JSON files."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import secrets
from collections.abc import Sequence
from pathlib import Path

from pydantic import JsonValue

from podium.state.errors import SetupError, UserError
from podium.state.stores import Row

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_NUMBER = re.compile(r"[+-]?[\d.,\s]*\d[\d.,]*\s*%?")


def export_rows(rows: Sequence[Row], columns: Sequence[str], path: Path) -> Path:
    """Write the rows as CSV or JSON, by the path's suffix, completely or not at all.

    Raises:
        UserError: On another suffix.
        SetupError: If the file cannot be written.
    """
    match path.suffix.lower():
        case ".csv":
            text = _csv(rows, columns)
        case ".json":
            text = json.dumps([dict(row) for row in rows], ensure_ascii=False, indent=2) + "\n"
        case other:
            raise UserError(
                f"Cannot export to {other or 'a file without suffix'!r}",
                hint="Give a path that ends in .csv or .json.",
            )
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # A page may hold half a surrogate pair, which no encoding can write.
        draft.write_text(text, encoding="utf-8", errors="replace", newline="")
        os.replace(draft, path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise SetupError(
            f"{str(path)!r} cannot be written: {error.strerror}",
            hint="Choose a folder you may write to.",
        ) from error
    return path


def _csv(rows: Sequence[Row], columns: Sequence[str]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([_cell(name) for name in columns])
    writer.writerows([_cell(row.get(name)) for name in columns] for row in rows)
    return text.getvalue()


def _cell(value: JsonValue) -> str | int | float:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case str():
            # A spreadsheet would execute what a page wrote; an apostrophe makes it text.
            harmful = value.startswith(_FORMULA_STARTS) and not _NUMBER.fullmatch(value)
            return f"'{value}" if harmful else value
        case int() | float():
            return value
        case _:
            return json.dumps(value, ensure_ascii=False)

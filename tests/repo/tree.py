"""Where the repository's files are, and which of them count."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import cast

ROOT = Path(__file__).resolve().parents[2]
LAYERS = ("graphs", "tools", "server", "state")
_NOT_OURS = {"__pycache__", "dist", "build", "htmlcov", ".env", ".coverage"}


def our_files(*folders: str) -> list[Path]:
    """Return the files of the checkout, or of some of its folders, without caches and links."""
    found: list[Path] = []
    waiting = [ROOT / folder for folder in folders] or [ROOT]
    while waiting:
        for path in sorted(waiting.pop().iterdir()):
            if path.is_symlink() or path.name in _NOT_OURS:
                continue
            if path.is_dir():
                # Environments, caches and data folders start with a dot; ours are only these.
                if path.name[0] != "." or path.name in {".ci", ".github"}:
                    waiting.append(path)
            else:
                found.append(path)
    return found


def text_of(path: Path) -> str:
    """Return a file's text; what is no text (a picture, a font) is empty."""
    raw = path.read_bytes()
    return "" if b"\0" in raw else raw.decode("utf-8", errors="replace")


def pyproject() -> dict[str, object]:
    """Return pyproject.toml."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        return tomllib.load(file)


def table(*keys: str) -> dict[str, object]:
    """Return one table of pyproject.toml."""
    found = pyproject()
    for key in keys:
        found = cast("dict[str, object]", found[key])  # a table, by the file's format
    return found


def strings(value: object) -> list[str]:
    """Return a list of strings as such; anything else is a mistake in the file."""
    assert isinstance(value, list)
    items = cast("list[object]", value)
    assert all(isinstance(item, str) for item in items)
    return cast("list[str]", items)

"""SQLite files of ours: private, and in WAL mode before anybody else sees them.

Nobody but SQLite may open such a file: closing any descriptor of it drops all locks that this process holds on it, and two
writers without locks corrupt it (seen here: "database disk image is malformed").
"""

from __future__ import annotations

import os
import secrets
import sqlite3
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from podium.state.errors import SetupError

_LOCK_TIMEOUT_S = 60.0


def prepare_file(path: Path) -> None:
    """Create the database file, readable by its owner only and in WAL mode, unless it is there.

    Raises:
        SetupError: If it cannot be created.
    """
    if path.exists():
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with locked(path):
            if not path.exists():
                _create(path)
    except (OSError, sqlite3.DatabaseError) as error:
        raise SetupError(
            f"The database file {str(path)!r} cannot be created: {error}",
            hint="Make its folder writable, or choose another one.",
        ) from error


def _create(path: Path) -> None:
    # Under another name first: two that switch a new file to WAL at the same moment can get
    # "locked" at once, whatever their timeout (1 of 1600 when 8 threads did it).
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    # SQLite gives the journal files the mode of the database file.
    os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_CLOEXEC, 0o600))
    conn = sqlite3.connect(draft)
    try:
        conn.execute("PRAGMA journal_mode=WAL")
    finally:
        conn.close()
    os.rename(draft, path)


@contextmanager
def locked(path: Path) -> Generator[None]:
    """Hold the right to create the file or to change its schema.

    Raises:
        SetupError: If another process holds it for too long.
    """
    from filelock import FileLock, Timeout

    try:
        with FileLock(f"{path}.lock", timeout=_LOCK_TIMEOUT_S, mode=0o600):
            yield
    except Timeout as error:
        raise SetupError(
            f"Another process has been preparing {path.name!r} for {_LOCK_TIMEOUT_S:.0f} s",
            hint="Wait until it has ended, then try again.",
        ) from error

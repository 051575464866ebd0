"""A PostgreSQL of our own for tests, benchmarks and chaos: on loopback, on a free port, gone at the end.

PostgreSQL refuses to run as root, so root hands it to the user `postgres`, or `nobody`.
"""

from __future__ import annotations

import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

_PLACES = (
    "usr/lib/postgresql/*/bin/initdb",  # Debian, Ubuntu
    "opt/homebrew/opt/postgresql@*/bin/initdb",  # macOS
    "usr/local/opt/postgresql@*/bin/initdb",
)
_START_S = 60.0
_SETTINGS = {
    # A kill of the server keeps what it wrote; only a power cut would not, and no test cuts the power.
    "fsync": "off",
    "full_page_writes": "off",
    "max_connections": "300",
    "shared_buffers": "64MB",
    "unix_socket_directories": "",
}


def find_binaries() -> Path | None:
    """Return the folder with `initdb` and `postgres`, the newest version first."""
    found = sorted(
        (path.parent for pattern in _PLACES for path in Path("/").glob(pattern)),
        key=lambda folder: int(re.sub(r"\D", "", folder.parent.name) or 0),
        reverse=True,
    )
    on_path = shutil.which("initdb")
    if on_path:
        found.append(Path(on_path).resolve().parent)
    return next((folder for folder in found if (folder / "postgres").exists()), None)


@dataclass
class PostgresServer:
    """A server that can be stopped and started again."""

    binaries: Path
    folder: Path
    port: int
    process: subprocess.Popen[bytes] | None = None

    def url(self, database: str = "postgres") -> str:
        """Return the address of one of its databases."""
        return f"postgresql://podium@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        """Start it and wait until it answers."""
        settings = [f"-c{name}={value}" for name, value in _SETTINGS.items()]
        command = [
            str(self.binaries / "postgres"),
            f"-D{self.folder / 'data'}",
            f"-p{self.port}",
            "-h127.0.0.1",
            *settings,
        ]
        log = (self.folder / "log").open("ab")
        self.process = subprocess.Popen(
            _unprivileged(command), stdout=log, stderr=log, start_new_session=True
        )
        log.close()
        deadline = time.monotonic() + _START_S
        while True:
            try:
                psycopg.connect(self.url(), connect_timeout=2).close()
            except psycopg.OperationalError:
                if time.monotonic() > deadline or self.process.poll() is not None:
                    raise
                time.sleep(0.05)
            else:
                return

    def stop(self) -> None:
        """Stop it at once, as a crash does."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGQUIT)
            self.process.wait(30)
        self.process = None

    def create(self, database: str, *, template: str = "template1") -> str:
        """Make an empty database, or a copy of another, and return its address."""
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)'.encode())
            connection.execute(f'CREATE DATABASE "{database}" TEMPLATE "{template}"'.encode())
        return self.url(database)


@contextmanager
def postgres_server() -> Generator[PostgresServer]:
    """Yield a running server.

    Raises:
        FileNotFoundError: If no PostgreSQL is installed.
    """
    binaries = find_binaries()
    if binaries is None:
        raise FileNotFoundError("no PostgreSQL is installed; `make setup` installs it")
    folder = Path(tempfile.mkdtemp(prefix="podium-postgres-"))
    server = PostgresServer(binaries, folder, _free_port())
    try:
        if os.geteuid() == 0:
            owner = _other_user()
            os.chown(folder, owner.pw_uid, owner.pw_gid)
        initdb = [
            str(binaries / "initdb"),
            f"-D{folder / 'data'}",
            "-Upodium",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C",
            "--no-sync",
        ]
        subprocess.run(_unprivileged(initdb), check=True, capture_output=True)
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _unprivileged(command: Sequence[str]) -> list[str]:
    if os.geteuid() != 0:
        return list(command)
    owner = _other_user()
    change = ["setpriv", f"--reuid={owner.pw_uid}", f"--regid={owner.pw_gid}", "--clear-groups"]
    return [*change, "env", "HOME=/", *command]


def _other_user() -> pwd.struct_passwd:
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise FileNotFoundError("no user to run PostgreSQL as: neither postgres nor nobody")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])

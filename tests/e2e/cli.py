"""The command line as its users have it: a process for each command, on a data folder of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import JsonValue

Part = str | int


def at(value: JsonValue, *path: Part) -> JsonValue:
    """Return what lies below the value: names of members, numbers of items."""
    for part in path:
        if isinstance(part, str):
            assert isinstance(value, dict), f"no member {part!r} in {value!r}"
            value = value[part]
        else:
            assert isinstance(value, list), f"no item {part} in {value!r}"
            value = value[part]
    return value


def items(value: JsonValue, *path: Part) -> list[JsonValue]:
    """Return the list below the value."""
    found = at(value, *path)
    assert isinstance(found, list), found
    return found


PODIUM = str(Path(sys.executable).parent / "podium")


@dataclass(slots=True)
class Cli:
    """Runs `podium` with `--json` and keeps the last exit code."""

    home: Path
    extra: dict[str, str] = field(default_factory=dict[str, str])
    code: int = 0
    stderr: str = ""

    @property
    def environment(self) -> dict[str, str]:
        """What the process sees of the environment."""
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.home),
            "PODIUM_HOME": str(self.home),
            "PODIUM_TIMEZONE": "Europe/Berlin",
            # Tests run as root in containers; Chromium refuses its sandbox there.
            "PODIUM_CHROMIUM_NO_SANDBOX": "1",
            "PODIUM_CHROMIUM": os.environ.get("PODIUM_CHROMIUM", ""),
            **self.extra,
        }

    def __call__(self, *arguments: str, stdin: str = "") -> JsonValue:
        done = subprocess.run(
            [PODIUM, *arguments, "--json"],
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
            timeout=240,
            env=self.environment,
            cwd=self.home,
        )
        self.code, self.stderr = done.returncode, done.stderr
        assert done.stdout.strip(), f"no output, exit code {done.returncode}: {done.stderr[-3000:]}"
        value: JsonValue = json.loads(done.stdout)
        return value

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start a command and do not wait for it."""
        return subprocess.Popen(
            [PODIUM, *arguments, "--json"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=self.environment,
            cwd=self.home,
        )

    def keep_secret(self, name: str, *, origin: str, user: str, password: str) -> None:
        """Keep a credential through stdin."""
        self("secret", "set", name, "--origin", origin, "--user", user, stdin=f"{password}\n")
        assert self.code == 0, self.stderr

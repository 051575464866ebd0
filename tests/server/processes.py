"""Starting `tests.server.process` beside a test, and hearing what it says."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def other_process(home: Path, what: str) -> Generator[subprocess.Popen[str]]:
    """Start a process on the same folder; it is killed at the end."""
    command = [sys.executable, "-m", "tests.server.process", str(home), what]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    ) as process:
        try:
            yield process
        finally:
            process.kill()


async def said(process: subprocess.Popen[str]) -> str:
    """Return the next line the process says."""
    assert process.stdout is not None
    return (await asyncio.to_thread(process.stdout.readline)).strip()

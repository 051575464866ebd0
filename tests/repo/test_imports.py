"""Importing Podium is cheap and silent."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.repo.tree import LAYERS

HEAVY = ("browser_use", "cdp_use", "dbos", "langgraph", "langchain_core", "openai", "sqlalchemy")
PROBE = """
import importlib, sys
sockets = []
sys.addaudithook(lambda event, _: sockets.append(event) if event.startswith("socket.") else None)
importlib.import_module({module!r})
heavy = sorted(set({heavy!r}) & set(sys.modules))
print(heavy, sockets)
"""


def run_python(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    "module",
    [
        "podium",
        *(f"podium.{layer}" for layer in LAYERS),
        "podium.server.cli",
        "podium.server.cli.app",
    ],
)
def test_an_import_opens_no_socket_and_loads_nothing_heavy(module: str) -> None:
    done = run_python(PROBE.format(module=module, heavy=HEAVY))
    assert (done.stdout.strip(), done.stderr) == ("[] []", "")


def test_an_unknown_name_is_an_attribute_error() -> None:
    done = run_python("import podium; podium.nothing_of_this_name")
    assert "AttributeError: module 'podium' has no attribute 'nothing_of_this_name'" in done.stderr

"""The layers hold because a tool says so, and the tool really bites."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.repo.tree import LAYERS, ROOT


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """Return a folder with the package as the wheel has it, and the contracts."""
    shutil.copytree(ROOT / "src/podium", tmp_path / "podium", symlinks=False)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_the_checks_run_the_import_linter() -> None:
    assert '["lint-imports", ' in (ROOT / "scripts/checks.py").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("state/intruder.py", "import podium.tools"),
        ("tools/intruder.py", "import podium.graphs"),
        ("graphs/intruder.py", "import podium.server"),
        ("state/intruder.py", "import langgraph"),
        ("tools/intruder.py", "import fastapi"),
        ("tools/intruder.py", "import langchain_core"),
        ("server/intruder.py", "import browser_use"),
        ("tools/intruder.py", "import cdp_use"),
        ("graphs/intruder.py", "import sqlalchemy"),
        ("helpers/__init__.py", ""),
    ],
)
def test_an_import_against_the_layers_is_refused(copied: Path, file: str, line: str) -> None:
    intruder = copied / "podium" / file
    intruder.parent.mkdir(exist_ok=True)
    intruder.write_text(f"{line}\n", encoding="utf-8")

    done = lint_imports(copied)

    assert done.returncode != 0, done.stdout
    assert "BROKEN" in done.stdout or "helpers" in done.stdout + done.stderr


def test_the_package_is_four_links_and_two_files() -> None:
    package = ROOT / "src/podium"
    names = {path.name for path in package.iterdir()} - {"__pycache__"}
    assert names == {"__init__.py", "py.typed", *LAYERS}
    assert {layer: os.readlink(package / layer) for layer in LAYERS} == {
        layer: f"../../{layer}" for layer in LAYERS
    }

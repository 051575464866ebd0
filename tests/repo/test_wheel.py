"""The wheel is built from the real folders and needs no links."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

from tests.repo.tree import LAYERS, ROOT, our_files


def test_the_wheel_holds_every_file_of_the_four_folders_under_one_root(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    (wheel,) = tmp_path.glob("podium-*.whl")
    names = set(ZipFile(wheel).namelist())
    expected = {f"podium/{path.relative_to(ROOT)}" for path in our_files(*LAYERS)}
    assert expected | {"podium/__init__.py", "podium/py.typed"} <= names
    assert {name.split("/")[0] for name in names} == {"podium", "podium-0.1.0.dist-info"}

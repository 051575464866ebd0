"""`make bench` says when a name is none."""

from __future__ import annotations

import subprocess
import sys

from tests.repo.tree import ROOT


def test_an_unknown_benchmark_is_an_error_that_names_the_known_ones() -> None:
    done = subprocess.run(
        [sys.executable, "scripts/bench.py", "replay", "typo"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stdout) == (2, "")
    assert "no benchmark typo" in done.stderr
    assert "replay" in done.stderr

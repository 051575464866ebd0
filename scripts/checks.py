"""Run the project's checks: the only list of them. Used by `make check` and `make test`."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent

STATIC = {
    "format": ["ruff", "format", "--check", "--quiet", "."],
    "lint": ["ruff", "check", "--quiet", "."],
    "layers": ["lint-imports", "--no-cache"],
    "types (pyright)": ["pyright"],
    "types (mypy)": ["mypy", "--no-error-summary"],
}
# A worker more than the two cores that are promised: tests of a browser or of processes wait half of their time.
# A file stays together, so that its tests share one Chromium.
TESTS = {"tests": ["pytest", "-n", "3", "--dist", "loadfile"]}
# The few that failed, alone on the machine. A browser that was starved of time is told from a defect by that, and
# what only passed alone is named at the end, so that it is seen and mended.
ALONE = {
    "tests, failed ones alone": ["pytest", "--last-failed", "--last-failed-no-failures", "none"]
}
LAST_FAILED = ROOT / ".pytest_cache" / "v" / "cache" / "lastfailed"
FEW = 3
TESTS_FAILED = 1
"""Exit code of pytest for failed tests; anything above is a run that broke, and is never taken for a few failures."""
# One write too many is a defect however seldom it happens: these are never given a second try.
NO_SECOND_TRY = (
    "tests/chaos/",
    "tests/mutations/",
    "tests/e2e/test_browser_hold.py",
    "tests/e2e/test_browser_sockets.py",
    "tests/e2e/test_running_",
    "tests/server/test_again.py",
    "tests/server/test_chaining.py",
    "tests/server/test_forking.py",
    "tests/server/test_interrupted.py",
    "tests/unit/running/test_approving.py",
    "tests/unit/running/test_dying.py",
    "tests/unit/running/test_probing.py",
    "tests/unit/running/test_reentry.py",
    "tests/unit/running/test_writing.py",
)


class Result(NamedTuple):
    """How one check ended."""

    check: str
    ok: bool
    seconds: float
    exit_code: int


def say(text: str) -> None:
    """Tell the reader; stdout stays free for the document."""
    print(text, file=sys.stderr, flush=True)


def started(name: str, *, stdout: int | None) -> subprocess.Popen[str]:
    """Start one check and name it."""
    command = {**STATIC, **TESTS, **ALONE}[name]
    say(f"== {name}: {' '.join(command)}")
    whole = [str(BIN / command[0]), *command[1:]]
    return subprocess.Popen(whole, cwd=ROOT, stdout=stdout, stderr=subprocess.STDOUT, text=True)


def ended(name: str, process: subprocess.Popen[str], *, since: float) -> Result:
    """Wait for one check; show its output if it failed."""
    output, _ = process.communicate()
    if output and process.returncode != 0:
        say(output.rstrip())
    seconds = round(time.monotonic() - since, 1)
    result = Result(name, process.returncode == 0, seconds, process.returncode)
    say(f"   {name}: {'ok' if result.ok else 'FAILED'} after {result.seconds} s")
    return result


def failed_tests() -> list[str]:
    """Return the ids of the tests that failed in the last run, as pytest kept them."""
    return sorted(json.loads(LAST_FAILED.read_text())) if LAST_FAILED.exists() else []


def tested(*, stdout: int | None) -> tuple[list[Result], list[str]]:
    """Run the tests, and a few failed ones once more alone; return the results and what passed only alone."""
    LAST_FAILED.unlink(missing_ok=True)
    results: list[Result] = []
    for name in TESTS:
        begin = time.monotonic()
        results.append(ended(name, started(name, stdout=stdout), since=begin))
    failures = failed_tests()
    only_failures = all(result.exit_code in {0, TESTS_FAILED} for result in results)
    if not only_failures or not 0 < len(failures) <= FEW:
        return results, []
    if any(test.startswith(NO_SECOND_TRY) for test in failures):
        return results, []
    results = []
    for name in ALONE:
        begin = time.monotonic()
        results.append(ended(name, started(name, stdout=stdout), since=begin))
    return results, failures if all(result.ok for result in results) else []


def main(arguments: list[str]) -> int:
    """Run the named group; with `--json`, stdout is one document and everything else goes to stderr."""
    as_json = "--json" in arguments
    begin = time.monotonic()
    # Side by side: each of them uses one core, and the two type checkers take most of the time.
    running = {name: started(name, stdout=subprocess.PIPE) for name in STATIC}
    results = [ended(name, process, since=begin) for name, process in running.items()]
    alone: list[str] = []
    if "static" not in arguments:
        tests, alone = tested(stdout=sys.stderr.fileno() if as_json else None)
        results += tests
    failed = [result.check for result in results if not result.ok]
    if as_json:
        checks = [result._asdict() for result in results]
        print(json.dumps({"ok": not failed, "checks": checks, "passed_only_alone": alone}))
    for test in alone:
        say(f"passed only when run alone, look into it: {test}")
    if failed:
        say(f"failed: {', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

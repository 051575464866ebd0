"""Run the project's checks one after the other: the only list of them. Used by `make check` and `make test`."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent

STATIC = {
    "format": ["ruff", "format", "--check", "--quiet", "."],
    "lint": ["ruff", "check", "--quiet", "."],
    "layers": ["lint-imports", "--no-cache"],
    "types (pyright)": ["pyright"],
    "types (mypy)": ["mypy", "--no-error-summary"],
}
TESTS = {"tests": ["pytest"]}


def main(arguments: list[str]) -> int:
    """Run the named group; with `--json`, stdout is one document and everything else goes to stderr."""
    as_json = "--json" in arguments
    steps = STATIC if "static" in arguments else {**STATIC, **TESTS}
    results: list[dict[str, object]] = []
    for name, command in steps.items():
        print(f"== {name}: {' '.join(command)}", file=sys.stderr, flush=True)
        begin = time.monotonic()
        done = subprocess.run(
            [str(BIN / command[0]), *command[1:]],
            cwd=ROOT,
            stdout=sys.stderr if as_json else None,
            check=False,
        )
        seconds = round(time.monotonic() - begin, 1)
        results.append({"check": name, "ok": done.returncode == 0, "seconds": seconds})
        verdict = "ok" if done.returncode == 0 else "FAILED"
        print(f"   {name}: {verdict} in {seconds} s", file=sys.stderr, flush=True)
    failed = [str(result["check"]) for result in results if not result["ok"]]
    if as_json:
        print(json.dumps({"ok": not failed, "checks": results}))
    if failed:
        print(f"failed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Run every program in benchmarks/; each answers one question with one JSON document on stdout.

Names as arguments choose among them: `make bench ONLY="replay latency"`.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main(arguments: list[str]) -> int:
    """Print each benchmark's document, or with `--json` all of them as one."""
    wanted = {name for name in arguments if not name.startswith("-")}
    programs = {path.stem: path for path in sorted((ROOT / "benchmarks").glob("*.py"))}
    if unknown := sorted(wanted - programs.keys()):
        known = ", ".join(programs)
        print(f"bench: no benchmark {', '.join(unknown)}; there are {known}", file=sys.stderr)
        return 2
    documents: dict[str, object] = {}
    failed = False
    for name, program in programs.items():
        if wanted and name not in wanted:
            continue
        print(f"== {program.name}", file=sys.stderr, flush=True)
        done = subprocess.run(
            [sys.executable, str(program)], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False
        )
        failed = failed or done.returncode != 0
        documents[name] = json.loads(done.stdout) if done.returncode == 0 else None
    print(json.dumps(documents) if "--json" in arguments else json.dumps(documents, indent=2))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

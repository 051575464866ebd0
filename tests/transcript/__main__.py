"""`make transcript`: one workspace through all turns, with another process before each of them.

python -m tests.transcript [--json]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
from pathlib import Path

from tests.transcript.play import play
from tests.transcript.turns import TURNS


def main() -> int:
    """Play the transcript and print what came of it."""
    parser = argparse.ArgumentParser(prog="transcript")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        played = asyncio.run(play(Path(home), restart_before=range(1, len(TURNS))))
    document = played.to_json()
    if options.json:
        print(json.dumps(document))  # noqa: T201  the document
    else:
        for name in ("turns", "verbs", "restarts"):
            print(f"  {name:10} {document[name]}")  # noqa: T201
        print(f"  {'wrong':10} {len(played.wrong)}")  # noqa: T201
        for text in played.wrong:
            print(f"    {text}")  # noqa: T201
    return 1 if played.wrong else 0


if __name__ == "__main__":
    sys.exit(main())

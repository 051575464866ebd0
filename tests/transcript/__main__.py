"""`make transcript`: two workspaces through all turns, with another process before each of them, and scenes of ordinary talk.

python -m tests.transcript [--json]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
from pathlib import Path

from tests.transcript.ordinary import CONVERSATION, seed
from tests.transcript.play import Played, play
from tests.transcript.talk import FIRST, SECOND, THIRD, heard
from tests.transcript.turns import TURNS


async def _both(home: Path) -> Played:
    told = await play(home / "all", restart_before=range(1, len(TURNS)))
    talked = await play(
        home / "ordinary",
        restart_before=range(1, len(CONVERSATION)),
        turns=CONVERSATION,
        begin=seed,
    )
    said = Played()
    for number, scene in enumerate((*FIRST, *SECOND, *THIRD)):
        found = await heard(home / f"scene{number}", scene)
        wrong = [
            f"{turn.say!r}: {text}"
            for turn, texts in zip(scene, found, strict=True)
            for text in texts
        ]
        said += Played(turns=len(scene), wrong=wrong)
    return told + talked + said


def main() -> int:
    """Play the transcript and print what came of it."""
    parser = argparse.ArgumentParser(prog="transcript")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        played = asyncio.run(_both(Path(home)))
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

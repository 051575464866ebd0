"""`python -m tests.schedules`."""

from __future__ import annotations

import sys

from tests.schedules.arithmetic import main


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")


sys.exit(main(sys.argv[1:], _say))

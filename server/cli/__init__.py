"""The command line: `podium`. Listings stay fast; whatever works imports its libraries when it starts."""

from __future__ import annotations

import sys

from podium.server.cli.output import report_error
from podium.state.errors import PodiumError


def main() -> None:
    """Run the command line."""
    from podium.server.cli.app import app

    try:
        app()
    except PodiumError as error:
        sys.exit(report_error(error, as_json="--json" in sys.argv))
    except KeyboardInterrupt:
        sys.stderr.write("Stopped. `podium inbox` and `podium runs list` show what is open.\n")
        sys.exit(130)

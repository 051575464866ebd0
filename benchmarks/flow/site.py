"""The practice portal in a process of its own, so that its work is nobody's time."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypedDict, cast

from podium.server.portal.app import create_portal

_SERVE = """
import sys
from podium.server.portal.serve import run_portal
def announce(served):
    print(served.url, flush=True)
run_portal(0, variant=sys.argv[1], latency_ms=int(sys.argv[2]), announce=announce)
"""


class Truth(TypedDict):
    """What the portal saw, as far as a benchmark asks."""

    sign_ins: list[dict[str, object]]
    downloads: list[dict[str, str]]
    writes: list[dict[str, object]]


@dataclass(frozen=True)
class Flow:
    """What every driver is told: where, who, and which file."""

    url: str
    sign_in: str
    user: str
    password: str
    menu: str
    heading: str
    number: str
    csv: str
    sign_out: str

    @property
    def sign_in_url(self) -> str:
        """Address of the sign-in form."""
        return f"{self.url}{self.sign_in}"

    def truth(self) -> Truth:
        """Return what the portal says happened."""
        with urllib.request.urlopen(f"{self.url}/_oracle") as answer:
            return cast("Truth", json.load(answer))


@contextmanager
def open_flow(*, variant: str = "classic", latency_ms: int = 0) -> Generator[Flow]:
    """Yield the flow on a portal that answers now."""
    server = subprocess.Popen(
        [sys.executable, "-c", _SERVE, variant, str(latency_ms)], stdout=subprocess.PIPE, text=True
    )
    assert server.stdout is not None
    try:
        url = server.stdout.readline().strip()
        portal = create_portal(0, variant=variant)
        invoices = portal.truth.world.invoices
        newest = sorted(invoices, key=lambda row: row.issued, reverse=portal.layout.newest_first)
        yield Flow(
            url=url,
            sign_in=portal.paths.sign_in,
            user=portal.username,
            password=portal.password,
            menu=portal.words["invoices"],
            heading=portal.words["invoices"],
            number=newest[3].number,
            csv=portal.words["csv"],
            sign_out=portal.words["sign_out"],
        )
    finally:
        server.terminate()
        server.wait()

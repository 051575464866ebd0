"""What the runs write to: a site whose every way of writing is counted as it arrives, and the practice portal."""

from __future__ import annotations

import os
import signal
import threading
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from podium.state.document import JsonObject
from podium.state.plan import InputSpec
from podium.state.program import (
    ClickStep,
    FillArgs,
    FillStep,
    OpenArgs,
    OpenStep,
    Program,
    Step,
    TargetArgs,
    TextShown,
)
from podium.state.spec import AgentSpec
from podium.state.target import Target
from tests.sites import Answer, Reply, Request, Site

FORM = "<form method=post action=/w{target}><label>Note <input name=k></label><button>Go</button></form>"
_SHOW = "document.querySelector('#said').textContent='Saved '+k"
_SCRIPTS = {
    "fetch": f"fetch('/w',{{method:'POST',body:k}}).then(()=>{{{_SHOW}}})",
    "put": f"fetch('/w',{{method:'PUT',body:k}}).then(()=>{{{_SHOW}}})",
    "beacon": f"navigator.sendBeacon('/w',k);{_SHOW}",
    "keepalive": f"fetch('/w',{{method:'POST',keepalive:true,body:k}});{_SHOW}",
    "worker": f"new Worker('/worker.js').postMessage(k);{_SHOW}",
    "service": f"navigator.serviceWorker.ready.then(r=>{{r.active.postMessage(k);{_SHOW}}})",
}
WAYS = ("form", "blank", "frame", *_SCRIPTS)
"""All ways in which a click may write."""


@dataclass
class Strikes:
    """Kills a process when a write arrives: before it is counted, or after and before it is answered."""

    pid: int = 0
    moment: str = ""
    """arrived.before | arrived.after; empty: never."""
    struck: str = ""
    victim: int = 0
    """The process that was struck."""

    def at(self, moment: str) -> None:
        """Come to a moment of an arrival."""
        if self.pid and self.moment == moment:
            self.victim, self.pid, self.struck = self.pid, 0, moment
            with suppress(ProcessLookupError):
                os.kill(self.victim, signal.SIGKILL)


@dataclass
class CountingSite:
    """The site with its foreign frame; `counts` says how often each key arrived by each way."""

    strikes: Strikes = field(default_factory=Strikes)
    counts: Counter[str] = field(default_factory=Counter[str])
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        scripts: dict[str, Answer] = {
            "/worker.js": "onmessage=e=>fetch('/w',{method:'POST',body:e.data})",
            "/sw.js": (
                "self.onmessage=e=>e.waitUntil(fetch('/w',{method:'POST',body:e.data}));"
                "self.oninstall=()=>self.skipWaiting();self.onactivate=e=>e.waitUntil(clients.claim())"
            ),
        }
        self.inner = Site({}, host="127.0.0.2", fallback=self._inner)
        self.site = Site(scripts, fallback=self._page)

    @property
    def origins(self) -> tuple[str, ...]:
        """The origins that a plan has to name."""
        return (self.site.url, self.inner.url)

    def signature(self, way: str) -> str:
        """Return the request by which a way writes, as a build would have seen it."""
        origin = self.inner.url if way == "frame" else self.site.url
        return f"{'PUT' if way == 'put' else 'POST'} {origin}/w"

    def _page(self, request: Request) -> Answer:
        if request.path == "/w":
            return self._write(request)
        if request.path == "/log":
            key = request.query.get("k", "")
            with self._lock:
                seen = self.counts[key] > 0
            return f"<h1>Log</h1><p>{'Arrived ' + key if seen else 'Nothing yet'}</p>"
        if request.path == "/saved":
            return f"<h1>Thanks</h1><p>Saved {request.query.get('k', '')}</p>"
        way = request.path.rpartition("/")[2]
        return self._way(way, request.query.get("k", "")) if way in WAYS else Reply(status=404)

    def _way(self, way: str, key: str) -> str:
        head = f"<h1>Write by {way}</h1><p id=said>Ready</p><script>var k={key!r}</script>"
        if way in {"form", "blank"}:
            return head + FORM.format(target=" target=_blank" if way == "blank" else "")
        if way == "frame":
            return f"{head}<iframe src='{self.inner.url}/?k={key}' width=400 height=200></iframe>"
        ready = (
            "<script>navigator.serviceWorker.register('/sw.js')</script>"
            if way == "service"
            else ""
        )
        return f'{head}{ready}<button onclick="{_SCRIPTS[way]}">Go</button>'

    def _inner(self, request: Request) -> Answer:
        if request.path == "/w":
            return self._write(request)
        key = request.query.get("k", "")
        send = "fetch('/w',{method:'POST',body:k}).then(()=>document.body.append('Saved '+k))"
        return f'<script>var k={key!r}</script><button onclick="{send}">Go</button>'

    def _write(self, request: Request) -> Answer:
        key = request.form.get("k") or request.body.decode()
        self.strikes.at("arrived.before")
        with self._lock:
            self.counts[key] += 1
        self.strikes.at("arrived.after")
        if "form" in request.headers.get("content-type", ""):
            return Reply(status=303, headers={"Location": f"/saved?k={key}"})
        return "ok"

    def close(self) -> None:
        """Stop serving."""
        self.site.close()
        self.inner.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """An agent of the campaign: its documents, and the keys that a run with the token writes."""

    name: str
    spec: AgentSpec
    program: Program
    keys: Callable[[str], tuple[str, ...]]
    inputs: Callable[[str], JsonObject]
    count: Callable[[str], int]
    """How often a key has arrived."""


def job_of(site: CountingSite, name: str, ways: tuple[str, ...], *, probes: bool = True) -> Job:
    """Return an agent that writes once by each of the ways."""
    steps: list[Step] = []
    for way in ways:
        key = f"{{inputs.token}}-{way}"
        steps.append(
            OpenStep(
                id=f"open_{way}",
                title=f"Open {way}",
                args=OpenArgs(url=f"{site.site.url}/way/{way}?k={key}"),
            )
        )
        if way in {"form", "blank"}:
            note = Target(role="textbox", name="Note", label="Note", tag="input")
            steps.append(
                FillStep(id=f"fill_{way}", title="Note", args=FillArgs(target=note, value=key))
            )
        look = OpenStep(
            id="look",
            title="Look whether it arrived",
            args=OpenArgs(url=f"{site.site.url}/log?k={key}"),
            expect=(TextShown(text=f"Arrived {key}"),),
        )
        steps.append(
            ClickStep(
                id=f"write_{way}",
                title=f"Write by {way}",
                effect="write",
                args=TargetArgs(
                    target=Target(
                        role="button",
                        name="Go",
                        text="Go",
                        tag="button",
                        frame=("/",) if way == "frame" else (),
                    )
                ),
                expect=(TextShown(text=f"Saved {key}"),),
                probe=look.to_json() if probes else None,
                probe_proven=probes,
                signatures=(site.signature(way),),
            )
        )
    spec = AgentSpec(
        name=name, goal="Write", origins=site.origins, inputs=(InputSpec(name="token"),)
    )
    return Job(
        name=name,
        spec=spec,
        program=Program(steps=tuple(steps)),
        keys=lambda token: tuple(f"{token}-{way}" for way in ways),
        inputs=lambda token: {"token": token},
        count=lambda key: site.counts[key],
    )

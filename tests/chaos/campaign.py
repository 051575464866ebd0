"""A campaign: batches of runs whose processes are killed until every run has ended or asks a person."""

from __future__ import annotations

import json
import multiprocessing
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from multiprocessing.process import BaseProcess
from pathlib import Path

from podium.server.records import Records, open_records
from podium.state.runs import Run
from tests.chaos.learnt import PortalTarget
from tests.chaos.life import Place, live
from tests.chaos.points import Strike, browsers_of
from tests.chaos.sites import CountingSite, Job, job_of
from tests.postgres import PostgresServer

_SIGNS = frozenset({"step.started", "step.finished", "run.finished", "question.asked"})
_ORPHAN_AFTER_S = 5.0
_BATCH_S = 900.0
"""A batch that takes longer is counted as it stands: what has not ended then is neither finished nor parked."""
_STRIKING_S = 240.0
"""So long processes are killed in one batch; then they live and bring the runs to their ends, however slow the machine is."""
_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(["tests.chaos.warm"])
_POINTS = (
    # where, how many of them a strike may let pass
    ("step", 3),
    ("effect.intended", 2),
    ("effect.sent", 2),
    ("effect.answered", 2),
    ("effect.done", 2),
    ("checkpoint", 6),
    ("finish", 1),
)
_ARRIVALS = ("arrived.before", "arrived.after")


@dataclass
class Results:
    """What has come out so far; batches add up."""

    kills: int = 0
    runs: int = 0
    finished: int = 0
    parked: int = 0
    duplicate_writes: int = 0
    lost_writes: int = 0
    orphan_browsers: int = 0
    outcomes: dict[str, int] = field(default_factory=dict[str, int])
    points: dict[str, int] = field(default_factory=dict[str, int])
    resumed_s: list[float] = field(default_factory=list[float])
    """From a kill to the next sign of each run that the dead process was executing."""
    restarted_s: list[float] = field(default_factory=list[float])
    """The same, counted from the start of the process that took the dead one's place."""
    up_s: list[float] = field(default_factory=list[float])
    """How long such a process took until it executed, and how much of the processor it used for that."""
    up_cpu_s: list[float] = field(default_factory=list[float])
    seconds: float = 0.0
    batches: int = 0
    ended_by_themselves: int = 0
    """Processes that went down though nothing had hit them."""
    trouble: list[str] = field(default_factory=list[str])

    def to_json(self) -> dict[str, object]:
        """Return the document that is printed."""
        return {
            "kills": self.kills,
            "runs": self.runs,
            "finished": self.finished,
            "resumed_p95_s": _share(self.resumed_s, 0.95),
            "duplicate_writes": self.duplicate_writes,
            "lost_writes": self.lost_writes,
            "parked": self.parked,
            "orphan_browsers": self.orphan_browsers,
            "resumed": len(self.resumed_s),
            "resumed_p50_s": _share(self.resumed_s, 0.5),
            "resumed_after_restart_p95_s": _share(self.restarted_s, 0.95),
            "process_up_p50_s": _share(self.up_s, 0.5),
            "process_up_p95_s": _share(self.up_s, 0.95),
            "process_up_cpu_p50_s": _share(self.up_cpu_s, 0.5),
            "seconds_per_kill": round(self.seconds / self.kills, 2) if self.kills else None,
            "outcomes": self.outcomes,
            "points": dict(sorted(self.points.items())),
            "batches": self.batches,
            "ended_by_themselves": self.ended_by_themselves,
            "trouble": self.trouble,
        }

    @property
    def good(self) -> bool:
        """Whether every target is met: a run that a kill turned into a failure is not one that went on."""
        p95 = self.to_json()["resumed_p95_s"]
        ended = self.finished + self.parked == self.runs
        clean = not (self.duplicate_writes or self.lost_writes or self.orphan_browsers)
        healthy = not (self.outcomes.get("fail") or self.ended_by_themselves)
        few = self.parked <= 0.02 * max(self.runs, 1)
        return ended and clean and healthy and few and (not isinstance(p95, float) or p95 <= 10)


def _share(values: list[float], share: float) -> float | None:
    """Return the value that so large a share of them does not pass."""
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)] if ordered else None


@dataclass
class Batch:
    """Some runs on one data folder, with the processes that execute them and are killed."""

    seed: int
    results: Results
    runs: int = 14
    kills: int = 50
    """After so many the processes live."""
    postgres: PostgresServer | None = None
    portal: PortalTarget | None = None
    """Its chat-built agent runs beside the others."""
    say: Callable[[str], None] = lambda _: None
    _random: random.Random = field(init=False)
    _processes: dict[str, BaseProcess] = field(default_factory=dict[str, BaseProcess])
    _noted: dict[str, int] = field(default_factory=dict[str, int])
    """How many of a process's strikes are counted."""
    _struck: int = 0
    _strikes_end: float = 0.0
    _killed_at: dict[str, float] = field(default_factory=dict[str, float])
    """Run -> when it was hit and has not shown a sign of life since."""
    _born_at: dict[str, float] = field(default_factory=dict[str, float])
    """Role -> when its present process was started."""
    _restarted: dict[str, str] = field(default_factory=dict[str, str])
    """Run that was hit -> role whose process executed it."""
    _seen_events: int = 0
    _orphans: dict[int, float] = field(default_factory=dict[int, float])

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)

    def play(self) -> None:
        """Do it and add up."""
        began = time.monotonic()
        home = Path(tempfile.mkdtemp(prefix="podium-chaos-"))
        site = CountingSite()
        place = Place(home=home, database_url=self._database())
        records = open_records(place.settings)
        try:
            jobs = self._jobs(site)
            if self.portal is not None:
                self.portal.keep_credential(records.vault)
                jobs[1:1] = [self.portal.job("ticket")]
            for job in jobs:
                deploy(records, job)
            self._play(place, records, site, jobs)
        finally:
            for process in self._processes.values():
                process.kill()
                process.join()
            records.close()
            site.close()
            shutil.rmtree(home, ignore_errors=True)
            self.results.seconds += time.monotonic() - began

    def _database(self) -> str:
        return self.postgres.create(f"chaos_{self.seed}") if self.postgres else ""

    def _jobs(self, site: CountingSite) -> list[Job]:
        groups = [
            ("form", "fetch"),
            ("beacon", "service"),
            ("frame", "keepalive"),
            ("put", "worker"),
        ]
        if self._random.random() < 0.15:
            groups[0] = ("form", "blank")
        return [job_of(site, f"writes-{number}", ways) for number, ways in enumerate(groups)]

    # -- Playing ---------------------------------------------------------------------------------

    def _play(self, place: Place, records: Records, site: CountingSite, jobs: list[Job]) -> None:
        self._strikes_end = time.monotonic() + _STRIKING_S
        roles = ["worker", "serve"] if self.postgres else [self._random.choice(["worker", "serve"])]
        for role in roles:
            self._start(place, role, site)
        self._wait_until_up(records, place)
        started = {f"run_{self.seed}_{n}": jobs[n % len(jobs)] for n in range(self.runs)}
        for run_id, job in started.items():
            submit(records, place, run_id, job)
        deadline = time.monotonic() + _BATCH_S
        while time.monotonic() < deadline:
            runs = [records.stores.runs.get(run_id) for run_id in started]
            self._look(records, place, runs)
            if all(run.status in {"finished", "waiting"} for run in runs):
                break
            for role in roles:
                if not self._processes[role].is_alive():
                    self._buried(records, place, role, site)
                    self._start(place, role, site)
            time.sleep(0.1)
        self._count([records.stores.runs.get(run_id) for run_id in started], started)

    def _start(self, place: Place, role: str, site: CountingSite) -> None:
        chosen = self._chosen()
        note = place.home / f"{role}.strike"
        note.unlink(missing_ok=True)
        (place.home / f"{role}.up").unlink(missing_ok=True)
        self._noted[role] = 0
        self._born_at[role] = _wall()
        process = _FORKS.Process(target=live, args=(place, role, chosen, note), name=role)
        process.start()
        self._processes[role] = process
        if self._spent or any(one.victim == "process" for one in chosen):
            return
        strikes = site.strikes  # not all lives: what is left may send nothing there any more
        if self.portal and self._random.random() < 0.2:
            strikes = self.portal.strikes
        if not strikes.pid:
            strikes.moment = self._random.choice(_ARRIVALS)
            strikes.pid = process.pid or 0

    def _chosen(self) -> tuple[Strike, ...]:
        """Return what a life is to suffer: its browser now and then, and its end at a point; else when its write arrives."""
        if self._spent:
            return ()
        found: list[Strike] = []
        while self._random.random() < 0.2:
            found.append(self._one("chromium"))
        return (*found, self._one("process")) if self._random.random() < 0.85 else tuple(found)

    @property
    def _spent(self) -> bool:
        return self._struck >= self.kills or time.monotonic() > self._strikes_end

    def _one(self, victim: str) -> Strike:
        at, most = self._random.choice(_POINTS)
        return Strike(number=self._random.randint(1, most), at=at, victim=victim)

    def _wait_until_up(self, records: Records, place: Place) -> None:
        """Queueing needs the engine's tables, which the first process makes."""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            if engine_is_there(records):
                return
            time.sleep(0.1)
        raise TimeoutError("no process came up")

    def _buried(self, records: Records, place: Place, role: str, site: CountingSite) -> None:
        now = _wall()
        self._came_up(place, role)
        points = self._news(place, role)
        for strikes in (site.strikes, *([self.portal.strikes] if self.portal else [])):
            if strikes.pid == self._processes[role].pid:
                strikes.pid = 0  # it died of something else
            if strikes.struck and strikes.victim == self._processes[role].pid:
                points.append(f"{strikes.struck} process")
                strikes.struck = ""
        if not any(point.endswith("process") for point in points):
            self.results.ended_by_themselves += 1
            self.results.trouble.append(
                f"{role} of seed {self.seed} ended by itself: {self._processes[role].exitcode}"
            )
            return
        for point in points:
            self._hit(point)
        if not self.postgres:  # nobody else could have gone on with what earlier lives left
            self._killed_at = dict.fromkeys(self._killed_at, now)
        for run_id in executed_by(records, self._processes[role].pid):
            self._killed_at[run_id] = now
            self._restarted[run_id] = role

    def _came_up(self, place: Place, role: str) -> None:
        """Note how long the process took until it executed; one that died before has nothing to tell."""
        note = place.home / f"{role}.up"
        if note.exists() and (told := note.read_text(encoding="ascii")):
            at, cpu_s = told.split()
            self.results.up_s.append(round(float(at) - self._born_at[role], 2))
            self.results.up_cpu_s.append(round(float(cpu_s), 2))

    def _news(self, place: Place, role: str) -> list[str]:
        """Return the strikes of the process that were not counted yet."""
        note = place.home / f"{role}.strike"
        lines = note.read_text(encoding="ascii").splitlines() if note.exists() else []
        fresh = lines[self._noted[role] :]
        self._noted[role] += len(fresh)
        return fresh

    def _hit(self, point: str) -> None:
        self._struck += 1
        self.results.kills += 1
        self.results.points[point] = self.results.points.get(point, 0) + 1

    def _look(self, records: Records, place: Place, runs: list[Run]) -> None:
        for event in records.stores.events.after(self._seen_events):
            self._seen_events = event.seq
            killed = self._killed_at.get(event.thread_id)
            if event.kind in _SIGNS and killed is not None and event.at.timestamp() > killed:
                at, born = event.at.timestamp(), self._born_at[self._restarted[event.thread_id]]
                self.results.resumed_s.append(round(at - killed, 2))
                if at > born > killed:
                    self.results.restarted_s.append(round(at - born, 2))
                del self._killed_at[event.thread_id]
        for role, process in self._processes.items():
            if process.is_alive():  # else it is counted when it is buried
                for point in self._news(place, role):
                    if point.endswith("chromium"):
                        self._hit(point)
                    else:
                        self._noted[role] -= 1
        now = time.monotonic()
        orphans = browsers_of(place.home / "browser")
        self._orphans = {pid: self._orphans.get(pid, now) for pid in orphans}
        for pid, since in self._orphans.items():
            if now - since > _ORPHAN_AFTER_S:
                self.results.orphan_browsers += 1
                self.results.trouble.append(f"browser {pid} of seed {self.seed} has no owner")
                self._orphans[pid] = float("inf")

    def _count(self, runs: list[Run], started: dict[str, Job]) -> None:
        results = self.results
        results.batches += 1
        results.runs += len(runs)
        outcomes = Counter(results.outcomes)
        for run in runs:
            ended = run.status == "finished"
            results.finished += ended
            results.parked += run.status == "waiting"
            outcomes[str(run.outcome if ended else run.status)] += 1
            keys = started[run.run_id].keys(run.run_id)
            arrived = [started[run.run_id].count(key) for key in keys]
            doubled = sum(max(count - 1, 0) for count in arrived)
            lost = sum(count == 0 for count in arrived) if run.outcome in _TOLD_DONE else 0
            results.duplicate_writes += doubled
            results.lost_writes += lost
            if doubled or lost or run.outcome != "success":
                told = run.question.title if run.question else run.error
                results.trouble.append(
                    f"{run.run_id}: {run.status} {run.outcome} {dict(zip(keys, arrived, strict=True))} {told}"
                )
        results.outcomes = dict(outcomes)
        self.say(
            f"batch {self.seed} ({'postgresql' if self.postgres else 'sqlite'}): "
            f"{self._struck} kills, {[str(run.outcome or run.status) for run in runs]}"
        )


_TOLD_DONE = frozenset({"success", "unverified", "partial"})


def deploy(records: Records, job: Job) -> None:
    """Keep the deployed agent."""
    records.stores.agents.create(
        name=job.name, spec=job.spec, program=job.program, reason="built", author="chaos"
    )
    records.stores.agents.activate(job.name, 1)


def engine_is_there(records: Records) -> bool:
    """Return whether the engine's queue is registered."""
    from dbos import DBOSClient  # noqa: PLC0415  loads slowly, and only here

    try:
        client = DBOSClient(system_database_engine=records.stores.engine)
        try:
            return any(queue.name == "segments" for queue in client.list_queues())
        finally:
            client.destroy()
    except Exception:  # noqa: BLE001  its tables are just being made
        return False


def submit(records: Records, place: Place, run_id: str, job: Job) -> None:
    """Queue a run, as the command line does beside a worker."""
    from podium.server.children import RunThreads  # noqa: PLC0415  loads slowly, and only here
    from podium.server.composition import open_right  # noqa: PLC0415
    from podium.server.engine import DbosEngine, Limits  # noqa: PLC0415

    async def never(_: object) -> None:
        raise NotImplementedError

    engine = DbosEngine(
        database=records.stores.engine, right=open_right(records), drive=never, limits=Limits()
    )
    threads = RunThreads(records.stores, records.clock, records.ids)
    version = records.stores.agents.version(job.name)
    with records.stores.transaction() as connection:
        threads.open(
            run_id=run_id,
            version=version,
            inputs=job.inputs(run_id),
            mode="live",
            trigger="manual",
            connection=connection,
        )
        start = records.stores.threads.get(run_id, connection=connection).data["input"]
        segment = threads.next_segment(run_id, {"input": start}, connection=connection)
        engine.enqueue(segment, connection=connection)


def executed_by(records: Records, pid: int | None) -> tuple[str, ...]:
    """Return the runs that the process was executing when it died."""
    from dbos import DBOSClient  # noqa: PLC0415  loads slowly, and only here

    client = DBOSClient(system_database_engine=records.stores.engine)
    try:
        rows = client.list_workflows(status="PENDING", load_output=False)
    finally:
        client.destroy()
    held = [row for row in rows if f"-{pid}-" in (row.executor_id or "")]
    return tuple(str(row.input["args"][0]["thread_id"]) for row in held if row.input)


def _wall() -> float:
    return datetime.now(UTC).timestamp()  # noqa: TID251  compared with the events' wall clock


def load(path: Path) -> Results:
    """Return what earlier calls found."""
    if not path.exists():
        return Results()
    return Results(**json.loads(path.read_text(encoding="utf-8")))


def save(results: Results, path: Path) -> None:
    """Keep it for the next call."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".new")
    draft.write_text(json.dumps(asdict(results)), encoding="utf-8")
    draft.replace(path)


def told(text: str) -> None:
    """Show progress; stdout is the document's."""
    sys.stderr.write(f"chaos: {text}\n")
    sys.stderr.flush()

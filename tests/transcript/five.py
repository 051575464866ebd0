"""A workspace of five agents with a past, on a clock that stands on a Wednesday afternoon when the talk begins."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from podium.server.service import Podium
from podium.state.clock import SystemClock
from podium.state.plan import PlannedStep
from podium.state.program import (
    Column,
    ExtractArgs,
    ExtractStep,
    ListSpec,
    OpenArgs,
    OpenStep,
    Program,
    SignInArgs,
    SignInStep,
    Step,
    StoreArgs,
    StoreStep,
)
from podium.state.runs import Run, RunError, StepRecord
from podium.state.spec import AgentSpec
from podium.state.stores import Row
from podium.state.target import Target
from podium.state.triggers import Schedule

WEDNESDAY = datetime(2026, 12, 2, 15, tzinfo=UTC)


class SetClock(SystemClock):
    """The machine's clock, moved so that it shows a chosen moment now."""

    def __init__(self) -> None:
        self._moved = timedelta(0)

    def now(self) -> datetime:
        """Return the present moment on this clock."""
        return super().now() + self._moved

    def show(self, moment: datetime) -> None:
        """Show that moment from now on."""
        self._moved = moment - super().now()


@dataclass(frozen=True, slots=True)
class Kept:
    """An agent of the workspace: what it reads, from where, and what it keeps."""

    goal: str
    url: str
    thing: str
    columns: tuple[str, ...]
    secret: str = ""
    schedule: tuple[str, str] = ("", "")


AGENTS = {
    "boat-registry": Kept(
        "collect name, length, owner, home harbour and notes of all boats", "https://boats.example",
        "boats", ("name", "length", "owner", "home harbour", "notes"), schedule=("0 6 * * *", "every day at 06:00"),
    ),
    "school-notices": Kept(
        "save date, title and class of the notices", "https://school.example",
        "notices", ("title", "date", "class"), schedule=("0 7 * * 1-5", "every weekday at 07:00"),
    ),
    "duty-list": Kept(
        "log in and collect day, doctor and ward of the shifts", "https://clinic.example",
        "shifts", ("day", "doctor", "ward"), secret="clinic",
    ),
    "shop-prices": Kept(
        "collect sku and price of all products", "https://shop.example",
        "products", ("sku", "price"), schedule=("0 */2 * * *", "every 2 hours"),
    ),
    "club-members": Kept(
        "save name, since and fee of all members", "https://club.example",
        "members", ("name", "since", "fee"), schedule=("0 8 * * 1", "every Monday at 08:00"),
    ),
}  # fmt: skip
ROWS: dict[str, list[Row]] = {
    "boats": [
        {"name": "Gull", "length": 12, "owner": "Ann Lind", "home_harbour": "Salt Mere", "notes": ""},
        {"name": "Tern", "length": 8, "owner": "Bo Berg", "home_harbour": "Gull Quay", "notes": "sold"},
        {"name": "Skua", "length": 15, "owner": "Cy Dahl", "home_harbour": "Salt Mere", "notes": ""},
        {"name": "Auk", "length": 6, "owner": "Di Ek", "home_harbour": "Gull Quay", "notes": ""},
        {"name": "Ruff", "length": 11, "owner": "Ann Lind", "home_harbour": "North Pier", "notes": "sold"},
    ],
    "notices": [{"title": "Trip", "date": "2026-12-01", "class": "4b"}],
    "products": [{"sku": "A1", "price": 5}, {"sku": "B2", "price": 6}],
    "shifts": [{"day": "2026-11-29", "doctor": "Holm", "ward": "2"}],
    "members": [{"name": "Ann Lind", "since": "2020-01-01", "fee": 40}],
}  # fmt: skip


def begin(podium: Podium, clock: SetClock) -> None:
    """Keep the five agents and what they did up to Wednesday afternoon."""
    clock.show(datetime(2026, 11, 20, 9, tzinfo=UTC))
    for name in AGENTS:
        _keep(podium, name)
    podium.vault.put(
        name="clinic", origin="https://clinic.example", user="day", password="day-pass"
    )
    podium.vault.put(
        name="clinic-night", origin="https://clinic.example", user="night", password="night-pass"
    )
    _ran(
        podium,
        "shop_3",
        "shop-prices",
        "11-26 12:00",
        code="expectation",
        message="expected a price column, saw none",
    )
    clock.show(datetime(2026, 11, 28, 10, tzinfo=UTC))
    _extended(podium, "shop-prices", "stock")
    _ran(podium, "rota_2", "duty-list", "11-29 09:30", rows=1, seconds=40)
    _ran(podium, "boat_3", "boat-registry", "11-30 06:00", rows=4, seconds=62)
    _ran(podium, "notice_3", "school-notices", "11-30 07:00", rows=5, seconds=20)
    _ran(podium, "member_1", "club-members", "11-30 08:00", rows=120, seconds=90)
    clock.show(datetime(2026, 11, 30, 12, tzinfo=UTC))
    podium.desk.roster.rename("duty-list", "clinic-rota")
    _ran(podium, "boat_2", "boat-registry", "12-01 06:00", rows=4, seconds=60)
    _ran(
        podium,
        "notice_2",
        "school-notices",
        "12-01 07:00",
        code="timeout",
        message="the list did not come within 30 s",
    )
    clock.show(datetime(2026, 12, 1, 18, tzinfo=UTC))
    podium.desk.roster.pause("club-members")
    _ran(podium, "boat_1", "boat-registry", "12-02 06:00", rows=5, seconds=65)
    _ran(podium, "notice_1", "school-notices", "12-02 07:00", rows=3, seconds=22)
    _ran(
        podium,
        "rota_1",
        "clinic-rota",
        "12-02 09:30",
        code="sign_in_failed",
        message="the site said: wrong user or password",
    )
    _ran(podium, "shop_2", "shop-prices", "12-02 12:00", rows=2, seconds=30, version=2)
    _ran(podium, "shop_1", "shop-prices", "12-02 14:00", rows=2, seconds=28, version=2)
    podium.stores.staging.put("boat_1", "read", ROWS["boats"])
    for table, rows in ROWS.items():
        podium.datasets.upsert(table, rows, key=(next(iter(rows[0])),))
    clock.show(WEDNESDAY)


def _program(kept: Kept, *more: str) -> Program:
    columns = tuple(
        Column(name=name.replace(" ", "_"), header=name) for name in (*kept.columns, *more)
    )
    listed = ListSpec(kind="table", heading=kept.thing, columns=columns)
    first: tuple[Step, ...] = (
        OpenStep(id="open", title=f"Open {kept.url}", args=OpenArgs(url=kept.url)),
    )
    if kept.secret:
        first += (
            SignInStep(
                id="sign_in",
                title="Sign in",
                args=SignInArgs(secret=kept.secret, password=Target(input_type="password")),
            ),
        )
    return Program(
        steps=(
            *first,
            ExtractStep(id="read", title=f"Read the {kept.thing}", args=ExtractArgs(list=listed)),
            StoreStep(id="store", title=f"Store the {kept.thing}", args=StoreArgs(rows="read", dataset=kept.thing, key=(columns[0].name,))),
        )
    )  # fmt: skip


def _keep(podium: Podium, name: str) -> None:
    kept = AGENTS[name]
    planned = (
        PlannedStep(id="open", op="open", title=f"Open {kept.url}", url=kept.url),
        *((PlannedStep(id="sign_in", op="sign_in", title="Sign in", secret=kept.secret),) if kept.secret else ()),
        PlannedStep(id="read", op="extract", title=f"Read the {kept.thing}", thing=kept.thing, fields=kept.columns),
        PlannedStep(id="store", op="store", title=f"Store the {kept.thing}", dataset=kept.thing, key=kept.columns[0]),
    )  # fmt: skip
    spec = AgentSpec(
        name=name, goal=f"{kept.goal} at {kept.url}", origins=(kept.url,), steps=planned, outputs=(f"table: {kept.thing}",),
        secrets=(kept.secret,) if kept.secret else (),
    )  # fmt: skip
    podium.stores.agents.create(
        name=name, spec=spec, program=_program(kept), reason="built", author="you"
    )
    podium.stores.agents.activate(name, 1)
    rule, words = kept.schedule
    if rule:
        podium.desk.roster.schedule(name, Schedule(cron=rule, timezone="UTC", words=words))


def _extended(podium: Podium, name: str, column: str) -> None:
    spec = podium.stores.agents.version(name).spec
    podium.stores.agents.add_version(
        name, base=1, spec=spec, program=_program(AGENTS[name], column), reason=f"also the {column}", author="you"
    )  # fmt: skip
    podium.stores.agents.activate(name, 2)


def _ran(
    podium: Podium, run_id: str, agent: str, at: str, *, rows: int = 0, seconds: int = 10, code: str = "", message: str = "", version: int = 1
) -> None:  # fmt: skip
    moment = datetime.fromisoformat(f"2026-{at}:00+00:00")
    failing = "sign_in" if code == "sign_in_failed" else "read"
    read = StepRecord(
        id=failing, title="Sign in" if failing == "sign_in" else "Read the rows", op="sign_in" if failing == "sign_in" else "extract",
        effect="sign_in" if failing == "sign_in" else "read",
        status="failed" if code else "done", message=message, evidence={} if code else {"rows": rows},
    )  # fmt: skip
    store = StepRecord(id="store", title="Store", op="store", effect="read", status="done")
    run = Run(
        run_id=run_id, thread_id=f"of_{run_id}", agent=agent, version=version, created_at=moment
    )
    podium.stores.runs.create(run)
    podium.stores.runs.replace(
        run.move("running").move(
            "finished",
            outcome="fail" if code else "success",
            finished_at=moment + timedelta(seconds=seconds),
            duration_ms=seconds * 1000,
            steps=(read,) if code else (read, store),
            outputs={} if code else {"read": {"rows": rows}, "store": {"rows": rows}},
            error=RunError(code=code, message=message, step=failing) if code else None,
        )
    )  # fmt: skip

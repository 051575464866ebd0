r"""Labelled requests: how they are written down, and how a reading is scored against them.

A label file holds blocks: the request on a line that begins with `# ` (`\\n` stands for a line break),
then one line for each request that is in it: the verb and `slot=value` pairs, separated by ` ; `.
`low` as a slot: the reading must not be confident enough to act. A text may begin with `@office`, the
workspace it is said in, and `last=AGENT`, the agent last talked about.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from podium.state.plan import PlannedStep, Request, Understanding
from podium.state.triggers import Schedule
from podium.tools.offline import OfflinePlanner
from podium.tools.offline.lexicon import singular
from podium.tools.planner import AgentBrief, WorkspaceView

NOW = datetime(2026, 11, 22, 11, 0, tzinfo=UTC)
WORKSPACE = WorkspaceView(
    now=NOW,
    timezone="Europe/Berlin",
    agents=(
        AgentBrief(
            name="unpaid-invoices",
            goal="log into the portal, download all unpaid invoices as CSV",
            state="deployed",
            site="https://portal.example",
        ),
        AgentBrief(
            name="product-prices",
            goal="collect the prices of all products in the catalogue",
            state="deployed",
            site="https://prices.example",
        ),
        AgentBrief(
            name="support-tickets",
            goal="read all open tickets of the help desk",
            state="paused",
            site="https://help.example",
        ),
    ),
    secrets=(("ledger", "https://ledger.example"), ("staff", "https://staff.example")),
)

OFFICE = WorkspaceView(
    now=NOW,
    timezone="Europe/Berlin",
    agents=(
        AgentBrief(
            name="lead-scraper",
            goal="collect name and company of all new leads",
            state="deployed",
            site="https://crm.example",
            last_outcome="success",
        ),
        AgentBrief(
            name="weekly-report",
            goal="fill the weekly sales report",
            state="deployed",
            site="https://reports.example",
            last_outcome="success",
        ),
        AgentBrief(
            name="price-monitor",
            goal="collect the prices of all competing products",
            state="deployed",
            site="https://rival.example",
            outputs=("competitor_prices",),
            last_outcome="success",
            schedule=Schedule(cron="30 7 * * *", timezone="Europe/Berlin"),
        ),
        AgentBrief(
            name="data-collector",
            goal="collect the water level of every gauge",
            state="deployed",
            site="https://rivers.example",
            last_outcome="fail",
        ),
        AgentBrief(
            name="old-reporting",
            goal="download the monthly report",
            state="paused",
            site="https://reports.example",
        ),
    ),
    secrets=(("crm", "https://crm.example"),),
)
WORKSPACES = {"": WORKSPACE, "office": OFFICE}


@dataclass(frozen=True, slots=True)
class Expected:
    """One request as it should be read."""

    verb: str
    slots: dict[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class Case:
    """A text and the requests in it."""

    text: str
    requests: tuple[Expected, ...]
    workspace: WorkspaceView = WORKSPACE

    @property
    def low(self) -> bool:
        return any("low" in expected.slots for expected in self.requests)


def load(name: str) -> list[Case]:
    """Return the cases of a label file beside this module."""
    cases: list[Case] = []
    text, requests = "", list[Expected]()
    lines = (Path(__file__).parent / name).read_text(encoding="utf-8").splitlines()
    for line in [*lines, "# end"]:
        if line.startswith("# "):
            if text:
                said, workspace = _scene(text)
                cases.append(Case(said.replace("\\n", "\n"), tuple(requests), workspace))
            text, requests = line[2:], []
        elif line.strip() and not line.startswith("//"):
            verb, *pairs = (part.strip() for part in line.split(" ; "))
            slots: dict[str, str] = {}
            for pair in pairs:
                name, _, value = pair.partition("=")
                slots[name.strip()] = value.strip()
            requests.append(Expected(verb, slots))
    return cases


def _scene(text: str) -> tuple[str, WorkspaceView]:
    workspace = WORKSPACE
    if text.startswith("@"):
        name, _, text = text[1:].partition(" ")
        workspace = WORKSPACES[name]
    if text.startswith("last="):
        last, _, text = text[5:].partition(" ")
        workspace = replace(workspace, last_agent=last)
    return text, workspace


def understand(text: str, workspace: WorkspaceView = WORKSPACE) -> Understanding:
    return asyncio.run(OfflinePlanner().understand(text, workspace=workspace))


def mistakes(case: Case, reading: Understanding) -> list[str]:
    """Return what differs from the labels; an empty list is a right reading."""
    if case.low:
        return (
            [] if reading.confidence < 0.5 else [f"confidence {reading.confidence}, should be low"]
        )
    verbs = [request.verb for request in reading.requests]
    wanted = [expected.verb for expected in case.requests]
    if verbs != wanted:
        return [f"verbs {verbs}, should be {wanted}"]
    if wanted != ["none"] and reading.confidence < 0.5:
        return [f"confidence {reading.confidence}; unexplained {list(reading.unexplained)}"]
    wrong: list[str] = []
    for expected, request in zip(case.requests, reading.requests, strict=True):
        for slot, value in expected.slots.items():
            read = slot_of(request, slot)
            if not slot_matches(request, slot, value):
                wrong.append(f"{slot}: read {read!r}, should be {_normal(slot, value)!r}")
        if expected.verb == "create" and "missing" not in expected.slots and request.missing:
            wrong.append(f"missing: asked for {[missing.field for missing in request.missing]}")
    return wrong


_SETS = frozenset({"missing", "fields", "rules", "values"})


def _normal(slot: str, value: str) -> str:
    if slot in _SETS:
        return ", ".join(
            sorted(part.strip().casefold() for part in value.split(",") if part.strip())
        )
    return ", ".join(part.strip().casefold() for part in value.split(","))


def slot_matches(request: Request, slot: str, value: str) -> bool:
    """Return whether a slot was read as labelled; a field in the plural is the same field."""
    read, wanted = slot_of(request, slot), _normal(slot, value)
    if slot == "fields":
        return [singular(name) for name in read.split(", ")] == [
            singular(name) for name in wanted.split(", ")
        ]
    return read == wanted


def slot_of(request: Request, slot: str) -> str:  # noqa: C901  rules tried in their order, each short
    """Return what was read for a slot, written as in a label."""
    steps = list(request.steps)
    match slot:
        case "ops":
            read = ",".join(step.op for step in steps if step.op != "open")
        case "site":
            read = request.site
        case "agents":
            read = ",".join(request.agents)
        case "cron":
            read = request.schedule.cron if request.schedule else ""
        case "words":
            read = request.schedule.words if request.schedule else ""
        case "tz":
            read = request.schedule.timezone if request.schedule else ""
        case "missing":
            read = ",".join(missing.field for missing in request.missing)
        case "values":
            read = ",".join(
                f"{spec.name}:{str(spec.default).replace(',', '')}" for spec in request.inputs
            )
        case "effect":
            read = request.effects[-1] if request.effects else ""
        case "user":
            read = str(request.arguments.get("user", ""))
        case _ if slot.startswith("arg."):
            read = str(request.arguments.get(slot[4:], ""))
        case _:
            read = _step_slot(steps, slot)
    return _normal(slot, read)


def _step_slot(steps: list[PlannedStep], slot: str) -> str:  # noqa: C901  rules tried in their order, each short
    def first(*ops: str) -> PlannedStep | None:
        return next((step for step in steps if step.op in ops), None)

    match slot:
        case "reach":
            return ",".join(step.thing for step in steps if step.op == "reach")
        case "thing":
            step = first("extract", "download")
            return step.thing if step else ""
        case "fields":
            step = first("extract")
            return (
                ",".join(name for name in step.fields if name not in step.implied) if step else ""
            )
        case "rules":
            return ",".join(dict.fromkeys(rule.phrase for step in steps for rule in step.rules))
        case "conditions":
            return ",".join(
                f"{rule.column} {rule.cmp} {rule.value}" for step in steps for rule in step.rules
            )
        case "changed":
            return ",".join(
                f"{rule.move.direction} {'>=' if rule.move.reached else '>'} {rule.move.by:g}"
                + (" %" if rule.move.percent else "")
                for step in steps
                for rule in step.rules
                if rule.move is not None
            )
        case "key":
            step = first("extract", "store")
            return step.key if step else ""
        case "which":
            step = first("pick")
            return f"{step.which} {step.count}" if step else ""
        case "ft":
            step = first("download") or first("store")
            return step.file_type if step else ""
        case "store":
            step = first("store")
            return step.store_as if step else ""
        case "dataset":
            step = first("store")
            return step.dataset if step else ""
        case "query":
            step = first("search")
            return step.thing if step else ""
        case "notify":
            step = first("notify")
            return step.thing if step else ""
        case "click":
            step = first("click")
            return step.thing if step else ""
        case _:
            raise ValueError(f"no slot {slot!r}")


CASES_FOR_PROPERTIES = load("requests.txt")

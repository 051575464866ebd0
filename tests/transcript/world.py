"""A workspace whose sites are scripted: what is planned is compiled to real steps, and rows come from tables kept here."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import JsonValue

from podium.server.composition import Hands, assemble
from podium.server.records import open_records
from podium.server.service import Podium
from podium.state.clock import Clock
from podium.state.document import JsonObject
from podium.state.plan import PlannedAgent, PlannedStep
from podium.state.program import (
    Column,
    ExtractArgs,
    ExtractStep,
    ListSpec,
    OpenArgs,
    OpenStep,
    Step,
    StoreArgs,
    StoreStep,
)
from podium.state.rows import dataset_name
from podium.state.stores import DatasetStore, Row, Stores
from podium.tools.builder import BuildResult, Draft
from podium.tools.grounding.columns import slug
from podium.tools.offline.planner import OfflinePlanner
from podium.tools.runner import Progress, RunContext, StepResult
from tests.doubles import ScriptedBuilder, ScriptedRunner
from tests.server.harness import settings_in


@dataclass
class Sites:
    """What the sites show, by what is read there; a thing that is away fails."""

    rows: dict[str, list[Row]] = field(default_factory=dict[str, list[Row]])
    away: set[str] = field(default_factory=set[str])


@dataclass
class SiteBuilder(ScriptedBuilder):
    """Compiles an outline as the real builder would: lists are read, rows stored, the rest is a page."""

    async def build_step(
        self, planned: PlannedStep, agent: PlannedAgent, draft: Draft
    ) -> BuildResult:
        self.built.append(planned.id)
        made = compiled(planned, draft)
        return BuildResult(draft=draft.model_copy(update={"steps": (*draft.steps, made)}))


def compiled(planned: PlannedStep, draft: Draft) -> Step:
    """Return the step that a planned one becomes."""
    if planned.op == "extract":
        names = planned.fields or ("name", "amount")
        columns = tuple(Column(name=slug(name), header=name) for name in names)
        listed = ListSpec(kind="table", heading=planned.thing, columns=columns)
        return ExtractStep(id=planned.id, title=planned.title, args=ExtractArgs(list=listed))
    rows = next((s.id for s in reversed(draft.steps) if isinstance(s, ExtractStep)), "")
    if planned.op == "store" and rows:
        dataset = dataset_name(planned.dataset or draft.agent)
        key = (slug(planned.key),) if planned.key else ()
        args = StoreArgs(rows=rows, dataset=dataset, key=key)
        return StoreStep(id=planned.id, title=planned.title, args=args)
    url = planned.url or (draft.origins[0] if draft.origins else "https://nowhere.test")
    return OpenStep(id=planned.id, title=planned.title, args=OpenArgs(url=url))


@dataclass
class SiteRunner(ScriptedRunner):
    """Reads what the sites show and keeps it in the workspace's own stores."""

    sites: Sites = field(default_factory=Sites)
    stores: Stores | None = None
    datasets: DatasetStore | None = None

    async def run_step(
        self,
        step: Step,
        context: RunContext,
        progress: Progress,
        *,
        item: dict[str, JsonValue] | None = None,
        answer: JsonObject | None = None,
    ) -> StepResult:
        assert self.stores is not None
        assert self.datasets is not None
        record = self._record(step, item)
        if isinstance(step, ExtractStep):
            heading = step.args.list.heading
            if heading in self.sites.away:
                failed = record.model_copy(
                    update={"status": "failed", "message": f"{heading} did not answer"}
                )
                return StepResult(record=failed, error_code="unreachable")
            rows = self.sites.rows.get(heading, [])
            self.stores.staging.put(context.run_id, step.id, rows)
            record = record.model_copy(update={"evidence": {"rows": len(rows)}})
            return StepResult(record=record, outputs={"rows": len(rows)})
        if isinstance(step, StoreStep):
            rows = list(self.stores.staging.rows(context.run_id, step.args.rows))
            if rows and context.mode == "live":
                self.datasets.upsert(step.args.dataset, rows, key=step.args.key)
            evidence: JsonObject = {"rows": len(rows), "proof": True}
            record = record.model_copy(update={"evidence": evidence})
            return StepResult(record=record, outputs={"rows": len(rows)})
        return StepResult(record=record)


@asynccontextmanager
async def opened(home: Path, sites: Sites, *, clock: Clock | None = None) -> AsyncGenerator[Podium]:
    """Yield the workspace in that folder with the offline planner, as its executing process."""
    records = open_records(settings_in(home), clock=clock)
    runner = SiteRunner(sites=sites, stores=records.stores, datasets=records.datasets)
    hands = Hands(planner=OfflinePlanner(), builder=SiteBuilder(), runner=runner)
    try:
        async with assemble(records, hands, serve=True) as podium:
            yield podium
    finally:
        records.close()

"""Programs on pages of this repository, step by step, with the real browser and stores in memory."""

from __future__ import annotations

from pathlib import Path

from podium.state.artifacts import FolderArtifacts
from podium.state.clock import SystemClock
from podium.state.document import JsonObject
from podium.state.memory import MemoryArtifactIndex, MemoryDatasets, memory_stores, memory_vault
from podium.state.program import EachStep, Program, Step
from podium.state.sealed import SealedFolder, SealedStore
from podium.tools.browser import PodiumBrowser
from podium.tools.chooser import Choice
from podium.tools.page import Node, Snapshot
from podium.tools.runner import Progress, RunContext, StepResult
from podium.tools.running import LocalStepRunner, Patience
from tests.fakes import CountingIds
from tests.sites import Site


class NoChooser:
    async def choose(self, phrase: str, candidates: object, *, page: str) -> Choice:
        del phrase, candidates, page
        return Choice(ref=None, reason="offline")


class Bench:
    def __init__(self, browser: PodiumBrowser, site: Site, folder: Path) -> None:
        self.browser, self.site, self.folder = browser, site, folder
        self.clock, ids = SystemClock(), CountingIds()
        self.stores = memory_stores(ids, self.clock)
        self.vault = memory_vault(self.clock)
        self.vault.put(name="shop", origin=site.url, user="ada", password="right horse")
        self.artifacts = FolderArtifacts(
            folder / "data", MemoryArtifactIndex(), ids=ids, clock=self.clock
        )
        self.sealed: SealedStore = SealedFolder(folder / "sessions")
        self.runner = self.runner_on(browser)
        self.number = 0

    def runner_on(self, browser: PodiumBrowser) -> LocalStepRunner:
        """Return what a process would have: its own browser, the stores of all."""
        return LocalStepRunner(
            browser=browser,
            stores=self.stores,
            artifacts=self.artifacts,
            datasets=MemoryDatasets(),
            vault=self.vault,
            chooser=NoChooser(),
            clock=self.clock,
            sealed=self.sealed,
            patience=Patience(target_s=6.0, fuzzy_s=1.0, expect_s=4.0),
        )

    async def run(self, *steps: Step, inputs: JsonObject | None = None) -> list[StepResult]:
        self.number += 1
        context = RunContext(
            run_id=f"run_{self.number}",
            agent=f"agent_{self.number}",
            version=1,
            mode="live",
            program=Program(steps=steps),
            origins=(self.site.url,),
            inputs=inputs or {},
        )
        progress, results = Progress(), list[StepResult]()
        for step in steps:
            if isinstance(step, EachStep):
                for index in range(self.runner.items(step.args.rows, context)):
                    item = self.runner.item(step.args.rows, index, context)
                    results += [
                        await self.runner.run_step(inner, context, progress, item=item)
                        for inner in step.args.steps
                    ]
                continue
            result = await self.runner.run_step(step, context, progress)
            results.append(result)
            if result.record.status != "done":
                break
            progress = Progress(
                outputs={**progress.outputs, step.id: dict(result.outputs)},
                done=(*progress.done, step.id),
                safe_url=result.safe_url or progress.safe_url,
            )
        await self.runner.finish(context)
        return results


def node(snapshot: Snapshot, name: str) -> Node:
    return next(
        one
        for one in snapshot.nodes
        if name in {one.name, one.label} and one.role not in {"heading", "cell"}
    )

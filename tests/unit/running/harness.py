"""A runner on a scripted site, with stores in memory: what a test of steps needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pydantic import JsonValue

from podium.state.artifacts import FolderArtifacts
from podium.state.document import JsonObject
from podium.state.memory import MemoryArtifactIndex, MemoryDatasets, memory_stores, memory_vault
from podium.state.program import EachStep, Program, Step
from podium.state.runs import RunMode
from podium.state.sealed import SealedFolder, SealedStore
from podium.state.sites import SiteRates
from podium.state.stores import Row, Stores
from podium.state.target import Target
from podium.tools.chooser import Candidate, Choice
from podium.tools.grounding.describe import describe
from podium.tools.runner import Progress, RunContext, StepResult
from podium.tools.running import LocalStepRunner, Patience
from podium.tools.scripted import Screen, ScriptedBrowser, ScriptedSite
from tests.fakes import CountingIds

ORIGIN = "https://site.test"
QUICK = Patience(target_s=0.4, fuzzy_s=0.1, expect_s=0.3, poll_s=0.0, in_flight_s=1.0, probe_s=0.0)


class TickingClock:
    """A clock that moves on with every look at it, so that waiting ends without sleeping."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 11, 2, 8, tzinfo=UTC)
        self.ticks = 0.0

    def now(self) -> datetime:
        return self.moment

    def monotonic_s(self) -> float:
        self.ticks += 0.02
        return self.ticks

    def advance(self, **duration: float) -> None:
        self.moment += timedelta(**duration)


@dataclass
class Chooses:
    """A chooser that takes the candidate whose summary holds the words; without words it never guesses."""

    words: str = ""

    async def choose(self, phrase: str, candidates: Sequence[Candidate], *, page: str) -> Choice:
        del phrase, page
        found = [one for one in candidates if self.words and self.words in one.summary]
        return Choice(
            ref=found[0].ref if found else None,
            reason="told so",
            model_calls=1 if self.words else 0,
        )


@dataclass
class Bench:
    """One workspace with a site; processes come and go by `restart`."""

    folder: Path
    site: ScriptedSite
    stores: Stores = field(init=False)
    runner: LocalStepRunner = field(init=False)
    browser: ScriptedBrowser = field(init=False)
    browsing: type[ScriptedBrowser] = ScriptedBrowser
    clock: TickingClock = field(default_factory=TickingClock)
    steps: tuple[Step, ...] = ()
    mode: RunMode = "live"
    release_writes: bool = False
    inputs: dict[str, JsonValue] = field(default_factory=dict[str, JsonValue])
    run_id: str = "run_1"
    origin_run: str = ""
    repeat_writes: bool = False
    rates: SiteRates | None = None
    sealed: SealedStore = field(init=False)
    chooser: Chooses = field(default_factory=Chooses)
    progress: Progress = field(default_factory=Progress)
    results: list[StepResult] = field(default_factory=list[StepResult])

    def __post_init__(self) -> None:
        ids = CountingIds()
        self.stores = memory_stores(ids, self.clock)
        self.vault = memory_vault(self.clock)
        self.datasets = MemoryDatasets()
        self.artifacts = FolderArtifacts(
            self.folder / "data", MemoryArtifactIndex(), ids=ids, clock=self.clock
        )
        self.sealed = SealedFolder(self.folder / "sessions")
        self.restart()

    def restart(self) -> None:
        """Go on in another process: no live session, the stores as they are."""
        self.browser = self.browsing(self.site)
        self.runner = LocalStepRunner(
            browser=self.browser,
            stores=self.stores,
            artifacts=self.artifacts,
            datasets=self.datasets,
            vault=self.vault,
            chooser=self.chooser,
            clock=self.clock,
            sealed=self.sealed,
            patience=QUICK,
            rates=self.rates,
        )

    @property
    def context(self) -> RunContext:
        return RunContext(
            run_id=self.run_id,
            agent="tester",
            version=1,
            mode=self.mode,
            program=Program(steps=self.steps),
            origins=(ORIGIN,),
            inputs=self.inputs,
            release_writes=self.release_writes,
            origin_run=self.origin_run,
            repeat_writes=self.repeat_writes,
        )

    async def do(
        self, step: Step, *, item: Row | None = None, answer: JsonObject | None = None
    ) -> StepResult:
        """Run one step as the graph does, and keep the progress."""
        result = await self.runner.run_step(
            step, self.context, self.progress, item=item, answer=answer
        )
        self.results.append(result)
        if item is None and result.record.status in {"done", "skipped", "held"}:
            self.progress = Progress(
                outputs={**self.progress.outputs, step.id: dict(result.outputs)},
                done=(*self.progress.done, step.id),
                safe_url=result.safe_url or self.progress.safe_url,
                safe_page=result.safe_page if result.safe_url else self.progress.safe_page,
            )
        return result

    async def run(self, *steps: Step) -> list[StepResult]:
        """Run the steps as a whole program, loops included, until one fails or asks."""
        self.steps = steps
        self.progress = Progress()
        done: list[StepResult] = []
        for step in steps:
            if isinstance(step, EachStep):
                for index in range(self.runner.items(step.args.rows, self.context)):
                    item = self.runner.item(step.args.rows, index, self.context)
                    done += [await self.do(inner, item=item) for inner in step.args.steps]
                continue
            done.append(await self.do(step))
            if done[-1].record.status not in {"done", "skipped", "held"}:
                break
        return done

    async def next_run(self) -> None:
        """End the present run and begin another."""
        await self.runner.finish(self.context)
        number = int(self.run_id.removeprefix("run_")) + 1
        self.run_id = f"run_{number}"
        self.progress = Progress()


def target(screen: Screen, name: str, *, phrase: str = "", row_key: str = "") -> Target:
    """Describe the element of that name as the build would have seen it."""
    snapshot = screen.snapshot(f"{ORIGIN}/", {})
    node = next(node for node in snapshot.nodes if name in {node.name, node.label})
    return describe(node, snapshot, phrase=phrase, row_key=row_key)

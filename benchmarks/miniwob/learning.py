"""Learns a task on one seed through the product's builder, and replays the program with other seeds' values."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from pages import Site
from wording import Reading

from podium.state.artifacts import FolderArtifacts
from podium.state.clock import SystemClock
from podium.state.ids import TimeIds
from podium.state.memory import MemoryArtifactIndex, MemoryDatasets, memory_stores, memory_vault
from podium.state.program import OpenArgs, OpenStep, Program, Step
from podium.state.sealed import SealedFolder
from podium.tools.browser import BrowserSettings, PodiumBrowser
from podium.tools.builder import Draft
from podium.tools.building import SiteBuilder
from podium.tools.offline import OfflineChooser
from podium.tools.page import Page
from podium.tools.runner import Progress, RunContext
from podium.tools.running import LocalStepRunner, Patience

_REWARD_S = 1.0


class NotLearnt(Exception):
    """The build did not come to a program; the message is the builder's own."""


@dataclass(slots=True)
class Hands:
    """The product's browser, builder and runner on stores in memory."""

    browser: PodiumBrowser
    builder: SiteBuilder
    runner: LocalStepRunner
    model_calls: int = 0
    """What the steps that were built and run say they asked of a model, all together."""

    async def utterance(self, page: Page, url: str) -> str:
        """Return what the page asks for."""
        await page.goto(url)
        text = (await page.snapshot()).text
        return text.split("\n")[0]


@asynccontextmanager
async def hands(folder: Path) -> AsyncGenerator[Hands]:
    """Yield what learns and replays; the browser is the product's."""
    chromium = os.environ.get("PODIUM_CHROMIUM")
    browser = PodiumBrowser(
        BrowserSettings(
            chromium=Path(chromium) if chromium else None,
            no_sandbox=os.geteuid() == 0,
            folder=folder / "browser",
        )
    )
    artifacts = FolderArtifacts(
        folder / "artifacts", MemoryArtifactIndex(), ids=TimeIds(), clock=SystemClock()
    )
    chooser, vault = OfflineChooser(), memory_vault(SystemClock())
    runner = LocalStepRunner(
        browser=browser,
        stores=memory_stores(TimeIds(), SystemClock()),
        artifacts=artifacts,
        datasets=MemoryDatasets(),
        vault=vault,
        chooser=chooser,
        clock=SystemClock(),
        sealed=SealedFolder(folder / "sessions"),
        patience=Patience(),
    )
    builder = SiteBuilder(
        browser=browser, runner=runner, chooser=chooser, vault=vault, artifacts=artifacts
    )
    try:
        yield Hands(browser, builder, runner)
    finally:
        await browser.close()


async def learn(hands: Hands, site: Site, task: str, seed: int, reading: Reading) -> Program:
    """Build the reading's steps on the page of that seed.

    Raises:
        NotLearnt: If a step fails or needs a person.
    """
    agent = reading.agent(site.origin, site.address(task, seed))
    draft = Draft(
        build_id=f"build_{task}_{seed}", agent=task, origins=agent.origins, release_writes=True
    )
    try:
        for planned in agent.steps:
            built = await hands.builder.build_step(planned, agent, draft)
            hands.model_calls += built.model_calls
            draft = built.draft
            if built.question is not None:
                raise NotLearnt(f"asks: {built.question.title}")
            if built.error_code:
                raise NotLearnt(built.error)
    finally:
        await hands.builder.finish(draft)
    return Program(steps=tuple(_any_seed(step) for step in draft.steps))


def _any_seed(step: Step) -> Step:
    """Return the step for every seed: the page's address is an input, what the seed's page said proves nothing."""
    if isinstance(step, OpenStep):
        return step.model_copy(update={"args": OpenArgs(url="{inputs.page}"), "expect": ()})
    return step


async def replay(
    hands: Hands, site: Site, task: str, seed: int, reading: Reading, program: Program
) -> tuple[bool, str]:
    """Run the program with the seed's values; return whether the page rewarded it, else why not."""
    context = RunContext(
        run_id=f"run_{task}_{seed}",
        agent=task,
        version=1,
        mode="live",
        program=program,
        origins=(site.origin,),
        inputs={**reading.inputs, "page": site.address(task, seed)},
    )
    progress, why = Progress(), ""
    site.rewards.pop((task, seed), None)
    try:
        for step in program.steps:
            result = await hands.runner.run_step(step, context, progress)
            hands.model_calls += result.model_calls
            if result.record.status not in {"done", "skipped", "held"}:
                why = f"{step.title}: {result.record.message}"
                break
            progress = Progress(
                done=(*progress.done, step.id), safe_url=result.safe_url or progress.safe_url
            )
        reward = await _reward(site, task, seed)
    finally:
        await hands.runner.finish(context)
    if reward is not None and reward > 0:
        return True, ""
    return False, why or (
        "the page did not reward it" if reward is not None else "the task did not end"
    )


async def _reward(site: Site, task: str, seed: int) -> float | None:
    for _ in range(int(_REWARD_S / 0.1)):
        if (task, seed) in site.rewards:
            return site.rewards[task, seed]
        await asyncio.sleep(0.1)
    return None

"""Another process of the same data folder, for tests: `python -m tests.server.process HOME WHAT`.

- `serve`: executes segments until it is killed; the step `two` of any agent never ends, and says so first.
- `http`: the same behind the HTTP door, until it is told to stop; says its address first.
- `slow`: works off the queue until it is told to stop; the step `two` takes a while, and says so.
- `work`: works off the queue until it is told to stop; steps take no time.
- `hang`: starts a run of `prices` without serving; hangs in the step `two` as well.
- `chat`: builds an agent without serving, approved beforehand; hangs in the build, and says so with the thread.
- `run`: starts a run of `prices` beside a serving process and prints its outcome.
"""

from __future__ import annotations

import asyncio
import sys
from dataclasses import dataclass
from pathlib import Path

from pydantic import JsonValue

from podium.server.serving import listening, serve_podium, work_for
from podium.state.document import JsonObject
from podium.state.plan import PlannedAgent, PlannedStep
from podium.state.program import Step
from podium.tools.builder import BuildResult, Draft
from podium.tools.runner import Progress, RunContext, StepResult
from tests.doubles import ScriptedBuilder, ScriptedRunner
from tests.server.harness import Doubles, opened, settings_in


@dataclass
class Hanging(ScriptedRunner):
    """Never ends the step `two`."""

    async def run_step(
        self,
        step: Step,
        context: RunContext,
        progress: Progress,
        *,
        item: dict[str, JsonValue] | None = None,
        answer: JsonObject | None = None,
    ) -> StepResult:
        if step.id == "two":
            _say("hanging")
            await asyncio.Event().wait()
        return await super().run_step(step, context, progress, item=item, answer=answer)


@dataclass
class Slow(ScriptedRunner):
    """Takes its time for the step `two`."""

    async def run_step(
        self,
        step: Step,
        context: RunContext,
        progress: Progress,
        *,
        item: dict[str, JsonValue] | None = None,
        answer: JsonObject | None = None,
    ) -> StepResult:
        if step.id == "two":
            _say("in two")
            await asyncio.sleep(2)
        return await super().run_step(step, context, progress, item=item, answer=answer)

    async def abandon(self, run_id: str) -> None:
        _say("abandoned")


class HangingBuilder(ScriptedBuilder):
    """Never ends a step of a build."""

    async def build_step(
        self, planned: PlannedStep, agent: PlannedAgent, draft: Draft
    ) -> BuildResult:
        _say(f"building {draft.thread_id}")
        await asyncio.Event().wait()
        return await super().build_step(planned, agent, draft)


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


async def main(home: Path, what: str) -> None:
    """Do what is asked."""
    hanging = Doubles(runner=Hanging())
    match what:
        case "serve":
            async with opened(home, hanging) as podium:
                await podium.recover()
                _say("serving")
                await asyncio.Event().wait()
        case "slow":
            async with opened(home, Doubles(runner=Slow())) as podium:
                await work_for(podium, announce=lambda _: _say("serving"))
        case "work":
            async with opened(home) as podium:
                await work_for(podium, announce=_say)
        case "http":
            settings = settings_in(home)
            with listening("127.0.0.1", 0) as listener:
                async with opened(home, hanging) as podium:
                    await serve_podium(podium, settings, listener, announce=_say)
        case "hang":
            async with opened(home, hanging, serve=False) as podium:
                run = await podium.start_run("prices", {}, None)
                await podium.settle(run.thread_id)
        case "chat":
            async with opened(home, Doubles(builder=HangingBuilder()), serve=False) as podium:
                segment = await podium.chat("watch prices", approve_all=True)
                await podium.settle(segment.thread_id)
        case _:
            async with opened(home, serve=False) as podium:
                run = await podium.start_run("prices", {}, None)
                await podium.settle(run.thread_id, timeout_s=60)
                _say(str(podium.stores.runs.get(run.run_id).outcome))


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2]))

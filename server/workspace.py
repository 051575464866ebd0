"""The Python door: `async with open_workspace() as ws`."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import JsonValue

from podium.server.bootstrap import open_podium
from podium.server.settings import Settings
from podium.state.document import JsonObject
from podium.state.runs import Run

if TYPE_CHECKING:
    from podium.server.driver import AgentGraph, OrchestratorGraph
    from podium.server.service import Podium


@dataclass(frozen=True, slots=True)
class Workspace:
    """A workspace in this process."""

    orchestrator: OrchestratorGraph
    """The compiled parent graph, with the workspace's checkpoints."""
    podium: Podium
    """The service behind every door."""

    async def agent(self, name: str, *, version: int | None = None) -> AgentGraph:
        """Return the compiled child graph of an agent's version, the active one by default.

        Raises:
            NotFound: If the agent or version does not exist.
        """
        return await self.podium.driver.agent(self.podium.stores.agents.version(name, version))

    async def run(
        self,
        name: str,
        inputs: Mapping[str, JsonValue] | None = None,
        *,
        version: int | None = None,
    ) -> Run:
        """Run an agent and return the run when it is finished or waits for an answer.

        Raises:
            NotFound: If the agent or version does not exist.
            Conflict: If the agent is not deployed.
            UserError: If an input is unknown, missing or not of its type.
        """
        run = await self.podium.start_run(name, dict(inputs or {}), version, trigger="python")
        await self.podium.settle(run.thread_id)
        return self.podium.stores.runs.get(run.run_id)

    async def chat(
        self,
        text: str,
        thread_id: str | None = None,
        *,
        approve_all: bool = False,
        given: Mapping[str, JsonValue] | None = None,
    ) -> JsonObject:
        """Say something to the workspace; return the thread when it is done or waits for an answer.

        Raises:
            UserError: If the text is empty.
            NotFound: If the thread does not exist.
            Conflict: If the thread waits for an answer or still works.
        """
        segment = await self.podium.chat(
            text, thread_id=thread_id, approve_all=approve_all, given=dict(given or {})
        )
        await self.podium.settle(segment.thread_id)
        return self.podium.chat_view(segment.thread_id)

    async def answer(self, thread_id: str, answer: Mapping[str, JsonValue]) -> JsonObject:
        """Answer what a thread waits for; return it when it is done or waits again.

        Raises:
            NotFound: If the thread does not exist.
            Conflict: If it waits for nothing, or somebody answered first.
            InvalidAnswer: If the answer does not fit; the question stays open.
        """
        await self.podium.answer(thread_id, dict(answer))
        await self.podium.settle(thread_id)
        return self.podium.chat_view(thread_id)


@asynccontextmanager
async def open_workspace(
    home: Path | str | None = None, *, settings: Settings | None = None
) -> AsyncGenerator[Workspace]:
    """Yield the workspace in `home` (default: the settings' data folder).

    Raises:
        SetupError: If the data folder cannot be used.
    """
    chosen = settings or (Settings(home=Path(home)) if home is not None else Settings())
    async with open_podium(chosen) as podium:
        yield Workspace(orchestrator=await podium.driver.orchestrator(), podium=podium)

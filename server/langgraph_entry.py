"""What `langgraph dev` opens: the orchestrator, the factory of agents, and the app that guards both doors.

Its process is the executing one of its data folder, as `podium serve` is: it takes the lock or refuses, naming the
holder. Its threads and checkpoints are its own; agents, runs, questions and files are the workspace's.
"""
# pyright: reportUnknownMemberType=false

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TypedDict

from langchain_core.runnables import RunnableConfig
from langgraph.graph import END, START, StateGraph
from starlette.applications import Starlette
from starlette.middleware import Middleware

from podium.graphs.agent.graph import AgentBuilder, build_agent
from podium.graphs.orchestrator.graph import OrchestratorBuilder
from podium.server.bootstrap import open_podium
from podium.server.guard import Guard, GuardRules
from podium.server.service import Podium
from podium.server.settings import Settings
from podium.state.errors import NotFound, UserError
from podium.state.stores import Version

STUDIO = "https://smith.langchain.com"
"""Where the page of LangGraph Studio is served from: the one foreign origin that is let in."""


class _Studio:
    """The workspace of this process, opened once: a factory is called for every request."""

    def __init__(self) -> None:
        self._stack = AsyncExitStack()
        self._opening = asyncio.Lock()
        self._podium: Podium | None = None

    async def podium(self) -> Podium:
        """Return the open workspace.

        Raises:
            Conflict: If another process executes the data folder.
        """
        async with self._opening:
            if self._podium is None:
                opened = open_podium(Settings(), serve=True, role="studio")
                self._podium = await self._stack.enter_async_context(opened)
                await self._podium.recover()
        return self._podium

    async def close(self) -> None:
        """Close it and give the lock back."""
        self._podium = None
        await self._stack.aclose()


_studio = _Studio()  # `langgraph dev` calls functions of modules and hands them no state of ours


@asynccontextmanager
async def _lifespan(app: Starlette) -> AsyncGenerator[None]:
    await _studio.podium()  # a data folder that somebody else executes is told at the start
    try:
        yield
    finally:
        await _studio.close()


app = Starlette(
    lifespan=_lifespan,
    # Without it any page of the web could drive the server (facts: security F5).
    middleware=[Middleware(Guard, rules=GuardRules(origins=frozenset({STUDIO}), own_pages=False))],
)


@asynccontextmanager
async def orchestrator(config: RunnableConfig) -> AsyncGenerator[OrchestratorBuilder]:
    """Yield the parent graph."""
    yield (await _studio.podium()).driver.orchestrator_builder()


@asynccontextmanager
async def agent(config: RunnableConfig) -> AsyncGenerator[AgentBuilder | ExplainingGraph]:
    """Yield the graph of the agent that `configurable.agent_id` names, by id or by name.

    `configurable.version` chooses a version, else it is the active one; a thread whose run is not finished keeps the
    version it began with, because its topology must not change under it.
    """
    podium = await _studio.podium()
    asked = config.get("configurable", {})
    name = str(asked.get("agent_id") or "")
    if not name:
        yield explaining(_known(podium))
        return
    try:
        version = _version(podium, name, asked.get("version"), str(asked.get("thread_id") or ""))
    except UserError as error:
        yield explaining(f"{error.message}. {_known(podium)}", error=error)
        return
    yield build_agent(version.program, podium.driver.agent_services(version))


def _version(podium: Podium, name: str, asked: object, thread_id: str) -> Version:
    agents = podium.stores.agents
    run = podium.stores.runs.of_thread(thread_id) if thread_id else None
    kept = agents.get(name)
    if run is not None and run.status != "finished" and run.agent == kept.name:
        return agents.version(kept.name, run.version)
    if asked is None or asked == "":
        return agents.version(kept.name)
    if not str(asked).isdigit():
        raise NotFound(f"{asked!r} is no version of {kept.name!r}")
    return agents.version(kept.name, int(str(asked)))


def _known(podium: Podium) -> str:
    names = [item.name for item in podium.stores.agents.list()]
    if not names:
        return "The workspace has no agents yet; ask the orchestrator to build one."
    return f"Set `agent_id` in the assistant's configuration to one of: {', '.join(names)}."


# -- Without an agent ------------------------------------------------------------------------------


class Explanation(TypedDict, total=False):
    """The state of the graph that only explains."""

    explanation: str


ExplainingGraph = StateGraph[Explanation, None, Explanation, Explanation]


def explaining(text: str, *, error: UserError | None = None) -> ExplainingGraph:
    """Return a graph of one node that tells how to choose an agent, or fails with the reason."""

    async def choose_an_agent(state: Explanation) -> Explanation:
        if error is not None:
            raise error
        return {"explanation": text}

    graph: ExplainingGraph = StateGraph(Explanation)
    graph.add_node("choose_an_agent", choose_an_agent, metadata={"title": text})
    graph.add_edge(START, "choose_an_agent")
    graph.add_edge("choose_an_agent", END)
    return graph

"""An agent's graph as a picture, without running anything."""
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from pydantic import JsonValue

from podium.graphs.agent.graph import build_agent
from podium.graphs.agent.nodes import AgentServices, RunLedger
from podium.state.document import Document, JsonObject
from podium.state.program import Program, Step
from podium.tools.runner import Progress, RunContext, StepResult, StepRunner


class Drawing(Document):
    """Nodes and edges of a compiled graph."""

    nodes: tuple[str, ...]
    edges: tuple[tuple[str, str], ...]
    mermaid: str


def draw(program: Program) -> Drawing:
    """Return the drawing of the program's graph."""
    compiled = build_agent(program, AgentServices(runner=_NoRunner(), ledger=_NoLedger())).compile()
    picture = compiled.get_graph()
    return Drawing(
        nodes=tuple(picture.nodes),
        edges=tuple((edge.source, edge.target) for edge in picture.edges),
        mermaid=picture.draw_mermaid(),
    )


class _NoRunner(StepRunner):
    """Stands where a live runner would: a drawing executes nothing."""

    async def run_step(
        self,
        step: Step,
        context: RunContext,
        progress: Progress,
        *,
        item: dict[str, JsonValue] | None = None,
        answer: JsonObject | None = None,
    ) -> StepResult:
        raise AssertionError("a drawing executes nothing")

    def items(self, step_id: str, context: RunContext) -> int:
        raise AssertionError("a drawing executes nothing")

    def item(self, step_id: str, index: int, context: RunContext) -> dict[str, JsonValue]:
        raise AssertionError("a drawing executes nothing")

    async def abandon(self, run_id: str) -> None:
        """Refuse: a drawing is never executed."""
        raise NotImplementedError

    async def finish(self, context: RunContext) -> None:
        raise AssertionError("a drawing executes nothing")


class _NoLedger(RunLedger):
    """Stands where a live ledger would."""

    async def begin(self, *, thread_id: str, asked: JsonObject) -> JsonObject:
        raise AssertionError("a drawing executes nothing")

    async def finish(
        self, run: JsonObject, *, outputs: JsonObject, error: JsonObject | None
    ) -> JsonObject:
        raise AssertionError("a drawing executes nothing")

"""`graph`: an agent's own steps, drawn."""

from __future__ import annotations

from podium.server.cli.listings import records
from podium.server.cli.output import DONE, emit, say


def graph(name: str, version: int | None, *, as_json: bool) -> int:
    """Print the agent's graph as Mermaid text, or its nodes and edges as JSON."""
    from podium.graphs.agent.drawing import draw

    with records() as kept:
        program = kept.stores.agents.version(name, version).program
    drawing = draw(program)
    if as_json:
        emit(drawing.to_json())
    else:
        say(drawing.mermaid)
    return DONE

"""`graph`: an agent's own steps, drawn, with what it follows and what follows it."""

from __future__ import annotations

from podium.server.cli.listings import records
from podium.server.cli.output import DONE, emit, say
from podium.state.stores import Stores


def graph(name: str, version: int | None, *, as_json: bool) -> int:
    """Print the agent's graph as Mermaid text, or its nodes and edges as JSON."""
    from podium.graphs.agent.drawing import draw

    with records() as kept:
        program = kept.stores.agents.version(name, version).program
        before, after = _chained(kept.stores, name)
    drawing = draw(program)
    if as_json:
        emit({**drawing.to_json(), "follows": list(before), "followed_by": list(after)})
    else:
        lines = [f"\tbefore_{n}[[{one}]] -.-> __start__;" for n, one in enumerate(before)]
        lines += [f"\t__end__ -.-> after_{n}[[{one}]];" for n, one in enumerate(after)]
        say("\n".join([drawing.mermaid.rstrip(), *lines]))
    return DONE


def _chained(stores: Stores, name: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the agents that this one follows, and those that follow it."""
    before = [
        item.chain.after
        for item in stores.triggers.list(agent=name, kind="chain")
        if item.chain is not None and item.enabled
    ]
    after = [item.agent for item in stores.triggers.after(name)]
    return tuple(dict.fromkeys(before)), tuple(dict.fromkeys(after))

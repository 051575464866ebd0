"""Taking an element's durable description at build time."""

from __future__ import annotations

from podium.state.target import Target
from podium.tools.page import Node, Snapshot


def describe(node: Node, snapshot: Snapshot, *, phrase: str = "", row_key: str = "") -> Target:
    """Return the independent descriptions of the element; `row_key` is the template of its row's key."""
    raise NotImplementedError

"""Turn a sentence into a working web agent: the import root, and the one public door."""

from __future__ import annotations

import os
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from podium.server.workspace import open_workspace

__all__ = ["__version__", "open_workspace"]

__version__ = "0.1.0"

# Read when LangGraph's serialiser is imported: without it, a crafted checkpoint row can run code.
os.environ.setdefault("LANGGRAPH_STRICT_MSGPACK", "true")


def __getattr__(name: str) -> object:
    # Lazy, because the workspace pulls in the server: `podium --help` must not pay for it.
    if name == "open_workspace":
        return getattr(import_module("podium.server.workspace"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

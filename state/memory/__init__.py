"""Every store in memory, for users' tests: the same promises, kept by the same conformance suite."""

from __future__ import annotations

from podium.state.memory.control import memory_stores
from podium.state.memory.data import MemoryArtifactIndex, MemoryDatasets, memory_vault

__all__ = ["MemoryArtifactIndex", "MemoryDatasets", "memory_stores", "memory_vault"]

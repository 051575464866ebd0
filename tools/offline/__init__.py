"""The offline planner and chooser: deterministic rules, no model, no network."""

from __future__ import annotations

from podium.tools.offline.chooser import OfflineChooser
from podium.tools.offline.pasted import FoundSecret, find_secrets
from podium.tools.offline.planner import OfflinePlanner

__all__ = ["FoundSecret", "OfflineChooser", "OfflinePlanner", "find_secrets"]

"""The planner and chooser that `PODIUM_MODEL` names."""

from __future__ import annotations

from podium.server.settings import Settings
from podium.tools.chooser import Chooser
from podium.tools.offline import OfflineChooser, OfflinePlanner
from podium.tools.planner import Planner


def open_planner(settings: Settings) -> Planner:
    """Return the planner."""
    return OfflinePlanner()


def open_chooser(settings: Settings) -> Chooser:
    """Return the chooser."""
    return OfflineChooser()

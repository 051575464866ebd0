"""What every process of a campaign imports, loaded once by the server that forks them: seconds of each life."""

from __future__ import annotations

import tempfile
from importlib import import_module
from pathlib import Path

from podium.tools.browser.engine import prepare_environment

prepare_environment(Path(tempfile.gettempdir()) / "podium-chaos-config")
for name in (
    "podium.server.composition",
    "podium.server.engine",
    "podium.server.serving",
    "podium.tools.browser.client",
    "podium.tools.browser.scoped",
    "tests.chaos.life",
):
    import_module(name)

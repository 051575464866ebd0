from __future__ import annotations

from pathlib import Path

import pytest

from podium.tools.scripted import ScriptedSite
from tests.unit.running.harness import Bench


@pytest.fixture
def site() -> ScriptedSite:
    return ScriptedSite()


@pytest.fixture
def bench(tmp_path: Path, site: ScriptedSite) -> Bench:
    return Bench(tmp_path, site)

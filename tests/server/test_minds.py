"""`PODIUM_MODEL` and its neighbours reach the planner and the chooser."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import SecretStr

from podium.server.minds import open_chooser, open_meter, open_planner
from podium.server.settings import Settings
from podium.state.errors import LimitExceeded, SetupError
from podium.tools.chooser import Candidate
from podium.tools.offline import OfflineChooser, OfflinePlanner
from podium.tools.planner import WorkspaceView
from podium.tools.scripted_server import ScriptedServer, says
from tests.fakes import FakeClock
from tests.unit.models.kit import KEY, a_reading, a_step

UNREADABLE = "whatnow blurbify the fnords of https://shop.example gribbly"


def settings(home: Path, **fields: object) -> Settings:
    offline: dict[str, object] = {"model": "offline", "openai_base_url": "", "openai_api_key": None}
    return Settings.model_validate({"home": home, **offline, **fields})


def test_offline_is_the_rules_alone(tmp_path: Path) -> None:
    assert isinstance(open_planner(settings(tmp_path)), OfflinePlanner)
    assert isinstance(open_chooser(settings(tmp_path)), OfflineChooser)


def test_a_model_without_key_and_address_is_said_at_the_start(tmp_path: Path) -> None:
    with pytest.raises(SetupError):
        open_planner(settings(tmp_path, model="openai:m"))
    with pytest.raises(SetupError):
        open_chooser(settings(tmp_path, model="somebody:m"))


async def test_planner_and_chooser_ask_the_configured_server_on_one_meter(tmp_path: Path) -> None:
    reading = a_reading(a_step("open", url="https://shop.example"))
    with ScriptedServer(says(reading), says({"index": 1, "reason": "r"})) as server:
        configured = settings(
            tmp_path,
            model="openai:m",
            openai_base_url=server.base_url,
            openai_api_key=SecretStr(KEY),
        )
        meter = open_meter(configured, FakeClock())
        with meter.scope(thread="t"):
            await open_planner(configured, meter).understand(UNREADABLE, workspace=WorkspaceView())
            await open_chooser(configured, meter).choose(
                "x", [Candidate(ref="a", summary="link", score=0.1)], page=""
            )
        assert server.requests[0].headers["authorization"] == f"Bearer {KEY}"

    assert [call.purpose for call in meter.calls] == ["understand", "choose"]
    assert meter.totals(thread="t").calls == 2


async def test_the_budget_of_the_settings_holds(tmp_path: Path) -> None:
    with ScriptedServer() as server:
        configured = settings(
            tmp_path, model="openai:m", openai_base_url=server.base_url, model_budget_tokens=500
        )
        with pytest.raises(LimitExceeded, match="500"):
            await open_planner(configured).understand(UNREADABLE, workspace=WorkspaceView())
        assert server.requests == ()

from __future__ import annotations

import subprocess
import sys

import pytest

from podium.state.errors import SetupError
from podium.tools.models import open_chooser, open_model, open_planner
from podium.tools.offline import OfflineChooser, OfflinePlanner
from podium.tools.planner import WorkspaceView
from podium.tools.scripted_server import ScriptedServer, says
from tests.unit.models.kit import KEY, QUICK, ToldRules, a_meter, a_reading, a_step


def test_offline_needs_neither_key_nor_address() -> None:
    meter = a_meter()
    assert isinstance(open_planner("offline", base_url="", api_key="", meter=meter), OfflinePlanner)
    assert isinstance(open_chooser("offline", base_url="", api_key="", meter=meter), OfflineChooser)


@pytest.mark.parametrize(
    ("name", "base_url", "api_key", "said"),
    [
        ("gpt-4o", "", KEY, "is not a model"),
        ("openai:", "", KEY, "is not a model"),
        ("anthropic:x", "", KEY, "is not a model"),
        ("openai:gpt-4o", "", "", "needs OPENAI_API_KEY"),
        ("openai:gpt-4o", "not an address", KEY, "not the address"),
    ],
)
def test_a_wrong_setting_is_said_with_what_to_do(
    name: str, base_url: str, api_key: str, said: str
) -> None:
    with pytest.raises(SetupError, match=said) as caught:
        open_model(name, base_url=base_url, api_key=api_key, meter=a_meter())
    assert caught.value.hint


async def test_a_server_of_ones_own_needs_no_key() -> None:
    with ScriptedServer(says(a_reading(a_step("open", url="https://shop.test")))) as server:
        model = open_model(
            "openai:local",
            base_url=server.base_url,
            api_key="",
            meter=a_meter(),
            patience=QUICK,
            rules=(ToldRules(), ToldRules()),
        )
        await model.planner.understand("gribbly https://shop.test", workspace=WorkspaceView())
        assert server.requests[0].body["model"] == "local"


async def test_by_default_what_looks_like_a_secret_is_masked() -> None:
    goal = f"blurbify https://shop.test as bob with password Zx9!kk-q2 and key {KEY} gribbly"
    with ScriptedServer(says(a_reading(a_step("open", url="https://shop.test")))) as server:
        model = open_model(
            "openai:m",
            base_url=server.base_url,
            api_key=KEY,
            meter=a_meter(),
            patience=QUICK,
            rules=(ToldRules(), ToldRules()),
        )
        await model.planner.understand(goal, workspace=WorkspaceView())
        sent = server.requests[0].text

    assert "Zx9!kk-q2" not in sent
    assert KEY not in sent
    assert "[secret]" in sent


def test_opening_a_model_loads_nothing_heavy_and_contacts_nobody() -> None:
    code = """
import sys
sockets = []
sys.addaudithook(lambda event, _: sockets.append(event) if event.startswith("socket.") else None)
from podium.state.clock import SystemClock
from podium.tools.models import Meter, open_model
open_model("openai:m", base_url="http://127.0.0.1:9/v1", api_key="k", meter=Meter(clock=SystemClock()))
heavy = ("langchain_core", "langchain_openai", "openai", "langsmith", "genai_prices", "stamina")
print(sorted(set(heavy) & set(sys.modules)), sockets)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.stdout.strip(), done.stderr) == ("[] []", "")

"""An agent in `langgraph dev`: its own drawing, a run on a real page, an interrupt, its answer."""
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
from collections.abc import AsyncGenerator, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from langgraph_sdk import get_client
from langgraph_sdk.client import LangGraphClient

from podium.server.bootstrap import open_podium
from podium.server.records import Records, open_records
from podium.server.settings import Settings
from podium.state.errors import Conflict
from podium.state.program import AskArgs, AskHumanStep, OpenArgs, OpenStep, Program
from podium.state.spec import AgentSpec
from tests.sites import Site, serving

ROOT = Path(__file__).resolve().parents[2]
LANGGRAPH = ROOT / ".venv-studio" / "bin" / "langgraph"
_QUIET = {
    "LANGGRAPH_CLI_NO_ANALYTICS": "1",
    "LANGGRAPH_NO_VERSION_CHECK": "1",
    "LANGSMITH_TRACING": "false",
    "LANGGRAPH_STRICT_MSGPACK": "true",
}
_START_S = 90

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.studio,
    pytest.mark.browser,
    pytest.mark.timeout(300),
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.skipif(not LANGGRAPH.exists(), reason="no .venv-studio: run `make studio-test`"),
]


@dataclass(frozen=True)
class Studio:
    """A running server with one deployed agent."""

    url: str
    client: LangGraphClient
    site: Site
    records: Records
    agent_id: str


def deploy(records: Records, site: Site) -> str:
    """Keep an agent that opens a page, asks for a month and opens that month; return its id."""
    program = Program(
        steps=(
            OpenStep(id="open_shop", title="Open the shop", args=OpenArgs(url=f"{site.url}/")),
            AskHumanStep(
                id="which_month",
                title="Ask for the month",
                args=AskArgs(question="Which month?", field="month"),
            ),
            OpenStep(
                id="open_month",
                title="Open the month",
                args=OpenArgs(url=f"{site.url}/{{steps.which_month.month}}"),
            ),
        )
    )
    spec = AgentSpec(name="months", goal="Open a month", origins=(site.url,))
    records.stores.agents.create(
        name="months", spec=spec, program=program, reason="built", author="you"
    )
    return records.stores.agents.activate("months", 1).agent_id


@contextmanager
def langgraph_dev(home: Path, folder: Path, port: int) -> Generator[None]:
    """Run the server as `make studio` does, with its own files in `folder`."""
    command = [
        str(LANGGRAPH), "dev", "--config", str(ROOT / "langgraph.json"), "--allow-blocking", "--n-jobs-per-worker", "4",
        "--no-browser", "--no-reload", "--host", "127.0.0.1", "--port", str(port),
    ]  # fmt: skip
    environment = {**os.environ, **_QUIET, "PODIUM_HOME": str(home)}
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            command, cwd=folder, env=environment, stdout=log, stderr=log, start_new_session=True
        )
        try:
            yield
        finally:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait(10)


async def answering(url: str, log: Path) -> None:
    """Return when the server answers."""
    async with httpx.AsyncClient() as client:
        for _ in range(_START_S * 2):
            try:
                if (await client.get(f"{url}/ok")).status_code == 200:
                    return
            except httpx.TransportError:
                await asyncio.sleep(0.5)
    raise AssertionError(await asyncio.to_thread(log.read_text, encoding="utf-8"))


def free_port() -> int:
    """Return a port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def studio(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Studio]:
    folder = tmp_path_factory.mktemp("studio")
    home, port = folder / "home", free_port()
    records = open_records(Settings.model_validate({"home": home}))
    pages = {"/": "<h1>Shop</h1><p>All months</p>", "/may": "<h1>May</h1><p>Ten orders</p>"}
    url = f"http://127.0.0.1:{port}"
    with serving(pages) as site:
        agent_id = deploy(records, site)
        with langgraph_dev(home, folder, port):
            await answering(url, folder / "log")
            async with get_client(url=url) as client:
                yield Studio(url, client, site, records, agent_id)
    records.close()


async def test_an_agent_draws_its_steps_runs_asks_and_goes_on(studio: Studio) -> None:
    client = studio.client
    assistant = await client.assistants.create(
        "agent", config={"configurable": {"agent_id": studio.agent_id}}, name="Months"
    )
    drawing = await client.assistants.get_graph(assistant["assistant_id"])
    thread = await client.threads.create()
    where = (thread["thread_id"], assistant["assistant_id"])

    await client.runs.wait(*where, input={"inputs": {}})
    asked = await client.threads.get_state(where[0])
    running = studio.records.stores.runs.list()
    await client.runs.wait(*where, command={"resume": {"month": "may"}})
    ended = await client.threads.get_state(where[0])

    names = {node["id"] for node in drawing["nodes"]}
    assert {"open_shop", "which_month", "open_month", "ask_which_month"} <= names
    assert asked["next"] == ["ask_which_month"]
    assert asked["interrupts"][0]["value"]["title"]
    assert [run.status for run in running] == ["running"]
    assert ended["next"] == []
    values = ended["values"]
    assert isinstance(values, dict)
    assert values["result"]["outcome"] == "success"
    runs = studio.records.stores.runs.list()
    assert [(run.agent, run.outcome, run.model_calls) for run in runs] == [("months", "success", 0)]
    assert [request.path for request in studio.site.arrived()] == ["/", "/may"]


async def test_an_agent_is_found_by_name_and_without_one_the_graph_explains(
    studio: Studio,
) -> None:
    client = studio.client
    drawn: dict[str, set[str]] = {}
    for name in ("months", "", "nobody"):
        assistant = await client.assistants.create(
            "agent", config={"configurable": {"agent_id": name, "version": 1}}
        )
        drawing = await client.assistants.get_graph(assistant["assistant_id"])
        drawn[name] = {str(node["id"]) for node in drawing["nodes"]}
    parent = await client.assistants.get_graph("orchestrator")
    explained = await client.runs.wait(None, "agent", input={})

    assert "open_month" in drawn["months"]
    assert "choose_an_agent" in drawn[""] & drawn["nobody"]
    assert {"understand", "plan", "review", "build", "deploy"} <= {
        str(node["id"]) for node in parent["nodes"]
    }
    assert isinstance(explained, dict)
    assert "months" in explained["explanation"]


async def test_foreign_pages_cannot_drive_it_and_it_holds_the_lock(studio: Studio) -> None:
    search = f"{studio.url}/assistants/search"
    async with httpx.AsyncClient() as client:
        foreign = await client.post(search, json={}, headers={"Origin": "http://evil.test"})
        rebound = await client.post(search, json={}, headers={"Host": "evil.test"})
        plain = await client.post(search, content="{}", headers={"Content-Type": "text/plain"})
        page = await client.post(search, json={}, headers={"Origin": "https://smith.langchain.com"})

    assert [answer.status_code for answer in (foreign, rebound, plain, page)] == [
        403,
        421,
        415,
        200,
    ]
    assert page.headers["access-control-allow-origin"] == "https://smith.langchain.com"
    with pytest.raises(Conflict, match=r"studio \(process \d+\)"):
        async with open_podium(studio.records.settings, serve=True):
            raise AssertionError("two processes execute")

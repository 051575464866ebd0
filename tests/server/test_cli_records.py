"""Commands over records: nothing runs, every mistake names the thing and says what to do."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import JsonValue

from podium.server.records import open_records
from podium.server.settings import Settings
from podium.state.program import OpenArgs, OpenStep, Program
from podium.state.spec import AgentSpec
from tests.e2e.cli import at, items

Result = subprocess.CompletedProcess[str]


class Cli:
    """The command line on a data folder of its own, as a process."""

    def __init__(self, home: Path) -> None:
        self.home = home

    def __call__(self, *arguments: str, stdin: str = "") -> Result:
        return subprocess.run(
            [str(Path(sys.executable).parent / "podium"), *arguments],
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
            env={"PODIUM_HOME": str(self.home), "PATH": "/usr/bin:/bin", "PODIUM_TIMEZONE": "UTC"},
            cwd=self.home,
        )

    def json(self, *arguments: str, stdin: str = "") -> JsonValue:
        value: JsonValue = json.loads(self(*arguments, "--json", stdin=stdin).stdout)
        return value


@pytest.fixture
def cli(tmp_path: Path) -> Cli:
    return Cli(tmp_path)


@pytest.fixture
def deployed(tmp_path: Path) -> str:
    records = open_records(Settings(home=tmp_path))
    step = OpenStep(id="open", title="Open the page", args=OpenArgs(url="https://example.org/"))
    spec = AgentSpec(name="watcher", goal="open the page", origins=("https://example.org",))
    records.stores.agents.create(
        name="watcher", spec=spec, program=Program(steps=(step,)), reason="made", author="test"
    )
    records.stores.agents.activate("watcher", 1)
    records.close()
    return "watcher"


def test_an_empty_workspace_says_how_to_begin(cli: Cli) -> None:
    listed = cli("agents", "list")

    assert listed.returncode == 0
    assert "podium chat" in listed.stdout
    assert cli.json("agents", "list") == []


def test_an_unknown_agent_is_named_and_is_a_usage_error(cli: Cli) -> None:
    shown = cli("agents", "show", "nobody")

    assert shown.returncode == 2
    assert "'nobody'" in shown.stderr


def test_an_error_as_json_is_one_document(cli: Cli) -> None:
    shown = cli("agents", "show", "nobody", "--json")

    assert json.loads(shown.stdout)["error"]["code"] == "not_found"
    assert shown.returncode == 2


def test_a_password_enters_by_stdin_and_is_never_shown(cli: Cli) -> None:
    kept = cli(
        "secret",
        "set",
        "site",
        "--origin",
        "https://example.org",
        "--user",
        "ann",
        stdin="hidden-77\n",
    )
    listed = cli("secret", "list", "--json")

    assert kept.returncode == 0
    assert "hidden-77" not in kept.stdout + kept.stderr + listed.stdout
    assert json.loads(listed.stdout)[0]["origin"] == "https://example.org"


def test_an_address_that_is_told_about_runs_enters_by_stdin_and_is_never_shown(cli: Cli) -> None:
    added = cli(
        "destinations", "add", "--json", stdin="https://chat.example.org/services/token-123\n"
    )
    listed = cli("destinations", "--json")
    as_argument = cli("destinations", "add", "https://chat.example.org/services/token-123")

    assert json.loads(added.stdout)["shown"] == "https://chat.example.org/…"
    assert "token-123" not in added.stdout + added.stderr + listed.stdout
    assert as_argument.returncode == 2
    assert len(json.loads(listed.stdout)) == 1


@pytest.mark.parametrize("given", ["", "\n", "no address at all\n"])
def test_an_address_that_is_none_is_refused(cli: Cli, given: str) -> None:
    assert cli("destinations", "add", stdin=given).returncode in {1, 2}
    assert cli.json("destinations") == []


def test_a_secret_without_a_site_of_its_own_is_refused(cli: Cli) -> None:
    kept = cli("secret", "set", "site", "--origin", "not an address", stdin="x\n")

    assert kept.returncode == 2
    assert "address" in kept.stderr


def test_an_agent_survives_export_and_import(cli: Cli, deployed: str, tmp_path: Path) -> None:
    file = tmp_path / "agent.json"
    exported = cli("agents", "export", deployed, "--file", str(file))
    cli("agents", "delete", deployed, "--yes")
    imported = cli("agents", "import", str(file))
    again = cli("agents", "export", deployed)

    assert exported.returncode == imported.returncode == 0
    assert json.loads(again.stdout) == json.loads(file.read_text(encoding="utf-8"))


@pytest.mark.parametrize(("name", "why"), [("watcher", "already"), ("Two Words", "cannot be")])
def test_a_recording_under_a_name_that_cannot_be_kept_never_begins(
    cli: Cli, deployed: str, name: str, why: str
) -> None:
    refused = cli("record", "https://example.org", "--headless", "--name", name)

    assert refused.returncode != 0
    assert why in refused.stderr
    assert "Show the steps" not in refused.stderr


def test_deleting_asks_to_be_sure(cli: Cli, deployed: str) -> None:
    asked = cli("agents", "delete", deployed)

    assert asked.returncode == 2
    assert "--yes" in asked.stderr
    assert cli("agents", "show", deployed).returncode == 0


def test_a_schedule_in_words_shows_its_next_five_times(cli: Cli, deployed: str) -> None:
    view = cli.json("schedule", deployed, "every weekday at 8")

    assert at(view, "schedule", "cron") == "0 8 * * 1-5"
    assert len(items(view, "next_fires")) == 5


@pytest.mark.parametrize("when", ["61 * * * *", "* * * *", "every blue moon", ""])
def test_a_schedule_that_cannot_be_understood_changes_nothing(
    cli: Cli, deployed: str, when: str
) -> None:
    refused = cli("schedule", deployed, when)

    assert refused.returncode == 2
    assert cli.json("schedules") == []


def test_an_agents_graph_is_drawn_with_its_own_steps(cli: Cli, deployed: str) -> None:
    drawing = cli.json("graph", deployed)

    assert {"begin", "open", "ask_open", "finish"} <= {
        str(name) for name in items(drawing, "nodes")
    }


def test_help_loads_no_heavy_library() -> None:
    code = (
        "import sys, runpy\n"
        "sys.argv = ['podium', '--help']\n"
        "from podium.server.cli import main\n"
        "try:\n    main()\n"
        "except SystemExit:\n    pass\n"
        "heavy = {'dbos', 'langgraph', 'browser_use', 'sqlalchemy', 'fastapi'} & set(sys.modules)\n"
        "sys.exit(f'loaded {heavy}' if heavy else 0)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60
    )

    assert done.returncode == 0, done.stderr

"""What the documents promise exists."""

from __future__ import annotations

import inspect
import json
import os
import re
import subprocess
from pathlib import Path

import pytest

from podium.state import errors
from tests.repo.tree import ROOT

DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_of_a_document_leads_somewhere(document: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)", document.read_text(encoding="utf-8"))
    local = [link for link in links if "://" not in link]
    assert [link for link in local if not (document.parent / link).exists()] == []


def test_make_offers_what_the_documents_name() -> None:
    offered = set(re.findall(r"^([a-z0-9]+):.*## ", read("Makefile"), re.MULTILINE))
    named = {
        target
        for document in DOCUMENTS
        for target in re.findall(r"(?:`|^)make ([a-z0-9]+)", document.read_text(encoding="utf-8"))
    }
    assert named <= offered
    assert {"help", "setup", "fix", "check", "test", "e2e", "demo", "serve", "studio"} <= offered


def test_continuous_integration_runs_the_test_command_of_the_readme() -> None:
    commands = [line for line in read(".ci/run").splitlines() if line and line[0] != "#"]
    assert commands[0] == "set -euo pipefail"
    assert commands[-1] == "make test"
    assert "\nmake test " in read("README.md")


def test_json_reaches_the_demo() -> None:
    # Without the flags of the make that may run this test.
    environment = {key: value for key, value in os.environ.items() if not key.startswith("MAKE")}
    done = subprocess.run(
        ["make", "-n", "demo", "JSON=1"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip().endswith("podium demo --json")


def test_studio_traces_nothing_and_reads_checkpoints_strictly() -> None:
    environment = json.loads(read("langgraph.json"))["env"]
    assert environment["LANGSMITH_TRACING"] == "false"
    assert environment["LANGGRAPH_STRICT_MSGPACK"] == "true"


def public_errors() -> list[type[errors.PodiumError]]:
    found = [value for _, value in inspect.getmembers(errors, inspect.isclass)]
    return [value for value in found if issubclass(value, errors.PodiumError)]


@pytest.mark.parametrize("error", public_errors(), ids=lambda error: error.__name__)
def test_every_error_says_what_it_means_and_stands_in_the_tree(
    error: type[errors.PodiumError],
) -> None:
    assert "__doc__" in vars(error)
    assert error.__doc__
    assert re.search(rf"\b{error.__name__}\b", errors.__doc__ or "")

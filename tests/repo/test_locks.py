"""The locks install the same everywhere: hashed, without addresses, and in step with what asks for them."""

from __future__ import annotations

import re

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.repo.tree import ROOT, strings, table

LOCKS = ("runtime", "dev", "studio")
PINNED = re.compile(
    r"^(?P<name>[\w.-]+)(?:\[[^\]]*\])?==(?P<version>[^\s;]+)[^\n]*\n(?P<hashes>(?: +--hash=[^\n]+\n)*)",
    re.MULTILINE,
)


def locked(name: str) -> dict[str, set[str]]:
    """Return name -> versions; several, when a marker chooses."""
    pins: dict[str, set[str]] = {}
    for pin in PINNED.finditer(lock_text(name)):
        pins.setdefault(canonicalize_name(pin["name"]), set()).add(pin["version"])
    return pins


def lock_text(name: str) -> str:
    return (ROOT / "requirements" / f"{name}.lock").read_text(encoding="utf-8")


def asked_for(name: str) -> list[Requirement]:
    lines = (ROOT / "requirements" / f"{name}.in").read_text(encoding="utf-8").splitlines()
    return [Requirement(line) for line in lines if line and not line.startswith("#")]


def direct() -> list[Requirement]:
    return [Requirement(line) for line in strings(table("project")["dependencies"])]


def unmet(requirements: list[Requirement], pins: dict[str, set[str]]) -> list[str]:
    return [
        str(requirement)
        for requirement in requirements
        if not (versions := pins.get(canonicalize_name(requirement.name)))
        or not all(requirement.specifier.contains(v, prereleases=True) for v in versions)
    ]


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_names_no_address_and_no_path(name: str) -> None:
    lines = lock_text(name).splitlines()
    assert [line for line in lines if "://" in line or " @ " in line or line.startswith("-")] == []
    assert [line for line in lines if line.startswith("#") and "/" in line] == []


@pytest.mark.parametrize("name", LOCKS)
def test_every_locked_package_has_hashes(name: str) -> None:
    found = list(PINNED.finditer(lock_text(name)))
    assert len(found) > 100
    assert [pin["name"] for pin in found if "--hash=sha256:" not in pin["hashes"]] == []


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_satisfies_what_the_product_asks_for(name: str) -> None:
    assert unmet(direct(), locked(name)) == []


@pytest.mark.parametrize("name", ["dev", "studio"])
def test_a_lock_satisfies_its_own_list(name: str) -> None:
    assert unmet(asked_for(name), locked(name)) == []


def test_the_checks_run_on_the_versions_that_users_get() -> None:
    runtime, dev = locked("runtime"), locked("dev")
    assert {name: dev.get(name) for name in runtime} == runtime


@pytest.mark.parametrize("name", ["runtime", "dev"])
def test_the_studio_tooling_is_never_part_of_the_product(name: str) -> None:
    assert {"langgraph-api", "langgraph-cli", "langgraph-runtime-inmem"} & set(
        locked(name)
    ) == set()


def test_there_is_no_second_lock_format() -> None:
    assert not (ROOT / "uv.lock").exists()


def test_each_dependency_says_why_it_is_the_one() -> None:
    page = (ROOT / "docs/adr/0006-dependencies.md").read_text(encoding="utf-8")
    explained = set(re.findall(r"^\| `([\w.-]+)` \|", page, re.MULTILINE))
    assert explained == {requirement.name for requirement in direct()}

"""What must not be written down: machine paths, registries, and the bundled site outside the server."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from tests.repo.tree import ROOT, our_files, text_of

GENERAL = ("graphs", "tools", "state")
# In two parts, so that this file does not contain what it looks for.
FORBIDDEN = tuple(
    first + second
    for first, second in [
        ("/wo", "rk/"),
        ("/ro", "ot/"),
        ("/far", "m/"),
        ("pypi", ".org"),
        ("pythonhosted", ".org"),
        ("registry.npm", "js"),
        ("deb.", "debian.org"),
    ]
)


def test_no_file_names_a_machine_path_or_a_registry() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {word}"
        for path in our_files()
        for word in FORBIDDEN
        if word in text_of(path)
    ]
    assert found == []


@pytest.mark.parametrize("word", ["_oracle", "server.portal", "server/portal", "practice portal"])
def test_the_general_layers_do_not_name_the_practice_portal(word: str) -> None:
    found = [str(path.relative_to(ROOT)) for path in our_files(*GENERAL) if word in text_of(path)]
    assert found == []


def literals(path: Path) -> list[str]:
    """Return the strings of a module that are not docstrings."""
    tree = ast.parse(text_of(path))
    prose = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in prose
    ]


@cache
def portal_strings() -> frozenset[str]:
    modules = [path for path in our_files("server/portal") if path.suffix == ".py"]
    return frozenset(text for path in modules for text in literals(path))


def test_the_general_layers_know_no_address_of_the_portal() -> None:
    paths = {text for text in portal_strings() if re.fullmatch(r"(/[a-z_][\w-]+)+", text)}
    assert paths
    code = [path for path in our_files(*GENERAL) if path.suffix == ".py"]
    found = {str(path.relative_to(ROOT)): paths & set(literals(path)) for path in code}
    assert {name: shared for name, shared in found.items() if shared} == {}


def test_the_general_layers_know_no_sentence_of_the_portal() -> None:
    # Shorter ones are everybody's ("Back to the list").
    sentences = {text.casefold() for text in portal_strings() if len(text.split()) >= 5}
    assert sentences
    found = [
        f"{path.relative_to(ROOT)}: {sentence}"
        for path in our_files(*GENERAL)
        for sentence in sentences
        if sentence in text_of(path).casefold()
    ]
    assert found == []

"""The failure taxonomy knows every error code that the code can give."""

from __future__ import annotations

import ast

from podium.state.failures import ADVICE, CLASSES, WORDS, class_of
from tests.repo.tree import ROOT, our_files, text_of

_NAMES = frozenset({"code", "error_code"})


def codes_given() -> set[str]:
    """Return the string constants that are given as `code` or `error_code`, or are an error class's `code`."""
    found: set[str] = set()
    for path in our_files("state", "tools", "graphs", "server"):
        if path.suffix != ".py" or "portal" in path.parts:
            continue
        for node in ast.walk(ast.parse(text_of(path))):
            if isinstance(node, ast.keyword) and node.arg in _NAMES:
                found |= _constants(node.value)
            if isinstance(node, ast.Assign):
                names = {target.id for target in node.targets if isinstance(target, ast.Name)}
                if names & _NAMES:
                    found |= _constants(node.value)
    return found


def _constants(node: ast.expr) -> set[str]:
    if isinstance(node, ast.Constant):
        return {node.value} if isinstance(node.value, str) and node.value else set()
    if isinstance(node, ast.IfExp):
        return _constants(node.body) | _constants(node.orelse)
    return set()


def test_every_code_of_the_code_has_a_class() -> None:
    known = {code for codes in CLASSES.values() for code in codes}

    assert codes_given() - known == set()
    assert len(codes_given()) > 30


def test_a_code_has_one_class_and_a_class_has_words_and_advice() -> None:
    every = [code for codes in CLASSES.values() for code in codes]

    assert len(every) == len(set(every))
    assert set(WORDS) == set(ADVICE) == set(CLASSES)
    assert class_of("never heard of") == "defect"


def test_the_documentation_names_every_class_and_code() -> None:
    rows = {
        line.split("|")[1].strip(" `"): line
        for line in text_of(ROOT / "docs/failures.md").splitlines()
        if line.startswith("| `")
    }

    assert set(rows) == set(CLASSES)
    for name, codes in CLASSES.items():
        listed = {word for word in rows[name].split("|")[4].replace("`", "").split()}
        assert listed == codes

"""What the product imports is what it declares."""

from __future__ import annotations

import ast
import sys
from importlib.metadata import packages_distributions

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.repo.tree import LAYERS, ROOT, our_files, strings, table, text_of


def imported() -> dict[str, str]:
    """Return each foreign top-level module that the four folders import -> one file that does."""
    found: dict[str, str] = {}
    for path in our_files(*LAYERS):
        if path.suffix != ".py":
            continue
        for node in ast.walk(ast.parse(text_of(path))):
            names = (
                [alias.name for alias in node.names]
                if isinstance(node, ast.Import)
                else [node.module or ""]
                if isinstance(node, ast.ImportFrom)
                else []
            )
            found.update({name.split(".")[0]: str(path.relative_to(ROOT)) for name in names})
    return {name: path for name, path in found.items() if name not in sys.stdlib_module_names}


def test_every_imported_package_is_declared() -> None:
    declared = {
        canonicalize_name(Requirement(line).name)
        for line in strings(table("project")["dependencies"])
    }
    owners = packages_distributions()
    undeclared = {
        name: path
        for name, path in imported().items()
        if name != "podium" and not declared & {canonicalize_name(o) for o in owners.get(name, [])}
    }
    assert undeclared == {}

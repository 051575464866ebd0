"""Writes the reference part of `docs/program.md` from the models: `python -m tests.unit.state.program_page`."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from podium.state import program, target
from podium.state.program import Expectation, OpenStep, Program, Step

PAGE = Path(__file__).resolve().parents[3] / "docs" / "program.md"
START = "<!-- reference: written by tests/unit/state/program_page.py -->"

_WORDS = {"str": "text", "int": "whole number", "float": "number", "bool": "true or false"}


def steps() -> tuple[type[BaseModel], ...]:
    """Return the models of all steps, in the order of the vocabulary."""
    return get_args(get_args(Step)[0])


def expectations() -> tuple[type[BaseModel], ...]:
    """Return the models of all expectations."""
    return get_args(get_args(Expectation)[0])


def kind_of(model: type[BaseModel], field: str) -> str:
    """Return the literal that tells the model from others."""
    return str(model.model_fields[field].default)


def reference() -> str:
    """Return the generated part of the page."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield from ("## The program", "", _first_line(Program), "")
    yield from _table(Program, set())
    yield from ("## Fields of every step", "")
    yield from _table(OpenStep, {"op", "args"})
    yield from ("## Steps", "")
    for model in steps():
        yield from _step(model)
    yield from ("## Expectations", "")
    for model in expectations():
        yield from (f"### `{kind_of(model, 'kind')}`", "", _first_line(model), "")
        yield from _table(model, {"kind"})
    yield from ("## Parts", "")
    for part in (
        program.ListSpec,
        program.Column,
        program.Pagination,
        program.Condition,
        target.Target,
    ):
        yield from (f"### {part.__name__}", "", _first_line(part), "")
        yield from _table(part, set())


def _step(model: type[BaseModel]) -> Iterator[str]:
    yield from (f"### `{kind_of(model, 'op')}`", "", _first_line(model), "")
    args = model.model_fields["args"].annotation
    assert isinstance(args, type)
    assert issubclass(args, BaseModel)
    yield from _table(args, set())


def _table(model: type[BaseModel], without: set[str]) -> Iterator[str]:
    fields = {name: field for name, field in model.model_fields.items() if name not in without}
    if not fields:
        yield from ("No fields.", "")
        return
    notes = _notes(model)
    yield from ("| field | type | default | meaning |", "| --- | --- | --- | --- |")
    for name, field in fields.items():
        cells = (f"`{name}`", f"`{_type(field)}`", _default(field), notes.get(name, ""))
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"
    yield ""


def _type(field: FieldInfo) -> str:
    shown = repr(field.annotation) if get_args(field.annotation) else _name(field.annotation)
    if "OpenStep" in shown:
        return "list of steps" if "tuple" in shown else "step"
    if "UrlLike" in shown:
        return "list of expectations"
    if "JsonValue" in shown:
        return "object or null" if "dict" in shown and "None" in shown else "any JSON"
    shown = re.sub(r"(podium\.state\.\w+|typing|datetime|types|pydantic\.\w+)\.", "", shown)
    shown = shown.replace("NoneType", "None").replace("None", "null")
    literal = re.fullmatch(r"Literal\[(.*)\]", shown)
    if literal:
        return " | ".join(part.strip("' ") for part in literal[1].split(","))
    for name, word in _WORDS.items():
        shown = re.sub(rf"\b{name}\b", word, shown)
    return re.sub(r"tuple\[(.+), \.\.\.\]", r"list of \1", shown)


def _name(annotation: object) -> str:
    return annotation.__name__ if isinstance(annotation, type) else repr(annotation)


def _default(field: FieldInfo) -> str:
    if field.default_factory is not None:
        return "`{}`"
    if field.default is PydanticUndefined:
        return "required"
    text = {"None": "null", "()": "[]", "''": '""', "True": "true", "False": "false"}
    shown = repr(field.default)
    return f"`{text.get(shown, shown).strip(chr(39))}`"


def _first_line(model: type[BaseModel]) -> str:
    return (inspect.getdoc(model) or "").split("\n\n")[0].replace("\n", " ")


def _notes(model: type[BaseModel]) -> dict[str, str]:
    """Return the strings that stand under the fields, also of the models it derives from."""
    notes: dict[str, str] = {}
    for base in reversed(model.__mro__):
        if not issubclass(base, BaseModel) or base.__module__.startswith("pydantic"):
            continue
        tree = ast.parse(inspect.getsource(base)).body[0]
        assert isinstance(tree, ast.ClassDef)
        for field, note in zip(tree.body, tree.body[1:], strict=False):
            if (
                isinstance(field, ast.AnnAssign)
                and isinstance(field.target, ast.Name)
                and isinstance(note, ast.Expr)
                and isinstance(note.value, ast.Constant)
            ):
                notes[field.target.id] = " ".join(str(note.value.value).split())
    return notes


if __name__ == "__main__":
    written = PAGE.read_text(encoding="utf-8").split(START, 1)[0]
    PAGE.write_text(f"{written}{START}\n\n{reference()}", encoding="utf-8")

"""`docs/program.md` cannot drift from the models."""

from __future__ import annotations

import json
import re

import pytest
from pydantic import BaseModel

from podium.state.program import parse_program
from tests.unit.state.program_page import PAGE, START, expectations, kind_of, reference, steps

TEXT = PAGE.read_text(encoding="utf-8")


def test_the_reference_is_what_the_models_say() -> None:
    again = "run `python -m tests.unit.state.program_page`"

    assert TEXT.split(START, 1)[1].strip() == reference().strip(), again


def test_every_field_has_a_meaning() -> None:
    rows = [line for line in reference().splitlines() if line.startswith("| `")]

    assert len(rows) > 90
    assert [line for line in rows if line.endswith("|  |")] == []


@pytest.mark.parametrize("model", steps())
def test_every_step_has_a_section(model: type[BaseModel]) -> None:
    assert f"### `{kind_of(model, 'op')}`" in TEXT


@pytest.mark.parametrize("model", expectations())
def test_every_expectation_has_a_section(model: type[BaseModel]) -> None:
    assert f"### `{kind_of(model, 'kind')}`" in TEXT


def test_the_example_is_a_program() -> None:
    (example,) = re.findall(r"```json\n(.*?)```", TEXT, re.DOTALL)

    program = parse_program(json.loads(example))

    assert len(program.steps) == 4

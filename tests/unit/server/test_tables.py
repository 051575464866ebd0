"""Tables for people: readable in a narrow window, whole in a pipe."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from podium.server.cli import output

COLUMNS = ("agent", "state", "version", "last run", "goal")
GOAL = (
    "sign in to the water company, read every meter of the house and keep the readings in a table"
)
ROWS = [("meter-readings-of-the-house", "deployed", "12", "unverified", GOAL)]


def drawn(
    monkeypatch: pytest.MonkeyPatch, *, width: int | None, rows: list[tuple[str, ...]] = ROWS
) -> str:
    file = io.StringIO()
    monkeypatch.delenv("COLUMNS", raising=False)
    terminal = width is not None
    console = Console(file=file, width=width, force_terminal=terminal, no_color=True)
    monkeypatch.setattr(output, "out", console)
    output.table(COLUMNS, rows, empty="none")
    return file.getvalue()


def test_in_eighty_columns_the_goal_is_read_in_a_few_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = drawn(monkeypatch, width=80).splitlines()

    assert len(lines) <= 6
    assert all(len(line.rstrip()) <= 80 for line in lines[1:])
    assert "meter-readings-of-the-house" in lines[1]


def test_into_a_pipe_each_row_is_one_whole_line(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = drawn(monkeypatch, width=None).splitlines()

    assert len(lines) == 2
    assert lines[1].endswith(GOAL)


def test_what_is_left_out_in_a_narrow_window_is_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    told = io.StringIO()
    monkeypatch.setattr(output, "err", Console(file=told))

    text = drawn(monkeypatch, width=60)

    assert "meter-readings-of-the-house" in text
    assert "Left out for want of room: " in told.getvalue()
    assert "last run" in told.getvalue()

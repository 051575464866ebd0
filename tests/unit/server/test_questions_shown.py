"""How a question looks at the command line: choices, pictures, and what to type."""

from __future__ import annotations

from pathlib import Path

import pytest

from podium.server.cli.talking import show
from podium.server.records import open_records
from podium.server.settings import Settings
from podium.state.document import JsonObject
from podium.state.questions import FieldSpec, Question

SHORT = FieldSpec(name="action", title="Go on?", type="choice", choices=("try again", "stop"))
LONG = FieldSpec(
    name="column",
    title="Column",
    type="choice",
    choices=("Due (such as 2026-03-01)", "Lent (such as 2026-02-01)", "Reader (such as Okafor)"),
)


def shown(question: Question, home: Path, capsys: pytest.CaptureFixture[str]) -> str:
    records = open_records(Settings(home=home))
    shot = records.artifacts.evidence(b"picture", kind="png", run_id="build_1")
    asked = question.model_copy(update={"evidence": (shot, "ev_gone")})
    view: JsonObject = {"thread_id": "chat_1", "reply": "", "question": asked.to_json()}
    show(view, records.artifacts)
    records.close()
    return capsys.readouterr().out


def test_long_choices_are_numbered_and_the_picture_has_a_path(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    question = Question(id="q", kind="choice", title="By which?", text="Look.", fields=(LONG,))

    text = shown(question, tmp_path, capsys)

    assert "    2. Lent (such as 2026-02-01)" in text
    assert "podium answer chat_1 --answer column=NUMBER" in text
    assert f"Picture: {tmp_path}" in text
    assert text.count("Picture") == 1


def test_short_choices_are_ready_to_be_typed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    question = Question(id="q", kind="choice", title="Go on?", fields=(SHORT,))

    text = shown(question, tmp_path, capsys)

    assert "--answer 'action=try again' or --answer action=stop" in text


def test_several_fields_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fields = (LONG, FieldSpec(name="value", title="Value"))
    question = Question(id="q", kind="choice", title="What?", fields=fields)

    assert "--answer column=... --answer value=..." in shown(question, tmp_path, capsys)

"""Settings are documented and come from the environment alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from podium.server.settings import Settings

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("name", sorted(Settings.model_fields))
def test_every_setting_is_documented(name: str) -> None:
    page = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")

    assert f"`PODIUM_{name.upper()}`" in page


def test_secrets_are_not_shown_by_printing_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-canary-1")
    monkeypatch.setenv("PODIUM_MASTER_KEY", "canary-master-key-2")

    shown = repr(Settings()) + str(Settings())

    assert "canary" not in shown


def test_the_control_plane_lies_in_the_data_folder_by_default(tmp_path: Path) -> None:
    assert Settings(home=tmp_path).control_url == f"sqlite:///{tmp_path / 'podium.db'}"

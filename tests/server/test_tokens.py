from __future__ import annotations

import stat
from pathlib import Path

from podium.server.settings import Settings
from podium.server.tokens import access_token


def _settings(home: Path, token: str = "") -> Settings:
    return Settings.model_validate({"home": home, "token": token or None})


def test_a_token_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    home = tmp_path / "home"

    first, second = access_token(_settings(home)), access_token(_settings(home))

    assert first == second
    assert len(first) >= 40
    assert stat.S_IMODE((home / "http.token").stat().st_mode) == 0o600
    assert [path.name for path in home.iterdir()] == ["http.token"]


def test_a_token_that_is_set_is_used(tmp_path: Path) -> None:
    assert access_token(_settings(tmp_path, "mine")) == "mine"
    assert list(tmp_path.iterdir()) == []

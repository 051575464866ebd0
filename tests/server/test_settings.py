"""Settings are documented and come from the environment alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError
from pydantic_settings import SettingsError

from podium.server.records import open_records
from podium.server.settings import Settings
from podium.state.errors import SetupError
from tests.postgres import PostgresServer

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


def test_rates_of_single_sites_are_json_by_origin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PODIUM_SITE_RATE", "30")
    monkeypatch.setenv("PODIUM_SITE_RATES", '{"https://ERP.example/start": 6}')

    rates = Settings().rates

    assert [rates.rate(site) for site in ("https://erp.example", "https://shop.test")] == [6, 30]


@pytest.mark.parametrize(
    "rates", ['{"erp": 6}', '{"https://erp.example": -1}', '{"https://erp.example": NaN}', "6"]
)
def test_a_rate_of_no_site_or_below_zero_is_refused(
    monkeypatch: pytest.MonkeyPatch, rates: str
) -> None:
    monkeypatch.setenv("PODIUM_SITE_RATES", rates)

    with pytest.raises((ValidationError, SettingsError)):
        Settings()


@pytest.mark.parametrize("rate", ["-1", "inf", "nan"])
def test_a_rate_that_no_clock_can_keep_is_refused(
    monkeypatch: pytest.MonkeyPatch, rate: str
) -> None:
    monkeypatch.setenv("PODIUM_SITE_RATE", rate)

    with pytest.raises(ValidationError):
        Settings()


def test_tables_and_files_in_the_database_need_postgresql(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="needs PostgreSQL"):
        open_records(Settings(home=tmp_path, data="database"))


def test_two_settings_decide_where_everything_lies(
    tmp_path: Path, postgres: PostgresServer
) -> None:
    url = postgres.create("two_settings")
    for machine in ("one", "other"):
        records = open_records(Settings(home=tmp_path / machine, database_url=url, data="database"))
        records.datasets.upsert("prices", [{"sku": "A", "by": machine}], key=("sku",))
        assert records.datasets.rows("prices") == ({"sku": "A", "by": machine},)
        assert records.datasets.list() == (("prices", 1),)
        records.close()

    assert not list(tmp_path.rglob("data.db"))

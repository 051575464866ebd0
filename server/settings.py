"""Settings: `PODIUM_*` from the environment and `.env`, nothing else."""

from __future__ import annotations

import os
from math import inf
from pathlib import Path
from typing import Annotated, Literal

import platformdirs
from pydantic import AfterValidator, AliasChoices, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from podium.state.errors import UserError
from podium.state.origins import origin_of
from podium.state.sites import SiteRates


def _default_home() -> Path:
    return Path(platformdirs.user_data_dir("podium"))


def _local_timezone() -> str:
    named = os.environ.get("TZ", "")
    if named and "/" in named:
        return named
    try:
        link = str(Path("/etc/localtime").resolve())
    except OSError:
        return "UTC"
    return link.split("/zoneinfo/", 1)[1] if "/zoneinfo/" in link else "UTC"


def _by_origin(rates: dict[str, float]) -> dict[str, float]:
    try:
        found = {origin_of(site): rate for site, rate in rates.items()}
    except UserError as error:
        raise ValueError(error.message) from error
    if not all(0 <= rate < inf for rate in found.values()):
        raise ValueError("a rate is a number, and not below 0")
    return found


class Settings(BaseSettings):
    """Where things lie and how they run. Every field is in `docs/settings.md`."""

    model_config = SettingsConfigDict(
        env_prefix="PODIUM_", env_file=".env", extra="ignore", frozen=True
    )

    home: Path = Field(default_factory=_default_home)
    """Data folder: database, checkpoints, datasets, files, keys."""
    database_url: str = ""
    """SQLAlchemy URL of the control plane; empty: SQLite in the data folder."""
    data: Literal["folder", "database"] = "folder"
    """Where datasets and kept files live."""
    master_key: SecretStr | None = None
    """Key of the vault; empty: a 0600 file in the data folder."""
    timezone: str = Field(default_factory=_local_timezone)
    """IANA zone that schedules without one are meant in."""

    model: str = "offline"
    """`offline`, or `openai:NAME` for any OpenAI-compatible endpoint."""
    openai_api_key: SecretStr | None = Field(
        default=None, validation_alias=AliasChoices("OPENAI_API_KEY", "PODIUM_OPENAI_API_KEY")
    )
    openai_base_url: str = Field(
        default="", validation_alias=AliasChoices("OPENAI_BASE_URL", "PODIUM_OPENAI_BASE_URL")
    )
    model_budget_tokens: int = 200_000
    """Tokens one build or chat turn may use."""

    chromium: str = ""
    """Path of the Chromium to use; empty: found by itself."""
    chromium_no_sandbox: bool = False
    """Needed where Chromium runs as root; only inside a container or a machine of its own."""
    headful: bool = False
    """Show the browser window."""
    chromium_max_age_s: float = 6 * 3600.0
    """A Chromium that is older takes no new run: a fresh one does."""
    chromium_max_mb: float = 2_500.0
    """One that holds more memory for itself after a run takes no new run."""

    host: str = "127.0.0.1"
    port: int = 8765
    token: SecretStr | None = None
    """Access token of the HTTP doors; empty: one is made and kept in a 0600 file."""
    workers: int = 4
    """Segments that one process executes at a time."""
    agent_concurrency: int = 4
    """Runs of one agent at a time, in all processes together."""
    workspace_concurrency: int = 50
    """Segments at a time in all processes together."""
    site_rate: float = Field(default=0.0, ge=0, allow_inf_nan=False)
    """Runs per minute that may begin at one site, in all processes together; 0: no limit."""
    site_rates: Annotated[dict[str, float], AfterValidator(_by_origin)] = Field(
        default_factory=dict[str, float]
    )
    """Rates of single sites, by origin, instead of `site_rate`."""
    lease_s: float = 5.0
    """PostgreSQL: a worker that has not been heard of for so long has lost its runs to the others."""
    retention_days: float = 30.0
    """Ended threads older than that are forgotten by themselves; 0: never."""
    build_timeout_s: float = Field(default=1800.0, ge=0, allow_inf_nan=False)
    """A build that worked for so long asks whether to go on; 0: no limit."""
    grace_s: float = 20.0
    """Told to stop, a process gives its runs so long to reach the end of a step."""

    @property
    def control_url(self) -> str:
        """SQLAlchemy URL of the control plane."""
        return self.database_url or f"sqlite:///{self.home / 'podium.db'}"

    @property
    def rates(self) -> SiteRates:
        """How often runs may begin at a site."""
        return SiteRates(per_minute=self.site_rate, of_origin=self.site_rates)

    @property
    def shared(self) -> bool:
        """Whether several processes execute, on PostgreSQL; otherwise the one that holds the data folder's lock."""
        return not self.control_url.startswith("sqlite")

    @property
    def checkpoints_path(self) -> Path:
        """File of LangGraph's checkpoints, apart from the control plane's write lock."""
        return self.home / "checkpoints.db"

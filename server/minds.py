"""The planner and chooser that `PODIUM_MODEL` names, and the meter that counts what they ask."""

from __future__ import annotations

from podium.server.settings import Settings
from podium.state.clock import Clock, SystemClock
from podium.tools import models
from podium.tools.chooser import Chooser
from podium.tools.planner import Planner


def open_meter(settings: Settings, clock: Clock) -> models.Meter:
    """Return the meter with the budget of one segment: a chat turn, or a build or run up to its next stop."""
    return models.Meter(clock=clock, budget_tokens=settings.model_budget_tokens)


def open_planner(settings: Settings, meter: models.Meter | None = None) -> Planner:
    """Return the planner.

    Raises:
        SetupError: If the model is not set up right.
    """
    return models.open_planner(
        settings.model,
        base_url=settings.openai_base_url,
        api_key=_key(settings),
        meter=meter or open_meter(settings, SystemClock()),
    )


def open_chooser(settings: Settings, meter: models.Meter | None = None) -> Chooser:
    """Return the chooser.

    Raises:
        SetupError: If the model is not set up right.
    """
    return models.open_chooser(
        settings.model,
        base_url=settings.openai_base_url,
        api_key=_key(settings),
        meter=meter or open_meter(settings, SystemClock()),
    )


def _key(settings: Settings) -> str:
    return settings.openai_api_key.get_secret_value() if settings.openai_api_key else ""

"""Planner and chooser that ask a model, any server that speaks OpenAI's wire format; metered and checked."""

from __future__ import annotations

from podium.tools.models.meter import (
    Meter,
    ModelCall,
    PriceList,
    Purse,
    Scope,
    Tally,
    Totals,
    Usage,
)
from podium.tools.models.opening import Model, open_chooser, open_model, open_planner
from podium.tools.models.structured import Patience
from podium.tools.models.text import Redactor

__all__ = [
    "Meter",
    "Model",
    "ModelCall",
    "Patience",
    "PriceList",
    "Purse",
    "Redactor",
    "Scope",
    "Tally",
    "Totals",
    "Usage",
    "open_chooser",
    "open_model",
    "open_planner",
]

"""Executing compiled steps on live pages: the adapter of `podium.tools.runner`."""

from podium.tools.running.runner import LocalStepRunner
from podium.tools.running.task import Patience

__all__ = ["LocalStepRunner", "Patience"]

"""Suggestions from run records: pure rules, each with its proof; silence below the threshold."""

from podium.tools.suggestions.engine import suggest
from podium.tools.suggestions.facts import AgentFacts, Asked, Facts

__all__ = ["AgentFacts", "Asked", "Facts", "suggest"]

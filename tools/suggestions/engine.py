"""All rules over the same facts; what a person put aside stays away."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from podium.state.suggestions import Decision, Suggestion
from podium.tools.suggestions.facts import Facts
from podium.tools.suggestions.shapes import coordinate, dedicate, split
from podium.tools.suggestions.steps import compile_task, faster_step, rebuild
from podium.tools.suggestions.timing import fewer_ticks, stagger

Rule = Callable[[Facts], Iterable[Suggestion]]
_RULES: tuple[Rule, ...] = (
    split, coordinate, dedicate, fewer_ticks, stagger, faster_step, rebuild, compile_task,
)  # fmt: skip


def suggest(
    facts: Facts, *, decisions: Mapping[str, Decision] | None = None
) -> tuple[Suggestion, ...]:
    """Return the proposals that the records prove, without those that were decided on already."""
    decided = decisions or {}
    never = {name for name, decision in decided.items() if decision == "never"}
    found: list[Suggestion] = []
    for rule in _RULES:
        for suggestion in rule(facts):
            if suggestion.suggestion_id in decided or suggestion.kind in never:
                continue
            if not _covered(suggestion, found):
                found.append(suggestion)
    return tuple(found)


def _covered(suggestion: Suggestion, found: Iterable[Suggestion]) -> bool:
    """Tell whether a chain that was proposed already makes the schedule needless."""
    return suggestion.kind == "dedicate" and any(
        other.kind == "coordinate" and suggestion.agents[-1:] == other.agents[-1:]
        for other in found
        if suggestion.agents
    )

"""Whether an agent that exists does what is asked already: the same site, object, conditions and destination. Pure."""

from __future__ import annotations

from urllib.parse import urlsplit

from podium.state.errors import UserError
from podium.state.origins import origin_of, web_address
from podium.state.plan import InputSpec, MatchRule, PlannedStep, Request
from podium.state.spec import AgentSpec
from podium.tools.grounding.words import fold, similarity

_WAY = frozenset({"open", "sign_in", "reach"})
"""How one gets there: the site and what is read there say it."""
_HARMLESS = frozenset({"extract", "download", "store"})
"""What an agent may do besides without doing another thing."""
_SAME = 0.85


def covers(spec: AgentSpec, request: Request) -> bool:
    """Return whether an agent of that spec does what the request asks for, and nothing that it does not ask for.

    Where something is not said on one side, it is not the same: a narrower or wider agent is another one.
    """
    wanted = [step for step in request.steps if step.op not in _WAY]
    there = [step for step in spec.steps if step.op not in _WAY]
    if not wanted or not there or not _same_site(spec, request):
        return False
    if request.schedule is not None and _given(request.inputs) != _given(spec.inputs):
        return False  # a schedule runs with the agent's own values
    places = tuple(step.thing for step in spec.steps if step.op == "reach")
    asked_places = tuple(step.thing for step in request.steps if step.op == "reach")
    if not all(any(_alike(one, other) for other in asked_places) for one in places):
        return False
    if not all(any(_same(step, other, places) for other in there) for step in wanted):
        return False
    asked = [step for step in there if step.op not in _HARMLESS]
    return all(any(_same(step, other, places) for step in wanted) for other in asked)


def _given(inputs: tuple[InputSpec, ...]) -> dict[str, str]:
    return {fold(one.name): fold(str(one.default)) for one in inputs if one.default is not None}


def _same_site(spec: AgentSpec, request: Request) -> bool:
    if not request.site:
        return False
    try:
        address = web_address(request.site)
    except UserError:
        return False
    if origin_of(address) not in spec.origins:
        return False
    path = urlsplit(address).path.strip("/")
    opened = {urlsplit(step.url).path.strip("/") for step in spec.steps if step.op == "open"}
    return not path or path in opened


def _same(wanted: PlannedStep, there: PlannedStep, places: tuple[str, ...]) -> bool:
    # "the catalogue" is read for its products.
    things = (there.thing, *(places if there.op in _HARMLESS else ()))
    return (
        wanted.op == there.op
        and any(_alike(wanted.thing, thing) for thing in things)
        and _rules(wanted) == _rules(there)
        and (wanted.which, wanted.count, wanted.limit) == (there.which, there.count, there.limit)
        and (wanted.every_s, wanted.within_s) == (there.every_s, there.within_s)
        and wanted.file_type in {"", there.file_type}
        and _values(wanted) == _values(there)
        and _columns(wanted, there)
        and any(_alike(wanted.dataset, name) for name in (there.dataset, "", *places))
        and wanted.store_as in {"", there.store_as, *(("files", "table") if there.store_as == "both" else ())}
    )  # fmt: skip


def _alike(one: str, other: str) -> bool:
    return fold(one) == fold(other) or (
        bool(one) and bool(other) and similarity(one, other) >= _SAME
    )


def _columns(wanted: PlannedStep, there: PlannedStep) -> bool:
    """Return whether every column that is wanted is read; an agent that takes all reads each."""
    if not there.fields or not wanted.fields:
        return wanted.op not in {"changed", "new_since"} or wanted.fields == there.fields
    return all(
        any(_alike(name, other) or _alike(name, f"{there.thing} {other}") for other in there.fields)
        for name in wanted.fields
    )


def _rules(step: PlannedStep) -> frozenset[tuple[str, str, str, str]]:
    return frozenset(_rule(rule) for rule in step.rules)


def _rule(rule: MatchRule) -> tuple[str, str, str, str]:
    # What the words say about a column and a value counts; how they were said does not.
    said = "" if rule.column and rule.value is not None else fold(rule.phrase)
    return fold(rule.column), rule.cmp, fold(str(rule.value)), said


def _values(step: PlannedStep) -> frozenset[tuple[str, str]]:
    return frozenset((fold(name), fold(value)) for name, value in step.values.items())

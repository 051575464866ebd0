"""Names for new agents, from what they do."""

from __future__ import annotations

import re
from collections.abc import Collection

from podium.tools.offline.jobs import Job
from podium.tools.offline.lexicon import plural, singular, words
from podium.tools.renaming import free_names


def slug(text: str) -> str:
    """Return lower-case words joined by `-`."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:48].strip("-")


def agent_name(job: Job, *, taken: Collection[str], phase: int = 0) -> str:
    """Return a name for the agent that does a job, unique among those taken."""
    return unique(_plain(job, phase), taken)


def unique(name: str, taken: Collection[str]) -> str:
    """Return the name, with a number when another agent has it."""
    return next(candidate for candidate in free_names(name) if candidate not in taken)


def _plain(job: Job, index: int) -> str:
    if not job.phases:
        return "sign-in" if job.signs_in else "visit"
    phase = job.phases[min(index, len(job.phases) - 1)]
    if phase.kind == "form":
        return slug(re.sub(r"\bform\b", "", phase.thing) or phase.thing or "form") or "form"
    if phase.query and not phase.thing:
        return slug(f"search {phase.query}") or "search"
    thing = phase.thing or phase.place
    if not thing and phase.fields:
        return slug(plural(phase.fields[0]))
    thing = thing or "rows"
    adjectives = [
        rule.phrase
        for rule in phase.rules
        if rule.value is None
        and len(rule.phrase.split()) == 1
        and rule.phrase.lower() in words("nouns", "conditions")
    ]
    if phase.new:
        adjectives.insert(0, "new")
    if phase.which in {"newest", "oldest"}:
        adjectives.insert(0, "latest" if phase.which == "newest" else "oldest")

    name = (
        plural(f"{singular(thing.lower())} {phase.fields[0]}")
        if len(phase.fields) == 1 and not adjectives and not phase.query
        else " ".join([*adjectives, thing])
    )
    if phase.clicks:
        name = f"{phase.clicks[0][0]} {name}"
    return slug(name) or "agent"

"""Several acts in one sentence: what a reading of the whole swallowed or took for a web job is read act by act."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from podium.state.plan import Request, Understanding, Verb
from podium.tools.planner import WorkspaceView

Read = Callable[[str, WorkspaceView], Understanding]

_CUT = re.compile(r"\s*[,;]\s*(?:and\s+)?(?:then\s+)?|[.!]\s+|\s+and\s+(?:then\s+)?|\s+then\s+", re.IGNORECASE)  # fmt: skip
_SITE = re.compile(r"https?://|\b[\w-]+\.(?:com|org|net|io|example|test|local)\b", re.IGNORECASE)
_APART: Final[frozenset[Verb]] = frozenset(
    {"pause", "resume", "rename", "delete", "schedule", "unschedule", "rollback", "export"}
)
"""Done for themselves: no part of a chain that is said after them."""
_MOST_CUTS = 8


def read_in_order(
    text: str, whole: Understanding, *, workspace: WorkspaceView, read: Read
) -> Understanding:
    """Return the acts of a sentence about agents one by one where the reading of the whole left one out or took it for a web job."""
    if not workspace.agents or _SITE.search(text) or not (_swallows(whole) or _strays(whole)):
        return whole
    cuts = list(_CUT.finditer(text))
    for cut in cuts[:_MOST_CUTS]:
        first = read(text[: cut.start()], workspace)
        if not first.requests or not _is_read(first):
            continue
        if _swallows(whole) and first.requests[-1].verb not in _APART:
            continue
        names = next((r.agents for r in reversed(first.requests) if r.agents), ())
        if not names:
            continue
        known = replace(workspace, last_agent=names[-1], lately=names)
        rest = text[cut.end() :]
        second = read_in_order(rest, read(rest, known), workspace=known, read=read)
        if _is_read(second) or (_swallows(whole) and _about_agents(second)):
            return _together(first, second)
    return whole


def _swallows(whole: Understanding) -> bool:
    return len(whole.requests) == 1 and whole.requests[0].verb == "chain"


def _strays(whole: Understanding) -> bool:
    """Tell whether words were left, or a web job without a site stands beside what is about agents."""
    return bool(whole.unexplained) or any(
        request.verb == "create" and not request.site for request in whole.requests
    )


def _about_agents(read: Understanding) -> bool:
    return all(_is_about_agents(request) for request in read.requests)


def _is_about_agents(request: Request) -> bool:
    return request.verb not in {"create", "none"}


def _is_read(read: Understanding) -> bool:
    return not read.unexplained and bool(read.requests) and _about_agents(read)


def _together(first: Understanding, second: Understanding) -> Understanding:
    reply = " ".join(part for part in (first.reply, second.reply) if part)
    return Understanding(
        requests=(*first.requests, *second.requests),
        confidence=min(first.confidence, second.confidence),
        unexplained=(*first.unexplained, *second.unexplained),
        reply=reply,
    )

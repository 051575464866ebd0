"""What a request says beside what shall be done: in which order, and that a failure is to be explained."""

from __future__ import annotations

import re

from podium.state.plan import Request

EXPLAIN = "explain"
"""Argument of a run whose failure shall be explained."""

_TELL = r"(?:tell|show|let)(?: (?:me|us))(?: know)?|explain(?: (?:it |that )?to (?:me|us))?|(?:find out|say|report)"
_FAILS = r"(?:(?:it|that|this|the run|something|anything|one(?: of them)?|they|either) (?:ever )?(?:fails?|breaks?|crash(?:es)?|goes wrong|does(?:n't| not) work|did(?:n't| not) work|stops working|errors?))"
_WHY = r"(?:why|what (?:went|goes|is|was|the) (?:wrong|the matter|the reason|the problem|reason|problem|happened)|what happened|the reason|for what reason)"
_EXPLAINS = (
    re.compile(rf"[,;]?\s*\b(?:and|then|but)\b,?\s*(?:please\s+)?(?:{_TELL})\s+{_WHY}\s+(?:if|when|in case|should)\s+{_FAILS}", re.IGNORECASE),
    re.compile(rf"[,;.]?\s*\b(?:(?:and|then|but),?\s+)?(?:if|when|in case|should)\s+{_FAILS},?\s*(?:then\s+)?(?:please\s+)?(?:{_TELL})\s+{_WHY}", re.IGNORECASE),
)  # fmt: skip
_BEFORE = re.compile(
    r"^(?P<lead>\s*(?:(?:please|ok|okay|but|and|so|hey)[,\s]+)*)before\s+(?:you|we|i|it gets|they)\s+(?P<later>[^,;]+),\s*(?:please\s+|first\s+|do\s+)*(?P<first>.+)$",
    re.IGNORECASE | re.DOTALL,
)
_BACKUP = re.compile(
    r"[,;.]?\s*\b(?:but|and|only)\b,?\s+(?:please\s+|first\s+|do\s+)*(?:keep|make|save|take|store|leave|create)\s+(?:me\s+|us\s+)?an?\s+(?:\w+\s+)?(?:backup|copy|export)(?:\s+of\s+(?:it|them|that))?(?:\s+(?:first|before|beforehand|for\s+me))*[\s.!]*$",
    re.IGNORECASE,
)


def told_in_passing(text: str, *, agents: bool) -> tuple[str, str, str]:
    """Return the text without it, `before` when what stands first is done last, and the wish for an explanation.

    It is read where a text names `agents`: on a site `before you sign in, accept the cookies` is a step.
    """
    explains = ""
    if not agents:
        return text, "", ""
    for pattern in _EXPLAINS:
        match = pattern.search(text)
        if match is not None:
            explains = match[0].strip(" ,;.")
            text = text[: match.start()] + text[match.end() :]
            break
    match = _BEFORE.match(text)
    if match is not None:
        # What `it` means in the second part is named in the first.
        return f"{match['lead']}{match['later']}. {match['first']}", "before", explains
    kept = _BACKUP.search(text)
    if kept is not None and text[: kept.start()].strip():
        return f"{text[: kept.start()]}. Save a copy of it", "before", explains
    return text, "", explains


def explained(request: Request) -> Request:
    """Return the request to run with the wish that a failure is explained."""
    if request.verb != "run":
        return request
    return request.model_copy(update={"arguments": {**request.arguments, EXPLAIN: True}})

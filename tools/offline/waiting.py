"""What a request says that no planned step does yet: waiting until something is so, and being told of a failure.

Read before everything else, because word by word it would be taken for something else: a limit for a condition, a failure for a list.
"""

from __future__ import annotations

import re

from podium.tools.offline.ellipsis import URL

_UNIT = r"(?:seconds?|secs?|minutes?|mins?|hours?|hrs?|days?|weeks?)"
SPAN = rf"(?:(?:an?|one|two|three|four|five|six|ten|twelve|\d+)\s+)?(?:half\s+(?:an?\s+)?)?{_UNIT}"
MORE = (
    rf"(?:,?\s*\(?(?:and\s+|but\s+)?(?:(?:check|look|poll|try|test)(?:ing)?(?:\s+(?:again|it|for\s+it))?\s+every\s+{SPAN}"
    rf"|(?:for\s+)?(?:at\s+(?:the\s+)?most|up\s+to|no\s+(?:longer|more)\s+than|not\s+(?:longer|more)\s+than|a\s+maximum\s+of|max(?:imum)?\.?)"
    rf"\s+{SPAN}|then\s+give\s+up|give\s+up\s+after\s+{SPAN}|every\s+{SPAN})\)?)"
)
_UNTIL = re.compile(
    r"\b(?:wait(?:ing|s)?|hold\s+on|keep\s+(?:looking|checking|polling|waiting))\s+(?:until|till)\s+"
    rf"(?P<what>(?:https?://\S*[^\s,;().!?:]|[^,.;()\n])+?)(?=(?P<more>{MORE}*)(?:\s*(?:[,.;()\n]|$)|\s+(?:and|then)\b))",
    re.IGNORECASE,
)
_FOR = re.compile(
    rf"\b(?:wait(?:ing|s)?|hold\s+on)\s+for\s+(?P<what>[^,.;()\n]+?\s+to\s+(?:be|become|get|say|read|turn|change)\b[^,.;()\n]+?)"
    rf"(?=(?P<more>{MORE}*)(?:\s*(?:[,.;()\n]|$)|\s+(?:and|then)\b))",
    re.IGNORECASE,
)
_STATE = re.compile(
    r"\b(?:is|are|isn't|aren't|it's|has|have|says?|becomes?|turns?|reads?|changes?|gets?|finishes|completes)\b",
    re.IGNORECASE,
)
_READY = re.compile(
    r"\b(?:load(?:s|ed|ing)?|page|render\w*|appears?\s+on\s+the\s+page|spinner)\b", re.IGNORECASE
)
"""Every step waits until its page is ready: that is done already."""
_FAILURE = re.compile(
    r"\b(?:(?:and|but)\s+)?(?:tell|notify|alert|inform|warn|message|ping|e-?mail|text|let)\s+(?:me|us|\S+@\S+?)\b"
    r"(?P<how>[^,.;\n]*?)\s+(?:if|when|whenever|in\s+case)\s+(?:it|this|that|the\s+(?:run|agent|job|task)|a\s+run|something|anything)"
    r"\s+(?:fails?|breaks?|crashes|goes\s+wrong|did\s+not\s+work|does(?:n't|\s+not)\s+work|stops\s+working)\b",
    re.IGNORECASE,
)

_LEAST_WORDS = 3


def set_aside(text: str) -> tuple[str, tuple[str, ...]]:
    """Return the text with such wishes blanked out, at the same length, and the wishes as they were said."""
    found = [
        (match.start(), match.end() + len(match["more"]))
        for match in _UNTIL.finditer(text)
        if not _READY.search(match["what"]) and (match["more"] or _STATE.search(match["what"]))
    ]
    found += [
        (match.start(), match.end() + len(match["more"]))
        for match in _FOR.finditer(text)
        if not _READY.search(match["what"])
    ]
    found += [match.span() for match in _FAILURE.finditer(text)]
    blank = list(text)
    for start, end in found:
        # An address within it is the site of the whole request.
        kept = [
            range(start + url.start(), start + url.end()) for url in URL.finditer(text[start:end])
        ]
        for place in range(start, end):
            if not any(place in address for address in kept):
                blank[place] = " "
    rest = "".join(blank)
    if len(rest.split()) < _LEAST_WORDS:
        return text, ()  # it is all that is said: an answer, or about an agent that is there
    return rest, tuple(" ".join(text[start:end].split()) for start, end in sorted(found))

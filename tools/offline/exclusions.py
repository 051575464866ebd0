"""What leaves out a pick (`all but the newest`) or goes on with what is left (`reject the rest`): no plan says either.

Word by word they would be read as their opposite - the newest would be deleted -, so nothing is planned of such a request.
"""

from __future__ import annotations

import re

_COUNT = r"(?:(?:\d+|one|two|three|four|five|six|seven|eight|nine|ten|twelve|few)\s+)?"
_PICKED = (
    r"(?:very\s+)?(?:most\s+(?:recent|expensive)|least\s+expensive|newest|latest|oldest|earliest|first|last|highest|lowest|cheapest|largest"
    r"|biggest|smallest|longest|shortest|dearest|top)"
)
_DAY = r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)days?|days?|weekdays?|weekends?|weeks?|months?|hours?)\b"
_LEAVING_OUT = re.compile(
    r"\b(?:all\s+but|everything\s+but|but(?!\s+(?:only|just)\b)(?:\s+(?:not|for))?|except(?:ing)?(?:\s+for)?|apart\s+from|aside\s+from|other\s+than|save\s+for"
    rf"|besides|excluding|minus|leaving\s+out)\s+(?:(?:the|my|our|its|their)\s+){_COUNT}{_PICKED}\b(?!\s+{_DAY})(?:\s+(?!at\b|on\b|from\b|in\b|of\b)[\w-]+)?",
    re.IGNORECASE,
)
_LEFT = re.compile(
    r"\b(?P<act>[a-z]+)\s+(?:all\s+(?:of\s+)?)?(?:the\s+(?:rest|others?|remainder|remaining(?:\s+ones)?)|everything\s+else|every\s+other\s+one|all\s+others)\b"
    r"(?!\s+(?:as|blank|empty|open|unchanged|alone|untouched|free)\b)",
    re.IGNORECASE,
)
_LEAVES_BE = frozenset(
    "leave leaving ignore ignoring skip skipping keep keeping for in of and or from with on to than fill".split()  # noqa: SIM905  a list of words is read as such
)


def beyond_planning(text: str) -> tuple[str, ...]:
    """Return the parts of a request that leave out a pick or speak of what is left, as they were said."""
    found = [match[0] for match in _LEAVING_OUT.finditer(text)]
    found += [match[0] for match in _LEFT.finditer(text) if match["act"].lower() not in _LEAVES_BE]
    return tuple(" ".join(said.split()) for said in found)

"""Politeness and introductions, which say nothing of the work: `I'd be grateful if you could`, `I'm the school secretary.`."""

from __future__ import annotations

import re

_SO = r"(?:(?:ever\s+so|so|very|really|most|extremely|much)\s+)?"
_IF = r"(?:if|when|whenever)\s+(?:you\s+(?:could|would|can|may|might)|that's\s+possible|it\s+were\s+possible\s+to)"
_POLITE = re.compile(
    "|".join(
        (
            rf"\b(?:i|we)(?:'d|\u2019d|\s+would|\s+should|'ll|\s+will)\s+be\s+{_SO}(?:grateful|thankful|obliged|glad|happy|delighted|pleased)\s+{_IF}\s+(?:please\s+|kindly\s+|possibly\s+)*(?=\w)",
            rf"\b(?:i|we)(?:'d|\u2019d|\s+would)\s+{_SO}appreciate\s+it\s+{_IF}\s+(?:please\s+|kindly\s+)*(?=\w)",
            rf"\b(?:it|that)(?:'d|\u2019d|\s+would)\s+be\s+{_SO}(?:great|nice|lovely|good|kind|helpful|wonderful|brilliant|perfect|a\s+(?:great|big|huge)\s+help)(?:\s+of\s+you)?\s+{_IF}\s+(?:please\s+)?(?=\w)",
            r"\b(?:i|we)\s+(?:was|am|were|are|'m)\s+wondering\s+(?:if|whether)\s+(?:you\s+(?:could|would|can)|it(?:'s|\s+is|\s+was)?\s+possible\s+to)\s+(?:please\s+|possibly\s+)*(?=\w)",
            r"\b(?:would|is|will)\s+it\s+(?:be\s+)?possible\s+(?:for\s+you\s+)?to\s+(?=\w)",
            r"\b(?:could|would|can)\s+you\s+(?:possibly|perhaps|maybe|kindly|be\s+so\s+(?:kind|good)\s+(?:as\s+)?(?:to|and)|do\s+(?:me|us)\s+(?:a|the)\s+(?:favou?r|kindness)\s+(?:and|of))\s+(?:please\s+)?(?=\w)",
            r"\b(?:please\s+)?be\s+so\s+(?:kind|good)\s+(?:as\s+)?(?:to|and)\s+(?=\w)",
            r"\b(?:if|as\s+long\s+as)\s+(?:it(?:'s|\u2019s|\s+is|\s+isn't|\s+is\s+not)|that(?:'s|\s+is|\s+isn't|\s+is\s+not))\s+(?:not\s+|all\s+)?(?:too\s+much\s+(?:trouble|work|bother|to\s+ask)|ok(?:ay)?|all\s+right|alright|possible|no\s+(?:trouble|bother|problem))(?:\s+(?:with|for)\s+you)?\b",
            r"\bif\s+(?:you\s+(?:don't|do\s+not|wouldn't)\s+mind|you\s+please|possible|i\s+may(?:\s+ask)?|you\s+(?:have|get|find)\s+(?:a|the)\s+(?:moment|minute|chance|time))\b",
            r"\b(?:when|whenever|once|as\s+soon\s+as)\s+you\s+(?:have|get|find|can\s+spare|can\s+find|'ve\s+got)\s+(?:a|the|some|any)\s+(?:spare\s+|free\s+)?(?:moment|minute|second|chance|time)\b",
            r"\b(?:many\s+thanks|thanks?(?:\s+you)?|thx|cheers)(?:\s+(?:so|very)\s+much|\s+a\s+(?:lot|million|bunch))?(?:\s+in\s+advance|\s+for\s+your\s+(?:help|time))?(?=\s*(?:[.!,;]|$))",
            r"\b(?:best|kind|warm)?\s*regards\b(?:,?\s+[A-Z]\w+)?\s*\.?\s*$",
            r"^\s*(?:(?:hi|hello|hey|dear|good\s+(?:morning|afternoon|evening|day))(?:\s+(?:there|all|everyone|team|podium))*\s*[,!.]\s*)+",
        )
    ),
    re.IGNORECASE,
)  # fmt: skip
_WHO = re.compile(
    r"(?:(?<=^)|(?<=[.!?\n]))[^\S\n]*(?:(?:hi|hello|hey|so|well|ok)\W+)*(?:i\s+am|i'm|i\u2019m|we\s+are|we're|we\u2019re|my\s+name\s+is|my\s+name's|this\s+is"
    r"|(?:i|we)\s+(?:run|own|manage|keep|have|lead|chair|coach)(?=\s+(?:an?|the|our)\s)|(?:i|we)\s+(?:work|volunteer|help(?:\s+out)?|teach)(?=\s+(?:at|for|as|in|with)\s))\s+"
    r"(?!(?:looking|after|going|trying|interested|about|not|in\s+need|hoping|hunting|searching|keen|planning|supposed)\b)"
    r"(?:an?\s+|the\s+|our\s+|from\s+|with\s+|in\s+charge\s+of\s+|responsible\s+for\s+)?[^.!?,;:/@\d\n]{2,70}?(?:[.!]|(?=\n)|\s+and(?=\s+(?:i(?:'d|\u2019d|'m)?|we(?:'d|\u2019d|'re)?|would|could|can|please)\s)|\s+so\s+(?=(?:please|could|can|would)\b))",
    re.IGNORECASE,
)

_BECAUSE = re.compile(
    r"^(?P<lead>\W*(?:(?:so|well|ok|hi|hello|hey)\W+)*)(?:since|because|as|seeing\s+that|given\s+that)\s+(?:the|my|our|his|her|their|i|we|he|she|they|somebody|someone|everyone|everybody)\b[^.:;!?/\d\n]{3,80}?(?::\s|,\s*(?=(?:please|could|can|would|i'd|i\s+need|get|list|give|show|all|download|collect|fetch)\b))",
    re.IGNORECASE,
)
"""Why something is wanted, told before it: `since the council wants it: ...`."""

_FINE = re.compile(r"^\W*(?:fine|good|great|right|alright|all\s+right|cool|perfect|sure|lovely|okay|ok|well)\s*[,.!;]+\s*(?=\w+\s+\w)", re.IGNORECASE)  # fmt: skip
"""A word that takes note of what was said before: `fine, resume it`."""


def without_courtesy(text: str) -> str:
    """Return the text with such words blanked out, at the same length; itself where nothing else is said."""
    left = _blanked(_WHO, text)
    left = _blanked(_POLITE, left)
    left = _blanked(_BECAUSE, left)
    left = _blanked(_FINE, left)
    return left if re.search(r"\w+\W+\w+", left) else text


def _blanked(pattern: re.Pattern[str], text: str) -> str:
    return pattern.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text)

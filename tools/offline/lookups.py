"""Questions for what the workspace holds: `find everything about ACME`, `which agent handled invoice 4711?`."""

from __future__ import annotations

import re

from podium.state.plan import Request, Understanding

_LEAD = r"(?:(?:please|pls|ok|okay|hey|so|and|can you|could you|would you|will you|i want to|i'd like to|let's|let me)[, ]+)*"
_US = r"(?:(?:for )?(?:me|us) )?"
_ALL = r"(?:everything|anything|whatever|all|what(?:ever)?|every (?:mention|trace|record|hit)|(?:all |any )?(?:mentions?|traces?|records?|hits|entries))"
_ABOUT = r"(?:about|on|regarding|concerning|with|of|that (?:mentions?|contains?|names?|has)|mentioning|containing|naming|related to|for)"
_HERE = r"(?:(?:in|through|across|among|from) (?:(?:all|the|my|our|this|every|past|old|earlier|previous|whole|entire|of) )*(?:workspace|runs?|agents?|outputs?|results?|histor(?:y|ies)|records?|conversations?|chats?|datasets?|tables?|files|memory|podium)(?: and (?:\w+ )?(?:runs|agents|outputs|results|conversations|chats|files|tables))?)"
_DID = r"(?:handled|handles|processed|processes|saw|sees|has seen|found|finds|downloaded|downloads|collected|collects|stored|stores|got|fetched|touched|touches|read|reads|wrote|sent|submitted|filed|dealt with|worked on|knows about|mentions|mentioned|produced|contains?|names)"

_FORMS = tuple(
    re.compile(rf"^{_LEAD}{form}[?.! ]*$", re.IGNORECASE)
    for form in (
        rf"(?:find|search|look up|look|show|get|list|give|tell|pull up|dig up|bring up) {_US}(?:for )?{_ALL} {_ABOUT} (?P<words>.+?)(?: {_HERE})?",
        rf"(?:find|search for|search|look for|look up|grep for|show {_US}) ?(?P<words>.+?) {_HERE}",
        rf"search (?:{_HERE}|(?:(?:all|the|my|our|whole) )*(?:workspace|runs|history|records|outputs|conversations|chats)) for (?P<words>.+?)",
        rf"(?:which|what) (?:agents?|runs?|bots?|automations?) (?:\w+ )?{_DID} (?P<words>.+?)",
        r"(?:which|what) (?:agents?|runs?|bots?|automations?) (?:was|were|is|are) (?:it that )?(?:about|involved (?:in|with)|responsible for) (?P<words>.+?)",
        r"what do (?:we|you|i|my agents|our agents) (?:know|have) (?:about|on) (?P<words>.+?)",
        r"(?:where|when) (?:did|does|do|have|has) (?:we|you|i|my agents|our agents|any agent|an agent) (?:see|seen|find|found|get|got|store|stored|handle|handled|process|processed|download|downloaded|mention|mentioned|talk(?:ed)? about) (?P<words>.+?)",
        rf"(?:when|where) (?:was|were|did) (?P<words>.+?) (?:(?:last|first|ever) )*(?:seen|found|stored|mentioned|collected|handled|appear|show up|turn up|come up|change)(?: last)?(?: {_HERE})?",
        rf"where (?:is|was|does|did|are|were) (?P<words>.+?) (?:mentioned|stored|kept|handled|processed|appear|come up|turn up|show up)(?: {_HERE})?",
    )
)  # fmt: skip
_ARTICLES = re.compile(
    r"\b(?:the|a|an|my|our|this|that|it|any|all|some|number|no\.|nr\.?)\s+", re.IGNORECASE
)
_QUOTES = " \"'\u201c\u201d\u2018\u2019"
_NOTHING = frozenset({"", "it", "that", "this", "them", "me", "us", "errors", "problems"})
_SITE = re.compile(
    r"https?://|\bwww\.|\b\w+\.(?:com|org|net|io|de|test|example|co)\b", re.IGNORECASE
)


def read_lookup(text: str) -> Understanding | None:
    """Return the question for what the workspace holds; none when the text is no such question.

    What names a site is a job there, whatever its words.
    """
    said = " ".join(text.split())
    if _SITE.search(said) and "@" not in said:
        return None
    for form in _FORMS:
        match = form.match(said)
        if match is None:
            continue
        words = _ARTICLES.sub("", match["words"].strip(_QUOTES + ",:;")).strip(_QUOTES)
        if words.lower() in _NOTHING:
            return None
        request = Request(
            verb="inspect", text=text.strip(), arguments={"what": "search", "words": words}
        )
        return Understanding(requests=(request,), confidence=1.0)
    return None

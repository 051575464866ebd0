"""Items of a form in free order: `what is wrong: ..., fix by 15 December, tell me by post`.

Such items look like clauses ("tell me", "fix"), though each is a field and its value. They are found before the text is
cut into clauses, and only in requests that speak of a form or of sending one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_FORM = re.compile(
    r"\b(?:fill(?:s|ed)?(?:\s+(?:in|out))?|complete)\b(?=[^.\n]*\b(?:form|with|in|out|fields?)\b|\s)"
    r"|\bform\b|\b(?:submit|send|post|save)\s+(?:it|this|that|the)\b|\b(?:enter|type|write|put)\s[^.\n]*\b(?:in|into|as)\b"
    r"|\b(?:report|file|raise|register|reserve|book|request|log|order)\s+(?:an?|the)\s+[^,:;\n]{2,40}[:,]"
    r"|\b(?:ask|apply|sign(?!\s+(?:in|on|into|onto)\b)|join|subscribe|enrol|enroll|register|order|book|reserve|request|report|file|raise|log|submit|send)\b[^\n]*?:(?!//)\s",
    re.IGNORECASE,
)
_LISTS = re.compile(r"\b(?:whenever|every time|as soon as|if|when)\b", re.IGNORECASE)
_BEGINS = r"(?:(?<=[,;:(\n])\s*|(?<=\band)\s+|(?<=\bwith)\s+|(?<=\bthen)\s+|(?<=\bfill)\s+|(?<=\bfill in)\s+|(?<=\benter)\s+|(?<=\band the)\s+|(?<=\bwith the)\s+)"
_SENDS = r"(?:then\s+|please\s+|finally\s+)*(?:submit|send|post|save|click|press|hit|confirm|store|choose|select|tick|check|continue)\b"
_TELLS = (
    r"(?:tell|notify|contact|inform|reach|call|remind|answer|reply to|get back to|update|confirm to)\s+(?:me|us|them|him|her)\s+(?:by|via|through)"
    r"|(?:pay|deliver|ship|send it|answer|notify|contact|reply|answer|notification|notifications|confirmation)\s+(?:by|via|through)"
)
_MOMENTS = r"(?:fix|fixed|repair|finish|deliver|delivery|return|needed|required|due|pick(?:\s|-)?up|collect|collection|arrive|start|done)\s+(?:by|on|before|at|from)"
_ACTS = "click|press|hit|type|enter|write|put|paste|select|choose|pick|tick|check|open|go|log|sign|search|find|collect|download|save|store|and|or|then|as|in|into|to|at|on|with|named|called|titled|saying|says|for"
_ASKED = r"(?:what|which|where|how|who|why)\s+[^,;:=\n]{1,40}?"
_TELLING = (
    "priority|urgency|severity|category|type|kind|size|colour|color|room|floor|branch|department|delivery|shipping|reason"
    "|frequency|format|quantity|amount|notify|contact|language|salutation|title|topic|pay|payment|subject|country|city|branch|location|plan"
)
_NUMBERED = "number|no|name|title|code|date|day|birthday|address|branch|id"
_PLAIN = rf"(?:(?:[a-z][a-z-]+\s)?(?:{_NUMBERED})|(?:{_TELLING}))"
_LABEL = (
    rf"(?P<tells>{_TELLS})\s+|(?P<moment>{_MOMENTS})\s+|(?P<asked>{_ASKED})\s*(?:[:=]|(?=\s*[\x00\uFFFC]))\s*"
    rf"|(?P<stated>{_ASKED})\s(?:is|are)\s+(?![^,;\n]*:)"
    r"|(?P<spelled>[^\W\d][\w'-]*(?:\s[\w'-]+){0,4}?\??)\s*(?::(?![/\d])|=)\s*"
    rf"|(?P<quoted>(?!(?:{_ACTS})\b)[a-z][\w'-]*(?:\s(?!(?:{_ACTS})\b)[\w'-]+){{0,3}})\s+(?=[\x00\uFFFC])"
    rf"|(?P<agreed>(?:i\s+)?(?:accept|agree to|agree with|consent to)\s+(?:the\s+)?[^,;:\n]{{3,40}}?)(?=\s*(?:[,;\n]|\.|$|\sand\s))"
    rf"|(?P<plain>{_PLAIN})\s+(?:is\s+|of\s+)?(?=\S)"
)

_LIKE_AN_ACT = re.compile(rf"(?:{_TELLS}|{_MOMENTS})\s", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A field and where its value stands."""

    label: str
    start: int
    value_start: int
    end: int
    value_end: int | None = None
    """Where the value ends, when the item goes on: `2 pieces`."""

    @property
    def value_span(self) -> tuple[int, int]:
        """Where the value stands."""
        return self.value_start, self.end if self.value_end is None else self.value_end


def speaks_of_form(text: str) -> bool:
    """Return whether the request fills something, and does not only wait for something."""
    return _FORM.search(text) is not None and _LISTS.search(text) is None


def told_label(part: str) -> str:
    """Return how an item begins that reads like an act: `tell me by`, `pick up at`; '' when it does not."""
    match = _LIKE_AN_ACT.match(part)
    return match[0].rstrip() if match is not None else ""


def items_of(text: str, mask: str) -> list[Item]:
    """Return the items of a form that a request lists, in order; `mask` stands for what is taken already."""
    if not speaks_of_form(text):
        return []
    label = _LABEL.replace(r"[\x00\uFFFC]", re.escape(mask))
    pattern = re.compile(_BEGINS + r"(?:the\s+|my\s+|your\s+)?(?:" + label + ")", re.IGNORECASE)
    found: list[Item] = []
    position = 0
    while (match := pattern.search(text, position)) is not None:
        item = _read(text, match, mask)
        position = item.end if item is not None else match.start() + 1
        if item is not None:
            found.append(item)
    return found


def _read(text: str, match: re.Match[str], mask: str) -> Item | None:
    kind = match.lastgroup or ""
    said = match[kind] if kind else ""
    if kind == "agreed":
        return Item(label=said, start=match.start(kind), value_start=match.end(), end=match.end())
    end = _value_end(text, match.end(), mask)
    value = text[match.end() : end]
    if not said.strip() or mask in said or not _is_value(value, kind, mask):
        return None
    if kind == "spelled" and (
        re.search(r"[:=]", value)
        or re.match(_SENDS + r"|(?:fill|enter|type|report|open|go|log|sign)\b", said, re.IGNORECASE)
    ):
        return None
    if said.lower().startswith("pay") and any(char.isdigit() for char in value):
        return None  # `pay 30 EUR` is an act
    if kind == "plain" and re.match(r"\s+(?:in|into|under)\b", text[end:], re.IGNORECASE):
        return None  # `type "Hello" into the subject`: a verb here
    label = " ".join(said.split()).strip(" ?")
    return Item(label=label, start=match.start(kind), value_start=match.end(), end=end)


def _value_end(text: str, start: int, mask: str) -> int:
    """Return where the value ends: at a comma, or before `and` that goes on with another field or with the sending."""
    if text[start : start + 1] == mask:
        masked = re.compile(re.escape(mask) + "+").match(text, start)
        return masked.end() if masked else start
    stop = re.compile(
        rf"\s*(?:[,;\n)]|\.(?:\s|$)|$|\s(?:and\s+)?(?:then\s+)?{_SENDS}|\s(?:and|with)\s+(?:the\s+|my\s+)?(?:{_TELLS}|{_MOMENTS}|(?:{_PLAIN})\s|(?:then\s)|[\w ?'-]{{2,40}}[:=]))",
        re.IGNORECASE,
    )
    match = stop.search(text, start)
    return match.start() if match is not None else len(text.rstrip(" ."))


def _is_value(value: str, kind: str, mask: str) -> bool:
    said = value.strip()
    if not said or len(said) > 400:
        return False
    if mask in said and said.strip(mask):
        return kind in {"asked", "stated", "spelled", "moment"}  # words around a quote
    if kind == "plain":
        return len(said.split()) <= 5 and not re.match(
            r"(?:and|or|of|in|on|at|from|to|for|with|by|is|are|the|whose|that|which)\b", said
        )
    return True

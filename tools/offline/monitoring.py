"""`wait until order 1042 is shipped, look every 10 minutes`: what is waited for, said as rows that a list has by then.

The request is read with those rows in the place of the wish, and the step that waits for them comes before the one
that reads them. What names no rows stays a wish that is told as not read (`waiting`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from podium.state.plan import PlannedStep
from podium.tools.offline.ellipsis import URL
from podium.tools.offline.lexicon import numbers, words
from podium.tools.offline.waiting import MORE, SPAN

DEFAULT_EVERY_S = 600.0
DEFAULT_WITHIN_S = 7 * 86_400.0
_SHORTEST_S = 60.0

_LOOKS = (
    r"(?:wait|hold\s+on|keep\s+(?:on\s+)?(?:looking|checking|polling|waiting|watching|refreshing|monitoring)|keep\s+an\s+eye\s+on"
    r"|check(?:\s+on)?|look\s+at|poll|watch|monitor|track|refresh)"
)
_EVERY = rf"(?:every\s+{SPAN}|once\s+an?\s+(?:minute|hour|day|week)|hourly|daily)"
_WISH = re.compile(
    rf"(?:\b{_EVERY},?\s+)?\b{_LOOKS}\b(?P<object>(?:(?!\b(?:until|till|then)\b)[^;\n])*?)[\s,]*\b(?:until|till)\s+"
    rf"(?P<what>(?:https?://\S*[^\s,;().!?:]|[^,.;()\n]|[.,](?=\d))+?)(?=(?P<more>{MORE}*)(?:\s*(?:[,.;()\n]|$)|\s+(?:and|then)\b))",
    re.IGNORECASE,
)
_FOR = re.compile(
    r"\bwait(?:ing)?\s+for\s+(?P<thing>(?:(?!\b(?:until|till|then|and)\b)[^,;\n])+?)\s+to\s+(?:be(?:come)?|get|say|read|show|turn)\s+(?P<state>\w+)",
    re.IGNORECASE,
)
_PLACED = re.compile(rf"(?:\b(?:at|on|from|in|under)\s+)?(?P<url>{URL.pattern})")
_PREDICATE = re.compile(
    r"^(?P<subject>.+?)\s+(?:(?:is|are|has\s+been|have\s+been|becomes?|turns?|gets?|reads?|says?|shows?|changes\s+to|goes\s+to|reaches)(?P<set>\s+)"
    r"|(?P<way>drops?|falls?|sinks?|goes|comes|rises?|climbs?)\s+(?:down\s+|up\s+)?)(?:now\s+|again\s+|finally\s+|marked\s+(?:as\s+)?|set\s+to\s+|listed\s+as\s+|shown\s+as\s+)?(?P<value>.+)$",
    re.IGNORECASE,
)
_DONE = re.compile(r"^(?P<subject>.+?)\s+(?P<has>has\s+|have\s+)?(?P<verb>[a-z]+)$", re.IGNORECASE)
_ARISES = re.compile(
    r"^(?:there\s+(?:is|are)\s+)?(?:(?:an?|some|any|one)\s+)?(?P<noun>[a-z][\w -]*?)(?:\s+(?:appears?|shows?\s+up|turns?\s+up|comes?\s+up|opens?\s+up|is\s+there|are\s+there))?$",
    re.IGNORECASE,
)
_NUMBERED = re.compile(
    r"^(?P<thing>[a-z][\w-]*(?:\s[a-z][\w-]*)?)\s+(?:no\.?\s*|number\s+|nr\.?\s*|id\s+)?#?(?P<id>[A-Z]{0,6}-?\d[\w/-]*)$"
)
_OF = re.compile(
    r"^(?P<field>[a-z][\w-]*(?:\s[\w-]+)?)\s+(?:of|for)\s+(?P<thing>.+)$", re.IGNORECASE
)
_OWN = re.compile(
    r"^(?P<thing>.+?)['\u2019]s\s+(?P<field>[a-z][\w-]*(?:\s[\w-]+)?)$", re.IGNORECASE
)
_ARTICLE = re.compile(r"^(?:the|my|our|your|this|that|its|an?)\s+", re.IGNORECASE)
_PRONOUN = re.compile(r"^(?:it|this|that|they|these|those)\b", re.IGNORECASE)
_TO = re.compile(r"^to\s+", re.IGNORECASE)
_DOWN = frozenset({"drop", "drops", "fall", "falls", "sink", "sinks"})
_STATES = {
    "ships": "shipped", "arrives": "arrived", "finishes": "finished", "completes": "completed", "closes": "closed", "clears": "cleared",
    "fails": "failed", "passes": "passed", "starts": "started", "ends": "ended", "lands": "landed", "departs": "departed",
}  # fmt: skip
_SPAN_PARTS = re.compile(
    r"(?P<half>half\s+(?:an?\s+)?)?(?P<count>\d+|[a-z]+)?\s*(?P<unit>second|sec|minute|min|hour|hr|day|week)s?\b",
    re.IGNORECASE,
)
_UNIT_S = {
    "second": 1, "sec": 1, "minute": 60, "min": 60, "hour": 3600, "hr": 3600, "day": 86_400, "week": 604_800,
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """What is waited for, and the request with the rows in its place."""

    text: str
    rows: str
    """As they stand in `text`: `the order whose order number is 1042 and status is Shipped`."""
    said: str
    every_s: float | None
    within_s: float | None


def waited_for(text: str) -> Wait | None:
    """Return what a request waits for; none where nothing is, or no rows of a list are named by it."""
    text = _FOR.sub(r"wait until \g<thing> is \g<state>", text)
    match = _WISH.search(text)
    if match is None:
        return None
    said = text[match.start() : match.end()] + match["more"]
    url = _PLACED.search(match["object"]) or _PLACED.search(match["what"])
    beside = _bare(re.sub(_EVERY, " ", _PLACED.sub(" ", match["object"]), flags=re.IGNORECASE))
    what = _named(" ".join(_PLACED.sub(" ", match["what"]).split()), beside)
    rows = _rows(what, beside)
    if not rows:
        return None
    place = f"open {url['url']}, " if url is not None else ""
    end = match.end() + len(match["more"])
    limits = re.sub(_EVERY, " ", said, flags=re.IGNORECASE)
    every = re.search(_EVERY, said, re.IGNORECASE)
    within = re.search(rf"(?:most|to|than|of|max(?:imum)?\.?|after)\s+(?P<span>{SPAN})", limits, re.IGNORECASE)  # fmt: skip
    return Wait(
        text=f"{text[: match.start()]}{place}get {rows}{text[end:]}",
        rows=rows,
        said=what,
        every_s=_seconds(every[0]) if every is not None else None,
        within_s=_seconds(within["span"]) if within is not None else None,
    )


def with_wait(steps: Sequence[PlannedStep], wait: Wait) -> tuple[PlannedStep, ...] | None:
    """Return the steps with the waiting one before that which reads the rows; none where they are not told apart by anything."""
    for at, step in enumerate(steps[:-1]):
        behind = steps[at + 1]
        if step.op != "extract" or behind.op != "filter":
            continue
        if not all(_says(wait.rows, rule.phrase) for rule in behind.rules):
            continue
        every, within = wait.every_s or DEFAULT_EVERY_S, wait.within_s or DEFAULT_WITHIN_S
        waiting = PlannedStep(
            id="wait",
            op="wait",
            title=f"Wait until {wait.said}",
            every_s=max(every, _SHORTEST_S),
            within_s=within,
            post=f"There is a row that the next steps keep; a look every {_each(every)}, for {in_words(within)} at most",
        )
        return (*steps[:at], waiting, *steps[at:])
    return None


def assumed(wait: Wait) -> tuple[str, ...]:
    """Return what nobody said about the looks, and is taken for it."""
    notes: list[str] = []
    if wait.every_s is None:
        notes.append(f"a look every {_each(DEFAULT_EVERY_S)}")
    elif wait.every_s < _SHORTEST_S:
        notes.append(f"a look every {_each(_SHORTEST_S)}, no oftener")
    if wait.within_s is None:
        notes.append(f"for {in_words(DEFAULT_WITHIN_S)} at most")
    return (f"Waiting: {', '.join(notes)} is assumed",) if notes else ()


def in_words(seconds: float) -> str:
    """Return a span as people say it: `10 minutes`, `2 days`, `an hour`."""
    for unit, size in (("day", 86_400), ("hour", 3600), ("minute", 60), ("second", 1)):
        if seconds >= size and seconds % size == 0:
            count = int(seconds // size)
            return f"{count} {unit}s" if count > 1 else f"{'an' if unit == 'hour' else 'a'} {unit}"
    return f"{seconds:g} seconds"


def _each(seconds: float) -> str:
    return re.sub(r"^an? ", "", in_words(seconds))


def _says(rows: str, phrase: str) -> bool:
    return set(re.findall(r"\w+", phrase.lower())) <= set(re.findall(r"\w+", rows.lower()))


def _rows(what: str, beside: str) -> str:
    """Return the rows that are there once `what` holds: `the order whose order number is 1042 and that is shipped`."""
    predicate = _PREDICATE.match(what)
    if predicate is None or predicate["subject"].lower() in {"there", "a", "an", "one"}:
        done = _DONE.match(what)
        if done is None or not (done["has"] or done["verb"].lower() in _STATES):
            return _arising(what)
        subject, way = done["subject"], ""
        value = done["verb"] if done["has"] else _STATES[done["verb"].lower()]
    else:
        subject, value, way = predicate["subject"], predicate["value"], predicate["way"] or ""
    subject = _bare(subject)
    owned = _OF.match(subject) or _OWN.match(subject)
    if owned is not None and (way or owned["field"].lower() in _columns()):
        return _whose(_bare(owned["thing"]), owned["field"], _compared(value, way))
    if (
        beside
        and not _PLACED.search(beside)
        and subject.lower() in _columns()
        and subject != beside
    ):
        return _whose(beside, subject, _compared(value, way))
    numbered = _NUMBERED.match(subject)
    if way or (numbered is None and owned is None):
        return ""
    if numbered is None:
        return f"the {subject} that {'are' if subject.split()[0].endswith('s') else 'is'} {value}"
    return f"the {_of_number(numbered)} and that is {value}"


def _whose(thing: str, field: str, value: str) -> str:
    numbered = _NUMBERED.match(thing)
    if numbered is not None:
        return f"the {_of_number(numbered)} and whose {field} is {value}"
    return f"the {thing} whose {field} is {value}"


def _of_number(numbered: re.Match[str]) -> str:
    # "job number" would be read as the number of one of our own jobs.
    own = numbered["thing"].lower() in words("nouns", "agents")
    return f"{numbered['thing']} whose {'' if own else numbered['thing'] + ' '}number is {numbered['id']}"


def _compared(value: str, way: str) -> str:
    if not way:
        return value
    return _TO.sub("at most " if way.lower() in _DOWN else "at least ", value)


def _arising(what: str) -> str:
    """Return the rows of `there is a free slot`: with a word that tells them from the others, or none."""
    found = _ARISES.match(what)
    if found is None or not re.match(
        r"(?:there\s+(?:is|are)|an?|some|any|one)\s", what, re.IGNORECASE
    ):
        return ""
    noun = found["noun"].split()
    return (
        f"the {' '.join(noun)}"
        if len(noun) > 1 and noun[0].lower() not in {"new", "more", "other", "another"}
        else ""
    )


def _columns() -> frozenset[str]:
    return words("nouns", "columns") | words("nouns", "fields")


def _named(what: str, beside: str) -> str:
    """Return what holds with the thing in the place of `it`."""
    return _PRONOUN.sub(lambda _: f"the {beside}", what) if beside else what


def _bare(text: str) -> str:
    return _ARTICLE.sub("", " ".join(text.split()).strip(" ,:"))


def _seconds(span: str) -> float:
    if span.lower() in {"hourly", "daily"}:
        return 3600.0 if span.lower() == "hourly" else 86_400.0
    parts = _SPAN_PARTS.search(span)
    if parts is None:
        return 0.0
    said = (parts["count"] or "").lower()
    count = float(said) if said.isdigit() else float(numbers("times", "numbers").get(said, 1))
    return (0.5 if parts["half"] else count) * _UNIT_S[parts["unit"].lower()]

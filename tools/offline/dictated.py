"""Forms that are dictated: `Ann Lee, hours a week 12, area Garden, tick the terms - into the form at URL, and send it`.

What only the form can tell apart is not taken apart here: such a part goes into the plan as it was said, and the build
finds its control, its option or its box among those the form has. This reading is taken where the usual one leaves
words of such a request unread, and never where the request reads, lists, waits or repeats.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from podium.state.plan import InputSpec, PlannedStep, Request, Understanding
from podium.state.program import Effect
from podium.tools.grounding.words import fold
from podium.tools.offline.form_lists import read_part
from podium.tools.offline.lexicon import lists, numbers, words
from podium.tools.offline.tokens import MASK, Entity

_FILLS = (
    r"fill(?:\s+(?:in|out|up))?|complete|submit|register|enrol+|enter|put|apply|join|sign|book|reserve|report|file|lodge|request|order|send|add|create"
    r"|make|record|log|volunteer|subscribe|raise|open\s+an?|note|announce|declare|claim|propose|post|write|invite|hire|admit|schedule|arrange|nominate|donate|issue|adopt|rent|sponsor|borrow|renew"
)
_HEAD = re.compile(
    rf"(?:(?:please|kindly|now|then|go\s+to|and|i\s+(?:want|need|would\s+like)\s+(?:you\s+)?to|can\s+you|could\s+you)\s+)*(?P<verb>{_FILLS})\b(?:\s+in\b|\s+out\b|\s+up\b|\s+for\b|(?:(?<=report)|(?<=complain)|(?<=announce)|(?<=declare))\s+(?P<told>that)\b)?\s*(?P<rest>.*)",
    re.IGNORECASE | re.DOTALL,
)
_SENDS = re.compile(
    r"(?:^\s*(?:(?:and|then|finally|please)\s+)*|[\s,;]+(?:and|then)\s+(?:then\s+|finally\s+)?)(?P<act>(?:submit|send|save|create|confirm|register|book|apply|post|order|sign)(?:\s+(?:it|this|that|them|up|in|off|me\s+up|(?:the|this|my)\s+(?:whole\s+)?(?:form|request|application|registration|order|booking|report|entry)))*"
    r"|(?:press|click|hit)(?:\s+on)?(?:\s+the)?\s+(?P<press>(?!it\b|them\b)[^,;]{1,30}?)(?:\s+button)?)\s*$",
    re.IGNORECASE,
)
_OPENS = re.compile(
    r"(?:(?:and|then)\s+)*(?:click|press|hit|choose|use|open)(?:\s+on)?\s+(?:the\s+)?(?P<button>[^,;]{2,40}?)(?:\s+(?:button|link|tab|dialog))?",
    re.IGNORECASE,
)
_INTO_FORM = re.compile(rf"\s*(?:{_FILLS})\s+(?:that|this|it|these|all\s+that)\b", re.IGNORECASE)
_LEAVES = re.compile(
    r"(?:please\s+)?(?:leave|skip|ignore)\s+(?:out\s+)?(?:(?:all\s+)?the\s+)?(?:rest|others?|everything\s+else|other\s+fields)(?:\s+(?:empty|blank|open|as\s+(?:it\s+is|they\s+are|is)|alone|out|unchanged))?$"
    r"|(?:nothing|no\s+more|that\s+is\s+all|that's\s+all)(?:\s+else)?$",
    re.IGNORECASE,
)
_OTHER_WORK = re.compile(
    r"\b(?:download|collect|extract|list|compare|scrape|monitor|watch|store|export|table|csv|spreadsheet|whenever|every\s+\w+|each|if|when(?!\s+(?:\d|it\s+was))|unless|until|once|while|except|because|agent|but|unsent|draft|cheapest|newest|latest|best|free|log\s?(?:in|on|into)|sign\s?(?:in|into)|daily|weekly|monthly|hourly|weekdays?|(?:mon|tues|wednes|thurs|fri|satur|sun)days|all\s+(?:the\s+)?\w+s)\b",
    re.IGNORECASE,
)
"""What a form's values seldom say, and requests to read, to wait or to repeat do; within quotes it does not count."""
_PUT_INTO = re.compile(rf"{MASK}\s+(?:in|into|as)\b", re.IGNORECASE)
_NOT_SENT = re.compile(
    r"\b(?:don[\u2019']?t|do\s+not|never|without)\s+(?:\w+\s+)?(?:submit|send|sav|press|click|book|order)",
    re.IGNORECASE,
)
_CUT = re.compile(
    r",\s+|;\s*|\n+|\s[-\u2013\u2014]\s|\s*[()]\s*|(?<![A-Z])(?<!\b(?:Mr|Ms|Dr|St|no|nr))(?<!\bMrs)\.(?=\s|$)|:(?=\s)"
)
_LEAD = re.compile(
    r"(?:(?:and|also|then|plus|please|with|enter|put|fill\s+in|set|select|choose|pick|the|his|her|its|my|their|your|a|an|i\s+am|it\s+is)\s+)+(?=\S)",
    re.IGNORECASE,
)
_PLACE = re.compile(
    r"(?:\s*\b(?:at|on|in|into|to|via|using|through|from|of|under|page|website|site|web\s*site|the|this))*\s*$",
    re.IGNORECASE,
)
_APART = re.compile(
    r"\s+(?:up\s+for|up\s+to|to|for|with|by|on|from|under|in|into)\s+", re.IGNORECASE
)
_MARKED = re.compile(r"([^\W\d][\w'?/ -]{0,40}?)\s*(?::\s|=)\s*(\S.*)", re.DOTALL)
_QUOTED = re.compile(
    r"([^\W\d][\w'?/ -]{0,40}?)\s+((?:\"[^\"]+\"|'[^']+'|\u201c[^\u201d]+\u201d|\u00ab[^\u00bb]+\u00bb))"
)
_COUNTS = re.compile(r"[a-z]+", re.IGNORECASE)
_MOST = 25
"""Parts; what has more was not dictated."""

Finder = Callable[[str], Sequence[Entity]]


@dataclass(slots=True, kw_only=True)
class _Said:
    """What is found in the request so far."""

    verb: str = ""
    thing: str = ""
    parts: list[str] = field(default_factory=list[str])
    sends: bool = False
    press: str = ""
    left: bool = False
    listed: list[str] = field(default_factory=list[str])
    """Those of the parts that stand alone between commas."""
    opens: str = ""
    """The button that brings up the form, when that is said."""


def read_dictated(text: str, usual: Understanding, find: Finder) -> Understanding | None:
    """Return the request as a form that is dictated; None where the usual reading stands."""
    if not _is_one(usual):
        return None
    found = list(find(text))
    urls = [one for one in found if one.kind == "url"]
    if len(urls) != 1 or any(one.kind in {"cred", "agent"} for one in found):
        return None
    quotes = _quotes(text, urls[0])
    masked = _masked(text, [(urls[0].start, urls[0].end), *quotes])
    if (
        _OTHER_WORK.search(masked)
        or _PUT_INTO.search(_masked(text, quotes))
        or _NOT_SENT.search(masked)
    ):
        return None
    said = _Said()
    for start, end in _segments(masked):
        if not _read_segment(said, text, masked, start, end, urls[0]):
            return None
    values = _as_usual(_values(said.parts, find), usual)
    if any(text.startswith("?") for pair in values.items() for text in pair):
        return None  # a date that may be two
    if not (said.verb or said.sends) or not values or len(values) > _MOST:
        return None
    if not _is_open(usual, values, said.listed):
        return None
    return _understanding(text, urls[0].value, said, values)


_FORM_OPS = frozenset({"open", "sign_in", "reach", "fill", "choose", "submit", "click"})


def _is_one(usual: Understanding) -> bool:
    """Return whether the usual reading is of one new agent, or of nothing."""
    requests = usual.requests
    return len(requests) == 1 and requests[0].verb in {"create", "none"}


def _is_open(usual: Understanding, values: dict[str, str], listed: Sequence[str]) -> bool:
    """Return whether the usual reading leaves a part unread, asks for what is said, or lost a part of the form."""
    request = usual.requests[0]
    asked = {one.field for one in request.missing} - {"url", "credentials"}
    if usual.unexplained or asked == {"values"}:
        return True
    if not all(step.op in _FORM_OPS for step in request.steps):
        return False
    if not _holds_all(usual.requests[0], values):
        return False
    given = {spec.name: str(spec.default) for spec in request.inputs}
    told = [
        fold(f"{name} {given.get(value[8:-1], value)}")
        for step in request.steps
        for name, value in step.values.items()
    ]
    broken = any(one.default is not None and str(one.default).count('"') % 2 for one in request.inputs)  # fmt: skip
    short = [fold(name) for name in listed if values.get(name) == "yes"]
    lost = [
        one for one in short if 1 < len(one.split()) < 4 and not any(one in other for other in told)
    ]
    return broken or bool(lost)


def _as_usual(values: dict[str, str], usual: Understanding) -> dict[str, str]:
    """Return the values with the field that the usual reading knows for what stands alone: `name` of `Max Muster`."""
    request = usual.requests[0]
    given = {f"{{inputs.{spec.name}}}": str(spec.default) for spec in request.inputs}
    known = {
        given.get(value, value): name
        for step in request.steps
        for name, value in step.values.items()
    }
    return {
        known.get(name, name) if value == "yes" else name: name
        if value == "yes" and name in known
        else value
        for name, value in values.items()
    }


def _holds_all(request: Request, values: dict[str, str]) -> bool:
    """Return whether nothing that the usual reading puts into the form is missing from these values."""
    given = {spec.name: str(spec.default) for spec in request.inputs}
    said = fold(" ".join(f"{name} {value}" for name, value in values.items()))
    return len(values) > 2 and all(
        fold(given.get(value[8:-1], value)) in said
        for step in request.steps
        for value in step.values.values()
        if value != "yes"
    )


def _quotes(text: str, url: Entity) -> list[tuple[int, int]]:
    found = re.finditer(
        r"\"[^\"\n]+\"|\u201c[^\u201d\n]+\u201d|(?<![\w])'[^'\n]+'(?!\w)|\u00ab[^\u00bb\n]+\u00bb",
        text,
    )
    return [
        (one.start(), one.end())
        for one in found
        if one.end() <= url.start or one.start() >= url.end
    ]


def _masked(text: str, spans: Sequence[tuple[int, int]]) -> str:
    for start, end in spans:
        text = text[:start] + MASK * (end - start) + text[end:]
    return text


def _segments(masked: str) -> list[tuple[int, int]]:
    """Return the spans between the separators; a colon parts only what is no label: the head and its list."""
    found: list[tuple[int, int]] = []
    position = 0
    for cut in _CUT.finditer(masked):
        before = masked[position : cut.start()]
        labels = MASK not in before and not _HEAD.match(before.strip())
        if cut[0].startswith(":") and labels and not _INTO_FORM.match(masked[cut.end() :]):
            continue
        found.append((position, cut.start()))
        position = cut.end()
    return [*found, (position, len(masked))]


def _read_segment(  # noqa: C901  kinds of parts tried in their order, each short
    said: _Said, text: str, masked: str, start: int, end: int, url: Entity
) -> bool:
    """Read one part of the request into what is said; return whether it is one of a dictated form."""
    sends = (
        _SENDS.search(masked[start:end].rstrip(" .")) if said.parts or end - start < 40 else None
    )
    if sends is not None and sends["press"] is not None and not said.parts:
        sends = None  # what opens the form
    if sends is not None and not (start <= url.start < end and url.start >= start + sends.start()):
        said.sends = True
        pressed = sends["press"]
        if pressed is not None:
            place = start + sends.start("press")
            said.press = text[place : place + len(pressed)].strip("\"' ")
        end = start + sends.start()
    part = text[start:end].strip()
    if not part:
        return True
    opening = _OPENS.fullmatch(part)
    if opening is not None and not said.parts and not said.opens:
        said.opens = opening["button"].strip("\"' ")
        return True
    if _LEAVES.fullmatch(part):
        said.left = True
        return True
    if start <= url.start < end:
        lead = _PLACE.search(masked, start, url.start)
        before = text[start : lead.start() if lead is not None else url.start].strip()
        after = text[url.end : end].strip()
        if before and not _read_head(said, before):
            said.parts.append(before)
        if after and not said.verb and _HEAD.match(after):
            return _read_head(said, after)
        if after:
            said.parts += [re.sub(r"^(?:with|as|for|using)\s+", "", after, flags=re.IGNORECASE)]
        return True
    head = _HEAD.match(part)
    if head is not None and not said.verb and not said.parts:
        return _read_head(said, part)
    said.parts.append(part)
    said.listed.append(part)
    return True


def _read_head(said: _Said, part: str) -> bool:
    """Read `fill the visit form with ...`, `sign Noa Lev up for Watercolour`, `report that ...`: verb, form, values."""
    head = _HEAD.fullmatch(part)
    form = (
        None
        if head is not None
        else re.fullmatch(
            r"(?:the\s+|an?\s+)?(?P<thing>[a-z][a-z -]*?)\s*form", part, re.IGNORECASE
        )
    )
    if head is None and form is None:
        return (
            re.fullmatch(
                r"(?:then\s+|please\s+)*(?:go(?:\s+to)?|open|visit|on|at|in)?\s*",
                part,
                re.IGNORECASE,
            )
            is not None
        )
    if head is None:
        assert form is not None, "one of them matched"
        said.thing = said.thing or form["thing"]
        said.verb = said.verb or "fill"
        return True
    said.verb = said.verb or " ".join(head["verb"].lower().split())
    rest = head["rest"]
    if head["told"] and rest:
        said.parts.append(f"description: {rest}")
        return True
    pieces = _APART.split(rest)
    for place, piece in enumerate(pieces):
        name = re.sub(r"^(?:(?:the|an?|my|our|new|another)\s+)+", "", piece, flags=re.IGNORECASE)
        if name.lower() in {"this", "that", "it", "them", "these", "those", "all this"}:
            continue
        plain = all(word.isalpha() and word.islower() for word in name.replace("-", "").split())
        is_form = re.search(r"\bform$", name) is not None
        if plain and not said.thing and (is_form or place == 0 or not said.parts):
            said.thing = re.sub(r"\s*\bform$", "", name).strip()
        elif name.strip():
            said.parts.append(name.strip())
    return True


def _values(parts: Sequence[str], find: Finder) -> dict[str, str]:
    """Return the parts as fields with their values; what only the form can take apart stands for itself, as `yes`.

    A field that is said twice, with two values, is of a group that repeats: no such form is dictated.
    """
    found: dict[str, str] = {}
    pairs = [pair for part in parts for pair in _pair(part, find)]
    for name, value in pairs:
        if found.setdefault(name, value) != value:
            return {}
    return found


def _pair(part: str, find: Finder) -> list[tuple[str, str]]:
    """Return one part as a field with its value; nothing for a part without words."""
    part = part.strip(" .,;")
    lead = _LEAD.match(part)
    part = part[lead.end() :] if lead is not None else part
    if not part:
        return []
    part = _settled(part, find)
    named = _MARKED.fullmatch(part) or _QUOTED.fullmatch(part)
    if named is not None:
        return [(named[1].lower(), _unquoted(named[2]))]
    sure = [
        item
        for item, certain in read_part(part)
        if certain
        and item.label[:1].islower()  # `Jo Quill as pupil` is no field `Jo`
        and item.label.lower() != "description"
        and item.start != item.value_start
        and part[slice(*item.value_span)].strip().lower() not in words("words", "prepositions")
    ]
    if len(sure) == 1 and " and " not in part:
        start, end = sure[0].value_span
        return [(sure[0].label.lower(), _unquoted(part[start:end]))]
    return [(part, "yes")]


def _settled(part: str, find: Finder) -> str:
    """Return the part with its dates and times as forms take them, and small numbers that are spelled as digits."""
    told = [one for one in find(part) if one.kind in {"date", "time"}]
    fixed = any(one.kind == "date" and one.days is None for one in told)
    for one in reversed(told):
        if one.days is not None and fixed:
            continue  # `last day 4 January`: what the field is called
        if one.kind == "time" or not one.label:
            value = f"{{date.{one.days[0]}}}" if one.days is not None else one.value
            part = part[: one.start] + value + part[one.end :]
    spelled = numbers("times", "numbers")
    first = _COUNTS.match(part)
    if first is not None and first[0].lower() in spelled and " " in part:
        part = f"{spelled[first[0].lower()]}{part[first.end() :]}"
    return part


def _unquoted(value: str) -> str:
    said = value.strip()
    pairs = ('""', "''", "\u201c\u201d", "\u00ab\u00bb")
    return said[1:-1] if len(said) > 1 and said[0] + said[-1] in pairs else said


def _understanding(text: str, url: str, said: _Said, values: dict[str, str]) -> Understanding:
    thing = f"{said.thing} form".strip()
    verbs = {*said.verb.split(), *said.thing.split()}
    final = lists("effects", "irreversible")
    effect: Effect = (
        "irreversible" if verbs & {*final["things"], *final["verbs"], "pay"} else "write"
    )
    inputs = [_input(name, value) for name, value in values.items() if value != "yes"]
    named = {spec.description: f"{{inputs.{spec.name}}}" for spec in inputs}
    host = re.sub(r"^\w+://", "", url).split("/")[0]
    opening = (
        [
            PlannedStep(
                id="press", op="click", title=f"Click {said.opens!r}", thing=said.opens,
                post=f"{said.opens} is shown",
            )
        ]
        if said.opens
        else []
    )  # fmt: skip
    # Who has a form filled in, and says no more, may not want it sent.
    sends = said.sends or said.verb not in {
        "fill",
        "fill in",
        "fill out",
        "fill up",
        "enter",
        "put",
    }
    sending = (
        [
            PlannedStep(
                id="submit", op="submit", title=f"Submit the {thing}", effect=effect, thing=thing,
                press=said.press, post="The site confirms it",
            )
        ]
        if sends
        else []
    )  # fmt: skip
    steps = (
        PlannedStep(id="open", op="open", title=f"Open {host}", url=url, post=f"{host} is shown"),
        *opening,
        PlannedStep(
            id="reach_form", op="reach", title=f"Find the {thing}", thing=thing, kind="form",
            post=f"The {thing} is shown",
        ),
        PlannedStep(
            id="fill", op="fill", title=f"Fill in {', '.join(values)}", thing=thing,
            values={name: named.get(name, value) for name, value in values.items()},
            post="Each field holds its value",
        ),
        *sending,
    )  # fmt: skip
    request = Request(
        verb="create",
        text=text.strip(),
        agents=(_name(said),),
        site=url,
        inputs=tuple(inputs),
        outputs=(f"confirmation: {thing}",) if sends else (),
        effects=("read", effect) if sends else ("read",),
        steps=steps,
        arguments={"groups": [["reach_form", "fill", *(step.id for step in sending)]]},
    )
    return Understanding(requests=(request,), confidence=0.75)


def _name(said: _Said) -> str:
    return re.sub(r"[^a-z0-9]+", "-", said.thing.lower()).strip("-") or "form"


def _input(name: str, value: str) -> InputSpec:
    kind: Literal["text", "date"] = (
        "date" if re.fullmatch(r"\d{4}-\d\d-\d\d|\{date\.[\w+-]+\}", value) else "text"
    )
    key = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_") or "value"
    return InputSpec(name=key, type=kind, default=value, description=name)

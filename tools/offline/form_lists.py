"""What a request lists of the thing it makes: `record a harvest: date yesterday, amount 12.5 kg, urgent`.

The list follows the thing, after a colon, a comma, a dash, a bracket or `with`. Each part is a field and its value, however
they are set apart, or a value alone. The parts are found before the text is cut into clauses, for they look like
clauses or conditions; a part that reads as another act ends the list.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from podium.tools.offline.form_items import Item, told_label
from podium.tools.offline.lexicon import among, words
from podium.tools.offline.tokens import MASK


class Taken(Protocol):
    """A span that a parser took before: an address, a quote."""

    @property
    def kind(self) -> str:
        """What it is."""
        ...

    @property
    def start(self) -> int:
        """Where it begins."""
        ...

    @property
    def end(self) -> int:
        """Where it ends."""
        ...


_MAKES = (
    "register|send|compose|draft|record|log|report|file|raise|book|reserve|enter|add|create|submit|order|request|schedule|enrol|enroll|apply\\s+for"
    "|place|lodge|note|make|issue|open|send\\s+in|hand\\s+in|put\\s+in|admit|sign\\s+up|arrange|announce|declare|claim|propose|post"
    "|leave|write|set\\s+up|fill\\s+in|fill\\s+out|enrol|hire|list|publish|start"
)
_THING = re.compile(
    rf"(?:(?<![\w-])(?P<verb>{_MAKES})\s+(?:(?:in\s+)?(?P<article>an?|another|one|my|our|the\s+new|new|this|(?:today|yesterday|tomorrow)[\u2019']s)\s+)(?P<new>new\s+)?"
    r"|(?<![\w-])(?<!\bthe\s)(?<!\bthis\s)(?<!\bour\s)(?<!\bmy\s)(?<!\ba\s)(?<!\ban\s)(?P<bare>apply\s+for|ask\s+for|file|lodge|raise|create|register|enter|submit|report)\s+(?!(?:it|them|this|that|these|those|all|the|every|each|my|our|an?|in|up|of|at|on|from|for|to|by)\b)(?=[\w-]*[^s\W](?:\s|:|,))"
    r"|(?:^|[.:]\s+|\n\s*|[\ue000]\s+)(?P<telegram>new|another)\s+)"
    r"(?P<noun>[^\W\d][\w'-]*(?:\s[^\W\d][\w'-]*){0,3}?)"
    r"(?=\s*(?:[:,;(\n]|\.\s|\s[-\u2013\u2014]\s|[-\u2013\u2014]\s|$)|\s+(?:with|for|called|named|titled|on|in|at|of|from|to|by|under|about|using|where|and|\ue000)|\s+(?:no\.?\s+|\#)?[A-Z]{0,4}-?\d[\w-]*(?:\s*[:,;(]|\s+(?:with|for|on|in|at|to|\ue000)))",
    re.IGNORECASE,
)
_NAMED = re.compile(
    r"(?<![\w-])(?P<verb>register|enrol|enroll|sign\s+up|invite|admit|book|check\s+in|add|hire|reserve|log|enter|record|order)\s+(?:in\s+)?(?:the\s+\w+\s+|for\s+)?"
    r"(?P<noun>(?:(?:Mr|Mrs|Ms|Dr|Miss)\.?\s+)?[A-Z][\w'-]+(?:\s+[A-Z][\w'-]+){0,3}|\d[\d.,]*\s+[^\W\d]+(?:\s+of)?(?:\s[^\W\d]+)?|(?:the\s+)?(?:\w+\s+)?\ue000+)(?:\s+(?:in|up|on))?(?=\s)"
)
_NOT_MADE = among(
    "list table overview spreadsheet csv dataset summary copy sheet backup excel collection compilation export chart graph agent bot robot automation workflow scraper crawler"
    " watcher monitor run column columns field fields filter step condition page site website url link tab folder report file look note schedule notification alert reminder lookup search row rows watch check tracking tracker connection backup"
)
_TAKEN_ALL_THE_SAME = {
    "report": among("file submit raise lodge create add make write post issue"),
    "table": among("book reserve request"),
    "file": among("open"),
    "note": among("add leave write create post file enter"),
    "list": among(""),
    "copy": among("order request reserve"),
    "notification": among("file submit lodge"),
    "schedule": among("submit"),
    "collection": among("book request schedule arrange order report announce register enter"),
    "reminder": among("add create enter"),
    "alert": among("post publish raise file"),
}
_TOLD_NEXT = r"[.?!]\s+(?=(?:(?i:the|her|his|its|their|my)\s+)?[^\W\d][\w-]*(?:\s[\w-]+){0,3}?(?::\s|\s+is\s))"
_BEGINS = re.compile(
    rf":\s|,\s|;\s|\(|\s[-\u2013\u2014]\s|\n|(?<=\s)with\s+(?![A-Z])(?:the\s+)?|{_TOLD_NEXT}"
)
_CUTS = re.compile(
    r",\s+|;\s*|\n+|\)\s*|\s*\(|\s+[-\u2013\u2014]\s+|:\s+(?=[^,;:.]*:\s)|" + _TOLD_NEXT
)
_ENDS = re.compile(
    r"(?:and\s+|then\s+|please\s+|finally\s+|afterwards\s+)*(?:submit|send|save|confirm|(?:complete|finish|finali[sz]e|order|book)\s+(?:the|my|this|it)|apply\s*$|click|press|hit|store|download|collect|open|go\s+to|go\s+back|log\s+(?:in|out|on)|sign\s+(?:in|out)"
    r"|notify|let\s+me|tell\s+me\s+(?:when|if|whether|how|what|the)|every|each\s+\w+day|run|repeat|do\s+(?:it|this|that)|export|read\s+(?:the|all|each|its|it)|show|list|check\s+(?:that|whether|if)|keep|stop|wait|call\s+the|call\s+it"
    r"|if|when|whenever|unless|until|once|after\s+that|daily|weekly|hourly|monthly|but)\b",
    re.IGNORECASE,
)
_OTHER_ACT = re.compile(
    r"(?:and\s+|then\s+)*(?:choose|select|tick|untick|uncheck|check|accept|agree|upload|attach)\b",
    re.IGNORECASE,
)
_SENTENCE = re.compile(
    r"(?<!\bno)(?<!\bnr)(?<!\bmr)(?<!\bms)(?<!\bdr)(?<!\bst)(?<!\bmrs)(?<!\b[a-z])(?<!\bstr)(?<!\d\.\d)(?<!\d\.\d\d)[.!](?=\s+[^\s\d]|\s*$)",
    re.IGNORECASE,
)
_MARKED = re.compile(
    r"(?P<label>[^\W\d][\w'/.-]*(?:\s[\w'/.-]+){0,4}?\??)\s*(?::(?![/\d])|=)\s*(?P<value>\S.*)",
    re.DOTALL,
)
_STATED = re.compile(
    r"(?P<label>[^\W\d][\w'/-]*(?:\s[\w'/-]+){0,3}?)\s+(?:is|are|should\s+be|shall\s+be|=)\s+(?P<value>\S.*)",
    re.DOTALL,
)
_SPAN = r"week|month|year|quarter|night|morning|noon|evening|weekend|spring|summer|autumn|fall|winter|mon|tue|wed|thu|fri|sat|sun|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|\d"
_DAY = rf"today|tomorrow|yesterday|tonight|(?:last|next|this)(?=\s+(?:{_SPAN}))|now|noon|midnight|(?:mon|tues|wednes|thurs|fri|satur|sun)days?|(?:jan|feb|mar|apr|jun|jul|aug|sep|oct|nov|dec)\w*\.?\s\d"
_ENDS_IN_STOP = re.compile(r"(?:\b[A-Z]\.\s?[A-Z]|\b(?:Inc|Ltd|Jr|Sr|Co|Corp|Bros))\.$")
_LEVELS = among("low medium normal high urgent highest lowest critical minor major top")
_TELLING_START = re.compile(
    rf"(?:[+#\u20ac$\u00a3]?\d|[A-Z\u00c0-\u00de]|\ue000|-\d|(?i:(?:{_DAY}|yes|no(?![.\w])|none|true|false|on|off)\b))"
)
_BEING = re.compile(
    r"(?:(?:she|he|it|they)\s+(?:is|are)\s+(?:an?\s+)?(?P<label>[a-z][\w-]+)|(?P<wanted>[a-z][\w -]*?)\s+(?:needed|required|wanted|requested|included|please))$"
)
_COUNTED = re.compile(r"(?P<value>\d[\d.,]*)\s+(?P<label>[^\W\d][\w-]*)(?:\s+old)?$")
_PHONE = re.compile(r"\+?\d[\d ()/-]{5,}\d$")
_DATE = re.compile(
    rf"(?i:(?:on\s+)?(?:(?:{_DAY})\b.*|\d{{1,2}}\.?\s(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\w*(?:\s\d{{4}})?|\d{{4}}-\d\d-\d\d|\d{{1,2}}[./]\d{{1,2}}[./]\d{{2,4}}))$"
)
_TIME = re.compile(r"(?i:(?:at\s+)?(?:\d{1,2}(?:[:.]\d\d)?\s?(?:am|pm)|\d{1,2}:\d\d))$")
_NAME = re.compile(
    r"(?:(?:Mr|Mrs|Ms|Dr|Miss)\.?\s+)?[A-Z\u00c0-\u00de][\w'-]+(?:\s+[A-Z\u00c0-\u00de][\w'-]+)+$"
)
_NUMBERS = among("no nr number id code name title date day")
_STATEMENT = among(
    "it is was are were has have had does do did i we they there this that my our the he she"
)
_PREPOSITION = among(
    "for to in at on of from by under with about via per near behind between since until till as into onto"
)


def listed_items(text: str, taken: Sequence[Taken]) -> list[Item]:
    """Return the parts of the lists of a text, in order; what is `taken` is masked in it."""
    found = _told(text)
    position = 0
    while (made := _made(text, position)) is not None:
        position = made.end()
        items = _list_after(text, made, taken)
        found += items
        position = max([position, *(item.end for item in items)])
    return found


_THAT = re.compile(
    r"(?<![\w-])(?:report|complain|note|mention|tell\s+them|let\s+them\s+know)\s+that\s+(?P<said>[^,;:\n\ue000]+?)(?=\s*(?:[,;\n]|\.(?:\s|$)|$)|\s+(?:at|on|in|via)\s+\ue000)",
    re.IGNORECASE,
)
"""What is reported, in a sentence of its own."""


def _told(text: str) -> list[Item]:
    return [
        _item(text, "description", one.start("said"), one.start("said"), one.end("said"))
        for one in _THAT.finditer(text)
        if not re.search(r"\b(?:when|whenever|if|every)\b", text[: one.start()], re.IGNORECASE)
    ]


def _made(text: str, position: int) -> re.Match[str] | None:
    """Return the next thing that the text makes: its verb and its name."""
    while True:
        kinds = (_THING, _NAMED, _THAT)
        matches = [one for one in (kind.search(text, position) for kind in kinds) if one]
        if not matches:
            return None
        match = min(matches, key=lambda one: one.start())
        if match.re is not _THING or _is_made(match):
            return match
        position = match.start("noun")


def _is_made(match: re.Match[str]) -> bool:
    head = match["noun"].split()[-1].lower()
    verb = (match["verb"] or match["bare"] or "new").lower().split()[0]
    return head not in _NOT_MADE or verb in _TAKEN_ALL_THE_SAME.get(head, frozenset())


def _list_after(text: str, made: re.Match[str], taken: Sequence[Taken]) -> list[Item]:
    urls = [(one.start, one.end) for one in taken if one.kind == "url"]
    mails = {one.start for one in taken if one.kind == "email"}
    end = _end(text, made.end(), urls)
    begin = _BEGINS.search(text, made.end(), end)
    if begin is None:
        return []
    if re.search(
        r"\b(?:if|when|whenever|every|each|all)\b", text[made.end() : begin.start()], re.IGNORECASE
    ):
        return []
    colon = begin[0].startswith(":")
    named = made.groupdict().get("noun") or ""
    says = named.split()[-1:] != [] and named.split()[-1].lower() in words("nouns", "messages")
    found: list[tuple[Item, bool]] = []
    for start, stop in _parts(text, begin.end(), end, urls):
        part = text[start:stop]
        if _ENDS.match(part) and not told_label(part):
            break
        if _OTHER_ACT.match(part):
            continue
        if start in mails and not part.strip(MASK):
            found.append((_item(text, "email", start, start, stop), True))
            continue
        found += _read(text, start, stop, first=not found and colon, says=says)
    if found and begin[0].startswith((".", "?", "!")):
        # The stop is no end: what follows is still said of the thing.
        found[0] = (replace(found[0][0], start=begin.start()), found[0][1])
    behind_site = text[begin.start() - 1 : begin.start()] == MASK and begin.start() in {end for _, end in urls}  # fmt: skip
    strong = colon or behind_site or any(sure for _, sure in found)
    return [item for item, _ in found] if strong else []


def _end(text: str, start: int, urls: Sequence[tuple[int, int]]) -> int:
    """Return where the sentence ends."""
    position = start
    while (match := _SENTENCE.search(text, position)) is not None:
        if re.compile(_TOLD_NEXT).match(text, match.start()):
            position = match.end()
            continue
        if not any(a <= match.start() < b for a, b in urls):
            return match.start()
        position = match.end()
    return len(text)


def _parts(
    text: str, start: int, end: int, urls: Sequence[tuple[int, int]]
) -> list[tuple[int, int]]:
    """Return the spans between the separators; an address, with the word that leads to it, is one."""
    cuts = [(m.start(), m.end()) for m in _CUTS.finditer(text, start, end)]
    for a, b in urls:
        if start <= a < end:
            lead = re.search(
                r"(?:\s*\b(?:at|on|in|via|to|using|through|from|form|page|the))*\s*$", text[start:a]
            )
            cuts.append((start + lead.start() if lead else a, b))
    cuts += [
        (m.start(), m.end())
        for m in re.finditer(r"\s+(?:and|&)\s+(?:also\s+|the\s+|then\s+)?", text[start:end])
        for m in [_moved(text, start, m)]
        if _labelled(text[m.end() : end]) or _ENDS.match(text, m.end(), end)
    ]
    spans: list[tuple[int, int]] = []
    position = start
    for a, b in [*sorted(cuts), (end, end)]:
        if a < position:
            position = max(position, b)
            continue
        spans.append((position, a))
        position = b
    return [_stripped(text, a, b) for a, b in spans if text[a:b].strip()]


def _moved(text: str, start: int, match: re.Match[str]) -> re.Match[str]:
    moved = re.compile(re.escape(match[0])).match(text, start + match.start())
    assert moved is not None, "it was found there"
    return moved


def _stripped(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and (text[end - 1].isspace() or text[end - 1] in ".,;"):
        if text[end - 1] == "." and _ENDS_IN_STOP.search(text, start, end):
            break  # of a name: `J. B.`
        end -= 1
    lead = re.compile(
        r"(?:(?:and|with|also|plus|the|my|its|his|her|their|your)\s+)+(?=\S)", re.IGNORECASE
    ).match(text, start, end)
    return (lead.end() if lead else start), end


def _labelled(rest: str) -> bool:
    """Return whether what follows `and` is a field with its value."""
    part = re.split(r"[,;.\n(]|\s+and\s+", rest, maxsplit=1)[0].strip()
    said = part.split()
    if _BEING.fullmatch(part):
        return True
    if len(said) < 2 or said[0].lower() in _PREPOSITION | _STATEMENT:
        return False
    if _MARKED.fullmatch(part):
        return True
    count = _value_at(said)
    return said[0][:1].islower() and (0 < count < 4 or _known(said) > 0)


def _known(said: Sequence[str]) -> int:
    """Return how many leading words are the name of a field that forms commonly have."""
    names = words("nouns", "fields") | words("nouns", "columns")
    for count in range(min(3, len(said) - 1), 0, -1):
        if " ".join(said[:count]).lower() in names:
            return count
    longer = len(said) > 2 and said[0] == said[0].lower() and said[1] in words("nouns", "fields")
    return 2 if longer else 0  # "bin colour green"


def _value_at(said: Sequence[str]) -> int:
    """Return which word begins what can only be a value; 0 when none does."""
    for place in range(1, len(said)):
        if _TELLING_START.match(said[place]) or _TELLING_START.match(
            " ".join(said[place : place + 2])
        ):
            return place
    return 0


def _item(text: str, label: str, start: int, value_start: int, end: int) -> Item:
    return Item(
        label=" ".join(label.split()).strip(" ?:."), start=start, value_start=value_start, end=end
    )


def read_part(part: str) -> list[tuple[Item, bool]]:
    """Return the item of a part that stands alone, and whether it is surely one."""
    return _read(part, 0, len(part), first=False, says=False)


def _read(  # noqa: C901  rules tried in their order, each short
    text: str, start: int, end: int, *, first: bool, says: bool
) -> list[tuple[Item, bool]]:
    """Return the item of a part, and whether it is surely one; several when a part holds several."""
    part = text[start:end]
    said = part.split()
    if not said:
        return []
    told = told_label(part)
    if told and len(part) > len(told):
        value = start + len(told)
        value += len(text[value:end]) - len(text[value:end].lstrip())
        return [(_item(text, told, start, value, end), True)]
    marked = _MARKED.fullmatch(part)
    if marked is not None:
        return [(_item(text, marked["label"], start, start + marked.start("value"), end), True)]
    if not part.strip(MASK):
        return [(_item(text, "message" if says else "title", start, start, end), False)]
    being = _BEING.fullmatch(part)
    if being is not None:
        return [(_item(text, being["label"] or being["wanted"], start, end, end), False)]
    alone = _alone(part)
    if alone:
        on = re.match(r"(?:on|at)\s+", part, re.IGNORECASE) if alone in {"date", "time"} else None
        place = start + (on.end() if on is not None else 0)
        return [(_item(text, alone, start, place, end), alone != "date")]
    counted = _COUNTED.fullmatch(part)
    if counted is not None and len(said) <= 3:
        return [
            (
                Item(
                    label=counted["label"],
                    start=start,
                    value_start=start,
                    value_end=start + counted.end("value"),
                    end=end,
                ),
                True,
            )
        ]
    low = said[0].lower()
    if len(said) == 2 and low in _LEVELS and _known((said[1], "")) and not _known(said):
        level = Item(
            label=said[1], start=start, value_start=start, value_end=start + len(low), end=end
        )
        return [(level, False)]
    if low in {"it's", "it\u2019s"} and len(said) > 2:
        where = said[1].lower() in among("at in near by on")
        place = start + _offset(part, 2 if where else 0)
        return [(_item(text, "location" if where else "description", start, place, end), False)]
    if low in _PREPOSITION:
        return []
    if low == "can" or low in {"has", "is", "wants", "needs"}:
        last = len(said[-1])
        if len(said) > 2 and said[-1].lower() in {"yes", "no"}:
            return [(_item(text, part[:-last], start, end - last, end), True)]
        return [(_item(text, " ".join(said[1:]) if len(said) > 1 else low, start, end, end), False)]
    stated = _STATED.fullmatch(part)
    sentence = any(word.lower() in _STATEMENT for word in said[:-1]) and len(said) > 2
    if first and sentence:
        return [(_item(text, "description", start, start, end), True)]
    if stated is not None and low not in _STATEMENT and _is_label(stated["label"]):
        return [(_item(text, stated["label"], start, start + stated.start("value"), end), True)]
    if sentence and not _value_at(said):
        return [(_item(text, "description", start, start, end), False)]
    place = _place(said)
    if not place:
        if len(said) == 1 and part.isalpha() and part == part.lower():
            return [(_item(text, part, start, end, end), False)]
        return [(_item(text, "description", start, start, end), False)] if first else []
    label = " ".join(said[:place])
    if not _is_label(label):
        return [(_item(text, "description", start, start, end), False)] if first else []
    value = start + _offset(part, place)
    on = re.compile(r"(?:on|at|from)\s+(?=\d|\ue000|[A-Z])").match(text, value)
    value = on.end() if on is not None and on.end() < end else value
    return [
        (
            _item(text, _unglued(label), start, value, end),
            place == _value_at(said) or _known(said) > 0,
        )
    ]


def _is_label(label: str) -> bool:
    said = label.lower().split()
    return bool(said) and said[0] not in _STATEMENT and len(said) <= 5 and label[:1].isalpha()


def _unglued(label: str) -> str:
    return re.sub(r"(?:\s+(?:is|of|=|at|to|as))+$", "", label) or label


def _place(said: Sequence[str]) -> int:
    """Return where the value begins: at what can only be one, after a known field, else after the first word."""
    place = _value_at(said)
    if place:
        known = _known(said)
        while 0 < known < place and said[known].lower().strip(".") in _NUMBERS:
            known += 1
        phrase = " ".join(said[:known]).lower()
        written = phrase in words("nouns", "text_fields") | {"reason", "comments", "notes"}
        if not 0 < known < place:
            return place
        apart = place - known > 1 and said[known].lower() not in _PREPOSITION | {"a", "an", "per"}
        return known if written or apart else place  # `date of harvest yesterday`
    if len(said) < 2 or len(said) > 5:
        return _known(said)
    if said[0].lower() in words("nouns", "conditions"):
        return 0
    return _known(said) or 1


def _offset(part: str, place: int) -> int:
    found = re.match(rf"(?:\S+\s+){{{place}}}", part)
    return found.end() if found is not None else 0


def _alone(part: str) -> str:
    """Return the field of a value that says by itself what it is."""
    if _PHONE.fullmatch(part) and sum(map(str.isdigit, part)) >= 6:
        return "phone"
    if _TIME.fullmatch(part):
        return "time"
    if _DATE.fullmatch(part):
        return "date"
    if _NAME.fullmatch(part):
        return "name"
    return ""

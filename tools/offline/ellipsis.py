"""Requests whose verb is left out, given the verb that is meant: `bikes at URL: model, price`, `intake form at URL: name ...`.

Each form here is tried only where a request was not read, and counts only when not one word of it is then left over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from podium.tools.offline.lexicon import among, numbers, texts, words
from podium.tools.offline.nouns import parse_noun
from podium.tools.offline.tokens import tokenise
from podium.tools.offline.verbs import web_acts

URL = re.compile(r"(?:https?://|www\.)[^\s,;()]*[^\s,;().!?:]")
_AT = re.compile(r"(?:\b(?:at|on|from|in|under|via)\s+|[,;:(]\s*)?$", re.IGNORECASE)
_APART = re.compile(r"^\s*(?:[-\u2013\u2014:,;>|]|\u2192|->)+\s*")
_ARROW = re.compile(r"\s*(?:\u2192|=>|->)\s*")
_FIRST = re.compile(r"\s*(?:[,;:(]|\s[-\u2013\u2014]\s|\.\s|\n|\u2192|$)")
_THEN = re.compile(
    r"(?:\b(?:and\s+)?then|,\s*(?:and\s+)?(?:then|after\s+that)|\.\s+(?:then|after\s+that)?,?)\s+(?=(?:all|the|every|each|any)\s)",
    re.IGNORECASE,
)
_POLITE = re.compile(
    r"^\W*(?:(?:please|pls|plz|kindly|hi|hello|hey|ok|okay|so|now|just|only)\b\W*)*", re.IGNORECASE
)
_NUMBERS = numbers("times", "numbers")
_RELATIVES = words("words", "relatives")
_CLOSED = words("words", "determiners") | words("words", "pronouns") | words("words", "auxiliaries")
_TOLD = words("words", "determiners") | among(
    "old older new newer stale outdated expired obsolete unused unpaid paid open closed overdue late recent current former duplicate empty broken inactive active unread pending"
)
"""What may begin the name of records, and stands behind no noun of it."""
_DOES = among(
    "purge wipe evict erase trash scrap expunge prune nuke destroy shred flush void revoke ban block kick expel dismiss discard eliminate zap clear clean empty bin axe kill terminate eject oust banish retire scrub sweep burn dump"
)


def given_verbs(text: str) -> Iterator[str]:
    """Yield the request with the verb that may be meant, the likeliest form first; nothing where no address is said."""
    urls = list(URL.finditer(text))
    if not urls:
        return
    said = _ARROW.sub(", ", text) if _ARROW.search(text) else text
    said = _formats(said)
    match = URL.search(said)
    if match is None:
        return
    lead = _POLITE.match(said)
    start = lead.end() if lead is not None else 0
    head, tail = said[start : match.start()].strip(), said[match.end() :]
    if head:
        yield from _named_first(head, match[0], tail)
    else:
        yield from _site_first(match[0], _APART.sub("", tail))
    led = _THEN.sub(lambda then: f"{then[0]}get ", said)
    if led != said:
        yield led


def _formats(text: str) -> str:
    """Return the text with a kind of file that stands alone between commas as `as csv`."""
    kinds = "|".join(sorted(map(re.escape, texts("formats", "types")), key=len, reverse=True))
    return re.sub(
        rf",\s*(?P<kind>{kinds})(?=\s*(?:[,.;!]|$))", r" as \g<kind>", text, flags=re.IGNORECASE
    )


def _named_first(head: str, url: str, tail: str) -> Iterator[str]:
    said = _AT.sub("", head).strip(" ,;:-\u2013\u2014")
    if not _names_records(said):
        return
    rest = _APART.sub("", tail)
    columns = rest.strip(" .!").split()
    if len(columns) > 2 and all(one.lower() in words("nouns", "columns") for one in columns):
        yield f"get {said} from {url}, {', '.join(columns)}"  # "name email rate"
    yield f"get {said} from {url}{tail}"
    if rest and rest != tail.strip():
        yield f"get {said} from {url}, {rest}"


def _site_first(url: str, rest: str) -> Iterator[str]:
    cut = _FIRST.search(rest)
    named = rest[: cut.start()] if cut is not None else rest
    after = rest[cut.start() :] if cut is not None else ""
    if _names_records(named):
        yield f"get {named} from {url}{after}"
        yield f"from {url} get {named}{after}"


def _names_records(said: str) -> bool:
    """Whether a text begins with what records are called and holds no order: `all tank temperatures`, not `polish the boats`."""
    tokens = tokenise(said, [])
    noun, end = parse_noun(tokens, 0)
    if not noun.words or noun.agents or noun.pronoun or (noun.indefinite and not noun.plural):
        return False
    following = tokens[end] if end < len(tokens) else None
    if web_acts(tokens[0].low) & {"pay", "send", "change", "click", "submit"}:
        return False  # "buy 2 tickets": what stands there is done, not read
    if tokens[0].low in _DOES or (tokens[0].low not in _TOLD and any(word.low in _TOLD for word in tokens[1 : end + 1])):  # fmt: skip
        return False  # "purge old logs": nothing stands before an adjective but a verb
    counted = [word.low[:1].isdigit() or word.low in _NUMBERS for word in tokens[1 : end + 1]]
    if any(counted) or (following is not None and following.low in _CLOSED - _RELATIVES):
        return False  # "defragment the disks", "juggle three oranges": a verb that no list knows
    listed = noun.plural or noun.every or noun.definite or noun.is_column() or bool(noun.conditions)
    return listed or (following is None and len(noun.words) > 1)

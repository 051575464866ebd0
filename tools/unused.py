"""Which words of a request stand nowhere in what was made of it: asked from what was made, whoever read the request."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache

from pydantic import JsonValue

from podium.state.plan import PlannedAgent
from podium.state.templates import names_in
from podium.tools.grounding.words import fold, lexicon, stem
from podium.tools.offline.lexicon import lists, numbers, texts, words

_ADDRESS = re.compile(r"\[secret\]|https?://\S+|\S+@\S+|\b(?:[\w-]+\.)+[a-z]{2,}(?::\d+)?(?:/\S*)?", re.IGNORECASE)  # fmt: skip
_LIST_MARK = re.compile(r"(?m)^\s*\d+[.)]\s|(?<=\d)(?:st|nd|rd|th|am|pm)\b", re.IGNORECASE)
_AS_USER = re.compile(r"\b(?:as|user(?:name)?(?: is)?)\s+[\w.-]+", re.IGNORECASE)
_WORD = re.compile(r"\d+(?:[.,]\d+)?|[^\W\d_]{2,}")
_JOIN = re.compile(r"[\s\"'“”„`.,:/-]{0,2}")
_CLOSED = (
    "determiners", "quantifiers", "articles", "possessives", "pronouns", "prepositions", "conjunctions", "openers",
    "fillers", "reports", "auxiliaries", "modals", "relatives",
)  # fmt: skip
_PLAIN = frozenset(
    """here there do does did done if when than also too only just via using within among one ones as soon
    site page website web portal link button box field form file files table row column list result item entry record
    hit section category folder area tab menu account data dataset details information value text agent bot
    spreadsheet csv excel json pdf attachment please current currently available user username password
    called named titled labelled labeled saying keyed key go goes appear happen
    people person persons required needed credential word sheet mail somebody someone anybody whenever eye
    identified recorded""".split()  # noqa: SIM905  a list of words is read as such
)
_TIMES = frozenset(
    """daily hourly weekly monthly nightly yearly twice once day week weekday weekend month hour minute quarter year night
    noon midnight morning afternoon evening half past clock am pm between working business first last
    workdays office time times today tomorrow tonight monday tuesday wednesday thursday friday saturday sunday""".split()  # noqa: SIM905  a list of words is read as such
)
_MONTHS = frozenset(
    """january february march april may june july august september october november december""".split()  # noqa: SIM905  a list of words is read as such
)
_NEGATIONS = frozenset({"not", "no", "never", "without", "except", "neither", "nor"})
_STATES = frozenset("available full online new second third ready finished".split())  # noqa: SIM905  a list of words is read as such
"""Words that mostly fill a request, and say which records are meant where they stand beside a noun."""
_MOVES = frozenset("rise rises fall falls drop drops climb climbs".split())  # noqa: SIM905  a list of words is read as such
_DIRECTION = re.compile(r"\b(?:high|low)(?:est)?\s+to\s+(?:high|low)(?:est)?\b", re.IGNORECASE)
_RANKS = re.compile(r"first|last|latest|newest|oldest|top|best|most|least|recent|\w{3,}est")


def unused_words(
    request: str,
    agents: Sequence[PlannedAgent],
    *,
    further: Iterable[str] = (),
    not_read: Sequence[str] = (),
) -> tuple[str, ...]:
    """Return the spans of the request that stand nowhere in the planned agents or in `further` texts, as written.

    Words that every request has (articles, verbs of doing, `page`, `table`) and addresses count for nothing.
    Spans that were `not_read` where they stand count, although another place of the request says the same words.
    """
    made = [*(text for agent in agents for text in _texts_of(agent)), *further]
    known = {form for text in made for form in _forms(text)}
    joined = " ".join(fold(text).replace(" ", "") for text in made)
    idle = _idle() | _said_otherwise(agents)
    ranked = any(step.which or step.limit for agent in agents for step in agent.steps)
    spans: list[tuple[int, int]] = []
    for match in _WORD.finditer(_without_marks(request, agents)):
        word = fold(match[0])
        known_by_rank = ranked and (_RANKS.fullmatch(word) or _directs(word, request))
        if request[match.end() : match.end() + 2] in {"'t", "\u2019t"}:
            continue  # "aren't": what it turns is looked at below
        if _is_idle(word, idle) or known_by_rank or _is_made(word, known, joined):
            continue
        if ranked and request[: match.start()].rstrip().casefold().endswith(("most", "least")):
            continue  # "the ten most expensive": the rank says it
        if re.match(r"\s+times\b", request[match.end() :]) and "times" in idle:
            continue
        if _names_what_follows(request[match.end() :], known, joined):
            continue
        if spans and _JOIN.fullmatch(request[spans[-1][1] : match.start()]):
            spans[-1] = (spans[-1][0], match.end())
        else:
            spans.append((match.start(), match.end()))
    left = dict.fromkeys(request[start:end] for start, end in spans)
    filling = _filling() | _said_otherwise(agents)
    for span in not_read:
        said = {fold(word) for word in _WORD.findall(_ADDRESS.sub(" ", span))}
        if not all(_is_idle(word, filling) for word in said) and not any(
            span in other for other in left
        ):
            left = {other: None for other in left if other not in span} | {span: None}
    # A word that turns something into its opposite is said with what it turns.
    named = (span for span in left if fold(span) not in _NEGATIONS)
    return tuple(dict.fromkeys([*named, *_lost_negations(request, agents, left)]))


def _directs(word: str, request: str) -> bool:
    """Tell whether the word only says which end comes first: `from high to low`."""
    return word in {"high", "low"} and _DIRECTION.search(request) is not None


_TURNS = re.compile(
    r"(?:\b(?:not|never|without|except|neither)\b|n't\b)(?: (?:yet|been|be|a|an|any|the))* ([^\W\d_]+)",
    re.IGNORECASE,
)


def _lost_negations(request: str, agents: Sequence[PlannedAgent], left: Iterable[str]) -> list[str]:
    """Return what the request turns into its opposite where the plan only has the thing itself."""
    rules = [rule for agent in agents for step in agent.steps for rule in step.rules]
    lost: list[str] = []
    for match in _TURNS.finditer(request):
        word = stem(fold(match[1]))
        said = [rule for rule in rules if word in {stem(other) for other in _WORD.findall(fold(rule.phrase))}]  # fmt: skip
        kept = any(rule.cmp == "!=" or _denies(rule.phrase) for rule in said)
        if said and not kept and not any(match[0] in span for span in left):
            lost.append(match[0])
    return lost


def _denies(phrase: str) -> bool:
    return "n't" in phrase.casefold() or bool(_NEGATIONS & set(fold(phrase).split()))


def _without_marks(request: str, agents: Sequence[PlannedAgent]) -> str:
    """Return the request with blanks for addresses, list numbers and who signs in: they are shown apart."""
    marks = [_ADDRESS, _LIST_MARK]
    if any(step.op == "sign_in" for agent in agents for step in agent.steps):
        marks.append(_AS_USER)
    for mark in marks:
        request = mark.sub(lambda match: " " * len(match[0]), request)
    return request


def _texts_of(agent: PlannedAgent) -> list[str]:
    """Return every text of a planned agent but its goal, which holds all words by itself."""
    document = agent.to_json()
    document.pop("goal")
    return list(_strings(document))


def _strings(value: JsonValue) -> Iterable[str]:
    match value:
        case str():
            yield value
        case bool() | None:
            return
        case int() | float():
            yield f"{value:g}"
        case list():
            for part in value:
                yield from _strings(part)
        case dict():
            for name, part in value.items():
                if part not in (None, "", [], {}):
                    yield name
                    yield from _strings(part)


def _forms(text: str) -> Iterable[str]:
    for run in fold(text).split():
        for word in (run, *_WORD.findall(run)):
            yield _number(word)
            yield stem(word)


def _number(word: str) -> str:
    count = numbers("times", "numbers").get(word)
    if count is not None or word.isdecimal():
        return str(count if count is not None else int(word))
    return word


def _is_made(word: str, known: set[str], joined: str) -> bool:
    if {_number(word), stem(word)} & known:
        return True
    if word[0].isdecimal():
        whole, *decimals = word.split()
        return _counted(whole, known) and all(
            _counted(part, known) or _counted(part.rstrip("0") or "0", known) for part in decimals
        )
    if len(stem(word)) >= 4 and stem(word) in joined:
        return True
    phrases = lexicon().phrases
    meant = phrases.get((stem(word),), frozenset())
    return any(meant & phrases.get((other,), frozenset()) for other in known) if meant else False


def _is_idle(word: str, idle: frozenset[str]) -> bool:
    if word in idle:
        return True
    # "booked rooms": what was done to a thing is no verb of doing.
    return stem(word) in idle and word not in _STATES and not word.endswith("ed")


def _counted(digits: str, known: set[str]) -> bool:
    number = int(digits)
    return not number or str(number) in known or str(number + 12) in known  # 7 pm is 19:00


def _names_what_follows(rest: str, known: set[str], joined: str) -> bool:
    """Tell whether a name that is made follows the word: `the saddle "Brooks B17"`, `parcel PX-3391`."""
    name = re.match(r"\s+(?:[\"“']([^\"”']+)|(\w*[A-Z]\w*-?\d[\w-]*))", rest)
    said = _WORD.findall(fold(name[1] or name[2])) if name is not None else []
    return bool(said) and all(_is_made(word, known, joined) for word in said)


def _said_otherwise(agents: Sequence[PlannedAgent]) -> frozenset[str]:
    """Return words that a schedule, a date or the kind of a step says in another form."""
    found = frozenset[str]()
    steps = [step for agent in agents for step in agent.steps]
    if any(agent.schedule for agent in agents):
        found |= _TIMES | _MONTHS | {"second", "third"} | _hours_before_the_end(agents)
    if any(step.op in {"new_since", "changed"} for step in steps):
        found |= words("phrases", "appearing") | {"announced", "new"}
    if any(rule.value is not None for step in steps for rule in step.rules):
        found |= _MOVES
    if any(step.op == "pick" and step.fields for step in steps):
        found |= {"sorted", "ordered", "ranked", "descending", "ascending", "desc", "asc"}
    if any(step.key for step in steps):
        found |= {"duplicates", "duplicate", "unique"}
    if any("mail" in name.lower() for step in steps for name in step.fields):
        found |= {"address"}
    # "add a new customer": what a form makes is new; "leave it unsent": nothing sends it.
    found |= {"new"} if any(step.op == "submit" for step in steps) else {"unsent"}
    if any(re.search(r"\d{4}-\d\d", text) for agent in agents for text in _texts_of(agent)):
        found |= _MONTHS
    days = {name for agent in agents for text in _texts_of(agent) for space, name in names_in(text) if space == "date"}  # fmt: skip
    return found | frozenset(word for name in days for word in _words_of_day(name))


def _words_of_day(name: str) -> Iterable[str]:
    """Return the words that say a day relative to today: of `today+1` tomorrow, of `friday` next Friday."""
    unit, _, by = re.sub(r"([+-])", r" \1", name).partition(" ")
    what = unit.removesuffix("_end")
    yield from ("day", "days", "weeks", "months", "this", "coming")
    yield what
    if what == "today":
        shift = 3 if by.endswith("m") else int(by or 0)  # months have no words of their own
        yield from ("quarter", "quarters", "year", "years") if by.endswith("m") else ()
        yield from {0: ("tonight",), 1: ("tomorrow",), -1: ("yesterday",)}.get(shift, ())
        yield from (
            ("before", "yesterday") if shift == -2 else ("after", "tomorrow") if shift == 2 else ()
        )
    yield from (
        ("last", "past", "previous", "ago") if by.startswith("-") else ("next", "upcoming", "hence")
    )


def _hours_before_the_end(agents: Sequence[PlannedAgent]) -> set[str]:
    """Return what `between 9 and 17` says where the rule's last hour is 16."""
    hours = (agent.schedule.cron.split()[1] for agent in agents if agent.schedule and agent.schedule.cron)  # fmt: skip
    ends = (re.fullmatch(r"\d+-(\d+)", hour) for hour in hours)
    return {str(int(end[1]) + 1) for end in ends if end is not None}


@cache
def _idle() -> frozenset[str]:
    """Words that say nothing of what an agent does beyond its steps' kinds: verbs of doing, articles, politeness."""
    verbs = [
        phrase.split()[0]
        for group in ("web", "workspace")
        for phrases in lists("verbs", group).values()
        for phrase in phrases
    ]
    forms = {part for word in verbs for part in (fold(word), stem(fold(word)))}
    return _filling() | frozenset(forms - _NEGATIONS - _STATES)


@cache
def _filling() -> frozenset[str]:
    """Words that say nothing wherever they stand: articles, politeness, `page`, `table`."""
    closed = [word for key in _CLOSED for word in words("words", key)]
    plain = {*_PLAIN, *closed, *texts("words", "irregular")}
    forms = {part for word in plain for part in (fold(word), stem(fold(word)))}
    return frozenset(forms - _NEGATIONS - _STATES)

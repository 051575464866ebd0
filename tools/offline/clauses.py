"""Clauses: a request cut at sentence ends, connectives and verbs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from podium.tools.offline.lexicon import among, words
from podium.tools.offline.tokens import Token
from podium.tools.offline.verbs import VerbHit, may_be_verb, verb_at

_ENDS = frozenset({".", "!", "?", ";", "\n", "•", "·", "…", "→"})
_SUBORDINATE = frozenset({"if", "when", "whenever", "unless", "because", "although", "though"})
_NEGATIONS = frozenset({"not", "don't", "never", "dont", "won't", "without", "n't", "no"})
_ADVERBS = frozenset(
    {"then", "also", "automatically", "first", "always", "regularly", "only", "be", "all", "now", "immediately", "please"}
)  # fmt: skip


@dataclass(slots=True, kw_only=True)
class Clause:
    """A verb with what belongs to it; without a verb, a fragment."""

    verb: VerbHit | None
    before: list[Token] = field(default_factory=list[Token])
    """What precedes the verb: a place, a time, a subject."""
    verb_tokens: list[Token] = field(default_factory=list[Token])
    after: list[Token] = field(default_factory=list[Token])
    """What follows it; of a passive, its object comes first."""
    negated: bool = False
    passive: bool = False
    condition: str = ""
    """The word that makes it a condition: if, when ..."""
    sentence: int = 0

    @property
    def tokens(self) -> list[Token]:
        """All its tokens in order."""
        return sorted([*self.before, *self.verb_tokens, *self.after], key=lambda token: token.start)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Head:
    start: int
    """Where the verb begins, with its auxiliaries."""
    end: int
    hit: VerbHit
    passive: bool = False
    helpers: tuple[int, int] | None = None
    """`need you to`, `create an agent that`: tokens before it that only introduce it."""


def split_clauses(tokens: Sequence[Token]) -> tuple[list[Clause], set[int]]:
    """Return the clauses of a text in order, and the tokens that only structure it (list numbers)."""
    structure: set[int] = set()
    clauses: list[Clause] = []
    for number, sentence in enumerate(_sentences(tokens, structure)):
        for clause in _clauses_of(sentence, number):
            clauses += _listed_first(clause)
    return clauses, structure


def _sentences(tokens: Sequence[Token], structure: set[int]) -> list[list[Token]]:
    tokens = _with_bullets(tokens)
    sentences: list[list[Token]] = []
    current: list[Token] = []
    skipped = 0
    for index, token in enumerate(tokens):
        if skipped:
            skipped -= 1
            continue
        if token.kind == "content":
            continue
        if _is_list_number(tokens, index):
            structure.add(token.start)
            ends = True
        else:
            ends = (
                token.kind == "punct"
                and (token.low in _ENDS or _is_dash(tokens, index))
                and not _between_pairs(tokens, index)
                and not _abbreviates(tokens, index)
            )
        if ends:
            if current:
                sentences.append(current)
            current = []
        elif not current and (length := _label_length(tokens, index)):
            structure.update(other.start for other in tokens[index : index + length])
            skipped = length - 1
        elif token.low not in {"(", ")"} or current:
            current.append(token)
    if current:
        sentences.append(current)
    return sentences


_BULLETS = among("- * \u2013 \u2022 \u00b7")


def _with_bullets(tokens: Sequence[Token]) -> list[Token]:
    """Return `collect for all boats:` and the bare names on lines of their own behind it as one list with commas."""
    joined: list[Token] = []
    index = 0
    while index < len(tokens):
        joined.append(tokens[index])
        items, end = _bullets(tokens, index + 1) if tokens[index].low == ":" else ([], index)
        for place, item in enumerate(items):
            mark = tokens[index + 1]
            if place:
                joined.append(replace(mark, text=",", low=",", lemma=","))
            joined += item
        index = end if items else index + 1
    return joined


def _bullets(tokens: Sequence[Token], at: int) -> tuple[list[list[Token]], int]:
    """Return the items of a bullet list of bare names and where it ends; none when it holds anything else."""
    items: list[list[Token]] = []
    end = at
    while at < len(tokens) and tokens[at].text == "\n":
        while at < len(tokens) and tokens[at].text == "\n":
            at += 1
        if at >= len(tokens) or tokens[at].low not in _BULLETS:
            break
        first = last = at + 1
        while last < len(tokens) and tokens[last].text != "\n":
            last += 1
        item = list(tokens[first:last])
        if item and item[-1].low in {",", ";", "."}:
            item.pop()
        ordered = len(item) > 1 and verb_at(item, 0) is not None and item[1].low in (
            words("words", "determiners") | words("words", "pronouns") | words("words", "prepositions")
        )  # fmt: skip
        if not 1 <= len(item) <= 4 or not all(token.is_word for token in item) or ordered:
            return [], at
        items.append(item)
        at = end = last
    return (items, end) if len(items) > 1 else ([], at)


def _abbreviates(tokens: Sequence[Token], index: int) -> bool:
    """Read `item no., qty.`, `J. Pike`: the stop belongs to a short form."""
    if tokens[index].low != "." or not index or tokens[index - 1].end != tokens[index].start:
        return False
    following = tokens[index + 1] if index + 1 < len(tokens) else None
    short = tokens[index - 1].low in among(
        "no nr qty tel approx max min ca incl excl dept ref art vol pos amt acc inv avg"
    )
    if following is None:
        return False
    before = tokens[index - 1].text
    if len(before) == 1 and before.isupper() and following.text[:1].isupper():
        return True  # "J. Pike"
    return short and (following.low in {",", ")", "and", "&"} or following.text[:1].islower())


def _label_length(tokens: Sequence[Token], index: int) -> int:
    """How many tokens a label such as `Task:` or `How often:` takes at the start of a line."""
    for length in (3, 2, 1):
        group = tokens[index : index + length]
        colon = tokens[index + length] if index + length < len(tokens) else None
        phrase = " ".join(token.low for token in group)
        if (
            colon is not None
            and colon.low == ":"
            and phrase in words("formats", "labels") - {"key", "columns", "column", "fields"}
        ):
            return length + 1
    return 0


def _between_pairs(tokens: Sequence[Token], index: int) -> bool:
    """`name: Anna; date: ...`: the semicolon joins values of one form."""
    if tokens[index].low not in {";", "\n", ".", "-", "•", "*"}:
        return False
    following = index + 1
    while following < len(tokens) and tokens[following].low in {"\n", "-", "*", "•", ";"}:
        following += 1
    if following >= len(tokens):
        return False
    return tokens[following].kind == "pair" or (
        tokens[index].low in {"-", ";"} and _field_and_value(tokens, following)
    )


def _field_and_value(tokens: Sequence[Token], index: int) -> bool:
    """Read `- first name Hugo, ...`: a list of what goes into a form."""
    for length in (3, 2, 1):
        name = " ".join(token.low for token in tokens[index : index + length])
        if name in words("nouns", "fields") and index + length < len(tokens):
            value = tokens[index + length]
            return value.kind in among("quote number date email money time") or (
                value.is_word and value.text[:1].isupper()
            )
    return False


def _is_dash(tokens: Sequence[Token], index: int) -> bool:
    token = tokens[index]
    if token.low not in {"-", "\u2013", "—", "*", ">", "|"}:
        return False
    if (
        token.low == ">"
        and index + 1 < len(tokens)
        and (tokens[index + 1].kind in {"number", "money"} or tokens[index + 1].low == "=")
    ):
        return False
    before = index > 0 and tokens[index - 1].end == token.start
    after = index + 1 < len(tokens) and tokens[index + 1].start == token.end
    return not (before and after)


def _is_list_number(tokens: Sequence[Token], index: int) -> bool:
    """`1.`, `2)`, `step 3:`, `a)` where a line or an item begins."""
    token = tokens[index]
    following = tokens[index + 1] if index + 1 < len(tokens) else None
    if following is None or following.low not in {".", ")", ":"} or following.start != token.end:
        return False
    lettered = token.is_word and len(token.text) == 1 and following.low == ")"
    if not (token.kind == "number" or lettered) or index + 2 >= len(tokens):
        return False
    previous = tokens[index - 1] if index else None
    return (
        previous is None
        or previous.kind == "punct"
        or previous.low == "step"
        or (verb_at(tokens, index + 2) is not None)
    )


def _clauses_of(tokens: list[Token], number: int) -> list[Clause]:
    heads = _heads(tokens)
    if not heads:
        condition = tokens[0].low if tokens[0].low in _SUBORDINATE else ""
        return [Clause(verb=None, after=tokens, sentence=number, condition=condition)]
    clauses: list[Clause] = []
    start = 0
    for position, head in enumerate(heads):
        end = len(tokens)
        if position + 1 < len(heads):
            end = _boundary(tokens, head.end, heads[position + 1])
        before = tokens[start : head.start]
        helpers: list[Token] = []
        if head.helpers is not None:
            low, high = head.helpers
            # "an agent which every night at 2 goes to": the time belongs to the act, not to the helper.
            helpers = [token for token in tokens[low:high] if token.kind in {"word", "punct"}]
            before = [token for token in before if token not in helpers]
            before += [
                token for token in tokens[low:high] if token not in helpers and token not in before
            ]
        condition = next((token.low for token in before if token.low in _SUBORDINATE), "")
        after = tokens[head.end : end]
        clauses.append(
            Clause(
                verb=head.hit,
                before=[] if head.passive else before,
                verb_tokens=[*helpers, *tokens[head.start : head.end]],
                after=[*before, *after] if head.passive else after,
                negated=_negated(tokens, head, before),
                passive=head.passive,
                condition=condition,
                sentence=number,
            )
        )
        start = end
    return clauses


def _negated(tokens: list[Token], head: _Head, before: list[Token]) -> bool:
    inside = tokens[head.start : head.end] if head.passive else before[-3:]
    return any(token.low in _NEGATIONS for token in inside)


def _heads(tokens: list[Token]) -> list[_Head]:
    heads: list[_Head] = []
    index = 0
    while index < len(tokens):
        passive = _passive_at(tokens, index)
        if passive is not None:
            heads.append(passive)
            index = passive.end
            continue
        if _sorts_at(tokens, index):
            sort = VerbHit(phrase="sort", web=frozenset({"sort"}), workspace=frozenset(), length=1)
            heads.append(_Head(start=index, end=index + 1, hit=sort))
            index += 1
            continue
        hit = verb_at(tokens, index)
        if (
            hit is not None
            and may_be_verb(tokens, index, hit)
            and not _agent_noun(tokens, index)
            and not _is_state(tokens, index)
        ):
            heads.append(_Head(start=index, end=index + hit.length, hit=hit))
            index += hit.length
            continue
        if (heads and heads[-1].passive) or _wanting(heads):
            done = _participle_at(tokens, index, heads)
            if done is not None:
                heads.append(done)
                index = done.end
                continue
        index += 1
    return _without_helpers(tokens, heads) if heads else _verb_last(tokens)


def _sorts_at(tokens: Sequence[Token], index: int) -> bool:
    """Whether `sort by`, `sorted by`, `order them by` stands at a place, with a column behind it."""
    if tokens[index].low not in among("sort sorted order ordered rank ranked"):
        return False
    if _orders_list(tokens, index):
        return True
    at = index + 1
    while at < len(tokens) and tokens[at].low in among("them it these those the results rows this list descending ascending"):  # fmt: skip
        at += 1
    if at + 1 >= len(tokens) or tokens[at].low != "by":
        return False
    return tokens[at + 1].is_word and tokens[at + 1].text[:1].islower()


def _orders_list(tokens: Sequence[Token], index: int) -> bool:
    """Whether `sort the boats at URL by length` stands at a place: a list, and what it is ordered by."""
    if tokens[index].low not in {"sort", "rank", "order"}:
        return False
    led = not index or tokens[index - 1].kind == "punct" or tokens[index - 1].low in words("words", "openers")  # fmt: skip
    if not led or tokens[index + 1 : index + 2] == [] or tokens[index + 1].low not in words("words", "determiners") | words("words", "quantifiers"):  # fmt: skip
        return False
    by = next((at for at in range(index + 2, min(index + 12, len(tokens) - 1)) if tokens[at].low == "by"), 0)  # fmt: skip
    return bool(by) and tokens[by + 1].is_word and tokens[by + 1].text[:1].islower()


def _listed_first(clause: Clause) -> list[Clause]:
    """Return `sort the boats at URL by length` as the list and its order, `list A at URL and B at URL` as two lists."""
    if clause.verb is None or clause.passive:
        return [clause]
    if clause.verb.phrase == "sort":
        return _list_and_order(clause)
    return _one_each(clause)


def _list_and_order(clause: Clause) -> list[Clause]:
    listing = VerbHit(phrase="list", web=frozenset({"take"}), workspace=frozenset(), length=1)
    if any(token.kind == "url" for token in clause.before):
        # "all cars at URL sorted by price"
        first = replace(clause, verb=listing, verb_tokens=[], before=[], after=clause.before)
        return [first, replace(clause, before=[])]
    tokens = clause.after
    by = next((at for at, token in enumerate(tokens) if token.low == "by"), 0)
    named = [token for token in tokens[:by] if token.is_word and token.low not in words("words", "determiners")]  # fmt: skip
    if not any(token.low not in among("them it these those results rows list descending ascending") for token in named):  # fmt: skip
        return [clause]
    after = [token for at, token in enumerate(tokens[by:], by) if token.kind in {"url", "schedule", "cred"} or (at + 1 < len(tokens) and tokens[at + 1].kind in {"url", "cred"} and token.low in words("words", "prepositions"))]  # fmt: skip
    first = replace(clause, verb=listing, verb_tokens=[], after=[*tokens[:by], *after])
    rest = [token for token in tokens[by:] if token not in after]
    return [first, replace(clause, before=[], after=rest)]


_ALSO = among("and , also separately then plus & ; as well another")


def _one_each(clause: Clause) -> list[Clause]:
    """Return a clause whose verb takes lists of two sites as one for each: `get all events from URL and all clubs from URL`."""
    assert clause.verb is not None
    tokens = clause.after
    sites = [at for at, token in enumerate(tokens) if token.kind == "url"]
    if len(sites) < 2 or "take" not in clause.verb.web | ({"take"} if "download" in clause.verb.web else set()):  # fmt: skip
        return [clause]
    joint = next((at for at in range(sites[0] + 1, sites[1]) if tokens[at].low in {"and", ";", "plus", "&", "also"}), 0)  # fmt: skip
    start = joint
    while joint and start > sites[0] + 1 and tokens[start - 1].low in _ALSO:
        start -= 1
    end = joint
    while joint and end < sites[1] and tokens[end].low in _ALSO:
        end += 1
    named = [token for token in tokens[end : sites[1]] if token.is_word and token.low not in words("words", "prepositions")]  # fmt: skip
    if not joint or not named:
        return [clause]
    first = replace(clause, verb_tokens=[*clause.verb_tokens, *tokens[start:end]], after=tokens[:start])  # fmt: skip
    second = replace(clause, before=[], verb_tokens=[], after=tokens[end:])
    return [first, *_one_each(second)]


def _verb_last(tokens: list[Token]) -> list[_Head]:
    """Find the verb after its object: `all unpaid invoices as CSV download from ...`, `invoice download`."""
    for index in range(1, len(tokens)):
        token, previous = tokens[index], tokens[index - 1]
        following = tokens[index + 1] if index + 1 < len(tokens) else None
        ends = (
            following is None
            or not following.is_word
            or following.low in words("words", "prepositions")
        )
        named = previous.is_word and previous.low not in words("words", "prepositions") | words(
            "words", "determiners"
        )
        hit = (
            verb_at(tokens, index)
            if token.low in among("download export scrape extract collect fetch save store")
            else None
        )
        if hit is not None and ends and named:
            return [_Head(start=index, end=index + hit.length, hit=hit, passive=True)]
    return []


def _agent_noun(tokens: list[Token], index: int) -> bool:
    """Read `a monitor that ...`: a kind of agent, not an act."""
    return (
        bool(index)
        and tokens[index - 1].low in words("words", "articles")
        and tokens[index].lemma in words("nouns", "agents")
    )


def _passive_at(tokens: list[Token], index: int) -> _Head | None:
    """Read `should be downloaded`, `to be collected`: modal, auxiliary, participle."""
    if tokens[index].low not in words("words", "modals") | {"to"} or index == 0:
        return None
    at = index
    while (
        at < len(tokens)
        and (tokens[at].low in words("words", "modals") or tokens[at].low in {"to", "not"})
        and tokens[at].low != "be"
    ):
        at += 1
    if at >= len(tokens) or tokens[at].low not in {"be", "get"}:
        return None
    at += 1
    while at < len(tokens) and tokens[at].low in _ADVERBS:
        at += 1
    if at >= len(tokens):
        return None
    hit = verb_at(tokens, at, participle=True)
    if hit is None or not _is_participle(tokens[at].low, hit) or _in_relative(tokens, index):
        return None
    return _Head(start=index, end=at + hit.length, hit=hit, passive=True)


def _in_relative(tokens: list[Token], index: int) -> bool:
    return any(
        token.low in words("words", "relatives") | {"if", "when"}
        for token in tokens[max(0, index - 2) : index]
    )


def _is_participle(word: str, hit: VerbHit) -> bool:
    base = hit.phrase.split()[0]
    return word != base or base in among("put set read split cut")


def _wanting(heads: list[_Head]) -> bool:
    return (
        bool(heads)
        and heads[-1].hit.phrase.split()[0] in among("need want have get like")
        and not heads[-1].passive
    )


def _before_adverbs(tokens: list[Token], index: int) -> int:
    """Return the place before a word and what stands between it and its auxiliary: `are` in `are not yet done`."""
    before = index - 1
    if tokens[before].low == "nor":
        while before > 0 and tokens[before].low != "neither":
            before -= 1
    while before > 0 and tokens[before].low in among(
        "not never yet already still been neither either"
    ):
        before -= 1
    return before


def _is_state(tokens: list[Token], index: int) -> bool:
    """Read `that are not done`: a state, no act."""
    before = _before_adverbs(tokens, index)
    helping = (words("words", "auxiliaries") | {"have", "has", "had"}) - {"get", "be"}
    return 0 <= before < index - 1 and tokens[before].low in helping


def _participle_at(tokens: list[Token], index: int, heads: list[_Head]) -> _Head | None:
    """`... and stored` after a passive; `I need all invoices downloaded`."""
    token = tokens[index]
    if token.low not in words("verb_forms", "participle_acts"):
        return None
    previous = tokens[_before_adverbs(tokens, index)]
    joined = previous.low in among("and , then &")
    if heads[-1].passive and not joined:
        return None
    if not joined and (
        index <= heads[-1].end
        or previous.low
        in words("words", "determiners")
        | words("words", "auxiliaries")
        | words("words", "relatives")
        | {"have", "has"}
    ):
        return None
    following = tokens[index + 1] if index + 1 < len(tokens) else None
    plain = (
        following is not None
        and following.is_word
        and following.low
        not in words("words", "prepositions") | words("words", "conjunctions") | {"daily", "weekly"}
    )
    hit = verb_at(tokens, index, participle=True)
    if plain or hit is None:
        return None
    return _Head(start=index, end=index + hit.length, hit=hit, passive=not joined)


_HELPERS = frozenset(
    {"need", "want", "have", "like", "help", "let", "go", "use", "start", "do", "ask", "try"}
)
_BETWEEN = frozenset(
    {("to",), ("you", "to"), ("me",), ("us",), ("podium", "to"), ("me", "to"), ("it", "to"), ("us", "to"), ("someone", "to"), ("by",), ("it",), ("and",)}
)  # fmt: skip
_MAKING = frozenset(
    {
        "create",
        "build",
        "make",
        "set",
        "need",
        "want",
        "write",
        "give",
        "have",
        "generate",
        "prepare",
        "get",
        "develop",
        "add",
        "start",
        "schedule",
        "new",
        "like",
        "design",
        "program",
        "deploy",
    }
)
_AGENT_THAT = frozenset(
    {
        "that",
        "which",
        "to",
        "who",
        "for",
        "and",
        ",",
        "it",
        ":",
        "should",
        "will",
        "must",
        "can",
        "'ll",
        "shall",
        "would",
        "could",
    }
)


def _without_helpers(tokens: list[Token], heads: list[_Head]) -> list[_Head]:
    """Fold verbs that only introduce another into it: `need you to`, `create an agent that ...`."""
    kept: list[_Head] = []
    pending: tuple[int, int] | None = None
    for position, head in enumerate(heads):
        following = heads[position + 1] if position + 1 < len(heads) else None
        if following is not None and _introduces(tokens, head, following):
            pending = (pending[0] if pending else head.start, following.start)
            continue
        kept.append(
            head
            if pending is None
            else _Head(
                start=head.start, end=head.end, hit=head.hit, passive=head.passive, helpers=pending
            )
        )
        pending = None
    return kept


_WISHES = among("would like|i'd like|we'd like|would love|would need|love to have")


def _introduces(tokens: list[Token], head: _Head, following: _Head) -> bool:
    between = tokens[head.end : following.start]
    lows = tuple(token.low for token in between)
    first = head.hit.phrase.split()[0]
    if following.passive and first in among("need want have get like"):
        return False
    wishing = head.hit.phrase in _WISHES
    if (
        ((first in _HELPERS and head.hit.length == 1) or wishing)
        and lows in _BETWEEN
        and not (first in among("go do use start") and lows == ("to",))
    ):
        return not (lows == ("and",) and first not in {"go", "try"})
    if (first not in _MAKING and not wishing) or not between or len(between) > 10:
        return False
    while between and (
        between[-1].kind in {"schedule", "time", "date"}
        or between[-1].low in among("at on automatically then regularly always")
    ):
        between = between[:-1]
    if not between:
        return False
    agent = any(token.lemma in words("nouns", "agents") - {"one", "process"} for token in between)
    return (
        agent
        and between[-1].low in _AGENT_THAT
        and not any(token.kind == "agent" for token in between)
    )


def _boundary(tokens: list[Token], low: int, head: _Head) -> int:
    """Where the clause of a verb begins: at the connective before it."""
    openers = words("words", "openers") - {"agent", "bot"}
    boundary = head.helpers[0] if head.helpers is not None else head.start
    if head.passive:
        return _passive_boundary(tokens, low, boundary)
    at = boundary
    while at > low and (tokens[at - 1].low in openers or tokens[at - 1].low in among(", : ( )")):
        at -= 1
    # "..., from the catalogue page collect": the place belongs to the verb that follows it.
    connected = any(token.low in among(", and then &") for token in tokens[at:boundary])
    if not connected:
        for back in range(at - 1, low, -1):
            if tokens[back - 1].low in among(", and then &"):
                lead = (
                    tokens[back].low in words("words", "prepositions")
                    or tokens[back].low in _SUBORDINATE
                    or tokens[back].kind == "schedule"
                )
                return back - 1 if lead else at
    return at


def _passive_boundary(tokens: list[Token], low: int, head: int) -> int:
    """Find where a passive's subject begins: after the last connective."""
    for at in range(head - 1, low, -1):
        if tokens[at].low in among("and then , & ;") and (
            tokens[at].low != "and" or tokens[at - 1].low == "," or at - low > 0
        ):
            return at
    return low

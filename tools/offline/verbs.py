"""Verbs: which acts a verb at a place in a text can stand for, and whether it is a verb there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from podium.tools.offline.lexicon import among, lists, verb_lemma, words
from podium.tools.offline.tokens import Token


@dataclass(frozen=True, slots=True, kw_only=True)
class VerbHit:
    """A verb with its particles."""

    phrase: str
    """In lemmas: `log in`, `search for`."""
    web: frozenset[str]
    workspace: frozenset[str]
    length: int
    """Tokens it covers."""


@cache
def _phrases() -> dict[tuple[str, ...], tuple[frozenset[str], frozenset[str]]]:
    acts: dict[tuple[str, ...], tuple[set[str], set[str]]] = {}
    for index, group in enumerate(("web", "workspace")):
        for act, phrases in lists("verbs", group).items():
            for phrase in phrases:
                acts.setdefault(tuple(phrase.split()), (set(), set()))[index].add(act)
    return {phrase: (frozenset(web), frozenset(ws)) for phrase, (web, ws) in acts.items()}


@cache
def _longest() -> dict[str, int]:
    longest: dict[str, int] = {}
    for phrase in _phrases():
        longest[phrase[0]] = max(longest.get(phrase[0], 0), len(phrase))
    return longest


def verb_at(tokens: Sequence[Token], index: int, *, participle: bool = False) -> VerbHit | None:
    """Return the longest verb phrase that starts at a token, were it a verb; `participle`: after `be`."""
    token = tokens[index]
    if not token.is_word:
        return None
    for first in (verb_lemma(token.low),) if participle else (token.lemma, token.low):
        for length in range(min(_longest().get(first, 0), len(tokens) - index), 0, -1):
            rest = tuple(other.low for other in tokens[index + 1 : index + length])
            found = _phrases().get((first, *rest))
            if found is not None:
                return VerbHit(
                    phrase=" ".join((first, *rest)), web=found[0], workspace=found[1], length=length
                )
        apart = _apart(tokens, index, first)
        if apart is not None:
            return apart
    return None


def _apart(tokens: Sequence[Token], index: int, first: str) -> VerbHit | None:
    """`log me in`, `fill it out`: the particle after a pronoun."""
    if index + 2 >= len(tokens) or tokens[index + 1].low not in among("me us it them you yourself"):
        return None
    for length in (3, 2):
        rest = tuple(token.low for token in tokens[index + 2 : index + 1 + length])
        found = _phrases().get((first, *rest)) if len(rest) == length - 1 else None
        if found is not None:
            return VerbHit(
                phrase=" ".join((first, *rest)), web=found[0], workspace=found[1], length=length + 1
            )
    return None


def is_verb_word(word: str) -> bool:
    """Whether a word opens some verb phrase."""
    from podium.tools.offline.lexicon import lemma

    return word in _longest() or lemma(word) in _longest()


def web_acts(word: str) -> frozenset[str]:
    """Return what a single word can stand for on a page, were it a verb."""
    found = _phrases().get((verb_lemma(word),)) or _phrases().get((word,))
    return found[0] if found is not None else frozenset()


def workspace_acts(phrase: str) -> frozenset[str]:
    """Return what a verb with its particles can stand for on agents, were it a verb."""
    first, *rest = phrase.split() or [""]
    found = _phrases().get((verb_lemma(first), *rest)) or _phrases().get((first, *rest))
    return found[1] if found is not None else frozenset()


_ING_ONLY = frozenset(
    {
        "mind",
        "after",
        "before",
        "by",
        "while",
        "upon",
        "through",
        "for",
        "without",
        "how",
        "about",
        "start",
        "begin",
        "continue",
        "keep",
    }
)
_WANTING = frozenset(
    {"want", "wants", "need", "needs", "like", "love", "have", "has", "is", "are", "able", "how", "try", "going", "you", "me", "us", "it", "agent", "bot", "ought", "supposed", ",", "got", "wish", "automation", "robot", "script", "and", "or", "podium", "used", "order", "be", "task", "job", "goal", "him", "them", "someone", "somebody", "something", "possible", "great", "nice", "please", "then", ".", ":", "hope", "plan", "prefer", "remember", "sure", "way", "tool"}
)  # fmt: skip


_PARTICIPLE_ENDS = ("ed", "en", "t", "n", "ade", "old", "eld", "aid", "ound", "ung")
"""`saved`, `chosen`, `sent`, `drawn`, `made`, `sold`, `held`, `paid`, `found`, `hung`: of a verb that stands otherwise."""


def may_be_verb(tokens: Sequence[Token], index: int, hit: VerbHit) -> bool:  # noqa: C901  rules tried in their order, each short
    """Whether the token stands where a verb can stand, and reads as one there."""
    token = tokens[index]
    previous = tokens[index - 1] if index else None
    following = tokens[index + hit.length] if index + hit.length < len(tokens) else None
    ing = token.low.endswith("ing") and token.low != hit.phrase.split()[0]
    if ing and _names_a_kind(token, following) and (previous is None or not previous.is_word):
        return False  # "building permits at URL"
    if previous is None:
        return _opens_clause(token, hit, following)
    if previous.low == "by" and any(
        other.low in among("sort sorted order ordered rank ranked") for other in tokens[:index]
    ):
        return False  # "sorted by finishing time"
    if previous.low in _ING_ONLY:
        return ing
    if previous.low in {"that", "this"} and index > 1 and tokens[index - 2].low == "after":
        return _reads_as_verb(tokens, index, hit, following, sure=True)
    if previous.low in {"which", "what", "many"} and token.low.endswith("s") and index <= 2:
        return False  # "which orders are late?"
    if previous.low in {"that", "which", "who"}:
        return _after_relative(tokens, index)
    if previous.low.endswith(("'s", "\u2019s")) and previous.kind == "date":
        return False  # "before yesterday's change"
    if previous.low == "to":
        return _after_to(tokens, index, hit, following)
    if previous.low in {"where", "when"}:
        return ing
    if _is_ranked(tokens, index):
        return False
    if _is_listed_column(tokens, index, hit) or _is_listed_gerund(tokens, index, following):
        return False
    if (
        _is_wanted(tokens, index)
        or _is_listed_plural(tokens, index, hit)
        or _has_in_question(tokens, index)
        or _has_in_relative(tokens, index)
    ):
        return False
    if f"{previous.low} {token.low}" in words("nouns", "fields") and previous.low != "new":
        # "first name Hugo": a field in two words.
        return False
    after = tokens[index + hit.length + 1] if index + hit.length + 1 < len(tokens) else None
    made = hit.length == 1 and hit.web <= {"add", "pay"} and token.low == token.lemma
    quoted = following is not None and following.kind == "quote"
    if (
        made
        and quoted
        and previous.low in among(", ; with")
        and any(other.low in {"with", "using", ":"} for other in tokens[:index])
    ):
        # "with reader 4411, book "Dune"": a field, though one can book something.
        return False
    if _is_field_of_form(tokens[:index], token, following, after):
        return False
    if previous.kind == "url" and token.low.endswith("s") and token.low != hit.phrase.split()[0]:
        # "once the page https://x.example changes": what the page does is no order.
        return False
    if previous.low in words("words", "openers") or previous.kind not in among(
        "word number money punct"
    ):
        return _reads_as_verb(
            tokens,
            index,
            hit,
            following,
            sure=previous.low not in among("and or & + only be is are like have has been being"),
        )
    listed = previous.low == "," and following is not None and following.low in among(", and & or")
    if listed and hit.length == 1 and token.low in words("nouns", "columns"):
        return False  # "reg, name, type and length"
    if previous.kind == "punct":
        return _reads_as_verb(
            tokens, index, hit, following, sure=previous.low not in among(', / ( "')
        )
    if _after_each(tokens, index):
        return (
            token.low == token.lemma
            and hit.web & {"take", "download", "store", "click"} != frozenset()
        )
    # After a noun only a plain imperative with its object counts: "on the portal download all ...".
    return (
        token.low == token.lemma
        and previous.low not in words("words", "prepositions") | words("words", "articles")
        and hit.phrase.split()[0] not in words("verb_forms", "weak_after_noun")
        and following is not None
        and (
            following.low in words("words", "determiners")
            or following.low in words("words", "quantifiers")
        )
        and not _in_relative(tokens, index)
    )


def _after_each(tokens: Sequence[Token], index: int) -> bool:
    """Tell whether `for each X` stands before: `for each article get title ...`."""
    for back in range(index - 2, max(-1, index - 5), -1):
        if tokens[back].low in words("words", "quantifiers"):
            return back > 0 and tokens[back - 1].low == "for"
        if not tokens[back].is_word:
            return False
    return False


def _is_listed_column(tokens: Sequence[Token], index: int, hit: VerbHit) -> bool:
    """Read `just name and phone`: two columns, though one can name and phone somebody."""
    token = tokens[index]
    pair = tokens[index + 1 : index + 3]
    return (
        hit.length == 1
        and token.low in words("nouns", "columns")
        and len(pair) == 2
        and pair[0].low in {"and", "&", "+", ","}
        and pair[1].low in words("nouns", "columns") | words("nouns", "fields")
        and tokens[index + 3 : index + 4] == []
    )


def _is_listed_gerund(tokens: Sequence[Token], index: int, following: Token | None) -> bool:
    """Read `owner, breed and feeding notes`: a noun's first half, where nothing before it is told in this form."""
    token = tokens[index]
    return (
        token.low.endswith("ing")
        and tokens[index - 1].low in {"and", "or", "&", ","}
        and following is not None
        and following.is_word
        and following.low
        not in words("words", "determiners") | words("words", "quantifiers") | words("words", "prepositions") | words("words", "pronouns")
        and not any(other.low.endswith("ing") and is_verb_word(other.low) for other in tokens[:index])
    )  # fmt: skip


def _is_listed_plural(tokens: Sequence[Token], index: int, hit: VerbHit) -> bool:
    """Read `team, won and points`: nobody does it, so the form with `s` is no verb."""
    token = tokens[index]
    doing = among("that which who it he she agent bot robot automation job")
    return (
        tokens[index - 1].low in among("and or & , :")
        and token.low == f"{hit.phrase.split()[0]}s"
        and not any(other.low in doing for other in tokens[:index])
    )


def _has_in_question(tokens: Sequence[Token], index: int) -> bool:
    """Read `which of the houses at URL have a garden`: what they have, no act."""
    return (
        tokens[index].low in among("have has had")
        and tokens[index - 1].low not in {"to", "i", "we", "you"}
        and any(other.low in {"which", "who"} for other in tokens[:index])
    )


def _has_in_relative(tokens: Sequence[Token], index: int) -> bool:
    """Read `that are due but still have no owner`, `the books that I have borrowed`: what rows have, no act."""
    led = tokens[index - 1].low in among(
        "but still yet already also never and or i we you they he she"
    )
    return tokens[index].low in among("have has had") and led and any(
        other.low in {"that", "which", "who"} and at and tokens[at - 1].low not in {",", "and", "."}
        for at, other in enumerate(tokens[:index])
    )  # fmt: skip


def _is_wanted(tokens: Sequence[Token], index: int) -> bool:
    """Read `I need name and phone`, `columns: name, phone`: without `to` these are things, though one can name and phone somebody."""
    heads = [
        place
        for place in range(max(0, index - 8), index)
        if tokens[place].low in among("columns fields")
    ]
    if heads and tokens[heads[-1] + 1].low in {":", "are"}:
        between = tokens[heads[-1] + 2 : index]
        return all(
            other.low in {",", "and", "&"}
            or (other.is_word and other.low not in words("words", "determiners"))
            for other in between
        )
    at = index
    while (
        at > 1 and (tokens[at - 1].low in {"and", ","} or tokens[at - 1].is_word) and index - at < 8
    ):
        at -= 1
        if tokens[at].low in {"need", "want"} and tokens[at - 1].low in {"i", "we"}:
            between = tokens[at + 1 : index]
            bare = all(other.low in {"and", ","} or other.low == other.lemma for other in between)
            return (
                bare
                and tokens[index].low == tokens[index].lemma
                and not any(
                    other.low
                    in words("words", "determiners")
                    | words("words", "prepositions")
                    | {"you", "it", "them"}
                    for other in between
                )
            )
    return False


def _is_ranked(tokens: Sequence[Token], index: int) -> bool:
    """Read `the first hit`, `as last name`: after a determiner or preposition an ordinal opens no clause."""
    if index < 2 or tokens[index - 1].low not in among("first second third next last latest only"):
        return False
    return tokens[index - 2].is_word and tokens[index - 2].low not in words("words", "conjunctions")


def _is_field_of_form(
    earlier: Sequence[Token], token: Token, following: Token | None, after: Token | None
) -> bool:
    """`subject "a" and text "b"`: a field and its value, though one can text somebody too."""
    listed = any(
        other.low in {"with", "using", ":"}
        or other.kind in {"quote", "pair"}
        or other.lemma in words("nouns", "forms")
        for other in earlier
    )
    number = following is not None and following.kind == "number"
    if (
        listed
        and number
        and earlier[-1].low in among(", ; :")
        and (after is None or after.kind == "punct" or after.low == "and")
    ):
        # ", reading 5321,": after a verb a number would count something.
        return True
    two = following is not None and following.low in words("nouns", "fields")
    value = after is not None and (after.kind in among("quote number date email money") or after.text[:1].isupper())  # fmt: skip
    if listed and two and value and earlier[-1].low in among("and , & ; :"):
        return True  # "source language German"
    return (
        listed
        and earlier[-1].low in among("and , & with ; :")
        and token.low in words("nouns", "fields")
        and following is not None
        and (
            following.kind in among("quote pair email date time")
            or (following.is_word and following.text[:1].isupper())
        )
    )


def _in_relative(tokens: Sequence[Token], index: int) -> bool:
    for back in range(index - 1, max(-1, index - 5), -1):
        if tokens[back].low in among("that which who whose if when"):
            return True
        if tokens[back].kind == "punct" or tokens[back].low in {"and", "then"}:
            return False
    return False


_KINDS = among("building booking opening closing ordering reporting recording moving answering starting rating reviewing placing leaving issuing joining sending posting applying filing")  # fmt: skip


def _names_a_kind(token: Token, following: Token | None) -> bool:
    """Whether a gerund stands right before a bare plural and makes a name with it: `booking requests`."""
    return (
        token.low in _KINDS
        and following is not None
        and following.is_word
        and following.low.endswith("s")
        and following.low != following.lemma
        and following.low not in words("words", "determiners")
    )


def _opens_clause(token: Token, hit: VerbHit, following: Token | None) -> bool:
    """At the start of a sentence nearly every verb is one; `Open invoices:` shows later."""
    if following is None:
        return (
            hit.length > 1
            or token.low not in words("verb_forms", "nounlike")
            or token.low in {"login", "logon"}
        )
    if token.lemma in words("nouns", "columns") and hit.length == 1 and following.low == ",":
        return False  # "name, email."
    return not (
        token.low in words("verb_forms", "nounlike")
        and following.low in among("is are was : = should must has have")
    )


def _after_relative(tokens: Sequence[Token], index: int) -> bool:
    """Read `an agent that downloads`: the agent's act; `orders that need ...`: a condition."""
    before = tokens[index - 2] if index > 1 else None
    if before is None:
        return True
    if before.low == "ones" or (before.low == "jobs" and tokens[index].low == tokens[index].lemma):
        return False  # "the ones that have no supplier", "jobs that pay 30k": rows
    if (
        any(token.kind == "url" for token in tokens[:index])
        and before.kind != "agent"
        and not _an_agent(tokens, index)
    ):
        return False  # "teachers at URL who teach maths": rows, not what an agent does
    return before.lemma in words("nouns", "agents") or before.low in among("it one something agent")


def _an_agent(tokens: Sequence[Token], index: int) -> bool:
    """Whether an agent is spoken of before the relative: `an agent for https://x.example that downloads`."""
    return any(
        token.lemma in words("nouns", "agents") - {"one", "process", "job", "task"}
        or token.low in {"it", "something"}
        for token in tokens[: index - 1]
    )


def _after_to(tokens: Sequence[Token], index: int, hit: VerbHit, following: Token | None) -> bool:
    before = tokens[index - 2] if index > 1 else None
    token = tokens[index]
    if token.low != token.lemma and token.low not in hit.phrase:
        return False
    if (
        before is None
        or before.low in _WANTING
        or before.kind in among("punct url cred schedule agent")
    ):
        return True
    if token.low in words("verb_forms", "nounlike"):
        return following is not None and following.low in words("words", "determiners")
    return True


def _reads_as_verb(  # noqa: C901  rules tried in their order, each short
    tokens: Sequence[Token], index: int, hit: VerbHit, following: Token | None, *, sure: bool
) -> bool:
    token = tokens[index]
    if (
        not sure
        and following is not None
        and following.is_word
        and index > 1
        and token.low == token.lemma
    ):
        column = following.lemma in words("nouns", "columns") and following.low not in words(
            "words", "determiners"
        )
        earlier = tokens[index - 2]
        if (
            column
            and earlier.lemma in words("nouns", "columns")
            and not (earlier.low != earlier.lemma and index > 2 and tokens[index - 3].low == "the")
        ):
            # "name and join date": in a list of columns a verb-like word starts one more.
            return False
    if not sure and following is not None and following.low == "of":
        return False
    first = hit.phrase.split()[0]
    participle = (
        token.low != first
        and not token.low.endswith(("s", "ing"))
        and token.low.endswith(_PARTICIPLE_ENDS)
    )
    if participle and token.low not in {"logged", "signed"} and not sure:
        return token.low in words("verb_forms", "participle_acts") and (
            following is None
            or following.kind != "word"
            or following.low in words("words", "prepositions")
            or following.low in words("words", "conjunctions")
        )
    if participle and token.low not in {"logged", "signed"}:
        return False
    if token.low not in words("verb_forms", "nounlike") and first not in words(
        "verb_forms", "nounlike"
    ):
        return True
    if hit.length > 1:
        return True
    if following is None or (following.kind == "punct" and following.low not in {'"', ":"}):
        return sure and token.low not in words("verb_forms", "noun_when_alone")
    if (
        following.low in words("words", "determiners")
        or following.low in words("words", "pronouns")
        or following.low in words("words", "possessives")
    ):
        return True
    if following.kind not in {"word", "punct"}:
        return True
    if following.low in words("words", "prepositions"):
        return (
            following.low in among("to into in as on only under at from for with")
            and following.low != "of"
            and (sure or token.low in words("verb_forms", "storing"))
        )
    if following.low in words("words", "conjunctions") or following.low in words(
        "words", "auxiliaries"
    ):
        return sure and following.low in {"and", "&", "then"}
    if sure:
        return True
    pair = f"{token.low} {following.lemma}"
    if pair in words("nouns", "columns") or pair in words("nouns", "fields"):
        return False
    # "name, order date": in a list of columns the next word is a column too.
    listed = index > 1 and tokens[index - 2].lemma in words("nouns", "columns")
    return not (listed and following.lemma in words("nouns", "columns"))

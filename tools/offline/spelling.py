"""Slips of the typing hand: `plese colect teh prices` is read as it was meant, and what was changed is told."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from podium.tools.offline.lexicon import among, lemma, lists, table, words
from podium.tools.offline.tokens import Entity, Token, tokenise
from podium.tools.offline.verbs import is_verb_word

_POLITE = among("please kindly could would thanks thank hello")
_DATA = among("words nouns verbs verb_forms phrases formats times workspace effects")
_ENDS = among(". ! ? ; :")


@dataclass(frozen=True, slots=True, kw_only=True)
class Respelled:
    """A text without its slips."""

    text: str
    notes: tuple[str, ...] = ()
    """What was read as what, for people."""


def respelled(text: str, find: Callable[[str], Iterable[Entity]]) -> Respelled:
    """Return the text with the slips mended that leave no doubt; `find` finds what is no plain word."""
    if not _slips(tokenise(text, ())):
        return Respelled(text=text)
    # What stands in quotes, addresses and names is left as it is.
    slips = _slips(tokenise(text, find(text)))
    mended = text
    for token, meant in reversed(slips):
        word = meant.capitalize() if token.text[:1].isupper() else meant
        mended = mended[: token.start] + word + mended[token.end :]
    notes = (f"{token.text!r} is read as {meant!r}" for token, meant in slips)
    return Respelled(text=mended, notes=tuple(dict.fromkeys(notes)))


def _slips(tokens: Sequence[Token]) -> list[tuple[Token, str]]:
    """Return the words that are slips, each with what was meant, in order."""
    found: list[tuple[Token, str]] = []
    opening = True
    meant: dict[int, str] = {}
    for index, token in enumerate(tokens):
        if token.kind == "punct":
            opening = opening or token.low in _ENDS or token.text == "\n"
            continue
        joined = bool(index) and tokens[index - 1].low in among("and then , please &")
        word = _small_word(token) or _common_word(
            token, tokens[index + 1 : index + 2], opening=opening
        )
        if not word and (opening or joined):
            following = tokens[index + 1] if index + 1 < len(tokens) else None
            word = _opening_word(token, following, sure=opening)
        if not word and _may_slip(tokens, index):
            word = _listed_word(token.low)
        if word:
            meant[index] = word
            found.append((token, word))
        low = word or token.low
        opening = opening and (low in words("words", "openers") | words("words", "fillers"))
    return found


def _may_slip(tokens: Sequence[Token], index: int) -> bool:
    """Whether a common word of what is listed stands at a place, no name and nothing that is typed into a form."""
    token = tokens[index]
    plain = (
        token.is_word and token.text == token.low and token.low.isascii() and token.low.isalpha()
    )
    return plain and len(token.low) >= 5 and (token.low.endswith("ys") or not _is_known(token.low))


@lru_cache(maxsize=1024)
def _listed_word(low: str) -> str:
    """Return the column, state or kind of record that a word is one slip away from: a letter lost, doubled or exchanged with the next."""
    if (
        low.endswith("ys")
        and len(low) > 5
        and low[-3] not in "aeiou"
        and _is_known(f"{low[:-2]}ies")
    ):
        return f"{low[:-2]}ies"  # "deliverys"
    near = {known for known in _listed_words() if known[0] == low[0] and known[-1] == low[-1] and _one_slip(low, known)}  # fmt: skip
    near |= {known for known in _listed_words() if known[:-1] == low and known.endswith("e")}
    return near.pop() if len(near) == 1 else ""


def _one_slip(low: str, known: str) -> bool:
    if len(low) == len(known):
        differ = [at for at in range(len(low)) if low[at] != known[at]]
        return len(differ) == 2 and differ[1] == differ[0] + 1 and sorted(low) == sorted(known)
    short, long = sorted((low, known), key=len)
    if len(long) != len(short) + 1:
        return False
    if len(low) > len(known):  # a letter too many is a slip only where it doubles its neighbour
        return any(low[:at] + low[at + 1 :] == known and low[at] in low[max(0, at - 1) : at] for at in range(1, len(low)))  # fmt: skip
    return any(long[:at] + long[at + 1 :] == short for at in range(1, len(long)))


@cache
def _listed_words() -> frozenset[str]:
    said = words("nouns", "columns") | words("nouns", "conditions") | words("nouns", "files") | words("nouns", "rows")  # fmt: skip
    return frozenset(word for phrase in said for word in phrase.split() if len(word) >= 6 and word.isalpha())  # fmt: skip


def _small_word(token: Token) -> str:
    """Return `the` for `teh`: two letters of a small word changed places, which no other word is."""
    if token.text != token.low or not token.low.isalpha() or len(token.low) < 3:
        return ""
    if token.low in _known():
        return ""
    swapped = {
        token.low[:at] + token.low[at + 1] + token.low[at] + token.low[at + 2 :]
        for at in range(len(token.low) - 1)
    }
    small = (
        words("words", "articles")
        | words("words", "prepositions")
        | words("words", "pronouns")
        | among("and all every")
    )
    meant = swapped & small
    return meant.pop() if len(meant) == 1 else ""


_ASKING = among("what when which where actually")
_TIMES = among(
    "every yesterday tomorrow monday tuesday wednesday thursday friday saturday sunday weekday weekend morning evening"
)
_UNITS = among("day week month hour minute morning evening night weekday year other second")


def _common_word(token: Token, following: Sequence[Token], *, opening: bool) -> str:
    """Return `every` for `evry`, `yesterday` for `yestreday`, and where a sentence opens `what` for `waht`."""
    low = token.low
    if token.text != low or not (low.isascii() and low.isalpha()) or len(low) < 4 or _is_known(low):
        return ""
    near = _nearest(low, _TIMES | (_ASKING if opening else frozenset[str]()))
    timed = following and (
        following[0].low in _UNITS | _TIMES or following[0].kind in {"number", "schedule"}
    )
    return "" if near == "every" and not timed else near


def _nearest(low: str, words_known: frozenset[str]) -> str:
    from rapidfuzz.distance import DamerauLevenshtein

    near = {
        word
        for word in words_known
        if word[0] == low[0] and DamerauLevenshtein.distance(word, low, score_cutoff=1) == 1
    }
    return near.pop() if len(near) == 1 else ""


def _opening_word(token: Token, following: Token | None, *, sure: bool) -> str:
    """Return the verb or the word of politeness that a word nobody knows is one slip away from."""
    low = token.low
    if not (token.is_word and low.isascii() and low.isalpha() and len(low) >= 5):
        return ""
    if token.text[1:] != low[1:] or following is None or _is_known(low):
        return ""
    led = (
        following.low in words("words", "determiners") | words("words", "pronouns") | words("words", "openers")
        or following.kind in {"number", "agent"}
        or bool(_small_word(following))
    )  # fmt: skip
    if not led and not (sure and following.is_word):
        return ""
    near = _near(low)
    # A noun of the site's own may be one letter away from a verb: `resort prices`; a lost letter or two that changed places make none.
    return near if near and (led or len(near) != len(low) or sorted(near) == sorted(low)) else ""


@lru_cache(maxsize=1024)
def _near(word: str) -> str:
    """Return the one verb or polite word that is a single edit away and begins alike."""
    from rapidfuzz.distance import DamerauLevenshtein

    allowed = 2 if len(word) >= 9 else 1
    near = {
        known
        for known in _opening_words()
        if known[0] == word[0] and DamerauLevenshtein.distance(known, word, score_cutoff=allowed) <= allowed
    }  # fmt: skip
    return near.pop() if len(near) == 1 else ""


@cache
def _opening_words() -> frozenset[str]:
    verbs = {
        phrase.split()[0]
        for group in ("web", "workspace")
        for phrases in lists("verbs", group).values()
        for phrase in phrases
    }
    return frozenset(verb for verb in verbs if len(verb) >= 5) | _POLITE


def _is_known(word: str) -> bool:
    return word in _known() or lemma(word) in _known() or is_verb_word(word)


@cache
def _known() -> frozenset[str]:
    """Return every word of our vocabulary."""
    return frozenset(word for name in _DATA for text in _texts(table(name)) for word in text.lower().split())  # fmt: skip


def _texts(value: object) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            for key, part in value.items():  # pyright: ignore[reportUnknownVariableType]
                yield str(key)  # pyright: ignore[reportUnknownArgumentType]
                yield from _texts(part)  # pyright: ignore[reportUnknownArgumentType]
        case list():
            for part in value:  # pyright: ignore[reportUnknownVariableType]
                yield from _texts(part)  # pyright: ignore[reportUnknownArgumentType]
        case _:
            return

"""Comparing interface words: folding, stems, synonyms, contradictions. Data in `data/*.toml`.

A language is a file `data/concepts.LANG.toml`; concept ids are shared, so a page that was translated still matches.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

_PUNCTUATION = re.compile(r"[^\w\u00ab\u00bb\u2039\u203a\u2190\u2192#]+")
"""Everything but words and the signs that alone name a control: quotes and arrows of pagination, `#`."""
_ARROWS = {">": "\u203a", "<": "\u2039", ">>": "\u00bb", "<<": "\u00ab"}
"""Alone they are names of controls; inside a text they are punctuation."""
_COUNT = re.compile(r"\s*[(\[]\d+[)\]]\s*$")
"""A badge such as `Inbox (3)`: how many, not what."""
_PARENTHESES = re.compile(r"\([^)]*\)")
_PREFIXES = ("un", "in", "dis", "non", "de")


@lru_cache(maxsize=16_384)
def fold(text: str) -> str:
    """Return the text for comparing: case and accents folded, punctuation to spaces, white space collapsed."""
    if text.strip() in _ARROWS:
        return _ARROWS[text.strip()]
    plain = unicodedata.normalize("NFKD", text.replace("ß", "ss")).casefold()
    bare = "".join(char for char in plain if not unicodedata.combining(char))
    return _PUNCTUATION.sub(" ", bare.replace("_", " ")).strip()


def tokens(text: str) -> tuple[str, ...]:
    """Return the folded words of the text, in order."""
    return tuple(fold(text).split())


@lru_cache(maxsize=16_384)
def stem(word: str) -> str:
    """Return a folded word without the endings of inflection, so that `invoices` and `invoice` are one."""
    if len(word) < 4 or word.isdigit() or word in {"news", "this", "does"}:
        return word
    if word.endswith("ies"):
        return word[:-2]
    for ending, least in (("ing", 6), ("ed", 5), ("es", 5), ("en", 8), ("s", 4)):
        if word.endswith(ending) and len(word) >= least and not word.endswith(("ss", "us", "is")):
            word = _undouble(word[: -len(ending)])
            break
    if word.endswith("e") and len(word) > 3:
        word = word[:-1]
    return f"{word[:-1]}i" if word.endswith("y") and len(word) > 3 else word


def _undouble(word: str) -> str:
    if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "sle":
        return word[:-1]
    return word


@dataclass(frozen=True, slots=True)
class _Lexicon:
    phrases: Mapping[tuple[str, ...], frozenset[str]]
    """Stemmed words -> concepts; more than one only across languages."""
    longest: int
    opposites: tuple[frozenset[str], ...]
    stop: frozenset[str]
    negations: frozenset[str]
    quantifiers: frozenset[str]
    on_one: frozenset[str]
    """Concepts that are another action when they are meant for all."""
    limiting: frozenset[str]
    """Concepts that make another quantity of the one beside them."""


@lru_cache(maxsize=1)
def _lexicon() -> _Lexicon:
    phrases: dict[tuple[str, ...], frozenset[str]] = {}
    stop: set[str] = set()
    negations: set[str] = set()
    quantifiers: set[str] = set()
    folder = files("podium.tools.grounding") / "data"
    for entry in sorted(folder.iterdir(), key=lambda item: item.name):
        if not entry.name.startswith("concepts."):
            continue
        document = tomllib.loads(entry.read_text(encoding="utf-8"))
        stop.update(document["stop"])
        negations.update(document["negations"])
        quantifiers.update(document.get("quantifiers", ()))
        concepts: dict[str, list[str]] = document["concepts"]
        for concept, spellings in concepts.items():
            for spelling in spellings:
                words = tuple(stem(word) for word in tokens(spelling))
                phrases[words] = phrases.get(words, frozenset()) | {concept}
    excluding = tomllib.loads((folder / "opposites.toml").read_text(encoding="utf-8"))
    return _Lexicon(
        phrases=phrases,
        longest=max(len(words) for words in phrases),
        opposites=tuple(frozenset(group) for group in excluding["opposites"]),
        stop=frozenset(stop),
        negations=frozenset(negations),
        quantifiers=frozenset(quantifiers),
        on_one=frozenset(excluding["on_one"]),
        limiting=frozenset(excluding["limiting"]),
    )


@dataclass(frozen=True, slots=True)
class _Unit:
    """A word, or the words that together say a concept."""

    word: str
    concepts: frozenset[str] = frozenset()


@lru_cache(maxsize=16_384)
def _units(text: str) -> tuple[_Unit, ...]:
    """Return the text as concepts and other words; the longest phrase of the lexicon wins."""
    lexicon = _lexicon()
    words = tokens(text)
    stems = [stem(word) for word in words]
    units: list[_Unit] = []
    at = 0
    while at < len(words):
        for length in range(min(lexicon.longest, len(words) - at), 0, -1):
            concepts = lexicon.phrases.get(tuple(stems[at : at + length]))
            if concepts is not None:
                units.append(_Unit(" ".join(stems[at : at + length]), concepts))
                at += length
                break
        else:
            units.append(_Unit(stems[at]))
            at += 1
    kept = tuple(unit for unit in units if unit.word not in lexicon.stop)
    return kept or tuple(units)


def concepts_in(text: str) -> frozenset[str]:
    """Return the ids of the interface concepts that the text names, such as `sign_in` or `due`."""
    return frozenset(concept for unit in _units(text) for concept in unit.concepts)


def content_words(text: str) -> tuple[str, ...]:
    """Return the stems of the text's words without those that carry no meaning."""
    return tuple(unit.word for unit in _units(text))


@lru_cache(maxsize=32_768)
def similarity(a: str, b: str) -> float:
    """Return how alike two names are, 0 to 1.

    1 when equal after folding; synonyms and inflections count nearly as much; other spellings only for long words;
    a contradiction keeps it at 0.2 or less.
    """
    left, right = (fold(_COUNT.sub("", text)) for text in (a, b))
    if not left or not right:
        return 0.0
    if left == right:
        return 1.0
    if contradicts(a, b):
        return 0.2 * _overlap(_units(a), _units(b))
    if left.replace(" ", "") == right.replace(" ", ""):
        return 0.98
    written_out = _written_out(a, b) or _written_out(b, a)
    if written_out:
        return min(0.95, 0.95 * similarity(*written_out))
    by_phrase = _overlap(_units(left), _units(right))
    # `Amount` is a part of `Net amount`, though the two words together are a concept of their own.
    by_word = 0.85 * _overlap(_words(left), _words(right))
    return min(max(by_phrase, by_word), 0.97)


def _written_out(short: str, long: str) -> tuple[str, str] | None:
    """Return both phrases with the words that the first abbreviates by a dot (`Cust.`, `Ord. no.`) written as in the other."""
    words = list(tokens(short))
    # A dot tells an abbreviation, and so do missing vowels (`Stk`, `Amt`).
    cut = [fold(word) for word in re.findall(r"([^\W\d_]{2,})\.", short)]
    cut += [word for word in words if re.fullmatch(r"[b-df-hj-np-tv-z]{3,5}", word)]
    others = tokens(long)
    whole = {
        word: other
        for word in cut
        for other in others
        if len(other) > len(word) and _abbreviates(word, other)
    }
    if not whole:
        return None
    return " ".join(whole.get(word, word) for word in words), " ".join(others)


def _abbreviates(short: str, long: str) -> bool:
    """Return whether the letters are the word's beginning, or its first letter and later ones in order (`stk`, `qty`)."""
    if long.startswith(short):
        return True
    rest = iter(long[1:])
    return len(short) >= 3 and short[0] == long[0] and all(char in rest for char in short[1:])


@lru_cache(maxsize=16_384)
def _words(text: str) -> tuple[_Unit, ...]:
    lexicon = _lexicon()
    units = tuple(
        _Unit(word, lexicon.phrases.get((word,), frozenset())) for word in map(stem, tokens(text))
    )
    return tuple(unit for unit in units if unit.word not in lexicon.stop) or units


def _overlap(left: tuple[_Unit, ...], right: tuple[_Unit, ...]) -> float:
    """Return the weighted share of units that match, with credit when the shorter is contained."""
    if not left or not right:
        return 0.0
    free = list(right)
    matched = 0.0
    for unit in left:
        likeness, at = max(
            ((_alike(unit, other), -index) for index, other in enumerate(free)), default=(0.0, 0)
        )
        if likeness > 0:
            best = free.pop(-at)
            matched += likeness * min(_weight(unit), _weight(best))
    weight_left, weight_right = (sum(map(_weight, side)) for side in (left, right))
    dice = 2 * matched / (weight_left + weight_right)
    short, long = sorted((weight_left, weight_right))
    contained = (matched / short) * (0.6 + 0.3 * short / long) if matched / short > 0.8 else 0.0
    score = max(dice, contained)
    return min(score, 0.6) if _numbers_differ(left, right) else score


def _weight(unit: _Unit) -> float:
    return 0.3 if unit.word.isdigit() else 1.0


def _alike(a: _Unit, b: _Unit) -> float:
    if a.word == b.word:
        return 1.0
    if a.concepts & b.concepts:
        return 0.94
    return _spelling(a.word, b.word)


def _spelling(a: str, b: str) -> float:
    """Return the likeness of two unequal words: none for short ones, where one letter is another word."""
    shorter = min(len(a), len(b))
    if shorter < 5 or a[0] != b[0]:
        return 0.0
    from rapidfuzz.distance import DamerauLevenshtein

    edits = DamerauLevenshtein.distance(a, b, score_cutoff=2)
    if edits == 1 or (edits == 2 and shorter >= 9):
        return 0.85 if edits == 1 else 0.75
    return 0.0


def _numbers_differ(left: tuple[_Unit, ...], right: tuple[_Unit, ...]) -> bool:
    mine, theirs = ({unit.word for unit in side if unit.word.isdigit()} for side in (left, right))
    return bool(mine and theirs and not mine & theirs)


def synonyms(a: str, b: str) -> bool:
    """Return whether the two interface phrases mean the same (`Sign in`, `Log in`)."""
    left, right = _units(a), _units(b)
    if len(left) != len(right) or contradicts(a, b):
        return False
    free = list(right)
    for unit in left:
        found = next((other for other in free if _same_meaning(unit, other)), None)
        if found is None:
            return False
        free.remove(found)
    return bool(left)


def _same_meaning(a: _Unit, b: _Unit) -> bool:
    return a.word == b.word or bool(a.concepts & b.concepts)


@lru_cache(maxsize=32_768)
def contradicts(a: str, b: str) -> bool:
    """Return whether one phrase says something that the other's opposite or neighbour in meaning says.

    `Archive` and `Delete`, `Net` and `Gross`, `Save` and `Save as`, `Paid` and `Unpaid`, `Accept` and `Do not accept`.
    """
    mine, theirs = concepts_in(a), concepts_in(b)
    for group in _lexicon().opposites:
        left, right = mine & group, theirs & group
        if left and right and not left & right:
            return True
    return _widened(a, b, mine & theirs) or _negated(a, b)


def other_quantity(a: str, b: str) -> bool:
    """Return whether one names a limit or a part of the quantity that the other names: `Stock`, `Minimum stock`.

    What stands in parentheses is no limit but a unit or a remark: `Duration (min)`.
    """
    a, b = (_PARENTHESES.sub(" ", text) for text in (a, b))
    mine, theirs = concepts_in(a), concepts_in(b)
    alike = mine & theirs or set(content_words(a)) & set(content_words(b))
    return bool(alike and (mine ^ theirs) & _lexicon().limiting)


def acts_on_one() -> frozenset[str]:
    """Return the concepts that are an act on one thing, such as `archive` or `send`."""
    return _lexicon().on_one


def _widened(a: str, b: str, shared: frozenset[str]) -> bool:
    """Return whether one is an action on one thing and the other the same action on all: `Archive`, `Archive all`."""
    lexicon = _lexicon()
    if not shared & lexicon.on_one:
        return False
    return bool(set(tokens(a)) & lexicon.quantifiers) != bool(set(tokens(b)) & lexicon.quantifiers)


def _negated(a: str, b: str) -> bool:
    lexicon = _lexicon()
    mine, theirs = set(tokens(a)), set(tokens(b))
    if (mine & theirs) - lexicon.stop and (mine ^ theirs) & lexicon.negations:
        return True
    return _prefixed(mine - theirs, theirs - mine) or _prefixed(theirs - mine, mine - theirs)


def _prefixed(words: set[str], others: set[str]) -> bool:
    return any(
        other == f"{prefix}{word}"
        for word in words
        if len(word) >= 4
        for other in others
        for prefix in _PREFIXES
    )

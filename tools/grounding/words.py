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


_LETTERS = str.maketrans(
    {
        "\u00df": "ss",
        "\u00f8": "o",
        "\u0142": "l",
        "\u00e6": "ae",
        "\u0153": "oe",
        "\u0111": "d",
        "\u0131": "i",
        "\u00f0": "d",
        "\u00fe": "th",
    }
)
"""Letters that no accent is taken from."""


@lru_cache(maxsize=16_384)
def fold(text: str) -> str:
    """Return the text for comparing: case and accents folded, punctuation to spaces, white space collapsed."""
    if text.strip() in _ARROWS:
        return _ARROWS[text.strip()]
    return _PUNCTUATION.sub(" ", unaccented(text).replace("_", " ")).strip()


def unaccented(text: str) -> str:
    """Return the text in lower case without accents; letters of their own (ß, ø, ł, æ) as what is typed for them."""
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    return "".join(char for char in plain if not unicodedata.combining(char))


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
class Lexicon:
    """What is known of interface words, of all languages at once."""

    phrases: Mapping[tuple[str, ...], frozenset[tuple[str, str]]]
    """Stemmed words -> the languages and concepts that they say."""
    wide: Mapping[tuple[str, ...], frozenset[tuple[str, str]]]
    """The same with further synonyms, for names that changed."""
    opposites: tuple[frozenset[str], ...]
    distinct: tuple[frozenset[str], ...]
    """Groups of which a changed name may say no other, beside the opposites."""
    stop: frozenset[str]
    negations: frozenset[str]
    quantifiers: frozenset[str]
    on_one: frozenset[str]
    """Concepts that are another action when they are meant for all."""
    limiting: frozenset[str]
    """Concepts that make another quantity of the one beside them."""
    committing: frozenset[str]
    """Concepts of which a form's own button may say any: that it keeps or sends what was filled in."""
    generic: frozenset[str]
    """Stems that add nothing to a label: `name`, `field`, `required`."""
    weak: frozenset[str]
    """Stems that may name another fact of the same thing, or all of it: `number`, `total`."""
    scope: frozenset[str]
    """Stems that make other things of the things they stand with: `draft`, `archived`, `test`."""
    directions: frozenset[str]
    """Words that tell one side from the other: `to`, `from`, `by`."""
    endings: frozenset[str]
    """Words that a language writes together with what they are of: `Vertragsnummer`."""
    spoken: Mapping[str, frozenset[str]]
    """Language -> the stems that its tables know."""


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    """Return the tables of all languages, read once."""
    phrases: dict[tuple[str, ...], frozenset[tuple[str, str]]] = {}
    stop: set[str] = set()
    negations: set[str] = set()
    quantifiers: set[str] = set()
    generic: set[str] = set()
    weak: set[str] = set()
    scope: set[str] = set()
    directions: set[str] = set()
    endings: set[str] = set()
    spoken: dict[str, frozenset[str]] = {}
    folder = files("podium.tools.grounding") / "data"
    wide: dict[tuple[str, ...], frozenset[tuple[str, str]]] = {}
    for entry in sorted(folder.iterdir(), key=lambda item: item.name):
        kind, _, language = entry.name.removesuffix(".toml").partition(".")
        if kind not in {"concepts", "synonyms"}:
            continue
        document = tomllib.loads(entry.read_text(encoding="utf-8"))
        spellings: dict[str, list[str]] = document[kind]
        _add(wide, spellings, language)
        said = tokens(" ".join(" ".join(one) for one in spellings.values()))
        spoken[language] = spoken.get(language, frozenset()) | {stem(word) for word in said}
        if kind == "synonyms":
            continue
        _add(phrases, spellings, language)
        spoken[language] |= {stem(word) for word in document["stop"]}
        stop.update(document["stop"])
        negations.update(document["negations"])
        quantifiers.update(document["quantifiers"])
        directions.update(document["directions"])
        endings.update(document.get("endings", ()))
        for kept, name in ((generic, "generic"), (weak, "weak"), (scope, "scope")):
            kept.update(stem(word) for word in tokens(" ".join(document[name])))
    excluding = tomllib.loads((folder / "opposites.toml").read_text(encoding="utf-8"))
    return Lexicon(
        phrases=phrases,
        wide=wide,
        opposites=tuple(frozenset(group) for group in excluding["opposites"]),
        distinct=tuple(
            frozenset(group) for group in (*excluding["opposites"], *excluding["distinct"])
        ),
        stop=frozenset(stop),
        negations=frozenset(negations),
        quantifiers=frozenset(quantifiers),
        on_one=frozenset(excluding["on_one"]),
        limiting=frozenset(excluding["limiting"]),
        committing=frozenset(excluding["committing"]),
        generic=frozenset(generic),
        weak=frozenset(weak),
        scope=frozenset(scope),
        directions=frozenset(directions),
        endings=frozenset(endings),
        spoken=spoken,
    )


def _add(
    phrases: dict[tuple[str, ...], frozenset[tuple[str, str]]],
    spellings: Mapping[str, list[str]],
    language: str,
) -> None:
    for concept, said in spellings.items():
        for spelling in said:
            words = tuple(stem(word) for word in tokens(spelling))
            phrases[words] = phrases.get(words, frozenset()) | {(language, concept)}


_LONGEST = 5
"""Words of the longest phrase that is looked up."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A word, or the words that together say a concept."""

    word: str
    meanings: frozenset[tuple[str, str]] = frozenset()
    """Languages and concepts."""

    @property
    def concepts(self) -> frozenset[str]:
        """What it says in any language."""
        return frozenset(concept for _, concept in self.meanings)


@lru_cache(maxsize=16_384)
def units_of(text: str, *, wide: bool = False) -> tuple[Unit, ...]:
    """Return the text as concepts and other words; the longest phrase of the lexicon wins."""
    known = lexicon()
    phrases = known.wide if wide else known.phrases
    words = tokens(text)
    stems = [stem(word) for word in words]
    units: list[Unit] = []
    at = 0
    while at < len(words):
        for length in range(min(_LONGEST, len(words) - at), 0, -1):
            meanings = phrases.get(tuple(stems[at : at + length]))
            if meanings is not None:
                units.append(Unit(" ".join(stems[at : at + length]), meanings))
                at += length
                break
        else:
            units.append(Unit(stems[at]))
            at += 1
    kept = tuple(unit for unit in units if unit.word not in known.stop)
    return kept or tuple(units)


def concepts_in(text: str) -> frozenset[str]:
    """Return the ids of the interface concepts that the text names, such as `sign_in` or `due`."""
    return frozenset(concept for unit in units_of(text) for concept in unit.concepts)


def content_words(text: str) -> tuple[str, ...]:
    """Return the stems of the text's words without those that carry no meaning."""
    return tuple(unit.word for unit in units_of(text))


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
        return 0.2 * _overlap(units_of(a), units_of(b))
    if left.replace(" ", "") == right.replace(" ", ""):
        return 0.98
    whole = written_out(a, b) or written_out(b, a)
    if whole:
        return min(0.95, 0.95 * similarity(*whole))
    by_phrase = _overlap(units_of(left), units_of(right))
    # `Amount` is a part of `Net amount`, though the two words together are a concept of their own.
    by_word = 0.85 * _overlap(words_of(left), words_of(right))
    return min(max(by_phrase, by_word), 0.97)


def written_out(short: str, long: str) -> tuple[str, str] | None:
    """Return both phrases with the words that the first abbreviates by a dot (`Cust.`, `Ord. no.`) written as in the other."""
    words = list(tokens(short))
    # A dot tells an abbreviation, and so do missing vowels (`Stk`, `Amt`).
    cut = [fold(word) for word in re.findall(r"([^\W\d_]{2,})\.", short)]
    cut += [word for word in words if _VOWELLESS.fullmatch(word) and not is_known(word)]
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


_VOWELLESS = re.compile(r"[b-df-hj-np-tv-z]{3,5}|[aeiou][b-df-hj-np-tv-z]{2,3}")


def is_known(word: str) -> bool:
    """Return whether a table has the word, as more than the abbreviation of another."""
    known = lexicon()
    telling = known.stop | known.quantifiers | known.negations | known.scope
    said = known.wide.get((stem(word),), frozenset())
    # `Qty` is in the tables as what it abbreviates: that is no other word.
    return word in telling or any(len(word) > 3 or word[0] in "aeiou" for _ in said)


def _abbreviates(short: str, long: str) -> bool:
    """Return whether the letters are the word's beginning, or its first letter and later ones in order (`stk`, `qty`)."""
    if long.startswith(short):
        return True
    rest = iter(long[1:])
    return len(short) >= 3 and short[0] == long[0] and all(char in rest for char in short[1:])


@lru_cache(maxsize=16_384)
def words_of(text: str, *, wide: bool = False) -> tuple[Unit, ...]:
    """Return the text's words one by one, each with what it means alone."""
    known = lexicon()
    phrases = known.wide if wide else known.phrases
    units = tuple(Unit(word, phrases.get((word,), frozenset())) for word in map(stem, tokens(text)))
    return tuple(unit for unit in units if unit.word not in known.stop) or units


def _overlap(left: tuple[Unit, ...], right: tuple[Unit, ...]) -> float:
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


def _weight(unit: Unit) -> float:
    return 0.3 if unit.word.isdigit() else 1.0


def _alike(a: Unit, b: Unit) -> float:
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


def _numbers_differ(left: tuple[Unit, ...], right: tuple[Unit, ...]) -> bool:
    mine, theirs = ({unit.word for unit in side if unit.word.isdigit()} for side in (left, right))
    return bool(mine and theirs and not mine & theirs)


def synonyms(a: str, b: str) -> bool:
    """Return whether the two interface phrases mean the same (`Sign in`, `Log in`)."""
    left, right = units_of(a), units_of(b)
    if len(left) != len(right) or contradicts(a, b):
        return False
    free = list(right)
    for unit in left:
        found = next((other for other in free if _same_meaning(unit, other)), None)
        if found is None:
            return False
        free.remove(found)
    return bool(left)


def _same_meaning(a: Unit, b: Unit) -> bool:
    return a.word == b.word or bool(a.concepts & b.concepts)


@lru_cache(maxsize=32_768)
def contradicts(a: str, b: str) -> bool:
    """Return whether one phrase says something that the other's opposite or neighbour in meaning says.

    `Archive` and `Delete`, `Net` and `Gross`, `Save` and `Save as`, `Paid` and `Unpaid`, `Accept` and `Do not accept`.
    """
    mine, theirs = concepts_in(a), concepts_in(b)
    for group in lexicon().opposites:
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
    return bool(alike and (mine ^ theirs) & lexicon().limiting)


def _widened(a: str, b: str, shared: frozenset[str]) -> bool:
    """Return whether one is an action on one thing and the other the same action on all: `Archive`, `Archive all`."""
    known = lexicon()
    if not shared & known.on_one:
        return False
    return bool(set(tokens(a)) & known.quantifiers) != bool(set(tokens(b)) & known.quantifiers)


def _negated(a: str, b: str) -> bool:
    known = lexicon()
    mine, theirs = set(tokens(a)), set(tokens(b))
    if (mine & theirs) - known.stop and (mine ^ theirs) & known.negations:
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

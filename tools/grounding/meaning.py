"""What became of the words that carry a meaning: the same, less of the same, unknown, or something else.

What is known to say the same is the permission; whatever is not known to is no renaming. So a word that no table has makes
a question, never a write.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final, Literal

from podium.tools.grounding.words import (
    Unit,
    contradicts,
    fold,
    is_known,
    lexicon,
    other_quantity,
    stem,
    tokens,
    units_of,
    words_of,
    written_out,
)

Change = Literal["same", "close", "unknown", "other"]
"""`same`: equal, inflected, abbreviated, a synonym, or with words that add nothing. `close`: words are gone, or were added that
may name another fact of the thing: right where something that is no word says so too. `unknown`: a word that nothing known
explains. `other`: an opposite, a part, a limit, or the same of other things."""

_WORST: Final[tuple[Change, ...]] = ("same", "close", "unknown", "other")
_SHORTCUT = re.compile(
    r"\(?\b(?:ctrl|cmd|command|alt|option|shift|strg|maj)\s*[+-]\s*\w+\)?|[⌘⌥⇧⌃]\s*\w",
    re.IGNORECASE,
)
_COUNT = re.compile(r"[(\[]\s*\d[\d.,]*\s*[)\]]")
"""How many, not what: `Inbox (3)`."""
_STEP = re.compile(
    r"[\s,:;(\-\u2013]*\b(?:step|schritt|krok|etape|étape|paso|passo|stap|steg|part|teil)\s+\d+(?:\s*(?:of|/|von|z|sur|de|van|av)\s*\d+)?\b[):]?",
    re.IGNORECASE,
)
"""Which part of a form it is, not of what: `New order, step 2 of 3`."""
_ASIDE = re.compile(r"\(([^()]*)\)|\[([^\[\]]*)\]")
_SIGNS = re.compile(r"[\u00ab\u00bb\u2039\u203a\u2190-\u21ff]")
_UNITS = frozenset(
    {
        "%", "kg", "g", "lb", "lbs", "oz", "t", "km", "mi", "miles", "m", "cm", "mm", "in", "ft", "l", "ml", "gal", "h", "hr", "hrs", "hours", "min",
        "mins", "minutes", "s", "sec", "seconds", "days", "weeks", "months", "years", "eur", "usd", "gbp", "chf", "jpy", "€", "$", "£",
        "¥", "k", "thousands", "millions", "utc", "gmt", "c", "f",
    }
)  # fmt: skip
_RESTRICTING = frozenset(
    {
        "of", "for", "from", "to", "by", "in", "at", "on", "with", "without", "per", "before", "after", "until", "since", "who", "whose",
        "von", "fur", "des", "der", "ohne", "vor", "nach", "bis", "de", "del", "para", "por", "sin", "desde", "hasta", "du", "pour", "par",
        "sans", "avant", "apres",
    }
)  # fmt: skip
"""After these something else is named: `of the doctor` is no hint on `Phone`."""
_ASIDE_WORDS = 2
_HINT_WORDS = 3
"""So many words after a whole label explain it."""


@dataclass(frozen=True, slots=True)
class Around:
    """What stood around a name when it was learnt, and what the name is for."""

    words: frozenset[str] = frozenset()
    """Stems, and concepts after `=`: `Save` under `New order` may become `Save order`."""
    act: bool = False
    """Something to press: with a word for all things it is another act."""
    one: bool = False
    """It acts on one thing of many, as in a row."""
    commits: bool = False
    """The button of a form, which may say in any word that the form is kept or sent."""
    languages: tuple[str, str] = ("", "")
    """Of the page then and now, empty where nobody knows: `Payee` is no French `payée`."""

    @property
    def translated(self) -> bool:
        """Whether the page speaks another language than it did."""
        return all(self.languages) and self.languages[0] != self.languages[1]


NOWHERE: Final = Around()


def around(
    texts: Iterable[str],
    *,
    act: bool = False,
    one: bool = False,
    commits: bool = False,
    languages: tuple[str, str] = ("", ""),
) -> Around:
    """Return the surroundings of a name from the texts that stood there."""
    known = lexicon()
    units = {
        unit for text in texts for unit in (*units_of(text, wide=True), *words_of(text, wide=True))
    }
    kept = {unit for unit in units if unit.word not in known.negations | known.quantifiers}
    concepts = {f"={concept}" for unit in kept for concept in unit.concepts}
    words = frozenset({unit.word for unit in kept} | concepts)
    return Around(words, act, one, commits, languages)


def least(changes: Iterable[Change]) -> Change:
    """Return the smallest change of several descriptions of one thing; `unknown` when there is none."""
    found = frozenset(changes)
    for one in _WORST:
        if one in found:
            return one
    return "unknown"


def _greatest(one: Change, other: Change) -> Change:
    return one if _worse(one) >= _worse(other) else other


def _worse(one: Change) -> int:
    return _WORST.index(one)


@lru_cache(maxsize=16_384)
def change(old: str, new: str, place: Around = NOWHERE) -> Change:
    """Return what became of a name."""
    if old.rstrip().endswith("?") != new.rstrip().endswith("?"):
        old, new = _unasked(old), _unasked(new)
    units = _unit_of(old), _unit_of(new)
    if all(units) and units[0] != units[1]:
        return "other"
    if any(units) and not all(units):
        implied = _implied(old) or _implied(new)
        if implied and not implied & set(units):
            return "other"
    aside = bool(_ASIDE.search(f"{old} {new}"))
    if aside and _bag(old) == _bag(new):
        return "same"
    if aside and contradicts(_inline(old), _inline(new)):
        return "other"
    bare = _bare_change(_plain(old), _plain(new), place)
    if aside and _kinds(old) and _kinds(new) and not _kinds(old) & _kinds(new):
        # `Fee (monthly)`, `Fee (yearly)`: the aside says which of several it is.
        bare = _greatest(bare, "unknown")
    # A unit that only one of them names may always have been meant, or not.
    return _greatest(bare, "close") if any(units) and units[0] != units[1] else bare


_ASKING: Final = re.compile(r"\b(?:who|what|which|do|have|you|we|any|so far)\b", re.IGNORECASE)


def _unasked(text: str) -> str:
    """Return what a label that is a question asks about: `Who is the passenger?`; others as they are."""
    bare = _ASKING.sub(" ", text) if text.rstrip().endswith("?") else text
    return bare if re.search(r"\w", bare) else text


def _bag(text: str) -> list[str]:
    """Return the words of a name with those of its asides, in any order: `Price (net)`, `Net price`."""
    return sorted(tokens(_inline(text)))


def _kinds(text: str) -> set[str]:
    """Return what a short aside says, but for a unit and words that add nothing, such as `optional`."""
    asides = [one or other for one, other in _ASIDE.findall(text)]
    short = [aside for aside in asides if len(aside.split()) <= _ASIDE_WORDS]
    told = {unit.word for aside in short for unit in words_of(aside, wide=True)} - _UNITS
    return {word for word in told if re.search("[a-z]", word) and word not in lexicon().generic}


def _inline(text: str) -> str:
    return re.sub(r"[()\[\]]", " ", _SHORTCUT.sub(" ", text))


def _bare_change(old: str, new: str, place: Around) -> Change:
    left, right = fold(old), fold(new)
    if not left or not right:
        return "unknown"
    if left.replace(" ", "") == right.replace(" ", ""):
        return "same"
    if not place.act and _explained(left, right):
        return "close"
    if contradicts(old, new) or other_quantity(old, new):
        return "other"
    if place.act and _quantified(old) != _quantified(new):
        return "other"
    readings: list[Change] = [
        _compared(mine, theirs, place) for mine, theirs in _readings(old, new)
    ]
    # Whole phrases come first: word for word, `Paid to` and `Paid by` differ in nothing.
    found: Change = "other" if readings[0] == "other" else least(readings)
    if found == "unknown" and all(place.languages):
        # A word of a third language on the page: known to say the same, where it is one.
        anywhere = replace(place, languages=("", ""))
        if _worse(change(old, new, anywhere)) <= _worse("close"):
            found = "close"
    if place.one and _plural(new, old):
        # `Release payments` in the row of one payment.
        return _greatest(found, "unknown")
    return _sided(old, new, found) if readings[0] != "same" else found


def _plural(new: str, old: str) -> bool:
    said = set(tokens(new)) - set(tokens(old))
    phrases = {word for unit in units_of(new, wide=True) for word in unit.word.split()[1:]}
    said = {word for word in said if stem(word) not in phrases}
    return any(word.endswith("s") and len(word) > 3 and stem(word) == word[:-1] for word in said)


def rescoped(old: str, new: str) -> bool:
    """Return whether one heading is of other things than the other: `Orders`, `Draft orders`."""
    scope = lexicon().scope
    mine, theirs = (
        {stem(word) for word in tokens(text)} & scope | _done(text) for text in (old, new)
    )
    return bool(old and new and mine != theirs and change(old, new) != "same")


_DONE = re.compile(r"\b([a-z]{3,}(?<!e)ed)\s+[a-z]{2,}s\b", re.IGNORECASE)
_NO_STATE = frozenset(
    {"detailed", "combined", "unified", "advanced", "related", "shared", "united", "limited", "integrated", "featured", "updated", "improved", "saved"}
)  # fmt: skip
"""Before a thing these say how it is shown, not what became of it."""


def _done(text: str) -> set[str]:
    """Return the English participles before things: `Discharged patients` are other ones than `Patients`."""
    return {found[1].casefold() for found in _DONE.finditer(text)} - _NO_STATE


def _plain(text: str) -> str:
    """Return the name without counts, shortcuts, signs and asides."""
    bare = _COUNT.sub(" ", _SHORTCUT.sub(" ", text))
    if re.search(r"[^\W\d]", _STEP.sub("", bare)):
        bare = _STEP.sub(" ", bare)
    if re.search(r"\w", _ASIDE.sub("", bare)):
        bare = _ASIDE.sub(" ", bare)
    if re.search(r"\w", bare):
        bare = _SIGNS.sub(" ", bare)
    return " ".join(bare.split())


def _unit_of(text: str) -> str:
    """Return the unit or currency that an aside of the name tells: `Weight (kg)`."""
    asides = ((one or other).strip().casefold() for one, other in _ASIDE.findall(text))
    return next((aside for aside in asides if aside in _UNITS), "")


_IMPLIED: Final = (
    frozenset({"mileage", "miles", "mi"}),
    frozenset({"hours", "hrs", "hr", "h"}),
    frozenset({"minutes", "mins", "min"}),
    frozenset({"days", "d"}),
    frozenset({"weeks", "wk"}),
    frozenset({"percent", "percentage", "pct", "%"}),
)
"""Labels that tell their unit themselves, with the ways to write it."""


def _implied(text: str) -> frozenset[str]:
    """Return the unit that the words of a label tell: `Mileage (km)` is another quantity than `Mileage`."""
    said = set(tokens(_plain(text)))
    return next((group for group in _IMPLIED if said & group), frozenset[str]())


def _quantified(text: str) -> bool:
    return bool(set(tokens(text)) & lexicon().quantifiers)


def _readings(old: str, new: str) -> Iterator[tuple[tuple[Unit, ...], tuple[Unit, ...]]]:
    """Yield both names in units: phrases or single words, as they are and with abbreviations written out."""
    pairs = [(old, new)]
    apart = _apart(old), _apart(new)
    if apart != (old, new):
        pairs.append(apart)
    if whole := written_out(old, new):
        pairs.append(whole)
    if whole := written_out(new, old):
        pairs.append((whole[1], whole[0]))
    for a, b in pairs:
        for mine in (units_of(a, wide=True), words_of(a, wide=True)):
            for theirs in (units_of(b, wide=True), words_of(b, wide=True)):
                yield mine, theirs


@lru_cache(maxsize=1)
def _compound() -> re.Pattern[str]:
    endings = "|".join(sorted(lexicon().endings))
    return re.compile(rf"\b(\w{{4,}}?)s?({endings})\b", re.IGNORECASE)


def _apart(text: str) -> str:
    """Return the text with compounds in two words that no table knows as one: `Eintrittsdatum` says `Eintritt`, `Datum`."""
    return _compound().sub(
        lambda found: found[0] if is_known(found[0]) else f"{found[1]} {found[2]}", text
    )


def _compared(mine: Sequence[Unit], theirs: Sequence[Unit], place: Around) -> Change:
    gone, added = _unmatched(mine, theirs, place.languages)
    matched = len(gone) < len(mine)
    if gone and added and place.commits:
        kept, sent = (next((u for u in side if _commits(u)), None) for side in (gone, added))
        if kept is not None and sent is not None:
            gone.remove(kept)
            added.remove(sent)
            return _greatest("close", _rest(gone, added, place))
    if any(_distinct(unit, other, place.languages) for unit in gone for other in added):
        return "other"
    if not matched or _head_gone(mine, gone, place):
        return "unknown"
    return _rest(gone, added, place)


def _head_gone(mine: Sequence[Unit], gone: Sequence[Unit], place: Around) -> bool:
    """Return whether what the name is about is gone: the verb of an act, the last word of a thing (`Tax rate`, `Tax`)."""
    head = mine[0] if place.act else mine[-1]
    known = lexicon()
    return (
        head in gone
        and not _stood(head, place.words)
        and not _all_in(head, known.generic | known.weak)
    )


def _commits(unit: Unit) -> bool:
    return bool(unit.concepts & lexicon().committing)


def _unmatched(
    mine: Sequence[Unit], theirs: Sequence[Unit], languages: tuple[str, str]
) -> tuple[list[Unit], list[Unit]]:
    """Return what of either name has no counterpart in the other."""
    gone, free = list[Unit](), list(theirs)
    for unit in mine:
        at = next((i for i, other in enumerate(free) if _alike(unit, other, languages)), None)
        if at is None:
            gone.append(unit)
        else:
            del free[at]
    return gone, free


def _alike(a: Unit, b: Unit, languages: tuple[str, str]) -> bool:
    if a.word == b.word or _spelt(a.word) == _spelt(b.word):
        return True
    then, now = (_in(unit, language) for unit, language in zip((a, b), languages, strict=True))
    if not {concept for _, concept in then} & {concept for _, concept in now}:
        return False
    # What two languages happen to share is no meaning where both words are known in one language.
    one_language = {said for said, _ in then} & {said for said, _ in now}
    return all(languages) or bool(then & now) or not one_language


def _distinct(a: Unit, b: Unit, languages: tuple[str, str]) -> bool:
    """Return whether the two are of those of which a thing is one or the other: `fee` and `tax`, `doctor` and `nurse`."""
    then, now = (
        {concept for _, concept in _in(unit, language)}
        for unit, language in zip((a, b), languages, strict=True)
    )
    return any(then & group and now & group for group in lexicon().distinct)


def _in(unit: Unit, language: str) -> frozenset[tuple[str, str]]:
    """Return what the unit says in that language; in any where the language has no table or is not known."""
    if language not in lexicon().spoken:
        return unit.meanings
    return frozenset(meaning for meaning in unit.meanings if meaning[0] == language)


_SPELLINGS: Final = (
    (re.compile(r"our(?=\b|i|e|a|l)"), "or"),
    (re.compile(r"(?<=[bdt])re?\b"), "er"),
    (re.compile(r"(?<=[a-z]{3})is(?=e|i|a|$)"), "iz"),
    (re.compile(r"ae|oe"), "e"),
    (re.compile(r"ogue?\b"), "og"),
    (re.compile(r"(?<=[a-z]{2})ll"), "l"),
    (re.compile(r"(?<=en)c(?=e|$)"), "s"),
    (re.compile(r"chequ|cheq"), "check"),
)
"""British and American."""


@lru_cache(maxsize=16_384)
def _spelt(word: str) -> str:
    for pattern, letters in _SPELLINGS:
        word = pattern.sub(letters, word)
    return word


def _rest(gone: Sequence[Unit], added: Sequence[Unit], place: Around) -> Change:
    """Return what the words without a counterpart come to."""
    known = lexicon()
    gone, added = (
        [unit for unit in side if not _stood(unit, place.words)] for side in (gone, added)
    )
    said = [unit for unit in added if not (place.commits and _commits(unit))]
    if added and not said:
        # `Offer`, `Post offer`: a form's button may say that it sends, too.
        return _rest(gone, (), place) if gone else "close"
    if any(_all_in(unit, known.scope) for unit in (*gone, *added)):
        return "other"
    if gone and added:
        return "unknown"
    if all(_all_in(unit, known.generic) for unit in (*gone, *added)):
        return "same"
    if place.act and gone:
        # `Pay later`, `Pay`: what an act leaves out may be what made it harmless.
        return "unknown"
    weak = known.generic | known.weak
    if not place.act:
        weak |= known.quantifiers
    return "close" if all(_all_in(unit, weak) for unit in added) else "unknown"


_DERIVED: Final = re.compile(r"(?:ation|ion|ment)$")
"""Endings of things that are called after an act: of `Suggest a book` it is the `suggestion`."""
_ROOT: Final = 5


def _stood(unit: Unit, words: frozenset[str]) -> bool:
    made_of = _DERIVED.sub("", unit.word)
    told = unit.word in words or (len(made_of) >= _ROOT and made_of in words)
    return told or any(f"={concept}" in words for concept in unit.concepts)


def _all_in(unit: Unit, stems: frozenset[str]) -> bool:
    return all(word in stems for word in unit.word.split())


def _explained(left: str, right: str) -> bool:
    """Return whether a whole sentence follows the label: `Quantity max. 80 characters`."""
    known = lexicon()
    words = right.removeprefix(f"{left} ").split()
    telling = known.scope | known.quantifiers | known.negations
    return (
        right.startswith(f"{left} ")
        and len(words) >= _HINT_WORDS
        and words[0] not in _RESTRICTING
        and not {*words, *map(stem, words)} & telling
    )


def _sided(old: str, new: str, found: Change) -> Change:
    """Return the change with words such as `to` and `by` in view, which a phrase that is known has in itself."""
    mine, theirs = (set(tokens(text)) & lexicon().directions for text in (old, new))
    if mine == theirs:
        return found
    return _greatest(found, "unknown" if mine and theirs else "close")

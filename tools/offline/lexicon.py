"""The vocabulary: data files read once, and lemmas."""

from __future__ import annotations

import tomllib
from functools import cache, lru_cache
from pathlib import Path
from typing import cast

_DATA = Path(__file__).parent / "data"


@cache
def table(name: str) -> dict[str, object]:
    """Return the parsed data file of that name."""
    parsed: dict[str, object] = tomllib.loads((_DATA / f"{name}.toml").read_text(encoding="utf-8"))
    return parsed


@cache
def words(name: str, key: str) -> frozenset[str]:
    """Return a list of words of a data file as a set."""
    # The data files are ours; tests read every one of them.
    return frozenset(cast("list[str]", _entry(name, key)))


@cache
def among(listed: str) -> frozenset[str]:
    """Return a small closed class written in one line: words apart by spaces, phrases by `|`."""
    return frozenset(listed.split("|") if "|" in listed else listed.split())


@cache
def numbers(name: str, key: str) -> dict[str, int]:
    """Return a table of whole numbers of a data file."""
    return dict(cast("dict[str, int]", _entry(name, key)))


@cache
def texts(name: str, key: str) -> dict[str, str]:
    """Return a table of texts of a data file."""
    return dict(cast("dict[str, str]", _entry(name, key)))


@cache
def lists(name: str, key: str) -> dict[str, tuple[str, ...]]:
    """Return a table of word lists of a data file."""
    table_of_lists = cast("dict[str, list[str]]", _entry(name, key))
    return {word: tuple(values) for word, values in table_of_lists.items()}


@cache
def records(name: str, key: str) -> dict[str, dict[str, str]]:
    """Return a table of small records of a data file."""
    return dict(cast("dict[str, dict[str, str]]", _entry(name, key)))


def _entry(name: str, key: str) -> object:
    return table(name)[key]


@cache
def _verb_forms() -> dict[str, str]:
    """Every regular form of the verbs we know, and the irregular ones of the data file."""
    forms: dict[str, str] = {}
    for group in ("web", "workspace"):
        for phrases in lists("verbs", group).values():
            for phrase in phrases:
                verb = phrase.split()[0]
                for form in _inflected(verb):
                    forms.setdefault(form, verb)
    return forms | texts("words", "irregular")


@cache
def _known_lemmas() -> dict[str, str]:
    return _verb_forms() | texts("words", "lemmas")


def verb_lemma(word: str) -> str:
    """Return the verb a form belongs to, also where the form is usually an adjective: `closed`, `sent`."""
    return _verb_forms().get(word, word)


def _inflected(verb: str) -> list[str]:
    stem = verb[:-1] if verb.endswith("e") and not verb.endswith("ee") else verb
    forms = [f"{verb}s", f"{stem}ing", f"{stem}ed", f"{verb}ing", f"{verb}ed"]
    if verb.endswith(("s", "x", "z", "ch", "sh", "o")):
        forms.append(f"{verb}es")
    if verb.endswith("y") and verb[-2:-1] not in "aeiou":
        forms += [f"{verb[:-1]}ies", f"{verb[:-1]}ied"]
    if len(verb) > 2 and verb[-1] not in "aeiouwxy" and verb[-2] in "aeiou":
        forms += [f"{verb}{verb[-1]}ing", f"{verb}{verb[-1]}ed"]
    return forms


@lru_cache(maxsize=8192)
def lemma(word: str) -> str:
    """Return the dictionary form of an English word, lower case.

    Our own rules over our own vocabulary: a general dictionary takes a third of a second to load.
    """
    lowered = word.lower()
    known = _known_lemmas().get(lowered)
    return known if known is not None else _noun(lowered)


def _noun(word: str) -> str:
    if len(word) < 4 or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies") and len(word) > 4:
        return f"{word[:-3]}y"
    if word.endswith(("ches", "shes", "sses", "xes", "zes")):
        return word[:-2]
    return word[:-1]


def plural(phrase: str) -> str:
    """Return the phrase with its last word in the plural: `every order` speaks of orders."""
    head, _, last = phrase.rpartition(" ")
    low = last.lower()
    if (
        not last.isalpha()
        or low.endswith("s")
        or low in {"data", "people", "information", "staff", "equipment", "news"}
    ):
        return phrase
    irregular = {"person": "people", "child": "children", "entry": "entries"}.get(low)
    if irregular is None and low.endswith("y") and low[-2:-1] not in "aeiou":
        irregular = f"{last[:-1]}ies"
    if irregular is None:
        irregular = f"{last}es" if low.endswith(("x", "ch", "sh", "z")) else f"{last}s"
    return f"{head} {irregular}".strip()


def singular(phrase: str) -> str:
    """Return the phrase with its last word in the singular: `product prices` → `product price`."""
    head, _, last = phrase.rpartition(" ")
    if not last.endswith("s") or last.endswith(("ss", "us", "is")):
        return phrase
    form = texts("words", "lemmas").get(last.lower()) or _noun(last)
    return f"{head} {form}".strip()

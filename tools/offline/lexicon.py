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
    return tomllib.loads((_DATA / f"{name}.toml").read_text(encoding="utf-8"))


@cache
def words(name: str, key: str) -> frozenset[str]:
    """Return a list of words of a data file as a set."""
    # The data files are ours; tests read every one of them.
    return frozenset(cast("list[str]", _entry(name, key)))


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
    entry: object = table(name)
    for part in key.split("."):
        entry = cast("dict[str, object]", entry)[part]
    return entry


@lru_cache(maxsize=4096)
def lemma(word: str) -> str:
    """Return the dictionary form of an English word, lower case."""
    lowered = word.lower()
    exception = texts("words", "lemmas").get(lowered)
    if exception is not None:
        return exception
    if len(lowered) < 4 or not lowered.isalpha():
        return lowered
    # Imported here because its dictionary takes a fifth of a second to unpack.
    from simplemma import lemmatize

    return lemmatize(lowered, lang="en").lower()


def singular(phrase: str) -> str:
    """Return the phrase with its last word in the singular: `product prices` → `product price`."""
    head, _, last = phrase.rpartition(" ")
    if not last.endswith("s") or last.endswith(("ss", "us", "is")):
        return phrase
    form = lemma(last)
    # A verb form taken for a lemma would change the word's meaning; a plural only loses its ending.
    if not last.lower().startswith(form[:3]):
        form = last[:-1]
    return f"{head} {form}".strip()

"""Comparing interface words: folding, lemmas, synonyms, contradictions. Data in `data/*.toml`."""

from __future__ import annotations


def fold(text: str) -> str:
    """Return the text for comparing: case and accents folded, punctuation to spaces, white space collapsed."""
    raise NotImplementedError


def tokens(text: str) -> tuple[str, ...]:
    """Return the folded words of the text, in order."""
    raise NotImplementedError


def lemma(word: str) -> str:
    """Return the dictionary form of a folded word, in the languages known here."""
    raise NotImplementedError


def similarity(a: str, b: str) -> float:
    """Return how alike two names are, 0 to 1: 1 when equal after folding; synonyms count, fuzzy only for long words."""
    raise NotImplementedError


def synonyms(a: str, b: str) -> bool:
    """Return whether the two interface phrases mean the same (`Sign in`, `Log in`)."""
    raise NotImplementedError


def contradicts(a: str, b: str) -> bool:
    """Return whether one phrase says something the other's neighbour in meaning says (`Archive`, `Delete`; `Net`, `Gross`)."""
    raise NotImplementedError

from __future__ import annotations

import tomllib
from importlib.resources import files

import pytest

from podium.tools.grounding import words
from podium.tools.grounding.words import (
    contradicts,
    fold,
    other_quantity,
    similarity,
    stem,
    synonyms,
)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Sign in", "Log in"),
        ("Sign in", "Anmelden"),
        ("Invoices", "Invoice"),
        ("Invoices", "Rechnungen"),
        ("Next", "Next page"),
        ("E-mail", "Email address"),
        ("Status", "State"),
        ("Issue date", "Issued on"),
        ("Categories", "Category"),
        ("Download", "Herunterladen"),
    ],
)
def test_interface_synonyms_mean_the_same(a: str, b: str) -> None:
    assert synonyms(a, b)
    assert similarity(a, b) >= 0.9


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Archive", "Delete"),
        ("Net amount", "Gross amount"),
        ("Total", "Subtotal"),
        ("Save", "Save as"),
        ("Confirm", "Cancel"),
        ("From", "To"),
        ("Approve", "Reject"),
        ("Paid", "Unpaid"),
        ("Paid", "Not paid"),
        ("Accept", "Do not accept"),
        ("Sign in", "Sign up"),
        ("Sign in", "Sign in with SSO"),
        ("Sign in", "Sign out"),
        ("Due date", "Invoice date"),
        ("Password", "New password"),
        ("Next", "Previous"),
        ("Activate", "Deactivate"),
        ("Löschen", "Archive"),
        ("Netto", "Gross"),
    ],
)
def test_opposites_and_neighbours_contradict_both_ways(a: str, b: str) -> None:
    assert contradicts(a, b)
    assert contradicts(b, a)
    assert similarity(a, b) <= 0.2
    assert not synonyms(a, b)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Save", "Save"),
        ("Amount", "Net amount"),
        ("Number", "Invoice number"),
        ("Submit", "Submit ticket"),
    ],
)
def test_a_part_is_no_contradiction(a: str, b: str) -> None:
    assert not contradicts(a, b)
    assert similarity(a, b) >= 0.5


def test_a_badge_is_not_part_of_a_name() -> None:
    assert similarity("Inbox (3)", "Inbox (12)") == 1.0


def test_other_numbers_are_other_things() -> None:
    assert similarity("Page 1", "Page 2") <= 0.6


def test_short_words_are_never_taken_for_each_other() -> None:
    assert similarity("cat", "car") == 0.0
    assert similarity("Edit", "Exit") == 0.0


def test_a_long_word_survives_one_wrong_letter() -> None:
    assert similarity("Invoise", "Invoice") >= 0.8


def test_folding_ignores_case_accents_and_punctuation() -> None:
    assert fold("  Größe: (m²)! ") == fold("grosse m2")


@pytest.mark.parametrize(
    ("word", "same"), [("categories", "category"), ("pricing", "price"), ("statuses", "status")]
)
def test_inflections_share_a_stem(word: str, same: str) -> None:
    assert stem(word) == stem(same)


def test_every_language_and_every_opposite_speaks_of_known_concepts() -> None:
    folder = files("podium.tools.grounding") / "data"

    def concepts(name: str) -> set[str]:
        table: dict[str, list[str]] = tomllib.loads((folder / name).read_text("utf-8"))["concepts"]
        return set(table)

    known = concepts("concepts.en.toml")
    text = (folder / "opposites.toml").read_text("utf-8")
    opposites: list[list[str]] = tomllib.loads(text)["opposites"]
    limiting: list[str] = tomllib.loads(text)["limiting"]

    assert concepts("concepts.de.toml") <= known
    assert {concept for group in opposites for concept in group} | set(limiting) <= known
    assert words.concepts_in("sign in") == {"sign_in"}


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Stock", "Minimum stock"),
        ("On hand", "Max. stock"),
        ("Seats", "Reserved seats"),
        ("Price", "Lowest price"),
        ("Menge", "Maximum Menge"),
    ],
)
def test_a_limit_or_a_part_of_a_quantity_is_another_quantity(a: str, b: str) -> None:
    assert other_quantity(a, b)
    assert other_quantity(b, a)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Stock", "On hand"),
        ("Minimum stock", "Min. stock"),
        ("Duration", "Duration (min)"),
        ("Status", "Minimum order"),
    ],
)
def test_another_word_or_a_unit_leaves_the_quantity(a: str, b: str) -> None:
    assert not other_quantity(a, b)

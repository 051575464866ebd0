from __future__ import annotations

import tomllib
from importlib.resources import files

import pytest

from podium.tools.grounding.meaning import around, change, rescoped

ENGLISH = ("en", "en")
FORM = around(["New order", "Orders"], act=True, commits=True, languages=ENGLISH)
ROW = around(["Payments"], act=True, languages=ENGLISH)
FIELD = around(["New order"], languages=ENGLISH)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Save order", "Save"),
        ("Save", "Save order"),
        ("Save", "Save now"),
        ("Save", "Save →"),
        ("Save", "Save (Ctrl+S)"),
        ("Save", "SAVE"),
        ("Inbox", "Inbox (3)"),
    ],
)
def test_what_adds_nothing_to_a_button_leaves_its_meaning(old: str, new: str) -> None:
    assert change(old, new, FORM) == "same"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Save", "Save draft"),
        ("Save", "Save test order"),
        ("Archive", "Archive all"),
        ("Delete", "Delete selected"),
        ("Send", "Do not send"),
    ],
)
def test_the_same_act_on_other_things_is_another_act(old: str, new: str) -> None:
    assert change(old, new, FORM) == "other"


@pytest.mark.parametrize(
    "new", ["Void order", "Recall order", "Frobnicate order", "Save blueprint", "Route order"]
)
def test_a_word_that_no_table_has_is_unknown(new: str) -> None:
    assert change("Save order", new, FORM) == "unknown"


def test_the_things_of_the_heading_may_be_named_on_a_button_and_others_not() -> None:
    assert change("Release", "Release payment", ROW) == "same"
    assert change("Release", "Release prisoner", ROW) == "unknown"


def test_the_button_of_a_form_may_say_in_another_word_that_it_sends_and_one_of_a_row_may_not() -> (
    None
):
    assert change("Save order", "Submit order", FORM) == "close"
    assert change("Save payment", "Submit payment", ROW) == "unknown"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Payee", "Payer"),
        ("Employer", "Employee"),
        ("Paid to", "Paid by"),
        ("Amount", "Fee"),
        ("Doctor", "Nurse"),
        ("Lessor", "Lessee"),
        ("Weight (kg)", "Weight (lb)"),
        ("Phone", "Phone of the doctor"),
        ("Address 1", "Address 2"),
        ("Customer", "Customer's bank"),
    ],
)
def test_another_party_kind_unit_or_number_is_no_renaming(old: str, new: str) -> None:
    assert change(old, new, FIELD) in {"unknown", "other"}
    assert change(new, old, FIELD) != "same"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Payee", "Beneficiary"),
        ("Customer", "Client name"),
        ("Cost centre", "Cost center"),
        ("Colour", "Color"),
        ("Cust.", "Customer"),
        ("Quantity", "Qty"),
        ("Email", "E-mail address *"),
        ("Phone", "Telephone (optional)"),
        ("Date of birth", "DOB"),
    ],
)
def test_synonyms_spellings_and_abbreviations_mean_the_same(old: str, new: str) -> None:
    assert change(old, new, FIELD) == "same"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Net amount", "Amount"),
        ("Customer", "Customer no."),
        ("Days", "Total days"),
        ("Guests", "Guest count"),
        ("Quantity", "Quantity max. 80 characters"),
    ],
)
def test_fewer_words_or_weak_ones_need_more_than_words(old: str, new: str) -> None:
    assert change(old, new, FIELD) == "close"


def test_a_word_counts_in_the_language_of_its_page() -> None:
    german = around([], languages=("en", "de"))

    assert change("Customer", "Kunde", german) == "same"
    assert change("Customer", "Kunde", FIELD) == "close"
    # French `payée` is paid.
    assert change("Payee", "Paid", FIELD) != "same"


def test_a_heading_of_other_things_is_told_from_another_heading() -> None:
    assert rescoped("Orders", "Archived orders")
    assert rescoped("Visits", "Waiting list")
    assert not rescoped("Orders", "All orders")
    assert not rescoped("Orders", "Purchase orders")


def test_further_synonyms_speak_of_concepts_that_no_two_groups_keep_apart() -> None:
    folder = files("podium.tools.grounding") / "data"
    english = tomllib.loads((folder / "concepts.en.toml").read_text("utf-8"))["concepts"]
    further = tomllib.loads((folder / "synonyms.en.toml").read_text("utf-8"))["synonyms"]
    groups = tomllib.loads((folder / "opposites.toml").read_text("utf-8"))["distinct"]

    assert {concept for group in groups for concept in group} <= {*english, *further}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Pay later", "Pay"),
        ("Withdraw bid", "Bid"),
        ("Add to cart", "Add"),
        ("Transfer to", "Transfer from"),
        ("Assigned to", "Assigned by"),
        ("Tax rate", "Tax"),
        ("Account holder", "Account"),
        ("Reason for rejection", "Reason"),
    ],
)
def test_what_a_name_leaves_out_may_be_what_it_was_about(old: str, new: str) -> None:
    place = ROW if old.split()[0] in {"Pay", "Withdraw", "Add"} else FIELD

    assert change(old, new, place) in {"unknown", "other"}


def test_in_the_row_of_one_thing_a_button_for_several_is_unknown() -> None:
    row = around(["Payments"], act=True, one=True, languages=ENGLISH)

    assert change("Release", "Release payment", row) == "same"
    assert change("Release", "Release payments", row) == "unknown"


@pytest.mark.parametrize(
    ("old", "new", "became"),
    [
        ("Eintritt", "Eintrittsdatum", "same"),
        ("Vertrag", "Vertragsnummer", "close"),
        ("Standort", "Standortname", "same"),
        ("Eintritt", "Austrittsdatum", "unknown"),
        ("Lieferant", "Spendername", "unknown"),
        ("Lieferant", "Kundennummer", "unknown"),
    ],
)
def test_a_compound_says_what_its_parts_say(old: str, new: str, became: str) -> None:
    assert change(old, new) == became


def test_an_aside_may_stand_before_what_it_is_of() -> None:
    assert change("Price (net)", "Net price") == "same"
    assert change("Price (net)", "Price (gross)") == "other"
    assert change("Price (net)", "Gross price") != "same"
    assert change("Fee (monthly)", "Fee (yearly)") == "unknown"
    assert change("Name (optional)", "Name (required)") == "same"


@pytest.mark.parametrize(
    ("old", "new", "other"),
    [
        ("Ward board", "Discharged patients", True),
        ("Jobs", "Finished jobs", True),
        ("Jobs", "Detailed jobs", False),
        ("Jobs", "Work orders", False),
        ("Need list", "Feed list", False),
        ("Mitglied aufnehmen", "Add member", False),
    ],
)
def test_a_participle_before_the_things_makes_other_things(old: str, new: str, other: bool) -> None:
    assert rescoped(old, new) is other


@pytest.mark.parametrize(
    ("old", "new", "became"),
    [
        ("Mileage", "Mileage (km)", "other"),
        ("Mileage", "Mileage (miles)", "close"),
        ("Hours", "Hours (min)", "other"),
        ("Weight", "Weight (kg)", "close"),
    ],
)
def test_a_label_may_tell_its_unit_itself(old: str, new: str, became: str) -> None:
    assert change(old, new) == became


@pytest.mark.parametrize(
    "now", ["New order, step 2", "New order (step 2 of 3)", "Step 2: New order"]
)
def test_which_step_of_a_form_it_is_says_nothing_of_the_form(now: str) -> None:
    assert change("New order", now) == "same"
    assert change("New return", now) != "same"


def test_what_a_label_asks_in_a_sentence_and_what_is_made_of_the_heading_add_nothing() -> None:
    place = around(["Suggest a book"])

    assert change("Passenger", "Who is the passenger?", place) == "same"
    assert change("Email", "What is your email?", place) == "same"
    assert change("Reason", "Reason for suggestion", place) in {"same", "close"}
    assert change("Reason", "Reason for complaint", place) == "unknown"
    assert change("Due", "Due back", place) == "same"
    assert change("Mark returned", "Mark as returned", ROW) == "same"
    assert change("Customer", "Customer's name", place) == "same"
    assert change("Save", "Save as", FORM) == "other"
    assert change("Passenger", "Who paid for the passenger?", place) not in {"same", "close"}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Revenue", "US revenue"),
        ("Contact me", "Contact us"),
        ("Customer", "Which customer"),
        ("Stock", "Any stock"),
    ],
)
def test_words_that_may_name_whose_or_which_add_something(old: str, new: str) -> None:
    assert change(old, new) != "same"

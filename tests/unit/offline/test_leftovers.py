from __future__ import annotations

import pytest

from tests.unit.offline.labels import understand

SITE = "http://127.0.0.1:7911/register"


def conditions(text: str) -> list[str]:
    understanding = understand(text)
    assert understanding.unexplained == ()
    (request,) = understanding.requests
    return [rule.phrase for step in request.steps for rule in step.rules]


@pytest.mark.parametrize(
    ("text", "phrases"),
    [
        (f"collect the name and fee of the boats owned by J. Pike at {SITE}", ["owned by J. Pike"]),
        (f"list all boats from {SITE} that are neither dinghies nor sloops", ["not dinghies", "not sloops"]),
        (f"list all boats from {SITE} that lie in Gull Quay or Port Ellery", ["lie in Gull Quay or Port Ellery"]),
        (f"which boats haven't paid their fee? {SITE}", ["haven't paid their fee"]),
        (f"which of the boats on {SITE} are catamarans?", ["catamarans"]),
    ],
)  # fmt: skip
def test_words_that_no_rule_reads_are_a_condition_for_the_page(
    text: str, phrases: list[str]
) -> None:
    assert conditions(text) == phrases


def test_a_unit_belongs_to_its_number() -> None:
    (request,) = understand(f"collect boats over 10 m from {SITE}").requests

    rules = [rule for step in request.steps for rule in step.rules]
    assert [(rule.phrase, rule.cmp, rule.value) for rule in rules] == [("over 10 m", ">", 10)]


@pytest.mark.parametrize(
    "text",
    [
        f"list all dogs over 20 kg or anything overdue at {SITE}",
        f"list all patients except the cats that are overdue at {SITE}",
        f"list the dogs, except overdue ones, or any rabbit at {SITE}",
        f"list flats with more than 3 rooms or a garden at {SITE}",
        f"list the top 3 most valuable parcels per depot at {SITE}",
    ],
)
def test_what_no_list_of_conditions_says_is_not_read_as_one(text: str) -> None:
    understanding = understand(text)

    assert understanding.unexplained
    assert understanding.confidence < 0.5


def test_values_that_or_joins_are_one_condition() -> None:
    assert conditions(f"list parcels for Quill & Co or The Bakehouse at {SITE}") == [
        "Quill & Co or The Bakehouse"
    ]


def test_without_a_site_nothing_can_explain_them() -> None:
    assert understand("collect the fee of the boats owned by J. Pike").unexplained


def test_an_inner_ranking_word_of_a_column_picks_nothing() -> None:
    (request,) = understand(f"from {SITE} save reg, type and last survey of all boats").requests

    assert "last survey" in next(step for step in request.steps if step.op == "extract").fields
    assert all(step.op != "pick" for step in request.steps)


@pytest.mark.parametrize("participle", ["made", "held", "sold", "found", "booked", "written"])
def test_what_was_done_by_somebody_is_no_act_and_never_dropped(participle: str) -> None:
    read = understand(f"cancel all bookings at https://b.example/list {participle} by the crawler")

    assert [step.op for step in read.requests[0].steps if step.effect == "irreversible"] == [
        "click"
    ]
    said = [rule.phrase for step in read.requests[0].steps for rule in step.rules]
    assert any("crawler" in span for span in (*read.unexplained, *said))
    assert "store" not in {step.op for step in read.requests[0].steps}


@pytest.mark.parametrize("did", ["logged in", "signed up", "checked out", "called back"])
def test_what_nobody_did_since_a_day_happened_before_it_also_behind_a_particle(did: str) -> None:
    read = understand(f"delete every user at https://u.example/users who has not {did} since 2020")

    (rule,) = [rule for step in read.requests[0].steps for rule in step.rules]
    assert (rule.cmp, rule.value, rule.or_empty) == ("<", "2020-01-01", True)

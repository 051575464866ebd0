from __future__ import annotations

import random
from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import JsonValue

from podium.state.plan import MatchRule
from podium.state.program import Column, ColumnType, Comparison
from podium.tools.building.linking import link
from podium.tools.grounding.values import compare

KINDS = ("Sloop", "Ketch", "Motor launch", "Dinghy")
HARBOURS = ("Saltmere", "Gull Quay", "Port Ellery")
OWNERS = ("J. Pike", "M. Harrow", "E. Tolliver")


def column(name: str, header: str, type_: ColumnType = "text") -> Column:
    return Column(name=name, header=header, type=type_)


COLUMNS = (
    column("reg", "Reg."),
    column("boat", "Boat"),
    column("kind", "Type"),
    column("harbour", "Home harbour"),
    column("length", "Length (m)", "number"),
    column("fee", "Fee", "money"),
    column("owner", "Owner"),
    column("mail", "E-mail"),
)
_DRAW = random.Random(7)
ROWS: list[dict[str, JsonValue]] = [
    {
        "reg": f"KB-{1000 + place}",
        "boat": f"Boat{place}",
        "kind": _DRAW.choice(KINDS),
        "harbour": _DRAW.choice(HARBOURS),
        "length": place / 2,
        "fee": place * 10.0,
        "owner": _DRAW.choice(OWNERS),
        "mail": "" if place % 3 else f"b{place}@sea.example",
    }
    for place in range(40)
]
SAID = ("Register of boats", "Boat registry")


def rules(phrase: str) -> list[tuple[str, str, JsonValue]]:
    linked = link(phrase, COLUMNS, ROWS, said=SAID)
    assert not linked.rest
    return [(rule.column, rule.cmp, rule.value) for rule in linked.rules]


@pytest.mark.parametrize(
    ("phrase", "meant"),
    [
        ("owned by J. Pike", [("Owner", "=", "J. Pike")]),
        ("owned by Pike", [("Owner", "contains", "Pike")]),
        ("sloops and ketches in Saltmere", [("Type", "in", ["Sloop", "Ketch"]), ("Home harbour", "=", "Saltmere")]),
        ("that are neither dinghies nor sloops", [("Type", "!=", "Dinghy"), ("Type", "!=", "Sloop")]),
        ("not kept at Gull Quay", [("Home harbour", "!=", "Gull Quay")]),
        ("boats moored in Gull Quay or Port Ellery", [("Home harbour", "in", ["Gull Quay", "Port Ellery"])]),
        ("that lie in Gull Quay", [("Home harbour", "=", "Gull Quay")]),
        ("sloops but only in Saltmere", [("Type", "=", "Sloop"), ("Home harbour", "=", "Saltmere")]),
        ("not longer than 8 metres", [("Length (m)", "<=", 8)]),
        ("fee over 100, length over 8", [("Fee", ">", 100), ("Length (m)", ">", 8)]),
        ("over 8 length and over 100 fee", [("Fee", ">", 100), ("Length (m)", ">", 8)]),
        ("longer than 8 metres", [("Length (m)", ">", 8)]),
        ("motor launches of 9 m or more", [("Length (m)", ">=", 9), ("Type", "=", "Motor launch")]),
        ("that have no e-mail", [("E-mail", "!=", None)]),
    ],
)  # fmt: skip
def test_the_rows_tell_what_the_words_mean(
    phrase: str, meant: list[tuple[str, str, JsonValue]]
) -> None:
    assert sorted(rules(phrase), key=str) == sorted(meant, key=str)


@pytest.mark.parametrize(
    ("phrase", "rest"),
    [
        ("painted green", "painted green"),
        ("sloops that leak", "leak"),
        ("still owing money in Saltmere", "owing money"),
        ("in Saltmere or owned by J. Pike", "in Saltmere or owned by J. Pike"),
        ("in Saltmere or longer than 8 metres", "in Saltmere or longer than 8 metres"),
        ("all but sloops", "all but sloops"),
        ("length between 5 and 10 metres", "between 5 10 metres"),
        ("never inspected sloops", "never inspected sloops"),
    ],
)
def test_what_no_row_explains_is_left_over_and_never_dropped(phrase: str, rest: str) -> None:
    assert link(phrase, COLUMNS, ROWS, said=SAID).rest == rest


def test_words_within_cells_are_one_or_the_other_and_a_no_leaves_out_both() -> None:
    berths = [
        {**row, "harbour": f"{row['harbour']}, berth {place}"} for place, row in enumerate(ROWS)
    ]

    either = link("in Gull Quay or Saltmere", COLUMNS, berths, said=SAID).rules
    neither = link("not in Gull Quay", COLUMNS, berths, said=SAID).rules

    assert [(rule.cmp, rule.value) for rule in either] == [("contains", ["Gull Quay", "Saltmere"])]
    assert [(rule.cmp, rule.value) for rule in neither] == [("lacks", "Gull Quay")]
    assert compare("Port Ellery, berth 1", "lacks", "Gull Quay")
    assert not compare("Gull Quay, berth 1", "lacks", ["Gull Quay", "Saltmere"])


@pytest.mark.parametrize(
    ("said", "value"), [("2,5", 2.5), ("2.5", 2.5), ("1,250", 1250), ("1.234,5", 1234.5)]
)
def test_a_number_is_read_as_it_is_written(said: str, value: float) -> None:
    assert rules(f"longer than {said} metres") == [("Length (m)", ">", value)]


def test_a_date_with_dots_is_no_number() -> None:
    assert "12.05.2024" in link("inspected before 12.05.2024", COLUMNS, ROWS, said=SAID).rest


def test_a_value_of_two_columns_is_left_to_a_person() -> None:
    twice = (*COLUMNS, column("skipper", "Skipper"))
    rows = [{**row, "skipper": OWNERS[place % 3]} for place, row in enumerate(ROWS)]

    linked = link("with M. Harrow", twice, rows, said=SAID)

    assert linked.rules == (MatchRule(phrase="M. Harrow"),)
    named = link("with skipper M. Harrow", twice, rows, said=SAID)
    assert [rule.column for rule in named.rules] == ["Skipper"]


_PARTS = st.fixed_dictionaries(
    {},
    optional={
        "kind": st.lists(st.sampled_from(KINDS), min_size=1, max_size=2, unique=True),
        "harbour": st.tuples(st.sampled_from(HARBOURS), st.booleans()),
        "length": st.tuples(st.sampled_from(["over", "at least", "under", "up to"]), st.integers(1, 18)),
        "owner": st.sampled_from(OWNERS),
    },
)  # fmt: skip
_SIGNS: Mapping[str, Comparison] = {"over": ">", "at least": ">=", "under": "<", "up to": "<="}


@settings(deadline=None)  # the first example reads the tables of words
@given(parts=_PARTS, order=st.randoms(use_true_random=False))
def test_whatever_the_order_of_the_words_the_same_rows_are_kept(
    parts: dict[str, JsonValue], order: random.Random
) -> None:
    said: list[str] = []
    wanted = list(ROWS)
    for name, value in parts.items():
        match name, value:
            case "kind", [*kinds]:
                said.append(f"of type {' or '.join(map(str, kinds))}")
                wanted = [row for row in wanted if row["kind"] in kinds]
            case "harbour", (str() as place, bool() as inside):
                said.append(f"{'' if inside else 'not '}in {place}")
                wanted = [row for row in wanted if (row["harbour"] == place) is inside]
            case "length", (str() as sign, int() as number):
                said.append(f"{sign} {number} metres long")
                wanted = [row for row in wanted if compare(row["length"], _SIGNS[sign], number)]
            case _:
                said.append(f"owned by {value}")
                wanted = [row for row in wanted if row["owner"] == value]
    order.shuffle(said)

    linked = link(", ".join(said), COLUMNS, ROWS, said=SAID)

    names = {column.header: column.name for column in COLUMNS}
    kept = [
        row
        for row in ROWS
        if all(compare(row[names[rule.column]], rule.cmp, rule.value) for rule in linked.rules)
    ]
    assert not linked.rest
    assert kept == wanted

"""The tables that requests with conditions are tried on: each domain says its conditions in words of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from pydantic import JsonValue

from podium.tools.building.fields import Row
from tests.unit.offline.truths import Said, Table, table


def _said(keeps: Callable[[Row], bool], *ways: str) -> Said:
    return Said(ways=ways, keeps=keeps)


def _number(row: Row, name: str) -> float:
    return float(str(row[name]))


def _in(name: str, *values: JsonValue) -> Callable[[Row], bool]:
    return lambda row: row[name] in values


def _out(name: str, *values: JsonValue) -> Callable[[Row], bool]:
    return lambda row: row[name] not in values


def _over(name: str, low: float, *, reached: bool = False) -> Callable[[Row], bool]:
    return lambda row: _number(row, name) > low or (reached and _number(row, name) == low)


def _under(name: str, high: float, *, reached: bool = False) -> Callable[[Row], bool]:
    return lambda row: _number(row, name) < high or (reached and _number(row, name) == high)


def _before(name: str, day: str) -> Callable[[Row], bool]:
    return lambda row: bool(row[name]) and cast("str", row[name]) < day


def _since(name: str, day: str) -> Callable[[Row], bool]:
    return lambda row: bool(row[name]) and cast("str", row[name]) >= day


def _both(*keeps: Callable[[Row], bool]) -> Callable[[Row], bool]:
    return lambda row: all(one(row) for one in keeps)


STOCK = table(
    "items", "article and price",
    {"Article": "text", "Category": "text", "Price": "money", "Pieces": "number", "Weight": "number", "State": "text", "Supplier": "text"},
    [
        ["Tape", "Office", 4, 120, 0.2, "Available", "Acme"],
        ["Crate", "Storage", 25, 8, 6, "Reserved", "Boxx"],
        ["Pallet", "Storage", 40, 3, 22, "Damaged", ""],
        ["Drill", "Tools", 89, 5, 3, "Available", "Acme"],
        ["Saw", "Tools", 35, 0, 2, "Sold out", "Norda"],
        ["Glue", "Office", 6, 45, 0.5, "Available", ""],
        ["Ladder", "Tools", 120, 2, 14, "Reserved", "Norda"],
        ["Shelf", "Storage", 60, 11, 18, "Damaged", "Boxx"],
    ],
    [
        _said(_in("state", "Damaged"), "that are damaged", "which are damaged", "with state Damaged", "whose state is Damaged"),
        _said(_in("state", "Damaged", "Reserved"), "that are damaged or reserved", "that are either damaged or reserved", "which are reserved or damaged", "with state Damaged or Reserved"),
        _said(_out("state", "Damaged", "Reserved"), "that are neither damaged nor reserved", "which are not damaged or reserved"),
        _said(_out("state", "Damaged"), "that are not damaged", "which aren't damaged", "with a state other than Damaged", "except the damaged ones", "but not the damaged ones"),
        _said(_over("price", 35), "over 35 EUR", "with a price above 35", "that cost more than 35", "costing more than 35", "whose price is over 35", "dearer than 35 EUR", "more expensive than 35"),
        _said(_over("price", 35, reached=True), "from 35 EUR up", "that cost at least 35", "with a price of at least 35", "priced 35 or more", "of 35 EUR and up"),
        _said(_under("price", 35), "under 35 EUR", "cheaper than 35", "with a price below 35", "that cost less than 35"),
        _said(_both(_over("price", 25, reached=True), _under("price", 60, reached=True)), "between 25 and 60 EUR", "with a price between 25 and 60", "that cost between 25 and 60", "priced between 25 and 60 EUR", "that cost at least 25 but at most 60"),
        _said(_under("pieces", 5), "with fewer than 5 pieces", "with less than 5 pieces"),
        _said(_over("weight", 5), "heavier than 5 kg", "that weigh more than 5 kg", "weighing over 5 kg", "with a weight above 5"),
        _said(_in("supplier", ""), "without a supplier", "that have no supplier", "with no supplier", "whose supplier is missing", "whose supplier is empty", "where the supplier is blank"),
        _said(_out("supplier", ""), "with a supplier", "that have a supplier"),
        _said(_in("category", "Tools"), "in category Tools", "of category Tools", "in the category Tools", "whose category is Tools"),
        _said(_in("category", "Tools", "Office"), "in category Tools or Office", "whose category is Tools or Office"),
        _said(_out("category", "Tools"), "not in category Tools", "whose category is not Tools", "category not Tools"),
    ],
)  # fmt: skip

TREES = table(
    "trees", "tag and species",
    {"Tag": "text", "Species": "text", "Street": "text", "Height": "number", "Planted": "date", "Last inspected": "date", "Health": "text"},
    [
        ["T1", "Oak", "Mill Hill", 18, "1960-05-01", "2026-01-05", "Good"],
        ["T2", "Lime", "Rose Bank", 9, "1999-03-02", "2025-11-20", "Poor"],
        ["T3", "Oak", "Park Avenue", 22, "1930-10-12", "2025-06-30", "Good"],
        ["T4", "Birch", "Mill Hill", 7, "2015-04-18", "2026-01-10", "Fair"],
        ["T5", "Plane", "Rose Bank", 15, "1985-11-30", "2024-12-01", "Dead"],
        ["T6", "Birch", "Queen Street", 12, "2008-02-14", "2025-12-24", "Fair"],
    ],
    [
        _said(_in("street", "Mill Hill"), "on Mill Hill", "in Mill Hill", "that stand on Mill Hill", "whose street is Mill Hill"),
        _said(_in("street", "Mill Hill", "Rose Bank"), "on Mill Hill or Rose Bank", "that stand on Mill Hill or Rose Bank", "whose street is Mill Hill or Rose Bank"),
        _said(_over("height", 12), "taller than 12 m", "higher than 12 m", "with a height over 12 m", "that are taller than 12 m", "whose height is more than 12"),
        _said(_under("height", 12), "shorter than 12 m", "with a height under 12 m"),
        _said(_before("planted", "1990-01-01"), "planted before 1990", "that were planted before 1990", "planted earlier than 1990"),
        _said(_since("planted", "2000-01-01"), "planted since 2000", "planted after 1999", "planted in 2000 or later"),
        _said(_both(_since("planted", "1980-01-01"), _before("planted", "2009-01-01")), "planted between 1980 and 2008", "planted from 1980 to 2008"),
        _said(_before("last_inspected", "2025-12-15"), "not inspected in the last 30 days", "that were not inspected in the last 30 days", "that haven't been inspected in the last 30 days", "not inspected within the last 30 days", "last inspected more than 30 days ago"),
        _said(_since("last_inspected", "2025-12-15"), "inspected in the last 30 days", "that were inspected within the last 30 days"),
        _said(_in("health", "Good", "Fair"), "whose health is good or fair", "with health Good or Fair"),
        _said(_out("health", "Good"), "whose health is not good", "health not good", "with a health other than Good"),
    ],
)  # fmt: skip

STAFF = table(
    "volunteers", "name and phone",
    {"Name": "text", "Phone": "text", "Team": "text", "Days": "text", "Hours": "number", "Joined": "date", "Manager": "text", "Status": "text"},
    [
        ["Ann Lee", "555-01", "Sales", "Saturday", 12, "2019-05-01", "Kim Roe", "Active"],
        ["Bo Fox", "", "Finance", "Sunday", 30, "2021-03-02", "Kim Roe", "On leave"],
        ["Cy Orr", "555-03", "Sales", "Monday", 22, "2022-10-12", "", "Active"],
        ["Di Ash", "", "Legal", "Saturday", 40, "2018-04-18", "Lu Pike", "Retired"],
        ["Ed Nye", "555-05", "Legal", "Sunday", 25, "2024-11-30", "", "Active"],
        ["Flo Day", "555-06", "Finance", "Monday", 20, "2020-06-01", "Lu Pike", "On leave"],
    ],
    [
        _said(_in("phone", ""), "without a phone", "who have no phone", "whose phone is missing", "with no phone"),
        _said(_out("phone", ""), "with a phone", "who have a phone"),
        _said(_in("manager", ""), "without a manager", "that have no manager", "whose manager is not set", "lacking a manager"),
        _said(_in("days", "Sunday"), "who work on Sundays", "that work on Sundays", "available on Sundays", "whose days are Sunday"),
        _said(_in("team", "Sales", "Finance"), "in team Sales or Finance", "whose team is Sales or Finance", "from team Sales or Finance"),
        _said(_in("team", "Legal"), "in team Legal", "of team Legal", "whose team is Legal", "team Legal"),
        _said(_out("team", "Legal"), "not in team Legal", "whose team is not Legal", "except those in team Legal"),
        _said(_out("status", "On leave"), "who are not on leave", "that are not on leave", "not on leave", "who aren't on leave"),
        _said(_in("status", "On leave"), "who are on leave", "on leave"),
        _said(_both(_over("hours", 20, reached=True), _under("hours", 30, reached=True)), "who work between 20 and 30 hours", "with 20 to 30 hours", "who work at least 20 but at most 30 hours", "with at least 20 and at most 30 hours"),
        _said(_over("hours", 20), "who work more than 20 hours", "with more than 20 hours", "with over 20 hours"),
        _said(_since("joined", "2021-01-01"), "who joined after 2020", "that joined since 2021", "joined in 2021 or later"),
        _said(_before("joined", "2020-01-01"), "who joined before 2020", "that joined before 2020"),
    ],
)  # fmt: skip

LOANS = table(
    "loans", "reader and title",
    {"Reader": "text", "Title": "text", "Due back": "date", "Returned": "date", "Renewals": "number", "Branch": "text", "Reserved": "boolean"},
    [
        ["Okafor", "Dune", "2026-01-10", "", 0, "North", True],
        ["Ann Berg", "Emma", "2026-01-20", "", 3, "South", False],
        ["Poe", "Walden", "2025-12-01", "2025-12-03", 1, "North", False],
        ["Rossi", "Ulysses", "2026-02-01", "", 2, "West", True],
        ["Chen", "Beloved", "2025-11-11", "", 4, "South", False],
        ["Diaz", "Jaws", "2026-01-01", "2026-01-02", 0, "West", True],
    ],
    [
        _said(_in("returned", ""), "that have not been returned", "not returned yet", "that are not returned", "not yet returned"),
        _said(_out("returned", ""), "that have been returned", "that were returned"),
        _said(_before("due_back", "2026-01-15"), "due back before 15 January 2026", "that are due back before 2026-01-15", "with due back before 15.01.2026"),
        _said(_over("renewals", 2), "renewed more than twice", "that were renewed more than twice", "with more than 2 renewals", "renewed more than 2 times"),
        _said(_in("branch", "North"), "in branch North", "of branch North", "whose branch is North"),
        _said(_in("branch", "North", "West"), "in branch North or West", "whose branch is North or West"),
        _said(_out("branch", "North"), "not in branch North", "whose branch isn't North"),
        _said(_in("reserved", True), "that are reserved", "which are reserved"),
        _said(_in("reserved", False), "that are not reserved", "which aren't reserved", "except the reserved ones", "but not the reserved ones"),
    ],
)  # fmt: skip

TABLES: tuple[Table, ...] = (STOCK, TREES, STAFF, LOANS)

"""Which page of a site is the wanted thing's."""

from __future__ import annotations

from podium.state.plan import MatchRule
from podium.tools.building.arrival import STRONG, judge_arrival
from podium.tools.building.links import ways_on
from podium.tools.building.wanted import Wanted, in_place
from podium.tools.page import Collection, Snapshot
from tests.unit.building.pages import SITE, a_link, a_page, a_table

REPORTS_2026 = Wanted(
    thing="reports",
    kind="list",
    rows=True,
    files=True,
    per_row=True,
    file_type="pdf",
    rules=(MatchRule(phrase="of 2026"),),
)


def a_folder(path: str, names: list[str]) -> Snapshot:
    """Return a listing of files and folders as file servers show it."""
    rows = [[name, "2 kB"] for name in names]
    listing = a_table(["Name", "Size"], rows, links={0: f"{path}{{}}"})
    links = [a_link(name, f"{path}{name}", region="main", row="r") for name in names]
    return a_page(*links, path=path, title=path, headings=(path,), collections=(listing,))


def test_a_heading_that_leads_to_the_thing_is_not_the_thing() -> None:
    overview = a_table(["Columns", "Rows"], [["id, name", "10"], ["id, title", "240"]])
    named = ("music", "artists", "albums")
    linked = a_page(
        a_link("artists", "/music/artists", region="main"),
        path="/music",
        headings=named,
        collections=(overview,),
    )
    own = a_page(path="/music", headings=named, collections=(overview,))
    wanted = Wanted(thing="artists", kind="list", rows=True)

    assert judge_arrival(linked, wanted).name < 0.3
    assert judge_arrival(own, wanted).name > 0.8


def test_a_folder_of_folders_is_not_the_end_of_the_way_to_files() -> None:
    above = judge_arrival(a_folder("/reports/", ["2025", "2026"]), REPORTS_2026)
    wrong = judge_arrival(a_folder("/reports/2025/", ["a.pdf", "b.pdf"]), REPORTS_2026)
    right = judge_arrival(a_folder("/reports/2026/", ["a.pdf", "b.pdf"]), REPORTS_2026)

    assert above.score < STRONG
    assert right.score >= STRONG
    assert right.score > above.score > wrong.score


def test_a_folder_called_like_the_condition_is_looked_into_first() -> None:
    names = ["2024", "2025", "2026", "old"]
    ways = ways_on(a_folder("/reports/", names), REPORTS_2026, origins=(SITE,))

    assert ways[0].node.name == "2026"


def test_a_condition_may_be_met_by_the_place() -> None:
    rule = MatchRule(phrase="of 2026")

    assert in_place(rule, f"{SITE}/reports/2026/")
    assert not in_place(rule, f"{SITE}/reports/2025/")
    assert not in_place(rule, f"{SITE}/reports/2026-03/")
    assert not in_place(MatchRule(phrase="the"), f"{SITE}/reports//")


def test_what_has_no_name_of_its_own_is_known() -> None:
    assert Wanted(thing="all files").is_generic
    assert Wanted(thing="").is_generic
    assert not Wanted(thing="files of the audit").is_generic


def test_a_page_of_the_thing_counts_when_its_rows_carry_what_qualifies_it() -> None:
    wanted = Wanted(thing="vinyl albums", kind="list", rows=True)
    headers = ["Title", "Format"]
    records = a_table(headers, [["Rooms", "CD"], ["Fires", "Vinyl"], ["Letters", "Vinyl"]])
    others = a_table(headers, [["Rooms", "CD"], ["Fires", "Tape"], ["Letters", "CD"]])

    def albums(listing: Collection) -> Snapshot:
        return a_page(path="/albums", headings=("Albums",), collections=(listing,))

    assert judge_arrival(albums(records), wanted).score >= STRONG
    assert judge_arrival(albums(others), wanted).score < STRONG

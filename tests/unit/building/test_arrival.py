"""Which page of a site is the wanted thing's."""

from __future__ import annotations

from podium.state.plan import MatchRule
from podium.tools.building.arrival import PLAUSIBLE, STRONG, judge_arrival
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


def test_a_table_of_a_folder_above_is_not_the_folder_within_it() -> None:
    wanted = Wanted(thing="berths/north", kind="list", fields=("name", "size"), rows=True)
    above = a_folder("/berths/", ["north", "south"])
    within = a_folder("/berths/north/", ["a.txt", "b.txt"])

    assert judge_arrival(above, wanted, called="berths").score < STRONG
    assert judge_arrival(within, wanted, called="north").score >= STRONG


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


def test_what_a_tab_shows_is_called_like_the_tab() -> None:
    panel = a_page(
        headings=("Acme",), collections=(a_table(["Name", "Phone"], [["Ann", "1"], ["Bob", "2"]]),)
    )
    wanted = Wanted(thing="staff", kind="list", rows=True)

    assert judge_arrival(panel, wanted, called="Staff", clicked=True).score >= STRONG
    assert judge_arrival(panel, wanted).score < PLAUSIBLE
    assert judge_arrival(panel, wanted, called="Prices", clicked=True).score < PLAUSIBLE


def test_files_that_begin_with_the_thing_are_the_thing() -> None:
    wanted = Wanted(
        thing="minutes",
        rows=True,
        files=True,
        per_row=True,
        rules=(MatchRule(phrase="of 2026", column="date"),),
    )
    papers = ["Minutes Jan 2026.pdf", "minutes_feb.pdf", "notes.txt"]

    here = judge_arrival(a_folder("/docs/2026/", papers), wanted)
    other = judge_arrival(a_folder("/docs/2025/", papers), wanted)

    assert here.score >= STRONG > other.score
    assert (
        judge_arrival(a_folder("/docs/2026/", ["Agenda.pdf", "Last minutes.pdf"]), wanted).name
        < 0.6
    )


def test_a_table_that_begins_with_the_thing_is_named_by_it() -> None:
    table = a_table(["Instrument", "Fee"], [["Flute", "120"], ["Oboe", "240"]])
    wanted = Wanted(thing="instruments", kind="list", rows=True)

    assert judge_arrival(a_page(headings=("Music",), collections=(table,)), wanted).score >= 0.6
    sold = a_table(["Order", "Instrument"], [["1", "Flute"], ["2", "Oboe"]])
    assert judge_arrival(a_page(headings=("Music",), collections=(sold,)), wanted).score < 0.6


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


def test_folders_within_folders_are_reached_at_the_last_of_them() -> None:
    wanted = Wanted(thing="reports/2026", rows=True, fields=("name", "size"))
    names = ["report-1.pdf", "report-2.pdf"]
    above = judge_arrival(a_folder("/files/reports/", ["2025", "2026"]), wanted)
    beside = judge_arrival(a_folder("/files/reports/2025/", names), wanted)
    right = judge_arrival(a_folder("/files/reports/2026/", names), wanted)
    elsewhere = judge_arrival(a_folder("/files/old/2026/", names), wanted)

    assert right.score >= STRONG
    assert max(above.score, beside.score, elsewhere.score) < STRONG


def test_the_way_to_a_folder_goes_through_the_folders_before_it() -> None:
    wanted = Wanted(thing="reports/2026")
    top = ways_on(a_folder("/", ["photos", "reports", "2026"]), wanted, origins=(SITE,))
    below = ways_on(a_folder("/reports/", ["2024", "2025", "2026"]), wanted, origins=(SITE,))

    assert top[0].node.name == "reports"
    assert below[0].node.name == "2026"
    assert below[0].score > below[1].score + 0.3


def test_rows_that_count_their_members_are_no_members() -> None:
    wanted = Wanted(thing="members", kind="list", rows=True)
    rows = [["3", "Rowing"], ["7", "Chess"]]
    counted = a_page(path="/groups", collections=(a_table(["# Members", "Group"], rows),))
    listed = a_page(path="/groups", collections=(a_table(["Member", "Group"], rows),))

    assert judge_arrival(counted, wanted).name < 0.3
    assert judge_arrival(listed, wanted).name > 0.6

from __future__ import annotations

from podium.tools.building.files import clear_file, file_links, file_type_of
from tests.unit.building.pages import a_button, a_link


def test_the_link_of_the_wanted_type_is_found() -> None:
    view, pdf, csv = (
        a_link("A-1", "/o/1"),
        a_link("PDF", "/o/1/file?format=pdf"),
        a_link("CSV", "/o/1/x"),
    )
    link = clear_file(file_links([view, pdf, csv], "csv"))

    assert link is not None
    assert link.node == csv


def test_a_file_of_another_type_is_no_candidate() -> None:
    assert file_links([a_link("Report.pdf", "/files/report.pdf")], "csv") == ()


def test_without_a_type_two_files_are_not_guessed_between() -> None:
    found = file_links([a_link("PDF", "/o/1.pdf"), a_link("CSV", "/o/1.csv")], "")

    assert len(found) == 2
    assert clear_file(found) is None


def test_buttons_called_download_are_candidates_and_delete_is_not() -> None:
    found = file_links(
        [a_button("Delete file", kind="button"), a_button("Download", kind="button")], "csv"
    )

    assert [link.node.name for link in found] == ["Download"]


def test_words_for_types_are_understood() -> None:
    assert [file_type_of(word) for word in ("CSV", ".pdf", "Excel")] == ["csv", "pdf", "xlsx"]


def test_beside_an_export_button_the_link_that_is_the_file_is_taken() -> None:
    link = a_link("CSV", "/music/artists.csv", region="main")
    button = a_button("Export CSV", form="f")

    found = clear_file(file_links((link, button), "csv"))

    assert found is not None
    assert found.node == link


def test_two_links_to_files_of_the_type_stay_a_question() -> None:
    links = (a_link("CSV", "/a.csv"), a_link("CSV", "/b.csv"))

    assert clear_file(file_links(links, "csv")) is None


def test_a_file_called_by_its_name_is_that_file_and_none_that_only_resembles_it() -> None:
    names = ("report-2026-02.pdf", "report-2026-03.pdf", "report-2026-03-draft.pdf")
    links = [a_link(name, f"/reports/{name}", region="main") for name in names]
    by_address = a_link("March", "/files/report%202026-03.pdf")

    found = clear_file(file_links(links, "pdf", "Report-2026-03.pdf"))

    assert found is not None
    assert found.node.name == "report-2026-03.pdf"
    assert file_links(links, "pdf", "report-2026-07.pdf") == ()
    assert [link.node.name for link in file_links([by_address], "", "report 2026-03.pdf")] == [
        "March"
    ]


def test_a_view_beside_a_file_is_not_the_file() -> None:
    links = (a_link("View", "/files/README.txt?view"), a_link("README.txt", "/files/README.txt"))

    found = clear_file(file_links(links, "", "README.txt"))

    assert found is not None
    assert found.node.name == "README.txt"

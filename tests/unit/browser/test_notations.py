"""How controls write days, times and codes."""

from __future__ import annotations

import pytest

from podium.tools.browser.notations import as_asked, as_native, same_value


@pytest.mark.parametrize(
    ("kind", "said", "held"),
    [
        ("time", "9:30", "09:30"),
        ("time", "2.15 pm", "14:15"),
        ("time", "12 am", "00:00"),
        ("time", "9", "9"),
        ("month", "2019-03-05", "2019-03"),
        ("month", "March 2019", "2019-03"),
        ("month", "next month", "next month"),
        ("datetime-local", "2026-12-14 8:30", "2026-12-14T08:30"),
        ("datetime-local", "8:30", "8:30"),
        ("date", "2026-12-14", "2026-12-14"),
    ],
)
def test_a_day_or_time_is_written_as_its_field_holds_it(kind: str, said: str, held: str) -> None:
    assert as_native(kind, said) == held


@pytest.mark.parametrize(
    ("held", "wanted", "same"),
    [
        ("NL91 ABNA 0417 1643 00", "NL91ABNA0417164300", True),
        ("(555) 123-4567", "5551234567", True),
        ("hh-ab 1234", "HH AB 1234", True),
        ("NL91 ABNA 0417", "NL91ABNA0417164300", False),
        ("well known", "wellknown", False),
        ("0417", "00417", False),
        ("A1", "A-1", False),
    ],
)
def test_a_code_in_groups_is_the_same_and_no_other(held: str, wanted: str, *, same: bool) -> None:
    assert same_value(held, wanted) is same


def test_a_day_is_written_as_the_placeholder_shows_it() -> None:
    assert as_asked("2026-12-05", "DD.MM.YYYY") == "05.12.2026"
    assert as_asked("2026-12-05", "Pick a day") == "2026-12-05"

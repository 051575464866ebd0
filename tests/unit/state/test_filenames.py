from __future__ import annotations

import os
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podium.state.filenames import numbered, safe_name


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("Invoice 42.pdf", "Invoice 42.pdf"),
        ("Rechnung März (2).csv", "Rechnung März (2).csv"),
        ("../../etc/passwd", "passwd"),
        ("C:\\temp\\x.csv", "x.csv"),
        ("..%2f..%5Cescape.bin", "escape.bin"),
        ("a\0b\r\nc.txt", "abc.txt"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("zero\u200bwidth.txt", "zerowidth.txt"),
        (".bashrc", "_bashrc"),
        ("-rf", "_rf"),
        ("~root", "_root"),
        ("con", "_con"),
        ("Nul.tar.gz", "_Nul.tar.gz"),
        ("con .txt", "_con .txt"),
        ("COM1", "_COM1"),
        ("what?*<now>.txt", "what___now_.txt"),
        ("trailing. ", "trailing"),
        ("...", "file"),
        ("", "file"),
        ("../..", "file"),
        ("\ud800", "file"),
        ("a/", "a"),
        ("cafe\u0301.txt", "café.txt"),
    ],
)
def test_a_name_becomes_safe(name: str, kept: str) -> None:
    assert safe_name(name) == kept


def test_a_long_name_is_cut_before_its_suffix() -> None:
    assert safe_name("x" * 300 + ".csv") == "x" * 176 + ".csv"
    assert len(safe_name("ü" * 300).encode()) <= 180
    assert len(safe_name("a." + "b" * 300).encode()) <= 180


def test_a_second_file_of_a_name_gets_a_number_before_its_suffix() -> None:
    assert [numbered("a.csv", number) for number in (1, 2, 3)] == [
        "a.csv",
        "a (2).csv",
        "a (3).csv",
    ]
    assert numbered("a", 2) == "a (2)"
    assert numbered("No. 5 of the series", 2) == "No. 5 of the series (2)"


@given(st.text())
def test_any_name_is_one_plain_visible_name(name: str) -> None:
    safe = safe_name(name)

    assert safe not in {"", ".", ".."}
    assert os.path.basename(safe) == safe
    assert not set(safe) & set('/\\<>:"|?*')
    assert not safe.startswith((".", "-", "~"))
    assert not any(unicodedata.category(sign).startswith("C") for sign in safe)
    assert 0 < len(numbered(safe, 9999).encode()) <= 255


@given(st.text())
def test_a_safe_name_stays_as_it_is(name: str) -> None:
    assert safe_name(safe_name(name)) == safe_name(name)


def test_a_safe_name_can_be_used(tmp_path: Path) -> None:
    (tmp_path / safe_name("\u0000..\\" + "é" * 400 + ".csv")).write_bytes(b"x")

    assert len(list(tmp_path.iterdir())) == 1

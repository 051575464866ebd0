"""Which page is a row's own, and which link of the row leads there."""

from __future__ import annotations

import pytest

from podium.tools.page import Snapshot
from podium.tools.running.following import is_of


def a_page(*, url: str = "http://site.test/x", title: str = "", heading: str = "") -> Snapshot:
    return Snapshot(
        url=url,
        title=title,
        headings=(heading,) if heading else (),
        messages=(),
        text="J-70 J-701",
        nodes=(),
        forms=(),
        collections=(),
    )


@pytest.mark.parametrize(
    "page",
    [
        a_page(url="http://site.test/jobs/J-70"),
        a_page(url="http://site.test/jobs/J%2D70"),
        a_page(title="J-70 - Pitstop"),
        a_page(heading="Job J-70"),
    ],
)
def test_a_page_is_the_rows_own_by_its_address_or_head(page: Snapshot) -> None:
    assert is_of("J-70", page)


@pytest.mark.parametrize(
    "page", [a_page(), a_page(url="http://site.test/jobs/J-701"), a_page(heading="Job J-70-2")]
)
def test_a_page_that_only_mentions_the_key_or_a_longer_one_is_not(page: Snapshot) -> None:
    assert not is_of("J-70", page)

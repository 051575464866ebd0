"""What makes a page the page it is: its fingerprint and its address template."""

from __future__ import annotations

from podium.state.program import PageLike
from podium.tools.page import Snapshot


def url_pattern(url: str) -> str:
    """Return the path (and a `#/route`) with numbers and ids as `*`, as `UrlLike.pattern` wants it."""
    raise NotImplementedError


def url_matches(pattern: str, url: str) -> bool:
    """Return whether the address has that path template."""
    raise NotImplementedError


def fingerprint(snapshot: Snapshot) -> PageLike:
    """Return the page's heading and the labels that make it what it is, without changing data."""
    raise NotImplementedError


def page_matches(expected: PageLike, snapshot: Snapshot) -> bool:
    """Return whether the page has the fingerprint: the heading means the same and most labels are there."""
    raise NotImplementedError

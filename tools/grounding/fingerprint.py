"""What makes a page the page it is: its fingerprint and its address template."""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

from podium.state.program import PageLike
from podium.tools.grounding.columns import data_rows
from podium.tools.grounding.words import fold, similarity
from podium.tools.page import Snapshot

_LABELS = 12
_KEPT = 0.6
"""Part of the labels that must still be there: menus grow and shrink."""


def url_pattern(url: str) -> str:
    """Return the path (and a `#/route`) with numbers and ids as `*`, as `UrlLike.pattern` wants it."""
    parts = urlsplit(url)
    path = "/".join(_segment(segment) for segment in parts.path.split("/")) or "/"
    route = parts.fragment.split("?")[0]
    if not route.startswith(("/", "!/")):
        return path
    return f"{path}#{'/'.join(_segment(segment) for segment in route.split('/'))}"


def _segment(segment: str) -> str:
    text = unquote(segment).strip()
    digits = sum(char.isdigit() for char in text)
    if not digits or re.fullmatch(r"v\d{1,2}", text):
        return segment
    if (
        text.isdigit()
        or digits >= 3
        or digits * 3 >= len(text)
        or re.fullmatch(r"[0-9a-fA-F-]{8,}", text)
    ):
        return "*"
    return segment


def url_matches(pattern: str, url: str) -> bool:
    """Return whether the address has that path template."""
    wanted, shown = (_parts(text) for text in (pattern, _bare(url)))
    return len(wanted) == len(shown) and all(
        a in {"*", b} or (a.endswith(".*") and b.startswith(a[:-1]))
        for a, b in zip(wanted, shown, strict=True)
    )


def _bare(url: str) -> str:
    parts = urlsplit(url)
    route = parts.fragment.split("?")[0]
    return f"{parts.path or '/'}#{route}" if route.startswith(("/", "!/")) else parts.path or "/"


def _parts(path: str) -> list[str]:
    return [part for part in re.split(r"/|(?=#)", path.rstrip("/")) if part]


def fingerprint(snapshot: Snapshot) -> PageLike:
    """Return the page's heading and the labels that make it what it is, without changing data."""
    rows = data_rows(snapshot)
    labels = [
        *(field for form in snapshot.forms for field in _form_labels(form.nodes, snapshot)),
        *(header for collection in snapshot.collections for header in collection.headers),
        *(
            node.name
            for node in snapshot.nodes
            if node.role in {"button", "tab", "link"}
            and node.region in {"navigation", "header", "main", ""}
            and node.row not in rows
        ),
    ]
    kept: dict[str, str] = {}
    for label in labels:
        if label and len(label) <= 40 and not re.search(r"\d", label):
            kept.setdefault(fold(label), label)
    heading = next((text for text in snapshot.headings if not re.search(r"\d", text)), "")
    return PageLike(heading=heading, labels=tuple(kept.values())[:_LABELS])


def _form_labels(refs: tuple[str, ...], snapshot: Snapshot) -> list[str]:
    wanted = set(refs)
    return [node.label or node.name for node in snapshot.nodes if node.ref in wanted]


def page_matches(expected: PageLike, snapshot: Snapshot) -> bool:
    """Return whether the page has the fingerprint: the heading means the same and most labels are there."""
    if expected.heading and not any(
        similarity(expected.heading, text) >= 0.75 for text in (*snapshot.headings, snapshot.title)
    ):
        return False
    if not expected.labels:
        return bool(expected.heading)
    shown = {fold(text) for node in snapshot.nodes for text in (node.name, node.label) if text} | {
        fold(header) for collection in snapshot.collections for header in collection.headers
    }
    held = sum(fold(label) in shown for label in expected.labels)
    return held >= _KEPT * len(expected.labels)

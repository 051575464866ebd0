"""What a page says and shows after a write: objections, and the signs that a run expects again."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from pydantic import JsonValue

from podium.state.program import (
    Expectation,
    TextShown,
    UrlLike,
)
from podium.tools.building.acts.given import slug
from podium.tools.grounding.fingerprint import url_pattern
from podium.tools.page import Snapshot
from podium.tools.running.outcomes import (
    complaint_in,
    complaint_line,
    failure_in,
    fresh_messages,
    same_form,
    says_refused,
)


def complaint_of(before: Snapshot, after: Snapshot, values: Sequence[str] = ()) -> str:
    """Return what the page objects to: with the same form shown again, or in a statement that something failed; else ''."""
    failed = failure_in(before, after, values)
    if failed or not same_form(before, after):
        return failed
    return complaint_in(before, after, values) or complaint_line(before, after, values)


def success_signs(
    before: Snapshot, after: Snapshot, *, given: Mapping[str, JsonValue] | None = None
) -> tuple[Expectation, ...]:
    """Return what the page said after the write, and where it led: numbers and given values are another day's others.

    A page that objects to anything teaches nothing.
    """
    values = {
        name: value
        for name, value in (given or {}).items()
        if isinstance(value, str) and len(value.strip()) >= 3
    }
    if failure_in(before, after, tuple(values.values())):
        return ()
    found: list[Expectation] = []
    told = [text for text in fresh_messages(before, after) if not says_refused(text)]
    if told:
        found.append(TextShown(text=_general(told[0], values)))
    else:
        new = [
            text
            for text in after.headings
            if text not in before.headings and not says_refused(text)
        ]
        if new:
            found.append(TextShown(text=_general(new[0], values)))
    if url_pattern(before.url) != url_pattern(after.url):
        found.append(UrlLike(pattern=_made_pattern(before.url, after.url, values)))
    return tuple(found)


def _general(text: str, values: Mapping[str, str]) -> str:
    """Return the text with given values by name and other numbers as `#`."""
    parts = {f"\0{place}\0": name for place, name in enumerate(values)}
    kept = " ".join(text.split()).replace("{", "(").replace("}", ")")
    for mark, name in parts.items():
        kept = kept.replace(values[name], mark)
    kept = re.sub(r"\0\d+\0|\d+", lambda found: found[0] if "\0" in found[0] else "#", kept)[:160]
    for mark, name in parts.items():
        kept = kept.replace(mark, f"{{inputs.{name}}}")
    return kept.split("\0")[0]


def _made_pattern(before: str, after: str, values: Mapping[str, str]) -> str:
    """Return the pattern of the address that a write led to: what it made has another number or name every time."""
    known = set(urlsplit(before).path.split("/"))
    named = {slug(value) for value in values.values()}

    def is_made(segment: str) -> bool:
        return segment not in known and (
            any(char.isdigit() for char in segment) or slug(segment) in named
        )

    path, mark, route = url_pattern(after).partition("#")
    shown = urlsplit(after).path.split("/")
    segments = [
        "*" if is_made(raw) else kept for kept, raw in zip(path.split("/"), shown, strict=True)
    ]
    return "/".join(segments) + mark + route

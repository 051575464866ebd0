"""What a page says and shows after a write: objections, and the signs that a run expects again."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from pydantic import JsonValue

from podium.state.program import (
    Expectation,
    TextShown,
    UrlLike,
)
from podium.tools.building import vocabulary as say
from podium.tools.building.acts.given import slug
from podium.tools.grounding.fingerprint import url_pattern
from podium.tools.page import Snapshot
from podium.tools.running.outcomes import says_refused

_COMPLAINTS = (
    "error|errors|failed|invalid|required|not valid|must be|must not|please correct|please enter|please fill|cannot be|can not be"
    "|already exists|is missing|not allowed|fehler|ungultig|erforderlich|pflichtfeld|erreur|obligatoire|invalide|obligatorio|errore"
)


def complaint_of(before: Snapshot, after: Snapshot) -> str:
    """Return what the page objects to when it shows the same form again with an objection that was not there, else ''."""
    signatures = {form.signature for form in before.forms if form.method != "get"}
    if not signatures & {form.signature for form in after.forms}:
        return ""
    known = {*before.messages, *before.text.splitlines()}
    fresh = [text for text in (*after.messages, *after.text.splitlines()) if text not in known]
    found = [
        text.strip()
        for text in fresh
        if len(text) < 200 and say.has(text, _COMPLAINTS) and says_refused(text)
    ]
    return "; ".join(dict.fromkeys(found[:3]))


def success_signs(
    before: Snapshot, after: Snapshot, *, given: Mapping[str, JsonValue] | None = None
) -> tuple[Expectation, ...]:
    """Return what the page said after the write, and where it led: numbers and given values are another day's others."""
    values = {
        name: value
        for name, value in (given or {}).items()
        if isinstance(value, str) and len(value.strip()) >= 3
    }
    found: list[Expectation] = []
    for text in after.messages:
        if (
            text.strip()
            and text not in before.messages
            and not say.has(text, "error|failed|invalid|required|fehler")
        ):
            found.append(TextShown(text=_general(text, values)))
            break
    if not found:
        new = [text for text in after.headings if text not in before.headings]
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

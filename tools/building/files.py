"""Finding the links and buttons behind which files are."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote, urlsplit

from podium.tools.building import vocabulary as say
from podium.tools.building.wanted import content_words, likeness
from podium.tools.grounding.words import fold, stem, tokens
from podium.tools.page import Node, Snapshot

_KINDS: Final[dict[str, tuple[str, ...]]] = {
    "csv": ("csv",),
    "pdf": ("pdf",),
    "xlsx": ("xlsx", "xls", "excel", "spreadsheet"),
    "xls": ("xls", "xlsx", "excel"),
    "docx": ("docx", "doc", "word"),
    "doc": ("doc", "docx", "word"),
    "json": ("json",),
    "xml": ("xml",),
    "zip": ("zip", "archive"),
    "txt": ("txt", "text", "plain"),
    "png": ("png", "image"),
    "jpg": ("jpg", "jpeg", "photo", "image"),
    "ics": ("ics", "ical", "icalendar"),
    "html": ("html", "htm"),
}
_PAGES = frozenset({"html", "htm", "php", "asp", "aspx", "jsp", "cgi", "do", "action", "xhtml", ""})
_LEAD = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class FileLink:
    """An element that probably yields a file."""

    node: Node
    score: float
    extension: str = ""
    """What its address or name promises, without the dot."""


def file_type_of(text: str) -> str:
    """Return a wanted file type as an extension without the dot: `CSV` and `.csv` are `csv`, `Excel` is `xlsx`."""
    plain = fold(text).replace(" ", "")
    for kind, words in _KINDS.items():
        if plain in words:
            return kind
    return plain


def file_links(nodes: Sequence[Node], file_type: str, thing: str = "") -> tuple[FileLink, ...]:
    """Return the elements that yield a file, of that type when one is named, best first."""
    kind = file_type_of(file_type) if file_type else ""
    found = [
        FileLink(node=node, score=score, extension=promised(node))
        for node in nodes
        if node.role in {"link", "button", "menuitem"}
        and (score := _score(node, kind, thing)) >= 0.45
    ]
    found.sort(key=lambda link: link.score, reverse=True)
    return tuple(found)


def files_called(nodes: Sequence[Node], thing: str) -> tuple[Node, ...]:
    """Return the links to files whose names begin with the thing: `Minutes Jan 2026.pdf` is one of the minutes."""
    words = tuple(stem(word) for word in content_words(thing))
    if not words:
        return ()
    return tuple(
        node
        for node in nodes
        if node.role == "link" and promised(node) and begins_with(node.name or node.text, words)
    )


def begins_with(name: str, words: Sequence[str]) -> bool:
    """Return whether the name starts with the words, each given as its stem."""
    said = tuple(stem(word) for word in tokens(name.replace("_", " ").replace("-", " ")))
    return said[: len(words)] == tuple(words)


def clear_file(found: Sequence[FileLink]) -> FileLink | None:
    """Return the best file link when nothing else fits as well; links to the same address are one."""
    if not found:
        return None
    best = found[0]
    rivals = [
        link
        for link in found[1:]
        if best.score - link.score < _LEAD
        and (
            not best.node.attributes.get("href")
            or link.node.attributes.get("href") != best.node.attributes.get("href")
        )
    ]
    if not rivals:
        return best
    # Beside an export button, the one link whose very address is such a file leads to the same thing, without a form.
    plain = [link for link in (best, *rivals) if _is_address_of(link)]
    alike = all(link.extension == best.extension for link in rivals)
    return plain[0] if len(plain) == 1 and alike else None


def _is_address_of(link: FileLink) -> bool:
    href = link.node.attributes.get("href", "")
    return bool(link.extension) and extension(href) == link.extension


def promised(node: Node) -> str:
    """Return the extension that the element's address, download name or text promises."""
    named = [text for text in (node.name, node.text) if " " not in text]
    for text in (node.attributes.get("download", ""), node.attributes.get("href", ""), *named):
        found = extension(text)
        if found:
            return found
    for word in fold(" ".join((node.name, node.text, node.attributes.get("title", "")))).split():
        for kind, words in _KINDS.items():
            if word == words[0]:
                return kind
    match = re.search(r"(?:format|type|ext|output|as)=(\w{2,5})\b", node.attributes.get("href", ""))
    return match[1].lower() if match and match[1].lower() in _KINDS else ""


def extension(address: str) -> str:
    """Return the file extension of an address or name, '' when it names a page or none."""
    last = urlsplit(address).path.rsplit("/", 1)[-1]
    ending = last.rsplit(".", 1)[-1].lower() if "." in last else ""
    return (
        ""
        if ending in _PAGES or not re.fullmatch(r"[a-z0-9]{2,5}", ending) or ending.isdigit()
        else ending
    )


def _score(node: Node, kind: str, thing: str) -> float:
    said = " ".join((node.name, node.text, node.attributes.get("title", "")))
    promise = promised(node)
    other = bool(kind and promise and promise not in _KINDS.get(kind, (kind,)))
    if not node.enabled or other or say.starts(said, say.NEVER):
        return 0.0
    if thing and extension(thing):
        # One file is called by its name: that very name, and nothing that only resembles it.
        return _called(node, fold(thing))
    score = (0.85 if kind else 0.7) if promise else 0.0
    if promise and extension(node.name or node.text) == promise:
        score += 0.11  # the name itself is that of a file
    score = max(score, 0.7 if "download" in node.attributes else 0.0)
    if say.has(said, say.DOWNLOAD):
        score = max(score, 0.6) + 0.1
    if _speaks_of_files(node.attributes.get("href", "")):
        score = max(score, 0.55) + 0.03
    if "download" in node.attributes.get("class", "").lower():
        score = max(score, 0.5)
    named = max(likeness(thing, text) for text in (node.name, node.text)) if thing else 0.0
    if score:
        score += 0.1 * named + (0.15 if thing and _kept_among(node, thing) else 0.0)
    if not score and node.role == "button" and named >= 0.85:
        score = 0.5  # a button called like the wanted document
    if node.role == "button" and say.has(said, say.WRITE) and not promise:
        score -= 0.4
    return min(score, 1.0)


def _called(node: Node, name: str) -> float:
    """Return how surely the element is the file of that name: what it is called tells more than where it leads.

    A row may hold the file and a view of it, at the same address but for a query.
    """
    attributes = node.attributes
    said = (node.name, node.text, attributes.get("download", ""), attributes.get("title", ""))
    if name in {fold(text) for text in said if text}:
        return 1.0
    parts = urlsplit(attributes.get("href", ""))
    last = unquote(parts.path).rstrip("/").rpartition("/")[2]
    if fold(last) != name:
        return 0.0
    return 0.75 if parts.query else 0.85


def _kept_among(node: Node, thing: str) -> bool:
    """Return whether a folder of the address is called like the wanted files: `/message/7/attachment/offer.pdf`."""
    path = unquote(urlsplit(node.attributes.get("href", "")).path)
    folders = [word.replace("_", " ").replace("-", " ") for word in path.split("/")[:-1]]
    return any(likeness(thing, folder) >= 0.9 for folder in folders if folder)


def _speaks_of_files(href: str) -> bool:
    parts = urlsplit(href)
    words = re.split(r"[/?&=._-]", f"{parts.path}?{parts.query}".lower())
    return bool({"download", "export", "attachment", "dl"} & set(words))


def page_files(
    snapshot: Snapshot, file_type: str, thing: str = "", *, detail: bool = False
) -> tuple[FileLink, ...]:
    """Return the page's own file controls; on a list's page those inside its records come last."""

    def cost(node: Node) -> float:
        beside = 0.2 if node.region in {"navigation", "footer"} else 0.0
        return beside + (0.25 if node.row and not detail else 0.0)

    found = [
        FileLink(node=link.node, score=link.score - cost(link.node), extension=link.extension)
        for link in file_links(snapshot.nodes, file_type, thing)
    ]
    kept = [link for link in found if link.score >= 0.4]
    kept.sort(key=lambda link: link.score, reverse=True)
    return tuple(kept)

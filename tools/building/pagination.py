"""Finding how a list goes on: next, page numbers, load more."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal
from urllib.parse import parse_qsl, urljoin, urlsplit

from podium.tools.building import vocabulary as say
from podium.tools.grounding.words import fold
from podium.tools.page import Collection, Node, RequestInfo, Snapshot

_PAGE_KEYS = frozenset(
    {
        "page",
        "p",
        "pg",
        "start",
        "offset",
        "from",
        "pagenumber",
        "pageindex",
        "cursor",
        "after",
        "s",
        "seite",
    }
)
_COUNTED_FROM_ZERO = frozenset({"start", "offset", "from", "after", "s"})
_NOT_PAGES = "month|week|day|year|slide|image|photo|step|article|post|monat|woche|tag|jahr|bild|schritt|chapter"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pager:
    """A control that probably shows further rows."""

    kind: Literal["next", "numbered", "load_more"]
    node: Node
    score: float


def find_pagers(snapshot: Snapshot, collection: Collection | None = None) -> tuple[Pager, ...]:
    """Return what may lead to further rows, best first; nothing is proved before it was tried."""
    inside = (
        {ref for record in collection.records for ref in record.nodes} if collection else set[str]()
    )
    found: list[Pager] = []
    for node in snapshot.nodes:
        if node.ref in inside or node.role not in {"link", "button"} or not node.visible:
            continue
        pager = _next(node, snapshot) or _more(node)
        if pager is not None:
            found.append(pager)
    if not any(pager.kind == "next" for pager in found):
        numbered = _numbered(snapshot, inside)
        if numbered is not None:
            found.append(numbered)
    found.sort(key=lambda pager: pager.score, reverse=True)
    return tuple(found)


def _label(node: Node) -> str:
    return node.name or node.text or node.attributes.get("title", "")


def _next(node: Node, snapshot: Snapshot) -> Pager | None:
    score = _next_score(node, snapshot.url) or _drawn_next(node, snapshot)
    if not score:
        return None
    if say.has(_label(node), _NOT_PAGES):
        score -= 0.4
    if _has_inputs(node, snapshot):
        score -= 0.4  # the next of a wizard
    score += 0.1 if _pages_by_address(node) else 0.0
    score += 0.05 if any(text.strip().isdigit() for text in node.anchors) else 0.0
    return Pager(kind="next", node=node, score=score) if score > 0.35 else None


def _next_score(node: Node, url: str) -> float:
    """Return how plainly a control is called like the way to the next page, or leads there by its address; 0 is not at all."""
    label = _label(node).strip()
    if node.attributes.get("rel") == "next":
        return 1.0
    if say.has(label, say.PREVIOUS_PAGE) and not say.starts(label, say.NEXT_PAGE):
        return 0.0
    if say.equals(label, say.NEXT_PAGE):
        return 0.9
    if say.has(label, "next page|nachste seite|page suivante|pagina siguiente|pagina successiva"):
        return 0.85
    if label in say.NEXT_GLYPHS:
        # Beside a single arrow the double one leads to the end.
        return 0.6 if label in {">>", "\u00bb"} else 0.75
    words = fold(label).split()
    if (say.starts(label, say.NEXT_PAGE) and len(words) <= 4) or (
        label.rstrip("".join(g for g in say.NEXT_GLYPHS if len(g) == 1)).strip() != label
        and say.has(label, say.NEXT_PAGE)
    ):
        return 0.7
    # "More boats", "Rows 11-20": whatever it is called, its address is the next page's.
    numbered = len(words) == 1 and words[0].isdigit()
    return 0.6 if not numbered and _follows_by_address(node, url) else 0.0


def _follows_by_address(node: Node, url: str) -> bool:
    """Whether a link leads to the present address with the page number one higher, or a later offset."""
    here, there = urlsplit(url), urlsplit(urljoin(url, node.attributes.get("href", "")))
    if here[:3] != there[:3]:
        return False
    before, after = dict(parse_qsl(here.query)), dict(parse_qsl(there.query))
    changed = [key for key in {*before, *after} if before.get(key) != after.get(key)]
    if len(changed) != 1 or changed[0].lower() not in _PAGE_KEYS:
        return False
    key = changed[0]
    by_rows = key.lower() in _COUNTED_FROM_ZERO
    old, new = before.get(key, "0" if by_rows else "1"), after.get(key, "")
    if not (old.isdigit() and new.isdigit()):
        return False
    return int(new) > int(old) if by_rows else int(new) == int(old) + 1


_NEXT_CLASS = re.compile(
    r"(?i)(^|[\s_-])(next[-_]?page|page[-_]?next|pag\w*(__|--|[-_ ])(\w+[-_])?next)($|[\s_-])"
)
_RIGHT = re.compile(
    r"(angle|chevron|arrow|caret|navigate|keyboard arrow)s? (right|next|forward)( ios)?"
)
_LEFT = re.compile(
    r"(angle|chevron|arrow|caret|navigate|keyboard arrow)s? (left|before|previous|back)( ios)?"
)


def _drawn_next(node: Node, snapshot: Snapshot) -> float:
    """Return how surely a button without words leads on: by its class, or by an arrow whose opposite stands beside it."""
    if _NEXT_CLASS.search(node.attributes.get("class", "")):
        return 0.75
    if not _RIGHT.fullmatch(fold(_label(node))):
        return 0.0
    place = next((at for at, other in enumerate(snapshot.nodes) if other is node), 0)
    before = snapshot.nodes[max(0, place - 12) : place]
    return 0.72 if any(_LEFT.fullmatch(fold(_label(other))) for other in before) else 0.0


def page_signatures(
    held: Sequence[RequestInfo], pager: Pager, snapshot: Snapshot
) -> tuple[str, ...]:
    """Return the held requests of the pager that plainly ask for another page, else none.

    Its form has nothing to fill in, and it sends a page's number and the state that some servers keep in the page.
    """
    if _has_inputs(pager.node, snapshot):
        return ()
    plain = [
        request
        for request in held
        if request.fields
        and any(field.lower() in _PAGE_KEYS for field in request.fields)
        and all(
            field.lower() in _PAGE_KEYS or _KEPT_STATE.search(field) for field in request.fields
        )
    ]
    return tuple(request.signature for request in plain) if len(plain) == len(held) else ()


_KEPT_STATE = re.compile(r"(?i)^__|csrf|token|viewstate|^sort|^order|^size$|^limit$|^per_?page$")


def same_list(before: str, after: str) -> bool:
    """Return whether two addresses are pages of one list: they differ in query, page number or not at all.

    A `next` that leads to another path leads to the next folder, article or record.
    """
    return _list_address(before) == _list_address(after)


def _list_address(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    path = re.sub(r"/(page|p|seite|pagina)[-/]?\d+(?=/|$)", "", parts.path.rstrip("/"))
    path = re.sub(r"([-_]?(page|p)?[-_]?\d+)?(\.\w+)?$", r"\3", path)
    fragment = parts.fragment.partition("?")[0] if parts.fragment.startswith(("/", "!")) else ""
    return path, re.sub(r"(/page)?/\d+$", "", fragment)


def last_page(snapshot: Snapshot) -> int:
    """Return the highest page number that the page offers; 0 when it offers none."""
    numbers = [
        int(word)
        for node in snapshot.nodes
        if node.role in {"link", "button"} and node.visible and _is_page_address(node, snapshot)
        for word in fold(_label(node)).split()[-1:]
        if word.isdigit() and len(word) <= 4
    ]
    return max(numbers, default=0)


_OF_PAGES = re.compile(
    r"\b(?:page|seite|p[a\u00e1]gina|pag|strona|blz)\.?\s*:?\s*1\s*(?:of|/|von|de|di|sur|van|z)\s*(\d{1,4})\b"
)


def pages_said(snapshot: Snapshot) -> int:
    """Return of how many pages the page says to be the first; 0 when it does not say so."""
    found = (
        _OF_PAGES.search(line.casefold()) for line in snapshot.text.split("\n") if len(line) < 80
    )
    return max((int(match[1]) for match in found if match), default=0)


def _is_page_address(node: Node, snapshot: Snapshot) -> bool:
    return _pages_by_address(node) or any(
        collection.region == "navigation"
        and any(record.ref == node.row for record in collection.records)
        for collection in snapshot.collections
    )


def _more(node: Node) -> Pager | None:
    label = _label(node)
    if node.region in {"navigation", "header", "footer"} or node.row or node.expanded is not None:
        return None
    if say.equals(label, say.LOAD_MORE):
        exact = fold(label) != "more"
        return Pager(kind="load_more", node=node, score=0.8 if exact else 0.45)
    href = node.attributes.get("href", "")
    acts = node.role == "button" or href in {"", "#"} or href.startswith("javascript:")
    if say.starts(label, say.LOAD_MORE) and len(label) < 40 and acts:
        return Pager(kind="load_more", node=node, score=0.6)
    return None


def _numbered(snapshot: Snapshot, inside: set[str]) -> Pager | None:
    """Return the run of page numbers in which the next page can be activated."""
    numbers: dict[str, Node] = {}
    for node in snapshot.nodes:
        if node.ref in inside or node.role not in {"link", "button"} or not node.visible:
            continue
        words = fold(_label(node)).split()
        if (
            words
            and words[-1].isdigit()
            and (
                len(words) == 1
                or say.equals(" ".join(words[:-1]), "page|go to page|goto page|seite|pagina")
            )
        ):
            numbers.setdefault(words[-1], node)
    current = next(
        (
            number
            for number, node in numbers.items()
            if node.attributes.get("aria-current") == "page"
        ),
        "1",
    )
    after = numbers.get(str(int(current) + 1))
    if after is None or (len(numbers) < 2 and not _pages_by_address(after)):
        return None
    return Pager(kind="numbered", node=after, score=0.6)


def _pages_by_address(node: Node) -> bool:
    href = node.attributes.get("href", "")
    parts = urlsplit(href)
    if any(key.lower() in _PAGE_KEYS for key, _ in parse_qsl(parts.query)):
        return True
    return "/page" in parts.path.lower()


def _has_inputs(node: Node, snapshot: Snapshot) -> bool:
    if not node.form:
        return False
    return any(
        other.form == node.form
        and other.role in {"textbox", "radio", "checkbox"}
        and other.input_type not in {"hidden", "search"}
        and not (other.value or other.placeholder or "x").strip().isdigit()  # the page's number
        for other in snapshot.nodes
    )

"""Which links and controls may be followed while exploring, and how promising each is for a wanted thing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from podium.tools.building import vocabulary as say
from podium.tools.building.wanted import Wanted, along, url_words
from podium.tools.page import Node, Snapshot

_FILES = re.compile(
    r"\.(pdf|csv|xlsx?|docx?|pptx?|zip|gz|tar|png|jpe?g|gif|svg|webp|mp[34]|xml|json|txt|ics|rss|atom|exe|dmg|deb|iso)$",
    re.IGNORECASE,
)
_TOKENS = re.compile(
    r"^(jsessionid|phpsessid|sid|session|sessid|token|csrf|nonce|state|_t|ts)$", re.IGNORECASE
)
_MENUS = frozenset({"navigation", "header"})
_MENU_ROLES = frozenset({"tab", "menuitem", "treeitem", "menuitemradio"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A way on from a page: by address, or by activating an element."""

    node: Node
    score: float
    href: str = ""
    """Same-site address for GET; empty: the element has to be clicked."""
    opens_menu: bool = False


def ways_on(snapshot: Snapshot, wanted: Wanted, *, origins: tuple[str, ...]) -> tuple[Way, ...]:
    """Return what may be followed for the wanted thing by reads alone, most promising first."""
    found: list[Way] = []
    for node in snapshot.nodes:
        way = _way(node, snapshot, wanted, origins)
        if way is not None:
            found.append(way)
    found.sort(key=lambda way: way.score, reverse=True)
    return tuple(found)


def _way(node: Node, snapshot: Snapshot, wanted: Wanted, origins: tuple[str, ...]) -> Way | None:
    name = _label(node)
    raw = node.attributes.get("href", "")
    href = page_address(raw, base=snapshot.url, origins=origins) if raw else ""
    nowhere = raw.startswith("javascript:") or raw.endswith("#") or _switches(node, snapshot.url)
    if raw and not href and not nowhere:
        return None
    if not may_follow(node, wanted, by_address=bool(href)):
        return None
    if node.row and not href and node.region not in _MENUS:
        return None  # controls inside records act on one record; the way to a list never leads through one
    opens_menu = not href and _opens_menu(node)
    if not href and not opens_menu and not _is_menu_item(node, wanted):
        return None
    return Way(
        node=node,
        score=_score(node, name, href, snapshot.url, wanted) - (0.05 if opens_menu else 0),
        href=href,
        opens_menu=opens_menu,
    )


def _switches(node: Node, base: str) -> bool:
    """Return whether the link is a tab whose address is a part of this very page: a click shows that part."""
    raw = urlsplit(node.attributes.get("href", ""))
    return node.role in _MENU_ROLES and raw[:4] == urlsplit(base)[:4] and bool(raw.fragment)


def may_follow(node: Node, wanted: Wanted, *, by_address: bool) -> bool:
    """Return whether activating the element is plainly a read; what looks like a write, a payment or a sign-out is not."""
    name = _label(node)
    words = url_words(node.attributes.get("href", ""))
    last = words[0] if words else ""
    if say.has(name, say.SIGN_OUT) or say.has(last, say.SIGN_OUT):
        return False
    if _forbidden(name, wanted) or _forbidden(last, wanted):
        return False
    if by_address:
        return True
    if not node.visible or not node.enabled:
        return False
    if node.input_type in {"submit", "reset", "image"} and (node.form or node.tag == "input"):
        return False  # a plain <button> is called `submit` too; without a form it sends nothing
    if say.has(name, say.WRITE) and wanted.likeness(name) < 0.85:
        return False
    return not say.starts(name, say.CREATE) or wanted.kind == "form"


def _forbidden(name: str, wanted: Wanted) -> bool:
    # "Archive" and "Subscriptions" may be the very page that is wanted; a delete never is.
    return len(name) < 60 and say.starts(name, say.NEVER) and wanted.likeness(name) < 0.85


def page_address(raw: str, *, base: str, origins: tuple[str, ...]) -> str:
    """Return the address when it is a page of an approved origin that a GET may visit, else ''."""
    parts = urlsplit(raw)
    if parts.scheme not in {"http", "https"} or _FILES.search(parts.path):
        return ""
    origin = f"{parts.scheme}://{parts.netloc}"
    if origin not in origins:
        return ""
    here = urlsplit(base)
    same_document = parts[:4] == here[:4]
    if same_document and not parts.fragment.startswith(("/", "!")):
        return ""
    return raw


def canonical(url: str) -> str:
    """Return the address by which visits are remembered: no in-page fragment, sorted query."""
    parts = urlsplit(url)
    fragment = parts.fragment if parts.fragment.startswith(("/", "!")) else ""
    query = urlencode(sorted(parse_qsl(parts.query, keep_blank_values=True)))
    return urlunsplit((parts.scheme, parts.netloc, parts.path.rstrip("/") or "/", query, fragment))


def template(url: str) -> str:
    """Return the address with numbers and ids as `*`, so that a hundred detail pages count as one kind."""
    parts = urlsplit(canonical(url))
    path = re.sub(r"(?<=/)(?=[^/]*\d)[^/]+", "*", parts.path + "#" + parts.fragment)
    keys = ",".join(sorted(key for key, _ in parse_qsl(parts.query, keep_blank_values=True)))
    return f"{parts.netloc}{path}?{keys}"


def is_stable(url: str) -> bool:
    """Return whether the address carries no session token, so that it will lead there tomorrow too."""
    parts = urlsplit(url)
    if ";jsessionid" in parts.path.lower():
        return False
    return not any(
        _TOKENS.match(key) or (len(value) > 24 and not value.isalpha() and " " not in value)
        for key, value in parse_qsl(parts.query)
    )


def is_clickable(node: Node) -> bool:
    """Return whether a click does something: links and buttons, and plain elements that scripts made clickable."""
    if node.role in {"link", "button", "menuitem"}:
        return True
    return node.role in {"", "generic"} and node.tag in {
        "span",
        "div",
        "li",
        "td",
        "p",
        "img",
        "i",
        "b",
    }


def _opens_menu(node: Node) -> bool:
    if node.region in {"form", "table"} or node.form:
        return False
    if node.expanded is False or "aria-haspopup" in node.attributes:
        return node.role not in {"combobox", "textbox", "listbox"}
    if node.tag == "summary":
        return True
    return node.role == "button" and say.equals(_label(node), say.MENU)


def _is_menu_item(node: Node, wanted: Wanted) -> bool:
    if node.role in _MENU_ROLES:
        return True
    if not is_clickable(node) or not re.search(r"[^\W\d_]{2}", _label(node)):
        return False
    if node.form or node.region in {"form", "dialog"}:
        return False  # belongs to what is filled there
    return node.region in _MENUS or wanted.likeness(_label(node)) >= 0.6


def _score(node: Node, name: str, href: str, base: str, wanted: Wanted) -> float:
    if say.starts(name, say.NEXT_PAGE) or say.starts(name, say.PREVIOUS_PAGE):
        return 0.02  # more of the same page
    in_record = bool(node.row) and node.region not in _MENUS
    score = _promise(node, name, href, wanted)
    if score < 0.3:
        score = max(score, 0.06)
        if node.region in _MENUS or node.role in _MENU_ROLES:
            score = max(score, 0.14)
        if say.has(name, say.SIGN_IN) or say.has(name, say.REGISTER):
            score = 0.01
        if node.region == "footer":
            score = min(score, 0.05)
    if in_record:
        score *= 0.9 if score >= 0.6 else 0.4
    if wanted.kind == "form" and (say.starts(name, say.CREATE) or _creates(href)):
        score += 0.15
    if href and _same_path(href, base) and (wanted.likeness(name) < 0.6 or _sorts(href)):
        score *= 0.2  # the page itself, sorted or filtered otherwise
    return score


def _promise(node: Node, name: str, href: str, wanted: Wanted) -> float:
    """Return how well what a way is called, where it leads and what it stands under speak of the thing."""
    if wanted.path:
        return _on_the_way(name, href, wanted.path)
    in_list = bool(node.row) or node.region in _MENUS
    score = max(
        wanted.likeness(name),
        _by_address(href, wanted),
        0.0 if in_list else 0.5 * wanted.likeness(node.heading),
    )
    return max(score + 0.1, 0.6) if wanted.meets_rule(name) else score


def _on_the_way(name: str, href: str, path: tuple[str, ...]) -> float:
    """Return how promising a link is for folders within folders: the whole of `reports/2026`, or the step to `reports`."""
    far = max(along(path, href) if href else 0.0, along(path, name))
    if far:
        return 0.5 + 0.5 * far
    return 0.6 if name.strip().strip("/").casefold() in path else 0.0


def _by_address(href: str, wanted: Wanted) -> float:
    words = url_words(href)
    second = 0.8 if wanted.kind == "form" and _creates(href) else 0.4
    return max(
        (
            weight * wanted.likeness(word)
            for weight, word in zip((0.8, second), words, strict=False)
        ),
        default=0.0,
    )


def _creates(href: str) -> bool:
    words = url_words(href)
    return bool(words) and say.equals(words[0], "new|add|create|compose|neu|edit")


def _same_path(href: str, base: str) -> bool:
    mine, here = urlsplit(href), urlsplit(base)
    fragments = [part.fragment.partition("?")[0] for part in (mine, here)]
    return mine.path == here.path and fragments[0] == fragments[1] and mine.query != ""


def _sorts(href: str) -> bool:
    keys = {key.lower() for key, _ in parse_qsl(urlsplit(href).query, keep_blank_values=True)}
    return bool(keys & {"sort", "sortby", "sort_by", "order", "orderby", "order_by", "asc", "desc"})


def _label(node: Node) -> str:
    return node.name or node.text or node.attributes.get("title", "")

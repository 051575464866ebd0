"""What a request says about itself, beside the work: what the agent is called, or shall be called from now on."""

from __future__ import annotations

import re
from dataclasses import dataclass

_NAME = r"(?:\"(?P<{0}q>[^\"\n]+)\"|'(?P<{0}s>[^'\n]+)'|“(?P<{0}d>[^”\n]+)”|(?P<{0}w>[\w-]+(?: (?!that\b|which\b|who\b|to\b|and\b|for\b|please\b|then\b|it\b|every\b|each\b)[\w-]+){{0,3}}))"  # fmt: skip
_AGENT = r"(?:agent|bot|robot|automation|job|watcher|scraper|crawler|monitor)"
_CALLED = re.compile(
    rf"(?P<lead>\b(?:an?|new|another|one)\s+(?:new\s+)?{_AGENT})(?P<cut>\s*,?\s+(?:that\s+is\s+|which\s+is\s+)?(?:called|named)\s+{_NAME.format('a')}\s*,?)(?=\s+(?:that|which|who|to|and|for)\b|\s*[:.;\n])",
    re.IGNORECASE,
)
_CALL_IT = re.compile(
    rf"(?:(?<=[.!?;,\n])|\band\b|^)\s*(?:and\s+)?(?:please\s+)?(?:call|name)\s+(?P<what>it|this|that|(?:the|this|that|my)\s+(?:new\s+)?{_AGENT})\s+{_NAME.format('b')}\s*(?:please)?\s*(?=[.!?;\n]|$)",
    re.IGNORECASE,
)
_KEPT = re.compile(
    r"\b(?:table|dataset|data set|file|sheet|spreadsheet|folder|csv)\b[^.!?;\n]*$", re.IGNORECASE
)
_SITE = re.compile(
    r"https?://|\b(?:localhost|[\w-]+\.(?:com|org|net|io|example|local|test))\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A request without the words that only name the agent to be made."""

    text: str
    name: str = ""


def agent_named(text: str) -> Named:
    """Return the request with the name of its agent blanked out, at the same length, and the name."""
    if not _SITE.search(text):
        return Named(text=text)  # without a site it is about an agent that is there
    called = _CALLED.search(text)
    if called is not None:
        return Named(text=_blank(text, *called.span("cut")), name=_said(called, "a"))
    asked = _CALL_IT.search(text)
    if asked is None or (asked["what"].lower() in {"it", "this", "that"} and _KEPT.search(text[: asked.start()])):  # fmt: skip
        return Named(text=text)
    return Named(text=_blank(text, *asked.span()), name=_said(asked, "b"))


def _said(match: re.Match[str], prefix: str) -> str:
    return next(match[prefix + kind] for kind in "qsdw" if match[prefix + kind]).strip()


def _blank(text: str, start: int, end: int) -> str:
    return text[:start] + " " * (end - start) + text[end:]


_RENAMED = re.compile(
    r"^\s*(?:(?:from\s+now\s+on|henceforth|in\s+(?:the\s+)?future|from\s+today)\s*,?\s*)(?:please\s+)?call\s+"
    r"(?P<what>(?:(?:the|my|our)\s+)?(?:[\w-]+\s+){0,3}?(?:agent|bot|monitor|watcher|finder|scraper|crawler|collector|reader|one)|[a-z0-9]+(?:-[a-z0-9]+)+)\s+"
    r"(?P<name>[^.!?\n]+?)\s*[.!]?\s*$",
    re.IGNORECASE,
)


def as_rename(text: str) -> str:
    """Return `from now on call X Y` as `rename X to Y`."""
    said = _RENAMED.match(text)
    return text if said is None else f"rename {said['what']} to {said['name']}"

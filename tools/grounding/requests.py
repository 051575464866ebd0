"""Whether a request that a step sends now is the one it was learnt with: requests are a part of a step's meaning."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from podium.tools.grounding.meaning import around, change, rescoped
from podium.tools.grounding.words import concepts_in, contradicts, fold

_SENDING = frozenset({"POST", "PUT", "PATCH"})
_READING = frozenset({"GET", "HEAD"})
_PLAIN = frozenset({"api", "rest", "ajax", "app", "web", "www", "rpc", "index"})
"""Segments that say how, not what; so do `v2` and the like."""
_SUBMITTING = frozenset(
    {"create", "save", "submit", "send", "store", "add", "new", "post", "confirm"}
)
"""What the last segment may say besides the thing when a form is sent."""
_ACT = around((), act=True, commits=True)
"""`release` and `release-all` are two acts; `orders` and `order-drafts` two things."""
_UNDOING = frozenset(
    {
        "delete", "delete_all", "archive", "cancel", "reset", "sign_out", "deactivate", "disable", "unpublish", "reject",
        "decline", "discard", "refund", "move", "merge", "lock", "unsubscribe",
    }
)  # fmt: skip


def same_request(recorded: Sequence[str], now: str) -> bool:
    """Return whether the request `METHOD origin/path-template#operation` means one of the recorded ones.

    A moved address (`/api/v2/orders` for `/orders`) is the same request; another verb in it is not, whatever the button
    is called.
    """
    return any(_alike(one, now) for one in recorded)


def _alike(recorded: str, now: str) -> bool:
    if recorded == now:
        return True
    mine, theirs = _Parsed(recorded), _Parsed(now)
    if mine.origin != theirs.origin or not _methods_fit(mine.method, theirs.method):
        return False
    if mine.operation and theirs.operation and mine.operation != theirs.operation:
        return _words_fit(mine.operation, theirs.operation)
    if mine.method != theirs.method and theirs.method in _READING:
        return not concepts_in(theirs.last) & (_UNDOING - concepts_in(mine.last))
    if mine.words == theirs.words:
        return True
    if rescoped(" ".join(mine.words), " ".join(theirs.words)):
        return False
    if theirs.words[:-1] == mine.words and fold(theirs.last) in _SUBMITTING:
        return True
    if mine.words[:-1] == theirs.words and fold(mine.last) in _SUBMITTING:
        return True
    return _words_fit(mine.last, theirs.last)


def _methods_fit(recorded: str, now: str) -> bool:
    if recorded == now:
        return True
    return now in _READING or {recorded, now} <= _SENDING


def _words_fit(recorded: str, now: str) -> bool:
    if not recorded or not now or contradicts(recorded, now):
        return False
    if concepts_in(now) & (_UNDOING - concepts_in(recorded)):
        return False
    return change(recorded, now, _ACT) in {"same", "close"}


class _Parsed:
    """A signature in its parts."""

    def __init__(self, signature: str) -> None:
        self.method, _, rest = signature.partition(" ")
        address, _, self.operation = rest.partition("#")
        parts = urlsplit(address)
        self.origin = f"{parts.scheme}://{parts.netloc}"
        segments = [_spaced(part) for part in parts.path.split("/") if part and part != "*"]
        self.words = [
            part
            for part in segments
            if fold(part) not in _PLAIN and not re.fullmatch(r"v ?\d{1,2}", fold(part))
        ]

    @property
    def last(self) -> str:
        """The last segment that says something."""
        return self.words[-1] if self.words else ""


def _spaced(segment: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])|[-_.]+", " ", segment)

"""How sure a share is that few runs show."""

from __future__ import annotations

from math import sqrt
from typing import Final

_SURE: Final = 1.645
"""Nine times in ten the true share lies between the bounds."""


def share_between(hits: int, tries: int) -> tuple[float, float]:
    """Return the bounds of a share by Wilson's interval: of 4 hits in 4 tries it is 0.6 to 1."""
    if not tries:
        return 0.0, 1.0
    share, more = hits / tries, _SURE**2 / tries
    middle = (share + more / 2) / (1 + more)
    width = _SURE * sqrt(share * (1 - share) / tries + more / (4 * tries)) / (1 + more)
    return max(0.0, middle - width), min(1.0, middle + width)

"""Names that files of strangers may have on our disk."""

from __future__ import annotations

import re
import unicodedata
from pathlib import PurePosixPath

_LONGEST_BYTES = 180
_LONGEST_SUFFIX = 20
# Separators, also percent-encoded ones: whoever decodes the name later must not get a path.
_SEPARATORS = re.compile(r"[/\\]|%2f|%5c", re.IGNORECASE)
_AWKWARD = re.compile(r'[<>:"|?*]')
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)", re.IGNORECASE)


def safe_name(name: str) -> str:
    """Return a name that stays in its folder, shows as it is, and exists on every system; never empty.

    Directories, control and invisible characters go; a leading dot or dash and reserved names are
    prefixed; a long name is cut before its suffix.
    """
    parts = [part for part in _SEPARATORS.split(name) if part.strip(". \0")]
    text = unicodedata.normalize("NFC", parts[-1] if parts else "")
    # Cc, Cf, Cs, Co, Cn: control, direction marks, lone surrogates, private, unassigned.
    shown = "".join(sign for sign in text if not unicodedata.category(sign).startswith("C"))
    shown = " ".join(_AWKWARD.sub("_", shown).split()).rstrip(". ")
    if shown.startswith((".", "-", "~")):
        shown = f"_{shown.lstrip('.-~')}" if shown.lstrip(".-~") else ""
    if not shown:
        return "file"
    if _RESERVED.fullmatch(shown.split(".")[0].strip()):
        shown = f"_{shown}"
    return _cut(shown)


def numbered(name: str, number: int) -> str:
    """Return the name of the number-th different file of that name: `a.csv`, `a (2).csv`, ..."""
    if number == 1:
        return name
    stem, suffix = _split(name)
    return f"{stem} ({number}){suffix}"


def _split(name: str) -> tuple[str, str]:
    suffix = PurePosixPath(name).suffix
    if len(suffix) > _LONGEST_SUFFIX or " " in suffix:
        return name, ""
    return name.removesuffix(suffix) if suffix else name, suffix


def _cut(name: str) -> str:
    stem, suffix = _split(name)
    room = _LONGEST_BYTES - len(suffix.encode())
    if len(stem.encode()) <= room:
        return name
    return stem.encode()[:room].decode(errors="ignore").rstrip(". ") + suffix

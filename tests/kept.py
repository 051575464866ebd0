"""Where suites that take several calls keep their results: outside git, and only for the code that they were made with."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCK = "requirements/dev.lock"
"""A source of every suite whose results depend on the libraries too."""


def fingerprint(sources: Iterable[str], *, root: Path = ROOT) -> str:
    """Return a hash of the files, and of all files in the folders, that a result depends on."""
    digest = hashlib.sha256()
    for source in sources:
        place = root / source
        for file in sorted(place.rglob("*")) if place.is_dir() else [place]:
            if file.is_file() and "__pycache__" not in file.parts:
                digest.update(str(file.relative_to(root)).encode())
                digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()[:16]


def kept_folder(
    base: str, name: str, *, sources: Iterable[str], fresh: bool = False, root: Path = ROOT
) -> Path:
    """Return the folder of results of the present code; those of other code are dropped, and with `fresh` these too."""
    folder = root / base / f"{name}-{fingerprint(sources, root=root)}"
    for other in (root / base).glob(f"{name}-*"):
        if fresh or other != folder:
            shutil.rmtree(other, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    return folder

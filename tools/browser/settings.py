"""What the browser layer has to be told from outside."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class BrowserSettings:
    """Where Chromium is, how it is started and where its throw-away files go."""

    chromium: Path | None = None
    """Explicit executable; found by itself otherwise."""
    no_sandbox: bool = False
    """Start without Chromium's sandbox. As root there is no other way; never a default."""
    headful: bool = False
    folder: Path = field(default_factory=lambda: Path(tempfile.gettempdir()))
    """Profiles and unfinished downloads live here and are removed with their session."""
    viewport: tuple[int, int] = (1280, 900)
    max_download_bytes: int = 2_000_000_000
    max_age_s: float = 6 * 3600.0
    """An older Chromium takes no new session."""
    max_memory_mb: float = 2_500.0
    """One that holds more for itself when a session has ended takes no new session."""

"""What this machine has and lacks, and what to do about it."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from podium.server.settings import Settings
from podium.state.document import Document
from podium.state.errors import PodiumError
from podium.tools.browser.chromium import find_chromium
from podium.tools.browser.settings import BrowserSettings

_MIN_FREE_BYTES = 500_000_000


class Finding(Document):
    """One thing that was looked at."""

    what: str
    ok: bool
    seen: str
    remedy: str = ""
    optional: bool = False


def examine(settings: Settings) -> tuple[Finding, ...]:
    """Look at Python, Chromium, its sandbox, the data folder, the disk and the model."""
    return (
        _python(),
        _chromium(settings),
        _sandbox(settings),
        _home(settings),
        _disk(settings),
        _model(settings),
    )


def _python() -> Finding:
    version = ".".join(str(part) for part in sys.version_info[:3])
    return Finding(
        what="Python",
        ok=sys.version_info >= (3, 11),
        seen=version,
        remedy="Podium needs Python 3.11 or newer.",
    )


def _chromium(settings: Settings) -> Finding:
    try:
        explicit = Path(settings.chromium) if settings.chromium else None
        path = find_chromium(BrowserSettings(chromium=explicit))
    except PodiumError as error:
        return Finding(what="Chromium", ok=False, seen=error.message, remedy=error.hint)
    return Finding(what="Chromium", ok=True, seen=str(path))


def _sandbox(settings: Settings) -> Finding:
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    if not root:
        return Finding(what="Browser sandbox", ok=True, seen="on")
    return Finding(
        what="Browser sandbox",
        ok=settings.chromium_no_sandbox,
        seen="off, as root allows nothing else"
        if settings.chromium_no_sandbox
        else "running as root",
        remedy="Run as another user, or set PODIUM_CHROMIUM_NO_SANDBOX=1 in a container of its own.",
    )


def _home(settings: Settings) -> Finding:
    home = settings.home
    parent = next(path for path in (home, *home.parents) if path.exists())
    return Finding(
        what="Data folder",
        ok=os.access(parent, os.W_OK),
        seen=str(home),
        remedy="Set PODIUM_HOME to a folder you may write to.",
    )


def _disk(settings: Settings) -> Finding:
    home = settings.home
    parent = next(path for path in (home, *home.parents) if path.exists())
    free = shutil.disk_usage(parent).free
    return Finding(
        what="Free disk space",
        ok=free >= _MIN_FREE_BYTES,
        seen=f"{free / 1e9:.1f} GB",
        remedy="Chromium's profiles and the files agents keep need at least 0.5 GB.",
    )


def _model(settings: Settings) -> Finding:
    if settings.model == "offline":
        return Finding(what="Model", ok=True, seen="offline rules; no key, no network")
    named = settings.model.startswith("openai:")
    reachable = settings.openai_api_key is not None or bool(settings.openai_base_url)
    return Finding(
        what="Model",
        ok=named and reachable,
        seen=settings.model,
        remedy="Write PODIUM_MODEL=openai:NAME and set OPENAI_API_KEY or OPENAI_BASE_URL.",
    )

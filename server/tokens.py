"""The access token of the HTTP doors: given, or made once and kept for its owner."""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path

from podium.server.settings import Settings
from podium.state.errors import SetupError

_FILE = "http.token"
_BYTES = 32


def access_token(settings: Settings) -> str:
    """Return the token every request must bear, making a 0600 file with one on first use.

    Raises:
        SetupError: If the file cannot be made or read.
    """
    if settings.token is not None and settings.token.get_secret_value():
        return settings.token.get_secret_value()
    path = token_file(settings)
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with contextlib.suppress(FileExistsError):
            _make(path)
        token = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeError) as error:
        raise SetupError(
            f"The access token in {str(path)!r} cannot be used: {error}",
            hint="Make the file readable and writable for you, or set PODIUM_TOKEN.",
        ) from error
    if not token:
        raise SetupError(
            f"The access token file {str(path)!r} is empty", hint="Delete it; a new one is made."
        )
    return token


def token_file(settings: Settings) -> Path:
    """Return where the token lies when none is set."""
    return settings.home / _FILE


def _make(path: Path) -> None:
    # Written beside and linked into place, so that no process ever reads half a token.
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(_BYTES) + "\n")
        path.hardlink_to(draft)
    finally:
        draft.unlink(missing_ok=True)

"""Signatures of the Standard Webhooks scheme (`v1`: HMAC-SHA256 of id, timestamp and body).

Thirty lines of our own rather than the reference package: that one takes one key at a time, and raises `ValueError` on
what is malformed. Both sign alike; a test holds the scheme's published example.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime

PREFIX = "whsec_"
TOLERANCE_S = 300
_ID = re.compile(r"[\x21-\x7e]{1,256}")
_SIGNATURES = 16


class BadSignature(Exception):
    """The message is not from who it says, or not of now."""


def new_secret() -> str:
    """Return a fresh secret as both sides keep it."""
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode("ascii")


def sign(secret: str, *, message_id: str, at: datetime, body: bytes) -> str:
    """Return the `webhook-signature` of a message."""
    digest = _digest(secret, message_id, str(int(at.timestamp())), body)
    return "v1," + base64.b64encode(digest).decode("ascii")


def verify(
    keys: Sequence[str],
    *,
    message_id: str,
    timestamp: str,
    signature: str,
    body: bytes,
    now: datetime,
) -> None:
    """Accept a message that one of the keys signed within five minutes of now.

    Raises:
        BadSignature: If it is anything else, malformed headers included.
    """
    if not _ID.fullmatch(message_id) or not re.fullmatch(r"[0-9]{1,12}", timestamp):
        raise BadSignature
    if abs(now.astimezone(UTC).timestamp() - int(timestamp)) > TOLERANCE_S:
        raise BadSignature
    digests = [_digest(key, message_id, timestamp, body) for key in keys]
    given = [_given(part) for part in signature.split(" ")[:_SIGNATURES]]
    # Every pair is compared, so that the time tells nothing about which of them fits.
    fits = [
        hmac.compare_digest(one, other) for one in digests for other in given if other is not None
    ]
    if not any(fits):
        raise BadSignature


def _given(part: str) -> bytes | None:
    version, _, value = part.partition(",")
    if version != "v1":
        return None
    try:
        return base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        return None


def _digest(secret: str, message_id: str, timestamp: str, body: bytes) -> bytes:
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signed = f"{message_id}.{timestamp}.".encode("ascii") + body
    return hmac.new(key, signed, hashlib.sha256).digest()

"""Signed webhooks by the Standard Webhooks scheme, in and out."""

from __future__ import annotations

from podium.tools.webhooks.sending import Delivery, HttpSender, Sender
from podium.tools.webhooks.signing import BadSignature, new_secret, sign, verify

__all__ = ["BadSignature", "Delivery", "HttpSender", "Sender", "new_secret", "sign", "verify"]

"""Telling people through the services they use: the adapter of apprise, with the services that it may speak to."""

# apprise leaves type parameters open.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

import asyncio
import ipaddress
import logging
from typing import Protocol
from urllib.parse import parse_qsl, urlsplit

from podium.state.errors import UserError
from podium.tools.browser.origins import Origin, may_connect, normal_host
from podium.tools.browser.proxy import Resolver, system_resolver
from podium.tools.webhooks.sending import Delivery

SERVICES = frozenset(
    {
        "discord", "form", "forms", "gchat", "gotify", "gotifys", "hassio", "hassios", "json", "jsons", "mailgun", "mailto",
        "mailtos", "matrix", "matrixs", "mmost", "mmosts", "msteams", "ntfy", "ntfys", "opsgenie", "pagerduty", "pbul",
        "pover", "rocket", "rockets", "sendgrid", "signal", "signals", "slack", "tgram", "twilio", "workflows", "wxteams",
        "xml", "xmls", "zulip",
    }
)  # fmt: skip
"""Those that send by the network to a service the address names; what acts on this machine is not among them."""
_HOSTED = frozenset(
    {
        "form", "forms", "gotify", "gotifys", "hassio", "hassios", "json", "jsons", "mailto", "mailtos", "matrix", "matrixs",
        "mmost", "mmosts", "ntfy", "ntfys", "rocket", "rockets", "signal", "signals", "xml", "xmls",
    }
)  # fmt: skip
"""Those whose address names the host that is spoken to; the others go to the service's own."""

_SAYINGS = frozenset({"bcc", "cc", "format", "from", "name", "priority", "tags", "to"})
"""What may stand after `?`: nothing that names another host, follows redirects, trusts any certificate or attaches files."""


def is_for_people(address: str) -> bool:
    """Return whether the address is one of a service that tells people, and no plain web address."""
    return urlsplit(address).scheme.lower() not in {"http", "https", ""}


def check_address(address: str) -> str:
    """Return how lists show the address: its service, without host, names and tokens.

    Raises:
        UserError: If it is none of a service that may be used, or is not complete.
    """
    from apprise import Apprise

    scheme = urlsplit(address).scheme.lower()
    if scheme not in SERVICES:
        raise UserError(
            f"{scheme!r} is no service that people are told by",
            hint=f"Choose from: {', '.join(sorted(SERVICES))}.",
        )
    extra = {name for name, _ in parse_qsl(urlsplit(address).query, keep_blank_values=True)}
    if extra - _SAYINGS:
        raise UserError(
            f"{', '.join(sorted(extra - _SAYINGS))} may not be said in an address",
            hint=f"What may stand after `?`: {', '.join(sorted(_SAYINGS))}.",
        )
    if Apprise.instantiate(address, suppress_exceptions=True) is None:
        raise UserError(
            f"This is no complete address of {scheme}",
            hint="How it is written stands in apprise's documentation of that service.",
        )
    return f"{scheme}://\u2026"


class Notifier(Protocol):
    """Makes one attempt to tell people."""

    async def tell(self, address: str, *, title: str, text: str) -> Delivery:
        """Send the message; whatever goes wrong is in the delivery."""
        ...


class AppriseNotifier:
    """Tells by apprise. A host that the address names is vetted like an agent's; apprise resolves it once more itself."""

    def __init__(self, resolve: Resolver = system_resolver) -> None:
        self._resolve = resolve

    async def tell(self, address: str, *, title: str, text: str) -> Delivery:
        """Send the message; whatever goes wrong is in the delivery, without the address."""
        try:
            refused = await self._refused(address)
        except OSError:
            return Delivery(delivered=False, error="the host is not known")
        if refused:
            return Delivery(delivered=False, final=True, error=refused)
        if await asyncio.to_thread(_send, address, title, text):
            return Delivery(delivered=True)
        return Delivery(delivered=False, error="the service cannot be reached, or refused it")

    async def _refused(self, address: str) -> str:
        parts = urlsplit(address)
        if parts.scheme.lower() not in SERVICES:
            return f"{parts.scheme} is no service that people are told by"
        if parts.scheme.lower() not in _HOSTED:
            return ""
        host, port = normal_host(parts.hostname or ""), parts.port or 443
        if not host:
            return "the address names no host"
        origin = Origin("https", host, port)
        for text in await self._resolve(host, port):
            if not may_connect(origin, ipaddress.ip_address(text.partition("%")[0])):
                return f"{host} leads to an address of the private network"
        return ""


def _send(address: str, title: str, text: str) -> bool:
    from apprise import Apprise, AppriseAsset

    # Its log may hold what the address holds.
    logging.getLogger("apprise").setLevel(logging.CRITICAL)
    told = Apprise(asset=AppriseAsset(app_id="Podium", app_desc="Podium", plugin_paths=[]))
    return bool(told.add(address)) and bool(told.notify(title=title, body=text))

"""Telling people through the services they use: the adapter of apprise, with the services that it may speak to."""

# apprise leaves type parameters open.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

import asyncio
import ipaddress
import logging
import re
from typing import TYPE_CHECKING, Protocol
from urllib.parse import unquote, urlsplit

from podium.state.errors import UserError
from podium.tools.browser.origins import Origin, may_connect, normal_host
from podium.tools.browser.proxy import Resolver, system_resolver
from podium.tools.webhooks.sending import Delivery

if TYPE_CHECKING:
    from apprise import NotifyBase

SERVICES = frozenset(
    {
        "discord", "form", "forms", "gchat", "gotify", "gotifys", "hassio", "hassios", "json", "jsons", "mailgun", "mailto",
        "mailtos", "matrix", "matrixs", "mmost", "mmosts", "ntfy", "ntfys", "opsgenie", "pagerduty", "pbul",
        "pover", "rocket", "rockets", "sendgrid", "signal", "signals", "slack", "tgram", "twilio", "workflows", "wxteams",
        "xml", "xmls", "zulip",
    }
)  # fmt: skip
"""Those that send by the network to a service the address names; what acts on this machine is not among them."""
_HOSTED = frozenset(
    {
        "form", "forms", "gotify", "gotifys", "hassio", "hassios", "json", "jsons", "mailto", "mailtos", "matrix", "matrixs",
        "mmost", "mmosts", "ntfy", "ntfys", "rocket", "rockets", "signal", "signals", "workflows",
        "xml", "xmls", "zulip",
    }
)  # fmt: skip
"""Those whose address names the host that is spoken to; the others go to the service's own."""

_SAYINGS = frozenset({"bcc", "cc", "format", "from", "name", "priority", "tags", "to"})
"""What may stand after `?`: nothing that names another host, follows redirects, trusts any certificate or attaches files."""


_PLAIN_PORT = 443

_SPACE = re.compile(r"[\s\x00-\x1f\x7f]")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")


def is_for_people(address: str) -> bool:
    """Return whether the address is one of a service that tells people, and no plain web address."""
    return _scheme(address) not in {"http", "https", ""}


def _scheme(address: str) -> str:
    scheme = _SCHEME.match(address.strip())
    return scheme[1].lower() if scheme else ""


def check_address(address: str) -> str:
    """Return how lists show the address: its service, without host, names and tokens.

    Raises:
        UserError: If it is none of a service that may be used, or is not complete.
    """
    scheme = _scheme(address)
    if scheme not in SERVICES:
        raise UserError(
            f"{scheme!r} is no service that people are told by",
            hint=f"Choose from: {', '.join(sorted(SERVICES))}.",
        )
    incomplete = UserError(
        f"This is no complete address of {scheme}",
        hint="How it is written stands in apprise's documentation of that service.",
    )
    if _SPACE.search(address):
        raise UserError(
            "An address holds no blanks",
            hint="Write a blank in it as %20, and add several addresses one by one.",
        )
    try:
        _ = urlsplit(address).port
    except ValueError as error:
        raise incomplete from error
    extra = _said_in(address) - _SAYINGS
    if extra:
        raise UserError(
            f"{', '.join(sorted(extra))} may not be said in an address",
            hint=f"What may stand after `?`: {', '.join(sorted(_SAYINGS))}.",
        )
    service = _service(address)
    if service is None:
        raise incomplete
    if _topicless(service):
        raise UserError(
            f"This address of {scheme} names no topic",
            hint=f"Write {scheme}://HOST/TOPIC, or {scheme}://TOPIC for a topic of ntfy.sh.",
        )
    if scheme in _HOSTED and not normal_host(_spoken_to(service)[0]):
        raise incomplete
    return f"{scheme}://\u2026"


def _said_in(address: str) -> set[str]:
    """Return the names behind `?` as apprise splits them: also behind `#`, and by `;`."""
    pairs = re.split("[&;]", address.partition("?")[2])
    return {unquote(pair.partition("=")[0]).strip().lower() for pair in pairs} - {""}


class Notifier(Protocol):
    """Makes one attempt to tell people."""

    async def tell(self, address: str, *, title: str, text: str) -> Delivery:
        """Send the message; whatever goes wrong is in the delivery."""
        ...


class AppriseNotifier:
    """Tells by apprise. The host that it will speak to is vetted like an agent's; apprise resolves it once more itself."""

    def __init__(self, resolve: Resolver = system_resolver) -> None:
        self._resolve = resolve

    async def tell(self, address: str, *, title: str, text: str) -> Delivery:
        """Send the message; whatever goes wrong is in the delivery, without the address."""
        try:
            return await self._told(address, title, text)
        except OSError:
            return Delivery(delivered=False, error="the host is not known")
        except (ValueError, TypeError, LookupError, AttributeError, RuntimeError) as error:
            # What apprise's services raise over an odd address or answer: it may not end the courier of all.
            return Delivery(delivered=False, error=f"it cannot be sent ({type(error).__name__})")

    async def _told(self, address: str, title: str, text: str) -> Delivery:
        service = await asyncio.to_thread(_service, address)
        if service is None or _topicless(service):
            return Delivery(delivered=False, final=True, error="the address cannot be used")
        refused = await self._refused(service) if _scheme(address) in _HOSTED else ""
        if refused:
            return Delivery(delivered=False, final=True, error=refused)
        if await asyncio.to_thread(_send, service, title, text):
            return Delivery(delivered=True)
        return Delivery(delivered=False, error="the service cannot be reached, or refused it")

    async def _refused(self, service: NotifyBase) -> str:
        named, port = _spoken_to(service)
        host = normal_host(named)
        if not host:
            return "the address names no host"
        origin = Origin("https", host, port)
        for text in await self._resolve(host, port):
            if not may_connect(origin, ipaddress.ip_address(text.partition("%")[0])):
                return f"{host} leads to an address of the private network"
        return ""


def _service(address: str) -> NotifyBase | None:
    """Return the one service that the address stands for, as apprise reads it; it follows no site to another host."""
    from apprise import Apprise, AppriseAsset

    scheme = _scheme(address)
    if scheme not in SERVICES:
        return None
    # Its log may hold what the address holds.
    logging.getLogger("apprise").setLevel(logging.CRITICAL)
    if scheme in {"matrix", "matrixs"}:
        address += f"{'&' if '?' in address else '?'}discovery=no"
    asset = AppriseAsset(app_id="Podium", app_desc="Podium", plugin_paths=[], http_redirects=False)
    return Apprise.instantiate(address, asset=asset, suppress_exceptions=True)


def _spoken_to(service: NotifyBase) -> tuple[str, int]:
    """Return host and port that the service of `_HOSTED` connects to: not always what stands behind `://`."""
    named = str(service.host or "")
    if _is_cloud_ntfy(service):
        named = urlsplit(str(getattr(service, "cloud_notify_url", ""))).hostname or ""
    named = str(getattr(service, "smtp_host", "") or named)
    if hasattr(service, "organization"):
        named = f"{getattr(service, 'organization', '')}.{getattr(service, 'hostname', '')}"
    return named, int(getattr(service, "port", 0) or _PLAIN_PORT)


def _is_cloud_ntfy(service: NotifyBase) -> bool:
    return hasattr(service, "cloud_notify_url") and getattr(service, "mode", "") == "cloud"


def _topicless(service: NotifyBase) -> bool:
    return hasattr(service, "cloud_notify_url") and not getattr(service, "topics", ())


def _send(service: NotifyBase, title: str, text: str) -> bool:
    from apprise import Apprise

    told = Apprise(asset=service.asset)
    return told.add(service) and bool(told.notify(title=title, body=text))

"""Which addresses a run may reach: exact origins, and no machine of the private network that the plan does not name."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from podium.state.errors import NotPermitted

_DEFAULT_PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443}
_LOCAL_ENDINGS = (
    ".local", ".localhost", ".internal", ".intranet", ".lan", ".home", ".corp", ".private", ".test", ".home.arpa",
)  # fmt: skip
_HOST = re.compile(r"[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*\Z")
_METADATA = frozenset(
    ipaddress.ip_address(text)
    for text in ("169.254.169.254", "169.254.170.2", "100.100.100.200", "fd00:ec2::254")
)
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_NAT64_LOCAL = ipaddress.ip_network("64:ff9b:1::/48")

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True, slots=True)
class Origin:
    """Scheme, host and port: the unit of what a plan permits."""

    scheme: str
    host: str
    port: int

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        if _DEFAULT_PORTS[self.scheme] == self.port:
            return f"{self.scheme}://{host}"
        return f"{self.scheme}://{host}:{self.port}"

    @property
    def page(self) -> Origin:
        """The origin as a page of it would have it: `ws` belongs to `http`."""
        scheme = {"ws": "http", "wss": "https"}.get(self.scheme, self.scheme)
        return Origin(scheme, self.host, self.port)

    @property
    def names_private(self) -> bool:
        """Whether whoever wrote the name meant a machine of the private network, so that it may resolve to one."""
        return (
            _literal(self.host) is not None
            or "." not in self.host
            or self.host.endswith(_LOCAL_ENDINGS)
        )


def origin_of(url: str) -> Origin:
    """Return the origin of an address.

    Raises:
        NotPermitted: If it is not a plain http(s) or ws(s) address: other schemes, user names, back slashes, trailing dots.
    """
    refusal = NotPermitted(
        f"{url[:200]!r} is not an address a run may open", hint="Use a plain http or https address."
    )
    if re.search(r"[\\\s\x00-\x1f]", url):
        raise refusal
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise refusal from error
    scheme = parts.scheme.lower()
    if scheme not in _DEFAULT_PORTS or "@" in parts.netloc or not parts.hostname:
        raise refusal
    host = normal_host(parts.hostname)
    if not host:
        raise refusal
    return Origin(scheme, host, _DEFAULT_PORTS[scheme] if port is None else port)


def normal_host(host: str) -> str:
    """Return the one spelling of a host name or address literal, or '' when it is not a plain one."""
    literal = _literal(host)
    if literal is not None:
        return str(literal)
    try:
        ascii_host = (
            host.encode("idna").decode("ascii").lower() if not host.isascii() else host.lower()
        )
    except UnicodeError:
        return ""
    # `127.1`, `0x7f000001` and `2130706433` are spellings of addresses that resolvers accept.
    last = ascii_host.rsplit(".", 1)[-1]
    if not _HOST.match(ascii_host) or re.fullmatch(r"\d+|0x[0-9a-f]*", last):
        return ""
    return ascii_host


def _literal(host: str) -> Address | None:
    try:
        return ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return None


def is_public(address: Address) -> bool:
    """Return whether the address is one of the public internet, whatever it is wrapped in."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo or (None, None))[1]
        if inner is not None:
            return is_public(inner)
        if address in _NAT64 or address in _NAT64_LOCAL:
            return (
                is_public(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
                and address not in _NAT64_LOCAL
            )
        if int(address) >> 32 == 0:
            return False  # v4-compatible and ::, ::1
    return address.is_global and not address.is_multicast and address not in _METADATA


def may_connect(origin: Origin, address: Address) -> bool:
    """Return whether a name that the plan permits may lead to that address."""
    if address in _METADATA or address.is_multicast or address.is_unspecified:
        return False
    return is_public(address) or origin.names_private

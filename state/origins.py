"""Origins: the unit in which an agent's reach and a credential's use are approved."""

from __future__ import annotations

from urllib.parse import urlsplit

from podium.state.errors import UserError

_PORTS = {"http": 80, "https": 443}


def origin_of(url: str) -> str:
    """Return `scheme://host` or `scheme://host:port` of an address, lower case, without a default port.

    Raises:
        UserError: If it is not an http or https address.
    """
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError as error:
        raise _not_one(url) from error
    if parts.scheme not in _PORTS or not parts.hostname:
        raise _not_one(url)
    host = parts.hostname.rstrip(".")
    host = f"[{host}]" if ":" in host else _ascii(host, url)
    return f"{parts.scheme}://{host}" + ("" if port in {None, _PORTS[parts.scheme]} else f":{port}")


def _ascii(host: str, url: str) -> str:
    try:
        return host.encode("idna").decode("ascii")
    except UnicodeError as error:
        raise _not_one(url) from error


def _not_one(url: str) -> UserError:
    return UserError(
        f"{url!r} is not the address of a site", hint="Give it as https://host or http://host:port."
    )

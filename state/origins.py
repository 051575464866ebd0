"""Addresses and origins: exact scheme, host and port, with the tricks of look-alike addresses refused."""

from __future__ import annotations

from urllib.parse import urlsplit

from podium.state.errors import UserError

_PORTS = {"http": 80, "https": 443}


def origin_of(url: str) -> str:
    """Return `scheme://host[:port]` of an http(s) address, lower case, without a default port.

    Raises:
        UserError: If it is no plain http(s) address (other schemes, user info, backslashes, no host).
    """
    if "\\" in url or any(ord(char) < 33 for char in url):
        raise UserError(f"{url!r} is not an address", hint="It holds a space or a backslash.")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise UserError(f"{url!r} is not an address: {error}") from error
    if parts.scheme not in _PORTS or not parts.hostname:
        raise UserError(
            f"{url!r} is not a web address", hint="Give one that starts with https:// or http://."
        )
    if parts.username is not None or parts.password is not None:
        raise UserError(
            f"An address may not hold a user name or password ({parts.hostname!r})",
            hint="Store the credential with `podium secret set` instead.",
        )
    host = parts.hostname.rstrip(".")
    if ":" in host:
        host = f"[{host}]"
    if port is None or port == _PORTS[parts.scheme]:
        return f"{parts.scheme}://{host}"
    return f"{parts.scheme}://{host}:{port}"


def web_address(text: str) -> str:
    """Return what a person typed as a full address: `https://` is added (`http://` for loopback hosts).

    Raises:
        UserError: If it is no web address.
    """
    text = text.strip()
    if "://" not in text:
        host = text.split("/", 1)[0].rsplit(":", 1)[0]
        local = host == "localhost" or host.startswith("127.") or host == "[::1]"
        text = f"{'http' if local else 'https'}://{text}"
    host = urlsplit(text).hostname or ""
    origin_of(text)
    if "." not in host and host != "localhost" and ":" not in host:
        raise UserError(f"{text!r} is not a web address", hint="Give the site's full address.")
    return text

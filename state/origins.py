"""Origins: the unit in which an agent's reach and a credential's use are approved."""

from __future__ import annotations

from urllib.parse import urlsplit

from podium.state.errors import UserError

_PORTS = {"http": 80, "https": 443}


def origin_of(url: str) -> str:
    """Return `scheme://host` or `scheme://host:port` of an address, lower case, without a default port.

    Raises:
        UserError: If it is not a plain http or https address: other schemes, a user name, a backslash.
    """
    if "\\" in url:
        raise _not_one(url)
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError as error:
        raise _not_one(url) from error
    if parts.scheme not in _PORTS or not parts.hostname:
        raise _not_one(url)
    if "@" in parts.netloc:
        raise UserError(
            f"An address may not hold a user name or password ({parts.hostname!r})",
            hint="Store the credential with `podium secret set` instead.",
        )
    host = parts.hostname.rstrip(".")
    host = f"[{host}]" if ":" in host else _ascii(host, url)
    return f"{parts.scheme}://{host}" + ("" if port in {None, _PORTS[parts.scheme]} else f":{port}")


def web_address(text: str) -> str:
    """Return what a person typed as a full address: `https://` is added, `http://` for this machine.

    Raises:
        UserError: If it is no web address.
    """
    address = text.strip()
    if "://" not in address:
        host = address.split("/", 1)[0].rsplit(":", 1)[0]
        local = host == "localhost" or host.startswith("127.") or host == "[::1]"
        address = f"{'http' if local else 'https'}://{address}"
    site = origin_of(address).split("://", 1)[1]
    if any(char.isspace() for char in address) or not (
        "." in site or site.startswith(("localhost", "["))
    ):
        raise _not_one(text)
    return address


def _ascii(host: str, url: str) -> str:
    try:
        return host.encode("idna").decode("ascii")
    except UnicodeError as error:
        raise _not_one(url) from error


def _not_one(url: str) -> UserError:
    return UserError(
        f"{url!r} is not the address of a site", hint="Give it as https://host or http://host:port."
    )

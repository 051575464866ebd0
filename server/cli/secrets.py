"""`secret set|list|delete`."""

from __future__ import annotations

from podium.server.cli.listings import records
from podium.server.cli.output import DONE, emit, hidden, say, table
from podium.state.document import JsonObject
from podium.state.errors import UserError
from podium.state.origins import origin_of, web_address
from podium.state.stores import StoredSecret


def keep(name: str, origin: str, user: str, *, totp: bool, as_json: bool) -> int:
    """Keep a credential; the password is the first line of stdin, the TOTP seed the second.

    Raises:
        UserError: If the site is none, or the password is empty.
    """
    site = origin_of(web_address(origin))
    password = hidden(f"Password for {user or name} on {site}: ")
    if not password:
        raise UserError("The password is empty", hint="Type it at the prompt or pipe it to stdin.")
    seed = hidden("TOTP seed: ") if totp else ""
    with records() as kept:
        stored = kept.vault.put(
            name=name, origin=site, user=user, password=password, totp_seed=seed
        )
    if as_json:
        emit(_view(stored))
    else:
        say(f"Kept {stored.name} for {stored.origin}.")
    return DONE


def listing(*, as_json: bool) -> int:
    """List credentials, without their values."""
    with records() as kept:
        found = kept.vault.list()
    if as_json:
        emit([_view(item) for item in found])
        return DONE
    table(
        ("name", "site", "user", "TOTP"),
        [(item.name, item.origin, item.user, "yes" if item.has_totp else "") for item in found],
        empty="No credentials. Keep one: podium secret set NAME --origin URL --user USER",
    )
    return DONE


def delete(name: str, *, as_json: bool) -> int:
    """Forget a credential."""
    with records() as kept:
        kept.vault.delete(name)
    if as_json:
        emit({"deleted": name})
    else:
        say(f"Forgot {name}.")
    return DONE


def _view(item: StoredSecret) -> JsonObject:
    return item.to_json()

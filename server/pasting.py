"""Secrets pasted into a message: taken out before the message becomes graph input."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from podium.state.document import JsonObject
from podium.state.errors import InvalidAnswer, UserError
from podium.state.origins import origin_of, web_address
from podium.state.plan import Understanding
from podium.state.stores import Vault
from podium.tools.offline.pasted import FoundSecret, find_secrets


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A message without its secrets, and what to tell about them."""

    text: str
    found: tuple[FoundSecret, ...] = ()


def how_to_store(origin: str = "") -> str:
    """Return how a credential is stored, for messages."""
    return (
        f"`podium secret set NAME --origin {origin or 'URL'} --user USER` (password on stdin) "
        "or POST /api/v1/secrets"
    )


def take_out(text: str) -> Cleaned:
    """Return the message with a placeholder where each secret stood."""
    clean, found = find_secrets(text)
    return Cleaned(text=clean, found=found)


def put_away(cleaned: Cleaned, reading: Understanding, vault: Vault) -> tuple[str, ...]:
    """Keep the one password of the one site the message names; return what to tell the user.

    Whatever is not that clear is dropped, never guessed: a kept credential is not replaced by a pasted one.
    """
    passwords = [secret for secret in cleaned.found if secret.kind == "password" and secret.user]
    sites = _sites(request.site for request in reading.requests)
    if len(cleaned.found) == 1 and passwords and len(sites) == 1:
        site = sites[0]
        kept = vault.for_origin(site)
        if kept is not None:
            return (
                f"I took the password out of your message. {kept.name!r} is stored for {site} "
                f"already and stays as it is; change it with {how_to_store()}.",
            )
        name = secret_name(site)
        vault.put(name=name, origin=site, user=passwords[0].user, password=passwords[0].value)
        return (
            f"I took the password out of your message and stored it encrypted as {name!r} "
            f"for {site} only.",
        )
    what = "a secret" if len(cleaned.found) == 1 else f"{len(cleaned.found)} secrets"
    return (
        f"I took {what} out of your message and did not keep it. Store it with {how_to_store()}.",
    )


def secret_name(origin: str) -> str:
    """Return the name a credential of that site gets when nobody chose one."""
    host = origin.split("://")[-1]
    return "".join(char if char.isalnum() else "-" for char in host).strip("-") or "site"


def refuse_secrets(answer: JsonObject) -> None:
    """Refuse an answer one of whose texts holds a secret: a resume value is stored as it is.

    Raises:
        InvalidAnswer: Naming the field; the question stays open.
    """
    for name, value in answer.items():
        if isinstance(value, str) and find_secrets(value)[1]:
            raise InvalidAnswer(
                f"{name!r} holds what looks like a password or key",
                field=name,
                hint=f"Store it with {how_to_store()}, and answer without it.",
            )


def _sites(addresses: Iterable[str]) -> list[str]:
    found: list[str] = []
    for address in addresses:
        if not address:
            continue
        try:
            site = origin_of(web_address(address))
        except UserError:
            continue
        if site not in found:
            found.append(site)
    return found

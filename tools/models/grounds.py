"""What the user's own words and the workspace entitle a model's reading to name. Everything else was invented."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from podium.state.errors import UserError
from podium.state.origins import origin_of, web_address
from podium.state.triggers import zone
from podium.tools.planner import WorkspaceView

if TYPE_CHECKING:
    from tldextract import TLDExtract

_ADDRESS = re.compile(
    r"(?<![\w@/.-])(?:https?://[^\s\"'<>`]+"
    r"|(?:localhost|\d{1,3}(?:\.\d{1,3}){3}|(?:[\w-]+\.)+[a-z]{2,24})(?::\d{1,5})?(?:/[^\s\"'<>`]*)?)(?![\w@])",
    re.IGNORECASE,
)
_TEMPLATE = re.compile(r"\{inputs\.([\w-]+)\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Grounds:
    """The texts a reading may draw on, and the names it may use."""

    text: str
    """The user's words, as the model sees them."""
    addresses: tuple[str, ...]
    """Every address that the words and the workspace name."""
    secrets: tuple[tuple[str, str], ...] = ()
    """(name, origin) of stored credentials."""
    agents: tuple[str, ...] = ()
    timezone: str = "UTC"
    _known: dict[str, str] = field(init=False, default_factory=dict[str, str])

    def __post_init__(self) -> None:
        """Index the addresses by what is compared."""
        for address in self.addresses:
            self._known.setdefault(_compared(address), address)
            # Leaving out the path names less than the user did.
            self._known.setdefault(_compared(origin_of(address)), origin_of(address))

    def address(self, said: str) -> str | None:
        """Return the known address that is meant, or none when nobody named it."""
        try:
            return self._known.get(_compared(web_address(said)))
        except UserError:
            return None

    def secret_of(self, name: str, origin: str) -> bool:
        """Return whether a credential of that name is stored for that site (any site, when none is known)."""
        return any(name == known and (not origin or origin == at) for known, at in self.secrets)

    def copied(self, said: str, *, inputs: Iterable[str] = ()) -> bool:
        """Return whether the text stands in the user's words, apart from named inputs."""
        declared = set(inputs)
        if not set(_TEMPLATE.findall(said)) <= declared:
            return False
        have = _plain(self.text)
        return all(_plain(part) in have for part in _TEMPLATE.split(said)[::2])

    def may_use_zone(self, name: str) -> bool:
        """Return whether the time zone exists and is the workspace's, or one the user named."""
        try:
            zone(name)
        except UserError:
            return False
        city = name.rsplit("/", 1)[-1].replace("_", " ")
        return name == self.timezone or self.copied(name) or self.copied(city)


def grounds_of(text: str, workspace: WorkspaceView, *, more: Sequence[str] = ()) -> Grounds:
    """Return what a reading of the text may name; `more` are further addresses that were approved before."""
    named = [*addresses_in(text), *more]
    named += [agent.site for agent in workspace.agents if agent.site]
    named += [origin for _, origin in workspace.secrets if origin]
    return Grounds(
        text=text,
        addresses=tuple(dict.fromkeys(address for address in named if _is_address(address))),
        secrets=workspace.secrets,
        agents=tuple(agent.name for agent in workspace.agents),
        timezone=workspace.timezone,
    )


def addresses_in(text: str) -> tuple[str, ...]:
    """Return the web addresses in a text, full ones, in order; mail addresses and file names are none."""
    found: list[str] = []
    for match in _ADDRESS.finditer(text):
        # First: what stands for a password may hold brackets, which no parser of addresses takes.
        said = _without_user(_trimmed(match[0]))
        if "://" not in said and not _is_host(said.split("/", 1)[0].rsplit(":", 1)[0]):
            continue
        if _is_address(said):
            found.append(web_address(said))
    return tuple(dict.fromkeys(found))


def _trimmed(said: str) -> str:
    said = said.rstrip(".,;:!?*»”\u2019")
    while (
        said
        and said[-1] in ")]}"
        and said.count(said[-1]) > said.count("([{"[")]}".index(said[-1])])
    ):
        said = said[:-1].rstrip(".,;:!?")
    return said


def _is_host(host: str) -> bool:
    """Return whether the name ends in a public suffix, or names this machine or an address: `report.csv` does not."""
    lowered = host.lower()
    if lowered == "localhost" or re.fullmatch(r"\d{1,3}(\.\d{1,3}){3}", lowered):
        return True
    return bool(_extract()(lowered).suffix)


@cache
def _extract() -> TLDExtract:
    from tldextract import TLDExtract

    # No list is fetched and nothing is cached on disk: the bundled list serves.
    return TLDExtract(suffix_list_urls=(), cache_dir=None)


def _is_address(said: str) -> bool:
    try:
        web_address(said)
    except UserError:
        return False
    return True


def _without_user(address: str) -> str:
    return re.sub(r"(?<=://)[^/@\s]*@", "", address)


def _compared(address: str) -> str:
    """Return host, port, path and query: a scheme that was left out may be filled in either way."""
    parts = urlsplit(address)
    site = origin_of(address).split("://", 1)[1]
    query = f"?{parts.query}" if parts.query else ""
    return f"{site}{parts.path.rstrip('/')}{query}"


def _plain(text: str) -> str:
    straight = text.translate(str.maketrans("“”„\u2018\u2019\u201a", "\"\"\"'''"))
    return " ".join(straight.casefold().split())

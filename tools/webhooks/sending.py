"""Sending a message to an address of the user's choice: to the vetted address of its host, and nowhere else."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlsplit

from podium.state.errors import NotPermitted
from podium.tools.browser.origins import may_connect, origin_of
from podium.tools.browser.proxy import Resolver, system_resolver

_TIMEOUT_S = 15.0


@dataclass(frozen=True, slots=True)
class Delivery:
    """What came of one attempt."""

    delivered: bool
    final: bool = False
    """Trying again cannot help."""
    error: str = ""


class Sender(Protocol):
    """Makes one attempt to deliver."""

    async def send(self, url: str, *, headers: Mapping[str, str], body: bytes) -> Delivery:
        """Post the body; whatever goes wrong is in the delivery."""
        ...


class HttpSender:
    """Posts over HTTP. The host is resolved once and vetted by the rules of agents; redirects are not followed."""

    def __init__(self, resolve: Resolver = system_resolver) -> None:
        self._resolve = resolve

    async def send(self, url: str, *, headers: Mapping[str, str], body: bytes) -> Delivery:
        """Post the body; whatever goes wrong is in the delivery."""
        import httpx

        try:
            address = await self._vetted(url)
        except NotPermitted as error:
            return Delivery(delivered=False, final=True, error=error.message)
        except OSError as error:
            return Delivery(delivered=False, error=f"the host is not known: {error}")
        origin, parts = origin_of(url), urlsplit(url)
        literal = f"[{address}]" if ":" in address else address
        target = parts._replace(scheme=origin.scheme, netloc=f"{literal}:{origin.port}").geturl()
        sent = {**headers, "Host": parts.netloc, "Content-Type": "application/json"}
        try:
            async with httpx.AsyncClient(trust_env=False, timeout=_TIMEOUT_S) as client:
                answer = await client.post(
                    target, content=body, headers=sent, extensions={"sni_hostname": origin.host}
                )
        except httpx.HTTPError as error:
            return Delivery(delivered=False, error=f"{type(error).__name__}: {error}")
        if answer.is_success:
            return Delivery(delivered=True)
        # 410: the receiver wants no more of them (Standard Webhooks).
        return Delivery(
            delivered=False, final=answer.status_code == 410, error=f"HTTP {answer.status_code}"
        )

    async def _vetted(self, url: str) -> str:
        origin = origin_of(url)
        if origin.scheme not in {"http", "https"}:
            raise NotPermitted(f"{origin} is not an address that webhooks go to")
        for text in await self._resolve(origin.host, origin.port):
            if may_connect(origin, ipaddress.ip_address(text.partition("%")[0])):
                return text.partition("%")[0]
        raise NotPermitted(f"{origin} leads to an address of the private network, or to none")

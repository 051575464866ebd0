"""The practice portal behind a relay that lets its pages be mutated."""

from __future__ import annotations

from contextlib import ExitStack

import httpx

from podium.server.portal.serve import serve_portal
from tests.mutations.sites.base import BundledSite, Look, Write
from tests.sites import Reply, Request

_KEPT = ("content-disposition", "set-cookie")


class Portal(BundledSite):
    """Sign-in, catalogue and ticket form of the practice portal."""

    name = "portal"

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._served = self._stack.enter_context(serve_portal(seed=0))
        self._client = self._stack.enter_context(
            httpx.Client(base_url=self._served.url, follow_redirects=False, trust_env=False)
        )
        self._registered = 0
        super().__init__()

    @property
    def credential(self) -> tuple[str, str]:
        """User name and password."""
        return self._served.portal.username, self._served.portal.password

    def wear(self, look: Look) -> None:
        super().wear(look)
        self._registered = 0
        self._served.portal.reset()

    def respond(self, request: Request) -> str | Reply:
        if request.method == "POST" and request.path == "/register":
            self._registered += 1
        headers = {
            name: value
            for name, value in request.headers.items()
            if name in {"cookie", "content-type", "accept", "x-requested-with"}
        }
        answer = self._client.request(
            request.method,
            request.path,
            params=request.query,
            headers=headers,
            content=request.body,
        )
        self._count()
        kept = {name: answer.headers[name] for name in _KEPT if name in answer.headers}
        if "location" in answer.headers:
            kept["Location"] = answer.headers["location"].removeprefix(self._served.url)
        kind = answer.headers.get("content-type", "text/plain")
        body = answer.text if kind.startswith("text/html") else answer.content
        if isinstance(body, str):
            for old, new in self._replaced():
                body = body.replace(old, new)
        return Reply(body=body, status=answer.status_code, type=kind, headers=kept)

    def _replaced(self) -> list[tuple[str, str]]:
        changed = self.look.knobs.get("replace")
        if not isinstance(changed, dict):
            return []
        return [(old, str(new)) for old, new in changed.items()]

    def _count(self) -> None:
        """Take over what the portal's own truth counted: writes, and every submit of credentials after the first."""
        truth = self._served.portal.truth
        again = [Write("sign_in_again", one.user) for one in truth.sign_ins[1:]]
        again += [Write("register")] * self._registered
        self.writes = again + [
            Write(one.kind, "", tuple(sorted(one.fields.items())))
            for one in truth.writes
            if one.kind != "sign_out"
        ]

    def close(self) -> None:
        super().close()
        self._stack.close()

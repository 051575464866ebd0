"""What every page of the lab has: an oracle that counts each write and its target, and ways to look different."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from pydantic import JsonValue

from tests.sites import Answer, Reply, Request, Site

PAGES = Path(__file__).parent.parent / "pages"
_FURTHER = ("second.js", "third.js", "fourth.js", "fifth.js", "sixth.js", "seventh.js")
SCRIPT = (
    (PAGES / "mutators.js")
    .read_text(encoding="utf-8")
    .replace(
        "/* further sets */",
        "\n".join((PAGES / name).read_text(encoding="utf-8") for name in _FURTHER),
    )
)


@dataclass(frozen=True, slots=True)
class Write:
    """A change that arrived at a site."""

    kind: str
    target: str = ""
    fields: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True)
class Look:
    """How the site differs from the day the agent was learnt."""

    knobs: dict[str, JsonValue] = field(default_factory=dict[str, JsonValue])
    """Differences that the server makes."""
    scripts: Sequence[str] = ()
    """Mutators of `pages/mutators.js` that every page of the site goes through."""
    seed: int = 0

    def knob(self, name: str, default: str) -> str:
        """Return a text knob."""
        value = self.knobs.get(name)
        return value if isinstance(value, str) else default

    def number(self, name: str, default: int) -> int:
        """Return a numeric knob."""
        value = self.knobs.get(name)
        return value if isinstance(value, int) else default


class BundledSite:
    """One small application on loopback."""

    name = ""

    def __init__(self) -> None:
        self.look = Look()
        self.writes: list[Write] = []
        self.site = Site({}, fallback=self._answer)
        self.url = self.site.url

    def wear(self, look: Look) -> None:
        """Look like that from now on, with the first day's data and nothing written."""
        self.look = look
        self.writes = []
        self.site.requests.clear()

    def respond(self, request: Request) -> str | Reply:
        """Return the site's answer, not yet mutated."""
        raise NotImplementedError

    def wrote(self, kind: str, target: str = "", /, **fields: str) -> None:
        """Count a write."""
        self.writes.append(Write(kind, target, tuple(sorted(fields.items()))))

    def _answer(self, request: Request) -> Answer:
        answer = self.respond(request)
        reply = answer if isinstance(answer, Reply) else Reply(body=answer)
        if not reply.type.startswith("text/html") or not isinstance(reply.body, str):
            return reply
        return Reply(
            body=_with_head(reply.body, self._head()),
            status=reply.status,
            type=reply.type,
            headers=reply.headers,
        )

    def _head(self) -> str:
        knobs = json.dumps(self.look.knobs)
        head = f"<script>window.LOOK = {knobs};</script>"
        if self.look.scripts:
            chosen = json.dumps(
                {"names": list(self.look.scripts), "seed": self.look.seed, "site": self.name}
            )
            head += f"<script>window.MUTATE = {chosen};\n{SCRIPT}</script>"
        return head

    def close(self) -> None:
        """Stop serving."""
        self.site.close()


def _with_head(html: str, head: str) -> str:
    if "<head>" in html:
        return html.replace("<head>", f"<head>{head}", 1)
    return head + html


def body_of(request: Request) -> dict[str, str]:
    """Return the fields of a form or JSON body."""
    if "json" in request.headers.get("content-type", ""):
        values = cast("dict[str, JsonValue]", json.loads(request.body or b"{}"))
        return {name: str(value) for name, value in values.items()}
    return request.form


def as_json(value: JsonValue) -> Reply:
    """Return a JSON answer."""
    return Reply(body=json.dumps(value), type="application/json")


def page(name: str) -> str:
    """Return a page of the lab."""
    return (PAGES / name).read_text(encoding="utf-8")

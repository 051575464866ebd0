"""One thing that a person did, as the recorder saw it. Plain values; secrets are not among them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from podium.state.target import Target

ActionKind = Literal["open", "click", "fill", "secret", "select", "check", "press", "upload"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """A trusted input of a person, with what it acted on as it was just before."""

    kind: ActionKind
    url: str
    """Address of the tab's page, or where an `open` leads."""
    target: Target | None = None
    value: str = ""
    """Text, option, key or file name; always empty for secrets."""
    checked: bool = False
    password: bool = False
    """The secret went into a password field."""
    requests: tuple[str, ...] = ()
    """Signatures of the requests other than reads that followed it."""
    led_to: str = ""
    """Path of the page that it led to, when that is another one."""
    file: str = ""
    """Name of the file that it brought."""

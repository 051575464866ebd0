"""Watching a person at work in a session's tabs: trusted input becomes actions, described on the page as it was."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import cast
from urllib.parse import urlsplit

from pydantic import JsonValue

from podium.state.document import JsonObject
from podium.tools.browser.downloads import safe_name
from podium.tools.browser.room import Room
from podium.tools.browser.snapshot import FramePart, assemble
from podium.tools.browser.wire import flag, mapping, text, texts
from podium.tools.grounding.describe import describe
from podium.tools.page import SAFE_METHODS, Node, Snapshot, StepPolicy
from podium.tools.recording.actions import Action, ActionKind

_BINDING = "podiumTell"
_KINDS = frozenset({"click", "fill", "secret", "select", "check", "press", "upload"})
_QUIET_S = 0.4
"""After the last word from a page, at the end: what the last action set off may still come."""


@cache
def recorder_script() -> str:
    """Return the script that tells what a person does."""
    return (files("podium.tools.browser") / "recorder.js").read_text(encoding="utf-8")


@dataclass(slots=True)
class _Seen:
    """An action with the account as it stood when it was told."""

    action: Action
    requests: int
    documents: int
    downloads: frozenset[str]


class Recording:
    """What a person does from `start` to `stop`, in every tab and frame of the session."""

    def __init__(self, room: Room, *, told: Callable[[Action], None] | None = None) -> None:
        self._room = room
        self._told = told
        self._seen: list[_Seen] = []
        self._heard = asyncio.Event()

    async def start(self) -> None:
        """Let pages tell from now on; those that are open and those to come."""
        room = self._room
        room.guard.begin(StepPolicy(effect="write"))  # the person decides what is sent
        room.wire.on("Runtime.bindingCalled", self._called)
        await room.tabs.equip(
            (
                ("Runtime.enable", {}),
                ("Runtime.addBinding", {"name": _BINDING, "executionContextName": "podium"}),
                (
                    "Page.addScriptToEvaluateOnNewDocument",
                    {
                        "source": recorder_script(),
                        "worldName": "podium",
                        "runImmediately": True,
                    },
                ),
            )
        )

    def opened(self, url: str) -> None:
        """Note that an address was opened, the first of all actions."""
        self._note(Action(kind="open", url=url))

    async def stop(self) -> tuple[Action, ...]:
        """Return what was done, in order, each with what it led to."""
        while True:
            self._heard.clear()
            try:
                async with asyncio.timeout(_QUIET_S):
                    await self._heard.wait()
            except TimeoutError:
                break
        ends = [*self._seen[1:], self._now(Action(kind="open", url=""))]
        return tuple(
            self._judged(seen, until) for seen, until in zip(self._seen, ends, strict=True)
        )

    # -- what pages tell -----------------------------------------------------------------------------

    def _called(self, params: JsonObject, session: str) -> None:
        if text(params, "name") != _BINDING:
            return
        try:
            said = cast("JsonValue", json.loads(text(params, "payload")))
        except ValueError:
            return
        kind = text(said, "kind")
        if kind in _KINDS:
            self._note(_action(cast("ActionKind", kind), mapping(said)))

    def _note(self, action: Action) -> None:
        self._room.guard.acting()
        self._seen.append(self._now(action))
        self._heard.set()
        if self._told is not None:
            self._told(action)

    def _now(self, action: Action) -> _Seen:
        room = self._room
        sent = room.guard.traffic(str, documents=(), dialogs=()).sent
        return _Seen(action, len(sent), len(room.tabs.activity.committed), room.downloads.mark())

    def _judged(self, seen: _Seen, until: _Seen) -> Action:
        """Return the action with what happened until the next one."""
        room, action = self._room, seen.action
        sent = room.guard.traffic(str, documents=(), dialogs=()).sent
        writes = [
            one.signature
            for one in sent[seen.requests : until.requests]
            if one.method not in SAFE_METHODS
        ]
        arrived = room.downloads.since(seen.downloads, frozenset(room.tabs.frames_seen))
        fresh = [one for one in arrived if one.guid in until.downloads]
        documents = room.tabs.activity.committed[seen.documents : until.documents]
        led = urlsplit(documents[-1].url) if documents else None
        moved = led is not None and led.path != urlsplit(action.url).path
        return replace(
            action,
            requests=tuple(dict.fromkeys(writes)),
            led_to=documents[-1].url if moved and action.kind != "open" else "",
            file=safe_name(fresh[-1].name) if fresh and action.kind == "click" else "",
        )


def _action(kind: ActionKind, said: JsonObject) -> Action:
    """Return the action with its element described on the page that came along."""
    raw = cast("JsonValue", json.loads(text(said, "page") or "{}"))
    part = FramePart(mapping(raw), texts(said, "frames"))
    snapshot = assemble([part])
    node = _node(snapshot, texts(said, "refs"))
    return Action(
        kind=kind,
        url=text(said, "url"),
        target=describe(node, snapshot) if node is not None else None,
        value=text(said, "key") or text(said, "value"),
        checked=flag(said, "checked"),
        password=flag(said, "password"),
    )


def _node(snapshot: Snapshot, refs: tuple[str, ...]) -> Node | None:
    """Return the innermost of the elements that the page shows as something of its own."""
    nodes = {node.ref: node for node in snapshot.nodes}
    return next((nodes[ref] for ref in refs if ref in nodes), None)

"""Reading every frame of the active tab at once."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass

from pydantic import JsonValue

from podium.state.document import JsonObject
from podium.state.errors import Retryable
from podium.tools.browser.snapshot import FramePart, frame_name
from podium.tools.browser.tabs import Frame, Tabs
from podium.tools.browser.wire import DevToolsError, dig, flag, mapping, objects, text, texts

_SHADOWS = 3
_WIDENED = 3
"""How often a grid that got the room of its hidden columns is looked at again."""
_REDRAW_S = 0.15


@dataclass(frozen=True, slots=True)
class Place:
    """Where a document stands in its tab."""

    frame: Frame
    doc: str
    parent: str = ""
    """Document id of the frame around it."""
    holder: str = ""
    """Ref, in the parent, of the element that holds it."""


@dataclass(frozen=True, slots=True)
class _Read:
    place: Place
    part: FramePart


async def read_frames(tabs: Tabs) -> tuple[list[FramePart], dict[str, Place]]:
    """Return what each frame shows, outermost first, and where each document stands.

    Raises:
        DevToolsError: If the tab's own document was replaced meanwhile.
    """
    own = (await tabs.ready_roots())[0]
    frames, first = await asyncio.gather(tabs.frames(), _snapshot(tabs, own, top=True))
    if not frames or frames[0].session != own.session:
        raise DevToolsError("read", "Target closed: another tab is active now")
    inner = await asyncio.gather(*(_snapshot(tabs, frame, top=False) for frame in frames[1:]))
    answers = [first, *inner]
    reads: dict[str, _Read] = {}
    for frame, raw in zip(frames, answers, strict=True):
        if raw is None:
            continue
        if not frame.parent:
            reads[frame.id] = _Read(Place(frame, text(raw, "doc")), FramePart(raw))
            continue
        around = reads.get(frame.parent)
        if around is not None:
            reads[frame.id] = await _inside(tabs, around, frame, raw)
    return [read.part for read in reads.values()], {
        read.place.doc: read.place for read in reads.values()
    }


async def _snapshot(tabs: Tabs, frame: Frame, *, top: bool) -> JsonObject | None:
    try:
        seen = await _look(tabs, frame)
        for _ in range(_SHADOWS):  # closed roots may hold further ones
            closed = texts(seen, "closed")
            if not closed:
                break
            await tabs.adopt(frame, closed)
            seen = await _look(tabs, frame)
        for _ in range(_WIDENED):
            if not flag(mapping(seen), "widened"):
                break
            await asyncio.sleep(_REDRAW_S)
            seen = await _look(tabs, frame)
    except (DevToolsError, Retryable):
        if top:
            raise
        return None  # a frame that went away while its page was read
    return seen


async def _look(tabs: Tabs, frame: Frame) -> JsonObject | None:
    value: JsonValue = await tabs.call(frame, "snapshot")
    if not isinstance(value, str):
        return None
    parsed: JsonValue = json.loads(value)
    return parsed if isinstance(parsed, dict) else None


async def _inside(tabs: Tabs, around: _Read, frame: Frame, raw: JsonObject) -> _Read:
    try:
        ref = await tabs.owner_ref(frame, around.place.frame)
    except DevToolsError:
        ref = ""
    holders = [one for one in objects(around.part.raw, "frames") if text(one, "ref") == ref]
    holder = holders[0] if holders else mapping(None)
    x, y = _pair(dig(holder, "box"))
    scroll_x, scroll_y = _pair(dig(raw, "scroll"))
    shown = around.part.shown and flag(mapping(holder), "shown")
    part = FramePart(
        raw,
        (*around.part.names, frame_name(holder, frame.url)),
        (around.part.offset[0] + x - scroll_x, around.part.offset[1] + y - scroll_y),
        shown,
    )
    return _Read(Place(frame, text(raw, "doc"), around.place.doc, ref), part)


def _pair(value: JsonValue) -> tuple[float, float]:
    if isinstance(value, list) and len(value) >= 2:
        x, y = value[0], value[1]
        if isinstance(x, int | float) and isinstance(y, int | float):
            return float(x), float(y)
    return 0.0, 0.0

"""Turns what the page script says about each frame into one `Snapshot`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from pydantic import JsonValue

from podium.state.document import JsonObject
from podium.tools.browser.wire import dig, first, flag, mapping, number, objects, text, texts
from podium.tools.grounding.heads import with_heads
from podium.tools.page import Collection, CollectionKind, Form, Node, Record, Snapshot, Value

_TEXT_LIMIT = 20_000
_MENU_FRAME = re.compile(r"(?i)\b(nav|navigation|menu|toc|left|contents|index|sidebar)\b")
_KINDS: dict[str, CollectionKind] = {
    "table": "table",
    "cards": "cards",
    "list": "list",
    "record": "record",
}


@dataclass(frozen=True, slots=True)
class FramePart:
    """One frame's part of a snapshot, and where the frame stands in the tab."""

    raw: JsonObject
    names: tuple[str, ...] = ()
    """Names of the frames around it, outermost first; empty for the tab's own document."""
    offset: tuple[float, float] = (0.0, 0.0)
    shown: bool = True


def frame_name(holder: JsonObject, url: str) -> str:
    """Return the durable name of a frame: its name, title, or the path of its address."""
    path = urlsplit(url).path if url.startswith(("http://", "https://")) else ""
    return first((text(holder, "name"), text(holder, "title"), path, text(holder, "src"), "frame"))


def assemble(parts: list[FramePart]) -> Snapshot:
    """Return the snapshot of a tab from its frames' parts, the tab's own document first."""
    top = parts[0].raw
    shown = [part for part in parts if part.shown]
    body = "\n".join(filter(None, (text(part.raw, "text") for part in shown)))
    return Snapshot(
        url=text(top, "url"),
        title=text(top, "title"),
        headings=tuple(heading for part in shown for heading in texts(part.raw, "headings")),
        messages=tuple(message for part in shown for message in texts(part.raw, "messages")),
        text=body[:_TEXT_LIMIT],
        nodes=tuple(_node(raw, part) for part in parts for raw in objects(part.raw, "nodes")),
        forms=tuple(_form(raw) for part in parts for raw in objects(part.raw, "forms")),
        collections=with_heads(
            [_collection(raw, part) for part in shown for raw in objects(part.raw, "collections")]
        ),
        frames=tuple("/".join(part.names) for part in parts if part.names),
        dialog=any(flag(part.raw, "dialog") for part in shown),
        language=text(top, "language"),
        banner=tuple(line for part in shown for line in texts(part.raw, "banner")),
        above=tuple(line for part in shown for line in texts(part.raw, "above")),
    )


def _node(raw: JsonObject, part: FramePart) -> Node:
    attributes = {
        key: value for key, value in mapping(raw, "attributes").items() if isinstance(value, str)
    }
    return Node(
        ref=text(raw, "ref"),
        tag=text(raw, "tag"),
        role=text(raw, "role"),
        name=text(raw, "name"),
        input_type=text(raw, "input_type"),
        label=text(raw, "label"),
        placeholder=text(raw, "placeholder"),
        text=text(raw, "text"),
        value=text(raw, "value"),
        attributes=attributes,
        heading=text(raw, "heading"),
        region=text(raw, "region") or _frame_region(part),
        form=text(raw, "form"),
        row=text(raw, "row"),
        column=text(raw, "column"),
        anchors=texts(raw, "anchors"),
        frame=part.names,
        shadow=texts(raw, "shadow"),
        box=_box(raw, part),
        visible=flag(raw, "visible") and part.shown,
        enabled=flag(raw, "enabled"),
        covered=flag(raw, "covered"),
        checked=_maybe(dig(raw, "checked")),
        expanded=_maybe(dig(raw, "expanded")),
        required=flag(raw, "required"),
        options=texts(raw, "options"),
        path=text(raw, "path"),
    )


def _frame_region(part: FramePart) -> str:
    """Framesets put their menu into a frame of its own."""
    return "navigation" if part.names and _MENU_FRAME.search(part.names[-1]) else ""


def _box(raw: JsonObject, part: FramePart) -> tuple[float, float, float, float]:
    numbers = dig(raw, "box")
    x, y, width, height = (
        float(one) if isinstance(one, int | float) else 0.0 for one in _four(numbers)
    )
    return (x + part.offset[0], y + part.offset[1], width, height)


def _four(value: JsonValue) -> list[JsonValue]:
    return value if isinstance(value, list) and len(value) == 4 else [0, 0, 0, 0]


def _maybe(value: JsonValue) -> bool | None:
    return value if isinstance(value, bool) else None


def _form(raw: JsonObject) -> Form:
    method = text(raw, "method")
    labels = ", ".join(texts(raw, "labels"))
    return Form(
        ref=text(raw, "ref"),
        method=method,
        action=text(raw, "action"),
        name=text(raw, "name"),
        signature=f"{method or 'script'} {text(raw, 'template')} [{labels}]",
        has_password=flag(raw, "password"),
        has_file=flag(raw, "file"),
        nodes=texts(raw, "nodes"),
        in_dialog=flag(raw, "dialog"),
    )


def _collection(raw: JsonObject, part: FramePart) -> Collection:
    total = dig(raw, "total")
    headers = texts(raw, "headers")
    return Collection(
        ref=text(raw, "ref"),
        kind=_KINDS.get(text(raw, "kind"), "list"),
        heading=text(raw, "heading"),
        headers=headers,
        path=text(raw, "path"),
        frame=part.names,
        records=tuple(_record(record, headers) for record in objects(raw, "records")),
        region=text(raw, "region"),
        total=int(number(raw, "total")) if isinstance(total, int | float) else None,
        told=flag(raw, "told"),
    )


def _record(raw: JsonObject, headers: tuple[str, ...]) -> Record:
    listed = dig(raw, "values")
    values = [texts(value) for value in listed] if isinstance(listed, list) else []
    return Record(
        ref=text(raw, "ref"),
        values=tuple(_value(fields, index, headers) for index, fields in enumerate(values)),
        nodes=texts(raw, "nodes"),
    )


def _value(fields: tuple[str, ...], index: int, headers: tuple[str, ...]) -> Value:
    shown, href, machine, path, header = (*fields, "", "", "", "", "")[:5]
    if headers:  # a table: the column says where it stands
        path, header = f"td[{index}]", headers[index] if index < len(headers) else ""
    return Value(text=shown, path=path, header=header, href=href, datetime=machine)

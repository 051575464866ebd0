"""Hand-made snapshots for tests of the pure finders."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from podium.tools.page import (
    Collection,
    CollectionKind,
    Form,
    Node,
    Record,
    Snapshot,
    Value,
)

SITE = "http://site.test"
_refs = itertools.count()


def ref() -> str:
    return f"n{next(_refs)}"


def a_link(
    name: str, href: str = "", *, region: str = "", row: str = "", **attributes: str
) -> Node:
    url = href if "://" in href or not href else f"{SITE}{href}"
    return Node(
        ref=ref(),
        tag="a",
        role="link",
        name=name,
        text=name,
        region=region,
        row=row,
        attributes={**({"href": url} if url else {}), **attributes},
    )


def a_button(
    name: str,
    *,
    form: str = "",
    kind: str = "submit",
    region: str = "",
    row: str = "",
    enabled: bool = True,
) -> Node:
    return Node(
        ref=ref(),
        tag="button",
        role="button",
        name=name,
        text=name,
        form=form,
        input_type=kind,
        region=region,
        row=row,
        enabled=enabled,
    )


def a_field(
    label: str,
    *,
    form: str = "f",
    kind: str = "text",
    tag: str = "input",
    role: str = "textbox",
    name: str = "",
    value: str = "",
    required: bool = False,
    options: tuple[str, ...] = (),
    placeholder: str = "",
    region: str = "",
) -> Node:
    return Node(
        ref=ref(),
        tag=tag,
        role=role,
        name=label,
        label=label,
        form=form,
        input_type=kind,
        value=value,
        required=required,
        options=options,
        placeholder=placeholder,
        region=region,
        attributes={"name": name} if name else {},
    )


def a_form(*nodes: Node, ref: str = "f", name: str = "", method: str = "post") -> Form:
    return Form(
        ref=ref,
        method=method,
        action="/",
        name=name,
        signature=f"{method} / {name}",
        has_password=any(node.input_type == "password" for node in nodes),
        has_file=any(node.input_type == "file" for node in nodes),
        nodes=tuple(node.ref for node in nodes),
    )


def a_table(
    headers: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    heading: str = "",
    kind: CollectionKind = "table",
    region: str = "main",
    links: dict[int, str] | None = None,
    total: int | None = None,
) -> Collection:
    """Return a table; `links` gives for some columns the address template of their values."""
    records: list[Record] = []
    for cells in rows:
        values = tuple(
            Value(
                text=cell,
                path=f"td:{place}",
                header=headers[place] if headers else "",
                href=f"{SITE}{(links or {})[place].format(cells[0])}"
                if place in (links or {})
                else "",
            )
            for place, cell in enumerate(cells)
        )
        records.append(Record(ref=ref(), values=values))
    return Collection(
        ref=ref(),
        kind=kind,
        heading=heading,
        headers=tuple(headers),
        path="main>table",
        frame=(),
        records=tuple(records),
        region=region,
        total=total,
    )


def a_page(
    *nodes: Node,
    path: str = "/",
    title: str = "",
    headings: tuple[str, ...] = (),
    forms: tuple[Form, ...] = (),
    collections: tuple[Collection, ...] = (),
    messages: tuple[str, ...] = (),
    text: str = "",
    dialog: bool = False,
) -> Snapshot:
    return Snapshot(
        url=f"{SITE}{path}",
        title=title,
        headings=headings,
        messages=messages,
        text=text,
        nodes=nodes,
        forms=forms,
        collections=collections,
        dialog=dialog,
    )

"""A shipping desk: frames in frames, components with closed shadow roots, acts that are icons."""

from __future__ import annotations

from typing import cast

from pydantic import JsonValue

from tests.mutations.sites.base import BundledSite, as_json, body_of, page
from tests.sites import Reply, Request

CONSIGNMENTS = [
    ("CN-8801", "Harrow Tools", "Leeds", "124.5", "310.00", "packed"),
    ("CN-8802", "Orchid Labs", "Cardiff", "8.2", "46.90", "packed"),
    ("CN-8803", "Bright & Daughters", "Oban", "640", "1,250.00", "booked"),
    ("CN-8804", "Quill Press", "Dover", "33.7", "118.40", "packed"),
    ("CN-8805", "Tern Outdoor", "Hull", "71", "205.75", "booked"),
]
_KEYS = ("id", "consignee", "town", "weight", "price", "state")


class Shipping(BundledSite):
    """Consignments to dispatch and to book."""

    name = "shipping"

    def respond(self, request: Request) -> str | Reply:
        match request.path.strip("/").split("/"):
            case [""] | ["list"] | ["book"]:
                return self._outer(
                    "/desk/book" if request.path.startswith("/book") else "/desk/list"
                )
            case ["desk", inner] if inner in {"list", "book"}:
                return (
                    "<!doctype html><html lang=en><head><title>Desk</title></head><body>"
                    f"<iframe name=work title=Work src=/inner/{inner} style='width:100%;height:640px;border:0'></iframe></body></html>"
                )
            case ["inner", inner] if inner in {"list", "book"}:
                return page("shipping.html")
            case ["api", "consignments"] if request.method == "GET":
                rows = [dict(zip(_KEYS, one, strict=True)) for one in CONSIGNMENTS]
                if self.look.knobs.get("reverse"):
                    rows.reverse()
                if self.look.knobs.get("only_booked"):
                    rows = [row for row in rows if row["state"] == "booked"]
                return as_json(cast("list[JsonValue]", rows))
            case ["api", "consignments", number, verb] if request.method == "POST":
                self.wrote(verb, number)
                return as_json({})
            case [*path] if request.method == "POST":
                self.wrote("/".join(path), "", **body_of(request))
                return as_json({})
            case _:
                return Reply(status=404, body="<h1>Not found</h1>")

    def _outer(self, inner: str) -> str:
        account = self.look.knob("account", "Northline Ltd")
        return (
            "<!doctype html><html lang=en><head><title>Shipping desk</title></head><body><header><b>Shipping desk</b> "
            f"<nav><a href=/list>Consignments</a> <a href=/book>Book</a></nav> <span class=account>Account: <b>{account}</b></span> "
            "<a href=/switch>Switch account</a></header>"
            f"<main><iframe name=desk title=Desk src={inner} style='width:100%;height:700px;border:0'></iframe></main></body></html>"
        )

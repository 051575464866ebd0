"""A shop's back office: one page with client-side routes, a grid that draws only the rows in sight, a form that is a route of its own."""

from __future__ import annotations

from typing import cast

from pydantic import JsonValue

from tests.mutations.sites.base import BundledSite, as_json, body_of, page
from tests.sites import Reply, Request

_NAMES = ("Lamp", "Stool", "Rug", "Vase", "Clock", "Tray")
PRODUCTS = [
    (f"SK-{400 + n}", f"{_NAMES[n % 6]} {n + 1}", f"{20 + n * 1.5:.2f}", f"{(20 + n * 1.5) * 1.2:.2f}", str(3 + n * 7 % 40))
    for n in range(22)
]  # fmt: skip
_KEYS = ("sku", "name", "net", "gross", "stock")


class Shop(BundledSite):
    """Products to feature, discounts to create."""

    name = "shop"

    def respond(self, request: Request) -> str | Reply:
        match request.path.strip("/").split("/"):
            case ["api", "products"] if request.method == "GET":
                rows = [dict(zip(_KEYS, one, strict=True)) for one in PRODUCTS]
                if self.look.knobs.get("reverse"):
                    rows.reverse()
                if self.look.knobs.get("low"):
                    rows = rows[:9]
                return as_json(cast("list[JsonValue]", rows))
            case ["api", "products", number, verb] if request.method == "POST":
                self.wrote(verb, number)
                return as_json({})
            case [*path] if request.method == "POST":
                fields = {k: v for k, v in body_of(request).items() if k != "extra"}
                self.wrote("/".join(path), "", **fields)
                return as_json({})
            case [""] | ["products"] | ["discounts"] | ["discounts", "new"] | ["products", _]:
                return page("shop.html")
            case _:
                return Reply(status=404, body="<h1>Not found</h1>")

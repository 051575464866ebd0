"""Stockroom: a hash-routed single-page application whose list keeps only the rows in view."""

from __future__ import annotations

from tests.mutations.sites.base import BundledSite, as_json, body_of, page
from tests.sites import Reply, Request

ITEMS = [
    (f"ST-{300 + n}", name, f"{'ABC'[n % 3]}{n % 7 + 1}", (n * 37) % 90 + 1)
    for n, name in enumerate(
        f"{size} {thing}"
        for size in ("Small", "Large", "Steel", "Brass", "Plain")
        for thing in ("bracket", "hook", "washer", "clamp", "hinge", "plate")
    )
]


class Stockroom(BundledSite):
    """Items in a virtual list, a form that posts JSON."""

    name = "stock"

    def respond(self, request: Request) -> str | Reply:
        match request.path.strip("/").split("/"):
            case [""]:
                return page("stock.html")
            case ["api", "items"]:
                return as_json(
                    [
                        {"id": id_, "name": name, "place": place, "count": count, "min": count // 2}
                        for id_, name, place, count in ITEMS
                    ]
                )
            case ["api", "items", number, verb] if request.method == "POST":
                self.wrote(verb, number)
                return as_json({})
            case [*_, kind] if request.method == "POST":
                self.wrote(kind, "", **body_of(request))
                return as_json({})
            case _:
                return Reply(status=404, body="<h1>Not found</h1>")

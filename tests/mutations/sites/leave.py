"""Leave planner: Material-like components, everything inside open shadow roots."""

from __future__ import annotations

from tests.mutations.sites.base import BundledSite, as_json, body_of, page
from tests.sites import Reply, Request

REQUESTS = [
    ("LR-51", "Ida Moss", "2026-07-06", 5, "Holiday"),
    ("LR-52", "Jon Vale", "2026-07-13", 2, "Training"),
    ("LR-53", "Kim Arden", "2026-08-03", 10, "Holiday"),
    ("LR-54", "Lou Marsh", "2026-08-10", 1, "Sick leave"),
]


class LeavePlanner(BundledSite):
    """Requests as cards with two buttons each, and a form of components."""

    name = "leave"

    def respond(self, request: Request) -> str | Reply:
        match request.path.strip("/").split("/"):
            case ["api", "requests"] if request.method == "GET":
                return as_json(
                    [
                        {"id": id_, "person": person, "from": start, "days": days, "kind": kind}
                        for id_, person, start, days, kind in REQUESTS
                    ]
                )
            case ["api", "requests", number, verb] if request.method == "POST":
                self.wrote(verb, number)
                return as_json({})
            case [*_, kind] if request.method == "POST":
                self.wrote(kind, "", **body_of(request))
                return as_json({})
            case [""] | ["requests"] | ["new"]:
                return page("leave.html")
            case _:
                return Reply(status=404, body="<h1>Not found</h1>")

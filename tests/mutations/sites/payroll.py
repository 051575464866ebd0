"""Payments: a grid of ARIA roles made of divs and a scripted form."""

from __future__ import annotations

from tests.mutations.sites.base import BundledSite, as_json, body_of, page
from tests.sites import Reply, Request

PAYMENTS = [
    ("PY-9001", "Ashgrove Ltd", "1250.00", "2026-06-01"),
    ("PY-9002", "Birch & Co", "310.40", "2026-06-03"),
    ("PY-9003", "Cedar Works", "78.15", "2026-06-04"),
    ("PY-9004", "Dunlin Press", "4420.00", "2026-06-09"),
    ("PY-9005", "Elm Street Gym", "59.90", "2026-06-11"),
]


class Payroll(BundledSite):
    """Payments to release, expenses to record."""

    name = "payroll"

    def respond(self, request: Request) -> str | Reply:
        match request.path.strip("/").split("/"):
            case ["api", "payments"] if request.method == "GET":
                return as_json(
                    [
                        {"id": id_, "payee": payee, "amount": amount, "due": due}
                        for id_, payee, amount, due in PAYMENTS
                    ]
                )
            case ["api", "payments", number, verb] if request.method == "POST":
                self.wrote(verb, number)
                return as_json({})
            case [*_, kind] if request.method == "POST":
                self.wrote(kind, "", **body_of(request))
                return as_json({})
            case [""] | ["expense"]:
                return page("payroll.html")
            case _:
                return Reply(status=404, body="<h1>Not found</h1>")

"""Allotment gardens: plots in a table of the server's, produce that is offered by a form."""

from __future__ import annotations

from tests.mutations.sites.base import BundledSite, body_of
from tests.sites import Reply, Request

PLOTS = [
    ("G-14", "Ilse Brandt", "210 m²", "3.4", "96.00", "2011"),
    ("G-15", "Tom Okafor", "180 m²", "2.9", "82.50", "2019"),
    ("G-16", "Wen Li", "305 m²", "7.1", "139.00", "2008"),
    ("G-17", "Ana Duarte", "150 m²", "1.8", "69.00", "2022"),
    ("G-18", "Jo Winter", "260 m²", "4.6", "118.40", "2015"),
]
HEADS = {
    "plot": "Plot no.",
    "gardener": "Gardener",
    "size": "Size",
    "water": "Water (m³)",
    "rent": "Rent",
    "since": "Since",
    "action": "",
}
FIELDS = {"crop": "Crop", "amount": "Amount", "unit": "Unit", "day": "Pick-up day"}


class Garden(BundledSite):
    """Plots to extend, produce to offer."""

    name = "garden"

    def respond(self, request: Request) -> str | Reply:
        match request.path.strip("/").split("/"):
            case [""] | ["plots"]:
                return self._plots(request)
            case ["offer"] if request.method == "GET":
                return self._offer(request)
            case ["plots", number, verb] if request.method == "POST":
                self.wrote(verb, number)
                return _see_other(f"/plots?done={number}")
            case [kind, *rest] if request.method == "POST":
                fields = {k: v for k, v in body_of(request).items() if k != "extra"}
                self.wrote("/".join([kind, *rest]), "", **fields)
                return _see_other("/offer?ok=1")
            case _:
                return Reply(status=404, body="<h1>Not found</h1>")

    def _page(self, title: str, heading: str, main: str) -> str:
        return (
            f"<!doctype html><html lang=en><head><title>{title} - Elder Lane gardens</title></head><body>"
            "<header><nav><a href=/plots>Plots</a> <a href=/offer>Offer produce</a></nav></header>"
            f"<main><h1>{heading}</h1>{main}</main></body></html>"
        )

    def _words(self, knob: str, words: dict[str, str]) -> dict[str, str]:
        changed = self.look.knobs.get(knob)
        return words | (
            {k: str(v) for k, v in changed.items()} if isinstance(changed, dict) else {}
        )

    def _plots(self, request: Request) -> str:
        look, heads = self.look, self._words("heads", HEADS)
        done = request.query.get("done", "")
        note = f"<p role=status>The lease of {done} was extended</p>" if done else ""
        verb, action = look.knob("verb", "extend"), look.knob("action", "Extend")
        rows = ""
        for plot, gardener, size, water, rent, since in PLOTS:
            if look.knobs.get("swapped"):
                water, rent = rent, water
            cells = "".join(
                f"<td>{text}</td>" for text in (plot, gardener, size, water, rent, since)
            )
            rows += (
                f"<tr>{cells}<td><form method=post action=/plots/{plot}/{verb}>"
                f"<button class=act>{action}</button></form></td></tr>"
            )
        head = "".join(f"<th>{text}</th>" for text in heads.values())
        heading = look.knob("heading", "Plots")
        table = f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
        return self._page(heading, heading, note + table)

    def _offer(self, request: Request) -> str:
        look, names = self.look, self._words("fields", FIELDS)
        note = (
            "<div role=alert>Thank you, your offer is on the board</div>"
            if "ok" in request.query
            else ""
        )
        options = "".join(f"<option>{unit}</option>" for unit in ("kg", "bunch", "crate"))
        heading = look.knob("form_heading", "Offer produce")
        form = (
            f"<form method=post action={look.knob('form_action', '/offers')}>"
            f"<p><label for=crop>{names['crop']}</label> <input id=crop name=crop></p>"
            f"<p><label for=amount>{names['amount']}</label> <input id=amount name=amount type=number></p>"
            f"<p><label for=unit>{names['unit']}</label> <select id=unit name=unit>{options}</select></p>"
            f"<p><label for=day>{names['day']}</label> <input id=day name=day></p>"
            f"<button>{look.knob('save', 'Offer it')}</button></form>"
        )
        return self._page(heading, heading, note + form)


def _see_other(where: str) -> Reply:
    return Reply(status=303, headers={"Location": where})

"""Clinic desk: appointments as definition lists, a form with radio buttons."""

from __future__ import annotations

from tests.mutations.sites.base import BundledSite, body_of
from tests.sites import Reply, Request

VISITS = [
    ("AP-710", "Mara Lindt", "Dr. Osei", "2026-05-04 09:20", "2"),
    ("AP-711", "Noel Hart", "Dr. Osei", "2026-05-04 09:40", "2"),
    ("AP-712", "Orla Finch", "Dr. Petrov", "2026-05-04 10:00", "4"),
    ("AP-713", "Piet Maas", "Dr. Quill", "2026-05-04 10:20", "1"),
    ("AP-714", "Rosa Iriarte", "Dr. Petrov", "2026-05-04 10:40", "4"),
]


class Clinic(BundledSite):
    """Appointments and a booking form."""

    name = "clinic"

    def respond(self, request: Request) -> str | Reply:
        match request.path.strip("/").split("/"):
            case [""] | ["visits"]:
                return self._visits(request)
            case ["book"] if request.method == "GET":
                return self._book(request)
            case ["visits", number, verb] if request.method == "POST":
                self.wrote(verb, number)
                return _see_other(f"/visits?said={number}")
            case [kind, *rest] if request.method == "POST":
                fields = {k: v for k, v in body_of(request).items() if k != "extra"}
                self.wrote("/".join([kind, *rest]), "", **fields)
                return _see_other("/book?ok=1")
            case _:
                return Reply(status=404, body="<h1>Not found</h1>")

    def _page(self, title: str, main: str) -> str:
        return (
            f"<!doctype html><html lang=en><head><title>{title}</title></head><body><nav><a href=/visits>Visits</a> "
            f"<a href=/book>Book</a></nav><main><h1>{title}</h1>{main}</main></body></html>"
        )

    def _visits(self, request: Request) -> str:
        look = self.look
        said = request.query.get("said", "")
        note = f"<div class=alert role=alert>Visit {said} is confirmed</div>" if said else ""
        verb, action = look.knob("verb", "confirm"), look.knob("action", "Confirm")
        rows = "".join(
            f"<tr><td>{number}</td><td>{patient}</td><td>{doctor}</td><td>{when}</td><td>{room}</td>"
            f"<td><form method=post action=/visits/{number}/{verb}><button class=act>{action}</button></form></td></tr>"
            for number, patient, doctor, when, room in VISITS
        )
        heads = [look.knob("head_0", "Visit no."), "Patient", look.knob("head_2", "Doctor")]
        heads += [look.knob("head_3", "When"), "Room", ""]
        head = "".join(f"<th>{text}</th>" for text in heads)
        return self._page(
            look.knob("heading", "Visits"),
            f"{note}<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>",
        )

    def _book(self, request: Request) -> str:
        look = self.look
        note = "<div role=alert>Appointment booked</div>" if "ok" in request.query else ""
        return self._page(
            "Book",
            f"{note}<form method=post action={look.knob('form_action', '/book')}>"
            f"<div><label for=p>{look.knob('patient', 'Patient')}</label><input id=p name=patient></div>"
            f"<div><label for=t>{look.knob('phone', 'Phone')}</label><input id=t name=phone type=tel></div>"
            "<div><label for=c>Complaint</label><textarea id=c name=complaint></textarea></div>"
            f"<button>{look.knob('save', 'Book appointment')}</button> <a href=/visits>Back</a></form>",
        )


def _see_other(where: str) -> Reply:
    return Reply(status=303, headers={"Location": where})

"""A radio station: tracks on cards that a script draws, suggestions that are sent as JSON."""

from __future__ import annotations

from tests.mutations.sites.base import BundledSite, as_json, body_of, page
from tests.sites import Reply, Request

TRACKS = [
    ("TR-201", "Low Tide", "Mira Sol", "3:41", "128", "Ada"),
    ("TR-202", "Paper Moon", "The Kites", "2:58", "94", "Bo"),
    ("TR-203", "Northbound", "Otto Lind", "4:12", "301", "Ada"),
    ("TR-204", "Salt", "Mira Sol", "3:05", "57", "Cem"),
    ("TR-205", "Glasshouse", "Fen & Co", "5:20", "212", "Bo"),
    ("TR-206", "Second Hand", "June Park", "3:33", "143", "Cem"),
]


class Radio(BundledSite):
    """Tracks to queue, suggestions to send."""

    name = "radio"

    def respond(self, request: Request) -> str | Reply:
        match request.path.strip("/").split("/"):
            case ["api", "tracks"] if request.method == "GET":
                names = ("id", "title", "artist", "length", "plays", "host")
                return as_json([dict(zip(names, track, strict=True)) for track in TRACKS])
            case ["api", "tracks", number, verb] if request.method == "POST":
                self.wrote(verb, number)
                return as_json({})
            case [*_, kind] if request.method == "POST":
                self.wrote(kind, "", **body_of(request))
                return as_json({})
            case [""] | ["suggest"]:
                return page("radio.html")
            case _:
                return Reply(status=404, body="<h1>Not found</h1>")

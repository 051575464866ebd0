"""A club's register in German: members on pages of a table, a form with boxes to tick, amounts and dates as they are written there."""

from __future__ import annotations

from tests.mutations.sites.base import BundledSite, body_of
from tests.sites import Reply, Request

MEMBERS = [
    ("M-1041", "Berta Sommer", "14.03.2019", "120,00", "Chor", "aktiv"),
    ("M-1042", "Emil Vogt", "01.09.2021", "60,50", "Orchester", "aktiv"),
    ("M-1043", "Ayse Kaya", "22.11.2015", "1.200,00", "Vorstand", "ruhend"),
    ("M-1044", "Jonas Beil", "30.05.2023", "84,00", "Chor", "aktiv"),
    ("M-1045", "Lena Ruhr", "17.01.2020", "120,00", "Orchester", "ruhend"),
    ("M-1046", "Otto Klee", "08.08.2008", "240,00", "Chor", "aktiv"),
    ("M-1047", "Pia Marx", "25.12.2022", "60,50", "Chor", "aktiv"),
]
HEADS = {
    "id": "Mitgliedsnr.",
    "name": "Name",
    "since": "Eintritt",
    "fee": "Beitrag",
    "group": "Abteilung",
    "state": "Status",
}
FIELDS = {
    "name": "Name",
    "mail": "E-Mail",
    "fee": "Beitrag",
    "group": "Abteilung",
    "news": "Rundbrief zusenden",
}
GROUPS = ("Chor", "Orchester", "Vorstand")
_SIZE = 4


class Register(BundledSite):
    """Members to remind, members to take in."""

    name = "register"

    def respond(self, request: Request) -> str | Reply:
        match request.path.strip("/").split("/"):
            case [""] | ["mitglieder"]:
                return self._members(request)
            case ["neu"] if request.method == "GET":
                return self._new(request)
            case ["mitglieder", number] if request.method == "GET":
                return self._page(f"Mitglied {number}", self._button(number))
            case ["mitglieder", number, verb] if request.method == "POST":
                self.wrote(verb, number)
                return _see_other(f"/mitglieder?getan={number}")
            case [*path] if request.method == "POST":
                fields = {k: v for k, v in body_of(request).items() if k != "extra"}
                self.wrote("/".join(path), "", **fields)
                return _see_other("/neu?ok=1")
            case _:
                return Reply(status=404, body="<h1>Nicht gefunden</h1>")

    def _page(self, heading: str, main: str) -> str:
        return (
            f"<!doctype html><html lang=de><head><meta charset=utf-8><title>{heading} - Singverein</title></head><body>"
            "<header><nav><a href=/mitglieder>Mitglieder</a> <a href=/neu>Mitglied aufnehmen</a></nav></header>"
            f"<main><h1>{heading}</h1>{main}</main></body></html>"
        )

    def _words(self, knob: str, words: dict[str, str]) -> dict[str, str]:
        changed = self.look.knobs.get(knob)
        return words | (
            {k: str(v) for k, v in changed.items()} if isinstance(changed, dict) else {}
        )

    def _button(self, number: str) -> str:
        verb, action = self.look.knob("verb", "mahnen"), self.look.knob("action", "Mahnen")
        return f"<form method=post action=/mitglieder/{number}/{verb}><button class=act>{action}</button></form>"

    def _members(self, request: Request) -> str:
        look, heads = self.look, self._words("heads", HEADS)
        done = request.query.get("getan", "")
        note = f"<p role=status>{done} wurde erinnert</p>" if done else ""
        members = [*reversed(MEMBERS)] if look.knobs.get("reverse") else [*MEMBERS]
        chosen = look.knob("filter", "alle")
        if chosen != "alle":
            members = [one for one in members if one[5] == chosen]
        options = "".join(
            f"<option{' selected' if one == chosen else ''}>{one}</option>"
            for one in ("alle", "aktiv", "ruhend")
        )
        filters = f"<form method=get action=/mitglieder><label for=st>Anzeigen</label> <select id=st name=st>{options}</select></form>"
        pager, first = look.knob("pager", "next"), int(request.query.get("ab", "0"))
        shown = members if pager == "more" else members[first : first + _SIZE]
        rows = "".join(
            self._row(member, hidden=pager == "more" and at >= _SIZE)
            for at, member in enumerate(shown)
        )
        if look.knobs.get("subtotals"):
            rows += "<tr><td>Summe</td><td></td><td></td><td>1.885,00</td><td></td><td></td><td></td></tr>"
        head = "".join(f"<th>{text}</th>" for text in heads.values())
        more = ""
        if pager == "next" and first + _SIZE < len(members):
            more = f"<p><a class=next href=/mitglieder?ab={first + _SIZE}>Weiter</a></p>"
        if pager == "more":
            more = (
                "<p><button type=button id=mehr onclick=\"for (const r of document.querySelectorAll('tr[hidden]')) r.hidden = false; this.remove()\">"
                "Mehr laden</button></p>"
            )
        table = f"<table><thead><tr>{head}<th></th></tr></thead><tbody>{rows}</tbody></table>"
        return self._page(look.knob("heading", "Mitglieder"), f"{note}{filters}{table}{more}")

    def _row(self, member: tuple[str, ...], *, hidden: bool) -> str:
        values = dict(zip(HEADS, member, strict=True))
        day, month, year = values["since"].split(".")
        if self.look.knobs.get("dates") == "iso":
            values["since"] = f"{year}-{month}-{day}"
        if self.look.knobs.get("amounts") == "plain":
            values["fee"] = values["fee"].replace(".", "").replace(",", ".") + " EUR"
        cells = "".join(f"<td>{value}</td>" for value in values.values())
        act = self._button(member[0])
        if self.look.knobs.get("act_page"):
            act = f"<a href=/mitglieder/{member[0]}>Ansehen</a>"
        return f"<tr{' hidden' if hidden else ''}>{cells}<td>{act}</td></tr>"

    def _new(self, request: Request) -> str:
        look, names = self.look, self._words("fields", FIELDS)
        note = (
            "<div role=alert>Vielen Dank, die Aufnahme ist vermerkt</div>"
            if "ok" in request.query
            else ""
        )
        preset = look.knob("preset", GROUPS[0])
        groups = "".join(
            f"<option{' selected' if one == preset else ''}>{one}</option>" for one in GROUPS
        )
        take, draft = "/neu", "/entwurf"
        if look.knobs.get("buttons_swapped"):
            take, draft = draft, take
        take = look.knob("form_action", take)
        form = (
            f"<form method=post action={take}><p><label for=n>{names['name']}</label> <input id=n name=name></p>"
            f"<p><label for=m>{names['mail']}</label> <input id=m name=mail type=email></p>"
            f"<p><label for=b>{names['fee']}</label> <input id=b name=fee></p>"
            f"<p><label for=a>{names['group']}</label> <select id=a name=group>{groups}</select></p>"
            f"<p><input type=checkbox id=r name=news value=1> <label for=r>{names['news']}</label></p>"
            f"<button>{look.knob('save', 'Aufnehmen')}</button> <button formaction={draft}>{look.knob('draft', 'Als Entwurf speichern')}</button></form>"
        )
        return self._page(look.knob("form_heading", "Mitglied aufnehmen"), note + form)


def _see_other(where: str) -> Reply:
    return Reply(status=303, headers={"Location": where})

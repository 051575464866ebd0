"""A town's permits in Polish: applications on numbered pages of a table, a form to file one."""

from __future__ import annotations

from tests.mutations.sites.base import BundledSite, body_of
from tests.sites import Reply, Request

APPLICATIONS = [
    ("WN/101", "Ewa Lis", "Budowa", "03.06.2026", "120,00", "nowy"),
    ("WN/102", "Jan Bąk", "Remont", "04.06.2026", "60,50", "nowy"),
    ("WN/103", "Zofia Mróz", "Budowa", "04.06.2026", "1 240,00", "w toku"),
    ("WN/104", "Adam Wilk", "Reklama", "08.06.2026", "85,00", "nowy"),
    ("WN/105", "Olga Sowa", "Remont", "11.06.2026", "60,50", "w toku"),
    ("WN/106", "Piotr Żuk", "Budowa", "15.06.2026", "310,00", "nowy"),
    ("WN/107", "Hanna Kos", "Reklama", "19.06.2026", "85,00", "nowy"),
]
HEADS = {
    "id": "Nr wniosku",
    "who": "Wnioskodawca",
    "kind": "Rodzaj",
    "filed": "Data złożenia",
    "fee": "Opłata",
    "state": "Stan",
}
FIELDS = {
    "who": "Wnioskodawca",
    "street": "Ulica",
    "about": "Opis",
    "kind": "Rodzaj",
    "notify": "Powiadom",
}
KINDS = ("Budowa", "Remont", "Reklama")
NOTIFY = ("Wnioskodawcę", "Zarządcę", "Wszystkich sąsiadów")
_SIZE = 3
_NEXT = (
    "<script>{ const b = document.querySelector('button.dalej'); if (b) b.onclick = () => { const f = b.form;"
    " f.querySelector('.krok1').style.display = 'none'; f.querySelector('.krok2').style.display = ''; }; }</script>"
)
_MORE = (
    "<script>{ const rows = [...document.querySelectorAll('[data-later]')], box = rows.map((r) => r.parentNode); rows.forEach((r) => r.remove()); const put = () => { const r = rows.shift(); if (r) box[0].append(r); };"
    " const step = () => { for (let i = 0; i < 3; i++) put(); return rows.length; };"
    " const more = document.getElementById('wiecej'); if (more) more.onclick = () => { if (!step()) more.remove(); };"
    " const end = document.getElementById('koniec'); if (end) new IntersectionObserver((es) => { if (es.some((e) => e.isIntersecting)) setTimeout(() => { step(); }, 200); }).observe(end);"
    " if (end) addEventListener('scroll', () => { if (innerHeight + scrollY > document.body.scrollHeight - 80) setTimeout(step, 150); }); }</script>"
)


class Permit(BundledSite):
    """Applications to approve, applications to file."""

    name = "permit"

    def respond(self, request: Request) -> str | Reply:
        match request.path.strip("/").split("/"):
            case [""] | ["wnioski"]:
                return self._list(request)
            case ["nowy"] if request.method == "GET":
                return self._new(request)
            case ["nowy", "2"] if request.method == "GET":
                return self._second(request)
            case ["wnioski", _, number] if request.method == "GET":
                return self._page(f"Wniosek WN/{number}", self._buttons(f"WN/{number}"))
            case ["wnioski", letters, number, verb] if request.method == "POST":
                self.wrote(verb, f"{letters}/{number}")
                return _see_other(f"/wnioski?gotowe={letters}/{number}")
            case [*path] if request.method == "POST":
                fields = {k: v for k, v in body_of(request).items() if k != "extra"}
                self.wrote("/".join(path), "", **fields)
                return _see_other("/nowy?ok=1")
            case _:
                return Reply(status=404, body="<h1>Nie znaleziono</h1>")

    def _page(self, heading: str, main: str) -> str:
        town = self.look.knob("town", "Gmina Brzozowo")
        return (
            f"<!doctype html><html lang=pl><head><meta charset=utf-8><title>{heading}</title></head><body>"
            f"<header><b>{town}</b> <nav><a href=/wnioski>Wnioski</a> <a href=/nowy>Nowy wniosek</a></nav></header>"
            f"<main><h1>{heading}</h1>{main}</main></body></html>"
        )

    def _words(self, knob: str, words: dict[str, str]) -> dict[str, str]:
        changed = self.look.knobs.get(knob)
        return words | (
            {k: str(v) for k, v in changed.items()} if isinstance(changed, dict) else {}
        )

    def _buttons(self, number: str) -> str:
        acts = self.look.knobs.get("acts")
        pairs = (
            acts if isinstance(acts, list) else [["zatwierdz", "Zatwierdź"], ["odrzuc", "Odrzuć"]]
        )
        return " ".join(
            f"<form method=post action=/wnioski/{number}/{pair[0]} style='display:inline'><button class=act>{pair[1]}</button></form>"
            for pair in pairs
            if isinstance(pair, list)
        )

    def _list(self, request: Request) -> str:
        look, heads = self.look, self._words("heads", HEADS)
        done = request.query.get("gotowe", "")
        note = f"<p role=status>Wniosek {done} zatwierdzony</p>" if done else ""
        kept = [*reversed(APPLICATIONS)] if look.knobs.get("reverse") else [*APPLICATIONS]
        only = look.knob("only", "")
        if only:
            kept = [one for one in kept if one[5] == only]
        pager, at = look.knob("pager", "numbers"), int(request.query.get("strona", "1"))
        shown = kept if pager in {"more", "scroll"} else kept[(at - 1) * _SIZE : at * _SIZE]
        rows = ""
        for place, one in enumerate(shown):
            if look.knobs.get("groups") and (not place or shown[place - 1][3][:2] != one[3][:2]):
                rows += f"<tr class=g><td colspan=7><b>{one[3][:2]} czerwca</b></td></tr>"
            rows += self._row(one, later=pager in {"more", "scroll"} and place >= _SIZE)
        head = "".join(f"<th>{text}</th>" for text in heads.values())
        pages = range(1, (len(kept) + _SIZE - 1) // _SIZE + 1)
        links = " ".join(
            f"<b>{page}</b>" if page == at else f"<a href=/wnioski?strona={page}>{page}</a>"
            for page in pages
        )
        foot = {
            "numbers": f"<p class=strony>{links}</p>",
            "more": f"<p><button type=button id=wiecej>Pokaż więcej</button></p>{_MORE}",
            "scroll": f"<div style='height:1400px'></div><div id=koniec>&nbsp;</div>{_MORE}",
        }[pager]
        table = f"<table><thead><tr>{head}<th></th></tr></thead><tbody>{rows}</tbody></table>"
        return self._page(
            look.knob("heading", "Wnioski"), f"{note}{look.knob('chips', '')}{table}{foot}"
        )

    def _row(self, one: tuple[str, ...], *, later: bool) -> str:
        values = dict(zip(HEADS, one, strict=True))
        day, month, year = values["filed"].split(".")
        style = self.look.knobs.get("dates")
        if style == "iso":
            values["filed"] = f"{year}-{month}-{day}"
        if style == "words":
            values["filed"] = f"{int(day)} czerwca {year}"
        if self.look.knobs.get("currency"):
            values["fee"] += f" {self.look.knob('currency', '')}"
        cells = "".join(f"<td>{value}</td>" for value in values.values())
        act = self._buttons(one[0])
        if self.look.knobs.get("act_page"):
            act = f"<a href=/wnioski/{one[0]}>Szczegóły</a>"
        return f"<tr{' data-later' if later else ''}>{cells}<td>{act}</td></tr>"

    def _new(self, request: Request) -> str:
        look, names = self.look, self._words("fields", FIELDS)
        note = "<p role=status>Dziękujemy, wniosek złożony</p>" if "ok" in request.query else ""
        first = (
            f"<p><label for=k>{names['who']}</label> <input id=k name=who></p>"
            f"<p><label for=u>{names['street']}</label> <input id=u name=street></p>"
        )
        heading = look.knob("form_heading", "Nowy wniosek")
        if look.knobs.get("pages"):
            form = f"<form method=get action=/nowy/2>{first}<button>Dalej</button></form>"
            return self._page(heading, note + form)
        hidden = "" if not look.knobs.get("steps") else " style='display:none'"
        onward = (
            "" if not look.knobs.get("steps") else "<button type=button class=dalej>Dalej</button>"
        )
        form = (
            f"<form method=post action={look.knob('form_action', '/nowy')}><div class=krok1>{first}{onward}</div>"
            f"<div class=krok2{hidden}>{self._rest(names)}</div></form>"
        )
        return self._page(heading, note + form + _NEXT)

    def _rest(self, names: dict[str, str]) -> str:
        look = self.look
        kind, tell = look.knob("kind", KINDS[0]), look.knob("tell", NOTIFY[0])
        kinds = "".join(f"<option{' selected' if k == kind else ''}>{k}</option>" for k in KINDS)
        told = "".join(f"<option{' selected' if k == tell else ''}>{k}</option>" for k in NOTIFY)
        draft = look.knob("draft_action", "/szkice")
        send, save = look.knob("send", "Złóż wniosek"), look.knob("draft", "Zapisz szkic")
        return (
            f"<p><label for=o>{names['about']}</label> <textarea id=o name=about></textarea></p>"
            f"<p><label for=r>{names['kind']}</label> <select id=r name=kind>{kinds}</select></p>"
            f"<p><label for=p>{names['notify']}</label> <select id=p name=notify>{told}</select></p>"
            f"<button>{send}</button> <button formaction={draft}>{save}</button>"
        )

    def _second(self, request: Request) -> str:
        names = self._words("fields", FIELDS)
        kept = "".join(
            f"<input type=hidden name={key} value='{request.query.get(key, '')}'>"
            for key in ("who", "street")
        )
        form = f"<form method=post action={self.look.knob('form_action', '/nowy')}>{kept}{self._rest(names)}</form>"
        return self._page("Nowy wniosek, krok 2", form)


def _see_other(where: str) -> Reply:
    return Reply(status=303, headers={"Location": where})

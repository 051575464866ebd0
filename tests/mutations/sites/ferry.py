"""A ferry line's bookings in the manner of Bootstrap: a table with badges, a filter bar, a form in rows, modals by script."""

from __future__ import annotations

from tests.mutations.sites.base import BundledSite, body_of
from tests.sites import Reply, Request

BOOKINGS = [
    ("FB-2201", "Ida Holm", "Van", "2,350", "184.00", "2026-08-03", "booked"),
    ("FB-2202", "Lars Nygaard", "Car", "1,480", "96.50", "2026-08-03", "booked"),
    ("FB-2203", "Mira Olsen", "Lorry", "11,900", "1,240.00", "2026-08-04", "booked"),
    ("FB-2204", "Per Dahl", "Car", "1,610", "96.50", "2026-08-14", "booked"),
    ("FB-2205", "Siv Moen", "Van", "2,740", "184.00", "2026-08-15", "booked"),
    ("FB-2206", "Tor Vik", "Car", "1,350", "88.00", "2026-08-17", "booked"),
    ("FB-2207", "Una Berg", "Lorry", "9,400", "1,105.00", "2026-08-21", "booked"),
]
HEADS = {
    "id": "Booking",
    "who": "Passenger",
    "kind": "Vehicle",
    "mass": "Weight (kg)",
    "fare": "Fare (incl. VAT)",
    "date": "Sails on",
    "state": "Status",
}
FIELDS = {
    "who": "Passenger",
    "mail": "Email",
    "kind": "Vehicle",
    "size": "Length (m)",
    "note": "Remarks",
}
VEHICLES = ("Car", "Van", "Lorry")
ACTS = [["check-in", "Check in"], ["cancel", "Cancel booking"]]
_SPRITE = {"check-in": "M2 8l4 4 8-9", "cancel": "M3 3l10 10M13 3L3 13"}
_STYLE = (
    ".table td,.table th{padding:6px;border-bottom:1px solid #ddd}.modal{display:none;position:fixed;inset:0;background:#0008;z-index:60}"
    ".modal.show{display:block}.modal-dialog{background:#fff;max-width:420px;margin:60px auto;padding:16px}.dropdown-menu{display:none}"
    ".dropdown-menu.show{display:block;position:absolute;background:#fff;border:1px solid #999;padding:4px;z-index:20}"
    ".collapse:not(.show){display:none}.visually-hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip:rect(0 0 0 0)}.tab-pane:not(.active){display:none}"
)
_SCRIPT = """<script>
document.addEventListener('click', (e) => { const t = e.target.closest('[data-bs-toggle]'); if (!t) return;
  if (t.dataset.bsToggle === 'dropdown') { e.preventDefault(); t.nextElementSibling.classList.toggle('show'); t.setAttribute('aria-expanded', 'true'); }
  if (t.dataset.bsToggle === 'collapse') { const on = document.querySelector(t.dataset.bsTarget).classList.toggle('show'); t.setAttribute('aria-expanded', on); }
  if (t.dataset.bsToggle === 'tab') { for (const o of document.querySelectorAll('[data-bs-toggle=tab]')) { const on = o === t; o.setAttribute('aria-selected', on); document.querySelector(o.dataset.bsTarget).classList.toggle('active', on); } }
  if (t.dataset.bsToggle === 'modal') { const m = document.querySelector(t.dataset.bsTarget); m.classList.add('show'); m.querySelector('form')?.setAttribute('action', t.dataset.action || m.querySelector('form').getAttribute('action')); const k = m.querySelector('.key'); if (k) k.textContent = t.dataset.key; }
  if (t.dataset.bsToggle === 'dismiss') t.closest('.modal').classList.remove('show'); });
const later = [...document.querySelectorAll('tr[data-later]')]; if (later.length) { const box = later[0].parentNode; later.forEach((r) => r.remove()); const end = document.querySelector('#end'); new IntersectionObserver((es) => { if (es.some((x) => x.isIntersecting)) setTimeout(() => box.append(...later.splice(0, 2)), 150); }).observe(end); addEventListener('scroll', () => { if (innerHeight + scrollY > document.body.scrollHeight - 60) setTimeout(() => box.append(...later.splice(0, 2)), 120); }); }
</script>"""


class Ferry(BundledSite):
    """Bookings to check in, bookings to make."""

    name = "ferry"

    def respond(self, request: Request) -> str | Reply:
        match request.path.strip("/").split("/"):
            case [""] | ["bookings"]:
                return self._list(request)
            case ["bookings", "new"] if request.method == "GET":
                return self._new(request)
            case ["bookings", number] if request.method == "GET":
                return self._page(f"Booking {number}", self._acts(number))
            case ["bookings", "bulk"] if request.method == "POST":
                for pair in request.body.decode().split("&"):
                    key, _, value = pair.partition("=")
                    if key == "pick":
                        self.wrote(request.form.get("do", ""), value)
                return _see_other("/bookings?did=1")
            case [first, number, verb] if request.method == "POST":
                self.wrote(verb if first == "bookings" else f"{first}-{verb}", number)
                return _see_other(f"/bookings?did={number}")
            case [*path] if request.method == "POST":
                self.wrote("/".join(path), "", **body_of(request))
                return _see_other("/bookings/new?made=1")
            case _:
                return Reply(status=404, body="<h1>Not found</h1>")

    def _page(self, heading: str, main: str) -> str:
        look = self.look
        port = look.knob("port", "Bergen")
        banner = look.knob("banner", "")
        return (
            f"<!doctype html><html lang=en><head><meta charset=utf-8><title>{heading} · Fjordline desk</title><style>{_STYLE}</style></head><body>{banner}"
            f"<nav class='navbar navbar-dark bg-dark'><a class=navbar-brand href=/bookings>Fjordline desk</a> <span class=navbar-text>Terminal: {port}</span> "
            f"<a class=nav-link href=/bookings>Bookings</a> <a class=nav-link href=/bookings/new>New booking</a></nav>"
            f"<main class=container><h1 class=h3>{heading}</h1>{main}</main>{_SCRIPT}</body></html>"
        )

    def _named(self, knob: str, words: dict[str, str]) -> dict[str, str]:
        changed = self.look.knobs.get(knob)
        return words | (
            {k: str(v) for k, v in changed.items()} if isinstance(changed, dict) else {}
        )

    def _acts(self, number: str) -> str:
        look = self.look
        acts = look.knobs.get("acts")
        if look.knobs.get("done_row") == number:
            acts = look.knobs.get("done_acts")
        pairs = [
            [str(x) for x in pair]
            for pair in (acts if isinstance(acts, list) else ACTS)
            if isinstance(pair, list)
        ]
        buttons = [self._act(number, verb, text) for verb, text in pairs]
        if look.knobs.get("dropdown"):
            items = "".join(f"<li class=dropdown-item>{one}</li>" for one in buttons)
            return (
                "<div class=dropdown><button type=button class='btn dropdown-toggle' data-bs-toggle=dropdown aria-expanded=false>Actions</button>"
                f"<ul class=dropdown-menu>{items}</ul></div>"
            )
        return " ".join(buttons)

    def _act(self, number: str, verb: str, text: str) -> str:
        face = text
        if self.look.knobs.get("sprite"):
            face = f"<svg width=16 height=16 aria-hidden=true><path d='{_SPRITE.get(verb, 'M1 1h9')}'/></svg><span class=visually-hidden>{text}</span>"
        if self.look.knobs.get("asks") and verb == "check-in":
            return f"<button type=button class='btn btn-sm act' data-bs-toggle=modal data-bs-target=#sure data-action=/bookings/{number}/{verb} data-key={number}>{face}</button>"
        return f"<form class='d-inline' method=post action=/bookings/{number}/{verb}><button class='btn btn-sm btn-{verb} act'>{face}</button></form>"

    def _list(self, request: Request) -> str:
        look, heads = self.look, self._named("heads", HEADS)
        did = request.query.get("did", "")
        note = (
            f"<div class='alert alert-success' role=alert>{did} is checked in</div>" if did else ""
        )
        if look.knobs.get("behind") and "q" not in request.query:
            search = "<form method=get class='row'><label for=q>Booking, passenger or vehicle</label> <input id=q name=q> <button class=btn>Search</button></form><p>Search to see bookings.</p>"
            return self._page("Bookings", note + search)
        shown = [*BOOKINGS]
        hidden = look.knob("without", "")
        shown = [one for one in shown if one[0] != hidden and look.knob("only", one[2]) == one[2]]
        filters = (
            "<form method=get class='row g-2'><label for=v>Vehicle type</label> <select id=v name=v><option>All vehicles</option><option>Car</option><option>Van</option></select> "
            "<button class='btn btn-outline'>Apply</button></form>"
        )
        if look.knobs.get("filters_folded"):
            filters = f"<button type=button class=btn data-bs-toggle=collapse data-bs-target=#filters aria-expanded=false>Filters</button><div id=filters class=collapse>{filters}</div>"
        sure = (
            "<div class=modal id=sure role=dialog aria-modal=true aria-labelledby=st><div class=modal-dialog>"
            f"<h2 id=st>{look.knob('asks', '')}</h2><p>{look.knob('asks_text', 'Booking <span class=key></span> will be checked in.')}</p>"
            f"<form method=post action=/><button type=button class=btn data-bs-toggle=dismiss>{look.knob('asks_no', 'Go back')}</button> <button class='btn btn-primary'>{look.knob('asks_yes', 'Check in')}</button></form></div></div>"
        )
        foot = sure if look.knobs.get("asks") else ""
        if look.knobs.get("infinite"):
            foot += "<div style='height:1100px'></div><div id=end>&nbsp;</div>"
        return self._page(
            look.knob("heading", "Bookings"),
            note + filters + look.knob("chips", "") + self._archived(heads) + self._body(shown, heads) + foot,
        )  # fmt: skip

    def _archived(self, heads: dict[str, str]) -> str:
        key = self.look.knob("archived", "")
        if not key:
            return ""
        old = next(one for one in BOOKINGS if one[0] == key)
        rows = self._row(old, heads).replace("/bookings/", "/archived/")
        return f"<section><h2>Archived bookings</h2>{self._table(rows, heads)}</section><h2>Current bookings</h2>"

    def _body(self, shown: list[tuple[str, ...]], heads: dict[str, str]) -> str:
        look = self.look
        parts = look.knob("parts", "")
        if not parts:
            rows = "".join(
                self._row(one, heads, later=bool(look.knobs.get("infinite")) and at > 2)
                for at, one in enumerate(shown)
            )
            body = self._table(rows, heads)
            if look.knobs.get("bulk"):
                tools = f"<div class=btn-toolbar role=toolbar><input type=hidden name=do value=check-in><button class='btn btn-primary'>{look.knob('bulk', '')}</button></div>"
                body = f"<form method=post action=/bookings/bulk>{tools}{body}</form>"
            return body
        names = {kind: [one for one in shown if one[2] == kind] for kind in VEHICLES}
        if parts == "accordion":
            return "".join(
                f"<div class=accordion-item><h2 class=accordion-header><button type=button data-bs-toggle=collapse data-bs-target=#p{at} aria-expanded={'false' if at else 'true'}>{kind}s</button></h2>"
                f"<div id=p{at} class='collapse{'' if at else ' show'}'>{self._table(''.join(self._row(one, heads) for one in ones), heads)}</div></div>"
                for at, (kind, ones) in enumerate(names.items())
            )
        tabs = "".join(
            f"<button type=button role=tab data-bs-toggle=tab data-bs-target=#p{at} aria-controls=p{at} aria-selected={'false' if at else 'true'}>{kind}s</button>"
            for at, kind in enumerate(names)
        )
        panes = "".join(
            f"<div role=tabpanel id=p{at} class='tab-pane{'' if at else ' active'}'>{self._table(''.join(self._row(one, heads) for one in ones), heads)}</div>"
            for at, ones in enumerate(names.values())
        )
        return f"<div role=tablist>{tabs}</div>{panes}"

    def _table(self, rows: str, heads: dict[str, str]) -> str:
        texts = [*heads.values()]
        if self.look.knobs.get("split"):
            texts[1:2] = ["First name", "Last name"]
        head = "".join(f"<th scope=col>{text}</th>" for text in texts)
        first = "<th></th>" if self.look.knobs.get("bulk") else ""
        return f"<table class='table table-striped'><thead><tr>{first}{head}<th></th></tr></thead><tbody>{rows}</tbody></table>"

    def _row(self, one: tuple[str, ...], heads: dict[str, str], *, later: bool = False) -> str:
        look = self.look
        values = dict(zip(HEADS, one, strict=True))
        year, month, day = values["date"].split("-")
        values["date"] = {
            "us": f"Aug {int(day)}, {year}",
            "slashes": f"{day}/{month}/{year}",
            "": values["date"],
        }[look.knob("dates", "")]
        sign = look.knob("thousands", ",")
        values["mass"], values["fare"] = (values[k].replace(",", sign) for k in ("mass", "fare"))
        values["fare"] = look.knob("money", "") + values["fare"]
        values["state"] = f"<span class='badge bg-info'>{values['state']}</span>"
        cells = [f"<td>{values[key]}</td>" for key in heads]
        if look.knobs.get("split"):
            cells[1:2] = [f"<td>{part}</td>" for part in values["who"].split(" ")]
        act, first = self._acts(one[0]), ""
        if look.knobs.get("bulk"):
            ticked = " checked" if look.knobs.get("all_ticked") else ""
            first = f"<td><input type=checkbox name=pick value={one[0]} aria-label='Select {one[0]}'{ticked}></td>"
            act = ""
        if look.knobs.get("act_page"):
            act = f"<a class='btn btn-link' href=/bookings/{one[0]}>View</a>"
        return f"<tr{' data-later' if later else ''}>{first}{''.join(cells)}<td>{act}</td></tr>"

    def _new(self, request: Request) -> str:
        look, names = self.look, self._named("fields", FIELDS)
        note = "<div class='alert alert-success' role=alert>Booking saved</div>" if "made" in request.query else ""  # fmt: skip
        kind = look.knob("kind", VEHICLES[0])
        kinds = "".join(f"<option{' selected' if k == kind else ''}>{k}</option>" for k in VEHICLES)
        parts = [
            f"<div class='mb-3 row'><label class=col-form-label for=f1>{names['who']}</label><div class=col><input class=form-control id=f1 name=who></div></div>",
            f"<div class='mb-3 row'><label class=col-form-label for=f2>{names['mail']}</label><div class=col><input class=form-control id=f2 name=mail></div></div>",
            f"<div class='mb-3 row'><label class=col-form-label for=f3>{names['kind']}</label><div class=col><select class=form-select id=f3 name=kind>{kinds}</select></div></div>",
            f"<div class='mb-3 row'><label class=col-form-label for=f4>{names['size']}</label><div class=col><input class=form-control id=f4 name=size></div></div>",
            f"<div class='mb-3 row'><label class=col-form-label for=f5>{names['note']}</label><div class=col><textarea class=form-control id=f5 name=note></textarea></div></div>",
            look.knob("extra", ""),
        ]
        buttons = f"<div class=d-flex><button class='btn btn-primary'>{look.knob('send', 'Save')}</button> <a class='btn btn-link' href=/bookings>{look.knob('leave', 'Cancel')}</a></div>"
        if look.knobs.get("second"):
            buttons = buttons.replace("<a class", f"<button class=btn formaction=/templates>{look.knob('second', '')}</button> <a class")  # fmt: skip
        inner = "".join(parts) + buttons
        if look.knobs.get("fieldsets"):
            inner = f"<fieldset><legend>Who is travelling</legend>{parts[0]}{parts[1]}</fieldset><fieldset><legend>What they bring</legend>{''.join(parts[2:])}</fieldset>{buttons}"
        form = (
            f"<form method=post action={look.knob('form_action', '/bookings/new')}>{inner}</form>"
        )
        if look.knobs.get("offcanvas"):
            form = f"<button type=button class='btn btn-primary' data-bs-toggle=modal data-bs-target=#canvas>New booking</button><div class=modal id=canvas role=dialog aria-label='New booking'><div class=modal-dialog>{form}</div></div>"
        return self._page(look.knob("form_heading", "New booking"), note + form)


def _see_other(where: str) -> Reply:
    return Reply(status=303, headers={"Location": where})

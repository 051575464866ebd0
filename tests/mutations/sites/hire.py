"""A tool-hire counter: hires as articles with definition lists, acts in a menu of words, a form in fieldsets."""

from __future__ import annotations

from tests.mutations.sites.base import BundledSite, body_of
from tests.sites import Reply, Request

HIRES = [
    ("HT-510", "Nora Weiss", "Plate compactor", "2026-10-05", "120.00", "out"),
    ("HT-511", "Brick & Sons", "Tile saw", "2026-10-06", "80.00", "out"),
    ("HT-512", "Jun Abe", "Floor sander", "2026-10-06", "95.50", "out"),
    ("HT-513", "Lena Fox", "Scaffold tower", "2026-10-12", "240.00", "out"),
    ("HT-514", "Brick & Sons", "Mixer", "2026-10-13", "60.00", "out"),
    ("HT-515", "Omid Rad", "Chainsaw", "2026-10-19", "110.00", "out"),
]
WORDS = {"id": "Hire", "who": "Customer", "what": "Tool", "due": "Due back", "deposit": "Deposit", "state": "Status"}  # fmt: skip
FIELDS = {"who": "Customer", "what": "Tool", "days": "Days", "note": "Note", "site": "Used at"}
PLACES = ("Home", "Building site", "Abroad")
_STYLE = "dl{display:grid;grid-template-columns:8em 1fr}dd{margin:0}.hire{border-left:4px solid teal;padding:8px;margin:8px}[hidden]{display:none}"
_SCRIPT = """<script>
for (const t of document.querySelectorAll('[role=tab]')) t.onclick = () => { for (const o of document.querySelectorAll('[role=tab]')) { o.setAttribute('aria-selected', o === t); document.getElementById(o.getAttribute('aria-controls')).hidden = o !== t; } };
for (const b of document.querySelectorAll('[data-kebab]')) b.onclick = () => { const m = b.nextElementSibling; m.hidden = !m.hidden; b.setAttribute('aria-expanded', String(!m.hidden)); };
for (const b of document.querySelectorAll('[data-sure]')) b.onclick = (e) => { e.preventDefault(); const d = document.createElement('dialog'); d.innerHTML = '<h2>' + b.dataset.sure + '</h2><p>' + b.dataset.text + '</p><button value=no>' + (b.dataset.no || 'No') + '</button> <button value=yes>' + b.dataset.yes + '</button>'; document.body.append(d); d.querySelector('[value=no]').onclick = () => d.remove(); d.querySelector('[value=yes]').onclick = () => b.form.submit(); d.showModal(); };
</script>"""


class Hire(BundledSite):
    """Hires to take back, hires to make."""

    name = "hire"

    def respond(self, request: Request) -> str | Reply:
        match request.path.strip("/").split("/"):
            case [""] | ["hires"]:
                return self._list(request)
            case ["new"] if request.method == "GET":
                return self._new(request)
            case ["new", "rest"] if request.method == "GET":
                hidden = "".join(f"<input type=hidden name={key} value='{request.query.get(key, '')}'>" for key in ("who", "what"))  # fmt: skip
                form = f"<form method=post action={self._where()}>{hidden}{self._rest()}</form>"
                return self._page(self.look.knob("form_heading", "New hire"), form)
            case ["hires", number, verb] if request.method == "POST":
                self.wrote(verb, number)
                return _see_other(f"/hires?done={number}")
            case [*path] if request.method == "POST":
                self.wrote("/".join(path), "", **body_of(request))
                return _see_other("/new?made=1")
            case _:
                return Reply(status=404, body="<h1>Not found</h1>")

    def _where(self) -> str:
        return self.look.knob("form_action", "/new")

    def _page(self, heading: str, main: str) -> str:
        look = self.look
        return (
            f"<!doctype html><html lang=en><head><meta charset=utf-8><title>{heading}</title><style>{_STYLE}</style></head><body>{look.knob('notice', '')}"
            f"<div class=topbar><b>Hireline</b> <span>Counter: {look.knob('counter', 'Leith Walk')}</span> <a href=/hires>Hires</a> <a href=/new>New hire</a></div>"
            f"<main><h1>{heading}</h1>{main}</main>{_SCRIPT}</body></html>"
        )

    def _named(self, knob: str, words: dict[str, str]) -> dict[str, str]:
        changed = self.look.knobs.get(knob)
        return words | ({k: str(v) for k, v in changed.items()} if isinstance(changed, dict) else {})  # fmt: skip

    def _acts(self, number: str) -> str:
        look = self.look
        sure = ""
        if look.knobs.get("sure"):
            sure = f" data-sure='{look.knob('sure', '')}' data-text='{look.knob('text', '').format(number)}' data-yes='{look.knob('yes', 'Yes')}'"
        acts = look.knobs.get("acts")
        pairs = acts if isinstance(acts, list) else [["return", "Mark returned"], ["extend", "Extend"]]  # fmt: skip
        forms = "".join(
            f"<form method=post action=/hires/{number}/{pair[0]} style='display:inline'><button class=act{sure}>{pair[1]}</button></form> "
            for pair in pairs
            if isinstance(pair, list)
        )
        if not look.knobs.get("kebab"):
            return forms
        return f"<button type=button data-kebab aria-haspopup=menu aria-expanded=false aria-label='Actions for {number}'>⋮</button><div hidden>{forms}</div>"

    def _list(self, request: Request) -> str:
        look = self.look
        words = self._named("words", WORDS)
        done = request.query.get("done", "")
        note = f"<p role=status>{done} is back</p>" if done else ""
        hires = [*HIRES]
        foot = ""
        if look.knobs.get("paged"):
            at = int(request.query.get("page", "1"))
            pages = (len(hires) + 1) // 2
            hires = hires[2 * (at - 1) : 2 * at]
            links = " ".join(f"<a href='/hires?page={n}'{' aria-current=page' if n == at else ''}>{n}</a>" for n in range(1, pages + 1))  # fmt: skip
            foot = f"<nav aria-label=Pages>{links}</nav>"
        if look.knobs.get("tabs"):
            parts = {"This week": hires[:3], "Later": hires[3:]}
            tabs = "".join(f"<button type=button role=tab aria-controls=t{n} aria-selected={'false' if n else 'true'}>{text}</button>" for n, text in enumerate(parts))  # fmt: skip
            body = f"<div role=tablist>{tabs}</div>" + "".join(
                f"<div role=tabpanel id=t{n}{' hidden' if n else ''}>{self._body(ones, words)}</div>"
                for n, ones in enumerate(parts.values())
            )
        else:
            body = self._body(hires, words)
        heading = look.knob("heading", "Hires")
        return self._page(heading, note + look.knob("chips", "") + body + foot)

    def _body(self, hires: list[tuple[str, ...]], words: dict[str, str]) -> str:
        table = self.look.knobs.get("layout") == "table"
        rows = "".join(self._row(one, words, table=table) for one in hires)
        if not table:
            return f"<section class=hires>{rows}</section>"
        head = "".join(f"<th>{text}</th>" for text in words.values())
        return f"<table><thead><tr>{head}<th></th></tr></thead><tbody>{rows}</tbody></table>"

    def _row(self, one: tuple[str, ...], words: dict[str, str], *, table: bool) -> str:
        values = dict(zip(WORDS, one, strict=True))
        year, _, day = values["due"].split("-")
        if self.look.knob("dates", "") == "words":
            values["due"] = f"{int(day)} October {year}"
        act = self._acts(one[0])
        if table:
            return f"<tr>{''.join(f'<td>{values[key]}</td>' for key in words)}<td>{act}</td></tr>"
        lines = "".join(f"<dt>{text}</dt><dd>{values[key]}</dd>" for key, text in words.items())
        return f"<article class=hire><dl>{lines}</dl><p>{act}</p></article>"

    def _rest(self) -> str:
        look, names = self.look, self._named("fields", FIELDS)
        at = look.knob("place", PLACES[0])
        places = "".join(f"<option{' selected' if one == at else ''}>{one}</option>" for one in PLACES)  # fmt: skip
        return (
            f"<fieldset><legend>Terms</legend><p><label for=c>{names['days']}</label> <input id=c name=days inputmode=numeric></p>"
            f"<p><label for=d>{names['site']}</label> <select id=d name=site>{places}</select></p><p><label for=e>{names['note']}</label> <textarea id=e name=note></textarea></p></fieldset>"
            f"{look.knob('extra', '')}<button>{look.knob('send', 'Create hire')}</button>"
        )

    def _new(self, request: Request) -> str:
        look, names = self.look, self._named("fields", FIELDS)
        note = "<p role=status>The hire was created</p>" if "made" in request.query else ""
        first = (
            f"<fieldset><legend>Who and what</legend><p><label for=a>{names['who']}</label> <input id=a name=who></p>"
            f"<p><label for=b>{names['what']}</label> <input id=b name=what></p></fieldset>"
        )
        form = f"<form method=post action={self._where()}>{first}{self._rest()}</form>"
        if look.knobs.get("steps"):
            form = f"<form method=get action=/new/rest>{first}<button>Continue</button></form>"
        return self._page(look.knob("form_heading", "New hire"), note + form)


def _see_other(where: str) -> Reply:
    return Reply(status=303, headers={"Location": where})

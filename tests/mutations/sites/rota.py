"""A hospital rota: shifts as definition lists, every part of the page swapped in by requests for fragments."""

from __future__ import annotations

from tests.mutations.sites.base import BundledSite, body_of
from tests.sites import Reply, Request

SHIFTS = [
    ("SH-31", "Cardiology", "2026-06-14", "07:00-15:00", "Band 5", "yes"),
    ("SH-32", "Cardiology", "2026-06-14", "15:00-23:00", "Band 6", "yes"),
    ("SH-33", "Maternity", "2026-06-16", "07:00-15:00", "Band 5", "no"),
    ("SH-34", "Renal unit", "2026-06-17", "23:00-07:00", "Band 7", "yes"),
    ("SH-35", "Maternity", "2026-06-19", "15:00-23:00", "Band 6", "no"),
    ("SH-36", "Renal unit", "2026-06-21", "07:00-15:00", "Band 5", "yes"),
]
WORDS = {
    "id": "Shift no.",
    "ward": "Ward",
    "date": "Date",
    "hours": "Hours",
    "grade": "Grade",
    "open": "Unfilled",
}
FIELDS = {"nurse": "Nurse", "shift": "Shift", "reason": "Reason", "notify": "Tell"}
TELL = ("Ward manager", "Bank office", "Everyone on the ward")
_SHELL = """<!doctype html><html lang=en><head><meta charset=utf-8><title>Rota - St Bride's</title>
<style>.shift{border:1px solid #bbb;margin:6px 0;padding:6px}dl{display:flex;gap:14px;margin:0}dt{color:#666;font-size:12px}dd{margin:0}.flash{background:#dfd;padding:6px}</style></head>
<body><header><strong>St Bride's</strong> <nav><a href=/shifts data-get=/shifts>Shifts</a> <a href=/swap data-get=/swap>Ask for a swap</a></nav></header><main id=content></main><script>
const spot = document.getElementById('content');
const put = (html) => { spot.innerHTML = html; wire(); };
const part = async (url, body) => put(await (await fetch(url, {method: body ? 'POST' : 'GET', headers: {'HX-Request': 'true', ...(body ? {'content-type': 'application/x-www-form-urlencoded'} : {})}, body})).text());
function wire() {
  for (const a of [...document.querySelectorAll('[data-get]'), ...spot.querySelectorAll('[data-get]')]) a.onclick = (e) => { e.preventDefault(); history.pushState({}, '', a.dataset.get); part(a.dataset.get); };
  for (const b of spot.querySelectorAll('[data-post]')) b.onclick = () => part(b.dataset.post, 'x=1');
  for (const f of spot.querySelectorAll('form[data-send]')) f.onsubmit = (e) => { e.preventDefault(); part(f.dataset.send, new URLSearchParams(new FormData(f)).toString()); };
}
part(location.pathname === '/' ? '/shifts' : location.pathname);
</script></body></html>"""


class Rota(BundledSite):
    """Shifts to take, swaps to ask for."""

    name = "rota"

    def respond(self, request: Request) -> str | Reply:
        partial = "hx-request" in request.headers
        match request.path.strip("/").split("/"):
            case [""] | ["shifts"] | ["swap"] | ["shifts", _] if not partial:
                return _SHELL
            case ["shifts"]:
                return _part(self._shifts())
            case ["shifts", number] if request.method == "GET":
                return _part(self._shift(number))
            case ["shifts", number, verb] if request.method == "POST":
                self.wrote(verb, number)
                return _part(
                    f"<p class=flash role=status>{number} is yours now</p>" + self._shifts()
                )
            case ["swap"] if request.method == "GET":
                return _part(self._swap())
            case [*path] if request.method == "POST":
                fields = {k: v for k, v in body_of(request).items() if k != "extra"}
                self.wrote("/".join(path), "", **fields)
                return _part(
                    "<p class=flash role=status>Thank you, it was passed on</p>" + self._swap()
                )
            case _:
                return Reply(status=404, body="<h1>Not found</h1>")

    def _act(self, number: str) -> str:
        look = self.look
        if look.knobs.get("act_page"):
            return f"<a href=/shifts/{number} data-get=/shifts/{number}>Details</a>"
        verb, action = look.knob("verb", "take"), look.knob("action", "Take")
        return f"<button type=button class=act data-post=/shifts/{number}/{verb}>{action}</button>"

    def _shifts(self) -> str:
        look = self.look
        words = WORDS | self._named("words")
        shown = [*SHIFTS]
        if look.knobs.get("reverse"):
            shown.reverse()
        if look.knobs.get("nights"):
            shown = [shift for shift in shown if shift[3].startswith("23") or shift[4] == "Band 6"]
        cards = [self._card(shift, words) for shift in shown]
        total = f"<div class=shift><dl><div><dt>{words['id']}</dt><dd>Total</dd></div><div><dt>{words['hours']}</dt><dd>48</dd></div></dl></div>"
        if look.knobs.get("subtotals"):
            cards.append(total)
        chips = look.knob("chips", "")
        body = "".join(cards)
        if look.knobs.get("layout") == "table":
            head = "".join(f"<th>{text}</th>" for text in words.values())
            body = f"<table><thead><tr>{head}<th></th></tr></thead><tbody>{body}</tbody></table>"
        return f"<h1>{look.knob('heading', 'Shifts')}</h1>{chips}<section class=shifts>{body}</section>"

    def _card(self, shift: tuple[str, ...], words: dict[str, str]) -> str:
        values = dict(zip(WORDS, shift, strict=True))
        style = self.look.knobs.get("dates")
        year, month, day = values["date"].split("-")
        if style == "long":
            values["date"] = f"{int(day)} June {year}"
        if style == "slashes":
            values["date"] = f"{day}/{month}/{year}"
        if self.look.knobs.get("layout") == "table":
            cells = "".join(f"<td>{values[key]}</td>" for key in words)
            return f"<tr>{cells}<td>{self._act(shift[0])}</td></tr>"
        lines = "".join(
            f"<div><dt>{text}</dt><dd>{values[key]}</dd></div>" for key, text in words.items()
        )
        return f"<div class=shift><dl>{lines}</dl>{self._act(shift[0])}</div>"

    def _shift(self, number: str) -> str:
        verb, action = self.look.knob("verb", "take"), self.look.knob("action", "Take")
        shift = next(one for one in SHIFTS if one[0] == number)
        lines = "".join(
            f"<dt>{text}</dt><dd>{value}</dd>"
            for text, value in zip(WORDS.values(), shift, strict=True)
        )
        return f"<h1>Shift {number}</h1><dl>{lines}</dl><button type=button class=act data-post=/shifts/{number}/{verb}>{action}</button>"

    def _named(self, knob: str) -> dict[str, str]:
        changed = self.look.knobs.get(knob)
        return {k: str(v) for k, v in changed.items()} if isinstance(changed, dict) else {}

    def _swap(self) -> str:
        look, names = self.look, FIELDS | self._named("fields")
        preset = look.knob("preset", TELL[0])
        tell = "".join(
            f"<option{' selected' if one == preset else ''}>{one}</option>" for one in TELL
        )
        shifts = "".join(f"<option>{shift[0]}</option>" for shift in SHIFTS)
        first, second = "/swap", "/absence"
        if look.knobs.get("twins_swapped"):
            first, second = second, first
        first = look.knob("form_action", first)
        swap = (
            f"<h2>{look.knob('form_heading', 'Ask for a swap')}</h2><form data-send={first} id=swap>"
            f"<p><label for=n>{names['nurse']}</label> <input id=n name=nurse></p>"
            f"<p><label for=s>{names['shift']}</label> <select id=s name=shift><option></option>{shifts}</select></p>"
            f"<p><label for=r>{names['reason']}</label> <textarea id=r name=reason></textarea></p>"
            f"<p><label for=t>{names['notify']}</label> <select id=t name=notify>{tell}</select></p>"
            f"<button>{look.knob('send', 'Ask for swap')}</button></form>"
        )
        absence = (
            f"<h2>Report an absence</h2><form data-send={second} id=absence>"
            "<p><label for=an>Name</label> <input id=an name=nurse></p>"
            "<p><label for=ar>What is wrong</label> <textarea id=ar name=reason></textarea></p>"
            "<button>Report absence</button></form>"
        )
        return f"<h1>Swaps and absences</h1>{swap}{absence}"


def _part(html: str) -> Reply:
    """Return a fragment: it is no page, so nothing is put into its head."""
    return Reply(body=html, type="text/plain; charset=utf-8")

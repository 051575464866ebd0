"""A ward board: patients as cards behind a tab, what is done to one behind an icon, transfers asked for on a page of their own."""

from __future__ import annotations

from tests.mutations.sites.base import BundledSite, body_of
from tests.sites import Reply, Request

PATIENTS = [
    ("H-2201", "1A", "Ida Crane", "Dr Nair", "71.5", "Vegetarian"),
    ("H-2202", "1B", "Tom Ashby", "Dr Nair", "88", "Normal"),
    ("H-2203", "2A", "Noor Haddad", "Dr Petrov", "64.2", "Soft"),
    ("H-2204", "2B", "Ines Calado", "Dr Okafor", "59.8", "Normal"),
    ("H-2205", "3A", "Piet Mulder", "Dr Petrov", "102.4", "Diabetic"),
]
WORDS = {
    "id": "Hospital no.",
    "consultant": "Consultant",
    "weight": "Weight (kg)",
    "diet": "Diet",
}
FIELDS = {
    "patient": "Patient",
    "ward": "To ward",
    "reason": "Reason",
    "urgency": "Urgency",
    "inform": "Inform",
}
WARDS = ("Maple 2", "Oak 1", "Birch 4", "Intensive care")
URGENCIES = ("Routine", "Today", "Emergency")
INFORM = ("Nobody", "Next of kin", "All next of kin")
_STYLE = (
    "<style>.bed{border:1px solid #aac;border-radius:6px;padding:8px;margin:6px;width:210px;display:inline-block;vertical-align:top}"
    ".bed ul{list-style:none;padding:0;margin:4px 0}.bed li span{color:#666;font-size:12px}[hidden]{display:none}</style>"
)
_CHECK = "<svg width=14 height=14 viewBox='0 0 14 14' aria-hidden=true><path d='M2 7l4 4 6-8-1-1-5 6-3-2z'/></svg>"
_TABS = (
    "<script>for (const t of document.querySelectorAll('[role=tab]')) t.onclick = () => { for (const o of document.querySelectorAll('[role=tab]')) { const on = o === t;"
    " o.setAttribute('aria-selected', on); document.getElementById(o.getAttribute('aria-controls')).hidden = !on; } };</script>"
)


class Ward(BundledSite):
    """Patients to see, transfers to ask for."""

    name = "ward"

    def respond(self, request: Request) -> str | Reply:
        match request.path.strip("/").split("/"):
            case [""] | ["board"]:
                return self._board(request)
            case ["transfer"] if request.method == "GET":
                return self._transfer(request)
            case ["beds", number] if request.method == "GET":
                return self._bed(number)
            case ["beds", number, verb] if request.method == "POST":
                self.wrote(verb, number)
                return _see_other(f"/board?done={number}")
            case [*path] if request.method == "POST":
                fields = {k: v for k, v in body_of(request).items() if k != "extra"}
                self.wrote("/".join(path), "", **fields)
                return _see_other("/transfer?done=1")
            case _:
                return Reply(status=404, body="<h1>Not found</h1>")

    def _page(self, heading: str, main: str) -> str:
        ward = self.look.knob("ward", "Maple 2")
        return (
            f"<!doctype html><html lang=en><head><meta charset=utf-8><title>{heading} - St Anne's</title>{_STYLE}</head><body>"
            f"<header><b>St Anne's</b> <span class=ward>Ward: <b>{ward}</b></span> <nav><a href=/board>Board</a> <a href=/transfer>Transfers</a></nav></header>"
            f"<main><h1>{heading}</h1>{main}</main></body></html>"
        )

    def _named(self, knob: str, words: dict[str, str]) -> dict[str, str]:
        changed = self.look.knobs.get(knob)
        return words | (
            {k: str(v) for k, v in changed.items()} if isinstance(changed, dict) else {}
        )

    def _button(self, number: str) -> str:
        look = self.look
        verb, action = look.knob("verb", "seen"), look.knob("action", "Mark seen")
        face = action if look.knobs.get("plain") else _CHECK
        label = "" if look.knobs.get("plain") else f" aria-label='{action}'"
        first = f"<form method=post action=/beds/{number}/{verb} style='display:inline'><button class=act{label}>{face}</button></form>"
        beside = look.knobs.get("beside")
        if isinstance(beside, list):
            other, word = str(beside[0]), str(beside[1])
            first = f"<form method=post action=/beds/{number}/{other} style='display:inline'><button class=other aria-label='{word}'>{_CHECK}</button></form> {first}"
        return first

    def _card(self, patient: tuple[str, ...], words: dict[str, str]) -> str:
        number, bed, name, consultant, weight, diet = patient
        values = {"id": number, "consultant": consultant, "weight": weight, "diet": diet}
        act = self._button(number)
        if self.look.knobs.get("act_page"):
            act = f"<a href=/beds/{number}>Open</a>"
        if self.look.knobs.get("layout") == "table":
            cells = "".join(f"<td>{values[key]}</td>" for key in words)
            return f"<tr><td>{bed}</td><td>{name}</td>{cells}<td>{act}</td></tr>"
        if self.look.knobs.get("layout") == "lines":
            lines = "".join(f"<p><b>{text}:</b> {values[key]}</p>" for key, text in words.items())
            return f"<li class=bed><h4>Bed {bed}</h4><p>{name}</p>{lines}<div>{act}</div></li>"
        lines = "".join(
            f"<li><span>{text}</span> <b>{values[key]}</b></li>" for key, text in words.items()
        )
        return f"<article class=bed><h3>Bed {bed}</h3><p class=who>{name}</p><ul>{lines}</ul>{act}</article>"

    def _board(self, request: Request) -> str:
        look, words = self.look, self._named("words", WORDS)
        done = request.query.get("done", "")
        note = f"<p role=status>{done} was seen</p>" if done else ""
        shown = [*reversed(PATIENTS)] if look.knobs.get("reverse") else [*PATIENTS]
        if look.knobs.get("mine"):
            shown = [one for one in shown if one[3] == "Dr Nair"]
        body = "".join(self._card(one, words) for one in shown)
        if look.knobs.get("layout") == "table":
            head = "".join(f"<th>{text}</th>" for text in words.values())
            body = f"<table><thead><tr><th>Bed</th><th>Patient</th>{head}<th></th></tr></thead><tbody>{body}</tbody></table>"
        if look.knobs.get("layout") == "lines":
            body = f"<ul class=beds>{body}</ul>"
        waiting = "<p>Two patients wait for a bed.</p>"
        chips = look.knob("chips", "")
        beds, wait = look.knob("beds", "Beds"), "Waiting"
        if look.knobs.get("accordion"):
            parts = (
                f"<details><summary>{wait}</summary>{waiting}</details>"
                f"<details><summary>{beds}</summary>{body}</details>"
            )
        else:
            parts = (
                f"<div role=tablist><button type=button role=tab aria-selected=true aria-controls=p1>{beds}</button>"
                f"<button type=button role=tab aria-selected=false aria-controls=p2>{wait}</button></div>"
                f"<section role=tabpanel id=p1>{body}</section><section role=tabpanel id=p2 hidden>{waiting}</section>{_TABS}"
            )
        return self._page(look.knob("heading", "Ward board"), note + chips + parts)

    def _bed(self, number: str) -> str:
        patient = next(one for one in PATIENTS if one[0] == number)
        values = dict(zip(WORDS, (patient[0], *patient[3:]), strict=True))
        lines = "".join(f"<dt>{WORDS[key]}</dt><dd>{value}</dd>" for key, value in values.items())
        return self._page(
            f"{patient[2]}, bed {patient[1]}", f"<dl>{lines}</dl>{self._button(number)}"
        )

    def _transfer(self, request: Request) -> str:
        look, names = self.look, self._named("fields", FIELDS)
        note = "<p role=status>The transfer was asked for</p>" if "done" in request.query else ""
        urgency, inform = look.knob("urgency", URGENCIES[0]), look.knob("inform", INFORM[0])
        wards = "".join(f"<option>{one}</option>" for one in ("", *WARDS))
        radios = "".join(
            f"<label><input type=radio name=urgency value='{one}'{' checked' if one == urgency else ''}> {one}</label> "
            for one in URGENCIES
        )
        tell = "".join(
            f"<option{' selected' if one == inform else ''}>{one}</option>" for one in INFORM
        )
        action = look.knob("form_action", "/transfers")
        extra = look.knob("confirmation", "")
        form = (
            f"{extra}<form method=post action={action}>"
            f"<p><label for=p>{names['patient']}</label> <input id=p name=patient></p>"
            f"<p><label for=w>{names['ward']}</label> <select id=w name=ward>{wards}</select></p>"
            f"<p><label for=r>{names['reason']}</label> <textarea id=r name=reason></textarea></p>"
            f"<fieldset><legend>{names['urgency']}</legend>{radios}</fieldset>"
            f"<p><label for=i>{names['inform']}</label> <select id=i name=inform>{tell}</select></p>"
            f"<button>{look.knob('send', 'Request transfer')}</button> <button type=reset>Clear</button></form>"
        )
        return self._page(look.knob("form_heading", "Ask for a transfer"), note + form)


def _see_other(where: str) -> Reply:
    return Reply(status=303, headers={"Location": where})

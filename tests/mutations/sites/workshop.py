"""A garage's job list: dense table, acts as words in a cell, an intake form in two columns whose buttons stand outside of it."""

from __future__ import annotations

from tests.mutations.sites.base import BundledSite, body_of
from tests.sites import Reply, Request

JOBS = [
    ("J-701", "KX19 ABT", "Ada Brook", "Brakes", "2026-07-02", "310.00", "waiting"),
    ("J-702", "LM70 OPQ", "Tern Ltd", "Clutch", "2026-07-02", "845.50", "in work"),
    ("J-703", "BD05 SMR", "Omar Said", "Tyres", "2026-07-03", "212.00", "waiting"),
    ("J-704", "YJ22 KLM", "Nell Page", "Exhaust", "2026-07-06", "150.25", "ready"),
    ("J-705", "GF68 RST", "Tern Ltd", "Service", "2026-07-07", "1,020.00", "waiting"),
    ("J-706", "HK21 VWX", "Rui Costa", "Battery", "2026-07-08", "98.90", "in work"),
]
HEADS = {
    "id": "Job",
    "plate": "Registration",
    "owner": "Customer",
    "work": "Work",
    "due": "Due",
    "cost": "Estimate",
    "state": "Status",
}
FIELDS = {
    "plate": "Registration",
    "owner": "Customer",
    "miles": "Mileage",
    "work": "Work wanted",
    "bay": "Bay",
    "call": "Call when ready",
}
BAYS = ("Bay 1", "Bay 2", "Outside")


class Workshop(BundledSite):
    """Jobs to start, cars to take in."""

    name = "workshop"

    def respond(self, request: Request) -> str | Reply:
        match request.path.strip("/").split("/"):
            case [""] | ["jobs"]:
                return self._jobs(request)
            case ["intake"] if request.method == "GET":
                return self._intake(request)
            case ["jobs", number] if request.method == "GET":
                return self._job(number)
            case ["jobs", number, verb] if request.method == "POST":
                self.wrote(verb, number)
                return _see_other(f"/jobs?did={number}")
            case [*path] if request.method == "POST":
                fields = {k: v for k, v in body_of(request).items() if k != "extra"}
                self.wrote("/".join(path), "", **fields)
                return _see_other("/intake?taken=1")
            case _:
                return Reply(status=404, body="<h1>Not found</h1>")

    def _page(self, heading: str, main: str) -> str:
        site = self.look.knob("site", "Mill Lane")
        return (
            f"<!doctype html><html lang=en><head><meta charset=utf-8><title>{heading}</title></head><body>"
            f"<header><b>Pitstop</b> <span>Workshop: {site}</span> <nav><a href=/jobs>Jobs</a> <a href=/intake>Intake</a></nav></header>"
            f"<main><h1>{heading}</h1>{main}</main></body></html>"
        )

    def _named(self, knob: str, words: dict[str, str]) -> dict[str, str]:
        changed = self.look.knobs.get(knob)
        return words | (
            {k: str(v) for k, v in changed.items()} if isinstance(changed, dict) else {}
        )

    def _acts(self, number: str) -> str:
        acts = self.look.knobs.get("acts")
        pairs = (
            acts if isinstance(acts, list) else [["start", "Start job"], ["cancel", "Cancel job"]]
        )
        return " ".join(
            f"<form method=post action=/jobs/{number}/{pair[0]} style='display:inline'><button class=act>{pair[1]}</button></form>"
            for pair in pairs
            if isinstance(pair, list)
        )

    def _jobs(self, request: Request) -> str:
        look, heads = self.look, self._named("heads", HEADS)
        did = request.query.get("did", "")
        note = f"<p role=status>{did} has been started</p>" if did else ""
        jobs = [*reversed(JOBS)] if look.knobs.get("reverse") else [*JOBS]
        only = look.knob("only", "")
        jobs = [job for job in jobs if not only or job[6] == only]
        rows = "".join(self._row(job, heads) for job in jobs)
        chips = look.knob("chips", "")
        if look.knobs.get("layout") == "panels":
            body = f"<div class=panels>{rows}</div>"
        else:
            order = self._order()
            head = "".join(f"<th>{heads[key]}</th>" for key in order)
            body = f"<table><thead><tr>{head}<th></th></tr></thead><tbody>{rows}</tbody></table>"
        return self._page(look.knob("heading", "Jobs"), note + chips + body)

    def _order(self) -> list[str]:
        order = self.look.knobs.get("order")
        return [str(key) for key in order] if isinstance(order, list) else [*HEADS]

    def _row(self, job: tuple[str, ...], heads: dict[str, str]) -> str:
        values = dict(zip(HEADS, job, strict=True))
        year, _, day = values["due"].split("-")
        if self.look.knobs.get("dates") == "short":
            values["due"] = f"{int(day)} Jul {year}"
        if self.look.knobs.get("money"):
            values["cost"] = self.look.knob("money", "") + values["cost"]
        act = self._acts(job[0])
        if self.look.knobs.get("act_page"):
            act = f"<a href=/jobs/{job[0]}>View</a>"
        if self.look.knobs.get("layout") == "panels":
            lines = "".join(
                f"<div><small>{heads[key]}</small><div>{values[key]}</div></div>"
                for key in self._order()
            )
            return f"<section class=panel style='border:1px solid #999;padding:6px;margin:4px;display:inline-block'>{lines}<footer>{act}</footer></section>"
        cells = "".join(f"<td>{values[key]}</td>" for key in self._order())
        return f"<tr>{cells}<td>{act}</td></tr>"

    def _job(self, number: str) -> str:
        job = next(one for one in JOBS if one[0] == number)
        lines = "".join(
            f"<dt>{text}</dt><dd>{value}</dd>"
            for text, value in zip(HEADS.values(), job, strict=True)
        )
        return self._page(f"Job {number}", f"<dl>{lines}</dl>{self._acts(number)}")

    def _intake(self, request: Request) -> str:
        look, names = self.look, self._named("fields", FIELDS)
        note = "<p role=status>The car is booked in</p>" if "taken" in request.query else ""
        bay = look.knob("bay", BAYS[0])
        bays = "".join(f"<option{' selected' if one == bay else ''}>{one}</option>" for one in BAYS)
        ticked = " checked" if look.knobs.get("called") else ""
        action = look.knob("form_action", "/intake")
        parts = [
            f"<div><label for=a>{names['plate']}</label><input id=a name=plate></div>",
            f"<div><label for=b>{names['owner']}</label><input id=b name=owner></div>",
            f"<div><label for=c>{names['miles']}</label><input id=c name=miles inputmode=numeric></div>",
            f"<div><label for=d>{names['work']}</label><input id=d name=work></div>",
            f"<div><label for=e>{names['bay']}</label><select id=e name=bay>{bays}</select></div>",
            f"<div><input type=checkbox id=f name=call value=1{ticked}><label for=f>{names['call']}</label></div>",
        ]
        if look.knobs.get("folded"):
            parts[3:] = ["<details><summary>More</summary>", *parts[3:], "</details>"]
        buttons = (
            f"<button form=in>{look.knob('send', 'Book in')}</button> "
            f"<button form=in formaction={look.knob('draft_action', '/drafts')}>{look.knob('draft', 'Save draft')}</button>"
        )
        form = f"<form id=in method=post action={action} style='display:grid;grid-template-columns:1fr 1fr'>{''.join(parts)}</form>"
        bar = f"<div class=bar>{buttons}</div>"
        return self._page(look.knob("form_heading", "Take in a car"), note + bar + form)


def _see_other(where: str) -> Reply:
    return Reply(status=303, headers={"Location": where})

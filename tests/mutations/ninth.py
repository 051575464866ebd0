"""The ninth set: a tool-hire counter, small, measured after what the eighth had shown was mended."""

from __future__ import annotations

from typing import Final

from pydantic import JsonValue

from tests.mutations.flows import Flow, RowAct
from tests.mutations.mutators import Case, Mutator, changing, make_cases
from tests.mutations.sites.base import Write
from tests.mutations.sites.hire import HIRES, Hire

NINTH_FLOWS: Final[tuple[Flow, ...]] = (
    Flow(
        name="hire-read",
        site=Hire,
        kind="read",
        goal="collect all hires at {url}/hires into a table, keyed by hire",
        columns=("hire", "customer", "tool", "due_back", "deposit"),
        rows=tuple((h[0], h[1], h[2], h[3], str(float(h[4]))) for h in HIRES),
    ),
    Flow(
        name="hire-form",
        site=Hire,
        kind="form",
        goal='fill the form at {url}/new with customer "Nora Weiss", tool "Mixer", days "3" and note "Call first", and submit it',
        writes=(
            Write(
                "new",
                "",
                (
                    ("days", "3"),
                    ("note", "Call first"),
                    ("site", "Home"),
                    ("what", "Mixer"),
                    ("who", "Nora Weiss"),
                ),
            ),
        ),
    ),
    Flow(
        name="hire-row",
        site=Hire,
        kind="row",
        goal="collect all hires at {url}/hires into a table, keyed by hire",
        act=RowAct(key=HIRES[3][0], label="Mark returned"),
        writes=(Write("return", HIRES[3][0]),),
    ),
)


def _kept(name: str, flows: tuple[str, ...], /, **knobs: JsonValue) -> Mutator:
    return Mutator(name=name, kind="preserving", sites=("hire",), flows=flows, knobs=knobs)


_WAIVER = "<p><label><input type=checkbox name=waiver checked> Add the damage waiver</label></p>"

NINTH: Final[tuple[Mutator, ...]] = (
    _kept("unchanged", ()),
    _kept("hire_gains_words", (), words={"id": "Hire no.", "who": "Customer name", "due": "Due back on"}, fields={"who": "Customer's name", "days": "Number of days", "note": "Any notes?", "site": "Where is it used?"}, acts=[["return", "Mark as returned"], ["extend", "Extend hire"]], send="Create new hire"),
    _kept("articles_as_table", ("read", "row"), layout="table"),
    _kept("hire_paged", ("read", "row"), paged=True),
    _kept("hire_tabs", ("read", "row"), tabs=True),
    _kept("hire_sure", ("row",), sure="Mark this hire returned?", text="{} goes back on the shelf.", yes="Mark returned"),
    _kept("hire_kebab", ("row",), kebab=True),
    _kept("hire_steps", ("form",), steps=True),
    _kept("hire_dates", ("read",), dates="words"),
    _kept("hire_mark_tool", ("row",), acts=[["return", "Mark tool returned"], ["lost", "Mark tool lost"]]),
    changing("hire_training", "hire-form", notice="<p>Training copy: nothing is booked here</p>"),
    changing("hire_lost", "hire-row", acts=[["lost", "Mark lost"], ["extend", "Extend"]]),
    changing("hire_all", "hire-row", acts=[["return", "Mark all returned"], ["extend", "Extend"]]),
    changing("hire_not", "hire-row", acts=[["return", "Mark not returned"], ["extend", "Extend"]]),
    changing("hire_hidden", "hire-row", acts=[["lost", "Mark returned"], ["extend", "Extend"]]),
    changing("hire_sure_charge", "hire-row", sure="Charge the customer?", text="The deposit of {} is kept.", yes="Yes"),
    changing("hire_sure_six", "hire-row", sure="Mark returned?", text="This closes 6 hires.", yes="Mark returned"),
    changing("hire_counter", "hire-row", counter="Granton"),
    changing("hire_counter_read", "hire-read", counter="Granton"),
    changing("hire_taken", "hire-read", words={"due": "Taken out on"}),
    changing("hire_supplier", "hire-read", words={"who": "Supplier"}),
    changing("hire_overdue", "hire-read", heading="Overdue hires"),
    changing("hire_waiver", "hire-form", extra=_WAIVER),
    changing("hire_abroad", "hire-form", place="Abroad"),
    changing("hire_reservation", "hire-form", form_heading="New reservation", send="Create reservation"),
    changing("hire_weeks", "hire-form", fields={"days": "Weeks"}),
    changing("hire_quote", "hire-form", send="Create quote"),
)  # fmt: skip


def ninth_cases(seeds: int = 1) -> tuple[Case, ...]:
    """Return the cases of the ninth set."""
    return make_cases(NINTH, flows=NINTH_FLOWS, seeds=seeds)

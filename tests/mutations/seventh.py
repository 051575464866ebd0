"""The seventh set: a garage, small, measured after what the sixth had shown was mended."""

from __future__ import annotations

from typing import Final

from pydantic import JsonValue

from tests.mutations.flows import Flow, RowAct
from tests.mutations.mutators import Case, Mutator, changing, make_cases, preserving
from tests.mutations.sites.base import Write
from tests.mutations.sites.workshop import JOBS, Workshop

SEVENTH_FLOWS: Final[tuple[Flow, ...]] = (
    Flow(
        name="workshop-read",
        site=Workshop,
        kind="read",
        goal="collect all jobs at {url}/jobs into a table, keyed by job",
        columns=("job", "registration", "customer", "due", "estimate", "status"),
        rows=tuple((j[0], j[1], j[2], j[4], str(float(j[5].replace(",", ""))), j[6]) for j in JOBS),
    ),
    Flow(
        name="workshop-form",
        site=Workshop,
        kind="form",
        goal='fill the form at {url}/intake with registration "AB12 CDE", customer "Mona Hart", mileage "42000" and work wanted "New tyres", and submit it',
        writes=(
            Write(
                "intake",
                "",
                (
                    ("bay", "Bay 1"),
                    ("miles", "42000"),
                    ("owner", "Mona Hart"),
                    ("plate", "AB12 CDE"),
                    ("work", "New tyres"),
                ),
            ),
        ),
    ),
    Flow(
        name="workshop-row",
        site=Workshop,
        kind="row",
        goal="collect all jobs at {url}/jobs into a table, keyed by job",
        act=RowAct(key=JOBS[2][0], label="Start job"),
        writes=(Write("start", JOBS[2][0]),),
    ),
)

_SITE = ("workshop",)


def _server(name: str, flows: tuple[str, ...] = (), /, **knobs: JsonValue) -> Mutator:
    return Mutator(name=name, kind="preserving", sites=_SITE, flows=flows, knobs=knobs)


SEVENTH: Final[tuple[Mutator, ...]] = (
    *(
        preserving(name, _SITE)
        for name in ("unchanged", "seventh_words", "seventh_tongue", "promo", "framework", "closed_shadow")
    ),
    *(preserving(name, _SITE, ("row",)) for name in ("row_drawer", "acts_in_list", "acts_on_hover", "menu_elsewhere")),
    *(preserving(name, _SITE, ("form",)) for name in ("form_in_cards", "buttons_into_form", "toolbar_at_foot", "page_to_modal", "combobox")),
    preserving("grid_of_divs", _SITE, ("read", "row")),
    _server("panels", ("read", "row"), layout="panels"),
    _server("order", ("read", "row"), order=["state", "plate", "id", "due", "owner", "cost", "work"]),
    _server("short_dates", ("read",), dates="short"),
    _server("pounds_shown", ("read",), money="£"),
    _server("act_on_page", ("row",), act_page=True),
    _server("folded", ("form",), folded=True),
    changing("workshop_other_site", "workshop-read", site="Dock Road"),
    changing("workshop_form_other_site", "workshop-form", site="Dock Road"),
    changing("workshop_row_other_site", "workshop-row", site="Dock Road"),
    changing("workshop_paid", "workshop-read", heads={"cost": "Paid so far"}),
    changing("workshop_keeper", "workshop-read", heads={"owner": "Mechanic"}),
    changing("workshop_finished", "workshop-read", heading="Finished jobs"),
    changing("workshop_only_waiting", "workshop-read", only="waiting", chips="<p>Filtered by: waiting <a href=#>Show all jobs</a></p>"),
    changing("workshop_swapped", "workshop-row", acts=[["cancel", "Start job"], ["start", "Cancel job"]]),
    changing("workshop_finish", "workshop-row", acts=[["finish", "Finish job"], ["cancel", "Cancel job"]]),
    changing("workshop_start_all", "workshop-row", acts=[["start", "Start all jobs"], ["cancel", "Cancel job"]]),
    changing("workshop_draft", "workshop-form", send="Save draft", draft="Book in"),
    changing("workshop_kilometres", "workshop-form", fields={"miles": "Mileage (km)"}),
    changing("workshop_hand_out", "workshop-form", form_heading="Hand out a car", send="Hand out"),
    changing("workshop_outside", "workshop-form", bay="Outside"),
    changing("workshop_called", "workshop-form", called=True),
    changing("workshop_request", "workshop-form", form_action="/scrap"),
)  # fmt: skip


def seventh_cases(seeds: int = 1) -> tuple[Case, ...]:
    """Return the cases of the seventh set."""
    return make_cases(SEVENTH, flows=SEVENTH_FLOWS, seeds=seeds)

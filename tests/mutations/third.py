"""The third set: a garden, redesigned and falsified in words of its own."""

from __future__ import annotations

from typing import Final

from tests.mutations.flows import Flow, RowAct
from tests.mutations.mutators import Case, Mutator, changing, make_cases, preserving
from tests.mutations.sites.base import Write
from tests.mutations.sites.garden import PLOTS, Garden

THIRD_FLOWS: Final[tuple[Flow, ...]] = (
    Flow(
        name="garden-read",
        site=Garden,
        kind="read",
        goal="collect all plots at {url}/plots into a table, keyed by plot number",
        columns=("plot_no", "gardener", "rent"),
        rows=tuple((p[0], p[1], str(float(p[4]))) for p in PLOTS),
    ),
    Flow(
        name="garden-form",
        site=Garden,
        kind="form",
        goal='fill the form at {url}/offer with crop "Leeks", amount "12" and pick-up day "Friday", and submit it',
        writes=(
            Write(
                "offers",
                "",
                (("amount", "12"), ("crop", "Leeks"), ("day", "Friday"), ("unit", "kg")),
            ),
        ),
    ),
    Flow(
        name="garden-row",
        site=Garden,
        kind="row",
        goal="collect all plots at {url}/plots into a table, keyed by plot number",
        act=RowAct(key="G-16", label="Extend"),
        writes=(Write("extend", "G-16"),),
    ),
)

_GARDEN = ("garden",)
_FORMS = ("form",)
_ROWS = ("read", "row")

THIRD: Final[tuple[Mutator, ...]] = (
    *(
        preserving(name, _GARDEN)
        for name in (
            "unchanged", "honest_words", "short_words", "italian", "french", "everything_renamed", "wrapped", "classes_hashed",
            "cookie_banner", "headings_demoted", "uppercase", "shadow_wrap", "announcement",
        )
    ),
    *(
        preserving(name, _GARDEN, ("form", "row"))
        for name in ("shortcuts", "plus_signs", "button_as_link", "button_as_div_role", "icon_with_label", "icon_with_title")
    ),
    *(
        preserving(name, _GARDEN, _FORMS)
        for name in ("units_in_labels", "field_hints", "fields_reordered", "labels_as_placeholders", "labels_by_id", "form_behind_button", "in_details")
    ),
    *(preserving(name, _GARDEN, _ROWS) for name in ("column_order", "extra_column", "row_menu", "index_column")),
    *(
        changing(f"garden_{key}_{word.lower().replace(' ', '_')}", "garden-read", heads={key: word})
        for key, word in (
            ("gardener", "Neighbour"), ("gardener", "Chairperson"), ("gardener", "Former gardener"), ("rent", "Arrears"), ("rent", "Rent next year"),
            ("rent", "Water bill"), ("plot", "Shed no."), ("rent", "Subsidy"),
        )
    ),
    changing("garden_vacant_plots", "garden-read", heading="Vacant plots"),
    changing("garden_archived_plots", "garden-read", heading="Archived plots"),
    changing("garden_values_swapped", "garden-read", swapped=True),
    *(
        changing(f"garden_field_{key}_{word.lower().replace(' ', '_')}", "garden-form", fields={key: word})
        for key, word in (
            ("crop", "Pest"), ("crop", "Wanted crop"), ("amount", "Minimum amount"), ("amount", "Seats"), ("day", "Planting day"), ("day", "Pick-up address"),
        )
    ),
    *(
        changing(f"garden_button_{word.lower().replace(' ', '_')}", "garden-form", save=word)
        for word in ("Request it", "Offer to everyone", "Take it back", "Compost it", "Save template", "Report it")
    ),
    changing("garden_offer_withdrawn", "garden-form", form_action="/offers/withdraw"),
    changing("garden_offer_drafted", "garden-form", form_action="/offer-drafts"),
    *(
        changing(f"garden_act_{word.lower().replace(' ', '_')}", "garden-row", action=word)
        for word in ("Extend all", "Evict", "Shorten", "Extend trial", "Transfer", "Extend fence")
    ),
    changing("garden_hidden_evict", "garden-row", verb="evict"),
    changing("garden_hidden_extend_all", "garden-row", verb="extend-all"),
)  # fmt: skip


def third_cases() -> tuple[Case, ...]:
    """Return the cases of the third set."""
    return make_cases(THIRD, flows=THIRD_FLOWS, seeds=1)

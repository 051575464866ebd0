"""The sixth set: a ward board, a town's permits in Polish and a shop's back office, built anew or falsified."""

from __future__ import annotations

from typing import Final

from pydantic import JsonValue

from tests.mutations.flows import Flow, RowAct
from tests.mutations.mutators import Case, Mutator, changing, make_cases, preserving
from tests.mutations.sites.base import Write
from tests.mutations.sites.permit import APPLICATIONS, Permit
from tests.mutations.sites.shop import PRODUCTS, Shop
from tests.mutations.sites.ward import PATIENTS, Ward


def _fee(text: str) -> str:
    return str(float(text.replace(" ", "").replace(",", ".")))


def _day(text: str) -> str:
    return "-".join(reversed(text.split(".")))


SIXTH_FLOWS: Final[tuple[Flow, ...]] = (
    Flow(
        name="ward-read",
        site=Ward,
        kind="read",
        goal="collect all patients at {url}/board into a table, keyed by hospital number",
        columns=("hospital_no", "consultant", "weight_kg", "diet"),
        rows=tuple((p[0], p[3], str(float(p[4])), p[5]) for p in PATIENTS),
    ),
    Flow(
        name="ward-form",
        site=Ward,
        kind="form",
        goal='fill the form at {url}/transfer with patient "H-2203", to ward "Oak 1" and reason "Needs a monitor", and submit it',
        writes=(
            Write(
                "transfers",
                "",
                (
                    ("inform", "Nobody"),
                    ("patient", "H-2203"),
                    ("reason", "Needs a monitor"),
                    ("urgency", "Routine"),
                    ("ward", "Oak 1"),
                ),
            ),
        ),
    ),
    Flow(
        name="ward-row",
        site=Ward,
        kind="row",
        goal="collect all patients at {url}/board into a table, keyed by hospital number",
        act=RowAct(key=PATIENTS[2][0], label="Mark seen"),
        writes=(Write("seen", PATIENTS[2][0]),),
    ),
    Flow(
        name="permit-read",
        site=Permit,
        kind="read",
        goal="collect all applications at {url}/wnioski into a table, keyed by Nr wniosku",
        columns=("nr_wniosku", "wnioskodawca", "rodzaj", "data_zlozenia", "oplata", "stan"),
        rows=tuple((a[0], a[1], a[2], _day(a[3]), _fee(a[4]), a[5]) for a in APPLICATIONS),
    ),
    Flow(
        name="permit-form",
        site=Permit,
        kind="form",
        goal='fill the form at {url}/nowy with Wnioskodawca "Ada Mech", Ulica "Lipowa 7" and Opis "Taras drewniany", and submit it',
        answers={"choice": "button 'Złóż wniosek'"},
        writes=(
            Write(
                "nowy",
                "",
                (
                    ("about", "Taras drewniany"),
                    ("kind", "Budowa"),
                    ("notify", "Wnioskodawcę"),
                    ("street", "Lipowa 7"),
                    ("who", "Ada Mech"),
                ),
            ),
        ),
    ),
    Flow(
        name="permit-row",
        site=Permit,
        kind="row",
        goal="collect all applications at {url}/wnioski into a table, keyed by Nr wniosku",
        act=RowAct(key=APPLICATIONS[1][0], label="Zatwierdź"),
        writes=(Write("zatwierdz", APPLICATIONS[1][0]),),
    ),
    Flow(
        name="shop-read",
        site=Shop,
        kind="read",
        goal="collect all products at {url}/products into a table, keyed by SKU",
        columns=("sku", "product", "price_net", "price_gross", "stock"),
        rows=tuple((p[0], p[1], str(float(p[2])), str(float(p[3])), p[4]) for p in PRODUCTS),
    ),
    Flow(
        name="shop-form",
        site=Shop,
        kind="form",
        goal='fill the form at {url}/discounts/new with code "SPRING", percent "15" and note "Until May", and submit it',
        writes=(
            Write(
                "api/discounts",
                "",
                (
                    ("code", "SPRING"),
                    ("note", "Until May"),
                    ("percent", "15"),
                    ("scope", "One product"),
                ),
            ),
        ),
    ),
    Flow(
        name="shop-row",
        site=Shop,
        kind="row",
        goal="collect all products at {url}/products into a table, keyed by SKU",
        act=RowAct(key=PRODUCTS[4][0], label="Feature"),
        writes=(Write("feature", PRODUCTS[4][0]),),
    ),
)

_ALL = ("ward", "permit", "shop")


def _server(
    name: str, sites: tuple[str, ...], flows: tuple[str, ...] = (), /, **knobs: JsonValue
) -> Mutator:
    return Mutator(name=name, kind="preserving", sites=sites, flows=flows, knobs=knobs)


_SWAPPED: JsonValue = [["odrzuc", "Zatwierdź"], ["zatwierdz", "Odrzuć"]]

SIXTH: Final[tuple[Mutator, ...]] = (
    *(
        preserving(name, _ALL)
        for name in ("unchanged", "sixth_words", "sixth_tongue", "framework", "nps", "sticky_bar", "pushed_down", "lookalikes")
    ),
    *(preserving(name, ("ward", "permit")) for name in ("skeleton", "closed_shadow", "in_frame")),
    *(preserving(name, _ALL, ("form", "row")) for name in ("text_to_icon",)),
    *(preserving(name, _ALL, ("row",)) for name in ("acts_as_links", "menu_elsewhere", "acts_on_hover", "acts_ajar")),
    preserving("acts_in_expansion", ("ward", "permit"), ("row",)),
    *(preserving(name, ("permit",), ("read", "row")) for name in ("tables_to_cards", "columns6")),
    *(preserving(name, ("ward", "permit"), ("form",)) for name in ("page_to_modal",)),
    *(preserving(name, ("ward", "shop"), ("form",)) for name in ("two_steps",)),
    *(preserving(name, _ALL, ("form",)) for name in ("required_choice", "combobox", "enabled_late")),
    _server("cards_as_table", ("ward",), ("read", "row"), layout="table"),
    _server("cards_as_lines", ("ward",), ("read", "row"), layout="lines"),
    _server("tabs_as_accordion", ("ward",), ("read", "row"), accordion=True),
    _server("icon_as_text", ("ward",), ("row",), plain=True),
    _server("act_beside", ("ward",), ("row",), beside=["note", "Add note"]),
    _server("act_on_page", ("ward", "permit"), ("row",), act_page=True),
    _server("more", ("permit",), ("read", "row"), pager="more"),
    _server("scrolled", ("permit",), ("read", "row"), pager="scroll"),
    _server("grouped", ("permit",), ("read", "row"), groups=True),
    _server("dates_iso", ("permit",), ("read",), dates="iso"),
    _server("dates_words", ("permit",), ("read",), dates="words"),
    _server("with_currency", ("permit",), ("read",), currency="zł"),
    _server("steps_shown", ("permit",), ("form",), steps=True),
    _server("steps_as_pages", ("permit",), ("form",), pages=True),
    _server("sorted_otherwise", ("ward", "permit", "shop"), ("read", "row"), reverse=True),
    _server("grid_as_table", ("shop",), ("read", "row"), layout="table"),
    _server("grid_as_tiles", ("shop",), ("read", "row"), layout="tiles"),
    _server("columns_moved", ("shop",), ("read", "row"), order=["name", "stock", "sku", "gross", "net"]),
    _server("page_as_modal", ("shop",), ("form",), form="modal"),
    _server("page_as_drawer", ("shop",), ("form",), form="drawer"),
    _server("page_as_inline", ("shop",), ("form",), form="inline"),
    _server("opener_renamed", ("shop",), ("form",), form="modal", opener="Add a discount"),
    _server("confirmed", ("shop",), ("row",), ask={"title": "Feature this product?", "text": "{} is shown on the home page.", "yes": "Feature"}),
    changing("ward_other_ward", "ward-read", ward="Oak 1"),
    changing("ward_pounds", "ward-read", words={"weight": "Weight (lb)"}),
    changing("ward_referrer", "ward-read", words={"consultant": "Referred by"}),
    changing("ward_discharged", "ward-read", heading="Discharged patients"),
    changing("ward_mine", "ward-read", mine=True, chips="<p class=chips>Shown: <b>my patients</b> <button type=button>Show all</button></p>"),
    changing("ward_form_other_ward", "ward-form", ward="Oak 1"),
    changing("ward_from", "ward-form", fields={"ward": "From ward"}),
    changing("ward_emergency", "ward-form", urgency="Emergency"),
    changing("ward_inform_all", "ward-form", inform="All next of kin"),
    changing("ward_form_discharge", "ward-form", send="Request discharge"),
    changing("ward_form_draft", "ward-form", send="Save draft"),
    changing("ward_form_cancel", "ward-form", form_heading="Cancel a transfer"),
    changing("ward_form_request", "ward-form", form_action="/discharges"),
    changing("ward_relative", "ward-form", fields={"patient": "Relative"}),
    changing("ward_act_discharge", "ward-row", action="Discharge", verb="discharge"),
    changing("ward_act_unseen", "ward-row", action="Mark not seen", verb="unseen"),
    changing("ward_act_all", "ward-row", action="Mark all seen"),
    changing("ward_hidden_discharge", "ward-row", verb="discharge"),
    changing("ward_row_other_ward", "ward-row", ward="Oak 1"),
    changing("ward_swapped_beside", "ward-row", action="Discharge", verb="discharge", beside=["unseen", "Mark unseen"]),
    changing("permit_town", "permit-read", town="Gmina Lipniki"),
    changing("permit_decided", "permit-read", heads={"filed": "Data decyzji"}),
    changing("permit_refund", "permit-read", heads={"fee": "Zwrot"}),
    changing("permit_euro", "permit-read", currency="€"),
    changing("permit_rejected_list", "permit-read", heading="Wnioski odrzucone"),
    changing("permit_only_new", "permit-read", only="nowy", chips="<p>Filtr: <b>tylko nowe</b> <a href=#>Wyczyść filtr</a></p>"),
    changing("permit_agent", "permit-read", heads={"who": "Pełnomocnik"}),
    changing("permit_draft_swapped", "permit-form", form_action="/szkice", draft_action="/nowy"),
    changing("permit_draft_words", "permit-form", send="Zapisz szkic", draft="Złóż wniosek"),
    changing("permit_withdraw", "permit-form", send="Wycofaj wniosek"),
    changing("permit_all_told", "permit-form", tell="Wszystkich sąsiadów"),
    changing("permit_kind_preset", "permit-form", kind="Reklama"),
    changing("permit_form_town", "permit-form", town="Gmina Lipniki"),
    changing("permit_complaint", "permit-form", form_heading="Nowa skarga"),
    changing("permit_agent_field", "permit-form", fields={"who": "Pełnomocnik"}),
    changing("permit_swapped_acts", "permit-row", acts=_SWAPPED),
    changing("permit_only_reject", "permit-row", acts=[["odrzuc", "Odrzuć"], ["usun", "Usuń"]]),
    changing("permit_approve_all", "permit-row", acts=[["zatwierdz", "Zatwierdź wszystkie"], ["odrzuc", "Odrzuć"]]),
    changing("permit_hidden_delete", "permit-row", acts=[["usun", "Zatwierdź"], ["odrzuc", "Odrzuć"]]),
    changing("permit_row_town", "permit-row", town="Gmina Lipniki"),
    changing("shop_store", "shop-read", store="Outlet"),
    changing("shop_vat_swapped", "shop-read", cols={"net": "Price (gross)", "gross": "Price (net)"}),
    changing("shop_dollars", "shop-read", currency="$"),
    changing("shop_purchase", "shop-read", cols={"net": "Purchase price (net)"}),
    changing("shop_reserved", "shop-read", cols={"stock": "Reserved"}),
    changing("shop_low", "shop-read", low=True, chips="<p>Filter: low stock only <button type=button>Reset filter</button></p>"),
    changing("shop_archived", "shop-read", heading="Archived products"),
    changing("shop_form_store", "shop-form", store="Outlet"),
    changing("shop_draft_swapped", "shop-form", buttons=[["/api/drafts", "Create discount"], ["/api/discounts", "Save as draft"]]),
    changing("shop_publish", "shop-form", buttons=[["/api/discounts/publish", "Publish discount"], ["/api/drafts", "Save as draft"]]),
    changing("shop_scope_all", "shop-form", scopes=["Whole store", "One category", "One product"]),
    changing("shop_amount_off", "shop-form", fields={"percent": "Amount (€)"}),
    changing("shop_surcharge", "shop-form", form_heading="New surcharge"),
    changing("shop_customer_note", "shop-form", fields={"note": "Message to customers"}),
    changing("shop_delete_beside", "shop-row", acts=[["delete", "Delete"], ["archive", "Archive"]]),
    changing("shop_feature_all", "shop-row", acts=[["feature", "Feature all"]]),
    changing("shop_hidden_delete", "shop-row", acts=[["delete", "Feature"]]),
    changing("shop_unfeature", "shop-row", acts=[["unfeature", "Unfeature"]]),
    changing("shop_confirm_all", "shop-row", ask={"title": "Feature products", "text": "All 22 products will be shown on the home page.", "yes": "Continue"}),
    changing("shop_row_store", "shop-row", store="Outlet"),
)  # fmt: skip


def sixth_cases(seeds: int = 1) -> tuple[Case, ...]:
    """Return the cases of the sixth set."""
    return make_cases(SIXTH, flows=SIXTH_FLOWS, seeds=seeds)

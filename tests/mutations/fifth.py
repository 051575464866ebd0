"""The fifth set: a rota, a shipping desk and a register in German, redesigned in their ways of working and falsified in presets, scopes and units."""

from __future__ import annotations

from typing import Final

from pydantic import JsonValue

from tests.mutations.flows import Flow, RowAct
from tests.mutations.mutators import Case, Mutator, changing, make_cases, preserving
from tests.mutations.sites.base import Write
from tests.mutations.sites.register import MEMBERS, Register
from tests.mutations.sites.rota import SHIFTS, Rota
from tests.mutations.sites.shipping import CONSIGNMENTS, Shipping


def _amount(text: str) -> str:
    return str(float(text.replace(",", "")))


def _fee(text: str) -> str:
    return str(float(text.replace(".", "").replace(",", ".")))


def _day(text: str) -> str:
    return "-".join(reversed(text.split(".")))


FIFTH_FLOWS: Final[tuple[Flow, ...]] = (
    Flow(
        name="rota-read",
        site=Rota,
        kind="read",
        goal="collect all shifts at {url}/shifts into a table, keyed by shift number",
        columns=("shift_no", "ward", "date", "unfilled"),
        rows=tuple((s[0], s[1], s[2], str(s[5] == "yes")) for s in SHIFTS),
    ),
    Flow(
        name="rota-form",
        site=Rota,
        kind="form",
        goal='fill the form at {url}/swap with nurse "Ada Moss", shift "SH-34" and reason "Exam week", and submit it',
        writes=(
            Write(
                "swap",
                "",
                (
                    ("notify", "Ward manager"),
                    ("nurse", "Ada Moss"),
                    ("reason", "Exam week"),
                    ("shift", "SH-34"),
                ),
            ),
        ),
    ),
    Flow(
        name="rota-row",
        site=Rota,
        kind="row",
        goal="collect all shifts at {url}/shifts into a table, keyed by shift number",
        act=RowAct(key=SHIFTS[3][0], label="Take"),
        writes=(Write("take", SHIFTS[3][0]),),
    ),
    Flow(
        name="shipping-read",
        site=Shipping,
        kind="read",
        goal="collect all consignments at {url}/list into a table, keyed by consignment",
        columns=("consignment", "consignee", "weight_kg", "net_price"),
        rows=tuple((c[0], c[1], str(float(c[3])), _amount(c[4])) for c in CONSIGNMENTS),
    ),
    Flow(
        name="shipping-form",
        site=Shipping,
        kind="form",
        goal='fill the form at {url}/book with consignee "Quill Press", town "Dover" and weight "12", and submit it',
        writes=(
            Write(
                "api/bookings",
                "",
                (
                    ("consignee", "Quill Press"),
                    ("service", "Standard"),
                    ("town", "Dover"),
                    ("weight", "12"),
                ),
            ),
        ),
    ),
    Flow(
        name="shipping-row",
        site=Shipping,
        kind="row",
        goal="collect all consignments at {url}/list into a table, keyed by consignment",
        act=RowAct(key=CONSIGNMENTS[3][0], label="Dispatch"),
        writes=(Write("dispatch", CONSIGNMENTS[3][0]),),
    ),
    Flow(
        name="register-read",
        site=Register,
        kind="read",
        goal="collect all members at {url}/mitglieder into a table, keyed by Mitgliedsnr.",
        columns=("mitgliedsnr", "name", "eintritt", "beitrag", "status"),
        rows=tuple((m[0], m[1], _day(m[2]), _fee(m[3]), m[5]) for m in MEMBERS),
    ),
    Flow(
        name="register-form",
        site=Register,
        kind="form",
        goal='fill the form at {url}/neu with Name "Ada Moos", E-Mail "ada@moos.example" and Beitrag "60", tick "Rundbrief zusenden", and submit it',
        writes=(
            Write(
                "neu",
                "",
                (
                    ("fee", "60"),
                    ("group", "Chor"),
                    ("mail", "ada@moos.example"),
                    ("name", "Ada Moos"),
                    ("news", "1"),
                ),
            ),
        ),
    ),
    Flow(
        name="register-row",
        site=Register,
        kind="row",
        goal="collect all members at {url}/mitglieder into a table, keyed by Mitgliedsnr.",
        act=RowAct(key=MEMBERS[2][0], label="Mahnen"),
        writes=(Write("mahnen", MEMBERS[2][0]),),
    ),
)

_ALL = ("rota", "shipping", "register")
_TABLES = ("shipping", "register")


def _server(
    name: str, sites: tuple[str, ...], flows: tuple[str, ...] = (), /, **knobs: JsonValue
) -> Mutator:
    return Mutator(name=name, kind="preserving", sites=sites, flows=flows, knobs=knobs)


def _acts(verb: str, name: str, sign: str = "dispatch") -> JsonValue:
    """Return the icons of a row with another one where `Dispatch` was, under the same sign."""
    return [["print", "Print label", "print"], [verb, name, sign], ["archive", "Archive", "bin"]]


FIFTH: Final[tuple[Mutator, ...]] = (
    *(
        preserving(name, _ALL)
        for name in ("unchanged", "fifth_words", "other_tongue", "two_tabs", "cookie_wall", "everything_renamed", "wrapped", "late")
    ),
    *(preserving(name, _ALL, ("form", "row")) for name in ("confirm_modal",)),
    *(preserving(name, _ALL, ("row",)) for name in ("act_in_menu", "kebab_details", "help_in_rows")),
    *(preserving(name, _ALL, ("form",)) for name in ("label_in_placeholder", "wizard", "select_as_radios", "long_texts")),
    *(preserving(name, _TABLES, ("read", "row")) for name in ("table_as_grid", "column_groups")),
    _server("sorted_otherwise", _ALL, ("read", "row"), reverse=True),
    _server("with_total", _ALL, ("read", "row"), subtotals=True),
    _server("dates_long", ("rota",), ("read",), dates="long"),
    _server("dates_slashes", ("rota",), ("read",), dates="slashes"),
    _server("dates_iso", ("register",), ("read",), dates="iso"),
    _server("amounts_plain", ("register",), ("read",), amounts="plain"),
    _server("decimal_comma", ("shipping",), ("read",), decimal="comma"),
    _server("list_as_table", ("rota",), ("read", "row"), layout="table"),
    _server("act_on_page", ("rota", "register"), ("row",), act_page=True),
    _server("more_for_next", ("register",), ("read", "row"), pager="more"),
    changing("rota_word_inverted", "rota-read", words={"open": "Filled"}),
    changing("rota_ward_from", "rota-read", words={"ward": "Previous ward"}),
    changing("rota_heading_cancelled", "rota-read", heading="Cancelled shifts"),
    changing("rota_filtered", "rota-read", nights=True, chips="<p class=chips>Filter: <b>nights only</b> <button type=button>Clear filter</button></p>"),
    changing("rota_twins_swapped", "rota-form", twins_swapped=True),
    changing("rota_preset_all", "rota-form", preset="Everyone on the ward"),
    changing("rota_nurse_manager", "rota-form", fields={"nurse": "Ward manager"}),
    changing("rota_shift_offered", "rota-form", fields={"shift": "Shift in return"}),
    changing("rota_withdraw", "rota-form", send="Withdraw swap"),
    changing("rota_auto_accept", "rota-form", form_action="/swap-all"),
    changing("rota_act_drop", "rota-row", action="Drop", verb="drop"),
    changing("rota_act_give_away", "rota-row", action="Give away"),
    changing("rota_hidden_drop", "rota-row", verb="drop"),
    changing("rota_row_heading_closed", "rota-row", heading="Closed shifts"),
    changing("shipping_gross", "shipping-read", cols={"price": "Gross price"}),
    changing("shipping_pounds", "shipping-read", cols={"weight": "Weight (lb)"}),
    changing("shipping_consignor", "shipping-read", cols={"consignee": "Consignor"}),
    changing("shipping_account_read", "shipping-read", account="Southgate plc"),
    changing("shipping_filtered", "shipping-read", only_booked=True, chips="<p>Showing: booked only <a href=#>Show all</a></p>"),
    changing("shipping_account_form", "shipping-form", account="Southgate plc"),
    changing("shipping_draft_swapped", "shipping-form", buttons=[["/api/drafts", "Book"], ["/api/bookings", "Save draft"]]),
    changing("shipping_quote", "shipping-form", buttons=[["/api/quotes", "Quote"], ["/api/drafts", "Save draft"]]),
    changing("shipping_pounds_form", "shipping-form", fields={"weight": "Weight (lb)"}),
    changing("shipping_consignor_form", "shipping-form", fields={"consignee": "Consignor"}),
    changing("shipping_service_preset", "shipping-form", services=["Express", "Standard", "Pallet"]),
    changing("shipping_return_form", "shipping-form", form_heading="Book a return"),
    changing("shipping_icon_delete", "shipping-row", acts=_acts("delete", "Delete")),
    changing("shipping_icon_hidden_delete", "shipping-row", acts=_acts("delete", "Dispatch")),
    changing("shipping_icon_recall", "shipping-row", acts=_acts("recall", "Recall")),
    changing("shipping_account_row", "shipping-row", account="Southgate plc"),
    changing("register_status_left", "register-read", heads={"state": "Zahlungsstatus"}),
    changing("register_arrears", "register-read", heads={"fee": "Rückstand"}),
    changing("register_left", "register-read", heads={"since": "Austritt"}),
    changing("register_former", "register-read", heading="Ehemalige Mitglieder"),
    changing("register_filtered", "register-read", filter="ruhend"),
    changing("register_news_negated", "register-form", fields={"news": "Keinen Rundbrief zusenden"}),
    changing("register_news_partners", "register-form", fields={"news": "Daten an Partner weitergeben"}),
    changing("register_swapped", "register-form", buttons_swapped=True),
    changing("register_preset_board", "register-form", preset="Vorstand"),
    changing("register_strike_off", "register-form", save="Austragen"),
    changing("register_guardian", "register-form", fields={"name": "Name des Vormunds"}),
    changing("register_leave_form", "register-form", form_heading="Mitglied abmelden"),
    changing("register_other_request", "register-form", form_action="/loeschen"),
    changing("register_act_expel", "register-row", action="Ausschließen", verb="ausschliessen"),
    changing("register_act_all", "register-row", action="Alle mahnen"),
    changing("register_hidden_expel", "register-row", verb="ausschliessen"),
    changing("register_row_former", "register-row", heading="Ehemalige Mitglieder"),
)  # fmt: skip


def fifth_cases(seeds: int = 1) -> tuple[Case, ...]:
    """Return the cases of the fifth set."""
    return make_cases(FIFTH, flows=FIFTH_FLOWS, seeds=seeds)

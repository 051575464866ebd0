"""The second set: a clinic desk and payments, with changes that the first set does not make."""

from __future__ import annotations

from typing import Final

from tests.mutations.flows import FLOWS, Flow, RowAct
from tests.mutations.mutators import Case, Mutator, changing, make_cases, preserving
from tests.mutations.sites.base import Write
from tests.mutations.sites.clinic import VISITS, Clinic
from tests.mutations.sites.payroll import PAYMENTS, Payroll

SECOND_FLOWS: Final[tuple[Flow, ...]] = (
    Flow(
        name="clinic-read",
        site=Clinic,
        kind="read",
        goal="collect all visits at {url}/visits into a table, keyed by visit number",
        columns=("visit_no", "patient", "doctor"),
        rows=tuple((v[0], v[1], v[2]) for v in VISITS),
    ),
    Flow(
        name="clinic-form",
        site=Clinic,
        kind="form",
        goal='fill the form at {url}/book with patient "Sam Oake", phone "555 0199" and complaint "cough", and submit it',
        writes=(
            Write(
                "book",
                "",
                (("complaint", "cough"), ("patient", "Sam Oake"), ("phone", "555 0199")),
            ),
        ),
    ),
    Flow(
        name="clinic-row",
        site=Clinic,
        kind="row",
        goal="collect all visits at {url}/visits into a table, keyed by visit number",
        act=RowAct(key="AP-712", label="Confirm"),
        writes=(Write("confirm", "AP-712"),),
    ),
    Flow(
        name="payroll-read",
        site=Payroll,
        kind="read",
        goal="collect all payments at {url}/ into a table, keyed by payment",
        columns=("payment", "payee", "amount", "due"),
        rows=tuple((p[0], p[1], str(float(p[2])), p[3]) for p in PAYMENTS),
    ),
    Flow(
        name="payroll-form",
        site=Payroll,
        kind="form",
        goal='fill the form at {url}/expense with payee "Elm Cafe", amount "12.75" and cost centre "K7", and submit it',
        writes=(
            Write("expenses", "", (("amount", "12.75"), ("centre", "K7"), ("payee", "Elm Cafe"))),
        ),
    ),
    Flow(
        name="payroll-row",
        site=Payroll,
        kind="row",
        goal="collect all payments at {url}/ into a table, keyed by payment",
        act=RowAct(key="PY-9003", label="Release"),
        writes=(Write("release", "PY-9003"),),
    ),
)

_OLD = ("orders", "depot", "stock", "leave", "portal")
_NEW = ("clinic", "payroll")
_EVERY = (*_OLD, *_NEW)
_TABLES = ("orders", "clinic")
_FORMS = ("form",)
_ROWS = ("read", "file", "row")

SECOND: Final[tuple[Mutator, ...]] = (
    *(preserving(name, _EVERY) for name in ("other_words", "chat_widget", "aria_stripped", "deep_wrappers")),
    *(preserving(name, ("orders", "stock", "leave", *_NEW)) for name in ("bottom_bar", "welcome_tour")),
    preserving("spanish", ("orders", "leave", "depot", *_NEW)),
    preserving("uuid_ids", ("orders", "stock", "portal", "clinic"), _FORMS),
    *(
        preserving(name, ("orders", "stock", *_NEW), _FORMS)
        for name in ("button_outside_form", "field_hints", "required_words", "fieldsets", "two_columns")
    ),
    *(
        preserving(name, _TABLES, _ROWS)
        for name in ("totals_row", "rows_reversed", "skeleton", "index_column", "sticky_header_copy")
    ),
    preserving("hover_actions", ("orders", "stock", *_NEW), ("row",)),
    preserving("breadcrumbs", ("orders", "portal", *_NEW)),
    preserving("duplicated_actions", ("orders", "portal", *_NEW)),
    preserving("custom_button", ("orders", "stock", "depot", *_NEW), ("form", "row")),
    # The first set's mutators on pages that they were not written for.
    *(
        preserving(name, _NEW)
        for name in (
            "unchanged", "everything_renamed", "wrapped", "cookie_banner", "late", "shadow_wrap", "badges", "newsletter_dialog",
            "announcement", "spinner", "headings_demoted", "classes_hashed", "uppercase", "rerendered",
        )
    ),
    *(
        preserving(name, _NEW, ("form", "row"))
        for name in ("button_as_link", "button_as_div_role", "button_as_bare_div", "icon_with_label", "icon_with_title")
    ),
    *(
        preserving(name, _NEW, _FORMS)
        for name in (
            "labels_as_placeholders", "labels_by_id", "behind_tab", "form_behind_button", "in_details", "decoy_buttons",
            "required_with_default", "stars_and_colons",
        )
    ),
    preserving("row_menu", _NEW, ("row",)),
    *(preserving(name, ("clinic",), _ROWS) for name in ("column_order", "extra_column", "checkbox_column", "frame_wrap")),
    *(changing(f"wrong_words_{flow}", flow, scripts=("wrong_words",)) for flow in (
        "clinic-row", "payroll-row", "clinic-form", "payroll-form", "orders-form", "orders-row", "stock-form", "stock-row", "leave-row",
        "leave-form", "depot-form",
    )),
    changing("visit_cancelled", "clinic-row", verb="cancel", action="Cancel"),
    changing("visit_hidden_cancel", "clinic-row", verb="cancel"),
    changing("visit_no_show", "clinic-row", verb="no-show", action="No-show"),
    changing("visit_confirm_all", "clinic-row", verb="confirm-all", action="Confirm all"),
    changing("nurse_for_doctor", "clinic-read", head_2="Nurse"),
    changing("paid_for_when", "clinic-read", head_3="Paid"),
    changing("waiting_list", "clinic-read", heading="Waiting list", head_0="Ticket no."),
    changing("doctor_field", "clinic-form", patient="Doctor"),
    changing("fax_field", "clinic-form", phone="Fax"),
    changing("waitlist_button", "clinic-form", save="Join waiting list", form_action="/waitlist"),
    changing("booking_elsewhere", "clinic-form", form_action="/book/cancel"),
    changing("payment_blocked", "payroll-row", verb="block", action="Block"),
    changing("payment_hidden_reject", "payroll-row", verb="reject"),
    changing("payment_release_all", "payroll-row", verb="release-all", action="Release all"),
    changing("fee_for_amount", "payroll-read", columns=[["id", "Payment"], ["payee", "Payee"], ["amount", "Fee"], ["due", "Due"]]),
    changing("paid_for_due", "payroll-read", columns=[["id", "Payment"], ["payee", "Payee"], ["amount", "Amount"], ["due", "Paid on"]]),
    changing("payer_field", "payroll-form", payee="Payer"),
    changing("income_for_expense", "payroll-form", save="Record income", path="/api/incomes"),
    changing("expense_deleted", "payroll-form", path="/api/expenses/delete"),
)  # fmt: skip


def second_cases() -> tuple[Case, ...]:
    """Return the cases of the second set."""
    return make_cases(SECOND, flows=(*FLOWS, *SECOND_FLOWS), seeds=1)

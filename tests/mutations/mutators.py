"""The redesigns and the changes of meaning, by name, and the cases they make with the flows."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final, Literal

from pydantic import JsonValue

from tests.mutations.flows import FLOWS, Flow, FlowKind
from tests.mutations.sites.base import Look
from tests.mutations.sites.orders import COLUMNS

CaseKind = Literal["preserving", "changing"]
Knobs = dict[str, JsonValue]

_ALL_SITES = ("orders", "depot", "stock", "leave", "portal")
_FORMS: Final[tuple[FlowKind, ...]] = ("form",)
_ROWS: Final[tuple[FlowKind, ...]] = ("read", "file", "row")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutator:
    """One way in which a site may differ from the day the agent was learnt."""

    name: str
    kind: CaseKind
    sites: tuple[str, ...]
    """Sites on which it changes something that a flow meets."""
    flows: tuple[str, ...] = ()
    """Kinds or names of flows; empty: all of the sites."""
    scripts: tuple[str, ...] = ()
    """Functions of `pages/mutators.js`."""
    knobs: Knobs = field(default_factory=dict[str, JsonValue])
    """What the server does otherwise."""
    vary: Callable[[random.Random], Knobs] | None = None
    """Further knobs that depend on the seed."""

    def fits(self, flow: Flow) -> bool:
        """Return whether the mutator changes something that the flow meets."""
        return flow.site.name in self.sites and (
            not self.flows or flow.kind in self.flows or flow.name in self.flows
        )

    def look(self, seed: int) -> Look:
        """Return the look for a seed."""
        extra = self.vary(random.Random(f"{self.name}:{seed}")) if self.vary else {}
        return Look(knobs={**self.knobs, **extra}, scripts=self.scripts, seed=seed)


def _dom(name: str, sites: tuple[str, ...] = _ALL_SITES, flows: tuple[str, ...] = ()) -> Mutator:
    return Mutator(name=name, kind="preserving", sites=sites, flows=flows, scripts=(name,))


def _several(name: str, *scripts: str, sites: tuple[str, ...] = _ALL_SITES) -> Mutator:
    return Mutator(name=name, kind="preserving", sites=sites, scripts=scripts)


def _knobs(
    name: str,
    sites: tuple[str, ...],
    flows: tuple[str, ...] = (),
    *,
    scripts: tuple[str, ...] = (),
    vary: Callable[[random.Random], Knobs] | None = None,
    **knobs: JsonValue,
) -> Mutator:
    return Mutator(
        name=name,
        kind="preserving",
        sites=sites,
        flows=flows,
        scripts=scripts,
        knobs=knobs,
        vary=vary,
    )


def _change(name: str, flow: str, *, scripts: tuple[str, ...] = (), **knobs: JsonValue) -> Mutator:
    site = flow.partition("-")[0]
    return Mutator(
        name=name, kind="changing", sites=(site,), flows=(flow,), scripts=scripts, knobs=knobs
    )


def _shuffled_columns(rng: random.Random) -> Knobs:
    order: list[JsonValue] = list(COLUMNS)
    rng.shuffle(order)
    return {"order": order}


def _page_size(rng: random.Random) -> Knobs:
    return {"per_page": rng.choice([2, 3, 5, 9])}


_LABELLED = ("orders", "stock", "depot", "portal")

PRESERVING: Final[tuple[Mutator, ...]] = (
    Mutator(name="unchanged", kind="preserving", sites=_ALL_SITES),
    _dom("ids_renamed", ("orders", "stock", "portal")),
    _dom("names_renamed", ("orders", "depot", "portal"), _FORMS),
    _dom("classes_hashed", ("orders", "stock", "leave", "portal")),
    _dom("attributes_dropped", ("orders", "stock", "portal")),
    _dom("everything_renamed", ("orders", "stock", "portal", "depot")),
    _dom("wrapped"),
    _dom("unwrapped", ("orders", "portal")),
    _dom("moved", ("orders", "leave", "portal", "depot")),
    _dom("fields_reordered", flows=_FORMS),
    _dom("buttons_reordered", flows=("form", "leave-row")),
    _dom("synonyms"),
    _dom("abbreviated", ("orders", "stock", "depot", "leave")),
    _dom("german", ("orders", "stock", "depot", "leave")),
    _dom("button_as_link", ("orders", "stock", "depot", "portal"), ("form", "row", "portal-read")),
    _dom("button_as_div_role", ("orders", "stock", "depot", "portal"), ("form", "row", "portal-read")),
    _dom("button_as_bare_div", ("orders", "stock", "depot", "portal"), ("form", "row", "portal-read")),
    _dom("input_as_button", ("depot", "orders", "stock"), ("form", "row")),
    _dom("link_as_button", ("orders", "portal"), ("read", "file", "row")),
    _dom("icon_with_label", ("orders", "stock", "leave"), ("form", "row", "file")),
    _dom("icon_with_title", ("orders", "stock"), ("form", "row", "file")),
    _dom("cookie_banner", ("orders", "stock", "leave", "portal")),
    _dom("newsletter_dialog", ("orders", "stock", "leave", "portal")),
    _dom("announcement", ("orders", "stock", "leave", "portal")),
    _dom("spinner", ("orders", "stock", "leave", "portal")),
    _dom("required_with_default", ("orders", "depot"), _FORMS),
    _dom("late", ("orders", "stock", "leave", "portal", "depot")),
    _dom("rerendered", ("orders", "depot", "portal")),
    _dom("headings_demoted", ("orders", "stock", "leave", "portal")),
    _dom("column_order", ("orders", "depot"), _ROWS),
    _dom("extra_column", ("orders", "depot"), _ROWS),
    _dom("checkbox_column", ("orders", "depot"), _ROWS),
    _dom("shadow_wrap", ("orders", "stock", "depot", "portal")),
    _dom("frame_wrap", ("orders",)),
    _dom("labels_as_placeholders", ("orders", "stock", "depot"), _FORMS),
    _dom("labels_wrapping", ("orders", "stock", "portal"), _FORMS),
    _dom("labels_by_id", ("orders", "stock", "portal"), _FORMS),
    _dom("decoy_search", ("orders", "stock", "leave", "portal")),
    _dom("decoy_buttons", ("orders", "depot", "stock"), _FORMS),
    _dom("uppercase", ("orders", "stock", "leave", "portal")),
    _dom("badges", ("orders", "depot", "stock", "leave")),
    _dom("nbsp"),
    _dom("tokens_in_addresses", ("orders", "leave", "portal")),
    _dom("menu_behind_button", ("orders", "leave", "portal")),
    _dom("row_menu", ("orders", "leave", "stock"), ("row",)),
    _dom("behind_tab", ("orders", "stock"), _FORMS),
    _dom("form_behind_button", ("orders", "stock"), _FORMS),
    _dom("in_details", ("orders", "stock"), _FORMS),
    _dom("stars_and_colons", flows=_FORMS),
    _knobs("numbered_pages", ("orders",), _ROWS, pager="numbers"),
    _knobs("load_more", ("orders",), _ROWS, pager="more"),
    _knobs("pager_buttons", ("orders",), _ROWS, pager="buttons"),
    _knobs("page_size", ("orders",), _ROWS, vary=_page_size),
    _knobs("cards", ("orders",), _ROWS, layout="cards"),
    _knobs("cards_shuffled", ("orders",), _ROWS, layout="cards", vary=_shuffled_columns),
    _knobs("cards_and_pages", ("orders",), _ROWS, layout="cards", pager="numbers", per_page=5),
    _several("ab_layout", "moved", "everything_renamed", "button_as_div_role", "headings_demoted", sites=("orders", "portal")),
    _several("redesign", "classes_hashed", "wrapped", "synonyms", "announcement"),
    _several("redesign_with_icons", "ids_renamed", "icon_with_title", "cookie_banner", "column_order", sites=("orders", "stock")),
    _several("late_and_covered", "late", "cookie_banner", "wrapped", sites=("orders", "leave", "portal")),
    _several("component_library", "shadow_wrap", "classes_hashed", "labels_wrapping", sites=("orders", "stock")),
)  # fmt: skip

CHANGING: Final[tuple[Mutator, ...]] = (
    _change("gross_became_discount", "orders-read", headers={"gross": "Discount"}),
    _change("gross_became_tax", "orders-read", headers={"gross": "VAT"}),
    _change("net_became_subtotal", "orders-read", headers={"gross": "Balance"}),
    _change("prices_swapped", "orders-read", swapped_prices=True),
    _change("column_gone", "orders-read", order=["number", "customer", "date", "net", "status", "file", "action"]),
    _change("key_gone", "orders-read", order=["customer", "date", "net", "gross", "status", "file"]),
    _change("due_date_for_order_date", "orders-read", headers={"date": "Due date"}),
    _change("supplier_for_customer", "orders-read", headers={"customer": "Supplier"}),
    _change("another_list", "orders-read", heading="Cancelled quotes", headers={"number": "Quote no."}),
    _change("status_gone", "orders-files", order=["number", "customer", "date", "net", "gross", "file"]),
    _change("files_gone", "orders-files", order=["number", "customer", "date", "net", "gross", "status"]),
    _change("payment_for_status", "orders-files", headers={"status": "Paid on"}),
    _change("delete_for_save", "orders-form", save="Delete order", form_action="/orders/delete"),
    _change("draft_for_save", "orders-form", save="Save as draft", form_action="/drafts"),
    _change("only_cancel_left", "orders-form", save="Cancel", form_action="/cancelled"),
    _change("discard_for_save", "orders-form", save="Discard", cancel="Close", form_action="/discard"),
    _change("same_label_other_form", "orders-form", form_gone=True),
    _change("other_request", "orders-form", form_action="/orders/delete-all"),
    _change("quote_for_order", "orders-form", save="Save quote", form_heading="New quote", form_action="/quotes"),
    _change("supplier_field", "orders-form", fields={"customer": "Supplier"}),
    _change("price_field", "orders-form", fields={"quantity": "Unit price"}),
    _change("delete_for_archive", "orders-row", verb="delete", action="Delete"),
    _change("restore_for_archive", "orders-row", verb="restore", action="Restore"),
    _change("archive_all", "orders-row", verb="archive-all", action="Archive all"),
    _change("hidden_delete", "orders-row", verb="delete"),
    _change("other_rows", "orders-row", shift_rows=100),
    _change("duplicate_for_archive", "orders-row", verb="duplicate", action="Duplicate"),
    _change("key_column_gone", "orders-row", order=["customer", "date", "net", "gross", "status", "action"]),
    _change("depot_price_for_weight", "depot-read", heads=["Part", "Name", "In stock", "Discount", "&nbsp;"]),
    _change("depot_reserved_for_stock", "depot-read", heads=["Part", "Name", "Quantity ordered", "Price", "&nbsp;"]),
    _change("depot_cancel_for_send", "depot-form", save="Cancel request", form_action="/cancel"),
    _change("depot_delete_for_send", "depot-form", save="Delete request", form_action="/delete"),
    _change("depot_price_field", "depot-form", fields={"amount": "Price"}),
    _change("depot_other_request", "depot-form", form_action="/delete"),
    _change("depot_scrap_for_order", "depot-row", verb="delete", action="Delete"),
    _change("depot_hidden_delete", "depot-row", verb="delete"),
    _change("stock_reserved_for_on_hand", "stock-read", columns=[["id", "Item no."], ["name", "Description"], ["place", "Shelf"], ["min", "Minimum stock"]]),
    _change("stock_column_gone", "stock-read", columns=[["id", "Item no."], ["name", "Description"], ["place", "Shelf"]]),
    _change("stock_delete_for_reorder", "stock-row", verb="delete", action="Delete", done="deleted"),
    _change("stock_hidden_delete", "stock-row", verb="delete"),
    _change("stock_cancel_for_reorder", "stock-row", verb="cancel", action="Cancel order", done="cancelled"),
    _change("stock_discard_for_book", "stock-form", book="Discard receipt", action_path="/api/discards"),
    _change("stock_return_for_book", "stock-form", book="Book return", action_path="/api/returns", receiveHeading="Return goods"),
    _change("stock_price_field", "stock-form", labels={"count": "Price"}),
    _change("stock_other_request", "stock-form", action_path="/api/receipts/delete"),
    _change("leave_other_column", "leave-read", names={"days": "Days left", "from": "Until"}),
    _change("leave_reject_for_approve", "leave-row", actions=[["reject", "Reject", "rejected"], ["decline", "Decline", "declined"]]),
    _change("leave_revoke_for_approve", "leave-row", actions=[["delete", "Delete", "deleted"], ["decline", "Decline", "declined"]]),
    _change("leave_hidden_decline", "leave-row", actions=[["decline", "Approve", "approved"]]),
    _change("leave_swapped", "leave-row", actions=[["decline", "Decline", "declined"]]),
    _change("leave_cancel_for_send", "leave-form", send="Withdraw request", path="/api/withdrawals"),
    _change("leave_draft_for_send", "leave-form", send="Save draft", path="/api/drafts"),
    _change("leave_other_request", "leave-form", path="/api/requests/cancel"),
    _change("portal_prices_became_discount", "portal-read", replace={">Price<": ">Discount<"}),
    _change("portal_opposite_submit", "portal-form", scripts=("opposite",)),
    _change("portal_register_for_sign_in", "portal-form", scripts=("sign_up",)),
    _change("orders_opposite", "orders-form", scripts=("opposite",)),
    _change("depot_opposite", "depot-form", scripts=("opposite",)),
    _change("stock_opposite", "stock-form", scripts=("opposite",)),
)  # fmt: skip

MUTATORS: Final = (*PRESERVING, *CHANGING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One run of one agent on one version of its site."""

    flow: Flow
    mutator: Mutator
    seed: int

    @property
    def id(self) -> str:
        """Name under which its result is kept."""
        return f"{self.mutator.name}/{self.flow.name}/{self.seed}"

    @property
    def look(self) -> Look:
        """How the site looks in it."""
        return self.mutator.look(self.seed)


def all_cases(mutators: tuple[Mutator, ...] = MUTATORS, *, seeds: int = 2) -> tuple[Case, ...]:
    """Return every fitting pair with its seeds, in an order that mixes sites and mutators."""
    cases = list(_cases(mutators, seeds))
    random.Random(0).shuffle(cases)
    return tuple(cases)


def _cases(mutators: tuple[Mutator, ...], seeds: int) -> Iterator[Case]:
    for mutator in mutators:
        varies = bool(mutator.scripts or mutator.vary)
        for flow in FLOWS:
            if mutator.fits(flow):
                for seed in range(seeds if varies else 1):
                    yield Case(flow=flow, mutator=mutator, seed=seed)

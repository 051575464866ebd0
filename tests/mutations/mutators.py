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


def preserving(
    name: str, sites: tuple[str, ...] = _ALL_SITES, flows: tuple[str, ...] = ()
) -> Mutator:
    """Return a redesign that the script of that name makes."""
    scripts = () if name == "unchanged" else (name,)
    return Mutator(name=name, kind="preserving", sites=sites, flows=flows, scripts=scripts)


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


def changing(name: str, flow: str, *, scripts: tuple[str, ...] = (), **knobs: JsonValue) -> Mutator:
    """Return a change of meaning that one flow meets."""
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


PRESERVING: Final[tuple[Mutator, ...]] = (
    Mutator(name="unchanged", kind="preserving", sites=_ALL_SITES),
    preserving("ids_renamed", ("orders", "stock", "portal")),
    preserving("names_renamed", ("orders", "depot", "portal"), _FORMS),
    preserving("classes_hashed", ("orders", "stock", "leave", "portal")),
    preserving("attributes_dropped", ("orders", "stock", "portal")),
    preserving("everything_renamed", ("orders", "stock", "portal", "depot")),
    preserving("wrapped"),
    preserving("unwrapped", ("orders", "portal")),
    preserving("moved", ("orders", "leave", "portal", "depot")),
    preserving("fields_reordered", flows=_FORMS),
    preserving("buttons_reordered", flows=("form", "leave-row")),
    preserving("synonyms"),
    preserving("abbreviated", ("orders", "stock", "depot", "leave")),
    preserving("german", ("orders", "stock", "depot", "leave")),
    preserving("button_as_link", ("orders", "stock", "depot", "portal"), ("form", "row", "portal-read")),
    preserving("button_as_div_role", ("orders", "stock", "depot", "portal"), ("form", "row", "portal-read")),
    preserving("button_as_bare_div", ("orders", "stock", "depot", "portal"), ("form", "row", "portal-read")),
    preserving("input_as_button", ("depot", "orders", "stock"), ("form", "row")),
    preserving("link_as_button", ("orders", "portal"), ("read", "file", "row")),
    preserving("icon_with_label", ("orders", "stock", "leave"), ("form", "row", "file")),
    preserving("icon_with_title", ("orders", "stock"), ("form", "row", "file")),
    preserving("cookie_banner", ("orders", "stock", "leave", "portal")),
    preserving("newsletter_dialog", ("orders", "stock", "leave", "portal")),
    preserving("announcement", ("orders", "stock", "leave", "portal")),
    preserving("spinner", ("orders", "stock", "leave", "portal")),
    preserving("required_with_default", ("orders", "depot"), _FORMS),
    preserving("late", ("orders", "stock", "leave", "portal", "depot")),
    preserving("rerendered", ("orders", "depot", "portal")),
    preserving("headings_demoted", ("orders", "stock", "leave", "portal")),
    preserving("column_order", ("orders", "depot"), _ROWS),
    preserving("extra_column", ("orders", "depot"), _ROWS),
    preserving("checkbox_column", ("orders", "depot"), _ROWS),
    preserving("shadow_wrap", ("orders", "stock", "depot", "portal")),
    preserving("frame_wrap", ("orders",)),
    preserving("labels_as_placeholders", ("orders", "stock", "depot"), _FORMS),
    preserving("labels_wrapping", ("orders", "stock", "portal"), _FORMS),
    preserving("labels_by_id", ("orders", "stock", "portal"), _FORMS),
    preserving("decoy_search", ("orders", "stock", "leave", "portal")),
    preserving("decoy_buttons", ("orders", "depot", "stock"), _FORMS),
    preserving("uppercase", ("orders", "stock", "leave", "portal")),
    preserving("badges", ("orders", "depot", "stock", "leave")),
    preserving("nbsp"),
    preserving("tokens_in_addresses", ("orders", "leave", "portal")),
    preserving("menu_behind_button", ("orders", "leave", "portal")),
    preserving("row_menu", ("orders", "leave", "stock"), ("row",)),
    preserving("behind_tab", ("orders", "stock"), _FORMS),
    preserving("form_behind_button", ("orders", "stock"), _FORMS),
    preserving("in_details", ("orders", "stock"), _FORMS),
    preserving("stars_and_colons", flows=_FORMS),
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
    changing("gross_became_discount", "orders-read", headers={"gross": "Discount"}),
    changing("gross_became_tax", "orders-read", headers={"gross": "VAT"}),
    changing("net_became_subtotal", "orders-read", headers={"gross": "Balance"}),
    changing("prices_swapped", "orders-read", swapped_prices=True),
    changing("column_gone", "orders-read", order=["number", "customer", "date", "net", "status", "file", "action"]),
    changing("key_gone", "orders-read", order=["customer", "date", "net", "gross", "status", "file"]),
    changing("due_date_for_order_date", "orders-read", headers={"date": "Due date"}),
    changing("supplier_for_customer", "orders-read", headers={"customer": "Supplier"}),
    changing("another_list", "orders-read", heading="Cancelled quotes", headers={"number": "Quote no."}),
    changing("status_gone", "orders-files", order=["number", "customer", "date", "net", "gross", "file"]),
    changing("files_gone", "orders-files", order=["number", "customer", "date", "net", "gross", "status"]),
    changing("payment_for_status", "orders-files", headers={"status": "Paid on"}),
    changing("delete_for_save", "orders-form", save="Delete order", form_action="/orders/delete"),
    changing("draft_for_save", "orders-form", save="Save as draft", form_action="/drafts"),
    changing("only_cancel_left", "orders-form", save="Cancel", form_action="/cancelled"),
    changing("discard_for_save", "orders-form", save="Discard", cancel="Close", form_action="/discard"),
    changing("same_label_other_form", "orders-form", form_gone=True),
    changing("other_request", "orders-form", form_action="/orders/delete-all"),
    changing("quote_for_order", "orders-form", save="Save quote", form_heading="New quote", form_action="/quotes"),
    changing("supplier_field", "orders-form", fields={"customer": "Supplier"}),
    changing("price_field", "orders-form", fields={"quantity": "Unit price"}),
    changing("delete_for_archive", "orders-row", verb="delete", action="Delete"),
    changing("restore_for_archive", "orders-row", verb="restore", action="Restore"),
    changing("archive_all", "orders-row", verb="archive-all", action="Archive all"),
    changing("hidden_delete", "orders-row", verb="delete"),
    changing("other_rows", "orders-row", shift_rows=100),
    changing("duplicate_for_archive", "orders-row", verb="duplicate", action="Duplicate"),
    changing("key_column_gone", "orders-row", order=["customer", "date", "net", "gross", "status", "action"]),
    changing("depot_price_for_weight", "depot-read", heads=["Part", "Name", "In stock", "Discount", "&nbsp;"]),
    changing("depot_reserved_for_stock", "depot-read", heads=["Part", "Name", "Quantity ordered", "Price", "&nbsp;"]),
    changing("depot_cancel_for_send", "depot-form", save="Cancel request", form_action="/cancel"),
    changing("depot_delete_for_send", "depot-form", save="Delete request", form_action="/delete"),
    changing("depot_price_field", "depot-form", fields={"amount": "Price"}),
    changing("depot_other_request", "depot-form", form_action="/delete"),
    changing("depot_scrap_for_order", "depot-row", verb="delete", action="Delete"),
    changing("depot_hidden_delete", "depot-row", verb="delete"),
    changing("stock_reserved_for_on_hand", "stock-read", columns=[["id", "Item no."], ["name", "Description"], ["place", "Shelf"], ["min", "Minimum stock"]]),
    changing("stock_column_gone", "stock-read", columns=[["id", "Item no."], ["name", "Description"], ["place", "Shelf"]]),
    changing("stock_delete_for_reorder", "stock-row", verb="delete", action="Delete", done="deleted"),
    changing("stock_hidden_delete", "stock-row", verb="delete"),
    changing("stock_cancel_for_reorder", "stock-row", verb="cancel", action="Cancel order", done="cancelled"),
    changing("stock_discard_for_book", "stock-form", book="Discard receipt", action_path="/api/discards"),
    changing("stock_return_for_book", "stock-form", book="Book return", action_path="/api/returns", receiveHeading="Return goods"),
    changing("stock_price_field", "stock-form", labels={"count": "Price"}),
    changing("stock_other_request", "stock-form", action_path="/api/receipts/delete"),
    changing("leave_other_column", "leave-read", names={"days": "Days left", "from": "Until"}),
    changing("leave_reject_for_approve", "leave-row", actions=[["reject", "Reject", "rejected"], ["decline", "Decline", "declined"]]),
    changing("leave_revoke_for_approve", "leave-row", actions=[["delete", "Delete", "deleted"], ["decline", "Decline", "declined"]]),
    changing("leave_hidden_decline", "leave-row", actions=[["decline", "Approve", "approved"]]),
    changing("leave_swapped", "leave-row", actions=[["decline", "Decline", "declined"]]),
    changing("leave_cancel_for_send", "leave-form", send="Withdraw request", path="/api/withdrawals"),
    changing("leave_draft_for_send", "leave-form", send="Save draft", path="/api/drafts"),
    changing("leave_other_request", "leave-form", path="/api/requests/cancel"),
    changing("portal_prices_became_discount", "portal-read", replace={">Price<": ">Discount<"}),
    changing("portal_opposite_submit", "portal-form", scripts=("opposite",)),
    changing("portal_register_for_sign_in", "portal-form", scripts=("sign_up",)),
    changing("orders_opposite", "orders-form", scripts=("opposite",)),
    changing("depot_opposite", "depot-form", scripts=("opposite",)),
    changing("stock_opposite", "stock-form", scripts=("opposite",)),
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


def all_cases(*, seeds: int = 2) -> tuple[Case, ...]:
    """Return the cases of the first set."""
    return make_cases(MUTATORS, flows=FLOWS, seeds=seeds)


def make_cases(
    mutators: tuple[Mutator, ...], *, flows: tuple[Flow, ...], seeds: int
) -> tuple[Case, ...]:
    """Return every fitting pair with its seeds, in an order that mixes sites and mutators."""
    cases = list(_cases(mutators, flows, seeds))
    random.Random(0).shuffle(cases)
    return tuple(cases)


def _cases(mutators: tuple[Mutator, ...], flows: tuple[Flow, ...], seeds: int) -> Iterator[Case]:
    for mutator in mutators:
        varies = bool(mutator.scripts or mutator.vary)
        for flow in flows:
            if mutator.fits(flow):
                for seed in range(seeds if varies else 1):
                    yield Case(flow=flow, mutator=mutator, seed=seed)

"""What the agents of the lab do: each learnt once on the unchanged pages by the product itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from tests.mutations.sites.base import BundledSite, Write
from tests.mutations.sites.depot import PARTS, Depot
from tests.mutations.sites.leave import REQUESTS, LeavePlanner
from tests.mutations.sites.orders import ORDERS, OrderDesk
from tests.mutations.sites.portal import Portal
from tests.mutations.sites.stock import ITEMS, Stockroom

FlowKind = Literal["read", "file", "form", "row"]
Rows = tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RowAct:
    """A control in the row with that key, pressed after reading the list."""

    key: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """One agent and what it must come to, whatever its pages look like."""

    name: str
    site: type[BundledSite]
    kind: FlowKind
    goal: str
    """The request, with `{url}` for the site's address."""
    act: RowAct | None = None
    columns: tuple[str, ...] = ()
    """Columns of the stored rows that are compared."""
    rows: Rows = ()
    files: frozenset[str] = frozenset()
    writes: tuple[Write, ...] = ()
    answers: Mapping[str, str] = field(default_factory=dict[str, str])
    """How the choice begins that is taken where the build asks, by field; else the first."""


def _fields(**fields: str) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(fields.items()))


def _amount(text: str) -> str:
    return str(float(text.replace(",", "")))


FLOWS: Final[tuple[Flow, ...]] = (
    Flow(
        name="orders-read",
        site=OrderDesk,
        kind="read",
        goal="collect all orders at {url}/orders into a table, keyed by order number",
        columns=("order_no", "customer", "net", "gross", "status"),
        rows=tuple((o[0], o[1], _amount(o[3]), _amount(o[4]), o[5]) for o in ORDERS),
    ),
    Flow(
        name="orders-files",
        site=OrderDesk,
        kind="file",
        goal="download the CSV of every open order at {url}/orders",
        files=frozenset(f"{o[0]}.csv" for o in ORDERS if o[5] == "open"),
    ),
    Flow(
        name="orders-form",
        site=OrderDesk,
        kind="form",
        goal='fill the form at {url}/orders/new with customer "Marlow & Co", product "Buoy, red" and quantity "3", and submit it',
        writes=(
            Write(
                "order",
                "",
                _fields(customer="Marlow & Co", product="Buoy, red", quantity="3", note=""),
            ),
        ),
    ),
    Flow(
        name="orders-row",
        site=OrderDesk,
        kind="row",
        goal="collect all orders at {url}/orders into a table, keyed by order number",
        act=RowAct(key="PO-2046", label="Archive"),
        writes=(Write("archive", "PO-2046"),),
    ),
    Flow(
        name="depot-read",
        site=Depot,
        kind="read",
        goal="collect all parts at {url}/parts.html into a table, keyed by part",
        columns=("part", "name", "in_stock", "price"),
        rows=tuple((p[0], p[1], p[2], _amount(p[3])) for p in PARTS),
    ),
    Flow(
        name="depot-form",
        site=Depot,
        kind="form",
        goal='fill the form at {url}/requests.html with part "K-121", quantity "2" and your name "Ada", and submit it',
        writes=(Write("request", "", _fields(t1="K-121", t2="2", t3="Ada")),),
    ),
    Flow(
        name="depot-row",
        site=Depot,
        kind="row",
        goal="collect all parts at {url}/parts.html into a table, keyed by part",
        act=RowAct(key="K-127", label="Order"),
        writes=(Write("order", "K-127"),),
    ),
    Flow(
        name="stock-read",
        site=Stockroom,
        kind="read",
        goal="collect all items at {url}/#/items into a table, keyed by item number",
        columns=("item_no", "description", "shelf", "on_hand"),
        rows=tuple((i[0], i[1], i[2], str(i[3])) for i in ITEMS),
    ),
    Flow(
        name="stock-form",
        site=Stockroom,
        kind="form",
        goal='fill the form at {url}/#/receive with item "ST-311", quantity "12" and receiver "Ada", and submit it',
        writes=(
            Write("receipts", "", _fields(item="ST-311", count="12", shelf="Shelf A", by="Ada")),
        ),
    ),
    Flow(
        name="stock-row",
        site=Stockroom,
        kind="row",
        goal="collect all items at {url}/#/items into a table, keyed by item number",
        act=RowAct(key="ST-306", label="Reorder"),
        writes=(Write("reorder", "ST-306"),),
    ),
    Flow(
        name="leave-read",
        site=LeavePlanner,
        kind="read",
        goal="collect all requests at {url}/requests into a table",
        columns=("title", "person", "from", "days", "kind"),
        rows=tuple((r[0], r[1], r[2], str(r[3]), r[4]) for r in REQUESTS),
    ),
    Flow(
        name="leave-form",
        site=LeavePlanner,
        kind="form",
        goal='fill the form at {url}/new with reason "Family", days "3" and kind "Training", and submit it',
        writes=(Write("requests", "", _fields(reason="Family", days="3", kind="Training")),),
    ),
    Flow(
        name="leave-row",
        site=LeavePlanner,
        kind="row",
        goal="collect all requests at {url}/requests into a table",
        act=RowAct(key="LR-53", label="Approve"),
        writes=(Write("approve", "LR-53"),),
    ),
    Flow(
        name="portal-read",
        site=Portal,
        kind="read",
        goal="log into {url} and collect the prices of all products in the catalogue into a table, keyed by SKU",
        columns=("sku", "price"),
    ),
    Flow(
        name="portal-form",
        site=Portal,
        kind="form",
        goal='log into {url}, fill the ticket form with subject "Lamp is broken", category "Billing" and text "The lamp in hall 3 flickers", and submit it',
    ),
)


def flow_named(name: str) -> Flow:
    """Return the flow. Raises: KeyError."""
    return next(flow for flow in FLOWS if flow.name == name)

"""Harbour desk: a server-rendered application of tables, forms and links."""

from __future__ import annotations

from tests.mutations.sites.base import BundledSite, body_of
from tests.sites import Reply, Request

ORDERS = [
    ("PO-2041", "Ahlers & Sons", "2026-03-02", "118.00", "140.42", "open"),
    ("PO-2042", "Brightwater Ltd", "2026-03-04", "64.50", "76.76", "paid"),
    ("PO-2043", "Castellan", "2026-03-05", "900.00", "1,071.00", "open"),
    ("PO-2044", "Dovetail Joinery", "2026-03-09", "12.40", "14.76", "open"),
    ("PO-2045", "Ellery Books", "2026-03-11", "310.00", "368.90", "paid"),
    ("PO-2046", "Fenwick Marine", "2026-03-12", "75.25", "89.55", "open"),
    ("PO-2047", "Gannet Foods", "2026-03-16", "48.00", "57.12", "paid"),
    ("PO-2048", "Holloway", "2026-03-17", "1,250.00", "1,487.50", "open"),
    ("PO-2049", "Ironmonger Row", "2026-03-20", "22.10", "26.30", "open"),
]
COLUMNS = ("number", "customer", "date", "net", "gross", "status", "file", "action")
HEADERS = {
    "number": "Order no.",
    "customer": "Customer",
    "date": "Order date",
    "net": "Net",
    "gross": "Gross",
    "status": "Status",
    "file": "File",
    "action": "",
}
PRODUCTS = ("Rope 20 m", "Buoy, red", "Anchor 5 kg")


class OrderDesk(BundledSite):
    """Orders with files, row actions and a form."""

    name = "orders"

    def respond(self, request: Request) -> str | Reply:
        match request.path.strip("/").split("/"):
            case [""]:
                return self._page(
                    "Harbour desk", "<h1>Harbour desk</h1><p>Choose a list above.</p>"
                )
            case ["orders"] if request.method == "POST":
                return self._save(request, "order")
            case ["orders"]:
                return self._list(request)
            case ["orders", "new"]:
                return self._form(request)
            case ["orders", number, "csv"]:
                return _csv(number)
            case ["orders", number, verb] if request.method == "POST":
                self.wrote(verb, number)
                return _see_other(f"/orders?said={number}+was+{verb}d")
            case ["contact"] if request.method == "POST":
                return self._save(request, "contact")
            case ["contact"]:
                return self._contact()
            case [kind, *_] if request.method == "POST":
                return self._save(request, kind)
            case _:
                return Reply(status=404, body="<h1>Not found</h1>")

    def _page(self, title: str, main: str) -> str:
        return (
            f"<!doctype html><html lang=en><head><title>{title}</title><style>body{{font:14px sans-serif}}"
            "td,th{padding:4px 8px;text-align:left}.box{border:1px solid #ccc;padding:8px;margin:6px 0}</style></head><body>"
            '<header id="top" class="head"><nav class="menu"><a id="nav-orders" href="/orders">Orders</a> '
            '<a id="nav-new" href="/orders/new">New order</a> <a id="nav-contact" href="/contact">Contact</a></nav></header>'
            f'<main class="content"><div class="inner">{main}</div></main></body></html>'
        )

    def _list(self, request: Request) -> str:
        look = self.look
        per_page = look.number("per_page", 4)
        number = int(request.query.get("page", "1"))
        pages = -(-len(ORDERS) // per_page)
        upto = number * per_page
        first = 0 if look.knob("pager", "") == "more" else upto - per_page
        rows = ORDERS[first:upto]
        said = request.query.get("said", "")
        note = f"<p role=status>{said}</p>" if said else ""
        shown = self._cards(rows) if look.knob("layout", "table") == "cards" else self._table(rows)
        heading = look.knob("heading", "Orders")
        pager = f'<p class="pager">{self._pager(number, pages)}</p>'
        return self._page(heading, f"<h1>{heading}</h1>{note}{shown}{pager}")

    def _pager(self, number: int, pages: int) -> str:
        match self.look.knob("pager", "next"):
            case "numbers":
                return " ".join(
                    f"<b aria-current=page>{n}</b>"
                    if n == number
                    else f"<a href=/orders?page={n}>{n}</a>"
                    for n in range(1, pages + 1)
                )
            case "more":
                return f"<a href=/orders?page={number + 1}>Load more</a>" if number < pages else ""
            case "buttons":
                dead = "" if number < pages else "disabled"
                return f"<form action=/orders><button name=page value={number + 1} {dead}>Next</button></form>"
            case _:
                back = f"<a href=/orders?page={number - 1}>Previous</a> " if number > 1 else ""
                return back + (
                    f"<a href=/orders?page={number + 1} class=next>Next</a>"
                    if number < pages
                    else ""
                )

    def _headers(self) -> dict[str, str]:
        changed = self.look.knobs.get("headers")
        named = {k: str(v) for k, v in changed.items()} if isinstance(changed, dict) else {}
        return HEADERS | named

    def _columns(self) -> list[str]:
        order = self.look.knobs.get("order")
        return [str(name) for name in order] if isinstance(order, list) else list(COLUMNS)

    def _cells(self, row: tuple[str, ...]) -> dict[str, str]:
        number, look = row[0], self.look
        shift = look.number("shift_rows", 0)
        shown = f"PO-{int(number[3:]) + shift}"
        money = (row[4], row[3]) if look.knobs.get("swapped_prices") else (row[3], row[4])
        currency = look.knob("currency", "EUR")
        return {
            "number": shown,
            "customer": row[1],
            "date": row[2],
            "net": f"{money[0]} {currency}",
            "gross": f"{money[1]} {currency}",
            "status": row[5],
            "file": f'<a href="/orders/{shown}/csv" class="file">CSV</a>',
            "weight": f"{len(row[1])} kg",
            "action": (
                f'<form method=post action="/orders/{shown}/{look.knob("verb", "archive")}">'
                f'<button class="act">{look.knob("action", "Archive")}</button></form>'
            ),
        }

    def _table(self, rows: list[tuple[str, ...]]) -> str:
        columns, headers = self._columns(), self._headers() | {"weight": "Weight"}
        head = "".join(f'<th class="c-{name}">{headers[name]}</th>' for name in columns)
        body = "".join(
            f'<tr class="row">{"".join(f"<td>{self._cells(row)[name]}</td>" for name in columns)}</tr>'
            for row in rows
        )
        return f'<table id="list" class="list"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'

    def _cards(self, rows: list[tuple[str, ...]]) -> str:
        headers = self._headers() | {"weight": "Weight"}
        return "".join(
            '<article class="box">'
            + "".join(
                f"<div>{f'<b>{headers[name]}:</b> ' if headers[name] else ''}<span>{self._cells(row)[name]}</span></div>"
                for name in self._columns()
            )
            + "</article>"
            for row in rows
        )

    def _form(self, request: Request) -> str:
        look = self.look
        saved = request.query.get("saved", "")
        note = f"<p role=status>{saved} was saved</p>" if saved else ""
        names = {
            "customer": "Customer",
            "product": "Product",
            "quantity": "Quantity",
            "note": "Note",
        }
        changed = look.knobs.get("fields")
        names |= {k: str(v) for k, v in changed.items()} if isinstance(changed, dict) else {}
        options = "".join(f"<option>{name}</option>" for name in PRODUCTS)
        fields = [
            f'<p class="field"><label for="customer">{names["customer"]}</label> <input id="customer" name="customer"></p>',
            f'<p class="field"><label for="product">{names["product"]}</label> <select id="product" name="product">{options}</select></p>',
            f'<p class="field"><label for="quantity">{names["quantity"]}</label> <input id="quantity" name="quantity" type="number"></p>',
            f'<p class="field"><label for="note">{names["note"]}</label> <textarea id="note" name="note"></textarea></p>',
        ]
        extra = look.knob("extra_field", "")
        buttons = [
            f'<button id="save" class="primary">{look.knob("save", "Save order")}</button>',
            f'<button id="cancel" type="button" onclick="location.href=\'/orders\'">{look.knob("cancel", "Cancel")}</button>',
        ]
        action = look.knob("form_action", "/orders")
        form = (
            f'<form id="order-form" method="post" action="{action}">{"".join(fields)}{extra}'
            f'<p class="buttons">{" ".join(buttons)}</p></form>'
        )
        if look.knobs.get("form_gone"):
            form = (
                '<form method="post" action="/newsletter"><p><label for="mail">Your e-mail</label> '
                '<input id="mail" name="mail"></p><button id="save">Save order</button></form>'
            )
        return self._page(
            "New order", f"<h1>{look.knob('form_heading', 'New order')}</h1>{note}{form}"
        )

    def _contact(self) -> str:
        return self._page(
            "Contact",
            '<h1>Contact</h1><form method="post" action="/contact"><p><label for="text">Message</label> '
            '<textarea id="text" name="text"></textarea></p><button>Send</button></form>',
        )

    def _save(self, request: Request, kind: str) -> Reply:
        fields = {k: v for k, v in body_of(request).items() if k != "extra"}
        self.wrote(kind, "", **fields)
        return _see_other("/orders/new?saved=PO-2050" if kind == "order" else "/contact")


def _see_other(where: str) -> Reply:
    return Reply(status=303, headers={"Location": where})


def _csv(number: str) -> Reply:
    return Reply(
        body=f"order,{number}\n",
        type="text/csv",
        headers={"Content-Disposition": f'attachment; filename="{number}.csv"'},
    )

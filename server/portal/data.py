"""What the portal knows before anyone visits it: invoices, products, folders, files."""

from __future__ import annotations

import hashlib
import itertools
import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from podium.server.portal.files import csv_bytes, pdf_bytes
from podium.server.portal.layout import Layout, Paths, slug
from podium.server.portal.vocabulary import INVOICE_MEANINGS

TODAY = date(2026, 11, 2)  # the portal's own calendar, so that its data never depends on the clock

_PARTIES = (
    "Brightwater Logistics Ltd",
    "O'Neill & Sons",
    "Müller Feinmechanik GmbH",
    "Café Lumière",
    "Stonebridge Hotels",
    "Larkspur Interiors",
    "Nordlicht Energie AG",
    "Quayside Fisheries",
    "Hollis & Webb LLP",
    "Tamarind Foods",
    "Redwood Joinery",
    "Pennine Outdoor Co.",
    "Castellan Security",
    "Vega Print Studio",
    "Ashcroft Dental Care",
    "Ibex Cycles",
)
_MATERIALS = ("Oak", "Steel", "Copper", "Linen", "Walnut", "Ceramic", "Granite", "Cotton", "Cork")
_THINGS = (
    "desk lamp",
    "side table",
    "door handle",
    "tray",
    "wall shelf",
    "document box",
    "coat rack",
    "planter",
    "bookend",
    "serving board",
    "notice board",
    "stool",
)
_CONTACTS = ("Maya Thornton", "Jonas Weber", "Priya Nair", "Tom Ellwood", "Sofia Marques")


@dataclass(frozen=True, kw_only=True)
class PortalFile:
    """One file that can be downloaded."""

    path: str
    name: str
    content: bytes
    kind: str  # invoice_csv, invoice_pdf or document
    media_type: str
    modified: date
    owner: str  # the invoice's number, or the folder's path

    @property
    def sha256(self) -> str:
        """Return the checksum of what is served."""
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True, kw_only=True)
class InvoiceLine:
    """One position of an invoice."""

    article: str
    quantity: int
    unit_cents: int

    @property
    def total_cents(self) -> int:
        """Return the price of the whole position."""
        return self.quantity * self.unit_cents


@dataclass(frozen=True, kw_only=True)
class Invoice:
    """One row of the invoices list with all that its own page shows."""

    key: str  # what addresses it in URLs
    number: str
    party: str
    issued: date
    due: date
    lines: tuple[InvoiceLine, ...]
    meaning: str  # one of INVOICE_MEANINGS
    order_no: str
    contact: str
    terms_days: int
    path: str
    csv: PortalFile
    pdf: PortalFile

    @property
    def amount_cents(self) -> int:
        """Return the sum of the positions."""
        return sum(line.total_cents for line in self.lines)


@dataclass(frozen=True, kw_only=True)
class Product:
    """One article of the catalogue."""

    sku: str
    name: str
    price_cents: int
    stock: int


@dataclass(frozen=True, kw_only=True)
class Folder:
    """One folder of the documents area; `path` is empty at the top."""

    path: str
    name: str
    parent: str
    files: tuple[PortalFile, ...]


@dataclass(frozen=True, kw_only=True)
class World:
    """Everything that visitors can read."""

    invoices: tuple[Invoice, ...]  # oldest first
    products: tuple[Product, ...]
    folders: tuple[Folder, ...]
    company: str
    username: str
    password: str

    def files(self) -> tuple[PortalFile, ...]:
        """Return every file, in the order of the pages."""
        invoice_files = (file for row in self.invoices for file in (row.csv, row.pdf))
        document_files = (file for folder in self.folders for file in folder.files)
        return (*invoice_files, *document_files)


def build_world(
    seed: int,
    *,
    words: Mapping[str, str],
    statuses: Mapping[str, str],
    layout: Layout,
    paths: Paths,
) -> World:
    """Return the data of one seed, written in its words and formats."""
    rng = random.Random(f"world:{seed}")
    products = _products(rng, count=layout.product_count, first_sku=1000 if seed == 0 else None)
    company = "Juniper & Vale Trading" if seed == 0 else rng.choice(_PARTIES)
    person = "m.thornton" if seed == 0 else slug(rng.choice(_CONTACTS)).replace("-", ".")
    wants_mail = "mail" in words["username"].lower()
    writer = _InvoiceWriter(words=words, statuses=statuses, layout=layout, paths=paths)
    return World(
        invoices=_invoices(rng, writer, products, count=layout.invoice_count),
        products=products,
        folders=_folders(rng, words=words, layout=layout, paths=paths, products=products),
        company=company,
        username=f"{person}@{slug(company)}.example" if wants_mail else person,
        password=f"{rng.choice(_MATERIALS)}-{rng.choice(_MATERIALS)}-{rng.randrange(100, 1000)}",
    )


@dataclass(frozen=True, kw_only=True)
class _InvoiceWriter:
    words: Mapping[str, str]
    statuses: Mapping[str, str]
    layout: Layout
    paths: Paths

    def csv(self, number: str, party: str, lines: tuple[InvoiceLine, ...]) -> bytes:
        words, shown = self.words, self.layout.shown_money
        keys = ("col_number", "col_article", "col_quantity", "col_unit_price", "col_line_total")
        rows: list[list[str]] = [[*(words[key] for key in keys), words["col_party"]]]
        for line in lines:
            prices = (shown(line.unit_cents), shown(line.total_cents))
            rows.append([number, line.article, str(line.quantity), *prices, party])
        return csv_bytes(rows, delimiter=";" if self.layout.language == "de" else ",")

    def pdf(self, number: str, party: str, lines: tuple[InvoiceLine, ...]) -> bytes:
        shown = self.layout.shown_money
        total = shown(sum(line.total_cents for line in lines))
        positions = (
            f"{line.quantity} x {line.article}: {shown(line.total_cents)}" for line in lines
        )
        heading = f"{self.words['invoice']} {number}"
        return pdf_bytes([self.words["brand"], heading, party, "", *positions, "", total])


def _products(rng: random.Random, *, count: int, first_sku: int | None) -> tuple[Product, ...]:
    names = [f"{material} {thing}" for material in _MATERIALS for thing in _THINGS]
    prefix = "AF" if first_sku is not None else "".join(rng.choices("BCDKMPRTX", k=2))
    sku = first_sku if first_sku is not None else rng.randrange(200, 8000)
    products: list[Product] = []
    for name in rng.sample(names, count):
        sku += rng.randrange(1, 9)
        stock = rng.choice((0, rng.randrange(1, 20), rng.randrange(20, 400)))
        price = rng.randrange(450, 28_000)
        products.append(Product(sku=f"{prefix}-{sku}", name=name, price_cents=price, stock=stock))
    return tuple(products)


def _invoices(
    rng: random.Random, writer: _InvoiceWriter, products: tuple[Product, ...], *, count: int
) -> tuple[Invoice, ...]:
    pattern = rng.choice(("R{year}/{n:05d}", "{n:07d}", "SI-{n:06d}"))
    pattern = pattern if not writer.layout.key_is_number else "INV-{year}-{n:04d}"
    number, record_id = rng.randrange(310, 900), rng.randrange(20_000, 90_000)
    gaps = [
        rng.randrange(1, 5) for _ in range(count)
    ]  # never the same day: "newest" is one invoice
    issued = TODAY - timedelta(days=sum(gaps))
    invoices: list[Invoice] = []
    for gap in gaps:
        issued += timedelta(days=gap)
        number, record_id = number + rng.randrange(1, 4), record_id + rng.randrange(3, 40)
        shown = pattern.format(year=issued.year, n=number)
        key = shown.lower() if writer.layout.key_is_number else str(record_id)
        invoices.append(_invoice(rng, writer, products, key=key, number=shown, issued=issued))
    return tuple(invoices)


def _invoice(
    rng: random.Random,
    writer: _InvoiceWriter,
    products: tuple[Product, ...],
    *,
    key: str,
    number: str,
    issued: date,
) -> Invoice:
    terms_days = rng.choice((14, 30, 45))
    due = issued + timedelta(days=terms_days)
    party = rng.choice(_PARTIES)
    lines = tuple(
        InvoiceLine(
            article=product.name, quantity=rng.randrange(1, 40), unit_cents=product.price_cents
        )
        for product in rng.sample(products, rng.randrange(2, 6))
    )
    path = f"{writer.paths.invoices}/{key}"
    stem = number.replace("/", "-")
    csv_file, pdf_file = (
        PortalFile(
            path=f"{path}/{ending}",
            name=f"{stem}.{ending}",
            content=content,
            kind=f"invoice_{ending}",
            media_type=media_type,
            modified=issued,
            owner=number,
        )
        for ending, content, media_type in (
            ("csv", writer.csv(number, party, lines), "text/csv"),
            ("pdf", writer.pdf(number, party, lines), "application/pdf"),
        )
    )
    return Invoice(
        key=key,
        number=number,
        party=party,
        issued=issued,
        due=due,
        lines=lines,
        meaning=_meaning(rng, due, writer.statuses),
        order_no=f"PO-{rng.randrange(40_000, 99_999)}",
        contact=rng.choice(_CONTACTS),
        terms_days=terms_days,
        path=path,
        csv=csv_file,
        pdf=pdf_file,
    )


def _meaning(rng: random.Random, due: date, statuses: Mapping[str, str]) -> str:
    draw = rng.random()
    if draw < 0.08 and INVOICE_MEANINGS[3] in statuses:
        return "disputed"
    if due < TODAY:
        return "overdue" if draw < 0.2 else "paid"
    return "paid" if draw > 0.7 else "open"


def _folders(
    rng: random.Random,
    *,
    words: Mapping[str, str],
    layout: Layout,
    paths: Paths,
    products: tuple[Product, ...],
) -> tuple[Folder, ...]:
    prices = [[words["col_sku"], words["col_name"], words["col_price"]]]
    prices += [[row.sku, row.name, layout.shown_money(row.price_cents)] for row in products]
    folders: list[Folder] = []
    past = slug(words["folder_past"])
    file_ids = itertools.count(rng.randrange(10**5, 10**6), rng.randrange(3, 40))

    def document(title: str, ending: str, folder: str) -> PortalFile:
        year = 2025 if folder.endswith(past) else rng.choice((2025, 2026, 2026))
        name = f"{title} {year}.{ending}"
        lines = [words["brand"], title, f"{year}", f"{rng.randrange(10**8):08d}"]
        content, media_type = {
            "pdf": (pdf_bytes(lines), "application/pdf"),
            "txt": ("\n".join(lines).encode() + b"\n", "text/plain"),
            "csv": (csv_bytes(prices[: rng.randrange(8, 20)]), "text/csv"),
        }[ending]
        return PortalFile(
            path=f"{paths.files}/{next(file_ids)}",
            name=name,
            content=content,
            kind="document",
            media_type=media_type,
            modified=date(year, rng.randrange(1, 11), rng.randrange(1, 28)),
            owner=folder,
        )

    def add(key: str, parent: str, titles: tuple[tuple[str, str], ...]) -> str:
        path = "/".join(part for part in (parent, slug(words[key])) if part) if key else ""
        files = tuple(document(words[title], ending, path) for title, ending in titles)
        name = words[key] if key else words["documents"]
        folders.append(Folder(path=path, name=name, parent=parent, files=files))
        return path

    add("", "", (("doc_readme", "txt"),))
    contracts = add("folder_contracts", "", (("doc_terms", "pdf"),))
    add("folder_current", contracts, (("doc_framework", "pdf"), ("doc_annex", "pdf")))
    add("folder_past", contracts, (("doc_framework", "pdf"), ("doc_annex", "txt")))
    add("folder_certificates", "", (("doc_quality", "pdf"), ("doc_safety", "pdf")))
    tariffs = add("folder_prices", "", ())
    add("folder_current", tariffs, (("doc_prices", "csv"), ("doc_rebates", "csv")))
    add("folder_past", tariffs, (("doc_prices", "csv"), ("doc_rebates", "txt")))
    return tuple(folders)

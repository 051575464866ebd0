"""What a seed changes besides words: arrangement, markup, formats, ids, class names, addresses."""

from __future__ import annotations

import hashlib
import random
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeVar

_T = TypeVar("_T")

INVOICE_COLUMNS = ("number", "party", "issued", "due", "amount", "status")
PRODUCT_COLUMNS = ("sku", "name", "price", "stock")
FORM_KEYS = (
    *("csrf", "next", "username", "password", "remember"),
    *("page", "sort", "dir", "status", "q"),
    *("subject", "category", "priority", "message", "copy"),
    *("frequency", "invoice_email"),
)

_CURRENCY_SIGNS = {"EUR": "€", "GBP": "£", "USD": "$"}
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_PALETTES = (  # accent, strong accent, soft accent, page background, navigation
    ("#2563eb", "#1d4ed8", "#e8effd", "#f5f7fb", "#14213d"),
    ("#0f766e", "#115e59", "#def3f0", "#f4f8f7", "#12312e"),
    ("#9333ea", "#7e22ce", "#f1e6fd", "#f8f6fb", "#2b1742"),
    ("#c2410c", "#9a3412", "#fdeadf", "#faf7f4", "#3a1f12"),
    ("#475569", "#334155", "#e5eaf0", "#f6f7f9", "#1e293b"),
)


@dataclass(frozen=True, kw_only=True)
class Layout:
    """The arrangement of one portal; a seed chooses each part on its own."""

    nav: Literal["top", "side", "dropdown"]
    label_style: Literal["for", "wrap", "aria"]
    detail_markup: Literal["dl", "table", "rows"]
    invoice_view: Literal["table", "cards"]
    product_view: Literal["table", "cards"]
    product_paging: Literal["more", "pages"]
    priority: Literal["radio", "select"]
    download: Literal["link", "button"]
    number_is_link: bool
    actions_first: bool
    buttons_right: bool
    mark_required: bool
    redirect_after_post: bool
    newest_first: bool
    key_is_number: bool
    invoice_columns: tuple[str, ...]
    product_columns: tuple[str, ...]
    invoice_count: int
    product_count: int
    page_size: int
    product_page_size: int
    product_delay_ms: int
    page_delay_ms: int
    currency: str
    money: Literal["sign", "code_after", "code_before", "german"]
    dates: Literal["iso", "words", "us", "german"]
    palette: tuple[str, ...]
    overlays: bool
    language: Literal["en", "de"]

    def shown_money(self, cents: int) -> str:
        """Return an amount as the pages show it."""
        plain = f"{cents // 100:,}.{cents % 100:02d}"
        sign = _CURRENCY_SIGNS[self.currency]
        match self.money:
            case "sign":
                return f"{sign}{plain}"
            case "code_after":
                return f"{plain} {self.currency}"
            case "code_before":
                return f"{self.currency} {plain}"
            case "german":
                swapped = plain.translate(str.maketrans(",.", ".,"))
                return f"{swapped} {sign}"

    def shown_date(self, day: date) -> str:
        """Return a day as the pages show it, without asking the machine's locale."""
        match self.dates:
            case "iso":
                return day.isoformat()
            case "words":
                return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
            case "us":
                return f"{day.month:02d}/{day.day:02d}/{day.year}"
            case "german":
                return f"{day.day:02d}.{day.month:02d}.{day.year}"


def choose_layout(seed: int, *, variant: str) -> Layout:
    """Return the arrangement of this seed, with what the variant overrides."""
    rng = random.Random(f"layout:{seed}")
    german = variant == "german"

    def one_of(*options: _T) -> _T:
        chosen = rng.choice(options)  # drawn for seed 0 too, so that adding a part moves no other
        return options[0] if seed == 0 else chosen

    def shuffled(columns: tuple[str, ...]) -> tuple[str, ...]:
        order = tuple(rng.sample(columns, len(columns)))
        return columns if seed == 0 else order

    return Layout(
        nav=one_of("top", "side", "dropdown"),
        label_style=one_of("for", "wrap", "aria"),
        detail_markup=one_of("dl", "table", "rows"),
        invoice_view="cards" if variant == "cards" else "table",
        product_view=one_of("table", "cards"),
        product_paging=one_of("more", "pages"),
        priority=one_of("radio", "select"),
        download=one_of("link", "button"),
        number_is_link=one_of(True, False),
        actions_first=one_of(False, True),
        buttons_right=one_of(False, True),
        mark_required=one_of(False, True),
        redirect_after_post=one_of(True, False),
        newest_first=one_of(True, False),
        key_is_number=one_of(True, False),
        invoice_columns=shuffled(INVOICE_COLUMNS),
        product_columns=shuffled(PRODUCT_COLUMNS),
        invoice_count=one_of(64, 66, 71, 78, 83, 90),
        product_count=one_of(40, 33, 47, 54),
        page_size=one_of(10, 12, 15, 20),
        product_page_size=one_of(12, 10, 15),
        product_delay_ms=one_of(500, 300, 800) * (3 if variant == "slow" else 1),
        page_delay_ms=900 if variant == "slow" else 0,
        currency="EUR" if german else one_of("EUR", "GBP", "USD"),
        money="german" if german else one_of("sign", "code_after", "code_before"),
        dates="german" if german else one_of("iso", "words", "us"),
        palette=one_of(*_PALETTES),
        overlays=variant == "modal",
        language="de" if german else "en",
    )


class Naming:
    """The ids, form field names and class names of one seed."""

    def __init__(self, seed: int) -> None:
        rng = random.Random(f"naming:{seed}")
        styles = ("plain", "prefixed", "hashed")
        self._seed = seed
        self._id_style = "plain" if seed == 0 else rng.choice(styles)
        self._name_style = "plain" if seed == 0 else rng.choice(styles)
        self._css_style = "plain" if seed == 0 else rng.choice(styles)
        self._canonical = {self.field(key): key for key in FORM_KEYS}

    def element_id(self, key: str) -> str:
        """Return the id attribute of what the templates call `key`."""
        return self._styled(key, self._id_style, prefix="ctl_", salt="id")

    def field(self, key: str) -> str:
        """Return the name that a form or query field travels under."""
        return self._styled(key, self._name_style, prefix="f_", salt="name")

    def css(self, keys: str) -> str:
        """Return the class names of the space-separated `keys`."""
        styled = (
            self._styled(key, self._css_style, prefix="p-", salt="css") for key in keys.split()
        )
        return " ".join(styled)

    def canonical(self, field: str) -> str:
        """Return the key of a form field's name; an unknown name stays itself."""
        return self._canonical.get(field, field)

    def _styled(self, key: str, style: str, *, prefix: str, salt: str) -> str:
        match style:
            case "prefixed":
                return prefix + key
            case "hashed":
                digest = hashlib.sha256(f"{self._seed}:{salt}:{key}".encode()).hexdigest()
                return f"{salt[0]}{digest[:7]}"
            case _:
                return key


@dataclass(frozen=True, kw_only=True)
class Paths:
    """Where each page of one portal lives."""

    sign_in: str
    sign_out: str
    home: str
    invoices: str
    invoice_settings: str
    payments: str
    documents: str
    files: str
    catalogue: str
    products_api: str
    tickets: str
    new_ticket: str
    profile: str


def choose_paths(seed: int, words: Mapping[str, str]) -> Paths:
    """Return addresses made of the portal's own words."""
    rng = random.Random(f"paths:{seed}")
    prefix = "" if seed == 0 else rng.choice(("", "/portal", "/app", "/my"))

    def at(key: str) -> str:
        return f"{prefix}/{slug(words[key])}"

    tickets = at("tickets")
    return Paths(
        sign_in=at("sign_in"),
        sign_out=at("sign_out"),
        home=at("home"),
        invoices=at("invoices"),
        invoice_settings=at("invoice_settings"),
        payments=at("payments"),
        documents=at("documents"),
        files=f"{prefix}/get",
        catalogue=at("catalogue"),
        products_api=f"{prefix}/api/{slug(words['catalogue'])}",
        tickets=tickets,
        new_ticket=f"{tickets}/new",
        profile=at("profile"),
    )


def slug(text: str) -> str:
    """Return `text` as one lower-case ASCII path segment."""
    ascii_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", ascii_text.lower()).strip("-")

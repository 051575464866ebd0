"""The columns a collection shows: where each stands, what it is called, what its values look like."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from podium.state.program import ColumnType
from podium.tools.grounding.values import currency_of, infer, is_nothing
from podium.tools.grounding.words import concepts_in, content_words, fold
from podium.tools.page import Collection, Record, Snapshot, Value

_UTILITY = re.compile(
    r"^(?:[a-z]{1,3}|[mp][trblxy]?-?\d+|col(?:-.*)?|row|flex.*|d-.*|text-.*|font-.*|bg-.*|btn.*|w-.*|h-.*|is-.*|has-.*"
    r"|mui.*|css-.*|sc-.*|jss\d+|ant-.*|v-.*|ng-.*|chakra-.*|container|wrapper|inner|item|content|body|cell|value|label|.*\d{3,}.*)$",
    re.IGNORECASE,
)
_HEADING = re.compile(r"^h[1-6]$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """Where a column's value stands inside each record of a collection that is shown now."""

    index: int | None = None
    """Position in the record, for tables."""
    header: str = ""
    """Label before the value, for cards and records."""
    path: str = ""
    nth: int = 0
    """Which of the record's values with that label and path."""

    def find(self, record: Record) -> Value | None:
        """Return the record's value in this slot, if it has one."""
        if self.index is not None:
            return record.values[self.index] if self.index < len(record.values) else None
        same = [
            value
            for value in record.values
            if value.header == self.header and (self.header or value.path == self.path)
        ]
        return same[self.nth] if self.nth < len(same) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A column as the page shows it now."""

    slot: Slot
    header: str
    name: str
    type: ColumnType
    shape: str
    ordinal: int
    texts: tuple[str, ...] = ()
    hrefs: tuple[str, ...] = ()
    stands: tuple[bool, ...] = field(default=())
    """For each record, whether it has the value at all."""


def seen_columns(collection: Collection) -> tuple[Seen, ...]:
    """Return the columns of the collection, in page order, with distinct names."""
    taken: Counter[str] = Counter()
    columns: list[Seen] = []
    label = ""
    for ordinal, slot in enumerate(_slots(collection)):
        values = [slot.find(record) for record in collection.records]
        texts = tuple(_text_of(value) for value in values)
        hrefs = tuple(value.href if value else "" for value in values)
        header = _header(collection, slot) or label
        label = ""
        if not header and not any(hrefs) and _is_label(texts):
            # Every record says `File:` before the next value: that is what the next value is called.
            label = next(text for text in texts if text).rstrip(": ")
            continue
        if not header and not any(texts) and not any(hrefs):
            continue
        kind = _type_of(texts, hrefs, values, header)
        if kind == "link" and any(texts) and any(one.hrefs == hrefs for one in columns):
            kind = infer(texts, header=header)  # the link is the whole row's: the text is the value
        base = _name(header, slot, texts, kind, ordinal=ordinal, taken=taken)
        taken[base] += 1
        columns.append(
            Seen(
                slot=slot,
                header=header,
                name=base if taken[base] == 1 else f"{base}_{taken[base]}",
                type=kind,
                shape=common_shape(texts),
                ordinal=ordinal,
                texts=texts,
                hrefs=hrefs,
                stands=tuple(value is not None for value in values),
            )
        )
    return tuple(columns)


def _is_label(texts: Sequence[str]) -> bool:
    said = {text for text in texts if text}
    return len(said) == 1 and len(texts) > 1 and next(iter(said)).endswith(":")


def _slots(collection: Collection) -> list[Slot]:
    if collection.headers:
        return [Slot(index=index, header=header) for index, header in enumerate(collection.headers)]
    if collection.kind == "table" and _regular(collection.records):
        return [Slot(index=index) for index in range(len(collection.records[0].values))]
    slots: dict[Slot, int] = {}
    for record in collection.records:
        counts: Counter[tuple[str, str]] = Counter()
        for position, value in enumerate(record.values):
            path = "" if value.header else value.path
            slot = Slot(header=value.header, path=path, nth=counts[value.header, path])
            counts[value.header, path] += 1
            slots[slot] = min(slots.get(slot, position), position)
    least = 1 if len(collection.records) < 5 else 2
    kept = [slot for slot in slots if _filled(slot, collection) >= least]
    return sorted(kept, key=lambda slot: slots[slot])


def _regular(records: Sequence[Record]) -> bool:
    return bool(records) and len({len(record.values) for record in records}) == 1


def _filled(slot: Slot, collection: Collection) -> int:
    return sum(slot.find(record) is not None for record in collection.records)


def _header(collection: Collection, slot: Slot) -> str:
    if slot.index is not None and slot.index < len(collection.headers):
        return plain_headers(collection.headers)[slot.index]
    return slot.header


def _text_of(value: Value | None) -> str:
    return " ".join(value.text.split()) if value else ""


def _type_of(
    texts: Sequence[str], hrefs: Sequence[str], values: Sequence[Value | None], header: str
) -> ColumnType:
    linked = [index for index, href in enumerate(hrefs) if href]
    if linked and len(linked) == len([text for text in texts if text] or linked):
        # Every row says the same (`CSV`, `Download`) or nothing: the address is the value.
        distinct = {texts[index] for index in linked}
        if distinct == {""} or (len(distinct) == 1 and len(linked) > 1):
            return "link"
        if len(linked) == 1 and concepts_in(texts[linked[0]]) & {"download", "open", "edit"}:
            return "link"
    stamped = [value.datetime for value in values if value and value.datetime]
    if stamped and len(stamped) * 2 > len(values) and infer(stamped) == "date":
        return "date"
    return infer(texts, header=header)


def data_rows(snapshot: Snapshot) -> frozenset[str]:
    """Return the refs of records that hold data; the entries of menus and pagers are lists of one link each."""
    return frozenset(
        record.ref
        for collection in snapshot.collections
        if collection.region not in {"navigation", "header", "footer"}
        for record in collection.records
        if collection.kind == "table" or len(record.values) > 1
    )


_PRIORITY = re.compile(r"^(\d)\s+(?=\D)")


def plain_headers(headers: Sequence[str]) -> tuple[str, ...]:
    """Return the headers without the sort priorities that some grids write before them (`1 Issued`, `2 Number`)."""
    numbers = sorted(int(found[1]) for header in headers if (found := _PRIORITY.match(header)))
    if not numbers or numbers != list(range(1, len(numbers) + 1)) or len(numbers) == len(headers):
        return tuple(headers)
    return tuple(_PRIORITY.sub("", header) for header in headers)


def slug(text: str) -> str:
    """Return the text as an identifier: lower case, words joined by `_`; empty when nothing is left."""
    return "_".join(re.findall(r"[a-z0-9]+", fold(text)))


def _name(
    header: str,
    slot: Slot,
    texts: Sequence[str],
    kind: ColumnType,
    *,
    ordinal: int,
    taken: Counter[str],
) -> str:
    if header:
        without_currency = re.sub(r"\s*[(\[][^)\]]*[)\]]\s*$", "", header)
        plain = without_currency if currency_of(header) and without_currency else header
        return slug(plain) or ("number" if "#" in header else f"column_{ordinal + 1}")
    by_class = _name_from_path(slot.path, kind)
    if by_class:
        return by_class
    distinct = {text for text in texts if text}
    if kind == "link":
        said = slug(next(iter(distinct))) if len(distinct) == 1 else ""
        return said or "link"
    by_type = {"money": "price", "date": "date", "number": "number", "boolean": "flag"}.get(kind)
    if by_type:
        return by_type
    return "title" if "title" not in taken else "text"


def _name_from_path(path: str, kind: ColumnType) -> str:
    segments = [re.sub(r"\[\d+\]$", "", part) for part in re.split(r"[>/\s]+", path.strip())]
    for segment in reversed([part for part in segments if part != "#text"][-3:]):
        tag, *classes = segment.split(".")
        for token in classes:
            words = re.sub(r"([a-z])([A-Z])", r"\1 \2", token).replace("__", " ")
            if _UTILITY.match(token) and not concepts_in(words):
                continue
            return _said(words, kind)
        if _HEADING.match(tag):
            return "title"
        if tag == "time":
            return "date"
    return ""


def _said(words: str, kind: ColumnType) -> str:
    """Return the telling part of a class such as `price_color` or `product-title`."""
    known = [word for word in re.findall(r"[a-z0-9]+", fold(words)) if concepts_in(word)]
    if kind == "money":
        known = [
            word for word in known if concepts_in(word) & {"price", "amount", "total"}
        ] or known
    return slug(known[-1] if known else words)


def shape_of(text: str) -> str:
    """Return what the value looks like, digits collapsed to `9`."""
    return re.sub(r"\d+", "9", " ".join(text.casefold().split()))


def common_shape(texts: Sequence[str]) -> str:
    """Return the shape that nearly all values share: letters kept where all agree, else `a`."""
    filled = [text for text in texts if not is_nothing(text)]
    if not filled:
        return ""
    shapes = [shape_of(text) for text in filled]
    for form in (shapes, [re.sub(r"[^\W\d_]+", "a", shape) for shape in shapes]):
        shape, count = Counter(form).most_common(1)[0]
        if count >= 0.9 * len(filled) and len(shape) <= 40:
            return shape
    return ""


_SAMPLE = 12
"""Values of a column that are remembered."""


def value_sample(texts: Sequence[str]) -> tuple[str, ...]:
    """Return short hashes of the first different values."""
    distinct = dict.fromkeys(
        fold(text)
        for text in texts
        # Small counts stand in any column.
        if not is_nothing(text) and not re.fullmatch(r"\d{1,2}", text.strip())
    )
    return tuple(_hashed(text) for text in list(distinct)[:_SAMPLE])


_TELLING = 3
"""Fewer different values, such as `yes` and `no`, stand in many columns."""


@lru_cache(maxsize=16_384)
def _hashed(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:10]


def sample_overlap(sample: Sequence[str], texts: Sequence[str]) -> float:
    """Return the part of the remembered values that the texts hold; 0 when too few are remembered to tell a column by."""
    if len(sample) < _TELLING:
        return 0.0
    shown = {_hashed(fold(text)) for text in texts if not is_nothing(text)}
    return sum(one in shown for one in sample) / min(len(sample), max(len(shown), _TELLING))


def not_among(sample: Sequence[str], texts: Sequence[str]) -> frozenset[str]:
    """Return the remembered values that the texts do not hold."""
    return frozenset(sample) - {_hashed(fold(text)) for text in texts}


def sample_share(sample: Sequence[str], texts: Sequence[str]) -> float:
    """Return the part of the filled texts whose value is remembered: of a column with few values that is nearly all."""
    filled = [_hashed(fold(text)) for text in texts if not is_nothing(text)]
    return sum(one in sample for one in filled) / len(filled) if filled else 0.0


def are_telling(sample: Sequence[str], other: Sequence[str]) -> bool:
    """Return whether two columns remember enough different values to tell the first from the other.

    One each does not: who goes from A to B today goes from B to A tomorrow.
    """
    return len({*sample, *other}) >= _TELLING or (not other and len(sample) > 1)


def is_identifier(header: str, name: str) -> bool:
    """Return whether the column's words name an identity: number, id, SKU, reference, e-mail."""
    words = header or name.replace("_", " ")
    if concepts_in(words) & {
        "identifier",
        "invoice_number",
        "order_number",
        "sku",
        "reference",
        "email",
        "number",
    }:
        return True
    last = content_words(words)[-1:] or ("",)
    return last[0] in {
        "id",
        "no",
        "nr",
        "number",
        "cod",
        "sku",
        "isbn",
        "ean",
        "gtin",
        "uuid",
        "slug",
        "key",
        "#",
        "handl",
    }

"""Mapping the user's column words to the columns of a list."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from pydantic import JsonValue

from podium.state.program import Column, ColumnType
from podium.tools.building import vocabulary as say
from podium.tools.building.wanted import content_words, likeness
from podium.tools.grounding.words import contradicts, fold, stem, tokens

Row = Mapping[str, JsonValue]

_GOOD, _LEAD = 0.55, 0.08

_PERSON: Final = (
    "person|reader|borrower|teacher|student|driver|volunteer|visitor|patient|customer|client|author|writer|employee|rider|member|contact|owner|assignee|doctor|sender|from|reporter"
    "|responsible|practitioner|user|guest|tenant|artist|who|assigned to|patientin|kunde|autor|mitarbeiter|arzt|absender"
)
_CLASS_HINTS: Final[tuple[tuple[str, str], ...]] = (
    # (what a class name says, which field words it answers): authors name parts of cards so
    ("who|by|byline|author|person|owner", _PERSON),
    ("why|reason|cause", "reason|cause|why|purpose|grund|anlass|motif|motivo"),
    (
        "where|place|city|location|venue",
        "place|city|town|location|venue|where|site|ort|stadt|lieu|ville|ciudad|luogo",
    ),
    ("when|date|time|day", "date|day|when|time|datum|tag|zeit"),
    (
        "pill|badge|chip|tag|state|status|stock|availability",
        "status|state|stage|availability|stock|condition|zustand",
    ),
)
_TIME_WORDS: Final = "time|hour|uhrzeit|zeit|heure|hora|ora|tijd"
_DEADLINES: Final = (
    "due|deadline|until|expiry|expires|expiration|valid|end|ends|ended|last|closed|to|by|paid|fallig|frist|bis|ablauf"
    "|echeance|fin|vencimiento|hasta|scadenza|fino"
)
_UNITS: Final[tuple[tuple[str, str], ...]] = (
    # (field words, how their values are written where nothing labels them)
    (
        "time|duration|length|how long|running time|cooking time|minutes|hours|dauer|zeit|laufzeit|duree|temps|duracion|durata|duur",
        r"(?:about |ca\.? |~ ?)?\d[\d.,:]*\s*(?:sec\w*|min\w*|h|hrs?|hours?|std\.?|stunden?|days?|tage?|weeks?|wochen?|\u2032)\b",
    ),
    (
        "rating|stars|score|grade|mark|bewertung|note|sterne|punkte|avis|valoracion|voto",
        r"\d(?:[.,]\d+)?\s*(?:/|of|von|sur|out of)\s*\d+\b|\d(?:[.,]\d+)?\s*(?:stars?|sterne?|points?|\u2605)|\u2605+",
    ),
    (
        "size|file size|grosse|taille|tamano|dimensione|grootte",
        r"\d[\d.,]*\s*(?:bytes|b|[kmgt]i?b)\b",
    ),
    ("weight|gewicht|poids|peso", r"\d[\d.,]*\s*(?:kg|g|mg|t|lbs?|oz)\b"),
    (
        "distance|length|height|width|depth|entfernung|lange|hohe|breite|distancia",
        r"\d[\d.,]*\s*(?:km|mi|miles|m|cm|mm|ft)\b",
    ),
    ("area|surface|flache|superficie", r"\d[\d.,]*\s*(?:m\u00b2|sqm|qm|sq ?ft|ha|acres?)"),
    (
        "id|number|no|nr|code|sku|ref|reference|mark|shelf mark|call number|signature|isbn|nummer|kennung|signatur|numero|codigo",
        r"#?(?=\S*\d)(?:[A-Z]{1,6}[-./]?)?\d[\dA-Z./-]*$",
    ),
    ("mail|e mail|email|courriel|correo", r"\S+@\S+\.\w+"),
    ("phone|telephone|tel|mobile|telefon|handy|telefono|telefoon", r"\+?\(?\d[\d\s()/.-]{5,}"),
    (
        "percent|percentage|share|discount|rate|prozent|anteil|rabatt|remise|sconto",
        r"[-+]?\d[\d.,]*\s*%",
    ),
)
_BARE: Final[tuple[tuple[str, str], ...]] = (
    # (field words, heads that say the same by a mere preposition, as letters and messages do)
    ("sender|sent by|absender|expediteur|remitente|mittente", "from|von|de|da|van"),
    ("recipient|receiver|addressee|sent to|empfanger|destinataire|destinatario", "to|an|a|aan"),
)
_TITLED: Final = (("doctor|practitioner|physician|arzt|medecin|medico", ("dr.", "dr ", "prof")),)

_TYPE_WORDS: Final[tuple[tuple[str, ColumnType], ...]] = (
    (
        "price|cost|amount|total|sum|fee|balance|value|money|paid|preis|betrag|summe|kosten|prix|montant|precio|importe|prezzo|importo|prijs|bedrag",
        "money",
    ),
    (
        "date|day|when|due|created|updated|issued|published|since|time|datum|tag|fallig|erstellt|le|fecha|dia|data|giorno",
        "date",
    ),
    ("link|url|address of|href|web address|adresse", "link"),
    (
        "quantity|qty|count|number of|stock|rating|score|size|amount in|menge|anzahl|bestand|quantite|cantidad|quantita|aantal",
        "number",
    ),
)
_TITLE_WORDS: Final = "title|name|question|product|item|subject|headline|heading|label|titel|bezeichnung|produkt|artikel|betreff|titre|nom|titulo|nombre|titolo|nome|naam"
_KEY_WORDS: Final = (
    "id|number|no|nr|sku|code|ref|reference|key|isbn|ean|uuid|identifier|article number|part number|ticket|nummer|kennung"
    "|artikelnummer|bestellnummer|rechnungsnummer|numero|codigo|codice|referenz|referencia"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldMatch:
    """What a wanted field may be on the page."""

    field: str
    column: Column | None
    """Set when one column clearly fits."""
    rivals: tuple[Column, ...] = ()
    """The candidates when several fit as well, best first."""
    score: float = 0.0


def map_field(
    field: str, columns: Sequence[Column], rows: Sequence[Row], *, among: Sequence[Column] = ()
) -> FieldMatch:
    """Return the column that the word means, or the rivals between which only a person can decide.

    `among` are all columns of the list, where `columns` are only those that are still free.
    """
    whole = among or columns
    scored = sorted(
        ((_score(field, column, whole, rows), place) for place, column in enumerate(columns)),
        key=lambda item: (-item[0], item[1]),
    )
    if not scored or scored[0][0] < _GOOD:
        return FieldMatch(field=field, column=None)
    best, place = scored[0]
    rivals = tuple(columns[i] for score, i in scored if score >= max(_GOOD, best - _LEAD))
    if len(rivals) == 1 or (best >= 0.99 and scored[1][0] < 0.99):
        return FieldMatch(field=field, column=columns[place], score=best)
    if _equal_values(rivals, rows):
        return FieldMatch(field=field, column=columns[place], score=best)
    return FieldMatch(field=field, column=None, rivals=rivals, score=best)


def map_fields(
    fields: Sequence[str], columns: Sequence[Column], rows: Sequence[Row]
) -> dict[str, FieldMatch]:
    """Return what each field may be; a column that is clearly one field is no candidate for another."""
    found: dict[str, FieldMatch] = {}
    while True:
        taken = {match.column.name for match in found.values() if match.column is not None}
        free = [column for column in columns if column.name not in taken]
        fresh = {
            field: map_field(field, free, rows, among=columns)
            for field in fields
            if field not in found
        }
        clear = sorted(
            (match for match in fresh.values() if match.column is not None),
            key=lambda match: -match.score,
        )
        if not clear:
            alone = len(fresh) == 1 and bool(found)
            rest = {
                field: _left_over(match, free, columns, rows, alone=alone)
                for field, match in fresh.items()
            }
            return {**found, **rest}
        found[clear[0].field] = clear[0]


def _left_over(
    match: FieldMatch,
    free: Sequence[Column],
    columns: Sequence[Column],
    rows: Sequence[Row],
    *,
    alone: bool,
) -> FieldMatch:
    """Return the match with the columns that are still free as its rivals, when nothing fits better."""
    if say.has(match.field, _TIME_WORDS):
        moments = [
            column for column in columns if column.type == "date" and _has_times(column, rows)
        ]
        if len(moments) == 1:
            return replace(match, column=moments[0], score=0.62)
    if alone and len(free) == 1 and _may_be(match.field, free[0]):
        return replace(match, column=free[0], score=0.56)
    same = map_field(match.field, columns, rows)
    if same.column is not None and not match.rivals:
        return same  # another word for a column that is read already
    return match if match.rivals else replace(match, rivals=tuple(free))


def _may_be(field: str, column: Column) -> bool:
    """Return whether the one part of the cards that nothing labels can be the one field that is left."""
    kinds = {type_ for words, type_ in _TYPE_WORDS if say.has(field, words)}
    units = any(say.has(field, words) for words, _ in _UNITS)
    if column.header or column.type == "link" or units:
        return False
    return column.type in kinds if kinds else column.type == "text"


def _has_times(column: Column, rows: Sequence[Row]) -> bool:
    return any("T" in str(row.get(column.name) or "") for row in rows)


def _equal_values(rivals: Sequence[Column], rows: Sequence[Row]) -> bool:
    first = rivals[0].name
    return all(row.get(column.name) == row.get(first) for column in rivals[1:] for row in rows)


def _score(field: str, column: Column, columns: Sequence[Column], rows: Sequence[Row]) -> float:
    said = column.header or column.name.replace("_", " ")
    if contradicts(field, said):
        return 0.0
    by_name = 0.9 if _by_preposition(field, column.header) else likeness(field, said)
    by_path = 0.9 * max((likeness(field, word) for word in path_words(column.path)), default=0.0)
    return max(
        by_name,
        by_path,
        _by_type(field, column, columns, rows),
        _by_hint(field, column, rows),
        _numbers_it(field, column, rows),
    )


def _by_preposition(field: str, header: str) -> bool:
    return any(say.equals(field, words) and say.equals(header, heads) for words, heads in _BARE)


def _numbers_it(field: str, column: Column, rows: Sequence[Row]) -> float:
    """Return how sure a column that is called like the records alone holds their number: `Ticket` for `ticket number`."""
    words = content_words(field)
    rest = tuple(word for word in words if not say.equals(word, _KEY_WORDS))
    if not rest or rest == words or not column.header:
        return 0.0
    named = likeness(" ".join(rest), column.header) >= 0.99
    digits = [any(char.isdigit() for char in str(row.get(column.name) or "")) for row in rows]
    return 0.85 if named and all(digits) and is_unique((column.name,), rows) else 0.0


def _by_hint(field: str, column: Column, rows: Sequence[Row]) -> float:
    """Return how well an unlabelled part of a card fits by its class names and by what its values look like."""
    if column.type not in {"text", "date"}:
        return 0.0
    values = [str(row.get(column.name) or "") for row in rows]
    for words, starts in _TITLED:
        titled = sum(value.lower().startswith(starts) for value in values)
        if say.has(field, words) and values and titled * 2 >= len(values):
            return 0.75
        if values and titled * 2 >= len(values) and not say.has(field, words):
            return 0.0  # `Dr.` before the names: these are not the patients
    for said, answers in () if column.header else _CLASS_HINTS:
        if say.has(field, answers) and any(say.has(word, said) for word in path_words(column.path)):
            return 0.62 if answers is _PERSON else 0.68
    if column.header and not say.equals(field, "name|names|who|person"):
        return 0.0
    if not column.header and _written_so(field, values):
        return 0.7
    if (
        say.has(field, _PERSON + "|name|names")
        and values
        and sum(map(_is_person, values)) >= 0.8 * len(values)
    ):
        return 0.6
    return 0.0


def _written_so(field: str, values: Sequence[str]) -> bool:
    """Return whether nearly all values carry the field's unit, or its word: `3 stars`, `89 min`, `12 copies`, `by Ada`."""
    filled = [value for value in values if value]
    if not filled:
        return False
    forms = [re.compile(form, re.IGNORECASE) for words, form in _UNITS if say.has(field, words)]
    if any(sum(bool(form.match(value)) for value in filled) >= 0.8 * len(filled) for form in forms):
        return True
    wanted = {stem(word) for word in content_words(field)}
    saying = [value for value in filled if wanted & {stem(word) for word in tokens(value)}]
    return len(filled) >= 2 and len(saying) == len(filled) and len(set(saying)) > 1


def _is_person(value: str) -> bool:
    words = value.split()
    return 2 <= len(words) <= 4 and all(word[:1].isupper() and not word.isupper() for word in words)


def _by_type(field: str, column: Column, columns: Sequence[Column], rows: Sequence[Row]) -> float:
    for words, type_ in _TYPE_WORDS:
        if say.has(field, words) and column.type == type_:
            return 0.62 if column.header else 0.66
        if type_ == "money" and say.has(field, words) and _only_amount(column, columns, rows):
            return 0.6
    names_record = all(say.equals(word, _TITLE_WORDS) for word in content_words(field))
    if names_record and title_column(columns, rows) == column:
        return 0.64
    return 0.0


_MEASURED: Final = (
    "|".join(words for words, _ in _UNITS) + "|age|speed|volume|temperature|degrees|hours|days"
)
_IN_BRACKETS = re.compile(r"[(\[]\s*[^\W\d]{1,4}\.?\s*[)\]]")


def _is_measure(header: str) -> bool:
    """Return whether a header says what is measured, or in which unit: `Length (m)` is no amount of money."""
    unit = _IN_BRACKETS.search(header)
    money = unit is not None and say.has(unit[0], "eur|usd|gbp|chf|net|incl|excl|vat")
    return not money and (unit is not None or say.has(header, _MEASURED))


def _only_amount(column: Column, columns: Sequence[Column], rows: Sequence[Row]) -> bool:
    """Return whether the column alone holds numbers with two decimals, as amounts without a currency are written."""
    if _is_measure(column.header):
        return False

    def amounts(one: Column) -> bool:
        values = [row.get(one.name) for row in rows]
        broken = [value for value in values if isinstance(value, float) and not value.is_integer()]
        return one.type in {"number", "money"} and len(broken) * 2 > len(values)

    return amounts(column) and sum(map(amounts, columns)) == 1


def title_column(columns: Sequence[Column], rows: Sequence[Row]) -> Column | None:
    """Return the column that names the records: a heading or the first text whose values differ."""
    texts = [column for column in columns if column.type == "text"]
    for column in texts:
        if re.search(r"(^|[ >/.])h[1-6]\b", column.path) and _distinct(column, rows) > 0.5:
            return column
    named = [
        column
        for column in texts
        if say.has(column.header, _TITLE_WORDS) and _distinct(column, rows) > 0
    ]
    if named:
        return named[0]
    varied = [column for column in texts if _distinct(column, rows) > 0.5 and _wordy(column, rows)]
    return varied[0] if varied else (texts[0] if texts else None)


def _wordy(column: Column, rows: Sequence[Row]) -> bool:
    values = [str(row.get(column.name) or "") for row in rows]
    letters = [value for value in values if re.search(r"[^\W\d_]{3,}", value)]
    return len(letters) * 2 >= len(values)


def _distinct(column: Column, rows: Sequence[Row]) -> float:
    values = [str(row.get(column.name) or "") for row in rows]
    filled = [value for value in values if value]
    return len(set(filled)) / len(values) if values else 0.0


def type_by_name(header: str) -> ColumnType:
    """Return the type that a head alone promises, of a list that has no values yet; what is no such value stays text."""
    for words, type_ in _TYPE_WORDS:
        if type_ != "link" and say.has(header, words):
            return type_
    return "text"


def path_words(path: str) -> tuple[str, ...]:
    """Return the words that the structural path's last classes say, such as `price` in `div > p.price_color`."""
    last = re.split(r"[>/ ]+", path)[-2:]
    classes = [part for step in last for part in step.split(".")[1:]]
    return tuple(fold(name.replace("_", " ").replace("-", " ")) for name in classes)


def names_people(column: Column) -> bool:
    """Return whether the column is called like people are: its values are no states."""
    return say.has(column.header, _PERSON)


def main_dates(columns: Sequence[Column], phrase: str = "") -> list[Column]:
    """Return the date columns that tell when a record is from; deadlines and ends only when the phrase speaks of them."""
    dates = [column for column in columns if column.type == "date"]
    if say.has(phrase, _DEADLINES):
        return [column for column in dates if say.has(column.header, _DEADLINES)] or dates
    return [column for column in dates if not say.has(column.header, _DEADLINES)] or dates


def guess_key(columns: Sequence[Column], rows: Sequence[Row]) -> tuple[str, ...]:
    """Return the columns that tell the rows apart: what is called a number or id, else a unique link or text, else a pair."""
    unique = [column for column in columns if is_unique((column.name,), rows)]
    ranked = sorted(
        (rank, place) for place, column in enumerate(unique) if (rank := _key_rank(column, rows))
    )
    if ranked:
        return (unique[ranked[0][1]].name,)
    texts = [column for column in columns if column.type not in {"money", "boolean"}]
    for place, first in enumerate(texts):
        for second in texts[place + 1 :]:
            if is_unique((first.name, second.name), rows):
                return first.name, second.name
    return ()


def _key_rank(column: Column, rows: Sequence[Row]) -> int:
    """Return how good a key the column is, 1 the best, 0 none."""
    if say.has(column.header or column.name, _KEY_WORDS) and column.type in {"text", "number"}:
        return 1
    if column.type == "link":
        return 2
    return 3 if column.type == "text" and not _long(column, rows) else 0


def numbering(field: str, columns: Sequence[Column], rows: Sequence[Row]) -> FieldMatch | None:
    """Return the one column that numbers the rows, where a number or id is asked for and none is called so."""
    if not all(say.equals(word, _KEY_WORDS) for word in content_words(field)):
        return None
    found = [
        column
        for column in columns
        if column.type in {"text", "number"}
        and is_unique((column.name,), rows)
        and all(any(char.isdigit() for char in str(row.get(column.name))) for row in rows)
    ]
    codes = [
        column
        for column in found
        if all(len(str(row.get(column.name)).split()) <= 2 for row in rows)
    ]
    found = found if len(found) == 1 else codes  # `#201`, `Job 12`; a title may hold a digit, too
    return FieldMatch(field=field, column=found[0], score=0.6) if len(found) == 1 else None


def is_unique(key: Sequence[str], rows: Sequence[Row]) -> bool:
    """Return whether every row has its own, non-empty key."""
    keys = [tuple(str(row.get(name) or "") for name in key) for row in rows]
    return bool(keys) and all(all(parts) for parts in keys) and len(set(keys)) == len(keys)


def _long(column: Column, rows: Sequence[Row]) -> bool:
    return any(len(str(row.get(column.name) or "")) > 120 for row in rows)


def low_cardinality(columns: Sequence[Column], rows: Sequence[Row]) -> dict[str, list[str]]:
    """Return the values of each column that has few different ones: states, kinds, yes and no."""
    found: dict[str, list[str]] = {}
    for column in columns:
        values = [str(row.get(column.name) or "").strip() for row in rows]
        kinds = sorted({value for value in values if value})
        few = 0 < len(kinds) <= 12 and (len(kinds) * 2 <= len(values) or len(values) <= 6)
        if few and column.type in {"text", "boolean"} and all(len(kind) <= 40 for kind in kinds):
            found[column.name] = kinds
    return found

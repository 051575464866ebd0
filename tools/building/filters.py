"""Turning the user's condition words into comparisons on the columns and values that the page has."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from pydantic import JsonValue

from podium.state.plan import MatchRule
from podium.state.program import Column, Comparison, Condition
from podium.tools.building import vocabulary as say
from podium.tools.building.fields import Row, main_dates, map_field, names_people
from podium.tools.building.wanted import content_words, likeness
from podium.tools.grounding.values import meets
from podium.tools.grounding.words import contradicts, fold, stem, synonyms

_DATE = re.compile(r"^\d{4}-\d{2}(-\d{2})?$")
_NUMBER = re.compile(r"^-?\d+([.,]\d+)?$")
_MONEY_WORDS = "eur|euro|euros|usd|dollar|dollars|gbp|pound|pounds|chf|franc|cent|price|cost|amount|worth|betrag|preis"
STATUS_WORDS = "status|state|stage|condition|availability|read|payment|zustand|verfugbarkeit|statut|etat|estado|stato"
_NOT = "not|no|never|except|without|but|nicht|kein|keine|ohne|ausser|pas|sauf|no|excepto|non|tranne|niet"
_LATE = "overdue|late|past due|uberfallig|verspatet|en retard|vencido|scaduto"
_DUE = "due|deadline|until|by|expires|expiry|fallig|frist|bis|echeance|vencimiento|scadenza"
_DONE_WITH = "returned|paid|delivered|done|completed|finished|closed|settled|received|resolved|return|zuruck|bezahlt|erledigt|rendu|paye"
_EMPTY = "empty|blank|missing|unset|nothing|leer|fehlt|vide|vacio|vuoto|leeg"
_AUXILIARIES = "where|yet|still|already|has|have|had|having|been|be|is|are|was|were|with|any|a|an|the|whose|that|which|who|set|noch|schon"
_RELATIVE = re.compile(
    r"\b(today|yesterday|this|last|past|previous|current|heute|gestern|letzte\w*|diese\w*|vergangene\w*)\b",
    re.IGNORECASE,
)

_STATES: Final[tuple[tuple[str, str, str], ...]] = (
    # (what is asked for, states that belong to it, states that do not)
    (
        "unpaid|outstanding|owed|not paid|due|to pay|payable|unsettled|unbezahlt|nicht bezahlt|impaye|impayee|non pagato",
        "unpaid|outstanding|due|overdue|past due|late|open|awaiting payment|pending|partially paid|reminded|dunning|sent"
        "|issued|offen|uberfallig|fallig|angemahnt|unbezahlt",
        "paid|settled|cleared|cancelled|canceled|void|voided|refunded|written off|draft|credited|closed|bezahlt|beglichen"
        "|storniert|entwurf|gutgeschrieben",
    ),
    (
        "open|unresolved|pending|active|not done|unfinished|ongoing|current|outstanding|to do|offen|aktiv|unerledigt",
        "open|active|in progress|pending|waiting|on hold|new|reopened|assigned|unresolved|todo|to do|started|offen|aktiv"
        "|in bearbeitung|wartend|neu",
        "closed|resolved|done|completed|complete|cancelled|canceled|archived|inactive|rejected|finished|solved|expired"
        "|geschlossen|erledigt|abgeschlossen|gelost|inaktiv",
    ),
    (
        "closed|resolved|done|completed|finished|solved|erledigt|geschlossen|abgeschlossen",
        "closed|resolved|done|completed|complete|finished|solved|fixed|erledigt|geschlossen|abgeschlossen|gelost",
        "open|active|in progress|pending|waiting|on hold|new|reopened|unresolved|todo|to do|offen|aktiv|in bearbeitung|neu",
    ),
    (
        "available|in stock|on stock|orderable|verfugbar|lieferbar|auf lager",
        "available|in stock|low stock|few left|yes|verfugbar|lieferbar|auf lager|ja",
        "unavailable|out of stock|sold out|discontinued|no|backorder|nicht verfugbar|ausverkauft|nein",
    ),
    ("unread|not read|ungelesen", "unread|new|ungelesen|neu", "read|seen|opened|replied|gelesen"),
    (
        "overdue|late|past due|uberfallig",
        "overdue|past due|late|uberfallig|verspatet",
        "paid|open|due|closed|draft|bezahlt|offen",
    ),
    (
        "urgent|important|critical|high priority|dringend|wichtig",
        "urgent|critical|high|highest|blocker|major|dringend|hoch",
        "low|normal|medium|minor|trivial|lowest|niedrig|mittel",
    ),
)


_WITHIN = frozenset({"contains", "lacks"})
_WITHIN_BY: Final[Mapping[Comparison, Comparison]] = {"=": "contains", "!=": "lacks"}
"""How words within a cell are compared where those of a whole one were meant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueChoice:
    """Only a person can tell which values are meant."""

    column: Column
    values: tuple[str, ...]
    default: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnChoice:
    """Only a person can tell which column is meant."""

    columns: tuple[Column, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """Nothing on the page corresponds to the words."""

    relative: bool = False
    """It is a date relative to the day of the run."""


Reading = Condition | ValueChoice | ColumnChoice | Unknown


def read_rule(
    rule: MatchRule,
    columns: Sequence[Column],
    rows: Sequence[Row],
    values: Mapping[str, Sequence[str]],
    *,
    example: JsonValue = None,
) -> Reading:
    """Return the comparison that the rule means on this list, or what has to be asked.

    `values` are the values of the low-cardinality columns; `example` is what a template in the rule's value stands for.
    """
    reading = _read_rule(_once_denied(rule), columns, rows, values, example=example)
    if rule.or_empty and isinstance(reading, Condition):
        return reading.model_copy(update={"or_empty": True})
    return reading


def _read_rule(
    rule: MatchRule,
    columns: Sequence[Column],
    rows: Sequence[Row],
    values: Mapping[str, Sequence[str]],
    *,
    example: JsonValue,
) -> Reading:
    wanted = rule.value if example is None else example
    if rule.value == "" and rule.column:
        return _given_or_not(rule, columns, rows)
    alternatives = _alternatives(rule, columns, rows, values)
    if alternatives is not None:
        return alternatives
    empty = _emptiness(rule, columns, rows)
    if empty is not None:
        return empty
    scope = _scope(rule, columns, rows, wanted)
    year = _by_year(rule, scope, rows)
    if year is not None:
        return year
    if isinstance(wanted, bool):
        return _boolean(rule, scope, wanted)
    if _is_ordered(rule, wanted):
        return _ordered(rule, scope, wanted)
    if isinstance(wanted, list) and rule.cmp in _WITHIN and len(scope) == 1:
        return Condition(column=scope[0].name, cmp=rule.cmp, value=wanted)
    if isinstance(wanted, list):
        return _several(rule, scope, rows, [str(item) for item in wanted])
    text = str(wanted) if wanted is not None else rule.phrase
    return _text(rule, scope, rows, values, text, given=wanted is not None)


def _scope(
    rule: MatchRule, columns: Sequence[Column], rows: Sequence[Row], wanted: JsonValue
) -> list[Column]:
    """Return the columns that the rule may speak of: the one it names, those that may be it, else all."""
    if not rule.column:
        return list(columns)
    match = map_field(rule.column, columns, rows)
    if match.column is not None and not _only_implied(rule, match.column, wanted):
        return [match.column]
    return list(match.rivals or columns) if match.column is None else list(columns)


def _only_implied(rule: MatchRule, column: Column, wanted: JsonValue) -> bool:
    """Whether the planner's `date` only follows from a day that was said, and no column of days is called so."""
    dated = isinstance(wanted, str) and bool(_DATE.match(wanted))
    return dated and rule.column.casefold() not in rule.phrase.casefold() and column.type != "date"


_SHORT_NOT = re.compile(
    r"\b(?:are|is|were|was|have|has|do|does|did|ca)n['\u2019]t\b", re.IGNORECASE
)
_SAID_NOT = re.compile(r"^(?:not|except|without)\s+(?:the\s+)?", re.IGNORECASE)
_YES = "yes|y|true|x|ja|oui|si|available|provided"
_NO = "no|n|false|none|nein|non|-"


def _once_denied(rule: MatchRule) -> MatchRule:
    """Return the rule with one denial only: `not reserved` that is compared by `!=` would say the opposite."""
    phrase = _SHORT_NOT.sub("not", rule.phrase)
    if rule.cmp == "!=" and rule.value is None:
        phrase = _SAID_NOT.sub("", phrase)
    return rule if phrase == rule.phrase else rule.model_copy(update={"phrase": phrase})


def _given_or_not(rule: MatchRule, columns: Sequence[Column], rows: Sequence[Row]) -> Reading:
    """Compare with an empty cell, or with yes and no: `without a manager`, `with a projector`."""
    wants = rule.cmp == "!="
    match = map_field(rule.column, columns, rows)
    if match.rivals:
        return ColumnChoice(columns=match.rivals)
    if match.column is None:
        return _contained(rule, columns, rows, rule.column, given=False) if wants else Unknown()
    column = match.column
    if column.type == "boolean":
        return Condition(column=column.name, cmp="=", value=wants)
    kinds = {str(row.get(column.name) or "").strip() for row in rows} - {""}
    said = [kind for kind in kinds if say.equals(kind, _YES if wants else _NO)]
    if kinds and all(say.equals(kind, f"{_YES}|{_NO}") for kind in kinds):
        return Condition(column=column.name, cmp="=", value=said[0] if said else "")
    return Condition(column=column.name, cmp=rule.cmp, value="")


_EITHER = re.compile(r"^(?:either|still|is|are|that are|which are)\s+", re.IGNORECASE)


def _alternatives(
    rule: MatchRule,
    columns: Sequence[Column],
    rows: Sequence[Row],
    values: Mapping[str, Sequence[str]],
) -> Reading | None:
    """Return the values that `damaged or reserved` names; what is denied, or is no value of one column, is asked about."""
    if rule.value is not None or not re.search(r"\b(?:or|nor)\b|/", rule.phrase):
        return None
    parts = [part.strip(" ,") for part in re.split(r"\bn?or\b|/|,", _EITHER.sub("", rule.phrase))]
    found = [_exact(columns, rows, part) for part in parts if part]
    if all(item is None for item in found):
        return None
    known = [item for item in found if item is not None]
    one_column = len({column.name for column, _ in known}) == 1
    if (
        len(known) == len(found)
        and one_column
        and rule.cmp == "="
        and not say.has(rule.phrase, _NOT)
    ):
        return Condition(column=known[0][0].name, cmp="in", value=[value for _, value in known])
    return _some_state([known[0][0]], values)


def _by_year(
    rule: MatchRule, scope: Sequence[Column], rows: Sequence[Row]
) -> Condition | ColumnChoice | None:
    """Compare a day at the edge of a year with a column of bare years, where no column has dates: `before 1990`."""
    if any(column.type == "date" for column in scope) or not isinstance(rule.value, str):
        return None
    edge = re.fullmatch(r"(\d{4})-(01-01|12-31)", rule.value)
    years = [column for column in scope if column.type == "number" and _has_years(column, rows)]
    if edge is None or not years or (edge[2] == "01-01") != (rule.cmp in {">=", "<"}):
        return None
    if len(years) > 1:
        return ColumnChoice(columns=tuple(years))
    return Condition(column=years[0].name, cmp=rule.cmp, value=int(edge[1]))


def _has_years(column: Column, rows: Sequence[Row]) -> bool:
    values = [row[column.name] for row in rows if row.get(column.name) is not None]
    return bool(values) and all(
        isinstance(value, int | float) and value == int(value) and 1000 <= value <= 2200
        for value in values
    )


def _emptiness(rule: MatchRule, columns: Sequence[Column], rows: Sequence[Row]) -> Condition | None:
    """Return the comparison with an empty cell: `Returned is empty`, `not returned yet`, `without an email`."""
    said = [*content_words(rule.phrase), *fold(str(rule.value or "")).split()]
    stated = rule.value is None or any(say.equals(word, _EMPTY) for word in said)
    if not stated:
        return None
    named = {stem(word) for word in (*said, *content_words(rule.column)) if not _is_filler(word)}
    explicit = any(say.equals(word, _EMPTY) for word in said)
    for column in columns:
        filled = [row.get(column.name) not in {None, ""} for row in rows]
        heads = {stem(word) for word in content_words(column.header)}
        if column.type == "boolean" or not named or not heads or not named <= heads:
            continue
        if not explicit and (all(filled) or not any(filled)):
            continue  # nothing shows that the column is left empty at times
        denied = say.has(rule.phrase, _NOT) or rule.cmp == "!="
        wants_empty = denied is not explicit
        return Condition(column=column.name, cmp="=" if wants_empty else "!=", value="")
    return None


def _is_filler(word: str) -> bool:
    return say.equals(word, _EMPTY) or say.equals(word, _NOT) or say.equals(word, _AUXILIARIES)


def _is_ordered(rule: MatchRule, value: JsonValue) -> bool:
    if isinstance(value, int | float):
        return True
    if rule.cmp in {"<", "<=", ">", ">="}:
        return value is not None
    return isinstance(value, str) and bool(_DATE.match(value))


def _boolean(rule: MatchRule, scope: Sequence[Column], value: bool) -> Reading:
    flags = [column for column in scope if column.type == "boolean"]
    if len(flags) == 1:
        return Condition(column=flags[0].name, cmp=rule.cmp, value=value)
    return ColumnChoice(columns=tuple(flags)) if flags else Unknown()


_SAYS_NO_DAY = frozenset(
    stem(word) for word in ("last", "first", "date", "day", "days", "time", "on", "month", "year")
)


def _ordered(rule: MatchRule, scope: Sequence[Column], value: JsonValue) -> Reading:
    is_date = isinstance(value, str) and bool(_DATE.match(value))
    kinds = {"date"} if is_date else {"money", "number"}
    fitting = [column for column in scope if column.type in kinds]
    if (not is_date and say.has(rule.phrase, _MONEY_WORDS)) or any(
        sign in rule.phrase for sign in "€$£¥"
    ):
        fitting = [column for column in fitting if column.type == "money"] or fitting
    if is_date and len(fitting) > 1:
        said = {stem(word) for word in content_words(rule.phrase)} - _SAYS_NO_DAY
        own = [
            column
            for column in fitting
            if said & {stem(word) for word in content_words(column.header)}
        ]
        fitting = own if len(own) == 1 else main_dates(fitting, rule.phrase)
    if len(fitting) > 1:
        named = [column for column in fitting if _names(rule.phrase, column)]
        fitting = named if len(named) == 1 else fitting
    if not fitting:
        texts = [column for column in scope if rule.column and column.type == "text"]
        if len(texts) == 1 and rule.cmp in {"=", "!="}:
            return Condition(column=texts[0].name, cmp=rule.cmp, value=str(value))
        return Unknown()
    if len(fitting) > 1:
        return ColumnChoice(columns=tuple(fitting))
    number = _number(value)
    return (
        Condition(
            column=fitting[0].name, cmp=rule.cmp, value=rule.value if number is None else number
        )
        if not _is_template(rule.value)
        else Condition(column=fitting[0].name, cmp=rule.cmp, value=rule.value)
    )


def _number(value: JsonValue) -> float | int | None:
    if isinstance(value, str) and _NUMBER.match(value):
        return float(value.replace(",", "."))
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _is_template(value: JsonValue) -> bool:
    return isinstance(value, str) and value.startswith("{") and value.endswith("}")


def _names(phrase: str, column: Column) -> bool:
    said = content_words(phrase)
    return any(likeness(word, column.header or column.name) >= 0.6 for word in said)


def _several(
    rule: MatchRule, scope: Sequence[Column], rows: Sequence[Row], wanted: Sequence[str]
) -> Reading:
    for column in scope:
        own = {fold(str(row.get(column.name) or "")): str(row.get(column.name)) for row in rows}
        if all(fold(item) in own for item in wanted):
            return Condition(
                column=column.name, cmp="in", value=[own[fold(item)] for item in wanted]
            )
    if len(scope) == 1:
        return Condition(column=scope[0].name, cmp="in", value=list(wanted))
    return Unknown()


def _text(
    rule: MatchRule,
    scope: Sequence[Column],
    rows: Sequence[Row],
    values: Mapping[str, Sequence[str]],
    text: str,
    *,
    given: bool,
) -> Reading:
    if not given and _SEVERAL.search(text):
        # More is said than one state: what is left over would be lost.
        return _some_state(scope, values)
    flag = _flag(scope, text) if not given else None
    if flag is not None:
        column, holds = flag
        return Condition(column=column.name, cmp="=", value=holds is not (rule.cmp == "!="))
    keep = rule.value if _is_template(rule.value) else None
    exact = _exact(scope, rows, text) or (
        _said_within(scope, values, text, whole=True) if not given else None
    )
    if exact is not None and rule.cmp not in _WITHIN:
        column, value = exact
        unlike = rule.cmp == "!=" or (stemmed(value) != stemmed(text) and say.has(text, _NOT))
        return Condition(column=column.name, cmp="!=" if unlike else "=", value=keep or value)
    if rule.cmp not in _WITHIN:
        state = _state(scope, values, text, negated=rule.cmp == "!=")
        if state is not None:
            return state
    late = _late(rule, scope)
    if late is not None:
        return late
    if not given and _RELATIVE.search(text):
        return Unknown(relative=True)
    reading = _contained(rule, scope, rows, text, given=given)
    if isinstance(reading, Unknown) and not given:
        return _some_state(scope, values)
    return reading


_SEVERAL = re.compile(r"\w.*\b(?:that|which|who|whose|but|and|nor)\b", re.IGNORECASE)


def _flag(scope: Sequence[Column], text: str) -> tuple[Column, bool] | None:
    """Return the yes-or-no column whose name is the state that the words ask for, or exclude: `done`, `not done`, `open`."""
    found: list[tuple[Column, bool]] = []
    for column in scope:
        if column.type != "boolean" or not column.header:
            continue
        bare = " ".join(word for word in content_words(text) if not say.equals(word, _NOT))
        yes, no = classify(text, (column.header,))
        if stemmed(bare) == stemmed(column.header):
            found.append((column, not say.has(text, _NOT)))
        elif yes or no:
            found.append((column, bool(yes)))
    return found[0] if len(found) == 1 else None


def _some_state(scope: Sequence[Column], values: Mapping[str, Sequence[str]]) -> Reading:
    """Return the question for words that no value explains: which values of the list's states are meant."""
    few = [
        column
        for column in scope
        if 2 <= len(values.get(column.name, ())) <= 10 and not names_people(column)
    ]
    named = [column for column in few if say.has(column.header or column.name, STATUS_WORDS)]
    few = named if len(named) == 1 else few
    if len(few) == 1:
        return ValueChoice(column=few[0], values=tuple(values[few[0].name]))
    return ColumnChoice(columns=tuple(few)) if few else Unknown()


def _exact(scope: Sequence[Column], rows: Sequence[Row], text: str) -> tuple[Column, str] | None:
    wanted = {stemmed(text), stemmed(" ".join(content_words(text)))}
    # A status that says it beats a name that happens to be the same word.
    for column in sorted(
        scope, key=lambda item: not say.has(item.header or item.name, STATUS_WORDS)
    ):
        if column.type not in {"text", "boolean", "link"}:
            continue
        for row in rows:
            value = str(row.get(column.name) or "").strip()
            if value and stemmed(value) in wanted:
                return column, value
    return None


def _said_within(
    scope: Sequence[Column], values: Mapping[str, Sequence[str]], text: str, *, whole: bool
) -> tuple[Column, str] | None:
    """Return the one state that the phrase holds as words, such as `waiting` in `still waiting`; `whole`: and says no more."""
    said = f" {stemmed(text)} "
    found = [
        (column, kind)
        for column in scope
        for kind in values.get(column.name, ())
        if len(kind) > 2 and f" {stemmed(kind)} " in said
    ]
    longest = max((len(kind) for _, kind in found), default=0)
    best = [(column, kind) for column, kind in found if len(kind) == longest]
    if len(best) != 1:
        return None
    column, kind = best[0]
    accounted = {*stemmed(kind).split(), *stemmed(column.header).split()}
    left = [
        word
        for word in content_words(text)
        if stem(word) not in accounted and not _is_filler(word) and len(word) > 1
    ]
    return best[0] if not whole or not left else None


def _late(rule: MatchRule, scope: Sequence[Column]) -> Condition | None:
    """Return `due before the day of the run` for what is overdue, where one column says when it is due."""
    if rule.value is not None or not say.has(rule.phrase, _LATE):
        return None
    dates = [column for column in scope if column.type == "date"]
    due = [column for column in dates if say.has(column.header, _DUE)]
    if len(due) != 1:
        return None
    return Condition(column=due[0].name, cmp="<", value="{date.today}")


def also_meant(
    rules: Sequence[MatchRule],
    conditions: Sequence[Condition],
    columns: Sequence[Column],
    rows: Sequence[Row],
    values: Mapping[str, Sequence[str]],
) -> list[Condition]:
    """Return what the words of the rules say besides the conditions that each of them is, one for each column."""
    taken = {one.column for one in conditions}
    found: list[Condition] = []
    for rule in rules:
        for state in (said_besides(rule, columns, values), still_open(rule, columns, rows)):
            if state is not None and state.column not in taken:
                taken.add(state.column)
                found.append(state)
    return found


def still_open(rule: MatchRule, columns: Sequence[Column], rows: Sequence[Row]) -> Condition | None:
    """Return the comparison that leaves out what is done with: an overdue loan has no day of return."""
    if rule.value is not None or not say.has(rule.phrase, _LATE):
        return None
    for column in columns:
        filled = [row.get(column.name) not in {None, ""} for row in rows]
        if say.has(column.header, _DONE_WITH) and any(filled) and not all(filled):
            return Condition(column=column.name, cmp="=", value="")
    return None


def said_besides(
    rule: MatchRule, columns: Sequence[Column], values: Mapping[str, Sequence[str]]
) -> Condition | None:
    """Return the state that the words of a date or an amount name as well: `closed since March`, `open and over 500`."""
    if rule.value is None or rule.value == "" or not rule.phrase:
        return None
    found = _said_within(columns, values, rule.phrase, whole=False)
    if found is None or fold(found[1]) == fold(str(rule.value)):
        return None
    denied = say.has(rule.phrase, _NOT)
    return Condition(column=found[0].name, cmp="!=" if denied else "=", value=found[1])


def stemmed(text: str) -> str:
    """Return the text's words without the endings of inflection."""
    return " ".join(stem(word) for word in fold(text).split())


def _state(
    scope: Sequence[Column], values: Mapping[str, Sequence[str]], text: str, *, negated: bool
) -> Reading | None:
    best: tuple[float, Reading] | None = None
    for column in scope:
        kinds = tuple(values.get(column.name, ()))
        if len(kinds) < 2:
            continue
        yes, no = classify(text, kinds)
        if not yes and not no:
            continue
        if negated:
            yes, no = no, yes
        score = len(yes) + len(no) + 2 * say.has(column.header or column.name, STATUS_WORDS)
        reading = _decide(column, kinds, yes, no, text)
        if best is None or score > best[0]:
            best = score, reading
    return best[1] if best is not None else None


def _decide(
    column: Column, kinds: tuple[str, ...], yes: tuple[str, ...], no: tuple[str, ...], text: str
) -> Reading:
    if len(kinds) == 2 and len(no) == 1 and len(yes) <= 1:
        other = next(kind for kind in kinds if kind not in no)
        return Condition(column=column.name, cmp="=", value=other)
    only = len(yes) == 1 and len(yes) + len(no) == len(kinds)
    if only and (synonyms(text, yes[0]) or not no):
        return Condition(column=column.name, cmp="=", value=yes[0])
    default = yes if len(yes) + len(no) == len(kinds) else ()
    return ValueChoice(column=column, values=kinds, default=default)


def classify(text: str, kinds: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return which of a column's values the word includes and which it excludes; the rest is open."""
    yes: list[str] = []
    no: list[str] = []
    groups = [(inside, outside) for asked, inside, outside in _STATES if say.has(text, asked)]
    for kind in kinds:
        if any(say.equals(kind, inside) for inside, _ in groups) or synonyms(text, kind):
            yes.append(kind)
        elif any(say.equals(kind, outside) for _, outside in groups) or contradicts(text, kind):
            no.append(kind)
    return tuple(yes), tuple(no)


def _contained(
    rule: MatchRule, scope: Sequence[Column], rows: Sequence[Row], text: str, *, given: bool
) -> Reading:
    value = rule.value if _is_template(rule.value) else text
    needles = [text] if given else [text, *(" ".join(content_words(text)),)]
    for needle in needles:
        having = [
            column
            for column in scope
            if column.type in {"text", "link"}
            and any(fold(needle) in fold(str(row.get(column.name) or "")) for row in rows)
        ]
        if len(having) == 1 or (having and not rule.column and _best_text(having, rows, needle)):
            column = _best_text(having, rows, needle) or having[0]
            within: Comparison = _WITHIN_BY.get(rule.cmp) or rule.cmp
            return Condition(
                column=column.name,
                cmp=within,
                value=value if given else needle,
            )
        if having:
            return ColumnChoice(columns=tuple(having))
    texts = [column for column in scope if column.type == "text"]
    if given and rule.column and len(texts) == 1:
        # The words name the column and the value; that no row has it today is a result, not a riddle.
        cmp: Comparison = rule.cmp if rule.cmp in {"!=", *_WITHIN} else "="
        return Condition(column=texts[0].name, cmp=cmp, value=value)
    return Unknown()


def _best_text(having: Sequence[Column], rows: Sequence[Row], needle: str) -> Column | None:
    counts = [
        sum(fold(needle) in fold(str(row.get(column.name) or "")) for row in rows)
        for column in having
    ]
    most = max(counts)
    return having[counts.index(most)] if counts.count(most) == 1 else None


def matching(rows: Sequence[Row], conditions: Sequence[Condition]) -> list[Row]:
    """Return the rows that satisfy every condition."""
    return [row for row in rows if all(meets(row, item) for item in conditions)]

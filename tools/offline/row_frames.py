"""Frames of a change to one record: `set the status of order 118 to shipped`, `approve request 31`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from podium.tools.offline.clauses import Clause
from podium.tools.offline.frames import Frame
from podium.tools.offline.lexicon import among, lists, numbers, plural, words
from podium.tools.offline.tokens import Token, source

_SETS = among("set change update edit correct adjust alter amend modify switch")
_STATES = among("mark flag set tag label move change switch")
_GIVES = among("give grant allow extend prolong renew lengthen")
_MAKES = among(
    "add create book register order buy post send upload apply submit save purchase email mail message reply text fax tweet transfer wire donate bid broadcast reorder checkout dispatch"
)
_AROUND = among("please now then kindly immediately")


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A record that is named by what kind of thing it is and which one."""

    thing: str
    key: str
    end: int


@dataclass(slots=True, kw_only=True)
class RowChange:
    """What is changed of which record."""

    thing: str
    key: str
    values: dict[str, str] = field(default_factory=dict[str, str])
    press: str = ""
    """The control to press, when it is an act and no value: `approve`, `mark as paid`."""


def read_change(frame_text: str, clause: Clause) -> tuple[RowChange, list[Token]] | None:
    """Return the change of one named record that the clause asks for, with the tokens that say it; None for any other clause."""
    if clause.verb is None or clause.negated or clause.condition:
        return None
    verb = clause.verb.phrase.split()[0]
    tokens = _own(clause.after)
    if not tokens:
        return None
    before = _own(clause.before)
    for read in (_rename, _field_of, _of_led, _state, _more, _act):
        change = read(frame_text, verb, tokens, before)
        if change is not None:
            return change, [*clause.verb_tokens, *tokens, *(before if read is _of_led else ())]
    return None


def _own(tokens: Sequence[Token]) -> list[Token]:
    """Return the tokens without the address, the schedule and what only leads to them."""
    kept: list[Token] = []
    for token in tokens:
        if token.kind in {"url", "schedule", "cred"}:
            while kept and kept[-1].low in among("at on in via to through form page the site of"):
                kept.pop()
            continue
        kept.append(token)
    while kept and (kept[-1].kind == "punct" or kept[-1].low in _AROUND | {"and"}):
        kept.pop()
    while kept and (kept[0].kind == "punct" or kept[0].low in _AROUND):
        kept.pop(0)
    return kept


def record_at(tokens: Sequence[Token], index: int) -> Named | None:
    """Return the record that is named at a place: `order 118`, `the customer Lind`, `task "Mend fence"`, `booking no. B-22`."""
    at = index
    while at < len(tokens) and tokens[at].low in words("words", "articles"):
        at += 1
    start = at
    closed = (
        words("words", "prepositions")
        | words("words", "conjunctions")
        | words("words", "quantifiers")
    )
    while (
        at < len(tokens)
        and tokens[at].is_word
        and tokens[at].text == tokens[at].low
        and tokens[at].low not in closed
        and not any(map(str.isdigit, tokens[at].text))
        and at - start < 4
    ):
        at += 1
    named = [one.low for one in tokens[start:at]]
    while named and named[-1] in among("no number nr id called named #"):
        named.pop()
    while at < len(tokens) and tokens[at].low in {".", "#"}:
        at += 1
    if not named or at >= len(tokens):
        return None
    value = tokens[at]
    end = at + 1
    if value.kind == "number" or value.kind == "quote" or any(map(str.isdigit, value.text[:12])):
        if value.kind in {"date", "time", "money", "url", "pair", "email"}:
            return None
        key = value.value if value.kind == "quote" else value.text
    elif value.is_word and value.text[:1].isupper():
        while (
            end < len(tokens)
            and tokens[end].is_word
            and tokens[end].text[:1].isupper()
            and tokens[end].text != "'s"
        ):
            end += 1
        key = " ".join(token.text for token in tokens[at:end])
    else:
        return None
    return Named(thing=" ".join(named), key=key, end=end)


def _value(text: str, tokens: Sequence[Token]) -> str:
    kept = [token for token in tokens if token.kind != "punct" or token.low not in {",", "."}]
    if not kept:
        return ""
    if len(kept) == 1:
        entity = kept[0].entity
        if entity is not None and entity.days is not None:
            return f"{{date.{entity.days[0]}}}"
        return kept[0].value
    return source(text, kept).strip()


def _at_to(tokens: Sequence[Token], start: int, marks: str = "to = as") -> int:
    return next(
        (
            i
            for i in range(start, len(tokens))
            if tokens[i].low in marks.split() and i + 1 < len(tokens)
        ),
        -1,
    )


def _rename(
    text: str, verb: str, tokens: Sequence[Token], before: Sequence[Token]
) -> RowChange | None:
    record = record_at(tokens, 0) if verb in {"rename", "retitle"} else None
    if (
        record is None
        or record.end >= len(tokens)
        or tokens[record.end].low not in {"to", "as", "into"}
    ):
        return None
    value = _value(text, tokens[record.end + 1 :])
    return RowChange(thing=record.thing, key=record.key, values={"name": value}) if value else None


def _field_of(
    text: str, verb: str, tokens: Sequence[Token], before: Sequence[Token]
) -> RowChange | None:
    """Read `the phone number of customer Lind to 040 555 12`, `customer Lind's phone number to ...`."""
    if verb not in _SETS:
        return None
    of = next((i for i, token in enumerate(tokens) if token.low in among("of for on in") and i), -1)
    record = record_at(tokens, of + 1) if of > 0 else None
    if (
        record is not None
        and record.end < len(tokens)
        and tokens[record.end].low in {"to", "=", "as"}
    ):
        name = _field(tokens[:of])
        value = _value(text, tokens[record.end + 1 :])
        return (
            RowChange(thing=record.thing, key=record.key, values={name: value})
            if name and value
            else None
        )
    record = record_at(tokens, 0)
    if record is None or record.end + 2 >= len(tokens) or tokens[record.end].low != "'s":
        return None
    to = _at_to(tokens, record.end + 1)
    name = _field(tokens[record.end + 1 : to]) if to > 0 else ""
    value = _value(text, tokens[to + 1 :]) if name else ""
    return (
        RowChange(thing=record.thing, key=record.key, values={name: value})
        if name and value
        else None
    )


def _of_led(
    text: str, verb: str, tokens: Sequence[Token], before: Sequence[Token]
) -> RowChange | None:
    """Read `for order 118 set the status to shipped`, `of item K-22 change the stock to 40`."""
    if verb not in _SETS or not before or before[0].low not in among("for of on in"):
        return None
    record = record_at(before, 1)
    to = _at_to(tokens, 1)
    if record is None or to < 0:
        return None
    name, value = _field(tokens[:to]), _value(text, tokens[to + 1 :])
    return (
        RowChange(thing=record.thing, key=record.key, values={name: value})
        if name and value
        else None
    )


def _state(
    text: str, verb: str, tokens: Sequence[Token], before: Sequence[Token]
) -> RowChange | None:
    """Read `mark invoice 7 as paid`, `set order 118 to shipped`."""
    record = record_at(tokens, 0) if verb in _STATES else None
    if (
        record is None
        or record.end + 1 >= len(tokens)
        or tokens[record.end].low not in {"as", "to", "into"}
    ):
        return None
    value = _value(text, tokens[record.end + 1 :])
    if not value:
        return None
    return RowChange(
        thing=record.thing, key=record.key, press=f"{verb} {tokens[record.end].low} {value}"
    )


def _more(
    text: str, verb: str, tokens: Sequence[Token], before: Sequence[Token]
) -> RowChange | None:
    """Read `give loan 12 two more days`, `extend booking B-7 by 3 nights`."""
    record = record_at(tokens, 0) if verb in _GIVES else None
    if record is None or record.end >= len(tokens):
        return None
    rest = [
        token
        for token in tokens[record.end :]
        if token.low not in among("by for of another more further additional extra with")
    ]
    if len(rest) != 2 or not rest[1].is_word:
        return None
    count = numbers("times", "numbers").get(rest[0].low)
    amount = str(count) if count is not None else rest[0].value if rest[0].kind == "number" else ""
    if not amount:
        return None
    press = verb if verb not in {"give", "grant", "allow"} else "extend"
    return RowChange(
        thing=record.thing, key=record.key, values={plural(rest[1].lemma): amount}, press=press
    )


def _act(
    text: str, verb: str, tokens: Sequence[Token], before: Sequence[Token]
) -> RowChange | None:
    """Read `approve request 31`, `cancel the booking B-22`."""
    final = lists("effects", "irreversible")["verbs"]
    if verb not in {*lists("effects", "changing")["verbs"], *final} or verb in _SETS | _MAKES:
        return None
    record = record_at(tokens, 0)
    if record is None or record.end < len(tokens):
        return None
    return RowChange(thing=record.thing, key=record.key, press=verb)


def _field(tokens: Sequence[Token]) -> str:
    kept = [
        token.text
        for token in tokens
        if token.low not in words("words", "articles") | {"field", "value", "its"}
    ]
    return (
        " ".join(kept).lower() if len(kept) <= 4 and all(token.is_word for token in tokens) else ""
    )


def frame_of(clause: Clause, change: RowChange, tokens: Sequence[Token]) -> Frame:
    """Return the frame of the change."""
    frame = Frame(act="edit", clause=clause)
    frame.row, frame.row_thing = change.key, change.thing
    frame.values, frame.detail = dict(change.values), change.press
    verb = clause.verb.phrase.split()[0] if clause.verb is not None else ""
    final = lists("effects", "irreversible")["verbs"]
    frame.effect = "irreversible" if verb in final else "write"
    frame.use(*tokens)
    return frame


__all__ = ["Named", "RowChange", "frame_of", "read_change", "record_at"]

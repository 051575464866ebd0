"""Values for forms: `subject "a", text "b"`, `for Anna Berg on 2026-12-01 with reason check-up`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from podium.tools.offline.lexicon import among, numbers, singular, texts, words
from podium.tools.offline.tokens import Token, source
from podium.tools.offline.verbs import is_verb_word, web_acts

_OF_KIND = {
    "date": frozenset({"date"}),
    "day": frozenset({"date"}),
    "time": frozenset({"time"}),
    "number": frozenset({"number"}),
    "code": frozenset({"number"}),
}
"""Words that end a field's name where a value of their kind follows."""
_VALUE_KINDS = frozenset({"quote", "email", "date", "number", "money", "time", "url", "file"})
_GLUE = frozenset(
    {
        "is",
        "=",
        ":",
        "as",
        "of",
        "to",
        "being",
        "should",
        "be",
        "->",
        "→",
        "reads",
        "saying",
        "says",
        "set",
        "equals",
        "are",
        "(",
        "-",
    }
)
_COUNTED = frozenset(
    {
        "people",
        "person",
        "guest",
        "adult",
        "child",
        "children",
        "night",
        "passenger",
        "seat",
        "participant",
        "visitor",
        "day",
        "hour",
        "piece",
        "unit",
        "copy",
        "ticket",
        "star",
        "point",
        "box",
        "room",
        "minute",
        "week",
        "month",
    }
)
_SPANS = among("day week month year hour night term quarter")


@dataclass(slots=True, kw_only=True)
class Values:
    """What was read for a form."""

    given: dict[str, str] = field(default_factory=dict[str, str])
    wanted: list[str] = field(default_factory=list[str])
    used: set[int] = field(default_factory=set[int])


def _given(token: Token) -> str:
    """Return the value as said; a day relative to today by a name that moves with the runs (`state.days`)."""
    days = token.entity.days if token.entity is not None else None
    return f"{{date.{days[0]}}}" if days is not None else token.value


def _same_month(day: Token, last: Token) -> str:
    """Return the day of a date whose month only the last day of the period says: `from 14 to 18 December`."""
    month = re.fullmatch(r"(\d{4}-\d\d-)\d\d", last.value)
    return f"{month[1]}{int(day.text):02}" if month is not None else day.text


def _names_and_values(tokens: Sequence[Token], at: int, end: int) -> bool:
    """Whether plain words stand before what can only be a value: `breed Beagle`, `days 3`, `plot 14B`."""
    closed = (
        words("words", "prepositions")
        | words("words", "conjunctions")
        | words("words", "auxiliaries")
    )
    if end >= len(tokens) or not all(
        token.is_word
        and token.text == token.low
        and token.low
        not in closed
        | words("words", "articles")
        | words("words", "quantifiers")
        | words("words", "fillers")
        for token in tokens[at:end]
    ):
        return False
    value = tokens[end]
    telling = value.kind in _VALUE_KINDS - {"url"} or (
        value.is_word and (value.text[:1].isupper() or any(sign.isdigit() for sign in value.text))
    )
    following = tokens[end + 1] if end + 1 < len(tokens) else None
    counted = value.kind == "number" and following is not None and following.is_word
    decided = value.low in {"yes", "no"} and (
        following is None or following.kind == "punct" or following.low in {"and", "then"}
    )
    return (telling and not counted) or decided


def _is_bare(token: Token) -> bool:
    """Whether a name is taken whole although it stands in no quotes: `Dr. Hale`."""
    return token.text[:1].isupper()


def _no_small_word(token: Token) -> bool:
    closed = words("words", "prepositions") | words("words", "conjunctions")
    return token.low not in closed | words("words", "articles") | words("words", "fillers")


def _plain_word(token: Token) -> bool:
    closed = (
        words("words", "prepositions") | words("words", "conjunctions") | words("words", "articles")
    )
    return (
        token.is_word
        and token.text == token.low
        and token.low not in closed | words("words", "fillers")
        and not is_verb_word(token.low)
    )


class ValueReader:
    """Reads values of form fields from the words after a form verb."""

    def __init__(self, text: str) -> None:
        self._text = text

    def field_name(self, tokens: Sequence[Token], index: int) -> tuple[str, int]:
        """Return the longest known field name at a place and its length in tokens."""
        fields = words("nouns", "fields")
        two, value = tokens[index : index + 2], tokens[index + 2 : index + 3]
        if (
            len(two) == 2 and value and all(one.low in fields and one.text == one.low for one in two)
            and (value[0].kind == "quote" or value[0].text[:1].isupper())
        ):  # fmt: skip
            return f"{two[0].low} {two[1].low}", 2  # "source language German"
        for length in (3, 2, 1):
            group = tokens[index : index + length]
            if len(group) < length or not all(token.is_word for token in group):
                continue
            phrase = " ".join(token.low for token in group)
            one = singular(phrase)
            if (
                phrase in words("nouns", "fields")
                or one in words("nouns", "fields")
                or phrase in words("nouns", "columns")
            ):
                following = tokens[index + length : index + length + 2]
                if len(following) == 2 and following[1].kind in _OF_KIND.get(
                    following[0].low, frozenset()
                ):
                    return f"{phrase} {following[0].low}", length + 1  # `payment date 31 March`
                return phrase, length
        return "", 0

    def labelled(self, tokens: Sequence[Token], index: int, values: Values) -> int:
        """Read a list of `field value` at a place; return where it ends."""
        while index < len(tokens):
            end = self._one_labelled(tokens, index, values)
            if end == index:
                return index
            index = end
            while (
                index < len(tokens)
                and tokens[index].low in among(", and & with ; plus ) as well ( also")
                and self._starts_field(tokens, index + 1)
            ):
                values.used.add(tokens[index].start)
                index += 1
        return index

    def _starts_field(self, tokens: Sequence[Token], index: int) -> bool:
        at = self._skip_articles(tokens, index)
        if at >= len(tokens):
            return False
        if tokens[at].kind == "pair" or tokens[at].low in {"and", ",", "&"}:
            return True
        return bool(self.field_name(tokens, at)[1]) or self._unknown_field(tokens, at) > 0

    @staticmethod
    def _skip_articles(tokens: Sequence[Token], index: int) -> int:
        while index < len(tokens) and tokens[index].low in among(
            "the a an its as his her their following my our your field"
        ):
            index += 1
        return index

    @staticmethod
    def _unknown_field(tokens: Sequence[Token], at: int) -> int:
        """Find a word nobody knows, right before a quoted value or `=`, names a field too."""
        listed = at > 0 and (
            tokens[at - 1].low in among(", ; : - ( \n")
            or (tokens[at - 1].low in {"and", "with"} and not is_verb_word(tokens[at].low))
            or (
                tokens[at - 1].low in among("your my his her their its the")
                and at > 1
                and tokens[at - 2].kind == "punct"
            )
        )
        for length in (1, 2, 3) if listed else ():
            if _names_and_values(tokens, at, at + length):
                return length
        for length in (2, 3) if listed else ():
            end = at + length
            known = end < len(tokens) and tokens[end - 1].low in words("nouns", "fields")
            if (
                known
                and tokens[end].kind != "punct"
                and all(
                    _plain_word(t) or (t.is_word and not web_acts(t.low) and _no_small_word(t))
                    for t in tokens[at : end - 1]
                )
            ):
                # "bin colour green": a known field with more words before it.
                return length
        for length in (1, 2):
            end = at + length
            if (
                end < len(tokens)
                and all(
                    token.is_word
                    and token.low not in words("words", "prepositions")
                    and token.low not in words("words", "conjunctions")
                    for token in tokens[at:end]
                )
                and (tokens[end].kind == "quote" or tokens[end].low in {"=", ":"})
            ):
                return length
        return 0

    def _one_labelled(self, tokens: Sequence[Token], index: int, values: Values) -> int:  # noqa: C901  rules tried in their order, each short
        if tokens[index].kind == "pair":
            entity = tokens[index].entity
            if entity is not None:
                values.given[entity.label.lower()] = entity.value
                values.used.add(tokens[index].start)
            return index + 1
        at = self._skip_articles(tokens, index)
        if at >= len(tokens):
            return index
        if tokens[at].kind == "pair":
            return self._one_labelled(tokens, at, values)
        if tokens[at].kind == "quote":
            return self._value_first(tokens, index, at, values)
        counted = self._count_at(tokens, at)
        if counted is not None:
            values.given[counted[0]] = counted[1]
            values.used.update(token.start for token in tokens[index : at + 2])
            return at + 2
        name, length = self.field_name(tokens, at)
        if not length:
            length = self._unknown_field(tokens, at)
            name = " ".join(token.low for token in tokens[at : at + length])
        if not length:
            return self._value_first(tokens, index, at, values)
        after = at + length
        while after < len(tokens) and tokens[after].low in {"field", "box", "input"}:
            after += 1
        if (
            after < len(tokens)
            and tokens[after].low == "address"
            and name in {"email", "e-mail", "mail"}
        ):
            after += 1
        if name == "number" and after < len(tokens) and tokens[after].low == "of":
            return index
        unit = [other.low for other in tokens[after : after + 2]]
        if len(unit) == 2 and unit[0] in {"a", "an", "per"} and unit[1] in _SPANS:
            name, after = f"{name} {unit[0]} {unit[1]}", after + 2  # "hours a week 12"
        glue = after
        while after < len(tokens) and tokens[after].low in _GLUE:
            after += 1
        value, end = self._value(tokens, after)
        if not value or name in words("nouns", "secret_fields"):
            if glue == after and name not in words("nouns", "secret_fields"):
                values.wanted.append(name)
                values.used.update(token.start for token in tokens[index:after])
                return after
            return index
        values.given[texts("words", "field_aliases").get(name, name)] = value
        values.used.update(token.start for token in tokens[index:end])
        return end

    def _value(self, tokens: Sequence[Token], index: int) -> tuple[str, int]:
        """Find the value at a place: an entity, or words up to the next field or comma."""
        if index >= len(tokens):
            return "", index
        if tokens[index].kind == "quote":
            return tokens[index].value, index + 1
        end = index
        while end < len(tokens) and not self._ends_value(tokens, index, end):
            end += 1
        if end == index:
            return "", index
        if end == index + 1 and tokens[index].kind in _VALUE_KINDS:
            entity = tokens[index].entity
            if entity is not None and entity.kind == "date" and entity.label:
                return tokens[index].text, end
            return _given(tokens[index]), end
        if tokens[index].low in words("words", "prepositions") and tokens[index].low not in {
            "up",
            "down",
            "off",
        }:
            return "", index
        return source(self._text, tokens[index:end]), end

    def _ends_value(self, tokens: Sequence[Token], start: int, at: int) -> bool:
        token = tokens[at]
        if token.kind == "punct":
            return token.low in {",", ";", "\n", "(", ")"} or (token.low == "." and at > start)
        if at > start and token.low in among(
            "assigned titled called named entitled saying stating"
        ):
            return True
        if token.kind in among("pair cred schedule quote") or (token.kind == "url" and at > start):
            return True
        if token.low in {"and", "&", "with"}:
            return at == start or self._starts_field(tokens, at + 1)
        if (
            token.low in among("at on in into for using via through")
            and at > start
            and at + 1 < len(tokens)
        ):
            following = tokens[at + 1]
            if following.kind in among("url date time email schedule"):
                return True
            ahead = [other.lemma for other in tokens[at + 1 : at + 4]]
            if any(
                word in words("nouns", "forms") - {"page"} | words("nouns", "sites")
                for word in ahead
            ) and following.low in {"the", "our", "their"}:
                return True
        return False

    def _value_first(self, tokens: Sequence[Token], index: int, at: int, values: Values) -> int:
        """`"Anna" as the name`, `"x" into the subject field`, `Anna as name`."""
        end = at
        while (
            end < len(tokens)
            and end - at < 6
            and tokens[end].low not in among("as into in for to under")
            and tokens[end].kind != "punct"
            and tokens[end].low != "and"
        ):
            end += 1
        if (
            end == at
            or end >= len(tokens)
            or tokens[end].low not in among("as into in for to under")
        ):
            return index
        if tokens[at].is_word and tokens[end].low not in {"as", "into", "in"}:
            return index
        name_at = self._skip_articles(tokens, end + 1)
        if name_at >= len(tokens):
            return index
        name, length = self.field_name(tokens, name_at)
        if not length and name_at < len(tokens) and tokens[name_at].kind == "quote":
            name, length = tokens[name_at].value, 1
        if (
            not length
            and name_at + 1 < len(tokens)
            and tokens[name_at + 1].low in {"field", "box", "input"}
        ):
            name, length = tokens[name_at].text, 1
        if not length:
            return index
        last = name_at + length
        while last < len(tokens) and tokens[last].low in among("field box input line"):
            last += 1
        value = _given(tokens[at]) if end == at + 1 else source(self._text, tokens[at:end])
        values.given[name.lower()] = value
        values.used.update(token.start for token in tokens[index:last])
        return last

    def implied(self, tokens: Sequence[Token], index: int, values: Values) -> int:  # noqa: C901  rules tried in their order, each short
        """Read a value whose preposition says the field: `for Anna Berg`, `on 2026-12-01`, `at 10:30`."""
        token = tokens[index]
        at = index + 1
        if at >= len(tokens):
            return index
        pair = self._from_to(tokens, index, values)
        if pair > index:
            return pair
        following = tokens[at]
        name = ""
        end = at + 1
        value = _given(following)
        if token.low in among("for on at by from to until till in before") and following.kind in {
            "date",
            "time",
        }:
            edge = {"from": "start ", "until": "end ", "till": "end ", "to": "end "}.get(
                token.low, ""
            )
            name = edge + following.kind
            if following.entity is not None and following.entity.label:
                value = following.text
        elif token.low in {"for", "of", "with"} and self._count_at(tokens, at) is not None:
            counted = self._count_at(tokens, at)
            if counted is not None:
                name, value = counted
                end = at + 2
        elif token.low in {"to", "for", "with"} and following.kind == "email":
            name = "recipient" if token.low == "to" else "email"
        elif token.low in among("about regarding concerning re"):
            name = "subject"
            value, end = self._value(tokens, at)
        elif token.low in among("saying stating reading asking"):
            name = "message"
            if following.low in {"that", ":"} and at + 1 < len(tokens):
                at += 1
            value, end = self._value(tokens, at)
        elif token.low in {"titled", "entitled"}:
            name = "title"
            value, end = self._value(tokens, at)
        elif token.low in {"called", "named"}:
            name = "name"
            value, end = self._value(tokens, at)
        elif token.low == "because" or (token.low in {"due", "owing"} and following.low == "to"):
            name = "reason"
            at += 1 if following.low in {"of", "to"} else 0
            value, end = self._value(tokens, self._skip_articles(tokens, at))
        elif token.low in {"for", "to", "with", "of"} and (
            (
                following.kind == "quote"
                and (token.low == "for" or token.low == "to" or _is_bare(following))
            )
            or self._is_name(tokens, at)
        ):
            name = {"for": "name", "of": "name", "to": "recipient"}.get(token.low, "with")
            end = at + 1
            while following.kind != "quote" and end < len(tokens) and self._is_name(tokens, end):
                end += 1
            value = (
                following.value if following.kind == "quote" else source(self._text, tokens[at:end])
            )
        elif token.low == "as" and following.is_word and following.text == following.low:
            noun = at + 1 if following.low in {"a", "an", "the"} else at
            name, end = "role", noun + 1
            value = tokens[noun].text if self._ends_with(tokens, noun) else ""
        elif token.low == "for" and self._party(tokens, at):
            name, value = "people", self._party(tokens, at)
        elif (known := self._one_known(tokens, index))[0]:
            name, value, end = known
        elif token.low == "assigned" and following.low == "to" and at + 1 < len(tokens):
            name = "assignee"
            value, end = self._value(tokens, at + 1)
        elif token.low == "of" and following.kind == "money":
            name = "amount"
        if not name or not value:
            return index
        values.given.setdefault(name, value)
        values.used.update(other.start for other in tokens[index:end])
        return end

    def _from_to(self, tokens: Sequence[Token], index: int, values: Values) -> int:
        if tokens[index].low not in {"from", "between"}:
            return index
        end = index + 1
        while (
            end < len(tokens)
            and end - index < 6
            and tokens[end].low not in among("to until till and - \u2013")
        ):
            if tokens[end].kind in {"url", "punct"}:
                return index
            end += 1
        if end + 1 >= len(tokens) or end == index + 1:
            return index
        first, second = tokens[index + 1], tokens[end + 1]
        last = end + 2
        if first.kind == "number" and second.kind == "date" and re.fullmatch(r"\d\d?", first.text):
            names, given = ("start date", "end date"), (_same_month(first, second), _given(second))
        elif first.kind in {"date", "time"} and second.kind in {"date", "time", "number"}:
            names = (f"start {first.kind}", f"end {first.kind}")
            given = (_given(first), _given(second))
        elif self._is_name(tokens, index + 1) and self._is_name(tokens, end + 1):
            while last < len(tokens) and self._is_name(tokens, last):
                last += 1
            names = ("from", "to")
            given = (
                source(self._text, tokens[index + 1 : end]),
                source(self._text, tokens[end + 1 : last]),
            )
        else:
            return index
        for name, value in zip(names, given, strict=True):
            values.given[name] = value
        values.used.update(token.start for token in tokens[index:last])
        return last

    @staticmethod
    def _ends_with(tokens: Sequence[Token], at: int) -> bool:
        """Whether one plain word stands there, and its phrase ends with it."""
        if at >= len(tokens) or not tokens[at].is_word:
            return False
        closed = words("words", "prepositions") | words("words", "conjunctions")
        following = tokens[at + 1] if at + 1 < len(tokens) else None
        return following is None or not following.is_word or (following.low in closed - {"as"})

    @staticmethod
    def _party(tokens: Sequence[Token], at: int) -> str:
        """Read `a table for four`: a number of which nothing is said."""
        token = tokens[at]
        following = tokens[at + 1] if at + 1 < len(tokens) else None
        if (
            following is not None
            and following.is_word
            and following.low not in words("words", "prepositions") | words("words", "conjunctions")
        ):
            return ""
        said = numbers("times", "numbers").get(token.low)
        return str(said) if said is not None else token.value if token.kind == "number" else ""

    @staticmethod
    def _one_known(  # noqa: C901  rules tried in their order, each short
        tokens: Sequence[Token], index: int
    ) -> tuple[str, str, int]:
        """Read `for hive H-104`, `in flat 14`, `to reader "4411"`: what kind of thing, and which one."""
        if tokens[index].low not in among("for of to in on at from under about"):
            return "", "", index
        at = index + 1
        while at < len(tokens) and tokens[at].low in words("words", "articles"):
            at += 1
        end = at
        while end < len(tokens) and end - at < 3 and _plain_word(tokens[end]):
            end += 1
        if end == at or end >= len(tokens):
            return "", "", index
        if tokens[end - 1].lemma in words("nouns", "sites") | words("nouns", "forms"):
            return "", "", index
        value, last = tokens[end], end + 1
        if value.is_word and value.text[:1].isupper():
            while last < len(tokens) and tokens[last].is_word and tokens[last].text[:1].isupper():
                last += 1
        elif not (value.kind in {"number", "quote"} or value.text[:1].isdigit()):
            return "", "", index
        if value.kind == "number" and last < len(tokens) and tokens[last].is_word:
            follows = words("words", "prepositions") | words("words", "conjunctions")
            if tokens[last].low not in follows:
                return "", "", index
        said = " ".join(token.value for token in tokens[end:last])
        return " ".join(token.low for token in tokens[at:end]), said, last

    @staticmethod
    def _count_at(tokens: Sequence[Token], at: int) -> tuple[str, str] | None:
        if (
            at + 1 >= len(tokens)
            or not tokens[at + 1].is_word
            or tokens[at + 1].lemma not in _COUNTED
        ):
            return None
        table = numbers("times", "numbers")
        if tokens[at].kind == "number":
            return tokens[at + 1].low, tokens[at].value
        if tokens[at].low in table:
            return tokens[at + 1].low, str(table[tokens[at].low])
        return None

    @staticmethod
    def _is_name(tokens: Sequence[Token], at: int) -> bool:
        token = tokens[at]
        return (
            token.is_word
            and token.text[:1].isupper()
            and not token.text.isupper()
            and (token.lemma not in words("nouns", "sites"))
        )

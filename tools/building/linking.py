"""A condition said freely, taken apart by what the list holds: `ketches moored in Saltmere and owned by J. Pike`.

The words of a request tell little by themselves; the rows tell what they are: a value of a column, the name of a column, a number of one.
What the rows do not explain is left over, and whoever asked decides: no word is dropped in silence.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, cast

from pydantic import JsonValue

from podium.state.plan import MatchRule
from podium.state.program import Column, Comparison, Condition
from podium.tools.building.fields import Row, low_cardinality
from podium.tools.building.filters import read_rule, stemmed
from podium.tools.building.vocabulary import STOP
from podium.tools.building.wanted import content_words, likeness
from podium.tools.grounding.words import fold, stem
from podium.tools.offline.conditions.comparisons import comparatives
from podium.tools.offline.entities import read_number
from podium.tools.running.amounts import same_unit

_WORD = re.compile(r"[^\W_]+(?:[-.,/'\u2019][^\W_]+)*|[,;]")
_NUMBER = re.compile(r"\d+(?:[.,]\d{1,2})?|\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,3}(?:\.\d{3})+,\d+")
"""Only what is written clearly: `1.234` may be either, `12.05.2024` is no number."""
_HAVING = frozenset(
    [
        "with",
        "having",
        "has",
        "have",
        "had",
        "without",
        "lacking",
        "is",
        "are",
        "was",
        "were",
        "been",
        "being",
        "got",
    ]
)
_NOT = frozenset(["not", "no", "never", "neither", "nor", "without", "except", "cannot"])
_OR = frozenset(["or", "oder"])
_GOES_ON = frozenset(
    """only just also not no never without is are was were has have had with in at on from those that which""".split()  # noqa: SIM905
)
"""After one of these `but` only goes on; after anything else it may leave out (`all but sloops`)."""
_LITTLE = frozenset(
    """is are was were be been being has have had having do does did will would can could should must may might get gets got
    that which who whom whose where when there it its they them their he his she her we us our you your i my me one ones these those this
    any some all each every only just still already yet currently now also too as so very by with within into onto from for than
    those what kind sort type either both but or""".split()  # noqa: SIM905  a list of words is read as such
)
_RELATES = re.compile(r"\w+(?:ed|ing|en|ept|old|ent|ade|ung)$")
"""A word that may only say how a value belongs to its row: `owned by`, `living in`, `kept at`."""
_JOINTS = frozenset(
    ["by", "in", "at", "on", "to", "for", "from", "with", "under", "near", "of", "into", "via"]
)
_STANDS = frozenset(
    stem(word)
    for word in """lie lies live lives stay stand sit work works come comes belong belongs reside dwell start end begin
    happen take place go goes play study serve""".split()  # noqa: SIM905  a list of words is read as such
)
"""Verbs that say no more than that: `that lie in Gull Quay`."""
_OPEN_ENDED: Final[Mapping[tuple[str, ...], Comparison]] = {
    ("or", "more"): ">=",
    ("and", "more"): ">=",
    ("or", "over"): ">=",
    ("and", "over"): ">=",
    ("and", "up"): ">=",
    ("or", "above"): ">=",
    ("and", "above"): ">=",
    ("or", "less"): "<=",
    ("or", "fewer"): "<=",
    ("or", "under"): "<=",
    ("and", "under"): "<=",
    ("and", "below"): "<=",
}
_TURNED: Final[Mapping[str, str]] = {
    "=": "!=",
    "<": ">=",
    "<=": ">",
    ">": "<=",
    ">=": "<",
}
_REACH = 3
"""Words between a number and the name of its column."""
_MEASURES: Final[Mapping[str, str]] = {
    # what is compared -> what the column is called
    "long": "length",
    "short": "length",
    "heavi": "weight",
    "light": "weight",
    "tall": "height",
    "high": "height",
    "wide": "width",
    "deep": "depth",
    "old": "age",
    "young": "age",
    "cheap": "price",
    "expensiv": "price",
    "dear": "price",
    "big": "size",
    "large": "size",
    "small": "size",
    "fast": "speed",
    "slow": "speed",
    "far": "distance",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Word:
    text: str
    start: int
    end: int

    @property
    def low(self) -> str:
        return fold(self.text)

    @property
    def negates(self) -> bool:
        return self.low in _NOT or self.text.lower().replace("\u2019", "'").endswith("n't")

    @property
    def says(self) -> bool:
        """Whether the word carries a meaning that something has to explain."""
        low = self.low
        return bool(low) and not self.negates and low not in _LITTLE and low not in STOP

    @property
    def is_number(self) -> bool:
        return _NUMBER.fullmatch(self.text) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Piece:
    """Neighbouring words that the list explains."""

    start: int
    end: int
    column: str = ""
    value: str = ""
    whole: bool = True
    """The value of a cell, not words within one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Linked:
    """What the phrase says on this list."""

    rules: tuple[MatchRule, ...] = ()
    rest: str = ""
    """The words that nothing on the page explains, as said."""


@dataclass(slots=True)
class _Linker:
    phrase: str
    columns: Sequence[Column]
    rows: Sequence[Row]
    said: frozenset[str]
    words: list[_Word] = field(default_factory=list[_Word])
    used: set[int] = field(default_factory=set[int])
    rules: list[MatchRule] = field(default_factory=list[MatchRule])

    def link(self) -> Linked:
        self.words = [_word(match) for match in _WORD.finditer(self.phrase)]
        numbers = {
            place
            for place, word in enumerate(self.words)
            if word.is_number and self._sign(place)[0]
        }
        values = self._values(numbers)
        heads = self._heads(values)
        self._by_number(heads)
        self._by_value(values, heads)
        self._by_name(heads)
        if self._leaves_open():
            return Linked(rest=self.phrase)
        return Linked(rules=tuple(self.rules), rest=self._rest())

    def _leaves_open(self) -> bool:
        """Whether an `or` joins what is no values of one column, a `but` may leave out, or a no turns nothing round."""
        for place, word in enumerate(self.words):
            following = self.words[place + 1].low if place + 1 < len(self.words) else ""
            if word.low == "but" and following not in _GOES_ON:
                return True
            if (word.low in _OR or word.negates) and place not in self.used:
                return True
        return False

    def _values(self, numbers: set[int]) -> list[_Piece]:
        """Return the longest runs of words that are, or stand in, values of a text column; compared numbers are none."""
        found: list[_Piece] = []
        taken = set(numbers)
        count = len(self.words)
        for length in range(min(count, 8), 0, -1):
            for start in range(count - length + 1):
                span = range(start, start + length)
                if taken & set(span) or not self.words[start].says or not self.words[span[-1]].says:
                    continue
                pieces = self._as_value(start, start + length)
                if pieces:
                    found += pieces
                    taken |= set(span)
        return sorted(found, key=lambda piece: piece.start)

    def _as_value(self, start: int, end: int) -> list[_Piece]:
        text = self.phrase[self.words[start].start : self.words[end - 1].end]
        wanted = stemmed(text)
        texts = [column for column in self.columns if column.type in {"text", "link"}]
        whole: list[_Piece] = []
        part: list[_Piece] = []
        for column in texts:
            cells = {str(row.get(column.name) or "").strip() for row in self.rows} - {""}
            same = sorted(cell for cell in cells if stemmed(cell) == wanted)
            if same:
                whole.append(_Piece(start=start, end=end, column=column.name, value=same[0]))
            elif self._is_name(start, end) and any(
                f" {wanted} " in f" {stemmed(cell)} " for cell in cells
            ):
                part.append(
                    _Piece(start=start, end=end, column=column.name, value=text, whole=False)
                )
        return whole or part

    def _is_name(self, start: int, end: int) -> bool:
        """Whether words within a cell may be meant: names and numbers, not any small word."""
        words = self.words[start:end]
        return any(word.text[0].isupper() or word.is_number for word in words) or len(words) > 1

    def _heads(self, values: Sequence[_Piece]) -> list[_Piece]:
        """Return the words that name a column."""
        taken = {place for piece in values for place in range(piece.start, piece.end)}
        found: list[_Piece] = []
        for column in self.columns:
            if not column.header:
                continue
            size = max(1, len(content_words(_bare(column.header))))
            for length in range(min(size + 1, len(self.words)), 0, -1):
                start = self._named(column, length, taken)
                if start is not None:
                    found.append(_Piece(start=start, end=start + length, column=column.name))
                    break
        return found

    def _named(self, column: Column, length: int, taken: set[int]) -> int | None:
        for start in range(len(self.words) - length + 1):
            words = self.words[start : start + length]
            if taken & set(range(start, start + length)) or not words[0].says or not words[-1].says:
                continue
            if any(word.is_number for word in words):
                continue
            text = " ".join(word.text for word in words)
            measure = _MEASURES.get(_positive(words[0].low)) if length == 1 else None
            if (
                likeness(text, _bare(column.header)) >= 0.85
                or (measure and likeness(measure, column.header) >= 0.6)
                or (length == 1 and _same_root(words[0].low, column.header))
            ):
                return start
        return None

    def _by_value(self, values: Sequence[_Piece], heads: Sequence[_Piece]) -> None:
        spans = dict.fromkeys((piece.start, piece.end) for piece in values)
        chosen: list[_Piece] = []
        for start, end in spans:
            rivals = [piece for piece in values if (piece.start, piece.end) == (start, end)]
            near = [piece for piece in rivals if any(_near(piece, head) for head in heads if head.column == piece.column)]  # fmt: skip
            rivals = near or rivals
            if len(rivals) > 1:
                # Only a person can tell in which column it is meant: the rule without a column asks.
                text = self.phrase[self.words[start].start : self.words[end - 1].end]
                self.rules.append(MatchRule(phrase=text, cmp="!=" if self._denied(start) else "="))
                self._use(start, end)
                continue
            chosen.append(rivals[0])
        for group in _groups(chosen, self.words):
            self._rule_of(group, denied=self._denied(group[0].start))

    def _rule_of(self, group: Sequence[_Piece], *, denied: bool) -> None:
        first, last = group[0], group[-1]
        column = self._header(first.column)
        phrase = self.phrase[self.words[first.start].start : self.words[last.end - 1].end]
        if denied:
            self.rules += [
                MatchRule(
                    phrase=phrase,
                    column=column,
                    cmp="!=" if piece.whole else "lacks",
                    value=piece.value,
                )
                for piece in group
            ]
        elif not all(piece.whole for piece in group):
            said = [piece.value for piece in group]
            self.rules.append(
                MatchRule(
                    phrase=phrase,
                    column=column,
                    cmp="contains",
                    value=said[0] if len(said) == 1 else list[JsonValue](said),
                )
            )
        elif len(group) == 1:
            self.rules.append(MatchRule(phrase=phrase, column=column, value=first.value))
        else:
            self.rules.append(
                MatchRule(
                    phrase=phrase, column=column, cmp="in", value=[piece.value for piece in group]
                )
            )
        self._use(first.start, last.end)

    def _by_number(self, heads: Sequence[_Piece]) -> None:
        for place, word in enumerate(self.words):
            if place in self.used or not word.is_number:
                continue
            sign, start, end = self._sign(place)
            head = self._head_of(start, end, heads)
            if not sign and not self._is_said_of(head, place):
                continue
            value = read_number(word.text)
            if value is None:
                continue
            unit = self._unit(place + 1) if place + 1 < len(self.words) else ""
            if self._denied(start):
                sign = _TURNED[sign or "="]
            phrase = self.phrase[self.words[start].start : self.words[end - 1].end]
            self.rules.append(
                MatchRule(
                    phrase=phrase,
                    column=self._header(head.column) if head is not None else unit,
                    cmp=cast("Comparison", sign or "="),
                    value=int(value) if value.is_integer() else value,
                )
            )
            self._use(start, max(end, place + 2 if unit else 0))
            if head is not None:
                self._use(head.start, head.end)

    def _head_of(self, start: int, end: int, heads: Sequence[_Piece]) -> _Piece | None:
        """Return the column that is named nearest to a compared number, before it or else behind, with no other number between."""
        near = [
            (gap, behind, head)
            for head in heads
            if not set(range(head.start, head.end)) & self.used
            for gap, behind, between in (
                (start - head.end, 0, self.words[head.end : start]),
                (head.start - end, 1, self.words[end : head.start]),
            )
            if 0 <= gap <= _REACH
            and not any(word.is_number or word.text in {",", ";"} for word in between)
        ]
        return min(near, key=lambda one: one[:2])[2] if near else None

    def _is_said_of(self, head: _Piece | None, place: int) -> bool:
        """Whether a number that nothing compares stands right behind the name of its column: `length 9`, `length is 9`."""
        return (
            head is not None
            and 0 <= place - head.end <= 1
            and all(word.low in {"is", "are", "of", "was"} for word in self.words[head.end : place])
        )

    def _sign(self, place: int) -> tuple[str, int, int]:
        """Return how the number at a place is compared, and where the words for that begin and end."""
        sign, start = self._sign_before(place)
        for end in (place + 3, place + 4):
            after = tuple(other.low for other in self.words[end - 2 : end])
            if not sign and after in _OPEN_ENDED:
                return _OPEN_ENDED[after], place, end  # "9 or more", "9 metres or more"
        return sign, start, place + 1

    def _sign_before(self, place: int) -> tuple[str, int]:
        """Return how the number at a place is compared, and where the words for it begin."""
        for length in (4, 3, 2, 1):
            words = self.words[max(0, place - length) : place]
            said = tuple(word.low for word in words)
            sign = comparatives().get(said)
            if sign in {"<", "<=", ">", ">="} and len(words) == length:
                return sign, place - length
            if len(said) == 2 and said[1] == "than" and _positive(said[0]) in _MEASURES:
                less = _positive(said[0]) in {"short", "light", "young", "cheap", "small", "slow"}
                return ("<" if less else ">"), place - 2
        return "", place

    def _unit(self, place: int) -> str:
        """Return the header of the column whose name or values carry the unit at a place."""
        unit = self.words[place].low
        for column in self.columns:
            head = fold(column.header).split()
            if column.type in {"number", "money", "text"} and any(
                same_unit(unit, word) for word in head
            ):
                return column.header
        return ""

    def _by_name(self, heads: Sequence[_Piece]) -> None:
        """Read a column that is named without a value: `with a title`, `haven't paid`."""
        said = {rule.column for rule in self.rules}
        for head in heads:
            header = self._header(head.column)
            if set(range(head.start, head.end)) & self.used:
                continue
            self._use(head.start, head.end)
            denied = self._denied(head.start)
            if header in said or not (denied or self._held(head.start)):
                continue  # a value said it already, or it only names the records: `boats`
            bare = self.phrase[self.words[head.start].start : self.words[head.end - 1].end]
            self.rules.append(
                MatchRule(
                    phrase=f"not {bare}" if denied else bare,
                    column=header,
                    cmp="!=" if denied else "=",
                )
            )

    def _denied(self, start: int) -> bool:
        """Whether a word that says no stands before, with nothing but small words between; it is used up by that."""
        for place in reversed(range(start)):
            word = self.words[place]
            if word.negates:
                self._use(place, place + 1)
                return True
            if place in self.used or (word.says and not self._joins(place)):
                return False
        return False

    def _held(self, start: int) -> bool:
        """Whether the records have what stands at a place, or are so: `with a title`, `that are paid`."""
        before = self.words[start - 1 : start] if start else []
        further = self.words[start - 2 : start - 1] if start > 1 else []
        small = bool(before) and before[0].low in _LITTLE | STOP
        return any(word.low in _HAVING for word in before) or (
            small and any(word.low in _HAVING for word in further)
        )

    def _header(self, name: str) -> str:
        column = next(column for column in self.columns if column.name == name)
        return column.header or column.name

    def _use(self, start: int, end: int) -> None:
        self.used |= set(range(start, end))

    def _rest(self) -> str:
        """Return the words that neither the rows nor the page explain, in order."""
        left = [
            place
            for place, word in enumerate(self.words)
            if place not in self.used
            and word.says
            and word.text not in {",", ";"}
            and stem(word.low) not in self.said
            and not self._relates(place)
        ]
        return " ".join(self.words[place].text for place in left)

    def _joins(self, place: int) -> bool:
        """Whether a word can only say how a value belongs to its row: a participle or plain verb right before a joint."""
        word = self.words[place]
        if not _RELATES.match(word.low) and stem(word.low) not in _STANDS:
            return False
        following = self.words[place + 1].low if place + 1 < len(self.words) else ""
        return following in _JOINTS or stem(following) in _STANDS

    def _relates(self, place: int) -> bool:
        """Whether the word only says how the value behind it belongs to the row."""
        if not self._joins(place):
            return False
        for after in range(place + 1, min(place + 4, len(self.words))):
            if after in self.used:
                return True
            if self.words[after].says:
                return False
        return False


def link(
    phrase: str, columns: Sequence[Column], rows: Sequence[Row], *, said: Iterable[str]
) -> Linked:
    """Return the conditions that the words of a phrase are on this list, and the words that nothing explains.

    `said` are texts of the page (title, headings): words that only repeat them say nothing more.
    """
    stems = frozenset(stem(word) for text in said for word in fold(text).split())
    return _Linker(phrase, columns, rows, stems).link()


def apart(
    rule: MatchRule, columns: Sequence[Column], rows: Sequence[Row], said: Sequence[str]
) -> list[MatchRule]:
    """Return the conditions that a freely said one is made of, as columns and values tell; itself when it is one.

    None are left when the words only name what the list shows. `said` are texts of the page, which a request may repeat
    without meaning anything by it.
    """
    free = rule.value is None and not rule.column and rule.move is None
    if not free:
        return [rule]
    linked = link(rule.phrase, columns, rows, said=said)
    if not linked.rules and not linked.rest:
        reading = read_rule(rule, columns, rows, low_cardinality(columns, rows))
        return [rule] if isinstance(reading, Condition) else []
    if not linked.rules or len(telling_words(rule.phrase)) < 2:
        return [rule]
    return [*linked.rules, *([MatchRule(phrase=linked.rest)] if linked.rest else [])]


def telling_words(phrase: str) -> list[str]:
    """Return the words of a phrase that carry a meaning, without what only turns or joins them."""
    return [word.text for match in _WORD.finditer(phrase) if (word := _word(match)).says]


def _word(match: re.Match[str]) -> _Word:
    return _Word(text=match[0], start=match.start(), end=match.end())


def _groups(pieces: Sequence[_Piece], words: Sequence[_Word]) -> list[list[_Piece]]:
    """Return the values of one column that stand side by side: `Open, Paid or Overdue`."""
    groups: list[list[_Piece]] = []
    for piece in sorted(pieces, key=lambda one: one.start):
        last = groups[-1][-1] if groups else None
        between = words[last.end : piece.start] if last is not None else ()
        joined = all(not word.says or word.text in {",", ";"} for word in between)
        if last is not None and last.column == piece.column and joined:
            groups[-1].append(piece)
        else:
            groups.append([piece])
    return groups


def _bare(header: str) -> str:
    """Return a header without what it says in brackets, such as a unit."""
    return re.sub(r"\s*[(\[].*?[)\]]", "", header) or header


def _near(piece: _Piece, head: _Piece) -> bool:
    return abs(piece.start - head.end) <= 3 or abs(head.start - piece.end) <= 3


def _positive(word: str) -> str:
    """Return the stem of a comparative: `longer` is `long`."""
    word = word[:-2] if word.endswith("er") and len(word) > 4 else word
    if len(word) > 3 and word[-1] == word[-2]:
        word = word[:-1]
    return stem(word) if len(word) > 4 else word


def _same_root(word: str, header: str) -> bool:
    """Whether a verb is of the family of a header: `owned`, `Owner`; `inspected`, `Inspection`."""
    root = stem(word)
    heads = content_words(header)
    if len(heads) != 1 or not _RELATES.match(word) or len(root) < 3:
        return False
    head = heads[0]
    return head.startswith(root) and head[len(root) :] in {
        "er", "r", "or", "ion", "ment", "ing", "ed", "y", "t", "d",
    }  # fmt: skip

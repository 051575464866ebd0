"""Conditions on records: `over 100 EUR`, `from last month`, `with status Paid`, `that are overdue`."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Literal, cast

from pydantic import JsonValue

from podium.state.plan import MatchRule
from podium.state.program import Comparison
from podium.tools.offline.lexicon import among, lemma, numbers, texts, words
from podium.tools.offline.moves import moved_value
from podium.tools.offline.restrictions import restriction, state_after
from podium.tools.offline.tokens import Token, source

Found = tuple[list[MatchRule], int]
_AMOUNTS = frozenset({"money", "number"})
_BE = frozenset(
    {
        "is",
        "are",
        "was",
        "were",
        "be",
        "being",
        "been",
        "'s",
        "equals",
        "equal",
        "of",
        "=",
        ":",
        "reads",
        "says",
    }
)


@cache
def comparatives() -> dict[tuple[str, ...], str]:
    """Return the phrases that compare, in words, and the sign of each."""
    return {
        tuple(phrase.split()): sign for phrase, sign in texts("phrases", "comparatives").items()
    }


def comparative_at(tokens: Sequence[Token], index: int) -> tuple[str, int] | None:
    """Return the comparison at a place and its length in tokens."""
    for length in (3, 2, 1):
        phrase = tuple(token.low for token in tokens[index : index + length])
        sign = comparatives().get(phrase)
        if sign is not None and len(phrase) == length:
            return sign, length
    if _compares(tokens, index):
        # "heavier than", whatever is compared.
        return "<" if tokens[index].low in _LESSER else ">", 2
    if (
        index + 2 < len(tokens)
        and tokens[index].low in {"more", "less"}
        and tokens[index + 2].low == "than"
    ):
        return ">" if tokens[index].low == "more" else "<", 3
    if index + 1 < len(tokens) and tokens[index].low in {"<", ">"} and tokens[index + 1].low == "=":
        return tokens[index].low + "=", 2
    return None


_LESSER = among(
    "lighter slower colder cooler younger thinner nearer closer narrower shallower weaker quieter darker poorer quicker"
)


def _compares(tokens: Sequence[Token], index: int) -> bool:
    return (
        index + 1 < len(tokens)
        and tokens[index].is_word
        and tokens[index].low.endswith("er")
        and len(tokens[index].low) > 4
        and tokens[index + 1].low == "than"
    )


_IRREGULAR = among(
    "lent sold bought sent made held kept found lost built born taken given written drawn won paid met left borne worn chosen broken stolen grown shown seen known"
)


def participle(word: str) -> bool:
    """Whether a word may say what happened to the noun before it: `lent`, `returned`."""
    return word in _IRREGULAR or (word.endswith("ed") and len(word) > 4)


class ConditionReader:
    """Reads the conditions that follow a noun."""

    def __init__(self, text: str) -> None:
        self._text = text
        self.text = text

    def read(self, tokens: Sequence[Token], index: int) -> Found | None:
        """Return the rules that start at a place and where they end, or none."""
        for reader in (
            self.moved,
            self._restriction,
            self._negated,
            self._state,
            self._idiom,
            self._range,
            self._span,
            self._amount,
            self._period,
            self._relative,
            self._with,
            self._by,
            self._plain_pair,
            self.of_whom,
        ):
            found = reader(tokens, index)
            if found is not None and found[1] > index:
                return found
        return self._happened(tokens, index)

    def _restriction(self, tokens: Sequence[Token], index: int) -> Found | None:
        return restriction(self._text, tokens, index)

    def _negated(self, tokens: Sequence[Token], index: int) -> Found | None:
        """Read `not in category Tools`, `that are not on leave`, `not inspected in the last 30 days`: the opposite of what follows."""
        at = index
        if tokens[at].low in {"that", "which", "who"} and at + 1 < len(tokens):
            at += 1
        if tokens[at].low in among("are is were was have has been") and at + 1 < len(tokens):
            at += 1
        if tokens[at].low not in among("not never haven't hasn't aren't isn't weren't wasn't"):
            return None
        denial = at
        at += 1
        while at < len(tokens) and tokens[at].low in among("been yet being ever"):
            at += 1
        if at >= len(tokens):
            return None
        state = state_after(tokens, at)
        if state > at:
            return [
                MatchRule(phrase=f"not {source(self._text, tokens[at:state])}", cmp="!=")
            ], state
        dated = self._happened(tokens, at)
        if dated is not None and any(
            rule.cmp in {">=", ">"} and isinstance(rule.value, str) for rule in dated[0]
        ):
            # Not since then: the last time was before.
            first = next(rule for rule in dated[0] if rule.cmp in {">=", ">"})
            phrase = source(self._text, tokens[denial : dated[1]])
            cmp: Comparison = "<" if first.cmp == ">=" else "<="
            # What never happened did not happen since then either.
            opposite = {"phrase": phrase, "cmp": cmp, "or_empty": True}
            return [first.model_copy(update=opposite)], dated[1]
        placed = self._with(tokens, at)
        if placed is not None and len(placed[0]) == 1 and placed[0][0].cmp == "=":
            return [turned(placed[0][0])], placed[1]
        return None

    def _state(self, tokens: Sequence[Token], index: int) -> Found | None:
        """Read `on leave`, `who are under repair`: a state after a preposition."""
        at = index
        if tokens[at].low in {"that", "which", "who"} and at + 1 < len(tokens):
            at += 1
        while at + 1 < len(tokens) and tokens[at].low in among("are is were was still currently"):
            at += 1
        end = state_after(tokens, at)
        return ([self._rule(tokens, at, end)], end) if end > at else None

    def moved(self, tokens: Sequence[Token], index: int) -> Found | None:
        """Read `whose price fell by 5 EUR or more`: how far a value moved since the run before."""
        found = moved_value(tokens, index)
        if found is None:
            return None
        column, move, end = found
        phrase = source(self._text, tokens[index:end])
        return [MatchRule(phrase=phrase, column=column, move=move)], end

    def _happened(self, tokens: Sequence[Token], index: int) -> Found | None:
        """Read `lent between 01.02. and 28.02.`: a participle and when, or where, it happened."""
        adverb = tokens[index].low in {"last", "first"} and index + 1 < len(tokens)
        if adverb and participle(tokens[index + 1].low):
            # "last inspected in May": the participle says what happened.
            found = self._happened(tokens, index + 1)
            if found is None:
                return None
            phrase = source(self._text, tokens[index : found[1]])
            return [rule.model_copy(update={"phrase": phrase}) for rule in found[0]], found[1]
        token = tokens[index]
        at = index + 1
        stated = token.low in words("nouns", "conditions") or token.low == "working"
        if at < len(tokens) and tokens[at].low in among("and or but that which who whose with ,"):
            return None
        if at >= len(tokens) or not token.is_word or not (participle(token.low) or stated):
            return None
        if tokens[at].low in texts("phrases", "comparison_columns"):
            return None
        if stated and not participle(token.low):
            where = self._somewhere(tokens, index)
            if where is None:
                return None
            return where
        found = (
            self._range(tokens, at)
            or self._period(tokens, at)
            or self._often(tokens, at)
            or self._somewhere(tokens, index)
        )
        if found is None:
            return None
        phrase = source(self._text, tokens[index : found[1]])
        return [_dated(rule).model_copy(update={"phrase": phrase}) for rule in found[0]], found[1]

    def _often(self, tokens: Sequence[Token], at: int) -> Found | None:
        """Read `more than twice`, `fewer than 3 times`, `earlier than 1990`, `more than 30 days ago` after what happened."""
        limits = among("more less fewer over under at earlier later above below up")
        if comparative_at(tokens, at) is None or tokens[at].low not in limits:
            return None
        return self._amount(tokens, at)

    def _rule(
        self,
        tokens: Sequence[Token],
        start: int,
        end: int,
        *,
        column: str = "",
        cmp: str = "=",
        value: JsonValue = None,
    ) -> MatchRule:
        # `cmp` comes from our own tables of comparisons.
        return MatchRule(
            phrase=source(self._text, tokens[start:end]),
            column=column,
            cmp=cast("Comparison", cmp),
            value=value,
        )

    def _idiom(self, tokens: Sequence[Token], index: int) -> Found | None:
        for length in (4, 3, 2):
            phrase = " ".join(token.low for token in tokens[index : index + length])
            if phrase in words("phrases", "idioms"):
                return [self._rule(tokens, index, index + length)], index + length
        return None

    def _amount(self, tokens: Sequence[Token], index: int) -> Found | None:  # noqa: C901  rules tried in their order, each short
        start = index
        column = ""
        if comparative_at(tokens, index) is None:
            column, index = self._column(tokens, index)
        compared = comparative_at(tokens, index) if index < len(tokens) else None
        if compared is not None:
            sign, length = compared
            at = index + length
            while at < len(tokens) and tokens[at].low in among(
                "a an the total price value amount of"
            ):
                if tokens[at].low in among("price amount value total"):
                    column = column or tokens[at].low
                at += 1
            if at < len(tokens) and at and tokens[at - 1].low in {"a", "an"}:
                aged = self._age(tokens, start, at - 1, sign, column, 1.0)
                if aged is not None:
                    return aged
            often = _times(tokens, at)
            if often is not None:
                count, end = often
                return [self._rule(tokens, start, end, column=column, cmp=sign, value=count)], end
            if (
                at < len(tokens)
                and tokens[at].low in numbers("times", "numbers")
                and at + 1 < len(tokens)
            ):
                return self._age(
                    tokens,
                    start,
                    at,
                    sign,
                    column,
                    float(numbers("times", "numbers")[tokens[at].low]),
                )
            if at < len(tokens) and tokens[at].kind in _AMOUNTS:
                aged = self._age(tokens, start, at, sign, column, float(tokens[at].value))
                if aged is not None:
                    return aged
                if sign == ">=" and tokens[index].low == "from" and tokens[at].kind != "money":
                    return None
                end = self._unit(tokens, at + 1)
                column = (
                    column
                    or self._implied(tokens, start, end)
                    or self._unit_column(tokens, at, end)
                )
                if sign in {"older", "newer"}:
                    return None
                return [
                    self._rule(
                        tokens, start, end, column=column, cmp=sign, value=_number(tokens[at].value)
                    )
                ], end
            if (
                at < len(tokens)
                and tokens[at].kind == "date"
                and sign in among("> >= < <= older newer")
                and not (tokens[index].low == "from" and _label(tokens[at]))
            ):
                sign = {"older": "<", "newer": ">"}.get(sign, sign)
                if tokens[at].low.endswith("ago"):
                    # "more than 30 days ago" is before that day.
                    sign = {">": "<", ">=": "<=", "<": ">", "<=": ">="}[sign]
                return [
                    self._rule(
                        tokens,
                        start,
                        at + 1,
                        column=column or "date",
                        cmp=sign,
                        value=_bound(tokens[at], sign),
                    )
                ], at + 1
            return None
        # "100 EUR or more", "of 4 stars and up"
        if (
            index == start
            and index + 1 < len(tokens)
            and tokens[index].low in {"of", "with", "at", "for"}
        ):
            found = self._amount(tokens, index + 1) if tokens[index + 1].kind in _AMOUNTS else None
            if found is not None:
                return found
        if index < len(tokens) and tokens[index].kind in _AMOUNTS and (index == start or column):
            end = self._unit(tokens, index + 1)
            tail = comparative_at(tokens, end) if end < len(tokens) else None
            if tail is not None and tokens[end].low in {"or", "and"}:
                column = column or self._unit_column(tokens, index, end)
                return [
                    self._rule(
                        tokens,
                        start,
                        end + tail[1],
                        column=column,
                        cmp=tail[0],
                        value=_number(tokens[index].value),
                    )
                ], end + tail[1]
        return None

    def _age(
        self, tokens: Sequence[Token], start: int, at: int, sign: str, column: str, count: float
    ) -> Found | None:
        """`older than 30 days`, `more than two weeks overdue`: a date, not an amount."""
        unit = lemma(tokens[at + 1].low) if at + 1 < len(tokens) and tokens[at + 1].is_word else ""
        days = {"day": 1, "week": 7, "month": 30, "year": 365}.get(unit)
        if days is None:
            return None
        end = at + 2
        tail = tokens[end].low if end < len(tokens) else ""
        past = sign in {"older", ">", ">="}
        if tail in {"old", "ago"}:
            end += 1
        elif tail in {"overdue", "late"}:
            end += 1
            column = column or "due date"
        elif sign not in {"older", "newer"}:
            return None
        return [
            self._rule(
                tokens,
                start,
                end,
                column=column or "date",
                cmp="<" if past else ">",
                value=f"{{date.today-{int(count * days)}}}",
            )
        ], end

    def _column(self, tokens: Sequence[Token], index: int) -> tuple[str, int]:
        """Find a column before a comparison: `with a price (of|is) under`, `costing less than`."""
        at = index
        if at < len(tokens) and tokens[at].low in among(
            "with where whose having that which and who if when"
        ):
            at += 1
        while at < len(tokens) and tokens[at].low in among(
            "the a an its their is are has have was were whose it they"
        ):
            at += 1
        for length in (3, 2, 1):
            phrase = " ".join(token.low for token in tokens[at : at + length])
            if len(tokens) - at >= length and (
                phrase in words("nouns", "columns")
                or phrase in texts("phrases", "comparison_columns")
            ):
                column = texts("phrases", "comparison_columns").get(phrase, phrase)
                end = at + length
                while (
                    end < len(tokens)
                    and tokens[end].low
                    in among(
                        "is are of was falls drops fall drop goes gets rises to be being costs a has equals"
                    )
                    and not comparative_at(tokens, end)
                ):
                    end += 1
                return column, end
        named = index < at < len(tokens) - 1 and tokens[index].low in among("with whose having")
        if named and tokens[at].is_word and not comparative_at(tokens, at):
            # "with an area under 200": whatever it is called, a comparison says that it is a column.
            end = at + 1
            while end < len(tokens) and tokens[end].low in among("is are of was"):
                end += 1
            compared = comparative_at(tokens, end) if end < len(tokens) else None
            follows = end + compared[1] if compared is not None else len(tokens)
            if follows < len(tokens) and tokens[follows].kind in _AMOUNTS:
                return tokens[at].low, end
        # "costs", "is": no column of its own
        if at > index and comparative_at(tokens, at):
            return "", at
        return "", index

    def _implied(self, tokens: Sequence[Token], start: int, end: int) -> str:
        for token in tokens[start:end]:
            if token.low in texts("phrases", "comparison_columns"):
                return texts("phrases", "comparison_columns")[token.low]
        return ""

    @staticmethod
    def _unit(tokens: Sequence[Token], end: int) -> int:
        """Skip the unit after a number: `4 stars`, `3 rooms`, `20 %`."""
        if end >= len(tokens):
            return end
        token = tokens[end]
        if token.low == "%" or token.lemma in texts("phrases", "units"):
            return end + 1
        plural = (
            token.is_word
            and token.low != token.lemma
            and token.low.endswith("s")
            and token.low not in words("phrases", "appearing")
            and tokens[end - 1].kind != "money"
        )
        closed = (
            words("words", "prepositions")
            | words("words", "conjunctions")
            | words("words", "fillers")
        )
        return end + 1 if plural and token.low not in closed else end

    @staticmethod
    def _unit_column(tokens: Sequence[Token], at: int, end: int) -> str:
        """Find the column that a unit speaks of; a counted noun is its own column: `3 rooms`."""
        if end - 1 <= at or not tokens[end - 1].is_word:
            return ""
        unit = tokens[end - 1]
        return texts("phrases", "units").get(unit.lemma, unit.low)

    def _span(self, tokens: Sequence[Token], index: int) -> Found | None:
        """Read `with 20 to 30 hours`, `20-30 EUR`: from one to the other."""
        at = index + 1 if tokens[index].low in among("with having of for") else index
        if at + 3 > len(tokens) or tokens[at + 1].low not in among("to - \u2013"):
            return None
        low, high = tokens[at], tokens[at + 2]
        if low.kind not in _AMOUNTS or high.kind not in _AMOUNTS:
            return None
        end = self._unit(tokens, at + 3)
        if end == at + 3 and high.kind == "number":
            return None
        column = self._unit_column(tokens, at + 2, end)
        phrase = source(self._text, tokens[index:end])
        return [
            MatchRule(phrase=phrase, column=column, cmp=">=", value=_number(low.value)),
            MatchRule(phrase=phrase, column=column, cmp="<=", value=_number(high.value)),
        ], end

    def _range(self, tokens: Sequence[Token], index: int) -> Found | None:
        column, at = self._column(tokens, index)
        if at >= len(tokens) or tokens[at].low not in {"between", "from", "ranging"}:
            return None
        if tokens[at].low == "ranging":
            at += 1
        first = at + 1
        if first + 2 >= len(tokens) or tokens[first + 1].low not in among(
            "and to - until till \u2013"
        ):
            return None
        low, high = tokens[first], tokens[first + 2]
        if low.kind not in {"money", "number", "date"} or high.kind not in {
            "money",
            "number",
            "date",
        }:
            return None
        end = self._unit(tokens, first + 3)
        phrase = source(self._text, tokens[index:end])
        if "date" in {low.kind, high.kind}:
            values: tuple[JsonValue, JsonValue] = (
                low.value if low.kind == "date" else f"{low.value}-01-01",
                _last(high) if high.kind == "date" else f"{high.value}-12-31",
            )
            column = column or "date"
        else:
            values = (_number(low.value), _number(high.value))
        return [
            MatchRule(phrase=phrase, column=column, cmp=">=", value=values[0]),
            MatchRule(phrase=phrase, column=column, cmp="<=", value=values[1]),
        ], end

    def _period(self, tokens: Sequence[Token], index: int) -> Found | None:  # noqa: C901  rules tried in their order, each short
        """`from last month`, `since 2026-01-01`, `dated before May`, `due this week`."""
        at, column = index, ""
        while at < len(tokens) and (
            tokens[at].low
            in among("that which whose were was are is have been with and a the only falls lies")
            or tokens[at].low in texts("phrases", "comparison_columns")
            or tokens[at].low in {"date", "dates", "deadline"}
        ):
            column = texts("phrases", "comparison_columns").get(tokens[at].low, column)
            if tokens[at].low in {"date", "deadline"}:
                column = tokens[at].low
            at += 1
            if at < len(tokens) and tokens[at].low == "back" and column == "due date":
                at += 1
        sign: Literal["in", "since", "after", "before", "until"] = "in"
        if at < len(tokens) and tokens[at].low in among(
            "from in of during on since after before until till by within for starting at over"
        ):
            word = tokens[at].low
            if word in {"since", "starting"}:
                sign = "since"
            elif word == "after":
                sign = "after"
            elif word == "before":
                sign = "before"
            elif word in {"until", "till", "by"}:
                sign = "until"
            at += 1
            if at < len(tokens) and tokens[at].low in {"the", "from"}:
                at += 1
        elif at == index and not (
            at < len(tokens) and tokens[at].kind == "date" and _label(tokens[at])
        ):
            return None
        if at >= len(tokens) or tokens[at].kind != "date":
            return None
        token, end = tokens[at], at + 1
        if end < len(tokens) and tokens[end].low in {"on", "onwards", "onward"} and sign == "in":
            sign, end = "since", end + 1
        if end + 1 < len(tokens) and tokens[end].low in {"or", "and"} and sign == "in":
            edge = tokens[end + 1].low
            if edge in among("later after newer onwards onward since younger"):
                sign, end = "since", end + 2
            elif edge in among("earlier before older"):
                sign, end = "until", end + 2
        phrase = source(self._text, tokens[index:end])
        column = column or "date"
        rules = {
            "since": [(">=", _first(token))],
            "after": [(">", _last(token))],
            "before": [("<", _first(token))],
            "until": [("<=", _last(token))],
            "in": [("=", _first(token))]
            if _last(token) == _first(token)
            else [(">=", _first(token)), ("<=", _last(token))],
        }[sign]
        return [
            MatchRule(phrase=phrase, column=column, cmp=cast("Comparison", cmp), value=value)
            for cmp, value in rules
        ], end

    def of_whom(self, tokens: Sequence[Token], index: int) -> Found | None:
        """Read `of customer Hansen`, `for supplier "Acme"`: a column of few values and one of them."""
        if tokens[index].low not in {"of", "for", "from", "by"}:
            return None
        at = index + 1
        while at < len(tokens) and tokens[at].low in {"the", "our", "my"}:
            at += 1
        if at + 1 >= len(tokens):
            return None
        named = index and _names_one(tokens[at], tokens[at + 1])
        if tokens[at].low not in words("nouns", "categorical") and not named:
            return self._numbered(tokens, index, at)
        end = at + 1
        if tokens[end].kind == "quote":
            end += 1
        while (
            end < len(tokens)
            and tokens[end].is_word
            and tokens[end].text[:1].isupper()
            and tokens[at + 1].is_word
        ):
            end += 1
        if end == at + 1:
            return None
        value = (
            tokens[at + 1].value
            if tokens[at + 1].kind == "quote"
            else source(self._text, tokens[at + 1 : end])
        )
        return [self._rule(tokens, index, end, column=tokens[at].low, value=value)], end

    def _numbered(self, tokens: Sequence[Token], index: int, at: int) -> Found | None:
        """Read `by reader 4411`, `of room 12`: which one, by its number."""
        if at + 2 < len(tokens) and tokens[at + 1].is_word and tokens[at + 2].kind == "number":
            # "of plot holder 17"
            at += tokens[at].text == tokens[at].low
        noun, number = tokens[at], tokens[at + 1]
        following = tokens[at + 2] if at + 2 < len(tokens) else None
        named = (
            noun.is_word
            and noun.text == noun.low == noun.lemma
            and noun.low not in words("nouns", "places") | words("nouns", "sites")
            and noun.low not in words("words", "fillers") | words("words", "determiners")
            and noun.low not in words("words", "prepositions") | words("words", "pronouns")
            and noun.low not in words("nouns", "columns")
            and (noun.low,) not in comparatives()
        )
        alone = (
            following is None
            or following.kind != "word"
            or following.low in words("words", "prepositions") | words("words", "conjunctions")
        )
        if not (named and alone and number.kind == "number" and number.text.strip().isdigit()):
            return None
        value = number.text.strip()
        return [self._rule(tokens, index, at + 2, column=noun.low, value=value)], at + 2

    def _relative(self, tokens: Sequence[Token], index: int) -> Found | None:  # noqa: C901  rules tried in their order, each short
        """Read `that are overdue`, `which have not been paid yet`, `marked as urgent`, `whose name contains "x"`."""
        at = index
        opener = tokens[at].low
        if opener in {"that's", "who's"} and at + 1 < len(tokens):
            found = self._relative(tokens, at + 1) or self.read(tokens, at + 1)
            end = self._phrase_end(tokens, at + 1)
            return found or ([self._rule(tokens, at + 1, end)], end)
        if (
            opener in {"that", "which", "who"}
            and at + 1 < len(tokens)
            and tokens[at + 1].low
            in among(
                "is are was were have has haven't hasn't aren't isn't need needs still do don't not can contain contains cost costs mention mentions include includes weren't didn't did"
            )
        ):
            at += 1
        elif opener in {"that", "which", "who"}:
            return self._told(tokens, index)
        elif opener in {"not", "still", "currently", "already"} and not self._states(
            tokens, at + 1
        ):
            return None
        elif opener in among(
            "marked flagged labelled labeled tagged categorised categorized assigned addressed belonging awaiting currently still already not needing waiting"
        ):
            pass
        elif opener in among("living based born residing coming working staying registered"):
            return self._somewhere(tokens, index)
        elif opener in among(
            "whose where containing mentioning matching named called titled if starting"
        ):
            return self._field_value(tokens, index)
        else:
            return None
        if tokens[at].low in among("contain contains mention mentions include includes"):
            return self._field_value(tokens, at)
        inner = at + 1 if tokens[at].low in among("is are was were have has had") else at
        if inner < len(tokens) and tokens[inner].low == "been" and inner > at:
            inner += 1
        for reader in (self._happened, self._amount, self._period):
            found = reader(tokens, inner) if inner < len(tokens) else None
            if found is not None:
                return found
        end = self._phrase_end(tokens, inner)
        start = inner
        helping = words("words", "auxiliaries") | among(
            "aren't isn't weren't wasn't haven't hasn't"
        )
        if all(token.low in helping for token in tokens[inner:end]):
            return None  # what is said stands behind, and nothing read it
        if tokens[end - 1].kind == "quote":
            return [
                self._rule(
                    tokens,
                    start,
                    end,
                    cmp="contains" if opener == "marked" else "=",
                    value=tokens[end - 1].value,
                )
            ], end
        return [self._rule(tokens, start, end)], end

    @staticmethod
    def _states(tokens: Sequence[Token], at: int) -> bool:
        """Whether a state follows `not` or `still`: `not yet paid`, `still open`."""
        while at < len(tokens) and tokens[at].low in {"yet", "been", "already", "to", "be"}:
            at += 1
        return at < len(tokens) and (
            tokens[at].low in words("nouns", "conditions") or tokens[at].low.endswith("ed")
        )

    def _told(self, tokens: Sequence[Token], index: int) -> Found | None:
        """`who joined after 2025-01-01`, `that ship within 3 days`: a verb and a readable condition."""
        at = index + 1
        if (
            at >= len(tokens)
            or not tokens[at].is_word
            or tokens[at].low in words("words", "pronouns")
        ):
            return None
        if at + 1 < len(tokens) and tokens[at + 1].kind in _AMOUNTS and comparative_at(tokens, at) is None:  # fmt: skip
            # "which pay 30k": what they do so much of is the column.
            end = self._unit(tokens, at + 2)
            if end >= len(tokens) or not tokens[end].is_word or tokens[end].low in words("words", "prepositions"):  # fmt: skip
                column = self._unit_column(tokens, at + 1, end) or texts("phrases", "comparison_columns").get(tokens[at].low, tokens[at].lemma)  # fmt: skip
                return [self._rule(tokens, at, end, column=column, value=_number(tokens[at + 1].value))], end  # fmt: skip
        for reader in (self._amount, self._range, self._period, self._field_value, self._somewhere):
            start = at if reader in {self._field_value, self._somewhere} else at + 1
            found = reader(tokens, start) if start < len(tokens) else None
            if found is not None:
                phrase = source(self._text, tokens[at : found[1]])
                return [rule.model_copy(update={"phrase": phrase}) for rule in found[0]], found[1]
        return None

    def named_places(self, tokens: Sequence[Token], index: int) -> Found | None:
        """Read `on Mill Hill or Rose Bank`: several names are no single place to go to."""
        found = self._somewhere(tokens, index - 1) if index else None
        if found is None or found[0][0].cmp != "in":
            return None
        phrase = source(self._text, tokens[index : found[1]])
        return [rule.model_copy(update={"phrase": phrase}) for rule in found[0]], found[1]

    def _somewhere(self, tokens: Sequence[Token], index: int) -> Found | None:
        """`live in Bergen`, `comes from "Lower Mill"`, `work at Harlow & Sons`: a verb and a name."""
        at = index + 1
        if at + 1 >= len(tokens) or tokens[at].low not in among(
            "in from at near on under for of to"
        ):
            return None
        first = at + 1
        while first + 1 < len(tokens) and tokens[first].low == "the":
            first += 1
        end = first + 1
        if tokens[first].kind != "quote":
            while end < len(tokens) and tokens[end].is_word and tokens[end].text[:1].isupper():
                end += 1
            if not (tokens[first].is_word and tokens[first].text[:1].isupper()):
                return None
        listed = self._listed(tokens, first, end)
        if listed is not None:
            return [self._rule(tokens, index, listed[1], cmp="in", value=listed[0])], listed[1]
        value = self._value(tokens, first, end)
        return [self._rule(tokens, index, end, cmp="contains", value=value)], end

    @staticmethod
    def _phrase_end(tokens: Sequence[Token], at: int) -> int:
        end = at
        while end < len(tokens) and end - at < 6:
            token = tokens[end]
            if token.kind in among("punct url schedule cred pair"):
                break
            if token.low in among("that which who whose where but and , ;"):
                break
            if (
                end > at
                and token.low in among("not never neither without")
                and tokens[end - 1].low not in _BE
            ):
                break
            if token.low == "or":
                following = tokens[end + 1] if end + 1 < len(tokens) else None
                if (
                    following is None
                    or not following.is_word
                    or following.low
                    in (words("words", "prepositions") | words("words", "determiners"))
                ):
                    break
            if (
                end > at
                and token.low == "of"
                and end + 1 < len(tokens)
                and (
                    tokens[end + 1].low in words("nouns", "categorical")
                    or (end + 2 < len(tokens) and _names_one(tokens[end + 1], tokens[end + 2]))
                )
            ):
                break
            if (
                end > at
                and token.low
                in among("from in at on into to as with including for by using via along together")
                and tokens[end - 1].low
                not in among(
                    "marked flagged tagged assigned addressed labelled labeled categorised belonging due waiting"
                )
            ) and not (
                token.low in {"in", "on"}
                and f"{token.low} {tokens[end + 1].low if end + 1 < len(tokens) else ''}"
                in words("phrases", "idioms")
            ):
                break
            end += 1
        return end

    def _field_value(self, tokens: Sequence[Token], index: int) -> Found | None:
        """`whose status is Paid`, `where name contains "x"`, `containing "x"`, `called "x"`."""
        opener = tokens[index].low
        at = index + 1
        if opener in among(
            "containing mentioning matching contain contains mention mentions named called titled include includes"
        ):
            return self._containing(tokens, index)
        while at < len(tokens) and tokens[at].low in among("the their its a"):
            at += 1
        column, length = self._column_name(tokens, at)
        known = column in words("nouns", "columns") | words("nouns", "categorical") | words(
            "nouns", "fields"
        )
        if opener == "whose" and not length:
            return self._whose(tokens, at)
        if not length or (opener == "if" and not known):
            return None
        amount = self._amount(tokens, at) or self._range(tokens, at)
        if amount is not None:
            return amount
        return self._value_after(tokens, index, at + length, column)

    def _containing(self, tokens: Sequence[Token], index: int) -> Found | None:
        """Read `containing "x"`, `called Invoice`, `mentioning Hull in the title`."""
        opener = tokens[index].low
        at = index + 1
        column = {"named": "name", "called": "name", "titled": "title"}.get(opener, "")
        while at < len(tokens) and tokens[at].low in among(
            "the word words text term phrase string keyword a"
        ):
            at += 1
        if at < len(tokens) and (
            tokens[at].kind in {"quote", "number", "email"} or tokens[at].text[:1].isupper()
        ):
            end = at + 1
            while (
                tokens[at].kind == "word"
                and end < len(tokens)
                and tokens[end].kind == "word"
                and tokens[end].text[:1].isupper()
            ):
                end += 1
            value = tokens[at].value if end == at + 1 else source(self._text, tokens[at:end])
            if end + 1 < len(tokens) and tokens[end].low == "in":
                named = end + (2 if tokens[end + 1].low in {"the", "their", "its"} else 1)
                if named < len(tokens) and tokens[named].lemma in words("nouns", "columns"):
                    column, end = tokens[named].low, named + 1
            cmp = "=" if opener in {"named", "called", "titled"} else "contains"
            return [self._rule(tokens, index, end, column=column, cmp=cmp, value=value)], end
        return None

    def _whose(self, tokens: Sequence[Token], at: int) -> Found | None:
        """Read `whose membership ends before 31.12.2026`: something of theirs, and when it happens."""
        if at + 2 >= len(tokens) or not tokens[at].is_word:
            return None
        found = self._period(tokens, at + 2)
        if found is None:
            return None
        phrase = source(self._text, tokens[at : found[1]])
        return [rule.model_copy(update={"phrase": phrase}) for rule in found[0]], found[1]

    def _value_after(  # noqa: C901  rules tried in their order, each short
        self, tokens: Sequence[Token], index: int, at: int, column: str
    ) -> Found | None:
        cmp = "="
        while at < len(tokens) and (
            tokens[at].low in _BE
            or tokens[at].low
            in among(
                "set to not other than isn't aren't contains contain containing includes starts begins with the word text a an does doesn't ! marked as still"
            )
        ):
            low = tokens[at].low
            if low in among("not isn't aren't doesn't ! other"):
                cmp = "!="
            elif low in among("contains contain containing includes"):
                cmp = "contains" if cmp == "=" else cmp
            elif low in {"starts", "begins"}:
                return None
            at += 1
        if at >= len(tokens) or tokens[at].kind in {"punct", "url", "schedule"}:
            return None
        end = at + 1
        if tokens[at].kind == "word":
            if tokens[at].low in words("words", "prepositions") or tokens[at].low in words(
                "words", "conjunctions"
            ):
                return None
            while (
                end < len(tokens)
                and tokens[end].kind == "word"
                and tokens[end].low not in words("words", "prepositions")
                and tokens[end].low not in words("words", "conjunctions")
                and (tokens[end].text[:1].isupper() or not tokens[at].text[:1].isupper())
                and not _begins(tokens, end)
                and end - at < 3
            ):
                end += 1
        listed = self._listed(tokens, at, end)
        if listed is not None and cmp != "contains":
            values, end = listed
            if cmp == "!=":
                return [
                    self._rule(tokens, index, end, column=column, cmp="!=", value=item)
                    for item in values
                ], end
            return [self._rule(tokens, index, end, column=column, cmp="in", value=values)], end
        value: JsonValue = (
            source(self._text, tokens[at:end]) if tokens[at].kind == "word" else tokens[at].value
        )
        if tokens[at].kind in _AMOUNTS:
            value = _number(tokens[at].value)
        return [self._rule(tokens, index, end, column=column, cmp=cmp, value=value)], end

    def _listed(
        self, tokens: Sequence[Token], at: int, end: int
    ) -> tuple[list[JsonValue], int] | None:
        """Read `North or West`, `A, B or C`: all values of one column, when the first of them is said at a place."""
        values: list[JsonValue] = [self._value(tokens, at, end)]
        joined = False
        joints = (
            {"or", ",", "nor", "and"} if tokens[at].low.endswith("days") else {"or", ",", "nor"}
        )
        while end + 1 < len(tokens) and tokens[end].low in joints:
            first = end + 1
            if tokens[end].low == "," and tokens[first].low == "or":
                first += 1
            if tokens[end].low == "," and not any(
                token.low == "or" for token in tokens[first : first + 5]
            ):
                break
            if first >= len(tokens) or not self._like(tokens[at], tokens[first]):
                break
            joined = (
                joined
                or tokens[end].low == "and"
                or "or" in {tokens[end].low, tokens[first - 1].low}
                or tokens[end].low == "nor"
            )
            stop = first + 1
            while (
                tokens[first].text[:1].isupper()
                and tokens[first].is_word
                and stop < len(tokens)
                and tokens[stop].is_word
                and tokens[stop].text[:1].isupper()
            ):
                stop += 1
            values.append(self._value(tokens, first, stop))
            end = stop
        return (values, end) if joined else None

    def _value(self, tokens: Sequence[Token], at: int, end: int) -> str:
        return source(self._text, tokens[at:end]) if tokens[at].kind == "word" else tokens[at].value

    @staticmethod
    def _like(one: Token, other: Token) -> bool:
        """Whether the other is said in the same way: a name after a name, a quote after a quote."""
        if one.kind != "word" or other.kind != "word":
            return one.kind == other.kind
        return one.text[:1].isupper() == other.text[:1].isupper() and other.low not in (
            words("words", "prepositions")
            | words("words", "determiners")
            | words("words", "pronouns")
        )

    @staticmethod
    def _column_name(tokens: Sequence[Token], at: int) -> tuple[str, int]:
        for length in (3, 2, 1):
            phrase = " ".join(token.low for token in tokens[at : at + length])
            if len(tokens) - at >= length and (
                phrase in words("nouns", "columns")
                or phrase in words("nouns", "categorical")
                or phrase in words("nouns", "fields")
            ):
                return phrase, length
        if (
            at + 1 < len(tokens)
            and tokens[at].is_word
            and tokens[at + 1].low in _BE | {"contains", "not", "isn't"}
            and tokens[at].low not in words("words", "pronouns") | _BE
        ):
            return tokens[at].low, 1
        return "", 0

    def _with(self, tokens: Sequence[Token], index: int) -> Found | None:  # noqa: C901  rules tried in their order, each short
        """`with status Paid`, `in category Books`, `having a rating of 5`, `of type X`."""
        if tokens[index].low not in among("with in having of from by for under and or"):
            return None
        at = index + 1
        while at < len(tokens) and tokens[at].low in {"the", "a", "an"}:
            at += 1
        if at >= len(tokens):
            return None
        if tokens[at].kind == "pair" and tokens[index].low == "with":
            return [
                MatchRule(
                    phrase=tokens[at].text,
                    column=_label(tokens[at]).lower(),
                    value=tokens[at].value,
                )
            ], at + 1
        counted = self._counted(tokens, index, at)
        if counted is not None:
            return counted
        state = tokens[at].low in words("nouns", "conditions") and at + 1 < len(tokens)
        if (
            state
            and at > index + 1
            and tokens[index].low in {"with", "having"}
            and tokens[at + 1].is_word
        ):
            # "with an unpaid bill"
            return [self._rule(tokens, at, at + 2)], at + 2
        column, length = self._column_name(tokens, at)
        known = length and column in words("nouns", "categorical")
        if not known and tokens[index].low in {"with", "having", "in"} and at + 1 < len(tokens):
            if [token.low for token in tokens[at + 1 : at + 3]] == ["other", "than"]:
                return self._value_after(tokens, index, at + 1, tokens[at].low)
            named = _names_one(tokens[at], tokens[at + 1]) and tokens[at].lemma not in (
                words("nouns", "places") | words("nouns", "forms") | words("nouns", "sites")
            )
            if named:
                return self._value_after(tokens, index, at + 1, tokens[at].low)
        if not length:
            return None
        if tokens[index].low in {"with", "having", "and"}:
            amount = self._amount(tokens, at)
            if amount is not None:
                return amount
        nxt = at + length
        if nxt >= len(tokens):
            return None
        valued = tokens[nxt].kind in among("quote money number date") or tokens[
            nxt
        ].low in _BE | among("contains containing not other")
        named = (
            tokens[nxt].is_word
            and (column in words("nouns", "categorical"))
            and tokens[nxt].low
            not in words("words", "prepositions")
            | words("words", "conjunctions")
            | among("page section list menu tab")
            and tokens[nxt].lemma not in words("nouns", "places")
        )
        if tokens[index].low == "of" and not named:
            return None
        if tokens[index].low in among("from by for of in under and or") and tokens[nxt].low == "of":
            return None
        if not (valued or named):
            return None
        return self._value_after(tokens, index, nxt, column)

    def _counted(self, tokens: Sequence[Token], index: int, at: int) -> Found | None:
        """`with 3 rooms`: the noun is the column."""
        number = tokens[at]
        if (
            tokens[index].low not in {"with", "having"}
            or number.kind != "number"
            or at + 1 >= len(tokens)
        ):
            return None
        end = self._unit(tokens, at + 1)
        if end == at + 1:
            return None
        column = self._unit_column(tokens, at, end)
        return [self._rule(tokens, index, end, column=column, value=_number(number.value))], end

    def _by(self, tokens: Sequence[Token], index: int) -> Found | None:
        """`by Tolkien`, `written by "Anna Berg"`."""
        at = (
            index + 1
            if tokens[index].low in among("written posted made published sent created signed")
            else index
        )
        if at + 1 >= len(tokens) or tokens[at].low not in {"by", "starring"}:
            return None
        first = tokens[at + 1]
        if first.kind == "quote":
            end = at + 2
        elif first.is_word and first.text[:1].isupper():
            end = at + 2
            while end < len(tokens) and tokens[end].is_word and tokens[end].text[:1].isupper():
                end += 1
        else:
            return None
        value = first.value if first.kind == "quote" else source(self._text, tokens[at + 1 : end])
        return [self._rule(tokens, index, end, column="author", cmp="contains", value=value)], end

    def _plain_pair(self, tokens: Sequence[Token], index: int) -> Found | None:
        token = tokens[index]
        if token.kind == "pair" and token.entity is not None:
            return [
                MatchRule(phrase=token.text, column=token.entity.label.lower(), value=token.value)
            ], index + 1
        column, length = self._column_name(tokens, index)
        if (
            length
            and column in words("nouns", "categorical")
            and index + length < len(tokens)
            and tokens[index + length].low in among("is = not contains")
        ):
            return self._value_after(tokens, index, index + length, column)
        if (
            length
            and index
            and column in words("nouns", "categorical")
            and index + length < len(tokens)
            and token.text == token.low
            and tokens[index - 1].low
            not in words("words", "prepositions") | words("words", "articles")
            and (
                tokens[index + length].kind == "quote"
                or (tokens[index + length].is_word and tokens[index + length].text[:1].isupper())
            )
        ):
            # "volunteers team Legal"
            return self._value_after(tokens, index, index + length, column)
        if token.low == "contains":
            return None
        return None


_HOLDERS = among(
    "list table folder page section site portal view tab file set shop store app system website "
    "database collection catalogue catalog archive register report month quarter form address url step"
)


def _names_one(noun: Token, name: Token) -> bool:
    """Return whether a common noun and a name stand together: `of reader Okafor`, `for teacher "Ann"`; holders of lists do not."""
    return (
        noun.is_word
        and noun.low.isalpha()
        and noun.text.islower()
        and len(noun.low) > 3
        and not noun.low.endswith("s")
        and noun.low not in _HOLDERS
        and noun.low not in words("words", "fillers") | words("words", "prepositions")
        and (
            name.kind == "quote"
            or (name.is_word and name.text[:1].isupper() and len(name.text) > 1)
        )
    )


def _begins(tokens: Sequence[Token], at: int) -> bool:
    """Whether a participle begins a condition of its own: `whose health is poor inspected in May`."""
    following = tokens[at + 1] if at + 1 < len(tokens) else None
    if tokens[at].low in among("not never neither more less") or _compares(tokens, at):
        return True
    told = following is not None and (
        following.kind == "date"
        or following.low in among("in on before after since between by at within more less")
    )
    return told and participle(tokens[at].low)


def _times(tokens: Sequence[Token], at: int) -> tuple[int, int] | None:
    """Read `twice`, `3 times`: how often, and where it ends."""
    if at >= len(tokens):
        return None
    once = {"once": 1, "twice": 2, "thrice": 3}.get(tokens[at].low)
    if once is not None:
        return once, at + 1
    if at + 1 < len(tokens) and tokens[at + 1].low == "times" and tokens[at].kind == "number":
        return int(float(tokens[at].value)), at + 2
    return None


def _dated(rule: MatchRule) -> MatchRule:
    """Return a bare year as a day: `planted between 1980 and 2008` compares with dates, or with years where there are no dates."""
    year = rule.value
    if rule.column or not isinstance(year, int) or not 1500 <= year <= 2200:
        return rule
    edges = {">=": "01-01", "<": "01-01", ">": "12-31", "<=": "12-31"}
    return (
        rule
        if rule.cmp not in edges
        else rule.model_copy(update={"column": "date", "value": f"{year}-{edges[rule.cmp]}"})
    )


def _number(text: str) -> JsonValue:
    number = float(text)
    return int(number) if number == int(number) else number


def _label(token: Token) -> str:
    return token.entity.label if token.entity is not None else ""


def _first(token: Token) -> str:
    """Return the first day, by name when the request says it relative to today: it moves with the runs."""
    days = token.entity.days if token.entity is not None else None
    return f"{{date.{days[0]}}}" if days is not None else token.value


def _last(token: Token) -> str:
    days = token.entity.days if token.entity is not None else None
    return f"{{date.{days[1]}}}" if days is not None else _label(token) or token.value


def _bound(token: Token, sign: str) -> str:
    return _last(token) if sign in {">", "<="} else _first(token)


def turned(rule: MatchRule) -> MatchRule:
    """Return the opposite condition: `not cancelled`."""
    opposites: dict[str, Comparison] = {
        "=": "!=",
        "!=": "=",
        "<": ">=",
        ">": "<=",
        "<=": ">",
        ">=": "<",
        "contains": "lacks",
        "lacks": "contains",
    }
    return MatchRule(
        phrase=f"not {rule.phrase}",
        column=rule.column,
        cmp=opposites.get(rule.cmp, "!="),
        value=rule.value,
        or_empty=rule.cmp in {"<", ">", "<=", ">="} and not rule.or_empty,
    )

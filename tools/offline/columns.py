"""Columns said after the object."""

from __future__ import annotations

from podium.tools.offline.conditions.reader import ConditionReader
from podium.tools.offline.frames import Frame
from podium.tools.offline.lexicon import among, texts, words
from podium.tools.offline.nouns import NounPhrase, parse_noun, parse_nouns
from podium.tools.offline.slots import add_fields, add_thing, is_field, merge_noun
from podium.tools.offline.tokens import Token


def _is_format(noun: NounPhrase) -> bool:
    """Whether no more is said than what is made of the rows: `a CSV`, `a table`."""
    made = noun.indefinite and noun.head in words("nouns", "tables")
    return len(noun.words) == 1 and (made or noun.words[0].low in texts("formats", "types"))


def _plain_pair(frame: Frame, nouns: list[NounPhrase], tokens: list[Token], end: int) -> bool:
    """Read `the councillors with party and ward`: two bare names of what each has are columns."""
    closed = (
        end >= len(tokens)
        or not tokens[end].is_word
        or tokens[end].low
        in words("words", "prepositions") | words("words", "conjunctions") | {"please"}
    )
    return (
        frame.act in among("take watch store fragment")
        and len(nouns) > 1
        and closed
        and any(thing.plural or thing.every for thing in frame.things)
        and all(
            noun.words
            and all(word.is_word and word.text == word.low for word in noun.words)
            and not (noun.definite or noun.indefinite or noun.every or noun.plural or noun.quantity)
            for noun in nouns
        )
    )


_NAMING = among("columns column fields field just only namely specifically viz being : showing")


def _bare_list(frame: Frame, tokens: list[Token], index: int, nouns: list[NounPhrase]) -> bool:
    """Whether several bare names end what is said of a list: `fuel prices at URL, station, diesel, e10`."""
    behind = index > 0 and tokens[index - 1].kind == "url"
    return (
        len(nouns) > 1
        and (behind or len(nouns) > 2)
        and any(thing.plural or thing.every for thing in frame.things)
        and all(word.is_word and word.text == word.low for noun in nouns for word in noun.words)
        and not any(noun.plural and not is_field(noun) for noun in nouns)
    )


def _bare(noun: NounPhrase) -> bool:
    return bool(noun.words) and not (
        noun.definite
        or noun.indefinite
        or noun.every
        or noun.conditions
        or noun.which
        or noun.agents
    )


def _columns_of_state(nouns: list[NounPhrase]) -> None:
    """Read `trainer and free places`: behind a bare singular a state is part of a column's name."""
    if len(nouns) < 2 or not _bare(nouns[0]) or nouns[0].plural:
        return
    for noun in nouns[1:]:
        if noun.conditions and noun.words and not (noun.every or noun.definite or noun.which):
            noun.words = [token for token in noun.tokens if token.is_word]
            noun.conditions = []


class ColumnReader:
    """Reads `with title and price`, `including their dates`, `for each invoice`."""

    def __init__(self, conditions: ConditionReader) -> None:
        self._conditions = conditions

    def including(self, frame: Frame, tokens: list[Token], index: int) -> int:  # noqa: C901  rules tried in their order, each short
        """`with title, author and price`, `including their due dates`, `columns: a, b`."""
        low = tokens[index].low
        at = index + 1
        if low in {"along", "together"} and at < len(tokens) and tokens[at].low == "with":
            at += 1
        elif low in among("column columns field fields"):
            at = index + 1
        elif low not in among(
            "with including incl include showing listing containing plus namely giving comprising consisting : ( i.e"
        ):
            return index
        while at < len(tokens) and (
            tokens[at].low
            in among(
                "the their its columns column fields field of for : also a an following all ( . are each every"
            )
            or (
                tokens[at].low in among("values details data information")
                and at + 1 < len(tokens)
                and tokens[at + 1].low in {"of", ":", "on"}
            )
        ):
            at += 1
        if at < len(tokens) and tokens[at].low == "no":
            return index
        owned = any(token.low in {"their", "its"} for token in tokens[index:at])
        nouns, end = parse_nouns(tokens, at)
        if not nouns or (
            self._conditions.read(tokens, index) is not None and low in {"with", "containing"}
        ):
            return index
        columns_said = any(
            token.low in among("columns column fields field") for token in tokens[index:at]
        )
        # `x including y` names fields whatever they are called; `with` needs column-like words.
        if not (
            columns_said
            or (low == "with" and _plain_pair(frame, nouns, tokens, end))
            or owned
            or low in among("including showing listing incl")
            or all(is_field(noun) or noun.quoted or noun.possessive for noun in nouns)
            or (len(nouns) > 1 and any(is_field(noun) for noun in nouns))
        ):
            return index
        listed = low == ":" and index and tokens[index - 1].kind == "url" and len(nouns) > 1
        if listed and any(is_field(noun) for noun in nouns) and all(_bare(noun) for noun in nouns):
            # what stands behind the address is what each has
            add_fields(frame, nouns)
            frame.act = "take"
            return end
        table = frame.destination == "table" and tokens[index - 1].low in words("nouns", "tables")
        if low in {":", "("} and not (frame.things or frame.fields or columns_said or table):
            # "https://x.example: all users": what is wanted, not its columns.
            return index
        if any(noun.conditions or noun.pronoun for noun in nouns):
            return index
        add_fields(frame, nouns, owned=owned)
        if end < len(tokens) and tokens[end].low in {"for", "of"}:
            owner, owner_end = parse_noun(tokens, end + 1)
            if owner.every or owner.plural:
                if all(_is_format(thing) for thing in frame.things):
                    # "a CSV with name and phone of all members": the members are listed.
                    frame.things = []
                if not frame.things and not owner.empty:
                    add_thing(frame, owner)
                    return owner_end
                if owner.every:
                    return owner_end
        return end

    def trailing(self, frame: Frame, tokens: list[Token], index: int) -> int:
        """Read `..., order number and tracking code please`: after the thing, a bare list of columns ends the clause."""
        if tokens[index].low not in among(", ; - \u2013 :") or not (
            frame.things or frame.query or frame.rules
        ):
            return index
        at = index + 1
        while at < len(tokens) and tokens[at].low in _NAMING:
            at += 1
        nouns, end = parse_nouns(tokens, at)
        if not nouns or frame.fields:
            return index
        rest = [
            token for token in tokens[end:] if token.low not in among("only please . ! thanks just")
        ]
        _columns_of_state(nouns)
        known = [is_field(noun) for noun in nouns]
        bare = all(
            noun.words
            and not (noun.every or noun.definite or noun.conditions or noun.which or noun.agents)
            for noun in nouns
        )
        named = any(known) or at > index + 1 or _bare_list(frame, tokens, index, nouns)
        if rest or not bare or not named or (len(nouns) == 1 and not known[0]):
            return index
        add_fields(frame, nouns)
        frame.use(*tokens[index:])
        return len(tokens)

    def fields_of(self, frame: Frame, tokens: list[Token], index: int) -> int:  # noqa: C901  rules tried in their order, each short
        """`for each invoice`, `of every product`, `per order` after the object."""
        low = tokens[index].low
        if low not in among("for of per from on to") or index + 1 >= len(tokens):
            return index
        if low == "of" and tokens[index + 1].kind in {"number", "money"}:
            return index
        noun, end = parse_noun(tokens, index + 1)
        if noun.empty or (noun.pronoun and not noun.words):
            if (noun.every and noun.pronoun and low in {"for", "of"}) or (
                low in {"for", "of"} and tokens[index + 1].low in among("each all every them")
            ):
                frame.per_row = True
                last = index + 2
                while last < len(tokens) and tokens[last].low in among("of them one these those"):
                    last += 1
                return last
            return index
        if low in {"from", "on", "to"} and not (
            noun.every
            and not frame.things
            and noun.head not in words("nouns", "sites") | words("nouns", "places")
        ):
            return index
        watched = (
            frame.act in {"watch", "take"}
            and low in {"for", "on"}
            and not frame.things
            and not frame.fields
        )
        if (
            watched
            and end < len(tokens)
            and tokens[end].low == "of"
            and noun.head in words("nouns", "generic")
        ):
            # "for new listings of vintage cameras"
            inner, inner_end = parse_noun(tokens, end + 1)
            if not inner.empty:
                inner.new, end, noun = noun.new, inner_end, inner
        if low in {"for", "of"} and not (
            noun.every or watched or (not frame.things and frame.fields)
        ):
            return index
        if noun.head in words("nouns", "sites"):
            return index
        if low == "per" or noun.every:
            frame.per_row = True
        if low == "for" and noun.every and not frame.things and not frame.fields:
            frame.each = noun
        if not frame.things:
            add_thing(frame, noun)
        elif noun.head in words("nouns", "generic") or any(
            noun.head == thing.head for thing in frame.things
        ):
            merge_noun(frame, noun)
        elif frame.act == "download" and len(frame.things) == 1:
            # `the PDF of each invoice`
            merge_noun(frame, noun)
            frame.things = [noun]
        elif all(is_field(thing) for thing in frame.things):
            add_fields(frame, frame.things)
            frame.things = []
            add_thing(frame, noun)
        else:
            return index
        return end

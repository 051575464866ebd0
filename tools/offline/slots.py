"""Slots of a frame that nouns fill: things, fields, choices."""

from __future__ import annotations

from podium.state.plan import MatchRule
from podium.tools.offline.frames import Frame
from podium.tools.offline.lexicon import among, singular, texts, words
from podium.tools.offline.nouns import NounPhrase


def is_field(noun: NounPhrase) -> bool:
    """Whether a noun names a column rather than a thing with rows."""
    return (
        noun.is_column() and not (noun.conditions or noun.counted or noun.new) and not noun.agents
    )


_SINCE_WHEN = among(
    "seen login logon sign-in visit contact activity update change service inspection payment order run sync read "
    "known made sent paid met written modification access name"
)


def add_fields(frame: Frame, nouns: list[NounPhrase], *, owned: bool = False) -> None:
    """Note nouns as wanted columns; `owned` are those of `their` or `its`, which every record has."""
    for noun in nouns:
        _computed(frame, noun)
    for place, noun in enumerate(nouns):
        if noun.which in {"first", "last"} and len(noun.words) == 1 and not noun.counted:
            word = noun.words[0].low
            listed = place > 0 and not noun.definite
            if word.endswith("ed") or word in _SINCE_WHEN or listed:
                # `last inspected`, `name, type and last survey`: a column is called so, nothing is picked.
                frame.fields.append(f"{noun.which} {word}")
                continue
        if noun.which in {"first", "last"} and (owned or noun.possessive) and not noun.counted:
            # `with their last check date`: each record has one, and the column is called so.
            frame.fields.append(f"{noun.which} {noun.phrase.lower()}")
            continue
        name = (
            singular(noun.phrase.lower())
            if not any(token.kind == "quote" for token in noun.words)
            else noun.phrase
        )
        if noun.phrase.lower() in words("nouns", "columns"):
            name = noun.phrase.lower()
        name = texts("words", "field_names").get(name, name)
        if (
            name
            and name not in frame.fields
            and name not in {"column", "field"}
            and noun.head not in words("nouns", "generic") - {"result", "value"}
        ):
            frame.fields.append(name)
        merge_noun(frame, noun, of_field=True)


def left_out(nouns: list[NounPhrase]) -> list[str]:
    """Return the columns that `the notes column`, `the notes and remarks columns`, `the column "Notes"` name; none if it says no column."""
    if not nouns or not any(
        token.low in among("column columns field fields") for noun in nouns for token in noun.words
    ):
        return []
    named = [
        " ".join(token.value for token in noun.words if token.low not in among("column columns field fields"))
        for noun in nouns
    ]  # fmt: skip
    return [name for name in named if name]


def _computed(frame: Frame, noun: NounPhrase) -> None:
    """Note what would have to be worked out: no step computes."""
    if any(
        token.low in {"average", "mean", "median", "combined", "cumulative", "totalled"}
        for token in noun.tokens
    ):
        frame.unread.append(noun.phrase)


def add_thing(frame: Frame, noun: NounPhrase) -> None:
    """Note a noun as a thing that is read or fetched."""
    if noun.head in words("nouns", "unsupported"):
        frame.unread.append(noun.phrase)
    _computed(frame, noun)
    frame.things.append(noun)
    merge_noun(frame, noun)


def merge_noun(frame: Frame, noun: NounPhrase, *, of_field: bool = False) -> None:
    """Take over what a noun says beside its name: file type, choice, conditions."""
    frame.file_type = frame.file_type or noun.file_type
    if of_field and noun.every:
        return
    frame.new = frame.new or noun.new
    if noun.which:
        frame.which, frame.count, frame.by = noun.which, noun.count, noun.by or frame.by
    if noun.quantity is not None:
        frame.limit = noun.quantity
    if noun.unsayable:
        frame.unread.append(f"{noun.unsayable} {noun.phrase}")
    frame.rules += [MatchRule(phrase=condition) for condition in noun.conditions]

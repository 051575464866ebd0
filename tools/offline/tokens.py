"""Tokens: words and the entities that parsers found, over the original text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from podium.tools.offline.lexicon import among, lemma
from podium.tools.offline.recurrence_reader import RecurrenceReading

MASK = "\ue000"
"""Fills the place of a span that is taken, so that positions stay true."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """A span that a parser took whole."""

    kind: str
    """url | cred | quote | email | pair | file | agent | schedule | money | date | time | number | content | filetype"""
    start: int
    end: int
    value: str = ""
    label: str = ""
    """Second part: the field of a pair, the last day of a period, the zone of a time ..."""
    schedule: RecurrenceReading | None = None
    days: tuple[str, str] | None = None
    """First and last day of a date by name (`state.days`), when it is relative to the day of the run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A word, a punctuation mark or an entity."""

    kind: str
    """word | punct | or the kind of its entity"""
    text: str
    low: str
    lemma: str
    start: int
    end: int
    entity: Entity | None = None

    @property
    def is_word(self) -> bool:
        """Whether it is an ordinary word."""
        return self.kind == "word"

    @property
    def value(self) -> str:
        """What an entity stands for; a word's text."""
        return self.entity.value if self.entity is not None else self.text


_LEX = re.compile(
    r"(?<=\S)['\u2019]s\b|[^\W\d_][\w]*(?:[-'\u2019/&][\w]+)*|\d[\w.,-]*\w|\d|\n|[^\w\s]|_+"
)


def tokenise(text: str, entities: Iterable[Entity]) -> list[Token]:
    """Return the tokens of a text; each entity is one token."""
    tokens: list[Token] = []
    position = 0
    for entity in sorted(entities, key=lambda entity: entity.start):
        tokens += _plain(text, position, entity.start)
        tokens.append(
            Token(
                kind=entity.kind, text=text[entity.start : entity.end],
                low=text[entity.start : entity.end].lower(), lemma="", start=entity.start,
                end=entity.end, entity=entity,
            )
        )  # fmt: skip
        position = entity.end
    tokens += _plain(text, position, len(text))
    return tokens


def _plain(text: str, start: int, end: int) -> list[Token]:
    tokens: list[Token] = []
    for match in _LEX.finditer(text, start, end):
        tokens += _word(match[0], match.start())
    return tokens


def _word(text: str, start: int) -> list[Token]:
    owner = re.fullmatch(r"(.+)(['\u2019]s)", text)
    if owner is not None and owner[1].lower() not in among(
        "let it that there what here he she who how"
    ):
        cut = start + len(owner[1])
        return [*_word(owner[1], start), _token(owner[2], cut)]
    if "/" in text and "and/or" not in text.lower():
        tokens: list[Token] = [
            _token(part[0], start + part.start()) for part in re.finditer(r"[^/]+|/", text)
        ]
        return tokens
    return [_token(text, start)]


def _token(text: str, start: int) -> Token:
    low = text.lower().replace("\u2019", "'")
    is_word = text[0].isalnum() or text in {"'s", "\u2019s", "&"}
    return Token(
        kind="word" if is_word else "punct", text=text, low=low,
        lemma=lemma(low) if is_word else low, start=start, end=start + len(text),
    )  # fmt: skip


def source(text: str, tokens: Sequence[Token]) -> str:
    """Return the original text that the tokens span."""
    return text[tokens[0].start : tokens[-1].end] if tokens else ""

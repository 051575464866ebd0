"""Noun phrases: quantity, choice, conditions and the thing itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from podium.tools.offline.lexicon import numbers, records, singular, texts, words
from podium.tools.offline.tokens import Token

_ORDINALS = {
    "first": "first",
    "1st": "first",
    "top": "first",
    "topmost": "first",
    "last": "last",
    "bottom": "last",
    "final": "last",
}


@dataclass(slots=True, kw_only=True)
class NounPhrase:
    """One thing that is talked about."""

    tokens: list[Token] = field(default_factory=list[Token])
    """All tokens it covers."""
    words: list[Token] = field(default_factory=list[Token])
    """The words that name it."""
    every: bool = False
    definite: bool = False
    indefinite: bool = False
    possessive: bool = False
    """`their`, `its`: belongs to what was named before."""
    pronoun: str = ""
    which: str = ""
    by: str = ""
    count: int = 1
    counted: bool = False
    conditions: list[str] = field(default_factory=list[str])
    new: bool = False
    file_type: str = ""
    owner: NounPhrase | None = None
    """`the first result's title`: the result."""
    quoted: bool = False
    agents: list[Token] = field(default_factory=list[Token])

    @property
    def phrase(self) -> str:
        """The name of the thing in the user's words."""
        parts: list[str] = []
        for token in self.words:
            text = token.value if token.kind == "quote" else token.text
            parts.append(text)
        return " ".join(parts).replace(" - ", "-").strip()

    @property
    def head(self) -> str:
        """The lemma of the last word."""
        return self.words[-1].lemma or self.words[-1].low if self.words else ""

    @property
    def plural(self) -> bool:
        """Whether it speaks of several."""
        last = self.words[-1] if self.words else None
        return (
            last is not None and last.is_word and last.low != last.lemma and last.low.endswith("s")
        )

    @property
    def many(self) -> bool:
        """Whether records of a list are meant."""
        return self.every or self.plural or self.counted or bool(self.conditions) or self.new

    @property
    def empty(self) -> bool:
        """Whether nothing names it."""
        return not self.words and not self.pronoun and self.owner is None

    def is_column(self) -> bool:
        """Whether the phrase names a column-like thing."""
        low = self.phrase.lower()
        one = singular(low)
        return any(form in words("nouns", "columns") for form in (low, one)) or self.head in words(
            "nouns", "columns"
        )

    @property
    def bare(self) -> str:
        """The thing without words that only say where: `Invoices page` → `Invoices`."""
        kept = list(self.words)
        while len(kept) > 1 and kept[-1].lemma in words("nouns", "bare_places"):
            kept.pop()
        return NounPhrase(words=kept).phrase


_STOPPERS = frozenset(
    {
        "please",
        "thanks",
        "now",
        "then",
        "also",
        "too",
        "again",
        "once",
        "first,",
        "if",
        "when",
        "whenever",
        "because",
        "so",
        "unless",
        "n't",
        "not",
        "daily",
        "only",
        "while",
        "immediately",
        "as",
        "is",
        "are",
        "was",
        "were",
        "be",
        "been",
        "have",
        "has",
        "should",
        "must",
        "will",
        "can",
        "could",
        "would",
        "does",
        "do",
        "there",
        "here",
        "yet",
        "today",
        "separately",
        "individually",
        "automatically",
        "regularly",
        "altogether",
        "anyway",
        "plus",
        "e.g",
        "i.e",
        "but",
        "or",
    }
)


def parse_noun(tokens: Sequence[Token], index: int) -> tuple[NounPhrase, int]:
    """Return the noun phrase at a place and where it ends; an empty one when there is none."""
    noun = NounPhrase()
    start = index
    index = _opening(tokens, index, noun)
    while index < len(tokens):
        token = tokens[index]
        step = _one_word(tokens, index, noun)
        if step == 0:
            break
        index += step
        if (noun.pronoun and not noun.words) or (
            token.kind in {"quote"} and not _continues(tokens, index)
        ):
            break
    if index < len(tokens) and tokens[index].low in {"'s", "’s"} and noun.words:
        owned, end = parse_noun(tokens, index + 1)
        owned.owner = noun
        owned.tokens = list(tokens[start:end])
        noun.tokens = list(tokens[start:index])
        return owned, end
    _settle(noun)
    if noun.empty and not (
        noun.every or noun.which or noun.new or noun.conditions or noun.file_type
    ):
        return NounPhrase(), start
    noun.tokens = list(tokens[start:index])
    return noun, index


def _continues(tokens: Sequence[Token], index: int) -> bool:
    """`the "Invoices" page`, `"Foo" button`: a noun right after a quoted name."""
    return (
        index < len(tokens)
        and tokens[index].is_word
        and (
            tokens[index].lemma in words("nouns", "places")
            or tokens[index].lemma in words("nouns", "sites")
            or tokens[index].lemma
            in {"form", "button", "link", "field", "folder", "category", "tab", "product", "item"}
            | words("nouns", "agents")
        )
    )


def _opening(tokens: Sequence[Token], index: int, noun: NounPhrase) -> int:
    """Determiners, quantifiers, ordinals and superlatives before the name."""
    while index < len(tokens):
        token = tokens[index]
        step = _opener(tokens, index, noun)
        if step:
            index += step
            continue
        if token.low == "of" and (noun.every or noun.counted or noun.which) and not noun.words:
            index += 1
            continue
        if (
            token.kind == "punct"
            and token.low == ","
            and (noun.which or noun.conditions)
            and index + 1 < len(tokens)
            and (tokens[index + 1].low in words("nouns", "conditions"))
        ):
            index += 1
            continue
        break
    return index


def _opener(tokens: Sequence[Token], index: int, noun: NounPhrase) -> int:
    token = tokens[index]
    following = tokens[index + 1] if index + 1 < len(tokens) else None
    low = token.low
    if low in words("words", "quantifiers") and token.is_word:
        if low in {"complete", "full", "whole", "entire"}:
            if following is None or not following.is_word:
                return 0
            noun.every = (low in {"whole", "entire"} and not noun.indefinite) or noun.every
            return 1
        if low in {"everything", "whatever"}:
            noun.every = True
            noun.pronoun = low
            return 1
        noun.every = True
        if following is not None and following.low in {"single", "one"}:
            return 2
        return 1
    if low in words("words", "articles"):
        if low in {"this", "that", "these", "those"} and (
            following is None
            or not following.is_word
            or following.low in words("words", "prepositions")
            or following.low in words("words", "conjunctions")
            or following.low in words("words", "auxiliaries")
        ):
            noun.pronoun = low
            return 1
        noun.definite = noun.definite or low in {
            "the",
            "this",
            "that",
            "these",
            "those",
            "my",
            "our",
            "your",
        }
        noun.indefinite = low in {"a", "an", "another"}
        noun.possessive = low in {"its", "their", "his", "her"}
        return 1
    if (
        low
        in {
            "only",
            "just",
            "exactly",
            "about",
            "very",
            "various",
            "several",
            "different",
            "individual",
            "single",
            "respective",
            "following",
            "corresponding",
            "existing",
            "many",
            "own",
            "same",
            "certain",
            "other",
            "as",
        }
        and token.is_word
        and following is not None
        and (following.is_word or following.kind in {"number", "quote"})
        and low != "as"
    ):
        return 1
    if (
        low == "most"
        and following is not None
        and following.low in records("phrases", "superlatives")
    ):
        return _superlative(following.low, noun) + 1
    if (
        low == "least"
        and following is not None
        and following.low in records("phrases", "superlatives")
    ):
        _superlative(following.low, noun)
        noun.which = "lowest" if noun.which == "highest" else "highest"
        return 2
    if (
        low in records("phrases", "superlatives")
        and token.is_word
        and low not in {"recent", "expensive", "least"}
    ):
        return _superlative(low, noun)
    if (
        low in {"highest", "lowest"}
        and following is not None
        and following.low in {"rated", "priced"}
    ):
        return 2
    if low in _ORDINALS and token.is_word:
        noun.which = _ORDINALS[low]
        return 1
    if (
        low in numbers("times", "ordinals")
        and following is not None
        and following.is_word
        and low not in _ORDINALS
    ):
        noun.which = "first"
        noun.count = numbers("times", "ordinals")[low]
        noun.conditions.append(f"{low} only")
        return 1
    if token.kind == "number" and (
        noun.which
        or (
            following is not None
            and (
                following.low in _ORDINALS
                or following.low in records("phrases", "superlatives")
                or following.low == "most"
            )
        )
    ):
        noun.count = int(float(token.value))
        noun.counted = True
        return 1
    if (
        low in numbers("times", "numbers")
        and token.is_word
        and (
            noun.which
            or (
                following is not None
                and (
                    following.low in records("phrases", "superlatives")
                    or following.low == "most"
                    or following.low in _ORDINALS
                )
            )
        )
        and low != "one"
    ):
        noun.count = numbers("times", "numbers")[low]
        noun.counted = True
        return 1
    return 0


def _superlative(low: str, noun: NounPhrase) -> int:
    entry = records("phrases", "superlatives")[low]
    noun.which = entry["which"]
    noun.by = noun.by or entry["by"]
    return 1


def _one_word(tokens: Sequence[Token], index: int, noun: NounPhrase) -> int:
    token = tokens[index]
    following = tokens[index + 1] if index + 1 < len(tokens) else None
    low = token.low
    if token.kind == "quote":
        if (
            noun.words
            and not noun.quoted
            and noun.words[-1].lemma not in words("nouns", "sites") | words("nouns", "places")
            and noun.head not in {"product", "item", "article", "file", "button", "link", "column"}
        ):
            return 0
        noun.words.append(token)
        noun.quoted = True
        return 1
    if token.kind == "agent":
        if noun.words:
            return 0
        noun.agents.append(token)
        noun.words.append(token)
        return 1
    if token.kind == "file":
        noun.words.append(token)
        return 1
    if token.kind == "number" and noun.words and token.text.isdigit() and False:
        return 0
    if not token.is_word:
        joined = (
            low == "-"
            and noun.words
            and following is not None
            and following.is_word
            and token.start == noun.words[-1].end
            and following.start == token.end
        )
        if joined:
            noun.words.append(token)
            return 1
        if (
            low == ","
            and noun.conditions
            and not noun.words
            and following is not None
            and following.low in words("nouns", "conditions")
        ):
            return 1
        return 0
    if (
        low in words("words", "pronouns")
        and not noun.words
        and low not in {"result", "results", "one", "ones", "you", "i", "me"}
    ):
        noun.pronoun = low
        return 1
    if low in {"ones", "one"} and not noun.words:
        noun.pronoun = low
        return 1
    if (
        low in {"and", "or", "&", "/"}
        and noun.conditions
        and not noun.words
        and following is not None
        and (
            following.low in words("nouns", "conditions") or following.low in words("nouns", "new")
        )
    ):
        noun.conditions[-1] += f" {low}"
        return 1
    if (
        low in words("words", "prepositions")
        or low in words("words", "conjunctions")
        or low in _STOPPERS
    ):
        return 0
    if low in words("words", "articles") or (
        low in words("words", "quantifiers") and noun.words and low not in {"complete", "full"}
    ):
        return 0
    if low in words("words", "pronouns") and low not in {"result", "results"}:
        return 0
    return _content_word(token, following, noun)


def _content_word(token: Token, following: Token | None, noun: NounPhrase) -> int:
    low = token.low
    named_next = following is not None and (following.is_word or following.kind in {"quote", "file"}) and (
        following.low not in words("words", "prepositions") and following.low not in words("words", "auxiliaries") and following.low not in _STOPPERS
    )  # fmt: skip
    pronoun_next = following is not None and following.low in {"ones", "one"}
    joins_next = following is not None and following.low in {"and", "or", ",", "&"}
    if (
        not noun.words
        and low in words("nouns", "new")
        and (named_next or pronoun_next or joins_next)
    ):
        noun.new = True
        return 1
    if (
        not noun.words
        and (low in words("nouns", "conditions") or _looks_like_condition(low))
        and (named_next or joins_next or pronoun_next)
    ):
        if noun.conditions and noun.conditions[-1].endswith((" and", " or", " &", " /")):
            noun.conditions[-1] += f" {token.text}"
        else:
            noun.conditions.append(token.text)
        return 1
    file_type = texts("formats", "types").get(low)
    if (
        file_type is not None
        and (not noun.words or following is None or low not in {"text", "word", "excel"})
        and low not in {"spreadsheet", "spreadsheets", "text", "word"}
    ):
        noun.file_type = file_type
        noun.tokens.append(token)
        # "PDF invoices" are invoices; "the PDFs" are files.
        if not named_next and not noun.words:
            noun.words.append(token)
        return 1
    if token.low in {"'s", "’s"}:
        return 0
    noun.words.append(token)
    return 1


def _looks_like_condition(low: str) -> bool:
    return (
        (low.startswith("un") and low.endswith("ed") and len(low) > 6)
        or low.startswith("not-")
        or low.startswith("non-")
    )


def _settle(noun: NounPhrase) -> None:
    if noun.which in {"first", "last"} and noun.count == 1 and not noun.counted:
        noun.every = False
    if noun.which == "last" and (
        noun.counted or noun.head in {"order", "invoice", "statement", "message", "report", "bill"}
    ):
        # "the last 5 orders" are the newest; "the last row" is the bottom one.
        noun.which = "newest"


def parse_nouns(tokens: Sequence[Token], index: int) -> tuple[list[NounPhrase], int]:
    """Return the coordinated noun phrases at a place: `title, author and price`."""
    nouns: list[NounPhrase] = []
    while index < len(tokens):
        noun, end = parse_noun(tokens, index)
        if noun.empty and not (noun.pronoun or noun.conditions or noun.file_type or noun.every):
            break
        nouns.append(noun)
        index = end
        nxt = _after_joint(tokens, index)
        if nxt is None:
            break
        probe, probe_end = parse_noun(tokens, nxt)
        if probe.empty or probe_end == nxt or (probe.pronoun and not probe.words):
            break
        index = nxt
    return nouns, index


def _after_joint(tokens: Sequence[Token], index: int) -> int | None:
    """Where the next member of a list begins, when a comma or `and` follows."""
    at = index
    while at < len(tokens) and tokens[at].low in {
        ",",
        "and",
        "&",
        "/",
        "plus",
        "+",
        "as",
        "well",
        "or",
    }:
        if tokens[at].low == "as" and not (at + 1 < len(tokens) and tokens[at + 1].low == "well"):
            break
        at += 1
    if at == index or at >= len(tokens):
        return None
    token = tokens[at]
    starts = token.kind in {"quote"} or (
        token.is_word
        and token.low not in words("words", "prepositions")
        and token.low not in _STOPPERS
    )
    return at if starts else None

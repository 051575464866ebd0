"""Noun phrases: quantity, choice, conditions and the thing itself."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from podium.tools.offline.conditions.comparisons import comparatives
from podium.tools.offline.conditions.shared import participle
from podium.tools.offline.lexicon import among, numbers, plural, records, singular, texts, words
from podium.tools.offline.tokens import Token

EVERYONE = among("everyone everybody anyone anybody")
"""Rows of people, whatever the list calls them."""
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
    unsayable: str = ""
    """A rank that no step can take: `second`."""
    quantity: int | None = None
    """`3 boxes`, `5 invoices`: how many, without saying which."""
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

    @property
    def people(self) -> bool:
        """Whether it says no more than that people are meant: `all people in Oslo`."""
        return len(self.words) == 1 and self.words[0].low in among("people persons folks")

    @property
    def path(self) -> bool:
        """Whether it names folders within folders: `reports/2026`."""
        return bool(self.words) and self.words[-1].kind == "path"

    @property
    def names_file(self) -> bool:
        """Whether it is the name of one file: `report-2026-03.pdf`."""
        return bool(self.words) and self.words[-1].kind == "file"

    def is_column(self) -> bool:
        """Whether the phrase names a column-like thing."""
        if self.people:
            return False
        low = self.phrase.lower()
        one = singular(low)
        if self.head == "count" and len(self.words) > 1:
            return True  # "the platform count": a fact of each, nothing to work out
        return any(form in words("nouns", "columns") for form in (low, one)) or self.head in words(
            "nouns", "columns"
        )

    @property
    def name(self) -> str:
        """The name of the list it speaks of: `every order` → `orders`."""
        if any(word.low == "of" for word in self.words[1:]):
            return self.bare  # "rolls of fabric"
        single = self.every and not self.plural and bool(self.words) and self.words[-1].is_word
        return plural(self.bare) if single or (self.counted and not self.plural) else self.bare

    @property
    def bare(self) -> str:
        """The thing without words that only say where: `Invoices page` → `Invoices`."""
        kept = list(self.words)
        if self.names_file:
            # "the files agenda.pdf and motions.pdf"
            return kept[-1].text
        while len(kept) > 1 and kept[-1].lemma in words("nouns", "bare_places"):
            if kept[-1].low == "pages" and kept[-2].text[:1].islower():
                break  # "wiki pages": several, so they are what is listed
            # "the employee list" names a list of its own; "the Payments table" only says where.
            owned = kept[-1].lemma in among("list table overview grid listing")
            if owned and not (
                kept[-2].text[:1].isupper()
                or kept[-2].kind == "quote"
                or kept[-2].low.endswith("s")
            ):
                break
            kept.pop()
        leads = len(kept) > 1 and kept[0].lemma in among(
            "folder directory category section tab menu"
        )
        if leads and kept[-1].lemma not in words("nouns", "places"):
            kept.pop(0)
        # "folder Reports", "category Garden": the name follows the word for the place.
        while (
            len(kept) > 1
            and kept[0].lemma in words("nouns", "places")
            and (kept[1].kind == "quote" or kept[1].text[:1].isupper())
            and not kept[0].text[:1].isupper()
        ):
            kept.pop(0)
        return NounPhrase(words=kept).phrase


_PER = among(
    "day night hour week month year minute person guest head unit piece item kg page km mile seat capita"
)

_STOPPERS = frozenset(
    {
        "sorted",
        "grouped",
        "ranked",
        "that's",
        "who's",
        "which's",
        "already",
        "being",
        "how",
        "many",
        "much",
        "why",
        "please",
        "pls",
        "plz",
        "thx",
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
        "neither",
        "nor",
        "aren't",
        "isn't",
        "haven't",
        "hasn't",
        "lacking",
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


# After the name of a thing these begin what is said about it: "a table keyed by", "invoices due this week".
_AFTER = frozenset(
    {
        "living",
        "residing",
        "based",
        "born",
        "keyed",
        "called",
        "named",
        "titled",
        "containing",
        "including",
        "dated",
        "sorted",
        "marked",
        "flagged",
        "listed",
        "showing",
        "costing",
        "priced",
        "rated",
        "issued",
        "created",
        "published",
        "posted",
        "sent",
        "received",
        "due",
        "older",
        "newer",
        "cheaper",
        "more",
        "less",
        "greater",
        "higher",
        "lower",
        "fewer",
        "better",
        "appears",
        "appear",
        "arrives",
        "arrive",
        "changes",
        "changed",
        "drops",
        "falls",
        "exceeds",
        "exceeding",
        "matching",
        "mentioning",
        "tagged",
        "labelled",
        "labeled",
        "assigned",
        "addressed",
        "belonging",
        "awaiting",
        "needing",
        "written",
        "starting",
        "beginning",
        "ending",
        "expiring",
        "indexed",
        "identified",
        "deduplicated",
        "unique",
        "worth",
        "ranging",
        "located",
        "having",
        "using",
        "saying",
        "stating",
        "made",
        "placed",
        "ordered",
        "updated",
        "modified",
        "added",
        "released",
        "uploaded",
        "submitted",
        "opened",
        "starring",
        "directed",
        "sold",
        "offered",
        "shipped",
        "whose",
        "stored",
        "saved",
        "downloaded",
        "collected",
        "becomes",
        "goes",
        "gets",
        "comes",
        "shows",
        "at",
        "needs",
        "separated",
        "grouped",
        "regarding",
        "concerning",
        "following",
        "weighing",
        "limited",
        "today's",
        "lacking",
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
            token.kind == "quote" and not _continues(tokens, index)
        ):
            break
    if index < len(tokens) and tokens[index].low in {"'s", "\u2019s"} and noun.words:
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
    """Read `the "Invoices" page`, `"Foo" button`: a noun right after a quoted name."""
    return (
        index < len(tokens)
        and tokens[index].is_word
        and (
            tokens[index].lemma in words("nouns", "places")
            or tokens[index].lemma in words("nouns", "sites")
            or tokens[index].lemma
            in among("form button link field folder category tab product item")
            | words("nouns", "agents")
        )
    )


def _opening(tokens: Sequence[Token], index: int, noun: NounPhrase) -> int:
    """Read determiners, quantifiers, ordinals and superlatives before the name."""
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


_ADJECTIVES_SAYING_LITTLE = frozenset(
    {"only", "just", "exactly", "about", "very", "various", "several", "different", "individual", "single", "respective", "following", "corresponding", "existing", "many", "own", "same", "certain", "other", "actual", "main", "currently", "said", "usual", "specific", "simple", "nice", "little", "short", "quick", "neat", "clean", "proper", "big", "full", "complete", "current", "exact", "overall", "latest-known"}
)  # fmt: skip


def _opener(tokens: Sequence[Token], index: int, noun: NounPhrase) -> int:
    """Return how many tokens at a place come before the name, noting what they say."""
    token = tokens[index]
    following = tokens[index + 1] if index + 1 < len(tokens) else None
    after = tokens[index + 2] if index + 2 < len(tokens) else None
    if token.low in {"those", "these"} and following is not None and not noun.words:
        stated = (
            following.low in words("nouns", "conditions")
            and after is not None
            and after.low in {"on", "at", "in"}
        )
        if (
            following.low == "not"
            or stated
            or (after is not None and _happened(following.low, after))
        ):
            # "those not inspected", "those planted before 1990": rows, told by what follows.
            noun.pronoun = token.low
            return 1
    if token.is_word:
        for read in (_quantifier, _article, _filler, _ranked, _ordinal):
            step = read(token, following, noun)
            if step:
                return step
    return _amount(token, following, noun)


def _quantifier(token: Token, following: Token | None, noun: NounPhrase) -> int:
    low = token.low
    if low not in words("words", "quantifiers"):
        return 0
    if low in among("complete full whole entire"):
        if following is None or not following.is_word:
            return 0
        noun.every = noun.every or (low in {"whole", "entire"} and not noun.indefinite)
        return 1
    noun.every = True
    if low in {"everything", "whatever"} or low in EVERYONE:
        noun.pronoun = low
        return 1
    return 2 if following is not None and following.low in {"single", "one"} else 1


def _article(token: Token, following: Token | None, noun: NounPhrase) -> int:
    low = token.low
    if low not in words("words", "articles") or noun.pronoun:
        return 0
    ends = following is None or not (
        following.is_word or following.kind in {"quote", "number", "agent"}
    )
    closed = ends or (
        following is not None
        and following.low
        in words("words", "prepositions")
        | words("words", "conjunctions")
        | words("words", "auxiliaries")
        and following.low not in {"past", "above"}
    )
    if low in {"those", "these"} and following is not None and _describes(following):
        # "those cheaper than 10", "these marked as done": rows, told by what follows.
        closed = True
    if low in among("this that these those") and closed:
        noun.pronoun = low
        return 1
    noun.definite = noun.definite or low in among("the this that these those my our your")
    noun.indefinite = low in {"a", "an", "another"}
    noun.possessive = low in among("its their his her")
    return 1


def _describes(token: Token) -> bool:
    return token.low in _AFTER or (
        token.low.endswith("er") and (token.low, "than") in comparatives()
    )


def _filler(token: Token, following: Token | None, noun: NounPhrase) -> int:
    named = following is not None and (following.is_word or following.kind in {"number", "quote"})
    return int(token.low in _ADJECTIVES_SAYING_LITTLE and named)


_ADJECTIVE = re.compile(r"\w{2,}(?:able|ible|ive|ous|ful|ant|ent|al|ed|ar|ic)$")


def _ranked(token: Token, following: Token | None, noun: NounPhrase) -> int:
    """`cheapest`, `most recent`, `least expensive`."""
    superlatives = records("phrases", "superlatives")
    low = token.low
    if low in {"most", "least"} and following is not None and following.low in superlatives:
        _superlative(following.low, noun)
        if low == "least":
            noun.which = "lowest" if noun.which == "highest" else "highest"
        return 2
    if low in {"most", "least"} and following is not None and _ADJECTIVE.match(following.low):
        # "the 3 most valuable parcels": by the column that is called like it, or asked.
        noun.which, noun.by = "highest" if low == "most" else "lowest", following.low
        return 2
    if low in superlatives and low not in {"recent", "expensive", "least"}:
        return _superlative(low, noun)
    return 0


def _ordinal(token: Token, following: Token | None, noun: NounPhrase) -> int:
    compound = f"{token.low} {following.lemma}" if following is not None else ""
    if compound in words("nouns", "columns") or compound in words("nouns", "fields"):
        return 0
    if token.low in _ORDINALS:
        noun.which = _ORDINALS[token.low]
        return 1
    counted = numbers("times", "ordinals").get(token.low)
    if (
        counted is None
        or following is None
        or not following.is_word
        or (token.low == "second" and noun.indefinite)
    ):
        return 0
    # Neither "first" nor "last": there is no step that takes the second only.
    noun.unsayable = token.low
    return 1


def _amount(token: Token, following: Token | None, noun: NounPhrase) -> int:
    """Find a number before a noun: with a rank it says how many of them, else a quantity."""
    count = (
        numbers("times", "numbers").get(token.low) if token.is_word and token.low != "one" else None
    )
    if token.kind == "number" and token.text.isdigit():
        count = int(token.text)
    if count is None:
        return 0
    ranks = following is not None and (
        following.low in _ORDINALS
        or following.low in records("phrases", "superlatives")
        or following.low == "most"
    )
    if noun.which or ranks:
        noun.count, noun.counted = count, True
        return 1
    if (
        following is not None
        and following.is_word
        and following.low not in words("words", "prepositions") | words("words", "conjunctions")
    ):
        noun.quantity = count
        return 1
    return 0


def _superlative(low: str, noun: NounPhrase) -> int:
    entry = records("phrases", "superlatives")[low]
    noun.which = entry["which"]
    noun.by = noun.by or entry["by"]
    return 1


_JOINTS = among(", and & / plus + ; . ) please")
_EVENTS = among(
    "birth death issue purchase entry arrival departure origin registration delivery construction manufacture publication hire expiry work residence"
)


def _one_word(tokens: Sequence[Token], index: int, noun: NounPhrase) -> int:  # noqa: C901  rules tried in their order, each short
    token = tokens[index]
    following = tokens[index + 1] if index + 1 < len(tokens) else None
    low = token.low
    if noun.pronoun in EVERYONE | {"those", "these"} and not noun.words:
        return 0
    if (
        low in {"word", "text"}
        and following is not None
        and following.lemma in among("document file")
        and not noun.file_type
    ):
        noun.file_type = texts("formats", "types")[low]
        return 1
    if (
        following is not None
        and following.low == "of"
        and not noun.words
        and " ".join(other.low for other in tokens[index : index + 3])
        in words("nouns", "columns")
        | words("nouns", "fields")
        | {
            f"{low} of {event}"
            for event in _EVENTS
            if low in among("year date day month place country number type")
        }
    ):
        noun.words.extend(tokens[index : index + 3])
        return 3
    if token.kind == "quote":
        if (
            noun.words
            and not noun.quoted
            and noun.words[-1].lemma not in words("nouns", "sites") | words("nouns", "places")
            and noun.head not in among("product item article file button link column")
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
    if token.kind in {"file", "path"}:
        if any(word.kind in {"file", "path"} for word in noun.words):
            return 0
        noun.words.append(token)
        return 1
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
        low == "per"
        and noun.words
        and noun.words[-1].lemma in words("nouns", "columns")
        and following is not None
        and following.is_word
        and following.low in _PER
    ):
        # "rent per day": one column.
        noun.words.extend([token, following])
        return 2
    if (
        low in words("words", "pronouns")
        and not noun.words
        and low not in among("result results one ones you i me")
    ):
        noun.pronoun = low
        return 1
    if low in {"ones", "one"} and not noun.words:
        noun.pronoun = low
        return 1
    if (
        low in among("and or & /")
        and noun.conditions
        and not noun.words
        and following is not None
        and (
            following.low in words("nouns", "conditions") or following.low in words("nouns", "new")
        )
    ):
        noun.conditions[-1] += f" {low}"
        return 1
    named_next = (
        low == "next"
        and not noun.words
        and following is not None
        and following.is_word
        and following.low
        not in words("words", "prepositions") | words("words", "articles") | {"run", "time"}
        and index > 0
        and tokens[index - 1].low in {",", "and", "with", "("}
    )
    if named_next:
        # "street and next collection": a column is called so.
        noun.words.append(token)
        return 1
    if (
        low in words("words", "prepositions")
        or low in words("words", "conjunctions")
        or low in _STOPPERS
    ):
        return 0
    if low in {"no", "nr"} and noun.words and (following is None or following.low in _JOINTS):
        noun.words.append(token)  # "flat no"
        return 1
    if low in words("words", "articles") or (
        low in words("words", "quantifiers") and noun.words and low not in {"complete", "full"}
    ):
        return 0
    if low in words("words", "pronouns") and low not in {"result", "results"}:
        return 0
    if noun.words and following is not None and following.low == "than":
        return 0  # "boats longer than 8 metres"
    if noun.words and low.endswith(("n't", "n\u2019t")):
        return 0  # "boats haven't ..."
    if (
        noun.plural
        and low.endswith("ing")
        and len(low) > 5
        and low not in words("nouns", "columns")
    ):
        # "vessels arriving today": what they do, not what they are.
        return 0
    after = tokens[index + 2] if index + 2 < len(tokens) else None
    if noun.plural and following is not None and _said_of_them(token, following, after):
        return 0
    named = bool(noun.words) and noun.words[-1].is_word and noun.words[-1].text[:1].isupper() and token.text == low  # fmt: skip
    if (noun.plural or noun.every or named) and following is not None and _happened(low, following):
        # "books lent between ...", "parcels returned to ...": what happened to them.
        return 0
    closed = (
        following is None
        or not following.is_word
        or following.low in words("words", "conjunctions") | {"please"}
    )
    dated = (
        bool(noun.words)
        and noun.words[-1].low in among("date day time year")
        and participle(low)
        and closed
    )
    if (
        noun.words
        and low in _AFTER
        and not dated  # "street and date received"
        and f"{noun.words[-1].low} {low}" not in words("nouns", "columns")
    ):
        return 0
    return _content_word(token, following, noun)


def _happened(low: str, following: Token) -> bool:
    """Whether a word is a participle that begins what is said about the noun before it."""
    told = following.kind in {"date", "number", "money"} or following.low in among(
        "between before after since until till by to from in on at during within for over under more less fewer "
        "earlier later twice once"
    )
    doer = following.low == "by" and low not in _ARRANGED
    return (participle(low) or low == "aged") and (told or doer)


_ARRANGED = among("sorted ordered grouped arranged ranked keyed filtered")
"""Participles whose `by` names a column: `boats sorted by length`."""


def _said_of_them(token: Token, following: Token, after: Token | None) -> bool:
    """Whether a word after several things begins what is said of them: `trees health not good`, `items heavier than 5`."""
    low = token.low
    if low.endswith("er") and following.low == "than":
        return True
    if low in {"last", "first"} and participle(following.low):
        return True
    if token.text != low:
        return False
    if following.low == "not" and after is not None and after.is_word:
        return True
    value = following.kind == "quote" or (following.is_word and following.text[:1].isupper())
    if value and low in words("nouns", "categorical"):
        return True
    if low in words("nouns", "conditions") | {"working"} and following.low in among(
        "on at in from"
    ):
        # "volunteers available on Sundays"
        return True
    return low == "missing" and following.low in {"a", "an", "the"}


def _content_word(token: Token, following: Token | None, noun: NounPhrase) -> int:
    low = token.low
    named_next = following is not None and (following.is_word or following.kind in {"quote", "file"}) and (
        following.low not in words("words", "prepositions") and following.low not in words("words", "auxiliaries") and following.low not in _STOPPERS
    )  # fmt: skip
    pronoun_next = following is not None and following.low in {"ones", "one"}
    joins_next = following is not None and following.low in among("and or , &")
    if (
        not noun.words
        and low in words("nouns", "new")
        and (named_next or pronoun_next or joins_next)
    ):
        noun.new = True
        return 1
    column = following is not None and f"{low} {following.lemma}" in words("nouns", "columns")
    if (
        not noun.words
        and not column
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
        and low not in among("spreadsheet spreadsheets text word")
    ):
        noun.file_type = file_type
        noun.tokens.append(token)
        # "PDF invoices" are invoices; "the PDFs" are files.
        if not named_next and not noun.words:
            noun.words.append(token)
        return 1
    if token.low in {"'s", "\u2019s"}:
        return 0
    noun.words.append(token)
    return 1


def _looks_like_condition(low: str) -> bool:
    return (low.startswith("un") and low.endswith("ed") and len(low) > 6) or low.startswith(
        ("not-", "non-")
    )


def _settle(noun: NounPhrase) -> None:
    if noun.which in {"first", "last"} and noun.count == 1 and not noun.counted:
        noun.every = False
    if noun.which == "last" and (
        noun.counted or noun.head in among("order invoice statement message report bill")
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
    while at < len(tokens) and tokens[at].low in among(", and & / plus + as well or"):
        if tokens[at].low == "as" and not (at + 1 < len(tokens) and tokens[at + 1].low == "well"):
            break
        at += 1
    if at == index or at >= len(tokens):
        return None
    token = tokens[at]
    if token.low == "key" and at + 1 < len(tokens) and tokens[at + 1].low in {":", "is", "=", "by"}:
        return None
    starts = token.kind in {"quote", "file"} or (
        token.is_word
        and token.low not in words("words", "prepositions")
        and token.low not in _STOPPERS
    )
    return at if starts else None

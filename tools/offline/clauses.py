"""Clauses: a request cut at sentence ends, connectives and verbs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from podium.tools.offline.lexicon import words
from podium.tools.offline.tokens import Token
from podium.tools.offline.verbs import VerbHit, may_be_verb, verb_at

_ENDS = frozenset({".", "!", "?", ";", "\n", "•", "·", "…", "→"})
_SUBORDINATE = frozenset(
    {"if", "when", "whenever", "unless", "because", "although", "though", "as soon as", "provided"}
)


@dataclass(slots=True, kw_only=True)
class Clause:
    """A verb with what belongs to it; without a verb, a fragment."""

    verb: VerbHit | None
    before: list[Token] = field(default_factory=list[Token])
    """What precedes the verb: a place, a time, a subject; the object of a passive."""
    verb_tokens: list[Token] = field(default_factory=list[Token])
    after: list[Token] = field(default_factory=list[Token])
    negated: bool = False
    passive: bool = False
    condition: str = ""
    """The word that makes it a condition: if, when ..."""
    sentence: int = 0

    @property
    def tokens(self) -> list[Token]:
        """All its tokens in order."""
        return sorted([*self.before, *self.verb_tokens, *self.after], key=lambda token: token.start)


def split_clauses(tokens: Sequence[Token]) -> list[Clause]:
    """Return the clauses of a text in order."""
    clauses: list[Clause] = []
    for number, sentence in enumerate(_sentences(tokens)):
        clauses += _clauses_of(sentence, number)
    return clauses


def _sentences(tokens: Sequence[Token]) -> list[list[Token]]:
    sentences: list[list[Token]] = []
    current: list[Token] = []
    for index, token in enumerate(tokens):
        if token.kind == "content":
            continue
        ends = token.kind == "punct" and token.low in _ENDS
        dash = (
            token.low in {"-", "–", "—", "*", ">", "|"}
            and token.kind == "punct"
            and not _binds(tokens, index)
        )
        if ends or dash or _is_list_number(tokens, index):
            if current:
                sentences.append(current)
            current = []
            continue
        if token.kind == "punct" and token.low in {")", "("} and (not current):
            continue
        current.append(token)
    if current:
        sentences.append(current)
    return sentences


def _binds(tokens: Sequence[Token], index: int) -> bool:
    """Whether a dash joins two words without spaces."""
    token = tokens[index]
    before = index > 0 and tokens[index - 1].end == token.start
    after = index + 1 < len(tokens) and tokens[index + 1].start == token.end
    return before and after


def _is_list_number(tokens: Sequence[Token], index: int) -> bool:
    """`1.` `2)` `a)` at the start of a line or of the text; `step 1:` too."""
    token = tokens[index]
    following = tokens[index + 1] if index + 1 < len(tokens) else None
    if (
        token.kind == "number"
        and following is not None
        and following.low in {".", ")", ":"}
        and following.start == token.end
    ):
        previous = tokens[index - 1] if index else None
        after = tokens[index + 2] if index + 2 < len(tokens) else None
        return (
            previous is None
            or previous.low in _ENDS
            or previous.low in {",", ":", ")", "(", "step", "and"}
            or previous.kind != "word"
            or (after is not None and verb_at(tokens, index + 2) is not None)
        ) and after is not None
    if (
        token.kind == "punct"
        and token.low in {")", ":"}
        and index
        and tokens[index - 1].kind == "number"
        and token.start == tokens[index - 1].end
    ):
        return (
            index < 2
            or tokens[index - 2].low in _ENDS
            or tokens[index - 2].low in {",", ":", "step", "and", "("}
            or tokens[index - 2].kind != "word"
        )
    return False


def _clauses_of(tokens: list[Token], number: int) -> list[Clause]:
    heads = _verb_heads(tokens)
    if not heads:
        return _fragment(tokens, number)
    clauses: list[Clause] = []
    start = 0
    for position, (index, hit) in enumerate(heads):
        end = heads[position + 1][0] if position + 1 < len(heads) else len(tokens)
        if position + 1 < len(heads):
            end = _boundary(tokens, index + hit.length, heads[position + 1][0])
        before = tokens[start:index]
        clauses.append(
            Clause(
                verb=hit,
                before=before,
                verb_tokens=tokens[index : index + hit.length],
                after=tokens[index + hit.length : end],
                negated=any(
                    token.low in {"not", "don't", "never", "dont", "won't", "without"}
                    for token in before[-3:]
                ),
                condition=next((token.low for token in before if token.low in _SUBORDINATE), ""),
                sentence=number,
            )
        )
        start = end
    return [_passive(clause) for clause in clauses]


def _verb_heads(tokens: list[Token]) -> list[tuple[int, VerbHit]]:
    heads: list[tuple[int, VerbHit]] = []
    index = 0
    while index < len(tokens):
        hit = verb_at(tokens, index)
        if hit is not None and may_be_verb(tokens, index, hit):
            heads.append((index, hit))
            index += hit.length
        else:
            index += 1
    return _without_helpers(tokens, heads)


def _without_helpers(
    tokens: list[Token], heads: list[tuple[int, VerbHit]]
) -> list[tuple[int, VerbHit]]:
    """Drop verbs that only introduce another: `need you to`, `want to`, `create an agent that ...`."""
    kept: list[tuple[int, VerbHit]] = []
    for position, (index, hit) in enumerate(heads):
        if position + 1 < len(heads):
            between = tokens[index + hit.length : heads[position + 1][0]]
            lows = [token.low for token in between]
            first = hit.phrase.split()[0]
            if (
                first
                in {
                    "need",
                    "want",
                    "have",
                    "like",
                    "help",
                    "let",
                    "go",
                    "use",
                    "start",
                    "do",
                }
                and lows
                in (
                    ["to"],
                    ["you", "to"],
                    ["me"],
                    ["us"],
                    ["podium", "to"],
                    ["me", "to"],
                    ["it", "to"],
                    ["us", "to"],
                    ["someone", "to"],
                    ["and"],
                    ["by"],
                )
                and not (first in {"go", "do", "use", "start"} and lows == ["to"])
            ):
                continue
            makes_agent = first in {
                "create",
                "build",
                "make",
                "set",
                "need",
                "want",
                "write",
                "give",
                "have",
                "generate",
                "prepare",
                "get",
                "develop",
                "add",
                "start",
                "schedule",
                "new",
            }
            nouns = [
                token
                for token in between
                if token.lemma in words("nouns", "agents") and token.low != "one"
            ]
            if (
                makes_agent
                and nouns
                and between
                and between[-1].low
                in {
                    "that",
                    "which",
                    "to",
                    "who",
                    "for",
                    "and",
                    ",",
                    "it",
                    ":",
                    "should",
                    "will",
                    "must",
                    "can",
                    "'ll",
                    "shall",
                }
                and len(between) <= 9
            ):
                continue
        kept.append((index, hit))
    return kept


def _boundary(tokens: list[Token], low: int, head: int) -> int:
    """Where the clause of the verb at `head` begins: at the connective before it."""
    openers = words("words", "openers") - {"agent", "bot"}
    boundary = head
    while boundary > low and (
        tokens[boundary - 1].low in openers
        or tokens[boundary - 1].low in {",", ":", "(", ")", "—", "–"}
    ):
        boundary -= 1
    if boundary < head:
        return boundary
    # "..., from the catalogue page collect": the place belongs to the verb that follows it.
    for back in range(head - 1, low, -1):
        if tokens[back - 1].low in {",", "and", "then", "&"} and tokens[back].low in words(
            "words", "prepositions"
        ):
            return back - 1
    # Entities before a verb ("at URL download") stay where they stand.
    return head


def _fragment(tokens: list[Token], number: int) -> list[Clause]:
    clause = Clause(
        verb=None,
        after=tokens,
        sentence=number,
        condition=next((token.low for token in tokens[:1] if token.low in _SUBORDINATE), ""),
    )
    return [_passive(clause)]


def _passive(clause: Clause) -> Clause:
    """`all invoices should be downloaded as CSV`: the act is the participle, its object stands before."""
    tokens = (
        clause.after
        if clause.verb is None
        else [*clause.before, *clause.verb_tokens, *clause.after]
    )
    for index in range(len(tokens) - 1):
        if tokens[index].low not in words("words", "auxiliaries"):
            continue
        participle = index + 1
        while participle < len(tokens) - 1 and tokens[participle].low in {
            "then",
            "also",
            "automatically",
            "first",
            "always",
            "regularly",
            "only",
            "be",
        }:
            participle += 1
        hit = verb_at(tokens, participle)
        if (
            hit is None
            or tokens[participle].low == hit.phrase.split()[0]
            or not _is_participle(tokens[participle])
        ):
            continue
        if (
            index and tokens[index - 1].low not in words("words", "modals") | {"to", "not"}
        ) or not index:
            continue
        if any(
            token.low in {"that", "which", "who", "whose", "where"}
            for token in tokens[max(0, index - 4) : index]
        ):
            continue
        modal = index
        while modal and (
            tokens[modal - 1].low in words("words", "modals")
            or tokens[modal - 1].low in {"to", "not"}
        ):
            modal -= 1
        return Clause(
            verb=hit,
            verb_tokens=tokens[modal : participle + hit.length],
            after=[*tokens[:modal], *tokens[participle + hit.length :]],
            negated=any(token.low == "not" for token in tokens[modal:participle]),
            passive=True,
            sentence=clause.sentence,
        )
    return _wanted_done(clause)


def _wanted_done(clause: Clause) -> Clause:
    """`I need all invoices downloaded as CSV`: the participle after the object is the act."""
    if clause.verb is None or clause.verb.phrase.split()[0] not in {
        "need",
        "want",
        "have",
        "get",
        "like",
    }:
        return clause
    for index, token in enumerate(clause.after):
        hit = verb_at(clause.after, index)
        if index == 0 or hit is None or token.low not in words("verb_forms", "participle_acts"):
            continue
        if clause.after[index - 1].low in words("words", "determiners") or clause.after[
            index - 1
        ].low in {"be", "been", "are", "is"} | words("words", "relatives"):
            continue
        following = clause.after[index + 1] if index + 1 < len(clause.after) else None
        if (
            following is not None
            and following.kind == "word"
            and following.low not in words("words", "prepositions") | words("words", "conjunctions")
        ):
            continue
        return Clause(
            verb=hit, before=clause.before, verb_tokens=[*clause.verb_tokens, token],
            after=[*clause.after[:index], *clause.after[index + hit.length :]], passive=True,
            sentence=clause.sentence,
        )  # fmt: skip
    return clause


def _is_participle(token: Token) -> bool:
    return token.low.endswith(
        ("ed", "en", "wn", "pt", "nt", "ought", "put", "und", "ld", "ad", "id", "aken")
    )

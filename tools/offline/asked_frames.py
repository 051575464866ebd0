"""Questions read as what they ask for: `which rooms are free at URL?`, `how many parcels are late?`."""

from __future__ import annotations

from podium.tools.offline.clauses import Clause
from podium.tools.offline.conditions.comparisons import comparative_at
from podium.tools.offline.lexicon import among, words
from podium.tools.offline.nouns import parse_noun
from podium.tools.offline.tokens import Token

_BE = among("is are was were")


_HELPS = _BE | among(
    "have has had do does did can isn't aren't wasn't weren't haven't hasn't hadn't don't doesn't didn't can't cannot"
)

_QUALIFIES = among("from in by for with at on")


def asks_for(clause: Clause) -> bool:  # noqa: C901  rules tried in their order, each short
    """Read `which rooms are free at URL?` as the rooms which are free, `who has a plot?` as those who have one."""
    verb = clause.verb
    tokens = clause.after
    if verb is not None and verb.phrase == "what":
        tokens = [*clause.verb_tokens, *tokens]
    elif verb is not None and "take" not in verb.web:
        return False
    if clause.before or len(tokens) < 3:
        return False
    if (
        tokens[0].low == "who"
        and tokens[1].low in _BE
        and tokens[2].low in words("words", "articles")
    ):
        # "who are the trustees?": the trustees.
        clause.verb_tokens = [*clause.verb_tokens, *tokens[:2]]
        clause.after = tokens[2:]
        return True
    if tokens[0].low == "who" and tokens[1].is_word:
        return True
    tokens = _counted_or_chosen(clause, tokens)
    if tokens[0].low == "many":
        return _how_many(clause, tokens)
    if tokens[0].low not in {"which", "what"}:
        return False
    end = _question_verb(tokens)
    if not end:
        return False
    relative = [tokens[0], tokens[end]]
    following = tokens[end + 1] if end + 1 < len(tokens) else None
    placed = following is not None and following.low in among("in on at under there listed")
    if tokens[end].low in _BE and placed:
        # "which documents are in the folder X": a place, not a state.
        clause.verb_tokens = [*clause.verb_tokens, *relative]
        relative = []
    if tokens[1].low == "of":
        clause.verb_tokens = [*clause.verb_tokens, tokens[1]]
        tokens = [tokens[0], *tokens[2:]]
        end -= 1
    clause.after = [*tokens[1:end], *relative, *tokens[end + 1 :]]
    return True


def _counted_or_chosen(clause: Clause, tokens: list[Token]) -> list[Token]:
    """Leave out `how` of `how many`, and `of the` of `which of the houses`."""
    if [token.low for token in tokens[:2]] == ["how", "many"]:
        clause.verb_tokens = [*clause.verb_tokens, tokens[0]]
        clause.after = tokens[1:]
    elif tokens[1].low == "of" and tokens[2].low in words("words", "articles"):
        clause.verb_tokens = [*clause.verb_tokens, *tokens[1:3]]
        clause.after = [tokens[0], *tokens[3:]]
    else:
        return tokens
    return clause.after


def _how_many(clause: Clause, tokens: list[Token]) -> bool:
    """Read `many parcels are in transit` as those parcels: how many they are is said with every run."""
    if not _question_verb(tokens):
        return False
    clause.verb_tokens = [*clause.verb_tokens, tokens[0]]
    clause.after = tokens[1:]
    return True


def _question_verb(tokens: list[Token]) -> int:
    """Return where the verb of a question stands behind its noun, 0 when there is none."""
    start = 2 if tokens[1].low == "of" else 1
    noun, end = parse_noun(tokens, start)
    if noun.words and [token.kind for token in tokens[end : end + 2]] == ["word", "url"]:
        end += 2  # "which boats at URL are ..."
    if not noun.words or end >= len(tokens):
        return 0
    if noun.plural and tokens[end].low in _QUALIFIES:
        # "which parcels from Chile cost more than 50", "which parcels from Chile are late"
        found, behind = parse_noun(tokens, end + 1)
        if len(found.words) > 1 and comparative_at(tokens, behind) is not None:
            return behind - 1
        if found.words and behind < len(tokens):
            end = behind
    if tokens[end].low.replace("\u2019", "'") in _HELPS:
        return end
    compared = comparative_at(tokens, end) is not None or tokens[end].low in among(
        "in on at near from under by to for since before after between"
    )
    if compared and len(noun.words) > 1 and noun.words[-2].low.endswith("s") and not noun.plural:
        # "which members owe more than 50"
        return end - 1
    return 0

"""What a noun of a clause is: a record, what it is made of, a column of each, a format."""

from __future__ import annotations

from podium.tools.offline.clauses import Clause
from podium.tools.offline.frames import Frame
from podium.tools.offline.lexicon import among, texts, words
from podium.tools.offline.nouns import NounPhrase, parse_noun, parse_nouns
from podium.tools.offline.slots import is_field
from podium.tools.offline.tokens import Token

CONTAINERS = among(
    "list table overview copy set collection summary spreadsheet csv export listing dataset catalogue sheet file inventory record compilation data detail information info download content extract report dump backup pdf version printout json excel"
)


def every_named(clause: Clause, nouns: list[NounPhrase]) -> bool:
    """Whether `all free pitches with electricity at URL` is said: every one of something, on a site."""
    named = bool(nouns) and nouns[0].every and not nouns[0].agents and bool(nouns[0].words or nouns[0].pronoun)  # fmt: skip
    return named and any(token.kind == "url" for token in clause.after)


def every_listed(frame: Frame) -> bool:
    """Whether `list all repos with failing builds` is said: every one of several, by a verb of reading alone."""
    verb = frame.clause.verb.phrase.split()[0] if frame.clause.verb is not None else ""
    several = frame.things and frame.things[0].every and frame.things[0].plural
    return bool(several) and verb in _FETCHING | among("list collect download show scrape extract gather read save")  # fmt: skip


def columns_behind_site(tokens: list[Token], index: int) -> bool:
    """Whether `at URL, station, diesel, e10` follows: what the records have, so what stands before is the records."""
    at = next((at for at in range(index, len(tokens)) if tokens[at].kind == "url"), len(tokens))
    if at + 1 >= len(tokens) or tokens[at + 1].low not in {",", ":", "-"}:
        return False
    nouns, end = parse_nouns(tokens, at + 2)
    return len(nouns) > 1 and end >= len(tokens) and all(bare_singular(noun) for noun in nouns)


def of_what(nouns: list[NounPhrase], tokens: list[Token], index: int) -> int:
    """Take `of fabric` to the name of `rolls of fabric`; return where it ends."""
    if len(nouns) != 1 or index >= len(tokens) or tokens[index].low != "of":
        return index
    owner, end = parse_noun(tokens, index + 1)
    one = end < len(tokens) and tokens[end].kind in {"number", "quote"}  # "plots of plot holder 17"
    if one or not _measures(nouns[0], owner):
        return index
    nouns[0].words += tokens[index:end]
    return end


def _measures(head: NounPhrase, owner: NounPhrase) -> bool:
    """Whether `rolls of fabric`, `bottles of wine` stands there: several of what is said by a bare noun."""
    known = CONTAINERS | words("nouns", "tables")
    bare = owner.words and all(word.is_word and word.text == word.low for word in owner.words)
    said = (
        owner.every or owner.definite or owner.plural or owner.counted or owner.which or owner.new
    )
    return bool(
        bare and not said and not owner.conditions and not owner.is_column()
        and (head.plural or head.every) and head.words and not head.is_column() and head.head not in known
    )  # fmt: skip


def opened_each(clause: Clause, nouns: list[NounPhrase]) -> NounPhrase | None:
    """Return the records of `open each recipe`, `for every dog open its page`: what is read next is of each."""
    if nouns and nouns[0].every and nouns[0].words and not nouns[0].is_column():
        return nouns[0]
    if not (nouns and nouns[0].possessive):
        return None
    for at, token in enumerate(clause.before):
        if token.low in {"for", "of"}:
            noun, _ = parse_noun(clause.before, at + 1)
            return noun if noun.every and noun.words else None
    return None


def opened_rows(frame: Frame) -> str | None:
    """Return the state that `open tickets at URL, number and title` says of rows, '' for other verbs; none where a page is opened."""
    listed = [thing for thing in frame.things if thing.plural and not thing.agents]
    if not listed or frame.per_row or not (frame.fields or (frame.which and listed[0].counted)):
        return None
    verb = frame.clause.verb.phrase if frame.clause.verb is not None else ""
    first = listed[0]
    bare = not (first.every or first.definite or first.which or first.counted or first.possessive)
    return "open" if verb == "open" and bare else ""


def of_one(noun: NounPhrase) -> bool:
    """Whether a noun may be what one record has: neither every one of something nor a choice."""
    return bool(noun.words) and not (noun.every or noun.conditions or noun.counted or noun.agents or noun.which or noun.file_type)  # fmt: skip


def whole_names(nouns: list[NounPhrase], tokens: list[Token], index: int) -> int:
    """Take `of ingredients` to the name of `the list of ingredients`; return where it ends."""
    if index + 1 >= len(tokens) or tokens[index].low != "of":
        return index
    part, end = parse_noun(tokens, index + 1)
    if (
        part.words
        and not part.every
        and not part.pronoun
        and nouns[-1].head in CONTAINERS | {"number", "name"}
    ):
        nouns[-1].words += tokens[index:end]
        return end
    return index


def made_of_nothing(frame: Frame, nouns: list[NounPhrase]) -> bool:
    """Read `make me rich`: what is made is no list, and nothing is read for it."""
    verb = frame.clause.verb.phrase if frame.clause.verb is not None else ""
    if frame.act != "take" or verb not in among("make build create generate produce") or not nouns:
        return False
    noun = nouns[0]
    told = any(token.low in {"me", "us"} for token in frame.clause.verb_tokens)
    return told and bare_singular(noun) and not noun.file_type and not noun.is_column()


def owns_what_follows(tokens: list[Token], index: int) -> bool:
    """Whether `with its total` follows: what has a total of its own is a record, no column."""
    said = [token.low for token in tokens[index : index + 2]]
    return len(said) == 2 and said[0] in among("with including and") and said[1] in {"its", "their"}


def of_rows(tokens: list[Token], index: int) -> bool:
    """Whether `of those`, `of each`, `of everyone` follows: rows of the list at hand."""
    if index + 1 >= len(tokens) or tokens[index].low not in {"of", "for"}:
        return False
    noun, _ = parse_noun(tokens, index + 1)
    return bool(noun.pronoun) and not noun.words and noun.pronoun not in among("it this that")


_FETCHING = among("get fetch grab retrieve obtain gimme pull bring give")


def bracketed(frame: Frame, tokens: list[Token], nouns: list[NounPhrase], index: int) -> int:
    """Read `the contracts (docx)`: the kind of file in brackets right behind its name."""
    said = tokens[index : index + 3]
    if len(said) < 3 or said[0].low != "(" or said[2].low not in {")", "files"}:
        return index
    file_type = texts("formats", "types").get(said[1].low.lstrip("."))
    if file_type is None:
        return index
    verb = frame.clause.verb.phrase.split()[0] if frame.clause.verb is not None else ""
    noun = nouns[-1]
    frame.file_type = frame.file_type or file_type
    # "get the price list (xlsx)": one file that is there; "list the members (csv)" makes one.
    frame.fetches = verb in _FETCHING and noun.definite and not noun.plural and not noun.every
    frame.use(*said)
    end = index + 3
    if end < len(tokens) and tokens[end].low == ")":
        frame.use(tokens[end])
        end += 1
    return end


def columns_of_part(
    tokens: list[Token], nouns: list[NounPhrase], index: int
) -> tuple[list[NounPhrase], int]:
    """Read `the contact persons (name, phone) of all suppliers`: the columns in the brackets are what is wanted."""
    if index >= len(tokens) or tokens[index].low != "(":
        return nouns, index
    inner, end = parse_nouns(tokens, index + 1)
    closed = [token.low for token in tokens[end : end + 2]] == [")", "of"]
    if not inner or not closed or not all(is_field(noun) for noun in inner):
        return nouns, index
    return inner, end + 1


def fetched(frame: Frame, nouns: list[NounPhrase]) -> bool:
    """Whether files of an owner are taken: `get every attachment of the newest messages`."""
    return (
        frame.act in {"take", "store"}
        and frame.destination != "table"
        and all(
            noun.head in words("nouns", "files") and noun.head not in words("nouns", "columns")
            for noun in nouns
        )
        and any(noun.plural or noun.every or noun.file_type or frame.file_type for noun in nouns)
    )


def bare_singular(noun: NounPhrase) -> bool:
    """Whether one thing is named and nothing else is said of it."""
    return bool(noun.words) and not (
        noun.every or noun.definite or noun.indefinite or noun.conditions or noun.which or noun.new
        or noun.agents or noun.quantity is not None or (noun.plural and not noun.is_column())
    )  # fmt: skip


def later_bare(frame: Frame, noun: NounPhrase) -> bool:
    """Whether a later sentence names it without an article: `... I need tag and species`."""
    return frame.clause.sentence > 0 and bool(noun.words) and not (
        noun.every or noun.definite or noun.conditions or noun.which or noun.new or noun.agents
    )  # fmt: skip


def only_format(noun: NounPhrase) -> bool:
    """Whether no more than a kind of file is said."""
    return bool(noun.file_type) and len(noun.words) <= 1 and not noun.every and not noun.definite


def columns_behind(frame: Frame, nouns: list[NounPhrase]) -> None:
    """Read `all products name price stock` in telegram style: a plural thing, then its columns."""
    for noun in nouns:
        for cut in range(1, len(noun.words)):
            head, rest = noun.words[cut - 1], noun.words[cut:]
            plural = head.is_word and head.low != head.lemma and head.low.endswith("s")
            if plural and all(
                token.is_word and token.lemma in words("nouns", "columns") for token in rest
            ):
                noun.words = noun.words[:cut]
                frame.fields += [token.low for token in rest if token.low not in frame.fields]
                break

"""Searches: the words that are typed into a search box, verbatim."""

from __future__ import annotations

from podium.tools.offline.conditions.comparisons import comparative_at
from podium.tools.offline.form_frames import Modifiers
from podium.tools.offline.frames import Frame
from podium.tools.offline.lexicon import among, lemma, words
from podium.tools.offline.nouns import parse_noun
from podium.tools.offline.tokens import Token, source


class SearchReader:
    """Reads `search [the shop] for X [in Y]`."""

    def __init__(self, text: str, modifiers: Modifiers) -> None:
        self._text = text
        self._modifiers = modifiers

    def search(self, frame: Frame, tokens: list[Token]) -> None:
        """`search [the shop] for X [in Y]`: the words searched for, verbatim."""
        index = 0
        has_for = (
            frame.clause.verb is not None
            and frame.clause.verb.phrase.endswith(
                (" for", " up", "find", "lookup", "google", "seek", " down", " type in", "query")
            )
        ) or (
            frame.clause.verb is not None
            and frame.clause.verb.phrase in among("find lookup google query seek")
        )
        if (
            tokens
            and tokens[0].kind in {"url", "schedule"}
            and any(token.low == "for" for token in tokens)
        ):
            # "query https://x.example for hinges": the address is where, not what.
            has_for = False
        searching = frame.clause.verb is not None and frame.clause.verb.phrase in {
            "search",
            "query",
        }
        if searching and not has_for and tokens and _looked_up(tokens):
            # "search ORD-1040 in the order list": without `for`, the object itself is searched for.
            has_for = True
        if not has_for:
            while index < len(tokens) and tokens[index].low != "for":
                index = max(self._searched(frame, tokens, index), index + 1)
            if index >= len(tokens):
                self._search_without_for(frame, tokens)
                return
            frame.use(tokens[index])
            index += 1
        index = self._query(frame, tokens, index)
        while index < len(tokens):
            index = max(self._modifiers.modifier(frame, tokens, index), index + 1)

    def _searched(self, frame: Frame, tokens: list[Token], index: int) -> int:
        """Read what is searched: the site or a part of it."""
        end = self._modifiers.modifier(frame, tokens, index)
        if end > index:
            return end
        noun, noun_end = parse_noun(tokens, index)
        if noun.empty:
            return index
        frame.use(*noun.tokens)
        if noun.head in words("nouns", "sites"):
            self._modifiers.site(frame, noun)
        elif noun.quoted and noun.words[-1].kind == "quote":
            frame.query = noun.phrase
        elif noun.head not in among("box field bar search it page") and not noun.pronoun:
            frame.place = noun.bare
        return noun_end

    def _search_without_for(self, frame: Frame, tokens: list[Token]) -> None:
        if frame.query:
            return
        if frame.place:
            frame.query, frame.place = frame.place, ""

    def _query(self, frame: Frame, tokens: list[Token], index: int) -> int:
        start = index
        for cut in range(index + 1, min(index + 4, len(tokens))):
            # `find the book "Dune"`: the quote is what is searched for.
            coded = tokens[cut - 1].lemma in words("nouns", "creatable") and any(
                sign.isdigit() for sign in tokens[cut].text
            )
            # `find parcel PX-3391`: so is the number of a record.
            if (
                tokens[cut].kind == "quote"
                or (coded and (tokens[cut].is_word or tokens[cut].kind == "number"))
            ) and all(
                token.is_word and token.low not in words("words", "prepositions") | {"and"}
                for token in tokens[index:cut]
            ):
                index = cut
                break
        while (
            index < len(tokens)
            and tokens[index].low
            in among(
                "the a an term word words phrase keyword product item string text keywords some any all"
            )
            and index + 1 < len(tokens)
        ):
            if (
                tokens[index].low in among("product item string text")
                and tokens[index + 1].kind != "quote"
            ):
                break
            index += 1
        if (
            index < len(tokens)
            and tokens[index].kind in among("quote email number file")
            and not (
                tokens[index].kind == "number"
                and index + 1 < len(tokens)
                and tokens[index + 1].is_word
                and tokens[index + 1].low not in words("words", "prepositions")
            )
        ):
            frame.query = (
                tokens[index].value if tokens[index].kind != "number" else tokens[index].text
            )
            frame.use(*tokens[start : index + 1])
            return index + 1
        end = index
        while end < len(tokens) and not self._ends_query(tokens, index, end):
            end += 1
        if end > index:
            frame.query = source(self._text, tokens[index:end])
            frame.use(*tokens[start:end])
        return end

    def _ends_query(self, tokens: list[Token], start: int, at: int) -> bool:
        token = tokens[at]
        if token.kind == "punct":
            return token.low not in among("- ' . + #") or (token.low == "-" and at == start)
        if token.kind in among("url cred schedule pair") or _comparative_begins(tokens, at, start):
            return True
        if (
            token.low
            in among(
                "in on at from within using under with whose that which and then sorted to as into among amongst inside"
            )
            and at > start
        ):
            if token.low == "and":
                return at + 1 >= len(tokens) or tokens[at + 1].low in {"the", "its", "then"}
            following = tokens[at + 1] if at + 1 < len(tokens) else None
            if following is None:
                return True
            if token.low in among("among amongst inside"):
                return True
            if token.low in among("in on at from within under using"):
                return (
                    following.kind in {"url", "schedule"}
                    or following.low in among("the our my that this their")
                    or following.text[:1].isupper()
                    or lemma(following.low) in words("nouns", "sites") | words("nouns", "places")
                )
            return token.low != "to"
        return False


def _looked_up(tokens: list[Token]) -> bool:
    """Whether the object of `search` is what is looked for, not what is searched: `search the shop for X`."""
    named = tokens[0].kind in among("number email file") or (
        tokens[0].is_word
        and (
            any(sign.isdigit() for sign in tokens[0].text)
            or tokens[0].low
            not in words("words", "articles")
            | words("words", "possessives")
            | words("words", "pronouns")
            | words("words", "quantifiers")
            | words("words", "prepositions")
        )
    )
    return (
        named
        and not any(token.low == "for" for token in tokens)
        and any(
            token.low in among("in on among amongst within inside at and") for token in tokens[1:]
        )
    )


def _comparative_begins(tokens: list[Token], at: int, start: int) -> bool:
    """Whether a comparison with an amount begins here, which is no part of a search text."""
    if at == start:
        return False
    compared = comparative_at(tokens, at)
    return (
        compared is not None
        and at + compared[1] < len(tokens)
        and tokens[at + compared[1]].kind in {"money", "number"}
    )

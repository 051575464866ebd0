"""Where results go and how they are told apart: format, table, folder, key."""

from __future__ import annotations

from podium.tools.offline.frames import Frame
from podium.tools.offline.lexicon import among, singular, texts, words
from podium.tools.offline.nouns import NounPhrase, parse_noun
from podium.tools.offline.tokens import Token


class ResultReader:
    """Reads `as CSV`, `into a table called X`, `keyed by SKU`."""

    def format(self, frame: Frame, tokens: list[Token], index: int) -> int:
        """Read a file type: `as CSV`, `in an Excel sheet`, `(PDF)`."""
        each = tokens[index].low in {"one", "a"} and [
            one.low for one in tokens[index + 2 : index + 3]
        ] in (["each"], ["apiece"])
        if each and (kind := texts("formats", "types").get(tokens[index + 1].low)) is not None:
            frame.file_type = frame.file_type or kind
            return index + 3  # "one PDF each"
        bracket = tokens[index].low == "("
        if tokens[index].low not in among("as in to into with their its") and not bracket:
            return index
        at = index + 1
        while at < len(tokens) and tokens[at].low in among(
            "a an the their its one single separate individual my own plain simple proper"
        ):
            at += 1
        if at >= len(tokens):
            return index
        file_type = texts("formats", "types").get(tokens[at].low)
        if file_type is None or (tokens[at].low in {"text", "word"} and tokens[index].low != "as"):
            return index
        at += 1
        said_file = False
        while at < len(tokens) and tokens[at].low in among(
            "file files format document documents sheet table spreadsheet export attachment workbook form format,"
        ):
            said_file = said_file or tokens[at].low.startswith("file")
            at += 1
        if tokens[index].low in {"into", "to", "in"}:
            frame.destination = "table"
        frame.file_type = frame.file_type or file_type
        return self._called(frame, tokens, at)

    def destination(self, frame: Frame, tokens: list[Token], index: int) -> int:  # noqa: C901  rules tried in their order, each short
        """`into a table called X`, `in my workspace`, `to the folder Y`."""
        low = tokens[index].low
        if low not in among("in into to onto as on"):
            return index
        noun, end = parse_noun(tokens, index + 1)
        if not noun.words or noun.agents:
            return index
        if low == "as" and _stores(frame) and _plain_name(tokens, index + 1, noun, end):
            frame.dataset, frame.destination = frame.dataset or noun.phrase, "table"
            return end
        if noun.words[-1].kind == "file":
            stem, _, extension = noun.words[-1].value.rpartition(".")
            frame.dataset = frame.dataset or stem.rpartition("/")[2]
            frame.file_type = frame.file_type or texts("formats", "types").get(
                extension.lower(), extension.lower()
            )
            return end
        head = noun.head
        if low in {"into", "to"} and _named_folder(noun):
            frame.destination = frame.destination or "files"
            frame.dataset = frame.dataset or " ".join(token.value for token in noun.words[1:])
            return end
        storing = frame.act in among("store take download watch search pick filter notify fragment")
        storable = low in among("into to as onto") or frame.act == "store" or noun.indefinite
        two = " ".join(token.low for token in noun.words[-2:])
        if not (storing and storable):
            return index
        if head in words("nouns", "tables") or two in words("nouns", "tables"):
            if head == "file" and low == "as":
                return index
            frame.destination = "table"
        elif head in words("nouns", "folders") or two in words("nouns", "folders"):
            frame.destination = frame.destination or ("files" if head != "workspace" else "")
        elif low == "into" and frame.act in {"store", "take"} and not noun.quoted:
            frame.destination = "table"
        elif (
            low in {"into", "in", "to"}
            and noun.quoted
            and frame.act in {"store", "take", "download"}
            and len(noun.words) == 1
        ):
            frame.dataset = frame.dataset or noun.phrase
            return end
        else:
            return index
        frame.use(*tokens[index:end])
        self._dataset_from(frame, noun)
        return self._called(frame, tokens, end)
        # `a table with columns a, b` is read by the field reader; `a table of X` names it.

    def _dataset_from(self, frame: Frame, noun: NounPhrase) -> None:
        names = [token for token in noun.words if token.kind == "quote"]
        if names:
            frame.dataset = names[0].value
        elif len(noun.words) > 1:
            lead = [
                token
                for token in noun.words
                if token.lemma
                not in words("nouns", "tables")
                | words("nouns", "folders")
                | among("google new local excel separate different own single one")
            ]
            name = " ".join(token.text for token in lead)
            if name:
                frame.dataset = frame.dataset or name

    def _called(self, frame: Frame, tokens: list[Token], index: int) -> int:  # noqa: C901  rules tried in their order, each short
        at = index
        if at < len(tokens) and tokens[at].low in {"by", "per"} and frame.destination == "table":
            # "in a table by order number": what tells the rows apart, when it is unique by nature.
            noun, end = parse_noun(tokens, at + 1)
            identity = words("nouns", "keys")
            if not noun.empty and (noun.phrase.lower() in identity or noun.head in identity):
                frame.key = frame.key or noun.phrase
                return end
        if at < len(tokens) and tokens[at].low == ",":
            at += 1
        if at + 1 < len(tokens) and tokens[at].low in among("called named titled labelled with of"):
            named = at + 1
            if tokens[at].low == "with":
                if not (named + 1 < len(tokens) and tokens[named].low in {"the", "name"}):
                    return index
                while named < len(tokens) and tokens[named].low in {"the", "name"}:
                    named += 1
                if tokens[at + 1].low != "name" and tokens[named - 1].low != "name":
                    return index
            if tokens[at].low == "of":
                return index
            if named < len(tokens) and (
                tokens[named].kind in {"quote", "file"} or tokens[named].is_word
            ):
                frame.dataset = tokens[named].value
                frame.use(*tokens[index : named + 1])
                return named + 1
        if at < len(tokens) and tokens[at].kind == "quote" and at == index:
            frame.dataset = tokens[at].value
            return at + 1
        if at < len(tokens) and tokens[at].kind == "file":
            frame.dataset = tokens[at].value.rsplit(".", 1)[0]
            return at + 1
        return index

    def key(self, frame: Frame, tokens: list[Token], index: int) -> int:  # noqa: C901  rules tried in their order, each short
        """`keyed by SKU`, `one row per order`, `with the ISBN as key`, `identified by number`."""
        if index >= len(tokens):
            return index
        low = tokens[index].low
        following = [token.low for token in tokens[index : index + 4]]
        at = 0
        if low in among(
            "keyed indexed deduplicated deduped identified unique keyd identifiable uniquely"
        ):
            at = index + 1
            while at < len(tokens) and tokens[at].low in among(
                "by on with per the their its in identified via using"
            ):
                at += 1
        elif following[:3] == ["one", "row", "per"] or following[:3] in (
            ["one", "line", "per"],
            ["one", "record", "per"],
            ["one", "entry", "per"],
            ["a", "row", "per"],
        ):
            at = index + 3
        elif (
            following[:2] == ["key", "is"]
            or following[:2] in (["key", ":"], ["key", "="], ["key", "by"])
            or (
                low == "key"
                and index
                and len(tokens) > index + 1
                and tokens[index + 1].is_word
                and tokens[index - 1].low in {",", "and"}
            )
        ):
            at = index + (2 if following[1:2] and following[1] in among("is : = by") else 1)
        elif (frame.act == "key" and index == 0) or low in {"with", "using", "use"}:
            return self._as_key(frame, tokens, index)
        if not at and any(token.low == "key" for token in tokens[index + 1 : index + 7]):
            # "SKU being the key"
            named, after = parse_noun(tokens, index)
            if (
                not named.empty
                and after < len(tokens)
                and tokens[after].low in among("being is as shall should")
            ):
                last = after + 1
                while last < len(tokens) and tokens[last].low in among("the a be its unique"):
                    last += 1
                if last < len(tokens) and tokens[last].low == "key":
                    frame.key = named.phrase
                    return last + 1
        if not at or at >= len(tokens):
            return index
        noun, end = parse_noun(tokens, at)
        if noun.empty:
            return index
        frame.key = noun.phrase
        if low == "one":
            frame.key = ""
            frame.use(*tokens[index:end])
            identity = words("nouns", "keys") | words("nouns", "categorical")
            if singular(noun.phrase.lower()) in identity or noun.head in identity:
                frame.key = noun.phrase
        return end

    def _as_key(self, frame: Frame, tokens: list[Token], index: int) -> int:
        start = index if frame.act == "key" and index == 0 else index + 1
        while start < len(tokens) and tokens[start].low in {":", "=", "is"}:
            start += 1
        if (
            start < len(tokens)
            and tokens[start].low in among("it them by on rows the")
            and frame.act == "key"
        ):
            while start < len(tokens) and tokens[start].low in among(
                "it them by on rows the records table"
            ):
                start += 1
        noun, end = parse_noun(tokens, start)
        if noun.empty:
            return index
        as_key = (
            end < len(tokens)
            and tokens[end].low in {"as", "for"}
            and any(
                token.lemma in {"key", "identifier", "id"} for token in tokens[end + 1 : end + 5]
            )
        )
        if as_key:
            last = next(
                at
                for at in range(end + 1, min(end + 5, len(tokens)))
                if tokens[at].lemma in {"key", "identifier", "id"}
            )
            frame.key = noun.phrase
            frame.use(*tokens[index : last + 1])
            return last + 1
        if frame.act == "key" and index == 0:
            frame.key = noun.phrase
            frame.use(*tokens[:end])
            return end
        return index


def _stores(frame: Frame) -> bool:
    verb = frame.clause.verb.phrase.split()[0] if frame.clause.verb is not None else ""
    return frame.act in {"store", "take"} and verb in among("save store keep file put")


def _plain_name(tokens: list[Token], start: int, noun: NounPhrase, end: int) -> bool:
    """Whether no more than a name ends what is said: `save it as vacant-flats`."""
    closed = (
        end >= len(tokens)
        or not tokens[end].is_word
        or tokens[end].low in {"and", "please", "then"}
    )
    return (
        closed
        and noun.words[0] is tokens[start]
        and noun.head not in words("nouns", "tables") | words("nouns", "folders")
        and texts("formats", "types").get(noun.words[-1].low) is None
    )


def _named_folder(noun: NounPhrase) -> bool:
    """Read `the folder Hansen`: the name follows the word for the place."""
    return (
        len(noun.words) > 1
        and noun.words[0].lemma in words("nouns", "folders") & words("nouns", "places")
        and (noun.words[1].text[:1].isupper() or noun.words[1].kind == "quote")
    )

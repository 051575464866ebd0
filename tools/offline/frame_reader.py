"""Reads one clause into a frame: the act by verb and object, then the modifiers in any order."""

from __future__ import annotations

from datetime import date

from podium.tools.offline.acts import choose_act
from podium.tools.offline.clauses import Clause
from podium.tools.offline.conditions import ConditionReader
from podium.tools.offline.form_frames import read_form
from podium.tools.offline.frames import Frame
from podium.tools.offline.lexicon import lemma, singular, texts, words
from podium.tools.offline.nouns import NounPhrase, parse_noun, parse_nouns
from podium.tools.offline.tokens import Token, source
from podium.tools.offline.values import ValueReader

FORM_ACTS = frozenset({"fill", "choose", "submit", "add"})
_CONTAINERS = frozenset(
    {
        "list",
        "table",
        "overview",
        "copy",
        "set",
        "collection",
        "summary",
        "spreadsheet",
        "csv",
        "export",
        "listing",
        "dataset",
        "catalogue",
        "sheet",
        "file",
        "inventory",
        "record",
        "compilation",
        "data",
        "detail",
        "information",
        "info",
        "download",
        "content",
        "extract",
        "report",
        "dump",
        "backup",
        "pdf",
        "version",
        "printout",
        "json",
        "excel",
    }
)


class FrameReader:
    """Reads clauses of one text."""

    def __init__(self, text: str, today: date) -> None:
        self._text = text
        self._today = today
        self._conditions = ConditionReader(text, today)
        self._values = ValueReader(text)

    def read(self, clause: Clause, *, form_open: bool) -> Frame:
        """Return the frame of a clause; `form_open`: a form is being filled in the clauses before it."""
        indirect = 0
        while indirect + 1 < len(clause.after) and clause.after[indirect].low in {
            "me",
            "us",
            "myself",
        }:
            indirect += 1
        told, clause.after = clause.after[:indirect], clause.after[indirect:]
        clause.verb_tokens = [*clause.verb_tokens, *told]
        nouns, after_nouns = parse_nouns(clause.after, 0)
        act = choose_act(clause, nouns, clause.after, form_open=form_open)
        frame = Frame(act=act, clause=clause)
        frame.use(*clause.verb_tokens)
        self._lead(frame, clause.before)
        if act in FORM_ACTS:
            read_form(frame, clause.after, self._values, self)
        else:
            self._object(frame, clause.after, nouns, after_nouns)
        if act in {"nothing", "sort"}:
            # Nothing is done for it, so nothing of it counts as understood but what holds for the whole job.
            held = {"url", "cred", "schedule"}
            frame.used = {
                token.start
                for token in clause.tokens
                if token.kind in held or token.kind == "punct"
            }
        return frame

    # -- Before the verb ------------------------------------------------------------------------

    def _lead(self, frame: Frame, tokens: list[Token]) -> None:
        index = 0
        while index < len(tokens):
            end = self._moment(frame, tokens, index)
            if end > index and not any(token.kind == "schedule" for token in tokens):
                # Before the verb a day says when to do it, not which records are meant.
                frame.use(*tokens[index:end])
                index = end
                continue
            index = max(self.modifier(frame, tokens, index), index + 1)

    # -- Objects of lists -----------------------------------------------------------------------

    def _object(self, frame: Frame, tokens: list[Token], nouns: list[NounPhrase], end: int) -> None:
        if frame.act == "search":
            self._search(frame, tokens)
            return
        if frame.act == "key":
            self._key(frame, tokens, 0)
            return
        index = end if nouns else 0
        for noun in nouns:
            frame.use(*noun.tokens)
        if nouns:
            frame.use(*tokens[:end])
            index = self._classify(frame, tokens, nouns, end)
        else:
            frame.pronoun = True
        while index < len(tokens):
            index = max(self.modifier(frame, tokens, index), index + 1)

    def _classify(
        self, frame: Frame, tokens: list[Token], nouns: list[NounPhrase], index: int
    ) -> int:
        """Decide which nouns are things and which are fields of things."""
        if all(noun.pronoun and not noun.words for noun in nouns):
            frame.pronoun = not any(noun.every for noun in nouns)
            if nouns[0].pronoun in {"everything", "whatever"}:
                frame.things.append(nouns[0])
            for noun in nouns:
                self._merge_noun(frame, noun)
            return index
        owner, index = self._owner(tokens, nouns, index)
        if owner is not None:
            self._fields(frame, nouns)
            frame.use(*owner.tokens)
            self._add_thing(frame, owner)
            return index
        if nouns[0].owner is not None:
            self._fields(frame, nouns)
            frame.use(*nouns[0].owner.tokens)
            self._add_thing(frame, nouns[0].owner)
            return index
        if (
            frame.act in {"take", "watch", "store", "download", "notify"}
            and all(_is_field(noun) for noun in nouns)
            and not (len(nouns) == 1 and frame.act == "download")
        ):
            self._fields(frame, nouns)
            frame.pronoun = not frame.fields
            return index
        for position, noun in enumerate(nouns):
            if (noun.possessive and position) or (
                noun.is_column() and position and not noun.every and not noun.definite
            ):
                self._fields(frame, [noun])
            else:
                self._add_thing(frame, noun)
        return index

    def _owner(
        self, tokens: list[Token], nouns: list[NounPhrase], index: int
    ) -> tuple[NounPhrase | None, int]:
        """`prices of all products`, `title and price for each book`, `a list of all orders`."""
        if index >= len(tokens) or nouns[-1].agents:
            return None, index
        preposition = tokens[index].low
        if preposition not in {"of", "for", "from", "in", "on", "per"}:
            return None, index
        owner, end = parse_noun(tokens, index + 1)
        if owner.empty or owner.pronoun:
            return None, index
        head = nouns[-1]
        if preposition == "of":
            if len(nouns) == 1 and (
                (head.head in _CONTAINERS and not head.is_column())
                or head.head in {"copy", "list", "table", "all", "number"}
                or head.file_type
            ):
                return self._contained(tokens, head, owner, end)
            return self._chain(tokens, owner, end)
        if (
            preposition in {"for", "per"}
            and (
                owner.every
                or preposition == "per"
                or (owner.plural and all(_is_field(noun) for noun in nouns))
            )
            and all(not noun.every or _is_field(noun) for noun in nouns)
        ):
            return owner, end
        if (
            preposition in {"from", "in", "on"}
            and all(_is_field(noun) for noun in nouns)
            and (owner.every or owner.which)
        ):
            return owner, end
        return None, index

    def _chain(self, tokens: list[Token], owner: NounPhrase, end: int) -> tuple[NounPhrase, int]:
        """`the price of the first of the results` names the results."""
        if (
            end < len(tokens)
            and tokens[end].low == "of"
            and owner.head in _CONTAINERS | {"each", "page"}
        ):
            inner, inner_end = parse_noun(tokens, end + 1)
            if not inner.empty:
                return inner, inner_end
        return owner, end

    def _contained(
        self, tokens: list[Token], head: NounPhrase, owner: NounPhrase, end: int
    ) -> tuple[NounPhrase | None, int]:
        owner.file_type = owner.file_type or head.file_type
        if head.which and not owner.which:
            owner.which, owner.count = head.which, head.count
        if not owner.many:
            owner.definite = True
        head.words = []
        # `a list of names and prices of all products`
        if end < len(tokens) and tokens[end].low in {"of", "for"} and _is_field(owner):
            inner, inner_end = parse_noun(tokens, end + 1)
            if not inner.empty:
                head.words = owner.words
                return inner, inner_end
        return owner, end

    def _fields(self, frame: Frame, nouns: list[NounPhrase]) -> None:
        for noun in nouns:
            name = (
                singular(noun.phrase.lower())
                if not any(token.kind == "quote" for token in noun.words)
                else noun.phrase
            )
            name = texts("words", "field_names").get(name, name)
            if (
                name
                and name not in frame.fields
                and noun.head not in words("nouns", "generic") - {"result", "value"}
            ):
                frame.fields.append(name)
            self._merge_noun(frame, noun, of_field=True)

    def _add_thing(self, frame: Frame, noun: NounPhrase) -> None:
        frame.things.append(noun)
        self._merge_noun(frame, noun)

    def _merge_noun(self, frame: Frame, noun: NounPhrase, *, of_field: bool = False) -> None:
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
        from podium.state.plan import MatchRule

        frame.rules += [MatchRule(phrase=condition) for condition in noun.conditions]

    # -- Modifiers, in any order -----------------------------------------------------------------

    def modifier(self, frame: Frame, tokens: list[Token], index: int) -> int:
        """Read the modifier at a place into the frame; return where it ends, or the place itself."""
        token = tokens[index]
        for reader in (
            self._entity, self._temporal, self._event, self._format, self._destination, self._key, self._including,
            self._fields_of, self._site_or_place, self._condition, self._news, self._notify_to, self._choice,
        ):  # fmt: skip
            end = reader(frame, tokens, index)
            if end > index:
                frame.use(*tokens[index:end])
                return end
        if token.kind == "punct" or token.low in words("words", "fillers"):
            frame.use(token)
        return index

    def _entity(self, frame: Frame, tokens: list[Token], index: int) -> int:
        token = tokens[index]
        at = index
        if token.low in {
            "at",
            "on",
            "from",
            "in",
            "to",
            "via",
            "@",
            "under",
            "of",
            "with",
            "as",
            "using",
            "through",
            "into",
            "located",
        } and index + 1 < len(tokens):
            at = index + 1
            if tokens[at].low in {"url", "address", "link", "site", "website"} and at + 1 < len(
                tokens
            ):
                at += 1
                if tokens[at].low == ":" and at + 1 < len(tokens):
                    at += 1
        entity = tokens[at].entity
        if entity is None:
            return index
        if entity.kind == "url":
            frame.sites.append(entity.value)
            return at + 1
        if entity.kind == "cred":
            frame.signed_in = True
            frame.user = frame.user or entity.value
            return at + 1
        if entity.kind == "schedule" and entity.schedule is not None:
            frame.schedules.append(entity.schedule)
            return at + 1
        return index

    def _temporal(self, frame: Frame, tokens: list[Token], index: int) -> int:
        """`once logged in`, `after login`, `behind a login`."""
        if tokens[index].low in {
            "after",
            "once",
            "when",
            "behind",
            "while",
            "being",
            "needs",
            "requires",
            "without",
        }:
            for end in range(index + 1, min(index + 7, len(tokens))):
                pair = " ".join(token.low for token in tokens[end : end + 2])
                if tokens[end].low in {"login", "sign-in", "logon", "signin"} or pair in {
                    "logging in",
                    "signing in",
                    "logged in",
                    "signed in",
                    "log in",
                    "sign in",
                }:
                    frame.signed_in = tokens[index].low != "without"
                    return end + (
                        1 if tokens[end].low in {"login", "sign-in", "logon", "signin"} else 2
                    )
        return index

    def _format(self, frame: Frame, tokens: list[Token], index: int) -> int:
        if tokens[index].low not in {"as", "in", "to", "into", "with", "their", "its"}:
            return index
        at = index + 1
        while at < len(tokens) and tokens[at].low in {
            "a",
            "an",
            "the",
            "their",
            "its",
            "one",
            "single",
            "separate",
            "individual",
            "my",
            "own",
            "plain",
            "simple",
            "proper",
        }:
            at += 1
        if at >= len(tokens):
            return index
        file_type = texts("formats", "types").get(tokens[at].low)
        if file_type is None or (tokens[at].low in {"text", "word"} and tokens[index].low != "as"):
            return index
        at += 1
        said_file = False
        while at < len(tokens) and tokens[at].low in {
            "file",
            "files",
            "format",
            "document",
            "documents",
            "sheet",
            "table",
            "spreadsheet",
            "export",
            "attachment",
            "workbook",
            "form",
            "format,",
        }:
            said_file = said_file or tokens[at].low.startswith("file")
            at += 1
        if tokens[index].low in {"into", "to", "in"}:
            frame.destination = "table"
        frame.file_type = frame.file_type or file_type
        return self._called(frame, tokens, at)

    def _destination(self, frame: Frame, tokens: list[Token], index: int) -> int:
        """`into a table called X`, `in my workspace`, `to the folder Y`."""
        low = tokens[index].low
        if low not in {"in", "into", "to", "onto", "as", "on"}:
            return index
        noun, end = parse_noun(tokens, index + 1)
        if noun.empty or noun.agents:
            return index
        head = noun.head
        storing = frame.act in {
            "store",
            "take",
            "download",
            "watch",
            "search",
            "pick",
            "filter",
            "notify",
        }
        storable = low in {"into", "to", "as", "onto"} or frame.act == "store" or noun.indefinite
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
        end = self._called(frame, tokens, end)
        # `a table with columns a, b` is read by the field reader; `a table of X` names it.
        return end

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
                | {"google", "new", "local", "excel"}
            ]
            name = " ".join(token.text for token in lead)
            if name:
                frame.dataset = frame.dataset or name

    def _called(self, frame: Frame, tokens: list[Token], index: int) -> int:
        at = index
        if at < len(tokens) and tokens[at].low == ",":
            at += 1
        if at + 1 < len(tokens) and tokens[at].low in {
            "called",
            "named",
            "titled",
            "labelled",
            "with",
            "of",
        }:
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

    def _key(self, frame: Frame, tokens: list[Token], index: int) -> int:
        """`keyed by SKU`, `one row per order`, `with the ISBN as key`, `identified by number`."""
        low = tokens[index].low
        following = [token.low for token in tokens[index : index + 4]]
        at = 0
        if low in {
            "keyed",
            "indexed",
            "deduplicated",
            "deduped",
            "identified",
            "unique",
            "keyd",
            "identifiable",
            "uniquely",
        }:
            at = index + 1
            while at < len(tokens) and tokens[at].low in {
                "by",
                "on",
                "with",
                "per",
                "the",
                "their",
                "its",
                "in",
                "identified",
                "via",
                "using",
            }:
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
            at = index + (2 if following[1:2] and following[1] in {"is", ":", "=", "by"} else 1)
        elif (frame.act == "key" and index == 0) or low in {"with", "using", "use"}:
            return self._as_key(frame, tokens, index)
        if not at or at >= len(tokens):
            return index
        noun, end = parse_noun(tokens, at)
        if noun.empty:
            return index
        frame.key = noun.phrase if noun.quoted else noun.phrase
        if low == "one":
            frame.key = ""
            frame.use(*tokens[index:end])
            if singular(noun.phrase.lower()) in words("nouns", "keys"):
                frame.key = noun.phrase
        return end

    def _as_key(self, frame: Frame, tokens: list[Token], index: int) -> int:
        start = index if frame.act == "key" and index == 0 else index + 1
        if (
            start < len(tokens)
            and tokens[start].low in {"it", "them", "by", "on", "rows", "the"}
            and frame.act == "key"
        ):
            while start < len(tokens) and tokens[start].low in {
                "it",
                "them",
                "by",
                "on",
                "rows",
                "the",
                "records",
                "table",
            }:
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

    def _including(self, frame: Frame, tokens: list[Token], index: int) -> int:
        """`with title, author and price`, `including their due dates`, `columns: a, b`."""
        low = tokens[index].low
        at = index + 1
        if low in {"along", "together"} and at < len(tokens) and tokens[at].low == "with":
            at += 1
        elif low in {"column", "columns", "field", "fields"}:
            at = index + 1
        elif low not in {
            "with",
            "including",
            "incl",
            "include",
            "showing",
            "listing",
            "containing",
            "plus",
            "namely",
            "giving",
            "comprising",
            "consisting",
            ":",
            "(",
            "i.e",
        }:
            return index
        while at < len(tokens) and (
            tokens[at].low
            in {
                "the",
                "their",
                "its",
                "columns",
                "column",
                "fields",
                "field",
                "of",
                "for",
                ":",
                "also",
                "a",
                "an",
                "following",
                "all",
                "(",
                ".",
                "are",
                "each",
                "every",
            }
            or (
                tokens[at].low in {"values", "details", "data", "information"}
                and at + 1 < len(tokens)
                and tokens[at + 1].low in {"of", ":", "on"}
            )
        ):
            at += 1
        nouns, end = parse_nouns(tokens, at)
        if not nouns or (
            self._conditions.read(tokens, index) is not None and low in {"with", "containing"}
        ):
            return index
        columns_said = any(
            token.low in {"columns", "column", "fields", "field"} for token in tokens[index:at]
        )
        # `x including y` names fields whatever they are called; `with` needs column-like words.
        if not (
            columns_said
            or low in {"including", "showing", "listing", "incl"}
            or all(_is_field(noun) or noun.quoted or noun.possessive for noun in nouns)
            or (len(nouns) > 1 and any(_is_field(noun) for noun in nouns))
        ):
            return index
        if any(noun.conditions or noun.pronoun for noun in nouns):
            return index
        self._fields(frame, nouns)
        if end < len(tokens) and tokens[end].low in {"for", "of"}:
            owner, owner_end = parse_noun(tokens, end + 1)
            if owner.every or owner.plural:
                if not frame.things and not owner.empty:
                    self._add_thing(frame, owner)
                    return owner_end
                if owner.every:
                    return owner_end
        return end

    def _fields_of(self, frame: Frame, tokens: list[Token], index: int) -> int:
        """`for each invoice`, `of every product`, `per order` after the object."""
        low = tokens[index].low
        if low not in {"for", "of", "per", "from", "on", "to"} or index + 1 >= len(tokens):
            return index
        noun, end = parse_noun(tokens, index + 1)
        if noun.empty or (noun.pronoun and not noun.words):
            if (noun.every and noun.pronoun and low in {"for", "of"}) or (
                low in {"for", "of"} and tokens[index + 1].low in {"each", "all", "every", "them"}
            ):
                frame.per_row = True
                last = index + 2
                while last < len(tokens) and tokens[last].low in {
                    "of",
                    "them",
                    "one",
                    "these",
                    "those",
                }:
                    last += 1
                return last
            return index
        if low in {"from", "on", "to"} and not (
            noun.every
            and not frame.things
            and noun.head not in words("nouns", "sites") | words("nouns", "places")
        ):
            return index
        watched = frame.act == "watch" and low in {"for", "on"} and not frame.things
        if low in {"for", "of"} and not (noun.every or watched or (not frame.things and frame.fields)):
            return index
        if noun.head in words("nouns", "sites"):
            return index
        if low == "per" or noun.every:
            frame.per_row = True
        if not frame.things:
            self._add_thing(frame, noun)
        elif noun.head in words("nouns", "generic") or any(
            noun.head == thing.head for thing in frame.things
        ):
            self._merge_noun(frame, noun)
        elif frame.act == "download" and len(frame.things) == 1:
            # `the PDF of each invoice`
            self._merge_noun(frame, noun)
            frame.things = [noun]
        elif all(_is_field(thing) for thing in frame.things):
            self._fields(frame, frame.things)
            frame.things = []
            self._add_thing(frame, noun)
        else:
            return index
        return end

    def _site_or_place(self, frame: Frame, tokens: list[Token], index: int) -> int:
        """`in the catalogue`, `from the Invoices page`, `on the Acme portal`, `under Billing`."""
        low = tokens[index].low
        if low not in {
            "in",
            "on",
            "from",
            "at",
            "under",
            "within",
            "inside",
            "into",
            "to",
            "via",
            "through",
            "of",
            "using",
            "across",
            "with",
            "over",
            "for",
            "out",
        }:
            return index
        at = index + 1
        if low == "out" and at < len(tokens) and tokens[at].low == "of":
            at += 1
        noun, end = parse_noun(tokens, at)
        if noun.empty or (noun.pronoun and not noun.words) or noun.agents:
            return index
        if low == "of" and noun.head not in words("nouns", "sites"):
            return index
        if low in {
            "via",
            "through",
            "using",
            "with",
            "for",
            "over",
            "across",
        } and noun.head not in words("nouns", "sites") | words("nouns", "places"):
            return index
        if low in {"with", "for"}:
            return index
        if (noun.head in words("nouns", "sites") and noun.head not in {"store"}) or (
            noun.head == "store" and frame.act != "store"
        ):
            self.site(frame, noun)
            return end
        condition = self._conditions.read(tokens, index)
        if condition is not None:
            return index
        placed = (
            noun.head in words("nouns", "places") | words("nouns", "forms")
            or noun.quoted
            or noun.definite
            or noun.words[0].text[:1].isupper()
            or len(noun.words) == 1
        )
        if not placed or noun.which or noun.counted:
            return index
        if (
            noun.head in words("nouns", "generic")
            and not noun.definite
            and noun.head not in words("nouns", "places")
        ):
            return index
        if noun.head == "search" or (noun.head == "result" and "search" in noun.phrase.lower()):
            return end
        person = (
            low == "from"
            and noun.words[0].text[:1].isupper()
            and not noun.definite
            and noun.head not in words("nouns", "places")
        )
        if person:
            return self._origin(frame, tokens, noun, index, end)
        frame.rules += self._condition_rules(noun)
        if noun.new:
            frame.new = True
        name = noun.bare
        # The noun before it is what is listed there: "orders in the order history".
        if not frame.place or low in {"under", "in"}:
            frame.place = name if not frame.place else frame.place
            frame.place_kind = (
                "files" if noun.head in {"folder", "directory", "file", "document"} else "list"
            )
        return end

    @staticmethod
    def _condition_rules(noun: NounPhrase) -> list[MatchRule]:
        from podium.state.plan import MatchRule

        return [MatchRule(phrase=condition) for condition in noun.conditions]

    def _origin(
        self, frame: Frame, tokens: list[Token], noun: NounPhrase, index: int, end: int
    ) -> int:
        """`invoices from Acme`: the site when none is said, else who they are from."""
        from podium.state.plan import MatchRule

        if frame.sites or frame.site_name or any(token.kind == "url" for token in tokens):
            frame.rules.append(
                MatchRule(
                    phrase=source(self._text, tokens[index:end]), cmp="contains", value=noun.phrase
                )
            )
        else:
            frame.site_name = noun.phrase
        return end

    def site(self, frame: Frame, noun: NounPhrase) -> None:
        """Note a site by its name: `the Acme supplier portal` is Acme's."""
        names = [
            token.value
            for token in noun.words
            if token.kind == "quote"
            or (token.text[:1].isupper() and token.lemma not in words("nouns", "sites"))
        ]
        plain = [token.text for token in noun.words if token.lemma not in words("nouns", "sites")]
        if names:
            frame.site_name = frame.site_name or " ".join(names)
        elif plain:
            frame.site_name = frame.site_name or " ".join(plain)

    def _condition(self, frame: Frame, tokens: list[Token], index: int) -> int:
        at = index
        while (
            at < len(tokens)
            and tokens[at].low in {"and", ",", "but", "only", "or", "also", "that", "(", "just"}
            and at + 1 < len(tokens)
            and at - index < 2
        ):
            found = self._conditions.read(tokens, at)
            if found is not None:
                break
            at += 1
        found = self._conditions.read(tokens, at)
        if found is None:
            if tokens[index].low in {"only"} and index + 1 < len(tokens):
                return self._only(frame, tokens, index)
            return index
        frame.rules += found[0]
        return found[1]

    def _only(self, frame: Frame, tokens: list[Token], index: int) -> int:
        """`only the overdue ones`, `only unpaid`."""
        noun, end = parse_noun(tokens, index + 1)
        if noun.conditions or noun.which or noun.new:
            self._merge_noun(frame, noun)
            return end
        if not noun.empty and noun.head in words("nouns", "conditions"):
            from podium.state.plan import MatchRule

            frame.rules.append(MatchRule(phrase=noun.phrase))
            return end
        return index

    def _news(self, frame: Frame, tokens: list[Token], index: int) -> int:
        """`since the last run`, `not yet seen`, `that have changed`."""
        phrase = " ".join(token.low for token in tokens[index : index + 8])
        for said, end in words_and_lengths("news"):
            if phrase.startswith(said) and phrase[len(said) : len(said) + 1] in {"", " "}:
                frame.new = True
                return index + end
        for said, end in words_and_lengths("changes"):
            if phrase.startswith(said) and phrase[len(said) : len(said) + 1] in {"", " "}:
                frame.changed = True
                return index + end
        return index

    def _event(self, frame: Frame, tokens: list[Token], index: int) -> int:
        """`when a new headline appears`, `if the price drops below 50`, `whether anything changed`."""
        if tokens[index].low not in {"when", "whenever", "if", "once", "whether", "as"}:
            return index
        at = index + 1
        if tokens[index].low == "as":
            if [token.low for token in tokens[at : at + 2]] != ["soon", "as"]:
                return index
            at += 2
        while at < len(tokens) and (
            tokens[at].low
            in {
                "there",
                "is",
                "are",
                "any",
                "it",
                "that's",
                "there's",
                "we",
                "i",
                "you",
                "get",
                "find",
                "see",
                "has",
                "have",
                "they",
                "you've",
                "been",
            }
            and not (
                tokens[at].low == "any" and at + 1 < len(tokens) and tokens[at + 1].low == "of"
            )
        ):
            at += 1
        if at >= len(tokens):
            return index
        if tokens[at].low in {"done", "finished", "ready", "complete", "completed", "over"}:
            return at + 1
        if tokens[at].low in {"changed", "updated", "changes"}:
            frame.changed = True
            return at + 1
        if tokens[at].low in {"anything", "something", "one", "nothing"}:
            return self._happening(frame, tokens, index, at + 1, None)
        condition = self._conditions.read(tokens, at)
        if condition is not None:
            frame.rules += condition[0]
            return condition[1]
        nouns, end = parse_nouns(tokens, at)
        if not nouns:
            return index
        return self._happening(frame, tokens, index, end, nouns[0])

    def _happening(
        self, frame: Frame, tokens: list[Token], index: int, end: int, noun: NounPhrase | None
    ) -> int:
        """What happens to a thing: it appears, changes, or meets a condition."""
        words_ahead = [token.low for token in tokens[end : end + 3]]
        while end < len(tokens) and tokens[end].low in {
            "is",
            "are",
            "has",
            "have",
            "gets",
            "get",
            "been",
            "was",
            "were",
            "there",
            "becomes",
            "become",
            "went",
            "new",
            "being",
        }:
            if tokens[end].low == "new":
                frame.new = True
            end += 1
        event = tokens[end].low if end < len(tokens) else ""
        if noun is not None:
            self._eventful(frame, noun)
        if event in words("phrases", "appearing"):
            frame.new = True
            end += 1
            while (
                end < len(tokens)
                and tokens[end].low in {"in", "up", "out", "there", "by"}
                and not (end + 1 < len(tokens) and tokens[end + 1].low in {"the", "a", "our"})
            ):
                end += 1
            return end
        if event in words("phrases", "changing"):
            probe = end + 1
            while probe < len(tokens) and tokens[probe].low in {"to", "by"}:
                probe += 1
            found = self._conditions.read(tokens, probe) if probe < len(tokens) else None
            if found is None:
                frame.changed = True
                return end + 1
            column = frame.fields[-1] if frame.fields else ""
            frame.rules += [
                rule if rule.column else rule.model_copy(update={"column": column})
                for rule in found[0]
            ]
            return found[1]
        if (
            event
            and (event in words("nouns", "conditions") or event in words("nouns", "new"))
            and words_ahead
        ):
            from podium.state.plan import MatchRule

            frame.rules.append(MatchRule(phrase=source(self._text, tokens[end : end + 1])))
            return end + 1
        found = self._conditions.read(tokens, end) if end < len(tokens) else None
        if found is not None:
            column = frame.fields[-1] if frame.fields else ""
            frame.rules += [
                rule if rule.column else rule.model_copy(update={"column": column})
                for rule in found[0]
            ]
            return found[1]
        if noun is not None and (noun.new or noun.conditions):
            return end
        return index if noun is None or event else end

    def _eventful(self, frame: Frame, noun: NounPhrase) -> None:
        if noun.is_column() and not noun.new:
            self._fields(frame, [noun])
            if noun.owner is not None:
                self._add_thing(frame, noun.owner)
        elif not noun.pronoun:
            self._add_thing(frame, noun)

    def _notify_to(self, frame: Frame, tokens: list[Token], index: int) -> int:
        if frame.act != "notify":
            return index
        at = (
            index + 1
            if tokens[index].low in {"to", "at", "via", "by", "on", "in", "through"}
            else index
        )
        if at < len(tokens) and (
            tokens[at].kind == "email"
            or (
                at > index
                and tokens[at].low
                in {
                    "slack",
                    "email",
                    "e-mail",
                    "mail",
                    "teams",
                    "sms",
                    "telegram",
                    "discord",
                    "chat",
                    "phone",
                }
            )
        ):
            frame.notify = tokens[at].value
            return at + 1
        return index

    def _moment(self, frame: Frame, tokens: list[Token], index: int) -> int:
        """`tomorrow at 6`, `on Friday`, `at 8am`: when the whole job shall be done."""
        at = index
        if tokens[at].low in {"on", "at", "by", "from", "starting", "until"} and at + 1 < len(tokens):
            at += 1
        token = tokens[at]
        if token.kind == "date" and token.entity is not None and not token.entity.label and token.value >= self._today.isoformat():
            end = at + 1
            if end + 1 < len(tokens) and tokens[end].low in {"at", "by", ","} and tokens[end + 1].kind in {"time", "number"}:
                end += 2
            elif end < len(tokens) and tokens[end].kind == "time":
                end += 1
        elif token.kind == "time":
            end = at + 1
            if end < len(tokens) and tokens[end].kind == "date":
                end += 1
        else:
            return index
        frame.moment = frame.moment or source(self._text, tokens[index:end])
        return end

    def _choice(self, frame: Frame, tokens: list[Token], index: int) -> int:
        """A later `first`, `cheapest one`, `top 3`."""
        if not tokens[index].is_word or tokens[index].low in {"last"}:
            return index
        noun, end = parse_noun(tokens, index)
        if noun.which and (noun.pronoun or noun.empty or noun.head in words("nouns", "generic")):
            self._merge_noun(frame, noun)
            return end
        return index

    def _search(self, frame: Frame, tokens: list[Token]) -> None:
        """`search [the shop] for X [in Y]`: the words searched for, verbatim."""
        index = 0
        has_for = (
            frame.clause.verb is not None
            and frame.clause.verb.phrase.endswith(
                (" for", " up", "find", "lookup", "google", "seek", " down", " type in", "query")
            )
        ) or (
            frame.clause.verb is not None
            and frame.clause.verb.phrase in {"find", "lookup", "google", "query", "seek"}
        )
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
            index = max(self.modifier(frame, tokens, index), index + 1)

    def _searched(self, frame: Frame, tokens: list[Token], index: int) -> int:
        """What is searched: the site or a part of it."""
        end = self.modifier(frame, tokens, index)
        if end > index:
            return end
        noun, noun_end = parse_noun(tokens, index)
        if noun.empty:
            return index
        frame.use(*noun.tokens)
        if noun.head in words("nouns", "sites"):
            self.site(frame, noun)
        elif noun.quoted and noun.words[-1].kind == "quote":
            frame.query = noun.phrase
        elif noun.head not in {"box", "field", "bar", "search", "it", "page"} and not noun.pronoun:
            frame.place = noun.bare
        return noun_end

    def _search_without_for(self, frame: Frame, tokens: list[Token]) -> None:
        if frame.query:
            return
        if frame.place:
            frame.query, frame.place = frame.place, ""

    def _query(self, frame: Frame, tokens: list[Token], index: int) -> int:
        start = index
        while (
            index < len(tokens)
            and tokens[index].low
            in {
                "the",
                "a",
                "an",
                "term",
                "word",
                "words",
                "phrase",
                "keyword",
                "product",
                "item",
                "string",
                "text",
                "keywords",
                "some",
                "any",
                "all",
            }
            and index + 1 < len(tokens)
        ):
            if (
                tokens[index].low
                in {
                    "product",
                    "item",
                    "term",
                    "word",
                    "phrase",
                    "keyword",
                    "string",
                    "text",
                    "words",
                    "keywords",
                }
                and tokens[index + 1].kind != "quote"
            ):
                break
            index += 1
        if (
            index < len(tokens)
            and tokens[index].kind in {"quote", "email", "number", "file"}
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
            return token.low not in {"-", "'", ".", "+", "#"} or (token.low == "-" and at == start)
        if token.kind in {"url", "cred", "schedule", "pair"}:
            return True
        if (
            token.low
            in {
                "in",
                "on",
                "at",
                "from",
                "within",
                "using",
                "under",
                "with",
                "whose",
                "that",
                "which",
                "and",
                "then",
                "sorted",
                "to",
                "as",
                "into",
            }
            and at > start
        ):
            if token.low == "and":
                return at + 1 >= len(tokens) or tokens[at + 1].low in {"the", "its", "then"}
            following = tokens[at + 1] if at + 1 < len(tokens) else None
            if following is None:
                return True
            if token.low in {"in", "on", "at", "from", "within", "under", "using"}:
                return (
                    following.kind in {"url", "schedule"}
                    or following.low in {"the", "our", "my", "that", "this", "their"}
                    or following.text[:1].isupper()
                    or lemma(following.low) in words("nouns", "sites") | words("nouns", "places")
                )
            return token.low not in {"to"}
        return comparative_ends(tokens, at, start)


def comparative_ends(tokens: list[Token], at: int, start: int) -> bool:
    """Whether a comparison with an amount begins here, which is no part of a search text."""
    from podium.tools.offline.conditions import comparative_at

    if at == start:
        return False
    compared = comparative_at(tokens, at)
    return (
        compared is not None
        and at + compared[1] < len(tokens)
        and tokens[at + compared[1]].kind in {"money", "number"}
    )


def words_and_lengths(name: str) -> list[tuple[str, int]]:
    """Return the fixed phrases of that name, longest first, with their lengths in tokens."""
    phrases = sorted(words("phrases", name), key=len, reverse=True)
    return [(phrase, len(phrase.split())) for phrase in phrases]


def _is_field(noun: NounPhrase) -> bool:
    return (
        noun.is_column() and not (noun.conditions or noun.counted or noun.new) and not noun.agents
    )

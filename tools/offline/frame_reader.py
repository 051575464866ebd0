"""Reads one clause into a frame: the act by verb and object, then the modifiers in any order."""

from __future__ import annotations

from datetime import date

from podium.state.plan import MatchRule
from podium.tools.offline.acts import choose_act
from podium.tools.offline.alternatives import join_alternatives
from podium.tools.offline.asked_frames import asks_for
from podium.tools.offline.clauses import Clause
from podium.tools.offline.columns import ColumnReader
from podium.tools.offline.conditions.reader import ConditionReader
from podium.tools.offline.conditions.shared import turned
from podium.tools.offline.events import EventReader
from podium.tools.offline.form_frames import read_form
from podium.tools.offline.frames import FORM_ACTS, Frame
from podium.tools.offline.leftovers import keep_leftovers
from podium.tools.offline.lexicon import among, singular, texts, words
from podium.tools.offline.named_things import (
    CONTAINERS,
    bare_singular,
    bracketed,
    columns_behind,
    columns_behind_site,
    columns_of_part,
    every_listed,
    every_named,
    fetched,
    later_bare,
    made_of_nothing,
    of_one,
    of_rows,
    of_what,
    only_format,
    opened_each,
    opened_rows,
    owns_what_follows,
    whole_names,
)
from podium.tools.offline.nouns import NounPhrase, parse_noun, parse_nouns
from podium.tools.offline.places import PlaceReader
from podium.tools.offline.restrictions import restriction
from podium.tools.offline.results import ResultReader
from podium.tools.offline.row_frames import RowChange, frame_of, read_change
from podium.tools.offline.searches import SearchReader
from podium.tools.offline.slots import add_fields, add_thing, is_field, left_out, merge_noun
from podium.tools.offline.sorting import read_sorting
from podium.tools.offline.tokens import Token
from podium.tools.offline.undone import DEPENDING, open_conditions
from podium.tools.offline.values import ValueReader
from podium.tools.offline.word_order import before_site, date_last, rhythm_alone, site_first


def _held(clause: Clause) -> set[int]:
    """Return the tokens that hold for the whole job: addresses, credentials, times."""
    held = {"url", "cred", "schedule", "punct"}
    return {token.start for token in clause.tokens if token.kind in held}


def _told(clause: Clause) -> list[Token]:
    """Take whom it is told (`give me ...`) from the object to the verb."""
    indirect = 0
    while indirect + 1 < len(clause.after) and clause.after[indirect].low in {"me", "us", "myself"}:
        indirect += 1
    told, clause.after = clause.after[:indirect], clause.after[indirect:]
    clause.verb_tokens = [*clause.verb_tokens, *told]
    return told


class FrameReader:
    """Reads clauses of one text."""

    def __init__(self, text: str, today: date, *, sited: bool = False) -> None:
        """Prepare for one text; `sited`: it says the address of a site."""
        self._text = text
        self._conditions = ConditionReader(text)
        self._values = ValueReader(text)
        self._sited = sited
        self.telegram = False
        self.lone = False
        """It is one clause alone, without a verb and without a site: `invoices, weekly`."""
        self._each: NounPhrase | None = None
        """The records whose own pages are open: `open each recipe and save the title`."""
        """No clause has a verb and a site is said: what is named is read."""
        self._places = PlaceReader(text, self._conditions, sited=sited)
        self._events = EventReader(text, today, self._conditions)
        self._results = ResultReader()
        self._columns = ColumnReader(self._conditions)
        self._searches = SearchReader(text, self)

    def read(self, clause: Clause, *, form_open: bool) -> Frame:
        """Return the frame of a clause; `form_open`: a form is being filled in the clauses before it."""
        told = _told(clause)
        date_last(clause)
        asked = self._sited and asks_for(clause)
        if self.telegram:
            site_first(clause)
        changed = read_change(self._text, clause)
        if changed is not None:
            return self._edit(clause, *changed)
        nouns, after_nouns = parse_nouns(clause.after, 0)
        act = "take" if asked else choose_act(clause, nouns, clause.after, form_open=form_open)
        if told and act == "add" and clause.verb is not None and "take" in clause.verb.web:
            act = "take"  # "give me the sloops": to be told them, not to hand something in
        if (
            self.telegram
            and act in {"fragment", "nothing"}
            and (before_site(clause.after, after_nouns) or every_named(clause, nouns))
        ):
            act = "take"
        if (
            act in {"fragment", "nothing"}
            and self.lone
            and rhythm_alone(clause.after, nouns, after_nouns)
        ):
            act = "take"
        frame = self._frame(act, clause, nouns, after_nouns, asked=asked)
        if act == "open" and (state := opened_rows(frame)) is not None:
            # "pull up the ten newest requests at URL, title and author": no page is told by that.
            nouns, after_nouns = parse_nouns(clause.after, 0)
            frame = self._frame("take", clause, nouns, after_nouns, asked=asked)
            frame.rules += [MatchRule(phrase=state)] if state else []
        return frame

    def _frame(
        self, act: str, clause: Clause, nouns: list[NounPhrase], after_nouns: int, *, asked: bool
    ) -> Frame:
        """Return the frame of a clause whose act is known."""
        frame = Frame(act=act, clause=clause)
        if act == "open":
            self._each = opened_each(clause, nouns)
        frame.use(*clause.verb_tokens)
        if asked:
            # An answer is wanted, not the files themselves.
            frame.destination = "table"
        if clause.condition and act in FORM_ACTS | {"change", "click"}:
            # A write that depends on something: no step does that, so it must not look understood.
            frame.unread.append(f"{clause.condition} ...")
        self._lead(frame, clause.before)
        if act in FORM_ACTS:
            read_form(frame, clause.after, self._values, self)
        else:
            self._object(frame, clause.after, nouns, after_nouns)
            _each(frame)
        if self._sited or (act == "take" and every_listed(frame)):
            keep_leftovers(frame, self._text)
        if act not in FORM_ACTS:
            join_alternatives(frame, self._text, sited=self._sited)
        open_conditions(frame)
        _settle(frame)
        return frame

    def _edit(self, clause: Clause, change: RowChange, said: list[Token]) -> Frame:
        """Return the frame of a change to one record; what is left of the clause says where and when."""
        frame = frame_of(clause, change, said)
        for tokens in (clause.before, clause.after):
            left = [token for token in tokens if token.start not in frame.used]
            index = 0
            while index < len(left):
                index = max(self.modifier(frame, left, index), index + 1)
        return frame

    def _lead(self, frame: Frame, tokens: list[Token]) -> None:
        index = 0
        while index < len(tokens):
            end = self._events.moment(frame, tokens, index)
            if end > index and not any(token.kind == "schedule" for token in tokens):
                # Before the verb a day says when to do it, not which records are meant.
                frame.use(*tokens[index:end])
                index = end
                continue
            index = max(self.modifier(frame, tokens, index), index + 1)

    def _object(self, frame: Frame, tokens: list[Token], nouns: list[NounPhrase], end: int) -> None:
        if frame.act == "search":
            self._searches.search(frame, tokens)
            return
        if frame.act == "key":
            frame.use(*tokens[: self._results.key(frame, tokens, 0)])
            return
        if made_of_nothing(frame, nouns):
            return
        if tokens and tokens[0].low in among("columns column fields field"):
            start = self._columns.including(frame, tokens, 0)
            frame.use(*tokens[:start])
            tokens, nouns, end = tokens[start:], [] if start else nouns, 0 if start else end
        index = end if nouns else 0
        for noun in nouns:
            frame.use(*noun.tokens)
        if nouns:
            frame.use(*tokens[:end])
            index = self._classify(frame, tokens, nouns, end)
            index = self._numbered(frame, tokens, index)
        else:
            frame.pronoun = True
        while index < len(tokens):
            end = self.modifier(frame, tokens, index)
            if end == index:
                end = self._late_object(frame, tokens, index)
            index = max(end, index + 1)

    def _late_object(self, frame: Frame, tokens: list[Token], index: int) -> int:
        """Read the object where it comes late: `collect, every day, the prices of all products`."""
        wanting = frame.act in among("take download watch store fragment") and not (
            frame.things or frame.fields
        )
        if not wanting or not frame.pronoun or not tokens[index].is_word:
            return index
        if frame.act == "fragment" and index and tokens[index - 1].is_word:
            return index
        nouns, end = parse_nouns(tokens, index)
        first = nouns[0] if nouns else None
        if (
            first is None
            or first.pronoun
            or not (first.every or first.definite or first.plural or first.counted)
        ):
            return index
        frame.pronoun = False
        frame.use(*tokens[index:end])
        return self._numbered(frame, tokens, self._classify(frame, tokens, nouns, end))

    @staticmethod
    def _numbered(frame: Frame, tokens: list[Token], index: int) -> int:
        """`my order 12345`: the number picks one of them."""
        if (
            index < len(tokens)
            and tokens[index].kind == "quote"
            and frame.things
            and frame.act not in {"click", "open"}
        ):
            frame.rules.append(
                MatchRule(
                    phrase=f"{frame.things[-1].phrase} {tokens[index].text}",
                    cmp="contains",
                    value=tokens[index].value,
                )
            )
            frame.use(tokens[index])
            return index + 1
        if index >= len(tokens) or tokens[index].kind != "number" or not frame.things:
            return index
        if (
            index + 1 < len(tokens)
            and tokens[index + 1].is_word
            and tokens[index + 1].low
            not in words("words", "prepositions") | words("words", "conjunctions")
        ):
            return index
        thing = frame.things[-1]
        if thing.words and thing.words[-1].text[:2] != thing.words[-1].text[:2].lower():
            # "the iPhone 15": a name.
            thing.words.append(tokens[index])
            frame.use(tokens[index])
            return index + 1
        frame.rules.append(
            MatchRule(
                phrase=f"{thing.phrase} {tokens[index].text}",
                column=f"{thing.head} number",
                value=tokens[index].text,
            )
        )
        frame.use(tokens[index])
        return index + 1

    def _classify(  # noqa: C901  rules tried in their order, each short
        self, frame: Frame, tokens: list[Token], nouns: list[NounPhrase], index: int
    ) -> int:
        """Decide which nouns are things and which are fields of things."""
        for noun in [noun for noun in nouns if only_format(noun) and len(nouns) > 1]:
            merge_noun(frame, noun)
            nouns.remove(noun)
        if frame.act == "notify":
            nouns = [
                noun
                for noun in nouns
                if not (
                    noun.indefinite
                    and noun.head
                    in among(
                        "email mail e-mail message note notification alert sms text line reminder summary ping shout"
                    )
                )
            ]
            if not nouns:
                return index
        columns_behind(frame, nouns)
        if not nouns:
            return index
        if all(noun.pronoun and not noun.words for noun in nouns):
            frame.pronoun = not any(noun.every for noun in nouns)
            if nouns[0].pronoun in {"everything", "whatever"}:
                frame.things.append(nouns[0])
            for noun in nouns:
                merge_noun(frame, noun)
            return index
        if frame.act in among("take watch store") and of_rows(tokens, index):
            # "the borrower and due date of those that are overdue": columns, whatever they are called.
            add_fields(frame, nouns)
            return index
        if self._each is not None and frame.act in among("take store") and all(of_one(noun) for noun in nouns):  # fmt: skip
            named = whole_names(nouns, tokens, index)
            frame.use(*tokens[index:named])
            index = named
            add_fields(frame, nouns)
            if not frame.things:
                frame.things.append(self._each)
            return index
        if len(nouns) == 1 and nouns[0].definite and owns_what_follows(tokens, index):
            only = nouns[0]
            if len(only.words) > 1 and only.words[0].low in {"last", "first"}:
                only.which, only.words = only.words[0].low, only.words[1:]
            if only.which:
                add_thing(frame, only)
                return index
        listed = len(nouns) == 1 and nouns[0].plural and nouns[0].head not in {"column", "field"}
        if listed and columns_behind_site(tokens, index):
            add_thing(frame, nouns[0])  # "fuel prices at URL, station, diesel"
            return index
        index = self._of_place(frame, tokens, nouns, index)
        index = bracketed(frame, tokens, nouns, index)
        inner, index = columns_of_part(tokens, nouns, index)
        frame.use(*tokens[:index] if inner is not nouns else ())
        nouns = inner
        named = of_what(nouns, tokens, index)
        frame.use(*tokens[index:named])
        index = named
        owner, index = self._owner(tokens, nouns, index)
        if owner is not None:
            if owner.every and nouns[0].which and not is_field(nouns[0]):
                # "the newest report of every van": no step picks within each.
                frame.unread.append(" ".join(token.text for token in nouns[0].tokens) + " of each")
            if fetched(frame, nouns):
                frame.act = "download"
            if frame.act == "download":
                for noun in nouns:
                    merge_noun(frame, noun)
                frame.parts += [noun.name for noun in nouns if noun.name and not noun.file_type]
            else:
                add_fields(frame, nouns)
            frame.use(*owner.tokens)
            add_thing(frame, owner)
            return index
        if nouns[0].owner is not None:
            add_fields(frame, nouns)
            frame.use(*nouns[0].owner.tokens)
            add_thing(frame, nouns[0].owner)
            return index
        owned = all(
            noun.possessive and noun.words and noun.head not in words("nouns", "files")
            for noun in nouns
        )
        if owned and frame.act in among("take watch store"):
            # "save its definition": whatever it is called, it belongs to what was found.
            add_fields(frame, nouns)
            return index
        if (
            (
                frame.act in among("take watch store download notify")
                or (frame.act == "fragment" and len(nouns) > 1)
            )
            and all(is_field(noun) for noun in nouns)
            and not (len(nouns) == 1 and frame.act == "download")
            and not (nouns[0].plural and nouns[0].head in words("nouns", "rows"))
        ):
            add_fields(frame, nouns)
            frame.pronoun = not frame.fields
            return index
        if (
            len(nouns) > 1
            and frame.act in among("take store watch")
            and any(is_field(noun) for noun in nouns)
            and all(bare_singular(noun) or later_bare(frame, noun) for noun in nouns)
        ):
            # "save title, employer and salary": of a list of bare names one known column tells the rest.
            add_fields(frame, nouns)
            return index
        for position, noun in enumerate(nouns):
            if frame.act in {"sign_in", "open"} and noun.head in words("nouns", "sites"):
                self._places.site(frame, noun)
            if (noun.possessive and position) or (
                noun.is_column()
                and position
                and not noun.every
                and not noun.definite
                and not (len(nouns) > 2 and noun.plural and noun.head in words("nouns", "rows"))
            ):
                add_fields(frame, [noun])
            else:
                add_thing(frame, noun)
        return index

    @staticmethod
    def _of_place(frame: Frame, tokens: list[Token], nouns: list[NounPhrase], index: int) -> int:
        """Read `all documents of the folder "2025"`: a place, not what has documents as a column."""
        if (
            index >= len(tokens)
            or tokens[index].low != "of"
            or not nouns[-1].many
            or all(is_field(noun) for noun in nouns)
        ):
            return index
        owner, end = parse_noun(tokens, index + 1)
        container = bool(owner.words) and (
            owner.head in words("nouns", "places")
            or owner.words[0].lemma in words("nouns", "places")
        )
        if not container or owner.every or owner.plural:
            return index
        frame.place = frame.place or owner.bare
        frame.place_kind = "files" if owner.words[0].lemma in {"folder", "directory"} else "list"
        frame.use(*tokens[index:end])
        return end

    def _owner(
        self, tokens: list[Token], nouns: list[NounPhrase], index: int
    ) -> tuple[NounPhrase | None, int]:
        """`prices of all products`, `title and price for each book`, `a list of all orders`."""
        if index >= len(tokens) or nouns[-1].agents:
            return None, index
        preposition = tokens[index].low
        if preposition not in among("of for from in on per"):
            return None, index
        if index + 1 < len(tokens) and tokens[index + 1].kind in {"number", "money"}:
            # "ratings of 4 stars and up": a condition.
            return None, index
        if self._conditions.of_whom(tokens, index) is not None:
            # "all invoices of customer Hansen": a condition too.
            return None, index
        owner, end = parse_noun(tokens, index + 1)
        if owner.empty or owner.pronoun:
            return None, index
        head = nouns[-1]
        if preposition == "of":
            if len(nouns) == 1 and (
                (head.head in CONTAINERS and not head.is_column())
                or head.head in among("copy list table all number")
                or head.file_type
            ):
                return self._contained(tokens, head, owner, end)
            return self._chain(tokens, owner, end)
        if (
            preposition in {"for", "per"}
            and (
                owner.every
                or preposition == "per"
                or (owner.plural and all(is_field(noun) for noun in nouns))
            )
            and all(not noun.every or is_field(noun) for noun in nouns)
        ):
            return owner, end
        if (
            preposition in {"from", "in", "on"}
            and all(is_field(noun) for noun in nouns)
            and (owner.every or owner.which)
        ):
            return owner, end
        return None, index

    def _chain(self, tokens: list[Token], owner: NounPhrase, end: int) -> tuple[NounPhrase, int]:
        """Read `the price of the first of the results` names the results."""
        if (
            end < len(tokens)
            and tokens[end].low == "of"
            and owner.head in CONTAINERS | {"each", "page"}
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
        if head.head in {"number", "count", "amount"} and owner.plural and not owner.every:
            # A count is no row that could be read.
            owner.unsayable = head.phrase
        head.words = []
        # `a list of names and prices of all products`
        if end < len(tokens) and tokens[end].low in {"of", "for"} and is_field(owner):
            inner, inner_end = parse_noun(tokens, end + 1)
            if not inner.empty:
                head.words = owner.words
                return inner, inner_end
        return owner, end

    def modifier(self, frame: Frame, tokens: list[Token], index: int) -> int:
        """Read the modifier at a place into the frame; return where it ends, or the place itself."""
        token = tokens[index]
        for reader in (
            self._entity, self._stored, self._temporal, self._ranked_by, self._events.event, self._results.format, self._results.destination, self._results.key, self._restriction, self._columns.including, self._columns.trailing,
            self._detail, self._term, self._bare, self._columns.fields_of, self._except, self._places.site_or_place, self._events.news, self._condition, self._notify_to, self._events.moment, self._choice,
        ):  # fmt: skip
            end = reader(frame, tokens, index)
            if end > index:
                frame.use(*tokens[index:end])
                return end
        if token.kind == "punct" or (
            token.low in words("words", "fillers") and token.low not in DEPENDING
        ):
            frame.use(token)
        return index

    def site(self, frame: Frame, noun: NounPhrase) -> None:
        """Note a site by its name."""
        self._places.site(frame, noun)

    def _entity(self, frame: Frame, tokens: list[Token], index: int) -> int:
        token = tokens[index]
        at = index
        if token.low in among(
            "at on from in to via @ under of with as using through into located"
        ) and index + 1 < len(tokens):
            at = index + 1
            if tokens[at].low in among("url address link site website") and at + 1 < len(tokens):
                at += 1
                if tokens[at].low == ":" and at + 1 < len(tokens):
                    at += 1
        if (
            tokens[at].low in among("url address link site website portal page")
            and at + 1 < len(tokens)
            and tokens[at + 1].kind == "url"
        ):
            at += 1
        entity = tokens[at].entity
        if entity is None:
            return index
        if entity.kind == "url":
            frame.sites.append(entity.value)
            if entity.label:
                frame.signed_in, frame.user = True, frame.user or entity.label
            return at + 1
        if entity.kind == "cred":
            frame.signed_in = True
            frame.user = frame.user or entity.value
            return at + 1
        if entity.kind == "schedule" and entity.schedule is not None:
            frame.schedules.append(entity.schedule)
            return at + 1
        return index

    def _stored(self, frame: Frame, tokens: list[Token], index: int) -> int:
        """`with the stored credentials`: nothing to ask, the vault knows them."""
        if tokens[index].low not in {"with", "using", "via", "by"}:
            return index
        noun, end = parse_noun(tokens, index + 1)
        if noun.empty or noun.head not in among("credential credentials login password account"):
            return index
        if not noun.definite and not noun.possessive:
            return index
        frame.signed_in = True
        return end

    def _temporal(self, frame: Frame, tokens: list[Token], index: int) -> int:
        """`once logged in`, `after login`, `behind a login`."""
        if tokens[index].low in among("after once when behind while being needs requires without"):
            for end in range(index + 1, min(index + 7, len(tokens))):
                pair = " ".join(token.low for token in tokens[end : end + 2])
                if tokens[end].low in among("login sign-in logon signin") or pair in among(
                    "logging in|signing in|logged in|signed in|log in|sign in"
                ):
                    frame.signed_in = tokens[index].low != "without"
                    return end + (
                        1 if tokens[end].low in among("login sign-in logon signin") else 2
                    )
        return index

    def _condition(self, frame: Frame, tokens: list[Token], index: int) -> int:
        at = index
        while (
            at < len(tokens)
            and tokens[at].low in among("and , but only or also that ( just")
            and at + 1 < len(tokens)
            and at - index < 2
        ):
            found = self._conditions.read(tokens, at)
            if found is not None:
                break
            at += 1
        found = self._conditions.read(tokens, at)
        if found is None:
            if tokens[index].low == "only" and index + 1 < len(tokens):
                return self._only(frame, tokens, index)
            return index
        joined = [token.low for token in tokens[index:at]]
        if "or" in joined and frame.rules:
            # One or the other: rows that meet both would be something else.
            frame.unread.append(" ".join(token.text for token in tokens[index : found[1]]))
            return found[1]
        _same_column(frame.rules, found[0], tokens[index:at])
        frame.rules += found[0]
        return found[1]

    @staticmethod
    def _ranked_by(frame: Frame, tokens: list[Token], index: int) -> int:
        """Read `the first 5 shelters by capacity`, `the top ten by rating`: what decides which come first."""
        if tokens[index].low != "by" or frame.by or frame.which not in {"first", "last"}:
            return index
        noun, end = parse_noun(tokens, index + 1)
        if (
            not noun.words
            or noun.agents
            or noun.quoted
            or any(token.text[:1].isupper() for token in noun.words)
        ):
            return index
        said = {token.low for token in frame.clause.tokens}
        top = bool(said & {"top", "best", "topmost", "last", "descending"})
        frame.which, frame.by = ("highest" if top else "lowest"), noun.phrase
        return end

    def _restriction(self, frame: Frame, tokens: list[Token], index: int) -> int:
        """Read `with a title`, `without a manager` before a column could be meant."""
        if frame.act in FORM_ACTS | {"open", "sign_in", "search"} or not (frame.things or frame.fields or frame.pronoun):  # fmt: skip
            return index
        behind = _excepting(tokens, index)
        if behind > index and left_out(parse_nouns(tokens, behind)[0]):
            return index  # "without the price and notes columns": no condition on the rows
        found = restriction(self._conditions.text, tokens, index)
        if found is None:
            return index
        frame.rules += found[0]
        return found[1]

    @staticmethod
    def _term(frame: Frame, tokens: list[Token], index: int) -> int:
        """Read `for the word "palimpsest"`: what is looked up, whatever the verb."""
        if tokens[index].low not in {"for", "of", "about", "under"} or frame.query:
            return index
        at = index + 1
        while at < len(tokens) and tokens[at].low in {"the", "a", "my", "search"}:
            at += 1
        if (
            at + 1 < len(tokens)
            and tokens[at].low in among("word term keyword phrase query expression words terms")
            and tokens[at + 1].kind == "quote"
        ):
            frame.query = tokens[at + 1].value
            return at + 2
        return index

    def _detail(self, frame: Frame, tokens: list[Token], index: int) -> int:
        """`mark as read`, `move to Archive`: what a record is changed into."""
        if frame.act != "change" or frame.detail or tokens[index].low not in {"as", "to", "into"}:
            return index
        noun, end = parse_noun(tokens, index + 1)
        if end < len(tokens) and noun.empty and tokens[index + 1].is_word:
            end = index + 2
        word_only = index + 1 < len(tokens) and tokens[index + 1].is_word
        if (noun.empty and not word_only) or noun.head in words("nouns", "sites"):
            return index
        end = max(end, index + 2)
        frame.detail = " ".join(token.value for token in tokens[index:end])
        return end

    def _except(self, frame: Frame, tokens: list[Token], index: int) -> int:
        """`except the cancelled ones`, `but not those over 100 EUR`: the condition is turned round."""
        at = _excepting(tokens, index)
        if at == index:
            return index
        while at < len(tokens) and tokens[at].low in among(
            "for those the ones that of all any are is were was with , from anything everything which already still have been they it its their"
        ):
            if (
                tokens[at].low in {"with", "from", "that"}
                and self._conditions.read(tokens, at) is not None
            ):
                break
            at += 1
        if at >= len(tokens):
            return index
        nouns, last = parse_nouns(tokens, at)
        columns = left_out(nouns)
        if nouns and frame.things and frame.things[-1].head in {"column", "field"}:
            # "all columns except notes": of whatever is listed.
            columns = columns or [noun.phrase for noun in nouns if noun.words]
            frame.things.pop()
            frame.pronoun = not frame.things
        if columns:
            frame.without += columns
            return last
        found = self._conditions.read(tokens, at)
        if found is not None:
            rules = _opposite(found[0])
            frame.unread += [rule.phrase for rule in found[0]] if rules is None else []
            frame.rules += rules or []
            return found[1]
        noun, end = parse_noun(tokens, at)
        if (noun.empty and not noun.conditions) or noun.agents:
            return index
        said = " ".join(
            [
                *noun.conditions,
                noun.phrase
                if not noun.pronoun and noun.head not in words("nouns", "generic")
                else "",
            ]
        ).strip()
        if is_field(noun) and frame.fields:
            # "without the price": a column that is not wanted, as if never named.
            frame.fields = [name for name in frame.fields if name != singular(noun.phrase.lower())]
            return end
        frame.rules.append(MatchRule(phrase=f"not {said}", cmp="!="))
        return end

    @staticmethod
    def _bare(frame: Frame, tokens: list[Token], index: int) -> int:
        """Read a word between commas: `..., unpaid only, CSV, ...`."""
        token = tokens[index]
        before = index == 0 or tokens[index - 1].low in among(", : ; ( -")
        after = index + 1
        while after < len(tokens) and tokens[after].low in {"only", "ones", "please"}:
            after += 1
        alone = (
            after >= len(tokens)
            or not tokens[after].is_word
            or tokens[after].low in words("words", "prepositions")
        )
        if not (token.is_word and before and alone):
            return index
        file_type = texts("formats", "types").get(token.low)
        if file_type is not None and token.low not in {"text", "word"}:
            frame.file_type = frame.file_type or file_type
            return after
        if token.low in words("nouns", "conditions"):
            frame.rules.append(MatchRule(phrase=token.text))
            return after
        return index

    def _only(self, frame: Frame, tokens: list[Token], index: int) -> int:
        """`only the overdue ones`, `only unpaid`."""
        noun, end = parse_noun(tokens, index + 1)
        if noun.conditions or noun.which or noun.new:
            merge_noun(frame, noun)
            return end
        if not noun.empty and noun.head in words("nouns", "conditions"):
            frame.rules.append(MatchRule(phrase=noun.phrase))
            return end
        return index

    def _notify_to(self, frame: Frame, tokens: list[Token], index: int) -> int:
        if frame.act != "notify":
            return index
        at = index + 1 if tokens[index].low in among("to at via by on in through") else index
        if at < len(tokens) and (
            tokens[at].kind == "email"
            or (
                at > index
                and tokens[at].low
                in among("slack email e-mail mail teams sms telegram discord chat phone")
            )
        ):
            frame.notify = tokens[at].value
            return at + 1
        return index

    def _choice(self, frame: Frame, tokens: list[Token], index: int) -> int:
        """Find a later `first`, `cheapest one`, `top 3`."""
        if not tokens[index].is_word or tokens[index].low == "last":
            return index
        ordered = _ordered(tokens, index)
        if ordered:
            frame.ordered.append(" ".join(token.text for token in tokens[index : index + ordered]))
            return index + ordered
        noun, end = parse_noun(tokens, index)
        if noun.which in {"first", "last"} and end == index + 1:
            # "log in first": an adverb.
            return end
        if noun.which and (noun.pronoun or noun.empty or noun.head in words("nouns", "generic")):
            merge_noun(frame, noun)
            return end
        return index


def _settle(frame: Frame) -> None:
    """Note what acts that read nothing leave of what stands beside them."""
    if frame.act == "sign_in":
        frame.use(*(token for token in frame.clause.before if token.low in DEPENDING))
        # Signing in reads nothing: what is said of rows there belongs to no act.
        frame.unread += frame.fields
    if frame.act == "wait":
        # Every step waits until the page is ready.
        frame.use(*frame.clause.after)
    if frame.act == "sort":
        frame.used = _held(frame.clause)
        frame.rules, frame.fields, frame.which, frame.by = [], [], "", ""
        read_sorting(frame, frame.clause.after)
    if frame.act == "nothing":
        # Nothing is done for it, so nothing of it counts as understood but what holds for the whole job.
        frame.used = _held(frame.clause)


def _ordered(tokens: list[Token], index: int) -> int:
    """Return how many tokens `cheapest first`, `most recent first` takes: an order, nothing is picked."""
    for length in (2, 3):
        said = tokens[index : index + length]
        if len(said) == length and said[-1].low == "first" and all(token.is_word for token in said):
            noun, end = parse_noun(said[:-1], 0)
            if noun.which and not noun.words and not noun.counted and end == length - 1:
                return length
    return 0


def _same_column(before: list[MatchRule], found: list[MatchRule], joint: list[Token]) -> None:
    """Give both limits one column: `that cost at least 25 but at most 60`, `at least 20 but at most 30 hours`."""
    joined = any(token.low in {"and", "but"} for token in joint)
    if not (joined and before and len(found) == 1):
        return
    one, other = before[-1], found[0]
    if not all(isinstance(rule.value, int | float) and rule.cmp in {"<", "<=", ">", ">="} for rule in (one, other)):  # fmt: skip
        return
    bare = [rule for rule in (one, other) if not rule.column]
    if not bare or not bare[0].phrase.rstrip()[-1:].isdigit():
        return  # an amount of money or of kilos says itself what it is
    if one.column and not other.column:
        found[0] = other.model_copy(update={"column": one.column})
    elif other.column and not one.column:
        before[-1] = one.model_copy(update={"column": other.column})


def _opposite(rules: list[MatchRule]) -> list[MatchRule] | None:
    """Return the conditions of the rows that these leave out; none when no conjunction says it: not (1 to 5), not (A or B)."""
    if len(rules) == 1:
        return None if rules[0].cmp in {"contains", "in"} else [turned(rules[0])]
    first = rules[0]
    till_now = first.cmp == ">=" and isinstance(first.value, str) and "today-" in first.value
    # "not in the last 30 days": nothing is later than today.
    return [turned(first)] if till_now else None


def _excepting(tokens: list[Token], index: int) -> int:
    """Return where what is left out begins, after `except`, `but not`, `leaving out`; the place itself if nothing is."""
    low, at = tokens[index].low, index + 1
    following = tokens[at].low if at < len(tokens) else ""
    if low in among(
        "except excluding excl without minus besides omitting skipping ignoring dropping unless"
    ):
        return at
    if (
        (low == "but" and following in {"not", "without"})
        or (low in {"other", "apart"} and following in {"than", "from"})
        or (low == "leaving" and following in among("out aside off"))
        or (low == "not" and following in {"counting", "including"})
    ):
        return at + 1
    return index


def _each(frame: Frame) -> None:
    """`for every order, download the invoice`: what is done for each belongs to the order's row."""
    if frame.each is None:
        return
    objects = [thing for thing in frame.things if thing is not frame.each]
    if frame.act in {"take", "watch", "store"}:
        add_fields(frame, [thing for thing in objects if thing.words])
    frame.things = [frame.each]
    frame.per_row = True

"""From frames to a web job: what belongs together, whatever order it was said in."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from podium.state.plan import MatchRule
from podium.tools.offline.conditions.shared import turned
from podium.tools.offline.form_frames import effect_of
from podium.tools.offline.frames import Frame
from podium.tools.offline.lexicon import among, lemma, lists, plural, words
from podium.tools.offline.nouns import NounPhrase
from podium.tools.offline.recurrence_reader import RecurrenceReading
from podium.tools.offline.slots import left_out
from podium.tools.offline.sorting import takes_top


@dataclass(slots=True, kw_only=True)
class Phase:
    """A stretch of a job around one list or one form."""

    kind: str = ""
    """list | form | click | edit; empty: nothing yet but a place."""
    site: str = ""
    place: str = ""
    place_kind: str = ""
    thing: str = ""
    thing_head: str = ""
    fields: list[str] = field(default_factory=list[str])
    without: list[str] = field(default_factory=list[str])
    key: str = ""
    rules: list[MatchRule] = field(default_factory=list[MatchRule])
    which: str = ""
    by: str = ""
    sorted_by: str = ""
    """The column of an order that is said."""
    order: str = ""
    """Which of it comes first: highest | lowest; empty when it is not said."""
    count: int = 1
    limit: int | None = None
    alike: list[NounPhrase] = field(default_factory=list[NounPhrase])
    """Further things with which the same is done: `orders, customers and products`."""
    sites: list[str] = field(default_factory=list[str])
    """Further sites on which the same is done."""
    query: str = ""
    searches: bool = False
    """A search is asked for, with or without words to search for."""
    take: bool = False
    download: bool = False
    parts: list[str] = field(default_factory=list[str])
    """What of each is downloaded: the `attachments` of the mails."""
    file_type: str = ""
    per_row: bool = False
    single: bool = False
    """One file whose address was said."""
    new: bool = False
    changed: bool = False
    store: bool = False
    destination: str = ""
    dataset: str = ""
    values: dict[str, str] = field(default_factory=dict[str, str])
    wanted: list[str] = field(default_factory=list[str])
    row: str = ""
    """Of `edit`: which record is changed, by its key."""
    row_thing: str = ""
    button: str = ""
    """What the button says that sends the form, when the request says it."""
    press: str = ""
    """Of `edit`: what is pressed, as said; empty: the form is saved."""
    unruled: bool = False
    """Some records are changed, and nobody said which."""
    empty: bool = False
    """It is sent, and nobody said what goes in."""
    submit: bool = False
    effect: str = ""
    clicks: list[tuple[str, bool, str]] = field(default_factory=list[tuple[str, bool, str]])
    clicked_before: int | None = None
    """How many of the clicks stand before the form is submitted; all when it is not said."""
    """(what, on every row, effect)"""
    notify: str = ""
    notifies: bool = False


@dataclass(slots=True, kw_only=True)
class Job:
    """Everything a request says about one piece of work."""

    sites: list[str] = field(default_factory=list[str])
    site_name: str = ""
    signs_in: bool = False
    user: str = ""
    schedules: list[RecurrenceReading] = field(default_factory=list[RecurrenceReading])
    moment: str = ""
    phases: list[Phase] = field(default_factory=list[Phase])
    unread: list[str] = field(default_factory=list[str])
    """What was recognised and cannot be carried out, in words."""
    told: list[str] = field(default_factory=list[str])
    """What changes nothing that is kept, and is told with the plan."""
    acts: int = 0


_NO_ORDER = "Rows are kept as the site orders them: {!r} is not done"


class JobBuilder:
    """Gathers frames into phases."""

    def __init__(self) -> None:
        self.job = Job()
        self._phase = Phase()
        self._stores: list[Frame] = []
        self._picks: list[Frame] = []
        self._top = False
        """`the top ten`: the best are meant by the first."""

    def add(self, frame: Frame) -> None:
        """Take one frame into the job."""
        self._global(frame)
        gather = {
            "take": self._list, "download": self._list, "watch": self._list, "open": self._open,
            "search": self._search, "filter": self._narrow, "skip": self._skip, "pick": self._narrow,
            "fill": self._form, "choose": self._form, "add": self._form, "submit": self._submit,
            "click": self._click, "store": self._store, "notify": self._notify, "change": self._change, "edit": self._edit,
            "key": self._narrow, "fragment": self._fragment, "sign_in": self._narrow, "repeat": self._narrow,
        }.get(frame.act)  # fmt: skip
        self.job.unread += frame.unread
        self.job.told += [_NO_ORDER.format(said) for said in frame.ordered]
        if frame.which in {"first", "last"}:
            self._top = takes_top(frame.clause.tokens)
        if frame.act == "sort":
            self._sort(frame)
            return
        if frame.clause.negated and frame.act not in {"skip", "submit", "filter", "nothing"}:
            self._forbidden(frame)
            return
        if gather is not None:
            gather(frame)
            if self._phase.kind == "form" and frame.act != "filter":
                # A form has no rows: a condition said about it would be lost.
                self.job.unread += [
                    rule.phrase for rule in frame.rules if rule not in self._phase.rules
                ]
            if frame.act != "fragment":
                self.job.acts += 1

    def _sort(self, frame: Frame) -> None:
        """Note an order: it changes nothing that is stored, but says which come first where some are picked."""
        phase = self._phase
        phase.sorted_by, phase.order = frame.by or phase.sorted_by, frame.order or phase.order
        if frame.which:
            phase.which, phase.count = frame.which, frame.count

    def _pick_sorted(self, phase: Phase) -> None:
        if not phase.sorted_by:
            return
        if phase.which in {"highest", "lowest"} and phase.by in {"", phase.sorted_by}:
            phase.by = phase.sorted_by
            return  # "sort by length and save the ten longest"
        if phase.which not in {"first", "last"} or phase.by:
            self.job.told.append(_NO_ORDER.format(f"sorted by {phase.sorted_by}"))
            return
        highest = phase.order == "highest" if phase.order else self._top
        if phase.which == "last":
            highest = not highest
        phase.which, phase.by = ("highest" if highest else "lowest"), phase.sorted_by

    def _forbidden(self, frame: Frame) -> None:
        """`do not download anything`: kept by doing nothing; what it names is left out of the rest."""
        named = [
            thing.phrase
            for thing in frame.things
            if thing.words and thing.head not in words("nouns", "generic")
        ]
        if frame.act in {"take", "store"} and (frame.rules or named or frame.fields):
            self._skip(frame)
        elif named:
            self.job.unread.append(f"not {named[0]}")

    def finish(self) -> Job:
        """Return the job, with what was said once applied to every phase."""
        self._flush()
        for frame in self._stores:
            self._apply_store(frame)
        for phase in self.job.phases:
            if (
                (phase.searches or phase.place)
                and not phase.kind
                and (phase.rules or phase.fields or phase.which)
            ):
                # "look for prams under 100 EUR": what is said about the results is read from them.
                phase.kind, phase.take = "list", True
            if phase.kind == "form" and phase.submit and not phase.wanted:
                _ask_for_content(phase)
        return self.job

    # -- What holds for the whole job ------------------------------------------------------------

    def _global(self, frame: Frame) -> None:
        for site in frame.sites:
            if site not in self.job.sites:
                self.job.sites.append(site)
        self.job.site_name = self.job.site_name or frame.site_name
        self.job.signs_in = self.job.signs_in or frame.signed_in or frame.act == "sign_in"
        self.job.user = self.job.user or frame.user
        self.job.schedules += frame.schedules
        self.job.moment = self.job.moment or frame.moment

    # -- Phases ----------------------------------------------------------------------------------

    def _flush(self) -> None:
        phase = self._phase
        self._pick_sorted(phase)
        if phase.kind or phase.place or phase.query:
            self.job.phases.append(phase)
            for noun in phase.alike:
                other = replace(
                    phase,
                    thing=noun.name,
                    thing_head=noun.head,
                    alike=[],
                    dataset="" if len(phase.alike) else phase.dataset,
                )
                if noun.names_file:
                    _named_file(other)
                self.job.phases.append(other)
            self.job.phases += [replace(phase, site=site, sites=[]) for site in phase.sites]
        self._phase = Phase()

    def _need(self, kind: str, frame: Frame) -> Phase:
        """Find the present phase when it may serve that kind, else a new one."""
        other_site = bool(frame.sites and self._phase.site and frame.sites[0] != self._phase.site)
        if (self._phase.kind and self._phase.kind != kind) or (other_site and self._phase.kind):
            self._flush()
        self._phase.kind = kind
        if frame.sites:
            self._phase.site = self._phase.site or frame.sites[0]
        return self._phase

    def _named(self, frame: Frame) -> list[NounPhrase]:
        """Return the things that a frame calls by a name of their own, not only `the list` or `all people`."""
        named = [thing for thing in frame.things if not _generic(thing)]
        if self._phase.place or self._phase.thing or self._phase.query:
            # "open the Customers page and export the list": the list is the customers.
            named = [thing for thing in named if not _stands_for_place(thing)]
        site = self._phase.site or next(iter(frame.sites), "")
        if self._phase.place or frame.place or _is_page(site):
            # "all people in Oslo" from a page that is already named: its rows.
            named = [thing for thing in named if not thing.people]
        return named

    def _things_or_facts(self, frame: Frame) -> list[NounPhrase]:
        """Return the named things; what a named page says of one thing becomes fields: `save the address and the phone`."""
        named, phase = self._named(frame), self._phase
        page = _is_page(phase.site or next(iter(frame.sites), ""))
        if page and not phase.thing and not phase.place and _facts_of_a_page(frame, named):
            frame.fields, frame.things = [thing.name for thing in named], []
            return []
        return named

    def _list(self, frame: Frame) -> None:
        frame.things = [thing for thing in frame.things if thing.words or thing.pronoun]
        named = self._things_or_facts(frame)
        phase = self._phase
        if named and phase.kind == "list" and phase.thing and not self._same(phase, named[0]):
            self._flush()
        phase = self._need("list", frame)
        self._slots(phase, frame)
        phase.sites += [site for site in frame.sites[1:] if site not in phase.sites]
        phase.take = phase.take or frame.act != "download"
        if frame.act == "watch":
            phase.changed = phase.changed or (not phase.new and frame.changed)
        files = bool(named) and not frame.fields and all(thing.names_file for thing in named)
        several = named if _several(frame, named, files=files) else []
        self._things(phase, frame, several[:1] or named)
        phase.alike += [
            thing
            for thing in several[1:]
            if thing.name not in {other.name for other in phase.alike}
        ]
        if files:
            _named_file(phase)
            return
        # Rows become tables; a PDF or a Word document is there or not, and is fetched.
        made = frame.file_type in {"", "csv", "json", "xlsx"}
        downloads = frame.act == "download" or not made or self._files(frame)
        if downloads and not phase.thing and not phase.place and frame.sites:
            last = frame.sites[0].rstrip("/").rpartition("/")[2]
            if _is_file(frame.sites[0]):
                # The address is the file.
                phase.thing, phase.thing_head = last, last
                phase.file_type = phase.file_type or last.rpartition(".")[2].lower()
                phase.download, phase.single = True, True
                return
        if downloads:
            phase.download = True
            phase.per_row = (
                phase.per_row
                or frame.per_row
                or any(thing.many or thing.which for thing in frame.things)
                or frame.pronoun
            )
        if frame.file_type and not (phase.download and phase.file_type):
            phase.file_type = frame.file_type
        if frame.destination or frame.dataset:
            phase.store = True
        if (
            frame.act in {"take", "watch"}
            and frame.clause.verb is not None
            and "store" in frame.clause.verb.web
        ):
            phase.store = True

    def _files(self, frame: Frame) -> bool:
        """`get every attachment` fetches files; `get the title of every document` reads."""
        return (
            bool(frame.things)
            and not frame.fields
            and (
                frame.fetches
                or frame.things[0].head in words("nouns", "files")
                or (
                    bool(frame.things[0].file_type)
                    and frame.things[0].every
                    and len(frame.things[0].words) == 1
                )
            )
            and frame.act in {"take", "fragment"}
            and frame.destination != "table"
            and (
                frame.file_type not in among("csv json xlsx")
                # "all CSV files of the folder": files that are there, not rows to be written as one.
                or (bool(frame.things[0].file_type) and not frame.things[0].indefinite)
                or frame.fetches
            )
        )

    def _things(self, phase: Phase, frame: Frame, named: list[NounPhrase]) -> None:
        if named and not phase.thing:
            phase.thing = " and ".join(thing.name for thing in named)
            phase.thing_head = named[0].head
        if frame.place and frame.place.lower() != phase.thing.lower():
            phase.place = (
                phase.place
                if phase.place
                and phase.place.lower() in frame.place.lower()
                and len(phase.place) > 0
                and phase.place == frame.place
                else frame.place
            )
            phase.place_kind = frame.place_kind or phase.place_kind
        elif frame.place:
            phase.place_kind = phase.place_kind or frame.place_kind

    @staticmethod
    def _same(phase: Phase, noun: NounPhrase) -> bool:
        """Whether a noun speaks of the list at hand: `the invoices`, `their PDFs`, `the files`."""
        said = {rule.phrase for rule in phase.rules}
        if noun.conditions and said and not set(noun.conditions) <= said and not noun.definite:
            # "download all unpaid invoices and list all paid invoices": two selections.
            return False
        if noun.possessive or noun.head == phase.thing_head or noun.pronoun:
            return True
        if (
            noun.head in among("pdf csv file attachment")
            and len(noun.words) == 1
            and not noun.conditions
        ):
            return True
        if (
            noun.head in words("nouns", "files")
            and noun.definite
            and not noun.conditions
            and len(noun.words) == 1
        ):
            return True
        if (
            noun.head in words("nouns", "files")
            and not noun.conditions
            and (phase.take or not phase.download)
            and not noun.every
        ):
            return True
        known = {lemma(word) for word in f"{phase.thing} {phase.place}".lower().split()}
        return noun.head in known or (not phase.take and not phase.download)

    def _slots(self, phase: Phase, frame: Frame) -> None:
        phase.parts += [part for part in frame.parts if part not in phase.parts]
        phase.rules += [rule for rule in frame.rules if rule not in phase.rules]
        phase.fields += [name for name in frame.fields if name not in phase.fields]
        phase.without += [name for name in frame.without if name not in phase.without]
        phase.key = phase.key or frame.key
        phase.new = phase.new or frame.new
        phase.changed = phase.changed or frame.changed
        phase.dataset = phase.dataset or frame.dataset
        phase.destination = phase.destination or frame.destination
        if frame.which:
            phase.which, phase.count, phase.by = frame.which, frame.count, frame.by
        phase.limit = frame.limit if frame.limit is not None else phase.limit
        phase.query = phase.query or frame.query

    def _open(self, frame: Frame) -> None:
        named = [thing for thing in frame.things if thing.words]
        if not named:
            if frame.place:
                self._place(frame, frame.place)
            elif frame.sites and self._phase.kind and self._phase.site not in {"", frame.sites[0]}:
                self._flush()
            if frame.sites:
                self._phase.site = frame.sites[0]
            return
        noun = named[0]
        if noun.head in words("nouns", "sites") and not noun.quoted:
            names = [token.text for token in noun.words if token.text[:1].isupper()]
            self.job.site_name = self.job.site_name or " ".join(names)
            return
        if noun.which and not noun.indefinite:
            # "open the first result": a choice among what the list shows.
            self._narrow(frame)
            return
        self._place(frame, noun.bare)
        self._phase.rules += frame.rules
        if noun.head in words("nouns", "forms") - {"page"}:
            self._phase.kind = "form"
            self._phase.thing, self._phase.place = noun.phrase, ""

    def _place(self, frame: Frame, name: str) -> None:
        if self._phase.kind:
            self._flush()
        if self._phase.place and not self._phase.kind:
            # A path: the later place lies within the earlier one and is what is wanted.
            self._phase.place = name
        self._phase.place = name
        self._phase.place_kind = frame.place_kind or self._phase.place_kind
        if frame.sites:
            self._phase.site = frame.sites[0]

    def _search(self, frame: Frame) -> None:
        if self._phase.kind == "form" or (self._phase.query and frame.query):
            self._flush()
        if (
            self._phase.kind == "list"
            and not self._phase.query
            and self._phase.take
            and self._phase.thing
        ):
            # "collect ... ; search for X": said later, done first.
            self._phase.query = frame.query
        phase = self._phase
        phase.query = frame.query or phase.query
        phase.searches = True
        if frame.place:
            phase.place = frame.place
        self._slots(phase, frame)
        if frame.sites:
            phase.site = phase.site or frame.sites[0]

    def _narrow(self, frame: Frame) -> None:
        """Conditions, choices and keys hold for the list at hand, or the one to come."""
        phase = self._phase
        if phase.kind == "form":
            return
        if frame.act == "filter" and not frame.rules:
            from podium.state.plan import MatchRule

            frame.rules += [
                MatchRule(phrase=thing.phrase)
                for thing in frame.things
                if thing.words and not _generic(thing)
            ]
        elif (
            frame.act in {"filter", "pick"}
            and frame.things
            and not phase.thing
            and not _generic(frame.things[0])
        ):
            phase.thing, phase.thing_head = frame.things[0].bare, frame.things[0].head
        self._slots(phase, frame)
        if frame.act == "pick" and (frame.which or frame.things):
            phase.kind = phase.kind or "list"
        if frame.place and not phase.place:
            phase.place = frame.place
        if frame.act == "filter" and phase.rules:
            phase.kind = phase.kind or "list"
            phase.take = True

    def _skip(self, frame: Frame) -> None:
        """`ignore cancelled ones`: the condition is turned round."""
        rules = [*frame.rules] or [
            MatchRule(phrase=thing.phrase) for thing in frame.things if thing.words
        ]
        phase = (
            self._phase
            if self._phase.kind
            else (self.job.phases[-1] if self.job.phases else self._phase)
        )
        columns = left_out(frame.things)
        if columns:
            # "leave out the notes column": every row, without that.
            phase.without += columns
            return
        for rule in rules:
            if rule.cmp in {"contains", "in"}:
                self.job.unread.append(rule.phrase)
            else:
                phase.rules.append(turned(rule))

    # -- Forms -----------------------------------------------------------------------------------

    def _form(self, frame: Frame) -> None:
        named = [
            thing
            for thing in frame.things
            if thing.words and not (thing.pronoun and not thing.words)
        ]
        if (
            self._phase.kind == "form"
            and named
            and self._phase.thing
            and not self._same_form(self._phase, named[0])
        ):
            self._flush()
        phase = self._need("form", frame)
        if named:
            phase.thing = phase.thing or named[0].phrase
            phase.thing_head = phase.thing_head or named[0].head
        elif frame.made and not phase.thing:
            phase.thing = phase.thing_head = frame.made
        if frame.place:
            phase.place = phase.place or frame.place
        phase.values.update(frame.values)
        phase.wanted += [name for name in frame.wanted_values if name not in phase.wanted]
        phase.button = phase.button or frame.button
        if frame.act == "add":
            phase.submit = True
            phase.effect = _stronger(phase.effect, frame.effect)

    @staticmethod
    def _same_form(phase: Phase, noun: NounPhrase) -> bool:
        return (
            noun.head in {"form", phase.thing_head}
            or phase.thing_head == "form"
            or lemma(noun.head) in phase.thing.lower()
        )

    def _submit(self, frame: Frame) -> None:
        phase = self._phase if self._phase.kind == "form" else None
        if phase is None and frame.clause.negated:
            return
        if phase is None:
            phase = self._need("form", frame)
            named = [thing for thing in frame.things if thing.words]
            if named:
                phase.thing, phase.thing_head = named[0].phrase, named[0].head
        phase.values.update(frame.values)
        phase.button = phase.button or frame.button
        phase.wanted += [name for name in frame.wanted_values if name not in phase.wanted]
        if frame.clause.negated:
            phase.submit = False
            phase.effect = ""
            return
        if not phase.submit:
            phase.clicked_before = len(phase.clicks)
        phase.submit = True
        phase.effect = _stronger(phase.effect, _submit_effect(frame, phase))

    def _click(self, frame: Frame) -> None:
        named = [thing for thing in frame.things if thing.words]
        if not named:
            return
        thing = named[0].phrase
        if len(named[0].words) > 1 and named[0].words[0].lemma in {
            "button",
            "link",
            "tab",
            "icon",
            "option",
        }:
            thing = thing.partition(" ")[2]
        low = thing.lower()
        if (
            low.split()[-1] in among("submit send save button")
            and any(word in low for word in ("submit", "send", "save"))
            and self._phase.kind == "form"
        ):
            self._submit(frame)
            return
        first = lemma(low.split()[0])
        effect = (
            "irreversible"
            if first in lists("effects", "irreversible")["verbs"]
            else "write"
            if first in lists("effects", "changing")["verbs"]
            else "read"
        )
        phase = self._phase
        if not phase.kind:
            phase.kind = "click"
        phase.clicks.append(
            (named[0].bare if named[0].head in {"button", "link"} else thing, False, effect)
        )

    def _edit(self, frame: Frame) -> None:
        """`set the status of order 118 to shipped`: the record among its like, and what is done with it."""
        place, kind = self._phase.place, self._phase.kind
        if kind:
            self._flush()
        phase = self._need("edit", frame)
        phase.thing = place if place and not kind else plural(frame.row_thing)
        phase.place = ""
        phase.row, phase.row_thing = frame.row, frame.row_thing
        phase.values = dict(frame.values)
        phase.press = frame.detail
        phase.effect = frame.effect
        self._flush()

    def _change(self, frame: Frame) -> None:
        """`archive all read messages`: a list, and a write on each of its rows."""
        verb = frame.clause.verb.phrase if frame.clause.verb is not None else ""
        named = [thing for thing in frame.things if thing.words and not _generic(thing)]
        if (
            named
            and self._phase.kind == "list"
            and self._phase.thing
            and not self._same(self._phase, named[0])
        ):
            self._flush()
        phase = self._need("list", frame)
        self._slots(phase, frame)
        self._things(phase, frame, named)
        if frame.detail:
            verb = f"{verb} {frame.detail}"
        effect = (
            "irreversible"
            if verb.split()[0] in lists("effects", "irreversible")["verbs"]
            else "write"
        )
        phase.take = True
        many = frame.pronoun or any(thing.many for thing in frame.things)
        chosen = phase.rules or phase.which or phase.new or phase.limit is not None or phase.query
        phase.unruled = (
            not chosen
            and bool(named)
            and all(thing.plural and not (thing.every or thing.definite) for thing in named)
        )
        phase.clicks.append((verb, many, effect))

    # -- Results ---------------------------------------------------------------------------------

    def _store(self, frame: Frame) -> None:
        named = [
            thing
            for thing in frame.things
            if thing.words
            and not _generic(thing)
            and thing.head not in among("file download document csv pdf output")
        ]
        known = self._phase.thing_head
        if frame.sites and not named and _is_file(frame.sites[0]):
            # "save https://x.example/form.pdf": the address is what is kept.
            frame.act = "download"
            self._list(frame)
            return
        if frame.fields or (named and not (known and self._same(self._phase, named[0]))):
            self._list(frame)
            self._phase.store = True
            return
        self._slots_of_store(frame)
        self._stores.append(frame)

    def _slots_of_store(self, frame: Frame) -> None:
        if not self._phase.kind and self._phase.query and (frame.things or frame.which):
            # "search for X and keep the 5 cheapest results"
            self._phase.kind, self._phase.take = "list", True
        if self._phase.kind == "list":
            self._phase.key = self._phase.key or frame.key
            self._phase.rules += frame.rules
            if frame.which:
                self._phase.which, self._phase.count, self._phase.by = (
                    frame.which,
                    frame.count,
                    frame.by,
                )

    def _apply_store(self, frame: Frame) -> None:
        lists_ = [phase for phase in self.job.phases if phase.kind == "list"]
        if not lists_:
            if not self.job.phases:
                return
            lists_ = self.job.phases[-1:]
        for phase in lists_:
            phase.store = True
            phase.key = phase.key or frame.key
            phase.dataset = phase.dataset or frame.dataset
            phase.destination = phase.destination or frame.destination
            if frame.file_type not in {"", "csv", "json", "xlsx"}:
                # A PDF cannot be made from rows; it is fetched.
                phase.download = phase.per_row = True
                phase.file_type = frame.file_type
            if frame.file_type and not phase.download:
                phase.file_type = phase.file_type or frame.file_type

    def _notify(self, frame: Frame) -> None:
        eventful = frame.new or frame.changed or bool(frame.rules)
        named = [
            thing
            for thing in frame.things
            if thing.words and not _generic(thing) and (thing.many or eventful)
        ]
        if named or frame.fields:
            self._list(frame)
        if eventful and not self._phase.kind and not self._phase.query:
            # "tell me once the page changes": the page itself is what is read.
            self._need("list", frame).take = True
        phase = self._phase
        phase.notifies = True
        phase.notify = frame.notify or phase.notify
        if not named:
            self._slots(phase, frame)

    def _fragment(self, frame: Frame) -> None:
        """Without a verb: what it holds goes to the list at hand; a thing of its own opens one."""
        if frame.things and all(
            thing.file_type and len(thing.words) <= 1 for thing in frame.things
        ):
            # "CSV" alone: the format of what was said before.
            phase = self._phase
            phase.file_type = phase.file_type or frame.things[0].file_type
            self._slots(phase, frame)
            return
        named = [thing for thing in frame.things if thing.words and not _generic(thing)]
        if not named and not frame.fields:
            if self._phase.kind == "form":
                self._phase.values.update(frame.values)
                return
            if frame.place and not self._phase.place:
                self._phase.place = frame.place
            self._slots(self._phase, frame)
            return
        if named and named[0].head in words("nouns", "sites") and not frame.fields:
            return
        if self._phase.kind == "form":
            return
        if (
            self._phase.kind == "list"
            and (self._phase.take or self._phase.download)
            and (not named or self._same(self._phase, named[0]))
        ):
            self._slots(self._phase, frame)
            return
        told = frame.clause.tokens
        counted = [token for token in told if token.low not in among("only just please . , all")]
        whole = (
            len([t for t in named[0].tokens if t.low != "all"]) == len(counted) if named else False
        )
        if (
            named
            and not frame.fields
            and (
                len(named[0].words) > 3
                or (self.job.acts and not whole)
                or not (
                    named[0].many
                    or named[0].file_type
                    or (whole and self._phase.kind == "" and (self.job.sites or self.job.signs_in))
                )
            )
        ):
            # Words without a verb that name no list at hand: nobody said what to do with them.
            self.job.unread.append(named[0].phrase)
            return
        self._list(frame)


def _ask_for_content(phase: Phase) -> None:
    """Note what a form that is sent must say; it is asked for before a page is opened."""
    head = phase.thing_head or "form"
    said = set(phase.thing.lower().split()) | {head}
    if phase.values:
        texts = words("nouns", "text_fields") & set(phase.values)
        if head in among("message mail email letter reply") and not texts:
            phase.wanted.append("message")
    elif said & words("nouns", "messages"):
        phase.wanted.append("message")
    elif said & words("nouns", "cases"):
        phase.wanted += ["subject", "text"]
    else:
        phase.empty = True


def _is_file(url: str) -> bool:
    last = url.rstrip("/").rpartition("/")[2]
    return "." in last and "://" in url and url.count("/") > 2


def _several(frame: Frame, named: list[NounPhrase], *, files: bool) -> bool:
    """Whether the same is done with several things: `orders and customers`, `a.pdf and b.pdf`."""
    return len(named) > 1 and not frame.fields and (files or all(thing.plural for thing in named))


def _facts_of_a_page(frame: Frame, named: list[NounPhrase]) -> bool:
    """Whether several single things are named, none of which is a list: `the address and the opening year`."""
    return (
        len(named) > 1
        and frame.act in {"take", "watch"}
        and not frame.fields
        and not any(
            thing.plural or thing.every or thing.conditions or thing.file_type or thing.names_file
            for thing in named
        )
    )


def _is_page(url: str) -> bool:
    """Whether an address names a page within a site."""
    return "://" in url and bool(url.partition("://")[2].rstrip("/").partition("/")[2])


def _named_file(phase: Phase) -> None:
    """Note one file that is called by its name, folders before it as its place."""
    folder, _, name = phase.thing.rpartition("/")
    phase.thing = phase.thing_head = name
    phase.place = phase.place or folder
    phase.file_type = name.rpartition(".")[2].lower()
    phase.take, phase.download, phase.single = False, True, True


def _stands_for_place(noun: NounPhrase) -> bool:
    return (
        noun.definite
        and len(noun.words) == 1
        and not noun.conditions
        and noun.head
        in among(
            "list table page data overview content view grid listing whole screen section folder"
        )
    )


def _generic(noun: NounPhrase) -> bool:
    low = noun.phrase.lower()
    return (
        (noun.pronoun != "" and not noun.words)
        or low in {"row", "rows"}
        or (noun.head in words("nouns", "generic") and len(noun.words) == 1)
        or (
            noun.head in among("result match hit entry row record")
            and len(noun.words) <= 2
            and ("search" in low or len(noun.words) == 1)
        )
    )


def _stronger(first: str, second: str) -> str:
    order = ("", "write", "irreversible")
    return max(first, second, key=order.index)


def _submit_effect(frame: Frame, phase: Phase) -> str:
    verbs = set(frame.clause.verb.phrase.split()) if frame.clause.verb is not None else set[str]()
    thing_words = {lemma(word) for word in phase.thing.lower().split()}
    final = lists("effects", "irreversible")
    # "send" a form is "submit"; a message, an order or a payment that is sent is gone.
    if thing_words & set(final["things"]) or (verbs - {"send", "post", "submit"}) & set(
        final["verbs"]
    ):
        return "irreversible"
    return _stronger(
        "write",
        effect_of(frame)
        if frame.things and frame.things[0].words and frame.act == "add"
        else "write",
    )

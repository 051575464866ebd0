"""Frames: what one clause asks for, slot by slot, whatever the order of its words."""

from __future__ import annotations

from dataclasses import dataclass, field

from podium.state.plan import MatchRule
from podium.tools.offline.clauses import Clause
from podium.tools.offline.nouns import NounPhrase
from podium.tools.offline.recurrence_reader import RecurrenceReading
from podium.tools.offline.tokens import Token

FORM_ACTS = frozenset({"fill", "choose", "submit", "add"})


@dataclass(slots=True, kw_only=True)
class Frame:
    """One act with its slots; `used` holds the tokens that a rule explained."""

    act: str
    """sign_in | open | search | take | download | watch | filter | skip | pick | fill | choose | submit | add | click |
    store | notify | change | edit | key | repeat | nothing"""
    clause: Clause
    things: list[NounPhrase] = field(default_factory=list[NounPhrase])
    fields: list[str] = field(default_factory=list[str])
    without: list[str] = field(default_factory=list[str])
    """Columns that are not wanted: `without the notes column`."""
    place: str = ""
    place_kind: str = ""
    sites: list[str] = field(default_factory=list[str])
    site_name: str = ""
    """`the Acme portal`: Acme."""
    signed_in: bool = False
    user: str = ""
    rules: list[MatchRule] = field(default_factory=list[MatchRule])
    key: str = ""
    file_type: str = ""
    parts: list[str] = field(default_factory=list[str])
    """What of each is downloaded, as said: the `attachments` of the mails."""
    fetches: bool = False
    """A file is meant that is there already: `get the price list (xlsx)`."""
    destination: str = ""
    """table | files, when said."""
    dataset: str = ""
    query: str = ""
    which: str = ""
    by: str = ""
    order: str = ""
    """Of `sort`: highest | lowest comes first; empty: not said."""
    count: int = 1
    limit: int | None = None
    unread: list[str] = field(default_factory=list[str])
    """What was recognised and cannot be done, as said."""
    ordered: list[str] = field(default_factory=list[str])
    """An order that is said and nothing is picked by: `cheapest first`."""
    values: dict[str, str] = field(default_factory=dict[str, str])
    wanted_values: list[str] = field(default_factory=list[str])
    """Form fields that are referred to without a value."""
    effect: str = ""
    detail: str = ""
    """`as read`, `to Archive`: the rest of a change."""
    row: str = ""
    """Of `edit`: which record, by its key."""
    row_thing: str = ""
    """What kind of record that is."""
    made: str = ""
    """What the form makes, when its object is a value: `order 3 lamps` makes an order."""
    button: str = ""
    """What sends the form, when it is said: `submit it with "Aufnehmen"`."""
    notify: str = ""
    new: bool = False
    changed: bool = False
    per_row: bool = False
    each: NounPhrase | None = None
    """`for every order`, said before what is done for it."""
    schedules: list[RecurrenceReading] = field(default_factory=list[RecurrenceReading])
    moment: str = ""
    """A single point in time for the whole job, as said."""
    pronoun: bool = False
    """The object is `it`, `them`, or left out."""
    used: set[int] = field(default_factory=set[int])

    def use(self, *tokens: Token) -> None:
        """Mark tokens as explained."""
        self.used.update(token.start for token in tokens)

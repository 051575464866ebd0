"""Reads recurrences out of English: a sub-grammar of its own, scanned piece by piece."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from podium.state.errors import UserError
from podium.state.recurrence import Rule
from podium.tools.offline.lexicon import among, words
from podium.tools.offline.recurrence import cron_of, words_of
from podium.tools.offline.recurrence_draft import Draft, Group, NeedsNow, Unsayable, rule_of
from podium.tools.offline.recurrence_moments import BOUNDS, MOMENTS
from podium.tools.offline.recurrence_pieces import PIECES, Kind, Piece, any_day
from podium.tools.offline.recurrence_words import DAY_AHEAD, REFUSED
from podium.tools.offline.zones import read_zone


@dataclass(frozen=True, slots=True, kw_only=True)
class RecurrenceReading:
    """A recurrence found in a text, or why it is no exact rule."""

    start: int
    end: int
    text: str
    """The words themselves."""
    rule: Rule | None = None
    cron: str = ""
    """The same as five fields, where they can say it."""
    timezone: str = ""
    problem: str = ""
    proposal: str = ""
    """A rule near the one that cannot be kept, offered as the answer's default."""
    assumed: str = ""
    """What was assumed, such as the time of day, in words."""
    needs_now: bool = False
    """It counts from the moment it is said: read it with `at`."""

    @property
    def words(self) -> str:
        """The rule as a person says it; what was said, where it is not read to its end yet."""
        return words_of(self.rule) if self.rule is not None else self.cron or self.text

    @property
    def sayable(self) -> bool:
        """Whether it is an exact rule."""
        return not self.problem

    def at(self, now: datetime | None, timezone: str) -> RecurrenceReading:
        """Return the same words read at that moment, in that zone unless they name one."""
        if not self.needs_now or now is None:
            return self
        found = _Scan(self.text, now=now, timezone=timezone, whole=False).read(0)
        return self if found is None else replace(found, start=self.start, end=self.end)


_GAP = re.compile(
    r"\s*(?:[,;(\u2013]|-(?=\s))?\s*(?:(?P<join>and(?:\s+(?:also|then))?|plus|also|&)\s+)?(?:(?:at|on|of|always|each\s+time|only)\s+)*"
)
_TIGHT = re.compile(
    r"\s*(?:[,;(\u2013]|-(?=\s))?\s*(?:(?P<join>and(?:\s+(?:also|then))?|plus|also|&)\s+)?"
)
_WORD_START = re.compile(r"(?<![\w'\u2019/.@:-])(?=[\w@*])")


def read_recurrences(text: str) -> list[RecurrenceReading]:
    """Return the recurrences in a text, in order, not overlapping."""
    found: list[RecurrenceReading] = []
    position = 0
    while (start := _WORD_START.search(text, position)) is not None:
        reading = _Scan(text, now=None, timezone="UTC", whole=False).read(start.start())
        if reading is None:
            position = start.start() + 1
        else:
            found.append(reading)
            position = reading.end
    return found


def parse_recurrence(
    text: str, *, now: datetime | None = None, timezone: str = "UTC"
) -> RecurrenceReading | None:
    """Return the recurrence, or the single moment, when the text is nothing but one.

    Without `now` whatever counts from the present moment is left to `RecurrenceReading.at`.
    """
    stripped = text.strip().rstrip(".!")
    position = 0
    while (start := _WORD_START.search(stripped, position)) is not None:
        scan = _Scan(stripped, now=now, timezone=timezone, whole=True)
        reading = scan.read(start.start())
        if reading is None:
            position = start.start() + 1
            continue
        rest = stripped[: reading.start] + " " + stripped[reading.end :]
        if re.sub(_POLITE, "", rest.lower()):
            break
        return reading
    return _refused(stripped)


_POLITE = (
    r"\b(?:please|run|start|execute|do|repeat|it|this|then|instead|the|schedule|scheduled|to|is|set|on|at|in|for|automatically|always|sharp)\b"
    r"|[\W_]"
)


def _refused(text: str) -> RecurrenceReading | None:
    for pattern, problem in REFUSED:
        found = pattern.search(text.lower())
        if found is not None:
            said = " ".join(found[0].split())
            return RecurrenceReading(
                start=0, end=len(text), text=text, problem=problem.format(said=said)
            )
    return None


class _Scan:
    """One attempt to read a recurrence that begins at a place of the text."""

    def __init__(self, text: str, *, now: datetime | None, timezone: str, whole: bool) -> None:
        self._source = text
        # One character stays one, so that places in both are the same.
        self._text = "".join(char.lower() if len(char.lower()) == 1 else char for char in text)
        self._now = now
        self._timezone = timezone
        self._whole = whole
        self._draft = Draft(whole=whole)
        self._moment_needed = False
        self._also = False

    def read(self, start: int) -> RecurrenceReading | None:
        draft = self._draft
        self._tell_time()
        position = end = start
        while (step := self._next(position)) is not None:
            end = step
            position = self._gap(end)
        if not draft.anchored:
            return None
        if not draft.timezone:
            zone = read_zone(self._text, end)
            if zone is not None:
                end, draft.timezone = zone
                self._tell_time()
                # "every day at 8 Berlin time except Sundays"
                while (step := self._next(self._gap(end))) is not None:
                    end = step
        if draft.timezone and self._now is not None and draft.timezone != self._timezone:
            # Which day tomorrow is depends on the zone, which is said last.
            again = _Scan(self._source, now=self._now, timezone=draft.timezone, whole=self._whole)
            return again.read(start)
        return self._conclude(start, end)

    def _tell_time(self) -> None:
        if self._now is not None:
            zone = ZoneInfo(self._draft.timezone or self._timezone)
            self._draft.now = self._now.astimezone(zone)

    def _gap(self, end: int) -> int:
        gap = _GAP.match(self._text, end)
        join = gap["join"] if gap else None
        self._draft.joined = join is not None
        self._also = join is not None and re.search("also|plus", join) is not None
        return gap.end() if gap else end

    def _next(self, position: int) -> int | None:
        draft = self._draft
        group = draft.group
        if not (self._also and (group.specific or group.clocked)):
            return self._piece_at(position)
        draft.groups.append(Group(also=True))
        end = self._piece_at(position)
        if end is None:
            draft.groups.pop()
        return end

    def _piece_at(self, position: int) -> int | None:
        draft = self._draft
        more = self._whole or draft.anchored
        tables = (BOUNDS, PIECES, MOMENTS) if more else (PIECES,)
        for place in dict.fromkeys((position, self._before_words(position))):
            for table in tables:
                for piece in table:
                    end = self._try(piece, place)
                    if end is not None:
                        return end
        said = draft.anchored or (self._whole and bool(draft.group.times))
        zone = read_zone(self._text, position) if said else None
        if zone is not None and not draft.timezone:
            draft.timezone = zone[1]
            self._tell_time()
            return zone[0]
        return None

    def _before_words(self, position: int) -> int:
        """Return the place before `at` or `on`, which some pieces begin with."""
        back = re.search(r"(?:\b(?:at|on|of|only)\s+)+$", self._text[:position])
        return back.start() if back else position

    def _try(self, piece: Piece, position: int) -> int | None:
        match = piece.pattern.match(self._text, position)
        if match is None or match.end() == position or not self._fits(piece, match):
            return None
        draft = self._draft
        if piece.kind == Kind.CLOCK and self._begins_anew(match.end()):
            draft.groups.append(Group())
        try:
            end = piece.read(match, draft)
        except NeedsNow:
            self._moment_needed = True
            end = match.end()
            draft.anchored = draft.anchored or piece.anchors
        return end

    def _begins_anew(self, end: int) -> bool:
        """`at 9 on Mondays and at 16 on Fridays`: the second time opens days of its own."""
        group = self._draft.group
        if not (group.specific and group.clock_first):
            return False
        gap = _TIGHT.match(self._text, end)
        return DAY_AHEAD.match(self._text, gap.end() if gap else end) is not None

    def _fits(self, piece: Piece, match: re.Match[str]) -> bool:
        draft = self._draft
        if draft.group.dates and piece.kind in {Kind.DAYS, Kind.ADVERB}:
            return piece in MOMENTS  # a single day comes no second time
        if piece.kind == Kind.ADVERB:
            return self._whole or not _is_adjective(self._text, match)
        if piece.kind == Kind.CLOCK and piece.loose:
            return not _is_bare_number(self._text, match)
        return draft.anchored or not piece.later

    def _conclude(self, start: int, end: int) -> RecurrenceReading:
        draft = self._draft
        found = RecurrenceReading(
            start=start,
            end=end,
            text=self._source[start:end],
            timezone=draft.timezone,
            proposal=draft.proposal,
        )
        if draft.problem:
            return replace(found, problem=draft.problem, proposal=draft.proposal or self._near())
        if draft.cron:
            return replace(found, cron=draft.cron)
        if self._moment_needed:
            return replace(found, needs_now=True, assumed=" ".join(draft.assumed))
        try:
            rule = rule_of(draft)
        except NeedsNow:
            return replace(found, needs_now=True, assumed=" ".join(draft.assumed))
        except Unsayable as error:
            return replace(found, problem=str(error))
        except UserError as error:
            return replace(found, problem=error.message)
        if draft.once and not any_day(rule, draft):
            return replace(found, problem="a moment that is past")
        return replace(found, rule=rule, cron=cron_of(rule), assumed=" ".join(draft.assumed))

    def _near(self) -> str:
        """Return a rule near the one that cannot be kept, in words."""
        try:
            return words_of(rule_of(self._draft))
        except (Unsayable, NeedsNow, UserError):
            return ""


def _is_bare_number(text: str, match: re.Match[str]) -> bool:
    """`8` alone is a number; `at 8`, `8am` and `8:30` are times."""
    said = re.match(r"\s*(?:at|@|around|about|by|um|starting\s+at)\s*", match[0]) is not None
    clock_like = re.search(
        r"\d\s*(?:[:.h]\d\d|[ap]\.?m|h\b|uhr|o'?clock)|noon|midday|midnight|past|hrs|o'clock",
        match[0],
    )
    before = re.search(r"(?:at|@)\s*$", text[: match.start()]) is not None
    return not (said or clock_like or before)


def _is_adjective(text: str, match: re.Match[str]) -> bool:
    """Read `the daily report`, `monthly statements`: a kind of report, not a rhythm."""
    before = re.search(r"([\w'\u2019]+)\s*$", text[: match.start()])
    after = re.match(r"\s*([\w'\u2019]+)", text[match.end() :])
    next_word = after[1] if after and text[match.end() : match.end() + 1] in {" ", ""} else ""
    if not next_word or next_word in words("words", "after_adverb") or next_word[0].isdigit():
        return False
    if before and before[1] in words("words", "determiners") - {"a", "an"}:
        return True
    if before and before[1] in {"a", "an"} and next_word in words("words", "reports"):
        # "a daily export of all orders" is made daily.
        return False
    at_start = before is None or before[1] in among("and then a an please also") or (
        re.search(r"[,.;:!?\n]\s*$", text[: match.start()]) is not None
    )  # fmt: skip
    return not (at_start and next_word in words("words", "verb_starters"))

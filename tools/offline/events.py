"""What is new, what changes, and when a job shall be done."""

from __future__ import annotations

from datetime import date

from podium.state.plan import MatchRule
from podium.tools.offline.conditions.reader import ConditionReader
from podium.tools.offline.frames import Frame
from podium.tools.offline.lexicon import among, words
from podium.tools.offline.nouns import NounPhrase, parse_noun, parse_nouns
from podium.tools.offline.slots import add_fields, add_thing
from podium.tools.offline.tokens import Token, source


class EventReader:
    """Reads `since the last run`, `when a new headline appears`, `tomorrow at 6`."""

    def __init__(self, text: str, today: date, conditions: ConditionReader) -> None:
        self._text = text
        self._today = today
        self._conditions = conditions

    def news(self, frame: Frame, tokens: list[Token], index: int) -> int:
        """`since the last run`, `not yet seen`, `that have changed`."""
        moved = self._conditions.moved(tokens, index)
        if moved is not None:
            frame.rules += moved[0]
            return moved[1]
        phrase = " ".join(token.low for token in tokens[index : index + 8])
        for said, end in _phrases("news"):
            if phrase.startswith(said) and phrase[len(said) : len(said) + 1] in {"", " "}:
                frame.new = True
                return index + end
        for said, end in _phrases("changes"):
            if phrase.startswith(said) and phrase[len(said) : len(said) + 1] in {"", " "}:
                frame.changed = True
                return index + end
        return index

    def event(self, frame: Frame, tokens: list[Token], index: int) -> int:  # noqa: C901  rules tried in their order, each short
        """`when a new headline appears`, `if the price drops below 50`, `whether anything changed`."""
        asked = (
            frame.act in {"notify", "take", "watch"}
            and tokens[index].low in {"which", "what"}
            and not frame.things
        )
        if tokens[index].low not in among("when whenever if once whether as") and not asked:
            return index
        if frame.act in among("fill choose submit add change click"):
            # A write that waits for something cannot be promised.
            return index
        at = index + 1
        if tokens[index].low == "as":
            if [token.low for token in tokens[at : at + 2]] != ["soon", "as"]:
                return index
            at += 2
        while at < len(tokens) and (
            tokens[at].low
            in among(
                "there is are any it that's there's we i you get find see has have they you've been"
            )
            and not (
                tokens[at].low == "any" and at + 1 < len(tokens) and tokens[at + 1].low == "of"
            )
        ):
            at += 1
        if at >= len(tokens):
            return index
        if tokens[at].low in among("done finished ready complete completed over"):
            return at + 1
        moved = self._conditions.moved(tokens, at)
        if moved is not None:
            frame.rules += moved[0]
            if not frame.fields:
                frame.fields += [rule.column for rule in moved[0] if rule.column]
            return moved[1]
        if tokens[at].low in {"changed", "updated", "changes"}:
            frame.changed = True
            return at + 1
        if tokens[at].low in among("anything something one nothing"):
            return self._happening(frame, tokens, index, at + 1, None)
        condition = self._conditions.read(tokens, at)
        if condition is not None:
            frame.rules += condition[0]
            return condition[1]
        closed = (
            at + 1 >= len(tokens)
            or not tokens[at + 1].is_word
            or tokens[at + 1].low in words("words", "prepositions") | {"again", "there"}
        )
        if tokens[at].low in words("nouns", "conditions") and closed:
            frame.rules.append(MatchRule(phrase=tokens[at].text))
            return (
                at + 1 + (not (at + 1 >= len(tokens)) and tokens[at + 1].low in {"again", "there"})
            )
        nouns, end = parse_nouns(tokens, at)
        if not nouns:
            return index
        while end < len(tokens):
            further = self._more(frame, tokens, end)
            if further == end:
                break
            end = further
        return self._happening(frame, tokens, index, end, nouns[0])

    def _more(self, frame: Frame, tokens: list[Token], index: int) -> int:
        """Read what stands between a thing and what happens to it: its owner, the site, conditions."""
        low = tokens[index].low
        if (
            low in among("on at from in")
            and index + 1 < len(tokens)
            and tokens[index + 1].kind == "url"
        ):
            frame.sites.append(tokens[index + 1].value)
            return index + 2
        if tokens[index].kind == "url":
            # In `once the page URL changes` the address stands within.
            frame.sites.append(tokens[index].value)
            return index + 1
        if low in {"of", "for"}:
            owner, end = parse_noun(tokens, index + 1)
            if not owner.empty:
                add_thing(frame, owner)
                return end
        if low == "in" and index + 1 < len(tokens) and tokens[index + 1].text[:1].isupper():
            end = index + 2
            while end < len(tokens) and tokens[end].is_word and tokens[end].text[:1].isupper():
                end += 1
            where = source(self._text, tokens[index + 1 : end])
            frame.rules.append(MatchRule(phrase=f"in {where}", cmp="contains", value=where))
            return end
        more = self._conditions.read(tokens, index)
        if more is None:
            return index
        frame.rules += more[0]
        return more[1]

    def _happening(  # noqa: C901  rules tried in their order, each short
        self, frame: Frame, tokens: list[Token], index: int, end: int, noun: NounPhrase | None
    ) -> int:
        """Read what happens to a thing: it appears, changes, or meets a condition."""
        words_ahead = [token.low for token in tokens[end : end + 3]]
        while end < len(tokens) and tokens[end].low in among(
            "is are has have gets get been was were there becomes become went new being"
        ):
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
                and tokens[end].low in among("in up out there by")
                and not (end + 1 < len(tokens) and tokens[end + 1].low in {"the", "a", "our"})
            ):
                end += 1
            return end
        moved = self._conditions.moved(tokens, end)
        if moved is not None:
            column = frame.fields[-1] if frame.fields else ""
            frame.rules += [
                rule if rule.column else rule.model_copy(update={"column": column})
                for rule in moved[0]
            ]
            return moved[1]
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
            add_fields(frame, [noun])
            if noun.owner is not None:
                add_thing(frame, noun.owner)
        elif not noun.pronoun and not (
            frame.sites and noun.head in words("nouns", "any_site") and len(noun.words) == 1
        ):
            add_thing(frame, noun)

    def moment(self, frame: Frame, tokens: list[Token], index: int) -> int:
        """`tomorrow at 6`, `on Friday`, `at 8am`: when the whole job shall be done."""
        at = index
        if tokens[at].low in among("on at by from starting until") and at + 1 < len(tokens):
            at += 1
        token = tokens[at]
        if (
            token.kind == "date"
            and token.entity is not None
            and not token.entity.label
            and token.value >= self._today.isoformat()
        ):
            end = at + 1
            if (
                end + 1 < len(tokens)
                and tokens[end].low in {"at", "by", ","}
                and tokens[end + 1].kind in {"time", "number"}
            ):
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


def _phrases(name: str) -> list[tuple[str, int]]:
    """Return the fixed phrases of that name, longest first, with their lengths in tokens."""
    phrases = sorted(words("phrases", name), key=len, reverse=True)
    return [(phrase, len(phrase.split())) for phrase in phrases]

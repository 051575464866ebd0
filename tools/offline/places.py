"""Where a job happens: sites by name, sections, folders."""

from __future__ import annotations

from podium.state.plan import MatchRule
from podium.tools.offline.conditions.reader import ConditionReader
from podium.tools.offline.frames import Frame
from podium.tools.offline.lexicon import among, words
from podium.tools.offline.nouns import NounPhrase, parse_noun
from podium.tools.offline.tokens import Token, source


class PlaceReader:
    """Reads `in the catalogue`, `from the Invoices page`, `on the Acme portal`."""

    def __init__(self, text: str, conditions: ConditionReader, *, sited: bool) -> None:
        self._text = text
        self._conditions = conditions
        self._sited = sited

    def site_or_place(self, frame: Frame, tokens: list[Token], index: int) -> int:  # noqa: C901  rules tried in their order, each short
        """`in the catalogue`, `from the Invoices page`, `on the Acme portal`, `under Billing`."""
        low = tokens[index].low
        if low not in among(
            "in on from at under within inside into to via through of using across with over for out among amongst"
        ):
            return index
        at = index + 1
        if low == "out" and at < len(tokens) and tokens[at].low == "of":
            at += 1
        noun, end = parse_noun(tokens, at)
        if not noun.words or noun.agents:
            return index
        if low == "of" and noun.head not in words("nouns", "sites"):
            return index
        if low in among("via through using with for over across") and noun.head not in words(
            "nouns", "sites"
        ) | words("nouns", "places"):
            return index
        if low in {"with", "for"}:
            return index
        if (
            low in {"to", "into", "out"}
            and frame.act != "open"
            and not (noun.path and low == "out")
            and noun.head not in words("nouns", "sites") | words("nouns", "places")
        ):
            return index
        kind_named = noun.words[0].low in words("nouns", "categorical") and len(noun.words) > 1
        if kind_named and noun.words[1].text[:1].isupper() and self._conditions.read(tokens, index):
            # "in category Tools": a value, though a tool may be a site.
            return index
        if (noun.head in words("nouns", "sites") and noun.head != "store") or (
            noun.head == "store" and frame.act != "store"
        ):
            self.site(frame, noun)
            return end
        if (
            end < len(tokens)
            and tokens[end].kind == "url"
            and low not in {"under", "into"}
            and not noun.quoted
            and noun.head not in words("nouns", "places")
        ):
            # "from my bank https://bank.example": the address says which bank.
            self.site(frame, noun)
            return end
        pair = " ".join(token.low for token in noun.words[-2:])
        if pair in words("nouns", "sites"):
            return end
        condition = self._conditions.read(tokens, index)
        if condition is not None:
            return index
        several = self._conditions.named_places(tokens, index)
        if several is not None and (frame.things or frame.fields):
            frame.rules += several[0]
            return several[1]
        street = low == "on" and self._sited and frame.act != "open"
        if (
            (low == "in" or street)
            and self._whereabouts(noun)
            and (frame.things or frame.fields or frame.per_row)
        ):
            # "flats in Hamburg", "everyone in Ward 3": a property of the records, not a part of the site.
            if end < len(tokens) and tokens[end].kind == "number":
                end += 1
            frame.rules.append(
                MatchRule(
                    phrase=source(self._text, tokens[index:end]),
                    cmp="contains",
                    value=source(self._text, tokens[at:end]).strip(),
                )
            )
            return end
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
            and not noun.path
            and noun.head not in words("nouns", "places")
        )
        if person:
            return self._origin(frame, tokens, noun, index, end)
        frame.rules += self._condition_rules(noun)
        if noun.new:
            frame.new = True
        name, end = _with_owner(noun, tokens, end)
        # The noun before it is what is listed there: "orders in the order history".
        if not frame.place or low in {"under", "in"}:
            frame.place = name if not frame.place else frame.place
            folder = noun.head in among("folder file document") or noun.path
            frame.place_kind = "files" if folder else "list"
        return end

    @staticmethod
    def _whereabouts(noun: NounPhrase) -> bool:
        """Whether a capitalised name is rather a town than a section: sections are plural or say so."""
        named = all(token.is_word and token.text[:1].isupper() for token in noun.words)
        last = noun.words[-1]
        section = (
            last.low.endswith("s")
            or last.lemma in words("nouns", "places") | words("nouns", "sites")
            or last.low in words("nouns", "columns")
        )
        return named and not section and not noun.definite and not noun.quoted

    @staticmethod
    def _condition_rules(noun: NounPhrase) -> list[MatchRule]:
        return [MatchRule(phrase=condition) for condition in noun.conditions]

    def _origin(
        self, frame: Frame, tokens: list[Token], noun: NounPhrase, index: int, end: int
    ) -> int:
        """`invoices from Acme`: the site when none is said, else who they are from."""
        if end + 1 < len(tokens) and tokens[end].low == "to" and tokens[end + 1].text[:1].isupper():
            other, other_end = parse_noun(tokens, end + 1)
            if not other.empty:
                frame.rules.append(MatchRule(phrase=source(self._text, tokens[index:other_end])))
                return other_end
        if self._sited or frame.sites or frame.site_name:
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
        # "the wiki" is one certain site, "the portal" may be any.
        plain = [
            token.text for token in noun.words if token.lemma not in words("nouns", "any_site")
        ]
        if names:
            frame.site_name = frame.site_name or " ".join(names)
        elif plain:
            frame.site_name = frame.site_name or " ".join(plain)


def _with_owner(noun: NounPhrase, tokens: list[Token], end: int) -> tuple[str, int]:
    """Return the name of a place with whose it is, and where that ends: `the register of boats`."""
    if noun.head in words("nouns", "places") and end < len(tokens) and tokens[end].low == "of":
        owner, after = parse_noun(tokens, end + 1)
        told = owner.every or owner.which or owner.counted or owner.conditions or owner.new
        if owner.words and not told and not owner.agents:
            return f"{noun.bare} of {owner.bare}", after
    return noun.bare, end

"""Frames of forms: which form, what goes in, whether sending it can be undone."""

from __future__ import annotations

from typing import Protocol

from podium.tools.offline.frames import Frame
from podium.tools.offline.lexicon import among, lists, words
from podium.tools.offline.nouns import NounPhrase, parse_noun
from podium.tools.offline.tokens import Token
from podium.tools.offline.values import ValueReader, Values


class Modifiers(Protocol):
    """What reads modifiers that every clause may have: sites, schedules, places."""

    def modifier(self, frame: Frame, tokens: list[Token], index: int) -> int:
        """Read one modifier; return where it ends."""
        ...

    def site(self, frame: Frame, noun: NounPhrase) -> None:
        """Note a site by its name."""
        ...


def read_form(frame: Frame, tokens: list[Token], reader: ValueReader, modifiers: Modifiers) -> None:
    """Read the words after a form verb into the frame."""
    values = Values()
    index = _object(frame, tokens, reader, values, modifiers)
    while index < len(tokens):
        end = _one(frame, tokens, index, reader, values, modifiers)
        if end == index:
            token = tokens[index]
            if token.kind == "punct" or token.low in words("words", "fillers"):
                frame.use(token)
            index += 1
        else:
            frame.use(*tokens[index:end])
            index = end
    if frame.act == "choose" and not values.given and len(values.wanted) == 1:
        # `choose pickup`: an option, of a group that only the form can tell.
        values.given[values.wanted.pop()] = "yes"
    frame.values = values.given
    frame.wanted_values = values.wanted
    frame.used |= values.used
    if frame.act == "add":
        frame.effect = effect_of(frame)


def _object(  # noqa: C901  rules tried in their order, each short
    frame: Frame, tokens: list[Token], reader: ValueReader, values: Values, modifiers: Modifiers
) -> int:
    """Find the form or the thing that is made; for `fill` it may be the values themselves."""
    if not tokens:
        frame.pronoun = True
        return 0
    if _verb(frame) in among("tick check untick uncheck") and frame.act == "choose":
        return _ticked(frame, tokens, values)
    if frame.act in {"fill", "choose"} or (
        frame.act == "add" and _verb(frame) in among("change update set edit")
    ):
        end = _set_to(frame, tokens, values, reader)
        if end:
            return end
        end = reader.labelled(tokens, 0, values)
        if end and not _names_form(tokens, end):
            return end
        values.given.clear()
        values.wanted.clear()
        values.used.clear()
    taken = _entity_object(frame, tokens, values)
    if taken:
        return taken
    noun, end = parse_noun(tokens, 0)
    if noun.empty:
        return 0
    if noun.pronoun and not noun.words:
        frame.pronoun = True
        frame.use(*tokens[:end])
        return end
    cut = _cut_values(noun, tokens, reader)
    if cut is not None:
        noun, end = cut
    if noun.head in among("following value data detail information"):
        frame.use(*tokens[:end])
        return end
    if noun.head in words("nouns", "sites") and noun.head not in words("nouns", "creatable"):
        modifiers.site(frame, noun)
        frame.use(*tokens[:end])
        return end
    frame.use(*tokens[:end])
    person = all(
        token.is_word and token.text[:1].isupper() and not token.text.isupper()
        for token in noun.words
    )
    inviting = _verb(frame) in among("enrol enroll register sign invite subscribe book")
    if person and inviting and frame.act == "add" and noun.head not in words("nouns", "creatable"):
        values.given["name"] = noun.phrase
        if (
            end + 1 < len(tokens)
            and tokens[end].low in {"in", "up", "on"}
            and not (
                tokens[end + 1].is_word
                and tokens[end + 1].low not in words("words", "prepositions")
            )
        ):
            frame.use(tokens[end])  # `book Rex in from ...`: part of the verb
            end += 1
        return end
    bought = (
        frame.clause.verb is not None
        and bool(frame.clause.verb.web & {"pay"})
        and noun.head not in words("nouns", "creatable") | {"form", "bill", "fee"}
    )
    if bought:
        return _bought(frame, tokens, noun, end, values)
    if noun.quantity is not None and end < len(tokens) and tokens[end].low == "of":
        # `add 12 bags of cement to the delivery note`
        return _amount_of(frame, tokens, noun, end, values)
    _name_apart(noun, values)
    frame.things.append(noun)
    if end < len(tokens) and tokens[end].kind == "quote":
        # `add a task "Buy milk"`: what it is called; `a reply "Thanks"`: what it says.
        said = noun.head in among(
            "reply comment message post tweet note mail email text review feedback question answer"
        )
        values.given["message" if said else "title"] = tokens[end].value
        values.used.add(tokens[end].start)
        end += 1
    if end < len(tokens) and tokens[end].kind == "number" and noun.words:
        values.given[f"{noun.head} number"] = tokens[end].text
        frame.use(tokens[end])
        end += 1
    if noun.quantity is not None:
        values.given["quantity"] = str(noun.quantity)
    return end


def _name_apart(noun: NounPhrase, values: Values) -> None:
    """Read `supplier Nordwind GmbH`, `car ABC-123`: what is made, and what it is called."""
    first = next(
        (
            place
            for place, word in enumerate(noun.words)
            if place and (word.text[:1].isupper() or any(map(str.isdigit, word.text)))
        ),
        0,
    )
    if not first or noun.words[first - 1].text[:1].isupper():
        return
    called = noun.words[first:]
    if any(word.text == word.low for word in called if word.text.isalpha()):
        return
    coded = any(map(str.isdigit, "".join(word.text for word in called)))
    name = noun.words[first - 1].low if coded else "name"
    values.given.setdefault(name, " ".join(word.text for word in called))
    noun.words = noun.words[:first]


def _amount_of(
    frame: Frame, tokens: list[Token], noun: NounPhrase, end: int, values: Values
) -> int:
    inner, last = parse_noun(tokens, end + 1)
    if inner.empty:
        frame.things.append(noun)
        return end
    values.given["quantity"] = str(noun.quantity)
    values.given["product"] = inner.phrase
    frame.use(*tokens[:last])
    if last < len(tokens) and tokens[last].low in {"to", "into", "on", "onto"}:
        holder, after = parse_noun(tokens, last + 1)
        if not holder.empty and not holder.pronoun:
            frame.things.append(holder)
            frame.use(*tokens[last:after])
            return after
    frame.made = "order"
    return last


def _bought(frame: Frame, tokens: list[Token], noun: NounPhrase, end: int, values: Values) -> int:
    """`order 3 boxes of A4 paper`: the thing is a value of the order form."""
    phrase = noun.phrase
    if end < len(tokens) and tokens[end].low == "of":
        inner, inner_end = parse_noun(tokens, end + 1)
        if not inner.empty:
            phrase, end = f"{phrase} of {inner.phrase}", inner_end
    values.given["product"] = phrase
    frame.use(*tokens[:end])
    if noun.quantity is not None:
        values.given["quantity"] = str(noun.quantity)
    frame.made = "order"
    return end


def _entity_object(frame: Frame, tokens: list[Token], values: Values) -> int:
    """`subscribe a@b.org`, `transfer 100 EUR`, `upload report.pdf`, `post "We are hiring"`: the object is a value."""
    token = tokens[0]
    verb = frame.clause.verb.phrase if frame.clause.verb is not None else "form"
    alone = (
        len(tokens) == 1
        or tokens[1].low in words("words", "prepositions") | words("words", "conjunctions")
        or tokens[1].kind != "word"
    )
    name = {"email": "email", "money": "amount", "file": "file", "quote": "message"}.get(
        token.kind, ""
    )
    if frame.act != "add" or not name or not alone:
        return 0
    values.given[name] = token.value
    values.used.add(token.start)
    frame.made = {"subscribe": "subscription", "upload": "upload", "transfer": "transfer"}.get(
        verb, verb
    )
    frame.use(token)
    return 1


def _ticked(frame: Frame, tokens: list[Token], values: Values) -> int:
    """`tick the box "Express"`: a field that is on or off."""
    noun, end = parse_noun(tokens, 0)
    if end < len(tokens) and tokens[end].kind == "quote":
        name, end = tokens[end].value, end + 1
    else:
        name = " ".join(
            token.value for token in noun.words if token.low not in {"box", "checkbox", "option"}
        )
    if not name:
        return 0
    values.given[name] = "no" if _verb(frame).startswith("un") else "yes"
    frame.use(*tokens[:end])
    return end


def _verb(frame: Frame) -> str:
    return frame.clause.verb.phrase.split()[0] if frame.clause.verb is not None else ""


def _names_form(tokens: list[Token], end: int) -> bool:
    """`fill the contact form`: `contact` is no field here."""
    return any(token.lemma in words("nouns", "forms") for token in tokens[:end]) or (
        end < len(tokens) and tokens[end].lemma in words("nouns", "forms")
    )


def _cut_values(
    noun: NounPhrase, tokens: list[Token], reader: ValueReader
) -> tuple[NounPhrase, int] | None:
    """End the form's name where a field with its value begins: `the ticket form subject "a"`."""
    for position, token in enumerate(noun.words):
        index = tokens.index(token)
        following = tokens[index + 1] if index + 1 < len(tokens) else None
        named = reader.field_name(tokens, index)[1]
        quoted = following is not None and following.kind == "quote" and following in noun.words
        if quoted and named and position:
            noun.words = noun.words[:position]
            return noun, index
    return None


def _set_to(frame: Frame, tokens: list[Token], values: Values, reader: ValueReader) -> int:
    """`set the priority to high`, `choose Express as delivery`, `select "Berlin" from the city list`."""
    verb = frame.clause.verb.phrase.split()[0] if frame.clause.verb is not None else ""
    if verb not in among("set choose select pick tick check change update edit"):
        return 0
    if tokens and tokens[0].kind == "quote" and tokens[1:2] and tokens[1].low in {"as", "for"}:
        # 'set "Out of office" as the title': the value stands first.
        return 0
    for index, token in enumerate(tokens):
        if token.kind == "punct" and index:
            return 0
        if (
            verb in among("set change update edit")
            and token.low in {"to", "=", "as"}
            and index
            and index + 1 < len(tokens)
        ):
            name = _plain(tokens[:index])
            end = index + 1
            while (
                end < len(tokens)
                and tokens[end].kind != "punct"
                and tokens[end].low not in {"and", "at", "on"}
            ):
                end += 1
            value = (
                tokens[index + 1].value
                if end == index + 2
                else " ".join(t.text for t in tokens[index + 1 : end])
            )
            values.given[name.lower()] = value
            values.used.update(t.start for t in tokens[:end])
            frame.made = name.lower()
            return end
        if (
            verb not in among("set change update edit")
            and token.low in among("as for from in under")
            and index
        ):
            noun, end = parse_noun(tokens, index + 1)
            if noun.empty or noun.head in words("nouns", "sites"):
                return 0
            lead = [
                word
                for word in noun.words
                if word.low
                not in among(
                    "dropdown drop-down menu list field box select selector picker option options"
                )
            ]
            name = " ".join(word.text for word in lead)
            if not name:
                return 0
            values.given[name.lower()] = _plain(tokens[:index])
            values.used.update(t.start for t in tokens[:end])
            return end
    return 0


def _plain(tokens: list[Token]) -> str:
    kept = [
        token for token in tokens if token.low not in among("the a an field box option value its")
    ]
    return " ".join(token.value for token in kept)


def _one(  # noqa: C901  rules tried in their order, each short
    frame: Frame,
    tokens: list[Token],
    index: int,
    reader: ValueReader,
    values: Values,
    modifiers: Modifiers,
) -> int:
    token = tokens[index]
    if token.kind in {"url", "cred", "schedule"}:
        return modifiers.modifier(frame, tokens, index)
    pressed = _pressed(frame, tokens, index)
    if pressed > index:
        return pressed
    if token.kind == "date" and token.entity is not None:
        last = token.entity.label
        if token.low.endswith("s") and token.text[-2:-1] in {"'", "\u2019"}:
            return index + 1  # `today's weather`
        values.given.setdefault("start date" if last else "date", _day(token, 0))
        if last:
            values.given.setdefault("end date", _day(token, 1))
        return index + 1
    if token.kind == "pair":
        return reader.labelled(tokens, index, values)
    if token.low in among(
        "with using containing including : ( , - \u2013 and where having use enter put & by via then under"
    ) and index + 1 < len(tokens):
        if tokens[index + 1].kind in {"url", "cred", "schedule"}:
            return modifiers.modifier(frame, tokens, index)
        end = reader.labelled(tokens, index + 1, values)
        if end > index + 1:
            return end
        if token.low in {"with", "for"}:
            end = reader.implied(tokens, index, values)
            if end > index:
                return end
        return index + 1 if token.kind == "punct" or token.low in {"and", "then", "&"} else index
    place = _form_place(frame, tokens, index, modifiers)
    if place > index:
        return place
    end = _addressee(frame, tokens, index, values)
    if end > index:
        return end
    end = reader.implied(tokens, index, values)
    if end > index:
        return end
    end = reader.labelled(tokens, index, values)
    if end > index and values.given:
        return end
    if token.low in among("if when once unless until whenever") or [
        t.low for t in tokens[index : index + 3]
    ] == ["as", "soon", "as"]:
        # A write that waits for something: no step can promise that.
        frame.unread.append(" ".join(other.text for other in tokens[index : index + 6]))
        return len(tokens)
    if token.low == "for" and frame.things:
        return _purpose(tokens, index, values)
    return modifiers.modifier(frame, tokens, index)


def _pressed(frame: Frame, tokens: list[Token], index: int) -> int:
    """Read `submit it with Aufnehmen`, `send it using the "Go" button`: what sends the form, no value of it."""
    sends = frame.act == "submit" or (frame.act == "add" and frame.pronoun)
    if not sends or tokens[index].low not in among("with using via by through"):
        return index
    at = index + 1
    while at < len(tokens) and tokens[at].low in among("the a button its"):
        at += 1
    end = at + 1
    if at >= len(tokens):
        return index
    if tokens[at].kind != "quote":
        named = [
            place
            for place in range(at, min(at + 4, len(tokens)))
            if tokens[place].low == "button" and all(one.is_word for one in tokens[at:place])
        ]
        end = named[0] if named else at
        while not named and end < len(tokens) and tokens[end].is_word and tokens[end].text[:1].isupper():  # fmt: skip
            end += 1
    following = tokens[end] if end < len(tokens) else None
    labels = following is not None and following.kind in among("quote number pair email money date")
    if end == at or labels:
        return index
    frame.button = " ".join(token.value for token in tokens[at:end])
    return end + 1 if following is not None and following.low == "button" else end


def _day(token: Token, edge: int) -> str:
    """Return the first or last day of a date, by a name that moves with the runs when it was said so."""
    entity = token.entity
    assert entity is not None, "a date is an entity"
    if entity.days is not None:
        return f"{{date.{entity.days[edge]}}}"
    return entity.label if edge else entity.value


def _form_place(frame: Frame, tokens: list[Token], index: int, modifiers: Modifiers) -> int:
    """`in the contact form`, `on the portal`, `at URL`."""
    if tokens[index].low not in among("in on at into via through from using to for"):
        return index
    if index + 1 < len(tokens) and tokens[index + 1].kind in {"url", "schedule"}:
        return modifiers.modifier(frame, tokens, index)
    noun, end = parse_noun(tokens, index + 1)
    if noun.empty or noun.agents:
        return index
    if noun.head in words("nouns", "sites"):
        modifiers.site(frame, noun)
        return end
    if (
        tokens[index].low in {"to", "for", "in", "on"}
        and not frame.things
        and noun.head in words("nouns", "creatable")
    ):
        frame.things.append(noun)
        return end
    if noun.head in words("nouns", "forms") | words("nouns", "places") and not noun.quoted:
        if noun.head in words("nouns", "forms") and not frame.things:
            frame.things.append(noun)
        elif not frame.place:
            frame.place = noun.bare
        return end
    return index


def _addressee(frame: Frame, tokens: list[Token], index: int, values: Values) -> int:
    """Read `a message to the team`: whom it is for, whatever they are called."""
    carries = any(noun.head in words("nouns", "messages") for noun in frame.things)
    if tokens[index].low != "to" or not carries or frame.values.get("recipient"):
        return index
    noun, end = parse_noun(tokens, index + 1)
    if noun.empty or noun.pronoun or not noun.definite:
        return index
    values.given.setdefault("recipient", noun.phrase)
    return end


def _purpose(tokens: list[Token], index: int, values: Values) -> int:
    """Read `a ticket for the broken printer`: a value whose field only the form can tell."""
    noun, end = parse_noun(tokens, index + 1)
    if noun.empty or noun.pronoun:
        return index
    values.given.setdefault("for", noun.phrase)
    values.used.update(token.start for token in tokens[index:end])
    return end


def effect_of(frame: Frame) -> str:
    """Whether what the form sends can be taken back."""
    verb = frame.clause.verb
    if verb is not None and verb.web & {"pay", "send"}:
        return "irreversible"
    heads = {noun.head for noun in frame.things}
    verbs = set(verb.phrase.split()) if verb is not None else set[str]()
    final = lists("effects", "irreversible")
    if heads & set(final["things"]) or verbs & set(final["verbs"]):
        return "irreversible"
    return "write"

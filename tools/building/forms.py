"""Choosing a form and mapping the user's field words to its controls."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from podium.tools.building import vocabulary as say
from podium.tools.building.wanted import likeness
from podium.tools.grounding.choices import parts_of
from podium.tools.grounding.words import contradicts, fold, similarity, stem
from podium.tools.page import Node, Snapshot
from podium.tools.running.outcomes import says_confirm

_CONTROL_ROLES: Final = frozenset(
    {
        "textbox",
        "searchbox",
        "combobox",
        "listbox",
        "spinbutton",
        "checkbox",
        "radio",
        "switch",
        "slider",
    }
)
_NO_CONTROLS: Final = frozenset({"hidden", "submit", "button", "image", "reset", "password"})
"""Inputs that hold no value of a person's; a `<button>` may be drawn as a choice, and says so by its role."""
_TEXT_FIELDS: Final = (
    "text|message|description|details|body|content|comment|comments|note|notes|question|request|issue|problem|inquiry"
    "|enquiry|nachricht|beschreibung|text|anliegen|kommentar|message|descripcion|mensaje|descrizione|messaggio|bericht"
)
_SUBJECT_FIELDS: Final = (
    "subject|title|summary|topic|headline|heading|short description|betreff|titel|thema|zusammenfassung|sujet|objet|titre"
    "|asunto|titulo|oggetto|titolo|onderwerp"
)
_HONEYPOT: Final = (
    "leave this empty|leave this blank|leave this field empty|leave this field blank|leave empty|leave blank|do not fill|don t fill|do not fill this in"
    "|if you are human|if you re human|nicht ausfullen|leer lassen|freilassen|laisser vide|ne pas remplir|dejar vacio|no rellenar|lasciare vuoto|niet invullen"
)
"""Fields that only programs fill: whoever does is taken for one."""
_TYPED: Final[tuple[tuple[str, frozenset[str]], ...]] = (
    ("e mail|email|mail|correo|courriel", frozenset({"email"})),
    ("phone|telephone|mobile|telefon|handy|telefono", frozenset({"tel"})),
    ("date|day|when|datum|tag|fecha|data", frozenset({"date", "datetime-local"})),
    ("time|hour|uhrzeit|zeit|hora|ora", frozenset({"time"})),
    (
        "number|amount|quantity|count|how many|anzahl|menge|cantidad|quantita",
        frozenset({"number", "range"}),
    ),
    ("url|website|link|web site", frozenset({"url"})),
    ("file|attachment|document|upload|datei|anhang", frozenset({"file"})),
)
_ALSO_CALLED: Final = (
    ("born|born on|birthday|bday|dob|geboren|geburtstag|nacido|nee", "date of birth|birth date|birthdate|birthday|born|geburtsdatum|geburtstag|date de naissance|fecha de nacimiento|data di nascita|geboortedatum"),
    ("arrives|arriving|arrive|arrival", "arrival|check in|from"),
    ("leaves|leaving|departs|departure", "departure|check out|until|to"),
    ("lives at|lives in|resides at|address", "address|street|adresse|direccion|indirizzo|adres"),
    ("called|named|is called|name", "name|full name|your name"),
)  # fmt: skip
"""How a person says a field whose label says it otherwise."""
_SPOKEN_ROLES: Final[tuple[tuple[str, frozenset[str]], ...]] = (
    # A control may be meant by what it is: `the dropdown`, `the spinner`.
    ("slider|schieberegler", frozenset({"slider"})),
    ("spinner|stepper|spin button", frozenset({"spinbutton"})),
    ("dropdown|drop down|list|select|auswahlliste", frozenset({"combobox", "listbox"})),
    ("checkbox|check box|tick box", frozenset({"checkbox", "switch"})),
)
CALLED: Final = 0.5
"""How well a control fits a word that may mean it."""
_LEAD = 0.1
_NO: Final = frozenset({"no", "false", "off", "0", "unchecked", "nein", "non", "nee", "nej"})
YES: Final = frozenset({"yes", "true", "on", "1", "checked", "ja", "oui", "si"})


@dataclass(frozen=True, slots=True, kw_only=True)
class FormChoice:
    """A form with its controls and how much of what is to be filled it has."""

    ref: str
    name: str
    controls: tuple[Node, ...]
    coverage: float
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlMatch:
    """Which control a field word means."""

    field: str
    node: Node | None
    rivals: tuple[Node, ...] = ()


def label_of(node: Node) -> str:
    """Return what a person would call the control: its own words, rather than what happens to stand before it."""
    if node.role in {"radio", "checkbox", "switch"} and node.tag != "input" and node.name:
        return node.name
    return (
        node.attributes.get("aria-label", "")
        or node.label
        or node.name
        or node.placeholder
        or node.attributes.get("name", "")
    )


def is_control(node: Node) -> bool:
    """Return whether a person may fill the element."""
    if node.tag == "input" and node.input_type in _NO_CONTROLS:
        return False
    if say.has(label_of(node), _HONEYPOT):
        return False
    replaced = node.tag == "select" and bool(node.options) and bool(label_of(node))
    # The field of a list that is drawn by its label is a hair wide; the label takes the click and shows the options.
    drawn = node.role == "combobox" and node.tag == "input" and bool(label_of(node))
    shown = node.visible or replaced or drawn or node.input_type in {"checkbox", "radio", "file"}
    return shown and (node.role in _CONTROL_ROLES or node.input_type == "file")


def groups(snapshot: Snapshot) -> dict[str, list[Node]]:
    """Return the page's controls by the form they belong to; '' holds those outside any form."""
    found: dict[str, list[Node]] = {}
    own = {form.ref for form in snapshot.forms if form.action or form.method == "post"}
    beside = ""
    for node in snapshot.nodes:
        if is_control(node) and not (node.role == "searchbox" or node.input_type == "search"):
            # A list that is drawn as a button stands in the form of what is beside it.
            drawn = node.tag == "button" and beside and node.form not in own
            found.setdefault(beside if drawn else node.form, []).append(node)
            beside = beside if drawn else node.form
    for stepper in steppers(snapshot):
        inside = found.setdefault(stepper.form, [])
        order = {node.ref: place for place, node in enumerate(snapshot.nodes)}
        inside.append(stepper)
        inside.sort(key=lambda node: order[node.ref])
    return found


def steppers(snapshot: Snapshot) -> list[Node]:
    """Return the pairs of buttons that count a number up and down, each as the one that lowers it, named as the number is."""
    found: list[Node] = []
    nodes = [node for node in snapshot.nodes if node.visible]
    for less, more in itertools.pairwise(nodes):
        if less.role != "button" or more.role != "button" or less.form != more.form:
            continue
        shown = next(iter(more.anchors), "").strip()
        label = next((one for one in less.anchors if any(map(str.isalpha, one))), "")
        if _says(less, _LESS) and _says(more, _MORE) and shown.isdigit() and label:
            found.append(
                replace(
                    less, role="spinbutton", label=label, name=label, value=shown, attributes={}
                )
            )
    return found


def _says(button: Node, words: str) -> bool:
    said = button_text(button).strip()
    return said in words.split("|") or say.starts(said, words)


_LESS: Final = (
    "-|\u2212|\u2013|fewer|less|decrease|decrement|minus|reduce|weniger|moins|menos|meno|minder"
)
_MORE: Final = "+|\uff0b|more|increase|increment|plus|add|mehr|mas|piu|meer"


def choose_form(
    snapshot: Snapshot, values: Mapping[str, str], thing: str = ""
) -> FormChoice | None:
    """Return the form whose controls fit the fields and their values best."""
    forms = {form.ref: form for form in snapshot.forms}
    best: FormChoice | None = None
    for ref, controls in groups(snapshot).items():
        form = forms.get(ref)
        if form is not None and form.has_password:
            continue
        coverage = _coverage(values, controls)
        title = form.name if form is not None else ""
        named = likeness(thing, title) if thing and title else 0.0
        score = coverage + 0.3 * named + min(len(controls), 6) * 0.03
        if controls[0].region in {"search", "header", "navigation", "footer"}:
            score -= 0.3
        if not any(node.visible for node in controls):
            score -= 0.5  # a page of the form that is not shown yet, or no more
        if any(node.tag == "textarea" for node in controls):
            score += 0.05
        choice = FormChoice(
            ref=ref, name=title, controls=tuple(controls), coverage=coverage, score=score
        )
        if best is None or choice.score > best.score:
            best = choice
    return best


def _coverage(values: Mapping[str, str], controls: Sequence[Node]) -> float:
    """Return the share of the fields that have a control of their own: a search box is not all of them."""
    used: set[str] = set()
    for name, value in values.items():
        match = map_control(name, [node for node in controls if node.ref not in used], value)
        node = match.node or next(iter(match.rivals), None)
        if node is not None:
            used.add(node.ref)
    return len(used) / len(values) if values else 0.0


def map_control(field: str, controls: Sequence[Node], value: str = "") -> ControlMatch:
    """Return the control that the word means, or the rivals; `value` may be an option of just one of them."""
    boxes = boxes_meant(field, value, controls)
    if boxes:
        return ControlMatch(field=field, node=boxes[0])
    seen_groups: set[str] = set()
    scored: list[tuple[float, int, Node]] = []
    for place, node in enumerate(controls):
        if node.role == "radio":
            group = group_name(node)
            if group in seen_groups:
                continue
            seen_groups.add(group)
        scored.append((control_score(field, node, controls), -place, node))
    scored.sort(key=lambda item: item[:2], reverse=True)
    if not scored or scored[0][0] < CALLED:
        return ControlMatch(field=field, node=_not_named(field, value, controls))
    best = scored[0][0]
    rivals = tuple(node for score, _, node in scored if score >= max(CALLED, best - _LEAD))
    if len(rivals) == 1 or (best >= 0.99 and scored[1][0] < 0.99):
        return ControlMatch(field=field, node=scored[0][2])
    lists = {one.ref for one in day_lists(rivals[0], controls)}
    if lists >= {one.ref for one in rivals}:
        return ControlMatch(field=field, node=rivals[0])  # one date, in three lists
    return ControlMatch(field=field, node=None, rivals=rivals)


def _not_named(field: str, value: str, controls: Sequence[Node]) -> Node | None:
    """Return the control for a field that none is called: lists of a date under that legend, or a choice that offers the value."""
    for node in controls:
        if likeness(field, node.heading) >= CALLED and day_lists(node, controls):
            return node
    chosen = chosen_option(field, value)
    offering = _by_option(chosen, controls)
    if offering is None and chosen == value and value:
        # `sea view room`: taken apart as a field and its value, and an option all the same.
        return _by_option(f"{field} {value}", controls)
    return offering


def is_yes_or_no(value: str) -> bool:
    """Return whether the value says that something is so, or is not."""
    return fold(value) in YES | _NO


def is_number_field(node: Node) -> bool:
    """Return whether the control has room for a number only."""
    return (
        node.input_type in {"number", "range"}
        or node.role in {"spinbutton", "slider"}
        or (node.attributes.get("inputmode") in {"decimal", "numeric"})
    )


def box_group(node: Node, controls: Sequence[Node]) -> tuple[Node, ...]:
    """Return the check boxes that are one question with this one: by the shared name, else under the same legend."""
    boxes = [other for other in controls if other.role == "checkbox"]
    name = node.attributes.get("name", "").removesuffix("[]")
    named = [
        one for one in boxes if name and one.attributes.get("name", "").removesuffix("[]") == name
    ]
    if len(named) > 1:
        return tuple(named)
    return tuple(one for one in boxes if one.heading == node.heading)


def boxes_meant(field: str, value: str, controls: Sequence[Node]) -> tuple[Node, ...]:
    """Return the boxes of the one group that the values name: `extras: GPS and child seat`; none when it is no such value."""
    if not value or is_yes_or_no(value):
        return ()
    found: list[tuple[Node, ...]] = []
    groups_seen = {
        tuple(one.ref for one in group): group
        for group in (box_group(node, controls) for node in controls if node.role == "checkbox")
    }
    for group in groups_seen.values():
        labels = [label_of(node) for node in group]
        picked = [best_option(part, labels)[0] for part in parts_of(value)]
        if len(group) > 1 and picked and all(one is not None for one in picked):
            boxes = tuple(group[labels.index(str(one))] for one in picked)
            called = likeness(field, group[0].heading) >= CALLED or not any(
                control_score(field, node, controls) >= CALLED
                for node in controls
                if node not in group
            )
            found += [boxes] if called else []
    return found[0] if len(found) == 1 else ()


def repeated(node: Node, controls: Sequence[Node]) -> Node | None:
    """Return the text field that asks for the same once more: `Repeat e-mail`, `E-mail again`; None when there is none."""
    own = fold(_bare(label_of(node)))
    found = [
        other
        for other in controls
        if other.role == node.role == "textbox"
        and other.ref != node.ref
        and own
        and say.has(label_of(other), _AGAIN)
        and fold(_bare(label_of(other))) != own
        and _without(fold(_bare(label_of(other))), _AGAIN) == _without(own, _FILLING)
    ]
    return found[0] if len(found) == 1 else None


def _without(said: str, group: str) -> str:
    """Return the folded text without the group's phrases and words that say nothing beside them."""
    for phrase in (*group.split("|"), *_FILLING.split("|")):
        said = f" {said} ".replace(f" {phrase} ", " ").strip()
    return said


_AGAIN: Final = "repeat|retype|re type|re enter|reenter|confirm|confirmation|again|once more|verify|wiederholen|wiederholung|bestatigen|confirmer|repetir|confirmar|ripeti|conferma|herhaal"
_FILLING: Final = "your|the|please|of|my|ihre|votre|su|de la|de l"


def day_lists(node: Node, controls: Sequence[Node]) -> tuple[Node, ...]:
    """Return the three lists beside each other, this one among them, that are the day, month and year of one date."""
    place = next((at for at, other in enumerate(controls) if other.ref == node.ref), -1)
    for start in range(max(place - 2, 0), place + 1):
        three = tuple(controls[start : start + 3])
        if sorted(map(_day_part, three)) == ["day", "month", "year"]:
            return three
    return ()


def _day_part(node: Node) -> str:
    """Return whether a list is of days, months or years, by what it offers; '' for any other."""
    offered = [option.strip() for option in node.options if any(map(str.isalnum, option))]
    numbers = [int(option) for option in offered if option.isdigit()]
    if node.tag != "select":
        return ""
    if {*range(1, 29)} <= {*numbers} and max(numbers) <= 31:
        return "day"
    if {*range(1, 13)} == {*numbers} or (12 <= len(offered) <= 13 and _months_in(offered) == 12):
        return "month"
    return "year" if sum(1900 <= one <= 2100 for one in numbers) >= 2 else ""


def _months_in(offered: Sequence[str]) -> int:
    """Return how many options have a name of their own of which none is a number: the names of months, in any language."""
    return len({fold(one) for one in offered if fold(one).isalpha() and len(one) <= 12})


def _by_option(value: str, controls: Sequence[Node]) -> Node | None:
    """Return the one select or radio group that offers the value, when no label says the field's word."""
    if not value:
        return None
    offering = [
        node
        for node in controls
        if node.options and best_option(value, node.options)[0] is not None
    ]
    offered = dict[str, Node]()
    for node in controls:
        if node.role == "radio":
            offered.setdefault(group_name(node), node)
    for name, node in offered.items():
        labels = [
            label_of(one) for one in controls if one.role == "radio" and group_name(one) == name
        ]
        if best_option(value, labels, about=group_label(node, controls))[0] is not None:
            offering.append(node)
    return offering[0] if len(offering) == 1 else None


def chosen_option(field: str, value: str) -> str:
    """Return the option that is meant: of `pickup: yes` the field itself, where that is an option and no box."""
    return field if fold(value) in YES else value


def group_name(node: Node) -> str:
    """Return what tells a group of radio buttons from another: the shared name, of drawn ones what they are an answer to."""
    drawn = "" if node.tag == "input" else next(iter(node.anchors), "")
    return node.attributes.get("name", "") or drawn or node.heading


def group_label(node: Node, controls: Sequence[Node]) -> str:
    """Return what the radio group of the node is called."""
    own = {fold(label_of(other)) for other in controls if group_name(other) == group_name(node)}
    for text in node.anchors:
        if fold(text) and fold(text) not in own:
            return text
    return node.attributes.get("name", "").replace("_", " ").replace("-", " ")


def control_score(field: str, node: Node, controls: Sequence[Node]) -> float:
    """Return how well the control fits the word, 0 to 1."""
    said = [node.label, node.name, node.placeholder]
    if node.role == "radio":
        said = [group_label(node, controls)]
    if node.label and contradicts(field, node.label):
        return 0.0
    under = _said_of_group(field, node)
    if under:
        said.append(f"{under} {label_of(node)}")
    own_name = node.attributes.get("name", "") or node.attributes.get("id", "")
    scores = [likeness(field, _bare(text)) for text in said if text]
    scores.append(0.9 * likeness(field, _spaced(own_name)) if own_name else 0.0)
    scores.append(_by_meaning(field, node, controls))
    for words, roles in _SPOKEN_ROLES:
        if say.equals(field, words) and node.role in roles:
            scores.append(0.7)
    for words, called in _ALSO_CALLED:
        if say.equals(field, words) and say.has(label_of(node), called):
            scores.append(0.8)
    for words, types in _TYPED:
        if say.has(field, words) and node.input_type in types:
            scores.append(0.7)
    return max(scores, default=0.0)


def _said_of_group(field: str, node: Node) -> str:
    """Return the words of the field that the control's legend has: `billing street` under `Billing address`."""
    wanted = fold(field).split()
    legend = set(fold(node.heading).split()) - set(fold(label_of(node)).split())
    return " ".join(word for word in wanted if word in legend)


def _by_meaning(field: str, node: Node, controls: Sequence[Node]) -> float:
    label = _bare(label_of(node))
    if say.equals(field, _TEXT_FIELDS):
        if say.has(label, _TEXT_FIELDS) and node.role == "textbox":
            return 0.85 if node.tag == "textarea" else 0.7
        areas = [
            other
            for other in controls
            if other.tag == "textarea" or other.attributes.get("contenteditable") == "true"
        ]
        if areas == [node]:
            return 0.7
    short = node.role == "textbox" and node.tag != "textarea"
    if short and say.equals(field, _SUBJECT_FIELDS) and say.has(label, _SUBJECT_FIELDS):
        return 0.85
    return 0.0


def _bare(text: str) -> str:
    return text.replace("*", " ").replace("(required)", " ").replace("(optional)", " ").strip(" :")


def _spaced(text: str) -> str:
    spaced = "".join(f" {char.lower()}" if char.isupper() else char for char in text)
    return spaced.replace("_", " ").replace("-", " ").replace("[", " ").replace("]", " ")


def best_option(
    value: str, options: Sequence[str], *, about: str = ""
) -> tuple[str | None, tuple[str, ...]]:
    """Return the option that the value means; else None and the options that come close.

    A word of the value that only another option has tells against the best one: `view room` is no `Standard room` where
    there is a `Sea view`. Words of `about`, what the options answer, tell nothing.
    """
    for option in options:
        if fold(option) == fold(value):
            return option, ()
    said = _stems(value) - _stems(about)
    whole = [one for one in options if said and said <= _stems(one) and not contradicts(value, one)]
    if len(whole) == 1:
        return whole[0], ()
    scored = sorted(
        ((max(similarity(value, option), likeness(value, option)), option) for option in options),
        reverse=True,
    )
    close = tuple(
        option
        for score, option in scored
        if score >= 0.6 and score >= scored[0][0] - _LEAD and not contradicts(value, option)
    )
    if len(close) != 1:
        return None, close
    left = said - _stems(close[0])
    others = tuple(one for one in options if one != close[0] and left & _stems(one))
    return (None, (*close, *others)) if others else (close[0], ())


def _stems(text: str) -> frozenset[str]:
    return frozenset(stem(word) for word in fold(text).split())


def submit_of(snapshot: Snapshot, ref: str, thing: str = "") -> tuple[Node, ...]:
    """Return the buttons that may submit the form, best first; equals in score mean that it is not clear."""
    scored = [
        (score, node)
        for node in snapshot.nodes
        if node.visible and (score := _submit_score(node, snapshot, ref, thing)) > 0.3
    ]
    scored.sort(key=lambda item: item[0], reverse=True)
    if not all(node.covered for _, node in scored):
        scored = [(score, node) for score, node in scored if not node.covered]
    if not scored:
        return ()
    best = scored[0][0]
    close = tuple(node for score, node in scored if score >= best - 0.15)
    return _plainest(close)


def confirming(snapshot: Snapshot) -> list[Node]:
    """Return the links of the page's content that are drawn and worded as the button that sends: `Confirm booking`."""
    return [
        node
        for node in snapshot.nodes
        if node.visible
        and node.role in {"link", "button"}
        and node.region not in {"navigation", "header", "footer"}
        and says_confirm(button_text(node))
        and not say.starts(button_text(node), say.ADVANCE)
    ]


def _plainest(buttons: tuple[Node, ...]) -> tuple[Node, ...]:
    """Return the one button whose words all the others only add to: `Save` beside `Save and add another`."""
    said = [fold(button_text(node)).split() for node in buttons]
    for node, words in zip(buttons, said, strict=True):
        if words and all(other[: len(words)] == words for other in said):
            same = sum(other == words for other in said)
            return (node,) if same == 1 else buttons
    return buttons


def button_text(node: Node) -> str:
    """Return what the button says."""
    return node.name or node.text or node.value


def _submit_score(node: Node, snapshot: Snapshot, ref: str, thing: str) -> float:
    name = button_text(node)
    if node.role != "button" or node.form != ref or _is_no_submit(node, name):
        return 0.0
    score = 0.0
    if node.input_type in {"submit", "image"}:
        score += 0.6
    elif node.tag == "button" and ref:
        submits = any(
            other.form == ref and other.input_type in {"submit", "image"}
            for other in snapshot.nodes
            if other.role == "button" and other.visible
        )
        score += 0.05 if node.input_type == "button" and submits else 0.35
    score += 0.5 if say.has(name, say.WRITE) else 0.35 if say.has(name, say.CREATE) else 0.0
    if say.equals(name, say.WRITE):
        score += 0.2  # `Save`, beside `Save and continue editing`
    if thing and likeness(thing, name) >= 0.5:
        score += 0.2
    last = [other for other in snapshot.nodes if other.role == "button" and other.form == ref]
    if last and last[-1] is node:
        score += 0.05
    return score - (0.6 if say.starts(name, say.NEVER) else 0.0)


def _is_no_submit(node: Node, name: str) -> bool:
    if not node.form and node.region in {"navigation", "header", "footer"}:
        return True
    if say.starts(
        name, "add another|add more|add one more|one more|another|weitere|noch ein|encore"
    ):
        return True  # of a group that repeats
    return say.equals(name, say.NOT_THE_SUBMIT) or say.has(
        name, "reset|clear|cancel|draft|preview|abbrechen|entwurf|vorschau|attach"
    )

"""The ladder of grounding: rungs 1 to 3, hard rules first, a clear lead or no answer."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal
from urllib.parse import urlsplit

from podium.state.target import Target
from podium.tools.grounding.columns import data_rows
from podium.tools.grounding.describe import extent, position
from podium.tools.grounding.fingerprint import url_pattern
from podium.tools.grounding.forms import form_likeness, translated_alike
from podium.tools.grounding.language import language_of
from podium.tools.grounding.meaning import around, change, rescoped
from podium.tools.grounding.phrases import Scored, clear_winner, find_phrase, same_effect, usable
from podium.tools.grounding.renaming import (
    IDENTITY,
    identity,
    names_of,
    permitted,
    renamed,
    same_control,
)
from podium.tools.grounding.roles import compatible, family, family_of
from podium.tools.grounding.words import (
    concepts_in,
    content_words,
    contradicts,
    fold,
    lexicon,
    similarity,
    stem,
    tokens,
)
from podium.tools.page import Form, Node, Record, Snapshot

GroundingKind = Literal["found", "ambiguous", "unsure", "missing", "refused"]

_GOOD, _LEAD = 0.6, 0.1
_STRICT_GOOD, _STRICT_LEAD = 0.7, 0.15
_NAME_FLOOR = 0.45
"""Below this likeness a name speaks against the element, unless a stable attribute agrees."""
_SHOWN = 5
_SAME_FORM = 0.5
"""Likeness from which on two forms are one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grounding:
    """What looking for a target came to. `node` is set exactly when it was found."""

    kind: GroundingKind
    node: Node | None = None
    rung: int = 0
    score: float = 0.0
    runner_up: float = 0.0
    why: str = ""
    candidates: tuple[Scored, ...] = ()
    """Best first, for a chooser or a person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Demands:
    """What a find must satisfy, as `ground` says."""

    strict: bool
    careful: bool
    request_known: bool


@dataclass(frozen=True, slots=True)
class _View:
    """A snapshot with what scoring looks up again and again."""

    snapshot: Snapshot
    size: tuple[float, float]
    forms: dict[str, Form]
    records: dict[str, Record]
    """By the record's own ref and by the refs of the elements in it."""
    data_rows: frozenset[str]
    revealed: frozenset[str]
    """Elements that stand in the row though not by their place: its own menu or fold has just shown them."""
    languages: list[str]
    """The page's language, once somebody asked for it."""

    def language(self) -> str:
        """Return the page's language; words are looked up once."""
        if not self.languages:
            self.languages.append(language_of(self.snapshot))
        return self.languages[0]


def _view(snapshot: Snapshot, revealed: frozenset[str]) -> _View:
    records: dict[str, Record] = {}
    for collection in snapshot.collections:
        for record in collection.records:
            records.setdefault(record.ref, record)
            for ref in record.nodes:
                records.setdefault(ref, record)
    return _View(
        snapshot,
        extent(snapshot),
        {form.ref: form for form in snapshot.forms},
        records,
        data_rows(snapshot),
        revealed,
        [],
    )


def ground(
    target: Target,
    snapshot: Snapshot,
    *,
    row: Record | None = None,
    settled: bool = True,
    strict: bool = False,
    careful: bool = False,
    request_known: bool = False,
    revealed: frozenset[str] = frozenset(),
) -> Grounding:
    """Find the element the target describes.

    `target.row_key` must be rendered already; `row` is the record it was found in, when the caller knows it. `settled`
    allows the fuzzy rungs 2 and 3. `careful` (whatever has consequences: a write, or what is given to a form) takes no
    element for it whose words are not known to say the same: it is `unsure` instead, with what stands there. `strict`
    (write, irreversible) is careful and demands the same role family and form or row too. `request_known` says that
    whatever is sent will be compared with the request that was learnt. `revealed` are elements that the row's own menu or
    fold has shown, wherever they stand.
    """
    demands = _Demands(strict=strict, careful=careful or strict, request_known=request_known)
    view = _view(snapshot, revealed)
    found = _climb(target, view, demands, row=row, settled=settled)
    if found.kind != "missing" or not settled or target.frame:
        return found
    # What stood in the page itself may stand in a frame of it now; no frame is looked into before the page was.
    inside = _climb(target, view, demands, row=row, settled=True, framed=True)
    if inside.kind == "found":
        return replace(inside, rung=max(inside.rung, 2), why=f"in a frame now: {inside.why}")
    return inside if inside.kind in {"refused", "ambiguous", "unsure"} else found


def _climb(
    target: Target,
    view: _View,
    demands: _Demands,
    *,
    row: Record | None,
    settled: bool,
    framed: bool = False,
) -> Grounding:
    found = _climbed(target, view, demands, row=row, settled=settled, framed=framed)
    if found.node is None or not demands.careful:
        return found
    moved = _moved_scope(target, found.node, view)
    if moved == "no":
        return found
    why = f"{_called(target)!r} stood under {target.heading!r}, {_said(found.node)} under {found.node.heading!r}"
    if moved == "yes":
        return replace(found, kind="refused", node=None, why=why)
    if not demands.strict:
        return found
    standing = (Scored(found.node, found.score, found.why),)
    return replace(found, kind="unsure", node=None, why=why, candidates=standing)


def _moved_scope(target: Target, node: Node, view: _View) -> Literal["yes", "no", "perhaps"]:
    """Return whether the element belongs to other things now: the draft orders, where the orders were.

    `perhaps`: the heading of what sends a form lost a word for one that is not known to say the same (`Book a return`).
    """
    here = {fold(text) for text in (*view.snapshot.headings, view.snapshot.title)}
    if not target.heading or not node.heading or fold(target.heading) in here:
        return "no"
    if rescoped(target.heading, node.heading):
        return "yes"
    place = around((), languages=(target.language, view.language()))
    if not target.form or target.row_key or place.translated:
        return "no"
    became = change(target.heading, node.heading, place)
    if became == "other":
        return "yes"
    shared = {*content_words(target.heading)} & {*content_words(node.heading)}
    spoken = concepts_in(target.heading) & concepts_in(node.heading)
    return "perhaps" if became == "unknown" and (shared or spoken) else "no"


def _climbed(
    target: Target,
    view: _View,
    demands: _Demands,
    *,
    row: Record | None,
    settled: bool,
    framed: bool,
) -> Grounding:
    strict = demands.strict
    allowed = [
        node for node in view.snapshot.nodes if _allowed(target, node, view, row=row, framed=framed)
    ]
    if not allowed:
        where = f" in the row of {target.row_key!r}" if target.row_key else ""
        return Grounding(
            kind="missing", why=f"nothing of the kind of {_called(target)!r} is shown{where}"
        )
    exact = _as_recorded(target, view, allowed, strict=strict)
    if exact is not None and exact.kind == "found":
        return exact
    before = _as_before(target, view, row=row, strict=strict, framed=framed)
    if before is not None:
        return before
    if exact is not None and not settled:
        return exact
    if not settled:
        return Grounding(kind="missing", why=f"{_called(target)!r} is not shown as recorded yet")
    partial = _partly(target, view, allowed, demands)
    undecided = partial.kind in {"missing", "unsure"} and exact is None
    if strict and demands.request_known and undecided:
        partial = _sole(target, view, allowed, demands) or partial
    if partial.kind in {"found", "refused"} or strict:
        return partial if exact is None or partial.kind != "missing" else exact
    by_phrase = _by_phrase(target, view, allowed, demands)
    if by_phrase is not None:
        return by_phrase
    return exact or partial


# -- Hard rules ------------------------------------------------------------------------------------


def _allowed(target: Target, node: Node, view: _View, *, row: Record | None, framed: bool) -> bool:
    """Return whether no hard rule forbids the element, whatever its score would be."""
    if not usable(node):
        return False
    for kind in ("password", "file"):
        if (target.input_type == kind) != (node.input_type == kind):
            return False
    mine = family(target.role, tag=target.tag, input_type=target.input_type)
    if (target.role or target.tag) and not compatible(mine, family_of(node)):
        return False
    in_frame = bool(node.frame) if framed else _frame_fits(target, node, view)
    return in_frame and _row_fits(target, node, view, row)


def _frame_fits(target: Target, node: Node, view: _View) -> bool:
    if target.frame == node.frame:
        return True
    if target.frame and node.frame:
        # A frame may be wrapped in another one; a different innermost frame is a different document.
        return target.frame[-1] == node.frame[-1]
    if target.frame:
        # The frame's content may have been taken into the page; not while the frame itself is still there.
        return not any(target.frame[-1] in other.frame for other in view.snapshot.nodes)
    return False


def _row_fits(target: Target, node: Node, view: _View, row: Record | None) -> bool:
    if node.ref in view.revealed:
        return True
    if row is not None:
        return node.ref in row.nodes or (bool(node.row) and node.row == row.ref)
    if not target.row_key:
        return True
    record = _record_of(node, view)
    return record is not None and _says(record, target.row_key)


def _record_of(node: Node, view: _View) -> Record | None:
    return view.records.get(node.ref) or view.records.get(node.row)


def _says(record: Record, key: str) -> bool:
    """Return whether the record holds the key as a whole, so that `INV-1` is not found in `INV-10`."""
    parts = [part for part in key.split(" | ") if part]
    texts = [" ".join(value.text.split()).casefold() for value in record.values]
    return bool(parts) and all(
        any(re.search(rf"(?<![\w.-]){re.escape(part.casefold())}(?![\w-])", text) for text in texts)
        for part in parts
    )


# -- Rung 1: as recorded ---------------------------------------------------------------------------


def _as_recorded(
    target: Target, view: _View, allowed: Sequence[Node], *, strict: bool
) -> Grounding | None:
    """Return the one element on which all strong descriptions agree; None when the recorded ones are not there."""
    named = [
        node
        for node in allowed
        if _same_role(target, node)
        and _same_name(target, node)
        and not _says_opposite(target, node)
    ]
    if not named:
        return None
    if strict:
        named = [node for node in named if _same_place(target, node, view)]
        if not named:
            return None
    others = [node for node in allowed if node not in named and identity(target, node) == 1.0]
    if others and max(identity(target, node) for node in named) == 0.0:
        # Name and stable attribute point at different elements: weighing them is the next rung's business.
        return None
    scored = _rank(named, lambda node: _score(target, node, view))
    best = scored[0]
    rivals = [item for item in scored[1:] if not same_effect(item.node, best.node)]
    if not rivals:
        return _found(scored, rung=1, why="role and name as recorded, nothing else has them")
    telling = [item for item in scored if _context(target, item.node, view) >= 0.99]
    if len(telling) == 1:
        return _found([telling[0], *rivals], rung=1, why="role, name and surroundings as recorded")
    if best.score - rivals[0].score >= _LEAD:
        return _found(scored, rung=1, why="role and name as recorded, surroundings closest")
    if (
        not strict
        and not target.row_key
        and not any(item.node.row in view.data_rows for item in scored)
    ):
        equal = [item for item in telling or scored if item.score >= best.score - 0.05]
        in_order = [
            node for node in view.snapshot.nodes if any(node is item.node for item in equal)
        ]
        if target.ordinal < len(in_order):
            pick = next(item for item in equal if item.node is in_order[target.ordinal])
            return _found(
                [pick, *(i for i in scored if i is not pick)],
                rung=1,
                why="the same among equal ones",
            )
    return Grounding(
        kind="ambiguous",
        score=best.score,
        runner_up=rivals[0].score,
        why=f"{len(rivals) + 1} elements are called {_called(target)!r}",
        candidates=tuple(scored[:_SHOWN]),
    )


def _as_before(
    target: Target, view: _View, *, row: Record | None, strict: bool, framed: bool
) -> Grounding | None:
    """Return what an earlier description finds as it was recorded: the page went back to how it was."""
    for variant in target.earlier:
        rendered = variant.model_copy(update={"row_key": target.row_key})
        allowed = [
            node
            for node in view.snapshot.nodes
            if _allowed(rendered, node, view, row=row, framed=framed)
        ]
        found = _as_recorded(rendered, view, allowed, strict=strict)
        if found is not None and found.kind == "found":
            return replace(found, why=f"as described before a heal: {found.why}")
    return None


def _same_role(target: Target, node: Node) -> bool:
    return not target.role or node.role == target.role


def _same_name(target: Target, node: Node) -> bool:
    names = [fold(name) for name in (target.name, *target.aliases) if fold(name)]
    if names:
        return _bare(node.name) in names or fold(node.name) in names
    for mine, theirs in ((target.label, node.label), (target.placeholder, node.placeholder)):
        if mine:
            return fold(mine) == fold(theirs)
    if target.text:
        return fold(target.text) == fold(node.text)
    return identity(target, node) == 1.0 or _href(target, node) == 1.0


def _bare(name: str) -> str:
    return fold(re.sub(r"\s*[(\[]\d+[)\]]\s*$", "", name))


# -- Rung 2: partial agreement ---------------------------------------------------------------------


def _partly(target: Target, view: _View, allowed: Sequence[Node], demands: _Demands) -> Grounding:
    """Weigh all descriptions; name and role over attributes over position, opposites excluded."""
    strict = demands.strict
    good, lead = (_STRICT_GOOD, _STRICT_LEAD) if strict else (_GOOD, _LEAD)
    meant = {node.ref: _meant(target, node, view, demands) for node in allowed}
    scored = _rank(allowed, lambda node: _score(target, node, view, meant=meant[node.ref]))
    named = any(_name(target, node) >= 0.9 and _same_role(target, node) for node in allowed)
    wrong = {node.ref for node in allowed if meant[node.ref] < 0 or _contradicted(target, node)}
    sound = [item for item in scored if item.node.ref not in wrong]
    opposed = next((item for item in scored if item.node.ref in wrong), None)
    fitting = [
        item
        for item in sound
        if _acceptable(target, item.node, view, demands)
        # Where something still has the name, an element that only inherited the id is not it.
        and (not named or max(_name(target, item.node), meant[item.node.ref]) >= _NAME_FLOOR)
    ]
    best = fitting[0] if fitting else None
    if best is not None and best.score >= good:
        rival = next((item for item in fitting[1:] if not same_effect(item.node, best.node)), None)
        if rival is None or best.score - rival.score >= lead:
            return _found(fitting, rung=2, why=f"most descriptions agree: {best.why}")
        return Grounding(
            kind="ambiguous",
            score=best.score,
            runner_up=rival.score,
            why=f"{_said(best.node)} and {_said(rival.node)} fit nearly equally",
            candidates=tuple(fitting[:_SHOWN]),
        )
    alone = [item for item in fitting if _same_name(target, item.node)]
    if target.row_key and len(alone) == 1 and alone[0].score >= good - _LEAD:
        return _found(alone, rung=2, why="called as recorded, alone so in its row")
    if opposed is not None and _stands_there(target, opposed.node, view):
        return Grounding(
            kind="refused",
            score=opposed.score,
            why=f"where {_called(target)!r} was, {_said(opposed.node)} stands now",
            candidates=tuple(scored[:_SHOWN]),
        )
    standing = [item for item in sound if _may_be(target, item.node, view, demands)]
    if standing:
        return _unsure(target, standing, sound)
    return Grounding(
        kind="missing",
        score=sound[0].score if sound else 0.0,
        why=f"nothing resembles {_called(target)!r} enough",
        candidates=tuple(sound[:_SHOWN]),
    )


def _unsure(target: Target, standing: Sequence[Scored], sound: Sequence[Scored]) -> Grounding:
    """Return that nobody here knows whether what stands there is the target, with what else there is."""
    others = [item for item in sound if item not in standing]
    return Grounding(
        kind="unsure",
        score=standing[0].score,
        why=f"where {_called(target)!r} was, {_said(standing[0].node)} stands now, and nothing known says that this means the same",
        candidates=tuple([*standing, *others][:_SHOWN]),
    )


def _may_be(target: Target, node: Node, view: _View, demands: _Demands) -> bool:
    """Return whether only its words keep the element from being taken for the target."""
    if not demands.careful or (demands.strict and not _same_place(target, node, view)):
        return False
    if family_of(node) == "action" and _opens(node):
        return False
    stands = _stands_there(target, node, view) or same_control(target, node)
    return stands and not _permitted(target, node, view, demands)


def _permitted(target: Target, node: Node, view: _View, demands: _Demands) -> bool:
    return permitted(
        target,
        node,
        language=view.language(),
        request_known=demands.request_known,
        things=_things(target, node, view),
    )


def _things(target: Target, node: Node, view: _View) -> str:
    """Return what the list calls its rows: the header over the key of the element's row.

    Where the element's own form still sends the same, all that the row is said to be of: `Check in passenger`.
    """
    record = view.records.get(node.ref) or view.records.get(node.row)
    key = fold(target.row_key)
    if record is None or not key:
        return ""
    form = view.forms.get(node.form)
    if form is not None and target.form and form.signature == target.form:
        return " ".join(value.header for value in record.values)
    return next((value.header for value in record.values if fold(value.text) == key), "")


def _meant(target: Target, node: Node, view: _View, demands: _Demands) -> float:
    """Return what the name is worth because its words are known to say the same; below 0 where they say something else."""
    if not demands.careful or not names_of(target) or not (node.name or node.label):
        return 0.0
    became = renamed(target, node, language=view.language(), things=_things(target, node, view))
    return {"same": 0.95, "close": 0.85, "unknown": 0.0, "other": -1.0}[became]


def _acceptable(target: Target, node: Node, view: _View, demands: _Demands) -> bool:
    name = _name(target, node)
    if demands.careful and _only_opens(target, node):
        return False
    if demands.careful and not _permitted(target, node, view, demands):
        return False
    if demands.strict:
        told = bool(names_of(target)) and bool(node.name or node.label)
        return told and _same_place(target, node, view)
    if not names_of(target):
        return True
    return (
        _meant(target, node, view, demands) > 0
        or name >= _NAME_FLOOR
        or identity(target, node) >= 0.99
        or _href(target, node) >= 0.99
    )


def _contradicted(target: Target, node: Node) -> bool:
    if _says_opposite(target, node):
        return True
    said = [text for text in (node.name, node.label) if text]
    return any(contradicts(name, text) for name in names_of(target) for text in said) and not any(
        fold(name) == fold(text) for name in names_of(target) for text in said
    )


def _says_opposite(target: Target, node: Node) -> bool:
    """Return whether what the element shows contradicts what the target showed: names for screen readers may be wrong."""
    return bool(target.text and node.text) and contradicts(target.text, node.text)


def _stands_there(target: Target, node: Node, view: _View) -> bool:
    """Return whether the element took the place of the target: its id, its row and role, or its form and position."""
    if not _same_role(target, node):
        return False
    if identity(target, node) >= 0.99 or (target.row_key and node.column == target.column):
        return True
    near = _near(target, node, view) >= 0.9
    return near and (not target.form or _form_likeness(target, node, view) >= _SAME_FORM)


def _same_place(target: Target, node: Node, view: _View) -> bool:
    """Return whether the element belongs to the same form or, inside a list, to the same row."""
    if target.row_key:
        return True
    if target.form and node.form:
        return _form_likeness(target, node, view) >= _SAME_FORM
    if target.form:
        # A link in the button's place belongs to no form by its markup: the form around or just before it counts.
        near = _form_around(node, view)
        return near is not None and form_likeness(target.form, near.signature) >= _SAME_FORM
    return not target.heading or not node.heading or similarity(target.heading, node.heading) >= 0.5


# -- A write whose request is known --------------------------------------------------------------

_OPENING = frozenset({"menu", "action", "expand", "open", "show", "settings", "edit"})
_LEAVING = frozenset({"cancel", "reset", "discard", "previous", "close", "help", "print", "search"})


def _sole(
    target: Target, view: _View, allowed: Sequence[Node], demands: _Demands
) -> Grounding | None:
    """Return the one control that can only be the target: the only act of its row, the only submit of its form."""
    acts = [
        node
        for node in allowed
        if family_of(node) == "action"
        and not node.attributes.get("href", "").startswith("http")
        and not concepts_in(node.name) & _LEAVING
        and node.input_type != "reset"
        and not _opens(node)
        and _same_place(target, node, view)
        and (target.row_key or (target.form and node.form))
    ]
    if target.form and not target.row_key:
        # Forms that scripts send have one address: the one with the fields that were learnt counts.
        best = max((_form_likeness(target, node, view) for node in acts), default=0.0)
        acts = [node for node in acts if _form_likeness(target, node, view) > best - _LEAD]
    # `Save draft` beside it sends something else, whatever the button for all of it is called now.
    acts = [node for node in acts if not _of_other_scope(target, node)]
    submits = [node for node in acts if node.input_type in {"submit", "image"}]
    if target.input_type in {"submit", "image"} and submits:
        acts = submits
    if len(acts) != 1 or _contradicted(target, acts[0]):
        return None
    scored = [_score(target, acts[0], view)]
    if not _permitted(target, acts[0], view, demands):
        return _unsure(target, scored, ())
    return _found(scored, rung=2, why="nothing else there acts, and its request is compared")


def _of_other_scope(target: Target, node: Node) -> bool:
    scope = lexicon().scope
    mine = {stem(word) for name in names_of(target) for word in tokens(name)}
    return bool({stem(word) for word in tokens(node.name)} & scope - mine)


def _opens(node: Node) -> bool:
    """Return whether the control shows more of the page rather than acts: menus, folds, signs such as three dots."""
    return bool(
        node.attributes.get("aria-haspopup")
        or node.expanded is not None
        or concepts_in(node.name) & _OPENING
        or (node.name and not re.search(r"\w", node.name))
    )


def _only_opens(target: Target, node: Node) -> bool:
    """Return whether the control unfolds a menu or a fold, where what was learnt acted and had words."""
    if family_of(node) != "action" or not re.search(r"\w", " ".join(names_of(target))):
        return False
    if target.tag == "summary" or _name(target, node) >= 0.9:
        return False
    shown = node.name or node.text
    sign = bool(shown) and not re.search(r"\w", shown)
    return sign or node.tag == "summary" or bool(node.attributes.get("aria-haspopup"))


_BESIDE_PX = 80.0
"""How far from a form's controls its button may stand."""


def _form_around(node: Node, view: _View) -> Form | None:
    """Return the form whose controls the element stands among or next to; None when that is none or several."""
    boxes = {other.ref: other.box for other in view.snapshot.nodes if other.frame == node.frame}
    x, y = node.box[0] + node.box[2] / 2, node.box[1] + node.box[3] / 2
    found: list[Form] = []
    for form in view.forms.values():
        own = [boxes[ref] for ref in form.nodes if ref in boxes and boxes[ref][2] > 1]
        if not own:
            continue
        left, top = min(box[0] for box in own), min(box[1] for box in own)
        right = max(box[0] + box[2] for box in own)
        bottom = max(box[1] + box[3] for box in own)
        across = left - _BESIDE_PX <= x <= right + _BESIDE_PX
        if across and top - _BESIDE_PX <= y <= bottom + _BESIDE_PX:
            found.append(form)
    return found[0] if len(found) == 1 else None


# -- Rung 3: the plan's phrase ---------------------------------------------------------------------


def _by_phrase(
    target: Target, view: _View, allowed: Sequence[Node], demands: _Demands
) -> Grounding | None:
    """Return what the phrase of the plan names now; None when that is nothing clear."""
    if not target.phrase:
        return None
    refs = {
        node.ref
        for node in allowed
        if not _contradicted(target, node)
        and (not demands.careful or _permitted(target, node, view, demands))
    }
    scored = [
        item
        for item in find_phrase(
            target.phrase,
            view.snapshot,
            roles=frozenset({node.role for node in allowed}),
            region=target.region,
        )
        if item.node.ref in refs
    ]
    node = clear_winner(scored)
    if node is None:
        return None
    return _found(scored, rung=3, why=f"the plan's words {target.phrase!r}: {scored[0].why}")


# -- Scoring ---------------------------------------------------------------------------------------


def _score(target: Target, node: Node, view: _View, *, meant: float = 0.0) -> Scored:
    """Return the weighted share of the known descriptions that agree; `meant` is what the words are worth at least."""
    parts: list[tuple[str, float, float]] = []
    if target.role:
        parts.append(("role", 2.0, _role(target, node)))
    name, attributes = _name(target, node), identity(target, node)
    if names_of(target):
        # A translated page keeps its attributes: a stable one that agrees stands in for half of the name.
        parts.append(("name", 4.0, max(name, meant, 0.5 if attributes >= 0.99 else 0.0)))
    parts.extend(
        (label, weight, fit)
        for label, weight, known, fit in (
            ("attributes", 2.5, _has_identity(target, node), attributes),
            ("address", 1.5, "href" in target.attributes, _href(target, node)),
            (
                "input type",
                1.0,
                target.input_type and family_of(node) != "action",
                float(target.input_type == node.input_type),
            ),
            (
                "placeholder",
                1.0,
                target.placeholder,
                similarity(target.placeholder, node.placeholder),
            ),
            ("form", 1.5, target.form, _form_likeness(target, node, view)),
            ("heading", 1.0, target.heading, similarity(target.heading, node.heading)),
            ("region", 0.7, target.region, float(target.region == node.region)),
            ("column", 1.0, target.column, similarity(target.column, node.column)),
            ("neighbours", 0.7, target.anchors, _anchors(target, node)),
            ("frame", 0.7, target.frame, float(target.frame == node.frame)),
            ("tag", 0.3, target.tag, float(target.tag == node.tag)),
            ("position", 0.5, target.position != (0.0, 0.0), _near(target, node, view)),
        )
        if known
    )
    total = sum(weight for _, weight, _ in parts)
    score = sum(weight * fit for _, weight, fit in parts) / total if total else 0.0
    agreeing = [label for label, _, fit in parts if fit >= 0.75]
    return Scored(node, round(score, 4), ", ".join(agreeing))


def _role(target: Target, node: Node) -> float:
    """Return how alike the roles are: buttons, links and menu items are styled as each other."""
    if node.role == target.role:
        return 1.0
    return 0.85 if family_of(node) == "action" else 0.6


def _name(target: Target, node: Node) -> float:
    return max(
        (
            # Signs (`+`, `-`) have no words to be alike by.
            similarity(name, text) if fold(name) else float(name.strip() == text.strip())
            for name in names_of(target)
            for text in (node.name, node.label)
            if text
        ),
        default=0.0,
    )


def _has_identity(target: Target, node: Node) -> bool:
    """Return whether both have a stable attribute to compare: one that was dropped or added says nothing."""
    return any(key in target.attributes and node.attributes.get(key) for key in IDENTITY)


def _href(target: Target, node: Node) -> float:
    mine, theirs = target.attributes.get("href", ""), node.attributes.get("href", "")
    if not mine or not theirs:
        return 0.0
    if mine == theirs:
        return 1.0
    pattern, other = url_pattern(mine), url_pattern(theirs)
    if pattern != other:
        return 0.0
    same_path = urlsplit(mine).path == urlsplit(theirs).path
    return 0.8 if same_path and "*" not in pattern else 0.3


def _form_likeness(target: Target, node: Node, view: _View) -> float:
    """Return how alike the forms are: same method and action, most of the same fields."""
    form = view.forms.get(node.form)
    if form is None:
        return 0.0
    likeness = form_likeness(target.form, form.signature)
    if (
        likeness < _SAME_FORM
        and around((), languages=(target.language, view.language())).translated
    ):
        others = [one.signature for one in view.snapshot.forms]
        return _SAME_FORM if translated_alike(target.form, form.signature, others) else likeness
    return likeness


def _anchors(target: Target, node: Node) -> float:
    mine, theirs = ({fold(text) for text in texts} for texts in (target.anchors, node.anchors))
    return len(mine & theirs) / len(mine) if mine else 0.0


def _near(target: Target, node: Node, view: _View) -> float:
    x, y = position(node, view.size)
    distance = abs(x - target.position[0]) + abs(y - target.position[1])
    return max(0.0, 1.0 - 3.0 * distance)


def _context(target: Target, node: Node, view: _View) -> float:
    """Return whether the surroundings are as recorded: form, heading, region, column, all that are known."""
    fits = [
        *([_form_likeness(target, node, view)] if target.form else []),
        *([float(fold(target.heading) == fold(node.heading))] if target.heading else []),
        *([float(target.region == node.region)] if target.region else []),
        *([float(fold(target.column) == fold(node.column))] if target.column else []),
        *([_href(target, node)] if "href" in target.attributes else []),
    ]
    return min(fits, default=0.0)


def _rank(nodes: Sequence[Node], score: Callable[[Node], Scored]) -> list[Scored]:
    return sorted((score(node) for node in nodes), key=lambda item: -item.score)


def _found(scored: Sequence[Scored], *, rung: int, why: str) -> Grounding:
    best = scored[0]
    runner_up = next(
        (item.score for item in scored[1:] if not same_effect(item.node, best.node)), 0.0
    )
    return Grounding(
        kind="found",
        node=best.node,
        rung=rung,
        score=best.score,
        runner_up=runner_up,
        why=why,
        candidates=tuple(scored[:_SHOWN]),
    )


def _called(target: Target) -> str:
    return target.name or target.label or target.phrase or target.placeholder or target.role


def _said(node: Node) -> str:
    return f"{node.role} {node.name or node.label!r}"


def with_name(target: Target, node: Node) -> Target:
    """Return the target with the element's present name and attributes kept as a second description, after a heal."""
    aliases = target.aliases
    if node.name and fold(node.name) not in {fold(name) for name in (target.name, *aliases)}:
        aliases = (*aliases, node.name)
    return target.model_copy(update={"aliases": aliases})

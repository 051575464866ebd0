"""Rung 3: what a phrase of the plan means on a page."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from podium.tools.grounding.roles import INTERACTIVE, spoken_roles
from podium.tools.grounding.words import content_words, contradicts, fold, similarity
from podium.tools.page import Node, Snapshot

_GOOD = 0.6
_LEAD = 0.1
_LEAST = 0.3


@dataclass(frozen=True, slots=True)
class Scored:
    """A candidate with its score (0 to 1) and the reason in words."""

    node: Node
    score: float
    why: str


def find_phrase(
    phrase: str,
    snapshot: Snapshot,
    *,
    roles: frozenset[str] = frozenset(),
    region: str = "",
) -> tuple[Scored, ...]:
    """Return the elements the phrase may mean, best first; empty `roles` allows everything that can be acted on.

    `region` is a preference. Elements that say an opposite of the phrase are left out.
    """
    words, spoken = spoken_roles(phrase)
    forms = {form.ref: form.name for form in snapshot.forms}
    found: list[Scored] = []
    for node in snapshot.nodes:
        if not usable(node) or node.role not in (roles or INTERACTIVE):
            continue
        scored = _score(words, node, form=forms.get(node.form, ""))
        if scored is None:
            continue
        score = scored.score
        if spoken:
            score += 0.03 if node.role in spoken else -0.15
        if region:
            score += 0.03 if node.region == region else -0.1
        if not node.enabled:
            score -= 0.05
        if score >= _LEAST:
            found.append(Scored(node, round(min(score, 1.0), 4), scored.why))
    return tuple(sorted(found, key=lambda item: -item.score))


def usable(node: Node) -> bool:
    """Return whether a person could use the element; file inputs, toggles and selects often hide behind a drawn one."""
    if node.tag == "select" and node.options and node.name:
        return True
    return node.visible or node.input_type == "file" or node.role in {"checkbox", "radio", "switch"}


def _score(phrase: str, node: Node, *, form: str) -> Scored | None:
    """Return how well the element's words say the phrase, by the strongest source of words."""
    names = [(node.name, 1.0, "name"), (node.label, 0.98, "label"), (node.text, 0.95, "text")]
    if any(contradicts(phrase, text) for text, _, _ in names[:2] if text):
        return None
    sources = [
        *names,
        (node.placeholder, 0.9, "placeholder"),
        (node.attributes.get("title", ""), 0.9, "title"),
        (_spaced(node.attributes.get("data-testid", "")), 0.75, "test id"),
        (_spaced(node.attributes.get("name", "")), 0.75, "name attribute"),
        (_spaced(node.attributes.get("id", "")), 0.7, "id"),
        (node.attributes.get("autocomplete", ""), 0.7, "autocomplete"),
        (_address_words(node), 0.65, "address"),
    ]
    best = Scored(node, 0.0, "")
    for text, weight, source in sources:
        score = weight * similarity(phrase, text) if text else 0.0
        if score > best.score:
            best = Scored(node, score, f"{source} {text!r}")
    in_context = _with_context(phrase, node, form=form)
    return in_context if in_context is not None and in_context.score > best.score else best


def _with_context(phrase: str, node: Node, *, form: str) -> Scored | None:
    """Score a name that says one part of the phrase while heading, form, column or neighbours say the rest."""
    wanted = set(content_words(phrase))
    own = node.label or node.name
    said = set(content_words(own))
    rest = wanted - said
    if not said or not rest or not said <= wanted:
        return None
    around = " ".join((form, node.heading, node.column, *node.anchors))
    covered = sum(any(similarity(word, other) >= 0.8 for other in around.split()) for word in rest)
    score = 0.55 + 0.35 * covered / len(rest)
    return Scored(node, score, f"{own!r} under {form or node.heading!r}")


def _spaced(identifier: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])|[-_.]+", " ", identifier)


def _address_words(node: Node) -> str:
    path = urlsplit(node.attributes.get("href", "")).path.rstrip("/")
    return _spaced(unquote(path.rsplit("/", 1)[-1])) if path else ""


def clear_winner(scored: Sequence[Scored]) -> Node | None:
    """Return the best candidate when it is good and clearly ahead of the second.

    Links to the same address count as one: a menu and a footer may both name it.
    """
    if not scored or scored[0].score < _GOOD:
        return None
    best = scored[0]
    rival = next((item for item in scored[1:] if not same_effect(item.node, best.node)), None)
    exact = best.score >= 0.97
    lead = 0.03 if exact else _LEAD
    return _innermost(best, scored) if rival is None or best.score - rival.score >= lead else None


def _innermost(best: Scored, scored: Sequence[Scored]) -> Node:
    """Return the control inside the best one that says the same as well: the link in its tab is what people hit."""
    inner = best.node
    for item in scored:
        same = item.score == best.score and fold(item.node.name) == fold(inner.name)
        if same and item.node.ref != inner.ref and _inside(item.node, inner):
            inner = item.node
    return inner


def same_effect(a: Node, b: Node) -> bool:
    """Return whether activating either does the same: one lies in the other, or links with one address and one name."""
    href = a.attributes.get("href", "")
    return bool(
        a.ref == b.ref
        or (fold(a.name) == fold(b.name) and (_inside(a, b) or _inside(b, a)))
        or (href and href == b.attributes.get("href", "") and fold(a.name) == fold(b.name))
    )


def _inside(a: Node, b: Node) -> bool:
    """Return whether the first is drawn inside the second, as the link inside its tab."""
    (x, y, w, h), (left, top, width, height) = a.box, b.box
    return (
        a.frame == b.frame
        and w > 0
        and h > 0
        and left - 1 <= x
        and x + w <= left + width + 1
        and top - 1 <= y
        and y + h <= top + height + 1
    )

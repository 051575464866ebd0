"""What a form still wants when everything planned is in it: found, asked in one question, put in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from podium.state.errors import Fatal
from podium.state.questions import FieldSpec
from podium.tools.building import vocabulary as say
from podium.tools.building.acts.controls import control_label, is_prompt, put
from podium.tools.building.acts.given import slug
from podium.tools.building.forms import (
    FormChoice,
    group_name,
    label_of,
)
from podium.tools.building.work import Work, distinct
from podium.tools.page import Node, Snapshot


async def fill_required(work: Work, choice: FormChoice, snapshot: Snapshot, page: int = 0) -> bool:
    """Ask for what is required and has no value, in one question, and put it in; return whether anything was."""
    missing = missing_required(choice.controls)
    if not missing:
        return False
    for node in missing:
        refuse_captcha(node, snapshot)
    fields = [_question_field(node, choice.controls) for node in missing]
    names = distinct([field.name for field in fields])
    fields = [
        field.model_copy(update={"name": name.replace(" (", "_").rstrip(")")})
        for field, name in zip(fields, names, strict=True)
    ]
    asked = ", ".join(field.title for field in fields)
    answer = await work.ask(
        f"required{page or ''}",
        kind="text",
        title=f"The form also requires: {asked}",
        fields=fields,
    )
    for node, field in zip(missing, fields, strict=True):
        value = answer.get(field.name)
        text = ("yes" if value else "no") if isinstance(value, bool) else str(value or "")
        if text:
            fresh = await work.look()
            boxes = _one_question(node, choice.controls)
            labels = distinct([label_of(box) for box in boxes])
            if len(boxes) > 1 and text in labels:
                node, text = boxes[labels.index(text)], "yes"
            again = next((other for other in fresh.nodes if _same_control(other, node)), node)
            await put(work, field.title, text, again, choice, fresh)
    return True


_CAPTCHA: Final = "captcha|recaptcha|hcaptcha|i am human|i m not a robot|i am not a robot|not a robot|are you human|prove that you are human|you are human|anti spam|spam protection|spamschutz|ich bin kein roboter|je ne suis pas un robot|no soy un robot"
_CODE_SHOWN: Final = "security code|verification code|code shown|code in the picture|characters|captcha|sicherheitscode|code de securite|sum|what is"


def refuse_captcha(node: Node, snapshot: Snapshot) -> None:
    """Say plainly that a field wants what only a person in front of the page can give. Raises: Fatal."""
    said = f"{label_of(node)} {' '.join(node.anchors[:2])}"
    pictured = any(
        say.has(f"{one.name} {one.attributes.get('src', '')}", _CAPTCHA) for one in snapshot.nodes
    )
    about = pictured or say.has(snapshot.text, _CAPTCHA)
    if say.has(said, _CAPTCHA) or (about and say.has(said, _CODE_SHOWN)):
        raise Fatal(
            f"The form is guarded against programs: {label_of(node)!r} wants what only a person who looks at the page can give",
            code="captcha",
            hint="Podium solves no captchas. Ask the site for a way without one (an API, an account that need not prove itself), or send this form by hand.",
        )


def _same_control(a: Node, b: Node) -> bool:
    return (a.role, a.name, a.label, a.attributes.get("name")) == (
        b.role,
        b.name,
        b.label,
        b.attributes.get("name"),
    )


def missing_required(controls: Sequence[Node]) -> list[Node]:
    """Return the controls that must have a value and have none; of a radio group the first."""
    found: list[Node] = []
    groups: set[str] = set()
    for node in controls:
        if not _is_required(node) or not node.enabled:
            continue
        if node.role == "radio":
            group = group_name(node)
            members = [
                other for other in controls if group_name(other) == group and other.role == "radio"
            ]
            if group not in groups and not any(other.checked for other in members):
                found.append(node)
            groups.add(group)
        elif node.role in {"checkbox", "switch"}:
            boxes = _one_question(node, controls)
            if not any(box.checked for box in boxes) and not any(box in found for box in boxes):
                found.append(node)
        elif node.tag == "select":
            if not node.value or is_prompt(node.value):
                found.append(node)
        elif not node.value.strip():
            found.append(node)
    return found


def _is_required(node: Node) -> bool:
    return (
        node.required
        or node.role == "radio"  # with none chosen beforehand: it cannot be left out on purpose
        or node.attributes.get("aria-required") == "true"
        or any(_says_required(text) for text in (node.label, node.name))
        or _asks_to_choose(node)
    )


def _says_required(text: str) -> bool:
    return "*" in {text.strip()[:1], text.rstrip(" :")[-1:]} or "(required)" in text.casefold()


def _one_question(node: Node, controls: Sequence[Node]) -> tuple[Node, ...]:
    """Return the boxes of which one is enough: those that are sent under one name, or stand under one starred legend."""
    name = node.attributes.get("name", "")
    legend = node.anchors[0] if node.anchors and _says_required(node.anchors[0]) else ""
    return tuple(
        other
        for other in controls
        if other.ref == node.ref
        or (
            other.role == node.role == "checkbox"
            and (
                (name and other.attributes.get("name") == name)
                or (legend and legend in other.anchors[:1])
            )
        )
    )


def _asks_to_choose(node: Node) -> bool:
    """Return whether a list shows "Choose ..." instead of a value: unmarked, but rarely meant to be sent so."""
    return node.tag == "select" and is_prompt(node.value) and any(map(str.isalpha, node.value))


def _question_field(node: Node, controls: Sequence[Node]) -> FieldSpec:
    label = control_label(node, controls).replace("*", "").strip(" :")
    name = slug(label)
    if node.role == "radio":
        options = tuple(
            label_of(other) for other in controls if group_name(other) == group_name(node)
        )
        return FieldSpec(name=name, title=label, type="choice", choices=options)
    boxes = _one_question(node, controls)
    if len(boxes) > 1:
        asked = node.anchors[0] if node.anchors else node.attributes.get("name", "")
        title = asked.replace("*", "").strip(" :")
        labels = tuple(distinct([label_of(box) for box in boxes]))
        return FieldSpec(name=slug(title), title=title, type="choice", choices=labels)
    if node.options:
        options = tuple(option for option in node.options if not is_prompt(option))
        return FieldSpec(name=name, title=label, type="choice", choices=options)
    if node.role in {"checkbox", "switch"}:
        return FieldSpec(name=name, title=label, type="boolean")
    return FieldSpec(name=name, title=label)

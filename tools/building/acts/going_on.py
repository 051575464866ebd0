"""Forms of several pages, and questions that a page asks before it writes: what comes before the write itself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from podium.state.errors import Fatal
from podium.state.program import ClickStep, DialogArgs, DialogStep, SelectStep, TargetArgs
from podium.state.questions import FieldSpec
from podium.tools.building import vocabulary as say
from podium.tools.building.acts.opening import settled
from podium.tools.building.forms import FormChoice, button_text
from podium.tools.building.work import StepFailed, Work
from podium.tools.grounding.describe import describe
from podium.tools.grounding.words import fold
from podium.tools.page import Node, Snapshot
from podium.tools.runner import StepResult

MAX_PAGES: Final = 8
"""Pages of one form at most."""
_CHECKS: Final = (
    "review|preview|check order|check your answers|check details|check and|to summary|summary|to review|prufen|uberprufen|zur ubersicht|zur prufung|zusammenfassung"
    "|verifier|recapitulatif|revisar|comprobar|verifica|riepilogo|controleren|granska|kontroller|sprawdz"
)
"""Words that promise a page to check, before anything is sent."""
_STEP_OF: Final = re.compile(
    r"\b(?:step|page|part|schritt|seite|teil|etape|paso|passo|stap|steg|trin|krok)\s*(\d{1,2})\s*(?:of|/|von|sur|de|di|van|av|af|z|ze)\s*(\d{1,2})\b"
)
_LEADS_ON: Final = f"{say.ADVANCE}|carry on|next step|{_CHECKS}"
_GO_ON, _SENDS = "go on, a page to check follows", "this sends it"


def leads_on(button: Node) -> bool:
    """Return whether the button's words only lead to the form's next page."""
    label = button_text(button)
    return say.starts(label, _LEADS_ON) and not say.has(label, "send|submit|senden|absenden")


def more_follows(button: Node, snapshot: Snapshot, *, unfilled: bool) -> bool:
    """Return whether the page itself says that another one comes before anything is sent.

    It numbers its steps and this is not the last, its button promises a page to check, or values that the request gives
    have no place yet and the button only leads on.
    """
    if not leads_on(button):
        return False
    steps = [(int(at), int(last)) for at, last in _STEP_OF.findall(fold(snapshot.text))]
    if any(at < last for at, last in steps) and not any(at >= last for at, last in steps):
        return True
    return unfilled or say.has(button_text(button), _CHECKS)


def way_on(choice: FormChoice, snapshot: Snapshot) -> Node | None:
    """Return the one button of the form that leads to its next page."""
    regions = {node.region for node in choice.controls}
    found = [
        node
        for node in snapshot.nodes
        if node.visible
        and node.enabled
        and node.role == "button"
        and (node.form == choice.ref or (not node.form and node.region in regions))
        and leads_on(node)
    ]
    return found[0] if len(found) == 1 else None


async def go_on(work: Work, button: Node, snapshot: Snapshot, *, said: bool) -> bool:
    """Press the button that leads to the form's next page; return whether it led there.

    What it sends is held, until it is known not to be the write: the request says that more follows (`said`), or a
    person does.

    Raises:
        Asked: If only a person can tell.
        Fatal: If the page stays as it is, with what it objects to.
    """
    label = button_text(button)
    step = ClickStep(
        id=work.step_id("on"),
        title=f"Go on ({label})",
        args=TargetArgs(target=describe(button, snapshot, phrase=f"{label} button")),
    )
    try:
        result = await work.try_out(step)
    except StepFailed as failed:
        if failed.code != "would_write":
            raise
        held = work.page.traffic().held
        if not said and not await _follows(work, label, [one.signature for one in held]):
            return False
        step = step.model_copy(update={"signatures": tuple(one.signature for one in held)})
        result = await work.try_out(step)
    after = await settled(work)
    if _same_page(snapshot, after):
        told = "; ".join(text for text in after.messages if text not in snapshot.messages)
        invalid = _invalid(after)
        raise Fatal(
            f"{label!r} did not lead on: {told or invalid or 'the page stayed as it was'}",
            code="expectation",
        )
    work.keep(step, result)
    work.facts["url"] = after.url
    return True


async def _follows(work: Work, label: str, signatures: list[str]) -> bool:
    answer = await work.ask(
        "goes-on",
        kind="choice",
        title=f"Does a page to check follow after {label!r}, or does {label!r} send it already?",
        text=f"Pressing it sends {', '.join(signatures)}, which was held. It is let through only when a page to check follows.",
        fields=[
            FieldSpec(
                name="next",
                title=f"What does {label!r} do?",
                type="choice",
                choices=(_GO_ON, _SENDS),
            )
        ],
    )
    return answer.get("next") == _GO_ON


def _same_page(before: Snapshot, after: Snapshot) -> bool:
    shown = [(node.role, node.name, node.label) for node in before.nodes if node.visible]
    now = [(node.role, node.name, node.label) for node in after.nodes if node.visible]
    return before.url == after.url and before.headings == after.headings and shown == now


def _invalid(page: Snapshot) -> str:
    labels = [
        node.label or node.name
        for node in page.nodes
        if node.attributes.get("aria-invalid") == "true"
    ]
    return f"not valid: {', '.join(labels)}" if labels else ""


def _for_any(question: str, given: Mapping[str, str]) -> str:
    """Return the question with the inputs' values by name: another run is asked about others."""
    asked = question.replace("{", "(").replace("}", ")")
    for name, value in given.items():
        if len(value) >= 3:
            asked = asked.replace(value, f"{{inputs.{name}}}")
    return asked


async def press_write(
    work: Work, step: ClickStep | SelectStep, given: Mapping[str, str]
) -> StepResult:
    """Press what writes, under the write hold; a question that the page asks first is accepted as a part of the write.

    The question is declined once, so that nothing is agreed to unread. Then it is compiled as a step of its own, which
    the plan of the test and the approval of the deployment show, and the press is repeated.

    Raises:
        StepFailed: If it failed for another reason.
    """
    try:
        return await work.try_out(step)
    except StepFailed as failed:
        question = failed.result.record.evidence.get("question")
        if failed.code != "declined" or not isinstance(question, str):
            raise
    dialog = DialogStep(
        id=work.step_id("question"),
        title=f"Accept the question {_for_any(question, given)!r}",
        args=DialogArgs(accept=True, message=_for_any(question, given)),
    )
    work.notes.append(
        f"Before {step.title!r} the page asks {question!r}; accepting it is part of the write."
    )
    await work.perform(dialog)
    return await work.try_out(step)

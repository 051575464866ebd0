"""The press that writes: what it sends, what proves it, and where that is seen again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from podium.state.document import JsonObject
from podium.state.errors import Fatal
from podium.state.program import (
    ClickStep,
    SelectStep,
    Step,
    TargetArgs,
    parse_step,
)
from podium.state.target import Target
from podium.tools.builder import WRITTEN
from podium.tools.building.acts.given import aimed, inputs_of
from podium.tools.building.acts.going_on import press_write
from podium.tools.building.acts.opening import settled
from podium.tools.building.acts.signs import complaint_of, success_signs
from podium.tools.building.forms import (
    label_of,
)
from podium.tools.building.probes import Probe, compiled, places_before, written_by
from podium.tools.building.wanted import look_ahead
from podium.tools.building.work import Work
from podium.tools.grounding.standing import settings_of_form
from podium.tools.page import SAFE_METHODS, Node, Snapshot
from podium.tools.runner import StepResult


async def write(
    work: Work,
    node: Node,
    before: Snapshot,
    *,
    target: Target | None = None,
    act: SelectStep | None = None,
) -> None:
    """Click under the write hold, learn what it sends, and what proves it when it was really released."""
    effect = work.planned.effect if work.planned.effect in {"write", "irreversible"} else "write"
    label = node.name or node.text or node.value
    step: ClickStep | SelectStep = ClickStep(
        id=work.step_id(),
        title=work.planned.title or f"Submit ({label})",
        args=TargetArgs(target=target or aimed(work, node, before, phrase=f"{label} button")),
    )
    step = (_standing(act, node, before) if act else step).model_copy(update={"effect": effect})
    given = inputs_of(work)
    written = written_by((*work.draft.steps, *work.steps), given)
    wanted = look_ahead(work.agent, work.planned)
    places = await places_before(work, before, wanted, written)
    result = await press_write(work, step, given)
    before_this = _written(work).get(step.id)
    if result.record.status == "skipped" and isinstance(before_this, dict):
        # Built once more after a failure elsewhere: the journal kept it from being done twice.
        _keep_write(work, cast("ClickStep | SelectStep", parse_step(before_this)), result)
        return
    traffic = work.page.traffic()
    requests = [item for item in (*traffic.held, *traffic.sent) if item.method not in SAFE_METHODS]
    signatures = tuple(dict.fromkeys(item.signature for item in requests))
    step = step.model_copy(update={"signatures": signatures})
    after = await settled(work)
    if result.record.status == "held":
        sent = ", ".join(f"{item.signature} ({', '.join(item.fields)})" for item in traffic.held)
        work.notes.append(f"Held, not sent: {sent}. Its first live run has no proof yet.")
    elif not signatures:
        _say_nothing_sent(step.title, before, after, traffic.dialogs)
    else:
        complaint = complaint_of(before, after, tuple(given.values()))
        if complaint:
            raise Fatal(f"The site did not take the form: {complaint}", code="expectation")
        step = step.model_copy(update={"expect": success_signs(before, after, given=given)})
        work.facts[WRITTEN] = {**_written(work), step.id: step.to_json()}
    if signatures:
        probe = await compiled(work, step, places, written, released=result.record.status != "held")
        step = _with_probe(work, step, probe)
        if step.id in _written(work):
            work.facts[WRITTEN] = {**_written(work), step.id: step.to_json()}
    _keep_write(work, step, result)
    work.facts["url"] = after.url


def _standing(act: SelectStep, node: Node, page: Snapshot) -> SelectStep:
    """Return the choice with what its form holds beside it, as the description of a button has it: both send that."""
    form = next((one for one in page.forms if one.ref == node.form), None)
    target = act.args.target.model_copy(update={"settings": settings_of_form(form, page)})
    return act.model_copy(update={"args": act.args.model_copy(update={"target": target})})


def _with_probe(
    work: Work, step: ClickStep | SelectStep, probe: Probe | None
) -> ClickStep | SelectStep:
    if probe is None:
        work.notes.append(
            f"No page was found that shows what {step.title!r} writes: a crash right after its sending asks a person."
        )
        return step
    seen = "" if probe.proven else "; the first live run proves that it appears there"
    work.notes.append(f"After a crash it is looked for on {probe.step.args.url}{seen}.")
    return step.model_copy(update={"probe": probe.step.to_json(), "probe_proven": probe.proven})


def _say_nothing_sent(
    title: str, before: Snapshot, after: Snapshot, dialogs: Sequence[str]
) -> None:
    said = [text for text in after.messages if text not in before.messages]
    said += [text.partition(": ")[2] for text in dialogs if text.startswith("alert")]
    invalid = [
        label_of(node) for node in after.nodes if node.attributes.get("aria-invalid") == "true"
    ]
    if said or invalid:
        complaint = "; ".join((*said, *invalid))
        raise Fatal(f"The page did not take the form: {complaint}", code="expectation")
    if before.url == after.url and before.text == after.text:
        raise Fatal(
            f"{title!r} sent nothing and changed nothing on the page; a form that misses a value behaves so",
            code="expectation",
        )


def _written(work: Work) -> JsonObject:
    kept = work.facts.get(WRITTEN)
    return kept if isinstance(kept, dict) else {}


def _keep_write(work: Work, step: Step, result: StepResult) -> None:
    work.keep(step, result)

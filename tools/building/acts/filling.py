"""`fill`, `choose`, `submit`, `click`: forms and single controls."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import cast
from urllib.parse import urlsplit

from pydantic import JsonValue

from podium.state.document import JsonObject
from podium.state.errors import Fatal
from podium.state.program import (
    CheckArgs,
    CheckStep,
    ClickStep,
    Expectation,
    FillArgs,
    FillStep,
    HoverStep,
    SelectStep,
    Step,
    TargetArgs,
    TextShown,
    UrlLike,
    ValueHeld,
    parse_step,
)
from podium.state.questions import FieldSpec
from podium.state.target import Target
from podium.state.templates import names_in
from podium.tools.builder import WRITTEN
from podium.tools.building import vocabulary as say
from podium.tools.building.acts.going_on import MAX_PAGES, go_on, leads_on, press_write, way_on
from podium.tools.building.acts.opening import settled
from podium.tools.building.forms import (
    FormChoice,
    best_option,
    choose_form,
    chosen_option,
    group_label,
    group_name,
    label_of,
    map_control,
    submit_of,
)
from podium.tools.building.links import is_clickable
from podium.tools.building.probes import Probe, compiled, places_before, written_by
from podium.tools.building.wanted import Wanted, look_ahead
from podium.tools.building.work import NONE, Work, distinct
from podium.tools.grounding.describe import describe
from podium.tools.grounding.fingerprint import url_pattern
from podium.tools.grounding.phrases import Scored, clear_winner, find_phrase
from podium.tools.grounding.words import fold
from podium.tools.page import SAFE_METHODS, Node, Record, Snapshot
from podium.tools.runner import StepResult
from podium.tools.running.outcomes import says_refused

_PLACEHOLDER_OPTION = "please select|please choose|select|choose|select one|choose one|bitte wahlen|auswahlen|seleccione|scegli|kies"
_YES = frozenset({"yes", "true", "on", "1", "checked", "ja", "oui", "si"})
_PROMPTS = re.compile(r"^(-+|\u2014+|\.{2,}|\u2026)?\s*(.*?)\s*(-+|\u2014+|\.{2,}|\u2026)?$")


async def build_fill(work: Work) -> None:
    """Put the planned values into the controls they mean."""
    wanted = look_ahead(work.agent, work.planned)
    open_fields = dict(work.planned.values)
    for _ in range(MAX_PAGES):
        open_fields = await _fill_page(work, wanted, open_fields)
        if not open_fields or not await _next_page(work, wanted, open_fields):
            break
    for place, field in enumerate(work.planned.values):
        if field in open_fields:
            await _fill_asked(work, wanted, field, open_fields[field], place)
    work.facts["url"] = await work.page.url()


async def _fill_page(work: Work, wanted: Wanted, values: Mapping[str, str]) -> dict[str, str]:
    """Fill the fields that the present page of the form clearly has; return the others."""
    given, rest = inputs_of(work), dict[str, str]()
    for field, value in values.items():
        example = by_example(value, given)
        snapshot, choice = await _form_of(work, wanted)
        button = _value_button(example, choice, snapshot)
        match = map_control(field, choice.controls, example)
        if match.node is not None:
            await _set(work, field, value, match.node, choice, snapshot)
        elif button is not None:
            await _press_value(work, field, value, button, snapshot)
        else:
            rest[field] = value
    return rest


async def _form_of(work: Work, wanted: Wanted) -> tuple[Snapshot, FormChoice]:
    snapshot = await work.clear_view(await _with_form(work, wanted))
    choice = choose_form(snapshot, _all_values(work), wanted.thing)
    if choice is None:
        raise Fatal(
            f"{snapshot.url} shows no form to fill",
            code="not_found_on_page",
            hint="Name the page that has the form.",
        )
    return snapshot, _on_this_page(choice, snapshot)


def _on_this_page(choice: FormChoice, snapshot: Snapshot) -> FormChoice:
    """Return the form without the boxes that its later pages show: hidden as long as a button leads on."""
    if way_on(choice, snapshot) is None:
        return choice
    return replace(choice, controls=tuple(node for node in choice.controls if node.visible))


async def _next_page(work: Work, wanted: Wanted, fields: Mapping[str, str]) -> bool:
    """Go to the next page of a form that has several; return whether there is one."""
    snapshot, choice = await _form_of(work, wanted)
    button = way_on(choice, snapshot)
    if button is None or any(map_control(field, choice.controls).rivals for field in fields):
        return False
    if await _fill_required(work, choice, snapshot, len(work.steps)):
        snapshot, choice = await _form_of(work, wanted)
        button = way_on(choice, snapshot) or button
    return await go_on(work, button, snapshot, said=False)


async def _fill_asked(work: Work, wanted: Wanted, field: str, value: str, place: int) -> None:
    """Fill a field that no page of the form clearly has, with a person's help."""
    snapshot, choice = await _form_of(work, wanted)
    node = await _control(work, field, value, place, choice, snapshot)
    if node is None:
        work.notes.append(f"The form has no field for {field!r}.")
        return
    await _set(work, field, value, node, choice, snapshot)


async def _with_form(work: Work, wanted: Wanted) -> Snapshot:
    snapshot = await settled(work)
    for _ in range(8):
        choice = choose_form(snapshot, wanted.values, wanted.thing)
        if choice is not None and (choice.coverage > 0 or not wanted.values):
            break
        await work.pause(0.5)
        snapshot = await work.look()
    return snapshot


def _all_values(work: Work) -> dict[str, str]:
    """Return what all fill and choose steps put into this form, so that each of them finds the same one."""
    given = inputs_of(work)
    return {
        field: by_example(value, given)
        for step in work.agent.steps
        if step.op in {"fill", "choose"}
        for field, value in step.values.items()
    }


def _value_button(value: str, choice: FormChoice, snapshot: Snapshot) -> Node | None:
    """Return the one button of the form that is called like the value: time slots, sizes, plans are chosen so."""
    wanted = _plain(value)
    regions = {node.region for node in choice.controls}
    found = [
        node
        for node in snapshot.nodes
        if node.visible
        and is_clickable(node)
        and (node.form == choice.ref or node.region in regions)
        and not node.attributes.get("href", "").startswith("http")
        and _plain(node.name or node.text) == wanted
    ]
    return found[0] if len(found) == 1 else None


def _plain(text: str) -> str:
    return re.sub(r"\b0(\d:)", r"\1", " ".join(text.casefold().split()))


async def _press_value(
    work: Work, field: str, value: str, button: Node, snapshot: Snapshot
) -> None:
    target = describe(button, snapshot, phrase=f"{field} {value}")
    if names_in(value):
        target = for_any(target, inputs_of(work))
    step = ClickStep(
        id=work.step_id(_slug(field)), title=f"Choose {value}", args=TargetArgs(target=target)
    )
    await work.perform(step)


async def _control(
    work: Work, field: str, value: str, place: int, choice: FormChoice, snapshot: Snapshot
) -> Node | None:
    match = map_control(field, choice.controls, by_example(value, inputs_of(work)))
    if match.node is not None:
        return match.node
    rivals = match.rivals or choice.controls
    labels = distinct([_control_label(node, choice.controls) for node in rivals])
    picked = await work.choose_label(
        f"field{place}", field, labels, snapshot, what=f"Which field of the form is {field!r}?"
    )
    return rivals[labels.index(picked)] if picked is not None else None


def _control_label(node: Node, controls: Sequence[Node]) -> str:
    if node.role == "radio":
        return group_label(node, controls)
    return label_of(node) or f"{node.role} without a label"


async def _set(
    work: Work, field: str, value: str, node: Node, choice: FormChoice, snapshot: Snapshot
) -> None:
    await work.perform(await _step_for(work, field, value, node, choice, snapshot))


async def _step_for(
    work: Work, field: str, value: str, node: Node, choice: FormChoice, snapshot: Snapshot
) -> Step:
    label = _control_label(node, choice.controls)
    title = f"Fill {label}"
    step_id = work.step_id(_slug(field))
    if node.role == "radio":
        radio = await _radio(work, field, value, node, choice, snapshot)
        target = describe(radio, snapshot, phrase=f"{value} of {label}")
        if names_in(value):
            target = for_any(target, inputs_of(work))
        return CheckStep(
            id=step_id,
            title=f"Choose {label}",
            args=CheckArgs(target=target),
            expect=(ValueHeld(),),
        )
    target = describe(node, snapshot, phrase=label)
    if node.role in {"checkbox", "switch"}:
        shown = by_example(value, inputs_of(work))
        checked = fold(shown) in _YES or fold(shown) == fold(label)
        return CheckStep(
            id=step_id,
            title=title,
            args=CheckArgs(target=target, checked=checked),
            expect=(ValueHeld(),),
        )
    if (
        node.tag == "select"
        or node.role == "listbox"
        or (node.role == "combobox" and (node.tag != "input" or not node.visible))
    ):
        option = await _option(work, field, value, node, snapshot)
        return SelectStep(
            id=step_id,
            title=f"Choose {label}",
            args=FillArgs(target=target, value=option),
            expect=(ValueHeld(),),
        )
    return FillStep(
        id=step_id, title=title, args=FillArgs(target=target, value=value), expect=(ValueHeld(),)
    )


async def _option(work: Work, field: str, value: str, node: Node, snapshot: Snapshot) -> str:
    if not node.options:
        return value
    example = by_example(value, inputs_of(work))
    option, close = best_option(example, node.options)
    if option is None and chosen_option(field, example) != example:
        option, close = best_option(field, node.options)
    if option is not None:
        # The run's value is looked up among the options as this one was.
        return value if names_in(value) and fold(option) == fold(example) else option
    options = close or tuple(text for text in node.options if not is_prompt(text))
    picked = await work.choose_label(
        f"option-{_slug(field)}",
        f"{field}: {value}",
        options,
        snapshot,
        what=f"{label_of(node)} has no {value!r}. Which option is meant?",
    )
    if picked is None:
        raise Fatal(f"{label_of(node)} has no option {value!r}", code="no_option")
    return picked


async def _radio(
    work: Work, field: str, value: str, node: Node, choice: FormChoice, snapshot: Snapshot
) -> Node:
    group = [other for other in choice.controls if group_name(other) == group_name(node)]
    labels = distinct([label_of(other) for other in group])
    value = by_example(value, inputs_of(work))
    option, close = best_option(value, labels)
    if option is None and chosen_option(field, value) != value:
        option, close = best_option(field, labels)
    if option is None:
        option = await work.choose_label(
            f"option-{_slug(field)}",
            f"{field}: {value}",
            close or labels,
            snapshot,
            what=f"Which option is {value!r}?",
        )
    if option is None:
        raise Fatal(f"There is no option {value!r}", code="no_option")
    return group[labels.index(option)]


def is_prompt(option: str) -> bool:
    """Return whether an option of a select only asks to choose one."""
    match = _PROMPTS.match(option.strip())
    text = match[2] if match is not None else option
    return not text or say.starts(text, _PLACEHOLDER_OPTION)


# -- Submitting -----------------------------------------------------------------------------------


async def build_submit(work: Work) -> None:
    """Fill what is still required, go on over the form's pages, then submit it under the plan's effect."""
    wanted = look_ahead(work.agent, work.planned)
    names = _all_values(work)
    for page in range(MAX_PAGES):
        snapshot = await (_with_form(work, wanted) if page == 0 else settled(work))
        choice = choose_form(snapshot, names, wanted.thing)
        node = None if choice is not None else _last_button(snapshot)
        if node is not None:
            break  # a page that only shows what was given, and asks to confirm it
        if choice is None:
            raise Fatal(f"{snapshot.url} shows no form to submit", code="not_found_on_page")
        choice = _on_this_page(choice, snapshot)
        if await _fill_required(work, choice, snapshot, page):
            snapshot = await work.look()
            choice = choose_form(snapshot, names, wanted.thing) or choice
        node = await _submit_control(work, choice, snapshot, wanted)
        confirmed = _confirmed_next(work)
        if not confirmed and not leads_on(node):
            break
        if not await go_on(work, node, snapshot, said=confirmed and leads_on(node)):
            break
        if confirmed:
            return
    else:
        raise Fatal(f"The form has more than {MAX_PAGES} pages", code="not_found_on_page")
    await _write(work, node, snapshot)


def _last_button(snapshot: Snapshot) -> Node | None:
    """Return the button of a page without fields that sends what was given on the pages before."""
    found = [ref for form in snapshot.forms for ref in submit_of(snapshot, form.ref)]
    found = found or list(submit_of(snapshot, ""))
    return found[0] if len(found) == 1 else None


def _confirmed_next(work: Work) -> bool:
    """Return whether the plan, right after this submit, presses another button: of a page to check and confirm."""
    steps = work.agent.steps
    place = next((place for place, one in enumerate(steps) if one.id == work.planned.id), None)
    following = steps[place + 1] if place is not None and place + 1 < len(steps) else None
    if following is None or following.op not in {"click", "submit"} or following.per_row:
        return False
    return following.effect != "read" or say.has(following.thing, say.WRITE)


async def _fill_required(work: Work, choice: FormChoice, snapshot: Snapshot, page: int = 0) -> bool:
    missing = missing_required(choice.controls)
    if not missing:
        return False
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
            again = next((other for other in fresh.nodes if _same_control(other, node)), node)
            await _set(work, field.title, text, again, choice, fresh)
    return True


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
            if not node.checked:
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
        or node.label.rstrip(" :").endswith("*")
        or "(required)" in node.label.casefold()
        or _asks_to_choose(node)
    )


def _asks_to_choose(node: Node) -> bool:
    """Return whether a list shows "Choose ..." instead of a value: unmarked, but rarely meant to be sent so."""
    return node.tag == "select" and is_prompt(node.value) and any(map(str.isalpha, node.value))


def _question_field(node: Node, controls: Sequence[Node]) -> FieldSpec:
    label = _control_label(node, controls).replace("*", "").strip(" :")
    name = _slug(label)
    if node.role == "radio":
        options = tuple(
            label_of(other) for other in controls if group_name(other) == group_name(node)
        )
        return FieldSpec(name=name, title=label, type="choice", choices=options)
    if node.options:
        options = tuple(option for option in node.options if not is_prompt(option))
        return FieldSpec(name=name, title=label, type="choice", choices=options)
    if node.role in {"checkbox", "switch"}:
        return FieldSpec(name=name, title=label, type="boolean")
    return FieldSpec(name=name, title=label)


async def _submit_control(
    work: Work, choice: FormChoice, snapshot: Snapshot, wanted: Wanted
) -> Node:
    found = submit_of(snapshot, choice.ref, wanted.thing)
    if not found and choice.ref:
        found = submit_of(snapshot, "", wanted.thing)
    if len(found) == 1:
        return found[0]
    if not found:
        raise Fatal("The form has no button to submit it", code="not_found_on_page")
    chosen = await work.choose(
        "submit", f"submit {wanted.thing}", found, snapshot, what="Which button submits the form?"
    )
    if chosen is None:
        raise Fatal("No button of the form submits it", code="not_found_on_page")
    return chosen


async def build_click(work: Work) -> None:
    """Click what the plan's words mean, in the row they name; what is named like a write is one, a box is ticked."""
    given = inputs_of(work)
    phrase = work.planned.thing or work.planned.title
    example = by_example(phrase, given)
    key = by_example(work.planned.key, given)
    snapshot = await work.clear_view(await settled(work))
    for _ in range(6):  # menus open and rows come a moment later
        row = _row_of(key, snapshot) if key else None
        if (row is not None or not key) and _called(example, snapshot, row):
            break
        await work.pause(0.4)
        snapshot = await work.look()
    else:
        row = _row_of(key, snapshot) if key else None
    if key and row is None:
        raise Fatal(f"{snapshot.url} shows no row of {key!r}", code="not_found_on_page")
    node = await _meant(work, example, snapshot, row)
    target = describe(node, snapshot, phrase=phrase, row_key=work.planned.key)
    if names_in(phrase):
        target = for_any(target, given)
        if not any(names_in(text) for text in (target.name, target.text, target.label)):
            raise Fatal(
                f"{example!r} is found here by other words ({node.name or node.text!r}): with another value it could not be found",
                code="not_found_on_page",
                hint="Say it as the page does.",
            )
    label = node.name or node.text
    if node.role in {"checkbox", "radio", "switch"}:
        step = CheckStep(
            id=work.step_id(),
            title=work.planned.title,
            args=CheckArgs(target=target),
            expect=(ValueHeld(),),
        )
        await work.perform(step)
        return
    writes = say.has(label, say.NEVER) or (node.role == "button" and say.has(label, say.WRITE))
    if node.role == "menuitem" and node.attributes.get("aria-haspopup", "false") != "false":
        hover = HoverStep(
            id=work.step_id(), title=f"Point at {label}", args=TargetArgs(target=target), retries=1
        )
        if await _opens_by_pointing(work, hover, snapshot):
            return
    if work.planned.effect == "read" and not writes:
        click = ClickStep(
            id=work.step_id(),
            title=work.planned.title or f"Click {label}",
            args=TargetArgs(target=target),
        )
        await work.perform(click)
        work.facts["url"] = (await settled(work)).url
        return
    await _write(work, node, snapshot, target=target)


async def _opens_by_pointing(work: Work, hover: HoverStep, before: Snapshot) -> bool:
    """Point at an item that has a menu of its own; return whether that opened it: a click would choose the item."""
    result = await work.try_out(hover)
    known = {node.ref for node in before.nodes if node.visible}
    for _ in range(4):
        await work.pause(0.3)
        shown = await work.look()
        if any(node.visible and node.ref not in known for node in shown.nodes):
            work.keep(hover, result)
            return True
    return False


async def _meant(work: Work, phrase: str, snapshot: Snapshot, row: Record | None) -> Node:
    """Return the element that the phrase means, in the row when there is one; asks when several may be it."""
    found = _called(phrase, snapshot, row)
    node = clear_winner(found)
    if node is not None:
        return node
    if not found:
        raise Fatal(f"{snapshot.url} shows nothing called {phrase!r}", code="not_found_on_page")
    node = await work.choose(
        "target",
        phrase,
        [item.node for item in found[:6]],
        snapshot,
        what=f"Which of these is {phrase!r}?",
    )
    if node is None:
        raise Fatal(f"Nothing on {snapshot.url} is {phrase!r}", code="not_found_on_page")
    return node


_CROSSES = frozenset({"x", "\u00d7", "\u2715", "\u2716"})
_ONLY_A_ROLE: dict[str, frozenset[str]] = {
    "button": frozenset({"button"}),
    "link": frozenset({"link"}),
    "checkbox": frozenset({"checkbox"}),
    "field": frozenset({"textbox", "searchbox"}),
    "section": frozenset({"tab"}),
}


def _called(phrase: str, snapshot: Snapshot, row: Record | None) -> tuple[Scored, ...]:
    """Return what the phrase may mean; a cross is a `Close`, a bare `button` the only one there is."""
    found = find_phrase(phrase, snapshot)
    if not found and phrase.strip() in _CROSSES:
        found = find_phrase("close", snapshot)
    roles = _ONLY_A_ROLE.get(fold(phrase))
    if not found and roles is not None:
        only = [node for node in snapshot.nodes if node.visible and node.role in roles]
        found = tuple(Scored(node, 0.9, "the only one") for node in only[:1] if len(only) == 1)
    if row is not None:
        found = tuple(item for item in found if item.node.ref in row.nodes)
    return found


def _row_of(key: str, snapshot: Snapshot) -> Record | None:
    """Return the one record of the page that has the key as a value."""
    wanted = fold(key)
    found = [
        record
        for collection in snapshot.collections
        for record in collection.records
        if any(fold(value.text) == wanted for value in record.values)
    ]
    return found[0] if len(found) == 1 else None


def inputs_of(work: Work) -> dict[str, str]:
    """Return the inputs' examples: what the build is done with."""
    return {
        name: example
        for name, example in work.examples().items()
        if isinstance(example, str) and example.strip()
    }


def by_example(text: str, given: Mapping[str, str]) -> str:
    """Return the text with the inputs it names as their examples."""
    for name, value in given.items():
        text = text.replace(f"{{inputs.{name}}}", value)
    return text


def for_any(target: Target, given: Mapping[str, str]) -> Target:
    """Return the target for any value of the inputs it is named by: what describes just this one is left out."""

    def general(text: str) -> str:
        for name, value in given.items():
            if text == value or (len(value) >= 3 and value in text):
                text = text.replace(value, f"{{inputs.{name}}}")
        return text

    return target.model_copy(
        update={
            "name": general(target.name),
            "text": general(target.text),
            "label": general(target.label),
            "attributes": {},
            "anchors": (),
            "position": (0.0, 0.0),
            "ordinal": 0,
        }
    )


async def _write(work: Work, node: Node, before: Snapshot, *, target: Target | None = None) -> None:
    """Click under the write hold, learn what it sends, and what proves it when it was really released."""
    effect = work.planned.effect if work.planned.effect in {"write", "irreversible"} else "write"
    label = node.name or node.text or node.value
    step = ClickStep(
        id=work.step_id(),
        title=work.planned.title or f"Submit ({label})",
        effect=effect,
        args=TargetArgs(target=target or describe(node, before, phrase=f"{label} button")),
    )
    given = inputs_of(work)
    written = written_by((*work.draft.steps, *work.steps), given)
    wanted = look_ahead(work.agent, work.planned)
    places = await places_before(work, before, wanted, written)
    result = await press_write(work, step, given)
    before_this = _written(work).get(step.id)
    if result.record.status == "skipped" and isinstance(before_this, dict):
        # Built once more after a failure elsewhere: the journal kept it from being done twice.
        _keep_write(work, cast("ClickStep", parse_step(before_this)), result)
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
        complaint = complaint_of(before, after)
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


def _with_probe(work: Work, step: ClickStep, probe: Probe | None) -> ClickStep:
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


_COMPLAINTS = (
    "error|errors|failed|invalid|required|not valid|must be|must not|please correct|please enter|please fill|cannot be|can not be"
    "|already exists|is missing|not allowed|fehler|ungultig|erforderlich|pflichtfeld|erreur|obligatoire|invalide|obligatorio|errore"
)


def complaint_of(before: Snapshot, after: Snapshot) -> str:
    """Return what the page objects to when it shows the same form again with an objection that was not there, else ''."""
    signatures = {form.signature for form in before.forms if form.method != "get"}
    if not signatures & {form.signature for form in after.forms}:
        return ""
    known = {*before.messages, *before.text.splitlines()}
    fresh = [text for text in (*after.messages, *after.text.splitlines()) if text not in known]
    found = [
        text.strip()
        for text in fresh
        if len(text) < 200 and say.has(text, _COMPLAINTS) and says_refused(text)
    ]
    return "; ".join(dict.fromkeys(found[:3]))


def success_signs(
    before: Snapshot, after: Snapshot, *, given: Mapping[str, JsonValue] | None = None
) -> tuple[Expectation, ...]:
    """Return what the page said after the write, and where it led: numbers and given values are another day's others."""
    values = {
        name: value
        for name, value in (given or {}).items()
        if isinstance(value, str) and len(value.strip()) >= 3
    }
    found: list[Expectation] = []
    for text in after.messages:
        if (
            text.strip()
            and text not in before.messages
            and not say.has(text, "error|failed|invalid|required|fehler")
        ):
            found.append(TextShown(text=_general(text, values)))
            break
    if not found:
        new = [text for text in after.headings if text not in before.headings]
        if new:
            found.append(TextShown(text=_general(new[0], values)))
    if url_pattern(before.url) != url_pattern(after.url):
        found.append(UrlLike(pattern=_made_pattern(before.url, after.url, values)))
    return tuple(found)


def _general(text: str, values: Mapping[str, str]) -> str:
    """Return the text with given values by name and other numbers as `#`."""
    parts = {f"\0{place}\0": name for place, name in enumerate(values)}
    kept = " ".join(text.split()).replace("{", "(").replace("}", ")")
    for mark, name in parts.items():
        kept = kept.replace(values[name], mark)
    kept = re.sub(r"\0\d+\0|\d+", lambda found: found[0] if "\0" in found[0] else "#", kept)[:160]
    for mark, name in parts.items():
        kept = kept.replace(mark, f"{{inputs.{name}}}")
    return kept.split("\0")[0]


def _made_pattern(before: str, after: str, values: Mapping[str, str]) -> str:
    """Return the pattern of the address that a write led to: what it made has another number or name every time."""
    known = set(urlsplit(before).path.split("/"))
    named = {_slug(value) for value in values.values()}

    def is_made(segment: str) -> bool:
        return segment not in known and (
            any(char.isdigit() for char in segment) or _slug(segment) in named
        )

    path, mark, route = url_pattern(after).partition("#")
    shown = urlsplit(after).path.split("/")
    segments = [
        "*" if is_made(raw) else kept for kept, raw in zip(path.split("/"), shown, strict=True)
    ]
    return "/".join(segments) + mark + route


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", fold(text)).strip("_")[:40] or "field"


__all__ = [
    "NONE",
    "build_click",
    "build_fill",
    "build_submit",
    "is_prompt",
    "missing_required",
    "success_signs",
]

"""`search`: the search box, the words, and results that really appeared."""

from __future__ import annotations

from dataclasses import replace

from podium.state.errors import Fatal, NotPermitted, StepError
from podium.state.program import (
    ClickStep,
    FillArgs,
    FillStep,
    OpenArgs,
    OpenStep,
    PressArgs,
    PressStep,
    TargetArgs,
)
from podium.state.questions import FieldSpec
from podium.tools.building import vocabulary as say
from podium.tools.building.acts.opening import settled
from podium.tools.building.links import canonical, is_stable, ways_on
from podium.tools.building.lists import ListFit, fits, is_rich, mark
from podium.tools.building.wanted import Wanted, look_ahead, stems, title_parts
from podium.tools.building.work import Work, distinct
from podium.tools.grounding.describe import describe
from podium.tools.grounding.emptiness import says_none
from podium.tools.page import Form, Node, RequestInfo, Snapshot

SHOWN_BEFORE = "shown_before"
"""Fact: the lists that the page had before the search."""
_PAGES = 10
"""How many pages are looked at for a search box."""
_TEXT_TYPES = frozenset({"text", "search", ""})


async def build_search(work: Work) -> None:
    """Search for the planned words and keep how."""
    words = work.planned.thing
    if not words:
        raise Fatal("The plan names nothing to search for", code="not_found_on_page")
    given = (work.answer("nothing-found") or {}).get("words")
    snapshot = await work.clear_view(await settled(work))
    box = await _box(work, snapshot)
    start, steps = await settled(work), len(work.steps)
    work.facts[SHOWN_BEFORE] = [mark(one) for one in start.collections if one.records]
    tried = [given] if isinstance(given, str) and given.strip() else [words]
    after = await _search_for(work, tried[0], find_box(start) or box, start)
    if not says_none(after, (words,)):
        after = await work.look_until(
            lambda page: not _none_found(work, page), after, looks=10, still=5
        )
    if _none_found(work, after):
        tried += [one for one in _shorter(words, after) if one not in tried]
    for place, fewer in enumerate(tried[1:], start=1):
        del work.steps[steps:]
        await work.replay()
        before = await settled(work)
        after = await _search_for(work, fewer, find_box(before) or box, before)
        if not _none_found(work, after):
            work.notes.append(
                f"! The search for {tried[0]!r} finds nothing, {fewer!r} does: that is searched for."
            )
            break
        if place == len(tried) - 1:
            del work.steps[steps:]
            await work.replay()
            before = await settled(work)
            after = await _search_for(work, tried[0], find_box(before) or box, before)
    if _none_found(work, after) and not given and _looks_up(work):
        await _ask_for_words(work, words)
    work.facts["url"] = after.url


async def _search_for(work: Work, words: str, box: Node, before: Snapshot) -> Snapshot:
    """Type the words and start the search, as steps that are kept; return the page with its results."""
    fill = FillStep(
        id=work.step_id("words"),
        title=f"Type {words!r} into the search box",
        args=FillArgs(
            target=describe(box, before, phrase="search box"),
            value=words,
        ),
    )
    await work.perform(fill)
    await _submit(work, box, before)
    after = await _results(work, before)
    if not changed(before, after):
        work.notes.append("The page did not change after the search; it may filter while typing.")
    return after


def _none_found(work: Work, after: Snapshot) -> bool:
    wanted = of_search(work, look_ahead(work.agent, work.planned))
    wanted = replace(wanted, query=wanted.query or work.planned.thing)
    return not any(fit.score >= 0.2 and is_result(fit) for fit in fits(after, wanted)) or bool(
        says_none(after, (wanted.thing,))
    )


def of_search(work: Work, wanted: Wanted) -> Wanted:
    """Return what is wanted with the lists that no search brought."""
    shown = work.facts.get(SHOWN_BEFORE)
    marks = [str(one) for one in shown] if isinstance(shown, list) else []
    return replace(wanted, shown_before=frozenset(marks))


def is_result(fit: ListFit) -> bool:
    """Return whether a list may be what a search found: no menu."""
    return fit.collection.region not in {"navigation", "header", "footer"} or is_rich(
        fit.collection
    )


def _shorter(words: str, page: Snapshot) -> list[str]:
    """Return the words without what the page itself is called, and its codes alone: `CH-2041` of `charter CH-2041`."""
    called = stems((*page.headings[:3], *title_parts(page.title)))
    called |= stems(tuple(collection.heading for collection in page.collections))
    parts = words.split()
    own = [word for word in parts if not stems((word,)) <= called]
    codes = [word for word in parts if any(char.isdigit() for char in word)]
    return [" ".join(some) for some in (own, codes) if 0 < len(some) < len(parts)]


def _looks_up(work: Work) -> bool:
    """Return whether something is looked up that should be there now: no plan that waits for it, or repeats."""
    waits = any(step.op in {"new_since", "changed", "notify"} for step in work.agent.steps)
    return work.agent.schedule is None and not waits


async def _ask_for_words(work: Work, words: str) -> None:
    await work.ask(
        "nothing-found",
        kind="choice",
        title=f"Searching for {words!r} finds nothing. What shall be searched for?",
        text="Without other words the agent is built as it is, and finds nothing today.",
        fields=[FieldSpec(name="words", title="Other words to search for", required=False)],
    )


def find_box(snapshot: Snapshot) -> Node | None:
    """Return the page's search box."""
    scored = [(score, node) for node in snapshot.nodes if (score := _box_score(node)) > 0.4]
    scored.sort(key=lambda item: item[0], reverse=True)
    return scored[0][1] if scored else None


def _box_score(node: Node) -> float:
    if (
        not node.visible
        or not node.enabled
        or node.role not in {"searchbox", "textbox", "combobox"}
    ):
        return 0.0
    if node.tag not in {"input", "textarea", "div"} or node.input_type not in _TEXT_TYPES:
        return 0.0
    score = 0.0
    if node.role == "searchbox" or node.input_type == "search":
        score = 0.9
    if node.region == "search":
        score = max(score, 0.92)
    said = (node.name, node.label, node.placeholder)
    if any(say.has(text, say.SEARCH) for text in said):
        score = max(score, 0.8)
    own = (node.attributes.get("name", ""), node.attributes.get("id", ""))
    if any(say.has(text.replace("-", " "), say.SEARCH) for text in own):
        score = max(score, 0.75)
    if score and node.region in {"header", "main", "search"}:
        score += 0.03
    if score and node.region == "navigation" and say.has(" ".join(said), "filter|menu|navigation"):
        score -= 0.3
    return score


async def _box(work: Work, snapshot: Snapshot) -> Node:
    box = find_box(snapshot)
    if box is not None:
        return box
    for opener in _openers(snapshot):
        href = opener.attributes.get("href", "")
        step = ClickStep(
            id=work.step_id("show"),
            title="Show the search box",
            args=TargetArgs(target=describe(opener, snapshot, phrase="search")),
        )
        if href.startswith("http") and not href.endswith("#"):
            await work.read_only()
        try:
            await work.perform(step)
        except StepError:
            continue
        box = find_box(await settled(work))
        if box is not None:
            return box
        work.steps.pop()
        await work.replay()
    elsewhere = await _elsewhere(work, snapshot)
    if elsewhere is not None:
        return elsewhere
    boxes = [
        node
        for node in snapshot.nodes
        if node.visible and node.role == "textbox" and node.input_type in _TEXT_TYPES
    ]
    if len(boxes) == 1:
        return boxes[0]
    if boxes:
        chosen = await work.choose(
            "box", "search box", boxes[:6], snapshot, what="Which field is the search box?"
        )
        if chosen is not None:
            return chosen
    raise Fatal(
        f"{snapshot.url} has no search box",
        code="not_found_on_page",
        hint="Name the page that has one.",
    )


async def _elsewhere(work: Work, snapshot: Snapshot) -> Node | None:
    """Look for a page with a search box whose records have the wanted fields, and open it."""
    wanted = replace(look_ahead(work.agent, work.planned), thing="search", kind="page")
    found: list[tuple[float, str, str]] = []
    ways = [way for way in ways_on(snapshot, wanted, origins=work.origins) if way.href]
    for way in ways[:_PAGES]:
        await work.read_only()
        try:
            await work.page.goto(way.href, timeout_s=15.0)
        except (StepError, NotPermitted):
            continue
        page = await settled(work)
        for _ in range(4 if find_box(page) is not None else 0):
            if fits(page, wanted):
                break
            await work.pause(0.5)
            page = await work.look()
        if find_box(page) is not None:
            best = next(iter(fits(page, wanted)), None)
            label = next(iter(page.headings), page.title) or way.node.name
            found.append((best.coverage if best is not None else 0.0, label, way.href))
    if not found:
        return None
    best_score = max(found)[0]
    places = [(label, href) for score, label, href in found if score == best_score]
    href = places[0][1]
    if len(places) > 1:
        labels = distinct([label for label, _ in places])
        words = f"search for {work.planned.thing}"
        what = f"Where is {work.planned.thing!r} searched?"
        picked = await work.choose_label("place", words, labels, snapshot, what=what)
        if picked is None:
            return None
        href = places[labels.index(picked)][1]
    step = OpenStep(
        id=work.step_id("place"),
        title="Open the page with the search box",
        args=OpenArgs(url=href),
        retries=1,
        safe_point=True,
    )
    await work.perform(step)
    return find_box(await settled(work))


def _openers(snapshot: Snapshot) -> list[Node]:
    return [
        node
        for node in snapshot.nodes
        if node.visible
        and node.role in {"button", "link"}
        and say.has(node.name or node.text or node.attributes.get("title", ""), say.SEARCH)
        and len(node.name) < 40
    ][:3]


async def _submit(work: Work, box: Node, snapshot: Snapshot) -> None:
    button = _button(box, snapshot)
    form = next((item for item in snapshot.forms if item.ref == box.form and box.form), None)
    step: ClickStep | PressStep
    if button is not None:
        target = describe(button, snapshot, phrase="search button")
        step = ClickStep(
            id=work.step_id(), title=work.planned.title or "Search", args=TargetArgs(target=target)
        )
    else:
        step = PressStep(
            id=work.step_id(),
            title=work.planned.title or "Search",
            args=PressArgs(key="Enter", target=describe(box, snapshot, phrase="search box")),
        )
    result = await work.try_out(step)
    held = search_signatures(work.page.traffic().held, form)
    if held:
        step = step.model_copy(update={"signatures": held})
        result = await work.try_out(step)
    after = await settled(work)
    url = after.url
    by_get = not work.page.traffic().held and canonical(url) != canonical(snapshot.url)
    if by_get and form is not None and form.method == "get" and is_stable(url):
        step = step.model_copy(update={"safe_point": True})
    work.keep(step, result)


def search_signatures(held: tuple[RequestInfo, ...], form: Form | None) -> tuple[str, ...]:
    """Return the held requests that are plainly a search: from a form with text fields and nothing secret or heavy."""
    if form is not None and (form.has_password or form.has_file):
        return ()
    return tuple(request.signature for request in held if len(request.fields) <= 4)


def _button(box: Node, snapshot: Snapshot) -> Node | None:
    """Return the button that starts the search: of the same form, or right beside a box without one."""
    place = next((i for i, node in enumerate(snapshot.nodes) if node.ref == box.ref), 0)
    near = (
        [node for node in snapshot.nodes if node.form == box.form]
        if box.form
        else list(snapshot.nodes[place + 1 : place + 4])
    )
    for node in near:
        if not node.visible or node.role != "button":
            continue
        label = node.name or node.text or node.value
        if say.has(label, say.SEARCH) or say.equals(label, "go|ok|submit|los|apply"):
            return node
    submits = [node for node in near if node.input_type in {"submit", "image"} and node.visible]
    return submits[0] if box.form and len(submits) == 1 else None


async def _results(work: Work, before: Snapshot) -> Snapshot:
    after = await settled(work)
    for _ in range(8):
        if changed(before, after) and (after.collections or after.url != before.url):
            break
        await work.pause(0.5)
        after = await work.look()
    return after


def changed(before: Snapshot, after: Snapshot) -> bool:
    """Return whether the page shows something else than before."""
    return canonical(before.url) != canonical(after.url) or before.text != after.text

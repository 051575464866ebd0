"""The one record that a step speaks of: its row among its like, and the way from there to its own form or control."""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import unquote, urlsplit

from podium.state.errors import Fatal
from podium.state.program import ClickStep, FillArgs, SelectStep, TargetArgs, TextShown, ValueHeld
from podium.tools.building import vocabulary as say
from podium.tools.building.acts.given import aimed, by_example, for_any, inputs_of
from podium.tools.building.acts.opening import settled
from podium.tools.building.forms import best_option, choose_form, is_control, map_control
from podium.tools.building.links import is_clickable
from podium.tools.building.work import Work
from podium.tools.grounding.describe import describe
from podium.tools.grounding.phrases import clear_winner, find_phrase
from podium.tools.grounding.words import fold
from podium.tools.page import Node, Record, Snapshot
from podium.tools.running.expecting import shows_text

_MENU_NAMES = "action|actions|more|more actions|options|more options|manage|menu|aktionen|mehr|optionen|plus|acciones|azioni|acties"
_DOTS = frozenset({"\u22ee", "\u22ef", "\u2026", "...", "\u2261", "\u2630"})
_STATE = re.compile(r"\b(?:as|to|into)\s+(?P<state>.+)$", re.IGNORECASE)


def row_of(key: str, snapshot: Snapshot, thing: str = "") -> Record | None:
    """Return the one record of the page that has the key as a value, alone or after what it is called: `Order 118`.

    Raises:
        Fatal: If several have it.
    """
    wanted = fold(key)
    records = [one for collection in snapshot.collections for one in collection.records]
    called = fold(thing)
    for exactly in (True, False):
        found = [
            one
            for one in records
            if any(
                fold(value.text) == wanted if exactly else _names(fold(value.text), wanted, called)
                for value in one.values
            )
        ]
        if len(found) > 1:
            raise Fatal(
                f"{snapshot.url} has {len(found)} rows of {key!r}",
                code="not_found_on_page",
                hint="Name it by a value that only one row has, such as its number.",
            )
        if found:
            return found[0]
    return None


def _names(said: str, key: str, thing: str) -> bool:
    """Return whether a value is the key after the words for what it is: `order no 118`, `# 118`."""
    before, found, after = f" {said} ".partition(f" {key} ")
    lead = set(before.split()) - {"no", "nr", "number", "id", "#"}
    return bool(found) and not after.strip() and lead <= set(thing.split())


async def with_row(work: Work) -> tuple[Snapshot, Record]:
    """Return the page with the row of the planned record.

    Raises:
        Fatal: If the page shows no such row, or several.
    """
    key = by_example(work.planned.key, inputs_of(work))
    thing = re.sub(r"\bform$", "", work.planned.thing).strip()
    snapshot = await work.clear_view(await settled(work))
    for _ in range(6):
        row = row_of(key, snapshot, thing)
        if row is not None:
            return snapshot, row
        await work.pause(0.4)
        snapshot = await work.look()
    raise Fatal(
        f"{snapshot.url} shows no row of {key!r}",
        code="not_found_on_page",
        hint="Name the page that lists it, and the value as the list shows it.",
    )


def in_row(row: Record, snapshot: Snapshot) -> list[Node]:
    """Return the controls and links of the row."""
    inside = set(row.nodes)
    return [node for node in snapshot.nodes if node.ref in inside or node.row == row.ref]


async def open_menu(work: Work, row: Record, snapshot: Snapshot) -> Snapshot | None:
    """Open the row's own menu of actions and keep that; None when it has none."""
    menus = [
        node
        for node in in_row(row, snapshot)
        if node.visible
        and node.role in {"button", "link", "combobox"}
        and not node.options
        and (
            node.attributes.get("aria-haspopup", "false") != "false"
            or say.equals(node.name or node.text, _MENU_NAMES)
            or (node.text or node.name).strip() in _DOTS
        )
    ]
    if len(menus) != 1:
        return None
    await press_in_row(work, menus[0], snapshot, "Open the actions")
    return await settled(work)


async def press_in_row(work: Work, node: Node, snapshot: Snapshot, title: str) -> None:
    """Press a control of the row, as a step that reads."""
    target = describe(node, snapshot, phrase=node.name or node.text, row_key=work.planned.key)
    await work.perform(
        ClickStep(
            id=work.step_id("row"),
            title=f"{title} of {by_example(work.planned.key, inputs_of(work))}",
            args=TargetArgs(target=for_any(target, inputs_of(work))),
        )
    )


async def open_page(work: Work, row: Record, snapshot: Snapshot) -> Snapshot | None:
    """Go to the record's own page by the link in its row; None when none is plainly that.

    Raises:
        Fatal: If the page that opens does not say the record's key.
    """
    key = by_example(work.planned.key, inputs_of(work))
    links = [
        node
        for node in in_row(row, snapshot)
        if node.visible
        and node.role == "link"
        and not say.has(node.name or node.text, say.NEVER)
        and not node.attributes.get("href", "").startswith(("mailto:", "tel:"))
    ]
    named = [node for node in links if _names_record(node, key)]
    link = _only(named, key) if named else _only(links, key)
    if link is None:
        return None
    await press_in_row(work, link, snapshot, "Open the page")
    return await _own_page(work, key, await settled(work), anywhere=bool(named))


def _names_record(link: Node, key: str) -> bool:
    """Return whether the link says the key as a whole word, or its address does as a part: `/orders/118`."""
    parts = re.split(
        r"[/?&=#]", urlsplit(link.attributes.get("href", ""))._replace(netloc="").geturl()
    )
    return _says(link.name or link.text, key) or fold(key) in {
        fold(unquote(part)) for part in parts
    }


def _only(links: list[Node], key: str) -> Node | None:
    """Return the one link among them, at best the one that is called just like the key; None when they lead apart."""
    exact = [node for node in links if fold(node.name or node.text) == fold(key)]
    leads = {node.attributes.get("href", node.ref): node for node in exact or links}
    return next(iter(leads.values())) if len(leads) == 1 else None


def _says(text: str, key: str) -> bool:
    return f" {fold(key)} " in f" {fold(text)} "


async def _own_page(work: Work, key: str, snapshot: Snapshot, *, anywhere: bool) -> Snapshot:
    """Return the page once it says whose it is; runs look for that too where the page shows it.

    `anywhere` in its text counts after a link that names the record: the page of its customer may list it as well.
    """

    def told(page: Snapshot) -> bool:
        alone = [group.records[0] for group in page.collections if len(group.records) == 1]
        return any(
            _says(text, key)
            for text in (
                page.title,
                *page.headings,
                *(node.value for node in page.nodes),
                *(value.text for record in alone for value in record.values),
                *([page.text] if anywhere else []),
            )
        )

    shown = await work.look_until(told, snapshot, looks=6)
    if not told(shown):
        raise Fatal(
            f"{shown.url} does not say that it is about {key!r}",
            code="not_found_on_page",
            hint="Name the record by a value that its own page shows too.",
        )
    opened = work.steps[-1]
    if shows_text(key, shown):
        work.amend(opened.model_copy(update={"expect": (TextShown(text=work.planned.key),)}))
    return shown


async def open_form(work: Work, values: dict[str, str]) -> tuple[Node, ...]:
    """Bring up the form in which the record is changed; return the row's own controls where it is changed in the row.

    Raises:
        Fatal: If neither the row nor the record's page has one.
    """
    snapshot, row = await with_row(work)
    own = tuple(node for node in in_row(row, snapshot) if is_control(node) and node.visible)
    named = tuple(_by_column(node) for node in own)
    if own and all(map_control(field, named, value).node for field, value in values.items()):
        return named
    # What is called a form only names what is changed; anything else is the control to press.
    phrase = "" if work.planned.thing.endswith("form") else work.planned.thing
    if await _press_way(work, row, snapshot, phrase, values):
        return ()
    opened = await open_menu(work, row, snapshot)
    if opened is not None and await _press_way(work, None, opened, phrase, values):
        return ()
    page = await open_page(work, row, opened or snapshot)
    if page is not None and (
        _has_form(page, values) or await _press_way(work, None, page, phrase, values)
    ):
        return ()
    raise Fatal(
        f"Neither the row of {by_example(work.planned.key, inputs_of(work))!r} nor its page shows how to change {', '.join(values)}",
        code="not_found_on_page",
        hint="Say which button leads to its form.",
    )


def _by_column(node: Node) -> Node:
    return replace(node, label=node.column or node.label) if node.column else node


def _has_form(snapshot: Snapshot, values: dict[str, str]) -> bool:
    choice = choose_form(snapshot, values)
    return choice is not None and choice.coverage > 0


def _content(snapshot: Snapshot) -> list[Node]:
    """Return what stands in the page itself, not around it."""
    around = {"navigation", "header", "footer"}
    return [node for node in snapshot.nodes if node.region not in around]


async def _press_way(
    work: Work, row: Record | None, snapshot: Snapshot, phrase: str, values: dict[str, str]
) -> bool:
    """Press what leads to the form: what the request names, else what is called `Edit`."""
    inside = in_row(row, snapshot) if row is not None else _content(snapshot)
    refs = {node.ref for node in inside}
    found = find_phrase(phrase, snapshot) if phrase else ()
    named = clear_winner(tuple(one for one in found if one.node.ref in refs))
    edits = [
        node
        for node in inside
        if node.visible
        and is_clickable(node)
        and say.has(f"{node.name} {node.text} {node.attributes.get('title', '')}", say.EDIT)
    ]
    node = named if named is not None and named.visible and is_clickable(named) else None
    node = node or (edits[0] if len(edits) == 1 else None)
    if node is None:
        return False
    if row is not None:
        await press_in_row(work, node, snapshot, f"Open {node.name or node.text or 'the form'}")
    else:
        step = ClickStep(
            id=work.step_id("way"),
            title=f"Open {node.name or node.text}",
            args=TargetArgs(target=aimed(work, node, snapshot, phrase=node.name)),
        )
        await work.perform(step)
    after = await settled(work)
    return _has_form(after, values)


async def reach_control(work: Work, row: Record, snapshot: Snapshot) -> Snapshot | None:
    """Bring up a control that the row itself does not show: in its menu, else on the record's page."""
    opened = await open_menu(work, row, snapshot)
    if opened is not None:
        return opened
    return await open_page(work, row, snapshot)


def state_step(
    work: Work, phrase: str, row: Record, snapshot: Snapshot
) -> tuple[Node, SelectStep] | None:
    """Return the step that chooses the state in the row's own list: `set to shipped`, where the row offers `Shipped`."""
    match = _STATE.search(phrase)
    if match is None:
        return None
    for node in in_row(row, snapshot):
        option, _ = best_option(match["state"], node.options)
        if node.visible and option is not None:
            step = SelectStep(
                id=work.step_id(),
                title=work.planned.title,
                args=FillArgs(
                    target=describe(node, snapshot, phrase=phrase, row_key=work.planned.key),
                    value=option,
                ),
                expect=(ValueHeld(),),
            )
            return node, step
    return None

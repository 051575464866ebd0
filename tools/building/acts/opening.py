"""`open`: going to an address, and what its page may load from elsewhere."""

from __future__ import annotations

from podium.state.errors import Fatal
from podium.state.program import Expectation, OpenArgs, OpenStep, UrlLike
from podium.state.questions import FieldSpec
from podium.tools.building.signin import find_form
from podium.tools.building.work import Work
from podium.tools.grounding.fingerprint import fingerprint, url_pattern
from podium.tools.page import Snapshot

_WORKS_NODES, _WORKS_TEXT = 4, 80
"""A page with fewer controls and less text than this shows nothing to work with."""


async def build_open(work: Work) -> None:
    """Open the planned address and keep what makes its page recognisable."""
    planned = work.planned
    if not planned.url:
        raise Fatal("The plan names no address to open", code="unreachable")
    step = OpenStep(
        id=work.step_id(),
        title=planned.title or f"Open {planned.url}",
        args=OpenArgs(url=planned.url),
        retries=1,
        safe_point=True,
    )
    await work.perform(step)
    snapshot = await settled(work)
    if await _blocked(work, snapshot):
        await work.try_out(step)
        snapshot = await settled(work)
    work.amend(step.model_copy(update={"expect": page_expectations(work, snapshot)}))
    snapshot = await work.clear_view(snapshot)
    work.facts["url"] = snapshot.url


async def settled(work: Work, *, tries: int = 4) -> Snapshot:
    """Return the page once it shows something: scripts may fill it after it was loaded."""
    return await work.look_until(works, await work.look(), looks=tries, still=2)


def works(snapshot: Snapshot) -> bool:
    """Return whether the page shows anything to work with."""
    visible = sum(node.visible for node in snapshot.nodes)
    return (
        visible >= _WORKS_NODES or len(snapshot.text) >= _WORKS_TEXT or bool(snapshot.collections)
    )


def page_expectations(work: Work, snapshot: Snapshot) -> tuple[Expectation, ...]:
    """Return what proves that the page is the same next time; none where signing in decides what is shown."""
    ids = [step.id for step in work.agent.steps]
    later = work.agent.steps[ids.index(work.planned.id) + 1 :] if work.planned.id in ids else ()
    if find_form(snapshot) is not None or any(step.op == "sign_in" for step in later):
        return ()
    return (UrlLike(pattern=url_pattern(snapshot.url)), fingerprint(snapshot))


async def _blocked(work: Work, snapshot: Snapshot) -> bool:
    """Ask about origins that the page wants and does not get; return whether one was allowed."""
    blocked = tuple(dict.fromkeys(work.page.traffic().blocked))
    wanted = [origin for origin in blocked if origin not in work.origins]
    if not wanted:
        return False
    given = work.answer("origins")
    if given is None and works(snapshot):
        work.notes.append(f"Not loaded, as the plan does not name them: {', '.join(wanted)}.")
        return False
    answer = await work.ask(
        "origins",
        kind="choice",
        title=f"{snapshot.title or snapshot.url} also loads from {', '.join(wanted)}",
        text="Without these origins the page shows next to nothing. They would see that the page is opened.",
        fields=[
            FieldSpec(
                name="allow",
                title="Allow them?",
                type="boolean",
                default=False,
            )
        ],
    )
    if answer.get("allow") is not True:
        return False
    for origin in wanted:
        await work.services.browser.widen(work.draft.build_id, origin)
    work.origins = (*work.origins, *wanted)
    work.notes.append(f"Allowed: {', '.join(wanted)}.")
    return True

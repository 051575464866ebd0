"""The builder: one planned step explored, executed and compiled, or the question that stands in its way."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

from podium.state.errors import (
    Fatal,
    NotFound,
    NotPermitted,
    SetupError,
    StepError,
    Unavailable,
)
from podium.state.plan import PlannedAgent, PlannedStep, PlanOp
from podium.state.program import Step
from podium.state.runs import StepRecord
from podium.state.stores import ArtifactStore, Vault
from podium.state.templates import Scope
from podium.tools.builder import BuildResult, Draft
from podium.tools.building.acts.clicking import build_click
from podium.tools.building.acts.fetching import build_download
from podium.tools.building.acts.filling import build_fill
from podium.tools.building.acts.narrowing import build_list
from podium.tools.building.acts.opening import build_open
from podium.tools.building.acts.reaching import build_reach
from podium.tools.building.acts.searching import build_search
from podium.tools.building.acts.sifting import (
    build_filter,
    build_memory,
    build_notify,
    build_pick,
    build_store,
)
from podium.tools.building.acts.signing_in import build_sign_in, pass_wall
from podium.tools.building.acts.submitting import build_submit
from podium.tools.building.acts.waiting import build_wait
from podium.tools.building.keeping import keep_steps
from podium.tools.building.work import Asked, BuildServices, StepFailed, Work
from podium.tools.chooser import Chooser
from podium.tools.page import Browser
from podium.tools.runner import StepRunner
from podium.tools.running.approving import with_approvals

_NEEDS_NO_PAGE: Final = frozenset({"filter", "pick", "new_since", "changed", "store", "notify"})


async def _not_built(work: Work) -> None:
    raise Fatal(
        f"Open-ended tasks cannot be built yet: {work.planned.title or work.planned.thing!r}",
        code="not_built_yet",
        hint="Take the step out of the plan, or say it as steps on pages.",
    )


_ACTS: Final[dict[PlanOp, Callable[[Work], Awaitable[None]]]] = {
    "open": build_open,
    "sign_in": build_sign_in,
    "reach": build_reach,
    "search": build_search,
    "extract": build_list,
    "wait": build_wait,
    "filter": build_filter,
    "pick": build_pick,
    "download": build_download,
    "fill": build_fill,
    "choose": build_fill,
    "click": build_click,
    "submit": build_submit,
    "new_since": build_memory,
    "changed": build_memory,
    "store": build_store,
    "notify": build_notify,
    "task": _not_built,
}


class SiteBuilder:
    """Explores unknown sites by structure and words, and compiles what worked."""

    def __init__(
        self,
        *,
        browser: Browser,
        runner: StepRunner,
        chooser: Chooser,
        vault: Vault,
        artifacts: ArtifactStore,
    ) -> None:
        self._services = BuildServices(
            browser=browser, runner=runner, chooser=chooser, vault=vault, artifacts=artifacts
        )
        self._moved: set[str] = set()
        """Builds whose page was left elsewhere by a step that was not finished."""

    async def build_step(
        self, planned: PlannedStep, agent: PlannedAgent, draft: Draft
    ) -> BuildResult:
        """Ground, execute and compile one planned step; writes are held unless the draft releases them."""
        return await self._made(Work.on(self._services, planned, agent, draft), _ACTS[planned.op])

    async def keep_step(
        self, planned: PlannedStep, agent: PlannedAgent, draft: Draft, steps: tuple[Step, ...]
    ) -> BuildResult:
        """Take over what an earlier version compiled for a planned step that did not change, by replaying it."""

        async def keep(work: Work) -> None:
            await keep_steps(work, steps)

        work = Work.on(self._services, planned, agent, draft)
        return await self._made(work, keep, kept=True)

    async def _made(
        self, work: Work, act: Callable[[Work], Awaitable[None]], *, kept: bool = False
    ) -> BuildResult:
        planned, draft = work.planned, work.draft
        try:
            if planned.op not in _NEEDS_NO_PAGE:
                await work.stand(moved=draft.build_id in self._moved)
            self._moved.add(draft.build_id)
            if not kept and planned.op not in _NEEDS_NO_PAGE | {
                "open", "sign_in", "task",
            }:  # fmt: skip
                await pass_wall(work)
            await act(work)
        except Asked as asked:
            # What was learnt is kept, what was compiled is not: the step is built again with the answer.
            return _result(work, draft.model_copy(update={"facts": _learnt(work)}), asked=asked)
        except Unavailable:
            raise
        except (StepError, NotPermitted, NotFound, SetupError) as error:
            picture = await work.picture() if work.opened is not None else ()
            return _failed(work, draft.model_copy(update={"facts": _learnt(work)}), error, picture)
        if planned.op not in _NEEDS_NO_PAGE or work.steps:
            self._moved.discard(draft.build_id)
        context = work.context()
        scope = Scope(inputs=context.inputs, steps=work.progress().outputs)
        steps = with_approvals(tuple(work.steps), context.program, scope)
        built = draft.model_copy(
            update={
                "steps": (*draft.steps, *steps),
                "facts": work.facts,
                "origins": work.origins,
            }
        )
        return _result(work, built)

    async def finish(self, draft: Draft) -> None:
        """Release the build's session and staged rows."""
        work = Work.on(
            self._services,
            _NOTHING,
            PlannedAgent(name=draft.agent, goal="", origins=(), steps=()),
            draft,
        )
        self._moved.discard(draft.build_id)
        await self._services.runner.finish(work.context())


_NOTHING: Final = PlannedStep(id="end", op="open", title="End")


def _learnt(work: Work) -> dict[str, object]:
    """Return the draft's facts with what must survive an unfinished step: questions of the runner, pages offered."""
    kept = {
        name: value
        for name, value in work.facts.items()
        if name in work.draft.facts or name.startswith(("pages:", "asked:"))
    }
    progress = work.draft.facts.get("progress")
    if progress is None:
        kept.pop("progress", None)
    else:
        kept["progress"] = progress
    return dict(kept)


def _result(work: Work, draft: Draft, *, asked: Asked | None = None) -> BuildResult:
    return BuildResult(
        draft=draft,
        records=tuple(work.records) if asked is None else (),
        artifacts=tuple(work.artifacts) if asked is None else (),
        question=asked.question if asked is not None else None,
        notes=tuple(work.notes) if asked is None else (),
        model_calls=work.model_calls,
    )


def _failed(
    work: Work,
    draft: Draft,
    error: StepError | NotPermitted | NotFound | SetupError,
    picture: tuple[str, ...],
) -> BuildResult:
    record = StepRecord(
        id=work.planned.id,
        title=work.planned.title,
        op=work.planned.op,
        effect=work.planned.effect,
        status="failed",
        message=error.message,
        evidence={"screenshot": picture[0]} if picture else {},
    )
    if isinstance(error, StepFailed):
        record = error.result.record
    hint = error.hint or str(record.evidence.get("hint") or "")
    text = f"{error.message} {hint}".strip()
    return BuildResult(
        draft=draft,
        records=(*work.records, record),
        error_code=error.code,
        error=text,
        notes=tuple(work.notes),
        model_calls=work.model_calls,
    )

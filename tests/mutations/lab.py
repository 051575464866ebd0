"""Running the cases: one warm Chromium, an agent of its own for each case, the site's oracle as the judge."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncGenerator, Callable, Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Final, Literal

from podium.server.composition import Hands, assemble
from podium.server.minds import open_chooser, open_planner
from podium.server.records import open_records
from podium.server.settings import Settings
from podium.server.workspace import Workspace
from podium.state.document import JsonObject
from podium.state.errors import Conflict
from podium.state.program import EachStep, Program, Step, StoreStep
from podium.state.runs import Run
from podium.state.sealed import SealedFolder
from podium.tools.browser import BrowserSettings, PodiumBrowser
from podium.tools.building import SiteBuilder
from podium.tools.running import LocalStepRunner, Patience
from tests.mutations.flows import Flow
from tests.mutations.learning import Learnt, learn
from tests.mutations.mutators import Case
from tests.mutations.sites.base import BundledSite, Look, Write

PATIENCE = Patience(target_s=5.0, fuzzy_s=1.5, expect_s=8.0)
"""The bundled pages are quick: half of the product's patience keeps a refusal cheap."""
_CASE_S = 90.0

Verdict = Literal["right", "refused", "failed", "wrong_write", "silently_wrong"]

REFUSING: Final = frozenset(
    {
        "ambiguous", "blocked_origin", "expectation", "meaning_changed", "no_option",
        "not_found_on_page", "not_permitted", "unknown_name",
    }
)  # fmt: skip
"""Codes of an error that says what the page lacks or means: only such an error is a refusal, a timeout or a crash is not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What a case came to."""

    case: str
    kind: str
    mutator: str
    flow: str
    verdict: Verdict
    outcome: str
    model_calls: int
    rungs: list[int] = field(default_factory=list[int])
    wrong_writes: int = 0
    healed_again: str = ""
    """What the version that a heal wrote came to on the new pages."""
    healed_on_old: str = ""
    """What it came to on the pages as they were learnt."""
    ms: int = 0
    why: str = ""

    @property
    def good(self) -> bool:
        """Whether it is what a case of its kind must come to."""
        return self.verdict == ("right" if self.kind == "preserving" else "refused")

    def to_json(self) -> str:
        """Return one line of the results' file."""
        return json.dumps(asdict(self))


@dataclass(frozen=True, slots=True)
class Seen:
    """What a run left behind: rows kept, writes that reached the site, files."""

    run: Run
    rows: tuple[tuple[str, ...], ...] = ()
    writes: tuple[Write, ...] = ()

    @property
    def files(self) -> frozenset[str]:
        """Names of the files that were kept."""
        return frozenset(file.name for file in self.run.artifacts)


class Lab:
    """A workspace with one browser, and lanes: each with sites of its own, so that cases may run side by side."""

    def __init__(self, ws: Workspace, browser: PodiumBrowser, folder: Path) -> None:
        self.ws, self.browser, self.folder = ws, browser, folder
        self.learnt: dict[str, Learnt] = {}
        self._truth: dict[str, Seen] = {}
        self._count = 0

    # -- Learning --------------------------------------------------------------------------------

    async def prepare(
        self, flows: Iterable[Flow], *, say: Callable[[str], None], kept: Path | None = None
    ) -> None:
        """Learn the flows, or take what an earlier call with the same code has learnt."""
        file = kept / "learnt.json" if kept else None
        if file is not None and file.exists():
            document = json.loads(await asyncio.to_thread(file.read_text, encoding="utf-8"))
            self.learnt = {name: Learnt(*value) for name, value in document["agents"].items()}
        sites: dict[type[BundledSite], BundledSite] = {}
        for flow in flows:
            if flow.name not in self.learnt:
                say(f"learning {flow.name}")
                site = sites.setdefault(flow.site, flow.site())
                self.learnt[flow.name] = await learn(flow, site, self.ws, self.browser)
                if file is not None:
                    agents = {name: [one.spec, one.program] for name, one in self.learnt.items()}
                    await asyncio.to_thread(file.write_text, json.dumps({"agents": agents}))
        for site in sites.values():
            site.close()

    # -- Running ---------------------------------------------------------------------------------

    async def run(
        self, cases: Iterable[Case], *, lanes: int = 3, done: Callable[[Result], None]
    ) -> None:
        """Run the cases, telling each result as soon as it is there."""
        queue = iter(cases)

        async def lane() -> None:
            sites: dict[type[BundledSite], BundledSite] = {}
            for case in queue:
                site = sites.get(case.flow.site)
                if site is None:
                    site = sites.setdefault(case.flow.site, await asyncio.to_thread(case.flow.site))
                    await self._credential(site)
                done(await self.case(case, site))
            for site in sites.values():
                await asyncio.to_thread(site.close)

        await asyncio.gather(*(lane() for _ in range(lanes)))

    async def _credential(self, site: BundledSite) -> None:
        credential = getattr(site, "credential", None)
        if credential is not None:
            user, password = credential
            name = f"portal-{site.site.port}"
            await asyncio.to_thread(
                self.ws.podium.vault.put, name=name, origin=site.url, user=user, password=password
            )

    async def case(self, case: Case, site: BundledSite) -> Result:
        """Run the case's agent once and judge what reached the site and what was kept.

        A version that a heal has written is then run too: on the new pages, where it must find everything as recorded, and
        on the old ones, where it must still work.
        """
        expected = await self._expected(case.flow, site)
        agent = await self._deployed(case.flow, site)
        result = _judge(case, await self._run(case.flow, agent, site, case.look), expected)
        if not (result.good and case.mutator.kind == "preserving" and _repeats(case)):
            return result
        if self.ws.podium.stores.agents.get(agent).active_version == 1:
            return result
        new = _judge(case, await self._run(case.flow, agent, site, case.look), expected)
        old = _judge(case, await self._run(case.flow, agent, site, Look()), expected)
        return replace(
            result,
            healed_again=new.verdict if max(new.rungs, default=1) == 1 else "healed again",
            healed_on_old=old.verdict,
            wrong_writes=result.wrong_writes + new.wrong_writes + old.wrong_writes,
        )

    async def _expected(self, flow: Flow, site: BundledSite) -> Seen:
        """Return rows and writes that are right: as the flow states them, else those of the unchanged site."""
        if flow.name not in self._truth:
            # The unchanged site is run in any case: it shows what the flow comes to when nothing is stated.
            first = await self._run(flow, await self._deployed(flow, site), site, Look())
            stated = bool(flow.rows or flow.writes or flow.files)
            assert stated or first.run.outcome == "success", (flow.name, first.run.error)
            truth = Seen(first.run, tuple(sorted(flow.rows)), flow.writes) if stated else first
            self._truth[flow.name] = truth
        return self._truth[flow.name]

    async def _deployed(self, flow: Flow, site: BundledSite) -> str:
        """Keep the learnt program as an agent of its own for this site; return its name."""
        self._count += 1
        name = f"case-{self._count}"
        spec, program = self.learnt[flow.name].at(site.url)
        agents = self.ws.podium.stores.agents
        await asyncio.to_thread(
            agents.create,
            name=name,
            spec=spec.model_copy(update={"name": name}),
            program=_renamed(program, _dataset(name), site),
            reason="learnt",
            author="lab",
        )
        await asyncio.to_thread(agents.activate, name, 1)
        return name

    async def _run(self, flow: Flow, agent: str, site: BundledSite, look: Look) -> Seen:
        """Run the agent's active version on the site as it looks then."""
        site.wear(look)
        try:
            async with asyncio.timeout(_CASE_S):
                run = await self.ws.run(agent)
        except TimeoutError:
            run = await self._ended(self.ws.podium.stores.runs.list(agent=agent)[0])
        rows = await asyncio.to_thread(self._rows, flow, _dataset(agent))
        return Seen(run, rows, tuple(site.writes))

    async def _ended(self, run: Run) -> Run:
        """Stop a run that takes too long: what it still did would reach the next case's site."""
        with suppress(Conflict):  # it may have ended by itself just now
            await self.ws.podium.cancel_run(run.run_id)
        await self.ws.podium.settle(run.thread_id)
        return self.ws.podium.stores.runs.get(run.run_id)

    def _rows(self, flow: Flow, dataset: str) -> tuple[tuple[str, ...], ...]:
        if not flow.columns:
            return ()
        if dataset not in {name for name, _ in self.ws.podium.datasets.list()}:
            return ()
        rows = self.ws.podium.datasets.rows(dataset)
        return tuple(sorted(tuple(str(row.get(name)) for name in flow.columns) for row in rows))


def _dataset(agent: str) -> str:
    return agent.replace("-", "_")


def _repeats(case: Case) -> bool:
    """Return whether the flow may run again: what was done to a row is never done twice, across all runs."""
    return case.flow.kind != "row" and case.seed == 0


def _renamed(program: Program, dataset: str, site: BundledSite) -> Program:
    """Return the program with a dataset of its own and the credential of this very site."""

    def changed(step: Step) -> Step:
        if isinstance(step, StoreStep):
            return step.model_copy(
                update={"args": step.args.model_copy(update={"dataset": dataset})}
            )
        if isinstance(step, EachStep):
            inner = tuple(changed(one) for one in step.args.steps)
            return step.model_copy(update={"args": step.args.model_copy(update={"steps": inner})})
        if step.op == "sign_in":
            name = f"portal-{site.site.port}"
            return step.model_copy(update={"args": step.args.model_copy(update={"secret": name})})
        return step

    return Program(steps=tuple(changed(step) for step in program.steps))


def _judge(case: Case, seen: Seen, expected: Seen) -> Result:
    run = seen.run
    allowed = list(expected.writes) if case.mutator.kind == "preserving" else []
    wrong = 0
    for write in seen.writes:
        if write in allowed:
            allowed.remove(write)
        else:
            wrong += 1
    verdict = verdict_of(case, seen, expected, wrong=wrong)
    return Result(
        case=case.id,
        kind=case.mutator.kind,
        mutator=case.mutator.name,
        flow=case.flow.name,
        verdict=verdict,
        outcome=str(run.outcome or run.status),
        model_calls=run.model_calls,
        rungs=sorted({step.rung for step in run.steps if step.rung}),
        wrong_writes=wrong,
        ms=run.duration_ms,
        why=_why(seen, verdict)[:400],
    )


def verdict_of(case: Case, seen: Seen, expected: Seen, *, wrong: int) -> Verdict:
    """Return what the run came to.

    Falsified pages are refused by a question, or by an error that names what is not as it was, with nothing kept. Whatever
    else does not claim success has failed: a timeout, a crash, a part of the rows.
    """
    run = seen.run
    claims = run.outcome == "success" or (run.outcome == "unverified" and bool(seen.writes))
    if wrong:
        return "wrong_write"
    if case.mutator.kind == "changing":
        if run.outcome in {"success", "unverified"}:
            return "silently_wrong"
        return "refused" if _refuses(seen) else "failed"
    if not claims:
        return "failed"
    same = (seen.rows, seen.writes) == (expected.rows, expected.writes)
    return "right" if same and seen.files == case.flow.files else "silently_wrong"


def _refuses(seen: Seen) -> bool:
    run = seen.run
    if seen.rows or seen.files:
        return False
    if run.status == "waiting":
        return run.question is not None
    return run.outcome == "fail" and run.error is not None and run.error.code in REFUSING


def _why(seen: Seen, verdict: Verdict) -> str:
    run = seen.run
    if run.question is not None:
        wrote = f"wrote {seen.writes} and " if seen.writes else ""
        return f"{wrote}asked: {run.question.title} {run.question.text}"
    said = f"{run.error.code}: {run.error.message}" if run.error else ""
    if not said:
        said = " ".join(step.message for step in run.steps if step.status == "failed")
    if verdict in {"silently_wrong", "wrong_write"}:
        said += f" rows {seen.rows[:3]} files {sorted(seen.files)} wrote {seen.writes}"
    return said


@asynccontextmanager
async def open_lab(folder: Path) -> AsyncGenerator[Lab]:
    """Yield a lab in the folder, on the product's own wiring."""
    settings = Settings(
        home=folder / "home",
        chromium_no_sandbox=os.geteuid() == 0 or Settings().chromium_no_sandbox,
    )
    records = open_records(settings)
    browser = PodiumBrowser(
        BrowserSettings(
            chromium=Path(settings.chromium) if settings.chromium else None,
            no_sandbox=settings.chromium_no_sandbox,
            folder=folder / "browser",
        )
    )
    chooser = open_chooser(settings, None)
    runner = LocalStepRunner(
        browser=browser,
        stores=records.stores,
        artifacts=records.artifacts,
        datasets=records.datasets,
        vault=records.vault,
        chooser=chooser,
        clock=records.clock,
        sealed=SealedFolder(folder / "sessions"),
        patience=PATIENCE,
    )
    builder = SiteBuilder(
        browser=browser,
        runner=runner,
        chooser=chooser,
        vault=records.vault,
        artifacts=records.artifacts,
    )
    hands = Hands(planner=open_planner(settings, None), builder=builder, runner=runner)
    try:
        async with assemble(records, hands, serve=True) as podium:
            yield Lab(Workspace(await podium.driver.orchestrator(), podium), browser, folder)
    finally:
        await browser.close()
        records.close()


def flows_of(cases: Iterable[Case]) -> tuple[Flow, ...]:
    """Return the flows that the cases need, each once."""
    return tuple({case.flow.name: case.flow for case in cases}.values())


def summary(results: Iterable[Result], *, planned: int) -> JsonObject:
    """Return the document of `make mutations`."""
    kept = tuple(results)
    preserving = [one for one in kept if one.kind == "preserving"]
    changing = [one for one in kept if one.kind == "changing"]
    by_mutator: JsonObject = {}
    for name in sorted({one.mutator for one in kept}):
        mine = [one for one in kept if one.mutator == name]
        by_mutator[name] = {
            "kind": mine[0].kind,
            "cases": len(mine),
            "good": sum(one.good for one in mine),
            "wrong_writes": sum(one.wrong_writes for one in mine),
        }
    return {
        "cases": {"done": len(kept), "planned": planned},
        "preserving": {
            "cases": len(preserving),
            "healed": sum(one.good for one in preserving),
            "healed_without_model": sum(one.good and not one.model_calls for one in preserving),
            "silently_wrong": sum(one.verdict == "silently_wrong" for one in preserving),
        },
        "changing": {
            "cases": len(changing),
            "refused": sum(one.good for one in changing),
            "failed": sum(one.verdict == "failed" for one in changing),
            "silently_wrong": sum(one.verdict == "silently_wrong" for one in changing),
        },
        "kept_heals": {
            "cases": sum(bool(one.healed_again) for one in kept),
            "right_on_new": sum(one.healed_again == "right" for one in kept),
            "right_on_old": sum(one.healed_on_old == "right" for one in kept),
        },
        "wrong_writes": sum(one.wrong_writes for one in kept),
        "by_mutator": by_mutator,
    }

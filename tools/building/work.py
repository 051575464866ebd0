"""What building one planned step has at hand: the live page, the draft so far, questions, and the runner that executes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import cast

from pydantic import JsonValue

from podium.state.document import JsonObject
from podium.state.errors import Fatal, StepError
from podium.state.plan import PlannedAgent, PlannedStep
from podium.state.program import Program, Step
from podium.state.questions import FieldSpec, Question, QuestionKind
from podium.state.runs import ArtifactRef, StepRecord
from podium.state.stores import ArtifactStore, Vault
from podium.state.templates import on_day
from podium.tools.builder import Draft
from podium.tools.building.overlays import dismissal
from podium.tools.chooser import Candidate, Chooser
from podium.tools.page import Browser, Node, Page, Snapshot, StepPolicy
from podium.tools.runner import Progress, RunContext, StepResult, StepRunner

READING = StepPolicy(effect="read", hold_writes=True)
"""Exploring may read only; whatever else a page tries to send is held."""

_POSITION = frozenset(
    {"open", "sign_in", "click", "hover", "fill", "select", "check", "press", "wait", "upload"}
)


class Asked(Exception):  # not an error: the build stops here until a person answered
    """The step needs an answer before it can be built."""

    def __init__(self, question: Question) -> None:
        super().__init__(question.title)
        self.question = question


class StepFailed(StepError):
    """A compiled step was executed and failed."""

    code = "step"

    def __init__(self, result: StepResult) -> None:
        message = result.record.message or f"{result.record.title} failed"
        super().__init__(message, code=result.error_code or "step")
        self.result = result


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildServices:
    """The live ports a build uses."""

    browser: Browser
    runner: StepRunner
    chooser: Chooser
    vault: Vault
    artifacts: ArtifactStore


@dataclass(slots=True, kw_only=True)
class Work:
    """One planned step under construction. Lives as long as one call of the builder."""

    services: BuildServices
    planned: PlannedStep
    agent: PlannedAgent
    draft: Draft
    steps: list[Step] = field(default_factory=list[Step])
    records: list[StepRecord] = field(default_factory=list[StepRecord])
    artifacts: list[ArtifactRef] = field(default_factory=list[ArtifactRef])
    notes: list[str] = field(default_factory=list[str])
    facts: JsonObject = field(default_factory=dict[str, JsonValue])
    origins: tuple[str, ...] = ()
    model_calls: int = 0
    opened: Page | None = None
    still: set[tuple[object, ...]] = field(default_factory=set[tuple[object, ...]])
    """Looks of pages that were waited for and did not change."""

    @classmethod
    def on(
        cls, services: BuildServices, planned: PlannedStep, agent: PlannedAgent, draft: Draft
    ) -> Work:
        """Return the work of building `planned` on top of the draft."""
        return cls(
            services=services,
            planned=planned,
            agent=agent,
            draft=draft,
            facts=dict(draft.facts),
            origins=draft.origins or agent.origins,
        )

    def inner(self, planned: PlannedStep) -> Work:
        """Return the work on a step that the plan lacks: it adds to the same program, on the same page."""
        return replace(self, planned=planned)

    # -- the page ---------------------------------------------------------------------------------

    @property
    def page(self) -> Page:
        """The live page; `stand` must have been awaited."""
        if self.opened is None:
            raise Fatal("No page is open yet", code="not_found_on_page")
        return self.opened

    async def stand(self, *, moved: bool) -> None:
        """Stand on the page where the draft's steps end; in a new process they are replayed as reads."""
        browser = self.services.browser
        if browser.has(self.draft.build_id):
            self.opened = await browser.session(self.draft.build_id, origins=self.origins)
            if moved:
                await self.replay()
            return
        await self._reenter()
        self.opened = await browser.session(self.draft.build_id, origins=self.origins)

    async def _reenter(self) -> None:
        """Let the runner open a session at the last safe point, then repeat the last step of the way."""
        steps = [step for step in self.draft.steps if _is_position(step)]
        if not steps:
            return
        last = steps[-1]
        progress = self.progress()
        done = tuple(name for name in progress.done if name != last.id)
        result = await self.services.runner.run_step(
            last, self.context(), replace(progress, done=done)
        )
        if result.record.status == "failed" and last.on_error != "skip":
            raise StepFailed(result)

    async def replay(self) -> None:
        """Bring the page back to where the compiled steps end, by position only: no outputs, no writes."""
        steps = [step for step in (*self.draft.steps, *self.steps) if _is_position(step)]
        start = max((i for i, step in enumerate(steps) if step.safe_point), default=0)
        safe_url = self.progress().safe_url
        signs_in = max((i for i, step in enumerate(steps) if step.op == "sign_in"), default=-1)
        if signs_in >= start and safe_url:
            # Signed in already: the page that signing in led to is entered by its address.
            await self.read_only()
            await self.page.goto(safe_url)
            start = signs_in + 1
        for step in steps[start:]:
            result = await self.services.runner.run_step(step, self.context(), self.progress())
            if result.record.status == "failed" and step.on_error != "skip":
                raise StepFailed(result)

    async def look(self) -> Snapshot:
        """Return what the page shows now."""
        return await self.page.snapshot()

    async def read_only(self) -> None:
        """Put the exploring policy in force."""
        await self.page.begin(READING)

    async def pause(self, seconds: float) -> None:
        """Give a page that renders late a moment."""
        await asyncio.sleep(seconds)

    async def look_until(
        self, enough: Callable[[Snapshot], bool], snapshot: Snapshot, *, looks: int, still: int = 3
    ) -> Snapshot:
        """Return the page once it shows enough: scripts may fill it after it was loaded.

        One that is at rest and looks the same `still` times has no more to show; it is not waited for again.
        """
        same = 0
        for _ in range(looks):
            if enough(snapshot) or _seen(snapshot) in self.still:
                break
            await self.pause(0.5)
            rests = await self.page.settle(timeout_s=3)
            before, snapshot = snapshot, await self.look()
            same = same + 1 if rests and _seen(before) == _seen(snapshot) else 0
            if same >= still:
                self.still.add(_seen(snapshot))
        return snapshot

    async def clear_view(self, snapshot: Snapshot) -> Snapshot:
        """Dismiss a banner or overlay that stands before the page, and keep that as a step of the program."""
        from podium.state.program import ClickStep, TargetArgs
        from podium.tools.grounding.describe import describe

        node = dismissal(snapshot)
        if node is None or self.facts.get("dismissed") == node.name:
            return snapshot
        target = describe(node, snapshot, phrase=f"{node.name or 'Close'} of the banner")
        step = ClickStep(
            id=self.step_id("banner"),
            title=f"Dismiss the banner ({node.name or 'close'})",
            args=TargetArgs(target=target),
            on_error="skip",
        )
        self.facts["dismissed"] = node.name
        try:
            await self.perform(step)
        except StepError:
            self.notes.append("A banner could not be dismissed.")
            return await self.look()
        self.notes.append(f"A banner is dismissed with `{node.name or 'close'}`.")
        return await self.look()

    async def picture(self) -> tuple[str, ...]:
        """Return the evidence id of a screenshot, or nothing when none can be taken."""
        try:
            data = await self.page.screenshot()
        except StepError:
            return ()
        return (self.services.artifacts.evidence(data, kind="png", run_id=self.draft.build_id),)

    # -- executing --------------------------------------------------------------------------------

    def step_id(self, suffix: str = "") -> str:
        """Return an id that no other step has."""
        base = self.planned.id if not suffix else f"{self.planned.id}-{suffix}"
        used = {step.id for step in (*self.draft.steps, *self.steps)}
        name, count = base, 2
        while name in used:
            name, count = f"{base}-{count}", count + 1
        return name

    def context(self, *further: Step) -> RunContext:
        """Return the run context of the build."""
        program = Program(steps=(*self.draft.steps, *self.steps, *further))
        return RunContext(
            run_id=self.draft.build_id,
            agent=self.draft.agent,
            version=0,
            mode="build",
            program=program,
            origins=self.origins,
            inputs=self.examples(),
            release_writes=self.draft.release_writes,
        )

    def examples(self) -> dict[str, JsonValue]:
        """Return the inputs' defaults, which the build is done with, as of today."""
        return {
            item.name: on_day(item.default, date.today())  # noqa: DTZ011  as `RunContext.today`
            if isinstance(item.default, str)
            else item.default
            for item in self.agent.inputs
        }

    def progress(self) -> Progress:
        """Return where the build stands, as the runner wants it."""
        kept = self.facts.get("progress")
        data = kept if isinstance(kept, dict) else {}
        outputs = data.get("outputs")
        return Progress(
            outputs=outputs if isinstance(outputs, dict) else {},
            done=tuple(str(item) for item in cast("list[JsonValue]", data.get("done") or [])),
            safe_url=str(data.get("safe_url") or ""),
        )

    async def perform(self, step: Step, *, trial: Step | None = None) -> StepResult:
        """Execute the step (or its bounded trial form) through the runner and add it to the program.

        Raises:
            StepFailed: If it failed; the step is not added.
            Asked: If it needs a person.
        """
        result = await self.try_out(trial or step)
        self.keep(step, result)
        return result

    async def try_out(self, step: Step) -> StepResult:
        """Execute the step without adding it to the program.

        Raises:
            StepFailed: If it failed.
            Asked: If it needs a person.
        """
        runner = self.services.runner
        answer = self.runner_answer(step.id)
        result = await runner.run_step(step, self.context(step), self.progress(), answer=answer)
        self.model_calls += result.model_calls
        if result.question is not None:
            self.facts[f"asked:{step.id}"] = result.question.id
            raise Asked(result.question)
        if result.record.status == "failed":
            raise StepFailed(result)
        return result

    def runner_answer(self, step_id: str) -> JsonObject | None:
        """Return the user's answer to what the runner asked about that step."""
        asked = self.facts.get(f"asked:{step_id}")
        answer = self.draft.answers.get(str(asked)) if asked else None
        return answer if isinstance(answer, dict) else None

    def keep(self, step: Step, result: StepResult) -> None:
        """Add an executed step and what it yielded."""
        self.steps.append(step)
        self.records.append(result.record)
        self.artifacts.extend(result.artifacts)
        progress = self.progress()
        outputs: dict[str, JsonValue] = {**progress.outputs, step.id: dict(result.outputs)}
        self.facts["progress"] = {
            "outputs": outputs,
            "done": [*progress.done, step.id],
            "safe_url": result.safe_url or progress.safe_url,
        }

    def amend(self, step: Step) -> None:
        """Replace the kept step of the same id by a version with what was learnt from executing it."""
        self.steps = [step if kept.id == step.id else kept for kept in self.steps]

    def rows(self, step_id: str) -> list[dict[str, JsonValue]]:
        """Return the rows that a step staged in this build."""
        context = self.context()
        runner = self.services.runner
        return [runner.item(step_id, i, context) for i in range(runner.items(step_id, context))]

    # -- asking -----------------------------------------------------------------------------------

    def question_id(self, purpose: str) -> str:
        """Return the same id for the same question in every process."""
        return f"q_{self.draft.build_id}_{self.planned.id}_{purpose}"

    def answer(self, purpose: str) -> JsonObject | None:
        """Return the user's answer to that question of this step, if it was given."""
        value = self.draft.answers.get(self.question_id(purpose))
        return value if isinstance(value, dict) else None

    async def ask(
        self,
        purpose: str,
        *,
        kind: QuestionKind,
        title: str,
        fields: Sequence[FieldSpec],
        text: str = "",
        picture: bool = True,
    ) -> JsonObject:
        """Return the answer when there is one already.

        Raises:
            Asked: If there is none yet.
        """
        given = self.answer(purpose)
        if given is not None:
            return given
        evidence = await self.picture() if picture and self.opened is not None else ()
        raise Asked(
            Question(
                id=self.question_id(purpose),
                kind=kind,
                title=title,
                text=text,
                fields=tuple(fields),
                evidence=evidence,
            )
        )

    async def choose(
        self, purpose: str, phrase: str, nodes: Sequence[Node], snapshot: Snapshot, *, what: str
    ) -> Node | None:
        """Let the chooser, else a person, decide which of the elements is meant; None: none of them.

        Raises:
            Asked: If neither has decided yet.
        """
        labels = distinct([surroundings(node) for node in nodes])
        picked = await self.choose_label(purpose, phrase, labels, snapshot, what=what)
        return nodes[labels.index(picked)] if picked is not None else None

    async def choose_label(
        self, purpose: str, phrase: str, labels: Sequence[str], snapshot: Snapshot, *, what: str
    ) -> str | None:
        """Let the chooser, else a person, decide between things that are described by one line each.

        Raises:
            Asked: If neither has decided yet.
        """
        given = self.answer(purpose)
        if given is None:
            candidates = [
                Candidate(ref=str(place), summary=label, score=0.5)
                for place, label in enumerate(labels)
            ]
            page = f"{snapshot.title} {snapshot.url}"
            choice = await self.services.chooser.choose(phrase, candidates, page=page)
            self.model_calls += choice.model_calls
            if choice.ref is not None and choice.ref.isdigit() and int(choice.ref) < len(labels):
                self.notes.append(f"{phrase!r} was taken as: {labels[int(choice.ref)]}")
                return labels[int(choice.ref)]
        spec = FieldSpec(name="choice", title=what, type="choice", choices=(*labels, NONE))
        answer = await self.ask(purpose, kind="choice", title=what, fields=[spec])
        picked = str(answer.get("choice", ""))
        return picked if picked in labels else None

    async def choose_labels(
        self,
        purpose: str,
        labels: Mapping[str, Sequence[str]],
        snapshot: Snapshot,
        *,
        what: Mapping[str, str],
    ) -> dict[str, str]:
        """Let the chooser, else a person in one question, decide which label each phrase means; one that has none is left out.

        Raises:
            Asked: If neither has decided yet.
        """
        given = self.answer(purpose)
        found: dict[str, str] = {}
        page = f"{snapshot.title} {snapshot.url}"
        names = {phrase: f"choice{place or ''}" for place, phrase in enumerate(labels)}
        for phrase, offered in labels.items():
            if given is not None and names[phrase] in given:
                continue
            candidates = [
                Candidate(ref=str(place), summary=label, score=0.5)
                for place, label in enumerate(offered)
            ]
            choice = await self.services.chooser.choose(phrase, candidates, page=page)
            self.model_calls += choice.model_calls
            if choice.ref is not None and choice.ref.isdigit() and int(choice.ref) < len(offered):
                found[phrase] = offered[int(choice.ref)]
                self.notes.append(f"{phrase!r} was taken as: {found[phrase]}")
        left = [phrase for phrase in labels if phrase not in found]
        if not left:
            return found
        fields = [
            FieldSpec(
                name=names[phrase],
                title=what[phrase],
                type="choice",
                choices=(*labels[phrase], NONE),
            )
            for phrase in left
        ]
        title = what[left[0]] if len(left) == 1 else "Where do these values go?"
        answer = await self.ask(purpose, kind="choice", title=title, fields=fields)
        said = {phrase: str(answer.get(names[phrase], "")) for phrase in left}
        return found | {phrase: one for phrase, one in said.items() if one in labels[phrase]}


def _seen(snapshot: Snapshot) -> tuple[object, ...]:
    records = sum(len(collection.records) for collection in snapshot.collections)
    return (snapshot.url, snapshot.text, len(snapshot.nodes), records)


NONE = "None of these"
UNPLACED = "unplaced"
"""Fact: where the rows were asked for, when the page that was taken is not called so."""


def distinct(labels: Sequence[str]) -> list[str]:
    """Return the labels with a number where two are the same, so that an answer names one."""
    seen: dict[str, int] = {}
    found: list[str] = []
    for label in labels:
        seen[label] = seen.get(label, 0) + 1
        found.append(label if seen[label] == 1 else f"{label} ({seen[label]})")
    return found


def surroundings(node: Node) -> str:
    """Return the element in one line: role, name and where it stands, without values a user typed."""
    name = (
        node.name or node.text or node.label or node.placeholder or node.attributes.get("title", "")
    )
    parts = [f"{node.role or node.tag} {name!r}"]
    if node.column:
        parts.append(f"in column {node.column!r}")
    if node.heading:
        parts.append(f"under {node.heading!r}")
    if node.region:
        parts.append(f"in {node.region}")
    near = [text for text in node.anchors if text != name][:2]
    if near:
        parts.append("near " + ", ".join(repr(text[:40]) for text in near))
    return " ".join(parts)


def _is_position(step: Step) -> bool:
    return step.op in _POSITION and step.effect in {"read", "sign_in"}

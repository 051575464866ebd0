"""What one execution of a step carries along: the step, its scope, the page, and what was learnt on the way."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

from pydantic import JsonValue

from podium.state.clock import Clock
from podium.state.document import JsonObject
from podium.state.effects import NOT_SEEN, Sighting
from podium.state.program import EachStep, ExtractStep, ListSpec, Step, WhenStep, origin_list, walk
from podium.state.questions import Question
from podium.state.runs import ArtifactRef, StepStatus
from podium.state.sealed import SealedStore
from podium.state.stores import ArtifactStore, DatasetStore, Row, Stores, Vault
from podium.state.target import Target
from podium.state.templates import Scope, render
from podium.tools.chooser import Chooser
from podium.tools.grounding.fingerprint import fingerprint
from podium.tools.grounding.ladder import Grounding
from podium.tools.page import Browser, Snapshot
from podium.tools.runner import Progress, RunContext
from podium.tools.running.timing import TimedPage


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long a step waits for the page."""

    target_s: float = 10.0
    """For the element or list it needs."""
    fuzzy_s: float = 2.5
    """Before another rung than the first is trusted: pages fill up after they look quiet."""
    expect_s: float = 10.0
    """For its expectations to hold."""
    poll_s: float = 0.1
    in_flight_s: float = 120.0
    """A request older than this that left no trace did not arrive."""
    probe_s: float = 3.0
    """Between two looks whether it did."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """The ports a step may use."""

    browser: Browser
    stores: Stores
    artifacts: ArtifactStore
    datasets: DatasetStore
    vault: Vault
    chooser: Chooser
    clock: Clock
    sealed: SealedStore
    """Where sealed session storage is kept."""
    patience: Patience = field(default_factory=Patience)


@dataclass(slots=True)
class Task:
    """One execution of one step; collects the evidence for its record."""

    services: Services
    step: Step
    context: RunContext
    progress: Progress
    item: Row | None = None
    answer: JsonObject | None = None
    page: TimedPage | None = None
    status: StepStatus = "done"
    message: str = ""
    evidence: JsonObject = field(default_factory=dict[str, JsonValue])
    outputs: dict[str, JsonValue] = field(default_factory=dict[str, JsonValue])
    artifacts: list[ArtifactRef] = field(default_factory=list[ArtifactRef])
    question: Question | None = None
    grounding: Grounding | None = None
    acted_on: tuple[Target, Snapshot] | None = None
    """The target found last, and the page it was found on."""
    heals: list[tuple[Target, Target]] = field(default_factory=list[tuple[Target, Target]])
    """Targets that another rung than the first found: as looked for, and as described now."""
    relisted: ListSpec | None = None
    """The list with the headers that a person said are its columns' own now."""
    inserted: Step | None = None
    """A guarded step that uncovered the target: to be kept before this one."""
    rows: int | None = None
    """How many rows the step yielded."""
    file: ArtifactRef | None = None
    keep_session: Callable[[], Awaitable[None]] | None = None
    """Seals the session as it is now, for a sign-in that was answered and is not judged yet."""
    inside: bool = False
    """The sign-in was found done: a process died before that was recorded."""
    safe_url: str = ""
    safe_page: JsonObject | None = None
    model_calls: int = 0
    attempt: str = field(default_factory=lambda: secrets.token_hex(8))
    over: str = ""
    """The attempt whose unknown outcome was settled before this one began; see `EffectRecord.over`."""
    """Names this execution in the effect journal."""
    before: Sighting = NOT_SEEN
    """What the probe of a write found before it was sent first."""
    page_asks: str = ""
    """What a dialog of the page said that came instead of the request."""
    unsent: Snapshot | None = None
    """The page right before a write that has no expectations of its own: what is new afterwards may prove it."""
    picture: bool = False
    """Keep a screenshot of the end state."""

    def keep_place(self, seen: Snapshot) -> None:
        """Note the page as the place where the run can be entered again, and what it is known by."""
        known = fingerprint(seen)
        self.safe_url = seen.url
        self.safe_page = known.to_json() if known.heading or known.labels else None

    @property
    def scope(self) -> Scope:
        """The named values the step's texts may refer to."""
        item: Row = visible(self.item or {})
        if self.item is not None and isinstance(self.item.get("_href"), dict):
            # `{item._href.column}` is the address behind the value: a row's own page or file.
            item["_href"] = self.item["_href"]
        return Scope(
            inputs=self.context.inputs,
            steps=self.progress.outputs,
            item=item,
            today=self.context.today,
        )

    @property
    def writes(self) -> bool:
        """Whether the step changes something on the site."""
        return self.step.effect in {"write", "irreversible"}

    @property
    def careful(self) -> bool:
        """Whether what the step acts on must be what was learnt by its words too: it writes, or gives a value to the site."""
        return self.writes or self.step.op in {"fill", "select", "check", "upload"}

    @property
    def item_key(self) -> str:
        """Key of the present row, empty outside of loops."""
        return "" if self.item is None else key_of(self.item)

    @property
    def live_page(self) -> TimedPage:
        """The page of a step that has one."""
        assert self.page is not None, f"step {self.step.id!r} runs without a page"
        return self.page

    def render(self, text: str) -> str:
        """Return the text with its references replaced. Raises: Fatal."""
        return render(text, self.scope)

    def render_target(self, target: Target) -> Target:
        """Return the target with references replaced in the texts that may hold some. Raises: Fatal."""
        named = f"{target.row_key}{target.name}{target.text}{target.label}"
        around = "".join((target.heading, target.page, *target.anchors))
        if "{" not in named and "{inputs." not in around:
            return target
        changes: dict[str, object] = {
            name: self.render(getattr(target, name))
            for name in ("row_key", "name", "text", "label")
        }
        if "{inputs." in around:
            changes |= {name: self.render(getattr(target, name)) for name in ("heading", "page")}
            changes["anchors"] = tuple(self.render(text) for text in target.anchors)
        return target.model_copy(update=changes)

    def each(self) -> EachStep | None:
        """Return the innermost loop around the step."""
        found: EachStep | None = None
        for step in walk(self.context.program.steps):
            if isinstance(step, EachStep) and any(
                inner.id == self.step.id for inner in walk(step.args.steps)
            ):
                found = step
        return found

    def list_step(self) -> ExtractStep | None:
        """Return the extract step that the present row came from."""
        loop = self.each()
        return None if loop is None else origin_list(self.context.program, loop.args.rows)


def visible(row: Mapping[str, JsonValue]) -> Row:
    """Return the row without its hidden columns (`_key`, `_page`, `_href`)."""
    return {name: value for name, value in row.items() if not name.startswith("_")}


def key_of(row: Mapping[str, JsonValue]) -> str:
    """Return the row's key as staged, else a hash of its values."""
    kept = row.get("_key")
    return kept if isinstance(kept, str) and kept else row_hash(row)


def row_hash(row: Mapping[str, JsonValue]) -> str:
    """Return a hash of what the row shows."""
    text = json.dumps(visible(row), sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


def consumers(steps: Sequence[Step], source: str) -> tuple[Step, ...]:
    """Return the steps, in order, that finally use rows coming from `source`: store, each, through filters and conditions."""
    made = {source}
    found: list[Step] = []
    for step in walk(tuple(steps)):
        rows = getattr(step.args, "rows", None)
        if rows not in made:
            continue
        if step.op in {"store", "each"}:
            found.append(step)
        elif not isinstance(step, WhenStep):
            made.add(step.id)
    return tuple(found)

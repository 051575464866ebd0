"""What a request means and the outline shown for approval: readings, plans, planned steps.

A plan names things in the user's words ("Invoices", "unpaid"); the build turns them into a program.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pydantic import Field, JsonValue

from podium.state.document import Document, JsonObject
from podium.state.program import Comparison, Effect, Move
from podium.state.triggers import Schedule

Verb = Literal[
    "create",
    "modify",
    "rename",
    "delete",
    "run",
    "schedule",
    "unschedule",
    "pause",
    "resume",
    "inspect",
    "compare",
    "rollback",
    "troubleshoot",
    "chain",
    "split",
    "merge",
    "suggest",
    "export",
    "import",
    "none",
]

PlanOp = Literal[
    "open",
    "sign_in",
    "reach",
    "search",
    "extract",
    "wait",
    "filter",
    "pick",
    "download",
    "fill",
    "choose",
    "click",
    "submit",
    "new_since",
    "changed",
    "store",
    "notify",
    "task",
]


class InputSpec(Document):
    """A value a run may be given."""

    name: str
    type: Literal["text", "number", "date", "file"] = "text"
    default: JsonValue = None
    description: str = ""


class MatchRule(Document):
    """A condition in the user's words, before the page told which column and values it means."""

    phrase: str
    """As said: `unpaid`, `over 100 EUR`, `from last month`."""
    column: str = ""
    """The column, when the words name it."""
    cmp: Comparison = "="
    value: JsonValue = None
    """The value, when the words give one: `Overdue`, 100, `2026-10-01`; null when only the page can tell."""
    or_empty: bool = False
    """What has nothing in the column is meant too: `not inspected since May`."""
    move: Move | None = None
    """For `changed`: how far the column's value must have moved since the run before."""


class PlannedStep(Document):
    """One line of the plan.

    What `op` needs, all in the user's words:

    - `open`: `url`
    - `sign_in`: `secret` (name in the vault), `url` of the site
    - `reach`: `thing` ("invoices"), `kind` (list | form | page | files)
    - `search`: `thing` = the words searched for
    - `extract`: `thing`, `fields` (wanted columns; empty: all but `without`), `key`, `limit`
    - `wait`: until the next `extract`, and the `filter` right behind it, leave a row; `every_s` between two looks, `within_s` for all of them
    - `filter`: `rules`
    - `pick`: `which` (first | last | newest | oldest | highest | lowest), `count`, `fields[0]` = by what
    - `download`: `thing` (whose files), `file_type` ("csv"; empty: any), `per_row`
    - `fill`, `choose`: `values` (field in the user's words -> value or `{inputs.x}`)
    - `click`: `thing`; `submit`: `thing` (the form), `press` (its button, when said); `key` with any of `fill`, `click`, `submit`: of the record that has it
    - `new_since`, `changed`: `fields`; `changed` also `rules`, of which each says how far its column must have moved
    - `store`: `store_as` (table | files | both), `dataset`, `key`
    - `notify`: `thing` (whom or where), `task`: `thing` (an open-ended sub-goal)
    """

    id: str
    op: PlanOp
    title: str
    effect: Effect = "read"
    url: str = ""
    secret: str = ""
    thing: str = ""
    kind: Literal["", "list", "form", "page", "files"] = ""
    fields: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    """Of `extract`: columns that are not wanted, when all others are."""
    implied: tuple[str, ...] = ()
    """Those of `fields` that nobody asked for; left out without a question where the page lacks them."""
    key: str = ""
    limit: int | None = None
    rules: tuple[MatchRule, ...] = ()
    every_s: float = 0.0
    """Of `wait`: seconds between two looks."""
    within_s: float = 0.0
    """Of `wait`: seconds after which the run fails."""
    which: Literal["", "first", "last", "newest", "oldest", "highest", "lowest"] = ""
    count: int = 1
    press: str = ""
    """Of `submit`: what the button says, when the request says it."""
    file_type: str = ""
    per_row: bool = False
    values: dict[str, str] = Field(default_factory=dict)
    store_as: Literal["", "table", "files", "both"] = ""
    dataset: str = ""
    post: str = ""
    """The post-condition in words, shown on the plan card."""


def waited_for(
    steps: Sequence[PlannedStep], waiting: PlannedStep
) -> tuple[PlannedStep | None, PlannedStep | None]:
    """Return the steps whose rows a `wait` waits for: the next one that reads, and the filter right behind it."""
    ids = [step.id for step in steps]
    after = steps[ids.index(waiting.id) + 1 :] if waiting.id in ids else ()
    read = next((at for at, step in enumerate(after) if step.op == "extract"), None)
    if read is None:
        return None, None
    behind = after[read + 1] if read + 1 < len(after) else None
    return after[read], behind if behind is not None and behind.op == "filter" else None


class Missing(Document):
    """A fact the request lacks, known before any browser opens."""

    field: str
    """Name under which it is answered: `url`, `credentials`, `key`, `subject` ..."""
    question: str
    kind: Literal["text", "choice", "secret"] = "text"
    choices: tuple[str, ...] = ()
    default: str | None = None
    origin: str = ""
    """For `secret`: the origin the credential is for, when it is known."""
    user: str = ""
    """For `secret`: the user name that the request says."""


class PlannedAgent(Document):
    """One agent of a plan."""

    name: str
    """Slug: lower case, words joined by `-`."""
    goal: str
    origins: tuple[str, ...]
    """`scheme://host:port` the agent may talk to; nothing else gets a byte."""
    secrets: tuple[str, ...] = ()
    inputs: tuple[InputSpec, ...] = ()
    outputs: tuple[str, ...] = ()
    schedule: Schedule | None = None
    steps: tuple[PlannedStep, ...]


class Plan(Document):
    """The outline shown for approval. Every change of it is a new revision."""

    plan_id: str
    revision: int = 1
    goal: str
    agents: tuple[PlannedAgent, ...]
    notes: tuple[str, ...] = ()
    """What the planner assumed or did not understand, in words for the user."""


class Request(Document):
    """One thing a person asks for, as understood. A goal may hold several."""

    verb: Verb
    text: str
    """The part of the goal it was read from."""
    agents: tuple[str, ...] = ()
    """Agents of the workspace that are named, or the new one's name for `create`."""
    site: str = ""
    """URL, or empty when none was said."""
    schedule: Schedule | None = None
    inputs: tuple[InputSpec, ...] = ()
    outputs: tuple[str, ...] = ()
    effects: tuple[Effect, ...] = ()
    steps: tuple[PlannedStep, ...] = ()
    missing: tuple[Missing, ...] = ()
    arguments: JsonObject = Field(default_factory=dict)
    """What a verb other than `create` needs: new name, version numbers, run inputs, schedule words."""


class Understanding(Document):
    """What a planner reads in a goal."""

    requests: tuple[Request, ...]
    confidence: float
    """0 to 1; falls with every content word that nothing explains."""
    unexplained: tuple[str, ...] = ()
    """Spans of the goal that no rule explained, as written."""
    reply: str = ""
    """For a goal that is no request: what to tell the user."""

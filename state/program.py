"""The program document: what one version of an agent does, step by step. Data only, closed vocabulary.

A step's texts may hold `{inputs.x}`, `{secrets.NAME}`, `{steps.id.field}`, `{date.today-7}` and, inside `each`,
`{item.column}`; they are substituted by name only (`podium.state.templates`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import takewhile
from typing import Annotated, Literal

from pydantic import Field, JsonValue, TypeAdapter, ValidationError

from podium.state.document import Document, JsonObject
from podium.state.errors import InvalidProgram
from podium.state.target import Target

SCHEMA_VERSION = 1

SHORTEST_LOOK_S = 10
"""A site is not asked more often whether something has happened."""

_ID = re.compile(r"[A-Za-z0-9_-]+")

RESERVED_IDS = frozenset({"begin", "finish"})
"""Names of nodes that every agent's graph has beside its steps."""

Effect = Literal["read", "sign_in", "write", "irreversible"]
OnError = Literal["fail", "skip", "ask"]
ColumnType = Literal["text", "number", "money", "date", "link", "boolean"]
Comparison = Literal["=", "!=", "<", "<=", ">", ">=", "contains", "lacks", "in"]


# -- Expectations: post-conditions, judged without a model ---------------------------------------


class UrlLike(Document):
    """The page's path matches `pattern`, where `*` stands for one path segment's changing part."""

    kind: Literal["url"] = "url"
    pattern: str
    """Path with `*` for the changing part of a segment."""


class Shown(Document):
    """The target is on the page."""

    kind: Literal["shown"] = "shown"
    target: Target
    """What must be there."""


class Gone(Document):
    """The target is not on the page any more."""

    kind: Literal["gone"] = "gone"
    target: Target
    """What must not be there."""


class TextShown(Document):
    """The page shows the text (a template; digits written `#` match any number)."""

    kind: Literal["text"] = "text"
    text: str
    """The text, a template."""


class RowCount(Document):
    """The step yielded at least `at_least` rows; an empty list is not a success by itself."""

    kind: Literal["rows"] = "rows"
    at_least: int = 1
    """Lowest number of rows."""


class FileKept(Document):
    """A file of that extension and at least that size arrived."""

    kind: Literal["file"] = "file"
    extension: str = ""
    """With the dot, lower case; empty when it may differ."""
    min_bytes: int = 1
    """Lowest size."""


class ValueHeld(Document):
    """The control holds the value that was given to it."""

    kind: Literal["value"] = "value"


class PageLike(Document):
    """The page has this fingerprint: heading and the labels that make it what it is."""

    kind: Literal["page"] = "page"
    heading: str = ""
    """Its heading."""
    labels: tuple[str, ...] = ()
    """Labels that are all there."""


Expectation = Annotated[
    UrlLike | Shown | Gone | TextShown | RowCount | FileKept | ValueHeld | PageLike,
    Field(discriminator="kind"),
]


# -- Lists: how rows are read from a page ---------------------------------------------------------


class Column(Document):
    """One typed column of a list."""

    name: str
    """Identifier in rows and templates: lower case, words joined by `_`."""
    header: str = ""
    """Header or label as on the page; empty for unlabelled parts of a card."""
    type: ColumnType = "text"
    """How its texts are read."""
    path: str = ""
    """Where the value stands inside its record (tags and stable classes), for lists without headers."""
    ordinal: int = 0
    """Position among the record's values at build time; the weakest description."""
    shape: str = ""
    """What nearly all values look like, digits as `9` and differing letters as `a`: `inv-9`."""
    sample: tuple[str, ...] = ()
    """Hashes of some values seen at build time: they know the column again under another header, and a swap under the same."""


class Pagination(Document):
    """How to get to the rest of the rows."""

    kind: Literal["next", "numbered", "load_more", "scroll"]
    """A next button, page numbers, a button that loads more, or scrolling."""
    control: Target | None = None
    """The button or the row of numbers."""
    max_pages: int = 50
    """Highest number of pages; the bound of the loop."""


class ListSpec(Document):
    """A list of records on a page: where it is, its columns, its key, its pages."""

    kind: Literal["table", "cards", "list", "record"]
    """`record` is a single key-value page."""
    heading: str = ""
    """Nearest heading or caption."""
    columns: tuple[Column, ...]
    """All columns of the list that were seen, wanted or not: they identify it."""
    key: tuple[str, ...] = ()
    """Names of the columns that tell rows apart."""
    path: str = ""
    """Structural path of the container, for lists without headers."""
    frame: tuple[str, ...] = ()
    """Names or URL paths of the frames around it, outermost first."""
    pagination: Pagination | None = None
    """How to get to further pages; null: there are none."""
    page: str = ""
    """Title of its page."""
    language: str = ""
    """What its page spoke, such as `en`."""
    settings: dict[str, str] | None = None
    """What the page's filters stood at, and whose account was open; null: not known."""


# -- Steps ---------------------------------------------------------------------------------------


class _Step(Document):
    id: str
    """Letters, digits, `-` and `_`; used once in the program."""
    title: str
    """What a person would say, such as `Open Invoices`."""
    effect: Effect = "read"
    """What the step does to the site; a click that submits a form is a write."""
    expect: tuple[Expectation, ...] = ()
    """What must hold afterwards; judged without a model."""
    probe: JsonObject | None = None
    """For writes: a read-only look-up by business key that tells whether it happened (a dumped step)."""
    probe_proven: bool = False
    """The probe is known to find what the step wrote; only then is finding nothing a proof that it was not written."""
    retries: int = 0
    """Further tries after a `Retryable` failure; only reads may have any."""
    on_error: OnError = "fail"
    """After a failure: end the run, leave the row or step out, or ask a person."""
    safe_point: bool = False
    """The step's end state can be re-entered by reads alone (verified at build time)."""
    signatures: tuple[str, ...] = ()
    """Requests other than GET that this step may send, as `METHOD origin/path-template`."""
    approved: str = ""
    """For irreversible steps: hash of the effect that the plan's approval names; a run whose effect is another one asks."""
    guard: Target | None = None
    """For inserted steps: skipped when this target already resolves."""


class OpenArgs(Document):
    """Where to go."""

    url: str
    """Address; a template."""


class OpenStep(_Step):
    """Go to an address by GET."""

    op: Literal["open"] = "open"
    args: OpenArgs


class SignInArgs(Document):
    """The form's controls and the credential."""

    secret: str
    """Name of the credential in the vault, never a value."""
    user: Target | None = None
    """The control for the user's name; empty when the page knows it."""
    password: Target
    """The password control."""
    submit: Target | None = None
    """Empty: press Enter in the password field."""
    advance: Target | None = None
    """Two-step forms: the control between user and password."""
    url: str = ""
    """Where the form is, when a GET leads there."""


class SignInStep(_Step):
    """Sign in with a credential of the vault, unless the session is already signed in."""

    op: Literal["sign_in"] = "sign_in"
    effect: Effect = "sign_in"
    args: SignInArgs


class TargetArgs(Document):
    """The element that is acted on."""

    target: Target
    """The element."""


class ClickStep(_Step):
    """Click the target."""

    op: Literal["click"] = "click"
    args: TargetArgs


class HoverStep(_Step):
    """Move the pointer over the target, as menus want."""

    op: Literal["hover"] = "hover"
    args: TargetArgs


class FillArgs(Document):
    """A control and its new value, a template."""

    target: Target
    """The control."""
    value: str
    """What it shall hold, a template."""
    unit: str = ""
    """What the value may be measured in and the control has no room for: left out of what is typed; another unit fails."""


class FillStep(_Step):
    """Put a value into a text-like control, replacing what it holds."""

    op: Literal["fill"] = "fill"
    args: FillArgs


class SelectStep(_Step):
    """Choose the option with that label or value, in a native or ARIA list."""

    op: Literal["select"] = "select"
    args: FillArgs


class CheckArgs(Document):
    """A control and its wanted state."""

    target: Target
    """The control."""
    checked: bool = True
    """The wanted state."""


class CheckStep(_Step):
    """Bring a check box, radio button or switch into the wanted state."""

    op: Literal["check"] = "check"
    args: CheckArgs


class PressArgs(Document):
    """A key, and where it is pressed."""

    key: str
    """A key name such as `Enter`, `Escape`, `ArrowDown`."""
    target: Target | None = None
    """Where the key goes; empty: what has the focus."""


class PressStep(_Step):
    """Press one key, in the target when there is one."""

    op: Literal["press"] = "press"
    args: PressArgs


class DragArgs(Document):
    """What is dragged, and onto what."""

    target: Target
    """The element that is picked up."""
    to: Target
    """The element it is let go over."""


class DragStep(_Step):
    """Drag the target onto another element, by the pointer."""

    op: Literal["drag"] = "drag"
    args: DragArgs


class ScrollArgs(Document):
    """What is scrolled, and how far."""

    target: Target | None = None
    """An element to bring into view, or one that is scrolled itself; empty: the page's main scroll container."""
    to: Literal["view", "end", "start"] = "view"
    """Until the target is in view, or to the end or start of what the target stands in."""


class ScrollStep(_Step):
    """Scroll until something is in view, or to an end, so that the page loads what it loads there."""

    op: Literal["scroll"] = "scroll"
    args: ScrollArgs


class TabArgs(Document):
    """Which tab becomes the page that later steps act on."""

    url: str = ""
    """Path of its address, `*` for the changing part of a segment; a template."""
    title: str = ""
    """Its title, a template; part of it is enough."""
    close: bool = False
    """Close the tab that was active before."""


class SwitchTabStep(_Step):
    """Go on in another tab: the one that fits, else the one that was active before the present one."""

    op: Literal["switch_tab"] = "switch_tab"
    args: TabArgs


class DialogArgs(Document):
    """How the page's question is answered."""

    accept: bool = False
    """OK or Cancel."""
    text: str = ""
    """What is typed into a prompt, a template."""
    message: str = ""
    """Only a question that says this is answered so; every other one is declined."""


class DialogStep(_Step):
    """Prepare the answer to the question (`confirm`, `prompt`) that the next step's action raises; others are declined."""

    op: Literal["dialog"] = "dialog"
    args: DialogArgs


class UploadArgs(Document):
    """A file input and the artifact it gets."""

    target: Target
    """The file input."""
    artifact: str
    """Template that names an artifact or an input of type file."""


class UploadStep(_Step):
    """Give a file to a file input."""

    op: Literal["upload"] = "upload"
    args: UploadArgs


class WaitArgs(Document):
    """What is waited for, and how long: on the page that is there, or by looking again and again."""

    target: Target | None = None
    """What shall appear; empty when `until` is given."""
    until: JsonObject | None = None
    """A reading step (dumped): it is over when its expectations hold, or when it finds a row."""
    every_s: float = 0.0
    """Seconds between two looks, each on the page loaded anew; no worker is held meanwhile. 0: the page is watched."""
    timeout_s: float = 15.0
    """Seconds after which the step fails."""


class WaitStep(_Step):
    """Wait until something is there: for seconds on the page, or for days between looks."""

    op: Literal["wait"] = "wait"
    args: WaitArgs


class DownloadArgs(Document):
    """Where the file comes from and what it is called."""

    target: Target | None = None
    """What is clicked; empty when `url` is given."""
    url: str = ""
    """Template of an address that answers with the file."""
    file_name: str = ""
    """Template of the kept name; empty: what the site calls it."""
    every: str = ""
    """Structural path of links on the row's own page: the file behind each of them is fetched, of some rows none."""
    skip_known: bool = True
    """Inside `each`: a file already kept for a row that did not change is not fetched again."""


class DownloadStep(_Step):
    """Fetch one file and keep it as an artifact."""

    op: Literal["download"] = "download"
    args: DownloadArgs


class Condition(Document):
    """One comparison of a row's column with a value."""

    column: str
    """Name of the column."""
    cmp: Comparison
    """How they are compared; texts fold case, numbers and dates by value."""
    value: JsonValue
    """A literal, a template, or for `in`, `contains` and `lacks` a list of them."""
    or_empty: bool = False
    """A row with nothing in the column meets it too: what was never inspected was not inspected since May."""


class ExtractArgs(Document):
    """The list that is read and how much of it."""

    list: ListSpec
    """The list, as the build saw it."""
    take: tuple[str, ...] = ()
    """Names of the columns to yield; empty: all."""
    limit: int | None = None
    """Stop after that many rows, in page order."""
    url: str = ""
    """Where the list stands, when a GET leads there: used to come back to it from a row's own page."""
    conditions: tuple[Condition, ...] = ()
    """Only rows for which all of these hold; for probes, that look for what was written."""
    may_lack: tuple[str, ...] = ()
    """Columns that this page may leave out, as records do with what is not known of a thing: their value is empty."""


class ExtractStep(_Step):
    """Read typed rows from the page and its further pages, without a model."""

    op: Literal["extract"] = "extract"
    args: ExtractArgs


class WhereArgs(Document):
    """The rows that are filtered, and by what."""

    rows: str
    """Id of the step whose rows are filtered."""
    conditions: tuple[Condition, ...]
    """All must hold."""


class WhereStep(_Step):
    """Keep the rows that satisfy every condition."""

    op: Literal["where"] = "where"
    args: WhereArgs


class PickArgs(Document):
    """The rows that are chosen from, and the choice."""

    rows: str
    """Id of the step whose rows are chosen from."""
    which: Literal["first", "last", "highest", "lowest", "by_key"] = "first"
    """How the choice is made."""
    count: int = 1
    """How many rows to keep."""
    column: str = ""
    """For `highest`, `lowest`: the column that decides (the newest row is the highest date)."""
    key: str = ""
    """For `by_key`: the key's template."""


class PickStep(_Step):
    """Keep some rows: the first, the newest, the one with that key."""

    op: Literal["pick"] = "pick"
    args: PickArgs


class MemoryArgs(Document):
    """The rows that are compared with what was seen before."""

    rows: str
    """Id of the step whose rows are compared."""
    columns: tuple[str, ...] = ()
    """For `changed`: the columns that are compared; empty: all."""


class Move(Document):
    """How far a number must have moved since the run before."""

    direction: Literal["either", "up", "down"] = "either"
    """Which way."""
    by: float = Field(ge=0)
    """How far, in the column's own unit or in per cent of the value before."""
    percent: bool = False
    """`by` counts per cent of the value before."""
    reached: bool = True
    """A move of exactly `by` is enough; otherwise it must be exceeded."""


class ChangedArgs(MemoryArgs):
    """The rows that are compared with what the run before saw, and what counts as changed."""

    move: Move | None = None
    """Only rows whose first column of `columns` moved that far since the run before; a row seen for the first time has nothing to compare with and is only remembered. Null: any difference, and every new row."""


class NewSinceStep(_Step):
    """Keep the rows whose key no earlier run of this agent has seen."""

    op: Literal["new_since"] = "new_since"
    args: MemoryArgs


class ChangedStep(_Step):
    """Keep the rows that are new or differ from what an earlier run of this agent has seen."""

    op: Literal["changed"] = "changed"
    args: ChangedArgs


class AssertArgs(Document):
    """The rows that are counted, and the bounds."""

    rows: str
    """Id of the step whose rows are counted."""
    at_least: int | None = None
    """Lowest number of rows; null: any."""
    at_most: int | None = None
    """Highest number of rows; null: any."""


class AssertStep(_Step):
    """Fail the run when the number of rows is outside the bounds."""

    op: Literal["assert"] = "assert"
    args: AssertArgs


class JoinArgs(Document):
    """The rows that are completed, and from where."""

    rows: str
    """Id of the step whose rows are completed."""
    details: str
    """Id of the `extract` inside an earlier `each` over these rows that read each row's own page or panel."""
    columns: tuple[str, ...]
    """Columns of the details that each row gets; a row whose details lack one has it empty."""


class JoinStep(_Step):
    """Complete rows by what was read of each row's own page."""

    op: Literal["join"] = "join"
    args: JoinArgs


class StoreArgs(Document):
    """The rows that are kept, and where."""

    rows: str
    """Id of the step whose rows are kept."""
    dataset: str
    """Name of the dataset; made when it is not there."""
    key: tuple[str, ...] = ()
    """Upsert key; empty: rows are told apart by all their columns."""
    columns: tuple[str, ...] = ()
    """Columns to keep; empty: all."""
    files: str = ""
    """Id of the download step inside `each` whose kept file each row gets as `file` and `sha256`."""
    export: Literal["", "csv", "json"] = ""
    """The rows are kept as a file of this kind too."""


class StoreStep(_Step):
    """Upsert rows into a dataset of the workspace."""

    op: Literal["store"] = "store"
    args: StoreArgs


class NotifyArgs(Document):
    """Who is told, and what."""

    text: str
    """What is said, a template."""
    title: str = ""
    """Its heading, a template; empty: the step's title."""
    to: str = ""
    """Name of the destination; empty: everybody who is told about this agent by a message."""
    rows: str = ""
    """Id of a step whose rows are told, too; without any rows nobody is told."""


class NotifyStep(_Step):
    """Tell people, through the destinations that the workspace has."""

    op: Literal["notify"] = "notify"
    args: NotifyArgs


class AskArgs(Document):
    """The question and the name of its answer."""

    question: str
    """What the person is asked."""
    field: str
    """Name under which the answer is found."""


class AskHumanStep(_Step):
    """Stop and ask a person; the answer is `{steps.ID.FIELD}`."""

    op: Literal["ask_human"] = "ask_human"
    args: AskArgs


class EachArgs(Document):
    """The rows that are walked, and what is done for each."""

    rows: str
    """Id of the step whose rows are walked."""
    steps: tuple[Step, ...]
    """What is done for every row."""
    limit: int = 1000
    """Highest number of rows; the bound of the loop."""


class EachStep(_Step):
    """Do the inner steps once for each row; `{item.column}` is the present row."""

    op: Literal["each"] = "each"
    args: EachArgs


class WhenArgs(Document):
    """The rows that decide, and what is done."""

    rows: str
    """Id of the step whose rows decide."""
    at_least: int = 1
    """The inner steps run when the named step yielded at least that many rows."""
    steps: tuple[Step, ...]
    """What is done when there are enough rows."""


class WhenStep(_Step):
    """Do the inner steps only when there are rows."""

    op: Literal["when"] = "when"
    args: WhenArgs


Step = Annotated[
    OpenStep
    | SignInStep
    | ClickStep
    | HoverStep
    | FillStep
    | SelectStep
    | CheckStep
    | PressStep
    | DragStep
    | ScrollStep
    | SwitchTabStep
    | DialogStep
    | UploadStep
    | WaitStep
    | DownloadStep
    | ExtractStep
    | WhereStep
    | PickStep
    | NewSinceStep
    | ChangedStep
    | AssertStep
    | JoinStep
    | StoreStep
    | NotifyStep
    | AskHumanStep
    | EachStep
    | WhenStep,
    Field(discriminator="op"),
]

EachArgs.model_rebuild()
WhenArgs.model_rebuild()

StepAdapter: TypeAdapter[Step] = TypeAdapter(Step)


class Program(Document):
    """The checked, executable document of one version of an agent."""

    schema_version: int = SCHEMA_VERSION
    """Version of this format."""
    steps: tuple[Step, ...]
    """What is done, in order."""


def walk(steps: tuple[Step, ...]) -> Iterator[Step]:
    """Yield every step in order, containers before their inner steps."""
    for step in steps:
        yield step
        if isinstance(step, EachStep | WhenStep):
            yield from walk(step.args.steps)


def steps_before(program: Program, step_id: str) -> tuple[Step, ...]:
    """Return the steps that come before that one, in order."""
    return tuple(takewhile(lambda other: other.id != step_id, walk(program.steps)))


def since_last(steps: Sequence[Step], ends: Callable[[Step], bool]) -> tuple[Step, ...]:
    """Return the steps after the last one that `ends` what stood before it; all where none does."""
    for place in reversed(range(len(steps))):
        if ends(steps[place]):
            return tuple(steps[place + 1 :])
    return tuple(steps)


def leaves_form(step: Step) -> bool:
    """Return whether what earlier steps put into a form is no part of the next one's: another page, or it was sent."""
    return step.op in {"open", "sign_in"} or step.effect in {"write", "irreversible"}


def parse_step(value: JsonObject) -> Step:
    """Return the step that the JSON describes.

    Raises:
        InvalidProgram: If it breaks the vocabulary.
    """
    try:
        return StepAdapter.validate_python(value)
    except ValidationError as error:
        raise InvalidProgram(
            f"Step {value.get('id')!r} is not valid", problems=_problems(error)
        ) from error


def parse_program(value: JsonObject) -> Program:
    """Return the checked program that the JSON describes.

    Raises:
        InvalidProgram: If it breaks the vocabulary or a rule; `problems` names each.
    """
    try:
        program = Program.model_validate(value)
    except ValidationError as error:
        raise InvalidProgram("The program is not valid", problems=_problems(error)) from error
    check_program(program)
    return program


def check_program(program: Program) -> None:
    """Refuse a program whose steps contradict each other.

    Raises:
        InvalidProgram: Naming every broken rule.
    """
    problems: list[str] = []
    if program.schema_version != SCHEMA_VERSION:
        problems.append(f"schema_version {program.schema_version} is not {SCHEMA_VERSION}")
    seen: set[str] = set()
    for step in walk(program.steps):
        problems += _broken_rules(step, seen)
        seen.add(step.id)
    if problems:
        raise InvalidProgram("The program is not valid", problems=tuple(problems))


def _wrong_id(step_id: str, seen: set[str]) -> Iterator[str]:
    if not _ID.fullmatch(step_id):
        yield f"step id {step_id!r} may hold letters, digits, - and _ only"
    if step_id in RESERVED_IDS:
        yield f"step id {step_id!r} is the name of a node that every agent has"
    if step_id in seen:
        yield f"step id {step_id!r} is used twice"


def _broken_rules(step: Step, seen: set[str]) -> Iterator[str]:
    yield from _wrong_id(step.id, seen)
    source = rows_of(step)
    if source is not None and source not in seen:
        yield f"step {step.id!r} uses rows of {source!r}, which no earlier step makes"
    if isinstance(step, JoinStep) and step.args.details not in seen:
        yield f"step {step.id!r} joins details of {step.args.details!r}, which no earlier step reads"
    if step.retries and step.effect != "read":
        yield f"step {step.id!r} has effect {step.effect} and may not be retried"
    if (step.op == "sign_in") != (step.effect == "sign_in"):
        yield f"step {step.id!r} has op {step.op} and cannot have effect {step.effect}"
    if step.probe is not None:
        yield from _not_a_read("probe", step, step.probe)
    if isinstance(step, WaitStep):
        yield from _broken_wait(step)


def _broken_wait(step: WaitStep) -> Iterator[str]:
    args = step.args
    if (args.target is None) == (args.until is None):
        yield f"step {step.id!r} waits for a target or until a look finds something, not for both or neither"
    if args.until is not None:
        yield from _not_a_read("look", step, args.until)
        if not args.every_s:
            yield f"step {step.id!r} looks again and again and does not say how often"
    if args.every_s and args.every_s < SHORTEST_LOOK_S:
        yield f"step {step.id!r} may look every {SHORTEST_LOOK_S} seconds at most"


def _not_a_read(name: str, step: Step, value: JsonObject) -> Iterator[str]:
    try:
        look = parse_step(value)
    except InvalidProgram as error:
        yield from (f"{name} of step {step.id!r}: {problem}" for problem in error.problems)
    else:
        if look.effect != "read":
            yield f"{name} of step {step.id!r} has effect {look.effect}; it may only read"


def rows_of(step: Step) -> str | None:
    """Return the id of the step whose rows `step` uses, if it uses any."""
    match step:
        case (
            WhereStep()
            | PickStep()
            | NewSinceStep()
            | ChangedStep()
            | AssertStep()
            | JoinStep()
            | StoreStep()
            | EachStep()
            | WhenStep()
        ):
            return step.args.rows
        case NotifyStep():
            return step.args.rows or None
        case _:
            return None


def origin_list(program: Program, rows: str) -> ExtractStep | None:
    """Return the extract step that the rows of step `rows` come from, through filters and picks."""
    by_id = {step.id: step for step in walk(program.steps)}
    step = by_id.get(rows)
    while step is not None and not isinstance(step, ExtractStep):
        source = rows_of(step)
        step = by_id.get(source) if source is not None else None
    return step


def columns_of(program: Program, rows: str) -> tuple[Column, ...]:
    """Return the columns that the rows of step `rows` have: those of their list, and those that were joined to them."""
    by_id = {step.id: step for step in walk(program.steps)}
    joined: tuple[Column, ...] = ()
    step = by_id.get(rows)
    while step is not None and not isinstance(step, ExtractStep):
        if isinstance(step, JoinStep):
            joined = (*detail_columns(program.steps, step), *joined)
        source = rows_of(step)
        step = by_id.get(source) if source is not None else None
    return (*step.args.list.columns, *joined) if step is not None else joined


def detail_columns(steps: tuple[Step, ...], join: JoinStep) -> tuple[Column, ...]:
    """Return the columns that the join adds, as the pages of the rows describe them."""
    details = detail_step(steps, join)
    columns = details.args.list.columns if details is not None else ()
    return tuple(column for column in columns if column.name in join.args.columns)


def detail_step(steps: tuple[Step, ...], join: JoinStep) -> ExtractStep | None:
    """Return the step that read the pages of the rows."""
    found = (step for step in walk(steps) if step.id == join.args.details)
    return next((step for step in found if isinstance(step, ExtractStep)), None)


def _problems(error: ValidationError) -> tuple[str, ...]:
    return tuple(
        f"{'.'.join(str(part) for part in item['loc'])}: {item['msg']}" for item in error.errors()
    )

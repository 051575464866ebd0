"""What one agent yields and another one takes, compared before they are chained: by names and types, never by a guess."""

from __future__ import annotations

from dataclasses import dataclass

from podium.state.document import JsonObject
from podium.state.errors import UserError
from podium.state.plan import InputSpec
from podium.state.program import (
    ChangedStep,
    ColumnType,
    ExtractStep,
    JoinStep,
    NewSinceStep,
    PickStep,
    Program,
    StoreStep,
    WhereStep,
    columns_of,
    origin_list,
    rows_of,
    walk,
)
from podium.state.triggers import Chain, places_in
from podium.tools.grounding.words import similarity

_ROWS = ExtractStep | JoinStep | WhereStep | PickStep | NewSinceStep | ChangedStep
_TAKES: dict[str, frozenset[ColumnType]] = {
    "text": frozenset({"text", "number", "money", "date", "link", "boolean"}),
    "number": frozenset({"number", "money"}),
    "date": frozenset({"date"}),
    "file": frozenset(),
}
_GOOD = 0.75
"""So alike must the names of an input and a column be."""
_LEAD = 0.15
"""So far must the best column lead."""


@dataclass(frozen=True, slots=True)
class Offered:
    """One column of the rows that an agent yields."""

    name: str
    header: str
    type: ColumnType

    def fits(self, wanted: InputSpec) -> bool:
        """Return whether the input can take such a value."""
        return self.type in _TAKES[wanted.type]

    def alike(self, wanted: InputSpec) -> float:
        """Return how much the names say that the input means this column, 0 to 1."""
        said = wanted.name.replace("_", " ")
        return max(similarity(said, text) for text in (self.name.replace("_", " "), self.header))


@dataclass(frozen=True, slots=True)
class Yield:
    """The rows that an agent ends with."""

    step: str
    title: str
    columns: tuple[Offered, ...]
    single: bool
    """There is one row at most."""

    def column(self, name: str) -> Offered | None:
        """Return the column of that name."""
        return next((item for item in self.columns if item.name == name), None)


@dataclass(frozen=True, slots=True)
class Unclear:
    """An input for which nothing may be taken without asking."""

    input: InputSpec
    choices: tuple[str, ...]
    """Columns that fit, the likeliest first."""
    why: str


@dataclass(frozen=True, slots=True)
class Mapping:
    """Which input gets what of a row."""

    taken: dict[str, str]
    """Input -> column."""
    kept: dict[str, str]
    """Input -> its default, which stays."""
    unclear: tuple[Unclear, ...]


def yields(program: Program) -> tuple[Yield, ...]:
    """Return the rows that the program's steps make, those that it stores first, else the last ones first."""
    joins = {step.args.details for step in walk(program.steps) if isinstance(step, JoinStep)}
    steps = [
        step for step in walk(program.steps) if isinstance(step, _ROWS) and step.id not in joins
    ]
    stored = {step.args.rows: step for step in walk(program.steps) if isinstance(step, StoreStep)}
    found: list[Yield] = []
    for step in reversed(steps):
        origin = origin_list(program, step.id)
        if origin is None:
            continue
        kept = stored.get(step.id)
        names = (kept.args.columns if kept else ()) or origin.args.take
        columns = tuple(
            Offered(column.name, column.header, column.type)
            for column in columns_of(program, step.id)
            if not names or column.name in names
        )
        found.append(Yield(step.id, step.title, columns, _single(program, step.id)))
    return tuple(sorted(found, key=lambda item: item.step not in stored))


def _single(program: Program, rows: str) -> bool:
    by_id = {step.id: step for step in walk(program.steps)}
    name: str | None = rows
    while name is not None and (step := by_id.get(name)) is not None:
        if isinstance(step, PickStep) and step.args.count == 1:
            return True
        if isinstance(step, ExtractStep):
            return step.args.list.kind == "record" or step.args.limit == 1
        name = rows_of(step)
    return False


def propose(made: Yield | None, inputs: tuple[InputSpec, ...], said: JsonObject) -> Mapping:
    """Return which input gets which column; `said` holds what was decided already, by input name.

    Raises:
        UserError: If an input is needed and nothing that the first agent yields fits it.
    """
    taken: dict[str, str] = {}
    kept: dict[str, str] = {}
    unclear: list[Unclear] = []
    for wanted in inputs:
        chosen = said.get(wanted.name)
        columns = made.columns if made else ()
        if isinstance(chosen, str) and any(item.name == chosen for item in columns):
            taken[wanted.name] = chosen
            continue
        if chosen == KEEP and wanted.default is not None:
            kept[wanted.name] = str(wanted.default)
            continue
        column, doubt = _match(columns, wanted)
        if column is not None:
            taken[wanted.name] = column
        elif doubt is not None:
            unclear.append(doubt)
        elif wanted.default is not None:
            kept[wanted.name] = str(wanted.default)
        else:
            offered = ", ".join(f"{item.name} ({item.type})" for item in columns) or "no rows"
            raise UserError(
                f"The input {wanted.name!r} ({wanted.type}) is needed, and nothing fits it: there is {offered}",
                hint=f"Give {wanted.name!r} a default, or chain with a fixed value: `--input {wanted.name}=VALUE`.",
            )
    return Mapping(taken, kept, tuple(unclear))


KEEP = "keep its default"
"""The choice that takes nothing from the row."""


def _match(columns: tuple[Offered, ...], wanted: InputSpec) -> tuple[str | None, Unclear | None]:
    """Return the column that is meant, or the doubt; neither when the row has nothing for it."""
    ranked = sorted(columns, key=lambda item: -item.alike(wanted))
    named = [item for item in ranked if item.alike(wanted) >= _GOOD]
    fitting = [item for item in ranked if item.fits(wanted)]
    rest = (KEEP,) if wanted.default is not None else ()
    if not named:
        if wanted.default is not None or not fitting:
            return None, None
        why = f"no column is called like {wanted.name!r}"
        return None, Unclear(wanted, tuple(item.name for item in fitting), why)
    best = named[0].alike(wanted)
    tied = [item for item in named if best - item.alike(wanted) < _LEAD]
    if len(tied) == 1 and tied[0].fits(wanted):
        return tied[0].name, None
    if not fitting:
        return None, None
    why = (
        f"{' and '.join(item.name for item in tied)} are called alike"
        if len(tied) > 1
        else f"{tied[0].name} is {tied[0].type}, the input wants {wanted.type}"
    )
    likely = [item for item in tied if item.fits(wanted)]
    others = [item for item in fitting if item not in likely]
    return None, Unclear(wanted, (*(item.name for item in (*likely, *others)), *rest), why)


def check_chain(chain: Chain, first: Program, inputs: tuple[InputSpec, ...]) -> None:
    """Refuse a chain whose values cannot come from the first agent, or do not fit the second.

    Raises:
        UserError: Naming the first problem.
    """
    made = next((item for item in yields(first) if item.step == chain.each), None)
    if chain.each and made is None:
        steps = ", ".join(item.step for item in yields(first)) or "none"
        raise UserError(
            f"{chain.after!r} has no step {chain.each!r} with rows", hint=f"There is: {steps}."
        )
    known = {step.id for step in walk(first.steps)}
    by_name = {item.name: item for item in inputs}
    for name, value in chain.inputs.items():
        for source, path in places_in(value):
            if source == "outputs" and path.split(".")[0] not in known:
                raise UserError(
                    f"{chain.after!r} has no output {path.split('.')[0]!r}",
                    hint=f"Its steps: {', '.join(sorted(known))}.",
                )
            if source == "row":
                _check_column(name, path, made, by_name.get(name), whole=value == f"{{row.{path}}}")


def _check_column(
    name: str, path: str, made: Yield | None, wanted: InputSpec | None, *, whole: bool
) -> None:
    if made is None:
        raise UserError(f"Input {name!r} takes a column, but no step's rows are walked")
    column = made.column(path)
    if column is None:
        names = ", ".join(item.name for item in made.columns)
        raise UserError(f"{made.step!r} has no column {path!r}", hint=f"Its columns: {names}.")
    if wanted is not None and whole and not column.fits(wanted):
        raise UserError(
            f"Input {name!r} wants {wanted.type}; column {path!r} is {column.type}",
            hint="Choose another column.",
        )

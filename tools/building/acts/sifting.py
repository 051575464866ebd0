"""`filter`, `pick`, `new_since`, `changed`, `store`: what happens to rows once they are read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, cast

from pydantic import JsonValue

from podium.state.errors import Fatal
from podium.state.plan import MatchRule
from podium.state.program import (
    ChangedArgs,
    ChangedStep,
    ClickStep,
    Column,
    Condition,
    MemoryArgs,
    Move,
    NewSinceStep,
    NotifyArgs,
    NotifyStep,
    PickArgs,
    PickStep,
    StoreArgs,
    StoreStep,
    WhereArgs,
    WhereStep,
    origin_list,
)
from podium.state.questions import FieldSpec
from podium.state.templates import Scope, names_in, render
from podium.tools.builder import KNOWN_RULES
from podium.tools.building.acts.reading import PAGE_SAYS, column_label, slug
from podium.tools.building.fields import Row, main_dates, map_field
from podium.tools.building.filters import (
    ColumnChoice,
    Unknown,
    ValueChoice,
    also_meant,
    read_rule,
)
from podium.tools.building.linking import apart
from podium.tools.building.wanted import awaited, in_place, named_for, title_parts
from podium.tools.building.work import NONE, Work, distinct

NO_CONDITION = "No condition: leave these words out"


async def build_filter(work: Work) -> None:
    """Compile the planned conditions to comparisons on the list's own columns and values."""
    if not work.planned.rules:
        return
    url = str(list_fact(work).get("url") or "")
    placed = [rule for rule in work.planned.rules if in_place(rule, url) or _says_so(work, rule)]
    for rule in placed:
        work.notes.append(
            f"All of this list is {rule.phrase!r}: that is the place where it stands."
        )
    said = said_by_page(work)
    parts = [
        part
        for rule in work.planned.rules
        if rule not in placed
        for part in taken_apart(work, rule, said)
    ]
    meant = [await one_condition(work, rule) for rule in parts]
    conditions = [condition for condition in meant if condition is not None]
    rules = work.planned.rules
    conditions += also_meant(rules, conditions, columns_of(work), _listed(work), values_of(work))
    if conditions:
        title = work.planned.title or "Keep the rows that match"
        await keep_matching(work, conditions, title=title)


def _says_so(work: Work, rule: MatchRule) -> bool:
    """Return whether the list is called after the condition, and no column of it tells more."""
    step = origin_list(work.context().program, rows_step(work))
    if step is None or _known_condition(work, rule) is not None:
        return False
    spec = step.args.list
    things = [other.thing for other in work.agent.steps if other.op in {"extract", "reach"}]
    names = (spec.heading, *title_parts(spec.page))
    if not any(named_for(rule, thing, names) for thing in things if thing):
        return False
    example = _example(work, rule.value)
    reading = read_rule(rule, columns_of(work), _listed(work), values_of(work), example=example)
    return not isinstance(reading, Condition)


def taken_apart(work: Work, rule: MatchRule, said: Sequence[str]) -> list[MatchRule]:
    """Return the conditions that a freely said one is made of, as the list's columns and values tell; itself when it is one.

    `said` are texts of the page, which a request may repeat without meaning anything by it.
    """
    if _known_condition(work, rule) is not None:
        return [rule]
    parts = apart(rule, columns_of(work), _listed(work), said)
    if not parts:
        work.notes.append(f"{rule.phrase!r} only names what the list shows: no condition.")
    return parts


def said_by_page(work: Work) -> list[str]:
    """Return what the list's page is called, what was followed to it, and the names of the list's columns."""
    kept = work.facts.get(PAGE_SAYS)
    followed = [
        step.args.target.name
        for step in (*work.draft.steps, *work.steps)
        if isinstance(step, ClickStep)
    ]
    heads = [column.header for column in columns_of(work)]
    return [*(map(str, kept) if isinstance(kept, list) else ()), *heads, *followed]


async def keep_matching(
    work: Work, conditions: Sequence[Condition], *, title: str, suffix: str = ""
) -> None:
    """Compile a step that keeps the present rows which satisfy every condition, and say how many they are today."""
    rows_id = rows_step(work)
    step = WhereStep(
        id=work.step_id(suffix),
        title=title,
        args=WhereArgs(rows=rows_id, conditions=tuple(conditions)),
    )
    await work.perform(step)
    work.facts["rows"] = step.id
    kept, of = len(work.rows(step.id)), len(work.rows(rows_id))
    today = Scope(today=work.context().today)
    said = " and ".join(condition_words(item, columns_of(work), today) for item in conditions)
    work.notes.append(f"{said}: {kept} of {of} rows today.")


def values_of(work: Work) -> dict[str, list[str]]:
    """Return the values of those columns of the list that have few different ones."""
    return cast("dict[str, list[str]]", list_fact(work).get("values") or {})


async def one_condition(work: Work, rule: MatchRule) -> Condition | None:
    """Return the comparison that a rule means on the list that was read last; asks when only a person can tell.

    None when the person says that the words are no condition.
    """
    columns = columns_of(work)
    known = _known_condition(work, rule)
    if known is not None and known.column in {column.name for column in columns}:
        return known
    rows = _listed(work)
    reading = read_rule(rule, columns, rows, values_of(work), example=_example(work, rule.value))
    if isinstance(reading, ColumnChoice):
        column = await _which_column(work, rule, reading.columns, rows)
        narrowed = rule.model_copy(update={"column": column.header or column.name})
        reading = read_rule(
            narrowed, [column], rows, values_of(work), example=_example(work, rule.value)
        )
    if isinstance(reading, ValueChoice):
        if not reading.default and awaited(work.agent, work.planned):
            return _still_to_come(work, rule, reading)
        return await _which_values(work, rule, reading)
    if isinstance(reading, Condition):
        return reading
    return await _unknown(work, rule, relative=isinstance(reading, Unknown) and reading.relative)


async def _which_column(
    work: Work, rule: MatchRule, columns: tuple[Column, ...], rows: list[Row]
) -> Column:
    labels = distinct([column_label(column, rows) for column in columns])
    field = FieldSpec(name="column", title="Column", type="choice", choices=tuple(labels))
    answer = await work.ask(
        f"column-{slug(rule.phrase)}",
        kind="choice",
        title=f"Which column does {rule.phrase!r} speak of?",
        fields=[field],
    )
    picked = str(answer.get("column"))
    if picked not in labels:
        raise Fatal(f"{rule.phrase!r} fits no column", code="not_found_on_page")
    return columns[labels.index(picked)]


async def _which_values(work: Work, rule: MatchRule, choice: ValueChoice) -> Condition:
    column = choice.column
    name = column.header or column.name.replace("_", " ")
    answer = await work.ask(
        f"values-{slug(rule.phrase)}",
        kind="choice",
        title=f"{name} has the values {', '.join(choice.values)}: which are {rule.phrase}?",
        fields=[
            FieldSpec(
                name=column.name,
                title=f"{name} that counts as {rule.phrase}",
                type="choices",
                choices=choice.values,
                default=cast("JsonValue", list(choice.default)) if choice.default else None,
            )
        ],
    )
    given = answer.get(column.name)
    picked = [str(item) for item in given] if isinstance(given, list) else [str(given)]
    if len(picked) == 1:
        return Condition(column=column.name, cmp="=", value=picked[0])
    return Condition(column=column.name, cmp="in", value=cast("list[JsonValue]", picked))


def _still_to_come(work: Work, rule: MatchRule, choice: ValueChoice) -> Condition:
    """Return the comparison with a value that no row has yet: that is why it is waited for."""
    name = choice.column.header or choice.column.name.replace("_", " ")
    value = rule.value if isinstance(rule.value, str) else rule.phrase
    work.notes.append(f"No row says {value!r} today: what is waited for is exactly that in {name}.")
    return Condition(column=choice.column.name, cmp="=", value=value)


async def _unknown(work: Work, rule: MatchRule, *, relative: bool) -> Condition | None:
    """Ask for column and value of a condition that nothing on the page explains."""
    columns = columns_of(work)
    rows = _listed(work)
    if relative:
        columns = [column for column in columns if column.type == "date"] or columns
    labels = distinct([column_label(column, rows) for column in columns])
    text = "The condition is compiled with exactly this value."
    if relative:
        text = "Name the first day: YYYY-MM-DD, or one that moves with the runs, such as {date.today-30}."
    answer = await work.ask(
        f"rule-{slug(rule.phrase)}",
        kind="choice",
        title=f"What does {rule.phrase!r} mean on this list?",
        text=text,
        fields=[
            FieldSpec(
                name="column", title="Column", type="choice", choices=(*labels, NO_CONDITION, NONE)
            ),
            FieldSpec(name="value", title="From this day" if relative else "Value", required=False),
        ],
    )
    picked, value = str(answer.get("column")), answer.get("value")
    if picked == NO_CONDITION:
        work.notes.append(f"{rule.phrase!r} is no condition, as you said.")
        return None
    if picked not in labels or value in {None, ""}:
        raise Fatal(
            f"{rule.phrase!r} could not be turned into a condition on this list",
            code="not_found_on_page",
            hint="Say it with a column and a value of the list.",
        )
    column = columns[labels.index(picked)]
    narrowed = MatchRule(
        phrase=rule.phrase,
        column=column.header or column.name,
        cmp=">=" if relative else rule.cmp,
        value=value,
    )
    reading = read_rule(narrowed, [column], rows, {})
    if isinstance(reading, Condition):
        return reading
    return Condition(column=column.name, cmp=narrowed.cmp, value=value)


def condition_words(condition: Condition, columns: list[Column], today: Scope) -> str:
    """Return the condition as a person would read it; a day that moves with the runs is said as of today."""
    header = next(
        (column.header or column.name for column in columns if column.name == condition.column),
        condition.column,
    )
    value = condition.value
    shown = ", ".join(str(item) for item in value) if isinstance(value, list) else str(value)
    if any(space == "date" for space, _ in names_in(shown)):
        shown = f"{render(shown, today)} (moves with the day of the run)"
    return f"{header} {condition.cmp} {shown}{' or empty' if condition.or_empty else ''}"


def _known_condition(work: Work, rule: MatchRule) -> Condition | None:
    """Return what an earlier version took the same rule for: nobody is asked twice what a word means."""
    known = work.facts.get(KNOWN_RULES)
    found = known.get(rule.phrase) if isinstance(known, dict) else None
    return Condition.model_validate(found) if isinstance(found, dict) else None


def _example(work: Work, value: JsonValue) -> JsonValue:
    if not isinstance(value, str):
        return None
    days = [name for space, name in names_in(value) if space == "date"]
    if days:
        return render(value, Scope(today=work.context().today))
    for space, name in names_in(value):
        if space == "inputs":
            return work.examples().get(name)
    return None


async def build_pick(work: Work) -> None:
    """Keep the planned rows: the first, the newest, the dearest."""
    planned = work.planned
    column = ""
    which = planned.which or "first"
    if which in {"newest", "oldest", "highest", "lowest"}:
        column = await _deciding_column(work, which)
    end = {"newest": "highest", "oldest": "lowest"}.get(which, which)
    step = PickStep.model_validate(
        {
            "id": work.step_id(),
            "title": planned.title or f"Take the {which}",
            "args": PickArgs.model_validate(
                {"rows": rows_step(work), "which": end, "count": planned.count, "column": column}
            ),
        }
    )
    await work.perform(step)
    work.facts["rows"] = step.id


async def _deciding_column(work: Work, which: str, *, doubt: str = "") -> str:
    columns = columns_of(work)
    rows = _listed(work)
    kinds = {"date"} if which in {"newest", "oldest"} else {"money", "number"}
    fitting = [column for column in columns if column.type in kinds]
    if work.planned.fields:
        match = map_field(work.planned.fields[0], columns, rows)
        if match.column is not None:
            return match.column.name
        fitting = list(match.rivals) or fitting
    if len(fitting) > 1 and kinds == {"date"}:
        fitting = main_dates(fitting, work.planned.title)
    if len(fitting) == 1:
        return fitting[0].name
    known = bool(fitting)
    fitting = fitting or columns
    labels = distinct([column_label(column, rows) for column in fitting])
    answer = await work.ask(
        "by",
        kind="choice",
        title=doubt or f"By which column is the {which} meant?",
        text=""
        if known
        else f"The list has no column of {'dates' if 'date' in kinds else 'numbers'}.",
        fields=[FieldSpec(name="column", title="Column", type="choice", choices=(*labels, NONE))],
    )
    picked = str(answer.get("column"))
    if picked not in labels:
        raise Fatal(
            "No column of the list holds the number that moves"
            if doubt
            else f"No column of the list decides which is the {which}",
            code="not_found_on_page",
            hint="Name the rows that are meant in another way, such as by a word of their title.",
        )
    return fitting[labels.index(picked)].name


async def build_memory(work: Work) -> None:
    """Keep the rows that are new, or changed, since earlier runs."""
    planned = work.planned
    move = next((rule.move for rule in planned.rules if rule.move is not None), None)
    if move is not None:
        await _build_moved(work, move)
        return
    rows_id = rows_step(work)
    columns: list[str] = []
    known = columns_of(work)
    rows = _listed(work)
    for field in planned.fields:
        match = map_field(field, known, rows)
        if match.column is not None:
            columns.append(match.column.name)
        else:
            work.notes.append(f"The list has no column for {field!r}; it is not compared.")
    step: NewSinceStep | ChangedStep
    if planned.op == "new_since":
        step = NewSinceStep(
            id=work.step_id(),
            title=planned.title or "Keep what is new",
            args=MemoryArgs(rows=rows_id, columns=tuple(columns)),
        )
    else:
        step = ChangedStep(
            id=work.step_id(),
            title=planned.title or "Keep what changed",
            args=ChangedArgs(rows=rows_id, columns=tuple(columns)),
        )
    await work.perform(step)
    work.facts["rows"] = step.id


async def _build_moved(work: Work, move: Move) -> None:
    """Keep the rows whose number moved far enough since the run before; asks which number, where several may be meant."""
    column = await _deciding_column(work, "highest", doubt="Which column is it that moves?")
    step = ChangedStep(
        id=work.step_id(),
        title=work.planned.title or "Keep what moved",
        args=ChangedArgs(rows=rows_step(work), columns=(column,), move=move),
    )
    await work.perform(step)
    work.facts["rows"] = step.id
    name = next((one.header or one.name for one in columns_of(work) if one.name == column), column)
    work.notes.append(
        f"{name} {move_words(move)} since the run before: the first run has nothing to compare with and only remembers."
    )


def move_words(move: Move) -> str:
    """Return the move as a person would read it: `down by more than 5 %`."""
    way = {"either": "moved", "up": "up", "down": "down"}[move.direction]
    return f"{way} by {'at least' if move.reached else 'more than'} {move.by:g}{' %' if move.percent else ''}"


async def build_store(work: Work) -> None:
    """Keep the rows in a dataset; files are kept as artifacts already, their rows name them."""
    planned = work.planned
    files = work.facts.get("files")
    files_step = str(files) if isinstance(files, str) else ""
    if "rows" not in work.facts:
        if planned.store_as == "files":
            work.notes.append("The file is kept with the agent's files.")
            return
        raise Fatal("There are no rows to store: no list was read before", code="not_found_on_page")
    fact = list_fact(work)
    key = tuple(str(item) for item in cast("list[JsonValue]", fact.get("key") or []))
    if planned.key:
        match = map_field(planned.key, columns_of(work), ())
        key = (match.column.name,) if match.column is not None else key
    take = tuple(str(item) for item in cast("list[JsonValue]", fact.get("take") or []))
    step = StoreStep(
        id=work.step_id(),
        title=planned.title or "Store the rows",
        args=StoreArgs(
            rows=rows_step(work),
            dataset=planned.dataset or work.agent.name,
            key=key,
            columns=take,
            files=files_step,
            export=_export(work) if not files_step else "",
        ),
    )
    await work.perform(step)


async def build_notify(work: Work) -> None:
    """Tell people at this point of each run; where rows were read, what they are, and nothing when there are none."""
    planned = work.planned
    rows = rows_step(work) if "rows" in work.facts else ""
    step = NotifyStep(
        id=work.step_id(),
        title=planned.title or "Tell people",
        args=NotifyArgs(
            text=f"{work.agent.name}: {'what was found' if rows else 'its steps are done'}",
            rows=rows,
        ),
    )
    result = await work.try_out(step)
    work.keep(step, result)
    told = result.record.evidence.get("told")
    if isinstance(told, list):
        work.notes.append(f"Each run tells {', '.join(map(str, told))}.")


def _export(work: Work) -> Literal["", "csv", "json"]:
    """Return the kind of file that the rows are written to as well."""
    kind = work.planned.file_type if work.planned.store_as == "both" else ""
    if kind in {"xlsx", "xls", "ods"}:
        work.notes.append("Tables are written as CSV, which spreadsheet programs open.")
        return "csv"
    return "csv" if kind == "csv" else "json" if kind == "json" else ""


def list_fact(work: Work) -> dict[str, JsonValue]:
    """Return what the build knows of the list that was read last.

    Raises:
        Fatal: If none was read.
    """
    fact = work.facts.get("list")
    if not isinstance(fact, dict):
        raise Fatal("No list was read before this step", code="not_found_on_page")
    return fact


def rows_step(work: Work) -> str:
    """Return the id of the step whose rows are the present ones."""
    list_fact(work)
    return str(work.facts.get("rows"))


def _listed(work: Work) -> list[Row]:
    """Return all rows of the list that was read last."""
    return cast("list[Row]", work.rows(str(list_fact(work)["step"])))


def columns_of(work: Work) -> list[Column]:
    """Return the columns of the list that was read last."""
    kept = cast("list[JsonValue]", list_fact(work).get("columns") or [])
    return [Column.model_validate(item) for item in kept]

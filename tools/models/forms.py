"""The forms a model's answers must have. What of an answer is taken over is decided in `reading`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Annotated, ClassVar, Literal, cast

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, JsonValue, model_validator

from podium.state.plan import PlanOp, Verb
from podium.state.program import Comparison, Effect
from podium.tools.models.leniency import plain_key, synonym, unwrapped

MAX_REQUESTS, MAX_STEPS = 10, 40

Scalar = str | float | bool | None


class _Said(BaseModel):
    """Part of an answer. Null stands for "not said"; what was not asked for is not looked at."""

    model_config = ConfigDict(frozen=True, extra="ignore", str_strip_whitespace=True)

    aliases: ClassVar[Mapping[str, str]] = {}
    """Other names of fields, as models give them."""
    main_list: ClassVar[str] = ""
    """The field that a bare list is taken for."""

    @model_validator(mode="before")
    @classmethod
    def _as_meant(cls, value: object) -> object:
        """Read the keys for what they mean; null stands for "not said"."""
        known = frozenset(cls.model_fields)
        fields = unwrapped(
            cast("JsonValue", value), fields=known | set(cls.aliases), listed=cls.main_list
        )
        if not isinstance(fields, Mapping):
            return cast("object", fields)
        named = {plain_key(key): item for key, item in fields.items() if item is not None}
        own = {name: item for name, item in named.items() if name in known}
        other = {cls.aliases[name]: item for name, item in named.items() if name in cls.aliases}
        return {**other, **own}


def _as_text(value: object) -> object:
    """Read a number as its text, a list of words as one text."""
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, list):
        parts = cast("list[object]", value)
        return ", ".join(str(part) for part in parts)
    return value


def _as_texts(value: object) -> object:
    """Read `"a, b"` as two texts, and `[{"name": "a"}]` by the names."""
    if isinstance(value, str):
        return [part.strip() for part in value.split(",") if part.strip()]
    if isinstance(value, Mapping):
        return [str(name) for name in cast("Mapping[str, object]", value)]
    if isinstance(value, list):
        return [_name_of(part) for part in cast("list[object]", value)]
    return value


def _name_of(part: object) -> object:
    if not isinstance(part, Mapping):
        return _as_text(part)
    fields = cast("Mapping[str, object]", part)
    return next((fields[key] for key in ("name", "field", "column", "title") if key in fields), "")


def _as_flag(value: object) -> object:
    return (
        {"yes": True, "no": False, "": False}.get(value.lower(), value)
        if isinstance(value, str)
        else value
    )


def _as_count(value: object) -> object:
    """Read `"all"` and `""` as no limit."""
    if isinstance(value, str) and not value.strip().lstrip("+-").isdigit():
        return None
    return value


def _as_share(value: object) -> object:
    """Read `"90%"`, `90` and `"high"` as a share of one."""
    if isinstance(value, str):
        said = {
            "high": 0.85,
            "very high": 0.9,
            "medium": 0.6,
            "low": 0.3,
            "certain": 0.9,
            "sure": 0.9,
        }
        text = value.strip().lower().rstrip("%")
        if text in said:
            return said[text]
        try:
            value = float(text) / (100 if value.strip().endswith("%") else 1)
        except ValueError:
            return value
    if isinstance(value, int | float) and not isinstance(value, bool) and 10 <= value <= 100:
        return value / 100
    return value


Text = Annotated[str, Field(max_length=500), BeforeValidator(_as_text)]
Texts = Annotated[tuple[Text, ...], BeforeValidator(_as_texts)]
Flag = Annotated[bool, BeforeValidator(_as_flag)]
Count = Annotated[int | None, BeforeValidator(_as_count)]

_OPS: Mapping[str, str] = {
    "goto": "open", "go_to": "open", "navigate": "open", "visit": "open", "open_url": "open", "open_page": "open",
    "navigate_to": "open", "browse": "open", "load": "open",
    "login": "sign_in", "log_in": "sign_in", "signin": "sign_in", "authenticate": "sign_in", "auth": "sign_in",
    "find": "reach", "find_page": "reach", "locate": "reach", "go_to_section": "reach", "navigate_section": "reach",
    "search_for": "search", "query": "search",
    "scrape": "extract", "read": "extract", "collect": "extract", "get": "extract", "list": "extract",
    "extract_data": "extract", "extract_table": "extract", "parse": "extract", "fetch": "extract", "gather": "extract",
    "where": "filter", "keep": "filter", "select_rows": "filter", "filter_rows": "filter",
    "limit": "pick", "take": "pick", "top": "pick", "sort": "pick", "choose_rows": "pick",
    "download_file": "download", "download_files": "download", "fetch_file": "download", "save_file": "download",
    "type": "fill", "input": "fill", "enter": "fill", "fill_form": "fill", "fill_in": "fill", "set": "fill",
    "select": "choose", "select_option": "choose", "check": "choose", "tick": "choose",
    "press": "click", "tap": "click", "click_button": "click", "click_link": "click", "push": "click",
    "send": "submit", "submit_form": "submit", "send_form": "submit", "confirm": "submit",
    "only_new": "new_since", "new": "new_since", "newer": "new_since", "detect_new": "new_since",
    "compare": "changed", "detect_changes": "changed", "diff": "changed", "on_change": "changed",
    "save": "store", "save_table": "store", "write": "store", "export": "store", "insert": "store", "persist": "store",
    "store_data": "store", "save_data": "store", "save_to_table": "store", "save_to_dataset": "store",
    "alert": "notify", "email": "notify", "send_email": "notify", "message": "notify", "tell": "notify",
    "agent": "task", "do": "task", "other": "task", "subtask": "task",
}  # fmt: skip
_VERBS: Mapping[str, str] = {
    "build": "create", "new": "create", "make": "create", "add": "create", "create_agent": "create", "setup": "create",
    "set_up": "create", "new_agent": "create", "automate": "create",
    "update": "modify", "change": "modify", "edit": "modify", "extend": "modify", "adjust": "modify",
    "remove": "delete", "destroy": "delete", "drop": "delete", "start": "run", "execute": "run", "trigger": "run",
    "launch": "run", "reschedule": "schedule", "cancel_schedule": "unschedule", "remove_schedule": "unschedule",
    "stop": "pause", "disable": "pause", "suspend": "pause", "continue": "resume", "enable": "resume",
    "unpause": "resume", "show": "inspect", "list": "inspect", "status": "inspect", "describe": "inspect",
    "view": "inspect", "diff": "compare", "revert": "rollback", "undo": "rollback", "restore": "rollback",
    "debug": "troubleshoot", "diagnose": "troubleshoot", "fix": "troubleshoot", "explain_failure": "troubleshoot",
    "connect": "chain", "link": "chain", "combine": "merge", "join": "merge", "recommend": "suggest",
    "backup": "export", "load": "import", "chat": "none", "unknown": "none", "other": "none", "null": "none",
}  # fmt: skip
_EFFECTS: Mapping[str, str] = {
    "reads": "read", "readonly": "read", "read_only": "read", "none": "read", "safe": "read", "": "read",
    "login": "sign_in", "auth": "sign_in", "writes": "write", "update": "write", "modify": "write", "mutate": "write",
    "create": "write", "destructive": "irreversible", "delete": "irreversible", "send": "irreversible",
    "payment": "irreversible", "dangerous": "irreversible",
}  # fmt: skip
_COMPARISONS: Mapping[str, str] = {
    "==": "=", "===": "=", "equals": "=", "equal": "=", "eq": "=", "is": "=", "matches": "=",
    "<>": "!=", "≠": "!=", "ne": "!=", "neq": "!=", "not": "!=", "is_not": "!=", "not_equal": "!=", "not_equals": "!=",
    "lt": "<", "less_than": "<", "below": "<", "under": "<", "before": "<",
    "≤": "<=", "lte": "<=", "le": "<=", "at_most": "<=", "max": "<=", "until": "<=",
    "gt": ">", "greater_than": ">", "more_than": ">", "above": ">", "over": ">", "after": ">",
    "≥": ">=", "gte": ">=", "ge": ">=", "at_least": ">=", "min": ">=", "since": ">=",
    "like": "contains", "includes": "contains", "include": "contains", "has": "contains", "any_of": "in", "one_of": "in",
    "not_contains": "lacks", "excludes": "lacks", "not_like": "lacks", "does_not_contain": "lacks",
}  # fmt: skip
_KINDS: Mapping[str, str] = {
    "table": "list", "grid": "list", "cards": "list", "records": "list", "catalogue": "list", "section": "page",
    "menu": "page", "link": "page", "detail": "page", "dashboard": "page", "dialog": "form", "folder": "files",
    "documents": "files", "file": "files", "none": "", "any": "",
}  # fmt: skip
_WHICH: Mapping[str, str] = {
    "latest": "newest", "most_recent": "newest", "recent": "newest", "earliest": "oldest", "top": "first",
    "bottom": "last", "max": "highest", "maximum": "highest", "largest": "highest", "most_expensive": "highest",
    "min": "lowest", "minimum": "lowest", "smallest": "lowest", "cheapest": "lowest", "all": "", "any": "", "none": "",
}  # fmt: skip
_STORES: Mapping[str, str] = {
    "dataset": "table", "database": "table", "rows": "table", "spreadsheet": "table", "csv": "table", "json": "table",
    "excel": "table", "xlsx": "table", "db": "table", "file": "files", "pdf": "files", "artifact": "files",
    "artifacts": "files", "folder": "files", "table_and_files": "both", "none": "",
}  # fmt: skip

SaidOp = Annotated[PlanOp, BeforeValidator(partial(synonym, table=_OPS))]
SaidVerb = Annotated[Verb, BeforeValidator(partial(synonym, table=_VERBS))]
SaidEffect = Annotated[Effect, BeforeValidator(partial(synonym, table=_EFFECTS))]
SaidComparison = Annotated[Comparison, BeforeValidator(partial(synonym, table=_COMPARISONS))]
SaidKind = Annotated[
    Literal["", "list", "form", "page", "files"], BeforeValidator(partial(synonym, table=_KINDS))
]
SaidWhich = Annotated[
    Literal["", "first", "last", "newest", "oldest", "highest", "lowest"],
    BeforeValidator(partial(synonym, table=_WHICH)),
]
SaidStore = Annotated[
    Literal["", "table", "files", "both"], BeforeValidator(partial(synonym, table=_STORES))
]


def _listed(value: object) -> object:
    """Read a single part like a list of one."""
    return [cast("object", value)] if isinstance(value, Mapping) else value


class SaidValue(_Said):
    """A name with a value: of a field to be filled in, or of an argument."""

    aliases = {"field": "name", "label": "name", "key": "name", "text": "value", "input": "value"}

    name: Text
    value: Annotated[str, Field(max_length=5_000), BeforeValidator(_as_text)]


def _pairs(value: object) -> object:
    """Read `{"Subject": "x"}` like `[{"name": "Subject", "value": "x"}]`: many models prefer the first."""
    if isinstance(value, Mapping):
        fields = cast("Mapping[str, object]", value)  # JSON objects have string keys
        return [{"name": name, "value": item} for name, item in fields.items()]
    return value


Values = Annotated[tuple[SaidValue, ...], BeforeValidator(_pairs)]


class SaidRule(_Said):
    """A condition on records."""

    aliases = {
        "condition": "phrase",
        "text": "phrase",
        "field": "column",
        "operator": "cmp",
        "op": "cmp",
        "comparison": "cmp",
    }

    phrase: Text
    column: Text = ""
    cmp: SaidComparison = "="
    value: Scalar = None


def _rules(value: object) -> object:
    """Read a rule that is only its words, and a single one, like a list of rules."""
    several = cast("list[object]", value) if isinstance(value, list) else [value]
    return [{"phrase": rule} if isinstance(rule, str) else rule for rule in several if rule != ""]


class SaidStep(_Said):
    """One step, in the user's words."""

    aliases = {
        "operation": "op", "action": "op", "type": "op", "step": "op", "name": "title", "description": "title",
        "label": "title", "target": "thing", "object": "thing", "element": "thing", "item": "thing", "what": "thing",
        "text": "thing", "link": "url", "href": "url", "address": "url", "site": "url", "columns": "fields",
        "conditions": "rules", "filters": "rules", "where": "rules", "filter": "rules", "form": "values", "data": "values",
        "inputs": "values", "credential": "secret", "credentials": "secret", "format": "file_type", "table": "dataset",
        "dataset_name": "dataset", "to": "dataset", "primary_key": "key", "n": "count", "number": "count",
    }  # fmt: skip

    id: Text = ""
    op: SaidOp
    title: Text = ""
    effect: SaidEffect = "read"
    url: Text = ""
    secret: Text = ""
    thing: Text = ""
    kind: SaidKind = ""
    fields: Texts = ()
    key: Text = ""
    limit: Count = None
    rules: Annotated[tuple[SaidRule, ...], BeforeValidator(_rules)] = ()
    which: SaidWhich = ""
    count: int = 1
    file_type: Text = ""
    per_row: Flag = False
    values: Values = ()
    store_as: SaidStore = ""
    dataset: Text = ""


class SaidSchedule(_Said):
    """When an agent runs."""

    cron: Text
    timezone: Text = ""
    words: Text = ""


def _schedule(value: object) -> object:
    """Read a schedule that is only its cron fields or its words."""
    if not isinstance(value, str):
        return value
    text = value.strip()
    if text.lower() in {"", "none", "null", "once", "manual", "on demand"}:
        return None
    if len(text.split()) == 5 and text[0] in "*0123456789":
        return {"cron": text}
    from podium.tools.offline.recurrence_reader import parse_recurrence

    rule = parse_recurrence(text)
    return {"cron": rule.cron if rule is not None else text, "words": text}


class SaidInput(_Said):
    """A value that changes from run to run."""

    name: Text
    type: Literal["text", "number", "date", "file"] = "text"
    default: Scalar = None
    description: Text = ""


class SaidMissing(_Said):
    """A further fact to ask for."""

    field: Text
    question: Text
    choices: Texts = ()


class SaidRequest(_Said):
    """One thing asked for."""

    aliases = {
        "intent": "verb", "action": "verb", "type": "verb", "agent": "agents", "agent_name": "agents", "name": "agents",
        "url": "site", "website": "site", "address": "site", "plan": "steps", "actions": "steps", "args": "arguments",
        "parameters": "arguments", "params": "arguments", "cron": "schedule",
    }  # fmt: skip

    verb: SaidVerb = "create"
    text: Text = ""
    agents: Texts = ()
    site: Text = ""
    schedule: Annotated[SaidSchedule | None, BeforeValidator(_schedule)] = None
    inputs: tuple[SaidInput, ...] = ()
    outputs: Texts = ()
    steps: Annotated[
        tuple[SaidStep, ...], Field(max_length=MAX_STEPS), BeforeValidator(_listed)
    ] = ()
    missing: tuple[SaidMissing, ...] = ()
    arguments: Values = ()


class SaidUnderstanding(_Said):
    """The whole reading."""

    main_list = "requests"
    aliases = {
        "request": "requests",
        "intents": "requests",
        "tasks": "requests",
        "message": "reply",
    }

    @model_validator(mode="before")
    @classmethod
    def _one_request(cls, value: object) -> object:
        """Read one request that stands alone like a list of one."""
        if not isinstance(value, Mapping):
            return value
        said = cast("Mapping[str, object]", value)  # JSON objects have string keys
        fields = {plain_key(name): part for name, part in said.items()}
        if "requests" in fields or not {"verb", "intent", "steps"} & set(fields):
            return said
        own = {name: part for name, part in fields.items() if name in cls.model_fields}
        return {**own, "requests": [said]}

    requests: Annotated[
        tuple[SaidRequest, ...], Field(max_length=MAX_REQUESTS), BeforeValidator(_listed)
    ]
    confidence: Annotated[float, Field(ge=0, le=1), BeforeValidator(_as_share)] = 0.7
    unexplained: Texts = ()
    reply: Annotated[str, Field(max_length=2_000)] = ""


class SaidAgent(_Said):
    """One agent of a changed outline."""

    name: Text
    goal: Text = ""
    inputs: tuple[SaidInput, ...] = ()
    schedule: Annotated[SaidSchedule | None, BeforeValidator(_schedule)] = None
    steps: Annotated[tuple[SaidStep, ...], Field(max_length=MAX_STEPS), BeforeValidator(_listed)]


class SaidPlan(_Said):
    """A changed outline, or why there is none."""

    main_list = "agents"
    aliases = {"agent": "agents", "error": "problem", "reason": "problem"}

    agents: Annotated[tuple[SaidAgent, ...], BeforeValidator(_listed)] = ()
    problem: Text = ""

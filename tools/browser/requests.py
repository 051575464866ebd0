"""What a request is, as far as its address and body tell: signature, operation, field names, and whether it only reads."""

from __future__ import annotations

import json
import re
from itertools import pairwise
from urllib.parse import parse_qsl, urlsplit

from pydantic import JsonValue

# Segments that stay: words, `v1`, `oauth2`, `report.csv`. Anything else with a digit names one thing out of many.
_WORD_SEGMENT = re.compile(r"(?i)[a-z][a-z_.~-]*\d{0,2}(\.[a-z]{1,5})?\Z")
_HEX_SEGMENT = re.compile(r"(?i)(?=[a-f]*\d)[0-9a-f]{8,}\Z")
_OPERATION = re.compile(r"[A-Za-z_][\w.:-]{0,60}\Z")
_OPERATION_FIELDS = ("action", "op", "operation", "method", "cmd", "command", "task", "do")
_GRAPHQL = re.compile(r"\s*(?:#[^\n]*\n\s*)*(query|mutation|subscription|fragment|\{)\s*(\w*)")
_READ_WORDS = frozenset(
    {
        "search", "query", "list", "find", "filter", "lookup", "autocomplete", "suggest", "typeahead", "count",
        "counts", "facets", "aggregate", "search_read", "web_search_read", "web_read", "name_search", "read_group",
        "web_read_group", "formatted_read_group", "search_count", "read", "fields_get", "get_views", "load_views",
        "load_menus", "searchresults", "getall", "getlist", "getitems", "getdata", "preview", "validate",
    }
)  # fmt: skip
_TELEMETRY_WORDS = frozenset(
    {
        "analytics", "beacon", "collect", "csp-report", "heartbeat", "keep-alive", "keepalive", "metrics", "pageview", "ping",
        "rum", "telemetry", "track", "tracking", "matomo.php", "piwik.php",
    }
)  # fmt: skip
_READ_VERBS = frozenset({"get", "find", "fetch", "read", "lookup"})
_READ_VERBS_OR_NOUNS = frozenset({"list", "search", "load", "query", "count"})
_LISTINGS = frozenset({"search", "query", "list", "lookup", "autocomplete"})
"""What a name that only reads may end in: `orders_search`."""
_WRITE_VERBS = frozenset(
    {
        "accept", "add", "apply", "approve", "assign", "ban", "buy", "clear", "create", "decline", "delete",
        "destroy", "disable", "drop", "edit", "empty", "enable", "execute", "flush", "grant", "insert",
        "invite", "join", "leave", "logout", "mark", "merge", "modify", "move", "patch", "pay", "publish",
        "purge", "put", "register", "reject", "remove", "rename", "reorder", "replace", "reset", "restore",
        "revoke", "save", "send", "set", "signout", "store", "submit", "subscribe", "sync", "truncate",
        "unlink", "unlock", "unsubscribe", "update", "upsert", "withdraw", "write",
    }
)  # fmt: skip
"""Words that do something wherever they stand in a name."""
_WRITE_VERBS_OR_NOUNS = frozenset(
    {
        "archive", "block", "book", "cancel", "change", "charge", "checkout", "clone", "close", "comment",
        "confirm", "copy", "duplicate", "follow", "import", "invoice", "like", "lock", "order", "post",
        "purchase", "rate", "refund", "report", "reserve", "run", "schedule", "share", "start", "stop",
        "transfer", "trigger", "upload", "vote",
    }
)  # fmt: skip
"""Words that do something unless a reading verb before them makes them the thing that is read: `get_order`."""
_GLUED = re.compile(
    r"(approve|assign|cancel|create|delete|destroy|insert|modify|publish|reject|remove|submit|unlink|update|upsert)(\w*)"
)
_NOUN_ENDINGS = frozenset(
    {
        "d", "ed", "led", "ted", "r", "er", "or", "rs", "ers", "ors", "ter", "ters", "s", "ment", "ments", "ee",
        "ees", "lation", "lations",
    }
)  # fmt: skip
"""What makes a thing or a state of such a verb: `deleted`, `publishers`, `updates`, `assignments`."""


def signature_of(method: str, url: str, operation: str = "") -> str:
    """Return `METHOD origin/path-template`: the request's meaning without ids, query values or body values."""
    parts = urlsplit(url)
    path = "/".join(map(_segment, parts.path.split("/"))) or "/"
    names = sorted({name for name, _ in parse_qsl(parts.query, keep_blank_values=True)})
    query = "?" + "&".join(f"{_segment(name)}=*" for name in names) if names else ""
    tail = f"#{operation}" if operation else ""
    return f"{method.upper()} {parts.scheme}://{parts.netloc}{path}{query}{tail}"


def _segment(segment: str) -> str:
    if not segment or (
        len(segment) <= 40 and _WORD_SEGMENT.match(segment) and not _HEX_SEGMENT.match(segment)
    ):
        return segment
    return "*" if re.search(r"\d", segment) or len(segment) > 40 else segment


def body_fields(body: str, content_type: str) -> tuple[str, ...]:
    """Return the names of the fields a body carries, never its values."""
    kind = content_type.lower()
    if "multipart/form-data" in kind:
        return tuple(dict.fromkeys(re.findall(r'(?<!file)name="([^"\r\n]{1,100})"', body)))
    value = _json(body)
    if isinstance(value, dict):
        return tuple(value)[:50]
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return tuple(value[0])[:50]
    if "urlencoded" in kind:
        return tuple(dict.fromkeys(name for name, _ in parse_qsl(body, keep_blank_values=True)))[
            :50
        ]
    return ()


def has_file(body: str, content_type: str) -> bool:
    """Return whether a body carries a file."""
    return "multipart/form-data" in content_type.lower() and bool(
        re.search(r'filename="[^"]', body)
    )


def operation_of(url: str, body: str, content_type: str) -> str:
    """Return the name of the operation where many share one address: GraphQL, JSON-RPC, `action=` fields; else ''."""
    value = _json(body)
    if isinstance(value, list):
        names = [_json_operation(item) for item in value if isinstance(item, dict)]
        return "+".join(sorted(set(filter(None, names))))[:120]
    if isinstance(value, dict):
        return _json_operation(value)
    pairs = parse_qsl(urlsplit(url).query)
    if "urlencoded" in content_type.lower():
        pairs += parse_qsl(body)
    named = dict(reversed(pairs))
    for name in _OPERATION_FIELDS:
        if _OPERATION.match(named.get(name, "")):
            return f"{name}={named[name]}"
    return ""


def _json_operation(value: dict[str, JsonValue]) -> str:
    given = value.get("operationName")
    named = given if isinstance(given, str) and _OPERATION.match(given) else ""
    document = value.get("query")
    if isinstance(document, str) and (found := _GRAPHQL.match(document)):
        kind = "query" if found[1] == "{" else found[1]
        if kind == "fragment":
            kind = "mutation" if re.search(r"\bmutation\b", document) else "query"
        inline = "" if found[1] == "{" else found[2]
        return f"{kind} {named or inline}".strip()
    if named:
        return named  # a query that the server knows by its name
    method = value.get("method")
    params = value.get("params")
    if isinstance(method, str) and ("jsonrpc" in value or "params" in value):
        inner = params.get("method") if isinstance(params, dict) else None
        chosen = inner if isinstance(inner, str) else method
        return chosen if _OPERATION.match(chosen) else ""
    for name in _OPERATION_FIELDS:
        found_name = value.get(name)
        if isinstance(found_name, str) and _OPERATION.match(found_name):
            return f"{name}={found_name}"
    return ""


_ACTS = frozenset(
    {"read", "list", "count", "load", "suggest", "get", "fetch", "preview", "validate"}
)
"""Alone behind one thing these are done to it: `/messages/12/read` marks it, `/orders/12/validate` confirms it."""
_PAGES = frozenset({"preview", "validate", "get", "fetch"})
"""Of those, what a whole form may be sent to without being kept."""


def only_reads(url: str, operation: str, body: str, *, document: bool = False) -> bool:
    """Return whether a non-GET request says by its form that it reads: a GraphQL query, or a name like `search`.

    `document` says that the whole page goes there, as when a form without a script is sent.
    """
    if re.match(r"(query|mutation|subscription)\b", operation):
        return (
            operation.split(" ")[0] == "query"
            and "mutation" not in operation
            and not re.search(r"\bmutation\b", body)
        )
    name = operation.rpartition("=")[2]
    if name and name != "call":
        return _reads(name)
    before, last = ["", *urlsplit(url).path.rstrip("/").split("/")][-2:]
    return _reads(last) and not _acts(last.lower(), before, document=document)


def _acts(name: str, before: str, *, document: bool) -> bool:
    """Return whether a word of reading is an imperative here: to a thing, to all of them, or of a form that suggests something."""
    if name not in _ACTS:
        return False
    if name == "read":
        return "." not in before  # of a model, as in `call_kw/res.partner/read`
    return _segment(before) == "*" or (document and name not in _PAGES)


def is_telemetry(url: str) -> bool:
    """Return whether an address by its name takes reports of what visitors do, or that they are still there."""
    return urlsplit(url).path.rstrip("/").rpartition("/")[2].lower() in _TELEMETRY_WORDS


def _reads(name: str) -> bool:
    """Return whether a name is one of reading; what may be a deed as well is none: `list_order` may sort the list."""
    if name.lower() in _READ_WORDS:
        return True
    words = [word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+", name)]
    if not words or any(map(_does_something, words)):
        return False
    if words[0] in _READ_VERBS:
        return not any(
            joint in {"and", "or", "then"} and word in _WRITE_VERBS_OR_NOUNS
            for joint, word in pairwise(words)
        )
    names_a_list = words[0] in _READ_VERBS_OR_NOUNS or (len(words) > 1 and words[-1] in _LISTINGS)
    return names_a_list and _WRITE_VERBS_OR_NOUNS.isdisjoint(words)


def _does_something(word: str) -> bool:
    glued = _GLUED.match(word)
    return word in _WRITE_VERBS or (glued is not None and glued[2] not in _NOUN_ENDINGS)


def _json(body: str) -> JsonValue:
    text = body.lstrip()
    if not text.startswith(("{", "[")):
        return None
    try:
        value: JsonValue = json.loads(text)
    except ValueError:
        return None
    return value

"""What a request is, as far as its address and body tell: signature, operation, field names, and whether it only reads."""

from __future__ import annotations

import json
import re
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
_WRITE_WORDS = re.compile(
    r"(?i)(delete|remove|destroy|create|insert|update|save|write|unlink|archive|cancel|approve|reject|send|submit|pay|"
    r"order|checkout|publish|upload|import|set|add|edit|assign|close|reset|logout|signout|transfer|book)"
)


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


def only_reads(url: str, operation: str, body: str) -> bool:
    """Return whether a non-GET request says by its form that it reads: a GraphQL query, or a name like `search`."""
    if operation.startswith(("query", "mutation", "subscription")):
        return (
            operation.split(" ")[0] == "query"
            and "mutation" not in operation
            and not re.search(r"\bmutation\b", body)
        )
    name = operation.rpartition("=")[2]
    if name and name != "call":
        return _reads(name)
    last = urlsplit(url).path.rstrip("/").rpartition("/")[2]
    return _reads(last)


def is_telemetry(url: str) -> bool:
    """Return whether an address by its name takes reports of what visitors do, or that they are still there."""
    return urlsplit(url).path.rstrip("/").rpartition("/")[2].lower() in _TELEMETRY_WORDS


def _reads(name: str) -> bool:
    lowered = name.lower()
    if lowered in _READ_WORDS:
        return True
    words = [word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+", name)]
    if not words or _WRITE_WORDS.search(name):
        return False
    return words[0] in {
        "get",
        "list",
        "search",
        "find",
        "fetch",
        "load",
        "query",
        "count",
        "read",
        "lookup",
    } or (len(words) > 1 and words[-1] in {"search", "query", "list", "lookup", "autocomplete"})


def _json(body: str) -> JsonValue:
    text = body.lstrip()
    if not text.startswith(("{", "[")):
        return None
    try:
        value: JsonValue = json.loads(text)
    except ValueError:
        return None
    return value

"""Secrets pasted into a request: found and cut out before anything else sees the text."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

PLACEHOLDER = "[secret]"
"""Stands where a secret was; the readers know it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundSecret:
    """A pasted secret: where it stood and whose it seems to be."""

    start: int
    end: int
    value: str = field(repr=False)
    kind: str = "password"
    """password | token | totp"""
    user: str = ""


_KEYWORD = (
    r"(?P<keyword>passwords?|passwd|passwort|pass\s?phrase|pass\s?code|passw|p/w|pwd|pw|pass|"
    r"pin(?:\s+code)?|secret(?:\s+key)?|api[\s_-]?key|access[\s_-]?key|(?:access|api|auth|bearer)?[\s_-]?token|totp(?:\s+(?:seed|secret))?|otp\s+(?:seed|secret)|2fa\s+(?:seed|secret))"
)
_QUOTED = r"\"[^\"\n]+\"|“[^”\n]+”|„[^“”\n]+[“”]|'[^'\n]+'(?!\w)|\u2018[^\u2019\n]+\u2019|`[^`\n]+`|«[^»\n]+»"
_SAID = re.compile(
    rf"(?<![\w-]){_KEYWORD}(?![\w-])(?P<glue>\s*(?:[:=]|→|->)\s*|\s+(?:is|was|of|being|will\s+be)\s*:?\s*|\s*\(\s*|\s+)"
    rf"(?P<value>{_QUOTED}|[^\s\"'“”\u2018\u2019`]\S*)",
    re.IGNORECASE,
)
_REVERSED = re.compile(
    rf"(?P<value>{_QUOTED}|\S+)\s+(?:is|as)\s+(?:the|my|our|its)\s+{_KEYWORD}(?![\w-])",
    re.IGNORECASE,
)
_PAIR = re.compile(
    r"(?<![\w-])(?P<lead>credentials?|creds|login|log\s?in\s+(?:with|as)|sign\s?in\s+(?:with|as)|user|username|account|logins?|as|with|using)(?:\s+(?:are|is|data|details))?\s*:?\s*"
    r"(?P<user>[\w.+@-]{2,})\s*(?:/|:|\|)\s*(?P<value>(?!/)[^\s/:|,;]{3,})",
    re.IGNORECASE,
)
_USERINFO = re.compile(r"(?<=://)(?P<user>[^\s/:@]+):(?P<value>[^\s/@]+)(?=@)")
_TOKENS = re.compile(
    r"(?<![\w-])(?:sk-[\w-]{16,}|gh[pousr]_\w{20,}|github_pat_\w{20,}|xox[abprs]-[\w-]{10,}|AKIA[0-9A-Z]{12,}|eyJ[\w-]{10,}\.[\w-]+\.[\w-]+"
    r"|glpat-[\w-]{16,}|AIza[\w-]{20,}|(?:sk|pk|rk)_(?:live|test)_\w{10,})"
)
_BEARER = re.compile(r"(?<![\w-])(?:Bearer|Basic)\s+(?P<value>[\w.~+/=-]{12,})")
_OTPAUTH = re.compile(r"otpauth://\S+")
_USER = re.compile(
    r"(?:\b(?:as|user(?:\s?name)?|login|account|e-?mail|u|id)\b(?:\s+name)?(?:\s+is|\s*[:=])?\s+|[:=]\s*)[\"'“\u2018]?(?P<user>[\w.+@-]{2,})[\"'”\u2019]?\s*(?:,|;|/|\(|\band\b|\bwith\b|\busing\b|&|\n)*\s*(?:the|my|a|his|her|its|our)?\s*$",
    re.IGNORECASE,
)

# After "password": these continue the sentence, they are not the password.
_NO_VALUE = frozenset(
    ["the", "a", "an", "my", "our", "your", "his", "her", "its", "their", "this", "that", "and", "or", "but", "to", "for", "from", "in", "on", "at", "of", "with", "as", "is", "are", "was", "be", "been", "it", "if", "when", "then", "so", "not", "no", "by", "into", "after", "before", "via", "using", "manager", "field", "fields", "page", "form", "reset", "protected", "protection", "box", "input", "policy", "prompt", "dialog", "screen", "stored", "saved", "set", "change", "changes", "expires", "expired", "expiry", "hint", "vault", "store", "you", "i", "we", "they", "please", "already", "still", "any", "every", "now", "yet", "being", "have", "has", "given", "provided", "below", "above", "here", "there", "which", "who", "what", "will", "can", "could", "should", "would", "must", "may", "know", "known", "secret", "secrets", "safe", "safely", "itself", "and/or", "required", "needed", "missing", "unknown", "found", "recovery", "strength", "less", "only", "also", "too", "later", "again", "login", "log", "sign", "open", "go", "download", "collect", "get", "fetch", "save", "new", "old", "current", "same", "correct", "right", "wrong", "first", "last", "next", "authentication", "auth", "based", "code", "codes", "link", "links", "cracking", "question", "questions", "rotation", "list", "table", "column", "number", "numbers", "between", "over", "under", "about", "inside", "within", "through", "until", "since", "because", "while", "where", "how", "why", "on/off"]
)  # fmt: skip
# These are said of a password in a question: "is the password still good?". Elsewhere they may be one.
_SAID_OF = frozenset(["ok", "okay", "valid", "fine", "good", "working", "works", "work"])
# Weaker still: these words name other things than secrets unless a colon or `is` follows.
_WEAK = frozenset({"pass", "secret", "pin", "token"})


def find_secrets(text: str) -> tuple[str, tuple[FoundSecret, ...]]:
    """Return the text with every pasted secret replaced by a placeholder, and what was found.

    Positions are those in the given text.
    """
    found: list[FoundSecret] = []
    for start, end, kind, user in sorted(_candidates(text), key=lambda span: (span[0], -span[1])):
        if found and start < found[-1].end:
            continue
        found.append(FoundSecret(start=start, end=end, value=text[start:end], kind=kind, user=user))
    clean: list[str] = []
    position = 0
    for secret in found:
        clean.append(text[position : secret.start] + PLACEHOLDER)
        position = secret.end
    clean.append(text[position:])
    cleaned = "".join(clean)
    # A secret said twice is cut out twice.
    for secret in found:
        if len(secret.value) >= 6:
            cleaned = re.sub(
                rf"(?<![\w@.]){re.escape(secret.value)}(?![\w@])", PLACEHOLDER, cleaned
            )
    return cleaned, tuple(found)


def _candidates(text: str) -> list[tuple[int, int, str, str]]:
    spans: list[tuple[int, int, str, str]] = []
    for pattern, kind in ((_TOKENS, "token"), (_OTPAUTH, "totp")):
        spans += [(match.start(), match.end(), kind, "") for match in pattern.finditer(text)]
    spans += [(*match.span("value"), "token", "") for match in _BEARER.finditer(text)]
    spans += [
        (*match.span("value"), "password", match["user"]) for match in _USERINFO.finditer(text)
    ]
    for match in _SAID.finditer(text):
        span = _said(text, match)
        if span is not None:
            spans.append((*span, _kind(match["keyword"]), _user_before(text, match.start())))
    for match in _REVERSED.finditer(text):
        start, end = _trim(text, *match.span("value"))
        if (
            text[start:end].lower() not in _NO_VALUE
            and match["keyword"].lower() not in _WEAK
            and PLACEHOLDER not in text[start:end]
            and "://" not in text[start:end]
        ):
            spans.append((start, end, _kind(match["keyword"]), ""))
    for match in _PAIR.finditer(text):
        value = match["value"]
        start, end = _trim(text, *match.span("value"))
        looks_secret = re.search(r"\d|[^\w.]", value) is not None or match[
            "lead"
        ].lower().startswith(("cred", "log", "sign"))
        is_clock = match["user"].isdigit() or ("." in value and re.search(r"\.[a-z]{2,3}$", value))
        if looks_secret and not is_clock and "//" not in match[0]:
            spans.append((start, end, "password", match["user"]))
    return spans


def _said(text: str, match: re.Match[str]) -> tuple[int, int] | None:
    keyword = re.sub(r"\s+", " ", match["keyword"].lower()).strip()
    explicit = re.search(r"[:=>(]|\b(?:is|was|of|being|be)\b", match["glue"]) is not None
    quoted = match["value"][0] in "\"“„'\u2018`«"
    start, end = _trim(text, *match.span("value"))
    value = text[start:end]
    if (
        not value
        or PLACEHOLDER.startswith(value)
        or value.startswith((PLACEHOLDER, "{", "<", "[", "$"))
    ):
        return None
    bare_word = value.isalpha() and value.islower()
    if keyword.endswith("s") and keyword != "pass" and not explicit:
        return None
    if value.lower() in _NO_VALUE and not quoted:
        return None
    asked = re.match(r"[^.!\n]*\?", text[end:]) is not None
    if value.lower() in _SAID_OF and asked and re.search(r"[:=>(]", match["glue"]) is None and not quoted:  # fmt: skip
        return None
    strong = explicit or quoted
    if keyword in _WEAK and not strong and (bare_word or not re.search(r"\d", value)):
        return None
    if keyword in {"pass", "pin", "token"} and "is" in match["glue"].split() and bare_word:
        return None
    if "://" in value:
        return None
    return start, end


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    """Leave out quotes and the punctuation of the sentence."""
    value = text[start:end]
    if len(value) > 1 and value[0] in "\"“„'\u2018`«":
        return start + 1, end - 1
    while end > start and (
        text[end - 1] in ",;"
        or (text[end - 1] in ".!?" and (end == len(text) or text[end : end + 1].isspace()))
        or (text[end - 1] == ")" and "(" not in text[start:end])
        or text[end - 1] in "\"'”\u2019"
    ):
        end -= 1
    return start, end


def _kind(keyword: str) -> str:
    lowered = keyword.lower()
    if "otp" in lowered or "2fa" in lowered:
        return "totp"
    return "token" if "token" in lowered or "key" in lowered else "password"


def _user_before(text: str, position: int) -> str:
    match = _USER.search(text[max(0, position - 80) : position])
    return match["user"].rstrip(".") if match else ""

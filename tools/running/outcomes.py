"""What a page says about what was sent to it: that it arrived, or that it was refused. Several languages; pure."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from pathlib import Path

from podium.state.document import JsonObject
from podium.tools.grounding.words import fold, unaccented
from podium.tools.page import Snapshot

_DATA = tomllib.loads(
    (Path(__file__).parent / "data" / "outcomes.toml").read_text(encoding="utf-8")
)


def _pattern(words: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{words})(?!\w)")


def _said(kind: str) -> re.Pattern[str]:
    """Return what finds one kind of words of the data file, in all its languages."""
    words = ("".join(unaccented(words).split("\n")) for words in _DATA[kind].values())
    return _pattern("|".join(words))


_SAYS_FAILED = _said("failed")
_SAYS_ARRIVED, _SAYS_REFUSED = _said("arrived"), _said("refused")
_SAYS_CONFIRM = _said("confirms")
_SAYS_CHECK = _said("checks")
_THANKS = _said("thanks")
_CONDITION = _said("condition")
_SENTENCE_END = re.compile(r"(?<=[.!?;])\s+|\n+")
_CREDENTIAL = _said("credential")
_BECAME = _said("became")


def says_arrived(text: str) -> bool:
    """Return whether the words say that something was taken, and want nothing: `if anything is missing` wants nothing."""
    parts = _parts(text)
    if not any(_SAYS_ARRIVED.search(part) for part in parts) or _says_failed(parts):
        return False
    if not any(_SAYS_REFUSED.search(part) for part in parts):
        return True
    stated = _is_taken(parts[0]) and not _THANKS.search(parts[0])
    return stated and not any(_is_so(_SAYS_REFUSED, part) for part in parts)


def says_refused(text: str) -> bool:
    """Return whether the words say that something was not taken; those that begin with its arrival only add to that."""
    parts = _parts(text)
    if _says_failed(parts):
        return True
    arrived = bool(parts) and _is_taken(parts[0]) and not _SAYS_REFUSED.search(parts[0])
    return not arrived and any(_SAYS_REFUSED.search(part) for part in parts)


def _parts(text: str) -> list[str]:
    """Return the sentences of a text, folded."""
    return [said for part in _SENTENCE_END.split(text) if (said := fold(part))]


def _says_failed(parts: Sequence[str]) -> bool:
    return any(_is_so(_SAYS_FAILED, part) for part in parts)


def _is_so(objection: re.Pattern[str], said: str) -> bool:
    """Return whether a sentence objects, and does not only say what would be if there were an objection."""
    found = objection.search(said)
    return found is not None and not _CONDITION.search(said[: found.start()])


def _is_taken(said: str) -> bool:
    """Return whether a sentence states that something was taken, in more than a word of thanks."""
    words = said.split()
    if not _SAYS_ARRIVED.search(said) or len(words) < 2:
        return False
    return bool(_SAYS_ARRIVED.fullmatch(words[-1])) or (
        len(words) >= 3 and bool(_BECAME.search(said) or _THANKS.search(said))
    )


def says_confirm(text: str) -> bool:
    """Return whether a button so called sends what is shown for checking."""
    return bool(_SAYS_CONFIRM.search(fold(text)))


def says_credential(text: str) -> bool:
    """Return whether the words speak of a user, a password or signing in."""
    return bool(_CREDENTIAL.search(fold(text)))


def _objects(text: str) -> bool:
    """Return whether the words object to anything, whatever they say first."""
    parts = _parts(text)
    words = any(_SAYS_REFUSED.search(part) for part in parts) or _says_failed(parts)
    return words and not says_arrived(text)


def fresh_messages(before: Snapshot | None, after: Snapshot) -> list[str]:
    """Return what the page tells its user now and did not before, marked as a message."""
    known = set(before.messages) if before is not None else set[str]()
    return [text for text in dict.fromkeys(after.messages) if fold(text) and text not in known]


def complaint_in(before: Snapshot | None, after: Snapshot, values: Sequence[str] = ()) -> str:
    """Return what the page's messages object to, in its own words; '' for nothing. What was written objects to nothing."""
    told = [text for text in fresh_messages(before, after) if says_refused(_without(values, text))]
    return " ".join(told)[:300]


def failure_in(before: Snapshot, after: Snapshot, values: Sequence[str]) -> str:
    """Return a fresh heading or line that says that something was not done, whatever else the page shows; '' for none.

    What was written may sound like it, and so may rows of other things and the names of links: they state nothing.
    """
    known = {*before.headings, *before.text.splitlines()}
    others = _unrelated(after, values)
    for line in dict.fromkeys((*after.headings, *after.text.splitlines())):
        if line in known or _flat(line) in others:
            continue
        if _says_failed(_parts(_without(values, line))):
            return " ".join(line.split())
    return ""


def _unrelated(page: Snapshot, values: Sequence[str]) -> set[str]:
    """Return the texts of links and buttons, and those of table rows that hold nothing of what was written."""
    found = {
        _flat(node.text or node.name)
        for node in page.nodes
        if node.role in {"link", "button", "tab", "menuitem", "option"}
    }
    written = [_flat(value) for value in values if _tells(value)]
    for item in page.collections:
        if item.kind != "table" or len(item.records) < 2:
            continue
        for record in item.records:
            cells = [_flat(value.text) for value in record.values]
            if not any(value in " ".join(cells) for value in written):
                found |= {*cells, " ".join(cells)}
    return found


def _without(values: Sequence[str], text: str) -> str:
    """Return the text without the values that were written, or '' where it is itself a part of one."""
    rest = _flat(text)
    parts = {
        _flat(part) for value in values if _tells(value) for part in (value, *value.splitlines())
    }
    for part in sorted(parts, key=len, reverse=True):
        if rest.strip(".\u2026 ") and rest.rstrip(".\u2026 ") in part:
            return ""
        if _tells(part):
            rest = rest.replace(part, " ")
    return rest


def complaint_line(before: Snapshot, after: Snapshot, values: Sequence[str] = ()) -> str:
    """Return a fresh line of the page that objects, wherever it stands; only for pages that show little else."""
    known = set(before.text.splitlines())
    for line in after.text.splitlines():
        if line not in known and len(line) <= 200 and _objects(_without(values, line)):
            return " ".join(line.split())
    return ""


def objection_on(page: Snapshot) -> str:
    """Return what a page that answered with an error says of it: its messages, else a line that objects; '' for nothing."""
    told = [text for text in dict.fromkeys(page.messages) if fold(text)]
    objecting = [text for text in told if _objects(text)] or told
    lines = (line for line in page.text.splitlines() if len(line) <= 200 and _objects(line))
    return " ".join(" ".join(objecting).split())[:300] or " ".join(next(lines, "").split())


def asks_to_confirm(before: Snapshot, after: Snapshot) -> str:
    """Return the button with which the page, instead of being done, asks to confirm what it was sent; '' when it does not."""
    known = {(node.name, node.form != "") for node in before.nodes if node.role == "button"}
    headings = set(after.headings) - set(before.headings)
    checks = any(_SAYS_CHECK.search(fold(text)) for text in headings)
    sending = {form.ref for form in after.forms if form.method != "get"}
    for node in after.nodes:
        if node.role != "button" or not node.visible or (node.name, node.form != "") in known:
            continue
        asks = _SAYS_CONFIRM.search(fold(node.name or node.text or node.value))
        if asks or (checks and node.form in sending):
            return node.name or node.text or node.value
    return ""


def proofs_of(
    before: Snapshot, after: Snapshot, values: Sequence[str], *, moved: bool
) -> list[JsonObject]:
    """Return what shows that a request the site answered was also taken.

    What the page says of it, where nothing it says is an objection; or the written values on the page now and not
    before, outside of the fields they were typed into. A page that still asks to confirm proves nothing, nor does one
    that says anywhere that something failed.
    """
    if complaint_in(before, after, values) or asks_to_confirm(before, after):
        return []
    if failure_in(before, after, values):
        return []
    told = [text for text in fresh_messages(before, after) if says_arrived(text)]
    if not told and same_form(before, after) and complaint_line(before, after):
        return []
    found: list[JsonObject] = [
        {"kind": "said", "text": " ".join(text.split())[:200]}
        for text in (told or _sentences(before, after))[:1]
    ]
    telling = [value for value in dict.fromkeys(values) if _tells(value)]
    shown = [value for value in telling if _times(value, after) > _times(value, before)]
    if shown and (moved or not _still_filled(telling, after)):
        echoed: JsonObject = {"kind": "echoed", "values": [value[:80] for value in shown[:5]]}
        found.append(echoed)
    return found


def same_form(before: Snapshot, after: Snapshot) -> bool:
    """Return whether a form that sends something is still there."""
    signatures = {form.signature for form in before.forms if form.method != "get"}
    return bool(signatures & {form.signature for form in after.forms})


def missing_hint(form: Snapshot | None, said: str) -> str:
    """Return what to do about an objection: the field that it names, as the form calls it."""
    named = _named_field(form, said) if form is not None and said else ""
    if named:
        return f"It speaks of {named!r}: give that field a value in the request, or as an input of the run."
    return (
        "Give the form the value that the site asks for, in the request or as an input of the run."
    )


def _named_field(form: Snapshot, said: str) -> str:
    """Return the field without a value that the words name, by its label or by the name it is sent under."""
    words = f" {fold(said)} "
    for node in form.nodes:
        if not (node.form or node.region == "form") or node.role in {"button", "link"}:
            continue
        group = node.role == "radio"
        sent_as = node.attributes.get("name", "")
        if node.value.strip() and not group:
            continue
        if group and any(
            other.checked and other.attributes.get("name") == sent_as for other in form.nodes
        ):
            continue
        label = (node.anchors[0] if group and node.anchors else "") or node.label or node.name
        for name in (label, sent_as):
            if fold(name) and f" {fold(name)} " in words:
                return label or sent_as
    return ""


def _sentences(before: Snapshot, after: Snapshot) -> list[str]:
    """Return fresh headings and lines that thank, or say that something was done: `Sent` as the name of a list is neither."""
    known = {*before.headings, *before.text.splitlines()}
    fresh = [
        text
        for text in dict.fromkeys((*after.headings, *after.text.splitlines()))
        if text not in known and len(text) <= 200 and says_arrived(text)
    ]
    return [text for text in fresh if _is_statement(text, heading=text in after.headings)]


def _is_statement(text: str, *, heading: bool) -> bool:
    said = fold(text)
    words = said.split()
    if _THANKS.search(said):
        return True
    if heading and len(words) >= 2 and _SAYS_ARRIVED.fullmatch(words[-1]):
        return True
    return len(words) >= 3 and bool(_BECAME.search(said))


def _tells(value: str) -> bool:
    """Return whether the value is found by chance nowhere else: not a number of two digits, not `yes`."""
    return len(fold(value).replace(" ", "")) >= 4


def _times(value: str, page: Snapshot) -> int:
    """Return how often the page shows the value, not counting the fields that hold it."""
    wanted = " ".join(value.split()).casefold()
    held = sum(
        max(_flat(node.text).count(wanted), _flat(node.value).count(wanted))
        for node in page.nodes
        if node.role in {"textbox", "searchbox"} and node.tag not in {"input", "textarea"}
    )
    return max(_flat(page.text).count(wanted) - held, 0)


def _still_filled(values: Sequence[str], page: Snapshot) -> bool:
    """Return whether the page shows its form with the values in it, as forms do that were not taken."""
    held = {
        _flat(node.value)
        for node in page.nodes
        if node.role in {"textbox", "searchbox"} and node.visible
    }
    return any(_flat(value) in held for value in values)


def _flat(text: str) -> str:
    return " ".join(text.split()).casefold()

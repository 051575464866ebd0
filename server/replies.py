"""What words mean for an open question: its answer, an approval, a change, the end, or something else. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from pydantic import JsonValue

from podium.state.document import JsonObject
from podium.state.plan import Request, Understanding
from podium.state.questions import FieldSpec, Question
from podium.tools.planner import CORRECTS

ReplyKind = Literal["answer", "approval", "rejection", "change", "cancel", "side", "instead"]


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


_YES = _set(
    """yes y yep yeah yup ja oui si sure ok okay k alright approve approved approving confirm confirmed accept accepted
    agree agreed go proceed continue start lgtm perfect great good fine nice correct right exactly absolutely definitely
    do build deploy ship run 👍 ✅ ✓"""
)
_NO = _set(
    """no n nope nah nein non reject rejected decline declined refuse refused deny denied don't dont not never wrong bad
    👎 ❌"""
)
_FILLERS = _set(
    """please thanks thank you the a an it this that is are looks look sounds seems me my to for with ahead on of now all
    very really just so then and i we plan one everything them as way works work way thing let's lets us would like want
    doing will can be well that's it's"""
)
_TURNS = frozenset({"but", "except", "instead", "however", "although", "only", "unless", "without"})
_CANCEL = re.compile(
    r"(?:please\s+|ok(?:ay)?,?\s+|(?:no|nah|nope|well|oh|hm+),?\s+|actually,?\s+|let'?s\s+)*"
    r"(?:cancel|abort|never\s*mind|forget|stop|quit|drop|abandon|give\s+up|call\s+(?:it\s+|the\s+whole\s+thing\s+)?off|abbrechen|vergiss)"
    r"(?:\s+(?:it|this|that|all|everything|here|now|about|the|whole|thing|build|request|job|work|plan|es|please|on))*[\s.!]*",
    re.IGNORECASE,
)
_DECLINES = re.compile(
    r"(?:(?:no|nah|nope)[,.\s]+(?:thanks|thank\s+you|neither|none(?:\s+of\s+(?:them|these|those))?)|neither(?:\s+of\s+(?:them|these|those))?|none\s+of\s+(?:them|these|those))[\s.!]*",
    re.IGNORECASE,
)
_REFUSING = re.compile(r"^(?:no|nope|nah|nein)[,.!]\s*", re.IGNORECASE)
_DECIDE = re.compile(
    r"(?:you\s+(?:decide|choose|pick)|(?:decide|choose|pick)\s+(?:it\s+|one\s+)?(?:for\s+me|yourself)|whatever|either(?:\s+(?:one|is\s+fine))?"
    r"|(?:use\s+|take\s+)?(?:the\s+)?default|i\s+don'?t\s+(?:care|mind)|up\s+to\s+you|don'?t\s+care)[\s.!]*",
    re.IGNORECASE,
)
_GOES_ON = re.compile(
    r"(?:please\s+|ok(?:ay)?,?\s+|and\s+|so,?\s+|just\s+|now\s+)*"
    r"(?:continue|go\s+on|go\s+ahead|carry\s+on|keep\s+going|proceed|resume|move\s+on|weiter|mach\s+weiter)"
    r"(?:\s+(?:it|this|that|with\s+(?:it|this|that|the\s+work)|the\s+work|working|now|please|then))*[\s.!]*",
    re.IGNORECASE,
)
_ORDINALS = {
    **dict.fromkeys(("first", "1st", "one"), 0),
    **dict.fromkeys(("second", "2nd", "two"), 1),
    **dict.fromkeys(("third", "3rd", "three"), 2),
    **dict.fromkeys(("fourth", "4th", "four"), 3),
    **dict.fromkeys(("fifth", "5th", "five"), 4),
    **dict.fromkeys(("last", "final"), -1),
}
_ADDRESS = re.compile(
    r"https?://[^\s<>\"'“”]+|(?:localhost|\[::1\]|(?:[\w-]+\.)+[\w-]+)(?::\d+)?(?:/[^\s<>\"'“”]*)?",
    re.IGNORECASE,
)
_LEAD = re.compile(
    r"(?:it\s+is|it'?s|that\s+is|that'?s|it\s+should\s+be|call\s+it|name\s+it)\s+", re.IGNORECASE
)
_POINTING = _set(
    "option number choose take use pick agent meant mean and or both all except but without"
)
_CLOSING = re.compile(
    r"(?:(?:ok(?:ay)?|great|fine|good|alright|thanks|thank\s+you|cheers|thx)[,.!\s]+)*(?:thanks|thank\s+you|that(?:'s|\s+is|\s+was|\s+will\s+be)\s+(?:all|it|everything)|bye|good\s*bye|see\s+you|talk\s+(?:to\s+you\s+)?later)(?:[,.!\s]+(?:thanks|thank\s+you|for\s+now|for\s+today|then|so\s+much|very\s+much|bye))*[.!\s]*",
    re.IGNORECASE,
)
_QUOTES = "\"'`\u2018\u2019\u201a\u201c\u201d\u201e\u00ab\u00bb"
_WORKSPACE = frozenset(
    {"rename", "delete", "run", "schedule", "unschedule", "pause", "resume", "inspect", "compare", "rollback", "troubleshoot", "export",
     "import", "chain", "split", "merge", "suggest"}
)  # fmt: skip
_SURE = 0.75
_SHORT = 4
"""Words: so many may be a choice with letters wrong; more say something else."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What the words mean, and the answer they make."""

    kind: ReplyKind
    answer: JsonObject = field(default_factory=dict[str, JsonValue])


def classify(
    question: Question,
    text: str,
    *,
    reading: Understanding | None = None,
    secrets: Iterable[tuple[str, str]] = (),
) -> Reply:
    """Return what the words mean for the open question.

    `reading` is what the planner reads in them as a request of their own; `secrets` are the names and origins of
    stored credentials. An answer may still not fit the question: checking it is the question's business.
    """
    said = text.strip()
    picked = _chosen(question, said, tuple(secrets))
    if picked is not None:
        return Reply("answer", picked)
    if reading is not None and any(item.arguments.get(CORRECTS) for item in reading.requests):
        return Reply("instead")
    if _CLOSING.fullmatch(said):
        return Reply("side")
    if _DECIDE.fullmatch(said) and question.default is not None:
        return Reply("answer", dict(question.default))
    pairs = _pairs(question, said)
    if pairs:
        return Reply("answer", pairs)
    if any(item.name == "decision" for item in question.fields) and question.kind != "choice":
        return _decide(question, said, reading)
    answer = _values(question, said, tuple(secrets))
    # "stop" may be a choice; where it is none, it is the end.
    chosen = any(item.choices for item in question.fields) and answer is not None
    if (_CANCEL.fullmatch(said) or _DECLINES.fullmatch(said)) and not chosen:
        return Reply("cancel")
    own = said.endswith("?") or _own_request(said, reading, unfit=answer is None)
    if answer is not None and not _is_open(question) and (not own or _says_only(question, said)):
        return Reply("answer", answer)
    unfit = answer is None and (_about_agents(said, reading) or _says_too_much(question, said))
    if own or unfit:
        return Reply("side")
    return Reply("answer", answer or _unfit(question, said))


def _chosen(
    question: Question, said: str, secrets: tuple[tuple[str, str], ...]
) -> JsonObject | None:
    """Return the answer of words that say a choice and nothing else: `keep it` takes nothing back then."""
    decides = question.kind != "choice" and any(f.name == "decision" for f in question.fields)
    return None if decides or not _says_only(question, said) else _values(question, said, secrets)


def _says_only(question: Question, said: str) -> bool:
    """Return whether the words say a choice and nothing else: `the second one`, not `what is invoices for?`."""
    choices = [choice for item in question.fields for choice in item.choices]
    words = [word for word in _words(said) if word not in _FILLERS]
    held = {word for choice in choices for word in _words(choice)}
    known = held | set(_ORDINALS) | _YES | _NO | _POINTING
    return bool(choices) and all(word in known or word.isdigit() for word in words)


def only_goes_on(text: str) -> bool:
    """Return whether the words only ask to go on with what is under way."""
    return _GOES_ON.fullmatch(text.strip()) is not None


def closes(text: str) -> bool:
    """Return whether the words only end the talk: `thanks, that's all`."""
    return _CLOSING.fullmatch(text.strip()) is not None


def _unfit(question: Question, said: str) -> JsonObject:
    """Return words that are none of a question's choices as they are: its default is not what they say."""
    only = question.fields[0] if len(question.fields) == 1 else None
    chosen = only is not None and only.type == "choice" and only.default is not None
    return {only.name: said} if only is not None and chosen else {}


# -- Reviews and approvals -------------------------------------------------------------------------


def _decide(question: Question, said: str, reading: Understanding | None) -> Reply:
    if _CANCEL.fullmatch(said):
        return Reply("cancel")
    verdict = _verdict(said)
    if verdict is True:
        answer: JsonObject = {"decision": "approve"}
        if _releases(said) and any(item.name == "release_writes" for item in question.fields):
            answer["release_writes"] = True
        return Reply("approval", answer)
    if verdict is False:
        return Reply("rejection", {"decision": "reject"})
    if said.endswith("?") or _own_request(said, reading):
        return Reply("side")
    if _takes_changes(question):
        return Reply("change", {"decision": "edit", "change": said})
    return Reply("side")


def _takes_changes(question: Question) -> bool:
    return any(item.name == "decision" and "edit" in item.choices for item in question.fields)


def _verdict(said: str) -> bool | None:
    """Return whether the words approve or reject; none when they say more than that."""
    words = _words(_without_release(said))
    if not words or _TURNS & set(words):
        return None
    meaning = [word for word in words if word not in _FILLERS]
    if not meaning:
        # "please", "looks like that": kind words alone decide nothing, but "go ahead" holds one that does.
        return None
    if any(word in _NO for word in meaning) and all(word in _NO | _YES for word in meaning):
        return False
    return True if all(word in _YES for word in meaning) else None


_RELEASE = re.compile(
    r"[\s,;]*\b(?:and\s+|please\s+)*(?:release\s+(?:the\s+)?writes?|(?:really|actually)\s+(?:do|send|submit|write|create|perform)(?:\s+(?:it|them|that|the\s+writes?))?|for\s+real)\b",
    re.IGNORECASE,
)


def _releases(said: str) -> bool:
    return _RELEASE.search(said) is not None


def _without_release(said: str) -> str:
    rest = _RELEASE.sub(" ", said).strip(" ,.;!")
    return rest or "yes"


# -- Fields ----------------------------------------------------------------------------------------


def _is_open(question: Question) -> bool:
    """Return whether any words whatever could be the answer."""
    wanted = [item for item in question.fields if item.required and item.default is None]
    return len(wanted) == 1 and wanted[0].type == "text" and wanted[0].name != "url"


def _says_too_much(question: Question, said: str) -> bool:
    """Return whether a choice alone is asked for, and the words are too many to be one with letters wrong."""
    wanted = [item for item in question.fields if item.required and item.default is None]
    chosen = bool(wanted) and all(item.type in {"choice", "choices"} for item in wanted)
    return chosen and len(said.split()) > _SHORT


def _values(
    question: Question, said: str, secrets: tuple[tuple[str, str], ...]
) -> JsonObject | None:
    """Return the answer for a question that one value can answer."""
    wanted = [item for item in question.fields if item.required and item.default is None]
    if not wanted:
        wanted = list(question.fields[:1])
    if len(wanted) != 1:
        return None
    value = _value(question, wanted[0], said, secrets)
    return None if value is None else {wanted[0].name: value}


def _value(
    question: Question, item: FieldSpec, said: str, secrets: tuple[tuple[str, str], ...]
) -> JsonValue:
    match item.type:
        case "choice":
            return _choice(question, item, said)
        case "choices":
            return _choices(item, said)
        case "number":
            numbers = re.findall(r"-?\d+(?:\.\d+)?", said)
            return float(numbers[0]) if len(numbers) == 1 else None
        case "boolean":
            return _verdict(said)
        case "secret":
            return _secret(item, said, secrets)
        case "text":
            return _text(item, said)


def _text(item: FieldSpec, said: str) -> str | None:
    if item.name == "url":
        found = _ADDRESS.findall(said)
        return found[0].rstrip(".,;:!?)") if len(found) == 1 else None
    named = re.compile(
        rf"(?:the\s+)?{re.escape(item.name.replace('_', ' '))}\s+is\s+", re.IGNORECASE
    )
    for lead in (named, _LEAD):
        match = lead.match(said)
        if match:
            said = said[match.end() :]
    quoted = re.fullmatch(
        r"(?:use|take)\s+[\"'“„`](?P<value>[^\"“”`]+)[\"'”“`]\.?", said, re.IGNORECASE
    )
    return quoted["value"] if quoted else _unquoted(said)


def _unquoted(text: str) -> str:
    text = text.strip()
    if len(text) > 1 and text[0] in _QUOTES and text[-1] in _QUOTES:
        return text[1:-1].strip()
    return text


def _secret(item: FieldSpec, said: str, secrets: tuple[tuple[str, str], ...]) -> JsonValue:
    words = re.findall(r"[^\s,;!?\"'“”]+", said)
    names = {name for name, _ in secrets}
    named = [word.rstrip(".") for word in words if word.rstrip(".") in names]
    if len(named) == 1:
        return {"stored": named[0]}
    here = [name for name, origin in secrets if not item.origin or origin == item.origin]
    told = set(_words(said)) & {
        "stored",
        "saved",
        "done",
        "kept",
        "added",
        "set",
        "yes",
        "ok",
        "ready",
    }
    if told and len(here) == 1:
        return {"stored": here[0]}
    return {"stored": words[0]} if len(words) == 1 and not secrets and not told else None


def _choice(question: Question, item: FieldSpec, said: str) -> str | None:
    found = _option(item.choices, said)
    if found is not None or len(item.choices) != 2:
        return found
    rest = _REFUSING.sub("", said)
    kept = _option(item.choices, rest) if rest != said else None
    verdict = _verdict(said) if kept is None else False
    if verdict is None:
        return None
    asked = set(_words(f"{question.title} {item.title}"))
    agreed = [choice for choice in item.choices if set(_words(choice)) <= asked]
    if len(agreed) != 1:
        return None
    other = [choice for choice in item.choices if choice != agreed[0]]
    if kept is not None:
        # "no, keep it" says it twice; "no, delete it" says nothing clear.
        return kept if kept == other[0] else None
    return agreed[0] if verdict else other[0]


def _choices(item: FieldSpec, said: str) -> JsonValue:
    everything = re.fullmatch(
        r"(?:all|both|everything|every\s+one|any)(?:\s+of\s+(?:them|these|those))?(?:\s+(?:except|but|without)\s+(?P<but>.+))?[\s.!]*",
        said,
        re.IGNORECASE,
    )
    if everything:
        left_out = _several(item.choices, everything["but"]) if everything["but"] else []
        if left_out is None:
            return None
        return [choice for choice in item.choices if choice not in left_out] or None
    found = _several(item.choices, said)
    return list(found) if found else None


def _several(choices: tuple[str, ...], said: str) -> list[str] | None:
    whole = _option(choices, said)
    parts = [part for part in re.split(r"\s*(?:,|;|&|\+|\band\b|\bplus\b|\bor\b)\s*", said) if part]
    found = [_option(choices, part) for part in parts]
    if all(part is not None for part in found) and found:
        return list(dict.fromkeys(part for part in found if part is not None))
    return [whole] if whole is not None else None


def _option(choices: tuple[str, ...], said: str) -> str | None:
    """Return the one choice that the words name: as it is, by its number, or by words only it has."""
    plain = _unquoted(said.strip().rstrip(".!")).casefold()
    for choice in choices:
        if choice.casefold() == plain:
            return choice
    words = [word for word in _words(said) if word not in _FILLERS - {"all", "one", "work", "now"}]
    words = [
        word
        for word in words
        if word not in {"option", "number", "choose", "take", "use", "pick", "one"}
    ] or words
    if len(words) == 1:
        index = _ORDINALS.get(words[0], int(words[0]) - 1 if words[0].isdigit() else None)
        if index is not None and -1 <= index < len(choices) and not _named(choices, words):
            return choices[index]
    named = _named(choices, words)
    return named[0] if len(named) == 1 else None


def _named(choices: tuple[str, ...], words: list[str]) -> list[str]:
    wanted = set(words)
    if not wanted:
        return []
    # The words are part of one choice, or hold all of one choice.
    inside = [choice for choice in choices if wanted <= set(_words(choice))]
    if inside:
        return inside
    held = [choice for choice in choices if _words(choice) and set(_words(choice)) <= wanted]
    longest = max((len(_words(choice)) for choice in held), default=0)
    negated = bool(wanted & (_NO | {"without", "except"}))
    return [] if negated else [choice for choice in held if len(_words(choice)) == longest]


# -- `field: value` --------------------------------------------------------------------------------


def _pairs(question: Question, said: str) -> JsonObject:
    """Return what `field: value` and `field = value` in the words say, by field name or title."""
    names: dict[str, FieldSpec] = {}
    for item in question.fields:
        for name in (item.name, item.name.replace("_", " "), item.title.rstrip("?: ")):
            if name:
                names.setdefault(name.casefold(), item)
    if not names:
        return {}
    known = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    marks = list(
        re.finditer(
            rf"(?:^|[,;\n]|\band\b)\s*(?:the\s+)?(?P<name>{known})\s*[:=]\s*", said, re.IGNORECASE
        )
    )
    found: JsonObject = {}
    for index, mark in enumerate(marks):
        end = marks[index + 1].start() if index + 1 < len(marks) else len(said)
        value = _unquoted(said[mark.end() : end].strip().rstrip(",;"))
        item = names[mark["name"].casefold()]
        found[item.name] = _typed(item, value)
    return found


def _typed(item: FieldSpec, value: str) -> JsonValue:
    match item.type:
        case "choice":
            return _option(item.choices, value) or value
        case "choices":
            return _choices(item, value) or value
        case "secret":
            return {"stored": value}
        case _:
            return value


# -- Requests of their own -------------------------------------------------------------------------


def _own_request(said: str, reading: Understanding | None, *, unfit: bool = False) -> bool:
    """Return whether the words are a request about something else; `unfit`: they cannot be the answer."""
    if reading is None or reading.confidence < _SURE:
        return False
    return any(_stands_alone(request, said, unfit=unfit) for request in reading.requests)


def _about_agents(said: str, reading: Understanding | None) -> bool:
    """Return whether words that cannot be the answer are about an agent, though not all of them was understood."""
    plain = " ".join(_words(said))
    found = reading.requests if reading is not None else ()
    return any(
        request.verb not in {"none", "create"} and " ".join(_words(name)) in plain
        for request in found
        for name in request.agents
    )


def _stands_alone(request: Request, said: str, *, unfit: bool) -> bool:
    if request.verb == "create":
        # A whole job, with its site: nobody answers a question like that.
        return bool(request.site) and len(request.steps) > (1 if unfit else 2)
    if request.verb not in _WORKSPACE:
        return False
    if unfit or request.arguments.get("all"):
        return True
    plain = " ".join(_words(said))
    named = any(" ".join(_words(name)) in plain for name in request.agents)
    return named or (request.verb == "inspect" and not request.agents)


def _words(text: str) -> list[str]:
    return re.findall(r"[\w']+|[👍✅✓👎❌]", text.casefold().replace("\u2019", "'"))

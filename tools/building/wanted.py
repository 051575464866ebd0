"""What the plan will need of a page: read ahead from the planned steps, used to prove arrival and to choose lists."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import parse_qsl, unquote, urlsplit

from podium.state.plan import MatchRule, PlannedAgent, PlannedStep, waited_for
from podium.tools.building.vocabulary import STOP
from podium.tools.grounding.words import similarity, stem, tokens

_SAME = 0.85


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A thing on a site and what later steps expect of the page that shows it."""

    thing: str
    aliases: tuple[str, ...] = ()
    """What later steps call it: the `products` of a `catalogue`."""
    kind: str = ""
    fields: tuple[str, ...] = ()
    values: dict[str, str] = field(default_factory=dict[str, str])
    """Form fields that will be filled, with their values."""
    rules: tuple[MatchRule, ...] = ()
    file_type: str = ""
    files: bool = False
    """Files are going to be fetched."""
    per_row: bool = False
    """A file of each row, not one of the page."""
    rows: bool = False
    """Rows are going to be read."""
    form: bool = False
    """A form is going to be filled."""
    query: str = ""
    """What was searched for before: the results say it."""
    shown_before: frozenset[str] = frozenset()
    """Lists that stood there before the search, as `lists.mark` tells them: unless they say its words, they are no results."""
    common: frozenset[str] = frozenset()
    """Stems of words that the whole site is about."""

    def likeness(self, text: str) -> float:
        """Return how well a text on the page names the thing."""
        plain = self._without_rules(text)
        own = max(likeness(self.thing, said, self.common) for said in (text, plain))
        return max((own, *(0.95 * likeness(name, text, self.common) for name in self.aliases)))

    def _without_rules(self, text: str) -> str:
        """Return the text without the words of a short condition: `Overdue loans` names the loans that are overdue."""
        short = [words for rule in self.rules if 0 < len(words := content_words(rule.phrase)) <= 2]
        asked = {stem(word) for words in short for word in words} - stems((self.thing,))
        return " ".join(word for word in content_words(text) if stem(word) not in asked)

    @property
    def path(self) -> tuple[str, ...]:
        """Return the folders within folders that the thing names: `reports/2026`; empty when it is no path."""
        parts = tuple(part.casefold() for part in self.thing.split("/") if part)
        return parts if len(parts) > 1 and " " not in self.thing else ()

    @property
    def qualified(self) -> tuple[str, str] | None:
        """Return the words that may qualify the thing, and the thing without them: `vinyl`, `albums`."""
        words = self.thing.split()
        if len(words) < 2 or not all(word.isalpha() for word in words):
            return None
        return " ".join(words[:-1]), words[-1]

    @property
    def is_generic(self) -> bool:
        """Whether the thing is called by no name of its own: `files`, `all records`."""
        return not _is_telling(self.thing, "")

    def meets_rule(self, text: str) -> bool:
        """Return whether the text is what a condition asks for: a folder `2026` for `of 2026`, a view `Overdue`."""
        said = content_words(text)
        return bool(said) and any(content_words(rule.phrase) == said for rule in self.rules)


def awaited(agent: PlannedAgent, planned: PlannedStep) -> bool:
    """Return whether a step filters what another one waits for: none of it need be there today."""
    return any(
        step.op == "wait" and waited_for(agent.steps, step)[1] == planned for step in agent.steps
    )


def look_ahead(agent: PlannedAgent, planned: PlannedStep) -> Wanted:
    """Return what the step, and those after it on the same page, expect."""
    ids = [step.id for step in agent.steps]
    start = ids.index(planned.id) if planned.id in ids else 0
    own = agent.steps[start] if planned.id in ids else planned
    ahead = [own]
    for step in agent.steps[start + 1 :]:
        if step.op in {"open", "reach", "sign_in"}:
            break
        ahead.append(step)
    before = agent.steps[: start + 1][::-1] if own.op == "extract" else ()
    searched = next((step for step in before if step.op in {"search", "reach", "open"}), None)
    query = searched.thing if searched is not None and searched.op == "search" else ""
    return replace(_wanted(planned, ahead), query=query)


def _wanted(planned: PlannedStep, ahead: list[PlannedStep]) -> Wanted:
    fields: list[str] = []
    values: dict[str, str] = {}
    rules: list[MatchRule] = []
    file_type, files = "", False
    for step in ahead:
        if step.op in {"extract", "new_since", "changed", "pick"}:
            said = (name for name in step.fields if name not in step.implied)
            fields.extend(name for name in said if name not in fields)
        if step.key and step.key not in fields:
            fields.append(step.key)
        values |= step.values
        rules.extend(step.rules)
        # A column that only follows from the words (`before 1990` speaks of a date) is no name to look for.
        fields.extend(
            rule.column
            for rule in step.rules
            if rule.column in rule.phrase.casefold() and rule.column not in ("", *fields)
        )
        if step.op == "download":
            files, file_type = True, step.file_type
    thing = planned.thing or next((step.thing for step in ahead if step.thing), "")
    aliases = [step.thing for step in ahead if step.op in {"extract", "fill", "submit"}]
    return Wanted(
        thing=thing,
        aliases=tuple(name for name in dict.fromkeys(aliases) if _is_telling(name, thing)),
        kind=planned.kind,
        fields=tuple(fields),
        values=values,
        rules=tuple(rules),
        file_type=file_type,
        files=files,
        per_row=any(step.op == "download" and step.per_row for step in ahead),
        rows=any(step.op == "extract" for step in ahead),
        form=any(step.op in {"fill", "choose", "submit"} for step in ahead),
    )


_GENERIC = frozenset(
    [
        "results",
        "result",
        "items",
        "item",
        "rows",
        "row",
        "records",
        "record",
        "entries",
        "entry",
        "everything",
        "all",
        "things",
        "files",
        "file",
        "data",
        "hits",
        "matches",
        "ergebnisse",
        "eintrage",
        "alles",
        "daten",
        "dateien",
    ]  # a list of words reads better so
)


def _is_telling(name: str, thing: str) -> bool:
    words = set(tokens(name))
    return bool(words - _GENERIC - STOP) and name != thing


def content_words(text: str) -> tuple[str, ...]:
    """Return the words of a name that carry its meaning: no articles, and no counts, but years."""
    words = tuple(word for word in tokens(text) if not word.isdigit() or _is_year(word))
    return tuple(word for word in words if word not in STOP) or words


def _is_year(word: str) -> bool:
    return len(word) == 4 and word.isdigit() and word[:2] in {"19", "20"}


def _word_likeness(a: str, b: str) -> float:
    if a == b or stem(a) == stem(b):
        return 1.0
    return similarity(a, b)


def likeness(thing: str, text: str, common: frozenset[str] = frozenset()) -> float:
    """Return how well a text on the page names the thing, 0 to 1; further words in the text count against it.

    `common` are words that the whole site is about: on a bookshop, `books` says little of `fantasy books`.
    """
    wanted, said = content_words(thing), content_words(text)
    if not wanted or not said:
        return 0.0
    if wanted == said or tuple(map(stem, wanted)) == tuple(map(stem, said)):
        return 1.0
    hits = 0.0
    weights = {word: 0.25 if stem(word) in common else 1.0 for word in wanted}
    if len(set(weights.values())) == 1:
        weights = dict.fromkeys(wanted, 1.0)
    used: set[int] = set()
    for word in wanted:
        scores = [(_word_likeness(word, other), place) for place, other in enumerate(said)]
        best, place = max(scores)
        if best >= _SAME:
            hits += best * weights[word]
            used.add(place)
    covered = hits / sum(weights[word] for word in wanted)
    extra = (len(said) - len(used)) / len(said)
    by_words = covered * (1 - 0.5 * extra)
    # Short phrases may be synonyms as a whole ("purchase orders" / "POs"); long sentences never are.
    whole = similarity(" ".join(wanted), " ".join(said)) if len(said) <= 4 else 0.0
    return max(by_words, whole if whole >= _SAME else 0.0)


_COUNTS = re.compile(
    r"^(?:#\s*(?=[^\W\d_])|(?:number|count|total|no\.|nr\.|anzahl|nombre|numero) (?:of|de|der|di)\b)|\bcount$",
    re.IGNORECASE,
)


def counts(head: str) -> bool:
    """Return whether a head says how many of its things there are: rows under `# Members` are no members."""
    return _COUNTS.search(head.strip()) is not None


def stems(texts: tuple[str, ...]) -> frozenset[str]:
    """Return the stems of all content words of the texts."""
    return frozenset(stem(word) for text in texts for word in content_words(text))


_NUMBERS = frozenset({"number", "no", "nr", "id", "code"})


def shorter_names(field: str, thing: str) -> tuple[str, ...]:
    """Return how the list itself may call a column: of orders, the `order number` is the `Number`, or the `Order`."""
    about = stems((thing,))
    words = field.split()
    kept = [word for word in words if not stems((word,)) <= about]
    if not 0 < len(kept) < len(words):
        return ()
    own = " ".join(word for word in words if word not in kept)
    return (" ".join(kept), own) if set(kept) <= _NUMBERS else (" ".join(kept),)


def in_place(rule: MatchRule, url: str) -> bool:
    """Return whether a folder of the address is just what the condition asks for, so that all in it meets it."""
    words = content_words(rule.phrase)
    return bool(words) and any(segment == words for segment in _segments(url))


def named_for(rule: MatchRule, thing: str, names: Sequence[str]) -> bool:
    """Return whether a list or its page is called after the condition and the thing, and nothing else: `Overdue loans`."""
    asked = stems((rule.phrase,))
    return bool(asked) and any(stems((name,)) == asked | stems((thing,)) for name in names if name)


def in_other_year(rule: MatchRule, url: str) -> bool:
    """Return whether the address is the folder of another year than the condition asks for."""
    words = content_words(rule.phrase)
    years = {segment[0] for segment in _segments(url) if len(segment) == 1 and _is_year(segment[0])}
    return len(words) == 1 and _is_year(words[0]) and bool(years) and words[0] not in years


def _segments(url: str) -> list[tuple[str, ...]]:
    parts = urlsplit(url)
    segments = (*parts.path.split("/"), *parts.fragment.split("/"))
    return [tokens(unquote(segment)) for segment in segments if segment]


def along(path: tuple[str, ...], text: str) -> float:
    """Return how much of a path the end of an address or a heading goes along: 1 is all of it, its last folder included."""
    said = (
        address_parts(text) if "://" in text else tuple(text.casefold().replace("/", " ").split())
    )
    if not said:
        return 0.0
    return next(
        (count / len(path) for count in range(len(path), 0, -1) if said[-count:] == path[:count]),
        0.0,
    )


def address_parts(url: str) -> tuple[str, ...]:
    """Return the folders that an address names, in its path, its fragment or its query, and in this order."""
    parts = urlsplit(url)
    query = [value for _, value in parse_qsl(parts.query)]
    said = "/".join((parts.path, parts.fragment.lstrip("!"), *query))
    return tuple(unquote(part).casefold() for part in said.split("/") if part)


_TITLE_PARTS = re.compile(r"\s+[|\-\u2013\u2014\u00b7:\u00bb/]\s+|\s*[|\u00bb]\s*")


def title_parts(title: str) -> tuple[str, ...]:
    """Return the parts of a window title: `Invoices | Acme` names a page and a site."""
    return tuple(part for part in _TITLE_PARTS.split(title) if part.strip())


def url_words(url: str) -> tuple[str, ...]:
    """Return the last meaningful path segments of an address as words, nearest first."""
    parts = urlsplit(url)
    path = parts.path + ("/" + parts.fragment if parts.fragment.startswith(("/", "!")) else "")
    segments = [
        re.sub(r"\.(html?|php|aspx?|jsp|cgi)$", "", s) for s in path.split("/") if s.strip("!#")
    ]
    query = [
        value for pair in parts.query.split("&") if "=" in pair for value in [pair.split("=", 1)[1]]
    ]
    words = [unquote(s).replace("-", " ").replace("_", " ") for s in [*segments, *query]]
    return tuple(word for word in reversed(words) if word and not word.isdigit())[:3]

"""Which act a verb means: its object decides."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from podium.tools.offline.clauses import Clause
from podium.tools.offline.lexicon import among, words
from podium.tools.offline.nouns import NounPhrase
from podium.tools.offline.tokens import Token

_REPORTS = frozenset(
    {
        "list",
        "table",
        "spreadsheet",
        "csv",
        "dataset",
        "overview",
        "summary",
        "copy",
        "sheet",
        "backup",
        "file",
        "report",
        "inventory",
        "excel",
        "collection",
        "compilation",
        "export",
    }
)


def choose_act(  # noqa: C901  rules tried in their order, each short
    clause: Clause, nouns: Sequence[NounPhrase], tokens: Sequence[Token], *, form_open: bool
) -> str:
    """Return the act of a clause, `nothing` when it has none that a web job knows."""
    if clause.verb is None:
        if form_open and any(token.kind == "pair" for token in tokens):
            return "fill"
        return _fragment(nouns, tokens)
    acts = clause.verb.web
    if not acts and sum(token.kind == "pair" for token in tokens) >= 2:
        return "add"  # `ask for a permit: street ..., first day ...`
    if not acts:
        return "nothing"
    if _leaves_unsent(clause, tokens):
        clause.negated = True
        return "submit"
    if (
        clause.verb.phrase == "pick out"
        and nouns
        and nouns[0].plural
        and any(token.kind == "url" for token in tokens)
    ):
        return "take"  # "pick out the allotments with a shed at URL"
    plain = _by_phrase(acts, clause, nouns, tokens)
    if plain:
        return plain
    if len(acts) == 1:
        return _single(next(iter(acts)), clause, nouns)
    noun = nouns[0] if nouns else None
    if (
        (noun is None or (noun.pronoun and not noun.words))
        and "add" in acts
        and any(token.kind == "pair" for token in tokens[:2])
    ):
        return "add"  # `report that the lift is stuck`
    for decide in (_special, _by_destination, _by_pronoun, _by_form, _by_object):
        act = decide(acts, clause, noun, tokens, form_open)
        if act:
            return act
    order = ("sign_in", "download", "skip", "filter", "notify", "add", "fill", "submit", "click", "open", "search", "watch", "take", "store", "pick", "choose", "key", "change", "repeat", "sort", "send", "pay", "wait")  # fmt: skip
    return next((_named(act) for act in order if act in acts), "nothing")


def _by_phrase(
    acts: frozenset[str],
    clause: Clause,
    nouns: Sequence[NounPhrase],
    tokens: Sequence[Token],
) -> str:
    """Decide where verb and object together are a phrase of their own."""
    if _prepares_form(clause, nouns):
        return "fill"
    if "fill" in acts and any(
        first.low == "search" and second.low in among("field box bar input")
        for first, second in pairwise(tokens)
    ):
        # Typing into a search box is a search.
        return "search"
    listed = (
        nouns
        and not nouns[0].quoted
        and (nouns[0].new or nouns[0].conditions)
        and clause.verb is not None
        and not clause.verb.phrase.startswith(("search", "query", "google"))
    )
    # "look for new flats": a list, not words for a search box.
    return "take" if set(acts) == {"search"} and listed else ""


def _prepares_form(clause: Clause, nouns: Sequence[NounPhrase]) -> bool:
    """Read `prepare the order form`: filled, and sent only when that is said too."""
    return (
        bool(nouns)
        and nouns[0].head == "form"
        and nouns[0].definite
        and clause.verb is not None
        and clause.verb.phrase in among("prepare|draft|compose|set up|get ready")
    )


def _leaves_unsent(clause: Clause, tokens: Sequence[Token]) -> bool:
    """Read `leave it unsent`, `keep it as a draft`: a form that is filled and not sent."""
    verb = clause.verb.phrase.split()[0] if clause.verb is not None else ""
    return verb in among("leave keep") and any(
        token.low in among("unsent unsubmitted unsaved unposted") for token in tokens
    )


def _named(act: str) -> str:
    return {"pay": "add", "send": "add"}.get(act, act)


def _single(act: str, clause: Clause, nouns: Sequence[NounPhrase]) -> str:
    if act == "repeat" and nouns and not nouns[0].pronoun:
        return "nothing"
    return _named(act)


def _fragment(nouns: Sequence[NounPhrase], tokens: Sequence[Token]) -> str:
    """Without a verb: a place, a time, or the thing itself in telegram style."""
    if len(tokens) > 1 and tokens[0].low == "key" and tokens[1].low in among("is : = by"):
        return "key"
    if (
        nouns
        and nouns[0].which
        and any(noun.pronoun or noun.head in words("nouns", "generic") for noun in nouns[:1])
        and len(tokens) <= len(nouns[0].tokens) + 1
    ):
        return "pick"
    if tokens and tokens[0].low in among("login log-in sign-in logon"):
        return "sign_in"
    made = (
        bool(nouns)
        and nouns[0].new
        and not nouns[0].plural
        and nouns[0].head in words("nouns", "creatable")
    )
    if nouns and sum(token.kind == "pair" for token in tokens) >= 2:
        return "add"
    if made and any(token.kind in {"quote", "pair"} for token in tokens):
        # "new ticket: subject "a", text "b"" in telegram style
        return "add"
    return "fragment"


def _special(  # noqa: C901  rules tried in their order, each short
    acts: frozenset[str],
    clause: Clause,
    noun: NounPhrase | None,
    tokens: Sequence[Token],
    form_open: bool,
) -> str:
    lows = [token.low for token in tokens]
    verb = clause.verb.phrase if clause.verb is not None else ""
    if (
        "key" in acts
        and any(token.lemma in {"key", "identifier"} for token in tokens)
        and verb == "use"
    ):
        return "key"
    if (
        verb in among("key|key by|key it by|key on|identify|index") and "by" in lows[:4]
    ) or verb.startswith(("dedup", "key ")):
        return "key"
    if ("sort" in acts and lows[:1] in (["by"], ["them"], ["it"])) or (
        "sort" in acts and "by" in lows[:5] and verb == "order"
    ):
        return "sort"
    if "choose" in acts and any(
        token.low in among("box checkbox option dropdown radio drop-down") for token in tokens[:6]
    ):
        return "choose"
    if (
        "repeat" in acts
        and any(token.kind == "schedule" for token in [*clause.before, *tokens])
        and (
            noun is None
            or (noun.pronoun and not noun.words)
            or (noun.head in words("nouns", "agents"))
        )
    ):
        return "repeat"
    if verb == "use":
        return _use(tokens)
    if "notify" in acts and verb in among(
        "send me|send us|email me|mail me|email us|mail us|give|message me|text me"
    ):
        return "notify"
    if verb in among("tell show give send") and lows[:1] in (["me"], ["us"]):
        return (
            "notify"
            if verb == "tell" and ("when" in lows or "if" in lows or "about" in lows[:3])
            else "take"
        )
    if (
        "notify" in acts
        and tokens
        and all(
            token.kind in {"email", "schedule", "punct"} or token.low in {"to", "at"}
            for token in tokens
        )
    ):
        return "notify"
    if (
        acts >= {"send", "notify"}
        and any(token.kind == "email" for token in tokens[:3])
        and not form_open
    ):
        return "notify" if verb in among("email mail message send") and _results(tokens) else "add"
    return ""


def _sets_value(noun: NounPhrase, tokens: Sequence[Token]) -> bool:
    """`change my address to "Main Street 5"`: a form with one value."""
    after = tokens[len(noun.tokens) :]
    return (
        not noun.many
        and len(after) > 1
        and after[0].low == "to"
        and noun.head in words("nouns", "fields")
        and (
            after[1].kind in among("quote email number money date time")
            or after[1].text[:1].isupper()
        )
    )


def _results(tokens: Sequence[Token]) -> bool:
    return any(
        token.low in among("result results list table them it when if summary report everything")
        for token in tokens
    )


def _use(tokens: Sequence[Token]) -> str:
    if any(token.kind == "url" for token in tokens):
        return "open"
    if any(token.kind == "cred" for token in tokens) or any(
        token.lemma in among("credential login account password") for token in tokens
    ):
        return "sign_in"
    return "nothing"


def _by_destination(
    acts: frozenset[str],
    clause: Clause,
    noun: NounPhrase | None,
    tokens: Sequence[Token],
    form_open: bool,
) -> str:
    """`put the prices into a table` stores, `put "x" into the search field` fills."""
    if noun is None or "store" not in acts:
        return ""
    for index, token in enumerate(tokens):
        if token.low not in among("into in to onto as"):
            continue
        ahead = tokens[index + 1 : index + 6]
        if "fill" in acts and any(other.low == "search" for other in ahead):
            return "search"
        if "fill" in acts and any(other.low in among("field box input form") for other in ahead):
            return "fill"
        if (
            any(
                other.lemma in words("nouns", "tables") | words("nouns", "folders")
                for other in ahead
            )
            and token.low != "as"
        ):
            plain = (noun.pronoun and not noun.words) or (
                noun.head in among("result data everything output finding") and not noun.conditions
            )
            return "store" if plain or "take" not in acts else "take"
    return ""


def _by_pronoun(
    acts: frozenset[str],
    clause: Clause,
    noun: NounPhrase | None,
    tokens: Sequence[Token],
    form_open: bool,
) -> str:
    """`save them`, `submit it`, `open it`, `and send`."""
    alone = noun is None or (
        noun.pronoun
        and not noun.words
        and not noun.every
        and not (noun.conditions or noun.which or noun.new)
    )
    results = (
        noun is not None
        and noun.head in among("result output data finding")
        and not noun.conditions
        and not noun.which
        and noun.owner is None
    )
    if not alone and not (results and "store" in acts):
        return ""
    if (
        noun is None
        and "fill" in acts
        and any(token.kind in among("pair quote number money date email") for token in tokens)
        and "store" not in acts
    ):
        return "fill"
    order = (
        ("submit", "store", "click", "search", "sign_in")
        if form_open
        else ("sign_in", "search", "store", "download", "submit", "notify", "open", "take", "watch")
    )
    if "submit" in acts and not form_open and "store" not in acts:
        return "submit"
    if noun is None and "open" in acts and any(token.kind == "url" for token in tokens[:3]):
        return "open"
    if noun is None and "open" in acts and "take" in acts:
        return "take"
    return next((act for act in order if act in acts), "")


def _by_form(  # noqa: C901  rules tried in their order, each short
    acts: frozenset[str],
    clause: Clause,
    noun: NounPhrase | None,
    tokens: Sequence[Token],
    form_open: bool,
) -> str:
    """Words for forms and for things that are made with one."""
    if noun is None:
        return ""
    head = noun.head
    verb = clause.verb.phrase if clause.verb is not None else ""
    ending = verb in among("complete finish finalise finalize order book")
    given = any(token.low in {"with", "using", ":"} for token in tokens)
    if ending and form_open and noun.definite and not given:
        return "submit"  # `... and complete the registration`
    if acts & {"fill", "submit"} and head == "form":
        return "submit" if "submit" in acts and "fill" not in acts else "fill"
    if (
        "submit" in acts
        and "add" in acts
        and form_open
        and (noun.definite and head in words("nouns", "creatable"))
    ):
        return "submit"
    if "add" in acts and _labelled(tokens) >= 2 and not noun.every:
        return "add"
    single = noun.indefinite or (noun.new and not noun.plural)
    if "add" in acts and single and not noun.many and any(token.kind == "pair" for token in tokens):
        return "add"
    own = tokens[0].low in {"my", "our"} and not noun.many
    announced = own and verb in among("enter report register log record announce submit request")
    made = head in words("nouns", "creatable") and (
        noun.indefinite
        or announced
        or (not noun.many and not noun.definite and not noun.possessive)
        or (noun.new and not noun.plural and not noun.every)
    )
    if (
        acts & {"pay", "send"}
        and "store" not in acts
        and not (noun.many and "notify" in acts)
        and "take" not in acts
    ):
        return "add"
    if "add" in acts and made and not _lists(clause, noun, tokens):
        if noun.file_type and "take" in acts:
            return ""
        return "add"
    if "add" in acts and "open" in acts and verb.startswith("open") and not noun.indefinite:
        return "open"
    if "add" in acts and not acts & among("take store open watch search"):
        return (
            "fill"
            if form_open and "fill" in acts and not made
            else "add"
            if head in words("nouns", "creatable") or "fill" not in acts
            else "fill"
        )
    if (
        "fill" in acts
        and (
            form_open
            or noun.quoted
            or any(token.low in {"field", "box", "form"} for token in tokens)
        )
        and not ("search" in acts and verb.startswith("find"))
    ):
        if (
            acts & {"take", "store"}
            and not any(token.kind in {"quote", "pair"} for token in tokens)
            and "as" not in [token.low for token in tokens]
        ):
            return ""
        return "fill"
    return ""


def _labelled(tokens: Sequence[Token]) -> int:
    """How many fields with values follow: `date 2026-11-20, comment "release"`."""
    named = sum(
        token.is_word
        and token.low in words("nouns", "fields")
        and following.kind in among("quote date time number email money")
        for token, following in pairwise(tokens)
    )
    return named + sum(token.kind == "pair" for token in tokens)


def _lists(clause: Clause, noun: NounPhrase, tokens: Sequence[Token]) -> bool:
    """`make a list of all products`: a report, though lists can be created too."""
    if noun.head not in _REPORTS and not noun.file_type:
        return False
    after = [token.low for token in tokens[len(noun.tokens) : len(noun.tokens) + 3]]
    return after[:1] in (["of"], ["with"], ["from"], ["containing"], ["showing"], ["for"])


def _by_object(  # noqa: C901  rules tried in their order, each short
    acts: frozenset[str],
    clause: Clause,
    noun: NounPhrase | None,
    tokens: Sequence[Token],
    form_open: bool,
) -> str:
    if noun is None:
        return ""
    verb = clause.verb.phrase.split()[0] if clause.verb is not None else ""
    if acts >= {"search", "take"}:
        return _find(noun, tokens)
    if "pick" in acts and (noun.which or noun.by):
        return "pick"
    if "choose" in acts and "pick" in acts:
        return "choose" if form_open else "open"
    if verb in among("change update set edit") and _sets_value(noun, tokens):
        return "add"
    if "change" in acts and acts & {"take", "store", "download"} and verb != "archive":
        return "take" if "take" in acts else "store"
    if ("change" in acts and "archive" in acts) or ("change" in acts and verb == "archive"):
        return "change"
    if "click" in acts:
        return "click"
    if "open" in acts:
        return "open"
    if "watch" in acts and "take" in acts:
        return (
            "watch"
            if any(token.low in among("for when if whether changes") for token in tokens)
            or noun.new
            else "take"
        )
    if "watch" in acts:
        return "watch"
    if "take" in acts:
        return "take"
    if "filter" in acts:
        return "filter"
    if "change" in acts:
        return "change"
    return ""


def _find(noun: NounPhrase, tokens: Sequence[Token]) -> str:
    """`find all overdue invoices` reads a list; `find "lamp"` searches."""
    following = tokens[len(noun.tokens)] if len(tokens) > len(noun.tokens) else None
    if (
        (noun.quoted or (following is not None and following.kind == "quote"))
        and not noun.many
        and not noun.is_column()
    ):
        return "search"
    listy = (
        noun.every
        or noun.which
        or noun.conditions
        or noun.new
        or noun.owner is not None
        or noun.counted
        or noun.is_column()
        or noun.pronoun
    )
    if listy:
        return "take"
    has_source = any(token.low in among("that which whose with where") for token in tokens)
    return "take" if (noun.definite or noun.plural) and (has_source or noun.definite) else "search"

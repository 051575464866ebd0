"""Sentences that say something of another sentence, put where it belongs: `don't include cats: list all animals`."""

from __future__ import annotations

import re

from podium.tools.offline.lexicon import among
from podium.tools.offline.verbs import web_acts

_LEFT_OUT = re.compile(
    r"(?:(?<=^)|(?<=[.;!?\n]))\s*(?:but\s+|and\s+|please\s+)*(?:(?:never\s+mind|forget(?:\s+about)?|leave\s+(?:out|aside)|skip|ignore)\s+(?=(?:the|all|any|those)\s)|(?:do\s+not|don't|don\u2019t|dont|never|no\s+need\s+to)\s+"
    r"(?:please\s+)?(?:include|list|show|count|collect|bring(?:\s+me)?|give\s+me|need|want|bother\s+with)\s+)(?P<what>[^.:;!?\n]+?)\s*(?:[:.;!]|\n|$)",
    re.IGNORECASE,
)
_SITE = re.compile(r"https?://[^\s,;]*[^\s,;.!?)]")
_CALLED = re.compile(
    r"\b(?:an?|one)\s+(?P<kind>table|list|spreadsheet|sheet|csv(?:\s+file)?|excel(?:\s+(?:file|sheet))?|workbook|dataset)\s+"
    r"(?P<called>(?:called|named|titled)\s+(?:\"[^\"\n]+\"|[\w-]+))\s+(?:with|of|containing|showing|listing|for)\s+"
    r"(?P<rest>(?:all|the|every|each|our|my)\s[^.;!?\n]*?(?:https?://[^\s,;]*[^\s,;.!?)][^.;!?\n]*?)?)(?=\s*(?:[.;!?\n]|$))",
    re.IGNORECASE,
)
_IN_PASSING = re.compile(
    r",\s*(?:but\s+|and\s+|please\s+)*(?:do\s+not|don't|don\u2019t|dont)\s+(?:please\s+)?(?:include|list|show|count)\s+(?P<what>[^.:;!?,\n]+?)\s*(?=[.;!?,\n]|$)",
    re.IGNORECASE,
)
_COLUMNS_BUT = re.compile(
    r"(?P<joint>[,;])\s*(?:with\s+)?all\s+(?:the\s+|its\s+|their\s+)?(?:columns|fields)\s+(?:but(?:\s+not|\s+for)?|except(?:\s+for)?|excluding|without|other\s+than|apart\s+from|minus)\s+"
    r"(?:the\s+|its\s+|their\s+)?(?P<what>[\w-]+(?:\s+and\s+[\w-]+)?)(?=\s*(?:[.,;!?\n]|$))",
    re.IGNORECASE,
)
_NONE_OF = re.compile(r"\bnot\s*\(\s*(?P<what>[^()&]+?\s+or\s+[^()&]+?)\s*\)", re.IGNORECASE)
_BY_PRESSING = re.compile(
    r"\b(?P<verb>submit|send)(?P<what>\s+(?:it|this|that|the\s+(?:\w+\s+)?form))?(?:\s+off)?\s+by\s+(?:pressing|clicking|hitting|tapping|pushing)"
    r"(?:\s+on)?(?:\s+the)?\s+(?P<button>\"[^\"\n]+\"|'[^'\n]+'|\w+(?:\s+[A-Z]\w*)*)(?:\s+button)?",
    re.IGNORECASE,
)
_NO_RECORDS = re.compile(r"\b(?:agents?|runs?|it|that|this|them|me|anything|everything|again|any\s*more)\b", re.IGNORECASE)  # fmt: skip
_WHERE = re.compile(
    r"(?:(?<=^)|(?<=[.;!?\n(,]))\s*(?:the|our|my|this|that|it|its|their|they)\b(?:\s+(?!is\b|are\b)[\w-]+){0,3}"
    r"(?:\s+(?:is|are|lives?|sits?|can\s+be\s+found|is\s+found)|'s)\s+(?:at|on|under|here\s*:?|found\s+(?:at|on)|kept\s+(?:at|on|in))\s+(?=(?:https?://|www\.|localhost))",
    re.IGNORECASE,
)
_ONES_OF = re.compile(
    r"\b(?P<state>[\w-]+)\s+ones\s+(?:of|among|from\s+among)\s+(?:the|all|our|my|these|those)\s+",
    re.IGNORECASE,
)

_NOBODY = re.compile(
    r"(?P<rows>\b[\w-]+s)\s+(?P<who>nobody(?:\s+else)?|no[\s-]one(?:\s+else)?|none\s+of\s+(?:us|them))\s+(?=(?:has|have|had|is|was|ever|did|does|yet)\b|\w+ed\b)",
    re.IGNORECASE,
)
_WHAT_COMES = re.compile(
    r"\b(?:of|from|for)\s+(?:whatever|everything\s+that|all\s+that|what)\s+(?:comes?\s+(?:up|out|back)|turns?\s+up|shows?\s+up|(?:you|it)\s+finds?|is\s+found|(?:is|gets)\s+(?:listed|shown|returned))(?=\s*(?:[.,;!?]|$|and\b|into\b|as\b|in\b))",
    re.IGNORECASE,
)
_BY_FORM = re.compile(
    r"\b(?:by|via|through|using|with|in|on)\s+(?:(?:the|this|that|their|an?)\s+)?(?:(?:online|web|contact)\s+)?form\s*(?::\s*|at\s+|on\s+|under\s+)?(?=https?://)",
    re.IGNORECASE,
)
_FORM_DASH = re.compile(r"(?P<form>\bform\s+(?:at|on|under|:)?\s*https?://[^\s,;]*[^\s,;.!?)])\s+[-\u2013\u2014]\s+(?=\w)", re.IGNORECASE)  # fmt: skip
_ITS_FIELD = re.compile(
    r"\s*(?:,|\band\b|,\s*and\b)\s+(?P<verb>describe|title|tag|label|categori[sz]e)\s+(?:it|this|that)\s+(?:as\s+|with\s+)?(?P<value>\"[^\"\n]+\"|'[^'\n]+'|[\w-]+)(?=\s*(?:[.,;!?]|$|and\b))",
    re.IGNORECASE,
)
_FIELD_OF = {"describe": "description", "title": "title", "tag": "tags", "label": "label"}
_MAKES_ONE = re.compile(
    r"\b(?:open|add|create|raise|file|report|write|post|start|make|submit|log|register|enter|book)\s+(?:an?|another)\s",
    re.IGNORECASE,
)

_ORDERS = {
    **dict.fromkeys(among("latest newest highest largest biggest longest heaviest"), "descending"),
    **dict.fromkeys(among("soonest earliest cheapest lowest smallest shortest nearest closest lightest oldest"), "ascending"),
    "best": "best",
    "worst": "worst",
}  # fmt: skip
"""Which way a superlative sorts its column; what `best` is depends on the column, which the reader of orders judges."""
_COUNTED = re.compile(
    r"\b(?:list|get|show|give\s+me|show\s+me|collect|fetch)\s+(?:the\s+)?(?P<count>\d+)\s+[a-z]",
    re.IGNORECASE,
)
_COLUMN_FIRST = re.compile(
    rf",\s*(?:the\s+)?(?P<most>{'|'.join(sorted(_ORDERS))})"
    r"\s+(?P<column>[a-z][\w-]*(?:\s+[a-z][\w-]*)?)\s+(?:first|on\s+top|at\s+the\s+top)\b",
    re.IGNORECASE,
)
_ENOUGH = re.compile(
    r"[.;]\s*(?:just\s+|only\s+|the\s+)*(?P<columns>(?!(?:it|that|this|which)\b)[^.;:!?\n]+?)\s+(?:would\s+do|will\s+do|would\s+be\s+(?:enough|fine)|(?:is|are)\s+(?:enough|sufficient|all\s+I\s+need|all\s+we\s+need)|suffices?)(?=\s*(?:[.!]|$))",
    re.IGNORECASE,
)

_HOW_MUCH = re.compile(
    r"\bhow\s+much\s+(?:is|are|does|do|costs?)\s+(?P<rows>(?:each|every|the|all)\s[^.;?!\n]*?)(?:\s+cost)?(?=\s+(?:at|on|from|in)\s+https?://)(?P<site>[^;?!\n]*?https?://[^\s,;]*[^\s,;.!?)])\s*\??",
    re.IGNORECASE,
)
_OUT_OF = re.compile(
    r"\b(?:tease|squeeze|dig|fish|coax|wring|yank|scoop|dredge|pluck|mine|suck|winkle|glean|hoover|rake|milk)\s+(?=(?:all|every|each|the)\s[^.;!?\n]*?\bout\s+of\s+https?://)",
)
_PUBLISHES = re.compile(
    r"\b(?P<when>whenever|when|as\s+soon\s+as|every\s+time|once)\s+(?P<site>https?://[^\s,;]*[^\s,;.!?)])\s+(?:publishes|posts|lists|adds|gets|has|shows|announces|releases|offers)\s+(?P<what>(?:an?\s+)?new\s+[^.;,!?\n]+)",
    re.IGNORECASE,
)
_NOTES = re.compile(
    r"\b(?:write|send|drop|leave)\s+(?P<who>me|us)\s+an?\s+(?:short\s+|quick\s+)?(?:note|line|message|email|mail)\s+(?=(?:when|whenever|if|as\s+soon\s+as|once|every\s+time)\b)",
    re.IGNORECASE,
)
_MAILS = re.compile(r"\b(?:(?:e-?)?mail|text|message|ping)\s+(?=[\w.+-]+@[\w.-]+\w\s+(?:when|whenever|if|as\s+soon\s+as|once|every\s+time)\b)", re.IGNORECASE)  # fmt: skip
_SINCE_WHO = re.compile(
    r"^\s*(?P<period>(?:since|before|after|until|between|in|during|from)\s+[^,?!;\n]{3,40}),\s*(?P<who>(?:who|which|what)\s[^?]*?)(?P<end>\s*(?:\?|(?=\s+(?:at|on)\s+https?://)|$))",
    re.IGNORECASE,
)

_FORM_ALONE = re.compile(
    r"^(?P<lead>\W*(?:(?:please|pls|hi|hello|hey|the)\W+)*)(?P<form>(?P<first>[a-z][\w'-]*)\s+(?:(?!(?:the|an?|my|our|this|that|their|in|out|up|to|of)\b)[a-z][\w'-]*\s+){0,3}form)\s*(?:,|:|at|on|under|-)?\s*(?P<site>https?://[^\s,;]*[^\s,;.!?:)])\s*(?:[:,;\n]|\s[-\u2013\u2014]\s|\s+with\s+(?:the\s+)?)\s*(?=\w)",
    re.IGNORECASE,
)


_ARENT = re.compile(
    r"^(?P<who>\W*(?:which|what)(?:\s+(?:of\s+(?:my|the|our)\s+)?(?:agents?|bots?|ones))?)\s+(?P<verb>are|is|have|has|do|does|did)n['\u2019]t\b",
    re.IGNORECASE,
)


_LOOKS = among(
    "verify validate inspect test review examine audit watch monitor check observe try ensure confirm compare track debug fix prove assert retest recheck validate"
)
_LONG_BLANK = re.compile(r"\s{8,}")
"""Long runs of blanks say nothing, and the patterns above would try every part of them."""


def reworded(text: str) -> str:
    """Return the text with what is left out behind what is listed, and addresses without the sentence that gives them."""
    text = _LONG_BLANK.sub(lambda match: "\n\n" if "\n" in match[0] else " ", text)
    text = _ARENT.sub(r"\g<who> \g<verb> not", text)
    text = _WHERE.sub(" at ", text)
    text = _CALLED.sub(r"\g<rest> into a \g<kind> \g<called>", text)
    text = _ONES_OF.sub(r"\g<state> ", text)
    text = _IN_PASSING.sub(r" except \g<what>", text)
    text = _COLUMNS_BUT.sub(r" without the \g<what> column", text)
    text = _NONE_OF.sub(_neither, text)
    text = _BY_PRESSING.sub(_with_button, text)
    text = _NOBODY.sub(r"\g<rows> that nobody ", text)
    text = _WHAT_COMES.sub("of each result", text)
    text = _FORM_DASH.sub(r"\g<form>: ", _BY_FORM.sub("at ", text))
    text = _FORM_ALONE.sub(_form_sent, text)
    text = _MAILS.sub("notify ", text)
    text = _HOW_MUCH.sub(r"list the price of \g<rows>\g<site>.", text)
    text = _OUT_OF.sub("get ", text)
    text = _PUBLISHES.sub(r"\g<when> there is \g<what> at \g<site>", text)
    text = _NOTES.sub(r"notify \g<who> ", text)
    text = _SINCE_WHO.sub(_period_last, text)
    text = _COLUMN_FIRST.sub(_sorted_by, text)
    text = _ENOUGH.sub(lambda match: f", with {match['columns'][:1].lower()}{match['columns'][1:]}", text)  # fmt: skip
    if _MAKES_ONE.search(text):
        text = _ITS_FIELD.sub(_as_field, text)
    match = _LEFT_OUT.search(text)
    if match is None or _NO_RECORDS.search(match["what"]):
        return text
    rest = f"{text[: match.start()].rstrip()} {text[match.end() :].strip()}".strip()
    if len(rest.split()) < 2:
        return text
    said = f" except {match['what'].strip()}"
    # Behind the address, so that columns which end the sentence still do.
    place = _SITE.search(rest) or re.search(r"(?=[.!?;\s]*$)", rest)
    end = place.end() if place is not None else len(rest)
    return f"{rest[:end]}{said}{rest[end:]}"


def _neither(match: re.Match[str]) -> str:
    """Return `not (late or cancelled)` as `neither late nor cancelled`; with an `and` among them it stays as it is."""
    if re.search(r"\band\b", match["what"], re.IGNORECASE):
        return match[0]
    return "neither " + re.sub(r"\s*,?\s+or\s+|\s*,\s*", " nor ", match["what"])


def _period_last(match: re.Match[str]) -> str:
    """Return `since Easter, who has booked?` with the period behind what it is said of."""
    period = match["period"]
    return f"{match['who']} {period[:1].lower()}{period[1:]}{match['end']}"


def _sorted_by(match: re.Match[str]) -> str:
    """Return `latest arrival first` as the order that it says, with its direction."""
    order = _ORDERS[match["most"].lower()]
    if match["column"].lower() == "age" and match["most"].lower() == "oldest":
        order = "descending"
    counted = _COUNTED.search(match.string)  # "list 5 boats": those that come first in the order
    return f", sorted by {match['column']} {order}" + (
        f", first {counted['count']}" if counted else ""
    )


def _form_sent(match: re.Match[str]) -> str:
    """Return `intake form at URL: name ...` as the order that it is; with a verb of its own it stays as it is."""
    first = match["first"].lower()
    if first in _LOOKS or (web_acts(first) and not first.endswith("ing")):
        return match[0]  # "check order form at URL: status" sends nothing
    return f"{match['lead'].removesuffix('the ')}submit the {match['form']} at {match['site']}: "


def _as_field(match: re.Match[str]) -> str:
    """Return `and describe it as "x"` as the field and its value, where one thing is made."""
    name = _FIELD_OF.get(match["verb"].lower(), "category")
    value = match["value"].strip("'\"")
    return f', {name} "{value}"'


def _with_button(match: re.Match[str]) -> str:
    button = match["button"].strip("\"'")
    return f'{match["verb"]}{match["what"] or " it"} with "{button}"'

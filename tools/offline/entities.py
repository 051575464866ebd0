"""Entities: addresses, quotes, credentials, amounts, dates and the like, taken before any grammar runs."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date
from urllib.parse import urlsplit

from podium.tools.offline.clocktimes import TIME, read_clock
from podium.tools.offline.dates import Period, read_periods
from podium.tools.offline.form_items import Item, items_of
from podium.tools.offline.form_lists import listed_items
from podium.tools.offline.lexicon import among, lemma, words
from podium.tools.offline.open_days import open_days
from podium.tools.offline.pasted import PLACEHOLDER
from podium.tools.offline.recurrence import clock
from podium.tools.offline.recurrence_reader import read_recurrences
from podium.tools.offline.tokens import MASK, Entity

_CONTENT = re.compile(
    r"```.*?(?:```|\Z)|<(?:html|body|div|p|table|script)\b.*?(?:</(?:html|body|div|p|table|script)>|\Z)|(?:^>[^\n]*(?:\n|$))+",
    re.DOTALL | re.IGNORECASE | re.MULTILINE,
)
_PASTED = re.compile(
    r"(?:here\s+is|here's|this\s+is|below\s+is|following\s+is|see)\s+(?:the|a|an|my)\s+(?:\w+\s+){0,3}(?:page|mail|e-?mail|text|article|content|message|html|website\s+text)[^\n:]{0,40}:\s*\n?(?P<content>.+)\Z",
    re.DOTALL | re.IGNORECASE,
)
_HOSTILE = re.compile(
    r"[^.!?\n;]*\b(?:(?:ignore|disregard|forget|override)\s+(?:all\s+|any\s+|the\s+|your\s+|my\s+|previous\s+|prior\s+|above\s+|earlier\s+){1,4}(?:instructions?|rules?|prompts?|directions?|constraints?|guidelines?)"
    r"|you\s+are\s+now\s+(?:a|an|in|the)\b|system\s*(?:prompt|message|override)?\s*:|reveal\s+(?:the|your|all|every)\s+(?:\w+\s+)?(?:secrets?|passwords?|prompt|credentials)|developer\s+mode|jailbreak)[^.!?\n;]*[.!?\n;]?",
    re.IGNORECASE,
)
_URL = re.compile(r"(?:https?|ftp|file)://[^\ue000\s<>\"'“”\u2018\u2019`«»]+", re.IGNORECASE)
_LOCAL = re.compile(
    r"(?<![\w@./-])(?:localhost|127\.0\.0\.1|\[::1\]|(?:\d{1,3}\.){3}\d{1,3})(?::\d{2,5})?(?:/[^\s<>\"'“”\u2018\u2019]*)?(?![\w])"
)
_HOST = re.compile(
    r"(?<![\w@./-])(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,18}(?::\d{2,5})?(?:[/?#][^\s<>\"'“”\u2018\u2019]*)?(?![\w@])",
    re.IGNORECASE,
)
_PORT_HOST = re.compile(
    r"(?<![\w@./-])[a-z][a-z0-9-]*:\d{4,5}(?:/[^\s<>\"'“”\u2018\u2019]*)?(?![\w])", re.IGNORECASE
)
_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+(?<![.-])")
_PAIRS = frozenset({'""', "''", "“”", "„“", "„”", "«»", "``", "\u2018\u2019"})
_GROUPED_CODE = re.compile(
    r"(?<![\w(])(?:[A-Z]{2}\d{2}(?: [A-Z\d]{4}){2,7}(?: [A-Z\d]{1,3})?|(?:\+\d{1,3} ?)?\(\d{2,5}\) ?\d[\d -]{4,14}\d|\+\d[\d ()/-]{6,18}\d)(?![\w)])"
    r"|(?<=name )[A-Z]\.(?: ?[A-Z]\.)+(?: [A-Z][\w'-]+)?"
)
"""An IBAN, a telephone number with its country or its area in brackets, a name of initials."""
_QUOTE = re.compile(
    # A quote may go over lines where the quotes behind it come in pairs.
    r"\"(?P<a>(?:\\\"|[^\"\n]|\n(?=[^\"]*\"(?:[^\"]*\"[^\"]*\")*[^\"]*\Z))*)\"|“(?P<b>[^”\n]*)”|„(?P<c>[^“”\n]*)[“”]|«(?P<d>[^»\n]*)»|`(?P<e>[^`\n]*)`|(?<![\w])'(?P<f>[^'\n]*(?:\w'\w[^'\n]*)*)'(?![\w])|(?<![\w])\u2018(?P<g>[^\n]*?)\u2019(?![\w])"
)
_USER_NAME = r"(?P<user>\"[^\"\n]+\"|'[^'\n]+'|“[^”\n]+”|[\w.+@-]*\w)"
_NOT_PASSWORD = r"(?:password|passwd|passwort|pass\s?phrase|pass\s?code|p/w|pwd|pw|pass|pin(?:\s+code)?|token|api[\s_-]?key|secret)"
_CREDENTIAL = re.compile(
    r"(?:,\s*)?\(?(?:(?P<as>\bas)\s+(?:the\s+)?(?:user(?:name)?\s+)?|(?P<named>\b(?:with|using|use|via|under|and|my|the|user\s?name|user|login|account|credentials?|creds|e-?mail|log\s?in|is|are|name|id|data|details)\b[\s:=]*?)*?\b(?P<label>user\s?name|user(?:\s+id)?|login(?:\s+name)?|account|credentials?|creds|e-?mail(?:\s+address)?)(?:\s+(?:is|are|name)\b)?\s*[:=]?\s*)"
    + _USER_NAME
    + rf"\s*(?:[,;/:|(&]|\band\b|\bwith\b|\busing\b)*\s*(?:\b(?:the|my|a|our|its)\s+)?(?:{_NOT_PASSWORD}\b(?:\s+is|\s*[:=(]|\s+of)?\s*)?[\"'“\u2018]?{re.escape(PLACEHOLDER)}[\"'”\u2019]?\)?",
    re.IGNORECASE,
)
_SECRET_ONLY = re.compile(
    rf"(?:,\s*)?(?:(?:\b(?:with|using|use|and|via)\b)\s+)?(?:(?:the|my|a|our|its)\s+)?(?:{_NOT_PASSWORD}(?:\s+is|\s*[:=(]|\s+of)?\s*)?[\"'“\u2018]?{re.escape(PLACEHOLDER)}[\"'”\u2019]?\)?(?:\s+(?:is|as)\s+(?:the|my|our)\s+{_NOT_PASSWORD})?",
    re.IGNORECASE,
)
_USER_ONLY = re.compile(
    r"(?:\b(?:with|using|under|as)\s+)?(?:(?:the|my)\s+)?(?:\b(?:user\s?name|user(?:\s+id)?|login(?:\s+name)?|account))(?:\s+(?:is|name))?\s*[:=]?\s*(?P<user>\"[^\"\n]+\"|'[^'\n]+'|“[^”\n]+”|[\w.+-]+@[\w.-]*\w|[a-z]+[\d._-]\w*|[A-Z]\w+)",
)
_WITH_USER = re.compile(
    r"\b(?:with|using|as|under)\s+(?:the\s+)?(?:user(?:\s?name)?|login)\s+(?P<user>[a-z][\w.+-]*)(?=\s*(?:[,.;)\n]|$|(?:and|to|then)\b))",
    re.IGNORECASE,
)
_AS_USER = re.compile(
    r"(?:\b(?:log|sign|get)(?:ged|ging|ing|ned|s)?[\s-]*(?:me\s+|us\s+)?(?:in|on|into|onto|to)\b[^,;.\n]{0,60}?|\b(?:login|log-in|sign-in|authenticate|signin)\b[^,;.\n]{0,60}?)\s(?P<span>as\s+(?:the\s+)?(?:user\s+)?(?P<user>\"[^\"\n]+\"|'[^'\n]+'|[\w.+@-]*\w))",
    re.IGNORECASE,
)
_FILE = re.compile(
    r"(?<![\w/])(?:[~.]{0,2}/)?[\w-]+(?:[/.][\w-]+)*\.(?P<extension>[a-z0-9]{2,5})(?![\w@])",
    re.IGNORECASE,
)
_FOLDER_PATH = re.compile(
    r"(?:(?<=\bin\s)|(?<=\bunder\s)|(?<=\binside\s)|(?<=\bwithin\s)|(?<=\bfrom\s)|(?<=\bof\s)|(?<=\bat\s)|(?<=\bthe\s)|(?<=\bto\s)|(?<=\bfolder\s)|(?<=\bfolders\s)|(?<=\bdirectory\s)|(?<=\bsubfolder\s)|(?<=\bpath\s))"
    r"/?[\w-]+(?:\.[\w-]+)*(?:/[\w-]+(?:\.[\w-]+)*)+/?(?![\w/])"
)
_NO_PATH = re.compile(r"[\d/]+|(?:[a-z]{1,3}/)+[a-z]{1,3}")
"""Dates, and short forms such as km/h and n/a."""
_MONEY = re.compile(
    r"(?<![\w.])(?:(?P<before>[$€£¥]|\b(?:EUR|USD|GBP|CHF|JPY|Rs\.?|INR))\s?(?P<amount1>\d[\d.,' ]*\d|\d)\s?(?P<k1>[kKmM]\b)?(?:\s?(?:EUR|USD|GBP|CHF|dollars?|euros?|pounds?)\b)?"
    r"|(?P<amount2>\d[\d.,']*\d|\d)\s?(?P<k2>[kKmM](?=\s?[$€£]|\s(?:EUR|USD|GBP|CHF|dollar|euro|pound)))?\s?(?:[$€£¥]|(?:EUR|USD|GBP|CHF|JPY|INR|euros?|dollars?|bucks?|quid|pounds?|francs?|yen|rupees?|cents?)\b))",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"(?<![\w./:-])\d+(?:[.,]\d+)*\s?%?(?![\w/:]|-\w)")
_THOUSANDS = re.compile(r"(?<![\w./:-])(\d+(?:[.,]\d+)?)k(?![\w/:]|-\w)", re.IGNORECASE)
_GLUED = re.compile(
    r"(?<![\w./:-])(?P<number>\d+(?:[.,]\d+)*)(?=(?:kg|g|mg|lbs?|oz|t|km|m|cm|mm|ft|in|yd|l|ml|cl|dl|hl|ha|sqm|kwh|kw|mw|w|kv|v|a|hp|bhp|ps|gb|mb|tb|kb|mph|kmh|km/h|h|hrs?|min|s|m2|m3|m\u00b2|m\u00b3|c|f|k|px|pcs|pax|d|y|yrs?)\b(?![-/]\w))",
    re.IGNORECASE,
)
"""A number and its unit in one word: `25kg`, `0.75l`."""
_TITLED = re.compile(
    r"(?<![\w.])(?:Dr|Prof|Mr|Mrs|Ms|Mx|Miss|St|Sts|Ste|Rev|Revd|Fr|Sr|Br|Capt|Cpt|Lt|Sgt|Col|Gen|Cllr|Hon|Sir|Dame|Lady|Lord|Sister|Father)(?:\.\s?|\s)(?=[A-Z])[A-Z][\w\u2019'-]*(?:\s+[A-Z][\w\u2019'-]*)*"
)
"""A name with its title: `Dr. Novak`, `St. Mary's`."""
_TIME = re.compile(
    rf"(?:(?<=\bat )|(?<=@ )|(?<=@)|(?<=\bby )){TIME}|(?<![\w.:/-])(?:[01]?\d|2[0-3]):[0-5]\d(?:\s*[ap]\.?m\b\.?)?(?![\w:])|(?<![\w.:/-])\d{{1,2}}\s*[ap]\.?m\b\.?",
    re.IGNORECASE,
)
_PAIR = re.compile(
    r"(?:(?<=^)|(?<=[\s(,;{*•-]))(?P<field>[A-Za-zÀ-ÿ][\w-]*(?: [A-Za-zÀ-ÿ][\w-]*){0,2}?)\s?(?P<sep>:(?![/\d])|=|->|→)[ \t]*(?P<value>[^,;\n\s][^,;\n]*)",
)


class _Sheet:
    """The text with what is already taken masked."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.masked = text
        self.entities: list[Entity] = []

    def take(self, entity: Entity) -> bool:
        if entity.end <= entity.start or MASK in self.masked[entity.start : entity.end]:
            return False
        return self.put(entity)

    def holds(self, kind: str, start: int, end: int) -> bool:
        """Whether an entity of that kind lies in a span."""
        return any(e.kind == kind and e.start < end and start < e.end for e in self.entities)

    def put(self, entity: Entity) -> bool:
        """Take a span even over entities that lie wholly within it."""
        self.entities = [
            other
            for other in self.entities
            if other.end <= entity.start or other.start >= entity.end
        ]
        self.entities.append(entity)
        length = entity.end - entity.start
        self.masked = self.masked[: entity.start] + MASK * length + self.masked[entity.end :]
        return True


def find_entities(
    text: str,
    *,
    today: date,
    find_agents: Callable[[str], Iterable[Entity]],
    verbs: Callable[[str], bool],
) -> list[Entity]:
    """Return the entities of a text whose secrets are already cut out."""
    sheet = _Sheet(text)
    _content(sheet)
    _urls(sheet)
    _credentials(sheet)
    _addresses(sheet)
    _quotes(sheet)
    _titled(sheet)
    _codes(sheet)
    for entity in find_agents(sheet.masked):
        sheet.take(entity)
    _user_names(sheet)
    _form_items(sheet, today, verbs)
    _pairs(sheet, verbs)
    for reading in read_recurrences(sheet.masked):
        if _rated(text[: reading.start], text[reading.start : reading.end]):
            continue
        if _when_they_are(sheet, reading.start, reading.end):
            continue
        if _ordinal_of(text[reading.start : reading.end], text[reading.end :]):
            continue
        sheet.take(
            Entity(
                kind="schedule",
                start=reading.start,
                end=reading.end,
                value=text[reading.start : reading.end],
                schedule=reading,
            )
        )
    _amounts(sheet, today)
    return sorted(sheet.entities, key=lambda entity: entity.start)


_WEEKDAYS = re.compile(
    r"(?:on\s+)?(?P<days>(?:(?:mon|tues|wednes|thurs|fri|satur|sun)days?|weekends?|weekdays?)(?:\s*(?:,|and|or)\s*(?:(?:mon|tues|wednes|thurs|fri|satur|sun)days?))*)",
    re.IGNORECASE,
)
_ABOUT_THEM = re.compile(
    r"(?:\b(?:who|that|which|whose)(?:\s+(?!shall|should|will|runs?\b)[a-z']+){1,3}|\b(?:available|working|present|closed|on duty|off duty|held|collected|delivered|emptied|taught|absent))\s*$",
    re.IGNORECASE,
)


def _when_they_are(sheet: _Sheet, start: int, end: int) -> bool:
    """Take the weekday of `those who work on Sundays`, `open on Mondays`: what records say, not when the job is done."""
    said = _WEEKDAYS.fullmatch(sheet.text[start:end].rstrip(" .,;!?"))
    before = sheet.text[:start]
    if said is None:
        return False
    if before.rstrip().lower().endswith(" on"):
        before = before.rstrip()[:-3]
    if not _ABOUT_THEM.search(before) or re.search(
        r"\b(?:agent|bot|robot|job|automation|scraper|crawler|watcher|monitor)\s+(?:that|which)\b[^.;]*$",
        before,
        re.IGNORECASE,
    ):
        return False
    at = start + said.start("days")
    for day in re.finditer(r"[a-z]+days?|weekends?|weekdays?", said["days"], re.IGNORECASE):
        one = day[0].removesuffix("s").capitalize()
        sheet.take(Entity(kind="quote", start=at + day.start(), end=at + day.end(), value=one))
    return True


def _ordinal_of(said: str, after: str) -> bool:
    """Whether `on the 2nd` counts what is named behind it: `on the 2nd floor`, not the day of a month."""
    following = re.match(r"\s+([a-z]+)", after)
    return (
        re.fullmatch(r"(?:on\s+)?the\s+\d{1,2}(?:st|nd|rd|th)\s*", said, re.IGNORECASE) is not None
        and following is not None
        and following[1]
        not in words("words", "after_adverb")
        | words("words", "verb_starters")
        | among("day month each every monthly day's work working business")
    )


def _rated(before: str, said: str) -> bool:
    """Whether `per day` belongs to a quantity, not to the job: `rent per day`, `price per night`."""
    last = before.split()[-1].lower() if before.split() else ""
    return said.lower().startswith("per ") and lemma(last) in words("nouns", "columns")


def _content(sheet: _Sheet) -> None:
    for match in _CONTENT.finditer(sheet.text):
        sheet.take(Entity(kind="content", start=match.start(), end=match.end()))
    pasted = _PASTED.search(sheet.masked)
    if pasted is not None and len(pasted["content"].split()) > 3:
        sheet.take(Entity(kind="content", start=pasted.start("content"), end=pasted.end("content")))
    for match in _HOSTILE.finditer(sheet.masked):
        sheet.take(Entity(kind="content", start=match.start(), end=match.end(), label="hostile"))


def _unquote(text: str) -> str:
    said = text.strip()
    if len(said) > 1 and said[0] + said[-1] in _PAIRS:
        return said[1:-1].replace('\\"', '"').strip()
    # A sign at the end alone is part of the value: `5"`.
    return said.strip("\"'“”\u2018\u2019„«»`").strip() if said[:1] in "\"'“\u2018„«`" else said


def _credentials(sheet: _Sheet) -> None:
    for match in _CREDENTIAL.finditer(sheet.masked):
        sheet.take(
            Entity(
                kind="cred",
                start=match.start(),
                end=match.end(),
                value=_unquote(match["user"]),
                label="secret",
            )
        )
    for match in _SECRET_ONLY.finditer(sheet.masked):
        sheet.take(Entity(kind="cred", start=match.start(), end=match.end(), label="secret"))


def _user_names(sheet: _Sheet) -> None:
    text = sheet.text
    for entity in sheet.entities:
        if entity.kind in {"url", "content", "quote"}:
            text = text[: entity.start] + MASK * (entity.end - entity.start) + text[entity.end :]
    for match in _AS_USER.finditer(text):
        user = _unquote(match["user"])
        if user.lower() not in words("words", "fillers") | among(
            "csv|pdf|soon|usual|json|excel|admin user"
        ):
            if sheet.holds("cred", match.start("span"), match.end("span")):
                continue
            # Over the e-mail address that a user name may be.
            sheet.put(
                Entity(kind="cred", start=match.start("span"), end=match.end("span"), value=user)
            )
    if any(entity.kind == "cred" and entity.value for entity in sheet.entities):
        return
    for match in (*_WITH_USER.finditer(sheet.text), *_USER_ONLY.finditer(sheet.text)):
        start, end = match.span()
        inside = sheet.masked[start : match.start("user")]
        if MASK not in inside and re.search(
            r"\b(?:log|sign|password|credential|authenticat)", sheet.text, re.IGNORECASE
        ):
            sheet.put(Entity(kind="cred", start=start, end=end, value=_unquote(match["user"])))
            return


def _urls(sheet: _Sheet) -> None:
    for match in _URL.finditer(sheet.masked):
        start, end = match.start(), _url_end(sheet.text, match.start(), match.end())
        raw = sheet.text[start:end]
        address, user = _without_user(raw)
        if address:
            sheet.take(Entity(kind="url", start=start, end=end, value=address, label=user))


def _codes(sheet: _Sheet) -> None:
    """Take numbers that are written in groups, before their figures are read as anything else."""
    for match in _GROUPED_CODE.finditer(sheet.masked):
        sheet.take(Entity(kind="quote", start=match.start(), end=match.end(), value=match[0]))


def _addresses(sheet: _Sheet) -> None:
    for match in _EMAIL.finditer(sheet.masked):
        sheet.take(Entity(kind="email", start=match.start(), end=match.end(), value=match[0]))
    for match in _LOCAL.finditer(sheet.masked):
        end = _url_end(sheet.text, match.start(), match.end())
        sheet.take(
            Entity(
                kind="url",
                start=match.start(),
                end=end,
                value="http://" + sheet.text[match.start() : end],
            )
        )
    for match in _HOST.finditer(sheet.masked):
        end = _url_end(sheet.text, match.start(), match.end())
        raw = sheet.text[match.start() : end]
        if _is_host(raw):
            sheet.take(Entity(kind="url", start=match.start(), end=end, value="https://" + raw))
    for match in _PORT_HOST.finditer(sheet.masked):
        end = _url_end(sheet.text, match.start(), match.end())
        sheet.take(
            Entity(
                kind="url",
                start=match.start(),
                end=end,
                value="http://" + sheet.text[match.start() : end],
            )
        )
    for match in _FOLDER_PATH.finditer(sheet.masked):
        if _is_path(match[0], sheet.masked[match.end() :]):
            sheet.take(Entity(kind="path", start=match.start(), end=match.end(), value=match[0]))
    for match in _FILE.finditer(sheet.masked):
        if match["extension"].lower() in words("formats", "extensions"):
            sheet.take(Entity(kind="file", start=match.start(), end=match.end(), value=match[0]))


def _is_path(said: str, after: str) -> bool:
    """Whether words with slashes are folders within folders, not a choice of words: `in reports/2026`."""
    parts = [part.lower() for part in said.strip("/").split("/")]
    listed = {"or"} & set(parts) or all(
        part in words("nouns", "columns") | words("nouns", "fields") | words("nouns", "conditions")
        for part in parts
    )
    ends_in_file = parts[-1].rpartition(".")[2] in words("formats", "extensions")
    folder_follows = re.match(r"\s+(?:sub)?(?:folder|directory)\b", after) is not None
    return not ends_in_file and (folder_follows or not (listed or _NO_PATH.fullmatch(said.lower())))


_USER_IN_URL = re.compile(r"(?<=://)(?P<user>[^/@:\s]*)(?::[^/@]*)?@")


def _without_user(url: str) -> tuple[str, str]:
    """Return the address without the user in it, and the user; an address that is none becomes empty."""
    user = _USER_IN_URL.search(url)
    plain = _USER_IN_URL.sub("", url, count=1)
    try:
        urlsplit(plain)
    except ValueError:
        return "", ""
    return plain, user["user"] if user is not None else ""


def _url_end(text: str, start: int, end: int) -> int:
    while end > start and (
        text[end - 1] in ".,;:!?'\"*_>]}" or (text[end - 1] == ")" and "(" not in text[start:end])
    ):
        end -= 1
    return end


def _is_host(raw: str) -> bool:
    host = re.split(r"[/:?#]", raw, maxsplit=1)[0].lower()
    labels = host.split(".")
    if any(len(label) > 63 for label in labels) or (
        labels[0] in among("e i a p") and len(host) <= 4
    ):
        return False
    top = labels[-1]
    if top in words("formats", "extensions") and "/" not in raw:
        return False
    return top in words("formats", "top_levels") or (
        len(top) == 2 and top.isalpha() and top not in words("formats", "extensions")
    )


def _quotes(sheet: _Sheet) -> None:
    for match in _QUOTE.finditer(sheet.text):
        value = next((group for group in match.groups() if group is not None), "")
        value = value.replace('\\"', '"')
        inner = sheet.masked[match.start() : match.end()].strip("\"'“”\u2018\u2019„«»`")
        if (
            inner
            and not inner.strip(MASK)
            and any(
                e.kind == "url" and match.start() <= e.start and e.end <= match.end()
                for e in sheet.entities
            )
        ):
            continue
        if any(
            e.kind == "cred" and e.start < match.end() and e.end > match.start()
            for e in sheet.entities
        ):
            continue
        if any(
            e.kind == "content" and e.start < match.end() and e.end > match.start()
            for e in sheet.entities
        ):
            continue
        if value.strip():
            sheet.put(
                Entity(kind="quote", start=match.start(), end=match.end(), value=value.strip())
            )


def _titled(sheet: _Sheet) -> None:
    """Take names with titles whole, without the `'s` of what is theirs."""
    for match in _TITLED.finditer(sheet.masked):
        end = match.end()
        owned = re.search(r"['\u2019]s$", match[0])
        if owned is not None and not match[0].startswith(("St ", "St.", "Sts", "Ste")):
            end -= 2
        value = sheet.text[match.start() : end]
        sheet.take(Entity(kind="quote", start=match.start(), end=end, value=value))


def _pairs(sheet: _Sheet, verbs: Callable[[str], bool]) -> None:
    labels = words("formats", "labels")
    known = words("nouns", "fields") | words("nouns", "columns")
    position = 0
    while (match := _PAIR.search(sheet.masked, position)) is not None:
        field_name, sep = match["field"].strip(), match["sep"]
        low = " ".join(field_name.lower().split())
        position = match.end("sep")
        if MASK in match["field"]:
            continue
        if sep in {"->", "→"} and low not in known:
            continue
        last_words = _known_tail(low, known)
        if low in labels or low.split()[-1] in labels:
            continue
        first_value_word = re.match(r"[\w'-]*", match["value"].strip())
        if (
            sep == ":"
            and last_words is None
            and (
                verbs(first_value_word[0].lower() if first_value_word else "")
                or len(low.split()) > 2
            )
        ):
            continue
        if (
            sep == ":"
            and last_words is None
            and not (
                match.start() == 0
                or sheet.text[match.start() - 1] in "\n,;({*•-"
                or sheet.text[: match.start()].rstrip().endswith(("with", "and", ":", ";", ","))
            )
        ):
            continue
        name = last_words or low.split()[-1]
        if sep == ":" and _holds_values(name, sheet.text[: match.start("field") + len(field_name) - len(name)]):  # fmt: skip
            continue
        said = sheet.text[match.start("value") : match.end("value")]
        if name in words("nouns", "creatable") and _lists_fields(said, known):
            # "a new customer: name Zoe Quill, city Oslo": the fields of what is made.
            continue
        start = match.start("field") + len(field_name) - len(name)
        end = _value_end(sheet, match.start("value"), match.end("value"), known, verbs)
        value = _unquote(sheet.text[match.start("value") : end])
        if not value or sheet.holds("content", start, end) or sheet.holds("cred", start, end):
            continue
        sheet.put(
            Entity(
                kind="pair",
                start=start,
                end=end,
                value=value,
                label=sheet.text[start : start + len(name)],
            )
        )
        position = end


_INTO = re.compile(r"\b(?:to|into|in|as|onto|make|build|create)\s+(?:a|an|the|one)\s+(?:\w+\s+)?$", re.IGNORECASE)  # fmt: skip


def _holds_values(name: str, before: str) -> bool:
    """Whether what follows the name is no value of it: `to a table: name, kind`, `the intake form: animal Rex`."""
    last = name.split()[-1]
    forms = words("nouns", "forms") - {"page", "template"}
    return last in forms or (last in words("nouns", "tables") and _INTO.search(before) is not None)


def _as_said(day: Period) -> str:
    """Return the day, by a name that moves with the runs when it was said relative to today."""
    return f"{{date.{day.names[0]}}}" if day.names is not None else day.first


def _is_order(label: str, verbs: Callable[[str], bool]) -> bool:
    """Whether words before a value say what to do, and name no field: `submit it using the`, `the intake form`."""
    said = label.lower().split()
    if said and said[-1] in words("nouns", "forms") - {"page", "template"}:
        return True
    return len(said) > 1 and verbs(said[0]) and said[1] in among("it them this that everything all")


def _form_items(sheet: _Sheet, today: date, verbs: Callable[[str], bool]) -> None:
    for item in listed_items(sheet.masked, sheet.entities):
        if not _is_order(item.label, verbs):
            _form_item(sheet, item, today)
    known = words("nouns", "fields") | words("nouns", "columns")
    for item in items_of(sheet.masked, MASK):
        last = item.label.lower().split()[-1:]
        value = sheet.text[slice(*item.value_span)]
        if last and last[0] in words("nouns", "creatable") and _lists_fields(value, known):
            continue  # "create a new customer: name Olaf Reiss": the fields of what is made
        if not sheet.holds("url", item.value_start, item.end) and not _is_order(item.label, verbs):
            _form_item(sheet, item, today)


_OF_DAYS = re.compile(r"\b(?:date|day|birthday|deadline|due|born|arrival|departure)\b", re.IGNORECASE)  # fmt: skip


def _form_item(sheet: _Sheet, item: Item, today: date) -> None:
    said = sheet.text[slice(*item.value_span)]
    value = _unquote(said) or "yes"
    # In quotes a day is text, unless the field is one of days.
    typed = value != said.strip() and not _OF_DAYS.search(item.label)
    days = (
        []
        if typed
        else [one for one in read_periods(value, today) if one.single and one.text == value]
    )
    sheet.put(
        Entity(
            kind="pair",
            start=item.start,
            end=item.end,
            value=_as_said(days[0]) if days else value,
            label=item.label,
        )
    )


def _lists_fields(value: str, known: frozenset[str]) -> bool:
    """Whether a value is itself the name of a field and its value: `name Zoe Quill`."""
    said = value.split()
    return any(
        " ".join(said[:count]).lower() in known
        and (
            said[count][:1].isupper()
            or said[count][:1].isdigit()
            or "@" in said[count]
            or MASK in said[count]
        )
        for count in range(1, min(4, len(said)))
    )


def _known_tail(phrase: str, known: frozenset[str]) -> str | None:
    parts = phrase.split()
    for count in range(len(parts), 0, -1):
        if " ".join(parts[-count:]) in known:
            return " ".join(parts[-count:])
    return None


def _value_end(
    sheet: _Sheet, start: int, end: int, known: frozenset[str], verbs: Callable[[str], bool]
) -> int:
    """End a value before ` and FIELD`, ` and VERB`, ` then VERB` or the sentence's full stop."""
    span = sheet.masked[start:end]
    for joint in re.finditer(
        r"\s+(?:and|then|&)\s+(?:then\s+|also\s+)?(?P<next>[\w-]+)(?P<second>\s+[\w-]+)?", span
    ):
        following = joint["next"].lower()
        pair = (following + (joint["second"] or "").lower()).strip()
        rest = span[joint.end("next") :]
        if (
            following in known
            or pair in known
            or verbs(following)
            or re.match(r"\s*(?:[\w-]+\s*)?[:=]", rest)
        ):
            return start + joint.start()
    dash = re.search(r"\s+[-\u2013|]\s+(?P<next>[\w-]+(?: [\w-]+)?)\s*[:=]", span)
    if dash is not None and _known_tail(dash["next"].lower(), known) is not None:
        return start + dash.start()
    stop = re.search(r"[.!?](?=\s|$)", span)
    if stop is not None:
        return start + stop.start()
    return start + len(span.rstrip())


def _amounts(sheet: _Sheet, today: date) -> None:
    for match in _MONEY.finditer(sheet.masked):
        raw = match["amount1"] or match["amount2"]
        factor = {"k": 1000, "m": 1_000_000}.get((match["k1"] or match["k2"] or "").lower(), 1)
        number = read_number(raw)
        if number is not None:
            sheet.take(
                Entity(
                    kind="money",
                    start=match.start(),
                    end=match.end(),
                    value=_shown(number * factor),
                )
            )
    for period in read_periods(sheet.masked, today):
        label = "" if period.single else period.last
        sheet.take(
            Entity(
                kind="date",
                start=period.start,
                end=period.end,
                value=period.first,
                label=label,
                days=period.names,
            )
        )
    for start, end, value in open_days(sheet.masked, whole=sheet.text):
        sheet.take(Entity(kind="date", start=start, end=end, value=value))
    _times(sheet)
    _numbers(sheet)


def _times(sheet: _Sheet) -> None:
    for match in _TIME.finditer(sheet.masked):
        moment = read_clock(match[0])
        if moment is not None:
            sheet.take(
                Entity(
                    kind="time",
                    start=match.start(),
                    end=match.end(),
                    value=clock(moment.hour, moment.minute),
                )
            )


def _numbers(sheet: _Sheet) -> None:
    for match in _GLUED.finditer(sheet.masked):
        number = read_number(match["number"])
        if number is not None and not _THOUSANDS.match(sheet.masked, match.start()):
            sheet.take(
                Entity(
                    kind="number",
                    start=match.start(),
                    end=match.end("number"),
                    value=_shown(number),
                )
            )
    for match in _THOUSANDS.finditer(sheet.masked):
        number = read_number(match[1])
        if number is not None:
            sheet.take(
                Entity(
                    kind="number", start=match.start(), end=match.end(), value=_shown(number * 1000)
                )
            )
    for match in _NUMBER.finditer(sheet.masked):
        figures = match[0].rstrip("% ")
        number = read_number(figures)
        if number is not None:
            # A code is what it is written as: `00417`, twenty digits.
            value = figures if figures.isdigit() else _shown(number)
            sheet.take(Entity(kind="number", start=match.start(), end=match.end(), value=value))


def read_number(raw: str) -> float | None:
    """Return the number that figures with separators say: 1.234,50 and 1,234.50 are the same."""
    text = raw.replace("'", "").replace(" ", "")
    if "," in text and "." in text:
        decimal = max(text.rfind(","), text.rfind("."))
        text = re.sub(r"[.,]", "", text[:decimal]) + "." + text[decimal + 1 :]
    elif re.fullmatch(r"\d{1,3}(?:[.,]\d{3})+", text):
        text = re.sub(r"[.,]", "", text)
    else:
        text = text.replace(",", ".")
    try:
        return float(text)
    except ValueError:
        return None


def _shown(number: float) -> str:
    return str(int(number)) if number == int(number) else str(number)

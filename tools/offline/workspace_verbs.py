"""Which of the workspace's verbs a clause means: its verb, its object and the words around them decide."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from podium.state.plan import Verb
from podium.tools.offline.clauses import Clause
from podium.tools.offline.constructions import without_agent
from podium.tools.offline.lexicon import among, words
from podium.tools.offline.suggestion_words import decision_in
from podium.tools.offline.targets import Target
from podium.tools.offline.tokens import Token
from podium.tools.offline.verbs import web_acts


class _Cues:
    """What a clause shows: its words, its verb, its agents."""

    def __init__(
        self, clause: Clause, sentence: Sequence[Token], target: Target, *, web_before: bool
    ) -> None:
        self.clause = clause
        self.target = target
        self.web_before = web_before
        self.tokens = clause.tokens
        self.lows = [token.low for token in self.tokens]
        self.shape = _shape(self.tokens)
        self.sentence = _shape(sentence)
        self.sentence_tokens = sentence
        self.sentence_words = [token.low for token in sentence]
        self.sentence_lows = {token.low for token in sentence}
        self.acts = clause.verb.workspace if clause.verb is not None else frozenset[str]()
        self.verb = clause.verb.phrase if clause.verb is not None else ""
        self.scheduled = any(token.kind == "schedule" for token in self.tokens)
        self.agents = sum(token.kind == "agent" for token in sentence)
        self.urls = any(token.kind == "url" for token in sentence)

    def has(self, *wanted: str) -> bool:
        """Whether one of the words is in the clause."""
        return any(word in self.lows for word in wanted)

    def says(self, pattern: str) -> bool:
        """Whether the clause, with entities named, matches."""
        return re.search(pattern, self.shape) is not None


def _shape(tokens: Sequence[Token]) -> str:
    names = {
        "agent": "AGENT",
        "schedule": "SCHEDULE",
        "quote": "QUOTE",
        "url": "URL",
        "file": "FILE",
        "number": "NUM",
        "time": "TIME",
        "date": "DATE",
        "pair": "PAIR",
        "money": "NUM",
    }
    return " ".join(names.get(token.kind, token.low) for token in tokens)


_GENERIC = r"(?:AGENT|it|that|this|them|(?:the|my|this|that|our|all|both|which|what|any|every)(?: \w+)? (?:agents?|bots?|automations?|robots?|scrapers?|workflows?))"


def decide(
    clause: Clause, sentence: Sequence[Token], target: Target, *, web_before: bool
) -> Verb | None:
    """Return the verb of a request about agents, or none when the clause is no such request."""
    cues = _Cues(clause, sentence, target, web_before=web_before)
    for rule in _WITHOUT_TARGET:
        verb = rule(cues)
        if verb is not None:
            return verb
    if not target.found:
        return None
    for rule in _WITH_TARGET:
        verb = rule(cues)
        if verb is not None:
            return verb
    return None


# -- Without an agent: questions and requests about the workspace ------------------------------------


_NOUNS_OF_ADVICE = among(
    "idea ideas suggestion suggestions recommendation recommendations proposal proposals"
)
_ASKS_ADVICE = r"\?|\b(?:any|some|more|your|give|have|got|show|list|need|want|tell|make|new|open|what|which|agents?|bots?|workspace|automat\w*|accept|dismiss|reject)\b|^\W*(?:\w+\W+){0,1}(?:ideas|suggestions|recommendations|proposals)\W*(?:please)?\W*$"


def _suggest(cues: _Cues) -> Verb | None:
    text = cues.sentence
    if decision_in(" ".join(cues.sentence_words)) is not None and not cues.urls:
        return "suggest"
    if without_agent(cues.sentence_tokens) is not None:
        return "suggest"
    asks = re.search(
        r"\b(?:what|which|anything|something)\b.*\b(?:automate|automated|automating)\b|\b(?:ideas?|suggestions?|recommendations?|proposals?)\b|\bwhat else (?:can|could|should)\b|\b(?:suggest|recommend|propose|advise|brainstorm)\b",
        text,
    )
    asked = asks is not None and (asks[0] not in _NOUNS_OF_ADVICE or re.search(_ASKS_ADVICE, text))
    if not asked or (
        cues.urls
        and not re.search(
            # `recommend it: yes` is a field of the form that the address names.
            r"\bautomat|\bagents?\b|\bideas?\b|\bsuggest|^\s*(?:please\s+)?recommend|\byou recommend|\brecommend (?:me|us|what|which|how)|\brecommendation",
            text,
        )
    ):
        return None
    if (
        re.search(
            r"\b(?:submit|send|leave|post|fill|collect|get|download|list|read|scrape|extract)\b[^?]*\b(?:suggestions?|ideas?|proposals?|recommendations?)\b",
            text,
        )
        and "automat" not in text
        and "agent" not in text.lower()
    ):
        return None
    return "suggest"


def _import(cues: _Cues) -> Verb | None:
    if "import" not in cues.acts and "import" not in cues.lows:
        return None
    has_file = any(token.kind == "file" for token in cues.tokens)
    about_agent = cues.target.found or cues.says(r"\b(?:agents?|bots?|automations?|workflows?)\b")
    if cues.urls and not about_agent:
        return None
    if cues.verb in among("import|load|install|ingest|bring in|read in") and (
        about_agent or (has_file and not cues.web_before)
    ):
        return "import"
    if (
        cues.verb in among("restore|add|upload|create|deploy|take|read|pull in")
        and has_file
        and about_agent
        and cues.has("from", "file", "backup", "export")
    ):
        return "import"
    return None


def _about_workspace(cues: _Cues) -> Verb | None:
    """`which agents do I have`, `show all runs`, `what ran last night`, `list my schedules`."""
    if cues.urls or cues.target.names or cues.web_before:
        return None
    text = cues.sentence
    if re.search(r"\bwhy\b", text) and cues.sentence_lows & set(
        words("workspace", "problem_words")
    ):
        return "troubleshoot"
    if re.search(
        r"^(?:so )?(?:what|anything)(?:'s| is| has| have)? (?:\w+ )?(?:changed|new|happened|different)\b",
        text,
    ):
        return "inspect"
    nouns = r"(?:agents?|bots?|automations?|runs|schedules|workspace|inbox|robots|workflows)"
    if re.search(
        rf"^(?:please )?(?:can you |could you )?(?:show|list|display|give|print|see|view|get|tell)\b(?: me| us)?(?: about)?(?: all| the| my| our| every| a list| list| of| an overview| overview| what| which| status| last| latest| recent| failed| running| deployed| paused| active| available| existing| current| next| upcoming| open| pending| NUM| questions| in| waiting| for)* {nouns}\b",
        text,
    ):
        return "inspect"
    if re.search(
        rf"^(?:which|what|how many|are there any|do i have(?: any)?|any|are any)\b.*\b{nouns}\b",
        text,
    ) and not re.search(r"\b(?:create|build|make|automate)\b", text):
        return "inspect"
    if re.search(
        r"\bwhat (?:ran|failed|happened|went wrong|is running|is scheduled|runs|will run|has run)\b|\b(?:what|which)\b.* (?:waiting for|needs) (?:me|my|an answer)\b|^(?:did|have) (?:anything|something|any) (?:fail|run|break)",
        text,
    ):
        return "troubleshoot" if re.search(r"^why|went wrong$", text) else "inspect"
    if re.search(
        r"^(?:what(?:'s| is) (?:going on|running|scheduled|deployed|new|open|waiting)|status|inbox|agents|runs|schedules)\s*$",
        text,
    ):
        return "inspect"
    return None


# -- With an agent --------------------------------------------------------------------------------


def _troubleshoot(cues: _Cues) -> Verb | None:
    text = cues.sentence
    problem = set(words("workspace", "problem_words"))
    asks_why = re.search(r"\bwhy\b", text) is not None
    if "troubleshoot" in cues.acts and cues.verb in among(
        "troubleshoot|fix|debug|diagnose|repair|heal|mend|sort out|unbreak|investigate"
    ):
        return "troubleshoot"
    if asks_why and (
        cues.sentence_lows & problem
        or re.search(r"\b(?:not|n't|doesn't|didn't|isn't|never|no|so)\b", text)
        or "did" in cues.sentence_lows
        or "does" in cues.sentence_lows
    ):
        return "troubleshoot"
    if (
        re.search(
            r"\b(?:what's|what is|what|whats) (?:went |is |was |the )?(?:wrong|broken|the problem|the matter|problem|up)\b(?: with)?",
            text,
        )
        and "changed" not in text
    ):
        return "troubleshoot"
    if (
        re.search(
            r"\b(?:doesn't|does not|isn't|is not|won't|not|no longer|didn't|did not|stopped|don't|do not|can't)\b (?:\w+ )?(?:work|working|run|running|respond|start|finish|find|return|download|deliver|produce|get|succeed|collect|do)\b",
            text,
        )
        and "troubleshoot" not in text
        and not re.search(r"^(?:please )?(?:do not|don't|stop) ", text)
        and not re.search(r"\bshould(?:n't| not)\b", text)
    ):
        return "troubleshoot"
    if re.search(
        rf"{_GENERIC} (?:is|are|was|has|have|keeps?|just|always|seems?|got|gets|went)(?: \w+)? (?:broken|failing|crashing|stuck|failed|crashed|wrong|down|dead|misbehaving|slow|hanging|flaky|broke|erroring|stopped)\b",
        text,
    ) or re.search(
        rf"{_GENERIC} (?:fails|failed|crashed|crashes|broke|breaks|hangs|misbehaves)\b", text
    ):
        tells_which = re.search(rf"{_GENERIC} (?:that|which|who) ", text) and cues.acts
        return (
            None
            if tells_which
            or re.search(r"^(?:did|has|have|if|when|whenever|tell|notify|let|is|are)\b", text)
            else "troubleshoot"
        )
    if "troubleshoot" in cues.acts and cues.sentence_lows & problem:
        return "troubleshoot"
    return None


def _compare(cues: _Cues) -> Verb | None:
    if "compare" in cues.acts and cues.verb != "what":
        return "compare"
    if re.search(
        r"\b(?:difference|differences|diff|compared? (?:to|with)|versus|vs|differ|differs|differ(?:ed|ent))\b|\bwhat (?:has |have )?changed\b|\bchanged between\b|\bchanges? (?:between|since)\b|\bhow (?:does|do|did) .* (?:differ|compare)\b",
        cues.sentence,
    ):
        return "compare"
    return None


def _chain(cues: _Cues) -> Verb | None:
    if cues.verb in {"chain", "string together"}:
        return "chain"
    if cues.agents < 2:
        return None
    text = cues.sentence
    if re.search(
        r"\b(?:after|when|whenever|once|every time|each time|as soon as|follow(?:s|ed)?|upon)\b",
        text,
    ) and re.search(
        r"\b(?:run|runs|start|starts|trigger|triggers|launch|kick|execute|fire|follow|followed|follows|go|use|let|have|should|do|begin)\b",
        text,
    ):
        return "chain"
    if re.search(
        r"\b(?:feed|pipe|pass|hand|forward|send|use|give|plug|take|connect|link|wire|hook|couple|tie|push|stream)\b.*AGENT.*\b(?:to|into|with|in|for|by|as|up)\b.*AGENT",
        text,
    ):
        return "chain"
    if re.search(
        r"AGENT (?:\w+ )?(?:triggers?|feeds?|starts|should start|is followed by|followed by|kicks off|launches)\b.*AGENT",
        text,
    ):
        return "chain"
    return None


def _merge_split(cues: _Cues) -> Verb | None:
    if (
        "split" in cues.acts
        and cues.verb.split()[0]
        in among("split break divide separate decompose cut carve chop take")
        and cues.verb not in {"cut", "take"}
    ):
        return "split"
    if cues.says(
        r"\binto (?:two|three|four|several|separate|multiple|NUM|2|3) (?:separate |smaller |independent |different )?(?:agents?|bots?|parts|pieces|ones|automations)?"
    ) and not cues.has("merge", "combine"):
        return "split"
    if (
        "merge" in cues.acts
        and cues.verb.split()[0]
        in among("merge combine join unite fuse consolidate unify amalgamate bring blend collapse")
        and (
            cues.agents > 1
            or cues.target.everyone
            or len(cues.target.names) > 1
            or cues.has("and", "both", "with")
        )
    ):
        return "merge"
    if cues.agents > 1 and re.search(
        r"\binto (?:one|a single|1|NUM)\b|\bone (?:agent|bot) (?:out of|from)\b", cues.sentence
    ):
        return "merge"
    return None


def _rollback(cues: _Cues) -> Verb | None:
    if "rollback" not in cues.acts and not cues.has("rollback", "undo", "revert"):
        return None
    if cues.verb in among("roll back|rollback|revert|undo|downgrade|unwind|back out") or cues.has(
        "rollback"
    ):
        return "rollback"
    versioned = cues.says(
        r"\bversion\b|\bv ?NUM\b|\bv\d+\b|\b(?:previous|earlier|former|old|older|prior|before|original)\b|\blast (?:good|working|stable|known|change)\b|\bback to\b|\bhow it was\b|\bback\b.*\bNUM\b"
    )
    if (
        cues.verb
        in among(
            "roll|restore|go back|go back to|return|reset|switch back|put back|bring back|reinstate|switch|move back|set back|take back|activate|back"
        )
        and versioned
        and not cues.has("file", "backup")
    ):
        return "rollback"
    return None


def _rename(cues: _Cues) -> Verb | None:
    if cues.verb in among("rename relabel retitle rechristen"):
        return "rename"
    if cues.verb in {"call", "name"} and cues.target.found and not cues.has("when", "if"):
        return "rename"
    if (
        cues.says(
            r"\b(?:change|set|update|edit|switch|modify|give|alter)\b.*\bname\b.*\b(?:to|as|QUOTE)\b"
        )
        or cues.says(r"\bgive\b.*\b(?:the|a|another) (?:new |better |other )?name\b")
        or cues.says(r"\b(?:should|must|shall) (?:now )?be (?:called|named|renamed)\b")
    ):
        return "rename"
    return None


def _unschedule(cues: _Cues) -> Verb | None:
    text = cues.shape
    if cues.verb in {"unschedule", "deschedule"}:
        return "unschedule"
    schedule = r"\b(?:schedules?|scheduling|timetable|trigger|timer|cron|recurrence|automatic runs?|scheduled runs?|daily runs?|weekly runs?|hourly runs?|automatically)\b"
    if (
        "unschedule" in cues.acts
        and re.search(schedule, text)
        and not re.search(r"\b(?:to|so that) SCHEDULE", text)
        and not re.search(r"\bchange\b|\bset\b|\bput\b", text)
    ):
        return "unschedule"
    if re.search(
        r"\bno (?:more |longer |further )?(?:automatic|scheduled|regular) runs?\b", cues.sentence
    ):
        return "unschedule"
    stops = (
        re.search(
            r"\b(?:stop|don't|do not|no longer|not|never|shouldn't|quit|cease|cancel)\b",
            cues.sentence,
        )
        is not None
    )
    if (
        stops
        and (
            cues.scheduled
            or re.search(schedule, cues.sentence)
            or re.search(r"\bby itself\b|\bon its own\b", cues.sentence)
        )
        and re.search(
            r"\b(?:run|running|runs|start|starting|execute|executing|trigger|schedule|launch|scheduled)\b",
            cues.sentence,
        )
    ):
        return "unschedule"
    if re.search(
        r"\btake\b.*\boff\b.*\bschedule\b|\bonly (?:run )?(?:by hand|manually|on demand)\b|\brun (?:\w+ )?(?:only )?(?:by hand|manually|on demand)\b",
        cues.sentence,
    ):
        return "unschedule"
    return None


def _made_to(cues: _Cues) -> Verb | None:
    """Read `let the agent run`, `I want it to work at 9`, `have it continue`."""
    if cues.verb not in among("let|have|make|want|need|like|would like|i'd like|get|would love"):
        return None
    done = re.search(
        rf"{_GENERIC} (?:to )?(?:also |now |then )?(run|start|go|execute|work|fire|continue|resume|carry on|stop|pause|rest|sleep)s?\b(?! (?:faster|slower|better|longer|through|with \w+ filter))",
        cues.sentence,
    )
    if done is None:
        does = re.search(
            rf"{_GENERIC} (?:to )?(?:also |now |only |always |never |not |then |please )*(\w+)",
            cues.sentence,
        )
        return "modify" if does is not None and _works_on_pages(does[1]) else None
    if done[1] in among("continue|resume|carry on"):
        return "resume"
    if done[1] in {"stop", "pause", "rest", "sleep"}:
        return "pause"
    return "schedule" if "SCHEDULE" in cues.sentence else "run"


def _works_on_pages(word: str) -> bool:
    """Whether a word is a verb for what agents do on pages and with what they find."""
    acts = web_acts(word)
    return bool(
        acts
        & {
            "take",
            "store",
            "download",
            "filter",
            "skip",
            "notify",
            "fill",
            "search",
            "pick",
            "sort",
            "key",
            "watch",
        }
    )


def _inside_agent(cues: _Cues) -> Verb | None:
    """Read `also take the due date in the invoice agent`, `tell me when a price drops in X`: a change of what it does."""
    text = cues.shape
    the = "(?:the |my |our |that |this )?AGENT"
    inside = re.search(rf"\b(?:in|with|for|to|inside|within|into|by) {the}", text) or (
        re.search(rf"\bfrom {the}", text)
        and cues.has("also", "leave", "skip", "exclude", "drop", "omit")
    )
    verb = cues.clause.verb
    if not inside or verb is None or not verb.web & {
        "take", "store", "filter", "skip", "notify", "key", "sort", "pick", "download", "watch",
    }:  # fmt: skip
        return None
    adds = cues.has("also", "additionally", "too") or re.search(r"\bas well\b", text)
    event = cues.has("when", "if", "whenever", "once")
    looks = bool(verb.workspace & {"inspect", "export", "run"})
    return "modify" if adds or event or not looks else None


def _schedule(cues: _Cues) -> Verb | None:
    if cues.verb in {"schedule", "reschedule"} and (
        cues.scheduled or not cues.target.generic or cues.target.names
    ):
        return "schedule"
    if cues.scheduled and (
        "schedule" in cues.acts
        or cues.clause.verb is None
        or cues.says(
            r"\b(?:should|must|shall|needs to|has to|to) (?:also |now )?(?:run|start|execute|fire|go|happen|be run|be executed|be scheduled)\b"
        )
    ):
        return "schedule"
    if (
        cues.says(r"\bschedule\b")
        and "schedule" in cues.acts
        and cues.says(r"\b(?:to|for|on|at)\b")
    ):
        return "schedule"
    timed = any(token.kind == "time" for token in cues.tokens)
    if (
        timed
        and cues.verb.split()[:1]
        and cues.verb.split()[0] in among("move shift change set put run start reschedule have let")
        and cues.says(r"\b(?:to|at|until)\b")
    ):
        return "schedule"
    return None


def _pause_resume(cues: _Cues) -> Verb | None:
    text = cues.shape
    if "resume" in cues.acts and (
        cues.verb
        in among(
            "resume|unpause|un-pause|reactivate|re-enable|reenable|enable|turn on|turn back on|switch on|switch back on|unfreeze|activate|wake|wake up|unsuspend|continue|carry on|revive|reinstate|get going"
        )
        or re.search(
            r"\bback on\b|\bon again\b|\boff (?:hold|pause)\b|\bback (?:up|to life|online|into service|to work)\b|\bcontinue\b|\bback in (?:service|operation)\b",
            text,
        )
    ):
        return "resume"
    if re.search(r"\b(?:turn|switch)\b.*\b(?:back )?on\b", text) and not re.search(
        r"\boff\b", text
    ):
        return "resume"
    if "pause" in cues.acts and (
        cues.verb
        in among(
            "pause|suspend|disable|stop|halt|turn off|switch off|freeze|deactivate|shut down|shut off|hold off|mute|idle|quiesce|stand down|hold"
        )
        or re.search(
            r"\bon (?:hold|pause|ice)\b|\b(?:turn|switch|shut)\b.*\b(?:off|down)\b|\ba (?:break|rest|pause)\b",
            text,
        )
    ):
        return "pause"
    if re.search(r"\b(?:turn|switch|shut)\b.*\b(?:off|down)\b", text):
        return "pause"
    return None


def _export(cues: _Cues) -> Verb | None:
    if "export" not in cues.acts:
        return None
    has_file = any(token.kind == "file" for token in cues.tokens)
    if cues.verb in among("export|back up|backup|pack|package|serialise|serialize|dump"):
        return "export"
    if cues.verb in among("save download write give send share output hand extract archive") and (
        has_file
        or cues.says(
            r"\bas (?:a |an )?(?:\w+ )?(?:file|json|yaml|csv|excel|zip|package|spreadsheet|xlsx)\b|\bto (?:a |an )?(?:\w+ )?(?:file|disk|json|csv)\b"
        )
    ):
        return "export"
    return None


def _modify(cues: _Cues) -> Verb | None:
    text = cues.shape
    # The agent as a subject: "the price agent should also keep the stock".
    if re.search(
        r"(?:AGENT|\bagent|\bbot|\bit|\bscraper|\bone) (?:\w+ )?(?:should|must|shall|needs to|has to|ought to|can|could|also|shouldn't)\b",
        cues.sentence,
    ) and not re.search(
        r"\b(?:should|must) (?:run|be (?:paused|deleted|renamed|called|stopped))\b", cues.sentence
    ):
        return "modify"
    told = cues.verb.split()[:1] and cues.verb.split()[0] in among("tell ask instruct teach")
    if told and not re.search(r"(?:AGENT|\bit|\bagent) (?:to|that|how)\b", cues.sentence):
        # "tell me about X" tells the agent nothing.
        return None
    if "modify" in cues.acts and cues.verb.split()[0] in among(
        "change edit update adjust modify alter tweak extend amend revise adapt improve expand reconfigure configure teach make let have tell set switch point replace swap ask instruct narrow restrict limit rework rewrite refine enhance include"
    ):
        return "modify"
    if (
        "modify" in cues.acts
        and cues.verb.split()[0] in among("add remove drop skip exclude take give")
        and not (
            cues.verb == "give"
            and not re.search(r"(?:AGENT|\bit|\bagent) (?:a|an|the|another)\b", text)
        )
        and re.search(
            r"\b(?:to|from|in|for|of|with|out of)\b.*(?:AGENT|\bit\b|\bagent\b)|(?:AGENT|\bit|\bagent) (?:a|an|the|to)\b",
            text,
        )
    ):
        return "modify"
    return None


def _delete(cues: _Cues) -> Verb | None:
    if "delete" not in cues.acts:
        return None
    # "delete the rows the invoice agent collected": the object is not the agent.
    first = cues.clause.after[:1] or [
        token for token in cues.clause.verb_tokens[1:] if token.low in {"it", "them"}
    ]
    direct = (
        bool(first)
        and not re.match(
            r"^(?:\w+ ){0,2}\w+ (?:of|from|in)\b",
            _shape([token for token in cues.clause.after if token.kind != "agent"]),
        )
    ) or cues.clause.passive
    return "delete" if direct else None


def _run(cues: _Cues) -> Verb | None:
    if "run" in cues.acts and cues.verb not in among("use|go|let|do|perform|set off|repeat"):
        return "run"
    if (
        "run" in cues.acts
        and cues.verb in among("do|repeat|perform|let|use|set off")
        and (cues.has("again", "now", "go", "loose", "run", "once", "with") or cues.target.names)
    ):
        return "run"
    if (
        re.search(r"\b(?:again|once more|right now|one more time)\s*$", cues.shape)
        and cues.clause.verb is None
    ):
        return "run"
    return None


def _inspect(cues: _Cues) -> Verb | None:
    asks = bool(cues.lows) and (cues.lows[0] in words("workspace", "question_words"))
    sentence_asks = bool(cues.sentence) and cues.sentence.split()[0] in words(
        "workspace", "question_words"
    )
    if "inspect" in cues.acts or asks or sentence_asks:
        return "inspect"
    if (
        cues.lows
        and set(cues.lows) & set(words("workspace", "inspect_words"))
        and cues.clause.verb is None
    ):
        return "inspect"
    return None


def _question_first(cues: _Cues) -> Verb | None:
    """`did the invoice agent run?`, `when does it run next?`: a question, though it holds a verb."""
    first = cues.sentence.split()[0] if cues.sentence else ""
    if first in among(
        "did does is has when what what's how how's which where was who are were have whats hows"
    ) and not re.search(r"\b(?:please|about)\b.*\brun\b", cues.sentence):
        # "when X finishes, run Y" is no question.
        if first == "when" and not re.search(
            r"^when (?:did|does|is|was|will|has|do|should)\b", cues.sentence
        ):
            return None
        return "inspect"
    return None


_Rule = Callable[[_Cues], Verb | None]
_WITHOUT_TARGET: tuple[_Rule, ...] = (_import, _suggest, _about_workspace)
_WITH_TARGET: tuple[_Rule, ...] = (
    _made_to, _troubleshoot, _compare, _chain, _merge_split, _rename, _rollback, _question_first, _inside_agent, _unschedule, _schedule,
    _pause_resume, _export, _delete, _modify, _run, _inspect,
)  # fmt: skip

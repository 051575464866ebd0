"""What Podium says when it does not act: what it understood, what not, and what helps."""

from __future__ import annotations

import re
from collections.abc import Sequence

from podium.state.plan import Request
from podium.tools.offline.coverage import ACT_ABOVE
from podium.tools.offline.lexicon import texts
from podium.tools.planner import WorkspaceView

MODEL_HINT = (
    "I read requests by rules, without a model. To have any wording read, configure one: "
    "PODIUM_MODEL=openai:NAME with OPENAI_API_KEY, and OPENAI_BASE_URL for another provider or a local server. "
    "Or show me once, in a browser: `podium record URL --name NAME`."
)
WHAT_I_DO = (
    "I build web agents: tell me the site and what to do there, for instance "
    '"log into the portal at https://portal.example, download all unpaid invoices as CSV, every weekday at 8".'
)
_ENDS = re.compile(
    r"(?:(?:no|ok(?:ay)?|oh|well|please|actually|just)[,\s]+)*(?:never\s*mind|forget\s+(?:it|that|about\s+it)|cancel(?:\s+(?:it|that))?|drop\s+it|abort|let(?:'s)?\s+(?:it\s+be|forget\s+it))[\s.!]*",
    re.IGNORECASE,
)
_CLOSING = re.compile(
    r"(?:(?:ok(?:ay)?|great|fine|good|alright|thanks|thank you|cheers|no)[,.!\s]+)*that(?:'s| is| was| will be) (?:all|it)(?: for (?:now|today))?(?:[,.!\s]+(?:thanks|thank you|bye))*[\s.!]*",
    re.IGNORECASE,
)
_THANKS = re.compile(
    r"(?:(?:ok(?:ay)?|great stuff|great|perfect|nice|cool|super|good|fine|brilliant|awesome|lovely|alright|many|no|oh|ah|well)[,.!\s]+)*"
    r"(?:thanks?(?: you)?|thx|ty|ta|cheers|bye(?: bye)?|good ?bye|see (?:you|ya)|good night|take care|ciao|much appreciated|have a (?:nice|good|great|lovely) (?:day|evening|weekend|night|one)|well done|good job|nice work|great work)"
    r"(?:[\s,!.]+(?:and|for (?:now|today|your help|the help|that|everything|this)|mate|buddy|podium|you|all|everyone|a lot|so much|very much|again|team|thanks|thank you|bye|goodbye|cheers|later|tomorrow|soon|have a (?:nice|good) (?:day|evening|weekend|one)))*[\s!.,:)]*",
    re.IGNORECASE,
)
_QUIET = re.compile(
    r"(?:(?:please|just|ok(?:ay)?|oh)[,\s]+)*(?:leave me alone|go away|shut up|be quiet|stop (?:talking|bothering me)|not now|later)(?:[,\s]+(?:please|now|until \w+(?: \w+)?|for (?:now|today|a while)|ok(?:ay)?))*[\s.!]*",
    re.IGNORECASE,
)
_GREETING = re.compile(
    r"(?:hi|hello|hey|good (?:morning|evening|afternoon|day)|thanks?(?: you)?|thx|cheers|bye|goodbye|ok(?:ay)?|cool|nice|great|yo|howdy|greetings|test|ping|lol|hmm+|sure|yes|no|please|sorry|see you)(?:[\s,!.]+(?:there|podium|you|all|everyone|a lot|so much|very much|thanks|how are you(?: doing)?(?: today)?|again|team))*[\s!.?,:)]*",
    re.IGNORECASE,
)


_TALK = re.compile(
    r"(?:(?:i|we)(?:'ve|\u2019ve|\s+have|'m|\u2019m|\s+am|\s+are|\s+was|\s+were|\s+had|\s+feel|\s+felt|\s+hate|\s+love|\s+think|\s+guess|\s+believe)\b"
    r"|(?:he|she|they|my\s+\w+)\s+(?:is|are|was|were|had|has|feels?|said|says|thinks?)\b"
    r"|(?:is|are|was|were|will|does|did|do)\s+(?:it|there|he|she|they|we|i|that|this|the\s+\w+|any(?:one|body)|some(?:one|body))\b"
    r"|(?:you(?:'re|\u2019re|\s+are)|that(?:'s|\u2019s|\s+is|\s+was)|this\s+is|it(?:'s|\u2019s|\s+is|\s+was)|what\s+an?)\s)",
    re.IGNORECASE,
)
_WORK = re.compile(r"://|www\.|\bplease\b|\b(?:every|each|daily|weekly|monthly|hourly)\b|\b(?:anything|something|agents?|runs?|jobs?|bots?|site|portal|page|table|csv|pdf|form)\b", re.IGNORECASE)  # fmt: skip


def _only_talk(text: str, workspace: WorkspaceView) -> bool:
    """Tell whether somebody talks about themselves or asks about the world: nothing of the work, no agent is named."""
    if not _TALK.match(text) or _WORK.search(text) or len(text.split()) > 14:
        return False
    named = {word for agent in workspace.agents for word in re.split(r"\W+", agent.name.lower())}
    return not named & {word for said in re.findall(r"\w+", text.lower()) for word in (said, said.rstrip("s"), f"{said}s")} and not workspace.last_agent  # fmt: skip


def no_request(text: str, *, workspace: WorkspaceView) -> str:
    """Return a reply when the text is a greeting or a question about Podium itself, else nothing."""
    stripped = " ".join(text.split()).strip()
    if not stripped:
        return f"There is nothing to do yet. {WHAT_I_DO}"
    if workspace.agents and _THANKS.fullmatch(stripped):
        return "All right. What is scheduled goes on by itself."
    if _QUIET.fullmatch(stripped):
        return "All right. I say nothing until you do; what is scheduled goes on by itself."
    if _CLOSING.fullmatch(stripped):
        return "All right. What is scheduled goes on by itself."
    if _GREETING.fullmatch(stripped):
        return f"Hello. {WHAT_I_DO}"
    lowered = stripped.lower()
    if _ENDS.fullmatch(stripped):
        return "Nothing is open that could be stopped. What was done before stays: `undo that` takes it back."
    for pattern, reply in texts("replies", "about").items():
        if re.search(pattern, lowered):
            return reply
    if _only_talk(stripped, workspace):
        return f"That is nothing that I could do on a web site. {WHAT_I_DO}"
    return _unreadable(stripped)


def _unreadable(stripped: str) -> str:
    if not re.search(r"[^\W\d_]{2}", stripped):
        return f"I cannot read that as a request. {WHAT_I_DO}"
    return ""


def reply_for(requests: Sequence[Request], unexplained: Sequence[str], confidence: float) -> str:
    """Return what to tell the user about a reading; nothing when it is complete."""
    if not requests:
        said = f" I did not understand: {_quoted(unexplained)}." if unexplained else ""
        return f"I found no request that I can carry out.{said} {WHAT_I_DO} {MODEL_HINT}"
    if confidence >= ACT_ABOVE and not unexplained:
        return ""
    understood = "; ".join(_told(request) for request in requests)
    reply = f"I understood: {understood}. I did not understand: {_quoted(unexplained)}."
    return (
        reply
        if confidence >= ACT_ABOVE
        else f"{reply} So I do nothing yet; please say it in other words. {MODEL_HINT}"
    )


def _told(request: Request) -> str:
    if request.verb == "create":
        return (
            "a new agent: " + ", ".join(step.title for step in request.steps)
            if request.steps
            else "a new agent"
        )
    return f"{request.verb} {', '.join(request.agents)}".strip()


def _quoted(spans: Sequence[str]) -> str:
    return ", ".join(f"{span!r}" for span in spans) or "nothing else"

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
    r"(?:(?:ok(?:ay)?|great|perfect|nice|cool|super|good|fine|brilliant|awesome|lovely|alright|many|no|oh|ah|well)[,.!\s]+)*"
    r"(?:thanks?(?: you)?|thx|ty|cheers|bye(?: bye)?|good ?bye|see (?:you|ya)|good night|take care|ciao|much appreciated|well done|good job|nice work|great work)"
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

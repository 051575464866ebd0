"""Turns that ask how things stand, or only say to go on: `what is going on?`, `continue`, `did any build fail?`."""

from __future__ import annotations

import re

from podium.state.document import JsonObject
from podium.state.plan import Request, Understanding

_LEAD = r"(?:(?:please|ok|okay|hey|so|and|well|now|just|yes|can you|could you|tell me|show me|let's|let us)[, ]+)*"
_TAIL = r"(?:[, ]+(?:please|now|then|here|right now|at the moment|currently|today|there|with (?:it|that|this|the work)|it|working))*"
_GO_ON = r"(?:continue|go on|go ahead|carry on|keep going|proceed|resume(?! it\b)|move on|pick up where (?:we|you|i) left off|weiter)"
_STANDING = (
    r"(?:what(?:'s| is|s) (?:going on|happening|up|open|running|waiting|pending|outstanding|in progress|under ?way|the (?:status|state|situation))(?: for me| on me)?"
    r"|what (?:waits|do you wait|are you waiting) for(?: me)?"
    r"|what waits for (?:me|us)"
    r"|(?:what|which (?:questions?|things?)) (?:needs?|waits? for|do you need from|are (?:waiting|open) for) (?:me|my answer|an answer)"
    r"|what are you (?:doing|working on|building)"
    r"|(?:is|are) (?:anything|something|any (?:builds?|runs?|agents?)|there anything) (?:running|waiting|going on|open|under ?way|in progress|pending)(?: for me)?"
    r"|where (?:were|are|did) we(?: (?:at|stop|leave off|stand))?"
    r"|how (?:is it|are things|'s it) (?:going|coming along|standing)"
    r"|how (?:do|does) (?:things|it) stand"
    r"|any (?:news|progress))"
)
_FAILED = (
    r"(?:(?:did|have|has) (?:any(?: of (?:the|my))?|a|the last) (?:builds?|requests?|jobs?|conversations?) (?:failed|fail|break|broken|gone wrong|go wrong|got stuck|get stuck)"
    r"|(?:which|what) (?:builds?|requests?|conversations?) (?:have |has |were |was )?(?:failed|broke|broken|abandoned|stopped|went wrong|got stuck)"
    r"|(?:show|list|give)(?: me)?(?: all| the| my)* (?:failed|broken|abandoned) (?:builds?|requests?|conversations?))"
)  # fmt: skip


def read_standing(text: str) -> Understanding | None:
    """Return the question how things stand; none when the text says anything else."""
    said = " ".join(text.replace("\u2019", "'").split()).casefold().strip(" .!?")
    for form, arguments in _FORMS.items():
        if re.fullmatch(_LEAD + form + _TAIL, said):
            request = Request(verb="inspect", text=text.strip(), arguments=dict(arguments))
            return Understanding(requests=(request,), confidence=1.0)
    return None


_FORMS: dict[str, JsonObject] = {
    _GO_ON: {"what": "standing"},
    _STANDING: {"what": "standing"},
    _FAILED: {"what": "runs", "outcome": "fail"},
}

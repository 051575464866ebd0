"""Turns about the turn before: `undo that`, `no, I meant the other one`, `the same for X`, `again, with 10`."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pydantic import JsonValue

from podium.state.plan import Request, Understanding
from podium.tools.offline.constructions import marked
from podium.tools.offline.lexicon import among
from podium.tools.offline.references import agent_finder
from podium.tools.offline.targets import Target, TargetReader
from podium.tools.offline.tokens import Token, tokenise
from podium.tools.planner import CORRECTS, WorkspaceView

_LONGEST = 16
_LEAD = r"(?:(?:no|nope|nah|oh|ah|oops|ups|sorry|wait|hm+|hey|ok|okay|please|actually|well|and|but|damn|hold on|stop|,|\.|!) )*"
_END = r"(?: (?:please|instead|then|now|thanks|again|after all|,|\.|!|\?))* ?"
_SAID = r"(?:i (?:meant|mean|wanted|was thinking of|was talking about|am talking about|said|had in mind)|(?:it|that) (?:was meant for|should have been|should be|was supposed to be)|make (?:that|it)|that was about|do (?:that|it) (?:to|for|with)|rather|better)"
_MEANT = re.compile(
    rf"{_LEAD}(?:(?:not (?:that|this)(?: one)?|(?:that(?:'s| is| was) )?the wrong (?:one|agent|bot)|not @|wrong (?:one|agent)) [,.]? ?(?:but )?)?"
    rf"(?:{_SAID} )?(?:for )?@(?: [,]? ?not (?:@|that|this|that one|this one))?{_END}"
)
_CORRECTING = re.compile(
    rf"\b(?:no|nope|oops|sorry|wait|not|wrong|meant|mean|wanted|instead|rather|actually|better|said|supposed)\b|{_SAID} "
)
_SAME = re.compile(
    rf"{_LEAD}(?:(?:do |and )?(?:the )?same (?:thing )?(?:again )?(?:for|with|to|goes for|on)|do (?:that|it|this) (?:for|with|to)|(?:and )?also(?: for)?|and|what about|how about|likewise(?: for)?) @(?: (?:too|as well|also))?{_END}"
    rf"|{_LEAD}@ (?:too|as well|also){_END}"
)
_AGAIN = re.compile(
    rf"{_LEAD}(?:(?:do|try|repeat|and)? ?(?:the )?(?:same|that|this|it)? ?(?:thing )?(?:again|once more|one more time|once again)|repeat (?:that|it|this)|the same (?:again|thing))"
    rf"(?: ,?(?:but )?(?:with|for|using|at) (?P<value>\S+))?{_END}"
)
_UNDO = re.compile(
    rf"{_LEAD}(?:(?:can|could|would|will) you )?(?:(?:undo|revert|reverse|take back|cancel) (?:it|that|this|the last (?:thing|step|change)|what (?:i|you) just (?:said|did|changed))"
    r"|undo|(?:scratch|strike) (?:that|it|this)|(?:no|wait|oh|actually|sorry|oops|on second thought) ?,? ?(?:wait ?,? )?(?:don't|do not|rather not|better not)(?: do (?:that|it|this))?|take (?:it|that|this) back|change (?:it|that|this|everything) back|put (?:it|that|this|everything) back(?: (?:as|the way|to how|like) it was(?: before)?)?"
    r"|(?:that|this) was (?:a mistake|wrong|not what i (?:meant|wanted))|i (?:did not|didn't) (?:mean|want) (?:that|this|it)|i changed my mind|(?:bring|get) (?:it|that|them|this) back|i (?:still )?(?:need|want) (?:it|that|them) (?:back|after all)|back to how it was)"
    + _END
)
_FORMER = re.compile(
    rf"{_LEAD}(?:(?:put|bring|give|set|get|take|go) (?:me |us |them |it )?(?:back )?(?:to )?(?:the |its |their )?(?:old|previous|former|earlier|original) (?P<what>times?|schedules?|names?|state)(?: back)?){_END}"
)
_FORMERLY = {"time": "schedule", "schedule": "schedule", "name": "rename", "state": "pause resume"}
_STAY = re.compile(
    rf"{_LEAD}(?P<how>leave|keep|let) (?:it|that|this|them|everything|things)(?: be)?"
    rf"(?: (?:(?P<state>on|off|running|going|there)|alone|(?:as|the way) (?:it|they|things) (?:(?P<was>was|were)|is|are)(?P<before> before)?|(?P<like>like before)))?{_END}"
)
_RESTORE = re.compile(
    rf"{_LEAD}(?:(?:can|could|would) you )?(?:bring|get|fetch|have) (?P<a>.+?) back{_END}|{_LEAD}(?:restore|undelete|un-delete|recover|resurrect|revive) (?P<b>.+?){_END}"
    rf"|{_LEAD}i (?:still )?(?:need|want) (?P<c>.+?) back{_END}"
)
_ON, _OFF = frozenset({"on", "running", "going"}), frozenset({"off"})
_LOOKING = frozenset({"inspect", "troubleshoot", "compare", "suggest"})


def read_correction(text: str, workspace: WorkspaceView) -> Understanding | None:
    """Return what a turn about the turn before asks for; none when it stands for itself."""
    if not workspace.agents and not workspace.deleted:
        return None
    tokens = [
        token
        for token in tokenise(text, agent_finder(workspace, spelled=True, loose=True)(text))
        if token.kind != "content"
    ]
    if not tokens or len(tokens) > _LONGEST or any(token.kind == "url" for token in tokens):
        return None
    reader = _Reader(text.strip(), workspace, tokens)
    if reader.asks_for_nothing():
        return _nothing(text, "The turn before changed nothing that I could take back.")
    if reader.lets_it_stay():
        return _nothing(text, "It stays as it is now. `undo that` takes the last change back.")
    for read in (reader.undone, reader.restored, reader.meant, reader.same, reader.again):
        found = read()
        if found:
            return Understanding(requests=found, confidence=0.9)
    return None


def _nothing(text: str, reply: str) -> Understanding:
    nothing = Request(verb="none", text=text.strip())
    return Understanding(requests=(nothing,), confidence=0.9, reply=reply)


class _Reader:
    def __init__(self, text: str, workspace: WorkspaceView, tokens: Sequence[Token]) -> None:
        self._text = text
        self._workspace = workspace
        self._tokens = tokens
        self._targets = TargetReader(workspace)
        self._said = " ".join(token.low for token in tokens) + " "
        self._shape = marked(tokens, known=False)[0]

    def undone(self) -> tuple[Request, ...]:
        """Read `undo that`, `actually leave it on`, `bring it back`: what takes the last turn back."""
        if not self._workspace.undo:
            return ()
        stay = _STAY.fullmatch(self._said)
        taken_back = (
            _UNDO.fullmatch(self._said)
            or (stay and self._names_what_was(stay))
            or self._names_the_former()
        )
        return self._undoing() if taken_back else ()

    def lets_it_stay(self) -> bool:
        """Whether a turn that did something is followed by `keep it`, `leave it`: consent as likely as the reverse."""
        stay = _STAY.fullmatch(self._said)
        return bool(self._workspace.undo and stay and not self._names_what_was(stay))

    def _names_what_was(self, stay: re.Match[str]) -> bool:
        """Whether the words name how things stood before the last turn: `leave it on` once it was paused."""
        if stay["was"] or stay["before"] or stay["like"]:
            return True
        last = self._workspace.last_requests
        # A schedule that took the place of another was on before, and is.
        moved = any(item.verb == "schedule" and item.schedule is not None for item in last)
        return all(
            (item.verb == "resume" and stay["state"] in _ON)
            or (item.verb == "schedule" and stay["state"] in _ON and not moved)
            or (item.verb in {"pause", "unschedule"} and stay["state"] in _OFF)
            or (bool(item.arguments.get("deleted")) and _still_there(stay))
            for item in self._workspace.undo
        )

    def _names_the_former(self) -> bool:
        """Whether `put the old times back` names what the last turn changed."""
        match = _FORMER.fullmatch(self._said)
        if match is None:
            return False
        verbs = _FORMERLY[match["what"].rstrip("s")].split()
        return all(item.verb in verbs for item in self._workspace.undo)

    def asks_for_nothing(self) -> bool:
        """Whether the last turn shall be taken back, and did nothing that can be."""
        if self._workspace.undo or not self._workspace.last_requests:
            return False
        if not re.match(rf"{_LEAD}(?:undo|revert|take (?:it|that|this) back)\b", self._said):
            return False
        done = {item.verb for item in self._workspace.last_requests}
        return (
            done <= _LOOKING | {"run", "export", "none"} and _UNDO.fullmatch(self._said) is not None
        )

    def restored(self) -> tuple[Request, ...]:
        """Read `bring the ticket agent back`: one that was deleted."""
        match = _RESTORE.fullmatch(self._said)
        if match is None:
            return ()
        said = re.sub(r"[^a-z0-9]+", " ", match["a"] or match["b"] or match["c"] or "")
        wanted = set(said.split()) - among("the my our that agent bot one old deleted again")
        names = [
            name for name in self._workspace.deleted if wanted and wanted <= set(name.split("-"))
        ]
        names = list(dict.fromkeys(names))
        live = {agent.name for agent in self._workspace.agents}
        if len(names) != 1 or names[0] in live:
            return ()
        return (
            Request(
                verb="resume", text=self._text, agents=(names[0],), arguments={"deleted": True}
            ),
        )

    def meant(self) -> tuple[Request, ...]:
        """Read `no, I meant X`: the last turn taken back, then done to X."""
        if not self._workspace.last_requests or not _MEANT.fullmatch(self._shape):
            return ()
        if not _CORRECTING.search(self._shape):
            return ()
        target = self._target(last="not @" in self._shape and self._shape[-6:] != "not @ ")
        redone = self._with(target)
        return (*self._undoing(), *redone) if redone else ()

    def same(self) -> tuple[Request, ...]:
        """Read `the same for X`, `and X too`: what was asked last, for X."""
        if not self._workspace.last_requests or not _SAME.fullmatch(self._shape):
            return ()
        looks = all(item.verb in _LOOKING for item in self._workspace.last_requests)
        asks = self._shape.rstrip().endswith("?") or "about" in self._shape
        if asks and not looks:
            return ()
        return self._with(self._target(last=False), corrects=False)

    def again(self) -> tuple[Request, ...]:
        """Read `again`, `the same again with 10`: what was asked last, with another value of its one input."""
        match = _AGAIN.fullmatch(self._said)
        last = self._workspace.last_requests
        if match is None or not last or any(item.verb in {"none", "create"} for item in last):
            return ()
        value = (match["value"] or "").strip(" .,!")
        if not value:
            return tuple(item.model_copy(update={"text": self._text}) for item in last)
        given = last[-1].arguments.get("inputs")
        if last[-1].verb != "run" or not isinstance(given, dict) or len(given) != 1:
            return ()
        inputs: dict[str, JsonValue] = dict.fromkeys(given, value)
        arguments: dict[str, JsonValue] = {**last[-1].arguments, "inputs": inputs}
        return (last[-1].model_copy(update={"text": self._text, "arguments": arguments}),)

    def _undoing(self) -> tuple[Request, ...]:
        return tuple(
            item.model_copy(update={"arguments": {**item.arguments, CORRECTS: True}})
            for item in self._workspace.undo
        )

    def _target(self, *, last: bool) -> Target:
        """Return the agent meant: of `X, not Y` the first, of `not Y, X` the last."""
        named = [token for token in self._tokens if token.kind == "agent"]
        if named:
            return self._targets.outright([named[-1 if last else 0]])
        return self._targets.outright(self._tokens)

    def _with(self, target: Target, *, corrects: bool = True) -> tuple[Request, ...]:
        """Return the last requests, about that agent."""
        last = self._workspace.last_requests
        if not target.found or len(last) != 1:
            return ()
        if last[0].verb in {"none", "create", "chain", "merge"}:
            return ()
        names = tuple(target.names)
        if target.everyone:
            names = tuple(agent.name for agent in self._workspace.agents)
        missing = tuple(item for item in last[0].missing if item.field != "agent")
        arguments = {
            name: value
            for name, value in last[0].arguments.items()
            if name not in {"all", CORRECTS}
        }
        if corrects:
            arguments[CORRECTS] = True
        told = {
            "text": last[0].text if last[0].verb in _LOOKING else self._text,
            "agents": names,
            "missing": (*target.missing(self._workspace), *missing),
            "arguments": arguments,
        }
        return (last[0].model_copy(update=told),)


def _still_there(stay: re.Match[str]) -> bool:
    return stay["state"] == "there" or (stay["how"] == "keep" and stay["state"] is None)

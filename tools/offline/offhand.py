"""What people say offhand to a workspace that they know: `how come?`, `did it go through?`, `how many boats do we have?`."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

from podium.state.plan import Request, Understanding, Verb
from podium.tools.offline.followups import at_another_time
from podium.tools.offline.history import read_window
from podium.tools.offline.lexicon import singular
from podium.tools.offline.references import match_agents
from podium.tools.planner import AgentBrief, WorkspaceView, once_called

_LEAD = r"(?:(?:and|so|but|ok|okay|hey|hm+|well|oh|right|please|tell me|now|then|sorry|,)[ ,]+)*"
_END = r"(?: (?:please|then|now|again|though|exactly|actually|by the way|btw))*"
_FORM = {
    "told": rf"{_LEAD}(?P<act>run|start|kick off|launch|trigger|fire up|pause|stop|halt|suspend|resume|unpause|restart|wake up) (?P<list>.+?(?:,| and | & ).+?)(?: (?:now|please|again|right away|at once))*",
    "moved": rf"{_LEAD}(?:move|set|shift|put|change|push) (?P<a>.+?)(?:'s?)?(?: (?:run|runs|time|schedule))? to (?P<when>\d{{1,2}}(?:[:.]\d\d)?(?: ?[ap]m)?|half past \w+|noon|midnight){_END}",
    "timed": rf"{_LEAD}(?:(?:can|could|would) you )?(?:set|run|schedule|move|put|start|have|let|make) (?P<a>.+?) (?:run |start )?(?:to|at|for|on|from now on at) (?P<when>[^,]+?),? and (?P<b>.+?) (?:run |start )?(?:to|at|for|on) (?P<other>[^,]+?)(?:,? (?:both|each|all)(?: of them)?(?: only)? (?P<days>.+?))?{_END}",
    "up": rf"{_LEAD}what(?:'s| is| was)? (?:up|going on|happening|happened) (?:with|to) (?P<a>.+?){_END}",
    "stuck": rf"{_LEAD}(?:is|are) (?:anything|something|there anything|any of them) (?:stuck|waiting|pending|hanging|open)(?:,? or (?:stuck|waiting|pending|hanging|open))*(?: (?:on|for) (?:me|us|an answer))?{_END}",
    "all": rf"{_LEAD}how (?:did|have|are) (?:they|both|these|those|the two|all of them) (?:do|done|doing|go|gone|get on|fare|work out|turn out|run){_END}|{_LEAD}did (?:they|both|(?:both|all) of (?:them|those|these)|those|these|the two)(?: (?:both|all|just|actually))* (?:work(?: out)?|go (?:through|well|ok|okay|fine)|succeed|finish|run|come through){_END}",
    "runs": rf"{_LEAD}compare (?P<a>.+?)(?:'s?)? (?:last|latest) (?:two |2 )?(?:runs|results){_END}",
    "why": rf"{_LEAD}(?:what (?:do|can|should|could|shall) (?:i|we|you) do(?: about (?:it|that|this|them))?|how (?:do|can) (?:i|we|you) (?:fix|mend|solve|repair) (?:it|that|this|them)|how come|why(?: (?:so|not|is that|was that|did (?:it|that|they) (?:fail|break|happen|not work)))?|what went wrong(?: (?:there|then|with (?:it|that|them)))?|what(?:'s| is| was)? (?:the )?(?:reason|cause|problem)(?: (?:for (?:it|that)|there|with (?:it|that)))?|for what reason){_END}",
    "failed": rf"{_LEAD}(?:(?:what|how) (?:about|happened (?:to|with)) |why did )?(?:the )?(?:other )?(?:ones?|agents?|bots?|runs?|things?) (?:that|which|who) (?:failed|broke|crashed|went wrong|did not work|didn't work) (?P<when>.+?)(?: fail)?{_END}",
    "then": rf"{_LEAD}(?:(?:do )?(?:the )?same (?:again )?(?:for|with|to)|what about|how about|and) (?:(?:those|the ones|what failed|the (?:runs|failures)) (?:of |from |that failed )?)?(?P<when>yesterday|today|this morning|last night|this week|last week|(?:on |last )?(?:mon|tues|wednes|thurs|fri|satur|sun)day)(?:'s)?(?: ones?| failures| runs)?(?: too| as well)?{_END}",
    "went": rf"{_LEAD}(?:did|has|is|was|does) (?:it|that|this|the (?:thing|run|job|one|whole thing)|that (?:thing|run|one)|everything)(?: (?:all|just|already|really|ever|finally))* (?:(?:go|gone|went) (?:through|well|ok|okay|fine|alright|all right|right|as planned)|work(?:ed)?(?: out)?|run|ran|finish(?:ed)?|succeed(?:ed)?|successful|done|complete(?:d)?|over|make it|made it|come through){_END}",
    "next": rf"{_LEAD}when(?:'s| is| will be| does) (?:the|its|it) (?:next|run next|go next|due next)(?: (?:one|run|time|go))?{_END}|{_LEAD}when (?:it|that)(?:'s| is) (?:next )?(?:due|on|up|scheduled|planned)(?: next)?{_END}",
    "quicker": rf"{_LEAD}(?:which|who|what)(?: one| agent| of them| of the two)? (?:is|runs|takes|works|was|are)(?: the)? (?:quick|fast|slow|long|short)(?:er|est)?[ ,:]+(?P<a>.+?) (?:or|vs\.?|versus) (?P<b>.+?){_END}",
    "than": rf"{_LEAD}(?:is|does|are|was) (?P<a>.+?) (?:run |take |usually |any )*(?:quick|fast|slow|long|short)er than (?P<b>.+?){_END}",
    "days": rf"{_LEAD}compare (?:what )?(?P<a>.+?)(?:'s (?:runs|results|rows))? (?:brought|found|collected|got|stored|did|fetched|read|of|from) (?P<when>.+?) (?:and|with|to|against|vs\.?) (?P<other>.+?){_END}",
    "between": rf"{_LEAD}(?:what(?:'s| is| are)? )?(?:the )?differences? between (?P<when>yesterday|today|last \w+|(?:mon|tues|wednes|thurs|fri|satur|sun)day)(?:'s)? and (?P<other>yesterday|today|last \w+|(?:mon|tues|wednes|thurs|fri|satur|sun)day)(?:'s)? (?P<a>.+?){_END}",
    "where": rf"{_LEAD}(?:who|what|which (?:one|ones|agents?|bots?)(?: of (?:them|mine))?) (?:visits?|uses?|reads?|works? (?:on|with)|goes to|logs? (?:in to|into|on to)|signs? in to|collects? from|is on|are on|runs? on|looks? at|opens?) (?P<site>(?:[\w-]+\.)+[a-z]{{2,}}(?::\d+)?){_END}",
    "held": rf"{_LEAD}how many (?P<a>.+?) (?:(?:do|did|have) (?:we|i|you) (?:have|got|hold|know|keep|store|collect)(?: (?:already|now|so far|in (?:all|total)|in there))*|are (?:there|stored|kept|in the table)(?: (?:already|now|so far|in (?:all|total)))*){_END}",
    "whose": rf"{_LEAD}(?:who|what|which agents?|anyone|does anyone|does anything) (?:gets?|uses?|reads?|needs?|takes?|sees?|wants?) (?:the )?(?P<a>.+?) (?:data|rows|table|list|outputs?|results?|stuff){_END}",
}  # fmt: skip
_FORMS = {name: re.compile(form) for name, form in _FORM.items()}
_ARTICLE = re.compile(r"^(?:(?:the|my|our|of|all|for|from)\s+)+")
_NEAR = 0.8
_ACTS: dict[str, Verb] = {
    **dict.fromkeys(("run", "start", "kick off", "launch", "trigger", "fire up"), "run"),
    **dict.fromkeys(("pause", "stop", "halt", "suspend"), "pause"),
    **dict.fromkeys(("resume", "unpause", "restart", "wake up"), "resume"),
}
Found = Request | tuple[Request, ...] | None
_BROUGHT = re.compile(
    r"\b(?:fail|failed|failing|broke|broken|crash(?:ed)?|went wrong)\b", re.IGNORECASE
)


def read_offhand(text: str, workspace: WorkspaceView) -> Understanding | None:
    """Return what a turn asks that only makes sense to who knows the workspace; none when it is no such turn."""
    if not workspace.agents or "://" in text or workspace.now is None:
        return None
    said = " ".join(text.lower().replace("\u2019", "'").split()).strip(" ?.!")
    said = re.sub(r"^(\w+)[?!.]+ ", r"\1 ", said)
    reader = _Offhand(text.strip(), workspace)
    for name, form in _FORMS.items():
        match = form.fullmatch(said)
        requests = reader.ways[name](match) if match is not None else None
        if requests:
            found = requests if isinstance(requests, tuple) else (requests,)
            return Understanding(requests=found, confidence=0.9)
    return None


class _Offhand:
    def __init__(self, text: str, workspace: WorkspaceView) -> None:
        self._text = text
        self._workspace = workspace
        self.ways: dict[str, Callable[[re.Match[str]], Found]] = {
            "told": self._told,
            "moved": self._moved,
            "timed": self._timed,
            "up": self._up,
            "stuck": lambda _: self._inspecting((), self._text, what="standing"),
            "all": self._went,
            "runs": self._runs,
            "why": self._why,
            "failed": self._failed,
            "then": self._then,
            "went": self._went,
            "next": self._next,
            "quicker": self._quicker,
            "than": self._quicker,
            "days": self._days,
            "between": self._days,
            "where": self._where,
            "held": self._held,
            "whose": self._whose,
        }

    def _told(self, match: re.Match[str]) -> Found:
        """Read `kick off boats and shop`: agents by a word of their names, where every one is plain."""
        said = [part for part in re.split(r",| and | & ", match["list"]) if part.strip()]
        names = tuple(self._agent(part) for part in said)
        if not all(names) or len(set(names)) != len(names):
            return None
        return Request(verb=_ACTS[match["act"]], text=self._text, agents=names)

    def _moved(self, match: re.Match[str]) -> Found:
        name = self._agent(match["a"])
        agent = next((one for one in self._workspace.agents if one.name == name), None)
        if agent is None:
            return None
        return at_another_time(match["when"], self._text, agent, self._workspace)

    def _timed(self, match: re.Match[str]) -> Found:
        """Give two agents a time of its own each: `run A at 7 and B at half past eight, both on weekdays`."""
        both = ((self._agent(match["a"]), match["when"]), (self._agent(match["b"]), match["other"]))
        by_name = {agent.name: agent for agent in self._workspace.agents}
        if not all(name for name, _ in both) or both[0][0] == both[1][0]:
            return None
        found: list[Request] = []
        for name, when in both:
            said = f"{match['days']} at {when}" if match["days"] else when
            request = at_another_time(said, self._text, by_name[name], self._workspace)
            if request is None:
                return None
            found.append(request)
        return tuple(found)

    def _where(self, match: re.Match[str]) -> Found:
        """Tell which agents work on a site; where none does, which there are."""
        names = tuple(
            agent.name
            for agent in self._workspace.agents
            if urlsplit(agent.site).netloc == match["site"]
        )
        if names:
            return self._inspecting(names, self._text, what="agents")
        every = tuple(agent.name for agent in self._workspace.agents)
        return Request(
            verb="inspect", text=self._text, agents=every, arguments={"what": "agents", "all": True}
        )

    def _why(self, match: re.Match[str]) -> Request | None:
        """Ask why what was talked about failed: of several those that did."""
        talked = self._talked()
        bad = [agent.name for agent in talked if agent.last_outcome in {"fail", "partial"}]
        names = bad or [agent.name for agent in talked[-1:]]
        return self._troubleshooting(names[:1] if len(names) != len(talked) else names)

    def _up(self, match: re.Match[str]) -> Found:
        """Tell how an agent stands, and why its last run failed where it did."""
        name = self._agent(match["a"])
        if not name:
            return None
        brief = next(agent for agent in self._workspace.agents if agent.name == name)
        if brief.last_outcome in {"fail", "partial"}:
            return self._troubleshooting((name,))
        return self._inspecting((name,), self._text, what="status")

    def _runs(self, match: re.Match[str]) -> Found:
        name = self._agent(match["a"])
        compared = Request(
            verb="compare", text=self._text, agents=(name,), arguments={"runs": "last"}
        )
        return compared if name else None

    def _failed(self, match: re.Match[str]) -> Request | None:
        names = self._failing(match["when"])
        if names is None:
            return None
        if not names:
            return self._inspecting((), f"what failed {match['when']}?")
        return self._troubleshooting(names)

    def _then(self, match: re.Match[str]) -> Request | None:
        """Ask or do the same as last for another time."""
        last = self._workspace.last_requests
        when = match["when"]
        if len(last) != 1:
            return None
        if last[0].verb == "inspect" and not _BROUGHT.search(last[0].text):
            return last[0].model_copy(update={"text": f"{self._text} ({when})"})
        asks_why = last[0].verb == "troubleshoot"
        names = self._failing(when) if asks_why or _BROUGHT.search(last[0].text) else None
        if names is None:
            return None
        if last[0].verb == "inspect":
            return self._inspecting(last[0].agents, f"what failed {when}?")
        if last[0].verb not in {"run", "pause", "resume", "troubleshoot"} or not names:
            return self._inspecting((), f"what failed {when}?")
        return last[0].model_copy(update={"text": self._text, "agents": tuple(names)})

    def _went(self, match: re.Match[str]) -> Request | None:
        names = tuple(agent.name for agent in self._talked())
        return self._inspecting(names, self._text, what="last") if names else None

    def _next(self, match: re.Match[str]) -> Request | None:
        names = tuple(agent.name for agent in self._talked())
        return self._inspecting(names, self._text, what="schedule") if names else None

    def _quicker(self, match: re.Match[str]) -> Request | None:
        both = (self._agent(match["a"]), self._agent(match["b"]))
        if not all(both) or both[0] == both[1]:
            return None
        return self._inspecting(both, self._text, what="duration")

    def _days(self, match: re.Match[str]) -> Request | None:
        name = self._agent(match["a"])
        times = [self._since(match["when"]), self._since(match["other"])]
        if not name or None in times:
            return None
        first = min((match["when"], match["other"]), key=lambda said: str(self._since(said) or ""))
        return self._inspecting((name,), f"since {first}", what="counts")

    def _held(self, match: re.Match[str]) -> Request | None:
        name = self._agent(match["a"], tables=True)
        return self._inspecting((name,), self._text, what="outputs") if name else None

    def _whose(self, match: re.Match[str]) -> Request | None:
        name = self._agent(match["a"], tables=True)
        return self._inspecting((name,), self._text, what="users") if name else None

    # -- Who and when ------------------------------------------------------------------------------

    def _talked(self) -> list[AgentBrief]:
        """Return the agents of the last turn, in its order; else the one that `it` means."""
        by_name = {agent.name: agent for agent in self._workspace.agents}
        named = self._workspace.lately or (self._workspace.last_agent,)
        return [by_name[name] for name in named if name in by_name]

    def _agent(self, phrase: str, *, tables: bool = False) -> str:
        """Return the one agent that a phrase names, also by a former name or its table; empty when none or several."""
        said = _ARTICLE.sub("", phrase.strip())
        agents = self._workspace.agents
        former = {agent.name: agent.former for agent in agents}
        had = once_called(former, deleted=self._workspace.deleted)
        slug = re.sub(r"[^a-z0-9]+", "-", said).strip("-")
        if len(had.get(slug, ())) == 1:
            return had[slug][0]
        if tables:
            keeps = [agent.name for agent in agents if _keeps(agent, said)]
            if len(keeps) == 1:
                return keeps[0]
        mention = match_agents(said, agents, at_least=_NEAR)
        return mention.names[0] if mention.clear else ""

    def _since(self, said: str) -> str | None:
        assert self._workspace.now is not None, "asked before"
        window = read_window(said, now=self._workspace.now, timezone=self._workspace.timezone)
        return window.since.isoformat() if window.since else None

    def _failing(self, said: str) -> list[str] | None:
        """Return the agents with a run that failed in that time; none where no time is said."""
        assert self._workspace.now is not None, "asked before"
        window = read_window(said, now=self._workspace.now, timezone=self._workspace.timezone)
        if not window.said:
            return None
        return [
            agent.name
            for agent in self._workspace.agents
            if any(window.holds(moment) for moment in agent.failed_at)
        ]

    def _troubleshooting(self, names: Sequence[str]) -> Request | None:
        if not names:
            return None
        return Request(
            verb="troubleshoot",
            text=self._text,
            agents=tuple(names),
            arguments={"problem": self._text},
        )

    def _inspecting(self, names: Sequence[str], text: str, *, what: str = "") -> Request:
        arguments = {"what": what} if what else {}
        return Request(verb="inspect", text=text, agents=tuple(names), arguments={**arguments})


def _keeps(agent: AgentBrief, said: str) -> bool:
    wanted = re.sub(r"[^a-z0-9]+", "_", said)
    tables = [table.lower().removeprefix("table: ") for table in agent.outputs]
    return any(wanted == table or singular(wanted) == singular(table) for table in tables)

"""Requests about agents that exist: run, pause, rename, compare and the like."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from podium.state.document import JsonObject
from podium.state.plan import Missing, Request, Verb
from podium.state.triggers import Schedule
from podium.tools.offline.clauses import Clause
from podium.tools.offline.constructions import construction_at, vocabulary
from podium.tools.offline.lexicon import among, texts, words
from podium.tools.offline.nouns import parse_noun
from podium.tools.offline.recurrence_reader import RecurrenceReading
from podium.tools.offline.references import match_agents
from podium.tools.offline.schedules import schedule_of
from podium.tools.offline.targets import Target, TargetReader
from podium.tools.offline.tokens import Token, source
from podium.tools.offline.workspace_arguments import Arguments, read_arguments
from podium.tools.offline.workspace_verbs import decide
from podium.tools.planner import WorkspaceView

Found = tuple[Request | None, set[int]]
_FORBIDDABLE: frozenset[Verb] = frozenset(
    {"run", "pause", "resume", "delete", "rename", "export", "import", "merge", "split", "rollback"}
)
_CHANGES = frozenset(
    {
        "take",
        "store",
        "filter",
        "skip",
        "notify",
        "key",
        "sort",
        "pick",
        "download",
        "fill",
        "search",
    }
)
"""What an agent does on pages, as acts: an agent told to do one of them is changed."""
_OPEN_ENDED: frozenset[Verb] = frozenset(
    {"troubleshoot", "split", "suggest", "chain", "merge", "modify", "compare", "rename"}
)
"""What is said about these may go on to the end of the sentence."""


_LOOKING = re.compile(
    r"(?:please |can you |could you |would you |will you |, |and |just |kindly )*(?:(?:have|take) a (?:quick |closer |good )?look(?: at (?:it|that|this))?|look into (?:it|that|this)|see what (?:is|'s) (?:wrong|going on|up)|fix (?:it|that|this)|sort (?:it|that|this) out|check (?:it|that|this)?|help(?: me)?|find out why|what happened|investigate|repair it|tell me why|why(?: is that)?)?(?:,? ?(?:please|would you|will you|can you|could you|thanks|thank you|now|ok))*"
)


_SPARES = re.compile(
    r"(?:(?:but|and|please|then) )*(?:leave|keep|let) .*\b(?:alone|untouched|unchanged|in peace|as (?:it|they) (?:is|are|was|were)|be)"
)


def _is_looking(tokens: Sequence[Token]) -> bool:
    """Whether a clause only asks to look into what was said before."""
    said = " ".join(token.low for token in tokens if token.low not in {"?", ".", "!"})
    return _LOOKING.fullmatch(said.replace(" ,", ",")) is not None


_NOW = frozenset({"run", "pause", "resume", "delete"})


def _otherwise_timed(verb: Verb, clause: Clause) -> bool:
    """Whether a clause says a time for what is done at once, or a part of the times for what is ended altogether."""
    if verb not in _NOW:
        return False
    tokens = clause.tokens
    for index, token in enumerate(tokens):
        if token.kind != "date":
            continue
        if (index and tokens[index - 1].low == "on") or _COMING.match(token.low):
            return True
    return False


_COMING = re.compile(r"tomorrow|(?:next|coming|on)\b|(?:mon|tues|wednes|thurs|fri|satur|sun)day")
_DENYING = frozenset(
    "not don't doesn't never no stop won't shouldn't needn't except skip without neither".split()  # noqa: SIM905  a list of words is read as such
)


def _spares_days(tokens: Sequence[Token]) -> bool:
    """Whether an agent shall not run on some days: no verb says that without saying when else it does."""
    for index, token in enumerate(tokens):
        if token.kind != "schedule" or not re.search(
            r"(?:mon|tues|wednes|thurs|fri|satur|sun)day|weekend", token.low
        ):
            continue
        before = tokens[:index]
        denied = any(other.low in _DENYING for other in before)
        if (
            denied
            and not re.search(r"every|daily|each", token.low)
            and any(other.kind == "agent" for other in before)
        ):
            return True
    return False


class WorkspaceReader:
    """Reads the clauses that are about agents of the workspace."""

    def __init__(self, text: str, workspace: WorkspaceView, clauses: list[Clause]) -> None:
        self._text = text
        self._workspace = workspace
        self._clauses = clauses
        self._targets = TargetReader(workspace)
        self._claimed: set[int] = set()
        self._looking_into = False
        self._web = 0
        """Clauses so far that were no workspace requests: `it` may mean what they talk about."""

    def read(self, clause: Clause, position: int) -> Found | None:  # noqa: C901  rules tried in their order, each short
        """Return the request of a clause and the tokens it explains; none when it is not about agents."""
        if position in self._claimed:
            return None, {token.start for token in clause.tokens}
        tokens = clause.tokens
        if self._looking_into and _is_looking(tokens):
            # "... keeps failing - have a look, would you?"
            return None, {token.start for token in tokens}
        if self._spared(clause):
            return None, {token.start for token in tokens}
        said = (
            (None, set[int]())
            if _spares_days(tokens)
            else self._addressed(position) or self._constructed(position)
        )
        if said is not None:
            return said
        target = self._target(clause)
        self._told_apart(clause, position, target)
        verb = decide(clause, self._sentence(position), target, web_before=self._web > 0)
        if verb is not None and _otherwise_timed(verb, clause):
            # "start it again on Friday": not now, and no web job either.
            return None, set()
        if verb is not None and clause.negated and verb in _FORBIDDABLE:
            # "don't pause it, delete it": what is forbidden is kept by doing nothing.
            alone = not any(
                other.sentence == clause.sentence and other.verb is not None and other is not clause
                for other in self._clauses
            )
            return None, (set[int]() if alone else {token.start for token in tokens})
        if verb is None:
            if any(token.kind == "agent" for token in tokens) and not any(
                token.kind == "url" for token in tokens
            ):
                # About an agent, but nobody knows what: it must not become a web job.
                return None, set()
            self._web += 1
            return None
        span, tail = self._span(clause, position, verb)
        if tail:
            more = self._targets.outright([token for other in tail for token in other.tokens])
            target.names += [name for name in more.names if name not in target.names]
        self._claimed |= {position + 1 + index for index in range(len(tail))}
        arguments = read_arguments(verb, clause, span, target, self._text, self._workspace)
        request = self._request(verb, span, target, arguments)
        self._looking_into = verb == "troubleshoot"
        used = {token.start for token in span}
        if verb in _CLOSED:
            used -= _unexplained(verb, span, arguments) - target.used
        return request, used - arguments.unread - _untimed(request, span)

    def _spared(self, clause: Clause) -> bool:
        """Tell whether a clause beside a request only says what stays as it is: `but leave the other agent alone`."""
        said = " ".join(token.low for token in clause.tokens if token.kind != "punct")
        return (
            len(self._clauses) > 1
            and any(token.kind == "agent" for token in clause.tokens)
            and _SPARES.fullmatch(said) is not None
        )

    def _told_apart(self, clause: Clause, position: int, target: Target) -> None:
        """Read `the agent that reads the tickets`: what it does, said in the clause that follows, tells which."""
        following = self._clauses[position + 1 : position + 2]
        if not target.generic or not following:
            return
        other = following[0]
        if [token.low for token in other.before[:1]] not in (["that"], ["which"]):
            return
        if other.sentence != clause.sentence or any(t.kind == "url" for t in other.tokens):
            return
        noun, _ = parse_noun(other.after, 0)
        found = match_agents(noun.phrase, self._workspace.agents, at_least=0.5)
        target.names = list(found.names) if found.clear else []
        target.choices = found.names if not found.clear else ()
        self._claimed.add(position + 1)

    @staticmethod
    def _stands_alone(clause: Clause, verb: Verb) -> bool:
        """Tell whether a clause that follows is a request of its own: it names an agent, or has a verb for agents only."""
        named = any(token.kind == "agent" for token in clause.tokens) and verb != "chain"
        only = clause.verb is not None and clause.verb.phrase in words(
            "workspace", "only_workspace"
        )
        return named or (only and verb != "chain")

    def _addressed(self, position: int) -> Found | None:
        """Read `product-prices: skip everything under 5 EUR`: an agent, then what it shall do differently."""
        clause = self._clauses[position]
        lead = clause.before if clause.verb is not None else clause.after
        named = [token for token in lead if token.kind == "agent"]
        rest = [token for token in lead if token.kind not in {"agent", "punct"}]
        marks = [token for token in lead if token.kind == "punct"]
        if len(named) != 1 or rest or (clause.verb is not None and not marks):
            return None
        following = [
            other for other in self._clauses[position + 1 :] if other.sentence == clause.sentence
        ]
        told = [clause, *following] if clause.verb is not None else following
        if not told or told[0].verb is None or not told[0].verb.web & _CHANGES:
            return None
        others = [token for other in told for token in other.tokens if token not in named]
        if any(token.kind in {"agent", "url"} for token in others):
            return None
        tokens = [*clause.tokens, *(token for other in following for token in other.tokens)]
        target = self._targets.outright(tokens)
        self._claimed |= {self._clauses.index(other) for other in following}
        arguments = read_arguments("modify", clause, tokens, target, self._text, self._workspace)
        request = self._request("modify", tokens, target, arguments)
        return request, {token.start for token in tokens}

    def _constructed(self, position: int) -> Found | None:
        """Read a verb that particles, a noun or a need say, over as many clauses as it takes."""
        clause = self._clauses[position]
        following = [
            other for other in self._clauses[position:] if other.sentence == clause.sentence
        ]
        tokens = [token for other in following for token in other.tokens]
        known = bool(self._targets.last) or (bool(self._workspace.last_agent) and not self._web)
        found = construction_at(tokens, known=known)
        if found is None or any(token.kind == "url" for token in tokens[: found.length]):
            return None
        covered = {token.start for token in tokens[: found.length]}
        taken = [
            other for other in following if any(token.start in covered for token in other.tokens)
        ]
        span = sorted((token for other in taken for token in other.tokens), key=lambda t: t.start)
        if found.verb in _OPEN_ENDED:
            for other in following:
                if other in taken:
                    continue
                if self._stands_alone(other, found.verb):
                    break
                taken.append(other)
            span = sorted(
                (token for other in taken for token in other.tokens), key=lambda token: token.start
            )
        target = self._targets.outright(span)
        if not target.found:
            target = self._targets.several(span)
        if found.verb == "chain" and len(target.names) < 2 and len(self._workspace.agents) < 2:
            return None
        self._claimed |= {self._clauses.index(other) for other in taken if other is not clause}
        arguments = read_arguments(found.verb, clause, span, target, self._text, self._workspace)
        request = self._request(found.verb, span, target, arguments)
        self._looking_into = found.verb == "troubleshoot"
        return request, {token.start for token in span} - arguments.unread - _untimed(request, span)

    def _sentence(self, position: int) -> list[Token]:
        number = self._clauses[position].sentence
        return [
            token
            for clause in self._clauses
            if clause.sentence == number
            for token in clause.tokens
        ]

    def _target(self, clause: Clause) -> Target:
        target = self._targets.outright(clause.tokens)
        if target.found:
            return target
        if any(token.kind == "url" for token in clause.tokens):
            return target
        if self._asks_about_it(clause):
            return self._targets.pronoun()
        if clause.verb is None:
            return target
        phrase = clause.verb.phrase
        only = phrase in words("workspace", "only_workspace") or phrase.split()[0] in words(
            "workspace", "only_workspace"
        )
        inside = [token for token in clause.verb_tokens[1:] if token.low in {"it", "them"}]
        # "throw it away": the object stands within the verb.
        objects = inside or clause.after
        noun, _ = parse_noun(objects, 0)
        if (
            noun.pronoun
            and not noun.words
            and clause.verb.workspace
            and noun.pronoun in among("it that this them everything")
        ):
            known = bool(self._targets.last) or (bool(self._workspace.last_agent) and not self._web)
            if known or (only and not self._web):
                return self._targets.by_object(objects, must_fit=True)
            return target
        if clause.verb.workspace and clause.after:
            exact = (
                self._targets.by_object(clause.after, must_fit=True)
                if only
                else self._named(clause)
            )
            if exact.found:
                return exact
            noun, end = parse_noun(clause.after, 0)
            if only and noun.definite and not self._web and self._named_elsewhere(clause):
                # Beside a clause about an agent, `pause the X` is about one too, though none is called X.
                return Target(
                    unknown=noun.phrase, used={token.start for token in clause.after[:end]}
                )
        return target

    def _named_elsewhere(self, clause: Clause) -> bool:
        return any(
            token.kind == "agent"
            for other in self._clauses
            if other is not clause
            for token in other.tokens
        )

    def _asks_about_it(self, clause: Clause) -> bool:
        """Tell whether `it` in a question is the agent last talked about: `and why did it fail?`."""
        number = clause.sentence
        lows = [
            token.low
            for other in self._clauses
            if other.sentence == number
            for token in other.tokens
        ]
        known = bool(self._targets.last) or (bool(self._workspace.last_agent) and not self._web)
        if not known or not {"it", "its"} & set(lows):
            return False
        looks = words("workspace", "inspect_words") | words("workspace", "problem_words")
        asks = words("workspace", "question_words") | among("why show tell explain list describe")
        return bool(set(lows) & asks) and bool(set(lows) & looks)

    def _named(self, clause: Clause) -> Target:
        """Find a verb that also works on web pages needs the agent's whole name: `delete product prices`."""
        noun, end = parse_noun(clause.after, 0)
        if (
            noun.empty
            or noun.every
            or (
                end < len(clause.after)
                and clause.after[end].low not in among("to from into and , again now please as")
            )
        ):
            return Target()
        phrase = " ".join([*noun.conditions, noun.phrase])
        mention = match_agents(phrase, self._workspace.agents, at_least=0.99)
        if not mention.clear:
            return Target()
        return Target(names=list(mention.names), used={token.start for token in clause.after[:end]})

    def _span(self, clause: Clause, position: int, verb: Verb) -> tuple[list[Token], list[Clause]]:
        """Find the tokens a request covers: for changes and chains also the clauses that follow in its sentence."""
        tail: list[Clause] = []
        helped = clause.verb is not None and clause.verb.phrase in among(
            "let|have|make|want|need|like|would like|i'd like|get|would love"
        )
        if helped or verb in among("modify chain split merge troubleshoot inspect suggest compare"):
            for other in self._clauses[position + 1 :]:
                if other.sentence != clause.sentence:
                    break
                own = verb != "chain" and any(token.kind == "agent" for token in other.tokens)
                if own or (
                    other.verb is not None
                    and other.verb.phrase in words("workspace", "only_workspace")
                    and verb != "chain"
                    and not helped
                ):
                    break
                tail.append(other)
        tokens = [*clause.tokens, *(token for other in tail for token in other.tokens)]
        return sorted(tokens, key=lambda token: token.start), tail

    def _request(
        self, verb: Verb, span: Sequence[Token], target: Target, arguments: Arguments
    ) -> Request:
        everyone = target.everyone and verb != "suggest"
        names = [agent.name for agent in self._workspace.agents] if everyone else target.names
        missing: list[Missing] = (
            []
            if verb in {"suggest", "import"} or (verb == "inspect" and not target.found)
            else target.missing(self._workspace)
        )
        values: JsonObject = dict(arguments.values)
        if target.unknown and not target.names:
            values["unknown_agent"] = target.unknown
        if everyone:
            values["all"] = True
        return Request(
            verb=verb,
            text=source(self._text, span).strip(" ,"),
            agents=tuple(arguments.order or names),
            schedule=_schedule(arguments.schedule, self._workspace),
            inputs=(),
            missing=(*missing, *arguments.missing),
            arguments=values,
        )


_CLOSED: frozenset[Verb] = frozenset(
    {
        "run",
        "pause",
        "resume",
        "delete",
        "unschedule",
        "schedule",
        "inspect",
        "import",
        "rollback",
        "merge",
    }
)
"""What these verbs take beside agents is known; any other word says something that was not read."""
_ONCE: frozenset[Verb] = frozenset({"pause", "resume", "delete", "rollback", "merge", "import"})
"""What is done once: said with a rule such as `every Friday` it is not what was asked for."""
_NEUTRAL = among(
    "agent agents bot bots please now again soon today yesterday tomorrow tonight morning afternoon evening night week month year last latest recent current new all every some any just really quickly quick little bit moment time times thing things result results far so until further notice while until file files from lately recently often ever already still yet many much long one two three four both succeed succeeded work works first second third changed change changes different happened monday tuesday wednesday thursday friday saturday sunday weekend"
)


_IT = frozenset({"it", "that", "them", "this"})


def _untimed(request: Request, span: Sequence[Token]) -> set[int]:
    """Return what says when beside what it cannot be said with: a chain follows runs, a schedule the clock."""
    if request.verb == "schedule":
        # "every Friday, after it": a rule does not wait for a run.
        return {
            token.start
            for before, after in pairwise(span)
            if before.low == "after" and (after.kind == "agent" or after.low in _IT)
            for token in (before, after)
        }
    if request.verb != "chain" or request.schedule is not None:
        return set()
    return {token.start for token in span if token.kind == "schedule"}


def _unexplained(verb: Verb, span: Sequence[Token], arguments: Arguments) -> set[int]:
    """Return the words of a request that neither its verb nor its arguments explain."""
    known = vocabulary(verb) | _NEUTRAL | words("words", "fillers") | words("words", "prepositions")
    known |= (
        words("words", "pronouns") | words("words", "determiners") | words("words", "conjunctions")
    )
    known |= words("words", "auxiliaries") | words("words", "modals") | words("nouns", "agents")
    known |= words("workspace", "question_words") | set(texts("workspace", "states"))
    if verb == "inspect":
        known |= words("workspace", "inspect_words") | words("workspace", "problem_words")
    if verb == "run" and arguments.values.get("inputs"):
        return set()
    again = verb in _ONCE
    return {
        token.start
        for token in span
        if (token.is_word and token.low not in known and token.lemma not in known)
        or (again and token.kind == "schedule")
    }


def _schedule(rule: RecurrenceReading | None, workspace: WorkspaceView) -> Schedule | None:
    if rule is None or not rule.sayable:
        return None
    return schedule_of(rule, timezone=workspace.timezone, now=workspace.now)

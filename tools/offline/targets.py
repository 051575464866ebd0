"""Which agents of the workspace a clause is about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from podium.state.plan import Missing
from podium.tools.offline.history import read_window
from podium.tools.offline.lexicon import among, texts, words
from podium.tools.offline.nouns import NounPhrase, parse_noun
from podium.tools.offline.references import match_agents
from podium.tools.offline.tokens import Token
from podium.tools.planner import WorkspaceView

STRONG = 0.8
"""A phrase without the word `agent` must be this close to a name."""


@dataclass(slots=True, kw_only=True)
class Target:
    """The agents meant, and what is unclear about them."""

    names: list[str] = field(default_factory=list[str])
    used: set[int] = field(default_factory=set[int])
    everyone: bool = False
    """All agents."""
    generic: bool = False
    """`the agent`, `it`: resolved by what was talked about."""
    unknown: str = ""
    """A name that no agent has."""
    choices: tuple[str, ...] = ()
    """Several agents fit equally."""

    @property
    def found(self) -> bool:
        """Whether agents are meant at all."""
        return bool(self.names or self.everyone or self.generic or self.unknown or self.choices)

    def missing(self, workspace: WorkspaceView) -> list[Missing]:
        """Return the question for the agent, when it is not clear which."""
        if self.names or self.everyone:
            return []
        choices = self.choices or tuple(agent.name for agent in workspace.agents)
        if not choices:
            return []
        unknown = f"There is no agent {self.unknown!r}. " if self.unknown else ""
        return [
            Missing(
                field="agent",
                question=f"{unknown}Which agent is meant?",
                kind="choice",
                choices=choices,
            )
        ]


class TargetReader:
    """Finds agents in tokens; remembers the one last talked about."""

    def __init__(self, workspace: WorkspaceView) -> None:
        self._workspace = workspace
        self.last = ""

    def outright(self, tokens: Sequence[Token]) -> Target:
        """Return the agents named by slug, quote or `the ... agent`, or all of them."""
        target = Target()
        left_out = self._left_out(tokens)
        if left_out is not None:
            return left_out
        for token in tokens:
            if token.kind == "agent":
                names = token.value.split("|")
                target.used.add(token.start)
                every = token.entity is not None and token.entity.label == "all"
                several = every or (len(names) > 1 and token.low.endswith("s"))
                if several:
                    # "the two reporting agents": all that fit.
                    target.names += [name for name in names if name not in target.names]
                elif len(names) == 1:
                    if names[0] not in target.names:
                        target.names.append(names[0])
                else:
                    target.choices = tuple(names)
        if target.found:
            self._remember(target)
            return target
        return self._nominal(tokens)

    def _left_out(self, tokens: Sequence[Token]) -> Target | None:
        """Read `all agents except the invoice one`, `everything but X`: those that are not named."""
        for index, token in enumerate(tokens):
            if token.low not in among("except excluding but without besides not") and not (
                token.low in {"apart", "other", "aside"}
                and index + 1 < len(tokens)
                and tokens[index + 1].low in {"from", "than"}
            ):
                continue
            before, after = tokens[:index], tokens[index + 1 :]
            everyone = any(other.low in {"everything", "all", "every", "each"} for other in before)
            named = [other for other in after if other.kind == "agent" and "|" not in other.value]
            if not everyone or not named or any(other.kind == "agent" for other in before):
                continue
            spared = {other.value for other in named}
            names = [agent.name for agent in self._workspace.agents if agent.name not in spared]
            used = {other.start for other in tokens[: tokens.index(named[-1]) + 1]}
            return Target(names=names, used=used)
        return None

    def _in_state(self, tokens: Sequence[Token], index: int, lead: Sequence[str]) -> Target | None:
        """Read `all paused agents`, `the agent that failed this morning`: told by state or last outcome."""
        wanted = texts("workspace", "states")
        said = next((wanted[word] for word in lead if word in wanted), "")
        following = [token.low for token in tokens[index + 1 : index + 6]]
        if not said and following[:1] and following[0] in {"that", "which", "who"}:
            said = next((wanted[word] for word in following[1:] if word in wanted), "")
        if not said:
            return None
        names = self._in_time(said, tokens)
        if names == []:
            return Target(unknown="that failed then")
        if names is None:
            names = [
                agent.name
                for agent in self._workspace.agents
                if said in {agent.state, agent.last_outcome}
            ]
        plural = tokens[index].low != tokens[index].lemma or {"all", "every", "each"} & set(lead)
        if plural or len(names) == 1:
            return Target(names=names) if names else None
        return Target(choices=tuple(names)) if names else None

    def _in_time(self, said: str, tokens: Sequence[Token]) -> list[str] | None:
        """Return the agents that failed in the time that is said: `the agent that failed this morning`."""
        if said != "fail" or self._workspace.now is None:
            return None
        text = " ".join(token.text for token in tokens)
        window = read_window(text, now=self._workspace.now, timezone=self._workspace.timezone)
        if not window.said:
            return None
        return [
            agent.name
            for agent in self._workspace.agents
            if any(window.holds(moment) for moment in agent.failed_at)
        ]

    def _remember(self, target: Target) -> None:
        if len(target.names) == 1:
            self.last = target.names[0]

    def _nominal(self, tokens: Sequence[Token]) -> Target:
        strong = words("workspace", "strong_nouns")
        for index, token in enumerate(tokens):
            states = texts("workspace", "states")
            stands_for = (
                token.low in {"ones", "one"} and index > 0 and tokens[index - 1].low in states
            )
            if not token.is_word or (token.lemma not in strong and not stands_for):
                continue
            start = index
            while (
                start
                and tokens[start - 1].is_word
                and tokens[start - 1].low
                not in words("words", "prepositions") | words("words", "conjunctions")
                and index - start < 4
            ):
                start -= 1
                if tokens[start].low in words("words", "articles") | words(
                    "words", "quantifiers"
                ) | {"which", "what"}:
                    break
            lead = [other.low for other in tokens[start:index]]
            if lead[:1] in (["a"], ["an"], ["another"], ["new"], ["no"]):
                continue
            target = self._by_lead(tokens, index, lead)
            target.used.update(other.start for other in tokens[start : index + 1])
            return target
        return Target()

    def _by_lead(self, tokens: Sequence[Token], index: int, lead: list[str]) -> Target:
        told = self._in_state(tokens, index, lead)
        if told is not None:
            self._remember(told)
            return told
        plural = tokens[index].low != tokens[index].lemma
        named = [
            word
            for word in lead
            if word
            not in words("words", "determiners")
            | words("words", "articles")
            | among("these two three both existing other same how many some any several few")
        ]
        following = tokens[index + 1] if index + 1 < len(tokens) else None
        about = self._about(tokens, index)
        if about is not None:
            return about
        if following is not None and following.kind == "quote":
            return Target(unknown=following.value, used={following.start})
        if (
            following is not None
            and following.low in {"called", "named"}
            and index + 2 < len(tokens)
        ):
            return Target(
                unknown=tokens[index + 2].value, used={following.start, tokens[index + 2].start}
            )
        if plural or {"all", "every", "each"} & set(lead):
            if not named:
                return Target(everyone=True)
            return Target(unknown=" ".join(named))
        if named and not set(named) <= among("whole entire last current show list"):
            return Target(unknown=" ".join(named))
        return self.pronoun()

    def _about(self, tokens: Sequence[Token], index: int) -> Target | None:
        """Read `the agent for prices`, `the scraper of leads`: what it is for tells which."""
        if index + 2 > len(tokens) or tokens[index + 1 : index + 2] == []:
            return None
        if tokens[index + 1].low not in {"for", "of", "about"}:
            return None
        noun, end = parse_noun(tokens, index + 2)
        if noun.empty:
            return None
        mention = match_agents(noun.phrase, self._workspace.agents, at_least=0.5)
        used = {token.start for token in tokens[index:end]}
        if not mention.names:
            return Target(unknown=f"{tokens[index].text} for {noun.phrase}", used=used)
        if mention.clear:
            self.last = mention.names[0]
            return Target(names=list(mention.names), used=used)
        return Target(choices=mention.names, used=used)

    def pronoun(self) -> Target:
        """Return what `it` and `the agent` stand for."""
        name = self.last or self._workspace.last_agent
        if not name and len(self._workspace.agents) == 1:
            name = self._workspace.agents[0].name
        return Target(names=[name] if name else [], generic=True)

    def several(self, tokens: Sequence[Token]) -> Target:
        """Return what `it`, `them`, `both`, `all of them` or `everything` among the words stands for."""
        lows = {token.low for token in tokens}
        lately = list(self._workspace.lately)
        if "everything" in lows or ("all" in lows and len(lately) < 2):
            return Target(everyone=True)
        if lows & {"them", "they", "both", "these", "those"} and len(lately) > 1:
            return Target(names=lately)
        return self.pronoun()

    def by_object(self, tokens: Sequence[Token], *, must_fit: bool) -> Target:
        """Return the agent that a verb's object names without the word `agent`: `pause unpaid invoices`."""
        noun, end = parse_noun(tokens, 0)
        if noun.empty:
            return Target()
        if noun.pronoun and not noun.words:
            target = (
                self.pronoun()
                if noun.pronoun in among("it that this one")
                else self.several(tokens[:end])
            )
            target.used.update(token.start for token in tokens[:end])
            return target
        target = self._by_phrase(noun, tokens[:end], must_fit=must_fit)
        target.used.update(token.start for token in tokens[:end] if target.found)
        return target

    def _by_phrase(self, noun: NounPhrase, tokens: Sequence[Token], *, must_fit: bool) -> Target:
        phrase = " ".join([*noun.conditions, noun.phrase])
        mention = match_agents(phrase, self._workspace.agents, at_least=STRONG)
        if mention.clear:
            self.last = mention.names[0]
            return Target(names=list(mention.names))
        if mention.names:
            return Target(choices=mention.names)
        slugged = len(tokens) == 1 and ("-" in noun.phrase or noun.quoted)
        if slugged or noun.quoted:
            return (
                Target(names=[noun.phrase]) if "-" in noun.phrase else Target(unknown=noun.phrase)
            )
        return Target() if must_fit else Target(unknown=noun.phrase)

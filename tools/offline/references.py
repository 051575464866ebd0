"""References to agents of the workspace: by name, by their nouns, by `it`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from urllib.parse import urlsplit

from podium.tools.offline.lexicon import among, lemma, words
from podium.tools.offline.others import find_others
from podium.tools.offline.tokens import Entity
from podium.tools.planner import AgentBrief, WorkspaceView, once_called

_NOUNS = "|".join(sorted(words("nouns", "agents"), key=len, reverse=True))
_MENTION = re.compile(
    rf"(?P<lead>\b(?:the|my|our|your|this|that|all|both|every|each)\s+)?(?P<words>(?:[a-z0-9][\w-]*\s+){{1,4}}?)(?P<noun>{_NOUNS}|thing)s?\b",
    re.IGNORECASE,
)
_LONG_NAME = 8
"""Shorter names differ from ordinary words by a letter or two."""
_NEAR = 0.86
_LETTERS = 2
"""Most letters too many or too few."""
_CLEAR = 0.05
_SKIP = frozenset(
    {
        "the",
        "my",
        "our",
        "your",
        "a",
        "an",
        "this",
        "that",
        "new",
        "old",
        "other",
        "agent",
        "of",
        "and",
        "all",
        "both",
        "every",
        "each",
        "two",
        "three",
        "four",
        "these",
        "those",
    }
)


@dataclass(frozen=True, slots=True)
class Mention:
    """Agents that a phrase may mean, best first; several: a tie."""

    names: tuple[str, ...]
    score: float = 0.0

    @property
    def clear(self) -> bool:
        """Whether it means exactly one."""
        return len(self.names) == 1


def agent_finder(
    workspace: WorkspaceView, *, spelled: bool = False, loose: bool = False
) -> Callable[[str], list[Entity]]:
    """Return what finds agents of this workspace in a text, as entities.

    With `spelled` a name with spaces for its hyphens is one although nothing else tells that agents are meant; with
    `loose`, for texts that name no site, so is what only describes it, or a name in which letters are wrong.
    """
    alias = _former(workspace)
    agents = [*workspace.agents]
    agents += [
        replace(agent, name=old) for agent in agents for old in alias if alias[old] == agent.name
    ]

    def find(text: str) -> list[Entity]:
        found = find_agents(text, agents, spelled=spelled)
        found = [_by_present_name(entity, alias) for entity in found] if alias else found
        if loose:
            found += _described(text, workspace.agents, found)
        if loose and not found and (spelled or _about_agents(text)):
            found = _misspelt(text, workspace.agents)
        return [*found, *find_others(text, workspace, found)]

    return find


def _former(workspace: WorkspaceView) -> dict[str, str]:
    """Return what one agent alone was called, with the name that it has now."""
    former = {agent.name: agent.former for agent in workspace.agents}
    had = once_called(former, deleted=workspace.deleted)
    return {old: names[0] for old, names in had.items() if len(names) == 1}


def _by_present_name(entity: Entity, alias: Mapping[str, str]) -> Entity:
    names = dict.fromkeys(alias.get(name, name) for name in entity.value.split("|"))
    return replace(entity, value="|".join(names))


_STRONG_NOUNS = "|".join(sorted(words("workspace", "strong_nouns"), key=len, reverse=True))
_WHICH = re.compile(
    rf"\b(?:the|all|whichever|any|every)\s+(?:the\s+)?(?P<noun>one|ones|(?:{_STRONG_NOUNS})s?)\s+(?:for|about|on|at|from|of|with|that\s+\w+|which\s+\w+|\w+ing)\s+(?:(?:the|my|our|site|page)\s+)*(?P<what>[\w.-]+(?:\s+[\w.-]+){{0,2}})",
    re.IGNORECASE,
)


def _described(text: str, agents: Sequence[AgentBrief], found: Sequence[Entity]) -> list[Entity]:
    """Find `the one for tickets`, `the ones on shop.example`: told by what they do, or where."""
    described: list[Entity] = []
    for match in _WHICH.finditer(text):
        if any(e.start < match.end() and match.start() < e.end for e in found):
            continue
        said = match["what"].split()
        for count in range(len(said), 0, -1):
            phrase = " ".join(said[:count])
            if set(said[:count]) <= words("words", "prepositions") | words("words", "fillers"):
                continue
            names = _on_site(phrase, agents) or match_agents(phrase, agents).names
            if names:
                end = match.start("what") + len(" ".join(said[:count]))
                every = match["noun"].lower().endswith("s")
                described.append(
                    Entity(
                        kind="agent", start=match.start(), end=end, value="|".join(names),
                        label="all" if every else "",
                    )
                )  # fmt: skip
                break
    return described


def _on_site(phrase: str, agents: Sequence[AgentBrief]) -> tuple[str, ...]:
    """Return the agents that work on the site that is named by its host, or by a word of it."""
    said = phrase.lower()
    return tuple(
        agent.name
        for agent in agents
        if agent.site
        and (said == (host := urlsplit(agent.site).netloc) or said in host.split(".")[:-1])
    )


def _about_agents(text: str) -> bool:
    """Whether a text can only be about agents: told to them, or a question that names no site."""
    asks = re.match(
        r"\W*(?:(?:and|so|but|ok|hey)\W+)*(?:why|when|how|what|who|did|does|is|has|was)\b",
        text,
        re.IGNORECASE,
    )
    return asks is not None or _is_told_to_agents(text)


def _misspelt(text: str, agents: Sequence[AgentBrief]) -> list[Entity]:
    """Find `the price montior`: a name in which letters are wrong, where no other name is as near."""
    said = list(re.finditer(r"[A-Za-z0-9][\w'-]*", text))
    near = [
        (score, start, end, agent.name)
        for agent in agents
        if len(agent.name) >= _LONG_NAME
        for score, start, end in _alike(agent.name, said)
        if _NEAR <= score < 1
    ]
    near.sort(reverse=True)
    others = [item for item in near if item[3] != near[0][3]]
    if not near or (others and near[0][0] - others[0][0] < _CLEAR):
        return []
    _, start, end, name = near[0]
    return [Entity(kind="agent", start=start, end=_noun_end(text, end), value=name)]


def _alike(name: str, said: Sequence[re.Match[str]]) -> Iterator[tuple[float, int, int]]:
    """Yield how alike the name and each group of as many words (or one) are, and where the group stands."""
    for length in {1, len(name.split("-"))}:
        for index in range(len(said) - length + 1):
            group = said[index : index + length]
            phrase = "-".join(match[0].lower() for match in group)
            if abs(len(phrase) - len(name)) <= _LETTERS:
                score = SequenceMatcher(None, phrase, name).ratio()
                yield score, group[0].start(), group[-1].end()


def find_agents(text: str, agents: Sequence[AgentBrief], *, spelled: bool = False) -> list[Entity]:
    """Return the agents that a text names outright: slugs, quoted names, `the invoice agent`."""
    found: list[Entity] = []
    for agent in sorted(agents, key=lambda agent: -len(agent.name)):
        for match in re.finditer(
            rf"(?<![\w/.-]){re.escape(agent.name)}(?![\w/-]|\.\w)", text, re.IGNORECASE
        ):
            if (
                "-" in agent.name
                or _agent_noun_follows(text, match.end())
                or _quoted(text, match.start(), match.end())
            ):
                end = _noun_end(text, match.end())
                if not any(entity.start < end and match.start() < entity.end for entity in found):
                    found.append(
                        Entity(kind="agent", start=match.start(), end=end, value=agent.name)
                    )
    if spelled or found or _talks_of_agents(text) or _is_told_to_agents(text):
        found += _spelled_out(text, agents, found)
    for start, end, phrase, strong in _nominal(text, agents):
        if any(entity.start < end and start < entity.end for entity in found):
            continue
        named = _best_suffix(phrase, agents, at_least=0.5 if strong else 0.8)
        if named is not None:
            suffix, names = named
            begin = start + len(phrase) - len(suffix)
            found.append(Entity(kind="agent", start=begin, end=end, value="|".join(names)))
    return [*found, *_beside(text, agents, found)] if found else found


def _best_suffix(
    phrase: str, agents: Sequence[AgentBrief], *, at_least: float
) -> tuple[str, tuple[str, ...]] | None:
    """`pause invoice` before `agent`: the last words name it, the first may be the verb."""
    parts = phrase.split()
    best: tuple[float, str, tuple[str, ...]] | None = None
    for count in range(len(parts), 0, -1):
        suffix = " ".join(parts[-count:])
        mention = match_agents(suffix, agents, at_least=at_least)
        if mention.names and (best is None or mention.score > best[0] + 0.05):
            best = (mention.score, suffix, mention.names)
    return best[1:] if best is not None else None


def _beside(text: str, agents: Sequence[AgentBrief], found: Sequence[Entity]) -> list[Entity]:
    """Find one-word names beside another agent, where an agent may stand: `merge price-monitor and reporter`."""
    verbs = "|".join(sorted(map(re.escape, words("workspace", "only_workspace")), key=len)[::-1])
    lead = rf"(?:{verbs}|after|when|once|whenever|into|to|with|and|feeds?|triggers?|starts?)"
    beside: list[Entity] = []
    for agent in agents:
        if "-" in agent.name:
            continue
        pattern = rf"\b{lead}\s+(?:(?:the|my|our)\s+)?({re.escape(agent.name)})(?![\w/-]|\.\w)"
        for match in re.finditer(pattern, text, re.IGNORECASE):
            start, end = match.span(1)
            if not any(entity.start < end and start < entity.end for entity in found):
                beside.append(
                    Entity(kind="agent", start=start, end=_noun_end(text, end), value=agent.name)
                )
    return beside


def _talks_of_agents(text: str) -> bool:
    return re.search(rf"\b(?:{_NOUNS})s?\b", text, re.IGNORECASE) is not None


def _is_told_to_agents(text: str) -> bool:
    """Tell whether the text begins with a verb that has agents for its object only: `roll the weekly report back`."""
    lead = "please|now|then|and|only|just|also|ok|okay|hey|can|could|would|will|you|let's|from now on|from today on"
    first = re.match(rf"\W*(?:(?:{lead})\W+)*([a-z-]+)", text, re.IGNORECASE)
    only = {phrase.split()[0] for phrase in words("workspace", "only_workspace")}
    return first is not None and first[1].lower() in only


def _spelled_out(text: str, agents: Sequence[AgentBrief], found: Sequence[Entity]) -> list[Entity]:
    """Find `the weekly report` beside another agent: a name with spaces for its hyphens."""
    spelled: list[Entity] = []
    for agent in agents:
        if "-" not in agent.name:
            continue
        name = re.escape(agent.name).replace(r"\-", "-").replace("-", r"\s+")
        lead = r"(?:\b(?:the|my|our|to|of|about|with|did|does|is|was|has)\s+|^\W*(?=[\w\s]+[:,]))"
        for match in re.finditer(rf"{lead}({name})(?![\w-])", text, re.IGNORECASE):
            start, end = match.span(1)
            if not any(entity.start < end and start < entity.end for entity in found):
                spelled.append(
                    Entity(kind="agent", start=start, end=_noun_end(text, end), value=agent.name)
                )
    return spelled


def _nominal(text: str, agents: Sequence[AgentBrief]) -> list[tuple[int, int, str, bool]]:
    spans: list[tuple[int, int, str, bool]] = []
    # "the old one" says little, unless an agent is called so.
    named = {word for agent in agents for word in agent.name.split("-")}
    skipped = _SKIP - (named & {"old", "new", "other"})
    for match in _MENTION.finditer(text):
        said = match["words"].split()
        # Keep the words nearest to the noun: articles and verbs before them are not part of the name.
        kept: list[str] = []
        for word in reversed(said):
            if word.lower() in skipped or word.lower() in words("words", "prepositions"):
                break
            kept.insert(0, word)
        if kept:
            start = (
                match.start("words") + match["words"].rfind(" ".join(kept))
                if " ".join(kept) in match["words"]
                else match.start("words")
            )
            strong = lemma(match["noun"]) in words("workspace", "strong_nouns")
            definite = re.search(
                r"\b(?:the|my|our|that|this)\s+(?:[\w-]+\s+){0,3}$", text[:start], re.IGNORECASE
            ) or (match["lead"] or "").strip().lower() in among("the my our that this")
            if strong or (definite and match[0].lower().endswith(match["noun"].lower())):
                spans.append((start, match.end(), " ".join(kept), strong))
    return spans


def _agent_noun_follows(text: str, end: int) -> bool:
    return re.match(rf"\s+(?:{_NOUNS})\b", text[end:], re.IGNORECASE) is not None


def _noun_end(text: str, end: int) -> int:
    match = re.match(rf"[\"'”\u2019]?\s+(?:{_NOUNS})s?\b", text[end:], re.IGNORECASE)
    return end + match.end() if match and not match[0].startswith(('"', "'")) else end


def _quoted(text: str, start: int, end: int) -> bool:
    return text[start - 1 : start] in {'"', "'", "“", "\u2018", "`"} and text[end : end + 1] in {
        '"',
        "'",
        "”",
        "\u2019",
        "`",
    }


def match_agents(phrase: str, agents: Sequence[AgentBrief], *, at_least: float = 0.5) -> Mention:
    """Return the agents that a phrase names best, by the words of their names, then of their goals."""
    said = _words(phrase)
    if not said:
        return Mention(())
    scored = sorted(
        ((_score(said, agent), agent.name) for agent in agents),
        key=lambda pair: (-pair[0], pair[1]),
    )
    scored = [pair for pair in scored if pair[0] >= at_least]
    if not scored:
        return Mention(())
    best = scored[0][0]
    return Mention(tuple(name for score, name in scored if best - score < 0.1), best)


def _score(said: set[str], agent: AgentBrief) -> float:
    name = _words(agent.name.replace("-", " "))
    goal = _words(agent.goal)
    in_name = len(said & name) / len(said)
    covered = len(said & name) / max(1, len(name))
    in_goal = len(said & (goal | name)) / len(said)
    if in_name == 1:
        return 0.8 + 0.2 * covered
    return 0.5 + 0.2 * in_name if in_goal == 1 and said - _SKIP else 0.45 * in_name


def _words(phrase: str) -> set[str]:
    found = {lemma(word) for word in re.findall(r"[a-z0-9]+", phrase.lower())}
    return found - words("nouns", "agents") - among("the a an my our of all and for")

"""A text that only asks about agents: each of its questions as a request to inspect."""

from __future__ import annotations

import re
from collections.abc import Sequence

from podium.state.document import JsonObject
from podium.state.plan import Request, Understanding
from podium.tools.offline.lexicon import among
from podium.tools.offline.questions import Asked, effects_asked, question_about, question_of_all
from podium.tools.offline.references import agent_finder
from podium.tools.offline.targets import Target, TargetReader
from podium.tools.offline.tokens import Token, source, tokenise
from podium.tools.planner import WorkspaceView

_LONGEST = 40
_ALL = among("list standing idle effects failures ranking")
"""What is asked about the workspace as a whole."""
_REASON = re.compile(
    r"(?:why(?: (?:so|not|was that|is that|did (?:it|they)))?|how come|(?:and )?what (?:was|were|is|are) the (?:reasons?|causes?|problems?)|for what reasons?|with what reason)"
)
"""What failed is always told with its reason."""


def read_questions(text: str, workspace: WorkspaceView) -> Understanding | None:
    """Return the questions about agents that a text consists of; none when it says anything else."""
    if not workspace.agents or "://" in text:
        return None
    tokens = tokenise(text, agent_finder(workspace, spelled=True, loose=True)(text))
    if len(tokens) > _LONGEST:
        return None
    reader = _Reader(text, workspace)
    requests: list[Request] = []
    for sentence in _sentences(tokens):
        found = reader.read(sentence)
        if not found:
            return None
        requests += found
    return Understanding(requests=tuple(requests), confidence=1.0) if requests else None


def _sentences(tokens: Sequence[Token]) -> list[list[Token]]:
    sentences: list[list[Token]] = [[]]
    for token in tokens:
        if token.low in {".", "?", "!", ";", "\n"}:
            sentences.append([])
        else:
            sentences[-1].append(token)
    return [sentence for sentence in sentences if sentence]


class _Reader:
    """Reads sentence after sentence; `it` is the agent last named."""

    def __init__(self, text: str, workspace: WorkspaceView) -> None:
        self._text = text
        self._workspace = workspace
        self._targets = TargetReader(workspace)

    def read(self, tokens: Sequence[Token]) -> list[Request]:
        """Return the questions of a sentence: one, or two that `and` joins."""
        whole = self._one(tokens)
        if whole is not None:
            return [whole]
        for index, token in enumerate(tokens):
            if token.low not in {"and", ","} or index + 1 >= len(tokens):
                continue
            rest = index + 2 if tokens[index + 1].low == "and" else index + 1
            first = self._one(tokens[:index])
            if first is None:
                continue
            if _REASON.fullmatch(" ".join(token.low for token in tokens[rest:])):
                return [first]
            second = self.read(tokens[rest:])
            if second:
                return [first, *second]
        return []

    def _one(self, tokens: Sequence[Token]) -> Request | None:
        if not tokens:
            return None
        said = source(self._text, tokens).strip(" ,")
        known = bool(self._targets.last or self._workspace.last_agent)
        asked = (
            question_about(tokens, known=known)
            or question_of_all(tokens)
            or (effects_asked(said) if not _names_agents(tokens) else None)
        )
        if asked is None:
            return None
        if asked.what in _ALL:
            return Request(verb="inspect", text=said, arguments=_arguments(asked))
        target = self._target(tokens)
        missing = tuple(target.missing(self._workspace))
        names = tuple(target.names)
        if target.everyone:
            names = tuple(agent.name for agent in self._workspace.agents)
        return Request(
            verb="inspect", text=said, agents=names, missing=missing, arguments=_arguments(asked)
        )

    def _target(self, tokens: Sequence[Token]) -> Target:
        target = self._targets.outright(tokens)
        if target.found:
            return target
        return self._targets.several(tokens)


def _names_agents(tokens: Sequence[Token]) -> bool:
    return any(token.kind == "agent" for token in tokens)


def _arguments(asked: Asked) -> JsonObject:
    told: JsonObject = {"what": asked.what}
    if asked.words:
        told["words"] = asked.words
    if asked.act:
        told["act"] = asked.act
    return told

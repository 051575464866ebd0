"""What a workspace verb needs beside its agents: new names, versions, inputs, rules."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from pydantic import JsonValue

from podium.state.document import JsonObject
from podium.state.plan import Missing, Verb
from podium.tools.offline.clauses import Clause
from podium.tools.offline.lexicon import among, numbers, texts, words
from podium.tools.offline.naming import slug
from podium.tools.offline.recurrence_reader import RecurrenceReading, parse_recurrence
from podium.tools.offline.suggestion_words import decision_in
from podium.tools.offline.targets import Target
from podium.tools.offline.tokens import Token, source
from podium.tools.offline.values import ValueReader, Values
from podium.tools.planner import WorkspaceView

_YIELDED = r"(?:rows?|records?|items?|results?|entry|entries|lines?|outputs?|findings?|data)"
"""What an agent yields, as people call it."""


@dataclass(slots=True, kw_only=True)
class Arguments:
    """What was read beside the agents."""

    values: JsonObject = field(default_factory=dict[str, JsonValue])
    missing: list[Missing] = field(default_factory=list[Missing])
    schedule: RecurrenceReading | None = None
    order: list[str] = field(default_factory=list[str])
    """Agents in the order that the verb gives them (chain: first runs first)."""
    unread: set[int] = field(default_factory=set[int])


def read_arguments(
    verb: Verb,
    clause: Clause,
    span: Sequence[Token],
    target: Target,
    text: str,
    workspace: WorkspaceView,
) -> Arguments:
    """Return the arguments of a request about agents."""
    arguments = Arguments()
    reader = _Reader(clause, list(span), target, text, workspace, arguments)
    read = {
        "rename": reader.rename, "run": reader.run, "schedule": reader.schedule, "inspect": reader.inspect,
        "compare": reader.compare, "rollback": reader.rollback, "troubleshoot": reader.problem,
        "chain": reader.chain, "split": reader.split, "merge": reader.merge, "export": reader.export,
        "import": reader.import_, "modify": reader.modify, "suggest": reader.about,
    }.get(verb)  # fmt: skip
    if read is not None:
        read()
    return arguments


class _Reader:
    def __init__(
        self,
        clause: Clause,
        span: list[Token],
        target: Target,
        text: str,
        workspace: WorkspaceView,
        arguments: Arguments,
    ) -> None:
        self._clause = clause
        self._span = span
        self._target = target
        self._text = text
        self._workspace = workspace
        self._out = arguments
        self._lows = [token.low for token in span]

    # -- Names -----------------------------------------------------------------------------------

    def _new_name(self) -> str:
        """Find the name after `to`, `as`, `called`, or the last quote that is no agent."""
        tokens = self._span
        for index in range(len(tokens) - 1, 0, -1):
            if tokens[index].low in among("to as into called named name be -> → :") or (
                tokens[index].kind == "agent" and index + 1 < len(tokens)
            ):
                found = self._name_at(index + 1)
                if found:
                    return found
        quotes = [token.value for token in tokens if token.kind == "quote"]
        return slug(quotes[-1]) if quotes else ""

    def _name_at(self, index: int) -> str:
        tokens = self._span
        while (
            index < len(tokens)
            and tokens[index].low
            in among("the a name to something like be is : new now just called one single agent")
            and index + 1 < len(tokens)
        ):
            index += 1
        kept: list[str] = []
        while index < len(tokens) and (
            tokens[index].is_word
            or tokens[index].kind in among("quote agent number file date filetype")
            or tokens[index].low in {"-", "_"}
        ):
            token = tokens[index]
            if token.low in among(
                "please from instead now and then so because for in on at with afterwards thanks which that agent is again"
            ):
                break
            kept.append(token.value if token.kind != "date" else token.text)
            index += 1
            if token.kind == "quote":
                break
        return slug(" ".join(kept))

    def rename(self) -> None:
        name = self._new_name()
        if name and name not in self._target.names:
            self._out.values["name"] = name
            return
        # "rename a b": two names and nothing between.
        if len(self._target.names) == 2:
            self._out.values["name"] = self._target.names.pop()
            return
        self._out.missing.append(Missing(field="name", question="What shall it be called?"))

    # -- Runs ------------------------------------------------------------------------------------

    def run(self) -> None:
        values = Values()
        reader = ValueReader(self._text)
        for index, token in enumerate(self._span):
            if token.kind == "pair" and token.entity is not None:
                values.given[token.entity.label.lower()] = token.entity.value
            elif token.low in {"with", "using", "for"} and index + 1 < len(self._span):
                start = index + 1
                while start < len(self._span) and self._span[start].low in among(
                    "input inputs the parameter parameters these value values :"
                ):
                    start += 1
                end = reader.labelled(self._span, start, values)
                if (
                    end == start
                    and token.low == "for"
                    and start < len(self._span)
                    and self._span[start].kind == "date"
                ):
                    values.given["date"] = self._span[start].text
                elif (
                    end == start
                    and token.low != "for"
                    and start + 1 < len(self._span)
                    and self._span[start].is_word
                    and self._span[start + 1].low not in words("words", "prepositions")
                ):
                    values.given[self._span[start].low] = self._span[start + 1].value
        if values.given:
            inputs: dict[str, JsonValue] = {
                re.sub(r"[^a-z0-9]+", "_", name).strip("_"): value
                for name, value in values.given.items()
                if name != "version"
            }
            if inputs:
                self._out.values["inputs"] = inputs
        self._version()

    def _version(self) -> None:
        found = self._numbers_after({"version", "v", "versions"})
        if len(found) == 1:
            self._out.values["version"] = found[0]

    def _numbers_after(self, nouns: set[str]) -> list[JsonValue]:
        """Numbers that follow a noun: `versions 1 and 3`, `v2`, `run 5`."""
        found: list[JsonValue] = []
        counting = False
        for index, token in enumerate(self._span):
            joined = re.fullmatch(r"v(\d+)", token.low)
            if joined is not None and nouns & {"version", "v"}:
                found.append(int(joined[1]))
            elif token.lemma in nouns or token.low in nouns:
                counting = True
            elif counting and token.kind == "number" and token.text.isdigit():
                found.append(int(token.text))
            elif counting and token.low in numbers("times", "numbers") and token.low != "one":
                found.append(numbers("times", "numbers")[token.low])
            elif counting and token.low not in among(
                "and to with , the number no . # & vs versus version run between from against"
            ):
                counting = False
            ordinal = (
                index
                and token.lemma in nouns
                and self._span[index - 1].low in numbers("times", "ordinals")
            )
            if ordinal and self._span[index - 1].low != "last":
                found.append(numbers("times", "ordinals")[self._span[index - 1].low])
        return found

    def _hours(self) -> list[Token]:
        """Return numbers that can only be hours: `for 6 every morning`, `to 9 daily`."""
        return [
            token
            for index, token in enumerate(self._span)
            if token.kind == "number"
            and token.text.isdigit()
            and int(token.text) < 24
            and index
            and self._span[index - 1].low in among("for at to until by")
        ][:1]

    def schedule(self) -> None:
        rules = [
            token.entity.schedule
            for token in self._span
            if token.kind == "schedule"
            and token.entity is not None
            and token.entity.schedule is not None
        ]
        rule = rules[0] if rules else None
        times = [token for token in self._span if token.kind == "time"] or self._hours()
        dates = [token for token in self._span if token.kind == "date"]
        if rule is not None and times and "No time of day" in rule.assumed:
            hours = [
                time.value if time.kind == "time" else f"{int(time.value):02d}:00" for time in times
            ]
            rule = parse_recurrence(f"{rule.text} at {' and '.join(hours)}") or rule
        if rule is not None and not rule.problem:
            self._out.schedule = rule
            return
        if rule is not None:
            self._out.missing.append(
                Missing(
                    field="schedule",
                    question=f"A schedule cannot say {rule.problem!r}. When shall it run instead?",
                    default=rule.proposal or None,
                )
            )
            return
        if dates:
            said = source(self._text, [dates[0], *times])
            self._out.missing.append(
                Missing(
                    field="schedule",
                    question=f"A schedule repeats; it cannot say {said!r} once. Which rule shall it be, or run it by hand?",
                    default="by hand",
                )
            )
            return
        times = [token for token in times if token.kind == "time"]
        default = f"every day at {times[0].value}" if times else None
        if times:
            self._out.values["time"] = times[0].value
        self._out.missing.append(
            Missing(
                field="schedule",
                question="When shall it run? Say a rule such as 'every weekday at 8'.",
                default=default,
            )
        )

    # -- Looking ---------------------------------------------------------------------------------

    def inspect(self) -> None:
        for what, cues in (
            ("schedule", among("schedule schedules next scheduled")),
            ("versions", {"version", "versions"}),
            ("steps", among("steps program plan step")),
            ("outputs", among("result results output outputs find found rows table dataset data files artifacts collect collected downloaded download")),
            ("runs", among("run runs ran history last happened log logs executions outcome")),
            ("agents", {"agents", "bots", "automations"}),
            ("status", among("status state doing running working alive ok progress")),
        ):  # fmt: skip
            if cues & set(self._lows):
                self._out.values["what"] = what
                break
        versions = self._numbers_after({"version", "v"})
        runs = self._numbers_after({"run"})
        if versions:
            self._out.values["version"] = versions[0]
        if runs:
            self._out.values["run"] = runs[0]

    def compare(self) -> None:
        versions = self._numbers_after({"version", "v"})
        runs = self._numbers_after({"run", "execution"})
        relative = re.search(
            r"\blast (?:(two|three|\d+) )?runs?\b|\b(two|three|\d+) (?:last|latest|most recent) runs\b",
            " ".join(self._lows),
        )
        if versions:
            self._out.values["versions"] = versions
        elif relative is not None and not runs:
            said = relative[1] or relative[2] or "two"
            self._out.values["runs"] = "last"
            self._out.values["count"] = (
                int(said) if said.isdigit() else numbers("times", "numbers").get(said, 2)
            )
        elif runs:
            self._out.values["runs"] = runs
        elif {"version", "versions"} & set(self._lows):
            self._out.values["versions"] = "last"
        elif {"run", "runs"} & set(self._lows):
            self._out.values["runs"] = "last"

    def rollback(self) -> None:
        found = self._numbers_after({"version", "v"})
        if not found:
            after_to = [
                token
                for index, token in enumerate(self._span)
                if token.kind == "number"
                and token.text.isdigit()
                and index
                and self._span[index - 1].low == "to"
            ]
            found = [int(token.text) for token in after_to]
        self._out.values["version"] = found[-1] if found else "previous"

    def problem(self) -> None:
        self._out.values["problem"] = source(self._text, self._span)

    # -- Several agents --------------------------------------------------------------------------

    def chain(self) -> None:
        names = [
            token.value for token in self._span if token.kind == "agent" and "|" not in token.value
        ]
        order = list(dict.fromkeys(names)) or list(self._target.names)
        if len(order) >= 2:
            # "run B after A": what is named after the connective comes first.
            for index, token in enumerate(self._span):
                late = (
                    token.low
                    in among("after once when whenever follows following wait waits awaits")
                    or self._rows_of(index)
                    or (
                        token.low == "time"
                        and self._lows[index - 1 : index] in (["every"], ["each"])
                    )
                )
                if late or (
                    token.low == "as" and self._lows[index : index + 3] == ["as", "soon", "as"]
                ):
                    before = [other.value for other in self._span[:index] if other.kind == "agent"]
                    after = [other.value for other in self._span[index:] if other.kind == "agent"]
                    if before and after:
                        order = list(dict.fromkeys([*after, *before]))
                    break
        self._out.order = order
        self._out.values["order"] = list[JsonValue](order)
        self._chain_terms()
        if len(order) < 2:
            self._out.missing.append(
                Missing(
                    field="agent",
                    question="Which agents shall run one after the other?",
                    kind="choice",
                    choices=tuple(agent.name for agent in self._workspace.agents),
                )
            )

    def _rows_of(self, index: int) -> bool:
        """Tell whether `each row of X`, `with the output of X` begins here: what X yields comes first."""
        said = " ".join(self._lows[index : index + 6])
        return (
            re.match(
                rf"(?:each|every|(?:with|on|using|from|by|for)(?: (?:the|all|its|their|new))*) (?:\w+ )?{_YIELDED}\b(?: \w+)? (?:of|from|in|by)\b",
                said,
            )
            is not None
        )

    def _chain_terms(self) -> None:
        """Read on which outcome, for each row or once, how many, and whether it shall end."""
        text = " ".join(self._lows)
        if re.search(
            r"\b(?:fails?|failed|failing|crash(?:es|ed)?|breaks?|goes wrong|errors?)\b", text
        ):
            self._out.values["outcomes"] = ["fail"]
        if re.search(
            rf"\b(?:for|on|with|per) (?:each|every)\b|\b(?:each|every) (?:\w+ )?{_YIELDED}\b|\bone (?:run )?(?:per|for each)\b",
            text,
        ):
            self._out.values["each"] = True
        most = re.search(
            rf"\b(?:at most|up to|no more than|max(?:imum)?(?: of)?|limit(?:ed)?(?: (?:to|it to|of))?|the first) (\d+)\b|\b(\d+) {_YIELDED} at most\b",
            text,
        )
        if most is not None:
            self._out.values["limit"] = int(most[1] or most[2])
        if re.search(
            r"\b(?:stop|don't|do not|doesn't|no longer|not|unchain|unlink|disconnect|decouple|detach|never)\b",
            text,
        ):
            self._out.values["remove"] = True

    def split(self) -> None:
        self._out.values["change"] = source(self._text, self._span)
        text = " ".join(self._lows)
        match = re.search(r"\binto (two|three|four|\d+)\b", text)
        if match is not None:
            self._out.values["count"] = (
                int(match[1]) if match[1].isdigit() else numbers("times", "numbers")[match[1]]
            )

    def merge(self) -> None:
        quotes = [
            token
            for token in self._span
            if token.kind == "quote" and token.value not in self._target.names
        ]
        for index, token in enumerate(self._span):
            if token.low in {"called", "named", "name"} and index + 1 < len(self._span):
                name = self._name_at(index + 1)
                if name:
                    self._out.values["name"] = name
        if quotes and "name" not in self._out.values:
            self._out.values["name"] = slug(quotes[-1].value)

    # -- Documents -------------------------------------------------------------------------------

    def export(self) -> None:
        data = among("result results data dataset rows table output outputs history runs")
        self._out.values["what"] = "dataset" if data & set(self._lows) else "agent"
        for token in self._span:
            if token.kind == "file":
                self._out.values["file"] = token.value
            found = texts("formats", "types").get(token.low)
            if found is not None and token.low not in {"text", "word"}:
                self._out.values["format"] = found

    def import_(self) -> None:
        file = next((token.value for token in self._span if token.kind in {"file", "url"}), "")
        quoted = next((token.value for token in self._span if token.kind == "quote"), "")
        if file or quoted:
            self._out.values["file"] = file or quoted
        else:
            self._out.missing.append(
                Missing(field="file", question="From which file shall it be imported?")
            )

    def modify(self) -> None:
        self._out.values["change"] = source(self._text, self._span)
        rule = next(
            (
                token.entity.schedule
                for token in self._span
                if token.kind == "schedule" and token.entity is not None
            ),
            None,
        )
        if rule is not None and rule.cron:
            self._out.schedule = rule

    def about(self) -> None:
        self._out.values["about"] = source(self._text, self._span)
        decided = decision_in(" ".join(self._lows))
        if decided is not None:
            self._out.values["decision"], self._out.values["which"] = decided

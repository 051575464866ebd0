"""Changes to a plan that was shown: by words, or by an edited document."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime

from pydantic import ValidationError

from podium.state.document import JsonObject
from podium.state.errors import InvalidAnswer
from podium.state.plan import InputSpec, MatchRule, Plan, PlannedAgent, PlannedStep
from podium.tools.offline.lexicon import among, lemma, numbers, singular, words
from podium.tools.offline.missing import origin_of
from podium.tools.offline.naming import slug
from podium.tools.offline.outline import address
from podium.tools.offline.pasted import find_secrets
from podium.tools.offline.recurrence_reader import read_recurrences
from podium.tools.offline.revised_again import filter_step, keeping, picking, selected
from podium.tools.offline.revised_fields import add_fields, drop_fields
from podium.tools.offline.revised_rules import read_rules
from podium.tools.offline.schedules import read_schedule
from podium.tools.planner import WorkspaceView

Edit = Callable[[PlannedAgent, str], PlannedAgent | None]


def revise_plan(
    plan: Plan, change: JsonObject | str, *, workspace: WorkspaceView, now: datetime
) -> Plan:
    """Return the next revision of the plan.

    Raises:
        InvalidAnswer: If the change cannot be understood or breaks the plan.
    """
    if isinstance(change, dict):
        return _checked(_edited(plan, change))
    text, _ = find_secrets(change)
    position, rest = _which_agent(plan, text.strip())
    agent = plan.agents[position]
    if not _parts(rest):
        raise InvalidAnswer("The change is empty", hint="Say what shall be different.")
    agent = _all_of(agent, _parts(rest), workspace, now)
    agents = tuple(agent if index == position else other for index, other in enumerate(plan.agents))
    return _checked(plan.model_copy(update={"agents": agents, "revision": plan.revision + 1}))


def _all_of(
    agent: PlannedAgent, parts: Sequence[str], workspace: WorkspaceView, now: datetime
) -> PlannedAgent:
    """Return the agent with every part of a change, or with none.

    Raises:
        InvalidAnswer: Naming each part that is not understood, and that the others were left too.
    """
    refused: list[InvalidAnswer] = []
    for part in parts:
        try:
            agent = _Changer(agent, workspace, now).apply(part)
        except InvalidAnswer as error:
            refused.append(error)
    if not refused:
        return agent
    if len(parts) == 1:
        raise refused[0]
    told = "; ".join(str(error) for error in refused)
    raise InvalidAnswer(f"{told}. Nothing of the change was made", hint=refused[0].hint)


def _edited(plan: Plan, change: JsonObject) -> Plan:
    """Find a whole document, or the top-level fields that change."""
    document = {**plan.to_json(), **change}
    try:
        edited = Plan.model_validate(document)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise InvalidAnswer(
            f"The edited plan breaks at {where!r}: {first['msg']}",
            hint="Change one field at a time, or say the change in words.",
        ) from error
    return edited.model_copy(update={"plan_id": plan.plan_id, "revision": plan.revision + 1})


def _checked(plan: Plan) -> Plan:
    if not plan.agents:
        raise InvalidAnswer("A plan without agents does nothing", hint="Reject it instead.")
    names = [agent.name for agent in plan.agents]
    if len(set(names)) != len(names):
        raise InvalidAnswer("Two agents of the plan have the same name", hint="Name them apart.")
    for agent in plan.agents:
        _check_agent(agent)
    return plan


def _check_agent(agent: PlannedAgent) -> None:
    if not agent.steps:
        raise InvalidAnswer(f"{agent.name!r} would have no steps", hint="Reject the plan instead.")
    if slug(agent.name) != agent.name:
        raise InvalidAnswer(
            f"{agent.name!r} is no name", hint=f"Use lower case and `-`: {slug(agent.name)!r}."
        )
    ids = [step.id for step in agent.steps]
    if len(set(ids)) != len(ids):
        raise InvalidAnswer(
            f"{agent.name!r} has two steps with the same id",
            hint="Each step needs an id of its own.",
        )
    known = {spec.name for spec in agent.inputs}
    for step in agent.steps:
        origin = origin_of(step.url)
        if origin and origin not in agent.origins:
            raise InvalidAnswer(
                f"Step {step.id!r} goes to {origin}, which the plan does not name",
                hint="Add it to the agent's origins.",
            )
        for value in step.values.values():
            for name in re.findall(r"\{inputs\.(\w+)\}", value):
                if name not in known:
                    raise InvalidAnswer(
                        f"Step {step.id!r} needs the input {name!r}, which the plan does not have"
                    )


def _which_agent(plan: Plan, text: str) -> tuple[int, str]:
    for index, agent in enumerate(plan.agents):
        for name in (agent.name, agent.name.replace("-", " ")):
            if len(plan.agents) > 1 and re.search(rf"\b{re.escape(name)}\b", text, re.IGNORECASE):
                return index, re.sub(
                    rf"\b(?:for|in|of|on)?\s*(?:the\s+)?{re.escape(name)}(?:\s+agent)?\b[:,]?",
                    " ",
                    text,
                    flags=re.IGNORECASE,
                )
    return 0, text


_NOTHING = re.compile(
    r"(?:(?:hm+|oh|ok|okay|well|yes|no|wait|please|thanks|thank you|right|sure|fine|good|great|actually|sorry)[\s,.!]*)+",
    re.IGNORECASE,
)
_STARTS = r"(?:drop|remove|delete|skip|leave|add|also|do|move|put|swap|rename|call|name|change|set|make|use|replace|every|each|run|keep|only|just|don't|do not|without|include|exclude|ignore|store|save|take|download|instead|no|weekdays|daily|hourly|weekly|monthly)"


def _parts(text: str) -> list[str]:
    """Several changes in one sentence, one by one."""
    parts = re.split(
        rf"(?:[;\n]|[.!](?:\s|$)|,?\s+(?:and|then|and then|but|plus)\s+(?={_STARTS}\b)|,\s+(?={_STARTS}\b))",
        text,
        flags=re.IGNORECASE,
    )
    said = [part.strip(" ,") for part in parts]
    return [part for part in said if part and _NOTHING.fullmatch(part) is None]


_POLITE = re.compile(
    r"^(?:(?:please|pls|and|also please|can you|could you|would you|i want you to|i would like you to|i'd like you to|i'd like|i want|let's|actually|hm+|well|ok(?:ay)?|no|yes|but|it should|it shall|make it|have it|then|also|you should|we should|instead)[\s,]+)+",
    re.IGNORECASE,
)


_TABLE = re.compile(
    r"\b(?:table|dataset|spreadsheet)\b.*\b(?:called|named|to|as)\s+[\"'“]?([\w -]+?)[\"'”]?$"
    r"|^(?:store|put|save|keep|write|collect|get)\s+(?:it|them|these|those|everything|the\s+(?:rows?|results?|data|\w+))\s+(?:all\s+)?(?:in|into|to)\s+"
    r"(?:(?:the|a|my|our|another)\s+)?(?:(?:new\s+)?(?:table|dataset)\s+(?:called\s+|named\s+)?[\"'“]?([\w-]+)[\"'”]?|[\"'“]?([\w-]+)[\"'”]?\s+(?:table|dataset))(?:\s+(?:instead|please))*$"
    r"|^(?:store|put|save|keep|write)\s+(?:it|them|these|those|everything)\s+(?:in|into|to)\s+[\"'“]?([a-z0-9]+(?:_[a-z0-9]+)+)[\"'”]?$"
    r"|^(?:use|in|into)\s+(?:(?:the|a)\s+)?(?:table|dataset)\s+[\"'“]?([\w-]+)[\"'”]?(?:\s+(?:instead|please))*$",
    re.IGNORECASE,
)
_CONDITION = re.compile(
    r"(?:drop|remove|delete|forget|cancel|without|no|undo|take out|leave out|skip)\s+(?:the\s+|that\s+|any\s+)?"
    r"(?P<which>last|first|all|every|both)?\s*(?:the\s+|of the\s+)?(?:(?P<about>[\w-]+)\s+)??(?:conditions?|filters?|restrictions?)"
    r"(?:\s+(?:on|about|for|of)\s+(?:the\s+)?(?P<on>[\w -]+?))?",
    re.IGNORECASE,
)
_LOGIN = re.compile(
    r"(?:(?:sign|log)\s+in\s+with|use|with|take|switch\s+to|change\s+to)\s+(?:the\s+|my\s+|our\s+)?"
    r"(?:(?:other|another|second)\s+(?:login|credentials?|account|password|secret|user)|(?:login|credentials?|account|secret|user)\s+[\"'“]?([\w.-]+)[\"'”]?|[\"'“]?([\w.-]+)[\"'”]?\s+(?:login|credentials?|account|secret))(?:\s+(?:instead|please|to sign in|to log in))*",
    re.IGNORECASE,
)


_KIND = re.compile(
    r"(?:[\s,]+(?:after all|any ?more|any longer|either|please|pls|thanks|thank you|ok|okay))+$",
    re.IGNORECASE,
)


class _Changer:
    """Applies one change in words to one agent."""

    def __init__(self, agent: PlannedAgent, workspace: WorkspaceView, now: datetime) -> None:
        self._agent = agent
        self._workspace = workspace
        self._now = now

    def apply(self, said: str) -> PlannedAgent:
        """Return the agent with the change.

        Raises:
            InvalidAnswer: If no rule understands it.
        """
        plain = _KIND.sub("", _POLITE.sub("", said).strip(" .!?,")) or said
        for attempt in (
            self._no_schedule,
            self._rename,
            self._value,
            self._reorder,
            self._schedule,
            self._drop_step,
            self._format,
            self._site,
            self._key,
            self._choice,
            self._fewer_rules,
            self._login,
            self._fields,
            self._rules,
            self._selection,
            self._sorted,
        ):
            agent = attempt(plain, said)
            if agent is not None:
                return agent
        raise InvalidAnswer(
            f"The change {said!r} is not understood",
            hint="Say one such as `drop step 3`, `every Friday instead`, `also keep the due date`, `only overdue ones`, `rename it to X`, `change the subject to ...`, or send the edited plan.",
        )

    def _with(self, **update: object) -> PlannedAgent:
        return self._agent.model_copy(update=update)

    def _with_steps(self, steps: list[PlannedStep]) -> PlannedAgent:
        if not steps:
            raise InvalidAnswer("The plan would have no steps", hint="Reject it instead.")
        used = {
            name
            for step in steps
            for value in step.values.values()
            for name in re.findall(r"\{inputs\.(\w+)\}", value)
        }
        before = {
            name
            for step in self._agent.steps
            for value in step.values.values()
            for name in re.findall(r"\{inputs\.(\w+)\}", value)
        }
        inputs = tuple(
            spec for spec in self._agent.inputs if spec.name in used or spec.name not in before
        )
        secrets = (
            tuple(
                name for name in self._agent.secrets if any(step.secret == name for step in steps)
            )
            if any(step.secret for step in self._agent.steps)
            else self._agent.secrets
        )
        return self._with(steps=tuple(steps), inputs=inputs, secrets=secrets)

    # -- When ------------------------------------------------------------------------------------

    def _no_schedule(self, plain: str, said: str) -> PlannedAgent | None:
        if re.search(
            r"\b(?:no|without(?: a| any)?|drop the|remove the|delete the|cancel the|don't|do not|skip the)\s+(?:\w+\s+)?(?:schedule|scheduling|timetable|repeat|repetition)\b|\b(?:only\s+)?(?:by hand|manually|on demand)\b|\bjust once\b|\bonly once\b|\brun it once\b",
            said,
            re.IGNORECASE,
        ):
            return self._with(schedule=None)
        return None

    def _schedule(self, plain: str, said: str) -> PlannedAgent | None:
        found = read_recurrences(plain)
        zone = self._agent.schedule.timezone if self._agent.schedule else self._workspace.timezone
        if not found:
            time = re.search(
                r"\b(?:at|to)\s+(\d{1,2}(?::\d\d)?\s*(?:am|pm)?|noon|midnight)\b",
                plain,
                re.IGNORECASE,
            )
            if (
                time is None
                or self._agent.schedule is None
                or not re.search(
                    r"\b(?:run|schedule|time|start|move|instead|at)\b", plain, re.IGNORECASE
                )
                or self._quoted(plain)
            ):
                return None
            base = re.sub(r"\s+at\s+[\d: ,and]+$", "", self._agent.schedule.words)
            return self._with(
                schedule=read_schedule(f"{base} at {time[1]}", timezone=zone, now=self._now)
            )
        rest = (plain[: found[0].start] + " " + plain[found[0].end :]).lower()
        left = [
            word
            for word in re.findall(r"[a-z]+", rest)
            if word
            not in words("words", "fillers")
            | among("run instead schedule rather change switch move not runs weekly daily")
        ]
        if left:
            return None
        said = plain[found[0].start : found[0].end]
        times = (
            re.search(r"\bat\s+[\d:, and]+$", self._agent.schedule.words)
            if self._agent.schedule
            else None
        )
        if times is not None and "No time of day" in found[0].assumed:
            # "every Friday instead" changes the day and keeps the time.
            said = f"{said} {times[0]}"
        return self._with(schedule=read_schedule(said, timezone=zone, now=self._now))

    # -- Names and values --------------------------------------------------------------------------

    def _rename(self, plain: str, said: str) -> PlannedAgent | None:
        match = re.search(
            r"^(?:re)?name\s+(?:it|this|that|the agent|the plan)?\s*(?:to|as|:)?\s*(?P<name>.+)$|^call\s+(?:it|this|the agent)\s+(?P<called>.+)$|\bname\b.*?\b(?:to|be|is)\s+(?P<to>.+)$|^(?:it )?(?:be )?(?:called|named)\s+(?P<be>.+)$",
            plain,
            re.IGNORECASE,
        )
        if match is None or re.search(
            r"\bstep\b|\btable\b|\bdataset\b|\bfield\b|\b(?:first|last|full|user|product)\s+name\b",
            plain,
            re.IGNORECASE,
        ):
            return self._table_name(plain)
        name = slug(next(group for group in match.groups() if group))
        if not name:
            raise InvalidAnswer("The new name is empty")
        if name in {agent.name for agent in self._workspace.agents}:
            raise InvalidAnswer(f"There is already an agent {name!r}", hint="Choose another name.")
        return self._with(name=name)

    def _table_name(self, plain: str) -> PlannedAgent | None:
        match = _TABLE.search(plain)
        if match is None or not any(step.op == "store" for step in self._agent.steps):
            return None
        said = next(group for group in match.groups() if group)
        name = slug(said.strip()).replace("-", "_")
        if not name:
            return None
        titled = f"Store the rows in the table {name!r}"
        return self._with(
            steps=tuple(
                step.model_copy(update={"dataset": name, "title": titled})
                if step.op == "store"
                else step
                for step in self._agent.steps
            )
        )

    @staticmethod
    def _quoted(text: str) -> bool:
        return re.search(r"[\"“][^\"”]+[\"”]", text) is not None

    def _value(self, plain: str, said: str) -> PlannedAgent | None:
        match = (
            re.match(
                r"(?:change|set|make|update|put|use)\s+(?:the\s+)?(?P<field>[\w -]+?)\s+(?:to|as|be|=|:|into)\s*(?P<value>.+)$",
                plain,
                re.IGNORECASE,
            )
            or re.match(
                r"(?:the\s+)?(?P<field>[\w -]+?)\s+(?:should|must|shall)\s+be\s+(?P<value>.+)$",
                plain,
                re.IGNORECASE,
            )
            or re.match(r"(?:the\s+)?(?P<field>[\w -]+?)\s*[:=]\s*(?P<value>.+)$", plain)
        )
        if match is None:
            return None
        wanted = match["field"].strip().lower()
        value = match["value"].strip().strip("\"'“”\u2018\u2019")
        for position, spec in enumerate(self._agent.inputs):
            if wanted in {
                spec.name.lower(),
                spec.name.replace("_", " ").lower(),
                spec.description.lower(),
            }:
                default: str | float = value
                if spec.type == "number" and re.fullmatch(r"-?\d+(?:\.\d+)?", value):
                    default = float(value) if "." in value else int(value)
                elif spec.type == "number":
                    raise InvalidAnswer(f"{wanted!r} is a number; {value!r} is none")
                inputs = list(self._agent.inputs)
                inputs[position] = spec.model_copy(update={"default": default})
                return self._with(inputs=tuple(inputs))
        return self._search_text(wanted, value) or self._new_value(wanted, value)

    def _search_text(self, wanted: str, value: str) -> PlannedAgent | None:
        if not re.search(r"\bsearch|\bquery|\bterm\b", wanted):
            return None
        steps = [
            step.model_copy(update={"thing": value, "title": f"Search for {value!r}"})
            if step.op == "search"
            else step
            for step in self._agent.steps
        ]
        return self._with(steps=tuple(steps)) if tuple(steps) != self._agent.steps else None

    def _new_value(self, wanted: str, value: str) -> PlannedAgent | None:
        """Find a field of the form that the plan did not fill so far."""
        if wanted not in words("nouns", "fields") or not any(
            step.op == "fill" for step in self._agent.steps
        ):
            return None
        name = re.sub(r"[^a-z0-9]+", "_", wanted).strip("_")
        steps = [
            step.model_copy(
                update={
                    "values": {**step.values, wanted: f"{{inputs.{name}}}"},
                    "title": f"{step.title}, {wanted}",
                }
            )
            if step.op == "fill"
            else step
            for step in self._agent.steps
        ]
        return self._with(
            steps=tuple(steps),
            inputs=(*self._agent.inputs, InputSpec(name=name, default=value, description=wanted)),
        )

    # -- Steps -----------------------------------------------------------------------------------

    def _position(self, said: str) -> int | None:
        """Find the step that words point at: by number, by ordinal, by what it does."""
        steps = self._agent.steps
        number = re.search(r"\bstep\s+(?:no\.?\s*|number\s+|#)?(\w+)|\b#(\d+)\b", said)
        if number is not None:
            word = number[1] or number[2]
            index = int(word) if word.isdigit() else numbers("times", "numbers").get(word, 0)
            if index:
                return self._numbered(index)
        ordinal = re.search(
            r"\b(first|second|third|fourth|fifth|last|\d+(?:st|nd|rd|th))\s+(?:step|one)\b", said
        )
        if ordinal is not None:
            word = ordinal[1]
            index = (
                int(re.sub(r"\D", "", word))
                if word[0].isdigit()
                else numbers("times", "ordinals")[word]
            )
            return len(steps) - 1 if index == -1 else self._numbered(index)
        return self._by_words(said)

    def _numbered(self, index: int) -> int:
        if not 1 <= index <= len(self._agent.steps):
            raise InvalidAnswer(
                f"There is no step {index}", hint=f"The plan has {len(self._agent.steps)} steps."
            )
        return index - 1

    def _by_words(self, said: str) -> int | None:
        acts = {"download": "download", "sign": "sign_in", "login": "sign_in", "log": "sign_in", "search": "search", "filter": "filter", "store": "store", "save": "store", "submit": "submit", "fill": "fill", "notify": "notify", "notification": "notify", "click": "click", "sorting": "pick", "pick": "pick", "reading": "extract", "extract": "extract", "open": "open", "filtering": "filter", "storing": "store", "message": "notify"}  # fmt: skip
        for word in re.findall(r"[a-z]+", said.lower()):
            op = acts.get(lemma(word)) or acts.get(word)
            hits = [index for index, step in enumerate(self._agent.steps) if step.op == op]
            if op and len(hits) == 1:
                return hits[0]
        return None

    def _drop_step(self, plain: str, said: str) -> PlannedAgent | None:
        match = re.match(
            r"(?:drop|remove|delete|skip|leave out|leave|omit|cut|without|no|don't|do not|not|never|forget|get rid of)\b(?P<what>.*)$",
            plain,
            re.IGNORECASE,
        )
        if match is None:
            return None
        what = match["what"].lower()
        if not re.search(
            r"\bsteps?\b|\b(?:download|sign|login|log|search|filter|store|save|submit|notify|notification|click|message)",
            what,
        ):
            return None
        several = re.findall(r"\d+", what) if re.search(r"\bsteps\b", what) else []
        positions = [self._numbered(int(number)) for number in several]
        if not positions:
            position = self._position(what)
            if position is None:
                return None
            positions = [position]
        kept = [step for index, step in enumerate(self._agent.steps) if index not in positions]
        dropped = [step for index, step in enumerate(self._agent.steps) if index in positions]
        if (
            any(step.op == "open" for step in dropped)
            and any(step.op != "open" for step in kept)
            and not any(step.op == "open" for step in kept)
        ):
            raise InvalidAnswer(
                "Without opening the site nothing else can be done", hint="Reject the plan instead."
            )
        return self._with_steps(kept)

    def _reorder(self, plain: str, said: str) -> PlannedAgent | None:
        lowered = plain.lower()
        relative = re.search(
            r"(?:do|move|put|run|make)?\s*(?P<a>.+?)\s+(?P<where>before|after)\s+(?P<b>.+)$",
            lowered,
        )
        swap = re.search(r"\b(?:swap|switch|exchange)\b.*?(\d+)\D+(\d+)", lowered)
        steps = list(self._agent.steps)
        if swap is not None:
            first, second = self._numbered(int(swap[1])), self._numbered(int(swap[2]))
            steps[first], steps[second] = steps[second], steps[first]
            return self._ordered(steps)
        if re.search(
            r"\b(?:first|to the (?:top|start|beginning)|at the (?:start|beginning))\b", lowered
        ) and re.match(r"(?:do|move|put|start|make|begin)\b", lowered):
            position = self._position(re.sub(r"\bfirst\b(?!\s+step)", "", lowered))
            return self._moved(position, 0)
        if re.search(r"\b(?:last|at the end|to the end|at last)\b", lowered) and re.match(
            r"(?:do|move|put|make)\b", lowered
        ):
            return self._moved(
                self._position(re.sub(r"\blast\b(?!\s+step)", "", lowered)), len(steps)
            )
        if relative is not None and re.match(r"(?:do|move|put|run|make)\b", lowered):
            position, other = self._position(relative["a"]), self._position(relative["b"])
            if position is None or other is None:
                return None
            step = steps.pop(position)
            other -= position < other
            steps.insert(other + (relative["where"] == "after"), step)
            return self._ordered(steps)
        return None

    def _moved(self, position: int | None, to: int) -> PlannedAgent | None:
        if position is None:
            return None
        steps = list(self._agent.steps)
        step = steps.pop(position)
        if to == 0:
            to = self._earliest(steps, step)
            if to >= position:
                raise InvalidAnswer(
                    f"{step.title!r} is already as early as it can be",
                    hint="It needs the steps before it.",
                )
        steps.insert(min(to, len(steps)), step)
        return self._ordered(steps)

    @staticmethod
    def _earliest(others: list[PlannedStep], step: PlannedStep) -> int:
        """Find the first place where everything a step needs is there: the open site, and the rows it works on."""
        needed = {"open", "sign_in", "reach"}
        if step.per_row or step.op in {"filter", "pick", "store", "new_since", "changed", "notify"}:
            needed |= {"extract", "search", "filter", "pick", "new_since", "changed"} - {step.op}
        if step.op == "submit":
            needed |= {"fill", "choose"}
        places = [index + 1 for index, other in enumerate(others) if other.op in needed]
        return max(places, default=0)

    def _ordered(self, steps: list[PlannedStep]) -> PlannedAgent:
        """Refuse an order that cannot work.

        Raises:
            InvalidAnswer: If a step would come before what it needs.
        """
        needs = {
            "filter": {"extract"},
            "pick": {"extract"},
            "submit": set[str](),
            "store": {"extract", "download"},
            "new_since": {"extract"},
            "changed": {"extract"},
        }
        present = {step.op for step in steps}
        for index, step in enumerate(steps):
            before = {other.op for other in steps[:index]}
            if step.op != "open" and not before & {"open"}:
                raise InvalidAnswer(f"{step.title!r} cannot come before the site is open")
            if step.per_row:
                self._check_selection(steps, index)
            wanted = needs.get(step.op, set[str]()) & present
            if wanted and not before & wanted:
                raise InvalidAnswer(f"{step.title!r} cannot come before what it works on is read")
        return self._with_steps(steps)

    def _check_selection(self, steps: list[PlannedStep], index: int) -> None:
        """Keep what selects rows before what is done with each of them.

        Raises:
            InvalidAnswer: If a selection would come too late.
        """
        step = steps[index]
        was = [other.id for other in self._agent.steps]
        if step.id not in was:
            return
        for other in steps[index + 1 :]:
            selects = other.op in {"extract", "filter", "pick", "new_since", "changed"}
            if selects and other.id in was and was.index(other.id) < was.index(step.id):
                raise InvalidAnswer(
                    f"{step.title!r} is done for the rows that {other.title!r} leaves; it cannot come before it"
                )

    # -- What is read and kept ---------------------------------------------------------------------

    def _format(self, plain: str, said: str) -> PlannedAgent | None:
        match = re.search(
            r"\b(?:as|to|in|use|want|into)\s+(?:an?\s+)?(?P<type>csv|pdf|excel|xlsx|json|xml)s?(?:\s+(?:files?|format))?(?:\s+instead(?:\s+of\s+\w+)?)?$",
            plain,
            re.IGNORECASE,
        ) or re.match(
            r"(?P<type>csv|pdf|excel|xlsx|json|xml)s?(?:\s+(?:files?|format))?\s*(?:instead(?:\s+of\s+\w+)?|please|rather than \w+|not \w+)?$",
            plain,
            re.IGNORECASE,
        )
        if match is None:
            return None
        kind = {"excel": "xlsx"}.get(match["type"].lower(), match["type"].lower())
        steps = list(self._agent.steps)
        for index, step in enumerate(steps):
            if step.op == "download":
                steps[index] = step.model_copy(
                    update={
                        "file_type": kind,
                        "title": re.sub(
                            r"\b(?:CSV|PDF|XLSX|JSON|XML|file)\b", kind.upper(), step.title
                        ),
                    }
                )
                return self._with(steps=tuple(steps))
        for index, step in enumerate(steps):
            if step.op == "store":
                steps[index] = step.model_copy(update={"file_type": kind, "store_as": "both"})
                return self._with(steps=tuple(steps))
        return None

    def _site(self, plain: str, said: str) -> PlannedAgent | None:
        match = re.search(r"(?:https?://\S+)", plain)
        if match is None or self._agent.steps[0].op != "open":
            return None
        url = address(match[0].rstrip(".,"))
        old = self._agent.steps[0].url
        steps = tuple(
            step.model_copy(update={"url": url, "secret": ""}) if step.url == old else step
            for step in self._agent.steps
        )
        origins = tuple(
            dict.fromkeys(
                origin_of(url) if origin == origin_of(old) else origin
                for origin in self._agent.origins
            )
        )
        if origin_of(url) != origin_of(old) and self._agent.secrets:
            raise InvalidAnswer(
                "A credential is bound to its site; another site needs its own",
                hint="Reject this plan and say the request with the new address.",
            )
        return self._with(steps=steps, origins=origins)

    def _key(self, plain: str, said: str) -> PlannedAgent | None:
        match = re.search(
            r"\b(?:key(?:ed)?(?:\s+it)?\s+(?:by|on)|use|identified by|one row per|deduplicate by)\s+(?:the\s+)?(?P<key>[\w -]+?)(?:\s+as\s+(?:the\s+|a\s+)?key)?$",
            plain,
            re.IGNORECASE,
        )
        if match is None or (
            "key" not in plain.lower()
            and "row per" not in plain.lower()
            and "identified" not in plain.lower()
            and "dedup" not in plain.lower()
        ):
            return None
        key = match["key"].strip()
        steps: list[PlannedStep] = []
        for step in self._agent.steps:
            if step.op in {"extract", "store"}:
                fields = step.fields
                if (
                    step.op == "extract"
                    and fields
                    and key.lower() not in {name.lower() for name in fields}
                ):
                    fields = (key, *fields)
                steps.append(step.model_copy(update={"key": key, "fields": fields}))
            else:
                steps.append(step)
        return self._with(steps=tuple(steps))

    def _choice(self, plain: str, said: str) -> PlannedAgent | None:
        match = re.fullmatch(
            r"(?:only |just |take |keep |the )*(?P<which>first|last|newest|latest|oldest|cheapest|most expensive)(?: (?P<count>\d+|two|three|four|five|ten))?(?: (?:ones?|results?|rows?|items?|entries))?(?: only)?",
            plain,
            re.IGNORECASE,
        )
        if match is None:
            return None
        which = {"latest": "newest", "cheapest": "lowest", "most expensive": "highest"}.get(
            match["which"].lower(), match["which"].lower()
        )
        said_count = (match["count"] or "1").lower()
        count = int(said_count) if said_count.isdigit() else numbers("times", "numbers")[said_count]
        fields = ("price",) if which in {"lowest", "highest"} else ()
        picked = PlannedStep.model_validate(
            {
                "id": "pick",
                "op": "pick",
                "title": f"Take the {which} {count}",
                "which": which,
                "count": count,
                "fields": fields,
                "post": f"{count} remain",
            }
        )
        if not any(step.op in {"extract", "filter"} for step in self._agent.steps):
            return None
        return picking(self._agent, picked)

    def _fields(self, plain: str, said: str) -> PlannedAgent | None:
        also = re.match(
            r"(?:(?:also\s+)?(?:keep|collect|save|store|read|get|include|add|take|extract|record|want|capture|fetch|note|list|gather|grab)\s+)?(?:also\s+)?(?:the\s+|a\s+)?(?:columns?\s+|fields?\s+)?(?P<fields>[\w ,/-]+?)(?:\s+(?:too|as well|also|column|columns|field|fields))*$",
            plain,
            re.IGNORECASE,
        )
        adds = re.search(r"\balso\b|\btoo\b|\bas well\b|\badd\b|\binclude\b", said, re.IGNORECASE)
        drops = re.match(
            r"(?:drop|remove|leave out|skip|delete|without|(?:(?:i|we) )?(?:don't|do not|no longer) (?:need|want|care about|use)|don't (?:keep|collect|save|store|include)|do not (?:keep|collect|save|store|include)|no)\s+(?:the\s+)?(?:columns?\s+|fields?\s+)?(?P<fields>[\w ,/-]+?)(?:\s+(?:column|columns|field|fields))?$",
            plain,
            re.IGNORECASE,
        )
        drops = drops or re.match(
            r"(?:leave|take|keep)\s+(?:the\s+)?(?:columns?\s+|fields?\s+)?(?P<fields>[\w ,/-]+?)(?:\s+(?:column|columns|field|fields))?\s+out(?:\s+of\s+(?:it|the table))?$",
            plain,
            re.IGNORECASE,
        )
        if drops is not None:
            return drop_fields(self._agent, _names(drops["fields"]))
        if also is not None and adds is not None:
            return add_fields(
                self._agent, _names(also["fields"]), told=self._says_columns(plain, also["fields"])
            )
        return None

    def _says_columns(self, plain: str, names: str) -> bool:
        """Tell whether `also save the home harbour` can only name columns: not rows, conditions or a step."""
        listed = next((step for step in self._agent.steps if step.op == "extract"), None)
        told = re.match(
            r"(?:also\s+)?(?:keep|collect|save|store|read|get|include|add|take|extract|record|want|capture|fetch|note|list|gather|grab)\b",
            plain,
            re.IGNORECASE,
        )
        if listed is None or told is None:
            return re.search(r"\b(?:columns?|fields?)\b", plain, re.IGNORECASE) is not None
        said = set(re.findall(r"[a-z]+", names.lower()))
        rows = {*re.findall(r"[a-z]+", listed.thing.lower()), *map(singular, listed.thing.split())}
        other = among(
            "one ones those all everything row rows page pages file files only if when from"
        ) | words("words", "prepositions")
        return bool(said) and not said & (rows | other | words("nouns", "conditions"))

    def _rules(self, plain: str, said: str) -> PlannedAgent | None:
        listed = any(step.op == "extract" for step in self._agent.steps) and not _widens(said)
        rules = read_rules(plain, today=self._now.date()) if listed else []
        return keeping(self._agent, tuple(rules)) if rules else None

    def _selection(self, plain: str, said: str) -> PlannedAgent | None:
        if _widens(said):
            return None
        return selected(self._agent, plain, workspace=self._workspace, now=self._now)

    def _fewer_rules(self, plain: str, said: str) -> PlannedAgent | None:
        """Read `drop the last condition`, `without the condition on the length`."""
        match = _CONDITION.fullmatch(plain)
        if match is None:
            return None
        at = next((i for i, step in enumerate(self._agent.steps) if step.op == "filter"), None)
        if at is None:
            raise InvalidAnswer("The plan has no condition", hint="It takes every row already.")
        rules = self._agent.steps[at].rules
        which = (match["which"] or "").lower()
        about = (match["about"] or match["on"] or "").lower()
        if which in {"all", "every", "both"} or match[0].lower().endswith("conditions"):
            kept: tuple[MatchRule, ...] = ()
        elif which == "last" or (len(rules) == 1 and not about and not which):
            kept = rules[:-1]
        elif which == "first":
            kept = rules[1:]
        else:
            kept = tuple(
                r for r in rules if not about or about not in f"{r.column} {r.phrase}".lower()
            )
            if len(kept) != len(rules) - 1:
                said_rules = ", ".join(repr(rule.phrase) for rule in rules)
                raise InvalidAnswer(
                    f"Which condition? There are {said_rules}", hint="Say its words."
                )
        steps = list(self._agent.steps)
        steps[at : at + 1] = [filter_step(steps[at].id, kept)] if kept else []
        return self._with(steps=tuple(steps))

    def _login(self, plain: str, said: str) -> PlannedAgent | None:
        """Read `use the other login`, `with the credential clinic-night`."""
        match = _LOGIN.fullmatch(plain)
        if match is None:
            return None
        used = (
            tuple(dict.fromkeys(s.secret for s in self._agent.steps if s.secret))
            or self._agent.secrets
        )
        fitting = [
            name for name, origin in self._workspace.secrets if origin in self._agent.origins
        ]
        wanted = next((group for group in match.groups() if group), "")
        others = [name for name in fitting if name not in used]
        named = [name for name in fitting if name.lower() == wanted.lower()] if wanted else others
        if len(named) != 1:
            listed = ", ".join(fitting) or "none"
            raise InvalidAnswer(
                f"Which login? Stored for {self._agent.origins[0]}: {listed}",
                hint="`use the login NAME`; a new one: podium secret set NAME --origin URL.",
            )
        if len(used) > 1:
            raise InvalidAnswer(
                f"The plan signs in with {', '.join(used)}", hint="Edit the plan as a document."
            )
        steps = tuple(
            step.model_copy(update={"secret": named[0]})
            if step.secret or step.op == "sign_in"
            else step
            for step in self._agent.steps
        )
        return self._with(steps=steps, secrets=(named[0],))

    def _sorted(self, plain: str, said: str) -> PlannedAgent | None:
        """Say that a table has no order of its own, instead of not understanding; with a number it is a selection."""
        if re.match(r"(?:sort|order|rank)(?:ed)?\b|.+\bfirst$", plain, re.IGNORECASE) is None:
            return None
        raise InvalidAnswer(
            f"{said!r}: a table keeps its rows by their key and has no order of its own",
            hint="Say how many are wanted, such as `sort by price, lowest first, keep the top 20`.",
        )


def _widens(said: str) -> bool:
    """Tell whether rows shall be taken beside those that are: `also keep the sold ones` is no condition."""
    more = re.match(r"(?:(?:and|please)\s+)*(?:also|add|include|plus)\b", said, re.IGNORECASE)
    less = re.search(
        r"\b(?:only|just|skip|ignore|exclude|without|not|no|drop)\b", said, re.IGNORECASE
    )
    return more is not None and less is None


def _names(text: str) -> list[str]:
    parts = re.split(r"\s*,\s*|\s+and\s+|\s*/\s*", text)
    names = [
        re.sub(r"^(?:and|the|a|an|its|their|also)\s+", "", part.strip(), flags=re.IGNORECASE)
        for part in parts
    ]
    return [singular(name.lower()) for name in names if name]

"""What of a model's reading is taken over: checked against the user's words, completed by rules."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from pydantic import ValidationError

from podium.state.document import JsonObject
from podium.state.errors import UserError
from podium.state.origins import origin_of
from podium.state.plan import (
    InputSpec,
    MatchRule,
    Missing,
    PlannedStep,
    PlanOp,
    Request,
    Understanding,
)
from podium.state.program import Effect
from podium.state.spec import check_agent_name
from podium.state.triggers import Schedule
from podium.tools.models.forms import (
    SaidInput,
    SaidRequest,
    SaidSchedule,
    SaidStep,
    SaidUnderstanding,
)
from podium.tools.models.grounds import Grounds
from podium.tools.models.structured import Unusable
from podium.tools.models.text import flat

MASK = "[secret]"
MOST_SURE = 0.9
"""A model is never taken to be surer than this of its own reading."""


@dataclass(slots=True)
class Reader:
    """Turns parts of an answer into documents and gathers what is wrong with them."""

    grounds: Grounds
    problems: list[str] = field(default_factory=list[str])

    def understanding(self, said: SaidUnderstanding) -> Understanding:
        """Return the reading as a document.

        Raises:
            Unusable: If it names what nobody said, or breaks a rule of the documents.
        """
        if not said.requests and not said.reply:
            raise Unusable(
                "`requests` is empty; for no request give one with the verb `none` and a reply"
            )
        requests = tuple(self.request(item) for item in said.requests)
        self.settle()
        return Understanding(
            requests=requests,
            confidence=min(said.confidence, MOST_SURE),
            unexplained=tuple(
                span for span in said.unexplained if span and self.grounds.copied(span)
            ),
            reply=flat(said.reply, limit=1_000),
        )

    def settle(self) -> None:
        """Return when nothing is wrong.

        Raises:
            Unusable: If something is.
        """
        if self.problems:
            raise Unusable(*dict.fromkeys(self.problems))

    def request(self, said: SaidRequest) -> Request:
        """Return one request; what is missing and what it does to the site are computed, not believed."""
        inputs = self.inputs(said.inputs)
        steps = self.steps(said.steps, inputs=inputs)
        if said.verb == "create" and not steps:
            self.problems.append("A `create` request needs steps")
        site = self.address(said.site) or next((step.url for step in steps if step.url), "")
        return Request(
            verb=said.verb,
            text=said.text if said.text and self.grounds.copied(said.text) else self.grounds.text,
            agents=self.agents(said),
            site=site,
            schedule=self.schedule(said.schedule),
            inputs=inputs,
            outputs=tuple(flat(item, limit=80) for item in said.outputs) or _outputs(steps),
            effects=tuple(dict.fromkeys(step.effect for step in steps)),
            steps=steps,
            missing=self.missing(said, steps=steps, site=site),
            arguments=self.arguments(said),
        )

    # -- Names -----------------------------------------------------------------------------------

    def address(self, said: str) -> str:
        """Return the address as the user gave it; another one is a problem."""
        if not said:
            return ""
        known = self.grounds.address(said)
        if known is None:
            named = ", ".join(self.grounds.addresses) or "none"
            self.problems.append(f"The address {said!r} is not in the request; named are: {named}")
        return known or ""

    def agents(self, said: SaidRequest) -> tuple[str, ...]:
        """Return the agents that are meant: known ones, or names for new ones."""
        if said.verb == "import":
            return tuple(name for name in map(_slug, said.agents) if name)
        if said.verb == "create":
            return self._new_agents(said)
        known = self.grounds.agents
        for name in said.agents:
            if name not in known:
                self.problems.append(
                    f"There is no agent {name!r}; the workspace has: {', '.join(known) or 'none'}"
                )
        return said.agents

    def _new_agents(self, said: SaidRequest) -> tuple[str, ...]:
        things = [step.dataset or step.thing for step in said.steps if step.op != "open"]
        names = [*filter(None, map(_slug, said.agents))] or [*filter(None, map(_slug, things))][:1]
        taken = set(self.grounds.agents)
        return tuple(_unique(name, taken, mark="-") for name in names or ["agent"])

    def arguments(self, said: SaidRequest) -> JsonObject:
        """Return what another verb needs, copied from the request."""
        found: JsonObject = {}
        for item in said.arguments:
            if not self._typed(item.value, inputs=()) and not self.grounds.copied(
                item.value.replace("-", " ")
            ):
                self.problems.append(f"The argument {item.name!r} is not copied from the request")
            found[item.name] = item.value
        return found

    # -- Steps -----------------------------------------------------------------------------------

    def steps(
        self, said: Iterable[SaidStep], *, inputs: tuple[InputSpec, ...]
    ) -> tuple[PlannedStep, ...]:
        """Return the steps with ids of their own and effects that are not understated."""
        names = tuple(item.name for item in inputs)
        taken: set[str] = set()
        return tuple(self.step(item, taken=taken, inputs=names) for item in said)

    def step(self, said: SaidStep, *, taken: set[str], inputs: tuple[str, ...]) -> PlannedStep:
        """Return one step."""
        url = self.address(said.url)
        if said.secret and not self.grounds.secret_of(said.secret, origin_of(url) if url else ""):
            stored = ", ".join(name for name, _ in self.grounds.secrets) or "none"
            self.problems.append(
                f"No credential {said.secret!r} is stored for that site; stored are: {stored}"
            )
        self._check_words(said, inputs=inputs)
        return PlannedStep(
            id=_unique(said.id or said.op, taken),
            op=said.op,
            title=flat(said.title, limit=120) or said.op,
            effect=effect_of(said),
            url=url,
            secret=said.secret,
            thing=said.thing,
            kind=said.kind,
            fields=said.fields,
            key=said.key,
            limit=said.limit if said.limit is not None and said.limit > 0 else None,
            rules=tuple(
                MatchRule(phrase=rule.phrase, column=rule.column, cmp=rule.cmp, value=rule.value)
                for rule in said.rules
            ),
            which=said.which,
            count=max(said.count, 1),
            file_type=said.file_type.lower().lstrip("."),
            per_row=said.per_row,
            values={item.name: item.value for item in said.values},
            store_as=said.store_as or ("table" if said.op == "store" else ""),
            dataset=_slug(said.dataset).replace("-", "_"),
        )

    def _check_words(self, said: SaidStep, *, inputs: tuple[str, ...]) -> None:
        for item in said.values:
            if not self._typed(item.value, inputs=inputs):
                self.problems.append(
                    f"The value for {item.name!r} is not copied from the request, nor a declared input"
                )
        # These two leave this machine as they are.
        if said.op in {"search", "notify"} and not self._typed(said.thing, inputs=inputs):
            self.problems.append(f"{said.thing!r} ({said.op}) is not copied from the request")

    def _typed(self, value: str, *, inputs: tuple[str, ...]) -> bool:
        if MASK in value:
            return False
        switch = {"yes", "no", "true", "false", "on", "off"}
        return value.casefold() in switch or self.grounds.copied(value, inputs=inputs)

    # -- The rest --------------------------------------------------------------------------------

    def inputs(self, said: Iterable[SaidInput]) -> tuple[InputSpec, ...]:
        """Return the inputs; a default is the user's own."""
        found: list[InputSpec] = []
        for item in said:
            default = item.default
            if isinstance(default, str) and not self._typed(default, inputs=()):
                self.problems.append(
                    f"The default of the input {item.name!r} is not in the request"
                )
            found.append(
                InputSpec(
                    name=re.sub(r"\W+", "_", item.name).strip("_") or "value",
                    type=item.type,
                    default=default,
                    description=flat(item.description, limit=200),
                )
            )
        return tuple(found)

    def schedule(self, said: SaidSchedule | None) -> Schedule | None:
        """Return the schedule when the user's words speak of a time and it can be kept."""
        if said is None:
            return None
        name = said.timezone or self.grounds.timezone
        if not self.grounds.may_use_zone(name):
            self.problems.append(f"The time zone {name!r} does not exist or was not named")
        if not said.words or not self.grounds.copied(said.words):
            self.problems.append("`schedule.words` must be copied from the request")
        try:
            return Schedule(cron=said.cron, timezone=name, words=said.words)
        except (UserError, ValidationError):
            self.problems.append(f"{said.cron!r} is not a cron expression of five fields")
            return None

    def missing(
        self, said: SaidRequest, *, steps: tuple[PlannedStep, ...], site: str
    ) -> tuple[Missing, ...]:
        """Return what must be asked: the address and the credentials by rule, the rest as the model says."""
        found: list[Missing] = []
        if said.verb == "create" and not site:
            found.append(Missing(field="url", question="What is the address of the site?"))
        if any(self._lacks_credential(step, site) for step in steps):
            where = f" for {origin_of(site)}" if site else ""
            found.append(
                Missing(
                    field="credentials",
                    question=f"Which stored credential shall I sign in with{where}?",
                    kind="secret",
                )
            )
        for item in said.missing[:3]:
            name = re.sub(r"\W+", "_", item.field).strip("_").lower()
            # A model must not get to ask for a password as if it were text.
            if (
                not name
                or name in {"url", "site"}
                or _SECRET_WORDS.search(f"{name} {item.question}")
            ):
                continue
            found.append(
                Missing(
                    field=name,
                    question=flat(item.question, limit=300),
                    kind="choice" if item.choices else "text",
                    choices=tuple(flat(choice, limit=100) for choice in item.choices),
                )
            )
        return tuple({item.field: item for item in reversed(found)}.values())[::-1]

    def _lacks_credential(self, step: PlannedStep, site: str) -> bool:
        """Return whether a sign-in has neither a named credential nor the only one of its site."""
        if step.op != "sign_in" or step.secret:
            return False
        at = origin_of(step.url or site) if step.url or site else ""
        return sum(origin == at for _, origin in self.grounds.secrets) != 1


_SECRET_WORDS = re.compile(
    r"pass ?word|passwd|passphrase|passcode|credential|secret|token|api.?key|\bpin\b|\botp\b|totp|2fa|kennwort|passwort",
    re.IGNORECASE,
)

_FLOOR: dict[PlanOp, Effect] = {"sign_in": "sign_in", "submit": "write"}
_STRENGTH: tuple[Effect, ...] = ("read", "sign_in", "write", "irreversible")
_MAY_WRITE: frozenset[PlanOp] = frozenset({"submit", "click", "task", "choose", "fill"})


def effect_of(said: SaidStep) -> Effect:
    """Return what the step does to the site: at least what its kind and its words say, whatever the model says."""
    if said.op not in _MAY_WRITE:
        return _FLOOR.get(said.op, "read")
    found: set[Effect] = {
        _FLOOR.get(said.op, "read"),
        _effect_of_words(f"{said.thing} {said.title}"),
    }
    if said.op not in {"choose", "fill"}:
        return stronger(*found, said.effect)
    # Typing changes nothing before something is sent.
    return "read"


def _outputs(steps: tuple[PlannedStep, ...]) -> tuple[str, ...]:
    """Return what a run leaves behind, as the rules say it."""
    found = [
        f"files: {step.thing}" if step.op == "download" else f"table: {step.dataset or 'rows'}"
        for step in steps
        if step.op == "download" or (step.op == "store" and step.store_as != "files")
    ]
    return tuple(dict.fromkeys(found))


def stronger(*effects: Effect) -> Effect:
    """Return the effect that needs the most care."""
    return max(effects, key=_STRENGTH.index)


def _effect_of_words(words: str) -> Effect:
    from podium.tools.offline.lexicon import lemma, lists

    said = {lemma(word) for word in re.findall(r"[^\W\d_]+", words.lower())}
    if said & set(lists("effects", "irreversible")["verbs"]):
        return "irreversible"
    return "write" if said & set(lists("effects", "changing")["verbs"]) else "read"


def _slug(name: str) -> str:
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:63].strip("-")
    if not slug:
        return ""
    return check_agent_name(slug)


def _unique(name: str, taken: set[str], *, mark: str = "_") -> str:
    base = re.sub(r"[^A-Za-z0-9_-]+", "_", name).strip("_") or "step"
    found, number = base, 1
    while found in taken:
        number += 1
        found = f"{base}{mark}{number}"
    taken.add(found)
    return found

"""Chains by chat: what one agent yields wired to what another takes, proposed, asked where unclear, approved, kept."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from itertools import pairwise

from pydantic import JsonValue

from podium.graphs.orchestrator.ports import ActResult
from podium.server.hooks import Hooks, chain_of
from podium.state.document import JsonObject
from podium.state.errors import UserError
from podium.state.plan import Request
from podium.state.questions import FieldSpec, Question
from podium.state.spec import AgentSpec
from podium.state.stores import Stores
from podium.state.triggers import FAN_OUT, Chain, Trigger
from podium.tools.chaining import KEEP, Mapping, Unclear, Yield, propose, yields

_MOST_ASKED = 3


@dataclass(frozen=True, slots=True)
class Wiring:
    """One proposed chain: the rows it walks and what of them goes where."""

    after: str
    spec: AgentSpec
    rows: Yield | None
    mapping: Mapping
    outcomes: tuple[str, ...]
    limit: int
    each: bool
    instead: tuple[Trigger, ...] = ()
    """The chains that are there for the same run and rows; this one takes their place."""

    @property
    def inputs(self) -> JsonObject:
        """The values that the chain gives, with their places."""
        return {name: f"{{row.{column}}}" for name, column in self.mapping.taken.items()}

    def chain(self) -> Chain:
        """Return the chain as it is kept."""
        step = self.rows.step if self.rows is not None and self.each else ""
        return chain_of(self.after, self.outcomes, self.inputs, each=step, limit=self.limit)

    @property
    def stands(self) -> bool:
        """Whether the chain is there already, exactly so."""
        return [(item.chain, item.enabled) for item in self.instead] == [(self.chain(), True)]

    def card(self) -> str:
        """Return what an approval covers, in words."""
        lines = [
            f"{self.after} → {self.spec.name}",
            f"  starts:   {self.spec.name}, when a run of {self.after} ends in {' or '.join(self.outcomes)}",
        ]
        if self.each and self.rows is not None:
            rows = f"row of {self.rows.step!r} ({self.rows.title})"
            most = "one run" if self.limit == 1 else f"at most {self.limit} runs"
            lines.append(
                f"  for each: {rows}; {most} for one of {self.after}, further rows are left out and said"
            )
        for name, column in self.mapping.taken.items():
            found = self.rows.column(column) if self.rows is not None else None
            lines.append(f"  {name} ← {column} ({found.type if found else 'text'})")
        lines += [f"  {name}: keeps {value!r}" for name, value in self.mapping.kept.items()]
        lines += [
            f"  instead of: {_words_of(item.chain)} ({item.trigger_id})"
            for item in self.instead
            if item.chain is not None
        ]
        if not self.spec.inputs:
            lines.append(f"  {self.spec.name} takes no inputs: it runs after, and reads for itself")
        lines.append(
            "  a run that fails is done again alone: podium runs resume RUN; what succeeded stays"
        )
        return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class Chaining:
    """Proposes, asks and keeps chains; the same checks hold for the command line and HTTP (`Hooks`)."""

    stores: Stores
    hooks: Hooks

    def act(self, request: Request, names: tuple[str, ...], answers: JsonObject) -> ActResult:
        """Return the question for what is unclear, else the proposal; once approved, keep the chains.

        Raises:
            UserError: If they do not fit together, or would start each other in a circle.
        """
        order = self._order(request, names, answers)
        if isinstance(order, Question):
            return ActResult(question=order)
        if request.arguments.get("remove") is True:
            return ActResult(reply=self._taken_off(order), agents=order)
        made = [self.wire(*pair, request, answers, many=len(order) > 2) for pair in pairwise(order)]
        unclear = [(wiring, doubt) for wiring in made for doubt in wiring.mapping.unclear]
        if unclear:
            return ActResult(question=_which_column(unclear[:_MOST_ASKED], many=len(made) > 1))
        match answers.get("decision"):
            case None:
                if all(wiring.stands for wiring in made):
                    told = [f"{w.spec.name} follows {w.after} just so already." for w in made]
                    return ActResult(reply="\n".join(told), agents=order)
                return ActResult(question=_approval(made))
            case "approve":
                kept = [self._keep(wiring) for wiring in made]
                return ActResult(reply="\n".join(kept), agents=order)
            case _:
                return ActResult(reply="Nothing is chained.", agents=order)

    def wire(
        self, after: str, agent: str, request: Request, answers: JsonObject, *, many: bool
    ) -> Wiring:
        """Return the proposal that lets the second agent follow the first.

        Raises:
            UserError: If something that is needed has no source.
            Conflict: If they would start each other.
        """
        self.hooks.refuse_circle(agent, after=after)
        spec = self.stores.agents.version(agent).spec
        said = _said(answers, agent, many=many)
        rows, mapping = self._rows(after, spec, said)
        said_limit = answers.get("limit") or request.arguments.get("limit")
        limit = int(said_limit) if isinstance(said_limit, int | float) else FAN_OUT
        each = bool(mapping.taken) or bool(mapping.unclear)
        if request.arguments.get("each") is True and not each:
            raise UserError(
                f"{agent!r} has no input that a row of {after!r} could go into",
                hint=f"Give it one first: say `let {agent} take the ... as input`.",
            )
        outcomes = request.arguments.get("outcomes")
        wiring = Wiring(
            after=after,
            spec=spec,
            rows=rows,
            mapping=mapping,
            outcomes=tuple(str(item) for item in outcomes)
            if isinstance(outcomes, list)
            else ("success",),
            limit=1 if rows is not None and rows.single else max(1, min(limit, 1000)),
            each=each,
        )
        return replace(wiring, instead=self.hooks.chains_like(spec.name, wiring.chain()))

    def _rows(self, after: str, spec: AgentSpec, said: JsonObject) -> tuple[Yield | None, Mapping]:
        """Return the rows that fit best, and what of them goes where."""
        found = yields(self.stores.agents.version(after).program)
        if not spec.inputs or not found:
            return (found[0] if found else None), propose(None, spec.inputs, said)
        best: tuple[int, Yield, Mapping] | None = None
        problem: UserError | None = None
        for made in found:
            try:
                mapping = propose(made, spec.inputs, said)
            except UserError as error:
                problem = problem or error
                continue
            score = 2 * len(mapping.taken) - len(mapping.unclear)
            if best is None or score > best[0]:
                best = (score, made, mapping)
        if best is None:
            assert problem is not None, "there was a proposal or a reason"
            raise problem
        return best[1], best[2]

    def _order(
        self, request: Request, names: tuple[str, ...], answers: JsonObject
    ) -> tuple[str, ...] | Question:
        if len(names) > 1:
            return names
        first, then = answers.get("first"), answers.get("then")
        if isinstance(first, str) and isinstance(then, str):
            return first, then
        known = tuple(agent.name for agent in self.stores.agents.list())
        if len(known) < 2:
            raise UserError("A chain needs two agents", hint="Build the other one first.")
        return Question(
            id="order",
            kind="choice",
            title="Which agent shall start, and which one shall follow it?",
            fields=(
                FieldSpec(name="first", title="First", type="choice", choices=known),
                FieldSpec(name="then", title="Then", type="choice", choices=known),
            ),
        )

    def _keep(self, wiring: Wiring) -> str:
        """Keep the chain, in place of one that is there: done again after a crash it is the same one."""
        chain = wiring.chain()
        kept = self.hooks.add_chain(wiring.spec.name, chain, replace=True)
        how = f", once for each row (at most {wiring.limit})" if chain.each else ""
        return (
            f"{wiring.spec.name} starts when {wiring.after} ends in {' or '.join(chain.outcomes)}{how}; "
            f"`podium triggers delete {kept.trigger_id}` takes that back."
        )

    def _taken_off(self, order: tuple[str, ...]) -> str:
        lines: list[str] = []
        for after, agent in pairwise(order):
            found = self.hooks.between(after, agent)
            if not found:
                raise UserError(
                    f"{agent!r} does not follow {after!r}",
                    hint="`podium triggers` shows what does.",
                )
            for trigger in found:
                self.stores.triggers.delete(trigger.trigger_id)
            lines.append(f"{agent} is not started after {after} any more.")
        return "\n".join(lines)


def _words_of(chain: Chain) -> str:
    """Return what a chain that is there does, in words."""
    rows = f", for each row of {chain.each!r}, at most {chain.limit} runs" if chain.each else ""
    given = "".join(f", {name} = {value}" for name, value in chain.inputs.items())
    return f"when it ends in {' or '.join(chain.outcomes)}{rows}{given}"


def completed(stores: Stores, agent: str, chain: Chain) -> Chain:
    """Return a chain whose inputs were not given with those that names and types make sure.

    Raises:
        UserError: If an input is unclear: a door without a conversation does not guess.
    """
    spec = stores.agents.version(agent).spec
    open_inputs = tuple(item for item in spec.inputs if item.name not in chain.inputs)
    made = yields(stores.agents.version(chain.after).program)
    rows = next((item for item in made if item.step == chain.each), None) if chain.each else None
    rows = rows or (made[0] if made and not chain.each else None)
    if not open_inputs or rows is None:
        return chain
    needed = [item for item in open_inputs if item.default is None]
    if not chain.each and not needed:
        return chain
    mapping = propose(rows, open_inputs, {})
    if mapping.unclear:
        doubt = mapping.unclear[0]
        raise UserError(
            f"What {doubt.input.name!r} shall get is not clear: {doubt.why}",
            hint=f"Give it: --input {doubt.input.name}={{row.COLUMN}} with one of {', '.join(doubt.choices)}.",
        )
    if not mapping.taken:
        return chain
    values: JsonObject = {name: f"{{row.{column}}}" for name, column in mapping.taken.items()}
    limit = 1 if rows.single else chain.limit
    return chain.model_copy(
        update={"inputs": {**values, **chain.inputs}, "each": rows.step, "limit": limit}
    )


# -- Questions ---------------------------------------------------------------------------------------


def _field(agent: str, name: str, *, many: bool) -> str:
    return f"{agent}.{name}" if many else name


def _said(answers: JsonObject, agent: str, *, many: bool) -> JsonObject:
    if not many:
        return answers
    lead = f"{agent}."
    return {k.removeprefix(lead): value for k, value in answers.items() if k.startswith(lead)}


def _which_column(unclear: list[tuple[Wiring, Unclear]], *, many: bool) -> Question:
    lines = [f"{item.spec.name}.{doubt.input.name}: {doubt.why}" for item, doubt in unclear]
    return Question(
        id="-".join(doubt.input.name for _, doubt in unclear),
        kind="choice",
        title=f"What of {unclear[0][0].after} shall {unclear[0][0].spec.name} get?",
        text="\n".join(lines),
        fields=tuple(
            FieldSpec(
                name=_field(item.spec.name, doubt.input.name, many=many),
                title=f"{doubt.input.name} ({doubt.input.description or doubt.input.type})",
                type="choice",
                choices=doubt.choices,
            )
            for item, doubt in unclear
        ),
    )


def _approval(made: list[Wiring]) -> Question:
    text = "\n\n".join(wiring.card() for wiring in made)
    many = len(made) > 1
    fields = [
        FieldSpec(
            name="decision", title="Chain them?", type="choice", choices=("approve", "reject")
        )
    ]
    for wiring in made:
        fields += _mapped(wiring, many=many)
    if any(wiring.each and wiring.limit > 1 for wiring in made):
        title = "Most runs for one run before"
        fields.append(
            FieldSpec(
                name="limit", title=title, type="number", required=False, default=made[0].limit
            )
        )
    return Question(
        id="chain",
        kind="approval",
        title=f"Chain {' → '.join([made[0].after, *(item.spec.name for item in made)])}?",
        text=text,
        fields=tuple(fields),
        subject=hashlib.sha256(text.encode()).hexdigest(),
    )


def _mapped(wiring: Wiring, *, many: bool) -> list[FieldSpec]:
    """Return the proposed mapping as fields: an approval says what it approves, and may change it."""
    found: list[FieldSpec] = []
    for wanted in wiring.spec.inputs:
        columns = wiring.rows.columns if wiring.rows is not None and wiring.each else ()
        fitting = tuple(item.name for item in columns if item.fits(wanted))
        choices = (*fitting, *((KEEP,) if wanted.default is not None else ()))
        default: JsonValue = wiring.mapping.taken.get(wanted.name, KEEP)
        if len(choices) > 1:
            name = _field(wiring.spec.name, wanted.name, many=many)
            found.append(
                FieldSpec(
                    name=name,
                    title=f"{wanted.name} gets",
                    type="choice",
                    choices=choices,
                    required=False,
                    default=default,
                )
            )
    return found

"""What starts agents beside the clock, and where messages about runs go: made, shown once, rotated, received, delivered."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import JsonValue, ValidationError

from podium.server.ledger import resolve_inputs
from podium.server.strict_json import read_json
from podium.state.clock import Clock
from podium.state.document import JsonObject
from podium.state.errors import Conflict, NotFound, UserError
from podium.state.firings import Firing
from podium.state.ids import IdFactory
from podium.state.outbox import RUN_EVENTS, Destination, Message
from podium.state.spec import AgentSpec
from podium.state.stores import Stores, Vault
from podium.state.triggers import FAN_OUT, Chain, Trigger, starts_alike
from podium.tools.browser.origins import origin_of
from podium.tools.chaining import check_chain
from podium.tools.notify import check_address, is_for_people
from podium.tools.webhooks import BadSignature, new_secret, verify

OLD_KEY_HOURS = 24
"""So long the key before a rotation is still taken."""


MOST_WAITING = 100
"""Runs of an agent that wait to start; with more of them a webhook takes no further message just now."""
RETRY_AFTER_S = 30


class Replayed(Conflict):
    """The message came before."""


class Overrun(Conflict):
    """More messages come than the agent can work off; the sender may try again later."""


@dataclass(frozen=True, slots=True)
class Hooks:
    """Webhooks in and out, and chains. Keys and addresses lie sealed; a secret is returned once."""

    stores: Stores
    vault: Vault
    clock: Clock
    ids: IdFactory

    # -- Webhooks in -------------------------------------------------------------------------------

    def add_webhook(self, agent: str) -> tuple[Trigger, str]:
        """Return a new webhook that starts the agent, with its secret, which is not shown again.

        Raises:
            NotFound: If there is no such agent.
        """
        name = self.stores.agents.get(agent).name
        secret = new_secret()
        trigger = Trigger(
            trigger_id=self.ids.new("hook"), agent=name, kind="webhook", created_at=self.clock.now()
        )
        self.stores.triggers.add(trigger, sealed=self._sealed(trigger.trigger_id, [(secret, None)]))
        return trigger, secret

    def rotate(self, trigger_id: str) -> str:
        """Return a new secret of the webhook; the one before is taken for a day more.

        Raises:
            NotFound: If there is no such webhook.
        """
        trigger = self.stores.triggers.get(trigger_id)
        if trigger.kind != "webhook":
            raise NotFound(f"{trigger_id!r} is no webhook")
        secret = new_secret()
        until = self.clock.now() + timedelta(hours=OLD_KEY_HOURS)
        newest = self._keys(trigger_id)[0]
        sealed = self._sealed(trigger_id, [(secret, None), (newest, until)])
        self.stores.triggers.set_sealed(trigger_id, sealed)
        return secret

    def receive(
        self, trigger_id: str, *, message_id: str, timestamp: str, signature: str, body: bytes
    ) -> tuple[Firing, tuple[str, ...]]:
        """Keep what a signed message fires; return it with the names that the agent has no input for.

        Raises:
            BadSignature: If it is not signed by a key of that webhook within five minutes, or there is no such webhook.
            UserError: If the body is no JSON object, or its values do not fit the agent's inputs.
            Overrun: If too many of the agent's runs wait already; nothing is kept, and the same message may come again.
            Replayed: If the message came before.
        """
        try:
            trigger = self.stores.triggers.get(trigger_id)
        except NotFound as error:
            raise BadSignature from error
        if trigger.kind != "webhook" or not trigger.enabled:
            raise BadSignature
        verify(
            self._keys(trigger_id),
            message_id=message_id,
            timestamp=timestamp,
            signature=signature,
            body=body,
            now=self.clock.now(),
        )
        self._refuse_overrun(trigger.agent)
        spec = self.stores.agents.version(trigger.agent).spec
        inputs, ignored = declared_inputs(spec, _object(body))
        now = self.clock.now()
        run_id = self.ids.new("run")
        firing = Firing(
            firing_id=f"hook:{trigger_id}:{message_id}",
            agent=trigger.agent,
            cause="webhook",
            run_id=run_id,
            due_at=now,
            inputs=inputs,
            created_at=now,
        )
        if not self.stores.triggers.receive(trigger_id, message_id, firing):
            raise Replayed(f"Message {message_id!r} came before", hint="It is not done twice.")
        return firing, ignored

    def _refuse_overrun(self, agent: str) -> None:
        newest = self.stores.firings.list(agent=agent, limit=MOST_WAITING)
        waiting = sum(firing.status in {"pending", "claimed"} for firing in newest)
        waiting += sum(run.status == "queued" for run in self.stores.runs.unfinished(agent=agent))
        if waiting >= MOST_WAITING:
            raise Overrun(f"{waiting} runs of {agent!r} wait already", hint="Send it again later.")

    # -- Chains ------------------------------------------------------------------------------------

    def add_chain(self, agent: str, chain: Chain, *, replace: bool = False) -> Trigger:
        """Let the agent follow another one: two chains for the same would start it twice for one run.

        With `replace` the one that is there becomes this one.

        Raises:
            NotFound: If one of them does not exist.
            UserError: If an input is unknown, one that is needed is not given, or what it gets is not there or of another type.
            Conflict: If agents would start each other in a circle, or there is such a chain already.
        """
        spec = self.stores.agents.version(agent).spec
        before = self.stores.agents.get(chain.after).name
        self.refuse_circle(spec.name, after=before)
        known = {item.name for item in spec.inputs}
        unknown = sorted(set(chain.inputs) - known)
        if unknown:
            raise UserError(
                f"{spec.name!r} has no input {unknown[0]!r}",
                hint=f"Its inputs: {', '.join(sorted(known)) or 'none'}.",
            )
        missing = [
            item.name
            for item in spec.inputs
            if item.default is None and item.name not in chain.inputs
        ]
        if missing:
            raise UserError(
                f"{spec.name!r} needs the input {missing[0]!r}",
                hint=f"Give it as {missing[0]}={{outputs.NAME}} or a value.",
            )
        check_chain(chain, self.stores.agents.version(before).program, spec.inputs)
        chain = chain.model_copy(update={"after": before})
        there = self.chains_like(spec.name, chain)
        if there and not replace:
            raise Conflict(
                f"{spec.name!r} follows {before!r} already, by the chain {there[0].trigger_id}",
                hint=f"To have another one instead: `podium triggers delete {there[0].trigger_id}` first.",
            )
        if there:
            kept = self.stores.triggers.rewire(there[0].trigger_id, chain)
            for more in there[1:]:
                self.stores.triggers.delete(more.trigger_id)
            return kept
        trigger = Trigger(
            trigger_id=self.ids.new("chain"),
            agent=spec.name,
            kind="chain",
            chain=chain,
            created_at=self.clock.now(),
        )
        self.stores.triggers.add(trigger)
        return trigger

    def between(self, after: str, agent: str) -> tuple[Trigger, ...]:
        """Return the chains that let the one agent follow the other, also those that are switched off."""
        return tuple(
            item
            for item in self.stores.triggers.list(agent=agent, kind="chain")
            if item.chain is not None and item.chain.after == after
        )

    def chains_like(self, agent: str, chain: Chain) -> tuple[Trigger, ...]:
        """Return the chains that start the agent for the same run and rows as this one."""
        return tuple(
            item
            for item in self.between(chain.after, agent)
            if item.chain is not None and starts_alike(item.chain, chain)
        )

    def refuse_circle(self, agent: str, *, after: str) -> None:
        """Refuse a chain that would start itself again.

        Raises:
            Conflict: Naming both ends.
        """
        if agent in {after, *self._leading_to(after)}:
            raise Conflict(
                f"{agent!r} and {after!r} would start each other without end",
                hint=f"`podium triggers` shows what leads from {agent!r} to {after!r}.",
            )

    def _leading_to(self, agent: str) -> set[str]:
        """Return the agents that start this one, by whatever detour."""
        before = {item.agent: set[str]() for item in self.stores.triggers.list(kind="chain")}
        for item in self.stores.triggers.list(kind="chain"):
            if item.chain is not None:
                before[item.agent].add(item.chain.after)
        found: set[str] = set()
        waiting = [agent]
        while waiting:
            for name in before.get(waiting.pop(), ()):
                if name not in found:
                    found.add(name)
                    waiting.append(name)
        return found

    # -- Destinations ------------------------------------------------------------------------------

    def add_destination(
        self, url: str, *, agent: str = "", events: tuple[str, ...] = RUN_EVENTS, name: str = ""
    ) -> tuple[Destination, str]:
        """Return a new address that is told about runs, with the secret its messages are signed by.

        A web address gets signed webhooks; one of a service (`ntfy://…`, `slack://…`, `mailto://…`) tells people.

        Raises:
            NotFound: If the agent does not exist.
            NotPermitted: If it is no address.
            UserError: If an event, or the service that tells people, is not known.
        """
        unknown = sorted(set(events) - set(RUN_EVENTS))
        if unknown or not events:
            raise UserError(
                f"There is no event {', '.join(unknown) or 'given'}",
                hint=f"Choose from: {', '.join(RUN_EVENTS)}.",
            )
        people = is_for_people(url)
        # The path may hold a token.
        shown = check_address(url) if people else f"{origin_of(url)}/…"
        secret = new_secret()
        destination = Destination(
            destination_id=self.ids.new("dest"),
            kind="people" if people else "webhook",
            agent=self.stores.agents.get(agent).name if agent else "",
            events=events,
            name=name,
            shown=shown,
            created_at=self.clock.now(),
        )
        sealed = self.vault.seal(
            destination.destination_id, json.dumps({"url": url, "secret": secret}).encode()
        )
        self.stores.outbox.add_destination(destination, sealed=sealed)
        return destination, secret

    def address(self, destination_id: str) -> tuple[str, str]:
        """Return a destination's address and secret. Raises: NotFound."""
        sealed = self.stores.outbox.sealed(destination_id)
        opened = json.loads(self.vault.unseal(destination_id, sealed))
        return str(opened["url"]), str(opened["secret"])

    def replay(self, message_id: str) -> Message:
        """Queue a message once more, under its id.

        Raises:
            NotFound: If there is no such message.
            Conflict: If it is being delivered at this moment.
        """
        seen = self.stores.outbox.message(message_id)
        changes = {"status": "pending", "attempts": 0, "next_at": self.clock.now(), "error": ""}
        again = seen.model_copy(update=changes)
        if not self.stores.outbox.keep(again, seen=seen):
            raise Conflict(f"Message {message_id!r} is being delivered", hint="Try again.")
        return again

    # -- Keys --------------------------------------------------------------------------------------

    def _sealed(self, trigger_id: str, keys: list[tuple[str, datetime | None]]) -> bytes:
        kept = [{"key": key, "until": until.isoformat() if until else ""} for key, until in keys]
        return self.vault.seal(trigger_id, json.dumps(kept).encode())

    def _keys(self, trigger_id: str) -> list[str]:
        """Return the keys that are taken now, the newest first."""
        kept = json.loads(self.vault.unseal(trigger_id, self.stores.triggers.sealed(trigger_id)))
        now = self.clock.now()
        return [
            str(item["key"])
            for item in kept
            if not item["until"] or datetime.fromisoformat(item["until"]) > now
        ]


def declared_inputs(spec: AgentSpec, body: JsonObject) -> tuple[JsonObject, tuple[str, ...]]:
    """Return the values that the agent declares, checked, and the names of those that it does not.

    What stands under `data`, where Standard Webhooks put it, counts as well.

    Raises:
        UserError: If a value does not fit, or one that is needed is missing.
    """
    known = {item.name for item in spec.inputs}
    inner = body.get("data")
    nested = inner if isinstance(inner, dict) and "data" not in known else {}
    given = {**nested, **{name: value for name, value in body.items() if name in known}}
    inputs: dict[str, JsonValue] = {}
    for name in sorted(known & set(given)):
        value = given[name]
        if isinstance(value, dict | list):
            raise UserError(f"Input {name!r} must be a text, a number or a yes or no")
        inputs[name] = value
    ignored = (set(body) | set(nested)) - known - {"data", "type", "timestamp"}
    return resolve_inputs(spec, inputs), tuple(sorted(ignored))


def _object(body: bytes) -> JsonObject:
    try:
        value = read_json(body)
    except ValueError as error:
        raise UserError(f"The body is no JSON: {error}") from error
    if not isinstance(value, dict):
        raise UserError("The body must be a JSON object")
    return value


def chain_of(
    after: str,
    outcomes: tuple[str, ...],
    inputs: JsonObject,
    *,
    each: str = "",
    limit: int = FAN_OUT,
) -> Chain:
    """Return a chain. Raises: UserError when an outcome is not known, or the limit is not from 1 to 1000."""
    try:
        return Chain.model_validate(
            {"after": after, "outcomes": outcomes, "inputs": inputs, "each": each, "limit": limit}
        )
    except ValidationError as error:
        raise UserError(
            f"{error.errors()[0]['msg']}",
            hint="Outcomes: success, partial, fail, unverified, cancelled.",
        ) from error

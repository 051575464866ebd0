"""`triggers`, `destinations`, `deliveries`."""

from __future__ import annotations

from podium.server.chaining import completed
from podium.server.cli.listings import records
from podium.server.cli.output import DONE, emit, hidden, say, table
from podium.server.hooks import Hooks, chain_of
from podium.server.records import Records
from podium.state.document import JsonObject
from podium.state.errors import UserError
from podium.state.outbox import RUN_EVENTS
from podium.state.triggers import Trigger


def _hooks(kept: Records) -> Hooks:
    return Hooks(kept.stores, kept.vault, kept.clock, kept.ids)


def triggers(*, as_json: bool) -> int:
    """List webhooks and chains."""
    with records() as kept:
        found = kept.stores.triggers.list()
    if as_json:
        emit([item.to_json() for item in found])
        return DONE
    table(
        ("id", "agent", "starts", "on"),
        [
            (item.trigger_id, item.agent, _cause(item), "yes" if item.enabled else "no")
            for item in found
        ],
        empty="No webhooks and no chains.",
    )
    return DONE


def _cause(trigger: Trigger) -> str:
    if trigger.chain is None:
        return f"POST /hooks/{trigger.trigger_id}"
    chain = trigger.chain
    rows = f", for each row of {chain.each} (at most {chain.limit})" if chain.each else ""
    given = "".join(f", {name}={value}" for name, value in chain.inputs.items())
    return f"after {chain.after}: {', '.join(chain.outcomes)}{rows}{given}"


def webhook(agent: str, *, as_json: bool) -> int:
    """Add a webhook and show its secret this once."""
    with records() as kept:
        trigger, secret = _hooks(kept).add_webhook(agent)
    if as_json:
        path = f"/hooks/{trigger.trigger_id}"
        emit({**trigger.to_json(), "path": path, "secret": secret})
        return DONE
    say(f"POST /hooks/{trigger.trigger_id} starts {trigger.agent} (Standard Webhooks).")
    say(f"Its secret, which is not shown again: {secret}")
    return DONE


def rotate(trigger_id: str, *, as_json: bool) -> int:
    """Give a webhook a new secret; the one before is taken for a day more."""
    with records() as kept:
        secret = _hooks(kept).rotate(trigger_id)
    if as_json:
        emit({"trigger_id": trigger_id, "secret": secret})
        return DONE
    say(f"The new secret, which is not shown again: {secret}")
    say("The one before is taken for 24 hours more.")
    return DONE


def chain(
    agent: str,
    after: str,
    outcomes: list[str],
    inputs: list[str],
    *,
    each: str,
    limit: int,
    as_json: bool,
) -> int:
    """Let an agent follow another one; what is not given is taken where names and types leave no doubt.

    Raises:
        UserError: If an input is not written NAME=VALUE, or does not fit.
    """
    wanted = chain_of(
        after, tuple(outcomes or ["success"]), _values(inputs), each=each, limit=limit
    )
    with records() as kept:
        wanted = completed(kept.stores, agent, wanted)
        trigger = _hooks(kept).add_chain(agent, wanted)
    if as_json:
        emit(trigger.to_json())
        return DONE
    say(f"{trigger.agent} starts {_cause(trigger)} ({trigger.trigger_id}).")
    return DONE


def _values(pairs: list[str]) -> JsonObject:
    values: JsonObject = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not name:
            raise UserError(
                f"{pair!r} is no input", hint="Write NAME={outputs.NAME} or NAME=VALUE."
            )
        values[name] = value
    return values


def change(trigger_id: str, verb: str, *, as_json: bool) -> int:
    """Switch a trigger on or off, or forget it."""
    with records() as kept:
        if verb == "delete":
            kept.stores.triggers.delete(trigger_id)
            view: JsonObject = {"trigger_id": trigger_id, "deleted": True}
        else:
            view = kept.stores.triggers.enable(trigger_id, enabled=verb == "enable").to_json()
    if as_json:
        emit(view)
    else:
        say(f"{trigger_id}: {verb}d.")
    return DONE


def destinations(*, as_json: bool) -> int:
    """List where messages about runs go."""
    with records() as kept:
        found = kept.stores.outbox.destinations()
    if as_json:
        emit([item.to_json() for item in found])
        return DONE
    table(
        ("id", "to", "agent", "events"),
        [
            (item.destination_id, item.shown, item.agent or "all", ", ".join(item.events))
            for item in found
        ],
        empty="Nobody is told about runs.",
    )
    return DONE


def add_destination(agent: str, events: list[str], *, as_json: bool) -> int:
    """Add the address in the first line of stdin, and show the secret its messages are signed by.

    Raises:
        UserError: If there is no address, or it is none.
    """
    url = hidden("Address that is told about runs: ")
    with records() as kept:
        destination, secret = _hooks(kept).add_destination(
            url, agent=agent, events=tuple(events) or RUN_EVENTS
        )
    if as_json:
        emit({**destination.to_json(), "secret": secret})
        return DONE
    say(
        f"{destination.shown} is told about {', '.join(destination.events)} ({destination.destination_id})."
    )
    say(f"Messages are signed by this secret, which is not shown again: {secret}")
    return DONE


def delete_destination(destination_id: str, *, as_json: bool) -> int:
    """Tell an address nothing more."""
    with records() as kept:
        kept.stores.outbox.delete_destination(destination_id)
    if as_json:
        emit({"destination_id": destination_id, "deleted": True})
    else:
        say(f"{destination_id} is told nothing more.")
    return DONE


def deliveries(agent: str, replay: str, *, as_json: bool) -> int:
    """List messages with what came of them, or queue one once more."""
    with records() as kept:
        found = (
            (_hooks(kept).replay(replay),)
            if replay
            else kept.stores.outbox.messages(agent=agent or None)
        )
    if as_json:
        emit([item.to_json() for item in found])
        return DONE
    table(
        ("id", "event", "run", "status", "attempts", "error"),
        [
            (item.message_id, item.event, item.run_id, item.status, str(item.attempts), item.error)
            for item in found
        ],
        empty="Nothing was sent yet.",
    )
    return DONE

"""`suggest`."""

from __future__ import annotations

import asyncio

from podium.server.bootstrap import open_podium
from podium.server.cli.listings import records
from podium.server.cli.output import DONE, emit, say
from podium.server.cli.progress import Follower
from podium.server.cli.talking import follow
from podium.server.settings import Settings
from podium.server.suggesting import Suggestions, as_request, deciding, put_aside, shown
from podium.state.plan import Request
from podium.state.suggestions import Decision


def suggest(
    agent: str, *, accept: str = "", dismiss: str = "", never: str = "", as_json: bool
) -> int:
    """Show what the records suggest, or decide on one of the proposals.

    Raises:
        NotFound: If there is no such suggestion.
        UserError: If what it would change is not there any more.
    """
    with records() as kept:
        desk = Suggestions(kept.stores, kept.clock, kept.settings.timezone)
        if accept:
            suggestion = desk.find(accept)
            if as_request(suggestion) is not None:
                # Its plan is shown and approved like any other.
                return asyncio.run(_carried_out(deciding(suggestion, "accepted"), as_json=as_json))
            reply = desk.accept(suggestion)
            return _told({"decision": "accepted", "reply": reply}, reply, as_json=as_json)
        if dismiss:
            return _decided(desk, dismiss, "dismissed", as_json=as_json)
        if never:
            return _decided(desk, never, "never", as_json=as_json)
        found = desk.open(agent=agent)
    if as_json:
        emit([suggestion.to_json() for suggestion in found])
    else:
        say(shown(found))
    return DONE


async def _carried_out(request: Request, *, as_json: bool) -> int:
    async with open_podium(Settings()) as podium:
        follower = Follower(podium, quiet=as_json)
        segment = await podium.request(request)
        return await follow(follower, segment.thread_id, as_json=as_json)


def _decided(desk: Suggestions, which: str, decision: Decision, *, as_json: bool) -> int:
    suggestion = desk.find(which)
    desk.decide(suggestion, decision)
    reply = put_aside(suggestion, decision)
    return _told({"decision": decision, "reply": reply}, reply, as_json=as_json)


def _told(document: dict[str, str], reply: str, *, as_json: bool) -> int:
    if as_json:
        emit({**document})
    else:
        say(reply)
    return DONE

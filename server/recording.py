"""Show me once: a browser for a person, watched until the person is done; what was shown can be kept as an agent."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from podium.server.records import Records
from podium.server.settings import Settings
from podium.state.document import JsonObject
from podium.state.errors import Conflict, UserError
from podium.state.origins import origin_of
from podium.state.program import check_program
from podium.state.spec import AgentSpec, check_agent_name
from podium.tools.browser import PodiumBrowser
from podium.tools.recording import Action, Recorded, compile_actions

Told = Callable[[Action], None]
_RUN = "recording"


@dataclass(frozen=True, slots=True, kw_only=True)
class Showing:
    """What is shown, and where."""

    url: str
    origins: tuple[str, ...]
    """Further origins that the person may go to; nothing else is reached."""

    @property
    def allowed(self) -> tuple[str, ...]:
        """Return every origin that may be reached. Raises: UserError."""
        return tuple(dict.fromkeys(origin_of(url) for url in (self.url, *self.origins)))


async def watch(
    browser: PodiumBrowser,
    showing: Showing,
    *,
    done: Awaitable[object],
    told: Told | None = None,
    ready: Callable[[str], None] | None = None,
) -> Recorded:
    """Open the address and watch until `done`, or until the person has closed the last tab.

    `ready` is told Chromium's DevTools address, for a person at another screen.

    Raises:
        SetupError: If no browser can be shown.
        NotPermitted: If the address is not one that may be opened.
        Retryable: If it cannot be reached.
        UserError: If nothing was shown that can be repeated.
    """
    page = await browser.session(_RUN, origins=showing.allowed)
    recording = page.recording(told=told)
    await recording.start()
    recording.opened(showing.url)
    await page.goto(showing.url)
    if ready is not None:
        ready(page.devtools)
    waiting = asyncio.ensure_future(done)
    leaving = asyncio.create_task(page.closed())
    try:
        await asyncio.wait({waiting, leaving}, return_when=asyncio.FIRST_COMPLETED)
        recorded = compile_actions(await recording.stop())
    finally:
        for task in (waiting, leaving):
            task.cancel()
        await browser.release(_RUN)
    if len(recorded.program.steps) < 2:
        raise UserError(
            "Nothing was shown beside the page itself",
            hint="Click and type in the browser window, then end the recording.",
        )
    check_program(recorded.program)
    return recorded


def check_free(records: Records, name: str) -> None:
    """Accept a name under which what is shown can be kept.

    Raises:
        UserError: If the name may not be used.
        Conflict: If it is taken.
    """
    check_agent_name(name)
    if any(agent.name == name for agent in records.stores.agents.list()):
        raise Conflict(f"An agent called {name!r} exists already", hint="Choose another name.")


def keep(
    records: Records, name: str, showing: Showing, recorded: Recorded, *, deploy: bool
) -> None:
    """Keep what was shown as an agent: a draft, or deployed.

    Raises:
        UserError: If the name may not be used.
        Conflict: If it is taken.
    """
    spec = AgentSpec(
        name=check_agent_name(name),
        goal=f"Do what was shown on {showing.allowed[0]}",
        origins=showing.allowed,
        secrets=recorded.secrets,
        inputs=recorded.inputs,
    )
    agents = records.stores.agents
    agents.create(
        name=name, spec=spec, program=recorded.program, reason="shown once", author="person"
    )
    if deploy:
        agents.activate(name, 1)


def shown(recorded: Recorded, *, agent: str) -> JsonObject:
    """Return the recording as doors show it."""
    return {
        "agent": agent or None,
        "steps": [
            {"id": step.id, "title": step.title, "op": step.op, "effect": step.effect}
            for step in recorded.program.steps
        ],
        "inputs": [one.to_json() for one in recorded.inputs],
        "secrets": list(recorded.secrets),
        "left_out": list(recorded.left_out),
        "program": recorded.program.to_json(),
    }


def visible(settings: Settings, *, headless: bool) -> Settings:
    """Return the settings for a browser that a person can see."""
    return settings.model_copy(update={"headful": not headless})

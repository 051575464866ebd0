"""The agent that chat builds on the practice portal, and the portal as a target that counts what arrives."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import ParamSpec, TypeVar

from podium.server.portal.serve import ServedPortal, serve_portal
from podium.server.settings import Settings
from podium.server.workspace import open_workspace
from podium.state.program import Program
from podium.state.spec import AgentSpec
from podium.state.stores import Vault
from tests.chaos.sites import Job, Strikes

P = ParamSpec("P")
R = TypeVar("R")
_GOAL = (
    'log into {url}, open a new ticket with subject "Pump is leaking", category "technical", '
    'priority "high" and message "It drips since Monday" and submit it'
)


@dataclass
class PortalTarget:
    """The portal with the agent that was built on it by one sentence, its write released."""

    served: ServedPortal
    spec: AgentSpec
    program: Program
    strikes: Strikes

    def job(self, name: str) -> Job:
        """Return the agent as a job whose runs write one ticket each, told apart by its subject."""
        return Job(
            name=name,
            spec=self.spec.model_copy(update={"name": name}),
            program=self.program,
            keys=lambda run_id: (f"{run_id} ticket",),
            inputs=lambda run_id: {**self._defaults(), "subject": f"{run_id} ticket"},
            count=self._count,
        )

    def keep_credential(self, vault: Vault) -> None:
        """Let the runs of a home sign in."""
        portal = self.served.portal
        vault.put(
            name=self.spec.secrets[0],
            origin=self.served.url,
            user=portal.username,
            password=portal.password,
        )

    def _defaults(self) -> dict[str, str]:
        return {item.name: str(item.default) for item in self.spec.inputs}

    def _count(self, key: str) -> int:
        return sum(ticket.subject == key for ticket in self.served.portal.truth.tickets)


@contextmanager
def portal_target() -> Generator[PortalTarget]:
    """Serve the portal and build the agent by chat, as a user would: it takes some seconds."""
    with serve_portal(seed=0) as served:
        spec, program = asyncio.run(_learn(served))
        strikes = Strikes()
        truth = served.portal.truth
        setattr(truth, "add_ticket", _struck(truth.add_ticket, strikes))  # noqa: B010  the portal has no hook
        yield PortalTarget(served, spec, program, strikes)


def _struck(call: Callable[P, R], strikes: Strikes) -> Callable[P, R]:
    def pointed(*args: P.args, **kwargs: P.kwargs) -> R:
        strikes.at("arrived.before")
        result = call(*args, **kwargs)
        strikes.at("arrived.after")
        return result

    return pointed


async def _learn(served: ServedPortal) -> tuple[AgentSpec, Program]:
    with tempfile.TemporaryDirectory(prefix="podium-chaos-learn-") as folder:
        settings = Settings.model_validate({"home": Path(folder), "timezone": "UTC"})
        async with open_workspace(settings=settings) as ws:
            await asyncio.to_thread(
                ws.podium.vault.put,
                name="portal",
                origin=served.url,
                user=served.portal.username,
                password=served.portal.password,
            )
            view = await ws.chat(_GOAL.format(url=served.url), approve_all=True)
            agents = view["agents"]
            if view["status"] != "done" or not isinstance(agents, list) or not agents:
                raise AssertionError(f"the agent could not be built: {view['reply']}")
            version = ws.podium.stores.agents.version(str(agents[0]))
            return version.spec, version.program

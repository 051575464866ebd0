"""The forty turns: what is said, what is answered to questions, and what must be told and true afterwards."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from podium.server.service import Podium
from podium.state.document import JsonObject

Fact = Callable[[Podium], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One turn. In `told`, `<AGENT>` stands for the id of that agent's newest live run."""

    say: str
    verb: str
    yes: bool = False
    answers: tuple[JsonObject, ...] = ()
    told: tuple[str, ...] = ()
    true: Fact | None = None
    status: str = "done"
    away: str = ""
    """What the sites do not show from now on; `-` brings all back."""


def state(name: str, wanted: str) -> Fact:
    """Return the claim that the agent is in that state."""
    return lambda podium: any(
        agent.name == name and agent.state == wanted for agent in podium.stores.agents.list()
    )


def gone(name: str) -> Fact:
    """Return the claim that there is no such agent."""
    return lambda podium: all(agent.name != name for agent in podium.stores.agents.list())


def version(name: str, active: int) -> Fact:
    """Return the claim that this version is the active one."""
    return lambda podium: podium.stores.agents.get(name).active_version == active


def cron(name: str, wanted: str | None) -> Fact:
    """Return the claim that the agent has that schedule, or none."""

    def holds(podium: Podium) -> bool:
        kept = podium.stores.schedules.get(name)
        return (kept.cron if kept else None) == wanted

    return holds


def runs(name: str, count: int) -> Fact:
    """Return the claim that the agent ran live so often."""
    return lambda podium: (
        sum(run.mode == "live" for run in podium.stores.runs.list(agent=name, limit=100)) == count
    )


def chains(count: int) -> Fact:
    """Return the claim that there are so many chains."""
    return lambda podium: len(podium.stores.triggers.list(kind="chain")) == count


def both(one: Fact, other: Fact) -> Fact:
    """Return the claim that both hold."""
    return lambda podium: one(podium) and other(podium)


INVOICES = "collect the number, customer and amount of all invoices from https://portal.example into a table keyed by number"
PRODUCTS = (
    "collect the sku and price of all products from https://shop.example into a table keyed by SKU"
)
YES: JsonObject = {"decision": "approve"}

TURNS: tuple[Turn, ...] = (
    Turn(say="what agents do I have?", verb="inspect", told=("no agents yet",)),
    Turn(say=INVOICES, verb="create", answers=(YES, YES), told=("invoices version 1 is deployed",), true=state("invoices", "deployed")),
    Turn(say=PRODUCTS, verb="create", yes=True, told=("products version 1 is deployed",), true=state("products", "deployed")),
    Turn(say="what agents do I have?", verb="inspect", told=("invoices (deployed, version 1)", "products (deployed, version 1)")),
    Turn(say="rename the products agent to price-monitor", verb="rename", told=("is called price-monitor now",), true=both(gone("products"), state("price-monitor", "deployed"))),
    Turn(say="run the price monitor", verb="run", told=("<price-monitor>",), true=runs("price-monitor", 1)),
    Turn(say="what did it find?", verb="inspect", told=("<price-monitor>", "sku A1", "2 rows")),
    Turn(say="run the invoices agent", verb="run", told=("<invoices>",), true=runs("invoices", 1)),
    Turn(say=INVOICES, verb="create", answers=({"existing": "run it"},), told=("<invoices>",), true=runs("invoices", 2)),
    Turn(say="find everything about ACME", verb="inspect", told=("customer ACME", "[invoices, <invoices>, step store")),
    Turn(say="which agent handled invoice INV-2?", verb="inspect", told=("INV-2", "<invoices>")),
    Turn(say="schedule the price monitor every day at 7", verb="schedule", told=("every day at 07:00", "next: "), true=cron("price-monitor", "0 7 * * *")),
    Turn(say="when does the price monitor run next?", verb="inspect", told=("price-monitor runs every day at 07:00", "07:00.")),
    Turn(say="make that 9", verb="schedule", told=("09:00",), true=cron("price-monitor", "0 9 * * *")),
    Turn(say="pause the price monitor", verb="pause", told=("Paused price-monitor",), true=state("price-monitor", "paused")),
    Turn(say="run the price monitor", verb="run", status="failed", told=("'price-monitor' is paused",), true=runs("price-monitor", 1)),
    Turn(say="resume it", verb="resume", told=("Resumed price-monitor",), true=state("price-monitor", "deployed")),
    Turn(say="unschedule the price monitor", verb="unschedule", told=("only when asked",), true=cron("price-monitor", None)),
    Turn(say="let the price monitor also read the stock", verb="modify", answers=(YES, YES), told=("price-monitor version 2 is deployed",), true=version("price-monitor", 2)),
    Turn(say="show the versions of the price monitor", verb="inspect", told=("version 1", "version 2 (active)")),
    Turn(say="compare the last two versions of the price monitor", verb="compare", told=("version 1 → 2", "stock")),
    Turn(say="roll the price monitor back", verb="rollback", told=("back at version 1", "--to 2"), true=version("price-monitor", 1)),
    Turn(say="run the price monitor and pause the invoices agent", verb="run", told=("<price-monitor>", "Paused invoices"), true=both(runs("price-monitor", 2), state("invoices", "paused"))),
    Turn(say="resume the invoices agent", verb="resume", true=state("invoices", "deployed")),
    Turn(say="when the price monitor is done, run the invoices agent", verb="chain", answers=(YES,), told=("invoices starts when price-monitor ends",), true=chains(1)),
    Turn(say="when the invoices agent is done, run the price monitor", verb="chain", status="failed", told=("would start each other without end",), true=chains(1)),
    Turn(say="stop starting the invoices agent after the price monitor", verb="chain", told=("not started after price-monitor any more",), true=chains(0)),
    Turn(say="run the invoices agent", verb="run", away="invoices", told=("<invoices>",), true=runs("invoices", 3)),
    Turn(say="what failed this week?", verb="inspect", told=("1 of 5 runs failed", "<invoices>", "did not answer")),
    Turn(say="why did the invoices agent fail?", verb="troubleshoot", told=("<invoices>", "[unreachable]", "Class site_down")),
    Turn(say="run it again", verb="run", away="-", told=("<invoices>",), true=runs("invoices", 4)),
    Turn(say="what changed since yesterday?", verb="inspect", told=("price-monitor version 2", "price-monitor was renamed", "<invoices>")),
    Turn(say="any suggestions?", verb="suggest", told=("records prove nothing",)),
    Turn(say="export the invoices agent", verb="export", told=("invoices.json",)),
    Turn(say="delete the invoices agent", verb="delete", answers=({"decision": "keep"},), told=("Kept invoices",), true=state("invoices", "deployed")),
    Turn(say="delete the invoices agent", verb="delete", answers=({"decision": "delete"},), told=("podium agents restore invoices",), true=gone("invoices")),
    Turn(say="import the agent from invoices.json", verb="import", told=("imported as a draft",), true=state("invoices", "draft")),
    Turn(say="resume the invoices agent", verb="resume", true=state("invoices", "deployed")),
    Turn(say="merge the price monitor and the invoices agent", verb="merge", answers=(YES, YES, {"decision": "delete"}), told=("price-monitor-invoices version 1 is deployed", "podium agents restore"), true=both(gone("price-monitor"), state("price-monitor-invoices", "deployed"))),
    Turn(say="split price-monitor-invoices into one agent per site", verb="split", answers=(YES, YES, YES, {"decision": "pause"}), told=("is paused",), true=state("price-monitor-invoices", "paused")),
    Turn(say="find everything about INV-2", verb="inspect", told=("number INV-2", "(deleted)")),
    Turn(say="what is the capital of Peru?", verb="none", status="failed", told=("did not understand",)),
)  # fmt: skip

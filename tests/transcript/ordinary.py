"""A workspace with a past, and a conversation about it as people ordinarily talk: corrections, loose references, all in one thread."""

from __future__ import annotations

from datetime import timedelta

from podium.server.service import Podium
from podium.state.plan import PlannedStep
from podium.state.program import (
    Column,
    ExtractArgs,
    ExtractStep,
    ListSpec,
    OpenArgs,
    OpenStep,
    Program,
    StoreArgs,
    StoreStep,
)
from podium.state.runs import Run, RunError, StepRecord
from podium.state.spec import AgentSpec
from podium.state.triggers import Schedule
from tests.transcript.turns import YES, Fact, Turn, both, chains, cron, gone, runs, state, version

_AGENTS = {
    "invoice-downloader": ("download every new invoice", "https://billing.example", "invoices", ("number", "amount")),
    "price-monitor": ("collect sku and price of all products", "https://shop.example", "products", ("sku", "price")),
    "stock-watcher": ("watch the stock of products", "https://shop.example", "stock", ("sku", "stock")),
    "weekly-report": ("write a report of the week", "https://crm.example", "report", ("week", "total")),
    "lead-scraper": ("collect leads with name and email", "https://crm.example", "leads", ("name", "email")),
    "order-checker": ("check open orders", "https://crm.example", "orders", ("order", "state")),
}  # fmt: skip
_DAY = timedelta(days=1)


def seed(podium: Podium) -> None:
    """Keep six agents with two weeks of runs, two of them failed."""
    for name in _AGENTS:
        _agent(podium, name)
    _second_version(podium)
    for day in range(1, 7):
        _run(podium, f"inv_{day}", "invoice-downloader", day * _DAY, rows=4, seconds=60 + day)
        _run(podium, f"price_{day}", "price-monitor", day * _DAY, rows=2, seconds=30)
    _run(podium, "price_0", "price-monitor", timedelta(minutes=30), code="unreachable")
    _run(podium, "leads_1", "lead-scraper", _DAY, rows=7)
    _run(podium, "report_8", "weekly-report", 8 * _DAY, rows=1)
    _run(podium, "report_1", "weekly-report", 2 * _DAY, code="expectation")
    _run(podium, "orders_40", "order-checker", 40 * _DAY, rows=3)
    _scheduled(podium, "invoice-downloader", "0 8 * * *", "every day at 08:00")
    _scheduled(podium, "weekly-report", "0 20 * * 0", "every Sunday at 20:00")


def _program(name: str, *more: str) -> Program:
    _, url, thing, columns = _AGENTS[name]
    listed = ListSpec(
        kind="table",
        heading=thing,
        columns=tuple(Column(name=column, header=column) for column in (*columns, *more)),
    )
    return Program(
        steps=(
            OpenStep(id="open", title=f"Open {url}", args=OpenArgs(url=url)),
            ExtractStep(id="read", title=f"Read the {thing}", args=ExtractArgs(list=listed)),
            StoreStep(
                id="store",
                title=f"Store {thing}",
                args=StoreArgs(rows="read", dataset=thing, key=(columns[0],)),
            ),
        )
    )


def _agent(podium: Podium, name: str) -> None:
    goal, url, thing, columns = _AGENTS[name]
    steps = (
        PlannedStep(id="open", op="open", title=f"Open {url}", url=url),
        PlannedStep(id="read", op="extract", title=f"Read the {thing}", thing=thing, fields=columns),
        PlannedStep(id="store", op="store", title=f"Store {thing}", dataset=thing, key=columns[0]),
    )  # fmt: skip
    spec = AgentSpec(name=name, goal=goal, origins=(url,), steps=steps, outputs=columns)
    podium.stores.agents.create(
        name=name, spec=spec, program=_program(name), reason="built", author="you"
    )
    podium.stores.agents.activate(name, 1)


def _second_version(podium: Podium) -> None:
    name = "invoice-downloader"
    spec = podium.stores.agents.version(name).spec
    podium.stores.agents.add_version(
        name, base=1, spec=spec, program=_program(name, "due"), reason="also the due date", author="you"
    )  # fmt: skip
    podium.stores.agents.activate(name, 2)


def _run(
    podium: Podium, run_id: str, agent: str, ago: timedelta, *, rows: int = 0, seconds: int = 10, code: str = ""
) -> None:  # fmt: skip
    at = podium.clock.now() - ago
    read = StepRecord(
        id="read", title="Read the rows", op="extract", effect="read",
        status="failed" if code else "done", message="the site did not answer" if code else "",
        evidence={} if code else {"rows": rows},
    )  # fmt: skip
    store = StepRecord(id="store", title="Store", op="store", effect="read", status="done")
    run = Run(run_id=run_id, thread_id=f"of_{run_id}", agent=agent, version=1, created_at=at)
    podium.stores.runs.create(run)
    podium.stores.runs.replace(
        run.move("running").move(
            "finished",
            outcome="fail" if code else "success",
            finished_at=at + timedelta(seconds=seconds),
            duration_ms=seconds * 1000,
            steps=(read,) if code else (read, store),
            outputs={} if code else {"read": {"rows": rows}, "store": {"rows": rows}},
            error=RunError(code=code, message="the site did not answer", step="read") if code else None,
        )
    )  # fmt: skip


def _scheduled(podium: Podium, name: str, rule: str, words: str) -> None:
    podium.desk.roster.schedule(name, Schedule(cron=rule, timezone="UTC", words=words))


_ALL = tuple("prospect-finder" if name == "lead-scraper" else name for name in _AGENTS)


def _each(wanted: str) -> Fact:
    return lambda podium: all(state(name, wanted)(podium) for name in _ALL)


CONVERSATION: tuple[Turn, ...] = (
    Turn(say="hey, what have I got running here?", verb="inspect", told=("invoice-downloader (deployed, version 2", "stock-watcher (deployed, version 1): never ran")),
    Turn(say="how is everything doing?", verb="inspect", told=("2 of 6 agents failed in their last run: price-monitor (price_0), weekly-report (report_1)",)),
    Turn(say="did anything break in the last three days, and what was the reason?", verb="inspect", told=("2 of ", "price_0", "report_1", "did not answer")),
    Turn(say="when does the invoice one run next?", verb="inspect", told=("invoice-downloader runs every day at 08:00", "08:00.")),
    Turn(say="make it go at half past seven on weekdays instead", verb="schedule", true=cron("invoice-downloader", "30 7 * * 1-5")),
    Turn(say="and the price monitor every two hours", verb="schedule", true=cron("price-monitor", "0 */2 * * *")),
    Turn(say="no, I meant the stock watcher", verb="schedule", true=both(cron("price-monitor", None), cron("stock-watcher", "0 */2 * * *"))),
    Turn(say="undo that", verb="schedule", true=both(cron("price-monitor", "0 */2 * * *"), cron("stock-watcher", None))),
    Turn(say="how long does the price monitor usually take?", verb="inspect", told=("usually takes 30 s (median of 6 good runs", "price_1")),
    Turn(say="which agent is the slowest?", verb="inspect", told=("From the longest run to the shortest:\n  invoice-downloader: 64 s", "inv_1")),
    Turn(say="which of them write anything anywhere?", verb="inspect", told=("None of them changes anything on a site", "own table leads")),
    Turn(say="who uses what the price monitor brings in?", verb="inspect", told=("Nothing uses the output of price-monitor",)),
    Turn(say="feed what the price monitor collects into the weekly report", verb="chain", answers=(YES,), true=chains(1)),
    Turn(say="what goes into the weekly report now?", verb="inspect", told=("weekly-report starts after price-monitor ends as success (chain_",)),
    Turn(say="undo that", verb="none", told=("nothing that I could take back",), true=chains(1)),
    Turn(say="kick off the stock watcher and tell me why if it breaks", verb="run", told=("<stock-watcher>", "why did stock-watcher fail"), true=runs("stock-watcher", 1)),
    Turn(say="from now on the lead scraper is called prospect finder", verb="rename", true=both(gone("lead-scraper"), state("prospect-finder", "deployed"))),
    Turn(say="how many rows did the lead scraper bring in the last two days?", verb="inspect", told=("prospect-finder brought 7 rows in 1 run", "leads_1")),
    Turn(say="pause the prospect finder and start the stock watcher", verb="pause", true=both(state("prospect-finder", "paused"), runs("stock-watcher", 2))),
    Turn(say="carry on with the prospect finder", verb="resume", true=state("prospect-finder", "deployed")),
    Turn(say="before you throw away the order checker, save a copy of it", verb="delete", answers=({"decision": "delete"},), told=("order-checker.json", "Deleted order-checker"), true=gone("order-checker")),
    Turn(say="oh no, bring it back", verb="resume", true=state("order-checker", "deployed")),
    Turn(say="what changed since yesterday?", verb="inspect", told=("order-checker was restored", "prospect-finder was renamed (from lead-scraper)")),
    Turn(say="what's different between the first two versions of the invoice downloader?", verb="compare", told=("version 1 → 2", "due")),
    Turn(say="put it back the way it was in version 1", verb="rollback", true=version("invoice-downloader", 1)),
    Turn(say="why did the price montior fail?", verb="troubleshoot", told=("price_0", "[unreachable]", "Class site_down", "price_1")),
    Turn(say="show me the last runs of it", verb="inspect", told=("price_0", "price_6")),
    Turn(say="put everything on hold", verb="pause", true=_each("paused")),
    Turn(say="ok, go again with all of them", verb="resume", true=_each("deployed")),
    Turn(say="which ones talk to the shop?", verb="inspect", told=("2 agents work on 'shop'", "price-monitor", "stock-watcher")),
    Turn(say="turn off the schedule of the invoice downloader", verb="unschedule", true=cron("invoice-downloader", None)),
    Turn(say="actually leave it on", verb="schedule", true=cron("invoice-downloader", "30 7 * * 1-5")),
    Turn(say="rename the stock watcher to shelf watcher and run it every monday at 6", verb="rename", true=both(gone("stock-watcher"), cron("shelf-watcher", "0 6 * * 1"))),
    Turn(say="how often does the shelf watcher run?", verb="inspect", told=("every Monday at 06:00",)),
    Turn(say="run the invoice one and the price one", verb="run", told=("<invoice-downloader>", "<price-monitor>")),
    Turn(say="how did both go?", verb="inspect", told=("<invoice-downloader>: success", "<price-monitor>: success")),
    Turn(say="what did the second one find?", verb="inspect", told=("<price-monitor>", "sku A1")),
    Turn(say="can you delete the agent that failed in the last hour?", verb="delete", answers=({"decision": "keep"},), told=("Kept price-monitor",), true=state("price-monitor", "deployed")),
    Turn(say="give me a copy of the invoice downloader as a file", verb="export", told=("invoice-downloader.json",)),
    Turn(say="what is the price monitor for?", verb="inspect", told=("collect sku and price of all products",)),
    Turn(say="split the big one in two", verb="split", status="waiting"),
    Turn(say="never mind", verb="none", told=("Cancelled.",)),
    Turn(say="only run the prospect finder on the first of the month at noon", verb="schedule", true=cron("prospect-finder", "0 12 1 * *")),
    Turn(say="who changed the invoice downloader last, and when?", verb="inspect", told=("last changed by you", "also the due date")),
    Turn(say="has anything not run for a while?", verb="inspect", told=("1 agent did not run", "orders_40")),
    Turn(say="stop the shelf watcher if it's still running", verb="none", status="failed", told=("did not understand: 'if'",), true=state("shelf-watcher", "deployed")),
    Turn(say="pause the shelf watcher", verb="pause", true=state("shelf-watcher", "paused")),
    Turn(say="the same for the price monitor", verb="pause", true=state("price-monitor", "paused")),
    Turn(say="what's waiting for me?", verb="inspect", told=("Nothing waits for you",)),
    Turn(say="where does the invoice downloader put its files?", verb="inspect", told=("table invoices",)),
    Turn(say="thanks, that's all", verb="none", told=("All right",)),
)  # fmt: skip

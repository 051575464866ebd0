"""The same cases by others: browser-use's `rerun_history` and a plain Playwright script, judged by the same oracle."""

# Their libraries carry no types that hold under strict checking.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path
from typing import Any, Final

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Page

from benchmarks.flow.library_agent import LibraryBrowser, ScriptedModel, open_library
from benchmarks.flow.playwright_script import open_browser
from podium.state.document import JsonObject
from tests.mutations.flows import flow_named
from tests.mutations.lab import Result
from tests.mutations.mutators import Case, all_cases
from tests.mutations.sites.base import BundledSite, Look

FLOWS: Final = ("orders-form", "orders-row", "stock-form")
CASES = 25
_PRESERVING = 19
_WAIT_MS = 4000
_CASE_S = 60.0
_ANSWER_S = 0.5
_WAITED = "waiting for get_by"
_UNFOUND = "Could not find matching element"

Script = Callable[[Page, str], Awaitable[None]]
Verdicts = dict[str, str]


def peer_cases() -> tuple[Case, ...]:
    """Return the cases that the peers get too: a seeded draw over mutators, three quarters of them redesigns."""
    cases = [case for case in all_cases() if case.flow.name in FLOWS and case.seed == 0]
    rng = random.Random(25)
    redesigns = [case for case in cases if case.mutator.kind == "preserving"]
    falsified = [case for case in cases if case.mutator.kind == "changing"]
    return (*rng.sample(redesigns, _PRESERVING), *rng.sample(falsified, CASES - _PRESERVING))


def _verdict(case: Case, site: BundledSite, *, claims: bool, missing: bool) -> str:
    """Return what it came to; `missing`: it stopped because it did not find an element, which refuses falsified pages."""
    allowed = case.flow.writes if case.mutator.kind == "preserving" else ()
    if any(write not in allowed for write in site.writes) or len(site.writes) > len(allowed):
        return "wrong write"
    if case.mutator.kind == "changing":
        if claims:
            return "silently wrong"
        return "right" if missing else "failed"
    if not claims:
        return "failed"
    return "right" if tuple(site.writes) == allowed else "silently wrong"


# -- Playwright ------------------------------------------------------------------------------------


async def _order(page: Page, url: str) -> None:
    await page.goto(f"{url}/orders/new")
    await page.get_by_label("Customer").fill("Marlow & Co")
    await page.get_by_label("Product").select_option("Buoy, red")
    await page.get_by_label("Quantity").fill("3")
    await page.get_by_role("button", name="Save order").click()
    await page.get_by_text("was saved").wait_for()


async def _archive(page: Page, url: str) -> None:
    await page.goto(f"{url}/orders")
    row = page.get_by_role("row").filter(has_text="PO-2046")
    while await row.count() == 0:
        await page.get_by_role("link", name="Next").click()
        await page.wait_for_load_state()
    await row.get_by_role("button", name="Archive").click()
    await page.get_by_text("was archived").wait_for()


async def _receipt(page: Page, url: str) -> None:
    await page.goto(f"{url}/#/receive")
    await page.get_by_label("Item no.").fill("ST-311")
    await page.get_by_label("Quantity").fill("12")
    await page.get_by_label("Receiver").fill("Ada")
    await page.get_by_role("button", name="Book receipt").click()
    await page.get_by_text("Receipt was booked").wait_for()


_SCRIPTS: Final[dict[str, Script]] = {
    "orders-form": _order,
    "orders-row": _archive,
    "stock-form": _receipt,
}


async def by_playwright(cases: Iterable[Case]) -> Verdicts:
    """Return what the hand-written script came to in each case."""
    found: Verdicts = {}
    async with open_browser() as browser:
        for case in cases:
            site = await asyncio.to_thread(case.flow.site)
            site.wear(case.look)
            context = await browser.new_context()
            page = await context.new_page()
            page.set_default_timeout(_WAIT_MS)
            claims = missing = False
            try:
                async with asyncio.timeout(_CASE_S):
                    await _SCRIPTS[case.flow.name](page, site.url)
                claims = True
            except PlaywrightError as error:
                # Its way to say that no element fits is to have waited for one in vain.
                missing = _WAITED in str(error) or "did not find some options" in str(error)
            except TimeoutError:
                pass
            await asyncio.sleep(_ANSWER_S)
            found[case.id] = _verdict(case, site, claims=claims, missing=missing)
            await context.close()
            await asyncio.to_thread(site.close)
    return found


# -- browser-use -----------------------------------------------------------------------------------

_Nodes = dict[int, Any]


def _said(node: Any) -> str:
    return (node.get_all_children_text() or "").strip()


def _click(tag: str, text: str, *, row: str = "") -> Callable[[_Nodes], list[dict[str, object]]]:
    def fits(node: Any) -> bool:
        if node.node_name.lower() != tag or _said(node) != text:
            return False
        while row and node is not None and node.node_name.lower() != "tr":
            node = node.parent_node
        return not row or (node is not None and row in _said(node))

    return lambda nodes: [
        {"click": {"index": next(number for number, node in nodes.items() if fits(node))}}
    ]


def _input(name: str, text: str) -> Callable[[_Nodes], list[dict[str, object]]]:
    return lambda nodes: [
        {
            "input": {
                "index": next(
                    n for n, node in nodes.items() if node.attributes.get("name") == name
                ),
                "text": text,
            }
        }
    ]


def _choose(name: str, text: str) -> Callable[[_Nodes], list[dict[str, object]]]:
    return lambda nodes: [
        {
            "select_dropdown": {
                "index": next(
                    n for n, node in nodes.items() if node.attributes.get("name") == name
                ),
                "text": text,
            }
        }
    ]


def _recorded(name: str, url: str) -> list[Callable[[_Nodes], list[dict[str, object]]]]:
    done: Callable[[_Nodes], list[dict[str, object]]] = lambda _: [  # noqa: E731  one of the script's lines
        {"done": {"text": "done", "success": True}}
    ]
    at = {"orders-form": "/orders/new", "orders-row": "/orders", "stock-form": "/#/receive"}[name]
    steps: dict[str, list[Callable[[_Nodes], list[dict[str, object]]]]] = {
        "orders-form": [
            _input("customer", "Marlow & Co"),
            _choose("product", "Buoy, red"),
            _input("quantity", "3"),
            _click("button", "Save order"),
        ],
        "orders-row": [_click("a", "Next"), _click("button", "Archive", row="PO-2046")],
        "stock-form": [
            _input("item", "ST-311"),
            _input("count", "12"),
            _input("by", "Ada"),
            _click("button", "Book receipt"),
        ],
    }
    return [lambda _: [{"navigate": {"url": f"{url}{at}"}}], *steps[name], done]


async def by_rerun(cases: Iterable[Case], folder: Path) -> Verdicts:
    """Return what replaying the recorded history came to in each case."""
    found: Verdicts = {}
    wanted = tuple(cases)
    async with open_library(folder) as library:
        for name in FLOWS:
            site = await asyncio.to_thread(flow_named(name).site)
            site.wear(Look())
            recorded = await _agent(library, name, site.url).run(max_steps=10)
            for case in (case for case in wanted if case.flow.name == name):
                site.wear(case.look)
                claims, missing = await _replay(library, name, site.url, recorded)
                await asyncio.sleep(_ANSWER_S)
                found[case.id] = _verdict(case, site, claims=claims, missing=missing)
            await asyncio.to_thread(site.close)
    return found


async def _replay(library: LibraryBrowser, name: str, url: str, recorded: Any) -> tuple[bool, bool]:
    """Return whether it claims success, and whether it stopped because an element was not found."""
    try:
        async with asyncio.timeout(_CASE_S):
            results = await _agent(library, name, url).rerun_history(
                recorded, delay_between_actions=0, skip_failures=False, max_step_interval=0
            )
    except Exception as error:  # noqa: BLE001  whatever the peer raises is its failure, and the next case's turn
        return False, _UNFOUND in str(error)
    errors = [str(result.error) for result in results if result.error]
    return not errors, any(_UNFOUND in one for one in errors)


def _agent(library: LibraryBrowser, name: str, url: str) -> Any:
    from browser_use import Agent  # noqa: PLC0415  heavy: only where the peer runs

    model: Any = ScriptedModel(library.session, _recorded(name, url))
    return Agent(
        task=name, llm=model, browser_session=library.session, use_vision=False, use_judge=False,
        directly_open_url=False, enable_signal_handler=False, flash_mode=True,
    )  # fmt: skip


# -- One table -------------------------------------------------------------------------------------


async def compare(results: dict[str, Result], folder: Path) -> JsonObject:
    """Return the columns of the peers beside ours, for the cases that we have run too."""
    cases = tuple(case for case in peer_cases() if case.id in results)
    columns: dict[str, Verdicts] = {
        "podium": {case.id: _ours(results[case.id]) for case in cases},
        "playwright": await by_playwright(cases),
        "rerun_history": await by_rerun(cases, folder),
    }
    document: JsonObject = {"cases": len(cases)}
    for name, verdicts in columns.items():
        counts = {
            said: sum(one == said for one in verdicts.values())
            for said in ("right", "failed", "silently wrong", "wrong write")
        }
        document[name] = {key: value for key, value in counts.items()}
    rows: JsonObject = {
        case.id: {name: verdicts[case.id] for name, verdicts in columns.items()} for case in cases
    }
    document["by_case"] = rows
    return document


def _ours(result: Result) -> str:
    return {
        "right": "right",
        "refused": "right",
        "failed": "failed",
        "wrong_write": "wrong write",
        "silently_wrong": "silently wrong",
    }[result.verdict]

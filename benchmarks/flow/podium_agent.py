"""The flow as an agent of Podium with its product defaults: run engine, journal, checkpoints, proxy, evidence."""

from __future__ import annotations

import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

from benchmarks.flow.site import Flow
from podium.server.bootstrap import open_podium
from podium.server.settings import Settings
from podium.server.workspace import Workspace
from podium.state.plan import InputSpec
from podium.state.program import (
    ClickStep,
    DownloadArgs,
    DownloadStep,
    EachArgs,
    EachStep,
    ExtractArgs,
    ExtractStep,
    FileKept,
    PickArgs,
    PickStep,
    Program,
    RowCount,
    SignInArgs,
    SignInStep,
    TargetArgs,
    UrlLike,
)
from podium.state.spec import AgentSpec
from podium.tools.browser import BrowserSettings, PodiumBrowser
from podium.tools.grounding.describe import describe
from podium.tools.grounding.lists import describe_list
from podium.tools.page import Node, Page, Snapshot, StepPolicy

AGENT = "one-invoice"


def _node(snapshot: Snapshot, name: str, *roles: str) -> Node:
    return next(
        node for node in snapshot.nodes if name in {node.name, node.label} and node.role in roles
    )


async def _learn(page: Page, flow: Flow) -> Program:
    """Describe the pages as a build does, walking through them once."""
    await page.begin(StepPolicy(effect="sign_in"))
    await page.goto(flow.sign_in_url)
    form = await page.snapshot()
    user = next(node for node in form.nodes if node.attributes.get("autocomplete") == "username")
    password = next(node for node in form.nodes if node.input_type == "password")
    submit = next(node for node in form.nodes if node.role == "button" and node.form == user.form)
    sign_in = SignInStep(
        id="sign_in",
        title="Sign in",
        args=SignInArgs(
            secret="portal",
            user=describe(user, form),
            password=describe(password, form),
            submit=describe(submit, form),
            url=flow.sign_in_url,
        ),
    )
    await page.fill(user.ref, flow.user)
    await page.fill_secret(password.ref, flow.password, origin=flow.url)
    await page.click(submit.ref)
    home = await page.snapshot()
    menu = _node(home, flow.menu, "link")
    reach = ClickStep(
        id="invoices",
        title="Open the invoices",
        args=TargetArgs(target=describe(menu, home, phrase=flow.menu)),
        safe_point=True,
    )
    await page.click(menu.ref)
    shown = await page.snapshot()
    table = max(shown.collections, key=lambda one: len(one.headers))
    listed = describe_list(table, shown)
    rows = ExtractStep(
        id="rows",
        title="Read the first page",
        args=ExtractArgs(list=listed, limit=len(table.records)),
        expect=(RowCount(at_least=len(table.records)),),
    )
    row = next(r for r in table.records if any(v.text == flow.number for v in r.values))
    csv = next(n for n in shown.nodes if n.ref in row.nodes and n.name == flow.csv)
    key = f"{{item.{listed.key[0]}}}"
    file = DownloadStep(
        id="file",
        title="Download the CSV",
        args=DownloadArgs(target=describe(csv, shown, row_key=key), skip_known=False),
        expect=(FileKept(extension=".csv"),),
    )
    out = _node(shown, flow.sign_out, "button", "link")
    sign_out = ClickStep(
        id="sign_out",
        title="Sign out",
        effect="write",
        args=TargetArgs(target=describe(out, shown)),
        expect=(UrlLike(pattern=flow.sign_in),),
    )
    reach = reach.model_copy(update={"expect": (UrlLike(pattern=urlsplit(shown.url).path),)})
    pick = PickStep(
        id="one",
        title="The one asked for",
        args=PickArgs(rows="rows", which="by_key", key="{inputs.invoice}"),
    )
    each = EachStep(id="each", title="For it", args=EachArgs(rows="one", steps=(file,)))
    return Program(steps=(sign_in, reach, rows, pick, each, sign_out))


async def learn(flow: Flow, folder: Path) -> Program:
    """Return the flow's program."""
    browser = PodiumBrowser(BrowserSettings(no_sandbox=os.geteuid() == 0, folder=folder))
    try:
        return await _learn(await browser.session("learn", origins=(flow.url,)), flow)
    finally:
        await browser.close()


@asynccontextmanager
async def open_agent(flow: Flow, home: Path, *, workers: int = 4) -> AsyncGenerator[Workspace]:
    """Yield a workspace that has the agent, deployed."""
    program = await learn(flow, home / "learning")
    settings = Settings(home=home, chromium_no_sandbox=os.geteuid() == 0, workers=workers)
    async with open_podium(settings) as podium:  # as `podium run` does it
        workspace = Workspace(orchestrator=await podium.driver.orchestrator(), podium=podium)
        stores = workspace.podium.stores
        workspace.podium.vault.put(
            name="portal", origin=flow.url, user=flow.user, password=flow.password
        )
        spec = AgentSpec(
            name=AGENT,
            goal="Download one invoice",
            origins=(flow.url,),
            secrets=("portal",),
            inputs=(InputSpec(name="invoice"),),
        )
        stores.agents.create(
            name=AGENT, spec=spec, program=program, reason="benchmark", author="benchmark"
        )
        stores.agents.activate(AGENT, 1)
        yield workspace


async def replay(workspace: Workspace, flow: Flow) -> None:
    """Run the agent once. Raises: RuntimeError when it is no success."""
    run = await workspace.run(AGENT, {"invoice": flow.number})
    if run.outcome != "success" or run.model_calls:
        raise RuntimeError(f"the run ended as {run.outcome}: {run.error}")

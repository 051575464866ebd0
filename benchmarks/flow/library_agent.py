"""The flow through browser-use itself: its Agent with a model that answers at once, and its `rerun_history`."""

# Its libraries carry no types that hold under strict checking.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

import os
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from benchmarks.flow.site import Flow
from podium.tools.browser.chromium import find_chromium
from podium.tools.browser.engine import prepare_environment
from podium.tools.browser.settings import BrowserSettings

Nodes = dict[int, Any]
Action = dict[str, object]


class ScriptedModel:
    """A chat model that costs no time: it answers with the next action of the script."""

    _verified_api_keys = True
    model = name = model_name = provider = "scripted"

    def __init__(self, session: Any, script: list[Callable[[Nodes], list[Action]]]) -> None:
        self._session = session
        self._script = script
        self.calls = 0

    async def ainvoke(self, messages: object, output_format: Any = None, **_: object) -> Any:
        """Answer with the script's next action, or say that a rerun went well."""
        from browser_use.llm.views import ChatInvokeCompletion, ChatInvokeUsage

        usage = ChatInvokeUsage(
            prompt_tokens=0, prompt_cached_tokens=None, prompt_cache_creation_tokens=None,
            prompt_image_tokens=None, completion_tokens=0, total_tokens=0,
        )  # fmt: skip
        fields = output_format.model_fields if output_format is not None else {}
        if "action" not in fields:  # the summary that a rerun asks for at its end
            said = {
                name: True if field.annotation is bool else "scripted"
                for name, field in fields.items()
            }
            said |= {"completion_status": "complete"} if "completion_status" in fields else {}
            told = output_format.model_validate(said) if output_format is not None else "scripted"
            return ChatInvokeCompletion(completion=told, usage=usage)
        assert output_format is not None
        shown = await self._session.get_selector_map()
        answer: dict[str, object] = {
            "action": self._script[min(self.calls, len(self._script) - 1)](shown)
        }
        self.calls += 1
        for name in ("thinking", "evaluation_previous_goal", "memory", "next_goal"):
            if name in fields:
                answer[name] = "s"
        return ChatInvokeCompletion(completion=output_format.model_validate(answer), usage=usage)


def _script(flow: Flow) -> list[Callable[[Nodes], list[Action]]]:
    def index(nodes: Nodes, fits: Callable[[Any], bool]) -> int:
        return next(number for number, node in nodes.items() if fits(node))

    def said(node: Any) -> str:
        return (node.get_all_children_text() or "").strip()

    def click(fits: Callable[[Any], bool]) -> Callable[[Nodes], list[Action]]:
        return lambda nodes: [{"click": {"index": index(nodes, fits)}}]

    def in_row(node: Any) -> bool:
        while node is not None and node.node_name.lower() != "tr":
            node = node.parent_node
        return node is not None and flow.number in said(node)

    def sign_in(nodes: Nodes) -> list[Action]:
        user = index(nodes, lambda n: n.attributes.get("autocomplete") == "username")
        password = index(nodes, lambda n: n.attributes.get("type") == "password")
        return [
            {"input": {"index": user, "text": flow.user}},
            {"input": {"index": password, "text": flow.password}},
        ]

    return [
        lambda _: [{"navigate": {"url": flow.sign_in_url}}],
        sign_in,
        click(lambda n: n.node_name.lower() == "button" and n.attributes.get("type") == "submit"),
        click(lambda n: n.node_name.lower() == "a" and said(n) == flow.menu),
        click(lambda n: n.node_name.lower() == "a" and said(n) == flow.csv and in_row(n)),
        click(lambda n: n.node_name.lower() == "button" and said(n) == flow.sign_out),
        lambda _: [{"done": {"text": "done", "success": True}}],
    ]


class LibraryBrowser:
    """browser-use's session on a warm Chromium, and the history of its first run."""

    def __init__(self, session: Any, folder: Path) -> None:
        self.session = session
        self.folder = folder
        self.history: Any = None


@asynccontextmanager
async def open_library(folder: Path) -> AsyncGenerator[LibraryBrowser]:
    """Yield browser-use, silent and offline, with its waits switched off."""
    prepare_environment(folder)
    from browser_use import BrowserProfile, BrowserSession

    downloads = folder / "downloads"
    downloads.mkdir(parents=True, exist_ok=True)
    profile = BrowserProfile(
        headless=True, executable_path=str(find_chromium(BrowserSettings())), chromium_sandbox=os.geteuid() != 0,
        user_data_dir=str(folder / "profile"), enable_default_extensions=False, captcha_solver=False, auto_download_pdfs=False,
        args=["--disable-gpu"], downloads_path=str(downloads), keep_alive=True, highlight_elements=False,
        minimum_wait_page_load_time=0, wait_for_network_idle_page_load_time=0, wait_between_actions=0,
    )  # fmt: skip
    session = BrowserSession(browser_profile=profile)
    await session.start()
    try:
        yield LibraryBrowser(session, folder)
    finally:
        await session.kill()


def _agent(library: LibraryBrowser, flow: Flow) -> Any:
    from browser_use import Agent

    model: Any = ScriptedModel(library.session, _script(flow))
    return Agent(
        task="Download one invoice", llm=model, browser_session=library.session, use_vision=False, use_judge=False,
        directly_open_url=False, enable_signal_handler=False, flash_mode=True,
    )  # fmt: skip


async def run(library: LibraryBrowser, flow: Flow) -> None:
    """Do the flow once with the Agent. Raises: RuntimeError when it did not get through."""
    history = await _agent(library, flow).run(max_steps=12)
    if not history.is_done() or any(history.errors()):
        raise RuntimeError(f"browser-use's agent ended with {history.errors()}")
    library.history = library.history or history


async def rerun(library: LibraryBrowser, flow: Flow) -> None:
    """Replay the first run's history. Raises: RuntimeError when that fails."""
    results = await _agent(library, flow).rerun_history(
        library.history, delay_between_actions=0, skip_failures=False, max_step_interval=0
    )
    if any(result.error for result in results):
        raise RuntimeError(f"rerun_history ended with {[result.error for result in results]}")

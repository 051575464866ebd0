"""All files of each row's own page, of which a row may have none: found by the build, fetched by every run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from podium.state.plan import PlannedAgent, PlannedStep
from podium.state.program import Step
from podium.state.runs import judge
from podium.tools.builder import Draft
from podium.tools.building import SiteBuilder
from podium.tools.page import Node, Page, Snapshot
from podium.tools.scripted import Cell, Screen, ScriptedBrowser, ScriptedPage, ScriptedSite, Visit
from tests.unit.running.harness import ORIGIN, Bench

LETTERS = {"Lease": ("a.pdf",), "Hello": (), "Tender": ("b.pdf", "c.pdf"), "Minutes": ("d.txt",)}


def letterbox(letters: dict[str, tuple[str, ...]]) -> ScriptedSite:
    """Return a site with a list of letters whose own pages have their files, beside the letter as a file."""

    def listed(_: Visit) -> Screen:
        rows = [(Cell(name, f"/letters/{name.lower()}"), "Ada") for name in letters]
        return Screen("Letters").table(("Subject", "From"), rows)

    def page(name: str) -> Callable[[Visit], Screen]:
        def shown(_: Visit) -> Screen:
            screen = Screen(name).link("Download", f"/letters/{name.lower()}/download")
            for file in letters[name]:
                link = Node(
                    ref="",
                    tag="a",
                    role="link",
                    name=file,
                    text=file,
                    path="div.files>a",
                    attributes={"href": f"{ORIGIN}/letters/{name.lower()}/attachments/{file}"},
                )
                screen.node(link)
            return screen

        return shown

    site = ScriptedSite()
    site.pages = {"/letters": listed}
    site.pages |= {f"/letters/{name.lower()}": page(name) for name in letters}
    site.files = {
        f"/letters/{name.lower()}/attachments/{file}": f"{file} of {name}".encode()
        for name, files in letters.items()
        for file in files
    }
    return site


async def build(bench: Bench) -> tuple[Step, ...]:
    steps = (
        PlannedStep(id="open", op="open", title="Open", url=f"{ORIGIN}/letters"),
        PlannedStep(id="read", op="extract", title="Read", thing="letters"),
        PlannedStep(
            id="get",
            op="download",
            title="Download",
            thing="letters",
            fields=("attachments",),
            per_row=True,
        ),
    )
    agent = PlannedAgent(name="post", goal="Letters", origins=(ORIGIN,), steps=steps)
    builder = SiteBuilder(
        browser=bench.browser,
        runner=bench.runner,
        chooser=bench.chooser,
        vault=bench.vault,
        artifacts=bench.artifacts,
    )
    draft = Draft(build_id="build_1", agent="post", origins=(ORIGIN,))
    for planned in steps:
        result = await builder.build_step(planned, agent, draft)
        assert not result.error, result.error
        assert result.question is None, result.question
        draft = result.draft
    return draft.steps


async def test_every_attachment_of_every_letter_is_fetched_and_a_letter_may_have_none(
    tmp_path: Path,
) -> None:
    bench = Bench(tmp_path, letterbox(LETTERS))

    steps = await build(bench)
    bench.run_id, bench.mode = "run_live", "live"
    results = await bench.run(*steps)

    files = [file.name for result in results for file in result.artifacts]
    assert files == ["Lease-a.pdf", "Tender-b.pdf", "Tender-c.pdf", "Minutes-d.txt"]
    assert judge(tuple(result.record for result in results)) == "success"


class Drawing(ScriptedPage):
    """A page of a letter whose script draws the files one after the other."""

    drawn = 0

    async def settle(self, *, timeout_s: float = 10.0) -> bool:
        """Return whether all are drawn; one more is from now on."""
        await super().settle(timeout_s=timeout_s)
        self.drawn += 1
        return self.drawn > 3

    async def snapshot(self) -> Snapshot:
        """Return the page with the files drawn so far."""
        whole = await super().snapshot()
        files = [node for node in whole.nodes if node.path == "div.files>a"]
        late = {node.ref for node in files[self.drawn :]}
        return replace(whole, nodes=tuple(node for node in whole.nodes if node.ref not in late))


class DrawingBrowser(ScriptedBrowser):
    """A browser whose pages draw themselves."""

    async def session(self, run_id: str, *, origins: tuple[str, ...]) -> Page:
        """Return the run's session, opening one when there is none."""
        if not self.has(run_id):
            self._pages[run_id] = Drawing(run_id, self._sites, set(origins))
        return await super().session(run_id, origins=origins)


async def test_files_that_a_script_draws_one_after_the_other_are_waited_for(
    tmp_path: Path,
) -> None:
    site = letterbox({"Tender": ("b.pdf", "c.pdf", "d.pdf")})
    bench = Bench(tmp_path, site)
    steps = await build(bench)
    bench.run_id, bench.mode = "run_live", "live"
    bench.browsing = DrawingBrowser
    bench.restart()

    results = await bench.run(*steps)

    files = [file.name for result in results for file in result.artifacts]
    assert files == ["Tender-b.pdf", "Tender-c.pdf", "Tender-d.pdf"]


async def test_no_attachment_anywhere_is_no_success(tmp_path: Path) -> None:
    site = letterbox(LETTERS)
    bench = Bench(tmp_path, site)
    steps = await build(bench)

    site.pages |= letterbox(dict.fromkeys(LETTERS, ())).pages
    bench.run_id, bench.mode = "run_live", "live"
    results = await bench.run(*steps)

    assert judge(tuple(result.record for result in results)) == "unverified"

"""All files of each row's own page, of which a row may have none: found by the build, fetched by every run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from podium.state.plan import PlannedAgent, PlannedStep
from podium.state.program import Step
from podium.state.runs import judge
from podium.tools.builder import Draft
from podium.tools.building import SiteBuilder
from podium.tools.page import Node
from podium.tools.scripted import Cell, Screen, ScriptedSite, Visit
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


async def test_no_attachment_anywhere_is_no_success(tmp_path: Path) -> None:
    site = letterbox(LETTERS)
    bench = Bench(tmp_path, site)
    steps = await build(bench)

    site.pages |= letterbox(dict.fromkeys(LETTERS, ())).pages
    bench.run_id, bench.mode = "run_live", "live"
    results = await bench.run(*steps)

    assert judge(tuple(result.record for result in results)) == "unverified"

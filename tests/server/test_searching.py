"""Searching the workspace: what agents, runs, rows, files and people said, with what to cite, through every door."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from pydantic import JsonValue

from podium.server.searching import Index, Searching
from podium.server.service import Podium
from podium.state.document import JsonObject
from podium.state.memory.control import MemoryAgents, memory_stores
from podium.state.memory.starting import MemorySchedules
from podium.state.plan import Request
from podium.state.program import (
    Column,
    ExtractArgs,
    ExtractStep,
    ListSpec,
    Program,
    StoreArgs,
    StoreStep,
)
from podium.state.runs import ArtifactRef, StepStatus
from podium.state.stores import Agent
from tests.builders import a_record, a_run, a_spec
from tests.doubles import a_request, read_as
from tests.fakes import CountingIds, FakeClock
from tests.server.harness import Doubles, client_of, deploy
from tests.server.test_verbs import ask

pytestmark = pytest.mark.asyncio(loop_scope="module")


LISTED = ListSpec(kind="table", columns=(Column(name="number"), Column(name="customer")))
PROGRAM = Program(
    steps=(
        ExtractStep(id="list", title="Read the invoices", args=ExtractArgs(list=LISTED)),
        StoreStep(
            id="keep",
            title="Keep them",
            args=StoreArgs(rows="list", dataset="invoices", key=("number",)),
        ),
    )
)


def ran(
    podium: Podium,
    run_id: str,
    *rows: dict[str, JsonValue],
    hours: int = 0,
    kept: StepStatus | None = "done",
) -> None:
    at = podium.clock.now() + timedelta(hours=hours)
    record = a_record("fetch", evidence={"file": "statement-march.pdf"})
    file = ArtifactRef(name="statement-march.pdf", path="/x", sha256="0", bytes=1)
    run = a_run(run_id, created_at=at).model_copy(
        update={
            "status": "finished",
            "outcome": "success",
            "finished_at": at,
            "steps": (record, *((a_record("keep", kept),) if kept else ())),
            "artifacts": (file,),
        }
    )
    podium.stores.staging.put(run_id, "list", list(rows))
    podium.stores.runs.create(run)


def look_for(words: str, text: str = "as said") -> Request:
    request = a_request("inspect", arguments={"what": "search", "words": words})
    return request.model_copy(update={"text": text})


async def test_a_row_is_found_with_the_run_and_step_that_stored_it_last(
    podium: Podium, doubles: Doubles
) -> None:
    deploy(podium, program=PROGRAM)
    ran(podium, "run_1", {"number": "INV-4711", "customer": "ACME"})
    ran(podium, "run_2", {"number": "INV-4711", "customer": "ACME Ltd"}, hours=1)

    done = await ask(podium, doubles, look_for("invoice 4711"))

    text = str(done["reply"])
    assert "1 hit for 'invoice 4711'" in text
    assert "number INV-4711, customer ACME Ltd [prices, run_2, step keep, " in text
    assert done["agents"] == ["prices"]


@pytest.mark.parametrize("kept", [None, "failed", "waiting"])
async def test_rows_that_were_read_and_not_stored_are_no_rows_of_the_dataset(
    podium: Podium, kept: StepStatus | None
) -> None:
    deploy(podium, program=PROGRAM)
    ran(podium, "run_1", {"number": "INV-4711", "customer": "ACME"})
    ran(podium, "run_2", {"number": "INV-4711", "customer": "ACME Ltd"}, hours=1, kept=kept)

    (hit,) = Searching(podium.stores, str).find("4711")

    assert (hit.run_id, hit.text) == ("run_1", "number INV-4711, customer ACME")


class VanishingAgents(MemoryAgents):
    """Whoever has listed its agents finds that somebody has deleted them."""

    def list(self) -> tuple[Agent, ...]:
        there = super().list()
        for agent in there:
            self.delete(agent.name)
        return there


async def test_an_agent_that_is_deleted_while_it_is_indexed_does_not_end_the_search() -> None:
    ids, clock = CountingIds(), FakeClock()
    agents = VanishingAgents(MemorySchedules(), ids=ids, clock=clock)
    agents.create(name="prices", spec=a_spec(), program=PROGRAM, reason="", author="you")
    stores = replace(memory_stores(ids, clock), agents=agents)

    assert Index(stores).catch_up() == 0
    assert stores.search.entries("agent") == {}


async def test_files_runs_and_words_are_found_and_the_question_is_not(
    podium: Podium, doubles: Doubles
) -> None:
    deploy(podium, program=PROGRAM)
    ran(podium, "run_1")
    doubles.planner.table = {"statement?": read_as(look_for("statement", "statement?"))}
    await ask(podium, doubles, a_request("pause", agents=("prices",)))
    segment = await podium.chat("statement?")
    await podium.settle(segment.thread_id)

    text = str(podium.chat_view(segment.thread_id)["reply"])

    assert "file: statement-march.pdf [prices, run_1, step fetch" in text
    assert "turn:" not in text
    (said,) = Searching(podium.stores, str).find("scripted")
    assert (said.kind, said.text) == ("turn", "as scripted")


async def test_a_password_that_was_pasted_is_found_nowhere(podium: Podium) -> None:
    segment = await podium.chat(
        "log into https://shop.test as anna with password hunter2secret and list the orders"
    )
    await podium.settle(segment.thread_id)

    searching = Searching(podium.stores, str)

    assert searching.find("anna"), "what was said is found"
    assert searching.find("hunter2secret") == ()


async def test_hits_follow_a_renamed_agent_and_say_that_one_was_deleted(podium: Podium) -> None:
    deploy(podium, program=PROGRAM)
    ran(podium, "run_1", {"number": "INV-1", "customer": "ACME"})
    searching = Searching(podium.stores, str)
    searching.find("acme")

    podium.desk.roster.rename("prices", "invoices")
    renamed = searching.answer("acme")
    podium.desk.roster.delete("invoices")
    deleted = searching.answer("acme")

    assert "[invoices, run_1, step keep" in renamed[0]
    assert "[invoices (deleted), run_1" in deleted[0]
    assert (renamed[1], deleted[1]) == (("invoices",), ())


async def test_what_was_said_goes_with_its_thread_and_rows_stay_with_their_dataset(
    podium: Podium, doubles: Doubles
) -> None:
    deploy(podium, program=PROGRAM)
    await ask(podium, doubles, a_request("pause", agents=("prices",)))
    podium.desk.roster.resume("prices")
    run = await podium.start_run("prices", {}, None)
    podium.stores.staging.put(run.run_id, "list", [{"number": "INV-1", "customer": "ACME"}])
    await podium.settle(run.run_id)
    searching = Searching(podium.stores, str)

    await podium.retention.prune(days=0)

    assert searching.find("scripted") == ()
    assert [hit.kind for hit in searching.find("acme")] == ["row"]
    assert Index(podium.stores).catch_up() == 0


async def test_the_same_by_http(podium: Podium) -> None:
    deploy(podium, program=PROGRAM)
    ran(podium, "run_1", {"number": "INV-4711", "customer": "ACME"})

    async with client_of(podium) as http:
        found: JsonObject = (await http.get("/api/v1/search", params={"q": "acme 4711"})).json()
        nothing = (await http.get("/api/v1/search", params={"q": "acme 4712"})).json()
        unknown = await http.get("/api/v1/search", params={"q": "acme", "agent": "nobody"})

    hits = found["hits"]
    assert isinstance(hits, list)
    (hit,) = hits
    assert isinstance(hit, dict)
    assert (hit["agent"], hit["run_id"], hit["step"]) == ("prices", "run_1", "keep")
    assert (nothing["count"], unknown.status_code) == (0, 404)

"""The verbs on agents that exist: the same by chat, HTTP and records, with what is unclear asked."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest

from podium.server.service import Podium
from podium.state.document import JsonObject
from podium.state.errors import Conflict, NotFound
from podium.state.plan import Missing, PlannedStep, Request
from podium.state.program import Program
from podium.state.runs import Outcome, RunError
from podium.state.stores import Thread
from podium.state.triggers import Schedule
from podium.tools.offline.reading import read_goal
from podium.tools.offline.revise import revise_plan
from podium.tools.planner import WorkspaceView
from podium.tools.renaming import renamed_program
from tests.builders import NOON, a_record, a_run, a_spec
from tests.doubles import a_plan, a_planned_agent, a_request, a_step, planned, read_as
from tests.server.harness import Doubles, deploy

pytestmark = pytest.mark.asyncio(loop_scope="module")

DAILY = Schedule(cron="0 8 * * *", words="every day at 8")


async def ask(podium: Podium, doubles: Doubles, *requests: Request) -> JsonObject:
    """Say something that is read as those requests; return the thread when it stops."""
    doubles.planner.reading = read_as(*requests)
    segment = await podium.chat("as scripted")
    await podium.settle(segment.thread_id)
    return podium.chat_view(segment.thread_id)


async def reply(podium: Podium, thread: JsonObject, answer: JsonObject) -> JsonObject:
    await podium.answer(str(thread["thread_id"]), answer)
    await podium.settle(str(thread["thread_id"]))
    return podium.chat_view(str(thread["thread_id"]))


def version_2(podium: Podium, name: str = "prices") -> None:
    podium.stores.agents.add_version(
        name,
        base=1,
        spec=a_spec(name).model_copy(update={"goal": "Collect more"}),
        program=Program(steps=(a_step("one"), a_step("three"))),
        reason="more",
        author="you",
    )
    podium.stores.agents.activate(name, 2)


async def test_a_deletion_is_asked_and_can_be_taken_back(podium: Podium, doubles: Doubles) -> None:
    deploy(podium)

    asked = await ask(podium, doubles, a_request("delete", agents=("prices",)))
    before = [agent.name for agent in podium.stores.agents.list()]
    done = await reply(podium, asked, {"decision": "delete"})

    assert (asked["status"], before) == ("waiting", ["prices"])
    assert "podium agents restore prices" in str(done["reply"])
    assert podium.stores.agents.list() == ()
    podium.desk.roster.restore("prices")
    assert podium.stores.agents.get("prices").state == "deployed"


async def test_a_tie_is_asked_and_the_answer_kept_through_the_next_question(
    podium: Podium, doubles: Doubles
) -> None:
    for name in ("prices", "stock", "other"):
        deploy(podium, name)
    unclear = Missing(field="agent", question="Which?", kind="choice", choices=("prices", "stock"))

    which = await ask(podium, doubles, a_request("delete", missing=(unclear,)))
    sure = await reply(podium, which, {"agent": "stock"})
    await reply(podium, sure, {"decision": "delete"})

    question = which["question"]
    assert isinstance(question, dict)
    assert question["kind"] == "choice"
    assert "other" not in str(question["fields"])
    assert [agent.name for agent in podium.stores.agents.list()] == ["other", "prices"]


async def test_what_needs_no_word_is_done_before_what_asks(
    podium: Podium, doubles: Doubles
) -> None:
    deploy(podium)
    deploy(podium, "stock")

    asked = await ask(
        podium,
        doubles,
        a_request("delete", agents=("stock",)),
        a_request("pause", agents=("prices",)),
    )

    assert asked["status"] == "waiting"
    assert podium.stores.agents.get("prices").state == "paused"


async def test_two_verbs_on_one_agent_keep_their_order(podium: Podium, doubles: Doubles) -> None:
    deploy(podium)

    asked = await ask(
        podium,
        doubles,
        a_request("delete", agents=("prices",)),
        a_request("pause", agents=("prices",)),
    )
    await reply(podium, asked, {"decision": "keep"})

    assert podium.stores.agents.get("prices").state == "paused"


async def test_one_verb_that_fails_does_not_stop_the_next(podium: Podium, doubles: Doubles) -> None:
    deploy(podium)

    done = await ask(
        podium,
        doubles,
        a_request("pause", agents=("nobody",)),
        a_request("pause", agents=("prices",)),
    )

    assert done["status"] == "failed"
    assert "no agent 'nobody'" in str(done["reply"])
    assert podium.stores.agents.get("prices").state == "paused"


async def test_a_new_name_that_was_not_said_is_asked(podium: Podium, doubles: Doubles) -> None:
    deploy(podium)
    missing = Missing(field="name", question="What shall it be called?")

    asked = await ask(podium, doubles, a_request("rename", agents=("prices",), missing=(missing,)))
    await reply(podium, asked, {"name": "Best Offers"})

    assert podium.stores.agents.get("best-offers").state == "deployed"


async def test_a_schedule_that_was_not_said_is_asked_in_words(
    podium: Podium, doubles: Doubles
) -> None:
    deploy(podium)
    missing = Missing(field="schedule", question="When?")

    asked = await ask(
        podium, doubles, a_request("schedule", agents=("prices",), missing=(missing,))
    )
    await reply(podium, asked, {"schedule": "every weekday at 8"})

    kept = podium.stores.schedules.get("prices")
    assert kept is not None
    assert kept.cron == "0 8 * * 1-5"


async def test_a_rollback_makes_the_version_before_active_and_names_both(
    podium: Podium, doubles: Doubles
) -> None:
    deploy(podium)
    version_2(podium)

    done = await ask(
        podium,
        doubles,
        a_request("rollback", agents=("prices",), arguments={"version": "previous"}),
    )

    assert podium.stores.agents.get("prices").active_version == 1
    assert "--to 2" in str(done["reply"])


async def test_a_comparison_tells_what_differs_and_what_stays(
    podium: Podium, doubles: Doubles
) -> None:
    deploy(podium)
    version_2(podium)

    done = await ask(
        podium, doubles, a_request("compare", agents=("prices",), arguments={"versions": [1, 2]})
    )

    text = str(done["reply"])
    assert "spec: goal (Collect the prices → Collect more)" in text
    assert "+ program: Do three" in text
    assert "- program: Do two" in text
    assert "1 compiled steps stay valid: one" in text


async def test_an_exported_agent_comes_back_by_chat(podium: Podium, doubles: Doubles) -> None:
    deploy(podium)
    await ask(podium, doubles, a_request("export", agents=("prices",)))
    podium.stores.agents.delete("prices")

    done = await ask(podium, doubles, a_request("import", arguments={"file": "prices.json"}))

    assert done["agents"] == ["prices"]
    assert podium.stores.agents.get("prices").state == "draft"


async def test_an_exported_file_stays_in_its_folder_whatever_it_is_called(
    podium: Podium, doubles: Doubles
) -> None:
    deploy(podium)

    done = await ask(
        podium,
        doubles,
        a_request("export", agents=("prices",), arguments={"file": "../../secrets.json"}),
    )

    assert (podium.home / "exports" / "secrets.json").is_file()
    assert str(podium.home / "exports") in str(done["reply"])


async def test_who_is_under_way_is_neither_renamed_nor_deleted(podium: Podium) -> None:
    deploy(podium)
    podium.stores.runs.create(a_run("run_busy", status="waiting"))

    with pytest.raises(Conflict, match="run_busy is waiting"):
        podium.desk.roster.rename("prices", "offers")
    with pytest.raises(Conflict, match="cannot be deleted"):
        podium.desk.roster.delete("prices")

    assert podium.stores.agents.get("prices").name == "prices"


async def test_it_is_the_agent_that_was_talked_about_last(podium: Podium, doubles: Doubles) -> None:
    deploy(podium)
    deploy(podium, "stock")

    first = await ask(podium, doubles, a_request("pause", agents=("prices",)))
    await ask(podium, doubles, a_request("pause", agents=("stock",)))

    assert (await podium.desk.view()).last_agent == "stock"
    assert (await podium.desk.view(str(first["thread_id"]))).last_agent == "prices"


async def test_a_name_that_several_agents_had_is_not_guessed(podium: Podium) -> None:
    roster = podium.desk.roster
    for name in ("offers", "bids"):
        deploy(podium)
        roster.rename("prices", name)

    request = a_request("pause", agents=("prices",))
    with pytest.raises(NotFound, match="Several agents were called 'prices': bids, offers"):
        podium.desk.named(request, {})

    roster.rename("offers", "tags")
    deploy(podium, "offers")
    roster.delete("offers")
    with pytest.raises(NotFound, match=r"tags, offers \(deleted\)"):
        podium.desk.named(a_request("pause", agents=("offers",)), {})


async def test_a_conversation_is_known_again_after_many_runs_and_others(
    podium: Podium, doubles: Doubles
) -> None:
    deploy(podium)
    deploy(podium, "stock")
    first = str((await ask(podium, doubles, a_request("pause", agents=("prices",))))["thread_id"])
    later = podium.stores.threads.get(first).created_at + timedelta(minutes=1)
    for number in range(40):
        kind, name = ("run", "run") if number % 2 else ("chat", "chat")
        podium.stores.threads.put(
            Thread(
                thread_id=f"{name}_{number}",
                title="",
                status="done",
                created_at=later,
                updated_at=later,
                data={"kind": kind, "requests": [], "agents": ["stock"]},
            )
        )

    view = await podium.desk.view(first)

    assert view.last_agent == "prices"
    assert [request.verb for request in view.undo] == ["resume"]


async def test_what_another_conversation_did_is_not_taken_back_in_one_that_did_nothing(
    podium: Podium, doubles: Doubles
) -> None:
    deploy(podium)
    await ask(podium, doubles, a_request("pause", agents=("prices",)))
    now = podium.clock.now()
    podium.stores.threads.put(
        Thread(
            thread_id="chat_thanks",
            title="thanks",
            status="done",
            created_at=now,
            updated_at=now,
            data={"kind": "chat", "requests": [], "agents": []},
        )
    )

    view = await podium.desk.view("chat_thanks")
    reading = read_goal("undo that", workspace=view, now=now)

    assert view.undo == ()
    assert [request.verb for request in reading.requests] == ["none"]


async def test_the_agents_of_the_last_turn_are_in_question(
    podium: Podium, doubles: Doubles
) -> None:
    deploy(podium)
    deploy(podium, "stock")

    both = await ask(podium, doubles, a_request("pause", agents=("stock", "prices")))

    assert (await podium.desk.view(str(both["thread_id"]))).lately == ("stock", "prices")


# -- HTTP ------------------------------------------------------------------------------------------


async def test_the_same_verbs_by_http(podium: Podium, http: httpx.AsyncClient) -> None:
    deploy(podium)
    version_2(podium)
    api = "/api/v1/agents"

    renamed = (await http.post(f"{api}/prices/rename", json={"name": "offers"})).json()
    back = (await http.post(f"{api}/offers/rollback")).json()
    differs = (await http.get(f"{api}/offers/diff")).json()
    gone = await http.delete(f"{api}/offers")
    listed = (await http.get(f"{api}/deleted")).json()
    restored = (await http.post(f"{api}/offers/restore")).json()

    assert (renamed["name"], back["version"]) == ("offers", 1)
    assert (differs["from"], differs["to"], differs["kept"]) == (1, 2, ["one"])
    assert gone.status_code == 204
    assert [item["name"] for item in listed] == ["offers"]
    assert (restored["name"], restored["version"]) == ("offers", 1)


async def test_a_restored_schedule_does_not_make_up_for_its_absence(podium: Podium) -> None:
    deploy(podium)
    podium.stores.schedules.set("prices", DAILY, next_at=podium.clock.now())
    podium.desk.roster.delete("prices")

    podium.desk.roster.restore("prices")

    assert podium.stores.schedules.due(podium.clock.now()) == ()
    assert podium.stores.schedules.get("prices") == DAILY


async def test_what_never_was_cannot_be_restored(http: httpx.AsyncClient, podium: Podium) -> None:
    with pytest.raises(NotFound):
        podium.desk.roster.restore("nobody")
    assert (await http.post("/api/v1/agents/nobody/restore")).status_code == 404


# -- Why -------------------------------------------------------------------------------------------


def ran(
    podium: Podium,
    run_id: str,
    outcome: Outcome,
    *,
    code: str = "",
    rows: int = 3,
    inputs: JsonObject | None = None,
    hour: int = 8,
    screenshot: str = "ev_1",
) -> None:
    failed = outcome == "fail"
    error = RunError(code=code, message="No 'Export' was found", step="two") if failed else None
    record = a_record("two", "failed" if failed else "done", evidence={"screenshot": screenshot})
    run = a_run(run_id, created_at=NOON.replace(hour=hour)).model_copy(
        update={
            "status": "finished",
            "outcome": outcome,
            "inputs": inputs or {},
            "error": error,
            "steps": (a_record("one", evidence={"rows": rows}), record),
        }
    )
    podium.stores.runs.create(run)


def built(podium: Podium) -> None:
    """Keep an agent that was built from a plan."""
    spec = a_spec().model_copy(update={"steps": (planned("one"), planned("two"))})
    deploy(podium, spec=spec)


async def test_a_failure_is_told_from_the_evidence_of_the_run_and_of_the_last_good_one(
    podium: Podium, doubles: Doubles
) -> None:
    built(podium)
    ran(podium, "run_good", "success", inputs={"month": "May"})
    ran(podium, "run_bad", "fail", code="site_moved", rows=5, inputs={"month": "June"}, hour=9)

    done = await ask(podium, doubles, a_request("troubleshoot", agents=("prices",)))

    text = str(done["reply"])
    for part in (
        "run_bad at 2026-11-02 09:00: fail at step 'two' (two) [site_moved]",
        "Seen: No 'Export' was found",
        "Picture: ev_1, whose file is gone",
        "run_good at 2026-11-02 08:00",
        "input month: 'May' → 'June'",
        "step 'one': rows 3 → 5",
        "Class defect",
    ):
        assert part in text


async def test_a_repair_is_offered_tested_and_only_then_proposed(
    podium: Podium, doubles: Doubles
) -> None:
    built(podium)
    ran(podium, "run_bad", "fail", code="not_found_on_page")

    asked = await ask(podium, doubles, a_request("troubleshoot", agents=("prices",)))
    review = await reply(podium, asked, {"repair": "try"})
    tested = await reply(podium, review, {"decision": "approve"})
    before = podium.stores.agents.get("prices").active_version
    done = await reply(podium, tested, {"decision": "approve"})

    assert (doubles.builder.kept, doubles.builder.built) == (["one"], ["two"])
    question = tested["question"]
    assert isinstance(question, dict)
    assert "What changes:" in str(question["text"])
    assert (before, podium.stores.agents.get("prices").active_version) == (1, 2)
    assert podium.stores.agents.version("prices").reason == "repaired after run_bad"
    assert done["status"] == "done"


async def test_the_picture_of_a_failure_is_told_with_its_path(
    podium: Podium, doubles: Doubles
) -> None:
    built(podium)
    shot = podium.artifacts.evidence(b"picture", kind="png", run_id="run_bad")
    ran(podium, "run_bad", "fail", code="unreachable", screenshot=shot)

    done = await ask(podium, doubles, a_request("troubleshoot", agents=("prices",)))

    assert f"Picture: {podium.artifacts.evidence_path(shot)}" in str(done["reply"])


async def test_who_did_not_fail_is_not_repaired(podium: Podium, doubles: Doubles) -> None:
    built(podium)
    ran(podium, "run_good", "success")

    done = await ask(podium, doubles, a_request("troubleshoot", agents=("prices",)))

    assert "run_good" in str(done["reply"])
    assert (done["status"], doubles.builder.built) == ("done", [])


async def test_a_site_that_is_down_is_no_reason_to_change_anything(
    podium: Podium, doubles: Doubles
) -> None:
    built(podium)
    ran(podium, "run_bad", "fail", code="unreachable")

    done = await ask(podium, doubles, a_request("troubleshoot", agents=("prices",)))

    assert "Class site_down" in str(done["reply"])
    assert (done["status"], doubles.builder.built) == ("done", [])


# -- The past --------------------------------------------------------------------------------------


async def test_what_failed_is_told_with_its_runs_and_times(
    podium: Podium, doubles: Doubles
) -> None:
    deploy(podium)
    ran(podium, "run_good", "success")
    ran(podium, "run_bad", "fail", code="unreachable", hour=9)

    request = a_request("inspect").model_copy(update={"text": "what failed?"})
    done = await ask(podium, doubles, request)

    assert "1 of 2 runs failed so far" in str(done["reply"])
    assert "2026-11-02 09:00 prices run_bad: fail" in str(done["reply"])
    assert "run_good" not in str(done["reply"])


async def test_builds_that_came_to_nothing_are_among_what_failed(
    podium: Podium, doubles: Doubles
) -> None:
    doubles.builder.fails["start"] = ["unreachable"] * 3
    doubles.planner.reading = read_as(a_request())
    segment = await podium.chat("watch the tide tables")
    await podium.settle(segment.thread_id)
    await podium.answer(segment.thread_id, {"decision": "approve"})
    await podium.settle(segment.thread_id)

    request = a_request("inspect").model_copy(update={"text": "what failed?"})
    done = await ask(podium, doubles, request)

    assert "1 builds failed or were left" in str(done["reply"])
    assert "'watch the tide tables'" in str(done["reply"])
    assert f"podium answer {segment.thread_id}" in str(done["reply"])


async def test_how_things_stand_names_what_waits_and_what_to_type(
    podium: Podium, doubles: Doubles
) -> None:
    doubles.planner.reading = read_as(a_request())
    segment = await podium.chat("watch the tide tables")
    await podium.settle(segment.thread_id)

    request = a_request("inspect").model_copy(update={"arguments": {"what": "standing"}})
    done = await ask(podium, doubles, request)

    assert "Waits for you: Build prices?" in str(done["reply"])
    assert f"podium answer {segment.thread_id}" in str(done["reply"])


async def test_an_agent_with_a_plain_word_for_a_name_is_told_why_it_failed(
    podium: Podium, doubles: Doubles
) -> None:
    built(podium)
    ran(podium, "run_bad", "fail", code="unreachable")

    request = a_request("troubleshoot").model_copy(update={"text": "why did prices fail?"})
    done = await ask(podium, doubles, request)

    assert "Class site_down" in str(done["reply"])


async def test_what_changed_names_versions_and_events_inside_the_time(
    podium: Podium, doubles: Doubles
) -> None:
    deploy(podium)
    version_2(podium)
    podium.desk.roster.pause("prices")

    request = a_request("inspect").model_copy(update={"text": "what changed since yesterday?"})
    done = await ask(podium, doubles, request)

    assert "prices version 2: more, by you" in str(done["reply"])
    assert "prices was paused" in str(done["reply"])


# -- The document ----------------------------------------------------------------------------------


async def test_an_edited_document_is_a_change_with_diff_and_kept_steps(
    podium: Podium, doubles: Doubles, http: httpx.AsyncClient
) -> None:
    built(podium)
    text = str((await http.get("/api/v1/agents/prices/document")).json()["document"])

    changed = text.replace("Collect the prices", "Collect all prices")
    doubles.planner.revised = lambda plan, change: revise_plan(
        plan, change, workspace=WorkspaceView(), now=NOON
    )
    body: JsonObject = {"document": changed, "approve_all": True}
    done = (await http.put("/api/v1/agents/prices/document", json=body)).json()
    wrong = await http.put(
        "/api/v1/agents/prices/document", json={"document": text.replace("do: open", "do: opn", 1)}
    )

    assert done["status"] == "done"
    assert podium.stores.agents.version("prices").spec.goal == "Collect all prices"
    assert podium.stores.agents.version("prices").reason == "edited document"
    assert (doubles.builder.kept, doubles.builder.built) == (["one", "two"], [])
    line = next(n for n, one in enumerate(text.splitlines(), 1) if "do: open" in one)
    assert (wrong.status_code, f"Line {line}: do" in wrong.text) == (422, True)


async def test_a_new_agent_whose_name_was_taken_meanwhile_takes_a_free_one_and_says_so(
    podium: Podium, doubles: Doubles
) -> None:
    keeps = PlannedStep(
        id="keep", op="store", title="Store the rows in the table 'rows'", dataset="rows"
    )
    agent = a_planned_agent()
    agent = agent.model_copy(
        update={"steps": (*agent.steps, keeps), "outputs": ("table: rows",), "schedule": DAILY}
    )
    doubles.planner.plans = [a_plan(agent)]
    asked = await ask(podium, doubles, a_request())
    others = deploy(
        podium, spec=a_spec().model_copy(update={"outputs": ("table: rows", "table: more")})
    )

    built = await reply(podium, asked, {"decision": "approve"})
    done = await reply(podium, built, {"decision": "approve"})

    assert podium.stores.agents.versions("prices") == (others,)
    assert podium.stores.schedules.get("prices") is None
    own = podium.stores.agents.version("prices-2").spec
    assert (own.name, own.outputs, own.steps[-1].dataset) == (
        "prices-2",
        ("table: prices_2",),
        "prices_2",
    )
    assert podium.stores.schedules.get("prices-2") is not None
    assert "Another agent got the name prices meanwhile: this one is prices-2" in str(built)
    assert "prices-2 version 1 is deployed" in str(done["reply"])


async def test_saving_a_new_agent_again_after_a_kill_finds_what_was_kept(podium: Podium) -> None:
    deploy(podium)
    spec = a_spec().model_copy(update={"goal": "Build another"})
    program = Program(steps=(a_step("other"),))

    kept = [await podium.desk.save(spec, program, reason="built") for _ in range(2)]

    assert kept == [{"agent": "prices-2", "version": 1, "tables": {}}] * 2
    assert [agent.name for agent in podium.stores.agents.list()] == ["prices", "prices-2"]


async def test_rows_of_a_loop_go_to_the_other_table_too() -> None:
    def program(table: str) -> Program:
        store = {"id": "keep", "op": "store", "title": f"Store in {table!r}"}
        inner = {**store, "args": {"rows": "list", "dataset": table}}
        each = {"id": "each", "op": "each", "title": "Each", "args": {"rows": "list"}}
        steps = [{**each, "args": {"rows": "list", "steps": [inner]}}]
        return Program.model_validate({"steps": steps})

    assert renamed_program(program("rows"), {"rows": "mine"}) == program("mine")

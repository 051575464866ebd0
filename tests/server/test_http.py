"""The HTTP door on the real service: conversation, runs, records, problems, streams."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import httpx
import pytest

from podium.server.service import Podium
from podium.state.plan import InputSpec, Missing
from tests.builders import a_spec
from tests.doubles import SITE, a_choice, a_request, read_as
from tests.server.harness import Doubles, deploy

LOGIN = Missing(field="credentials", question="How do I sign in?", kind="secret")


pytestmark = pytest.mark.asyncio(loop_scope="module")


async def chat(
    http: httpx.AsyncClient, text: str = "watch prices", **more: object
) -> httpx.Response:
    return await http.post("/api/v1/chat", json={"text": text, **more})


# -- Conversation ----------------------------------------------------------------------------------


async def test_a_conversation_from_the_request_to_the_deployed_agent(
    http: httpx.AsyncClient,
) -> None:
    first = (await chat(http)).json()
    thread = first["thread_id"]
    second = (
        await http.post(
            f"/api/v1/threads/{thread}/answer", json={"answer": {"decision": "approve"}}
        )
    ).json()
    last = (
        await http.post(
            f"/api/v1/threads/{thread}/answer", json={"decisions": [{"type": "approve"}]}
        )
    ).json()

    assert (first["status"], first["question"]["kind"]) == ("waiting", "review")
    assert set(first) == {"thread_id", "status", "reply", "question", "plan", "agents", "runs"}
    assert (second["status"], second["question"]["kind"]) == ("waiting", "approval")
    assert (last["status"], last["agents"]) == ("done", ["prices"])
    assert (await http.get("/api/v1/agents")).json()[0]["state"] == "deployed"


async def test_words_for_a_waiting_thread_are_its_answer(http: httpx.AsyncClient) -> None:
    thread = (await chat(http)).json()["thread_id"]

    changed = (await chat(http, "only the cheap ones", thread_id=thread)).json()
    built = (await chat(http, "yes, go ahead", thread_id=thread)).json()
    done = (await chat(http, "ok", thread_id=thread)).json()

    assert changed["plan"]["revision"] == 2
    assert built["question"]["kind"] == "approval"
    assert done["status"] == "done"


async def test_words_may_end_the_work(
    http: httpx.AsyncClient, doubles: Doubles, podium: Podium
) -> None:
    doubles.builder.asks = {"finish_up": a_choice()}
    thread = (await chat(http, approve_all=True)).json()["thread_id"]

    ended = (await chat(http, "never mind", thread_id=thread)).json()

    assert (ended["status"], ended["reply"], ended["question"]) == ("done", "Cancelled.", None)
    assert len(doubles.builder.finished) == 1
    assert (await http.get("/api/v1/inbox")).json() == []


async def test_a_request_of_its_own_gets_its_own_thread_and_the_question_stays(
    http: httpx.AsyncClient, doubles: Doubles
) -> None:
    doubles.planner.table = {"which agents are there?": read_as(a_request("inspect"))}
    thread = (await chat(http)).json()["thread_id"]

    side = (await chat(http, "which agents are there?", thread_id=thread)).json()

    assert side["thread_id"] != thread
    assert str(side["reply"]).splitlines() == [
        f"Still open in {thread}: Build prices?",
        "The workspace has no agents yet.",
    ]
    assert (await http.get(f"/api/v1/threads/{thread}")).json()["status"] == "waiting"


async def test_answers_given_beforehand_and_approval_leave_nothing_to_ask(
    http: httpx.AsyncClient, doubles: Doubles
) -> None:
    doubles.planner.reading = read_as(a_request(missing=(Missing(field="url", question="?"),)))

    done = (await chat(http, approve_all=True, answers={"url": SITE})).json()

    assert done["status"] == "done"
    assert doubles.planner.answers == [{"url": SITE}]


async def test_a_turn_that_takes_long_is_told_as_queued(
    http: httpx.AsyncClient,
) -> None:
    answer = await http.post(
        "/api/v1/chat", json={"text": "watch prices"}, headers={"Prefer": "wait=0"}
    )

    assert answer.json()["status"] == "queued"


async def test_a_pasted_password_is_stored_for_its_site_and_goes_no_further(
    http: httpx.AsyncClient, doubles: Doubles, podium: Podium
) -> None:
    doubles.planner.reading = read_as(a_request(site=f"{SITE}/login", missing=(LOGIN,)))

    view = (
        await chat(http, f"log into {SITE}/login as alice with password Tr0ub4dor&3 and get all")
    ).json()

    assert view["question"]["kind"] == "review"
    assert "stored it encrypted as 'shop-test'" in view["reply"]
    assert podium.vault.open("shop-test", origin=SITE).password == "Tr0ub4dor&3"
    assert doubles.planner.answers == [{"credentials": {"stored": "shop-test"}}]
    assert not _files_with(podium.home, b"Tr0ub4dor")


def _files_with(folder: Path, text: bytes) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and text in path.read_bytes()]


async def test_a_password_without_a_site_is_dropped_and_told(
    http: httpx.AsyncClient, doubles: Doubles, podium: Podium
) -> None:
    view = (await chat(http, "watch the prices, my password is hunter2secret")).json()

    assert "did not keep it" in view["reply"]
    assert podium.vault.list() == ()


async def test_understanding_starts_nothing(http: httpx.AsyncClient, podium: Podium) -> None:
    reading = (await http.post("/api/v1/understand", json={"text": "watch prices"})).json()

    assert reading["requests"][0]["verb"] == "create"
    assert podium.stores.threads.list() == ()


# -- Answers that do not fit -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"answer": {"decision": "maybe"}}, 422),
        ({"answer": {"colour": "red"}}, 422),
        ({"answer": {}}, 422),
        ({"answer": None}, 400),
        ({}, 400),
        ({"answer": {"decision": "approve"}, "decisions": []}, 400),
        ({"reply": "yes"}, 422),
    ],
)
async def test_an_answer_that_does_not_fit_leaves_the_question_open(
    http: httpx.AsyncClient, body: dict[str, object], status: int
) -> None:
    thread = (await chat(http)).json()["thread_id"]

    answer = await http.post(f"/api/v1/threads/{thread}/answer", json=body)

    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == status
    assert (await http.get(f"/api/v1/threads/{thread}")).json()["status"] == "waiting"


async def test_answering_twice_is_a_conflict(http: httpx.AsyncClient) -> None:
    thread = (await chat(http)).json()["thread_id"]
    reject = {"answer": {"decision": "reject"}}
    await http.post(f"/api/v1/threads/{thread}/answer", json=reject)

    again = await http.post(f"/api/v1/threads/{thread}/answer", json=reject)

    assert again.status_code == 409
    assert again.json()["code"] == "conflict"


async def test_a_credential_is_answered_by_a_name_that_exists_for_the_site(
    http: httpx.AsyncClient, doubles: Doubles
) -> None:
    doubles.planner.reading = read_as(a_request(site=SITE, missing=(LOGIN,)))
    thread = (await chat(http)).json()["thread_id"]
    path = f"/api/v1/threads/{thread}/answer"
    elsewhere = {"name": "other", "origin": "https://other.test", "user": "a", "password": "x1"}
    await http.post("/api/v1/secrets", json=elsewhere)

    for name in ("nobody", "other"):
        wrong = await http.post(path, json={"answer": {"credentials": {"stored": name}}})
        assert wrong.status_code == 422
        assert wrong.json()["field"] == "credentials"
    value = await http.post(path, json={"answer": {"credentials": "hunter2"}})
    await http.post("/api/v1/secrets", json={**elsewhere, "name": "shop", "origin": SITE})
    right = await http.post(path, json={"answer": {"credentials": {"stored": "shop"}}})

    assert value.status_code == 422
    assert right.json()["question"]["kind"] == "review"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/v1/threads/nope", 404),
        ("POST", "/api/v1/threads/nope/answer", 404),
        ("GET", "/api/v1/agents/nope", 404),
        ("DELETE", "/api/v1/agents/nope", 404),
        ("GET", "/api/v1/agents/nope/versions", 404),
        ("GET", "/api/v1/runs/nope", 404),
        ("POST", "/api/v1/runs/nope/cancel", 404),
        ("POST", "/api/v1/runs/nope/resume", 404),
        ("GET", "/api/v1/runs/nope/events", 404),
        ("DELETE", "/api/v1/schedules/nope", 404),
        ("DELETE", "/api/v1/secrets/nope", 404),
        ("GET", f"/api/v1/artifacts/{'0' * 64}", 404),
        ("GET", "/api/v1/artifacts/nope", 422),
        ("GET", "/api/v1/evidence/nope", 404),
        ("GET", "/api/v1/agents/..%2f..%2fetc", 404),
        ("GET", f"/api/v1/agents/{'x' * 10_000}", 422),
        ("GET", "/api/v1/nothing", 404),
        ("PUT", "/api/v1/chat", 405),
    ],
)
async def test_what_is_not_there_is_a_problem_document(
    http: httpx.AsyncClient, method: str, path: str, status: int
) -> None:
    body = {"answer": {"x": 1}} if path.endswith("answer") else None

    answer = await http.request(method, path, json=body)

    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert {"type", "title", "status", "detail"} <= set(answer.json())


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"[]", b'{"text": 7}', b'{"text": "x", "text": "y"}', b'{"text": "x", "answers": {"a": NaN}}', b'{"txt": "x"}',
        b'{"text": "x", "approve_all": "yes"}', b'{"text": "x", "answers": ' + b'{"a":' * 100 + b"1" + b"}" * 101, b"\xff\xfe", b'{"text": ' + b"[" * 100_000,
    ],
)  # fmt: skip
async def test_a_body_that_is_not_as_it_should_be_starts_nothing(
    http: httpx.AsyncClient, podium: Podium, body: bytes
) -> None:
    answer = await http.post(
        "/api/v1/chat", content=body, headers={"Content-Type": "application/json"}
    )

    assert answer.status_code in {400, 422}
    assert answer.headers["content-type"] == "application/problem+json"
    assert podium.stores.threads.list() == ()


async def test_a_refused_secret_does_not_come_back_in_the_error(http: httpx.AsyncClient) -> None:
    body = {"name": "bad name!", "origin": SITE, "password": "Tr0ub4dor&3"}

    answer = await http.post("/api/v1/secrets", json=body)

    assert answer.status_code == 422
    assert "Tr0ub4dor" not in answer.text


async def test_a_defect_is_told_without_its_insides(
    http: httpx.AsyncClient, podium: Podium, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> None:
        raise RuntimeError("the insides")

    monkeypatch.setattr(podium.stores.questions, "open", broken)

    answer = await http.get("/api/v1/inbox")

    assert answer.status_code == 500
    assert "insides" not in answer.text


# -- Agents, runs, schedules -----------------------------------------------------------------------


async def test_an_agent_is_exported_deleted_and_imported_again(
    http: httpx.AsyncClient, podium: Podium
) -> None:
    deploy(podium)
    document = (await http.get("/api/v1/agents/prices/export")).json()

    deleted = await http.delete("/api/v1/agents/prices")
    imported = await http.post("/api/v1/agents", json=document)
    resumed = await http.post("/api/v1/agents/prices/resume")

    assert deleted.status_code == 204
    assert (imported.status_code, imported.json()["state"]) == (201, "draft")
    assert resumed.json()["state"] == "deployed"


async def test_an_agent_document_that_is_not_valid_is_refused(http: httpx.AsyncClient) -> None:
    body = {"podium_agent": 1, "spec": {"name": "x"}, "program": {}}

    answer = await http.post("/api/v1/agents", json=body)

    assert answer.status_code == 422
    assert answer.json()["problems"]


async def test_a_run_is_started_shown_and_listed(http: httpx.AsyncClient, podium: Podium) -> None:
    deploy(podium)

    started = await http.post("/api/v1/runs", json={"agent": "prices"})
    run = started.json()
    shown = (await http.get(f"/api/v1/runs/{run['run_id']}")).json()
    events = (await http.get(f"/api/v1/runs/{run['run_id']}/events")).json()["events"]

    assert started.status_code == 202
    assert (run["status"], run["outcome"], run["model_calls"]) == ("finished", "success", 0)
    assert [step["id"] for step in run["steps"]] == ["one", "two"]
    assert shown == run
    assert (run.pop("children"), run.pop("not_started")) == ([], [])
    assert (await http.get("/api/v1/runs")).json() == [run]
    assert [event["kind"] for event in events].count("step.finished") == 2


async def test_the_same_key_is_the_same_run_and_no_other_one(
    http: httpx.AsyncClient, podium: Podium
) -> None:
    spec = a_spec("prices").model_copy(update={"inputs": (InputSpec(name="month"),)})
    deploy(podium, spec=spec)

    async def start(key: str, month: str) -> httpx.Response:
        body = {"agent": "prices", "inputs": {"month": month}}
        return await http.post("/api/v1/runs", json=body, headers={"Idempotency-Key": key})

    answers = await asyncio.gather(*(start("order-7", "May") for _ in range(4)))
    another = await start("order-8", "May")
    misused = await start("order-7", "June")

    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.json()["run_id"] for answer in answers}) == 1
    assert another.json()["run_id"] != answers[0].json()["run_id"]
    assert misused.status_code == 409
    assert len(podium.stores.runs.list()) == 2


async def test_a_paused_agent_does_not_run(http: httpx.AsyncClient, podium: Podium) -> None:
    deploy(podium)
    await http.post("/api/v1/agents/prices/pause")

    answer = await http.post("/api/v1/runs", json={"agent": "prices"})

    assert answer.status_code == 409


async def test_a_run_that_asks_is_answered_and_goes_on(
    http: httpx.AsyncClient, podium: Podium, doubles: Doubles
) -> None:
    doubles.runner.asks = {"two": a_choice()}
    deploy(podium)

    run = (await http.post("/api/v1/runs", json={"agent": "prices"})).json()
    inbox = (await http.get("/api/v1/inbox")).json()
    answer = await http.post(
        f"/api/v1/threads/{run['thread_id']}/answer", json={"answer": {"status": "Open"}}
    )
    after = (await http.get(f"/api/v1/runs/{run['run_id']}")).json()

    assert (run["status"], run["question"]["title"]) == ("waiting", "Which are unpaid?")
    assert inbox[0]["thread_id"] == run["thread_id"]
    assert answer.json()["status"] == "done"
    assert after["outcome"] == "success"
    assert doubles.runner.done == ["one", "two"]


async def test_a_waiting_run_is_cancelled_and_gives_back_its_session(
    http: httpx.AsyncClient, podium: Podium, doubles: Doubles
) -> None:
    doubles.runner.asks = {"two": a_choice()}
    deploy(podium)
    run = (await http.post("/api/v1/runs", json={"agent": "prices"})).json()

    cancelled = (await http.post(f"/api/v1/runs/{run['run_id']}/cancel")).json()
    await podium.settle(run["thread_id"])
    again = await http.post(f"/api/v1/runs/{run['run_id']}/cancel")

    assert (cancelled["status"], cancelled["outcome"]) == ("finished", "cancelled")
    assert doubles.runner.finished == [run["run_id"]]
    assert (await http.get("/api/v1/inbox")).json() == []
    assert again.status_code == 409


async def test_a_schedule_is_kept_shown_and_forgotten(
    http: httpx.AsyncClient, podium: Podium
) -> None:
    deploy(podium)

    kept = await http.post(
        "/api/v1/schedules", json={"agent": "prices", "when": "0 8 * * 1-5", "timezone": "UTC"}
    )
    listed = (await http.get("/api/v1/schedules")).json()
    deleted = await http.delete("/api/v1/schedules/prices")

    assert kept.status_code == 201
    assert len(kept.json()["next_fires"]) == 5
    assert [{**listed[0], "assumed": ""}] == [kept.json()]
    assert deleted.status_code == 204
    assert (await http.get("/api/v1/schedules")).json() == []


async def test_a_schedule_is_paused_resumed_skipped_and_run_now(
    http: httpx.AsyncClient, podium: Podium
) -> None:
    deploy(podium)
    said = {"agent": "prices", "when": "every other Tuesday", "timezone": "UTC", "overlap": "queue"}
    kept = (await http.post("/api/v1/schedules", json=said)).json()

    paused = (await http.post("/api/v1/schedules/prices/pause")).json()
    resumed = (await http.post("/api/v1/schedules/prices/resume")).json()
    skipped = (await http.post("/api/v1/schedules/prices/skip")).json()
    run = await http.post("/api/v1/schedules/prices/now")
    other = {"agent": "prices", "when": "daily at 9", "timezone": "UTC"}
    changed = (await http.post("/api/v1/schedules", json=other)).json()

    assert "08:00 is assumed" in kept["assumed"]
    assert (paused["stopped"], paused["next_at"], paused["next_fires"]) == (True, None, [])
    assert (resumed["stopped"], resumed["next_fires"]) == (False, kept["next_fires"])
    assert resumed["next_at"][:10] == kept["next_fires"][0][:10]
    assert skipped["next_at"][:10] == kept["next_fires"][1][:10]
    assert (run.status_code, run.json()["trigger"]) == (201, "manual")
    assert changed["schedule"]["overlap"] == "queue", "policies that are not given stay"
    assert (await http.post("/api/v1/schedules/nobody/pause")).status_code == 404
    back = (await http.post("/api/v1/schedules", json={**other, "overlap": "skip"})).json()
    assert back["schedule"]["overlap"] == "skip", "a policy may be set back to its default"
    wrong = await http.post("/api/v1/schedules", json={**other, "overlap": "sometimes"})
    assert wrong.status_code == 422
    await http.delete("/api/v1/schedules/prices")
    assert (await http.post("/api/v1/schedules/prices/now")).status_code == 404


@pytest.mark.parametrize(
    ("when", "zone"), [("every blue moon", "UTC"), ("99 8 * * *", "UTC"), ("0 8 * * *", "Mars")]
)
async def test_a_schedule_that_is_none_is_refused(
    http: httpx.AsyncClient, podium: Podium, when: str, zone: str
) -> None:
    deploy(podium)

    answer = await http.post(
        "/api/v1/schedules", json={"agent": "prices", "when": when, "timezone": zone}
    )

    assert answer.status_code in {400, 422}


# -- Files -----------------------------------------------------------------------------------------


async def test_a_file_is_an_attachment_whatever_it_holds(
    http: httpx.AsyncClient, podium: Podium, tmp_path: Path
) -> None:
    source = tmp_path / "page.html"
    source.write_bytes(b"<script>alert(1)</script>")
    kept = podium.artifacts.keep(source, agent="prices", name="page.html", run_id="run_1")

    answer = await http.get(f"/api/v1/artifacts/{kept.sha256}")

    assert answer.content == b"<script>alert(1)</script>"
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in answer.headers["content-security-policy"]


async def test_a_screenshot_is_a_picture_and_a_dump_is_not(
    http: httpx.AsyncClient, podium: Podium
) -> None:
    shot = podium.artifacts.evidence(b"\x89PNG\r\n", kind="png", run_id="run_1")
    dump = podium.artifacts.evidence(b"<h1>x</h1>", kind="html", run_id="run_1")

    assert (await http.get(f"/api/v1/evidence/{shot}")).headers["content-type"] == "image/png"
    shown = await http.get(f"/api/v1/evidence/{dump}")
    assert shown.headers["content-disposition"].startswith("attachment")


async def test_secrets_go_in_and_never_come_out(http: httpx.AsyncClient) -> None:
    body = {"name": "shop", "origin": f"{SITE}/login", "user": "alice", "password": "Tr0ub4dor&3"}

    kept = await http.post("/api/v1/secrets", json=body)
    listed = await http.get("/api/v1/secrets")

    assert kept.status_code == 201
    assert listed.json()[0]["origin"] == SITE
    assert "Tr0ub4dor" not in kept.text + listed.text
    assert (await http.delete("/api/v1/secrets/shop")).status_code == 204


# -- Streams ---------------------------------------------------------------------------------------


def events_in(text: str) -> list[dict[str, str]]:
    found: list[dict[str, str]] = []
    for block in text.replace("\r\n", "\n").split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines() if ": " in line[1:])
        if "event" in fields:
            found.append(fields)
    return found


async def test_a_turn_may_be_followed_as_it_happens(http: httpx.AsyncClient) -> None:
    answer = await http.post(
        "/api/v1/chat",
        json={"text": "watch prices", "approve_all": True},
        headers={"Accept": "text/event-stream"},
    )

    events = events_in(answer.text)
    kinds = [event["event"] for event in events]
    assert kinds.count("build.finished") == 2
    assert kinds.count("step.finished") == 2, "of the test run"
    assert kinds[-1] == "thread"
    assert json.loads(events[-1]["data"])["status"] == "done"
    ids = [int(event["id"]) for event in events]
    assert ids == sorted(ids)


async def test_a_broken_stream_goes_on_after_the_last_event_seen(http: httpx.AsyncClient) -> None:
    stream = {"Accept": "text/event-stream"}
    whole = events_in(
        (
            await http.post(
                "/api/v1/chat", json={"text": "watch", "approve_all": True}, headers=stream
            )
        ).text
    )
    thread = json.loads(whole[-1]["data"])["thread_id"]
    seen = {**stream, "Last-Event-ID": whole[2]["id"]}

    by_get = events_in((await http.get(f"/api/v1/threads/{thread}/events", headers=seen)).text)
    by_post = events_in(
        (
            await http.post(
                "/api/v1/chat", json={"text": "watch", "thread_id": thread}, headers=seen
            )
        ).text
    )

    assert by_get == whole[3:]
    assert by_post == whole[3:]
    assert len((await http.get("/api/v1/threads")).json()) == 2, "the chat and its test run"


async def test_a_run_may_be_followed_as_it_happens(http: httpx.AsyncClient, podium: Podium) -> None:
    deploy(podium)

    answer = await http.post(
        "/api/v1/runs", json={"agent": "prices"}, headers={"Accept": "text/event-stream"}
    )

    events = events_in(answer.text)
    assert events[-1]["event"] == "run"
    assert json.loads(events[-1]["data"])["outcome"] == "success"

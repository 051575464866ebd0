"""The whole loop by the command line, on the practice portal: each command is a process of its own."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from pydantic import JsonValue

from podium.server.portal.serve import ServedPortal, serve_portal
from podium.tools.scripted_server import ScriptedServer
from tests.e2e.cli import Cli, at, items

pytestmark = [pytest.mark.e2e, pytest.mark.browser, pytest.mark.timeout(600)]


@pytest.fixture
def cli(tmp_path: Path) -> Cli:
    return Cli(tmp_path)


@pytest.fixture
def portal() -> Iterator[ServedPortal]:
    with serve_portal(seed=0) as served:
        yield served


def keep_credential(cli: Cli, portal: ServedPortal) -> None:
    cli.keep_secret(
        "site", origin=portal.url, user=portal.portal.username, password=portal.portal.password
    )


def oracle(portal: ServedPortal) -> JsonValue:
    truth: JsonValue = httpx.get(f"{portal.url}/_oracle").json()
    return truth


def writes(portal: ServedPortal) -> list[JsonValue]:
    return [one for one in items(oracle(portal), "writes") if at(one, "kind") != "sign_out"]


def unpaid_files(portal: ServedPortal) -> set[JsonValue]:
    truth = oracle(portal)
    rows = items(truth, "rows", "invoices")
    unpaid = [at(row, "csv") for row in rows if at(row, "meaning") != "paid"]
    return {str(at(file, "sha256")) for file in items(truth, "files") if at(file, "path") in unpaid}


def kept_files(run: JsonValue) -> set[JsonValue]:
    return {str(at(file, "sha256")) for file in items(run, "artifacts")}


def downloads_goal(portal: ServedPortal) -> str:
    return (
        f"log into the portal at {portal.url}, download all unpaid invoices as CSV, and store them"
    )


def unpaid_words(portal: ServedPortal, view: JsonValue) -> str:
    """Return the answer a person gives who knows which statuses are unpaid."""
    words = {word for meaning, word in portal.portal.statuses.items() if meaning != "paid"}
    choices = [str(one) for one in items(view, "question", "fields", 0, "choices")]
    name = at(view, "question", "fields", 0, "name")
    return f"{name}={','.join(choice for choice in choices if choice in words)}"


def build_downloads(cli: Cli, portal: ServedPortal) -> str:
    """Build the downloading agent, answering its question, and return its name."""
    view = cli("chat", "--yes", downloads_goal(portal))
    assert cli.code == 3, (view, cli.stderr)
    done = cli("answer", str(at(view, "thread_id")), "--answer", unpaid_words(portal, view))
    return str(at(done, "agents", 0))


def first_choices(view: JsonValue) -> list[str]:
    """Return an answer that fits whatever is asked."""
    options: list[str] = []
    for field in items(view, "question", "fields"):
        choices = items(field, "choices")
        options += ["--answer", f"{at(field, 'name')}={choices[0] if choices else 'anything'}"]
    return options


def test_the_demo_ends_as_promised_and_asks_no_model(tmp_path: Path) -> None:
    with ScriptedServer() as model:
        configured = {
            "PODIUM_MODEL": "openai:scripted",
            "OPENAI_BASE_URL": model.base_url,
            "OPENAI_API_KEY": "unused",
        }
        cli = Cli(tmp_path, extra=configured)
        shown = cli("demo")
        runs = [(at(run, "outcome"), at(run, "model_calls")) for run in items(shown, "runs")]

        assert cli.code == 0, cli.stderr
        assert at(shown, "oracle_agrees") is True
        assert runs == [("success", 0), ("success", 0)]
        assert len(model.requests) == 0


def test_every_answer_may_come_from_another_process(cli: Cli, portal: ServedPortal) -> None:
    keep_credential(cli, portal)

    reviewed = cli("chat", downloads_goal(portal))
    thread = str(at(reviewed, "thread_id"))
    before = items(oracle(portal), "sign_ins")
    asked = cli("answer", thread, "--approve")
    cli("answer", thread, "--answer", unpaid_words(portal, asked))
    assert cli.code == 3, cli.stderr
    done = cli("answer", thread, "--approve")

    assert before == []  # nothing ran before the plan was approved
    assert at(done, "status") == "done"
    run = cli("run", str(at(done, "agents", 0)))
    assert cli.code == 0
    assert kept_files(run) == unpaid_files(portal)


def test_a_killed_run_resumes_to_the_same_files(cli: Cli, portal: ServedPortal) -> None:
    keep_credential(cli, portal)
    agent = build_downloads(cli, portal)

    before = len(items(oracle(portal), "downloads"))
    process = cli.start("run", agent)
    deadline = time.monotonic() + 60
    while len(items(oracle(portal), "downloads")) < before + 3 and time.monotonic() < deadline:
        time.sleep(0.05)  # the portal's own count says how far the run got
    process.send_signal(signal.SIGKILL)
    process.communicate()
    killed = at(cli("runs", "list"), 0)
    resumed = cli("runs", "resume", str(at(killed, "run_id")))

    assert at(killed, "status") == "running"
    assert at(resumed, "outcome") == "success"
    assert kept_files(resumed) == unpaid_files(portal)


def test_a_wrong_password_is_asked_again_and_submitted_at_most_twice(
    cli: Cli, portal: ServedPortal
) -> None:
    cli.keep_secret("site", origin=portal.url, user=portal.portal.username, password="wrong-1")

    view = cli("chat", "--yes", downloads_goal(portal))
    kind, first = at(view, "question", "kind"), items(oracle(portal), "sign_ins")
    keep_credential(cli, portal)
    cli("answer", str(at(view, "thread_id")), "--answer", "credentials=site")
    attempts = [at(one, "ok") for one in items(oracle(portal), "sign_ins")]

    assert kind == "secret"
    assert [at(one, "ok") for one in first] == [False]
    assert attempts[:2] == [False, True]
    assert cli.code == 3  # goes on to the question about the statuses


def test_a_site_that_cannot_be_reached_is_named_and_nothing_is_lost(cli: Cli) -> None:
    view = cli("chat", "--yes", "open http://127.0.0.1:9/ and save the first result's title")
    asked = cli.code
    stopped = cli("answer", str(at(view, "thread_id")), "--answer", "action=stop")

    assert asked == 3
    assert "127.0.0.1:9" in str(at(view, "question"))
    assert (cli.code, at(stopped, "status")) == (1, "failed")


def test_answers_that_do_not_fit_change_nothing(cli: Cli, portal: ServedPortal) -> None:
    keep_credential(cli, portal)
    thread = str(at(cli("chat", downloads_goal(portal)), "thread_id"))
    codes: list[int] = []
    for arguments in (
        (thread, "--answer", "decision=perhaps"),
        ("chat_unknown", "--approve"),
        (thread, "--reject"),
        (thread, "--approve"),
    ):
        cli("answer", *arguments)
        codes.append(cli.code)

    assert codes == [2, 2, 0, 2]


def test_prices_keyed_by_sku_are_upserted_and_the_schedule_is_kept(
    cli: Cli, portal: ServedPortal
) -> None:
    keep_credential(cli, portal)
    goal = (
        f"every weekday at 8 log into {portal.url} and collect the prices of all products in the "
        "catalogue into a table, keyed by SKU"
    )
    done = cli("chat", "--yes", goal)
    assert at(done, "status") == "done", done
    agent = str(at(done, "agents", 0))
    first, second = cli("run", agent), cli("run", agent)
    products = len(items(oracle(portal), "rows", "products"))

    assert (at(first, "outcome"), at(second, "outcome")) == ("success", "success")
    assert f"'added': {products}" in str(at(first, "outputs"))
    assert "'added': 0" in str(at(second, "outputs"))
    assert at(cli("schedules"), 0, "schedule", "cron") == "0 8 * * 1-5"


def test_a_form_is_rehearsed_and_then_sent_once_by_a_run(cli: Cli, portal: ServedPortal) -> None:
    keep_credential(cli, portal)
    goal = (
        f'log into {portal.url}, fill the ticket form with subject "Lamp is broken" and text '
        '"The lamp in hall 3 flickers", and submit it'
    )
    view = cli("chat", goal)
    thread = str(at(view, "thread_id"))
    while at(view, "status") == "waiting":
        names = [at(field, "name") for field in items(view, "question", "fields")]
        answer = ["--approve"] if "decision" in names else first_choices(view)
        view = cli("answer", thread, *answer)
    rehearsed = writes(portal)
    assert at(view, "status") == "done", view
    run = cli("run", str(at(view, "agents", 0)))
    sent = writes(portal)

    assert rehearsed == []
    assert len(sent) == 1
    assert at(run, "outcome") in {"success", "unverified"}, (at(run, "error"), items(run, "steps"))
    assert at(sent[0], "fields", "subject") == "Lamp is broken"

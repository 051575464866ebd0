"""Webhooks in and out, through the real server's app, and deliveries to a receiver on loopback."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from podium.server.app import create_app
from podium.server.changes import Changes
from podium.server.courier import Courier
from podium.server.following import scheduler
from podium.server.hooks import MOST_WAITING, Hooks
from podium.server.service import Podium
from podium.state.clock import SystemClock
from podium.state.document import JsonObject
from podium.state.errors import Conflict, UserError
from podium.state.ids import TimeIds
from podium.state.memory import memory_stores, memory_vault
from podium.state.outbox import Message
from podium.state.plan import InputSpec
from podium.state.stores import Stores
from podium.state.triggers import Chain
from podium.tools.notify import AppriseNotifier
from podium.tools.webhooks import HttpSender, sign, verify
from tests.builders import NOON, a_program, a_run, a_spec
from tests.fakes import FakeClock
from tests.server.harness import AUTH, URL, opened, settings_in

MONTH = InputSpec(name="month", type="text")


@pytest.fixture
async def podium(tmp_path: Path) -> AsyncGenerator[Podium]:
    async with opened(tmp_path) as workspace:
        deploy(workspace.stores, "prices", MONTH)
        yield workspace


@pytest.fixture
async def http(podium: Podium, tmp_path: Path) -> AsyncGenerator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=create_app(podium, settings_in(tmp_path)))
    async with httpx.AsyncClient(transport=transport, base_url=URL) as client:
        yield client


def deploy(stores: Stores, name: str, *inputs: InputSpec) -> None:
    spec = a_spec(name).model_copy(update={"inputs": inputs})
    stores.agents.create(name=name, spec=spec, program=a_program(), reason="", author="you")
    stores.agents.activate(name, 1)


def signed(
    secret: str, body: bytes, *, message_id: str = "msg_1", late_s: int = 0
) -> dict[str, str]:
    at = SystemClock().now() - timedelta(seconds=late_s)
    return {
        "content-type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": sign(secret, message_id=message_id, at=at, body=body),
    }


async def a_webhook(http: httpx.AsyncClient) -> JsonObject:
    made = await http.post(
        "/api/v1/triggers", json={"agent": "prices", "kind": "webhook"}, headers=AUTH
    )
    assert made.status_code == 201
    return made.json()


async def test_a_signed_message_starts_the_agent_with_its_declared_inputs(
    http: httpx.AsyncClient, podium: Podium
) -> None:
    hook = await a_webhook(http)
    body = json.dumps({"month": "May", "sites": ["https://evil.example"]}).encode()

    came = await http.post(
        str(hook["path"]), content=body, headers=signed(str(hook["secret"]), body)
    )
    await scheduler(podium).tick()

    assert came.status_code == 202
    assert came.json()["ignored"] == ["sites"]
    run = podium.stores.runs.get(came.json()["run_id"])
    assert (run.trigger, run.inputs) == ("webhook", {"month": "May"})


async def test_a_message_that_came_before_is_refused(
    http: httpx.AsyncClient, podium: Podium
) -> None:
    hook = await a_webhook(http)
    body = b'{"data": {"month": "May"}}'
    headers = signed(str(hook["secret"]), body)

    answers = await asyncio.gather(
        *(http.post(str(hook["path"]), content=body, headers=headers) for _ in range(5))
    )

    assert sorted(item.status_code for item in answers) == [202, 409, 409, 409, 409]
    assert len(podium.stores.firings.list()) == 1


async def test_more_than_an_agent_can_work_off_is_put_off_and_may_come_again(
    http: httpx.AsyncClient, podium: Podium
) -> None:
    hook = await a_webhook(http)
    body = b'{"month": "May"}'
    for number in range(MOST_WAITING):
        podium.stores.runs.create(a_run(f"run_{number}"))

    headers = signed(str(hook["secret"]), body)
    refused = await http.post(str(hook["path"]), content=body, headers=headers)
    queued = podium.stores.runs.unfinished(agent="prices")[0]
    podium.stores.runs.replace(queued.move("running"))
    taken = await http.post(str(hook["path"]), content=body, headers=headers)

    assert (refused.status_code, int(refused.headers["Retry-After"]) > 0) == (429, True)
    assert taken.status_code == 202


@pytest.mark.parametrize(
    "spoilt",
    [
        {"webhook-signature": ""},
        {"webhook-signature": "v1,###"},
        {"webhook-signature": "\u00ff"},
        {"webhook-timestamp": "soon"},
        {"webhook-id": ""},
        {"webhook-id": "other"},
    ],
    ids=str,
)
async def test_what_bears_no_valid_signature_is_refused_and_nothing_is_kept(
    http: httpx.AsyncClient, podium: Podium, spoilt: dict[str, str]
) -> None:
    hook = await a_webhook(http)
    body = b'{"month": "May"}'
    headers = {**signed(str(hook["secret"]), body), **spoilt}
    raw = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]

    came = await http.post(str(hook["path"]), content=body, headers=raw)

    assert (came.status_code, came.json()["code"]) == (401, "bad_signature")
    assert podium.stores.firings.list() == ()


async def test_a_stale_message_and_an_unknown_or_disabled_webhook_are_refused_alike(
    http: httpx.AsyncClient,
) -> None:
    hook = await a_webhook(http)
    secret, body = str(hook["secret"]), b'{"month": "May"}'
    stale = await http.post(
        str(hook["path"]), content=body, headers=signed(secret, body, late_s=400)
    )
    unknown = await http.post("/hooks/hook_0", content=body, headers=signed(secret, body))
    await http.post(f"/api/v1/triggers/{hook['trigger_id']}/disable", headers=AUTH)
    disabled = await http.post(str(hook["path"]), content=body, headers=signed(secret, body))

    assert stale.json() == unknown.json() == disabled.json()
    assert stale.status_code == 401


@pytest.mark.parametrize(
    "body",
    [b"", b"no json", b"[]", b'"May"', b"{}", b'{"month": {"a": 1}}', b'{"month": "May", "month": "June"}', b'{"month": NaN}', b"\xff"],
    ids=str,
)  # fmt: skip
async def test_a_body_that_does_not_fit_is_refused_and_may_be_sent_right(
    http: httpx.AsyncClient, podium: Podium, body: bytes
) -> None:
    hook = await a_webhook(http)
    secret = str(hook["secret"])

    came = await http.post(str(hook["path"]), content=body, headers=signed(secret, body))

    assert came.status_code == 400
    assert podium.stores.firings.list() == ()
    right = b'{"month": "May"}'
    again = await http.post(str(hook["path"]), content=right, headers=signed(secret, right))
    assert again.status_code == 202, "the id was not used up"


async def test_a_body_over_four_mebibytes_is_refused(http: httpx.AsyncClient) -> None:
    hook = await a_webhook(http)
    body = b'{"month": "' + b"x" * 4 * 1024 * 1024 + b'"}'

    came = await http.post(
        str(hook["path"]), content=body, headers=signed(str(hook["secret"]), body)
    )

    assert came.status_code == 413


async def test_after_a_rotation_both_keys_are_taken_and_no_secret_is_shown_again(
    http: httpx.AsyncClient,
) -> None:
    hook = await a_webhook(http)
    rotated = await http.post(f"/api/v1/triggers/{hook['trigger_id']}/rotate", headers=AUTH)
    body = b'{"month": "May"}'
    codes = [
        (await http.post(str(hook["path"]), content=body, headers=signed(secret, body, message_id=number))).status_code
        for number, secret in (("1", str(hook["secret"])), ("2", rotated.json()["secret"]))
    ]  # fmt: skip

    listed = (await http.get("/api/v1/triggers", headers=AUTH)).text

    assert codes == [202, 202]
    assert "whsec_" not in listed
    assert (await http.get("/api/v1/triggers")).status_code == 401


# -- Without a server ---------------------------------------------------------------------------------


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def hooks(clock: FakeClock) -> Hooks:
    ids = TimeIds()
    return Hooks(memory_stores(ids, clock), memory_vault(clock), clock, ids)


def test_a_day_after_a_rotation_the_old_key_is_refused(hooks: Hooks, clock: FakeClock) -> None:
    deploy(hooks.stores, "prices")
    trigger, old = hooks.add_webhook("prices")
    hooks.rotate(trigger.trigger_id)
    keys = hooks._keys(trigger.trigger_id)  # pyright: ignore[reportPrivateUsage]  what is taken

    clock.advance(hours=25)

    assert old in keys
    assert old not in hooks._keys(trigger.trigger_id)  # pyright: ignore[reportPrivateUsage]


def test_agents_do_not_start_each_other_in_a_circle(hooks: Hooks) -> None:
    for name in ("a", "b", "c"):
        deploy(hooks.stores, name)
    hooks.add_chain("b", Chain(after="a"))
    hooks.add_chain("c", Chain(after="b"))

    with pytest.raises(Conflict):
        hooks.add_chain("a", Chain(after="c"))
    with pytest.raises(Conflict):
        hooks.add_chain("a", Chain(after="a"))


def test_a_second_chain_for_the_same_run_is_refused_or_takes_its_place(hooks: Hooks) -> None:
    for name in ("a", "b"):
        deploy(hooks.stores, name)
    first = hooks.add_chain("b", Chain(after="a"))

    with pytest.raises(Conflict, match=first.trigger_id):
        hooks.add_chain("b", Chain(after="a", outcomes=("success", "partial")))
    other = hooks.add_chain("b", Chain(after="a", outcomes=("fail",)))
    wider = hooks.add_chain("b", Chain(after="a", outcomes=("success", "partial")), replace=True)

    assert wider.trigger_id == first.trigger_id
    kept = {item.trigger_id: item for item in hooks.stores.triggers.list()}
    assert kept == {other.trigger_id: other, first.trigger_id: wider}


def test_a_chain_gives_every_input_that_is_needed_and_no_other(hooks: Hooks) -> None:
    deploy(hooks.stores, "a")
    deploy(hooks.stores, "b", MONTH)

    with pytest.raises(UserError, match="needs the input 'month'"):
        hooks.add_chain("b", Chain(after="a"))
    with pytest.raises(UserError, match="no input 'year'"):
        hooks.add_chain("b", Chain(after="a", inputs={"month": "May", "year": 1}))
    assert (
        hooks.add_chain("b", Chain(after="a", inputs={"month": "{outputs.open.month}"})).agent
        == "b"
    )


def told(hooks: Hooks, url: str, *, outcome: str = "success") -> Message:
    """Let a run end and return the message about it."""
    hooks.add_destination(url, events=("run.completed", "run.failed"))
    run = hooks.stores.runs.create(a_run("r1"))
    run = hooks.stores.runs.replace(run.move("running"))
    hooks.stores.runs.replace(run.move("finished", outcome=outcome, finished_at=NOON))
    Changes(hooks.stores, hooks.clock).take_up()
    (message,) = hooks.stores.outbox.messages()
    return message


async def test_the_end_of_a_run_is_told_signed_and_once(
    hooks: Hooks, httpserver: HTTPServer
) -> None:
    got: list[Request] = []

    def take(request: Request) -> Response:
        got.append(request)
        return Response("thanks", 200)

    httpserver.expect_request("/token-123", method="POST").respond_with_handler(take)
    message = told(hooks, httpserver.url_for("/token-123"), outcome="fail")
    courier = Courier(hooks, HttpSender(), AppriseNotifier())

    delivered = await asyncio.gather(courier.deliver(), courier.deliver())

    assert sorted(delivered) == [0, 1]
    (request,) = got
    _, secret = hooks.address(message.destination_id)
    verify(
        [secret],
        message_id=request.headers["webhook-id"],
        timestamp=request.headers["webhook-timestamp"],
        signature=request.headers["webhook-signature"],
        body=request.get_data(),
        now=hooks.clock.now(),
    )
    said = json.loads(request.get_data())
    assert (said["type"], said["data"]["run_id"]) == ("run.failed", "r1")
    assert hooks.stores.outbox.message(message.message_id).status == "delivered"
    (destination,) = hooks.stores.outbox.destinations()
    assert "token-123" not in destination.shown


async def test_people_are_told_of_a_run_s_end_in_words(
    hooks: Hooks, clock: FakeClock, httpserver: HTTPServer
) -> None:
    got: list[Request] = []
    answers = [500, 200]

    def take(request: Request) -> Response:
        got.append(request)
        return Response("", answers[len(got) - 1])

    httpserver.expect_request("/token-123").respond_with_handler(take)
    message = told(hooks, f"json://{httpserver.host}:{httpserver.port}/token-123", outcome="fail")
    courier = Courier(hooks, HttpSender(), AppriseNotifier())

    assert await courier.deliver() == 0
    clock.advance(seconds=5)
    assert await courier.deliver() == 1

    said = json.loads(got[1].get_data())
    assert (said["title"], said["message"]) == (
        "prices failed",
        "Outcome: fail\nRun: r1",
    )
    (destination,) = hooks.stores.outbox.destinations()
    assert (destination.kind, destination.shown) == ("people", "json://…")
    assert "token-123" not in hooks.stores.outbox.message(message.message_id).error


@pytest.mark.parametrize(
    "address",
    [
        "dbus://",
        "syslog://",
        "slack://",
        "json://host/?redirect=yes",
        "json://host/?to=a;redirect=yes",
        "jsons://host/?verify=no",
        "jsons://host/#a?verify=no",
        "mailto://a:b@example.org?smtp=10.0.0.1",
        "matrix://a:b@example.org/#room?discovery=yes",
        "ntfy://host.example:99999/topic",
        "ntfy://host.example:abc/topic",
        "ntfy://[abc/topic",
        "ntfy://push.example.org",
        "json://2130706433/in",
        "json://one.example/in, json://127.0.0.1/in",
    ],
)
def test_an_address_that_is_no_service_or_says_too_much_is_refused(
    hooks: Hooks, address: str
) -> None:
    with pytest.raises(UserError):
        hooks.add_destination(address)

    assert hooks.stores.outbox.destinations() == ()


async def test_a_name_that_leads_into_the_private_network_is_not_told() -> None:
    async def inside(host: str, port: int) -> list[str]:
        return ["10.0.0.7"]

    result = await AppriseNotifier(inside).tell("ntfy://push.example/a", title="t", text="x")

    assert (result.delivered, result.final) == (False, True)


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("ntfy://mytopic", "ntfy.sh"),
        ("ntfys://push.example/mytopic", "push.example"),
        ("mailto://ann:pw@gmail.com", "smtp.gmail.com"),
        (f"zulip://bot@team.chat.example/{'a' * 32}", "team.chat.example"),
        ("matrix://ann:pw@home.example/#room", "home.example"),
        ("workflows://flows.example:443/WORKFLOW/SIGNATURE", "flows.example"),
    ],
)
async def test_the_host_that_is_vetted_is_the_one_that_is_spoken_to(
    hooks: Hooks, address: str, host: str
) -> None:
    vetted: list[str] = []

    async def resolve(host: str, port: int) -> list[str]:
        vetted.append(host)
        return ["10.0.0.7"]

    hooks.add_destination(address)
    result = await AppriseNotifier(resolve).tell(address, title="t", text="x")

    assert vetted == [host]
    assert (result.delivered, result.final) == (False, True)


@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_a_service_that_redirects_is_not_followed(
    hooks: Hooks, httpserver: HTTPServer, status: int
) -> None:
    httpserver.expect_request("/in").respond_with_data(
        "", status=status, headers={"Location": httpserver.url_for("/elsewhere")}
    )
    httpserver.expect_request("/elsewhere").respond_with_data("")
    message = told(hooks, f"json://{httpserver.host}:{httpserver.port}/in")

    assert await Courier(hooks, HttpSender(), AppriseNotifier()).deliver() == 0

    assert [request.path for request, _ in httpserver.log] == ["/in"]
    assert hooks.stores.outbox.message(message.message_id).status == "pending"


async def test_an_address_that_cannot_be_read_is_a_failed_message_and_no_end_of_the_courier(
    hooks: Hooks,
) -> None:
    """Such addresses may have been kept before they were checked."""
    message = told(hooks, "ntfy://push.example/topic")
    (destination,) = hooks.stores.outbox.destinations()
    hooks.stores.outbox.delete_destination(destination.destination_id)
    kept = json.dumps({"url": "ntfy://[abc/topic", "secret": "s"}).encode()
    sealed = hooks.vault.seal(destination.destination_id, kept)
    hooks.stores.outbox.add_destination(destination, sealed=sealed)

    assert await Courier(hooks, HttpSender(), AppriseNotifier()).deliver() == 0

    assert hooks.stores.outbox.message(message.message_id).status == "given_up"


async def test_whatever_a_sender_raises_is_a_failed_attempt() -> None:
    async def broken(host: str, port: int) -> list[str]:
        raise ValueError(f"label too long: {host}")

    result = await AppriseNotifier(broken).tell("ntfy://push.example/token", title="t", text="x")

    assert (result.delivered, result.final) == (False, False)
    assert "token" not in result.error
    assert "push.example" not in result.error


async def test_what_fails_is_tried_again_later_under_the_same_id_and_can_be_replayed(
    hooks: Hooks, clock: FakeClock, httpserver: HTTPServer
) -> None:
    ids: list[str] = []
    answers = [503, 500, 200, 200]

    def take(request: Request) -> Response:
        ids.append(request.headers["webhook-id"])
        return Response("", answers[len(ids) - 1])

    httpserver.expect_request("/in").respond_with_handler(take)
    message = told(hooks, httpserver.url_for("/in"))
    courier = Courier(hooks, HttpSender(), AppriseNotifier())

    await courier.deliver()
    assert await courier.deliver() == 0, "it waits first"
    clock.advance(seconds=5)
    await courier.deliver()
    clock.advance(seconds=30)
    await courier.deliver()

    kept = hooks.stores.outbox.message(message.message_id)
    assert (kept.status, kept.attempts) == ("delivered", 3)
    hooks.replay(message.message_id)
    await courier.deliver()
    assert ids == [message.message_id] * 4


async def test_who_dies_while_sending_leaves_the_message_to_the_next(
    hooks: Hooks, clock: FakeClock, httpserver: HTTPServer
) -> None:
    httpserver.expect_request("/in").respond_with_data("")
    message = told(hooks, httpserver.url_for("/in"))
    hooks.stores.outbox.take(message, until=clock.now() + timedelta(seconds=60))
    courier = Courier(hooks, HttpSender(), AppriseNotifier())

    assert await courier.deliver() == 0
    clock.advance(seconds=60)
    assert await courier.deliver() == 1


async def test_after_a_day_a_message_is_given_up_and_stays_in_the_log(
    hooks: Hooks, clock: FakeClock, httpserver: HTTPServer
) -> None:
    httpserver.expect_request("/in").respond_with_data("", status=503)
    message = told(hooks, httpserver.url_for("/in"))
    courier = Courier(hooks, HttpSender(), AppriseNotifier())
    for _ in range(12):
        await courier.deliver()
        clock.advance(hours=9)

    kept = hooks.stores.outbox.message(message.message_id)

    assert (kept.status, kept.attempts, kept.error) == ("given_up", 11, "HTTP 503")


@pytest.mark.parametrize(
    "address", ["10.0.0.7", "169.254.169.254", "127.0.0.1", "::1", "fd00:ec2::254"]
)
async def test_a_public_name_that_leads_to_a_private_address_gets_nothing(address: str) -> None:
    async def resolve(host: str, port: int) -> list[str]:
        return [address]

    sent = await HttpSender(resolve).send("http://hooks.example.org/x", headers={}, body=b"{}")

    assert (sent.delivered, sent.final) == (False, True)
    assert "private" in sent.error


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.org",
        "http://user@example.org",
        "file:///etc/passwd",
        "http://0x7f000001/",
        "nonsense",
    ],
)
def test_what_is_no_plain_address_is_no_destination(hooks: Hooks, url: str) -> None:
    with pytest.raises(UserError):
        hooks.add_destination(url)


async def test_a_redirect_is_not_followed(hooks: Hooks, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/in").respond_with_data(
        "", status=302, headers={"Location": httpserver.url_for("/elsewhere")}
    )

    sent = await HttpSender().send(httpserver.url_for("/in"), headers={}, body=b"{}")

    assert (sent.delivered, sent.error) == (False, "HTTP 302")

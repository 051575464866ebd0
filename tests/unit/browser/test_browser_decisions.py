"""The pure parts of the browser layer: which request is a write, which address is permitted, what is masked."""

from __future__ import annotations

import base64
import ipaddress
import json
from typing import cast
from urllib.parse import quote

import pytest

from podium.state.errors import Fatal, NotPermitted
from podium.state.program import Effect
from podium.tools.browser.downloads import safe_name
from podium.tools.browser.fetching import file_name
from podium.tools.browser.hold import Outgoing, decide
from podium.tools.browser.keys import key_events, typing_events
from podium.tools.browser.masking import MASK, Masker
from podium.tools.browser.notations import same_value
from podium.tools.browser.origins import is_public, may_connect, origin_of
from podium.tools.browser.requests import (
    body_fields,
    has_file,
    only_reads,
    operation_of,
    signature_of,
)
from podium.tools.browser.sockets import is_pulse, message_operation
from podium.tools.page import RequestInfo, StepPolicy

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"


def outgoing(
    method: str = "POST", *, cause: str = "input", resource: str = "XHR", top: bool = False, reads: bool = False,
    ambient: bool = False, follows: bool = False,
) -> Outgoing:  # fmt: skip
    info = RequestInfo(
        method=method, url="http://x/a", signature=f"{method} http://x/a", resource=resource
    )
    return Outgoing(
        info=info,
        telemetry=resource == "Ping",
        cause="load" if cause == "load" else "input",
        top_document=top,
        reads=reads,
        ambient=ambient,
        follows=follows,
    )


READ, SIGN_IN = StepPolicy(), StepPolicy(effect="sign_in")
WRITE, HELD = StepPolicy(effect="write"), StepPolicy(effect="irreversible", hold_writes=True)
APPROVED = StepPolicy(signatures=frozenset({"POST http://x/a"}))


def test_a_click_that_is_only_tried_may_send_nothing_that_reads_by_its_name_alone() -> None:
    tried = StepPolicy(effect="read", hold_writes=True, trying=True)
    info = RequestInfo(method="POST", url="http://x/g", signature="POST http://x/g#query Menu")
    query = Outgoing(info=info, cause="input", reads=True)

    assert decide(outgoing("POST", reads=True), tried) == "hold"
    assert decide(outgoing("POST", reads=True, cause="load"), tried) == "pass"
    assert decide(outgoing("POST", ambient=True), tried) == "pass"
    assert decide(query, tried) == "pass"


@pytest.mark.parametrize(
    ("request_", "policy", "verdict"),
    [
        (outgoing("GET", top=True, resource="Document"), READ, "pass"),
        (outgoing("HEAD"), HELD, "pass"),
        (outgoing("POST"), READ, "hold"),
        (outgoing("DELETE"), READ, "hold"),
        (outgoing("POST", resource="Document", top=True), READ, "hold"),
        (outgoing("POST", resource="Ping"), READ, "hold"),
        (outgoing("POST", cause="load"), READ, "pass"),
        (outgoing("POST", cause="load", resource="Ping"), READ, "pass"),
        (outgoing("POST", cause="load", resource="Document", top=True), READ, "hold"),
        (outgoing("POST", reads=True), READ, "pass"),
        (outgoing("POST", ambient=True), READ, "pass"),
        (outgoing("POST"), APPROVED, "pass"),
        (outgoing("PUT"), APPROVED, "hold"),
        (outgoing("POST"), SIGN_IN, "pass"),
        (outgoing("POST"), WRITE, "write"),
        (outgoing("POST"), HELD, "hold"),
        (outgoing("POST", reads=True), HELD, "pass"),
        (outgoing("POST", resource="Ping"), WRITE, "pass"),
        (outgoing("GET", top=True, resource="Document"), WRITE, "write"),
        (outgoing("GET", top=True, resource="Document"), HELD, "hold"),
        (outgoing("GET", top=True, resource="Document", follows=True), HELD, "pass"),
        (outgoing("GET", top=True, resource="Document", cause="load"), HELD, "pass"),
        (outgoing("GET"), HELD, "pass"),
    ],
)
def test_the_step_that_causes_a_request_decides(
    request_: Outgoing, policy: StepPolicy, verdict: str
) -> None:
    assert decide(request_, policy) == verdict


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("effect", ["read", "write", "irreversible"])
@pytest.mark.parametrize("resource", ["Document", "XHR", "Fetch", "Other"])
def test_no_touched_write_leaves_while_writes_are_held(
    method: str, effect: str, resource: str
) -> None:
    policy = StepPolicy(effect=cast("Effect", effect), hold_writes=True)
    assert decide(outgoing(method, resource=resource), policy) == "hold"


@pytest.mark.parametrize(
    ("url", "signature"),
    [
        ("http://x.test/", "POST http://x.test/"),
        ("http://x.test", "POST http://x.test/"),
        (
            "http://x.test/orders/17/pay?token=abc&a=1",
            "POST http://x.test/orders/*/pay?a=*&token=*",
        ),
        ("http://x.test/INV-1007/report.csv", "POST http://x.test/*/report.csv"),
        ("http://x.test/api/v1/items", "POST http://x.test/api/v1/items"),
        ("http://x.test/u/deadbeef0123/x", "POST http://x.test/u/*/x"),
        ("http://x.test/u/0198c2aa-7b6e-7000-8000-1234567890ab", "POST http://x.test/u/*"),
    ],
)
def test_signatures_name_the_kind_of_thing_and_not_the_thing(url: str, signature: str) -> None:
    assert signature_of("post", url) == signature


@pytest.mark.parametrize(
    ("body", "kind", "operation", "reads"),
    [
        ('{"query":"query Rows { rows }"}', JSON, "query Rows", True),
        ('{"query":"{ rows }"}', JSON, "query", True),
        ('{"operationName":"Drop","query":"mutation Drop { drop }"}', JSON, "mutation Drop", False),
        ('{"query":"query A { a } mutation B { b }","operationName":"B"}', JSON, "query B", False),
        (
            '[{"query":"query A { a }"},{"query":"mutation B { b }"}]',
            JSON,
            "mutation B+query A",
            False,
        ),
        (
            '{"jsonrpc":"2.0","method":"call","params":{"method":"search_read","args":[]}}',
            JSON,
            "search_read",
            True,
        ),
        (
            '{"jsonrpc":"2.0","method":"call","params":{"method":"unlink","args":[]}}',
            JSON,
            "unlink",
            False,
        ),
        ('{"jsonrpc":"2.0","method":"item.get","params":{}}', JSON, "item.get", False),
        ("action=delete_post&id=3", FORM, "action=delete_post", False),
        ("action=get_rows&id=3", FORM, "action=get_rows", True),
        ("name=Ann", FORM, "", False),
        ("not json", "text/plain", "", False),
    ],
)
def test_what_one_address_does_is_read_from_the_body(
    body: str, kind: str, operation: str, reads: bool
) -> None:
    found = operation_of("http://x.test/rpc", body, kind)
    assert (found, only_reads("http://x.test/rpc", found, body)) == (operation, reads)


@pytest.mark.parametrize(
    ("path", "reads"),
    [("/api/search", True), ("/api/orders/list", True), ("/getRows", True), ("/web/dataset/call_kw/sale/web_search_read", True),
     ("/orders", False), ("/getOrCreate", False), ("/search/delete", False), ("/list-update", False), ("/", False)],
)  # fmt: skip
def test_addresses_whose_name_says_search_only_read(path: str, reads: bool) -> None:
    assert only_reads(f"http://x.test{path}", "", "a=1") is reads


@pytest.mark.parametrize(
    ("path", "document", "reads"),
    [("/messages/12/read", False, False), ("/notifications/read", False, False), ("/web/dataset/call_kw/res.partner/read", False, True),
     ("/items/7/list", False, False), ("/items/list", False, True), ("/pickings/9/validate", False, False), ("/suggest", True, False),
     ("/suggest", False, True), ("/orders/7/search", False, True), ("/search", True, True), ("/trucks/load", True, False), ("/preview", True, True)],
)  # fmt: skip
def test_a_word_of_reading_may_be_an_act_on_a_thing(path: str, document: bool, reads: bool) -> None:
    assert only_reads(f"http://x.test{path}", "", "a=1", document=document) is reads


@pytest.mark.parametrize(
    "name",
    ["list_orders", "getOrder", "fetch-bookings", "get_settings", "find_addresses", "listUploads", "read_archive",
     "count_assets", "getCancelledTransfers", "list_deleted", "search_publishers", "fetchAssignments", "get_payments",
     "orders_search", "loadImports", "query_datasets", "getPosts", "lookup_updates"],
)  # fmt: skip
def test_a_verb_of_reading_before_a_thing_reads_whatever_the_thing_is_called(name: str) -> None:
    assert only_reads("http://x.test/rpc", name, "")


@pytest.mark.parametrize(
    "name",
    ["order", "order_list", "list_order", "load_import", "getOrCreate", "find_and_modify", "fetch_and_archive", "get_then_post",
     "list-update", "search_reset", "clear_list", "rename_list", "save_search", "get_deleteall", "loadAndSend", "count_vote",
     "settings", "updates", "createList", "read_mark", "share_list", "import_query"],
)  # fmt: skip
def test_a_name_that_may_do_something_is_no_read(name: str) -> None:
    assert not only_reads("http://x.test/rpc", name, "")


def test_field_names_are_told_and_values_are_not() -> None:
    multipart = 'x\r\nContent-Disposition: form-data; name="f"; filename="a.txt"\r\n\r\nsecret\r\n'
    assert body_fields("user=ann&password=x", FORM) == ("user", "password")
    assert body_fields('{"user": "ann", "n": 1}', JSON) == ("user", "n")
    assert body_fields(multipart, "multipart/form-data; boundary=x") == ("f",)
    assert has_file(multipart, "multipart/form-data")


@pytest.mark.parametrize(
    ("url", "origin"),
    [("HTTP://Shop.Test:80/x", "http://shop.test"), ("https://a.test:8443", "https://a.test:8443"),
     ("http://[::1]:9/", "http://[::1]:9"), ("https://bücher.test/", "https://xn--bcher-kva.test")],
)  # fmt: skip
def test_an_origin_has_one_spelling(url: str, origin: str) -> None:
    assert str(origin_of(url)) == origin


@pytest.mark.parametrize(
    "url",
    ["file:///x", "data:,x", "javascript:1", "http://a@b.test/", "http://b.test\\@a.test/", "http://b.test./", "http://2130706433/",
     "http://0177.1/", "http://0x7f.1/", "http:///x", "http://a b/", "http://a.test:99999/", "//a.test/", "a.test", ""],
)  # fmt: skip
def test_what_is_no_plain_address_is_refused(url: str) -> None:
    with pytest.raises(NotPermitted):
        origin_of(url)


@pytest.mark.parametrize(
    ("address", "public"),
    [("93.184.216.34", True), ("2606:4700::1111", True), ("127.0.0.1", False), ("10.1.2.3", False), ("100.64.0.1", False),
     ("169.254.169.254", False), ("::", False), ("::1", False), ("::ffff:10.0.0.1", False), ("64:ff9b::a00:1", False),
     ("64:ff9b:1::5db8:d822", False), ("2002:7f00:1::", False), ("fe80::1", False), ("fd00::1", False), ("224.0.0.1", False)],
)  # fmt: skip
def test_private_addresses_are_known_in_every_wrapping(address: str, public: bool) -> None:
    assert is_public(ipaddress.ip_address(address)) is public


def test_a_private_address_is_reached_only_when_the_plan_names_something_private() -> None:
    inside = ipaddress.ip_address("10.0.0.5")
    assert may_connect(origin_of("http://10.0.0.5:8000"), inside)
    assert may_connect(origin_of("http://intranet"), inside)
    assert may_connect(origin_of("http://nas.local"), inside)
    assert not may_connect(origin_of("https://shop.example.com"), inside)
    assert not may_connect(
        origin_of("http://169.254.169.254"), ipaddress.ip_address("169.254.169.254")
    )


@pytest.mark.parametrize("secret", ["hunter22", "p@ss word+1", "ÄÖÜ geheim", 'a"b<c>&d'])
def test_a_secret_is_masked_in_every_spelling(secret: str) -> None:
    masker = Masker()
    masker.add(secret)
    echoes = [
        secret,
        secret.upper(),
        secret[::-1],
        quote(secret),
        quote(secret, safe=""),
        secret.encode().hex(),
    ]
    echoes += [
        base64.b64encode((prefix + secret + "tail").encode()).decode()
        for prefix in ("", "a", "ab", "user:")
    ]
    for echo in echoes:
        masked = masker.text(f"before {echo} after")
        assert MASK in masked, echo
        assert secret not in masked
    assert masker.json({"a": [f"x{secret}"], "b": 1}) == {"a": [f"x{MASK}"], "b": 1}
    assert masker.text("nothing here") == "nothing here"


@pytest.mark.parametrize(
    ("given", "kept"),
    [("report.csv", "report.csv"), ("../../etc/passwd", "passwd"), ("a\\b\\c.txt", "c.txt"), ("..%2f..%2fx.pdf", "x.pdf"),
     (".bashrc", "bashrc"), ("", "download"), ("...", "download"), ("nul", "download-nul"), ("a\r\nb.txt", "ab.txt")],
)  # fmt: skip
def test_file_names_are_plain(given: str, kept: str) -> None:
    assert safe_name(given) == kept


def test_a_file_is_called_what_its_header_or_address_says() -> None:
    assert file_name('attachment; filename="a b.csv"', "http://x/y") == "a b.csv"
    assert (
        file_name("attachment; filename*=UTF-8''Gr%C3%BC%C3%9Fe.txt", "http://x/y") == "Grüße.txt"
    )
    assert file_name("", "http://x/files/r.pdf?x=1") == "r.pdf"


def test_keys_are_spelt_in_many_ways() -> None:
    assert key_events("enter") == key_events("Enter") == key_events("Return")
    assert key_events("Control+A")[0]["modifiers"] == 2
    assert [event["type"] for event in typing_events("ab")] == ["keyDown", "keyUp"] * 2
    with pytest.raises(Fatal):
        key_events("Hyperspace")


@pytest.mark.parametrize(
    ("held", "wanted", "same"),
    [("(555) 123-4567", "5551234567", True), ("a  b", "a b", True), ("555-123", "555124", False), ("ABC", "abc", False), ("", "", True)],
)  # fmt: skip
def test_a_mask_s_notation_is_the_same_value(held: str, wanted: str, same: bool) -> None:
    assert same_value(held, wanted) is same


@pytest.mark.parametrize(
    "body",
    [
        '{"type": "ping"}', '{"type":"ping","id":7,"ts":1700000000}', '{"jsonrpc":"2.0","method":"ping","id":1}', '{"msg":"pong","id":"3"}',
        '[null,"2","phoenix","heartbeat",{}]', '{"topic":"phoenix","event":"heartbeat","payload":{},"ref":"1"}', '{"type":6}\x1e', "2", "3", "\n", "PING",
        '["1","2","lv:desk","phx_join",{"session":"a"}]', '{"type":"connection_init","payload":{"token":"a"}}', '42["ping"]',
    ],
)  # fmt: skip
def test_a_protocol_s_pulse_is_known_by_its_whole_shape(body: str) -> None:
    assert is_pulse(body)


@pytest.mark.parametrize(
    "body",
    [
        '{"type":"leave","team":5}', '{"type":"join"}', '{"type":"subscribe","plan":"pro"}', '{"action":"unsubscribe"}', '{"type":"watch","item":3}',
        '{"type":"unwatch"}', '{"type":"connect","account":1}', '{"cmd":"ack","alert":9}', '{"type":"ping","user":4}', '{"type":"ping","action":"leave"}',
        '["team","ping"]', '42["ping",{"team":5}]', '[null,"2","team:5","leave",{}]', "5", "[3,1]", "40", "leave 5", "SUBSCRIBE\nid:1", "", "{}",
        '{"id":"1","type":"subscribe","payload":{"query":"mutation { leave(team:5) }"}}',
    ],
)  # fmt: skip
def test_what_a_site_may_have_named_is_no_pulse(body: str) -> None:
    assert not is_pulse(body)


@pytest.mark.parametrize(
    ("query", "operation"),
    [
        ("query Rows { rows { id } }", "query Rows"),
        ("mutation Leave { leave(team: 5) }", "mutation Leave"),
    ],
)
def test_a_graphql_socket_says_in_its_payload_what_it_does(query: str, operation: str) -> None:
    body = json.dumps({"id": "1", "type": "subscribe", "payload": {"query": query}})

    assert message_operation(body) == operation
    assert only_reads("ws://x/g", operation, body) == operation.startswith("query")

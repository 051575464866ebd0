"""The egress proxy by itself: what it lets through, how it forwards, and that it fails closed."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import asynccontextmanager, contextmanager, suppress

import pytest

from podium.tools.browser.origins import Origin, origin_of
from podium.tools.browser.proxy import EgressProxy, Gate
from tests.sites import Reply, serving


@asynccontextmanager
async def gate_for(
    *origins: str, names: dict[str, list[str]] | None = None
) -> AsyncGenerator[Gate]:
    async def resolve(host: str, port: int) -> list[str]:
        return (names or {}).get(host, [])

    proxy = EgressProxy(resolve)
    gate = await proxy.open(frozenset(map(origin_of, origins)))
    try:
        yield gate
    finally:
        await proxy.close_gate(gate)
        await proxy.close()


async def talk(gate: Gate, *messages: bytes, until: int = 1) -> bytes:
    """Send messages over one connection, and return what comes until it is closed or quiet."""
    reader, writer = await asyncio.open_connection("127.0.0.1", gate.port)
    answer = b""
    for message in messages:
        writer.write(message)
        await writer.drain()
        answer += await _some(reader)
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()
    return answer


async def _some(reader: asyncio.StreamReader) -> bytes:
    parts = b""
    try:
        async with asyncio.timeout(2):
            while piece := await reader.read(1 << 20):
                parts += piece
                if parts.endswith((b"END", b"0\r\n\r\n", b"established\r\n\r\n")):
                    break
    except TimeoutError:
        pass
    return parts


def get(url: str, *headers: str, method: str = "GET", body: bytes = b"") -> bytes:
    host = origin_of(url)
    lines = [f"{method} {url} HTTP/1.1", f"Host: {host.host}:{host.port}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


async def test_a_named_origin_is_forwarded_and_the_connection_kept() -> None:
    with serving({"/a": "one END", "/b": "two END"}) as site:
        async with gate_for(site.url) as gate:
            answer = await talk(gate, get(f"{site.url}/a"), get(f"{site.url}/b?x=1"))
        assert (answer.count(b"200 OK"), b"one END" in answer, b"two END" in answer) == (
            2,
            True,
            True,
        )
        assert site.arrived()[1].query == {"x": "1"}


@pytest.mark.parametrize("change", ["port", "host", "scheme", "user", "suffix"])
async def test_anything_but_the_exact_origin_gets_no_byte(change: str) -> None:
    with serving({"/": "END"}) as site, serving({"/": "END"}) as other:
        async with gate_for(
            site.url, names={"127.0.0.1.evil.test": ["127.0.0.1"], "localhost": ["127.0.0.1"]}
        ) as gate:
            urls = {
                "port": f"{other.url}/",
                "host": f"http://localhost:{site.port}/",
                "scheme": f"https://127.0.0.1:{site.port}/",
                "user": f"http://x@127.0.0.1:{site.port}/",
                "suffix": f"http://127.0.0.1.evil.test:{site.port}/",
            }
            raw = f"GET {urls[change]} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
            assert await talk(gate, raw) == b""
            assert len(gate.blocked) == 1
        assert site.requests == other.requests == []


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.0.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "::1",
        "::ffff:127.0.0.1",
        "64:ff9b::7f00:1",
        "fe80::1%1",
        "0.0.0.0",
    ],
)
async def test_a_public_name_that_leads_inside_is_refused(address: str) -> None:
    async with gate_for(
        "http://shop.example.com", names={"shop.example.com": ["93.184.216.34", address]}
    ) as gate:
        assert await talk(gate, get("http://shop.example.com/")) == b""
        assert gate.blocked == ["http://shop.example.com"]


async def test_a_name_is_resolved_once_so_that_it_cannot_be_rebound() -> None:
    with serving({"/": "END"}) as site:
        asked: list[str] = []

        async def resolve(host: str, port: int) -> list[str]:
            asked.append(host)
            return ["127.0.0.1"]

        proxy = EgressProxy(resolve)
        gate = await proxy.open(frozenset({Origin("http", "intranet", site.port)}))
        for _ in range(3):
            assert b"200 OK" in await talk(gate, get(f"http://intranet:{site.port}/"))
        await proxy.close()
        assert asked == ["intranet"]


async def test_tunnels_are_dug_to_named_origins_only() -> None:
    with serving({"/": "END"}) as site:
        async with gate_for(site.url) as gate:
            inside = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
            dug = await talk(
                gate, f"CONNECT 127.0.0.1:{site.port} HTTP/1.1\r\n\r\n".encode(), inside
            )
            assert b"200 Connection established" in dug
            assert dug.endswith(b"END")
            refused = await talk(gate, b"CONNECT 127.0.0.1:22 HTTP/1.1\r\n\r\n")
            assert refused.startswith(b"HTTP/1.1 403")
            assert gate.blocked == ["https://127.0.0.1:22"]


async def test_bodies_of_known_and_chunked_length_arrive_whole() -> None:
    with serving({"/": "END"}) as site:
        async with gate_for(site.url) as gate:
            await talk(gate, get(f"{site.url}/", "Content-Length: 5", method="POST", body=b"hello"))
            await talk(
                gate,
                get(
                    f"{site.url}/",
                    "Transfer-Encoding: chunked",
                    method="POST",
                    body=b"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n",
                ),
            )
            large = b"x" * 3_000_000
            await talk(
                gate, get(f"{site.url}/", f"Content-Length: {len(large)}", method="PUT", body=large)
            )
        assert [request.body for request in site.requests] == [b"hello", b"abcde", large]


async def test_two_lengths_are_refused() -> None:
    with serving({"/": "END"}) as site:
        async with gate_for(site.url) as gate:
            smuggled = get(
                f"{site.url}/",
                "Content-Length: 5",
                "Transfer-Encoding: chunked",
                method="POST",
                body=b"0\r\n\r\n",
            )
            assert await talk(gate, smuggled) == b""
        assert site.requests == []


@contextmanager
def raw_server(answer: Callable[[bytes], bytes | None]) -> Generator[int]:
    """Answer each chunk that arrives; None closes the connection."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                while data := connection.recv(65536):
                    reply = answer(data)
                    if reply is None:
                        break
                    connection.sendall(reply)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield int(listener.getsockname()[1])
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join(5)


async def test_an_upgraded_connection_carries_both_ways() -> None:
    def echo(data: bytes) -> bytes:
        if b"Upgrade: websocket" in data:
            return b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nhello END"
        return data.upper()

    with raw_server(echo) as port:
        async with gate_for(f"http://127.0.0.1:{port}") as gate:
            answer = await talk(
                gate,
                get(f"http://127.0.0.1:{port}/ws", "Connection: Upgrade", "Upgrade: websocket"),
                b"ping end",
            )
    assert b"101 Switching" in answer
    assert answer.endswith(b"PING END")


async def test_an_interim_answer_and_a_body_without_length_are_passed_on() -> None:
    def slow(data: bytes) -> bytes | None:
        if b"Expect" in data:
            return b"HTTP/1.1 100 Continue\r\n\r\n"
        return b"HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\nuntil closed END"

    with raw_server(slow) as port:
        async with gate_for(f"http://127.0.0.1:{port}") as gate:
            answer = await talk(
                gate,
                get(
                    f"http://127.0.0.1:{port}/",
                    "Expect: 100-continue",
                    "Content-Length: 2",
                    method="POST",
                ),
                b"hi",
            )
    assert b"100 Continue" in answer
    assert answer.endswith(b"until closed END")


async def test_a_read_is_asked_again_when_a_kept_connection_was_closed_and_a_write_never_goes_over_one() -> (
    None
):
    seen: list[bytes] = []

    def once(data: bytes) -> bytes | None:
        if b" HTTP/1.1" not in data:
            return b""  # the body, in a piece of its own
        seen.append(data.split(b" ")[0])
        if len(seen) == 2:
            return None  # closes the kept connection without an answer
        return b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nEND"

    with raw_server(once) as port:
        async with gate_for(f"http://127.0.0.1:{port}") as gate:
            url = f"http://127.0.0.1:{port}/"
            answer = await talk(
                gate, get(url), get(url), get(url, "Content-Length: 1", method="POST", body=b"x")
            )
    assert seen == [b"GET", b"GET", b"GET", b"POST"]
    assert answer.count(b"200 OK") == 3


async def test_a_write_whose_connection_breaks_is_not_sent_twice_and_is_answered_for() -> None:
    """Left without an answer, Chromium would send it again by itself."""
    seen: list[bytes] = []

    def silent(data: bytes) -> None:
        seen.append(data)

    with raw_server(silent) as port:
        async with gate_for(f"http://127.0.0.1:{port}") as gate:
            answer = await talk(
                gate,
                get(f"http://127.0.0.1:{port}/", "Content-Length: 1", method="POST", body=b"x"),
            )
    assert answer.startswith(b"HTTP/1.1 502 ")
    assert len(seen) == 1


async def test_a_closed_gate_serves_nobody() -> None:
    with serving({"/": Reply(body="END", delay_s=0.0)}) as site:
        proxy = EgressProxy()
        gate = await proxy.open(frozenset({origin_of(site.url)}))
        await proxy.close_gate(gate)
        with pytest.raises(ConnectionRefusedError):
            await talk(gate, get(f"{site.url}/"))
        await proxy.close()

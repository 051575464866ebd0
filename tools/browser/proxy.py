"""The egress proxy: the only way from Chromium to anywhere, one port per run, in a thread and loop of its own.

It resolves names itself, connects to the address it has vetted, and lets only the origins of the run's plan through.
Whatever goes wrong, nothing is forwarded.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import threading
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TypeVar

from podium.state.errors import NotPermitted
from podium.tools.browser.origins import Address, Origin, may_connect, normal_host, origin_of

T = TypeVar("T")
Resolver = Callable[[str, int], Awaitable[list[str]]]

_HEAD_LIMIT = 256 * 1024
_CHUNK = 64 * 1024
_CONNECT_TIMEOUT_S = 15.0
_HOP_HEADERS = frozenset(
    {b"proxy-connection", b"proxy-authorization", b"keep-alive", b"connection", b"te"}
)
_REUSABLE = frozenset({b"GET", b"HEAD", b"OPTIONS"})


class _Denied(Exception):
    """Not an error: the proxy's answer."""


class _Unanswered(Exception):
    """Not an error: a request that cannot be asked twice was sent, and the site hung up."""


async def system_resolver(host: str, port: int) -> list[str]:
    """Return the addresses of a host name, as the system knows them."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(entry[4][0]) for entry in found]


@dataclass(slots=True)
class Gate:
    """What one run may reach, and what it asked for in vain."""

    allowed: frozenset[Origin]
    port: int = 0
    blocked: list[str] = field(default_factory=list[str])
    _pins: dict[tuple[str, int], tuple[str, ...]] = field(
        default_factory=dict[tuple[str, int], tuple[str, ...]]
    )
    server: asyncio.Server | None = None
    serving: set[asyncio.Task[None]] = field(default_factory=set[asyncio.Task[None]])

    def permits(self, origin: Origin) -> bool:
        """Return whether the plan names exactly that origin."""
        return origin.page in self.allowed

    def tunnel_origin(self, host: str, port: int) -> Origin | None:
        """Return the permitted origin a CONNECT to that host and port serves, if any."""
        for scheme in ("https", "http"):
            origin = Origin(scheme, host, port)
            if origin in self.allowed:
                return origin
        return None

    def block(self, origin: str) -> None:
        """Keep what was asked for and refused."""
        if len(self.blocked) < 1000:
            self.blocked.append(origin)

    async def addresses(self, origin: Origin, resolve: Resolver) -> tuple[str, ...]:
        """Return the vetted addresses of an origin; the first answer holds for the whole run."""
        key = (origin.host, origin.port)
        pinned = self._pins.get(key)
        if pinned is None:
            pinned = tuple(await _vetted(origin, resolve))
            self._pins[key] = pinned
        return pinned


async def _vetted(origin: Origin, resolve: Resolver) -> list[str]:
    candidates: list[Address] = []
    try:
        candidates.append(ipaddress.ip_address(origin.host))
    except ValueError:
        for text in await resolve(origin.host, origin.port):
            with suppress(ValueError):
                candidates.append(ipaddress.ip_address(text.split("%")[0]))
    # One private address among public ones is how rebinding starts: all must pass.
    if not candidates or not all(may_connect(origin, address) for address in candidates):
        raise _Denied(f"{origin} leads to an address that the plan does not name")
    return list(dict.fromkeys(map(str, candidates)))


class EgressProxy:
    """Serves any number of gates; every method may be called from any thread."""

    def __init__(self, resolve: Resolver = system_resolver) -> None:
        self._resolve = resolve
        self._gates: dict[int, Gate] = {}
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._serve, name="podium-egress", daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()
        self._loop.close()

    async def open(self, origins: frozenset[Origin]) -> Gate:
        """Return a gate on a fresh loopback port that lets those origins through."""
        gate = Gate(origins)
        await self._there(self._listen(gate))
        return gate

    async def close_gate(self, gate: Gate) -> None:
        """Stop serving it and cut what is still open."""
        await self._there(self._silence(gate))

    async def close(self) -> None:
        """End the thread."""
        if self._thread.is_alive():
            await self._there(self._silence_all())
            self._loop.call_soon_threadsafe(self._loop.stop)
            await asyncio.to_thread(self._thread.join, 5)

    async def _there(self, work: Coroutine[None, None, T]) -> T:
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, self._loop))

    async def _listen(self, gate: Gate) -> None:
        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.ensure_future(self._serve_one(gate, reader, writer))
            gate.serving.add(task)
            task.add_done_callback(gate.serving.discard)

        gate.server = await asyncio.start_server(serve, "127.0.0.1", 0, limit=_HEAD_LIMIT)
        gate.port = int(gate.server.sockets[0].getsockname()[1])
        self._gates[gate.port] = gate

    async def _serve_one(
        self, gate: Gate, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        try:
            await _Connection(gate, self._resolve, reader, writer).serve()
        except (OSError, EOFError, ValueError, TimeoutError, asyncio.LimitOverrunError):
            pass  # either end went away or does not speak HTTP: nothing more is forwarded
        finally:
            writer.close()

    async def _silence(self, gate: Gate) -> None:
        self._gates.pop(gate.port, None)
        if gate.server is not None:
            gate.server.close()
        tasks = list(gate.serving)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.sleep(0)  # transports close in the loop's next round

    async def _silence_all(self) -> None:
        for gate in list(self._gates.values()):
            await self._silence(gate)


@dataclass(slots=True)
class _Head:
    first: list[bytes]
    headers: list[tuple[bytes, bytes]]

    def get(self, name: bytes) -> bytes:
        return next((value for key, value in self.headers if key.lower() == name), b"")

    @property
    def chunked(self) -> bool:
        return b"chunked" in self.get(b"transfer-encoding").lower()

    @property
    def length(self) -> int | None:
        lengths = {value.strip() for key, value in self.headers if key.lower() == b"content-length"}
        if not lengths:
            return None
        if len(lengths) > 1 or not next(iter(lengths)).isdigit():
            raise ValueError("ambiguous length")
        return int(lengths.pop())

    def dump(self, *, first: bytes, drop: frozenset[bytes], add: tuple[bytes, ...] = ()) -> bytes:
        kept = [key + b": " + value for key, value in self.headers if key.lower() not in drop]
        return b"\r\n".join([first, *kept, *add]) + b"\r\n\r\n"


async def _read_head(reader: asyncio.StreamReader) -> _Head:
    raw = await reader.readuntil(b"\r\n\r\n")
    lines = raw[:-4].split(b"\r\n")
    first = lines[0].split(b" ", 2)
    headers: list[tuple[bytes, bytes]] = []
    for line in lines[1:]:
        key, colon, value = line.partition(b":")
        if not colon or key != key.strip() or not key:
            raise ValueError("malformed header")
        headers.append((key, value.strip()))
    return _Head(first, headers)


@dataclass(slots=True)
class _Upstream:
    origin: Origin
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter


class _Connection:
    """One connection of Chromium to the proxy: many requests, one after the other, or one tunnel."""

    def __init__(
        self,
        gate: Gate,
        resolve: Resolver,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        self._gate = gate
        self._resolve = resolve
        self._reader = reader
        self._writer = writer
        self._upstream: _Upstream | None = None

    async def serve(self) -> None:
        try:
            while await self._one():
                pass
        finally:
            self._drop()

    async def _one(self) -> bool:
        try:
            head = await _read_head(self._reader)
        except asyncio.IncompleteReadError:
            return False
        if len(head.first) != 3:
            raise ValueError("malformed request")
        method = head.first[0]
        if method != b"CONNECT":
            try:
                return await self._forward(head)
            except _Denied:
                return False  # no answer: an error page of ours would be read as the site's
            except _Unanswered:
                # Without an answer on a kept connection Chromium sends the request once more, a POST as well.
                await self._refuse(b"502 Bad Gateway", "The site hung up without an answer")
                return False
        try:
            return await self._tunnel(head)
        except _Denied as denied:
            await self._refuse(b"403 Forbidden", str(denied))
        except (OSError, TimeoutError) as error:
            await self._refuse(
                b"502 Bad Gateway", f"The site cannot be reached: {type(error).__name__}"
            )
        return False

    async def _refuse(self, status: bytes, text: str) -> None:
        body = f"Podium: {text}\n".encode()
        self._writer.write(
            b"HTTP/1.1 "
            + status
            + b"\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n"
            b"X-Podium-Proxy: refused\r\nContent-Length: "
            + str(len(body)).encode()
            + b"\r\n\r\n"
            + body
        )
        await self._writer.drain()

    async def _connect(self, origin: Origin) -> _Upstream:
        try:
            addresses = await self._gate.addresses(origin, self._resolve)
        except _Denied:
            self._gate.block(str(origin))
            raise
        failure: OSError = ConnectionError("no address")
        for address in addresses:
            try:
                async with asyncio.timeout(_CONNECT_TIMEOUT_S):
                    reader, writer = await asyncio.open_connection(
                        address, origin.port, limit=_HEAD_LIMIT
                    )
            except OSError as error:
                failure = error
                continue
            return _Upstream(origin, reader, writer)
        raise failure

    def _drop(self) -> None:
        if self._upstream is not None:
            self._upstream.writer.close()
            self._upstream = None

    async def _tunnel(self, head: _Head) -> bool:
        host_text, _, port_text = head.first[1].decode("latin-1").rpartition(":")
        host = normal_host(host_text)
        port = int(port_text)
        origin = self._gate.tunnel_origin(host, port) if host else None
        if origin is None:
            self._gate.block(str(Origin("https", host or "invalid", port)))
            raise _Denied(f"{host_text} is not in the plan")
        upstream = await self._connect(origin)
        self._writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        await _both_ways(self._reader, self._writer, upstream)
        return False

    async def _forward(self, head: _Head) -> bool:
        method, target, _version = head.first
        try:
            origin = origin_of(target.decode("latin-1"))
        except NotPermitted as error:
            self._gate.block(target.decode("latin-1")[:200])
            raise _Denied(error.message) from error
        if not self._gate.permits(origin) or origin.scheme not in {"http", "ws"}:
            self._gate.block(str(origin.page))
            raise _Denied(f"{origin} is not in the plan")
        if head.chunked and head.length is not None:
            raise ValueError("two lengths")
        after_scheme = target.split(b"://", 1)[1]
        slash = after_scheme.find(b"/")
        query = after_scheme.find(b"?")
        path = after_scheme[slash:] if slash >= 0 and not 0 <= query < slash else b"/" + after_scheme[query:] if query >= 0 else b"/"  # fmt: skip
        upgrade = head.get(b"upgrade")
        drop = _HOP_HEADERS | {b"upgrade"}
        add = (
            (b"Connection: Upgrade", b"Upgrade: " + upgrade)
            if upgrade
            else (b"Connection: keep-alive",)
        )
        request = head.dump(
            first=method + b" " + path.split(b"#")[0] + b" HTTP/1.1", drop=drop, add=add
        )
        upstream, answer = await self._exchange(method, origin, request, head)
        return await self._answer(method, head, upstream, answer)

    async def _exchange(
        self, method: bytes, origin: Origin, request: bytes, head: _Head
    ) -> tuple[_Upstream, _Head]:
        bodyless = not head.chunked and not head.length
        kept = self._upstream
        if kept is not None and (kept.origin != origin or method not in _REUSABLE or not bodyless):
            # A kept connection may be closed by the site at any moment; only what can be asked twice goes over one.
            self._drop()
            kept = None
        if kept is not None:
            try:
                kept.writer.write(request)
                return kept, await _read_head(kept.reader)
            except (OSError, EOFError):
                self._drop()
        upstream = self._upstream = await self._connect(origin)
        try:
            return upstream, await self._sent(request, head, upstream, bodyless=bodyless)
        except (OSError, EOFError, ValueError) as error:
            if method in _REUSABLE:
                raise
            raise _Unanswered from error

    async def _sent(
        self, request: bytes, head: _Head, upstream: _Upstream, *, bodyless: bool
    ) -> _Head:
        upstream.writer.write(request)
        if bodyless:
            return await _read_head(upstream.reader)
        body = asyncio.ensure_future(_copy_body(head, self._reader, upstream.writer))
        try:
            answer = await _read_head(upstream.reader)
            while answer.first[1].startswith(b"1") and answer.first[1] != b"101":
                self._writer.write(answer.dump(first=b" ".join(answer.first), drop=frozenset()))
                answer = await _read_head(upstream.reader)
            if not body.done():
                # Answered before the body was taken: the connection cannot be used again.
                with suppress(TimeoutError):
                    async with asyncio.timeout(5):
                        await asyncio.wait([body])
        finally:
            if not body.done():
                body.cancel()
                head.first.append(b"unfinished")
        with suppress(OSError, asyncio.CancelledError):
            await body
        return answer

    async def _answer(self, method: bytes, head: _Head, upstream: _Upstream, answer: _Head) -> bool:
        while answer.first[1].startswith(b"1") and answer.first[1] != b"101":
            self._writer.write(answer.dump(first=b" ".join(answer.first), drop=frozenset()))
            answer = await _read_head(upstream.reader)
        status = answer.first[1]
        if status == b"101":
            self._writer.write(answer.dump(first=b" ".join(answer.first), drop=frozenset()))
            self._upstream = None
            await _both_ways(self._reader, self._writer, upstream)
            return False
        bodyless = method == b"HEAD" or status in {b"204", b"304"}
        framed = bodyless or answer.chunked or answer.length is not None
        stays = (
            framed
            and answer.first[0] == b"HTTP/1.1"
            and b"close" not in answer.get(b"connection").lower()
            and len(head.first) == 3
        )
        connection = (
            b"Connection: keep-alive" if framed and len(head.first) == 3 else b"Connection: close"
        )
        first = b" ".join([b"HTTP/1.1", *answer.first[1:]])
        self._writer.write(answer.dump(first=first, drop=_HOP_HEADERS, add=(connection,)))
        if not bodyless:
            if framed:
                await _copy_body(answer, upstream.reader, self._writer)
            else:
                await _copy_all(upstream.reader, self._writer)
        await self._writer.drain()
        if not stays:
            self._drop()
        return framed and len(head.first) == 3


async def _copy_body(
    head: _Head, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    if head.chunked:
        while True:
            line = await reader.readuntil(b"\r\n")
            size = int(line.split(b";")[0].strip(), 16)
            writer.write(line)
            if size == 0:
                while True:  # trailers, then the empty line
                    line = await reader.readuntil(b"\r\n")
                    writer.write(line)
                    if line == b"\r\n":
                        await writer.drain()
                        return
            await _copy_exactly(size + 2, reader, writer)
    await _copy_exactly(head.length or 0, reader, writer)


async def _copy_exactly(
    count: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    while count > 0:
        data = await reader.read(min(count, _CHUNK))
        if not data:
            raise EOFError("cut off")
        count -= len(data)
        writer.write(data)
        await writer.drain()


async def _copy_all(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(_CHUNK):
        writer.write(data)
        await writer.drain()


async def _both_ways(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, upstream: _Upstream
) -> None:
    async def one_way(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            await _copy_all(source, sink)
        with suppress(OSError, RuntimeError):
            if sink.can_write_eof():
                sink.write_eof()

    try:
        await asyncio.gather(one_way(reader, upstream.writer), one_way(upstream.reader, writer))
    finally:
        upstream.writer.close()

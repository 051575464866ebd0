"""`podium serve`: the executing process with its HTTP door and its schedules, until it is told to stop."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
import sys
from collections.abc import Callable, Generator

import uvicorn

from podium.server.app import create_app
from podium.server.bootstrap import open_podium
from podium.server.courier import Courier
from podium.server.following import scheduler
from podium.server.hooks import Hooks
from podium.server.service import Podium
from podium.server.settings import Settings
from podium.server.tokens import token_file
from podium.state.errors import UserError
from podium.tools.notify import AppriseNotifier
from podium.tools.webhooks import HttpSender

_GRACE_S = 5


async def serve(
    settings: Settings,
    host: str,
    port: int,
    *,
    announce: Callable[[str], None] | None = None,
) -> None:
    """Serve until SIGTERM or SIGINT; port 0 takes a free one. `announce` is told when it listens.

    Raises:
        UserError: If the address cannot be used.
        Conflict: If another process executes this data folder.
        SetupError: If the data folder cannot be used.
    """
    chosen = settings.model_copy(update={"host": host, "port": port})
    with listening(host, port) as listener:
        async with open_podium(chosen, serve=True) as podium:
            await serve_podium(podium, chosen, listener, announce=announce or _write)


async def serve_podium(
    podium: Podium,
    settings: Settings,
    listener: socket.socket,
    *,
    announce: Callable[[str], None],
) -> None:
    """Serve an open workspace on a listening socket until SIGTERM or SIGINT."""
    app = create_app(podium, settings)
    stopping: asyncio.Event = app.state.stopping
    server = _Server(
        uvicorn.Config(
            app,
            loop="asyncio",
            ws="none",
            lifespan="off",
            access_log=False,
            log_level="warning",
            server_header=False,
            timeout_graceful_shutdown=_GRACE_S,
        )
    )
    recovered = podium.engine.recovered + await podium.recover()
    with _stopped_by_signals(server, stopping):
        background = _background(podium, stopping)
        try:
            announce(_announcement(settings, listener, recovered=recovered))
            await server.serve(sockets=[listener])
        finally:
            stopping.set()
            await background


async def work(settings: Settings, *, announce: Callable[[str], None] | None = None) -> None:
    """Execute what is queued, without an HTTP door, until SIGTERM or SIGINT.

    Raises:
        Conflict: If another process executes this data folder.
        SetupError: If the database or the data folder cannot be used.
    """
    async with open_podium(settings, serve=True, role="worker") as podium:
        await work_for(podium, announce=announce or _write)


async def work_for(podium: Podium, *, announce: Callable[[str], None]) -> None:
    """Execute what an open workspace queues until SIGTERM or SIGINT."""
    stopping = asyncio.Event()
    await podium.recover()
    with _told_by_signals(stopping.set):
        background = _background(podium, stopping)
        announce("Podium works off the queue.\n")
        await stopping.wait()
        await background


def _background(podium: Podium, stopping: asyncio.Event) -> asyncio.Future[tuple[None, None, None]]:
    """Start what an executing process does besides: schedules, messages, and taking over what others left."""
    hooks = Hooks(podium.stores, podium.vault, podium.clock, podium.ids)
    return asyncio.gather(
        scheduler(podium).run(stopping),
        Courier(hooks, HttpSender(), AppriseNotifier()).run(stopping),
        podium.keep_going(stopping),
    )


class _Server(uvicorn.Server):
    """Leaves signals to us: uvicorn raises a SIGTERM again when it is done, and that would skip our own end."""

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None]:
        yield


@contextlib.contextmanager
def _stopped_by_signals(server: uvicorn.Server, stopping: asyncio.Event) -> Generator[None]:
    def stop() -> None:
        server.force_exit = server.should_exit  # the second time at once
        server.should_exit = True
        stopping.set()

    with _told_by_signals(stop):
        yield


@contextlib.contextmanager
def _told_by_signals(stop: Callable[[], None]) -> Generator[None]:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)
    try:
        yield
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)


@contextlib.contextmanager
def listening(host: str, port: int) -> Generator[socket.socket]:
    """Yield a listening socket; port 0 takes a free one.

    Raises:
        UserError: If the address cannot be used.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Without the explicit protocol asyncio leaves Nagle's delay on: 40 ms for every answer.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise UserError(
            f"{host}:{port} cannot be used: {error.strerror or error}",
            hint="Choose another port with --port, or 0 for any free one.",
        ) from error
    listener.listen(128)
    with listener:
        yield listener


def _announcement(settings: Settings, listener: socket.socket, *, recovered: int) -> str:
    host, port = listener.getsockname()[:2]
    shown = f"[{host}]" if ":" in host else host
    token = "PODIUM_TOKEN" if settings.token is not None else str(token_file(settings))
    lines = [f"Podium serves {settings.home} on http://{shown}:{port}", f"Token: {token}"]
    if recovered:
        lines.append(f"Going on with {recovered} unfinished thread(s).")
    return "\n".join(lines) + "\n"


def _write(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()

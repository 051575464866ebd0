"""Serving a portal on loopback: in a thread for tests and the demo, or until stopped."""

from __future__ import annotations

import contextlib
import socket
import sys
import threading
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass

import uvicorn

from podium.server.portal.app import PortalApp, create_portal
from podium.state.errors import SetupError, UserError

LOOPBACK = "127.0.0.1"

_START_TIMEOUT_S = 20.0
_STOP_TIMEOUT_S = 10.0


@dataclass(frozen=True, kw_only=True)
class ServedPortal:
    """A portal that answers now."""

    url: str  # without a final slash
    portal: PortalApp


@contextlib.contextmanager
def serve_portal(
    port: int = 0, *, seed: int = 0, variant: str = "classic", latency_ms: int = 0
) -> Generator[ServedPortal]:
    """Serve a portal from a thread until the block ends; port 0 takes a free one.

    Raises:
        UserError: If the variant is unknown or the port is taken.
        SetupError: If the server does not come up.
    """
    portal = create_portal(seed, variant=variant, latency_ms=latency_ms)
    with _listen(port) as listener:
        server = _server(portal)
        thread = threading.Thread(
            target=server.run, kwargs={"sockets": [listener]}, name="portal", daemon=True
        )
        thread.start()
        try:
            _wait_until_started(server, thread)
            yield ServedPortal(url=_url(listener), portal=portal)
        finally:
            server.should_exit = True
            thread.join(_STOP_TIMEOUT_S)


def run_portal(
    port: int = 0,
    variant: str = "classic",
    latency_ms: int = 0,
    seed: int = 0,
    *,
    announce: Callable[[ServedPortal], None] | None = None,
) -> None:
    """Serve a portal until interrupted; `announce` is called once it listens.

    Raises:
        UserError: If the variant is unknown or the port is taken.
    """
    portal = create_portal(seed, variant=variant, latency_ms=latency_ms)
    with _listen(port) as listener, contextlib.suppress(KeyboardInterrupt):
        (announce or _write_announcement)(ServedPortal(url=_url(listener), portal=portal))
        _server(portal).run(sockets=[listener])


def describe_portal(served: ServedPortal) -> str:
    """Return the lines that tell a person how to get in."""
    portal = served.portal
    return (
        f"Practice portal  {served.url}{portal.paths.sign_in}\n"
        f"Username         {portal.username}\n"
        f"Password         {portal.password}\n"
        f"Truth            {served.url}/_oracle\n"
    )


def _write_announcement(served: ServedPortal) -> None:
    sys.stdout.write(describe_portal(served))
    sys.stdout.flush()


def _listen(port: int) -> socket.socket:
    # Without the explicit protocol asyncio leaves Nagle's delay on: 40 ms for every answer.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((LOOPBACK, port))
    except OSError as error:
        listener.close()
        hint = "Choose another one, or 0 for any free one."
        raise UserError(f"Port {port} cannot be used: {error.strerror}", hint=hint) from error
    listener.listen(128)  # from here on visitors wait instead of being refused
    return listener


def _url(listener: socket.socket) -> str:
    return f"http://{LOOPBACK}:{listener.getsockname()[1]}"


def _server(portal: PortalApp) -> uvicorn.Server:
    config = uvicorn.Config(
        portal,
        loop="asyncio",
        ws="none",
        lifespan="off",
        access_log=False,
        log_level="warning",
        timeout_graceful_shutdown=1,  # browsers keep connections open
    )
    return uvicorn.Server(config)


def _wait_until_started(server: uvicorn.Server, thread: threading.Thread) -> None:
    deadline = time.monotonic() + _START_TIMEOUT_S
    while not server.started:
        if not thread.is_alive() or time.monotonic() > deadline:
            raise SetupError("The practice portal did not start")
        time.sleep(0.01)

"""Who is let in: nobody without the token, no foreign page, no other host name, nothing too large."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI
from fastapi.routing import APIRoute

from podium.server.app import create_app
from podium.server.guard import BODY_LIMIT, PUBLIC_PATHS
from podium.server.service import Podium
from tests.server.harness import AUTH, TOKEN, URL, opened, settings_in

JSON = {"Content-Type": "application/json"}


pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def podium(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Podium]:
    async with opened(tmp_path_factory.mktemp("home"), serve=False) as podium:
        yield podium


@pytest.fixture(scope="module")
def app(podium: Podium) -> FastAPI:
    return create_app(podium, settings_in(podium.home))


def browser(app: FastAPI, url: str = URL) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=url)


async def test_every_route_needs_the_token(app: FastAPI) -> None:
    """Generated from the routes, so that a new one cannot be forgotten."""
    paths = app.openapi()["paths"]
    wrong: list[dict[str, str]] = [
        {},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer null"},
        {"Authorization": f"bearer {TOKEN}"},
        {"Authorization": f"Basic {TOKEN}"},
        {"Authorization": f"Bearer {TOKEN}x"},
        {"X-API-Key": TOKEN},
        {"Cookie": f"token={TOKEN}"},
    ]
    assert len(paths) > 20
    async with browser(app) as client:
        for path, methods in paths.items():
            # Senders of webhooks have no token; each message is signed instead.
            proof = "Webhook-Signature" if path.startswith("/hooks/") else "Bearer"
            for method in methods:
                for headers in wrong:
                    answer = await client.request(
                        method, path.replace("{", "").replace("}", ""), headers=headers
                    )
                    assert answer.status_code == 401, (method, path, headers)
                    assert answer.headers["www-authenticate"] == proof
        by_query = await client.get(f"/api/v1/agents?token={TOKEN}")
        unknown = await client.get("/api/v1/unknown")
        document = await client.get("/api/v1/openapi.json")

    assert [by_query.status_code, unknown.status_code, document.status_code] == [401] * 3


async def test_the_public_pages_hold_nothing_of_the_workspace(app: FastAPI, podium: Podium) -> None:
    async with browser(app) as client:
        answers = {path: await client.get(path) for path in sorted(PUBLIC_PATHS)}

    assert {answer.status_code for answer in answers.values()} == {200}
    assert "Podium runs here" in answers["/"].text
    assert "/api/v1/chat" in answers["/docs"].text
    for answer in answers.values():
        assert str(podium.home) not in answer.text
        assert "script" not in answer.text.lower()
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "host", ["evil.test", "evil.test:8765", "127.0.0.1.evil.test", "localhost.evil.test", "", "0.0.0.0:8765", "[::2]:8765", "169.254.169.254"]
)  # fmt: skip
@pytest.mark.parametrize("path", ["/", "/healthz", "/api/v1/agents"])
async def test_another_host_name_is_refused(app: FastAPI, host: str, path: str) -> None:
    async with browser(app) as client:
        answer = await client.get(path, headers={**AUTH, "Host": host})

    assert answer.status_code == 421


@pytest.mark.parametrize("host", ["127.0.0.1:8765", "localhost:9", "LOCALHOST", "[::1]:8765"])
async def test_its_own_names_are_answered(app: FastAPI, host: str) -> None:
    async with browser(app) as client:
        answer = await client.get("/api/v1/agents", headers={**AUTH, "Host": host})

    assert answer.status_code == 200


@pytest.mark.parametrize(
    "origin", ["http://evil.test", "null", "http://127.0.0.1:9999", "http://localhost:8765", "https://smith.langchain.com", "file://", "http://127.0.0.1:8765.evil.test", ""]
)  # fmt: skip
async def test_pages_of_other_origins_are_refused_even_with_the_token(
    app: FastAPI, podium: Podium, origin: str
) -> None:
    async with browser(app) as client:
        answer = await client.post(
            "/api/v1/chat", json={"text": "hi"}, headers={**AUTH, "Origin": origin}
        )

    assert answer.status_code == 403
    assert "access-control-allow-origin" not in answer.headers
    assert podium.stores.threads.list() == ()


async def test_its_own_pages_are_not_refused(app: FastAPI) -> None:
    async with browser(app) as client:
        answer = await client.get("/api/v1/agents", headers={**AUTH, "Origin": URL})

    assert answer.status_code == 200


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "text/json", "", "application/json-patch+json"]
)  # fmt: skip
async def test_what_a_form_can_send_is_refused(app: FastAPI, podium: Podium, kind: str) -> None:
    async with browser(app) as client:
        answer = await client.post(
            "/api/v1/chat", content=b'{"text": "hi"}', headers={**AUTH, "Content-Type": kind}
        )

    assert answer.status_code == 415
    assert podium.stores.threads.list() == ()


async def test_a_body_may_not_be_too_large(app: FastAPI) -> None:
    async def endless() -> AsyncGenerator[bytes]:
        for _ in range(6):
            yield b" " * (1024 * 1024)

    async with browser(app) as client:
        told = await client.post(
            "/api/v1/chat", content=b" " * (BODY_LIMIT + 1), headers=AUTH | JSON
        )
        streamed = await client.post("/api/v1/chat", content=endless(), headers=AUTH | JSON)

    assert (told.status_code, streamed.status_code) == (413, 413)


async def test_no_route_is_outside_of_the_prefix_but_the_public_ones(app: FastAPI) -> None:
    paths = {route.path for route in app.routes if isinstance(route, APIRoute)}

    assert {path for path in paths if not path.startswith("/api/v1/")} <= PUBLIC_PATHS

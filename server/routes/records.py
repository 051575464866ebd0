"""Secrets (in only), artifacts and evidence (out only)."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Annotated

from fastapi import APIRouter, Path, Query
from fastapi.responses import FileResponse
from pydantic import Field, SecretStr

from podium.server.routes.shared import Body, Id, Service, StrictRoute
from podium.server.searching import Searching, search_result
from podium.state.document import JsonObject
from podium.state.errors import NotFound
from podium.state.origins import origin_of, web_address

router = APIRouter(route_class=StrictRoute)

_SANDBOX = {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
}
_PICTURES = {".png": "image/png", ".jpg": "image/jpeg"}


class SecretIn(Body):
    """A credential of one site. Its values go in and never come out."""

    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$")
    origin: str
    user: str = ""
    password: SecretStr = Field(min_length=1, strict=False)
    totp_seed: SecretStr = Field(default=SecretStr(""), strict=False)


@router.get("/search", tags=["search"])
async def search(
    podium: Service,
    q: Annotated[str, Query(min_length=1, max_length=500)],
    agent: str = "",
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
) -> JsonObject:
    """Find words in agents, runs, rows, file names and what was said; each hit names run, step and time."""
    searching = Searching(podium.stores, podium.desk.telling.at)
    hits = await asyncio.to_thread(searching.view, q, agent=agent, limit=limit)
    return search_result(q, hits)


@router.get("/secrets", tags=["secrets"])
async def secrets(podium: Service) -> list[JsonObject]:
    """List credentials without their values."""
    return [item.to_json() for item in await asyncio.to_thread(podium.vault.list)]


@router.post("/secrets", status_code=201, tags=["secrets"])
async def keep(body: SecretIn, podium: Service) -> JsonObject:
    """Keep a credential, encrypted and bound to its site; one of the same name is replaced."""
    stored = await asyncio.to_thread(
        podium.vault.put,
        name=body.name,
        origin=origin_of(web_address(body.origin)),
        user=body.user,
        password=body.password.get_secret_value(),
        totp_seed=body.totp_seed.get_secret_value(),
    )
    return stored.to_json()


@router.delete("/secrets/{name}", status_code=204, tags=["secrets"])
async def forget(name: Id, podium: Service) -> None:
    """Forget a credential."""
    await asyncio.to_thread(podium.vault.delete, name)


@router.get("/artifacts", tags=["artifacts"])
async def artifacts(podium: Service, agent: str | None = None) -> list[JsonObject]:
    """List kept files, newest first."""
    found = await asyncio.to_thread(podium.artifacts.list, agent=agent)
    return [item.to_json() for item in found]


@router.get("/artifacts/{sha256}", tags=["artifacts"])
async def artifact(
    sha256: Annotated[str, Path(pattern=r"^[0-9a-f]{64}$")], podium: Service
) -> FileResponse:
    """Return the file of that content, always as an attachment."""
    for item in await asyncio.to_thread(podium.artifacts.list):
        if item.sha256 != sha256:
            continue
        with suppress(NotFound):  # another one may have the same content
            path = await asyncio.to_thread(podium.artifacts.at_hand, item)
            return FileResponse(
                path,
                media_type="application/octet-stream",
                filename=item.name,
                content_disposition_type="attachment",
                headers=_SANDBOX,
            )
    raise NotFound("There is no file of that content")


@router.get("/evidence/{evidence_id}", tags=["artifacts"])
async def evidence(evidence_id: Id, podium: Service) -> FileResponse:
    """Return a screenshot as a picture; page dumps only as attachments."""
    path = await asyncio.to_thread(podium.artifacts.evidence_path, evidence_id)
    picture = _PICTURES.get(path.suffix)
    if picture is not None:
        return FileResponse(path, media_type=picture, headers=_SANDBOX)
    return FileResponse(
        path,
        media_type="application/octet-stream",
        filename=path.name,
        content_disposition_type="attachment",
        headers=_SANDBOX,
    )

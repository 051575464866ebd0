"""Errors as RFC 9457 problem documents: one mapping for every route."""

from __future__ import annotations

import logging

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import JsonValue
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from podium.state.document import JsonObject
from podium.state.errors import (
    Conflict,
    InvalidAnswer,
    InvalidProgram,
    LimitExceeded,
    ModelMistake,
    NotFound,
    NotPermitted,
    PodiumError,
    SetupError,
    StepError,
    UserError,
)

MEDIA_TYPE = "application/problem+json"

_STATUS: tuple[tuple[type[PodiumError], int], ...] = (
    (NotFound, 404),
    (Conflict, 409),
    (InvalidProgram, 422),
    (InvalidAnswer, 422),
    (NotPermitted, 403),
    (UserError, 400),
    (SetupError, 503),
    (LimitExceeded, 503),
    (ModelMistake, 502),
    (StepError, 502),
    (PodiumError, 500),
)
_TITLES = {
    400: "Bad request",
    401: "Not signed in",
    403: "Not permitted",
    404: "Not found",
    405: "Method not allowed",
    409: "Conflict",
    413: "Too large",
    415: "Wrong content type",
    421: "Wrong host",
    422: "Not valid",
    500: "Internal error",
    502: "Upstream failed",
    503: "Not available",
}
_log = logging.getLogger("podium.http")


def status_of(error: PodiumError) -> int:
    """Return the HTTP status that the error is told with."""
    return next(status for kind, status in _STATUS if isinstance(error, kind))


def problem(
    status: int, *, code: str, detail: str, hint: str = "", **members: JsonValue
) -> JsonObject:
    """Return a problem document."""
    document: JsonObject = {
        "type": f"urn:podium:problem:{code}",
        "title": _TITLES.get(status, "Error"),
        "status": status,
        "code": code,
        "detail": detail,
    }
    if hint:
        document["hint"] = hint
    return {**document, **members}


def answer(document: JsonObject, *, headers: dict[str, str] | None = None) -> JSONResponse:
    """Return the response that carries the document."""
    status = document["status"]
    assert isinstance(status, int)
    return JSONResponse(document, status_code=status, media_type=MEDIA_TYPE, headers=headers)


def install(app: FastAPI) -> None:
    """Make every error of the app a problem document."""

    @app.exception_handler(PodiumError)
    async def podium_error(request: Request, error: PodiumError) -> JSONResponse:
        return answer(_document(error))

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        # Without the input: it may hold what must not travel back, such as a secret.
        errors: list[JsonValue] = [
            {"at": "/".join(str(part) for part in item["loc"]), "message": str(item["msg"])}
            for item in error.errors()
        ]
        detail = "; ".join(f"{item['loc'][-1]}: {item['msg']}" for item in error.errors()[:5])
        return answer(problem(422, code="invalid_request", detail=detail, errors=errors))

    @app.exception_handler(HTTPException)
    async def http(request: Request, error: HTTPException) -> JSONResponse:
        code = _TITLES.get(error.status_code, "error").lower().replace(" ", "_")
        document = problem(error.status_code, code=code, detail=str(error.detail))
        return answer(document, headers=dict(error.headers or {}))

    @app.exception_handler(Exception)
    async def defect(request: Request, error: Exception) -> JSONResponse:
        _log.error("http.defect %s %s", request.method, request.url.path, exc_info=error)
        detail = "This is a defect of Podium; the server's log tells more."
        return answer(problem(500, code="internal", detail=detail))

    _ = (podium_error, invalid, http, defect)


def _document(error: PodiumError) -> JsonObject:
    members: JsonObject = {}
    if isinstance(error, InvalidAnswer) and error.field:
        members["field"] = error.field
    if isinstance(error, InvalidProgram) and error.problems:
        members["problems"] = list(error.problems)
    return problem(
        status_of(error), code=error.code, detail=error.message, hint=error.hint, **members
    )

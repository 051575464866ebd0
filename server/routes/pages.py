"""What a browser and a supervisor see without a token: that it runs, and how to use it."""

from __future__ import annotations

import asyncio
import base64
import hashlib
from html import escape

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import HTMLResponse, JSONResponse

import podium as product
from podium.server.routes.shared import API, Service
from podium.state.errors import SetupError

router = APIRouter(include_in_schema=False)

_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 46rem; margin: 3rem auto; padding: 0 1rem; color: #1c1c1a; background: #fbfaf7; }
code, pre { font: 14px/1.5 ui-monospace, monospace; }
pre { background: #efede6; padding: .8rem 1rem; border-radius: 6px; overflow-x: auto; }
td { padding: .15rem .8rem .15rem 0; vertical-align: top; }
@media (prefers-color-scheme: dark) { body { color: #e8e6df; background: #1c1c1a; } pre { background: #2b2b28; } a { color: #9cc4ff; } }
"""
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_HEADERS = {
    "Content-Security-Policy": f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
}


@router.get("/healthz")
async def healthz() -> JSONResponse:
    """Say that the process answers."""
    return JSONResponse({"status": "ok"})


@router.get("/readyz")
async def readyz(podium: Service) -> JSONResponse:
    """Say whether the database answers, so that work is accepted."""
    try:
        await asyncio.to_thread(podium.stores.threads.list, limit=1)
    except SetupError as error:
        return JSONResponse({"status": "not ready", "detail": error.message}, status_code=503)
    return JSONResponse({"status": "ok"})


@router.get("/")
async def home(request: Request) -> HTMLResponse:
    """Say what runs here, and where to go on."""
    url = f"http://{escape(request.headers.get('host', ''))}"
    body = f"""
<h1>Podium runs here</h1>
<p>Podium {escape(product.__version__)} turns a sentence into a working web agent. This server takes requests over HTTP and
starts what is due by schedule. There is no web page to work with yet: use the <code>podium</code> command, or HTTP.</p>
<pre>curl {url}{API}/chat \\
  -H "Authorization: Bearer $TOKEN" -H "Content-Type: application/json" \\
  -d '{{"text": "show my agents"}}'</pre>
<p>The token is <code>PODIUM_TOKEN</code>, or the content of <code>http.token</code> in the data folder.</p>
<p><a href="/docs">All routes</a>. The OpenAPI document is at <code>{API}/openapi.json</code> (with the token).</p>
"""
    return _page("Podium", body)


@router.get("/docs")
async def docs(request: Request) -> HTMLResponse:
    """List the routes with what each does."""
    app: FastAPI = request.app
    return _page("Podium: routes", f"<h1>Routes</h1>\n<table>{_rows(app)}</table>")


def _rows(app: FastAPI) -> str:
    rows: list[str] = []
    for path, operations in sorted(app.openapi().get("paths", {}).items()):
        for method, operation in operations.items():
            first = escape(str(operation.get("description", "")).split("\n", 1)[0])
            call = f"<code>{method.upper()}</code></td><td><code>{escape(path)}</code>"
            rows.append(f"<tr><td>{call}</td><td>{first}</td></tr>")
    return "\n".join(rows)


def _page(title: str, body: str) -> HTMLResponse:
    text = (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{title}</title><style>{_STYLE}</style></head><body>{body}</body></html>\n"
    )
    return HTMLResponse(text, headers=_HEADERS)

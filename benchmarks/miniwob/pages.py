"""The MiniWoB pages on loopback: each address names its seed, starts by itself, and tells the server its reward."""

from __future__ import annotations

import socket
import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

_START = """
<script>
addEventListener("load", () => {
  const seed = new URLSearchParams(location.search).get("seed");
  if (seed === null) return;
  core.EPISODE_MAX_TIME = 3600000;  // the time of a step is not the question here
  const ended = core.endEpisode;
  core.endEpisode = (reward, ...rest) => {
    if (core.EP_TIMER === null) return;
    ended(reward, ...rest);
    const task = location.pathname.split("/").pop().replace(".html", "");
    new Image().src = `/_reward?task=${task}&seed=${seed}&reward=${WOB_RAW_REWARD_GLOBAL}`;
  };
  Math.seedrandom(seed);
  core.startEpisodeReal();
});
</script>
"""
"""Put before `</body>`: no click on START, no ten-second limit; the rules of the task stay the page's own."""


@dataclass(slots=True)
class Site:
    """The served pages and what they reported."""

    origin: str
    rewards: dict[tuple[str, int], float] = field(default_factory=dict[tuple[str, int], float])

    def address(self, task: str, seed: int | str) -> str:
        """Return the page of a task with its random numbers fixed."""
        return f"{self.origin}/miniwob/{task}.html?seed={seed}"


@contextmanager
def serve(folder: Path) -> Generator[Site]:
    """Serve the html folder on a free port of loopback."""
    site = Site(origin="")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, site, directory=str(folder)))
    site.origin = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()


class _Handler(SimpleHTTPRequestHandler):
    def __init__(
        self,
        site: Site,
        request: socket.socket,
        client_address: tuple[str, int],
        server: ThreadingHTTPServer,
        *,
        directory: str,
    ) -> None:
        self.site = site
        super().__init__(request, client_address, server, directory=directory)

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        if parts.path == "/_reward":
            self._keep_reward(parse_qs(parts.query))
        elif parts.path.startswith("/miniwob/") and parts.path.endswith(".html"):
            self._page(parts.path)
        else:
            super().do_GET()

    def _keep_reward(self, query: dict[str, list[str]]) -> None:
        self.site.rewards[query["task"][0], int(query["seed"][0])] = float(query["reward"][0])
        self.send_response(HTTPStatus.NO_CONTENT)
        self.end_headers()

    def _page(self, path: str) -> None:
        file = Path(self.translate_path(path))
        if not file.is_file():
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        page = file.read_text(encoding="utf-8")
        whole = page.replace("</body>", f"{_START}</body>") if "</body>" in page else page + _START
        data = whole.encode()
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: stdout and stderr belong to the table."""

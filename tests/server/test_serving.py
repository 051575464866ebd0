"""`podium serve` as a process: it says where, refuses company, and ends well."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.server.harness import AUTH, Doubles, deploy, opened

ROOT = Path(__file__).resolve().parents[2]
PODIUM = str(Path(sys.executable).parent / "podium")


def environment(home: Path) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "HOME": str(home), "PODIUM_HOME": str(home)}


@contextmanager
def served(home: Path, *, port: int = 0) -> Generator[tuple[subprocess.Popen[str], str]]:
    """Run `podium serve` and yield it with its address; it is killed at the end if it still runs."""
    with subprocess.Popen(
        [PODIUM, "serve", "--port", str(port)],
        env=environment(home),
        cwd=home,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            first = process.stdout.readline()
            found = re.search(r"http://127\.0\.0\.1:\d+", first)
            assert found, first + (process.stderr.read() if process.stderr else "")
            process.stdout.readline()
            yield process, found[0]
        finally:
            process.kill()


def test_it_serves_until_it_is_told_to_stop_and_refuses_company(tmp_path: Path) -> None:
    with served(tmp_path) as (process, url):
        token = (tmp_path / "http.token").read_text(encoding="ascii").strip()
        with httpx.Client(base_url=url, headers={"Authorization": f"Bearer {token}"}) as client:
            ready = client.get("/readyz")
            view = client.post("/api/v1/chat", json={"text": "show my agents"}, timeout=40).json()
            other = subprocess.run(
                [PODIUM, "serve", "--port", "0"],
                env=environment(tmp_path),
                cwd=tmp_path,
                capture_output=True,
                text=True,
                check=False,
                timeout=60,
            )
        process.send_signal(signal.SIGTERM)
        code = process.wait(15)

    assert ready.status_code == 200
    assert (view["status"], view["reply"]) == ("done", "The workspace has no agents yet.")
    assert other.returncode == 2
    assert f"serve (process {process.pid})" in other.stderr
    assert code == 0


async def test_told_to_stop_it_ends_soon_and_its_runs_go_on_in_the_next_one(
    tmp_path: Path,
) -> None:
    async with opened(tmp_path, serve=False) as podium:
        deploy(podium)
    command = [sys.executable, "-m", "tests.server.process", str(tmp_path), "http"]
    process = await asyncio.to_thread(_started, command)
    try:
        url = re.search(r"http://\S+", await asyncio.to_thread(_line, process))
        assert url
        async with (
            httpx.AsyncClient(base_url=url[0], headers=AUTH, timeout=60) as client,
            client.stream(
                "POST",
                "/api/v1/runs",
                json={"agent": "prices"},
                headers={"Accept": "text/event-stream"},
            ) as stream,
        ):
            while "hanging" not in await asyncio.to_thread(_line, process):
                continue
            process.send_signal(signal.SIGTERM)
            code = await asyncio.to_thread(process.wait, 20)
            text = "".join([part async for part in stream.aiter_text()])
    finally:
        process.kill()
        process.communicate()
    doubles = Doubles()
    async with opened(tmp_path, doubles) as podium:
        run = podium.stores.runs.list()[0]
        recovered = await podium.recover()
        await podium.settle(run.thread_id)

        assert podium.stores.runs.get(run.run_id).outcome == "success"
    assert (code, recovered) == (0, 1)
    assert "segment.queued" in text, "the open stream was ended, not cut"
    assert doubles.runner.done == ["two"]


def _started(command: list[str]) -> subprocess.Popen[str]:
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def _line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline()


def test_an_interrupt_from_the_keyboard_ends_it_as_well(tmp_path: Path) -> None:
    with served(tmp_path) as (process, _):
        process.send_signal(signal.SIGINT)

        assert process.wait(15) == 0


def test_a_port_that_is_taken_is_told(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        done = subprocess.run(
            [PODIUM, "serve", "--port", str(port)],
            env=environment(tmp_path),
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    assert done.returncode == 2
    assert f"127.0.0.1:{port} cannot be used" in done.stderr

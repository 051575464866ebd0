"""The whole loop on the practice portal: a conversation, a deployed agent, two runs, and the portal's own truth."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable
from dataclasses import dataclass

import httpx
from pydantic import JsonValue

from podium.server.bootstrap import open_podium
from podium.server.cli.output import say
from podium.server.cli.progress import Follower
from podium.server.portal.serve import ServedPortal, serve_portal
from podium.server.service import Podium
from podium.server.settings import Settings
from podium.state.document import JsonObject
from podium.state.questions import Question
from podium.state.runs import Run

_RUNS = 2
_MAX_QUESTIONS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What the demo showed, and whether the portal agrees."""

    build: JsonObject
    runs: tuple[Run, ...]
    expected: tuple[JsonObject, ...]
    """The files the portal's oracle says belong to the request."""
    writes: int
    """Writes that arrived at the portal, sign-ins apart."""

    @property
    def oracle_agrees(self) -> bool:
        """Whether every run kept exactly the files of the oracle, byte for byte, and wrote nothing."""
        wanted = {str(file["sha256"]) for file in self.expected}
        return (
            bool(wanted)
            and bool(self.runs)
            and self.writes == 0
            and all({file.sha256 for file in run.artifacts} == wanted for run in self.runs)
        )

    @property
    def good(self) -> bool:
        """Whether everything ended as promised."""
        runs_good = all(run.outcome == "success" and run.model_calls == 0 for run in self.runs)
        return len(self.runs) == _RUNS and runs_good and self.oracle_agrees

    def to_json(self) -> JsonObject:
        """Return the demo's document (design §11)."""
        artifacts = self.runs[0].artifacts if self.runs else ()
        return {
            "build": self.build,
            "runs": [{**run.to_json(), "seconds": run.duration_ms / 1000} for run in self.runs],
            "artifacts": [file.to_json() for file in artifacts],
            "oracle": {"files": list(self.expected), "writes": self.writes},
            "oracle_agrees": self.oracle_agrees,
        }

    def table(self) -> str:
        """Return the closing table for people."""
        head = f"{'':14}{'seconds':>9}{'model calls':>13}{'files':>7}{'of them new':>13}  outcome"
        lines = ["", head]
        lines.append(
            f"{'build + test':14}{self.build['seconds']:>9}{self.build['model_calls']:>13}"
        )
        for number, run in enumerate(self.runs, 1):
            fresh = sum(not file.known for file in run.artifacts)
            lines.append(
                f"{f'run {number}':14}{run.duration_ms / 1000:>9.1f}{run.model_calls:>13}"
                f"{len(run.artifacts):>7}{fresh:>13}  {run.outcome}"
            )
        lines.append("")
        files = self.runs[0].artifacts if self.runs else ()
        lines += [f"  {file.bytes:>7,} bytes  {file.path}" for file in files]
        verdict = "agrees byte for byte" if self.oracle_agrees else "DISAGREES"
        lines.append(f"\nThe portal's own list of {len(self.expected)} files {verdict}.")
        return "\n".join(lines)


async def run_demo(settings: Settings, *, quiet: bool, seed: int = 0) -> Shown:
    """Serve the portal, hold the conversation, run the agent twice, and compare with the oracle.

    Everything is kept in `demo` below the data folder, made anew each time.
    """
    home = settings.home / "demo"
    shutil.rmtree(home, ignore_errors=True)
    told: Callable[[str], None] = _silent if quiet else say
    with serve_portal(seed=seed) as served:
        told(f"The practice portal runs at {served.url}; its own truth is at {served.url}/_oracle.")
        async with open_podium(settings.model_copy(update={"home": home})) as podium:
            build, agent = await _converse(podium, served, told, quiet=quiet)
            runs = (
                [await _run(podium, agent, number, told, quiet=quiet) for number in range(_RUNS)]
                if agent
                else []
            )
        expected, writes = await _truth(served)
    return Shown(build=build, runs=tuple(runs), expected=expected, writes=writes)


async def _converse(
    podium: Podium, served: ServedPortal, told: Callable[[str], None], *, quiet: bool
) -> tuple[JsonObject, str]:
    await asyncio.to_thread(
        podium.vault.put,
        name="portal",
        origin=served.url,
        user=served.portal.username,
        password=served.portal.password,
    )
    told("Kept the portal's credential in the vault: no model, log or checkpoint sees it.\n")
    goal = (
        f"log into the portal at {served.url}, download all unpaid invoices as CSV, and store them"
    )
    told(f"You:    {goal}\n")
    started = podium.clock.monotonic_s()
    follower = Follower(podium, quiet=quiet)
    segment = await podium.chat(goal)
    thread_id = segment.thread_id
    questions = 0
    while True:
        await follower.until_stopped(thread_id)
        view = podium.chat_view(thread_id)
        if view["status"] != "waiting" or questions >= _MAX_QUESTIONS:
            break
        question = Question.model_validate(view["question"])
        answer = _person(question, served)
        questions += 1
        told(f"\nPodium: {question.title}\n{question.text}")
        told(f"\nYou:    {_spoken(answer)}\n")
        await podium.answer(thread_id, answer)
    told(f"\nPodium: {view['reply']}\n")
    agents = view["agents"]
    build: JsonObject = {
        "thread_id": thread_id,
        "status": view["status"],
        "seconds": round(podium.clock.monotonic_s() - started, 1),
        "model_calls": _model_calls(podium, thread_id),
        "questions": questions,
        "agents": agents,
        "reply": view["reply"],
    }
    return build, str(agents[0]) if isinstance(agents, list) and agents else ""


def _person(question: Question, served: ServedPortal) -> JsonObject:
    """Answer as a person who knows the portal would: approve, and say which statuses are unpaid."""
    answer: JsonObject = {}
    unpaid = {word for meaning, word in served.portal.statuses.items() if meaning != "paid"}
    for field in question.fields:
        if field.name == "decision":
            answer[field.name] = "approve"
        elif field.type == "choices":
            answer[field.name] = [choice for choice in field.choices if choice in unpaid]
        elif field.type == "choice" and field.required:
            answer[field.name] = field.choices[0]
    return answer


def _spoken(answer: JsonObject) -> str:
    return "; ".join(
        ", ".join(str(item) for item in value) if isinstance(value, list) else str(value)
        for value in answer.values()
    )


async def _run(
    podium: Podium, agent: str, number: int, told: Callable[[str], None], *, quiet: bool
) -> Run:
    told(f"podium run {agent}   (run {number + 1})")
    follower = Follower(podium, quiet=quiet)
    run = await podium.start_run(agent, {}, None, trigger="demo")
    await follower.until_stopped(run.run_id)
    finished = podium.stores.runs.get(run.run_id)
    told(f"  {finished.outcome}, {finished.model_calls} model calls\n")
    return finished


async def _truth(served: ServedPortal) -> tuple[tuple[JsonObject, ...], int]:
    async with httpx.AsyncClient() as client:
        oracle = (await client.get(f"{served.url}/_oracle")).json()
    unpaid = {row["csv"] for row in oracle["rows"]["invoices"] if row["meaning"] != "paid"}
    files = tuple(file for file in oracle["files"] if file["path"] in unpaid)
    writes = sum(write.get("kind") != "sign_out" for write in oracle["writes"])
    return files, writes


def _model_calls(podium: Podium, thread_id: str) -> int:
    total = 0
    seq = 0
    while page := podium.stores.events.after(seq, thread_id=thread_id):
        seq = page[-1].seq
        total += sum(_count(event.data.get("model_calls")) for event in page)
    return total


def _count(value: JsonValue) -> int:
    return value if isinstance(value, int) else 0


def _silent(text: str) -> None:
    """Say nothing: stdout is for the JSON document."""

"""Searching the workspace: agents, runs, rows, files and what was said, each hit with what to cite for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from pydantic import JsonValue

from podium.state.document import JsonObject
from podium.state.errors import NotFound
from podium.state.program import StoreStep, walk
from podium.state.rows import row_key
from podium.state.runs import Run
from podium.state.search import Entry, words_of
from podium.state.stores import Row, Stores, Turn

_SHOWN = 20
PODIUM_SAID = "Podium said"
_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Index:
    """Keeps the index beside the records: what is new is added before anybody searches or anything is pruned."""

    stores: Stores

    def catch_up(self) -> int:
        """Index what is new, and return how many runs and turns that were."""
        count = 0
        self._agents()
        while runs := self.stores.search.unindexed_runs(limit=_AT_ONCE):
            for run in runs:
                self.stores.search.put(list(self._of_run(run)))
            count += len(runs)
        while turns := self.stores.search.unindexed_turns(limit=_AT_ONCE):
            self.stores.search.put([_of_turn(turn) for turn in turns])
            count += len(turns)
        return count

    def _agents(self) -> None:
        known = self.stores.search.entries("agent")
        for agent in self.stores.agents.list():
            if known.get(agent.agent_id) == agent.updated_at:
                continue
            try:
                version = self.stores.agents.version(agent.name)
            except NotFound:
                continue  # it was deleted since it was listed
            spec = version.spec
            titles = [step.title for step in version.program.steps]
            entry = Entry(
                kind="agent",
                ref=agent.agent_id,
                agent=agent.name,
                at=agent.updated_at,
                title=agent.name,
                text="; ".join((spec.goal, *titles, *spec.outputs, *spec.origins)),
            )
            self.stores.search.put([entry])

    def _of_run(self, run: Run) -> Iterator[Entry]:
        at = run.finished_at or run.created_at
        told = [f"{name} {value}" for name, value in run.inputs.items()]
        told += [f"{record.title} {record.item} {record.message}".strip() for record in run.steps]
        if run.error is not None:
            told.append(run.error.message)
        yield Entry(
            kind="run",
            ref=run.run_id,
            agent=run.agent,
            run_id=run.run_id,
            thread_id=run.thread_id,
            step=run.error.step if run.error else "",
            at=at,
            title=f"{run.outcome} ({run.trigger})",
            text="; ".join(told),
        )
        for file in run.artifacts:
            step = next(
                (item.id for item in run.steps if item.evidence.get("file") == file.name), ""
            )
            yield Entry(
                kind="file",
                ref=f"{run.run_id}/{file.item}/{file.name}",
                agent=run.agent,
                run_id=run.run_id,
                thread_id=run.thread_id,
                step=step,
                at=at,
                title=file.name,
                text=file.item,
            )
        yield from self._rows_of(run, at)

    def _rows_of(self, run: Run, at: datetime) -> Iterator[Entry]:
        try:
            program = self.stores.agents.version(run.agent, run.version).program
        except NotFound:
            return  # it was deleted meanwhile; its run is found all the same
        stored = {record.id for record in run.steps if record.status == "done"}
        for step in walk(program.steps):
            if not isinstance(step, StoreStep) or step.id not in stored:
                continue
            for row in self.stores.staging.rows(run.run_id, step.args.rows):
                shown = {name: value for name, value in row.items() if not name.startswith("_")}
                yield Entry(
                    kind="row",
                    ref=f"{step.args.dataset}/{_key(shown, step.args.key)}",
                    agent=run.agent,
                    run_id=run.run_id,
                    thread_id=run.thread_id,
                    step=step.id,
                    at=at,
                    title=f"row of {step.args.dataset}",
                    text=_row_text(shown),
                )


def _key(row: Row, key: tuple[str, ...]) -> str:
    return row_key(row, tuple(name for name in key if name in row))


def _row_text(row: Row) -> str:
    return ", ".join(f"{name} {value}" for name, value in row.items() if value not in (None, ""))


def _of_turn(turn: Turn) -> Entry:
    return Entry(
        kind="turn",
        ref=str(turn.seq),
        thread_id=turn.thread_id,
        at=turn.at,
        title="you said" if turn.role == "user" else PODIUM_SAID,
        text=turn.text,
    )


@dataclass(frozen=True, slots=True)
class Searching:
    """Finds words and says where they are."""

    stores: Stores
    at: Callable[[datetime], str]
    """A moment in the words of the workspace's zone."""

    def find(self, text: str, *, agent: str = "", limit: int = 50) -> tuple[Entry, ...]:
        """Return what holds all of the words, newest first.

        Raises:
            NotFound: If an agent is named that there is not.
        """
        name = self.stores.agents.get(agent).name if agent else ""
        Index(self.stores).catch_up()
        return self.stores.search.find(words_of(text), agent=name, limit=limit)

    def view(self, text: str, *, agent: str = "", limit: int = 50) -> list[JsonObject]:
        """Return the hits as doors show them."""
        gone = self._gone()
        return [
            {**hit.to_json(), "deleted": hit.agent in gone}
            for hit in self.find(text, agent=agent, limit=limit)
        ]

    def answer(self, words: str, asked: str = "") -> tuple[str, tuple[str, ...]]:
        """Return what is told of the words, and the agents that it is about; the question itself is no hit."""
        hits = self._first_hand(words, asked)
        said = words
        if not hits:
            # "invoice 4711" may be called otherwise where it stands: what has a digit identifies it.
            known = [word for word in words_of(words) if any(char.isdigit() for char in word)]
            if known and known != list(words_of(words)):
                said = " ".join(known)
                hits = self._first_hand(said, asked)
        if not hits:
            return f"Nothing in the workspace holds {words!r}.", ()
        gone = self._gone()
        lines = [f"{len(hits)} {'hit' if len(hits) == 1 else 'hits'} for {said!r}:"]
        lines += [self._line(hit, gone) for hit in hits[:_SHOWN]]
        if len(hits) > _SHOWN:
            lines.append(f"and more: podium search {said!r} --limit 200")
        agents = tuple(dict.fromkeys(hit.agent for hit in hits if hit.agent not in {"", *gone}))
        return "\n".join(lines), agents

    def _first_hand(self, words: str, asked: str) -> list[Entry]:
        """Return what holds the words, without the question itself and what Podium told of them before."""
        found = self.find(words, limit=10 * _SHOWN)
        return [hit for hit in found if hit.text != asked and hit.title != PODIUM_SAID]

    def _line(self, hit: Entry, gone: set[str]) -> str:
        deleted = " (deleted)" if hit.agent in gone else ""
        where = [f"{hit.agent}{deleted}" if hit.agent else "", hit.run_id]
        where += [f"step {hit.step}" if hit.step else "", self.at(hit.at)]
        if hit.kind == "turn":
            where.insert(0, hit.thread_id)
        text = " ".join(hit.text.split())
        shown = text if len(text) <= 160 else f"{text[:159]}…"
        cited = ", ".join(part for part in where if part)
        return f"{hit.kind}: {hit.title}{f': {shown}' if shown else ''} [{cited}]"

    def _gone(self) -> set[str]:
        there = {agent.name for agent in self.stores.agents.list()}
        return {item.name for item in self.stores.agents.deleted()} - there


def search_result(text: str, hits: list[JsonObject]) -> JsonObject:
    """Return a search with its hits as doors show it."""
    return {"query": text, "count": len(hits), "hits": list[JsonValue](hits)}

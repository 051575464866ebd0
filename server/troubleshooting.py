"""Why a run failed, from its own evidence: the step, what was expected and seen, and what changed since it last went well."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from pydantic import JsonValue

from podium.state.diffs import parts_of
from podium.state.document import JsonObject
from podium.state.errors import NotFound
from podium.state.failures import ADVICE, REPAIRABLE, WORDS, FailureClass, class_of
from podium.state.program import Step, walk
from podium.state.runs import Run, StepRecord
from podium.state.stores import ArtifactStore, Stores, Vault, Version

_RUNS = 200
_BAD = frozenset({"fail", "partial"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """What the evidence of a failed run tells."""

    text: str
    run_id: str
    kind: FailureClass
    redo: tuple[str, ...] = ()
    """Planned steps to explore again, when that may help."""


@dataclass(frozen=True, slots=True)
class Troubleshooting:
    """Reads run records and versions; touches no site."""

    stores: Stores
    vault: Vault
    at: Callable[[datetime], str]
    """A moment in the words of the workspace's zone."""
    artifacts: ArtifactStore

    def diagnose(
        self, name: str, *, run_id: str = "", inside: Callable[[datetime], bool] | None = None
    ) -> Diagnosis | str:
        """Return what the agent's last failed run (of a time, or the one given) tells, or that there is none.

        Raises:
            NotFound: If there is no such agent or run.
        """
        self.stores.agents.get(name)
        runs = [run for run in self.stores.runs.list(agent=name, limit=_RUNS) if run.mode == "live"]
        then = [run for run in runs if inside is None or inside(run.created_at)]
        failed = self.stores.runs.get(run_id) if run_id else _latest_bad(then)
        if failed is None and inside is not None:
            last = _latest_bad(runs)
            other = (
                f" The last that did: {last.run_id} at {self.at(last.created_at)}." if last else ""
            )
            return f"No run of {name} failed in that time ({len(then)} ran).{other}"
        if failed is None:
            return self._nothing_failed(name, runs)
        good = next(
            (
                run
                for run in runs
                if run.outcome == "success" and run.created_at < failed.created_at
            ),
            None,
        )
        since = next(
            (
                run
                for run in runs
                if run.outcome == "success" and run.created_at > failed.created_at
            ),
            None,
        )
        version = self.stores.agents.version(failed.agent, failed.version)
        record = _failing(failed)
        code = failed.error.code if failed.error else "expectation"
        kind = class_of(code)
        lines = [self._head(failed, record, code)]
        lines += _expected_and_seen(version, failed, record, good)
        lines += self._picture(record)
        lines.append(f"Class {kind}: {WORDS[kind]}.")
        lines += self._changed(failed, good, record)
        if since is not None:
            lines.append(f"It went well again at {self.at(since.created_at)} ({since.run_id}).")
        lines += [ADVICE[kind], *self._next_act(kind, failed, version)]
        repair = kind in REPAIRABLE and since is None and record is not None
        redo = _planned_of(version, record.id) if repair and record is not None else ()
        return Diagnosis(text="\n".join(lines), run_id=failed.run_id, kind=kind, redo=redo)

    def view(self, name: str, *, run_id: str = "") -> JsonObject:
        """Return what is found as doors show it; a run that did not fail is said to be so.

        Raises:
            NotFound: If there is no such agent or run.
        """
        run = self.stores.runs.get(run_id) if run_id else None
        if run is not None and run.outcome not in _BAD:
            told = f"{run_id} did not fail: it is {run.outcome or run.status}."
            return {"agent": name, "run_id": run_id, "class": None, "steps": [], "text": told}
        found = self.diagnose(name, run_id=run_id)
        if isinstance(found, str):
            return {"agent": name, "run_id": None, "class": None, "steps": [], "text": found}
        return {
            "agent": name,
            "run_id": found.run_id,
            "class": found.kind,
            "steps": list(found.redo),
            "text": found.text,
        }

    def _next_act(self, kind: FailureClass, run: Run, version: Version) -> list[str]:
        """Return the one command that goes on from here, ready to be typed."""
        again = f"podium run {run.agent}"
        match kind:
            case "credential":
                kept = {secret.name: secret.origin for secret in self.vault.list()}
                origin = version.spec.origins[0] if version.spec.origins else "URL"
                names = version.spec.secrets or ("NAME",)
                return [f"Next: podium secret set {names[0]} --origin {kept.get(names[0], origin)}"]
            case "input" if version.spec.inputs:
                given = " ".join(f"--input {spec.name}=..." for spec in version.spec.inputs)
                return [f"Next: {again} {given}"]
            case "page_changed":
                return [f'Next: podium chat "repair the {run.agent} agent"']
            case "browser":
                return ["Next: podium doctor"]
            case "meaning_changed" | "data" | "policy" | "input":
                return [f"Next: podium runs show {run.run_id}"]
            case _:
                return [f"Next: {again}"]

    def _picture(self, record: StepRecord | None) -> list[str]:
        """Return where the picture of the failing step lies."""
        shot = record.evidence.get("screenshot") if record else None
        if not isinstance(shot, str):
            return []
        try:
            return [f"Picture: {self.artifacts.evidence_path(shot)}"]
        except NotFound:
            return [f"Picture: {shot}, whose file is gone"]

    def _nothing_failed(self, name: str, runs: list[Run]) -> str:
        if not runs:
            return f"{name} never ran, so nothing failed."
        last = runs[0]
        return (
            f"None of the last {len(runs)} runs of {name} failed; the last one, {last.run_id} at "
            f"{self.at(last.created_at)}, is {last.outcome or last.status}."
        )

    def _head(self, run: Run, record: StepRecord | None, code: str) -> str:
        where = f" at step {record.title!r} ({record.id})" if record else ""
        item = f", row {record.item}" if record and record.item else ""
        return (
            f"{run.agent} version {run.version}, {run.run_id} at {self.at(run.created_at)}: "
            f"{run.outcome}{where}{item} [{code}]"
        )

    # -- What changed ------------------------------------------------------------------------------

    def _changed(self, run: Run, good: Run | None, record: StepRecord | None) -> list[str]:
        if good is None:
            return ["It never went well before, so there is nothing to compare with."]
        since = f"the last good run ({good.run_id} at {self.at(good.created_at)})"
        found = [
            *self._version_change(run, good),
            *_input_change(run, good),
            *self._credential_change(run, good),
            *_page_change(run, good, record),
        ]
        if not found:
            return [f"Since {since}: same version, same inputs, same credential."]
        return [f"Since {since}:", *(f"  {item}" for item in found)]

    def _version_change(self, run: Run, good: Run) -> list[str]:
        if run.version == good.version:
            return []
        made = self.stores.agents.version(run.agent, run.version)
        return [f"version {good.version} → {run.version} ({made.reason}, by {made.author})"]

    def _credential_change(self, run: Run, good: Run) -> list[str]:
        names = set(self.stores.agents.version(run.agent, run.version).spec.secrets)
        kept = {secret.name: secret for secret in self.vault.list()}
        lost = [f"credential {name!r} is not stored any more" for name in names - set(kept)]
        new = [
            f"credential {secret.name!r} was stored anew at {self.at(secret.created_at)}"
            for secret in kept.values()
            if secret.name in names and good.created_at < secret.created_at < run.created_at
        ]
        return [*sorted(lost), *sorted(new)]


def _latest_bad(runs: list[Run]) -> Run | None:
    return next((run for run in runs if run.outcome in _BAD), None)


def _failing(run: Run) -> StepRecord | None:
    failed = [record for record in run.steps if record.status == "failed"]
    named = [record for record in failed if run.error and record.id == run.error.step]
    found = named or failed
    return found[-1] if found else None


def _expected_and_seen(
    version: Version, run: Run, record: StepRecord | None, good: Run | None
) -> list[str]:
    lines: list[str] = []
    step = _step(version, record.id) if record else None
    if step is not None and step.expect:
        lines.append(
            f"Expected: {'; '.join(_expectation(item.to_json()) for item in step.expect)}."
        )
    message = (record.message if record else "") or (run.error.message if run.error else "")
    if message:
        lines.append(f"Seen: {message}")
    before = _record(good, record) if good and record else None
    if before is not None:
        counted = _counts(before.evidence)
        if counted:
            lines.append(f"In the last good run this step showed: {counted}.")
    return lines


def _expectation(value: JsonObject) -> str:
    match value.get("kind"):
        case "url":
            return f"an address like {value.get('pattern')}"
        case "rows":
            return f"at least {value.get('at_least')} rows"
        case "page":
            return f"a page headed {value.get('heading')!r}"
        case "file":
            return f"a file {value.get('extension')} of at least {value.get('min_bytes')} bytes"
        case "text":
            return f"the text {value.get('text')!r}"
        case "shown" | "gone":
            target = value.get("target")
            name = target.get("name") or target.get("phrase") if isinstance(target, dict) else ""
            return f"{name!r} {value['kind']}"
        case _:
            return "the control holds its value"


def _input_change(run: Run, good: Run) -> list[str]:
    names = dict.fromkeys([*good.inputs, *run.inputs])
    return [
        f"input {name}: {good.inputs.get(name)!r} → {run.inputs.get(name)!r}"
        for name in names
        if good.inputs.get(name) != run.inputs.get(name)
    ]


def _page_change(run: Run, good: Run, record: StepRecord | None) -> list[str]:
    """Compare what each step up to the failing one showed: rows, columns, pages, the address it came to."""
    before = {(item.id, item.item): item for item in good.steps}
    found: list[str] = []
    for item in run.steps:
        was = before.get((item.id, item.item))
        if was is None or item.item:
            continue
        for name in ("columns", "rows", "pages", "url", "rung"):
            one = was.rung if name == "rung" else was.evidence.get(name)
            other = item.rung if name == "rung" else item.evidence.get(name)
            if one is not None and other is not None and one != other:
                found.append(f"step {item.title!r}: {name} {_short(one)} → {_short(other)}")
        if record is not None and item.id == record.id:
            break
    if record is not None and (record.id, record.item) in before:
        found.append(f"step {record.title!r} was done then; now it is {record.status}")
    return found


def _record(run: Run, record: StepRecord) -> StepRecord | None:
    return next((item for item in run.steps if item.id == record.id), None)


def _counts(evidence: JsonObject) -> str:
    shown = {name: evidence[name] for name in ("rows", "pages", "columns") if name in evidence}
    return ", ".join(f"{name} {_short(value)}" for name, value in shown.items())


def _short(value: JsonValue) -> str:
    text = ", ".join(str(item) for item in value) if isinstance(value, list) else str(value)
    return text if len(text) <= 120 else f"{text[:120]}…"


def _step(version: Version, step_id: str) -> Step | None:
    return next((step for step in walk(version.program.steps) if step.id == step_id), None)


def _planned_of(version: Version, step_id: str) -> tuple[str, ...]:
    """Return the planned step that the failing compiled step was made for."""
    for name, steps in parts_of(version.spec.steps, version.program).items():
        if any(step.id == step_id for step in walk(steps)):
            return (name,)
    return ()

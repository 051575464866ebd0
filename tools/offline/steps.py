"""Planned steps of a web job, in the order in which a person would do them."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Literal, cast
from urllib.parse import urlsplit

from podium.state.plan import InputSpec, PlannedStep
from podium.state.program import Effect
from podium.tools.offline.jobs import Job, Phase
from podium.tools.offline.lexicon import among, lemma, singular, words

Which = Literal["", "first", "last", "newest", "oldest", "highest", "lowest"]


class StepWriter:
    """Writes the steps of one job; ids are unique within it."""

    def __init__(self, job: Job, *, sites: list[str], taken: Collection[str] = ()) -> None:
        self._job = job
        self._sites = sites
        self._ids: set[str] = set(taken)
        self.steps: list[PlannedStep] = []
        self.inputs: list[InputSpec] = []
        self.outputs: list[str] = []
        self.groups: list[list[str]] = []
        """Step ids of each phase; opening and signing in come first and belong to all of the same site."""
        self.phase_sites: list[str] = []

    def write(self) -> None:
        """Write all steps."""
        opened = ""
        for phase in self._job.phases:
            site = phase.site or (self._sites[0] if self._sites else "")
            if not opened or (site and _origin(site) != _origin(opened)):
                self._open(site)
                opened = site or "somewhere"
            elif site and site != opened:
                self._open(site, sign_in=False)
                opened = site
            before = len(self.steps)
            self._phase(phase)
            self.groups.append([step.id for step in self.steps[before:]])
            self.phase_sites.append(site)
        if not self._job.phases:
            self._open(self._sites[0] if self._sites else "")

    def _add(self, step: PlannedStep) -> None:
        self._ids.add(step.id)
        self.steps.append(step)

    def _id(self, *parts: str) -> str:
        base = (
            re.sub(r"[^a-z0-9]+", "_", "_".join(part for part in parts if part).lower()).strip("_")[
                :40
            ]
            or "step"
        )
        name, number = base, 1
        while name in self._ids:
            number += 1
            name = f"{base}_{number}"
        return name

    def _open(self, site: str, *, sign_in: bool = True) -> None:
        where = _host(site) or "the site"
        self._add(
            PlannedStep(
                id=self._id("open"),
                op="open",
                title=f"Open {where}",
                url=site,
                post=f"{where} is shown",
            )
        )
        if self._job.signs_in and sign_in:
            self._add(
                PlannedStep(
                    id=self._id("sign_in"), op="sign_in", title=f"Sign in to {where}", effect="sign_in",
                    url=site, post="The password field is gone and the account is shown",
                )
            )  # fmt: skip

    def _phase(self, phase: Phase) -> None:
        if phase.kind == "form":
            self._form(phase)
        elif phase.kind == "edit":
            self._edit(phase)
        elif phase.kind == "click":
            self._reach(phase.place, "page")
            self._clicks(phase)
        else:
            self._list(phase)

    def _reach(self, thing: str, kind: Literal["", "list", "form", "page", "files"]) -> None:
        if not thing:
            return
        self._add(
            PlannedStep(
                id=self._id("reach", thing), op="reach", title=f"Find {_the(thing)}", thing=thing, kind=kind,
                post=f"{_the(thing)[:1].upper()}{_the(thing)[1:]} is shown" if kind == "form" else f"{thing[:1].upper()}{thing[1:]} are shown" if thing.endswith("s") else f"{_the(thing)[:1].upper()}{_the(thing)[1:]} is shown",
            )
        )  # fmt: skip

    # -- Lists -----------------------------------------------------------------------------------

    def _list(self, phase: Phase) -> None:
        if phase.place:
            self._reach(phase.place, _kind(phase))
        elif (
            phase.thing
            and not phase.single
            and not phase.query
            and phase.thing.lower()
            not in among("table list page rows data records entries items content")
        ):
            self._reach(phase.thing, _kind(phase))
        if phase.query or phase.searches:
            self._add(search_step(self._id("search"), phase.query))
        if phase.kind == "list" and (phase.take or phase.download):
            self._rows(phase)
        self._clicks(phase)
        if phase.kind == "list":
            self._results(phase)

    def _rows(self, phase: Phase) -> None:
        thing = phase.thing or ("results" if phase.query else phase.place or "rows")
        single = phase.download and not (phase.rules or phase.which or phase.new or phase.per_row)
        if not single:
            fields, implied = _fields(phase)
            self._add(
                PlannedStep(
                    id=self._id("read", thing), op="extract", title=_read_title(thing, fields, phase.without), thing=thing, fields=fields,
                    without=() if fields else tuple(phase.without), implied=implied, key=phase.key, limit=phase.limit, post=f"At least one of {thing} is read",
                )
            )  # fmt: skip
        moves = [rule for rule in phase.rules if rule.move is not None]
        rules = [rule for rule in phase.rules if rule.move is None]
        if rules:
            said = ", ".join(dict.fromkeys(rule.phrase for rule in rules))
            self._add(
                PlannedStep(
                    id=self._id("keep"),
                    op="filter",
                    title=f"Keep those that match: {said}",
                    rules=tuple(rules),
                    post=f"Only those that match {said} remain",
                )
            )
        if phase.which:
            by = (phase.by,) if phase.by else ()
            count = f"{phase.count} " if phase.count > 1 else ""
            self._add(
                PlannedStep(
                    id=self._id("pick"),
                    op="pick",
                    title=f"Take the {phase.which} {count}".strip(),
                    which=cast("Which", phase.which),
                    count=phase.count,
                    fields=by,
                    post=f"{phase.count} remain",
                )
            )
        if phase.new:
            self._add(
                PlannedStep(
                    id=self._id("new"),
                    op="new_since",
                    title="Keep what is new since the last run",
                    post="Only what earlier runs have not seen remains",
                )
            )
        for rule in moves:
            column = rule.column or (phase.fields[0] if len(phase.fields) == 1 else "")
            self._add(
                PlannedStep(
                    id=self._id("moved"),
                    op="changed",
                    title=f"Keep those that moved since the run before: {rule.phrase}",
                    fields=(column,) if column else (),
                    rules=(rule,),
                    post="Only those that moved so far remain; the first run has nothing to compare with and only remembers",
                )
            )
        if phase.changed and not moves:
            self._add(
                PlannedStep(
                    id=self._id("changed"),
                    op="changed",
                    title="Keep what changed since the last run",
                    fields=tuple(phase.fields),
                    post="Only what differs from the last run remains",
                )
            )
        if phase.download:
            parts = tuple(phase.parts) if phase.per_row else ()
            what = phase.file_type.upper() if phase.file_type else " and ".join(parts) or "file"
            title = (
                f"Download the {what} of each"
                if phase.per_row
                else f"Download {_the(thing)}" + (f" as {what}" if phase.file_type else "")
            )
            self._add(
                PlannedStep(
                    id=self._id("download"),
                    op="download",
                    title=title,
                    thing=thing,
                    fields=parts,
                    file_type=phase.file_type,
                    per_row=phase.per_row or not single,
                    post=f"Each of the {what} has arrived and is not empty"
                    if parts and not phase.file_type
                    else f"Each {what} has arrived and is not empty"
                    if phase.per_row
                    else f"The {what} has arrived and is not empty",
                )
            )

    def _clicks(self, phase: Phase, clicks: Sequence[tuple[str, bool, str]] | None = None) -> None:
        for what, every, effect in phase.clicks if clicks is None else clicks:
            title = (
                f"{what.capitalize()} each of them"
                if every
                else f"Click {what!r}"
                if phase.kind != "list"
                else f"{what.capitalize()} it"
            )
            # The effect comes from our own word lists.
            self._add(
                PlannedStep(
                    id=self._id("click", what),
                    op="click",
                    title=title,
                    thing=what,
                    per_row=every,
                    effect=cast("Effect", effect),
                    post=f"{what.capitalize()} is done",
                )
            )

    def _results(self, phase: Phase) -> None:
        writes_only = bool(phase.clicks) and not phase.store
        if phase.notifies:
            whom = phase.notify or "you"
            self._add(
                PlannedStep(
                    id=self._id("notify"),
                    op="notify",
                    title=f"Tell {whom}",
                    thing=phase.notify,
                    post="The message is sent",
                )
            )
            if not phase.store and not phase.download:
                return
        if writes_only or not (phase.take or phase.download):
            return
        dataset = _slug(
            phase.dataset
            or phase.thing
            or phase.query
            or phase.place
            or "_".join(phase.fields[:2])
            or "rows"
        )
        files = phase.download and phase.destination != "table"
        store_as: Literal["table", "files", "both"] = (
            "files" if files else "both" if phase.download else "table"
        )
        if not phase.download and phase.file_type in {"csv", "json", "xlsx"}:
            store_as = "both"
        title = (
            "Keep the files"
            if store_as == "files"
            else f"Store the rows in the table {dataset!r}"
            + (
                f" and as {'CSV' if phase.file_type == 'xlsx' else phase.file_type.upper()}"
                if store_as == "both" and phase.file_type
                else ""
            )
        )
        self._add(
            PlannedStep(
                id=self._id("store"),
                op="store",
                title=title,
                store_as=store_as,
                dataset="" if store_as == "files" and not phase.dataset else dataset,
                key=phase.key,
                file_type=phase.file_type if store_as == "both" else "",
                post="Everything is stored; a second run adds nothing twice",
            )
        )
        self.outputs.append(
            f"files: {phase.thing or phase.place}" if store_as == "files" else f"table: {dataset}"
        )

    # -- One record ------------------------------------------------------------------------------

    def _edit(self, phase: Phase) -> None:
        """One record is found by its key; then a control of it is pressed, or its form is filled and saved."""
        self._reach(phase.thing, "list")
        key = self._input(phase.row_thing or "record", phase.row)
        called = f"{phase.row_thing} {phase.row}".strip()
        effect = cast("Effect", phase.effect or "write")
        values = {field: self._input(field, value) for field, value in phase.values.items()}
        if values:
            self._add(
                PlannedStep(
                    id=self._id("fill"),
                    op="fill",
                    title=f"Fill in {', '.join(values)} of {called}",
                    thing=phase.press or f"{phase.row_thing} form",
                    key=key,
                    values=values,
                    post="Each field holds its value",
                )
            )
            self._add(
                PlannedStep(
                    id=self._id("submit"),
                    op="submit",
                    title=f"Save {called}",
                    thing=phase.press or f"{phase.row_thing} form",
                    key=key,
                    effect=effect,
                    post="The site confirms it",
                )
            )
        else:
            self._add(
                PlannedStep(
                    id=self._id("click", phase.press),
                    op="click",
                    title=f"{phase.press.capitalize()} {called}",
                    thing=phase.press,
                    key=key,
                    effect=effect,
                    post=f"{phase.press.capitalize()} is done",
                )
            )
        self.outputs.append(f"confirmation: {called}")

    # -- Forms -----------------------------------------------------------------------------------

    def _form(self, phase: Phase) -> None:
        thing = phase.thing or "form"
        name = (
            thing
            if "form" in thing.lower().split()
            else f"{thing} form"
            if thing.lower() not in {"it", "page"}
            else "form"
        )
        if phase.place:
            self._reach(phase.place, "page")
        self._reach(name, "form")
        values = {field: self._input(field, value) for field, value in phase.values.items()}
        for field in phase.wanted:
            if field not in values:
                values[field] = self._input(field, "")
        if values:
            self._add(
                PlannedStep(
                    id=self._id("fill"),
                    op="fill",
                    title=f"Fill in {', '.join(values)}",
                    thing=name,
                    values=values,
                    post="Each field holds its value",
                )
            )
        before = len(phase.clicks) if phase.clicked_before is None else phase.clicked_before
        self._clicks(phase, phase.clicks[:before])
        if phase.submit:
            effect = cast("Effect", phase.effect or "write")
            self._add(
                PlannedStep(
                    id=self._id("submit"),
                    op="submit",
                    title=f"Submit {_the(name)}"
                    + (f" with {phase.button!r}" if phase.button else ""),
                    thing=name,
                    press=phase.button,
                    effect=effect,
                    post="The site confirms it",
                )
            )
            self.outputs.append(f"confirmation: {name}")
        self._clicks(phase, phase.clicks[before:])
        if phase.notifies:
            self._add(
                PlannedStep(
                    id=self._id("notify"),
                    op="notify",
                    title=f"Tell {phase.notify or 'you'}",
                    thing=phase.notify,
                    post="The message is sent",
                )
            )

    def _input(self, field: str, value: str) -> str:
        name = re.sub(r"[^a-z0-9]+", "_", field.lower()).strip("_") or "value"
        kind: Literal["text", "number", "date", "file"] = "text"
        if re.fullmatch(r"\d{4}-\d\d-\d\d|\{date\.[\w+-]+\}", value):
            kind = "date"
        elif re.fullmatch(r"-?\d+(\.\d+)?", value) and not value.startswith("0"):
            kind = "number"
        if not any(spec.name == name for spec in self.inputs):
            default: str | int | float | None = value or None
            if kind == "number":
                number = float(value) if "." in value else int(value)
                default = number if str(number) == value else value  # 45.80 is typed as 45.80
            self.inputs.append(InputSpec(name=name, type=kind, default=default, description=field))
        return f"{{inputs.{name}}}"


def search_step(step_id: str, query: str) -> PlannedStep:
    """Return the step that searches; without words it waits for the answer that gives them."""
    said = repr(query) if query else "what is asked for"
    return PlannedStep(
        id=step_id,
        op="search",
        title=f"Search for {said}",
        thing=query,
        post=f"Results for {said} are shown",
    )


def _kind(phase: Phase) -> Literal["", "list", "form", "page", "files"]:
    if phase.place_kind == "files" or (
        phase.download
        and lemma((phase.place or phase.thing).split()[-1].lower()) in words("nouns", "files")
    ):
        return "files"
    return "list" if phase.kind == "list" else "page"


def _fields(phase: Phase) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Find the wanted columns; a key and a name are added where a lone value would mean nothing."""
    unwanted = {singular(name.lower()) for name in phase.without}
    fields = [name for name in phase.fields if singular(name.lower()) not in unwanted]
    if not fields:
        return (), ()
    implied: list[str] = []
    lowered = {name.lower() for name in fields}
    if phase.key:
        # "number" and "invoice number" are one column when one of them is the key.
        fields = [name for name in fields if not phase.key.lower().endswith(f" {name.lower()}")]
        if not any(
            name.lower() == phase.key.lower() or name.lower().endswith(f" {phase.key.lower()}")
            for name in fields
        ):
            fields.insert(0, phase.key)
    naming = among("name title subject headline sku id number username user email login question")
    named = any(
        set(name.lower().split()) & naming for name in lowered if name.lower() != phase.key.lower()
    )
    several = (not phase.which or phase.count > 1) and phase.thing.lower().endswith("s")
    named = named or singular(phase.thing.lower()) in lowered  # "branch" of branches is its name
    if not named and several and phase.thing and not phase.query:
        name = f"{singular(phase.thing.lower())} name"
        if name not in lowered:
            fields.insert(1 if phase.key and fields[0] == phase.key else 0, name)
            implied.append(name)
    return tuple(fields), tuple(implied)


def _read_title(thing: str, fields: tuple[str, ...], without: Sequence[str]) -> str:
    left = f" without {', '.join(without)}" if without and not fields else ""
    return f"Read {', '.join(fields)} of {_the(thing)}" if fields else f"Read {_the(thing)}{left}"


def _the(thing: str) -> str:
    return thing if thing.lower().startswith(("the ", "all ")) else f"the {thing}"


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")[:48] or "rows"


def _host(url: str) -> str:
    return urlsplit(url).netloc


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def effects_of(steps: list[PlannedStep]) -> tuple[Effect, ...]:
    """Return the distinct effects in rising order."""
    order: tuple[Effect, ...] = ("read", "sign_in", "write", "irreversible")
    present = {step.effect for step in steps}
    return tuple(effect for effect in order if effect in present)

"""From a request and its answers to the plan that is shown for approval."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import cast
from urllib.parse import urlsplit

from pydantic import JsonValue

from podium.state.errors import InvalidAnswer
from podium.state.ids import IdFactory
from podium.state.plan import InputSpec, MatchRule, Plan, PlannedAgent, PlannedStep, Request
from podium.state.triggers import Schedule
from podium.tools.offline.lexicon import plural
from podium.tools.offline.missing import origin_of, secret_for
from podium.tools.offline.naming import slug, unique
from podium.tools.offline.open_days import with_days
from podium.tools.offline.schedules import read_schedule
from podium.tools.offline.steps import search_step
from podium.tools.planner import WorkspaceView
from podium.tools.renaming import in_tables, is_shared, table_of


def outline(
    request: Request,
    *,
    goal: str,
    answers: Mapping[str, JsonValue],
    workspace: WorkspaceView,
    ids: IdFactory,
) -> Plan:
    """Return the plan of a `create` request.

    Raises:
        InvalidAnswer: If an answer cannot be used, or a needed one lacks.
    """
    site = _site(request, answers)
    steps = tuple(_with_site(step, site) for step in request.steps)
    secret = _secret(request, steps, site, answers, workspace)
    steps = tuple(
        step.model_copy(update={"secret": _secret_of(step, site, secret, workspace)})
        if step.op == "sign_in"
        else step
        for step in steps
    )
    steps = tuple(_searching(step, answers) for step in steps)
    steps = _chosen(steps, answers)
    steps, told = _filled(request, steps, answers)
    today = workspace.now.date() if workspace.now is not None else date(2026, 1, 1)
    steps, inputs = with_days(steps, (*_inputs(request, answers), *told), answers, today=today)
    schedule = _schedule(request, answers, workspace)
    agents = _agents(
        request, goal=goal, steps=steps, inputs=inputs, schedule=schedule, workspace=workspace
    )
    notes = tuple(
        str(note) for note in cast("list[JsonValue]", request.arguments.get("notes") or [])
    )
    return Plan(plan_id=ids.new("plan"), goal=goal, agents=agents, notes=(*notes, *_unsent(steps)))


def _unsent(steps: Sequence[PlannedStep]) -> tuple[str, ...]:
    """Say of a form that is filled and not sent that nothing is sent."""
    filled = [place for place, step in enumerate(steps) if step.op == "fill"]
    if not filled or any(step.op in {"submit", "click"} for step in steps[filled[-1] :]):
        return ()
    return (
        "It only fills the form in: nothing is sent, and nothing is kept. Say `and submit it` if it shall be sent.",
    )


def _site(request: Request, answers: Mapping[str, JsonValue]) -> str:
    answer = answers.get("url")
    if answer is None or answer == "":
        if request.site:
            return request.site
        raise InvalidAnswer(
            "The address of the site is missing",
            hint="Answer `url` with an address such as https://portal.example.",
        )
    return address(str(answer))


def address(text: str) -> str:
    """Return the text as an address; a host without a scheme gets one.

    Raises:
        InvalidAnswer: If it is no address.
    """
    url = text.strip().strip("<>\"'")
    if "://" not in url:
        local = re.match(
            r"(?:localhost|127\.|10\.|192\.168\.|\[::1\]|[\w-]+:\d+|(?:\d{1,3}\.){3}\d)", url
        )
        url = f"{'http' if local else 'https'}://{url}"
    parts = urlsplit(url)
    if (
        parts.scheme not in {"http", "https"}
        or not re.fullmatch(
            r"(?:[\w.-]+|\[[0-9a-f:]+\])(?::\d{1,5})?",
            parts.netloc.rpartition("@")[2],
            re.IGNORECASE,
        )
        or not ("." in parts.netloc or ":" in parts.netloc or parts.netloc == "localhost")
    ):
        raise InvalidAnswer(
            f"url: {text!r} is not an address", hint="Give one such as https://portal.example."
        )
    return url.replace(parts.netloc, parts.netloc.rpartition("@")[2], 1)


def _with_site(step: PlannedStep, site: str) -> PlannedStep:
    if step.op not in {"open", "sign_in"} or step.url:
        return step
    host = urlsplit(site).netloc
    return step.model_copy(
        update={
            "url": site,
            "title": step.title.replace("the site", host),
            "post": step.post.replace("the site", host),
        }
    )


def _secret(
    request: Request,
    steps: Sequence[PlannedStep],
    site: str,
    answers: Mapping[str, JsonValue],
    workspace: WorkspaceView,
) -> str:
    answer = answers.get("credentials")
    if isinstance(answer, dict) and isinstance(answer.get("stored"), str):
        name = str(answer["stored"])
        known = [secret for secret, _ in workspace.secrets]
        if known and name not in known:
            raise InvalidAnswer(
                f"credentials: there is no stored secret {name!r}",
                hint=f"Stored: {', '.join(known)}. Add one with `podium secret set`.",
            )
        return name
    if answer is not None:
        raise InvalidAnswer(
            "credentials: a credential is named, never sent",
            hint='Store it with `podium secret set`, then answer {"stored": NAME}.',
        )
    if any(step.op == "sign_in" for step in steps) and not secret_for(site, workspace):
        raise InvalidAnswer(
            f"credentials: no stored credential for {origin_of(site)}",
            hint="Store one with `podium secret set NAME --origin URL`, then answer with its name.",
        )
    return ""


def _secret_of(step: PlannedStep, site: str, secret: str, workspace: WorkspaceView) -> str:
    if secret and origin_of(step.url) == origin_of(site):
        return secret
    return secret_for(step.url, workspace) or secret


def _searching(step: PlannedStep, answers: Mapping[str, JsonValue]) -> PlannedStep:
    if step.op != "search" or step.thing:
        return step
    query = str(answers.get("query") or "").strip()
    if not query:
        raise InvalidAnswer("query: what shall be searched for is missing", hint="Answer `query`.")
    return search_step(step.id, query)


def _chosen(
    steps: tuple[PlannedStep, ...], answers: Mapping[str, JsonValue]
) -> tuple[PlannedStep, ...]:
    """Keep the records that were said to be meant before any of them is changed."""
    said = str(answers.get("which") or "").strip()
    if not said or said.lower() in {"all of them", "all", "everything", "any"}:
        return steps
    at = next((index for index, step in enumerate(steps) if step.op == "click"), len(steps))
    keep = PlannedStep(
        id="keep_meant",
        op="filter",
        title=f"Keep those that match: {said}",
        rules=(MatchRule(phrase=said),),
        post=f"Only those that match {said} remain",
    )
    return (*steps[:at], keep, *steps[at:])


def _filled(
    request: Request, steps: tuple[PlannedStep, ...], answers: Mapping[str, JsonValue]
) -> tuple[tuple[PlannedStep, ...], tuple[InputSpec, ...]]:
    """Put the values that were asked for into the form that is sent."""
    said = str(answers.get("values") or "").strip()
    if not any(missing.field == "values" for missing in request.missing) or said.lower() in {
        "",
        "nothing",
    }:
        return steps, ()
    pairs = re.findall(r"([^:=;\n]+?)\s*[:=]\s*([^;\n]+)", said)
    if not pairs:
        raise InvalidAnswer(
            f"values: {said!r} names no field", hint="Say it like `name: Anna; city: Bonn`."
        )
    values = {name.strip().lower(): value.strip() for name, value in pairs}
    inputs = {name: slug(name).replace("-", "_") for name in values}
    submit = next((step for step in steps if step.op == "submit"), None)
    if submit is None:
        return steps, ()
    fill = PlannedStep(
        id="fill_in",
        op="fill",
        title=f"Fill in {', '.join(values)}",
        thing=submit.thing,
        values={name: f"{{inputs.{inputs[name]}}}" for name in values},
        post="Each field holds its value",
    )
    at = steps.index(submit)
    specs = tuple(
        InputSpec(name=inputs[name], default=value, description=name)
        for name, value in values.items()
    )
    return (*steps[:at], fill, *steps[at:]), specs


def _inputs(request: Request, answers: Mapping[str, JsonValue]) -> tuple[InputSpec, ...]:
    specs: list[InputSpec] = []
    for spec in request.inputs:
        answer = answers.get(spec.name)
        specs.append(
            spec if answer is None or answer == "" else spec.model_copy(update={"default": answer})
        )
    wanted = {missing.field for missing in request.missing}
    for spec in specs:
        if spec.name in wanted and spec.default is None:
            raise InvalidAnswer(f"{spec.name}: a value is missing", hint=f"Answer {spec.name!r}.")
    return tuple(specs)


def _schedule(
    request: Request, answers: Mapping[str, JsonValue], workspace: WorkspaceView
) -> Schedule | None:
    answer = answers.get("schedule")
    schedule = request.schedule
    if answer is not None and answer != "":
        schedule = read_schedule(
            str(answer),
            timezone=schedule.timezone if schedule else workspace.timezone,
            now=workspace.now,
        )
    zone = answers.get("timezone")
    if schedule is not None and isinstance(zone, str) and zone:
        schedule = schedule.model_copy(update={"timezone": zone})
    return schedule


def _agents(
    request: Request,
    *,
    goal: str,
    steps: tuple[PlannedStep, ...],
    inputs: tuple[InputSpec, ...],
    schedule: Schedule | None,
    workspace: WorkspaceView,
) -> tuple[PlannedAgent, ...]:
    timed = _timed(request, steps)
    groups = [group for group, _ in timed] or _independent(request, steps)
    taken = {agent.name for agent in workspace.agents}
    agents: list[PlannedAgent] = []
    for position, group in enumerate(groups):
        named = len(request.agents) > position and (position == 0 or bool(timed))
        name = request.agents[position] if named else _group_name(group)
        name = unique(slug(name) or "agent", taken)
        taken.add(name)
        group = _own_table(group, name, goal, workspace)
        used = {
            found
            for step in group
            for value in step.values.values()
            for found in re.findall(r"\{inputs\.(\w+)\}", value)
        }
        agents.append(
            PlannedAgent(
                name=name,
                goal=goal,
                origins=tuple(
                    dict.fromkeys(origin for step in group if (origin := origin_of(step.url)))
                ),
                secrets=tuple(dict.fromkeys(step.secret for step in group if step.secret)),
                inputs=tuple(spec for spec in inputs if spec.name in used or len(groups) == 1),
                outputs=_outputs(group) if len(groups) > 1 else _renamed(request.outputs, group),
                schedule=_at(timed[position][1], schedule) if timed else schedule,
                steps=tuple(group),
            )
        )
    return tuple(agents)


def _timed(
    request: Request, steps: tuple[PlannedStep, ...]
) -> list[tuple[list[PlannedStep], Schedule | None]]:
    """Return the steps of each job that has a schedule of its own; nothing when the request is one job."""
    found: list[tuple[list[PlannedStep], Schedule | None]] = []
    parts = request.arguments.get("parts")
    for part in parts if isinstance(parts, list) else []:
        if isinstance(part, dict):
            ids = part.get("steps")
            named = [str(one) for one in ids] if isinstance(ids, list) else []
            said = part.get("schedule")
            found.append(
                (
                    [step for step in steps if step.id in named],
                    Schedule.model_validate(said) if said is not None else None,
                )
            )
    return found


def _at(said: Schedule | None, answered: Schedule | None) -> Schedule | None:
    """Return the part's own schedule, in the time zone that was answered."""
    if said is None or answered is None:
        return said
    return said.model_copy(update={"timezone": answered.timezone})


def _own_table(
    group: list[PlannedStep], name: str, goal: str, workspace: WorkspaceView
) -> list[PlannedStep]:
    """Return the steps with a table that no other agent fills, unless the request names that very table."""
    kept = {output for agent in workspace.agents for output in agent.outputs}
    return [
        in_tables(step, {step.dataset: table_of(name)}) if is_shared(step, goal, kept) else step
        for step in group
    ]


def _renamed(outputs: tuple[str, ...], group: Sequence[PlannedStep]) -> tuple[str, ...]:
    tables = [step.dataset for step in group if step.op == "store" and step.dataset]
    if len(tables) != 1:
        return outputs
    return tuple(f"table: {tables[0]}" if one.startswith("table: ") else one for one in outputs)


def _independent(request: Request, steps: tuple[PlannedStep, ...]) -> list[list[PlannedStep]]:
    """Read steps of unrelated lists or sites, each with the opening and signing in it needs."""
    said = cast("list[list[str]]", request.arguments.get("groups") or [])
    by_id = {step.id: step for step in steps}
    groups = [[by_id[name] for name in group if name in by_id] for group in said]
    whole = [group for group in groups if any(step.op == "store" for step in group)]
    if len(groups) < 2 or len(whole) != len(groups):
        return [list(steps)]
    separate: list[list[PlannedStep]] = []
    order = [step.id for step in steps]
    for group in groups:
        first = order.index(group[0].id)
        lead = [step for step in steps[:first] if step.op in {"open", "sign_in"}]
        last_open = max((index for index, step in enumerate(lead) if step.op == "open"), default=0)
        opening = lead[last_open:]
        if opening and not any(step.op == "sign_in" for step in opening):
            origin = origin_of(opening[0].url)
            earlier = [
                step for step in lead if step.op == "sign_in" and origin_of(step.url) == origin
            ]
            opening = [*opening[:1], *earlier, *opening[1:]] if earlier else opening
        separate.append([*opening, *group])
    return separate


def _group_name(group: Sequence[PlannedStep]) -> str:
    fields = next(
        (step.fields for step in group if step.op == "extract" and step.thing == "rows"), ()
    )
    if fields:
        return plural(fields[0])
    thing = next(
        (
            step.thing
            for step in group
            if step.op in {"extract", "download", "reach"} and step.thing
        ),
        "agent",
    )
    rule = next(
        (
            step.rules[0].phrase
            for step in group
            if step.op == "filter" and step.rules and len(step.rules[0].phrase.split()) == 1
        ),
        "",
    )
    return f"{rule} {thing}".strip()


def _outputs(group: Sequence[PlannedStep]) -> tuple[str, ...]:
    found: list[str] = []
    for step in group:
        if step.op == "store":
            found.append(
                f"table: {step.dataset}"
                if step.store_as != "files"
                else f"files: {next((other.thing for other in group if other.op == 'download'), '')}"
            )
        if step.op == "submit":
            found.append(f"confirmation: {step.thing}")
    return tuple(found)

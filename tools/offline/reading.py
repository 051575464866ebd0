"""From a goal to requests: secrets out, entities, clauses, frames, coverage."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from pydantic import JsonValue

from podium.state.plan import Missing, Request, Understanding
from podium.state.triggers import Schedule
from podium.tools.offline.asides import agent_named, as_rename
from podium.tools.offline.clauses import Clause, split_clauses
from podium.tools.offline.constructions import construction_at, is_told_what_to_do
from podium.tools.offline.corrections import read_correction
from podium.tools.offline.courtesy import without_courtesy
from podium.tools.offline.coverage import ACT_ABOVE, confidence_of, unexplained_spans
from podium.tools.offline.dictated import read_dictated
from podium.tools.offline.ellipsis import URL, given_verbs
from podium.tools.offline.entities import find_entities
from podium.tools.offline.exclusions import beyond_planning
from podium.tools.offline.followups import follow_up
from podium.tools.offline.frame_reader import FrameReader
from podium.tools.offline.frames import Frame
from podium.tools.offline.in_order import read_in_order
from podium.tools.offline.jobs import Job, JobBuilder
from podium.tools.offline.lexicon import among
from podium.tools.offline.lookups import read_lookup
from podium.tools.offline.missing import known_site, missing_of, moment_of, secret_for
from podium.tools.offline.monitoring import assumed, waited_for, with_wait
from podium.tools.offline.naming import agent_name, slug, unique
from podium.tools.offline.offhand import read_offhand
from podium.tools.offline.open_days import missing_days
from podium.tools.offline.passing import explained, told_in_passing
from podium.tools.offline.pasted import find_secrets
from podium.tools.offline.question_reader import read_questions
from podium.tools.offline.recurrence_reader import RecurrenceReading, parse_recurrence
from podium.tools.offline.references import agent_finder
from podium.tools.offline.replies import no_request, reply_for
from podium.tools.offline.rewording import reworded
from podium.tools.offline.schedules import schedule_of
from podium.tools.offline.spelling import respelled
from podium.tools.offline.standing import read_standing
from podium.tools.offline.steps import StepWriter, effects_of
from podium.tools.offline.timed_parts import timed_parts
from podium.tools.offline.tokens import Entity, Token, tokenise
from podium.tools.offline.verbs import is_verb_word, workspace_acts
from podium.tools.offline.waiting import set_aside
from podium.tools.offline.workspace_requests import WorkspaceReader
from podium.tools.planner import WorkspaceView

_MAX_LENGTH = 6000
"""Longer goals are pasted documents; reading them word by word would only guess."""


_ASKED_OF = re.compile(
    r"\W*(?:(?:and|so|but|ok|hey)\W+)*(?:why|when|how|what|who|did|does|is|has|was)\b",
    re.IGNORECASE,
)
"""A question that names no site is about agents, where it names one."""


_POLITELY = re.compile(
    r"^\W*(?:(?:please|now|then|and|ok|okay|hey|also|just|kindly|(?:can|could|would|will) you)\b\W*)*"
)
_ORDERS = frozenset("schedule unschedule pause resume run rename delete rollback".split())  # noqa: SIM905  a list of words is read as such


@dataclass(slots=True)
class _Reading:
    requests: list[tuple[int, Request]] = field(default_factory=list[tuple[int, Request]])
    frames: list[Frame] = field(default_factory=list[Frame])
    used: set[int] = field(default_factory=set[int])
    unread: list[str] = field(default_factory=list[str])


def read_goal(goal: str, *, workspace: WorkspaceView, now: datetime) -> Understanding:
    """Return what a goal asks for; a word that is plainly a slip is read as it was meant, and that is told."""
    clean, _ = find_secrets(goal)
    text = clean[:_MAX_LENGTH]

    def taken(said: str) -> list[Entity]:
        agents = _agents_of(replace(workspace, now=now), said)
        return find_entities(said, today=now.date(), find_agents=agents, verbs=is_verb_word)

    spelled = respelled(text, taken)
    early = _beyond(spelled.text) or _waiting(spelled.text, workspace, now)
    if early is not None:
        return _telling(early, spelled.notes) if spelled.notes else early
    read = _read(spelled.text, workspace=workspace, now=now)
    if read.unexplained or any(request.verb == "create" for request in read.requests):
        read = _told_to(spelled.text, workspace, now) or read

    if read.unexplained and all(request.verb in {"create", "none"} for request in read.requests):
        read = _with_verb(spelled.text, workspace, now) or read
    read = read_dictated(without_courtesy(spelled.text), read, taken) or read

    def part(said: str, known: WorkspaceView) -> Understanding:
        return _read(said, workspace=known, now=now)

    read = read_in_order(spelled.text, read, workspace=replace(workspace, now=now), read=part)
    return _telling(read, spelled.notes) if spelled.notes else read


def _with_verb(text: str, workspace: WorkspaceView, now: datetime) -> Understanding | None:
    """Read a request whose verb is left out with the verb that is meant; none where a word of it is left over then."""
    for said in given_verbs(text):
        read = _read(said, workspace=workspace, now=now)
        made = [request.verb for request in read.requests] == ["create"]
        if made and not read.unexplained and read.confidence >= ACT_ABOVE:
            request = read.requests[0].model_copy(update={"text": text.strip()})
            return read.model_copy(update={"requests": (request,)})
    return None


def _beyond(text: str) -> Understanding | None:
    """Plan nothing of a request on a site that no plan can say, and name what that is."""
    site, said = URL.search(text), beyond_planning(text)
    return _not_planned(text, site[0], said) if site is not None and said else None


def _not_planned(text: str, site: str, unexplained: tuple[str, ...]) -> Understanding:
    wanted = Request(verb="create", text=text.strip(), site=site)
    return Understanding(
        requests=(wanted,), confidence=0.0, unexplained=unexplained,
        reply=reply_for((wanted,), unexplained, 0.0),
    )  # fmt: skip


def _waiting(text: str, workspace: WorkspaceView, now: datetime) -> Understanding | None:
    """Read a request that waits for rows of a list; none where it waits for nothing, or for something else."""
    wait = waited_for(text)
    if wait is None:
        return None
    read = _read(wait.text, workspace=workspace, now=now)
    if [request.verb for request in read.requests] != ["create"] or read.unexplained:
        return None
    steps = with_wait(read.requests[0].steps, wait)
    if steps is None:
        return None
    request = read.requests[0].model_copy(update={"text": text.strip(), "steps": steps})
    return _telling(read.model_copy(update={"requests": (request,)}), assumed(wait))


def _telling(read: Understanding, notes: Sequence[str]) -> Understanding:
    """Return the reading with what was respelled: on the card of what is built, else in the reply."""
    requests = tuple(_noted(request, notes) for request in read.requests)
    shown = any(request.verb == "create" for request in requests) or not read.reply
    reply = read.reply if shown else f"{read.reply} ({'; '.join(notes)})"
    return read.model_copy(update={"requests": requests, "reply": reply})


def _noted(request: Request, notes: Sequence[str]) -> Request:
    if request.verb != "create":
        return request
    before = request.arguments.get("notes")
    told = list[JsonValue](before) if isinstance(before, list) else []
    return request.model_copy(update={"arguments": {**request.arguments, "notes": [*told, *notes]}})


def _read(text: str, *, workspace: WorkspaceView, now: datetime) -> Understanding:
    workspace = replace(workspace, now=now)
    standing = read_standing(text)
    if standing is not None:
        return standing
    asked = (
        read_correction(text, workspace)
        or read_offhand(text, workspace)
        or read_questions(text, workspace)
    )
    if asked is not None:
        return asked
    chat = no_request(text, workspace=workspace)
    if chat:
        return _nothing(text, chat)
    looked_up = read_lookup(text)
    if looked_up is not None:
        return looked_up
    agents = _agents_of(workspace, text)
    names = agent_finder(workspace, spelled=not _SITE.search(text))(text)
    text, order, explains = told_in_passing(text, agents=bool(names))
    said, text = text, reworded(without_courtesy(text))
    named = agent_named(as_rename(text))
    text, set_apart = set_aside(named.text)
    entities = find_entities(
        text,
        today=now.date(),
        find_agents=agents,
        verbs=is_verb_word,
    )
    tokens = tokenise(text, entities)
    continued = follow_up(text.strip(), tokens, workspace)
    if continued is not None:
        return Understanding(requests=(continued,), confidence=0.8)
    clauses, structure = split_clauses(tokens)
    reading = _read_clauses(text, clauses, workspace=workspace, now=now)
    reading.used |= structure
    reading.unread += set_apart
    reading.unread += _conditions(tokens, reading)
    if reading.frames:
        created = _create(said, reading, workspace=workspace, name=named.name)
        if created is not None:
            reading.requests.append(created)
    reading.requests = _once(reading.requests)
    requests = _ordered(reading, order=order, explains=explains)
    unexplained = (*unexplained_spans(text, tokens, reading.used), *reading.unread)
    confidence = confidence_of(tokens, reading.used, requests, unread=len(reading.unread))
    site = next((token.value for token in tokens if token.kind == "url"), "")
    if not requests and site and unexplained and not _ASKS.match(text):
        # Something shall be done on that site, and nobody knows what: no agent is made of it.
        return _not_planned(text, site, unexplained)
    if not requests:
        # Where not one word says anything, what was said is named whole.
        left = unexplained or (said.strip(),)
        return _nothing(said, reply_for((), left, confidence), left)
    return Understanding(
        requests=requests, confidence=confidence, unexplained=unexplained,
        reply=reply_for(requests, unexplained, confidence),
    )  # fmt: skip


def _begins_with_order(text: str) -> bool:
    """Tell whether a text begins with a verb that agents are told: `schedule the boat registry every day`."""
    said = _POLITELY.sub("", text.lower())
    heads = re.findall(r"[a-z-]+", said)[:2]
    if heads[:1] in (["export"], ["compare"]):
        return True
    acts = {act for count in (1, 2) for act in workspace_acts(" ".join(heads[:count]))}
    return bool(acts & _ORDERS)


def _told_to(text: str, workspace: WorkspaceView, now: datetime) -> Understanding | None:
    """Read `boat registry: only those over 10 metres`: a request of the agent that is spoken to, else a change of it."""
    head, colon, rest = text.partition(":")
    if not colon or not rest.strip() or rest.startswith("//") or _SITE.search(text):
        return None
    said = head.strip()
    found = agent_finder(workspace, spelled=True, loose=True)(f"the {said}")
    whole = [entity for entity in found if entity.end - entity.start >= len(said)]
    if len(whole) != 1 or "|" in whole[0].value:
        return None
    name = whole[0].value
    known = replace(workspace, last_agent=name, lately=(name,))
    for form in (f"{name}: {rest.strip()}", f"{rest.strip(' .!')} {name}", rest.strip()):
        inner = _read(form, workspace=known, now=now)
        its_own = all(
            request.agents == (name,) and request.verb not in {"create", "none"}
            for request in inner.requests
        )
        if its_own and not inner.unexplained:
            return inner
    change = Request(
        verb="modify", text=text.strip(), agents=(name,), arguments={"change": rest.strip()}
    )
    return Understanding(requests=(change,), confidence=0.9)


def _agents_of(workspace: WorkspaceView, text: str) -> Callable[[str], list[Entity]]:
    """Return what finds agents: also by a name with spaces, where the words around it are said of agents only."""
    loose = not _SITE.search(text)
    usual = agent_finder(workspace, loose=loose)
    if not loose or usual(text):
        return usual
    spelled = agent_finder(workspace, spelled=True, loose=True)
    tokens = tokenise(text, spelled(text))
    if not any(token.kind == "agent" for token in tokens):
        return usual
    said_of_agents = (
        construction_at(tokens, known=False)
        or is_told_what_to_do(tokens)
        or _ASKED_OF.match(text)
        or _begins_with_order(text)
        or (tokens[0].kind == "agent" and [token.low for token in tokens[1:2]] in ([":"], [","]))
    )
    return spelled if said_of_agents else usual


def _ordered(reading: _Reading, *, order: str, explains: str) -> tuple[Request, ...]:
    """Return the requests as they were said, the first last after `before`; a failure is explained only for runs."""
    requests = tuple(request for _, request in sorted(reading.requests, key=lambda pair: pair[0]))
    if order and len(requests) > 1:
        requests = (*requests[1:], requests[0])
    if not explains:
        return requests
    if all(request.verb != "run" for request in requests):
        reading.unread.append(explains)
    return tuple(explained(request) for request in requests)


def _conditions(tokens: Sequence[Token], reading: _Reading) -> list[str]:
    """Return the conditions of what is asked about agents that nothing read: it is not done without them."""
    if not reading.requests or reading.frames:
        return []
    return [
        token.text
        for token in tokens
        if token.low in {"if", "unless"} and token.start not in reading.used
    ]


def _once(requests: list[tuple[int, Request]]) -> list[tuple[int, Request]]:
    """Leave out what is asked for a second time: `I don't want the ticket agent any longer, remove it`."""
    kept: list[tuple[int, Request]] = []
    for start, request in requests:
        plain = request.model_copy(update={"text": ""})
        if all(plain != other.model_copy(update={"text": ""}) for _, other in kept):
            kept.append((start, request))
    return kept


def _nothing(text: str, reply: str, unexplained: tuple[str, ...] = ()) -> Understanding:
    return Understanding(
        requests=(Request(verb="none", text=text),), confidence=0.0 if unexplained else 0.9,
        unexplained=unexplained, reply=reply,
    )  # fmt: skip


def _read_clauses(
    text: str, clauses: list[Clause], *, workspace: WorkspaceView, now: datetime
) -> _Reading:
    reading = _Reading()
    sited = any(token.kind == "url" for clause in clauses for token in clause.tokens)
    frames = FrameReader(text, now.date(), sited=sited)
    agents = WorkspaceReader(text, workspace, clauses)
    form_open = False
    frames.telegram = sited and all(
        clause.verb is None or clause.verb.phrase == "sort" for clause in clauses
    )
    frames.lone = not sited and len(clauses) == 1
    for position, clause in enumerate(clauses):
        found = agents.read(clause, position)
        if found is not None:
            request, used = found
            reading.used |= used
            if request is not None:
                start = clause.tokens[0].start if clause.tokens else 0
                reading.requests.append((start, request))
            continue
        frame = frames.read(clause, form_open=form_open)
        if frame.act in {"fill", "add"}:
            form_open = True
        elif frame.act in {"take", "download", "search"}:
            form_open = False
        reading.frames.append(frame)
        reading.used |= frame.used
    return reading


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """One job of a request, with what its steps are."""

    job: Job
    site: str
    why: str
    writer: StepWriter


def _create(
    text: str, reading: _Reading, *, workspace: WorkspaceView, name: str
) -> tuple[int, Request] | None:
    parts = _parts(text, reading, workspace=workspace)
    if not parts:
        return None
    first = parts[0]
    start = min(
        (frame.clause.tokens[0].start for frame in reading.frames if frame.clause.tokens), default=0
    )
    end = max(
        (frame.clause.tokens[-1].end for frame in reading.frames if frame.clause.tokens),
        default=len(text),
    )
    taken = {agent.name for agent in workspace.agents}
    names: list[str] = []
    for part in parts:
        own = slug(name) if not names else ""
        names.append(unique(own, taken) if own else agent_name(part.job, taken={*taken, *names}))
    steps = tuple(step for part in parts for step in part.writer.steps)
    inputs = tuple(spec for part in parts for spec in part.writer.inputs)
    request = Request(
        verb="create",
        text=text[start:end].strip(),
        agents=tuple(names),
        site=first.site,
        schedule=_schedule(first.job, workspace),
        inputs=inputs,
        outputs=tuple(dict.fromkeys(name for part in parts for name in part.writer.outputs)),
        effects=effects_of(list(steps)),
        steps=steps,
        missing=(
            *_missing(parts, workspace),
            *missing_days(steps, inputs, zone=workspace.timezone),
        ),
        arguments=_arguments(parts, workspace),
    )
    return start, request


def _parts(text: str, reading: _Reading, *, workspace: WorkspaceView) -> list[_Part]:
    """Return the jobs of a request: one, or each of those that have a time of their own."""
    told = timed_parts(reading.frames)
    if len(told) > 1:
        apart = [_part(text, reading, frames, workspace=workspace) for frames in told]
        parts = [part for part in apart if part is not None]
        if len(parts) == len(told) and sum(_signs_in_anew(part, workspace) for part in parts) < 2:
            return _elsewhere(parts)
    whole = _part(text, reading, reading.frames, workspace=workspace)
    return [whole] if whole is not None else []


def _signs_in_anew(part: _Part, workspace: WorkspaceView) -> bool:
    """Tell whether a credential is asked for: one answer cannot name two."""
    return part.job.signs_in and not secret_for(part.site, workspace)


def _elsewhere(parts: list[_Part]) -> list[_Part]:
    """Give a part without a site that of the part before, and every step an id of its own."""
    ids: set[str] = set()
    found: list[_Part] = []
    site = ""
    for part in parts:
        site = part.site or site
        sites = part.job.sites or ([site] if site else [])
        writer = StepWriter(part.job, sites=sites, taken=ids)
        writer.write()
        ids |= {step.id for step in writer.steps}
        found.append(replace(part, site=site, writer=writer))
    return found


def _part(
    text: str, reading: _Reading, frames: list[Frame], *, workspace: WorkspaceView
) -> _Part | None:
    builder = JobBuilder()
    for frame in frames:
        builder.add(frame)
    job = builder.finish()
    job.schedules = _combined(job, reading, frames)
    if not job.phases and all(
        frame.act in {"store", "repeat", "fragment", "nothing"} for frame in frames
    ):
        return None
    reading.unread += [said for said in job.unread if said not in reading.unread]
    if not job.phases and not job.sites and not job.signs_in:
        return None
    if not job.acts and not (job.sites or job.signs_in):
        return None
    if _only_asks(text, job):
        # "what's the capital of Peru?": nobody said where an agent should look.
        reading.unread.append(text.strip())
        return None
    site, why = (job.sites[0], "") if job.sites else known_site(job, workspace)
    writer = StepWriter(job, sites=job.sites or ([site] if site else []))
    writer.write()
    return _Part(job=job, site=site, why=why, writer=writer)


def _missing(parts: Sequence[_Part], workspace: WorkspaceView) -> tuple[Missing, ...]:
    found: dict[str, Missing] = {}
    for part in parts:
        for item in missing_of(part.job, site=part.site, workspace=workspace):
            found.setdefault(item.field, item)
    return tuple(found.values())


def _arguments(parts: Sequence[_Part], workspace: WorkspaceView) -> dict[str, JsonValue]:
    first = parts[0]
    groups = [list[JsonValue](group) for part in parts for group in part.writer.groups]
    arguments: dict[str, JsonValue] = {"groups": list[JsonValue](groups)}
    if len(parts) > 1:
        arguments["parts"] = [_timed(part, workspace) for part in parts]
    if first.job.user:
        arguments["user"] = first.job.user
    if first.job.site_name:
        arguments["site_name"] = first.job.site_name
    assumed = dict.fromkeys(note for part in parts for note in _assumptions(part.job, part.why))
    if assumed:
        arguments["notes"] = list[JsonValue](assumed)
    return arguments


def _timed(part: _Part, workspace: WorkspaceView) -> JsonValue:
    schedule = _schedule(part.job, workspace)
    return {
        "steps": [step.id for step in part.writer.steps],
        "schedule": schedule.model_dump(mode="json") if schedule is not None else None,
    }


_SITE = re.compile(r"://|\bwww\.", re.IGNORECASE)
"""What is said of a site is no loose word for an agent."""
_ASKS = re.compile(
    r"\s*(?:what(?:'s)?|who(?:'s)?|when|where|why|how|which|is|are|do|does|did|can|could|will)\b(?!\s+you\b)",
    re.IGNORECASE,
)


def _only_asks(text: str, job: Job) -> bool:
    """Tell whether the text is a question to know something, not a job on some site."""
    if not _ASKS.match(text) or job.sites or job.signs_in or job.site_name or job.schedules:
        return False
    return not any(
        phase.place or phase.store or phase.download or phase.submit or phase.notifies
        or phase.thing.endswith("s") or len(phase.fields) > 1
        for phase in job.phases
    )  # fmt: skip


def _assumptions(job: Job, why: str) -> list[str]:
    notes = [why] if why else []
    notes += job.told
    notes.extend(
        reading.assumed.strip()
        for reading in job.schedules
        if reading.assumed.strip() and not reading.problem
    )
    for phase in job.phases:
        if job.schedules:
            notes += [
                f"{rule.phrase!r} is read as {rule.value} and stays so in later runs"
                for rule in phase.rules
                if isinstance(rule.value, str)
                and re.fullmatch(r"\d{4}-\d\d-\d\d", rule.value)
                and rule.value not in rule.phrase
            ]
    return list(dict.fromkeys(notes))


def _combined(job: Job, reading: _Reading, frames: Sequence[Frame]) -> list[RecurrenceReading]:
    """`daily ... at 8am` said in two places is one rule."""
    told = [rule for rule in job.schedules if rule.cron and not rule.assumed]
    vague = [rule for rule in job.schedules if rule.assumed and not rule.problem]
    if len(told) == 1 and vague and len(told) + len(vague) == len(job.schedules):
        # "a weekly list ... Mondays at 7": the rule that says more is the rule.
        return told
    if len(job.schedules) != 1 or "No time of day" not in job.schedules[0].assumed:
        return job.schedules
    times: list[Token] = []
    for frame in frames:
        if frame.act in among("fill add submit choose"):
            return job.schedules
        times += [token for token in frame.clause.tokens if token.kind == "time"]
    if not times:
        return job.schedules
    rule = job.schedules[0]
    said = f"{rule.text} at {' and '.join(token.value for token in times)}"
    combined = parse_recurrence(said)
    if combined is None or not combined.sayable:
        return job.schedules
    reading.used.update(token.start for token in times)
    return [combined]


def _schedule(job: Job, workspace: WorkspaceView) -> Schedule | None:
    said = [reading for reading in job.schedules if reading.sayable]
    if not job.schedules and (once := moment_of(job, workspace)) is not None:
        said = [once]
    if not said or len({reading.words for reading in said}) > 1:
        return None
    return schedule_of(said[0], timezone=workspace.timezone, now=workspace.now)

"""What a request lacks, and only that: known before any browser opens."""

from __future__ import annotations

from urllib.parse import urlsplit

from podium.state import origins as addresses
from podium.state.errors import UserError
from podium.state.plan import Missing
from podium.tools.offline.jobs import Job
from podium.tools.offline.lexicon import among, words
from podium.tools.offline.recurrence_reader import RecurrenceReading, parse_recurrence
from podium.tools.planner import WorkspaceView


def origin_of(url: str) -> str:
    """Return the origin, or nothing for what is no address."""
    try:
        return addresses.origin_of(url)
    except UserError:
        return ""


def secret_for(url: str, workspace: WorkspaceView) -> str:
    """Return the name of the stored credential of that address's origin."""
    origin = origin_of(url)
    return (
        next((name for name, of in workspace.secrets if of and origin_of(of) == origin), "")
        if origin
        else ""
    )


def known_site(job: Job, workspace: WorkspaceView) -> tuple[str, str]:
    """Return the address that the workspace already knows for this job, and why, in words."""
    said = job.site_name.lower()
    candidates = [(name, origin) for name, origin in workspace.secrets]
    candidates += [(agent.name, agent.site) for agent in workspace.agents if agent.site]
    if said:
        fitting = {origin for name, origin in candidates if _names(said, name, origin)}
        if len(fitting) == 1:
            site = fitting.pop()
            return site, f"{job.site_name!r} is taken as {site}, which this workspace knows"
        if not _plain_name(said):
            return "", ""
    if job.signs_in:
        origins = {origin for _, origin in workspace.secrets if origin}
        if len(origins) == 1:
            site = origins.pop()
            return site, f"The site is taken as {site}: the only one with a stored credential"
    return "", ""


def _only_site(workspace: WorkspaceView) -> str | None:
    known = {origin for _, origin in workspace.secrets if origin}
    known |= {agent.site for agent in workspace.agents if agent.site}
    return known.pop() if len(known) == 1 else None


def _plain_name(said: str) -> bool:
    return all(
        word
        in words("nouns", "any_site")
        | words("nouns", "places")
        | words("words", "fillers")
        | among("customer supplier company admin vendor partner online internal billing")
        for word in said.split()
    )


def _names(said: str, name: str, origin: str) -> bool:
    host = urlsplit(origin).netloc.lower()
    labels = set(host.replace(":", ".").replace("-", ".").split("."))
    wanted = {word for word in said.split() if word not in words("nouns", "any_site")}
    known = set(name.lower().replace("_", "-").split("-")) | labels
    return bool(wanted) and wanted <= known


def missing_of(job: Job, *, site: str, workspace: WorkspaceView) -> list[Missing]:
    """Return the questions that must be answered before a plan can be built."""
    missing: list[Missing] = []
    if not site:
        whose = (
            f" of {job.site_name}"
            if job.site_name and not _plain_name(job.site_name.lower())
            else ""
        )
        missing.append(
            Missing(
                field="url",
                question=f"What is the address (URL){whose or ' of the site'}?",
                default=_only_site(workspace) if not whose else None,
            )
        )
    if job.signs_in and not (site and secret_for(site, workspace)):
        where = urlsplit(site).netloc or "the site"
        user = f" for the user {job.user!r}" if job.user else ""
        missing.append(
            Missing(
                field="credentials", kind="secret", origin=origin_of(site), user=job.user,
                question=f"Which credential{user} signs in to {where}? Store it, then answer with its name.",
            )
        )  # fmt: skip
    missing += _values(job)
    missing += _schedule(job, workspace)
    return missing


def _values(job: Job) -> list[Missing]:
    found: list[Missing] = []
    for phase in job.phases:
        for field in phase.wanted:
            if field not in phase.values:
                name = "_".join(field.lower().split())
                found.append(Missing(field=name, question=f"What goes into {field!r}?"))
        if phase.empty:
            found.append(
                Missing(
                    field="values",
                    question="What shall be filled in? Say it like `name: Anna; date: 2026-12-01`.",
                    default="nothing",
                )
            )
        if phase.unruled:
            done = phase.clicks[-1][0] if phase.clicks else "changed"
            found.append(
                Missing(
                    field="which",
                    question=f"Which {phase.thing} shall be meant ({done})? Say what they have in common, or `all of them`.",
                    default="all of them",
                )
            )
        if phase.searches and not phase.query:
            found.append(Missing(field="query", question="What shall be searched for?"))
    return found


def _schedule(job: Job, workspace: WorkspaceView) -> list[Missing]:
    broken = next((reading for reading in job.schedules if reading.problem), None)
    if broken is not None:
        return [
            Missing(
                field="schedule",
                question=f"A schedule cannot say {broken.problem!r}. When shall it run instead? Say a rule such as 'every Monday at 8', or 'by hand'.",
                default=broken.proposal or "by hand",
            )
        ]
    if len({reading.words for reading in job.schedules}) > 1:
        said = " and ".join(repr(reading.words) for reading in job.schedules)
        return [
            Missing(
                field="schedule",
                question=f"The request says {said}: one agent has one schedule. Which?",
                default=_words_of(job),
            )
        ]
    if job.moment and not job.schedules and moment_of(job, workspace) is None:
        return [
            Missing(
                field="schedule",
                question=f"I cannot tell when {job.moment!r} is. Shall it be run by hand then, or at a time (say which, or how often)?",
                default="by hand",
            )
        ]
    return []


def moment_of(job: Job, workspace: WorkspaceView) -> RecurrenceReading | None:
    """Return the one moment at which the job shall be done, when it is clear which."""
    if not job.moment:
        return None
    found = parse_recurrence(job.moment, now=workspace.now, timezone=workspace.timezone)
    return found if found is not None and found.sayable else None


def _words_of(job: Job) -> str | None:
    first = next((reading for reading in job.schedules if reading.sayable), None)
    return first.words if first is not None else None

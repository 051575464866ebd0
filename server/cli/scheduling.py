"""`schedule`, `unschedule`, `schedules`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from podium.server.cli.listings import records
from podium.server.cli.output import DONE, emit, say, table
from podium.server.settings import Settings
from podium.server.timetable import Timetable
from podium.server.views import schedule_view
from podium.state.document import JsonObject
from podium.state.stores import ScheduleRow
from podium.state.triggers import zone


def schedule(
    name: str,
    when: str,
    timezone: str | None,
    policies: Mapping[str, str | int | bool | None],
    *,
    as_json: bool,
) -> int:
    """Keep an agent's schedule and show the next five times.

    Raises:
        UserError: If `when`, the zone or a policy cannot be understood.
    """
    zone_name = timezone or Settings().timezone
    with records() as kept:
        heard = kept.roster.schedule_in_words(name, when, timezone=zone_name, policies=policies)
        chosen = heard.schedule
        if chosen is None:
            kept.roster.unschedule(name)
            return _by_hand(name, as_json=as_json)
        row = kept.stores.schedules.row(kept.stores.agents.get(name).name)
        view = {**schedule_view(row, now=kept.clock.now()), "assumed": heard.assumed}
    if as_json:
        emit(view)
        return DONE
    say(f"{name} runs {chosen.shown} ({chosen.timezone}) while `podium serve` runs. Next:")
    _say_fires(view)
    if heard.assumed:
        say(heard.assumed)
    return DONE


def unschedule(name: str, *, as_json: bool) -> int:
    """Let an agent run only when asked."""
    with records() as kept:
        kept.roster.unschedule(name)
    return _by_hand(name, as_json=as_json)


def _by_hand(name: str, *, as_json: bool) -> int:
    if as_json:
        emit({"agent": name, "schedule": None, "next_fires": []})
    else:
        say(f"{name} runs only when asked.")
    return DONE


def schedules(*, as_json: bool) -> int:
    """List the schedules."""
    with records() as kept:
        rows = kept.stores.schedules.list()
        views = [schedule_view(row, now=kept.clock.now()) for row in rows]
    if as_json:
        emit(views)
        return DONE
    table(
        ("agent", "when", "zone", "next", "standing"),
        [
            (
                row.agent,
                row.schedule.shown,
                row.schedule.timezone,
                _local(row),
                standing(row),
            )
            for row in rows
        ],
        empty="No schedules.",
    )
    return DONE


def standing(row: ScheduleRow) -> str:
    """Return where a schedule stands, in words."""
    if row.stopped:
        return row.note or "paused"
    if row.paused:
        return "its agent is paused"
    return f"{row.failures} failed in a row" if row.failures else ""


def change(name: str, verb: str, *, as_json: bool) -> int:
    """Pause or resume a schedule, or leave its next time out.

    Raises:
        NotFound: If the agent has no schedule.
        Conflict: If there is no next time.
    """
    with records() as kept:
        timetable = Timetable(kept.stores, kept.clock)
        agent = kept.stores.agents.get(name).name
        match verb:
            case "pause":
                row = timetable.pause(agent)
            case "resume":
                row = timetable.resume(agent)
            case _:
                row = timetable.skip(agent)
        view = schedule_view(row, now=kept.clock.now())
    if as_json:
        emit(view)
        return DONE
    say(f"The schedule of {agent}: {standing(row) or 'on'}. Next: {_local(row)}.")
    return DONE


def _local(row: ScheduleRow) -> str:
    if row.stopped or row.paused:
        return "paused"
    if row.next_at is None:
        return "-"
    return f"{row.next_at.astimezone(zone(row.schedule.timezone)):%a %Y-%m-%d %H:%M %Z}"


def _say_fires(view: JsonObject) -> None:
    fires = view.get("next_fires")
    for fire in fires if isinstance(fires, list) else []:
        say(f"  {datetime.fromisoformat(str(fire)):%a %Y-%m-%d %H:%M UTC%z}")

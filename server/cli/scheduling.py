"""`schedule`, `schedules`."""

from __future__ import annotations

from podium.server.cli.listings import fires_text, records
from podium.server.cli.output import DONE, emit, say, table
from podium.server.settings import Settings
from podium.state.clock import SystemClock
from podium.state.document import JsonObject
from podium.state.triggers import Schedule, next_fires, zone


def schedule(name: str, when: str, timezone: str | None, *, as_json: bool) -> int:
    """Keep an agent's schedule and show the next five times.

    Raises:
        UserError: If `when` or the zone cannot be understood.
    """
    from podium.tools.offline.schedules import read_schedule

    zone_name = timezone or Settings().timezone
    zone(zone_name)
    rule = read_schedule(when, timezone=zone_name, now=SystemClock().now())
    with records() as kept:
        if rule is None:
            kept.roster.unschedule(name)
            return _by_hand(name, as_json=as_json)
        kept.roster.schedule(name, rule)
        fires = next_fires(rule, after=kept.clock.now())
        view = _view(name, rule, fires_text(kept, name))
    if as_json:
        emit(view)
        return DONE
    say(f"{name} runs {rule.words or rule.cron} ({rule.timezone}) while `podium serve` runs. Next:")
    for fire in fires:
        say(f"  {fire:%a %Y-%m-%d %H:%M %Z}")
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
        views = [_view(row.agent, row.schedule, fires_text(kept, row.agent)) for row in rows]
    if as_json:
        emit(views)
        return DONE
    table(
        ("agent", "when", "cron", "zone", "next"),
        [
            (
                row.agent,
                row.schedule.words,
                row.schedule.cron,
                row.schedule.timezone,
                row.next_at.isoformat() if row.next_at else "-",
            )
            for row in rows
        ],
        empty="No schedules.",
    )
    return DONE


def _view(agent: str, rule: Schedule, fires: list[str]) -> JsonObject:
    return {"agent": agent, "schedule": rule.to_json(), "next_fires": list(fires)}

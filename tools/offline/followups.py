"""Follow-up turns: what is left out is what was talked about last. `and also the due date`, `make that 9`, `again`."""

from __future__ import annotations

import re
from collections.abc import Sequence

from podium.state.plan import Missing, Request
from podium.state.triggers import Schedule
from podium.tools.offline.lexicon import among, numbers
from podium.tools.offline.recurrence_reader import parse_recurrence
from podium.tools.offline.tokens import Token
from podium.tools.planner import AgentBrief, WorkspaceView

_LONGEST = 14
"""A follow-up is short; more words say what they mean themselves."""
_LEAD = r"(?:(?:no|ok|okay|and|but|oh|well|please|actually|sorry|hm+|right|yes|,|then|now|can you|could you) )*"
_MORE = re.compile(
    rf"^{_LEAD}(?:(?:also|plus|additionally|as well as|in addition|furthermore|add|include)\b|.*\b(?:too|as well)$)"
)
_LESS = re.compile(
    rf"^{_LEAD}(?:without|except|minus|leave out|skip|drop|not|only|just|but only|but not|ignore|exclude)\b"
)
_TIME = re.compile(
    rf"^{_LEAD}(?:(?:make|set|change|move|put|shift|do|push|bring|pull|delay|postpone) (?:it|that|this) (?:to |at |be |for |on )?|(?:make|let|have) (?:it|that|this) (?:go|run|start|go off|work|happen) (?:at |on )?|better |rather |back to |at |(?:it )?should (?:be|run) (?:at |on )?)(?P<when>.+?)(?: instead| rather| then| please)*$"
)
_INSTEAD = re.compile(rf"^{_LEAD}(?:at |on )?(?P<when>.+?) (?:instead|rather)(?: please)?$")
_NOT_DAYS = re.compile(
    rf"^{_LEAD}(?:no longer|not|never|don't run(?: it)?|except|but not|no more runs?|without)\s+(?:any ?more |any longer )?(?:on |at |over |during )?(?:the )?(?P<days>weekends?|saturdays?(?: and sundays?)?|sundays?)(?: any ?more| any longer)?$"
)
_AGAIN = re.compile(
    rf"^{_LEAD}(?:run |do |start )?(?:it |that |this )?(?:again|once more|one more time)$"
)
_UNDO = re.compile(
    rf"^{_LEAD}(?:undo|revert|reverse|take back|roll back)(?: (?:it|that|this|the change|the last change|that change))?$"
)


def follow_up(text: str, tokens: Sequence[Token], workspace: WorkspaceView) -> Request | None:
    """Return the request of a turn that only makes sense after another one, or none."""
    agent = next((one for one in workspace.agents if one.name == workspace.last_agent), None)
    if agent is None or len(tokens) > _LONGEST:
        return None
    if any(token.kind in among("url agent cred content file email pair") for token in tokens):
        return None
    said = " ".join(token.low for token in tokens if token.low not in among(". ! ?"))
    for read in (_undone, _once_more, _other_days, _other_time, _changed):
        request = read(said, text, agent, workspace)
        if request is not None:
            return request
    return None


def _undone(said: str, text: str, agent: AgentBrief, _: WorkspaceView) -> Request | None:
    if not _UNDO.fullmatch(said):
        return None
    return Request(
        verb="rollback", text=text, agents=(agent.name,), arguments={"version": "previous"}
    )


def _once_more(said: str, text: str, agent: AgentBrief, _: WorkspaceView) -> Request | None:
    if not _AGAIN.fullmatch(said):
        return None
    return Request(verb="run", text=text, agents=(agent.name,))


def _other_days(
    said: str, text: str, agent: AgentBrief, workspace: WorkspaceView
) -> Request | None:
    """Read `no longer on weekends`: the schedule it has, without those days."""
    match = _NOT_DAYS.match(said)
    if match is None:
        return None
    left_out = {"saturday": {6}, "sunday": {0}}.get(match["days"].rstrip("s"), {0, 6})
    before = agent.schedule
    cron = _without_days(before.cron, left_out) if before is not None else None
    return _scheduled(text, agent, cron, before, workspace)


def _without_days(cron: str, left_out: set[int]) -> str | None:
    *rest, days = cron.split()
    if not re.fullmatch(r"[\d,*-]+", days):
        return None
    kept = sorted(_numbers(days) - left_out)
    if not kept:
        return None
    listed = "1-5" if kept == [1, 2, 3, 4, 5] else ",".join(map(str, kept))
    return " ".join((*rest, listed))


def _numbers(days: str) -> set[int]:
    found: set[int] = set()
    for part in days.split(","):
        first, _, last = part.partition("-")
        low, high = (0, 6) if first == "*" else (int(first), int(last or first))
        found |= {day % 7 for day in range(low, high + 1)}
    return found


def _other_time(
    said: str, text: str, agent: AgentBrief, workspace: WorkspaceView
) -> Request | None:
    """Read `make that 9`, `at half past six instead`: its days, another time."""
    match = _TIME.match(said) or _INSTEAD.match(said)
    return at_another_time(match["when"].strip(), text, agent, workspace) if match else None


def at_another_time(
    when: str, text: str, agent: AgentBrief, workspace: WorkspaceView
) -> Request | None:
    """Return the request that lets the agent run then, on the days that it runs now where none are said."""
    words = numbers("times", "numbers")
    hour = re.fullmatch(r"(\d{1,2}|[a-z]+)(?: o'clock)?", when)
    clock = when
    if hour is not None and (hour[1].isdigit() or hour[1] in words):
        clock = f"at {hour[1] if hour[1].isdigit() else words[hour[1]]}:00"
    reading = parse_recurrence(f"every day {clock}" if clock != when else when) or parse_recurrence(
        f"every day at {when}"
    )
    if reading is None or not reading.cron:
        return None
    rule: str | None = reading.cron
    before = agent.schedule
    said_days = parse_recurrence(when)
    if said_days is None or not said_days.cron:
        # Only a time was said: the days stay as they are.
        minute, hour_field, *_ = reading.cron.split()
        rule = None if before is None else " ".join((minute, hour_field, *before.cron.split()[2:]))
    elif before is not None and "No time of day" in said_days.assumed:
        rule = " ".join((*before.cron.split()[:2], *reading.cron.split()[2:]))
    request = _scheduled(text, agent, rule, before, workspace)
    if rule is None:
        minute, hour_field, *_ = reading.cron.split()
        time = f"{int(hour_field):02d}:{int(minute):02d}" if hour_field.isdigit() else ""
        asked = tuple(
            missing.model_copy(update={"default": f"every day at {time}"}) if time else missing
            for missing in request.missing
        )
        return request.model_copy(update={"missing": asked, "arguments": {"time": time}})
    return request


def _scheduled(
    text: str,
    agent: AgentBrief,
    cron: str | None,
    before: Schedule | None,
    workspace: WorkspaceView,
) -> Request:
    if cron is None:
        asked = Missing(
            field="schedule",
            question=f"When shall {agent.name} run? Say a rule such as 'every weekday at 8'.",
        )
        return Request(verb="schedule", text=text, agents=(agent.name,), missing=(asked,))
    zone = before.timezone if before is not None else workspace.timezone
    return Request(
        verb="schedule",
        text=text,
        agents=(agent.name,),
        schedule=Schedule(cron=cron, timezone=zone, words=cron),
    )


def _changed(said: str, text: str, agent: AgentBrief, _: WorkspaceView) -> Request | None:
    """Read `and also the due date`, `without the cancelled ones`, `only the open ones`."""
    if not _MORE.match(said) and not _LESS.match(said):
        return None
    return Request(verb="modify", text=text, agents=(agent.name,), arguments={"change": text})

"""Planted defects, and healthy workspaces that look a little like them."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from podium.state.document import JsonObject
from podium.state.plan import InputSpec
from podium.state.recurrence import Days, Part, Rule
from podium.state.runs import Run
from podium.state.suggestions import SuggestionKind
from podium.tools.suggestions import Asked
from tests.unit.suggestions.world import (
    HISTORY,
    START,
    WorldAgent,
    WorldStep,
    opening,
    plain,
    plain_steps,
    program,
    reading,
    storing,
)


@dataclass(slots=True, kw_only=True)
class Scene:
    """Some agents, and what should be said about them: nothing when `kind` is empty."""

    agents: list[WorldAgent] = field(default_factory=list[WorldAgent])
    kind: SuggestionKind | None = None
    about: tuple[str, ...] = ()
    asked: list[Asked] = field(default_factory=list[Asked])


Planter = Callable[[random.Random, str], Scene]


def _at(day: datetime, hour: float) -> datetime:
    return day + timedelta(hours=hour)


def _site(name: str) -> str:
    return f"https://{name}.example"


def _plain(rng: random.Random, name: str) -> WorldAgent:
    site = _site(name)
    return WorldAgent(
        name=name, site=site, origins=(site,), program=plain(site), steps=plain_steps(rng)
    )


def _weekday(day: datetime) -> bool:
    return day.weekday() < 5


# -- Defects ---------------------------------------------------------------------------------------


def useless_ticks(rng: random.Random, name: str) -> Scene:
    hour = rng.choice([6.2, 7.4, 8.3, 11.5, 15.1])

    def publishes(rng: random.Random, day: datetime) -> list[datetime]:
        if not _weekday(day) or rng.random() < 0.05:
            return []
        return [_at(day, hour + rng.uniform(0, 0.4)) for _ in range(rng.randint(1, 4))]

    cron = rng.choice(["0 * * * *", "30 * * * *", "*/30 * * * *", "15 6-20 * * *"])
    return Scene(
        agents=[replace(_plain(rng, name), cron=cron, publishes=publishes)],
        kind="fewer_ticks",
        about=(name,),
    )


def weekend_ticks(rng: random.Random, name: str) -> Scene:
    days = rng.choice([{0}, {0, 3}, {2}])

    def publishes(rng: random.Random, day: datetime) -> list[datetime]:
        return [_at(day, rng.uniform(3, 7))] if day.weekday() in days else []

    cron = rng.choice(["0 8 * * *", "0 8,18 * * *"])
    return Scene(
        agents=[replace(_plain(rng, name), cron=cron, publishes=publishes)],
        kind="fewer_ticks",
        about=(name,),
    )


def in_the_way(rng: random.Random, name: str) -> Scene:
    minute, hour = rng.randint(0, 50), rng.randint(5, 20)
    cron = rng.choice([f"{minute} {hour} * * *", f"{minute} * * * *", f"{minute} {hour} * * 1-5"])
    first = replace(_plain(rng, f"{name}-a"), cron=cron, publishes=_hourly)
    second = replace(
        _plain(rng, f"{name}-b"), cron=cron, publishes=_hourly, contended_with=first.name
    )
    second.site, second.origins = first.site, first.origins
    for agent in (first, second):
        agent.steps[1].mean_ms = rng.uniform(30_000, 90_000)
    return Scene(agents=[first, second], kind="stagger", about=(first.name, second.name))


def _hourly(rng: random.Random, day: datetime) -> list[datetime]:
    return [_at(day, hour + rng.random()) for hour in range(24)]


def healing_on(rng: random.Random, name: str) -> Scene:
    agent = replace(_plain(rng, name), cron="0 7 * * *", publishes=_hourly)
    agent.steps[1].moved_at = START + timedelta(days=rng.randint(8, 20))
    agent.steps[1].heal_ms = rng.uniform(2500, 9000)
    return Scene(agents=[agent], kind="rebuild", about=(name,))


def fetched_again(rng: random.Random, name: str) -> Scene:
    site = _site(name)
    each: JsonObject = {
        "id": "each",
        "op": "each",
        "args": {
            "rows": "read",
            "steps": [
                {
                    "id": "fetch",
                    "title": "fetch",
                    "op": "download",
                    "args": {"url": f"{site}/f", "skip_known": False},
                }
            ],
        },
    }
    files = rng.randint(10, 40)
    steps = [
        WorldStep("open", "open", 900),
        WorldStep("read", "extract", 2000),
        WorldStep(
            "fetch", "download", rng.uniform(600, 2500), files=files, fresh=rng.randint(0, 2)
        ),
    ]
    agent = WorldAgent(
        name=name,
        site=site,
        origins=(site,),
        program=program(opening("open", site), reading("read"), each),
        steps=steps,
        cron="0 6 * * *",
    )
    return Scene(agents=[agent], kind="faster_step", about=(name,))


def read_in_vain(rng: random.Random, name: str) -> Scene:
    site, count = _site(name), rng.randint(1, 8)
    pick: JsonObject = {"id": "pick", "op": "pick", "args": {"rows": "read", "count": count}}
    pages = rng.randint(5, 12)
    agent = WorldAgent(
        name=name,
        site=site,
        origins=(site,),
        program=program(opening("open", site), reading("read"), pick, storing("store", "pick")),
        steps=[
            WorldStep("open", "open", 900),
            WorldStep("read", "extract", rng.uniform(1200, 3000), pages=pages),
            WorldStep("pick", "pick", 5),
            WorldStep("store", "store", 50),
        ],
        cron="0 9 * * 1-5",
        publishes=_hourly,
    )
    return Scene(agents=[agent], kind="faster_step", about=(name,))


def always_the_same(rng: random.Random, name: str) -> Scene:
    agent = replace(_plain(rng, name), cron="0 5 * * *", publishes=_hourly)
    actions = [f"click {index}" for index in range(rng.randint(3, 7))]
    agent.steps.insert(
        1, WorldStep("task", "task", 15_000, calls=rng.randint(3, 9), actions=actions)
    )
    return Scene(agents=[agent], kind="compile", about=(name,))


def _two_sites(rng: random.Random, name: str, *, long: bool, fails: float) -> WorldAgent:
    one, other = _site(f"{name}-x"), _site(f"{name}-y")
    scale = rng.uniform(120_000, 260_000) if long else rng.uniform(2000, 8000)
    steps = [
        WorldStep("open_a", "open", 900, fails=fails),
        WorldStep("read_a", "extract", scale),
        WorldStep("store_a", "store", 50),
        WorldStep("open_b", "open", 900, part=1),
        WorldStep("read_b", "extract", scale * rng.uniform(0.8, 1.25), part=1),
        WorldStep("store_b", "store", 50, part=1),
    ]
    return WorldAgent(
        name=name,
        site=one,
        origins=(one, other),
        program=program(
            opening("open_a", one), reading("read_a"), storing("store_a", "read_a"),
            opening("open_b", other), reading("read_b"), storing("store_b", "read_b"),
        ),
        steps=steps,
        cron=rng.choice(["0 4 * * *", "0 4,16 * * *"]),
        publishes=_hourly,
    )  # fmt: skip


def one_takes_the_other_down(rng: random.Random, name: str) -> Scene:
    agent = _two_sites(rng, name, long=False, fails=rng.uniform(0.3, 0.5))
    return Scene(agents=[agent], kind="split", about=(name,))


def far_too_long(rng: random.Random, name: str) -> Scene:
    return Scene(agents=[_two_sites(rng, name, long=True, fails=0)], kind="split", about=(name,))


def carried_by_hand(rng: random.Random, name: str) -> Scene:
    first = replace(
        _plain(rng, f"{name}-a"), cron=f"0 {rng.randint(6, 15)} * * 1-5", publishes=_hourly
    )
    second = replace(_plain(rng, f"{name}-b"), inputs=(InputSpec(name="invoice"),))
    wait = rng.uniform(8, 50)

    def started(
        rng: random.Random, day: datetime, today: list[Run]
    ) -> list[tuple[datetime, JsonObject]]:
        starts: list[tuple[datetime, JsonObject]] = []
        for run in today:
            if run.agent == first.name and run.finished_at and rng.random() < 0.95:
                number = _newest(run)
                starts.append(
                    (
                        run.finished_at + timedelta(minutes=wait * rng.uniform(0.6, 1.4)),
                        {"invoice": number},
                    )
                )
        return starts

    second.started_by = started
    return Scene(agents=[first, second], kind="coordinate", about=(first.name, second.name))


def _newest(run: Run) -> str:
    store = run.outputs.get("store")
    sample = store.get("sample") if isinstance(store, dict) else None
    row = sample[0] if isinstance(sample, list) else None
    return str(row.get("number")) if isinstance(row, dict) else ""


def every_morning_by_hand(rng: random.Random, name: str) -> Scene:
    hour = rng.uniform(7, 18)
    days = rng.choice([{0, 1, 2, 3, 4}, {0, 1, 2, 3, 4, 5, 6}, {0}, {1, 4}])

    def started(
        rng: random.Random, day: datetime, _: list[Run]
    ) -> list[tuple[datetime, JsonObject]]:
        if day.weekday() not in days or rng.random() < 0.04:
            return []
        return [(_at(day, hour + rng.uniform(0, 0.6)), {})]

    return Scene(
        agents=[replace(_plain(rng, name), started_by=started)], kind="dedicate", about=(name,)
    )


def asked_again_and_again(rng: random.Random, name: str) -> Scene:
    place = rng.choice(["tenders", "job ads", "exchange rates", "delivery slots"])
    wordings = [
        f"get me all {place} from {_site(name)} as CSV",
        f"please get all {place} from {_site(name)} as CSV again",
        f"get me the {place} from {_site(name)} as CSV, {rng.randint(1, 28)} October",
    ]
    every = rng.randint(3, 7)
    asked = [
        Asked(
            text=rng.choice(wordings),
            at=START + timedelta(days=every * index, hours=9),
            thread_id=f"{name}-{index}",
        )
        for index in range(int(HISTORY.days / every))
    ]
    return Scene(kind="dedicate", about=(), asked=asked)


# -- Healthy, though similar -----------------------------------------------------------------------


def busy(rng: random.Random, name: str) -> Scene:
    return Scene(agents=[replace(_plain(rng, name), cron="0 * * * *", publishes=_hourly)])


def watching(rng: random.Random, name: str) -> Scene:
    def publishes(rng: random.Random, day: datetime) -> list[datetime]:
        return [_at(day, rng.uniform(0, 24)) for _ in range(rng.randint(0, 3))]

    return Scene(agents=[replace(_plain(rng, name), cron="0 * * * *", publishes=publishes)])


def on_named_days(rng: random.Random, name: str) -> Scene:
    scene = watching(rng, name)
    scene.agents[0].cron = "0 * * * MON-SAT"
    return scene


def by_rule(rng: random.Random, name: str) -> Scene:
    """Ticks that find nothing, by a rule of which no five fields are a part."""
    first, second = useless_ticks(rng, name), in_the_way(rng, f"{name}-met")
    times = tuple(f"{hour:02d}:{minute:02d}" for hour in range(24) for minute in (0, 30))
    hourly = Rule(parts=(Part(times=times, but_not=(Days(dates=("2026-12-24",)),)),))
    for agent in (*first.agents, *second.agents):
        agent.cron, agent.rule = "", hourly
    return Scene(agents=[*first.agents, *second.agents])


def young(rng: random.Random, name: str) -> Scene:
    scene = useless_ticks(rng, name)
    scene.agents[0].since = START + HISTORY - timedelta(hours=20)
    return Scene(agents=scene.agents)


def side_by_side(rng: random.Random, name: str) -> Scene:
    scene = in_the_way(rng, name)
    first, second = scene.agents
    second.site, second.contended_with = _site(f"{name}-other"), ""
    second.origins = (second.site,)
    return Scene(agents=[first, second])


def apart(rng: random.Random, name: str) -> Scene:
    scene = in_the_way(rng, name)
    scene.agents[0].cron, scene.agents[1].cron = "5 4 * * *", "35 4 * * *"
    return Scene(agents=scene.agents)


def healed_once(rng: random.Random, name: str) -> Scene:
    scene = healing_on(rng, name)
    scene.agents[0].steps[1].moved_for = timedelta(days=rng.randint(1, 5))
    return Scene(agents=scene.agents)


def fetched_fresh(rng: random.Random, name: str) -> Scene:
    scene = fetched_again(rng, name)
    scene.agents[0].steps[2].fresh = scene.agents[0].steps[2].files - 1
    return Scene(agents=scene.agents)


def wandering(rng: random.Random, name: str) -> Scene:
    scene = always_the_same(rng, name)
    scene.agents[0].steps[1].wanders = True
    return Scene(agents=scene.agents)


def two_sites_and_well(rng: random.Random, name: str) -> Scene:
    return Scene(agents=[_two_sites(rng, name, long=False, fails=0.01)])


def joined(rng: random.Random, name: str) -> Scene:
    agent = _two_sites(rng, name, long=True, fails=0.2)
    one, other = agent.origins
    fill: JsonObject = {
        "id": "ask_b",
        "op": "open",
        "args": {"url": f"{other}/?q={{steps.read_a.count}}"},
    }
    agent.program = program(
        opening("open_a", one), reading("read_a"), storing("store_a", "read_a"),
        fill, reading("read_b"), storing("store_b", "read_b"),
    )  # fmt: skip
    return Scene(agents=[agent])


def long_on_one_site(rng: random.Random, name: str) -> Scene:
    agent = replace(_plain(rng, name), cron="0 3 * * *", publishes=_hourly)
    agent.steps[1].mean_ms = 400_000
    return Scene(agents=[agent])


def now_and_then_by_hand(rng: random.Random, name: str) -> Scene:
    def started(
        rng: random.Random, day: datetime, _: list[Run]
    ) -> list[tuple[datetime, JsonObject]]:
        if rng.random() < 0.5:
            return []
        return [(_at(day, rng.uniform(7, 20)), {"month": str(rng.randint(1, 12))})]

    return Scene(
        agents=[replace(_plain(rng, name), started_by=started, inputs=(InputSpec(name="month"),))]
    )


def unrelated_by_hand(rng: random.Random, name: str) -> Scene:
    scene = carried_by_hand(rng, name)

    def started(
        rng: random.Random, day: datetime, _: list[Run]
    ) -> list[tuple[datetime, JsonObject]]:
        return (
            [(_at(day, rng.uniform(6, 22)), {"invoice": str(rng.randint(1, 999))})]
            if rng.random() < 0.6
            else []
        )

    scene.agents[1].started_by = started
    return Scene(agents=scene.agents)


def asked_twice(rng: random.Random, name: str) -> Scene:
    texts = [
        f"get the prices from {_site(name)}",
        f"get the prices from {_site(name)}",
        f"download the annual report from {_site(f'{name}-b')}",
        f"fill the contact form at {_site(name)} with name Bo",
    ]
    return Scene(
        asked=[
            Asked(text=text, at=START + timedelta(days=5 * index), thread_id=f"{name}-{index}")
            for index, text in enumerate(texts)
        ]
    )


DEFECTS: tuple[Planter, ...] = (
    useless_ticks, weekend_ticks, in_the_way, healing_on, fetched_again, read_in_vain,
    always_the_same, one_takes_the_other_down, far_too_long, carried_by_hand,
    every_morning_by_hand, asked_again_and_again,
)  # fmt: skip
HEALTHY: tuple[Planter, ...] = (
    busy, watching, on_named_days, by_rule, young, side_by_side, apart, healed_once, fetched_fresh, wandering,
    two_sites_and_well, joined, long_on_one_site, now_and_then_by_hand, unrelated_by_hand,
    asked_twice,
)  # fmt: skip

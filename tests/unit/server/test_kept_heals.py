"""What a run healed becomes the next version: healed steps in place, inserted ones before those they unblock."""

from __future__ import annotations

from podium.server.events import Told
from podium.server.ledger import heal_reason, rewritten
from podium.state.program import ClickStep, EachArgs, EachStep, Step, TargetArgs
from podium.state.runs import StepRecord
from podium.state.target import Target


def click(step_id: str, name: str) -> ClickStep:
    return ClickStep(id=step_id, title=f"Click {name}", args=TargetArgs(target=Target(name=name)))


def ids(steps: tuple[Step, ...]) -> list[str]:
    return [step.id for step in steps]


def test_an_inserted_step_stands_before_the_one_it_unblocks_also_in_a_loop() -> None:
    loop = EachStep(
        id="each", title="Each", args=EachArgs(rows="rows", steps=(click("act", "Archive"),))
    )
    inserted: dict[str, Step] = {
        "act": click("act-open", "More"),
        "first": click("first-open", "Menu"),
    }

    steps = rewritten((click("first", "Home"), loop), healed={}, inserted=inserted)

    assert ids(steps) == ["first-open", "first", "each"]
    assert isinstance(steps[-1], EachStep)
    assert ids(steps[-1].args.steps) == ["act-open", "act"]


def test_a_healed_step_takes_the_place_of_the_old_one() -> None:
    healed: dict[str, Step] = {"first": click("first", "Start")}

    steps = rewritten((click("first", "Home"), click("last", "End")), healed=healed, inserted={})

    assert [step.title for step in steps] == ["Click Start", "Click End"]


def test_the_reason_says_what_was_healed_and_why() -> None:
    record = StepRecord(
        id="first",
        title="Click Start",
        op="click",
        effect="read",
        status="done",
        evidence={"why": "most descriptions agree: role, form"},
    )
    told = Told(
        records=(record,), artifacts=(), healed=(), inserted={}, model_calls=0, browser_ms=0
    )

    reason = heal_reason(
        told,
        healed={"first": click("first", "Start")},
        inserted={"last": click("last-open", "Menu")},
    )

    assert (
        reason
        == "healed: Click Start (most descriptions agree: role, form); opened first: Click Menu"
    )

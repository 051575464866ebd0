"""The parent graph on doubles: from a goal to a deployed agent, its questions, failures and verbs."""
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from pathlib import Path

import pytest

from podium.graphs.orchestrator.cards import Trial, deploy_question, plan_card
from podium.graphs.orchestrator.ports import ActResult, Basis, BasisAgent
from podium.server.checkpoints import SqliteCheckpoints
from podium.state.document import JsonObject
from podium.state.plan import (
    InputSpec,
    Missing,
    PlannedAgent,
    PlannedStep,
    Request,
    Understanding,
)
from podium.state.program import (
    Column,
    Condition,
    ExtractArgs,
    ExtractStep,
    ListSpec,
    Program,
    Step,
    WhereArgs,
    WhereStep,
)
from podium.state.questions import FieldSpec, Question
from podium.state.runs import Outcome, Run, StepRecord
from podium.state.spec import AgentSpec, as_plan
from podium.tools.builder import WRITTEN
from tests.doubles import (
    SITE,
    FakeChildren,
    FakeWorkspace,
    Kill,
    Killed,
    ScriptedBuilder,
    ScriptedPlanner,
    a_choice,
    a_plan,
    a_planned_agent,
    a_request,
    a_step,
    read_as,
)
from tests.graphs.talk import Conversation, at

URL = Missing(field="url", question="At which address is it?")
KEY = Missing(field="key", question="By which column are rows told apart?")
LOGIN = Missing(field="credentials", question="How do I sign in?", kind="secret")


def asking_for(*missing: Missing, site: str = "") -> ScriptedPlanner:
    return ScriptedPlanner(reading=read_as(a_request(missing=missing, site=site)))


def a_filtering_program() -> tuple[Step, ...]:
    columns = (Column(name="state", header="State"), Column(name="street", header="Street"))
    spec = ListSpec(kind="table", heading="Streets", columns=columns, key=("street",))
    state = Condition(column="state", cmp="=", value="Closed")
    return (
        ExtractStep(id="streets", title="Read the streets", args=ExtractArgs(list=spec)),
        WhereStep(
            id="closed",
            title="Keep the closed ones",
            args=WhereArgs(rows="streets", conditions=(state,)),
        ),
    )


# -- The way through -------------------------------------------------------------------------------


async def test_from_a_goal_to_a_deployed_agent() -> None:
    talk = Conversation()

    await talk.say("watch the prices")
    review = await talk.question()
    await talk.answer({"decision": "approve"})
    deploy = await talk.question()
    state = await talk.answer({"decision": "approve"})

    assert review is not None
    assert review["kind"] == "review"
    assert talk.builder.built == ["start", "finish_up"]
    assert deploy is not None
    assert deploy["kind"] == "approval"
    assert talk.workspace.deployed == [("prices", 1)]
    assert (state["status"], state["agents"]) == ("done", ["prices"])
    assert state["runs"] == talk.children.tested


async def test_the_deployment_shows_what_was_compiled_decided_and_left_out() -> None:
    records = [
        StepRecord(
            id=step.id,
            title=step.title,
            op=step.op,
            effect="read",
            status="done",
            evidence={"rows": 1, "of": 5},
        )
        for step in a_filtering_program()
    ]
    run = Run.model_validate(
        await FakeChildren().test(run_id="r", agent="prices", version=1, release_writes=False)
    )
    trial = Trial(
        run=run.model_copy(update={"steps": tuple(records)}),
        program=Program(steps=a_filtering_program()),
        notes=("The key street is not unique.",),
        unused=("since March",),
    )

    text = deploy_question(trial, agent="prices", version=1).text

    assert "Read the streets: the table under 'Streets' with State, Street" in text
    assert "Keep the closed ones: State = Closed (1 of 5 rows)" in text
    assert "The key street is not unique." in text
    assert "Not used of what you said: 'since March'" in text


async def test_words_that_come_to_nothing_stand_in_both_approvals() -> None:
    talk = Conversation()
    goal = "watch the prices of velocipedes"
    talk.planner.reading = read_as(a_request().model_copy(update={"text": goal}))

    await talk.say(goal)
    review = await talk.question()
    await talk.answer({"decision": "approve"})
    deploy = await talk.question()

    assert review is not None
    assert deploy is not None
    assert "'velocipedes'" in str(review["text"])
    assert "'velocipedes'" in str(deploy["text"])
    assert "built start" in str(deploy["text"])


async def test_words_that_come_to_nothing_are_asked_about_though_all_was_approved_beforehand() -> (
    None
):
    talk = Conversation()
    goal = "watch the prices of velocipedes"
    talk.planner.reading = read_as(a_request().model_copy(update={"text": goal}))

    await talk.say(goal, approve_all=True)
    review = await talk.question()
    built_before = list(talk.builder.drafts)
    state = await talk.answer({"decision": "approve"})

    assert review is not None
    assert "Not used of what you said: 'velocipedes'" in str(review["text"])
    assert built_before == []
    assert await talk.question() is None
    assert "built start" in str(state["replies"])


async def test_words_that_were_not_understood_are_asked_about_though_they_stand_elsewhere_too() -> (
    None
):
    talk = Conversation()
    goal = "watch the prices of prices"
    request = a_request().model_copy(update={"text": goal})
    read = Understanding(requests=(request,), confidence=0.9, unexplained=("of prices",))
    talk.planner.reading = read

    await talk.say(goal, approve_all=True)

    assert "'of prices'" in str(await talk.question())


async def test_a_decision_given_beforehand_settles_what_came_to_nothing() -> None:
    talk = Conversation()
    goal = "watch the prices of velocipedes"
    talk.planner.reading = read_as(a_request().model_copy(update={"text": goal}))

    state = await talk.say(goal, approve_all=True, given={"decision": "approve"})

    assert await talk.question() is None
    assert "Not used of what you said: 'velocipedes'" in str(state["replies"])


async def test_nothing_is_built_before_the_plan_is_approved() -> None:
    talk = Conversation()

    await talk.say()

    assert talk.builder.drafts == []
    assert talk.workspace.saved == []


async def test_the_review_shows_the_plan_and_binds_its_hash() -> None:
    talk = Conversation()

    await talk.say()
    question = await talk.question()

    assert question is not None
    assert "Open start" in str(question["text"])
    assert len(str(question["subject"])) == 64
    assert at(question, "action_requests") != []


async def test_decisions_may_come_as_chat_pages_send_them() -> None:
    talk = Conversation()

    await talk.say()
    await talk.answer({"decisions": [{"type": "approve"}]})
    state = await talk.answer([{"type": "approve"}])

    assert state["status"] == "done"


async def test_approving_all_beforehand_asks_nothing() -> None:
    talk = Conversation()

    state = await talk.say(approve_all=True)

    assert await talk.question() is None
    assert state["status"] == "done"
    assert talk.workspace.deployed == [("prices", 1)]


async def test_the_goal_may_come_as_a_message() -> None:
    talk = Conversation(planner=ScriptedPlanner(table={"hi": read_as(reply="Hi!")}))

    await talk.graph.ainvoke(
        {"messages": [{"type": "human", "content": "hi"}]},
        {"configurable": {"thread_id": talk.thread_id}},
    )
    state = (await talk.snapshot()).values

    assert state["messages"] == [
        {"type": "human", "content": "hi"},
        {"type": "ai", "content": "Hi!"},
    ]


# -- Understanding ---------------------------------------------------------------------------------


async def test_what_is_not_understood_starts_nothing() -> None:
    talk = Conversation(planner=ScriptedPlanner(reading=read_as(a_request(), confidence=0.2)))

    state = await talk.say("florp the zant")

    assert await talk.question() is None
    assert state["status"] == "failed"
    assert state["replies"]
    assert talk.builder.drafts == []


async def test_a_refusal_says_what_was_not_understood_once_and_ends_as_failed() -> None:
    reading = Understanding(
        requests=(a_request(),),
        confidence=0.2,
        unexplained=("the bells",),
        reply="I did not understand: 'the bells'. Please say it in other words.",
    )
    talk = Conversation(planner=ScriptedPlanner(reading=reading))

    state = await talk.say("ring the bells")

    assert str(state["replies"]).count("the bells") == 1
    assert state["status"] == "failed"


async def test_a_greeting_is_answered_and_is_no_failure() -> None:
    reading = Understanding(
        requests=(Request(verb="none", text="hello"),), confidence=0.9, reply="Hello."
    )
    talk = Conversation(planner=ScriptedPlanner(reading=reading))

    state = await talk.say("hello")

    assert (state["status"], state["replies"]) == ("done", ["Hello."])


async def test_what_is_missing_is_asked_together() -> None:
    talk = Conversation(planner=asking_for(URL, KEY))

    await talk.say()
    question = await talk.question()
    await talk.answer({"url": SITE, "key": "SKU"})

    assert at(question, "schema", "required") == ["url", "key"]
    assert talk.planner.answers == [{"url": SITE, "key": "SKU"}]


async def test_answers_given_beforehand_are_not_asked_for() -> None:
    talk = Conversation(planner=asking_for(URL, KEY))

    await talk.say(given={"url": SITE})
    question = await talk.question()
    await talk.answer({"key": "SKU"})

    assert at(question, "schema", "required") == ["key"]
    assert talk.planner.answers == [{"url": SITE, "key": "SKU"}]


async def test_a_given_answer_that_does_not_work_is_asked_for() -> None:
    talk = Conversation(planner=asking_for(URL))

    await talk.say(given={"url": "nowhere"})
    question = await talk.question()
    await talk.answer({"url": SITE})

    assert "'nowhere' is no site" in str(at(question, "text"))
    assert talk.planner.answers == [{"url": SITE}]


async def test_an_answer_the_planner_cannot_use_is_asked_again_and_the_others_kept() -> None:
    talk = Conversation(planner=asking_for(URL, KEY))

    await talk.say()
    await talk.answer({"url": "nowhere", "key": "SKU"})
    question = await talk.question()
    await talk.answer({"url": SITE})

    assert at(question, "schema", "required") == ["url"]
    assert talk.planner.answers == [{"url": SITE, "key": "SKU"}]


async def test_a_credential_is_asked_for_once_its_site_is_known() -> None:
    talk = Conversation(planner=asking_for(URL, LOGIN))

    await talk.say()
    first = await talk.question()
    await talk.answer({"url": SITE})
    second = await talk.question()
    await talk.answer({"credentials": {"stored": "shop"}})

    assert at(first, "schema", "required") == ["url"]
    assert at(second, "schema", "properties", "credentials", "x-podium-secret") == SITE
    assert talk.planner.answers == [{"url": SITE, "credentials": {"stored": "shop"}}]


async def test_the_stored_credential_of_the_site_is_used_without_asking() -> None:
    workspace = FakeWorkspace(secrets=(("shop", SITE), ("other", "https://other.test")))
    talk = Conversation(planner=asking_for(LOGIN, site=SITE), workspace=workspace)

    await talk.say()

    assert talk.planner.answers == [{"credentials": {"stored": "shop"}}]


async def test_a_secret_value_is_never_an_answer() -> None:
    talk = Conversation(planner=asking_for(LOGIN, site=SITE))
    await talk.say()

    await talk.answer({"credentials": "hunter2"})
    question = await talk.question()

    assert at(question, "kind") == "secret"
    assert str(at(question, "text")).startswith("! ")


# -- Review ----------------------------------------------------------------------------------------


async def test_a_change_in_words_makes_the_next_revision() -> None:
    talk = Conversation()

    await talk.say()
    await talk.answer({"decision": "edit", "change": "only the cheap ones"})
    question = await talk.question()
    state = await talk.answer({"decision": "approve"})

    assert talk.planner.changes == ["only the cheap ones"]
    assert str(at(question, "id")) == "plan_1.2"
    assert at(state["plan"], "revision") == 2


async def test_what_an_edit_dropped_is_not_told_as_not_used() -> None:
    request = a_request(
        text="collect the prices of https://shop.test with the harbour and the colour"
    )
    reading = read_as(request)
    talk = Conversation(planner=ScriptedPlanner(reading=reading))

    await talk.say()
    before = str(at(await talk.question(), "text"))
    await talk.answer({"decision": "edit", "change": "without the harbour"})
    after = str(at(await talk.question(), "text"))

    assert "Not used of what you said: 'harbour', 'colour'" in before
    assert "Not used of what you said: 'colour'" in after


async def test_a_change_may_be_a_document() -> None:
    talk = Conversation()

    await talk.say()
    await talk.answer({"decision": "edit", "change": '{"notes": ["x"]}'})

    assert talk.planner.changes == [{"notes": ["x"]}]


@pytest.mark.parametrize("change", ["gibberish", "{not json"])
async def test_a_change_that_is_not_understood_keeps_the_plan_under_review(change: str) -> None:
    talk = Conversation()

    await talk.say()
    await talk.answer({"decision": "edit", "change": change})
    question = await talk.question()
    state = await talk.answer({"decision": "approve"})

    assert str(at(question, "text")).startswith("! ")
    assert at(state["plan"], "revision") == 1


async def test_a_rejected_plan_builds_nothing() -> None:
    talk = Conversation()

    await talk.say()
    state = await talk.answer({"decision": "reject"})

    assert talk.builder.drafts == []
    assert await talk.question() is None
    assert state["status"] in {"done", "failed"}


async def test_a_wrong_decision_is_asked_again() -> None:
    talk = Conversation()

    await talk.say()
    await talk.answer({"decision": "maybe"})

    assert "not a choice" in str(at(await talk.question(), "text"))


async def test_writes_are_rehearsed_unless_the_review_releases_them() -> None:
    write = PlannedStep(id="send", op="submit", title="Send it", effect="write")
    agent = a_planned_agent().model_copy(update={"steps": (write,)})
    for released in (True, False):
        talk = Conversation(planner=ScriptedPlanner(plans=[a_plan(agent)]))

        await talk.say()
        await talk.answer({"decision": "approve", "release_writes": released})

        assert talk.builder.drafts[0].release_writes is released
        assert talk.children.released == [released]


async def test_what_the_build_wrote_is_not_written_again_by_the_test() -> None:
    write = PlannedStep(id="send", op="submit", title="Send it", effect="write")
    agent = a_planned_agent().model_copy(update={"steps": (write,)})
    builder = ScriptedBuilder(facts={WRITTEN: {"s1_send": {}}})
    talk = Conversation(planner=ScriptedPlanner(plans=[a_plan(agent)]), builder=builder)

    await talk.say()
    await talk.answer({"decision": "approve", "release_writes": True})

    assert talk.builder.drafts[0].release_writes
    assert talk.children.released == [False]


# -- Build -----------------------------------------------------------------------------------------


async def test_a_question_of_the_build_is_asked_and_its_answer_reaches_the_builder() -> None:
    talk = Conversation(builder=ScriptedBuilder(asks={"finish_up": a_choice()}))

    await talk.say()
    await talk.answer({"decision": "approve"})
    asked = await talk.asks()
    await talk.answer({"status": "open"})

    assert asked == "Which are unpaid?"
    assert talk.builder.drafts[-1].answers == {"q.status": {"status": "Open"}}
    assert talk.builder.built == ["start", "finish_up"]


async def test_approving_all_does_not_answer_what_only_a_person_knows() -> None:
    talk = Conversation(builder=ScriptedBuilder(asks={"finish_up": a_choice()}))

    await talk.say(approve_all=True)

    assert await talk.asks() == "Which are unpaid?"


async def test_a_given_answer_fits_a_question_of_the_build() -> None:
    talk = Conversation(builder=ScriptedBuilder(asks={"finish_up": a_choice()}))

    state = await talk.say(approve_all=True, given={"status": "paid"})

    assert state["status"] == "done"
    assert talk.builder.drafts[-1].answers == {"q.status": {"status": "Paid"}}


async def test_a_build_goes_on_in_a_new_process_after_its_question(tmp_path: Path) -> None:
    asks = {"finish_up": a_choice()}
    first_process = SqliteCheckpoints(tmp_path / "checkpoints.db")
    first = Conversation(builder=ScriptedBuilder(asks=asks), saver=await first_process.saver())
    await first.say(approve_all=True)
    await first_process.close()

    second_process = SqliteCheckpoints(tmp_path / "checkpoints.db")
    second = Conversation(builder=ScriptedBuilder(asks=asks), saver=await second_process.saver())
    asked = await second.asks()
    state = await second.answer({"status": "Paid"})
    await second_process.close()

    assert asked == "Which are unpaid?"
    assert first.builder.built == ["start"]
    assert second.builder.built == ["finish_up"]
    assert len(second.builder.drafts[0].steps) == 1
    assert state["status"] == "done"


async def test_a_killed_build_repeats_no_finished_step(tmp_path: Path) -> None:
    first_process = SqliteCheckpoints(tmp_path / "checkpoints.db")
    first = Conversation(
        builder=ScriptedBuilder(kill=Kill("build finish_up")), saver=await first_process.saver()
    )
    with pytest.raises(Killed):
        await first.say(approve_all=True)
    await first_process.close()
    second_process = SqliteCheckpoints(tmp_path / "checkpoints.db")
    second = Conversation(saver=await second_process.saver())
    state = await second.go_on()
    await second_process.close()

    assert second.builder.built == ["finish_up"]
    assert state["status"] == "done"


async def test_a_passing_failure_is_built_again_by_itself() -> None:
    talk = Conversation(builder=ScriptedBuilder(fails={"finish_up": ["timeout"]}))

    state = await talk.say(approve_all=True)

    assert talk.builder.built == ["start", "start", "finish_up"]
    assert state["status"] == "done"


async def test_a_lasting_failure_is_put_to_a_person_and_may_be_stopped() -> None:
    talk = Conversation(builder=ScriptedBuilder(fails={"start": ["unreachable"]}))

    await talk.say(approve_all=True)
    question = await talk.question()
    state = await talk.answer({"action": "stop"})

    assert "failed" in str(at(question, "title"))
    assert state["status"] == "failed"
    assert talk.workspace.saved == []


async def test_a_lasting_failure_may_be_tried_again() -> None:
    talk = Conversation(builder=ScriptedBuilder(fails={"start": ["unreachable"]}))

    await talk.say(approve_all=True)
    state = await talk.answer({"action": "try again"})

    assert talk.builder.built == ["start", "finish_up"]
    assert state["status"] == "done"


async def test_failures_without_end_are_put_to_a_person() -> None:
    talk = Conversation(builder=ScriptedBuilder(fails={"start": ["timeout"] * 20}))

    await talk.say(approve_all=True)
    for _ in range(3):
        assert "failed" in await talk.asks()
        await talk.answer({"action": "try again"})

    state = await talk.answer({"action": "stop"})
    assert state["status"] == "failed"


# -- Test ------------------------------------------------------------------------------------------


async def test_a_question_of_the_test_run_is_answered_through_the_thread() -> None:
    talk = Conversation(children=FakeChildren(asks=[a_choice("run.q1"), a_choice("run.q2")]))

    await talk.say(approve_all=True)
    await talk.answer("Open")
    asked = await talk.asks()
    state = await talk.answer("Paid")

    assert asked == "Which are unpaid?"
    assert talk.children.answers == [{"status": "Open"}, {"status": "Paid"}]
    assert len(talk.children.tested) == 1
    assert state["status"] == "done"


async def test_a_failed_test_leads_to_another_build_under_another_run() -> None:
    talk = Conversation(children=FakeChildren(outcomes=["fail"]))

    state = await talk.say(approve_all=True)

    assert talk.builder.built == ["start", "finish_up"] * 2
    assert len(set(talk.children.tested)) == 2
    assert state["status"] == "done"


@pytest.mark.parametrize("outcome", ["unverified", "success"])
async def test_a_test_without_a_failure_may_be_deployed(outcome: Outcome) -> None:
    talk = Conversation(children=FakeChildren(outcomes=[outcome]))

    await talk.say(approve_all=True)

    assert talk.workspace.deployed == [("prices", 1)]


async def test_an_agent_that_is_not_deployed_stays_a_draft() -> None:
    talk = Conversation()

    await talk.say()
    await talk.answer({"decision": "approve"})
    state = await talk.answer({"decision": "reject"})

    assert talk.workspace.deployed == []
    assert len(talk.workspace.saved) == 1
    assert "draft" in str(state["replies"])


# -- Several ---------------------------------------------------------------------------------------


async def test_a_plan_of_two_agents_builds_tests_and_deploys_both() -> None:
    plan = a_plan(a_planned_agent("prices", "a"), a_planned_agent("stock", "b"))
    talk = Conversation(planner=ScriptedPlanner(plans=[plan]))

    state = await talk.say(approve_all=True)

    assert talk.builder.built == ["a", "b"]
    assert talk.workspace.deployed == [("prices", 1), ("stock", 1)]
    assert state["agents"] == ["prices", "stock"]
    assert len(set(talk.children.tested)) == 2
    assert len(set(talk.builder.finished)) == 2


async def test_several_requests_in_one_goal_are_carried_out_in_order() -> None:
    reading = read_as(
        a_request("pause", agents=("old",)), a_request(missing=(URL,)), a_request("inspect")
    )
    talk = Conversation(planner=ScriptedPlanner(reading=reading))

    await talk.say(approve_all=True)
    state = await talk.answer({"url": SITE})

    assert [request.verb for request, _ in talk.workspace.acted] == ["pause", "inspect"]
    assert talk.workspace.deployed == [("prices", 1)]
    assert state["agents"] == ["prices"]
    assert state["status"] == "done"


async def test_answers_of_one_request_are_not_taken_for_the_next() -> None:
    reading = read_as(a_request(missing=(URL,)), a_request(missing=(URL,)))
    talk = Conversation(planner=ScriptedPlanner(reading=reading))

    await talk.say(approve_all=True)
    await talk.answer({"url": "https://one.test"})
    assert await talk.question() is not None
    await talk.answer({"url": "https://two.test"})

    assert talk.planner.answers == [{"url": "https://one.test"}, {"url": "https://two.test"}]


async def test_a_thread_takes_a_further_goal() -> None:
    talk = Conversation()
    await talk.say(approve_all=True)

    state = await talk.say("again", approve_all=True)

    assert len(talk.workspace.deployed) == 2
    assert state["status"] == "done"


# -- Verbs -----------------------------------------------------------------------------------------


async def test_a_verb_is_carried_out_and_told() -> None:
    talk = Conversation(
        planner=ScriptedPlanner(reading=read_as(a_request("run", agents=("prices",))))
    )
    talk.workspace.acts.append(ActResult(reply="Started run_1.", runs=("run_1",)))

    state = await talk.say()

    assert state["runs"] == ["run_1"]
    assert "Started run_1." in str(state["messages"])


def _sure() -> ActResult:
    return ActResult(
        question=Question(
            id="",
            kind="choice",
            title="Delete prices?",
            fields=(
                FieldSpec(
                    name="decision", title="Delete?", type="choice", choices=("delete", "keep")
                ),
            ),
        )
    )


@pytest.mark.parametrize("beforehand", [False, True])
async def test_a_verb_that_needs_a_word_first_asks_even_when_all_is_approved(
    *, beforehand: bool
) -> None:
    talk = Conversation(
        planner=ScriptedPlanner(reading=read_as(a_request("delete", agents=("prices",))))
    )
    talk.workspace.acts += [_sure(), ActResult(reply="Deleted prices.")]

    await talk.say(approve_all=beforehand)
    asked = await talk.asks()
    state = await talk.answer({"decision": "delete"})

    assert asked == "Delete prices?"
    assert talk.workspace.acted[1][1] == {"decision": "delete"}
    assert state["status"] == "done"


async def test_a_verb_that_fails_ends_as_failed() -> None:
    talk = Conversation(planner=ScriptedPlanner(reading=read_as(a_request("merge"))))
    talk.workspace.acts.append(ActResult(reply="Not built yet.", failed=True))

    state = await talk.say()

    assert state["status"] == "failed"


# -- Crashes anywhere ------------------------------------------------------------------------------


@pytest.mark.parametrize("moment", ["plan", "build start", "save", "test", "deploy"])
async def test_killed_at_any_moment_the_work_goes_on_and_nothing_is_done_twice(
    moment: str, tmp_path: Path
) -> None:
    kill = Kill(moment)
    checkpoints = SqliteCheckpoints(tmp_path / "checkpoints.db")
    first = Conversation(
        ScriptedPlanner(kill=kill),
        ScriptedBuilder(kill=kill),
        FakeWorkspace(kill=kill),
        FakeChildren(kill=kill),
        saver=await checkpoints.saver(),
    )
    with pytest.raises(Killed):
        await first.say(approve_all=True)
    second = Conversation(
        first.planner, first.builder, first.workspace, first.children, saver=first.saver
    )

    state = await second.go_on()
    await checkpoints.close()

    assert state["status"] == "done"
    assert second.builder.built == ["start", "finish_up"]
    assert len(second.workspace.saved) == 1
    assert second.workspace.deployed == [("prices", 1)]
    assert len(second.children.tested) == 1


# -- Changes of what exists ------------------------------------------------------------------------


def _old(name: str = "prices", *steps: str) -> BasisAgent:
    agent = a_planned_agent(name, *(steps or ("start", "list", "finish_up")))
    spec = AgentSpec(name=name, goal=agent.goal, origins=agent.origins, steps=agent.steps)
    program = Program(steps=tuple(a_step(step.id) for step in agent.steps))
    return BasisAgent(name=name, version=1, newest=1, spec=spec, program=program)


def _change(
    *agents: PlannedAgent,
    old: BasisAgent | None = None,
    redo: tuple[str, ...] = (),
    retire: tuple[str, ...] = (),
) -> ActResult:
    before = old or _old()
    plan = as_plan(before.spec, plan_id="change_1")
    if agents:
        plan = plan.model_copy(update={"agents": agents})
    basis = Basis(agents=(before,), plan=plan, reason="as asked", redo=redo, retire=retire)
    return ActResult(basis=basis)


def _changing(result: ActResult) -> Conversation:
    reading = read_as(a_request("modify", agents=("prices",)))
    talk = Conversation(planner=ScriptedPlanner(reading=reading))
    talk.workspace.acts.append(result)
    talk.workspace.saved.append((_old().spec, _old().program))
    return talk


async def test_a_change_explores_only_what_changed_and_keeps_the_rest() -> None:
    talk = _changing(_change(a_planned_agent("prices", "start", "list", "other")))

    asked = await _shown(talk)
    state = await talk.answer({"decision": "approve"})

    assert "stays valid:    Open start; Open list" in asked
    assert "explored again: Open other" in asked
    assert (talk.builder.kept, talk.builder.built) == (["start", "list"], ["other"])
    assert at(state, "saved", "version") == 2
    await talk.answer({"decision": "approve"})
    assert talk.workspace.deployed == [("prices", 2)]


async def _shown(talk: Conversation) -> str:
    await talk.say()
    question = await talk.question()
    return str(question["text"]) if question else ""


async def test_a_kept_step_that_does_not_hold_is_explored_with_all_after_it() -> None:
    talk = _changing(_change(a_planned_agent("prices", "start", "list", "other")))
    talk.builder.lost = {"list"}

    state = await talk.say(approve_all=True)

    assert (talk.builder.kept, talk.builder.built) == (["start"], ["list", "other"])
    assert "does not hold any more" in str(state["replies"])
    assert state["status"] == "done"


async def test_a_change_that_is_rejected_leaves_the_agent_as_it_was() -> None:
    talk = _changing(_change(a_planned_agent("prices", "start", "list", "other")))

    await talk.say()
    state = await talk.answer({"decision": "reject"})

    assert (talk.builder.built, talk.workspace.deployed) == ([], [])
    assert state["status"] == "done"


async def test_a_change_that_changes_nothing_says_so_and_builds_nothing() -> None:
    talk = _changing(_change())

    state = await talk.say(approve_all=True)

    assert "changes nothing" in str(state["replies"])
    assert (talk.builder.kept, talk.builder.built) == ([], [])


async def test_a_change_that_is_not_understood_is_asked_again() -> None:
    result = _change()
    assert result.basis is not None
    basis = result.basis.model_copy(update={"change": "gibberish"})
    talk = _changing(ActResult(basis=basis))

    await talk.say()
    asked = await talk.asks()
    await talk.answer({"change": "also the stock"})

    assert asked == "What exactly shall change?"
    assert talk.planner.changes == ["also the stock"]


async def test_a_step_that_failed_is_explored_again_though_the_plan_is_the_same() -> None:
    talk = _changing(_change(redo=("finish_up",)))

    state = await talk.say(approve_all=True)

    assert (talk.builder.kept, talk.builder.built) == (["start", "list"], ["finish_up"])
    assert state["status"] == "done"


async def test_agents_whose_work_others_do_now_are_paused_after_those_are_deployed() -> None:
    agents = (a_planned_agent("first", "start", "list"), a_planned_agent("second", "finish_up"))
    talk = _changing(_change(*agents, retire=("prices",)))

    state = await talk.say(approve_all=True)

    assert talk.workspace.deployed == [("first", 1), ("second", 1)]
    assert talk.workspace.retired == ["prices"]
    assert "start" in talk.builder.kept
    assert state["status"] == "done"


async def test_nobody_is_paused_when_one_of_the_new_ones_is_not_deployed() -> None:
    agents = (a_planned_agent("first", "start", "list"), a_planned_agent("second", "finish_up"))
    talk = _changing(_change(*agents, retire=("prices",)))

    await talk.say()
    await talk.answer({"decision": "approve"})
    await talk.answer({"decision": "approve"})
    await talk.answer({"decision": "reject"})

    assert talk.workspace.retired == []


async def test_a_missing_browser_is_a_question_so_that_nothing_is_lost() -> None:
    talk = Conversation(builder=ScriptedBuilder(fails={"start": ["setup"]}))

    await talk.say()
    await talk.answer({"decision": "approve"})
    asked = await talk.asks()
    await talk.answer({"action": "try again"})

    assert "failed" in asked
    assert talk.builder.built == ["start", "finish_up"]


async def test_after_two_refused_sign_ins_no_further_try_is_offered() -> None:
    talk = Conversation(builder=ScriptedBuilder(fails={"start": ["sign_in_failed"]}))

    await talk.say()
    await talk.answer({"decision": "approve"})
    choices = at(await talk.question(), "schema", "properties", "action", "enum")

    assert talk.builder.built == []
    assert choices == ["stop"]


# -- An agent that does it already ------------------------------------------------------------------


async def test_what_an_agent_does_already_is_run_and_not_built_again() -> None:
    talk = Conversation(workspace=FakeWorkspace(covered_by="prices"))

    await talk.say()
    asked = await talk.asks()
    state = await talk.answer({"existing": "run it"})

    assert asked == "prices does that already. What shall I do?"
    ((request, _),) = talk.workspace.acted
    assert (request.verb, request.agents) == ("run", ("prices",))
    assert (state["status"], talk.builder.built) == ("done", [])


async def test_what_goes_into_a_form_goes_into_the_run_of_the_agent_that_fills_it_already() -> None:
    inputs = (InputSpec(name="name", default="Bo"), InputSpec(name="note"))
    talk = Conversation(
        planner=ScriptedPlanner(reading=read_as(a_request(inputs=inputs))),
        workspace=FakeWorkspace(covered_by="parcel"),
    )

    await talk.say()
    await talk.answer({"existing": "run it"})

    ((request, _),) = talk.workspace.acted
    assert (request.verb, request.arguments) == ("run", {"inputs": {"name": "Bo"}})


async def test_with_everything_approved_what_an_agent_does_already_is_run_and_told() -> None:
    talk = Conversation(workspace=FakeWorkspace(covered_by="prices"))

    state = await talk.say(approve_all=True)

    ((request, _),) = talk.workspace.acted
    assert (request.verb, request.agents) == ("run", ("prices",))
    assert (state["status"], talk.builder.built) == ("done", [])
    assert "prices does that already, so nothing new is built" in str(state["replies"])


async def test_another_one_is_made_when_that_is_wanted() -> None:
    talk = Conversation(workspace=FakeWorkspace(covered_by="prices"))

    anyway: JsonObject = {"existing": "create another one"}
    await talk.say(given=anyway, approve_all=True)

    assert await talk.asks() == ""
    assert talk.workspace.deployed == [("prices", 1)]


async def test_extending_it_is_a_change_of_it() -> None:
    talk = Conversation(workspace=FakeWorkspace(covered_by="prices"))

    await talk.say()
    await talk.answer({"existing": "extend it", "change": "also read the stock"})

    ((request, _),) = talk.workspace.acted
    assert (request.verb, request.arguments) == ("modify", {"change": "also read the stock"})


# -- The card --------------------------------------------------------------------------------------


def test_the_card_says_site_effect_duration_and_cost_of_every_step() -> None:
    task = PlannedStep(id="look", op="task", title="Look around", thing="anything")
    other = PlannedStep(id="bank", op="open", title="Open the bank", url="https://bank.test/a")
    agent = a_planned_agent().model_copy(
        update={"origins": ("https://shop.test", "https://bank.test")}
    )

    plain = plan_card(a_plan(agent.model_copy(update={"steps": (*agent.steps, other)})))
    open_ended = plan_card(a_plan(agent.model_copy(update={"steps": (*agent.steps, task)})))

    assert "Open start [reads on shop.test, 1-3 s]" in plain
    assert "Open the bank [reads on bank.test, 1-3 s]" in plain
    assert "0 a run (no model is called)" in plain
    assert "about 3-9 s a run (by the kind of step, not measured" in plain
    assert "step 3 calls a model in every run" in open_ended

"""Splitting and merging: real plans, compiled steps kept where they hold, old agents deleted only when that is said."""

from __future__ import annotations

import pytest

from podium.graphs.orchestrator.ports import BasisAgent
from podium.server.reshaping import split
from podium.server.roster import Roster
from podium.server.service import Podium
from podium.state.document import JsonObject
from podium.state.errors import Conflict, UserError
from podium.state.plan import InputSpec, PlannedStep, PlanOp
from podium.state.program import OpenArgs, OpenStep, Program
from podium.state.stores import Agent
from podium.state.triggers import Schedule
from tests.builders import a_spec
from tests.doubles import a_request
from tests.server.harness import Doubles, deploy
from tests.server.test_verbs import ask, reply

pytestmark = pytest.mark.asyncio(loop_scope="module")

SHOP, BANK = "https://shop.test", "https://bank.test"
DAILY = Schedule(cron="0 8 * * *", words="every day at 8")
WEEKLY = Schedule(cron="0 8 * * 1", words="every Monday at 8")


def step(step_id: str, op: PlanOp, *, url: str = "", thing: str = "") -> PlannedStep:
    return PlannedStep(id=step_id, op=op, title=f"{op} {thing}".strip(), url=url, thing=thing)


TWO_THINGS = (
    step("open", "open", url=SHOP),
    step("sign_in", "sign_in", url=SHOP).model_copy(update={"secret": "shop", "effect": "sign_in"}),
    step("reach_invoices", "reach", thing="invoices"),
    step("read_invoices", "extract", thing="invoices"),
    step("reach_documents", "reach", thing="documents"),
    step("read_documents", "extract", thing="documents"),
)
TWO_SITES = (
    step("open", "open", url=SHOP),
    step("read", "extract", thing="prices"),
    step("open_2", "open", url=BANK),
    step("read_2", "extract", thing="rates"),
)


def a_basis(*steps: PlannedStep, **spec: object) -> BasisAgent:
    program = Program(
        steps=tuple(
            OpenStep(id=item.id, title=item.title, args=OpenArgs(url=SHOP)) for item in steps
        )
    )
    update = {"steps": steps, "origins": (SHOP, BANK), "secrets": ("shop",), **spec}
    made = a_spec().model_copy(update=update)
    return BasisAgent(name="prices", version=1, newest=1, spec=made, program=program)


def keep(podium: Podium, name: str, *steps: PlannedStep, **spec: object) -> None:
    basis = a_basis(*steps, **spec)
    named = basis.spec.model_copy(update={"name": name})
    deploy(podium, name, spec=named, program=basis.program)


def asked_to(verb_text: str) -> JsonObject:
    return {"change": verb_text}


@pytest.mark.parametrize(
    ("steps", "said", "parts"),
    [
        (TWO_THINGS, "split it into one for invoices and one for documents", [["open", "sign_in", "reach_invoices", "read_invoices"], ["open", "sign_in", "reach_documents", "read_documents"]]),
        (TWO_THINGS, "split it into two", [["open", "sign_in", "reach_invoices", "read_invoices"], ["open", "sign_in", "reach_documents", "read_documents"]]),
        (TWO_SITES, "split it into one agent per site", [["open", "read"], ["open_2", "read_2"]]),
        (TWO_SITES, "split it, one for the rates and another for the prices", [["open_2", "read_2"], ["open", "read"]]),
    ],
)  # fmt: skip
async def test_the_parts_are_those_that_were_said(
    steps: tuple[PlannedStep, ...], said: str, parts: list[list[str]]
) -> None:
    request = a_request("split", arguments=asked_to(said))

    basis = split(a_basis(*steps), request, plan_id="p", taken={"prices"})

    assert [[item.id for item in agent.steps] for agent in basis.plan.agents] == parts
    assert basis.retire == ("prices",)


async def test_a_part_takes_only_the_sites_secrets_and_inputs_it_uses() -> None:
    filled = TWO_SITES[1].model_copy(update={"values": {"search": "{inputs.word}"}})
    old = a_basis(TWO_SITES[0], filled, *TWO_SITES[2:], inputs=(InputSpec(name="word"),))

    basis = split(old, a_request("split", arguments=asked_to("per site")), plan_id="p", taken=set())

    shop, bank = basis.plan.agents
    assert (shop.origins, bank.origins) == ((SHOP,), (BANK,))
    assert ([item.name for item in shop.inputs], bank.inputs) == (["word"], ())
    assert (shop.secrets, bank.secrets) == ((), ())


async def test_what_cannot_come_apart_or_was_not_named_is_said() -> None:
    whole, named = a_request("split"), a_request("split", arguments=asked_to("one for invoices and one for mails"))  # fmt: skip

    with pytest.raises(Conflict, match="does one thing"):
        split(a_basis(*TWO_SITES[:2]), whole, plan_id="p", taken=set())
    with pytest.raises(UserError, match="documents"):
        split(a_basis(*TWO_THINGS), named, plan_id="p", taken=set())


async def test_a_split_keeps_compiled_steps_and_deletes_the_old_agent_only_when_told(
    podium: Podium, doubles: Doubles
) -> None:
    keep(podium, "prices", *TWO_SITES)

    review = await ask(podium, doubles, a_request("split", agents=("prices",), arguments=asked_to("per site")))  # fmt: skip
    thread = review
    for _ in range(3):
        thread = await reply(podium, thread, {"decision": "approve"})
    before = {agent.name: agent.state for agent in podium.stores.agents.list()}
    done = await reply(podium, thread, {"decision": "delete"})

    assert "Asked afterwards: delete, pause or keep prices" in str(review["question"])
    assert (doubles.builder.built, sorted(doubles.builder.kept)) == ([], ["open", "open_2", "read", "read_2"])  # fmt: skip
    assert before["prices"] == "deployed"
    assert len(before) == 3
    assert "podium agents restore prices" in str(done["reply"])
    assert len(podium.stores.agents.list()) == 2
    podium.desk.roster.restore("prices")


async def test_a_merge_asks_which_schedule_and_keeps_the_steps_of_both(
    podium: Podium, doubles: Doubles
) -> None:
    keep(podium, "prices", *TWO_SITES[:2])
    keep(podium, "rates", *(TWO_SITES[0], TWO_SITES[1].model_copy(update={"thing": "rates"})))
    podium.stores.schedules.set("prices", DAILY, next_at=None)
    podium.stores.schedules.set("rates", WEEKLY, next_at=None)

    when = await ask(podium, doubles, a_request("merge", agents=("prices", "rates")))
    review = await reply(podium, when, {"schedule": "every Monday at 8"})
    tested = await reply(podium, review, {"decision": "approve"})
    retire = await reply(podium, tested, {"decision": "approve"})
    await reply(podium, retire, {"decision": "pause"})

    merged = podium.stores.agents.version("prices-rates")
    assert [item.id for item in merged.program.steps] == ["open", "read", "open-2", "read-2"]
    assert doubles.builder.built == []
    kept = podium.stores.schedules.get("prices-rates")
    assert kept is not None
    assert kept.words == "every Monday at 8"
    states = {agent.name: agent.state for agent in podium.stores.agents.list()}
    assert states == {"prices": "paused", "rates": "paused", "prices-rates": "deployed"}


async def test_of_several_agents_none_is_deleted_when_one_cannot_be(podium: Podium) -> None:
    deploy(podium, "prices")
    deploy(podium, "rates")
    await podium.open_run("rates", {}, None, trigger="manual", run_id="run_1")

    with pytest.raises(Conflict, match="'rates' cannot be deleted"):
        await podium.desk.retire(("prices", "rates"), delete=True)

    assert {agent.name for agent in podium.stores.agents.list()} == {"prices", "rates"}
    await podium.cancel_run("run_1")
    await podium.settle("run_1")
    await podium.desk.retire(("prices", "gone", "rates"), delete=True)
    assert podium.stores.agents.list() == ()


class Raced(Roster):
    """Where a run of the last agent begins between the look at all of them and its turn."""

    def delete(self, name: str) -> Agent:
        if name == "rates":
            raise Conflict("'rates' has a run under way", hint="Wait for it.")
        return super().delete(name)


async def test_what_is_gone_before_one_turns_out_to_be_busy_is_named(podium: Podium) -> None:
    deploy(podium, "prices")
    deploy(podium, "rates")

    with pytest.raises(Conflict, match="under way; prices deleted before it"):
        Raced(podium.stores, podium.clock).retire(("prices", "rates"), delete=True)

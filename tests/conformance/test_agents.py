from __future__ import annotations

import pytest

from podium.state.errors import Conflict, NotFound, UserError
from podium.state.stores import AgentStore, Stores
from podium.state.triggers import Chain, Schedule, Trigger
from tests.builders import NOON, a_program, a_run, a_spec, an_effect
from tests.fakes import FakeClock


def create(agents: AgentStore, name: str = "prices") -> None:
    agents.create(
        name=name, spec=a_spec(name), program=a_program(), reason="first build", author="me"
    )


def test_a_new_agent_is_a_draft_at_version_1(stores: Stores) -> None:
    create(stores.agents)

    agent = stores.agents.get("prices")

    assert (agent.state, agent.active_version) == ("draft", 1)
    assert stores.agents.get(agent.agent_id) == agent


def test_a_name_is_taken_once(stores: Stores) -> None:
    create(stores.agents)

    with pytest.raises(Conflict, match="'prices' exists already"):
        create(stores.agents)


def test_a_name_that_is_none_is_refused(stores: Stores) -> None:
    with pytest.raises(UserError):
        create(stores.agents, "Prices of today")


def test_documents_come_back_as_they_went_in(stores: Stores) -> None:
    create(stores.agents)

    version = stores.agents.version("prices")

    assert version.spec == a_spec()
    assert version.program == a_program()
    assert (version.reason, version.author) == ("first build", "me")
    assert version.created_at == stores.agents.get("prices").created_at
    assert version.created_at.utcoffset() is not None


def test_a_further_version_does_not_become_active_by_itself(stores: Stores) -> None:
    create(stores.agents)

    added = stores.agents.add_version(
        "prices", base=1, spec=a_spec(), program=a_program("https://b.test/"), reason="", author=""
    )

    assert added.version == 2
    assert stores.agents.version("prices").version == 1
    assert [kept.version for kept in stores.agents.versions("prices")] == [1, 2]


def test_of_two_changes_to_one_version_the_second_is_refused(stores: Stores) -> None:
    create(stores.agents)
    stores.agents.add_version(
        "prices", base=1, spec=a_spec(), program=a_program(), reason="", author=""
    )

    with pytest.raises(Conflict, match="at version 2; the change was made to 1"):
        stores.agents.add_version(
            "prices", base=1, spec=a_spec(), program=a_program(), reason="", author=""
        )

    assert len(stores.agents.versions("prices")) == 2


def test_activating_a_version_deploys_the_agent(stores: Stores, clock: FakeClock) -> None:
    create(stores.agents)
    clock.advance(hours=1)

    stores.agents.activate("prices", 1)

    agent = stores.agents.get("prices")
    assert (agent.state, agent.active_version) == ("deployed", 1)
    assert agent.updated_at == clock.now()


def test_a_version_that_is_not_there_cannot_be_activated(stores: Stores) -> None:
    create(stores.agents)

    with pytest.raises(NotFound, match="no version 7"):
        stores.agents.activate("prices", 7)

    assert stores.agents.get("prices").state == "draft"


def test_an_agent_can_be_paused(stores: Stores) -> None:
    create(stores.agents)

    assert stores.agents.set_state("prices", "paused").state == "paused"
    assert stores.agents.get("prices").state == "paused"


def test_agents_are_listed_by_name(stores: Stores) -> None:
    for name in ("b", "a", "c"):
        create(stores.agents, name)

    assert [agent.name for agent in stores.agents.list()] == ["a", "b", "c"]


def test_a_deleted_agent_is_gone_with_its_versions_and_schedule(stores: Stores) -> None:
    create(stores.agents)
    first = stores.agents.get("prices")
    stores.schedules.set("prices", Schedule(cron="0 8 * * *"), next_at=NOON)

    stores.agents.delete("prices")

    assert stores.agents.list() == ()
    assert stores.schedules.list() == ()
    create(stores.agents)
    assert stores.agents.get("prices").agent_id != first.agent_id
    assert len(stores.agents.versions("prices")) == 1


def test_whatever_is_asked_of_an_unknown_agent_it_is_not_found(stores: Stores) -> None:
    agents = stores.agents
    for ask in (
        lambda: agents.get("nobody"),
        lambda: agents.version("nobody"),
        lambda: agents.versions("nobody"),
        lambda: agents.activate("nobody", 1),
        lambda: agents.set_state("nobody", "paused"),
        lambda: agents.delete("nobody"),
    ):
        with pytest.raises(NotFound, match="'nobody'"):
            ask()


# -- Another name ----------------------------------------------------------------------------------


def test_everything_follows_a_new_name(stores: Stores) -> None:
    create(stores.agents)
    stores.runs.create(a_run("run_1"))
    stores.schedules.set("prices", Schedule(cron="0 8 * * *"), next_at=NOON)
    stores.memory.remember("prices", "new", {"1": {"n": 1}})
    stores.effects.put(an_effect("done", key="prices:submit:42"))
    agent_id = stores.agents.get("prices").agent_id

    renamed = stores.agents.rename("prices", "offers")

    assert (renamed.name, renamed.agent_id) == ("offers", agent_id)
    assert stores.agents.version("offers").spec.name == "offers"
    assert stores.runs.get("run_1").agent == "offers"
    assert [run.run_id for run in stores.runs.list(agent="offers")] == ["run_1"]
    assert [row.agent for row in stores.schedules.list()] == ["offers"]
    assert stores.memory.seen("offers", "new") == {"1": {"n": 1}}
    kept = stores.effects.get("offers:submit:42")
    assert kept is not None
    assert (kept.status, kept.effect_key) == ("done", "offers:submit:42")
    with pytest.raises(NotFound):
        stores.agents.get("prices")


def test_chains_follow_a_new_name_on_both_sides_and_come_back_with_their_agent(
    stores: Stores,
) -> None:
    create(stores.agents)
    create(stores.agents, "stock")
    chain = Trigger(
        trigger_id="t1", agent="stock", kind="chain", chain=Chain(after="prices"), created_at=NOON
    )
    stores.triggers.add(chain, sealed=b"key")

    stores.agents.rename("prices", "offers")
    stores.agents.rename("stock", "store")
    stores.agents.delete("store")
    gone = stores.triggers.list()
    stores.agents.restore("store")

    assert gone == ()
    (kept,) = stores.triggers.after("offers")
    assert (kept.agent, stores.triggers.sealed("t1")) == ("store", b"key")


def test_the_writes_of_an_agent_whose_name_only_begins_alike_stay(stores: Stores) -> None:
    create(stores.agents)
    stores.effects.put(an_effect("done", key="prices-2:submit:42"))

    stores.agents.rename("prices", "offers")

    assert stores.effects.get("prices-2:submit:42") is not None


def test_a_name_that_is_taken_is_not_given_again(stores: Stores) -> None:
    create(stores.agents)
    create(stores.agents, "offers")

    with pytest.raises(Conflict, match="'offers' exists already"):
        stores.agents.rename("prices", "offers")
    with pytest.raises(UserError):
        stores.agents.rename("prices", "Offers!")

    assert [agent.name for agent in stores.agents.list()] == ["offers", "prices"]


# -- Deleted and brought back ----------------------------------------------------------------------


def test_a_deleted_agent_comes_back_as_it_was(stores: Stores, clock: FakeClock) -> None:
    create(stores.agents)
    stores.agents.add_version(
        "prices", base=1, spec=a_spec(), program=a_program("https://b.test/"), reason="", author=""
    )
    stores.agents.activate("prices", 2)
    schedule = Schedule(cron="0 8 * * *")
    stores.schedules.set("prices", schedule, next_at=NOON)
    stores.memory.remember("prices", "new", {"1": {"n": 1}})
    before, versions = stores.agents.get("prices"), stores.agents.versions("prices")
    clock.advance(days=1)
    stores.agents.delete("prices")
    put_away = stores.agents.deleted()
    assert stores.memory.seen("prices", "new") == {}

    stores.agents.restore("prices")

    assert [(kept.name, kept.versions) for kept in put_away] == [("prices", 2)]
    assert put_away[0].deleted_at == clock.now()
    agent = stores.agents.get("prices")
    assert (agent.agent_id, agent.state, agent.active_version, agent.created_at) == (
        before.agent_id,
        "deployed",
        2,
        before.created_at,
    )
    assert stores.agents.versions("prices") == versions
    assert stores.schedules.get("prices") == schedule
    assert stores.memory.seen("prices", "new") == {"1": {"n": 1}}
    assert stores.agents.deleted() == ()


def test_an_agent_whose_name_was_given_away_comes_back_under_another(stores: Stores) -> None:
    create(stores.agents)
    first = stores.agents.get("prices").agent_id
    stores.agents.delete("prices")
    create(stores.agents)

    with pytest.raises(Conflict, match="'prices' exists already"):
        stores.agents.restore("prices")
    stores.agents.restore(first, new="prices-of-old")

    assert stores.agents.get("prices-of-old").agent_id == first
    assert stores.agents.version("prices-of-old").spec.name == "prices-of-old"


def test_what_was_not_deleted_cannot_come_back(stores: Stores) -> None:
    create(stores.agents)

    with pytest.raises(NotFound, match="'prices'"):
        stores.agents.restore("prices")

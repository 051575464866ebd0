from __future__ import annotations

import pytest

from podium.state.errors import Conflict, NotFound, UserError
from podium.state.stores import AgentStore, Stores
from podium.state.triggers import Schedule
from tests.builders import NOON, a_program, a_spec
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

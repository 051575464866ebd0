"""Agents and their versions in SQL."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import exc

from podium.state.clock import Clock
from podium.state.errors import Conflict, NotFound
from podium.state.ids import IdFactory
from podium.state.program import Program
from podium.state.spec import AgentSpec, AgentState, check_agent_name
from podium.state.sql.engine import reading, writing
from podium.state.sql.moving import bring_back, put_away, rename_everywhere
from podium.state.sql.tables import agents, deleted_agents, versions
from podium.state.stores import Agent, DeletedAgent, Version


class SqlAgents:
    """The `AgentStore` on SQL."""

    def __init__(self, engine: sa.Engine, *, ids: IdFactory, clock: Clock) -> None:
        self._engine = engine
        self._ids = ids
        self._clock = clock

    def create(
        self,
        *,
        name: str,
        spec: AgentSpec,
        program: Program,
        reason: str,
        author: str,
        connection: sa.Connection | None = None,
    ) -> Agent:
        """Keep a new draft agent with version 1.

        Raises:
            Conflict: When the name is taken.
            UserError: When it cannot be a name.
        """
        now = self._clock.now()
        agent = Agent(
            agent_id=self._ids.new("agent"),
            name=check_agent_name(name),
            state="draft",
            active_version=1,
            created_at=now,
            updated_at=now,
        )
        first = Version(
            agent_id=agent.agent_id,
            version=1,
            spec=spec,
            program=program,
            reason=reason,
            author=author,
            created_at=now,
        )
        with writing(self._engine, connection) as conn:
            if conn.execute(sa.select(agents.c.name).where(agents.c.name == name)).first():
                raise Conflict(
                    f"An agent called {name!r} exists already",
                    hint="Choose another name, or modify that agent.",
                )
            try:
                conn.execute(agents.insert().values(**agent.model_dump()))
            except exc.IntegrityError as error:  # pragma: no cover  a race on PostgreSQL
                raise Conflict(f"An agent called {name!r} exists already") from error
            _insert_version(conn, first)
        return agent

    def get(self, name: str) -> Agent:
        """Return the agent of that name or id.

        Raises:
            NotFound: When there is none.
        """
        with reading(self._engine) as conn:
            return _agent(conn, name)

    def list(self) -> tuple[Agent, ...]:
        """Return all agents, by name."""
        with reading(self._engine) as conn:
            found = conn.execute(sa.select(agents).order_by(agents.c.name)).mappings()
            return tuple(Agent.model_validate(dict(row)) for row in found)

    def add_version(
        self,
        name: str,
        *,
        base: int,
        spec: AgentSpec,
        program: Program,
        reason: str,
        author: str,
        connection: sa.Connection | None = None,
    ) -> Version:
        """Keep a further version on top of `base`, not yet the active one.

        Raises:
            NotFound: When there is no such agent.
            Conflict: When `base` is not the newest version.
        """
        now = self._clock.now()
        with writing(self._engine, connection) as conn:
            agent = _agent(conn, name, lock=True)
            newest = conn.execute(
                sa.select(sa.func.max(versions.c.version)).where(
                    versions.c.agent_id == agent.agent_id
                )
            ).scalar_one()
            if newest != base:
                raise Conflict(
                    f"Agent {agent.name!r} is at version {newest}; the change was made to {base}",
                    hint=f"Look at version {newest} and repeat the change on it.",
                )
            version = Version(
                agent_id=agent.agent_id,
                version=base + 1,
                spec=spec,
                program=program,
                reason=reason,
                author=author,
                created_at=now,
            )
            _insert_version(conn, version)
            _update(conn, agent, updated_at=now)
        return version

    def version(self, name: str, version: int | None = None) -> Version:
        """Return that version, or the active one.

        Raises:
            NotFound: When there is no such agent or version.
        """
        with reading(self._engine) as conn:
            agent = _agent(conn, name)
            return _version(conn, agent, agent.active_version if version is None else version)

    def versions(self, name: str) -> tuple[Version, ...]:
        """Return all versions, oldest first.

        Raises:
            NotFound: When there is no such agent.
        """
        with reading(self._engine) as conn:
            agent = _agent(conn, name)
            found = conn.execute(
                sa.select(versions)
                .where(versions.c.agent_id == agent.agent_id)
                .order_by(versions.c.version)
            ).mappings()
            return tuple(Version.model_validate(dict(row)) for row in found)

    def activate(
        self, name: str, version: int, *, connection: sa.Connection | None = None
    ) -> Agent:
        """Make that version the active one and the agent `deployed`.

        Raises:
            NotFound: When there is no such agent or version.
        """
        with writing(self._engine, connection) as conn:
            agent = _agent(conn, name, lock=True)
            _version(conn, agent, version)
            return _update(
                conn,
                agent,
                active_version=version,
                state="deployed",
                updated_at=self._clock.now(),
            )

    def set_state(
        self, name: str, state: AgentState, *, connection: sa.Connection | None = None
    ) -> Agent:
        """Deploy or pause.

        Raises:
            NotFound: When there is no such agent.
        """
        with writing(self._engine, connection) as conn:
            agent = _agent(conn, name, lock=True)
            return _update(conn, agent, state=state, updated_at=self._clock.now())

    def rename(self, name: str, new: str, *, connection: sa.Connection | None = None) -> Agent:
        """Give the agent another name; runs, schedule, memory, files and journalled writes follow.

        Raises:
            NotFound: When there is no such agent.
            UserError: When it cannot be a name.
            Conflict: When it is taken.
        """
        check_agent_name(new)
        with writing(self._engine, connection) as conn:
            agent = _agent(conn, name, lock=True)
            if agent.name == new:
                return agent
            _refuse_taken(conn, new)
            rename_everywhere(conn, agent.agent_id, old=agent.name, new=new)
            return _update(conn, agent, name=new, updated_at=self._clock.now())

    def delete(self, name: str, *, connection: sa.Connection | None = None) -> None:
        """Put the agent away with its versions and schedule; its runs, datasets and files stay.

        Raises:
            NotFound: When there is no such agent.
        """
        with writing(self._engine, connection) as conn:
            agent = _agent(conn, name, lock=True)
            put_away(conn, agent.agent_id, agent.name, at=self._clock.now())

    def deleted(self) -> tuple[DeletedAgent, ...]:
        """Return the agents that were put away, the latest first."""
        query = sa.select(
            deleted_agents.c.agent_id,
            deleted_agents.c.name,
            deleted_agents.c.deleted_at,
            deleted_agents.c.versions,
        ).order_by(deleted_agents.c.deleted_at.desc(), deleted_agents.c.agent_id.desc())
        with reading(self._engine) as conn:
            found = conn.execute(query).mappings()
            return tuple(DeletedAgent.model_validate(dict(row)) for row in found)

    def restore(
        self, name: str, *, new: str = "", connection: sa.Connection | None = None
    ) -> Agent:
        """Bring back the agent that was last put away under that name (or id), under `new` if given.

        Its runs and writes stay under the name they were made with.

        Raises:
            NotFound: When none was.
            UserError: When `new` cannot be a name.
            Conflict: When the name is taken.
        """
        with writing(self._engine, connection) as conn:
            put = _put_away(conn, name)
            wanted = check_agent_name(new) if new else put.name
            _refuse_taken(conn, wanted)
            bring_back(conn, put.agent_id, name=wanted)
            return _update(conn, _agent(conn, put.agent_id), updated_at=self._clock.now())


def _refuse_taken(conn: sa.Connection, name: str) -> None:
    if conn.execute(sa.select(agents.c.name).where(agents.c.name == name)).first():
        raise Conflict(
            f"An agent called {name!r} exists already", hint="Choose another name for one of them."
        )


def _put_away(conn: sa.Connection, name: str) -> DeletedAgent:
    wanted = sa.or_(deleted_agents.c.name == name, deleted_agents.c.agent_id == name)
    query = (
        sa.select(deleted_agents)
        .where(wanted)
        .order_by(deleted_agents.c.deleted_at.desc(), deleted_agents.c.agent_id.desc())
    )
    row = conn.execute(query).mappings().first()
    if row is None:
        raise NotFound(
            f"No agent {name!r} was deleted",
            hint="`podium agents list --deleted` shows what can be brought back.",
        )
    return DeletedAgent.model_validate({k: v for k, v in row.items() if k != "document"})


def _agent(conn: sa.Connection, name: str, *, lock: bool = False) -> Agent:
    query = sa.select(agents).where(sa.or_(agents.c.name == name, agents.c.agent_id == name))
    row = conn.execute(query.with_for_update() if lock else query).mappings().first()
    if row is None:
        raise NotFound(f"There is no agent {name!r}", hint="`podium agents list` shows them.")
    return Agent.model_validate(dict(row))


def _version(conn: sa.Connection, agent: Agent, version: int) -> Version:
    row = (
        conn.execute(
            sa.select(versions).where(
                versions.c.agent_id == agent.agent_id, versions.c.version == version
            )
        )
        .mappings()
        .first()
    )
    if row is None:
        raise NotFound(
            f"Agent {agent.name!r} has no version {version}",
            hint=f"`podium versions {agent.name}` shows them.",
        )
    return Version.model_validate(dict(row))


def _insert_version(conn: sa.Connection, version: Version) -> None:
    values = version.model_dump(exclude={"spec", "program"})
    conn.execute(
        versions.insert().values(
            **values, spec=version.spec.to_json(), program=version.program.to_json()
        )
    )


def _update(conn: sa.Connection, agent: Agent, **changes: object) -> Agent:
    conn.execute(agents.update().where(agents.c.agent_id == agent.agent_id).values(**changes))
    return agent.model_copy(update=changes)

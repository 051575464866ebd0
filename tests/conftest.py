"""What several suites share: one PostgreSQL for the whole session."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.postgres import PostgresServer, find_binaries, postgres_server


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """Yield a server of our own; it starts with the first test that needs it."""
    if find_binaries() is None:
        pytest.skip("no PostgreSQL is installed; `make setup` installs it where apt-get can")
    with postgres_server() as server:
        yield server
